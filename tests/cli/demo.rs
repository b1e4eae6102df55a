//! The sample site: what it promises, and the same records for the same seed.

use super::run::{Site, run};
use serde_json::Value;
use std::collections::BTreeSet;

const REGISTERS: [&str; 9] =
    ["visits", "permits", "works", "notices", "entrants", "persons", "companies", "badges", "users"];

fn made(more: &[&str]) -> Site {
    let site = Site::none();
    let mut args = vec!["demo", "--dir", site.dir(), "--headless"];
    args.extend_from_slice(more);
    run(&args, "").expect(0);
    site
}

/// The records of a site without what no seed decides: age draws the users' keys itself.
fn records(site: &Site) -> Vec<(&'static str, Vec<Value>)> {
    REGISTERS
        .into_iter()
        .map(|register| {
            let mut rows = site.rows("auditor", register);
            for row in &mut rows {
                let row = row.as_object_mut().unwrap();
                // Keys are made anew each time.
                for made in ["keys", "way_in", "way_before"] {
                    row.remove(made);
                }
                row.remove("last_login");
                row.remove("shown");
            }
            (register, rows)
        })
        .collect()
}

#[test]
fn the_same_seed_makes_the_same_records_and_another_seed_others() {
    let days = ["--days", "12", "--today", "2026-11-20", "--seed"];
    let with = |seed| made(&[&days[..], &[seed]].concat());
    let (one, same, other) = (records(&with("7")), records(&with("7")), records(&with("8")));
    for ((register, one), (_, same)) in one.iter().zip(&same) {
        assert_eq!(one, same, "{register}");
    }
    assert_ne!(one, other);
}

#[test]
fn json_names_the_vault_and_an_id_and_password_for_each_role() {
    let site = Site::none();
    let args = ["demo", "--dir", site.dir(), "--headless", "--json", "--days", "10"];
    let answer = run(&args, "").expect(0).json();
    assert_eq!(answer["vault"], site.dir());
    let users = answer["users"].as_array().unwrap();
    let roles: BTreeSet<&str> = users.iter().map(|user| user["role"].as_str().unwrap()).collect();
    assert_eq!(roles.len(), 6);
    for user in users {
        let field = |name: &str| user[name].as_str().unwrap();
        site.run_with(field("id"), field("password"), &["query", "today"]).expect(0);
    }
}

#[test]
fn a_folder_with_something_in_it_is_left_alone() {
    let site = Site::none();
    std::fs::create_dir(&site.dir).unwrap();
    std::fs::write(site.dir.join("letter.txt"), "not ours").unwrap();
    let ran = run(&["demo", "--dir", site.dir(), "--headless", "--days", "10"], "").expect(3);
    assert!(ran.out.is_empty());
    assert_eq!(std::fs::read_to_string(site.dir.join("letter.txt")).unwrap(), "not ours");
}

#[test]
fn the_open_business_of_the_day_is_seen_on_today() {
    let site = made(&["--days", "12"]);
    let lines = site.rows("guard1", "today");
    let count = |name: &str| {
        let line = lines.iter().find(|line| line["name"] == name);
        line.unwrap_or_else(|| panic!("no {name} in {lines:#?}"))["count"].as_u64().unwrap()
    };
    assert!((4..=6).contains(&count("inside")));
    assert_eq!(count("exit_overdue"), 1);
}

/// Ends of the sample: nights, weekends, the days around New Year and the fiscal year, a leap day.
const ENDS: [&str; 12] = [
    "2026-11-20 00:10",
    "2026-11-20 03:20",
    "2026-11-20 08:31",
    "2026-11-22 17:32",
    "2026-11-28 23:50",
    "2026-11-29 13:45",
    "2026-12-31 23:58",
    "2027-01-01 00:05",
    "2027-01-05 09:00",
    "2027-03-31 23:58",
    "2027-04-01 00:05",
    "2028-02-29 12:00",
];

#[test]
fn whatever_the_day_and_the_hour_the_same_business_is_open() {
    for (now, seed) in ENDS.into_iter().zip(["1", "2", "3"].into_iter().cycle()) {
        let site = made(&["--days", "10", "--today", now, "--seed", seed]);
        let case = format!("{now}, seed {seed}");
        let inside = site.rows("guard1", "inside");
        assert!((4..=6).contains(&inside.len()), "{case}: {}", inside.len());
        let outsider = inside.iter().find(|visit| visit["outsider"] == true).expect("an outsider inside");
        let escort = &outsider["escorts"][0][1];
        assert!(inside.iter().any(|visit| visit["person"] == *escort), "{case}: the escort is inside");
        let badges = site.rows("guard1", "badges");
        assert!(badges.iter().any(|badge| badge["state"] == "not_returned"), "{case}");
        let visits = site.rows("guard1", "visits");
        let due = |visit: &&Value| visit["report"] == "due" && visit["state"] == "left";
        assert!(visits.iter().any(|visit| due(&visit)), "{case}: a work without its report");
        let permits = site.rows("guard1", "permits");
        for state in ["applied", "telephone"] {
            assert!(permits.iter().any(|permit| permit["state"] == state), "{case}: {state}");
        }
        let notices = site.rows("officer", "notices");
        assert!(notices.iter().any(|notice| notice["taken"].is_null()), "{case}");
    }
}

#[test]
fn a_year_has_what_it_promises_and_everything_in_it_verifies() {
    let site = made(&[]);
    let count = |register| site.rows("auditor", register).len();
    let counts: Vec<(&str, usize, usize)> = vec![
        ("visits", 5000, count("visits")),
        ("permits", 200, count("permits")),
        ("works", 1000, count("works")),
        ("companies", 12, count("companies")),
        ("badges", 40, count("badges")),
        ("refused", 10, count("refused")),
        ("notices", 2, count("notices")),
    ];
    for (register, promised, there) in counts {
        assert!(there >= promised, "{register}: {there} of {promised}");
    }
    let entrants = site.rows("auditor", "entrants");
    let today = entrants.iter().map(|entrant| entrant["to"].as_str().unwrap()).max().unwrap().to_owned();
    let last: BTreeSet<&str> = entrants
        .iter()
        .filter(|entrant| entrant["to"] == *today)
        .map(|entrant| entrant["person"].as_str().unwrap())
        .collect();
    assert_eq!(last.len(), 60);
    for person in site.rows("auditor", "persons") {
        assert!(!person["name"].as_str().unwrap().is_empty() && !person["kana"].as_str().unwrap().is_empty());
    }
    let visits = site.rows("auditor", "visits");
    let some = |what: &dyn Fn(&Value) -> bool| visits.iter().filter(|visit| what(visit)).count();
    assert!(some(&|visit| !visit["settled"].is_null()) >= 3, "exits settled");
    assert!(some(&|visit| !visit["entered_late"].is_null()) >= 3, "late entries");
    assert!(
        some(&|visit| visit["corrections"].as_array().is_some_and(|list| !list.is_empty())) >= 3,
        "corrected"
    );
    assert!(
        some(&|visit| visit["escorts"].as_array().is_some_and(|list| list.len() > 1)) >= 3,
        "handed over"
    );
    assert!(some(&|visit| visit["outsider"] == true) >= 300, "outsiders");
    let permits = site.rows("auditor", "permits");
    for state in ["granted", "refused", "withdrawn", "applied", "telephone"] {
        assert!(permits.iter().any(|permit| permit["state"] == state), "{state}");
    }
    site.run("auditor", &["check"]).expect(0);
}
