//! Erasing: the texts go, the facts stay, and the row says so.

use super::command::commands;
use super::lookup::{Case, invalid, missing, nothing, required, wrong_state};
use super::rule::Given::ByPeople;
use super::{ERASED, Event, Id, No, Noun, Outcome, Row, VisitState, attached_to, key};

commands! {
    /// Remove the sealed texts of a record or of one entry; the facts stay. Either a record or an entry.
    Erase = "erase" => "erased" {
        /// All entries about this record.
        record: Option<Id>,
        /// One entry, by its sequence number.
        entry: Option<u64>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, of_whole: true, group: Some(super::Group(super::Book::Site, super::Task::Administration)), sealed: &["reason"] }
        decide decide_erase, touches [], on { _ => may_erase_of };
}

/// A record whose texts may go: nobody inside, nothing waiting, and none that holds no texts of persons.
pub(super) fn may_erase(case: &Case<'_>, id: Id) -> Result<Row, No> {
    if matches!(id.noun, Noun::Site | Noun::Profile | Noun::Badge | Noun::User) {
        return Err(invalid("record", id).into());
    }
    let row: Row = case.row(id)?;
    if let Row::Person(person) = &row {
        case.name_may_go(person.id)?;
    }
    let state = match &row {
        Row::Person(_) if !case.view.find(&key::inside(id))?.is_empty() => Some(VisitState::Inside.name()),
        _ => (row.noun().filing().texts_needed)(&row, case.context.day()),
    };
    match (state, row.trace().erased) {
        (Some(state), _) => Err(wrong_state(id, state).into()),
        // Texts that came in since can be erased again.
        (None, Some(erased)) if erased == row.trace().changed => Err(nothing(id).into()),
        (None, _) => Ok(row),
    }
}

/// [`may_erase`] of a record; of an entry that is no record's nothing is known yet.
pub(super) fn may_erase_of(case: &Case<'_>, record: Option<Id>) -> Result<(), No> {
    record.map_or(Ok(()), |record| may_erase(case, record).map(drop))
}

pub(super) fn decide_erase(case: &Case<'_>, c: &Erase) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let row = match (c.record, c.entry) {
        (Some(_), Some(entry)) => return Err(invalid("entry", entry).into()),
        (None, Some(0)) => return Err(invalid("entry", 0).into()),
        (None, Some(_)) => return Ok(Outcome::default()),
        (None, None) => return Err(missing("record").into()),
        (Some(record), None) => may_erase(case, record)?,
    };
    // What is attached to it goes with it.
    let also = match attached_to(row.noun()) {
        Some(_) => case.view.find(&key::of(Noun::Attachment, row.id()))?,
        None => Vec::new(),
    };
    Ok(Outcome { id: Some(row.id()), also, ..Outcome::default() })
}

/// Takes every sealed text out of a row.
pub(super) fn change(row: &mut Row, event: &Event, seq: u64) -> bool {
    if event.outcome.id != Some(row.id()) && !event.outcome.also.contains(&row.id()) {
        return false;
    }
    let Some(texts) = row.sealed() else { return false };
    for text in texts {
        ERASED.clone_into(text);
    }
    row.trace_mut().erased = Some(seq);
    true
}
