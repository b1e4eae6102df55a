//! R12: clocks that are wrong, and days that are special: what is recorded, what is refused, and that all of it holds.

use super::figure::write;
use crate::desk::people::Cast;
use crate::desk::site::{Site, at, everything_holds};
use daicho::desk::Lang;
use daicho::desk::declare::read::command_from_json;
use daicho::domain::Row;
use daicho::text::wareki::wareki_short;
use serde_json::json;

/// A scenario: a site with its people, where the operator is inside.
type Scenario = fn(&Site, Cast) -> Cast;

const SCENARIOS: &[(&str, Scenario)] = &[
    ("ten years ahead between two commands", |site, cast| {
        jump(site, cast, "2036-11-20T09:10:00+09:00", false)
    }),
    ("ten years back between two commands", |site, cast| {
        jump(site, cast, "2016-11-20T09:10:00+09:00", false)
    }),
    ("ten years ahead at the login", |site, cast| jump(site, cast, "2036-11-20T09:10:00+09:00", true)),
    ("ten years back at the login", |site, cast| jump(site, cast, "2016-11-20T09:10:00+09:00", true)),
    ("a dead battery at the login", |site, cast| jump(site, cast, "1970-01-01T09:00:05+09:00", true)),
    ("an hour back between two commits", |site, cast| jump(site, cast, "2026-11-20T08:00:00+09:00", false)),
    ("five minutes back, as clocks are set", set_back_a_little),
    ("the end of seconds in 32 bits", end_of_32_bits),
    ("the same moment in another zone", another_zone),
    ("local time taken for UTC", wrong_zone),
    ("a leap day", leap_day),
    ("the change of an era", era),
];

fn jumps(cast: &mut Cast) -> usize {
    cast.sit("admin").log(None, Some("clock_jumped"), 9, Lang::Ja).unwrap().len()
}

fn came(cast: &Cast, visit: daicho::domain::Id) -> daicho::domain::Visit {
    match cast.row(visit) {
        Row::Visit(visit) => visit,
        other => panic!("{other:?}"),
    }
}

fn out(cast: &mut Cast) -> daicho::domain::Id {
    cast.must("guard", json!({"command": "check_out", "card": "C-9"})).id.unwrap()
}

fn confirm(cast: &mut Cast) {
    cast.must("operator", json!({"command": "confirm_clock", "remarks": "電波時計と比べた"}));
    assert!(!cast.desk.clock_is_unconfirmed().unwrap());
}

/// Lets the operator in for another time: the one of the beginning is of 2026 and 2027.
fn admit(cast: &mut Cast, from: &str, to: &str) {
    let person = cast.person("operator");
    let line = json!({"command": "register_entrant", "person": person, "zones": ["server_room"],
                      "from": from, "to": to, "escort": true, "credential": "職員証"});
    cast.must("approver", line);
}

/// A jump is recorded once, marks what is done meanwhile, and lets nothing be judged by dates until it is confirmed.
fn jump(site: &Site, mut cast: Cast, wrong: &str, at_the_login: bool) -> Cast {
    let new = cast.register("新任 一", "シンニン ハジメ");
    if at_the_login {
        cast.close();
        site.clock.set(at(wrong));
        cast = Cast::gather_again(site);
        assert!(cast.desk.clock_is_unconfirmed().unwrap(), "seen at the login");
    } else {
        site.clock.set(at(wrong));
    }
    let left = out(&mut cast);
    assert!(cast.desk.clock_is_unconfirmed().unwrap());
    let back = cast.operator_in();
    for visit in [left, back] {
        assert!(came(&cast, visit).clock_unconfirmed, "what is done meanwhile is marked");
    }
    let day = &wrong[..10];
    let register = json!({"command": "register_entrant", "person": new, "zones": ["server_room"],
                          "from": day, "to": day});
    assert_eq!(cast.no("approver", register.clone()), "clock_unconfirmed");
    assert_eq!(jumps(&mut cast), 1, "said once");
    site.clock.set(at("2026-11-20T09:20:00+09:00"));
    out(&mut cast);
    confirm(&mut cast);
    let mut right = register;
    (right["from"], right["to"]) = (json!("2026-11-20"), json!("2026-12-20"));
    cast.must("approver", right);
    assert_eq!(cast.no("operator", json!({"command": "confirm_clock"})), "clock_good");
    cast
}

/// No jump: entries keep their order by number, whatever the times say.
fn set_back_a_little(site: &Site, mut cast: Cast) -> Cast {
    site.clock.set(at("2026-11-20T08:56:00+09:00"));
    let visit = out(&mut cast);
    assert!(!came(&cast, visit).clock_unconfirmed);
    assert_eq!(jumps(&mut cast), 0);
    let lines = cast.desk.log(None, None, 3, Lang::Ja).unwrap();
    assert!(lines.windows(2).all(|pair| pair[0].seq == pair[1].seq + 1));
    cast
}

fn end_of_32_bits(site: &Site, mut cast: Cast) -> Cast {
    site.clock.set(at("2038-01-19T12:14:05+09:00"));
    out(&mut cast);
    confirm(&mut cast);
    admit(&mut cast, "2038-01-01", "2038-03-31");
    site.clock.set(at("2038-01-19T12:14:07+09:00"));
    let visit = cast.operator_in();
    site.clock.set(at("2038-01-19T12:14:09+09:00"));
    assert_eq!(out(&mut cast), visit);
    let row = came(&cast, visit);
    assert_eq!((row.came.timestamp(), row.left.unwrap().timestamp()), (2_147_483_647, 2_147_483_649));
    assert!(!row.clock_unconfirmed);
    assert_eq!(jumps(&mut cast), 1, "from 2026 to 2038, and none at the end of the bits");
    cast
}

fn another_zone(site: &Site, mut cast: Cast) -> Cast {
    site.clock.set(at("2026-11-20T00:10:00+00:00"));
    let visit = out(&mut cast);
    let row = came(&cast, visit);
    assert_eq!(row.left.unwrap() - row.came, chrono::TimeDelta::minutes(10), "moments, not digits");
    assert_eq!(jumps(&mut cast), 0);
    cast
}

/// Nine hours ahead is no jump by the profile; setting it right is one, and waits for somebody who looks.
fn wrong_zone(site: &Site, mut cast: Cast) -> Cast {
    site.clock.set(at("2026-11-20T09:10:00+00:00"));
    out(&mut cast);
    assert_eq!(jumps(&mut cast), 0);
    site.clock.set(at("2026-11-20T09:20:00+09:00"));
    let visit = cast.operator_in();
    assert!(came(&cast, visit).clock_unconfirmed);
    assert_eq!(jumps(&mut cast), 1);
    confirm(&mut cast);
    cast
}

fn leap_day(site: &Site, mut cast: Cast) -> Cast {
    site.clock.set(at("2028-02-28T23:59:30+09:00"));
    let new = cast.register("閏 日", "ウルウ ヒ");
    confirm(&mut cast);
    site.clock.set(at("2028-02-29T00:00:30+09:00"));
    out(&mut cast);
    let period = |from: &str, to: &str| json!({"command": "register_entrant", "person": new, "zones": ["server_room"], "from": from, "to": to});
    for no_day in ["2027-02-29", "2100-02-29", "2028-02-30"] {
        let line = period("2028-02-29", no_day).to_string();
        assert!(command_from_json(line.as_bytes()).is_err(), "{no_day} is no day");
    }
    let made = cast.must("approver", period("2028-02-29", "2028-03-31")).id.unwrap();
    let Row::Entrant(entrant) = cast.row(made) else { panic!("{made}") };
    assert_eq!(entrant.from.to_string(), "2028-02-29");
    admit(&mut cast, "2028-02-29", "2028-03-31");
    site.clock.set(at("2028-03-01T00:00:30+09:00"));
    cast.operator_in();
    assert_eq!(jumps(&mut cast), 1, "from 2026 to 2028, and none over the leap day");
    cast
}

fn era(site: &Site, mut cast: Cast) -> Cast {
    site.clock.set(at("2019-04-30T23:59:30+09:00"));
    out(&mut cast);
    confirm(&mut cast);
    admit(&mut cast, "2019-04-30", "2019-05-31");
    let before = cast.operator_in();
    site.clock.set(at("2019-05-01T00:00:30+09:00"));
    assert_eq!(out(&mut cast), before);
    let row = came(&cast, before);
    let said = [row.came, row.left.unwrap()].map(|moment| wareki_short(moment.date_naive()));
    assert_eq!(said, ["H31.4.30", "R1.5.1"]);
    assert_eq!(jumps(&mut cast), 1);
    cast
}

#[test]
fn campaign_wrong_clocks_and_special_days_are_recorded_and_everything_holds() {
    for (name, scenario) in SCENARIOS {
        println!("{name}");
        let site = Site::found();
        let mut cast = Cast::gather(&site);
        cast.operator_in();
        scenario(&site, cast).close();
        everything_holds(&site);
    }
    let names: Vec<&str> = SCENARIOS.iter().map(|(name, _)| *name).collect();
    write("R12", names.len() as u64, "scenarios, everything holds after each", 0, &names.join("; "));
}
