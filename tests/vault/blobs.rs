//! Attachments: whole or not there at any power cut, under names that say nothing, read to the last byte, swept,
//! copied, and sealed anew.

use std::collections::BTreeSet;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::sync::Arc;

use daicho::vault::{
    Disk, MOST_BLOB, RealDisk, Vault, VaultError, VaultIdentity, blob_file, copy, inspect, read_blob,
    rewrite_keys, seal_vault_key, verify, write_blob,
};

use super::sim::{Luck, SimDisk};
use super::{Dice, Site, all_frames, site};

fn name(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

fn contents(n: u8) -> Vec<u8> {
    Dice::new(u64::from(n)).bytes(700 + usize::from(n) * 31)
}

fn new_site() -> (Site, SimDisk) {
    let (site, disk) = (site(), SimDisk::default());
    site.create(&disk.dyn_disk(), &[0; 2_000]);
    (site, disk)
}

/// Attaches, and appends the frame that names it.
fn attach(vault: &Vault, n: u8) -> bool {
    vault.put_blob(&name(n), &contents(n)).is_ok() && vault.append(&[n]).is_ok()
}

/// The attachments that the frames of a vault name.
fn named(site: &Site, disk: &SimDisk) -> BTreeSet<String> {
    all_frames(site.read(&disk.dyn_disk()).unwrap()).unwrap().iter().map(|frame| name(frame[0])).collect()
}

#[test]
fn the_folder_comes_with_the_first_attachment_and_a_vault_without_one_is_as_ever() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    assert!(!disk.names().iter().any(|name| name.starts_with("blobs")));
    assert!(disk.list("blobs").is_err(), "no folder either");
    assert_eq!(vault.blob_names().unwrap().len(), 0);
    assert_eq!(vault.blob(&name(1)).unwrap(), None);
    assert!(attach(&vault, 1));
    assert_eq!(vault.blob(&name(1)).unwrap().unwrap().to_vec(), contents(1));
    drop(vault);
    let verified = verify(&disk, &site.vault, &mut |_| {});
    assert_eq!((verified.findings, verified.blob_findings), (vec![], vec![]));
    assert_eq!(verified.blobs[&name(1)].size, contents(1).len() as u64);
}

#[test]
fn empty_large_and_misnamed_ones_are_refused_and_so_is_whoever_only_reads() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    let steps = disk.steps();
    let large = vec![0; MOST_BLOB as usize + 1];
    for (name, contents) in [
        (name(1), &[][..]),
        (name(1), &large),
        ("short".to_owned(), b"x"),
        (format!("../{}", name(1)), b"x"),
        (name(1).to_uppercase().replace('0', "A"), b"x"),
    ] {
        assert!(matches!(vault.put_blob(&name, contents), Err(VaultError::Unacceptable { .. })), "{name}");
    }
    assert_eq!(disk.steps(), steps, "nothing was written");
    vault.put_blob(&name(2), &large[1..]).unwrap();
    assert_eq!(vault.blob(&name(2)).unwrap().unwrap().len() as u64, MOST_BLOB);
    drop(vault);
    let reader = site.read(&disk.dyn_disk()).unwrap().vault;
    assert_eq!(reader.put_blob(&name(3), b"x"), Err(VaultError::ReadOnly));
    assert_eq!(reader.keep_blobs(&|_| false).err(), Some(VaultError::ReadOnly));
    assert!(reader.blob(&name(2)).unwrap().is_some());
}

#[test]
fn power_cut_at_each_step_of_an_attachment_leaves_none_that_a_frame_names_and_is_not_there() {
    let (site, start) = new_site();
    let work = |disk: &SimDisk| -> Vec<u8> {
        let Ok(opened) = site.write(&disk.dyn_disk()) else { return Vec::new() };
        (1..=3).filter(|n| attach(&opened.vault, *n)).collect()
    };
    let whole = start.copy();
    assert_eq!(work(&whole), [1, 2, 3]);
    let (mut images, mut left) = (0, 0);
    for cut in 0..whole.steps() {
        let seeds = (0..6).map(|n| Luck::Seed((cut * 10 + n) as u64));
        for luck in [Luck::Nothing, Luck::Everything, Luck::Pages(cut as u64)].into_iter().chain(seeds) {
            let disk = start.copy();
            disk.cut_at(cut);
            let sure = work(&disk);
            let after = disk.after_cut(luck);
            let place = format!("cut {cut} {luck:?}");
            let verified = verify(&after, &site.vault, &mut |_| {});
            assert_eq!((verified.findings, verified.blob_findings), (vec![], vec![]), "{place}");
            let wanted = named(&site, &after);
            assert!(sure.iter().all(|n| wanted.contains(&name(*n))), "{place}: an acknowledged one is lost");
            assert!(
                wanted.iter().all(|name| verified.blobs.contains_key(name)),
                "{place}: named and not there"
            );
            // Whoever reads sweeps nothing; whoever writes sweeps it, and only that.
            let steps = after.steps();
            drop(site.read(&after.dyn_disk()).unwrap());
            assert_eq!(after.steps(), steps, "{place}");
            let vault = site.write(&after.dyn_disk()).unwrap().vault;
            left += vault.keep_blobs(&|name| wanted.contains(name)).unwrap().len();
            drop(vault);
            let files: BTreeSet<String> =
                after.names().into_iter().filter(|name| name.starts_with("blobs")).collect();
            assert_eq!(files, wanted.iter().map(|name| blob_file(name)).collect(), "{place}");
            images += 1;
        }
    }
    assert!(left > 0, "no cut fell between a file and its frame");
    eprintln!("attachments cut: {images} images, {left} swept, 0 lost");
}

#[test]
fn every_changed_missing_or_added_byte_of_an_attachment_is_reported_with_its_file() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    assert!(attach(&vault, 1));
    drop(vault);
    let file = blob_file(&name(1));
    let bytes = disk.get(&file);
    let reported = |spoiled: &SimDisk, what: &str| {
        let found = verify(spoiled, &site.vault, &mut |_| {});
        assert_eq!(found.findings, [], "{what}: the books are whole");
        assert!(found.blobs.is_empty(), "{what}");
        let named = matches!(
            found.blob_findings.as_slice(),
            [VaultError::Damaged { file: f, .. }] if *f == file
        );
        assert!(named, "{what}: {:?}", found.blob_findings);
        let read = read_blob(spoiled, &site.vault, &name(1));
        assert!(read.is_err_and(|error| error.is_damage()), "{what}");
    };
    for at in 0..bytes.len() {
        for mask in [0x01, 0x80, 0xff] {
            let spoiled = disk.copy();
            spoiled.edit(&file, |bytes| bytes[at] ^= mask);
            reported(&spoiled, &format!("byte {at} ^ {mask:#x}"));
        }
        let spoiled = disk.copy();
        spoiled.edit(&file, |bytes| bytes.truncate(at));
        reported(&spoiled, &format!("cut to {at} bytes"));
    }
    for more in [1, 511, 512] {
        let spoiled = disk.copy();
        spoiled.edit(&file, |bytes| bytes.extend(vec![0; more]));
        reported(&spoiled, &format!("{more} bytes more"));
    }
}

#[test]
fn exchanged_attachments_are_told_by_their_digests() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    assert!(attach(&vault, 1) && attach(&vault, 2));
    drop(vault);
    let before = verify(&disk, &site.vault, &mut |_| {}).blobs;
    let other = disk.get(&blob_file(&name(2)));
    disk.edit(&blob_file(&name(1)), |bytes| *bytes = other);
    let after = verify(&disk, &site.vault, &mut |_| {});
    assert_eq!(after.blob_findings, [], "each is whole");
    assert_eq!(after.blobs[&name(1)], before[&name(2)]);
    assert_ne!(after.blobs[&name(1)], before[&name(1)]);
}

#[test]
fn what_does_not_belong_among_attachments_is_foreign_and_links_are() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("vault");
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(&root));
    let site = site();
    site.create(&disk, b"image");
    let vault = site.write(&disk).unwrap().vault;
    assert!(attach(&vault, 1));
    drop(vault);
    let mode = |path: &str| std::fs::metadata(root.join(path)).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode("blobs"), mode(&blob_file(&name(1)))), (0o700, 0o600));
    inspect(&*disk).unwrap();
    let stranger = root.join(blob_file(&name(2)));
    let foreign = |what: &str| {
        let found = inspect(&*disk);
        assert!(matches!(found, Err(VaultError::Foreign { .. })), "{what}: {found:?}");
    };
    symlink("/etc/passwd", &stranger).unwrap();
    foreign("a link");
    std::fs::remove_file(&stranger).unwrap();
    std::fs::create_dir(&stranger).unwrap();
    foreign("a folder");
    std::fs::remove_dir(&stranger).unwrap();
    for odd in ["note.txt", "AB.age", &format!("{}.pdf", name(2)), &format!("{}.tmp", name(2))] {
        std::fs::write(root.join("blobs").join(odd), b"x").unwrap();
        foreign(odd);
        std::fs::remove_file(root.join("blobs").join(odd)).unwrap();
    }
    std::fs::rename(root.join("blobs"), dir.path().join("elsewhere")).unwrap();
    symlink(dir.path().join("elsewhere"), root.join("blobs")).unwrap();
    foreign("the folder is a link");
}

#[test]
fn sealing_anew_opens_at_every_cut_and_leaves_nothing_under_the_old_key() {
    let (site, start) = new_site();
    let vault = site.write(&start.dyn_disk()).unwrap().vault;
    assert!((1..=3).all(|n| attach(&vault, n)));
    drop(vault);
    let doubled = site.vault.with_new();
    let mut keys = site.keys.clone();
    keys.insert("vault.age".to_owned(), seal_vault_key(&doubled, &[site.user.recipient()]).unwrap());
    rewrite_keys(&start, &keys).unwrap();
    let site = Site { vault: doubled.clone(), keys, ..site };
    let holds = |disk: &SimDisk, identity: &VaultIdentity| {
        let blobs = verify(disk, identity, &mut |_| {}).blobs;
        (1..=3).all(|n| blobs.get(&name(n)).is_some_and(|blob| blob.size == contents(n).len() as u64))
    };
    let whole = start.copy();
    site.write(&whole.dyn_disk()).unwrap().vault.reseal_blobs().unwrap();
    assert!(holds(&whole, &doubled.newest()), "the new key alone opens all of them");
    for cut in 0..whole.steps() {
        for luck in [Luck::Nothing, Luck::Everything, Luck::Seed(cut as u64), Luck::Pages(cut as u64)] {
            let disk = start.copy();
            disk.cut_at(cut);
            let _ = site.write(&disk.dyn_disk()).map(|opened| opened.vault.reseal_blobs());
            let after = disk.after_cut(luck);
            assert!(holds(&after, &doubled), "cut {cut} {luck:?}");
            // The next one goes on, and does again only what is left.
            site.write(&after.dyn_disk()).unwrap().vault.reseal_blobs().unwrap();
            assert!(holds(&after, &doubled.newest()), "cut {cut} {luck:?}, again");
        }
    }
}

#[test]
fn a_copy_has_every_attachment_writes_only_new_ones_and_drops_what_was_erased() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    assert!(attach(&vault, 1) && attach(&vault, 2));
    let place = SimDisk::default();
    let make = |place: &SimDisk| copy(&disk, &place.dyn_disk(), &site.vault, &mut |_| {});
    let first = make(&place).unwrap();
    assert_eq!(first.verified.blobs.len(), 2);
    assert_eq!(make(&place).unwrap().fresh, 0);
    assert!(attach(&vault, 3));
    let steps = place.steps();
    make(&place).unwrap();
    let wrote = |name: &str| {
        let trace = &place.0.lock().unwrap().trace;
        trace[steps..].iter().any(|step| step.starts_with("write") && step.contains(name))
    };
    assert!(wrote(&name(3)) && !wrote(&name(1)) && !wrote(&name(2)));
    // As the desk does after an erasure.
    vault.append(b"erased").unwrap();
    vault.keep_blobs(&|held| held != name(2)).unwrap();
    make(&place).unwrap();
    let held: Vec<String> = verify(&place, &site.vault, &mut |_| {}).blobs.into_keys().collect();
    assert_eq!(held, [name(1), name(3)]);
    assert!(!place.names().contains(&blob_file(&name(2))), "what was erased is not in the copy either");
    // A byte of it that rots in the copy is known of before anything is written there.
    place.edit(&blob_file(&name(1)), |bytes| *bytes.last_mut().unwrap() ^= 1);
    let steps = place.steps();
    assert!(matches!(make(&place), Err(daicho::vault::CopyError::Damaged(_))));
    assert_eq!(place.steps(), steps);
}

#[test]
fn a_copy_that_is_cut_holds_the_attachments_of_before_or_of_after() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    assert!(attach(&vault, 1));
    let older = SimDisk::default();
    copy(&disk, &older.dyn_disk(), &site.vault, &mut |_| {}).unwrap();
    assert!(attach(&vault, 2));
    vault.append(b"erased").unwrap();
    vault.keep_blobs(&|held| held == name(2)).unwrap();
    let make = |place: &SimDisk| copy(&disk, &place.dyn_disk(), &site.vault, &mut |_| {});
    let whole = older.copy();
    make(&whole).unwrap();
    for cut in 0..whole.steps() {
        for luck in [Luck::Nothing, Luck::Everything, Luck::Seed(cut as u64), Luck::Pages(cut as u64)] {
            let place = older.copy();
            place.cut_at(cut);
            let _ = make(&place);
            let after = place.after_cut(luck);
            let found = verify(&after, &site.vault, &mut |_| {});
            assert_eq!((found.findings, found.blob_findings), (vec![], vec![]), "cut {cut} {luck:?}");
            let frames = all_frames(site.read(&after.dyn_disk()).unwrap()).unwrap();
            let wanted = if frames.len() == 1 { name(1) } else { name(2) };
            assert!(found.blobs.contains_key(&wanted), "cut {cut} {luck:?}: {frames:?}");
        }
    }
}

#[test]
fn a_full_disk_refuses_an_attachment_and_the_vault_goes_on() {
    let (site, disk) = new_site();
    let vault = site.write(&disk.dyn_disk()).unwrap().vault;
    disk.0.lock().unwrap().free = Some(10);
    assert!(matches!(vault.put_blob(&name(1), &contents(1)), Err(VaultError::NoRoom { .. })));
    disk.0.lock().unwrap().free = None;
    assert!(attach(&vault, 1));
}

#[test]
fn one_that_was_written_for_another_vault_is_damaged_here() {
    let (site, disk) = new_site();
    write_blob(&disk, &VaultIdentity::generate(), &name(1), b"theirs").unwrap();
    let found = verify(&disk, &site.vault, &mut |_| {}).blob_findings;
    assert!(
        matches!(found.as_slice(), [VaultError::Damaged { file, .. }] if *file == blob_file(&name(1))),
        "{found:?}"
    );
}
