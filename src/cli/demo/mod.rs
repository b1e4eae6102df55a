//! `daicho demo`: a sample site with a year of records, made through the desk like any other site.
//!
//! - `run`: the folder, the table of IDs and passwords, the screens.
//! - `words`, `dice`: the names it is made of, and chance that follows from the seed.
//! - `cast`: the people, companies, badges and registrations.
//! - `stage`: who acts at the desk, and when; commands in groups, each at its own moment.
//! - `year`: what is planned on a day; `play`: what happens when; `tonight`: what is left open at the end.

mod cast;
mod dice;
mod play;
mod run;
mod stage;
mod tonight;
mod words;
mod year;

pub use run::run;
