//! Frames of the journal applied again.

use super::StoreError;
use super::frame::{self, Line, Note};
use super::tables::{LoggedEvent, Lookups, State, Writable};
use crate::domain::{Command, Stamp};
use crate::fault::fault;
use crate::log::{EPOCH_BEGUN, Hash, encode_hex};

/// Applies a frame, unless the books hold it.
pub(super) fn replay_frame(
    tables: &mut Writable<'_>,
    state: &mut State,
    bytes: &[u8],
    site: &str,
    epoch: &mut u32,
) -> Result<(), StoreError> {
    let (number, lines) = frame::read(bytes)?;
    if number <= state.frame {
        return held_already(tables, lines);
    }
    if number != state.frame.saturating_add(1) {
        let what = fault!("frame_order", frame = number, before = state.frame);
        return Err(StoreError::Damaged { what });
    }
    for line in lines {
        if tables.newer()?.is_some() {
            // What follows is another release's to read.
            break;
        }
        match line? {
            Line::Entry(entry) => {
                let seq = state.seq().saturating_add(1);
                let head = entry.head();
                let running = epoch_of(&head.kind, *epoch);
                if head.seq != seq || head.site != site || head.epoch != running {
                    return Err(StoreError::at(seq, fault!("entry_other_in_journal")));
                }
                if head.prev != encode_hex(&state.frontier.root()) {
                    return Err(StoreError::at(seq, fault!("entry_other_past")));
                }
                if !entry.body_holds() || !entry.text_holds() {
                    return Err(StoreError::at(seq, fault!("entry_other_texts")));
                }
                let told = LoggedEvent::of(*entry)?;
                tables.note_newer(&told)?;
                tables.apply(&told)?;
                advance(state, told.entry.leaf(), &told);
                *epoch = running;
            }
            Line::Note(note) => put_note(tables, &note)?,
        }
    }
    state.frame = number;
    Ok(())
}

/// Whether the books hold what a frame says that they say they hold: power failed between a new base and the end of its
/// journal. A base that only claims so would drop what was acknowledged since.
fn held_already(
    tables: &Writable<'_>,
    lines: impl Iterator<Item = Result<Line, StoreError>>,
) -> Result<(), StoreError> {
    for line in lines {
        if let Line::Entry(entry) = line? {
            let seq = entry.head().seq;
            if tables.get_entry(seq)?.is_none_or(|held| held.leaf() != entry.leaf()) {
                return Err(StoreError::at(seq, fault!("entry_other_in_journal")));
            }
        }
    }
    Ok(())
}

/// The epoch in the head of an entry of this kind, where `epoch` runs.
pub(super) fn epoch_of(kind: &str, epoch: u32) -> u32 {
    if kind == EPOCH_BEGUN { epoch.saturating_add(1) } else { epoch }
}

/// The state after an entry, whose leaf this is.
pub(super) fn advance(state: &mut State, leaf: Hash, told: &LoggedEvent) {
    state.frontier.append(leaf);
    state.time.clone_from(&told.entry.head().time);
    let moment = |text: &str| Stamp::parse_from_rfc3339(text).ok();
    // What is said of the clock begins anew, whether somebody confirms it or it is in doubt from here on.
    if is_about_the_clock(&told.event.command) || moment(&state.latest) < Some(told.meta.time) {
        state.latest.clone_from(&state.time);
    }
}

/// Whether an entry says something of the clock: what came before it no longer tells what time it may be.
pub(super) fn is_about_the_clock(command: &Command) -> bool {
    matches!(command, Command::ReportClockJump(_) | Command::ConfirmClock(_))
}

/// Writes or deletes a draft or slot.
pub(super) fn put_note(tables: &mut Writable<'_>, note: &Note) -> Result<(), StoreError> {
    match note {
        Note::Frame(_) => return Err(StoreError::Damaged { what: fault!("frame_two_numbers") }),
        Note::Draft { user, form, bytes: Some(bytes) } => {
            tables.drafts.insert((user.as_str(), form.as_str()), bytes.as_slice())?;
        }
        Note::Draft { user, form, bytes: None } => {
            tables.drafts.remove((user.as_str(), form.as_str()))?;
        }
        Note::Slot { name, bytes: Some(bytes) } => {
            tables.slots.insert(name.as_str(), bytes.as_slice())?;
        }
        Note::Slot { name, bytes: None } => {
            tables.slots.remove(name.as_str())?;
        }
    }
    Ok(())
}
