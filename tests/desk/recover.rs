//! A damaged vault made into a new one: what verifies is there again, what does not is named, and nothing is written
//! where the damage is.

use super::backup::entries;
use super::people::{Cast, order};
use super::site::{PASSWORD, Site};
use age::secrecy::SecretString;
use daicho::desk::{Checker, Desk, Failure, NoCopy, NotOpened, Recovered, check, recover};
use daicho::vault::{RealDisk, WorkFactor, open_for, open_user, raw_key_file};
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::path::{Path, PathBuf};

/// A site with people, a base of several chunks, and a journal behind it.
fn lived() -> (Site, BTreeMap<u64, String>) {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let register = |cast: &mut Cast, from: usize, to: usize| {
        for n in from..to {
            let line = json!({"command": "register_person", "name": format!("来訪 {n}号"), "kana": "ライホウ",
                              "organisation": "検証課", "contact": format!("内線 {n}")});
            cast.sit("admin").execute(order(line)).unwrap();
        }
    };
    register(&mut cast, 0, 60);
    cast.sit("admin").checkpoint_now();
    register(&mut cast, 60, 75);
    cast.close();
    let truth = entries(&site.dir()).into_iter().map(|told| (told.meta.seq, told.entry.to_line().unwrap()));
    let truth = truth.collect();
    (site, truth)
}

fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for folder in ["", "keys"] {
        let Ok(listed) = std::fs::read_dir(dir.join(folder)) else { continue };
        for entry in listed.map(Result::unwrap).filter(|entry| entry.file_type().unwrap().is_file()) {
            let name = format!("{folder}/{}", entry.file_name().to_string_lossy());
            all.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
    all
}

fn file_of(dir: &Path, kind: &str) -> PathBuf {
    let names = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<PathBuf> = names.filter(|path| path.to_string_lossy().contains(kind)).collect();
    found.sort();
    found.pop().unwrap()
}

fn edit(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = std::fs::read(path).unwrap();
    change(&mut bytes);
    std::fs::write(path, bytes).unwrap();
}

fn to(site: &Site) -> PathBuf {
    site.dir().with_file_name("new")
}

fn recovered(site: &Site, who: &Checker<'_>) -> Result<Recovered, Failure> {
    recover(&site.dir(), &to(site), who, None, &site.terminal(), &mut |_, _, _| {})
}

const ADMIN: Checker<'static> = Checker::User("admin", PASSWORD);

fn numbers(ranges: &str) -> BTreeSet<u64> {
    let parts = ranges.split(", ").filter(|part| !part.is_empty());
    let ends = parts.map(|part| part.split_once('-').unwrap_or((part, part)));
    ends.flat_map(|(from, to)| from.parse::<u64>().unwrap()..=to.parse().unwrap()).collect()
}

/// Nothing was written where the damage is; the new vault holds; every entry is in it as it was, saved, or named.
fn is_honest(
    site: &Site,
    before: &BTreeMap<String, Vec<u8>>,
    truth: &BTreeMap<u64, String>,
    done: &Recovered,
) {
    assert_eq!(files(&site.dir()), *before, "the damaged folder is as it was");
    assert_eq!(files(&done.copied_to), *before, "and so is its copy");
    let behind: BTreeSet<u64> = done.behind.iter().map(|entry| entry.seq).collect();
    let lost = numbers(&done.lost);
    let Some((last, _, _)) = &done.kept else { return };
    let new = to(site);
    let checked = check(&new, &ADMIN, &mut |_, _, _| {}).unwrap();
    assert_eq!(checked.findings, Vec::<String>::new());
    let there = entries(&new);
    assert_eq!(there[*last as usize].event.command.past(), "epoch_begun");
    assert_eq!(done.epoch_entry, last + 1);
    for told in &there[..*last as usize] {
        let mut expected = daicho::log::Entry::parse(&truth[&told.meta.seq]).unwrap();
        if done.without_text.contains(&told.meta.seq) {
            expected.erase();
        }
        assert_eq!(told.entry, expected, "entry {}", told.meta.seq);
    }
    let known = truth
        .keys()
        .filter(|seq| **seq > *last && **seq <= lost.iter().chain(&behind).max().copied().unwrap_or(0));
    for seq in known {
        assert!(behind.contains(seq) != lost.contains(seq), "entry {seq} is either saved or named as lost");
    }
    if let Some(path) = &done.saved_to {
        let lines = saved_lines(&new, path);
        let saved: Vec<u64> =
            lines.iter().map(|line| daicho::log::Entry::parse(line).unwrap().head().seq).collect();
        assert_eq!(saved, behind.iter().copied().collect::<Vec<_>>());
        for (seq, line) in saved.iter().zip(&lines) {
            assert!(*line == truth[seq] || truth[seq].starts_with(line.trim_end_matches('}')), "entry {seq}");
        }
    }
    let (desk, welcome) = Desk::log_in(&new, "admin", PASSWORD, site.terminal()).unwrap();
    assert_eq!(welcome.warnings, [format!("epoch_begun/{last}")]);
    desk.close().unwrap();
}

/// The lines of a saved file, with nothing but an identity out of `keys/vault.age`.
fn saved_lines(vault: &Path, path: &Path) -> Vec<String> {
    let disk = RealDisk::new(vault);
    let own =
        open_user(&disk, "admin", &SecretString::from(PASSWORD), WorkFactor::MAX, WorkFactor::MAX).unwrap();
    let key = open_for("vault.age", &raw_key_file(&disk, "vault.age").unwrap().unwrap(), &own).unwrap();
    let key: age::x25519::Identity = std::str::from_utf8(&key).unwrap().trim().parse().unwrap();
    let sealed = std::fs::read(path).unwrap();
    let decryptor = age::Decryptor::new_buffered(sealed.as_slice()).unwrap();
    let mut text = String::new();
    decryptor
        .decrypt(std::iter::once(&key as &dyn age::Identity))
        .unwrap()
        .read_to_string(&mut text)
        .unwrap();
    text.lines().map(str::to_owned).collect()
}

fn clear(site: &Site) {
    for name in ["new", "new.damaged-copy", "new.saved"] {
        let path = site.dir().with_file_name(name);
        if path.exists() {
            std::fs::remove_dir_all(path).unwrap();
        }
    }
}

#[test]
fn of_a_vault_that_is_whole_nothing_is_lost_and_everybody_gets_in() {
    let (site, truth) = lived();
    let before = files(&site.dir());
    let done = recovered(&site, &ADMIN).unwrap();
    is_honest(&site, &before, &truth, &done);
    assert_eq!((done.lost.as_str(), done.behind.len(), done.without_text.len()), ("", 0, 0), "{done:?}");
    assert_eq!(done.kept.as_ref().map(|kept| kept.0), truth.keys().last().copied());
    assert_eq!(done.findings, Vec::<String>::new());
    assert_eq!(done.without_key, Vec::<String>::new());
    for user in ["guard", "guard2", "operator", "approver", "officer", "auditor"] {
        assert!(done.users.iter().any(|known| known == user));
        Desk::log_in(&to(&site), user, PASSWORD, site.terminal()).unwrap().0.close().unwrap();
    }
    check(&to(&site), &Checker::Recovery(&site.sheet), &mut |_, _, _| {}).unwrap();
    // The key is another one: what opened the old vault opens this one through its own slots only.
    assert_ne!(files(&site.dir())["keys/vault.age"], files(&to(&site))["keys/vault.age"]);
}

#[test]
fn a_base_damaged_in_any_chunk_gives_what_the_others_hold() {
    let (site, truth) = lived();
    let base = file_of(&site.dir(), "base.");
    let whole = std::fs::read(&base).unwrap();
    let len = whole.len();
    let chunks = len.div_ceil(65_552);
    assert!(chunks > 3, "{len}");
    let (mut kept, mut behind, mut texts, mut none) = (0, 0, 0, 0);
    for chunk in 0..chunks {
        edit(&base, |bytes| {
            let at = (400 + chunk * 65_552).min(len - 1);
            bytes[at] ^= 1;
        });
        let before = files(&site.dir());
        let done = recovered(&site, &ADMIN).unwrap();
        assert!(!done.findings.is_empty(), "chunk {chunk}");
        is_honest(&site, &before, &truth, &done);
        match &done.kept {
            Some((last, ..)) => kept += last,
            None => none += 1,
        }
        behind += done.behind.len();
        texts += done.without_text.len();
        std::fs::write(&base, &whole).unwrap();
        clear(&site);
    }
    assert!(kept > 0);
    println!(
        "a base of {chunks} chunks, each damaged in turn, {} entries: {kept} kept in all, {behind} saved beside, \
         {texts} texts lost, {none} times not even the first entry",
        truth.len()
    );
}

#[test]
fn a_base_cut_short_anywhere_gives_what_is_left() {
    let (site, truth) = lived();
    let base = file_of(&site.dir(), "base.");
    let bytes = std::fs::read(&base).unwrap();
    for len in [bytes.len() - 1, bytes.len() - 70_000, bytes.len() / 2, 65_552 * 2 + 300, 300, 0] {
        std::fs::write(&base, &bytes[..len]).unwrap();
        let before = files(&site.dir());
        let done = recovered(&site, &ADMIN).unwrap();
        assert!(!done.findings.is_empty(), "cut to {len}");
        is_honest(&site, &before, &truth, &done);
        clear(&site);
    }
}

#[test]
fn a_journal_damaged_cut_or_gone_gives_what_is_before_and_behind() {
    let (site, truth) = lived();
    let journal = file_of(&site.dir(), "journal.");
    let bytes = std::fs::read(&journal).unwrap();
    let starts: Vec<usize> =
        (512..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"daichoF1")).collect();
    assert!(starts.len() > 5);
    let middle = starts[3];
    for (what, change) in [
        ("a header", Box::new(move |b: &mut Vec<u8>| b[middle + 20] ^= 1) as Box<dyn FnOnce(&mut Vec<u8>)>),
        ("a body", Box::new(move |b: &mut Vec<u8>| b[middle + 300] ^= 1)),
        ("the first sector", Box::new(|b: &mut Vec<u8>| b[12] ^= 1)),
        ("a cut", Box::new(move |b: &mut Vec<u8>| b.truncate(middle + 700))),
        ("nothing left", Box::new(|b: &mut Vec<u8>| b.clear())),
    ] {
        edit(&journal, change);
        let before = files(&site.dir());
        let done = recovered(&site, &ADMIN).unwrap_or_else(|e| panic!("{what}: {e:?}"));
        assert!(!done.findings.is_empty(), "{what}");
        is_honest(&site, &before, &truth, &done);
        let last = done.kept.as_ref().map_or(0, |kept| kept.0);
        match what {
            "a header" | "a body" => {
                assert!(!done.behind.is_empty() && !done.lost.is_empty(), "{what}: {done:?}")
            }
            "the first sector" => assert_eq!(Some(&last), truth.keys().last(), "every frame is still there"),
            _ => assert!(last > 0 && Some(&last) < truth.keys().last(), "{what}"),
        }
        std::fs::write(&journal, &bytes).unwrap();
        clear(&site);
    }
    std::fs::remove_file(&journal).unwrap();
    let before = files(&site.dir());
    let done = recovered(&site, &ADMIN).unwrap();
    is_honest(&site, &before, &truth, &done);
    assert!(done.findings.iter().any(|found| found.contains("journal")) && done.kept.is_some(), "{done:?}");
}

#[test]
fn without_a_base_there_is_no_vault_and_it_is_said() {
    let (site, _) = lived();
    std::fs::remove_file(file_of(&site.dir(), "base.")).unwrap();
    let done = recovered(&site, &ADMIN).unwrap();
    assert_eq!(done.kept, None);
    assert!(!done.lost.is_empty() && done.findings.iter().any(|found| found.contains("base")), "{done:?}");
    assert!(!to(&site).join("FORMAT").exists());
}

#[test]
fn keys_that_are_damaged_or_gone_are_named_and_a_copys_serve() {
    let (site, truth) = lived();
    let keys = site.dir().join("keys");
    // The sums alone are gone: nothing is lost.
    let sums = std::fs::read(keys.join("SHA256SUMS")).unwrap();
    std::fs::remove_file(keys.join("SHA256SUMS")).unwrap();
    let before = files(&site.dir());
    let done = recovered(&site, &ADMIN).unwrap();
    is_honest(&site, &before, &truth, &done);
    assert_eq!((done.lost.as_str(), done.without_key.len()), ("", 0), "{done:?}");
    clear(&site);
    std::fs::write(keys.join("SHA256SUMS"), b"nonsense\n").unwrap();
    assert_eq!(recovered(&site, &ADMIN).unwrap().lost, "");
    clear(&site);
    std::fs::write(keys.join("SHA256SUMS"), sums).unwrap();
    // Another's slot is damaged: the books hold it, too.
    edit(&keys.join("guard.age"), |bytes| bytes[30] ^= 1);
    let done = recovered(&site, &ADMIN).unwrap();
    assert!(done.users.contains(&"guard".to_owned()), "{done:?}");
    Desk::log_in(&to(&site), "guard", PASSWORD, site.terminal()).unwrap().0.close().unwrap();
    clear(&site);
    // One's own is gone: another user, or the sheet, or a copy's.
    let copy = site.copy();
    std::fs::remove_file(keys.join("admin.age")).unwrap();
    let answer = recovered(&site, &ADMIN);
    assert!(matches!(answer, Err(Failure::NoCopy(NoCopy::KeysGone(_)))), "{answer:?}");
    assert!(!site.dir().with_file_name("new.damaged-copy").exists(), "nothing was made");
    let done = recovered(&site, &Checker::Recovery(&site.sheet)).unwrap();
    assert_eq!(done.lost, "");
    assert!(done.users.contains(&"admin".to_owned()), "{done:?}");
    clear(&site);
    std::fs::remove_file(keys.join("vault.age")).unwrap();
    let answer = recovered(&site, &Checker::Recovery(&site.sheet));
    assert!(matches!(answer, Err(Failure::NoCopy(NoCopy::KeysGone(_)))), "{answer:?}");
    let with = copy.dir();
    let done =
        recover(&site.dir(), &to(&site), &ADMIN, Some(&with), &site.terminal(), &mut |_, _, _| {}).unwrap();
    assert_eq!(done.lost, "");
    Desk::log_in(&to(&site), "admin", PASSWORD, site.terminal()).unwrap().0.close().unwrap();
}

#[test]
fn who_may_not_and_places_that_hold_something_are_refused() {
    let (site, _) = lived();
    let before = files(&site.dir());
    assert_eq!(recovered(&site, &Checker::User("admin", "wrong")).err(), Some(NotOpened::Credentials.into()));
    assert!(!site.dir().with_file_name("new.damaged-copy").exists());
    assert!(matches!(recovered(&site, &Checker::User("guard", PASSWORD)), Err(Failure::Denied(..))));
    assert!(!to(&site).join("FORMAT").exists());
    let occupied = |name: &str| {
        let place = site.dir().canonicalize().unwrap().with_file_name(name);
        Some(NotOpened::NotEmpty(place.display().to_string()).into())
    };
    assert_eq!(recovered(&site, &ADMIN).err(), occupied("new"), "what was made is not written over");
    clear(&site);
    std::fs::create_dir(to(&site)).unwrap();
    std::fs::write(to(&site).join("letter.txt"), "mine").unwrap();
    assert_eq!(recovered(&site, &ADMIN).err(), occupied("new"));
    clear(&site);
    std::fs::create_dir(site.dir().with_file_name("new.saved")).unwrap();
    std::fs::write(site.dir().with_file_name("new.saved").join("letter.txt"), "mine").unwrap();
    assert_eq!(recovered(&site, &ADMIN).err(), occupied("new.saved"), "the folder is named");
    assert_eq!(files(&site.dir()), before);
}
