//! Corrections of a visit: a new entry that names the field and says why. What stood there before stays.

use super::admission::{Admission, Arrival, admit, beforehand, judge_escort, report_due, rights_of_today};
use super::command::commands;
use super::contradiction::met;
use super::lookup::{Case, Refusals, days_before, invalid, missing, nothing, required, within};
use super::rule::Given::ByPeople;
use super::visit::left_alone;
use super::{
    Code, Correction, ERASED, Edition, EntryMeta, Event, Id, No, Outcome, Permit, Person, ReportState, Stamp,
    Visit, VisitState, badge, key,
};
use chrono::DateTime;

commands! {
    /// Correct a field of a visit by a new entry with a reason. What a field may be is in [`CORRECTABLE`].
    Correct = "correct" => "corrected" {
        /// Which visit.
        record: Option<Id>,
        /// Which field.
        field: String,
        /// The right value, where the field holds a fact (an id, a number, a time).
        value: String,
        /// The right value, where the field holds a text.
        text: String,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Desk)), sealed: &["text", "reason"] }
        decide decide_correct, touches [Badge], on {};
}

/// The fields of a visit that may be corrected, and whether the right value is a text (`text`) or a fact
/// (`value`): `person` and `permit` are record numbers, `badge` the number on it, `zone`, `purpose` and
/// `identification` ids of the profile, `rack` a name of the profile, `came` and `left` RFC 3339 times.
/// An empty value takes a rack, badge or permit away.
pub const CORRECTABLE: &[(&str, bool)] = &[
    ("person", false),
    ("purpose", false),
    ("zone", false),
    ("rack", false),
    ("badge", false),
    ("permit", false),
    ("came", false),
    ("left", false),
    ("identification", false),
    ("visited", true),
    ("carried_in", true),
    ("carried_out", true),
    ("remarks", true),
];

pub(super) fn decide_correct(case: &Case<'_>, c: &Correct) -> Result<Outcome, No> {
    required(&c.field, "field")?;
    required(&c.reason, "reason")?;
    let Some((_, is_text)) = CORRECTABLE.iter().find(|(name, _)| *name == c.field) else {
        return Err(invalid("field", &c.field).into());
    };
    if *is_text && !c.value.is_empty() {
        return Err(invalid("value", &c.value).into());
    }
    if !*is_text && !c.text.is_empty() && c.text != ERASED {
        return Err(invalid("text", &c.text).into());
    }
    let visit: Visit = case.given(c.record, "record")?;
    let outcome = match c.field.as_str() {
        "person" => person(case, c, &visit)?,
        "purpose" => purpose(case, c, &visit)?,
        "zone" => zone(case, c, &visit)?,
        "rack" => rack(case, c, &visit)?,
        "badge" => badge::corrected(case, c, &visit)?,
        "permit" => permit(case, c, &visit)?,
        "came" | "left" => moment(case, c, &visit)?,
        "identification" => identification(case, c, &visit)?,
        field => text(&visit, field, &c.text)?,
    };
    Ok(Outcome { id: Some(visit.id), ..outcome })
}

/// The visit as the registers would judge it with something changed.
struct Changed<'a> {
    visit: &'a Visit,
    person: Id,
    zone: &'a str,
    purpose: &'a str,
    permit: Option<Id>,
    moment: Stamp,
}

impl<'a> Changed<'a> {
    fn of(visit: &'a Visit) -> Changed<'a> {
        Changed {
            visit,
            person: visit.person,
            zone: &visit.zone,
            purpose: &visit.purpose,
            permit: visit.permit,
            moment: visit.came,
        }
    }

    /// Judges it as a check-in at that time would have been; what the visit becomes.
    fn judge(&self, case: &Case<'_>, mut no: Refusals) -> Result<Outcome, No> {
        let person: Person = case.row(self.person)?;
        let purpose = case.profile().purpose(self.purpose).ok_or_else(|| invalid("purpose", self.purpose))?;
        let presence = Arrival {
            person: &person,
            zone: self.zone,
            purpose,
            permit: self.permit,
            moment: self.moment,
            left: None,
            late: true,
            judged: !case.context.clock_unconfirmed && !self.visit.clock_unconfirmed,
        };
        let Admission { outsider, permit } = admit(case, &presence, &mut no)?;
        match self.visit.escorts.last() {
            // Whether the escort was inside is asked only of a presence that goes on, and of a new zone.
            Some((_, escort)) if case.is_same(*escort, self.person)? => {
                no.add(Code::EscortNotPermitted.with("escort", escort).and("zone", self.zone));
            }
            Some((_, escort)) if self.visit.state == VisitState::Inside && self.zone != self.visit.zone => {
                judge_escort(case, &presence, *escort, &mut no)?;
            }
            // Nobody stayed for a registered person who was accompanied; for an outsider somebody must be there.
            Some((since, escort))
                if case.context.edition >= Edition::Three
                    && self.visit.state == VisitState::Inside
                    && outsider
                    && !self.visit.outsider =>
            {
                judge_escort(case, &Arrival { moment: *since, ..presence }, *escort, &mut no)?;
            }
            Some(_) => {}
            None if outsider => no.add(Code::NoEscort.with("person", person.id)),
            None => {}
        }
        if outsider && self.visit.badge.is_none() {
            no.add(Code::BadgeMissing.with("person", person.id));
        }
        if self.visit.state == VisitState::Inside && person.id != self.visit.person {
            let escort = self.visit.escorts.last().map(|(_, escort)| *escort);
            rights_of_today(case, &presence, (true, escort), &mut no)?;
        }
        no.settle()?;
        Ok(Outcome {
            person: Some(person.id),
            company: if person.id == self.visit.person { self.visit.company } else { person.company },
            outsider,
            report_due: report_due(purpose, permit.as_ref()),
            permit: permit.map(|permit: Permit| permit.id),
            ..Outcome::default()
        })
    }
}

/// Whoever stands as escort of somebody inside cannot become another, nor be elsewhere.
fn escorts_nobody(case: &Case<'_>, visit: &Visit) -> Result<(), No> {
    if visit.state == VisitState::Left { Ok(()) } else { left_alone(case, visit) }
}

fn person(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    required(&c.value, "value")?;
    let id: Id = c.value.parse().map_err(|_| invalid("value", &c.value))?;
    let person = case.person(Some(id), "value")?;
    if person.id == visit.person {
        return Err(nothing(visit.id).into());
    }
    let mut no = Refusals::default();
    if visit.state == VisitState::Inside
        && let Some(other) = case.view.find(&key::inside(id))?.first()
    {
        no.add(Code::AlreadyInside.with("person", id).and("visit", other));
    }
    no.keep(escorts_nobody(case, visit))?;
    let met = match visit.ended() {
        Some(ended) => met(case, id, (visit.came, ended), Some(visit.id))?,
        None => Vec::new(),
    };
    // The permit goes with the person; where it does not name the right one, theirs is looked for.
    let permit: Option<Permit> = case.named(visit.permit)?;
    let permit = permit.filter(|permit| permit.workers.contains(&id)).map(|permit| permit.id);
    Changed { person: id, permit, ..Changed::of(visit) }.judge(case, no)?.contradicting(case, met)
}

fn purpose(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    required(&c.value, "value")?;
    if case.profile().purpose(&c.value).is_none() {
        return Err(invalid("value", &c.value).into());
    }
    if c.value == visit.purpose {
        return Err(nothing(visit.id).into());
    }
    Changed { purpose: &c.value, ..Changed::of(visit) }.judge(case, Refusals::default())
}

fn zone(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    required(&c.value, "value")?;
    let zone = case.profile().zone(&c.value).ok_or_else(|| invalid("value", &c.value))?;
    if let Some(rack) = visit.rack.as_ref().filter(|rack| !zone.racks.contains(rack)) {
        return Err(invalid("rack", rack).into());
    }
    if c.value == visit.zone {
        return Err(nothing(visit.id).into());
    }
    let mut no = Refusals::default();
    no.keep(escorts_nobody(case, visit))?;
    Changed { zone: &c.value, ..Changed::of(visit) }.judge(case, no)
}

fn rack(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    let zone = case.profile().zone(&visit.zone);
    if !c.value.is_empty() && !zone.is_some_and(|zone| zone.racks.contains(&c.value)) {
        return Err(invalid("value", &c.value).into());
    }
    if c.value == visit.rack.clone().unwrap_or_default() {
        return Err(nothing(visit.id).into());
    }
    Ok(Outcome::default())
}

fn permit(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    let id = match c.value.as_str() {
        "" => None,
        value => Some(value.parse::<Id>().map_err(|_| invalid("value", value))?),
    };
    if id == visit.permit {
        return Err(nothing(visit.id).into());
    }
    let judged = Changed { permit: id, ..Changed::of(visit) }.judge(case, Refusals::default())?;
    // Taking the permit away may only find the same one again.
    if judged.permit == visit.permit { Err(nothing(visit.id).into()) } else { Ok(judged) }
}

fn moment(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    required(&c.value, "value")?;
    let time: Stamp = DateTime::parse_from_rfc3339(&c.value).map_err(|_| invalid("value", &c.value))?;
    let now = case.context.now;
    if c.field == "left" {
        let left = visit.left.ok_or_else(|| super::lookup::wrong_state(visit.id, visit.state.name()))?;
        within(time, visit.came, now)?;
        if time == left {
            return Err(nothing(visit.id).into());
        }
        return moved(case, visit, (visit.came, time));
    }
    let end = visit.ended().unwrap_or(now);
    let end = visit.escorts.get(1).map_or(end, |(since, _)| end.min(*since));
    within(time, days_before(visit.came, case.profile().periods.late_days), end)?;
    if time == visit.came {
        return Err(nothing(visit.id).into());
    }
    if case.context.edition >= Edition::Three && time < visit.came && !case.context.clock_unconfirmed {
        beforehand(case, visit, time)?;
    }
    if time.date_naive() != visit.came.date_naive() {
        Changed { moment: time, ..Changed::of(visit) }.judge(case, Refusals::default())?;
    }
    moved(case, visit, (time, visit.ended().unwrap_or(now)))
}

/// A visit whose time is another: what it contradicts then.
fn moved(case: &Case<'_>, visit: &Visit, stay: (Stamp, Stamp)) -> Result<Outcome, No> {
    let met = met(case, visit.person, stay, Some(visit.id))?;
    let person = (!met.is_empty()).then_some(visit.person);
    Outcome { person, ..Outcome::default() }.contradicting(case, met)
}

fn identification(case: &Case<'_>, c: &Correct, visit: &Visit) -> Result<Outcome, No> {
    if c.value.is_empty() {
        return Err(missing("value").into());
    }
    if !case.profile().identifications.iter().any(|item| item.id == c.value) {
        return Err(invalid("value", &c.value).into());
    }
    if c.value == visit.identification { Err(nothing(visit.id).into()) } else { Ok(Outcome::default()) }
}

fn text(visit: &Visit, field: &str, text: &str) -> Result<Outcome, No> {
    let old = match field {
        "visited" => &visit.visited,
        "carried_in" => &visit.carried_in,
        "carried_out" => &visit.carried_out,
        _ => &visit.remarks,
    };
    // An erased text once differed, or the entry would not exist.
    if text == old && text != ERASED { Err(nothing(visit.id).into()) } else { Ok(Outcome::default()) }
}

/// A visit after its correction.
pub(super) fn change(row: &mut Visit, event: &Event, meta: &EntryMeta) -> bool {
    let super::Command::Correct(c) = &event.command else { return false };
    let outcome = &event.outcome;
    let shown = |id: Option<Id>| id.map(|id| id.to_string()).unwrap_or_default();
    let stamp = || DateTime::parse_from_rfc3339(&c.value).ok();
    let was = match c.field.as_str() {
        "person" => {
            let Some(person) = outcome.person else { return false };
            let was = std::mem::replace(&mut row.person, person).to_string();
            // A card is shown by its holder.
            row.card = None;
            judged(row, outcome);
            was
        }
        "purpose" => {
            judged(row, outcome);
            std::mem::replace(&mut row.purpose, c.value.clone())
        }
        "zone" => {
            judged(row, outcome);
            std::mem::replace(&mut row.zone, c.value.clone())
        }
        "rack" => {
            let rack = Some(c.value.clone()).filter(|rack| !rack.is_empty());
            std::mem::replace(&mut row.rack, rack).unwrap_or_default()
        }
        "badge" => {
            if outcome.badge_state.is_some() && row.badge_kept && row.state == VisitState::Inside {
                // The badge reported lost was not the one that is worn.
                row.badge_kept = false;
            }
            shown(std::mem::replace(&mut row.badge, outcome.badge))
        }
        "permit" => {
            let was = shown(row.permit);
            judged(row, outcome);
            was
        }
        "came" => {
            let Some(time) = stamp() else { return false };
            let was = std::mem::replace(&mut row.came, time);
            if let Some((since, _)) = row.escorts.first_mut() {
                *since = time;
            }
            was.to_rfc3339()
        }
        "left" => {
            let Some(time) = stamp() else { return false };
            row.left.replace(time).map(|was| was.to_rfc3339()).unwrap_or_default()
        }
        "identification" => std::mem::replace(&mut row.identification, c.value.clone()),
        field => {
            let text = match field {
                "visited" => &mut row.visited,
                "carried_in" => &mut row.carried_in,
                "carried_out" => &mut row.carried_out,
                "remarks" => &mut row.remarks,
                _ => return false,
            };
            text.clone_from(&c.text);
            String::new()
        }
    };
    row.corrections.push(Correction {
        seq: meta.seq,
        field: c.field.clone(),
        was,
        reason: c.reason.clone(),
        by: meta.actor,
    });
    true
}

/// What a new judgement makes of a visit.
fn judged(row: &mut Visit, outcome: &Outcome) {
    row.company = outcome.company;
    row.outsider = outcome.outsider;
    row.permit = outcome.permit;
    match row.report {
        ReportState::NotDue if outcome.report_due => row.report = ReportState::Due,
        ReportState::Due if !outcome.report_due => row.report = ReportState::NotDue,
        _ => {}
    }
}
