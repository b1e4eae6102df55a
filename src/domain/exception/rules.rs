//! What is refused of an exception, and what becomes of it.

use super::*;
use crate::domain::device::targets;
use crate::domain::exception_rules::{ExceptionKind, ExceptionRules};
use crate::domain::lookup::{
    Case, in_order, invalid, missing, no_authority, no_longer, required, wrong_state,
};
use crate::domain::{Code, No, Outcome, Person, Rejection, holders, policy, roles_of};
use chrono::Months;

/// How many years an exception holds at most, and lies back at most (ours).
const MOST_YEARS: u32 = 10;

/// How often an application goes further up than its rules name roles, at most.
const MOST_ABOVE: usize = 20;

fn rules<'c>(case: &'c Case<'_>) -> Result<&'c ExceptionRules, No> {
    case.profile().exceptions.as_ref().ok_or_else(|| Code::NoExceptions.no().into())
}

/// A kind that can be applied for here.
fn kind_of<'c>(case: &'c Case<'_>, id: &str) -> Result<&'c ExceptionKind, No> {
    required(id, "kind")?;
    let kind = rules(case)?.kind(id).ok_or_else(|| invalid("kind", id))?;
    match &kind.elsewhere {
        Some(_) => Err(Code::AppliedElsewhere.with("kind", id).and("elsewhere", id).into()),
        None => Ok(kind),
    }
}

pub(super) fn decide_apply(case: &Case<'_>, c: &ApplyException) -> Result<Outcome, No> {
    rules(case)?;
    let kind = kind_of(case, &c.kind)?;
    let applicant = case.person(Some(c.applicant.unwrap_or(case.actor())), "applicant")?;
    let wanted = wanted!(c);
    complete(case, (kind, &applicant), (c.from, c.to), &wanted, case.context.day())?;
    if !case.is_same(applicant.id, case.actor())? {
        is_clerk(case)?;
    }
    is_reachable(kind, &applicant)?;
    if !kind.applied_by.is_empty() {
        case.authority(applicant.id, &kind.applied_by)?;
    }
    let owed = [
        (!kind.reviewed_by.is_empty(), Owed::Review),
        (kind.told.is_some(), Owed::Telling),
        (kind.gone, Owed::Gone),
    ];
    let owed = owed.into_iter().filter_map(|(is, what)| is.then_some(what)).collect();
    let id = Some(case.view.next(Noun::Exception)?);
    let outcome = Outcome { id, by: Some(applicant.id), owed, ..Outcome::default() };
    let whose = [applicant.id, case.actor()];
    if !kind.reviewed_by.is_empty() {
        judged_by(case, &whose, &kind.reviewed_by)?;
        return Ok(Outcome { roles: kind.reviewed_by.clone(), ..outcome });
    }
    if kind.decision {
        // Nobody types it for whoever decides.
        if !case.is_same(applicant.id, case.actor())? {
            return Err(no_authority(case.actor(), &kind.applied_by.join(", ")).into());
        }
        let number = next_number(case)?;
        return Ok(Outcome { number, roles: kind.applied_by.clone(), ..outcome });
    }
    let (roles, raised) = decided_by(case, kind, applicant.id, &wanted)?;
    judged_by(case, &whose, &roles)?;
    Ok(Outcome { roles, raised, ..outcome })
}

/// Refuses somebody whose record lacks what their application tells.
fn is_reachable(kind: &ExceptionKind, applicant: &Person) -> Result<(), No> {
    let belongs = applicant.company.is_some() || !applicant.organisation.trim().is_empty();
    if !belongs && kind.needs.iter().any(|need| need == "organisation") {
        return Err(Code::PersonIncomplete.with("person", applicant.id).and("field", "organisation").into());
    }
    Ok(())
}

/// The number of the next permit: they run within the fiscal year, without holes.
fn next_number(case: &Case<'_>) -> Result<String, No> {
    let year = fiscal_year(case.context.day());
    let count = case.view.find(&numbered(year))?.len();
    let number = rules(case)?.number.replace("{year}", &year.to_string());
    Ok(number.replace("{n}", &(count + 1).to_string()))
}

/// Refuses what is applied for on a day and not complete (5.1 to 5.5).
fn complete(
    case: &Case<'_>,
    (kind, applicant): (&ExceptionKind, &Person),
    (from, to): (Option<Date>, Option<Date>),
    wanted: &Wanted,
    day: Date,
) -> Result<(), No> {
    required(&wanted.reason, "reason")?;
    from.ok_or_else(|| missing("from"))?;
    to.ok_or_else(|| missing("to"))?;
    period_possible(wanted.from, wanted.to, day)?;
    if kind.clause {
        required(&wanted.clause, "clause")?;
    }
    clause_known(case, &wanted.clause)?;
    if wanted.system.trim().is_empty() && wanted.devices.is_empty() {
        return Err(missing("system").into());
    }
    targets(case, &wanted.devices)?;
    for need in &kind.needs {
        match need.as_str() {
            "damage" => required(&wanted.damage, need)?,
            "measures" => required(&wanted.measures, need)?,
            // Who is reached as their own record tells writes nothing more.
            "contact" if applicant.contact.trim().is_empty() => required(&wanted.contact, need)?,
            "form_of_use" => required(&wanted.form_of_use, need)?,
            "protection" => required(&wanted.protection, need)?,
            "account" => required(&wanted.account, need)?,
            "unavoidable" => required(&wanted.unavoidable, need)?,
            "system" => required(&wanted.system, need)?,
            "devices" if wanted.devices.is_empty() => return Err(missing(need).into()),
            "end_report" if wanted.end_report.is_none() => return Err(missing(need).into()),
            "others" if wanted.others.is_none() => return Err(missing(need).into()),
            _ => {}
        }
    }
    if wanted.end_report == Some(EndReport::Waived) {
        // Whoever decides waives it.
        return Err(invalid("end_report", EndReport::Waived.name()).into());
    }
    if wanted.others == Some(Touches::Others) {
        required(&wanted.consulted, "consulted")?;
        required(&wanted.consultation, "consultation")?;
        let on = wanted.consulted_on.ok_or_else(|| missing("consulted_on"))?;
        // 事前に: one that comes after the application is none.
        if on > day {
            return Err(invalid("consulted_on", on).into());
        }
    }
    if wanted.from < day {
        required(&wanted.account, "account")?;
        required(&wanted.unavoidable, "unavoidable")?;
    }
    Ok(())
}

/// A period in order, of no more than [`MOST_YEARS`], and not from further back: what is longer is mistyped, or no exception.
fn period_possible(from: Date, to: Date, day: Date) -> Result<(), No> {
    in_order(from, to)?;
    let years = Months::new(12 * MOST_YEARS);
    let latest = from.checked_add_months(years).and_then(|day| day.pred_opt()).unwrap_or(to);
    no_longer(from, to, latest)?;
    match day.checked_sub_months(years).filter(|earliest| from < *earliest) {
        Some(earliest) => Err(Code::DayTooEarly.with("day", from).and("from", earliest).into()),
        None => Ok(()),
    }
}

/// A rule that the profile lists, where one is named.
fn clause_known(case: &Case<'_>, clause: &str) -> Result<(), No> {
    if clause.is_empty() || case.profile().clause(clause).is_some() {
        return Ok(());
    }
    Err(invalid("clause", clause).into())
}

/// The roles whose decision an application is (4.1), and whether it went to those above, since nobody decides their own (2.1.2).
fn decided_by(
    case: &Case<'_>,
    kind: &ExceptionKind,
    applicant: Id,
    wanted: &Wanted,
) -> Result<(Vec<String>, bool), No> {
    let rules = rules(case)?;
    let clause = rules.clause(&wanted.clause);
    let network = rules.network.as_ref().filter(|_| wanted.network);
    let named = clause.map(|clause| clause.decided_by.as_slice()).filter(|roles| !roles.is_empty());
    let of_kind = Some(kind.decided_by.as_slice()).filter(|roles| !roles.is_empty());
    let roles = match network.map(|network| network.decided_by.as_slice()).or(of_kind).or(named) {
        Some(roles) => roles,
        None => {
            let held = roles_of(case.view, case.context.edition, applicant, case.context.accounts_on)?;
            let part = clause.map(|clause| clause.part.as_str()).unwrap_or_default();
            match rules.by_row(&held, part) {
                Some(roles) => roles,
                None if rules.is_highest(&held) => return Err(nobody_above(&held).into()),
                None => return Err(Code::NobodyDecides.with("person", applicant).into()),
            }
        }
    };
    let (roles, raised) = not_own(case, rules, applicant, roles)?;
    Ok((roles.to_vec(), raised))
}

/// The first roles from some on upwards that the applicant does not hold, and whether they are others: nobody decides their own
/// (2.1.2), nor does whoever stands in for them.
fn not_own<'r>(
    case: &'r Case<'_>,
    rules: &'r ExceptionRules,
    applicant: Id,
    mut roles: &'r [String],
) -> Result<(&'r [String], bool), No> {
    for step in 0..MOST_ABOVE {
        let holders = holders(case.view, case.context.edition, roles, case.context.accounts_on)?;
        if !case.is_among(applicant, &holders)? {
            return Ok((roles, step > 0));
        }
        roles = above(case, rules, roles)?;
    }
    Err(nobody_above(roles).into())
}

/// The roles above some that decide (上位): those that decide where these apply, or that appoint to them.
fn above<'r>(case: &'r Case<'_>, rules: &'r ExceptionRules, roles: &'r [String]) -> Result<&'r [String], No> {
    let appoints = || {
        let mut offices = roles.iter().filter_map(|role| case.profile().office(role));
        offices.find(|office| !office.outside).map(|office| office.appointed_by.as_slice())
    };
    rules.above(roles).or_else(appoints).ok_or_else(|| nobody_above(roles).into())
}

/// The first roles from some on upwards of whose holders one is free of a matter: where all who would judge it are people whose
/// matter it is, those above do. Roles that nobody holds wait for somebody.
pub(super) fn judged_by<'r>(
    case: &'r Case<'_>,
    whose: &[Id],
    mut roles: &'r [String],
) -> Result<&'r [String], No> {
    for _ in 0..MOST_ABOVE {
        let holders = holders(case.view, case.context.edition, roles, case.context.accounts_on)?;
        let mut free = holders.is_empty();
        for holder in holders {
            free = free || !case.is_among(holder, whose)?;
        }
        if free {
            return Ok(roles);
        }
        roles = above(case, rules(case)?, roles)?;
    }
    Err(nobody_above(roles).into())
}

/// Refuses whoever does not judge a record today, or whose own matter it is: who applied, typed it, or is somebody else besides
/// (2.1.2).
fn judges(case: &Case<'_>, row: &Exception, besides: &[Id]) -> Result<(), No> {
    let whose: Vec<Id> = row.whose().into_iter().chain(besides.iter().copied()).collect();
    case.not_of(&whose, || Code::OwnApplication.with("record", row.id))?;
    case.authority(case.actor(), judged_by(case, &whose, &row.decided_by)?)
}

fn nobody_above(roles: &[String]) -> Rejection {
    Code::NobodyStandsAbove.with("roles", roles.join(", "))
}

/// An application or permit in one of some states.
fn standing(
    case: &Case<'_>,
    exception: Option<Id>,
    is_so: impl Fn(ExceptionState) -> bool,
) -> Result<Exception, No> {
    let row: Exception = case.given(exception, "exception")?;
    if is_so(row.state) { Ok(row) } else { Err(wrong_state(row.id, row.state.name()).into()) }
}

/// A permit, whether or not it still holds.
fn permit(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    is_permit(standing(case, exception, |state| state == ExceptionState::Granted)?)
}

/// Refuses an extension or amendment: what is done with a permit is done with the one that it is of.
fn is_permit(row: Exception) -> Result<Exception, No> {
    if row.of_permit.is_none() { Ok(row) } else { Err(wrong_state(row.id, "of_permit").into()) }
}

/// An application or permit in one of some states that is the actor's own, or typed by them, or a clerk's. Whose it is is asked
/// first: whoever may not read it learns nothing of its state.
fn own(
    case: &Case<'_>,
    exception: Option<Id>,
    is_so: impl Fn(ExceptionState) -> bool,
) -> Result<Exception, No> {
    let row: Exception = case.given(exception, "exception")?;
    if !is_theirs(case, &row)? {
        is_clerk(case)?;
    }
    standing(case, exception, is_so)
}

/// The same of a permit.
fn own_permit(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    is_permit(own(case, exception, |state| state == ExceptionState::Granted)?)
}

/// Whether a record is the actor's own, or typed by them.
fn is_theirs(case: &Case<'_>, row: &Exception) -> Result<bool, No> {
    case.is_among(case.actor(), &row.whose())
}

/// Refuses whoever does no clerical work: who receives applications types them for people without an account, too (11).
fn is_clerk(case: &Case<'_>) -> Result<(), No> {
    policy::role_for(case.profile(), &case.context.actor.roles, ReceiveException::RULE.name)
        .map(|_| ())
        .map_err(|denied| no_authority(case.actor(), &denied.needs.join(", ")).into())
}

/// One that has come in; its form is checked by whoever receives it, also their own.
pub(super) fn may_receive(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    standing(case, exception, |state| state == ExceptionState::Applied)
}

/// One that nobody has decided.
pub(super) fn may_return(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    standing(case, exception, |state| matches!(state, ExceptionState::Applied | ExceptionState::Received))
}

/// One that was given back.
pub(super) fn may_resubmit(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    own(case, exception, |state| state == ExceptionState::Returned)
}

/// One that nobody has decided, of whoever applied.
pub(super) fn may_withdraw(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row: Exception = case.given(exception, "exception")?;
    // Whoever decides it refuses it, and gives a reason.
    match is_theirs(case, &row)? {
        true => standing(case, exception, ExceptionState::is_open),
        false => Err(no_authority(case.actor(), &row.applicant.to_string()).into()),
    }
}

/// One that waits for a decision: received, where the rules ask that.
fn undecided(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = standing(case, exception, |state| {
        matches!(state, ExceptionState::Applied | ExceptionState::Received)
    })?;
    if row.state == ExceptionState::Applied && rules(case)?.received {
        return Err(wrong_state(row.id, row.state.name()).into());
    }
    Ok(row)
}

/// The same, of whoever decides it; also where it is their own: those above decide it then.
pub(super) fn may_forward(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = undecided(case, exception)?;
    case.authority(case.actor(), &row.decided_by)?;
    Ok(row)
}

/// The same; never by whoever applied, typed any of its versions, or is somebody whose own it is (2.1.2).
pub(super) fn may_decide(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = undecided(case, exception)?;
    judges(case, &row, &[])?;
    Ok(row)
}

pub(super) fn decide_receive(case: &Case<'_>, c: &ReceiveException) -> Result<Outcome, No> {
    Ok(about(&may_receive(case, c.exception)?))
}

pub(super) fn decide_return(case: &Case<'_>, c: &ReturnForCorrection) -> Result<Outcome, No> {
    let row = may_return(case, c.exception)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

pub(super) fn decide_resubmit(case: &Case<'_>, c: &ResubmitException) -> Result<Outcome, No> {
    let row = may_resubmit(case, c.exception)?;
    let kind = kind_of(case, &row.kind)?;
    // After the fact is what begins before the day on which it was first applied for.
    let applicant = case.row(row.applicant)?;
    let wanted = wanted!(c);
    complete(case, (kind, &applicant), (c.from, c.to), &wanted, row.applied.date_naive())?;
    if let Some(permit) = row.of_permit {
        let permit = case.row(permit)?;
        of_permit(&permit, row.applied_for, &wanted)?;
        before_its_end(&permit, row.applied_for, &wanted, row.applied.date_naive())?;
    }
    let (roles, raised) = decided_by(case, kind, row.applicant, &wanted)?;
    let whose: Vec<Id> = row.whose().into_iter().chain([case.actor()]).collect();
    judged_by(case, &whose, &roles)?;
    Ok(Outcome { roles, raised, ..about(&row) })
}

pub(super) fn decide_forward(case: &Case<'_>, c: &ForwardException) -> Result<Outcome, No> {
    let row = may_forward(case, c.exception)?;
    required(&c.reason, "reason")?;
    let rules = rules(case)?;
    let (roles, _) = not_own(case, rules, row.applicant, above(case, rules, &row.decided_by)?)?;
    Ok(Outcome { roles: roles.to_vec(), ..about(&row) })
}

pub(super) fn decide_withdraw(case: &Case<'_>, c: &WithdrawException) -> Result<Outcome, No> {
    let row = may_withdraw(case, c.exception)?;
    required(&c.reason, "reason")?;
    Ok(Outcome { also: row.of_permit.into_iter().collect(), ..about(&row) })
}

pub(super) fn decide_decide(case: &Case<'_>, c: &DecideException) -> Result<Outcome, No> {
    let row = may_decide(case, c.exception)?;
    required(&c.risk, "risk")?;
    required(&c.reason, "reason")?;
    let also: Vec<Id> = row.of_permit.into_iter().collect();
    if !c.granted {
        return Ok(Outcome { also, ..about(&row) });
    }
    let wanted = row.wanted();
    findings(case, &row, c)?;
    let roles = of_clause(case, &row, &c.clause)?;
    let (from, to) = (c.from.unwrap_or(wanted.from), c.to.unwrap_or(wanted.to));
    let today = case.context.day();
    period_possible(from, to, today)?;
    of_terms(case, &row, from, to)?;
    if from < today && wanted.account.trim().is_empty() {
        required(&c.account, "account")?;
    }
    if row.of_permit.is_some() {
        return Ok(Outcome { day: Some(from), until: Some(to), roles, also, ..about(&row) });
    }
    let rules = rules(case)?;
    let until = rules.void_months.and_then(|months| today.checked_add_months(Months::new(months)));
    // Void before it begins, it could never be used.
    if let Some(until) = until.filter(|until| from > *until) {
        return Err(Code::DayTooLate.with("day", from).and("to", until).into());
    }
    let number = next_number(case)?;
    Ok(Outcome { number, day: Some(today), until, roles, ..about(&row) })
}

/// The roles whose decision a permit is that names another rule than its application; none where they are the same. Who decides of
/// one rule does not for that grant what is another's (4.1).
fn of_clause(case: &Case<'_>, row: &Exception, clause: &str) -> Result<Vec<String>, No> {
    let wanted = row.wanted();
    if clause.is_empty() || clause == wanted.clause {
        return Ok(Vec::new());
    }
    clause_known(case, clause)?;
    let kind = rules(case)?.kind(&row.kind).filter(|kind| kind.clause && row.of_permit.is_none());
    let kind = kind.ok_or_else(|| invalid("clause", clause))?;
    let other = Wanted { clause: clause.to_owned(), ..wanted.clone() };
    let (asked, _) = decided_by(case, kind, row.applicant, wanted)?;
    let (roles, _) = decided_by(case, kind, row.applicant, &other)?;
    if roles == asked {
        return Ok(Vec::new());
    }
    case.authority(case.actor(), &roles)?;
    Ok(roles)
}

/// What a grant must find (6.3).
fn findings(case: &Case<'_>, row: &Exception, c: &DecideException) -> Result<(), No> {
    let against = |field: &str| Code::FindingAgainst.with("field", field);
    match c.rational {
        Some(Finding::Yes) => {}
        Some(Finding::No) => return Err(against("rational").into()),
        None => return Err(missing("rational").into()),
    }
    if case.profile().exception_kind(&row.kind).is_some_and(|kind| kind.finding.is_some()) {
        match c.unaffected {
            Some(Finding::Yes) => {}
            Some(Finding::No) => return Err(against("unaffected").into()),
            None => return Err(missing("unaffected").into()),
        }
    }
    match c.alternative {
        Some(Alternative::Reasonable) => required(&c.weighed, "weighed")?,
        Some(Alternative::Unreasonable) => return Err(against("alternative").into()),
        // Who adopts none grants none. What was erased was none, or the entry would not exist.
        Some(Alternative::None) if !c.measures.trim().is_empty() && c.measures != ERASED => {
            return Err(invalid("measures", &c.measures).into());
        }
        Some(Alternative::None) => {}
        None => return Err(missing("alternative").into()),
    }
    Ok(())
}

/// A permit of the actor's, or of somebody for whom they type, that still holds today and whose end nobody reported.
fn holding(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    still_holds(case, may_report_end(case, exception)?)
}

/// One that nobody has begun.
pub(super) fn may_begin(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    after(holding(case, exception)?, None)
}

/// One that goes on.
pub(super) fn may_interrupt(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = holding(case, exception)?;
    match row.phase() {
        Some(PhaseKind::Begun | PhaseKind::Resumed) => Ok(row),
        other => Err(wrong_state(row.id, other.map_or("granted", PhaseKind::name)).into()),
    }
}

/// One that is interrupted.
pub(super) fn may_resume(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    after(holding(case, exception)?, Some(PhaseKind::Interrupted))
}

/// Refuses one whose last phase is another.
fn after(row: Exception, phase: Option<PhaseKind>) -> Result<Exception, No> {
    match row.phase() {
        last if last == phase => Ok(row),
        last => Err(wrong_state(row.id, last.map_or("granted", PhaseKind::name)).into()),
    }
}

/// The day of a phase: within the permit's period, not to come, and not before the phase before it.
fn phase_day(case: &Case<'_>, row: &Exception, day: Option<Date>) -> Result<Date, No> {
    let today = case.context.day();
    let day = day.unwrap_or(today);
    let decision = row.decision.as_ref().ok_or_else(|| wrong_state(row.id, row.state.name()))?;
    let before = row.phases.last().map_or(decision.from, |phase| phase.day);
    let latest = row.covered_to(decision).min(today);
    if row.in_force(day) == Some(InForce::Uncovered) {
        return Err(wrong_state(row.id, InForce::Uncovered.name()).into());
    }
    if day < before {
        return Err(Code::DayTooEarly.with("day", day).and("from", before).into());
    }
    if day > latest {
        return Err(Code::DayTooLate.with("day", day).and("to", latest).into());
    }
    Ok(day)
}

pub(super) fn decide_begin(case: &Case<'_>, c: &BeginException) -> Result<Outcome, No> {
    let row = may_begin(case, c.exception)?;
    let day = phase_day(case, &row, c.day)?;
    Ok(Outcome { day: Some(day), ..about(&row) })
}

pub(super) fn decide_interrupt(case: &Case<'_>, c: &InterruptException) -> Result<Outcome, No> {
    let row = may_interrupt(case, c.exception)?;
    let day = phase_day(case, &row, c.day)?;
    let months = rules(case)?.void_months;
    let void = |day: Date| months.and_then(|months| day.checked_add_months(Months::new(months)));
    let until = void(day);
    let today = case.context.day();
    // It would be void at once, and nothing could mend a wrong day: who has not used it for so long reports its end.
    if until.is_some_and(|until| until <= today) {
        let mut earliest =
            months.and_then(|months| today.checked_sub_months(Months::new(months))).unwrap_or(day);
        while earliest < today && void(earliest).is_some_and(|until| until <= today) {
            earliest = earliest.succ_opt().unwrap_or(today);
        }
        return Err(Code::DayTooEarly.with("day", day).and("from", earliest).into());
    }
    Ok(Outcome { day: Some(day), until, ..about(&row) })
}

pub(super) fn decide_resume(case: &Case<'_>, c: &ResumeException) -> Result<Outcome, No> {
    let row = may_resume(case, c.exception)?;
    let day = phase_day(case, &row, c.day)?;
    Ok(Outcome { day: Some(day), ..about(&row) })
}

/// A permit of the actor's, or of somebody for whom they type, of which something can be applied for: it is not ended, taken away
/// or void, and nothing of it waits.
fn may_change(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = may_report_end(case, exception)?;
    if let Some(pending) = row.pending {
        return Err(wrong_state(pending.application, "open").into());
    }
    match row.in_force(case.context.day()) {
        Some(InForce::Expired) => Ok(row),
        Some(stands) if stands.holds() => Ok(row),
        stands => Err(wrong_state(row.id, stands.map_or("", InForce::name)).into()),
    }
}

/// One that its decision lets be extended, and not extended as often as the rules allow.
pub(super) fn may_extend(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = may_change(case, exception)?;
    if !row.permit().is_some_and(|permit| permit.extendable) {
        return Err(Code::NotExtendable.with("record", row.id).into());
    }
    match rules(case)?.most_extensions {
        Some(most) if row.extensions() >= most as usize => {
            Err(Code::ExtendedOften.with("record", row.id).and("most", most).into())
        }
        _ => Ok(row),
    }
}

/// One that still holds, and was granted on an application.
pub(super) fn may_amend(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = still_holds(case, may_change(case, exception)?)?;
    // What is a decision in itself is decided anew.
    match rules(case)?.kind(&row.kind).is_some_and(|kind| kind.decision) {
        true => Err(Code::NotExtendable.with("record", row.id).into()),
        false => Ok(row),
    }
}

pub(super) fn decide_extension(case: &Case<'_>, c: &ApplyExtension) -> Result<Outcome, No> {
    let row = may_extend(case, c.exception)?;
    something_of(case, (&row, AppliedFor::Extension), (c.from, c.to), &wanted!(c))
}

pub(super) fn decide_amendment(case: &Case<'_>, c: &ApplyAmendment) -> Result<Outcome, No> {
    let row = may_amend(case, c.exception)?;
    something_of(case, (&row, AppliedFor::Amendment), (c.from, c.to), &wanted!(c))
}

/// Something of a permit that is applied for: by the rules of its kind, before whoever decides such a permit now (8).
fn something_of(
    case: &Case<'_>,
    (row, applied_for): (&Exception, AppliedFor),
    period: (Option<Date>, Option<Date>),
    wanted: &Wanted,
) -> Result<Outcome, No> {
    let kind = kind_of(case, &row.kind)?;
    let applicant = case.row(row.applicant)?;
    let today = case.context.day();
    complete(case, (kind, &applicant), period, wanted, today)?;
    of_permit(row, applied_for, wanted)?;
    before_its_end(row, applied_for, wanted, today)?;
    is_reachable(kind, &applicant)?;
    let (roles, raised) = decided_by(case, kind, row.applicant, wanted)?;
    judged_by(case, &[row.applicant, case.actor()], &roles)?;
    Ok(Outcome {
        id: Some(case.view.next(Noun::Exception)?),
        by: Some(row.applicant),
        kind: row.kind.clone(),
        also: vec![row.id],
        roles,
        raised,
        ..Outcome::default()
    })
}

/// Refuses what is not of its permit: another rule, other machines, or a period that an extension or an amendment does not have.
fn of_permit(permit: &Exception, applied_for: AppliedFor, wanted: &Wanted) -> Result<(), No> {
    if wanted.clause != permit.clause() {
        return Err(invalid("clause", &wanted.clause).into());
    }
    if wanted.devices != permit.wanted().devices {
        let devices = wanted.devices.iter().map(Id::to_string).collect::<Vec<_>>();
        return Err(invalid("devices", devices.join(", ")).into());
    }
    if wanted.network != permit.wanted().network {
        return Err(invalid("network", wanted.network).into());
    }
    period_of(permit, applied_for, wanted.from, wanted.to)
}

/// An extension begins behind all that was granted before; an amendment stays within it.
fn period_of(permit: &Exception, applied_for: AppliedFor, from: Date, to: Date) -> Result<(), No> {
    let (first, last) = permit.period();
    let behind = last.succ_opt().unwrap_or(last);
    match applied_for {
        AppliedFor::Extension if from < behind => {
            Err(Code::DayTooEarly.with("day", from).and("from", behind).into())
        }
        AppliedFor::Amendment if from < first => {
            Err(Code::DayTooEarly.with("day", from).and("from", first).into())
        }
        AppliedFor::Amendment if to > last => Err(Code::DayTooLate.with("day", to).and("to", last).into()),
        _ => Ok(()),
    }
}

/// An extension that comes when its permit is over is one after the fact (ours).
fn before_its_end(permit: &Exception, applied_for: AppliedFor, wanted: &Wanted, day: Date) -> Result<(), No> {
    if applied_for == AppliedFor::Extension && day > permit.period().1 {
        required(&wanted.account, "account")?;
        required(&wanted.unavoidable, "unavoidable")?;
    }
    Ok(())
}

/// Refuses a grant of something of a permit that does not go on, or of a period that it cannot have.
fn of_terms(case: &Case<'_>, row: &Exception, from: Date, to: Date) -> Result<(), No> {
    let Some(permit) = row.of_permit else { return Ok(()) };
    let permit: Exception = case.row(permit)?;
    match permit.in_force(case.context.day()) {
        Some(InForce::Expired) if permit.report.is_none() => {}
        Some(stands) if stands.holds() && permit.report.is_none() => {}
        stands => return Err(wrong_state(permit.id, stands.map_or("", InForce::name)).into()),
    }
    period_of(&permit, row.applied_for, from, to)
}

pub(super) fn decide_measure(case: &Case<'_>, c: &ApplyMeasure) -> Result<Outcome, No> {
    let row = may_note(case, c.exception)?;
    required(&c.measure, "measure")?;
    required(&c.damage, "damage")?;
    Ok(about(&row))
}

/// One that was decided, and whose applicant has no copy yet.
pub(super) fn may_hand_over(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = own(case, exception, ExceptionState::is_decided)?;
    if !row.is_copy_due() {
        return Err(wrong_state(row.id, "copy_given").into());
    }
    Ok(row)
}

/// A permit of which no end was reported.
pub(super) fn may_report_end(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = own_permit(case, exception)?;
    let told = if row.confirmed.is_some() { "confirmed" } else { "unconfirmed" };
    if row.report.is_some() { Err(wrong_state(row.id, told).into()) } else { Ok(row) }
}

/// One whose end was reported; never by whoever reported it, nor by whoever has it.
pub(super) fn may_confirm_end(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = permit(case, exception)?;
    let reported = row.report.iter().flat_map(|report| report.done.people()).collect::<Vec<Id>>();
    judges(case, &row, &reported)?;
    let Some(_) = row.report.as_ref().filter(|_| row.confirmed.is_none()) else {
        let state = if row.confirmed.is_some() { "confirmed" } else { "unreported" };
        return Err(wrong_state(row.id, state).into());
    };
    Ok(row)
}

/// One that still holds, of whoever holds now what it was decided by; who has it reports its end.
pub(super) fn may_revoke(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = permit(case, exception)?;
    judges(case, &row, &[])?;
    still_holds(case, row)
}

/// Refuses a permit that is over or void today.
fn still_holds(case: &Case<'_>, row: Exception) -> Result<Exception, No> {
    match row.in_force(case.context.day()) {
        Some(stands) if stands.holds() => Ok(row),
        stands => Err(wrong_state(row.id, stands.map_or("", InForce::name)).into()),
    }
}

pub(super) fn decide_hand_over(case: &Case<'_>, c: &HandOverCopy) -> Result<Outcome, No> {
    Ok(about(&may_hand_over(case, c.exception)?))
}

pub(super) fn decide_report_end(case: &Case<'_>, c: &ReportEnd) -> Result<Outcome, No> {
    let row = may_report_end(case, c.exception)?;
    let permit = row.permit().ok_or_else(|| wrong_state(row.id, row.state.name()))?;
    let today = case.context.day();
    let (since, latest) = row.last_use(permit, today);
    let last = c.last.unwrap_or(latest);
    if last < since {
        return Err(Code::DayTooEarly.with("day", last).and("from", since).into());
    }
    if last > latest {
        return Err(Code::DayTooLate.with("day", last).and("to", latest).into());
    }
    if c.how == Some(EndReport::Waived) {
        return Err(invalid("how", EndReport::Waived.name()).into());
    }
    // Whoever reports it does not confirm it.
    let whose: Vec<Id> = row.whose().into_iter().chain([case.actor()]).collect();
    judged_by(case, &whose, &row.decided_by)?;
    let came = c.came.unwrap_or(today);
    if came > today {
        return Err(Code::DayTooLate.with("day", came).and("to", today).into());
    }
    Ok(Outcome { day: Some(came), until: Some(last), ..about(&row) })
}

pub(super) fn decide_confirm_end(case: &Case<'_>, c: &ConfirmEnd) -> Result<Outcome, No> {
    Ok(about(&may_confirm_end(case, c.exception)?))
}

/// One that was lawful without anybody's permission and that nobody has reviewed; never by whoever did it.
pub(super) fn may_review(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = standing(case, exception, |state| state == ExceptionState::Recorded)?;
    judges(case, &row, &[])?;
    Ok(row)
}

/// A decision that is still to be told.
pub(super) fn may_tell(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    own_permit(case, exception)?;
    owing(case, exception, Owed::Telling)
}

/// A permit that is over, and of which nobody confirmed that what was stored is gone; never by whoever has it.
pub(super) fn may_confirm_gone(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = owing(case, exception, Owed::Gone)?;
    judges(case, &row, &[])?;
    match row.in_force(case.context.day()) {
        Some(stands) if stands.holds() => Err(wrong_state(row.id, stands.name()).into()),
        _ => Ok(row),
    }
}

/// A permit of which something is owed.
fn owing(case: &Case<'_>, exception: Option<Id>, what: Owed) -> Result<Exception, No> {
    let row = permit(case, exception)?;
    if row.owes(what) { Ok(row) } else { Err(wrong_state(row.id, "nothing_owed").into()) }
}

/// One in force, of whoever has it.
pub(super) fn may_note(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = still_holds(case, own_permit(case, exception)?)?;
    match row.in_force(case.context.day()) {
        Some(InForce::ToCome) => Err(wrong_state(row.id, InForce::ToCome.name()).into()),
        _ => Ok(row),
    }
}

pub(super) fn decide_review(case: &Case<'_>, c: &ReviewEmergency) -> Result<Outcome, No> {
    let row = may_review(case, c.exception)?;
    required(&c.finding, "finding")?;
    Ok(about(&row))
}

pub(super) fn decide_tell(case: &Case<'_>, c: &TellCouncil) -> Result<Outcome, No> {
    Ok(about(&may_tell(case, c.exception)?))
}

pub(super) fn decide_gone(case: &Case<'_>, c: &ConfirmGone) -> Result<Outcome, No> {
    Ok(about(&may_confirm_gone(case, c.exception)?))
}

pub(super) fn decide_note(case: &Case<'_>, c: &NoteRisk) -> Result<Outcome, No> {
    let row = may_note(case, c.exception)?;
    required(&c.note, "note")?;
    Ok(about(&row))
}

pub(super) fn decide_revoke(case: &Case<'_>, c: &RevokeException) -> Result<Outcome, No> {
    let row = may_revoke(case, c.exception)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

fn about(row: &Exception) -> Outcome {
    Outcome { id: Some(row.id), ..Outcome::default() }
}
