//! Operations: a command as people meet it. Declared once; keymap, key bar, help, palette, forms, the batch
//! interface's list and the tests read the same table.

use super::{Field, Words};
use crate::domain::Noun;

/// How an operation begins on the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opens {
    /// A form with all its fields.
    Form,
    /// A confirmation, with a reason where the command has one.
    Confirm,
}

/// A command as people meet it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The command's stable name.
    pub command: &'static str,
    /// Its name on the screen.
    pub title: Words,
    /// What it does, in one or two sentences.
    pub doc: Words,
    /// The record it is about: the selected row of that noun; `None` where it makes a new one.
    pub about: Option<(Noun, &'static str)>,
    /// The register on whose list it is offered, by [`super::Register::name`].
    pub register: &'static str,
    /// Its fields, in the order of the form. The field named in `about` is filled from the selection.
    pub fields: &'static [Field],
    /// Form or confirmation.
    pub opens: Opens,
    /// May be entered late from paper (`at`).
    pub late: bool,
}
