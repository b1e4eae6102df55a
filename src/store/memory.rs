//! A database that lives in memory: a new site's first image, before there is a vault to put it in.

use redb::StorageBackend;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use zeroize::Zeroizing;

/// Bytes in memory as storage. Clones share them.
#[derive(Clone, Default)]
pub struct MemoryImage(Arc<Mutex<Zeroizing<Vec<u8>>>>);

impl std::fmt::Debug for MemoryImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MemoryImage(secret)")
    }
}

impl MemoryImage {
    /// Storage of length 0.
    pub fn new() -> MemoryImage {
        MemoryImage::default()
    }

    /// All of it, as it stands.
    pub fn bytes(&self) -> Zeroizing<Vec<u8>> {
        self.hold().clone()
    }

    fn hold(&self) -> MutexGuard<'_, Zeroizing<Vec<u8>>> {
        // Plain bytes: whoever panicked while holding them left them readable.
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

fn range(offset: u64, length: usize) -> Option<std::ops::Range<usize>> {
    let start = usize::try_from(offset).ok()?;
    Some(start..start.checked_add(length)?)
}

impl StorageBackend for MemoryImage {
    fn len(&self) -> Result<u64, io::Error> {
        Ok(self.hold().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), io::Error> {
        let held = self.hold();
        let bytes =
            range(offset, out.len()).and_then(|range| held.get(range)).ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, len: u64) -> Result<(), io::Error> {
        let len = usize::try_from(len).map_err(|_| io::ErrorKind::OutOfMemory)?;
        self.hold().resize(len, 0);
        Ok(())
    }

    fn sync_data(&self) -> Result<(), io::Error> {
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> Result<(), io::Error> {
        let mut held = self.hold();
        let place = range(offset, data.len())
            .and_then(|range| held.get_mut(range))
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        place.copy_from_slice(data);
        Ok(())
    }
}
