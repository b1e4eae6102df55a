//! Queries: what may be read, each a right of its own (`query:NAME` in a role of a profile).

use super::{Book, Edition, Group, Noun, Task};

/// What stands before a query's name in a role's rights.
pub const QUERY: &str = "query:";

/// The right to every query that there was when profiles still went into the log with this name in them. Now it is
/// written out before: see [`Query::is_of_every`].
pub const EVERY_QUERY: &str = "query:*";

/// The last edition of which somebody may have meant its queries by [`EVERY_QUERY`].
const LAST_OF_EVERY: Edition = Edition::Two;

/// A query.
#[derive(Debug)]
pub struct Query {
    /// Its stable name.
    pub name: &'static str,
    /// The group that holds it.
    pub group: Group,
    /// The edition with which it came: before that no profile can name it.
    pub since: Edition,
}

const fn of_no_noun(name: &'static str, group: Group) -> Query {
    Query { name, group, since: Edition::One }
}

impl Query {
    /// What is read besides the registers of the nouns. Reading the trail (`log`, `refused`) is a right of its own
    /// (J-1-1-3-a).
    const OF_NO_NOUN: &'static [Query] = &[
        of_no_noun("inside", Group(Book::Entry, Task::Reading)),
        of_no_noun("inside_at", Group(Book::Entry, Task::Reading)),
        of_no_noun("today", Group(Book::Entry, Task::Reading)),
        of_no_noun("refused", Group(Book::Site, Task::Oversight)),
        of_no_noun("log", Group(Book::Site, Task::Oversight)),
        Query { since: Edition::Three, ..of_no_noun("who_could", Group(Book::Users, Task::Reading)) },
        Query { since: Edition::Three, ..of_no_noun("in_force", Group(Book::Exceptions, Task::Desk)) },
        Query { since: Edition::Three, ..of_no_noun("policy", Group(Book::Users, Task::Reading)) },
    ];

    /// Every query, in the order in which profiles are shown: what is of no noun, then the registers.
    pub fn all() -> impl Iterator<Item = &'static Query> + Clone {
        let registers = Noun::ALL.into_iter().filter_map(|noun| noun.filing().query.as_ref());
        Query::OF_NO_NOUN.iter().chain(registers)
    }

    /// The query of a name.
    pub fn of(name: &str) -> Option<&'static Query> {
        Query::all().find(|query| query.name == name)
    }

    /// The right to ask it, as a role names it.
    pub fn right(&self) -> String {
        format!("{QUERY}{}", self.name)
    }

    /// Whether [`EVERY_QUERY`] in a profile of the log means it, too. One that came with a later edition is nobody's
    /// until somebody adopts a profile that names it.
    pub(super) fn is_of_every(&self) -> bool {
        self.since <= LAST_OF_EVERY
    }
}
