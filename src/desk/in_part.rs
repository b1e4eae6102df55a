//! Registers that people read in part: their own records whole, of the others what is told to everybody.

use super::{Desk, Failure};
use crate::domain::{Date, Denied, Id, Noun, Partly, QUERY, Query, Row, policy};

/// As how much of a noun's records whoever sits here reads.
pub(super) struct Told {
    /// Nothing where all of every record is told.
    partly: Option<&'static Partly>,
    /// Of the others' something is told, too.
    others: bool,
    me: Id,
    day: Date,
}

impl Told {
    /// As much of a record as is told; nothing where nothing is.
    pub(super) fn tell(&self, row: Row) -> Option<Row> {
        match self.partly {
            None => Some(row),
            Some(partly) if (partly.is_own)(&row, self.me) => Some(row),
            Some(partly) if self.others => (partly.told)(row, self.day),
            Some(_) => None,
        }
    }

    /// Whether anything of a record is told.
    pub(super) fn shows(&self, row: &Row) -> bool {
        self.partly.is_none() || self.tell(row.clone()).is_some()
    }

    /// Whether all of a record is told.
    pub(super) fn shows_whole(&self, row: &Row) -> bool {
        self.partly.is_none_or(|partly| (partly.is_own)(row, self.me))
    }
}

impl Desk {
    /// As how much of a noun's records whoever sits here reads, on a day. What cannot be told is taken as nothing.
    pub(super) fn told(&self, noun: Noun, day: Date) -> Told {
        let whole = || noun.filing().query.as_ref().is_some_and(|query| self.may(&query.right()));
        let partly = noun.filing().partly.as_ref().filter(|_| !whole());
        let others = partly.is_some_and(|partly| self.may(&format!("{QUERY}{}", partly.query)));
        Told { partly, others, me: self.actor().person, day }
    }

    /// Refuses what somebody would have to be told whole.
    pub(super) fn untold(&self, noun: Noun) -> Failure {
        let right = noun.filing().query.as_ref().map(Query::right).unwrap_or_default();
        let denied = self.context().map(|context| policy::role_for(context.profile, &[], &right));
        let needs = denied.ok().and_then(Result::err).map(|denied: Denied| denied.needs).unwrap_or_default();
        Failure::Denied(Denied { what: right, needs }, None)
    }
}
