//! What is read is proved before it is obeyed: from login on the books are compared with the entries, in the background.
//!
//! Rows, indexes and everything else derived can be forged together by whoever has a tool of their own; only the
//! entries, read in order, prove anything. Until they have been, and for as long as something differs, the desk gives
//! nothing of which the rules say that it waits ([`crate::domain::Rule::waits`]): what gives rights, changes keys and
//! rules, or decides for others. Visits go on, and so does what only takes rights away.

use super::door::Desk;
use super::failure::{failure_of, store_failure};
use super::mark::Marks;
use super::{Failure, NotOpened};
use crate::domain::{Command, Waits};
use crate::fault::{Fault, fault, of_kind};
use crate::store::{
    CheckReport, Flaw, OpenError, Pinned, Progress, Store, StoreError, check, check_until, holds_behind,
};
use crate::vault::{Apart, Backend, Vault};
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
    /// The books are what the entries make them: all of these, or those behind somebody's mark.
    Holds(Option<Marked>),
    /// They are, but an entry is one that its actor might not make: the first of them.
    Doubtful(Failure),
    /// They are not, or it cannot be known: the first that differs.
    Failed(Failure),
}

/// A comparison that rests on a mark.
#[derive(Debug)]
pub(super) struct Marked {
    /// Whose it is.
    user: String,
    /// The first entry that was decided again.
    from: u64,
}

/// The comparison on its thread. Let go of, it ends.
#[derive(Debug)]
pub(super) struct Comparing {
    stop: Arc<AtomicBool>,
    /// Entries read, and how many there are.
    at: Arc<(AtomicU64, AtomicU64)>,
    /// Whose mark it may rest on.
    user: Option<String>,
    /// The generation of the base that it reads.
    generation: u64,
    answer: Receiver<Answer>,
    thread: Option<JoinHandle<()>>,
}

/// What is said of the books.
#[derive(Debug)]
enum Compared {
    /// By their entries from the first one on, over a base of this digest, where somebody could mark it.
    Whole(CheckReport, Option<[u8; 32]>),
    /// They hold by a mark and the entries from this one on.
    Behind(u64),
}

type Answer = Result<Compared, Failure>;

impl Drop for Comparing {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

/// Opens an image as books. Whatever opening writes, it writes beside the image in use.
fn books(image: &Backend) -> Result<Store, StoreError> {
    let frames = std::iter::empty::<Result<Vec<u8>, StoreError>>();
    Store::open(image.clone(), CACHE, frames, &mut |_, _, _| {}).map_err(|error| match error {
        OpenError::Store(error) | OpenError::Frames(error) => error,
    })
}

/// Compares the books of an image: behind a mark, where one counts, or else all of them.
fn compare(
    image: &Apart,
    marks: Option<&Marks>,
    tell: Progress<'_>,
    stop: &AtomicBool,
) -> Result<Compared, Failure> {
    let met = |error| image.now.damage().map_or_else(|| store_failure(error, None), failure_of);
    // Before anything is read of it: what is compared from here on is what this is of.
    let base = match marks {
        Some(_) => image.pin(stop).map_err(failure_of)?,
        None => None,
    };
    let now = books(&image.now).map_err(met)?;
    if let (Some(marks), Some(base)) = (marks, &base)
        && let Some(from) = behind(image, &now, marks, base, tell, stop)
    {
        return Ok(Compared::Behind(from));
    }
    let reading = now.read().map_err(met)?;
    let report = check_until(&reading, &Pinned::default(), tell, stop).map_err(met)?;
    Ok(Compared::Whole(report, base))
}

/// The first entry behind the base, where a mark counts and all of those hold. Whatever keeps this from being known, the
/// comparison from the first entry on meets again and says.
fn behind(
    image: &Apart,
    now: &Store,
    marks: &Marks,
    base: &[u8; 32],
    tell: Progress<'_>,
    stop: &AtomicBool,
) -> Option<u64> {
    let founding = now.root_at(1).ok().flatten()?;
    let verified = marks.of(&founding, base)?;
    let before = books(&image.before).ok().filter(|before| !before.was_rebuilt())?;
    holds_behind(&*before.read().ok()?, &*now.read().ok()?, verified, tell, stop).ok().flatten()
}

impl Proof {
    /// Begins to compare the books as they stand in a vault now, with no write under way. What is written from here on
    /// is decided on them.
    pub(super) fn begin(vault: &Vault, store: &mut Store, marks: Option<Marks>) -> Proof {
        // So that the image taken apart opens as it is: opened behind any other commit, all of it is read for that alone.
        // Best effort; whatever keeps it from being written is met again by whoever writes next.
        let _ = store.prepare_checkpoint();
        // Apart from the image in use: what is typed waits for no lock of this, and its memory goes with it.
        let image = match vault.apart(CACHE) {
            Ok(image) => image,
            Err(error) => return Proof::Failed(failure_of(error)),
        };
        let (stop, at) = (Arc::new(AtomicBool::new(false)), Arc::new((AtomicU64::new(0), AtomicU64::new(0))));
        let (answers, answer) = channel();
        let (ends, tells) = (Arc::clone(&stop), Arc::clone(&at));
        let user = marks.as_ref().map(|marks| marks.user.clone());
        let run = move || {
            // Best effort: without it the comparison takes its turn like everything else.
            let _ = rustix::process::setpriority_process(None, MODEST);
            let mut tell = |step, done, total| {
                if step == crate::store::Step::Entries {
                    tells.0.store(done, Ordering::Relaxed);
                    tells.1.store(total, Ordering::Relaxed);
                }
            };
            // Nobody listens where the desk has gone.
            let _ = answers.send(compare(&image, marks.as_ref(), &mut tell, &ends));
        };
        let generation = vault.base_generation();
        match std::thread::Builder::new().name("compare".to_owned()).spawn(run) {
            Ok(thread) => {
                Proof::Running(Comparing { stop, at, user, generation, answer, thread: Some(thread) })
            }
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
    let Some(first) = findings.peek().copied() else { return Proof::Holds(None) };
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
            (Proof::Running(_) | Proof::Holds(_), _) | (_, Waits::Nothing) => Ok(()),
            (Proof::Doubtful(_), Waits::Compared) => Ok(()),
            (Proof::Doubtful(failure) | Proof::Failed(failure), _) => Err(failure.clone()),
        }
    }
}

impl Desk {
    /// After somebody else sat down: what rests on the mark of who sat here before, or may come to, begins anew.
    pub(super) fn forget_others_mark(&mut self) {
        let user = match &self.proof {
            Proof::Running(running) => running.user.as_deref(),
            Proof::Holds(marked) => marked.as_ref().map(|marked| marked.user.as_str()),
            _ => None,
        };
        if user.is_some_and(|user| user != self.seat.user()) {
            let marks = self.marks();
            self.proof = Proof::begin(&self.vault, &mut self.store, marks);
        }
    }

    /// From which entry on the log was decided again for this session, once all of it held: the first one, or the first
    /// behind the base that a mark of who sits here says was verified.
    pub fn compared_from(&self) -> Option<u64> {
        match &self.proof {
            Proof::Holds(marked) => Some(marked.as_ref().map_or(1, |marked| marked.from)),
            _ => None,
        }
    }

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
        let (user, generation) = match &mut self.proof {
            Proof::Running(running) => (running.user.take(), running.generation),
            _ => (None, 0),
        };
        let broke_off = || Err(NotOpened::Other(fault!("verifier_broke_off")).into());
        self.proof = match answer.unwrap_or_else(broke_off) {
            Ok(Compared::Whole(report, base)) => {
                let proof = made_of(&report);
                if let (Proof::Holds(_), Some(base)) = (&proof, base) {
                    self.mark_verified(&report, generation, &base);
                }
                proof
            }
            Ok(Compared::Behind(from)) => Proof::Holds(user.map(|user| Marked { user, from })),
            Err(failure) => Proof::Failed(failure),
        };
        if matches!(self.proof, Proof::Holds(_)) {
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
        let (user, generation) = (None, 0);
        self.proof =
            Proof::Running(Comparing { stop: Arc::default(), at, user, generation, answer, thread: None });
        let finding = crate::store::CheckFinding { seq: 7, flaw: Flaw::Leaf };
        let tree = crate::log::Frontier::default().tree_head();
        let report = CheckReport { entries: 7, tree, findings: vec![finding], count: 1 };
        move || drop(tells.send(Ok(Compared::Whole(report, None))))
    }
}
