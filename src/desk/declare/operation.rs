//! Operations: a command as people meet it. Declared once; keymap, key bar, help, palette, forms, the batch
//! interface's list and the tests read the same table.

use super::{Field, Kind, Words, register_of};
use crate::desk::Lookup;
use crate::domain::{Command, Noun, Row};
use std::sync::OnceLock;

/// The values of fields, by their names.
pub type Values = Vec<(&'static str, Vec<String>)>;

/// How an operation begins on the screen.
#[derive(Clone, Copy, Debug)]
pub enum Opens {
    /// A form with all its fields.
    Form,
    /// A form in which stands already what the record says: the values of fields, by their names.
    Filled(fn(&Row, &dyn Lookup) -> Values),
    /// A confirmation, with a reason where the command has one.
    Confirm,
    /// A confirmation that tells besides what rests on the record, since it ends with it.
    Ending,
}

impl Opens {
    /// Whether it is confirmed before it is done.
    pub fn is_confirmed(self) -> bool {
        matches!(self, Opens::Confirm | Opens::Ending)
    }
}

/// A command as people meet it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The command's stable name.
    pub command: &'static str,
    /// Its name on the screen.
    pub title: Words,
    /// What the entry is called that it becomes, in histories and the log.
    pub past: Words,
    /// How the title is read, in hiragana, and other words by which somebody may look for it: the palette finds it by
    /// them and by romaji.
    pub reading: &'static str,
    /// What it does, in one or two sentences.
    pub doc: Words,
    /// The record it is about: the selected row of that noun; `None` where it makes a new one.
    pub about: Option<(Noun, &'static str)>,
    /// The register on whose list it is offered, by [`super::Register::name`]; `today` and `log` are screens of
    /// their own.
    pub register: &'static str,
    /// Its fields, in the order of the form. The field named in `about` is filled from the selection.
    pub fields: &'static [Field],
    /// Form or confirmation.
    pub opens: Opens,
}

impl Operation {
    /// Whether it may be entered late from paper (`at`).
    pub fn is_late(&self) -> bool {
        Command::rule_of(self.command).is_some_and(|rule| rule.late)
    }

    /// The field that a selected record of a noun fills; `None` where the operation is not about such a record.
    pub fn takes(&self, noun: Noun) -> Option<&'static str> {
        let named = self.about.filter(|(about, _)| *about == noun).map(|(_, name)| name);
        // What makes a record of its own out of another one, as an application becomes an ID.
        let opened_on = self.about.is_none() && Command::is_opened_on(self.command, noun);
        // Where everything that rests on a record is told, everything that can be begun for it is offered, too.
        let begun_for = self.about.is_none() && register_of(noun).is_some_and(|register| register.rests);
        let one_of = |field: &&Field| match field.kind {
            Kind::RefOf(nouns) => nouns.contains(&noun),
            kind => kind == Kind::Ref(noun) && (opened_on || begun_for && field.name == noun.name()),
        };
        named.or_else(|| self.fields.iter().find(one_of).map(|field| field.name))
    }

    /// A field by its stable name.
    pub fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// Every operation, one for each command that a person may give, in the order of [`Command::given`].
pub fn operations() -> &'static [Operation] {
    static ALL: OnceLock<Vec<Operation>> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = super::OPERATIONS.concat();
        all.sort_by_key(|operation| Command::given().position(|name| name == operation.command));
        all
    })
}

/// The operation of a command, by the command's stable name; `None` for what only the desk gives.
pub fn operation(command: &str) -> Option<&'static Operation> {
    operations().iter().find(|operation| operation.command == command)
}

/// The operations offered on a register's list, in order of declaration.
pub fn operations_on(register: &str) -> impl Iterator<Item = &'static Operation> + '_ {
    operations().iter().filter(move |operation| operation.register == register)
}

/// The operations on one record: its register's, and those that take records of several registers.
pub fn operations_about(noun: Noun) -> impl Iterator<Item = &'static Operation> {
    operations().iter().filter(move |operation| operation.takes(noun).is_some())
}
