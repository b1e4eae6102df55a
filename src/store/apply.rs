//! The one way by which an entry changes the tables: live, at replay, and when everything derived is made anew.

use super::StoreError;
use super::rights::goes_beyond;
use super::tables::{EPOCH_KEY, LoggedEvent, Lookups, NEWER_KEY, STAY_KEY, Writable, entry_value};
use super::texts::{Retold, searched_by, text_of};
use crate::domain::{AdoptEdition, Command, Edition, Erase, Event, Id, Row, Visit, fold, touches};
use redb::ReadableTable;
use std::collections::BTreeSet;

/// Shorter erased texts are not looked for in drafts: they say nothing, and stand everywhere.
const LEAST_ERASED: usize = 2;

/// Every record that an event is about, whether it changes its row or not.
pub(super) fn about(event: &Event) -> BTreeSet<Id> {
    let mut ids: BTreeSet<Id> = touches(event).into_iter().collect();
    ids.extend(event.outcome.id);
    match &event.command {
        Command::RecordRefusal(refusal) => {
            ids.extend(refusal.record);
            ids.extend(refusal.about.iter().filter_map(|text| text.parse::<Id>().ok()));
        }
        Command::Erase(erase) => ids.extend(erase.record),
        Command::Attach(attach) => ids.extend(attach.record),
        _ => {}
    }
    ids
}

/// Whether erasing a record erases the words of this entry: it is the entry's subject, or the subject of an
/// attempt that was refused, or the person with whom the site began.
pub(super) fn is_erased_with(event: &Event, record: Id) -> bool {
    match &event.command {
        Command::RecordRefusal(refusal) => {
            refusal.record == Some(record)
                || refusal.about.iter().any(|text| text.parse::<Id>().is_ok_and(|id| id == record))
        }
        Command::FoundSite(_) => event.outcome.id == Some(record) || event.outcome.person == Some(record),
        _ => event.outcome.id == Some(record),
    }
}

/// The records that an erasure takes the words of: the one it names, and what belongs to that.
pub(super) fn erased_records(event: &Event, erase: &Erase) -> BTreeSet<Id> {
    erase.record.into_iter().chain(event.outcome.also.iter().copied()).collect()
}

impl Writable<'_> {
    /// Appends an entry and brings everything derived along. What holds if this breaks off: nothing, the
    /// transaction is given up.
    pub(super) fn apply(&mut self, told: &LoggedEvent) -> Result<(), StoreError> {
        let seq = told.meta.seq;
        self.entries.insert(seq, entry_value(&told.entry).as_str())?;
        if let Some(text) = told.entry.text_bytes() {
            self.sealed.insert(seq, text)?;
        }
        if let Command::BeginEpoch(_) = told.event.command {
            self.meta.insert(EPOCH_KEY, told.entry.head().epoch.to_string().as_bytes())?;
        }
        let erased = self.derive(told)?;
        if erased.is_empty() { Ok(()) } else { self.purge_drafts(&erased) }
    }

    /// Notes that an entry brings an edition into force which this program does not know; asked of the books as they
    /// stand before it.
    pub(super) fn note_newer(&mut self, told: &LoggedEvent) -> Result<(), StoreError> {
        if goes_beyond(&*self, told)? {
            self.meta.insert(NEWER_KEY, told.meta.seq.to_string().as_bytes())?;
        }
        Ok(())
    }

    /// The entry that was noted so.
    pub(super) fn newer(&self) -> Result<Option<u64>, StoreError> {
        noted_newer(self)
    }

    /// What follows from an entry that stands in its table already. Gives the texts that it erased.
    pub(super) fn derive(&mut self, told: &LoggedEvent) -> Result<Vec<String>, StoreError> {
        let LoggedEvent { entry, event, meta } = told;
        let seq = meta.seq;
        self.leaves.insert(seq, &entry.leaf())?;
        self.kinds.insert((entry.head().kind.as_str(), seq), ())?;
        if let Some(request) = &entry.head().request {
            self.requests.insert(request.as_str(), seq)?;
        }
        for id in about(event) {
            self.subjects.insert((id.key(), seq), ())?;
        }
        if let Command::Erase(erase) = &event.command {
            return self.erase(erase, told);
        }
        for id in touches(event) {
            let old = self.get_row(id)?;
            let new = fold(id, old.clone(), event, meta);
            self.put_row(id, old.as_ref(), new.as_ref())?;
            self.put_snapshot(id, seq, new.as_ref())?;
            self.put_text(id, seq, old.as_ref(), new.as_ref())?;
        }
        Ok(Vec::new())
    }

    fn erase(&mut self, erase: &Erase, told: &LoggedEvent) -> Result<Vec<String>, StoreError> {
        let seq = told.meta.seq;
        let mut again: BTreeSet<Id> = touches(&told.event).into_iter().collect();
        let mut words = Vec::new();
        for target in self.targets(told, erase)? {
            again.extend(touches(&target.event));
            if target.entry.text_bytes().is_some() {
                words.extend(target.entry.words().into_iter().flat_map(|words| words.values().cloned()));
                self.sealed.remove(target.meta.seq)?;
            }
        }
        for id in &again {
            self.subjects.insert((id.key(), seq), ())?;
            let old = self.get_row(*id)?;
            let new = self.refold_all(*id, seq)?;
            self.put_row(*id, old.as_ref(), new.as_ref())?;
        }
        words.extend(erase.record.map(|record| record.to_string()));
        words.retain(|word| word.chars().count() >= LEAST_ERASED);
        Ok(words)
    }

    /// A row from its first entry on, its snapshots and texts with it: those of before hold words that are gone.
    fn refold_all(&mut self, id: Id, seq: u64) -> Result<Option<Row>, StoreError> {
        self.snapshots.retain_in((id.key(), 0)..=(id.key(), u64::MAX), |_, _| false)?;
        self.texts.retain_in((id.key(), 0)..=(id.key(), u64::MAX), |_, _| false)?;
        self.retold.push(Retold::Forgotten(id));
        let mut row: Option<Row> = None;
        for own in own_entries(self, id, 0, seq)? {
            let told = self.told(own)?;
            if touches(&told.event).contains(&id) {
                let new = fold(id, row.clone(), &told.event, &told.meta);
                self.put_snapshot(id, own, new.as_ref())?;
                self.put_text(id, own, row.as_ref(), new.as_ref())?;
                row = new;
            }
        }
        Ok(row)
    }

    fn put_snapshot(&mut self, id: Id, seq: u64, row: Option<&Row>) -> Result<(), StoreError> {
        if let Some(row) = row.filter(|_| is_snapshot(seq)) {
            self.snapshots.insert((id.key(), seq), super::tables::row_bytes(row)?.as_slice())?;
        }
        Ok(())
    }

    /// Keeps what a row is searched by since an entry, where that changed; what it was searched by before stays.
    fn put_text(&mut self, id: Id, seq: u64, old: Option<&Row>, new: Option<&Row>) -> Result<(), StoreError> {
        if old.map(searched_by) == new.map(searched_by) {
            return Ok(());
        }
        let (old, text) = (text_of(old), text_of(new));
        if old != text {
            self.texts.insert((id.key(), seq), text.as_str())?;
            self.retold.push(Retold::Since { id, seq, text, anew: !old.is_empty() });
        }
        Ok(())
    }

    /// The entries that an erasure is about.
    fn targets(&self, told: &LoggedEvent, erase: &Erase) -> Result<Vec<LoggedEvent>, StoreError> {
        let seq = told.meta.seq;
        let mut targets = Vec::new();
        for record in erased_records(&told.event, erase) {
            for found in self.subjects.range((record.key(), 0)..(record.key(), seq))? {
                let told = self.told(found?.0.value().1)?;
                if is_erased_with(&told.event, record) {
                    targets.push(told);
                }
            }
        }
        if let Some(one) = erase.entry.filter(|one| *one < seq)
            && let Some(entry) = self.get_entry(one)?
        {
            targets.push(LoggedEvent::of(entry)?);
        }
        Ok(targets)
    }

    /// Deletes the drafts in which an erased text or the erased record's number stands.
    fn purge_drafts(&mut self, words: &[String]) -> Result<(), StoreError> {
        let holds = |text: &[u8]| {
            words.iter().any(|word| text.windows(word.len().max(1)).any(|window| window == word.as_bytes()))
        };
        self.drafts.retain(|(_, form), bytes| !holds(form.as_bytes()) && !holds(bytes))?;
        Ok(())
    }

    /// Puts a row in the place of the one before, and keeps the index with it.
    fn put_row(&mut self, id: Id, old: Option<&Row>, new: Option<&Row>) -> Result<(), StoreError> {
        if old == new {
            return Ok(());
        }
        match new {
            Some(row) => self.rows.insert(id.key(), super::tables::row_bytes(row)?.as_slice())?,
            None => self.rows.remove(id.key())?,
        };
        let (before, after) = (index_keys(old), index_keys(new));
        for key in before.difference(&after) {
            self.index.remove((key.as_str(), id.key()))?;
        }
        for key in after.difference(&before) {
            self.index.insert((key.as_str(), id.key()), ())?;
        }
        if id.noun.filing().is_found_through_others() {
            let about = |row: &Row| (row.day(), row.about());
            if let Some((day, through)) = new.map(about).filter(|now| old.map(about).as_ref() != Some(now)) {
                self.retold.push(Retold::About { id, day, through });
            }
        }
        self.note_stay(new.map_or(0, stay_of))
    }

    fn note_stay(&mut self, days: u32) -> Result<(), StoreError> {
        if days > 0 && days > self.meta_number::<u32>(STAY_KEY)?.unwrap_or(0) {
            self.meta.insert(STAY_KEY, days.to_string().as_bytes())?;
        }
        Ok(())
    }
}

/// The entry that is noted to bring an edition into force which this program does not know. A note about an entry that
/// does nothing of the kind was written by somebody else: it shuts nobody out, and `check` names it.
pub(super) fn noted_newer(tables: &impl Lookups) -> Result<Option<u64>, StoreError> {
    let Some(seq) = tables.meta_number(NEWER_KEY)? else { return Ok(None) };
    let Some(entry) = tables.get_entry(seq)? else { return Ok(None) };
    let event = LoggedEvent::of(entry)?.event;
    let unknown = |adopt: &AdoptEdition| Edition::of(adopt.edition).is_none();
    Ok(matches!(&event.command, Command::AdoptEdition(adopt) if unknown(adopt)).then_some(seq))
}

/// The days between coming and leaving; 0 for anything but an ended visit.
pub(super) fn stay_of(row: &Row) -> u32 {
    match row {
        Row::Visit(Visit { came, left: Some(left), .. }) => {
            u32::try_from((*left - *came).num_days()).unwrap_or(0)
        }
        _ => 0,
    }
}

/// The index keys of a row, if there is one.
pub(super) fn index_keys(row: Option<&Row>) -> BTreeSet<String> {
    row.map(Row::index_keys).unwrap_or_default().into_iter().collect()
}

/// Whether the rows that an entry touches are kept as they are after it: after one entry in 64, so that a record
/// with many entries, such as a badge, is shown as of a past day without folding all of them. The product
/// scatters the numbers: a record touched at every second or tenth entry has its share.
pub(super) fn is_snapshot(seq: u64) -> bool {
    seq.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 58 == 0
}

fn own_entries(tables: &impl Lookups, id: Id, after: u64, seq: u64) -> Result<Vec<u64>, StoreError> {
    let mut own = Vec::new();
    if after < seq {
        for found in tables.subjects().range((id.key(), after.saturating_add(1))..=(id.key(), seq))? {
            own.push(found?.0.value().1);
        }
    }
    Ok(own)
}

/// A row as its own entries up to and with `seq` make it, from the last snapshot before.
pub(super) fn refold(tables: &impl Lookups, id: Id, seq: u64) -> Result<Option<Row>, StoreError> {
    let (mut row, mut after) = (None, 0);
    if let Some(found) = tables.snapshots().range((id.key(), 0)..=(id.key(), seq))?.next_back() {
        let (key, bytes) = found?;
        row = Some(super::tables::row_of(id.key(), bytes.value())?);
        after = key.value().1;
    }
    for own in own_entries(tables, id, after, seq)? {
        let told = tables.told(own)?;
        if touches(&told.event).contains(&id) {
            row = fold(id, row, &told.event, &told.meta);
        }
    }
    Ok(row)
}
