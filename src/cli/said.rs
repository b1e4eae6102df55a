//! Answers of `daicho query` in words and as JSON: a record, an entry, a name.

use super::stop::Stop;
use crate::desk::declare::Register;
use crate::desk::{Desk, EntryLine, Lang, Lookup};
use crate::domain::{Id, Row};
use serde_json::{Map, Value, json};

/// What a record is called: who or what it is about, its number where its register has no such column.
pub fn called(id: Id, register: Option<&Register>, at: &dyn Lookup, lang: Lang) -> String {
    let naming = |name: &str| ["person", "workers", "number", "server", "user", "name"].contains(&name);
    let column = register.and_then(|register| register.all_columns().find(|column| naming(column.name)));
    let name = column.zip(at.row(id)).map(|(column, row)| (column.cell)(&row, at, lang));
    name.filter(|name| !name.is_empty()).unwrap_or_else(|| id.to_string())
}

/// A record as JSON: its own fields, and under `shown` the columns as a person reads them.
pub fn row_json(row: &Row, register: &Register, at: &dyn Lookup, lang: Lang) -> Value {
    // Serialised as `{"Visit": {...}}`: the inner map is the record.
    let value = serde_json::to_value(row).unwrap_or(Value::Null);
    let mut record = match value {
        Value::Object(outer) => outer.into_iter().next().map(|(_, inner)| inner).unwrap_or_default(),
        _ => Value::Null,
    };
    let shown: Map<String, Value> = register
        .all_columns()
        .map(|column| (column.name.to_owned(), Value::from((column.cell)(row, at, lang))))
        .collect();
    if let Value::Object(record) = &mut record {
        record.insert("shown".to_owned(), Value::Object(shown));
    }
    record
}

/// An entry as JSON, with its root.
///
/// # Errors
/// What the desk says.
pub fn entry_json(line: &EntryLine, at: &Desk, lang: Lang) -> Result<Value, Stop> {
    let root = at.root_at(line.seq).map_err(|failure| Stop::failed(&failure, Some(at), lang))?;
    let says: Vec<Value> =
        line.says.iter().map(|(label, text)| json!({"label": label, "text": text})).collect();
    Ok(json!({
        "seq": line.seq,
        "root": root,
        "time": line.time.to_rfc3339(),
        "at": line.at.map(|at| at.to_rfc3339()),
        "actor": line.actor.to_string(),
        "actor_name": at.name(line.actor),
        "on_behalf": line.on_behalf.map(|whom| whom.to_string()),
        "role": line.role,
        "kind": line.kind,
        "subject": line.subject.map(|id| id.to_string()),
        "says": says,
    }))
}
