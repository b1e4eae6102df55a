//! A damaged vault made into a new one: what verifies is there again, what does not is named, and nothing is written
//! where the damage is.

use super::backup::entries;
use super::people::{Cast, order};
use super::site::{PASSWORD, Site};
use age::secrecy::SecretString;
use daicho::desk::{Checker, Desk, Failure, NoCopy, NotOpened, Recovered, check, recover};
use daicho::vault::{RealDisk, VaultError, WorkFactor, open_for, open_user, raw_key_file};
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
    for folder in ["", "keys", "blobs"] {
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
    recover(&site.dir(), &to(site), who, &[], &site.terminal(), &mut |_, _, _| {})
}

const NEWER: &str = "Atarashii-7-kagi";
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
    let unverified: BTreeSet<u64> = done.unverified.iter().map(|entry| entry.seq).collect();
    let lost = numbers(&done.lost);
    let Some((last, _, _)) = &done.kept else { return };
    let new = to(site);
    let checked = check(&new, &ADMIN, &mut |_, _, _| {}).unwrap();
    assert_eq!(checked.findings, []);
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
    let known = truth.keys().filter(|seq| {
        **seq > *last && **seq <= lost.iter().chain(&behind).chain(&unverified).max().copied().unwrap_or(0)
    });
    for seq in known {
        let places = [&behind, &unverified, &lost].into_iter().filter(|place| place.contains(seq)).count();
        assert_eq!(places, 1, "entry {seq} is either saved or named as lost");
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
    // Whoever's last key went with the entries that are lost gets a new password.
    let waiting = welcome.warnings.iter().find_map(|name| name.strip_prefix("no_way_in/"));
    let waiting: BTreeSet<&str> = waiting.iter().flat_map(|users| users.split('/')).collect();
    assert_eq!(waiting, done.without_key.iter().map(String::as_str).collect());
    let others: Vec<&String> =
        welcome.warnings.iter().filter(|name| !name.starts_with("no_way_in/")).collect();
    assert_eq!(others, [&format!("epoch_begun/{last}"), "sheet_unseen"]);
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
fn of_a_vault_in_which_nothing_is_damaged_no_second_one_is_made() {
    let (site, _) = lived();
    let before = files(&site.dir());
    assert_eq!(recovered(&site, &ADMIN).err(), Some(NoCopy::NotDamaged.into()));
    for name in ["new", "new.damaged-copy", "new.saved"] {
        assert!(!site.dir().with_file_name(name).exists(), "{name} is left behind");
    }
    assert_eq!(files(&site.dir()), before);
}

#[test]
fn a_vault_that_somebody_works_in_or_that_is_newer_is_left_alone() {
    let (site, _) = lived();
    let base = file_of(&site.dir(), "base.");
    let desk = site.log_in("guard");
    let whole = std::fs::read(&base).unwrap();
    edit(&base, |bytes| *bytes.last_mut().unwrap() ^= 1);
    let before = files(&site.dir());
    let answer = recovered(&site, &ADMIN);
    assert!(
        matches!(&answer, Err(Failure::NotOpened(NotOpened::InUse(by))) if by.user == "guard"),
        "{answer:?}"
    );
    assert_eq!(files(&site.dir()), before, "the note of who works in it, too");
    std::fs::write(&base, &whole).unwrap();
    desk.close().unwrap();
    edit(&base, |bytes| *bytes.last_mut().unwrap() ^= 1);
    let format = std::fs::read(site.dir().join("FORMAT")).unwrap();
    std::fs::write(site.dir().join("FORMAT"), "daicho-vault 99\n").unwrap();
    let answer = recovered(&site, &ADMIN);
    assert!(matches!(answer, Err(Failure::NotOpened(NotOpened::Newer(_)))), "{answer:?}");
    // What is no number is damage, and no reason to leave the rest.
    std::fs::write(site.dir().join("FORMAT"), "daicho-vault 9\0").unwrap();
    assert!(recovered(&site, &ADMIN).unwrap().kept.is_some());
    clear(&site);
    std::fs::write(site.dir().join("FORMAT"), format).unwrap();
    let missing = recover(
        &site.dir(),
        &to(&site),
        &ADMIN,
        &[site.dir().join("no")],
        &site.terminal(),
        &mut |_, _, _| {},
    );
    assert!(matches!(missing, Err(Failure::NotOpened(NotOpened::Missing(_)))), "{missing:?}");
}

#[test]
fn where_only_derived_things_are_damaged_nothing_is_lost_and_everybody_gets_in() {
    let (site, truth) = lived();
    // The mark of the format holds nothing that is not known without it.
    std::fs::write(site.dir().join("FORMAT"), "").unwrap();
    let before = files(&site.dir());
    let done = recovered(&site, &ADMIN).unwrap();
    is_honest(&site, &before, &truth, &done);
    assert_eq!((done.lost.as_str(), done.behind.len(), done.without_text.len()), ("", 0, 0), "{done:?}");
    assert_eq!(done.kept.as_ref().map(|kept| kept.0), truth.keys().last().copied());
    assert!(done.end_known);
    assert_eq!(done.findings, []);
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
    // Between two chunks, too: each that is left is whole then.
    let mac = bytes.windows(4).position(|four| four == b"\n---").unwrap() + 1;
    let start = mac + bytes[mac..].iter().position(|byte| *byte == b'\n').unwrap() + 1 + 16;
    let between = [start, start + 65_552, start + 65_552 * 2];
    let lens = [bytes.len() - 1, bytes.len() - 70_000, bytes.len() / 2, 300, 0];
    for len in between.into_iter().chain(lens) {
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
        let cut = matches!(what, "a cut" | "nothing left");
        assert_eq!(
            done.end_known, !cut,
            "{what}: where it is cut, nobody can say what came after the last one"
        );
        std::fs::write(&journal, &bytes).unwrap();
        clear(&site);
    }
    std::fs::remove_file(&journal).unwrap();
    let before = files(&site.dir());
    let done = recovered(&site, &ADMIN).unwrap();
    is_honest(&site, &before, &truth, &done);
    assert!(
        done.findings.iter().any(|found| found.to_string().contains("journal")) && done.kept.is_some(),
        "{done:?}"
    );
    assert!(!done.end_known && done.lost.is_empty(), "{done:?}");
    clear(&site);
    // One from before the base, as a sweep that was cut leaves it, is not the one that is missing.
    std::fs::write(site.dir().join("journal.000001"), &bytes).unwrap();
    let done = recovered(&site, &ADMIN).unwrap();
    let name = journal.file_name().unwrap().to_str().unwrap();
    let missing = VaultError::HalfThere { what: name.into() }.fault();
    let named = done.findings.contains(&missing);
    assert!(named && !done.end_known, "{done:?}");
    clear(&site);
    // Nor is a file a reason to name every number up to its own.
    std::fs::write(site.dir().join("journal.18446744073709551615"), &bytes).unwrap();
    let done = recovered(&site, &ADMIN).unwrap();
    assert!(done.findings.len() < 200 && done.kept.is_some() && !done.end_known, "{}", done.findings.len());
}

#[test]
fn without_a_base_there_is_no_vault_and_it_is_said() {
    let (site, _) = lived();
    std::fs::remove_file(file_of(&site.dir(), "base.")).unwrap();
    let done = recovered(&site, &ADMIN).unwrap();
    assert_eq!(done.kept, None);
    assert!(
        !done.lost.is_empty() && done.findings.iter().any(|found| found.to_string().contains("base")),
        "{done:?}"
    );
    assert!(!to(&site).join("FORMAT").exists());
}

#[test]
fn keys_that_are_damaged_or_gone_are_named_and_a_copys_serve() {
    let (site, truth) = lived();
    let keys = site.dir().join("keys");
    // Damage that costs nothing: without any, there is nothing to recover.
    std::fs::write(site.dir().join("FORMAT"), "").unwrap();
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
        recover(&site.dir(), &to(&site), &ADMIN, &[with], &site.terminal(), &mut |_, _, _| {}).unwrap();
    assert_eq!(done.lost, "");
    Desk::log_in(&to(&site), "admin", PASSWORD, site.terminal()).unwrap().0.close().unwrap();
}

/// Recovered with a copy made in a moment of the past.
fn with_copy(site: &Site, copy: &Site) -> Recovered {
    recover(&site.dir(), &to(site), &ADMIN, &[copy.dir()], &site.terminal(), &mut |_, _, _| {}).unwrap()
}

#[test]
fn a_copy_fills_in_what_a_damaged_chunk_cost_wherever_it_is() {
    let (site, truth) = lived();
    let copy = site.copy();
    // Recorded after the copy was made: only the damaged vault has it.
    let mut cast = Cast::gather_again(&site);
    let line = json!({"command": "register_person", "name": "後日 一郎", "kana": "ゴジツ イチロウ",
                      "organisation": "検証課", "contact": "内線 9"});
    cast.sit("admin").execute(order(line)).unwrap();
    cast.close();
    let later = entries(&site.dir()).into_iter().map(|told| (told.meta.seq, told.entry.to_line().unwrap()));
    let later: BTreeMap<u64, String> = later.collect();
    assert!(later.len() > truth.len());
    let base = file_of(&site.dir(), "base.");
    let whole = std::fs::read(&base).unwrap();
    let mut filled = 0;
    for chunk in 0..whole.len().div_ceil(65_552) {
        edit(&base, |bytes| {
            let at = (400 + chunk * 65_552).min(whole.len() - 1);
            bytes[at] ^= 1;
        });
        let before = files(&site.dir());
        let done = with_copy(&site, &copy);
        is_honest(&site, &before, &later, &done);
        assert_eq!(
            done.kept.as_ref().map(|kept| kept.0),
            later.keys().last().copied(),
            "chunk {chunk}: {done:?}"
        );
        assert_eq!(
            (done.lost.as_str(), done.behind.len(), done.unverified.len()),
            ("", 0, 0),
            "chunk {chunk}"
        );
        assert!(done.without_text.is_empty() && done.end_known, "chunk {chunk}: {done:?}");
        filled += numbers(&done.from_copies).len();
        std::fs::write(&base, &whole).unwrap();
        clear(&site);
    }
    assert!(filled > 50, "{filled}");
    // Without any base at all: the copy has the past, the journal what came since.
    std::fs::remove_file(&base).unwrap();
    let done = with_copy(&site, &copy);
    assert_eq!(done.kept.as_ref().map(|kept| kept.0), later.keys().last().copied(), "{done:?}");
    assert!(done.end_known, "the journal is whole");
    assert!(done.without_key.is_empty() && done.users.len() > 5, "{done:?}");
    // The sheet in force, too.
    assert!(done.sheet_opens);
    check(&to(&site), &Checker::Recovery(&site.sheet), &mut |_, _, _| {}).unwrap();
}

#[test]
fn a_copy_from_before_a_new_password_brings_the_old_one_not_back() {
    let (site, _) = lived();
    let copy = site.copy();
    let mut desk = site.log_in("guard");
    desk.set_password(PASSWORD, NEWER).unwrap();
    desk.close().unwrap();
    edit(&site.dir().join("keys/guard.age"), |bytes| bytes[30] ^= 1);
    let done = with_copy(&site, &copy);
    assert!(done.users.contains(&"guard".to_owned()), "{done:?}");
    Desk::log_in(&to(&site), "guard", NEWER, site.terminal()).unwrap().0.close().unwrap();
    assert!(Desk::log_in(&to(&site), "guard", PASSWORD, site.terminal()).is_err());
}

#[test]
fn which_sheet_opens_what_is_recovered_with_a_copy_is_said() {
    let (site, _) = lived();
    let copy = site.copy();
    let mut cast = Cast::gather_again(&site);
    let sheet = cast.sit("admin").new_sheet().unwrap();
    cast.sit("admin").replace_sheet(&sheet).unwrap();
    cast.close();
    std::fs::remove_file(file_of(&site.dir(), "base.")).unwrap();
    let done = with_copy(&site, &copy);
    let opens = |sheet: &str| check(&to(&site), &Checker::Recovery(sheet), &mut |_, _, _| {}).is_ok();
    let by_books = Desk::log_in(&to(&site), "admin", PASSWORD, site.terminal()).unwrap().0;
    let in_force = [site.sheet.clone(), sheet.groups().join(" ")];
    let in_force: Vec<&String> =
        in_force.iter().filter(|sheet| by_books.is_recovery_sheet(sheet).unwrap()).collect();
    by_books.close().unwrap();
    assert_eq!(in_force.len(), 1);
    assert_eq!(done.sheet_opens, opens(in_force[0]), "{done:?}");
}

#[test]
fn a_copy_brings_back_no_text_that_was_erased_and_no_user_who_was_removed() {
    let (site, _) = lived();
    let mut cast = Cast::gather_again(&site);
    let person = cast.register("消去 花子", "ショウキョ ハナコ");
    cast.close();
    let copy = site.copy();
    let mut cast = Cast::gather_again(&site);
    cast.must("admin", json!({"command": "erase", "record": person, "reason": "保存期間が過ぎたため"}));
    cast.must("admin", json!({"command": "remove_user", "user": "guard2", "reason": "退職"}));
    cast.sit("admin").checkpoint_now();
    cast.close();
    let guard = std::fs::read(copy.dir().join("keys/guard2.age")).unwrap();
    assert!(!guard.is_empty() && !site.dir().join("keys/guard2.age").exists());
    edit(&file_of(&site.dir(), "base."), |bytes| bytes[400] ^= 1);
    let done = with_copy(&site, &copy);
    assert!(!numbers(&done.from_copies).is_empty() && done.lost.is_empty(), "{done:?}");
    assert!(!done.users.contains(&"guard2".to_owned()) && !done.without_key.contains(&"guard2".to_owned()));
    assert!(!to(&site).join("keys/guard2.age").exists());
    for told in entries(&to(&site)) {
        assert!(!told.entry.to_line().unwrap().contains("消去 花子"), "entry {}", told.meta.seq);
    }
}

#[test]
fn a_copy_of_another_vault_or_one_that_gives_nothing_changes_nothing() {
    let (site, truth) = lived();
    let (stranger, _) = lived();
    edit(&file_of(&site.dir(), "base."), |bytes| bytes[400 + 65_552] ^= 1);
    let alone = recovered(&site, &ADMIN).unwrap();
    clear(&site);
    let before = files(&site.dir());
    // The key of this vault does not open it, nor does that vault's own slot give it one that opens this.
    let answer =
        recover(&site.dir(), &to(&site), &ADMIN, &[stranger.dir()], &site.terminal(), &mut |_, _, _| {});
    match answer {
        Ok(done) => {
            is_honest(&site, &before, &truth, &done);
            assert_eq!(done.kept, alone.kept);
        }
        Err(Failure::NoCopy(NoCopy::FromDamaged(_))) => {}
        other => panic!("{other:?}"),
    }
    clear(&site);
    let hollow = site.copy();
    for kind in ["base.", "journal."] {
        std::fs::write(file_of(&hollow.dir(), kind), b"nothing").unwrap();
    }
    let answer =
        recover(&site.dir(), &to(&site), &ADMIN, &[hollow.dir()], &site.terminal(), &mut |_, _, _| {});
    assert!(matches!(answer, Err(Failure::NoCopy(NoCopy::FromDamaged(_)))), "{answer:?}");
    assert!(!to(&site).exists() && !site.dir().with_file_name("new.damaged-copy").exists());
}

#[test]
fn what_nobody_can_verify_any_more_is_saved_apart_and_never_called_lost() {
    let (site, truth) = lived();
    // The first chunk holds the founding, and with it the first keys.
    edit(&file_of(&site.dir(), "base."), |bytes| bytes[400] ^= 1);
    let before = files(&site.dir());
    let done = recovered(&site, &ADMIN).unwrap();
    assert_eq!(files(&site.dir()), before);
    let lost = numbers(&done.lost);
    let saved: BTreeSet<u64> = done.behind.iter().chain(&done.unverified).map(|entry| entry.seq).collect();
    let kept = done.kept.as_ref().map_or(0, |kept| kept.0);
    assert!(!done.unverified.is_empty(), "{done:?}");
    for seq in truth.keys().filter(|seq| **seq > kept) {
        assert!(saved.contains(seq) != lost.contains(seq), "entry {seq} is either saved or named as lost");
    }
    let path = done.unverified_to.as_ref().unwrap();
    let lines = saved_lines(&site.dir(), path);
    assert_eq!(lines.len(), done.unverified.len());
    for (entry, line) in done.unverified.iter().zip(&lines) {
        assert_eq!(line, &truth[&entry.seq], "entry {}", entry.seq);
    }
}

#[test]
fn who_may_not_and_places_that_hold_something_are_refused() {
    let (site, _) = lived();
    std::fs::write(site.dir().join("FORMAT"), "").unwrap();
    let before = files(&site.dir());
    assert_eq!(recovered(&site, &Checker::User("admin", "wrong")).err(), Some(NotOpened::Credentials.into()));
    assert!(!site.dir().with_file_name("new.damaged-copy").exists());
    let answer = recovered(&site, &Checker::User("guard", PASSWORD));
    let Err(Failure::NoCopy(NoCopy::RecoverCutOff { detail, folders })) = &answer else {
        panic!("{answer:?}");
    };
    assert!(detail.name() == "recover_no_authority" && folders.contains("new.damaged-copy"), "{answer:?}");
    assert!(!to(&site).join("FORMAT").exists());
    let occupied = |name: &str| {
        let place = site.dir().canonicalize().unwrap().with_file_name(name);
        Some(NotOpened::NotEmpty(place.display().to_string().into()).into())
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
