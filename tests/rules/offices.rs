//! Offices and delegations: who may appoint, what the rights of a term are and for whom they are used.

use super::grids::{after, grid, states_of};
use super::world::*;
use daicho::domain::*;

/// Rules under which managers are appointed by the officer, and the officer by a decision from outside.
fn world() -> World {
    let mut world = World::new();
    let office = |role: &str, by: &str| Office {
        role: role.into(),
        appointed_by: vec![by.into()],
        principals: Some(1),
        ..Office::default()
    };
    world.profile.offices = vec![
        Office { outside: true, ..office("officer", "admin") },
        Office { deputies: 1, told: vec!["officer".into()], ..office("manager", "officer") },
        Office { apart: vec!["deputy".into()], task: true, principals: None, ..office("auditor", "officer") },
    ];
    for role in &mut world.profile.roles {
        if ["officer", "manager"].contains(&role.id.as_str()) {
            role.may.extend(["appoint", "delegate", "query:today"].map(str::to_owned));
        }
    }
    // Whoever was manager with an account is so no more.
    world.ok(ADMIN, SuspendUser { user: "user11".into(), reason: "異動".into() });
    world
}

/// The manager's office for the staff member, from tomorrow to the end of the fiscal year.
fn appoint() -> Appoint {
    Appoint {
        role: "manager".into(),
        person: Some(STAFF),
        from: day("2026-11-21"),
        to: day("2027-03-31"),
        ..Appoint::default()
    }
}

/// A deputy of whoever holds the office, from today on.
fn deputy(person: Id) -> Appoint {
    Appoint { kind: AppointmentKind::Deputy, task: "不在の間の決裁".into(), ..at_once(person) }
}

/// From today on.
fn at_once(person: Id) -> Appoint {
    Appoint { person: Some(person), from: None, ..appoint() }
}

fn first() -> Option<Id> {
    Some(id(Noun::Appointment, 1))
}

fn end(last: Option<Date>) -> EndAppointment {
    EndAppointment { appointment: first(), last, reason: "異動".into() }
}

fn tell() -> TellAppointment {
    TellAppointment { appointment: first(), person: Some(OFFICER), ..TellAppointment::default() }
}

/// An account without a role, for somebody who holds an office.
fn account(world: &mut World, person: Id, key: u32) {
    let user = format!("amt{key}");
    let issue = IssueUser { user, person: Some(person), key: key_of(key), ..IssueUser::default() };
    let user = world.ok(ADMIN, issue).outcome.id;
    world.actors.insert(person, Actor { person, user, roles: Vec::new() });
    world.ok(person, EnrolKey { key: key_of(key + 1000), ..EnrolKey::default() });
}

/// A manager with an account, from today on.
fn with_manager() -> World {
    let mut world = world();
    world.ok(OFFICER, at_once(STAFF));
    account(&mut world, STAFF, 80);
    world.user(ESCORT, "guard", 90);
    world
}

/// What the staff member's office decides: an application that waits.
fn waiting(world: &mut World) -> DecideVisit {
    world.ok(GUARD, application(PermitKind::Planned));
    grant(1)
}

fn on(world: &mut World, date: &str) {
    world.now = stamp(&format!("{date}T09:00:00+09:00"));
}

/// In which role and for whom the last entry was made.
fn last(world: &World) -> (String, Option<Id>) {
    let (_, meta) = world.log.last().unwrap();
    (meta.role.clone(), meta.on_behalf)
}

#[test]
fn appointments_by_state_and_command() {
    let mut base = world();
    base.ok(OFFICER, appoint());
    let began = after(&base, |w| on(w, "2026-11-21"));
    let states = [
        ("to come", base.clone()),
        ("in force", began.clone()),
        ("in force, told", after(&began, |w| drop(w.ok(OFFICER, tell())))),
        ("in force, last day told", after(&began, |w| drop(w.ok(OFFICER, end(day("2026-12-31")))))),
        ("ended", after(&began, |w| drop(w.ok(OFFICER, end(None))))),
        ("over", after(&base, |w| on(w, "2027-04-01"))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("appoint, the same", OFFICER, appoint().into()),
        (
            "appoint, another in the same days",
            OFFICER,
            Appoint { person: Some(STRANGER), ..appoint() }.into(),
        ),
        ("end_appointment", OFFICER, end(None).into()),
        ("end_appointment, on a day", OFFICER, end(day("2026-12-01")).into()),
        ("end_appointment, no reason", OFFICER, EndAppointment { reason: " ".into(), ..end(None) }.into()),
        ("end_appointment, by somebody not above", GUARD, end(None).into()),
        ("tell_appointment", OFFICER, tell().into()),
        (
            "tell_appointment, who is not to be told",
            OFFICER,
            TellAppointment { person: Some(GUARD), ..tell() }.into(),
        ),
        ("erase", ADMIN, Erase { record: first(), reason: "求め".into(), ..Erase::default() }.into()),
    ];
    states_of("appointment", &grid(&states, &commands));
}

#[test]
fn delegations_by_state_and_command() {
    let mut base = with_manager();
    base.ok(STAFF, delegate(&["decide_visit"]));
    let states = [
        ("in force", base.clone()),
        ("ended", after(&base, |w| drop(w.ok(STAFF, end_delegation())))),
        ("over", after(&base, |w| on(w, "2026-12-01"))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("delegate, the same", STAFF, delegate(&["decide_visit"]).into()),
        ("delegate, something else", STAFF, delegate(&["approve_work"]).into()),
        (
            "name_clerk, of a role that has none",
            STAFF,
            NameClerk {
                person: Some(DEPUTY),
                to: day("2026-11-30"),
                reason: "事務分担".into(),
                ..NameClerk::default()
            }
            .into(),
        ),
        ("end_delegation", STAFF, end_delegation().into()),
        ("end_delegation, by whoever bars users", ADMIN, end_delegation().into()),
        ("end_delegation, by somebody else", OFFICER, end_delegation().into()),
        ("end_delegation, no reason", STAFF, EndDelegation { reason: " ".into(), ..end_delegation() }.into()),
        (
            "erase",
            ADMIN,
            Erase { record: Some(id(Noun::Delegation, 1)), reason: "求め".into(), ..Erase::default() }.into(),
        ),
    ];
    states_of("delegation", &grid(&states, &commands));
}

#[test]
fn only_who_stands_above_appoints_and_never_themselves() {
    // Broken by: the authority not asked in `decided`; not_of not asked in decide_appoint.
    let mut world = world();
    assert_eq!(
        world.no(ADMIN, appoint()),
        Code::NoAuthority,
        "the administrator may appoint, to the officer's"
    );
    assert_eq!(world.denied(GUARD, appoint()).needs, ["admin", "manager", "officer"]);
    assert_eq!(world.no(OFFICER, at_once(OFFICER)), Code::OwnMatter);
    assert_eq!(
        world.no(OFFICER, Appoint { role: "guard".into(), ..appoint() }),
        Code::FieldInvalid,
        "no office"
    );
    assert_eq!(
        world.no(OFFICER, Appoint { role: "auditor".into(), ..appoint() }),
        Code::FieldMissing,
        "no task"
    );
    world.ok(OFFICER, appoint());
    // What was decided outside names who decided it, and when.
    let officer = Appoint { role: "officer".into(), ..at_once(STRANGER) };
    assert_eq!(world.no(ADMIN, officer.clone()), Code::FieldMissing);
    let told = Appoint { decided_by: "市長".into(), decided_on: day("2026-11-10"), ..officer };
    assert_eq!(world.no(OFFICER, told.clone()), Code::NoAuthority);
    assert_eq!(
        world.no(ADMIN, Appoint { from: day("2026-11-09"), ..told.clone() }),
        Code::DayTooEarly,
        "before the decision"
    );
    let backdated = Appoint { from: day("2026-11-10"), ..told };
    world.ok(ADMIN, backdated);
    let row: Appointment = world.get(Some(id(Noun::Appointment, 2)));
    assert_eq!(row.decided.unwrap().by, "市長");
}

#[test]
fn what_held_before_the_founding_is_carried_over_for_some_days_by_who_issues_ids() {
    // Broken by: is_carried_over always true, or asked of no day of today.
    let mut world = world();
    let carried = Appoint {
        decided_by: "院長".into(),
        decided_on: day("2026-04-01"),
        from: day("2026-04-01"),
        ..appoint()
    };
    let later = Appoint { decided_on: day("2026-11-21"), ..carried.clone() };
    assert_eq!(world.no(ADMIN, later), Code::DayTooLate, "a decision to come");
    world.ok(ADMIN, carried.clone());
    on(&mut world, "2026-11-24");
    assert_eq!(
        world.no(ADMIN, Appoint { role: "auditor".into(), task: "x".into(), ..carried }),
        Code::NoAuthority
    );
}

#[test]
fn an_office_has_as_many_people_as_the_rules_say_and_nobody_twice() {
    // Broken by: takes_office not counting; the kinds not told apart; the day of a beginning not asked.
    let mut world = world();
    world.ok(OFFICER, appoint());
    assert_eq!(world.no(OFFICER, Appoint { person: Some(STRANGER), ..appoint() }), Code::OfficeFull);
    let deputy = Appoint { kind: AppointmentKind::Deputy, task: "不在の間の決裁".into(), ..appoint() };
    assert_eq!(world.no(OFFICER, Appoint { task: " ".into(), ..deputy.clone() }), Code::FieldMissing);
    assert_eq!(world.no(OFFICER, deputy.clone()), Code::AlreadyExists, "principal and deputy in one");
    world.ok(OFFICER, Appoint { person: Some(STRANGER), ..deputy.clone() });
    assert_eq!(world.no(OFFICER, Appoint { person: Some(ESCORT), ..deputy }), Code::OfficeFull);
    // The day before it begins, and after it ends, there is room.
    let before = Appoint { person: Some(ESCORT), to: day("2026-11-20"), ..at_once(ESCORT) };
    world.ok(OFFICER, before);
    let next = Appoint { from: day("2027-04-01"), to: None, former: Some(STAFF), ..at_once(ESCORT_2) };
    world.ok(OFFICER, next);
    assert_eq!(
        world.no(OFFICER, Appoint { from: day("2027-03-31"), to: day("2027-03-30"), ..appoint() }),
        Code::PeriodReversed
    );
    assert_eq!(world.no(OFFICER, Appoint { to: day("2126-11-20"), ..at_once(WORKER) }), Code::PeriodTooLong);
    assert_eq!(world.no(OFFICER, Appoint { from: day("2026-11-19"), ..appoint() }), Code::DayTooEarly);
}

#[test]
fn an_appointment_gives_its_role_from_its_first_day_to_its_last_and_none_after_it_is_ended() {
    // Broken by: is_in_force without either day; an ended one counting.
    let mut world = world();
    world.ok(OFFICER, appoint());
    account(&mut world, STAFF, 80);
    let decide = waiting(&mut world);
    let roles = |world: &World| roles_of(&world.registers, world.edition, STAFF, world.today()).unwrap();
    assert_eq!(world.denied(STAFF, decide.clone()).needs, ["admin", "manager", "deputy", "officer"]);
    assert_eq!(roles(&world), [""; 0]);
    on(&mut world, "2026-11-21");
    assert_eq!(roles(&world), ["manager"]);
    let mut ended = world.clone();
    world.now = stamp("2027-03-31T23:50:00+09:00");
    world.ok(STAFF, Delegate { person: Some(GUARD), to: day("2027-03-31"), ..delegate(&[]) });
    on(&mut world, "2027-04-01");
    world.denied(STAFF, delegate(&[]));
    ended.ok(OFFICER, end(None));
    ended.denied(STAFF, decide);
    assert_eq!(roles(&ended), [""; 0]);
    let row: Appointment = ended.get(first());
    assert!(row.was_held_on(day("2026-11-21").unwrap()) && !row.was_held_on(day("2026-11-22").unwrap()));
}

#[test]
fn an_office_is_not_given_with_an_account_and_who_holds_one_needs_no_other_role() {
    // Broken by: no_office not asked in decide_account, decide_carry_over or decide_apply.
    let mut world = world();
    let roles = vec!["manager".to_owned()];
    let issue = IssueUser {
        user: "neu".into(),
        person: Some(STAFF),
        roles: roles.clone(),
        key: key_of(70),
        ..IssueUser::default()
    };
    assert_eq!(world.no(ADMIN, issue.clone()), Code::OfficeAppointed);
    let carry = CarryOverUser {
        user: "alt".into(),
        person: Some(STAFF),
        roles: roles.clone(),
        decided_by: "総務課長".into(),
        decided_on: day("2026-04-01"),
        key: key_of(71),
        ..CarryOverUser::default()
    };
    assert_eq!(world.no(ADMIN, carry), Code::OfficeAppointed);
    let apply = ApplyUser {
        person: Some(STAFF),
        roles,
        from: day("2026-11-21"),
        reason: "増員".into(),
        ..ApplyUser::default()
    };
    assert_eq!(world.no(ADMIN, apply), Code::OfficeAppointed);
    let bare = IssueUser { roles: Vec::new(), ..issue };
    assert_eq!(world.no(ADMIN, bare.clone()), Code::FieldMissing, "who holds no office needs a role");
    world.ok(OFFICER, appoint());
    world.ok(ADMIN, bare);
}

#[test]
fn offices_that_are_kept_apart_are_refused_to_one_person_by_account_by_office_and_by_delegation() {
    // Broken by: `apart` not asked in Profile::clash; appointments left out of no_clash_with_others.
    let mut world = world();
    let auditor = |person| Appoint { role: "auditor".into(), task: "監査".into(), ..at_once(person) };
    assert_eq!(world.no(OFFICER, auditor(DEPUTY)), Code::RolesClash, "the deputy decides");
    world.ok(OFFICER, auditor(STRANGER));
    let issue = IssueUser {
        user: "neu".into(),
        person: Some(STRANGER),
        roles: vec!["deputy".into()],
        key: key_of(70),
        ..IssueUser::default()
    };
    assert_eq!(world.no(ADMIN, issue), Code::RolesClash);
    assert_eq!(world.no(OFFICER, at_once(STRANGER)), Code::RolesClash, "who audits decides nothing");
    account(&mut world, STRANGER, 70);
    assert_eq!(world.no(OFFICER, Delegate { person: Some(STRANGER), ..delegate(&[]) }), Code::RolesClash);
}

#[test]
fn a_deputy_acts_for_whoever_holds_the_office_and_never_in_their_matters() {
    // Broken by: the deputy's role counted as an own one; on_behalf left out of the head; not_of asked of the actor alone.
    let mut world = with_manager();
    world.ok(OFFICER, deputy(STRANGER));
    account(&mut world, STRANGER, 81);
    let decide = waiting(&mut world);
    let row: Permit = world.get(permit(1));
    world.ok(STRANGER, decide);
    assert_eq!(last(&world), ("manager".to_owned(), Some(STAFF)));
    let decided =
        Permit::try_from(world.registers.row(row.id).unwrap().unwrap()).ok().unwrap().decided.unwrap();
    assert_eq!((decided.by, decided.on_behalf), (STRANGER, Some(STAFF)));
    // The deputy of the applicant does not decide.
    world.ok(GUARD, ApplyVisit { applicant: Some(STAFF), ..application(PermitKind::Planned) });
    assert_eq!(world.no(STRANGER, grant(2)), Code::OwnApplication);
    // While nobody holds the office, the deputy acts in it for nobody.
    world.ok(OFFICER, end(None));
    world.ok(STRANGER, refuse(2));
    assert_eq!(last(&world), ("manager".to_owned(), None));
    // Nor does a deputy make deputies, whom the officer did not choose.
    let mut other = world.clone();
    other.profile.offices[1].deputies = 2;
    other.profile.offices[1].deputies_by = vec!["manager".into()];
    let another = deputy(ESCORT);
    assert_eq!(other.no(STRANGER, another), Code::NotOwnRight);
    // What a deputy may is not theirs to pass on.
    assert_eq!(world.no(STRANGER, Delegate { person: Some(ESCORT), ..delegate(&[]) }), Code::NotOwnRight);
}

#[test]
fn what_is_owed_to_somebody_names_who_was_there_before_and_stays_untold_until_it_was_told() {
    // Broken by: follows not asked; tell_appointment taking anybody; an end that leaves `told`.
    let mut world = world();
    world.ok(OFFICER, at_once(STAFF));
    let untold = |world: &World| world.registers.find("appointment/untold").unwrap().len();
    assert_eq!(untold(&world), 1);
    assert_eq!(world.no(OFFICER, TellAppointment { person: Some(GUARD), ..tell() }), Code::NoAuthority);
    assert_eq!(world.no(OFFICER, TellAppointment { on: day("2026-11-21"), ..tell() }), Code::FieldInvalid);
    world.ok(OFFICER, tell());
    let row: Appointment = world.get(first());
    assert_eq!((untold(&world), row.told_to, row.told_on), (0, Some(OFFICER), day("2026-11-20")));
    world.ok(OFFICER, end(None));
    assert_eq!(untold(&world), 1, "that it ended is to be told as well");
    let next = at_once(STRANGER);
    assert_eq!(world.no(OFFICER, next.clone()), Code::FieldMissing, "who was there before");
    assert_eq!(world.no(OFFICER, Appoint { former: Some(ESCORT), ..next.clone() }), Code::FieldInvalid);
    world.ok(OFFICER, Appoint { former: Some(STAFF), ..next });
}

#[test]
fn the_last_who_may_govern_keep_their_office_until_another_may() {
    // Broken by: orphaned not asked in decide_end; offices left out of users_in.
    let mut world = world();
    world.profile.offices.push(Office {
        role: "admin".into(),
        appointed_by: vec!["officer".into()],
        ..Office::default()
    });
    world.ok(OFFICER, Appoint { role: "admin".into(), ..at_once(STAFF) });
    account(&mut world, STAFF, 80);
    world.ok(STAFF, SuspendUser { user: "admin".into(), reason: "退職".into() });
    let (code, lost) = match world.act(OFFICER, end(None)) {
        Err(No::Rejected(no)) => (no.code, no.args[0].1.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!((code, lost.contains("issue_user")), (Code::NobodyLeft, true), "{lost}");
    assert_eq!(world.no(OFFICER, end(Some(world.today()))), Code::NobodyLeft, "nor from tomorrow on");
    let soon = nobody_soon(&world.registers, &world.profile, world.today(), 200).unwrap().unwrap();
    assert_eq!(Some(soon.0), day("2027-04-01"), "{soon:?}");
}

fn delegate(what: &[&str]) -> Delegate {
    Delegate {
        person: Some(ESCORT),
        what: what.iter().map(|what| (*what).to_owned()).collect(),
        to: day("2026-11-30"),
        reason: "出張".into(),
        ..Delegate::default()
    }
}

fn end_delegation() -> EndDelegation {
    EndDelegation { delegation: Some(id(Noun::Delegation, 1)), reason: "早く戻った".into() }
}

#[test]
fn a_delegate_does_what_was_named_for_the_delegator_until_the_last_day_and_passes_nothing_on() {
    // Broken by: StandIn::what not asked; is_in_force without its last day; on_behalf left out.
    let mut world = with_manager();
    let decide = waiting(&mut world);
    world.denied(ESCORT, decide.clone());
    world.ok(STAFF, delegate(&["decide_visit"]));
    world.denied(ESCORT, RegisterEntrant { person: Some(STRANGER), ..entrant(STRANGER, &["room"], false) });
    let mut late = world.clone();
    world.ok(ESCORT, decide.clone());
    assert_eq!(last(&world), ("manager".to_owned(), Some(STAFF)));
    world.ok(ESCORT, application(PermitKind::Planned));
    assert_eq!(last(&world), ("guard".to_owned(), None), "their own right comes first");
    // Nobody ended it: it is over by itself.
    late.now = stamp("2026-11-30T23:00:00+09:00");
    assert!(matches!(late.may(ESCORT, "decide_visit", id(Noun::Permit, 1)), Availability::Available));
    on(&mut late, "2026-12-01");
    late.denied(ESCORT, decide);
    // To delegate itself is nobody's to delegate, and what is held so is not passed on.
    assert_eq!(world.no(STAFF, delegate(&["delegate"])), Code::NoSuchRight);
    let everything = Delegate { person: Some(DEPUTY), ..delegate(&[]) };
    world.ok(STAFF, everything.clone());
    assert_eq!(world.no(DEPUTY, Delegate { person: Some(ESCORT), ..everything }), Code::NotOwnRight);
}

#[test]
fn a_delegate_may_not_what_the_delegator_may_not() {
    // Broken by: own_roles counting a suspended account, or offices that ended.
    let mut world = with_manager();
    let decide = waiting(&mut world);
    assert!(matches!(world.act(STAFF, delegate(&["issue_user"])), Err(No::Denied(_))), "not theirs");
    world.ok(STAFF, delegate(&[]));
    let mut suspended = world.clone();
    suspended.ok(ADMIN, SuspendUser { user: "amt80".into(), reason: "紛失".into() });
    suspended.denied(ESCORT, decide.clone());
    world.ok(OFFICER, end(None));
    world.denied(ESCORT, decide);
}

#[test]
fn a_delegation_that_cannot_be_is_refused() {
    // Broken by: any of these left out of decide_delegate.
    let mut world = with_manager();
    let good = delegate(&["decide_visit"]);
    for (wrong, code) in [
        (Delegate { person: Some(STAFF), ..good.clone() }, Code::OwnMatter),
        (Delegate { person: Some(STRANGER), ..good.clone() }, Code::NoAccount),
        (Delegate { person: Some(OFFICER), to: None, ..good.clone() }, Code::FieldMissing),
        (Delegate { to: day("2026-11-19"), ..good.clone() }, Code::PeriodReversed),
        (Delegate { from: day("2026-11-19"), ..good.clone() }, Code::DayTooEarly),
        (Delegate { to: day("2027-04-01"), ..good.clone() }, Code::BeyondOwnTerm),
        (Delegate { to: day("2126-01-01"), ..good.clone() }, Code::PeriodTooLong),
        (Delegate { reason: " ".into(), ..good.clone() }, Code::FieldMissing),
        (delegate(&["no_such"]), Code::NoSuchRight),
        (delegate(&["decide_visit", "decide_visit"]), Code::NamedTwice),
        (Delegate { person: Some(MANAGER), ..good.clone() }, Code::AccountSuspended),
    ] {
        let said = format!("{wrong:?}");
        assert_eq!(world.no(STAFF, wrong), code, "{said}");
    }
    world.ok(STAFF, Delegate { person: Some(OFFICER), ..good.clone() });
    assert_eq!(
        world.no(OFFICER, Delegate { person: Some(STAFF), ..delegate(&["acknowledge_notice"]) }),
        Code::DelegationCircle
    );
    assert_eq!(world.no(STAFF, Delegate { person: Some(OFFICER), ..good }), Code::AlreadyExists);
}

#[test]
fn whoever_takes_an_office_ends_the_time_of_the_one_before_the_day_before() {
    // Broken by: the replaced row left out of `also`; takes_office counting it; the day not set back.
    let mut world = with_manager();
    let next = Appoint { from: day("2026-12-01"), ..at_once(STRANGER) };
    assert_eq!(world.no(OFFICER, next.clone()), Code::OfficeFull);
    world.ok(OFFICER, Appoint { former: Some(STAFF), ..next });
    let before: Appointment = world.get(first());
    assert_eq!((before.to, before.state), (day("2026-11-30"), AppointmentState::Standing));
    let held =
        |world: &World, person| roles_of(&world.registers, world.edition, person, world.today()).unwrap();
    account(&mut world, STRANGER, 81);
    assert_eq!((held(&world, STAFF).len(), held(&world, STRANGER).len()), (1, 0));
    on(&mut world, "2026-12-01");
    assert_eq!((held(&world, STAFF).len(), held(&world, STRANGER).len()), (0, 1));
    // Not by whoever carries over what was decided before the founding.
    let mut other = with_manager();
    let carried = Appoint {
        decided_by: "院長".into(),
        decided_on: day("2026-04-01"),
        former: Some(STAFF),
        ..at_once(STRANGER)
    };
    assert_eq!(other.no(ADMIN, carried), Code::NoAuthority);
    // At once, too.
    let mut world = with_manager();
    world.ok(OFFICER, Appoint { former: Some(STAFF), ..at_once(STRANGER) });
    let before: Appointment = world.get(first());
    assert_eq!(before.state, AppointmentState::Ended);
}

#[test]
fn four_eyes_are_not_somebody_and_who_acts_for_them() {
    // Broken by: made_for left out of the people whose own matter a version, an application or a report is.
    let mut world = with_manager();
    for role in &mut world.profile.roles {
        if role.id == "manager" {
            role.may.extend(["propose_profile".to_owned(), "apply_user".to_owned()]);
        }
    }
    world.ok(STAFF, delegate(&["propose_profile", "apply_visit", "apply_user"]));
    world.ok(ESCORT, propose("name = \"test\"", "2026-12-01"));
    assert_eq!(last(&world), ("manager".to_owned(), Some(STAFF)));
    assert_eq!(
        world.no(STAFF, agree(2)),
        Code::OwnProposal,
        "in the own right, what was proposed in the own name"
    );
    // The guard's own right to apply comes first; a delegate without one applies for the manager.
    world.user(STRANGER, "clerk", 95);
    world.ok(STAFF, Delegate { person: Some(STRANGER), ..delegate(&["apply_visit"]) });
    let applied = world.ok(STRANGER, application(PermitKind::Planned)).outcome.id.unwrap();
    assert_eq!(world.no(STAFF, grant(applied.n)), Code::OwnApplication);
}

#[test]
fn what_would_clash_with_the_own_roles_nobody_does_for_another() {
    // Broken by: `empowered` keeping a stand-in that clashes: the order of account and delegation would decide.
    let mut world = with_manager();
    let decide = waiting(&mut world);
    world.ok(STAFF, delegate(&["decide_visit"]));
    let mut roles = world.actors[&ESCORT].clone();
    world.ok(ADMIN, SuspendUser { user: "user90".into(), reason: "異動".into() });
    roles.roles = vec!["auditor".into()];
    // An account that only audits, of somebody to whom something was delegated before.
    let issue = IssueUser {
        user: "kansa".into(),
        person: Some(ESCORT),
        roles: roles.roles.clone(),
        key: key_of(97),
        ..IssueUser::default()
    };
    world.profile.offices.retain(|office| office.role != "auditor");
    world.ok(ADMIN, RemoveUser { user: "user90".into(), reason: "異動".into(), ..RemoveUser::default() });
    roles.user = world.ok(ADMIN, issue).outcome.id;
    world.actors.insert(ESCORT, roles);
    world.ok(ESCORT, EnrolKey { key: key_of(1097), ..EnrolKey::default() });
    world.denied(ESCORT, decide);
}

#[test]
fn who_acts_for_another_neither_says_that_they_go_nor_passes_on_what_is_theirs() {
    // Broken by: not_of left out of decide_plan where somebody acts for another; is_own_alone left out of who could.
    let mut world = with_manager();
    let administers = world.profile.roles.iter_mut().find(|role| role.id == "admin").unwrap();
    administers.may.push("delegate".into());
    world.ok(ADMIN, Delegate { person: Some(GUARD), ..delegate(&[]) });
    let gone = |person| PlanChange {
        person: Some(person),
        kind: Some(ChangeKind::Retirement),
        day: day("2026-11-21"),
        ..PlanChange::default()
    };
    assert_eq!(world.no(GUARD, gone(ADMIN)), Code::OwnMatter, "for whom they act");
    world.clone().ok(GUARD, gone(STAFF));
    // A deputy passes on nothing, whatever the officer may.
    world.ok(OFFICER, deputy(STRANGER));
    account(&mut world, STRANGER, 81);
    for what in ["delegate", "approve_work"] {
        let found =
            who_could(&world.registers, &world.profile, world.edition, what, world.now, None).unwrap();
        let deputy = found.iter().any(|one| one.person == STRANGER);
        assert_eq!(deputy, what == "approve_work", "{what}");
        let theirs = policy_of(&world.registers, &world.profile, world.edition, STRANGER, world.now).unwrap();
        assert_eq!(theirs.iter().any(|(right, _)| right == what), what == "approve_work", "{what}");
    }
    assert_eq!(world.no(STRANGER, delegate(&["approve_work"])), Code::NotOwnRight);
}

#[test]
fn who_could_do_something_at_a_moment_is_told_with_what_it_rested_on() {
    // Broken by: was_in_force of either asked of the day alone; deputies counted as own; delegations of others found.
    let mut world = with_manager();
    world.ok(OFFICER, deputy(STRANGER));
    account(&mut world, STRANGER, 81);
    let before = world.now;
    world.ok(STAFF, delegate(&["approve_work"]));
    world.ok(OFFICER, Delegate { person: Some(GUARD), ..delegate(&[]) });
    let could = |world: &World, what: &str, moment: Stamp| -> Vec<(Id, String, Option<Id>, Noun)> {
        let found = who_could(&world.registers, &world.profile, world.edition, what, moment, None).unwrap();
        found.into_iter().map(|one| (one.person, one.role, one.on_behalf, one.ground.noun)).collect()
    };
    let of = |person, role: &str, whom, noun| (person, role.to_owned(), whom, noun);
    let manager = |noun| of(STAFF, "manager", None, noun);
    let approve = could(&world, "approve_work", world.now);
    let deputies = of(STRANGER, "manager", Some(STAFF), Noun::Appointment);
    assert_eq!(
        approve,
        [
            of(DEPUTY, "deputy", None, Noun::User),
            of(ESCORT, "manager", Some(STAFF), Noun::Delegation),
            manager(Noun::Appointment),
            deputies.clone(),
        ]
    );
    // Before it was delegated nobody could for the manager but the deputy.
    assert_eq!(
        could(&world, "approve_work", before),
        [of(DEPUTY, "deputy", None, Noun::User), manager(Noun::Appointment), deputies]
    );
    // What the officer delegated whole.
    let took = could(&world, "acknowledge_notice", world.now);
    assert!(took.contains(&of(GUARD, "officer", Some(OFFICER), Noun::Delegation)), "{took:?}");
    assert!(!took.iter().any(|(person, ..)| *person == ESCORT), "{took:?}");
    // What has ended since was so then.
    let then = world.now;
    world.ok(STAFF, end_delegation());
    world.ok(OFFICER, end(None));
    assert_eq!(could(&world, "approve_work", then), approve);
    let now = could(&world, "approve_work", world.now);
    assert_eq!(
        now,
        [of(DEPUTY, "deputy", None, Noun::User), of(STRANGER, "manager", None, Noun::Appointment)]
    );
}
