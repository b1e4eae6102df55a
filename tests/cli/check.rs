//! `daicho check`: whoever opens it, it needs no lock, writes nothing, and names the place of damage.

use super::run::{Site, run};
use std::collections::BTreeMap;
use std::path::Path;

/// Every file of a folder and what is in it.
pub fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().unwrap().is_dir() {
            for (inner, bytes) in contents(&entry.path()) {
                files.insert(format!("{name}/{inner}"), bytes);
            }
        } else {
            files.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn a_sound_vault_is_said_to_be_sound_and_is_not_written_to() {
    let site = Site::sample();
    let before = contents(&site.dir);
    let ran = site.run("auditor", &["check", "--json"]).expect(0);
    let report = ran.json();
    assert_eq!(report["ok"], true);
    assert_eq!(report["findings"], serde_json::json!([]));
    assert!(report["entries"].as_u64().unwrap() > 500);
    assert_eq!(report["root"].as_str().unwrap().len(), 64);
    assert_eq!(contents(&site.dir), before);
}

#[test]
fn a_changed_byte_anywhere_is_exit_4_and_the_file_is_named() {
    let sound = Site::sample();
    let files = contents(&sound.dir);
    for name in files.keys().filter(|name| !["lock", "attempts"].contains(&name.as_str())) {
        let site = Site::sample();
        let path = site.dir.join(name);
        let mut bytes = std::fs::read(&path).unwrap();
        // Near the beginning, where every file has something, the journal too.
        let place = 12.min(bytes.len() - 1);
        bytes[place] ^= 0x20;
        std::fs::write(&path, bytes).unwrap();
        let ran = site.run("auditor", &["check"]);
        assert!(matches!(ran.code, 3 | 4), "{name}: {} {}", ran.code, ran.err);
        assert!(!ran.out.contains("根 \n") && !ran.out.contains("証跡 0件"), "{name}: {}", ran.out);
        if name != "FORMAT" {
            assert_eq!(ran.code, 4, "{name}: {}", ran.err);
            let file = name.rsplit('/').next().unwrap();
            assert!(ran.err.contains(file), "{name}: {}", ran.err);
        }
        assert!(!ran.err.contains("panicked"), "{name}: {}", ran.err);
    }
}

#[test]
fn the_recovery_sheet_opens_it_for_a_check() {
    let (site, sheet) = Site::founded();
    let digits = super::init::groups(&sheet).join(" ");
    let args = ["--vault", site.dir(), "--password-fd", "0", "check", "--recovery"];
    run(&args, &format!("{digits}\n")).expect(0);
    // Its last digit: one sheet in a thousand has no digit that one could name beforehand.
    let (all, last) = digits.split_at(digits.len() - 1);
    let wrong = format!("{all}{}", if last == "1" { "2" } else { "1" });
    let ran = run(&args, &format!("{wrong}\n"));
    assert!(matches!(ran.code, 1 | 3), "{} {}", ran.code, ran.err);
    assert!(ran.err.contains("回復用紙") && !ran.err.contains("sheet："), "{}", ran.err);
}

#[test]
fn a_wrong_password_of_a_check_is_not_said_to_be_counted() {
    let site = Site::sample();
    let ran = site.run_with("admin", "Chigau-1-desu", &["check"]).expect(3);
    assert!(ran.err.contains("wrong_credentials"), "{}", ran.err);
    assert!(ran.err.contains("数えていません") && !ran.err.contains("数えられています"), "{}", ran.err);
}
