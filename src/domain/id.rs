//! Opaque numbers of records: `V-00007`.

use super::Noun;
use crate::fault::Value;
use serde::de::Visitor;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

macro_rules! nouns {
    ($($(#[$doc:meta])* $noun:ident = $number:literal, $prefix:literal, $name:literal;)*) => {
        /// The kinds of record a site keeps. The number is stored: never renumber.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum Noun { $($(#[$doc])* $noun = $number,)* }

        impl Noun {
            /// Every noun, in the order of its stored number.
            pub const ALL: [Noun; [$($number),*].len()] = [$(Noun::$noun),*];

            /// The noun of a stored number.
            pub(super) fn of_number(number: u8) -> Option<Noun> {
                match number { $($number => Some(Noun::$noun),)* _ => None }
            }

            /// What stands before the hyphen of an id. The first twelve have a letter; what came since has two or more.
            pub fn prefix(self) -> &'static str { match self { $(Noun::$noun => $prefix,)* } }

            /// The noun's stable name in batch files and JSON.
            pub fn name(self) -> &'static str { match self { $(Noun::$noun => $name,)* } }
        }
    };
}

pub(super) use nouns;

/// The number of a record: a noun and a count from 1. Opaque: it says nothing about whom it stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id {
    /// What kind of record.
    pub noun: Noun,
    /// Its number within the kind, from 1.
    pub n: u32,
}

impl Id {
    /// An id of a noun.
    pub const fn new(noun: Noun, n: u32) -> Id {
        Id { noun, n }
    }

    /// The one row about the site itself.
    pub const SITE: Id = Id::new(Noun::Site, 1);

    /// The id as one number that sorts by noun, then count.
    pub fn key(self) -> u64 {
        (u64::from(self.noun as u8) << 32) | u64::from(self.n)
    }

    /// The id behind [`Id::key`], if it is one.
    pub fn from_key(key: u64) -> Option<Id> {
        let noun = Noun::of_number(u8::try_from(key >> 32).ok()?)?;
        u32::try_from(key & 0xffff_ffff).ok().filter(|n| *n > 0).map(|n| Id { noun, n })
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{:05}", self.noun.prefix(), self.n)
    }
}

impl From<Id> for Value {
    fn from(id: Id) -> Value {
        Value::Text(id.to_string())
    }
}

/// The text was not the number of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotAnId;

impl fmt::Display for NotAnId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not a record number such as V-00007")
    }
}

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Id, NotAnId> {
        let (prefix, digits) = text.split_once('-').ok_or(NotAnId)?;
        let noun = Noun::ALL.into_iter().find(|noun| noun.prefix() == prefix).ok_or(NotAnId)?;
        let plain = (5..=10).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        // One spelling for one id: more than five digits only where they are needed.
        if !plain || (digits.len() > 5 && digits.starts_with('0')) {
            return Err(NotAnId);
        }
        digits.parse().ok().filter(|n| *n > 0).map(|n| Id { noun, n }).ok_or(NotAnId)
    }
}

impl Id {
    /// The numbers of records, one after the other: `V-00007, V-00008`.
    pub fn list<I: Borrow<Id>>(ids: impl IntoIterator<Item = I>) -> String {
        ids.into_iter().map(|id| id.borrow().to_string()).collect::<Vec<_>>().join(", ")
    }
}

impl Serialize for Id {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(self)
        } else {
            (self.noun as u8, self.n).serialize(serializer)
        }
    }
}

impl<'de> Deserialize<'de> for Id {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Id, D::Error> {
        if deserializer.is_human_readable() {
            return deserializer.deserialize_str(IdText);
        }
        let (noun, n) = <(u8, u32)>::deserialize(deserializer)?;
        let id = Id::from_key((u64::from(noun) << 32) | u64::from(n));
        id.ok_or_else(|| serde::de::Error::custom(NotAnId))
    }
}

/// Reads an id where it stands: a row holds half a dozen of them, and a list a thousand rows.
struct IdText;

impl Visitor<'_> for IdText {
    type Value = Id;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a record")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Id, E> {
        text.parse().map_err(E::custom)
    }
}
