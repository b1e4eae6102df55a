//! Reading a segment from front to back, and judging how it ends: whole, torn by a loss of power, or damaged.

use std::io;
use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::durable::{Disk, ReadAt, read_exact_at};
use super::error::{Doing, VaultError};
use super::frame::{self, FrameHeader, Hash, Place, SECTOR, ends_part_of, padding_is_whole, sha};
use super::journal::{Seal, SegmentHeader, segment_name, whole_len};
use crate::fault::{Fault, fault};

/// A sector of ciphertext has about 510 bytes that are not zero; a flipped byte among zeros makes one.
const DENSE: usize = 256;

/// A frame whose writing was cut by a loss of power: never acknowledged, left where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TornTail {
    /// Name of the segment.
    pub file: String,
    /// Where the torn frame begins.
    pub offset: u64,
    /// Bytes from there to the last one that is not zero.
    pub bytes: u64,
}

impl TornTail {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        fault!("torn_tail", file = &self.file, offset = self.offset, bytes = self.bytes)
    }
}

/// One part of a frame, found and whole as far as its hash says.
#[derive(Debug, Clone)]
pub(crate) struct FoundPart {
    pub(crate) offset: u64,
    pub(crate) header: FrameHeader,
}

/// A segment read from front to back.
#[derive(Debug)]
pub(crate) struct Walked {
    pub(crate) file: Arc<dyn ReadAt>,
    pub(crate) name: String,
    pub(crate) header: SegmentHeader,
    pub(crate) frames: Vec<Vec<FoundPart>>,
    /// Hash the first frame names as before it.
    pub(crate) first: Hash,
    pub(crate) seal: Seal,
    pub(crate) torn: Option<TornTail>,
}

struct Bad {
    at: u64,
    what: Fault,
}

fn io_error(name: &str) -> impl Fn(io::Error) -> VaultError {
    move |e| match e.kind() {
        io::ErrorKind::UnexpectedEof => VaultError::damaged(name, 0, fault!("bytes_cut_short")),
        _ => VaultError::from_io(Doing::Reading, name, &e),
    }
}

/// Reads only the header of a segment.
pub(crate) fn read_header(disk: &dyn Disk, generation: u64) -> Result<SegmentHeader, VaultError> {
    let name = segment_name(generation);
    let file = disk.open(&name).map_err(|e| not_there(&name, &e))?;
    header_of(&*file, &name, generation)
}

fn not_there(name: &str, e: &io::Error) -> VaultError {
    match e.kind() {
        io::ErrorKind::NotFound => VaultError::damaged(name, 0, fault!("bytes_file_missing")),
        _ => VaultError::from_io(Doing::Opening, name, e),
    }
}

fn header_of(file: &dyn ReadAt, name: &str, generation: u64) -> Result<SegmentHeader, VaultError> {
    let mut sector = [0; SECTOR];
    read_exact_at(file, 0, &mut sector).map_err(io_error(name))?;
    let header = SegmentHeader::decode(&sector)
        .ok_or_else(|| VaultError::damaged(name, 0, fault!("bytes_first_sector")))?;
    if header.generation != generation {
        return Err(VaultError::damaged(name, 8, fault!("bytes_other_generation")));
    }
    Ok(header)
}

/// Reads a whole segment. `sealed` is what the next segment says about this one; `None` for the last one, which may
/// end in a torn frame. Decrypts nothing.
pub(crate) fn walk(disk: &dyn Disk, generation: u64, sealed: Option<&Seal>) -> Result<Walked, VaultError> {
    let name = segment_name(generation);
    let file = disk.open(&name).map_err(|e| not_there(&name, &e))?;
    let len = file.size().map_err(io_error(&name))?;
    if !whole_len(len) || sealed.is_some_and(|s| s.len != len) {
        return Err(VaultError::damaged(&name, len, fault!("bytes_cut_or_added")));
    }
    let header = header_of(&*file, &name, generation)?;
    let first = sha(&[&header.encode()]);
    let mut seal = Seal { end: SECTOR as u64, len, chain: first, rest: [0; 32] };
    let mut frames: Vec<Vec<FoundPart>> = Vec::new();
    let mut bad = None;
    while seal.end < len && sealed.is_none_or(|s| seal.end < s.end) {
        let place = Place { generation, index: frames.len() as u64, start: seal.end, before: seal.chain };
        match read_frame(&*file, &name, &place, len)? {
            Ok(parts) => {
                if let Some(last) = parts.last() {
                    seal.end = last.offset + last.header.span();
                    seal.chain = last.header.hash();
                }
                frames.push(parts);
            }
            Err(why) => {
                bad = Some((why, place));
                break;
            }
        }
    }
    let mut torn = None;
    if let Some(sealed) = sealed {
        if let Some((why, _)) = bad {
            return Err(VaultError::damaged(&name, why.at, why.what));
        }
        seal.rest = hash_rest(&*file, &name, seal.end, len)?;
        if seal.end != sealed.end || seal.chain != sealed.chain {
            return Err(VaultError::damaged(&name, seal.end, fault!("bytes_other_end")));
        }
        if seal.rest != sealed.rest {
            return Err(VaultError::damaged(&name, seal.end, fault!("bytes_behind_the_end")));
        }
    } else if let Some((why, place)) = bad {
        torn = judge_tail(&*file, &name, &place, len, &why)?;
        seal.rest = hash_rest(&*file, &name, seal.end, len)?;
    } else {
        seal.rest = hash_rest(&*file, &name, seal.end, len)?;
    }
    Ok(Walked { file, name, header, frames, first, seal, torn })
}

/// The parts of the frame at a place; `Err` inside for one that is not whole.
fn read_frame(
    file: &dyn ReadAt,
    name: &str,
    place: &Place,
    len: u64,
) -> Result<Result<Vec<FoundPart>, Bad>, VaultError> {
    let mut found: Vec<FoundPart> = Vec::new();
    let mut offset = place.start;
    let mut before = place.before;
    let mut sector = [0; SECTOR];
    let mut rest = Vec::new();
    loop {
        let bad = |at, what| Ok(Err(Bad { at, what }));
        if offset + SECTOR as u64 > len {
            return bad(offset, fault!("bytes_frame_cut"));
        }
        read_exact_at(file, offset, &mut sector).map_err(io_error(name))?;
        let Some(header) = FrameHeader::decode(&sector) else {
            return bad(offset, fault!("bytes_frame_header"));
        };
        let part = found.len() as u32;
        let same_frame = found.first().is_none_or(|f| f.header.parts == header.parts);
        let fits = header.generation == place.generation
            && header.index == place.index
            && header.start == place.start
            && header.part == part
            && header.parts > part
            && header.before == before
            && same_frame;
        if !fits {
            return bad(offset, fault!("bytes_frame_order"));
        }
        if offset + header.span() > len {
            return bad(offset, fault!("bytes_frame_cut"));
        }
        // At most PART_MAX and a little: the header is whole, so its length is what was written.
        rest.clear();
        rest.extend_from_slice(&sector);
        rest.resize(header.span() as usize, 0);
        if let Some(behind) = rest.get_mut(SECTOR..) {
            read_exact_at(file, offset + SECTOR as u64, behind).map_err(io_error(name))?;
        }
        let body = rest.get(frame::HEADER..frame::HEADER + header.body as usize).unwrap_or_default();
        if sha(&[body]) != header.body_hash {
            return bad(offset, fault!("bytes_frame_hash"));
        }
        if !padding_is_whole(&header, &rest) {
            return bad(offset + frame::HEADER as u64 + body.len() as u64, fault!("bytes_frame_end"));
        }
        before = header.hash();
        let last = header.part + 1 == header.parts;
        let span = header.span();
        found.push(FoundPart { offset, header });
        offset += span;
        if last {
            return Ok(Ok(found));
        }
    }
}

/// VAULT.md, line 8: torn is a bad last frame with a sector of zeros and nothing valid behind. Everything else is
/// damage. `Ok(None)`: nothing but zeros, the journal simply ends here.
fn judge_tail(
    file: &dyn ReadAt,
    name: &str,
    place: &Place,
    len: u64,
    why: &Bad,
) -> Result<Option<TornTail>, VaultError> {
    let damaged = |at, what| Err(VaultError::damaged(name, at, what));
    let mut group_end = None;
    let mut last_used = None;
    let mut first_zero = None;
    let mut block = vec![0; 128 * SECTOR];
    let mut at = place.start;
    while at < len {
        let n = (len - at).min(block.len() as u64) as usize;
        let read = block.get_mut(..n).unwrap_or_default();
        read_exact_at(file, at, read).map_err(io_error(name))?;
        for sector in read.chunks(SECTOR) {
            let offset = at;
            at += sector.len() as u64;
            let used = sector.iter().filter(|b| **b != 0).count();
            if used == 0 {
                first_zero.get_or_insert(offset);
                continue;
            }
            last_used = Some(at);
            if let Some(header) = FrameHeader::decode(sector) {
                let same = header.generation == place.generation
                    && header.index == place.index
                    && header.start == place.start;
                if !same {
                    return damaged(why.at, why.what.clone());
                }
                group_end = Some(header.start.saturating_add(header.group));
            } else if offset == place.start {
                // Sectors are written whole: a first sector that is neither zero nor a header was changed.
                return damaged(why.at, why.what.clone());
            } else if used < DENSE && !ends_part_of(sector, place.generation, place.index) {
                return damaged(offset, fault!("bytes_never_written"));
            }
        }
    }
    let Some(last_used) = last_used else { return Ok(None) };
    let end = group_end.unwrap_or(last_used);
    if end > len || last_used > end {
        return damaged(why.at, why.what.clone());
    }
    match first_zero {
        Some(zero) if zero < end => {
            Ok(Some(TornTail { file: name.to_owned(), offset: place.start, bytes: last_used - place.start }))
        }
        _ => damaged(why.at, why.what.clone()),
    }
}

pub(crate) fn hash_rest(file: &dyn ReadAt, name: &str, from: u64, len: u64) -> Result<Hash, VaultError> {
    let mut hash = Sha256::new();
    let mut block = vec![0; 64 << 10];
    let mut at = from;
    while at < len {
        let n = (len - at).min(block.len() as u64) as usize;
        let read = block.get_mut(..n).unwrap_or_default();
        read_exact_at(file, at, read).map_err(io_error(name))?;
        hash.update(&*read);
        at += n as u64;
    }
    Ok(hash.finalize().into())
}
