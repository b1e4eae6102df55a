//! Writing a segment: the order in which a frame becomes durable.

use std::io;
use std::sync::Arc;

use super::ahead::Ahead;
use super::durable::{Disk, WriteAt, read_exact_at, sync_dir};
use super::error::{AppendError, Doing, VaultError};
use super::frame::{self, Hash, Place, SECTOR, sha};
use super::journal::{FIRST_LEN, STEP, Seal, SegmentHeader, len_for, segment_name};
use super::lock::{Holder, Watch};
use super::walk::{Walked, hash_rest, walk};

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
        // Nobody can have it open yet but who has come past the lock of the vault.
        let file =
            write().and_then(|file| file.keep_others_out().map(|()| file)).map_err(|e: io::Error| {
                let _ = disk.remove(&tmp);
                (VaultError::from_io(Doing::Creating, &name, &e), false)
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
        let failed = |e: io::Error| VaultError::from_io(Doing::Syncing, &name, &e);
        let file = disk.open_write(&name).map_err(failed)?;
        // Before it is read: who still writes to it holds it, though the lock of the vault is gone.
        file.keep_others_out().map_err(|e| match e.kind() {
            io::ErrorKind::WouldBlock => VaultError::Held { by: Holder::default() },
            _ => failed(e),
        })?;
        let walked = walk(disk, generation, None)?;
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
        // The last byte, too: it is what makes the length last.
        let mut last = [0];
        read_exact_at(&*file, walked.seal.len - 1, &mut last).map_err(failed)?;
        file.write_all_at(walked.seal.len - 1, &last).map_err(failed)?;
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

    /// Refuses to go on where another file stands under its name.
    pub(crate) fn is_there(&self, watch: &Watch) -> Result<(), VaultError> {
        let id = self.file.id().map_err(|e| VaultError::from_io(Doing::Reading, &self.name, &e))?;
        watch.is(&self.name, id)
    }

    /// Refuses to go on where somebody else has written to it: it has another length than it was given here, or what
    /// stands behind its last frame is not nothing.
    pub(crate) fn is_untouched(&self) -> Result<(), VaultError> {
        let failed = |e: io::Error| VaultError::from_io(Doing::Reading, &self.name, &e);
        let mut next = [0; SECTOR];
        let room = (self.len - self.end).min(SECTOR as u64) as usize;
        let next = next.get_mut(..room).unwrap_or_default();
        let untouched = self.file.size().map_err(failed)? == self.len && {
            read_exact_at(&*self.file, self.end, next).map_err(failed)?;
            next.iter().all(|byte| *byte == 0)
        };
        if untouched { Ok(()) } else { Err(VaultError::Exchanged { what: (&self.name).into() }) }
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
    pub(crate) fn append(&mut self, payload: &[u8], ahead: &Ahead) -> Result<(), (AppendError, bool)> {
        let place =
            Place { generation: self.generation, index: self.frames, start: self.end, before: self.chain };
        let (bytes, chain) =
            frame::encode(payload, &place, ahead).map_err(|e| (AppendError::NotWritten(e), false))?;
        let end = self.end + bytes.len() as u64;
        if end > self.len {
            self.grow(len_for(end))?;
        }
        let failed = |e: &io::Error| VaultError::from_io(Doing::Writing, &self.name, e);
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
        let failed =
            |e: &io::Error| AppendError::NotWritten(VaultError::from_io(Doing::Extending, &self.name, e));
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
