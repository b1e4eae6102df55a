//! Japanese eras, fiscal years, weekdays: how a date looks to the people who read it.

use chrono::{Datelike, NaiveDate, Weekday};

/// An era since 1868.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Era {
    /// 明治, from 1868-01-25 (the era name was applied back to the first day of that lunar year).
    Meiji,
    /// 大正, from 1912-07-30.
    Taisho,
    /// 昭和, from 1926-12-25.
    Showa,
    /// 平成, from 1989-01-08.
    Heisei,
    /// 令和, from 2019-05-01.
    Reiwa,
}

impl Era {
    /// All eras, oldest first.
    pub const ALL: [Era; 5] = [Era::Meiji, Era::Taisho, Era::Showa, Era::Heisei, Era::Reiwa];

    /// The era's name in kanji.
    pub const fn name(self) -> &'static str {
        match self {
            Era::Meiji => "明治",
            Era::Taisho => "大正",
            Era::Showa => "昭和",
            Era::Heisei => "平成",
            Era::Reiwa => "令和",
        }
    }

    /// The era's name in Latin letters.
    pub const fn name_en(self) -> &'static str {
        match self {
            Era::Meiji => "Meiji",
            Era::Taisho => "Taisho",
            Era::Showa => "Showa",
            Era::Heisei => "Heisei",
            Era::Reiwa => "Reiwa",
        }
    }

    /// The letter of the short form, as in R6.11.20.
    pub const fn letter(self) -> char {
        match self {
            Era::Meiji => 'M',
            Era::Taisho => 'T',
            Era::Showa => 'S',
            Era::Heisei => 'H',
            Era::Reiwa => 'R',
        }
    }

    const fn first_ymd(self) -> (i32, u32, u32) {
        match self {
            Era::Meiji => (1868, 1, 25),
            Era::Taisho => (1912, 7, 30),
            Era::Showa => (1926, 12, 25),
            Era::Heisei => (1989, 1, 8),
            Era::Reiwa => (2019, 5, 1),
        }
    }

    /// The first day, in the Gregorian calendar.
    pub fn first_day(self) -> NaiveDate {
        let (y, m, d) = self.first_ymd();
        NaiveDate::from_ymd_opt(y, m, d).unwrap_or_default()
    }

    /// The last day; none for the era that goes on.
    pub fn last_day(self) -> Option<NaiveDate> {
        Era::ALL.into_iter().find(|next| *next > self).and_then(|next| next.first_day().pred_opt())
    }

    /// The era of a day; none before 明治.
    pub fn of(date: NaiveDate) -> Option<Era> {
        Era::ALL.into_iter().rev().find(|era| date >= era.first_day())
    }

    /// The western year of a year of this era (year 1 is the year of the first day).
    pub const fn western_year(self, year: i32) -> i32 {
        self.first_ymd().0.saturating_add(year).saturating_sub(1)
    }

    /// The year of this era that a western year is.
    const fn year_of(self, western: i32) -> i32 {
        western.saturating_sub(self.first_ymd().0).saturating_add(1)
    }
}

fn year_in_kanji(era: Era, western: i32) -> String {
    match era.year_of(western) {
        1 => format!("{}元年", era.name()),
        n => format!("{}{n}年", era.name()),
    }
}

/// `令和6年11月20日`; year one is 元年. A day before 明治 is given in western years.
pub fn wareki(date: NaiveDate) -> String {
    let year = match Era::of(date) {
        Some(era) => year_in_kanji(era, date.year()),
        None => format!("{}年", date.year()),
    };
    format!("{year}{}月{}日", date.month(), date.day())
}

/// `令和6年11月20日（水）`: what a date field echoes.
pub fn wareki_with_weekday(date: NaiveDate) -> String {
    format!("{}（{}）", wareki(date), weekday(date))
}

/// `R6.11.20`: for columns.
pub fn wareki_short(date: NaiveDate) -> String {
    match Era::of(date) {
        Some(era) => {
            format!("{}{}.{}.{}", era.letter(), era.year_of(date.year()), date.month(), date.day())
        }
        None => date.to_string(),
    }
}

/// The weekday in one kanji.
pub fn weekday(date: NaiveDate) -> &'static str {
    match date.weekday() {
        Weekday::Mon => "月",
        Weekday::Tue => "火",
        Weekday::Wed => "水",
        Weekday::Thu => "木",
        Weekday::Fri => "金",
        Weekday::Sat => "土",
        Weekday::Sun => "日",
    }
}

/// The fiscal year (April to March) of a day, by its first calendar year.
pub fn fiscal_year(date: NaiveDate) -> i32 {
    if date.month() >= 4 { date.year() } else { date.year().saturating_sub(1) }
}

/// The first day of a fiscal year. None beyond the calendar (some 262,000 years away).
pub fn fiscal_first_day(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year, 4, 1)
}

/// The last day of a fiscal year, when loans and permits lapse where the profile says so.
pub fn fiscal_last_day(year: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(year.checked_add(1)?, 3, 31)
}

/// `令和6年度`. The whole of fiscal 2019 is 令和元年度, though April 2019 was still 平成 (agreement of the
/// ministries on the change of era, 2019-04-01). The same rule, the era of 1 May, is used for every year.
pub fn fiscal_label(year: i32) -> String {
    match NaiveDate::from_ymd_opt(year, 5, 1).and_then(Era::of) {
        Some(era) => format!("{}度", year_in_kanji(era, year)),
        None => format!("{year}年度"),
    }
}

/// `令和6年度第12号`.
pub fn fiscal_number(year: i32, number: u64) -> String {
    format!("{}第{number}号", fiscal_label(year))
}
