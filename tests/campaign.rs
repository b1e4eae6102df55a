//! The campaigns of what is promised: power cuts, damage, little memory, wrong clocks and other people's vectors. A
//! share runs with all tests; the figures are made by the ignored ones, which `.ci/run` and `tests/campaign.sh` run.
//!
//! `DAICHO_SEED=n` repeats a schedule. What failed is kept as a folder in `target/traces`, and
//! `DAICHO_REPLAY=target/traces/x cargo test --test all replay_ -- --ignored --nocapture` looks at it again.

mod cuts;
mod damage;
pub mod figure;
mod memory;
mod moments;
mod operations;
mod owed;
mod play;
mod trace;
mod vectors;
