//! How a run ends: exit codes, and what is said on standard error.

use crate::desk::{Failure, Lang, Last, Lookup, NoCopy, Worded, say_failure};
use std::process::ExitCode;

/// The exit codes. Scripts depend on them: never renumber.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Done.
    Done = 0,
    /// Refused by the rules or the policy; no record changed.
    Refused = 1,
    /// The command line, or a file named on it, is not what it should be.
    Usage = 2,
    /// Not opened: wrong password, locked, in use, newer format.
    NotOpened = 3,
    /// Damaged or not verified.
    Damaged = 4,
    /// Disk or device failed; nothing acknowledged is lost.
    Device = 5,
    /// Some lines of a batch were refused; not all that was in a damaged vault could be saved.
    Partly = 6,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(exit as u8)
    }
}

/// Why a run stops before its end.
#[derive(Debug)]
pub enum Stop {
    /// The desk answered so; already in words.
    Failed(Exit, Worded),
    /// What was typed will not do.
    Usage(String),
    /// Whoever was asked gave up.
    GivenUp,
    /// What was to be done is done, and the answer that says so reached nobody: why, and what stands.
    Unheard(Exit, String, String),
    /// Whoever reads our output has gone away. Nothing to say, and nobody to say it to.
    Closed,
    /// Our output, or a file to be read, cannot be used.
    Device(String),
}

impl Stop {
    /// Something wrong with what was typed, in the language.
    pub fn usage(lang: Lang, ja: impl Into<String>, en: impl Into<String>) -> Stop {
        Stop::Usage(match lang {
            Lang::Ja => ja.into(),
            Lang::En => en.into(),
        })
    }

    /// A failure of the desk, in words. `at` names the records where a desk is open.
    pub fn failed(failure: &Failure, at: Option<&dyn Lookup>, lang: Lang) -> Stop {
        Stop::Failed(exit_of(failure), say_failure(failure, at, lang))
    }

    /// The stop of somebody's answer after the act itself: what stands is said, as nothing else says it.
    pub fn after(self, stands: impl Into<String>, lang: Lang) -> Stop {
        let (exit, why) = match self {
            Stop::Device(why) => (Exit::Device, why),
            Stop::Closed => (
                Exit::Device,
                lang.pick("出力を受け取る側が終了しました。", "Whoever reads the output has gone away.")
                    .to_owned(),
            ),
            Stop::GivenUp => (Exit::Usage, lang.pick("中止しました。", "Given up.").to_owned()),
            Stop::Unheard(exit, why, _) => (exit, why),
            other => return other,
        };
        Stop::Unheard(exit, why, stands.into())
    }

    /// The exit code, after saying why on standard error.
    pub fn report(self, lang: Lang) -> Exit {
        match self {
            Stop::Failed(exit, said) => {
                let more = said.page.map(|page| more(page, lang)).unwrap_or_default();
                eprintln_all(&[&format!("daicho: {} ({})", said.message, said.name), &said.advice, &more]);
                exit
            }
            Stop::Usage(text) => {
                eprintln_all(&[&format!("daicho: {text}")]);
                Exit::Usage
            }
            Stop::GivenUp => {
                let said =
                    lang.pick("中止しました。何も変わっていません。", "Given up. Nothing has changed.");
                eprintln_all(&[&format!("daicho: {said}")]);
                Exit::Usage
            }
            Stop::Unheard(exit, why, stands) => {
                eprintln_all(&[&format!("daicho: {why}"), &stands]);
                exit
            }
            Stop::Closed => Exit::Done,
            Stop::Device(text) => {
                eprintln_all(&[&format!("daicho: {text}")]);
                Exit::Device
            }
        }
    }
}

/// Where the manual says more: the command that prints its page.
pub fn more(page: &str, lang: Lang) -> String {
    match lang {
        Lang::Ja => format!("くわしい説明: daicho explain {page}"),
        Lang::En => format!("More: daicho explain {page} --lang en"),
    }
}

/// Which exit code a failure has.
pub fn exit_of(failure: &Failure) -> Exit {
    match failure {
        Failure::Rejected(..) | Failure::Denied(..) | Failure::Malformed(_) | Failure::Comparing { .. } => {
            Exit::Refused
        }
        Failure::NotOpened(_) => Exit::NotOpened,
        Failure::Damaged(_) => Exit::Damaged,
        Failure::Device { .. } | Failure::NoRoom { .. } => Exit::Device,
        Failure::NoCopy(why) => match why {
            NoCopy::Damaged(_) | NoCopy::FromDamaged(_) | NoCopy::KeysGone(_) => Exit::Damaged,
            NoCopy::Unreliable(_)
            | NoCopy::Full
            | NoCopy::ReadOnly
            | NoCopy::Device(_)
            | NoCopy::CutOff(_)
            | NoCopy::RecoverCutOff { .. } => Exit::Device,
            NoCopy::SameDevice
            | NoCopy::Inside
            | NoCopy::Missing
            | NoCopy::Occupied(_)
            | NoCopy::IsAVault
            | NoCopy::NotDamaged
            | NoCopy::OtherKey
            | NoCopy::Newer { .. } => Exit::Refused,
        },
    }
}

/// Whether more commands make sense after this failure.
pub fn ends_the_session(failure: &Failure) -> bool {
    // A medium that fails leaves the session as it was, and so does a work that was not begun.
    !matches!(failure, Failure::NoCopy(_) | Failure::NoRoom { .. })
        && matches!(exit_of(failure), Exit::NotOpened | Exit::Damaged | Exit::Device)
}

/// The stable name of what is known of the last command after a device failed.
pub fn last_name(last: Last) -> &'static str {
    match last {
        Last::Written => "written",
        Last::NotWritten => "not_written",
        Last::Unknown => "unknown",
    }
}

/// Lines on standard error; that it may be closed is nobody's concern.
pub fn eprintln_all(lines: &[&str]) {
    use std::io::Write;
    let mut error = std::io::stderr().lock();
    for line in lines.iter().filter(|line| !line.is_empty()) {
        // Standard error is where failures are said: its own has no other place.
        if writeln!(error, "{line}").is_err() {
            return;
        }
    }
}
