//! The verified mark: what one session found of the books spares the next one of the same person the entries before it,
//! and nobody else, and nothing that differs.

use super::people::{Cast, order};
use super::site::{PASSWORD, Site, copy_folder, everything_holds};
use crate::insider::{FORGERIES, Insider, lived, put_row};
use daicho::desk::{Desk, Failure};
use daicho::domain::{Command, Event, Outcome, RegisterPerson, Row, User};
use daicho::log::{Entry, encode_hex, sign_mark};
use daicho::vault::UserIdentity;
use ed25519_dalek::SigningKey;
use serde_json::json;
use std::path::{Path, PathBuf};

fn log_in(site: &Site, user: &str) -> Desk {
    Desk::log_in(&site.dir(), user, PASSWORD, site.remembering()).unwrap().0
}

/// From which entry on the next session of a user compares the books, which hold.
fn from(site: &Site, user: &str) -> u64 {
    let mut desk = log_in(site, user);
    desk.prove().unwrap();
    let from = desk.compared_from().unwrap();
    desk.close().unwrap();
    from
}

/// What the next session of a user finds.
fn found(site: &Site, user: &str) -> String {
    let mut desk = log_in(site, user);
    match desk.prove() {
        Err(Failure::Damaged(what)) => what.to_string(),
        other => panic!("{other:?}, from {:?}", desk.compared_from()),
    }
}

/// The mark of a user at the terminal.
fn mark(site: &Site, user: &str) -> PathBuf {
    let ending = format!(".{user}.mark");
    let files = std::fs::read_dir(site.notes()).unwrap().map(|file| file.unwrap().path());
    let named: Vec<PathBuf> = files.filter(|path| path.to_string_lossy().ends_with(&ending)).collect();
    let [one] = named.as_slice() else { panic!("{named:?}") };
    one.clone()
}

fn works(desk: &mut Desk) {
    desk.execute(order(json!({"command": "register_person", "name": "山田", "kana": "ヤマダ"}))).unwrap();
}

/// The vault's folder becomes another one.
fn put(folder: &Path, other: &Path) {
    std::fs::remove_dir_all(folder).unwrap();
    copy_folder(other, folder);
}

/// The administrator's row has the guard's roles besides.
fn promote(insider: &Insider<'_>, user: &str) {
    let mut own = insider.row_of(user);
    own.roles = insider.row_of("admin").roles;
    put_row(insider, &Row::from(own));
}

#[test]
fn a_mark_spares_its_owner_the_entries_before_the_base() {
    // Broken by: a mark that is never looked at; one that stands for entries that nobody decided again.
    let site = lived();
    let insider = Insider::of(&site, &site, "admin");
    let (end_of_base, end) = (insider.base().1, insider.reading(|reading| reading.last_seq().unwrap()));
    assert!(end_of_base > 0 && end_of_base < end, "there are entries behind the base: {end_of_base}, {end}");
    assert_eq!(from(&site, "admin"), 1);
    assert_eq!(from(&site, "admin"), end_of_base + 1);
    let mut desk = log_in(&site, "admin");
    works(&mut desk);
    desk.close().unwrap();
    assert_eq!(from(&site, "admin"), end_of_base + 1);
    // A base of the session's own is as good as what it read of the one before, which no comparison read.
    let mut desk = log_in(&site, "admin");
    works(&mut desk);
    desk.checkpoint_now();
    desk.close().unwrap();
    let (_, end_of_base) = insider.base();
    assert_eq!(from(&site, "admin"), 1);
    assert_eq!(from(&site, "admin"), end_of_base + 1);
    everything_holds(&site);
}

#[test]
fn it_is_made_where_a_session_ends_before_anybody_asked() {
    let site = lived();
    let mut desk = log_in(&site, "admin");
    while desk.compared_from().is_none() {
        desk.idle();
        std::thread::yield_now();
    }
    desk.close().unwrap();
    assert!(from(&site, "admin") > 1);
}

#[test]
fn another_persons_mark_counts_for_nobody() {
    let site = lived();
    assert_eq!(from(&site, "admin"), 1);
    let admins = std::fs::read_to_string(mark(&site, "admin")).unwrap();
    assert_eq!(from(&site, "guard"), 1);
    let guards = mark(&site, "guard");
    assert!(from(&site, "guard") > 1);
    for wrong in [admins.clone(), admins.replace(" admin ", " guard ")] {
        std::fs::write(&guards, wrong).unwrap();
        assert_eq!(from(&site, "guard"), 1);
    }
}

#[test]
fn a_mark_that_is_damaged_made_up_or_another_programs_costs_time_and_nothing_else() {
    let site = lived();
    assert_eq!(from(&site, "admin"), 1);
    let file = mark(&site, "admin");
    let text = std::fs::read_to_string(&file).unwrap();
    let words: Vec<&str> = text.trim_end().split(' ').collect();
    let with = |at: usize, word: &str| {
        let mut words = words.clone();
        words[at] = word;
        format!("{}\n", words.join(" "))
    };
    let zeros = "0".repeat(64);
    let number: u64 = words[6].parse().unwrap();
    let mut all = vec![String::new(), text.trim_end().to_owned(), text.repeat(2), "9".repeat(1 << 20)];
    all.push(text.replace("mark 1", "mark 2"));
    all.push(text.replace(' ', "  "));
    all.push(with(3, &zeros));
    all.push(with(5, "0.0.1/7.1.3"));
    all.extend([0, 1, number - 1, number + 1, u64::MAX].map(|n| with(6, &n.to_string())));
    all.push(with(6, &format!("+{number}")));
    all.push(with(7, &zeros));
    all.push(with(8, &zeros));
    all.push(with(9, &"0".repeat(128)));
    all.push(with(9, &words[9].to_uppercase()));
    all.push(format!("{} {}\n", text.trim_end(), zeros));
    for wrong in all {
        std::fs::write(&file, &wrong).unwrap();
        assert_eq!(from(&site, "admin"), 1, "{wrong}");
        assert_eq!(std::fs::read_to_string(&file).unwrap().len(), text.len(), "it is made anew");
    }
    // What another release signed counts for that release alone; what says too much is no log that there is.
    let insider = Insider::of(&site, &site, "admin");
    for change in [
        (|mark: &mut daicho::vault::VerifiedMark| mark.program = "0.0.1/7.1.3".to_owned()) as fn(&mut _),
        |mark| mark.entry += 100,
        |mark| mark.entry = 1,
        |mark| mark.root = "0".repeat(64),
        |mark| mark.base = "0".repeat(64),
    ] {
        let mut made = insider.verified("admin");
        change(&mut made);
        insider.notes_mark(&made, &insider.signing);
        assert_eq!(from(&site, "admin"), 1, "{made:?}");
    }
}

#[test]
fn forged_books_are_found_beside_any_mark_that_a_forger_can_put_there() {
    // Broken by: a mark that goes by name; a digest that is not signed; a signature that is not asked for.
    let marked = lived();
    assert_eq!((from(&marked, "admin"), from(&marked, "guard")), (1, 1));
    let before = std::fs::read_to_string(mark(&marked, "admin")).unwrap();
    let insider = Insider::of(&marked, &marked, "guard");
    promote(&insider, "guard");
    let own = insider.verified("guard");
    let forged = insider.verified("admin");
    // The older marks of both are there.
    assert!(found(&marked, "admin").contains("what its entries make of it"));
    assert!(found(&marked, "guard").contains("what its entries make of it"));
    let old_signature = before.trim_end().rsplit(' ').next().unwrap();
    let put = |text: String| std::fs::write(mark(&marked, "admin"), text).unwrap();
    for text in [
        format!("{} {old_signature}\n", forged.text()),
        format!("{} {}\n", forged.text(), sign_mark(&insider.signing, &forged.text())),
        format!("{} {}\n", own.text(), sign_mark(&insider.signing, &own.text())),
    ] {
        put(text.clone());
        assert!(found(&marked, "admin").contains("what its entries make of it"), "{text}");
    }
    // A forger's own mark deceives the forger, and whoever takes over that desk no more than whoever logs in.
    insider.notes_mark(&own, &insider.signing);
    let mut desk = log_in(&marked, "guard");
    desk.prove().unwrap();
    assert!(desk.compared_from().unwrap() > 1);
    let officer = desk.seat_of("officer", PASSWORD).unwrap();
    desk.sit(&officer);
    let failure = desk.prove().unwrap_err();
    assert!(matches!(&failure, Failure::Damaged(what) if what.name() == "books_differ"), "{failure:?}");
}

#[test]
fn whoever_takes_over_a_desk_has_the_books_compared_for_them() {
    // Broken by: a comparison that stays what it was when another person sits down, run or still running.
    let site = lived();
    assert_eq!(from(&site, "admin"), 1);
    let mut desk = log_in(&site, "admin");
    desk.prove().unwrap();
    assert!(desk.compared_from().unwrap() > 1);
    let (own, other) = (desk.seat().clone(), desk.seat_of("officer", PASSWORD).unwrap());
    desk.sit(&other);
    desk.prove().unwrap();
    assert_eq!(desk.compared_from(), Some(1));
    desk.sit(&own);
    desk.prove().unwrap();
    assert_eq!(desk.compared_from(), Some(1), "it held for all");
    desk.close().unwrap();
    // Before it has ended, too; and the other has a mark by now.
    let mut desk = log_in(&site, "admin");
    desk.sit(&other);
    desk.prove().unwrap();
    assert!(desk.compared_from().unwrap() > 1);
    desk.close().unwrap();
}

#[test]
fn a_base_that_only_a_later_entry_makes_right_is_no_base_without_it() {
    // Broken by: a mark of a base alone, which is not what was compared.
    let site = lived();
    let insider = Insider::of(&site, &site, "guard");
    let mut own: User = insider.row_of("guard");
    own.last_login = None;
    put_row(&insider, &Row::from(own));
    let before = site.copy();
    // The entry of a login writes the last login: the books are right again.
    site.log_in("guard").close().unwrap();
    let honest = site.copy();
    assert_eq!(from(&site, "admin"), 1);
    put(&site.dir(), &honest.dir());
    // Even the entries that the marking session itself added may go.
    assert!(from(&site, "admin") > 1);
    // The journal is cut: the same base, without the entry.
    put(&site.dir(), &before.dir());
    assert!(found(&site, "admin").contains("what its entries make of it"));
    // And goes on elsewhere until it is longer.
    put(&site.dir(), &before.dir());
    for _ in 0..6 {
        site.log_in("officer").close().unwrap();
    }
    assert!(found(&site, "admin").contains("what its entries make of it"));
}

#[test]
fn what_is_new_behind_a_mark_is_decided_again() {
    let marked = || {
        let site = lived();
        assert_eq!(from(&site, "admin"), 1);
        assert!(from(&site, "admin") > 1);
        site
    };
    // An act without the right to it.
    let site = marked();
    let forgery =
        FORGERIES.iter().find(|forgery| forgery.name == "a new vault key by somebody who may not").unwrap();
    (forgery.does)(&Insider::of(&site, &site, "guard"));
    assert!(!found(&site, "admin").is_empty());
    // One under the key of somebody else.
    let site = marked();
    let guard = Insider::of(&site, &site, "guard");
    let command =
        RegisterPerson { name: "偽者".into(), kana: "ニセモノ".into(), ..RegisterPerson::default() };
    let event = Event { command: Command::from(command), at: None, outcome: Outcome::default() };
    let admin = guard.row_of("admin");
    let entry = guard.entry(&event, |fields| {
        fields.actor = admin.person.to_string();
        fields.role = "admin".to_owned();
    });
    guard.frame(&[entry.to_line().unwrap()]);
    assert!(!found(&site, "admin").is_empty());
    // One whose words are gone, which nobody erased.
    let site = marked();
    let (older, end) = (site.copy(), Insider::of(&site, &site, "admin").verified("admin").entry);
    let mut desk = site.log_in("admin");
    works(&mut desk);
    let last = desk.last_entry().0;
    desk.close().unwrap();
    let read =
        |seq| Insider::of(&site, &site, "admin").reading(|reading| reading.entry(seq).unwrap().unwrap());
    let mut entries: Vec<Entry> = (end + 1..=last).map(|seq| read(seq).entry).collect();
    entries.last_mut().unwrap().erase();
    put(&site.dir(), &older.dir());
    let lines: Vec<String> = entries.iter().map(|entry| entry.to_line().unwrap()).collect();
    Insider::of(&site, &site, "admin").frame(&lines);
    let said = found(&site, "admin");
    assert!(said.contains("text"), "{said}");
}

#[test]
fn an_erasure_behind_the_base_is_compared_from_the_first_entry_on() {
    let site = lived();
    let mut desk = site.log_in("admin");
    works(&mut desk);
    let person = desk.last_entry().0;
    desk.checkpoint_now();
    desk.close().unwrap();
    assert_eq!(from(&site, "admin"), 1);
    assert!(from(&site, "admin") > 1);
    let mut desk = log_in(&site, "admin");
    desk.execute(order(json!({"command": "erase", "entry": person, "reason": "誤り"}))).unwrap();
    desk.close().unwrap();
    assert_eq!(from(&site, "admin"), 1);
    everything_holds(&site);
}

#[test]
fn the_key_of_a_temporary_password_signs_no_mark_and_none_counts_that_is_signed_by_it() {
    // Broken by: trust in a row that says whether a password is temporary.
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let temporary =
        cast.must("admin", json!({"command": "reset_password", "user": "guard"})).temporary_password.unwrap();
    cast.close();
    let marks = || std::fs::read_dir(site.notes()).unwrap().count();
    let mut desk = Desk::log_in(&site.dir(), "guard", &temporary, site.remembering()).unwrap().0;
    desk.prove().unwrap();
    assert_eq!((desk.compared_from(), marks()), (Some(1), 0));
    desk.close().unwrap();
    // Whoever gave it knows the key, and says that it is no temporary one.
    let insider = Insider::of(&site, &site, "admin");
    let theirs = insider.identity_of("guard", &temporary);
    let mut row = insider.row_of("guard");
    row.keys.last_mut().unwrap().provisional = false;
    put_row(&insider, &Row::from(row));
    insider.notes_mark(&insider.verified("guard"), &signing(&theirs));
    let mut desk = Desk::log_in(&site.dir(), "guard", &temporary, site.remembering()).unwrap().0;
    assert!(desk.prove().is_err());
}

fn signing(identity: &UserIdentity) -> SigningKey {
    SigningKey::from_bytes(&identity.derive("daicho entry signature v1"))
}

#[test]
fn a_mark_of_the_key_before_counts_no_more() {
    let site = lived();
    assert_eq!(from(&site, "guard"), 1);
    let before = std::fs::read_to_string(mark(&site, "guard")).unwrap();
    let mut desk = log_in(&site, "guard");
    desk.prove().unwrap();
    assert!(desk.compared_from().unwrap() > 1);
    desk.set_password(PASSWORD, "Kikyou-2027-tue").unwrap();
    desk.close().unwrap();
    assert_eq!(std::fs::read_to_string(mark(&site, "guard")).unwrap(), before);
    let enter = || Desk::log_in(&site.dir(), "guard", "Kikyou-2027-tue", site.remembering()).unwrap().0;
    let mut desk = enter();
    desk.prove().unwrap();
    assert_eq!(desk.compared_from(), Some(1));
    desk.close().unwrap();
    let mut desk = enter();
    desk.prove().unwrap();
    assert!(desk.compared_from().unwrap() > 1);
    desk.close().unwrap();
}

#[test]
fn a_terminal_that_keeps_no_notes_or_cannot_write_them_compares_all_each_time() {
    let site = lived();
    for _ in 0..2 {
        let mut desk = site.log_in("admin");
        desk.prove().unwrap();
        assert_eq!(desk.compared_from(), Some(1));
        desk.close().unwrap();
    }
    let notes = site.notes();
    std::fs::remove_dir_all(&notes).unwrap();
    std::fs::write(&notes, "no folder").unwrap();
    let terminal = || {
        let last_seen = Some(Desk::place_of_notes(&notes));
        daicho::desk::Terminal { last_seen, ..site.terminal() }
    };
    for _ in 0..2 {
        let mut desk = Desk::log_in(&site.dir(), "admin", PASSWORD, terminal()).unwrap().0;
        desk.prove().unwrap();
        assert_eq!(desk.compared_from(), Some(1));
        works(&mut desk);
        desk.close().unwrap();
    }
    assert_eq!(std::fs::read_to_string(&notes).unwrap(), "no folder");
    // Nor is one kept in the vault, with which it would go back.
    let inside = || {
        let last_seen = Some(Desk::place_of_notes(&site.dir()));
        daicho::desk::Terminal { last_seen, ..site.terminal() }
    };
    let mut desk = Desk::log_in(&site.dir(), "admin", PASSWORD, inside()).unwrap().0;
    desk.prove().unwrap();
    desk.close().unwrap();
    let files = std::fs::read_dir(site.dir()).unwrap().map(|file| file.unwrap().file_name());
    assert!(files.into_iter().all(|name| !name.to_string_lossy().ends_with(".mark")));
    everything_holds(&site);
}

#[test]
fn a_copy_elsewhere_has_the_same_base_and_another_log_has_none_of_it() {
    let site = lived();
    assert_eq!(from(&site, "admin"), 1);
    let other = Site::found();
    std::fs::create_dir_all(other.notes()).unwrap();
    let name = mark(&site, "admin");
    let name = name.file_name().unwrap().to_string_lossy().into_owned();
    let founding = Insider::of(&other, &other, "admin").verified("admin").founding;
    let text = std::fs::read_to_string(mark(&site, "admin")).unwrap();
    let place = other.notes().join(name.replace(&name[..32], &founding[..32]));
    std::fs::write(place, text.replace(text.split(' ').nth(3).unwrap(), &founding)).unwrap();
    assert_eq!(from(&other, "admin"), 1);
    let digest = |site: &Site| encode_hex(&Insider::of(site, site, "admin").base().0);
    assert_eq!(digest(&site), digest(&site.copy()));
    assert_ne!(digest(&site), digest(&other));
}
