//! Which edition of the rules decides: the log says so, the past keeps its own, and nobody shuts others out by it.

use super::world::*;
use daicho::domain::*;
use daicho::store::{Store, StoreError};

/// A site that releases before editions founded: its founding entry names none.
fn of_the_first() -> World {
    World::open_as(Edition::One)
}

/// A permission by telephone that only a user with a temporary password could have given.
fn by_telephone(world: &mut World, giver: Id) -> PermitByTelephone {
    let company =
        RegisterCompany {
            name: "海音寺".into(), kana: "カイオンジ".into(), ..RegisterCompany::default()
        };
    let company = world.must(ADMIN, company).id;
    let worker = RegisterPerson {
        name: "作業 者".into(),
        kana: "サギョウ シャ".into(),
        company,
        ..Default::default()
    };
    let worker = world.must(ADMIN, worker).id.unwrap();
    PermitByTelephone {
        giver: Some(giver),
        how_identified: "内線番号".into(),
        company,
        workers: vec![worker],
        zones: vec!["server_room".into()],
        work: "障害対応".into(),
        ..PermitByTelephone::default()
    }
}

fn issued(world: &mut World, name: &str, user: &str) -> Id {
    let person = world.register(name, "カナ");
    let issue = IssueUser {
        user: user.into(),
        person: Some(person),
        roles: vec!["approver".into()],
        key: hex(&key(150 + person.n as u8)),
        ..IssueUser::default()
    };
    world.must(ADMIN, issue);
    person
}

fn code(no: No) -> Code {
    match no {
        No::Rejected(rejection) => rejection.code,
        other => panic!("{other:?}"),
    }
}

fn edition_of(store: &Store) -> Edition {
    match store.read().unwrap().get(Id::SITE).unwrap() {
        Some(Row::Site(site)) => site.edition,
        other => panic!("{other:?}"),
    }
}

fn names(store: &Store) -> Vec<(u64, String)> {
    check_of(store).findings.iter().map(|found| (found.seq, found.flaw.name().to_owned())).collect()
}

fn adopted(edition: u32) -> Event {
    let outcome = Outcome { id: Some(Id::SITE), ..Outcome::default() };
    Event { command: AdoptEdition { edition }.into(), at: None, outcome }
}

#[test]
fn a_rule_is_mended_from_its_edition_on_and_what_was_decided_before_stays() {
    let mut world = of_the_first();
    assert_eq!(edition_of(&world.store), Edition::One);
    let giver = issued(&mut world, "仮 の人", "kari");
    let call = by_telephone(&mut world, giver);
    world.must(GUARD, call.clone());
    world.must(ADMIN, AdoptEdition { edition: 2 });
    assert_eq!(edition_of(&world.store), Edition::Two);
    assert_eq!(code(world.must_not(GUARD, call)), Code::NoAuthority);
    whole_world_check(&world.store);
    whole_world_check(&world.reopened());
}

#[test]
fn an_edition_only_rises_and_only_to_one_that_is_known() {
    let mut world = of_the_first();
    assert_eq!(code(world.must_not(ADMIN, AdoptEdition { edition: 0 })), Code::FieldMissing);
    assert_eq!(code(world.must_not(ADMIN, AdoptEdition { edition: 1 })), Code::EditionInForce);
    assert_eq!(code(world.must_not(ADMIN, AdoptEdition { edition: 9999 })), Code::EditionUnknown);
    assert!(matches!(world.must_not(GUARD, AdoptEdition { edition: 2 }), No::Denied(_)));
    world.must(ADMIN, AdoptEdition { edition: 2 });
    assert_eq!(code(world.must_not(ADMIN, AdoptEdition { edition: 2 })), Code::EditionInForce);
    whole_world_check(&world.store);
    // Put there by own tools, a lower one is a finding and takes nothing back.
    let own = world.keys[&ADMIN].clone();
    let seq = world.store.head().seq + 1;
    let entry = world.forge(ADMIN, "admin", &own, &adopted(1));
    let store = world.with_forged(&entry);
    assert_eq!(edition_of(&store), Edition::Two);
    assert_eq!(names(&store), [(seq, "forbidden".to_owned())]);
}

#[test]
fn a_new_site_begins_with_the_newest_edition() {
    let world = World::open();
    assert_eq!(edition_of(&world.store), Edition::NEWEST);
    whole_world_check(&world.store);
}

#[test]
fn an_edition_that_is_not_known_by_who_may_is_worked_up_to_and_nothing_is_written() {
    let mut world = World::open();
    let own = world.keys[&ADMIN].clone();
    let entry = world.forge(ADMIN, "admin", &own, &adopted(9999));
    let seq = world.store.head().seq + 1;
    let mut store = world.with_forged(&entry);
    assert_eq!(store.newer(), Some(seq));
    assert!(matches!(store.begin().err(), Some(StoreError::Newer { seq: at }) if at == seq));
    assert_eq!(names(&store), [(seq, "newer_edition".to_owned())]);
    // The registers are those of then, and a rebuild comes to the same.
    let before = store.read().unwrap().get(STAFF[0]).unwrap();
    assert!(before.is_some());
    store.rebuild(&mut |_, _, _| ()).unwrap();
    assert_eq!((store.newer(), store.read().unwrap().get(STAFF[0]).unwrap()), (Some(seq), before));
}

#[test]
fn an_edition_that_is_not_known_by_anybody_else_shuts_nobody_out_and_is_a_finding() {
    let mut world = World::open();
    let seq = world.store.head().seq + 1;
    let (guards, admins) = (world.keys[&GUARD].clone(), world.keys[&ADMIN].clone());
    // The guard as themselves, the guard in the administrator's name and role, the administrator in a role not held.
    for (actor, role, key, found) in [
        (GUARD, "guard", &guards, "right"),
        (ADMIN, "admin", &guards, "key"),
        (ADMIN, "guard", &admins, "head"),
    ] {
        let entry = world.forge(actor, role, key, &adopted(9999));
        let mut store = world.with_forged(&entry);
        assert_eq!((store.newer(), edition_of(&store)), (None, Edition::NEWEST), "{actor} as {role}");
        assert!(store.begin().is_ok(), "{actor} as {role}");
        assert!(names(&store).contains(&(seq, found.to_owned())), "{actor} as {role}: {:?}", names(&store));
    }
}

#[test]
fn what_stands_behind_an_edition_that_is_not_known_is_not_read() {
    let mut world = World::open();
    let own = world.keys[&ADMIN].clone();
    let entry = world.forge(ADMIN, "admin", &own, &adopted(9999));
    let seq = world.store.head().seq + 1;
    let mut frames = world.journal.frames.clone();
    frames.push(format!("{{\"frame\":{}}}\n{}\n", frames.len() + 1, entry.to_line().unwrap()).into_bytes());
    // No entry that this release could read.
    frames.push(format!("{{\"frame\":{}}}\n{{\"h\":\"another head\"}}\n", frames.len() + 1).into_bytes());
    let store = open(&world.base.image(), &frames);
    assert_eq!((store.newer(), store.head().seq), (Some(seq), seq));
    assert_eq!(names(&store), [(seq, "newer_edition".to_owned())]);
}

#[test]
fn an_adoption_is_judged_by_what_its_edition_accepts() {
    let mut world = of_the_first();
    let later = profile_text().replacen("\"adopt_profile\"", "\"adopt_profile\", \"adopt_edition\"", 1);
    let adopt = |profile: &str| AdoptProfile { profile: profile.to_owned(), from: Some(day("2026-11-22")) };
    assert_eq!(code(world.must_not(ADMIN, adopt(&later))), Code::ProfileInvalid);
    // Put there by own tools: read as far as it goes, and found.
    let outcome = Outcome { id: Some(Id::new(Noun::Profile, 2)), ..Outcome::default() };
    let own = world.keys[&ADMIN].clone();
    let seq = world.store.head().seq + 1;
    for (text, read) in [(later.as_str(), true), ("name = \"x\"", true), ("no profile at all", false)] {
        let event = Event { command: adopt(text).into(), at: None, outcome: outcome.clone() };
        let entry = world.forge(ADMIN, "admin", &own, &event);
        let store = world.with_forged(&entry);
        assert_eq!(names(&store), [(seq, "forbidden".to_owned())], "{text:.20}");
        let versions = store.read().unwrap().versions().unwrap().unwrap();
        assert_eq!(versions.all().count(), if read { 2 } else { 1 }, "{text:.20}");
    }
    world.must(ADMIN, AdoptEdition { edition: 2 });
    world.must(ADMIN, adopt(&later));
    whole_world_check(&world.store);
}
