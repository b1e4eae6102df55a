//! The ledger of keys: who has which key, and what became of its lock (NIST SP 800-53 PE-3).

use super::grids::{after, grid, states_of};
use super::world::*;
use daicho::domain::*;

fn key(n: u32) -> Id {
    id(Noun::DoorKey, n)
}

fn register(number: &str) -> RegisterKey {
    RegisterKey {
        number: number.into(),
        opens: "サーバ室の扉".into(),
        zone: Some("room".into()),
        keeper: Some(MANAGER),
        ..RegisterKey::default()
    }
}

fn lend(number: &str, person: Id) -> LendKey {
    LendKey { key: number.into(), person: Some(person), reason: "点検".into(), due: None }
}

fn bring(number: &str) -> ReturnKey {
    ReturnKey { key: number.into(), ..ReturnKey::default() }
}

fn report(number: &str, what: KeyReport) -> ReportKey {
    ReportKey { key: number.into(), what, remarks: "机".into() }
}

fn count(seen: &[u32]) -> CountKeys {
    CountKeys { seen: seen.iter().map(|n| key(*n)).collect(), ..CountKeys::default() }
}

fn change(number: &str, why: LockChange) -> ChangeLock {
    ChangeLock { key: number.into(), why, remarks: "交換".into(), ..ChangeLock::default() }
}

/// A key, a second one and a combination.
fn ledger() -> World {
    let mut world = World::new();
    world.ok(ADMIN, register("K-1"));
    world.ok(ADMIN, RegisterKey { zone: Some("annex".into()), ..register("K-2") });
    world.ok(ADMIN, RegisterKey { kind: DoorKeyKind::Combination, ..register("N-1") });
    world
}

fn row(world: &World, n: u32) -> DoorKey {
    world.get(Some(key(n)))
}

#[test]
fn keys_by_state_and_command() {
    let base = ledger();
    let lent = after(&base, |w| drop(w.ok(ADMIN, lend("K-1", STAFF))));
    let states = [
        ("in", base.clone()),
        ("out", lent.clone()),
        ("missing", after(&base, |w| drop(w.ok(ADMIN, count(&[2]))))),
        ("lost", after(&lent, |w| drop(w.ok(ADMIN, report("K-1", KeyReport::Lost))))),
        (
            "lost, its lock changed",
            after(&lent, |w| {
                w.ok(ADMIN, report("K-1", KeyReport::Lost));
                w.ok(ADMIN, change("K-1", LockChange::Lost));
            }),
        ),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("register_key with its number", ADMIN, register("k-1").into()),
        ("lend_key", ADMIN, lend("K-1", WORKER).into()),
        ("return_key", ADMIN, bring("K-1").into()),
        ("report_key lost", ADMIN, report("K-1", KeyReport::Lost).into()),
        ("report_key found", ADMIN, report("K-1", KeyReport::Found).into()),
        ("count_keys, seen", ADMIN, count(&[1, 2]).into()),
        ("count_keys, not seen", ADMIN, count(&[2]).into()),
        ("change_lock", ADMIN, change("K-1", LockChange::Periodic).into()),
        ("erase", ADMIN, Erase { record: Some(key(1)), reason: "求め".into(), ..Erase::default() }.into()),
    ];
    states_of("door_key", &grid(&states, &commands));
}

#[test]
fn a_key_is_with_one_person_until_it_is_brought_back() {
    let mut world = ledger();
    world.ok(ADMIN, LendKey { due: day("2026-11-21"), ..lend("K-1", STAFF) });
    let lent = row(&world, 1);
    assert_eq!((lent.state, lent.holder, lent.due), (DoorKeyState::Out, Some(STAFF), day("2026-11-21")));
    assert_eq!(lent.reason, "点検");
    // Lent twice, by whatever spelling of the number.
    assert_eq!(world.no(ADMIN, lend("ｋ－１", WORKER)), Code::WrongState);
    // Brought back by somebody else than who had it: that is said, and by whom it was had is in its history.
    let event = world.ok(ADMIN, ReturnKey { person: Some(WORKER), ..bring("k-1") });
    assert_eq!(event.outcome.person, Some(WORKER));
    let back = row(&world, 1);
    assert_eq!((back.state, back.holder, back.due, back.reason.as_str()), (DoorKeyState::In, None, None, ""));
    assert_eq!(world.no(ADMIN, bring("K-1")), Code::WrongState);
}

#[test]
fn who_is_nobody_who_left_and_what_is_no_key_are_refused() {
    let mut world = ledger();
    assert_eq!(world.no(ADMIN, LendKey { person: None, ..lend("K-1", STAFF) }), Code::FieldMissing);
    assert_eq!(world.no(ADMIN, lend("K-1", id(Noun::Person, 99))), Code::NoSuchRecord);
    assert_eq!(world.no(ADMIN, LendKey { reason: " ".into(), ..lend("K-1", STAFF) }), Code::FieldMissing);
    assert_eq!(world.no(ADMIN, lend("K-9", STAFF)), Code::NoSuchRecord);
    assert_eq!(world.no(ADMIN, lend("", STAFF)), Code::FieldMissing);
    assert_eq!(world.no(ADMIN, lend("N-1", STAFF)), Code::FieldInvalid);
    assert_eq!(
        world.no(ADMIN, LendKey { due: day("2026-11-19"), ..lend("K-1", STAFF) }),
        Code::PeriodReversed
    );
    assert_eq!(
        world.no(ADMIN, ReturnKey { person: Some(id(Noun::Person, 99)), ..bring("K-1") }),
        Code::WrongState
    );
    // Somebody whose only registration was revoked has left; whoever never was registered is not judged by it.
    let revoke = RevokeEntrant { entrant: Some(id(Noun::Entrant, 2)), reason: "退職".into() };
    world.ok(MANAGER, revoke);
    assert_eq!(world.no(ADMIN, lend("K-1", STAFF)), Code::NotRegistered);
    world.ok(ADMIN, lend("K-1", STRANGER));
}

#[test]
fn a_ledger_from_before_comes_in_with_what_was_lent_then() {
    let mut world = World::new();
    let held = RegisterKey { holder: Some(STAFF), ..register("K-1") };
    assert_eq!(world.no(ADMIN, held.clone()), Code::FieldInvalid);
    world.ok(ADMIN, RegisterKey { carried_over: true, ..held });
    assert_eq!((row(&world, 1).state, row(&world, 1).holder), (DoorKeyState::Out, Some(STAFF)));
    for copies in [0, 1000, u32::MAX] {
        let many = RegisterKey { copies: Some(copies), ..register("K-2") };
        assert_eq!(world.no(ADMIN, many), Code::FieldInvalid);
    }
    assert_eq!(world.no(ADMIN, register("K 2")), Code::FieldInvalid);
    assert_eq!(world.no(ADMIN, register("Ｋ－１")), Code::AlreadyExists);
    assert_eq!(
        world.no(ADMIN, RegisterKey { zone: Some("roof".into()), ..register("K-2") }),
        Code::FieldInvalid
    );
}

#[test]
fn a_count_finds_what_is_missing_in_its_zone_alone_and_what_was_lost_again() {
    let mut world = ledger();
    let room = CountKeys { zone: Some("room".into()), ..count(&[]) };
    let event = world.ok(ADMIN, room);
    assert_eq!((event.outcome.counts, event.outcome.also), (vec![0, 1], vec![key(1)]));
    assert_eq!((row(&world, 1).state, row(&world, 2).state), (DoorKeyState::Missing, DoorKeyState::In));
    assert!(row(&world, 1).counted.is_some() && row(&world, 2).counted.is_none());
    world.ok(ADMIN, count(&[1, 2]));
    assert_eq!(row(&world, 1).state, DoorKeyState::In);
    for (wrong, code) in [
        (count(&[1, 1]), Code::FieldInvalid),
        (count(&[3]), Code::FieldInvalid),
        (count(&[9]), Code::NoSuchRecord),
        (CountKeys { zone: Some("annex".into()), ..count(&[1]) }, Code::FieldInvalid),
        (CountKeys { zone: Some("roof".into()), ..count(&[1]) }, Code::FieldInvalid),
    ] {
        assert_eq!(world.no(ADMIN, wrong), code);
    }
    world.ok(ADMIN, lend("K-1", STAFF));
    assert_eq!(world.no(ADMIN, count(&[1])), Code::WrongState);
    // With everything lent there is nothing to count.
    world.ok(ADMIN, lend("K-2", STAFF));
    assert_eq!(world.no(ADMIN, count(&[])), Code::FieldMissing);
}

#[test]
fn a_lock_is_changed_for_a_reason_and_its_key_is_in_its_place_anew() {
    let mut world = ledger();
    world.ok(ADMIN, lend("K-1", STAFF));
    assert_eq!(world.no(ADMIN, change("K-1", LockChange::Periodic)), Code::WrongState);
    world.ok(ADMIN, report("K-1", KeyReport::Lost));
    assert_eq!(row(&world, 1).holder, Some(STAFF), "who had it last is still known");
    world.ok(ADMIN, ChangeLock { keeper: Some(DEPUTY), copies: Some(3), ..change("K-1", LockChange::Lost) });
    let changed = row(&world, 1);
    assert_eq!((changed.state, changed.holder, changed.keeper), (DoorKeyState::In, None, Some(DEPUTY)));
    assert_eq!((changed.copies, changed.changed_why), (3, Some(LockChange::Lost)));
    let silent = ChangeLock { remarks: String::new(), ..change("N-1", LockChange::Other) };
    assert_eq!(world.no(ADMIN, silent), Code::FieldMissing);
    world.ok(ADMIN, change("N-1", LockChange::KeeperLeft));
    assert_eq!(row(&world, 3).changed_why, Some(LockChange::KeeperLeft));
}

#[test]
fn keys_that_are_lent_are_counted_at_a_takeover() {
    let mut world = ledger();
    world.ok(ADMIN, lend("K-1", STAFF));
    let event = world.ok(GUARD, TakeOverShift::default());
    assert_eq!(event.outcome.counts, [0, 1, 0]);
}

#[test]
fn before_their_edition_there_are_no_keys_and_no_devices() {
    let mut world = World::new();
    world.edition = Edition::Two;
    assert_eq!(world.no(ADMIN, register("K-1")), Code::NeedsEdition);
    let device = RegisterDevice { code: "SV-1".into(), ..RegisterDevice::default() };
    assert_eq!(world.no(ADMIN, device), Code::NeedsEdition);
}
