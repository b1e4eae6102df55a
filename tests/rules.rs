//! The rules of the registers: one test a duty, grids, refusals in words, random commands.

mod admission;
mod authority;
mod clerks;
mod concerns;
mod devices;
mod door_keys;
mod duties;
mod emergency_accounts;
mod exceptions;
mod filed;
mod governed;
mod grids;
mod jurisdictions;
mod lives;
mod nouns;
mod offers;
mod offices;
mod organisation_ids;
mod people;
mod random;
mod users;
mod versions;
mod whole;
mod wording;
mod world;
