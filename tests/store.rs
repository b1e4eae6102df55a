//! The books: nothing without its entry, replay equals live, the past as it was, and a check that names the place.

mod checking;
mod editions;
mod erasing;
mod past;
mod questions;
mod spelling;
pub mod world;
mod writing;
