//! The plan of the sample: who is free when, which badge is at hand, and the queue of what will happen.

use super::cast::{Cast, Entrant, Worker};
use super::dice::Dice;
use super::scene::{Permit, Scene, Visit};
use crate::domain::{Date, Id, Stamp};
use chrono::{Datelike, FixedOffset, NaiveTime, TimeDelta, TimeZone, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// The plan: what will take place, and the queue of scenes.
pub struct Year {
    /// Everybody.
    pub cast: Cast,
    /// Chance.
    pub dice: Dice,
    /// Visits, by their place.
    pub visits: Vec<Visit>,
    /// Permits, by their place.
    pub permits: Vec<Permit>,
    /// Scenes by moment, and within it by order of planning.
    pub queue: BTreeMap<(Stamp, u64), Scene>,
    /// First day.
    pub start: Date,
    /// Scenes from here on do not take place; what is open at the end is played by itself.
    pub cut: Stamp,
    /// The end: this is now.
    pub now: Stamp,
    /// Kept for what is open at the end: they do nothing else in the last days.
    pub reserved: Vec<Id>,
    /// Work reports that wait for the officer, by the place of their visit.
    pub works: BTreeMap<usize, Id>,
    /// Visits whose report was sent back once.
    pub revised: BTreeSet<usize>,
    /// The exceptions so far.
    pub exceptions: Vec<Id>,
    planned: u64,
    pub busy: BTreeMap<Id, Vec<(Stamp, Stamp)>>,
    pub lent: BTreeMap<String, Vec<(Stamp, Stamp)>>,
    /// Badges that are with somebody now, as the year is played.
    pub out: BTreeSet<String>,
    pub granted: BTreeMap<Date, Vec<usize>>,
    pub slots: BTreeMap<Stamp, i64>,
}

/// Badges that are lent in turn; the others are lost or broken during the year.
pub const LENT: usize = 12;

/// Seconds between two things that one person does in a row.
pub const STEP_S: i64 = 5;

impl Year {
    /// A plan without anything in it.
    pub fn new(cast: Cast, dice: Dice, start: Date, now: Stamp) -> Year {
        Year {
            cast,
            dice,
            visits: Vec::new(),
            permits: Vec::new(),
            queue: BTreeMap::new(),
            start,
            cut: now - TimeDelta::minutes(105),
            now,
            reserved: Vec::new(),
            works: BTreeMap::new(),
            revised: BTreeSet::new(),
            exceptions: Vec::new(),
            planned: 0,
            busy: BTreeMap::new(),
            lent: BTreeMap::new(),
            out: BTreeSet::new(),
            granted: BTreeMap::new(),
            slots: BTreeMap::new(),
        }
    }

    /// A time on a day, by the site's offset.
    pub fn at(&self, day: Date, hour: u32, minute: u32) -> Stamp {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        let zone: FixedOffset = self.now.timezone();
        zone.from_local_datetime(&day.and_time(time)).single().unwrap_or(self.now)
    }

    /// The next moment of a slot in which one person does several things, [`STEP_S`] apart.
    pub fn slot(&mut self, day: Date, hour: u32, minute: u32) -> Stamp {
        let begins = self.at(day, hour, minute);
        let used = self.slots.entry(begins).or_default();
        *used += 1;
        begins + TimeDelta::seconds(*used * STEP_S)
    }

    /// Plans a scene, unless it lies behind the end.
    pub fn plan(&mut self, moment: Stamp, scene: Scene) {
        if moment < self.cut {
            self.planned += 1;
            self.queue.insert((moment, self.planned), scene);
        }
    }

    /// Whether a day is a working day.
    pub fn works_on(day: Date) -> bool {
        let new_year = (day.month() == 12 && day.day() >= 29) || (day.month() == 1 && day.day() <= 3);
        !new_year && !matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
    }

    pub fn next_day(day: Date) -> Date {
        day.succ_opt().unwrap_or(day)
    }

    /// The first working day after a day.
    pub fn next_working_day(day: Date) -> Date {
        let mut next = day;
        for _ in 0..14 {
            next = next.succ_opt().unwrap_or(next);
            if Year::works_on(next) {
                break;
            }
        }
        next
    }

    pub fn is_free(&self, person: Id, from: Stamp, to: Stamp) -> bool {
        let kept = self.reserved.contains(&person) && from > self.now - TimeDelta::days(3);
        !kept && !self.busy.get(&person).is_some_and(|list| list.iter().any(|(f, t)| *f <= to && from <= *t))
    }

    /// Notes that somebody is inside for a time, with a minute to spare.
    pub fn keep_busy(&mut self, person: Id, from: Stamp, to: Stamp) {
        let minute = TimeDelta::minutes(1);
        self.busy.entry(person).or_default().push((from - minute, to + minute));
    }

    /// A badge that nobody has at that time, noted as lent.
    pub fn lend(&mut self, from: Stamp, to: Stamp) -> Option<String> {
        let minute = TimeDelta::minutes(1);
        let free = |number: &&String| {
            !self.lent.get(*number).is_some_and(|list| list.iter().any(|(f, t)| *f <= to && from <= *t))
        };
        let number = self.cast.badges.iter().take(LENT).find(free).cloned()?;
        self.lent.entry(number.clone()).or_default().push((from - minute, to + minute));
        Some(number)
    }

    /// One of some entrants who is free.
    pub fn someone(&mut self, fit: impl Fn(&Entrant) -> bool, from: Stamp, to: Stamp) -> Option<Entrant> {
        let free: Vec<Entrant> = self
            .cast
            .staff
            .iter()
            .filter(|entrant| fit(entrant) && self.is_free(entrant.person, from, to))
            .cloned()
            .collect();
        self.dice.pick(&free).cloned()
    }

    pub fn regular(&mut self, from: Stamp, to: Stamp) -> Option<Entrant> {
        let free: Vec<Entrant> = self
            .cast
            .regulars
            .iter()
            .filter(|entrant| self.is_free(entrant.person, from, to))
            .cloned()
            .collect();
        self.dice.pick(&free).cloned()
    }

    /// Some workers of one contractor, `most` at most, none of them with another permit that day.
    pub fn crew(&mut self, most: usize, day: Date) -> Option<(Id, Vec<Id>)> {
        let free = self.unbooked(day);
        let size = self.dice.below(most) + 1;
        self.team_of(&free, size)
    }

    /// Exactly so many workers of one contractor, none of them with another permit that day.
    pub fn team(&mut self, size: usize, day: Date) -> Option<(Id, Vec<Id>)> {
        let mut free = self.unbooked(day);
        let companies: Vec<Id> = free.iter().map(|worker| worker.company).collect();
        let colleagues =
            |worker: &Worker| companies.iter().filter(|company| **company == worker.company).count();
        free.retain(|worker| colleagues(worker) >= size);
        self.team_of(&free, size)
    }

    fn team_of(&mut self, free: &[Worker], most: usize) -> Option<(Id, Vec<Id>)> {
        let lead = self.dice.pick(free)?.company;
        let colleagues = free.iter().filter(|worker| worker.company == lead);
        Some((lead, colleagues.map(|worker| worker.person).take(most).collect()))
    }

    /// Workers without a permit for a day who are not kept for the end.
    fn unbooked(&self, day: Date) -> Vec<Worker> {
        let permits = self.permits.iter().filter(|permit| permit.day == day);
        let taken: BTreeSet<&Id> = permits.flat_map(|permit| &permit.workers).chain(&self.reserved).collect();
        let workers = self.cast.workers.iter();
        workers.filter(|worker| !taken.contains(&worker.person)).cloned().collect()
    }

    /// Notes an application or permission in the plan; its place.
    pub fn note_permit(&mut self, permit: Permit) -> usize {
        self.permits.push(permit);
        self.permits.len() - 1
    }
}
