//! Contradictions: one person in two places at once. What came in from paper, by a correction, or by joining two records of
//! one person, is kept as it was told, and listed until somebody has found out which is right.

use super::command::commands;
use super::lookup::{Case, own_matter, required, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Command, Date, Edition, Ending, EntryMeta, Event, Filing, HandedOver, Id, No, Noun, Outcome, Stamp,
    Visit, key,
};
use crate::text::find::Part;

row! {
    /// Visits of one person that cannot all be right.
    Contradiction {
        /// Whose.
        person: Id,
        /// The visit that was entered or corrected.
        visit: Id,
        /// Those that it meets.
        met: Vec<Id>,
        /// Since when it is known.
        #[serde(with = "super::packed")]
        found: Stamp,
        /// Who entered what contradicts.
        by: Id,
        /// What was found out, by whom, when.
        settled: Option<Ending>,
    }
}

commands! {
    /// Say how a contradiction came about. What is wrong is corrected on its own; both records stay. Not by the person
    /// whom it is about.
    SettleContradiction = "settle_contradiction" => "contradiction_settled" {
        /// Which contradiction.
        contradiction: Option<Id>,
        /// What was found out, and from what.
        finding: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            group: Some(super::Group(super::Book::Entry, super::Task::Upkeep)),
            sealed: &["finding"],
        }
        decide decide_settle, touches [], on { Noun::Contradiction => may_settle };
}

/// The other visits of a person that a stay meets: nobody is in two places at once. Times are compared from edition 3 on,
/// and where they are trusted. One stay may begin in the moment in which another ends.
pub(super) fn met(case: &Case<'_>, person: Id, stay: (Stamp, Stamp), but: Option<Id>) -> Result<Vec<Id>, No> {
    if case.context.edition < Edition::Three || case.context.clock_unconfirmed {
        return Ok(Vec::new());
    }
    let visits: Vec<Visit> = case.all_of(Noun::Visit, person)?;
    let told: Vec<Contradiction> = match but {
        Some(visit) => case.all(&key::of(Noun::Contradiction, visit))?,
        None => Vec::new(),
    };
    let mut open = Vec::new();
    for told in told {
        if told.settled.is_none() && case.is_same(told.person, person)? {
            open.push(told);
        }
    }
    let meets = |visit: &Visit| {
        Some(visit.id) != but
            && !visit.clock_unconfirmed
            && visit.came < stay.1
            && visit.ended().is_none_or(|ended| stay.0 < ended)
            // What is listed and not settled is not listed twice.
            && !open.iter().any(|told| told.visits().any(|other| other == visit.id))
    };
    Ok(visits.iter().filter(|visit| meets(visit)).map(|visit| visit.id).collect())
}

/// The visits of two people, who are one as is found now, that meet each other: of trusted times, in the order in which
/// they were recorded.
pub(super) fn met_by_both(case: &Case<'_>, one: Id, other: Id) -> Result<Vec<Id>, No> {
    let trusted = |visit: &Visit| !visit.clock_unconfirmed;
    let of = |person: Id| -> Result<Vec<Visit>, No> {
        Ok(case.all_of::<Visit>(Noun::Visit, person)?.into_iter().filter(trusted).collect())
    };
    let (one, other) = (of(one)?, of(other)?);
    let begins_in = |visit: &Visit, stay: &Visit| stay.ended().is_none_or(|ended| visit.came < ended);
    let meet = |visit: &&Visit, others: &[Visit]| {
        others.iter().any(|stay| begins_in(visit, stay) && begins_in(stay, visit))
    };
    let met = one.iter().filter(|visit| meet(visit, &other));
    let mut met: Vec<Id> =
        met.chain(other.iter().filter(|visit| meet(visit, &one))).map(|visit| visit.id).collect();
    met.sort_unstable();
    Ok(met)
}

impl Outcome {
    /// The same, in which a visit contradicts others, if there are any.
    pub(super) fn contradicting(mut self, case: &Case<'_>, met: Vec<Id>) -> Result<Outcome, No> {
        if !met.is_empty() {
            self.also.push(case.view.next(Noun::Contradiction)?);
            self.contradicts = met;
        }
        Ok(self)
    }
}

/// A contradiction that the actor may settle.
fn may_settle(case: &Case<'_>, contradiction: Option<Id>) -> Result<Contradiction, No> {
    let row: Contradiction = case.given(contradiction, "contradiction")?;
    if row.settled.is_some() {
        return Err(wrong_state(row.id, "settled").into());
    }
    // Whose it was when it was found, and whose the visits are by now.
    let mut people = vec![row.person];
    for visit in row.visits() {
        people.push(case.row::<Visit>(visit)?.person);
    }
    case.not_of(&people, || own_matter(row.person))?;
    Ok(row)
}

pub(super) fn decide_settle(case: &Case<'_>, c: &SettleContradiction) -> Result<Outcome, No> {
    let row = may_settle(case, c.contradiction)?;
    required(&c.finding, "finding")?;
    Ok(Outcome { id: Some(row.id), visit: Some(row.visit), ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Contradiction {
    pub(super) const FILING: Filing = Filing {
        states: &[("open", "open")],
        lists_by: &[Noun::Person],
        belongs_to: &[Noun::Visit],
        handed_over: &[("open", HandedOver::Open)],
        settled_by: &[("open", SettleContradiction::RULE.name)],
        query: Some(super::Query {
            name: "contradictions",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let outcome = &event.outcome;
        if outcome.contradicts.is_empty() {
            return None;
        }
        Some(Contradiction {
            id,
            trace: meta.trace(),
            person: outcome.person?,
            // Of two records that are one person's the outcome is that person.
            visit: outcome.visit.or(outcome.id)?,
            met: outcome.contradicts.clone(),
            found: meta.time,
            by: meta.actor,
            settled: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let Command::SettleContradiction(c) = &event.command else { return false };
        self.settled = Some(meta.ending(event.happened(meta), &c.finding));
        true
    }

    /// The visits that cannot all be right.
    pub fn visits(&self) -> impl Iterator<Item = Id> {
        std::iter::once(self.visit).chain(self.met.iter().copied())
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let open = self.settled.is_none().then(|| key::state(Noun::Contradiction, "open"));
        self.visits().map(|visit| key::of(Noun::Contradiction, visit)).chain(open).collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.found.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.person]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        std::iter::once(self.person).chain(self.visits()).chain(std::iter::once(self.by)).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(self.settled.as_mut().map(|end| &mut end.reason).into_iter().collect())
    }
}
