//! The desk: the only door to the vault, the store and the rules, for the screen and the command line alike.
//!
//! A [`Desk`] is an opened vault with one person standing at it. Everything that changes something goes
//! through [`Desk::execute`]; everything that is shown comes from its queries. What can be done, with which
//! fields and under which words, is declared once in [`declare`] and read by the keymap, the key bar, the
//! help, the palette, the forms, the batch interface and their tests.

mod clock;
pub mod declare;
mod door;
mod entropy;
mod failure;
mod query;
mod today;
mod wording;

pub use clock::*;
pub use door::*;
pub use entropy::*;
pub use failure::*;
pub use query::*;
pub use today::*;
pub use wording::*;
