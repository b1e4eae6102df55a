//! What a terminal saw last of a log: a short note on the terminal's own disk, outside every vault, so that a vault
//! which was put back as it was days ago does not pass for the one of yesterday.
//!
//! ```text
//! <first 32 digits of the founding root>.seen      daicho seen 1 FOUNDING ENTRY ROOT TIME
//! ```

use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};
use std::io;

/// Begins a note; its number is that of the shape.
const BEGINS: &str = "daicho seen 1";
/// Bytes of the longest note that is read.
const MOST: u64 = 512;
/// Hex digits of a root.
const ROOT: usize = 64;

/// The last entry that a terminal saw of a log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The root over the founding entry alone, hex: which log it is.
    pub founding: String,
    /// The entry's number.
    pub entry: u64,
    /// The root over the log up to and with it, hex.
    pub root: String,
    /// The time in its head, RFC 3339.
    pub time: String,
}

pub(crate) fn is_root(text: &str) -> bool {
    text.len() == ROOT && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

fn name_of(founding: &str) -> Option<String> {
    is_root(founding).then(|| format!("{}.seen", &founding[..32]))
}

impl Seen {
    fn parse(bytes: &[u8], founding: &str) -> Option<Seen> {
        let mut words = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?.strip_prefix(BEGINS)?.split(' ');
        if words.next() != Some("") || words.next() != Some(founding) {
            return None;
        }
        let (entry, root, time) = (words.next()?, words.next()?, words.next()?);
        let seen = Seen {
            founding: founding.to_owned(),
            entry: entry.parse().ok()?,
            root: root.to_owned(),
            time: time.to_owned(),
        };
        (words.next().is_none() && is_root(root)).then_some(seen)
    }
}

/// What the terminal noted of a log. `None` where it noted nothing, or what is there is no note.
///
/// # Errors
/// The place cannot be read.
pub fn read_seen(disk: &dyn Disk, founding: &str) -> Result<Option<Seen>, VaultError> {
    let Some(name) = name_of(founding) else { return Ok(None) };
    match disk.read(&name, MOST) {
        Ok(bytes) => Ok(Seen::parse(&bytes, founding)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(VaultError::from_io(Doing::Reading, &name, &e)),
    }
}

/// Notes what was seen, in the place of what was noted before. Power failing here: the one or the other.
///
/// # Errors
/// The place cannot be written.
pub fn write_seen(disk: &dyn Disk, seen: &Seen) -> Result<(), VaultError> {
    let Some(name) = name_of(&seen.founding) else { return Ok(()) };
    let Seen { founding, entry, root, time } = seen;
    replace(disk, &name, format!("{BEGINS} {founding} {entry} {root} {time}\n").as_bytes())?;
    sync_dir(disk, "")
}
