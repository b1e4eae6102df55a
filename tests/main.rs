//! All integration tests, one binary. A file in this folder that is not named here fails `floors`.

mod campaign;
mod cli;
mod declare;
mod demands;
mod desk;
mod faults;
mod fixtures;
mod floors;
mod golden;
mod groups;
mod insider;
mod journeys;
mod keys;
mod kills;
mod log;
mod manual;
mod paper;
mod profiles;
mod real;
mod rules;
mod scenario;
mod store;
mod text;
mod vault;
mod zone;
