//! The registers as somebody saw them at a past moment: every word is judged by it, names, standings, profile and all.

use super::lists::still_to_come;
use super::{AsOf, Desk, Failure, Lookup};
use crate::domain::{Broken, Date, Id, Noun, Profile, Row, Stamp, View, VisitState, key};
use crate::store::Reading;
use chrono::NaiveTime;
use std::cell::RefCell;
use std::collections::HashMap;
use std::sync::Arc;

/// A look at the registers as of an entry. Whoever asks it for names and standings gets those of that moment.
struct Past<'d> {
    desk: &'d Desk,
    reading: Arc<Reading>,
    seq: u64,
    now: Stamp,
    profile: &'d Profile,
    /// What was entered since is shown as it stands now, not as missing: for what is told of the moment as the books
    /// know it now.
    known_now: bool,
    /// Rows that were asked for: a list asks for the same names again and again.
    rows: RefCell<HashMap<Id, Option<Row>>>,
}

impl Past<'_> {
    fn look(&self, id: Id) -> Option<Row> {
        let then = self.reading.get_as_of(id, self.seq).ok().flatten();
        then.or_else(|| self.known_now.then(|| self.reading.get(id).ok().flatten()).flatten())
    }
}

impl Lookup for Past<'_> {
    fn profile(&self) -> &Profile {
        self.profile
    }

    fn now(&self) -> Stamp {
        self.now
    }

    fn row(&self, id: Id) -> Option<Row> {
        if let Some(row) = self.rows.borrow().get(&id) {
            return row.clone();
        }
        let row = self.look(id);
        self.rows.borrow_mut().insert(id, row.clone());
        row
    }

    fn under(&self, noun: Noun, record: Id) -> Vec<Row> {
        let ids = self.reading.ids(&key::of(noun, record)).unwrap_or_default();
        self.desk.seen_rows(ids.into_iter().filter_map(|id| Lookup::row(self, id)).collect())
    }
}

/// The registers of the moment that is looked at, as the rules ask them. Keys are those of now: whoever was inside then
/// is found by their visits.
pub(super) struct Then<'a> {
    pub(super) at: &'a dyn Lookup,
    pub(super) reading: &'a Reading,
}

impl View for Then<'_> {
    fn row(&self, id: Id) -> Result<Option<Row>, Broken> {
        Ok(self.at.row(id))
    }

    fn find(&self, key: &str) -> Result<Vec<Id>, Broken> {
        let inside = key.strip_prefix("inside/").and_then(|person| person.parse().ok());
        let Some(person) = inside else { return self.reading.find(key) };
        let was_inside = |id: &Id| matches!(self.at.row(*id), Some(Row::Visit(visit)) if visit.state == VisitState::Inside);
        let mut visits = self.reading.find(&key::of(Noun::Visit, person))?;
        visits.retain(was_inside);
        Ok(visits)
    }

    fn last(&self, noun: Noun) -> Result<u32, Broken> {
        self.reading.last(noun)
    }
}

impl Desk {
    /// What the words of an answer are judged by: now, or the past moment that was asked for, which is the end of the
    /// day (now, on the day itself) or the time of the entry.
    ///
    /// # Errors
    /// [`Failure::Malformed`] when the moment is still to come, [`Failure::Damaged`] or [`Failure::Device`].
    pub fn seen(&self, as_of: Option<AsOf>) -> Result<Box<dyn Lookup + '_>, Failure> {
        let Some(as_of) = as_of else { return Ok(Box::new(self)) };
        let reading = self.reading()?;
        let seq = self.seq_of(&reading, as_of)?;
        let now = match as_of {
            AsOf::Day(day) => self.end_of(day).min(self.now()),
            AsOf::Entry(_) => {
                let moment = reading.moment_of(seq).map_err(|error| self.store_failure(error))?;
                moment.unwrap_or_else(|| self.now())
            }
        };
        Ok(Box::new(self.past(reading, seq, now, false)))
    }

    /// What the words about who was inside at a moment are judged by: that moment, with the names that people had.
    /// The books tell it as they know it now, late entries and corrections included: whoever was registered since
    /// stands by the name of now.
    ///
    /// # Errors
    /// As [`Desk::seen`].
    pub fn seen_at(&self, moment: Stamp) -> Result<Box<dyn Lookup + '_>, Failure> {
        if moment > self.now() {
            return Err(still_to_come());
        }
        let reading = self.reading()?;
        let seq = reading.seq_at_moment(moment).map_err(|error| self.store_failure(error))?;
        Ok(Box::new(self.past(reading, seq, moment, true)))
    }

    fn past(&self, reading: Arc<Reading>, seq: u64, now: Stamp, known_now: bool) -> Past<'_> {
        let profile = self.versions.on(now.date_naive());
        Past { desk: self, reading, seq, now, profile, known_now, rows: RefCell::default() }
    }

    /// The last second of a day, here.
    fn end_of(&self, day: Date) -> Stamp {
        let last = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
        day.and_time(last).and_local_timezone(*self.now().offset()).single().unwrap_or_else(|| self.now())
    }
}
