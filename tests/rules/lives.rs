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
        (
            "plan_change, a leave of a hundred years",
            ADMIN,
            PlanChange { until: day("2126-12-01"), ..of_stranger(ChangeKind::Leave, "2026-12-01") }.into(),
        ),
        (
            "plan_change, a leave that is over",
            ADMIN,
            PlanChange { until: day("2026-11-19"), ..of_stranger(ChangeKind::Leave, "2026-11-18") }.into(),
        ),
        ("plan_change, long ago", ADMIN, of_stranger(ChangeKind::Retirement, "1900-01-01").into()),
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
        let found = who_could(&world.registers, &world.profile, world.edition, what, moment, None).unwrap();
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
fn an_account_that_has_ended_counts_for_a_moment_before_its_end_alone() {
    // Broken by: ended accounts that are read for no moment; a key of the index that forgets the role with the end.
    let mut world = world();
    let morning = world.now;
    on(&mut world, "2026-11-21");
    let line = close(&world, STRANGER);
    world.ok(ADMIN, line);
    for latest in [None, Some(world.now)] {
        let could = |moment: Stamp| {
            let (view, profile) = (&world.registers, &world.profile);
            let found = who_could(view, profile, world.edition, "check_in", moment, latest).unwrap();
            found.iter().any(|one| one.person == STRANGER)
        };
        assert!(could(morning) && !could(world.now), "{latest:?}");
    }
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

#[test]
fn leaving_ends_all_that_rests_on_somebody_in_one_act_and_not_while_they_hold_something() {
    // Broken by: each noun's `on_leaving`; each row that does not change with it; orphaned asked of the first account alone;
    // own_matter left out.
    let mut world = world();
    let leave = |person: Id| Leave { person: Some(person), reason: "退職".into() };
    world.profile.roles[1].may.push("delegate".into());
    let whom = Delegate {
        person: Some(ESCORT_2),
        what: vec!["check_in".into()],
        to: day("2026-11-30"),
        reason: "出張".into(),
        ..Delegate::default()
    };
    world.user(ESCORT_2, "guard", 502);
    world.ok(STRANGER, whom);
    world.ok(ADMIN, RegisterEntrant { permitted_by: Some(MANAGER), ..entrant(STRANGER, &["room"], false) });
    world.ok(ADMIN, Appoint { role: "clerk".into(), person: Some(STRANGER), ..Appoint::default() });
    world.ok(ADMIN, of_stranger(ChangeKind::Retirement, "2026-12-01"));
    let key = RegisterKey {
        number: "K-9".into(),
        opens: "前室".into(),
        keeper: Some(MANAGER),
        ..RegisterKey::default()
    };
    world.ok(ADMIN, key);
    let lend = LendKey { key: "K-9".into(), person: Some(STRANGER), reason: "点検".into(), due: None };
    world.ok(ADMIN, lend);
    let hindered = world.act(ADMIN, leave(STRANGER));
    let Err(No::Rejected(no)) = hindered else { panic!("{hindered:?}") };
    assert_eq!((no.code, no.args[1].1.as_str()), (Code::StillHas, "DK-00001"));
    world.ok(ADMIN, ReturnKey { key: "K-9".into(), ..ReturnKey::default() });
    assert_eq!(world.no(STAFF, leave(STAFF)), Code::OwnMatter);
    let left = world.ok(ADMIN, leave(STRANGER));
    let nouns: Vec<Noun> = left.outcome.also.iter().map(|id| id.noun).collect();
    assert_eq!(nouns, [Noun::Entrant, Noun::User, Noun::Appointment, Noun::Delegation, Noun::PlannedChange]);
    let ended = |row: Option<Row>| match row.unwrap() {
        Row::Entrant(row) => row.revoked.is_some(),
        Row::User(row) => row.state == UserState::Closed && row.closed.is_some(),
        Row::Appointment(row) => row.ended.is_some(),
        Row::Delegation(row) => row.ended.is_some(),
        Row::PlannedChange(row) => row.state == PlannedState::CarriedOut,
        _ => false,
    };
    for id in &left.outcome.also {
        assert!(ended(world.registers.row(*id).unwrap()), "{id}");
    }
    assert!(world.get::<Person>(Some(STRANGER)).left.is_some());
    assert_eq!(world.no(ADMIN, leave(STRANGER)), Code::NothingToChange);
    // The last who may, by whomever.
    world.profile.roles[2].may.push("issue_user".into());
    world.ok(ADMIN, leave(STAFF));
    assert_eq!(world.no(MANAGER, leave(ADMIN)), Code::NobodyLeft);
}

fn user_of(world: &World, person: Id) -> User {
    let ids = world.registers.find(&key::of(Noun::User, person)).unwrap();
    world.get(ids.first().copied())
}

fn may(world: &World, person: Id, on: &str) -> bool {
    !roles_of(&world.registers, world.edition, person, day(on).unwrap()).unwrap().is_empty()
}

#[test]
fn a_personnel_change_binds_accounts_that_come_after_it_and_is_lifted_by_name_alone() {
    // Broken by: not_gone left out; any change of an account that lifts a transfer; a reopened account that forgets what is
    // to come; a retirement that is forgotten once it was carried out early.
    let mut world = world();
    world.ok(ADMIN, of_stranger(ChangeKind::Transfer, "2026-12-20"));
    world.ok(ADMIN, of_stranger(ChangeKind::Retirement, "2027-03-31"));
    let another = IssueUser {
        user: "kawari".into(),
        person: Some(STRANGER),
        roles: vec!["guard".into()],
        key: key_of(600),
        ..IssueUser::default()
    };
    assert_eq!(world.no(ADMIN, another.clone()), Code::ChangeExpected);
    let apply = ApplyUser {
        person: Some(STRANGER),
        roles: vec!["guard".into()],
        from: day("2026-11-21"),
        reason: "増員".into(),
        ..ApplyUser::default()
    };
    assert_eq!(world.no(ADMIN, apply), Code::ChangeExpected);
    let after = IssueUser { from: day("2026-12-20"), to: day("2027-03-30"), ..another.clone() };
    world.ok(ADMIN, after);
    let line = ChangeUser { conditions: "夜間".into(), roles: Vec::new(), ..change(&world, STRANGER, &[]) };
    world.ok(ADMIN, line.clone());
    assert!(!may(&world, STRANGER, "2026-12-19") || user_of(&world, STRANGER).has_stops());
    let wrong = ChangeUser { change: Some(id(Noun::PlannedChange, 2)), ..line.clone() };
    assert_eq!(world.no(ADMIN, wrong), Code::FieldInvalid, "nobody goes on after a retirement");
    let goes_on = ChangeUser { change: Some(id(Noun::PlannedChange, 1)), ..line };
    world.ok(ADMIN, goes_on);
    let transfer: PlannedChange = world.get(Some(id(Noun::PlannedChange, 1)));
    assert_eq!(transfer.state, PlannedState::CarriedOut);
    assert!(may(&world, STRANGER, "2027-01-10") && !may(&world, STRANGER, "2027-03-31"));
    // Closed and opened again before the day, the retirement still comes.
    for user in ["kawari", "user501"] {
        world.ok(ADMIN, CloseUser { user: user.into(), reason: "不要".into() });
    }
    let retirement = |world: &World| world.get::<PlannedChange>(Some(id(Noun::PlannedChange, 2))).state;
    assert_eq!(retirement(&world), PlannedState::CarriedOut);
    assert_eq!(world.no(ADMIN, IssueUser { user: "mata".into(), ..another }), Code::ChangeExpected);
    let line = reopen(&world, STRANGER, 601);
    world.ok(ADMIN, line);
    assert_eq!(retirement(&world), PlannedState::Announced, "to be seen to again");
    assert!(user_of(&world, STRANGER).is_in_period(day("2027-03-30").unwrap()));
    assert!(!user_of(&world, STRANGER).is_in_period(day("2027-03-31").unwrap()));
}

#[test]
fn a_return_of_before_changes_no_answer_of_before_and_hides_no_retirement() {
    // Broken by: `until` set back for a day that has passed; is_on_leave that looks at the first stop; last_day that counts
    // what is over; a return that stays open; a stop kept that never began.
    let mut world = world();
    world.ok(ADMIN, of_stranger(ChangeKind::Leave, "2026-11-21"));
    on(&mut world, "2026-11-25");
    let back = world.ok(ADMIN, of_stranger(ChangeKind::Return, "2026-11-22")).outcome.id;
    world.ok(STAFF, PassOnChange { change: back, ..pass_on(2) });
    let could = |world: &World, moment: &str| {
        let moment = stamp(&format!("{moment}+09:00"));
        let found =
            who_could(&world.registers, &world.profile, world.edition, "check_in", moment, None).unwrap();
        found.iter().any(|one| one.person == STRANGER)
    };
    assert!(!could(&world, "2026-11-23T09:00:00") && could(&world, "2026-11-25T18:00:00"));
    let returned: PlannedChange = world.get(back);
    assert!(!returned.is_open(), "nothing is left to do about a return");
    // A short leave that is over limits nothing; one that is never taken leaves nothing behind.
    let short = PlanChange { until: day("2026-11-26"), ..of_stranger(ChangeKind::Leave, "2026-11-26") };
    world.ok(ADMIN, short);
    on(&mut world, "2026-11-28");
    assert_eq!(user_of(&world, STRANGER).last_day(world.today()), None);
    let stops = user_of(&world, STRANGER).stops.len();
    for n in 4..8 {
        world.ok(STRANGER, plan(ChangeKind::Leave, "2026-12-31"));
        world.ok(STRANGER, cancel(n));
    }
    assert_eq!(user_of(&world, STRANGER).stops.len(), stops);
    // On leave, and gone for good from then on.
    world.ok(STRANGER, plan(ChangeKind::Leave, "2026-11-30"));
    world.ok(ADMIN, of_stranger(ChangeKind::Retirement, "2026-12-05"));
    let user = user_of(&world, STRANGER);
    let on_leave = ["2026-12-04", "2026-12-05"].map(|on| user.is_on_leave(day(on).unwrap()));
    let done = ["2026-12-04", "2026-12-05"].map(|on| user.is_done_with(day(on).unwrap()));
    assert_eq!((on_leave, done), ([true, false], [false, true]));
    assert_eq!(world.no(ADMIN, of_stranger(ChangeKind::Return, "2026-11-30")), Code::ChangesContradict);
}

#[test]
fn nobody_is_let_do_by_closing_or_planning_what_they_may_not_by_a_change() {
    // Broken by: may_take_away left out; orphaned asked of one account alone; a closed account's roles taken as they were; the
    // first day applied for not held.
    let mut world = world();
    world.profile.accounts.as_mut().unwrap().issued_by.insert("guard".into(), vec!["officer".into()]);
    let line = close(&world, STRANGER);
    assert_eq!(world.no(ADMIN, line.clone()), Code::NoAuthority);
    assert_eq!(world.no(ADMIN, Leave { person: Some(STRANGER), reason: "退職".into() }), Code::NoAuthority);
    world.profile.accounts = Some(Accounts::default());
    world.ok(ADMIN, line);
    let office = Office { role: "guard".into(), appointed_by: vec!["admin".into()], ..Office::default() };
    world.profile.offices.push(office);
    let line = reopen(&world, STRANGER, 602);
    assert_eq!(world.no(ADMIN, line.clone()), Code::OfficeAppointed);
    let apply = ApplyUser {
        user: "user501".into(),
        roles: vec!["manager".into()],
        from: day("2026-12-01"),
        reason: "再契約".into(),
        ..ApplyUser::default()
    };
    world.profile.roles[1].may.push("apply_user".into());
    let applied = world.ok(GUARD, apply).outcome.id;
    let early = ReopenUser { application: applied, ..line };
    assert_eq!(world.no(ADMIN, early), Code::BeyondApplication);
    // One person with two accounts, and nobody else.
    let second = IssueUser {
        user: "kanri2".into(),
        person: Some(ADMIN),
        roles: vec!["admin".into()],
        key: key_of(603),
        ..IssueUser::default()
    };
    world.ok(STAFF, second);
    world.ok(ADMIN, EnrolKey { key: key_of(604), ..EnrolKey::default() });
    let line = close(&world, STAFF);
    world.ok(ADMIN, line);
    assert_eq!(world.no(ADMIN, plan(ChangeKind::Retirement, "2026-11-20")), Code::NobodyLeft);
    let over = PlanChange { until: day("2026-11-19"), ..plan(ChangeKind::Leave, "2026-11-18") };
    assert_eq!(world.no(ADMIN, over), Code::DayTooEarly, "it would bar nobody");
}
