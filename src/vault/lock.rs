//! One writer a vault, and who it is.

use std::io;
use std::sync::Arc;

use super::durable::{Disk, FileId, LockGuard, LockRefused};
use super::error::{Doing, VaultError, Where};
use crate::fault::{Fault, fault};

pub(crate) const LOCK: &str = "lock";

/// Who has the vault open, as they said when opening it. Shown to a second writer; trusted by nobody.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Holder {
    /// User id in the vault, or empty before login.
    pub user: String,
    /// Process number.
    pub pid: u32,
    /// Name of the machine.
    pub host: String,
    /// When, as text of the caller's clock.
    pub since: String,
}

impl Holder {
    /// This process on this machine.
    pub fn this(user: &str, since: &str) -> Self {
        let host = rustix::system::uname().nodename().to_string_lossy().into_owned();
        Self { user: user.to_owned(), pid: std::process::id(), host, since: since.to_owned() }
    }

    fn encode(&self) -> Vec<u8> {
        let clean = |s: &str| s.chars().filter(|c| !c.is_control()).take(64).collect::<String>();
        format!(
            "user {}\npid {}\nhost {}\nsince {}\n",
            clean(&self.user),
            self.pid,
            clean(&self.host),
            clean(&self.since)
        )
        .into_bytes()
    }

    fn decode(bytes: &[u8]) -> Self {
        let mut out = Self::default();
        for line in String::from_utf8_lossy(bytes).lines() {
            let Some((key, value)) = line.split_once(' ') else { continue };
            let value: String = value.chars().filter(|c| !c.is_control()).take(64).collect();
            match key {
                "user" => out.user = value,
                "pid" => out.pid = value.parse().unwrap_or(0),
                "host" => out.host = value,
                "since" => out.since = value,
                _ => {}
            }
        }
        out
    }
}

impl Holder {
    /// The same as a value that has sentences. Who comes with the recovery sheet has no ID yet.
    pub fn fault(&self) -> Fault {
        let Self { user, pid, host, since } = self;
        if host.is_empty() {
            fault!("holder_unknown")
        } else if user.is_empty() {
            fault!("holder_without_id", process = *pid, host = host, since = since)
        } else {
            fault!("holder", user = user, process = *pid, host = host, since = since)
        }
    }
}

/// The longest note that is read back, in bytes; ours are shorter.
const NOTE_MOST: u64 = 4096;

/// Takes the lock, and remembers what was locked.
pub(crate) fn take(disk: &Arc<dyn Disk>, who: &Holder) -> Result<(Box<dyn LockGuard>, Watch), VaultError> {
    let note = who.encode();
    let guard = disk.lock(LOCK, &note).map_err(of_refused)?;
    let failed = |e| VaultError::from_io(Doing::Locking, LOCK, &e);
    let (lock, folder) = (guard.id().map_err(failed)?, disk.id_of("").map_err(failed)?);
    Ok((guard, Watch { folder, lock, note, ..Watch::over_nothing(disk) }))
}

/// What a writer has opened, to be asked before anything counts and before anything goes: the kernel keeps its lock on a
/// file that was removed, and a folder that was moved away still takes what is written.
#[derive(Debug)]
pub(crate) struct Watch {
    disk: Arc<dyn Disk>,
    folder: Option<FileId>,
    lock: Option<FileId>,
    /// What was left in the lock. Another writer who came past it, on a file system whose locks do not reach both, has
    /// left its own.
    note: Vec<u8>,
}

impl Watch {
    /// For whoever only reads: nothing can be taken from them.
    pub(crate) fn over_nothing(disk: &Arc<dyn Disk>) -> Self {
        Self { disk: Arc::clone(disk), folder: None, lock: None, note: Vec::new() }
    }

    /// Refuses to go on where folder or lock are no longer what was opened. Somebody who takes them away behind this
    /// question is seen by the next one: so it is asked before a frame is written and before it is acknowledged.
    pub(crate) fn same(&self) -> Result<(), VaultError> {
        self.is("", self.folder)?;
        self.is(LOCK, self.lock)?;
        if self.lock.is_none() {
            return Ok(());
        }
        match self.disk.read(LOCK, NOTE_MOST) {
            Ok(note) if note == self.note => Ok(()),
            Ok(_) => Err(VaultError::Exchanged { what: LOCK.into() }),
            Err(e) => Err(gone(LOCK, &e)),
        }
    }

    /// Refuses to go on where a name stands for another file than the one that was opened under it.
    pub(crate) fn is(&self, name: &str, opened: Option<FileId>) -> Result<(), VaultError> {
        let Some(opened) = opened else { return Ok(()) };
        match self.disk.id_of(name) {
            Ok(Some(found)) if found != opened => Err(VaultError::Exchanged { what: named(name) }),
            Ok(_) => Ok(()),
            Err(e) => Err(gone(name, &e)),
        }
    }
}

fn named(name: &str) -> Where {
    if name.is_empty() { Where::Vault } else { name.into() }
}

fn gone(name: &str, error: &io::Error) -> VaultError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::FileTooLarge => {
            VaultError::Exchanged { what: named(name) }
        }
        _ => VaultError::from_io(Doing::Reading, named(name), error),
    }
}

/// Keeps writers out of a vault while it is read as it lies there; writes nothing. `None`: it has no lock that could
/// be taken, so nobody holds it.
///
/// # Errors
/// [`VaultError::Held`].
pub fn keep_writers_out(disk: &dyn Disk) -> Result<Option<Box<dyn LockGuard>>, VaultError> {
    disk.lock_as_it_is(LOCK).map_err(of_refused)
}

fn of_refused(refused: LockRefused) -> VaultError {
    match refused {
        LockRefused::Held(note) => VaultError::Held { by: Holder::decode(&note) },
        LockRefused::Linked => VaultError::Foreign { name: LOCK.to_owned() },
        LockRefused::Io(e) => VaultError::from_io(Doing::Locking, LOCK, &e),
    }
}
