//! A vault of format 1 taken over: at any power cut and any failure it is of the one format or the other, and whole.

use std::io;

use daicho::vault::{Disk, Opened, Upgraded, VaultError, inspect, is_of_older_format, verify};

use super::sim::{Luck, SimDisk};
use super::{Dice, Site, all_frames, site};

const OLD: &[u8] = b"daicho-vault 1\n";

/// A vault as release 0.1.0 leaves it: the format mark is what differs.
fn of_format_1(site: &Site) -> SimDisk {
    let disk = SimDisk::default();
    site.create(&disk.dyn_disk(), &Dice::new(3).bytes(90_000));
    let opened = site.write(&disk.dyn_disk()).unwrap();
    for n in 0..5u8 {
        opened.vault.append(&vec![n; 700]).unwrap();
    }
    drop(opened);
    disk.put("FORMAT", OLD.to_vec());
    disk.put("attempts", b"2026-11-20T09:00:00+09:00\tnobody\n".to_vec());
    disk.copy()
}

/// Files by name: of the vault, and of a copy beside it.
fn files(disk: &SimDisk, folder: &str) -> Vec<(String, Vec<u8>)> {
    let own = |name: &String| match name.strip_prefix("..") {
        Some(beside) => beside.strip_prefix(folder)?.strip_prefix('/').map(str::to_owned),
        None => folder.is_empty().then(|| name.clone()),
    };
    disk.names().iter().filter_map(|name| Some((own(name)?, disk.get(name)))).collect()
}

fn is_whole(site: &Site, disk: &SimDisk, what: &str) {
    assert_eq!(verify(disk, &site.vault, &mut |_| {}).findings, [], "{what}");
    assert_eq!(all_frames(site.read(&disk.dyn_disk()).unwrap()).unwrap().len(), 5, "{what}");
}

#[test]
fn opening_for_writing_takes_it_over_with_a_copy_beside_it_and_reading_does_not() {
    let site = site();
    let disk = of_format_1(&site);
    let before = files(&disk, "");
    assert!(is_of_older_format(&disk));
    let reading = site.read(&disk.dyn_disk()).unwrap();
    assert_eq!(reading.vault.upgraded(), None);
    assert_eq!((inspect(&disk).unwrap().format, disk.steps()), (1, 0), "reading and looking write nothing");
    drop(reading);
    let Opened { vault, .. } = site.write(&disk.dyn_disk()).unwrap();
    assert_eq!(vault.upgraded(), Some(&Upgraded { from: 1, copy: "...format-1".to_owned() }));
    drop(vault);
    assert_eq!(files(&disk, ".format-1"), before, "the copy has every file, and the old mark");
    assert_eq!((inspect(&disk).unwrap().format, is_of_older_format(&disk)), (2, true));
    is_whole(&site, &disk, "taken over");
    let (_, copy) = disk.beside(".format-1").unwrap();
    assert_eq!(inspect(&*copy).unwrap().format, 1);
    assert_eq!(verify(&*copy, &site.vault, &mut |_| {}).findings, []);
    let again = site.write(&disk.dyn_disk()).unwrap();
    assert_eq!(again.vault.upgraded(), None, "once");
}

#[test]
fn a_mark_that_is_newer_or_spelled_otherwise_is_not_taken_for_an_older_one() {
    let site = site();
    for (mark, newer) in [
        ("daicho-vault 5\n", true),
        ("daicho-vault 3\n", false),
        ("daicho-vault 4294967295\n", true),
        ("daicho-vault 0\n", false),
        ("daicho-vault 01\n", false),
        ("daicho-vault +1\n", false),
        ("daicho-vault 1", false),
        ("daicho-vault 1\n\n", false),
        ("daicho-vault 99999999999\n", false),
    ] {
        let disk = of_format_1(&site);
        disk.put("FORMAT", mark.as_bytes().to_vec());
        let answer = site.write(&disk.dyn_disk()).err();
        let as_said = match &answer {
            Some(VaultError::NewerFormat { .. }) => newer,
            Some(VaultError::Damaged { .. }) => !newer,
            _ => false,
        };
        assert!(as_said, "{mark:?}: {answer:?}");
        assert_eq!(disk.steps(), 0, "{mark:?}: nothing was written");
    }
}

#[test]
fn power_cut_at_each_step_leaves_the_one_format_or_the_other_and_the_next_opening_ends_it() {
    let site = site();
    let start = of_format_1(&site);
    let before = files(&start, "");
    let whole = start.copy();
    drop(site.write(&whole.dyn_disk()).unwrap());
    let (mut old, mut new) = (0, 0);
    for cut in 0..=whole.steps() {
        for luck in [Luck::Nothing, Luck::Everything]
            .into_iter()
            .chain((0..4).map(|n| Luck::Seed((cut * 10 + n) as u64)))
        {
            let disk = start.copy();
            disk.cut_at(cut);
            let opened = site.write(&disk.dyn_disk()).map(drop);
            let disk = disk.after_cut(luck);
            let what = format!("cut {cut}, {luck:?}");
            let format = inspect(&disk).unwrap().format;
            if opened.is_ok() {
                assert_eq!(format, 2, "{what}: it was said to be taken over");
            }
            if format == 1 {
                old += 1
            } else {
                new += 1
            }
            // Whole for whoever reads it now, and the copy is there before the mark counts.
            is_whole(&site, &disk, &what);
            if format == 2 {
                assert_eq!(files(&disk, ".format-1"), before, "{what}");
            }
            let again = site.write(&disk.dyn_disk()).unwrap_or_else(|e| panic!("{what}: {e}"));
            assert_eq!(again.vault.upgraded().is_some(), format == 1, "{what}");
            drop(again);
            is_whole(&site, &disk, &what);
            assert_eq!(files(&disk, ".format-1"), before, "{what}");
            assert_eq!(files(&disk, ".format-1-2"), [], "{what}: the copy begun is the one that is ended");
        }
    }
    assert!(old > 0 && new > 0);
    eprintln!(
        "power cuts while a format is taken over: {old} images of the old one, {new} of the new, 0 damaged"
    );
}

#[test]
fn a_device_that_fails_at_any_step_leaves_the_vault_as_it_was_and_says_so() {
    let site = site();
    let start = of_format_1(&site);
    let before = files(&start, "");
    let whole = start.copy();
    drop(site.write(&whole.dyn_disk()).unwrap());
    let trace = whole.0.lock().unwrap().trace.clone();
    for (step, what) in trace.iter().enumerate() {
        for (kind, for_ever) in [(io::ErrorKind::StorageFull, false), (io::ErrorKind::Other, true)] {
            let disk = start.copy();
            disk.fail_at(step, kind, for_ever);
            let answer = site.write(&disk.dyn_disk()).err();
            disk.heal();
            if what.contains("..") {
                assert!(matches!(answer, Some(VaultError::NotCopied { .. })), "{what}: {answer:?}");
                assert_eq!(files(&disk, ""), before, "{what}");
                let kept = files(&disk, ".format-1");
                assert!(for_ever || kept.is_empty(), "{what}: {kept:?}");
            }
            is_whole(&site, &disk, what);
            drop(site.write(&disk.dyn_disk()).unwrap_or_else(|e| panic!("{what}: {e}")));
            assert_eq!(inspect(&disk).unwrap().format, 2, "{what}");
            assert_eq!(files(&disk, ".format-1"), before, "{what}");
        }
    }
}

#[test]
fn without_room_or_a_free_name_it_is_refused_or_goes_elsewhere_and_nothing_foreign_is_touched() {
    let site = site();
    let start = of_format_1(&site);
    let disk = start.copy();
    disk.0.lock().unwrap().free = Some(50_000);
    let answer = site.write(&disk.dyn_disk()).err();
    let Some(VaultError::NotCopied { why }) = answer else { panic!("{answer:?}") };
    assert!(matches!(*why, VaultError::NoRoom { free: 50_000, .. }), "{why}");
    assert_eq!(inspect(&disk).unwrap().format, 1);
    // Something of somebody's under the name, and then an older copy that is another vault's.
    for (name, bytes) in [("...format-1/notes.txt", b"mine".to_vec()), ("...format-1/FORMAT", OLD.to_vec())] {
        let disk = start.copy();
        let (_, beside) = disk.beside(".format-1").unwrap();
        beside.create_folder("").unwrap();
        disk.put(name, bytes.clone());
        let opened = site.write(&disk.dyn_disk()).unwrap();
        assert_eq!(opened.vault.upgraded().unwrap().copy, "...format-1-2");
        drop(opened);
        assert_eq!(files(&disk, ".format-1").len(), 1);
        assert_eq!(disk.get(name), bytes);
        assert_eq!(files(&disk, ".format-1-2"), files(&start, ""));
    }
}
