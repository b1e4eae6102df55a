//! The desk while the books are compared with the log, and when that found something.

use super::screens::tanaka_in;
use super::site::{CARD, PASSWORD, Site};
use crate::desk::{Desk, Failure, Instruction, Lang, say_failure};
use crate::domain::{CheckIn, Command, ResetPassword, SuspendUser};
use crate::tui::model::Place;
use std::time::Duration;

fn reset() -> Command {
    ResetPassword { user: "guard".into(), ..ResetPassword::default() }.into()
}

#[test]
fn while_the_books_are_compared_a_right_waits_and_a_visit_does_not() {
    let site = Site::found();
    let (mut desk, _) = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    let tells = desk.compare_until_told();
    let waits = desk.waits(&reset(), Duration::ZERO).unwrap();
    assert_eq!(waits, Failure::Comparing { done: 812, total: 2000 });
    let said = say_failure(&waits, Some(&desk), Lang::Ja);
    assert!(said.message.contains("2000件中812件"), "{}", said.message);
    let in_by_card: Command = CheckIn { badge: Some(CARD.into()), ..CheckIn::default() }.into();
    let stop: Command = SuspendUser { user: "guard".into(), reason: "紛失".into() }.into();
    for command in [in_by_card, stop] {
        assert_eq!(desk.waits(&command, Duration::ZERO), None, "{}", command.name());
    }
    // An idle moment neither ends nor forgets it.
    desk.idle();
    assert!(desk.waits(&reset(), Duration::ZERO).is_some());
    drop(tells);
    // What broke off has proved nothing.
    assert!(matches!(desk.execute(Instruction::from(reset())), Err(Failure::NotOpened(_))));
    desk.close().unwrap();
}

#[test]
fn what_differs_is_told_on_the_screen_without_a_key() {
    let site = Site::found();
    let mut screen = site.at_desk(Lang::Ja, 80, 24);
    let Place::Desk(standing) = &mut screen.model.place else { panic!("not at the desk") };
    standing.desk.prove().unwrap();
    let tells = standing.desk.compare_until_told();
    assert!(!screen.model.tick());
    tells();
    assert!(screen.model.tick(), "the screen changed");
    screen.shows("台帳が証跡と食い違っています（");
    assert!(!screen.model.tick(), "said once");
    // It stays on Today, whatever is done.
    tanaka_in(&mut screen);
    screen.shows("入室: 田中 一郎");
    screen.shows("台帳が証跡と食い違っています。");
}
