//! What can go wrong while keeping the books. Refusals by the rules are not here: they are values of their own.

use crate::domain::Broken;
use crate::fault::{Fault, fault};
use crate::log::Malformed;
use std::fmt;

/// Something broke below the rules.
#[derive(Debug)]
pub enum StoreError {
    /// What is stored contradicts itself: stop, show nothing, exit 4. Whether the file or the tables are to blame
    /// is for the vault to say, whose latched error comes first.
    Damaged {
        /// What is wrong, with its place.
        what: Fault,
    },
    /// The database or its storage could not do what was asked.
    Broken(Fault),
    /// A write was left in doubt, or was durable and could not be shown: drop this store and open again by replay.
    NeedsReopen,
    /// The texts are too long, or of a form that no entry may have.
    NotAnEntry(Malformed),
    /// From this entry on another edition of the rules holds, which this program does not know: a newer release's, or
    /// forged. Nothing may be written.
    Newer {
        /// The entry.
        seq: u64,
    },
    /// The key offered may not sign this: another person's, no longer in force, or provisional.
    WrongKey,
    /// Ended early by whoever asked.
    Stopped,
}

impl StoreError {
    /// Damage at an entry.
    pub(super) fn at(seq: u64, what: Fault) -> StoreError {
        StoreError::Damaged { what: fault!("entry", entry = seq, what = what) }
    }

    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            StoreError::Damaged { what } => what.clone(),
            StoreError::Broken(why) => fault!("store_broken", why = why.clone()),
            StoreError::NeedsReopen => fault!("store_needs_reopen"),
            StoreError::NotAnEntry(why) => fault!("store_not_an_entry", why = why.fault()),
            StoreError::Newer { seq } => fault!("entry", entry = *seq, what = fault!("store_newer")),
            StoreError::WrongKey => fault!("store_wrong_key"),
            StoreError::Stopped => fault!("store_stopped"),
        }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for StoreError {}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> StoreError {
        match error {
            redb::Error::Corrupted(why) => StoreError::Damaged { what: fault!("books_corrupted", why = why) },
            other => StoreError::Broken(fault!("storage", why = other.to_string())),
        }
    }
}

macro_rules! through_redb {
    ($($name:ident),*) => {
        $(impl From<redb::$name> for StoreError {
            fn from(error: redb::$name) -> StoreError { redb::Error::from(error).into() }
        })*
    };
}

through_redb!(
    StorageError,
    TableError,
    TransactionError,
    DatabaseError,
    CommitError,
    CompactionError,
    CursorError,
    SetDurabilityError
);

/// The registers could not be read, for the same reason.
impl From<Broken> for StoreError {
    fn from(broken: Broken) -> StoreError {
        StoreError::Broken(broken.0)
    }
}

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken(error.fault())
    }
}

/// Why a frame is not durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalFailure {
    /// Nothing of it stands in the journal: disk full, read-only, device gone.
    NotWritten(Fault),
    /// It may stand there or not: the fsync failed. Nothing more may be written before opening again.
    Unknown(Fault),
}

/// Why a group of commands has no receipts.
#[derive(Debug)]
pub enum CommitError {
    /// Nothing happened; the books stand as before.
    NotWritten(Fault),
    /// Nobody knows: open again and look by the request ids.
    Unknown(Fault),
    /// The group broke off before the journal was asked; nothing happened.
    Store(StoreError),
}

impl CommitError {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            CommitError::NotWritten(why) => fault!("not_written", why = why.clone()),
            CommitError::Unknown(why) => fault!("not_known_whether_written", why = why.clone()),
            CommitError::Store(error) => error.fault(),
        }
    }
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for CommitError {}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> CommitError {
        CommitError::Store(error)
    }
}
