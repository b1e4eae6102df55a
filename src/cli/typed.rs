//! Values of the command line in words of the desk: days, moments, records by number or name.

use super::stop::Stop;
use crate::desk::{AsOf, Desk, Lang, Lookup};
use crate::domain::{Date, Id, Noun, Stamp};
use crate::text::{DateProblem, parse_date, parse_time};
use chrono::{DateTime, NaiveTime, TimeZone};

/// A day in any of the forms that the screens take.
///
/// # Errors
/// [`Stop::Usage`] with what is wrong.
pub fn day(typed: &str, today: Date, lang: Lang) -> Result<Date, Stop> {
    parse_date(typed, today).map_err(|problem| date_problem(typed, problem, lang))
}

/// A moment: RFC 3339, `DAY TIME`, or `TIME` alone for today. Without an offset it is the site's, and it is told in
/// that, as `now` is.
///
/// # Errors
/// [`Stop::Usage`] with what is wrong.
pub fn moment(typed: &str, now: Stamp, lang: Lang) -> Result<Stamp, Stop> {
    let typed = typed.trim();
    if let Ok(stamp) = DateTime::parse_from_rfc3339(typed) {
        return Ok(stamp.with_timezone(&now.timezone()));
    }
    let (day, time) = match typed.rsplit_once([' ', 'T', '　']) {
        Some((day, time)) => (self::day(day, now.date_naive(), lang)?, time),
        None => (now.date_naive(), typed),
    };
    let time: NaiveTime = parse_time(time).map_err(|problem| date_problem(time, problem, lang))?;
    let local = now.timezone().from_local_datetime(&day.and_time(time)).single();
    local.ok_or_else(|| date_problem(typed, DateProblem::NotATime, lang))
}

/// `#N` or a day.
///
/// # Errors
/// [`Stop::Usage`] with what is wrong.
pub fn as_of(typed: &str, today: Date, lang: Lang) -> Result<AsOf, Stop> {
    match typed.trim().strip_prefix(['#', '＃']) {
        Some(seq) => seq.parse().map(AsOf::Entry).map_err(|_| {
            Stop::usage(
                lang,
                format!("「{typed}」は証跡の番号ではありません。#120 のように書いてください。"),
                format!("\"{typed}\" is no entry's number. Write #120, for example."),
            )
        }),
        None => day(typed, today, lang).map(AsOf::Day),
    }
}

/// Records named when a name is not one's only.
const NAMED: usize = 6;

/// A record by its number, by what only it is called exactly, or by a part of a name that is one record's only.
///
/// # Errors
/// [`Stop::Usage`] when none or several have that name.
pub fn record(typed: &str, noun: Noun, desk: &Desk, lang: Lang) -> Result<Id, Stop> {
    if let Ok(id) = typed.parse::<Id>()
        && id.noun == noun
    {
        return Ok(id);
    }
    let failed = |failure| Stop::failed(&failure, Some(desk), lang);
    let mut found = desk.called(noun, typed).map_err(failed)?;
    if found.is_empty() {
        found = desk.search(noun, typed, NAMED.saturating_add(1)).map_err(failed)?;
    }
    let more = found.len() > NAMED;
    found.truncate(NAMED);
    match found.as_slice() {
        [id] => Ok(*id),
        [] => Err(Stop::usage(
            lang,
            format!("「{typed}」は見つかりません。"),
            format!("Nothing is called \"{typed}\"."),
        )),
        several => {
            let mut names: Vec<String> =
                several.iter().map(|id| format!("{id} {}", desk.name(*id))).collect();
            names.extend(more.then(|| lang.pick("ほか", "and others").to_owned()));
            let names = names.join(lang.pick("、", ", "));
            Err(Stop::usage(
                lang,
                format!("「{typed}」は1件に決まりません。番号で指定してください: {names}"),
                format!("\"{typed}\" is several. Give the number: {names}"),
            ))
        }
    }
}

fn date_problem(typed: &str, problem: DateProblem, lang: Lang) -> Stop {
    Stop::usage(lang, format!("「{typed}」: {}", problem.ja()), format!("\"{typed}\": {}", problem.en()))
}
