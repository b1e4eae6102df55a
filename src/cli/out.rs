//! Standard output. A reader that went away ends the run quietly; a full disk behind it does not.

use super::stop::Stop;
use crate::desk::{Fault, Lang, say_io};
use std::io::{self, IsTerminal, Write};

/// Faults as a machine reads them, whatever the language of the screen.
pub fn in_english(faults: &[Fault]) -> Vec<String> {
    faults.iter().map(Fault::to_string).collect()
}

/// Writes bytes and hands them over.
///
/// # Errors
/// [`Stop::Closed`] when nobody reads any more, [`Stop::Device`] when it cannot be written.
pub fn bytes(bytes: &[u8], lang: Lang) -> Result<(), Stop> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(|error| stop(&error, lang))
}

/// Writes a text.
///
/// # Errors
/// As [`bytes`].
pub fn text(text: &str, lang: Lang) -> Result<(), Stop> {
    bytes(text.as_bytes(), lang)
}

/// Writes a value as JSON on one line.
///
/// # Errors
/// As [`bytes`].
pub fn json(value: &serde_json::Value, lang: Lang) -> Result<(), Stop> {
    text(&format!("{value}\n"), lang)
}

fn stop(error: &io::Error, lang: Lang) -> Stop {
    if error.kind() == io::ErrorKind::BrokenPipe {
        return Stop::Closed;
    }
    let said = say_io(error, lang);
    Stop::Device(match lang {
        Lang::Ja => format!("出力できません（{said}）。"),
        Lang::En => format!("The output cannot be written ({said})."),
    })
}

/// So many of something, in English.
pub fn counted(n: u64, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// The cells of a line, where standard output is a terminal.
pub fn room() -> Option<usize> {
    let out = io::stdout();
    if !out.is_terminal() {
        return None;
    }
    rustix::termios::tcgetwinsize(&out).ok().map(|size| usize::from(size.ws_col)).filter(|cells| *cells > 0)
}

/// Says how far a long work has come, where standard error is a terminal; on one line that is written over.
#[derive(Debug)]
pub struct Progress {
    shown: bool,
}

impl Progress {
    /// Progress for this run.
    pub fn new() -> Progress {
        Progress { shown: false }
    }

    /// How far it has come.
    pub fn say(&mut self, text: &str) {
        let mut error = io::stderr().lock();
        if error.is_terminal() && write!(error, "\r\x1b[K{text}").and_then(|()| error.flush()).is_ok() {
            self.shown = true;
        }
    }

    /// Takes the line away again.
    pub fn done(&mut self) {
        let mut error = io::stderr().lock();
        if self.shown && write!(error, "\r\x1b[K").and_then(|()| error.flush()).is_ok() {
            self.shown = false;
        }
    }
}
