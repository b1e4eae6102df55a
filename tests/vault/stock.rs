//! Stock `age` opens what the vault writes. Skipped with a word where it is not installed.

use std::io::{Read, Write};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use portable_pty::{CommandBuilder, PtySize, native_pty_system};

use daicho::vault::{Disk, RealDisk, RecoverySecret, read_key_file, reconcile_keys, seal_vault_key};

use super::workload::{database, empty_image};
use super::{Dice, site};

pub fn installed() -> bool {
    let there = Command::new("age").arg("--version").output().is_ok();
    if !there {
        eprintln!("skipped: age not installed");
    }
    there
}

fn age(identity: &Path, input: &Path, output: &Path) {
    let run = Command::new("age").arg("-d").arg("-i").arg(identity).arg("-o").arg(output).arg(input).output();
    let run = run.unwrap();
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// age asks for a passphrase on the terminal, so it gets one.
fn age_with_password(identity: &Path, input: &Path, output: &Path, password: &str) {
    if let Err(said) = age_tries(identity, input, output, password) {
        panic!("{said}");
    }
}

/// What stock age makes of a vault's files: a user's password opens the vault key, and that the newest base.
pub fn opens_with_stock_age(vault: &Path, user: &str, password: &str) -> Result<(), String> {
    let out = tempfile::tempdir().unwrap();
    let (id, plain) = (out.path().join("id.txt"), out.path().join("site.redb"));
    let keys = vault.join("keys");
    age_tries(&keys.join(format!("{user}.age")), &keys.join("vault.age"), &id, password)?;
    let names = std::fs::read_dir(vault).unwrap().map(|entry| entry.unwrap().path());
    let base = names.filter(|path| path.extension().is_some_and(|e| e == "age")).max().ok_or("no base")?;
    let run = Command::new("age").arg("-d").arg("-i").arg(&id).arg("-o").arg(&plain).arg(&base).output();
    let run = run.unwrap();
    if !run.status.success() {
        return Err(String::from_utf8_lossy(&run.stderr).into_owned());
    }
    // Attachments are files of their own, each to the same key.
    for file in std::fs::read_dir(vault.join("blobs")).into_iter().flatten() {
        let file = file.unwrap().path();
        let run = Command::new("age").arg("-d").arg("-i").arg(&id).arg("-o").arg(&plain).arg(&file).output();
        let run = run.unwrap();
        if !run.status.success() && file.extension().is_some_and(|ending| ending == "age") {
            return Err(format!("{}: {}", file.display(), String::from_utf8_lossy(&run.stderr)));
        }
    }
    Ok(())
}

fn age_tries(identity: &Path, input: &Path, output: &Path, password: &str) -> Result<(), String> {
    let pty = native_pty_system().openpty(PtySize { rows: 24, cols: 80, ..PtySize::default() }).unwrap();
    let mut command = CommandBuilder::new("age");
    command.args(["-d", "-i"]);
    command.arg(identity);
    command.arg("-o");
    command.arg(output);
    command.arg(input);
    let mut child = pty.slave.spawn_command(command).unwrap();
    drop(pty.slave);
    let mut reader = pty.master.try_clone_reader().unwrap();
    let mut writer = pty.master.take_writer().unwrap();
    let mut seen = Vec::new();
    let mut byte = [0];
    let mut typed = false;
    while reader.read(&mut byte).is_ok_and(|n| n == 1) {
        seen.push(byte[0]);
        if !typed && String::from_utf8_lossy(&seen).contains("passphrase") && byte[0] == b':' {
            writer.write_all(format!("{password}\r").as_bytes()).unwrap();
            typed = true;
        }
    }
    if child.wait().unwrap().success() { Ok(()) } else { Err(String::from_utf8_lossy(&seen).into_owned()) }
}

#[test]
fn stock_age_opens_slot_vault_key_base_and_frame() {
    if !installed() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path().join("vault");
    let at = |name: &str| dir.path().join(name);
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(&root));
    let mut site = site();
    site.create(&disk, &empty_image());
    for identities in [1, 2] {
        if identities == 2 {
            site.vault = site.vault.with_new();
            let key = seal_vault_key(&site.vault, &[site.user.recipient()]).unwrap();
            site.keys.insert("vault.age".into(), key);
            reconcile_keys(&*disk, &site.keys).unwrap();
        }
        let id = at(&format!("id{identities}.txt"));
        age_with_password(&root.join("keys/tanaka.age"), &root.join("keys/vault.age"), &id, "正しい馬の電池");
        let text = std::fs::read_to_string(&id).unwrap();
        assert_eq!(text.lines().filter(|l| l.starts_with("AGE-SECRET-KEY-1")).count(), identities);

        let opened = site.write(&disk).unwrap();
        opened.vault.append(&Dice::new(6).bytes(200)).unwrap();
        let job = opened.vault.begin_checkpoint().unwrap();
        opened.vault.finish_checkpoint(job.run(&mut |_, _| {})).unwrap().remove().unwrap();
        let payload = Dice::new(7).bytes(777);
        opened.vault.append(&payload).unwrap();
        let generation = opened.vault.base_generation();
        drop(opened);

        let plain = at(&format!("site{identities}.redb"));
        age(&id, &root.join(format!("base.{generation:06}.age")), &plain);
        assert!(redb::Database::open(&plain).unwrap().check_integrity().unwrap());

        let journal = std::fs::read(root.join(format!("journal.{:06}", generation + 1))).unwrap();
        let body = u32::from_be_bytes(journal[512 + 48..512 + 52].try_into().unwrap()) as usize;
        std::fs::write(at("frame.age"), &journal[512 + 160..512 + 160 + body]).unwrap();
        let frame = at(&format!("frame{identities}"));
        age(&id, &at("frame.age"), &frame);
        assert_eq!(std::fs::read(frame).unwrap()[32..], payload);
    }
}

#[test]
fn stock_age_takes_the_identity_of_a_recovery_sheet() {
    if !installed() {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir.path().join("vault")));
    let mut site = site();
    for (n, len) in [20, 32].into_iter().enumerate() {
        let recovery = RecoverySecret::from_bytes(&Dice::new(n as u64).bytes(len)).unwrap();
        let slot =
            daicho::vault::seal_slot(&super::password("x"), &recovery.identity(), super::WORK).unwrap();
        let key = seal_vault_key(&site.vault, &[recovery.identity().recipient()]).unwrap();
        site.keys.insert("vault.age".into(), key);
        site.keys.insert("recovery.age".into(), slot);
        if n == 0 {
            site.create(&disk, b"image");
        } else {
            reconcile_keys(&*disk, &site.keys).unwrap();
        }
        assert!(read_key_file(&*disk, "recovery.age").unwrap().is_some());
        let keys = dir.path().join("vault/keys");
        let out = dir.path().join(format!("out{n}"));
        age_with_password(&keys.join("recovery.age"), &keys.join("vault.age"), &out, "x");
        assert!(std::fs::read_to_string(out).unwrap().starts_with("AGE-SECRET-KEY-1"));
    }
}

#[test]
fn the_base_in_the_clear_is_what_redb_sees() {
    let dir = tempfile::tempdir().unwrap();
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir.path().join("vault")));
    let site = site();
    site.create(&disk, &empty_image());
    let opened = site.write(&disk).unwrap();
    let mut db = database(opened.backend);
    assert!(db.check_integrity().unwrap());
}
