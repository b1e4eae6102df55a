//! Visits: check-in, handover of the escort, check-out, and exits that nobody recorded
//! (I-3-2-1 to I-3-2-3, J-3-3-1, J-3-3-2).

use super::admission::{Admission, Arrival, admit, judge_escort, report_due, rights_of_today};
use super::command::commands;
use super::contradiction::met;
use super::lookup::{
    Case, Refusals, exists, invalid, missing, nothing, out_of_range, required, within, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Badge, BadgeKind, BadgeState, Code, Command, Correction, Date, Days, Edition, EntryMeta, Event, Filing,
    HandedOver, Id, No, Noun, Outcome, Permit, Person, Purpose, ReportState, Row, Settled, Stamp, VisitState,
    WorkState, badge, key, offers, permit,
};
use crate::text::find::Part;

row! {
    /// One presence in the server room.
    Visit {
        /// Who.
        person: Id,
        /// Their company at that time.
        company: Option<Id>,
        /// From outside (J-3-3-1).
        outsider: bool,
        /// Zone id.
        zone: String,
        /// Rack.
        rack: Option<String>,
        /// Purpose id.
        purpose: String,
        /// The badge lent.
        badge: Option<Id>,
        /// The card shown.
        card: Option<Id>,
        /// What they identified themselves with.
        identification: String,
        /// Came in.
        #[serde(with = "super::packed")]
        came: Stamp,
        /// Went out.
        #[serde(with = "super::packed")]
        left: Option<Stamp>,
        /// Who let them in.
        admitted_by: Id,
        /// Who let them out.
        released_by: Option<Id>,
        /// Who escorts them, since when; the last one is on duty.
        #[serde(with = "super::packed")]
        escorts: Vec<(Stamp, Id)>,
        /// The permit they come under.
        permit: Option<Id>,
        /// Whom they visit.
        visited: String,
        /// Things carried in.
        carried_in: String,
        /// Things carried out.
        carried_out: String,
        /// Remarks.
        remarks: String,
        /// Where it stands.
        state: VisitState,
        /// The badge did not come back.
        badge_kept: bool,
        /// How an exit that nobody recorded was settled.
        settled: Option<Settled>,
        /// Entered from paper, at this time.
        #[serde(with = "super::packed")]
        entered_late: Option<Stamp>,
        /// The exit was entered from paper, at this time.
        #[serde(with = "super::packed")]
        left_late: Option<Stamp>,
        /// The clock was not confirmed at check-in or check-out.
        clock_unconfirmed: bool,
        /// Corrections made, oldest first.
        corrections: Vec<Correction>,
        /// Where its work report stands.
        report: ReportState,
    }
}

commands! {
    /// A person comes in (I-3-2-1 to I-3-2-3, J-3-3-1, J-3-3-2).
    CheckIn = "check_in" => "checked_in" {
        /// Who; or the card they hold.
        person: Option<Id>,
        /// Number of the card they hold, as scanned.
        card: Option<String>,
        /// Number of the badge lent to them.
        badge: Option<String>,
        /// Zone id of the profile.
        zone: String,
        /// Purpose id of the profile.
        purpose: String,
        /// Rack of the zone.
        rack: Option<String>,
        /// The permit they come under (outsiders).
        permit: Option<Id>,
        /// Who escorts them (outsiders).
        escort: Option<Id>,
        /// What they identified themselves with: id of the profile's list; empty is "not checked".
        identification: String,
        /// Whom they visit.
        visited: String,
        /// Things carried in.
        carried_in: String,
        /// When they left, of a stay that had ended before it was entered from paper.
        left: Option<Stamp>,
        /// Remarks.
        remarks: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            late: true,
            sealed: &["visited", "carried_in", "remarks"],
            offers: &[("permit", permit::in_force_for), ("escort", offers::escorts_inside)],
        }
        decide decide_check_in, touches [Badge], on { Noun::Person => may_come_in, Noun::Badge => badge::may_be_worn };

    /// Another escort takes over a visitor.
    HandOverEscort = "hand_over_escort" => "escort_handed_over" {
        /// Which visit.
        visit: Option<Id>,
        /// Who takes over.
        escort: Option<Id>,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            late: true,
            offers: &[("escort", offers::escorts_inside)],
        }
        decide decide_hand_over, touches [], on { Noun::Visit => may_hand_over };

    /// A person goes out. One of visit, badge, card, person says who.
    CheckOut = "check_out" => "checked_out" {
        /// Which visit.
        visit: Option<Id>,
        /// Number of the badge that came back.
        badge: Option<String>,
        /// Number of the card they hold.
        card: Option<String>,
        /// Who.
        person: Option<Id>,
        /// They leave without giving the badge back.
        badge_kept: bool,
        /// Things carried out.
        carried_out: String,
        /// Remarks.
        remarks: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            late: true,
            sealed: &["carried_out", "remarks"],
        }
        decide decide_check_out, touches [Badge], on { Noun::Visit => may_leave, Noun::Person => may_leave_by_person, Noun::Badge => may_leave_by_badge };

    /// Settle an exit that nobody recorded, without inventing a time.
    SettleExit = "settle_exit" => "exit_settled" {
        /// Which visit.
        visit: Option<Id>,
        /// The last moment at which something shows the person inside or gone.
        last_evidence: Option<Stamp>,
        /// What shows it, and who confirmed.
        evidence: String,
        /// The badge was not found either.
        badge_missing: bool,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Desk)), late: true, sealed: &["evidence"] }
        decide decide_settle, touches [Badge], on { Noun::Visit => going_on };
}

pub(super) fn decide_check_in(case: &Case<'_>, c: &CheckIn) -> Result<Outcome, No> {
    let mut no = Refusals::default();
    let purpose = fields(case, c, &mut no);
    let (person, card) = who(case, c, &mut no)?;
    let Some(person) = person else {
        no.settle()?;
        return Err(missing("person").into());
    };
    let late = case.context.at.is_some();
    let left = departed(case, c)?;
    let mut admission = Admission::default();
    let mut lent = None;
    let mut contradicts = Vec::new();
    if let Some(visit) = case.one::<Visit>(&key::inside(person.id))?.filter(|_| left.is_none()) {
        no.add(Code::AlreadyInside.with("person", person.id).and("visit", visit.id));
    } else if let Some(at) = case.context.at {
        contradicts = met(case, person.id, (at, left.unwrap_or(case.context.now)), None)?;
        for visit in &contradicts {
            // The same paper once more.
            let visit: Visit = case.row(*visit)?;
            if visit.came == at && visit.zone == c.zone && left.is_none_or(|left| visit.left == Some(left)) {
                no.add(exists(visit.id));
            }
        }
    }
    if let Some(visit) = overlapping(case, person.id)? {
        no.add(Code::AlreadyInside.with("person", person.id).and("visit", visit.id));
    }
    if c.identification.is_empty() && card.is_none() {
        no.add(Code::IdentificationMissing.with("person", person.id));
    }
    if let Some(number) = &c.badge {
        lent = no.keep(badge::known(case, number))?;
        // One that came back on the day may be anywhere by now.
        let unfit = if left.is_some() { badge::unfit } else { badge::unlendable };
        lent.iter().flat_map(|badge| unfit(badge, &c.zone)).for_each(|rejection| no.add(rejection));
        if let Some((stay, badge)) = case.context.at.zip(left).zip(lent.as_ref()) {
            no.keep(worn_by_nobody(case, badge, stay))?;
        }
    }
    if let Some(purpose) = &purpose {
        let presence = Arrival {
            person: &person,
            zone: &c.zone,
            purpose,
            permit: c.permit,
            moment: case.context.happened(),
            left,
            late,
            judged: !case.context.clock_unconfirmed,
        };
        admission = admit(case, &presence, &mut no)?;
        match c.escort {
            Some(escort) => judge_escort(case, &presence, escort, &mut no)?,
            None if admission.outsider => no.add(Code::NoEscort.with("person", person.id)),
            None => {}
        }
        if left.is_none() {
            rights_of_today(case, &presence, (true, c.escort), &mut no)?;
        }
    }
    if admission.outsider && c.badge.is_none() {
        no.add(Code::BadgeMissing.with("person", person.id));
    }
    no.settle()?;
    let permit = admission.permit;
    Outcome {
        id: Some(case.view.next(Noun::Visit)?),
        person: Some(person.id),
        company: person.company,
        badge: lent.as_ref().map(|badge| badge.id),
        badge_state: lent.filter(|_| left.is_none()).map(|_| BadgeState::Out),
        card: card.map(|card| card.id),
        report_due: purpose.is_some_and(|purpose| report_due(&purpose, permit.as_ref())),
        permit: permit.map(|permit: Permit| permit.id),
        by: c.escort,
        outsider: admission.outsider,
        clock_unconfirmed: case.context.clock_unconfirmed,
        ..Outcome::default()
    }
    .contradicting(case, contradicts)
}

/// Refuses a badge for a stay in which somebody else wore it: who wears it now, and who did on its days.
fn worn_by_nobody(case: &Case<'_>, badge: &Badge, (came, left): (Stamp, Stamp)) -> Result<(), No> {
    let mut others: Vec<Visit> = case.all(&key::day(Noun::Visit, came.date_naive()))?;
    if left.date_naive() != came.date_naive() {
        others.extend(case.all::<Visit>(&key::day(Noun::Visit, left.date_naive()))?);
    }
    others.extend(case.named::<Visit>(badge.visit.filter(|_| badge.state == BadgeState::Out))?);
    let wore = |visit: &&Visit| {
        visit.badge == Some(badge.id) && visit.came < left && visit.ended().is_none_or(|ended| came < ended)
    };
    match others.iter().find(wore) {
        Some(visit) => Err(Code::BadgeOut.with("badge", &badge.number).and("visit", visit.id).into()),
        None => Ok(()),
    }
}

/// When somebody left whose whole stay is entered from paper.
fn departed(case: &Case<'_>, c: &CheckIn) -> Result<Option<Stamp>, super::Rejection> {
    let Some(left) = c.left else { return Ok(None) };
    if case.context.edition < Edition::Three {
        return Err(invalid("left", left.to_rfc3339()));
    }
    let came = case.context.at.ok_or_else(|| missing("at"))?;
    within(left, came, case.context.now).map(|()| Some(left))
}

/// The fields that the profile judges; the purpose, if there is one.
fn fields(case: &Case<'_>, c: &CheckIn, no: &mut Refusals) -> Option<Purpose> {
    let profile = case.profile();
    for (value, field) in [(&c.zone, "zone"), (&c.purpose, "purpose")] {
        required(value, field).unwrap_or_else(|rejection| no.add(rejection));
    }
    let zone = profile.zone(&c.zone);
    if zone.is_none() && !c.zone.is_empty() {
        no.add(invalid("zone", &c.zone));
    }
    let purpose = profile.purpose(&c.purpose).cloned();
    if purpose.is_none() && !c.purpose.is_empty() {
        no.add(invalid("purpose", &c.purpose));
    }
    if let Some(rack) = c.rack.as_ref().filter(|rack| !zone.is_some_and(|zone| zone.racks.contains(rack))) {
        no.add(invalid("rack", rack));
    }
    let listed = profile.identifications.iter().any(|item| item.id == c.identification);
    if !c.identification.is_empty() && !listed {
        no.add(invalid("identification", &c.identification));
    }
    purpose.filter(|_| zone.is_some())
}

/// The person named, or who holds the card shown.
fn who(case: &Case<'_>, c: &CheckIn, no: &mut Refusals) -> Result<(Option<Person>, Option<Badge>), No> {
    let Some(number) = &c.card else {
        return Ok((no.keep(case.person(c.person, "person"))?, None));
    };
    let Some(card) = no.keep(badge::known(case, number))? else { return Ok((None, None)) };
    let holder =
        card.holder.filter(|holder| card.kind == BadgeKind::Card && c.person.is_none_or(|p| p == *holder));
    let Some(holder) = holder else {
        no.add(invalid("card", number));
        return Ok((None, None));
    };
    if let Some(rejection) = badge::unusable(&card) {
        no.add(rejection);
    }
    Ok((no.keep(case.person(Some(holder), "person"))?, Some(card)))
}

/// For a late entry: the person's recorded visit that already covers that moment. From edition 3 on it is kept, and the
/// contradiction listed.
fn overlapping(case: &Case<'_>, person: Id) -> Result<Option<Visit>, No> {
    let Some(at) = case.context.at.filter(|_| case.context.edition < Edition::Three) else { return Ok(None) };
    let visits: Vec<Visit> = case.all_of(Noun::Visit, person)?;
    Ok(visits.into_iter().find(|visit| visit.came <= at && visit.left.is_some_and(|left| at < left)))
}

/// What a visit that ends contradicts. While somebody is inside no other visit of theirs can begin, so there is something
/// only where this one was entered from paper.
fn met_at_its_end(case: &Case<'_>, visit: &Visit, end: Stamp) -> Result<Vec<Id>, No> {
    if visit.entered_late.is_none() {
        return Ok(Vec::new());
    }
    met(case, visit.person, (visit.came, end), Some(visit.id))
}

/// A visit that is going on.
pub(super) fn going_on(case: &Case<'_>, visit: Option<Id>) -> Result<Visit, No> {
    let visit: Visit = case.given(visit, "visit")?;
    match visit.state {
        VisitState::Inside => Ok(visit),
        VisitState::Left | VisitState::ExitUnknown => Err(wrong_state(visit.id, visit.state.name()).into()),
    }
}

/// A visit whose escort may change.
pub(super) fn may_hand_over(case: &Case<'_>, visit: Option<Id>) -> Result<Visit, No> {
    let visit = going_on(case, visit)?;
    if visit.escorts.is_empty() {
        Err(Code::NotAnOutsider.with("person", visit.person).into())
    } else {
        Ok(visit)
    }
}

pub(super) fn decide_hand_over(case: &Case<'_>, c: &HandOverEscort) -> Result<Outcome, No> {
    let escort = c.escort.ok_or_else(|| missing("escort"))?;
    let visit = may_hand_over(case, c.visit)?;
    not_before_it_began(case, &visit)?;
    if let Some(at) = case.context.at {
        let since = visit.escorts.last().map_or(visit.came, |(since, _)| *since);
        within(at, since, case.context.now)?;
    }
    let person: Person = case.row(visit.person)?;
    let purpose = case.profile().purpose(&visit.purpose).cloned().unwrap_or_default();
    let presence = Arrival {
        person: &person,
        zone: &visit.zone,
        purpose: &purpose,
        permit: visit.permit,
        moment: case.context.happened(),
        left: None,
        late: case.context.at.is_some(),
        judged: !case.context.clock_unconfirmed,
    };
    let mut no = Refusals::default();
    judge_escort(case, &presence, escort, &mut no)?;
    rights_of_today(case, &presence, (false, Some(escort)), &mut no)?;
    if visit.escorts.last().is_some_and(|(_, present)| *present == escort) {
        no.add(nothing(visit.id));
    }
    no.settle()?;
    Ok(Outcome {
        id: Some(visit.id),
        person: Some(visit.person),
        by: Some(escort),
        clock_unconfirmed: case.context.clock_unconfirmed,
        ..Outcome::default()
    })
}

/// A late entry about a visit lies after its beginning. What is entered at the desk is not held to that: a
/// clock that was put back by a minute must not keep anybody inside.
fn not_before_it_began(case: &Case<'_>, visit: &Visit) -> Result<(), No> {
    match case.context.at {
        Some(at) => Ok(within(at, visit.came, case.context.now)?),
        None => Ok(()),
    }
}

/// The visit that a check-out is about; whatever is named must name the same.
fn leaving(case: &Case<'_>, c: &CheckOut) -> Result<Visit, No> {
    let mut found: Option<Visit> = None;
    let mut meet = |field: &str, value: String, visit: Visit| match &found {
        Some(first) if first.id != visit.id => Err(No::from(invalid(field, value))),
        Some(_) => Ok(()),
        None => {
            found = Some(visit);
            Ok(())
        }
    };
    if let Some(id) = c.visit {
        meet("visit", id.to_string(), going_on(case, Some(id))?)?;
    }
    for (number, field) in [(&c.badge, "badge"), (&c.card, "card")] {
        if let Some(number) = number {
            meet(field, number.clone(), worn_by(case, number)?)?;
        }
    }
    if let Some(person) = c.person {
        meet("person", person.to_string(), inside(case, person)?)?;
    }
    found.ok_or_else(|| missing("visit").into())
}

/// The visit now going on of a person.
fn inside(case: &Case<'_>, person: Id) -> Result<Visit, No> {
    let person: Person = case.row(person)?;
    Ok(case.one(&key::inside(person.id))?.ok_or_else(|| Code::NotInside.with("record", person.id))?)
}

/// The visit now going on of whoever wears a badge or holds a card. A scanner does not tell the two apart.
pub(super) fn worn_by(case: &Case<'_>, number: &str) -> Result<Visit, No> {
    let badge = badge::known(case, number)?;
    let visit = match (badge.kind, badge.holder, badge.visit) {
        (BadgeKind::Card, Some(holder), _) => case.one(&key::inside(holder))?,
        (BadgeKind::Badge, _, Some(visit)) if badge.state == BadgeState::Out => Some(case.row(visit)?),
        _ => None,
    };
    Ok(visit.ok_or_else(|| Code::NotInside.with("record", badge.id))?)
}

/// Visitors whom somebody who leaves would leave alone (I-3-2-2).
pub(super) fn left_alone(case: &Case<'_>, visit: &Visit) -> Result<(), No> {
    let mut visitors = case.view.find(&key::escort(visit.person))?;
    if let Some(at) = case.context.at {
        // From paper: a visitor who has left by now, but later than this escort is said to have left.
        for other in case.all::<Visit>(&key::day(Noun::Visit, at.date_naive()))? {
            let escorted = other.outsider && other.escorts.last().is_some_and(|(_, e)| *e == visit.person);
            if escorted
                && other.came <= at
                && visit.came <= other.came
                && other.left.is_some_and(|left| at < left)
            {
                visitors.push(other.id);
            }
        }
    }
    if visitors.is_empty() {
        return Ok(());
    }
    Err(Code::EscortStillNeeded.with("escort", visit.person).and("visitors", Id::list(visitors)).into())
}

/// Somebody who is not inside.
pub(super) fn may_come_in(case: &Case<'_>, person: Option<Id>) -> Result<Person, No> {
    let person = case.person(person, "person")?;
    match case.view.find(&key::inside(person.id))?.first() {
        Some(visit) => Err(Code::AlreadyInside.with("person", person.id).and("visit", visit).into()),
        None => Ok(person),
    }
}

/// A visit going on that ends without leaving a visitor alone.
pub(super) fn may_leave(case: &Case<'_>, visit: Option<Id>) -> Result<(), No> {
    left_alone(case, &going_on(case, visit)?)
}

/// [`may_leave`] of a person's visit.
pub(super) fn may_leave_by_person(case: &Case<'_>, person: Option<Id>) -> Result<(), No> {
    left_alone(case, &inside(case, person.ok_or_else(|| missing("person"))?)?)
}

/// [`may_leave`] of the visit of whoever wears a badge.
pub(super) fn may_leave_by_badge(case: &Case<'_>, badge: Option<Id>) -> Result<(), No> {
    let badge: Badge = case.given(badge, "badge")?;
    left_alone(case, &worn_by(case, &badge.number)?)
}

/// The badge that a visit still holds.
fn held(case: &Case<'_>, visit: &Visit) -> Result<Option<Id>, No> {
    let badge: Option<Badge> = case.named(visit.badge)?;
    let held = |badge: &Badge| badge.state == BadgeState::Out && badge.visit == Some(visit.id);
    Ok(badge.filter(held).map(|badge| badge.id))
}

/// The badge that a visit gives up at its end, and where it is then.
fn given_up(case: &Case<'_>, visit: &Visit, kept: bool) -> Result<Outcome, No> {
    let badge = held(case, visit)?;
    let state = if kept { BadgeState::NotReturned } else { BadgeState::In };
    Ok(Outcome {
        id: Some(visit.id),
        person: Some(visit.person),
        badge,
        badge_state: badge.map(|_| state),
        clock_unconfirmed: case.context.clock_unconfirmed,
        ..Outcome::default()
    })
}

pub(super) fn decide_check_out(case: &Case<'_>, c: &CheckOut) -> Result<Outcome, No> {
    let visit = leaving(case, c)?;
    if c.badge_kept && (visit.badge.is_none() || c.badge.is_some()) {
        return Err(invalid("badge_kept", true).into());
    }
    not_before_it_began(case, &visit)?;
    left_alone(case, &visit)?;
    let met = met_at_its_end(case, &visit, case.context.happened())?;
    given_up(case, &visit, c.badge_kept)?.contradicting(case, met)
}

pub(super) fn decide_settle(case: &Case<'_>, c: &SettleExit) -> Result<Outcome, No> {
    let last_evidence = c.last_evidence.ok_or_else(|| missing("last_evidence"))?;
    required(&c.evidence, "evidence")?;
    let visit = going_on(case, c.visit)?;
    if c.badge_missing && visit.badge.is_none() {
        return Err(invalid("badge_missing", true).into());
    }
    not_before_it_began(case, &visit)?;
    let now = case.context.happened();
    let ahead = last_evidence > now && !case.context.clock_unconfirmed;
    if last_evidence < visit.came || ahead {
        return Err(out_of_range(last_evidence, visit.came, now).into());
    }
    let met = met_at_its_end(case, &visit, last_evidence)?;
    given_up(case, &visit, c.badge_missing)?.contradicting(case, met)
}

impl From<WorkState> for ReportState {
    fn from(state: WorkState) -> ReportState {
        match state {
            WorkState::Recorded => ReportState::Recorded,
            WorkState::Returned => ReportState::Returned,
            WorkState::Approved => ReportState::Approved,
            WorkState::Kept => ReportState::Kept,
        }
    }
}

/// Remarks made at check-in and at check-out, one below the other.
fn joined(first: &str, second: &str) -> String {
    if first.is_empty() { second.to_owned() } else { format!("{first}\n{second}") }
}

impl Visit {
    /// Whether the visitor is one from outside (部外者): who came under a permit, and a contractor's worker who is
    /// registered too (J-3-3-1).
    pub fn is_from_outside(&self) -> bool {
        self.outsider || self.company.is_some()
    }

    /// When it ended: at a recorded exit, or at the last moment that shows somebody was there. None while it goes on.
    pub fn ended(&self) -> Option<Stamp> {
        self.left.or(self.settled.as_ref().map(|settled| settled.last_evidence))
    }
}

/// What is asked of the row ([`super::Row`]).
impl Visit {
    pub(super) const FILING: Filing = Filing {
        texts_needed: |row, _| match row {
            Row::Visit(visit) if visit.state == VisitState::Inside => Some(visit.state.name()),
            _ => None,
        },
        in_use: |row, id, _| matches!(row, Row::Visit(row) if row.person == id && row.state == VisitState::Inside),
        in_use_among: Some("inside"),
        on_leaving: super::leaving::OnLeaving::Hinders,
        states: &[
            ("inside", "inside"),
            ("exit_unknown", "exit_unknown"),
            ("report_due", "report_due"),
            ("exit_overdue", "inside"),
            ("to_check", "inside"),
        ],
        lists_by: &[Noun::Person, Noun::Company],
        days: Days::Listed(|row| match row {
            Row::Visit(visit) => Some(visit.came),
            _ => None,
        }),
        belongs_to: &[Noun::Permit],
        handed_over: &[("inside", HandedOver::Inside), ("report_due", HandedOver::Open)],
        query: Some(super::Query {
            name: "visits",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::CheckIn(c) = &event.command else { return None };
        let outcome = &event.outcome;
        let came = event.happened(meta);
        Some(Visit {
            id,
            trace: meta.trace(),
            person: outcome.person?,
            company: outcome.company,
            outsider: outcome.outsider,
            zone: c.zone.clone(),
            rack: c.rack.clone(),
            purpose: c.purpose.clone(),
            badge: outcome.badge,
            card: outcome.card,
            identification: c.identification.clone(),
            came,
            left: c.left,
            admitted_by: meta.actor,
            released_by: c.left.map(|_| meta.actor),
            escorts: c.escort.map(|escort| (came, escort)).into_iter().collect(),
            permit: outcome.permit,
            visited: c.visited.clone(),
            carried_in: c.carried_in.clone(),
            carried_out: String::new(),
            remarks: c.remarks.clone(),
            state: if c.left.is_some() { VisitState::Left } else { VisitState::Inside },
            badge_kept: false,
            settled: None,
            entered_late: event.at.map(|_| meta.time),
            left_late: c.left.map(|_| meta.time),
            clock_unconfirmed: outcome.clock_unconfirmed,
            corrections: Vec::new(),
            report: if outcome.report_due { ReportState::Due } else { ReportState::NotDue },
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let at = event.happened(meta);
        match &event.command {
            Command::HandOverEscort(c) => self.escorts.extend(c.escort.map(|escort| (at, escort))),
            Command::CheckOut(c) => {
                self.left = Some(at);
                self.released_by = Some(meta.actor);
                self.left_late = event.at.map(|_| meta.time);
                self.state = VisitState::Left;
                self.badge_kept |= c.badge_kept;
                self.carried_out.clone_from(&c.carried_out);
                self.clock_unconfirmed |= event.outcome.clock_unconfirmed;
                if !c.remarks.is_empty() {
                    self.remarks = joined(&self.remarks, &c.remarks);
                }
            }
            Command::SettleExit(c) => {
                let Some(last_evidence) = c.last_evidence else { return false };
                self.state = VisitState::ExitUnknown;
                self.badge_kept |= c.badge_missing;
                self.clock_unconfirmed |= event.outcome.clock_unconfirmed;
                self.settled =
                    Some(Settled { last_evidence, evidence: c.evidence.clone(), by: meta.actor, on: at });
            }
            Command::ReportBadge(_) => self.badge_kept = true,
            Command::RecordWork(_) => {
                self.report = ReportState::from(super::work::state_on_record(&event.outcome))
            }
            Command::ApproveWork(_) => self.report = ReportState::from(WorkState::Approved),
            Command::ReturnWork(_) => self.report = ReportState::from(WorkState::Returned),
            Command::Correct(_) => return super::correct::change(self, event, meta),
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::Visit;
        let mut keys = vec![key::day(noun, self.came.date_naive())];
        keys.extend(self.permit.map(|permit| key::of(noun, permit)));
        if self.state != VisitState::Left {
            keys.push(key::state(noun, self.state.name()));
        }
        if self.state == VisitState::Inside {
            keys.push(key::inside(self.person));
            // A registered person may be accompanied, but nobody has to stay for them.
            let escort = self.escorts.last().filter(|_| self.outsider);
            keys.extend(escort.map(|(_, escort)| key::escort(*escort)));
        }
        if matches!(self.report, ReportState::Due | ReportState::Returned) {
            keys.push(key::state(noun, "report_due"));
        }
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.came.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        std::iter::once(self.person).chain(self.company).collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let named = [Some(self.person), self.company, self.badge, self.card, self.permit];
        named.into_iter().flatten().chain(self.escorts.iter().map(|(_, escort)| *escort)).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id || self.company == Some(id) || self.escorts.iter().any(|(_, escort)| *escort == id)
    }

    pub(super) fn is_in_zone(&self, zone: &str) -> bool {
        self.zone == zone
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let mut texts =
            vec![&mut self.visited, &mut self.carried_in, &mut self.carried_out, &mut self.remarks];
        texts.extend(self.settled.as_mut().map(|settled| &mut settled.evidence));
        texts.extend(self.corrections.iter_mut().map(|correction| &mut correction.reason));
        Some(texts)
    }
}
