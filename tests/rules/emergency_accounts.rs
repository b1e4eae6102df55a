//! Emergency IDs: sealed roles that somebody opens with a reason, and another reviews.

use super::grids::{after, grid, states_of};
use super::world::*;
use daicho::domain::*;

/// Rules that let the guard open one.
fn world() -> World {
    let mut world = World::new();
    world.profile.roles[1].may.push("open_emergency_account".to_owned());
    world
}

fn make() -> MakeEmergencyAccount {
    MakeEmergencyAccount {
        user: "kinkyu".into(),
        roles: vec!["manager".into()],
        reason: "夜間に管理者が不在のため".into(),
        ..MakeEmergencyAccount::default()
    }
}

fn first() -> Option<Id> {
    Some(id(Noun::EmergencyAccount, 1))
}

fn open() -> OpenEmergencyAccount {
    OpenEmergencyAccount {
        account: first(), reason: "空調の停止".into(), tried: "課長に2回電話".into()
    }
}

fn close() -> CloseEmergencyAccount {
    CloseEmergencyAccount { account: first(), done: "業者を入室させた".into() }
}

fn review() -> ReviewEmergencyAccount {
    ReviewEmergencyAccount { account: first(), finding: "やむを得ない".into() }
}

fn withdraw() -> WithdrawEmergencyAccount {
    WithdrawEmergencyAccount { account: first(), reason: "廃止".into() }
}

fn sealed() -> World {
    let mut world = world();
    world.ok(ADMIN, make());
    world
}

fn opened() -> World {
    let mut world = sealed();
    world.ok(GUARD, open());
    world
}

/// Where it stands on a day that is sure.
fn stands(row: &EmergencyAccount, on: &str) -> Seal {
    let on = day(on).unwrap();
    row.stands(AccountDays::from(on, on))
}

fn on(world: &mut World, date: &str) {
    world.now = stamp(&format!("{date}T09:00:00+09:00"));
}

/// What only the sealed role may, and what outlasts no night.
fn ends(n: u32) -> RevokeEntrant {
    RevokeEntrant { entrant: Some(id(Noun::Entrant, n)), reason: "紛失".into() }
}

#[test]
fn emergency_accounts_by_state_and_command() {
    let base = sealed();
    let used = opened();
    let closed = after(&used, |w| drop(w.ok(GUARD, close())));
    let states = [
        ("sealed", base.clone()),
        ("open", used.clone()),
        ("over", after(&used, |w| on(w, "2026-11-22"))),
        ("closed", closed.clone()),
        ("sealed again", after(&closed, |w| drop(w.ok(ADMIN, review())))),
        ("withdrawn", after(&base, |w| drop(w.ok(ADMIN, withdraw())))),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("make_emergency_account, the same", ADMIN, make().into()),
        (
            "make_emergency_account, that of a user",
            ADMIN,
            MakeEmergencyAccount { user: "user10".into(), ..make() }.into(),
        ),
        ("make_emergency_account, by somebody else", MANAGER, make().into()),
        ("open_emergency_account", GUARD, open().into()),
        ("open_emergency_account, by a role that the rules do not name", MANAGER, open().into()),
        (
            "open_emergency_account, nobody tried",
            GUARD,
            OpenEmergencyAccount { tried: " ".into(), ..open() }.into(),
        ),
        (
            "open_emergency_account, no reason",
            GUARD,
            OpenEmergencyAccount { reason: String::new(), ..open() }.into(),
        ),
        ("close_emergency_account", GUARD, close().into()),
        ("close_emergency_account, by an issuer", ADMIN, close().into()),
        ("close_emergency_account, by somebody else", MANAGER, close().into()),
        (
            "close_emergency_account, nothing said",
            GUARD,
            CloseEmergencyAccount { done: " ".into(), ..close() }.into(),
        ),
        ("review_emergency_account", ADMIN, review().into()),
        ("review_emergency_account, by whoever opened it", GUARD, review().into()),
        (
            "review_emergency_account, nothing found",
            ADMIN,
            ReviewEmergencyAccount { finding: " ".into(), ..review() }.into(),
        ),
        ("withdraw_emergency_account", ADMIN, withdraw().into()),
        (
            "withdraw_emergency_account, no reason",
            ADMIN,
            WithdrawEmergencyAccount { reason: " ".into(), ..withdraw() }.into(),
        ),
        (
            "erase",
            ADMIN,
            Erase {
                record: Some(id(Noun::EmergencyAccount, 1)), reason: "求め".into(), ..Erase::default()
            }
            .into(),
        ),
    ];
    states_of("emergency_account", &grid(&states, &commands));
}

#[test]
fn one_is_sealed_by_whoever_could_give_its_roles_for_good_and_has_no_audit_and_no_id_of_anybody() {
    // Broken by: may_give_each left out of decide_make, may_close or may_review, or blind to offices; fit_for_a_night; unused_id that asks users alone.
    let mut world = world();
    let of = |role: &str| MakeEmergencyAccount { roles: vec![role.to_owned()], ..make() };
    for role in ["auditor", "nobody"] {
        assert_eq!(world.no(ADMIN, of(role)), Code::FieldInvalid, "{role}");
    }
    // An office is sealed by whoever appoints to it, another role by whoever issues IDs with it.
    let mut apart = world.clone();
    apart.profile.offices[0].appointed_by = vec!["manager".to_owned()];
    apart.profile.roles[2].may.push("appoint".to_owned());
    assert_eq!(apart.no(ADMIN, of("clerk")), Code::NoAuthority);
    assert_eq!(apart.denied(MANAGER, of("guard")).what, "issue_user");
    apart.ok(MANAGER, of("clerk"));
    apart.ok(GUARD, open());
    assert_eq!(apart.no(ADMIN, close()), Code::NoAuthority);
    apart.ok(GUARD, close());
    assert_eq!(apart.no(ADMIN, review()), Code::NoAuthority);
    apart.ok(MANAGER, review());
    assert_eq!(world.no(ADMIN, MakeEmergencyAccount { user: "緊急".into(), ..make() }), Code::FieldInvalid);
    assert_eq!(world.no(ADMIN, MakeEmergencyAccount { reason: " ".into(), ..make() }), Code::FieldMissing);
    let mut closed = world.clone();
    closed.profile.roles.iter_mut().for_each(|role| role.may.retain(|may| may != "open_emergency_account"));
    assert_eq!(closed.no(ADMIN, make()), Code::NobodyOpens);
    world.ok(ADMIN, make());
    let issue = IssueUser {
        user: "kinkyu".into(),
        person: Some(STAFF),
        roles: vec!["guard".into()],
        key: key_of(70),
        ..IssueUser::default()
    };
    assert_eq!(world.no(ADMIN, issue), Code::AlreadyExists);
}

#[test]
fn whoever_opens_it_has_its_roles_under_both_names_until_the_day_after_or_its_end() {
    // Broken by: opened_by that asks no day; DAYS_OPEN of two; whom left out of the stand-in; a closing that ends nothing.
    let mut world = sealed();
    world.denied(GUARD, ends(1));
    world.ok(GUARD, open());
    world.ok(GUARD, ends(1));
    let (_, meta) = world.log.last().unwrap();
    assert_eq!((meta.actor, meta.on_behalf, meta.role.as_str()), (GUARD, first(), "manager"));
    // Nobody else has them.
    world.denied(STAFF, ends(2));
    let mut next = after(&world, |w| on(w, "2026-11-21"));
    next.ok(GUARD, ends(2));
    let mut over = after(&world, |w| on(w, "2026-11-22"));
    over.denied(GUARD, ends(2));
    // What was done is told afterwards as well.
    over.ok(GUARD, close());
    over.ok(ADMIN, review());
    world.ok(GUARD, close());
    world.denied(GUARD, ends(2));
    // It is opened again only once somebody has looked.
    assert_eq!(world.no(GUARD, open()), Code::WrongState);
    world.ok(ADMIN, review());
    world.ok(GUARD, open());
    let row: EmergencyAccount = world.get(first());
    assert_eq!(row.openings.len(), 2);
    let (once, again) = (&row.openings[0], &row.openings[1]);
    assert!(once.closed.is_some() && once.reviewed.is_some() && again.closed.is_none());
    assert_eq!((again.last, stands(&row, "2026-11-21")), (day("2026-11-21").unwrap(), Seal::Open));
}

#[test]
fn nothing_is_given_with_one_that_lasts_and_nobody_opens_two_or_judges_the_own() {
    // Broken by: Limit::Lasting that allows everything; the loop over others left out of may_open; not_of left out of may_review;
    // no_clash_with_others left out of may_open or blind to what is open.
    let mut world = world();
    world.ok(ADMIN, MakeEmergencyAccount { roles: vec!["admin".into()], ..make() });
    world.ok(ADMIN, MakeEmergencyAccount { user: "second".into(), ..make() });
    world.ok(GUARD, open());
    let second = Some(id(Noun::EmergencyAccount, 2));
    assert_eq!(world.no(GUARD, OpenEmergencyAccount { account: second, ..open() }), Code::WrongState);
    // Whatever the sealed role may: no right, no password and no rule comes of it.
    let actor = world.actors[&GUARD].clone();
    let context = empowered(&world.registers, &world.context(&actor, &world.profile, None)).unwrap();
    let more: Vec<&str> = Command::given()
        .filter(|what| {
            policy::ways(&context, what)
                .is_ok_and(|ways| ways.iter().any(|(_, way)| way.on_behalf() == first()))
        })
        .collect();
    for lasting in [
        "issue_user",
        "carry_over_user",
        "reset_password",
        "change_user",
        "reopen_user",
        "resume_user",
        "appoint",
        "delegate",
        "add_member",
        "make_emergency_account",
        "open_emergency_account",
        "review_emergency_account",
        "propose_profile",
        "agree_profile",
        "adopt_profile",
        "adopt_edition",
        "replace_sheet",
        "rekey_vault",
        "merge_persons",
        "register_entrant",
        "erase",
        "close_user",
        "remove_user",
        "end_appointment",
        "leave",
        "plan_change",
        "cancel_change",
        "close_organisation_id",
        "refuse_application",
    ] {
        assert!(!more.contains(&lasting), "{lasting}");
    }
    for nightly in ["suspend_user", "confirm_clock", "decide_visit", "check_in", "revoke_entrant"] {
        assert!(more.contains(&nightly), "{nightly}: {more:?}");
    }
    world.ok(GUARD, close());
    assert_eq!(world.no(GUARD, OpenEmergencyAccount { account: second, ..open() }), Code::WrongState);
    world.user(GUARD, "admin", 96);
    assert_eq!(world.no(GUARD, review()), Code::OwnMatter);
    // Its reasons stay until somebody has read them.
    let erase = Erase { record: first(), reason: "求め".into(), ..Erase::default() };
    assert_eq!(world.no(ADMIN, erase.clone()), Code::WrongState);
    world.ok(ADMIN, review());
    world.ok(ADMIN, erase);
    // Nor does one person act in what is kept apart, for a night either: whichever came first.
    let mut world = sealed();
    world.profile.offices[0].apart = vec!["manager".to_owned()];
    let appoint = Appoint { role: "clerk".into(), person: Some(GUARD), ..Appoint::default() };
    let mut appointed = after(&world, |w| drop(w.ok(ADMIN, appoint.clone())));
    assert_eq!(appointed.no(GUARD, open()), Code::RolesClash);
    world.ok(GUARD, open());
    assert_eq!(world.no(ADMIN, appoint), Code::RolesClash);
    // What audits by now nobody opens.
    let mut world = sealed();
    world.profile.roles[2].reading_counts = true;
    assert_eq!(world.no(GUARD, open()), Code::FieldInvalid);
}

#[test]
fn a_clock_in_doubt_hinders_no_opening_and_lengthens_none() {
    // Broken by: needs_clock of open_emergency_account; either of the two days left out of is_in_force.
    let mut world = sealed();
    let before = world.now;
    world.now = stamp("2027-05-01T09:00:00+09:00");
    world.ok(GUARD, ReportClockJump { before: Some(before) });
    world.clock_unconfirmed = true;
    world.ok(GUARD, open());
    world.ok(GUARD, ends(1));
    let row: EmergencyAccount = world.get(first());
    assert_eq!(row.openings[0].last, day("2026-11-21").unwrap(), "from the last day that was sure");
    // While nobody confirms the clock, its own days run out all the same.
    let days = |known: &str, told: &str| AccountDays::from(day(known).unwrap(), day(told).unwrap());
    assert_eq!(row.stands(days("2026-11-20", "2027-05-02")), Seal::Open);
    assert_eq!(row.stands(days("2026-11-20", "2027-05-03")), Seal::ToReview);
    world.now = stamp("2027-05-03T09:00:00+09:00");
    world.denied(GUARD, ends(2));
    world.ok(ADMIN, ConfirmClock { remarks: "時報".into() });
    assert_eq!(stands(&row, "2027-05-01"), Seal::ToReview);
    world.ok(ADMIN, review());
}

#[test]
fn who_could_and_what_somebody_may_name_the_opening_and_only_while_it_was() {
    // Broken by: in_role_at or opened_at that ask the last opening alone, or are left out.
    let mut world = sealed();
    let earlier = world.now;
    world.now += chrono::TimeDelta::minutes(10);
    world.ok(GUARD, open());
    let then = world.now;
    world.now += chrono::TimeDelta::minutes(10);
    world.ok(GUARD, close());
    let ended = world.now;
    world.ok(ADMIN, review());
    world.now += chrono::TimeDelta::minutes(10);
    world.ok(GUARD, open());
    let theirs = |moment: Stamp| {
        let (view, profile) = (&world.registers, &world.profile);
        let could = who_could(view, profile, world.edition, "revoke_entrant", moment, None).unwrap();
        let could = could
            .iter()
            .any(|one| (one.person, one.on_behalf, Some(one.ground)) == (GUARD, first(), first()));
        let may = policy_of(view, profile, world.edition, GUARD, moment).unwrap();
        let rests = |(what, on): &(String, Vec<Could>)| {
            what == "revoke_entrant" && on.iter().any(|one| Some(one.ground) == first())
        };
        (could, may.iter().any(rests))
    };
    assert_eq!(theirs(earlier), (false, false));
    assert_eq!(theirs(then), (true, true));
    assert_eq!(theirs(ended), (false, false));
    assert_eq!(theirs(world.now), (true, true));
}

#[test]
fn who_leaves_closes_what_they_opened_and_it_waits_for_its_review() {
    // Broken by: on_leaving of the filing; Leave left out of the row's change.
    let mut world = opened();
    world.ok(ADMIN, Leave { person: Some(GUARD), reason: "退職".into() });
    let row: EmergencyAccount = world.get(first());
    assert_eq!(stands(&row, "2026-11-20"), Seal::ToReview);
    let closed = row.openings[0].closed.as_ref().unwrap();
    assert_eq!((closed.by, closed.reason.as_str()), (ADMIN, ""), "what was done nobody has said");
    world.ok(ADMIN, review());
}

#[test]
fn one_of_the_whole_is_opened_by_nobody_of_a_part_and_one_of_a_part_reaches_no_other() {
    // Broken by: the place left out of the stand-in; Filing.lies left out.
    let mut world = world();
    world.profile.jurisdictions =
        ["north", "south"].map(|place| Jurisdiction { id: place.into(), ..Jurisdiction::default() }).to_vec();
    world.ok(ADMIN, make());
    world.ok(
        ADMIN,
        MakeEmergencyAccount {
            user: "kita".into(),
            roles: vec!["admin".into()],
            jurisdiction: "north".into(),
            ..make()
        },
    );
    for (n, place) in [(80, "north"), (81, "south")] {
        let person = if n == 80 { STAFF } else { STRANGER };
        let issue = IssueUser {
            user: format!("u{n}"),
            person: Some(person),
            roles: vec!["guard".into()],
            jurisdiction: place.into(),
            key: key_of(n),
            ..IssueUser::default()
        };
        let user = world.ok(ADMIN, issue).outcome.id;
        world.actors.insert(person, Actor { person, user, roles: vec!["guard".into()] });
        world.ok(person, EnrolKey { key: key_of(1000 + n), ..EnrolKey::default() });
    }
    assert_eq!(world.no(STAFF, open()), Code::OutsideJurisdiction);
    let north = OpenEmergencyAccount { account: Some(id(Noun::EmergencyAccount, 2)), ..open() };
    assert_eq!(world.no(STRANGER, north.clone()), Code::OutsideJurisdiction);
    world.ok(STAFF, north.clone());
    let bar = |user: &str| SuspendUser { user: user.into(), reason: "調査".into() };
    assert_eq!(world.no(STAFF, bar("u81")), Code::OutsideJurisdiction);
    // Whoever opened one once and went elsewhere opens it no more.
    let kita = Some(id(Noun::EmergencyAccount, 2));
    world.ok(STAFF, CloseEmergencyAccount { account: kita, ..close() });
    world.ok(ADMIN, ReviewEmergencyAccount { account: kita, ..review() });
    let moves = ChangeUser {
        user: "u80".into(),
        jurisdiction: "south".into(),
        reason: "異動".into(),
        ..ChangeUser::default()
    };
    world.ok(ADMIN, moves);
    assert_eq!(world.no(STAFF, north), Code::OutsideJurisdiction);
}
