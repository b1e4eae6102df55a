//! The log itself: sequence, past, digests, signatures. Keys are learnt from the entries that make them known.

use super::LoggedEvent;
use crate::domain::Command;
use crate::log::{Finding, Keys, TreeHead, Verified, Walk, key_from_hex, key_id};
use ed25519_dalek::VerifyingKey;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::mpsc::Receiver;

/// Keys by their id. Whose a key is, and whether it was in force, replay judges.
#[derive(Default)]
pub(in crate::store) struct Known(BTreeMap<String, VerifyingKey>);

impl Keys for Known {
    fn key_of(&self, key_id: &str) -> Option<VerifyingKey> {
        self.0.get(key_id).copied()
    }
}

impl Known {
    /// The key with an id.
    pub(in crate::store) fn key(&self, id: &str) -> Option<VerifyingKey> {
        self.0.get(id).copied()
    }

    pub(in crate::store) fn learn_from(&mut self, told: &LoggedEvent) {
        for hex in keys_in(&told.event.command) {
            self.learn(hex);
        }
    }

    pub(super) fn learn(&mut self, hex: &str) {
        if let Some(key) = key_from_hex(hex) {
            // Ids are short: a second key with the same one must not take the first one's place.
            self.0.entry(key_id(&key)).or_insert(key);
        }
    }
}

/// The keys that a command makes known, hex.
pub(super) fn keys_in(command: &Command) -> Vec<&str> {
    match command {
        Command::FoundSite(founding) => vec![&founding.key, &founding.recovery_key],
        Command::IssueUser(issue) => vec![&issue.key],
        Command::CarryOverUser(carry) => vec![&carry.key],
        Command::ResetPassword(reset) => vec![&reset.key],
        Command::ReopenUser(reopen) => vec![&reopen.key],
        Command::EnrolKey(enrol) => vec![&enrol.key],
        Command::UseSheet(sheet) => vec![&sheet.key],
        Command::IssueBySheet(issue) => vec![&issue.key],
        Command::ReplaceSheet(sheet) => vec![&sheet.recovery_key],
        _ => Vec::new(),
    }
}

/// Verifies what comes behind where a walk stands, with the keys known there, until nothing more does, or until the first
/// entry that does not hold.
pub(super) fn verify(
    mut walk: Walk,
    mut known: Known,
    trees: &[TreeHead],
    parts: Receiver<Arc<Vec<LoggedEvent>>>,
) -> Result<Verified, Finding> {
    for tree in trees {
        walk.hold_against(*tree)?;
    }
    for part in parts {
        for told in part.iter() {
            // The first entry makes known the key that signs it; there is nobody before to do so.
            if told.meta.seq == 1 {
                known.learn_from(told);
            }
            walk.push(&told.entry, &mut known)?;
            known.learn_from(told);
        }
    }
    walk.finish()
}
