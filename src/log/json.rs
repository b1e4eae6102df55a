//! JSON read strictly: duplicate names, floats and deep nesting are refused at every level, with the reason named.
//!
//! Canonical form is what `serde_json` writes compactly with names in ascending order (its `Map` without
//! `preserve_order`); readers compare the bytes with what they would write themselves.

use std::cell::Cell;
use std::fmt;

use serde::Serialize;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use super::Malformed;

/// How many arrays and objects may stand inside each other in the facts of an entry.
pub const MAX_DEPTH: usize = 16;

/// One JSON object, nested at most `depth` deep, itself counted.
pub(super) fn read_object(text: &str, depth: usize) -> Result<Fields, Malformed> {
    let reason = Cell::new(None);
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = Strict { depth, reason: &reason }.deserialize(&mut reader);
    // The reason is set by our own visitor; when it is not, the reader itself refused the bytes.
    let value = value.map_err(|_| reason.get().unwrap_or(Malformed::NotJson))?;
    reader.end().map_err(|_| Malformed::NotJson)?;
    match value {
        Value::Object(fields) => Ok(Fields(fields)),
        _ => Err(Malformed::NotJson),
    }
}

/// The one spelling of a shape.
pub(super) fn write(shape: &impl Serialize) -> Result<String, Malformed> {
    serde_json::to_string(shape).map_err(|_| Malformed::NotJson)
}

/// Refuses facts that could not be read back: floats, and nesting deeper than `depth`.
pub(super) fn check_facts(facts: &Map<String, Value>, depth: usize) -> Result<(), Malformed> {
    let inner = depth.checked_sub(1).ok_or(Malformed::TooDeep)?;
    facts.values().try_for_each(|value| check_value(value, inner))
}

fn check_value(value: &Value, depth: usize) -> Result<(), Malformed> {
    match value {
        Value::Number(number) if number.is_f64() => Err(Malformed::Float),
        Value::Array(items) => {
            let inner = depth.checked_sub(1).ok_or(Malformed::TooDeep)?;
            items.iter().try_for_each(|item| check_value(item, inner))
        }
        Value::Object(fields) => check_facts(fields, depth),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// The fields of an object, taken one by one; what is left at the end is unknown to the version.
pub(super) struct Fields(Map<String, Value>);

impl Fields {
    pub(super) fn text(&mut self, name: &'static str) -> Result<String, Malformed> {
        self.optional_text(name)?.ok_or(Malformed::Missing(name))
    }

    pub(super) fn optional_text(&mut self, name: &'static str) -> Result<Option<String>, Malformed> {
        match self.0.remove(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Malformed::WrongType(name)),
        }
    }

    pub(super) fn number(&mut self, name: &'static str) -> Result<u64, Malformed> {
        let value = self.0.remove(name).ok_or(Malformed::Missing(name))?;
        value.as_u64().ok_or(Malformed::WrongType(name))
    }

    pub(super) fn object(&mut self, name: &'static str) -> Result<Map<String, Value>, Malformed> {
        match self.0.remove(name).ok_or(Malformed::Missing(name))? {
            Value::Object(fields) => Ok(fields),
            _ => Err(Malformed::WrongType(name)),
        }
    }

    pub(super) fn texts(&mut self, name: &'static str) -> Result<Vec<String>, Malformed> {
        let Value::Array(items) = self.0.remove(name).ok_or(Malformed::Missing(name))? else {
            return Err(Malformed::WrongType(name));
        };
        let text = |item| match item {
            Value::String(text) => Ok(text),
            _ => Err(Malformed::WrongType(name)),
        };
        items.into_iter().map(text).collect()
    }

    pub(super) fn finish(self) -> Result<(), Malformed> {
        if self.0.is_empty() { Ok(()) } else { Err(Malformed::UnknownField) }
    }
}

struct Strict<'a> {
    depth: usize,
    reason: &'a Cell<Option<Malformed>>,
}

impl Strict<'_> {
    fn refuse<E: Error>(&self, reason: Malformed) -> E {
        self.reason.set(Some(reason));
        E::custom(reason.name())
    }

    fn inner<E: Error>(&self) -> Result<Self, E> {
        match self.depth.checked_sub(1) {
            Some(depth) => Ok(Self { depth, reason: self.reason }),
            None => Err(self.refuse(Malformed::TooDeep)),
        }
    }

    fn again(&self) -> Self {
        Self { depth: self.depth, reason: self.reason }
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("null, true, false, an integer, a string, an array or an object")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<Value, E> {
        Err(self.refuse(Malformed::Float))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner.again())? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut fields: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut object = Map::new();
        while let Some(name) = fields.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(self.refuse(Malformed::DuplicateKey));
            }
            let value = fields.next_value_seed(inner.again())?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}
