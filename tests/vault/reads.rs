//! A device whose reads go wrong, and what is said of it: that it failed, never that the vault is damaged.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use daicho::vault::{
    CheckpointError, Disk, Doing, Listed, LockGuard, LockRefused, ReadAt, VaultError, WriteAt, inspect,
    verify,
};

use super::sim::SimDisk;
use super::{Dice, all_frames, site};

/// Given a file's name, where it was read, and what was read; may change it.
type Meddles = Arc<dyn Fn(&str, u64, &mut [u8]) -> io::Result<()> + Send + Sync>;

/// A disk between whose reads and their reader somebody stands.
#[derive(Clone)]
pub struct Reads {
    disk: SimDisk,
    meddles: Meddles,
}

impl std::fmt::Debug for Reads {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reads").finish_non_exhaustive()
    }
}

impl Reads {
    /// Gives back other bytes than it took, in files whose name begins so.
    pub fn lying(disk: &SimDisk, begins: &'static str) -> Reads {
        let lies = move |name: &str, offset: u64, out: &mut [u8]| {
            let at = 1000_u64.checked_sub(offset).filter(|_| name.starts_with(begins));
            if let Some(byte) = at.and_then(|at| out.get_mut(at as usize)) {
                *byte ^= 1;
            }
            Ok(())
        };
        Reads { disk: disk.clone(), meddles: Arc::new(lies) }
    }

    /// Fails the read of this number, from 0, and all after it; `left` is how many are still to come before.
    fn failing(disk: &SimDisk, left: &Arc<AtomicUsize>) -> Reads {
        let left = Arc::clone(left);
        let fails = move |_: &str, _: u64, _: &mut [u8]| {
            let more = left.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |n| n.checked_sub(1));
            more.map(drop).map_err(|_| io::Error::other("the device does not read"))
        };
        Reads { disk: disk.clone(), meddles: Arc::new(fails) }
    }
}

struct File {
    file: Arc<dyn ReadAt>,
    name: String,
    meddles: Meddles,
}

impl std::fmt::Debug for File {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("File").field("name", &self.name).finish_non_exhaustive()
    }
}

impl ReadAt for File {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let n = self.file.read_at(offset, out)?;
        (self.meddles)(&self.name, offset, &mut out[..n])?;
        Ok(n)
    }
    fn size(&self) -> io::Result<u64> {
        self.file.size()
    }
}

impl Disk for Reads {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        self.disk.list(folder)
    }
    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        let mut bytes = self.disk.read(name, max)?;
        (self.meddles)(name, 0, &mut bytes)?;
        Ok(bytes)
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        let file = self.disk.open(name)?;
        Ok(Arc::new(File { file, name: name.to_owned(), meddles: Arc::clone(&self.meddles) }))
    }
    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        self.disk.open_write(name)
    }
    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        self.disk.create(name)
    }
    fn create_folder(&self, name: &str) -> io::Result<()> {
        self.disk.create_folder(name)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.disk.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.disk.remove(name)
    }
    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        self.disk.sync_dir(folder)
    }
    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        self.disk.lock(name, note)
    }
    fn free_space(&self) -> io::Result<u64> {
        self.disk.free_space()
    }
    fn writable(&self) -> io::Result<()> {
        self.disk.writable()
    }
}

#[test]
fn a_read_that_fails_is_the_devices_failure_and_never_damage() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), &Dice::new(1).bytes(200_000));
    {
        let opened = site.write(&disk.dyn_disk()).unwrap();
        for n in 0..3u8 {
            opened.vault.append(&[n; 700]).unwrap();
        }
    }
    let reads = |does: &dyn Fn(Arc<dyn Disk>) -> Result<(), VaultError>| {
        let mut n = 0;
        loop {
            let left = Arc::new(AtomicUsize::new(n));
            match does(Arc::new(Reads::failing(&disk, &left))) {
                // It came to its end before the reads that fail.
                Ok(()) if left.load(Ordering::SeqCst) > 0 => return n,
                Ok(()) => {}
                Err(error) => {
                    assert!(!error.is_damage(), "read {n} failed: {error}");
                }
            }
            n += 1;
        }
    };
    let opening = reads(&|disk| all_frames(site.read(&disk)?).map(drop));
    let writing = reads(&|disk| all_frames(site.write(&disk)?).map(drop));
    let verifying =
        reads(&|disk| verify(&*disk, &site.vault, &mut |_| {}).findings.pop().map_or(Ok(()), Err));
    assert!(opening > 5 && writing > 5 && verifying > opening, "{opening}, {writing}, {verifying} reads");
    assert_eq!(inspect(&disk).unwrap().base, 1);
}

#[test]
fn a_device_that_does_not_give_back_a_new_base_failed_and_the_vault_is_not_damaged() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), &[1; 5000]);
    let lying: Arc<dyn Disk> = Arc::new(Reads::lying(&disk, "base.000002.age.tmp"));
    let opened = site.write(&lying).unwrap();
    opened.vault.append(b"kept").unwrap();
    let job = opened.vault.begin_checkpoint().unwrap();
    let error = opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap_err();
    assert!(
        matches!(&error, CheckpointError::Failed(VaultError::Device { doing: Doing::ReadingBack, .. })),
        "{error:?}"
    );
    assert!(disk.names().iter().all(|name| !name.ends_with(".tmp")), "{:?}", disk.names());
    opened.vault.append(b"goes on").unwrap();
    drop(opened);
    let again = site.write(&disk.dyn_disk()).unwrap();
    assert_eq!(all_frames(again).unwrap(), [b"kept".to_vec(), b"goes on".to_vec()]);
    assert_eq!(verify(&disk, &site.vault, &mut |_| {}).findings, []);
}
