//! The lives of accounts: changed, closed, opened again; and personnel changes, which bar and let in by themselves.

use super::grids::{after, grid, states_of};
use super::world::*;
use daicho::domain::*;

/// A second administrator, `user10`, and a guard, `user11`, who are at work.
fn world() -> World {
    let mut world = World::new();
    world.profile.accounts = Some(Accounts::default());
    world.profile.roles[1].may.extend(["query:today", "pass_on_change"].map(str::to_owned));
    world.user(STAFF, "admin", 500);
    world.user(STRANGER, "guard", 501);
    world
}

fn login(world: &World, person: Id) -> String {
    let ids = world.registers.find(&key::of(Noun::User, person)).unwrap();
    world.get::<User>(ids.first().copied()).user
}

fn plan(kind: ChangeKind, on: &str) -> PlanChange {
    PlanChange { kind: Some(kind), day: day(on), ..PlanChange::default() }
}

fn of_stranger(kind: ChangeKind, on: &str) -> PlanChange {
    PlanChange { person: Some(STRANGER), ..plan(kind, on) }
}

fn pass_on(n: u32) -> PassOnChange {
    PassOnChange { change: Some(id(Noun::PlannedChange, n)), to_whom: Some(ADMIN), remarks: "書面".into() }
}

fn cancel(n: u32) -> CancelChange {
    CancelChange { change: Some(id(Noun::PlannedChange, n)), reason: "取りやめ".into() }
}

fn close(world: &World, person: Id) -> CloseUser {
    CloseUser { user: login(world, person), reason: "契約の終了".into() }
}

fn reopen(world: &World, person: Id, key: u32) -> ReopenUser {
    let (user, key) = (login(world, person), key_of(key));
    ReopenUser { user, key, reason: "再契約".into(), ..ReopenUser::default() }
}

fn change(world: &World, person: Id, roles: &[&str]) -> ChangeUser {
    let roles = roles.iter().map(|role| (*role).to_owned()).collect();
    ChangeUser {
        user: login(world, person), roles, reason: "担当の変更".into(), ..ChangeUser::default()
    }
}

/// Another day, on which the clock is sure.
fn on(world: &mut World, day: &str) {
    world.now = stamp(&format!("{day}T09:00:00+09:00"));
}

#[test]
fn planned_changes_by_state_and_command() {
    // The manager announces what is told them, and lets nobody in again.
    let mut base = world();
    base.profile.roles[2].may.extend(["suspend_user", "query:today"].map(str::to_owned));
    let told = of_stranger(ChangeKind::Retirement, "2026-11-25");
    let announced = after(&base, |w| drop(w.ok(MANAGER, told)));
    let passed_on = after(&announced, |w| drop(w.ok(ADMIN, pass_on(1))));
    let due = after(&passed_on, |w| on(w, "2026-11-25"));
    let states = [
        ("none", base),
        ("announced", announced.clone()),
        ("passed on", passed_on),
        ("due", due.clone()),
        (
            "carried out",
            after(&due, |w| {
                let close = close(w, STRANGER);
                w.ok(ADMIN, close);
            }),
        ),
        ("cancelled", after(&announced, |w| drop(w.ok(MANAGER, cancel(1))))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("plan_change, own", MANAGER, plan(ChangeKind::Retirement, "2026-12-01").into()),
        ("plan_change, the same day", ADMIN, of_stranger(ChangeKind::Transfer, "2026-11-25").into()),
        ("plan_change, too late", ADMIN, of_stranger(ChangeKind::Leave, "2026-11-19").into()),
        (
            "plan_change, of somebody else",
            GUARD,
            PlanChange { person: Some(STAFF), ..plan(ChangeKind::Leave, "2026-12-01") }.into(),
        ),
        ("plan_change, back from nowhere", ADMIN, of_stranger(ChangeKind::Return, "2026-12-01").into()),
        ("plan_change, a hundred years", ADMIN, of_stranger(ChangeKind::Leave, "2126-12-01").into()),
        (
            "plan_change, a retirement that ends",
            ADMIN,
            PlanChange { until: day("2026-12-31"), ..of_stranger(ChangeKind::Retirement, "2026-12-01") }
                .into(),
        ),
        (
            "plan_change, ends before it begins",
            ADMIN,
            PlanChange { until: day("2026-11-30"), ..of_stranger(ChangeKind::Leave, "2026-12-01") }.into(),
        ),
        (
            "plan_change, who has no ID",
            ADMIN,
            PlanChange { person: Some(WORKER), ..plan(ChangeKind::Leave, "2026-12-01") }.into(),
        ),
        ("pass_on_change", ADMIN, pass_on(1).into()),
        (
            "pass_on_change, to whom it is about",
            ADMIN,
            PassOnChange { to_whom: Some(STRANGER), ..pass_on(1) }.into(),
        ),
        ("cancel_change", MANAGER, cancel(1).into()),
        ("cancel_change, by whoever lets in", ADMIN, cancel(1).into()),
        ("cancel_change, no reason", ADMIN, CancelChange { reason: " ".into(), ..cancel(1) }.into()),
        (
            "erase",
            ADMIN,
            Erase { record: Some(id(Noun::PlannedChange, 1)), reason: "求め".into(), ..Erase::default() }
                .into(),
        ),
    ];
    states_of("planned_change", &grid(&states, &commands));
}

#[test]
fn a_leave_bars_for_its_days_and_a_return_ends_it_once_somebody_else_passed_it_on() {
    // Broken by: `until` not held; a return in effect by its announcement; may_let_in left out.
    let mut world = world();
    let leave = PlanChange { until: day("2026-12-05"), ..of_stranger(ChangeKind::Leave, "2026-12-01") };
    world.ok(ADMIN, leave);
    world.ok(ADMIN, of_stranger(ChangeKind::Leave, "2027-02-01"));
    let may = |world: &World, on: &str| {
        let roles = roles_of(&world.registers, world.edition, STRANGER, day(on).unwrap()).unwrap();
        !roles.is_empty()
    };
    for (on, expected) in [
        ("2026-11-30", true),
        ("2026-12-01", false),
        ("2026-12-05", false),
        ("2026-12-06", true),
        ("2027-01-31", true),
        ("2027-02-01", false),
        ("2027-09-01", false),
    ] {
        assert_eq!(may(&world, on), expected, "{on}");
    }
    world.ok(ADMIN, of_stranger(ChangeKind::Return, "2027-03-01"));
    assert!(!may(&world, "2027-03-01"), "announced alone it lets nobody in");
    let own = PassOnChange { to_whom: Some(STAFF), ..pass_on(3) };
    assert_eq!(world.no(STRANGER, own), Code::OwnMatter);
    world.ok(STAFF, pass_on(3));
    assert!(!may(&world, "2027-02-28") && may(&world, "2027-03-01"));
    assert_eq!(world.no(STAFF, cancel(3)), Code::WrongState, "a leave anew");
}

#[test]
fn what_an_account_was_is_answered_for_a_moment_of_before() {
    // Broken by: terms that are not kept, or found by their last moment; a role of before that stands in no index; a
    // cancelled stop that is forgotten.
    let mut world = world();
    let morning = world.now;
    on(&mut world, "2026-11-21");
    let line = change(&world, STRANGER, &["manager"]);
    world.ok(ADMIN, line);
    on(&mut world, "2026-11-22");
    let could = |world: &World, what: &str, moment: Stamp| {
        let found = who_could(&world.registers, &world.profile, world.edition, what, moment).unwrap();
        found.iter().any(|one| one.person == STRANGER)
    };
    assert!(could(&world, "check_in", morning) && !could(&world, "approve_work", morning));
    assert!(!could(&world, "check_in", world.now) && could(&world, "approve_work", world.now));
    // Barred for two days by what was taken back then.
    world.ok(ADMIN, of_stranger(ChangeKind::Retirement, "2026-11-22"));
    let barred = stamp("2026-11-23T09:00:00+09:00");
    on(&mut world, "2026-11-24");
    world.ok(ADMIN, cancel(1));
    assert!(!could(&world, "approve_work", barred) && could(&world, "approve_work", world.now));
}

#[test]
fn nobody_changes_their_own_account_nor_takes_what_they_may_not_give() {
    // Broken by: not_of left out of may_change; the roles of before not asked; orphaned_by_roles not asked.
    let mut world = world();
    let own = change(&world, STAFF, &["manager"]);
    assert_eq!(world.no(STAFF, own.clone()), Code::OwnMatter);
    let accounts = world.profile.accounts.as_mut().unwrap();
    accounts.issued_by.insert("admin".into(), vec!["officer".into()]);
    assert_eq!(world.no(ADMIN, own.clone()), Code::NoAuthority, "takes away what an officer gives");
    let gives = change(&world, STRANGER, &["admin"]);
    assert_eq!(world.no(ADMIN, gives), Code::NoAuthority);
    world.profile.accounts = Some(Accounts::default());
    world.ok(ADMIN, own);
    world.actors.get_mut(&STAFF).unwrap().roles = vec!["manager".into()];
    let twice = change(&world, STRANGER, &["guard", "guard"]);
    assert_eq!(world.no(ADMIN, twice), Code::FieldInvalid);
    let unknown = change(&world, STRANGER, &["nobody"]);
    assert_eq!(world.no(ADMIN, unknown), Code::FieldInvalid);
    let office = change(&world, STRANGER, &["clerk"]);
    assert_eq!(world.no(ADMIN, office), Code::OfficeAppointed);
    let both = change(&world, STRANGER, &["guard", "auditor"]);
    assert_eq!(world.no(ADMIN, both), Code::RolesClash);
    // The last who may issue is made nothing else, by whomever.
    world.profile.roles[2].may.push("issue_user".into());
    world.profile.roles[2].may.push("change_user".into());
    let last = change(&world, ADMIN, &["guard"]);
    assert_eq!(world.no(STAFF, last), Code::NobodyLeft);
    let ends = of_admin(ChangeKind::Retirement, "2026-11-20");
    assert_eq!(world.no(ADMIN, ends), Code::NobodyLeft);
}

fn of_admin(kind: ChangeKind, on: &str) -> PlanChange {
    PlanChange { person: Some(ADMIN), ..plan(kind, on) }
}

#[test]
fn what_is_opened_again_is_judged_as_one_that_is_issued() {
    // Broken by: a closed account that still clashes; one that does not when it comes back; the period of before kept.
    let mut world = world();
    let end = ChangeUser { roles: Vec::new(), to: day("2026-11-30"), ..change(&world, STRANGER, &[]) };
    world.ok(ADMIN, end);
    let line = close(&world, STRANGER);
    world.ok(ADMIN, line);
    let auditor = IssueUser {
        user: "kansa".into(),
        person: Some(STRANGER),
        roles: vec!["auditor".into()],
        key: key_of(70),
        ..IssueUser::default()
    };
    world.ok(ADMIN, auditor);
    let line = reopen(&world, STRANGER, 71);
    assert_eq!(world.no(ADMIN, line.clone()), Code::RolesClash);
    let audits = CloseUser { user: "kansa".into(), reason: "交代".into() };
    world.ok(ADMIN, audits);
    let opened = world.ok(ADMIN, line);
    let user: User = world.get(opened.outcome.id);
    assert_eq!((user.state, user.until), (UserState::Provisional, None));
    assert!(user.closed.is_none() && user.keys.last().unwrap().provisional);
}
