//! The books as of one moment: records, history, the log itself, drafts and slots.

use super::StoreError;
use super::tables::{LoggedEvent, Lookups, Readable, time_of};
use super::texts::Held;
use crate::domain::{Broken, Command, Id, Moments, Noun, Row, Stamp, View, key};
use crate::fault::fault;
use crate::log::Hash;
use chrono::FixedOffset;
use redb::{Database, ReadTransaction, ReadableDatabase, ReadableTable};
use std::collections::BTreeMap;

/// A stretch of the log, newest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Log {
    /// The entries.
    pub entries: Vec<LoggedEvent>,
    /// Where to go on: the next call's `before`.
    pub next: Option<u64>,
}

/// A short read transaction. What is committed later is not seen by it.
pub struct Reading {
    pub(super) tables: Readable,
    /// Moments are told in this zone, whatever offset they were entered with; as entered where there is none.
    pub(super) zone: Option<FixedOffset>,
    pub(super) held: Held,
    _txn: ReadTransaction,
}

impl std::fmt::Debug for Reading {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Reading").finish_non_exhaustive()
    }
}

impl Reading {
    pub(super) fn begin(
        database: &Database,
        zone: Option<FixedOffset>,
        held: &Held,
    ) -> Result<Reading, StoreError> {
        let txn = database.begin_read()?;
        Ok(Reading { tables: Readable::open(&txn)?, zone, held: held.clone(), _txn: txn })
    }

    /// A moment as it is told.
    pub(super) fn in_zone(&self, time: Stamp) -> Stamp {
        self.zone.map_or(time, |zone| time.with_timezone(&zone))
    }

    /// A row as it is told.
    pub(super) fn told_row(&self, row: Row) -> Row {
        match self.zone {
            Some(zone) => row.in_zone(zone),
            None => row,
        }
    }

    /// An entry as it is told. Its exact bytes stay.
    fn told(&self, mut told: LoggedEvent) -> LoggedEvent {
        if let Some(zone) = self.zone {
            told.meta.time.to_zone(zone);
            told.event.at.to_zone(zone);
            told.event.command.to_zone(zone);
        }
        told
    }

    /// The row of an id.
    ///
    /// # Errors
    /// Damage, or storage. So below.
    pub fn get(&self, id: Id) -> Result<Option<Row>, StoreError> {
        Ok(self.tables.get_row(id)?.map(|row| self.told_row(row)))
    }

    /// The row of an id as the type that its noun has.
    pub fn get_as<T: TryFrom<Row>>(&self, id: Id) -> Result<Option<T>, StoreError> {
        Ok(self.get(id)?.and_then(|row| T::try_from(row).ok()))
    }

    /// The ids under an index key, ascending.
    pub fn ids(&self, key: &str) -> Result<Vec<Id>, StoreError> {
        self.tables.get_ids(key)
    }

    /// The attachments whose contents are to lie beside the books, by the names under which they do.
    pub fn attachments(&self) -> Result<BTreeMap<String, Id>, StoreError> {
        let mut named = BTreeMap::new();
        for found in self.tables.index.range::<(&str, u64)>((key::BLOBS, 0)..)? {
            let found = found?.0;
            let (key, id) = found.value();
            let Some(name) = key.strip_prefix(key::BLOBS) else { break };
            named.insert(name.to_owned(), super::tables::id_of(id)?);
        }
        Ok(named)
    }

    /// The rows under an index key, by id. For keys that hold few: what is inside, open, due.
    pub fn rows_under(&self, key: &str) -> Result<Vec<Row>, StoreError> {
        let mut rows = Vec::new();
        for id in self.ids(key)? {
            rows.extend(self.get(id)?);
        }
        Ok(rows)
    }

    /// How many ids stand under an index key, counted no further than `most`.
    pub fn count_under(&self, key: &str, most: usize) -> Result<usize, StoreError> {
        let range = self.tables.index.range::<(&str, u64)>((key, 0)..=(key, u64::MAX))?;
        range.take(most).try_fold(0, |count, found| found.map(|_| count + 1).map_err(StoreError::from))
    }

    /// The last sequence number.
    pub fn last_seq(&self) -> Result<u64, StoreError> {
        Ok(self.tables.state()?.seq())
    }

    /// An entry and what it says.
    pub fn entry(&self, seq: u64) -> Result<Option<LoggedEvent>, StoreError> {
        Ok(self.tables.get_entry(seq)?.map(LoggedEvent::of).transpose()?.map(|told| self.told(told)))
    }

    /// The root over the log up to and with an entry, hex: the entry behind it is signed over that. `None`: there is none
    /// behind it.
    pub fn root_before_next(&self, seq: u64) -> Result<Option<String>, StoreError> {
        let next = self.entry(seq.saturating_add(1))?;
        Ok(next.map(|told| told.entry.head().prev.clone()))
    }

    /// The sequence number that a request id got.
    pub fn request(&self, request: &str) -> Result<Option<u64>, StoreError> {
        Ok(ReadableTable::get(&self.tables.requests, request)?.map(|seq| seq.value()))
    }

    /// Entries before a sequence number (`u64::MAX`: from the end), newest first; of one kind where one is named.
    pub fn log(&self, before: u64, kind: Option<&str>, limit: usize) -> Result<Log, StoreError> {
        self.log_when(before, kind, None, limit)
    }

    /// As [`Reading::log`], only entries at whose times `when` says yes. Order is the sequence, and a clock may have
    /// been wrong: an entry of another day says nothing of those before it, so that all are asked for their times.
    pub fn log_when(
        &self,
        before: u64,
        kind: Option<&str>,
        when: Option<&dyn Fn(Stamp) -> bool>,
        limit: usize,
    ) -> Result<Log, StoreError> {
        let wanted = |seq: u64, value: Option<&str>| match (when, value) {
            (None, _) => Ok(true),
            (Some(when), Some(value)) => time_of(seq, value).map(|time| when(self.in_zone(time))),
            (Some(_), None) => Err(StoreError::at(seq, fault!("entry_missing"))),
        };
        let mut seqs = Vec::new();
        match kind {
            Some(kind) => {
                for found in self.tables.kinds.range::<(&str, u64)>((kind, 0)..(kind, before))?.rev() {
                    let seq = found?.0.value().1;
                    let value = match when {
                        Some(_) => ReadableTable::get(&self.tables.entries, seq)?,
                        None => None,
                    };
                    if wanted(seq, value.as_ref().map(|value| value.value()))? {
                        seqs.push(seq);
                    }
                    if seqs.len() >= limit {
                        break;
                    }
                }
            }
            None => {
                for found in self.tables.entries.range(0..before)?.rev() {
                    let (seq, value) = found?;
                    if wanted(seq.value(), Some(value.value()))? {
                        seqs.push(seq.value());
                    }
                    if seqs.len() >= limit {
                        break;
                    }
                }
            }
        }
        self.tell(seqs, limit)
    }

    /// Refused attempts before a sequence number, newest first.
    pub fn refused(&self, before: u64, limit: usize) -> Result<Log, StoreError> {
        let kind = Command::RecordRefusal(Default::default()).past();
        self.log(before, Some(kind), limit)
    }

    /// Entries that touch or are about a record, before a sequence number, newest first.
    pub fn history(&self, id: Id, before: u64, limit: usize) -> Result<Log, StoreError> {
        let range = self.tables.subjects.range((id.key(), 0)..(id.key(), before))?;
        let mut seqs = Vec::new();
        for found in range.rev().take(limit) {
            seqs.push(found?.0.value().1);
        }
        self.tell(seqs, limit)
    }

    fn tell(&self, seqs: Vec<u64>, limit: usize) -> Result<Log, StoreError> {
        let next = seqs.last().copied().filter(|_| seqs.len() == limit);
        let told = |seq| self.tables.told(seq).map(|told| self.told(told));
        let entries = seqs.into_iter().map(told).collect::<Result<_, _>>()?;
        Ok(Log { entries, next })
    }

    /// Leaf hashes from a sequence number on, in order, at most `limit`: for proofs and checkpoints.
    pub fn leaves(&self, from: u64, limit: usize) -> Result<Vec<Hash>, StoreError> {
        let range = self.tables.leaves.range(from..)?;
        range.take(limit).map(|found| Ok(*found?.1.value())).collect()
    }

    /// A draft.
    pub fn draft(&self, user: &str, form: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(ReadableTable::get(&self.tables.drafts, (user, form))?.map(|bytes| bytes.value().to_vec()))
    }

    /// The forms of which a user has drafts.
    pub fn drafts_of(&self, user: &str) -> Result<Vec<String>, StoreError> {
        let mut forms = Vec::new();
        for found in self.tables.drafts.range::<(&str, &str)>((user, "")..)? {
            let (key, _) = found?;
            let (owner, form) = key.value();
            if owner != user {
                break;
            }
            forms.push(form.to_owned());
        }
        Ok(forms)
    }

    /// The projection of a key file.
    pub fn slot(&self, name: &str) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(ReadableTable::get(&self.tables.slots, name)?.map(|bytes| bytes.value().to_vec()))
    }

    /// Every projection of a key file, by name.
    pub fn slots(&self) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
        let range = self.tables.slots.range::<&str>(..)?;
        range
            .map(|found| found.map(|(name, bytes)| (name.value().to_owned(), bytes.value().to_vec())))
            .map(|found| found.map_err(StoreError::from))
            .collect()
    }
}

impl View for Reading {
    fn row(&self, id: Id) -> Result<Option<Row>, Broken> {
        Ok(self.tables.row(id)?.map(|row| self.told_row(row)))
    }

    fn find(&self, key: &str) -> Result<Vec<Id>, Broken> {
        self.tables.find(key)
    }

    fn last(&self, noun: Noun) -> Result<u32, Broken> {
        self.tables.last(noun)
    }
}
