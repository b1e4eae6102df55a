//! The desk on a real folder: founding, logging in, executing, and what stays true after each step.

mod attachments;
pub mod backup;
mod compact;
mod concerns;
mod devices;
mod door_keys;
mod editions;
mod emergency_accounts;
pub mod flips;
mod keys;
mod last_seen;
pub mod led_back;
mod logins;
mod mark;
pub mod people;
mod proof;
mod recover;
mod rekey;
mod room;
mod sheet_seen;
pub mod site;
mod versions;

use daicho::desk::{Checker, Desk, Failure, Instruction, NotOpened, check};
use daicho::domain::{Command, RegisterPerson};
use site::{Site, everything_holds};

fn person(name: &str) -> Instruction {
    let command =
        RegisterPerson { name: name.to_owned(), kana: "ヤマダ".to_owned(), ..RegisterPerson::default() };
    Command::from(command).into()
}

#[test]
fn a_founded_site_opens_again_and_everything_holds() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    let receipt = desk.execute(person("山田太郎")).unwrap();
    assert!(receipt.seq > 1);
    desk.close().unwrap();
    everything_holds(&site);
    let desk = site.log_in("admin");
    assert!(desk.last_entry().0 > receipt.seq);
}

#[test]
fn a_wrong_password_an_unknown_id_and_a_suspended_one_get_the_same_answer() {
    let site = Site::found();
    site.log_in("admin").close().unwrap();
    for user in ["admin", "nobody", "ADMIN", "../admin", ""] {
        let answer = Desk::log_in(&site.dir(), user, "wrong", site.terminal()).err();
        assert_eq!(answer, Some(Failure::NotOpened(NotOpened::Credentials)), "{user}");
    }
}

#[test]
fn a_second_writer_is_told_who_holds_the_vault() {
    let site = Site::found();
    let _desk = site.log_in("admin");
    let answer = Desk::log_in(&site.dir(), "admin", site::PASSWORD, site.terminal()).err();
    let Some(Failure::NotOpened(NotOpened::InUse(who))) = answer else { panic!("{answer:?}") };
    assert_eq!(who.user, "admin");
}

#[test]
fn check_needs_no_lock() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    desk.execute(person("山田太郎")).unwrap();
    let checked = check(&site.dir(), &Checker::User("admin", site::PASSWORD), &mut |_, _, _| {}).unwrap();
    assert_eq!(checked.findings, []);
    assert_eq!(checked.entries, desk.last_entry().0);
}
