//! From a TOML value to a type, with the place of what does not fit.
//!
//! The `toml` crate's own errors name no path, and their kind can be told only from their English. Here the
//! kind is a value and the path is kept.

use super::problem::{Problem, ProblemKind};
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, MapAccess, SeqAccess, Visitor};
use std::fmt;
use toml::Value;

/// A step on the way to a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key of a table.
    Key(String),
    /// A place in a list, from 0.
    Index(usize),
}

/// What did not fit, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShapeError {
    /// What kind.
    pub kind: ProblemKind,
    /// The way to it, innermost step first.
    pub inward: Vec<Step>,
    /// In words of serde.
    pub about: String,
}

impl ShapeError {
    fn new(kind: ProblemKind, about: String) -> ShapeError {
        ShapeError { kind, inward: Vec::new(), about }
    }

    fn within(mut self, step: Step) -> ShapeError {
        self.inward.push(step);
        self
    }

    /// The problem it is, places counted from 1.
    pub fn problem(&self) -> Problem {
        let mut place = String::new();
        for step in self.inward.iter().rev() {
            match step {
                Step::Key(key) if place.is_empty() => place.push_str(key),
                Step::Key(key) => place.push_str(&format!(".{key}")),
                Step::Index(n) => place.push_str(&format!("[{}]", n + 1)),
            }
        }
        Problem::new(self.kind, place, &self.about)
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.kind.name(), self.about)
    }
}

impl std::error::Error for ShapeError {}

impl de::Error for ShapeError {
    fn custom<T: fmt::Display>(message: T) -> ShapeError {
        ShapeError::new(ProblemKind::WrongType, message.to_string())
    }

    fn invalid_value(unexpected: de::Unexpected<'_>, expected: &dyn de::Expected) -> ShapeError {
        ShapeError::new(ProblemKind::OutOfRange, format!("{unexpected}, expected {expected}"))
    }

    fn unknown_field(field: &str, _expected: &'static [&'static str]) -> ShapeError {
        ShapeError::new(ProblemKind::UnknownField, String::new()).within(Step::Key(field.to_owned()))
    }

    fn missing_field(field: &'static str) -> ShapeError {
        ShapeError::new(ProblemKind::MissingField, String::new()).within(Step::Key(field.to_owned()))
    }
}

/// What stands in a tree where a value is missing or of no use. No profile may hold it: it has a control character.
const ABSENT: &str = "\u{0}absent";

/// A value to be read.
pub struct Node<'a>(pub &'a Value);

impl Node<'_> {
    fn is_absent(&self) -> bool {
        matches!(self.0, Value::String(text) if text == ABSENT)
    }
}

/// Reads what is absent as nothing of the type that is asked for.
macro_rules! or_nothing {
    ($($method:ident => $nothing:expr;)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
            if self.is_absent() { $nothing(visitor) } else { self.deserialize_any(visitor) }
        })*
    };
}

fn nothing<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, ShapeError> {
    visitor.visit_seq(de::value::SeqDeserializer::<_, ShapeError>::new(std::iter::empty::<()>()))
}

fn no_pairs<'de, V: Visitor<'de>>(visitor: V) -> Result<V::Value, ShapeError> {
    visitor.visit_map(de::value::MapDeserializer::<_, ShapeError>::new(std::iter::empty::<((), ())>()))
}

impl<'de> Deserializer<'de> for Node<'_> {
    type Error = ShapeError;

    or_nothing! {
        deserialize_bool => |visitor: V| visitor.visit_bool(false);
        deserialize_u32 => |visitor: V| visitor.visit_u32(0);
        deserialize_string => |visitor: V| visitor.visit_str("");
        deserialize_str => |visitor: V| visitor.visit_str("");
        deserialize_seq => nothing;
        deserialize_map => no_pairs;
    }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        match self.0 {
            Value::String(text) => visitor.visit_str(text),
            Value::Integer(n) => visitor.visit_i64(*n),
            Value::Float(n) => visitor.visit_f64(*n),
            Value::Boolean(yes) => visitor.visit_bool(*yes),
            Value::Datetime(_) => Err(de::Error::invalid_type(de::Unexpected::Other("date"), &visitor)),
            Value::Array(list) => {
                SeqAccessDeserializer::new(Items { list: list.iter(), n: 0 }).deserialize_any(visitor)
            }
            Value::Table(table) => MapAccessDeserializer::new(Pairs { pairs: table.iter(), value: None })
                .deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ShapeError> {
        visitor.visit_some(self)
    }

    /// A list where a table belongs would be read by position: refused instead.
    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        _fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, ShapeError> {
        match self.0 {
            Value::Array(_) => Err(de::Error::invalid_type(de::Unexpected::Seq, &visitor)),
            // Each of its fields is then missing, and marked in its turn.
            Value::String(text) if text == ABSENT => no_pairs(visitor),
            _ => self.deserialize_any(visitor),
        }
    }

    serde::forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u64 u128 f32 f64 char bytes byte_buf
        unit unit_struct newtype_struct tuple tuple_struct enum identifier ignored_any
    }
}

struct Items<'a> {
    list: std::slice::Iter<'a, Value>,
    n: usize,
}

impl<'de> SeqAccess<'de> for Items<'_> {
    type Error = ShapeError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, ShapeError> {
        let Some(value) = self.list.next() else { return Ok(None) };
        let n = self.n;
        self.n += 1;
        seed.deserialize(Node(value)).map(Some).map_err(|error| error.within(Step::Index(n)))
    }
}

struct Pairs<'a> {
    pairs: toml::map::Iter<'a, String, Value>,
    value: Option<(&'a str, &'a Value)>,
}

impl<'de> MapAccess<'de> for Pairs<'_> {
    type Error = ShapeError;

    fn next_key_seed<K: DeserializeSeed<'de>>(&mut self, seed: K) -> Result<Option<K::Value>, ShapeError> {
        let Some((key, value)) = self.pairs.next() else { return Ok(None) };
        self.value = Some((key, value));
        seed.deserialize(key.as_str().into_deserializer()).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, ShapeError> {
        let Some((key, value)) = self.value.take() else {
            return Err(de::Error::custom("a value without its key"));
        };
        seed.deserialize(Node(value)).map_err(|error| error.within(Step::Key(key.to_owned())))
    }
}

/// Takes the value at the end of a way out of a tree, so that reading can go on without it.
pub fn prune(root: &mut Value, inward: &[Step]) -> bool {
    let Some((Step::Key(last), way)) = inward.split_first() else { return false };
    match at(root, way) {
        Some(Value::Table(table)) => table.remove(last).is_some(),
        _ => false,
    }
}

/// Marks the value at the end of a way as absent, whether it is there or not, so that reading can go on with nothing
/// in its place. `false` when it is marked already: nothing is of no use there either.
pub fn mark_absent(root: &mut Value, inward: &[Step]) -> bool {
    let absent = || Value::String(ABSENT.to_owned());
    let Some((last, way)) = inward.split_first() else { return false };
    match (last, at(root, way)) {
        (Step::Key(key), Some(Value::Table(table))) => table.insert(key.clone(), absent()) != Some(absent()),
        // A table that is absent itself, of which a field is asked for.
        (Step::Key(key), Some(whole @ Value::String(_))) if *whole == absent() => {
            *whole = Value::Table(std::iter::once((key.clone(), absent())).collect());
            true
        }
        (Step::Index(n), Some(Value::Array(list))) => match list.get_mut(*n) {
            Some(item) => std::mem::replace(item, absent()) != absent(),
            None => false,
        },
        _ => false,
    }
}

/// The value at the end of a way, innermost step first.
fn at<'v>(root: &'v mut Value, inward: &[Step]) -> Option<&'v mut Value> {
    let mut here = root;
    for step in inward.iter().rev() {
        here = match (step, here) {
            (Step::Key(key), Value::Table(table)) => table.get_mut(key)?,
            (Step::Index(n), Value::Array(list)) => list.get_mut(*n)?,
            _ => return None,
        };
    }
    Some(here)
}
