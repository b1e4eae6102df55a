//! Versions of the profile: proposed by one person with the steps of the regulation, agreed to by another.

use super::grids::{after, grid, states_of};
use super::world::*;
use daicho::domain::*;

fn step(id: &str, vote: bool) -> AdoptionStep {
    AdoptionStep { id: id.into(), label: Label::default(), vote, any_order: false }
}

fn took(step: &str, on: &str, vote: Option<(u32, u32)>) -> StepTaken {
    let vote = vote.map(|(in_favour, of)| Vote { in_favour, of });
    StepTaken { step: step.into(), on: on.parse().unwrap(), vote }
}

/// Two who may adopt, and a procedure of three steps.
fn world() -> World {
    let mut world = World::new();
    world.user(STRANGER, "admin", 50);
    world.profile.adoption_steps = vec![step("opinion", false), step("managers", true), step("order", false)];
    world
}

fn whole() -> Vec<StepTaken> {
    vec![
        took("opinion", "2026-11-01", None),
        took("managers", "2026-11-05", Some((7, 12))),
        took("order", "2026-11-05", None),
    ]
}

fn with_steps(steps: Vec<StepTaken>) -> ProposeProfile {
    ProposeProfile { steps, ..propose("version = 2", "2026-12-01") }
}

fn by_sheet(world: &mut World, n: u32, digest: u32) -> Result<Event, No> {
    world.actors.insert(Id::SITE, Actor::recovery());
    world.act(Id::SITE, AgreeBySheet { version: Some(id(Noun::Profile, n)), digest: key_of(digest) })
}

#[test]
fn a_version_by_state_and_command() {
    let base = World::new();
    let two = after(&base, |w| {
        w.user(STRANGER, "admin", 50);
    });
    let waits = after(&two, |w| drop(w.ok(ADMIN, propose("version = 2", "2026-11-22"))));
    let agreed = after(&waits, |w| drop(w.ok(STRANGER, agree(2))));
    let withdrawn = after(&waits, |w| drop(w.ok(ADMIN, withdraw(2))));
    let late = after(&waits, |w| w.now = stamp("2026-11-23T09:00:00+09:00"));
    let in_force = after(&agreed, |w| w.now = stamp("2026-11-22T09:00:00+09:00"));
    let jumped = after(&waits, |w| {
        w.ok(GUARD, ReportClockJump { before: Some(w.now) });
        w.clock_unconfirmed = true;
    });
    let states = [
        ("nothing proposed", two),
        ("proposed", waits),
        ("proposed, and its day passed", late),
        ("agreed to", agreed),
        ("in force", in_force),
        ("withdrawn", withdrawn),
    ];
    let commands: Vec<(&str, Id, Command)> = vec![
        ("adopt_profile", ADMIN, AdoptProfile { profile: "x".into(), from: day("2026-12-01") }.into()),
        ("propose_profile", STRANGER, propose("version = 3", "2026-12-01").into()),
        ("agree_profile, by another", STRANGER, agree(2).into()),
        ("agree_profile, by who proposed it", ADMIN, agree(2).into()),
        ("agree_profile, by a guard", GUARD, agree(2).into()),
        ("agree_profile, to what one was enough for", STRANGER, agree(1).into()),
        ("withdraw_profile, by who proposed it", ADMIN, withdraw(2).into()),
        ("withdraw_profile, by who may agree", MANAGER, withdraw(2).into()),
        ("withdraw_profile, by a guard", GUARD, withdraw(2).into()),
        ("withdraw_profile, what the site began with", ADMIN, withdraw(1).into()),
    ];
    // What no state of the record forbids waits for the clock.
    let doubt = [("proposed, and the clock in doubt", jumped)];
    let open = |name: &&(&str, Id, Command)| {
        name.0 == "agree_profile, by another" || name.0.ends_with("proposed it")
    };
    let waiting: Vec<_> = commands.iter().filter(open).cloned().collect();
    states_of("profile", &(grid(&states, &commands) + &grid(&doubt, &waiting)));
}

#[test]
fn a_version_names_each_step_of_the_profile_in_force_in_its_order() {
    // Broken by: one step not asked; any day taken; no order; counts of those present; more in favour than there are.
    let world = world();
    let mut told = world.clone();
    told.ok(ADMIN, with_steps(whole()));
    assert_eq!(told.get::<ProfileVersion>(Some(id(Noun::Profile, 2))).steps, whole());
    let refused = |steps: Vec<StepTaken>| match world.clone().act(ADMIN, with_steps(steps)) {
        Err(No::Rejected(no)) => (no.code, no.args[0].1.clone()),
        other => panic!("{other:?}"),
    };
    for n in 0..3 {
        let mut steps = whole();
        let left_out = steps.remove(n).step;
        assert_eq!(refused(steps), (Code::StepMissing, left_out));
    }
    let other = |n: usize, taken: StepTaken| {
        let mut steps = whole();
        steps[n] = taken;
        refused(steps)
    };
    let order = || "order".to_owned();
    assert_eq!(other(2, took("order", "2026-11-21", None)), (Code::StepToCome, order()));
    assert_eq!(other(2, took("order", "2026-11-04", None)), (Code::StepsReversed, order()));
    assert_eq!(
        other(1, took("managers", "2026-11-05", None)),
        (Code::StepMissing, "managers".into()),
        "a vote without counts"
    );
    for counts in [(6, 12), (0, 0), (5, 12), (13, 12), (0, 1)] {
        let vote = took("managers", "2026-11-05", Some(counts));
        assert_eq!(other(1, vote), (Code::NoMajority, "managers".into()), "{counts:?}");
    }
    for taken in [
        took("order", "2026-11-05", Some((7, 12))),
        took("opinion", "2026-11-05", None),
        took("nothing", "2026-11-05", None),
    ] {
        assert_eq!(other(2, taken).0, Code::FieldInvalid);
    }
    // What the regulation puts nowhere may lie before.
    let mut free = world.clone();
    free.profile.adoption_steps[2].any_order = true;
    let mut steps = whole();
    steps[2] = took("order", "2026-10-01", None);
    free.ok(ADMIN, with_steps(steps));
    // The profile in force when it is proposed says which; when it is agreed to, they were taken.
    let mut later = world.clone();
    later.ok(ADMIN, with_steps(whole()));
    later.profile.adoption_steps.push(step("board", false));
    later.ok(STRANGER, agree(2));
    let mut none = world;
    none.profile.adoption_steps.clear();
    none.ok(ADMIN, with_steps(Vec::new()));
}

/// A second ID of the administrator, issued by the other one, and acted under from here on.
fn another_id(world: &mut World) -> Id {
    let issue = IssueUser {
        user: "again".into(),
        person: Some(ADMIN),
        roles: vec!["admin".into()],
        key: key_of(60),
        ..IssueUser::default()
    };
    let user = world.ok(DEPUTY, issue).outcome.user;
    world.actors.get_mut(&ADMIN).unwrap().user = user;
    world.ok(ADMIN, EnrolKey { key: key_of(1060), ..EnrolKey::default() });
    user.unwrap()
}

#[test]
fn nobody_agrees_with_themselves_under_whatever_id_nor_once_they_may_no_more() {
    // Broken by: accounts compared; the roles of the day of the proposal.
    let mut world = world();
    world.user(DEPUTY, "admin", 70);
    world.ok(ADMIN, with_steps(whole()));
    let second = another_id(&mut world);
    assert_eq!(world.actors[&ADMIN].user, Some(second));
    assert_eq!(world.no(ADMIN, agree(2)), Code::OwnProposal);
    assert!(matches!(
        world.may(ADMIN, "agree_profile", id(Noun::Profile, 2)),
        Availability::Unavailable(No::Rejected(Rejection { code: Code::OwnProposal, .. }))
    ));
    assert_eq!(world.may(STRANGER, "agree_profile", id(Noun::Profile, 2)), Availability::Available);
    world.actors.get_mut(&STRANGER).unwrap().roles = vec!["guard".into()];
    world.denied(STRANGER, agree(2));
    world.ok(MANAGER, agree(2));
    assert_eq!(world.no(DEPUTY, agree(2)), Code::WrongState);
}

#[test]
fn the_sheet_agrees_only_where_nobody_else_active_could_and_says_so() {
    // Broken by: anybody in the sheet's name; suspended or provisional users counted as able; the one who proposed it
    // counted; another text; no mark.
    let mut world = world();
    world.ok(ADMIN, with_steps(whole()));
    let others = |world: &mut World| match by_sheet(world, 2, 90) {
        Err(No::Rejected(no)) => (no.code, no.args[0].1.clone()),
        other => panic!("{other:?}"),
    };
    assert_eq!(others(&mut world), (Code::OthersCould, format!("{MANAGER}, {STRANGER}")));
    world.user(DEPUTY, "admin", 70);
    let suspend = |user: &str| SuspendUser { user: user.into(), reason: "休職".into() };
    world.ok(ADMIN, suspend("user50"));
    assert_eq!(others(&mut world), (Code::OthersCould, format!("{MANAGER}, {DEPUTY}")));
    world.ok(ADMIN, suspend("user11"));
    assert_eq!(others(&mut world), (Code::OthersCould, DEPUTY.to_string()));
    // Whoever proposed it has another ID, and somebody has a temporary password alone: neither could.
    another_id(&mut world);
    world.ok(ADMIN, suspend("user70"));
    let issue = IssueUser {
        user: "neu".into(),
        person: Some(STAFF),
        roles: vec!["manager".into()],
        key: key_of(80),
        ..IssueUser::default()
    };
    world.ok(ADMIN, issue);
    assert!(matches!(
        by_sheet(&mut world.clone(), 2, 91),
        Err(No::Rejected(Rejection { code: Code::FieldInvalid, .. }))
    ));
    let claimed = AgreeBySheet { version: Some(id(Noun::Profile, 2)), digest: key_of(90) };
    assert_eq!(world.no(GUARD, claimed), Code::NoAuthority);
    by_sheet(&mut world, 2, 90).unwrap();
    let row: ProfileVersion = world.get(Some(id(Noun::Profile, 2)));
    assert!(row.agreed.is_some_and(|hand| hand.sheet && hand.by == Id::SITE));
    let site: Site = world.get(Some(Id::SITE));
    assert_eq!(site.sheet_used, Some(world.log.len() as u64), "and the sheet is to be replaced");
}

#[test]
fn one_version_waits_at_a_time_and_is_taken_back_by_who_proposed_it_or_may_agree() {
    let mut world = world();
    world.ok(ADMIN, with_steps(whole()));
    assert_eq!(world.no(STRANGER, with_steps(whole())), Code::ProposalWaits);
    world.clone().ok(MANAGER, withdraw(2));
    world.denied(GUARD, withdraw(2));
    world.ok(ADMIN, withdraw(2));
    assert_eq!(world.no(STRANGER, agree(2)), Code::WrongState);
    assert_eq!(world.no(ADMIN, withdraw(2)), Code::WrongState);
    world.ok(STRANGER, with_steps(whole()));
    world.ok(ADMIN, agree(3));
    // Agreed to, it can be taken back until its day, and holds no more.
    let mut back = world.clone();
    back.ok(MANAGER, withdraw(3));
    assert!(!back.get::<ProfileVersion>(Some(id(Noun::Profile, 3))).is_adopted());
    world.now = stamp("2026-12-01T00:00:00+09:00");
    assert_eq!(world.no(MANAGER, withdraw(3)), Code::WrongState);
}

#[test]
fn before_edition_3_one_person_is_enough() {
    let mut world = World::under(Edition::Two);
    world.ok(ADMIN, AdoptProfile { profile: "version = 2".into(), from: day("2026-11-20") });
    assert!(world.get::<ProfileVersion>(Some(id(Noun::Profile, 2))).is_adopted());
    assert_eq!(world.no(ADMIN, propose("version = 3", "2026-12-01")), Code::NeedsEdition);
    world.edition = Edition::Three;
    let adopt = AdoptProfile { profile: "version = 3".into(), from: day("2026-12-01") };
    assert_eq!(world.no(ADMIN, adopt), Code::ProposeInstead);
}

#[test]
fn the_sheet_issues_an_administrator_where_it_leads_back_no_other_way() {
    // Broken by: whoever holds an ID that it could let in overlooked, suspended or provisional; a role that may propose
    // counted though nobody could issue; a role that others can be given; the powers of today's profile; an auditor who
    // administers; anybody in the sheet's name; an edition that must have come first.
    for edition in [Edition::One, Edition::Three] {
        let mut world = World::under(edition);
        world.actors.insert(Id::SITE, Actor::recovery());
        let lead = |n: u32, person: Id| IssueBySheet {
            user: format!("back{n}"),
            person: Some(person),
            key: key_of(200 + n),
            ..IssueBySheet::default()
        };
        let others = |world: &mut World| match world.act(Id::SITE, lead(1, STAFF)) {
            Err(No::Rejected(no)) => (no.code, no.args),
            other => panic!("{other:?}"),
        };
        let administrator: User = world.get(world.actors[&ADMIN].user);
        assert_eq!(
            others(&mut world),
            (Code::AdministratorsLeft, vec![("users".to_owned(), administrator.user.clone())])
        );
        // Nobody may propose a version any more: as if a version had been adopted that forgets it.
        let mut forgotten = world.clone();
        for role in &mut forgotten.profile.roles {
            role.may.retain(|may| may != "adopt_profile" && may != "propose_profile");
        }
        forgotten.ok(Id::SITE, lead(1, STAFF));
        // Its names differ: nobody holds a role of it.
        let mut renamed = world.clone();
        let founding = renamed.profile.founding_role();
        for role in &mut renamed.profile.roles {
            role.id = format!("new_{}", role.id);
        }
        renamed.denied(ADMIN, RekeyVault { reason: "点検".into(), ..RekeyVault::default() });
        assert_eq!(renamed.no(GUARD, lead(1, STAFF)), Code::NoAuthority);
        let named = administrator.user.as_str();
        for (user, code) in
            [("", Code::FieldMissing), ("A b", Code::FieldInvalid), (named, Code::AlreadyExists)]
        {
            assert_eq!(renamed.no(Id::SITE, IssueBySheet { user: user.into(), ..lead(1, STAFF) }), code);
        }
        let issued = renamed.ok(Id::SITE, lead(1, STAFF)).outcome.user.unwrap();
        let row: User = renamed.get(Some(issued));
        assert_eq!((row.state, row.roles.clone()), (UserState::Active, vec![FOUNDING_ROLE.to_owned()]));
        let site: Site = renamed.get(Some(Id::SITE));
        assert_eq!((site.led_back, site.sheet_used), (Some(issued), Some(renamed.log.len() as u64)));
        // As the versions in force have it from here on.
        renamed.profile.founding = Some(founding);
        let actor = Actor { person: STAFF, user: Some(issued), roles: row.roles };
        renamed.actors.insert(STAFF, actor);
        let issue = |role: &str| IssueUser {
            user: "neu".into(),
            person: Some(DEPUTY),
            roles: vec![role.into()],
            key: key_of(300),
            ..IssueUser::default()
        };
        assert_eq!(renamed.no(STAFF, issue(FOUNDING_ROLE)), Code::FieldInvalid, "by the sheet alone");
        renamed.clone().ok(STAFF, issue("new_admin"));
        assert_eq!(renamed.no(Id::SITE, lead(2, DEPUTY)), Code::AdministratorsLeft, "one is enough");
        // Nobody audits what they administer themselves.
        let audits = renamed.profile.roles.iter().find(|role| role.reading_counts).unwrap().id.clone();
        renamed.ok(STAFF, issue(&audits));
        renamed.profile.founding = None;
        assert_eq!(renamed.no(Id::SITE, lead(2, DEPUTY)), Code::RolesClash);
    }
}
