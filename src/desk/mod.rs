//! The desk: the only door to the vault, the store and the rules, for the screen and the command line alike.
//!
//! A [`Desk`] is an opened vault with one person standing at it. Everything that changes something goes
//! through [`Desk::execute`]; everything that is shown comes from its queries. What can be done, with which
//! fields and under which words, is declared once in [`declare`] and read by the keymap, the key bar, the
//! help, the palette, the forms, the batch interface and their tests.

mod attachments;
mod backup;
mod check;
mod clock;
mod compact;
pub mod declare;
pub mod difference;
mod door;
mod drafts;
mod edition;
mod entropy;
mod execute;
mod failure;
mod found;
mod in_part;
mod keep;
mod keyring;
mod last_seen;
mod lists;
mod login;
mod mark;
mod papers;
mod password;
mod past;
mod people;
pub mod profiles;
mod proof;
mod proposal;
mod query;
mod questions;
mod recover;
mod rehearse;
mod rekey;
mod restore;
mod room;
mod screen_lock;
mod search;
mod seat;
mod sheet;
mod sheet_seen;
mod today;
mod upkeep;
mod viewer;
mod wording;

pub use backup::{Copying, back_up_beside};
pub use check::*;
pub use clock::*;
pub use compact::{CompactStep, Compacted};
pub use door::*;
pub use drafts::{Draft, draft_name};
pub use entropy::*;
pub use failure::*;
pub use lists::{AsFarAsRead, noun_of};
pub use password::PasswordRule;
pub use proposal::SheetBooks;
pub use query::*;
pub use recover::{Recovered, SavedEntry, recover};
pub use rehearse::{Rehearsed, rehearse};
pub use restore::{Restored, restore};
pub use room::LowDisk;
pub use screen_lock::Unlocking;
pub use search::Matches;
pub use seat::Seat;
pub use sheet::NewSheet;
pub use today::*;
pub use viewer::Viewer;
pub use wording::*;

pub use crate::fault::Fault;
pub use crate::vault::{HardenReport, Holder, Upgraded, harden};

use crate::fault::fault;
use crate::log::Salts;

/// Whether a login would take the vault in a folder over to this release's format, with a copy of before beside it.
pub fn is_of_older_format(dir: &std::path::Path) -> bool {
    crate::vault::is_of_older_format(&crate::vault::RealDisk::new(dir))
}

/// Fills bytes, or says why nothing can be signed here.
fn fill(entropy: &dyn Entropy, bytes: &mut [u8]) -> Result<(), Failure> {
    entropy.fill(bytes).map_err(no_entropy)
}

/// Without randomness nothing can be signed or sealed.
fn no_entropy(why: String) -> Failure {
    NotOpened::Other(fault!("desk_no_randomness", why = why)).into()
}

/// A salt of 16 bytes.
fn salt(entropy: &dyn Entropy) -> Result<[u8; 16], Failure> {
    let mut bytes = [0; 16];
    fill(entropy, &mut bytes)?;
    Ok(bytes)
}

/// The salts of one entry.
fn salts(entropy: &dyn Entropy) -> Result<Salts, Failure> {
    Ok(Salts { body: salt(entropy)?, text: salt(entropy)? })
}
