//! The mark of a copy: which base and segments of the folder are the copy. Replacing it is the one step in which an
//! older copy becomes a newer one; and a folder that has it is not worked in.
//!
//! ```text
//! daicho-copy 1
//! base 12                         generations, as in the names of the files
//! journal 14
//! sum 3c9e...                     SHA-256 of the lines above
//! ```

use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};
use super::frame::sha;
use crate::fault::fault;

pub(crate) const MARK: &str = "COPY";
const FIRST: &str = "daicho-copy 1";
/// A mark has about 120 bytes.
const MAX_MARK: u64 = 4096;

/// What counts in a copy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Generation of its base.
    pub(crate) base: u64,
    /// Generation of its last segment; at least `base + 1`.
    pub(crate) newest: u64,
}

impl Mark {
    fn encode(self) -> String {
        let Self { base, newest } = self;
        let lines = format!("{FIRST}\nbase {base}\njournal {newest}\n");
        let sum: String = sha(&[lines.as_bytes()]).iter().map(|b| format!("{b:02x}")).collect();
        format!("{lines}sum {sum}\n")
    }

    fn decode(text: &str) -> Option<Self> {
        let mut lines = text.lines().skip(1);
        let mut number = |key: &str| lines.next()?.strip_prefix(key)?.parse().ok();
        let (base, newest) = (number("base ")?, number("journal ")?);
        let mark = Self { base, newest };
        (newest > base && mark.encode() == text).then_some(mark)
    }

    /// Reads the mark of a folder that has one.
    pub(crate) fn read(disk: &dyn Disk) -> Result<Self, VaultError> {
        let damaged = || VaultError::damaged(MARK, 0, fault!("bytes_not_as_written"));
        let bytes = disk.read(MARK, MAX_MARK).map_err(|e| match e.kind() {
            std::io::ErrorKind::FileTooLarge => damaged(),
            _ => VaultError::from_io(Doing::Reading, MARK, &e),
        })?;
        String::from_utf8(bytes).ok().and_then(|text| Self::decode(&text)).ok_or_else(damaged)
    }

    /// Power failing here leaves the mark before or this one. All that this one names is durable by now.
    pub(crate) fn write(self, disk: &dyn Disk) -> Result<(), VaultError> {
        replace(disk, MARK, self.encode().as_bytes())?;
        sync_dir(disk, "")
    }
}
