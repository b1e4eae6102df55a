//! Registers as of a past entry: what was known then.

use super::apply::refold;
use super::tables::{Lookups, row_of};
use super::{Progress, Reading, Step, StoreError};
use crate::domain::{Command, Date, Id, Noun, Row, Stamp};
use crate::profile::Versions;
use redb::ReadableTableMetadata;

/// How many rows pass between two tellings of progress.
const TELL_EVERY: u64 = 4096;

impl Reading {
    /// A record as of an entry: `None` when it was not there yet. Texts erased since stay erased.
    ///
    /// # Errors
    /// Damage, or storage. So below.
    pub fn get_as_of(&self, id: Id, seq: u64) -> Result<Option<Row>, StoreError> {
        let row = self.tables.get_row(id)?;
        let row = row.map(|row| self.row_as_of(row, seq)).transpose()?.flatten();
        Ok(row.map(|row| self.told_row(row)))
    }

    /// A row of now as of an entry: one that has not changed since is taken as it is, another is folded again from its
    /// own entries.
    fn row_as_of(&self, row: Row, seq: u64) -> Result<Option<Row>, StoreError> {
        let trace = row.trace();
        if trace.changed <= seq {
            Ok(Some(row))
        } else if trace.made > seq {
            // Made by a later entry: it was not there, and its number tells nothing of older ones, for a late entry
            // may have the higher number and be the older visit.
            Ok(None)
        } else {
            refold(&self.tables, row.id(), seq)
        }
    }

    /// Gives every record of a noun as of an entry to `each`, by number, until it says to stop (`false`). Rows
    /// that have not changed since are taken as they are; the others are folded again from their own entries.
    pub fn list_as_of(
        &self,
        noun: Noun,
        seq: u64,
        each: &mut dyn FnMut(Row) -> bool,
        progress: Progress<'_>,
    ) -> Result<(), StoreError> {
        let total = u64::from(self.tables.last_of(noun)?);
        let range = self.tables.rows.range(Id::new(noun, 0).key()..=Id::new(noun, u32::MAX).key())?;
        for (done, found) in (1..).zip(range) {
            let (key, bytes) = found?;
            let row = row_of(key.value(), bytes.value())?;
            let row = self.row_as_of(row, seq)?;
            if let Some(row) = row
                && !each(self.told_row(row))
            {
                break;
            }
            if done % TELL_EVERY == 0 {
                progress(Step::AsOf, done, total);
            }
        }
        progress(Step::AsOf, total, total);
        Ok(())
    }

    /// The last entry of a day: what "as of the end of that day" means. 0 when the day is before the first.
    ///
    /// Order is the sequence, and a clock may jump. So only entries made while the clock was not in doubt are
    /// asked for their day; the answer is the entry before the first of them that is of a later day. What was
    /// entered between a jump and the confirmation of the time belongs to the confirmed entry before it.
    pub fn seq_at(&self, day: Date) -> Result<u64, StoreError> {
        self.seq_until(&|time| self.in_zone(time).date_naive() > day)
    }

    /// The last entry of a moment, as [`Reading::seq_at`] has it of a day.
    pub fn seq_at_moment(&self, moment: Stamp) -> Result<u64, StoreError> {
        self.seq_until(&|time| time > moment)
    }

    /// The time by which what stood after an entry is judged: the entry's own or, when it was made while the clock
    /// was in doubt, that of the last one before. `None` before the first.
    pub fn moment_of(&self, seq: u64) -> Result<Option<Stamp>, StoreError> {
        let doubts = self.doubts()?;
        let doubt = doubts.iter().find(|(from, to)| (*from..*to).contains(&seq));
        let seq = doubt.map_or(seq, |(from, _)| from.saturating_sub(1));
        Ok(self.entry(seq)?.map(|told| self.in_zone(told.meta.time)))
    }

    /// The entry before the first that a clock out of doubt made later than asked for.
    fn seq_until(&self, later: &dyn Fn(Stamp) -> bool) -> Result<u64, StoreError> {
        let last = self.tables.state()?.seq();
        let doubts = self.doubts()?;
        let sure = |seq: u64| match doubts.iter().find(|(from, to)| (*from..*to).contains(&seq)) {
            Some((_, to)) => *to,
            None => seq,
        };
        // The first entry of a later day lies in low..=high, where last + 1 stands for none.
        let (mut low, mut high) = (1, last.saturating_add(1));
        while low < high {
            let middle = low + (high - low) / 2;
            let asked = sure(middle);
            if asked <= last && later(self.tables.told(asked)?.meta.time) {
                high = middle;
            } else {
                low = middle.saturating_add(1);
            }
        }
        // What stands in doubt right before belongs to the confirmed entry before it, hence to this day.
        Ok(sure(low).min(last.saturating_add(1)).saturating_sub(1))
    }

    /// Stretches in which the clock was in doubt: from a jump up to before its confirmation.
    fn doubts(&self) -> Result<Vec<(u64, u64)>, StoreError> {
        let jumped = Command::ReportClockJump(Default::default()).past();
        let confirmed = Command::ConfirmClock(Default::default()).past();
        let mut ends = self.seqs_of(confirmed)?.into_iter().peekable();
        let mut doubts: Vec<(u64, u64)> = Vec::new();
        for from in self.seqs_of(jumped)? {
            if doubts.last().is_some_and(|(_, to)| from < *to) {
                continue;
            }
            while ends.peek().is_some_and(|end| *end <= from) {
                ends.next();
            }
            doubts.push((from, ends.peek().copied().unwrap_or(u64::MAX)));
        }
        Ok(doubts)
    }

    fn seqs_of(&self, kind: &str) -> Result<Vec<u64>, StoreError> {
        let range = self.tables.kinds.range::<(&str, u64)>((kind, 0)..=(kind, u64::MAX))?;
        range.map(|found| Ok(found?.0.value().1)).collect()
    }

    /// The versions of the profile, as the log brought them into force (N-13). `None` before the site is founded.
    pub fn versions(&self) -> Result<Option<Versions>, StoreError> {
        Ok(Versions::of(self)?)
    }

    /// Whether the clock jumped and nobody has confirmed the time.
    pub fn clock_in_doubt(&self) -> Result<bool, StoreError> {
        Ok(matches!(self.get(Id::SITE)?, Some(Row::Site(site)) if site.clock_jump.is_some()))
    }

    /// How many entries there are.
    pub fn len(&self) -> Result<u64, StoreError> {
        Ok(self.tables.entries.len()?)
    }

    /// Whether there is no entry yet.
    pub fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.len()? == 0)
    }
}
