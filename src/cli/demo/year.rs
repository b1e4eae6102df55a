//! What is planned on each day of the sample: who comes when, what for, on whose permit, with whose company.

use super::cast::{Cast, Entrant, MEDIA_ROOM, SERVER_ROOM, Worker, renews};
use super::dice::Dice;
use super::words;
use crate::domain::{Date, Id, PermitKind, Stamp};
use chrono::{Datelike, FixedOffset, NaiveTime, TimeDelta, TimeZone, Timelike, Weekday};
use std::collections::{BTreeMap, BTreeSet};

/// How a visit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Checked out, badge back.
    Out,
    /// Checked out, the badge not back until the next day.
    Kept,
    /// Checked out, the badge not back at all.
    KeptForGood,
    /// Nobody recorded the exit; settled the next morning.
    Forgotten,
    /// Nobody recorded the exit, and nobody has settled it.
    Open,
}

/// A visit that will take place.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who.
    pub person: Id,
    /// Who is picked at the desk first, by mistake.
    pub mistaken_for: Option<Id>,
    /// Card shown.
    pub card: Option<String>,
    /// Badge lent.
    pub badge: Option<String>,
    /// Zone id.
    pub zone: &'static str,
    /// Purpose id.
    pub purpose: &'static str,
    /// Comes in.
    pub came: Stamp,
    /// Goes out.
    pub left: Stamp,
    /// The permit they come under, by its place in the plan.
    pub permit: Option<usize>,
    /// Who escorts them.
    pub escort: Option<Id>,
    /// Things carried in.
    pub things: String,
    /// Remarks.
    pub remarks: String,
    /// How it ends.
    pub end: End,
    /// Entered from paper, from this moment on.
    pub from_paper: Option<Stamp>,
    /// A work report is due.
    pub due: bool,
    /// Its number, once it has one.
    pub id: Option<Id>,
}

/// What becomes of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Granted, and taken back.
    Withdrawn,
    /// Not decided yet.
    Waiting,
}

/// An application, or a permission by telephone.
#[derive(Clone, Debug)]
pub struct Permit {
    /// What for.
    pub kind: PermitKind,
    /// Purpose of the visits.
    pub purpose: &'static str,
    /// The contractor.
    pub company: Id,
    /// Who comes.
    pub workers: Vec<Id>,
    /// On which day.
    pub day: Date,
    /// The work.
    pub work: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Its number, once it has one.
    pub id: Option<Id>,
}

/// What happens at a moment.
#[derive(Clone, Debug)]
pub enum Scene {
    /// The desk changes hands.
    Shift,
    /// A visit begins.
    In(usize),
    /// The wrong person was picked; it is put right.
    PutRight(usize),
    /// A visit ends.
    Out(usize),
    /// Another escort takes over.
    HandOver(usize, Id),
    /// A forgotten exit is settled.
    Settle(usize),
    /// A badge that was not returned comes back.
    BadgeBack(usize),
    /// A work is recorded.
    Record(usize),
    /// A work report is judged.
    Judge(usize),
    /// A work report that was sent back is written again.
    Revise(usize),
    /// A visit is applied for.
    Apply(usize),
    /// An application is decided.
    Decide(usize),
    /// An application is taken back.
    Withdraw(usize),
    /// A permission by telephone is taken down.
    Telephone(usize),
    /// Its giver signs it.
    Sign(usize),
    /// A notice is taken.
    Acknowledge(Id),
    /// Somebody who is not registered tries to enter.
    Stranger,
    /// A worker comes on a day without a permit.
    WithoutPermit(Id),
    /// Somebody tries another zone than theirs.
    ElsewhereThan(Id),
    /// Somebody comes without anything to identify them.
    Unidentified(Id),
    /// The escort of a visit tries to leave first, or comes in twice.
    EscortLeaves(usize),
    /// The badge of a visit is scanned for somebody else.
    BadgeTwice(usize, Id),
    /// A badge is reported.
    Report(&'static str, crate::domain::BadgeReport, &'static str),
    /// A registration is renewed for the next fiscal year.
    Renew(usize),
    /// The approver applies, and cannot decide it.
    OwnApplication,
    /// An ID is issued to a deputy, or barred.
    Deputy(bool),
}

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
    planned: u64,
    busy: BTreeMap<Id, Vec<(Stamp, Stamp)>>,
    lent: BTreeMap<String, Vec<(Stamp, Stamp)>>,
    granted: BTreeMap<Date, Vec<usize>>,
    slots: BTreeMap<Stamp, i64>,
}

/// Badges that are lent in turn; the others are lost or broken during the year.
const LENT: usize = 12;

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
            planned: 0,
            busy: BTreeMap::new(),
            lent: BTreeMap::new(),
            granted: BTreeMap::new(),
            slots: BTreeMap::new(),
        }
    }

    /// A time on a day, by the terminal's offset.
    pub fn at(&self, day: Date, hour: u32, minute: u32) -> Stamp {
        let time = NaiveTime::from_hms_opt(hour, minute, 0).unwrap_or_default();
        let zone: FixedOffset = self.now.timezone();
        zone.from_local_datetime(&day.and_time(time)).single().unwrap_or(self.now)
    }

    /// The next moment of a slot in which one person does several things, a quarter of a minute apart.
    pub fn slot(&mut self, day: Date, hour: u32, minute: u32) -> Stamp {
        let begins = self.at(day, hour, minute);
        let used = self.slots.entry(begins).or_default();
        *used += 1;
        begins + TimeDelta::seconds(*used * 15)
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

    fn is_free(&self, person: Id, from: Stamp, to: Stamp) -> bool {
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
    fn someone(&mut self, fit: impl Fn(&Entrant) -> bool, from: Stamp, to: Stamp) -> Option<Entrant> {
        let free: Vec<Entrant> = self
            .cast
            .staff
            .iter()
            .filter(|entrant| fit(entrant) && self.is_free(entrant.person, from, to))
            .cloned()
            .collect();
        self.dice.pick(&free).cloned()
    }

    fn regular(&mut self, from: Stamp, to: Stamp) -> Option<Entrant> {
        let free: Vec<Entrant> = self
            .cast
            .regulars
            .iter()
            .filter(|entrant| self.is_free(entrant.person, from, to))
            .cloned()
            .collect();
        self.dice.pick(&free).cloned()
    }

    /// Plans everything of a day.
    pub fn plan_day(&mut self, day: Date) {
        let before = self.at(day, 0, 0) - TimeDelta::days(3);
        for list in self.busy.values_mut().chain(self.lent.values_mut()) {
            list.retain(|(_, to)| *to > before);
        }
        self.slots.retain(|begins, _| *begins > before);
        self.plan(self.at(day, 8, 30), Scene::Shift);
        self.plan(self.at(day, 17, 30), Scene::Shift);
        if renews(day, self.start) {
            for n in 0..self.cast.entrants().count() {
                let moment = self.slot(day, 16, 20);
                self.plan(moment, Scene::Renew(n));
            }
        }
        // Visitors with permits first: their escorts are harder to find than a time for a round.
        for permit in self.granted.remove(&day).unwrap_or_default() {
            let hour = self.dice.pick(&[10, 13, 14]).copied().unwrap_or(10);
            let minute = u32::try_from(self.dice.between(0, 40)).unwrap_or(0);
            let begins = self.at(day, hour, minute);
            let lasts = self.dice.between(50, 190);
            self.group(permit, begins, lasts, End::Out);
        }
        if self.dice.chance(28) {
            self.night_failure(day, true);
        }
        if self.is_paper_day(day) || !Year::works_on(day) {
            self.quiet_day(day);
        } else {
            self.working_day(day);
        }
        self.once(day);
    }

    /// What happens once in the year.
    fn once(&mut self, day: Date) {
        use crate::domain::BadgeReport::{Broken, Disposed, Found, Lost};
        let scene = match day.signed_duration_since(self.start).num_days() {
            30 => Scene::Deputy(true),
            52 | 201 => Scene::OwnApplication,
            80 => Scene::Report("B-013", Lost, "返却箱に見当たりません。"),
            95 => Scene::Report("B-013", Found, "机の引出しで見つかりました。"),
            150 => Scene::Report("B-014", Broken, "読み取れません。"),
            163 => Scene::Report("B-014", Disposed, "裁断しました。"),
            230 => Scene::Deputy(false),
            _ => return,
        };
        let moment = self.at(day, 11, 40);
        self.plan(moment, scene);
    }

    /// On these mornings the terminal was away; what happened is entered from paper at one o'clock.
    fn is_paper_day(&self, day: Date) -> bool {
        matches!(day.signed_duration_since(self.start).num_days(), 8 | 121 | 262)
    }

    fn quiet_day(&mut self, day: Date) {
        let paper = self.is_paper_day(day);
        self.single(day, (8, 50), 20, "backup", MEDIA_ROOM);
        for (hour, minute) in [(9, 40), (14, 10), (21, 5)] {
            self.single(day, (hour, minute), 25, "patrol", SERVER_ROOM);
        }
        let more = if paper { 4 } else { 1 };
        for _ in 0..more {
            let minute = u32::try_from(self.dice.between(0, 50)).unwrap_or(0);
            self.single(day, (if paper { 10 } else { 15 }, minute), 30, "operation", SERVER_ROOM);
        }
    }

    fn working_day(&mut self, day: Date) {
        self.single(day, (8, 42), 25, "backup", MEDIA_ROOM);
        for (hour, minute) in [(9, 35), (13, 50), (21, 0)] {
            self.single(day, (hour, minute), 25, "patrol", SERVER_ROOM);
        }
        for _ in 0..self.dice.between(2, 3) {
            let time = self.working_hour();
            let lasts = self.dice.between(15, 120);
            self.single(day, time, lasts, "operation", SERVER_ROOM);
        }
        for _ in 0..self.dice.between(3, 4) {
            let time = self.working_hour();
            let lasts = self.dice.between(8, 45);
            let purpose =
                self.dice.pick(&["patrol", "delivery", "patrol", "audit"]).copied().unwrap_or("patrol");
            self.single(day, time, lasts, purpose, SERVER_ROOM);
        }
        for n in 0..self.dice.between(5, 6) {
            let time = if n == 0 { (7, 40) } else { self.working_hour() };
            let lasts = self.dice.between(20, 90);
            let purpose = match (n, self.dice.below(3)) {
                (0, _) => "cleaning",
                (_, 0) => "patrol",
                (_, 1) => "delivery",
                _ => "operation",
            };
            self.of_contractor(day, time, lasts, purpose);
        }
        self.applications(day);
        self.refusals(day);
    }

    /// A time at which people come: mornings and early afternoons most.
    fn working_hour(&mut self) -> (u32, u32) {
        const HOURS: [u32; 20] = [8, 9, 9, 9, 10, 10, 10, 11, 11, 13, 13, 13, 14, 14, 15, 15, 16, 16, 17, 18];
        let hour = HOURS.get(self.dice.below(HOURS.len())).copied().unwrap_or(10);
        (hour, u32::try_from(self.dice.between(0, 59)).unwrap_or(0))
    }

    /// A visit of one person of the house.
    fn single(&mut self, day: Date, time: (u32, u32), lasts: i64, purpose: &'static str, zone: &'static str) {
        let jitter = TimeDelta::seconds(self.dice.between(0, 540));
        let came = self.at(day, time.0, time.1) + jitter;
        let left = came + TimeDelta::minutes(lasts) + TimeDelta::seconds(self.dice.between(0, 59));
        let (noon_begins, noon_ends) = (self.at(day, 9, 0), self.at(day, 13, 30));
        let on_paper = self.is_paper_day(day) && came < noon_ends && left >= noon_begins;
        if left >= self.cut || (on_paper && (came < noon_begins || left > self.at(day, 12, 30))) {
            return;
        }
        // Who stands on paper is not inside when that is typed.
        let until = if on_paper { noon_ends } else { left };
        let Some(entrant) = self.someone(|entrant| zone != MEDIA_ROOM || entrant.media, came, until) else {
            return;
        };
        let mut visit = self.visit_of(&entrant, zone, purpose, came, left);
        if on_paper {
            self.keep_busy(entrant.person, came, noon_ends);
            visit.from_paper = Some(self.slot(day, 13, 0));
            // Its exit is entered a quarter of a minute later.
            self.slot(day, 13, 0);
        } else if self.dice.chance(4) && self.may_be_forgotten(entrant.person, day, left) {
            visit.end = End::Forgotten;
        } else if self.dice.chance(5) {
            let other = self.someone(
                |other| other.person != entrant.person && other.media == entrant.media,
                came,
                left,
            );
            if let Some(other) = other {
                visit.mistaken_for = Some(other.person);
                visit.card = None;
                self.keep_busy(other.person, came, left);
            }
        }
        self.admit(visit);
    }

    /// Whether somebody does nothing else before the guard finds in the morning that they never left.
    fn may_be_forgotten(&self, person: Id, day: Date, left: Stamp) -> bool {
        let found = self.at(Year::next_day(day), 9, 0);
        found < self.cut && self.is_free(person, left, found)
    }

    fn visit_of(
        &mut self,
        entrant: &Entrant,
        zone: &'static str,
        purpose: &'static str,
        came: Stamp,
        left: Stamp,
    ) -> Visit {
        Visit {
            person: entrant.person,
            mistaken_for: None,
            card: entrant.card.clone(),
            badge: None,
            zone,
            purpose,
            came,
            left,
            permit: None,
            escort: None,
            things: String::new(),
            remarks: String::new(),
            end: End::Out,
            from_paper: None,
            due: matches!(purpose, "backup" | "operation" | "maintenance" | "modification" | "failure"),
            id: None,
        }
    }

    /// A visit of a contractor's registered worker.
    fn of_contractor(&mut self, day: Date, time: (u32, u32), lasts: i64, purpose: &'static str) {
        let came = self.at(day, time.0, time.1) + TimeDelta::seconds(self.dice.between(0, 540));
        let left = came + TimeDelta::minutes(lasts);
        if left >= self.cut {
            return;
        }
        let Some(entrant) = self.regular(came, left) else { return };
        let mut visit = self.visit_of(&entrant, SERVER_ROOM, purpose, came, left);
        visit.badge = self.lend(came, left);
        if purpose == "delivery" {
            visit.things = self.dice.word(&words::things());
        }
        self.admit(visit);
    }

    /// Plans a visit with everything that follows from it; its place.
    pub fn admit(&mut self, visit: Visit) -> usize {
        let place = self.visits.len();
        let (came, left, end) = (visit.came, visit.left, visit.end);
        let next_morning = Year::next_day(left.date_naive());
        let open_until = match end {
            End::Forgotten => self.at(next_morning, 9, 0),
            End::Open => self.now + TimeDelta::days(1),
            _ => left,
        };
        self.keep_busy(visit.person, came, open_until);
        let enters = visit.from_paper.unwrap_or(came);
        let leaves = visit.from_paper.map_or(left, |paper| paper + TimeDelta::seconds(15));
        self.plan(enters, Scene::In(place));
        if visit.mistaken_for.is_some() {
            self.plan(came + TimeDelta::minutes(2), Scene::PutRight(place));
        }
        match end {
            End::Out => self.plan(leaves, Scene::Out(place)),
            End::Kept | End::KeptForGood => {
                self.plan(leaves, Scene::Out(place));
                let back = self.at(next_morning, 9, 20);
                if let Some(badge) = &visit.badge {
                    let until = if end == End::Kept { back } else { self.now + TimeDelta::days(1) };
                    self.lent.entry(badge.clone()).or_default().push((came, until + TimeDelta::minutes(1)));
                }
                if end == End::Kept {
                    self.plan(back, Scene::BadgeBack(place));
                }
            }
            End::Forgotten => {
                let settles = self.at(next_morning, 8, 45);
                self.plan(settles, Scene::Settle(place));
            }
            End::Open => {}
        }
        if visit.due && end != End::Open {
            let day = left.date_naive();
            let same_day =
                Year::works_on(day) && (left.hour(), left.minute()) < (17, 0) && end != End::Forgotten;
            let day = if same_day { day } else { Year::next_working_day(day) };
            let moment = self.slot(day, 17, 5);
            self.plan(moment, Scene::Record(place));
        }
        self.visits.push(visit);
        place
    }

    fn next_day(day: Date) -> Date {
        day.succ_opt().unwrap_or(day)
    }

    /// The visits under a permit: workers with badges, an escort with them from before they come until they left.
    pub fn group(&mut self, permit: usize, begins: Stamp, lasts: i64, last_one: End) {
        let ends = begins + TimeDelta::minutes(lasts);
        let (first, last) = (begins - TimeDelta::minutes(5), ends + TimeDelta::minutes(15));
        let Some(plan) = self.permits.get(permit).cloned() else { return };
        if last >= self.cut || !plan.workers.iter().all(|worker| self.is_free(*worker, first, last)) {
            return;
        }
        let middle = begins + TimeDelta::minutes(lasts / 2);
        let hands_over = lasts >= 120 && self.dice.chance(350);
        let until = if hands_over { middle + TimeDelta::minutes(4) } else { last };
        let Some(escort) = self.someone(|entrant| entrant.escort, first, until) else { return };
        let mut visit = self.visit_of(&escort, SERVER_ROOM, "patrol", first, until);
        visit.remarks = "外部作業の立会い".to_owned();
        let with = self.admit(visit);
        let second = if hands_over { self.second_escort(escort.person, middle, last) } else { None };
        if hands_over && second.is_none() {
            // Nobody takes over: the first one stays.
            self.stay(with, last);
        }
        let mut visitors = Vec::new();
        for (n, worker) in plan.workers.iter().enumerate() {
            let minutes = i64::try_from(n).unwrap_or(0);
            let came = begins + TimeDelta::minutes(minutes) + TimeDelta::seconds(20);
            let left = ends + TimeDelta::minutes(minutes) + TimeDelta::seconds(40);
            let Some(badge) = self.lend(came, left) else { continue };
            let outsider = Entrant { person: *worker, card: None, escort: false, media: false };
            let mut visit = self.visit_of(&outsider, SERVER_ROOM, plan.purpose, came, left);
            visit.badge = Some(badge);
            visit.permit = Some(permit);
            visit.escort = Some(escort.person);
            visit.due = plan.kind != PermitKind::Visit;
            visit.things = if n == 0 { self.dice.word(&words::things()) } else { String::new() };
            let is_last = n + 1 == plan.workers.len();
            visit.end = if is_last && last_one != End::Out {
                last_one
            } else if self.dice.chance(10) {
                End::Kept
            } else {
                End::Out
            };
            visitors.push(self.admit(visit));
        }
        if let Some(second) = second {
            for (n, visitor) in visitors.iter().enumerate() {
                let moment = middle + TimeDelta::seconds(20 * i64::try_from(n).unwrap_or(0));
                self.plan(moment, Scene::HandOver(*visitor, second));
            }
        }
        let quarter = begins + TimeDelta::minutes(lasts / 4);
        if let Some(visitor) = visitors.first().copied() {
            if self.dice.chance(30) {
                self.plan(quarter, Scene::EscortLeaves(visitor));
            } else if self.dice.chance(30)
                && let Some(other) = self.regular(quarter, quarter + TimeDelta::minutes(2))
            {
                self.keep_busy(other.person, quarter, quarter + TimeDelta::minutes(2));
                self.plan(quarter, Scene::BadgeTwice(visitor, other.person));
            }
        }
    }

    fn second_escort(&mut self, first: Id, middle: Stamp, last: Stamp) -> Option<Id> {
        let comes = middle - TimeDelta::minutes(4);
        let second = self.someone(|entrant| entrant.escort && entrant.person != first, comes, last)?;
        let mut visit = self.visit_of(&second, SERVER_ROOM, "patrol", comes, last);
        visit.remarks = "立会いの交代".to_owned();
        self.admit(visit);
        Some(second.person)
    }

    /// Puts off the exit of a visit that was planned.
    fn stay(&mut self, place: usize, until: Stamp) {
        let Some(visit) = self.visits.get_mut(place) else { return };
        let (person, before) = (visit.person, visit.left);
        visit.left = until;
        let came = visit.came;
        self.queue
            .retain(|(moment, _), scene| *moment != before || !matches!(scene, Scene::Out(n) if *n == place));
        self.plan(until, Scene::Out(place));
        self.keep_busy(person, came, until);
    }

    /// Some workers of one contractor, none of them with another permit that day.
    pub fn crew(&mut self, most: usize, day: Date) -> Option<(Id, Vec<Id>)> {
        let taken: Vec<Id> = self
            .permits
            .iter()
            .filter(|permit| permit.day == day)
            .flat_map(|permit| permit.workers.iter().copied())
            .chain(self.reserved.iter().copied())
            .collect();
        let free: Vec<Worker> =
            self.cast.workers.iter().filter(|worker| !taken.contains(&worker.person)).cloned().collect();
        let lead = self.dice.pick(&free)?.company;
        let size = self.dice.below(most) + 1;
        let colleagues = free.iter().filter(|worker| worker.company == lead);
        Some((lead, colleagues.map(|worker| worker.person).take(size).collect()))
    }

    /// Notes an application or permission in the plan; its place.
    pub fn note_permit(&mut self, permit: Permit) -> usize {
        self.permits.push(permit);
        self.permits.len() - 1
    }

    fn applications(&mut self, day: Date) {
        for _ in 0..self.dice.between(1, 2) {
            if self.dice.chance(250) {
                continue;
            }
            let purpose = if self.dice.chance(700) { "maintenance" } else { "modification" };
            let ahead = self.dice.between(3, 8);
            self.apply(day, ahead, PermitKind::Planned, purpose);
        }
        if self.dice.chance(60) {
            let purpose = self.dice.pick(&["tour", "delivery", "audit"]).copied().unwrap_or("tour");
            let ahead = self.dice.between(3, 6);
            self.apply(day, ahead, PermitKind::Visit, purpose);
        }
        if self.dice.chance(90) {
            self.day_failure(day);
        }
    }

    /// Somebody applies today for a day to come.
    fn apply(&mut self, day: Date, ahead: i64, kind: PermitKind, purpose: &'static str) {
        let on = if kind == PermitKind::Planned { day } else { Year::next_working_day(day) };
        let mut target = Year::next_working_day(day + TimeDelta::days(ahead - 1));
        if target <= on {
            target = Year::next_working_day(on);
        }
        let Some((company, workers)) = self.crew(3, target) else { return };
        let fate = match self.dice.below(100) {
            0..=3 => Fate::Refused,
            4..=6 => Fate::Withdrawn,
            _ => Fate::Granted,
        };
        let work = match kind {
            PermitKind::Visit => "情報システムの整備状況の確認".to_owned(),
            _ => self.dice.word(&words::works(purpose)),
        };
        let permit = Permit { kind, purpose, company, workers, day: target, work, fate, id: None };
        let place = self.note_permit(permit);
        let applies = self.slot(day, 17, 0);
        self.plan(applies, Scene::Apply(place));
        let minute = if kind == PermitKind::Planned { 15 } else { 25 };
        let decides = self.slot(on, 17, minute);
        self.plan(decides, Scene::Decide(place));
        match fate {
            Fate::Granted if decides < self.cut => self.granted.entry(target).or_default().push(place),
            Fate::Withdrawn => {
                let moment = self.slot(Year::next_working_day(on), 17, 0);
                self.plan(moment, Scene::Withdraw(place));
            }
            _ => {}
        }
    }

    /// A failure in working hours: applied for and permitted at once.
    fn day_failure(&mut self, day: Date) {
        let Some((company, workers)) = self.crew(2, day) else { return };
        let work = self.dice.word(&words::failures());
        let (kind, purpose) = (PermitKind::Failure, "failure");
        let fate = Fate::Granted;
        let permit = Permit { kind, purpose, company, workers, day, work, fate, id: None };
        let begins = self.at(day, 10, 30);
        if begins + TimeDelta::minutes(200) >= self.cut {
            return;
        }
        let place = self.note_permit(permit);
        let (applies, decides) = (self.slot(day, 9, 40), self.slot(day, 9, 55));
        self.plan(applies, Scene::Apply(place));
        self.plan(decides, Scene::Decide(place));
        let lasts = self.dice.between(40, 150);
        self.group(place, begins, lasts, End::Out);
    }

    /// The engineer at three in the morning.
    pub fn night_failure(&mut self, day: Date, signed: bool) {
        let minute = u32::try_from(self.dice.between(2, 40)).unwrap_or(0);
        let called = self.at(day, 3, minute);
        if called + TimeDelta::hours(4) >= self.cut {
            return;
        }
        let Some((company, mut workers)) = self.crew(1, day) else { return };
        workers.truncate(1);
        let work = self.dice.word(&words::failures());
        let (kind, purpose, fate) = (PermitKind::Failure, "failure", Fate::Granted);
        let place = self.note_permit(Permit { kind, purpose, company, workers, day, work, fate, id: None });
        self.plan(called, Scene::Telephone(place));
        let lasts = self.dice.between(50, 130);
        self.group(place, called + TimeDelta::minutes(35), lasts, End::Out);
        if signed {
            let signs = self.slot(day, 9, 25);
            self.plan(signs, Scene::Sign(place));
        }
    }

    fn refusals(&mut self, day: Date) {
        let moment = self.at(day, 14, 20);
        let soon = moment + TimeDelta::minutes(2);
        if self.dice.chance(35) {
            self.plan(moment, Scene::Stranger);
        }
        if self.dice.chance(35)
            && let Some((_, workers)) = self.crew(1, day)
            && let Some(worker) = workers.first()
            && self.is_free(*worker, moment, soon)
        {
            self.plan(moment, Scene::WithoutPermit(*worker));
        }
        if self.dice.chance(30)
            && let Some(entrant) = self.someone(|entrant| !entrant.media, moment, soon)
        {
            self.plan(moment, Scene::ElsewhereThan(entrant.person));
        }
        if self.dice.chance(30)
            && let Some(entrant) = self.someone(|_| true, moment, soon)
        {
            self.plan(moment, Scene::Unidentified(entrant.person));
        }
    }
}
