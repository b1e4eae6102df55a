//! From what was typed to an exit code.

use super::args::{Language, Line, What};
use super::open::{self, Site};
use super::secret::Secrets;
use super::stop::{Exit, Stop};
use super::{
    agree, attachment, backup, batch, check, commands, compact, demo, explain, init, load, mistyped, out,
    password, profiles, query, recover, rehearse, rekey, restore, screens, sheet,
};
use crate::desk::Lang;
use clap::Parser;
use signal_hook::consts::signal::SIGXFSZ;
use std::ffi::OsString;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Runs the program once.
pub fn main() -> ExitCode {
    heed_limits();
    let typed: Vec<OsString> = std::env::args_os().collect();
    let line = match Line::try_parse_from(&typed) {
        Ok(line) => line,
        Err(error) if error.use_stderr() => {
            mistyped::say(&error, &typed);
            return Exit::Usage.into();
        }
        Err(help) => {
            // Help and version are answers. A closed output does not change that.
            drop(help.print());
            return Exit::Done.into();
        }
    };
    let lang = match line.lang {
        Language::Ja => Lang::Ja,
        Language::En => Lang::En,
    };
    run(line, lang).unwrap_or_else(|stop| stop.report(lang)).into()
}

/// A write over the limit on the size of files (`ulimit -f`) fails, and is told as a failure of the device: left alone,
/// the system would end the program without a word.
fn heed_limits() {
    // Where the signal cannot be taken, the system does as it always did.
    let _ = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

fn run(line: Line, lang: Lang) -> Result<Exit, Stop> {
    let chosen = line.vault.clone();
    let mut site = Site { dir: open::dir(line.vault), lang, secrets: Secrets::new(line.password_fd, lang) };
    for place in places(&site.dir, line.what.as_ref()) {
        open::can_be_named(place, lang)?;
    }
    match line.what {
        None => screens(&site.dir, open::WORK_FACTOR, lang, Vec::new()),
        Some(What::Demo(args)) => demo::run(&args, chosen, lang),
        Some(What::Init(args)) => init::run(&args, &mut site),
        Some(What::Batch(args)) => batch::run(&args, &mut site),
        Some(What::Load(args)) => load::run(&args, &mut site),
        Some(What::Commands { json }) => commands::run(json, lang),
        Some(What::Query(args)) => query::run(&args, &mut site),
        Some(What::Check(args)) => check::run(&args, &mut site),
        Some(What::Password { user, recovery: false, .. }) => password::run(&user, &mut site),
        Some(What::Password { user, recovery: true, issue }) => {
            sheet::recover(&user, issue.as_deref(), &mut site)
        }
        Some(What::Sheet { user }) => sheet::replace(&user, &mut site),
        Some(What::Agree { version, recovery: _ }) => agree::run(version.as_deref(), &mut site),
        Some(What::Attachment(args)) => attachment::run(&args, &mut site),
        Some(What::Backup(args)) => backup::run(&args, &mut site),
        Some(What::Recover(args)) => recover::run(&args, &mut site),
        Some(What::Rehearse(args)) => rehearse::run(&args, &mut site),
        Some(What::Restore(args)) => restore::run(&args, &mut site),
        Some(What::Rekey { user, reason }) => rekey::run(&user, &reason, &mut site),
        Some(What::Compact(args)) => compact::run(&args, &mut site),
        Some(What::Explain { name }) => explain::run(name.as_deref(), lang),
        Some(What::Profiles { name: Some(name), against: Some(against), .. }) => {
            out::text(&profiles::compared(&against, &name, lang)?, lang).map(|()| Exit::Done)
        }
        Some(What::Profiles { name, text, json, .. }) => {
            let form = match (text, json) {
                (true, _) => profiles::Form::Toml,
                (_, true) => profiles::Form::Json,
                _ => profiles::Form::Plain,
            };
            out::text(&profiles::answer(name.as_deref(), form, lang)?, lang).map(|()| Exit::Done)
        }
    }
}

/// The folders and files that the line names.
fn places<'l>(dir: &'l Path, what: Option<&'l What>) -> Vec<&'l Path> {
    let more: Vec<&Path> = match what {
        Some(What::Demo(args)) => args.dir.as_deref().into_iter().collect(),
        Some(What::Backup(args)) => vec![&args.to],
        Some(What::Attachment(args)) => vec![&args.to],
        Some(What::Restore(args)) => vec![&args.from],
        Some(What::Rehearse(args)) => args.place.as_deref().into_iter().collect(),
        Some(What::Recover(args)) => {
            [&args.from, &args.to].into_iter().chain(&args.copies).map(|path| path.as_path()).collect()
        }
        _ => Vec::new(),
    };
    std::iter::once(dir).chain(more).collect()
}
