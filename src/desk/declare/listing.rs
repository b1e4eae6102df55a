//! Every command as data: what `daicho commands --json` gives.

use super::{Field, Kind, Operation, Words, operations};
use crate::domain::{Id, Noun, Profile, policy};
use serde_json::{Map, Value, json};

fn words(words: Words) -> Value {
    json!({"ja": words.ja, "en": words.en})
}

fn choice(name: &str, ja: &str, en: &str) -> Value {
    json!({"name": name, "ja": ja, "en": en})
}

/// The values a field may have, where they are a list: a fixed one, or one of the profile's.
fn choices(kind: Kind, profile: Option<&Profile>) -> Option<Vec<Value>> {
    let list = |pick: fn(&Profile) -> Vec<Value>| profile.map(pick);
    match kind {
        Kind::Choice(fixed) => {
            Some(fixed.iter().map(|(name, words)| choice(name, words.ja, words.en)).collect())
        }
        Kind::Zone | Kind::Zones => list(|profile| {
            profile.zones.iter().map(|zone| choice(&zone.id, &zone.label.ja, &zone.label.en)).collect()
        }),
        Kind::Purpose => list(|profile| {
            profile.purposes.iter().map(|item| choice(&item.id, &item.label.ja, &item.label.en)).collect()
        }),
        Kind::Identification => list(|profile| {
            profile
                .identifications
                .iter()
                .map(|item| choice(&item.id, &item.label.ja, &item.label.en))
                .collect()
        }),
        Kind::Roles => list(|profile| {
            profile.roles.iter().map(|role| choice(&role.id, &role.label.ja, &role.label.en)).collect()
        }),
        Kind::Office => list(|profile| {
            profile.office_roles().map(|role| choice(&role.id, &role.label.ja, &role.label.en)).collect()
        }),
        Kind::Jurisdiction => list(|profile| {
            let all = profile.jurisdictions.iter();
            all.map(|one| choice(&one.id, &one.label.ja, &one.label.en)).collect()
        }),
        Kind::ExceptionKind => list(|profile| {
            profile.exception_kinds().map(|kind| choice(&kind.id, &kind.label.ja, &kind.label.en)).collect()
        }),
        Kind::Clause => list(|profile| {
            let titled = profile.clauses().map(|one| (&one.id, one.title()));
            titled.map(|(id, title)| choice(id, &title.ja, &title.en)).collect()
        }),
        Kind::Division => {
            list(|profile| profile.accounts().divisions.iter().map(|name| choice(name, name, name)).collect())
        }
        _ => None,
    }
}

fn most(kind: Kind) -> Option<usize> {
    match kind {
        Kind::Line(most) | Kind::Block(most) => Some(most),
        _ => None,
    }
}

fn noun(kind: Kind) -> Option<Noun> {
    match kind {
        Kind::Ref(noun) | Kind::Refs(noun) => Some(noun),
        _ => None,
    }
}

/// How a value of a kind looks in a batch line.
pub fn example(kind: Kind) -> Value {
    match kind {
        Kind::Line(_) | Kind::Block(_) | Kind::Rack | Kind::Corrected => json!("..."),
        Kind::Kana => json!("ヤマダ タロウ"),
        Kind::Code => json!("B-017"),
        Kind::Ref(noun) => json!(Id::new(noun, 7)),
        Kind::Refs(noun) => json!([Id::new(noun, 7), Id::new(noun, 8)]),
        Kind::RefOf(nouns) => json!(nouns.first().map(|noun| Id::new(*noun, 7))),
        Kind::File => json!("papers/plan.pdf"),
        Kind::Record => json!("V-00007"),
        Kind::User | Kind::NewUser => json!("yamada"),
        Kind::Date => json!("2026-11-20"),
        Kind::Stamp => json!("2026-11-20T14:05:00+09:00"),
        Kind::Zone => json!("server_room"),
        Kind::Zones => json!(["server_room"]),
        Kind::Purpose => json!("backup"),
        Kind::Identification => json!("staff_card"),
        Kind::Roles => json!(["guard"]),
        Kind::Office => json!("officer"),
        Kind::Jurisdiction => json!("north"),
        Kind::Division => json!("受付"),
        Kind::ExceptionKind => json!("software"),
        Kind::Clause => json!("2_2_2_2"),
        Kind::Rights => json!(["issue_user"]),
        Kind::Choice(choices) => json!(choices.first().map(|(name, _)| *name)),
        Kind::Flag | Kind::Verdict(..) => json!(true),
        Kind::Entry => json!(12),
        Kind::Number => json!(2),
        Kind::Profile => json!("jcho"),
        Kind::Steps => json!([
            {"step": "council", "on": "2026-11-05", "vote": null},
            {"step": "board", "on": "2026-11-12", "vote": {"in_favour": 7, "of": 12}},
        ]),
    }
}

fn field(command: &str, field: &Field, profile: Option<&Profile>) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(field.name));
    map.insert("kind".to_owned(), json!(field.kind.name()));
    map.insert("required".to_owned(), json!(field.required));
    map.insert("label".to_owned(), words(field.label));
    map.insert("help".to_owned(), words(field.help));
    map.insert("example".to_owned(), example(field.kind));
    if let Some(noun) = noun(field.kind) {
        map.insert("noun".to_owned(), json!(noun.name()));
    }
    if let Kind::RefOf(nouns) = field.kind {
        map.insert("nouns".to_owned(), nouns.iter().map(|noun| noun.name()).collect());
    }
    if let Some(most) = most(field.kind) {
        map.insert("most".to_owned(), json!(most));
    }
    if let Some(choices) = choices(field.kind, profile) {
        map.insert("choices".to_owned(), Value::Array(choices));
    }
    if let Some(profile) = profile {
        let path = format!("{command}.{}", field.name);
        map.insert("used".to_owned(), json!(!profile.unused_fields.contains(&path)));
    }
    Value::Object(map)
}

fn of(operation: &Operation, profile: Option<&Profile>) -> Value {
    let mut map = Map::new();
    map.insert("name".to_owned(), json!(operation.command));
    map.insert("title".to_owned(), words(operation.title));
    map.insert("doc".to_owned(), words(operation.doc));
    map.insert("register".to_owned(), json!(operation.register));
    if let Some((noun, field)) = operation.about {
        map.insert("about".to_owned(), json!({"noun": noun.name(), "field": field}));
    }
    map.insert("late".to_owned(), json!(operation.is_late()));
    map.insert("confirm_only".to_owned(), json!(operation.opens.is_confirmed()));
    let fields =
        operation.fields.iter().map(|declared| field(operation.command, declared, profile)).collect();
    map.insert("fields".to_owned(), Value::Array(fields));
    if let Some(profile) = profile {
        let may =
            |id: &&String| policy::role_for(profile, std::slice::from_ref(*id), operation.command).is_ok();
        let roles = profile.roles.iter().map(|role| &role.id).filter(may);
        map.insert("roles".to_owned(), roles.map(|id| json!(id)).collect());
    }
    Value::Object(map)
}

/// Every command that a person may give, with its fields, their kinds and words; with a profile, also the
/// roles that hold it and the profile's lists. Stable: members are added, never renamed.
pub fn commands_json(profile: Option<&Profile>) -> Value {
    operations().iter().map(|operation| of(operation, profile)).collect()
}
