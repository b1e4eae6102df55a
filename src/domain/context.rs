//! Who asks, when, and under which rules.

use super::jurisdiction::HeldRole;
use super::{AccountDays, Appointment, Edition, Id, Profile, Site};
use chrono::{DateTime, FixedOffset, NaiveDate};
use std::borrow::Cow;

/// A moment with its offset, to the second.
pub type Stamp = DateTime<FixedOffset>;
/// A calendar day.
pub type Date = NaiveDate;

/// The person who acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The human being.
    pub person: Id,
    /// The record about them as a user; `None` for the recovery sheet.
    pub user: Option<Id>,
    /// The roles they hold now, by the profile's role ids: those of their account, and where the context was asked of the
    /// registers ([`super::empowered`]) those of their offices.
    pub roles: Vec<String>,
}

/// What somebody may do for another: as the deputy of an office, by a delegation, as an organisation, or with an emergency ID.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StandIn {
    /// For whom, a person, an organisation or an emergency ID; nobody while the office is vacant.
    pub whom: Option<Id>,
    /// The roles in which they act so.
    pub roles: Vec<String>,
    /// Within which jurisdiction; everywhere where none is told.
    pub within: String,
    /// What was delegated: commands and queries by name, all where none are named. None for a deputy, who does what the
    /// officer does.
    pub what: Option<Vec<String>>,
    /// What of that they may not do all the same.
    pub limit: Limit,
}

/// What somebody who stands in may not do, whatever the role may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Nothing.
    None,
    /// What decides something: they act as an organisation (J-1-1-1-e).
    Deciding,
    /// What outlasts a night: they act with an emergency ID ([`super::Rule::lasting`]).
    Lasting,
}

impl StandIn {
    /// What a deputy may for whoever holds the office.
    pub(super) fn deputy(held: Appointment, whom: Option<Id>) -> StandIn {
        let (roles, within) = (vec![held.role], held.jurisdiction);
        StandIn { whom, roles, within, what: None, limit: Limit::None }
    }

    /// The roles in which they act so, where they are held.
    pub(super) fn held(self) -> impl Iterator<Item = HeldRole> {
        let within = self.within;
        self.roles.into_iter().map(move |role| HeldRole { role, within: within.clone() })
    }

    /// Whether it is for something, by its name.
    pub(super) fn covers(&self, what: &str) -> bool {
        let named = self.what.as_ref().is_none_or(|told| super::policy::covers(told, what));
        named
            && match self.limit {
                Limit::None => true,
                Limit::Deciding => super::policy::is_shared(what),
                Limit::Lasting => !super::policy::outlasts_a_night(what),
            }
    }
}

impl Actor {
    /// Whoever holds the recovery sheet: no user, and no person that the books know.
    pub fn recovery() -> Actor {
        Actor { person: Id::SITE, user: None, roles: Vec::new() }
    }

    /// Whether somebody acts with the recovery sheet.
    pub fn is_recovery(&self) -> bool {
        self.user.is_none() && self.person == Id::SITE
    }
}

/// Everything a decision depends on besides the registers.
#[derive(Clone, Debug)]
pub struct Context<'a> {
    /// Who acts.
    pub actor: Cow<'a, Actor>,
    /// The jurisdictions within which the actor holds roles, the widest first, each with all that are held there; none where
    /// every role is held everywhere. Once the registers were asked ([`super::empowered`]).
    pub within_each: Vec<(String, Vec<String>)>,
    /// The jurisdiction within which they act; everywhere where none is told.
    pub within: String,
    /// They may do it within several: which one is meant is to be said.
    pub in_several: bool,
    /// For whom they may act besides, once the registers were asked ([`super::empowered`]).
    pub stands_in: Vec<StandIn>,
    /// For whom they act, where they do not act in their own right.
    pub acts_as: Option<StandIn>,
    /// The registers were asked what else the actor may ([`super::empowered`]).
    pub empowered: bool,
    /// When the command is entered.
    pub now: Stamp,
    /// When it happened, if it is entered late from paper.
    pub at: Option<Stamp>,
    /// The clock jumped and nobody has confirmed the time: periods are not judged.
    pub clock_unconfirmed: bool,
    /// The profile in force on the day it happened (N-13).
    pub profile: &'a Profile,
    /// The edition of the rules in force: the log says it.
    pub edition: Edition,
    /// The last day that is sure, by which periods of accounts are judged: today, or where the clock jumped and nobody has
    /// confirmed it, the day before that. Of the actor's own account the clock's day is asked too ([`super::AccountDays`]).
    pub accounts_on: Date,
}

impl<'a> Context<'a> {
    /// What a caller knows. Whether the clock is confirmed and which edition holds, the store asks the site's own
    /// row, inside the transaction that decides.
    pub fn new(actor: &'a Actor, now: Stamp, at: Option<Stamp>, profile: &'a Profile) -> Context<'a> {
        let accounts_on = now.date_naive();
        Context {
            actor: Cow::Borrowed(actor),
            within_each: Vec::new(),
            within: String::new(),
            in_several: false,
            stands_in: Vec::new(),
            acts_as: None,
            empowered: false,
            now,
            at,
            clock_unconfirmed: false,
            profile,
            edition: Edition::default(),
            accounts_on,
        }
    }

    /// The same, under what the site's row says.
    pub fn under(self, site: Option<&Site>) -> Context<'a> {
        let clock_unconfirmed = site.is_some_and(|site| site.clock_jump.is_some());
        let accounts_on = site.map_or(self.accounts_on, |site| site.accounts_on(self.now));
        Context {
            clock_unconfirmed,
            edition: site.map_or(self.edition, |site| site.edition),
            accounts_on,
            ..self
        }
    }

    /// The same, where the entry that founds the site names its first edition.
    pub fn founding(self, edition: Edition) -> Context<'a> {
        Context { edition, ..self }
    }

    /// Every role in which the actor may act, their own first.
    pub fn roles(&self) -> impl Iterator<Item = &String> {
        self.actor.roles.iter().chain(self.stands_in.iter().flat_map(|stands_in| &stands_in.roles))
    }

    /// The person for whom the actor acts, where it is not for themselves.
    pub fn on_behalf(&self) -> Option<Id> {
        self.acts_as.as_ref().and_then(|stand_in| stand_in.whom)
    }

    /// Between which days the time is, by which what ends is judged while the clock is in doubt.
    pub fn account_days(&self) -> AccountDays {
        AccountDays::from(self.accounts_on, self.now.date_naive())
    }

    /// When the thing happened: late entries say so, others happen when they are entered.
    pub fn happened(&self) -> Stamp {
        self.at.unwrap_or(self.now)
    }

    /// The day on which it happened.
    pub fn day(&self) -> Date {
        self.happened().date_naive()
    }
}
