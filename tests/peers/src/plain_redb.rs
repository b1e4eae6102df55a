//! Plain redb: rows as JSON, an index by day and one by person, and the folded suffixes of names. Not encrypted,
//! nothing signed.

use crate::engine::{CACHE, Engine, SHOWN};
use crate::world::{Person, Record, Visit};
use chrono::{Datelike, NaiveDate};
use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition};
use std::collections::BTreeSet;
use std::path::Path;

const PEOPLE: TableDefinition<u32, &[u8]> = TableDefinition::new("people");
const VISITS: TableDefinition<u32, &[u8]> = TableDefinition::new("visits");
const BY_DAY: TableDefinition<(i32, u32), ()> = TableDefinition::new("by_day");
const BY_PERSON: TableDefinition<(u32, u32), ()> = TableDefinition::new("by_person");
const TEXT: TableDefinition<(&str, u32), ()> = TableDefinition::new("text");
/// Longer texts are not searched to their end.
const MOST_SUFFIXES: usize = 128;
/// Characters of a suffix that are kept: no key is longer.
const SUFFIX_CHARS: usize = 32;

/// What follows from each character of a text on: a scan over the keys that begin with what was typed finds it anywhere.
fn suffixes(text: &str) -> impl Iterator<Item = &str> {
    text.char_indices().take(MOST_SUFFIXES).filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let end = rest.char_indices().nth(SUFFIX_CHARS).map_or(rest.len(), |(end, _)| end);
        rest.get(..end)
    })
}

pub struct Books(Database);

fn open(folder: &Path) -> Database {
    Database::builder().set_cache_size(CACHE).create(folder.join("books.redb")).expect("the books open")
}

pub fn create(folder: &Path) {
    let books = open(folder);
    let txn = books.begin_write().expect("a transaction");
    txn.open_table(PEOPLE).expect("a table");
    txn.open_table(VISITS).expect("a table");
    txn.open_table(BY_DAY).expect("a table");
    txn.open_table(BY_PERSON).expect("a table");
    txn.open_table(TEXT).expect("a table");
    txn.commit().expect("committed");
}

fn json(row: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(row).expect("a row")
}

fn visit_of(bytes: &[u8]) -> Visit {
    serde_json::from_slice(bytes).expect("a visit")
}

impl Books {
    pub fn open(folder: &Path) -> Books {
        Books(open(folder))
    }
}

impl Engine for Books {
    fn write(&mut self, records: &[Record]) {
        let txn = self.0.begin_write().expect("a transaction");
        {
            let mut people = txn.open_table(PEOPLE).expect("a table");
            let mut visits = txn.open_table(VISITS).expect("a table");
            let mut by_day = txn.open_table(BY_DAY).expect("a table");
            let mut by_person = txn.open_table(BY_PERSON).expect("a table");
            let mut text = txn.open_table(TEXT).expect("a table");
            for record in records {
                match record {
                    Record::Register(_, person) => {
                        people.insert(person.id, json(person).as_slice()).expect("inserted");
                        for folded in person.folded() {
                            for suffix in suffixes(&folded) {
                                text.insert((suffix, person.id), ()).expect("inserted");
                            }
                        }
                    }
                    Record::Enter(visit) => {
                        visits.insert(visit.id, json(visit).as_slice()).expect("inserted");
                        let day = visit.came.date_naive().num_days_from_ce();
                        by_day.insert((day, visit.id), ()).expect("inserted");
                        by_person.insert((visit.person, visit.id), ()).expect("inserted");
                    }
                    Record::Leave { visit, at, carried_out, .. } => {
                        let mut row = {
                            let found = visits.get(visit).expect("read").expect("there");
                            visit_of(found.value())
                        };
                        row.left = Some(*at);
                        row.carried_out.clone_from(carried_out);
                        visits.insert(visit, json(&row).as_slice()).expect("inserted");
                    }
                }
            }
        }
        txn.commit().expect("committed");
    }

    fn visit(&mut self, id: u32) -> Option<Visit> {
        let txn = self.0.begin_read().expect("a transaction");
        let visits = txn.open_table(VISITS).expect("a table");
        visits.get(id).expect("read").map(|found| visit_of(found.value()))
    }

    fn days(&mut self, from: NaiveDate, to: NaiveDate) -> Vec<Visit> {
        let txn = self.0.begin_read().expect("a transaction");
        let visits = txn.open_table(VISITS).expect("a table");
        let by_day = txn.open_table(BY_DAY).expect("a table");
        let range = (from.num_days_from_ce(), 0)..=(to.num_days_from_ce(), u32::MAX);
        let ids = by_day.range(range).expect("read").map(|found| found.expect("read").0.value().1);
        ids.map(|id| visit_of(visits.get(id).expect("read").expect("there").value())).collect()
    }

    fn search(&mut self, keys: &[String]) -> Vec<Person> {
        let txn = self.0.begin_read().expect("a transaction");
        let people = txn.open_table(PEOPLE).expect("a table");
        let text = txn.open_table(TEXT).expect("a table");
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for key in keys {
            for hit in text.range((key.as_str(), 0)..).expect("read") {
                let hit = hit.expect("read").0;
                let (suffix, id) = hit.value();
                if !suffix.starts_with(key.as_str()) || found.len() >= SHOWN {
                    break;
                }
                if seen.insert(id) {
                    let row = people.get(id).expect("read").expect("there");
                    found.push(serde_json::from_slice(row.value()).expect("a person"));
                }
            }
        }
        found
    }

    fn checkpoint(&mut self) -> bool {
        false
    }

    fn compact(&mut self) -> bool {
        self.0.compact().expect("compacted");
        true
    }

    fn close(self: Box<Self>) {}
}
