//! A form: texts as people type them become the values that a batch line would bring.

use super::assemble::command_of;
use super::problem::{not_an_id, not_in_list, of_date, problem, shown};
use super::steps;
use super::value::{checked, iso_stamp};
use crate::desk::declare::{Choices, Field, Kind, Operation, operation, say_value, title_of_command};
use crate::desk::{FieldProblem, Lang, Lookup};
use crate::domain::policy::every_right;
use crate::domain::{Command, Date, Id, Label, Noun, Profile, Stamp};
use crate::text::scan::fold_code;
use crate::text::wareki::wareki_with_weekday;
use crate::text::{DateProblem, parse_date, parse_time, search_key};
use serde_json::Value;
use std::sync::LazyLock;

/// The command of a form from its fields' names and texts. An empty text is a field left empty.
///
/// # Errors
/// Everything that is wrong, each at its field.
pub fn command_from_form(
    command: &str,
    typed: &[(String, String)],
    at: &dyn Lookup,
    today: Date,
) -> Result<Command, Vec<FieldProblem>> {
    let Some(operation) = operation(command) else {
        let name = shown(command);
        return Err(vec![problem(
            "",
            "unknown_command",
            format!("{name} という操作はありません。"),
            format!("There is no command {name}."),
        )]);
    };
    let mut problems = Vec::new();
    let mut given = Vec::new();
    let chosen = chosen(operation, typed);
    for (name, text) in typed {
        let Some(field) = operation.field(name) else {
            let name = shown(name);
            problems.push(problem(
                &name,
                "unknown_field",
                format!("項目 {name} はありません。"),
                format!("There is no field {name}."),
            ));
            continue;
        };
        let field = field.refined(chosen);
        match value_of(&field, text, at, today) {
            Ok(Some(value)) => given.push((field, value)),
            Ok(None) => {}
            Err(wrong) => problems.push(wrong),
        }
    }
    command_of(operation, given, problems, *at.now().offset())
}

/// What the form's `field` names, where it has one that names something.
fn chosen(operation: &Operation, typed: &[(String, String)]) -> Option<&'static str> {
    let Kind::Choice(choices) = operation.field("field")?.kind else { return None };
    let (_, text) = typed.iter().find(|(name, _)| name == "field")?;
    let found = found(text.trim(), &fixed(choices))?;
    choices.iter().map(|(name, _)| *name).find(|name| found.as_str() == Some(*name))
}

/// What is wrong with one field of a form, when it is left. An empty field is not wrong yet.
pub fn check_typed(field: &Field, text: &str, at: &dyn Lookup, today: Date) -> Option<FieldProblem> {
    value_of(field, text, at, today)
        .and_then(|value| match value {
            Some(value) => checked(field, &value, *at.now().offset()),
            None => Ok(None),
        })
        .err()
}

/// How a field's text was understood, to stand beside it: 令和6年11月20日（水） for a date, the name for a
/// number. `None` where there is nothing to add, or something is wrong.
pub fn echo(field: &Field, text: &str, at: &dyn Lookup, today: Date, lang: Lang) -> Option<String> {
    let value = value_of(field, text, at, today).ok()??;
    let value = checked(field, &value, *at.now().offset()).ok()??;
    let said = match (field.kind, value.as_str()) {
        (Kind::Date, Some(date)) if lang == Lang::Ja => wareki_with_weekday(date.parse().ok()?),
        _ => say_value(field.kind, &value, at, lang),
    };
    (said != text && !said.is_empty()).then_some(said)
}

/// What a record picked from a list puts into a field: its number, a badge's own number, a user's login ID.
pub fn selected(field: &Field, id: Id, at: &dyn Lookup) -> String {
    match field.kind {
        // What carries a number or an ID of its own is named by it.
        Kind::Code | Kind::User => at.name(id),
        _ => id.to_string(),
    }
}

/// A day as typed: `R6.11.20`, `11/20`, `+7d`, 今日.
///
/// # Errors
/// What keeps it from being one, under the field's name.
pub fn date_from_typed(field: &str, text: &str, today: Date) -> Result<Date, FieldProblem> {
    parse_date(text, today).map_err(|wrong| of_date(field, &wrong))
}

/// A moment as typed: `11/20 18:40`, 昨日 18:40, `18:40` (of today), 今, or RFC 3339. Read with the site's
/// offset, and told in it.
///
/// # Errors
/// What keeps it from being one, under the field's name.
pub fn stamp_from_typed(
    field: &str,
    text: &str,
    at: &dyn Lookup,
    today: Date,
) -> Result<Stamp, FieldProblem> {
    let text = text.trim();
    if matches!(text, "今" | "現在" | "いま" | "now") {
        return iso_stamp(field, &at.now().to_rfc3339(), *at.now().offset());
    }
    let zone = *at.now().offset();
    if let Ok(stamp) = iso_stamp(field, text, zone) {
        return Ok(stamp);
    }
    let blank = |c: char| c.is_whitespace() || matches!(c, 'T' | 'Ｔ');
    let (day, time) = match text.trim_end_matches(blank).rsplit_once(blank) {
        Some((day, time)) => (date_from_typed(field, day, today)?, time),
        None => (today, text),
    };
    let time = parse_time(time).map_err(|wrong| of_date(field, &wrong))?;
    let stamp = day.and_time(time).and_local_timezone(zone).single();
    stamp.ok_or_else(|| of_date(field, &DateProblem::NotATime))
}

/// What was typed as the value that a batch line would bring; `None` for nothing.
fn value_of(field: &Field, text: &str, at: &dyn Lookup, today: Date) -> Result<Option<Value>, FieldProblem> {
    let name = field.name;
    let typed = text.trim();
    if typed.is_empty() {
        return Ok(None);
    }
    let profile = at.profile();
    let value = match field.kind {
        Kind::Line(_)
        | Kind::Block(_)
        | Kind::Kana
        | Kind::Code
        | Kind::Rack
        | Kind::Corrected
        | Kind::File
        | Kind::Profile => Value::String(text.to_owned()),
        Kind::Steps => steps::typed(name, typed, &profile.adoption_steps, today)?,
        Kind::User | Kind::NewUser => Value::String(fold_code(typed).to_ascii_lowercase()),
        Kind::Ref(noun) => Value::String(id_of(name, typed, noun)?),
        Kind::RefOf(nouns) => {
            Value::String(id_of(name, typed, nouns.first().copied().unwrap_or(Noun::Visit))?)
        }
        Kind::Record => Value::String(id_of(name, typed, Noun::Visit)?),
        Kind::Refs(noun) => {
            let ids = split(typed, true).map(|part| id_of(name, part, noun).map(Value::String));
            Value::Array(ids.collect::<Result<_, _>>()?)
        }
        Kind::Date => Value::String(date_from_typed(name, typed, today)?.to_string()),
        Kind::Stamp => Value::String(stamp_from_typed(name, typed, at, today)?.to_rfc3339()),
        Kind::Zone => one(name, typed, &zones(profile))?,
        Kind::Purpose => one(name, typed, &purposes(profile))?,
        Kind::Identification => one(name, typed, &identifications(profile))?,
        Kind::Zones => several(name, typed, &zones(profile))?,
        Kind::Roles => several(name, typed, &roles(profile))?,
        Kind::Office => one(name, typed, &offices(profile))?,
        Kind::Division => one(name, typed, &divisions(profile))?,
        Kind::Jurisdiction => one(name, typed, &jurisdictions(profile))?,
        Kind::ExceptionKind => one(name, typed, &exception_kinds(profile))?,
        Kind::Clause => clause(name, typed, profile)?,
        Kind::Rights => several(name, typed, &rights())?,
        Kind::Choice(choices) => one(name, typed, &fixed(choices))?,
        Kind::Flag => Value::Bool(flag(name, typed, ("はい", "yes"), ("いいえ", "no"))?),
        Kind::Verdict(yes, no) => Value::Bool(flag(name, typed, (yes.ja, yes.en), (no.ja, no.en))?),
        Kind::Entry | Kind::Number => match fold_code(typed).trim_start_matches('#').parse::<u64>() {
            Ok(seq) => Value::from(seq),
            Err(_) => {
                return Err(problem(
                    name,
                    "not_a_number",
                    "番号として読めません。数字で入力してください。",
                    "Not a number. Enter digits.",
                ));
            }
        },
    };
    Ok(Some(value))
}

/// An id as typed: full-width folded, small letters and left-out zeros forgiven, a name behind it ignored.
fn id_of(field: &str, typed: &str, noun: Noun) -> Result<String, FieldProblem> {
    let first = typed.split_whitespace().next().unwrap_or_default();
    let code = fold_code(first).to_ascii_uppercase();
    let padded = match code.split_once('-') {
        Some((letter, digits)) if digits.len() < 5 && digits.bytes().all(|b| b.is_ascii_digit()) => {
            format!("{letter}-{digits:0>5}")
        }
        _ => code,
    };
    match padded.parse::<Id>() {
        Ok(id) => Ok(id.to_string()),
        Err(_) => Err(not_an_id(field, &Id::new(noun, 7).to_string())),
    }
}

fn split(text: &str, at_blanks: bool) -> impl Iterator<Item = &str> {
    let mark = move |c: char| matches!(c, '、' | ',' | '，' | '\n') || (at_blanks && c.is_whitespace());
    text.split(mark).map(str::trim).filter(|part| !part.is_empty())
}

/// A list to pick from: id and the labels it goes by.
type List<'a> = Vec<(&'a str, &'a str, &'a str)>;

fn of_label<'a>(id: &'a str, label: &'a Label) -> (&'a str, &'a str, &'a str) {
    (id, &label.ja, &label.en)
}

fn zones(profile: &Profile) -> List<'_> {
    profile.zones.iter().map(|zone| of_label(&zone.id, &zone.label)).collect()
}

fn purposes(profile: &Profile) -> List<'_> {
    profile.purposes.iter().map(|purpose| of_label(&purpose.id, &purpose.label)).collect()
}

fn identifications(profile: &Profile) -> List<'_> {
    profile.identifications.iter().map(|item| of_label(&item.id, &item.label)).collect()
}

fn exception_kinds(profile: &Profile) -> List<'_> {
    profile.exception_kinds().map(|kind| of_label(&kind.id, &kind.label)).collect()
}

/// A rule from which there may be exceptions, by its id or as it is called.
fn clause(field: &str, typed: &str, profile: &Profile) -> Result<Value, FieldProblem> {
    let titled: Vec<(&str, Label)> =
        profile.clauses().map(|clause| (clause.id.as_str(), clause.title())).collect();
    let list: List<'_> = titled.iter().map(|(id, title)| of_label(id, title)).collect();
    one(field, typed, &list)
}

fn roles(profile: &Profile) -> List<'_> {
    profile.roles.iter().map(|role| of_label(&role.id, &role.label)).collect()
}

fn offices(profile: &Profile) -> List<'_> {
    profile.office_roles().map(|role| of_label(&role.id, &role.label)).collect()
}

fn jurisdictions(profile: &Profile) -> List<'_> {
    profile.jurisdictions.iter().map(|one| of_label(&one.id, &one.label)).collect()
}

fn divisions(profile: &Profile) -> List<'_> {
    profile.accounts().divisions.iter().map(|name| (name.as_str(), name.as_str(), name.as_str())).collect()
}

fn rights() -> List<'static> {
    RIGHTS.iter().map(|(name, title)| (name.as_str(), title.ja.as_str(), title.en.as_str())).collect()
}

/// Every command that a person may give and every query, by name, with its title.
static RIGHTS: LazyLock<Vec<(String, Label)>> = LazyLock::new(|| {
    let titled = |name: String| {
        let title = Label { ja: title_of_command(&name, Lang::Ja), en: title_of_command(&name, Lang::En) };
        (name, title)
    };
    every_right().map(titled).collect()
});

fn fixed(choices: Choices) -> List<'static> {
    choices.iter().map(|(name, words)| (*name, words.ja, words.en)).collect()
}

/// The id behind an id or a label, however it is written.
fn found(typed: &str, list: &List<'_>) -> Option<Value> {
    let exact = list.iter().find(|(id, ja, en)| typed == *id || typed == *ja || typed == *en);
    let key = search_key(typed);
    let folded = || {
        list.iter().find(|(id, ja, en)| {
            !key.is_empty() && [id, ja, en].into_iter().any(|known| search_key(known) == key)
        })
    };
    exact.or_else(folded).map(|(id, _, _)| Value::String((*id).to_owned()))
}

fn one(field: &str, typed: &str, list: &List<'_>) -> Result<Value, FieldProblem> {
    found(typed, list).ok_or_else(|| off_list(field, list))
}

fn several(field: &str, typed: &str, list: &List<'_>) -> Result<Value, FieldProblem> {
    let mut items = Vec::new();
    for part in split(typed, false) {
        // A label may hold blanks, so a part is taken whole before it is taken apart.
        match found(part, list) {
            Some(item) => items.push(item),
            None => {
                for word in part.split_whitespace() {
                    items.push(found(word, list).ok_or_else(|| off_list(field, list))?);
                }
            }
        }
    }
    Ok(Value::Array(items))
}

fn off_list(field: &str, list: &List<'_>) -> FieldProblem {
    let labels = |pick: fn(&(&str, &str, &str)) -> String| list.iter().map(pick).collect::<Vec<_>>();
    not_in_list(field, &labels(|(_, ja, _)| (*ja).to_owned()), &labels(|(_, _, en)| (*en).to_owned()))
}

fn flag(field: &str, typed: &str, yes: (&str, &str), no: (&str, &str)) -> Result<bool, FieldProblem> {
    let key = search_key(typed);
    let is = |known: &[&str]| known.iter().any(|known| *known == typed || search_key(known) == key);
    if is(&[yes.0, yes.1, "true", "yes", "y", "はい", "1"]) {
        Ok(true)
    } else if is(&[no.0, no.1, "false", "no", "n", "いいえ", "0"]) {
        Ok(false)
    } else {
        Err(not_in_list(field, &[yes.0.to_owned(), no.0.to_owned()], &[yes.1.to_owned(), no.1.to_owned()]))
    }
}
