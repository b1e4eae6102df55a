//! daicho (台帳): the security registers of a site that no network reaches.

pub mod cli;
pub mod desk;
pub mod domain;
pub mod log;
pub mod paper;
pub mod profile;
pub mod store;
pub mod text;
pub mod tui;
pub mod vault;
