//! The terminal screens, where nothing else is asked for.

use super::open;
use super::stop::{Exit, Stop};
use crate::desk::Lang;
use crate::tui::{self, Folder, Options};
use std::path::{Path, PathBuf};

/// The folder into which screens write CSV and plain text: the environment's, else where the program was started.
pub fn print_dir() -> PathBuf {
    let set = std::env::var_os("DAICHO_PRINT_DIR").filter(|dir| !dir.is_empty());
    set.map_or_else(|| PathBuf::from("."), PathBuf::from)
}

/// Opens the screens on a vault; `work_factor` is as for [`open::terminal`], `hint` what the login screen shows of a
/// sample.
///
/// # Errors
/// Why they could not be opened.
pub fn screens(dir: &Path, work_factor: u8, lang: Lang, hint: Vec<String>) -> Result<Exit, Stop> {
    let mut terminal = open::terminal(dir, work_factor);
    if !hint.is_empty() {
        // A sample is made anew each time: there is nothing to remember of it.
        terminal.last_seen = None;
    }
    let options = Options { lang, hint, sink: Box::new(Folder(print_dir())) };
    match tui::run(dir, terminal, options) {
        Ok(_) => Ok(Exit::Done),
        Err(said) => Err(Stop::Usage(said)),
    }
}
