//! The rules of the registers: one test a duty, grids, refusals in words, random commands.

mod authority;
mod concerns;
mod duties;
mod grids;
mod nouns;
mod random;
mod wording;
mod world;
