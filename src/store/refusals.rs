//! Refused attempts as entries.

use crate::domain::{Command, Denied, Id, No, Noun, RecordRefusal};
use serde_json::Value;

/// The longest input of a refused attempt that is kept, in characters.
const MOST_INPUT: usize = 4000;

/// The record of a refused attempt: what was refused and why as facts, what had been typed as sealed text. Every
/// record that the command or the refusal names is noted, so that erasing one reaches the attempt.
pub(super) fn refusal(command: &Command, no: &No) -> RecordRefusal {
    let (reason, args) = match no {
        No::Rejected(rejection) => (rejection.code.name(), rejection.args.clone()),
        No::Denied(_) | No::Broken(_) => (Denied::NAME, Vec::new()),
    };
    let mut input = serde_json::to_value(command).unwrap_or_default();
    // What the attempt was about: the record that a field of a noun's own name holds, a person before others.
    let fields = || Noun::ALL.into_iter().map(Noun::name).chain(["record"]);
    let mut ids: Vec<Id> =
        fields().filter_map(|field| input.get(field)?.as_str()?.parse().ok()).take(1).collect();
    ids.extend(
        args.iter()
            .filter(|(name, _)| fields().any(|field| field == name))
            .filter_map(|(_, id)| id.parse::<Id>().ok()),
    );
    collect_ids(&input, &mut ids);
    ids.extend(args.iter().filter_map(|(_, value)| value.parse::<Id>().ok()));
    let record = ids.first().copied();
    let mut about: Vec<String> = Vec::new();
    for id in ids.into_iter().skip(1).filter(|id| Some(*id) != record).map(|id| id.to_string()) {
        if !about.contains(&id) {
            about.push(id);
        }
    }
    if let Value::Object(fields) = &mut input {
        fields.remove("command");
    }
    let input: String = input.to_string().chars().take(MOST_INPUT).collect();
    RecordRefusal { refused: command.name().to_owned(), reason: reason.to_owned(), record, about, input }
}

fn collect_ids(value: &Value, ids: &mut Vec<Id>) {
    match value {
        Value::String(text) => ids.extend(text.parse::<Id>().ok()),
        Value::Array(values) => values.iter().for_each(|value| collect_ids(value, ids)),
        Value::Object(fields) => fields.values().for_each(|value| collect_ids(value, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
