//! `daicho demo`: the sample site, its printed table of IDs, and its screens.

use super::args::Demo;
use super::open::hardening;
use super::out::{self, Progress};
use super::stop::{Exit, Stop, exit_of};
use super::{prompt, screens, typed};
use crate::desk::profiles::accepted;
use crate::desk::{Clock, Entropy, Lang, SystemClock, SystemEntropy, say_io};
use crate::domain::{Edition, Stamp};
use crate::sample::{self, PLAYERS, PROFILE, Plan, Player, WORK_FACTOR};
use chrono::TimeDelta;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Makes the sample, and opens the screens unless told not to.
///
/// # Errors
/// Why it could not be made.
pub fn run(args: &Demo, chosen: Option<PathBuf>, lang: Lang) -> Result<Exit, Stop> {
    if !args.headless && !prompt::can_ask() {
        return Err(Stop::usage(
            lang,
            "画面を開く端末がありません。--headless を付けると作成だけを行います。",
            "There is no terminal for the screens. With --headless the sample is only made.",
        ));
    }
    let now = now(args, lang)?;
    let kept = args.dir.clone().or(chosen);
    let folder = match kept {
        Some(dir) => Folder { dir, temporary: false },
        // What nobody will look at would be made in vain: without screens even a temporary folder stays.
        None => Folder { dir: temporary(lang)?, temporary: !args.headless },
    };
    make(&folder.dir, args.seed, args.days, now, lang)?;
    if args.json {
        out::json(&table_json(&folder.dir), lang)
            .map_err(|stop| stop.after(stands(&folder.dir, lang), lang))?;
        return Ok(Exit::Done);
    }
    let told = out::text(&table(&folder, args.headless, lang)?, lang);
    told.map_err(|stop| if args.headless { stop.after(stands(&folder.dir, lang), lang) } else { stop })?;
    if args.headless {
        return Ok(Exit::Done);
    }
    // Asked as a password is, so that an interrupt comes back here and the temporary folder goes.
    prompt::hidden(lang.pick("Enterを押すと画面を開きます。", "Press Enter to open the screens. "), lang)?;
    screens(&folder.dir, WORK_FACTOR, lang, hint(lang))
}

/// The sample's folder; a temporary one goes when the screens are closed.
struct Folder {
    dir: PathBuf,
    temporary: bool,
}

impl Drop for Folder {
    fn drop(&mut self) {
        if self.temporary {
            // What cannot be removed stays in the folder for temporary files, encrypted like any vault.
            drop(std::fs::remove_dir_all(&self.dir));
        }
    }
}

/// A new folder among the temporary files that nobody else can look into.
fn temporary(lang: Lang) -> Result<PathBuf, Stop> {
    use std::os::unix::fs::DirBuilderExt;
    let failed = |said: String| {
        Stop::Device(match lang {
            Lang::Ja => format!("一時フォルダーを作れません（{said}）。"),
            Lang::En => format!("No temporary folder can be made ({said})."),
        })
    };
    let mut bytes = [0; 8];
    SystemEntropy.fill(&mut bytes).map_err(failed)?;
    let name: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let dir = std::env::temp_dir().join(format!("daicho-demo-{name}"));
    let made = std::fs::DirBuilder::new().mode(0o700).create(&dir);
    made.map_err(|error| failed(say_io(&error, lang)))?;
    // The sample is removed again at the end, so the folder around it stays writable.
    hardening(&std::env::temp_dir());
    Ok(dir)
}

/// What stands when the table of IDs reaches nobody.
fn stands(dir: &Path, lang: Lang) -> String {
    let dir = dir.display();
    match lang {
        Lang::Ja => format!("見本の拠点はできています: {dir}"),
        Lang::En => format!("The sample is made: {dir}"),
    }
}

/// The end of the sample: now, or half past ten on the day that was given.
fn now(args: &Demo, lang: Lang) -> Result<Stamp, Stop> {
    let now = SystemClock.now();
    match &args.today {
        None => Ok(now),
        Some(typed) if typed.contains(':') => typed::moment(typed, now, lang),
        Some(typed) => {
            let day = typed::day(typed, now.date_naive(), lang)?;
            typed::moment(&format!("{day} 10:30"), now, lang)
        }
    }
}

/// Makes the sample site in a folder: the same records for the same seed and the same end.
///
/// # Errors
/// What the desk did not do as it was expected to.
pub fn make(dir: &Path, seed: u64, days: u16, now: Stamp, lang: Lang) -> Result<(), Stop> {
    let mut progress = Progress::new();
    progress.say(lang.pick("見本の拠点を作っています ...", "Making the sample site ..."));
    let begins = now - TimeDelta::days(i64::from(days));
    let begins = typed::moment(&format!("{} 13:00", begins.date_naive()), begins, lang)?;
    let plan = Plan { seed, days, begins, now, hardening: hardening(dir) };
    let made = sample::make(dir, plan, lang, &mut |text| progress.say(text));
    progress.done();
    made.map_err(|halt| Stop::Failed(halt.failure.as_deref().map_or(Exit::Refused, exit_of), *halt.said))
}

/// The sample's IDs and passwords, for its login screen.
fn hint(lang: Lang) -> Vec<String> {
    let profile = accepted(PROFILE, Edition::NEWEST).map(|expanded| expanded.profile).unwrap_or_default();
    let label =
        |role: &str| profile.role(role).map(|role| lang.pick(&role.label.ja, &role.label.en).to_owned());
    let line = |player: &Player| {
        let label = label(player.role).unwrap_or_default();
        format!("{:<10} {:<20} {label}", player.user, player.password)
    };
    PLAYERS.iter().map(line).collect()
}

fn table_json(dir: &Path) -> serde_json::Value {
    let users: Vec<_> = PLAYERS
        .iter()
        .map(|player| json!({"id": player.user, "role": player.role, "password": player.password}))
        .collect();
    json!({"vault": dir.display().to_string(), "users": users})
}

fn table(folder: &Folder, headless: bool, lang: Lang) -> Result<String, Stop> {
    let profile =
        accepted(PROFILE, Edition::NEWEST).map_err(|failure| Stop::failed(&failure, None, lang))?.profile;
    let headings =
        crate::paper::plain::headings(&[("役割", "role"), ("ID", "ID"), ("パスワード", "password")], lang);
    let rows: Vec<Vec<String>> = PLAYERS
        .iter()
        .map(|player| {
            let label = profile.role(player.role).map(|role| lang.pick(&role.label.ja, &role.label.en));
            vec![label.unwrap_or(player.role).to_owned(), player.user.to_owned(), player.password.to_owned()]
        })
        .collect();
    let dir = folder.dir.display();
    let mut text = match lang {
        Lang::Ja => format!("見本の拠点を作りました: {dir}\n人名・会社名・記録はすべて架空です。\n\n"),
        Lang::En => format!("The sample site is made: {dir}\nEvery name and record in it is invented.\n\n"),
    };
    text.push_str(&crate::paper::plain::table(&headings, &rows, None));
    text.push_str(&match lang {
        Lang::Ja => {
            format!("\n見本のため、鍵の強さは scrypt log N {WORK_FACTOR} です（実際の拠点は 18）。\n")
        }
        Lang::En => format!("\nBeing a sample, its keys use scrypt log N {WORK_FACTOR} (a real site: 18).\n"),
    });
    if folder.temporary {
        text.push_str(lang.pick(
            "一時フォルダーのため、画面を閉じると消えます（残すには --dir DIR）。\n",
            "The folder is temporary and goes when the screens are closed (--dir DIR keeps it).\n",
        ));
    } else if headless {
        text.push_str(&match lang {
            Lang::Ja => format!("画面を開く: daicho --vault {dir}\n"),
            Lang::En => format!("To open the screens: daicho --vault {dir}\n"),
        });
    }
    Ok(text)
}
