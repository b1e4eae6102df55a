//! An event as labelled lines, for histories, timelines and the log: the same declarations read backwards.

use super::{
    Field, Kind, Words, cells, desk_fields, operation, profile_versions, register, shifts, standing,
};
use crate::desk::{Lang, Lookup, label_of_kind};
use crate::domain::{Command, ERASED, Event, Id, Stamp, StepTaken};
use serde_json::Value;

/// So many hex digits of a digest are shown in words: whoever needs all of them reads the log itself.
const DIGEST_SHOWN: usize = 16;

/// The declared field of a command; the desk's own fields too.
pub fn field_of(command: &str, field: &str) -> Option<&'static Field> {
    let declared = operation(command).and_then(|operation| operation.field(field));
    declared.or_else(|| desk_fields::of_command(command).iter().find(|known| known.name == field))
}

/// What a field of a command is called; its stable name where nothing is declared.
pub fn label_of_field(command: &str, field: &str, lang: Lang) -> String {
    let label = match field {
        // Facts of a visit that no form has under these names.
        "came" => Some(Words::new("入室時刻", "In")),
        "left" => Some(Words::new("退室時刻", "Out")),
        "at" => Some(Words::new("実際の日時", "Happened at")),
        "request" => Some(Words::new("依頼番号", "Request")),
        _ => field_of(command, field).or_else(|| field_of("check_out", field)).map(|field| field.label),
    };
    label.map_or(field, |label| lang.of(label)).to_owned()
}

/// A fact of a record in words, by the field it belongs to: an id becomes its name, a zone its label, a moment
/// day and time.
pub fn say_fact(command: &str, field: &str, fact: &str, at: &dyn Lookup, lang: Lang) -> String {
    if let Ok(id) = fact.parse::<Id>() {
        return cells::named(id, at, lang);
    }
    if let Ok(moment) = Stamp::parse_from_rfc3339(fact) {
        return cells::stamp(moment.with_timezone(at.now().offset()), lang);
    }
    match field_of(command, field) {
        Some(field) => say_value(field.kind, &Value::String(fact.to_owned()), at, lang),
        None => cells::text(fact, lang),
    }
}

/// A field's value, as the command's JSON has it, in words. Empty when there is nothing to say.
pub fn say_value(kind: Kind, value: &Value, at: &dyn Lookup, lang: Lang) -> String {
    match value {
        Value::Null => String::new(),
        Value::Array(items) if kind == Kind::Steps => {
            cells::joined(items.iter().map(|item| say_step(item, at, lang)), lang)
        }
        Value::Bool(said) => match kind {
            Kind::Verdict(yes, no) => lang.of(if *said { yes } else { no }).to_owned(),
            _ => cells::yes_no(*said, lang),
        },
        Value::Number(number) => number.to_string(),
        Value::String(text) if text == ERASED => cells::erased(lang),
        Value::String(text) => say_text(kind, text, at, lang),
        Value::Array(items) => cells::joined(items.iter().map(|item| say_value(kind, item, at, lang)), lang),
        // Digests under their names: whoever compares them wants their beginnings.
        Value::Object(digests) => {
            let begun = |digest: &Value| match digest {
                Value::String(text) => text.chars().take(DIGEST_SHOWN).collect(),
                other => say_value(kind, other, at, lang),
            };
            cells::joined(digests.values().map(begun), lang)
        }
    }
}

/// A step of the regulation's own procedure: `管理者会議の議決 R8.11.5 7/12`.
fn say_step(item: &Value, at: &dyn Lookup, lang: Lang) -> String {
    match serde_json::from_value::<StepTaken>(item.clone()) {
        Ok(step) => cells::step_taken(&step, at, lang),
        Err(_) => String::new(),
    }
}

fn say_text(kind: Kind, text: &str, at: &dyn Lookup, lang: Lang) -> String {
    match kind {
        Kind::Ref(_) | Kind::Refs(_) | Kind::RefOf(_) | Kind::Record => match text.parse::<Id>() {
            Ok(id) => cells::named(id, at, lang),
            Err(_) => text.to_owned(),
        },
        Kind::Date => match text.parse() {
            Ok(date) => cells::day(date, lang),
            Err(_) => text.to_owned(),
        },
        Kind::Stamp => match Stamp::parse_from_rfc3339(text) {
            Ok(moment) => cells::stamp(moment.with_timezone(at.now().offset()), lang),
            Err(_) => text.to_owned(),
        },
        Kind::Zone | Kind::Zones => cells::zone(text, at, lang),
        Kind::Purpose => cells::purpose(text, at, lang),
        Kind::Identification => cells::identification(text, at, lang),
        Kind::Roles | Kind::Office => cells::role(text, at.profile(), lang),
        Kind::Jurisdiction => cells::jurisdiction(text, at.profile(), lang),
        Kind::ExceptionKind => cells::exception_kind(text, at.profile(), lang),
        Kind::Clause => cells::clause(text, at.profile(), lang),
        Kind::Rights => title_of_command(text, lang),
        Kind::Choice(choices) => standing::words(choices, text, lang),
        // A file's place, or the name of one built in, is told as it is.
        Kind::Profile if !text.contains('\n') => text.to_owned(),
        Kind::Profile => match lang {
            Lang::Ja => format!("{}バイト", text.len()),
            Lang::En => format!("{} bytes", text.len()),
        },
        Kind::Line(_)
        | Kind::Block(_)
        | Kind::Kana
        | Kind::Code
        | Kind::File
        | Kind::User
        | Kind::NewUser
        | Kind::Rack
        | Kind::Division
        | Kind::Corrected
        | Kind::Flag
        | Kind::Verdict(..)
        | Kind::Entry
        | Kind::Number
        | Kind::Steps => text.to_owned(),
    }
}

/// The fields of a command as the batch interface writes them. What must be said is there even where it is
/// the default: a refusal is `"granted": false`, not a silence.
pub fn json_of(command: &Command) -> Value {
    let mut json = serde_json::to_value(command).unwrap_or_default();
    if let (Value::Object(map), Some(operation)) = (&mut json, operation(command.name())) {
        for field in operation.fields.iter().filter(|field| field.required) {
            let silent = match field.kind {
                Kind::Verdict(..) | Kind::Flag => Value::Bool(false),
                Kind::Choice(choices) => match choices.first() {
                    Some((first, _)) => Value::String((*first).to_owned()),
                    None => continue,
                },
                _ => continue,
            };
            map.entry(field.name).or_insert(silent);
        }
    }
    json
}

/// What a question is called, by its stable name: a register, or one of the lists beside them.
pub fn title_of_book(name: &str, lang: Lang) -> String {
    let title = match name {
        "log" => lang.pick("証跡", "the log"),
        "refused" => lang.pick("拒否された操作", "refused attempts"),
        "inside" | "inside_at" => lang.pick("入室中の人", "who is inside"),
        "today" => lang.pick("本日", "Today"),
        "in_force" => lang.pick("適用中の例外措置", "exceptions in force"),
        "policy" => lang.pick("人の権限", "what somebody may do"),
        "who_could" => lang.pick("権限のあった人", "who could"),
        other => register(other).map_or(other, |register| lang.of(register.title)),
    };
    title.to_owned()
}

/// What a command or a query is called, by its stable name: what the desk does itself is called as its entries are.
/// The name where it is not known.
pub fn title_of_command(name: &str, lang: Lang) -> String {
    if let Some(query) = name.strip_prefix("query:") {
        let title = title_of_book(query, lang);
        return match lang {
            Lang::Ja => format!("{title}の閲覧"),
            Lang::En => format!("reading {title}"),
        };
    }
    match (operation(name), Command::rule_of(name)) {
        (Some(operation), _) => lang.of(operation.title).to_owned(),
        (None, Some(rule)) => label_of_kind(rule.past, lang),
        (None, None) => name.to_owned(),
    }
}

/// The operation or register that a desk's own command names, as people call it.
fn titled(command: &str, field: &str, value: Option<&Value>, lang: Lang) -> Option<String> {
    let named = value?.as_str()?;
    match (command, field) {
        ("record_refusal", "refused") => Some(title_of_command(named, lang)),
        ("record_reading", "register") => Some(title_of_book(named, lang)),
        _ => None,
    }
}

/// What the rules' person is to a command: not everybody whom they name permitted something.
fn added_by(command: &str, field: &Field) -> Words {
    match (command, field.name) {
        ("check_in" | "hand_over_escort", "by") => Words::new("付添者", "Escort"),
        ("take_over_shift", "by") => Words::new("前の当番", "On duty before"),
        ("apply_visit", "by") => Words::new("申請者", "Applicant"),
        _ => field.label,
    }
}

/// An event as labelled lines: what was given, in the order of the form, then what the rules made of it.
/// Erased texts say so.
pub fn entry_says(event: &Event, at: &dyn Lookup, lang: Lang) -> Vec<(String, String)> {
    let name = event.command.name();
    let command = json_of(&event.command);
    let outcome = serde_json::to_value(&event.outcome).unwrap_or_default();
    let mut lines = Vec::new();
    if let Some(happened) = event.at {
        lines.push((label_of_field(name, "at", lang), cells::stamp(happened, lang)));
        // Where there is only one version nobody asks by which it was judged.
        if let Some(version) = profile_versions::held_on(happened.date_naive(), at, lang) {
            lines.push((lang.pick("判断した規程の版", "Judged by version").to_owned(), version));
        }
    }
    let declared = operation(name).map(|operation| operation.fields).unwrap_or_default();
    for field in declared.iter().chain(desk_fields::of_command(name)) {
        let chosen = command.get("field").and_then(Value::as_str);
        let value = command.get(field.name);
        match titled(name, field.name, value, lang) {
            Some(title) => lines.push((lang.of(field.label).to_owned(), title)),
            None => push(&mut lines, &field.refined(chosen), value, at, lang),
        }
    }
    for field in desk_fields::OUTCOME {
        // What the command itself said is not said twice.
        if command.get(field.name).is_none() {
            let field = Field { label: added_by(name, field), ..*field };
            push(&mut lines, &field, outcome.get(field.name), at, lang);
        }
    }
    if !event.outcome.counts.is_empty() {
        let label = lang.pick("引継ぎ時の件数", "Counts").to_owned();
        lines.push((label, shifts::counts(&event.outcome.counts, lang)));
    }
    lines
}

fn push(
    lines: &mut Vec<(String, String)>,
    field: &Field,
    value: Option<&Value>,
    at: &dyn Lookup,
    lang: Lang,
) {
    let said = value.map(|value| say_value(field.kind, value, at, lang)).unwrap_or_default();
    if !said.is_empty() {
        lines.push((lang.of(field.label).to_owned(), said));
    }
}
