//! What does not hold, and where.

use crate::domain::Id;
use crate::log::{Finding, TreeHead, What};
use std::fmt;

/// One thing that does not hold.
#[derive(Clone, Debug, PartialEq)]
pub struct CheckFinding {
    /// The entry it is about, or that made what it is about; 0 when no entry did.
    pub seq: u64,
    /// What does not hold.
    pub fault: Fault,
}

/// What does not hold.
#[derive(Clone, Debug, PartialEq)]
pub enum Fault {
    /// The log itself: signature, past, sequence, digests.
    Log(What),
    /// What stands there is no entry of this version.
    Unreadable(String),
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
    /// The rules forbid it, for the reason of this name.
    Forbidden(String),
    /// The rules make another event of it.
    Differs,
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
    Invariant(String),
}

impl Fault {
    /// The stable name.
    pub fn name(&self) -> &'static str {
        match self {
            Fault::Log(what) => what.name(),
            Fault::Unreadable(_) => "unreadable",
            Fault::Spelling => "spelling",
            Fault::Head => "head",
            Fault::Key => "key",
            Fault::Provisional => "provisional_key",
            Fault::Suspended => "suspended",
            Fault::Right => "right",
            Fault::Forbidden(_) => "forbidden",
            Fault::Differs => "differs",
            Fault::Profile => "profile",
            Fault::Newer => "newer_edition",
            Fault::TextRemains => "text_remains",
            Fault::TextMissing => "text_missing",
            Fault::Row(_) => "row",
            Fault::RowExtra(_) => "row_extra",
            Fault::Index { .. } => "index",
            Fault::Leaf => "leaf",
            Fault::Table(_) => "table",
            Fault::End => "end",
            Fault::Invariant(_) => "invariant",
        }
    }
}

impl fmt::Display for CheckFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Fault::Log(what) = &self.fault {
            return Finding { seq: self.seq, what: what.clone() }.fmt(f);
        }
        match self.seq {
            0 => f.write_str("the books: ")?,
            seq => write!(f, "entry {seq}: ")?,
        }
        match &self.fault {
            Fault::Log(_) => Ok(()),
            Fault::Unreadable(why) => write!(f, "it cannot be read: {why}"),
            Fault::Spelling => f.write_str("its facts are not spelled as they are written"),
            Fault::Head => f.write_str("its head and its facts name different subjects, actors or roles"),
            Fault::Key => f.write_str("the key it is signed with was not in force for its actor"),
            Fault::Provisional => f.write_str("a provisional key signed more than its own replacement"),
            Fault::Suspended => f.write_str("the actor was suspended"),
            Fault::Right => f.write_str("the actor did not hold the role"),
            Fault::Forbidden(why) => write!(f, "the rules forbid it: {why}"),
            Fault::Differs => f.write_str("the rules make something else of the command"),
            Fault::Profile => f.write_str("no readable profile was in force"),
            Fault::Newer => {
                f.write_str("the rules from here on are those of a newer release, or forged; what follows was not checked")
            }
            Fault::TextRemains => f.write_str("its text was erased, and is still there"),
            Fault::TextMissing => f.write_str("its text is gone, and nobody erased it"),
            Fault::Row(id) => write!(f, "the stored record {id} is not what its entries make of it"),
            Fault::RowExtra(id) => write!(f, "no entry made the stored record {id}"),
            Fault::Index { table, id, key } => write!(f, "the {table} of {id} under \"{key}\" is wrong"),
            Fault::Leaf => f.write_str("the stored leaf is another"),
            Fault::Table(table) => write!(f, "what the table {table} says of it is wrong"),
            Fault::End => f.write_str("what is kept of the log's end is not its end"),
            Fault::Invariant(what) => write!(f, "the registers contradict themselves: {what}"),
        }
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
