//! The journal: segments of frames behind the base. Reading one decides what is torn and what is damaged; the
//! writer keeps the order in which a frame becomes durable.

use std::io;
use std::sync::Arc;

use age::x25519;
use sha2::{Digest, Sha256};

use super::durable::{Disk, ReadAt, WriteAt, read_exact_at, sync_dir};
use super::error::{AppendError, VaultError};
use super::frame::{self, Fields, FrameHeader, Hash, Place, SECTOR, ends_part_of, padding_is_whole, sha};

const MAGIC: &[u8; 8] = b"daichoJ1";
/// Segments grow ahead of the frames: 64, 128, 256, 512 KiB, then by 1 MiB. No other length is whole.
const FIRST_LEN: u64 = 64 << 10;
const STEP: u64 = 1 << 20;
/// A sector of ciphertext has about 510 bytes that are not zero; a flipped byte among zeros makes one.
const DENSE: usize = 256;

pub(crate) fn segment_name(generation: u64) -> String {
    format!("journal.{generation:06}")
}

fn whole_len(len: u64) -> bool {
    len >= FIRST_LEN && if len < STEP { len.is_power_of_two() } else { len.is_multiple_of(STEP) }
}

fn len_for(need: u64) -> u64 {
    if need <= STEP { need.next_power_of_two().max(FIRST_LEN) } else { need.next_multiple_of(STEP) }
}

/// How a segment before ended, as the next one's header says: from then on it may not change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    /// First byte behind the last whole frame.
    pub(crate) end: u64,
    pub(crate) len: u64,
    /// Hash of the last header.
    pub(crate) chain: Hash,
    /// SHA-256 of everything from `end`: zeros, or the remains of a torn frame.
    pub(crate) rest: Hash,
}

impl Seal {
    /// For the first segment of a vault.
    pub(crate) const NONE: Self = Self { end: 0, len: 0, chain: [0; 32], rest: [0; 32] };
}

/// The first sector of a segment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SegmentHeader {
    pub(crate) generation: u64,
    pub(crate) before: Seal,
    /// The base of generation - 1, if that one is ever finished; see [`super::base::base_id`].
    pub(crate) base: Hash,
}

impl SegmentHeader {
    fn encode(&self) -> [u8; SECTOR] {
        let mut bytes = Vec::with_capacity(SECTOR);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.before.end.to_be_bytes());
        bytes.extend_from_slice(&self.before.len.to_be_bytes());
        bytes.extend_from_slice(&self.before.chain);
        bytes.extend_from_slice(&self.before.rest);
        bytes.extend_from_slice(&self.base);
        let check = sha(&[&bytes]);
        bytes.extend_from_slice(&check);
        let mut out = [0; SECTOR];
        for (to, from) in out.iter_mut().zip(bytes) {
            *to = from;
        }
        out
    }

    fn decode(bytes: &[u8; SECTOR]) -> Option<Self> {
        let mut fields = Fields(bytes);
        if &fields.take::<8>()? != MAGIC {
            return None;
        }
        let header = Self {
            generation: fields.u64()?,
            before: Seal {
                end: fields.u64()?,
                len: fields.u64()?,
                chain: fields.take()?,
                rest: fields.take()?,
            },
            base: fields.take()?,
        };
        (header.encode() == *bytes).then_some(header)
    }
}

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
    what: &'static str,
}

fn io_error(name: &str) -> impl Fn(io::Error) -> VaultError {
    move |e| match e.kind() {
        io::ErrorKind::UnexpectedEof => VaultError::damaged(name, 0, "the file is cut short"),
        _ => VaultError::from_io("reading", name, &e),
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
        io::ErrorKind::NotFound => VaultError::damaged(name, 0, "the file is missing"),
        _ => VaultError::from_io("opening", name, e),
    }
}

fn header_of(file: &dyn ReadAt, name: &str, generation: u64) -> Result<SegmentHeader, VaultError> {
    let mut sector = [0; SECTOR];
    read_exact_at(file, 0, &mut sector).map_err(io_error(name))?;
    let header = SegmentHeader::decode(&sector)
        .ok_or_else(|| VaultError::damaged(name, 0, "the segment's first sector is not as written"))?;
    if header.generation != generation {
        return Err(VaultError::damaged(name, 8, "a segment of another generation"));
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
        return Err(VaultError::damaged(&name, len, "the file is cut short or something was added to it"));
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
            return Err(VaultError::damaged(&name, seal.end, "it does not end as the next segment says"));
        }
        if seal.rest != sealed.rest {
            return Err(VaultError::damaged(&name, seal.end, "the bytes behind the last frame were changed"));
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
            return bad(offset, "a frame is cut short");
        }
        read_exact_at(file, offset, &mut sector).map_err(io_error(name))?;
        let Some(header) = FrameHeader::decode(&sector) else {
            return bad(offset, "the header of a frame is not as written");
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
            return bad(offset, "a frame that does not follow the one before it");
        }
        if offset + header.span() > len {
            return bad(offset, "a frame is cut short");
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
            return bad(offset, "the contents of a frame do not match their hash");
        }
        if !padding_is_whole(&header, &rest) {
            return bad(
                offset + frame::HEADER as u64 + body.len() as u64,
                "the end of a frame is not as written",
            );
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
                    return damaged(why.at, why.what);
                }
                group_end = Some(header.start.saturating_add(header.group));
            } else if offset == place.start {
                // Sectors are written whole: a first sector that is neither zero nor a header was changed.
                return damaged(why.at, why.what);
            } else if used < DENSE && !ends_part_of(sector, place.generation, place.index) {
                return damaged(offset, "bytes where nothing was ever written");
            }
        }
    }
    let Some(last_used) = last_used else { return Ok(None) };
    let end = group_end.unwrap_or(last_used);
    if end > len || last_used > end {
        return damaged(why.at, why.what);
    }
    match first_zero {
        Some(zero) if zero < end => {
            Ok(Some(TornTail { file: name.to_owned(), offset: place.start, bytes: last_used - place.start }))
        }
        _ => damaged(why.at, why.what),
    }
}

fn hash_rest(file: &dyn ReadAt, name: &str, from: u64, len: u64) -> Result<Hash, VaultError> {
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

/// The segment that frames are appended to.
#[derive(Debug)]
pub(crate) struct Segment {
    file: Arc<dyn WriteAt>,
    name: String,
    pub(crate) generation: u64,
    end: u64,
    len: u64,
    chain: Hash,
    pub(crate) frames: u64,
}

impl Segment {
    /// Creates a segment under its final name only when it is whole and durable.
    /// `Err((error, renamed))`: when renamed, the segment may or may not be there after a power cut.
    pub(crate) fn create(disk: &dyn Disk, header: &SegmentHeader) -> Result<Self, (VaultError, bool)> {
        let name = segment_name(header.generation);
        let tmp = format!("{name}.tmp");
        let first = header.encode();
        let mut image = vec![0; FIRST_LEN as usize];
        for (to, from) in image.iter_mut().zip(first) {
            *to = from;
        }
        let write = || {
            disk.remove(&tmp)?;
            let file = disk.create(&tmp)?;
            file.write_all_at(0, &image)?;
            file.sync_data()?;
            disk.rename(&tmp, &name)?;
            Ok(file)
        };
        let file = write().map_err(|e: io::Error| {
            let _ = disk.remove(&tmp);
            (VaultError::from_io("creating", &name, &e), false)
        })?;
        sync_dir(disk, "").map_err(|e| (e, true))?;
        let chain = sha(&[&first]);
        let generation = header.generation;
        Ok(Self { file, name, generation, end: SECTOR as u64, len: FIRST_LEN, chain, frames: 0 })
    }

    /// Opens the last segment for writing. What a process that died, or whose sync failed, left in the page cache
    /// is written again and synced: what was read here as whole must not vanish at the next power cut.
    pub(crate) fn reopen(disk: &dyn Disk, generation: u64) -> Result<(Self, Walked), VaultError> {
        let name = segment_name(generation);
        let walked = walk(disk, generation, None)?;
        let failed = |e: io::Error| VaultError::from_io("syncing", &name, &e);
        let file = disk.open_write(&name).map_err(failed)?;
        let last = walked.frames.last().and_then(|parts| parts.first());
        let from = last.map_or(walked.seal.end, |part| part.offset);
        let to = walked.torn.as_ref().map_or(walked.seal.end, |t| t.offset + t.bytes);
        let mut block = vec![0; (to - from).min(STEP) as usize];
        let mut at = from;
        while at < to {
            let n = (to - at).min(block.len() as u64) as usize;
            let bytes = block.get_mut(..n).unwrap_or_default();
            read_exact_at(&*file, at, bytes).map_err(failed)?;
            file.write_all_at(at, bytes).map_err(failed)?;
            at += n as u64;
        }
        file.sync_data().map_err(failed)?;
        let segment = Self {
            file,
            name,
            generation,
            end: walked.seal.end,
            len: walked.seal.len,
            chain: walked.seal.chain,
            frames: walked.frames.len() as u64,
        };
        Ok((segment, walked))
    }

    /// How this segment ends now: only zeros behind the last frame.
    pub(crate) fn seal(&self) -> Result<Seal, VaultError> {
        let rest = hash_rest(&*self.file, &self.name, self.end, self.len)?;
        Ok(Seal { end: self.end, len: self.len, chain: self.chain, rest })
    }

    /// Bytes of frames and header.
    pub(crate) fn bytes(&self) -> u64 {
        self.end
    }

    /// Appends one frame and returns when it is durable. The bool with an error: nothing may follow it.
    pub(crate) fn append(
        &mut self,
        payload: &[u8],
        recipient: &x25519::Recipient,
    ) -> Result<(), (AppendError, bool)> {
        let place =
            Place { generation: self.generation, index: self.frames, start: self.end, before: self.chain };
        let (bytes, chain) =
            frame::encode(payload, &place, recipient).map_err(|e| (AppendError::NotWritten(e), false))?;
        let end = self.end + bytes.len() as u64;
        if end > self.len {
            self.grow(len_for(end))?;
        }
        let failed = |e: &io::Error| VaultError::from_io("writing", &self.name, e);
        if let Err(e) = self.file.write_all_at(self.end, &bytes) {
            // Cut the tail back to zeros. Only when that is durable is it certain that the frame is not there.
            let zeros = vec![0; bytes.len()];
            let cut = self.file.write_all_at(self.end, &zeros).and_then(|()| self.file.sync_data());
            return Err(match cut {
                Ok(()) => (AppendError::NotWritten(failed(&e)), false),
                Err(_) => (AppendError::Unknown(failed(&e)), true),
            });
        }
        // Power failing before this returns: the frame is whole or torn, and was not acknowledged.
        if let Err(e) = self.file.sync_data() {
            return Err((AppendError::Unknown(failed(&e)), true));
        }
        self.end = end;
        self.chain = chain;
        self.frames += 1;
        Ok(())
    }

    /// Makes room. The length is durable before the zeros are written, and both before a frame is: a cut leaves a
    /// whole length, and zeros.
    fn grow(&mut self, len: u64) -> Result<(), (AppendError, bool)> {
        let failed = |e: &io::Error| AppendError::NotWritten(VaultError::from_io("extending", &self.name, e));
        // A sync that failed is not asked again: the frame is not there, and nothing may follow.
        let unsynced = |e: io::Error| (failed(&e), true);
        let undo = |e: io::Error| {
            let undone = self.file.set_len(self.len).and_then(|()| self.file.sync_data());
            (failed(&e), undone.is_err())
        };
        self.file.set_len(len).map_err(undo)?;
        self.file.sync_data().map_err(unsynced)?;
        let zeros = vec![0; STEP.min(len - self.len) as usize];
        let mut at = self.len;
        while at < len {
            let n = (len - at).min(zeros.len() as u64) as usize;
            self.file.write_all_at(at, zeros.get(..n).unwrap_or_default()).map_err(undo)?;
            at += n as u64;
        }
        self.file.sync_data().map_err(unsynced)?;
        self.len = len;
        Ok(())
    }
}
