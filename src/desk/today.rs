//! Today (本日): what is open now, each line opening the place where it is settled. The lines are the registers' own.

use super::declare::{Among, Open, Register, Urgent, Words, registers};
use super::failure::broken;
use super::lists::is_in;
use super::questions::shown;
use super::{Desk, Failure, ListQuery, Lookup, Viewer};
use crate::domain::{Id, Noun, Row, View, key};
use crate::store::Reading;

/// A line of Today.
#[derive(Clone, Debug)]
pub struct TodayLine {
    /// Stable name: `inside`, `badges_out`, `exit_overdue`, `telephone_mine` ...
    pub name: &'static str,
    /// What it counts.
    pub title: Words,
    /// How many.
    pub count: usize,
    /// It wants somebody's attention now.
    pub urgent: bool,
    /// The first few records, to show beside the count.
    pub records: Vec<Id>,
    /// The list that settles it.
    pub opens: ListQuery,
}

/// The records a line shows beside its count.
const SHOWN: usize = 5;

impl Desk {
    /// Today's open lines: who is inside and should not be first, then what waits for this person, then what waits for
    /// anybody. A line with nothing in it is left out, but for who is inside; so is one whose register this person may
    /// not read.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn today(&self) -> Result<Vec<TodayLine>, Failure> {
        self.query_right("today")?;
        let reading = self.reading()?;
        let of = |register: &'static Register| register.today.iter().map(move |open| (register, open));
        let mut open: Vec<_> = registers().iter().flat_map(of).collect();
        open.sort_by_key(|(_, open)| open.place);
        let mut lines = Vec::new();
        for (register, open) in open {
            if open.always || self.may_query(register.name) {
                lines.extend(self.line(&reading, register, open)?);
            }
        }
        Ok(lines)
    }

    fn line(
        &self,
        reading: &Reading,
        register: &Register,
        open: &Open,
    ) -> Result<Option<TodayLine>, Failure> {
        let profile = Lookup::profile(self);
        let under = |state: &str| reading.find(&key::state(register.noun, state)).map_err(broken);
        let ids = match open.among {
            Among::Its => under(open.state)?,
            Among::States(states) => {
                let mut ids = Vec::new();
                for state in states {
                    ids.extend(under(state)?);
                }
                self.only(reading, ids, open.state)?
            }
            Among::Found(found) => found(reading, profile, self.now().date_naive()).map_err(broken)?,
            Among::Ending => {
                let ids = self.ending_soon(reading, register.noun, profile.periods.soon_days)?;
                self.only(reading, ids, open.state)?
            }
        };
        let ids = self.seen_of(reading, register.noun, ids)?;
        if ids.is_empty() && !open.always {
            return Ok(None);
        }
        let urgent = match open.urgent {
            Urgent::No => false,
            Urgent::Always => true,
            Urgent::Holders(roles) => self.holds(roles(profile)),
        };
        Ok(Some(TodayLine {
            name: open.name,
            title: open.title,
            count: ids.len(),
            urgent,
            records: ids.into_iter().take(SHOWN).collect(),
            opens: ListQuery {
                register: register.name.to_owned(),
                state: Some(open.state.to_owned()),
                ..ListQuery::default()
            },
        }))
    }

    /// Those of some records that whoever sits here sees (S-2).
    fn seen_of(&self, reading: &Reading, noun: Noun, ids: Vec<Id>) -> Result<Vec<Id>, Failure> {
        let sight = self.sight(noun)?;
        if sight.is_whole() {
            return Ok(ids);
        }
        let mut seen = Vec::new();
        for id in ids {
            if shown(reading, Lookup::profile(self), &sight, id)? {
                seen.push(id);
            }
        }
        Ok(seen)
    }

    /// Those of some records that the list of a state shows: a line counts by the same filter.
    fn only(&self, reading: &Reading, ids: Vec<Id>, state: &str) -> Result<Vec<Id>, Failure> {
        let viewer = Viewer { at: self, view: reading, actor: self.actor() };
        let told = ids.first().map(|id| self.told(id.noun, self.now().date_naive()));
        let shows = |row: &Row| told.as_ref().is_none_or(|told| told.shows(row));
        let mut kept = Vec::new();
        for id in ids {
            if reading.row(id).map_err(broken)?.is_some_and(|row| shows(&row) && is_in(&row, state, &viewer))
            {
                kept.push(id);
            }
        }
        Ok(kept)
    }
}
