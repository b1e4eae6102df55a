//! What can go wrong with a vault, as values: a stable name, the data, and one plain sentence each.
//! The wording people see is the desk's; `Display` here is for the command line and for tests.

use std::fmt;
use std::io;

use super::lock::Holder;

/// A vault could not be found, opened, read or kept. Never carries a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultError {
    /// The folder does not exist; which.
    Missing { place: String },
    /// The folder above the one that is to be made does not exist; which is to be made.
    NoPlace { place: String },
    /// The account this program runs under may not read it.
    NotReadable { file: String },
    /// The folder exists and holds nothing of a vault.
    NotAVault,
    /// Some of a vault's files are there, others are not: a creation that was cut, or a partial copy.
    HalfThere { what: String },
    /// Written by a newer program.
    NewerFormat { found: String },
    /// Of an older format, and there is no copy of it beside it yet: it was not taken over, and is as it was.
    NotCopied { why: Box<VaultError> },
    /// Something in the folder that does not belong to a vault.
    Foreign { name: String },
    /// A vault is wanted where something already is.
    Occupied { name: String },
    /// A vault or copy that was never finished: its making was cut off; the folder.
    NeverFinished { place: String },
    /// The folder or its device cannot be written to.
    ReadOnly,
    /// A copy that a backup made: it is read, checked and restored from, and never written to by a session.
    IsACopy,
    /// Another process writes to this vault.
    Held { by: Holder },
    /// Bytes are not as they were written. Nothing was changed by finding this.
    Damaged { file: String, offset: u64, what: &'static str },
    /// The key given does not open the file: another vault's, another time's, or its header is damaged.
    WrongKey { file: String },
    /// No room on the device. The old state is untouched.
    DiskFull,
    /// Less room on the device than a work would take; it was not begun. Bytes.
    NoRoom { need: u64, free: u64 },
    /// The device answered with an error.
    Device { doing: &'static str, file: String, kind: io::ErrorKind },
    /// An earlier sync failed; what is on the device is unknown until the vault is opened again.
    Poisoned,
    /// A checkpoint is already running.
    Busy,
    /// A name, number or key given by the caller is not acceptable.
    Unacceptable { what: &'static str },
}

/// What is done, in [`VaultError::from_io`]'s words, by whoever only reads.
const READS: [&str; 3] = ["reading", "listing", "opening"];

impl VaultError {
    /// A stable name for machines; never changes between releases.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Missing { .. } => "vault_missing",
            Self::NoPlace { .. } => "vault_no_place",
            Self::NotReadable { .. } => "vault_not_readable",
            Self::NotAVault => "vault_not_a_vault",
            Self::HalfThere { .. } => "vault_half_there",
            Self::NewerFormat { .. } => "vault_newer_format",
            Self::NotCopied { .. } => "vault_not_copied",
            Self::Foreign { .. } => "vault_foreign_file",
            Self::Occupied { .. } => "vault_occupied",
            Self::NeverFinished { .. } => "vault_never_finished",
            Self::ReadOnly => "vault_read_only",
            Self::IsACopy => "vault_is_a_copy",
            Self::Held { .. } => "vault_held",
            Self::Damaged { .. } => "vault_damaged",
            Self::WrongKey { .. } => "vault_wrong_key",
            Self::DiskFull => "vault_disk_full",
            Self::NoRoom { .. } => "vault_no_room",
            Self::Device { .. } => "vault_device",
            Self::Poisoned => "vault_poisoned",
            Self::Busy => "vault_busy",
            Self::Unacceptable { .. } => "vault_unacceptable",
        }
    }

    /// Whether bytes at rest are wrong (exit 4), rather than the place or the moment (exit 3).
    pub fn is_damage(&self) -> bool {
        matches!(self, Self::Damaged { .. } | Self::HalfThere { .. } | Self::WrongKey { .. })
    }

    /// Whether the device failed (exit 5).
    pub fn is_device(&self) -> bool {
        matches!(self, Self::Device { .. })
    }

    /// Whether nothing is known of the bytes at rest, because they were not read.
    pub fn is_unread(&self) -> bool {
        matches!(self, Self::Device { .. } | Self::NotReadable { .. })
    }

    pub(crate) fn damaged(file: &str, offset: u64, what: &'static str) -> Self {
        Self::Damaged { file: file.to_owned(), offset, what }
    }

    /// A file of this very run does not read back as it was written. The device failed, and nothing at rest is
    /// damaged: the file does not count yet.
    pub(crate) fn not_kept(file: &str) -> Self {
        Self::Device { doing: "reading back", file: file.to_owned(), kind: io::ErrorKind::InvalidData }
    }

    pub(crate) fn from_io(doing: &'static str, file: &str, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            // A limit on the size of files (ulimit -f) is as a full disk: nothing more can be written.
            io::ErrorKind::FileTooLarge if !READS.contains(&doing) => Self::DiskFull,
            io::ErrorKind::PermissionDenied if READS.contains(&doing) => {
                Self::NotReadable { file: file.to_owned() }
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            kind => Self::Device { doing, file: file.to_owned(), kind },
        }
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing { place } => {
                write!(f, "there is no folder at this place; check the path or the device: {place}")
            }
            Self::NoPlace { place } => {
                write!(
                    f,
                    "the folder in which {place} is to be made is not there; check the path or the device"
                )
            }
            Self::NotReadable { file } => {
                write!(
                    f,
                    "this account may not read {file}; nothing was changed; use the account it belongs to"
                )
            }
            Self::NotAVault => write!(f, "this folder is not a vault; nothing was changed"),
            Self::HalfThere { what } => write!(
                f,
                "only part of a vault is here ({what} is missing); nothing was changed; restore the folder from a copy"
            ),
            Self::NewerFormat { found } => write!(
                f,
                "this vault was written by a newer version ({found}); nothing was changed; use that version"
            ),
            Self::NotCopied { why } => {
                write!(f, "the copy before the new format could not be made: {why}")
            }
            Self::Foreign { name } => {
                write!(
                    f,
                    "{name} does not belong in a vault; move it elsewhere and open again; nothing was changed"
                )
            }
            Self::Occupied { name } => {
                write!(f, "{name} is already here; a new vault needs an empty folder; nothing was changed")
            }
            Self::NeverFinished { place } => {
                write!(
                    f,
                    "what was to be made in {place} was never finished; nothing in it counts; make it again"
                )
            }
            Self::ReadOnly => write!(
                f,
                "this place cannot be written to; what is stored is safe; make it writable or open it for reading"
            ),
            Self::IsACopy => write!(
                f,
                "this is a copy that a backup made; nothing was changed; restore from it, and work in what that gives"
            ),
            Self::Held { by } => {
                write!(f, "another session has this vault open: {by}; close it there, or open for reading")
            }
            Self::Damaged { file, offset, what } => write!(
                f,
                "{file} is damaged at byte {offset}: {what}; nothing was changed; copy the folder as it is, then restore"
            ),
            Self::WrongKey { file } => write!(
                f,
                "this key does not open {file}: its beginning is damaged, or the two are not of the same vault and time"
            ),
            Self::DiskFull => {
                write!(f, "the device is full; everything recorded so far is safe; make room and try again")
            }
            Self::NoRoom { need, free } => write!(
                f,
                "the device has room for {free} bytes, and {need} are needed; nothing was changed; make room and try again"
            ),
            Self::Device { doing, file, kind } => write!(
                f,
                "the device failed while {doing} {file} ({kind}); what was recorded before is safe; check the device"
            ),
            Self::Poisoned => write!(
                f,
                "the device did not confirm an earlier write; nothing more is written; close, open again and look"
            ),
            Self::Busy => write!(f, "a checkpoint is already running; wait for it or stop it first"),
            Self::Unacceptable { what } => write!(f, "not acceptable: {what}"),
        }
    }
}

impl std::error::Error for VaultError {}

/// A frame was not acknowledged. The three are never to be confused: only after [`AppendError::Unknown`] may
/// the frame be there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AppendError {
    /// Certainly not there, now or after a power cut; the old state stands.
    NotWritten(VaultError),
    /// The device did not confirm. Open the vault again and look; until then nothing more is taken.
    Unknown(VaultError),
    /// Refused because of an earlier `Unknown` or a device that could not be cleaned up. Certainly not there.
    Poisoned,
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotWritten(why) => write!(f, "not recorded: {why}"),
            Self::Unknown(why) => {
                write!(f, "it is not known whether this was recorded: {why}; open again and look")
            }
            Self::Poisoned => write!(f, "not recorded: {}", VaultError::Poisoned),
        }
    }
}

impl std::error::Error for AppendError {}
