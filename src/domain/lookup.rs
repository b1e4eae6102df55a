//! What every rule does first: find what a command names, or say what is missing.

use super::{
    Broken, Code, Context, Date, Edition, Id, Limit, No, Noun, Profile, Rejection, Row, Stamp, View, roles_of,
};
use chrono::{Datelike, Days, Months, TimeDelta};

/// A view and a context, asked together.
pub(super) struct Case<'a> {
    pub view: &'a dyn View,
    pub context: &'a Context<'a>,
}

impl Case<'_> {
    /// The profile in force.
    pub fn profile(&self) -> &Profile {
        self.context.profile
    }

    /// The person who acts.
    pub fn actor(&self) -> Id {
        self.context.actor.person
    }

    /// A row that must exist and be of its kind.
    pub fn row<T: TryFrom<Row>>(&self, id: Id) -> Result<T, No> {
        let row = self.view.row(id)?.and_then(|row| T::try_from(row).ok());
        row.ok_or_else(|| no_such(id).into())
    }

    /// A row that a field must name, and that lies within the actor's jurisdiction: of another nothing more is said.
    pub fn given<T: TryFrom<Row>>(&self, id: Option<Id>, field: &str) -> Result<T, No> {
        let id = id.ok_or_else(|| missing(field))?;
        let row = self.view.row(id)?;
        if let Some(no) = row.as_ref().map(|row| self.lies_outside(row)).transpose()?.flatten() {
            return Err(no.into());
        }
        row.and_then(|row| T::try_from(row).ok()).ok_or_else(|| no_such(id).into())
    }

    /// A row that a field may name.
    pub fn named<T: TryFrom<Row>>(&self, id: Option<Id>) -> Result<Option<T>, No> {
        id.map(|id| self.row(id)).transpose()
    }

    /// All rows of a kind under a key.
    pub fn all<T: TryFrom<Row>>(&self, key: &str) -> Result<Vec<T>, No> {
        Ok(rows_under(self.view, key)?)
    }

    /// Every row of a noun.
    pub fn every<T: TryFrom<Row>>(&self, noun: Noun) -> Result<Vec<T>, No> {
        Ok(every(self.view, noun)?)
    }

    /// The first row of a kind under a key.
    pub fn one<T: TryFrom<Row>>(&self, key: &str) -> Result<Option<T>, No> {
        Ok(self.all(key)?.into_iter().next())
    }

    /// Whether a person holds one of some roles: the actor by the roles they act with, anybody else by their users.
    pub fn holds(&self, person: Id, roles: &[String]) -> Result<bool, No> {
        if person == self.actor() {
            // As an organisation nobody has an authority (J-1-1-1-e).
            if self.context.acts_as.as_ref().is_some_and(|stands_in| stands_in.limit == Limit::Deciding) {
                return Ok(false);
            }
            return Ok(self.context.actor.roles.iter().any(|role| roles.contains(role)));
        }
        let held = roles_of(self.view, self.context.edition, person, self.context.accounts_on)?;
        Ok(held.iter().any(|role| roles.contains(role)))
    }

    /// Refuses a person who does not hold an authority.
    pub fn authority(&self, person: Id, roles: &[String]) -> Result<(), No> {
        if self.holds(person, roles)? { Ok(()) } else { Err(no_authority(person, &roles.join(", ")).into()) }
    }

    /// Zones that must be named, exist and not repeat.
    pub fn zones(&self, zones: &[String]) -> Result<(), No> {
        if zones.is_empty() {
            return Err(missing("zones").into());
        }
        match zones.iter().find(|zone| self.profile().zone(zone).is_none()).or(repeated(zones)) {
            Some(zone) => Err(invalid("zones", zone).into()),
            None => Ok(()),
        }
    }
}

/// All rows of a kind under a key.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn rows_under<T: TryFrom<Row>>(view: &dyn View, key: &str) -> Result<Vec<T>, Broken> {
    let mut rows = Vec::new();
    for id in view.find(key)? {
        rows.extend(view.row(id)?.and_then(|row| T::try_from(row).ok()));
    }
    Ok(rows)
}

/// Every row of a noun.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn every<T: TryFrom<Row>>(view: &dyn View, noun: Noun) -> Result<Vec<T>, Broken> {
    let mut rows = Vec::new();
    for n in 1..=view.last(noun)? {
        rows.extend(view.row(Id::new(noun, n))?.and_then(|row| T::try_from(row).ok()));
    }
    Ok(rows)
}

/// The first value that stands twice.
pub(super) fn repeated<T: PartialEq>(values: &[T]) -> Option<&T> {
    values
        .iter()
        .enumerate()
        .find(|(n, value)| values.iter().take(*n).any(|before| before == *value))
        .map(|f| f.1)
}

/// A text that must be there.
pub(super) fn required(text: &str, field: &str) -> Result<(), Rejection> {
    if text.trim().is_empty() { Err(missing(field)) } else { Ok(()) }
}

/// The longest number or code that stands on a thing, in characters.
const CODE_MOST: usize = 32;

/// A number or code as it stands on a thing: short, and of signs that can be seen.
pub(super) fn plain_code(text: &str, field: &str) -> Result<(), Rejection> {
    required(text, field)?;
    let plain = |c: char| !c.is_control() && !c.is_whitespace();
    let fits = text.chars().count() <= CODE_MOST && text.chars().all(plain);
    if fits { Ok(()) } else { Err(invalid(field, text)) }
}

/// Ed25519 public key or digest in lower-case hex.
pub(super) fn hex64(text: &str, field: &str) -> Result<(), Rejection> {
    required(text, field)?;
    let plain = text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    if plain { Ok(()) } else { Err(invalid(field, text)) }
}

/// A first and a last day in order.
pub(super) fn in_order(from: Date, to: Date) -> Result<(), Rejection> {
    if from <= to { Ok(()) } else { Err(Code::PeriodReversed.with("from", from).and("to", to)) }
}

/// A period that ends no later than `latest`.
pub(super) fn no_longer(from: Date, to: Date, latest: Date) -> Result<(), Rejection> {
    if to <= latest {
        Ok(())
    } else {
        Err(Code::PeriodTooLong.with("from", from).and("to", to).and("latest", latest))
    }
}

/// The last of so many days, the first counted.
pub(super) fn last_of_days(from: Date, days: u32) -> Date {
    from.checked_add_days(Days::new(u64::from(days.max(1)) - 1)).unwrap_or(Date::MAX)
}

/// The last day of so many months, the first day counted: from the 1st of April the 31st of March. Where the last month
/// has no such day they end with that month; before edition 3 a day earlier.
pub(super) fn last_of_months(from: Date, months: u32, edition: Edition) -> Date {
    let Some(day) = from.checked_add_months(Months::new(months)) else { return Date::MAX };
    let shorter = day.day() < from.day();
    if shorter && edition >= Edition::Three { day } else { day.pred_opt().unwrap_or(Date::MAX) }
}

/// So many days before a moment.
pub(super) fn days_before(moment: Stamp, days: u32) -> Stamp {
    TimeDelta::try_days(i64::from(days)).and_then(|d| moment.checked_sub_signed(d)).unwrap_or(moment)
}

/// A moment within two others, both included.
pub(super) fn within(time: Stamp, from: Stamp, to: Stamp) -> Result<(), Rejection> {
    if from <= time && time <= to { Ok(()) } else { Err(out_of_range(time, from, to)) }
}

pub(super) fn out_of_range(time: Stamp, from: Stamp, to: Stamp) -> Rejection {
    let text = |stamp: Stamp| stamp.to_rfc3339();
    Code::TimeOutOfRange.with("time", text(time)).and("from", text(from)).and("to", text(to))
}

pub(super) fn missing(field: &str) -> Rejection {
    Code::FieldMissing.with("field", field)
}

pub(super) fn invalid(field: &str, value: impl std::fmt::Display) -> Rejection {
    Code::FieldInvalid.with("field", field).and("value", value)
}

pub(super) fn no_such(record: impl std::fmt::Display) -> Rejection {
    Code::NoSuchRecord.with("record", record)
}

pub(super) fn wrong_state(record: Id, state: &str) -> Rejection {
    Code::WrongState.with("record", record).and("state", state)
}

pub(super) fn own_matter(person: Id) -> Rejection {
    Code::OwnMatter.with("person", person)
}

pub(super) fn no_authority(person: Id, needs: &str) -> Rejection {
    Code::NoAuthority.with("person", person).and("needs", needs)
}

/// Refuses what would leave nobody who could give some commands.
///
/// # Errors
/// [`Code::NobodyLeft`] with these commands, where there are any.
pub fn still_governed(lost: &[&str]) -> Result<(), Rejection> {
    if lost.is_empty() { Ok(()) } else { Err(Code::NobodyLeft.with("commands", lost.join(", "))) }
}

pub(super) fn exists(record: Id) -> Rejection {
    Code::AlreadyExists.with("record", record)
}

pub(super) fn nothing(record: Id) -> Rejection {
    Code::NothingToChange.with("record", record)
}

/// Refusals gathered while a command with many rules is judged; the first in precedence is given.
#[derive(Default)]
pub(super) struct Refusals(Vec<Rejection>);

impl Refusals {
    /// One more.
    pub fn add(&mut self, rejection: Rejection) {
        self.0.push(rejection);
    }

    /// Keeps a refusal and goes on without the value; what broke stays broken.
    pub fn keep<T>(&mut self, result: Result<T, No>) -> Result<Option<T>, No> {
        match result {
            Ok(value) => Ok(Some(value)),
            Err(No::Rejected(rejection)) => {
                self.add(rejection);
                Ok(None)
            }
            Err(other) => Err(other),
        }
    }

    /// The first in precedence, if there is any.
    pub fn settle(self) -> Result<(), No> {
        match self.0.into_iter().min_by_key(|rejection| rejection.code) {
            Some(rejection) => Err(rejection.into()),
            None => Ok(()),
        }
    }
}
