//! How a command becomes durable: prepared, decided, signed, journalled, answered.

use super::attachments::{Contents, brings_contents, name_alone, take_in};
use super::clock::SiteClock;
use super::door::{Desk, Instruction, Receipt};
use super::failure::{broken, commit_failure, failure_of, refused_of, store_failure, written};
use super::keep::not_in_a_run;
use super::keyring::{self, Changes, NewKeys, Resealed, Slots};
use super::{Failure, FieldProblem, NotOpened, Seat, password, profiles, salts, seat};
use crate::domain::{Actor, ClockRule, Code, Command, Context, Moments, ReportClockJump, Stamp, WaysIn};
use crate::fault::fault;
use crate::log::digest;
use crate::profile::Versions;
use crate::store::{Journal, JournalFailure, Signer};
use crate::vault::{AppendError, Vault, VaultIdentity};
use chrono::{SubsecRound, TimeDelta};

/// The vault's journal as the store wants it.
pub(super) struct InTheVault<'v>(pub(super) &'v Vault);

impl Journal for InTheVault<'_> {
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalFailure> {
        self.0.append(frame).map_err(|error| match error {
            AppendError::NotWritten(why) => JournalFailure::NotWritten(why.fault()),
            AppendError::Unknown(why) => JournalFailure::Unknown(why.fault()),
            // Refused because of an earlier failure: this frame is certainly not there.
            AppendError::Poisoned => JournalFailure::NotWritten(error.fault()),
        })
    }
}

/// What a command is judged by: who acts, when, for which moment, and the profile that was in force at that moment.
pub(super) fn judged_by<'d>(
    actor: &'d Actor,
    versions: &'d Versions,
    now: Stamp,
    at: Option<Stamp>,
) -> Context<'d> {
    Context::new(actor, now, at, versions.on(at.unwrap_or(now).date_naive()))
}

/// A command on its way: with the keys that its acceptance makes.
struct Prepared {
    order: Instruction,
    keys: Option<NewKeys>,
    temporary: Option<String>,
    contents: Option<Contents>,
}

/// Answers in order, and the refusal that ended it: its place, and what was asked.
type Answers = (Vec<Result<Receipt, Failure>>, Option<(usize, Instruction)>);

/// An ID that can name neither a user nor a file.
pub(super) fn user_id_invalid(field: &str) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        name: "user_id_invalid".to_owned(),
        ja: "IDは半角の英小文字・数字・「_」「-」で32文字以内にしてください。".to_owned(),
        en: "An ID is up to 32 of a-z, 0-9, _ and -.".to_owned(),
    }
}

/// The moment that shows a jump of the clock: one from which it ran back further, or ahead further, than is borne.
pub(super) fn jump(
    before: Option<Stamp>,
    latest: Option<Stamp>,
    now: Stamp,
    rule: &ClockRule,
) -> Option<Stamp> {
    // Told to the second, as the log keeps it and `check` asks it again.
    let back = |latest: &Stamp| (*latest - now.trunc_subsecs(0)).num_seconds() > i64::from(rule.back_s);
    let ahead = |before: &Stamp| now - *before > TimeDelta::days(i64::from(rule.ahead_days));
    latest.filter(back).or(before.filter(ahead))
}

impl Desk {
    /// Executes a command: by the time it returns, it is on the disk, or refused, or neither.
    ///
    /// # Errors
    /// The refusal, or what the device did.
    pub fn execute(&mut self, order: Instruction) -> Result<Receipt, Failure> {
        let mut answers = self.execute_group(vec![order]);
        answers.pop().unwrap_or_else(|| Err(NotOpened::Other(fault!("desk_no_answer")).into()))
    }

    /// Executes several commands, answered together after one fsync. Each sees what those before it did. When the
    /// device fails, all of them have its answer.
    pub fn execute_group(&mut self, orders: Vec<Instruction>) -> Vec<Result<Receipt, Failure>> {
        let count = orders.len();
        let orders: Vec<Instruction> = orders.into_iter().map(|order| self.in_zone(order)).collect();
        if self.seat.provisional {
            return vec![Err(password_first(&self.seat)); count];
        }
        let alone = |order: &Instruction| order.command.rule().alone || brings_contents(&order.command);
        if orders.iter().any(alone) {
            return orders.into_iter().map(|order| self.execute_alone(order)).collect();
        }
        match self.execute_prepared(orders) {
            Ok(answers) => answers,
            Err(failure) => vec![Err(failure); count],
        }
    }

    /// Executes all of several commands, or none: the first refusal ends it, and one entry records that.
    ///
    /// # Errors
    /// The place of the command that was refused, from 0, and why.
    pub fn execute_all_or_nothing(
        &mut self,
        orders: Vec<Instruction>,
    ) -> Result<Vec<Receipt>, (usize, Failure)> {
        if self.seat.provisional {
            return Err((0, password_first(&self.seat)));
        }
        let alone = |order: &Instruction| order.command.rule().alone || brings_contents(&order.command);
        if let Some(at) = orders.iter().position(alone) {
            return Err((at, not_in_a_run()));
        }
        let mut prepared = Vec::new();
        for (at, order) in orders.into_iter().enumerate() {
            let order = self.in_zone(order);
            prepared.push(self.prepare(order).map_err(|failure| (at, failure))?);
        }
        let given = prepared.iter().map(|ready| &ready.order);
        self.note_clock_before(given).map_err(|failure| (0, failure))?;
        let (receipts, refused) = self.write(prepared, true).map_err(|failure| (0, failure))?;
        match refused {
            None => Ok(receipts.into_iter().filter_map(Result::ok).collect()),
            Some((at, order)) => {
                // Alone, after the group was thrown away: the refusal becomes the one entry of this run. Should
                // the command be accepted when it stands alone, it is not written either.
                let failure = self.record_refusal_of(order).map_err(|failure| (at, failure))?;
                Err((at, failure))
            }
        }
    }

    fn execute_alone(&mut self, order: Instruction) -> Result<Receipt, Failure> {
        if order.command.rule().alone {
            return self.keep(order);
        }
        let unanswered = || Err(NotOpened::Other(fault!("desk_no_answer")).into());
        self.execute_prepared(vec![order])?.pop().unwrap_or_else(unanswered)
    }

    fn execute_prepared(
        &mut self,
        orders: Vec<Instruction>,
    ) -> Result<Vec<Result<Receipt, Failure>>, Failure> {
        self.note_clock_before(orders.iter())?;
        let mut answers: Vec<Option<Failure>> = Vec::new();
        let mut prepared = Vec::new();
        for order in orders {
            match self.prepare(order) {
                Ok(ready) => {
                    prepared.push(ready);
                    answers.push(None);
                }
                Err(failure) => answers.push(Some(failure)),
            }
        }
        let (written, _) = self.write(prepared, false)?;
        let mut written = written.into_iter();
        let lost = || NotOpened::Other(fault!("desk_no_answer"));
        Ok(answers
            .into_iter()
            .map(|early| match early {
                Some(failure) => Err(failure),
                None => written.next().unwrap_or_else(|| Err(lost().into())),
            })
            .collect())
    }

    /// What a command needs before the books are touched: key files take as long as a password guess.
    fn prepare(&mut self, mut order: Instruction) -> Result<Prepared, Failure> {
        self.prove_for(order.command.rule().waits)?;
        let mut keys = None;
        let mut temporary = None;
        let mut contents = None;
        let work = self.terminal.work();
        match &mut order.command {
            Command::IssueUser(crate::domain::IssueUser { user, key, way_in, .. })
            | Command::CarryOverUser(crate::domain::CarryOverUser { user, key, way_in, .. })
            | Command::ResetPassword(crate::domain::ResetPassword { user, key, way_in, .. })
            | Command::ReopenUser(crate::domain::ReopenUser { user, key, way_in, .. }) => {
                if crate::vault::valid_user_id(user) {
                    let password = password::temporary(&*self.terminal.entropy).map_err(super::no_entropy)?;
                    let made = keyring::new_keys(user, &password, work)?;
                    *key = seat::key_hex(&seat::signing_key(&made.identity));
                    *way_in = self.edition()?.names_ways_in().then(|| made.way_in.clone());
                    keys = Some(made);
                    temporary = Some(password);
                } else {
                    return Err(Failure::Malformed(vec![user_id_invalid("user")]));
                }
            }
            Command::AdoptProfile(adopted) => {
                let given = profiles::taken_in(&adopted.profile)?;
                adopted.profile = profiles::accepted(&given, self.edition()?)?.text;
            }
            Command::ProposeProfile(proposal) => {
                let given = profiles::taken_in(&proposal.profile)?;
                proposal.profile = profiles::accepted(&given, self.edition()?)?.text;
                proposal.digest = digest(&proposal.profile);
            }
            Command::AgreeProfile(agree) => agree.digest = self.proposed_digest(agree.version)?,
            Command::Attach(attach) => {
                // Asked for again, its first receipt is the answer, whether the file is still there or not.
                if !self.was_answered(order.request.as_deref())? {
                    contents = Some(take_in(attach, &*self.terminal.entropy)?);
                }
                name_alone(attach);
            }
            _ => {}
        }
        Ok(Prepared { order, keys, temporary, contents })
    }

    fn was_answered(&self, request: Option<&str>) -> Result<bool, Failure> {
        let Some(request) = request else { return Ok(false) };
        let seq = self.reading()?.request(request).map_err(|error| self.store_failure(error))?;
        Ok(seq.is_some())
    }

    /// Whether a command would be accepted now, as a new one. Nothing is written.
    pub(super) fn would_be_new(&mut self, order: &Instruction) -> Result<bool, Failure> {
        let signer = Signer::new(&self.seat.signing);
        let now = self.terminal.clock.now();
        let context = judged_by(&self.seat.actor, &self.versions, now, order.at);
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        let request = order.request.as_deref();
        let made = writing
            .execute(&context, &order.command, request, &signer, salts(&*self.terminal.entropy)?)
            .map_err(|error| store_failure(error, Some(&self.vault)))?;
        Ok(made.is_ok() && !writing.is_empty())
    }

    /// Decides and writes one command that needs no keys.
    pub(super) fn write_alone(&mut self, order: Instruction) -> Result<Receipt, Failure> {
        let order = self.in_zone(order);
        let (mut answers, _) =
            self.write(vec![Prepared { order, keys: None, temporary: None, contents: None }], false)?;
        answers.pop().unwrap_or_else(|| Err(NotOpened::Other(fault!("desk_no_answer")).into()))
    }

    /// Records a jump of the clock before anything is judged by it.
    pub(super) fn note_clock(&mut self) -> Result<(), Failure> {
        let end = self.store.head();
        self.note_clock_since(end.time, end.latest)
    }

    /// The same before what somebody gives: that they have put the clock right themselves is no jump, where the rules
    /// take it. Asked as it will be decided: a refusal would stand behind a clock of which nothing was said.
    fn note_clock_before<'o>(
        &mut self,
        mut orders: impl Iterator<Item = &'o Instruction>,
    ) -> Result<(), Failure> {
        let by_hand = match (orders.next(), orders.next()) {
            (Some(order), None) if matches!(order.command, Command::SetClock(_)) => {
                self.would_be_new(order)?
            }
            _ => false,
        };
        let end = self.store.head();
        self.note_jump(end.time, end.latest, by_hand)
    }

    /// As [`Desk::note_clock`], seen from an earlier end than the log's: the time of its last entry, and the latest since
    /// one about the clock, so that small steps back do not add up.
    pub(super) fn note_clock_since(
        &mut self,
        before: Option<Stamp>,
        latest: Option<Stamp>,
    ) -> Result<(), Failure> {
        self.note_jump(before, latest, false)
    }

    fn note_jump(
        &mut self,
        before: Option<Stamp>,
        latest: Option<Stamp>,
        by_hand: bool,
    ) -> Result<(), Failure> {
        let (now, rule) = (self.terminal.clock.now(), &self.profile.clock);
        // Before each command: the site's row is read only where there is something to bear.
        if jump(before, latest, now, rule).is_none() {
            return Ok(());
        }
        let back_s = self.site_row()?.borne_back_s(rule, now, by_hand);
        let jumped = jump(before, latest, now, &ClockRule { back_s, ..rule.clone() });
        let Some(before) = jumped else { return Ok(()) };
        self.write_own(vec![Command::from(ReportClockJump { before: Some(before) })], &Slots::new())
    }

    /// Writes the desk's own commands, with slots that change with them.
    pub(super) fn write_own(&mut self, commands: Vec<Command>, slots: &Slots) -> Result<(), Failure> {
        let changes = slots.iter().map(|(name, bytes)| (name.clone(), Some(bytes.clone()))).collect();
        self.write_signed(commands, &changes, None)
    }

    pub(super) fn write_signed(
        &mut self,
        commands: Vec<Command>,
        changes: &Changes,
        new: Option<&ed25519_dalek::SigningKey>,
    ) -> Result<(), Failure> {
        // By the version of this moment, which may have come into force since the last command.
        let context = judged_by(&self.seat.actor, &self.versions, self.terminal.clock.now(), None);
        let signer = match new {
            Some(new) => Signer::enrolling(&self.seat.signing, new),
            None => Signer::new(&self.seat.signing),
        };
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        for mut command in commands {
            command.to_zone(*context.now.offset());
            writing
                .execute(&context, &command, None, &signer, salts(&*self.terminal.entropy)?)
                .map_err(|error| store_failure(error, Some(&self.vault)))?
                .map_err(|no| refused_of(&command, no, None))?;
        }
        for (name, bytes) in changes {
            writing
                .put_slot(name, bytes.as_deref())
                .map_err(|error| store_failure(error, Some(&self.vault)))?;
        }
        let committed = writing.commit(&mut InTheVault(&self.vault));
        committed.map_err(|error| commit_failure(error, &self.vault))?;
        self.slots = keyring::changed(&self.slots, changes);
        self.housekeeping();
        Ok(())
    }

    /// Decides and writes commands as one group. With `or_nothing` the first refusal throws the group away and is
    /// returned with its place.
    fn write(&mut self, prepared: Vec<Prepared>, or_nothing: bool) -> Result<Answers, Failure> {
        let brings = prepared.iter().any(|ready| ready.contents.is_some());
        let erases = prepared.iter().any(|ready| matches!(ready.order.command, Command::Erase(_)));
        let answers = self.write_group(prepared, or_nothing);
        match &answers {
            // What is attached to something erased goes with it. Power failing here: with the next login.
            Ok(_) if erases => self.sweep_attachments().map_err(written)?,
            // Best effort: what no entry names goes with the next login at the latest.
            Err(_) if brings && self.prove().is_ok() => drop(self.sweep_attachments()),
            _ => {}
        }
        answers
    }

    fn write_group(&mut self, prepared: Vec<Prepared>, or_nothing: bool) -> Result<Answers, Failure> {
        let signer = Signer::new(&self.seat.signing);
        // Slots that change: those of keys, and the counts of failed logins.
        let (mut changes, mut counted) = (Changes::new(), Slots::new());
        let mut adopted: Option<Versions> = None;
        let mut reported = false;
        let mut answers = Vec::new();
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        for (at, ready) in prepared.into_iter().enumerate() {
            let Prepared { mut order, keys, temporary, contents } = ready;
            let mut resealed = None;
            if let Some(keys) = &keys {
                // With the keys that this group made before it: each entry names the file that would stand then.
                let mut all = changes.clone();
                all.extend(keys.changes.clone());
                let view = writing.view().map_err(|error| store_failure(error, Some(&self.vault)))?;
                let ways = WaysIn::of(&view).map_err(broken)?;
                let made = keyring::reseal(&self.slots, &ways, &all, &self.vault_identity)?;
                order.command = order.command.sealed_by(made.sealing);
                resealed = Some(made.changes);
            }
            let now = self.terminal.clock.entered();
            let versions = adopted.as_ref().unwrap_or(&self.versions);
            let context = judged_by(&self.seat.actor, versions, now, order.at);
            let before = writing.len();
            let made = writing
                .execute(
                    &context,
                    &order.command,
                    order.request.as_deref(),
                    &signer,
                    salts(&*self.terminal.entropy)?,
                )
                .map_err(|error| store_failure(error, Some(&self.vault)))?;
            match made {
                Ok(receipt) => {
                    let is_new = writing.len() > before;
                    if let (Command::Attach(attach), Some(contents)) = (&order.command, contents)
                        && is_new
                    {
                        // Durable before the frame that names it. Without that frame, the next sweep removes it.
                        self.vault.put_blob(&attach.blob, &contents).map_err(failure_of)?;
                    }
                    if is_new {
                        changes.extend(resealed.into_iter().flatten());
                        match &order.command {
                            command if command.changes_versions() => {
                                let view = writing.view().map_err(|e| store_failure(e, Some(&self.vault)))?;
                                adopted = Some(profiles::versions(&view)?);
                            }
                            Command::ReportCompromise(_) => reported = true,
                            // Who sets a password anew or lets somebody in again says that it was them who failed.
                            Command::ResetPassword(crate::domain::ResetPassword { user, .. })
                            | Command::ReopenUser(crate::domain::ReopenUser { user, .. })
                            | Command::ResumeUser(crate::domain::ResumeUser { user, .. }) => {
                                counted.extend([super::login::no_failures(user)]);
                            }
                            _ => {}
                        }
                    }
                    let temporary_password = temporary.filter(|_| is_new);
                    let cautions = super::declare::cautions(&order.command);
                    answers.push(Ok(Receipt { temporary_password, cautions, ..receipt.into() }));
                }
                Err(_) if or_nothing => return Ok((Vec::new(), Some((at, order)))),
                Err(no) => {
                    let seq = (writing.len() > before).then(|| writing.last_seq()).flatten();
                    answers.push(Err(refused_of(&order.command, no, seq)));
                }
            }
        }
        let put = changes.iter().map(|(name, bytes)| (name, bytes.as_deref()));
        for (name, bytes) in put.chain(counted.iter().map(|(name, bytes)| (name, Some(bytes.as_slice())))) {
            writing.put_slot(name, bytes).map_err(|error| store_failure(error, Some(&self.vault)))?;
        }
        let committed = writing.commit(&mut InTheVault(&self.vault));
        committed.map_err(|error| commit_failure(error, &self.vault))?;
        self.slots.extend(counted);
        if !changes.is_empty() {
            self.slots = keyring::changed(&self.slots, &changes);
            self.project_keys()?;
        }
        if reported {
            self.seat.began = true;
            self.seat.must_change(Code::PasswordReported.with("user", &self.seat.user));
        }
        if let Some(adopted) = adopted {
            self.terminal.clock = SiteClock::of(&self.own_clock, &adopted);
            self.versions = adopted;
        }
        self.refresh_profile();
        self.housekeeping();
        Ok((answers, None))
    }

    /// Records the refusal of a command that ended a run of all or nothing.
    fn record_refusal_of(&mut self, order: Instruction) -> Result<Failure, Failure> {
        let Prepared { mut order, keys, .. } = self.prepare(order)?;
        if let Some(keys) = keys {
            let Resealed { sealing, .. } = self.reseal(&keys.changes, &self.vault_identity)?;
            order.command = order.command.sealed_by(sealing);
        }
        let now = self.terminal.clock.now();
        let context = judged_by(&self.seat.actor, &self.versions, now, order.at);
        let signer = Signer::new(&self.seat.signing);
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        let made = writing
            .execute(&context, &order.command, None, &signer, salts(&*self.terminal.entropy)?)
            .map_err(|error| store_failure(error, Some(&self.vault)))?;
        match made {
            // It was refused only because of what stood before it in the file: nothing is written of it.
            Ok(_) => Ok(Failure::Malformed(vec![FieldProblem {
                field: String::new(),
                name: "refused_in_the_group".to_owned(),
                ja: "ファイル内の前の行との関係で受け付けられません。1行も登録していません。".to_owned(),
                en: "Refused because of lines before it in the file. No line was recorded.".to_owned(),
            }])),
            Err(no) => {
                let committed = writing.commit(&mut InTheVault(&self.vault));
                let seq = committed
                    .map_err(|error| commit_failure(error, &self.vault))?
                    .last()
                    .map(|receipt| receipt.seq);
                Ok(refused_of(&order.command, no, seq))
            }
        }
    }

    /// Makes the key files follow the slots. The commit stands already: files that could not be written are
    /// projected again at the next opening.
    pub(super) fn project_keys(&self) -> Result<(), Failure> {
        self.project_as(&self.vault_identity).map_err(written)
    }

    /// Makes the key files follow what the log says of the slots, under an identity of the vault.
    pub(super) fn project_as(&self, identity: &VaultIdentity) -> Result<(), Failure> {
        keyring::project(&*self.disk, &self.slots, &self.ways_in()?, identity).map(drop)
    }

    pub(super) fn refresh_profile(&mut self) {
        let today = self.versions.on(self.terminal.clock.now().date_naive());
        if *today != self.profile {
            self.profile = today.clone();
            self.store.tell_in(self.profile.offset());
        }
    }

    /// An order with its moments in the site's zone: whoever gives one may write another offset.
    fn in_zone(&self, mut order: Instruction) -> Instruction {
        let zone = *self.terminal.clock.now().offset();
        order.at.to_zone(zone);
        order.command.to_zone(zone);
        order
    }
}

/// The answer to whoever must set a new password before anything else.
pub(super) fn password_first(seat: &Seat) -> Failure {
    if let Some(due) = &seat.due {
        return Failure::Rejected(due.clone(), None);
    }
    Failure::Malformed(vec![FieldProblem {
        field: String::new(),
        name: "password_provisional".to_owned(),
        ja: "仮パスワードのままでは操作できません。先に自分のパスワードを設定してください。".to_owned(),
        en: "With a temporary password nothing can be done but setting your own.".to_owned(),
    }])
}
