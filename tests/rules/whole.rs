//! What must hold of all registers together: each contradiction between rows is found, by its name.

use super::world::*;
use chrono::TimeDelta;
use daicho::domain::*;

/// The names of what is found once a row is not what the entries made of it.
fn found<T: TryFrom<Row> + Into<Row>>(
    world: &World,
    id: Id,
    change: impl FnOnce(&mut T),
) -> Vec<&'static str> {
    let mut row: T = world.get(Some(id));
    change(&mut row);
    let mut registers = world.registers.clone();
    registers.put(id, row.into());
    invariants(&registers).iter().map(|fault| fault.name()).collect()
}

/// An escort and a visitor inside, another escort, the first company's second worker gone, and a visit that was settled.
fn world() -> World {
    let mut world = World::new();
    world.ready(PermitKind::Failure);
    world.ok(GUARD, outsider("failure"));
    world.ok(GUARD, staff(ESCORT_2));
    world.ok(GUARD, staff(STAFF));
    world.ok(GUARD, out(4));
    assert!(invariants(&world.registers).is_empty());
    world
}

#[test]
fn a_row_that_is_not_there_or_stands_in_anothers_place_is_found() {
    let world = world();
    let mut gap = world.registers.clone();
    gap.put(Id::new(Noun::Company, 4), Row::Company(world.get(Some(COMPANY))));
    let names: Vec<_> = invariants(&gap).iter().map(|fault| fault.name()).collect();
    assert_eq!(names, ["registers_gap", "registers_other_row"]);
    let late = |row: &mut Company| row.trace.made = row.trace.changed + 1;
    assert_eq!(found(&world, COMPANY, late), ["registers_made_late"]);
    assert_eq!(found(&world, COMPANY, |row: &mut Company| row.trace.made = 0), ["registers_made_late"]);
    for n in [0, 13] {
        let nobody = |row: &mut Badge| row.holder = Some(Id::new(Noun::Person, n));
        assert_eq!(found(&world, world.badge("C-06").id, nobody), ["registers_names_nothing"], "{n}");
    }
    let number = |row: &mut Badge| row.number = "G-02".into();
    let twice = ["registers_not_unique"; 2];
    assert_eq!(found(&world, world.badge("G-03").id, number), twice);
}

#[test]
fn who_was_joined_to_another_says_the_same_as_the_other() {
    let world = world();
    let apart = ["registers_joined_apart"];
    assert_eq!(found(&world, STRANGER, |row: &mut Person| row.joined_to = Some(STAFF)), apart);
    assert_eq!(found(&world, STRANGER, |row: &mut Person| row.joined.push(STAFF)), apart);
    // Joined as it should be, and then on to a third.
    let mut joined = world.clone();
    joined.registers.put(STAFF, Person { joined: vec![STRANGER], ..joined.get(Some(STAFF)) }.into());
    joined.registers.put(STRANGER, Person { joined_to: Some(STAFF), ..joined.get(Some(STRANGER)) }.into());
    assert_eq!(found(&joined, STRANGER, |_: &mut Person| {}), [""; 0]);
    assert_eq!(found(&joined, STAFF, |row: &mut Person| row.joined_to = Some(OFFICER)), apart.repeat(2));
}

#[test]
fn a_visit_ends_as_its_state_says_and_an_outsider_has_a_permit_a_badge_and_an_escort_inside() {
    let world = world();
    let (visitor, gone) = (id(Noun::Visit, 2), id(Noun::Visit, 4));
    let end = world.now;
    assert_eq!(found(&world, gone, |row: &mut Visit| row.left = None), ["registers_exit"]);
    assert_eq!(
        found(&world, gone, |row: &mut Visit| row.state = VisitState::ExitUnknown),
        ["registers_exit"]
    );
    assert_eq!(found(&world, id(Noun::Visit, 3), |row: &mut Visit| row.left = Some(end)), ["registers_exit"]);
    assert_eq!(found(&world, visitor, |row: &mut Visit| row.permit = None), ["registers_no_permit"]);
    assert_eq!(found(&world, visitor, |row: &mut Visit| row.escorts.clear()), ["registers_no_escort"]);
    assert_eq!(
        found(&world, visitor, |row: &mut Visit| row.badge = None),
        ["registers_no_badge", "registers_worn"]
    );
    let away = |row: &mut Visit| row.escorts.push((end, STAFF));
    assert_eq!(found(&world, visitor, away), ["registers_escort_away"]);
    let twice = found(&world, id(Noun::Visit, 3), |row: &mut Visit| row.person = ESCORT);
    assert_eq!(twice, ["registers_not_unique", "registers_inside_twice", "registers_not_unique"]);
}

#[test]
fn a_decision_has_its_hand_and_is_by_nobody_it_is_about() {
    let world = world();
    let application = id(Noun::Permit, 1);
    let by = |who: Id| move |row: &mut Permit| row.decided.as_mut().unwrap().by = who;
    assert_eq!(found(&world, application, |row: &mut Permit| row.decided = None), ["registers_by_nobody"]);
    let withdrawn = |row: &mut Permit| row.withdrawn = row.decided.clone();
    assert_eq!(found(&world, application, withdrawn), ["registers_by_nobody"]);
    let early = |row: &mut Permit| row.to = row.from - TimeDelta::days(1);
    assert_eq!(found(&world, application, early), ["registers_ends_early"]);
    let named: Permit = world.permit(1);
    for own in [named.applicant, named.entered_by, WORKER] {
        assert_eq!(found(&world, application, by(own)), ["registers_own_application"], "{own}");
    }
    let mut called = World::new();
    called.ok(GUARD, call());
    called.ok(MANAGER, ConfirmTelephone { permit: permit(1), signed: true, ..ConfirmTelephone::default() });
    assert_eq!(found(&called, application, |_: &mut Permit| {}), [""; 0]);
    assert_eq!(found(&called, application, by(DEPUTY)), ["registers_other_giver"]);
}

#[test]
fn a_report_and_a_notice_stand_as_the_work_does() {
    let mut world = world();
    let visitor = id(Noun::Visit, 2);
    assert_eq!(
        found(&world, visitor, |row: &mut Visit| row.report = ReportState::Approved),
        ["registers_report"]
    );
    world.ok(GUARD, report(2));
    assert_eq!(found(&world, visitor, |row: &mut Visit| row.report = ReportState::Due), ["registers_report"]);
    assert_eq!(
        found(&world, id(Noun::Work, 1), |row: &mut Work| row.pi_seen = true),
        ["registers_nobody_told"]
    );
    let mut twice = world.clone();
    let second = id(Noun::Work, 2);
    twice.registers.put(second, Work { id: second, ..twice.get(work(1)) }.into());
    assert_eq!(found(&twice, second, |_: &mut Work| {}), ["registers_reports"]);
}

#[test]
fn a_badge_is_out_with_the_one_visit_that_wears_it_and_a_card_has_a_holder() {
    let mut world = world();
    let (worn, free, card) = (world.badge("G-01").id, world.badge("G-02").id, world.badge("C-06").id);
    let visitor = id(Noun::Visit, 2);
    assert_eq!(found(&world, worn, |row: &mut Badge| row.visit = visit(1)), ["registers_worn"]);
    assert_eq!(found(&world, free, |row: &mut Badge| row.state = BadgeState::Out), ["registers_worn"]);
    assert_eq!(found(&world, free, |row: &mut Badge| row.visit = visit(4)), ["registers_badge_in"]);
    assert_eq!(found(&world, visitor, |row: &mut Visit| row.badge = Some(free)), ["registers_worn"; 2]);
    assert_eq!(found(&world, free, |row: &mut Badge| row.holder = Some(STAFF)), ["registers_holder"]);
    assert_eq!(found(&world, card, |row: &mut Badge| row.holder = None), ["registers_holder"]);
    let kept = |row: &mut Badge| (row.state, row.visit) = (BadgeState::NotReturned, visit(4));
    assert_eq!(found(&world, free, kept), ["registers_badge_kept"]);
    let user = |row: &mut User| row.keys.clear();
    assert_eq!(found(&world, id(Noun::User, 1), user), ["registers_no_key"]);
    world.ok(GUARD, CheckOut { badge_kept: true, ..out(2) });
    assert_eq!(found(&world, worn, |_: &mut Badge| {}), [""; 0]);
    assert_eq!(found(&world, worn, |row: &mut Badge| row.visit = visit(1)), ["registers_badge_kept"]);
}
