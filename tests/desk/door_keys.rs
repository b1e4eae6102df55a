//! Keys at the desk: a scan, Today, the takeover, past days, and what a remark must not hold.

use super::people::Cast;
use super::site::{Site, at, everything_holds};
use daicho::desk::declare::cautions;
use daicho::desk::{AsOf, Desk, ListQuery, Lookup, Scan};
use daicho::domain::{Command, DoorKey, DoorKeyState, Id, Row, Shift};
use serde_json::json;

fn lines(desk: &Desk) -> Vec<(&'static str, usize, bool)> {
    let keys = |line: &daicho::desk::TodayLine| line.opens.register == "door_keys";
    let today = desk.today().unwrap();
    today.iter().filter(|line| keys(line)).map(|line| (line.name, line.count, line.urgent)).collect()
}

fn listed(desk: &Desk, state: &str, as_of: Option<AsOf>) -> Vec<Id> {
    let (register, state) = ("door_keys".to_owned(), Some(state.to_owned()));
    let query = ListQuery { register, state, as_of, ..ListQuery::default() };
    desk.list(&query, None, 20).unwrap().rows.iter().map(Row::id).collect()
}

fn row(desk: &Desk, id: Id) -> DoorKey {
    Lookup::row(desk, id).and_then(|row| DoorKey::try_from(row).ok()).unwrap()
}

#[test]
fn a_key_goes_out_and_comes_back_by_a_scan_and_stands_on_today_meanwhile() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let keeper = cast.person("operator");
    let register = json!({"command": "register_key", "number": "K-101", "opens": "前室の扉", "kind": "key", "keeper": keeper});
    let key = cast.must("admin", register).id.unwrap();
    let guard = cast.sit("guard");
    assert_eq!(guard.scan("ｋ－１０１").unwrap(), Scan::Thing(key, "lend_key"));
    assert_eq!(guard.scan("K-102").unwrap(), Scan::Unknown);
    let before = guard.last_entry().0;
    let lend = json!({"command": "lend_key", "key": "k-101", "person": keeper, "reason": "点検", "due": "2026-11-20"});
    cast.must("guard", lend);
    let guard = cast.sit("guard");
    assert_eq!(guard.scan("K-101").unwrap(), Scan::Thing(key, "return_key"));
    assert_eq!(lines(guard), [("keys_out", 1, false)]);
    assert_eq!(listed(guard, "in", Some(AsOf::Entry(before))), [key], "as it was before");
    // Overdue from the next day on, and counted at the takeover.
    site.clock.set(at("2026-11-21T09:00:00+09:00"));
    assert_eq!(lines(cast.sit("guard")), [("keys_out", 1, false), ("keys_overdue", 1, true)]);
    let shift = cast.must("guard2", json!({"command": "take_over_shift"})).id.unwrap();
    assert_eq!(Shift::try_from(cast.row(shift)).ok().unwrap().counts[1], 1);
    cast.must("guard2", json!({"command": "return_key", "key": "K-101"}));
    let guard = cast.sit("guard");
    assert_eq!((lines(guard), row(guard, key).state), (vec![], DoorKeyState::In));
    cast.close();
    everything_holds(&site);
}

#[test]
fn a_key_with_somebody_whose_registration_ended_is_said_first_and_its_keeper_later() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let (holder, keeper) = (cast.person("guard"), cast.person("operator"));
    let register =
        json!({"command": "register_key", "number": "K-1", "opens": "棚", "kind": "key", "keeper": keeper});
    let key = cast.must("admin", register).id.unwrap();
    cast.must("guard2", json!({"command": "lend_key", "key": "K-1", "person": holder, "reason": "点検"}));
    assert_eq!(lines(cast.sit("guard2")), [("keys_out", 1, false)]);
    for entrant in ["E-00001", "E-00002"] {
        cast.must("approver", json!({"command": "revoke_entrant", "entrant": entrant, "reason": "退職"}));
    }
    let guard = cast.sit("guard2");
    let told = [("keys_holder_left", 1, true), ("keys_out", 1, false), ("keys_keeper_left", 1, false)];
    assert_eq!(lines(guard), told);
    assert_eq!(listed(guard, "holder_left", None), [key]);
    cast.must("guard2", json!({"command": "return_key", "key": "K-1"}));
    assert_eq!(
        cast.no("guard2", json!({"command": "lend_key", "key": "K-1", "person": holder, "reason": "点検"})),
        "not_registered"
    );
    cast.close();
    everything_holds(&site);
}

#[test]
fn a_remark_that_looks_like_a_combination_is_pointed_out_and_stands() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let line = |remarks: &str| {
        json!({"command": "register_key", "number": format!("N-{}", remarks.len()), "opens": "金庫",
               "kind": "combination", "remarks": remarks})
    };
    let told = cast.must("admin", line("番号は１２－３４－５６")).cautions;
    let told: Vec<_> = told.iter().map(|(field, caution)| (field.name, caution.name())).collect();
    assert_eq!(told, [("remarks", "looks_like_a_combination")]);
    assert!(cast.must("admin", line("2026-11-20に交換")).cautions.is_empty());
    cast.must(
        "admin",
        json!({"command": "register_key", "number": "K-1", "opens": "前室", "kind": "key", "copies": 1}),
    );
    let lend = json!({"command": "lend_key", "key": "K-1", "person": cast.person("guard"), "reason": "暗証番号は4589"});
    let told = cast.must("guard", lend).cautions;
    assert_eq!(told.iter().map(|(field, _)| field.name).collect::<Vec<_>>(), ["reason"]);
    // Texts of which nothing is said are never looked at.
    let name = Command::from(daicho::domain::RegisterCompany { name: "1234".into(), ..Default::default() });
    assert!(cautions(&name).is_empty());
    cast.close();
}
