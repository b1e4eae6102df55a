//! A frame as bytes: what one command made durable, in parts of at most 1 MiB, each a standard age file.
//!
//! ```text
//! part   = header (160) | age file | zeros | trailer (16)      a whole number of 512-byte sectors
//! header = magic | generation | index | part | parts | start of part 0 | length of all parts
//!        | length of the age file | 4 zeros | hash of the header before | SHA-256 of the age file
//!        | SHA-256 of all these | 8 zeros
//! plain  = SHA-256 of (label, generation, index, part, parts, hash before part 0) | payload
//! ```
//!
//! The header finds and orders, and tells torn from damaged; the 32 bytes inside the age file are what cannot be
//! moved: a frame decrypts only at its own place behind its own past.
//! The trailer fills the end of the last sector, so that no sector of a written frame is all zero.

use sha2::{Digest, Sha256};

use super::ahead::Ahead;
use super::error::VaultError;
use super::slot::{NotOpened, decrypt, end_file};
use crate::fault::fault;

pub(crate) const SECTOR: usize = 512;
pub(crate) const HEADER: usize = 160;
const TRAILER: usize = 16;
/// Payload bytes of one part.
pub(crate) const PART_MAX: usize = 1 << 20;
/// Payload bytes of one frame: 64 parts.
pub(crate) const FRAME_MAX: usize = 64 * PART_MAX;
const MAGIC: &[u8; 8] = b"daichoF1";
const TRAILER_MAGIC: &[u8; 4] = b"fEnd";

pub(crate) type Hash = [u8; 32];

pub(crate) fn sha(parts: &[&[u8]]) -> Hash {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update(part);
    }
    hash.finalize().into()
}

/// Takes fixed-size fields off the front of a slice.
pub(crate) struct Fields<'a>(pub(crate) &'a [u8]);

impl Fields<'_> {
    pub(crate) fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (field, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*field)
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        self.take().map(u32::from_be_bytes)
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        self.take().map(u64::from_be_bytes)
    }
}

/// The first 160 bytes of a part. Numbers are big-endian.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FrameHeader {
    pub(crate) generation: u64,
    /// Number of the frame in its segment, from 0.
    pub(crate) index: u64,
    pub(crate) part: u32,
    pub(crate) parts: u32,
    /// Where part 0 begins in the segment.
    pub(crate) start: u64,
    /// Bytes of all parts.
    pub(crate) group: u64,
    /// Bytes of the age file of this part.
    pub(crate) body: u32,
    /// Hash of the header before: the part before, the frame before, or the segment's header.
    pub(crate) before: Hash,
    pub(crate) body_hash: Hash,
}

impl FrameHeader {
    pub(crate) fn encode(&self) -> [u8; HEADER] {
        let mut bytes = Vec::with_capacity(HEADER);
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        bytes.extend_from_slice(&self.index.to_be_bytes());
        bytes.extend_from_slice(&self.part.to_be_bytes());
        bytes.extend_from_slice(&self.parts.to_be_bytes());
        bytes.extend_from_slice(&self.start.to_be_bytes());
        bytes.extend_from_slice(&self.group.to_be_bytes());
        bytes.extend_from_slice(&self.body.to_be_bytes());
        bytes.extend_from_slice(&[0; 4]);
        bytes.extend_from_slice(&self.before);
        bytes.extend_from_slice(&self.body_hash);
        let check = sha(&[&bytes]);
        bytes.extend_from_slice(&check);
        let mut out = [0; HEADER];
        for (to, from) in out.iter_mut().zip(bytes) {
            *to = from;
        }
        out
    }

    /// `None` unless every one of the 160 bytes is as written.
    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.get(..HEADER)?;
        let mut fields = Fields(bytes);
        if &fields.take::<8>()? != MAGIC {
            return None;
        }
        let header = Self {
            generation: fields.u64()?,
            index: fields.u64()?,
            part: fields.u32()?,
            parts: fields.u32()?,
            start: fields.u64()?,
            group: fields.u64()?,
            body: fields.u32()?,
            before: {
                fields.u32()?;
                fields.take()?
            },
            body_hash: fields.take()?,
        };
        (header.encode() == bytes).then_some(header)
    }

    /// What the next header names as before it.
    pub(crate) fn hash(&self) -> Hash {
        sha(&[&self.encode()])
    }

    /// Bytes of this part in the segment.
    pub(crate) fn span(&self) -> u64 {
        span(u64::from(self.body))
    }
}

fn span(body: u64) -> u64 {
    (HEADER as u64 + body + TRAILER as u64).next_multiple_of(SECTOR as u64)
}

/// The last 16 bytes of a part.
pub(crate) fn trailer(generation: u64, index: u64, part: u32) -> [u8; TRAILER] {
    let mut out = [0; TRAILER];
    let check = sha(&[TRAILER_MAGIC, &generation.to_be_bytes(), &index.to_be_bytes(), &part.to_be_bytes()]);
    let index = (index as u32).to_be_bytes();
    let part = part.to_be_bytes();
    let bytes = TRAILER_MAGIC.iter().chain(&index).chain(&part).chain(check.iter().take(4));
    for (to, from) in out.iter_mut().zip(bytes) {
        *to = *from;
    }
    out
}

/// Whether a sector could be the last of a part of this frame.
pub(crate) fn ends_part_of(sector: &[u8], generation: u64, index: u64) -> bool {
    let Some((_, last)) = sector.split_last_chunk::<TRAILER>() else { return false };
    let mut fields = Fields(last);
    let part = fields.u64().and_then(|_| fields.u32());
    part.is_some_and(|part| *last == trailer(generation, index, part))
}

/// Whether everything between the age file and the end of a part is as written.
pub(crate) fn padding_is_whole(header: &FrameHeader, part: &[u8]) -> bool {
    let Some((rest, last)) = part.split_last_chunk::<TRAILER>() else { return false };
    let zeros = rest.get(HEADER + header.body as usize..);
    *last == trailer(header.generation, header.index, header.part)
        && zeros.is_some_and(|z| z.iter().all(|b| *b == 0))
}

fn binding(generation: u64, index: u64, part: u32, parts: u32, before: &Hash) -> Hash {
    sha(&[
        b"daicho frame v1",
        &generation.to_be_bytes(),
        &index.to_be_bytes(),
        &part.to_be_bytes(),
        &parts.to_be_bytes(),
        before,
    ])
}

/// Where a frame will stand.
pub(crate) struct Place {
    pub(crate) generation: u64,
    pub(crate) index: u64,
    pub(crate) start: u64,
    pub(crate) before: Hash,
}

/// Encrypts a payload into the bytes of a frame and the hash the next one names.
pub(crate) fn encode(payload: &[u8], place: &Place, ahead: &Ahead) -> Result<(Vec<u8>, Hash), VaultError> {
    if payload.len() > FRAME_MAX {
        return Err(VaultError::Unacceptable { what: fault!("unfit_frame") });
    }
    let chunks: Vec<&[u8]> = if payload.is_empty() { vec![&[]] } else { payload.chunks(PART_MAX).collect() };
    let parts = chunks.len() as u32;
    let mut bodies = Vec::with_capacity(chunks.len());
    for (part, chunk) in (0u32..).zip(chunks) {
        let mut plain = zeroize::Zeroizing::new(Vec::with_capacity(32 + chunk.len()));
        plain.extend_from_slice(&binding(place.generation, place.index, part, parts, &place.before));
        plain.extend_from_slice(chunk);
        bodies.push(end_file(ahead.take()?, &plain)?);
    }
    let group = bodies.iter().map(|b| span(b.len() as u64)).sum();
    let mut out = Vec::with_capacity(group as usize);
    let mut before = place.before;
    for (part, body) in (0u32..).zip(bodies) {
        let header = FrameHeader {
            generation: place.generation,
            index: place.index,
            part,
            parts,
            start: place.start,
            group,
            body: body.len() as u32,
            before,
            body_hash: sha(&[&body]),
        };
        let end = out.len() + header.span() as usize;
        out.extend_from_slice(&header.encode());
        out.extend_from_slice(&body);
        out.resize(end.saturating_sub(TRAILER), 0);
        out.extend_from_slice(&trailer(place.generation, place.index, part));
        before = header.hash();
    }
    Ok((out, before))
}

/// Decrypts one part and checks that it stands where it was written. `before` is what part 0 names.
pub(crate) fn open_part(
    identities: &[&dyn age::Identity],
    header: &FrameHeader,
    before: &Hash,
    body: &[u8],
    file: &str,
    offset: u64,
) -> Result<Vec<u8>, VaultError> {
    let plain = decrypt(identities, body).map_err(|e| match e {
        NotOpened::WrongKey => VaultError::WrongKey { file: file.to_owned() },
        NotOpened::Damaged(what) => VaultError::damaged(file, offset, what),
    })?;
    let expected = binding(header.generation, header.index, header.part, header.parts, before);
    match plain.strip_prefix(&expected) {
        Some(payload) => Ok(payload.to_vec()),
        None => Err(VaultError::damaged(file, offset, fault!("bytes_frame_elsewhere"))),
    }
}
