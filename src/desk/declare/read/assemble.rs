//! Checked values become a command.

use super::problem::{missing, problem};
use super::value::checked;
use crate::desk::FieldProblem;
use crate::desk::declare::{Field, Operation};
use crate::domain::Command;
use chrono::FixedOffset;
use serde_json::{Map, Value};

/// The command of an operation from values of its fields, moments in a zone, or everything that is wrong with them.
pub(super) fn command_of(
    operation: &Operation,
    given: Vec<(Field, Value)>,
    mut problems: Vec<FieldProblem>,
    zone: FixedOffset,
) -> Result<Command, Vec<FieldProblem>> {
    let mut map = Map::new();
    for (field, value) in given {
        match checked(&field, &value, zone) {
            Ok(Some(value)) => {
                map.insert(field.name.to_owned(), value);
            }
            Ok(None) => {}
            Err(wrong) => problems.push(wrong),
        }
    }
    for field in operation.fields.iter().filter(|field| field.required) {
        if !map.contains_key(field.name) && !problems.iter().any(|known| known.field == field.name) {
            problems.push(missing(field.name));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    map.insert("command".to_owned(), Value::String(operation.command.to_owned()));
    serde_json::from_value(Value::Object(map)).map_err(|_| {
        // The declarations and the command's shape disagree; a test holds them together.
        vec![problem(
            "",
            "wrong_kind",
            "入力の形がこの操作に合いません。項目を確かめてください。",
            "The input does not fit this command. Check its fields.",
        )]
    })
}
