//! Which records are about whom, in memory: they are read with the texts when somebody searches, from the keys of the
//! index alone. Of a person's few records among many, wherever they stand in the books, the newest are known without
//! reading one.

use super::lists::{Cursor, Page};
use super::tables::{Readable, id_of};
use super::{Reading, StoreError};
use crate::domain::{Date, Id, Noun, Row};
use chrono::Datelike;
use std::ops::RangeInclusive;

/// The records of one noun, in the order in which they are listed.
#[derive(Clone, Debug, Default)]
pub(super) struct Roll {
    lines: Vec<Line>,
    /// The people and companies of all lines, one behind the other.
    through: Vec<Id>,
    /// The highest number of a record, and of those whom records are about.
    last: u32,
    highest: u32,
}

/// A record, with a stretch of [`Roll::through`].
#[derive(Clone, Copy, Debug)]
struct Line {
    /// Days since the common era where the noun is listed by days, or 0.
    day: i32,
    n: u32,
    from: usize,
    len: usize,
}

impl Line {
    fn place(&self) -> (i32, u32) {
        (self.day, self.n)
    }
}

/// The day by which a record is listed: those listed by the moment they began have one.
fn listed_under(noun: Noun, day: Option<Date>) -> i32 {
    day.filter(|_| noun.filing().is_listed_by_days()).map_or(0, |day| day.num_days_from_ce())
}

impl Roll {
    /// # Errors
    /// Damage, or storage.
    pub(super) fn read(tables: &Readable, noun: Noun) -> Result<Roll, StoreError> {
        let mut days = Vec::new();
        let mut about = Vec::new();
        let (from, to) = (format!("{}/", noun.name()), format!("{}0", noun.name()));
        for found in tables.index.range::<(&str, u64)>((from.as_str(), 0)..(to.as_str(), 0))? {
            let key = found?.0;
            let (key, record) = key.value();
            let of = key.get(from.len()..).unwrap_or_default();
            if let Ok(other) = of.parse::<Id>() {
                about.push((id_of(record)?.n, other));
            } else if noun.filing().is_listed_by_days()
                && let Ok(day) = of.parse::<Date>()
            {
                days.push((id_of(record)?.n, listed_under(noun, Some(day))));
            }
        }
        about.sort_unstable();
        let mut roll = Roll { through: Vec::with_capacity(about.len()), ..Roll::default() };
        for one in about.chunk_by(|(n, _), (next, _)| n == next) {
            let n = one.first().map_or(0, |(n, _)| *n);
            let line = roll.append(0, n, one.iter().map(|(_, other)| *other));
            roll.lines.push(line);
        }
        for (n, day) in days {
            if let Ok(at) = roll.lines.binary_search_by_key(&n, |line| line.n)
                && let Some(line) = roll.lines.get_mut(at)
            {
                line.day = day;
            }
        }
        roll.lines.sort_unstable_by_key(Line::place);
        roll.lines.shrink_to_fit();
        Ok(roll)
    }

    /// A line with its people and companies, not yet at its place.
    fn append(&mut self, day: i32, n: u32, through: impl Iterator<Item = Id>) -> Line {
        let from = self.through.len();
        self.through.extend(through.inspect(|id| self.highest = self.highest.max(id.n)));
        let line = Line { day, n, from, len: self.through.len().saturating_sub(from) };
        self.last = self.last.max(n);
        line
    }

    /// Takes over a record as it stands now.
    pub(super) fn take(&mut self, id: Id, day: Option<Date>, through: Vec<Id>) {
        if id.n <= self.last
            && let Some(at) = self.lines.iter().rposition(|line| line.n == id.n)
        {
            self.lines.remove(at);
        }
        let line = self.append(listed_under(id.noun, day), id.n, through.into_iter());
        let at = self.lines.partition_point(|held| held.place() < line.place());
        self.lines.insert(at, line);
    }

    /// The lines about any of these, the newest first, from behind a place on; where the noun is listed by days, those
    /// of these days and of the one on each side.
    fn about<'r>(
        &'r self,
        wanted: &'r Marked,
        days: RangeInclusive<i32>,
        behind: Option<(i32, u32)>,
    ) -> impl Iterator<Item = &'r Line> {
        let end = behind.map_or(self.lines.len(), |place| self.lines.partition_point(|l| l.place() < place));
        let lines = self.lines.get(..end).unwrap_or_default().iter().rev();
        lines.filter(move |line| days.contains(&line.day)).filter(|line| {
            let through = self.through.get(line.from..line.from.saturating_add(line.len));
            through.unwrap_or_default().iter().any(|id| wanted.has(*id))
        })
    }
}

impl Reading {
    /// A page of the records of a noun that are about any of some people and companies and that `keep` keeps, from a
    /// cursor on: visits by the day they began and the others by their number, the latest first. `None` for a noun of
    /// which that is not known. Visits of the days next to `days` are shown to `keep` too: by the zone of whoever asks
    /// they may lie within.
    pub fn list_about(
        &self,
        (noun, ids): (Noun, &[Id]),
        days: Option<(Date, Date)>,
        keep: &dyn Fn(&Row) -> bool,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Option<Page>, StoreError> {
        let Some(roll) = self.roll(noun)? else { return Ok(None) };
        let wanted = Marked::of(ids, roll.highest);
        let days =
            days.filter(|_| noun.filing().is_listed_by_days()).map_or(i32::MIN..=i32::MAX, |(from, to)| {
                from.num_days_from_ce().saturating_sub(1)..=to.num_days_from_ce().saturating_add(1)
            });
        let behind = cursor.and_then(|cursor| Some((cursor.key.parse().ok()?, id_of(cursor.id).ok()?.n)));
        let found = roll.about(&wanted, days, behind).map(|line| (Id::new(noun, line.n), line.day));
        self.page_of(found, keep, limit).map(Some)
    }
}

/// People and companies, asked for very often: by noun, a mark for each number.
struct Marked(Vec<Vec<bool>>);

impl Marked {
    /// A number that was typed may be any: those beyond the highest cost nothing.
    fn of(ids: &[Id], highest: u32) -> Marked {
        let mut marked = Marked(Vec::new());
        for id in ids.iter().filter(|id| id.n <= highest) {
            let (noun, n) = numbers(*id);
            if marked.0.len() <= noun {
                marked.0.resize(noun.saturating_add(1), Vec::new());
            }
            if let Some(marks) = marked.0.get_mut(noun) {
                if marks.len() <= n {
                    marks.resize(n.saturating_add(1), false);
                }
                marks.get_mut(n).into_iter().for_each(|mark| *mark = true);
            }
        }
        marked
    }

    fn has(&self, id: Id) -> bool {
        let (noun, n) = numbers(id);
        self.0.get(noun).and_then(|marks| marks.get(n)).copied().unwrap_or(false)
    }
}

/// Of a noun and within it.
fn numbers(id: Id) -> (usize, usize) {
    (usize::from(id.noun as u8), usize::try_from(id.n).unwrap_or(usize::MAX))
}
