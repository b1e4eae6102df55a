//! Dates and times as people type them: in both calendars, in half and full width, and relative to today.

use super::wareki::{Era, fiscal_last_day, fiscal_year, weekday};
use chrono::{Datelike, Days, Months, NaiveDate, NaiveTime};
use unicode_normalization::UnicodeNormalization;

/// The years a date may have.
pub const YEARS: std::ops::RangeInclusive<i32> = 1868..=2199;

/// Longest input that is read, in bytes.
const MAX_BYTES: usize = 96;

/// Why an input is no date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DateProblem {
    /// Nothing was entered.
    Empty,
    /// Not a form that we know.
    NotADate,
    /// The calendar has no such day.
    NoSuchDay {
        /// Western year.
        year: i32,
        /// Month as entered.
        month: u32,
        /// Day as entered.
        day: u32,
    },
    /// The era had ended before this day.
    EraEnded {
        /// The era entered.
        era: Era,
        /// Its last day.
        last: NaiveDate,
    },
    /// The era had not begun on this day.
    EraNotBegun {
        /// The era entered.
        era: Era,
        /// Its first day.
        first: NaiveDate,
    },
    /// A year outside [`YEARS`].
    YearOutOfRange,
    /// A year of one to three digits without an era: 24/11/20.
    YearUnclear,
    /// The weekday given is not that day's.
    WrongWeekday {
        /// The day entered.
        date: NaiveDate,
    },
    /// Not a form of a time that we know.
    NotATime,
    /// An hour after 23 or a minute after 59.
    NoSuchTime {
        /// Hour as entered.
        hour: u32,
        /// Minute as entered.
        minute: u32,
    },
}

impl DateProblem {
    /// The stable name that batch answers carry.
    pub const fn name(&self) -> &'static str {
        match self {
            DateProblem::Empty => "date_empty",
            DateProblem::NotADate => "not_a_date",
            DateProblem::NoSuchDay { .. } => "no_such_day",
            DateProblem::EraEnded { .. } => "era_ended",
            DateProblem::EraNotBegun { .. } => "era_not_begun",
            DateProblem::YearOutOfRange => "year_out_of_range",
            DateProblem::YearUnclear => "year_unclear",
            DateProblem::WrongWeekday { .. } => "wrong_weekday",
            DateProblem::NotATime => "not_a_time",
            DateProblem::NoSuchTime { .. } => "no_such_time",
        }
    }
}

/// The input in half width, small letters, one kind of dash, no blanks; nothing when it is empty or far too
/// long.
fn folded(input: &str, wrong: DateProblem) -> Result<String, DateProblem> {
    if input.len() > MAX_BYTES {
        return Err(wrong);
    }
    let text: String = input
        .nfkc()
        .flat_map(char::to_lowercase)
        .filter(|c| !c.is_whitespace())
        .map(super::scan::fold_char)
        .map(|c| if c == '。' { '.' } else { c })
        .collect();
    if text.is_empty() { Err(DateProblem::Empty) } else { Ok(text) }
}

/// A date as typed: `R6.11.20`, `R061120`, `令和6年11月20日（水）`, `令和元年5月1日`, `H31.4.30`, `2024-11-20`,
/// `2024/11/20`, `2024.11.20`, `2024年11月20日`, `20241120`, `11/20` and `11月20日` (of this year),
/// `+7d -3d +2w +1m +1y`, 今日 明日 明後日 昨日 一昨日 月末 年度末, `today tomorrow yesterday`;
/// full-width forms of all. A weekday behind is checked. `today` is the caller's: this module has no clock.
///
/// A month added to the 31st ends on the last day of a shorter month.
///
/// # Errors
/// [`DateProblem`].
pub fn parse_date(input: &str, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    let text = folded(input, DateProblem::NotADate)?;
    let date = match relative(&text, today) {
        Some(date) => date?,
        None => {
            let (body, day_name) = split_weekday(&text);
            let date = absolute(body, today)?;
            if day_name.is_some_and(|name| name != weekday(date)) {
                return Err(DateProblem::WrongWeekday { date });
            }
            date
        }
    };
    if YEARS.contains(&date.year()) { Ok(date) } else { Err(DateProblem::YearOutOfRange) }
}

/// Words and distances from today.
fn relative(text: &str, today: NaiveDate) -> Option<Result<NaiveDate, DateProblem>> {
    let date = match text {
        "今日" | "本日" | "きょう" | "today" => Some(today),
        "明日" | "あす" | "あした" | "tomorrow" => today.checked_add_days(Days::new(1)),
        "明後日" | "あさって" => today.checked_add_days(Days::new(2)),
        "昨日" | "きのう" | "yesterday" => today.checked_sub_days(Days::new(1)),
        "一昨日" | "おととい" => today.checked_sub_days(Days::new(2)),
        "月末" => today
            .with_day(1)
            .and_then(|first| first.checked_add_months(Months::new(1)))
            .and_then(|next| next.pred_opt()),
        "年度末" => fiscal_last_day(fiscal_year(today)),
        _ => return distance(text, today),
    };
    Some(date.ok_or(DateProblem::YearOutOfRange))
}

fn distance(text: &str, today: NaiveDate) -> Option<Result<NaiveDate, DateProblem>> {
    let (forward, rest) = match text.strip_prefix('+') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('-')?),
    };
    let split = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (digits, unit) = rest.split_at_checked(split)?;
    if digits.is_empty() {
        return Some(Err(DateProblem::NotADate));
    }
    // A million days, or more than a u32 holds, leads out of range whatever the unit.
    let n: u32 = match digits.parse() {
        Ok(n) if n <= 999_999 => n,
        _ => return Some(Err(DateProblem::YearOutOfRange)),
    };
    let days = |n: u32| {
        let days = Days::new(u64::from(n));
        if forward { today.checked_add_days(days) } else { today.checked_sub_days(days) }
    };
    let months = |n: u32| {
        let months = Months::new(n);
        if forward { today.checked_add_months(months) } else { today.checked_sub_months(months) }
    };
    let date = match unit {
        "" | "d" | "日" => days(n),
        "w" | "週" | "週間" => days(n.saturating_mul(7)),
        "m" | "月" | "か月" | "ヶ月" | "カ月" | "ケ月" => months(n),
        "y" | "年" => months(n.saturating_mul(12)),
        _ => return Some(Err(DateProblem::NotADate)),
    };
    Some(date.ok_or(DateProblem::YearOutOfRange))
}

/// `(水)`, `(水曜日)` at the end, or none.
fn split_weekday(text: &str) -> (&str, Option<&str>) {
    let inside = text.strip_suffix(')').and_then(|t| t.rsplit_once('('));
    match inside {
        Some((body, name)) => {
            let name = name.strip_suffix("曜日").or_else(|| name.strip_suffix("曜")).unwrap_or(name);
            (body, Some(name))
        }
        None => (text, None),
    }
}

/// A date with its own year or without.
fn absolute(text: &str, today: NaiveDate) -> Result<NaiveDate, DateProblem> {
    if let Some((era, rest)) = split_era(text) {
        let parts = era_parts(rest)?;
        return day_of_era(era, parts);
    }
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return western(triple_of_digits(text, 4)?);
    }
    match numbers(text)?.as_slice() {
        [(month, 1..=2), (day, 1..=2)] => day_of(today.year(), *month, *day),
        [(year, 4), (month, 1..=2), (day, 1..=2)] => western((*year, *month, *day)),
        [(_, 5..), _, _] => Err(DateProblem::YearOutOfRange),
        [(_, 1..=3), _, _] => Err(DateProblem::YearUnclear),
        _ => Err(DateProblem::NotADate),
    }
}

type Triple = (u32, u32, u32);

fn western((year, month, day): Triple) -> Result<NaiveDate, DateProblem> {
    let year = i32::try_from(year).map_err(|_| DateProblem::YearOutOfRange)?;
    day_of(year, month, day)
}

fn day_of(year: i32, month: u32, day: u32) -> Result<NaiveDate, DateProblem> {
    if !YEARS.contains(&year) {
        return Err(DateProblem::YearOutOfRange);
    }
    NaiveDate::from_ymd_opt(year, month, day).ok_or(DateProblem::NoSuchDay { year, month, day })
}

fn day_of_era(era: Era, (year, month, day): Triple) -> Result<NaiveDate, DateProblem> {
    if year == 0 {
        return Err(DateProblem::NotADate);
    }
    let year = i32::try_from(year).map_err(|_| DateProblem::YearOutOfRange)?;
    let western = era.western_year(year);
    // A year long after the era is first of all an ended era, and only then a far one.
    if let Some(last) = era.last_day()
        && western > last.year()
    {
        return Err(DateProblem::EraEnded { era, last });
    }
    let date = day_of(western, month, day)?;
    match era.last_day() {
        Some(last) if date > last => Err(DateProblem::EraEnded { era, last }),
        _ if date < era.first_day() => Err(DateProblem::EraNotBegun { era, first: era.first_day() }),
        _ => Ok(date),
    }
}

/// The era in front, by its name, one kanji of it, or its letter, and what follows.
fn split_era(text: &str) -> Option<(Era, &str)> {
    Era::ALL.into_iter().find_map(|era| {
        let letter = era.letter().to_ascii_lowercase();
        let kanji = era.name().chars().next()?;
        let rest = text
            .strip_prefix(era.name())
            .or_else(|| text.strip_prefix(kanji))
            .or_else(|| text.strip_prefix(letter))?;
        rest.starts_with(|c: char| c.is_ascii_digit() || c == '元').then_some((era, rest))
    })
}

fn era_parts(rest: &str) -> Result<Triple, DateProblem> {
    if rest.len() == 6 && rest.bytes().all(|b| b.is_ascii_digit()) {
        return triple_of_digits(rest, 2);
    }
    let first_year = rest.strip_prefix('元').map(|tail| format!("1{tail}"));
    match numbers(first_year.as_deref().unwrap_or(rest))?.as_slice() {
        [(year, 1..=4), (month, 1..=2), (day, 1..=2)] => Ok((*year, *month, *day)),
        _ => Err(DateProblem::NotADate),
    }
}

fn triple_of_digits(text: &str, year_digits: usize) -> Result<Triple, DateProblem> {
    let part = |from: usize, to: usize| {
        text.get(from..to).and_then(|t| t.parse::<u32>().ok()).ok_or(DateProblem::NotADate)
    };
    let month_end = year_digits.saturating_add(2);
    Ok((part(0, year_digits)?, part(year_digits, month_end)?, part(month_end, text.len())?))
}

/// Two or three numbers with their lengths in digits: parted by one of `. / -` throughout, or by 年 月 日.
fn numbers(text: &str) -> Result<Vec<(u32, usize)>, DateProblem> {
    let parts: Vec<&str> = if let Some(body) = text.strip_suffix('日') {
        match (body.split_once('年'), body.split_once('月')) {
            (Some((year, month_day)), _) => {
                let (month, day) = month_day.split_once('月').ok_or(DateProblem::NotADate)?;
                vec![year, month, day]
            }
            (None, Some((month, day))) => vec![month, day],
            (None, None) => return Err(DateProblem::NotADate),
        }
    } else {
        let separator = text.chars().find(|c| matches!(c, '.' | '/' | '-')).ok_or(DateProblem::NotADate)?;
        text.split(separator).collect()
    };
    parts.into_iter().map(number).collect()
}

fn number(text: &str) -> Result<(u32, usize), DateProblem> {
    if text.is_empty() || text.len() > 9 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(DateProblem::NotADate);
    }
    text.parse().map(|n| (n, text.len())).map_err(|_| DateProblem::NotADate)
}

/// A time of day as typed, to the minute: `9:05`, `0905`, `905`, `9時5分`, `9時`, `9時半`, `午後2:30`; full-width
/// forms too.
///
/// # Errors
/// [`DateProblem::Empty`], [`DateProblem::NotATime`], [`DateProblem::NoSuchTime`].
pub fn parse_time(input: &str) -> Result<NaiveTime, DateProblem> {
    let text = folded(input, DateProblem::NotATime)?;
    let (half_day, body) = match (text.strip_prefix("午前"), text.strip_prefix("午後")) {
        (Some(rest), _) => (Some(0), rest),
        (None, Some(rest)) => (Some(12), rest),
        (None, None) => (None, text.as_str()),
    };
    let (hour, minute) = hour_and_minute(body)?;
    let no_such = DateProblem::NoSuchTime { hour, minute };
    let hour = match half_day {
        Some(_) if hour > 12 => return Err(no_such),
        // 午後12時 is twelve hours after noon to some and noon to others; the clock face's reading is taken.
        Some(offset) => (hour % 12).saturating_add(offset),
        None => hour,
    };
    NaiveTime::from_hms_opt(hour, minute, 0).ok_or(no_such)
}

fn hour_and_minute(body: &str) -> Result<(u32, u32), DateProblem> {
    let small = |text: &str| match number(text) {
        Ok((n, 1..=2)) => Ok(n),
        _ => Err(DateProblem::NotATime),
    };
    if let Some((hour, rest)) = body.split_once('時') {
        let minute = match rest {
            "" => 0,
            "半" => 30,
            _ => small(rest.strip_suffix('分').unwrap_or(rest))?,
        };
        return Ok((small(hour)?, minute));
    }
    if let Some((hour, minute)) = body.split_once(':') {
        // 9:5 is more often a slip for 9:50 or 9:05 than meant.
        return if minute.len() == 2 {
            Ok((small(hour)?, small(minute)?))
        } else {
            Err(DateProblem::NotATime)
        };
    }
    match (number(body), body.len().checked_sub(2).and_then(|at| body.split_at_checked(at))) {
        (Ok((_, 3..=4)), Some((hour, minute))) => Ok((small(hour)?, small(minute)?)),
        _ => Err(DateProblem::NotATime),
    }
}
