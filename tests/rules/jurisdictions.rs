//! Jurisdictions: where a role is held, what lies there, and for whom somebody acts in it.

use super::world::*;
use daicho::domain::*;

/// What whoever has a part of the site does in it.
const STEWARDS: [&str; 10] = [
    "issue_user",
    "suspend_user",
    "resume_user",
    "reset_password",
    "appoint",
    "end_appointment",
    "delegate",
    "pass_on_change",
    "query:users",
    "query:today",
];

/// Rules with two parts, of which one has a harbour, and serves the depot of the other.
fn world() -> World {
    let mut world = World::new();
    let place = |id: &str, within: &str, served: &str| Jurisdiction {
        id: id.into(),
        kind: "part".into(),
        within: Some(within.to_owned()).filter(|within| !within.is_empty()),
        users_by: Some(served.to_owned()).filter(|served| !served.is_empty()),
        ..Jurisdiction::default()
    };
    world.profile.jurisdictions = vec![
        place("north", "", ""),
        place("south", "", ""),
        place("harbour", "north", ""),
        place("depot", "south", "north"),
    ];
    let steward = Role {
        id: "steward".into(),
        may: STEWARDS.iter().map(|may| (*may).to_owned()).collect(),
        held_in: vec!["part".into()],
        ..Role::default()
    };
    world.profile.roles.push(steward);
    world.profile.offices.push(Office {
        role: "steward".into(),
        appointed_by: vec!["admin".into()],
        principals: Some(1),
        deputies: 1,
        deputies_by: vec!["steward".into()],
        ..Office::default()
    });
    world
}

fn steward(person: Id, place: &str) -> Appoint {
    Appoint { role: "steward".into(), person: Some(person), jurisdiction: place.into(), ..Appoint::default() }
}

/// An account for somebody, who then acts with it.
fn account(world: &mut World, person: Id, roles: &[&str], key: u32) -> Id {
    let roles: Vec<String> = roles.iter().map(|role| (*role).to_owned()).collect();
    let issue = IssueUser { person: Some(person), roles: roles.clone(), ..issue(key, "") };
    let user = world.ok(ADMIN, issue).outcome.id.unwrap();
    world.actors.insert(person, Actor { person, user: Some(user), roles });
    world.ok(person, EnrolKey { key: key_of(key + 1000), ..EnrolKey::default() });
    user
}

/// A guard's account for a worker's person, in a jurisdiction.
fn issue(key: u32, place: &str) -> IssueUser {
    IssueUser {
        user: format!("u{key}"),
        person: Some(WORKER),
        roles: vec!["guard".into()],
        jurisdiction: place.into(),
        key: key_of(key),
        ..IssueUser::default()
    }
}

fn suspend(user: &str) -> SuspendUser {
    SuspendUser { user: user.into(), reason: "調査".into() }
}

/// The same, with a steward of the north and one of the south, and a guard's account in each part.
fn parted() -> World {
    let mut world = world();
    for (person, place, key) in [(STAFF, "north", 80), (STRANGER, "south", 81)] {
        world.ok(ADMIN, steward(person, place));
        account(&mut world, person, &[], key);
    }
    for (n, place) in ["north", "south", "harbour", "depot"].into_iter().enumerate() {
        world.ok(ADMIN, issue(90 + n as u32, place));
    }
    world
}

fn place_of(world: &World, event: &Event) -> String {
    world.get::<User>(event.outcome.id).jurisdiction
}

#[test]
fn whoever_holds_a_role_within_a_part_reaches_what_lies_in_it_and_what_it_serves_and_nothing_else() {
    // Broken by: `lies_in` that goes one step up alone, or that asks the other way round; `reaches_accounts` without users_by.
    let mut world = parted();
    for (who, user, reached) in [
        (STAFF, "u90", true),
        (STAFF, "u91", false),
        (STAFF, "u92", true),
        (STAFF, "u93", true),
        (STRANGER, "u90", false),
        (STRANGER, "u91", true),
        (STRANGER, "u92", false),
        (STRANGER, "u93", false),
        (ADMIN, "u93", true),
    ] {
        let id = world.registers.find(&key::number(Noun::User, user)).unwrap()[0];
        let mut tried = world.clone();
        let open = matches!(world.may(who, "suspend_user", id), Availability::Available);
        assert_eq!(open, reached, "shown as what it is: {who} {user}");
        match tried.act(who, suspend(user)) {
            Ok(_) => assert!(reached, "{who} {user}"),
            Err(No::Rejected(no)) => {
                assert!(!reached && no.code == Code::OutsideJurisdiction, "{who} {user} {no:?}");
            }
            Err(other) => panic!("{other:?}"),
        }
        let row: Row = world.registers.row(id).unwrap().unwrap();
        let actor = world.actors[&who].clone();
        let context = empowered(&world.registers, &world.context(&actor, &world.profile, None)).unwrap();
        let seen = Sight::of(&context, "query:users").shows(&world.registers, &world.profile, &row).unwrap();
        let served = (who, user) == (STRANGER, "u93");
        assert_eq!(seen, reached || served, "the depot's own part sees it: {who} {user}");
    }
    // What is made lies in the own part where none is named, and in no other.
    let made = world.ok(STAFF, issue(70, ""));
    assert_eq!(place_of(&world, &made), "north");
    for place in ["south", "depot"] {
        assert_eq!(
            world.no(STRANGER, issue(71, if place == "south" { "harbour" } else { place })),
            Code::OutsideJurisdiction
        );
    }
    assert_eq!(world.no(STAFF, issue(71, "nowhere")), Code::FieldInvalid);
    let whole = world.ok(ADMIN, issue(72, ""));
    assert_eq!(place_of(&world, &whole), "");
    assert_eq!(world.no(STAFF, suspend("u72")), Code::OutsideJurisdiction, "what is of the whole");
    // Above the actor nothing is made either.
    let mut world = parted();
    world.ok(
        ADMIN,
        EndAppointment {
            appointment: Some(id(Noun::Appointment, 1)),
            reason: "異動".into(),
            ..EndAppointment::default()
        },
    );
    world.ok(ADMIN, steward(STAFF, "harbour"));
    assert_eq!(world.no(STAFF, issue(71, "north")), Code::OutsideJurisdiction);
    assert_eq!(world.no(STAFF, suspend("u90")), Code::OutsideJurisdiction);
    world.ok(STAFF, suspend("u92"));
}

#[test]
fn the_record_of_a_colleague_of_another_part_is_changed_there_alone() {
    // Broken by: person_reached left out of decide_change; one that asks of people without an account; of_whole left out of
    // either of the other two.
    let mut world = parted();
    let may = ["change_person", "merge_persons", "keep_apart"].map(str::to_owned);
    world.profile.roles.iter_mut().find(|role| role.id == "steward").unwrap().may.extend(may);
    let change = |person| ChangePerson {
        person: Some(person),
        organisation: Some("総務課".into()),
        reason: "異動".into(),
        ..ChangePerson::default()
    };
    for (who, person, reached) in [
        (STAFF, STRANGER, false),
        (STAFF, ADMIN, false),
        (STAFF, STAFF, true),
        (STAFF, WORKER, true),
        (STRANGER, STAFF, false),
        (ADMIN, STRANGER, true),
    ] {
        match world.clone().act(who, change(person)) {
            Ok(_) => assert!(reached, "{who} {person}"),
            Err(No::Rejected(no)) => {
                assert!(!reached && no.code == Code::OutsideJurisdiction, "{who} {person} {no:?}")
            }
            Err(other) => panic!("{who} {person} {other:?}"),
        }
    }
    let merge = MergePersons { person: Some(WORKER), into: Some(STRANGER), reason: "同じ人".into() };
    assert_eq!(world.no(STAFF, merge), Code::OutsideJurisdiction);
    let apart = KeepApart { person: Some(STRANGER), other: Some(WORKER), reason: "別の人".into() };
    assert_eq!(world.no(STAFF, apart), Code::OutsideJurisdiction);
}

#[test]
fn an_office_is_full_vacant_and_replaced_in_each_part_for_itself() {
    // Broken by: `held.retain` of the place left out in decide_appoint; vacant over all parts; held_in not asked.
    let mut world = world();
    assert_eq!(world.no(ADMIN, steward(STAFF, "")), Code::FieldMissing);
    world.profile.jurisdictions.push(Jurisdiction {
        id: "desk".into(),
        kind: "desk".into(),
        ..Jurisdiction::default()
    });
    assert_eq!(world.no(ADMIN, steward(STAFF, "desk")), Code::RoleHeldElsewhere);
    world.ok(ADMIN, steward(STAFF, "north"));
    assert_eq!(world.no(ADMIN, steward(ESCORT, "north")), Code::OfficeFull);
    world.ok(ADMIN, steward(STRANGER, "south"));
    let vacancies = |world: &World| vacant(&world.registers, &world.profile, world.today()).unwrap();
    assert_eq!(vacancies(&world), []);
    let second = id(Noun::Appointment, 2);
    world.ok(
        ADMIN,
        EndAppointment { appointment: Some(second), reason: "異動".into(), ..EndAppointment::default() },
    );
    assert_eq!(vacancies(&world), [second], "the north's steward does not fill the south");
    world.ok(ADMIN, Appoint { former: Some(STAFF), ..steward(ESCORT_2, "north") });
    assert!(world.get::<Appointment>(Some(id(Noun::Appointment, 1))).ended.is_some(), "replaced");
    assert_eq!(vacancies(&world), [second]);
}

#[test]
fn who_holds_it_in_two_parts_says_which_and_who_holds_it_everywhere_need_not() {
    // Broken by: in_several never set, or set where the whole is among them.
    let mut world = parted();
    world.ok(
        ADMIN,
        EndAppointment {
            appointment: Some(id(Noun::Appointment, 2)),
            reason: "異動".into(),
            ..EndAppointment::default()
        },
    );
    world.ok(ADMIN, steward(STAFF, "south"));
    assert_eq!(world.no(STAFF, issue(70, "")), Code::FieldMissing);
    let made = world.ok(STAFF, issue(70, "south"));
    assert_eq!(place_of(&world, &made), "south");
    world.ok(STAFF, suspend("u91"));
    world.ok(STAFF, suspend("u90"));
    // A role of everywhere beside it: everywhere is meant.
    let user = world.actors[&STAFF].user;
    let change = ChangeUser {
        user: "u80".into(),
        roles: vec!["admin".into()],
        reason: "兼務".into(),
        ..ChangeUser::default()
    };
    world.ok(ADMIN, change);
    world.actors.insert(STAFF, Actor { person: STAFF, user, roles: vec!["admin".into()] });
    let made = world.ok(STAFF, issue(71, ""));
    assert_eq!(place_of(&world, &made), "");
}

#[test]
fn a_deputy_and_a_delegate_act_within_the_part_of_whom_they_act_for() {
    // Broken by: StandIn.within left out; `officer` that asks no place; own_roles without the place.
    let mut world = parted();
    world.ok(STAFF, Appoint { kind: AppointmentKind::Deputy, task: "代行".into(), ..steward(ESCORT, "") });
    account(&mut world, ESCORT, &["guard"], 82);
    assert_eq!(world.no(ESCORT, suspend("u91")), Code::OutsideJurisdiction);
    world.ok(ESCORT, suspend("u90"));
    let (_, meta) = world.log.last().unwrap();
    assert_eq!(
        (meta.role.as_str(), meta.on_behalf),
        ("steward", Some(STAFF)),
        "for the officer of that part"
    );
    let delegate =
        Delegate {
            person: Some(GUARD), to: day("2026-12-31"), reason: "出張".into(), ..Delegate::default()
        };
    world.ok(STRANGER, delegate);
    assert_eq!(world.no(GUARD, suspend("u92")), Code::OutsideJurisdiction);
    world.ok(GUARD, suspend("u91"));
    assert_eq!(world.log.last().unwrap().1.on_behalf, Some(STRANGER));
    // A delegation lies where the accounts of whoever made it do, and is its own people's wherever they are.
    let end = EndDelegation { delegation: Some(id(Noun::Delegation, 1)), reason: "不要".into() };
    assert_eq!(world.no(STAFF, end.clone()), Code::OutsideJurisdiction);
    world.ok(GUARD, end);
}

#[test]
fn an_account_moves_from_part_to_part_by_whoever_reaches_both_and_was_where_it_was() {
    // Broken by: lies_outside asked of the row before alone, or of the new place alone; `terms` without the place.
    let mut world = parted();
    let to = |user: &str, place: &str| ChangeUser {
        user: user.into(),
        jurisdiction: place.into(),
        reason: "異動".into(),
        ..ChangeUser::default()
    };
    assert_eq!(world.no(STAFF, to("u90", "south")), Code::OutsideJurisdiction);
    assert_eq!(world.no(STRANGER, to("u90", "south")), Code::OutsideJurisdiction);
    assert_eq!(world.no(ADMIN, to("u90", "nowhere")), Code::FieldInvalid);
    assert_eq!(world.no(ADMIN, to("u90", "north")), Code::NothingToChange);
    world.ok(STAFF, to("u90", "harbour"));
    world.ok(ADMIN, to("u90", "south"));
    world.ok(STRANGER, suspend("u90"));
    // Who could, then: as it lay then.
    let where_guards = |world: &World, moment: Stamp| -> Vec<String> {
        let found =
            who_could(&world.registers, &world.profile, world.edition, "check_in", moment, None).unwrap();
        found.into_iter().filter(|one| one.person == STAFF).map(|one| one.within).collect()
    };
    let (id, user) = (STAFF, "u80");
    world.ok(ADMIN, ChangeUser { roles: vec!["guard".into()], ..to(user, "north") });
    let then = world.now;
    world.ok(ADMIN, to(user, "harbour"));
    assert_eq!(
        (where_guards(&world, then), where_guards(&world, world.now)),
        (vec!["north".to_owned()], vec!["harbour".to_owned()]),
        "{id}"
    );
}

#[test]
fn who_has_a_part_governs_no_whole_and_who_has_the_root_of_the_tree_does() {
    // Broken by: somebody_can that asks no place; is_whole that is always false, or true for any part.
    let mut world = parted();
    let lost = |world: &World| {
        orphaned(&world.registers, &world.profile, &world.profile, &[id(Noun::User, 1)], world.today())
            .unwrap()
    };
    assert!(lost(&world).contains(&"issue_user"), "two stewards may issue, each in a part");
    world.profile.jurisdictions.push(Jurisdiction {
        id: "all".into(),
        kind: "part".into(),
        ..Jurisdiction::default()
    });
    for one in &mut world.profile.jurisdictions[..2] {
        one.within = Some("all".into());
    }
    world.ok(ADMIN, steward(ESCORT, "all"));
    account(&mut world, ESCORT, &[], 83);
    assert!(!lost(&world).contains(&"issue_user"));
    let made = world.ok(ESCORT, issue(70, "depot"));
    assert_eq!(place_of(&world, &made), "depot");
}

#[test]
fn a_part_that_the_rules_know_no_more_bounds_whoever_had_it_all_the_same() {
    // Broken by: an id that no profile has taken for the whole.
    let mut world = parted();
    world.profile.jurisdictions.clear();
    assert_eq!(world.no(STAFF, suspend("u91")), Code::OutsideJurisdiction);
    assert_eq!(
        world.no(STAFF, suspend("u92")),
        Code::OutsideJurisdiction,
        "nothing lies in it but what says so itself"
    );
    world.ok(STAFF, suspend("u90"));
    world.ok(ADMIN, suspend("u93"));
}

#[test]
fn the_level_above_is_asked_for_where_the_account_lies_or_around_it() {
    // Broken by: `holders` asked without the place.
    let mut world = parted();
    world.profile.accounts = Some(Accounts {
        above: [("guard".to_owned(), vec!["steward".to_owned()])].into(),
        ..Accounts::default()
    });
    world.ok(ADMIN, issue(70, "harbour"));
    world.ok(ADMIN, suspend("u81"));
    assert_eq!(
        world.no(ADMIN, issue(71, "south")),
        Code::NobodyAbove,
        "the north's steward is above nobody there"
    );
    assert_eq!(world.no(ADMIN, issue(71, "")), Code::NobodyAbove);
    world.ok(ADMIN, issue(71, "north"));
}

#[test]
fn a_personnel_change_bars_the_accounts_that_whoever_announces_it_reaches_and_the_own_one_all() {
    // Broken by: decide_plan without `reaches_account`; the own announcement bounded.
    let mut world = parted();
    let plan = |person: Id| PlanChange {
        person: Some(person),
        kind: Some(ChangeKind::Retirement),
        day: day("2026-12-10"),
        ..PlanChange::default()
    };
    let touched = |event: &Event| event.outcome.also.len();
    // The worker has an account in each part.
    let planned = world.ok(STRANGER, plan(WORKER));
    assert_eq!(touched(&planned), 1, "in the south alone");
    let barred = |world: &World, user: &str| {
        let id = world.registers.find(&key::number(Noun::User, user)).unwrap()[0];
        world.get::<User>(Some(id)).has_stops()
    };
    assert!(barred(&world, "u91") && !barred(&world, "u90") && !barred(&world, "u93"));
    assert_eq!(
        world.no(
            STAFF,
            PassOnChange { change: planned.outcome.id, to_whom: Some(ADMIN), ..PassOnChange::default() }
        ),
        Code::OutsideJurisdiction
    );
    world.ok(
        STRANGER,
        PassOnChange { change: planned.outcome.id, to_whom: Some(ADMIN), ..PassOnChange::default() },
    );
    assert_eq!(world.no(STAFF, plan(STRANGER)), Code::OutsideJurisdiction);
    // Somebody leaves as a whole by whoever reaches all that is theirs.
    let leave = |person: Id| Leave { person: Some(person), reason: "退職".into() };
    assert_eq!(world.no(STAFF, leave(WORKER)), Code::OutsideJurisdiction);
    world.ok(ADMIN, leave(WORKER));
}

#[test]
fn what_concerns_the_whole_site_is_done_by_whoever_has_the_whole() {
    // Broken by: of_whole left out of any rule; `is_for_whole` not asked by decide_as or by availability.
    let mut world = parted();
    let every: Vec<String> = Command::given().map(str::to_owned).collect();
    world
        .profile
        .roles
        .iter_mut()
        .filter(|role| role.id == "steward")
        .for_each(|role| role.may = every.clone());
    let of_whole: Vec<&str> =
        Command::RULES.iter().filter(|rule| rule.of_whole).map(|rule| rule.name).collect();
    assert_eq!(
        of_whole,
        [
            "merge_persons",
            "keep_apart",
            "adopt_profile",
            "bind_ways_in",
            "adopt_edition",
            "replace_sheet",
            "propose_profile",
            "withdraw_profile",
            "erase"
        ]
    );
    for name in of_whole.into_iter().filter(|name| *name != "replace_sheet") {
        let no = world.may(STAFF, name, Id::SITE);
        let outside = |no: &No| matches!(no, No::Rejected(no) if no.code == Code::OutsideJurisdiction);
        assert!(matches!(&no, Availability::Unavailable(no) if outside(no)), "{name} {no:?}");
        let whole = world.may(ADMIN, name, Id::SITE);
        assert!(!matches!(&whole, Availability::Unavailable(no) if outside(no)), "{name} {whole:?}");
    }
    let sheet = ReplaceSheet { recovery_key: key_of(99), ..ReplaceSheet::default() };
    assert_eq!(world.no(STAFF, sheet.clone()), Code::OutsideJurisdiction);
    world.ok(ADMIN, sheet);
    let erase = Erase { entry: Some(1), reason: "求め".into(), ..Erase::default() };
    assert_eq!(world.no(STAFF, erase.clone()), Code::OutsideJurisdiction);
    world.ok(ADMIN, erase);
}

#[test]
fn nobody_gets_a_password_with_which_somebody_acts_beyond_their_own_part() {
    // Broken by: may_know_password_of not asked in `issued`, may_reset or may_reopen; delegations left out of could_act_in.
    let mut world = parted();
    // The south's steward has an account in the north, too.
    let second = IssueUser { person: Some(STRANGER), ..issue(70, "north") };
    assert_eq!(world.no(STAFF, second.clone()), Code::OutsideJurisdiction);
    world.ok(ADMIN, second);
    let reset = |user: &str, key: u32| ResetPassword {
        user: user.into(),
        key: key_of(key),
        ..ResetPassword::default()
    };
    assert_eq!(world.no(STAFF, reset("u70", 71)), Code::OutsideJurisdiction);
    world.ok(ADMIN, CloseUser { user: "u70".into(), reason: "不要".into() });
    let reopen =
        ReopenUser { user: "u70".into(), key: key_of(72), reason: "再開".into(), ..ReopenUser::default() };
    assert_eq!(world.no(STAFF, reopen), Code::OutsideJurisdiction);
    // To whom somebody of the whole delegated.
    world.ok(STAFF, reset("u90", 73));
    let delegate = Delegate {
        person: Some(WORKER),
        to: day("2026-12-31"),
        reason: "出張".into(),
        ..Delegate::default()
    };
    world.ok(ADMIN, delegate);
    assert_eq!(world.no(STAFF, reset("u90", 74)), Code::OutsideJurisdiction);
    assert_eq!(world.no(STAFF, issue(75, "north")), Code::OutsideJurisdiction);
    world.ok(ADMIN, reset("u90", 76));
    // Whoever may not give a role takes away no account for good whose person has it.
    world.ok(STAFF, Appoint { kind: AppointmentKind::Deputy, task: "代行".into(), ..steward(ESCORT, "") });
    let made = world.ok(ADMIN, IssueUser { person: Some(ESCORT), ..issue(77, "north") });
    world.profile.accounts = Some(Accounts {
        issued_by: [("steward".to_owned(), vec!["admin".to_owned()])].into(),
        ..Accounts::default()
    });
    let remove = RemoveUser { user: "u77".into(), reason: "退職".into(), ..RemoveUser::default() };
    assert_eq!(world.no(STAFF, remove.clone()), Code::NoAuthority);
    assert!(!matches!(world.may(STAFF, "remove_user", made.outcome.id.unwrap()), Availability::Available));
    world.ok(ADMIN, remove);
}

#[test]
fn what_one_part_applies_for_or_announces_does_not_hinder_another() {
    // Broken by: decide_apply that counts every open application; `concerns` that is always true; contradicts without `shared`.
    let mut world = parted();
    let may = ["apply_user", "plan_change"].map(str::to_owned);
    world
        .profile
        .roles
        .iter_mut()
        .filter(|role| role.id == "steward")
        .for_each(|role| role.may.extend(may.clone()));
    let apply = |user: &str| ApplyUser {
        person: Some(WORKER).filter(|_| user.is_empty()),
        user: user.into(),
        roles: vec!["guard".into()],
        from: day("2026-11-20"),
        reason: "当直".into(),
        ..ApplyUser::default()
    };
    world.ok(STRANGER, apply(""));
    assert_eq!(world.no(STRANGER, apply("")), Code::AlreadyExists);
    assert_eq!(world.no(STAFF, apply("u91")), Code::OutsideJurisdiction, "an account of the other part");
    world.ok(STAFF, apply("u90"));
    assert_eq!(world.no(STAFF, apply("")), Code::AlreadyExists);
    let plan = |person: Id, kind: ChangeKind| PlanChange {
        person: Some(person),
        kind: Some(kind),
        day: day("2026-12-10"),
        ..PlanChange::default()
    };
    world.ok(STRANGER, plan(WORKER, ChangeKind::Retirement));
    world.ok(STAFF, issue(70, "harbour"));
    assert_eq!(world.no(ADMIN, issue(71, "south")), Code::ChangeExpected);
    assert_eq!(world.no(ADMIN, issue(71, "")), Code::ChangeExpected, "the whole is around it");
    // The other part says the same of its own accounts.
    let planned = world.ok(STAFF, plan(WORKER, ChangeKind::Retirement));
    assert_eq!(planned.outcome.also.len(), 4, "north, harbour twice, and the depot that it serves");
    assert_eq!(world.no(STAFF, plan(WORKER, ChangeKind::Retirement)), Code::ChangesContradict);
}

#[test]
fn a_delegation_lies_where_its_makers_accounts_in_use_do() {
    // Broken by: accounts that have ended counted among the places; `any` where all are asked.
    let mut world = parted();
    let delegate =
        Delegate {
            person: Some(GUARD), to: day("2026-12-31"), reason: "出張".into(), ..Delegate::default()
        };
    // The deputy has accounts in both parts.
    for (key, place) in [(70, "north"), (71, "south")] {
        world.ok(ADMIN, IssueUser { person: Some(STRANGER), ..issue(key, place) });
    }
    world.ok(ADMIN, CloseUser { user: "u81".into(), reason: "整理".into() });
    let actor = Actor { person: STRANGER, user: Some(id(Noun::User, 12)), roles: vec!["guard".into()] };
    world.actors.insert(STRANGER, actor);
    world.ok(STRANGER, EnrolKey { key: key_of(1071), ..EnrolKey::default() });
    world.ok(STRANGER, delegate);
    let end = EndDelegation { delegation: Some(id(Noun::Delegation, 1)), reason: "不要".into() };
    assert_eq!(world.no(STAFF, end.clone()), Code::OutsideJurisdiction, "one of the two is not theirs");
    world.ok(ADMIN, CloseUser { user: "u71".into(), reason: "異動".into() });
    world.ok(STAFF, end);
}

#[test]
fn an_account_without_a_role_of_its_own_sees_nothing_outside_its_part() {
    // Broken by: within_each left empty where nothing is held; the own way of nobody counted in Sight.
    let mut world = parted();
    let shown = |world: &World, person: Id, user: &str| {
        let id = world.registers.find(&key::number(Noun::User, user)).unwrap()[0];
        let row = world.registers.row(id).unwrap().unwrap();
        let actor = world.actors[&person].clone();
        let context = empowered(&world.registers, &world.context(&actor, &world.profile, None)).unwrap();
        ["query:users", "query:log"]
            .map(|query| Sight::of(&context, query).shows(&world.registers, &world.profile, &row).unwrap())
    };
    // Somebody who acts for the north's steward alone, by an account that lies there, or nowhere.
    for (key, place) in [(70, "north"), (71, "")] {
        let mut world = world.clone();
        world
            .ok(STAFF, Appoint { kind: AppointmentKind::Deputy, task: "代行".into(), ..steward(ESCORT, "") });
        let issued = IssueUser { person: Some(ESCORT), roles: Vec::new(), ..issue(key, place) };
        let user = world.ok(ADMIN, issued).outcome.id;
        world.actors.insert(ESCORT, Actor { person: ESCORT, user, roles: Vec::new() });
        world.ok(ESCORT, EnrolKey { key: key_of(key + 1000), ..EnrolKey::default() });
        assert_eq!(shown(&world, ESCORT, "u90"), [true, true], "{place}");
        assert_eq!(shown(&world, ESCORT, "u91"), [false, false], "{place}");
    }
    // Of a delegation that is for reading alone nobody's password is kept.
    let read = Delegate {
        person: Some(WORKER),
        what: vec!["query:today".into()],
        to: day("2026-12-31"),
        reason: "出張".into(),
        ..Delegate::default()
    };
    world.ok(STRANGER, read);
    world.ok(STAFF, ResetPassword { user: "u90".into(), key: key_of(74), ..ResetPassword::default() });
    // Whoever delegated and is barred today counts again.
    world.ok(
        STRANGER,
        Delegate {
            person: Some(WORKER),
            to: day("2026-12-31"),
            reason: "出張".into(),
            ..Delegate::default()
        },
    );
    world.ok(ADMIN, suspend("u81"));
    let reset = ResetPassword { user: "u90".into(), key: key_of(75), ..ResetPassword::default() };
    assert_eq!(world.no(STAFF, reset), Code::OutsideJurisdiction);
}
