//! Files are held, not named: what is done to a vault's folder, lock and journal under a running writer costs nothing that
//! was acknowledged and touches no file of anybody else's (R19).

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::os::unix::fs::{FileExt, MetadataExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use daicho::vault::{
    AppendError, Disk, FileId, Listed, LockGuard, LockRefused, Opened, ReadAt, RealDisk, VaultError, WriteAt,
    held,
};

use super::{Dice, Site, all_frames, site};
use crate::campaign::figure;

fn real(folder: &Path) -> Arc<dyn Disk> {
    Arc::new(RealDisk::new(folder))
}

/// Everything in a folder, by name.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.insert(path.clone(), fs::read(&path).unwrap());
        }
    }
    found
}

fn journal(folder: &Path) -> PathBuf {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    names.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("journal.")).max().unwrap()
}

/// A writer, with what it was told is written.
struct Writer {
    opened: Opened,
    told: Vec<Vec<u8>>,
    refused: Option<AppendError>,
}

impl Writer {
    fn open(site: &Site, disk: &Arc<dyn Disk>) -> Result<Writer, VaultError> {
        let mut opened = site.write(disk)?;
        let told = opened.frames.by_ref().collect::<Result<_, _>>()?;
        Ok(Writer { opened, told, refused: None })
    }

    fn append(&mut self, frame: Vec<u8>) {
        match self.opened.vault.append(&frame) {
            Ok(()) => {
                assert_eq!(self.refused, None, "nothing is taken after a refusal");
                self.told.push(frame);
            }
            Err(error) => drop(self.refused.get_or_insert(error)),
        }
    }

    fn checkpoint(&mut self) -> Result<(), VaultError> {
        let vault = &self.opened.vault;
        let done = vault.begin_checkpoint()?.run(&mut |_, _| {});
        vault
            .finish_checkpoint(done)
            .map_err(|error| panic!("{error}"))
            .and_then(|superseded| superseded.remove())
    }

    fn was_exchanged(&self) -> bool {
        matches!(&self.refused, Some(AppendError::NotWritten(VaultError::Exchanged { .. })))
    }
}

/// What somebody does to a vault that is in use.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Does {
    RemovesTheLock,
    ReplacesTheLock,
    EmptiesTheLock,
    LinksTheLock,
    MovesTheFolder,
    ExchangesTheFolder,
    LinksTheFolder,
    ReplacesTheJournal,
    RemovesTheJournal,
    LengthensTheJournal,
    WritesToTheJournal,
}

const ALL: [Does; 11] = [
    Does::RemovesTheLock,
    Does::ReplacesTheLock,
    Does::EmptiesTheLock,
    Does::LinksTheLock,
    Does::MovesTheFolder,
    Does::ExchangesTheFolder,
    Does::LinksTheFolder,
    Does::ReplacesTheJournal,
    Does::RemovesTheJournal,
    Does::LengthensTheJournal,
    Does::WritesToTheJournal,
];

/// Where a vault is after that, and whether all that was acknowledged before can still be there.
fn meddle(does: Does, vault: &Path, other: &Path) -> (PathBuf, bool) {
    let lock = vault.join("lock");
    let away = vault.with_extension("away");
    match does {
        Does::RemovesTheLock => fs::remove_file(&lock).unwrap(),
        Does::ReplacesTheLock => {
            let note = fs::read(&lock).unwrap();
            fs::remove_file(&lock).unwrap();
            fs::write(&lock, note).unwrap();
        }
        Does::EmptiesTheLock => fs::write(&lock, "").unwrap(),
        Does::LinksTheLock => {
            fs::rename(&lock, away.with_extension("lock")).unwrap();
            symlink(away.with_extension("lock"), &lock).unwrap();
        }
        Does::MovesTheFolder => fs::rename(vault, &away).unwrap(),
        Does::ExchangesTheFolder => {
            fs::rename(vault, &away).unwrap();
            fs::rename(other, vault).unwrap();
        }
        Does::LinksTheFolder => {
            fs::rename(vault, &away).unwrap();
            symlink(other, vault).unwrap();
        }
        Does::ReplacesTheJournal => {
            let journal = journal(vault);
            let bytes = fs::read(&journal).unwrap();
            fs::remove_file(&journal).unwrap();
            fs::write(&journal, bytes).unwrap();
        }
        Does::RemovesTheJournal => fs::remove_file(journal(vault)).unwrap(),
        Does::LengthensTheJournal => {
            let file = fs::OpenOptions::new().write(true).open(journal(vault)).unwrap();
            file.set_len(file.metadata().unwrap().len() * 2).unwrap();
        }
        Does::WritesToTheJournal => {
            let path = journal(vault);
            let bytes = fs::read(&path).unwrap();
            let end = bytes.iter().rposition(|byte| *byte != 0).unwrap();
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.write_all_at(b"another's frame", (end as u64 / 512 + 1) * 512).unwrap();
        }
    }
    let moved = matches!(does, Does::MovesTheFolder | Does::ExchangesTheFolder | Does::LinksTheFolder);
    let whole = !matches!(does, Does::RemovesTheJournal | Does::WritesToTheJournal);
    (if moved { away } else { vault.to_owned() }, whole)
}

/// One schedule: a writer at work, something done to it, and the writer again.
fn schedule(seed: u64) -> Does {
    let mut dice = Dice::new(seed);
    let folder = tempfile::tempdir().unwrap();
    let (vault, other) = (folder.path().join("vault"), folder.path().join("other"));
    let (site, others) = (site(), site());
    site.create(&real(&vault), &dice.bytes(5000));
    others.create(&real(&other), b"another vault");
    let mut writer = Writer::open(&others, &real(&other)).unwrap();
    writer.append(b"theirs".to_vec());
    drop(writer);
    let foreign = contents(&other);

    let mut writer = Writer::open(&site, &real(&vault)).unwrap();
    for _ in 0..dice.roll(4) {
        let size = dice.roll(3000) as usize;
        writer.append(dice.bytes(size));
        if dice.roll(5) == 0 {
            writer.checkpoint().unwrap();
            // What the base took over is not among the frames of a further opening.
            writer.told.clear();
        }
    }
    // Begun before, and finished behind what is done.
    let job = (dice.roll(3) == 0).then(|| writer.opened.vault.begin_checkpoint().unwrap());
    let does = ALL[(seed as usize) % ALL.len()];
    let (now_at, whole) = meddle(does, &vault, &other);
    if let Some(job) = job {
        let done = job.run(&mut |_, _| {});
        // Nothing of it counts, unless what was meddled with has nothing to do with it.
        match writer.opened.vault.finish_checkpoint(done) {
            Ok(superseded) => {
                assert!(format!("{does:?}").contains("Journal"), "{does:?}");
                let _ = superseded.remove();
                writer.told.clear();
            }
            Err(error) => assert!(error.to_string().contains("replaced"), "{does:?}: {error}"),
        }
    }
    for _ in 0..3 {
        writer.append(dice.bytes(40));
    }
    assert!(writer.was_exchanged(), "{does:?}: {:?}", writer.refused);
    assert!(matches!(
        writer.checkpoint(),
        Err(VaultError::Poisoned | VaultError::Busy | VaultError::Exchanged { .. })
    ));
    let told = std::mem::take(&mut writer.told);
    drop(writer);

    let theirs = if does == Does::ExchangesTheFolder { &vault } else { &other };
    let after: BTreeMap<PathBuf, Vec<u8>> = contents(theirs)
        .into_iter()
        .map(|(path, bytes)| (other.join(path.strip_prefix(theirs).unwrap()), bytes))
        .collect();
    assert_eq!(after, foreign, "{does:?}: another's files are as they were");
    if whole {
        if does == Does::LinksTheLock {
            let refused = site.write(&real(&now_at)).map(|_| ()).unwrap_err();
            assert!(matches!(refused, VaultError::Foreign { .. }), "{refused}");
            fs::remove_file(now_at.join("lock")).unwrap();
        }
        if does == Does::LengthensTheJournal {
            // Zeros behind the end are no frame.
            let path = journal(&now_at);
            let file = fs::OpenOptions::new().write(true).open(&path).unwrap();
            file.set_len(file.metadata().unwrap().len() / 2).unwrap();
        }
        assert_eq!(all_frames(site.write(&real(&now_at)).unwrap()).unwrap(), told, "{does:?}");
    }
    does
}

#[test]
fn a_writer_whose_folder_lock_or_journal_was_exchanged_stops_before_it_acknowledges_or_removes_anything() {
    // Broken by: no question before a frame; before a checkpoint counts; by names instead of the folder held.
    for seed in 0..ALL.len() as u64 {
        schedule(seed);
    }
}

#[test]
#[ignore = "R19: a hundred schedules"]
fn campaign_held_files() {
    let seed = figure::seed(1);
    for n in 0..100 {
        schedule(seed * 1000 + n);
        shared(seed * 1000 + n);
    }
    figure::write(
        "R19",
        200,
        "schedules of exchanged, linked and shared folders under a writer",
        seed,
        "0 acknowledged lost",
    );
}

#[test]
fn who_comes_past_a_lock_that_was_removed_finds_the_journal_held() {
    let folder = tempfile::tempdir().unwrap();
    let (site, vault) = (site(), folder.path().join("vault"));
    site.create(&real(&vault), b"image");
    let mut first = Writer::open(&site, &real(&vault)).unwrap();
    first.append(b"one".to_vec());
    fs::remove_file(vault.join("lock")).unwrap();
    let second = Writer::open(&site, &real(&vault)).map(|_| ()).unwrap_err();
    assert!(matches!(second, VaultError::Held { .. }), "{second}");
    assert!(
        second.fault().in_japanese().contains("使用中の印が消されています"),
        "{}",
        second.fault().in_japanese()
    );
    first.append(b"two".to_vec());
    assert!(first.was_exchanged(), "a new lock stands there now: {:?}", first.refused);
    drop(first);
    let frames = all_frames(site.write(&real(&vault)).unwrap()).unwrap();
    assert_eq!(frames, [b"one"]);
}

#[test]
fn a_lock_that_is_a_link_or_has_a_second_name_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (site, vault) = (site(), folder.path().join("vault"));
    site.create(&real(&vault), b"image");
    let lock = vault.join("lock");
    let elsewhere = folder.path().join("elsewhere");
    fs::write(&elsewhere, "kept").unwrap();
    for makes in [&|| symlink(&elsewhere, &lock) as io::Result<()>, &|| fs::hard_link(&elsewhere, &lock)]
        as [&dyn Fn() -> io::Result<()>; 2]
    {
        let _ = fs::remove_file(&lock);
        makes().unwrap();
        let refused = site.write(&real(&vault)).map(|_| ()).unwrap_err();
        assert!(matches!(refused, VaultError::Foreign { .. }), "{refused}");
        assert_eq!(fs::read(&elsewhere).unwrap(), b"kept");
    }
    fs::remove_file(&lock).unwrap();
    site.write(&real(&vault)).unwrap();
}

#[test]
fn a_folder_that_a_file_system_keeps_at_its_root_is_no_foreign_file() {
    let folder = tempfile::tempdir().unwrap();
    let (site, root) = (site(), folder.path().to_owned());
    fs::create_dir(root.join("lost+found")).unwrap();
    site.create(&real(&root), b"image");
    site.write(&real(&root)).unwrap().vault.append(b"one").unwrap();
    assert_eq!(all_frames(site.write(&real(&root)).unwrap()).unwrap(), [b"one"]);
    fs::remove_dir(root.join("lost+found")).unwrap();
    fs::write(root.join("lost+found"), "a file of that name is one").unwrap();
    assert!(matches!(site.read(&real(&root)).map(|_| ()), Err(VaultError::Foreign { .. })));
}

#[test]
fn a_held_folder_is_read_and_written_wherever_it_is_moved() {
    let folder = tempfile::tempdir().unwrap();
    let (here, there) = (folder.path().join("here"), folder.path().join("there"));
    fs::create_dir_all(here.join("keys")).unwrap();
    let disk = held(&real(&here));
    disk.create("keys/a").unwrap().write_all_at(0, b"a").unwrap();
    let before = disk.id_of("").unwrap();
    fs::rename(&here, &there).unwrap();
    fs::create_dir(&here).unwrap();
    assert_ne!(disk.id_of("").unwrap(), before, "another folder stands there");
    assert_eq!(disk.read("keys/a", 9).unwrap(), b"a");
    disk.create("b").unwrap();
    disk.rename("b", "c").unwrap();
    disk.create_folder("blobs").unwrap();
    disk.sync_dir("").unwrap();
    let names: Vec<String> = disk.list("").unwrap().into_iter().map(|one| one.name).collect();
    assert_eq!(names, ["blobs", "c", "keys"]);
    disk.remove("c").unwrap();
    assert_eq!(fs::read_dir(&here).unwrap().count(), 0, "nothing came into the other one");
    assert_eq!(fs::metadata(&there).unwrap().mode() & 0o777, fs::metadata(&here).unwrap().mode() & 0o777);
    assert!(disk.free_space().unwrap() > 0 && disk.writable().is_ok());
}

/// A folder whose locks reach nobody else: a share between two machines.
#[derive(Debug)]
struct Apart(Arc<dyn Disk>);

#[derive(Debug)]
struct ApartFile(Arc<dyn WriteAt>);

#[derive(Debug)]
struct ApartLock(Option<FileId>);

impl LockGuard for ApartLock {
    fn id(&self) -> io::Result<Option<FileId>> {
        Ok(self.0)
    }
}

impl ReadAt for ApartFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.0.read_at(offset, out)
    }
    fn size(&self) -> io::Result<u64> {
        self.0.size()
    }
    fn id(&self) -> io::Result<Option<FileId>> {
        self.0.id()
    }
}

impl WriteAt for ApartFile {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.0.write_all_at(offset, bytes)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.0.set_len(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        self.0.sync_data()
    }
}

impl Disk for Apart {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        self.0.list(folder)
    }
    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        self.0.read(name, max)
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        self.0.open(name)
    }
    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        Ok(Arc::new(ApartFile(self.0.open_write(name)?)))
    }
    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        Ok(Arc::new(ApartFile(self.0.create(name)?)))
    }
    fn create_folder(&self, name: &str) -> io::Result<()> {
        self.0.create_folder(name)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.0.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.0.remove(name)
    }
    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        self.0.sync_dir(folder)
    }
    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        let file = self.0.open_write(name).or_else(|_| self.0.create(name)).map_err(LockRefused::Io)?;
        file.set_len(0).and_then(|()| file.write_all_at(0, note)).map_err(LockRefused::Io)?;
        Ok(Box::new(ApartLock(file.id().map_err(LockRefused::Io)?)))
    }
    fn free_space(&self) -> io::Result<u64> {
        self.0.free_space()
    }
    fn writable(&self) -> io::Result<()> {
        self.0.writable()
    }
    fn id_of(&self, name: &str) -> io::Result<Option<FileId>> {
        self.0.id_of(name)
    }
}

/// Two writers whom no lock keeps apart, one after the other in an order of the dice: whoever came last goes on, and the
/// other is refused and loses nothing.
fn shared(seed: u64) {
    let mut dice = Dice::new(seed ^ 0x5a5a);
    let folder = tempfile::tempdir().unwrap();
    let (site, vault) = (site(), folder.path().join("vault"));
    site.create(&real(&vault), b"image");
    let disk: Arc<dyn Disk> = Arc::new(Apart(real(&vault)));
    let mut writers: [Option<Writer>; 2] = [None, None];
    let (mut all, mut last) = (Vec::new(), None);
    for step in 0..30u8 {
        let which = dice.roll(2) as usize;
        match &mut writers[which] {
            Some(writer) if dice.roll(6) > 0 => {
                let frame = vec![step; 1 + dice.roll(900) as usize];
                let before = writer.told.len();
                writer.append(frame.clone());
                if writer.told.len() > before {
                    assert_eq!(last, Some(which), "only who came last is taken");
                    all.push(frame);
                } else {
                    assert!(writer.was_exchanged(), "{:?}", writer.refused);
                }
            }
            slot => {
                // The note tells one session from another by its time, too.
                let who = daicho::vault::Holder::this("tanaka", &format!("2026-11-29 {which}-{step}"));
                let mode = daicho::vault::Mode::Write(who);
                let mut opened =
                    daicho::vault::Vault::open(&disk, site.vault.clone(), mode, super::CACHE).unwrap();
                let told: Vec<Vec<u8>> = opened.frames.by_ref().collect::<Result<_, _>>().unwrap();
                assert_eq!(told, all, "who opens it sees all that was acknowledged");
                *slot = Some(Writer { opened, told, refused: None });
                last = Some(which);
            }
        }
    }
    drop(writers);
    assert_eq!(all_frames(site.read(&real(&vault)).unwrap()).unwrap(), all);
}

#[test]
fn of_two_writers_whom_no_lock_keeps_apart_the_first_stops_and_nothing_acknowledged_is_lost() {
    // Broken by: no look at the note in the lock; a note that is the same for both.
    for seed in 0..10 {
        shared(seed);
    }
}
