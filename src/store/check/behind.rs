//! The entries behind books that were verified as they stood: what is new is decided again, and what is old is not.

use super::replay::{Kept, Replay};
use super::{Going, Known, compare, finish_log, read_through};
use crate::domain::{Broken, Command, Id, Noun, Registers, Row, View};
use crate::log::{TreeHead, Walk};
use crate::profile::Versions;
use crate::store::tables::{EPOCH_KEY, Lookups, Readable, SITE_KEY};
use crate::store::{Progress, Reading, StoreError};
use std::sync::atomic::AtomicBool;

/// Registers as a base has them, under the rows that entries behind it made.
struct Over<'b> {
    base: &'b Readable,
    rows: Registers,
}

impl View for Over<'_> {
    fn row(&self, id: Id) -> Result<Option<Row>, Broken> {
        if self.rows.has(id) { self.rows.row(id) } else { self.base.row(id) }
    }

    fn find(&self, key: &str) -> Result<Vec<Id>, Broken> {
        let mut ids = self.base.find(key)?;
        ids.retain(|id| !self.rows.has(*id));
        ids.extend(self.rows.find(key)?);
        ids.sort_unstable();
        Ok(ids)
    }

    fn last(&self, noun: Noun) -> Result<u32, Broken> {
        Ok(self.base.last(noun)?.max(self.rows.last(noun)?))
    }
}

impl Kept for Over<'_> {
    fn put(&mut self, id: Id, row: Row) {
        self.rows.put(id, row);
    }
}

/// Whether books are what their entries make them, where it is known that they were when the log had this size and root and
/// lay over this base: the first entry that was decided again for it. `None` where that cannot be said without the entries
/// from the first one on.
///
/// What is known is of `now` as it then was, which this program makes of `base` and the entries behind it; nothing else
/// goes into what is derived. So each of these is read and decided again, those before the mark as well: the base by
/// itself was never compared, only what came of it. That the log still has the marked root means that no entry before
/// it is missing or another; that none is without its text, replay asks. What was derived by this opening is then
/// held against what was decided here.
///
/// # Errors
/// The storage cannot be read, or is damaged; [`StoreError::Stopped`].
pub fn holds_behind(
    base: &Reading,
    now: &Reading,
    verified: TreeHead,
    progress: Progress<'_>,
    stop: &AtomicBool,
) -> Result<Option<u64>, StoreError> {
    let mut going = Going { progress, stop };
    let (base, tables) = (&base.tables, &now.tables);
    let (state, site) = (base.state()?, base.meta_text(SITE_KEY)?.unwrap_or_default());
    let Some(epoch) = base.meta_number::<u32>(EPOCH_KEY)? else { return Ok(None) };
    let from = state.seq().saturating_add(1);
    if from == 1 || tables.meta_text(SITE_KEY)?.as_ref() != Some(&site) || erases(tables, from)? {
        return Ok(None);
    }
    let walk = Walk::resume(&site, epoch, state.frontier.clone());
    let versions = Versions::of(base)?;
    let mut replay = Replay::behind(Over { base, rows: Registers::new() }, state, versions);
    let mut known = Known::default();
    for hex in keys(base)? {
        known.learn(&hex);
        replay.learn(&hex);
    }
    let (log, stopped) = read_through(tables, (walk, known), &[verified], &mut replay, &mut going)?;
    let mut findings = replay.findings();
    let Some(log) = finish_log(log, stopped, replay.newer(), &mut findings) else { return Ok(None) };
    compare::state(tables, &log, &replay, &mut findings)?;
    let holds = findings.is_empty() && compare::holds_rows(tables, &replay.registers.rows)?;
    Ok(holds.then_some(from))
}

/// Whether an entry behind a base takes words away: the rows that it changes are made anew from entries before the base,
/// whose words a base has still.
fn erases(tables: &Readable, from: u64) -> Result<bool, StoreError> {
    let kind = Command::Erase(Default::default()).past();
    Ok(tables.kinds.range::<(&str, u64)>((kind, from)..=(kind, u64::MAX))?.next().is_some())
}

/// The keys of which registers know, in the order in which their users came.
fn keys(base: &Readable) -> Result<Vec<String>, StoreError> {
    let mut keys = Vec::new();
    for n in 1..=base.last(Noun::User)? {
        if let Some(Row::User(user)) = base.row(Id::new(Noun::User, n))? {
            keys.extend(user.keys.into_iter().map(|held| held.key));
        }
    }
    if let Some(Row::Site(site)) = base.row(Id::SITE)? {
        keys.push(site.recovery_key);
    }
    Ok(keys)
}
