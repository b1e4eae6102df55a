//! Emergency acts: what somebody decided in a night on which nobody who may could be reached. The site's rules name the roles
//! that may, and whoever may decide it reviews it afterwards.

use super::command::commands;
use super::lookup::{Case, own_matter, required, wrong_state};
use super::permit::{grantable, open_to_decide, whose_it_is};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Code, Command, Date, Edition, Ending, EntryMeta, Event, Filing, HandedOver, Id, No, Noun, Outcome,
    Permit, Row, Stamp, Waits, key,
};
use crate::text::find::Part;

row! {
    /// Something done in an emergency for whoever may decide it.
    EmergencyAct {
        /// What was decided: an application that was granted.
        record: Id,
        /// Who did it.
        by: Id,
        /// When.
        #[serde(with = "super::packed")]
        done: Stamp,
        /// Why it could not wait.
        reason: String,
        /// Who was tried before, and how.
        tried: String,
        /// What the review found, by whom, when.
        reviewed: Option<Ending>,
    }
}

commands! {
    /// Decide in an emergency what the rules leave to somebody who cannot be reached; never what is one's own. No group of
    /// rights holds it: a site's rules name the roles that may, or nobody may.
    ActInEmergency = "act_in_emergency" => "acted_in_emergency" {
        /// What is decided: the application that is granted, as by [`super::DecideVisit`].
        record: Option<Id>,
        /// Why it cannot wait.
        reason: String,
        /// Who was tried, and how.
        tried: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            waits: Waits::Proved,
            sealed: &["reason", "tried"],
        }
        decide decide_act, touches [], on { Noun::Permit => may_act };

    /// Whoever might have decided it looks at what was done in an emergency, and says what they found.
    ReviewEmergencyAct = "review_emergency_act" => "emergency_act_reviewed" {
        /// Which act.
        emergency: Option<Id>,
        /// What was found, and what follows.
        finding: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            authority: &["planned", "failure"],
            sealed: &["finding"],
            with: &["decide_visit"],
        }
        decide decide_review, touches [], on { Noun::EmergencyAct => may_review };
}

/// An application that may be granted in an emergency: open, and not the actor's own (J-2-1-2).
fn may_act(case: &Case<'_>, record: Option<Id>) -> Result<Permit, No> {
    let permit = open_to_decide(case, record)?;
    case.not_of(&whose_it_is(&permit), || Code::OwnApplication.with("record", permit.id))?;
    Ok(permit)
}

pub(super) fn decide_act(case: &Case<'_>, c: &ActInEmergency) -> Result<Outcome, No> {
    let permit = may_act(case, c.record)?;
    required(&c.reason, "reason")?;
    required(&c.tried, "tried")?;
    grantable(case, &permit)?;
    let also = vec![case.view.next(Noun::EmergencyAct)?];
    Ok(Outcome { id: Some(permit.id), company: Some(permit.company), also, ..Outcome::default() })
}

/// An act that the actor may review: by the authority that the record asks for, neither done by them nor their own.
fn may_review(case: &Case<'_>, emergency: Option<Id>) -> Result<EmergencyAct, No> {
    let row: EmergencyAct = case.given(emergency, "emergency")?;
    if row.reviewed.is_some() {
        return Err(wrong_state(row.id, "reviewed").into());
    }
    let permit: Permit = case.row(row.record)?;
    let mut people = whose_it_is(&permit);
    people.push(row.by);
    people.extend(row.trace.made_for);
    case.not_of(&people, || own_matter(case.actor()))?;
    case.authority(case.actor(), permit.authority(case.profile()))?;
    Ok(row)
}

pub(super) fn decide_review(case: &Case<'_>, c: &ReviewEmergencyAct) -> Result<Outcome, No> {
    let row = may_review(case, c.emergency)?;
    required(&c.finding, "finding")?;
    Ok(Outcome { id: Some(row.id), ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl EmergencyAct {
    pub(super) const FILING: Filing = Filing {
        states: &[("open", "open")],
        offered: |row| matches!(row, Row::EmergencyAct(row) if row.reviewed.is_none()),
        lists_by: &[Noun::Person],
        belongs_to: &[Noun::Permit],
        handed_over: &[("open", HandedOver::Open)],
        settled_by: &[("open", ReviewEmergencyAct::RULE.name)],
        query: Some(super::Query {
            name: "emergency_acts",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::ActInEmergency(c) = &event.command else { return None };
        Some(EmergencyAct {
            id,
            trace: meta.trace(),
            record: event.outcome.id?,
            by: meta.actor,
            done: event.happened(meta),
            reason: c.reason.clone(),
            tried: c.tried.clone(),
            reviewed: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let Command::ReviewEmergencyAct(c) = &event.command else { return false };
        self.reviewed = Some(meta.ending(event.happened(meta), &c.finding));
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::EmergencyAct;
        let open = self.reviewed.is_none().then(|| key::state(noun, "open"));
        std::iter::once(key::of(noun, self.record)).chain(open).collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.done.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.by]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        vec![self.record, self.by]
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.by == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let finding = self.reviewed.as_mut().map(|end| &mut end.reason);
        Some([&mut self.reason, &mut self.tried].into_iter().chain(finding).collect())
    }
}
