//! Power cut at each step that changes the disk, with nothing, everything, or a torn part of the unsynced kept.

use redb::StorageBackend;

use daicho::vault::{VaultError, inspect, verify};

use super::sim::{Luck, SimDisk};
use super::{Dice, Site, site};

fn lucks(cut: usize) -> [Luck; 6] {
    let seed = |n: usize| Luck::Seed((cut * 10 + n) as u64);
    [Luck::Nothing, Luck::Everything, seed(1), seed(2), seed(3), seed(4)]
}

/// Appends, writes the image, makes two checkpoints with frames during them, and closes and opens in between.
/// Returns what was acknowledged.
fn work(site: &Site, disk: &SimDisk) -> Vec<u8> {
    let mut sure = Vec::new();
    let mut next = 1u8;
    for _ in 0..2 {
        let Ok(opened) = site.write(&disk.dyn_disk()) else { return sure };
        for frame in opened.frames {
            // The image is a fold over the frames: byte n says that frame n was applied.
            let frame = frame.unwrap();
            opened.backend.write(u64::from(frame[0]), &[1]).unwrap();
        }
        let mut append = |sure: &mut Vec<u8>| {
            let n = next;
            next += 1;
            if opened.vault.append(&vec![n; 300 + usize::from(n) * 97]).is_ok() {
                sure.push(n);
                opened.backend.write(u64::from(n), &[1]).unwrap();
            }
        };
        append(&mut sure);
        append(&mut sure);
        if let Ok(job) = opened.vault.begin_checkpoint() {
            append(&mut sure);
            let done = job.run(&mut |_, _| {});
            append(&mut sure);
            let _ = opened.vault.finish_checkpoint(done).map(|old| old.remove());
            append(&mut sure);
        }
    }
    sure
}

/// Which frames a vault shows: those in its base, and those replayed.
fn shown(site: &Site, disk: &SimDisk) -> Result<Vec<u8>, VaultError> {
    let opened = site.write(&disk.dyn_disk())?;
    let mut base = vec![0; 64];
    opened.backend.read(0, &mut base).unwrap();
    let mut seen: Vec<u8> = (0..64u8).filter(|n| base[usize::from(*n)] == 1).collect();
    for frame in opened.frames {
        let frame = frame?;
        assert_eq!(frame, vec![frame[0]; 300 + usize::from(frame[0]) * 97], "a frame is whole");
        seen.push(frame[0]);
    }
    Ok(seen)
}

#[test]
fn power_cut_at_each_step_of_appends_and_checkpoints_loses_nothing_acknowledged() {
    let site = site();
    let start = SimDisk::default();
    site.create(&start.dyn_disk(), &[0; 200_000]);
    let whole = start.copy();
    assert_eq!(work(&site, &whole).len(), 10);
    let (mut images, mut torn, mut again) = (0, 0, 0);
    for cut in 0..whole.steps() {
        for luck in lucks(cut) {
            let disk = start.copy();
            disk.cut_at(cut);
            let sure = work(&site, &disk);
            let after = disk.after_cut(luck);
            let view = after.copy();
            torn += usize::from(site.read(&view.dyn_disk()).unwrap().torn.is_some());
            let seen = shown(&site, &after).unwrap_or_else(|e| panic!("cut {cut} {luck:?}: {e}"));
            let exact = seen == sure || (seen.len() == sure.len() + 1 && seen[..sure.len()] == sure);
            assert!(exact, "cut {cut} {luck:?}: acknowledged {sure:?}, there {seen:?}");
            assert_eq!(verify(&after, &site.vault, &mut |_| {}).findings, []);
            let found = inspect(&after).unwrap();
            assert_eq!(found, inspect(&after.copy()).unwrap());
            images += 1;
            // Cut again in the recovery, at each step of it.
            let recovery = after.steps();
            for second in (0..recovery).step_by(2) {
                let disk = view.copy();
                disk.cut_at(second);
                let _ = site.write(&disk.dyn_disk());
                let after = disk.after_cut(Luck::Seed(second as u64));
                assert_eq!(shown(&site, &after).unwrap(), seen, "cut {cut} {luck:?}, again at {second}");
                again += 1;
            }
        }
    }
    eprintln!("power cuts: {images} images ({torn} torn tails), {again} cut again while recovering, 0 lost");
}

#[test]
fn a_frame_of_many_parts_is_there_whole_or_not_at_all_after_any_cut() {
    let site = site();
    let start = SimDisk::default();
    site.create(&start.dyn_disk(), b"image");
    let opened = site.write(&start.dyn_disk()).unwrap();
    opened.vault.append(b"kept").unwrap();
    let big = Dice::new(4).bytes(2_300_000);
    let before = start.steps();
    let tearing = start.copy();
    opened.vault.append(&big).unwrap();
    drop(opened);
    let (mut there, mut not) = (0, 0);
    let opening = {
        let disk = tearing.copy();
        drop(site.write(&disk.dyn_disk()).unwrap());
        disk.steps()
    };
    for cut in opening..opening + start.steps() - before {
        for luck in lucks(cut).into_iter().chain((0..20).map(Luck::Seed)) {
            let disk = tearing.copy();
            disk.cut_at(cut);
            let opened = site.write(&disk.dyn_disk()).unwrap();
            assert!(opened.vault.append(&big).is_err());
            let after = disk.after_cut(luck);
            let frames: Vec<Vec<u8>> =
                site.write(&after.dyn_disk()).unwrap().frames.map(Result::unwrap).collect();
            assert_eq!(frames[0], b"kept");
            match frames.len() {
                1 => not += 1,
                2 => {
                    assert!(frames[1] == big);
                    there += 1;
                }
                n => panic!("{n} frames"),
            }
        }
    }
    assert!(there > 0 && not > 0);
    eprintln!("frame of 3 parts: {not} images without it, {there} with all of it");
}

#[test]
fn power_cut_at_each_step_of_creation_leaves_half_a_vault_said_so_or_a_whole_one() {
    let site = site();
    let whole = SimDisk::default();
    site.create(&whole.dyn_disk(), &[5; 3000]);
    let mut opened = 0;
    for cut in 0..=whole.steps() {
        for luck in lucks(cut) {
            let disk = SimDisk::default();
            disk.cut_at(cut);
            let result = daicho::vault::Vault::create(&disk.dyn_disk(), &site.vault, &site.keys, &[5; 3000]);
            let after = disk.after_cut(luck);
            match site.write(&after.dyn_disk()) {
                Ok(opened_vault) => {
                    drop(opened_vault);
                    assert_eq!(verify(&after, &site.vault, &mut |_| {}).findings, []);
                    opened += 1;
                }
                Err(e) => {
                    assert!(result.is_err(), "acknowledged, and then: {e}");
                    assert!(
                        matches!(
                            e,
                            VaultError::Missing { .. }
                                | VaultError::NotAVault
                                | VaultError::NeverFinished { .. }
                                | VaultError::HalfThere { .. }
                        ),
                        "cut {cut} {luck:?}: {e}"
                    );
                }
            }
        }
    }
    assert!(opened > 0);
}
