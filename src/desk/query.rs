//! What is asked of the registers, by question.

use super::Lang;
use crate::domain::{Attachment, Date, Id, Noun, Profile, Row, Stamp};

/// Names and lists that cells need: how an id, a zone or a purpose is called.
pub trait Lookup {
    /// What a record is called: its name or number, its id where it has neither.
    fn name(&self, id: Id) -> String {
        self.row(id).and_then(|row| row.name().map(str::to_owned)).unwrap_or_else(|| id.to_string())
    }
    /// The profile in force at that time.
    fn profile(&self) -> &Profile;
    /// The time by which standings are judged: when the question is asked, or the past moment it asks for.
    fn now(&self) -> Stamp;
    /// Any row, for cells that need another record.
    fn row(&self, id: Id) -> Option<Row>;
    /// The records of a noun that stand under another one; none where there are no books.
    fn under(&self, _noun: Noun, _record: Id) -> Vec<Row> {
        Vec::new()
    }
    /// The people who hold one of some roles today; nothing where that is not known.
    fn holders(&self, _roles: &[String]) -> Option<Vec<Id>> {
        None
    }
    /// What is attached to a record.
    fn attached(&self, record: Id) -> Vec<Attachment> {
        let rows = self.under(Noun::Attachment, record);
        rows.into_iter().filter_map(|row| Attachment::try_from(row).ok()).collect()
    }
}

impl<T: Lookup + ?Sized> Lookup for &T {
    fn name(&self, id: Id) -> String {
        (**self).name(id)
    }
    fn profile(&self) -> &Profile {
        (**self).profile()
    }
    fn now(&self) -> Stamp {
        (**self).now()
    }
    fn row(&self, id: Id) -> Option<Row> {
        (**self).row(id)
    }
    fn under(&self, noun: Noun, record: Id) -> Vec<Row> {
        (**self).under(noun, record)
    }
    fn holders(&self, roles: &[String]) -> Option<Vec<Id>> {
        (**self).holders(roles)
    }
}

/// A question to a register.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ListQuery {
    /// The register, by name.
    pub register: String,
    /// As typed: searched in names, kana and numbers.
    pub search: String,
    /// Filter by state, by its stable name.
    pub state: Option<String>,
    /// Filter by person.
    pub person: Option<Id>,
    /// Filter by company.
    pub company: Option<Id>,
    /// Filter by a record of any kind that is named.
    pub under: Option<Id>,
    /// Filter by roles, by id: those that tell one of them; everything where none are named.
    pub roles: Vec<String>,
    /// Filter by zone.
    pub zone: Option<String>,
    /// First day.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub to: Option<Date>,
    /// As of a past day's end or a past entry; marked read-only.
    pub as_of: Option<AsOf>,
}

/// A question to the log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LogQuery {
    /// Refused attempts only.
    pub refused: bool,
    /// First day.
    pub from: Option<Date>,
    /// Last day, inclusive.
    pub to: Option<Date>,
}

/// A past state of the registers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AsOf {
    /// What was known at the end of the day.
    Day(Date),
    /// What was known after this entry.
    Entry(u64),
}

pub use crate::store::{Cursor, Page};

/// What a scanned code means at this moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scan {
    /// The card of a person, who is outside: check in.
    CardOutside(Id),
    /// The card of a person, who is inside on this visit: check out.
    CardInside(Id, Id),
    /// A badge in its place: lend it.
    BadgeIn(Id),
    /// A badge lent to this visit: check out.
    BadgeOut(Id, Id),
    /// A badge that is lost, broken, not returned or disposed of.
    BadgeUnusable(Id),
    /// Another thing with a number of its own, and the command that begins with it.
    Thing(Id, &'static str),
    /// Nothing that is registered.
    Unknown,
}

/// One entry of a record's history or of the log, for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryLine {
    /// Its sequence number.
    pub seq: u64,
    /// When it was entered.
    pub time: Stamp,
    /// When it happened, if entered late.
    pub at: Option<Stamp>,
    /// Who acted.
    pub actor: Id,
    /// For whom, where they acted as a deputy or by a delegation.
    pub on_behalf: Option<Id>,
    /// In which role.
    pub role: String,
    /// The kind of entry.
    pub kind: String,
    /// What it is about.
    pub subject: Option<Id>,
    /// What it says: label and text, in the language asked for; an erased text says so.
    pub says: Vec<(String, String)>,
}

/// A person inside at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Present {
    /// The visit.
    pub visit: crate::domain::Visit,
    /// It is not certain: the exit was never recorded.
    pub uncertain: bool,
    /// Why they should not be there, or not so: of who is inside now.
    pub concerns: Vec<crate::domain::Concern>,
}

/// The words of a question, for the entry that records a reading and for the head of a print.
pub fn describe(query: &ListQuery, lang: Lang) -> String {
    let mut parts = Vec::new();
    if !query.search.is_empty() {
        parts.push(format!("{}={}", lang.pick("検索", "search"), query.search));
    }
    parts.extend(query.state.iter().map(|state| format!("{}={state}", lang.pick("状態", "state"))));
    parts.extend(query.person.iter().map(|id| format!("{}={id}", lang.pick("人", "person"))));
    parts.extend(query.company.iter().map(|id| format!("{}={id}", lang.pick("会社", "company"))));
    if !query.roles.is_empty() {
        parts.push(format!("{}={}", lang.pick("役割", "roles"), query.roles.join(",")));
    }
    parts.extend(query.zone.iter().map(|zone| format!("{}={zone}", lang.pick("区画", "zone"))));
    parts.extend(query.from.iter().map(|day| format!("{}={day}", lang.pick("から", "from"))));
    parts.extend(query.to.iter().map(|day| format!("{}={day}", lang.pick("まで", "to"))));
    parts.extend(query.as_of.iter().map(|as_of| match as_of {
        AsOf::Day(day) => format!("{}={day}", lang.pick("時点", "as of")),
        AsOf::Entry(seq) => format!("{}=#{seq}", lang.pick("時点", "as of")),
    }));
    parts.join(" ")
}
