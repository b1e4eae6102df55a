//! Events: an accepted command with what the rules made of it.

use super::{BadgeState, Command, Date, Ending, Id, Stamp, Trace};
use serde::{Deserialize, Serialize};

/// What the rules added to the command when they accepted it. One shape for all, mostly empty.
///
/// It names every row besides the command's own that the event changes, so that [`super::touches`] and
/// [`super::fold`] need no look at any other row.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Outcome {
    /// The record it is about: the one it made, or the one it changed. The subject of the entry's head.
    #[serde(skip_serializing_if = "super::is_default")]
    pub id: Option<Id>,
    /// The person it is about, where the command gave a card or badge.
    #[serde(skip_serializing_if = "super::is_default")]
    pub person: Option<Id>,
    /// The person's company at that moment.
    #[serde(skip_serializing_if = "super::is_default")]
    pub company: Option<Id>,
    /// The badge lent, returned or reported.
    #[serde(skip_serializing_if = "super::is_default")]
    pub badge: Option<Id>,
    /// The card shown.
    #[serde(skip_serializing_if = "super::is_default")]
    pub card: Option<Id>,
    /// The visit concerned.
    #[serde(skip_serializing_if = "super::is_default")]
    pub visit: Option<Id>,
    /// The permit concerned.
    #[serde(skip_serializing_if = "super::is_default")]
    pub permit: Option<Id>,
    /// The notice opened (J-PI-12-2).
    #[serde(skip_serializing_if = "super::is_default")]
    pub notice: Option<Id>,
    /// The user record concerned.
    #[serde(skip_serializing_if = "super::is_default")]
    pub user: Option<Id>,
    /// The person a decision, permission, registration or escort is owed to; at a takeover, the one before.
    #[serde(skip_serializing_if = "super::is_default")]
    pub by: Option<Id>,
    /// The person is from outside (J-3-3-1).
    #[serde(skip_serializing_if = "super::is_default")]
    pub outsider: bool,
    /// A work record is due for this visit (J-2-2-3).
    #[serde(skip_serializing_if = "super::is_default")]
    pub report_due: bool,
    /// The clock was not confirmed: periods were not judged.
    #[serde(skip_serializing_if = "super::is_default")]
    pub clock_unconfirmed: bool,
    /// The state the badge is in afterwards, where it changes.
    #[serde(skip_serializing_if = "super::is_default")]
    pub badge_state: Option<BadgeState>,
    /// The day that was meant where the command gave none.
    #[serde(skip_serializing_if = "super::is_default")]
    pub day: Option<Date>,
    /// The roles of an account, where the command left them to its application or as they are, or gave others that are
    /// offices.
    #[serde(skip_serializing_if = "super::is_default")]
    pub roles: Vec<String>,
    /// The jurisdiction in which something lies, where the command named none: the one applied for, or the actor's own.
    #[serde(skip_serializing_if = "super::is_default")]
    pub jurisdiction: String,
    /// Its first day, where the command gave none.
    #[serde(skip_serializing_if = "super::is_default")]
    pub from: Option<Date>,
    /// Its last day, where the command gave none; of a change the one that it has from then on.
    #[serde(skip_serializing_if = "super::is_default")]
    pub until: Option<Date>,
    /// The person's other visits with which this one cannot be right; the contradiction is among `also`.
    #[serde(skip_serializing_if = "super::is_default")]
    pub contradicts: Vec<Id>,
    /// The number that a permit got.
    #[serde(skip_serializing_if = "super::is_default")]
    pub number: String,
    /// The kind of the permit of which something is applied for, by the profile's id.
    #[serde(skip_serializing_if = "super::is_default")]
    pub kind: String,
    /// What is owed besides: that it is reviewed, told to somebody, or that something is confirmed to be gone.
    #[serde(skip_serializing_if = "super::is_default")]
    pub owed: Vec<super::Owed>,
    /// It went to those above, since whoever would decide it is who applied (J-2-1-2).
    #[serde(skip_serializing_if = "super::is_default")]
    pub raised: bool,
    /// The lines of a month as it is closed, by the number of their exceptions.
    #[serde(skip_serializing_if = "super::is_default")]
    pub lines: Vec<super::MonthLine>,
    /// Rows changed besides those named above.
    #[serde(skip_serializing_if = "super::is_default")]
    pub also: Vec<Id>,
    /// Counts taken over at a shift change: people inside, badges out, things open.
    #[serde(skip_serializing_if = "super::is_default")]
    pub counts: Vec<u32>,
}

/// A fact: the command as accepted, when it happened, and the outcome.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What was asked.
    pub command: Command,
    /// When it happened, if that is not when it was entered.
    pub at: Option<Stamp>,
    /// What the rules made of it.
    pub outcome: Outcome,
}

impl Event {
    /// When it happened: late entries say so, others happen when they are entered.
    pub fn happened(&self, meta: &EntryMeta) -> Stamp {
        self.at.unwrap_or(meta.time)
    }

    /// The jurisdiction in which what it makes lies: the one that the command names, or what follows where it names none.
    pub(super) fn placed(&self, named: &str) -> String {
        if named.is_empty() { self.outcome.jurisdiction.clone() } else { named.to_owned() }
    }
}

/// What the head of an entry says about an event; all that [`super::fold`] needs of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryMeta {
    /// The entry's sequence number, from 1.
    pub seq: u64,
    /// When it was entered.
    pub time: Stamp,
    /// The person who acted.
    pub actor: Id,
    /// In which role.
    pub role: String,
    /// For whom, where they acted as a deputy or by a delegation.
    pub on_behalf: Option<Id>,
}

impl EntryMeta {
    /// Of a row that this entry makes.
    pub(super) fn trace(&self) -> Trace {
        Trace { made: self.seq, made_for: self.on_behalf, changed: self.seq, erased: None }
    }

    /// Who ended or decided something with this entry, when, and why.
    pub(super) fn ending(&self, on: Stamp, reason: &str) -> Ending {
        Ending { by: self.actor, on_behalf: self.on_behalf, on, reason: reason.to_owned() }
    }
}

/// What stands in place of a sealed text that was erased. Control pictures cannot be typed at the boundary.
pub const ERASED: &str = "\u{2421}";
