use std::io;

use daicho::vault::{AppendError, Doing, Vault, VaultError, verify};

use super::sim::{Luck, SimDisk};
use super::{all_frames, site};

#[test]
fn what_was_appended_is_replayed_in_order() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let mut expected = Vec::new();
    for round in 0..3u8 {
        let opened = site.write(&disk.dyn_disk()).unwrap();
        assert!(opened.torn.is_none());
        assert_eq!(opened.frames.len(), expected.len());
        let vault = opened.vault;
        assert_eq!(opened.frames.collect::<Result<Vec<_>, _>>().unwrap(), expected);
        for n in 0..20u8 {
            let frame = vec![round ^ n; usize::from(n) * 131];
            vault.append(&frame).unwrap();
            expected.push(frame);
        }
        assert_eq!(vault.frames_since_checkpoint(), expected.len() as u64);
    }
    assert_eq!(all_frames(site.read(&disk.dyn_disk()).unwrap()).unwrap(), expected);
}

#[test]
fn a_frame_larger_than_a_part_comes_back_whole() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let sizes = [1 << 20, (1 << 20) + 1, 3_500_000, 0, 1];
    for size in sizes {
        opened.vault.append(&vec![size as u8 ^ 5; size]).unwrap();
    }
    drop(opened);
    let frames = all_frames(site.write(&disk.dyn_disk()).unwrap()).unwrap();
    assert_eq!(frames.iter().map(Vec::len).collect::<Vec<_>>(), sizes);
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let refused = opened.vault.append(&vec![0; (64 << 20) + 1]);
    assert!(matches!(refused, Err(AppendError::NotWritten(VaultError::Unacceptable { .. }))));
    opened.vault.append(b"after").unwrap();
}

#[test]
fn a_hot_append_is_one_write_and_one_sync() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let opened = site.write(&disk.dyn_disk()).unwrap();
    let before = disk.steps();
    opened.vault.append(&[1; 300]).unwrap();
    assert_eq!(disk.0.lock().unwrap().trace[before..], ["write journal.000002", "sync journal.000002"]);
}

#[test]
fn nothing_can_be_appended_when_opened_for_reading() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let before = disk.steps();
    let opened = site.read(&disk.dyn_disk()).unwrap();
    assert_eq!(opened.vault.append(b"x"), Err(AppendError::NotWritten(VaultError::ReadOnly)));
    assert_eq!(opened.vault.begin_checkpoint().err(), Some(VaultError::ReadOnly));
    assert_eq!(disk.steps(), before, "reading writes nothing");
}

#[test]
fn a_failed_write_is_not_written_and_the_next_frame_is() {
    for (kind, expected) in
        [(io::ErrorKind::StorageFull, VaultError::DiskFull), (io::ErrorKind::Other, device())]
    {
        for short in [0, 100, 512, 700, usize::MAX] {
            let disk = SimDisk::default();
            let site = site();
            site.create(&disk.dyn_disk(), b"image");
            let opened = site.write(&disk.dyn_disk()).unwrap();
            opened.vault.append(b"one").unwrap();
            disk.0.lock().unwrap().short = short;
            disk.fail_at(disk.steps(), kind, false);
            assert_eq!(opened.vault.append(&[7; 900]), Err(AppendError::NotWritten(expected.clone())));
            assert!(!opened.vault.is_poisoned());
            let copy = disk.copy();
            assert_eq!(all_frames(site.write(&copy.dyn_disk()).unwrap()).unwrap(), [b"one"]);
            opened.vault.append(b"two").unwrap();
            drop(opened);
            assert_eq!(all_frames(site.write(&disk.dyn_disk()).unwrap()).unwrap(), [b"one", b"two"]);
        }
    }
}

fn device() -> VaultError {
    VaultError::Device { doing: Doing::Writing, file: "journal.000002".into(), kind: io::ErrorKind::Other }
}

#[test]
fn a_failed_sync_is_unknown_and_poisons_the_vault() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let opened = site.write(&disk.dyn_disk()).unwrap();
    opened.vault.append(b"one").unwrap();
    disk.fail_at(disk.steps() + 1, io::ErrorKind::Other, false);
    assert_eq!(opened.vault.append(b"two"), Err(AppendError::Unknown(device())));
    let steps = disk.steps();
    assert_eq!(opened.vault.append(b"three"), Err(AppendError::Poisoned));
    assert_eq!(opened.vault.begin_checkpoint().err(), Some(VaultError::Poisoned));
    assert_eq!(disk.steps(), steps, "nothing is written, and no sync is tried again");
    drop(opened);
    let frames = all_frames(site.write(&disk.dyn_disk()).unwrap()).unwrap();
    assert!(frames == [b"one".to_vec()] || frames == [b"one".to_vec(), b"two".to_vec()]);
}

#[test]
fn every_fault_at_every_step_of_appending_keeps_what_was_acknowledged() {
    let site = site();
    let start = SimDisk::default();
    site.create(&start.dyn_disk(), b"image");
    let workload = |disk: &SimDisk| -> (Vec<u8>, Vec<u8>) {
        let (mut sure, mut maybe) = (Vec::new(), Vec::new());
        for round in 0..2u8 {
            let Ok(opened) = site.write(&disk.dyn_disk()) else { continue };
            for n in 0..4u8 {
                let name = round * 16 + n;
                // Large enough that the segment grows within the workload.
                match opened.vault.append(&vec![name; 20_000]) {
                    Ok(()) => sure.push(name),
                    Err(AppendError::Unknown(_)) => maybe.push(name),
                    Err(_) => {}
                }
            }
        }
        (sure, maybe)
    };
    let whole = start.copy();
    assert_eq!(workload(&whole).0.len(), 8);
    for step in 0..whole.steps() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
            for (forever, short) in [(false, 0), (false, 1000), (true, 0), (true, 1000)] {
                let disk = start.copy();
                disk.0.lock().unwrap().short = short;
                disk.fail_at(step, kind, forever);
                let (sure, maybe) = workload(&disk);
                disk.heal();
                let frames = all_frames(site.write(&disk.dyn_disk()).unwrap()).unwrap();
                let names: Vec<u8> = frames.iter().map(|f| f[0]).collect();
                assert!(frames.iter().all(|f| f.len() == 20_000 && f.iter().all(|b| *b == f[0])));
                assert!(sure.iter().all(|n| names.contains(n)), "step {step}: lost; {sure:?} {names:?}");
                assert!(
                    names.iter().all(|n| sure.contains(n) || maybe.contains(n)),
                    "step {step} {kind:?}: there though not acknowledged; {sure:?} {maybe:?} {names:?}"
                );
            }
        }
    }
}

#[test]
fn a_full_disk_refuses_a_checkpoint_before_it_starts() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), &[1; 10_000]);
    let opened = site.write(&disk.dyn_disk()).unwrap();
    disk.0.lock().unwrap().free = Some(9_999);
    assert_eq!(opened.vault.begin_checkpoint().err(), Some(VaultError::NoRoom { need: 10_000, free: 9_999 }));
    disk.0.lock().unwrap().free = None;
    opened.vault.append(b"on").unwrap();
    assert!(opened.vault.begin_checkpoint().is_ok());
}

#[test]
fn a_creation_that_fails_at_any_step_can_be_tried_again_in_the_same_folder() {
    let site = site();
    let whole = SimDisk::default();
    site.create(&whole.dyn_disk(), b"image");
    for step in 0..whole.steps() {
        for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
            let disk = SimDisk::default();
            disk.fail_at(step, kind, false);
            Vault::create(&disk.dyn_disk(), &site.vault, &site.keys, b"image").unwrap_err();
            disk.heal();
            site.create(&disk.dyn_disk(), b"image");
            assert_eq!(verify(&disk, &site.vault, &mut |_| {}).findings, []);
        }
    }
}

#[test]
fn what_an_opening_showed_after_a_failed_sync_is_there_after_a_power_cut() {
    let site = site();
    let start = SimDisk::default();
    site.create(&start.dyn_disk(), b"image");
    let work = |disk: &SimDisk| {
        let Ok(opened) = site.write(&disk.dyn_disk()) else { return };
        for n in 0..5u8 {
            if opened.vault.append(&vec![n; 20_000]).is_err() {
                return;
            }
        }
    };
    let whole = start.copy();
    work(&whole);
    let mut unsure = 0;
    for step in 0..whole.steps() {
        let disk = start.copy();
        disk.fail_at(step, io::ErrorKind::Other, false);
        work(&disk);
        disk.heal();
        let only_looked = disk.copy_with_pending();
        let looked = all_frames(site.write(&only_looked.dyn_disk()).unwrap()).unwrap();
        let after = only_looked.after_cut(Luck::Nothing);
        assert!(all_frames(site.write(&after.dyn_disk()).unwrap()).unwrap() == looked, "step {step}");
        let opened = site.write(&disk.dyn_disk()).unwrap();
        opened.vault.append(b"later").unwrap();
        let shown = all_frames(opened).unwrap();
        let after = disk.after_cut(Luck::Nothing);
        let mut kept = all_frames(site.write(&after.dyn_disk()).unwrap()).unwrap();
        assert_eq!(kept.pop().as_deref(), Some(&b"later"[..]), "step {step}");
        assert!(kept == shown, "step {step}: {} shown, {} kept", shown.len(), kept.len());
        unsure += usize::from(whole.0.lock().unwrap().trace[step].starts_with("sync journal"));
    }
    assert!(unsure >= 5);
}
