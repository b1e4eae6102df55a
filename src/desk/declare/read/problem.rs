//! What is wrong with a field, in words: a stable name, what it is, and what to do.

use crate::desk::FieldProblem;
use crate::text::{DateProblem, Limit, TextProblem, clean_line};

/// A problem of a field; an empty field name is the line as a whole.
pub(super) fn problem(field: &str, name: &str, ja: impl Into<String>, en: impl Into<String>) -> FieldProblem {
    FieldProblem { field: field.to_owned(), name: name.to_owned(), ja: ja.into(), en: en.into() }
}

pub(super) fn missing(field: &str) -> FieldProblem {
    problem(
        field,
        "field_missing",
        "入力がありません。この項目は必ず入力してください。",
        "Missing. This field must be filled.",
    )
}

/// The JSON value is of another type than the field's.
pub(super) fn wrong_kind(field: &str, ja: &str, en: &str) -> FieldProblem {
    problem(
        field,
        "wrong_kind",
        format!("値の形が違います。{ja}で指定してください。"),
        format!("The value has the wrong type. Give {en}."),
    )
}

pub(super) fn of_text(field: &str, text: &TextProblem) -> FieldProblem {
    problem(field, text.name(), text.ja(), text.en())
}

pub(super) fn of_date(field: &str, date: &DateProblem) -> FieldProblem {
    problem(field, date.name(), date.ja(), date.en())
}

pub(super) fn not_an_id(field: &str, example: &str) -> FieldProblem {
    problem(
        field,
        "not_an_id",
        format!("記録の番号ではありません。{example} のような番号を指定するか、一覧から選んでください。"),
        format!("Not the number of a record. Give a number such as {example}, or pick one from the list."),
    )
}

pub(super) fn wrong_noun(field: &str, example: &str) -> FieldProblem {
    problem(
        field,
        "wrong_noun",
        format!("別の種類の記録の番号です。この項目には {example} のような番号を指定してください。"),
        format!("The number of another kind of record. This field takes a number such as {example}."),
    )
}

pub(super) fn not_in_list(field: &str, ja: &[String], en: &[String]) -> FieldProblem {
    problem(
        field,
        "not_in_list",
        format!("一覧にない値です。次から選んでください：{}。", ja.join("、")),
        format!("Not on the list. Choose one of: {}.", en.join(", ")),
    )
}

/// Input as it may be shown in a message: cleaned and short; what cannot be cleaned is written out in escapes.
pub(super) fn shown(text: &str) -> String {
    let short: String = text.chars().take(40).collect();
    match clean_line(&short, Limit::CODE) {
        Ok(clean) => clean,
        Err(_) => short.escape_default().to_string(),
    }
}
