//! What happens when: each scene of the plan becomes commands of the person whose part it is.

use super::Halt;
use super::accounts;
use super::cast::{MEDIA_ROOM, SERVER_ROOM, last_of_fiscal_year, register_entrant};
use super::exceptions;
use super::scene::{End, Fate, Scene, Visit};
use super::stage::{Part, Stage};
use super::words;
use super::year::{LENT, Year};
use crate::domain::{
    AcknowledgeNotice, ApplyVisit, BadgeReport, CheckIn, CheckOut, ConfirmTelephone, Correct, Date,
    DecideVisit, HandOverEscort, Id, Noun, PermitByTelephone, PermitKind, ReportBadge, SettleExit, Stamp,
    TakeOverShift, WithdrawVisit,
};
use chrono::{TimeDelta, Timelike};

/// Which guard has the desk at a moment: three of them in turn, from half past eight and from half past five.
pub fn guard_at(moment: Stamp) -> Part {
    let begins = (moment.hour(), moment.minute());
    let day = if begins < (8, 30) { moment.date_naive().pred_opt() } else { Some(moment.date_naive()) };
    let n = day.unwrap_or_default().signed_duration_since(Date::default()).num_days();
    let by_day = ((8, 30)..(17, 30)).contains(&begins);
    match (n + if by_day { 0 } else { 2 }).rem_euclid(3) {
        0 => Part::GuardA,
        1 => Part::GuardB,
        _ => Part::GuardC,
    }
}

/// The command that a visit begins with.
pub fn check_in(visit: &Visit, permit: Option<Id>) -> CheckIn {
    let identification = match (&visit.card, visit.permit.is_some(), &visit.badge) {
        (Some(_), ..) => "",
        (None, true, _) => "licence",
        (None, false, Some(_)) => "company_card",
        (None, false, None) => "staff_card",
    };
    CheckIn {
        person: Some(visit.mistaken_for.unwrap_or(visit.person)),
        card: visit.card.clone(),
        badge: visit.badge.clone(),
        zone: visit.zone.to_owned(),
        purpose: visit.purpose.to_owned(),
        rack: None,
        permit,
        escort: visit.escort,
        identification: identification.to_owned(),
        visited: String::new(),
        carried_in: visit.things.clone(),
        left: None,
        remarks: visit.remarks.clone(),
    }
}

impl Year {
    /// Plays the queue up to a moment.
    ///
    /// # Errors
    /// What the desk did not do as it was expected to.
    pub fn play(&mut self, stage: &mut Stage, until: Stamp) -> Result<(), Halt> {
        while let Some(((moment, n), scene)) = self.queue.pop_first() {
            if moment >= until {
                self.queue.insert((moment, n), scene);
                break;
            }
            self.scene(stage, moment, scene)?;
        }
        Ok(())
    }

    pub fn visit(&self, place: usize) -> Option<(Visit, Id)> {
        let visit = self.visits.get(place)?;
        visit.id.map(|id| (visit.clone(), id))
    }

    fn permit_id(&self, place: Option<usize>) -> Option<Id> {
        self.permits.get(place?)?.id
    }

    fn scene(&mut self, stage: &mut Stage, moment: Stamp, scene: Scene) -> Result<(), Halt> {
        let guard = guard_at(moment);
        match scene {
            Scene::Shift => stage.act(guard, moment, TakeOverShift::default()),
            Scene::In(place) => self.comes_in(stage, moment, place),
            Scene::PutRight(place) => {
                let Some((visit, id)) = self.visit(place) else { return Ok(()) };
                let command = Correct {
                    record: Some(id),
                    field: "person".to_owned(),
                    value: visit.person.to_string(),
                    text: String::new(),
                    reason: words::reasons("correct").first().copied().unwrap_or_default().to_owned(),
                };
                stage.act(guard, moment, command)
            }
            Scene::Out(place) => self.goes_out(stage, moment, place),
            Scene::HandOver(place, escort) => {
                let Some((_, id)) = self.visit(place) else { return Ok(()) };
                stage.act(guard, moment, HandOverEscort { visit: Some(id), escort: Some(escort) })
            }
            Scene::Settle(place) => {
                let Some((visit, id)) = self.visit(place) else { return Ok(()) };
                self.badge_is_back(&visit);
                let command = SettleExit {
                    visit: Some(id),
                    last_evidence: Some(visit.left),
                    evidence: self.dice.word(&words::reasons("settle_exit")),
                    badge_missing: false,
                };
                stage.act(guard, moment, command)
            }
            Scene::BadgeBack(place) => {
                let Some((visit, _)) = self.visit(place) else { return Ok(()) };
                self.badge_is_back(&visit);
                let badge = visit.badge.unwrap_or_default();
                let remarks = "翌朝、会社から届けられました。".to_owned();
                stage.act(guard, moment, ReportBadge { badge, what: BadgeReport::Returned, remarks })
            }
            Scene::Report(badge, what, remarks) => {
                let (badge, remarks) = (badge.to_owned(), remarks.to_owned());
                stage.act(guard, moment, ReportBadge { badge, what, remarks })
            }
            Scene::Record(place) => self.records(stage, moment, place, false).map(|_| ()),
            Scene::Judge(place) => self.judges(stage, moment, place),
            Scene::Revise(place) => self.revises(stage, moment, place),
            Scene::Apply(place) => self.applies(stage, moment, place),
            Scene::Decide(place) => self.decides(stage, moment, place),
            Scene::Withdraw(place) => {
                let Some(permit) = self.permit_id(Some(place)) else { return Ok(()) };
                let reason = self.dice.word(&words::reasons("withdraw_visit"));
                stage.act(Part::Operator, moment, WithdrawVisit { permit: Some(permit), reason })
            }
            Scene::Telephone(place) => self.telephone(stage, moment, place),
            Scene::Sign(place) => {
                let Some(permit) = self.permit_id(Some(place)) else { return Ok(()) };
                let command = ConfirmTelephone { permit: Some(permit), signed: true, reason: String::new() };
                stage.act(Part::Approver, moment, command)
            }
            Scene::Acknowledge(notice) => {
                let remarks = "内容を確認し、担当者から事情を聞きました。".to_owned();
                stage.act(Part::Officer, moment, AcknowledgeNotice { notice: Some(notice), remarks })
            }
            Scene::Renew(n) => {
                let Some(entrant) = self.cast.entrants().nth(n).cloned() else { return Ok(()) };
                let from = last_of_fiscal_year(moment.date_naive()).succ_opt().unwrap_or_default();
                register_entrant(stage, &entrant, moment, from, last_of_fiscal_year(from))
            }
            Scene::OwnApplication => self.own_application(stage, moment),
            Scene::Deputy(begins) => accounts::deputy(stage, &self.cast, moment, begins),
            Scene::Password(part, left) => accounts::new_password(stage, part, moment, left),
            Scene::Delegation => accounts::delegation(stage, &self.cast, moment),
            Scene::Transfer => accounts::transfer(stage, moment),
            Scene::Organisation => accounts::organisation(stage, &self.cast, moment),
            Scene::Exception(step) => exceptions::play(stage, moment, step, &mut self.exceptions),
            Scene::ExceptionWanted => exceptions::waiting(stage, moment),
            Scene::AccountWanted(person) => accounts::wanted(stage, person, moment),
            Scene::Stranger => match self.cast.stranger {
                Some(person) => {
                    self.tries(stage, moment, person, SERVER_ROOM, "staff_card", "not_registered")
                }
                None => Ok(()),
            },
            Scene::WithoutPermit(person) => {
                self.tries(stage, moment, person, SERVER_ROOM, "company_card", "no_permit")
            }
            Scene::ElsewhereThan(person) => {
                self.tries(stage, moment, person, MEDIA_ROOM, "staff_card", "wrong_zone")
            }
            Scene::Unidentified(person) => {
                self.tries(stage, moment, person, SERVER_ROOM, "", "identification_missing")
            }
            Scene::EscortLeaves(place) => {
                let Some((visit, _)) = self.visit(place) else { return Ok(()) };
                let command = CheckOut { person: visit.escort, ..CheckOut::default() };
                stage.try_in_vain(guard, moment, command, "escort_still_needed")
            }
            Scene::BadgeTwice(place, other) => {
                let Some((visit, _)) = self.visit(place) else { return Ok(()) };
                let command = CheckIn {
                    person: Some(other),
                    badge: visit.badge,
                    zone: SERVER_ROOM.to_owned(),
                    purpose: "patrol".to_owned(),
                    identification: "company_card".to_owned(),
                    ..CheckIn::default()
                };
                stage.try_in_vain(guard, moment, command, "badge_out")
            }
        }
    }

    /// A check-in that is refused.
    fn tries(
        &mut self,
        stage: &mut Stage,
        moment: Stamp,
        person: Id,
        zone: &str,
        identification: &str,
        refusal: &'static str,
    ) -> Result<(), Halt> {
        let command = CheckIn {
            person: Some(person),
            zone: zone.to_owned(),
            purpose: "patrol".to_owned(),
            identification: identification.to_owned(),
            ..CheckIn::default()
        };
        stage.try_in_vain(guard_at(moment), moment, command, refusal)
    }

    fn comes_in(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        self.take_a_badge_that_is_there(place);
        let Some(visit) = self.visits.get(place).cloned() else { return Ok(()) };
        let command = check_in(&visit, self.permit_id(visit.permit));
        let at = visit.from_paper.map(|_| visit.came);
        let id = stage.make_at(guard_at(moment), moment, command, Noun::Visit, at)?;
        if let Some(visit) = self.visits.get_mut(place) {
            visit.id = Some(id);
        }
        Ok(())
    }

    /// A badge that nobody has, noted as given out.
    pub fn badge_at_hand(&mut self) -> Option<String> {
        let number =
            self.cast.badges.iter().take(LENT).find(|number| !self.out.contains(*number)).cloned()?;
        self.out.insert(number.clone());
        Some(number)
    }

    /// A badge planned for this visit may still be with somebody who left later than planned: the guard takes
    /// another one then.
    fn take_a_badge_that_is_there(&mut self, place: usize) {
        let Some(planned) = self.visits.get(place).and_then(|visit| visit.badge.clone()) else { return };
        let taken = if self.out.insert(planned.clone()) { Some(planned) } else { self.badge_at_hand() };
        if let Some(visit) = self.visits.get_mut(place) {
            visit.badge = taken;
        }
    }

    /// The badge of a visit is back.
    fn badge_is_back(&mut self, visit: &Visit) {
        if let Some(number) = &visit.badge {
            self.out.remove(number);
        }
    }

    fn goes_out(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        let Some((visit, id)) = self.visit(place) else { return Ok(()) };
        let kept = matches!(visit.end, End::Kept | End::KeptForGood);
        if !kept {
            self.badge_is_back(&visit);
        }
        let command = CheckOut {
            visit: Some(id),
            badge: visit.badge.clone().filter(|_| !kept),
            badge_kept: kept,
            carried_out: visit.things.clone(),
            ..CheckOut::default()
        };
        match visit.from_paper {
            Some(_) => stage.act_late(guard_at(moment), moment, command, visit.left),
            None => stage.act(guard_at(moment), moment, command),
        }
    }

    fn applies(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        let Some(permit) = self.permits.get(place).cloned() else { return Ok(()) };
        let things =
            if permit.kind == PermitKind::Visit { String::new() } else { self.dice.word(&words::things()) };
        let command = ApplyVisit {
            kind: permit.kind,
            applicant: None,
            company: Some(permit.company),
            workers: permit.workers,
            from: Some(permit.day),
            to: Some(permit.day),
            zones: vec![SERVER_ROOM.to_owned()],
            racks: if permit.kind == PermitKind::Visit { String::new() } else { "R03".to_owned() },
            work: permit.work,
            escort: None,
            things,
            conditions: String::new(),
            devices: Vec::new(),
        };
        let id = stage.make(Part::Operator, moment, command, Noun::Permit)?;
        if let Some(permit) = self.permits.get_mut(place) {
            permit.id = Some(id);
        }
        Ok(())
    }

    fn decides(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        let Some(permit) = self.permits.get(place).cloned() else { return Ok(()) };
        let part = if permit.kind == PermitKind::Planned { Part::Officer } else { Part::Approver };
        let granted = permit.fate != Fate::Refused;
        let command = DecideVisit {
            permit: permit.id,
            granted,
            reason: if granted { String::new() } else { self.dice.word(&words::reasons("decide_visit")) },
            conditions: if granted && permit.kind == PermitKind::Planned {
                "立会者の指示に従うこと。患者の情報が見える画面を開かないこと。".to_owned()
            } else {
                String::new()
            },
        };
        stage.act(part, moment, command)
    }

    fn telephone(&mut self, stage: &mut Stage, moment: Stamp, place: usize) -> Result<(), Halt> {
        let Some(permit) = self.permits.get(place).cloned() else { return Ok(()) };
        let command = PermitByTelephone {
            giver: self.cast.approver,
            given_at: Some(moment - TimeDelta::minutes(4)),
            how_identified: "名簿の番号へ折り返し、本人の声で確認しました。".to_owned(),
            company: Some(permit.company),
            workers: permit.workers,
            zones: vec![SERVER_ROOM.to_owned()],
            racks: "R01".to_owned(),
            work: permit.work,
            to: None,
            devices: Vec::new(),
        };
        let id = stage.make(guard_at(moment), moment, command, Noun::Permit)?;
        if let Some(permit) = self.permits.get_mut(place) {
            permit.id = Some(id);
        }
        Ok(())
    }

    /// The approver has a visit applied for, and is refused when deciding it; the guard may not decide at all.
    fn own_application(&mut self, stage: &mut Stage, moment: Stamp) -> Result<(), Halt> {
        let day = moment.date_naive() + TimeDelta::days(2);
        let Some((company, workers)) = self.crew(1, day) else { return Ok(()) };
        let command = ApplyVisit {
            kind: PermitKind::Visit,
            applicant: self.cast.approver,
            company: Some(company),
            workers,
            from: Some(day),
            to: Some(day),
            zones: vec![SERVER_ROOM.to_owned()],
            work: "設備更新の事前調査".to_owned(),
            ..ApplyVisit::default()
        };
        let id = stage.make(Part::Operator, moment, command, Noun::Permit)?;
        let decision = DecideVisit { permit: Some(id), granted: true, ..DecideVisit::default() };
        let soon = moment + TimeDelta::seconds(40);
        stage.try_in_vain(guard_at(soon), soon, decision.clone(), "not_permitted")?;
        let soon = moment + TimeDelta::seconds(80);
        stage.try_in_vain(Part::Approver, soon, decision, "own_application")?;
        let reason = "決定できる人がほかにいないため、取り下げます。".to_owned();
        let soon = moment + TimeDelta::seconds(120);
        stage.act(Part::Operator, soon, WithdrawVisit { permit: Some(id), reason })
    }
}
