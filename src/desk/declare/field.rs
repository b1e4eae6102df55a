//! Fields of commands: label, help, kind. What a form shows and a batch line is checked by.

use crate::domain::Noun;

/// A text of the screen in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

/// What a field may hold. Closed: a form and the batch reader handle each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// One line of text, at most so many characters.
    Line(usize),
    /// Several lines of text.
    Block(usize),
    /// A kana reading: one line, folded to katakana.
    Kana,
    /// A number as a scanner reads it: full-width folded, no blanks.
    Code,
    /// The number of a record of a noun, picked from a list.
    Ref(Noun),
    /// Several of them.
    Refs(Noun),
    /// A user, by login ID.
    User,
    /// A login ID that does not exist yet.
    NewUser,
    /// A calendar day.
    Date,
    /// A day and a time.
    Stamp,
    /// A zone of the profile.
    Zone,
    /// Zones of the profile.
    Zones,
    /// A rack of the chosen zone.
    Rack,
    /// A purpose of the profile.
    Purpose,
    /// An identification of the profile.
    Identification,
    /// Roles of the profile.
    Roles,
    /// One of a fixed list: stable name and label.
    Choice(&'static [(&'static str, Words)]),
    /// Yes or no.
    Flag,
    /// An entry's sequence number.
    Entry,
    /// A profile: the name of one built in, or its TOML text.
    Profile,
}

/// A field of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Stable name, as in the batch line.
    pub name: &'static str,
    /// Label on the form.
    pub label: Words,
    /// One sentence of help.
    pub help: Words,
    /// What it may hold.
    pub kind: Kind,
    /// Must be there.
    pub required: bool,
}
