//! What can go wrong with a vault, as values: a stable name and the data. Its sentences stand with those of all other
//! faults; `Display` gives the English one.

use super::lock::Holder;
use crate::fault::{Fault, Value, fault, of_kind};
use std::fmt;
use std::io;

/// A file or folder that an error is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Where {
    /// By its own name, or its path.
    Named(String),
    /// The folder of the vault, on a disk that does not say where it is.
    Vault,
    /// The folder at hand.
    Folder,
    /// The folder above the one at hand.
    FolderAbove,
    /// A file where a folder should be.
    File,
    /// The folder of the copy.
    Copy,
    /// The base, of whatever generation.
    Base,
    /// All names that the copy before a new format could have beside the vault.
    CopiesBeside {
        /// The format that the vault has now.
        format: u32,
    },
}

impl Where {
    /// Its own name, where it has one.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::Named(name) => Some(name),
            _ => None,
        }
    }

    /// What it is called where it has no name of its own.
    pub fn fault(&self) -> Option<Fault> {
        Some(match self {
            Self::Named(_) => return None,
            Self::Vault => fault!("where_vault"),
            Self::Folder => fault!("where_folder"),
            Self::FolderAbove => fault!("where_folder_above"),
            Self::File => fault!("where_file"),
            Self::Copy => fault!("where_copy"),
            Self::Base => fault!("where_base"),
            Self::CopiesBeside { format } => fault!("where_copies_beside", format = *format),
        })
    }
}

/// The folder at hand goes by an empty name among the files of a vault.
impl From<&str> for Where {
    fn from(name: &str) -> Self {
        if name.is_empty() { Self::Folder } else { Self::Named(name.to_owned()) }
    }
}

impl From<&String> for Where {
    fn from(name: &String) -> Self {
        name.as_str().into()
    }
}

impl From<String> for Where {
    fn from(name: String) -> Self {
        name.as_str().into()
    }
}

impl From<&Where> for Value {
    fn from(place: &Where) -> Value {
        place.fault().map_or_else(|| place.name().unwrap_or_default().into(), Value::from)
    }
}

/// What was being done when a device failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doing {
    /// Making sure that bytes, or the names in a folder, are on the device.
    Syncing,
    Writing,
    ReadingBack,
    Extending,
    Reading,
    Listing,
    Opening,
    Creating,
    Removing,
    Cutting,
    Clearing,
    Locking,
}

impl Doing {
    /// Everything that is done with a device.
    pub const ALL: [Doing; 12] = [
        Self::Syncing,
        Self::Writing,
        Self::ReadingBack,
        Self::Extending,
        Self::Reading,
        Self::Listing,
        Self::Opening,
        Self::Creating,
        Self::Removing,
        Self::Cutting,
        Self::Clearing,
        Self::Locking,
    ];

    /// Whether it is what somebody does who only reads.
    fn only_reads(self) -> bool {
        matches!(self, Self::Reading | Self::Listing | Self::Opening)
    }

    fn fault(self) -> Fault {
        match self {
            Self::Syncing => fault!("doing_syncing"),
            Self::Writing => fault!("doing_writing"),
            Self::ReadingBack => fault!("doing_reading_back"),
            Self::Extending => fault!("doing_extending"),
            Self::Reading => fault!("doing_reading"),
            Self::Listing => fault!("doing_listing"),
            Self::Opening => fault!("doing_opening"),
            Self::Creating => fault!("doing_creating"),
            Self::Removing => fault!("doing_removing"),
            Self::Cutting => fault!("doing_cutting"),
            Self::Clearing => fault!("doing_clearing"),
            Self::Locking => fault!("doing_locking"),
        }
    }
}

/// A vault could not be found, opened, read or kept. Never carries a secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultError {
    /// The folder does not exist; which.
    Missing { place: Where },
    /// The folder above the one that is to be made does not exist; which is to be made.
    NoPlace { place: Where },
    /// The account this program runs under may not read it.
    NotReadable { file: Where },
    /// The folder exists and holds nothing of a vault.
    NotAVault,
    /// Some of a vault's files are there, others are not: a creation that was cut, or a partial copy.
    HalfThere { what: Where },
    /// Written by a newer program: the format it has.
    NewerFormat { found: u32 },
    /// Of an older format, and there is no copy of it beside it yet: it was not taken over, and is as it was.
    NotCopied { why: Box<VaultError> },
    /// Something in the folder that does not belong to a vault.
    Foreign { name: String },
    /// A vault is wanted where something already is.
    Occupied { name: Where },
    /// A vault or copy that was never finished: its making was cut off; the folder.
    NeverFinished { place: Where },
    /// The folder or its device cannot be written to.
    ReadOnly,
    /// A copy that a backup made: it is read, checked and restored from, and never written to by a session.
    IsACopy,
    /// Another process writes to this vault.
    Held { by: Holder },
    /// Folder, lock or journal are no longer what was opened: removed, replaced, moved away, or written to by somebody
    /// else. Nothing more is written.
    Exchanged { what: Where },
    /// Bytes are not as they were written. Nothing was changed by finding this.
    Damaged { file: String, offset: u64, what: Fault },
    /// The key given does not open the file: another vault's, another time's, or its header is damaged.
    WrongKey { file: String },
    /// No room on the device. The old state is untouched.
    DiskFull,
    /// Less room on the device than a work would take; it was not begun. Bytes.
    NoRoom { need: u64, free: u64 },
    /// The device answered with an error.
    Device { doing: Doing, file: Where, kind: io::ErrorKind },
    /// An earlier sync failed; what is on the device is unknown until the vault is opened again.
    Poisoned,
    /// A checkpoint is already running.
    Busy,
    /// A name, number or key given by the caller is not acceptable.
    Unacceptable { what: Fault },
}

impl VaultError {
    /// A stable name for machines; never changes between releases.
    pub fn name(&self) -> &'static str {
        self.fault().name()
    }

    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Missing { place } => fault!("vault_missing", place = place),
            Self::NoPlace { place } => fault!("vault_no_place", place = place),
            Self::NotReadable { file } => fault!("vault_not_readable", file = file),
            Self::NotAVault => fault!("vault_not_a_vault"),
            Self::HalfThere { what } => fault!("vault_half_there", file = what),
            Self::NewerFormat { found } => fault!("vault_newer_format", format = *found),
            Self::NotCopied { why } => fault!("vault_not_copied", why = why.fault()),
            Self::Foreign { name } => fault!("vault_foreign_file", file = name),
            Self::Occupied { name } => fault!("vault_occupied", file = name),
            Self::NeverFinished { place } => fault!("vault_never_finished", place = place),
            Self::ReadOnly => fault!("vault_read_only"),
            Self::IsACopy => fault!("vault_is_a_copy"),
            Self::Held { by } => fault!("vault_held", by = by.fault()),
            Self::Exchanged { what } => fault!("vault_exchanged", what = what),
            Self::Damaged { file, offset, what } => {
                fault!("vault_damaged", file = file, offset = *offset, what = what.clone())
            }
            Self::WrongKey { file } => fault!("vault_wrong_key", file = file),
            Self::DiskFull => fault!("vault_disk_full"),
            Self::NoRoom { need, free } => fault!("vault_no_room", need = *need, free = *free),
            Self::Device { doing, file, kind } => {
                fault!("vault_device", doing = doing.fault(), file = file, kind = of_kind(*kind))
            }
            Self::Poisoned => fault!("vault_poisoned"),
            Self::Busy => fault!("vault_busy"),
            Self::Unacceptable { what } => fault!("vault_unacceptable", what = what.clone()),
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

    pub(crate) fn damaged(file: &str, offset: u64, what: Fault) -> Self {
        Self::Damaged { file: file.to_owned(), offset, what }
    }

    /// A file of this very run does not read back as it was written. The device failed, and nothing at rest is
    /// damaged: the file does not count yet.
    pub(crate) fn not_kept(file: &str) -> Self {
        Self::Device { doing: Doing::ReadingBack, file: file.into(), kind: io::ErrorKind::InvalidData }
    }

    pub(crate) fn from_io(doing: Doing, file: impl Into<Where>, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            // A limit on the size of files (ulimit -f) is as a full disk: nothing more can be written.
            io::ErrorKind::FileTooLarge if !doing.only_reads() => Self::DiskFull,
            io::ErrorKind::PermissionDenied if doing.only_reads() => Self::NotReadable { file: file.into() },
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            kind => Self::Device { doing, file: file.into(), kind },
        }
    }
}

impl fmt::Display for VaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
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

impl AppendError {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Self::NotWritten(why) => fault!("not_recorded", why = why.fault()),
            Self::Unknown(why) => fault!("not_known_whether_recorded", why = why.fault()),
            Self::Poisoned => fault!("not_recorded", why = VaultError::Poisoned.fault()),
        }
    }
}

impl fmt::Display for AppendError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for AppendError {}
