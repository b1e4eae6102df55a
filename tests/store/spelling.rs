use std::collections::BTreeSet;

use crate::golden;
use daicho::domain::{Command, ERASED, Event, FAMILIES, Id, Noun, Outcome, Row};
use daicho::log::{Entry, HeadFields, KEY_ENROLLED, Salts, encode_hex};
use daicho::store::codec;
use ed25519_dalek::SigningKey;

use super::world::{hex, key, stamp};
use serde_json::{Value, json};

/// One command of each kind, every field set.
fn commands() -> Vec<Command> {
    let read = |line: &str| serde_json::from_str(line).unwrap_or_else(|why| panic!("{line}: {why}"));
    golden::of_families("commands.jsonl")
        .flat_map(|(_, text)| text.lines().map(read).collect::<Vec<_>>())
        .collect()
}

fn entry(event: &Event) -> Entry {
    let (facts, words) = codec::encode(event).unwrap();
    let fields = HeadFields {
        site: "s".to_owned(),
        epoch: 1,
        seq: 1,
        time: "2026-11-20T08:30:00+09:00".to_owned(),
        actor: "P-00001".to_owned(),
        role: "guard".to_owned(),
        on_behalf: None,
        kind: event.command.past().to_owned(),
        subject: None,
        request: None,
        prev: [0; 32],
    };
    let salts = Salts { body: [1; 16], text: [2; 16] };
    let enrolled: Option<SigningKey> = (fields.kind == KEY_ENROLLED).then(|| key(3));
    match enrolled {
        Some(new) => Entry::seal_enrolment(fields, &facts, &words, salts, &key(1), &new).unwrap(),
        None => Entry::seal(fields, &facts, &words, salts, &key(1)).unwrap(),
    }
}

fn event(command: Command) -> Event {
    let outcome = Outcome {
        id: Some(Id::new(Noun::Visit, 7)),
        outsider: true,
        counts: vec![1, 0],
        ..Outcome::default()
    };
    Event { command, at: Some(stamp("2026-11-19T23:59:59+09:00")), outcome }
}

#[test]
fn the_facts_and_words_of_every_kind_are_spelled_as_they_always_were() {
    for (family, text) in golden::of_families("commands.jsonl") {
        let mut lines = String::new();
        for line in text.lines() {
            let command: Command = serde_json::from_str(line).unwrap();
            let (facts, words) = codec::encode(&event(command.clone())).unwrap();
            let facts = serde_json::to_string(&facts).unwrap();
            lines +=
                &format!("{}\n  {facts}\n  {}\n", command.past(), serde_json::to_string(&words).unwrap());
        }
        if !lines.is_empty() {
            golden::check(&format!("family/{family}/events.txt"), &lines, "what was signed stays as it was");
        }
    }
}

#[test]
fn every_kind_is_there_with_every_sealed_field() {
    for (family, (name, text)) in FAMILIES.iter().zip(golden::of_families("commands.jsonl")) {
        let names: Vec<&str> = text.lines().map(|line| line.split('"').nth(3).unwrap()).collect();
        assert_eq!(names, family.rules.iter().map(|rule| rule.name).collect::<Vec<_>>(), "{name}");
    }
    assert_eq!(codec::kinds().collect::<BTreeSet<_>>(), commands().iter().map(Command::past).collect());
    for command in commands() {
        let (facts, words) = codec::encode(&event(command.clone())).unwrap();
        let sealed: BTreeSet<&str> = command.rule().sealed.iter().copied().collect();
        assert_eq!(words.keys().map(String::as_str).collect::<BTreeSet<_>>(), sealed, "{}", command.name());
        assert!(sealed.iter().all(|field| !facts.contains_key(*field)));
    }
}

#[test]
fn every_event_is_read_back_as_it_was_and_erased_texts_as_erased() {
    for command in commands() {
        for event in [event(command.clone()), Event { command, at: None, outcome: Outcome::default() }] {
            let mut entry = entry(&event);
            assert_eq!(codec::decode(&entry).unwrap(), event);
            assert!(codec::is_canonical(&entry, &event));
            entry.erase();
            let gone = codec::decode(&entry).unwrap();
            let (facts, words) = codec::encode(&gone).unwrap();
            assert_eq!(facts, *entry.facts());
            assert!(words.keys().eq(entry.word_names()));
            assert!(words.values().all(|word| word == ERASED));
            assert!(codec::is_canonical(&entry, &gone));
        }
    }
}

fn checked_in() -> Command {
    commands().into_iter().find(|command| command.name() == "check_in").unwrap()
}

#[test]
fn entries_that_are_no_event_of_this_version_are_refused() {
    let line = entry(&event(checked_in())).to_line().unwrap();
    assert!(line.contains("checked_in"));
    let event = event(checked_in());
    let (facts, words) = codec::encode(&event).unwrap();
    let seal = |kind: &str,
                facts: &serde_json::Map<String, serde_json::Value>,
                words: &std::collections::BTreeMap<String, String>| {
        let fields = HeadFields {
            site: "s".to_owned(),
            epoch: 1,
            seq: 1,
            time: "2026-11-20T08:30:00+09:00".to_owned(),
            actor: "P-00001".to_owned(),
            role: "guard".to_owned(),
            on_behalf: None,
            kind: kind.to_owned(),
            subject: None,
            request: None,
            prev: [0; 32],
        };
        Entry::seal(fields, facts, words, Salts { body: [1; 16], text: [2; 16] }, &key(1)).unwrap()
    };
    assert!(codec::decode(&seal("checked_in", &facts, &words)).is_ok());
    assert!(codec::decode(&seal("flown_away", &facts, &words)).unwrap_err().name() == "event_kind");
    let with = |name: &str, value: serde_json::Value| {
        let mut facts = facts.clone();
        facts.insert(name.to_owned(), value);
        codec::decode(&seal("checked_in", &facts, &words))
    };
    assert!(with("colour", "red".into()).is_err(), "an unknown field");
    assert!(with("remarks", "twice".into()).is_err(), "a sealed field among the facts");
    assert!(with("command", "check_in".into()).is_err(), "a command's name among the facts");
    assert!(with("person", 7.into()).is_err(), "a field of another type");
    assert!(with("person", "V-0".into()).is_err(), "an id that is none");
    assert!(with("outcome", serde_json::json!({"id": "V-00001", "x": 1})).is_err());
    assert!(with("at", "yesterday".into()).is_err());
    let mut more = words.clone();
    more.insert("zone".to_owned(), "server_room".to_owned());
    let mut fewer = facts.clone();
    fewer.remove("zone");
    assert!(codec::decode(&seal("checked_in", &fewer, &more)).is_err(), "a fact among the sealed texts");
    let mut empty = facts.clone();
    empty.insert("rack".to_owned(), serde_json::Value::Null);
    let spelled_out = seal("checked_in", &empty, &words);
    assert!(codec::decode(&spelled_out).is_ok_and(|event| !codec::is_canonical(&spelled_out, &event)));
}

#[test]
fn the_key_of_an_enrolment_is_where_the_log_looks_for_it() {
    let command = commands().into_iter().find(|command| command.past() == KEY_ENROLLED).unwrap();
    let entry = entry(&event(command));
    assert_eq!(entry.enrolled_key(), Some(&key(3).verifying_key()));
    assert_eq!(entry.facts().get("public_key").and_then(|key| key.as_str()), Some(hex(&key(3)).as_str()));
}

/// One row of a noun, every field set, as JSON.
fn line_of(noun: Noun) -> String {
    let line = golden::kept(&format!("family/{}/rows.jsonl", noun.name()));
    assert!(!line.is_empty(), "no row of a {} is kept", noun.name());
    line.trim_end().to_owned()
}

/// What is stored has no names in it: another order of fields would be read as other facts.
#[test]
fn rows_are_stored_as_they_were_or_the_version_of_the_views_is_another() {
    for noun in Noun::ALL {
        let line = line_of(noun);
        let row: Row = serde_json::from_str(&line).unwrap_or_else(|why| panic!("{line}: {why}"));
        assert_eq!(serde_json::to_string(&row).unwrap(), line, "every field, and in this order");
        assert_eq!(row.noun(), noun);
        let bytes = postcard::to_stdvec(&row).unwrap();
        assert_eq!(postcard::from_bytes::<Row>(&bytes).unwrap(), row);
        assert!((0..bytes.len()).all(|n| postcard::from_bytes::<Row>(&bytes[..n]).is_err()), "{line}");
        let stored = format!("{} {}\n", row.id(), encode_hex(&bytes));
        golden::check(
            &format!("family/{}/rows.txt", noun.name()),
            &stored,
            "raise VIEWS_VERSION in src/store/tables.rs",
        );
    }
}

#[test]
fn a_time_or_a_number_that_is_none_is_no_row() {
    let row: Row = serde_json::from_str(&line_of(Noun::Person)).unwrap();
    let bytes = postcard::to_stdvec(&row).unwrap();
    // The variant, then the noun and the number of its id.
    assert_eq!(bytes[..3], [0, 1, 1]);
    for (noun, n) in [(0, 1), (Noun::ALL.len() as u8 + 1, 1), (255, 1), (1, 0)] {
        let mut wrong = bytes.clone();
        (wrong[1], wrong[2]) = (noun, n);
        assert!(postcard::from_bytes::<Row>(&wrong).is_err(), "{noun}-{n}");
    }
    let row: Row = serde_json::from_str(&line_of(Noun::Shift)).unwrap();
    let bytes = postcard::to_stdvec(&row).unwrap();
    // Nine hours east, as zigzag and varint; a day and more is no offset.
    let east = [0xa0, 0xfa, 0x03];
    let at = bytes.windows(3).position(|three| three == east).unwrap();
    let mut wrong = bytes;
    wrong[at..at + 3].copy_from_slice(&[0xa0, 0xfa, 0x7f]);
    assert!(postcard::from_bytes::<Row>(&wrong).is_err());
}

#[test]
fn texts_in_lists_are_sealed_by_list_place_and_field_and_put_back_where_they_were() {
    let Value::Object(whole) = json!({
        "review": "R-1", "reason": "text",
        "lines": [{"medium": "M-1", "remark": "first"}, {"medium": "M-2"}, {"medium": "M-3", "remark": "third"}],
    }) else {
        panic!("an object")
    };
    let paths = ["reason", "lines.remark", "others.remark"];
    let mut facts = whole.clone();
    let words = codec::seal(&mut facts, &paths).unwrap();
    let named: Vec<(&str, &str)> = words.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    assert_eq!(named, [("lines.0.remark", "first"), ("lines.2.remark", "third"), ("reason", "text")]);
    let left = json!({"review": "R-1", "lines": [{"medium": "M-1"}, {"medium": "M-2"}, {"medium": "M-3"}]});
    assert_eq!(Value::Object(facts.clone()), left);
    let mut back = facts.clone();
    codec::unseal(&mut back, named.into_iter()).unwrap();
    assert_eq!(back, whole);
    for (wrong, why) in [
        ("lines.3.remark", "behind the end of the list"),
        ("lines.0.medium", "a fact stands there"),
        ("nothing.0.remark", "no such list"),
        ("review", "a fact stands there"),
    ] {
        let answer = codec::unseal(&mut facts.clone(), [(wrong, "text")].into_iter());
        assert!(answer.is_err(), "{wrong}: {why}");
    }
    for wrong in [
        json!({"lines": "x"}),
        json!({"lines": ["x"]}),
        json!({"lines": [{"remark": 7}]}),
        json!({"reason": []}),
    ] {
        let Value::Object(mut facts) = wrong.clone() else { panic!("an object") };
        assert!(codec::seal(&mut facts, &paths).is_err(), "{wrong}");
    }
}
