//! The verified mark: what one session found of the books, so that the next one of the same person need not begin at the
//! first entry again.
//!
//! A mark says that the books were what their entries make them when they lay over a base of this digest and the log had
//! this root. From there on everything derived is made by this program at each opening, of that base and of the frames
//! behind it, which hold entries and nothing derived. So where base and root are still those, what is new is decided
//! again, and nothing else needs to be ([`crate::store::holds_behind`]).
//!
//! Neither base nor root alone would do. What a forger writes into a base may be overwritten by an entry behind it: the
//! books are right then, and wrong again once the journal is cut before that entry. So a log without the marked entry is
//! read from its first one.
//!
//! - The digest is of the bytes that the comparison read, each time it read them ([`Apart::pin`]): nobody can show
//!   the one and mark the other.
//! - A mark is made by a comparison from the first entry alone, never handed on from mark to mark, and not made for a base
//!   that a session writes itself: what such a base was copied from was read by the session, not by a comparison. So the
//!   first session over each new base begins at the first entry, and whatever one comparison could miss ends there.
//! - It counts for whoever signed it, by the key that just opened the vault. Whoever takes over the desk has none of it.
//!   The key of a temporary password signs none: whoever gave that password has the key as well, and could sign one. That
//!   a password is temporary is a row, which can be forged; its form cannot.
//! - Whatever differs, a mark that is absent, damaged or another program's included, costs time and refuses nothing.
//!
//! It gains a forger nothing that their own password does not: who could sign another's mark could do all that the other
//! may.

use super::door::{Desk, Terminal};
use super::last_seen::notes_of;
use super::seat::Seat;
use crate::log::{TreeHead, decode_hex, encode_hex, mark_holds, sign_mark};
use crate::store::{CheckReport, Store, views_version};
use crate::vault::{Disk, VerifiedMark, read_verified_mark, write_verified_mark};
use ed25519_dalek::VerifyingKey;
use std::sync::Arc;

/// The program that compares, with all that what it derives depends on. Another is asked to see for itself: it may know
/// of a fault of this one.
fn program() -> String {
    format!("{}/{}", env!("CARGO_PKG_VERSION"), views_version())
}

/// Where a person's marks are, and how they are known.
#[derive(Clone, Debug)]
pub(super) struct Marks {
    pub(super) user: String,
    disk: Arc<dyn Disk>,
    key: VerifyingKey,
}

impl Marks {
    /// The marks of a person at a terminal; `None` where none count: the terminal keeps no notes, the password was given
    /// by somebody else, or the books were made anew at this opening, so that no base holds them yet.
    pub(super) fn kept(terminal: &Terminal, vault: &dyn Disk, seat: &Seat, store: &Store) -> Option<Marks> {
        let disk = notes_of(terminal, vault).filter(|_| seat.is_own() && !store.was_rebuilt())?;
        let key = seat.signing.verifying_key();
        Some(Marks { user: seat.user().to_owned(), disk: Arc::clone(disk), key })
    }

    /// The log that was verified over a base of this digest, if the person has a mark that says so.
    pub(super) fn of(&self, founding: &str, base: &[u8; 32]) -> Option<TreeHead> {
        let (mark, signature) = read_verified_mark(&*self.disk, founding, &self.user).ok().flatten()?;
        let counts = mark.program == program()
            && mark.base == encode_hex(base)
            && mark_holds(&self.key, &mark.text(), &signature);
        let root = decode_hex(&mark.root)?;
        counts.then_some(TreeHead { size: mark.entry, root })
    }
}

impl Desk {
    /// The marks of who sits here.
    pub(super) fn marks(&self) -> Option<Marks> {
        Marks::kept(&self.terminal, &*self.disk, &self.seat, &self.store)
    }

    /// Marks books that were compared from the first entry on and held, over a base of this generation and digest. Best
    /// effort: where it cannot be written, the next session compares them as this one did.
    pub(super) fn mark_verified(&self, report: &CheckReport, generation: u64, base: &[u8; 32]) {
        let (Some(marks), Ok(Some(founding))) = (self.marks(), self.store.root_at(1)) else { return };
        if self.vault.base_generation() != generation {
            // Nobody will see that base again.
            return;
        }
        let mark = VerifiedMark {
            founding,
            user: marks.user,
            program: program(),
            entry: report.tree.size,
            root: encode_hex(&report.tree.root),
            base: encode_hex(base),
        };
        let _ = write_verified_mark(&*marks.disk, &mark, &sign_mark(&self.seat.signing, &mark.text()));
    }
}
