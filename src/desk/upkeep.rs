//! Checkpoints in the background, driven from the desk when nothing is typed.

use super::door::{Desk, Running};
use crate::vault::CheckpointError;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

/// Frames after which a checkpoint begins: what an opening may have to replay.
const FRAMES_BEFORE_CHECKPOINT: u64 = 1000;
/// Bytes of overlay after which one begins: what a terminal may have to keep in memory.
const OVERLAY_BEFORE_CHECKPOINT: u64 = 32 << 20;
/// How long a checkpoint in the background rests after each 64 KiB: it takes a quarter of one processor, and the
/// check-ins that go on meanwhile get the disk first. A base of 1.5 GB takes about 20 s longer for it.
const REST: Duration = Duration::from_micros(500);
/// Bytes of overlay from which on it does not rest: a bulk load must not fill the memory meanwhile.
const OVERLAY_WITHOUT_REST: u64 = 3 * OVERLAY_BEFORE_CHECKPOINT;

impl Desk {
    /// To be called when nothing is typed: drives checkpoints in the background. Short.
    pub fn idle(&mut self) {
        self.refresh_profile();
        self.take_proof(Duration::ZERO);
        self.housekeeping();
    }

    /// Begins a checkpoint when it is time for one, and takes over one that is done. Never fails: what keeps a
    /// checkpoint from being made leaves the journal as it is, and the journal has everything.
    pub(super) fn housekeeping(&mut self) {
        if let Some(running) = self.checkpoint.take_if(|running| running.is_finished()) {
            self.take_over(running);
        }
        let due = self.vault.frames_since_checkpoint() >= FRAMES_BEFORE_CHECKPOINT
            || self.vault.overlay_bytes() >= OVERLAY_BEFORE_CHECKPOINT
            || self.is_to_be_kept();
        if due && self.checkpoint.is_none() {
            self.begin_checkpoint(REST);
        }
        if self.checkpoint.is_some() && self.vault.overlay_bytes() >= OVERLAY_WITHOUT_REST {
            self.hurry.store(true, Ordering::Relaxed);
        }
    }

    /// Whether what this opening made anew waits for the checkpoint that keeps it: without one, each opening would make
    /// it again.
    pub(super) fn is_to_be_kept(&self) -> bool {
        self.store.was_rebuilt() && !self.kept
    }

    pub(super) fn begin_checkpoint(&mut self, rest: Duration) {
        if self.store.prepare_checkpoint().is_err() {
            return;
        }
        if let Ok(job) = self.vault.begin_checkpoint() {
            self.hurry.store(rest.is_zero(), Ordering::Relaxed);
            let hurry = Arc::clone(&self.hurry);
            let mut pace = move |_, _| {
                if !hurry.load(Ordering::Relaxed) {
                    std::thread::sleep(rest);
                }
            };
            self.checkpoint = Some(std::thread::spawn(move || job.run(&mut pace)));
        }
    }

    pub(super) fn take_over(&mut self, running: Running) {
        let result = running.join().unwrap_or(Err(CheckpointError::Stopped));
        // An error means that the old base and the whole journal stand as before. Removing a large base takes
        // longer than a key press may wait; cut short, the next writer removes what is left.
        if let Ok(superseded) = self.vault.finish_checkpoint(result) {
            self.kept = true;
            self.note_last_seen();
            self.wait_for_removal();
            self.removing = Some(std::thread::spawn(move || superseded.remove()));
        }
    }

    /// Waits for a checkpoint that runs, and takes it over: before what cannot be done beside one.
    pub(super) fn wait_for_checkpoint(&mut self) {
        self.hurry.store(true, Ordering::Relaxed);
        if let Some(running) = self.checkpoint.take() {
            self.take_over(running);
        }
    }

    /// Waits until nothing is left of what a checkpoint replaced; what could not be removed, the next writer removes.
    pub(super) fn wait_for_removal(&mut self) {
        if let Some(removing) = self.removing.take() {
            drop(removing.join());
        }
    }

    /// Makes a checkpoint now and waits for it: for the end of a bulk load and for tests.
    pub fn checkpoint_now(&mut self) {
        self.wait_for_checkpoint();
        self.begin_checkpoint(Duration::ZERO);
        self.wait_for_checkpoint();
    }
}
