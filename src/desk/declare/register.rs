//! Registers as people meet them: columns of the list, lines of the detail.

use super::Words;
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
    /// What it is for, in a sentence.
    pub doc: Words,
    /// Columns of the list.
    pub columns: &'static [Column],
    /// Lines of the detail page; the list's columns come first, then these.
    pub detail: &'static [Column],
    /// States it can be filtered by: stable name and label.
    pub states: &'static [(&'static str, Words)],
}
