//! The vault written anew: its base holds the rows of the books in the order of their keys, and nothing that was
//! overwritten or erased.

use super::door::{Desk, Instruction, Receipt};
use super::execute::password_first;
use super::failure::{failure_of, store_failure};
use super::login::{STORE_CACHE, opened};
use super::{Failure, Last};
use crate::store::Step;
use crate::vault::{CheckpointDone, CheckpointError, CheckpointJob, Scratch, Superseded};
use zeroize::Zeroizing;

/// What an image takes beside its rows: the pages that each table has, full or not.
const BESIDE_ROWS: u64 = 1 << 20;

/// How far a compaction is, in rows and then in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompactStep {
    /// Rows are copied.
    Copy,
    /// The new file is written.
    Write,
}

/// What a compaction came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compacted {
    /// The entry that says so.
    pub receipt: Receipt,
    /// Bytes of base and journal before.
    pub before: u64,
    /// Bytes of keys and values in the books.
    pub live: u64,
    /// Bytes of the base after.
    pub after: u64,
}

impl Desk {
    /// Writes the vault anew without what was overwritten or erased, and goes on with it. Nobody can work meanwhile.
    /// Broken off anywhere, by a signal or a power cut, the vault is as before, or anew without the entry that says
    /// so.
    ///
    /// # Errors
    /// The refusal; [`Failure::Device`] when there is no room for it or the disk fails, and then the vault stands as
    /// before.
    pub fn compact(
        &mut self,
        order: Instruction,
        progress: &mut dyn FnMut(CompactStep, u64, u64),
    ) -> Result<Compacted, Failure> {
        if self.seat.provisional {
            return Err(password_first(&self.seat));
        }
        self.prove_for(order.command.rule().waits)?;
        self.note_clock()?;
        let (mut before, mut live) = (0, 0);
        // Judged before the work, so that nobody waits for a refusal; and again when it is written.
        if self.would_be_new(&order)? {
            before = self.bytes_on_disk()?;
            live = self.lay_out_anew(progress)?;
        }
        self.sweep_attachments()?;
        // Before the entry: what fails behind it must not say that there is none.
        let after = self.vault.base_file_bytes().map_err(failure_of)?;
        let receipt = self.write_alone(order)?;
        Ok(Compacted { receipt, before, live, after })
    }

    fn bytes_on_disk(&self) -> Result<u64, Failure> {
        Ok(self.vault.base_file_bytes().map_err(failure_of)? + self.vault.journal_bytes())
    }

    /// Gives the bytes of keys and values.
    fn lay_out_anew(&mut self, progress: &mut dyn FnMut(CompactStep, u64, u64)) -> Result<u64, Failure> {
        self.vault.stop_checkpoint();
        self.wait_for_checkpoint();
        let live = self.reading()?.stored_bytes().map_err(|error| self.store_failure(error))?;
        let mut key = Zeroizing::new([0; 32]);
        super::fill(&*self.terminal.entropy, &mut *key)?;
        let room = live + live / 4 + BESIDE_ROWS;
        let (job, scratch) = self.vault.begin_compaction(room, &key).map_err(failure_of)?;
        let (result, why) = match self.copy_rows(&scratch, progress) {
            Ok(()) => (run(job, progress), None),
            Err(why) => (Err(CheckpointError::Stopped), Some(why)),
        };
        drop(scratch);
        let superseded = self.vault.finish_checkpoint(result).map_err(|error| match (why, error) {
            (Some(why), _) => why,
            (None, CheckpointError::Failed(error)) => failure_of(error),
            (None, stopped) => Failure::Device { last: Last::NotWritten, detail: stopped.fault() },
        })?;
        self.go_on_with_it(superseded)?;
        Ok(live)
    }

    fn copy_rows(
        &self,
        scratch: &Scratch,
        progress: &mut dyn FnMut(CompactStep, u64, u64),
    ) -> Result<(), Failure> {
        let mut told = |_: Step, done, total| progress(CompactStep::Copy, done, total);
        self.reading()?.copy_into(scratch.clone(), STORE_CACHE, &mut told).map_err(|error| {
            match scratch.failed() {
                Some(failed) => failure_of(failed),
                None => store_failure(error, Some(&self.vault)),
            }
        })
    }

    /// The new base stands, and counts. The books are opened from it; what it replaced goes.
    fn go_on_with_it(&mut self, superseded: Superseded) -> Result<(), Failure> {
        let (backend, frames) = self.vault.read_again().map_err(failure_of)?;
        let store = opened(&self.vault, backend, frames)?;
        // Everything in them is in the new base: how the old books close is of no account.
        drop(std::mem::replace(&mut self.store, store));
        superseded.remove().map_err(failure_of)
    }
}

fn run(
    job: CheckpointJob,
    progress: &mut dyn FnMut(CompactStep, u64, u64),
) -> Result<CheckpointDone, CheckpointError> {
    job.run(&mut |done, total| progress(CompactStep::Write, done, total))
}
