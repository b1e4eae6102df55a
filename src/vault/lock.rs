//! One writer a vault, and who it is.

use super::durable::{Disk, LockGuard, LockRefused};
use super::error::{Doing, VaultError};
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
        if user.is_empty() {
            fault!("holder_without_id", process = *pid, host = host, since = since)
        } else {
            fault!("holder", user = user, process = *pid, host = host, since = since)
        }
    }
}

pub(crate) fn take(disk: &dyn Disk, who: &Holder) -> Result<Box<dyn LockGuard>, VaultError> {
    disk.lock(LOCK, &who.encode()).map_err(of_refused)
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
        LockRefused::Io(e) => VaultError::from_io(Doing::Locking, LOCK, &e),
    }
}
