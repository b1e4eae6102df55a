//! The books of a site: the log and the registers derived from it, in redb tables over any storage.
//!
//! State = fold(apply, entries). Whatever is done is one signed entry, its effect on the tables, and one frame in
//! the [`Journal`], in that order inside one transaction: the frame durable = committed. Opening is a base and
//! the frames after it, through the same code. What is derived can be thrown away and made anew, shown as of any
//! past entry, and compared with what the entries say ([`check`]).
//!
//! | file | holds |
//! |---|---|
//! | `books`, `replay` | the store: made, opened by replay of frames, closed |
//! | `writing` | one group of commands: decided, sealed, applied, committed |
//! | `rights` | who signs what, in which role |
//! | `refusals` | refused attempts as entries |
//! | `apply` | what an entry changes, erasing included |
//! | `codec` | events as facts and words of an entry |
//! | `frame` | what goes into the journal |
//! | `tables` | the tables and how they are read |
//! | `about` | which records are about whom, in memory |
//! | `texts` | names and numbers in memory, searched |
//! | `reading`, `lists`, `past` | the questions asked: records, registers, who is inside; the same as of a past entry |
//! | `memory` | storage in memory, for a first image |
//! | `rebuild` | everything derived, made anew |
//! | `compact` | every row copied into an image that holds nothing else |
//! | `salvage` | what a damaged image and journal still hold, put together again |
//! | `check` | the log verified, every past command decided again, stored rows compared |

mod about;
mod apply;
mod books;
mod check;
pub mod codec;
mod compact;
mod error;
mod frame;
mod lists;
mod memory;
mod past;
mod reading;
mod rebuild;
mod refusals;
mod replay;
mod rights;
mod salvage;
mod tables;
mod texts;
mod writing;

pub use crate::log::Salts;
pub use books::{End, OpenError, Progress, Reader, Receipt, Step, Store, views_version};
pub use check::{CheckFinding, CheckReport, Flaw, Pinned, check, check_until, holds_behind};
pub use error::{CommitError, JournalFailure, StoreError};
pub use lists::{Cursor, Filter, Order, Page, Stay, VisitFilter};
pub use memory::MemoryImage;
pub use reading::{Log, Reading};
pub use salvage::{Salvage, Saved, frames_of, ways_in};
pub use tables::LoggedEvent;
pub use texts::Hit;
pub use writing::{Journal, Signer, Writing};
