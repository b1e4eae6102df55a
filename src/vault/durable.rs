//! The seam to the device: the only place with durable writes. A test replaces [`Disk`] to cut the power.
//!
//! What callers may rely on, and no more: unsynced writes may be lost or torn at 512 bytes, in any order; a
//! creation, rename or removal lasts only after `sync_dir` of its folder; `sync_data` keeps bytes and length.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rustix::fs::{Access, Advice, AtFlags, CWD, Dir, FileType, FlockOperation, Mode, OFlags};

use super::error::{Doing, VaultError};

/// One name in a folder of the vault.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Listed {
    /// File name without its folder; what is not UTF-8 is replaced, so that it can be named as foreign.
    pub name: String,
    /// A folder (true) or a plain file (false). Anything else is shown as a file named with its kind.
    pub folder: bool,
}

/// The folder that a file system has at its root for what it mends: it is nobody's file, and no vault's.
const OF_THE_FILE_SYSTEM: &str = "lost+found";

/// Which file or folder something is, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FileId {
    /// The device under it.
    device: u64,
    /// Its number there.
    number: u64,
}

/// A file open for reading at any place.
pub trait ReadAt: Send + Sync + Debug {
    /// Reads at `offset`; 0 means end of file.
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize>;
    /// Length in bytes now.
    fn size(&self) -> io::Result<u64>;
    /// Which file it is; `None` on a disk that does not tell files apart.
    fn id(&self) -> io::Result<Option<FileId>> {
        Ok(None)
    }
}

/// A file open for writing at any place.
pub trait WriteAt: ReadAt {
    /// Writes all of `bytes`, or fails; after a failure any part may have been written.
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()>;
    /// Cuts or extends with zeros.
    fn set_len(&self, len: u64) -> io::Result<()>;
    /// Returns when bytes and length are on the device. A failure is never retried.
    fn sync_data(&self) -> io::Result<()>;
    /// Keeps other writers of it out for as long as it is open: a lock of its own, beside that of the vault. Fails with
    /// `WouldBlock` where another has it; a file system that knows no locks gives it.
    fn keep_others_out(&self) -> io::Result<()> {
        Ok(())
    }
}

/// Why the lock was not given.
#[derive(Debug)]
pub enum LockRefused {
    /// Another process has it; the text it left about itself.
    Held(Vec<u8>),
    /// What lies under its name is a link, or has another name besides: a lock on it is no lock on this vault.
    Linked,
    /// The device said no.
    Io(io::Error),
}

/// Holds the lock until dropped.
pub trait LockGuard: Send + Sync + Debug {
    /// Which file is locked; `None` on a disk that does not tell files apart.
    fn id(&self) -> io::Result<Option<FileId>> {
        Ok(None)
    }
}

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
    /// The same folder, held open: every name is found in it from now on, wherever it is moved and whatever stands in its
    /// place. `None`: this disk is nowhere else.
    fn hold(&self) -> io::Result<Option<Arc<dyn Disk>>> {
        Ok(None)
    }
    /// Which file stands under a name now, links not followed; with "" which folder stands where this one was opened.
    /// `None`: this disk does not tell files apart.
    fn id_of(&self, _name: &str) -> io::Result<Option<FileId>> {
        Ok(None)
    }
    /// The kind of the file system under the folder, where locks do not reach everybody who can write to it: a network's,
    /// or one made by a program.
    fn shared_by(&self) -> io::Result<Option<&'static str>> {
        Ok(None)
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

/// How a folder is opened.
const A_FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// A real folder: by its path, or held open.
#[derive(Debug, Clone)]
pub struct RealDisk {
    root: PathBuf,
    /// The folder itself, once it is held.
    folder: Option<Arc<OwnedFd>>,
}

impl RealDisk {
    /// Names the folder; touches nothing.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), folder: None }
    }

    /// Where the folder is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// From where [`Self::path`] goes.
    fn from(&self) -> BorrowedFd<'_> {
        self.folder.as_ref().map_or(CWD, |folder| folder.as_fd())
    }

    fn path(&self, name: &str) -> PathBuf {
        match (&self.folder, name) {
            (Some(_), "") => PathBuf::from("."),
            (Some(_), name) => PathBuf::from(name),
            (None, "") => self.root.clone(),
            (None, name) => self.root.join(name),
        }
    }

    /// Opens a file of the folder. A link is none of its files, whatever it leads to.
    fn open_file(&self, name: &str, flags: OFlags) -> io::Result<File> {
        let flags =
            flags | OFlags::CLOEXEC | if name.is_empty() { OFlags::empty() } else { OFlags::NOFOLLOW };
        // A pipe in the place of a file must not make anybody wait; of files and folders it says nothing.
        let flags = flags | OFlags::NONBLOCK;
        let opened = rustix::fs::openat(self.from(), self.path(name), flags, Mode::RUSR | Mode::WUSR)?;
        Ok(File::from(opened))
    }

    /// Opens the file of a lock: a plain file of one name, or nobody's lock keeps anybody out.
    fn open_lock(&self, name: &str, flags: OFlags) -> Result<File, LockRefused> {
        let file = self.open_file(name, flags).map_err(|e| match e.raw_os_error() {
            Some(linked) if linked == rustix::io::Errno::LOOP.raw_os_error() => LockRefused::Linked,
            _ => LockRefused::Io(e),
        })?;
        let found = file.metadata().map_err(LockRefused::Io)?;
        if found.is_file() && found.nlink() == 1 { Ok(file) } else { Err(LockRefused::Linked) }
    }
}

fn id_of(file: &impl AsFd) -> io::Result<Option<FileId>> {
    let stat = rustix::fs::fstat(file)?;
    Ok(Some(FileId { device: stat.st_dev, number: stat.st_ino }))
}

/// A file system whose locks may not reach everybody who writes to it, by the number that the kernel gives it.
fn shared_kind(number: i128) -> Option<&'static str> {
    // linux/magic.h, and the kernel's own folders for those that do not stand there.
    Some(match number {
        0x6969 => "NFS",
        0x517B | 0xFE53_4D42 | 0xFF53_4D42 => "SMB",
        0x6573_5546 => "FUSE",
        0x0102_1997 => "9p",
        0x00C3_6400 => "Ceph",
        0x5346_414F | 0x6B41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x0116_1970 => "GFS2",
        0x7461_636F => "OCFS2",
        _ => return None,
    })
}

#[derive(Debug)]
struct RealFile {
    file: File,
    locked: AtomicBool,
}

impl RealFile {
    fn new(file: File) -> Self {
        Self { file, locked: AtomicBool::new(false) }
    }
}

impl Drop for RealFile {
    fn drop(&mut self) {
        if self.locked.load(Ordering::Relaxed) {
            unlock(&self.file);
        }
    }
}

impl ReadAt for RealFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        loop {
            match self.file.read_at(out, offset) {
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                other => return other,
            }
        }
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.file.metadata()?.len())
    }

    fn id(&self) -> io::Result<Option<FileId>> {
        id_of(&self.file)
    }
}

impl WriteAt for RealFile {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.file.set_len(len)
    }

    fn sync_data(&self) -> io::Result<()> {
        // fdatasync flushes the length too, as far as it is needed to read the bytes back.
        self.file.sync_data()
    }

    fn keep_others_out(&self) -> io::Result<()> {
        match rustix::fs::flock(&self.file, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => self.locked.store(true, Ordering::Relaxed),
            Err(rustix::io::Errno::WOULDBLOCK) => return Err(io::ErrorKind::WouldBlock.into()),
            // The lock of the vault is there all the same, and what stands in the file is looked at before each frame.
            Err(_) => {}
        }
        Ok(())
    }
}

#[derive(Debug)]
struct RealLock(File);

impl LockGuard for RealLock {
    fn id(&self) -> io::Result<Option<FileId>> {
        id_of(&self.0)
    }
}

impl Drop for RealLock {
    fn drop(&mut self) {
        unlock(&self.0);
    }
}

/// Gives a lock back. Not by closing alone: a process that is just being started holds the same open file until it runs
/// its own program, and with it the lock. What cannot be given back here is given back then.
fn unlock(file: &File) {
    let _ = rustix::fs::flock(file, FlockOperation::Unlock);
}

impl Disk for RealDisk {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let opened = self.open_file(folder, A_FOLDER)?;
        let mut out = Vec::new();
        for found in Dir::read_from(&opened)? {
            let found = found?;
            let name = found.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let kind = match found.file_type() {
                // Not every file system says it with the name.
                FileType::Unknown => {
                    let stat = rustix::fs::statat(&opened, name, AtFlags::SYMLINK_NOFOLLOW)?;
                    FileType::from_raw_mode(stat.st_mode)
                }
                kind => kind,
            };
            let mut name = name.to_string_lossy().into_owned();
            if folder.is_empty() && kind.is_dir() && name == OF_THE_FILE_SYSTEM {
                continue;
            }
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
        let file = self.open_file(name, OFlags::RDONLY)?;
        let len = file.metadata()?.len();
        if len > max {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        let mut bytes = Vec::new();
        io::Read::read_to_end(&mut io::Read::take(&file, max), &mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        Ok(Arc::new(RealFile::new(self.open_file(name, OFlags::RDONLY)?)))
    }

    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        Ok(Arc::new(RealFile::new(self.open_file(name, OFlags::RDWR)?)))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        let file = self.open_file(name, OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)?;
        Ok(Arc::new(RealFile::new(file)))
    }

    fn create_folder(&self, name: &str) -> io::Result<()> {
        let path = self.path(name);
        match rustix::fs::mkdirat(self.from(), &path, Mode::RWXU) {
            // One that is there already may have been made by a try whose sync did not come about.
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(e) => return Err(e.into()),
        }
        // The folder itself lasts only when the one it stands in is synced; "" is a relative path's.
        let parent = match path.parent() {
            Some(parent) if parent.as_os_str().is_empty() => Path::new("."),
            Some(parent) => parent,
            None => return Ok(()),
        };
        File::from(rustix::fs::openat(self.from(), parent, A_FOLDER, Mode::empty())?).sync_all()
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(self.from(), self.path(from), self.from(), self.path(to))?)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        match rustix::fs::unlinkat(self.from(), self.path(name), AtFlags::empty()) {
            Ok(()) | Err(rustix::io::Errno::NOENT) => Ok(()),
            Err(e) => Err(e.into()),
        }
    }

    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        self.open_file(folder, A_FOLDER)?.sync_all()
    }

    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        let file = self.open_lock(name, OFlags::RDWR | OFlags::CREATE)?;
        let file = locked(file)?;
        // The note is for people only; the lock is the kernel's, so nothing here needs to be durable.
        file.set_len(0).and_then(|()| file.write_all_at(note, 0)).map_err(LockRefused::Io)?;
        Ok(Box::new(RealLock(file)))
    }

    fn lock_as_it_is(&self, name: &str) -> Result<Option<Box<dyn LockGuard>>, LockRefused> {
        let file = match self.open_lock(name, OFlags::RDONLY) {
            Ok(file) => file,
            Err(linked @ LockRefused::Linked) => return Err(linked),
            Err(_) => return Ok(None),
        };
        match locked(file) {
            Ok(file) => Ok(Some(Box::new(RealLock(file)))),
            // A device or file system that cannot lock has nobody's lock, either.
            Err(LockRefused::Io(_)) => Ok(None),
            Err(held) => Err(held),
        }
    }

    fn free_space(&self) -> io::Result<u64> {
        let stat = match &self.folder {
            Some(folder) => rustix::fs::fstatvfs(folder)?,
            None => rustix::fs::statvfs(&self.root)?,
        };
        Ok(stat.f_bavail.saturating_mul(stat.f_frsize))
    }

    fn writable(&self) -> io::Result<()> {
        Ok(rustix::fs::accessat(self.from(), self.path(""), Access::WRITE_OK, AtFlags::empty())?)
    }

    fn hold(&self) -> io::Result<Option<Arc<dyn Disk>>> {
        let folder = match &self.folder {
            Some(folder) => Arc::clone(folder),
            None => Arc::new(rustix::fs::open(&self.root, A_FOLDER, Mode::empty())?),
        };
        // In the one spelling that stays right when the process goes elsewhere.
        let root = self.place()?.unwrap_or_else(|| self.root.clone());
        Ok(Some(Arc::new(Self { root, folder: Some(folder) })))
    }

    fn id_of(&self, name: &str) -> io::Result<Option<FileId>> {
        let stat = match name {
            "" => rustix::fs::stat(&self.root)?,
            name => rustix::fs::statat(self.from(), self.path(name), AtFlags::SYMLINK_NOFOLLOW)?,
        };
        Ok(Some(FileId { device: stat.st_dev, number: stat.st_ino }))
    }

    fn shared_by(&self) -> io::Result<Option<&'static str>> {
        let stat = match &self.folder {
            Some(folder) => rustix::fs::fstatfs(folder)?,
            None => rustix::fs::statfs(&self.root)?,
        };
        Ok(shared_kind(i128::from(stat.f_type)))
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
        let file = self.open_file(name, OFlags::RDONLY)?;
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
