//! A site on a disk that keeps a tape: what is done at its desk, with what is owed at each step of it.

use super::owed::{End, Owed, clock_at, draft_fields, order, terminal};
use crate::vault::Dice;
use crate::vault::sim::{SimDisk, Tape};
use chrono::TimeDelta;
use daicho::desk::{Clock, Desk, Failure, Founding, Receipt, StandingClock};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

pub const ADMIN: &str = "admin";
pub const PASSWORD: &str = "Sakura-2026-mon";
const NOW: &str = "2026-11-20T09:00:00+09:00";
/// Receipts that are asked for again; what is older is in the root of where the log ends.
const RECEIPTS: usize = 4;

/// A site at rest, and what it owes.
#[derive(Clone)]
pub struct Site {
    pub disk: SimDisk,
    pub owed: Owed,
}

/// How far what is being done may have come when the power fails.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Half {
    /// It is one frame: all of it, or none.
    Never,
    /// It is several frames, such as a login with what it reports.
    BetweenFrames,
}

/// A site at work. What is done between [`Play::begin`] and [`Play::sure`] may be there or not.
pub struct Play {
    pub dice: Dice,
    pub owed: Owed,
    pub disk: SimDisk,
    lent: Option<(Arc<dyn daicho::vault::Disk>, Receiver<()>)>,
    desk: Option<Desk>,
    clock: Arc<StandingClock>,
    marks: Vec<(usize, Owed)>,
    serial: usize,
    seed: u64,
}

/// What a play gives to look at: the tape, and what is owed from each step on.
pub struct Recording {
    pub name: String,
    pub tape: Tape,
    marks: Vec<(usize, Owed)>,
}

impl Recording {
    /// What is owed when the power fails before a step; and which of the marks that is.
    pub fn owed(&self, step: usize) -> (usize, &Owed) {
        let at = self.marks.partition_point(|(from, _)| *from <= step).saturating_sub(1);
        (at, &self.marks[at].1)
    }
}

pub fn founding() -> Founding {
    Founding {
        site: "test-site".to_owned(),
        site_name: "試験病院".to_owned(),
        profile: daicho::profile::builtin("ishikawa").unwrap().to_owned(),
        admin: ADMIN.to_owned(),
        name: "管理 花子".to_owned(),
        kana: "カンリ ハナコ".to_owned(),
        password: PASSWORD.to_owned(),
    }
}

/// A site that was founded and closed.
pub fn founded(seed: u64) -> Site {
    let mut play = Play::nowhere(seed);
    play.found();
    play.at_rest()
}

impl Play {
    /// Before there is a site.
    pub fn nowhere(seed: u64) -> Play {
        Play::on(
            &Site { disk: SimDisk::default(), owed: Owed { now: NOW.to_owned(), ..Owed::default() } },
            seed,
        )
    }

    /// At a site at rest. The tape begins here.
    pub fn on(site: &Site, seed: u64) -> Play {
        let disk = site.disk.copy();
        disk.record();
        Play {
            dice: Dice::new(seed),
            owed: site.owed.clone(),
            disk,
            lent: None,
            desk: None,
            clock: clock_at(&site.owed.now),
            marks: vec![(0, site.owed.clone())],
            serial: 0,
            seed,
        }
    }

    /// Closes, and gives what was recorded.
    pub fn finish(mut self, name: &str) -> Recording {
        self.leave();
        Recording { name: name.to_owned(), tape: self.disk.stop(), marks: self.marks }
    }

    /// Closes, and gives the site as it is then.
    pub fn at_rest(mut self) -> Site {
        self.leave();
        Site { disk: self.disk.copy(), owed: self.owed }
    }

    pub fn serial(&mut self) -> usize {
        self.serial += 1;
        self.serial
    }

    pub fn desk(&mut self) -> &mut Desk {
        if self.desk.is_none() {
            self.log_in();
        }
        self.desk.as_mut().unwrap()
    }

    /// A name that no other run has.
    pub fn name(&mut self, what: &str) -> String {
        let (seed, serial) = (self.seed, self.serial());
        format!("{what}{seed}-{serial}")
    }

    /// A password that the rules take, whatever the number in it: no character three times in a row.
    pub fn new_password(&mut self, flower: &str) -> String {
        let digits: Vec<String> = self.serial().to_string().chars().map(String::from).collect();
        format!("{flower}-2027-{}", digits.join("-"))
    }

    fn lend(&mut self) -> Arc<dyn daicho::vault::Disk> {
        let (disk, waiter) = self.disk.lend();
        self.lent = Some((Arc::clone(&disk), waiter));
        disk
    }

    fn mark(&mut self) {
        self.marks.push((self.disk.steps(), self.owed.clone()));
    }

    /// From here on either may be: what is owed now, or what this adds.
    pub fn begin(&mut self, widen: impl FnOnce(&mut Owed)) {
        self.clock.set(self.clock.now() + TimeDelta::minutes(1));
        self.owed.now = self.clock.now().to_rfc3339();
        let before = self.owed.clone();
        widen(&mut self.owed);
        self.mark();
        self.owed = before;
    }

    /// It is acknowledged: from here on only this. What was possible meanwhile is told to the mark before.
    pub fn sure(&mut self, half: Half, narrow: impl FnOnce(&mut Owed)) {
        if let Some(desk) = &self.desk {
            let (entries, _, root) = desk.last_entry();
            let before = self.owed.ends.first().map_or(0, |(entries, _)| *entries);
            let end: End = (entries, Some(root));
            let between = (before + 1..entries).map(|entries| (entries, None));
            if let Some((_, meanwhile)) = self.marks.last_mut() {
                meanwhile.ends.push(end.clone());
                meanwhile.ends.extend(between.filter(|_| half == Half::BetweenFrames));
            }
            self.owed.ends = vec![end];
        }
        narrow(&mut self.owed);
        let receipts = self.owed.receipts.len();
        self.owed.receipts.drain(..receipts.saturating_sub(RECEIPTS));
        self.mark();
    }

    /// What the newest mark says may be, once it is known.
    pub fn meanwhile(&mut self, know: impl FnOnce(&mut Owed)) {
        if let Some((_, meanwhile)) = self.marks.last_mut() {
            know(meanwhile);
        }
    }

    pub fn found(&mut self) {
        self.begin(|owed| owed.unfounded = true);
        let disk = self.lend();
        let (desk, sheet) = Desk::found_on(disk, &founding(), terminal(&self.clock, self.seed)).unwrap();
        self.desk = Some(desk);
        let (sheets, opens) = (vec![sheet.join(" ")], vec![(ADMIN.to_owned(), vec![PASSWORD.to_owned()])]);
        let know = |owed: &mut Owed| (owed.sheets, owed.opens) = (sheets, opens);
        self.meanwhile(know.clone());
        self.sure(Half::BetweenFrames, know);
        // The step before the first one: there is nothing, and nothing was said.
        let first = self.marks[1].1.clone();
        self.marks[0].1 = first;
    }

    pub fn password(&self) -> String {
        self.owed.opens[0].1[0].clone()
    }

    pub fn log_in(&mut self) {
        self.begin(|_| ());
        let (disk, password) = (self.lend(), self.password());
        let (desk, _) = Desk::log_in_on(disk, ADMIN, &password, terminal(&self.clock, self.seed)).unwrap();
        self.desk = Some(desk);
        self.sure(Half::BetweenFrames, |_| ());
    }

    /// Somebody else's own password in place of the one they were given; the administrator comes back after.
    pub fn first_login(&mut self, user: &str, given: &str, own: &str) {
        self.leave();
        let both = vec![given.to_owned(), own.to_owned()];
        self.begin(|owed| set(&mut owed.opens, user, both));
        let disk = self.lend();
        let (mut desk, welcome) =
            Desk::log_in_on(disk, user, given, terminal(&self.clock, self.seed)).unwrap();
        assert!(welcome.provisional);
        desk.set_password(given, own).unwrap();
        self.desk = Some(desk);
        let shut = (user.to_owned(), given.to_owned());
        self.sure(Half::BetweenFrames, |owed| {
            set(&mut owed.opens, user, vec![own.to_owned()]);
            owed.shut.push(shut);
        });
        self.leave();
        self.log_in();
    }

    /// A login that fails, beside those of who may.
    pub fn fail_a_login(&mut self, user: &str) {
        self.leave();
        self.begin(|_| ());
        let disk = self.lend();
        let answer = Desk::log_in_on(disk, user, "wrong", terminal(&self.clock, self.seed)).map(drop);
        assert!(matches!(answer, Err(Failure::NotOpened(_))), "{answer:?}");
        self.settle();
        self.sure(Half::Never, |_| ());
    }

    /// Gives the lock back, and waits for whoever still works on the disk.
    pub fn leave(&mut self) {
        if let Some(desk) = self.desk.take() {
            desk.close().unwrap();
        }
        self.settle();
    }

    fn settle(&mut self) {
        if let Some((disk, waiter)) = self.lent.take() {
            drop(disk);
            // Comes back with an error when the last one has let go: that is what is waited for.
            let _ = waiter.recv();
        }
    }

    /// A line that must be accepted, in a frame of its own.
    pub fn must(&mut self, line: Value) -> Receipt {
        let mut receipts = self.all(vec![line]);
        receipts.pop().unwrap()
    }

    /// Lines that must be accepted, in one frame.
    pub fn all(&mut self, lines: Vec<Value>) -> Vec<Receipt> {
        self.desk();
        let lines: Vec<Value> = lines
            .into_iter()
            .map(|mut line| {
                line["request"] = json!(self.name("r"));
                line
            })
            .collect();
        self.begin(|owed| owed.asked = lines.clone());
        let answers = self.desk().execute_group(lines.iter().map(order).collect());
        let receipts: Vec<Receipt> = answers.into_iter().map(|answer| answer.unwrap()).collect();
        let mut given = Vec::new();
        for (line, receipt) in lines.iter().zip(&receipts) {
            if let (Some(user), Some(password)) = (line["user"].as_str(), &receipt.temporary_password) {
                given.push((user.to_owned(), password.clone()));
            }
        }
        for (user, password) in &given {
            self.meanwhile(|owed| {
                // Before a user is issued, nobody is promised to get in by that name.
                if let Some((_, passwords)) = owed.opens.iter_mut().find(|(kept, _)| kept == user) {
                    passwords.push(password.clone());
                }
            });
        }
        // A new key of the vault is two frames: between them it has two.
        let two = ["rekey_vault", "remove_user"].map(|name| lines.iter().any(|line| line["command"] == name));
        let half = if two.contains(&true) { Half::BetweenFrames } else { Half::Never };
        let answered: Vec<_> = lines
            .into_iter()
            .zip(&receipts)
            .map(|(line, receipt)| (line, receipt.seq, receipt.id.map(|id| id.to_string())))
            .collect();
        self.sure(half, |owed| {
            owed.receipts.extend(answered);
            for (user, password) in given {
                let old = owed.opens.iter().find(|(kept, _)| *kept == user).map(|(_, old)| old.clone());
                owed.shut.extend(old.into_iter().flatten().map(|old| (user.clone(), old)));
                set(&mut owed.opens, &user, vec![password]);
            }
        });
        receipts
    }

    /// Anything else that is one frame, or none, or several.
    pub fn does<A>(
        &mut self,
        half: Half,
        it: impl FnOnce(&mut Desk) -> Result<A, Failure>,
    ) -> Result<A, Failure> {
        self.desk();
        self.begin(|_| ());
        let answer = it(self.desk());
        self.sure(half, |_| ());
        answer
    }

    /// Keeps a draft, or throws it away.
    pub fn draft(&mut self, form: &str, text: Option<String>) {
        self.desk();
        let now =
            self.owed.drafts.iter().find(|(kept, _)| kept == form).map_or(vec![None], |(_, t)| t.clone());
        let either = now.into_iter().chain([text.clone()]).collect();
        self.begin(|owed| set(&mut owed.drafts, form, either));
        match &text {
            Some(text) => self.desk().keep_draft(form, &draft_fields(text)).unwrap(),
            None => self.desk().drop_draft(form).unwrap(),
        }
        self.sure(Half::Never, |owed| set(&mut owed.drafts, form, vec![text]));
    }

    /// Opens the vault with the recovery sheet, and gives the administrator a new password.
    pub fn use_sheet(&mut self, new: &str) {
        self.leave();
        let old = self.password();
        self.begin(|owed| set(&mut owed.opens, ADMIN, vec![old.clone(), new.to_owned()]));
        let (disk, sheet) = (self.lend(), self.owed.sheets[0].clone());
        let terminal = terminal(&self.clock, self.seed);
        self.desk = Some(Desk::use_sheet_on(disk, &sheet, ADMIN, new, terminal).unwrap().0);
        self.sure(Half::BetweenFrames, |owed| {
            set(&mut owed.opens, ADMIN, vec![new.to_owned()]);
            owed.shut.push((ADMIN.to_owned(), old));
        });
    }

    /// Another sheet in the place of the one in force.
    pub fn replace_sheet(&mut self) {
        let sheet = self.desk().new_sheet().unwrap();
        let new = sheet.groups().join(" ");
        self.begin(|owed| owed.sheets.push(new.clone()));
        self.desk().replace_sheet(&sheet).unwrap();
        self.sure(Half::BetweenFrames, |owed| owed.sheets = vec![new]);
    }

    /// Sets the administrator's own password.
    pub fn set_password(&mut self, new: &str) {
        self.desk();
        let old = self.password();
        self.begin(|owed| set(&mut owed.opens, ADMIN, vec![old.clone(), new.to_owned()]));
        self.desk().set_password(&old, new).unwrap();
        self.sure(Half::BetweenFrames, |owed| {
            set(&mut owed.opens, ADMIN, vec![new.to_owned()]);
            owed.shut.push((ADMIN.to_owned(), old));
        });
    }
}

/// Puts a value under a name, in the place of the one there.
pub fn set<V>(list: &mut Vec<(String, V)>, name: &str, value: V) {
    match list.iter_mut().find(|(kept, _)| kept == name) {
        Some((_, kept)) => *kept = value,
        None => list.push((name.to_owned(), value)),
    }
}
