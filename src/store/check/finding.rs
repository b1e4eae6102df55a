//! What does not hold, and where.

use crate::domain::{Code, Id};
use crate::fault::{Fault, fault};
use crate::log::{TreeHead, What};
use std::fmt;

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckFinding {
    /// The entry it is about, or that made what it is about; 0 when no entry did.
    pub seq: u64,
    /// What does not hold.
    pub flaw: Flaw,
}

/// What does not hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Flaw {
    /// The log itself: signature, past, sequence, digests.
    Log(What),
    /// What stands there is no entry of this version.
    Unreadable(Fault),
    /// It is not spelled as this program would have written it.
    Spelling,
    /// The head names another subject, actor or role than its event.
    Head,
    /// The key was not the actor's, or not in force.
    Key,
    /// A provisional key signed something else than its own replacement.
    Provisional,
    /// The actor was suspended.
    Suspended,
    /// The actor did not hold a role that may do this.
    Right,
    /// The rules forbid it, for this reason.
    Forbidden(Code),
    /// A site is founded by its first entry, and by no other.
    Founding,
    /// The rules make another event of it.
    Differs,
    /// The clock ran back further than the profile bears, and no entry says so.
    Time,
    /// No profile that can be read was in force.
    Profile,
    /// An edition of the rules came into force that this program does not know: nothing behind it was checked.
    Newer,
    /// The text was erased and is there.
    TextRemains,
    /// The text is gone, and no entry erased it.
    TextMissing,
    /// The stored row is not what its entries make of it.
    Row(Id),
    /// A row is stored that no entry made.
    RowExtra(Id),
    /// An index or search key of a row is missing, or one too many is there.
    Index {
        /// Which table.
        table: &'static str,
        /// Of which record.
        id: Id,
        /// The key.
        key: String,
    },
    /// The stored leaf is not the entry's.
    Leaf,
    /// What a table says of the entry is missing or another.
    Table(&'static str),
    /// What is kept of the log's end is not its end.
    End,
    /// An invariant of the registers does not hold.
    Invariant(Fault),
}

impl Flaw {
    /// Whether it is an act that its actor might not do, in a log whose entries are all as they were signed: what is
    /// derived is compared all the same.
    pub fn is_of_an_act(&self) -> bool {
        use Flaw as F;
        matches!(
            self,
            F::Spelling
                | F::Head
                | F::Key
                | F::Provisional
                | F::Suspended
                | F::Right
                | F::Forbidden(_)
                | F::Founding
                | F::Differs
                | F::Time
                | F::Profile
        )
    }

    /// The stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Flaw::Log(what) => what.name(),
            Flaw::Unreadable(_) => "unreadable",
            Flaw::Spelling => "spelling",
            Flaw::Head => "head",
            Flaw::Key => "key",
            Flaw::Provisional => "provisional_key",
            Flaw::Suspended => "suspended",
            Flaw::Right => "right",
            Flaw::Forbidden(_) | Flaw::Founding => "forbidden",
            Flaw::Differs => "differs",
            Flaw::Time => "time",
            Flaw::Profile => "profile",
            Flaw::Newer => "newer_edition",
            Flaw::TextRemains => "text_remains",
            Flaw::TextMissing => "text_missing",
            Flaw::Row(_) => "row",
            Flaw::RowExtra(_) => "row_extra",
            Flaw::Index { .. } => "index",
            Flaw::Leaf => "leaf",
            Flaw::Table(_) => "table",
            Flaw::End => "end",
            Flaw::Invariant(_) => "invariant",
        }
    }
}

impl Flaw {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Flaw::Log(what) => what.fault(),
            Flaw::Unreadable(why) => fault!("check_unreadable", why = why.clone()),
            Flaw::Spelling => fault!("check_spelling"),
            Flaw::Head => fault!("check_head"),
            Flaw::Key => fault!("check_key"),
            Flaw::Provisional => fault!("check_provisional_key"),
            Flaw::Suspended => fault!("check_suspended"),
            Flaw::Right => fault!("check_right"),
            Flaw::Forbidden(code) => fault!("check_forbidden", code = code.name()),
            Flaw::Founding => fault!("check_founding"),
            Flaw::Differs => fault!("check_differs"),
            Flaw::Time => fault!("check_time"),
            Flaw::Profile => fault!("check_profile"),
            Flaw::Newer => fault!("check_newer"),
            Flaw::TextRemains => fault!("check_text_remains"),
            Flaw::TextMissing => fault!("check_text_missing"),
            Flaw::Row(id) => fault!("check_row", record = *id),
            Flaw::RowExtra(id) => fault!("check_row_extra", record = *id),
            Flaw::Index { table, id, key } => {
                fault!("check_index", table = *table, record = *id, key = key)
            }
            Flaw::Leaf => fault!("check_leaf"),
            Flaw::Table(table) => fault!("check_table", table = *table),
            Flaw::End => fault!("check_end"),
            Flaw::Invariant(what) => fault!("check_invariant", what = what.clone()),
        }
    }
}

impl CheckFinding {
    /// The same as a value that has sentences: what does not hold, with its place.
    pub fn fault(&self) -> Fault {
        match self.seq {
            0 => fault!("books", what = self.flaw.fault()),
            seq => fault!("entry", entry = seq, what = self.flaw.fault()),
        }
    }
}

impl fmt::Display for CheckFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
    }
}

/// What a check found.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckReport {
    /// How many entries were checked.
    pub entries: u64,
    /// Their tree.
    pub tree: TreeHead,
    /// What does not hold, by entry; the first 100.
    pub findings: Vec<CheckFinding>,
    /// How many there are in all.
    pub count: usize,
}

impl CheckReport {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.count == 0
    }
}
