//! What is asked of every engine.

use crate::world::{Person, Record, Visit};
use crate::{daicho_books, plain_redb, sqlcipher, whole_file};
use chrono::NaiveDate;
use std::path::Path;

/// The most people that a search shows.
pub const SHOWN: usize = 50;
/// Bytes that an engine may keep in memory: what daicho's two caches hold together.
pub const CACHE: usize = daicho::vault::DEFAULT_CACHE + daicho_books::STORE_CACHE;

/// An engine with its books open.
pub trait Engine {
    /// Writes records as one commit, on the disk when it returns.
    fn write(&mut self, records: &[Record]);
    /// A visit by its number.
    fn visit(&mut self, id: u32) -> Option<Visit>;
    /// Every visit that began on these days, both included.
    fn days(&mut self, from: NaiveDate, to: NaiveDate) -> Vec<Visit>;
    /// The first people in whose folded texts one of these keys stands.
    fn search(&mut self, keys: &[String]) -> Vec<Person>;
    /// Brings what was written since the last time into the main file; `false` where there is no such thing.
    fn checkpoint(&mut self) -> bool;
    /// Frees what growth and deletion left, in the file itself; `false` where that is not done.
    fn compact(&mut self) -> bool {
        false
    }
    /// Bytes of keys and values, where the engine counts them.
    fn live_bytes(&self) -> Option<u64> {
        None
    }
    /// Frames and bytes of the journal since the last checkpoint, where that is known.
    fn journal(&self) -> Option<(u64, u64)> {
        None
    }
    /// Closes the books.
    fn close(self: Box<Self>);
}

/// The engines, in the order of the table.
pub const ENGINES: &[&str] = &["daicho", "redb", "sqlcipher", "whole-file"];
/// Books above this many records are not written as a whole at each commit: one would take seconds.
pub const MOST_WHOLE: u64 = 100_000;

/// Whether an engine takes part at a size.
pub fn takes_part(engine: &str, records: u64) -> bool {
    engine != "whole-file" || records <= MOST_WHOLE
}

/// Makes empty books in an empty folder.
pub fn create(engine: &str, folder: &Path) {
    std::fs::create_dir_all(folder).expect("a folder");
    match engine {
        "daicho" => daicho_books::create(folder),
        "redb" => plain_redb::create(folder),
        "sqlcipher" => sqlcipher::create(folder),
        "whole-file" => whole_file::create(folder),
        other => panic!("{other}: no such engine"),
    }
}

/// Opens the books in a folder. What a password costs is no part of it, for none of them.
pub fn open(engine: &str, folder: &Path) -> Box<dyn Engine> {
    match engine {
        "daicho" => Box::new(daicho_books::Books::open(folder)),
        "redb" => Box::new(plain_redb::Books::open(folder)),
        "sqlcipher" => Box::new(sqlcipher::Books::open(folder)),
        "whole-file" => Box::new(whole_file::Books::open(folder)),
        other => panic!("{other}: no such engine"),
    }
}
