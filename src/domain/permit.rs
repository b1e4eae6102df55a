//! Applications to enter or work, and the permits they become (I-3-2-2, J-PI-12, J-2-1-2).

use super::choice::choice;
use super::command::commands;
use super::device::targets;
use super::lookup::{
    Case, days_before, in_order, invalid, last_of_days, missing, no_authority, no_longer, own_matter,
    repeated, required, within, wrong_state,
};
use super::rights::roles_at;
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Code, Command, Company, Context, Date, Days, Edition, Ending, EntryMeta, Event, Filing, FormSoFar,
    HandedOver, Id, No, Noun, Offer, Outcome, PermitState, Profile, Row, Stamp, Standing, Telephone, Visit,
    VisitState, holders, key, offers, permit_standing,
};
use crate::text::find::Part;

row! {
    /// An application to enter or work, and the permit it becomes.
    Permit {
        /// What for.
        kind: PermitKind,
        /// Who applied.
        applicant: Id,
        /// Who typed the application.
        entered_by: Id,
        /// The contractor.
        company: Id,
        /// Who comes.
        workers: Vec<Id>,
        /// First day.
        #[serde(with = "super::packed")]
        from: Date,
        /// Last day, inclusive.
        #[serde(with = "super::packed")]
        to: Date,
        /// Zone ids.
        zones: Vec<String>,
        /// Racks.
        racks: String,
        /// The work.
        work: String,
        /// Proposed escort.
        escort: Option<Id>,
        /// Things to carry in.
        things: String,
        /// Conditions.
        conditions: String,
        /// Applied when.
        #[serde(with = "super::packed")]
        applied: Stamp,
        /// Where it stands.
        state: PermitState,
        /// Who decided, when, why.
        decided: Option<Ending>,
        /// Given by telephone.
        telephone: Option<Telephone>,
        /// Taken back by whom, when, why.
        withdrawn: Option<Ending>,
        /// The machines it is about.
        devices: Vec<Id>,
        /// Granted in an emergency, by somebody else than the rules ask for.
        emergency: Option<Id>,
    }
}

commands! {
    /// Apply for a visit by outsiders: planned work, or failure work (I-3-2-2, J-PI-12).
    ApplyVisit = "apply_visit" => "visit_applied" {
        /// Planned or failure work.
        kind: PermitKind,
        /// Who applies, when the actor types a paper application; the actor where absent.
        applicant: Option<Id>,
        /// The contractor.
        company: Option<Id>,
        /// Who comes.
        workers: Vec<Id>,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// Zone ids of the profile.
        zones: Vec<String>,
        /// Racks.
        racks: String,
        /// The work.
        work: String,
        /// Proposed escort.
        escort: Option<Id>,
        /// Things to carry in.
        things: String,
        /// Conditions asked for.
        conditions: String,
        /// The machines it is about, from the list of devices.
        devices: Vec<Id>,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            needs_clock: true,
            sealed: &["work", "racks", "things", "conditions"],
            offers: &[("workers", offers::workers), ("escort", offers::escorts)],
        }
        decide decide_apply, touches [], on {};

    /// Grant or refuse an application; never by the applicant (J-2-1-2).
    DecideVisit = "decide_visit" => "visit_decided" {
        /// Which application.
        permit: Option<Id>,
        /// Granted or refused.
        granted: bool,
        /// Why; always for a refusal.
        reason: String,
        /// Conditions of the permit.
        conditions: String,
    }
        rule {
            given: ByPeople,
            waits: super::Waits::Proved,
            group: Some(super::Group(super::Book::Entry, super::Task::Decisions)),
            authority: &["planned", "failure"],
            needs_clock: true,
            sealed: &["reason", "conditions"],
        }
        decide decide_decide, touches [], on { Noun::Permit => may_decide };

    /// Take an application back before it is used.
    WithdrawVisit = "withdraw_visit" => "visit_withdrawn" {
        /// Which application or permit.
        permit: Option<Id>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Upkeep)), sealed: &["reason"] }
        decide decide_withdraw, touches [], on { Noun::Permit => may_withdraw };

    /// Record a permission given by telephone; in force at once, listed until its giver signs or disowns it.
    PermitByTelephone = "permit_by_telephone" => "telephone_permitted" {
        /// Who gave it.
        giver: Option<Id>,
        /// When it was given.
        given_at: Option<Stamp>,
        /// How the giver was identified on the telephone.
        how_identified: String,
        /// The contractor.
        company: Option<Id>,
        /// Who comes.
        workers: Vec<Id>,
        /// Zone ids of the profile.
        zones: Vec<String>,
        /// Racks.
        racks: String,
        /// The work.
        work: String,
        /// Last day, inclusive; the day it was given where absent.
        to: Option<Date>,
        /// The machines it is about, from the list of devices.
        devices: Vec<Id>,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            late: true,
            needs_clock: true,
            sealed: &["how_identified", "work", "racks"],
            offers: &[("giver", givers), ("workers", offers::workers)],
        }
        decide decide_by_telephone, touches [], on {};

    /// The giver signs or disowns a permission by telephone.
    ConfirmTelephone = "confirm_telephone" => "telephone_confirmed" {
        /// Which permission.
        permit: Option<Id>,
        /// Signed, or disowned.
        signed: bool,
        /// Why it is disowned.
        reason: String,
    }
        rule {
            given: ByPeople,
            waits: super::Waits::Proved,
            group: Some(super::Group(super::Book::Entry, super::Task::Decisions)),
            authority: &["telephone"],
            sealed: &["reason"],
        }
        decide decide_confirm, touches [], on { Noun::Permit => may_confirm };
}

choice! {
    /// What an application is for.
    PermitKind {
        /// Improvement, repair or inspection, applied for beforehand, day by day (J-PI-12).
        #[default]
        Planned = "planned",
        /// A failure that cannot wait (J-PI-12-2).
        Failure = "failure",
        /// A visit without work: inspection, tour, delivery.
        Visit = "visit",
    }
}

/// Who may give a permission by telephone; nobody permits to themselves.
fn givers(case: &Case<'_>, _: &FormSoFar) -> Result<Offer, No> {
    let Context { edition, accounts_on, .. } = *case.context;
    let mut givers = holders(case.view, edition, &case.profile().authority.telephone, accounts_on)?;
    givers.retain(|person| *person != case.actor());
    Ok(Offer::these(givers))
}

/// The permits under which somebody may come in today; those that name the person, where the form names one.
pub(super) fn in_force_for(case: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    let (today, person) = (case.context.now.date_naive(), form.id("person"));
    let opens = move |permit: &Permit| {
        permit_standing(permit, today) == Standing::InForce
            && person.is_none_or(|person| permit.workers.contains(&person))
    };
    Ok(Offer::those(move |row| matches!(row, Row::Permit(row) if opens(row))).under(person))
}

/// Workers that must be named, exist, belong to the company and not repeat.
fn crew(case: &Case<'_>, company: Option<Id>, workers: &[Id]) -> Result<Id, No> {
    if workers.is_empty() {
        return Err(missing("workers").into());
    }
    if let Some(worker) = repeated(workers) {
        return Err(invalid("workers", worker).into());
    }
    let company: Company = case.given(company, "company")?;
    for worker in workers {
        let person = case.person(Some(*worker), "workers")?;
        if person.company != Some(company.id) {
            return Err(invalid("workers", worker).into());
        }
    }
    Ok(company.id)
}

pub(super) fn decide_apply(case: &Case<'_>, c: &ApplyVisit) -> Result<Outcome, No> {
    let from = c.from.ok_or_else(|| missing("from"))?;
    let to = c.to.ok_or_else(|| missing("to"))?;
    required(&c.work, "work")?;
    case.zones(&c.zones)?;
    let company = crew(case, c.company, &c.workers)?;
    targets(case, &c.devices)?;
    let applicant = case.person(Some(c.applicant.unwrap_or(case.actor())), "applicant")?;
    case.person_named(c.escort)?;
    in_order(from, to)?;
    let periods = &case.profile().periods;
    let most = if c.kind == PermitKind::Planned { periods.planned_days } else { periods.permit_days };
    // An application for days gone by is none: what happened without one is shown as that (J-PI-12).
    in_order(case.context.day(), to)?;
    no_longer(from, to, last_of_days(from, most))?;
    let id = case.view.next(Noun::Permit)?;
    Ok(Outcome { id: Some(id), company: Some(company), by: Some(applicant.id), ..Outcome::default() })
}

/// An application that waits for a decision.
pub(super) fn open_to_decide(case: &Case<'_>, permit: Option<Id>) -> Result<Permit, No> {
    let permit: Permit = case.given(permit, "permit")?;
    if permit.state != PermitState::Applied {
        return Err(wrong_state(permit.id, permit.state.name()).into());
    }
    Ok(permit)
}

/// The people whose own matter an application is (J-2-1-2).
pub(super) fn whose_it_is(permit: &Permit) -> Vec<Id> {
    let mut people = permit.workers.clone();
    people.extend([permit.applicant, permit.entered_by]);
    people.extend(permit.trace.made_for);
    people
}

impl Permit {
    /// The roles that decide it.
    pub(super) fn authority<'p>(&self, profile: &'p Profile) -> &'p [String] {
        if self.kind == PermitKind::Planned { &profile.authority.planned } else { &profile.authority.failure }
    }
}

/// An application that the actor may decide: by the role the profile names, never the own (J-2-1-2).
pub(super) fn may_decide(case: &Case<'_>, permit: Option<Id>) -> Result<Permit, No> {
    let permit = open_to_decide(case, permit)?;
    case.not_of(&whose_it_is(&permit), || Code::OwnApplication.with("record", permit.id))?;
    case.authority(case.actor(), permit.authority(case.profile()))?;
    Ok(permit)
}

/// Refuses to grant an application whose last day is over.
pub(super) fn grantable(case: &Case<'_>, permit: &Permit) -> Result<(), No> {
    let lapsed = permit_standing(permit, case.context.day()) == Standing::Lapsed;
    if lapsed && !case.context.clock_unconfirmed {
        return Err(wrong_state(permit.id, Standing::Lapsed.name()).into());
    }
    Ok(())
}

pub(super) fn decide_decide(case: &Case<'_>, c: &DecideVisit) -> Result<Outcome, No> {
    if !c.granted {
        required(&c.reason, "reason")?;
    }
    let permit = may_decide(case, c.permit)?;
    if c.granted {
        grantable(case, &permit)?;
    }
    Ok(about(&permit))
}

fn about(permit: &Permit) -> Outcome {
    Outcome { id: Some(permit.id), company: Some(permit.company), ..Outcome::default() }
}

/// An application or permit that the actor may take back: not used by anybody inside.
pub(super) fn may_withdraw(case: &Case<'_>, permit: Option<Id>) -> Result<Permit, No> {
    let permit: Permit = case.given(permit, "permit")?;
    if !matches!(permit.state, PermitState::Applied | PermitState::Granted) {
        return Err(wrong_state(permit.id, permit.state.name()).into());
    }
    let me = case.actor();
    let roles = permit.authority(case.profile());
    if !case.is_same(permit.applicant, me)? && !case.is_same(permit.entered_by, me)? {
        case.authority(me, roles)?;
    }
    // Whoever might refuse it takes it back at any moment: whoever is inside by it stands first on Today (I-3-2-2). Before
    // edition 3 nobody did while somebody was.
    if case.context.edition >= Edition::Three
        && permit.state == PermitState::Granted
        && case.holds(me, roles)?
    {
        return Ok(permit);
    }
    let visits: Vec<Visit> = case.all(&key::of(Noun::Visit, permit.id))?;
    match visits.iter().find(|visit| visit.state == VisitState::Inside) {
        Some(visit) => Err(Code::AlreadyInside.with("person", visit.person).and("visit", visit.id).into()),
        None => Ok(permit),
    }
}

pub(super) fn decide_withdraw(case: &Case<'_>, c: &WithdrawVisit) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    Ok(about(&may_withdraw(case, c.permit)?))
}

pub(super) fn decide_by_telephone(case: &Case<'_>, c: &PermitByTelephone) -> Result<Outcome, No> {
    required(&c.how_identified, "how_identified")?;
    required(&c.work, "work")?;
    let giver = c.giver.ok_or_else(|| missing("giver"))?;
    case.zones(&c.zones)?;
    let company = crew(case, c.company, &c.workers)?;
    targets(case, &c.devices)?;
    let giver = case.person(Some(giver), "giver")?;
    let now = case.context.happened();
    let given = c.given_at.unwrap_or(now);
    let from = given.date_naive();
    let to = c.to.unwrap_or(from);
    in_order(from, to)?;
    let periods = &case.profile().periods;
    no_longer(from, to, last_of_days(from, periods.permit_days))?;
    within(given, days_before(now, periods.late_days), now)?;
    let own = || own_matter(giver.id);
    case.not_of(&[giver.id], own)?;
    c.workers.iter().try_for_each(|worker| case.two_people(giver.id, &[*worker], own))?;
    let roles = &case.profile().authority.telephone;
    case.authority(giver.id, roles)?;
    // From edition 3 on it is asked of the moment it was given too.
    if case.context.edition >= Edition::Three && given < case.context.now {
        let held = roles_at(case.view, case.context.edition, giver.id, given)?;
        if !held.iter().any(|role| roles.contains(role)) {
            return Err(no_authority(giver.id, &roles.join(", ")).into());
        }
    }
    let id = case.view.next(Noun::Permit)?;
    Ok(Outcome { id: Some(id), company: Some(company), by: Some(giver.id), ..Outcome::default() })
}

/// A permission by telephone that is neither signed nor disowned, and that the actor gave; or, to disown it, from edition
/// 3 on whoever has the authority to give one, and in edition 2 where its giver has no such authority any more.
pub(super) fn may_confirm(case: &Case<'_>, permit: Option<Id>) -> Result<Permit, No> {
    let permit: Permit = case.given(permit, "permit")?;
    let giver = match &permit.telephone {
        Some(call) if permit.state == PermitState::Telephone => call.giver,
        _ => return Err(wrong_state(permit.id, permit.state.name()).into()),
    };
    if case.is_same(giver, case.actor())? {
        return Ok(permit);
    }
    let roles = &case.profile().authority.telephone;
    let givers_alone = match case.context.edition {
        Edition::One => true,
        Edition::Two => case.holds(giver, roles)?,
        Edition::Three => false,
    };
    if givers_alone {
        return Err(no_authority(case.actor(), &giver.to_string()).into());
    }
    let mut people = permit.workers.clone();
    people.push(permit.entered_by);
    case.not_of(&people, || own_matter(case.actor()))?;
    case.authority(case.actor(), roles)?;
    Ok(permit)
}

pub(super) fn decide_confirm(case: &Case<'_>, c: &ConfirmTelephone) -> Result<Outcome, No> {
    if !c.signed {
        required(&c.reason, "reason")?;
    }
    let permit = may_confirm(case, c.permit)?;
    if let Some(call) = permit.telephone.as_ref().filter(|_| c.signed) {
        // Nobody signs for another that they gave it, nor for themselves.
        if !case.is_same(call.giver, case.actor())? {
            return Err(no_authority(case.actor(), &call.giver.to_string()).into());
        }
        case.not_of(&permit.workers, || own_matter(case.actor()))?;
    }
    Ok(about(&permit))
}

/// What is asked of the row ([`super::Row`]).
impl Permit {
    pub(super) const FILING: Filing = Filing {
        texts_needed: |row, _| match row {
            Row::Permit(Permit { state, .. })
                if matches!(state, PermitState::Applied | PermitState::Telephone) =>
            {
                Some(state.name())
            }
            _ => None,
        },
        in_use: |row, id, day| {
            let stands = |row: &Permit| matches!(row.state, PermitState::Granted | PermitState::Telephone);
            matches!(row, Row::Permit(row) if stands(row) && row.workers.contains(&id) && day <= row.to)
        },
        on_leaving: super::leaving::OnLeaving::Hinders,
        states: &[
            ("applied", "applied"),
            ("telephone", "telephone"),
            ("to_decide", "applied"),
            ("waiting", "applied"),
            ("telephone_mine", "telephone"),
            ("telephone_others", "telephone"),
        ],
        lists_by: &[Noun::Person, Noun::Company],
        days: Days::Kept,
        handed_over: &[("applied", HandedOver::Open), ("telephone", HandedOver::Open)],
        query: Some(super::Query {
            name: "permits",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        settled_by: &[("applied", DecideVisit::RULE.name), ("telephone", ConfirmTelephone::RULE.name)],
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let trace = meta.trace();
        let at = event.happened(meta);
        let by = event.outcome.by?;
        match &event.command {
            Command::ApplyVisit(c) => Some(Permit {
                id,
                trace,
                kind: c.kind,
                applicant: by,
                entered_by: meta.actor,
                company: c.company?,
                workers: c.workers.clone(),
                from: c.from?,
                to: c.to?,
                zones: c.zones.clone(),
                racks: c.racks.clone(),
                work: c.work.clone(),
                escort: c.escort,
                things: c.things.clone(),
                conditions: c.conditions.clone(),
                applied: at,
                state: PermitState::Applied,
                decided: None,
                telephone: None,
                withdrawn: None,
                devices: c.devices.clone(),
                emergency: None,
            }),
            Command::PermitByTelephone(c) => {
                let given = c.given_at.unwrap_or(at);
                let from = given.date_naive();
                let how_identified = c.how_identified.clone();
                Some(Permit {
                    id,
                    trace,
                    kind: PermitKind::Failure,
                    applicant: meta.actor,
                    entered_by: meta.actor,
                    company: c.company?,
                    workers: c.workers.clone(),
                    from,
                    to: c.to.unwrap_or(from),
                    zones: c.zones.clone(),
                    racks: c.racks.clone(),
                    work: c.work.clone(),
                    escort: None,
                    things: String::new(),
                    conditions: String::new(),
                    applied: at,
                    state: PermitState::Telephone,
                    decided: None,
                    telephone: Some(Telephone { giver: by, given, how_identified, taken_by: meta.actor }),
                    withdrawn: None,
                    devices: c.devices.clone(),
                    emergency: None,
                })
            }
            _ => None,
        }
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let (state, reason) = match &event.command {
            Command::DecideVisit(c) => {
                // What was asked for stays unless the decision says otherwise.
                if !c.conditions.is_empty() {
                    self.conditions.clone_from(&c.conditions);
                }
                (if c.granted { PermitState::Granted } else { PermitState::Refused }, &c.reason)
            }
            Command::WithdrawVisit(c) => {
                // Who had granted it stays.
                self.state = PermitState::Withdrawn;
                self.withdrawn = Some(meta.ending(event.happened(meta), &c.reason));
                return true;
            }
            Command::ActInEmergency(c) => {
                self.emergency = event.outcome.also.first().copied();
                (PermitState::Granted, &c.reason)
            }
            Command::ConfirmTelephone(c) => {
                (if c.signed { PermitState::Granted } else { PermitState::Disowned }, &c.reason)
            }
            _ => return false,
        };
        self.state = state;
        self.decided = Some(meta.ending(event.happened(meta), reason));
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::Permit;
        let mut keys = vec![key::day(noun, self.from)];
        if matches!(self.state, PermitState::Granted | PermitState::Telephone) {
            for month in key::months(self.from, self.to) {
                keys.extend(self.workers.iter().map(|worker| key::in_month(noun, *worker, month)));
            }
        }
        match self.state {
            PermitState::Applied | PermitState::Telephone => keys.push(key::state(noun, self.state.name())),
            PermitState::Granted => keys.push(key::until(noun, self.to)),
            PermitState::Refused | PermitState::Withdrawn | PermitState::Disowned => {}
        }
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.from)
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        [self.company, self.applicant].iter().chain(&self.workers).copied().collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let named = [self.applicant, self.entered_by, self.company];
        named.iter().chain(&self.workers).chain(&self.escort).chain(&self.devices).copied().collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.company == id || self.applicant == id || self.workers.contains(&id)
    }

    pub(super) fn is_in_zone(&self, zone: &str) -> bool {
        self.zones.iter().any(|held| held == zone)
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let mut texts = vec![&mut self.work, &mut self.racks, &mut self.things, &mut self.conditions];
        texts.extend(self.decided.iter_mut().chain(&mut self.withdrawn).map(|end| &mut end.reason));
        texts.extend(self.telephone.as_mut().map(|call| &mut call.how_identified));
        Some(texts)
    }
}
