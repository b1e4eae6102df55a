use redb::StorageBackend;
use zeroize::Zeroizing;

use daicho::vault::{CheckpointError, VaultError, verify};

use super::sim::SimDisk;
use super::{Dice, all_frames, site};

const ROOM: u64 = 1 << 20;

fn key() -> Zeroizing<[u8; 32]> {
    Zeroizing::new([7; 32])
}

#[test]
fn a_scratch_reads_as_what_was_written_and_its_file_as_noise() {
    let site = site();
    for seed in 0..12 {
        let mut dice = Dice::new(seed);
        let disk = SimDisk::default();
        site.create(&disk.dyn_disk(), &[1; 5000]);
        let opened = site.write(&disk.dyn_disk()).unwrap();
        let (_job, scratch) = opened.vault.begin_compaction(ROOM, &key()).unwrap();
        let mut model: Vec<u8> = Vec::new();
        for _ in 0..120 {
            if dice.roll(6) == 0 {
                let len = dice.roll(60_000) as usize;
                scratch.set_len(len as u64).unwrap();
                model.resize(len, 0);
            } else {
                let at = dice.roll(model.len() as u64 + 5000) as usize;
                let size = if dice.roll(2) == 0 { 4096 } else { dice.roll(9000) as usize };
                // A pattern: its file must not show it.
                let data = vec![b'p'; size];
                scratch.write(at as u64, &data).unwrap();
                model.resize(model.len().max(if size > 0 { at + size } else { 0 }), 0);
                if size > 0 {
                    model[at..at + size].copy_from_slice(&data);
                }
            }
            assert_eq!(StorageBackend::len(&scratch).unwrap(), model.len() as u64);
            let mut all = vec![0; model.len()];
            scratch.read(0, &mut all).unwrap();
            assert!(all == model, "seed {seed}");
        }
        assert!(scratch.read(model.len() as u64, &mut [0]).is_err());
        scratch.write(0, &[b'p'; 20_000]).unwrap();
        let sealed = disk.get("scratch.tmp");
        assert!(sealed.len() >= 20_000);
        assert!(!sealed.windows(8).any(|eight| eight == b"pppppppp"));
    }
}

#[test]
fn a_page_put_back_as_it_was_before_or_elsewhere_is_the_devices_failure() {
    let site = site();
    let disk = SimDisk::default();
    site.create(&disk.dyn_disk(), &[1; 5000]);
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let (job, scratch) = opened.vault.begin_compaction(ROOM, &key()).unwrap();
    scratch.write(0, &[1; 8192]).unwrap();
    let earlier = disk.get("scratch.tmp");
    scratch.write(0, &[2; 8192]).unwrap();
    let now = disk.get("scratch.tmp");
    assert_ne!(earlier, now);
    let half = now.len() / 2;
    let swapped = [&now[half..], &now[..half]].concat();
    for bytes in [earlier, swapped] {
        // In place: the scratch has the file open.
        disk.overwrite("scratch.tmp", &bytes);
        let mut out = [0; 4096];
        assert!(scratch.read(0, &mut out).is_err());
        disk.overwrite("scratch.tmp", &now);
        scratch.read(0, &mut out).unwrap();
    }
    assert!(matches!(scratch.failed(), Some(VaultError::Device { .. })));
    let done = job.run(&mut |_, _| {});
    assert!(matches!(done, Err(CheckpointError::Failed(VaultError::Device { .. }))), "no base is made of it");
    drop(scratch);
    opened.vault.finish_checkpoint(done).unwrap_err();
    opened.vault.append(b"on it goes").unwrap();
    drop(opened);
    assert!(disk.names().iter().all(|name| !name.ends_with(".tmp")), "{:?}", disk.names());
    assert_eq!(verify(&disk, &site.vault, &mut |_| {}).findings, []);
}

#[test]
fn a_base_laid_out_anew_counts_at_once_and_is_read_again_before_the_next_checkpoint() {
    let mut site = site();
    let disk = SimDisk::default();
    site.create(&disk.dyn_disk(), &[1; 300_000]);
    // Under a new vault key, too: what is written anew is written to the newest.
    site.vault = site.vault.with_new();
    let mut opened = site.write(&disk.dyn_disk()).unwrap();
    opened.vault.append(b"before").unwrap();
    let (job, scratch) = opened.vault.begin_compaction(ROOM, &key()).unwrap();
    assert_eq!(opened.vault.begin_checkpoint().err(), Some(VaultError::Busy));
    opened.vault.append(b"during").unwrap();
    scratch.write(0, &[9; 100_000]).unwrap();
    let done = job.run(&mut |_, _| {});
    drop(scratch);
    let superseded = opened.vault.finish_checkpoint(done).unwrap();
    assert!(matches!(opened.vault.begin_checkpoint(), Err(VaultError::Unacceptable { .. })));
    opened.vault.append(b"after").unwrap();
    let mut byte = [0];
    opened.backend.read(250_000, &mut byte).unwrap();
    assert_eq!(byte, [1], "the image in use stays what it was");
    let (backend, frames) = opened.vault.read_again().unwrap();
    assert_eq!(backend.len().unwrap(), 100_000);
    backend.read(99_999, &mut byte).unwrap();
    assert_eq!(byte, [9]);
    let frames: Vec<Vec<u8>> = frames.map(Result::unwrap).collect();
    assert_eq!(frames, [b"during".to_vec(), b"after".to_vec()]);
    superseded.remove().unwrap();
    let job = opened.vault.begin_checkpoint().unwrap();
    opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
    drop(opened);
    site.vault = site.vault.newest();
    let opened = site.write(&disk.dyn_disk()).unwrap();
    assert_eq!(opened.backend.len().unwrap(), 100_000);
    assert_eq!(all_frames(opened).unwrap(), Vec::<Vec<u8>>::new());
}
