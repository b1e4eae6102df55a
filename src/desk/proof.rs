//! What is read is proved before it is obeyed: from login on the books are compared with the entries, in the background.
//!
//! Rows, indexes and everything else derived can be forged together by whoever has a tool of their own; only the
//! entries, read in order, prove anything. Until they have been, and for as long as something differs, the desk gives
//! nothing of which the rules say that it waits ([`crate::domain::Rule::waits`]): what gives rights, changes keys and
//! rules, or decides for others. Visits go on, and so does what only takes rights away.

use super::door::Desk;
use super::failure::{failure_of, store_failure};
use super::{Failure, NotOpened};
use crate::domain::{Command, Waits};
use crate::fault::{Fault, fault, of_kind};
use crate::store::{CheckReport, Flaw, OpenError, Pinned, Store, StoreError, check, check_until};
use crate::vault::Vault;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::JoinHandle;
use std::time::Duration;

/// How little of the processor the comparison wants: what is typed at the desk goes first.
const MODEST: i32 = 10;

/// Bytes of the vault kept in the clear while they are compared, and as many of the database's own cache.
const CACHE: usize = 8 << 20;

/// How far the comparison of the books with the entries is.
#[derive(Debug)]
pub(super) enum Proof {
    /// It runs.
    Running(Comparing),
    /// The books are what the entries make them.
    Holds,
    /// They are, but an entry is one that its actor might not make: the first of them.
    Doubtful(Failure),
    /// They are not, or it cannot be known: the first that differs.
    Failed(Failure),
}

/// The comparison on its thread. Let go of, it ends.
#[derive(Debug)]
pub(super) struct Comparing {
    stop: Arc<AtomicBool>,
    /// Entries read, and how many there are.
    at: Arc<(AtomicU64, AtomicU64)>,
    answer: Receiver<Answer>,
    thread: Option<JoinHandle<()>>,
}

/// What a check says of the books.
type Answer = Result<CheckReport, Failure>;

impl Drop for Comparing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

impl Proof {
    /// Begins to compare the books as they stand in a vault now, with no write under way. What is written from here on
    /// is decided on them.
    pub(super) fn begin(vault: &Vault) -> Proof {
        // Apart from the image in use: what is typed waits for no lock of this, and its memory goes with it.
        let image = match vault.apart(CACHE) {
            Ok(image) => image,
            Err(error) => return Proof::Failed(failure_of(error)),
        };
        let (stop, at) = (Arc::new(AtomicBool::new(false)), Arc::new((AtomicU64::new(0), AtomicU64::new(0))));
        let (answers, answer) = channel();
        let (ends, tells) = (Arc::clone(&stop), Arc::clone(&at));
        let run = move || {
            // Best effort: without it the comparison takes its turn like everything else.
            let _ = rustix::process::setpriority_process(None, MODEST);
            let mut tell = |step, done, total| {
                if step == crate::store::Step::Entries {
                    tells.0.store(done, Ordering::Relaxed);
                    tells.1.store(total, Ordering::Relaxed);
                }
            };
            let frames = std::iter::empty::<Result<Vec<u8>, StoreError>>();
            let answer = Store::open(image.clone(), CACHE, frames, &mut |_, _, _| {})
                .map_err(|error| match error {
                    OpenError::Store(error) | OpenError::Frames(error) => error,
                })
                .and_then(|store| check_until(&*store.read()?, &Pinned::default(), &mut tell, &ends));
            let met = |error| image.damage().map_or_else(|| store_failure(error, None), failure_of);
            // Nobody listens where the desk has gone.
            let _ = answers.send(answer.map_err(met));
        };
        match std::thread::Builder::new().name("compare".to_owned()).spawn(run) {
            Ok(thread) => Proof::Running(Comparing { stop, at, answer, thread: Some(thread) }),
            Err(why) => {
                let what = fault!("no_thread", why = of_kind(why.kind()));
                Proof::Failed(NotOpened::Other(what).into())
            }
        }
    }
}

/// Compares books with their entries while whoever asks waits: where no session does it beside.
///
/// # Errors
/// [`Failure::Device`] where they cannot be read.
pub(super) fn proof_of(store: &Store) -> Result<Proof, Failure> {
    let broken = |error| store_failure(error, None);
    let reading = store.read().map_err(broken)?;
    Ok(made_of(&check(&reading, &Pinned::default(), &mut |_, _, _| {}).map_err(broken)?))
}

/// What a comparison found. What contradicts itself in rows that are what honest entries make them is for a check to say:
/// nothing could mend it here.
fn made_of(report: &CheckReport) -> Proof {
    let mut findings =
        report.findings.iter().filter(|found| !matches!(found.flaw, Flaw::Invariant(_))).peekable();
    let Some(first) = findings.peek().copied() else { return Proof::Holds };
    let all_seen = report.count == report.findings.len();
    match findings.find(|found| !found.flaw.is_of_an_act()) {
        None if all_seen => {
            Proof::Doubtful(Failure::Damaged(fault!("entry_does_not_hold", what = first.fault())))
        }
        None => Proof::Failed(Failure::Damaged(fault!("entry_does_not_hold", what = first.fault()))),
        Some(worst) => {
            let what = worst.fault();
            Proof::Failed(Failure::Damaged(match worst.flaw {
                Flaw::Log(_) | Flaw::Unreadable(_) | Flaw::Newer => {
                    fault!("entry_does_not_hold", what = what)
                }
                _ => fault!("books_differ", what = what),
            }))
        }
    }
}

impl Proof {
    /// Whether this is enough for what waits so.
    ///
    /// # Errors
    /// What was found.
    pub(super) fn bears(&self, waits: Waits) -> Result<(), Failure> {
        match (self, waits) {
            (Proof::Running(_) | Proof::Holds, _) | (_, Waits::Nothing) => Ok(()),
            (Proof::Doubtful(_), Waits::Compared) => Ok(()),
            (Proof::Doubtful(failure) | Proof::Failed(failure), _) => Err(failure.clone()),
        }
    }
}

impl Desk {
    /// What in the books is not as the entries say, once the comparison has found it. It stays so until the books are
    /// made from what the entries prove.
    pub fn differs(&self) -> Option<&Fault> {
        match &self.proof {
            Proof::Doubtful(Failure::Damaged(what)) | Proof::Failed(Failure::Damaged(what)) => Some(what),
            _ => None,
        }
    }

    /// Whether a command has to wait for the comparison, or is not given at all as the books stand. Asked before it is
    /// given by whoever must not be kept waiting for longer than `patience`: [`Desk::execute`] waits as long as it takes.
    pub fn waits(&mut self, command: &Command, patience: Duration) -> Option<Failure> {
        let waits = command.rule().waits;
        if waits == Waits::Nothing {
            return None;
        }
        self.take_proof(patience);
        match &self.proof {
            Proof::Running(running) => {
                let (done, total) = &*running.at;
                let (done, total) = (done.load(Ordering::Relaxed), total.load(Ordering::Relaxed));
                Some(Failure::Comparing { done, total })
            }
            ended => ended.bears(waits).err(),
        }
    }

    /// Takes over the answer of a comparison that has ended, or ends soon.
    pub(super) fn take_proof(&mut self, patience: Duration) {
        let Proof::Running(running) = &self.proof else { return };
        let answer = match running.answer.recv_timeout(patience) {
            Err(RecvTimeoutError::Timeout) => return,
            Err(RecvTimeoutError::Disconnected) => None,
            Ok(answer) => Some(answer),
        };
        self.proved(answer);
    }

    /// The books as a comparison found them. Without an answer it broke off.
    fn proved(&mut self, answer: Option<Answer>) {
        let broke_off = || Err(NotOpened::Other(fault!("verifier_broke_off")).into());
        self.proof = match answer.unwrap_or_else(broke_off) {
            Ok(report) => made_of(&report),
            Err(failure) => Proof::Failed(failure),
        };
        if matches!(self.proof, Proof::Holds) {
            // What no entry names goes only by books that are what the entries make them. Best effort: the next session's
            // does it as well.
            drop(self.sweep_attachments());
        }
    }

    /// Waits until the books are proved to be what the entries make them.
    ///
    /// # Errors
    /// [`Failure::Damaged`] names what differs; [`Failure::Device`] where it cannot be read.
    pub fn prove(&mut self) -> Result<(), Failure> {
        self.prove_for(Waits::Proved)
    }

    /// As [`Desk::prove`], before what waits so.
    pub(super) fn prove_for(&mut self, waits: Waits) -> Result<(), Failure> {
        if waits == Waits::Nothing {
            return Ok(());
        }
        if let Proof::Running(running) = &self.proof {
            let answer = running.answer.recv().ok();
            self.proved(answer);
        }
        self.proof.bears(waits)
    }
}

#[cfg(test)]
impl Desk {
    /// A comparison that finds something when it is told to, or breaks off when what is given here is let go of.
    pub fn compare_until_told(&mut self) -> impl FnOnce() + use<> {
        let (tells, answer) = channel();
        let at = Arc::new((AtomicU64::new(812), AtomicU64::new(2000)));
        self.proof = Proof::Running(Comparing { stop: Arc::default(), at, answer, thread: None });
        let finding = crate::store::CheckFinding { seq: 7, flaw: Flaw::Leaf };
        let tree = crate::log::Frontier::default().tree_head();
        move || drop(tells.send(Ok(CheckReport { entries: 7, tree, findings: vec![finding], count: 1 })))
    }
}
