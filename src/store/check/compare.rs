//! What is stored, beside what the entries make.

use super::replay::{Kept, Replay};
use super::sum::Sum;
use super::{CheckFinding, Flaw, Going};
use crate::domain::{Id, Registers, Row, View, fold, touches};
use crate::log::Verified;
use crate::store::apply::{about, index_keys, is_snapshot};
use crate::store::tables::{EPOCH_KEY, Lookups, NEWER_KEY, Readable, STAY_KEY, State, row_bytes};
use crate::store::texts::text_of;
use crate::store::{Step, StoreError};
use redb::ReadableTableMetadata;
use std::collections::BTreeSet;

/// How many records of a table pass between two tellings of progress.
const TELL_EVERY: u64 = 8192;

/// Whether the end that is kept is the end of the log, and nothing stands behind it.
pub(super) fn state<R: Kept>(
    tables: &Readable,
    verified: &Verified,
    replay: &Replay<R>,
    findings: &mut Vec<CheckFinding>,
) -> Result<(), StoreError> {
    let end = verified.tree_head().size;
    let state = tables.state();
    let epoch = tables.meta_number::<u32>(EPOCH_KEY);
    let runs = matches!(epoch, Ok(Some(epoch)) if epoch == verified.epoch);
    let ends =
        |state: &State| state.frontier == verified.frontier && replay.ends_at(&state.time, &state.latest);
    if !runs || !matches!(&state, Ok(state) if ends(state)) {
        findings.push(CheckFinding { seq: end, flaw: Flaw::End });
    }
    if tables.meta_number::<u64>(NEWER_KEY)? != replay.newer() {
        findings.push(CheckFinding { seq: end, flaw: Flaw::Table("meta") });
    }
    if tables.leaves.len()? != end {
        findings.push(CheckFinding { seq: end, flaw: Flaw::Table("leaves") });
    }
    let behind = tables.sealed.range(end.saturating_add(1)..)?.next().is_some();
    if behind || tables.sealed.get(0)?.is_some() {
        findings.push(CheckFinding { seq: end, flaw: Flaw::Table("sealed") });
    }
    Ok(())
}

/// Whether these rows are stored as they are here, and found by what they are found by.
pub(super) fn holds_rows(tables: &Readable, rows: &Registers) -> Result<bool, StoreError> {
    for (id, row) in rows.rows() {
        let stored = tables.rows.get(id.key())?;
        if stored.as_ref().map(|bytes| bytes.value()) != Some(&row_bytes(row)?) {
            return Ok(false);
        }
        for key in index_keys(Some(row)) {
            if tables.index.get((key.as_str(), id.key()))?.is_none() {
                return Ok(false);
            }
        }
    }
    Ok(true)
}

/// Rows, indexes, and what else is derived.
pub(super) fn rest(
    tables: &Readable,
    replay: &Replay,
    findings: &mut Vec<CheckFinding>,
    going: &mut Going<'_>,
) -> Result<(), StoreError> {
    rows(tables, replay, findings, going)?;
    let mut index = Sum::default();
    for (id, row) in replay.registers.rows() {
        row.index_keys().iter().collect::<BTreeSet<_>>().into_iter().for_each(|key| index.add(key, id.key()));
    }
    let mut stored_index = Sum::default();
    each(tables.index.range::<(&str, u64)>(("", 0)..)?, going, |key, _| {
        stored_index.add(key.0, key.1);
    })?;
    if index != stored_index {
        findings.push(first_wrong_index(tables, replay)?);
    }
    if !matches!(tables.meta_number::<u32>(STAY_KEY), Ok(days) if days.unwrap_or(0) == replay.longest_stay) {
        findings.push(CheckFinding { seq: 0, flaw: Flaw::Table("meta") });
    }
    by_entry(tables, replay, findings, going)
}

fn rows(
    tables: &Readable,
    replay: &Replay,
    findings: &mut Vec<CheckFinding>,
    going: &mut Going<'_>,
) -> Result<(), StoreError> {
    let total = tables.rows.len()?;
    let mut made = replay.registers.rows().peekable();
    for (done, found) in (1..).zip(tables.rows.range(0..)?) {
        let (key, bytes) = found?;
        while let Some((id, row)) = made.next_if(|(id, _)| id.key() < key.value()) {
            findings.push(CheckFinding { seq: row.trace().made, flaw: Flaw::Row(id) });
        }
        match made.next_if(|(id, _)| id.key() == key.value()) {
            Some((id, row)) => {
                // By its bytes: two times are equal whatever their offsets are, and one number has several spellings.
                if bytes.value() != row_bytes(row)? {
                    findings.push(CheckFinding { seq: row.trace().changed, flaw: Flaw::Row(id) });
                }
            }
            None => {
                let id = Id::from_key(key.value()).unwrap_or(Id::SITE);
                findings.push(CheckFinding { seq: 0, flaw: Flaw::RowExtra(id) });
            }
        }
        if done % TELL_EVERY == 0 {
            going.on(Step::Compare, done, total)?;
        }
    }
    for (id, row) in made {
        findings.push(CheckFinding { seq: row.trace().made, flaw: Flaw::Row(id) });
    }
    Ok(())
}

fn wrong(table: &'static str, id: Id, row: Option<&Row>, key: &str) -> CheckFinding {
    let seq = row.map_or(0, |row| row.trace().changed);
    CheckFinding { seq, flaw: Flaw::Index { table, id, key: key.to_owned() } }
}

fn first_wrong_index(tables: &Readable, replay: &Replay) -> Result<CheckFinding, StoreError> {
    for (id, row) in replay.registers.rows() {
        for key in index_keys(Some(row)) {
            if tables.index.get((key.as_str(), id.key()))?.is_none() {
                return Ok(wrong("index", id, Some(row), &key));
            }
        }
    }
    for found in tables.index.range::<(&str, u64)>(("", 0)..)? {
        let found = found?.0;
        let (key, number) = found.value();
        let id = Id::from_key(number).unwrap_or(Id::SITE);
        let row = row(replay, id);
        if Id::from_key(number).is_none() || !index_keys(row.as_ref()).contains(key) {
            return Ok(wrong("index", id, row.as_ref(), key));
        }
    }
    Ok(CheckFinding { seq: 0, flaw: Flaw::Table("index") })
}

fn row(replay: &Replay, id: Id) -> Option<Row> {
    // Registers in memory cannot fail to be read.
    replay.registers.row(id).unwrap_or_default()
}

/// Reads a table from end to end.
fn each<K: redb::Key + 'static, V: redb::Value + 'static>(
    range: redb::Range<'_, K, V>,
    going: &mut Going<'_>,
    mut hears: impl for<'v> FnMut(K::SelfType<'v>, V::SelfType<'v>),
) -> Result<(), StoreError> {
    for (done, found) in (1..).zip(range) {
        let (key, value) = found?;
        hears(key.value(), value.value());
        if done % TELL_EVERY == 0 {
            going.on(Step::Compare, done, 0)?;
        }
    }
    Ok(())
}

/// What is kept by entry: subjects, kinds, requests, snapshots, texts.
fn by_entry(
    tables: &Readable,
    replay: &Replay,
    findings: &mut Vec<CheckFinding>,
    going: &mut Going<'_>,
) -> Result<(), StoreError> {
    let (mut subjects, mut kinds, mut requests) = (Sum::default(), Sum::default(), Sum::default());
    each(tables.subjects.range((0, 0)..)?, going, |(id, seq), _| subjects.add_pair(id, seq))?;
    each(tables.kinds.range::<(&str, u64)>(("", 0)..)?, going, |(kind, seq), _| kinds.add(kind, seq))?;
    each(tables.requests.range::<&str>(..)?, going, |request, seq| requests.add(request, seq))?;
    let (mut snapshots, mut texts) = (Sum::default(), Sum::default());
    each(tables.snapshots.range((0, 0)..)?, going, |(id, seq), bytes| snapshots.add_value(id, seq, bytes))?;
    each(tables.texts.range((0, 0)..)?, going, |(id, seq), text| texts.add_value(id, seq, text.as_bytes()))?;
    let wrong = [
        ("texts", texts != replay.texts),
        ("snapshots", snapshots != replay.snapshots),
        ("subjects", subjects != replay.subjects),
        ("kinds", kinds != replay.kinds),
        ("requests", requests != replay.requests),
    ];
    for (table, _) in wrong.into_iter().filter(|(_, wrong)| *wrong) {
        let seq = first_missing(tables, table)?.unwrap_or(0);
        findings.push(CheckFinding { seq, flaw: Flaw::Table(table) });
    }
    Ok(())
}

/// A row after an entry, from its first entry on: what is kept of it on the way is what is in doubt.
fn after(tables: &Readable, id: Id, seq: u64) -> Result<Option<Row>, StoreError> {
    let mut row = None;
    for found in tables.subjects.range((id.key(), 0)..=(id.key(), seq))? {
        let own = tables.told(found?.0.value().1)?;
        if touches(&own.event).contains(&id) {
            row = fold(id, row, &own.event, &own.meta);
        }
    }
    Ok(row)
}

/// The first entry of which a table does not say what it should; none when the table says too much instead.
fn first_missing(tables: &Readable, table: &str) -> Result<Option<u64>, StoreError> {
    for found in tables.entries.range(0..)? {
        let seq = found?.0.value();
        let told = tables.told(seq)?;
        let holds = match table {
            "subjects" => {
                let mut all = true;
                for id in about(&told.event) {
                    all &= tables.subjects.get((id.key(), seq))?.is_some();
                }
                all
            }
            "snapshots" => {
                let mut all = true;
                for id in touches(&told.event).into_iter().filter(|_| is_snapshot(seq)) {
                    let expected = after(tables, id, seq)?.as_ref().map(row_bytes).transpose()?;
                    let stored = tables.snapshots.get((id.key(), seq))?;
                    all &= stored.as_ref().map(|bytes| bytes.value()) == expected.as_deref();
                }
                all
            }
            "texts" => {
                let mut all = true;
                for id in touches(&told.event) {
                    let before = text_of(after(tables, id, seq.saturating_sub(1))?.as_ref());
                    let text = text_of(after(tables, id, seq)?.as_ref());
                    let stored = tables.texts.get((id.key(), seq))?;
                    let expected = Some(text.as_str()).filter(|text| *text != before);
                    all &= stored.as_ref().map(|text| text.value()) == expected;
                }
                all
            }
            "kinds" => tables.kinds.get((told.entry.head().kind.as_str(), seq))?.is_some(),
            _ => match &told.entry.head().request {
                Some(request) => tables.requests.get(request.as_str())?.is_some_and(|at| at.value() == seq),
                None => true,
            },
        };
        if !holds {
            return Ok(Some(seq));
        }
    }
    Ok(None)
}
