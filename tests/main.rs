//! All integration tests, one binary. A file in this folder that is not named here fails `floors`.

mod text;
mod vault;
mod log;
mod rules;
mod profiles;
mod store;
mod desk;
mod cli;
mod journeys;
mod floors;
mod duties;
