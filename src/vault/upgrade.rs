//! A vault of an older format taken over: first a whole copy of it beside it, read back and compared, then one rename
//! of the format mark.
//!
//! ```text
//! 1  <vault>.format-1/   every file but the mark, each synced      the vault is of the old format, for old and new
//! 2                      read back and compared                    releases alike; the folder is no vault yet
//! 3  <vault>.format-1/FORMAT                                       two vaults of the old format
//! 4  <vault>/FORMAT      one rename                                this vault is of the new format
//! ```
//!
//! Power failing anywhere: the next opening goes on with the copy that was begun, or finds it whole.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;

use super::blobs::BLOBS;
use super::durable::{Disk, read_exact_at, replace, sync_dir};
use super::error::{Doing, VaultError, Where};
use super::folder::{FORMAT, Found, OPENED_FORMAT, format_line};
use super::keys::KEYS;
use super::lock::LOCK;

const BLOCK: usize = 1 << 20;
/// Free room that is left beside the copy.
const SPARE: u64 = 1 << 20;
/// Copies that stand beside a vault at most; nobody has that many on purpose.
const MOST_COPIES: u32 = 99;

/// What was done to a vault of an older format when it was opened for writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upgraded {
    /// The format it had.
    pub from: u32,
    /// Where the copy of before is, for people.
    pub copy: String,
}

/// Takes a vault over, under its lock and with nothing left over in it.
///
/// # Errors
/// [`VaultError::NotCopied`]: the vault is as it was. Any other: it is of the old format or of the new one.
pub(crate) fn upgrade(disk: &dyn Disk, found: &Found) -> Result<Option<Upgraded>, VaultError> {
    if found.format >= OPENED_FORMAT {
        return Ok(None);
    }
    let upgraded = copy_beside(disk, found)?;
    // Power failing before the rename lasts: the old format. After it: the new one, and the copy.
    raise(disk, OPENED_FORMAT)?;
    Ok(Some(upgraded))
}

/// A whole copy beside the vault, read back and compared: as it was before its format rises.
///
/// # Errors
/// [`VaultError::NotCopied`]: the vault is as it was.
pub(crate) fn copy_beside(disk: &dyn Disk, found: &Found) -> Result<Upgraded, VaultError> {
    let copy = copied(disk, found).map_err(|why| VaultError::NotCopied { why: Box::new(why) })?;
    Ok(Upgraded { from: found.format, copy })
}

/// Puts a vault under the mark of a format: one rename.
pub(crate) fn raise(disk: &dyn Disk, format: u32) -> Result<(), VaultError> {
    replace(disk, FORMAT, format_line(format).as_bytes())?;
    sync_dir(disk, "")
}

/// The files that make the vault, the mark last; and their bytes.
fn files(disk: &dyn Disk, found: &Found) -> Result<(Vec<String>, u64), VaultError> {
    let mut names = Vec::new();
    for folder in ["", KEYS].into_iter().chain(found.has_blobs.then_some(BLOBS)) {
        for one in disk.list(folder).map_err(|e| VaultError::from_io(Doing::Listing, Where::Vault, &e))? {
            let name = if folder.is_empty() { one.name } else { format!("{folder}/{}", one.name) };
            let passing = name == LOCK || name.ends_with(".tmp") || found.superseded.contains(&name);
            if !one.folder && !passing && name != FORMAT {
                names.push(name);
            }
        }
    }
    names.push(FORMAT.to_owned());
    let mut bytes = 0;
    for name in &names {
        let size = disk.open(name).and_then(|file| file.size());
        bytes += size.map_err(|e| VaultError::from_io(Doing::Opening, name, &e))?;
    }
    Ok((names, bytes))
}

fn copied(disk: &dyn Disk, found: &Found) -> Result<String, VaultError> {
    let (names, bytes) = files(disk, found)?;
    let (place, shown) = place(disk, found.format, &names)?;
    let place = &*place;
    if same(disk, place, &names)? {
        // Begun before, and cut after it was whole.
        return Ok(shown);
    }
    let failed = |e: io::Error| VaultError::from_io(Doing::Creating, &shown, &e);
    for folder in ["", KEYS].into_iter().chain(found.has_blobs.then_some(BLOBS)) {
        place.create_folder(folder).map_err(failed)?;
    }
    let free = place.free_space().map_err(failed)?;
    if free < bytes.saturating_add(SPARE) {
        return Err(VaultError::NoRoom { need: bytes.saturating_add(SPARE), free });
    }
    fill(disk, place, &names).inspect_err(|_| {
        // What does not make a vault must not fill the disk.
        for name in &names {
            let _ = place.remove(name);
        }
    })?;
    Ok(shown)
}

/// The folder for the copy: the first that is not there, or holds nothing but this copy, whole or begun.
fn place(disk: &dyn Disk, format: u32, names: &[String]) -> Result<(Arc<dyn Disk>, String), VaultError> {
    let ours: BTreeSet<&str> = names.iter().map(String::as_str).collect();
    for n in 1..=MOST_COPIES {
        let suffix = if n == 1 { format!(".format-{format}") } else { format!(".format-{format}-{n}") };
        let beside = disk.beside(&suffix);
        let (shown, place) =
            beside.map_err(|e| VaultError::from_io(Doing::Opening, Where::FolderAbove, &e))?;
        let failed = |e: io::Error| VaultError::from_io(Doing::Listing, &shown, &e);
        let listed = match place.list("") {
            Ok(listed) => listed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok((place, shown)),
            Err(e) if e.kind() == io::ErrorKind::NotADirectory => continue,
            Err(e) => return Err(failed(e)),
        };
        let mut there: Vec<String> = Vec::new();
        let mut foreign = false;
        for one in listed {
            match one.folder {
                true if matches!(one.name.as_str(), KEYS | BLOBS) => {
                    let within = place.list(&one.name).map_err(failed)?;
                    there.extend(within.into_iter().map(|file| format!("{}/{}", one.name, file.name)));
                }
                true => foreign = true,
                false => there.push(one.name),
            }
        }
        foreign |= there.iter().any(|name| !ours.contains(name.strip_suffix(".tmp").unwrap_or(name)));
        let begun = there.iter().all(|name| name != FORMAT);
        if !foreign && (begun || same(disk, &*place, names)?) {
            return Ok((place, shown));
        }
    }
    Err(VaultError::Occupied { name: Where::CopiesBeside { format } })
}

fn fill(disk: &dyn Disk, place: &dyn Disk, names: &[String]) -> Result<(), VaultError> {
    let Some((mark, files)) = names.split_last() else { return Ok(()) };
    for name in files {
        let failed = |e: io::Error| VaultError::from_io(Doing::Writing, name, &e);
        place.remove(name).map_err(failed)?;
        let to = place.create(name).map_err(failed)?;
        blocks(disk, name, &mut |at, block| to.write_all_at(at, block).map_err(failed))?;
        to.sync_data().map_err(failed)?;
    }
    if files.iter().any(|name| name.starts_with(BLOBS)) {
        sync_dir(place, BLOBS)?;
    }
    sync_dir(place, KEYS)?;
    sync_dir(place, "")?;
    for name in files {
        if !same_file(disk, place, name)? {
            return Err(VaultError::not_kept(name));
        }
    }
    // Only now is the folder a vault.
    let bytes = disk.read(mark, 4096).map_err(|e| VaultError::from_io(Doing::Reading, mark, &e))?;
    replace(place, mark, &bytes)?;
    sync_dir(place, "")
}

/// Given a stretch of a file and where it stands.
type Each<'e> = &'e mut dyn FnMut(u64, &[u8]) -> Result<(), VaultError>;

/// A file from front to back.
fn blocks(disk: &dyn Disk, name: &str, each: Each<'_>) -> Result<(), VaultError> {
    let failed = |e: io::Error| VaultError::from_io(Doing::Reading, name, &e);
    let file = disk.open(name).map_err(failed)?;
    let len = file.size().map_err(failed)?;
    let mut block = vec![0; BLOCK];
    let mut at = 0;
    while at < len {
        let n = (len - at).min(BLOCK as u64) as usize;
        let read = block.get_mut(..n).unwrap_or_default();
        read_exact_at(&*file, at, read).map_err(failed)?;
        each(at, read)?;
        at += n as u64;
    }
    Ok(())
}

/// Whether all files are there, byte for byte.
fn same(disk: &dyn Disk, place: &dyn Disk, names: &[String]) -> Result<bool, VaultError> {
    for name in names {
        if !same_file(disk, place, name)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn same_file(disk: &dyn Disk, place: &dyn Disk, name: &str) -> Result<bool, VaultError> {
    let failed = |e: io::Error| VaultError::from_io(Doing::Reading, name, &e);
    let there = match place.open(name) {
        Ok(there) => there,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(false),
        Err(e) => return Err(failed(e)),
    };
    let size = disk.open(name).and_then(|file| file.size()).map_err(failed)?;
    let mut same = there.size().map_err(failed)? == size;
    let mut copy = vec![0; BLOCK];
    blocks(disk, name, &mut |at, block| {
        let read = copy.get_mut(..block.len()).unwrap_or_default();
        if same {
            read_exact_at(&*there, at, read).map_err(failed)?;
            same = read == block;
        }
        Ok(())
    })?;
    Ok(same)
}
