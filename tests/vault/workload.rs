//! redb on the vault: the same answers as a map in memory, over commits, checkpoints and openings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use redb::{Database, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition};

use daicho::vault::{Backend, Disk, Opened, RealDisk};

use super::sim::SimDisk;
use super::{Dice, Site, site};

const ROWS: TableDefinition<u64, &[u8]> = TableDefinition::new("rows");

/// An empty redb database as bytes.
pub fn empty_image() -> Vec<u8> {
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut db = Database::create(file.path()).unwrap();
    let tx = db.begin_write().unwrap();
    tx.open_table(ROWS).unwrap();
    tx.commit().unwrap();
    db.compact().unwrap();
    drop(db);
    std::fs::read(file.path()).unwrap()
}

pub fn database(backend: Backend) -> Database {
    Database::builder().set_cache_size(1 << 20).create_with_backend(backend).unwrap()
}

/// A frame is a run of (key, length, value); an empty value removes.
fn apply(db: &Database, frame: &[u8], quick_repair: bool) {
    let mut tx = db.begin_write().unwrap();
    tx.set_quick_repair(quick_repair);
    {
        let mut rows = tx.open_table(ROWS).unwrap();
        let mut rest = frame;
        while let Some((head, tail)) = rest.split_at_checked(10) {
            let key = u64::from_be_bytes(head[..8].try_into().unwrap());
            let len = usize::from(u16::from_be_bytes(head[8..].try_into().unwrap()));
            let (value, tail) = tail.split_at(len);
            if value.is_empty() {
                rows.remove(key).unwrap()
            } else {
                rows.insert(key, value).unwrap()
            };
            rest = tail;
        }
    }
    tx.commit().unwrap();
}

fn contents(db: &Database) -> BTreeMap<u64, Vec<u8>> {
    let tx = db.begin_read().unwrap();
    let rows = tx.open_table(ROWS).unwrap();
    rows.iter().unwrap().map(|r| r.map(|(k, v)| (k.value(), v.value().to_vec())).unwrap()).collect()
}

fn open(site: &Site, disk: &Arc<dyn Disk>) -> (daicho::vault::Vault, Database) {
    let Opened { vault, backend, frames, torn } = site.write(disk).unwrap();
    assert!(torn.is_none());
    let db = database(backend);
    for frame in frames {
        apply(&db, &frame.unwrap(), false);
    }
    (vault, db)
}

#[test]
fn redb_on_the_vault_agrees_with_a_map_over_thousands_of_changes() {
    for seed in [11, 12] {
        let mut dice = Dice::new(seed);
        let disk = SimDisk::default().dyn_disk();
        let site = site();
        site.create(&disk, &empty_image());
        let mut model = BTreeMap::new();
        let (mut vault, mut db) = open(&site, &disk);
        for round in 0..400 {
            let mut frame = Vec::new();
            for _ in 0..dice.roll(12) {
                let key = dice.roll(900);
                let n = if dice.roll(4) == 0 { 0 } else { dice.roll(1500) as usize + 1 };
                let value = dice.bytes(n);
                frame.extend_from_slice(&key.to_be_bytes());
                frame.extend_from_slice(&(value.len() as u16).to_be_bytes());
                frame.extend_from_slice(&value);
                if value.is_empty() {
                    model.remove(&key)
                } else {
                    model.insert(key, value)
                };
            }
            vault.append(&frame).unwrap();
            apply(&db, &frame, round % 50 == 49);
            if round % 50 == 49 {
                let job = vault.begin_checkpoint().unwrap();
                let done = std::thread::spawn(move || job.run(&mut |_, _| {})).join().unwrap();
                vault.finish_checkpoint(done).unwrap().remove().unwrap();
                assert_eq!(vault.frames_since_checkpoint(), 0);
            }
            if dice.roll(60) == 0 {
                assert_eq!(contents(&db), model, "seed {seed} round {round}");
                drop((db, vault));
                (vault, db) = open(&site, &disk);
                assert_eq!(contents(&db), model, "seed {seed} round {round}, opened again");
            }
        }
        assert_eq!(contents(&db), model);
        assert!(db.check_integrity().unwrap());
    }
}

#[test]
fn a_checkpoint_after_a_quick_repair_commit_is_exactly_that_commit_and_opens_without_repair() {
    let disk = SimDisk::default().dyn_disk();
    let site = site();
    site.create(&disk, &empty_image());
    let (vault, db) = open(&site, &disk);
    let mut dice = Dice::new(77);
    for n in 0..300u64 {
        let mut frame = n.to_be_bytes().to_vec();
        frame.extend_from_slice(&500u16.to_be_bytes());
        frame.extend_from_slice(&dice.bytes(500));
        apply(&db, &frame, n == 299);
    }
    let expected = contents(&db);
    let job = vault.begin_checkpoint().unwrap();
    // What is committed now must not get into the base.
    let mut late = 9999u64.to_be_bytes().to_vec();
    late.extend_from_slice(&[0, 1, 7]);
    apply(&db, &late, false);
    vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
    drop((db, vault));
    let opened = site.write(&disk).unwrap();
    let repairs = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = Arc::clone(&repairs);
    let mut db = Database::builder()
        .set_repair_callback(move |_| {
            counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        })
        .create_with_backend(opened.backend)
        .unwrap();
    assert_eq!(repairs.load(std::sync::atomic::Ordering::SeqCst), 0);
    assert_eq!(contents(&db), expected);
    assert!(db.check_integrity().unwrap());
}

/// Prints what things cost here; asserts nothing about time.
#[test]
fn costs_are_printed() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir.path().join("vault")));
    let site = site();
    site.create(&disk, &empty_image());
    let (vault, db) = open(&site, &disk);
    let mut dice = Dice::new(3);
    let mut frames = Vec::new();
    for n in 0..1000u64 {
        let mut frame = n.to_be_bytes().to_vec();
        frame.extend_from_slice(&800u16.to_be_bytes());
        frame.extend_from_slice(&dice.bytes(800));
        frames.push(frame);
    }
    let (mut appends, mut both) = (Vec::new(), Vec::new());
    for frame in &frames {
        let start = Instant::now();
        vault.append(frame).unwrap();
        appends.push(start.elapsed());
        apply(&db, frame, false);
        both.push(start.elapsed());
    }
    drop((vault, db));
    appends.sort();
    both.sort();
    let start = Instant::now();
    let opened = site.write(&disk).unwrap();
    let opening = start.elapsed();
    let start = Instant::now();
    let read: Vec<Vec<u8>> = opened.frames.map(Result::unwrap).collect();
    let reading = start.elapsed();
    assert_eq!(read, frames);
    let job = opened.vault.begin_checkpoint().unwrap();
    opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
    let mut page = vec![0; 4096];
    let pages = opened.backend.len().unwrap() / 4096;
    opened.backend.read(0, &mut page).unwrap();
    let start = Instant::now();
    for _ in 0..10_000 {
        opened.backend.read(dice.roll(pages.min(16)) * 4096, &mut page).unwrap();
    }
    let point = start.elapsed() / 10_000;
    eprintln!(
        "append p50 {:?} p99 {:?}; append and commit p50 {:?} p99 {:?}; open with 1000 frames {opening:?}, \
         a frame decrypted {:?}; page from the cache {point:?}",
        appends[500],
        appends[990],
        both[500],
        both[990],
        reading / 1000
    );
}
