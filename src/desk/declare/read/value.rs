//! One value against the kind of its field. The only place where a kind's rule stands.

use super::problem::{missing, not_an_id, not_in_list, of_date, of_text, problem, wrong_kind, wrong_noun};
use super::steps;
use crate::desk::FieldProblem;
use crate::desk::declare::{Choices, Field, Kind};
use crate::domain::{Date, ERASED, Id, Noun, Stamp};
use crate::text::date::YEARS;
use crate::text::kana::{is_kana_name, to_katakana};
use crate::text::scan::{MAX_CODE, code_is_plausible, fold_code};
use crate::text::{DateProblem, Limit, TextProblem, clean_block, clean_line};
use chrono::{Datelike, FixedOffset, NaiveDateTime, Timelike};
use serde_json::Value;

/// The most entries of a list: workers, zones, roles.
pub(super) const MOST_ITEMS: usize = 100;
/// The longest text of a profile.
const PROFILE: Limit = Limit { graphemes: 200_000, bytes: 200_000 };
/// The longest path of a file, in characters.
pub(in crate::desk::declare) const MOST_PATH: usize = 1000;
/// Longest login ID, in characters.
const MOST_USER: usize = 32;

/// A value as the command takes it: texts cleaned, codes folded, moments to the second. `None` is "not given":
/// null, or an empty text where the field holds a number, a date or a choice. A moment without an offset is in
/// `zone`, and one of another is told in it. Checking what was checked changes nothing.
pub(super) fn checked(
    field: &Field,
    value: &Value,
    zone: FixedOffset,
) -> Result<Option<Value>, FieldProblem> {
    if value.is_null() {
        return Ok(None);
    }
    let name = field.name;
    let checked = match field.kind {
        Kind::Corrected => line(name, value, Limit::LINE)?,
        Kind::File => line(name, value, Limit::of(MOST_PATH))?,
        Kind::Line(most) => line(name, value, Limit::of(most))?,
        Kind::Block(most) => block(name, value, Limit::of(most))?,
        Kind::Kana => kana(name, value)?,
        Kind::Profile => block(name, value, PROFILE)?,
        Kind::Steps => steps::checked(name, value)?,
        Kind::Flag | Kind::Verdict(..) => flag(name, value)?,
        Kind::Entry | Kind::Number => number(name, value)?,
        Kind::Refs(noun) => items(name, value, |item| reference(name, item, noun))?,
        Kind::Zones | Kind::Roles | Kind::Rights => items(name, value, |item| listed(name, item))?,
        _ => {
            let text = text(name, value)?;
            if text.trim().is_empty() {
                return Ok(None);
            }
            match field.kind {
                Kind::Code => code(name, text)?,
                Kind::Ref(noun) => reference(name, text, noun)?,
                Kind::RefOf(nouns) => one_of(name, text, nouns)?,
                Kind::Record => record(name, text)?,
                Kind::User | Kind::NewUser => user(name, text)?,
                Kind::Date => Value::String(iso_date(name, text)?.to_string()),
                Kind::Stamp => stamp_value(name, iso_stamp(name, text, zone)?)?,
                Kind::Choice(choices) => choice(name, text, choices)?,
                _ => listed(name, text)?,
            }
        }
    };
    let empty = match &checked {
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        _ => false,
    };
    if empty && field.required { Err(missing(name)) } else { Ok(Some(checked)) }
}

fn text<'a>(field: &str, value: &'a Value) -> Result<&'a str, FieldProblem> {
    value.as_str().ok_or_else(|| wrong_kind(field, "文字列", "a string"))
}

/// What stands for an erased text is nobody's to type.
fn not_erased(field: &str, text: String) -> Result<Value, FieldProblem> {
    if text == ERASED {
        return Err(problem(
            field,
            "control_character",
            "使えない文字です。消してからもう一度入力してください。",
            "This character is not accepted. Delete it and try again.",
        ));
    }
    Ok(Value::String(text))
}

fn line(field: &str, value: &Value, limit: Limit) -> Result<Value, FieldProblem> {
    let clean = clean_line(text(field, value)?, limit).map_err(|wrong| of_text(field, &wrong))?;
    not_erased(field, clean)
}

fn block(field: &str, value: &Value, limit: Limit) -> Result<Value, FieldProblem> {
    let clean = clean_block(text(field, value)?, limit).map_err(|wrong| of_text(field, &wrong))?;
    not_erased(field, clean)
}

fn kana(field: &str, value: &Value) -> Result<Value, FieldProblem> {
    let clean = clean_line(text(field, value)?, Limit::NAME).map_err(|wrong| of_text(field, &wrong))?;
    let clean = to_katakana(&clean);
    if clean.is_empty() || is_kana_name(&clean) {
        return Ok(Value::String(clean));
    }
    Err(problem(
        field,
        "not_kana",
        "カナで入力してください（ひらがなでも構いません）。英字や漢字は使えません。",
        "Enter kana only; hiragana will do, Latin letters and kanji will not.",
    ))
}

/// The id of one of the profile's lists. Whether it is on the list is for the rules to say, by the profile of
/// the day; here only what could be an id at all.
pub(super) fn listed(field: &str, text: &str) -> Result<Value, FieldProblem> {
    let clean = clean_line(text, Limit::CODE).map_err(|wrong| of_text(field, &wrong))?;
    if clean.is_empty() { Err(missing(field)) } else { not_erased(field, clean) }
}

fn code(field: &str, text: &str) -> Result<Value, FieldProblem> {
    let folded = fold_code(text);
    if folded.len() > MAX_CODE {
        return Err(of_text(field, &TextProblem::TooLong { limit: MAX_CODE }));
    }
    // First what no text may hold, so that a hidden character is named as such.
    let folded = clean_line(&folded, Limit::CODE).map_err(|wrong| of_text(field, &wrong))?;
    if code_is_plausible(&folded) {
        return Ok(Value::String(folded));
    }
    Err(problem(
        field,
        "not_a_code",
        "番号として読めません。半角の英数字と - _ . / : で入力するか、読み取り直してください。",
        "Not a code. Enter letters, digits and - _ . / : only, or scan it again.",
    ))
}

fn reference(field: &str, text: &str, noun: Noun) -> Result<Value, FieldProblem> {
    let example = Id::new(noun, 7).to_string();
    match text.parse::<Id>() {
        Ok(id) if id.noun == noun => Ok(Value::String(id.to_string())),
        Ok(_) => Err(wrong_noun(field, &example)),
        Err(_) => Err(not_an_id(field, &example)),
    }
}

fn one_of(field: &str, text: &str, nouns: &[Noun]) -> Result<Value, FieldProblem> {
    match text.parse::<Id>() {
        Ok(id) if nouns.contains(&id.noun) => Ok(Value::String(id.to_string())),
        found => {
            let examples: Vec<String> = nouns.iter().map(|noun| Id::new(*noun, 7).to_string()).collect();
            let examples = examples.join(" / ");
            Err(if found.is_ok() { wrong_noun(field, &examples) } else { not_an_id(field, &examples) })
        }
    }
}

fn record(field: &str, text: &str) -> Result<Value, FieldProblem> {
    match text.parse::<Id>() {
        Ok(id) => Ok(Value::String(id.to_string())),
        Err(_) => Err(not_an_id(field, "V-00007")),
    }
}

fn user(field: &str, text: &str) -> Result<Value, FieldProblem> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
    if (1..=MOST_USER).contains(&text.len()) && text.bytes().all(plain) {
        return Ok(Value::String(text.to_owned()));
    }
    Err(problem(
        field,
        "not_a_user_id",
        "利用者IDは、半角の小文字、数字、_、- で32文字までです。",
        "A user ID has small letters, digits, _ and - only, at most 32.",
    ))
}

fn choice(field: &str, text: &str, choices: Choices) -> Result<Value, FieldProblem> {
    match choices.iter().find(|(name, _)| *name == text) {
        Some((name, _)) => Ok(Value::String((*name).to_owned())),
        None => {
            let names: Vec<String> = choices.iter().map(|(name, _)| (*name).to_owned()).collect();
            Err(not_in_list(field, &names, &names))
        }
    }
}

fn flag(field: &str, value: &Value) -> Result<Value, FieldProblem> {
    match value {
        Value::Bool(said) => Ok(Value::Bool(*said)),
        _ => Err(wrong_kind(field, "true か false ", "true or false")),
    }
}

fn number(field: &str, value: &Value) -> Result<Value, FieldProblem> {
    match value.as_u64() {
        Some(seq) if seq > 0 => Ok(Value::from(seq)),
        _ => Err(wrong_kind(field, "1以上の整数", "a whole number from 1")),
    }
}

fn items(
    field: &str,
    value: &Value,
    check: impl Fn(&str) -> Result<Value, FieldProblem>,
) -> Result<Value, FieldProblem> {
    let Value::Array(given) = value else {
        return Err(wrong_kind(field, "文字列の配列", "a list of strings"));
    };
    if given.len() > MOST_ITEMS {
        return Err(problem(
            field,
            "too_many",
            format!("多すぎます。{MOST_ITEMS}件以内にしてください。"),
            format!("Too many. Give at most {MOST_ITEMS}."),
        ));
    }
    let mut items: Vec<Value> = Vec::with_capacity(given.len());
    for item in given {
        let item =
            check(item.as_str().ok_or_else(|| wrong_kind(field, "文字列の配列", "a list of strings"))?)?;
        if items.contains(&item) {
            let shown = item.as_str().unwrap_or_default();
            return Err(problem(
                field,
                "listed_twice",
                format!("{shown} が2回あります。1つにしてください。"),
                format!("{shown} is listed twice. Keep one."),
            ));
        }
        items.push(item);
    }
    Ok(Value::Array(items))
}

/// `2026-11-20`, and no other spelling.
pub(super) fn iso_date(field: &str, text: &str) -> Result<Date, FieldProblem> {
    let wrong = || {
        problem(
            field,
            "not_a_date",
            "日付として読めません。2026-11-20 の形で指定してください。",
            "Not a date. Give it as 2026-11-20.",
        )
    };
    let number = |part: Option<&str>| part.and_then(|part| part.parse::<u32>().ok()).ok_or_else(wrong);
    let shape = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() });
    if !shape {
        return Err(wrong());
    }
    let (year, month, day) = (number(text.get(..4))?, number(text.get(5..7))?, number(text.get(8..))?);
    let year = i32::try_from(year).map_err(|_| wrong())?;
    let date = Date::from_ymd_opt(year, month, day)
        .ok_or_else(|| of_date(field, &DateProblem::NoSuchDay { year, month, day }))?;
    in_years(field, date.year())?;
    Ok(date)
}

/// RFC 3339, to the second, told in a zone: `2026-11-20T14:05:00+09:00`, or `2026-11-20T14:05:00` for a moment in it.
pub(super) fn iso_stamp(field: &str, text: &str, zone: FixedOffset) -> Result<Stamp, FieldProblem> {
    let here =
        || NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S").ok()?.and_local_timezone(zone).single();
    let stamp = Stamp::parse_from_rfc3339(text).ok().or_else(here).ok_or_else(|| {
        problem(
            field,
            "not_a_stamp",
            "日時として読めません。2026-11-20T14:05:00 の形で指定してください（時差 +09:00 などを付けても構いません）。",
            "Not a date and time. Give it as 2026-11-20T14:05:00, with an offset such as +09:00 if you like.",
        )
    })?;
    in_years(field, stamp.year())?;
    let stamp = stamp.with_timezone(&zone);
    Ok(stamp.with_nanosecond(0).unwrap_or(stamp))
}

fn in_years(field: &str, year: i32) -> Result<(), FieldProblem> {
    if YEARS.contains(&year) { Ok(()) } else { Err(of_date(field, &DateProblem::YearOutOfRange)) }
}

fn stamp_value(field: &str, stamp: Stamp) -> Result<Value, FieldProblem> {
    serde_json::to_value(stamp)
        .map_err(|_| wrong_kind(field, "日時", "a date and time such as 2026-11-20T14:05:00+09:00"))
}
