//! The screens that are the visits' own: who is inside, checking in by a card, the scan at the desk, the wrong person.

mod desk_scan;
mod inside;
mod quick;
mod wrong_person;

pub use desk_scan::*;
pub use inside::*;
pub use quick::*;
pub use wrong_person::*;
