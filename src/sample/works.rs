//! Works that are recorded, sent back, written again, and approved.

use super::Halt;
use super::scene::Scene;
use super::stage::{Part, Stage};
use super::words;
use super::year::Year;
use crate::domain::{ApproveWork, Id, Noun, PermitKind, RecordWork, ReturnWork, Stamp};

impl Year {
    /// Records the work of a visit; the notice that it opened, if it did.
    ///
    /// # Errors
    /// As [`Year::play`].
    pub fn records(
        &mut self,
        stage: &mut Stage,
        moment: Stamp,
        place: usize,
        left_open: bool,
    ) -> Result<Option<Id>, Halt> {
        let Some((visit, id)) = self.visit(place) else { return Ok(None) };
        let of_contractor = visit.permit.is_some();
        let pi_seen = left_open || (visit.permit.is_some() && self.dice.chance(25));
        let work = match self.permits.get(visit.permit.unwrap_or(usize::MAX)) {
            Some(permit) if permit.kind == PermitKind::Failure => self.dice.word(&words::works("failure")),
            Some(permit) => permit.work.clone(),
            None if visit.purpose == "backup" => "バックアップ媒体の交換".to_owned(),
            None => self.dice.word(&words::works("operation")),
        };
        let command = RecordWork {
            visit: Some(id),
            revises: None,
            date: None,
            server: self.dice.word(&words::servers()),
            work,
            workers: Vec::new(),
            result: self.dice.word(&words::results()),
            pi_seen: Some(pi_seen),
            pi_detail: if pi_seen {
                "動作確認のため、患者一覧の画面を表示しました。保存と複写はしていません。".to_owned()
            } else {
                String::new()
            },
            devices: Vec::new(),
        };
        let work = stage.make(Part::Operator, moment, command, Noun::Work)?;
        let notice = pi_seen.then(|| stage.also_makes(Noun::Notice));
        if left_open {
            return Ok(notice);
        }
        let slot = self.slot(Year::next_working_day(moment.date_naive()), 17, 29);
        if let Some(notice) = notice {
            self.plan(slot, Scene::Acknowledge(notice));
        }
        if !of_contractor {
            // Of the site's own people a record is all that is asked.
            return Ok(notice);
        }
        let slot = self.slot(Year::next_working_day(moment.date_naive()), 17, 29);
        // Work numbers and visit places are different things: the judge needs both.
        self.works.insert(place, work);
        self.plan(slot, Scene::Judge(place));
        Ok(notice)
    }

    /// The officer approves a report, or sends it back and gets it again.
    pub fn judges(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        let Some(work) = self.works.get(&place).copied() else { return Ok(()) };
        let again = self.revised.contains(&place);
        if again || !self.dice.chance(30) {
            self.works.remove(&place);
            return stage.act(
                Part::Officer,
                moment,
                ApproveWork { work: Some(work), opinion: String::new() },
            );
        }
        let reason = self.dice.word(&words::reasons("return_work"));
        stage.act(Part::Officer, moment, ReturnWork { work: Some(work), reason })?;
        self.revised.insert(place);
        let day = Year::next_working_day(moment.date_naive());
        let (writes, judges) = (self.slot(day, 17, 28), self.slot(day, 17, 29));
        self.plan(writes, Scene::Revise(place));
        if writes < self.cut {
            self.plan(judges, Scene::Judge(place));
        }
        Ok(())
    }

    /// A report that was sent back is written again.
    pub fn revises(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        let (Some((visit, id)), Some(work)) = (self.visit(place), self.works.get(&place).copied()) else {
            return Ok(());
        };
        let command = RecordWork {
            visit: Some(id),
            revises: Some(work),
            server: self.dice.word(&words::servers()),
            work: match self.permits.get(visit.permit.unwrap_or(usize::MAX)) {
                Some(permit) => permit.work.clone(),
                None => self.dice.word(&words::works("operation")),
            },
            result: format!("{}（差戻しを受けて書き直しました。）", self.dice.word(&words::results())),
            pi_seen: Some(false),
            ..RecordWork::default()
        };
        stage.act(Part::Operator, moment, command)
    }
}
