//! A vault as of one moment, to be copied while a writer is at work: the newest base, every segment behind it up to
//! its last whole frame, the attachments, and the keys.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::base::{base_name, id_of};
use super::blobs;
use super::durable::{Disk, ReadAt, read_exact_at};
use super::error::{Doing, VaultError};
use super::frame::Hash;
use super::keys::{KEYS, VaultIdentity, read_key_file};
use super::replay::load_beside_writer;
use super::walk::Walked;
use crate::fault::fault;

/// How often a moment is looked for: a checkpoint may remove a file, or a key change be half done, just then.
const TRIES: usize = 10;

/// What is copied. Its files are held open: what a checkpoint removes meanwhile is still read.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The vault's format.
    pub(crate) format: u32,
    pub(crate) base: u64,
    pub(crate) base_file: Arc<dyn ReadAt>,
    pub(crate) base_len: u64,
    pub(crate) base_id: Hash,
    /// Segments behind the base, oldest first; never empty.
    pub(crate) segments: Vec<Walked>,
    pub(crate) keys: BTreeMap<String, Vec<u8>>,
    /// Attachments by name, with the bytes of their files: all that the frames name were there before these were.
    /// One that a frame erases may be gone by the time it is read.
    pub(crate) blobs: BTreeMap<String, u64>,
}

impl Snapshot {
    /// # Errors
    /// Damage of what is to be copied, or its device.
    pub(crate) fn take(disk: &dyn Disk, identity: &VaultIdentity) -> Result<Self, VaultError> {
        let mut result = Self::once(disk, identity);
        for _ in 1..TRIES {
            match &result {
                // What looks wrong is looked at again: real damage stays.
                Err(VaultError::Damaged { .. } | VaultError::HalfThere { .. }) => {}
                _ => break,
            }
            result = Self::once(disk, identity);
        }
        result
    }

    fn once(disk: &dyn Disk, identity: &VaultIdentity) -> Result<Self, VaultError> {
        let keys = keys_of(disk)?;
        let loaded = load_beside_writer(disk, identity)?;
        let base = loaded.found.base;
        let name = base_name(base);
        let failed = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => VaultError::damaged(&name, 0, fault!("bytes_file_missing")),
            _ => VaultError::from_io(Doing::Opening, &name, &e),
        };
        // A generation is never used twice: this is the base that was loaded.
        let base_file = disk.open(&name).map_err(failed)?;
        let base_len = base_file.size().map_err(failed)?;
        let base_id = id_of(&*base_file)
            .map_err(failed)?
            .ok_or_else(|| VaultError::damaged(&name, 0, fault!("bytes_no_header")))?;
        // After the frames: what they name is durable before they are.
        let names = blobs::names(disk)?;
        let blobs = names.into_iter().map(|name| (name.clone(), blobs::bytes_of(disk, [name]))).collect();
        let format = loaded.found.format;
        Ok(Self { format, base, base_file, base_len, base_id, segments: loaded.walked, keys, blobs })
    }

    /// Generation of the last segment.
    pub(crate) fn newest(&self) -> u64 {
        self.segments.last().map_or(self.base.saturating_add(1), |s| s.header.generation)
    }

    /// Fills `out` with a segment's bytes from `at` on. Behind the last whole frame of the last one come zeros: what
    /// is being written there now belongs to a later moment.
    pub(crate) fn read_segment(&self, segment: &Walked, at: u64, out: &mut [u8]) -> io::Result<()> {
        let end =
            if segment.header.generation == self.newest() { segment.seal.end } else { segment.seal.len };
        let there = end.saturating_sub(at).min(out.len() as u64) as usize;
        let (bytes, zeros) = out.split_at_mut(there);
        zeros.fill(0);
        read_exact_at(&*segment.file, at, bytes)
    }

    /// Bytes of all that is copied.
    pub(crate) fn bytes(&self) -> u64 {
        let segments: u64 = self.segments.iter().map(|s| s.seal.len).sum();
        let keys: usize = self.keys.values().map(Vec::len).sum();
        self.base_len + segments + keys as u64 + self.blobs.values().sum::<u64>()
    }
}

/// The key files of one moment, each whole by its sum: read until two readings agree.
fn keys_of(disk: &dyn Disk) -> Result<BTreeMap<String, Vec<u8>>, VaultError> {
    let mut before = None;
    for _ in 0..TRIES {
        let now = read_keys(disk)?;
        if before.as_ref() == Some(&now) {
            return Ok(now);
        }
        before = Some(now);
    }
    Err(VaultError::Busy)
}

fn read_keys(disk: &dyn Disk) -> Result<BTreeMap<String, Vec<u8>>, VaultError> {
    let listed = disk.list(KEYS).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => VaultError::HalfThere { what: KEYS.into() },
        _ => VaultError::from_io(Doing::Listing, KEYS, &e),
    })?;
    let mut keys = BTreeMap::new();
    for one in listed.into_iter().filter(|one| !one.folder && one.name.ends_with(".age")) {
        if let Some(bytes) = read_key_file(disk, &one.name)? {
            keys.insert(one.name, bytes);
        }
    }
    Ok(keys)
}
