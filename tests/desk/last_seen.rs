//! What a terminal saw last, held against the log at its next login: a vault that was put back says so.

use super::backup::entries;
use super::people::{Cast, order};
use super::site::{PASSWORD, Site, copy_folder, everything_holds};
use chrono::TimeDelta;
use daicho::desk::{Checker, Clock, Desk, Failure, Lang, Terminal, Welcome, restore, say_failure};
use daicho::domain::{Command, LastSeen, LogIn};
use serde_json::json;
use std::path::{Path, PathBuf};

/// A site and a terminal that remembers.
struct Remembering {
    site: Site,
    notes: PathBuf,
}

impl Remembering {
    fn found() -> Remembering {
        let site = Site::found();
        let notes = site.dir().with_file_name("state");
        std::fs::create_dir(&notes).unwrap();
        Remembering { site, notes }
    }

    fn terminal(&self) -> Terminal {
        Terminal { last_seen: Some(Desk::place_of_notes(&self.notes)), ..self.site.terminal() }
    }

    fn log_in_to(&self, dir: &Path) -> (Desk, Welcome) {
        Desk::log_in(dir, "admin", PASSWORD, self.terminal()).unwrap()
    }

    fn log_in(&self) -> (Desk, Welcome) {
        self.log_in_to(&self.site.dir())
    }

    /// A day's work: one entry beside the login's.
    fn works(&self) -> u64 {
        let (mut desk, _) = self.log_in();
        desk.execute(order(json!({"command": "register_person", "name": "山田", "kana": "ヤマダ"}))).unwrap();
        let last = desk.last_entry().0;
        desk.close().unwrap();
        last
    }

    /// What the one note in the terminal's folder says.
    fn note(&self) -> String {
        std::fs::read_to_string(self.note_file()).unwrap()
    }

    fn note_file(&self) -> PathBuf {
        let files = std::fs::read_dir(&self.notes).unwrap().map(|file| file.unwrap().path());
        let is_note = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "seen");
        let notes: Vec<_> = files.filter(is_note).collect();
        let [note] = notes.as_slice() else { panic!("{notes:?}") };
        note.clone()
    }

    /// The folder of the vault becomes that of another moment.
    fn put_back(&self, older: &Site) {
        std::fs::remove_dir_all(self.site.dir()).unwrap();
        copy_folder(&older.dir(), &self.site.dir());
    }
}

/// What the last login to a vault says of its terminal.
fn said(dir: &Path) -> LogIn {
    let mut logins = entries(dir).into_iter().filter_map(|told| match told.event.command {
        Command::LogIn(login) => Some(login),
        _ => None,
    });
    logins.next_back().unwrap()
}

#[test]
fn a_vault_that_was_put_back_says_so_before_the_first_screen_and_in_the_log_and_to_everybody() {
    // Broken by: a note that is not held against the log, is overwritten before that is recorded, or lies in the vault.
    let terminal = Remembering::found();
    terminal.works();
    let older = terminal.site.copy();
    let last = terminal.works();
    terminal.put_back(&older);
    let (desk, welcome) = terminal.log_in();
    assert_eq!(welcome.seen_further, Some(last));
    let login = said(&terminal.site.dir());
    assert_eq!((login.last_seen, login.seen_entry), (LastSeen::Behind, Some(last)));
    assert_eq!(login.seen_root.len(), 64);
    desk.close().unwrap();
    everything_holds(&terminal.site);
    // Said once as news; to everybody at every terminal for a month.
    let told = format!("seen_further/{last}");
    let (desk, welcome) = terminal.log_in();
    assert_eq!((welcome.seen_further, said(&terminal.site.dir()).last_seen), (None, LastSeen::Reached));
    assert!(welcome.warnings.contains(&told), "{:?}", welcome.warnings);
    desk.close().unwrap();
    let later = terminal.site.clock.now() + TimeDelta::days(31);
    terminal.site.clock.set(later);
    let (_, welcome) =
        Desk::log_in(&terminal.site.dir(), "admin", PASSWORD, terminal.site.terminal()).unwrap();
    assert!(!welcome.warnings.contains(&told), "{:?}", welcome.warnings);
}

#[test]
fn a_log_that_went_another_way_is_missed_however_long_it_has_become() {
    let terminal = Remembering::found();
    terminal.works();
    let older = terminal.site.copy();
    let last = terminal.works();
    // Elsewhere the old copy is worked in until it is longer.
    let mut desk = older.log_in("admin");
    for n in 0..6 {
        let name = format!("偽 {n}");
        desk.execute(order(json!({"command": "register_person", "name": name, "kana": "ニセ"}))).unwrap();
    }
    assert!(desk.last_entry().0 > last);
    desk.close().unwrap();
    terminal.put_back(&older);
    let (_desk, welcome) = terminal.log_in();
    assert_eq!((welcome.seen_further, said(&terminal.site.dir()).last_seen), (Some(last), LastSeen::Behind));
}

#[test]
fn what_a_restoration_brings_back_is_missing_with_a_reason() {
    let terminal = Remembering::found();
    terminal.works();
    let older = terminal.site.copy();
    let last = terminal.works();
    let made = terminal.site.dir().with_file_name("restored");
    // A copy as somebody makes it with the files of a closed vault.
    restore(&older.dir(), &made, &Checker::User("admin", PASSWORD), &terminal.terminal(), &mut |_, _, _| {})
        .unwrap();
    let (desk, welcome) = terminal.log_in_to(&made);
    let login = said(&made);
    assert_eq!((login.last_seen, login.seen_entry), (LastSeen::Restored, Some(last)));
    assert_eq!(welcome.seen_further, None);
    assert!(welcome.warnings.iter().any(|name| name.starts_with("epoch_begun/")), "{:?}", welcome.warnings);
    desk.close().unwrap();
    let _desk = terminal.log_in_to(&made);
    assert_eq!(said(&made).last_seen, LastSeen::Reached);
}

#[test]
fn a_terminal_that_knows_nothing_or_keeps_nothing_says_that() {
    let terminal = Remembering::found();
    let (desk, _) = terminal.log_in();
    assert_eq!(said(&terminal.site.dir()).last_seen, LastSeen::New);
    desk.close().unwrap();
    // A note that is none, by whomever: nothing was known, and it is written anew.
    for wrong in ["", "daicho seen 1 x", "\u{0}\u{1}", &"9".repeat(1 << 20)] {
        std::fs::write(terminal.note_file(), wrong).unwrap();
        let (desk, welcome) = terminal.log_in();
        assert_eq!((said(&terminal.site.dir()).last_seen, welcome.seen_further), (LastSeen::New, None));
        desk.close().unwrap();
    }
    // A place that cannot be written: the session goes on, and the next login knows what was noted before.
    let before = terminal.note();
    std::fs::remove_dir_all(&terminal.notes).unwrap();
    std::fs::write(&terminal.notes, "no folder").unwrap();
    terminal.works();
    std::fs::remove_file(&terminal.notes).unwrap();
    std::fs::create_dir(&terminal.notes).unwrap();
    assert!(before.starts_with("daicho seen 1 "));
    let _desk = terminal.site.log_in("admin");
    assert_eq!(said(&terminal.site.dir()).last_seen, LastSeen::Off);
}

#[test]
fn the_note_follows_the_log_at_login_lock_logout_and_checkpoint() {
    let terminal = Remembering::found();
    let ends_with = |desk: &Desk| {
        let (entry, _, root) = desk.last_entry();
        let note = terminal.note();
        let words: Vec<&str> = note.split_whitespace().collect();
        assert_eq!((words[4], words[5].starts_with(&root)), (entry.to_string().as_str(), true), "{note}");
    };
    let (mut desk, _) = terminal.log_in();
    ends_with(&desk);
    let adds = |desk: &mut Desk| {
        desk.execute(order(json!({"command": "register_person", "name": "山田", "kana": "ヤマダ"}))).unwrap();
    };
    adds(&mut desk);
    let before = terminal.note();
    desk.note_last_seen();
    assert_ne!(terminal.note(), before);
    ends_with(&desk);
    adds(&mut desk);
    desk.checkpoint_now();
    ends_with(&desk);
    adds(&mut desk);
    let last = desk.last_entry();
    desk.close().unwrap();
    assert_eq!(terminal.note().split_whitespace().nth(4), Some(last.0.to_string().as_str()));
}

#[test]
fn a_temporary_password_takes_no_note_away_that_nobody_has_recorded() {
    let terminal = Remembering::found();
    let (mut desk, _) = terminal.log_in();
    desk.execute(order(json!({"command": "register_person", "name": "警備", "kana": "ケイビ"}))).unwrap();
    let issue = json!({"command": "issue_user", "user": "guard", "person": "P-00002", "roles": ["guard"]});
    let temporary = desk.execute(order(issue)).unwrap().temporary_password.unwrap();
    desk.close().unwrap();
    let older = terminal.site.copy();
    let last = terminal.works();
    terminal.put_back(&older);
    let (mut desk, welcome) =
        Desk::log_in(&terminal.site.dir(), "guard", &temporary, terminal.terminal()).unwrap();
    assert!(welcome.provisional);
    desk.set_password(&temporary, "Kikyou-2027-tue").unwrap();
    let login = said(&terminal.site.dir());
    assert_eq!((login.last_seen, login.seen_entry), (LastSeen::Behind, Some(last)));
    desk.close().unwrap();
}

#[test]
fn a_profile_may_want_a_note_of_every_terminal() {
    let terminal = Remembering::found();
    let wants = daicho::profile::builtin("ishikawa").unwrap();
    let wants = wants.replace("lock_after = 10\n", "lock_after = 10\nneeds_last_seen = true\n");
    let version = daicho::profile::read(&wants).unwrap().version;
    let wants = wants.replacen(&format!("version = {version}"), &format!("version = {}", version + 1), 1);
    let today = terminal.site.clock.now().date_naive();
    let mut cast = Cast::gather(&terminal.site);
    cast.brings(&wants, &today.to_string());
    cast.desk.close().unwrap();
    let failure =
        Desk::log_in(&terminal.site.dir(), "admin", PASSWORD, terminal.site.terminal()).err().unwrap();
    let Failure::Rejected(rejection, recorded) = &failure else { panic!("{failure:?}") };
    assert_eq!((rejection.code.name(), recorded), ("last_seen_off", &None));
    assert!(say_failure(&failure, None, Lang::Ja).advice.contains("DAICHO_STATE"));
    let (desk, _) = terminal.log_in();
    assert_eq!(said(&terminal.site.dir()).last_seen, LastSeen::New);
    desk.close().unwrap();
    everything_holds(&terminal.site);
}

#[test]
fn neither_a_temporary_password_nor_the_sheet_leads_past_a_profile_that_wants_a_note() {
    // Broken by: a refusal that comes when the key is changed already.
    let terminal = Remembering::found();
    let wants = daicho::profile::builtin("ishikawa").unwrap();
    let wants = wants.replace("lock_after = 10\n", "lock_after = 10\nneeds_last_seen = true\n");
    let wants = wants.replacen("version = 2", "version = 3", 1);
    let today = terminal.site.clock.now().date_naive();
    let mut cast = Cast::gather(&terminal.site);
    cast.brings(&wants, &today.to_string());
    let reset = json!({"command": "reset_password", "user": "guard"});
    let temporary = cast.must("admin", reset).temporary_password.unwrap();
    cast.desk.close().unwrap();
    let (dir, nowhere) = (terminal.site.dir(), terminal.site.terminal());
    let before = entries(&dir).len();
    let wants_note = |failure: Option<Failure>| match failure {
        Some(Failure::Rejected(rejection, None)) => assert_eq!(rejection.code.name(), "last_seen_off"),
        other => panic!("{other:?}"),
    };
    wants_note(Desk::log_in(&dir, "guard", &temporary, nowhere.clone()).err());
    let inside = Terminal { last_seen: Some(Desk::place_of_notes(&dir)), ..nowhere.clone() };
    wants_note(Desk::log_in(&dir, "guard", &temporary, inside).err());
    wants_note(Desk::use_sheet(&dir, &terminal.site.sheet, "admin", "Kikyou-2027-tue", nowhere).err());
    assert_eq!(entries(&dir).len(), before, "nothing was written");
    let (mut desk, welcome) = Desk::log_in(&dir, "guard", &temporary, terminal.terminal()).unwrap();
    assert!(welcome.provisional);
    desk.set_password(&temporary, "Kikyou-2027-tue").unwrap();
    desk.close().unwrap();
}

#[test]
fn a_vault_put_back_to_older_rules_is_told_as_well() {
    let site = crate::fixtures::of_format(2);
    let notes = site.dir().with_file_name("state");
    std::fs::create_dir(&notes).unwrap();
    let terminal = Remembering { site, notes };
    let older = terminal.site.copy();
    let (mut desk, _) = terminal.log_in();
    desk.execute(order(json!({"command": "adopt_edition", "edition": 3}))).unwrap();
    desk.close().unwrap();
    let last = terminal.works();
    terminal.put_back(&older);
    for _ in 0..2 {
        // Each time, since no entry of those rules can say it.
        let (desk, welcome) = terminal.log_in();
        assert_eq!(welcome.seen_further, Some(last));
        desk.close().unwrap();
    }
}

#[test]
fn two_restorations_one_after_the_other_are_no_alarm() {
    // The wrong copy first, then the right one.
    let terminal = Remembering::found();
    let restored = |copy: &Site, name: &str| {
        let made = terminal.site.dir().with_file_name(name);
        let who = Checker::User("admin", PASSWORD);
        restore(&copy.dir(), &made, &who, &terminal.terminal(), &mut |_, _, _| {}).unwrap();
        let (desk, welcome) = terminal.log_in_to(&made);
        desk.close().unwrap();
        welcome.seen_further
    };
    terminal.works();
    let first = terminal.site.copy();
    terminal.works();
    let second = terminal.site.copy();
    terminal.works();
    let later = |minutes| {
        let now = terminal.site.clock.now() + TimeDelta::minutes(minutes);
        terminal.site.clock.set(now);
    };
    later(1);
    assert_eq!(restored(&first, "one"), None);
    later(1);
    assert_eq!(restored(&second, "two"), None);
    // The first of the two again is behind what was seen since.
    let (_desk, welcome) = terminal.log_in_to(&terminal.site.dir().with_file_name("one"));
    assert!(welcome.seen_further.is_some());
}

#[test]
fn notes_are_kept_in_no_vault() {
    let site = Site::found();
    let inside = Terminal { last_seen: Some(Desk::place_of_notes(&site.dir())), ..site.terminal() };
    for _ in 0..2 {
        let (desk, _) = Desk::log_in(&site.dir(), "admin", PASSWORD, inside.clone()).unwrap();
        desk.close().unwrap();
    }
    assert_eq!(said(&site.dir()).last_seen, LastSeen::Off);
    everything_holds(&site);
}

#[test]
fn a_terminal_that_has_a_place_for_its_note_and_cannot_write_there_says_so() {
    // Broken by: no word where the place is not there, or holds what is no note; a word where all is well, where notes are
    // off, or before a password of one's own is set.
    let terminal = Remembering::found();
    let warned = |welcome: &Welcome| welcome.warnings.iter().any(|name| name == "notes_not_kept");
    let welcomed = || {
        let (desk, welcome) = terminal.log_in();
        desk.close().unwrap();
        warned(&welcome)
    };
    assert!(!welcomed());
    let off = terminal.site.log_in("admin");
    off.close().unwrap();
    let away = terminal.notes.with_extension("away");
    std::fs::rename(&terminal.notes, &away).unwrap();
    assert!(welcomed(), "the place is gone");
    // A file in its place; a folder where the note should be.
    std::fs::write(&terminal.notes, "x").unwrap();
    assert!(welcomed());
    std::fs::remove_file(&terminal.notes).unwrap();
    std::fs::rename(&away, &terminal.notes).unwrap();
    assert!(!welcomed());
    let note = terminal.note_file();
    std::fs::remove_file(&note).unwrap();
    std::fs::create_dir(&note).unwrap();
    assert!(welcomed());
    let said = daicho::desk::say_warning("notes_not_kept", Lang::Ja);
    assert!(said.contains("書けません"), "{said}");
    everything_holds(&terminal.site);
}
