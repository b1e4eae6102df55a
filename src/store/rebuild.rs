//! Everything derived, made anew from the entries.

use super::replay::advance;
use super::tables::{LoggedEvent, Lookups, NEWER_KEY, STAY_KEY, State, Writable, entry_of};
use super::{Progress, Step, StoreError};
use crate::fault::fault;
use crate::log::Entry;
use redb::{ReadableTable, ReadableTableMetadata};

/// How many entries are read at a time: the tables cannot be read along and written at once.
const TOGETHER: u64 = 1024;

/// Empties every derived table and fills it again. Power failing here costs nothing: the transaction is one.
pub(super) fn rebuild(
    tables: &mut Writable<'_>,
    frame: u64,
    progress: Progress<'_>,
) -> Result<State, StoreError> {
    tables.leaves.retain(|_, _| false)?;
    tables.rows.retain(|_, _| false)?;
    tables.snapshots.retain(|_, _| false)?;
    tables.index.retain(|_, _| false)?;
    tables.subjects.retain(|_, _| false)?;
    tables.kinds.retain(|_, _| false)?;
    tables.texts.retain(|_, _| false)?;
    tables.requests.retain(|_, _| false)?;
    tables.meta.remove(STAY_KEY)?;
    tables.meta.remove(NEWER_KEY)?;
    let total = tables.entries.len()?;
    let mut state = State { frame, ..State::default() };
    while tables.newer()?.is_none() {
        let part = part(tables, state.seq().saturating_add(1))?;
        if part.is_empty() {
            break;
        }
        for entry in part {
            if entry.head().seq != state.seq().saturating_add(1) {
                return Err(StoreError::at(state.seq().saturating_add(1), fault!("entry_missing")));
            }
            let told = LoggedEvent::of(entry)?;
            tables.note_newer(&told)?;
            tables.derive(&told)?;
            advance(&mut state, told.entry.leaf(), &told);
            if tables.newer()?.is_some() {
                break;
            }
        }
        // Nobody holds the texts of before.
        tables.retold.clear();
        progress(Step::Rebuild, state.seq(), total);
    }
    Ok(state)
}

fn part(tables: &impl Lookups, from: u64) -> Result<Vec<Entry>, StoreError> {
    let mut part = Vec::new();
    for found in tables.entries().range(from..from.saturating_add(TOGETHER))? {
        let (seq, value) = found?;
        let text = tables.sealed().get(seq.value())?;
        part.push(entry_of(seq.value(), value.value(), text.as_ref().map(|text| text.value()))?);
    }
    Ok(part)
}
