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

mod command;
mod context;
mod decide;
mod event;
mod id;
pub mod policy;
mod profile;
mod refusal;
mod row;
mod view;

pub use command::*;
pub use context::*;
pub use decide::*;
pub use event::*;
pub use id::*;
pub use profile::*;
pub use refusal::*;
pub use row::*;
pub use view::*;

/// Whether a field holds nothing worth writing.
fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}
