//! Somebody is inside whose escort has gone, or whose permit or registration holds no more: it is seen at once, and
//! until they are out.

use super::world::*;
use daicho::domain::*;

fn of(world: &World, n: u32) -> Vec<Concern> {
    concerns(&world.registers, &world.visit(n), world.now, world.clock_unconfirmed).unwrap()
}

/// An escort and a visitor inside, the visits 1 and 2, under a permission by telephone or a granted permit.
fn with_visitor(by_telephone: bool) -> World {
    let mut world = World::new();
    world.ok(GUARD, by_card());
    if by_telephone {
        world.ok(GUARD, call());
    } else {
        world.granted(PermitKind::Failure);
    }
    world.ok(GUARD, outsider("failure"));
    assert_eq!((of(&world, 1), of(&world, 2)), (vec![], vec![]), "nothing is wrong yet");
    world
}

/// Something comes to be wrong with the visit of a number, stays so, and goes when they are out.
fn until_out(mut world: World, n: u32, expected: &[Concern]) {
    assert_eq!(of(&world, n), expected);
    world.now += chrono::TimeDelta::minutes(30);
    assert_eq!(of(&world, n), expected, "it stays");
    world.ok(GUARD, out(n));
    assert_eq!(of(&world, n), vec![]);
}

#[test]
fn a_visitor_whose_escorts_exit_was_settled_is_alone_until_out() {
    let mut world = with_visitor(true);
    let evidence = world.now.to_rfc3339();
    world.ok(GUARD, settle(1, &evidence));
    until_out(world, 2, &[Concern::EscortNotInside]);
}

#[test]
fn a_visitor_is_not_alone_once_another_escort_takes_over() {
    let mut world = with_visitor(true);
    let evidence = world.now.to_rfc3339();
    world.ok(GUARD, settle(1, &evidence));
    world.ok(GUARD, staff(ESCORT_2));
    assert_eq!(of(&world, 2), [Concern::EscortNotInside], "being there is not taking over");
    world.ok(GUARD, HandOverEscort { visit: visit(2), escort: Some(ESCORT_2) });
    assert_eq!(of(&world, 2), []);
}

#[test]
fn a_disowned_permission_by_telephone_is_seen_on_who_came_by_it() {
    let mut world = with_visitor(true);
    let disowned = ConfirmTelephone { permit: permit(1), signed: false, reason: "与えていない".into() };
    world.ok(MANAGER, disowned);
    assert_eq!(of(&world, 1), [], "the escort came by no permit");
    until_out(world, 2, &[Concern::PermitDisowned]);
}

#[test]
fn a_permit_that_was_taken_back_or_is_over_is_seen_on_who_came_by_it() {
    let mut world = with_visitor(false);
    let mut permit = world.permit(1);
    permit.state = PermitState::Withdrawn;
    let id = permit.id;
    let granted = world.registers.row(id).unwrap().unwrap();
    world.registers.put(id, permit.into());
    assert_eq!(of(&world, 2), [Concern::PermitWithdrawn]);
    world.registers.put(id, granted);
    assert_eq!(of(&world, 2), []);
    world.now = stamp("2026-11-21T00:05:00+09:00");
    until_out(world, 2, &[Concern::PermitLapsed]);
}

#[test]
fn a_revoked_registration_is_seen_on_its_holder_and_on_whom_they_escort() {
    let mut world = with_visitor(true);
    let own = world.registers.find(&key::of(Noun::Entrant, ESCORT)).unwrap();
    let revoke = RevokeEntrant { entrant: own.first().copied(), reason: "異動".into() };
    world.ok(MANAGER, revoke);
    assert_eq!(of(&world, 1), [Concern::RegistrationRevoked]);
    assert_eq!(of(&world, 2), [Concern::EscortNotPermitted]);
    world.ok(GUARD, out(2));
    until_out(world, 1, &[Concern::RegistrationRevoked]);
}

#[test]
fn a_registration_that_is_over_is_seen_but_not_while_nobody_knows_the_day() {
    let mut world = World::new();
    world.ok(GUARD, staff(STAFF));
    world.now = stamp("2027-04-01T00:05:00+09:00");
    world.clock_unconfirmed = true;
    assert_eq!(of(&world, 1), []);
    world.clock_unconfirmed = false;
    assert_eq!(of(&world, 1), [Concern::RegistrationLapsed]);
    // Another registration that holds is enough.
    let next = RegisterEntrant {
        from: day("2027-04-01"),
        to: day("2028-03-31"),
        ..entrant(STAFF, &["room"], false)
    };
    world.ok(MANAGER, next);
    assert_eq!(of(&world, 1), []);
}
