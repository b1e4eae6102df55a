//! Registers as people meet them: columns of the list, lines of the detail.

use super::{Choices, Field, Kind, Words, registers, standing};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{Broken, Date, Id, Noun, Profile, Row, View};

/// A column of a list, or a line of a detail page.
#[derive(Clone, Copy)]
pub struct Column {
    /// Stable name: the CSV's heading and the JSON's key.
    pub name: &'static str,
    /// Heading on the screen.
    pub title: Words,
    /// Width in cells; 0 takes what is left.
    pub width: u16,
    /// Shown in the compact layout too.
    pub compact: bool,
    /// The text of the cell. Empty when there is nothing to say.
    pub cell: fn(&Row, &dyn Lookup, Lang) -> String,
}

/// One of the books.
#[derive(Clone, Copy)]
pub struct Register {
    /// Stable name, as `daicho query` takes it.
    pub name: &'static str,
    /// Its noun.
    pub noun: Noun,
    /// Its title.
    pub title: Words,
    /// How the title is read, as [`super::Operation::reading`].
    pub reading: &'static str,
    /// What it is for, in a sentence.
    pub doc: Words,
    /// Columns of the list.
    pub columns: &'static [Column],
    /// Lines of the detail page; the list's columns come first, then these.
    pub detail: &'static [Column],
    /// Columns that say to whoever judges a record what it is about, by name.
    pub judged: &'static [&'static str],
    /// States it can be filtered by: stable name and label.
    pub states: Choices,
    /// Where a record stands, by the stable name of one of its states. What hangs on dates is computed when looked at,
    /// so that it is right on a terminal that was off for a month.
    pub stands: fn(&Row, &dyn Lookup) -> &'static str,
    /// Whether a record belongs under one of its states, for whoever looks.
    pub is_in: fn(&Row, &str, &Viewer<'_>) -> bool,
    /// Whom a record without a name of its own is about, in words; empty where nobody.
    pub whom: fn(&Row, &dyn Lookup, Lang) -> String,
    /// The command that a row of a list from elsewhere becomes, where lists of it come in (`daicho load`).
    pub loads: Option<&'static str>,
    /// The command that begins where a record's own number is scanned at the desk; none of what carries no number.
    pub scanned: Option<fn(&Row) -> &'static str>,
    /// A record's page lists everything that rests on it besides: what it has, and what about it waits.
    pub rests: bool,
    /// What of it stands on Today while it is open.
    pub today: &'static [Open],
}

/// A line of Today: records of a register that are open under one of its states.
#[derive(Clone, Copy)]
pub struct Open {
    /// Its stable name.
    pub name: &'static str,
    /// What it counts.
    pub title: Words,
    /// Where it stands among the lines of all registers.
    pub place: Place,
    /// The state of the register that it counts, and opens.
    pub state: &'static str,
    /// Whether it wants somebody's attention now.
    pub urgent: Urgent,
    /// Shown even where there is nothing.
    pub always: bool,
    /// The command that settles each of its records: its list gives it by one key.
    pub does: Option<&'static str>,
    /// Among which records those of the state are.
    pub among: Among,
}

/// Where a line of Today stands: the first of these first, and within one in the order of the menu.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// What was done in an emergency, without whoever may decide it.
    Emergency,
    /// What should not be.
    Wrong,
    /// What waits for this person.
    Mine,
    /// Who and what is where, now.
    Now,
    /// What is due from somebody.
    Due,
    /// What waits for others.
    Others,
    /// What will want attention.
    Soon,
}

/// Whether a line of Today wants somebody's attention now.
#[derive(Clone, Copy)]
pub enum Urgent {
    /// It does not.
    No,
    /// Whoever looks.
    Always,
    /// Of whoever holds one of these roles.
    Holders(fn(&Profile) -> &[String]),
}

/// What finds records by the rules, under a profile on a day.
pub type Found = fn(&dyn View, &Profile, Date) -> Result<Vec<Id>, Broken>;

/// Among which records those of a state are, by the index.
#[derive(Clone, Copy)]
pub enum Among {
    /// Those of the state's own name: all of them.
    Its,
    /// Those of these states.
    States(&'static [&'static str]),
    /// Those that the rules find.
    Found(Found),
    /// Those whose period ends within the profile's `soon_days`.
    Ending,
}

impl Open {
    /// A line that is not urgent and counts what the index has under its state.
    pub const fn new(
        name: &'static str,
        title: (&'static str, &'static str),
        place: Place,
        state: &'static str,
    ) -> Open {
        let title = Words::new(title.0, title.1);
        Open { name, title, place, state, urgent: Urgent::No, always: false, among: Among::Its, does: None }
    }
}

impl Column {
    /// A column of the list.
    pub const fn new(
        name: &'static str,
        title: (&'static str, &'static str),
        width: u16,
        cell: fn(&Row, &dyn Lookup, Lang) -> String,
    ) -> Column {
        Column { name, title: Words::new(title.0, title.1), width, compact: false, cell }
    }

    /// A line of the detail page.
    pub const fn line(
        name: &'static str,
        title: (&'static str, &'static str),
        cell: fn(&Row, &dyn Lookup, Lang) -> String,
    ) -> Column {
        Column::new(name, title, 0, cell)
    }

    /// The same column, shown in the compact layout too.
    pub const fn always(self) -> Column {
        Column { compact: true, ..self }
    }
}

impl Register {
    /// A register of which nothing is told yet.
    pub(super) const PLAIN: Register = Register {
        name: "",
        noun: Noun::Site,
        title: Words::new("", ""),
        reading: "",
        doc: Words::new("", ""),
        columns: &[],
        detail: &[],
        judged: &[],
        states: &[],
        stands: |_, _| "",
        is_in: standing::is_so,
        whom: |_, _, _| String::new(),
        loads: None,
        scanned: None,
        rests: false,
        today: &[],
    };

    /// Every column and detail line, in order: what a CSV and `--json` give.
    pub fn all_columns(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().chain(self.detail)
    }
}

/// A register by its stable name.
pub fn register(name: &str) -> Option<&'static Register> {
    registers().iter().find(|register| register.name == name)
}

/// The register that holds a noun's records; none for the site itself.
pub fn register_of(noun: Noun) -> Option<&'static Register> {
    registers().iter().find(|register| register.noun == noun)
}

impl Register {
    /// By what its list is narrowed, as fields to fill: a state, a person, a company, a zone, days.
    pub fn filters(&self) -> Vec<Field> {
        let filter = |name, kind, label| Field::new(name, kind, label, label);
        let mut fields = vec![
            filter("person", Kind::Ref(Noun::Person), ("人", "Person")),
            filter("company", Kind::Ref(Noun::Company), ("会社", "Company")),
            filter("zone", Kind::Zone, ("区画", "Zone")),
            filter("from", Kind::Date, ("開始日", "From")),
            filter("to", Kind::Date, ("終了日", "To")),
        ];
        if self.noun.filing().tell_roles() {
            fields.insert(0, filter("roles", Kind::Roles, ("役割", "Roles")));
        }
        if !self.states.is_empty() {
            fields.insert(0, filter("state", Kind::Choice(self.states), ("状態", "State")));
        }
        fields
    }
}
