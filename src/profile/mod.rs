//! The profile (規程): read from TOML, checked, and which version was in force when.
//!
//! `parse` is the one way from text to a [`crate::domain::Profile`]: what it lets through can be relied on,
//! every reference in it leads somewhere. The profiles built in are `data/profiles/*.toml`.

mod builtin;
mod check;
mod problem;
mod read;
mod shape;
mod versions;

pub use builtin::*;
pub use check::QUERIES;
pub use problem::*;
pub use read::*;
pub use versions::*;
