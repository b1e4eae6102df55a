//! SQLCipher with its own cipher and page size, WAL and `synchronous = FULL`: one table of people, one of visits,
//! an index by day and one by person, the folded names in FTS5 with the trigram tokenizer. Nothing signed.

use crate::engine::{CACHE, Engine, SHOWN};
use crate::world::{Person, Record, Stamp, Visit};
use chrono::NaiveDate;
use rusqlite::{Connection, Row, params};
use std::collections::BTreeSet;
use std::path::Path;

/// A raw key: what a password costs is not measured.
const KEY: &str = "x'2DD29CA851E7B56E4697B0E1F08507293D761A05CE4D1B628663F411A8086D99'";
/// Shorter ones the trigram tokenizer does not find; they are looked for in every row.
const TRIGRAM: usize = 3;

const TABLES: &str = "
    CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL, kana TEXT NOT NULL, organisation TEXT NOT NULL,
        contact TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT NOT NULL, folded TEXT NOT NULL);
    CREATE TABLE visits (id INTEGER PRIMARY KEY, person INTEGER NOT NULL, day TEXT NOT NULL, zone TEXT NOT NULL,
        rack TEXT NOT NULL, purpose TEXT NOT NULL, identification TEXT NOT NULL, visited TEXT NOT NULL,
        carried_in TEXT NOT NULL, carried_out TEXT NOT NULL, remarks TEXT NOT NULL, came TEXT NOT NULL, gone TEXT);
    CREATE INDEX visits_by_day ON visits (day);
    CREATE INDEX visits_by_person ON visits (person);
    CREATE VIRTUAL TABLE names USING fts5 (folded, content = 'people', content_rowid = 'id', tokenize = 'trigram');
";

pub struct Books(Connection);

fn open(folder: &Path) -> Connection {
    let books = Connection::open(folder.join("books.db")).expect("the books open");
    books.pragma_update(None, "key", KEY).expect("the key");
    let mode: String =
        books.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0)).expect("the journal's mode");
    assert_eq!(mode, "wal");
    books.pragma_update(None, "synchronous", "FULL").expect("the sync's mode");
    books.pragma_update(None, "cache_size", -((CACHE >> 10) as i64)).expect("the cache's size");
    books.set_prepared_statement_cache_capacity(32);
    books
}

pub fn create(folder: &Path) {
    open(folder).execute_batch(TABLES).expect("the tables");
}

/// SQLCipher's version, and its provider of ciphers.
pub fn version() -> String {
    let books = Connection::open_in_memory().expect("a database");
    let ask = |pragma: &str| books.query_row(pragma, [], |row| row.get::<_, String>(0)).unwrap_or_default();
    format!("{} on SQLite {}", ask("PRAGMA cipher_version"), rusqlite::version())
}

fn visit_of(row: &Row<'_>) -> rusqlite::Result<Visit> {
    let stamp = |text: String| Stamp::parse_from_rfc3339(&text).expect("a time");
    Ok(Visit {
        id: row.get(0)?,
        person: row.get(1)?,
        zone: row.get(2)?,
        rack: row.get(3)?,
        purpose: row.get(4)?,
        identification: row.get(5)?,
        visited: row.get(6)?,
        carried_in: row.get(7)?,
        carried_out: row.get(8)?,
        remarks: row.get(9)?,
        came: stamp(row.get(10)?),
        left: row.get::<_, Option<String>>(11)?.map(stamp),
    })
}

fn person_of(row: &Row<'_>) -> rusqlite::Result<Person> {
    let day = |text: String| text.parse::<NaiveDate>().expect("a day");
    Ok(Person {
        id: row.get(0)?,
        name: row.get(1)?,
        kana: row.get(2)?,
        organisation: row.get(3)?,
        contact: row.get(4)?,
        from: day(row.get(5)?),
        to: day(row.get(6)?),
    })
}

const VISIT: &str = "SELECT id, person, zone, rack, purpose, identification, visited, carried_in, carried_out, \
                     remarks, came, gone FROM visits";
const PERSON: &str = "SELECT id, name, kana, organisation, contact, valid_from, valid_to FROM people";

impl Books {
    pub fn open(folder: &Path) -> Books {
        let books = open(folder);
        // The key is tried at the first read only.
        books.query_row("SELECT count(*) FROM sqlite_master", [], |_| Ok(())).expect("the books are read");
        Books(books)
    }
}

impl Engine for Books {
    fn write(&mut self, records: &[Record]) {
        let txn = self.0.transaction().expect("a transaction");
        for record in records {
            match record {
                Record::Register(_, person) => {
                    let folded = person.folded().join("\n");
                    txn.prepare_cached("INSERT INTO people VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
                        .and_then(|mut insert| {
                            insert.execute(params![
                                person.id,
                                person.name,
                                person.kana,
                                person.organisation,
                                person.contact,
                                person.from.to_string(),
                                person.to.to_string(),
                                folded
                            ])
                        })
                        .expect("inserted");
                    txn.prepare_cached("INSERT INTO names (rowid, folded) VALUES (?1, ?2)")
                        .and_then(|mut insert| insert.execute(params![person.id, folded]))
                        .expect("inserted");
                }
                Record::Enter(visit) => {
                    txn.prepare_cached(
                        "INSERT INTO visits VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, NULL)",
                    )
                    .and_then(|mut insert| {
                        insert.execute(params![
                            visit.id,
                            visit.person,
                            visit.came.date_naive().to_string(),
                            visit.zone,
                            visit.rack,
                            visit.purpose,
                            visit.identification,
                            visit.visited,
                            visit.carried_in,
                            visit.carried_out,
                            visit.remarks,
                            visit.came.to_rfc3339()
                        ])
                    })
                    .expect("inserted");
                }
                Record::Leave { visit, at, carried_out, .. } => {
                    let changed = txn
                        .prepare_cached("UPDATE visits SET gone = ?2, carried_out = ?3 WHERE id = ?1")
                        .and_then(|mut update| update.execute(params![visit, at.to_rfc3339(), carried_out]));
                    assert_eq!(changed.expect("updated"), 1);
                }
            }
        }
        txn.commit().expect("committed");
    }

    fn visit(&mut self, id: u32) -> Option<Visit> {
        let mut ask = self.0.prepare_cached(&format!("{VISIT} WHERE id = ?1")).expect("prepared");
        let mut rows = ask.query_map([id], visit_of).expect("read");
        rows.next().map(|row| row.expect("read"))
    }

    fn days(&mut self, from: NaiveDate, to: NaiveDate) -> Vec<Visit> {
        let ask = format!("{VISIT} WHERE day BETWEEN ?1 AND ?2 ORDER BY day, id");
        let mut ask = self.0.prepare_cached(&ask).expect("prepared");
        let rows = ask.query_map([from.to_string(), to.to_string()], visit_of).expect("read");
        rows.map(|row| row.expect("read")).collect()
    }

    fn search(&mut self, keys: &[String]) -> Vec<Person> {
        let mut seen = BTreeSet::new();
        let mut found = Vec::new();
        for key in keys {
            let (ask, key) = if key.chars().count() < TRIGRAM {
                // No key of the profile's alphabet holds a wildcard.
                (format!("{PERSON} WHERE folded LIKE ?1 LIMIT {SHOWN}"), format!("%{key}%"))
            } else {
                let ids = format!("SELECT rowid FROM names WHERE names MATCH ?1 LIMIT {SHOWN}");
                (format!("{PERSON} WHERE id IN ({ids})"), format!("\"{}\"", key.replace('"', "\"\"")))
            };
            let mut ask = self.0.prepare_cached(&ask).expect("prepared");
            for person in ask.query_map([key], person_of).expect("read") {
                let person = person.expect("read");
                if found.len() < SHOWN && seen.insert(person.id) {
                    found.push(person);
                }
            }
        }
        found
    }

    fn checkpoint(&mut self) -> bool {
        let busy: i64 =
            self.0.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0)).expect("a checkpoint");
        assert_eq!(busy, 0);
        true
    }

    fn compact(&mut self) -> bool {
        self.0.execute_batch("VACUUM").expect("compacted");
        self.checkpoint()
    }

    fn close(self: Box<Self>) {
        self.0.close().map_err(|(_, error)| error).expect("the books close");
    }
}
