use std::os::unix::fs::PermissionsExt;
use std::sync::Arc;

use daicho::vault::{
    Disk, Holder, Mode, RealDisk, Vault, VaultError, clear_attempts, inspect, read_attempts, record_attempt,
};

use super::sim::SimDisk;
use super::{CACHE, all_frames, holder, site};

#[test]
fn an_odd_folder_is_named_for_what_it_is() {
    let sim = SimDisk::default();
    assert!(matches!(inspect(&sim), Err(VaultError::Missing { .. })));
    sim.create_folder("").unwrap();
    assert_eq!(inspect(&sim), Err(VaultError::NotAVault));
    sim.put("holiday.jpg", vec![1]);
    assert_eq!(inspect(&sim), Err(VaultError::NotAVault));

    let whole = SimDisk::default();
    site().create(&whole.dyn_disk(), b"image");
    let found = inspect(&whole).unwrap();
    assert_eq!((found.format, found.base, found.newest, found.writable), (4, 1, 2, true));
    assert_eq!(found.users, ["tanaka"]);

    type Spoil = fn(&SimDisk);
    let cases: [(Spoil, &str); 12] = [
        (|d| d.put("holiday.jpg", vec![]), "vault_foreign_file"),
        (|d| d.put("keys/notes.txt", vec![]), "vault_foreign_file"),
        (|d| d.put("base.12.age", vec![]), "vault_foreign_file"),
        (|d| d.put("FORMAT", b"daicho-vault 5\n".to_vec()), "vault_newer_format"),
        (|d| d.put("FORMAT", b"daicho-vault 2".to_vec()), "vault_damaged"),
        (|d| d.put("FORMAT", vec![b'x'; 10_000]), "vault_damaged"),
        (|d| d.delete("FORMAT"), "vault_half_there"),
        (|d| d.delete("base.000001.age"), "vault_half_there"),
        (|d| d.delete("journal.000002"), "vault_half_there"),
        (|d| d.delete("keys/vault.age"), "vault_half_there"),
        (|d| d.0.lock().unwrap().read_only = true, "read only"),
        (|d| d.put("journal.000005", vec![]), "vault_half_there"),
    ];
    for (spoil, expected) in cases {
        let disk = whole.copy();
        spoil(&disk);
        match inspect(&disk) {
            Ok(found) => assert_eq!((expected, found.writable), ("read only", false)),
            Err(e) => {
                assert_eq!(e.name(), expected, "{e}");
                let before = disk.steps();
                let refused = Vault::open(&disk.dyn_disk(), site().vault, Mode::Write(holder()), CACHE);
                assert_eq!(refused.unwrap_err(), e);
                assert_eq!(disk.steps(), before, "a refusal changes nothing");
            }
        }
    }
}

#[test]
fn a_read_only_vault_can_be_read_and_refuses_a_writer() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    site.write(&disk.dyn_disk()).unwrap().vault.append(b"x").unwrap();
    disk.0.lock().unwrap().read_only = true;
    assert_eq!(site.write(&disk.dyn_disk()).unwrap_err(), VaultError::ReadOnly);
    assert_eq!(all_frames(site.read(&disk.dyn_disk()).unwrap()).unwrap(), [b"x"]);
}

#[test]
fn a_new_vault_needs_an_empty_folder() {
    let disk = SimDisk::default();
    let site = site();
    site.create(&disk.dyn_disk(), b"image");
    let again = Vault::create(&disk.dyn_disk(), &site.vault, &site.keys, b"image");
    assert!(matches!(again, Err(VaultError::Occupied { .. })));
}

#[test]
fn a_second_writer_is_told_who_holds_the_vault() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir.path().join("vault")));
    let site = site();
    site.create(&disk, b"image");
    let first = site.write(&disk).unwrap();
    let who = Holder::this("suzuki", "later");
    let other: Arc<dyn Disk> = Arc::new(RealDisk::new(dir.path().join("vault")));
    let refused = Vault::open(&other, site.vault.clone(), Mode::Write(who), CACHE).unwrap_err();
    assert_eq!(refused, VaultError::Held { by: holder() });
    assert!(refused.to_string().contains("tanaka") && refused.to_string().contains("2026-04-01 08:30"));
    assert_eq!(all_frames(site.read(&other).unwrap()).unwrap().len(), 0, "reading needs no lock");
    drop(first);
    site.write(&other).unwrap();
}

#[test]
fn files_are_for_their_owner_only() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("vault");
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(&root));
    let site = site();
    site.create(&disk, b"image");
    drop(site.write(&disk).unwrap());
    record_attempt(&*disk, "now", "x").unwrap();
    let mut seen = 0;
    for path in
        ["", "keys", "FORMAT", "lock", "attempts", "base.000001.age", "journal.000002", "keys/vault.age"]
    {
        let meta = std::fs::metadata(root.join(path)).unwrap();
        let expected = if meta.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(meta.permissions().mode() & 0o777, expected, "{path}");
        seen += 1;
    }
    assert_eq!(seen, 8);
}

#[test]
fn a_link_in_the_folder_is_foreign() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("vault");
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(&root));
    site().create(&disk, b"image");
    std::os::unix::fs::symlink("/etc/passwd", root.join("attempts")).unwrap();
    assert!(matches!(inspect(&*disk), Err(VaultError::Foreign { .. })));
}

#[test]
fn failed_logins_are_counted_over_restarts() {
    let disk = SimDisk::default();
    site().create(&disk.dyn_disk(), b"image");
    assert_eq!(read_attempts(&disk).unwrap().list.len(), 0);
    for n in 0..5 {
        record_attempt(&disk, &format!("08:0{n}"), if n % 2 == 0 { "tanaka" } else { "su\u{202e}zu\nki\tx" })
            .unwrap();
    }
    let seen = read_attempts(&disk.copy()).unwrap();
    assert_eq!((seen.list.len(), seen.count("tanaka"), seen.unreadable), (5, 3, 0));
    assert!(seen.list.iter().all(|a| !a.user.contains(['\n', '\t'])));
    record_attempt(&disk, "09:00", "late").unwrap();
    clear_attempts(&disk, &seen).unwrap();
    let left = read_attempts(&disk).unwrap();
    assert_eq!(left.list.iter().map(|a| a.user.as_str()).collect::<Vec<_>>(), ["late"]);
    clear_attempts(&disk, &left).unwrap();
    assert!(!disk.names().contains(&"attempts".to_owned()));
}

#[test]
fn failed_logins_are_capped_and_the_dropped_ones_counted() {
    let disk = SimDisk::default();
    site().create(&disk.dyn_disk(), b"image");
    let long = "あ".repeat(300);
    for n in 0..1500 {
        record_attempt(&disk, &format!("t{n}"), &long).unwrap();
        assert!(disk.get("attempts").len() <= 64 << 10);
    }
    let seen = read_attempts(&disk).unwrap();
    assert_eq!(seen.list.last().unwrap().at, "t1499");
    assert!(seen.dropped > 0 && seen.dropped as usize + seen.list.len() <= 1500);
}

#[test]
fn a_spoiled_list_of_failed_logins_never_keeps_a_vault_shut() {
    let site = site();
    for spoiled in
        [vec![0xff; 3_000_000], b"no tab\n\n\t\n".to_vec(), b"dropped\tx\nok\tuser\n".to_vec(), vec![]]
    {
        let disk = SimDisk::default();
        site.create(&disk.dyn_disk(), b"image");
        disk.put("attempts", spoiled.clone());
        site.write(&disk.dyn_disk()).unwrap();
        let seen = read_attempts(&disk).unwrap();
        assert!(spoiled.is_empty() || seen.unreadable > 0);
        record_attempt(&disk, "now", "user").unwrap();
        assert!(disk.get("attempts").len() <= 64 << 10);
        assert_eq!(read_attempts(&disk).unwrap().list.last().unwrap().at, "now");
    }
}
