//! What the desk does when the device does not: writes and syncs that fail, once and from then on.

use super::people::{Cast, order};
use super::site::{PASSWORD, Site, at, everything_holds};
use daicho::desk::{
    Checker, Desk, Failure, Instruction, Lang, Last, Lookup, NotOpened, check, check_on, say_failure,
};
use daicho::domain::Row;
use daicho::vault::{Disk, Listed, LockGuard, LockRefused, ReadAt, RealDisk, WriteAt};
use serde_json::json;
use std::io;
use std::sync::{Arc, Mutex};

/// Which calls fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Call {
    Write,
    Sync,
}

#[derive(Debug, Default)]
struct Plan {
    /// Calls until one fails, by kind; once, or from then on.
    left: Option<(Call, usize, bool, io::ErrorKind)>,
    failed: usize,
}

/// A real folder whose n-th write or sync fails.
#[derive(Debug)]
struct Faulty {
    inner: RealDisk,
    plan: Arc<Mutex<Plan>>,
}

#[derive(Debug)]
struct FaultyFile {
    inner: Arc<dyn WriteAt>,
    /// Up to where the device has given room.
    room: Mutex<u64>,
    plan: Arc<Mutex<Plan>>,
}

fn meet(plan: &Mutex<Plan>, call: Call) -> io::Result<()> {
    let mut plan = plan.lock().unwrap();
    let Some((planned, left, for_ever, kind)) = plan.left else { return Ok(()) };
    if planned != call {
        return Ok(());
    }
    if left > 0 {
        plan.left = Some((planned, left - 1, for_ever, kind));
        return Ok(());
    }
    if !for_ever {
        plan.left = None;
    }
    plan.failed += 1;
    Err(io::Error::from(kind))
}

impl Faulty {
    fn new(site: &Site) -> Arc<Faulty> {
        Arc::new(Faulty { inner: RealDisk::new(site.dir()), plan: Arc::default() })
    }

    fn fail(&self, call: Call, after: usize, for_ever: bool, kind: io::ErrorKind) {
        *self.plan.lock().unwrap() = Plan { left: Some((call, after, for_ever, kind)), failed: 0 };
    }

    fn heal(&self) -> usize {
        std::mem::take(&mut *self.plan.lock().unwrap()).failed
    }

    fn file(&self, inner: Arc<dyn WriteAt>) -> Arc<dyn WriteAt> {
        let room = Mutex::new(inner.size().unwrap_or(0));
        Arc::new(FaultyFile { inner, room, plan: Arc::clone(&self.plan) })
    }
}

impl ReadAt for FaultyFile {
    fn read_at(&self, offset: u64, out: &mut [u8]) -> io::Result<usize> {
        self.inner.read_at(offset, out)
    }
    fn size(&self) -> io::Result<u64> {
        self.inner.size()
    }
}

impl WriteAt for FaultyFile {
    fn write_all_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        // A full device still takes what lies in room that is already there.
        let full = matches!(self.plan.lock().unwrap().left, Some((_, _, _, io::ErrorKind::StorageFull)));
        let mut room = self.room.lock().unwrap();
        let end = offset + bytes.len() as u64;
        if full && end <= *room {
            return self.inner.write_all_at(offset, bytes);
        }
        if let Err(error) = meet(&self.plan, Call::Write) {
            // Half of it is there, as after a full disk.
            let _ = self.inner.write_all_at(offset, &bytes[..bytes.len() / 2]);
            return Err(error);
        }
        *room = end.max(*room);
        self.inner.write_all_at(offset, bytes)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        // A longer file is a hole that has no room yet.
        let mut room = self.room.lock().unwrap();
        *room = len.min(*room);
        self.inner.set_len(len)
    }
    fn sync_data(&self) -> io::Result<()> {
        meet(&self.plan, Call::Sync)?;
        self.inner.sync_data()
    }
}

impl Disk for Faulty {
    fn list(&self, folder: &str) -> io::Result<Vec<Listed>> {
        self.inner.list(folder)
    }
    fn read(&self, name: &str, max: u64) -> io::Result<Vec<u8>> {
        self.inner.read(name, max)
    }
    fn open(&self, name: &str) -> io::Result<Arc<dyn ReadAt>> {
        self.inner.open(name)
    }
    fn open_write(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        Ok(self.file(self.inner.open_write(name)?))
    }
    fn create(&self, name: &str) -> io::Result<Arc<dyn WriteAt>> {
        Ok(self.file(self.inner.create(name)?))
    }
    fn create_folder(&self, name: &str) -> io::Result<()> {
        self.inner.create_folder(name)
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner.remove(name)
    }
    fn sync_dir(&self, folder: &str) -> io::Result<()> {
        meet(&self.plan, Call::Sync)?;
        self.inner.sync_dir(folder)
    }
    fn lock(&self, name: &str, note: &[u8]) -> Result<Box<dyn LockGuard>, LockRefused> {
        self.inner.lock(name, note)
    }
    fn free_space(&self) -> io::Result<u64> {
        self.inner.free_space()
    }
    fn writable(&self) -> io::Result<()> {
        self.inner.writable()
    }
}

fn log_in(disk: &Arc<Faulty>, site: &Site) -> Result<Desk, Failure> {
    let disk: Arc<dyn Disk> = Arc::clone(disk) as Arc<dyn Disk>;
    Desk::log_in_on(disk, "admin", PASSWORD, site.terminal()).map(|(desk, _)| desk)
}

fn person(n: usize) -> Instruction {
    order(
        json!({"command": "register_person", "name": format!("人{n}"), "kana": "ヒト", "request": format!("r-{n}")}),
    )
}

fn last_of(answer: Result<daicho::desk::Receipt, Failure>) -> Last {
    match answer {
        Err(Failure::Device { last, .. }) => last,
        other => panic!("{other:?}"),
    }
}

fn persons(desk: &Desk) -> usize {
    desk.search(daicho::domain::Noun::Person, "人", 500).unwrap().len()
}

#[test]
fn a_write_that_fails_leaves_the_old_state_and_the_next_command_goes_on() {
    let site = Site::found();
    let disk = Faulty::new(&site);
    let mut desk = log_in(&disk, &site).unwrap();
    desk.execute(person(1)).unwrap();
    let before = desk.last_entry();
    disk.fail(Call::Write, 0, false, io::ErrorKind::Other);
    assert_eq!(last_of(desk.execute(person(2))), Last::NotWritten);
    assert_eq!(disk.heal(), 1);
    assert_eq!((desk.last_entry(), persons(&desk)), (before, 1));
    desk.execute(person(2)).unwrap();
    desk.close().unwrap();
    everything_holds(&site);
    assert_eq!(persons(&site.log_in("admin")), 2);
}

#[test]
fn an_attachment_that_a_device_fails_is_there_with_its_entry_or_neither_is() {
    let base = Site::found();
    let mut cast = Cast::gather(&base);
    let permit = cast.granted_visit();
    cast.close();
    let paper = base.dir().with_file_name("paper.pdf");
    std::fs::write(&paper, [5; 3000]).unwrap();
    let (mut done, mut failed) = (0, 0);
    for call in [Call::Write, Call::Sync] {
        for n in 0..6 {
            for for_ever in [false, true] {
                let site = base.copy();
                let disk = Faulty::new(&site);
                let mut desk = log_in(&disk, &site).unwrap();
                disk.fail(call, n, for_ever, io::ErrorKind::Other);
                let line = json!({"command": "attach", "record": permit, "title": "計画書", "file": paper});
                let answer = desk.execute(order(line));
                disk.heal();
                drop(desk);
                let mut desk = site.log_in("admin");
                desk.prove().unwrap();
                let rows = desk.attached_to(permit).unwrap();
                desk.close().unwrap();
                everything_holds(&site);
                let files = std::fs::read_dir(site.dir().join("blobs")).into_iter().flatten().count();
                assert_eq!(files, rows.len(), "{call:?} {n} {for_ever}");
                match answer {
                    Ok(_) => assert_eq!(rows.len(), 1, "{call:?} {n} {for_ever}"),
                    Err(Failure::Device { last: Last::NotWritten, .. }) => assert_eq!(rows.len(), 0),
                    Err(Failure::Device { last: Last::Unknown, .. }) => {}
                    Err(other) => panic!("{call:?} {n} {for_ever}: {other:?}"),
                }
                *(if rows.is_empty() { &mut failed } else { &mut done }) += 1;
            }
        }
    }
    assert!(done > 0 && failed > 0, "{done} {failed}");
}

#[test]
fn a_sync_that_fails_is_unknown_nothing_more_is_taken_and_opening_again_shows_the_truth() {
    let site = Site::found();
    let disk = Faulty::new(&site);
    let mut desk = log_in(&disk, &site).unwrap();
    desk.execute(person(1)).unwrap();
    disk.fail(Call::Sync, 0, false, io::ErrorKind::Other);
    assert_eq!(last_of(desk.execute(person(2))), Last::Unknown);
    assert_eq!(disk.heal(), 1);
    // The device is well again: the desk does not trust it all the same.
    for n in [2, 3] {
        assert!(matches!(desk.execute(person(n)), Err(Failure::Device { .. })));
    }
    assert!(desk.keep_draft("check_in", &[]).is_err());
    assert!(desk.set_password(PASSWORD, "Kikyou-2027-tue").is_err());
    drop(desk);
    everything_holds(&site);
    let mut desk = log_in(&disk, &site).unwrap();
    let receipt = desk.execute(person(2)).unwrap();
    assert_eq!(persons(&desk), 2, "the retry is no second one");
    assert_eq!(desk.execute(person(2)).unwrap(), receipt);
    assert_eq!(persons(&desk), 2);
    desk.close().unwrap();
    everything_holds(&site);
}

/// Shows J-1-1-3-a c.
#[test]
fn j_1_1_3_a_when_the_disk_is_full_the_action_is_refused_with_its_entry_and_the_old_state_opens() {
    // Broken by: an act that stands though the device took no entry; a failure of which nothing is said to do.
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    cast.operator_in();
    cast.close();
    let disk = Faulty::new(&site);
    let mut desk = log_in(&disk, &site).unwrap();
    disk.fail(Call::Write, 0, true, io::ErrorKind::StorageFull);
    // Until the room that the journal has at hand is used up.
    let long = [("remarks".to_owned(), "備考".repeat(9000))];
    let full = (0..500).find_map(|_| desk.keep_draft("check_in", &long).err());
    assert!(matches!(full, Some(Failure::Device { last: Last::NotWritten, .. })), "{full:?}");
    let refused = (0..500).find_map(|n| desk.execute(person(n)).err());
    assert!(matches!(refused, Some(Failure::Device { last: Last::NotWritten, .. })), "{refused:?}");
    let before = desk.last_entry();
    let out = order(json!({"command": "check_out", "card": "C-9"}));
    for _ in 0..3 {
        let failure = desk.execute(out.clone()).unwrap_err();
        for (lang, safe, room, again) in [
            (Lang::Ja, "最後の操作は記録されていません", "ディスクの空き", "もう一度行ってください"),
            (Lang::En, "The last command is not written", "the disk's space", "repeat the last command"),
        ] {
            let said = say_failure(&failure, None, lang);
            assert!(said.message.contains(safe), "{said:?}");
            assert!(said.advice.contains(room) && said.advice.contains(again), "{said:?}");
        }
        assert_eq!(last_of(Err(failure)), Last::NotWritten);
    }
    // Neither the action nor its entry: one is never there without the other, and what is there can be read.
    assert_eq!(desk.last_entry(), before);
    assert_eq!(desk.inside().unwrap().len(), 1);
    assert!(
        desk.list(&daicho::desk::ListQuery { register: "visits".to_owned(), ..Default::default() }, None, 5)
            .is_ok()
    );
    drop(desk);
    let full: Arc<dyn Disk> = Arc::clone(&disk) as Arc<dyn Disk>;
    let checked = check_on(&full, &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
    assert_eq!((checked.findings, checked.entries), (Vec::new(), before.0));
    assert!(matches!(log_in(&disk, &site), Err(Failure::Device { last: Last::NotWritten, .. })));
    assert!(disk.heal() > 0);
    let mut desk = log_in(&disk, &site).unwrap();
    desk.execute(out).unwrap();
    assert_eq!(desk.inside().unwrap(), []);
    desk.close().unwrap();
    everything_holds(&site);
}

/// Shows J-1-1-3-a a, d.
#[test]
fn j_1_1_3_a_an_act_that_no_trail_could_be_written_of_is_refused_with_what_the_sites_rules_say_then() {
    // Broken by: an act that counts before its entry is on the device; a refusal without the rules' words.
    let site = Site::found_under("jcho");
    for kind in [io::ErrorKind::StorageFull, io::ErrorKind::Other] {
        let site = site.copy();
        let disk = Faulty::new(&site);
        let mut desk = log_in(&disk, &site).unwrap();
        let before = desk.last_entry();
        disk.fail(Call::Write, 0, true, kind);
        // Until the room that the journal has at hand is used up.
        let long = [("remarks".to_owned(), "備考".repeat(9000))];
        assert!((0..500).any(|_| desk.keep_draft("check_in", &long).is_err()));
        let failure = (1..500).find_map(|n| desk.execute(person(n)).err()).unwrap();
        let (entries, people) = (desk.last_entry(), persons(&desk));
        assert_eq!(u64::try_from(people).unwrap(), entries.0 - before.0, "each act has its entry");
        assert!(desk.execute(person(900)).is_err());
        assert_eq!((desk.last_entry(), persons(&desk)), (entries, people));
        let policy = desk.profile().on_failure().unwrap().clone();
        for (lang, words) in [(Lang::Ja, policy.ja), (Lang::En, policy.en)] {
            let said = say_failure(&failure, Some(&desk), lang);
            assert!(said.advice.ends_with(&words), "{said:?}");
        }
        disk.heal();
        drop(desk);
        everything_holds(&site);
        assert_eq!(persons(&site.log_in("admin")), people);
    }
}

/// One thing that people do, which may fail at any of its calls.
type Step = fn(&mut Desk) -> Result<(), Failure>;

#[test]
fn whatever_call_fails_during_whatever_is_done_nothing_acknowledged_is_lost() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    let given = desk.execute(person(1)).unwrap().id;
    let issue = json!({"command": "issue_user", "user": "guard", "person": given, "roles": ["guard"]});
    desk.execute(order(issue)).unwrap();
    desk.close().unwrap();
    let steps: [(&str, Step); 8] = [
        ("command", |desk| desk.execute(person(7)).map(drop)),
        ("refusal", |desk| match desk.execute(order(json!({"command": "check_out", "badge": "B-404"}))) {
            Err(Failure::Rejected(_, Some(_))) => Ok(()),
            Err(other) => Err(other),
            Ok(receipt) => panic!("{receipt:?}"),
        }),
        ("issue", |desk| {
            let line = json!({"command": "reset_password", "user": "guard"});
            desk.execute(order(line)).map(drop)
        }),
        ("password", |desk| desk.set_password(PASSWORD, "Kikyou-2027-tue").map(drop)),
        ("rekey", |desk| desk.execute(order(json!({"command": "rekey_vault", "reason": "紛失"}))).map(drop)),
        ("remove", |desk| {
            desk.execute(order(json!({"command": "remove_user", "user": "guard", "reason": "退職"})))
                .map(drop)
        }),
        ("sheet", |desk| {
            let sheet = desk.new_sheet()?;
            desk.replace_sheet(&sheet).map(drop)
        }),
        ("checkpoint", |desk| {
            desk.checkpoint_now();
            desk.execute(person(8)).map(drop)
        }),
    ];
    for (name, step) in steps {
        for call in [Call::Write, Call::Sync] {
            for (n, for_ever) in (0..200).flat_map(|n| [(n, false), (n, true)]) {
                // A change of keys has a hundred calls: each fails once, or from then on.
                if matches!(name, "rekey" | "remove" | "sheet") && for_ever == (n % 2 == 0) {
                    continue;
                }
                let site = site.copy();
                let disk = Faulty::new(&site);
                let mut desk = log_in(&disk, &site).unwrap();
                let before = desk.last_entry().0;
                disk.fail(call, n, for_ever, io::ErrorKind::Other);
                let answer = step(&mut desk);
                let after = desk.last_entry().0;
                drop(desk);
                let failed = disk.heal();
                let place = format!("{name}, {call:?} {n}, for ever {for_ever}: {answer:?}");
                let who = |password| check(&site.dir(), &Checker::User("admin", password), &mut |_, _, _| {});
                let password =
                    [PASSWORD, "Kikyou-2027-tue"].into_iter().find(|password| who(password).is_ok());
                // Somebody can always open it: with the old password or the new one.
                let password = password.unwrap_or_else(|| panic!("{place}"));
                let checked = who(password).unwrap();
                assert_eq!(checked.findings, [], "{place}");
                let done = checked.entries > before;
                match &answer {
                    Ok(()) => assert!(checked.entries == after && after > before, "{place}"),
                    Err(Failure::Device { last: Last::Written, .. }) => assert!(done, "{place}"),
                    Err(Failure::Device { last: Last::NotWritten, .. }) => assert!(!done, "{place}"),
                    Err(Failure::Device { last: Last::Unknown, .. }) => {}
                    Err(other) => panic!("{place}: {other:?}"),
                }
                let by_sheet = check(&site.dir(), &Checker::Recovery(&site.sheet), &mut |_, _, _| {});
                assert!(by_sheet.is_ok() || (name == "sheet" && done), "{place}: {by_sheet:?}");
                // What was begun with the keys is ended by the next login, whatever it was.
                let mut opened = Desk::log_in(&site.dir(), "admin", password, site.terminal());
                if matches!(opened, Err(Failure::NotOpened(NotOpened::PasswordReplaced))) {
                    opened = Desk::log_in(&site.dir(), "admin", "Kikyou-2027-tue", site.terminal());
                }
                let (desk, _) = opened.unwrap_or_else(|failure| panic!("{place}: {failure:?}"));
                let password = if who(password).is_ok() { password } else { "Kikyou-2027-tue" };
                assert!(!desk.rekeying_is_unfinished(), "{place}");
                desk.close().unwrap();
                assert_eq!(who(password).unwrap().findings, [], "{place}");
                if failed == 0 {
                    break;
                }
            }
        }
    }
}

#[test]
fn a_draft_survives_a_kill_and_is_never_in_the_log() {
    let site = Site::found();
    let mut desk = site.log_in("admin");
    let fields = vec![
        ("remarks".to_owned(), "書きかけの備考".to_owned()),
        ("zone".to_owned(), "server_room".to_owned()),
    ];
    let end = desk.last_entry();
    desk.keep_draft("check_in", &[]).unwrap();
    desk.keep_draft("check_in", &fields).unwrap();
    desk.keep_draft("apply_visit", &fields).unwrap();
    desk.drop_draft("apply_visit").unwrap();
    assert_eq!(desk.last_entry(), end, "no entry");
    drop(desk);
    let mut desk = site.log_in("admin");
    assert_eq!(desk.draft("check_in").unwrap(), Some(fields.clone()));
    assert_eq!(desk.draft("apply_visit").unwrap(), None);
    let lines = desk.log(None, None, 100, daicho::desk::Lang::Ja).unwrap();
    assert!(!format!("{lines:?}").contains("書きかけ"));
    desk.checkpoint_now();
    desk.close().unwrap();
    let desk = site.log_in("admin");
    assert_eq!(desk.draft("check_in").unwrap(), Some(fields));
    desk.close().unwrap();
    everything_holds(&site);
}

#[test]
fn a_clock_that_jumps_is_recorded_and_periods_wait_until_somebody_confirms_the_time() {
    for wrong in [
        "2025-11-20T09:10:00+09:00",
        "2036-11-20T09:10:00+09:00",
        "2038-01-19T12:14:08+09:00",
        "1999-12-31T23:59:00+09:00",
    ] {
        for at_the_login in [false, true] {
            let site = Site::found();
            let mut cast = Cast::gather(&site);
            cast.operator_in();
            let new = cast.register("新任 一", "シンニン ハジメ");
            if at_the_login {
                cast.close();
                site.clock.set(at(wrong));
                cast = Cast::gather_again(&site);
                assert!(cast.desk.clock_is_unconfirmed().unwrap(), "{wrong}: seen at the login");
            } else {
                site.clock.set(at(wrong));
            }
            // The desk goes on.
            let out = cast.must("guard", json!({"command": "check_out", "card": "C-9"}));
            assert!(cast.desk.clock_is_unconfirmed().unwrap(), "{wrong}");
            let visit = cast.operator_in();
            for id in [out.id.unwrap(), visit] {
                let Row::Visit(row) = cast.row(id) else { panic!() };
                assert!(row.clock_unconfirmed, "marked, {wrong}");
            }
            let day = &wrong[..10];
            let register = json!({"command": "register_entrant", "person": new, "zones": ["server_room"],
                                  "from": day, "to": day});
            assert_eq!(cast.no("approver", register.clone()), "clock_unconfirmed");
            cast.sit("admin");
            let jumps = cast.desk.log(None, Some("clock_jumped"), 9, daicho::desk::Lang::Ja).unwrap();
            assert_eq!(jumps.len(), 1, "said once, {wrong}");
            // Set right, and confirmed by a person.
            site.clock.set(at("2026-11-20T09:20:00+09:00"));
            cast.must("guard", json!({"command": "check_out", "card": "C-9"}));
            cast.must("operator", json!({"command": "confirm_clock", "remarks": "電波時計と比べた"}));
            assert!(!cast.desk.clock_is_unconfirmed().unwrap());
            let mut right = register;
            right["from"] = json!("2026-11-20");
            right["to"] = json!("2026-12-20");
            cast.must("approver", right);
            assert_eq!(cast.no("operator", json!({"command": "confirm_clock"})), "clock_good");
            cast.close();
            everything_holds(&site);
        }
    }
}

#[test]
fn a_first_login_with_a_wrong_clock_says_so() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let person = cast.register("新任 一", "シンニン ハジメ");
    let issue = json!({"command": "issue_user", "user": "new", "person": person, "roles": ["guard"]});
    let temporary = cast.must("admin", issue).temporary_password.unwrap();
    cast.close();
    site.clock.set(at("2025-11-20T09:10:00+09:00"));
    let (mut desk, _) = Desk::log_in(&site.dir(), "new", &temporary, site.terminal()).unwrap();
    desk.set_password(&temporary, "Kikyou-2027-tue").unwrap();
    assert!(desk.clock_is_unconfirmed().unwrap());
    assert!(desk.profile().clock.back_s > 0);
    desk.close().unwrap();
    everything_holds(&site);
}

#[test]
fn small_steps_back_do_not_add_up_from_session_to_session() {
    let site = Site::found();
    let tolerance = i64::from(site.log_in("admin").profile().clock.back_s);
    let step = chrono::TimeDelta::seconds(tolerance / 2 + 1);
    let mut now = daicho::desk::Clock::now(&*site.clock);
    let mut unconfirmed = Vec::new();
    for _ in 0..4 {
        now -= step;
        site.clock.set(now);
        let desk = site.log_in("admin");
        unconfirmed.push(desk.clock_is_unconfirmed().unwrap());
        desk.close().unwrap();
    }
    // One step is borne, two are not; from the entry that says so on, it is the clock there is.
    assert_eq!(unconfirmed, [false, true, true, true]);
    let desk = site.log_in("admin");
    let jumps = desk.log(None, Some("clock_jumped"), 9, daicho::desk::Lang::Ja).unwrap();
    assert_eq!(jumps.len(), 2, "the fourth step is the second of another two");
    desk.close().unwrap();
    everything_holds(&site);
}

#[test]
fn a_clock_put_right_by_hand_is_an_act_with_a_name_and_no_jump() {
    // Broken by: no way but a jump; one that hides a jump of hours; one for whoever has no right to it; latest times that
    // stay as they were.
    let back = |minutes: i64| chrono::TimeDelta::minutes(minutes);
    let told = |to: chrono::DateTime<chrono::FixedOffset>| json!({"command": "set_clock", "to": to.to_rfc3339(), "reason": "電波時計"});
    let now = |site: &Site| daicho::desk::Clock::now(&*site.clock);
    // Said before it is done.
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    assert!(i64::from(cast.desk.profile().clock.back_s) < 600, "ten minutes are a jump");
    cast.must("admin", told(now(&site) - back(10)));
    site.clock.set(now(&site) - back(10));
    cast.register("山田 一", "ヤマダ ハジメ");
    assert!(!cast.sit("admin").clock_is_unconfirmed().unwrap());
    cast.close();
    everything_holds(&site);
    // Said right after, by whoever may; and, as long as that is not long ago, what small steps come with it.
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    site.clock.set(now(&site) - back(10));
    cast.must("admin", told(now(&site)));
    site.clock.set(now(&site) - back(4));
    cast.register("山田 一", "ヤマダ ハジメ");
    assert!(!cast.sit("admin").clock_is_unconfirmed().unwrap());
    // However often it is said, no more than a quarter of an hour behind the latest moment is borne.
    site.clock.set(now(&site) - back(10));
    assert_eq!(cast.no("admin", told(now(&site))), "clock_unconfirmed");
    cast.close();
    everything_holds(&site);
    // A refusal never stands behind a clock of which nothing was said: a request id that was used, a wrong time.
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let person = json!({"command": "register_person", "name": "山田", "kana": "ヤマダ", "request": "r-1"});
    cast.must("admin", person);
    site.clock.set(now(&site) - back(10));
    let mut again = told(now(&site));
    again["request"] = json!("r-1");
    assert_eq!(cast.no("admin", again), "request_reused");
    assert!(cast.desk.clock_is_unconfirmed().unwrap());
    cast.close();
    everything_holds(&site);
    // By nobody else, and by no more than some minutes: that is a jump as ever, and is said before the refusal.
    for (user, minutes, name) in [("guard", 10, "not_permitted"), ("admin", 16, "clock_unconfirmed")] {
        let site = Site::found();
        let mut cast = Cast::gather(&site);
        let by_now = now(&site) - back(minutes);
        cast.sit(user);
        site.clock.set(by_now);
        assert_eq!(cast.no(user, told(by_now)), name);
        assert!(cast.desk.clock_is_unconfirmed().unwrap());
        cast.close();
        everything_holds(&site);
    }
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    for wrong in [now(&site) - back(16), now(&site) + back(16)] {
        assert_eq!(cast.no("admin", told(wrong)), "time_out_of_range");
    }
    cast.close();
    everything_holds(&site);
}
