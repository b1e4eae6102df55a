//! A disk in memory that can lose power: unsynced writes are lost, kept, or torn at 512 bytes or 4 KiB; names last
//! only after their folder is synced. It keeps every step that changes it, with its bytes, so that a run is played
//! again up to any step without running it again: what age drew from its own randomness is in the bytes.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use daicho::vault::{Disk, Listed, LockGuard, LockRefused, ReadAt, WriteAt};

use super::Dice;

#[derive(Debug, Clone)]
enum Change {
    Write(u64, Arc<[u8]>),
    Len(u64),
}

/// Bytes are shared between copies of a disk until one of them writes.
#[derive(Debug, Clone, Default)]
struct Inode {
    now: Arc<Vec<u8>>,
    durable: Arc<Vec<u8>>,
    pending: Vec<Change>,
    /// A sync failed: `now` has what the device never will.
    lost: bool,
}

impl Inode {
    fn whole(bytes: Arc<Vec<u8>>) -> Inode {
        Inode { now: Arc::clone(&bytes), durable: bytes, pending: Vec::new(), lost: false }
    }
}

/// What happened to a disk, with all that it takes to make it happen again.
#[derive(Debug, Clone)]
enum Event {
    Change(usize, Change),
    Sync(usize),
    Name(Naming),
    SyncFolder(String),
    Folder(String),
}

fn apply(bytes: &mut Arc<Vec<u8>>, change: &Change) {
    match change {
        Change::Len(len) => Arc::make_mut(bytes).resize(*len as usize, 0),
        Change::Write(at, data) => {
            let bytes = Arc::make_mut(bytes);
            let end = *at as usize + data.len();
            if bytes.len() < end {
                bytes.resize(end, 0);
            }
            bytes[*at as usize..end].copy_from_slice(data);
        }
    }
}

#[derive(Debug, Clone)]
enum Naming {
    Set(String, usize),
    Remove(String),
    Rename(String, String),
}

fn folder_of(name: &str) -> &str {
    name.rsplit_once('/').map_or("", |(folder, _)| folder)
}

type Names = BTreeMap<String, usize>;

fn rename(names: &mut Names, naming: &Naming) {
    match naming {
        Naming::Set(name, inode) => {
            names.insert(name.clone(), *inode);
        }
        Naming::Remove(name) => {
            names.remove(name);
        }
        Naming::Rename(from, to) => {
            if let Some(inode) = names.remove(from) {
                names.insert(to.clone(), inode);
            }
        }
    }
}

#[derive(Debug, Default)]
pub struct World {
    inodes: Vec<Inode>,
    names: Names,
    durable: Names,
    pending: Vec<Naming>,
    folders: Vec<String>,
    locked: Option<Vec<u8>>,
    /// Operations that change something, in order, as words.
    pub trace: Vec<String>,
    /// While a tape runs: the disk it began with, and what happened since, each with its place in `trace`.
    tape: Option<(SimDisk, Vec<(usize, Event)>)>,
    /// The power goes before this operation.
    cut_at: Option<usize>,
    /// This operation fails; and all after it, if so said.
    fail: Option<(usize, io::ErrorKind, bool)>,
    /// A failing write leaves this many bytes behind.
    pub short: usize,
    pub read_only: bool,
    pub free: Option<u64>,
}

/// Which of the unsynced is on the device after the power was cut.
#[derive(Debug, Clone, Copy)]
pub enum Luck {
    Nothing,
    Everything,
    /// Any of it, in sectors of 512 bytes.
    Seed(u64),
    /// Any of it, in pages of 4 KiB.
    Pages(u64),
}

/// Clones are the same disk. The sender tells whoever waits that nobody has it any more.
#[derive(Debug, Clone, Default)]
pub struct SimDisk(
    pub Arc<Mutex<World>>,
    #[expect(dead_code, reason = "its being dropped is what the receiver waits for")] Option<Sender<()>>,
);

/// A run on a disk, step by step: the disk at its beginning, and what happened to it.
pub struct Tape {
    start: SimDisk,
    events: Vec<(usize, Event)>,
    /// The steps in words; a cut before step n has those before it done, synced or not.
    pub said: Vec<String>,
}

/// A tape being played: the disk as it is before some step.
pub struct Player<'t> {
    tape: &'t Tape,
    disk: SimDisk,
    next: usize,
}

impl Tape {
    pub fn play(&self) -> Player<'_> {
        Player { tape: self, disk: self.start.copy(), next: 0 }
    }
}

impl Player<'_> {
    /// Goes on to before a step; never back.
    pub fn forward_to(&mut self, step: usize) -> &SimDisk {
        {
            let mut world = self.disk.0.lock().unwrap();
            while let Some((_, event)) = self.tape.events.get(self.next).filter(|(at, _)| *at < step) {
                world.happen(event);
                self.next += 1;
            }
        }
        &self.disk
    }
}

#[derive(Debug)]
struct SimFile {
    world: Arc<Mutex<World>>,
    inode: usize,
    name: String,
}

#[derive(Debug)]
struct SimLock(Arc<Mutex<World>>);

impl LockGuard for SimLock {}

impl Drop for SimLock {
    fn drop(&mut self) {
        self.0.lock().unwrap().locked = None;
    }
}

impl World {
    /// Says what is about to happen; fails if the power is off or a failure is due.
    fn step(&mut self, what: String) -> io::Result<()> {
        let at = self.trace.len();
        if self.cut_at.is_some_and(|cut| at >= cut) {
            return Err(io::Error::other("no power"));
        }
        if self.read_only {
            return Err(io::Error::from(io::ErrorKind::ReadOnlyFilesystem));
        }
        self.trace.push(what);
        match self.fail {
            Some((n, kind, forever)) if at == n || (forever && at > n) => Err(io::Error::from(kind)),
            _ => Ok(()),
        }
    }

    /// The one place where anything changes; kept on the tape, if one runs.
    fn happen(&mut self, event: &Event) {
        if let Some((_, events)) = &mut self.tape {
            events.push((self.trace.len().saturating_sub(1), event.clone()));
        }
        match event {
            Event::Change(inode, change) => {
                apply(&mut self.inodes[*inode].now, change);
                self.inodes[*inode].pending.push(change.clone());
            }
            Event::Sync(inode) => {
                let inode = &mut self.inodes[*inode];
                let pending = std::mem::take(&mut inode.pending);
                if inode.lost {
                    pending.iter().for_each(|change| apply(&mut inode.durable, change));
                } else {
                    inode.durable = Arc::clone(&inode.now);
                }
            }
            Event::Name(naming) => {
                if let Naming::Set(_, inode) = naming {
                    let inodes = self.inodes.len().max(inode + 1);
                    self.inodes.resize_with(inodes, Inode::default);
                }
                rename(&mut self.names, naming);
                self.pending.push(naming.clone());
            }
            Event::SyncFolder(folder) => {
                for naming in std::mem::take(&mut self.pending) {
                    let name = match &naming {
                        Naming::Set(n, _) | Naming::Remove(n) | Naming::Rename(n, _) => n,
                    };
                    if folder_of(name) == folder {
                        rename(&mut self.durable, &naming);
                    } else {
                        self.pending.push(naming);
                    }
                }
            }
            Event::Folder(name) => {
                if !self.folders.contains(name) {
                    self.folders.push(name.clone());
                }
            }
        }
    }

    fn inode(&self, name: &str) -> io::Result<usize> {
        self.names.get(name).copied().ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
    }
}

impl SimDisk {
    pub fn dyn_disk(&self) -> Arc<dyn Disk> {
        Arc::new(self.clone())
    }

    /// The same disk for somebody who may leave threads at work on it: `recv` comes back when all have let go of it.
    pub fn lend(&self) -> (Arc<dyn Disk>, Receiver<()>) {
        let (sender, receiver) = channel();
        (Arc::new(SimDisk(Arc::clone(&self.0), Some(sender))), receiver)
    }

    /// Begins a tape; what is unsynced counts as synced.
    pub fn record(&self) {
        let start = self.copy();
        let mut world = self.0.lock().unwrap();
        // The copy numbers its inodes anew, and so does this one from here on.
        let copied = start.0.lock().unwrap();
        world.inodes.clone_from(&copied.inodes);
        world.names.clone_from(&copied.names);
        world.durable.clone_from(&copied.durable);
        world.pending.clear();
        world.trace.clear();
        drop(copied);
        world.tape = Some((start, Vec::new()));
    }

    /// Ends the tape and gives it.
    pub fn stop(&self) -> Tape {
        let mut world = self.0.lock().unwrap();
        let (start, events) = world.tape.take().expect("a tape was begun");
        Tape { start, events, said: world.trace.clone() }
    }

    /// A number that is another one for other contents, most certainly.
    pub fn fingerprint(&self) -> u64 {
        use std::hash::{DefaultHasher, Hash, Hasher};
        let world = self.0.lock().unwrap();
        let mut hasher = DefaultHasher::new();
        for (name, inode) in &world.names {
            name.hash(&mut hasher);
            world.inodes[*inode].now.hash(&mut hasher);
        }
        hasher.finish()
    }

    /// Writes all files into a real folder.
    pub fn save(&self, to: &Path) {
        let world = self.0.lock().unwrap();
        for folder in &world.folders {
            std::fs::create_dir_all(to.join(folder)).unwrap();
        }
        for (name, inode) in &world.names {
            std::fs::write(to.join(name), &**world.inodes[*inode].now).unwrap();
        }
    }

    /// A disk with the files of a real folder.
    pub fn load(from: &Path) -> SimDisk {
        let disk = SimDisk::default();
        for sub in ["", "keys", "blobs"] {
            let Ok(entries) = std::fs::read_dir(from.join(sub)) else { continue };
            disk.0.lock().unwrap().folders.push(sub.to_owned());
            for entry in entries.map(Result::unwrap).filter(|e| e.file_type().unwrap().is_file()) {
                let name = entry.file_name().into_string().unwrap();
                let name = if sub.is_empty() { name } else { format!("{sub}/{name}") };
                disk.put(&name, std::fs::read(entry.path()).unwrap());
            }
        }
        disk
    }

    pub fn steps(&self) -> usize {
        self.0.lock().unwrap().trace.len()
    }

    pub fn cut_at(&self, step: usize) {
        self.0.lock().unwrap().cut_at = Some(step);
    }

    pub fn fail_at(&self, step: usize, kind: io::ErrorKind, forever: bool) {
        self.0.lock().unwrap().fail = Some((step, kind, forever));
    }

    pub fn heal(&self) {
        let mut world = self.0.lock().unwrap();
        world.fail = None;
        world.cut_at = None;
    }

    /// Everything as it is now, on a disk of its own, all durable.
    pub fn copy(&self) -> SimDisk {
        let world = self.0.lock().unwrap();
        let files = world.names.iter().map(|(name, inode)| (name, Arc::clone(&world.inodes[*inode].now)));
        SimDisk::of(files, &world.folders)
    }

    fn of<'n>(files: impl Iterator<Item = (&'n String, Arc<Vec<u8>>)>, folders: &[String]) -> SimDisk {
        let mut world = World { folders: folders.to_vec(), ..World::default() };
        for (name, bytes) in files {
            world.inodes.push(Inode::whole(bytes));
            let n = world.inodes.len() - 1;
            world.names.insert(name.clone(), n);
            world.durable.insert(name.clone(), n);
        }
        SimDisk(Arc::new(Mutex::new(world)), None)
    }

    /// Everything as it is now, with what is unsynced still unsynced.
    pub fn copy_with_pending(&self) -> SimDisk {
        let world = self.0.lock().unwrap();
        let copy = World {
            inodes: world.inodes.clone(),
            names: world.names.clone(),
            durable: world.durable.clone(),
            pending: world.pending.clone(),
            folders: world.folders.clone(),
            ..World::default()
        };
        SimDisk(Arc::new(Mutex::new(copy)), None)
    }

    /// A folder's files and their folder `keys`, all durable.
    pub fn of_folder(folder: &std::path::Path) -> SimDisk {
        let disk = SimDisk::default();
        disk.0.lock().unwrap().folders = vec![String::new(), "keys".to_owned()];
        for sub in ["", "keys/"] {
            for entry in std::fs::read_dir(folder.join(sub)).unwrap() {
                let entry = entry.unwrap();
                if entry.file_type().unwrap().is_file() {
                    let name = format!("{sub}{}", entry.file_name().to_str().unwrap());
                    disk.put(&name, std::fs::read(entry.path()).unwrap());
                }
            }
        }
        disk
    }

    /// The disk as it comes back after the power was cut now.
    pub fn after_cut(&self, luck: Luck) -> SimDisk {
        let world = self.0.lock().unwrap();
        let (seed, unit) = match luck {
            Luck::Nothing | Luck::Everything => (0, 512),
            Luck::Seed(seed) => (seed, 512),
            Luck::Pages(seed) => (seed, 4096),
        };
        let mut dice = Dice::new(seed);
        let mut names = world.durable.clone();
        // A journaling file system keeps names in order, some first part of the changes; others promise nothing.
        let (kept, ordered) = match luck {
            Luck::Nothing => (0, true),
            Luck::Everything => (world.pending.len(), true),
            _ => (dice.roll(world.pending.len() as u64 + 1) as usize, dice.roll(2) == 0),
        };
        for (n, naming) in world.pending.iter().enumerate() {
            if if ordered { n < kept } else { dice.roll(2) == 0 } {
                rename(&mut names, naming);
            }
        }
        let mut files = Vec::new();
        for (name, inode) in names {
            let inode = &world.inodes[inode];
            let mut bytes = Arc::clone(&inode.durable);
            for change in &inode.pending {
                match (luck, change) {
                    (Luck::Nothing, _) => {}
                    (Luck::Everything, _) => apply(&mut bytes, change),
                    (_, Change::Len(_)) => {
                        if dice.roll(2) == 0 {
                            apply(&mut bytes, change);
                        }
                    }
                    (_, Change::Write(at, data)) => {
                        let bias = dice.roll(4);
                        let mut from = 0;
                        while from < data.len() {
                            let to = data.len().min(from + unit - (*at as usize + from) % unit);
                            if dice.roll(4) >= bias {
                                apply(&mut bytes, &Change::Write(at + from as u64, data[from..to].into()));
                            }
                            from = to;
                        }
                    }
                }
            }
            files.push((name, bytes));
        }
        SimDisk::of(files.iter().map(|(name, bytes)| (name, Arc::clone(bytes))), &world.folders)
    }

    pub fn names(&self) -> Vec<String> {
        self.0.lock().unwrap().names.keys().cloned().collect()
    }

    pub fn get(&self, name: &str) -> Vec<u8> {
        let world = self.0.lock().unwrap();
        world.inodes[world.names[name]].now.to_vec()
    }

    pub fn put(&self, name: &str, bytes: Vec<u8>) {
        let mut world = self.0.lock().unwrap();
        world.inodes.push(Inode::whole(Arc::new(bytes)));
        let n = world.inodes.len() - 1;
        world.names.insert(name.to_owned(), n);
        world.durable.insert(name.to_owned(), n);
    }

    /// Other bytes in the same file, for whoever has it open.
    pub fn overwrite(&self, name: &str, bytes: &[u8]) {
        let mut world = self.0.lock().unwrap();
        let inode = world.names[name];
        world.inodes[inode].now = Arc::new(bytes.to_vec());
    }

    pub fn delete(&self, name: &str) {
        let mut world = self.0.lock().unwrap();
        world.names.remove(name);
        world.durable.remove(name);
    }

    pub fn edit(&self, name: &str, change: impl FnOnce(&mut Vec<u8>)) {
        let mut bytes = self.get(name);
        change(&mut bytes);
        self.put(name, bytes);
    }
}

impl ReadAt for SimFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        let world = self.world.lock().unwrap();
        let bytes = &world.inodes[self.inode].now;
        let from = (offset as usize).min(bytes.len());
        let n = out.len().min(bytes.len() - from);
        out[..n].copy_from_slice(&bytes[from..from + n]);
        Ok(n)
    }

    fn size(&self) -> io::Result<u64> {
        Ok(self.world.lock().unwrap().inodes[self.inode].now.len() as u64)
    }
}

impl WriteAt for SimFile {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        let mut world = self.world.lock().unwrap();
        let step = world.step(format!("write {}", self.name));
        let kept = if step.is_ok() { bytes.len() } else { world.short.min(bytes.len()) };
        if world.cut_at.is_none() || step.is_ok() {
            world.happen(&Event::Change(self.inode, Change::Write(offset, bytes[..kept].into())));
        }
        step
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut world = self.world.lock().unwrap();
        world.step(format!("set_len {}", self.name))?;
        world.happen(&Event::Change(self.inode, Change::Len(len)));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        let mut world = self.world.lock().unwrap();
        let step = world.step(format!("sync {}", self.name));
        if world.cut_at.is_some_and(|cut| world.trace.len() >= cut) && step.is_err() {
            return step;
        }
        match &step {
            Ok(()) => world.happen(&Event::Sync(self.inode)),
            // After a failed sync the cache says clean, and the device has nothing: what Linux does.
            Err(_) => {
                let inode = &mut world.inodes[self.inode];
                inode.lost |= !inode.pending.is_empty();
                inode.pending.clear();
            }
        }
        step
    }
}

impl Disk for SimDisk {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let world = self.0.lock().unwrap();
        if !world.folders.iter().any(|f| f == folder) {
            return Err(io::Error::from(io::ErrorKind::NotFound));
        }
        let files = world.names.keys().filter(|n| folder_of(n) == folder);
        let mut out: Vec<Listed> =
            files.map(|n| Listed { name: n.rsplit('/').next().unwrap().to_owned(), folder: false }).collect();
        if folder.is_empty() {
            let folders = world.folders.iter().filter(|f| !f.is_empty() && !f.starts_with(".."));
            out.extend(folders.map(|f| Listed { name: f.clone(), folder: true }));
        }
        out.sort();
        Ok(out)
    }

    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        let world = self.0.lock().unwrap();
        let bytes = &world.inodes[world.inode(name)?].now;
        if bytes.len() as u64 > max {
            return Err(io::Error::from(io::ErrorKind::FileTooLarge));
        }
        Ok(bytes.to_vec())
    }

    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        let inode = self.0.lock().unwrap().inode(name)?;
        Ok(Arc::new(SimFile { world: Arc::clone(&self.0), inode, name: name.to_owned() }))
    }

    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        let inode = self.0.lock().unwrap().inode(name)?;
        Ok(Arc::new(SimFile { world: Arc::clone(&self.0), inode, name: name.to_owned() }))
    }

    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        let mut world = self.0.lock().unwrap();
        world.step(format!("create {name}"))?;
        if world.names.contains_key(name) {
            return Err(io::Error::from(io::ErrorKind::AlreadyExists));
        }
        let inode = world.inodes.len();
        world.happen(&Event::Name(Naming::Set(name.to_owned(), inode)));
        Ok(Arc::new(SimFile { world: Arc::clone(&self.0), inode, name: name.to_owned() }))
    }

    fn create_folder(&self, name: &str) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        world.step(format!("folder {name}"))?;
        world.happen(&Event::Folder(name.to_owned()));
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        world.step(format!("rename {from} {to}"))?;
        world.inode(from)?;
        world.happen(&Event::Name(Naming::Rename(from.to_owned(), to.to_owned())));
        Ok(())
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        if !world.names.contains_key(name) {
            return Ok(());
        }
        world.step(format!("remove {name}"))?;
        world.happen(&Event::Name(Naming::Remove(name.to_owned())));
        Ok(())
    }

    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        let mut world = self.0.lock().unwrap();
        world.step(format!("sync_dir {folder}"))?;
        world.happen(&Event::SyncFolder(folder.to_owned()));
        Ok(())
    }

    fn lock(&self, _name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        let mut world = self.0.lock().unwrap();
        if let Some(held) = &world.locked {
            return Err(LockRefused::Held(held.clone()));
        }
        if world.read_only {
            return Err(LockRefused::Io(io::Error::from(io::ErrorKind::ReadOnlyFilesystem)));
        }
        world.locked = Some(note.to_vec());
        Ok(Box::new(SimLock(Arc::clone(&self.0))))
    }

    fn free_space(&self) -> io::Result<u64> {
        Ok(self.0.lock().unwrap().free.unwrap_or(1 << 40))
    }

    fn writable(&self) -> io::Result<()> {
        if self.0.lock().unwrap().read_only {
            return Err(io::Error::from(io::ErrorKind::ReadOnlyFilesystem));
        }
        Ok(())
    }

    fn beside(&self, ending: &str) -> io::Result<(String, Arc<dyn Disk>)> {
        let root = format!("..{ending}");
        Ok((root.clone(), Arc::new(Beside { inner: self.clone(), root })))
    }
}

/// A folder next to the one of a [`SimDisk`], on the same device.
#[derive(Debug, Clone)]
pub struct Beside {
    inner: SimDisk,
    root: String,
}

impl Beside {
    fn at(&self, name: &str) -> String {
        if name.is_empty() { self.root.clone() } else { format!("{}/{name}", self.root) }
    }
}

impl Disk for Beside {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        let mut listed = self.inner.list(&self.at(folder))?;
        if folder.is_empty() && self.inner.0.lock().unwrap().folders.contains(&self.at("keys")) {
            listed.push(Listed { name: "keys".to_owned(), folder: true });
        }
        Ok(listed)
    }
    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        self.inner.read(&self.at(name), max)
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        self.inner.open(&self.at(name))
    }
    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        self.inner.open_write(&self.at(name))
    }
    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        self.inner.create(&self.at(name))
    }
    fn create_folder(&self, name: &str) -> io::Result<()> {
        self.inner.create_folder(&self.at(name))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(&self.at(from), &self.at(to))
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner.remove(&self.at(name))
    }
    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        self.inner.sync_dir(&self.at(folder))
    }
    fn lock(&self, _name: &str, _note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        Err(LockRefused::Io(io::Error::from(io::ErrorKind::Unsupported)))
    }
    fn free_space(&self) -> io::Result<u64> {
        self.inner.free_space()
    }
    fn writable(&self) -> io::Result<()> {
        self.inner.writable()
    }
}
