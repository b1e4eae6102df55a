//! Applications and permissions that are planned, and the visits under them.

use super::scene::{End, Fate, Permit, Scene};
use super::words;
use super::year::Year;
use crate::domain::{Date, PermitKind};
use chrono::TimeDelta;

impl Year {
    pub fn applications(&mut self, day: Date) {
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
    pub fn apply(&mut self, day: Date, ahead: i64, kind: PermitKind, purpose: &'static str) {
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
        let applies = self.slot(day, 17, 27);
        self.plan(applies, Scene::Apply(place));
        let minute = if kind == PermitKind::Planned { 29 } else { 26 };
        let decides = self.slot(on, 17, minute);
        self.plan(decides, Scene::Decide(place));
        match fate {
            Fate::Granted if decides < self.cut => self.granted.entry(target).or_default().push(place),
            Fate::Withdrawn => {
                let moment = self.slot(Year::next_working_day(on), 17, 27);
                self.plan(moment, Scene::Withdraw(place));
            }
            _ => {}
        }
    }

    /// A failure in working hours: applied for and permitted at once.
    pub fn day_failure(&mut self, day: Date) {
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

    /// The engineer at three in the morning, permitted by telephone and signed in the morning.
    pub fn night_failure(&mut self, day: Date) {
        // The permission is taken down at the latest at 3:40, and the work ends before 7:00.
        if self.at(day, 8, 0) >= self.cut {
            return;
        }
        if let Some(place) = self.note_night_call(day) {
            self.night_call(place, day, true);
        }
    }

    /// Notes in the plan who is called in a night; its place.
    pub fn note_night_call(&mut self, day: Date) -> Option<usize> {
        let (company, workers) = self.team(1, day)?;
        let work = self.dice.word(&words::failures());
        let (kind, purpose, fate) = (PermitKind::Failure, "failure", Fate::Granted);
        Some(self.note_permit(Permit { kind, purpose, company, workers, day, work, fate, id: None }))
    }

    /// Plans the call in a night, the visit that follows it, and its giver's signature unless that is left open.
    pub fn night_call(&mut self, place: usize, day: Date, signed: bool) {
        let minute = u32::try_from(self.dice.between(2, 40)).unwrap_or(0);
        let called = self.at(day, 3, minute);
        self.plan(called, Scene::Telephone(place));
        let lasts = self.dice.between(50, 130);
        self.group(place, called + TimeDelta::minutes(35), lasts, End::Out);
        if signed {
            let signs = self.slot(day, 9, 25);
            self.plan(signs, Scene::Sign(place));
        }
    }
}
