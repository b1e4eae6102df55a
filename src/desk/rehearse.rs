//! `rehearse`: an edition of the rules tried on a copy of the vault, which goes again when it has been looked at. These
//! sites have nobody to ask: what a new release would do to their own books they see beforehand.

use super::check::{check_opened, user_identity};
use super::door::{Desk, Instruction, Terminal};
use super::failure::{broken, failure_of};
use super::login::vault_identity;
use super::restore::{of_target, refuse_occupied};
use super::{CheckStep, Failure, Lookup};
use crate::domain::{AdoptEdition, Command, Edition, Id, holders};
use crate::fault::Fault;
use crate::vault::{Disk, RealDisk, Unfinished, Vault, VaultIdentity, copy_whole, format_made_from, inspect};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// What a rehearsal came to. The vault itself is as it was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rehearsed {
    /// The edition in force.
    pub from: Edition,
    /// The newest that this release knows.
    pub to: Edition,
    /// Entries that were decided again, each by the edition of its day.
    pub entries: u64,
    /// What does not hold after it. Empty: everything does.
    pub findings: Vec<Fault>,
    /// Who counts for an authority now and would not any more: people, by their names.
    pub count_no_more: Vec<(Id, String)>,
    /// Bytes that the copy which stays beside the vault takes.
    pub bytes: u64,
    /// How long copying and reading back took.
    pub copying: Duration,
    /// How long the entry, and opening the books under it, took.
    pub adopting: Duration,
    /// How long the check took.
    pub checking: Duration,
}

/// Tries the newest edition on a copy of the vault in `place`, a folder that is empty or not there, and clears it again
/// whatever came of it. Nothing is written into the vault, and no lock is needed.
///
/// # Errors
/// Why it could not be tried: the person may not adopt an edition, the newest is in force, no room, damage.
pub fn rehearse(
    dir: &Path,
    place: &Path,
    (user, password): (&str, &str),
    terminal: &Terminal,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Rehearsed, Failure> {
    let source: Arc<dyn Disk> = Arc::new(RealDisk::new(dir));
    let work: Arc<dyn Disk> = Arc::new(RealDisk::new(place));
    inspect(&*source).map_err(failure_of)?;
    refuse_occupied(&*work)?;
    let identity = vault_identity(&*source, &user_identity(&*source, user, password)?).map_err(failure_of)?;
    let begun = Unfinished::begin(&work, format_made_from(&*source), false).map_err(failure_of)?;
    // What is seen of a copy that is thrown away is nothing to be remembered.
    let terminal = &Terminal { last_seen: None, ..terminal.clone() };
    let tried = try_on(&source, &work, begun, &identity, (user, password), terminal, progress);
    // Whatever came of it: what stays must not be taken for the books.
    let cleared = Vault::discard(&*work).map_err(failure_of);
    let rehearsed = tried?;
    cleared?;
    Ok(rehearsed)
}

fn try_on(
    source: &Arc<dyn Disk>,
    work: &Arc<dyn Disk>,
    begun: Unfinished,
    identity: &VaultIdentity,
    (user, password): (&str, &str),
    terminal: &Terminal,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Rehearsed, Failure> {
    let since = |start: std::time::Instant| terminal.clock.instant().saturating_duration_since(start);
    let start = terminal.clock.instant();
    let copied =
        copy_whole(&**source, &begun, identity, &mut |at| progress(CheckStep::Bytes, at.done, at.total));
    let bytes = copied.map_err(of_target)?.bytes;
    begun.finish().map_err(failure_of)?;
    let copying = since(start);
    let start = terminal.clock.instant();
    let (mut desk, _) = Desk::log_in_on(Arc::clone(work), user, password, terminal.clone())?;
    let from = desk.edition()?;
    let count_no_more = desk.count_no_more(from, Edition::NEWEST)?;
    let command = Command::from(AdoptEdition { edition: Edition::NEWEST.number() });
    let adopted = desk.write_alone(Instruction::from(command));
    let closed = desk.close();
    adopted?;
    closed?;
    let adopting = since(start);
    let start = terminal.clock.instant();
    let checked = check_opened(work, identity.clone(), progress)?;
    Ok(Rehearsed {
        from,
        to: Edition::NEWEST,
        entries: checked.entries,
        findings: checked.findings,
        count_no_more,
        bytes,
        copying,
        adopting,
        checking: since(start),
    })
}

impl Desk {
    /// Whoever counts for an authority under an edition and would not under another.
    fn count_no_more(&self, from: Edition, to: Edition) -> Result<Vec<(Id, String)>, Failure> {
        let reading = self.reading()?;
        let roles = Lookup::profile(self).authority.roles();
        let day = self.accounts_on()?;
        let after = holders(&reading, to, &roles, day).map_err(broken)?;
        let before = holders(&reading, from, &roles, day).map_err(broken)?;
        let gone = before.into_iter().filter(|person| !after.contains(person));
        Ok(gone.map(|person| (person, Lookup::name(self, person))).collect())
    }
}
