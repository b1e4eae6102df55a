//! Attachments: `blobs/<name>.age`, each one file given to the vault, sealed to its identity as a base is, and never
//! changed. Which of them count is for the caller to know: this module knows names and bytes.
//!
//! ```text
//! 1  blobs/                        made with the first of them
//! 2  blobs/<name>.age.tmp          written and synced
//! 3  blobs/<name>.age              renamed, and the folder synced      only now may a frame name it
//! ```
//!
//! Power failing between 3 and the frame leaves a file that nothing names; [`Vault::keep_blobs`] removes it at the
//! next opening. A name is 64 hexadecimal digits in which the caller mixes a salt: without the key it tells nobody
//! whether a document that they know is here.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Vault;
use super::base::id_of;
use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};
use super::frame::Hash;
use super::keys::VaultIdentity;
use super::slot::{NotOpened, decrypt, encrypt, opens};
use crate::fault::{Fault, fault};

pub(crate) const BLOBS: &str = "blobs";
/// Bytes of one attachment, at most.
pub const MOST_BLOB: u64 = 10 << 20;
/// Bytes of its file: the seal of each 64 KiB, and a header with room for stanzas of grease.
const MOST_FILE: u64 = MOST_BLOB + (MOST_BLOB / (64 << 10) + 2) * 16 + (8 << 10);
const ENDING: &str = ".age";
/// What is wrong with a file that none of the vault's identities opens.
const UNOPENED: Fault = fault!("bytes_header_seal");

/// What is known of an attachment that was read whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Blob {
    /// Bytes of what was attached.
    pub size: u64,
    /// Its SHA-256.
    pub digest: [u8; 32],
}

impl Blob {
    /// What is known of these bytes.
    pub fn of(plain: &[u8]) -> Self {
        Self { size: plain.len() as u64, digest: Sha256::digest(plain).into() }
    }
}

/// Whether a name may be one of an attachment: 64 hexadecimal digits.
fn valid_name(name: &str) -> bool {
    name.len() == 64 && name.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Where the attachment of a name lies in the folder, for people and for errors.
pub fn blob_file(name: &str) -> String {
    format!("{BLOBS}/{name}{ENDING}")
}

/// What a file in `blobs/` is. `None`: it does not belong there.
pub(crate) enum Kind {
    Whole,
    /// Of a write that was cut.
    Leftover,
}

pub(crate) fn kind_of(file: &str) -> Option<Kind> {
    let whole = file.strip_suffix(".tmp").unwrap_or(file);
    whole.strip_suffix(ENDING).filter(|name| valid_name(name))?;
    Some(if whole.len() == file.len() { Kind::Whole } else { Kind::Leftover })
}

/// The names of the attachments that lie in a folder, ascending; none where there never was one.
pub(crate) fn names(disk: &dyn Disk) -> Result<BTreeSet<String>, VaultError> {
    let listed = match disk.list(BLOBS) {
        Ok(listed) => listed,
        // Not there yet, or a file in its place, which the inspection names.
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Vec::new(),
        Err(e) => return Err(VaultError::from_io(Doing::Listing, BLOBS, &e)),
    };
    let whole = listed.into_iter().filter(|one| !one.folder);
    let names = whole.filter_map(|one| one.name.strip_suffix(ENDING).map(str::to_owned));
    Ok(names.filter(|name| valid_name(name)).collect())
}

/// The file of an attachment as it lies there. `None`: there is none.
pub(crate) fn sealed(disk: &dyn Disk, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
    let file = blob_file(name);
    match disk.read(&file, MOST_FILE) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => Ok(None),
        Err(e) if e.kind() == io::ErrorKind::FileTooLarge => {
            Err(VaultError::damaged(&file, MOST_FILE, fault!("bytes_too_large")))
        }
        Err(e) => Err(VaultError::from_io(Doing::Reading, &file, &e)),
    }
}

/// Reads an attachment whole. `None`: there is no such file.
///
/// # Errors
/// Its damage, or the device's.
pub fn read_blob(
    disk: &dyn Disk,
    identity: &VaultIdentity,
    name: &str,
) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
    let Some(bytes) = sealed(disk, name)? else { return Ok(None) };
    match decrypt(&identity.identities(), &bytes) {
        Ok(plain) => Ok(Some(Zeroizing::new(plain))),
        // Whoever asks has the vault open: it is the file that does not fit, and not the key.
        Err(NotOpened::WrongKey) => Err(VaultError::damaged(&blob_file(name), 0, UNOPENED)),
        Err(NotOpened::Damaged(what)) => Err(VaultError::damaged(&blob_file(name), 0, what)),
    }
}

/// Writes an attachment into a folder of one's own, durably.
///
/// # Errors
/// One that is empty, too large, or of a name that none may have; the device's.
pub fn write_blob(
    disk: &dyn Disk,
    identity: &VaultIdentity,
    name: &str,
    plain: &[u8],
) -> Result<(), VaultError> {
    if !valid_name(name) || plain.is_empty() || plain.len() as u64 > MOST_BLOB {
        return Err(VaultError::Unacceptable { what: fault!("unfit_attachment") });
    }
    let bytes = encrypt(&[&identity.recipient()?], plain)?;
    disk.create_folder(BLOBS).map_err(|e| VaultError::from_io(Doing::Creating, BLOBS, &e))?;
    replace(disk, &blob_file(name), &bytes)?;
    sync_dir(disk, BLOBS)
}

/// Bytes of all files of attachments.
pub(crate) fn bytes_of(disk: &dyn Disk, names: impl IntoIterator<Item = impl AsRef<str>>) -> u64 {
    let size = |name: &str| disk.open(&blob_file(name)).and_then(|file| file.size()).unwrap_or(0);
    names.into_iter().map(|name| size(name.as_ref())).sum()
}

/// Reads every attachment that lies there, from the first byte to the last; `read` is told the bytes of each file. One
/// that is removed meanwhile is not among them: whether it should be there the caller knows.
pub(crate) fn verify_blobs(
    disk: &dyn Disk,
    identity: &VaultIdentity,
    findings: &mut Vec<VaultError>,
    read: &mut dyn FnMut(u64),
) -> BTreeMap<String, Blob> {
    let mut whole = BTreeMap::new();
    let names = names(disk).unwrap_or_else(|e| {
        findings.push(e);
        BTreeSet::new()
    });
    for name in names {
        let bytes = bytes_of(disk, [&name]);
        match read_blob(disk, identity, &name) {
            Ok(Some(plain)) => drop(whole.insert(name, Blob::of(&plain))),
            Ok(None) => {}
            Err(e) => findings.push(e),
        }
        read(bytes);
    }
    whole
}

/// What names one sealed file among all others of the same contents: see [`id_of`].
pub(crate) fn seal_of(disk: &dyn Disk, name: &str) -> io::Result<Option<(u64, Hash)>> {
    let file = disk.open(&blob_file(name))?;
    Ok(id_of(&*file)?.zip(Some(file.size()?)).map(|(id, size)| (size, id)))
}

/// Removes the attachments that are not among `wanted`. Gives their names.
pub(crate) fn keep_only(disk: &dyn Disk, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, VaultError> {
    let mut gone = Vec::new();
    for name in names(disk)?.into_iter().filter(|name| !wanted(name)) {
        let file = blob_file(&name);
        disk.remove(&file).map_err(|e| VaultError::from_io(Doing::Removing, &file, &e))?;
        gone.push(name);
    }
    if !gone.is_empty() {
        sync_dir(disk, BLOBS)?;
    }
    Ok(gone)
}

impl Vault {
    /// Makes an attachment durable: when this returns, a frame may name it. Without a frame that does, it is removed
    /// by [`Vault::keep_blobs`].
    ///
    /// # Errors
    /// One that is empty, too large (see [`MOST_BLOB`]) or of a name that none may have; the device's. Nothing counts
    /// then.
    pub fn put_blob(&self, name: &str, plain: &[u8]) -> Result<(), VaultError> {
        self.refuse_blobs()?;
        let need = plain.len() as u64 + (64 << 10);
        match self.disk().free_space() {
            Ok(free) if free < need => return Err(VaultError::NoRoom { need, free }),
            _ => {}
        }
        write_blob(self.disk(), &self.identity(), name, plain)
    }

    /// Reads an attachment whole. `None`: there is no such file.
    ///
    /// # Errors
    /// Its damage, or the device's.
    pub fn blob(&self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, VaultError> {
        read_blob(self.disk(), &self.identity(), name)
    }

    /// The names of the attachments that lie here, named by a frame or not.
    ///
    /// # Errors
    /// The device's.
    pub fn blob_names(&self) -> Result<BTreeSet<String>, VaultError> {
        names(self.disk())
    }

    /// Removes every attachment that is not wanted: of a write that was cut before its frame, or erased. Gives their
    /// names. Cut in the middle, the next opening goes on.
    ///
    /// # Errors
    /// The device's: some may be left.
    pub fn keep_blobs(&self, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<String>, VaultError> {
        self.refuse_blobs()?;
        keep_only(self.disk(), wanted)
    }

    /// Seals anew what the first of the identities does not open, one file at a time: cut anywhere, each is whole
    /// under an identity that `keys/vault.age` opens, and the next try goes on.
    ///
    /// # Errors
    /// Damage of one, which nobody can seal anew; the device's.
    pub fn reseal_blobs(&self) -> Result<(), VaultError> {
        self.refuse_blobs()?;
        let identity = self.identity();
        let newest = identity.newest();
        for name in names(self.disk())? {
            let Some(bytes) = sealed(self.disk(), &name)? else { continue };
            if opens(&newest.identities(), &bytes) {
                continue;
            }
            let Some(plain) = read_blob(self.disk(), &identity, &name)? else { continue };
            write_blob(self.disk(), &newest, &name, &plain)?;
        }
        Ok(())
    }

    fn refuse_blobs(&self) -> Result<(), VaultError> {
        if self.is_poisoned() {
            // Nobody knows which frames there are: what none names now may be named by one.
            return Err(VaultError::Poisoned);
        }
        if self.is_read_only() { Err(VaultError::ReadOnly) } else { Ok(()) }
    }
}
