//! The tables and how they are read, alike from inside a write transaction and from outside.
//!
//! | table | holds | derived |
//! |---|---|---|
//! | `entries` | sequence -> head, signatures, body: the exact texts, a line each | no |
//! | `sealed` | sequence -> sealed text, until it is erased | no |
//! | `leaves` | sequence -> leaf hash | yes |
//! | `rows` | id -> row, as postcard writes it | yes |
//! | `snapshots` | id, sequence -> row after that entry, for one in 64 of its entries | yes |
//! | `index` | key of [`Row::index_keys`], id | yes |
//! | `subjects` | id, sequence of every entry that touches or is about the record | yes |
//! | `kinds` | kind, sequence | yes |
//! | `texts` | id, sequence of the entry since which it holds -> folded text over [`Row::search_texts`] | yes |
//! | `requests` | request id -> sequence of what it caused | yes |
//! | `drafts` | user, form -> unfinished form, the desk's bytes | no |
//! | `slots` | name -> key file, the vault's bytes | no |
//! | `meta` | site, format, `state`: last frame, last time, the tree's right edge | partly |
//!
//! Views up to version 3 had a table `text` of every suffix of every name. It is deleted when they are made anew; the
//! release that made it does so itself when it opens books of this one.
//!
//! A sequence number runs through all epochs without a hole, so it is the key of an entry alone.

use super::StoreError;
use super::codec::{decode, meta_of};
use super::texts::Retold;
use crate::domain::{Broken, EntryMeta, Event, Id, Noun, Row, Stamp, View};
use crate::fault::fault;
use crate::log::{Entry, Frontier, Head};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use redb::{ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction};
use std::ops::Bound;
use std::str::FromStr;

/// The version of what stands in the tables that cannot be derived. A higher one than this is refused.
pub(super) const FORMAT: u32 = 1;
/// The version of everything derived; when it differs, all of it is made anew from the entries.
pub(super) const VIEWS_VERSION: u32 = 16;
/// A table of earlier views that is none of these any more.
pub(super) const SUFFIXES: TableDefinition<(u8, &str, u64), ()> = TableDefinition::new("text");

pub(super) const FORMAT_KEY: &str = "format";
pub(super) const VIEWS_KEY: &str = "views";
pub(super) const SITE_KEY: &str = "site";
pub(super) const EPOCH_KEY: &str = "epoch";
pub(super) const STATE_KEY: &str = "state";
/// Days between check-in and check-out of the longest visit so far: how far back "who was inside" must look.
pub(super) const STAY_KEY: &str = "longest_stay";
/// The entry with which an edition came into force that this program does not know: nothing behind it is derived.
pub(super) const NEWER_KEY: &str = "newer";

macro_rules! tables {
    ($($name:ident $field:ident $text:literal: $key:ty => $value:ty;)*) => {
        $(pub(super) const $name: TableDefinition<$key, $value> = TableDefinition::new($text);)*

        /// The tables inside a write transaction.
        pub(super) struct Writable<'t> {
            $(pub(super) $field: redb::Table<'t, $key, $value>,)*
            /// What changed in `texts` through this, for who holds them in memory.
            pub(super) retold: Vec<Retold>,
        }

        impl<'t> Writable<'t> {
            pub(super) fn open(txn: &'t WriteTransaction) -> Result<Writable<'t>, StoreError> {
                Ok(Writable { $($field: txn.open_table($name)?,)* retold: Vec::new() })
            }
        }

        /// The tables as of one moment, for reading.
        pub(super) struct Readable { $(pub(super) $field: redb::ReadOnlyTable<$key, $value>,)* }

        impl Readable {
            pub(super) fn open(txn: &ReadTransaction) -> Result<Readable, StoreError> {
                Ok(Readable { $($field: txn.open_table($name)?,)* })
            }

            /// Rows of all tables.
            pub(super) fn count(&self) -> Result<u64, StoreError> {
                let mut rows = 0;
                $(rows += self.$field.len()?;)*
                Ok(rows)
            }

            /// Bytes of keys and values in all tables. Reads every page.
            pub(super) fn stored_bytes(&self) -> Result<u64, StoreError> {
                let mut bytes = 0;
                $(bytes += self.$field.stats()?.stored_bytes();)*
                Ok(bytes)
            }

            /// Copies every row into empty tables, in the order of keys, so that pages fill.
            pub(super) fn copy_into(
                &self,
                to: &mut Writable<'_>,
                copied: &mut dyn FnMut(),
            ) -> Result<(), StoreError> {
                $({
                    let mut end = to.$field.upper_bound_mut(Bound::<$key>::Unbounded)?;
                    for found in self.$field.iter()? {
                        let (key, value) = found?;
                        end.insert_before(key.value(), value.value())?;
                        copied();
                    }
                    end.close()?;
                })*
                Ok(())
            }
        }
    };
}

tables! {
    ENTRIES entries "entries": u64 => &'static str;
    SEALED sealed "sealed": u64 => &'static str;
    LEAVES leaves "leaves": u64 => &'static [u8; 32];
    ROWS rows "rows": u64 => &'static [u8];
    SNAPSHOTS snapshots "snapshots": (u64, u64) => &'static [u8];
    INDEX index "index": (&'static str, u64) => ();
    SUBJECTS subjects "subjects": (u64, u64) => ();
    KINDS kinds "kinds": (&'static str, u64) => ();
    TEXTS texts "texts": (u64, u64) => &'static str;
    REQUESTS requests "requests": &'static str => u64;
    DRAFTS drafts "drafts": (&'static str, &'static str) => &'static [u8];
    SLOTS slots "slots": &'static str => &'static [u8];
    META meta "meta": &'static str => &'static [u8];
}

/// The tables that are read alike from inside and outside.
pub(super) trait Tables {
    fn entries(&self) -> &impl ReadableTable<u64, &'static str>;
    fn sealed(&self) -> &impl ReadableTable<u64, &'static str>;
    fn rows(&self) -> &impl ReadableTable<u64, &'static [u8]>;
    fn index(&self) -> &impl ReadableTable<(&'static str, u64), ()>;
    fn subjects(&self) -> &impl ReadableTable<(u64, u64), ()>;
    fn snapshots(&self) -> &impl ReadableTable<(u64, u64), &'static [u8]>;
    fn meta(&self) -> &impl ReadableTable<&'static str, &'static [u8]>;
}

macro_rules! read_alike {
    ($($type:ty),*) => {
        $(impl Tables for $type {
            fn entries(&self) -> &impl ReadableTable<u64, &'static str> { &self.entries }
            fn sealed(&self) -> &impl ReadableTable<u64, &'static str> { &self.sealed }
            fn rows(&self) -> &impl ReadableTable<u64, &'static [u8]> { &self.rows }
            fn index(&self) -> &impl ReadableTable<(&'static str, u64), ()> { &self.index }
            fn subjects(&self) -> &impl ReadableTable<(u64, u64), ()> { &self.subjects }
            fn snapshots(&self) -> &impl ReadableTable<(u64, u64), &'static [u8]> { &self.snapshots }
            fn meta(&self) -> &impl ReadableTable<&'static str, &'static [u8]> { &self.meta }
        })*
    };
}

read_alike!(Writable<'_>, Readable);

/// An entry with what it says.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// The exact entry.
    pub entry: Entry,
    /// Its event; erased texts read as [`crate::domain::ERASED`].
    pub event: Event,
    /// Who, when, in which role.
    pub meta: EntryMeta,
}

impl LoggedEvent {
    /// # Errors
    /// Damage: the entry is not one of this version's.
    pub(super) fn of(entry: Entry) -> Result<LoggedEvent, StoreError> {
        let seq = entry.head().seq;
        let event = decode(&entry).map_err(|why| StoreError::at(seq, why))?;
        let meta = meta_of(entry.head()).map_err(|why| StoreError::at(seq, why))?;
        Ok(LoggedEvent { entry, event, meta })
    }
}

/// Where the log stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    /// The number of the last frame.
    pub(super) frame: u64,
    /// The time in the last entry's head; empty before the first.
    pub(super) time: String,
    /// The latest time in a head since the last entry about the clock, that entry included: so that what is borne of a
    /// clock that runs back does not add up from entry to entry.
    pub(super) latest: String,
    /// The tree; its size is the last sequence number.
    pub(super) frontier: Frontier,
}

impl State {
    pub(super) fn seq(&self) -> u64 {
        self.frontier.size()
    }

    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.frame.to_be_bytes().to_vec();
        bytes.extend_from_slice(self.time.as_bytes());
        if self.latest != self.time {
            bytes.push(b' ');
            bytes.extend_from_slice(self.latest.as_bytes());
        }
        bytes.push(0);
        bytes.extend_from_slice(&self.frontier.to_bytes());
        bytes
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Option<State> {
        let (frame, rest) = bytes.split_first_chunk::<8>()?;
        let (time, frontier) = rest.split_at_checked(rest.iter().position(|byte| *byte == 0)?)?;
        let time = std::str::from_utf8(time).ok()?;
        let (time, latest) = time.split_once(' ').unwrap_or((time, time));
        Some(State {
            frame: u64::from_be_bytes(*frame),
            time: time.to_owned(),
            latest: latest.to_owned(),
            frontier: Frontier::from_bytes(frontier.get(1..)?)?,
        })
    }
}

/// The value of an entry: head, signatures in base64, body. None of the three can hold a line feed.
pub(super) fn entry_value(entry: &Entry) -> String {
    let mut signatures = entry.signature().to_vec();
    signatures.extend(entry.second_signature().into_iter().flatten());
    format!("{}\n{}\n{}", entry.head_bytes(), STANDARD.encode(signatures), entry.body_bytes())
}

/// An entry from its value and its sealed text.
pub(super) fn entry_of(seq: u64, value: &str, text: Option<&str>) -> Result<Entry, StoreError> {
    let mut parts = value.split('\n');
    let (Some(head), Some(signatures), Some(body), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(StoreError::at(seq, fault!("entry_not_three_lines")));
    };
    let signatures =
        STANDARD.decode(signatures).map_err(|_| StoreError::at(seq, fault!("entry_signature_form")))?;
    let (first, rest) = signatures
        .split_first_chunk::<64>()
        .ok_or_else(|| StoreError::at(seq, fault!("entry_signature_cut")))?;
    let second = match rest.len() {
        0 => None,
        _ => Some(rest.try_into().map_err(|_| StoreError::at(seq, fault!("entry_second_signature_cut")))?),
    };
    let entry = Entry::from_parts(head.to_owned(), *first, second, body.to_owned(), text.map(str::to_owned))
        .map_err(|why| StoreError::at(seq, why.fault()))?;
    if entry.head().seq == seq { Ok(entry) } else { Err(StoreError::at(seq, fault!("entry_other"))) }
}

/// The time in the head of an entry's value, without reading the rest of it.
pub(super) fn time_of(seq: u64, value: &str) -> Result<Stamp, StoreError> {
    let time = Head::time_in(value).and_then(|time| Stamp::parse_from_rfc3339(time).ok());
    time.ok_or_else(|| StoreError::at(seq, fault!("entry_no_time")))
}

/// A row without its noun, which its key says: postcard, whose bytes hold no names. Another shape of a row is
/// another [`VIEWS_VERSION`].
pub(super) fn row_bytes(row: &Row) -> Result<Vec<u8>, StoreError> {
    struct Alone<'r>(&'r Row);
    impl serde::Serialize for Alone<'_> {
        fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
            self.0.serialize_alone(to)
        }
    }
    postcard::to_stdvec(&Alone(row))
        .map_err(|why| StoreError::Broken(fault!("row_not_written", why = why.to_string())))
}

/// The row under a key.
pub(super) fn row_of(key: u64, bytes: &[u8]) -> Result<Row, StoreError> {
    let id = Id::from_key(key)
        .ok_or_else(|| StoreError::Damaged { what: fault!("row_of_no_record", key = key) })?;
    let mut from = postcard::Deserializer::from_bytes(bytes);
    let row = Row::deserialize_alone(id.noun, &mut from).and_then(|row| match from.finalize()? {
        [] => Ok(row),
        // Whatever follows a row is damage.
        _ => Err(postcard::Error::DeserializeBadEncoding),
    });
    let row = row.map_err(|why| StoreError::Damaged {
        what: fault!("row_unreadable", record = id, why = why.to_string()),
    })?;
    if row.id() == id {
        Ok(row)
    } else {
        Err(StoreError::Damaged { what: fault!("row_of_another", record = id, other = row.id()) })
    }
}

/// A stored key's id.
pub(super) fn id_of(key: u64) -> Result<Id, StoreError> {
    Id::from_key(key).ok_or_else(|| StoreError::Damaged { what: fault!("index_no_record", key = key) })
}

/// What is asked of the tables from everywhere.
pub(super) trait Lookups: Tables {
    fn get_row(&self, id: Id) -> Result<Option<Row>, StoreError> {
        match self.rows().get(id.key())? {
            Some(bytes) => row_of(id.key(), bytes.value()).map(Some),
            None => Ok(None),
        }
    }

    fn get_ids(&self, key: &str) -> Result<Vec<Id>, StoreError> {
        let range = self.index().range::<(&str, u64)>((key, 0)..=(key, u64::MAX))?;
        range.map(|found| id_of(found?.0.value().1)).collect()
    }

    fn last_of(&self, noun: Noun) -> Result<u32, StoreError> {
        let mut range = self.rows().range(Id::new(noun, 0).key()..=Id::new(noun, u32::MAX).key())?;
        match range.next_back() {
            Some(found) => Ok(id_of(found?.0.value())?.n),
            None => Ok(0),
        }
    }

    fn get_entry(&self, seq: u64) -> Result<Option<Entry>, StoreError> {
        let Some(value) = self.entries().get(seq)? else { return Ok(None) };
        let text = self.sealed().get(seq)?;
        entry_of(seq, value.value(), text.as_ref().map(|text| text.value())).map(Some)
    }

    /// An entry that another table says is there.
    fn told(&self, seq: u64) -> Result<LoggedEvent, StoreError> {
        let entry = self.get_entry(seq)?.ok_or_else(|| StoreError::at(seq, fault!("entry_missing")))?;
        LoggedEvent::of(entry)
    }

    fn meta_text(&self, key: &str) -> Result<Option<String>, StoreError> {
        meta_text(self.meta(), key)
    }

    fn meta_number<T: FromStr>(&self, key: &str) -> Result<Option<T>, StoreError> {
        meta_number(self.meta(), key)
    }

    fn state(&self) -> Result<State, StoreError> {
        state_of(self.meta())
    }
}

pub(super) fn meta_text(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
    key: &str,
) -> Result<Option<String>, StoreError> {
    match meta.get(key)? {
        Some(bytes) => match std::str::from_utf8(bytes.value()) {
            Ok(text) => Ok(Some(text.to_owned())),
            Err(_) => Err(StoreError::Damaged { what: fault!("meta_no_text", key = key) }),
        },
        None => Ok(None),
    }
}

pub(super) fn meta_number<T: FromStr>(
    meta: &impl ReadableTable<&'static str, &'static [u8]>,
    key: &str,
) -> Result<Option<T>, StoreError> {
    match meta_text(meta, key)? {
        Some(text) => match text.parse() {
            Ok(number) => Ok(Some(number)),
            Err(_) => Err(StoreError::Damaged { what: fault!("meta_no_number", key = key) }),
        },
        None => Ok(None),
    }
}

pub(super) fn state_of(meta: &impl ReadableTable<&'static str, &'static [u8]>) -> Result<State, StoreError> {
    let bytes = meta.get(STATE_KEY)?;
    bytes
        .and_then(|bytes| State::from_bytes(bytes.value()))
        .ok_or_else(|| StoreError::Damaged { what: fault!("meta_state") })
}

impl<T: Tables> Lookups for T {}

impl Writable<'_> {
    pub(super) fn put_state(&mut self, state: &State) -> Result<(), StoreError> {
        self.meta.insert(STATE_KEY, state.to_bytes().as_slice())?;
        Ok(())
    }
}

/// Writes where the log stands when no table is open.
pub(super) fn put_state(txn: &WriteTransaction, state: &State) -> Result<(), StoreError> {
    txn.open_table(META)?.insert(STATE_KEY, state.to_bytes().as_slice())?;
    Ok(())
}

macro_rules! views {
    ($($type:ty),*) => {
        $(impl View for $type {
            fn row(&self, id: Id) -> Result<Option<Row>, Broken> { Ok(self.get_row(id)?) }
            fn find(&self, key: &str) -> Result<Vec<Id>, Broken> { Ok(self.get_ids(key)?) }
            fn last(&self, noun: Noun) -> Result<u32, Broken> { Ok(self.last_of(noun)?) }
        })*
    };
}

views!(Writable<'_>, Readable);
