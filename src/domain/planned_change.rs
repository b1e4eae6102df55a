//! Personnel changes (人事異動等): a transfer, a leave, a retirement or a return, announced before its day, passed on to whoever
//! changes accounts, and in effect on its day by itself (S-12-4).

use super::account::is_between;
use super::choice::choice;
use super::command::commands;
use super::jurisdiction::LiesIn;
use super::lookup::{
    Case, days_before, in_order, invalid, last_of_months, missing, no_longer, own_matter, required,
    still_governed, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Book, Code, Command, Date, Edition, Ending, EntryMeta, Event, Filing, Group, Id, No, Noun, Outcome,
    Query, ResumeUser, Row, Stamp, SuspendUser, Task, User, Waits, key, orphaned, policy,
};
use crate::text::find::Part;

row! {
    /// A personnel change that was announced.
    PlannedChange {
        /// Whose.
        person: Id,
        /// What.
        kind: ChangeKind,
        /// The first day on which it holds.
        #[serde(with = "super::packed")]
        day: Date,
        /// The last day of a leave, inclusive; none where it is not known.
        #[serde(with = "super::packed")]
        until: Option<Date>,
        /// Who announced it.
        announced_by: Id,
        /// Entered by whom, when, and what else there is to say.
        announced: Ending,
        /// Not before its day.
        late: bool,
        /// Where it stands.
        state: PlannedState,
        /// To whom it was passed on.
        to_whom: Option<Id>,
        /// By whom, when, and what else there was to say.
        passed_on: Option<Ending>,
        /// The accounts that nobody has closed or changed for it.
        left: Vec<Id>,
        /// The last of them closed or changed by whom, when, why.
        carried_out: Option<Ending>,
        /// Taken back by whom, when, why.
        cancelled: Option<Ending>,
    }
}

commands! {
    /// Announce a personnel change, the own one or that of somebody whose account the actor may bar; from its day on the
    /// accounts of whoever goes are barred by themselves (S-12-4).
    PlanChange = "plan_change" => "change_planned" {
        /// Whose; the actor's own where none is given.
        person: Option<Id>,
        /// What.
        kind: Option<ChangeKind>,
        /// The first day on which it holds.
        day: Option<Date>,
        /// The last day of a leave, inclusive.
        until: Option<Date>,
        /// Who announced it, where the actor types what they said; the actor where none is given.
        announced_by: Option<Id>,
        /// What else there is to say.
        remarks: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["remarks"],
            with: &["query:today"],
        }
        decide decide_plan, touches [], on {};

    /// Say to whom it was passed on; a return lets the person in again from its day on (S-12-4).
    PassOnChange = "pass_on_change" => "change_passed_on" {
        /// Which.
        change: Option<Id>,
        /// To whom.
        to_whom: Option<Id>,
        /// How, and what else there is to say.
        remarks: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            group: Some(Group(Book::Users, Task::Desk)),
            sealed: &["remarks"],
        }
        decide decide_pass_on, touches [], on { Noun::PlannedChange => may_pass_on };

    /// Take one back: before its day it does nothing then (S-12-4).
    CancelChange = "cancel_change" => "change_cancelled" {
        /// Which.
        change: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            sealed: &["reason"],
            with: &["query:today"],
        }
        decide decide_cancel, touches [], on { Noun::PlannedChange => may_cancel };
}

choice! {
    /// What changes.
    ChangeKind {
        /// To another post (異動).
        #[default]
        Transfer = "transfer",
        /// Away for a time (休職).
        Leave = "leave",
        /// Gone for good (退職).
        Retirement = "retirement",
        /// Back from a leave (復職).
        Return = "return",
    }
    /// Where a personnel change stands.
    PlannedState {
        /// Announced.
        #[default]
        Announced = "announced",
        /// Passed on.
        PassedOn = "passed_on",
        /// Every account was closed or changed for it.
        CarriedOut = "carried_out",
        /// Taken back.
        Cancelled = "cancelled",
    }
}

impl ChangeKind {
    /// Whether somebody closes or changes the accounts for it; a leave and a return need nothing more.
    pub fn is_carried_out(self) -> bool {
        matches!(self, ChangeKind::Transfer | ChangeKind::Retirement)
    }
}

/// From when to when a personnel change bars an account.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Stop {
    /// Which change.
    pub change: Id,
    /// What it is.
    pub kind: ChangeKind,
    /// Entered when.
    #[serde(with = "super::packed")]
    pub told: Stamp,
    /// The first day.
    #[serde(with = "super::packed")]
    pub from: Date,
    /// The last day, inclusive.
    #[serde(with = "super::packed")]
    pub until: Option<Date>,
    /// Since when it bars nothing any more: taken back, or carried out.
    #[serde(with = "super::packed")]
    pub ended: Option<Stamp>,
}

impl super::Moments for Stop {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        each(&mut self.told);
        self.ended.each_moment(each);
    }
}

impl Stop {
    fn has(&self, day: Date) -> bool {
        is_between((Some(self.from), self.until), day)
    }

    /// Whether it barred the account at a moment, as it was entered by then.
    pub(super) fn held_at(&self, moment: Stamp) -> bool {
        self.told <= moment && self.ended.is_none_or(|ended| moment < ended) && self.has(moment.date_naive())
    }
}

/// The longest leave that has an end, in months.
const LEAVE_MONTHS: u32 = 120;

/// The state under which all stand in the index that are neither carried out nor taken back.
const OPEN: &str = "open";

fn decide_plan(case: &Case<'_>, c: &PlanChange) -> Result<Outcome, No> {
    let kind = c.kind.ok_or_else(|| missing("kind"))?;
    let day = c.day.ok_or_else(|| missing("day"))?;
    let person = case.person(Some(c.person.unwrap_or(case.actor())), "person")?;
    let by = case.person(Some(c.announced_by.unwrap_or(case.actor())), "announced_by")?;
    let today = case.context.day();
    match c.until {
        Some(until) if kind == ChangeKind::Leave => {
            in_order(day, until)?;
            no_longer(day, until, last_of_months(day, LEAVE_MONTHS, case.context.edition))?;
        }
        Some(until) => return Err(invalid("until", until).into()),
        None => {}
    }
    // What was told on paper while the terminal was off, and no more; a leave that is over bars nobody.
    let earliest = days_before(case.context.happened(), case.profile().periods.late_days).date_naive();
    if day < earliest {
        return Err(Code::DayTooEarly.with("day", day).and("from", earliest).into());
    }
    if let Some(until) = c.until.filter(|until| *until < today) {
        return Err(Code::DayTooEarly.with("day", until).and("from", today).into());
    }
    let most = case.profile().accounts().most_months;
    let latest = last_of_months(today, most, case.context.edition);
    if latest < day {
        return Err(Code::DayTooLate.with("day", day).and("to", latest).into());
    }
    let own = case.is_same(person.id, case.actor())?;
    // Of whom they act for nobody says that they go, nor of themselves in another's name.
    if case.context.acts_as.is_some() {
        case.not_of(&[person.id], || own_matter(person.id))?;
    }
    if !own {
        policy::role_for(case.profile(), &case.context.actor.roles, SuspendUser::RULE.name)?;
        case.person_reached(person.id)?;
    }
    let mut users: Vec<User> = case.all_of(Noun::User, person.id)?;
    users.retain(|user| !user.state.has_ended());
    // Whose institution they leave says so of their account there, and of no other.
    if !own && users.iter().any(|user| case.reaches_account(user)) {
        users.retain(|user| case.reaches_account(user));
    }
    if users.is_empty() {
        return Err(Code::NoAccount.with("person", person.id).into());
    }
    let others: Vec<PlannedChange> = case.all_of(Noun::PlannedChange, person.id)?;
    // Nobody goes twice on a day, nor on the day on which they come back, nor on leave while they are.
    let contradicts = |other: &&PlannedChange| {
        let shared = other.left.iter().any(|account| users.iter().any(|user| user.id == *account));
        other.is_open() && other.day == day && shared
    };
    let until = c.until.unwrap_or(Date::MAX);
    let overlaps = |stop: &&Stop| {
        stop.kind == ChangeKind::Leave && stop.from <= until && stop.until.is_none_or(|end| day <= end)
    };
    // Whoever is announced to be back by then is on no other leave.
    let back =
        others.iter().any(|other| other.is_open() && other.kind == ChangeKind::Return && other.day <= day);
    let away = if kind == ChangeKind::Leave && !back {
        users.iter().flat_map(User::stops_that_stand).find(overlaps).map(|stop| stop.change)
    } else {
        None
    };
    if let Some(other) = others.iter().find(contradicts).map(|other| other.id).or(away) {
        return Err(Code::ChangesContradict.with("person", person.id).and("record", other).into());
    }
    if kind == ChangeKind::Return && !users.iter().any(|user| user.is_stopped_by(ChangeKind::Leave, day)) {
        return Err(Code::NotOnLeave.with("person", person.id).and("day", day).into());
    }
    // What is to come Today tells beforehand.
    if kind != ChangeKind::Return && day <= today && c.until.is_none_or(|until| today <= until) {
        let (profile, gone) = (case.profile(), users.iter().map(|user| user.id).collect::<Vec<Id>>());
        still_governed(&orphaned(case.view, profile, profile, &gone, case.context.accounts_on)?)?;
    }
    let id = case.view.next(Noun::PlannedChange)?;
    Ok(Outcome {
        id: Some(id),
        person: Some(person.id),
        by: Some(by.id),
        also: users.iter().map(|user| user.id).collect(),
        ..Outcome::default()
    })
}

fn open(case: &Case<'_>, change: Option<Id>) -> Result<PlannedChange, No> {
    let row: PlannedChange = case.given(change, "change")?;
    if row.is_open() { Ok(row) } else { Err(wrong_state(row.id, row.state.name()).into()) }
}

/// One that nobody passed on; a return only by whoever may let people in again, and not their own.
fn may_pass_on(case: &Case<'_>, change: Option<Id>) -> Result<PlannedChange, No> {
    let row = open(case, change)?;
    if row.state != PlannedState::Announced {
        return Err(wrong_state(row.id, row.state.name()).into());
    }
    if row.kind == ChangeKind::Return {
        may_let_in(case, &row)?;
    }
    Ok(row)
}

/// Refuses the actor who may not let somebody in again: without the right, or in their own matter.
fn may_let_in(case: &Case<'_>, row: &PlannedChange) -> Result<(), No> {
    case.not_of(&[row.person], || own_matter(row.person))?;
    policy::role_for(case.profile(), &case.context.actor.roles, ResumeUser::RULE.name)?;
    Ok(())
}

fn decide_pass_on(case: &Case<'_>, c: &PassOnChange) -> Result<Outcome, No> {
    let row = may_pass_on(case, c.change)?;
    let to_whom = case.person(c.to_whom, "to_whom")?;
    if case.is_same(to_whom.id, row.person)? {
        return Err(own_matter(row.person).into());
    }
    // The return begins with it; of the others the day has been told to the account already.
    let day = (row.kind == ChangeKind::Return).then_some(row.day);
    let also = if day.is_some() { row.left.clone() } else { Vec::new() };
    Ok(Outcome { by: Some(to_whom.id), day, also, ..about(&row) })
}

/// One that can still be taken back: before its day by whoever entered it, and by whoever may let people in again. A return
/// that was passed on is a leave anew.
fn may_cancel(case: &Case<'_>, change: Option<Id>) -> Result<PlannedChange, No> {
    let row = open(case, change)?;
    let to_come = row.kind == ChangeKind::Return || case.context.day() < row.day;
    if !(to_come && case.is_same(row.announced.by, case.actor())?) {
        may_let_in(case, &row)?;
    }
    Ok(row)
}

fn decide_cancel(case: &Case<'_>, c: &CancelChange) -> Result<Outcome, No> {
    let row = may_cancel(case, c.change)?;
    required(&c.reason, "reason")?;
    Ok(Outcome { also: row.left.clone(), ..about(&row) })
}

fn about(row: &PlannedChange) -> Outcome {
    Outcome { id: Some(row.id), person: Some(row.person), ..Outcome::default() }
}

impl User {
    /// The stops that nothing ended.
    fn stops_that_stand(&self) -> impl Iterator<Item = &Stop> {
        self.stops.iter().filter(|stop| stop.ended.is_none())
    }

    /// Those of them that bar it on a day.
    fn stops_on(&self, day: Date) -> impl Iterator<Item = &Stop> {
        self.stops_that_stand().filter(move |stop| stop.has(day))
    }

    /// The first of them.
    pub(super) fn stop_on(&self, day: Date) -> Option<&Stop> {
        self.stops_on(day).next()
    }

    /// Whether one of a kind bars it on a day.
    fn is_stopped_by(&self, kind: ChangeKind, day: Date) -> bool {
        self.stops_on(day).any(|stop| stop.kind == kind)
    }

    /// Whether the person is gone for good on a day.
    pub(super) fn is_retired(&self, day: Date) -> bool {
        self.is_stopped_by(ChangeKind::Retirement, day)
    }

    /// Whether a personnel change bars it, or will.
    pub(super) fn is_barred_by(&self, change: Id) -> bool {
        self.stops_that_stand().any(|stop| stop.change == change)
    }

    /// Whether personnel changes bar it, or will.
    pub fn has_stops(&self) -> bool {
        self.stops_that_stand().next().is_some()
    }

    /// Whether it is barred on a day for a time only.
    pub fn is_on_leave(&self, day: Date) -> bool {
        let within = self.until.is_none_or(|until| day <= until);
        let away = self.stop_on(day).is_some();
        within && away && self.stops_on(day).all(|stop| stop.kind == ChangeKind::Leave)
    }

    /// The last day on which it may be used as of a day: its own, or the one before somebody goes.
    pub fn last_day(&self, day: Date) -> Option<Date> {
        let ahead = self.stops_that_stand().filter(|stop| stop.until.is_none_or(|until| day <= until));
        ahead.filter_map(|stop| stop.from.pred_opt()).chain(self.until).min()
    }

    /// Whether a transfer bars it, or will, and it may go on all the same.
    pub(super) fn waits_for_transfer(&self, change: Id) -> bool {
        self.stops_that_stand().any(|stop| stop.change == change && stop.kind == ChangeKind::Transfer)
    }

    /// The personnel changes for which nothing is left to do about it once it is closed.
    pub(super) fn changes_to_see_to(&self) -> Vec<Id> {
        self.stops_that_stand().map(|stop| stop.change).collect()
    }

    /// Those of them that are still to come on a day: opened again, it is barred by them then.
    pub(super) fn changes_to_come(&self, day: Date) -> Vec<Id> {
        self.stops_that_stand().filter(|stop| day < stop.from).map(|stop| stop.change).collect()
    }

    /// The stops after an entry that makes, ends or carries out a personnel change.
    pub(super) fn follow_changes(&mut self, event: &Event, meta: &EntryMeta) {
        let at = event.happened(meta);
        let subject = event.outcome.id;
        match &event.command {
            Command::PlanChange(PlanChange { kind: Some(kind), day: Some(day), until, .. })
                if *kind != ChangeKind::Return =>
            {
                let (kind, from, until) = (*kind, *day, *until);
                let made = subject.map(|change| Stop { change, kind, told: at, from, until, ended: None });
                self.stops.extend(made);
            }
            // A return: what bars for a time ends the day before it.
            Command::PassOnChange(_) => {
                let Some(day) = event.outcome.day else { return };
                let on_leave = |stop: &&mut Stop| stop.ended.is_none() && stop.has(day);
                let leaves = self.stops.iter_mut().filter(on_leave);
                for leave in leaves.filter(|stop| stop.kind == ChangeKind::Leave) {
                    // A day of before lets nobody in who was barred then.
                    if day <= at.date_naive() {
                        leave.ended = Some(at);
                    } else {
                        leave.until = day.pred_opt();
                    }
                }
            }
            Command::CancelChange(_) => self.end_stops(at, |stop| Some(stop.change) == subject),
            Command::ChangeUser(c) => self.end_stops(at, |stop| Some(stop.change) == c.change),
            // Who comes back is gone no more; a leave, and what is still to come, goes on.
            Command::ReopenUser(_) => {
                self.end_stops(at, |stop| stop.kind != ChangeKind::Leave && stop.from <= at.date_naive())
            }
            _ => {}
        }
    }

    /// What ends before it began barred nobody at any moment, and goes.
    fn end_stops(&mut self, at: Stamp, ends: impl Fn(&Stop) -> bool) {
        let to_come = |stop: &Stop| stop.ended.is_none() && at.date_naive() < stop.from;
        self.stops.retain(|stop| !(to_come(stop) && ends(stop)));
        for stop in self.stops.iter_mut().filter(|stop| stop.ended.is_none() && ends(stop)) {
            stop.ended = Some(at);
        }
    }
}

impl PlannedChange {
    /// Whether something is still to be done, or may be taken back; a return that was passed on is a leave anew.
    pub fn is_open(&self) -> bool {
        let passed_on = self.state == PlannedState::PassedOn;
        self.state == PlannedState::Announced || passed_on && self.kind != ChangeKind::Return
    }

    /// Whether it would bar an account from a day to another that it does not know: while it is open, or to come on `today`.
    pub(super) fn bars(&self, from: Date, to: Option<Date>, today: Date) -> bool {
        // A transfer that was carried out early is over; who retires on a day to come does so under whatever account.
        let early = self.state == PlannedState::CarriedOut && today < self.day;
        let stands = self.is_open() || early && self.kind != ChangeKind::Transfer;
        let meets = to.is_none_or(|to| self.day <= to) && self.until.is_none_or(|until| from <= until);
        let moves = self.kind == ChangeKind::Transfer && self.day <= from;
        stands && meets && !moves && self.kind != ChangeKind::Return
    }
}

/// What is asked of the row ([`super::Row`]).
impl PlannedChange {
    pub(super) const FILING: Filing = Filing {
        states: &[
            ("announced", "announced"),
            ("passed_on", "passed_on"),
            ("due", "passed_on"),
            ("in_effect", "passed_on"),
            ("open", OPEN),
        ],
        offered: |row| matches!(row, Row::PlannedChange(row) if row.is_open()),
        in_use: |row, _, day| matches!(row, Row::PlannedChange(row) if row.is_open() && row.until.is_none_or(|until| day <= until)),
        on_leaving: super::leaving::OnLeaving::Ends,
        lies: Some(|row| match row {
            Row::PlannedChange(row) => LiesIn::With(&row.left, row.person),
            _ => LiesIn::Nowhere,
        }),
        lists_by: &[Noun::Person],
        query: Some(Query {
            name: "planned_changes",
            group: Group(Book::Users, Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::PlanChange(c) = &event.command else { return None };
        let (at, day) = (event.happened(meta), c.day?);
        Some(PlannedChange {
            id,
            trace: meta.trace(),
            person: event.outcome.person?,
            kind: c.kind?,
            day,
            until: c.until,
            announced_by: event.outcome.by?,
            announced: meta.ending(at, &c.remarks),
            late: day <= at.date_naive(),
            state: PlannedState::Announced,
            to_whom: None,
            passed_on: None,
            left: event.outcome.also.clone(),
            carried_out: None,
            cancelled: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let ending = |reason: &str| meta.ending(event.happened(meta), reason);
        match &event.command {
            Command::PassOnChange(c) => {
                self.state = PlannedState::PassedOn;
                self.to_whom = event.outcome.by;
                self.passed_on = Some(ending(&c.remarks));
            }
            Command::CancelChange(c) => {
                self.state = PlannedState::Cancelled;
                self.cancelled = Some(ending(&c.reason));
            }
            // To come still, it is to be seen to again.
            Command::ReopenUser(_) => {
                self.left.extend(event.outcome.user.filter(|user| !self.left.contains(user)));
                let passed_on = self.passed_on.is_some();
                self.state = if passed_on { PlannedState::PassedOn } else { PlannedState::Announced };
                self.carried_out = None;
            }
            Command::CloseUser(_)
            | Command::RemoveUser(_)
            | Command::RekeyVault(_)
            | Command::Leave(_)
            | Command::ChangeUser(_) => {
                let outcome = &event.outcome;
                self.left.retain(|user| outcome.user != Some(*user) && !outcome.also.contains(user));
                if self.left.is_empty() {
                    self.state = PlannedState::CarriedOut;
                    self.carried_out = Some(ending(""));
                }
            }
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::PlannedChange;
        let mut keys = vec![key::state(noun, self.state.name())];
        keys.extend(self.is_open().then(|| key::state(noun, OPEN)));
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.person]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let people = [self.person, self.announced_by].into_iter().chain(self.to_whom);
        people.chain(self.left.iter().copied()).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let ends = std::iter::once(&mut self.announced).chain(self.passed_on.as_mut());
        let ends = ends.chain(self.carried_out.as_mut()).chain(self.cancelled.as_mut());
        Some(ends.map(|end| &mut end.reason).collect())
    }
}
