//! `daicho demo`: a sample site with a year of records, made through the desk like any other site.
//!
//! - `run`: the folder, the table of IDs and passwords, the screens.
//! - `words`, `dice`: the names it is made of, and chance that follows from the seed.
//! - `cast`: the people, companies, badges and registrations.
//! - `stage`: who acts at the desk, and when; commands in groups, each at its own moment.
//! - `year`: the plan, made of `scene`s; `day`, `visits`, `permits`: what goes into it.
//! - `play` and `works`: what happens when; `tonight`: what is left open at the end.

mod cast;
mod day;
mod dice;
mod permits;
mod play;
mod run;
mod scene;
mod stage;
mod tonight;
mod visits;
mod words;
mod works;
mod year;

pub use run::run;
