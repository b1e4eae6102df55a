//! Logging in: what failing costs, whom it locks, and what stands of it in the log.

use super::people::Cast;
use super::site::{PASSWORD, Site, at, everything_holds};
use chrono::TimeDelta;
use daicho::desk::{Clock, Desk, Failure, Lang, NotOpened};
use daicho::vault::{Pace, RealDisk, read_attempts, record_attempt};
use serde_json::json;

fn answer(site: &Site, user: &str, password: &str) -> Result<(), Failure> {
    Desk::log_in(&site.dir(), user, password, site.terminal()).map(|(desk, _)| desk.close().unwrap())
}

fn credentials() -> Result<(), Failure> {
    Err(NotOpened::Credentials.into())
}

/// Sits out what the login asks for, and says how long it was.
fn sit_out(site: &Site, user: &str) -> u64 {
    match answer(site, user, "wrong") {
        Err(Failure::NotOpened(NotOpened::Wait(seconds))) => {
            site.clock.set(site.clock.now() + TimeDelta::seconds(seconds as i64));
            seconds
        }
        other => {
            assert_eq!(other, credentials());
            0
        }
    }
}

/// Fails so many times; how long each try had to wait.
fn fail(site: &Site, user: &str, times: usize) -> Vec<u64> {
    let mut waits = Vec::new();
    for _ in 0..times {
        let waited = sit_out(site, user);
        if waited > 0 {
            assert_eq!(answer(site, user, "wrong"), credentials());
        }
        waits.push(waited);
    }
    waits
}

fn staffed() -> Site {
    let site = Site::found();
    Cast::gather(&site).close();
    site
}

#[test]
fn failures_slow_the_next_login_down_as_the_profile_says_and_lock_it_until_an_administrator_resets() {
    let site = staffed();
    assert_eq!(fail(&site, "guard", 10), [0, 0, 0, 5, 10, 20, 40, 80, 160, 300]);
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    // Locked, and no answer says so.
    assert_eq!(answer(&site, "guard", PASSWORD), credentials());
    assert_eq!(answer(&site, "guard2", PASSWORD), Ok(()), "others are not concerned");
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    assert_eq!(answer(&site, "guard", PASSWORD), credentials(), "another's login does not unlock");
    let mut desk = site.log_in("admin");
    let lines = desk.log(None, Some("failed_logins_reported"), 10, Lang::En).unwrap();
    let said: Vec<String> = lines.iter().map(|line| format!("{:?}", line.says)).collect();
    assert_eq!(said.len(), 2, "{said:?}");
    assert!(said[1].contains("guard 11") && said[0].contains("guard 1"), "{said:?}");
    let reset = super::people::order(json!({"command": "reset_password", "user": "guard"}));
    let temporary = desk.execute(reset).unwrap().temporary_password.unwrap();
    desk.close().unwrap();
    assert_eq!(answer(&site, "guard", PASSWORD), credentials(), "the old password is gone");
    let (mut desk, welcome) = Desk::log_in(&site.dir(), "guard", &temporary, site.terminal()).unwrap();
    assert!(welcome.provisional);
    desk.set_password(&temporary, "Kikyou-2027-tue").unwrap();
    desk.close().unwrap();
    assert_eq!(answer(&site, "guard", "Kikyou-2027-tue"), Ok(()));
    everything_holds(&site);
}

#[test]
fn a_suspended_user_gets_the_answer_of_a_wrong_password_and_resuming_counts_from_zero() {
    let site = staffed();
    fail(&site, "guard", 9);
    let mut desk = site.log_in("admin");
    let give = |desk: &mut Desk, line| desk.execute(super::people::order(line)).unwrap();
    give(&mut desk, json!({"command": "suspend_user", "user": "guard", "reason": "休職"}));
    desk.close().unwrap();
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    for password in [PASSWORD, "wrong"] {
        assert_eq!(answer(&site, "guard", password), credentials());
    }
    let mut desk = site.log_in("admin");
    give(&mut desk, json!({"command": "resume_user", "user": "guard"}));
    desk.close().unwrap();
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    assert_eq!(answer(&site, "guard", PASSWORD), Ok(()));
    everything_holds(&site);
}

#[test]
fn the_last_administrator_is_slowed_and_never_locked_out() {
    let site = staffed();
    let waits = fail(&site, "admin", 14);
    assert_eq!(waits[13], 300);
    site.clock.set(site.clock.now() + TimeDelta::minutes(6));
    assert_eq!(answer(&site, "admin", PASSWORD), Ok(()));
    // With a second one, each of them may be locked; with both of them failed out, neither is.
    let mut desk = site.log_in("admin");
    let person = json!({"command": "register_person", "name": "次席 二郎", "kana": "ジセキ ジロウ"});
    let person = desk.execute(super::people::order(person)).unwrap().id.unwrap();
    desk.execute(super::people::order(super::people::carried_over("admin", person))).unwrap();
    let issue = json!({"command": "issue_user", "user": "admin2", "person": person});
    let temporary = desk.execute(super::people::order(issue)).unwrap().temporary_password.unwrap();
    desk.close().unwrap();
    let (mut desk, _) = Desk::log_in(&site.dir(), "admin2", &temporary, site.terminal()).unwrap();
    desk.set_password(&temporary, PASSWORD).unwrap();
    desk.close().unwrap();
    fail(&site, "admin2", 10);
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    assert_eq!(answer(&site, "admin2", PASSWORD), credentials(), "the other one could reset it");
    fail(&site, "admin", 10);
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    assert_eq!(answer(&site, "admin2", PASSWORD), Ok(()), "nobody else is left");
    everything_holds(&site);
}

#[test]
fn typing_ids_that_do_not_exist_neither_crowds_a_count_out_nor_fills_the_vault() {
    let site = staffed();
    fail(&site, "guard", 10);
    let disk = RealDisk::new(site.dir());
    for n in 0..400 {
        record_attempt(&disk, "2026-11-20T09:10:00+09:00", &format!("a{n}")).unwrap();
    }
    site.log_in("admin").close().unwrap();
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    assert_eq!(answer(&site, "guard", PASSWORD), credentials(), "still locked");
    everything_holds(&site);
}

#[test]
fn the_pace_stands_beside_the_vault_after_a_login_and_a_spoiled_one_falls_back() {
    let site = staffed();
    let disk = RealDisk::new(site.dir());
    let wanted = Pace::new(3, 5, 300);
    assert_eq!(read_attempts(&disk).unwrap().pace, wanted);
    record_attempt(&disk, "2026-11-20T09:00:00+09:00", "guard").unwrap();
    assert_eq!(read_attempts(&disk).unwrap().pace, wanted, "an attempt keeps the line");
    let file = site.dir().join("attempts");
    let three = "2026-11-20T09:00:00+09:00\tguard\n".repeat(3);
    for spoiled in
        ["", "pace\t3 5\n", "pace\t0 0 0\n", "pace\t3 5 99999999\n", "pace\t+3 5 300\n", "pace\t\u{0}\n"]
    {
        std::fs::write(&file, format!("{spoiled}{three}")).unwrap();
        assert_eq!(read_attempts(&disk).unwrap().pace, None, "{spoiled:?}");
        let wait = Err(NotOpened::Wait(1).into());
        assert_eq!(answer(&site, "guard", PASSWORD), wait, "the mildest rule, {spoiled:?}");
    }
    // A line in the middle is somebody's addition; a time nobody can wait for is none.
    std::fs::write(&file, format!("{three}pace\t100 1 1\n")).unwrap();
    assert_eq!(answer(&site, "guard", PASSWORD), Err(NotOpened::Wait(1).into()));
    std::fs::write(&file, "9999-12-31T23:59:59+00:00\tguard\n".repeat(9)).unwrap();
    assert_eq!(answer(&site, "guard", PASSWORD), Err(NotOpened::Wait(60).into()));
    site.clock.set(at("2026-11-20T09:30:00+09:00"));
    assert_eq!(answer(&site, "admin", PASSWORD), Ok(()));
    assert_eq!(read_attempts(&disk).unwrap().pace, wanted, "a good login puts it right");
    everything_holds(&site);
}

#[test]
fn a_failed_change_of_shift_counts_waits_and_locks_like_a_login() {
    let site = staffed();
    let mut desk = site.log_in("guard");
    let mut tried = 0;
    for _ in 0..64 {
        match desk.seat_of("guard2", "wrong").err() {
            Some(Failure::NotOpened(NotOpened::Wait(seconds))) => {
                site.clock.set(site.clock.now() + TimeDelta::seconds(seconds as i64));
            }
            Some(Failure::NotOpened(NotOpened::Credentials)) => tried += 1,
            other => panic!("{other:?}"),
        }
        if tried == 10 {
            break;
        }
    }
    site.clock.set(site.clock.now() + TimeDelta::hours(1));
    let locked = desk.seat_of("guard2", PASSWORD).err();
    assert_eq!(locked, Some(NotOpened::Credentials.into()));
    let next = desk.seat_of("operator", PASSWORD).unwrap();
    let before = desk.last_entry().0;
    desk.sit(&next);
    assert!(desk.last_entry().0 > before, "what failed is an entry of whoever sits down next");
    assert_eq!(read_attempts(&RealDisk::new(site.dir())).unwrap().list.len(), 0);
    desk.close().unwrap();
    everything_holds(&site);
}
