//! What the rules may ask of the registers, and the registers in memory.

use super::{Broken, Id, Noun, Row};
use crate::fault::fault;
use std::collections::{BTreeMap, BTreeSet};

/// Read access to the registers, as `decide` needs it. The store implements it over its tables.
pub trait View {
    /// The row of an id.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    fn row(&self, id: Id) -> Result<Option<Row>, Broken>;

    /// The ids under an index key (see [`key`]), ascending.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    fn find(&self, key: &str) -> Result<Vec<Id>, Broken>;

    /// The highest number given to a noun so far; 0 if none.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    fn last(&self, noun: Noun) -> Result<u32, Broken>;

    /// The id the next record of a noun gets.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read, or all numbers are given.
    fn next(&self, noun: Noun) -> Result<Id, Broken> {
        let n = self
            .last(noun)?
            .checked_add(1)
            .ok_or_else(|| Broken(fault!("no_numbers_left", noun = noun.name())))?;
        Ok(Id::new(noun, n))
    }
}

/// Index keys: exact texts under which rows are found. A row says its own through [`Row::index_keys`].
pub mod key {
    use super::super::{Date, Id, Noun};
    use chrono::{Datelike, Months};

    /// All rows of a noun in a state: `visit/inside`.
    pub fn state(noun: Noun, state: &str) -> String {
        format!("{}/{state}", noun.name())
    }

    /// All rows of a noun that belong to another record: `visit/P-00003`.
    pub fn of(noun: Noun, id: Id) -> String {
        format!("{}/{id}", noun.name())
    }

    /// Visits now inside that a person escorts: `escort/P-00003`.
    pub fn escort(person: Id) -> String {
        format!("escort/{person}")
    }

    /// The visit of a person who is inside now: `inside/P-00003`.
    pub fn inside(person: Id) -> String {
        format!("inside/{person}")
    }

    /// Rows of a noun on a day: `visit/2026-11-20`.
    pub fn day(noun: Noun, day: Date) -> String {
        format!("{}/{}", noun.name(), day.format("%Y-%m-%d"))
    }

    /// Rows of a noun whose period ends on a day, while they are in force: `permit/until/2026-11-20`.
    pub fn until(noun: Noun, day: Date) -> String {
        format!("{}/until/{}", noun.name(), day.format("%Y-%m-%d"))
    }

    /// Permits in force at some time of a month, by worker: `permit/P-00003/2026-11`. A worker who comes every
    /// day for years is found without reading the permits of all those years.
    pub fn in_month(noun: Noun, id: Id, day: Date) -> String {
        format!("{}/{id}/{}", noun.name(), day.format("%Y-%m"))
    }

    /// One day of each month that a period touches, at most 24 of them.
    pub fn months(from: Date, to: Date) -> Vec<Date> {
        let first = from.with_day(1).unwrap_or(from);
        (0..24).map_while(|n| first.checked_add_months(Months::new(n))).take_while(|day| *day <= to).collect()
    }

    /// The row with a number or login ID of its own: `badge/no/B-017`, `user/no/tanaka`.
    pub fn number(noun: Noun, number: &str) -> String {
        format!("{}/no/{number}", noun.name())
    }

    /// What all keys of contents that lie beside the books begin with.
    pub const BLOBS: &str = "blob/";

    /// The attachment whose contents lie beside the books under a name: `blob/<hex>`.
    pub fn blob(name: &str) -> String {
        format!("{BLOBS}{name}")
    }

    /// The user to whom a verifying key belongs or belonged: `key/<hex>`.
    pub fn key(key: &str) -> String {
        format!("key/{key}")
    }
}

/// The registers in memory: for the rules' own tests, and for `check`, which decides the whole log again.
#[derive(Clone, Debug, Default)]
pub struct Registers {
    rows: BTreeMap<Id, Row>,
    index: BTreeMap<String, BTreeSet<Id>>,
}

impl Registers {
    /// Empty registers.
    pub fn new() -> Registers {
        Registers::default()
    }

    /// Puts a row in place of the one before, and keeps the index with it.
    pub fn put(&mut self, id: Id, row: Row) {
        if let Some(old) = self.rows.get(&id) {
            for key in old.index_keys() {
                if let Some(ids) = self.index.get_mut(&key) {
                    ids.remove(&id);
                    if ids.is_empty() {
                        self.index.remove(&key);
                    }
                }
            }
        }
        for key in row.index_keys() {
            self.index.entry(key).or_default().insert(id);
        }
        self.rows.insert(id, row);
    }

    /// Whether there is a row of an id.
    pub fn has(&self, id: Id) -> bool {
        self.rows.contains_key(&id)
    }

    /// Every row, by id.
    pub fn rows(&self) -> impl Iterator<Item = (Id, &Row)> {
        self.rows.iter().map(|(id, row)| (*id, row))
    }
}

impl View for Registers {
    fn row(&self, id: Id) -> Result<Option<Row>, Broken> {
        Ok(self.rows.get(&id).cloned())
    }

    fn find(&self, key: &str) -> Result<Vec<Id>, Broken> {
        Ok(self.index.get(key).map(|ids| ids.iter().copied().collect()).unwrap_or_default())
    }

    fn last(&self, noun: Noun) -> Result<u32, Broken> {
        let range = Id::new(noun, 0)..=Id::new(noun, u32::MAX);
        Ok(self.rows.range(range).next_back().map_or(0, |(id, _)| id.n))
    }
}

impl<V: View + ?Sized> View for std::sync::Arc<V> {
    fn row(&self, id: Id) -> Result<Option<Row>, Broken> {
        (**self).row(id)
    }

    fn find(&self, key: &str) -> Result<Vec<Id>, Broken> {
        (**self).find(key)
    }

    fn last(&self, noun: Noun) -> Result<u32, Broken> {
        (**self).last(noun)
    }
}
