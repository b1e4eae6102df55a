//! Tests of the screens over a real desk in a folder of its own.

mod compared;
mod forms;
mod keys;
mod mixtures;
mod month;
mod random;
mod screens;
mod site;
