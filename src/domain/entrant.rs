//! Entrants: who may enter, which zones, from when to when (I-3-2-1, J-3-3-1).

use super::command::commands;
use super::lookup::{
    Case, exists, in_order, last_of_months, missing, no_longer, own_matter, required, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{Command, Date, Ending, EntryMeta, Event, Filing, Id, Leave, No, Noun, Outcome, Row, Stamp, key};
use crate::text::find::Part;

row! {
    /// A registration as one who may enter.
    Entrant {
        /// Whose.
        person: Id,
        /// For which zones.
        zones: Vec<String>,
        /// Who permitted it.
        permitted_by: Id,
        /// First day.
        #[serde(with = "super::packed")]
        from: Date,
        /// Last day, inclusive.
        #[serde(with = "super::packed")]
        to: Date,
        /// May escort outsiders.
        escort: bool,
        /// What they identify themselves with.
        credential: String,
        /// Ended before its last day.
        revoked: Option<Ending>,
        /// When it was registered.
        #[serde(with = "super::packed")]
        registered: Stamp,
    }
}

commands! {
    /// Permit a person to enter zones for a period (I-3-2-1, J-3-3-1).
    RegisterEntrant = "register_entrant" => "entrant_registered" {
        /// Whom.
        person: Option<Id>,
        /// Zone ids of the profile.
        zones: Vec<String>,
        /// Who permitted it; the actor where absent.
        permitted_by: Option<Id>,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// May escort outsiders.
        escort: bool,
        /// What they identify themselves with.
        credential: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            waits: super::Waits::Proved,
            group: Some(super::Group(super::Book::Entry, super::Task::Decisions)),
            needs_clock: true,
            sealed: &["credential"],
        }
        decide decide_register, touches [], on {};

    /// End an entrant's registration.
    RevokeEntrant = "revoke_entrant" => "entrant_revoked" {
        /// Which registration.
        entrant: Option<Id>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Decisions)), sealed: &["reason"] }
        decide decide_revoke, touches [], on { Noun::Entrant => may_revoke };
}

pub(super) fn decide_register(case: &Case<'_>, c: &RegisterEntrant) -> Result<Outcome, No> {
    let from = c.from.ok_or_else(|| missing("from"))?;
    let to = c.to.ok_or_else(|| missing("to"))?;
    case.zones(&c.zones)?;
    let person = case.person(c.person, "person")?;
    let permitted_by = case.person(Some(c.permitted_by.unwrap_or(case.actor())), "permitted_by")?;
    in_order(from, to)?;
    no_longer(from, to, last_of_months(from, case.profile().periods.entrant_months, case.context.edition))?;
    let own = || own_matter(person.id);
    case.two_people(permitted_by.id, &[person.id], own)?;
    case.not_of(&[person.id], own)?;
    case.authority(permitted_by.id, &case.profile().authority.entrant)?;
    for other in case.all::<Entrant>(&key::of(Noun::Entrant, person.id))? {
        let overlaps = other.from <= to && from <= other.to;
        if other.revoked.is_none() && overlaps && other.zones.iter().any(|zone| c.zones.contains(zone)) {
            return Err(exists(other.id).into());
        }
    }
    Ok(Outcome {
        id: Some(case.view.next(Noun::Entrant)?),
        person: Some(person.id),
        by: Some(permitted_by.id),
        ..Outcome::default()
    })
}

pub(super) fn may_revoke(case: &Case<'_>, entrant: Option<Id>) -> Result<Entrant, No> {
    let entrant: Entrant = case.given(entrant, "entrant")?;
    if entrant.revoked.is_some() { Err(wrong_state(entrant.id, "revoked").into()) } else { Ok(entrant) }
}

pub(super) fn decide_revoke(case: &Case<'_>, c: &RevokeEntrant) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let entrant = may_revoke(case, c.entrant)?;
    Ok(Outcome { id: Some(entrant.id), person: Some(entrant.person), ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Entrant {
    pub(super) const FILING: Filing = Filing {
        in_use: |row, _, day| matches!(row, Row::Entrant(row) if row.revoked.is_none() && day <= row.to),
        on_leaving: super::leaving::OnLeaving::Ends,
        lists_by: &[Noun::Person],
        query: Some(super::Query {
            name: "entrants",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RegisterEntrant(c) = &event.command else { return None };
        Some(Entrant {
            id,
            trace: meta.trace(),
            person: c.person?,
            zones: c.zones.clone(),
            permitted_by: event.outcome.by?,
            from: c.from?,
            to: c.to?,
            escort: c.escort,
            credential: c.credential.clone(),
            revoked: None,
            registered: event.happened(meta),
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let (Command::RevokeEntrant(RevokeEntrant { reason, .. }) | Command::Leave(Leave { reason, .. })) =
            &event.command
        else {
            return false;
        };
        self.revoked = Some(meta.ending(event.happened(meta), reason));
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        match self.revoked {
            None => vec![key::until(Noun::Entrant, self.to)],
            Some(_) => Vec::new(),
        }
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.from)
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.person]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        vec![self.person, self.permitted_by]
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id
    }

    pub(super) fn is_in_zone(&self, zone: &str) -> bool {
        self.zones.iter().any(|held| held == zone)
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let end = self.revoked.as_mut().map(|end| &mut end.reason);
        Some(std::iter::once(&mut self.credential).chain(end).collect())
    }
}
