//! The walk along a log from its first entry, or from a frontier kept from an earlier walk, to the first entry that
//! does not hold. What comes after that entry is not judged: it stands on a past that is in doubt.
//!
//! Seen from inside the log: deleting, inserting, reordering, editing, and signing anew by anyone who has not the keys
//! of all actors since. Seen only against what others hold (`hold_against`): a cut tail, and a fork by all those keys.

use std::collections::BTreeMap;
use std::fmt;

use ed25519_dalek::VerifyingKey;

use super::signature::first_bad;
use super::{EPOCH_BEGUN, Entry, Frontier, Hash, Keys, Malformed, TreeHead, decode_hex};
use crate::fault::{Fault, fault};

/// How many entries wait until their signatures are verified together. Each holds its head and at most 1.5 KiB.
const TOGETHER: usize = 2048;

/// The first entry that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The place in the log, from 1, where what stands (or is missing) does not hold.
    pub seq: u64,
    pub what: What,
}

/// What does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// The line is not an entry.
    Unreadable(Malformed),
    /// The entry belongs to another site's log.
    OtherSite,
    /// Another entry stands where this one should: one was deleted, inserted or moved.
    Sequence { found: u64 },
    /// The epoch fell, rose by more than one, or rose at an entry that does not begin one.
    Epoch { expected: u32, found: u32 },
    /// The root the signer saw is not the root of the entries before: one of them was changed since.
    Past,
    /// The body's bytes are not the ones that were signed.
    Body,
    /// The sealed text's bytes are not the ones that were signed.
    Text,
    /// No entry before enrolled the signing key, and it is not pinned.
    KeyUnknown,
    /// The signing key is another actor's.
    KeyOfAnother,
    /// The signature does not hold.
    Signature,
    /// Someone holds proof that the log once was longer.
    Cut { expected_size: u64 },
    /// Someone holds proof of another past up to and with this entry.
    Fork,
    /// A tree head older than where the walk began cannot be compared.
    BeforeStart,
}

impl What {
    /// The stable name, for reports and tests.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Unreadable(_) => "unreadable",
            Self::OtherSite => "other_site",
            Self::Sequence { .. } => "sequence",
            Self::Epoch { .. } => "epoch",
            Self::Past => "past",
            Self::Body => "body",
            Self::Text => "text",
            Self::KeyUnknown => "key_unknown",
            Self::KeyOfAnother => "key_of_another",
            Self::Signature => "signature",
            Self::Cut { .. } => "cut",
            Self::Fork => "fork",
            Self::BeforeStart => "before_start",
        }
    }
}

impl What {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Unreadable(why) => fault!("log_unreadable", why = why.fault()),
            Self::OtherSite => fault!("log_other_site"),
            Self::Sequence { found } => fault!("log_sequence", found = *found),
            Self::Epoch { expected, found } => fault!("log_epoch", expected = *expected, found = *found),
            Self::Past => fault!("log_past"),
            Self::Body => fault!("log_body"),
            Self::Text => fault!("log_text"),
            Self::KeyUnknown => fault!("log_key_unknown"),
            Self::KeyOfAnother => fault!("log_key_of_another"),
            Self::Signature => fault!("log_signature"),
            Self::Cut { expected_size } => fault!("log_cut", size = *expected_size),
            Self::Fork => fault!("log_fork"),
            Self::BeforeStart => fault!("log_before_start"),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fault!("entry", entry = self.seq, what = self.what.fault()).fmt(f)
    }
}

impl std::error::Error for Finding {}

/// A log, or a stretch of one, that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    pub epoch: u32,
    pub frontier: Frontier,
}

impl Verified {
    /// Size and root of the tree at the end.
    pub fn tree_head(&self) -> TreeHead {
        self.frontier.tree_head()
    }
}

/// Verification in progress. Entries are pushed in order; a finding about an entry may come some entries later or with
/// `finish`, but it is always about the first that does not hold. After a finding the walk is over.
#[derive(Debug)]
pub struct Walk {
    site: String,
    epoch: u32,
    frontier: Frontier,
    root: Hash,
    expected: BTreeMap<u64, Hash>,
    waiting: Vec<Signed>,
}

/// An entry in the tree whose signature was not looked at yet: only what that needs, so that long bodies do not pile up.
#[derive(Debug)]
struct Signed {
    seq: u64,
    head: String,
    signature: [u8; 64],
    key: VerifyingKey,
}

impl Walk {
    /// From the first entry of the log of `site`; the first epoch is 1.
    pub fn from_genesis(site: &str) -> Self {
        Self::resume(site, 1, Frontier::new())
    }

    /// From the end of an earlier walk.
    pub fn resume(site: &str, epoch: u32, frontier: Frontier) -> Self {
        let root = frontier.root();
        Self { site: site.to_owned(), epoch, frontier, root, expected: BTreeMap::new(), waiting: Vec::new() }
    }

    /// Adds a tree head that someone else holds: a receipt, a month-end sheet, an extract.
    ///
    /// # Errors
    /// `Fork` when it contradicts the place where the walk stands or another tree head of the same size,
    /// `BeforeStart` when the walk is past it.
    pub fn hold_against(&mut self, tree: TreeHead) -> Result<(), Finding> {
        if tree.size < self.frontier.size() {
            return Err(Finding { seq: tree.size, what: What::BeforeStart });
        }
        if tree.size == self.frontier.size() {
            return if tree.root == self.root { Ok(()) } else { self.end(tree.size, What::Fork) };
        }
        match self.expected.insert(tree.size, tree.root) {
            Some(other) if other != tree.root => self.end(tree.size, What::Fork),
            _ => Ok(()),
        }
    }

    /// The next entry.
    pub fn push(&mut self, entry: &Entry, keys: &mut dyn Keys) -> Result<(), Finding> {
        let seq = self.next_seq();
        let key = match self.check(entry, seq, keys) {
            Ok(key) => key,
            Err(what) => return self.end(seq, what),
        };
        if entry.enrolled_key().is_some() {
            // A key is learnt only from an enrolment that holds, so nothing before it may still wait.
            self.settle()?;
            if !entry.signed_by(&key) {
                return Err(Finding { seq, what: What::Signature });
            }
            keys.learn(entry);
        } else {
            let (head, signature) = (entry.head_bytes().to_owned(), *entry.signature());
            self.waiting.push(Signed { seq, head, signature, key });
        }
        self.epoch = entry.head().epoch;
        self.frontier.append(entry.leaf());
        self.root = self.frontier.root();
        if self.expected.remove(&seq).is_some_and(|root| root != self.root) {
            return self.end(seq, What::Fork);
        }
        if self.waiting.len() >= TOGETHER { self.settle() } else { Ok(()) }
    }

    /// A line at this place that is not an entry.
    pub fn unreadable(&mut self, reason: Malformed) -> Finding {
        let finding = Finding { seq: self.next_seq(), what: What::Unreadable(reason) };
        self.settle().err().unwrap_or(finding)
    }

    /// The end of the log.
    pub fn finish(mut self) -> Result<Verified, Finding> {
        self.settle()?;
        match self.expected.last_key_value() {
            Some((size, _)) => {
                Err(Finding { seq: self.next_seq(), what: What::Cut { expected_size: *size } })
            }
            None => Ok(Verified { epoch: self.epoch, frontier: self.frontier }),
        }
    }

    fn next_seq(&self) -> u64 {
        self.frontier.size().saturating_add(1)
    }

    fn check(&self, entry: &Entry, seq: u64, keys: &dyn Keys) -> Result<VerifyingKey, What> {
        let head = entry.head();
        if head.site != self.site {
            return Err(What::OtherSite);
        }
        if head.seq != seq {
            return Err(What::Sequence { found: head.seq });
        }
        let rises = head.kind == EPOCH_BEGUN && seq > 1;
        let expected = if rises { self.epoch.saturating_add(1) } else { self.epoch };
        if head.epoch != expected {
            return Err(What::Epoch { expected, found: head.epoch });
        }
        if decode_hex(&head.prev) != Some(self.root) {
            return Err(What::Past);
        }
        if !entry.body_holds() {
            return Err(What::Body);
        }
        if !entry.text_holds() {
            return Err(What::Text);
        }
        let key = keys.key_of(&head.key).ok_or(What::KeyUnknown)?;
        if keys.belongs_to(&head.key, &head.actor) { Ok(key) } else { Err(What::KeyOfAnother) }
    }

    /// Verifies the signatures that wait.
    fn settle(&mut self) -> Result<(), Finding> {
        let waiting = std::mem::take(&mut self.waiting);
        let bad = first_bad(&waiting, |signed| {
            super::signature::holds(&signed.key, &signed.head, &signed.signature)
        });
        match bad.and_then(|index| waiting.get(index)) {
            Some(signed) => Err(Finding { seq: signed.seq, what: What::Signature }),
            None => Ok(()),
        }
    }

    /// Ends the walk with what was found at `seq`, unless a signature before it does not hold.
    fn end(&mut self, seq: u64, what: What) -> Result<(), Finding> {
        self.settle()?;
        Err(Finding { seq, what })
    }
}

/// Verifies a whole log: `lines` are its entries in order, `expected` the tree heads that others hold.
/// `keys` learns from the enrolments on the way.
///
/// # Errors
/// The first entry that does not hold.
pub fn verify<I>(
    site: &str,
    lines: I,
    keys: &mut dyn Keys,
    expected: &[TreeHead],
) -> Result<Verified, Finding>
where
    I: IntoIterator<Item = Result<Entry, Malformed>>,
{
    let mut walk = Walk::from_genesis(site);
    expected.iter().try_for_each(|tree| walk.hold_against(*tree))?;
    for line in lines {
        match line {
            Ok(entry) => walk.push(&entry, keys)?,
            Err(reason) => return Err(walk.unreadable(reason)),
        }
    }
    walk.finish()
}
