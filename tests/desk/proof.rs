//! What is read is proved before it is obeyed: forged tables, and what the desk still does over them.

use super::people::order;
use super::site::{PASSWORD, Site};
use crate::insider::{Insider, lived, put_row};
use daicho::desk::{Checker, Desk, Failure, Lang, recover, say_failure};
use daicho::domain::{Command, Given, Group, Row, Rule, Task};
use serde_json::json;

/// What of the decisions and of the administration goes on while the books are compared, and over books that differ:
/// what takes a right away, or gives none.
const GO_ON: &[&str] = &[
    "revoke_entrant",
    "return_work",
    "acknowledge_notice",
    "suspend_user",
    "confirm_clock",
    "write_attachment",
];

#[test]
fn each_decision_and_each_act_of_administration_waits_or_only_takes_away() {
    let decides = |rule: &&Rule| {
        matches!(rule.group, Some(Group(_, Task::Decisions | Task::Administration))) || rule.alone
    };
    let goes_on: Vec<&str> =
        Command::RULES.iter().filter(decides).filter(|rule| !rule.waits).map(|rule| rule.name).collect();
    assert_eq!(goes_on, GO_ON);
    let desk_work = |rule: &&&Rule| matches!(rule.group, Some(Group(_, Task::Desk)));
    let kept: Vec<&str> = Command::RULES
        .iter()
        .filter(|rule| rule.waits)
        .filter(|rule| desk_work(&rule))
        .map(|rule| rule.name)
        .collect();
    assert!(kept.is_empty(), "nobody at the desk waits: {kept:?}");
    let by_desk = |rule: &&Rule| rule.given == Given::ByDesk && rule.waits;
    let names: Vec<&str> = Command::RULES.iter().filter(by_desk).map(|rule| rule.name).collect();
    assert_eq!(names, ["replace_sheet", "end_rekey", "agree_by_sheet"]);
}

fn differs(answer: Result<daicho::desk::Receipt, Failure>) -> String {
    match answer {
        Err(Failure::Damaged(what)) if what.name() == "books_differ" => what.to_string(),
        other => panic!("{other:?}"),
    }
}

/// A guard's own tool makes the guard an administrator, in the rows and in the index.
fn promoted() -> Site {
    let site = lived();
    let insider = Insider::of(&site, &site, "guard");
    let mut own = insider.row_of("guard");
    own.roles = insider.row_of("admin").roles;
    put_row(&insider, &Row::from(own));
    site
}

#[test]
fn a_forged_right_is_obeyed_nowhere_it_would_give_another() {
    // Broken by: a desk that judges by tables that nobody compared with the entries.
    let site = promoted();
    let (mut desk, _) = Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).unwrap();
    let orders = [
        json!({"command": "issue_user", "user": "mallory", "person": "P-00001", "roles": ["admin"]}),
        json!({"command": "reset_password", "user": "operator"}),
        json!({"command": "rekey_vault", "reason": "x"}),
        json!({"command": "remove_user", "user": "operator", "reason": "x"}),
        json!({"command": "compact_vault"}),
        json!({"command": "back_up", "to": "/media/x", "medium": "M-1"}),
        json!({"command": "erase", "record": "P-00001", "reason": "x"}),
    ];
    let before = desk.last_entry().0;
    for asked in orders {
        let said = differs(desk.execute(order(asked.clone())));
        assert!(said.contains("what its entries make of it"), "{asked}: {said}");
    }
    assert_eq!(desk.last_entry().0, before, "nothing of it is an entry");
    // The room goes on, and so does taking a right away.
    let out = desk.execute(order(json!({"command": "take_over_shift"})));
    assert!(out.is_ok(), "{out:?}");
    let suspended =
        desk.execute(order(json!({"command": "suspend_user", "user": "operator", "reason": "x"})));
    assert!(suspended.is_ok(), "{suspended:?}");
    let said = desk.differs().unwrap().to_string();
    assert!(said.contains("what its entries make of it"), "{said}");
    desk.close().unwrap();
    // Whoever comes next is told, by the same name, at the same place.
    let (mut desk, _) = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).unwrap();
    let failure = desk.prove().unwrap_err();
    assert!(say_failure(&failure, Some(&desk), Lang::Ja).message.contains("食い違って"));
    desk.close().unwrap();
}

#[test]
fn what_a_recovery_makes_of_forged_books_is_obeyed_again() {
    let site = promoted();
    let place = site.dir().with_file_name("recovered");
    let who = Checker::User("admin", PASSWORD);
    recover(&site.dir(), &place, &who, &[], &site.terminal(), &mut |_, _, _| {}).unwrap();
    let mut desk = Desk::log_in(&place, "admin", PASSWORD, site.terminal()).unwrap().0;
    desk.prove().unwrap();
    assert_eq!(desk.differs(), None);
}

#[test]
fn an_honest_site_is_proved_and_gives_what_waits() {
    let site = lived();
    let mut desk = site.log_in("admin");
    let asked = order(json!({"command": "reset_password", "user": "guard"}));
    assert!(desk.execute(asked).unwrap().temporary_password.is_some());
    desk.prove().unwrap();
    assert_eq!(desk.differs(), None);
    desk.close().unwrap();
}
