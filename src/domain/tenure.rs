//! Somebody's time in something that they were put into by an entry: an office, a delegation, an organisation ID.

use super::account::is_between;
use super::{Date, Stamp};

/// From when to when, as it was told and as it was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Tenure {
    /// The first day; from its entry on where none is told, whatever the clock said then.
    pub from: Option<Date>,
    /// The last day, inclusive; none where it has no end.
    pub to: Option<Date>,
    /// When it was entered.
    pub entered: Stamp,
    /// When it was ended at once, before its time.
    pub broken_off: Option<Stamp>,
}

impl Tenure {
    /// The first day, by what is told or by its entry.
    pub fn first_day(&self) -> Date {
        self.from.unwrap_or_else(|| self.entered.date_naive())
    }

    /// Whether it holds on a day.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.broken_off.is_none() && is_between((self.from, self.to), day)
    }

    /// Whether it holds on a day or later.
    pub fn is_to_be(&self, day: Date) -> bool {
        self.broken_off.is_none() && self.to.is_none_or(|to| day <= to)
    }

    /// Whether it held at a moment, as it was entered by then.
    pub fn was_in_force(&self, moment: Stamp) -> bool {
        self.entered <= moment
            && is_between((self.from, self.to), moment.date_naive())
            && self.broken_off.is_none_or(|ended| moment < ended)
    }

    /// The last day, where it has one: the day on which it was ended at once.
    pub fn last_day(&self) -> Option<Date> {
        self.broken_off.map(|ended| ended.date_naive()).into_iter().chain(self.to).min()
    }

    /// Whether it held on a day, by its days and by when it was ended.
    pub fn was_held_on(&self, day: Date) -> bool {
        self.first_day() <= day && self.last_day().is_none_or(|last| day <= last)
    }
}
