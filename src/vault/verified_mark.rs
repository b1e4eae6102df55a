//! A verified mark: a person's note that the books of a log were found to be what its entries make them, on the terminal's
//! own disk beside what it saw last (`seen`). Who may trust one is for whoever checks the signature to say.
//!
//! ```text
//! <first 32 digits of the founding root>.<user>.mark
//! daicho mark 1 FOUNDING USER PROGRAM ENTRY ROOT BASE SIGNATURE
//! ```

use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};
use super::keys::valid_user_id;
use super::seen::is_root;
use std::io;

/// Begins a mark; its number is that of the shape.
const BEGINS: &str = "daicho mark 1";
/// Bytes of the longest mark that is read.
const MOST: u64 = 768;
/// Hex digits of a signature.
const SIGNATURE: usize = 128;

/// What somebody verified, and by which program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedMark {
    /// The root over the founding entry alone, hex: which log it is.
    pub founding: String,
    /// The login ID of whoever verified it.
    pub user: String,
    /// The program that did, and what its derived tables depend on: another makes other books of the same entries.
    pub program: String,
    /// The last entry that was verified.
    pub entry: u64,
    /// The root over the log up to and with it, hex.
    pub root: String,
    /// The digest of the base over which the books were, hex.
    pub base: String,
}

fn name_of(founding: &str, user: &str) -> Option<String> {
    (is_root(founding) && valid_user_id(user)).then(|| format!("{}.{user}.mark", &founding[..32]))
}

impl VerifiedMark {
    /// What is signed: all of it but the signature.
    pub fn text(&self) -> String {
        let VerifiedMark { founding, user, program, entry, root, base } = self;
        format!("{BEGINS} {founding} {user} {program} {entry} {root} {base}")
    }

    fn parse(bytes: &[u8], founding: &str, user: &str) -> Option<(VerifiedMark, String)> {
        let text = std::str::from_utf8(bytes).ok()?.strip_suffix('\n')?;
        let mut words = text.strip_prefix(BEGINS)?.split(' ');
        if words.next() != Some("") || words.next() != Some(founding) || words.next() != Some(user) {
            return None;
        }
        let (program, entry) = (words.next()?, words.next()?);
        let (root, base, signature) = (words.next()?, words.next()?, words.next()?);
        let mark = VerifiedMark {
            founding: founding.to_owned(),
            user: user.to_owned(),
            program: program.to_owned(),
            entry: entry.parse().ok()?,
            root: root.to_owned(),
            base: base.to_owned(),
        };
        let fits = words.next().is_none() && is_root(root) && is_root(base) && signature.len() == SIGNATURE;
        // One spelling alone: what was signed is what stands there.
        (fits && text == format!("{} {signature}", mark.text())).then(|| (mark, signature.to_owned()))
    }
}

/// The mark of a user for a log, with its signature, hex, which nobody has looked at yet. `None` where there is none, or
/// what is there is no mark.
///
/// # Errors
/// The place cannot be read.
pub fn read_verified_mark(
    disk: &dyn Disk,
    founding: &str,
    user: &str,
) -> Result<Option<(VerifiedMark, String)>, VaultError> {
    let Some(name) = name_of(founding, user) else { return Ok(None) };
    match disk.read(&name, MOST) {
        Ok(bytes) => Ok(VerifiedMark::parse(&bytes, founding, user)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(VaultError::from_io(Doing::Reading, &name, &e)),
    }
}

/// Puts a mark in the place of the one that its user had for the log. Power failing here: the one or the other.
///
/// # Errors
/// The place cannot be written.
pub fn write_verified_mark(disk: &dyn Disk, mark: &VerifiedMark, signature: &str) -> Result<(), VaultError> {
    let Some(name) = name_of(&mark.founding, &mark.user) else { return Ok(()) };
    replace(disk, &name, format!("{} {signature}\n", mark.text()).as_bytes())?;
    sync_dir(disk, "")
}
