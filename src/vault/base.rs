//! The base: a whole redb image as one age file, read at random places through age's seekable reader and a cache of
//! its 64 KiB chunks.

use std::collections::HashMap;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use age::stream::StreamReader;

use super::durable::{Disk, ReadAt};
use super::error::{Doing, VaultError};
use super::frame::{Hash, sha};
use super::keys::VaultIdentity;
use crate::fault::{Fault, fault};

/// age encrypts 64 KiB at a time and adds 16 bytes to each (age-encryption.org/v1).
pub(crate) const CHUNK: usize = 64 << 10;
const CIPHER_CHUNK: u64 = CHUNK as u64 + 16;
/// An age header to one recipient is about 200 bytes, and the one stanza of grease at most 400 more.
const MAX_HEADER: usize = 8 << 10;
const NONCE: usize = 16;

pub(crate) fn base_name(generation: u64) -> String {
    format!("base.{generation:06}.age")
}

pub(crate) fn guard<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    // What a panicking thread left is consistent between any two statements here, or found out by authentication.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Length of header and nonce of an age file, from its beginning.
fn payload_start(front: &[u8]) -> Option<usize> {
    let mac = front.windows(5).position(|w| w == b"\n--- ")? + 5;
    let line = front.get(mac..)?.iter().position(|b| *b == b'\n')?;
    Some(mac + line + 1 + NONCE).filter(|end| *end <= front.len())
}

/// Names one base among all others: SHA-256 of its age header and nonce, on which the key of its contents depends.
/// Known before the first chunk is written, so that the next segment can name its base ahead.
pub(crate) fn base_id(front: &[u8]) -> Option<Hash> {
    Some(sha(&[front.get(..payload_start(front)?)?]))
}

/// [`base_id`] of a file. `None`: it does not begin as an age file does.
pub(crate) fn id_of(file: &dyn ReadAt) -> io::Result<Option<Hash>> {
    let mut front = vec![0; (MAX_HEADER as u64).min(file.size()?) as usize];
    super::durable::read_exact_at(file, 0, &mut front)?;
    Ok(base_id(&front))
}

/// Where the contents of an age file begin. `None`: it does not begin as one does.
pub(crate) fn header_len(file: &dyn ReadAt) -> io::Result<Option<u64>> {
    let mut front = vec![0; (MAX_HEADER as u64).min(file.size()?) as usize];
    super::durable::read_exact_at(file, 0, &mut front)?;
    Ok(payload_start(&front).map(|start| start as u64))
}

/// Why age does not open a file: the key, the device that did not read it, or its bytes, and then `what` is wrong.
pub(crate) fn not_opened(name: &str, error: age::DecryptError, what: Fault) -> VaultError {
    match error {
        age::DecryptError::NoMatchingKeys => VaultError::WrongKey { file: name.to_owned() },
        age::DecryptError::Io(e) if !is_of_bytes(&e) => VaultError::from_io(Doing::Reading, name, &e),
        _ => VaultError::damaged(name, 0, what),
    }
}

/// Why a chunk at a place of the file is not read: its bytes, or the device.
pub(crate) fn chunk_error(name: &str, place: u64, e: &io::Error) -> VaultError {
    match is_of_bytes(e) {
        true => VaultError::damaged(name, place, fault!("bytes_contents_seal")),
        false => VaultError::from_io(Doing::Reading, name, e),
    }
}

/// Whether age says by this that the bytes are wrong; all else is what the device said.
fn is_of_bytes(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

/// A file as age wants to read it.
#[derive(Debug)]
pub(crate) struct Cursor {
    file: Arc<dyn ReadAt>,
    at: u64,
    len: u64,
}

impl Cursor {
    pub(crate) fn new(file: &Arc<dyn ReadAt>, len: u64) -> Self {
        Self { file: Arc::clone(file), at: 0, len }
    }
}

impl Read for Cursor {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(self.at, out)?;
        self.at += n as u64;
        Ok(n)
    }
}

impl Seek for Cursor {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.len.checked_add_signed(by),
        };
        self.at = at.ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        Ok(self.at)
    }
}

/// Decrypts chunks of a base in any order. Not shared: each user has its own.
pub(crate) struct ChunkReader {
    stream: Option<StreamReader<Cursor>>,
    pub(crate) name: String,
    pub(crate) len: u64,
    payload: u64,
}

impl fmt::Debug for ChunkReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChunkReader")
            .field("name", &self.name)
            .field("len", &self.len)
            .finish_non_exhaustive()
    }
}

impl ChunkReader {
    /// Opens a base; authenticates its header and its length. `id` is what the segment behind it names.
    pub(crate) fn open(
        disk: &dyn Disk,
        name: &str,
        identity: &VaultIdentity,
        id: Option<&Hash>,
    ) -> Result<Self, VaultError> {
        let damaged = |at, what| VaultError::damaged(name, at, what);
        let io_error = |e: &io::Error| match e.kind() {
            io::ErrorKind::NotFound => damaged(0, fault!("bytes_file_missing")),
            _ => VaultError::from_io(Doing::Opening, name, e),
        };
        let file = disk.open(name).map_err(|e| io_error(&e))?;
        let len = file.size().map_err(|e| io_error(&e))?;
        let mut front = vec![0; (MAX_HEADER as u64).min(len) as usize];
        super::durable::read_exact_at(&*file, 0, &mut front).map_err(|e| io_error(&e))?;
        let payload = payload_start(&front).ok_or_else(|| damaged(0, fault!("bytes_header_form")))?;
        if id.is_some_and(|id| base_id(&front).as_ref() != Some(id)) {
            return Err(damaged(0, fault!("bytes_other_base")));
        }
        let decryptor = age::Decryptor::new(Cursor { file, at: 0, len })
            .map_err(|e| not_opened(name, e, fault!("bytes_header_form")))?;
        let mut stream = decryptor
            .decrypt(identity.identities().into_iter())
            .map_err(|e| not_opened(name, e, fault!("bytes_header_seal")))?;
        let plain = stream.seek(SeekFrom::End(0)).map_err(|e| match is_of_bytes(&e) {
            true => damaged(len, fault!("bytes_last_part")),
            false => VaultError::from_io(Doing::Reading, name, &e),
        })?;
        // One more chunk with nothing in it opens like none; nobody who wrote a base wrote that.
        let sealed = plain + 16 * plain.div_ceil(CHUNK as u64).max(1);
        if len != payload as u64 + sealed {
            return Err(damaged(len, fault!("bytes_last_part")));
        }
        Ok(Self { stream: Some(stream), name: name.to_owned(), len: plain, payload: payload as u64 })
    }

    pub(crate) fn chunks(&self) -> u64 {
        self.len.div_ceil(CHUNK as u64)
    }

    /// Decrypts one chunk into `out`. After a failure the reader is gone, and so says each later call.
    pub(crate) fn read_chunk(&mut self, index: u64, out: &mut Vec<u8>) -> Result<(), VaultError> {
        let start = index * CHUNK as u64;
        let place = self.payload + index * CIPHER_CHUNK;
        let want = self.len.saturating_sub(start).min(CHUNK as u64) as usize;
        out.clear();
        out.resize(want, 0);
        let Some(stream) = self.stream.as_mut() else {
            return Err(VaultError::damaged(&self.name, place, fault!("bytes_earlier_part")));
        };
        stream.seek(SeekFrom::Start(start)).and_then(|_| stream.read_exact(out)).map_err(|e| {
            // age's reader does not recover from a failed chunk.
            self.stream = None;
            chunk_error(&self.name, place, &e)
        })
    }
}

#[derive(Debug)]
struct Slot {
    index: u64,
    bytes: Vec<u8>,
    used: bool,
}

/// Chunks in the clear, within a limit; the one not asked for longest goes first, roughly (second chance).
#[derive(Debug)]
struct ChunkCache {
    places: HashMap<u64, usize>,
    slots: Vec<Slot>,
    hand: usize,
    limit: usize,
}

impl ChunkCache {
    fn new(limit: usize) -> ChunkCache {
        ChunkCache { places: HashMap::new(), slots: Vec::new(), hand: 0, limit }
    }

    fn get(&mut self, index: u64) -> Option<&[u8]> {
        let slot = self.slots.get_mut(*self.places.get(&index)?)?;
        slot.used = true;
        Some(&slot.bytes)
    }

    /// A slot to decrypt into; forgets what was in it.
    fn take(&mut self) -> usize {
        if self.slots.len() < self.limit {
            self.slots.push(Slot { index: u64::MAX, bytes: Vec::new(), used: false });
            return self.slots.len() - 1;
        }
        loop {
            let at = self.hand;
            self.hand = (self.hand + 1) % self.slots.len().max(1);
            let Some(slot) = self.slots.get_mut(at) else { return 0 };
            if !std::mem::take(&mut slot.used) {
                self.places.remove(&slot.index);
                slot.index = u64::MAX;
                return at;
            }
        }
    }
}

#[derive(Debug)]
struct Inner {
    reader: ChunkReader,
    cache: ChunkCache,
    /// Digest of each chunk, once all were read for it.
    pins: Vec<Hash>,
    failed: Option<VaultError>,
}

impl Inner {
    /// Decrypts one chunk, and demands that it be the one that was pinned.
    fn chunk(&mut self, index: u64, out: &mut Vec<u8>) -> Result<(), VaultError> {
        self.reader.read_chunk(index, out)?;
        let pin = usize::try_from(index).ok().and_then(|index| self.pins.get(index));
        match pin.is_none_or(|pin| *pin == sha(&[out])) {
            true => Ok(()),
            false => Err(VaultError::Exchanged { what: (&self.reader.name).into() }),
        }
    }
}

/// A base with its cache, shared by all who read.
#[derive(Debug)]
pub(crate) struct Base {
    pub(crate) len: u64,
    inner: Mutex<Inner>,
}

impl Base {
    /// `cache` in bytes; at least two chunks are kept.
    pub(crate) fn new(reader: ChunkReader, cache: usize) -> Self {
        let limit = (cache / CHUNK).max(2);
        let cache = ChunkCache::new(limit);
        Self { len: reader.len, inner: Mutex::new(Inner { reader, cache, pins: Vec::new(), failed: None }) }
    }

    /// What went wrong first, if anything has.
    pub(crate) fn failed(&self) -> Option<VaultError> {
        guard(&self.inner).failed.clone()
    }

    /// Reads all of it once and gives the digest of what was read: its length and every chunk, in the clear. From here on
    /// a chunk is only read as it was read for that: whoever writes to the file under our eyes changes neither what the
    /// digest is of nor what is read beside it, but is met by [`VaultError::Exchanged`]. `None` where `stop` was set.
    pub(crate) fn pin(&self, stop: &AtomicBool) -> Result<Option<Hash>, VaultError> {
        let chunks = {
            let mut inner = guard(&self.inner);
            // What was read before is not what the digest is of.
            inner.cache = ChunkCache::new(inner.cache.limit);
            inner.pins = Vec::new();
            inner.reader.chunks()
        };
        let (mut pins, mut chunk) = (Vec::new(), Vec::with_capacity(CHUNK));
        for index in 0..chunks {
            if stop.load(Ordering::Relaxed) {
                return Ok(None);
            }
            guard(&self.inner).chunk(index, &mut chunk)?;
            pins.push(sha(&[&chunk]));
        }
        let all = sha(&[&self.len.to_be_bytes(), pins.as_flattened()]);
        guard(&self.inner).pins = pins;
        Ok(Some(all))
    }

    /// Reads at `offset`; behind the end come zeros.
    pub(crate) fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), VaultError> {
        let mut inner = guard(&self.inner);
        let inner = &mut *inner;
        let mut at = offset;
        let mut rest = out;
        while !rest.is_empty() {
            if at >= self.len {
                rest.fill(0);
                return Ok(());
            }
            let index = at / CHUNK as u64;
            let within = (at % CHUNK as u64) as usize;
            if inner.cache.get(index).is_none() {
                if let Some(failed) = &inner.failed {
                    return Err(failed.clone());
                }
                let place = inner.cache.take();
                let mut bytes = match inner.cache.slots.get_mut(place) {
                    Some(slot) => std::mem::take(&mut slot.bytes),
                    None => Vec::new(),
                };
                if let Err(e) = inner.chunk(index, &mut bytes) {
                    inner.failed = Some(e.clone());
                    return Err(e);
                }
                if let Some(slot) = inner.cache.slots.get_mut(place) {
                    (slot.index, slot.bytes) = (index, bytes);
                    inner.cache.places.insert(index, place);
                }
            }
            let bytes = inner.cache.get(index).and_then(|b| b.get(within..)).unwrap_or_default();
            let n = bytes.len().min(rest.len());
            if n == 0 {
                rest.fill(0);
                return Ok(());
            }
            let (now, later) = rest.split_at_mut(n);
            if let Some(bytes) = bytes.get(..n) {
                now.copy_from_slice(bytes);
            }
            at += n as u64;
            rest = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::RealDisk;
    use crate::vault::checkpoint::BaseWriter;

    #[test]
    fn what_is_read_behind_a_digest_is_what_the_digest_is_of() {
        // Broken by: a digest of what was read some other time.
        let folder = tempfile::tempdir().unwrap();
        let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(folder.path()));
        let identity = VaultIdentity::generate();
        let written = |generation, ends: u8| {
            let mut image = vec![7; 2 * CHUNK + 100];
            image.push(ends);
            let mut writer = BaseWriter::begin(&disk, generation, &identity.recipient().unwrap()).unwrap();
            image.chunks(CHUNK).for_each(|chunk| writer.push(chunk).unwrap());
            Base::new(writer.finish(&identity).unwrap(), 2 * CHUNK)
        };
        let (base, run) = (written(1, 1), AtomicBool::new(false));
        let digest = base.pin(&run).unwrap();
        assert_eq!(
            digest,
            written(2, 1).pin(&run).unwrap(),
            "of the contents, whatever they are encrypted with"
        );
        assert_ne!(digest, written(3, 2).pin(&run).unwrap());
        let mut byte = [0];
        base.read(2 * CHUNK as u64 + 100, &mut byte).unwrap();
        assert_eq!(byte, [1]);
        // As if another chunk stood there, under the same key: a digest of it that is not the one of before.
        guard(&base.inner).pins[1][0] ^= 1;
        base.read(0, &mut byte).unwrap();
        let met = base.read(CHUNK as u64, &mut byte);
        assert!(matches!(met, Err(VaultError::Exchanged { .. })), "{met:?}");
        assert_eq!(base.pin(&AtomicBool::new(true)).unwrap(), None);
    }
}
