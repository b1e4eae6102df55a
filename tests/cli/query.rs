//! `daicho query`: stable fields, filters, the past, and that every look is recorded.

use super::run::Site;
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn keys(value: &Value) -> BTreeSet<String> {
    value.as_object().unwrap().keys().cloned().collect()
}

fn has(value: &Value, fields: &[&str]) {
    let there = keys(value);
    for field in fields {
        assert!(there.contains(*field), "{field} is not in {there:?}");
    }
}

#[test]
fn json_fields_are_there_under_their_stable_names() {
    let site = Site::sample();
    site.batch("guard1", "{\"command\":\"check_out\",\"badge\":\"B-999\"}", &[]).expect(1);
    let first = |register: &str| site.rows("admin", register)[0].clone();
    has(
        &first("visits"),
        &[
            "id",
            "person",
            "company",
            "outsider",
            "zone",
            "rack",
            "purpose",
            "badge",
            "card",
            "identification",
            "came",
            "left",
            "admitted_by",
            "released_by",
            "escorts",
            "permit",
            "state",
            "badge_kept",
            "settled",
            "corrections",
            "report",
            "trace",
            "shown",
        ],
    );
    has(&first("inside"), &["id", "person", "came", "escorts", "uncertain", "concerns", "shown"]);
    has(&first("persons"), &["id", "name", "kana", "company", "organisation", "contact", "shown"]);
    has(&first("companies"), &["id", "name", "kana", "secretariat", "outsourced_by", "shown"]);
    has(
        &first("entrants"),
        &["id", "person", "zones", "permitted_by", "from", "to", "escort", "revoked", "shown"],
    );
    has(&first("badges"), &["id", "number", "kind", "holder", "state", "visit", "shown"]);
    has(
        &first("permits"),
        &["id", "kind", "applicant", "company", "workers", "from", "to", "state", "decided", "shown"],
    );
    has(
        &first("works"),
        &["id", "visit", "date", "server", "work", "workers", "result", "pi_seen", "state", "shown"],
    );
    has(&first("notices"), &["id", "work", "visit", "opened", "taken", "shown"]);
    has(&first("users"), &["id", "user", "person", "roles", "state", "shown"]);
    has(&first("today"), &["name", "title", "count", "urgent", "records", "register", "state"]);
    for register in ["log", "refused"] {
        let entry = first(register);
        has(&entry, &["seq", "time", "at", "actor", "actor_name", "role", "kind", "subject", "says"]);
    }
}

#[test]
fn every_look_is_recorded_with_its_filters_before_it_is_answered() {
    let site = Site::sample();
    let before = site.last_entry();
    site.run("guard1", &["query", "visits", "--zone", "media_room", "--csv"]).expect(0);
    let readings = site.entries_since(before, "reading_recorded");
    let said = readings.iter().map(Value::to_string).find(|said| said.contains("media_room"));
    let said = said.unwrap_or_else(|| panic!("{readings:?}"));
    assert!(said.to_lowercase().contains("csv"), "{said}");
}

#[test]
fn filters_keep_what_they_say() {
    let site = Site::sample();
    let all = site.rows("admin", "visits");
    let with = |filter: &[&str]| {
        let mut args = vec!["query", "visits", "--json"];
        args.extend_from_slice(filter);
        site.run("admin", &args).expect(0).json().as_array().unwrap().clone()
    };
    let person = all[5]["person"].as_str().unwrap();
    let count = |keep: &dyn Fn(&Value) -> bool| all.iter().filter(|row| keep(row)).count();
    assert_eq!(with(&["--person", person]).len(), count(&|row| row["person"] == person));
    assert_eq!(with(&["--zone", "media_room"]).len(), count(&|row| row["zone"] == "media_room"));
    assert_eq!(with(&["--state", "inside"]).len(), count(&|row| row["state"] == "inside"));
    let day = &all[all.len() / 2]["came"].as_str().unwrap()[..10];
    assert_eq!(
        with(&["--from", day, "--to", day]).len(),
        count(&|row| row["came"].as_str().unwrap().starts_with(day))
    );
    assert_eq!(with(&["--most", "3"]).len(), 3);
    // By name as well as by number.
    let names = site.rows("admin", "persons");
    let name = names.iter().find(|row| row["id"] == person).unwrap()["name"].as_str().unwrap();
    assert_eq!(with(&["--person", name]).len(), with(&["--person", person]).len());
}

#[test]
fn users_are_asked_by_role_and_those_that_nobody_used_by_a_name_of_their_own() {
    // Broken by: a role that filters nothing; one that the profile does not know passed over in silence; `dormant` that is
    // every user.
    let site = Site::sample();
    let users = site.rows("admin", "users");
    let has = |row: &&Value, role: &str| row["roles"].as_array().unwrap().iter().any(|held| held == role);
    for role in ["guard", "admin", "auditor"] {
        let held = users.iter().filter(|row| has(row, role)).count();
        assert_eq!(count(&site, &["users", "--role", role]), held, "{role}");
        let before = format!("#{}", site.last_entry());
        assert_eq!(count(&site, &["users", "--role", role, "--as-of", &before]), held, "{role}");
    }
    assert!(users.iter().any(|row| has(&row, "guard")) && !users.iter().all(|row| has(&row, "guard")));
    let offices = site.rows("admin", "offices");
    let of = |role: &str| offices.iter().filter(|row| row["role"] == role).count();
    assert_eq!(count(&site, &["offices", "--role", "approver"]), of("approver"));
    let unknown = site.run("admin", &["query", "users", "--role", "nobody"]).expect(2);
    assert!(unknown.err.contains("nobody") && unknown.err.contains("guard"), "{}", unknown.err);
    site.run("admin", &["query", "visits", "--role", "guard"]).expect(2);
    let dormant = count(&site, &["users", "--state", "dormant"]);
    assert_eq!(count(&site, &["dormant"]), dormant);
    assert!(dormant < users.len());
}

#[test]
fn who_was_inside_at_a_past_moment_is_told() {
    let site = Site::sample();
    let all = site.rows("admin", "visits");
    let visit = all.iter().find(|row| row["left"].is_string() && row["settled"].is_null()).unwrap();
    let came = visit["came"].as_str().unwrap();
    let there = |at: &str| {
        let ran = site.run("guard1", &["query", "inside_at", "--at", at, "--json"]).expect(0);
        ran.json().as_array().unwrap().iter().any(|row| row["id"] == visit["id"])
    };
    assert!(there(came));
    assert!(!there("2020-01-01T00:00:00+09:00"));
}

#[test]
fn nobody_is_shown_what_is_still_to_come() {
    let site = Site::sample();
    for args in [
        &["query", "visits", "--as-of", "+1d"][..],
        &["query", "visits", "--as-of", "2199-01-01"],
        &["query", "inside_at", "--at", "2199-01-01T00:00:00+09:00"],
        &["query", "visits", "--as-of", "#999999"],
    ] {
        let ran = site.run("guard1", args).expect(2);
        assert!(ran.out.is_empty() && ran.err.contains("まだ"), "{args:?}: {}", ran.err);
    }
}

#[test]
fn a_login_id_typed_with_an_input_method_on_is_the_one_that_was_meant() {
    let site = Site::sample();
    for typed in ["GUARD1", "ｇｕａｒｄ１", " Guard1 "] {
        site.run_with(typed, super::run::password("guard1"), &["query", "inside"]).expect(0);
    }
    let admin = super::run::password("admin");
    site.run_with("ＡＤＭＩＮ", admin, &["check"]).expect(0);
}

#[test]
fn a_register_stands_as_of_a_past_entry() {
    let site = Site::sample();
    let now = site.rows("admin", "visits");
    let middle = &now[now.len() / 2];
    let seq = middle["trace"]["made"].as_u64().unwrap();
    let ran = site.run("admin", &["query", "visits", "--as-of", &format!("#{seq}"), "--json"]).expect(0);
    let then = ran.json();
    let then = then.as_array().unwrap();
    assert_eq!(then.iter().filter(|row| row["id"] == middle["id"]).count(), 1);
    assert!(then.iter().all(|row| row["trace"]["changed"].as_u64().unwrap() <= seq));
    let plain = site.run("admin", &["query", "visits", "--as-of", &format!("#{seq}")]).expect(0).out;
    assert!(plain.contains("閲覧のみ"), "{}", plain.lines().next().unwrap_or_default());
}

/// How many rows a query has.
fn count(site: &Site, args: &[&str]) -> usize {
    let args = [&["query"], args, &["--json"]].concat();
    site.run("admin", &args).expect(0).json().as_array().unwrap().len()
}

#[test]
fn a_past_register_is_searched_by_what_it_held() {
    let site = Site::sample();
    let person = site.rows("admin", "persons")[0].clone();
    let (id, old) = (person["id"].as_str().unwrap(), person["name"].as_str().unwrap());
    let new = "雪見野 海斗";
    let before = site.last_entry();
    let visits = count(&site, &["visits", "--person", id]);
    let change = json!({
        "command": "change_person", "person": id, "name": new, "kana": "ユキミノ カイト", "reason": "改姓",
    });
    site.batch("admin", change.to_string(), &[]).expect(0);
    let as_of = format!("#{before}");
    for (typed, now, then) in [(old, 0, 1), (new, 1, 0)] {
        assert_eq!(count(&site, &["persons", "--search", typed]), now, "{typed} now");
        assert_eq!(count(&site, &["persons", "--search", typed, "--as-of", &as_of]), then, "{typed} then");
        assert_eq!(count(&site, &["visits", "--search", typed]), now * visits);
        assert_eq!(count(&site, &["visits", "--search", typed, "--as-of", &as_of]), then * visits);
    }
}

#[test]
fn a_search_is_narrowed_by_every_filter_and_cut_after_them() {
    let site = Site::sample();
    let all = site.rows("admin", "visits");
    let of_companies =
        |row: &&Value| row["shown"]["company"].as_str().unwrap_or_default().contains("株式会社");
    let found: Vec<&Value> = all.iter().filter(of_companies).collect();
    assert!(found.len() > 3, "{}", found.len());
    let search = ["visits", "--search", "株式会社"];
    let with = |more: &[&str]| count(&site, &[&search, more].concat());
    assert_eq!(with(&[]), found.len());
    assert_eq!(with(&["--as-of", &format!("#{}", site.last_entry())]), found.len());
    let left = found.iter().filter(|row| row["state"] == "left").count();
    assert_eq!(with(&["--state", "left"]), left);
    // The oldest, which a cut among the newest would leave out.
    let day = found.iter().map(|row| &row["came"].as_str().unwrap()[..10]).min().unwrap();
    let that_day = found.iter().filter(|row| row["came"].as_str().unwrap().starts_with(day)).count();
    assert_eq!(with(&["--from", day, "--to", day]), that_day);
    assert_eq!(with(&["--from", day, "--to", day, "--most", "1"]), 1);
}

#[test]
fn an_answer_that_was_cut_says_so_and_a_whole_one_does_not() {
    let site = Site::sample();
    for register in ["visits", "persons", "log", "today", "inside"] {
        let all = count(&site, &[register]);
        for (most, more) in [(1, true), (all + 50, false)] {
            let most = most.to_string();
            let ask = |form: &[&str]| {
                let args = [&["query", register, "--most", &most], form].concat();
                site.run("admin", &args).expect(0)
            };
            let said = |ran: &super::run::Ran| ran.err.contains("続きがあります");
            let ran = ask(&["--json-object"]);
            let value = ran.json();
            assert_eq!((value["more"].as_bool(), said(&ran)), (Some(more), more), "{register} {most}");
            assert_eq!(value["register"], register);
            assert_eq!(value["as_of"], Value::Null);
            assert_eq!(value["rows"].as_array().unwrap().len() == 1, more, "{register} {most}");
            for form in [&["--json"][..], &["--csv"], &[]] {
                assert_eq!(said(&ask(form)), more, "{register} {form:?}");
            }
            assert_eq!(ask(&[]).out.contains("続きがあります"), more, "{register}");
            assert!(ask(&["--json"]).json().is_array(), "the array stays");
        }
    }
    let as_of = format!("#{}", site.last_entry());
    let ran = site.run("admin", &["query", "visits", "--as-of", &as_of, "--json-object"]).expect(0);
    assert_eq!(ran.json()["as_of"], as_of.as_str());
}

#[test]
fn a_past_register_says_every_word_as_of_then() {
    let site = Site::sample();
    let all = site.rows("admin", "visits");
    let oldest = all.iter().min_by_key(|row| row["trace"]["made"].as_u64()).unwrap();
    let as_of = format!("#{}", oldest["trace"]["made"]);
    let then = site.run("admin", &["query", "visits", "--as-of", &as_of, "--json"]).expect(0).json();
    let row = then.as_array().unwrap().iter().find(|row| row["id"] == oldest["id"]).unwrap();
    assert_eq!(row["shown"]["state"], "入室中", "inside then, days ago, and not forgotten");
    assert_eq!(count(&site, &["visits", "--as-of", &as_of, "--state", "exit_overdue"]), 0);
    let csv = site.run("admin", &["query", "visits", "--as-of", &as_of, "--csv"]).expect(0).out;
    assert!(csv.contains("入室中") && !csv.contains("退室の記録なし"), "{csv}");
    // Renamed since: by the name of then.
    let (person, name) = (row["person"].as_str().unwrap(), row["shown"]["person"].as_str().unwrap());
    let change = json!({
        "command": "change_person", "person": person, "name": "雪見野 海斗", "kana": "ユキミノ カイト",
        "reason": "改姓",
    });
    site.batch("admin", change.to_string(), &[]).expect(0);
    for form in [&["--csv"][..], &["--json"], &[]] {
        let args = [&["query", "visits", "--as-of", &as_of], form].concat();
        let out = site.run("admin", &args).expect(0).out;
        assert!(out.contains(name) && !out.contains("雪見野"), "{form:?}: {out}");
    }
    // Who was inside at that moment stands as they stood: inside, under the name of then.
    let came = oldest["came"].as_str().unwrap();
    let there = site.run("admin", &["query", "inside_at", "--at", came, "--json"]).expect(0).json();
    let row = there.as_array().unwrap().iter().find(|row| row["id"] == oldest["id"]).unwrap();
    assert_eq!(
        (row["shown"]["state"].as_str(), row["shown"]["person"].as_str()),
        (Some("入室中"), Some(name))
    );
    assert_eq!((row["state"].as_str(), &row["left"]), (Some("inside"), &Value::Null));
}

#[test]
fn a_name_that_is_anothers_beginning_is_one_records_only() {
    let site = Site::sample();
    let register = |name: &str, kana: &str| {
        let person = json!({"command": "register_person", "name": name, "kana": kana});
        site.batch("admin", person.to_string(), &[]).expect(0).answers()[0]["id"].as_str().unwrap().to_owned()
    };
    for n in 0..8 {
        register(&format!("雪見野 海斗{n}"), "ユキミノ カイト");
    }
    let exact = register("雪見野 海", "ユキミノ カイ");
    let found = site.run("admin", &["query", "persons", "--person", "雪見野海", "--json"]).expect(0).json();
    assert_eq!(found[0]["id"], exact.as_str());
    let ran = site.run("admin", &["query", "persons", "--person", "雪見野"]).expect(2);
    assert!(ran.err.contains("ほか"), "{}", ran.err);
}

#[test]
fn the_list_of_who_is_inside_says_site_time_count_and_last_entry() {
    let site = Site::sample();
    let sheet = site.run("guard1", &["query", "inside"]).expect(0).out;
    let count = site.rows("guard1", "inside").len();
    assert!(sheet.contains("見本中央病院") && sheet.contains(&format!("{count}名")), "{sheet}");
    assert!(sheet.contains("最終の証跡 #"), "{sheet}");
    let english = site.run("guard1", &["query", "inside", "--lang", "en"]).expect(0).out;
    assert!(english.contains("People inside") && english.contains("last entry #"), "{english}");
}

#[test]
fn csv_is_what_a_spreadsheet_in_japan_opens() {
    let site = Site::sample();
    let ran = site.run("admin", &["query", "persons", "--csv"]).expect(0);
    assert!(ran.out.starts_with('\u{feff}'));
    assert!(ran.out.ends_with("\r\n"));
    let mut reader = csv::Reader::from_reader(ran.out.trim_start_matches('\u{feff}').as_bytes());
    let headings = reader.headers().unwrap().clone();
    assert!(headings.iter().any(|heading| heading == "氏名"), "{headings:?}");
    assert_eq!(reader.records().map(Result::unwrap).count(), site.rows("admin", "persons").len());
}

#[test]
fn a_person_reads_the_log_and_today_in_words_and_a_program_by_stable_names() {
    let site = Site::sample();
    site.run("guard1", &["query", "visits"]).expect(0);
    let wrong = r#"{"command":"check_out","badge":"B-999"}"#;
    site.batch("guard1", wrong, &[]).expect(1);
    let text = site.run("auditor", &["query", "log", "--most", "9"]).expect(0).out;
    for words in ["閲覧・出力", "方法: 文字", "台帳: 入退室"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    assert!(!text.contains("reading_recorded") && !text.contains("画面"), "{text}");
    let text = site.run("auditor", &["query", "refused", "--most", "1"]).expect(0).out;
    for words in ["拒否された操作: 退室", "拒否の理由: 登録のないバッジ"] {
        assert!(text.contains(words), "{words} in {text}");
    }
    let log = site.run("auditor", &["query", "log", "--json", "--most", "9"]).expect(0).out;
    assert!(log.contains(r#""kind":"reading_recorded""#), "{log}");
    let text = site.run("guard1", &["query", "today"]).expect(0).out;
    assert!(text.contains("入退室") && !text.contains("visits") && !text.contains("V-0"), "{text}");
    let json = site.run("guard1", &["query", "today", "--json"]).expect(0).out;
    assert!(json.contains(r#""register":"visits""#), "{json}");
}
