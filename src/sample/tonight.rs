//! What is left open at the end of the year: the business of the day on which somebody opens the sample.

use super::Halt;
use super::cast::{Entrant, SERVER_ROOM};
use super::play::{check_in, guard_at};
use super::scene::{End, Fate, Permit, Scene, Visit};
use super::stage::Stage;
use super::words;
use super::year::Year;
use crate::domain::{Date, Id, Noun, PermitKind, Stamp};
use chrono::TimeDelta;

/// What is kept and prepared for the end.
#[derive(Debug, Default)]
pub struct Open {
    staff: Vec<Entrant>,
    escort: Option<Entrant>,
    visitor: Option<(Id, usize)>,
    /// The places of the applications that nobody has decided.
    waiting: Vec<usize>,
    /// The place of the call in the night that its giver has not signed, and its day.
    call: Option<(usize, Date)>,
    /// The place of the group whose report and badge are missing, and its day.
    yesterday: Option<(usize, Date)>,
}

fn hours(n: i64) -> TimeDelta {
    TimeDelta::hours(n)
}

/// Today, if a time of it lies before the cut; the day before otherwise.
fn last_day_with(year: &Year, hour: u32, minute: u32) -> Date {
    let today = year.now.date_naive();
    if year.at(today, hour, minute) < year.cut { today } else { today.pred_opt().unwrap_or(today) }
}

impl Open {
    /// Keeps some people for the end, before anything is planned: afterwards the days ahead may be booked out, as
    /// the first working day of January is.
    pub fn reserve(year: &mut Year) -> Open {
        let escort = year.cast.staff.iter().find(|entrant| entrant.escort).cloned();
        let mut open = Open { escort, ..Open::default() };
        let rest = year.cast.staff.iter().rev().filter(|entrant| !entrant.escort && entrant.card.is_some());
        open.staff = rest.take(3).cloned().collect();
        let worker = year.cast.workers.first().cloned();
        year.reserved = open.staff.iter().chain(&open.escort).map(|entrant| entrant.person).collect();
        year.reserved.extend(worker.iter().map(|worker| worker.person));
        if let Some(worker) = worker {
            let comes = year.now - TimeDelta::minutes(65);
            let place = year.note_permit(Permit {
                kind: PermitKind::Planned,
                purpose: "maintenance",
                company: worker.company,
                workers: vec![worker.person],
                day: comes.date_naive(),
                work: words::works("maintenance").first().copied().unwrap_or_default().to_owned(),
                fate: Fate::Granted,
                id: None,
            });
            open.visitor = Some((worker.person, place));
        }
        open.keep_yesterday(year);
        let night = last_day_with(year, 8, 0);
        open.call = year.note_night_call(night).map(|place| (place, night));
        open.keep_waiting(year);
        open
    }

    fn keep_yesterday(&mut self, year: &mut Year) {
        let day = (year.now - hours(24)).date_naive();
        let Some((company, workers)) = year.team(2, day) else { return };
        let work = year.dice.word(&words::failures());
        let (kind, purpose, fate) = (PermitKind::Failure, "failure", Fate::Granted);
        let place = year.note_permit(Permit { kind, purpose, company, workers, day, work, fate, id: None });
        self.yesterday = Some((place, day));
    }

    fn keep_waiting(&mut self, year: &mut Year) {
        let day = Year::next_working_day(year.now.date_naive() + TimeDelta::days(2));
        for (kind, purpose) in [(PermitKind::Planned, "modification"), (PermitKind::Visit, "tour")] {
            let Some((company, workers)) = year.crew(2, day) else { continue };
            let work = match kind {
                PermitKind::Visit => "地域医療機関による見学".to_owned(),
                _ => year.dice.word(&words::works(purpose)),
            };
            let fate = Fate::Waiting;
            let permit = Permit { kind, purpose, company, workers, day, work, fate, id: None };
            self.waiting.push(year.note_permit(permit));
        }
    }

    /// Plans what comes before the last hours: applications that wait, a call in the night, yesterday's work.
    pub fn plan(&self, year: &mut Year) {
        if let Some((_, permit)) = self.visitor {
            let day = (year.now - TimeDelta::days(3)).date_naive();
            let (applies, decides) = (year.slot(day, 11, 0), year.slot(day, 16, 0));
            year.plan(applies, Scene::Apply(permit));
            year.plan(decides, Scene::Decide(permit));
        }
        let evening = last_day_with(year, 17, 33);
        for place in self.waiting.iter().copied() {
            let applies = year.slot(evening, 17, 31);
            year.plan(applies, Scene::Apply(place));
        }
        if let Some((person, _)) = self.visitor {
            let applies = year.slot(evening, 17, 32);
            year.plan(applies, Scene::AccountWanted(person));
            year.plan(applies + TimeDelta::minutes(14), Scene::Delegation);
            year.plan(applies + TimeDelta::minutes(21), Scene::Transfer);
            year.plan(applies + TimeDelta::minutes(24), Scene::Organisation);
            year.plan(applies + TimeDelta::minutes(26), Scene::ExceptionWanted);
        }
        if let Some((place, night)) = self.call {
            year.night_call(place, night, false);
        }
        if let Some((place, day)) = self.yesterday {
            Self::plan_yesterday(year, place, day);
        }
        // An exit that nobody recorded: longer ago than a shift.
        if let Some(entrant) = self.staff.first().cloned() {
            let came = year.now - hours(20);
            let visit = inside(&entrant, "patrol", came);
            year.admit(visit);
        }
    }

    /// Two workers yesterday: one report saw personal information, the other is missing, and so is a badge.
    fn plan_yesterday(year: &mut Year, place: usize, day: Date) {
        let (applies, decides) = (year.slot(day, 12, 40), year.slot(day, 12, 50));
        year.plan(applies, Scene::Apply(place));
        year.plan(decides, Scene::Decide(place));
        let before = year.visits.len();
        year.group(place, year.at(day, 13, 20), 70, End::KeptForGood);
        // Their reports are written at the end, or not at all.
        year.queue.retain(|_, scene| !matches!(scene, Scene::Record(visit) if *visit >= before));
    }

    /// Plays the last two hours.
    ///
    /// # Errors
    /// What the desk did not do as it was expected to.
    pub fn play(&self, year: &mut Year, stage: &mut Stage) -> Result<(), Halt> {
        let now = year.now;
        let ago = |minutes: i64| now - TimeDelta::minutes(minutes);
        if let Some((permit, _)) = self.yesterday {
            let first = year.visits.iter().position(|visit| visit.permit == Some(permit));
            if let Some(first) = first {
                year.records(stage, ago(104), first, true)?;
            }
        }
        let [_, one, two] = self.staff.as_slice() else { return Ok(()) };
        self.enters(stage, &inside(one, "operation", ago(95)), None)?;
        if let (Some(escort), Some((visitor, permit))) = (&self.escort, self.visitor) {
            let mut with = inside(escort, "patrol", ago(70));
            with.remarks = "外部作業の立会い".to_owned();
            self.enters(stage, &with, None)?;
            let guest = Entrant { person: visitor, card: None, escort: false, media: false };
            let mut visit = inside(&guest, "maintenance", ago(65));
            visit.escort = Some(escort.person);
            visit.badge = year.badge_at_hand();
            visit.permit = Some(permit);
            visit.things = year.dice.word(&words::things());
            let permit = year.permits.get(permit).and_then(|permit| permit.id);
            self.enters(stage, &visit, permit)?;
        }
        super::door_keys::lend(stage, &year.cast, ago(40))?;
        self.enters(stage, &inside(two, "patrol", ago(25)), None)
    }

    fn enters(&self, stage: &mut Stage, visit: &Visit, permit: Option<Id>) -> Result<(), Halt> {
        stage.make(guard_at(visit.came), visit.came, check_in(visit, permit), Noun::Visit).map(|_| ())
    }
}

/// A visit that goes on.
fn inside(entrant: &Entrant, purpose: &'static str, came: Stamp) -> Visit {
    Visit {
        person: entrant.person,
        mistaken_for: None,
        card: entrant.card.clone(),
        badge: None,
        zone: SERVER_ROOM,
        purpose,
        came,
        left: came + hours(24),
        permit: None,
        escort: None,
        things: String::new(),
        remarks: String::new(),
        end: End::Open,
        from_paper: None,
        due: false,
        id: None,
    }
}
