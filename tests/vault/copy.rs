//! Copies: made beside a writer, read back before they count, and whole at any power cut.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use redb::StorageBackend;

use daicho::vault::{
    Copied, CopyError, Disk, FORMAT_VERSION, RealDisk, Unfinished, Vault, VaultError, VaultIdentity, copy,
    copy_whole, inspect, rewrite_keys, seal_vault_key, verify,
};

use super::reads::Reads;
use super::sim::{Luck, SimDisk};
use super::{Dice, Site, all_frames, site};

/// A site with frames in its journal, each its own number.
fn lived(frames: u8) -> (Site, SimDisk) {
    let (site, disk) = (site(), SimDisk::default());
    site.create(&disk.dyn_disk(), &[0; 100_000]);
    append(&site, &disk, 1..=frames);
    (site, disk)
}

fn append(site: &Site, disk: &SimDisk, numbers: impl IntoIterator<Item = u8>) {
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    for n in numbers {
        vault.append(&payload(n)).unwrap();
    }
}

fn payload(n: u8) -> Vec<u8> {
    vec![n; 40 + usize::from(n) * 61]
}

/// A checkpoint whose image holds every frame so far, then a frame more.
fn checkpoint(site: &Site, disk: &SimDisk, after: u8) {
    let opened = site.write(&disk.dyn_disk()).unwrap();
    for frame in opened.frames {
        opened.backend.write(u64::from(frame.unwrap()[0]), &[1]).unwrap();
    }
    let job = opened.vault.begin_checkpoint().unwrap();
    opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
    opened.vault.append(&payload(after)).unwrap();
}

/// A checkpoint that did not come about: one segment more behind the same base, and a frame in it.
fn segment(site: &Site, disk: &SimDisk, after: u8) {
    let opened = site.write(&disk.dyn_disk()).unwrap();
    drop(opened.vault.begin_checkpoint().unwrap());
    opened.vault.append(&payload(after)).unwrap();
}

/// The frames that a vault shows: those in its base, and those replayed.
fn shown(site: &Site, disk: &Arc<dyn Disk>) -> Result<Vec<u8>, VaultError> {
    let opened = site.read(disk)?;
    let mut base = vec![0; 256];
    opened.backend.read(0, &mut base).unwrap();
    let mut seen: Vec<u8> = (0..=255).filter(|n| base[usize::from(*n)] == 1).collect();
    for frame in all_frames(opened)? {
        assert_eq!(frame, payload(frame[0]));
        seen.push(frame[0]);
    }
    Ok(seen)
}

fn to(site: &Site, disk: &SimDisk, place: &SimDisk) -> Result<Copied, CopyError> {
    let mut last = None;
    let copied = copy(disk, &place.dyn_disk(), &site.vault, &mut |at| last = Some(at));
    if copied.is_ok() {
        assert!(last.is_some_and(|at| at.done == at.total), "{last:?}");
    }
    copied
}

#[test]
fn a_copy_shows_what_the_vault_shows_and_is_not_worked_in() {
    let (site, disk) = lived(5);
    let place = SimDisk::default();
    let before = disk.steps();
    let copied = to(&site, &disk, &place).unwrap();
    assert_eq!(disk.steps(), before, "nothing was written where it was copied from");
    assert!(copied.fresh > 0 && copied.bytes > 100_000 && copied.verified.frames == 5);
    assert_eq!(shown(&site, &place.dyn_disk()).unwrap(), [1, 2, 3, 4, 5]);
    assert_eq!(verify(&place, &site.vault, &mut |_| {}).findings, []);
    assert!(inspect(&place).unwrap().is_a_copy);
    let steps = place.steps();
    assert_eq!(site.write(&place.dyn_disk()).err(), Some(VaultError::IsACopy));
    assert_eq!(place.steps(), steps, "not even a lock was left");
    assert!(!place.names().iter().any(|name| ["lock", "attempts"].contains(&name.as_str())));
}

#[test]
fn a_second_copy_writes_only_what_is_new() {
    let (site, disk) = lived(3);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    let steps = place.steps();
    assert_eq!(to(&site, &disk, &place).unwrap().fresh, 0);
    let wrote = |from: usize, name: &str| {
        place.0.lock().unwrap().trace[from..]
            .iter()
            .any(|step| step.starts_with("write") && step.contains(name))
    };
    assert!(!wrote(steps, "base") && !wrote(steps, "journal") && !wrote(steps, "keys"));
    append(&site, &disk, [4]);
    let steps = place.steps();
    let copied = to(&site, &disk, &place).unwrap();
    assert!(copied.fresh > 0 && copied.fresh < copied.bytes / 2, "{copied:?}");
    assert!(!wrote(steps, "base") && wrote(steps, "journal.000002"));
    segment(&site, &disk, 5);
    let steps = place.steps();
    to(&site, &disk, &place).unwrap();
    assert!(!wrote(steps, "base") && wrote(steps, "journal.000003"));
    checkpoint(&site, &disk, 6);
    to(&site, &disk, &place).unwrap();
    assert_eq!(shown(&site, &place.dyn_disk()).unwrap(), [1, 2, 3, 4, 5, 6]);
    let names = place.names();
    assert_eq!(names.iter().filter(|name| name.starts_with("base")).count(), 1, "{names:?}");
    assert!(!names.iter().any(|name| name.ends_with(".tmp") || name == "journal.000002"), "{names:?}");
}

/// What a second copy may find changed since the first.
type Change = fn(&Site, &SimDisk);

fn changes() -> Vec<(&'static str, Change)> {
    vec![
        ("frames", |site, disk| append(site, disk, [10, 11, 12])),
        ("a segment", |site, disk| {
            append(site, disk, [10]);
            segment(site, disk, 11);
        }),
        ("a checkpoint", |site, disk| checkpoint(site, disk, 10)),
        ("two checkpoints", |site, disk| {
            checkpoint(site, disk, 10);
            checkpoint(site, disk, 11);
            segment(site, disk, 12);
        }),
        ("keys", |site, disk| {
            let mut keys = site.keys.clone();
            keys.insert("suzuki.age".to_owned(), keys["tanaka.age"].clone());
            keys.insert(
                "vault.age".to_owned(),
                seal_vault_key(&site.vault, &[site.user.recipient()]).unwrap(),
            );
            rewrite_keys(disk, &keys).unwrap();
            append(site, disk, [10]);
        }),
    ]
}

fn lucks(cut: usize) -> [Luck; 5] {
    let seed = |n: usize| Luck::Seed((cut * 10 + n) as u64);
    [Luck::Nothing, Luck::Everything, seed(1), seed(2), seed(3)]
}

#[test]
fn power_cut_at_each_step_of_a_second_copy_leaves_the_older_or_the_newer_one_whole() {
    let mut images = 0;
    for (what, change) in changes() {
        let (site, disk) = lived(3);
        segment(&site, &disk, 4);
        let first = SimDisk::default();
        to(&site, &disk, &first).unwrap();
        let older = shown(&site, &first.dyn_disk()).unwrap();
        change(&site, &disk);
        let newer = shown(&site, &disk.dyn_disk()).unwrap();
        let whole = first.copy();
        to(&site, &disk, &whole).unwrap();
        for cut in 0..=whole.steps() {
            for luck in lucks(cut) {
                let place = first.copy();
                place.cut_at(cut);
                let done = to(&site, &disk, &place).is_ok();
                let after = place.after_cut(luck);
                let case = format!("{what}, cut {cut} {luck:?}");
                let seen = shown(&site, &after.dyn_disk()).unwrap_or_else(|e| panic!("{case}: {e}"));
                assert!(
                    seen == newer || !done && seen.starts_with(&older) && newer.starts_with(&seen),
                    "{case}"
                );
                assert_eq!(verify(&after, &site.vault, &mut |_| {}).findings, [], "{case}");
                assert!(inspect(&after).unwrap().is_a_copy, "{case}");
                images += 1;
                if images % 7 == 0 {
                    to(&site, &disk, &after).unwrap_or_else(|e| panic!("{case}, again: {e}"));
                    assert_eq!(shown(&site, &after.dyn_disk()).unwrap(), newer, "{case}");
                }
            }
        }
    }
    println!("power cuts in second copies: {images} images, each the older copy or the newer one");
}

#[test]
fn power_cut_at_each_step_of_a_first_copy_leaves_none_or_a_whole_one_and_it_can_begin_again() {
    let (site, disk) = lived(3);
    let whole = SimDisk::default();
    to(&site, &disk, &whole).unwrap();
    let mut there = 0;
    for cut in 0..=whole.steps() {
        for luck in lucks(cut) {
            let place = SimDisk::default();
            place.cut_at(cut);
            let done = to(&site, &disk, &place).is_ok();
            let after = place.after_cut(luck);
            match shown(&site, &after.dyn_disk()) {
                Ok(seen) => {
                    assert_eq!(seen, [1, 2, 3]);
                    there += 1;
                }
                Err(e) => {
                    assert!(!done, "acknowledged, and then: {e}");
                    let none = matches!(
                        e,
                        VaultError::Missing { .. }
                            | VaultError::NotAVault
                            | VaultError::NeverFinished { .. }
                            | VaultError::HalfThere { .. }
                    );
                    assert!(none, "cut {cut} {luck:?}: {e}");
                }
            }
            to(&site, &disk, &after).unwrap_or_else(|e| panic!("cut {cut} {luck:?}, again: {e}"));
            assert_eq!(shown(&site, &after.dyn_disk()).unwrap(), [1, 2, 3]);
        }
    }
    assert!(there > 0);
}

#[test]
fn power_cut_while_a_copy_is_taken_back_leaves_half_a_vault_said_so_or_a_whole_one() {
    let (site, disk) = lived(3);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    let restore = |onto: &SimDisk| -> Result<(), String> {
        let begun = Unfinished::begin(&onto.dyn_disk(), FORMAT_VERSION, false).map_err(|e| e.to_string())?;
        copy_whole(&place, &begun, &site.vault, &mut |_| {}).map_err(|e| e.to_string())?;
        let view: Arc<dyn Disk> = Arc::new(begun.clone());
        let opened = site.write(&view).map_err(|e| e.to_string())?;
        opened.vault.append(&payload(99)).map_err(|e| e.to_string())?;
        drop(opened);
        begun.finish().map_err(|e| e.to_string())
    };
    let whole = SimDisk::default();
    restore(&whole).unwrap();
    assert!(!inspect(&whole).unwrap().is_a_copy, "it is worked in");
    for cut in 0..=whole.steps() {
        for luck in lucks(cut) {
            let onto = SimDisk::default();
            onto.cut_at(cut);
            let done = restore(&onto).is_ok();
            let after = onto.after_cut(luck);
            match site.write(&after.dyn_disk()) {
                Ok(opened) => {
                    let frames = all_frames(opened).unwrap();
                    assert_eq!(
                        frames.last(),
                        Some(&payload(99)),
                        "never without what marks it as taken back"
                    );
                }
                Err(e) => {
                    assert!(!done, "acknowledged, and then: {e}");
                    let half = matches!(
                        e,
                        VaultError::Missing { .. }
                            | VaultError::NotAVault
                            | VaultError::NeverFinished { .. }
                            | VaultError::HalfThere { .. }
                    );
                    assert!(half, "cut {cut} {luck:?}: {e}");
                }
            }
        }
    }
}

/// What a refusal should be.
type Expected = fn(&CopyError) -> bool;

#[test]
fn a_place_that_holds_anything_else_is_refused_and_left_as_it_is() {
    let (site, disk) = lived(3);
    let foreign = SimDisk::default();
    foreign.dyn_disk().create_folder("").unwrap();
    foreign.put("letter.txt", b"mine".to_vec());
    let (_, other) = lived(2);
    let (stranger, theirs) = lived(2);
    let of_another = SimDisk::default();
    to(&stranger, &theirs, &of_another).unwrap();
    let damaged = SimDisk::default();
    to(&site, &disk, &damaged).unwrap();
    damaged.edit("journal.000002", |bytes| bytes[700] ^= 1);
    let with_a_letter = SimDisk::default();
    to(&site, &disk, &with_a_letter).unwrap();
    with_a_letter.put("letter.txt", b"mine".to_vec());
    let marked = SimDisk::default();
    to(&site, &disk, &marked).unwrap();
    marked.edit("COPY", |bytes| bytes[20] ^= 1);
    let cases: [(&SimDisk, Expected); 7] = [
        (&foreign, |e| *e == CopyError::Occupied("letter.txt".into())),
        (&other, |e| *e == CopyError::IsAVault),
        (&disk, |e| *e == CopyError::IsAVault),
        (&of_another, |e| *e == CopyError::OtherKey),
        (&damaged, |e| matches!(e, CopyError::Damaged(_))),
        (&with_a_letter, |e| *e == CopyError::Occupied("letter.txt".into())),
        (&marked, |e| matches!(e, CopyError::Damaged(_))),
    ];
    for (n, (place, expected)) in cases.into_iter().enumerate() {
        let before: Vec<Vec<u8>> = place.names().iter().map(|name| place.get(name)).collect();
        let answer = to(&site, &disk, place).unwrap_err();
        assert!(expected(&answer), "case {n}: {answer:?}");
        let after: Vec<Vec<u8>> = place.names().iter().map(|name| place.get(name)).collect();
        assert_eq!(before, after, "case {n}");
    }
}

#[test]
fn a_copy_that_holds_more_or_something_else_is_not_replaced() {
    let (site, disk) = lived(3);
    let old = disk.copy();
    append(&site, &disk, [4]);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    assert_eq!(to(&site, &old, &place), Err(CopyError::Newer), "the vault is the older one");
    append(&site, &old, [5, 6]);
    assert_eq!(to(&site, &old, &place), Err(CopyError::Newer), "the vault went another way");
    segment(&site, &disk, 7);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    assert_eq!(to(&site, &old, &place), Err(CopyError::Newer));
    let (one, two) = (disk.copy(), disk.copy());
    checkpoint(&site, &one, 8);
    checkpoint(&site, &two, 9);
    let place = SimDisk::default();
    to(&site, &one, &place).unwrap();
    assert_eq!(to(&site, &two, &place), Err(CopyError::Newer), "another base of the same number");
}

#[test]
fn a_device_that_fails_at_any_step_is_said_and_the_older_copy_stays() {
    let (site, disk) = lived(3);
    let first = SimDisk::default();
    to(&site, &disk, &first).unwrap();
    checkpoint(&site, &disk, 4);
    let whole = first.copy();
    to(&site, &disk, &whole).unwrap();
    for step in 0..whole.steps() {
        for (kind, forever) in [
            (io::ErrorKind::Other, false),
            (io::ErrorKind::Other, true),
            (io::ErrorKind::StorageFull, true),
            (io::ErrorKind::ReadOnlyFilesystem, true),
        ] {
            let place = first.copy();
            place.fail_at(step, kind, forever);
            let answer = to(&site, &disk, &place);
            place.heal();
            let seen = shown(&site, &place.dyn_disk()).unwrap_or_else(|e| panic!("step {step} {kind}: {e}"));
            match answer {
                Ok(_) => assert_eq!(seen, [1, 2, 3, 4]),
                Err(CopyError::Place(e)) => {
                    assert!(seen == [1, 2, 3] || seen == [1, 2, 3, 4], "step {step} {kind}: {e}");
                }
                Err(other) => panic!("step {step} {kind}: {other:?}"),
            }
            to(&site, &disk, &place).unwrap_or_else(|e| panic!("step {step} {kind}, again: {e}"));
        }
    }
}

#[test]
fn a_full_or_read_only_place_is_said_before_anything_is_written() {
    let (site, disk) = lived(3);
    let place = SimDisk::default();
    place.0.lock().unwrap().free = Some(100_000);
    assert_eq!(to(&site, &disk, &place), Err(CopyError::Place(VaultError::DiskFull)));
    assert!(!place.names().iter().any(|name| name.starts_with("base")));
    let place = SimDisk::default();
    place.0.lock().unwrap().read_only = true;
    assert_eq!(to(&site, &disk, &place), Err(CopyError::Place(VaultError::ReadOnly)));
}

#[test]
fn a_damaged_vault_is_not_copied() {
    let (site, disk) = lived(3);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    append(&site, &disk, [4]);
    for (name, anew) in [
        ("base.000001.age", true),
        ("journal.000002", false),
        ("keys/tanaka.age", false),
        ("keys/vault.age", false),
    ] {
        let spoiled = disk.copy();
        spoiled.edit(name, |bytes| {
            let at = bytes.len().min(9000) / 2;
            bytes[at] ^= 1;
        });
        // The base that is there already is whole, and is not written again.
        let onto = if anew { SimDisk::default() } else { place.copy() };
        let answer = to(&site, &spoiled, &onto).unwrap_err();
        assert!(matches!(answer, CopyError::Source(_)), "{name}: {answer:?}");
        if anew {
            assert!(inspect(&onto).is_err());
        } else {
            assert_eq!(shown(&site, &onto.dyn_disk()).unwrap(), [1, 2, 3], "{name}");
        }
    }
}

#[test]
fn a_copy_that_rotted_anywhere_is_refused_and_left_as_it_is() {
    let (site, disk) = lived(3);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    append(&site, &disk, [4]);
    let later = disk.copy();
    checkpoint(&site, &later, 8);
    // In the middle of the base, which is the same as the vault's or about to be replaced: a medium that loses what
    // it took is not trusted with the next copy either.
    place.edit("base.000001.age", |bytes| bytes[30_000] ^= 1);
    let files = |place: &SimDisk| place.names().iter().map(|name| place.get(name)).collect::<Vec<_>>();
    let before = files(&place);
    for vault in [&disk, &later] {
        let answer = to(&site, vault, &place).unwrap_err();
        assert!(matches!(answer, CopyError::Damaged(_)), "{answer:?}");
        assert_eq!(files(&place), before);
    }
}

#[test]
fn what_a_copy_that_was_cut_left_behind_is_written_again_where_it_rotted() {
    let (site, disk) = lived(3);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    place.edit("base.000001.age", |bytes| bytes[30_000] ^= 1);
    place.dyn_disk().rename("FORMAT", "unfinished").unwrap();
    let copied = to(&site, &disk, &place).unwrap();
    assert!(copied.fresh >= 100_000);
    assert_eq!(verify(&place, &site.vault, &mut |_| {}).findings, []);
}

#[test]
fn a_device_that_does_not_give_back_what_it_took_has_no_copy() {
    let (site, disk) = lived(3);
    for name in ["base", "journal"] {
        let place = SimDisk::default();
        let lying: Arc<dyn Disk> = Arc::new(Reads::lying(&place, name));
        let answer = copy(&disk, &lying, &site.vault, &mut |_| {}).unwrap_err();
        assert!(matches!(answer, CopyError::Unreliable(_)), "{name}: {answer:?}");
        assert!(inspect(&place).is_err(), "{name}: it does not count");
    }
}

#[test]
fn copies_beside_a_writer_hold_a_whole_beginning_of_its_frames() {
    let folder = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(folder.path().join("vault")));
    let site = site();
    site.create(&disk, &[0; 300_000]);
    let stop = AtomicBool::new(false);
    let (mut copies, mut most) = (0, 0);
    std::thread::scope(|scope| {
        let vault: Vault = site.write(&disk).unwrap().vault;
        let stop = &stop;
        let writer = scope.spawn(move || {
            let mut sure = 0_u32;
            let mut dice = Dice::new(3);
            while !stop.load(Ordering::Relaxed) {
                let mut frame = (sure + 1).to_be_bytes().to_vec();
                let n = dice.roll(3000) as usize;
                frame.extend_from_slice(&dice.bytes(n));
                vault.append(&frame).unwrap();
                sure += 1;
                // Segments come and go, bases too: the image is not what is looked at here.
                if sure % 40 == 39 {
                    let job = vault.begin_checkpoint().unwrap();
                    let done = job.run(&mut |_, _| {});
                    if sure % 80 == 79 {
                        let _ = vault.finish_checkpoint(done.map_err(|_| unreachable!())).unwrap().remove();
                    } else {
                        drop(done);
                        let stopped = daicho::vault::CheckpointError::Stopped;
                        vault.finish_checkpoint(Err(stopped)).unwrap_err();
                    }
                }
            }
            sure
        });
        let place: Arc<dyn Disk> = Arc::new(RealDisk::new(folder.path().join("copy")));
        for _ in 0..25 {
            let copied = copy(&*disk, &place, &site.vault, &mut |_| {}).unwrap();
            assert_eq!(copied.verified.findings, []);
            assert_eq!(verify(&*place, &site.vault, &mut |_| {}).findings, []);
            let frames = all_frames(site.read(&place).unwrap()).unwrap();
            let numbers: Vec<u32> =
                frames.iter().map(|f| u32::from_be_bytes(f[..4].try_into().unwrap())).collect();
            assert!(numbers.windows(2).all(|pair| pair[1] == pair[0] + 1), "{numbers:?}");
            most = most.max(numbers.last().copied().unwrap_or(0));
            copies += 1;
        }
        stop.store(true, Ordering::Relaxed);
        let sure = writer.join().unwrap();
        assert!(most <= sure);
        println!("{copies} copies beside a writer that made {sure} frames; the last held frame {most}");
    });
}

#[test]
fn a_copy_under_a_key_that_was_changed_is_refused_and_one_made_while_it_changes_opens() {
    let (site, disk) = lived(2);
    let place = SimDisk::default();
    to(&site, &disk, &place).unwrap();
    let before = place.copy();
    let both = site.vault.with_new();
    let mut keys = site.keys.clone();
    keys.insert("vault.age".to_owned(), seal_vault_key(&both, &[site.user.recipient()]).unwrap());
    rewrite_keys(&disk, &keys).unwrap();
    let changing = Site { user: site.user.clone(), vault: both.clone(), keys };
    checkpoint(&changing, &disk, 3);
    to(&changing, &disk, &place).unwrap();
    assert_eq!(shown(&changing, &place.dyn_disk()).unwrap(), [1, 2, 3]);
    let newest: VaultIdentity = both.newest();
    let changed = Site { user: site.user.clone(), vault: newest, keys: site.keys.clone() };
    to(&changed, &disk, &place).unwrap();
    assert_eq!(to(&changed, &disk, &before), Err(CopyError::OtherKey));
}
