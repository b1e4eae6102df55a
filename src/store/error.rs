//! What can go wrong while keeping the books. Refusals by the rules are not here: they are values of their own.

use crate::domain::Broken;
use crate::log::Malformed;
use std::fmt;

/// Something broke below the rules.
#[derive(Debug)]
pub enum StoreError {
    /// What is stored contradicts itself: stop, show nothing, exit 4. Whether the file or the tables are to blame
    /// is for the vault to say, whose latched error comes first.
    Damaged {
        /// The place, in words: `entry 812: ...`.
        what: String,
    },
    /// The database or its storage could not do what was asked.
    Broken(String),
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
}

impl StoreError {
    /// Damage at an entry.
    pub(super) fn at(seq: u64, why: impl fmt::Display) -> StoreError {
        StoreError::Damaged { what: format!("entry {seq}: {why}") }
    }

    /// Damage at a named place.
    pub(super) fn damaged(what: impl Into<String>) -> StoreError {
        StoreError::Damaged { what: what.into() }
    }
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StoreError::Damaged { what } => write!(f, "damaged: {what}"),
            StoreError::Broken(why) => write!(f, "the books cannot be reached: {why}"),
            StoreError::NeedsReopen => f.write_str("the books must be opened again"),
            StoreError::NotAnEntry(why) => write!(f, "this cannot stand in the log: {why}"),
            StoreError::Newer { seq } => {
                write!(f, "entry {seq}: the rules from here on are those of a newer release, or forged")
            }
            StoreError::WrongKey => f.write_str("this key may not sign that"),
        }
    }
}

impl std::error::Error for StoreError {}

impl From<redb::Error> for StoreError {
    fn from(error: redb::Error) -> StoreError {
        match error {
            redb::Error::Corrupted(what) => StoreError::Damaged { what },
            other => StoreError::Broken(other.to_string()),
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

impl From<StoreError> for Broken {
    fn from(error: StoreError) -> Broken {
        Broken(error.to_string())
    }
}

/// Why a frame is not durable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JournalFailure {
    /// Nothing of it stands in the journal: disk full, read-only, device gone.
    NotWritten(String),
    /// It may stand there or not: the fsync failed. Nothing more may be written before opening again.
    Unknown(String),
}

/// Why a group of commands has no receipts.
#[derive(Debug)]
pub enum CommitError {
    /// Nothing happened; the books stand as before.
    NotWritten(String),
    /// Nobody knows: open again and look by the request ids.
    Unknown(String),
    /// The group broke off before the journal was asked; nothing happened.
    Store(StoreError),
}

impl fmt::Display for CommitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CommitError::NotWritten(why) => write!(f, "not written: {why}"),
            CommitError::Unknown(why) => write!(f, "unknown whether written: {why}"),
            CommitError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for CommitError {}

impl From<StoreError> for CommitError {
    fn from(error: StoreError) -> CommitError {
        CommitError::Store(error)
    }
}
