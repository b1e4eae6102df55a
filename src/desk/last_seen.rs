//! The last entry that this terminal saw of the log, held against the log at each login.
//!
//! Nothing inside a vault tells that the whole of it was put back as it was before. The terminal's own disk does: its
//! note is written at login, lock, logout and checkpoint, and a log that does not reach what was seen says so before
//! the first screen, and as an entry. A restoration begins an epoch, which everybody sees: its log reaches less, and
//! says why.

use super::door::{Desk, Terminal};
use super::{Failure, Lookup};
use crate::domain::{Code, Command, Edition, LastSeen, LogIn, Profile, Stamp};
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

    fn notes(&self) -> Option<&Arc<dyn Disk>> {
        notes_of(&self.terminal, &*self.disk)
    }

    /// What the terminal's note says of the log, for the entry of a login; with what it saw, where the log has it not.
    pub(super) fn hold_against_last_seen(&self) -> Result<(LastSeen, Option<Seen>), Failure> {
        let Some(disk) = self.notes() else { return Ok((LastSeen::Off, None)) };
        let root_at = |seq| self.store.root_at(seq).map_err(|error| self.store_failure(error));
        let Some(founding) = root_at(1)? else { return Ok((LastSeen::New, None)) };
        // What cannot be read was not noted: the entry says that the terminal knew nothing.
        let Some(seen) = read_seen(&**disk, &founding).ok().flatten() else {
            return Ok((LastSeen::New, None));
        };
        if root_at(seen.entry)?.as_ref() == Some(&seen.root) {
            return Ok((LastSeen::Reached, None));
        }
        // An epoch that began after what was seen says why it is missing, whichever folder this is.
        let begun = match self.site_row()?.epoch_begun {
            Some(entry) => self.reading()?.entry(entry).map_err(|error| self.store_failure(error))?,
            None => None,
        };
        let noted = Stamp::parse_from_rfc3339(&seen.time).ok();
        let since = begun.zip(noted).is_some_and(|(begun, noted)| begun.meta.time >= noted);
        Ok((if since { LastSeen::Restored } else { LastSeen::Behind }, Some(seen)))
    }

    /// Notes the end of the log as seen: at login, lock, logout and checkpoint. Best effort: where it cannot be written,
    /// the next login knows what was noted before, and so misses less than it might.
    pub fn note_last_seen(&self) {
        let (Some(disk), Ok(Some(founding))) = (self.notes(), self.store.root_at(1)) else { return };
        // A temporary password records nothing, and older rules have no words for it: a note must not go before an entry
        // says what was found by it.
        let told = self.edition().is_ok_and(|edition| edition.names_ways_in());
        if self.seat.provisional || !told {
            return;
        }
        let end = self.store.head();
        let time = end.time.map(|time| time.to_rfc3339()).unwrap_or_default();
        let seen = Seen { founding, entry: end.seq, root: encode_hex(&end.root), time };
        // Nothing happened since: the disk is not worn.
        if read_seen(&**disk, &seen.founding).ok().flatten().as_ref() != Some(&seen) {
            let _ = write_seen(&**disk, &seen);
        }
    }

    /// Where this terminal has a place for its notes and none stands there, as a stable name: a vault that is put back
    /// would not be told here. Not asked while a note is not due ([`Desk::note_last_seen`]).
    pub(super) fn notes_not_kept(&self) -> Result<Option<String>, Failure> {
        let (Some(disk), Some(founding)) =
            (self.notes(), self.store.root_at(1).map_err(|error| self.store_failure(error))?)
        else {
            return Ok(None);
        };
        let due = !self.seat.provisional && self.edition()?.names_ways_in();
        let kept = matches!(read_seen(&**disk, &founding), Ok(Some(_)));
        Ok((due && !kept).then(|| "notes_not_kept".to_owned()))
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

/// Where a terminal notes what it saw; nowhere in the vault itself, which would go back with it.
pub(super) fn notes_of<'t>(terminal: &'t Terminal, vault: &dyn Disk) -> Option<&'t Arc<dyn Disk>> {
    let at = |disk: &dyn Disk| disk.place().ok().flatten();
    terminal.last_seen.as_ref().filter(|notes| match (at(&***notes), at(vault)) {
        (Some(notes), Some(vault)) => !notes.starts_with(vault),
        _ => true,
    })
}

/// Refuses a terminal that keeps no note where the profile wants one of each, before anything is written: neither a
/// temporary password nor the recovery sheet leads past it.
///
/// # Errors
/// [`Code::LastSeenOff`].
pub(super) fn wants_a_note(
    profile: &Profile,
    edition: Edition,
    terminal: &Terminal,
    vault: &dyn Disk,
) -> Result<(), Failure> {
    let wanted = edition.names_ways_in() && profile.login.needs_last_seen;
    if wanted && notes_of(terminal, vault).is_none() {
        return Err(Failure::Rejected(Code::LastSeenOff.with("terminal", &terminal.name), None));
    }
    Ok(())
}
