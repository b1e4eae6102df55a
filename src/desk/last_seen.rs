//! The last entry that this terminal saw of the log, held against the log at each login.
//!
//! Nothing inside a vault tells that the whole of it was put back as it was before. The terminal's own disk does: its
//! note is written at login, lock, logout and checkpoint, and a log that does not reach what was seen says so before
//! the first screen, and as an entry. A restoration begins an epoch, which everybody sees: its log reaches less, and
//! says why.

use super::door::Desk;
use super::{Failure, Lookup};
use crate::domain::{Command, LastSeen, LogIn};
use crate::log::encode_hex;
use crate::vault::{Disk, RealDisk, Seen, read_seen, write_seen};
use std::path::Path;
use std::sync::Arc;

/// Days for which everybody is told that a terminal had seen more of the log than there was.
const SAID_DAYS: i64 = 30;

impl Desk {
    /// A folder of the terminal's own in which it notes what it saw.
    pub fn place_of_notes(folder: &Path) -> Arc<dyn Disk> {
        Arc::new(RealDisk::new(folder))
    }

    /// What the terminal's note says of the log, for the entry of a login; with what it saw, where the log has it not.
    pub(super) fn hold_against_last_seen(&self) -> Result<(LastSeen, Option<Seen>), Failure> {
        let Some(disk) = &self.terminal.last_seen else { return Ok((LastSeen::Off, None)) };
        let root_at = |seq| self.store.root_at(seq).map_err(|error| self.store_failure(error));
        let Some(founding) = root_at(1)? else { return Ok((LastSeen::New, None)) };
        // What cannot be read was not noted: the entry says that the terminal knew nothing.
        let Some(seen) = read_seen(&**disk, &founding).ok().flatten() else {
            return Ok((LastSeen::New, None));
        };
        if root_at(seen.entry)?.as_ref() == Some(&seen.root) {
            return Ok((LastSeen::Reached, None));
        }
        let begun_since = seen.epoch < self.store.epoch();
        Ok((if begun_since { LastSeen::Restored } else { LastSeen::Behind }, Some(seen)))
    }

    /// Notes the end of the log as seen: at login, lock, logout and checkpoint. Best effort: where it cannot be written,
    /// the next login knows what was noted before, and so misses less than it might.
    pub fn note_last_seen(&self) {
        let (Some(disk), Ok(Some(founding))) = (&self.terminal.last_seen, self.store.root_at(1)) else {
            return;
        };
        // A temporary password records nothing, so that nothing would say what was found.
        if self.seat.provisional || self.is_of_older_rules() {
            return;
        }
        let end = self.store.head();
        let seen = Seen { founding, epoch: self.store.epoch(), entry: end.seq, root: encode_hex(&end.root) };
        let _ = write_seen(&**disk, &seen);
    }

    /// Whether the edition in force has no words for what a terminal saw.
    fn is_of_older_rules(&self) -> bool {
        !self.edition().is_ok_and(|edition| edition.names_ways_in())
    }

    /// For some days after a terminal had seen more of the log than there was, every login says so: a stable name with
    /// the entry that was missing.
    pub(super) fn seen_further(&self) -> Result<Option<String>, Failure> {
        let Some(at) = self.site_row()?.seen_further else { return Ok(None) };
        let told = self.reading()?.entry(at).map_err(|error| self.store_failure(error))?;
        let Some(told) = told else { return Ok(None) };
        let Command::LogIn(LogIn { seen_entry: Some(entry), .. }) = &told.event.command else {
            return Ok(None);
        };
        let recent = (Lookup::now(self) - told.meta.time).num_days() < SAID_DAYS;
        Ok(recent.then(|| format!("seen_further/{entry}")))
    }
}
