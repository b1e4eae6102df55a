//! Groups of rights: what a profile may name as `group:NAME` instead of every command and query by itself.
//!
//! Here are those of the release, one a book and kind of work. A command and a query say themselves to which they
//! belong. A group may grow with an edition, and nobody's rights with it: what a profile names stands written out in
//! the log (`profile::expand`).

use super::{Command, Edition, Query};

macro_rules! named {
    ($($(#[$doc:meta])* $type:ident { $($(#[$vdoc:meta])* $variant:ident = $name:literal, $ja:literal, $en:literal;)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $type { $($(#[$vdoc])* $variant,)* }

        impl $type {
            /// All of them.
            pub const ALL: &'static [$type] = &[$($type::$variant),*];

            /// The stable name.
            pub fn name(self) -> &'static str {
                match self { $($type::$variant => $name,)* }
            }

            /// What it is called, in Japanese and English.
            pub fn title(self) -> (&'static str, &'static str) {
                match self { $($type::$variant => ($ja, $en),)* }
            }
        })*
    };
}

named! {
    /// A book, as groups of rights name it.
    Book {
        /// The server room: who may enter, who is inside.
        Entry = "entry", "入退室", "Entry";
        /// The keys of doors, racks and cabinets.
        Keys = "door_keys", "鍵", "Keys";
        /// The machines kept by hand.
        Devices = "devices", "機器", "Devices";
        /// Who may use the system: applications for accounts.
        Users = "users", "利用者", "Users";
        /// Exceptions from the rules: applied for, decided, in force.
        Exceptions = "exceptions", "例外措置", "Exceptions";
        /// The site as a whole: its IDs, its clock, its rules.
        Site = "site", "拠点", "Site";
    }
    /// A kind of work with a book.
    Task {
        /// What is done at the desk, day and night.
        Desk = "desk_work", "受付の仕事", "work at the desk";
        /// What keeps the lists right.
        Upkeep = "upkeep", "台帳の手入れ", "upkeep of the lists";
        /// What somebody with an authority decides.
        Decisions = "decisions", "許可と承認", "decisions";
        /// What whoever works at the desk reads.
        Reading = "reading", "閲覧", "reading";
        /// What is done with the site.
        Administration = "administration", "管理", "administration";
        /// What whoever watches over the site reads besides, the trail with it.
        Oversight = "oversight", "監督のための閲覧", "reading for oversight";
    }
}

/// A group of rights that comes with the release: a kind of work with a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Group(pub Book, pub Task);

impl Group {
    /// Every group that holds anything, by book.
    pub fn all() -> impl Iterator<Item = Group> {
        let each = |book: &'static Book| Task::ALL.iter().map(|work| Group(*book, *work));
        Book::ALL.iter().flat_map(each).filter(|group| !group.holds(Edition::NEWEST).is_empty())
    }

    /// Its stable name, BOOK.WORK.
    pub fn name(self) -> String {
        format!("{}.{}", self.0.name(), self.1.name())
    }

    /// What it is called, in Japanese and English.
    pub fn title(self) -> (String, String) {
        let (book, work) = (self.0.title(), self.1.title());
        (format!("{}: {}", book.0, work.0), format!("{}: {}", book.1, work.1))
    }

    /// The group of a name.
    pub fn of(name: &str) -> Option<Group> {
        Group::all().find(|group| group.name() == name)
    }

    /// The commands and queries that it holds under an edition, as a role names them, in order of declaration.
    pub fn holds(self, edition: Edition) -> Vec<String> {
        let given = Command::RULES
            .iter()
            .filter(|rule| rule.group == Some(self) && rule.is_given_under(edition))
            .map(|rule| rule.name.to_owned());
        let asked =
            Query::all().filter(|query| query.group == self && query.since <= edition).map(Query::right);
        given.chain(asked).collect()
    }
}
