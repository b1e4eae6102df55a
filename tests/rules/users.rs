//! Accounts: applied for, checked, granted or refused by somebody else, and over by themselves.

use super::grids::{after, grid, states_of};
use super::world::*;
use daicho::domain::*;
use std::collections::BTreeMap;

/// The guard applies for somebody, from tomorrow to the end of the fiscal year.
fn apply(person: Id) -> ApplyUser {
    ApplyUser {
        person: Some(person),
        roles: vec!["deputy".into()],
        from: day("2026-11-21"),
        to: day("2027-03-31"),
        scope: "承認".into(),
        reason: "増員".into(),
        department: "医療情報課".into(),
        ..ApplyUser::default()
    }
}

fn first() -> Option<Id> {
    Some(id(Noun::UserApplication, 1))
}

fn receive() -> ReceiveApplication {
    ReceiveApplication { application: first(), remarks: "庁内便".into() }
}

fn check() -> CheckApplication {
    CheckApplication {
        application: first(),
        complete: true,
        single: true,
        genuine: true,
        reachable: true,
        ..CheckApplication::default()
    }
}

fn turn_down() -> RefuseApplication {
    RefuseApplication { application: first(), reason: "定員".into() }
}

fn take_back() -> WithdrawApplication {
    WithdrawApplication { application: first(), reason: "人違い".into() }
}

/// The first application is granted.
fn issue() -> IssueUser {
    IssueUser { user: "neu".into(), application: first(), key: key_of(70), ..IssueUser::default() }
}

/// An ID that nobody applied for.
fn unapplied(person: Id) -> IssueUser {
    IssueUser {
        user: "neu".into(),
        person: Some(person),
        roles: vec!["deputy".into()],
        key: key_of(70),
        ..IssueUser::default()
    }
}

fn carry_over(person: Id) -> CarryOverUser {
    CarryOverUser {
        user: "alt".into(),
        person: Some(person),
        roles: vec!["guard".into()],
        decided_by: "総務課長".into(),
        decided_on: day("2026-04-01"),
        key: key_of(75),
        ..CarryOverUser::default()
    }
}

/// A world whose rules say something of accounts. The guard may apply.
fn with(accounts: Accounts) -> World {
    let mut world = World::new();
    world.profile.roles[1].may.extend(["apply_user".to_owned(), "withdraw_application".to_owned()]);
    world.profile.accounts = Some(accounts);
    world
}

/// As the regulation of a hospital asks it: nobody gets an ID that was not applied for.
fn strict() -> World {
    let needs = ["department", "organisation"].map(str::to_owned).to_vec();
    let outsider_needs = ["scope", "to"].map(str::to_owned).to_vec();
    let mut world =
        with(Accounts { without_application: false, needs, outsider_needs, ..Accounts::default() });
    world.profile.accounts.as_mut().unwrap().administrative = vec!["admin".into()];
    for person in [STAFF, WORKER, STRANGER] {
        let organisation = Some("医療情報課".to_owned());
        let change = ChangePerson {
            person: Some(person),
            organisation,
            reason: "確認".into(),
            ..ChangePerson::default()
        };
        world.ok(ADMIN, change);
    }
    world
}

fn refusal(answer: Result<Event, No>) -> (Code, BTreeMap<String, String>) {
    match answer {
        Err(No::Rejected(rejection)) => (rejection.code, rejection.args.into_iter().collect()),
        other => panic!("not refused: {other:?}"),
    }
}

fn field_of(answer: Result<Event, No>) -> (Code, String) {
    let (code, args) = refusal(answer);
    (code, args["field"].clone())
}

/// The account that an event made.
fn account(world: &World, event: &Event) -> User {
    world.get(event.outcome.user)
}

#[test]
fn user_applications_by_state_and_command() {
    let mut base = with(Accounts { checked: true, ..Accounts::default() });
    base.ok(GUARD, apply(STAFF));
    let received = after(&base, |w| drop(w.ok(ADMIN, receive())));
    let faulty = CheckApplication { genuine: false, remarks: "押印なし".into(), ..check() };
    let checked = after(&received, |w| drop(w.ok(ADMIN, check())));
    let states = [
        ("applied", base.clone()),
        ("received", received.clone()),
        ("received, not in order", after(&received, |w| drop(w.ok(ADMIN, faulty.clone())))),
        ("checked", checked.clone()),
        ("granted", after(&checked, |w| drop(w.ok(ADMIN, issue())))),
        ("refused", after(&checked, |w| drop(w.ok(ADMIN, turn_down())))),
        ("withdrawn", after(&base, |w| drop(w.ok(GUARD, take_back())))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("apply_user, again", GUARD, apply(STAFF).into()),
        ("receive_application", ADMIN, receive().into()),
        ("check_application", ADMIN, check().into()),
        ("check_application, not in order", ADMIN, faulty.clone().into()),
        (
            "check_application, not in order and nothing said",
            ADMIN,
            CheckApplication { remarks: " ".into(), ..faulty }.into(),
        ),
        ("refuse_application", ADMIN, turn_down().into()),
        (
            "refuse_application, no reason",
            ADMIN,
            RefuseApplication { reason: " ".into(), ..turn_down() }.into(),
        ),
        ("withdraw_application", GUARD, take_back().into()),
        ("withdraw_application, by whoever decides", ADMIN, take_back().into()),
        ("issue_user", ADMIN, issue().into()),
        ("carry_over_user", ADMIN, carry_over(STAFF).into()),
        ("erase", ADMIN, Erase { record: first(), reason: "求め".into(), ..Erase::default() }.into()),
    ];
    states_of("user_application", &grid(&states, &commands));
}

#[test]
fn an_id_is_issued_on_an_application_alone_where_the_rules_ask_it_and_never_by_whoever_applied() {
    // Broken by: the application not asked for in decide_account; may_refuse not asked of who decides; `from` not judged.
    let mut world = strict();
    let (code, args) = refusal(world.act(ADMIN, unapplied(STAFF)));
    assert_eq!((code, args["person"].as_str()), (Code::ApplicationNeeded, "P-00007"));
    world.ok(GUARD, apply(STAFF));
    // Whoever typed it, applied, or is to have it, does not decide it.
    world.profile.roles[1].may.push("issue_user".to_owned());
    assert_eq!(world.no(GUARD, issue()), Code::OwnApplication);
    assert_eq!(world.no(GUARD, turn_down()), Code::OwnApplication);
    let made = world.ok(ADMIN, issue());
    let user = account(&world, &made);
    assert_eq!((user.basis, user.application, user.person), (Basis::Application, first(), STAFF));
    assert_eq!(
        (user.roles.clone(), user.from, user.until),
        (vec!["deputy".to_owned()], day("2026-11-21"), day("2027-03-31"))
    );
    let row: UserApplication = world.get(first());
    assert_eq!(
        (row.state, row.account, row.decided.unwrap().by),
        (ApplicationState::Granted, Some(user.id), ADMIN)
    );
    // Once granted it makes no second ID.
    assert_eq!(
        world.no(ADMIN, IssueUser { user: "neu2".into(), key: key_of(71), ..issue() }),
        Code::WrongState
    );
    // A first day before the permission is refused, asked for or given.
    let mut world = strict();
    let early = ApplyUser { from: day("2026-11-19"), ..apply(STAFF) };
    assert_eq!(world.no(GUARD, early), Code::BeforePermission);
    world.ok(GUARD, ApplyUser { from: day("2026-11-20"), ..apply(STAFF) });
    world.now = stamp("2026-11-25T09:00:00+09:00");
    assert_eq!(world.no(ADMIN, IssueUser { from: day("2026-11-24"), ..issue() }), Code::BeforePermission);
    // Granted late, it begins on the day of the permission.
    let made = world.ok(ADMIN, issue());
    assert_eq!(account(&world, &made).from, day("2026-11-25"));
}

#[test]
fn an_application_tells_all_that_the_rules_ask_and_the_one_that_is_missing_is_named() {
    // Broken by: a need passed over in Wanted::judge or in decide_apply, each alone.
    let mut world = strict();
    let whole = ApplyUser { applicant: Some(ESCORT), ..apply(WORKER) };
    let lacks: [(&str, ApplyUser); 7] = [
        ("department", ApplyUser { department: " ".into(), ..whole.clone() }),
        ("person", ApplyUser { person: None, ..whole.clone() }),
        ("reason", ApplyUser { reason: String::new(), ..whole.clone() }),
        ("scope", ApplyUser { scope: String::new(), ..whole.clone() }),
        ("from", ApplyUser { from: None, ..whole.clone() }),
        ("to", ApplyUser { to: None, ..whole.clone() }),
        ("roles", ApplyUser { roles: Vec::new(), ..whole.clone() }),
    ];
    for (field, command) in lacks {
        assert_eq!(field_of(world.act(GUARD, command)), (Code::FieldMissing, field.to_owned()));
    }
    // For the site's own staff the rules ask neither scope nor last day.
    world.clone().ok(GUARD, ApplyUser { scope: String::new(), to: None, ..apply(STAFF) });
    // The affiliation stands in the person's record.
    assert_eq!(
        field_of(world.act(GUARD, apply(ESCORT_2))),
        (Code::PersonIncomplete, "organisation".to_owned())
    );
    let made = world.ok(GUARD, whole);
    let row: UserApplication = world.get(made.outcome.id);
    assert_eq!((row.applicant, row.entered_by, row.person), (ESCORT, GUARD, WORKER));
    assert_eq!(row.applied.date_naive(), day("2026-11-20").unwrap());
    // The same person is not applied for twice while it is open.
    let (code, args) = refusal(world.act(GUARD, apply(WORKER)));
    assert_eq!((code, args["record"].as_str()), (Code::AlreadyExists, "UA-00001"));
}

#[test]
fn conditions_and_the_duty_that_needs_administrator_rights_stand_with_the_account() {
    // Broken by: `administrative` not asked in Wanted::judge; conditions not folded into the account.
    let mut world = strict();
    let admin = ApplyUser { roles: vec!["admin".into()], ..apply(STAFF) };
    assert_eq!(field_of(world.act(GUARD, admin.clone())), (Code::FieldMissing, "duty".to_owned()));
    world.ok(GUARD, ApplyUser { duty: "サーバの運用".into(), ..admin });
    let made = world.ok(ADMIN, IssueUser { conditions: "夜間は使わない".into(), ..issue() });
    let user = account(&world, &made);
    assert_eq!((user.conditions.as_str(), user.application), ("夜間は使わない", first()));
    // Nor does an ID without an application get them without a duty.
    let mut world = with(Accounts { administrative: vec!["admin".into()], ..Accounts::default() });
    let plain = IssueUser { roles: vec!["admin".into()], ..unapplied(STAFF) };
    assert_eq!(field_of(world.act(ADMIN, plain.clone())), (Code::FieldMissing, "duty".to_owned()));
    let made = world.ok(ADMIN, IssueUser { duty: "サーバの運用".into(), ..plain });
    assert_eq!(
        (account(&world, &made).duty.as_str(), account(&world, &made).basis),
        ("サーバの運用", Basis::Unapplied)
    );
    let carried = CarryOverUser { roles: vec!["admin".into()], ..carry_over(STRANGER) };
    assert_eq!(field_of(world.act(ADMIN, carried)), (Code::FieldMissing, "duty".to_owned()));
}

#[test]
fn no_more_is_issued_than_was_applied_for() {
    // Broken by: each of the comparisons in UserApplication::covers.
    let mut world = strict();
    world.ok(GUARD, apply(STAFF));
    let beyond = |command: IssueUser| field_of(world.clone().act(ADMIN, command));
    let roles = vec!["deputy".to_owned(), "guard".to_owned()];
    assert_eq!(beyond(IssueUser { roles, ..issue() }), (Code::BeyondApplication, "roles".into()));
    assert_eq!(
        beyond(IssueUser { to: day("2027-04-01"), ..issue() }),
        (Code::BeyondApplication, "to".into())
    );
    assert_eq!(
        beyond(IssueUser { from: day("2026-11-20"), ..issue() }),
        (Code::BeyondApplication, "from".into())
    );
    assert_eq!(
        beyond(IssueUser { person: Some(STRANGER), ..issue() }),
        (Code::FieldInvalid, "person".into())
    );
    let less = IssueUser { from: day("2026-12-01"), to: day("2026-12-31"), ..issue() };
    let made = world.ok(ADMIN, less);
    assert_eq!(
        (account(&world, &made).from, account(&world, &made).until),
        (day("2026-12-01"), day("2026-12-31"))
    );
}

#[test]
fn periods_that_are_none_are_refused() {
    let world = strict();
    let no = |command: ApplyUser| world.clone().no(GUARD, command);
    assert_eq!(no(ApplyUser { to: day("2026-11-20"), ..apply(STAFF) }), Code::PeriodReversed);
    assert_eq!(no(ApplyUser { to: day("2126-11-20"), ..apply(STAFF) }), Code::PeriodTooLong);
    let past = ApplyUser { from: day("2025-11-20"), to: day("2025-12-20"), ..apply(STAFF) };
    assert_eq!(no(past), Code::BeforePermission);
    assert_eq!(
        world.clone().no(ADMIN, CarryOverUser { to: day("2026-11-19"), ..carry_over(STAFF) }),
        Code::PeriodReversed
    );
}

#[test]
fn an_account_stops_by_itself_the_day_after_its_last_and_gives_nothing_before_its_first() {
    // Broken by: decide::barred left out; `<=` for `<` in is_outside_period; roles_where without the period.
    let mut world = strict();
    world.ok(GUARD, apply(STAFF));
    let made = world.ok(ADMIN, issue());
    let user = made.outcome.user;
    world.actors.insert(STAFF, Actor { person: STAFF, user, roles: vec!["deputy".into()] });
    let enrol = || EnrolKey { key: key_of(700), ..EnrolKey::default() };
    assert_eq!(world.no(STAFF, enrol()), Code::AccountNotBegun);
    world.now = stamp("2026-11-21T00:00:00+09:00");
    world.ok(STAFF, enrol());
    let roles = |world: &World, date: &str| {
        roles_of(&world.registers, world.edition, STAFF, day(date).unwrap()).unwrap()
    };
    assert_eq!(roles(&world, "2026-11-20"), Vec::<String>::new());
    assert_eq!(roles(&world, "2026-11-21"), ["deputy"]);
    assert_eq!(roles(&world, "2027-03-31"), ["deputy"]);
    assert_eq!(roles(&world, "2027-04-01"), Vec::<String>::new());
    world.now = stamp("2027-03-31T23:50:00+09:00");
    let apply = |date| ApplyVisit { from: day(date), to: day(date), ..application(PermitKind::Failure) };
    world.ok(STAFF, apply("2027-03-31"));
    world.now = stamp("2027-04-01T00:00:00+09:00");
    let (code, args) = refusal(world.act(STAFF, apply("2027-04-01")));
    assert_eq!(
        (code, args["user"].as_str(), args["until"].as_str()),
        (Code::AccountOver, "neu", "2027-03-31")
    );
    assert_eq!(world.no(STAFF, LogIn::default()), Code::AccountOver);
    // That it was refused is an entry all the same.
    let refused = RecordRefusal {
        refused: "apply_visit".into(),
        reason: "account_over".into(),
        ..RecordRefusal::default()
    };
    world.ok(STAFF, refused);
    // Nobody is let back by the sheet into an account that is over, and nobody counts by one.
    world.profile.roles[2].may.push("issue_user".to_owned());
    world.profile.roles[3].may.push("issue_user".to_owned());
    let sheet = UseSheet { user: "neu".into(), key: key_of(701), ..UseSheet::default() };
    assert_eq!(world.no(Id::SITE, sheet), Code::AccountOver);
    let offered = holders(&world.registers, world.edition, &["deputy".into()], world.today()).unwrap();
    assert_eq!(offered, [DEPUTY]);
}

#[test]
fn a_clock_that_jumped_neither_ends_an_account_nor_brings_one_back() {
    // Broken by: `accounts_on` the day of the clock; the first of two jumps forgotten.
    let mut world = strict();
    world.ok(GUARD, apply(STAFF));
    let made = world.ok(ADMIN, issue());
    world
        .actors
        .insert(STAFF, Actor { person: STAFF, user: made.outcome.user, roles: vec!["deputy".into()] });
    world.now = stamp("2026-12-01T09:00:00+09:00");
    world.ok(STAFF, EnrolKey { key: key_of(700), ..EnrolKey::default() });
    let jump = |world: &World| ReportClockJump { before: Some(world.now) };
    // Ahead by a year: whoever was in on the day before goes on, and says so.
    let (mut ahead, mut said) = (world.clone(), world.clone());
    let told = jump(&ahead);
    ahead.now = stamp("2027-12-01T09:00:00+09:00");
    ahead.ok(STAFF, told);
    ahead.clock_unconfirmed = true;
    ahead.ok(STAFF, LogIn::default());
    ahead.clock_unconfirmed = false;
    ahead.ok(ADMIN, ConfirmClock { remarks: "時報".into() });
    assert_eq!(ahead.no(STAFF, LogIn::default()), Code::AccountOver);
    // Back before the end of one that is over: it stays over, however often the clock is set.
    let mut back = world;
    back.now = stamp("2027-04-02T09:00:00+09:00");
    assert_eq!(back.no(STAFF, LogIn::default()), Code::AccountOver);
    let told = jump(&back);
    back.now = stamp("2027-03-01T09:00:00+09:00");
    assert_eq!(back.no(STAFF, told.clone()), Code::AccountOver);
    back.ok(ADMIN, told);
    back.clock_unconfirmed = true;
    assert_eq!(back.no(STAFF, LogIn::default()), Code::AccountOver);
    let told = jump(&back);
    back.now = stamp("2027-02-01T09:00:00+09:00");
    back.ok(ADMIN, told);
    assert_eq!(back.no(STAFF, LogIn::default()), Code::AccountOver);
    // What was said of the time before, true or not, keeps nobody from saying that the clock is right who is in their period
    // by it; and gives nobody a right who is not.
    said.now = stamp("2026-12-05T09:00:00+09:00");
    said.ok(STAFF, ReportClockJump { before: Some(stamp("2000-01-01T00:00:00+09:00")) });
    said.clock_unconfirmed = true;
    said.ok(STAFF, LogIn::default());
    assert_eq!(said.no(STAFF, refuse(1)), Code::AccountNotBegun);
    said.profile.roles[3].may.push("confirm_clock".to_owned());
    said.ok(STAFF, ConfirmClock { remarks: "時報".into() });
    said.clock_unconfirmed = false;
    assert_ne!(said.no(STAFF, refuse(1)), Code::AccountNotBegun);
}

#[test]
fn an_id_comes_from_whoever_the_rules_name_once_the_level_above_is_there_and_the_person_can_be_reached() {
    // Broken by: `issued_by`, `above` and the need of a contact passed over, each alone.
    let mut world = with(Accounts {
        needs: vec!["contact".into()],
        issued_by: BTreeMap::from([("deputy".to_owned(), vec!["manager".to_owned()])]),
        above: BTreeMap::from([("deputy".to_owned(), vec!["officer".to_owned(), "manager".to_owned()])]),
        ..Accounts::default()
    });
    world.profile.roles[2].may.push("issue_user".to_owned());
    let reach = ChangePerson {
        person: Some(STAFF),
        contact: Some("内線 1234".into()),
        reason: "確認".into(),
        ..ChangePerson::default()
    };
    assert_eq!(field_of(world.act(MANAGER, unapplied(STAFF))), (Code::PersonIncomplete, "contact".into()));
    world.ok(ADMIN, reach);
    let (code, args) = refusal(world.act(ADMIN, unapplied(STAFF)));
    assert_eq!((code, args["needs"].as_str()), (Code::NoAuthority, "manager"));
    let officer: User =
        world.get(world.registers.find(&key::of(Noun::User, OFFICER)).unwrap().first().copied());
    let mut without = world.clone();
    without.ok(ADMIN, SuspendUser { user: officer.user, reason: "休職".into() });
    let (code, args) = refusal(without.act(MANAGER, unapplied(STAFF)));
    assert_eq!(
        (code, args["role"].as_str(), args["above"].as_str()),
        (Code::NobodyAbove, "deputy", "officer")
    );
    world.ok(MANAGER, unapplied(STAFF));
}

#[test]
fn one_person_has_one_account_where_the_rules_say_so() {
    let mut world = with(Accounts { one_each: true, ..Accounts::default() });
    world.user(STAFF, "guard", 40);
    assert_eq!(world.no(GUARD, apply(STAFF)), Code::AlreadyExists);
    assert_eq!(world.no(ADMIN, unapplied(STAFF)), Code::AlreadyExists);
    assert_eq!(world.no(ADMIN, carry_over(STAFF)), Code::AlreadyExists);
    world.ok(ADMIN, RemoveUser { user: "user40".into(), reason: "退職".into(), ..RemoveUser::default() });
    world.ok(ADMIN, unapplied(STAFF));
}

#[test]
fn what_is_carried_over_says_that_it_was_not_decided_here_and_lies_before_the_site() {
    let mut world = strict();
    let made = world.ok(ADMIN, carry_over(STAFF));
    let user = account(&world, &made);
    let before = user.decided_before.unwrap();
    assert_eq!(
        (user.basis, before.by.as_str(), before.on),
        (Basis::CarriedOver, "総務課長", day("2026-04-01").unwrap())
    );
    // The site was founded on the 20th.
    let later = CarryOverUser {
        decided_on: day("2026-11-21"),
        user: "a2".into(),
        key: key_of(76),
        ..carry_over(STRANGER)
    };
    assert_eq!(world.no(ADMIN, later.clone()), Code::DayTooLate);
    world.ok(ADMIN, CarryOverUser { decided_on: day("2026-11-20"), ..later });
    // Some days later it is no way around an application any more.
    let mut later = world.clone();
    later.now = stamp("2026-11-23T09:00:00+09:00");
    later.clone().ok(ADMIN, CarryOverUser { user: "a4".into(), key: key_of(78), ..carry_over(STRANGER) });
    later.now = stamp("2026-11-24T09:00:00+09:00");
    let late = CarryOverUser { user: "a4".into(), key: key_of(78), ..carry_over(STRANGER) };
    assert_eq!(later.no(ADMIN, late), Code::ApplicationNeeded);
    let nobody =
        CarryOverUser { decided_by: " ".into(), user: "a3".into(), key: key_of(77), ..carry_over(ESCORT) };
    assert_eq!(field_of(world.act(ADMIN, nobody)), (Code::FieldMissing, "decided_by".into()));
}

#[test]
fn who_ends_soon_and_could_not_be_replaced_is_told_beforehand() {
    let mut world = with(Accounts::default());
    let soon = |world: &World| nobody_soon(&world.registers, &world.profile, world.today(), 30).unwrap();
    assert_eq!(soon(&world), None);
    // A second administrator whose account ends takes nobody's place for ever.
    let until = IssueUser { roles: vec!["admin".into()], to: day("2026-12-10"), ..unapplied(STAFF) };
    let made = world.ok(ADMIN, until);
    world.actors.insert(STAFF, Actor { person: STAFF, user: made.outcome.user, roles: vec!["admin".into()] });
    world.ok(STAFF, EnrolKey { key: key_of(700), ..EnrolKey::default() });
    assert_eq!(soon(&world), None);
    let first: User = world.get(world.registers.find(&key::of(Noun::User, ADMIN)).unwrap().first().copied());
    world.ok(STAFF, RemoveUser { user: first.user, reason: "退職".into(), ..RemoveUser::default() });
    let (date, commands) = soon(&world).unwrap();
    assert_eq!(
        (Some(date), commands),
        (day("2026-12-11"), vec!["issue_user", "propose_profile", "rekey_vault"])
    );
    world.now = stamp("2026-12-11T09:00:00+09:00");
    assert_eq!(
        nobody_can(&world.registers, &world.profile, world.today()).unwrap(),
        ["issue_user", "propose_profile", "rekey_vault"]
    );
}

#[test]
fn before_edition_three_nothing_of_it_is_known() {
    let mut world = World::under(Edition::Two);
    assert_eq!(world.no(ADMIN, IssueUser { to: day("2027-03-31"), ..unapplied(STAFF) }), Code::NeedsEdition);
    assert_eq!(world.no(ADMIN, apply(STAFF)), Code::NeedsEdition);
    assert_eq!(world.no(ADMIN, carry_over(STAFF)), Code::NeedsEdition);
    world.profile.accounts = Some(Accounts { without_application: false, ..Accounts::default() });
    world.ok(ADMIN, unapplied(STAFF));
}

/// The rules of a password that serves three months.
fn three_months(world: &mut World) {
    world.profile.password.months = Some(3);
    world.profile.password.notice_days = Some(14);
}

#[test]
fn a_password_opens_nothing_but_its_change_from_the_day_on_which_its_months_are_complete() {
    // Broken by: `<` for `<=` in is_password_due; days for calendar months; EnrolKey not let through.
    let mut world = World::new();
    three_months(&mut world);
    world.user(STAFF, "guard", 40);
    world.now = stamp("2027-02-19T23:58:00+09:00");
    world.ok(STAFF, staff(ESCORT));
    world.now = stamp("2027-02-20T00:00:00+09:00");
    let (code, args) = refusal(world.act(STAFF, staff(ESCORT_2)));
    assert_eq!(
        (code, args["user"].as_str(), args["day"].as_str()),
        (Code::PasswordDue, "user40", "2027-02-20")
    );
    assert_eq!(world.no(STAFF, LogIn::default()), Code::PasswordDue);
    world.ok(STAFF, EnrolKey { key: key_of(4000), ..EnrolKey::default() });
    world.ok(STAFF, LogIn::default());
    // A copy is taken over with the password of its day, and a doubtful clock told and confirmed.
    let mut restored = World::new();
    three_months(&mut restored);
    restored.now = stamp("2027-04-01T09:00:00+09:00");
    assert_eq!(restored.no(ADMIN, LogIn::default()), Code::PasswordDue);
    let kept = restored.log.len() as u64;
    restored.ok(ADMIN, BeginEpoch { kept, reason: "端末の故障".into(), ..BeginEpoch::default() });
    restored.ok(ADMIN, ReportClockJump { before: Some(stamp("2026-11-20T09:00:00+09:00")) });
    restored.ok(ADMIN, ConfirmClock { remarks: "時報".into() });
    // A month that is shorter ends it on its last day.
    let set: Date = day("2026-11-30").unwrap();
    assert_eq!(world.profile.password.due(set), day("2027-02-28"));
    world.profile.password.months = None;
    assert_eq!(world.profile.password.due(set), None);
}

#[test]
fn whoever_reports_a_password_sets_another_first_and_the_report_stays_until_measures_are_told() {
    // Broken by: the report that changes nothing; a key of the same second that counts; measures of a report there is not.
    let mut world = World::new();
    world.profile.roles[1].may.push("query:today".to_owned());
    world.user(STAFF, "guard", 40);
    let measures =
        || RecordMeasures { user: "user40".into(), measures: "使用の記録を確かめた".into() };
    assert_eq!(world.no(ADMIN, measures()), Code::WrongState);
    assert_eq!(field_of(world.act(STAFF, ReportCompromise::default())), (Code::FieldMissing, "what".into()));
    world.ok(STAFF, ReportCompromise { what: "席を離れた間に見られた".into() });
    assert_eq!(world.no(STAFF, staff(ESCORT)), Code::PasswordReported);
    let waiting = |world: &World| world.registers.find(&key::state(Noun::User, "reported")).unwrap().len();
    assert_eq!(waiting(&world), 1);
    world.ok(STAFF, EnrolKey { key: key_of(4000), ..EnrolKey::default() });
    world.ok(STAFF, staff(ESCORT));
    assert_eq!(waiting(&world), 1, "a new password alone is no measure");
    assert_eq!(world.denied(GUARD, measures()).what, "record_measures");
    assert_eq!(
        field_of(world.act(ADMIN, RecordMeasures { measures: " ".into(), ..measures() })),
        (Code::FieldMissing, "measures".into())
    );
    world.ok(ADMIN, measures());
    assert_eq!(waiting(&world), 0);
    assert_eq!(world.no(ADMIN, measures()), Code::WrongState);
    // Nobody says of their own report what was done.
    world.ok(ADMIN, ReportCompromise { what: "画面を見られた".into() });
    world.ok(ADMIN, EnrolKey { key: key_of(4001), ..EnrolKey::default() });
    let first: User = world.get(world.registers.find(&key::of(Noun::User, ADMIN)).unwrap().first().copied());
    assert_eq!(world.no(ADMIN, RecordMeasures { user: first.user, ..measures() }), Code::OwnMatter);
    let row: User = world.get(world.registers.find(&key::of(Noun::User, STAFF)).unwrap().first().copied());
    assert_eq!(row.reported.unwrap().measures.unwrap().by, ADMIN);
}
