//! What still decrypts of a damaged vault: each file by itself, on behind what does not. Nothing is written here, and
//! nothing is taken for whole because something beside it is.

use std::io::{self, Read, Seek, SeekFrom};

use super::base::{CHUNK, Cursor, base_name, chunk_error, header_len, not_opened};
use super::blobs::BLOBS;
use super::durable::{Disk, ReadAt, read_exact_at, replace, sync_dir};
use super::error::{Doing, VaultError, Where};
use super::folder::{generations, place_of};
use super::frame::{FrameHeader, HEADER, SECTOR, open_part, sha};
use super::journal::{segment_name, whole_len};
use super::keys::{KEYS, VaultIdentity};
use super::slot::encrypt;
use super::walk::walk;
use crate::fault::fault;

/// The largest key file that is looked at.
const MAX_KEY_FILE: u64 = 4 << 20;
const CIPHER_CHUNK: u64 = CHUNK as u64 + 16;
/// Bytes that are copied at a time, and that are given up at a time where a device does not read them.
const BLOCK: usize = 64 << 10;
const SMALL_BLOCK: usize = 4 << 10;
/// Segments missing in a row that are named.
const MISSING_NAMED: usize = 100;

/// What is met on the way from the first byte to the last.
#[derive(Debug)]
pub enum Part<'p> {
    /// A base begins; it holds all that the ones before it do.
    Base,
    /// 64 KiB of an image that decrypt, or its end. `goes_on`: it follows the part before without a hole.
    Image { bytes: &'p [u8], goes_on: bool },
    /// A frame of the journal that decrypts.
    Frame(&'p [u8]),
    /// Something stood here that does not, or may have.
    Hole,
}

/// Gives every part that still decrypts to `each`, oldest base first, then the journal in order. Gives back what does
/// not, with its place; a torn frame at the end is none of that. What the device does not read is among
/// it ([`VaultError::is_device`]): of that nobody knows whether it is lost.
pub fn salvage(disk: &dyn Disk, identity: &VaultIdentity, each: &mut dyn FnMut(Part<'_>)) -> Vec<VaultError> {
    let mut findings = Vec::new();
    let (bases, segments) = match generations(disk) {
        Ok(found) => found,
        Err(e) => return vec![e],
    };
    if bases.is_empty() {
        findings.push(VaultError::HalfThere { what: Where::Base });
    }
    for generation in &bases {
        let name = base_name(*generation);
        each(Part::Base);
        if let Err(e) = image(disk, &name, identity, each, &mut findings) {
            each(Part::Hole);
            findings.push(e);
        }
    }
    let first = bases.last().map_or(segments.first().copied().unwrap_or(0), |base| base.saturating_add(1));
    let mut due = first;
    for generation in segments {
        missing(due, generation, each, &mut findings);
        if let Err(e) = segment(disk, generation, identity, each, &mut findings) {
            each(Part::Hole);
            findings.push(e);
        }
        due = due.max(generation.saturating_add(1));
    }
    if due == first {
        // Of those before the base there may be some, and behind it none.
        missing(first, first.saturating_add(1), each, &mut findings);
    }
    findings
}

/// Segments that should be there, from one up to another. A file may be called by any number: so many are named.
fn missing(due: u64, before: u64, each: &mut dyn FnMut(Part<'_>), findings: &mut Vec<VaultError>) {
    for generation in (due..before).take(MISSING_NAMED) {
        each(Part::Hole);
        findings.push(VaultError::HalfThere { what: segment_name(generation).into() });
    }
}

/// Every chunk of an image that decrypts.
fn image(
    disk: &dyn Disk,
    name: &str,
    identity: &VaultIdentity,
    each: &mut dyn FnMut(Part<'_>),
    findings: &mut Vec<VaultError>,
) -> Result<(), VaultError> {
    let failed = |e: io::Error| VaultError::from_io(Doing::Reading, name, &e);
    let file = disk.open(name).map_err(failed)?;
    let len = file.size().map_err(failed)?;
    let start = header_len(&*file).map_err(failed)?;
    let start = start.ok_or_else(|| VaultError::damaged(name, 0, fault!("bytes_header_form")))?;
    let chunks = len.saturating_sub(start).div_ceil(CIPHER_CHUNK);
    let cut = || VaultError::damaged(name, len, fault!("bytes_cut_short"));
    if chunks == 0 {
        return Err(cut());
    }
    let mut reader = None;
    let mut goes_on = false;
    for index in 0..chunks {
        let mut open = match reader.take() {
            Some(reader) => reader,
            None => open_image(&file, len, name, identity)?,
        };
        match read_chunk(&mut open, index) {
            Ok(bytes) => {
                each(Part::Image { bytes: &bytes, goes_on });
                goes_on = true;
                reader = Some(open);
            }
            // age's reader does not recover from a failed chunk: the next one gets a new reader.
            Err(e) => {
                goes_on = false;
                each(Part::Hole);
                let place = start + index * CIPHER_CHUNK;
                findings.push(chunk_error(name, place, &e));
            }
        }
    }
    // Cut between two chunks, each that is left is whole: only the last one says that nothing follows.
    let Some(mut open) = reader else { return Ok(()) };
    match open.read(&mut [0]).map_err(|e| chunk_error(name, len, &e)) {
        Ok(0) => Ok(()),
        Err(e) if !e.is_damage() => Err(e),
        _ => Err(cut()),
    }
}

type Image = age::stream::StreamReader<Cursor>;

fn open_image(
    file: &std::sync::Arc<dyn ReadAt>,
    len: u64,
    name: &str,
    identity: &VaultIdentity,
) -> Result<Image, VaultError> {
    let decryptor = age::Decryptor::new(Cursor::new(file, len))
        .map_err(|e| not_opened(name, e, fault!("bytes_header_form")))?;
    decryptor
        .decrypt(identity.identities().into_iter())
        .map_err(|e| not_opened(name, e, fault!("bytes_header_seal")))
}

fn read_chunk(image: &mut Image, index: u64) -> io::Result<Vec<u8>> {
    let start = index * CHUNK as u64;
    // One byte into the chunk, then back: seeking to its beginning would ask for the end of the file, which may be
    // what is gone.
    image.seek(SeekFrom::Start(start + u64::from(index > 0)))?;
    image.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![0; CHUNK];
    let mut filled = 0;
    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match image.read(rest)? {
            0 => break,
            n => filled += n,
        }
    }
    bytes.truncate(filled);
    Ok(bytes)
}

/// Every frame of a segment that decrypts at its own place.
fn segment(
    disk: &dyn Disk,
    generation: u64,
    identity: &VaultIdentity,
    each: &mut dyn FnMut(Part<'_>),
    findings: &mut Vec<VaultError>,
) -> Result<(), VaultError> {
    let name = segment_name(generation);
    let failed = |e: io::Error| VaultError::from_io(Doing::Reading, &name, &e);
    // Not as it was written somewhere: what stands at the other places is looked for all the same.
    let damaged = walk(disk, generation, None).map_err(|e| findings.push(e)).is_err();
    let file = disk.open(&name).map_err(failed)?;
    let len = file.size().map_err(failed)?;
    let mut sector = [0; SECTOR];
    let mut at = SECTOR as u64;
    while at + SECTOR as u64 <= len {
        read_exact_at(&*file, at, &mut sector).map_err(failed)?;
        let header = FrameHeader::decode(&sector)
            .filter(|header| header.generation == generation && header.part == 0 && header.start == at);
        let Some(header) = header else {
            if damaged && sector.iter().any(|byte| *byte != 0) {
                each(Part::Hole);
            }
            at += SECTOR as u64;
            continue;
        };
        match frame(&*file, &name, &header, len, identity) {
            Ok(payload) => {
                each(Part::Frame(&payload));
                at = at.saturating_add(header.group.max(SECTOR as u64)).next_multiple_of(SECTOR as u64);
            }
            Err(e) => {
                each(Part::Hole);
                if !findings.contains(&e) {
                    findings.push(e);
                }
                at += SECTOR as u64;
            }
        }
    }
    if !whole_len(len) {
        each(Part::Hole);
    }
    Ok(())
}

/// All parts of a frame, or what keeps it from being one.
fn frame(
    file: &dyn ReadAt,
    name: &str,
    first: &FrameHeader,
    len: u64,
    identity: &VaultIdentity,
) -> Result<Vec<u8>, VaultError> {
    let identities = identity.identities();
    let mut payload = Vec::new();
    let mut at = first.start;
    let mut sector = [0; SECTOR];
    for part in 0..first.parts {
        let damaged = |what| VaultError::damaged(name, at, what);
        if at + SECTOR as u64 > len {
            return Err(damaged(fault!("bytes_frame_cut")));
        }
        read_exact_at(file, at, &mut sector).map_err(|e| VaultError::from_io(Doing::Reading, name, &e))?;
        let header = FrameHeader::decode(&sector)
            .filter(|header| (header.index, header.part, header.parts) == (first.index, part, first.parts))
            .ok_or_else(|| damaged(fault!("bytes_frame_header")))?;
        if at + header.span() > len {
            return Err(damaged(fault!("bytes_frame_cut")));
        }
        let mut body = vec![0; header.body as usize];
        read_exact_at(file, at + HEADER as u64, &mut body)
            .map_err(|e| VaultError::from_io(Doing::Reading, name, &e))?;
        if sha(&[&body]) != header.body_hash {
            return Err(damaged(fault!("bytes_frame_hash")));
        }
        payload.extend_from_slice(&open_part(&identities, &header, &first.before, &body, name, at)?);
        at += header.span();
    }
    Ok(payload)
}

/// A key file as it lies there, whatever the sums say of it: what it holds proves itself when it is opened. `None`:
/// there is none, or nothing in it.
///
/// # Errors
/// The device's.
pub fn raw_key_file(disk: &dyn Disk, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
    let name = format!("{KEYS}/{name}");
    match disk.read(&name, MAX_KEY_FILE) {
        Ok(bytes) => Ok(Some(bytes).filter(|bytes| !bytes.is_empty())),
        // Larger than any key file, or a folder: none of ours.
        Err(e) if is_none_of_ours(e.kind()) => Ok(None),
        Err(e) => Err(VaultError::from_io(Doing::Reading, &name, &e)),
    }
}

/// The names of the key files that lie there.
///
/// # Errors
/// The device's.
pub fn raw_key_names(disk: &dyn Disk) -> Result<Vec<String>, VaultError> {
    let listed = match disk.list(KEYS) {
        Ok(listed) => listed,
        Err(e) if is_none_of_ours(e.kind()) => return Ok(Vec::new()),
        Err(e) => return Err(VaultError::from_io(Doing::Listing, KEYS, &e)),
    };
    let files = listed.into_iter().filter(|one| !one.folder && one.name.ends_with(".age"));
    Ok(files.map(|one| one.name).collect())
}

fn is_none_of_ours(kind: io::ErrorKind) -> bool {
    use io::ErrorKind::{FileTooLarge, InvalidData, IsADirectory, NotADirectory, NotFound};
    matches!(kind, NotFound | NotADirectory | IsADirectory | FileTooLarge | InvalidData)
}

/// Writes a file for the vault's key into a folder of its own: stock `age` opens it with what `keys/vault.age` holds.
///
/// # Errors
/// The device's.
pub fn write_sealed(
    disk: &dyn Disk,
    name: &str,
    identity: &VaultIdentity,
    plain: &[u8],
) -> Result<(), VaultError> {
    disk.create_folder("").map_err(|e| VaultError::from_io(Doing::Creating, name, &e))?;
    let sealed = encrypt(&[&identity.recipient()?], plain)?;
    replace(disk, name, &sealed)?;
    sync_dir(disk, "")
}

/// Copies every file of a folder, of its `keys/` and its `blobs/` byte by byte, before anything else is done with a damaged vault.
/// What the device does not read becomes zeros, and is named.
///
/// # Errors
/// The place where the copy goes; what this account may not read ([`VaultError::NotReadable`]): another may.
pub fn copy_raw(source: &dyn Disk, target: &dyn Disk) -> Result<Vec<VaultError>, VaultError> {
    let mut unread = Vec::new();
    target.create_folder("").map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => VaultError::NoPlace { place: place_of(target) },
        _ => VaultError::from_io(Doing::Creating, Where::Copy, &e),
    })?;
    for folder in ["", KEYS, BLOBS] {
        let listed = match source.list(folder) {
            Ok(listed) => listed,
            Err(e) if e.kind() == io::ErrorKind::NotFound && folder.is_empty() => {
                return Err(VaultError::Missing { place: place_of(source) });
            }
            // No attachment was ever made.
            Err(e) if e.kind() == io::ErrorKind::NotFound && folder == BLOBS => continue,
            Err(e) => {
                unread.push(unless_forbidden(VaultError::from_io(Doing::Listing, folder, &e))?);
                continue;
            }
        };
        if !folder.is_empty() {
            target.create_folder(folder).map_err(|e| VaultError::from_io(Doing::Creating, folder, &e))?;
        }
        for one in listed.iter().filter(|one| !one.folder) {
            let name = if folder.is_empty() { one.name.clone() } else { format!("{folder}/{}", one.name) };
            match source.open(&name) {
                Ok(file) => copy_file(&*file, target, &name, &mut unread)?,
                Err(e) => unread.push(unless_forbidden(VaultError::from_io(Doing::Opening, &name, &e))?),
            }
        }
        target.sync_dir(folder).map_err(|e| VaultError::from_io(Doing::Syncing, folder, &e))?;
    }
    Ok(unread)
}

/// What an account may not read is whole, for all that is known: it is not given up as if it were damaged.
fn unless_forbidden(error: VaultError) -> Result<VaultError, VaultError> {
    if let VaultError::NotReadable { .. } = error { Err(error) } else { Ok(error) }
}

fn copy_file(
    file: &dyn ReadAt,
    target: &dyn Disk,
    name: &str,
    unread: &mut Vec<VaultError>,
) -> Result<(), VaultError> {
    let failed = |e: io::Error| VaultError::from_io(Doing::Writing, name, &e);
    let copy = target.create(name).map_err(failed)?;
    let len = match file.size() {
        Ok(len) => len,
        Err(e) => {
            unread.push(VaultError::from_io(Doing::Reading, name, &e));
            return Ok(());
        }
    };
    let mut block = vec![0; BLOCK];
    let mut at = 0;
    while at < len {
        let n = (len - at).min(BLOCK as u64) as usize;
        let bytes = block.get_mut(..n).unwrap_or_default();
        if read_exact_at(file, at, bytes).is_err() {
            for (k, small) in bytes.chunks_mut(SMALL_BLOCK).enumerate() {
                let place = at + (k * SMALL_BLOCK) as u64;
                if read_exact_at(file, place, small).is_err() {
                    small.fill(0);
                    unread.push(VaultError::damaged(name, place, fault!("bytes_unread")));
                }
            }
        }
        copy.write_all_at(at, bytes).map_err(failed)?;
        at += n as u64;
    }
    copy.sync_data().map_err(failed)
}
