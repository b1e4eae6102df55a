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

#[test]
fn what_is_held_on_paper_is_compared_and_another_vault_an_older_copy_or_another_past_is_exit_4() {
    // Broken by: a comparison of nothing; one of the whole where a beginning is held; a number beyond the end that passes.
    let site = Site::sample();
    let report = site.run("auditor", &["check", "--json"]).expect(0).json();
    let (fingerprint, root) = (report["fingerprint"].as_str().unwrap(), report["root"].as_str().unwrap());
    let entries = report["entries"].as_u64().unwrap();
    assert_eq!(fingerprint.len(), 64);
    let query = site.run("auditor", &["query", "log", "--json"]).expect(0).json();
    let noted = query
        .as_array()
        .unwrap()
        .iter()
        .take(3)
        .map(|entry| (entry["seq"].as_u64().unwrap(), entry["root"].clone()));
    for (seq, root) in noted {
        let held = format!("{seq}:{}", root.as_str().unwrap());
        site.run("auditor", &["check", "--at-least", &held]).expect(0);
    }
    let ends = |n: usize| fingerprint[..n].to_ascii_uppercase();
    let grouped = format!("{}-{}　{}", &ends(16)[..4], &ends(16)[4..8], &ends(16)[8..]);
    for held in [fingerprint.to_owned(), ends(8), ends(16), grouped] {
        let ran = site.run("auditor", &["check", "--expect", &held]).expect(0);
        assert!(ran.out.contains(&format!("保管庫の指紋 {}-", &fingerprint[..4])), "{}", ran.out);
    }
    // The login since then has added an entry, and is no other past.
    site.run("auditor", &["check", "--at-least", &format!("#{entries} {}", &root[..16])]).expect(0);
    let wrong = format!("{}{}", if root.starts_with('0') { '1' } else { '0' }, &root[1..16]);
    for (args, says) in [
        (["--expect".to_owned(), wrong.clone()], "別の保管庫です"),
        (["--at-least".to_owned(), format!("{entries}:{wrong}")], "過去が書き換えられています"),
        (["--at-least".to_owned(), format!("{}:{}", entries + 999, &root[..16])], "古い控えに置き換えられた"),
    ] {
        let ran = site.run("auditor", &["check", &args[0], &args[1]]).expect(4);
        assert!(ran.err.contains(says), "{args:?}: {}", ran.err);
        let told = site.run("auditor", &["check", "--json", &args[0], &args[1]]).expect(4).json();
        assert_eq!((told["ok"].as_bool(), told["findings"].as_array().unwrap().len()), (Some(false), 1));
    }
    for held in ["", "1234567", "nothex-nothex", &"0".repeat(65)] {
        site.run("auditor", &["check", "--expect", held]).expect(2);
    }
    for held in ["12", "0:12345678", "x:12345678", "12:123", "12:"] {
        site.run("auditor", &["check", "--at-least", held]).expect(2);
    }
}
