//! How a row of each noun is filed, one with every field set: by what it is found, whom it names, what erasing takes.

use super::world::*;
use crate::golden;
use daicho::domain::*;
use serde_json::Value;
use std::fmt::Write;

/// The row of a noun in which every field is set, as JSON: the variant, and its fields.
fn kept(noun: Noun) -> (String, Value) {
    let line = golden::kept(&format!("family/{}/rows.jsonl", noun.name()));
    let Ok(Value::Object(row)) = serde_json::from_str(&line) else { panic!("no row of a {}", noun.name()) };
    row.into_iter().next().unwrap()
}

fn row(variant: &str, fields: &Value) -> Option<Row> {
    serde_json::from_value(Value::Object([(variant.to_owned(), fields.clone())].into_iter().collect())).ok()
}

/// Every state that a record of any noun may be in, or be asked for by.
fn states() -> Vec<&'static str> {
    let mut all =
        vec!["open", "in_use", "retired", "missing", "overdue", "holder_left", "to_decide", "waiting"];
    all.extend([
        "telephone_mine",
        "telephone_others",
        "proposed",
        "to_agree",
        "with_others",
        "agreed",
        "coming",
    ]);
    all.extend(["by_sheet", "report_due", "exit_overdue", "to_check"]);
    all.extend(BadgeState::ALL.iter().map(|state| state.name()));
    all.extend(VisitState::ALL.iter().map(|state| state.name()));
    all.extend(PermitState::ALL.iter().map(|state| state.name()));
    all.extend(ReportState::ALL.iter().map(|state| state.name()));
    all.extend(WorkState::ALL.iter().map(|state| state.name()));
    all.extend(UserState::ALL.iter().map(|state| state.name()));
    all.sort_unstable();
    all.dedup();
    all
}

fn ids(list: &[Id]) -> String {
    list.iter().map(Id::to_string).collect::<Vec<_>>().join(" ")
}

/// What is asked of a row.
fn filed(row: &Row) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: &str| writeln!(text, "  {name:<9} {value}").unwrap();
    line("name", row.name().unwrap_or("-"));
    line("reading", row.reading().unwrap_or("-"));
    for (part, found_by) in row.search_texts() {
        line("text", &format!("{part:?} {found_by}"));
    }
    for key in row.index_keys() {
        line("key", &key);
    }
    line("day", &row.day().map(|day| day.to_string()).unwrap_or_default());
    line("began", &row.began().map(|began| began.to_rfc3339()).unwrap_or_default());
    line("about", &ids(&row.about()));
    line("refers", &ids(&row.names_records()));
    let mut others: Vec<Id> = (1..=9).map(|n| Id::new(Noun::Person, n)).collect();
    others.extend([Id::new(Noun::Company, 1), Id::new(Noun::Company, 2), row.id()]);
    others.extend(row.names_records());
    others.sort_unstable();
    others.dedup();
    others.retain(|other| row.names(*other));
    line("names", &ids(&others));
    let zones = ["server_room", "annex"].into_iter().filter(|zone| row.is_in_zone(zone));
    line("zones", &zones.collect::<Vec<_>>().join(" "));
    line("offered", if row.is_offered() { "yes" } else { "no" });
    text
}

/// The texts that an erasure takes, each by where it stands.
fn erased(row: &Row, meta: &EntryMeta) -> Vec<String> {
    let outcome = Outcome { id: Some(row.id()), ..Outcome::default() };
    let command = Erase { record: Some(row.id()), reason: "保存期間".into(), ..Erase::default() };
    let event = Event { at: None, outcome, command: command.into() };
    let after = fold(row.id(), Some(row.clone()), &event, meta).unwrap();
    let mut gone = Vec::new();
    differing("", &serde_json::to_value(row).unwrap(), &serde_json::to_value(&after).unwrap(), &mut gone);
    gone
}

fn differing(place: &str, before: &Value, after: &Value, gone: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (name, value) in before {
                differing(&format!("{place}/{name}"), value, &after[name], gone);
            }
        }
        (Value::Array(before), Value::Array(after)) if before.len() == after.len() => {
            for (n, value) in before.iter().enumerate() {
                differing(&format!("{place}/{n}"), value, &after[n], gone);
            }
        }
        _ if before != after => gone.push(format!("{place} {after}")),
        _ => {}
    }
}

/// The same row in each of its states, and with each field in turn empty; what they are called.
fn variants(fields: &Value) -> Vec<(String, Value)> {
    let mut variants = Vec::new();
    let mut with = |what: String, field: &str, value: Value| {
        let mut other = fields.clone();
        other[field] = value;
        variants.push((what, other));
    };
    let in_state = states().into_iter().filter(|_| !fields["state"].is_null());
    in_state.for_each(|state| with(format!("as {state}"), "state", state.into()));
    for (field, value) in fields.as_object().unwrap() {
        let empty = match value {
            Value::Array(_) => Value::Array(Vec::new()),
            Value::Bool(is) => Value::Bool(!is),
            _ => Value::Null,
        };
        with(format!("with {field} {empty}"), field, empty);
    }
    variants
}

/// The lines that another row has and the whole one has not, and the other way about; nothing where there are none.
fn difference(what: &str, was: &str, is: &str) -> String {
    let only = |of: &str, other: &str, sign: &str| {
        let lines = of.lines().filter(|line| !other.lines().any(|there| there == *line));
        lines.map(|line| format!("  {sign} {}\n", line.trim_start())).collect::<String>()
    };
    let differs = only(was, is, "-") + &only(is, was, "+");
    if differs.is_empty() { differs } else { format!("{what}\n{differs}") }
}

#[test]
fn a_row_is_filed_under_its_names_keys_days_and_zones_and_erasing_takes_its_texts() {
    let (_, meta) = World::founded().log[0].clone();
    let meta = EntryMeta { seq: 1000, ..meta };
    for noun in Noun::ALL {
        let (variant, fields) = kept(noun);
        let whole = row(&variant, &fields).unwrap();
        let mut text = filed(&whole);
        for gone in erased(&whole, &meta) {
            writeln!(text, "  erased    {gone}").unwrap();
        }
        for state in states() {
            if let Some(key) = Row::state_key(noun, state) {
                writeln!(text, "asked for as {state}: {key}").unwrap();
            }
        }
        for (what, other) in variants(&fields) {
            if let Some(other) = row(&variant, &other) {
                text += &difference(&what, &filed(&whole), &filed(&other));
            }
        }
        golden::check(
            &format!("family/{}/filed.txt", noun.name()),
            &text,
            "it is filed in another way than before",
        );
    }
}
