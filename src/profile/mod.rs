//! The profile (規程): read from TOML, checked, and which version was in force when.
//!
//! [`expand`] is the way of a text that somebody gives: its groups are written out, and it is accepted. What it lets
//! through can be relied on, every reference in it leads somewhere. What stands in the log already is [`read`]. The
//! profiles built in are `data/profiles/*.toml`.

mod builtin;
mod check;
mod groups;
mod problem;
mod read;
mod shape;
mod versions;

pub use builtin::*;
pub use groups::*;
pub use problem::*;
pub use read::*;
pub use versions::*;
