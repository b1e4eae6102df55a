//! Appointments: who holds an office or is a deputy in it, from when to when, appointed by whom (I-2-1, J-2-1-1, J-PI-3).

use super::account::no_clash_with_others;
use super::choice::choice;
use super::command::commands;
use super::jurisdiction::{LiesIn, unnamed};
use super::lookup::{
    Case, exists, in_order, invalid, last_of_months, missing, no_longer, own_matter, required, rows_under,
    still_governed, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::tenure::Tenure;
use super::{
    Book, Broken, Code, Command, Date, DecidedBefore, Edition, Ending, EntryMeta, Event, FOUNDING_ROLE,
    Filing, FormSoFar, Group, Id, IssueUser, Leave, No, Noun, Offer, Office, Outcome, Person, Profile,
    Rejection, Row, Stamp, Task, View, Waits, holders, key, orphaned, policy,
};
use crate::text::find::Part;
use std::collections::BTreeSet;

row! {
    /// Somebody's time in an office.
    Appointment {
        /// The role id of the office.
        role: String,
        /// Who holds it, or is a deputy in it.
        person: Id,
        /// Which of the two.
        kind: AppointmentKind,
        /// The jurisdiction within which it is held; none where everywhere.
        jurisdiction: String,
        /// What the person is appointed for, where that is told.
        task: String,
        /// The first day; from its entry on where none is told.
        #[serde(with = "super::packed")]
        from: Option<Date>,
        /// The last day, inclusive; none where it has no end.
        #[serde(with = "super::packed")]
        to: Option<Date>,
        /// Who appointed, for whom, and when it was entered.
        appointed: Ending,
        /// Who decided it, when and under which number, where that was outside these books.
        decided: Option<DecidedBefore>,
        /// Who held the office before, where that is told.
        former: Option<Id>,
        /// Whether it stands.
        state: AppointmentState,
        /// Who ended it before its time, or said when it ends.
        ended: Option<Ending>,
        /// Reported by whom, when it was entered, with what remark.
        told: Option<Ending>,
        /// To whom it was reported.
        told_to: Option<Id>,
        /// On which day.
        #[serde(with = "super::packed")]
        told_on: Option<Date>,
    }
}

commands! {
    /// Appoint somebody to an office, or as a deputy in it (I-2-1, J-2-1-1, J-PI-3).
    Appoint = "appoint" => "appointed" {
        /// The role id of the office.
        role: String,
        /// Whom.
        person: Option<Id>,
        /// To hold it, or as a deputy.
        kind: AppointmentKind,
        /// The jurisdiction within which; the actor's own where none is given.
        jurisdiction: String,
        /// What for.
        task: String,
        /// The first day; from now on where none is given.
        from: Option<Date>,
        /// The last day, inclusive.
        to: Option<Date>,
        /// Who held it before, where the appointment is reported.
        former: Option<Id>,
        /// Who decided it, where that was outside these books or before them.
        decided_by: String,
        /// When.
        decided_on: Option<Date>,
        /// The number of the decision, where it had one.
        number: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            group: Some(Group(Book::Users, Task::Decisions)),
            offers: &[("former", former)],
        }
        decide decide_appoint, touches [], on {};

    /// End an appointment, at once or on a day.
    EndAppointment = "end_appointment" => "appointment_ended" {
        /// Which.
        appointment: Option<Id>,
        /// The last day, inclusive; at once where none is given.
        last: Option<Date>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Compared,
            needs_clock: true,
            sealed: &["reason"],
            with: &["appoint"],
        }
        decide decide_end, touches [], on { Noun::Appointment => may_end };

    /// Say that an appointment was reported to whom it is owed (J-2-1-1).
    TellAppointment = "tell_appointment" => "appointment_told" {
        /// Which.
        appointment: Option<Id>,
        /// To whom.
        person: Option<Id>,
        /// On which day; today where none is given.
        on: Option<Date>,
        /// How.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["remarks"],
            with: &["appoint"],
        }
        decide decide_tell, touches [], on { Noun::Appointment => may_tell };
}

choice! {
    /// As what somebody is in an office.
    AppointmentKind {
        /// They hold it (正).
        #[default]
        Principal = "principal",
        /// They stand in for whoever holds it (副、代行).
        Deputy = "deputy",
    }
    /// Whether an appointment stands.
    AppointmentState {
        /// Nobody ended it; its days tell whether it is in force.
        #[default]
        Standing = "standing",
        /// Ended before its time.
        Ended = "ended",
    }
}

impl AppointmentState {
    /// Whether nobody ended it.
    pub(super) fn is_standing(self) -> bool {
        self == AppointmentState::Standing
    }
}

/// The state under which appointments stand in the index that nobody has reported.
const UNTOLD: &str = "untold";

/// The longest term that is told, in months: one that is meant to have no end tells none.
const TERM_MONTHS: u32 = 120;

/// The office of a role id that a field must name.
fn office<'p>(case: &'p Case<'_>, role: &str) -> Result<&'p Office, No> {
    required(role, "role")?;
    case.profile().office(role).ok_or_else(|| invalid("role", role).into())
}

/// The offices that somebody held and nobody holds on a day, in each jurisdiction by the last appointment of whoever held it.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn vacant(view: &dyn View, profile: &Profile, day: Date) -> Result<Vec<Id>, Broken> {
    let mut found = Vec::new();
    for office in &profile.offices {
        let mut held = Appointment::all_of(view, &office.role)?;
        held.retain(|held| held.kind == AppointmentKind::Principal);
        let places: BTreeSet<&str> = held.iter().map(|held| held.jurisdiction.as_str()).collect();
        for place in places {
            let here = || held.iter().filter(|held| held.jurisdiction == place);
            let last = here().filter(|held| held.first_day() <= day).map(|held| held.id).max();
            found.extend(last.filter(|_| !here().any(|held| held.is_in_force(day))));
        }
    }
    Ok(found)
}

/// Everybody who held the office, for the field that names the one before.
fn former(case: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    let role = form.filled.get("role").and_then(|roles| roles.first());
    let mut held = role.map_or_else(|| Ok(Vec::new()), |role| Appointment::all_of(case.view, role))?;
    let place = form.filled.get("jurisdiction").and_then(|places| places.first());
    held.retain(|held| held.jurisdiction == *place.unwrap_or(&case.context.within));
    Ok(Offer::these(held.into_iter().map(|held| held.person).collect()))
}

fn decide_appoint(case: &Case<'_>, c: &Appoint) -> Result<Outcome, No> {
    let office = office(case, &c.role)?;
    let person = case.person(c.person, "person")?;
    // Administrator rights are given for a stated duty alone (J-1-1-2), and a deputy for what they are to do.
    if office.task
        || c.kind == AppointmentKind::Deputy
        || case.profile().accounts().administrative.contains(&c.role)
    {
        required(&c.task, "task")?;
    }
    let today = case.context.day();
    let from = c.from.unwrap_or(today);
    if let Some(to) = c.to {
        in_order(from, to)?;
        let begins = from.max(today);
        no_longer(begins, to, last_of_months(begins, TERM_MONTHS, case.context.edition))?;
    }
    case.not_of(&[person.id], || own_matter(person.id))?;
    let earliest = decided(case, c, office)?.unwrap_or(today);
    if from < earliest {
        return Err(Code::DayTooEarly.with("day", from).and("from", earliest).into());
    }
    let place = case.place_of_record(&c.jurisdiction, None, std::slice::from_ref(&c.role))?;
    let mut held = Appointment::all_of(case.view, &c.role)?;
    // Each jurisdiction has its own.
    held.retain(|held| held.jurisdiction == place);
    no_clash_with_others(case, person.id, std::slice::from_ref(&c.role), None)?;
    follows(c, office, &held, from)?;
    // Whoever held it until then goes the day before.
    let goes = held.iter().position(|held| {
        held.kind == c.kind
            && Some(held.person) == c.former
            && held.first_day() <= from
            && held.is_to_be(from)
    });
    let replaced = goes.map(|at| held.swap_remove(at));
    if let Some(row) = &replaced {
        // What is carried over ends nobody's time, and nobody is relieved in their own name by another.
        may_fill(case, office, c.kind)?;
        if Some(row.person) == case.context.on_behalf() {
            return Err(own_matter(row.person).into());
        }
        if c.from.is_none() {
            goes_on_without(case, row, None)?;
        }
    }
    takes_office(case, c, office, &held, (person.id, from))?;
    let id = case.view.next(Noun::Appointment)?;
    let also = replaced.into_iter().map(|row| row.id).collect();
    let jurisdiction = unnamed(&c.jurisdiction, place);
    Ok(Outcome { id: Some(id), person: Some(person.id), also, jurisdiction, ..Outcome::default() })
}

/// Refuses whoever may not appoint. The day on which it was decided, where that was outside these books, or before them by
/// whoever decided then: that is entered within some days of the founding, by whoever carries over accounts too.
fn decided(case: &Case<'_>, c: &Appoint, office: &Office) -> Result<Option<Date>, No> {
    let told = !c.decided_by.trim().is_empty();
    let outside = office.outside && c.kind == AppointmentKind::Principal;
    if outside || c.decided_on.is_some() {
        required(&c.decided_by, "decided_by")?;
    }
    let day = match c.decided_on {
        None if told || outside => return Err(missing("decided_on").into()),
        Some(day) if day > case.context.day() => {
            return Err(Code::DayTooLate.with("day", day).and("to", case.context.day()).into());
        }
        day => day,
    };
    let before = day.map(|day| case.is_carried_over(day)).transpose()?.unwrap_or_default();
    let carries = policy::role_for(case.profile(), &case.context.actor.roles, IssueUser::RULE.name).is_ok();
    if !(before && carries) {
        may_fill(case, office, c.kind)?;
    }
    Ok(day.filter(|_| outside || before))
}

/// Refuses whoever neither stands above an office nor was let in by the recovery sheet while nobody does. Whom a deputy would
/// make a deputy the officer did not choose.
pub(super) fn may_fill(case: &Case<'_>, office: &Office, kind: AppointmentKind) -> Result<(), No> {
    let above = office.appointers(kind);
    let context = case.context;
    if context.actor.roles.iter().any(|role| role == FOUNDING_ROLE)
        && holders(case.view, context.edition, above, context.accounts_on)?.is_empty()
    {
        return Ok(());
    }
    case.authority(case.actor(), above)?;
    if kind == AppointmentKind::Deputy && context.acts_as.is_some() {
        return Err(Code::NotOwnRight.with("person", case.actor()).into());
    }
    Ok(())
}

/// Refuses one more than the office has, and the same person twice.
fn takes_office(
    case: &Case<'_>,
    c: &Appoint,
    office: &Office,
    held: &[Appointment],
    (person, from): (Id, Date),
) -> Result<(), No> {
    let begins_in = |held: &Appointment| c.to.is_none_or(|to| held.first_day() <= to);
    let beside: Vec<&Appointment> =
        held.iter().filter(|held| begins_in(held) && held.is_to_be(from)).collect();
    for other in &beside {
        if case.is_same(other.person, person)? {
            return Err(exists(other.id).into());
        }
    }
    let most = match (c.kind, office.principals) {
        (AppointmentKind::Principal, None) => return Ok(()),
        (AppointmentKind::Principal, Some(most)) => most,
        (AppointmentKind::Deputy, _) => office.deputies,
    };
    if most == 0 {
        return Err(invalid("kind", c.kind.name()).into());
    }
    let of_kind = || beside.iter().filter(|held| held.kind == c.kind);
    // The most at a time is reached on a day on which one of them begins.
    for day in of_kind().map(|held| held.first_day().max(from)).chain([from]) {
        let then = || of_kind().filter(|held| held.is_in_force(day));
        if u32::try_from(then().count()).unwrap_or(u32::MAX) >= most {
            let no = Code::OfficeFull.with("role", &c.role).and("most", most);
            return Err(no
                .and("record", then().next().map_or_else(String::new, |held| held.id.to_string()))
                .into());
        }
    }
    Ok(())
}

/// Where an appointment is reported, one that takes the place of another names who was there before (様式1).
fn follows(c: &Appoint, office: &Office, held: &[Appointment], from: Date) -> Result<(), Rejection> {
    if let Some(former) = c.former.filter(|former| !held.iter().any(|held| held.person == *former)) {
        return Err(invalid("former", former));
    }
    let of_kind = || held.iter().filter(|held| held.kind == c.kind && held.first_day() <= from);
    let alone = !of_kind().any(|held| held.is_in_force(from));
    if c.former.is_none() && !office.told.is_empty() && alone && of_kind().next().is_some() {
        return Err(missing("former"));
    }
    Ok(())
}

/// One that stands, and that the actor could have made.
fn may_end(case: &Case<'_>, appointment: Option<Id>) -> Result<Appointment, No> {
    let row: Appointment = case.given(appointment, "appointment")?;
    if !row.state.is_standing() {
        return Err(wrong_state(row.id, row.state.name()).into());
    }
    case.not_of(&[row.person], || own_matter(row.person))?;
    // Of an office that the rules have no more, whoever may appoint at all.
    if let Some(office) = case.profile().office(&row.role) {
        may_fill(case, office, row.kind)?;
    }
    Ok(row)
}

fn decide_end(case: &Case<'_>, c: &EndAppointment) -> Result<Outcome, No> {
    let row = may_end(case, c.appointment)?;
    required(&c.reason, "reason")?;
    if let Some(last) = c.last {
        let first = row.from.map_or(case.context.day(), |from| from.max(case.context.day()));
        in_order(first, last)?;
        if let Some(to) = row.to {
            no_longer(first, last, to)?;
        }
    }
    goes_on_without(case, &row, c.last)?;
    Ok(about(&row))
}

/// Refuses an end after which nobody could govern the site: at once, or from the day after a last one.
fn goes_on_without(case: &Case<'_>, row: &Appointment, last: Option<Date>) -> Result<(), No> {
    let day = last.map_or(case.context.accounts_on, |last| last.succ_opt().unwrap_or(last));
    Ok(still_governed(&orphaned(case.view, case.profile(), case.profile(), &[row.id], day)?)?)
}

/// One that is owed to somebody who has not been told.
fn may_tell(case: &Case<'_>, appointment: Option<Id>) -> Result<Appointment, No> {
    let row: Appointment = case.given(appointment, "appointment")?;
    if !row.is_untold(case.profile()) {
        return Err(wrong_state(row.id, if row.told.is_some() { "told" } else { "not_owed" }).into());
    }
    Ok(row)
}

fn decide_tell(case: &Case<'_>, c: &TellAppointment) -> Result<Outcome, No> {
    let row = may_tell(case, c.appointment)?;
    let person: Person = case.person(c.person, "person")?;
    let told = case.profile().office(&row.role).map(|office| office.told.as_slice()).unwrap_or_default();
    case.authority(person.id, told)?;
    let last = row.changed_on();
    if let Some(on) = c.on.filter(|on| *on < last || case.context.day() < *on) {
        return Err(invalid("on", on).into());
    }
    let day = if c.on.is_none() { Some(case.context.day()) } else { None };
    Ok(Outcome { day, ..about(&row) })
}

fn about(row: &Appointment) -> Outcome {
    Outcome { id: Some(row.id), person: Some(row.person), ..Outcome::default() }
}

impl Appointment {
    /// The state under which the appointments to an office stand in the index.
    pub(super) fn office_key(role: &str) -> String {
        format!("office.{role}")
    }

    /// All appointments to an office, by number.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub(super) fn all_of(view: &dyn View, role: &str) -> Result<Vec<Appointment>, Broken> {
        rows_under(view, &key::state(Noun::Appointment, &Appointment::office_key(role)))
    }

    /// Whether somebody is still to be told of it, as the profile asks.
    pub fn is_untold(&self, profile: &Profile) -> bool {
        self.told.is_none() && profile.office(&self.role).is_some_and(|office| !office.told.is_empty())
    }

    /// From when to when it gives its role.
    fn tenure(&self) -> Tenure {
        let broken_off = self.ended.as_ref().filter(|_| !self.state.is_standing()).map(|ended| ended.on);
        Tenure { from: self.from, to: self.to, entered: self.appointed.on, broken_off }
    }

    /// Its end before its time: with a last day, or at once.
    fn end(&mut self, last: Option<Date>, by: Ending) {
        match last {
            Some(last) => self.to = Some(last),
            None => self.state = AppointmentState::Ended,
        }
        self.ended = Some(by);
    }

    /// Whether it gives its role on a day. Without a first day it does whatever the clock said when it was entered.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.tenure().is_in_force(day)
    }

    /// The first day, by what is told or by its entry.
    pub fn first_day(&self) -> Date {
        self.tenure().first_day()
    }

    /// Whether it is in force on a day, or will be later.
    pub(super) fn is_to_be(&self, day: Date) -> bool {
        self.tenure().is_to_be(day)
    }

    /// Whether it gave its role at a moment, as it was entered by then.
    pub(super) fn was_in_force(&self, moment: Stamp) -> bool {
        self.tenure().was_in_force(moment)
    }

    /// Whether the person held the office on a day, by its days and by when it was ended.
    pub fn was_held_on(&self, day: Date) -> bool {
        self.tenure().was_held_on(day)
    }

    /// The day on which it was entered or ended, the last.
    fn changed_on(&self) -> Date {
        self.ended.as_ref().unwrap_or(&self.appointed).on.date_naive()
    }
}

/// What is asked of the row ([`super::Row`]).
impl Appointment {
    pub(super) const FILING: Filing = Filing {
        states: &[
            ("in_force", "standing"),
            ("to_come", "standing"),
            ("over", "standing"),
            ("ending_soon", "standing"),
            ("untold", UNTOLD),
        ],
        offered: |row| matches!(row, Row::Appointment(row) if row.state.is_standing()),
        in_use: |row, person, day| matches!(row, Row::Appointment(row) if row.person == person && row.is_to_be(day)),
        on_leaving: super::leaving::OnLeaving::Ends,
        roles: Some(|row| match row {
            Row::Appointment(row) => std::slice::from_ref(&row.role),
            _ => &[],
        }),
        lies: Some(|row| match row {
            Row::Appointment(row) => LiesIn::One(&row.jurisdiction),
            _ => LiesIn::Nowhere,
        }),
        lists_by: &[Noun::Person],
        query: Some(super::Query {
            name: "offices",
            group: Group(Book::Users, Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let appointed = meta.ending(event.happened(meta), "");
        let c = match &event.command {
            Command::Appoint(c) => c.clone(),
            // Of the founder's roles those that the account has not are offices, in their order.
            Command::FoundSite(c) => {
                let mut offices = c.roles.iter().filter(|role| !event.outcome.roles.contains(role));
                let role = offices.nth(usize::try_from(id.n).ok()?.checked_sub(1)?)?.clone();
                Appoint { role, person: event.outcome.person, ..Appoint::default() }
            }
            _ => return None,
        };
        let decided =
            c.decided_on.map(|on| DecidedBefore { by: c.decided_by.clone(), on, number: c.number.clone() });
        Some(Appointment {
            id,
            trace: meta.trace(),
            role: c.role.clone(),
            person: c.person?,
            kind: c.kind,
            jurisdiction: event.placed(&c.jurisdiction),
            task: c.task.clone(),
            from: c.from,
            to: c.to,
            appointed,
            decided,
            former: c.former,
            state: AppointmentState::Standing,
            ended: None,
            told: None,
            told_to: None,
            told_on: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let at = event.happened(meta);
        match &event.command {
            // Somebody else takes the office.
            Command::Appoint(c) => {
                self.end(c.from.and_then(|from| from.pred_opt()), meta.ending(at, ""));
            }
            Command::EndAppointment(EndAppointment { reason, .. }) | Command::Leave(Leave { reason, .. }) => {
                let last = match &event.command {
                    Command::EndAppointment(c) => c.last,
                    _ => None,
                };
                self.end(last, meta.ending(at, reason));
                // That it changed is owed as well.
                (self.told, self.told_to, self.told_on) = (None, None, None);
            }
            Command::TellAppointment(c) => {
                self.told = Some(meta.ending(at, &c.remarks));
                self.told_to = c.person;
                self.told_on = c.on.or(event.outcome.day);
            }
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::Appointment;
        let mut keys =
            vec![key::state(noun, self.state.name()), key::state(noun, &Appointment::office_key(&self.role))];
        keys.extend(self.told.is_none().then(|| key::state(noun, UNTOLD)));
        keys.extend(self.to.filter(|_| self.state.is_standing()).map(|to| key::until(noun, to)));
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
        let officers = [Some(self.person), Some(self.appointed.by), self.appointed.on_behalf];
        officers.into_iter().chain([self.former, self.told_to]).flatten().collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let ends = self.ended.as_mut().into_iter().chain(self.told.as_mut());
        Some(ends.map(|end| &mut end.reason).collect())
    }
}
