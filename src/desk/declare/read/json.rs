//! A batch line: bytes from a file that anybody may have written.

use super::assemble::command_of;
use super::problem::{of_text, problem, shown, wrong_kind};
use super::value::iso_stamp;
use crate::desk::declare::{Operation, operation, operations};
use crate::desk::{FieldProblem, Instruction};
use crate::domain::{Stamp, usual_offset};
use crate::text::clean_bytes;
use crate::text::near::nearest;
use chrono::FixedOffset;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::error::Category;
use std::fmt;

/// Longest batch line, in bytes: 1 MiB.
pub const MOST_BYTES: usize = 1 << 20;
/// Deepest nesting of a batch line. No field needs more than a list in an object.
pub const MOST_DEPTH: usize = 8;
/// Longest request id, in characters.
const MOST_REQUEST: usize = 64;

/// A JSON object with its members in order, duplicates and all: `serde_json::Map` would keep the last silently.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Members, D::Error> {
        struct Read;
        impl<'de> Visitor<'de> for Read {
            type Value = Members;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Read)
    }
}

/// A batch line as an order of a site whose profile names no offset: [`order_from_json`].
///
/// # Errors
/// As [`order_from_json`].
pub fn command_from_json(line: &[u8]) -> Result<Instruction, Vec<FieldProblem>> {
    order_from_json(line, usual_offset())
}

/// A batch line without its line end as an order: `{"command":"check_in","request":"r-17",...}`. Moments are in the
/// site's zone, also those of another offset.
///
/// # Errors
/// Everything that is wrong with the line, each with its stable name: `line_too_long`, `not_utf8`, `too_deep`,
/// `not_json`, `not_an_object`, `duplicate_field`, `command_missing`, `unknown_command`, `unknown_field`,
/// `bad_request`, `late_not_allowed`, `field_missing`, `wrong_kind`, and those of texts, dates and lists.
pub fn order_from_json(line: &[u8], zone: FixedOffset) -> Result<Instruction, Vec<FieldProblem>> {
    let members = members(line).map_err(|wrong| vec![wrong])?;
    let operation = operation_of(&members).map_err(|wrong| vec![wrong])?;
    let mut problems = Vec::new();
    let mut given = Vec::new();
    let (mut request, mut at) = (None, None);
    let chosen = members.iter().find(|(name, _)| name == "field");
    let chosen = chosen.and_then(|(_, value)| value.as_str()).map(str::to_owned);
    for (name, value) in members {
        match name.as_str() {
            "command" => {}
            "request" => keep(request_of(&value), &mut request, &mut problems),
            "at" => keep(at_of(operation, &value, zone), &mut at, &mut problems),
            _ => match operation.field(&name) {
                Some(field) => given.push((field.refined(chosen.as_deref()), value)),
                None => problems.push(unknown_field(operation, &name)),
            },
        }
    }
    let command = command_of(operation, given, problems, zone)?;
    Ok(Instruction { command, request, at })
}

fn keep<T>(read: Result<Option<T>, FieldProblem>, to: &mut Option<T>, problems: &mut Vec<FieldProblem>) {
    match read {
        Ok(value) => *to = value,
        Err(wrong) => problems.push(wrong),
    }
}

fn members(line: &[u8]) -> Result<Vec<(String, Value)>, FieldProblem> {
    if line.len() > MOST_BYTES {
        return Err(problem(
            "",
            "line_too_long",
            "行が長すぎます。1行は1 MiB（1,048,576バイト）までです。",
            "The line is too long. A line has at most 1 MiB (1,048,576 bytes).",
        ));
    }
    let text = clean_bytes(line).map_err(|wrong| of_text("", &wrong))?;
    if depth(text) > MOST_DEPTH {
        return Err(problem(
            "",
            "too_deep",
            "入れ子が深すぎます。1行は項目と値だけのJSONにしてください。",
            "Nested too deeply. A line is one flat JSON object.",
        ));
    }
    let Members(members) = serde_json::from_str(text).map_err(|wrong| match wrong.classify() {
        Category::Data => problem(
            "",
            "not_an_object",
            "JSONのオブジェクト（{ } で囲んだもの）ではありません。",
            "Not a JSON object in braces.",
        ),
        _ => problem(
            "",
            "not_json",
            format!(
                "JSONとして読めません（{}文字目付近）。引用符やコンマを確かめてください。",
                wrong.column()
            ),
            format!("Not JSON (near column {}). Check quotes and commas.", wrong.column()),
        ),
    })?;
    let mut seen = std::collections::BTreeSet::new();
    if let Some((name, _)) = members.iter().find(|(name, _)| !seen.insert(name.as_str())) {
        let name = shown(name);
        return Err(problem(
            &name,
            "duplicate_field",
            format!("項目 {name} が2回あります。1つにしてください。"),
            format!("The field {name} is given twice. Keep one."),
        ));
    }
    Ok(members)
}

/// How deep brackets nest outside of strings. Counted before parsing, which is recursive.
fn depth(text: &str) -> usize {
    let (mut deep, mut deepest) = (0usize, 0usize);
    let (mut quoted, mut escaped) = (false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => {
                deep = deep.saturating_add(1);
                deepest = deepest.max(deep);
            }
            b'}' | b']' if !quoted => deep = deep.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

fn operation_of(members: &[(String, Value)]) -> Result<&'static Operation, FieldProblem> {
    let named = members.iter().find(|(name, _)| name == "command").map(|(_, value)| value);
    let Some(named) = named else {
        return Err(problem(
            "command",
            "command_missing",
            "command がありません。操作の名前を指定してください（一覧は daicho commands）。",
            "There is no command. Name one; daicho commands lists them.",
        ));
    };
    let name = named.as_str().ok_or_else(|| wrong_kind("command", "文字列", "a string"))?;
    operation(name).ok_or_else(|| {
        let (hint_ja, hint_en) = match nearest(name, operations().iter().map(|known| known.command)) {
            Some(near) => (format!("{near} ではありませんか。"), format!(" Did you mean {near}?")),
            None => (String::new(), String::new()),
        };
        let name = shown(name);
        problem(
            "command",
            "unknown_command",
            format!("{name} という操作はありません。{hint_ja}一覧は daicho commands で確かめられます。"),
            format!("There is no command {name}.{hint_en} daicho commands lists them."),
        )
    })
}

fn unknown_field(operation: &Operation, name: &str) -> FieldProblem {
    let late = operation.is_late().then_some("at");
    let known = operation.fields.iter().map(|field| field.name).chain(["request"]).chain(late);
    let (hint_ja, hint_en) = match nearest(name, known) {
        Some(near) => (format!("{near} ではありませんか。"), format!(" Did you mean {near}?")),
        None => (String::new(), String::new()),
    };
    let name = shown(name);
    problem(
        &name,
        "unknown_field",
        format!("{} に項目 {name} はありません。{hint_ja}", operation.command),
        format!("{} has no field {name}.{hint_en}", operation.command),
    )
}

fn request_of(value: &Value) -> Result<Option<String>, FieldProblem> {
    let wrong = || {
        problem(
            "request",
            "bad_request",
            "request は、半角の英数字と . _ : - で1文字から64文字までです。",
            "A request id has 1 to 64 of A-Z a-z 0-9 . _ : and -.",
        )
    };
    match value {
        Value::Null => Ok(None),
        Value::String(text) => {
            let plain = |b: u8| b.is_ascii_alphanumeric() || b"._:-".contains(&b);
            let fits = (1..=MOST_REQUEST).contains(&text.len()) && text.bytes().all(plain);
            if fits { Ok(Some(text.clone())) } else { Err(wrong()) }
        }
        _ => Err(wrong()),
    }
}

fn at_of(operation: &Operation, value: &Value, zone: FixedOffset) -> Result<Option<Stamp>, FieldProblem> {
    match value {
        Value::Null => Ok(None),
        _ if !operation.is_late() => Err(problem(
            "at",
            "late_not_allowed",
            "この操作は後から日時を付けて入力できません。at を外してください。",
            "This command is not entered late. Leave out at.",
        )),
        Value::String(text) => iso_stamp("at", text, zone).map(Some),
        _ => Err(wrong_kind("at", "文字列", "a string")),
    }
}
