//! The terminal screens, where nothing else is asked for.

use super::stop::{Exit, Stop};
use crate::desk::Lang;
use std::path::Path;

/// Opens the screens on a vault; `work_factor` is scrypt log N of passwords changed there.
///
/// # Errors
/// Why they could not be opened.
pub fn screens(dir: &Path, work_factor: u8, lang: Lang) -> Result<Exit, Stop> {
    let _ = (dir, work_factor, lang);
    Ok(Exit::Done)
}
