//! The rules: what a site's registers are made of, and what may be done to them.
//!
//! Pure and total: no file, clock, randomness or terminal is reached from here. The three functions that
//! carry everything else:
//!
//! - [`decide`]: a [`Command`] in a [`Context`] against a [`View`] gives one [`Event`], or a reason why not.
//! - [`touches`]: which rows an event changes.
//! - [`fold`]: one row after an event, from that row before it and the event alone.
//!
//! Because a row depends on nothing but its own events, any record can be shown as of any past entry, any
//! register can be rebuilt, and `check` can decide every past command again and compare.

mod account;
mod admission;
mod appointment;
mod attachment;
mod availability;
mod badge;
mod choice;
mod command;
mod company;
mod concern;
mod context;
mod contradiction;
mod correct;
mod could;
mod decide;
mod delegation;
mod device;
mod door_key;
mod edition;
mod emergency;
mod emergency_account;
mod entrant;
mod erase;
mod event;
mod exception;
mod exception_rules;
mod family;
mod group;
mod human;
mod id;
mod invariants;
mod jurisdiction;
mod leaving;
mod life_cycle;
mod lookup;
mod month;
mod notice;
mod offers;
mod organisation_id;
mod packed;
mod permit;
mod person;
mod planned_change;
pub mod policy;
mod profile;
mod profile_version;
mod query;
mod refusal;
mod rights;
mod row;
mod rule;
mod shift;
mod site;
mod standing;
mod tenure;
mod user;
mod user_application;
mod view;
mod visit;
mod way_in;
mod work;
mod zone;

pub use account::{AccountDays, Basis, DecidedBefore};
pub use admission::permit_covers;
pub use availability::*;
pub use concern::{Concern, concerns};
pub use context::*;
pub use could::{Could, policy_of, who_could};
pub use decide::*;
pub use edition::Edition;
pub use event::*;
pub use exception_rules::*;
pub use family::*;
pub use group::{Book, Group, Task};
pub use human::{is_unsettled, namesakes, unsettled};
pub use id::*;
pub use invariants::invariants;
pub use jurisdiction::{Sight, left_nowhere};
pub use leaving::{ends_with, rests_on};
pub use lookup::still_governed;
pub use offers::{FormSoFar, Offer, offers};
pub use profile::*;
pub use query::*;
pub use refusal::*;
pub use rights::{
    able, edition_of, empowered, holders, nobody_can, nobody_soon, orphaned, roles_of, roles_with_offices,
};
use row::HandedOver;
pub use row::*;
pub use rule::{Given, Rule, Touched, Waits, touches};
pub use standing::*;
pub use view::*;
pub use way_in::{Sealed, Sealing, WayIn, WaysIn};
pub use zone::{Moments, parse_offset, usual_offset};

/// Whether a field holds nothing worth writing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
