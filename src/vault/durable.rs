//! The seam to the device: the only place with durable writes. A test replaces [`Disk`] to cut the power.
//!
//! What callers may rely on, and no more: unsynced writes may be lost or torn at 512 bytes, in any order; a
//! creation, rename or removal lasts only after `sync_dir` of its folder; `sync_data` keeps bytes and length.

use std::fmt::Debug;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::{Access, Advice, FlockOperation};

use super::error::{Doing, VaultError};

/// One name in a folder of the vault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// File name without its folder; what is not UTF-8 is replaced, so that it can be named as foreign.
    pub name: String,
    /// A folder (true) or a plain file (false). Anything else is shown as a file named with its kind.
    pub folder: bool,
}

/// A file open for reading at any place.
pub trait ReadAt: Send + Sync + Debug {
    /// Reads at `offset`; 0 means end of file.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;
    /// Length in bytes now.
    fn size(&self) -> io::Result<u64>;
}

/// A file open for writing at any place.
pub trait WriteAt: ReadAt {
    /// Writes all of `bytes`, or fails; after a failure any part may have been written.
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts or extends with zeros.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Returns when bytes and length are on the device. A failure is never retried.
    fn sync_data(&self) -> io::Result<()>;
}

/// Why the lock was not given.
#[derive(Debug)]
pub enum LockRefused {
    /// Another process has it; the text it left about itself.
    Held(Vec<u8>),
    /// The device said no.
    Io(io::Error),
}

/// Holds the lock until dropped.
pub trait LockGuard: Send + Sync + Debug {}

/// A folder with files, two levels deep. Names are relative to it, with `/`, and only ever made by this module.
pub trait Disk: Send + Sync + Debug {
    /// Names in a folder ("" is the vault itself).
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>>;
    /// Whole contents; fails with `FileTooLarge` above `max` bytes.
    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>>;
    /// Opens for random reading.
    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>>;
    /// Opens an existing file for writing.
    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>>;
    /// Creates a file that is not there yet, readable by its owner only (0600).
    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>>;
    /// Creates a folder, and the vault's own folder with "" (0700), durably. Existing is fine.
    fn create_folder(&self, name: &str) -> io::Result<()>;
    /// Replaces `to` in one step.
    fn rename(&self, from: &str, to: &str) -> io::Result<()>;
    /// Removes a file; one that is not there is fine.
    fn remove(&self, name: &str) -> io::Result<()>;
    /// Makes creations, renames and removals in a folder last.
    fn sync_dir(&self, folder: &str) -> io::Result<()>;
    /// Takes an exclusive lock for as long as the guard lives, and leaves `note` about the holder.
    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused>;
    /// Takes the lock that lies there without a note of one's own: for whoever reads what must not change meanwhile,
    /// and writes nothing. `None`: nothing lies there that could be taken, or this disk knows no locks.
    fn lock_as_it_is(&self, _name: &str) -> Result<Option<Box<dyn LockGuard>>, LockRefused> {
        Ok(None)
    }
    /// Bytes that can still be written.
    fn free_space(&self) -> io::Result<u64>;
    /// Whether this process may write here.
    fn writable(&self) -> io::Result<()>;
    /// The folder next to this one, called as it with this ending, and its place for people. Touches nothing. Fails
    /// where there is no such place.
    fn beside(&self, _ending: &str) -> io::Result<(String, Arc<dyn Disk>)> {
        Err(io::Error::from(io::ErrorKind::Unsupported))
    }
    /// Where the folder is, in the one spelling that two ways to it share. `None`: not on a file system.
    fn place(&self) -> io::Result<Option<PathBuf>> {
        Ok(None)
    }
    /// A number of the device under this folder, or under the nearest folder above it that is there. `None`: not
    /// known. Two numbers may still be one disk: partitions, bind mounts and logical volumes have their own.
    fn device(&self) -> io::Result<Option<u64>> {
        Ok(None)
    }
    /// Asks that the next reading of a synced file comes from the device and not from memory. The kernel may decline,
    /// and the cache inside a device is out of reach.
    fn forget(&self, _name: &str) -> io::Result<()> {
        Ok(())
    }
}

/// A real folder.
#[derive(Debug, Clone)]
pub struct RealDisk {
    root: PathBuf,
}

impl RealDisk {
    /// Names the folder; touches nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where the folder is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    fn path(&self, name: &str) -> PathBuf {
        if name.is_empty() { self.root.clone() } else { self.root.join(name) }
    }
}

#[derive(Debug)]
struct RealFile(File);

impl ReadAt for RealFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.0.read_at(out, offset) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.0.metadata()?.len())
    }
}

impl WriteAt for RealFile {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(bytes, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        // fdatasync flushes the length too, as far as it is needed to read the bytes back.
        self.0.sync_data()
    }
}

#[derive(Debug)]
struct RealLock(File);

impl LockGuard for RealLock {}

impl Drop for RealLock {
    fn drop(&mut self) {
        // Not by closing alone: a process that is just being started holds the same open file until it runs its own
        // program, and with it the lock. What cannot be given back here is given back then.
        let _ = rustix::fs::flock(&self.0, FlockOperation::Unlock);
    }
}

impl Disk for RealDisk {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let mut out = Vec::new();
        for found in fs::read_dir(self.path(folder))? {
            let found = found?;
            let kind = found.file_type()?;
            let mut name = found.file_name().to_string_lossy().into_owned();
            if !kind.is_dir() && !kind.is_file() {
                // A link, socket or device in a vault is foreign whatever its name.
                name.push_str(" (not a plain file)");
            }
            out.push(Listed { name, folder: kind.is_dir() });
        }
        out.sort();
        Ok(out)
    }

    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        let file = File::open(self.path(name))?;
        let len = file.metadata()?.len();
        if len > max {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(&file, max), &mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(RealFile(File::open(self.path(name))?)))
    }

    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        Ok(Arc::new(RealFile(OpenOptions::new().read(true).write(true).open(self.path(name))?)))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(self.path(name))?;
        Ok(Arc::new(RealFile(file)))
    }

    fn create_folder(&self, name: &str) -> io::Result<()> {
        let path = self.path(name);
        match fs::DirBuilder::new().mode(0o700).create(&path) {
            // One that is there already may have been made by a try whose sync did not come about.
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            other => other?,
        }
        // The folder itself lasts only when the one it stands in is synced; "" is a relative path's.
        match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => File::open(".")?.sync_all(),
            Some(parent) => File::open(parent)?.sync_all(),
            None => Ok(()),
        }
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        fs::rename(self.path(from), self.path(to))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        File::open(self.path(folder))?.sync_all()
    }

    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false).mode(0o600);
        let file = options.open(self.path(name)).map_err(LockRefused::Io)?;
        let file = locked(file)?;
        // The note is for people only; the lock is the kernel's, so nothing here needs to be durable.
        file.set_len(0).and_then(|()| file.write_all_at(note, 0)).map_err(LockRefused::Io)?;
        Ok(Box::new(RealLock(file)))
    }

    fn lock_as_it_is(&self, name: &str) -> Result<Option<Box<dyn LockGuard>>, LockRefused> {
        let Ok(file) = File::open(self.path(name)) else { return Ok(None) };
        match locked(file) {
            Ok(file) => Ok(Some(Box::new(RealLock(file)))),
            Err(held @ LockRefused::Held(_)) => Err(held),
            // A device or file system that cannot lock has nobody's lock, either.
            Err(LockRefused::Io(_)) => Ok(None),
        }
    }

    fn free_space(&self) -> io::Result<u64> {
        let stat = rustix::fs::statvfs(&self.root)?;
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn writable(&self) -> io::Result<()> {
        Ok(rustix::fs::access(&self.root, Access::WRITE_OK)?)
    }

    fn beside(&self, ending: &str) -> io::Result<(String, Arc<dyn Disk>)> {
        // Where the folder really is: it may have been named ".", or through a link.
        let root = fs::canonicalize(&self.root)?;
        let (Some(above), Some(name)) = (root.parent(), root.file_name()) else {
            return Err(io::Error::from(io::ErrorKind::Unsupported));
        };
        let mut name = name.to_owned();
        name.push(ending);
        let place = above.join(name);
        Ok((place.display().to_string(), Arc::new(RealDisk::new(place))))
    }

    fn place(&self) -> io::Result<Option<PathBuf>> {
        let absolute = std::path::absolute(&self.root)?;
        for folder in absolute.ancestors() {
            if let Ok(real) = fs::canonicalize(folder) {
                let rest = absolute.strip_prefix(folder).unwrap_or(Path::new(""));
                // Component by component: joining nothing would leave a slash at the end.
                return Ok(Some(real.components().chain(rest.components()).collect()));
            }
        }
        Ok(Some(absolute))
    }

    fn device(&self) -> io::Result<Option<u64>> {
        let absolute = std::path::absolute(&self.root)?;
        for folder in absolute.ancestors() {
            match fs::metadata(folder) {
                Ok(found) => return Ok(Some(found.dev())),
                Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(None)
    }

    fn forget(&self, name: &str) -> io::Result<()> {
        let file = File::open(self.path(name))?;
        Ok(rustix::fs::fadvise(&file, 0, None, Advice::DontNeed)?)
    }
}

fn locked(file: File) -> Result<File, LockRefused> {
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(file),
        Err(rustix::io::Errno::WOULDBLOCK) => {
            let mut about = vec![0; 1024];
            let n = file.read_at(&mut about, 0).unwrap_or(0);
            about.truncate(n);
            Err(LockRefused::Held(about))
        }
        Err(e) => Err(LockRefused::Io(e.into())),
    }
}

/// Fills `out` from `offset`, or fails with `UnexpectedEof`.
pub(crate) fn read_exact_at(file: &dyn ReadAt, mut offset: u64, mut out: &mut [u8]) -> io::Result<()> {
    while !out.is_empty() {
        let n = file.read_at(offset, out)?;
        if n == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        offset += n as u64;
        out = out.get_mut(n..).unwrap_or_default();
    }
    Ok(())
}

/// Writes a file so that at any power cut its name holds either all of the old bytes or all of the new.
/// The caller syncs the folder when the name itself must last.
pub(crate) fn replace(disk: &dyn Disk, name: &str, bytes: &[u8]) -> Result<(), VaultError> {
    let tmp = format!("{name}.tmp");
    let write = || -> io::Result<()> {
        disk.remove(&tmp)?;
        let file = disk.create(&tmp)?;
        file.write_all_at(0, bytes)?;
        // The bytes are on the device before the name is: power failing here leaves the old file.
        file.sync_data()?;
        disk.rename(&tmp, name)
    };
    write().map_err(|e| {
        // Best effort: what is left behind is swept at the next opening.
        let _ = disk.remove(&tmp);
        VaultError::from_io(Doing::Writing, name, &e)
    })
}

pub(crate) fn sync_dir(disk: &dyn Disk, folder: &'static str) -> Result<(), VaultError> {
    disk.sync_dir(folder).map_err(|e| VaultError::from_io(Doing::Syncing, folder, &e))
}
