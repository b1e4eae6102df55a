//! The whole of the books, verified: signatures, the tree, the right of every actor to every act, and every row.
//!
//! Two threads: one verifies signatures and the tree, the other decides every past command again on registers in
//! memory, with the roles, keys and profile of that moment, and demands the same event. Then what is stored is
//! compared with what the entries make of it.

mod behind;
mod compare;
mod finding;
mod replay;
mod signatures;
mod sum;

pub use behind::holds_behind;
pub use finding::{CheckFinding, CheckReport, Flaw};
pub(super) use signatures::Known;

use super::tables::{LoggedEvent, Lookups, Readable, entry_of};
use super::{Progress, Reading, Step, StoreError};
use crate::domain::invariants;
use crate::fault::{Fault, fault, of_kind};
use crate::log::{Finding, TreeHead, Verified, Walk};
use redb::{ReadableTable, ReadableTableMetadata};
use replay::{Kept, Replay};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;

/// How many entries go from thread to thread at once.
const TOGETHER: usize = 512;
/// How many of these may wait.
const WAITING: usize = 8;
/// Findings beyond these are counted, not listed.
const MOST_FINDINGS: usize = 100;

/// What others hold of this log, to compare with: nothing needs to be given.
#[derive(Clone, Debug, Default)]
pub struct Pinned {
    /// Sizes and roots from receipts, month-end sheets, extracts.
    pub trees: Vec<TreeHead>,
    /// The verifying key that the first entry must be signed with, hex.
    pub founding_key: Option<String>,
}

/// How a check goes on: it tells where it is, and ends where somebody says so.
pub(super) struct Going<'g> {
    progress: Progress<'g>,
    stop: &'g AtomicBool,
}

impl Going<'_> {
    /// Tells how far a step has come.
    ///
    /// # Errors
    /// [`StoreError::Stopped`] where nobody waits for the answer any more.
    fn on(&mut self, step: Step, done: u64, total: u64) -> Result<(), StoreError> {
        if self.stop.load(Ordering::Relaxed) {
            return Err(StoreError::Stopped);
        }
        (self.progress)(step, done, total);
        Ok(())
    }
}

/// Checks everything that a reading sees. Nothing is changed.
///
/// # Errors
/// The storage cannot be read. What contradicts itself is a finding, not an error.
pub fn check(reading: &Reading, pinned: &Pinned, progress: Progress<'_>) -> Result<CheckReport, StoreError> {
    check_until(reading, pinned, progress, &AtomicBool::new(false))
}

/// [`check`], ended early by whoever sets `stop`.
///
/// # Errors
/// As [`check`], and [`StoreError::Stopped`].
pub fn check_until(
    reading: &Reading,
    pinned: &Pinned,
    progress: Progress<'_>,
    stop: &AtomicBool,
) -> Result<CheckReport, StoreError> {
    let mut going = Going { progress, stop };
    let tables = &reading.tables;
    let site = tables.meta_text(super::tables::SITE_KEY)?.unwrap_or_default();
    let mut replay = Replay::new(pinned.founding_key.as_deref());
    let from = (Walk::from_genesis(&site), Known::default());
    let (verified, stopped) = read_through(tables, from, &pinned.trees, &mut replay, &mut going)?;
    let mut findings = replay.findings();
    let complete = finish_log(verified, stopped, replay.newer(), &mut findings);
    if let Some(verified) = complete {
        compare::state(tables, &verified, &replay, &mut findings)?;
        compare::rest(tables, &replay, &mut findings, &mut going)?;
        let contradictions = invariants(&replay.registers).into_iter().map(Flaw::Invariant);
        findings.extend(contradictions.map(|flaw| CheckFinding { seq: 0, flaw }));
    }
    // What no entry is to blame for comes last.
    findings.sort_by_key(|finding| (finding.seq == 0, finding.seq));
    let count = findings.len();
    findings.truncate(MOST_FINDINGS);
    Ok(CheckReport { entries: replay.seq(), tree: replay.tree(), findings, count })
}

/// What the log says of itself, and the first entry that could not be read.
type ReadThrough = (Result<Verified, Finding>, Option<(u64, Fault)>);

/// Reads the entries behind where a walk and a replay stand, and lets both judge them.
fn read_through<R: Kept>(
    tables: &Readable,
    (walk, known): (Walk, Known),
    trees: &[TreeHead],
    replay: &mut Replay<R>,
    going: &mut Going<'_>,
) -> Result<ReadThrough, StoreError> {
    let mut seq = replay.seq();
    let begins = seq.saturating_add(1);
    let (before, total) = (seq, tables.entries.len()?.saturating_sub(seq));
    // What stands before the first entry is none: the first of all to be read shows it.
    let begins = if before == 0 { 0 } else { begins };
    let (mut leaves, mut stopped) = (tables.leaves.range(begins..)?.peekable(), None);
    let verified = thread::scope(|scope| {
        let (send, receive) = sync_channel::<Arc<Vec<LoggedEvent>>>(WAITING);
        let verifier = thread::Builder::new()
            .name("verify".to_owned())
            .spawn_scoped(scope, move || signatures::verify(walk, known, trees, receive))
            .map_err(|why| StoreError::Broken(fault!("no_thread", why = of_kind(why.kind()))))?;
        let mut entries = tables.entries.range(begins..)?;
        let mut hears = true;
        while hears && stopped.is_none() && replay.newer().is_none() {
            let mut part = Vec::with_capacity(TOGETHER);
            for found in entries.by_ref().take(TOGETHER) {
                seq = seq.saturating_add(1);
                let (key, value) = found?;
                match read(tables, key.value(), value.value()) {
                    Ok(told) if told.meta.seq == seq => part.push(told),
                    Ok(told) => stopped = Some((seq, fault!("log_sequence", found = told.meta.seq))),
                    Err(StoreError::Damaged { what }) => stopped = Some((seq, what)),
                    Err(other) => return Err(other),
                }
                if stopped.is_some() {
                    break;
                }
            }
            if part.is_empty() {
                break;
            }
            let part = Arc::new(part);
            // The verifier stops listening after its first finding.
            hears = send.send(Arc::clone(&part)).is_ok();
            for told in part.iter() {
                let due = |found: &Result<_, redb::StorageError>| is_due(found, told.meta.seq);
                let leaf = leaves.next_if(due).transpose()?.map(|(_, leaf)| *leaf.value());
                replay.next(tables, told, leaf)?;
                if replay.newer().is_some() {
                    break;
                }
            }
            going.on(Step::Entries, replay.seq().saturating_sub(before), total)?;
        }
        drop(send);
        verifier.join().map_err(|_| StoreError::Broken(fault!("verifier_broke_off")))
    })?;
    if let Some(newer) = replay.newer() {
        // What follows is not this program's to judge, not even whether it can be read.
        stopped = stopped.filter(|(seq, _)| *seq <= newer);
    }
    Ok((verified, stopped))
}

/// Whether a stored leaf is the next one's, or storage failed and must be heard.
fn is_due(
    found: &Result<(redb::AccessGuard<'_, u64>, redb::AccessGuard<'_, &[u8; 32]>), redb::StorageError>,
    seq: u64,
) -> bool {
    found.as_ref().map_or(true, |(at, _)| at.value() == seq)
}

fn read(tables: &impl Lookups, seq: u64, value: &str) -> Result<LoggedEvent, StoreError> {
    let text = tables.sealed().get(seq)?;
    LoggedEvent::of(entry_of(seq, value, text.as_ref().map(|text| text.value()))?)
}

/// Adds what the log itself says. The registers behind the first entry that does not hold are in doubt and are
/// not compared; nothing that replay found behind it is told either.
fn finish_log(
    verified: Result<Verified, Finding>,
    stopped: Option<(u64, Fault)>,
    newer: Option<u64>,
    findings: &mut Vec<CheckFinding>,
) -> Option<Verified> {
    let (seq, flaw) = match (verified, stopped) {
        (Ok(verified), None) => return Some(verified).filter(|_| newer.is_none()),
        (Err(finding), None) if newer.is_some_and(|newer| newer < finding.seq) => return None,
        (Err(finding), None) => (finding.seq, Flaw::Log(finding.what)),
        (Err(finding), Some((seq, _))) if finding.seq < seq => (finding.seq, Flaw::Log(finding.what)),
        (_, Some((seq, what))) => (seq, Flaw::Unreadable(what)),
    };
    findings.retain(|finding| finding.seq < seq);
    findings.push(CheckFinding { seq, flaw });
    None
}
