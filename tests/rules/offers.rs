//! A field offers those records that the rules take, and no others: asked of every record, one by one.

use super::world::*;
use daicho::domain::*;
use std::collections::BTreeMap;

fn context(world: &World) -> Context<'_> {
    world.context(&world.actors[&GUARD], &world.profile, None)
}

fn form(filled: &[(&'static str, String)]) -> FormSoFar {
    let filled: BTreeMap<_, _> = filled.iter().map(|(name, value)| (*name, vec![value.clone()])).collect();
    FormSoFar { record: None, filled }
}

/// The records of a noun that a field offers, those first that it tells before anything is typed.
fn offered(world: &World, of: (&str, &str), form: &FormSoFar, noun: Noun) -> Vec<Id> {
    let offer = offers(&world.registers, &context(world), of, form).unwrap();
    let told = offer.told().map(<[Id]>::to_vec);
    let rows = world.registers.rows().filter(|(id, _)| id.noun == noun);
    let takes = rows.filter(|(_, row)| offer.takes(row)).map(|(id, _)| id).collect::<Vec<_>>();
    for (id, row) in world.registers.rows().filter(|(id, _)| takes.contains(id)) {
        assert!(offer.under.is_none_or(|under| row.names(under)), "{id} is found under what it names");
    }
    match told {
        Some(told) => {
            assert!(told.iter().all(|id| takes.contains(id)), "{told:?} of {takes:?}");
            told
        }
        None => takes,
    }
}

/// The records of a noun with which a command is not refused for one of some reasons.
fn taken(world: &World, noun: Noun, with: &dyn Fn(Id) -> Command, unless: &[Code]) -> Vec<Id> {
    let ids = world.registers.rows().map(|(id, _)| id).filter(|id| id.noun == noun);
    let takes = |id: &Id| match decide(&world.registers, &context(world), &with(*id)) {
        Ok(_) => true,
        Err(No::Rejected(no)) => !unless.contains(&no.code),
        Err(no) => panic!("{id}: {no:?}"),
    };
    ids.filter(takes).collect()
}

#[test]
fn a_field_offers_those_whom_the_rules_take_and_nobody_else() {
    // Broken by: escorts without a look at who is inside, at zones, or at companies; the visitor themself as escort;
    // permits of others or of other days; the actor as giver; workers of any company.
    let mut world = World::new();
    world.ok(MANAGER, entrant(WORKER_2, &["room"], true));
    for came in
        [staff(STAFF), by_card(), CheckIn { zone: "annex".into(), ..staff(ESCORT_2) }, staff(WORKER_2)]
    {
        world.ok(GUARD, came);
    }
    world.ok(GUARD, application(PermitKind::Visit));
    world.ok(GUARD, ApplyVisit { workers: vec![WORKER_2], ..application(PermitKind::Visit) });
    world.ok(GUARD, application(PermitKind::Visit));
    world.ok(GUARD, application(PermitKind::Visit));
    for granted in [1, 2, 4] {
        world.ok(MANAGER, grant(granted));
    }
    world.ok(GUARD, WithdrawVisit { permit: permit(4), reason: "中止".into() });

    let escorts = |zone: &str, visitor: Id| {
        let so_far = form(&[("zone", zone.into()), ("person", visitor.to_string())]);
        let with = |escort| {
            let zone = zone.to_owned();
            Command::from(CheckIn {
                person: Some(visitor),
                zone,
                escort: Some(escort),
                permit: permit(1),
                ..outsider("tour")
            })
        };
        let mut world = world.clone();
        // Somebody from outside, who needs an escort: by a permit for both zones.
        world.profile.periods.planned_days = 7;
        let told = offered(&world, ("check_in", "escort"), &so_far, Noun::Person);
        let unless = [Code::EscortNotPermitted, Code::EscortNotInside];
        (told, taken(&world, Noun::Person, &with, &unless))
    };
    let (told, taken_by_rules) = escorts("room", WORKER);
    assert_eq!((told.as_slice(), &told), ([ESCORT].as_slice(), &taken_by_rules));
    assert_eq!(escorts("annex", WORKER).0, [ESCORT_2]);
    assert_eq!(escorts("room", ESCORT).0, [], "nobody escorts themself");

    let so_far = form(&[("person", WORKER.to_string())]);
    let with =
        |permit| Command::from(CheckIn { permit: Some(permit), escort: Some(ESCORT), ..outsider("tour") });
    let told = offered(&world, ("check_in", "permit"), &so_far, Noun::Permit);
    assert_eq!(told, [permit(1).unwrap()]);
    assert_eq!(told, taken(&world, Noun::Permit, &with, &[Code::NoPermit, Code::NotOnPermit]));
    world.now += chrono::TimeDelta::days(9);
    assert_eq!(offered(&world, ("check_in", "permit"), &so_far, Noun::Permit), []);
    world.now -= chrono::TimeDelta::days(9);

    let given = |giver| Command::from(PermitByTelephone { giver: Some(giver), ..call() });
    let told = offered(&world, ("permit_by_telephone", "giver"), &form(&[]), Noun::Person);
    assert_eq!(told, [MANAGER]);
    assert_eq!(told, taken(&world, Noun::Person, &given, &[Code::NoAuthority, Code::OwnMatter]));
    world.actors.get_mut(&GUARD).unwrap().person = MANAGER;
    assert_eq!(offered(&world, ("permit_by_telephone", "giver"), &form(&[]), Noun::Person), []);
    world.actors.get_mut(&GUARD).unwrap().person = GUARD;

    for (command, company) in [("apply_visit", COMPANY), ("permit_by_telephone", OTHER_COMPANY)] {
        let so_far = form(&[("company", company.to_string())]);
        let with = |worker| match command {
            "apply_visit" => Command::from(ApplyVisit {
                company: Some(company),
                workers: vec![worker],
                ..application(PermitKind::Visit)
            }),
            _ => Command::from(PermitByTelephone { company: Some(company), workers: vec![worker], ..call() }),
        };
        let told = offered(&world, (command, "workers"), &so_far, Noun::Person);
        assert_eq!(told, taken(&world, Noun::Person, &with, &[Code::FieldInvalid]), "{command}");
    }
    // What nothing is told of offers all that are still in use; a command of no such name too.
    for of in [("register_entrant", "person"), ("check_in", "person"), ("no_such", "field")] {
        assert_eq!(offered(&world, of, &form(&[]), Noun::Person).len(), 12, "{of:?}");
    }
}

#[test]
fn what_was_done_during_a_visit_was_done_by_people_of_its_company() {
    // Broken by: workers of any company; of none after a visit of the own staff; a report sent back that forgets its visit.
    let mut world = World::new();
    world.ok(GUARD, by_card());
    world.ok(GUARD, application(PermitKind::Visit));
    world.ok(MANAGER, grant(1));
    world.ok(GUARD, CheckIn { permit: permit(1), escort: Some(ESCORT), ..outsider("backup") });
    let of = ("record_work", "workers");
    let about = |record| FormSoFar { record, ..FormSoFar::default() };
    assert_eq!(offered(&world, of, &about(visit(2)), Noun::Person), [WORKER, WORKER_2]);
    assert_eq!(offered(&world, of, &form(&[("visit", "V-00002".into())]), Noun::Person), [WORKER, WORKER_2]);
    assert_eq!(offered(&world, of, &about(visit(1)), Noun::Person).len(), 12);
    world.ok(GUARD, RecordWork { workers: vec![WORKER], ..report(2) });
    world.ok(MANAGER, ReturnWork { work: work(1), reason: "結果".into() });
    assert_eq!(offered(&world, of, &about(work(1)), Noun::Person), [WORKER, WORKER_2]);
    assert_eq!(
        offered(&world, of, &form(&[("revises", work(1).unwrap().to_string())]), Noun::Person),
        [WORKER, WORKER_2]
    );
}
