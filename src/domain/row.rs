//! Rows: the registers' records as they stand now. Derived from the log, and never the truth themselves.

use super::jurisdiction::LiesIn;
use super::leaving::OnLeaving;
use super::{Date, ERASED, Id, Noun, Query, Row, Stamp, key, packed};
use crate::text::find::Part;
use serde::{Deserialize, Serialize};

/// Where a row comes from in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The entry that made it.
    pub made: u64,
    /// The person for whom whoever made it acted, as a deputy or by a delegation.
    pub made_for: Option<Id>,
    /// The entry that changed it last.
    pub changed: u64,
    /// Its texts were erased: by the entry of this number.
    pub erased: Option<u64>,
}

/// Declares the row of a noun: its number, where it comes from, and its fields.
macro_rules! row {
    ($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $name {
            /// Its number.
            pub id: crate::domain::Id,
            /// Where it comes from.
            pub trace: crate::domain::Trace,
            $($(#[$fdoc])* pub $field: $type,)*
        }

        impl crate::domain::Moments for $name {
            fn each_moment(&mut self, each: &mut dyn FnMut(&mut crate::domain::Stamp)) {
                $(crate::domain::Moments::each_moment(&mut self.$field, each);)*
            }
        }
    };
}
pub(super) use row;

/// How the records of a noun are filed: what is known of them without reading one. Told once, with the noun's row.
#[derive(Debug)]
pub struct Filing {
    /// Which state they stand under in the index ([`key::state`]), for what they can be asked for: all that are asked
    /// for are among those of the state, and it may have others.
    pub(super) states: &'static [(&'static str, &'static str)],
    /// They have names or numbers of their own by which they are searched; the others are found through the people and
    /// companies that they are about.
    pub named: bool,
    /// Their number stands on the thing itself: they are called by it before anything else.
    pub tagged: bool,
    /// Every record that [`Row::names`] one of these stands under its [`key::of`] key.
    pub lists_by: &'static [Noun],
    /// Whether a record is still offered where another one names it.
    pub(super) offered: fn(&Row) -> bool,
    /// Whether a record that stands under a person's [`key::of`] key is something that the person has on a day: a right
    /// in force, a thing in their hands. Such a one ends before the person's record is given up.
    pub(super) in_use: fn(&Row, Id, Date) -> bool,
    /// The state under which all such stand, where a person's records are many.
    pub(super) in_use_among: Option<&'static str>,
    /// What becomes of such a one when the person leaves.
    pub(super) on_leaving: OnLeaving,
    /// Why the texts of a record must still stay on a day, by the name of its state; nothing where they may be erased.
    pub(super) texts_needed: fn(&Row, Date) -> Option<&'static str>,
    /// In which jurisdiction a record lies; none where it lies in none, whichever it is.
    pub(super) lies: Option<fn(&Row) -> LiesIn<'_>>,
    /// The roles that a record tells, by id; none where such records tell none.
    pub(super) roles: Option<fn(&Row) -> &[String]>,
    /// In which part whoever may not read their register reads them all the same; not at all where none is told.
    pub partly: Option<Partly>,
    /// The query by which their register is read; none of those that have no right of their own.
    pub query: Option<Query>,
    /// How they are kept by days.
    pub days: Days,
    /// The nouns to one of whose records each belongs, and under whose [`key::of`] key it stands: together they are one
    /// matter, told as one timeline.
    pub belongs_to: &'static [Noun],
    /// The commands that settle what waits in a state.
    pub(super) settled_by: &'static [(&'static str, &'static str)],
    /// The states of those that a takeover of the desk counts, and as what.
    pub(super) handed_over: &'static [(&'static str, HandedOver)],
}

/// In which part records are read by whoever may not read their register: the own whole, the others as everybody is told of
/// them.
#[derive(Debug)]
pub struct Partly {
    /// The query by which the others are told.
    pub query: &'static str,
    /// Whether a record is somebody's own.
    pub is_own: fn(&Row, Id) -> bool,
    /// As much of a record as everybody is told on a day; nothing where it is not told.
    pub told: fn(Row, Date) -> Option<Row>,
}

/// How records are kept by days.
#[derive(Clone, Copy, Debug)]
pub enum Days {
    /// Not.
    None,
    /// They stand under their days, and are listed by number.
    Kept,
    /// They are listed by the moment they began, which a record of them tells: what came late from paper stands where
    /// it happened.
    Listed(fn(&Row) -> Option<Stamp>),
}

/// As what a takeover of the desk counts a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HandedOver {
    /// Somebody inside.
    Inside,
    /// A thing that is not in its place.
    Lent,
    /// A matter that is open.
    Open,
}

impl Filing {
    /// Records of which nothing further is known.
    pub(super) const PLAIN: Filing = Filing {
        states: &[],
        offered: |_| true,
        in_use: |_, _, _| false,
        in_use_among: None,
        on_leaving: OnLeaving::Stays,
        texts_needed: |_, _| None,
        lies: None,
        roles: None,
        partly: None,
        query: None,
        named: false,
        tagged: false,
        lists_by: &[],
        days: Days::None,
        belongs_to: &[],
        settled_by: &[],
        handed_over: &[],
    };

    /// Whether they tell roles.
    pub fn tell_roles(&self) -> bool {
        self.roles.is_some()
    }

    /// Whether there are any that a person has ([`Row::is_in_use`]).
    pub fn is_ever_in_use(&self) -> bool {
        self.on_leaving != OnLeaving::Stays
    }

    /// Whether they are listed by the moment they began.
    pub fn is_listed_by_days(&self) -> bool {
        matches!(self.days, Days::Listed(_))
    }

    /// Whether the records stand in the index under whom they are about, having no names of their own.
    pub fn is_found_through_others(&self) -> bool {
        !self.named && !self.lists_by.is_empty()
    }
}

impl Noun {
    /// Whether its records lie in jurisdictions, or in the whole site alone.
    pub fn lies_somewhere(self) -> bool {
        self.filing().lies.is_some()
    }

    /// How its records are filed.
    pub fn filing(self) -> &'static Filing {
        Row::filing(self)
    }
}

macro_rules! rows {
    ($($room:ident { $($noun:ident: $name:ident),* })*) => {
        /// A record of any register.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Row { $($(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)*)* }

        impl Row {
            /// Its number.
            pub fn id(&self) -> Id { match self { $($(Row::$name(row) => row.id,)*)* } }

            /// Where it comes from.
            pub fn trace(&self) -> &Trace { match self { $($(Row::$name(row) => &row.trace,)*)* } }

            /// To note a change.
            pub fn trace_mut(&mut self) -> &mut Trace { match self { $($(Row::$name(row) => &mut row.trace,)*)* } }

            /// The same record with its moments told in a zone.
            #[must_use]
            pub fn in_zone(mut self, zone: FixedOffset) -> Row {
                match &mut self { $($(Row::$name(row) => row.to_zone(zone),)*)* }
                self
            }

            /// The day it is listed under, in the offset that its moments have; none where a register is not kept by
            /// days.
            pub fn day(&self) -> Option<Date> { match self { $($(Row::$name(row) => row.day(),)*)* } }

            /// How the records of a noun are filed.
            pub(super) fn filing(noun: Noun) -> &'static Filing {
                match noun { $($(Noun::$noun => const { &$name::FILING },)*)* }
            }

            /// Whom it is about: the people and companies by whose names it is found as well, and records by whose it is.
            pub fn about(&self) -> Vec<Id> { match self { $($(Row::$name(row) => row.about(),)*)* } }

            /// Whether it is this record, or names this person or company.
            pub fn names(&self, id: Id) -> bool {
                self.id() == id || match self { $($(Row::$name(row) => row.names(id),)*)* }
            }

            /// Every record that it names.
            pub fn names_records(&self) -> Vec<Id> { match self { $($(Row::$name(row) => row.refers(),)*)* } }

            /// Whether it is about a zone.
            pub fn is_in_zone(&self, zone: &str) -> bool {
                match self { $($(Row::$name(row) => row.is_in_zone(zone),)*)* }
            }

            /// Every sealed text, empty ones too: an entry whose texts are gone no longer tells which were empty, and a
            /// row folded from such entries must come out the same. None where a noun holds no texts about people.
            pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
                match self { $($(Row::$name(row) => row.sealed(),)*)* }
            }

            /// The row that an event makes.
            pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Row> {
                match id.noun { $($(Noun::$noun => $name::make(id, event, meta).map(Row::$name),)*)* }
            }

            /// Changes the row as an event does; `false` where it does not.
            pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
                match self { $($(Row::$name(row) => row.change(event, meta),)*)* }
            }

            /// What it is found by beside [`Row::about`].
            pub(super) fn own_keys(&self) -> Vec<String> { match self { $($(Row::$name(row) => row.keys(),)*)* } }

            pub(super) fn own_texts(&self) -> Vec<(Part, &str)> { match self { $($(Row::$name(row) => row.search(),)*)* } }

            /// Writes the row alone: which noun it is of, its number says.
            ///
            /// # Errors
            /// The serializer's.
            pub fn serialize_alone<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                match self { $($(Row::$name(row) => row.serialize(to),)*)* }
            }

            /// Reads a row that [`Row::serialize_alone`] wrote.
            ///
            /// # Errors
            /// The deserializer's.
            pub fn deserialize_alone<'de, D: Deserializer<'de>>(noun: Noun, from: D) -> Result<Row, D::Error> {
                match noun { $($(Noun::$noun => $name::deserialize(from).map(Row::$name),)*)* }
            }
        }

        $($(impl From<$name> for Row { fn from(row: $name) -> Row { Row::$name(row) } }
        impl TryFrom<Row> for $name {
            type Error = Row;
            fn try_from(row: Row) -> Result<$name, Row> {
                match row { Row::$name(row) => Ok(row), other => Err(other) }
            }
        })*)*
    };
}

pub(super) use rows;

/// Who ended or decided something, when, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Who.
    pub by: Id,
    /// For whom, where they acted as a deputy or by a delegation.
    pub on_behalf: Option<Id>,
    /// When.
    #[serde(with = "packed")]
    pub on: Stamp,
    /// Why, or with what remark.
    pub reason: String,
}

impl Ending {
    /// Who did it, and for whom.
    pub(super) fn people(&self) -> impl Iterator<Item = Id> {
        std::iter::once(self.by).chain(self.on_behalf)
    }
}

/// A copy of the vault on another device (I-3-9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastBackup {
    /// When it was made.
    #[serde(with = "packed")]
    pub made: Stamp,
    /// On which medium.
    pub medium: String,
    /// Where, as a path.
    pub to: String,
    /// The last entry that it holds.
    pub last: u64,
}

/// The recovery sheet as it was last seen in its place (J-1-1-4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SheetSeen {
    /// By whom.
    pub by: Id,
    /// When.
    #[serde(with = "packed")]
    pub on: Stamp,
    /// Where it lay.
    pub place: String,
}

/// A permission by telephone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telephone {
    /// Who gave it.
    pub giver: Id,
    /// When.
    #[serde(with = "packed")]
    pub given: Stamp,
    /// How they were identified.
    pub how_identified: String,
    /// Who took the call.
    pub taken_by: Id,
}

/// How an exit that nobody recorded was settled: "exit unknown, last evidence HH:MM, confirmed by ...".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// The last moment something shows.
    #[serde(with = "packed")]
    pub last_evidence: Stamp,
    /// What shows it.
    pub evidence: String,
    /// Who confirmed.
    pub by: Id,
    /// When.
    #[serde(with = "packed")]
    pub on: Stamp,
}

/// A correction of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The correcting entry.
    pub seq: u64,
    /// Which field.
    pub field: String,
    /// What stood there; empty where it was a text.
    pub was: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Id,
}

/// A verifying key and since when it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserKey {
    /// Ed25519 public key, hex.
    pub key: String,
    /// It holds for entries after this one.
    pub since: u64,
    /// Set by an administrator: may sign nothing but its own replacement.
    pub provisional: bool,
}

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
        impl super::Moments for $name {
            fn each_moment(&mut self, _: &mut dyn FnMut(&mut super::Stamp)) {}
        }
        impl $name {
            /// Every state.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stable name.
            pub fn name(self) -> &'static str { match self { $($name::$variant => $text,)* } }
        })*
    };
}

states! {
    /// Where a badge is.
    BadgeState {
        /// In its place, or with its holder.
        In = "in",
        /// Lent out.
        Out = "out",
        /// Its visit ended without it.
        NotReturned = "not_returned",
        /// Lost.
        Lost = "lost",
        /// Broken.
        Broken = "broken",
        /// Destroyed.
        Disposed = "disposed",
    }
    /// Where a visit stands.
    VisitState {
        /// Inside now.
        Inside = "inside",
        /// Gone, at a recorded time.
        Left = "left",
        /// Gone; nobody recorded when.
        ExitUnknown = "exit_unknown",
    }
    /// Where a permit stands. Lapse is computed from its dates, never stored.
    PermitState {
        /// Waiting for a decision.
        Applied = "applied",
        /// Granted.
        Granted = "granted",
        /// Refused.
        Refused = "refused",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Given by telephone and in force, not yet signed.
        Telephone = "telephone",
        /// Its giver says they never gave it.
        Disowned = "disowned",
    }
    /// Where a visit's work report stands.
    ReportState {
        /// None is due.
        NotDue = "not_due",
        /// Due, not there.
        Due = "due",
        /// There, waiting for approval.
        Recorded = "recorded",
        /// Sent back.
        Returned = "returned",
        /// Approved.
        Approved = "approved",
        /// Kept on record: for the site's own staff no approval is asked (J-2-2-3).
        Kept = "kept",
    }
    /// Where a work record stands.
    WorkState {
        /// Waiting for approval.
        Recorded = "recorded",
        /// Sent back.
        Returned = "returned",
        /// Approved.
        Approved = "approved",
        /// Kept on record: for the site's own staff no approval is asked (J-2-2-3).
        Kept = "kept",
    }
    /// Where a user stands.
    UserState {
        /// Has a provisional password.
        Provisional = "provisional",
        /// In use.
        Active = "active",
        /// Barred.
        Suspended = "suspended",
        /// Ended: the record stays, and it may be opened again.
        Closed = "closed",
        /// Ended for good.
        Removed = "removed",
    }
}

impl UserState {
    /// Whether the user may not log in: for now, or for good.
    pub fn is_barred(self) -> bool {
        matches!(self, UserState::Suspended | UserState::Closed | UserState::Removed)
    }

    /// Whether the account ended: closed, or for good.
    pub fn has_ended(self) -> bool {
        matches!(self, UserState::Closed | UserState::Removed)
    }
}

impl Row {
    /// The noun.
    pub fn noun(&self) -> Noun {
        self.id().noun
    }

    /// What it is called: its name or number; none where it has neither.
    pub fn name(&self) -> Option<&str> {
        self.own_texts().first().map(|(_, text)| *text)
    }

    /// How what it is called is read; what it is called where nothing more is told.
    pub fn reading(&self) -> Option<&str> {
        let mut named = self.own_texts().into_iter().filter(|(part, _)| *part == Part::Name);
        named.next_back().map_or_else(|| self.name(), |(_, text)| Some(text))
    }

    /// In which jurisdiction it lies.
    pub(super) fn lies(&self) -> LiesIn<'_> {
        self.noun().filing().lies.map_or(LiesIn::Nowhere, |lies| lies(self))
    }

    /// Whether it is still offered where another record names it.
    pub fn is_offered(&self) -> bool {
        (self.noun().filing().offered)(self)
    }

    /// Whether it tells one of some roles, by id.
    pub fn tells_role(&self, roles: &[String]) -> bool {
        self.noun().filing().roles.is_some_and(|told| told(self).iter().any(|role| roles.contains(role)))
    }

    /// Whether it is something that a person has on a day, where it stands under them: a right in force, a thing in their
    /// hands.
    pub fn is_in_use(&self, person: Id, day: Date) -> bool {
        (self.noun().filing().in_use)(self, person, day)
    }

    /// When it began, where its noun is listed by that.
    pub fn began(&self) -> Option<Stamp> {
        match self.noun().filing().days {
            Days::Listed(began) => began(self),
            Days::None | Days::Kept => None,
        }
    }

    /// The people and companies under whom it stands in the index: each is one of its [`key::of`] keys.
    pub fn indexed_under(&self) -> Vec<Id> {
        let filing = self.noun().filing();
        if filing.named || filing.is_found_through_others() { self.about() } else { Vec::new() }
    }

    /// The index key under which those of a noun are that are in a state, and few others.
    pub fn state_key(noun: Noun, state: &str) -> Option<String> {
        let key = noun.filing().states.iter().find(|(asked, _)| *asked == state)?;
        Some(key::state(noun, key.1))
    }

    /// The texts under which it is found (see [`key`]).
    pub fn index_keys(&self) -> Vec<String> {
        let noun = self.noun();
        let mut keys = self.own_keys();
        keys.extend(self.indexed_under().into_iter().map(|id| key::of(noun, id)));
        keys.sort();
        keys.dedup();
        keys
    }

    /// The names and numbers it is searched by, a name before its reading; an erased one is none.
    pub fn search_texts(&self) -> Vec<(Part, &str)> {
        let mut texts = self.own_texts();
        texts.retain(|(_, text)| *text != ERASED);
        texts
    }
}
