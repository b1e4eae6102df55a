//! A vault that is being made: all of it is written and read as ever, but its format mark stands under another name,
//! so that to everybody else the folder is half there. One rename makes it a vault.

use std::io;
use std::sync::Arc;

use super::durable::{Disk, Listed, LockGuard, LockRefused, ReadAt, WriteAt, replace, sync_dir};
use super::error::{Doing, VaultError, Where};
use super::folder::{FORMAT, format_line, place_of};

/// The name of the format mark until then.
pub(crate) const UNFINISHED: &str = "unfinished";

/// A folder whose making has begun.
#[derive(Debug, Clone)]
pub struct Unfinished(Arc<dyn Disk>);

impl Unfinished {
    /// Begins in a folder that is not there or empty, or, with `again`, where a beginning was cut before. It is to have
    /// the format of what it is made from.
    ///
    /// # Errors
    /// [`VaultError::Occupied`] naming what is there.
    pub fn begin(disk: &Arc<dyn Disk>, format: u32, again: bool) -> Result<Self, VaultError> {
        let failed = |e: io::Error| match e.kind() {
            io::ErrorKind::NotFound => VaultError::NoPlace { place: place_of(&**disk) },
            io::ErrorKind::NotADirectory => VaultError::Occupied { name: Where::File },
            _ => VaultError::from_io(Doing::Creating, Where::Folder, &e),
        };
        disk.create_folder("").map_err(failed)?;
        let listed = disk.list("").map_err(failed)?;
        let begun = listed.iter().any(|one| one.name == UNFINISHED && !one.folder);
        // What the first write of all leaves when it is cut.
        let nothing = |one: &Listed| one.name == format!("{FORMAT}.tmp") && !one.folder;
        let mine = |one: &Listed| nothing(one) || begun && again && one.name != FORMAT;
        if let Some(one) = listed.iter().find(|one| !mine(one)) {
            return Err(VaultError::Occupied { name: (&one.name).into() });
        }
        let this = Self(Arc::clone(disk));
        let line = format_line(format);
        if !begun || this.read(FORMAT, 4096).is_ok_and(|held| held != line.as_bytes()) {
            // First of all: whatever else is found here from now on was put here by this.
            replace(&this, FORMAT, line.as_bytes())?;
            sync_dir(&this, "")?;
        }
        Ok(this)
    }

    /// Makes it a vault. Everything in it is durable by now; power failing before this returns leaves it half there,
    /// or whole.
    ///
    /// # Errors
    /// The device's: it is half there, as far as the device still does what it is told. Where it does nothing any more
    /// the name may have got through or not, and the next power-up shows which: the error is to be told so.
    pub fn finish(self) -> Result<(), VaultError> {
        self.0.rename(UNFINISHED, FORMAT).map_err(|e| VaultError::from_io(Doing::Creating, FORMAT, &e))?;
        sync_dir(&*self.0, "").inspect_err(|_| {
            // What is said to be unfinished is not to open as a vault.
            let _ = self.0.rename(FORMAT, UNFINISHED).and_then(|()| self.0.sync_dir(""));
        })
    }
}

fn behind(name: &str) -> &str {
    if name == FORMAT { UNFINISHED } else { name }
}

impl Disk for Unfinished {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let mut listed = self.0.list(folder)?;
        for one in listed.iter_mut().filter(|one| folder.is_empty() && one.name == UNFINISHED) {
            FORMAT.clone_into(&mut one.name);
        }
        Ok(listed)
    }

    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        self.0.read(behind(name), max)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        self.0.open(behind(name))
    }

    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        self.0.open_write(behind(name))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        self.0.create(behind(name))
    }

    fn create_folder(&self, name: &str) -> io::Result<()> {
        self.0.create_folder(name)
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(behind(from), behind(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(behind(name))
    }

    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        self.0.sync_dir(folder)
    }

    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        self.0.lock(behind(name), note)
    }

    fn free_space(&self) -> io::Result<u64> {
        self.0.free_space()
    }

    fn writable(&self) -> io::Result<()> {
        self.0.writable()
    }

    fn place(&self) -> io::Result<Option<std::path::PathBuf>> {
        self.0.place()
    }

    fn device(&self) -> io::Result<Option<u64>> {
        self.0.device()
    }

    fn forget(&self, name: &str) -> io::Result<()> {
        self.0.forget(behind(name))
    }
}
