//! Visits that are planned, with everything that follows from one: exit, badge, report.

use super::cast::{Entrant, MEDIA_ROOM, SERVER_ROOM};
use super::scene::{End, Scene, Visit};
use super::words;
use super::year::{STEP_S, Year};
use crate::domain::{Date, Id, PermitKind, Stamp};
use chrono::{TimeDelta, Timelike};

impl Year {
    /// A visit of one person of the house.
    pub fn single(
        &mut self,
        day: Date,
        time: (u32, u32),
        lasts: i64,
        purpose: &'static str,
        zone: &'static str,
    ) {
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
            // Its exit is entered next.
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
    pub fn may_be_forgotten(&self, person: Id, day: Date, left: Stamp) -> bool {
        let found = self.at(Year::next_day(day), 9, 0);
        found < self.cut && self.is_free(person, left, found)
    }

    pub fn visit_of(
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
    pub fn of_contractor(&mut self, day: Date, time: (u32, u32), lasts: i64, purpose: &'static str) {
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
        let leaves = visit.from_paper.map_or(left, |paper| paper + TimeDelta::seconds(STEP_S));
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
                Year::works_on(day) && (left.hour(), left.minute()) < (17, 25) && end != End::Forgotten;
            let day = if same_day { day } else { Year::next_working_day(day) };
            let moment = self.slot(day, 17, 28);
            self.plan(moment, Scene::Record(place));
        }
        self.visits.push(visit);
        place
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

    pub fn second_escort(&mut self, first: Id, middle: Stamp, last: Stamp) -> Option<Id> {
        let comes = middle - TimeDelta::minutes(4);
        let second = self.someone(|entrant| entrant.escort && entrant.person != first, comes, last)?;
        let mut visit = self.visit_of(&second, SERVER_ROOM, "patrol", comes, last);
        visit.remarks = "立会いの交代".to_owned();
        self.admit(visit);
        Some(second.person)
    }

    /// Puts off the exit of a visit that was planned.
    pub fn stay(&mut self, place: usize, until: Stamp) {
        let Some(visit) = self.visits.get_mut(place) else { return };
        let (person, before) = (visit.person, visit.left);
        visit.left = until;
        let came = visit.came;
        self.queue
            .retain(|(moment, _), scene| *moment != before || !matches!(scene, Scene::Out(n) if *n == place));
        self.plan(until, Scene::Out(place));
        self.keep_busy(person, came, until);
    }
}
