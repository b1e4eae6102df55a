//! A file that leaves the vault in the clear because somebody asked for it: made where there was none, so that nothing
//! is written over, and read back.

use std::sync::Arc;

use super::durable::{Disk, WriteAt, sync_dir};
use super::error::{Doing, VaultError};

/// A file that was made, and holds nothing yet.
#[derive(Debug)]
pub struct NewFile {
    disk: Arc<dyn Disk>,
    name: String,
    file: Arc<dyn WriteAt>,
}

impl NewFile {
    /// Makes a file in a folder, readable by its owner only. What may not be written is known from here on.
    ///
    /// # Errors
    /// The device's; a file or link of that name.
    pub fn create(disk: &Arc<dyn Disk>, name: &str) -> Result<Self, VaultError> {
        let file = disk.create(name).map_err(|e| VaultError::from_io(Doing::Creating, name, &e))?;
        Ok(Self { disk: Arc::clone(disk), name: name.to_owned(), file })
    }

    /// Writes all of it durably, and reads it back from the device, as far as the kernel lets that be asked for.
    ///
    /// # Errors
    /// The device's; what did not come back as it was written. The file is removed again then.
    pub fn fill(self, bytes: &[u8]) -> Result<(), VaultError> {
        let failed = |doing, e: std::io::Error| VaultError::from_io(doing, &self.name, &e);
        let filled = (|| {
            self.file.write_all_at(0, bytes).map_err(|e| failed(Doing::Writing, e))?;
            self.file.sync_data().map_err(|e| failed(Doing::Writing, e))?;
            sync_dir(&*self.disk, "")?;
            // Declined, it is read from memory: less is shown then, and nothing is wrong.
            let _ = self.disk.forget(&self.name);
            let back =
                self.disk.read(&self.name, bytes.len() as u64).map_err(|e| failed(Doing::Reading, e))?;
            if back == bytes { Ok(()) } else { Err(VaultError::not_kept(&self.name)) }
        })();
        if filled.is_err() {
            self.discard();
        }
        filled
    }

    /// Takes it away again.
    pub fn discard(&self) {
        // Best effort: what is left is empty, or what was asked for.
        let _ = self.disk.remove(&self.name);
    }
}
