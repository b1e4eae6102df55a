//! Fields of commands: label, help, kind. What a form shows and a batch line is checked by.

use super::Caution;
use crate::domain::Noun;

/// A text of the screen in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Japanese.
    pub ja: &'static str,
    /// English.
    pub en: &'static str,
}

impl Words {
    /// A text in both languages.
    pub const fn new(ja: &'static str, en: &'static str) -> Words {
        Words { ja, en }
    }
}

/// A fixed list: stable name and label.
pub type Choices = &'static [(&'static str, Words)];

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
    /// The number of a record of one of these nouns.
    RefOf(&'static [Noun]),
    /// A file of this machine, as a path.
    File,
    /// The number of a record of any noun.
    Record,
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
    /// An office of the profile, by its role.
    Office,
    /// A jurisdiction of the profile.
    Jurisdiction,
    /// A division of business for which the profile has organisation IDs, as it is called.
    Division,
    /// A kind of exception of the profile.
    ExceptionKind,
    /// A rule from which the profile knows exceptions.
    Clause,
    /// Commands and queries, by name.
    Rights,
    /// One of a fixed list: stable name and label.
    Choice(Choices),
    /// The right value of the field of a visit that the same form's `field` names; see [`super::corrected_as`].
    Corrected,
    /// Yes or no; no unless said.
    Flag,
    /// Yes or no, each with a word of its own, and neither taken for granted.
    Verdict(Words, Words),
    /// An entry's sequence number.
    Entry,
    /// A whole number from 1.
    Number,
    /// A profile: a file of this machine, the name of one built in, or its TOML text.
    Profile,
    /// The steps of the regulation's own procedure that were taken, each with its day, a vote with its counts.
    Steps,
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
    /// What its text may hold that does not belong there.
    pub caution: Option<Caution>,
}

impl Kind {
    /// The noun among whose records it is picked.
    pub fn noun(self) -> Option<Noun> {
        match self {
            Kind::Ref(noun) | Kind::Refs(noun) => Some(noun),
            Kind::User => Some(Noun::User),
            _ => None,
        }
    }

    /// The kind's stable name, as `daicho commands --json` gives it.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Line(_) => "line",
            Kind::Block(_) => "block",
            Kind::Kana => "kana",
            Kind::Code => "code",
            Kind::Ref(_) => "ref",
            Kind::Refs(_) => "refs",
            Kind::RefOf(_) => "ref",
            Kind::File => "file",
            Kind::Record => "record",
            Kind::User => "user",
            Kind::NewUser => "new_user",
            Kind::Date => "date",
            Kind::Stamp => "stamp",
            Kind::Zone => "zone",
            Kind::Zones => "zones",
            Kind::Rack => "rack",
            Kind::Purpose => "purpose",
            Kind::Identification => "identification",
            Kind::Roles => "roles",
            Kind::Office => "office",
            Kind::Jurisdiction => "jurisdiction",
            Kind::Division => "division",
            Kind::ExceptionKind => "exception_kind",
            Kind::Clause => "clause",
            Kind::Rights => "rights",
            Kind::Choice(_) => "choice",
            Kind::Corrected => "corrected",
            Kind::Flag => "flag",
            Kind::Verdict(..) => "verdict",
            Kind::Entry => "entry",
            Kind::Number => "number",
            Kind::Profile => "profile",
            Kind::Steps => "steps",
        }
    }
}

impl Field {
    /// A field that may be left empty.
    pub const fn new(
        name: &'static str,
        kind: Kind,
        label: (&'static str, &'static str),
        help: (&'static str, &'static str),
    ) -> Field {
        Field {
            name,
            label: Words::new(label.0, label.1),
            help: Words::new(help.0, help.1),
            kind,
            required: false,
            caution: None,
        }
    }

    /// The same field, where it must be filled.
    pub const fn needed(self) -> Field {
        Field { required: true, ..self }
    }

    /// The same field, whose text may hold what does not belong there.
    pub const fn beware(self, caution: Caution) -> Field {
        Field { caution: Some(caution), ..self }
    }

    /// The field as it is read once the form's `field` is chosen: a corrected value is of the kind of what it
    /// corrects.
    pub fn refined(self, chosen: Option<&str>) -> Field {
        match (self.kind, chosen.and_then(super::corrected_as)) {
            (Kind::Corrected, Some(kind)) => Field { kind, ..self },
            _ => self,
        }
    }
}
