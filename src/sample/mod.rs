//! The sample site (見本): a year of records in every book, made through the desk like any other site.
//!
//! - `words`, `dice`: the names it is made of, and chance that follows from the seed.
//! - `cast`: the people, companies, badges and registrations.
//! - `stage`: who acts at the desk, and when; commands in groups, each at its own moment.
//! - `year`: the plan, made of `scene`s; `day`, `visits`, `permits`: what goes into it.
//! - `play` and `works`: what happens when; `tonight`: what is left open at the end.

mod accounts;
mod cast;
mod day;
mod devices;
mod dice;
mod door_keys;
mod exceptions;
mod permits;
mod play;
mod scene;
mod stage;
mod tonight;
mod visits;
mod words;
mod works;
mod year;

pub use cast::{PLAYERS, Player};

use crate::desk::profiles::built_in;
use crate::desk::{Desk, Failure, Founding, Lang, Lookup, SeededEntropy, Terminal, Worded, say_failure};
use crate::domain::{Date, Stamp};
use cast::Names;
use chrono::{Datelike, TimeDelta};
use dice::Dice;
use stage::{Part, Stage, StepClock};
use std::path::Path;
use std::sync::Arc;
use tonight::Open;
use year::Year;

/// The profile that the sample follows.
pub const PROFILE: &str = "jcho";
/// scrypt log N of the sample's passwords. A real site has 18; the sample's passwords are published anyway.
pub const WORK_FACTOR: u8 = 12;

/// What of the sample is chosen.
pub struct Plan {
    /// Which sample: the same records for the same seed.
    pub seed: u64,
    /// How many days of records.
    pub days: u16,
    /// When the site is founded: so many days before the end.
    pub begins: Stamp,
    /// The end: what is open then is what a guard sees first.
    pub now: Stamp,
    /// What the process was denied, as the login's entry says it.
    pub hardening: String,
}

/// Why the sample was not made.
#[derive(Debug)]
pub struct Halt {
    /// The desk's failure; none where the rules did not do what the sample expects of them.
    pub failure: Option<Box<Failure>>,
    /// In words.
    pub said: Box<Worded>,
}

impl Halt {
    fn failed(failure: &Failure, at: Option<&dyn Lookup>, lang: Lang) -> Halt {
        Halt { failure: Some(Box::new(failure.clone())), said: Box::new(say_failure(failure, at, lang)) }
    }
}

/// Makes the sample site in a folder: the same records for the same seed and the same end. `tell` is told how far it is.
///
/// # Errors
/// What the desk did not do as it was expected to.
pub fn make(dir: &Path, plan: Plan, lang: Lang, tell: &mut dyn FnMut(&str)) -> Result<(), Halt> {
    let Plan { seed, days, begins, now, hardening } = plan;
    let founded: Date = now.date_naive() - TimeDelta::days(i64::from(days));
    let mut dice = Dice::new(seed);
    let mut names = Names::new();
    let clock = StepClock::new(begins);
    let terminal = Terminal {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(seed)),
        name: "demo".to_owned(),
        work_factor: WORK_FACTOR,
        hardening,
        last_seen: None,
    };
    let passwords = accounts::passwords_in(u32::from(days));
    let (desk, password) = found(dir, terminal, &mut dice, &mut names, passwords, lang)?;
    let seat = desk.seat_of("admin", &password).map_err(|failure| Halt::failed(&failure, None, lang))?;
    let mut stage = Stage::new(desk, clock, seat, lang);
    let cast = cast::enter(&mut stage, &mut dice, &mut names, begins, passwords)?;
    let mut year = Year::new(cast, dice, founded, now);
    let open = Open::reserve(&mut year);
    for n in 1..=i64::from(days) {
        let day = founded + TimeDelta::days(n);
        if n == i64::from(days) - 3 {
            open.plan(&mut year);
        }
        year.plan_day(day);
        exceptions::plan(&mut year, day);
        accounts::plan_passwords(&mut year, day, u32::try_from(i64::from(days) - n).unwrap_or_default());
        let midnight = year.at(day + TimeDelta::days(1), 0, 0);
        let cut = year.cut;
        year.play(&mut stage, midnight.min(cut))?;
        if day.day() == 1 {
            stage.pause(
                tell,
                &match lang {
                    Lang::Ja => format!("見本の拠点を作っています ... {}年{}月", day.year(), day.month()),
                    Lang::En => format!("Making the sample site ... {}-{:02}", day.year(), day.month()),
                },
            );
        }
    }
    open.play(&mut year, &mut stage)?;
    stage.close()
}

/// Founds the sample; its administrator's password beside it.
fn found(
    dir: &Path,
    terminal: Terminal,
    dice: &mut Dice,
    names: &mut Names,
    passwords: u32,
    lang: Lang,
) -> Result<(Desk, String), Halt> {
    let (name, kana) = names.next(dice);
    let admin = PLAYERS.iter().find(|player| player.part == Part::Admin);
    let password = admin.map(|player| player.password_before(passwords)).unwrap_or_default();
    let founding = Founding {
        site: "mihon-chuo".to_owned(),
        site_name: "見本中央病院 データセンター".to_owned(),
        profile: built_in(PROFILE).unwrap_or_default().to_owned(),
        admin: "admin".to_owned(),
        name,
        kana,
        password: password.clone(),
    };
    // The sheet of a sample opens nothing that is worth keeping.
    let (desk, _) =
        Desk::found(dir, &founding, terminal).map_err(|failure| Halt::failed(&failure, None, lang))?;
    Ok((desk, password))
}
