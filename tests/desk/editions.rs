//! An edition of the rules coming into force on a real vault: tried on a copy, adopted with a way back.

use super::people::order;
use super::site::{PASSWORD, everything_holds};
use crate::fixtures::{bytes_in, of_format};
use daicho::desk::{Checker, Failure, Lang, check, rehearse, say_warning};
use daicho::domain::{Code, Edition};
use serde_json::json;
use std::path::{Path, PathBuf};

/// The format of the vault in a folder.
fn format_of(dir: &Path) -> String {
    let mark = std::fs::read_to_string(dir.join("FORMAT")).unwrap();
    mark.trim().rsplit(' ').next().unwrap().to_owned()
}

fn beside(dir: &Path, ending: &str) -> PathBuf {
    PathBuf::from(format!("{}{ending}", dir.display()))
}

fn adopt(edition: u32) -> daicho::desk::Instruction {
    order(json!({"command": "adopt_edition", "edition": edition}))
}

#[test]
fn a_vault_of_the_release_before_goes_on_under_its_own_edition_until_it_is_asked() {
    let site = of_format(2);
    let (desk, welcome) =
        daicho::desk::Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    assert_eq!(desk.edition().unwrap(), Edition::One);
    assert!(welcome.warnings.contains(&"edition_waits/3".to_owned()), "{:?}", welcome.warnings);
    assert!(say_warning("edition_waits/3", Lang::Ja).contains("第3版"));
    desk.close().unwrap();
    assert_eq!(format_of(&site.dir()), "2");
    // Whoever may not adopt it is not asked.
    let (desk, welcome) =
        daicho::desk::Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).unwrap();
    assert!(welcome.warnings.iter().all(|name| !name.starts_with("edition_waits")), "{:?}", welcome.warnings);
    desk.close().unwrap();
    everything_holds(&site);
}

#[test]
fn adopted_the_vault_has_a_copy_of_before_beside_it_and_the_format_that_the_release_before_refuses() {
    let site = of_format(2);
    let copy = beside(&site.dir(), ".format-2");
    let mut desk = site.log_in("guard");
    assert!(matches!(desk.execute(adopt(3)), Err(Failure::Denied(..))));
    assert!(!copy.exists(), "nothing is copied for somebody who may not");
    desk.close().unwrap();
    let mut desk = site.log_in("admin");
    let refused = desk.execute(adopt(9999));
    assert!(matches!(refused, Err(Failure::Rejected(no, _)) if no.code == Code::EditionUnknown));
    assert!(!copy.exists() && format_of(&site.dir()) == "2");
    let last = desk.last_entry().0;
    let receipt = desk.execute(adopt(3)).unwrap();
    assert_eq!((desk.edition().unwrap(), receipt.seq), (Edition::Three, last + 1));
    desk.close().unwrap();
    assert_eq!((format_of(&site.dir()), format_of(&copy)), ("4".to_owned(), "2".to_owned()));
    let checked = check(&copy, &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
    assert_eq!((checked.findings, checked.entries), (Vec::new(), last));
    everything_holds(&site);
    let (desk, welcome) =
        daicho::desk::Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    assert!(welcome.warnings.iter().all(|name| !name.starts_with("edition_waits")), "{:?}", welcome.warnings);
    desk.close().unwrap();
}

#[test]
fn power_cut_between_the_entry_and_the_format_is_ended_by_the_next_login() {
    let site = of_format(2);
    let mut desk = site.log_in("admin");
    desk.execute(adopt(3)).unwrap();
    desk.close().unwrap();
    std::fs::write(site.dir().join("FORMAT"), "daicho-vault 2\n").unwrap();
    site.log_in("guard").close().unwrap();
    assert_eq!(format_of(&site.dir()), "4");
    everything_holds(&site);
}

#[test]
fn a_rehearsal_says_what_would_come_of_it_and_leaves_nothing_behind() {
    let site = of_format(2);
    let place = beside(&site.dir(), ".rehearsal");
    let before = bytes_in(&site.dir());
    let tried =
        rehearse(&site.dir(), &place, ("admin", PASSWORD), &site.terminal(), &mut |_, _, _| {}).unwrap();
    assert_eq!((tried.from, tried.to), (Edition::One, Edition::NEWEST));
    assert_eq!(tried.findings, []);
    assert!(tried.entries > 40 && tried.bytes > 10_000, "{tried:?}");
    assert_eq!(bytes_in(&site.dir()), before, "the vault is as it was");
    assert_eq!(bytes_in(&place), [], "and nothing of the copy is left");
    // Whoever may not adopt it learns that, and leaves nothing behind either.
    let refused = rehearse(&site.dir(), &place, ("guard", PASSWORD), &site.terminal(), &mut |_, _, _| {});
    assert!(matches!(refused.err(), Some(Failure::Denied(..))) || !place.join("FORMAT").exists());
    assert_eq!((bytes_in(&place), bytes_in(&site.dir())), (Vec::new(), before));
}

#[test]
fn a_restored_copy_has_the_format_of_its_rules() {
    let site = of_format(2);
    for (adopted, format) in [(false, "2"), (true, "4")] {
        let mut desk = site.log_in("admin");
        if adopted {
            desk.execute(adopt(3)).unwrap();
        }
        let to = beside(&site.dir(), ".copy");
        let reason = "試験";
        let line = json!({"command": "back_up", "to": to.display().to_string(), "medium": "USB-1", "reason": reason});
        desk.execute(order(line)).unwrap();
        desk.close().unwrap();
        assert_eq!(format_of(&to), format);
        let into = beside(&site.dir(), &format!(".restored-{format}"));
        let who = Checker::User("admin", PASSWORD);
        daicho::desk::restore(&to, &into, &who, &site.terminal(), &mut |_, _, _| {}).unwrap();
        assert_eq!(format_of(&into), format);
        let checked = check(&into, &who, &mut |_, _, _| {}).unwrap();
        assert_eq!(checked.findings, []);
    }
}

#[test]
fn registers_that_an_opening_made_anew_are_kept_by_its_session() {
    let site = of_format(2);
    let base = || daicho::vault::inspect(&daicho::vault::RealDisk::new(site.dir())).unwrap().base;
    let before = base();
    site.log_in("guard").close().unwrap();
    let kept = base();
    assert!(kept > before, "a checkpoint came about");
    site.log_in("guard").close().unwrap();
    assert_eq!(base(), kept, "once");
    everything_holds(&site);
}
