//! What is planned on a day: rounds and works of the house, contractors, and what goes wrong.

use super::cast::{MEDIA_ROOM, SERVER_ROOM, renews};
use super::scene::{End, Scene};
use super::year::Year;
use crate::domain::Date;
use chrono::TimeDelta;

impl Year {
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
            self.night_failure(day);
        }
        if self.is_paper_day(day) || !Year::works_on(day) {
            self.quiet_day(day);
        } else {
            self.working_day(day);
        }
        self.once(day);
    }

    /// What happens once in the year.
    pub fn once(&mut self, day: Date) {
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
    pub fn is_paper_day(&self, day: Date) -> bool {
        matches!(day.signed_duration_since(self.start).num_days(), 8 | 121 | 262)
    }

    pub fn quiet_day(&mut self, day: Date) {
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

    pub fn working_day(&mut self, day: Date) {
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
    pub fn working_hour(&mut self) -> (u32, u32) {
        const HOURS: [u32; 20] = [8, 9, 9, 9, 10, 10, 10, 11, 11, 13, 13, 13, 14, 14, 15, 15, 16, 16, 17, 18];
        let hour = HOURS.get(self.dice.below(HOURS.len())).copied().unwrap_or(10);
        (hour, u32::try_from(self.dice.between(0, 59)).unwrap_or(0))
    }

    pub fn refusals(&mut self, day: Date) {
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
