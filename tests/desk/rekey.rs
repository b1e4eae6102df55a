//! A new identity for the vault, the removal of a user, and the recovery sheet: who opens what afterwards.

use super::people::{Cast, order};
use super::site::{PASSWORD, Site, everything_holds};
use age::secrecy::SecretString;
use daicho::desk::{Checker, Desk, Failure, Lang, Lookup, NotOpened, Receipt, check};
use daicho::domain::{Command, Id, RekeyVault, Row};
use daicho::vault::{
    DEFAULT_CACHE, Disk, Mode, RealDisk, UserIdentity, VAULT_KEY, Vault, VaultIdentity, WorkFactor,
};
use daicho::vault::{open_user, open_vault_key, read_key_file, verify};
use serde_json::json;
use std::sync::Arc;

const NEW: &str = "Kikyou-2027-tue";

fn identity(site: &Site, user: &str) -> UserIdentity {
    let secret = SecretString::from(PASSWORD);
    open_user(&RealDisk::new(site.dir()), user, &secret, WorkFactor::MAX, WorkFactor::DEMO).unwrap()
}

fn vault_of(site: &Site, identity: &UserIdentity) -> Result<VaultIdentity, String> {
    let sealed = read_key_file(&RealDisk::new(site.dir()), VAULT_KEY).unwrap().unwrap();
    open_vault_key(&sealed, identity).map_err(|error| error.name().to_owned())
}

/// A site with the users of the tests.
fn gathered() -> Site {
    let site = Site::found();
    Cast::gather(&site).close();
    site
}

fn rekey(desk: &mut Desk) -> Result<u64, Failure> {
    desk.execute(order(json!({"command": "rekey_vault", "reason": "控えを紛失"}))).map(|receipt| receipt.seq)
}

fn by_sheet(site: &Site, sheet: &str) -> Result<String, Failure> {
    check(&site.dir(), &Checker::Recovery(sheet), &mut |_, _, _| {}).map(|checked| checked.root)
}

#[test]
fn a_change_of_keys_waits_for_a_checkpoint_that_runs() {
    let site = gathered();
    let mut desk = site.log_in("admin");
    // As many frames as make one due: it is begun now, and taken over when the desk looks after it again.
    for n in 0..1001 {
        desk.keep_draft("register_company", &[("name".to_owned(), n.to_string())]).unwrap();
    }
    desk.idle();
    rekey(&mut desk).unwrap();
    assert!(!desk.rekeying_is_unfinished());
    desk.close().unwrap();
    everything_holds(&site);
}

/// Shows J-1-1-4 a.
#[test]
fn j_1_1_4_after_a_change_of_keys_everybody_opens_and_nothing_is_left_under_the_old_one() {
    // Broken by: a change that makes no new key; one that leaves the old one beside it.
    let site = gathered();
    let before = vault_of(&site, &identity(&site, "guard")).unwrap();
    let old = site.copy();
    let mut desk = site.log_in("admin");
    let seq = rekey(&mut desk).unwrap();
    assert!(!desk.rekeying_is_unfinished());
    // The session goes on, and what it writes is under the new key.
    desk.execute(order(json!({"command": "confirm_clock"}))).unwrap_err();
    desk.close().unwrap();
    let after = vault_of(&site, &identity(&site, "guard")).unwrap();
    assert_eq!(after.count(), 1);
    assert!(!after.is(&before));
    let with = |identity| verify(&RealDisk::new(site.dir()), identity, &mut |_| {}).findings;
    assert_eq!(with(&after), []);
    assert!(!with(&before).is_empty(), "the old key opens nothing here");
    for user in ["guard", "operator", "admin"] {
        site.log_in(user).close().unwrap();
    }
    everything_holds(&site);
    let desk = site.log_in("admin");
    let line = desk.log(None, Some("vault_rekeyed"), 9, Lang::Ja).unwrap();
    assert_eq!((line.len(), line[0].seq), (1, seq));
    desk.close().unwrap();
    // Whoever kept the key files of before and knows a password of before opens nothing written since.
    let mut desk = site.log_in("guard");
    desk.set_password(PASSWORD, NEW).unwrap();
    desk.close().unwrap();
    assert!(Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).is_err());
    Desk::log_in(&site.dir(), "guard", NEW, site.terminal()).unwrap().0.close().unwrap();
    let with_old_keys = old_keys(&site, &old);
    for user in ["guard", "operator", "admin"] {
        let opened = Desk::log_in(&with_old_keys.dir(), user, PASSWORD, with_old_keys.terminal());
        assert!(opened.is_err(), "{user}");
    }
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(with_old_keys.dir()));
    assert!(Vault::open(&disk, before, Mode::Read, DEFAULT_CACHE).is_err());
}

/// The vault as it stands, with the key files that somebody kept from before.
fn old_keys(site: &Site, old: &Site) -> Site {
    let mixed = site.copy();
    std::fs::remove_dir_all(mixed.dir().join("keys")).unwrap();
    std::fs::create_dir(mixed.dir().join("keys")).unwrap();
    for entry in std::fs::read_dir(old.dir().join("keys")).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), mixed.dir().join("keys").join(entry.file_name())).unwrap();
    }
    mixed
}

#[test]
fn a_new_key_needs_a_reason_and_the_role_and_a_refusal_changes_no_key() {
    let site = gathered();
    let before = vault_of(&site, &identity(&site, "admin")).unwrap();
    let mut desk = site.log_in("admin");
    let refused = desk.execute(Command::from(RekeyVault::default()).into());
    assert!(matches!(refused, Err(Failure::Rejected(_, Some(_)))), "{refused:?}");
    desk.close().unwrap();
    let mut desk = site.log_in("guard");
    assert!(matches!(rekey(&mut desk), Err(Failure::Denied(_, Some(_)))));
    desk.close().unwrap();
    assert!(vault_of(&site, &identity(&site, "admin")).unwrap().is(&before));
    everything_holds(&site);
}

#[test]
fn a_retry_with_the_same_request_id_is_no_second_key() {
    let site = gathered();
    let mut again = order(json!({"command": "rekey_vault", "reason": "控えを紛失"}));
    again.request = Some("r-1".to_owned());
    let mut desk = site.log_in("admin");
    let first = desk.execute(again.clone()).unwrap();
    let key = vault_of(&site, &identity(&site, "admin")).unwrap();
    assert_eq!(desk.execute(again).unwrap(), Receipt { repeated: true, ..first });
    desk.close().unwrap();
    assert!(vault_of(&site, &identity(&site, "admin")).unwrap().is(&key));
}

#[test]
fn what_keeps_the_vault_stands_alone() {
    let site = gathered();
    let mut desk = site.log_in("admin");
    let end = desk.last_entry();
    let line = || order(json!({"command": "rekey_vault", "reason": "控えを紛失"}));
    let person = || order(json!({"command": "register_person", "name": "一人", "kana": "ヒトリ"}));
    let (at, failure) = desk.execute_all_or_nothing(vec![person(), line()]).unwrap_err();
    assert_eq!(at, 1);
    assert!(matches!(failure, Failure::Malformed(problems) if problems[0].name == "stands_alone"));
    assert_eq!(desk.last_entry(), end, "nothing of the run was recorded");
    // In a group it is carried out all the same, each on its own.
    let answers = desk.execute_group(vec![person(), line(), person()]);
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    desk.close().unwrap();
    everything_holds(&site);
}

#[test]
fn a_removed_user_opens_old_copies_only_and_does_not_come_back() {
    let site = gathered();
    let guard = identity(&site, "guard");
    let copy = site.copy();
    let mut desk = site.log_in("admin");
    let remove = json!({"command": "remove_user", "user": "guard", "reason": "退職"});
    let receipt = desk.execute(order(remove.clone())).unwrap();
    let Some(Row::User(row)) = desk.row(receipt.id.unwrap()) else { panic!() };
    assert_eq!(row.state.name(), "removed");
    for command in ["reset_password", "resume_user", "suspend_user", "remove_user"] {
        let mut line = json!({"command": command, "user": "guard"});
        if command != "reset_password" {
            line["reason"] = json!("戻す");
        }
        assert!(matches!(desk.execute(order(line)), Err(Failure::Rejected(..))), "{command}");
    }
    desk.close().unwrap();
    let wrong = Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).err();
    assert_eq!(wrong, Some(Failure::NotOpened(NotOpened::Credentials)));
    assert_eq!(vault_of(&site, &guard).unwrap_err(), "vault_wrong_key");
    assert!(!site.dir().join("keys/guard.age").exists());
    let old = vault_of(&copy, &guard).unwrap();
    assert!(!verify(&RealDisk::new(site.dir()), &old, &mut |_| {}).findings.is_empty());
    // The copy made before still opens: nobody can change that, and the operation says so.
    Desk::log_in(&copy.dir(), "guard", PASSWORD, copy.terminal()).unwrap().0.close().unwrap();
    everything_holds(&site);
}

#[test]
fn nobody_removes_themselves_or_the_last_who_lets_others_in() {
    let site = gathered();
    let mut desk = site.log_in("admin");
    let own = json!({"command": "remove_user", "user": "admin", "reason": "退職"});
    assert!(
        matches!(desk.execute(order(own)), Err(Failure::Rejected(no, _)) if no.code.name() == "own_matter")
    );
    let unknown = json!({"command": "remove_user", "user": "nobody", "reason": "退職"});
    assert!(matches!(desk.execute(order(unknown)), Err(Failure::Rejected(..))));
    desk.close().unwrap();
    everything_holds(&site);
}

/// Shows J-1-1-4 b, c.
#[test]
fn j_1_1_4_every_use_of_the_recovery_sheet_is_an_entry_said_at_every_login_until_it_is_replaced() {
    // Broken by: a sheet that opens nothing; a use without its entry; a sheet that stays good once replaced; one whose
    // replacement makes no new key of the vault.
    let mut site = gathered();
    let kept = site.copy();
    let old = site.sheet.clone();
    let (mut desk, welcome) = Desk::use_sheet(&site.dir(), &old, "admin", NEW, site.terminal()).unwrap();
    assert_eq!(welcome.warnings, ["sheet_used"]);
    assert_eq!(desk.user(), "admin");
    // Broken off here, everything opens: the new password and the sheet; not the password before.
    let log = desk.log(None, Some("sheet_used"), 9, Lang::Ja).unwrap();
    assert_eq!(log.len(), 1);
    let sheet = desk.new_sheet().unwrap();
    let new = sheet.groups().join("-");
    assert!(sheet.is(&new).unwrap() && !sheet.is(&old).unwrap());
    desk.close().unwrap();
    assert!(Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).is_err());
    let (mut desk, welcome) = Desk::log_in(&site.dir(), "admin", NEW, site.terminal()).unwrap();
    assert_eq!(welcome.warnings, ["sheet_used"]);
    by_sheet(&site, &old).unwrap();
    assert_eq!(by_sheet(&site, &new).err(), Some(Failure::NotOpened(NotOpened::Sheet)));
    let sheet = desk.new_sheet().unwrap();
    site.sheet = sheet.groups().join("-");
    desk.replace_sheet(&sheet).unwrap();
    assert!(desk.is_recovery_sheet(&site.sheet).unwrap() && !desk.is_recovery_sheet(&old).unwrap());
    desk.close().unwrap();
    let (desk, welcome) = Desk::log_in(&site.dir(), "admin", NEW, site.terminal()).unwrap();
    assert_eq!(welcome.warnings, ["sheet_unseen"], "nobody has said where the new one lies");
    desk.close().unwrap();
    let root = by_sheet(&site, &site.sheet).unwrap();
    assert!(!root.is_empty());
    let refused = Desk::use_sheet(&site.dir(), &old, "admin", NEW, site.terminal()).err();
    assert_eq!(refused, Some(Failure::NotOpened(NotOpened::Sheet)));
    // Nor with the key files of when it was good.
    let with_old_keys = old_keys(&site, &kept);
    let by_old = check(&with_old_keys.dir(), &Checker::Recovery(&old), &mut |_, _, _| {}).unwrap();
    assert_eq!((by_old.entries, by_old.findings.is_empty()), (0, false), "{:?}", by_old.findings);
    assert!(Desk::use_sheet(&with_old_keys.dir(), &old, "admin", NEW, with_old_keys.terminal()).is_err());
    // One that was lost and never used is replaced alike.
    let lost = site.sheet.clone();
    let (mut desk, _) = Desk::log_in(&site.dir(), "admin", NEW, site.terminal()).unwrap();
    let sheet = desk.new_sheet().unwrap();
    site.sheet = sheet.groups().join("-");
    desk.replace_sheet(&sheet).unwrap();
    desk.close().unwrap();
    assert_eq!(by_sheet(&site, &lost).err(), Some(Failure::NotOpened(NotOpened::Sheet)));
    by_sheet(&site, &site.sheet).unwrap();
    let checked = check(&site.dir(), &Checker::User("admin", NEW), &mut |_, _, _| {}).unwrap();
    assert_eq!(checked.findings, []);
}

#[test]
fn the_sheet_lets_in_a_suspended_administrator_and_nobody_else() {
    let site = gathered();
    for user in ["guard", "nobody"] {
        let refused = Desk::use_sheet(&site.dir(), &site.sheet, user, NEW, site.terminal()).err();
        assert!(matches!(refused, Some(Failure::Rejected(_, Some(_)))), "{user}: {refused:?}");
    }
    let weak = Desk::use_sheet(&site.dir(), &site.sheet, "admin", "abc", site.terminal()).err();
    assert!(matches!(weak, Some(Failure::Malformed(_))), "{weak:?}");
    let mistyped = site.sheet.replacen(|c: char| c.is_ascii_digit(), "x", 1);
    let wrong = Desk::use_sheet(&site.dir(), &mistyped, "admin", NEW, site.terminal()).err();
    assert!(matches!(wrong, Some(Failure::Malformed(_))), "{wrong:?}");
    let ids = ["../x", "", "vault"];
    for id in ids {
        let refused = Desk::use_sheet(&site.dir(), &site.sheet, id, NEW, site.terminal()).err();
        assert!(matches!(refused, Some(Failure::Malformed(_))), "{id}: {refused:?}");
    }
}

#[test]
fn a_failed_login_count_ends_with_the_use_of_the_sheet() {
    let site = gathered();
    for n in 0..12 {
        site.clock.set(super::site::at(&format!("2026-11-20T{:02}:00:00+09:00", 10 + n)));
        assert!(Desk::log_in(&site.dir(), "admin", "wrong", site.terminal()).is_err());
    }
    site.clock.set(super::site::at("2026-11-21T23:00:00+09:00"));
    let (desk, _) = Desk::use_sheet(&site.dir(), &site.sheet, "admin", NEW, site.terminal()).unwrap();
    desk.close().unwrap();
    let (desk, _) = Desk::log_in(&site.dir(), "admin", NEW, site.terminal()).unwrap();
    assert_eq!(desk.log(None, Some("failed_logins_reported"), 9, Lang::Ja).unwrap().len(), 1);
    assert!(matches!(desk.row(Id::SITE), Some(Row::Site(row)) if row.sheet_used.is_some()));
    desk.close().unwrap();
}
