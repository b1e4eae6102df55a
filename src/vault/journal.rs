//! What a segment of the journal is: its name, its lengths, its first sector, and how it names the one before it.
//! `walk` reads segments, `segment` writes them.

use super::frame::{Fields, Hash, SECTOR, sha};

const MAGIC: &[u8; 8] = b"daichoJ1";
/// Segments grow ahead of the frames: 64, 128, 256, 512 KiB, then by 1 MiB. No other length is whole.
pub(crate) const FIRST_LEN: u64 = 64 << 10;
pub(crate) const STEP: u64 = 1 << 20;

pub(crate) fn segment_name(generation: u64) -> String {
    format!("journal.{generation:06}")
}

pub(crate) fn whole_len(len: u64) -> bool {
    len >= FIRST_LEN && if len < STEP { len.is_power_of_two() } else { len.is_multiple_of(STEP) }
}

pub(crate) fn len_for(need: u64) -> u64 {
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
    pub(crate) fn encode(&self) -> [u8; SECTOR] {
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

    pub(crate) fn decode(bytes: &[u8; SECTOR]) -> Option<Self> {
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
