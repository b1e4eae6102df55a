//! What an opening reads: the newest base, every segment behind it, and their frames in order.

use super::base::{ChunkReader, base_name};
use super::durable::{Disk, read_exact_at};
use super::error::{Doing, VaultError};
use super::folder::{Found, inspect};
use super::frame::{HEADER, open_part};
use super::keys::VaultIdentity;
use super::segment::Segment;
use super::walk::{Walked, read_header, walk};

/// Frames behind the base, oldest first. Each is decrypted when asked for; after an error nothing more comes.
#[derive(Debug)]
pub struct Frames {
    segments: Vec<Walked>,
    segment: usize,
    frame: usize,
    left: usize,
    identity: VaultIdentity,
}

impl Frames {
    pub(crate) fn new(segments: Vec<Walked>, identity: VaultIdentity) -> Self {
        let left = segments.iter().map(|s| s.frames.len()).sum();
        Self { segments, segment: 0, frame: 0, left, identity }
    }

    fn read(&self, walked: &Walked) -> Result<Vec<u8>, VaultError> {
        let before = match self.frame.checked_sub(1).and_then(|f| walked.frames.get(f)).and_then(|p| p.last())
        {
            Some(part) => part.header.hash(),
            None => walked.first,
        };
        let mut payload = Vec::new();
        let identities = self.identity.identities();
        for part in walked.frames.get(self.frame).into_iter().flatten() {
            let mut body = vec![0; part.header.body as usize];
            let offset = part.offset + HEADER as u64;
            read_exact_at(&*walked.file, offset, &mut body)
                .map_err(|e| VaultError::from_io(Doing::Reading, &walked.name, &e))?;
            let plain = open_part(&identities, &part.header, &before, &body, &walked.name, offset)?;
            if part.header.parts == 1 {
                return Ok(plain);
            }
            payload.extend_from_slice(&plain);
        }
        Ok(payload)
    }
}

impl Iterator for Frames {
    type Item = Result<Vec<u8>, VaultError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let walked = self.segments.get(self.segment)?;
            if self.frame >= walked.frames.len() {
                self.segment += 1;
                self.frame = 0;
                continue;
            }
            let read = self.read(walked);
            self.frame += 1;
            self.left = self.left.saturating_sub(1);
            if read.is_err() {
                self.segments.clear();
                self.left = 0;
            }
            return Some(read);
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}

impl ExactSizeIterator for Frames {}

/// Segments behind the newest base, read and linked, with the base itself.
pub(crate) struct Loaded {
    pub(crate) found: Found,
    pub(crate) walked: Vec<Walked>,
    pub(crate) base: ChunkReader,
    /// The segment to append to, when opened for writing.
    pub(crate) last: Option<Segment>,
}

pub(crate) fn load(disk: &dyn Disk, identity: &VaultIdentity, write: bool) -> Result<Loaded, VaultError> {
    load_found(disk, identity, inspect(disk)?, write)
}

/// [`load`] of what was found, or of what is about to count.
pub(crate) fn load_found(
    disk: &dyn Disk,
    identity: &VaultIdentity,
    found: Found,
    write: bool,
) -> Result<Loaded, VaultError> {
    let mut walked = Vec::new();
    let mut last = None;
    for generation in found.base + 1..=found.newest {
        if generation < found.newest {
            let sealed = read_header(disk, generation + 1)?.before;
            walked.push(walk(disk, generation, Some(&sealed))?);
        } else if write {
            let (segment, w) = Segment::reopen(disk, generation)?;
            walked.push(w);
            last = Some(segment);
        } else {
            walked.push(walk(disk, generation, None)?);
        }
    }
    let id = walked.first().map(|w| w.header.base);
    let base = ChunkReader::open(disk, &base_name(found.base), identity, id.as_ref())?;
    Ok(Loaded { found, walked, base, last })
}

/// [`load`] while a writer may be at work: what looks wrong is looked at again, since a checkpoint may have removed
/// a file, or a frame been half there, just then.
pub(crate) fn load_beside_writer(disk: &dyn Disk, identity: &VaultIdentity) -> Result<Loaded, VaultError> {
    let mut result = load(disk, identity, false);
    for _ in 0..2 {
        match &result {
            Err(VaultError::Damaged { .. } | VaultError::HalfThere { .. }) => {
                result = load(disk, identity, false);
            }
            _ => break,
        }
    }
    result
}
