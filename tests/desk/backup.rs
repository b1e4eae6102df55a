//! Copies and what is made from them: made in a session and beside one, refused where they would do harm, told to
//! the log, and restored into a new epoch.

use super::people::{Cast, name_of, order};
use super::site::{PASSWORD, Site, at, everything_holds};
use age::secrecy::SecretString;
use daicho::desk::{
    Checked, Checker, Desk, Failure, NoCopy, NotOpened, Restored, back_up_beside, check, restore, say_warning,
};
use daicho::desk::{Lang, Lookup};
use daicho::domain::{BackUp, Command, Id, Row};
use daicho::store::{LoggedEvent, Store};
use daicho::vault::{
    Disk, Mode, RealDisk, VAULT_KEY, Vault, WorkFactor, open_user, open_vault_key, read_key_file,
};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

fn place(site: &Site, name: &str) -> PathBuf {
    site.dir().parent().unwrap().join(name)
}

fn not_empty(dir: &Path) -> Failure {
    NotOpened::NotEmpty(named(dir).into()).into()
}

fn inside(dir: &Path) -> Failure {
    NotOpened::InsideVault(named(dir)).into()
}

/// As messages name a folder, which need not be there.
fn named(dir: &Path) -> String {
    let above = dir.parent().unwrap().canonicalize().unwrap();
    above.join(dir.file_name().unwrap()).display().to_string()
}

fn asked(to: &Path, reason: &str) -> BackUp {
    BackUp {
        to: to.to_str().unwrap().to_owned(),
        medium: "USB-3".to_owned(),
        reason: reason.to_owned(),
        ..BackUp::default()
    }
}

/// A copy on the same disk, which is what a test has.
fn back_up(desk: &mut Desk, to: &Path) -> Result<BackUp, Failure> {
    let mut told = 0;
    let made = desk.back_up(Command::from(asked(to, "試験のため")).into(), &mut |_, _| told += 1);
    assert!(made.is_err() || told > 0, "progress is told");
    made.map(|(_, done)| done)
}

fn person(name: &str) -> Value {
    json!({"command": "register_person", "name": name, "kana": "ヤマダ"})
}

fn checked(dir: &Path) -> Checked {
    check(dir, &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap()
}

fn sound(dir: &Path) -> Checked {
    let checked = checked(dir);
    assert_eq!(checked.findings, []);
    checked
}

fn restored(from: &Path, dir: &Path, site: &Site) -> Result<Restored, Failure> {
    restore(from, dir, &Checker::User("admin", PASSWORD), &site.terminal(), &mut |_, _, _| {})
}

/// Every entry of a vault, oldest first, read beside whoever has it open.
pub fn entries(dir: &Path) -> Vec<LoggedEvent> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir));
    let (most, secret) = (WorkFactor::MAX, SecretString::from(PASSWORD));
    let identity = open_user(&*disk, "admin", &secret, most, most).unwrap();
    let sealed = read_key_file(&*disk, VAULT_KEY).unwrap().unwrap();
    let key = open_vault_key(&sealed, &identity).unwrap();
    let opened = Vault::open(&disk, key, Mode::Read, 1 << 20).unwrap();
    let store = Store::open(opened.backend, 1 << 20, opened.frames, &mut |_, _, _| {}).unwrap();
    let mut entries = store.read().unwrap().log(u64::MAX, None, 1_000_000).unwrap().entries;
    entries.reverse();
    entries
}

fn last_of(dir: &Path, kind: &str) -> Option<(u64, Command)> {
    let found = entries(dir).into_iter().rfind(|told| told.entry.head().kind == kind);
    found.map(|told| (told.meta.seq, told.event.command))
}

#[test]
fn i_3_9_a_copy_is_read_back_recorded_and_holds_everything_before_its_own_entry() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    desk.execute(order(person("山田太郎"))).unwrap();
    let to = place(&site, "copy");
    let before = desk.last_entry();
    let done = back_up(&mut desk, &to).unwrap();
    assert_eq!((done.last, &done.root), (before.0, &before.2));
    assert!(done.bytes > 0 && done.fresh > 0 && done.fresh <= done.bytes, "{done:?}");
    let copy = sound(&to);
    assert_eq!(copy.entries, before.0);
    let Some((seq, Command::BackUp(entry))) = last_of(&site.dir(), "backed_up") else {
        panic!("not recorded")
    };
    assert_eq!((seq, &entry), (before.0 + 1, &done));
    let Some(Row::Site(row)) = desk.row(Id::SITE) else { panic!("no site") };
    assert!(row.backup.is_some_and(|last| last.medium == "USB-3" && last.last == before.0));
    // What came since is the only thing that a second copy writes anew.
    desk.execute(order(person("川口花子"))).unwrap();
    let again = back_up(&mut desk, &to).unwrap();
    assert!(again.fresh < again.bytes && again.last == before.0 + 2, "{again:?}");
    assert_eq!(sound(&to).entries, before.0 + 2);
    desk.close().unwrap();
    everything_holds(&site);
}

#[test]
fn the_screens_own_command_makes_the_copy_and_a_retry_gets_the_first_receipt() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    let to = place(&site, "copy");
    let line =
        json!({"command": "back_up", "to": to, "medium": "USB-3", "reason": "試験のため", "request": "b-1"});
    let receipt = desk.execute(order(line.clone())).unwrap();
    assert_eq!(sound(&to).entries, receipt.seq - 1);
    desk.execute(order(person("山田太郎"))).unwrap();
    assert_eq!(desk.execute(order(line)).unwrap().seq, receipt.seq);
    assert_eq!(sound(&to).entries, receipt.seq - 1, "nothing was copied for it");
}

#[test]
fn the_vaults_own_device_needs_a_reason_and_another_none() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    let to = place(&site, "copy");
    let seq = desk.last_entry().0;
    let answer = desk.back_up(Command::from(asked(&to, "")).into(), &mut |_, _| {});
    assert_eq!(answer.err(), Some(NoCopy::SameDevice.into()));
    assert!(!to.exists() && desk.last_entry().0 == seq, "nothing was made, nothing recorded");
    let shm = Path::new("/dev/shm");
    use std::os::unix::fs::MetadataExt;
    let device = |path: &Path| path.metadata().map(|found| found.dev()).ok();
    if device(shm).is_none() || device(shm) == device(&site.dir()) {
        eprintln!("skipped: there is no second device here");
        return;
    }
    let other = tempfile::tempdir_in(shm).unwrap();
    let (_, done) =
        desk.back_up(Command::from(asked(&other.path().join("copy"), "")).into(), &mut |_, _| {}).unwrap();
    assert_eq!(done.reason, "");
    sound(&other.path().join("copy"));
}

#[test]
fn who_may_not_make_a_copy_is_refused_before_anything_is_made() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let to = place(&site, "copy");
    let line = json!({"command": "back_up", "to": to, "medium": "USB-3", "reason": "試験のため"});
    let refused = cast.sit("guard").execute(order(line)).unwrap_err();
    assert_eq!(name_of(&refused), "not_permitted");
    assert!(matches!(refused, Failure::Denied(_, Some(_))), "the refusal is an entry");
    assert!(!to.exists());
    cast.close();
    let desk = site.log_in("admin");
    let beside =
        back_up_beside(&site.dir(), "guard", PASSWORD, &asked(&to, "x"), &site.terminal(), &mut |_, _| {});
    assert!(matches!(beside, Err(Failure::Denied(_, None))), "{beside:?}");
    let wrong =
        back_up_beside(&site.dir(), "admin", "wrong", &asked(&to, "x"), &site.terminal(), &mut |_, _| {});
    assert_eq!(wrong, Err(NotOpened::Credentials.into()));
    assert!(!to.exists());
    drop(desk);
}

#[test]
fn places_that_would_do_harm_are_refused_and_the_session_goes_on() {
    let site = Site::found();
    let stranger = Site::found();
    let mut desk = site.log_in("admin");
    let older = site.copy();
    desk.execute(order(person("山田太郎"))).unwrap();
    let file = place(&site, "letter.txt");
    std::fs::write(&file, "mine").unwrap();
    let full = place(&site, "folder");
    std::fs::create_dir(&full).unwrap();
    std::fs::write(full.join("letter.txt"), "mine").unwrap();
    let theirs = place(&stranger, "copy");
    back_up(&mut stranger.log_in("admin"), &theirs).unwrap();
    let newer = place(&site, "newer");
    back_up(&mut desk, &newer).unwrap();
    let rotten = place(&site, "rotten");
    back_up(&mut desk, &rotten).unwrap();
    let journal = std::fs::read_dir(&rotten).unwrap().map(|entry| entry.unwrap().path());
    let journal = journal.into_iter().find(|path| path.to_string_lossy().contains("journal")).unwrap();
    let mut bytes = std::fs::read(&journal).unwrap();
    bytes[700] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let seq = desk.last_entry().0;
    let cases: [(PathBuf, &str); 7] = [
        (site.dir(), "backup_inside"),
        (site.dir().join("copy"), "backup_inside"),
        (place(&site, "nowhere").join("copy"), "backup_missing"),
        (file, "backup_occupied"),
        (full, "backup_occupied"),
        (theirs, "backup_other_key"),
        (rotten, "backup_damaged"),
    ];
    for (to, name) in cases {
        let Err(Failure::NoCopy(why)) = back_up(&mut desk, &to) else { panic!("{name}: made") };
        assert_eq!(why.name(), name, "{}", to.display());
    }
    let Err(Failure::NoCopy(why)) = back_up(&mut desk, &stranger.dir()) else { panic!("made") };
    assert_eq!(why.name(), "backup_is_a_vault");
    assert_eq!(desk.last_entry().0, seq, "nothing was recorded");
    desk.execute(order(person("川口花子"))).unwrap();
    // The vault as it was before: the copy holds what it does not.
    let mut old = older.log_in("admin");
    let Err(Failure::NoCopy(NoCopy::Newer { theirs, ours })) = back_up(&mut old, &newer) else {
        panic!("made")
    };
    assert!(theirs.starts_with(&format!("#{}", seq - 2)) || theirs.starts_with('#'), "{theirs} {ours}");
    for n in 0..6 {
        old.execute(order(person(&format!("別の道 {n}")))).unwrap();
    }
    let forked = back_up(&mut old, &newer).unwrap_err();
    assert!(matches!(forked, Failure::NoCopy(NoCopy::Newer { .. })), "{forked:?}");
    assert!(sound(&newer).entries < seq);
}

#[test]
fn a_copy_beside_a_session_is_told_to_the_log_as_a_claim_by_the_next_keeper() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let to = place(&site, "copy");
    let terminal = site.terminal();
    let mut done = Vec::new();
    for n in 0..3 {
        cast.sit("admin").execute(order(person(&format!("来訪 {n}")))).unwrap();
        let seq = cast.desk.last_entry().0;
        let made =
            back_up_beside(&site.dir(), "admin", PASSWORD, &asked(&to, "試験"), &terminal, &mut |_, _| {})
                .unwrap();
        assert_eq!(made.last, seq);
        assert_eq!(sound(&to).entries, seq);
        done.push(made);
    }
    cast.close();
    assert!(
        {
            site.log_in("guard").close().unwrap();
            last_of(&site.dir(), "backed_up").is_none()
        },
        "a guard leaves it"
    );
    // What somebody else wrote there is told neither, nor does it keep anybody out.
    let claims = site.dir().join("claims");
    let mut text = std::fs::read_to_string(&claims).unwrap();
    text.push_str(
        "{\"to\":\"x\",\"medium\":\"y\",\"last\":999999,\"claimed_by\":\"admin\"}\n\u{202e}nonsense\n",
    );
    std::fs::write(&claims, text).unwrap();
    let desk = site.log_in("admin");
    let told: Vec<LoggedEvent> =
        entries(&site.dir()).into_iter().filter(|told| told.entry.head().kind == "backed_up").collect();
    assert_eq!(told.len(), 3);
    let Command::BackUp(last) = &told[2].event.command else { panic!("another kind") };
    assert_eq!((last.last, last.claimed_by.as_str()), (done[2].last, "admin"));
    assert!(last.made.is_some() && !claims.exists());
    drop(desk);
    everything_holds(&site);
}

#[test]
fn after_a_week_without_a_copy_a_keeper_is_told_and_nobody_else() {
    let site = Site::found();
    Cast::gather(&site).close();
    let welcome = |user: &str| Desk::log_in(&site.dir(), user, PASSWORD, site.terminal()).unwrap().1.warnings;
    let seen = json!({"command": "see_sheet", "place": "金庫"});
    site.log_in("admin").execute(order(seen)).unwrap();
    assert_eq!(welcome("admin"), Vec::<String>::new());
    site.clock.set(at("2026-11-28T09:00:00+09:00"));
    assert_eq!(welcome("admin"), ["backup_never"]);
    assert_eq!(welcome("guard"), Vec::<String>::new());
    back_up(&mut site.log_in("admin"), &place(&site, "copy")).unwrap();
    assert_eq!(welcome("admin"), Vec::<String>::new());
    site.clock.set(at("2026-12-08T10:00:00+09:00"));
    let told = welcome("admin");
    assert_eq!(told, ["backup_due/10/USB-3"]);
    assert!(
        say_warning(&told[0], Lang::Ja).contains("10日前")
            && say_warning(&told[0], Lang::En).contains("USB-3")
    );
}

#[test]
fn a_copy_is_not_worked_in() {
    let site = Site::found();
    let to = place(&site, "copy");
    back_up(&mut site.log_in("admin"), &to).unwrap();
    let answer = Desk::log_in(&to, "admin", PASSWORD, site.terminal()).err();
    assert_eq!(answer, Some(NotOpened::IsACopy.into()));
    sound(&to);
}

#[test]
fn a_restored_vault_begins_an_epoch_before_anything_else_and_says_so() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let to = place(&site, "copy");
    let made = back_up(cast.sit("admin"), &to).unwrap();
    cast.sit("admin").execute(order(person("写しのあと"))).unwrap();
    cast.close();
    std::fs::remove_dir_all(site.dir()).unwrap();
    let done = restored(&to, &site.dir(), &site).unwrap();
    assert_eq!((done.kept.0, &done.kept.2), (made.last, &made.root));
    assert_eq!(done.epoch_entry, made.last + 1);
    let found = sound(&site.dir());
    assert_eq!(found.entries, done.epoch_entry, "nothing but the epoch's beginning came behind the copy");
    let (desk, welcome) = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    assert_eq!(welcome.last_entry.0, done.epoch_entry);
    assert_eq!(welcome.warnings, [format!("epoch_begun/{}", made.last), "sheet_unseen".to_owned()]);
    assert!(desk.search(daicho::domain::Noun::Person, "写しのあと", 5).unwrap().is_empty());
    let all = entries(&site.dir());
    assert_eq!(
        all.last().map(|told| (told.entry.head().epoch, told.event.command.past())),
        Some((2, "logged_in"))
    );
    desk.close().unwrap();
    everything_holds(&site);
    // The copy was not touched, and goes on as the copy of the vault that it became.
    assert_eq!(sound(&to).entries, made.last);
    let again = back_up(&mut site.log_in("admin"), &to).unwrap();
    assert!(again.last > done.epoch_entry);
    assert_eq!(sound(&to).entries, again.last);
}

#[test]
fn a_restore_by_the_sheet_or_after_a_long_time_is_said_in_the_log() {
    let site = Site::found();
    let to = place(&site, "copy");
    let made = back_up(&mut site.log_in("admin"), &to).unwrap();
    site.clock.set(at("2027-03-01T09:00:00+09:00"));
    let dir = place(&site, "restored");
    restore(&to, &dir, &Checker::Recovery(&site.sheet), &site.terminal(), &mut |_, _, _| {}).unwrap();
    let desk = Desk::log_in(&dir, "admin", PASSWORD, site.terminal()).unwrap().0;
    let Some((seq, Command::BeginEpoch(epoch))) = last_of(&dir, "epoch_begun") else { panic!("no epoch") };
    assert_eq!((seq, epoch.kept), (made.last + 1, made.last));
    assert_eq!(last_of(&dir, "clock_jumped").map(|(seq, _)| seq), Some(made.last + 2));
    assert!(desk.clock_is_unconfirmed().unwrap());
    desk.close().unwrap();
    sound(&dir);
}

#[test]
fn a_restore_that_may_not_or_cannot_be_leaves_nothing() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let to = place(&site, "copy");
    back_up(cast.sit("admin"), &to).unwrap();
    cast.close();
    let dir = place(&site, "restored");
    let by = |user: &str, password: &str| {
        restore(&to, &dir, &Checker::User(user, password), &site.terminal(), &mut |_, _, _| {}).unwrap_err()
    };
    assert_eq!(by("admin", "wrong"), NotOpened::Credentials.into());
    assert!(matches!(by("guard", PASSWORD), Failure::Denied(..)));
    assert!(!dir.exists());
    std::fs::create_dir(&dir).unwrap();
    std::fs::write(dir.join("letter.txt"), "mine").unwrap();
    assert_eq!(by("admin", PASSWORD), not_empty(&dir));
    assert_eq!(restored(&to, &site.dir(), &site), Err(not_empty(&site.dir())), "over a vault never");
    assert_eq!(restored(&to, &to.join("x"), &site), Err(inside(&to)), "into a copy never");
    assert_eq!(restored(&to, &site.dir().join("x/y"), &site), Err(inside(&site.dir())));
    assert!(!to.join("x").exists() && !site.dir().join("x").exists());
    std::fs::remove_dir_all(&dir).unwrap();
    assert_eq!(restored(&dir, &place(&site, "x"), &site), Err(NotOpened::Missing(named(&dir).into()).into()));
    let base = std::fs::read_dir(&to).unwrap().map(|entry| entry.unwrap().path());
    for file in base.filter(|path| path.is_file()) {
        let bytes = std::fs::read(&file).unwrap();
        let mut wrong = bytes.clone();
        wrong[bytes.len().min(2000) / 2] ^= 1;
        std::fs::write(&file, wrong).unwrap();
        let answer = by("admin", PASSWORD);
        let damaged = matches!(answer, Failure::NoCopy(NoCopy::FromDamaged(_)))
            || matches!(answer, Failure::NotOpened(NotOpened::Newer(_)));
        assert!(damaged, "{}: {answer:?}", file.display());
        assert!(!dir.exists(), "{}", file.display());
        std::fs::write(&file, bytes).unwrap();
    }
    restored(&to, &dir, &site).unwrap();
}
