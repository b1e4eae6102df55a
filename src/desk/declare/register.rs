//! Registers as people meet them: columns of the list, lines of the detail.

use super::{
    Choices, Words, attachments, badges, companies, entrants, notices, permits, persons, shifts, site, users,
    visits, works,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{Noun, Row};

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
    /// Every column and detail line, in order: what a CSV and `--json` give.
    pub fn all_columns(&self) -> impl Iterator<Item = &'static Column> {
        self.columns.iter().chain(self.detail)
    }
}

/// Every register, in the order of the menu.
pub fn registers() -> &'static [Register] {
    static ALL: &[Register] = &[
        visits::REGISTER,
        permits::REGISTER,
        works::REGISTER,
        notices::REGISTER,
        entrants::REGISTER,
        persons::REGISTER,
        companies::REGISTER,
        badges::REGISTER,
        users::REGISTER,
        shifts::REGISTER,
        site::REGISTER,
        attachments::REGISTER,
    ];
    ALL
}

/// A register by its stable name.
pub fn register(name: &str) -> Option<&'static Register> {
    registers().iter().find(|register| register.name == name)
}

/// The register that holds a noun's records; none for the site itself.
pub fn register_of(noun: Noun) -> Option<&'static Register> {
    registers().iter().find(|register| register.noun == noun)
}
