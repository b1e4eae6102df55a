//! The door itself: who stands at it, and how a command becomes durable.

use super::failure::{commit_failure, failure_of, store_failure};
use super::keyring::{self, NewKeys, Slots};
use super::login::OpenBooks;
use super::{
    Clock, Entropy, Failure, FieldProblem, Last, Lookup, NotOpened, Seat, password, profiles, salts, seat,
};
use crate::domain::{
    Actor, Command, Context, EnrolKey, Id, No, Noun, Profile, RecordReading, ReportClockJump, Row, Stamp,
    View, key,
};
use crate::profile::Versions;
use crate::store::{Journal, JournalFailure, Reading, Signer, Store};
use crate::vault::{
    AppendError, CheckpointDone, CheckpointError, Disk, SlotError, Vault, VaultIdentity, WorkFactor,
    read_attempts,
};
use chrono::TimeDelta;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Frames after which a checkpoint begins: what an opening may have to replay.
const FRAMES_BEFORE_CHECKPOINT: u64 = 1000;
/// Bytes of overlay after which one begins: what a terminal may have to keep in memory.
const OVERLAY_BEFORE_CHECKPOINT: u64 = 32 << 20;
/// How long a checkpoint in the background rests after each 64 KiB: it takes a quarter of one processor, and the
/// check-ins that go on meanwhile get the disk first. A base of 1.5 GB takes about 20 s longer for it.
const REST: Duration = Duration::from_micros(500);
/// Bytes of overlay from which on it does not rest: a bulk load must not fill the memory meanwhile.
const OVERLAY_WITHOUT_REST: u64 = 3 * OVERLAY_BEFORE_CHECKPOINT;
/// Bytes of free disk below which every login and Today warn (J-1-1-3-a).
const LOW_DISK: u64 = 256 << 20;

/// The seams and settings of a terminal.
#[derive(Clone)]
pub struct Terminal {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where our randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The terminal's name, for the entry of a login.
    pub name: String,
    /// scrypt log N for slots made here: 18, 17 for small terminals, 12 in demo and tests.
    pub work_factor: u8,
    /// The protection that the process reached, for the entry of a login.
    pub hardening: String,
}

/// What founds a site.
#[derive(Clone, Debug, Default)]
pub struct Founding {
    /// The site's id, `[a-z0-9-]{1,32}`.
    pub site: String,
    /// The site's name.
    pub site_name: String,
    /// The profile, TOML.
    pub profile: String,
    /// The first administrator's login ID.
    pub admin: String,
    /// Their name.
    pub name: String,
    /// Its reading.
    pub kana: String,
    /// Their password.
    pub password: String,
}

/// A command with what its envelope says.
#[derive(Clone, Debug, PartialEq)]
pub struct Order {
    /// What is asked.
    pub command: Command,
    /// For safe retries: the same id gets the first receipt.
    pub request: Option<String>,
    /// When it happened, for late entry from paper.
    pub at: Option<Stamp>,
}

impl From<Command> for Order {
    fn from(command: Command) -> Order {
        Order { command, request: None, at: None }
    }
}

/// Proof of a committed command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's sequence number.
    pub seq: u64,
    /// The record it made or changed.
    pub id: Option<Id>,
    /// A temporary password, shown once and never stored in clear.
    pub temporary_password: Option<String>,
}

/// What a person is told when they have logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The last entry before this login: number, time, short root. A rollback shows here.
    pub last_entry: (u64, Stamp, String),
    /// The password is provisional: a new one must be set before anything else.
    pub provisional: bool,
    /// Failed logins since the last good one.
    pub failed_before: u32,
    /// The clock jumped and waits for confirmation.
    pub clock_unconfirmed: bool,
    /// A torn frame was found at the end of the journal and left in place.
    pub torn_tail: Option<String>,
    /// Swap is on, free disk is low: stable names.
    pub warnings: Vec<String>,
}

/// A checkpoint on its thread.
pub(super) type Running = JoinHandle<Result<CheckpointDone, CheckpointError>>;

/// An opened vault, and who stands at it.
pub struct Desk {
    disk: Arc<dyn Disk>,
    vault: Vault,
    vault_identity: VaultIdentity,
    store: Store,
    seat: Seat,
    terminal: Terminal,
    versions: Versions,
    /// The profile of `profile_day`: asked for with every cell that is drawn.
    profile: Profile,
    slots: Slots,
    checkpoint: Option<Running>,
    /// Tells it not to rest.
    hurry: Arc<AtomicBool>,
}

/// The vault's journal as the store wants it.
struct InTheVault<'v>(&'v Vault);

impl Journal for InTheVault<'_> {
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalFailure> {
        self.0.append(frame).map_err(|error| match error {
            AppendError::NotWritten(why) => JournalFailure::NotWritten(why.to_string()),
            AppendError::Unknown(why) => JournalFailure::Unknown(why.to_string()),
            // Refused because of an earlier failure: this frame is certainly not there.
            AppendError::Poisoned => JournalFailure::NotWritten(error.to_string()),
        })
    }
}

/// A command on its way: with the keys that its acceptance makes.
struct Prepared {
    order: Order,
    keys: Option<NewKeys>,
    temporary: Option<String>,
}

/// What is wanted of the disk before it fails: stable names.
pub(super) fn warnings(disk: &dyn Disk) -> Vec<String> {
    let low = disk.free_space().is_ok_and(|free| free < LOW_DISK);
    low.then(|| "disk_low".to_owned()).into_iter().collect()
}

/// An ID that can name neither a user nor a file.
pub(super) fn user_id_invalid(field: &str) -> FieldProblem {
    FieldProblem {
        field: field.to_owned(),
        name: "user_id_invalid".to_owned(),
        ja: "IDは半角の英小文字・数字・「_」「-」で32文字以内にしてください。".to_owned(),
        en: "An ID is up to 32 of a-z, 0-9, _ and -.".to_owned(),
    }
}

/// A refusal before there is a log to record it in.
pub(super) fn refused_unrecorded(no: No) -> Failure {
    match no {
        No::Rejected(rejection) => Failure::Rejected(rejection, None),
        No::Denied(denied) => Failure::Denied(denied, None),
        No::Broken(broken) => Failure::Damaged(broken.0),
    }
}

impl Desk {
    pub(super) fn sitting(
        books: OpenBooks,
        seat: Seat,
        terminal: Terminal,
        versions: Versions,
        slots: Slots,
    ) -> Desk {
        let profile = versions.on(terminal.clock.now().date_naive()).clone();
        let OpenBooks { disk, vault, vault_identity, store, torn: _ } = books;
        Desk {
            disk,
            vault,
            vault_identity,
            store,
            seat,
            terminal,
            versions,
            profile,
            slots,
            checkpoint: None,
            hurry: Arc::default(),
        }
    }

    pub(super) fn seat(&self) -> &Seat {
        &self.seat
    }

    pub(super) fn terminal(&self) -> &Terminal {
        &self.terminal
    }

    pub(super) fn slots(&self) -> &Slots {
        &self.slots
    }

    pub(super) fn disk(&self) -> &Arc<dyn Disk> {
        &self.disk
    }

    pub(super) fn versions(&self) -> &Versions {
        &self.versions
    }

    /// A short look at the books.
    pub(super) fn reading(&self) -> Result<Reading, Failure> {
        self.store.read().map_err(|error| self.store_failure(error))
    }

    pub(super) fn store_failure(&self, error: crate::store::StoreError) -> Failure {
        store_failure(error, Some(&self.vault))
    }

    /// Who stands here.
    pub fn actor(&self) -> &Actor {
        &self.seat.actor
    }

    /// The login ID of who stands here.
    pub fn user(&self) -> &str {
        &self.seat.user
    }

    /// The site's id.
    pub fn site(&self) -> &str {
        self.store.site()
    }

    /// The last entry: number, time, short root. For the foot of Today.
    pub fn last_entry(&self) -> (u64, Stamp, String) {
        let end = self.store.head();
        (end.seq, end.time.unwrap_or_else(|| self.terminal.clock.now()), end.root_short)
    }

    /// Whether the clock jumped and nobody has confirmed the time since.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when the books cannot be read.
    pub fn clock_is_unconfirmed(&self) -> Result<bool, Failure> {
        let site = self.reading()?.get(Id::SITE).map_err(|error| self.store_failure(error))?;
        Ok(matches!(site, Some(Row::Site(site)) if site.clock_jump.is_some()))
    }

    pub(super) fn recovery_key(&self) -> Result<String, Failure> {
        let site = self.reading()?.get(Id::SITE).map_err(|error| self.store_failure(error))?;
        match site {
            Some(Row::Site(site)) => Ok(site.recovery_key),
            _ => Err(Failure::Damaged("the books hold no site".to_owned())),
        }
    }

    /// Executes a command: by the time it returns, it is on the disk, or refused, or neither.
    ///
    /// # Errors
    /// The refusal, or what the device did.
    pub fn execute(&mut self, order: Order) -> Result<Receipt, Failure> {
        let mut answers = self.execute_group(vec![order]);
        answers.pop().unwrap_or_else(|| Err(NotOpened::Other("the desk gave no answer".to_owned()).into()))
    }

    /// Executes several commands, answered together after one fsync. Each sees what those before it did. When the
    /// device fails, all of them have its answer.
    pub fn execute_group(&mut self, orders: Vec<Order>) -> Vec<Result<Receipt, Failure>> {
        let count = orders.len();
        if self.seat.provisional {
            return vec![Err(password_first()); count];
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
    pub fn execute_all_or_nothing(&mut self, orders: Vec<Order>) -> Result<Vec<Receipt>, (usize, Failure)> {
        if self.seat.provisional {
            return Err((0, password_first()));
        }
        let mut prepared = Vec::new();
        for (at, order) in orders.into_iter().enumerate() {
            prepared.push(self.prepare(order).map_err(|failure| (at, failure))?);
        }
        self.note_clock().map_err(|failure| (0, failure))?;
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

    fn execute_prepared(&mut self, orders: Vec<Order>) -> Result<Vec<Result<Receipt, Failure>>, Failure> {
        self.note_clock()?;
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
        let lost = || NotOpened::Other("the desk gave no answer".to_owned());
        Ok(answers
            .into_iter()
            .map(|early| match early {
                Some(failure) => Err(failure),
                None => written.next().unwrap_or_else(|| Err(lost().into())),
            })
            .collect())
    }

    /// What a command needs before the books are touched: key files take as long as a password guess.
    fn prepare(&self, mut order: Order) -> Result<Prepared, Failure> {
        let mut keys = None;
        let mut temporary = None;
        let work = WorkFactor::new(self.terminal.work_factor).unwrap_or(WorkFactor::DEFAULT);
        match &mut order.command {
            Command::IssueUser(crate::domain::IssueUser { user, key, .. })
            | Command::ResetPassword(crate::domain::ResetPassword { user, key }) => {
                if crate::vault::valid_user_id(user) {
                    let password = password::temporary(&*self.terminal.entropy).map_err(NotOpened::Other)?;
                    let made = keyring::new_keys(&self.slots, &self.vault_identity, user, &password, work)?;
                    *key = seat::key_hex(&seat::signing_key(&made.identity));
                    keys = Some(made);
                    temporary = Some(password);
                } else {
                    return Err(Failure::Malformed(vec![user_id_invalid("user")]));
                }
            }
            Command::AdoptProfile(adopted) => {
                adopted.profile = profiles::text_of(&adopted.profile);
                profiles::read(&adopted.profile)?;
            }
            _ => {}
        }
        Ok(Prepared { order, keys, temporary })
    }

    /// Records a jump of the clock before anything is judged by it.
    pub(super) fn note_clock(&mut self) -> Result<(), Failure> {
        self.note_clock_since(self.store.head().time)
    }

    /// As [`Desk::note_clock`], seen from an earlier moment than the last entry's.
    fn note_clock_since(&mut self, before: Option<Stamp>) -> Result<(), Failure> {
        let Some(before) = before else { return Ok(()) };
        let now = self.terminal.clock.now();
        let rule = &self.profile.clock;
        let back = before - now > TimeDelta::seconds(i64::from(rule.back_s));
        let ahead = now - before > TimeDelta::days(i64::from(rule.ahead_days));
        if !back && !ahead {
            return Ok(());
        }
        self.write_own(vec![Command::from(ReportClockJump { before: Some(before) })], &Slots::new())
    }

    /// Writes the desk's own commands, with slots that change with them.
    pub(super) fn write_own(&mut self, commands: Vec<Command>, slots: &Slots) -> Result<(), Failure> {
        let identity = None;
        self.write_signed(commands, slots, identity)
    }

    fn write_signed(
        &mut self,
        commands: Vec<Command>,
        slots: &Slots,
        new: Option<&ed25519_dalek::SigningKey>,
    ) -> Result<(), Failure> {
        let clock_unconfirmed = self.clock_is_unconfirmed()?;
        let context = Context {
            actor: &self.seat.actor,
            now: self.terminal.clock.now(),
            at: None,
            clock_unconfirmed,
            profile: &self.profile,
        };
        let signer = match new {
            Some(new) => Signer::enrolling(&self.seat.signing, new),
            None => Signer::new(&self.seat.signing),
        };
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        for command in &commands {
            writing
                .execute(&context, command, None, &signer, salts(&*self.terminal.entropy)?)
                .map_err(|error| store_failure(error, Some(&self.vault)))?
                .map_err(refused_unrecorded)?;
        }
        for (name, bytes) in slots {
            writing.put_slot(name, Some(bytes)).map_err(|error| store_failure(error, Some(&self.vault)))?;
        }
        let committed = writing.commit(&mut InTheVault(&self.vault));
        committed.map_err(|error| commit_failure(error, &self.vault))?;
        self.slots.extend(slots.clone());
        self.housekeeping();
        Ok(())
    }

    /// Decides and writes commands as one group. With `or_nothing` the first refusal throws the group away and is
    /// returned with its place.
    #[expect(clippy::type_complexity, reason = "answers in order, and the refusal that ended it")]
    fn write(
        &mut self,
        prepared: Vec<Prepared>,
        or_nothing: bool,
    ) -> Result<(Vec<Result<Receipt, Failure>>, Option<(usize, Order)>), Failure> {
        let mut clock_unconfirmed = self.clock_is_unconfirmed()?;
        let signer = Signer::new(&self.seat.signing);
        let mut slots = Slots::new();
        let mut counted = Slots::new();
        let mut keys_made = 0;
        let mut adopted: Option<Versions> = None;
        let mut answers = Vec::new();
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        for (at, ready) in prepared.into_iter().enumerate() {
            let Prepared { order, keys, temporary } = ready;
            let now = self.terminal.clock.entered();
            let happened = order.at.unwrap_or(now).date_naive();
            let context = Context {
                actor: &self.seat.actor,
                now,
                at: order.at,
                clock_unconfirmed,
                profile: adopted.as_ref().unwrap_or(&self.versions).on(happened),
            };
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
                    keys_made += usize::from(is_new && keys.is_some());
                    for (name, bytes) in keys.into_iter().filter(|_| is_new).flat_map(|keys| keys.slots) {
                        writing
                            .put_slot(&name, Some(&bytes))
                            .map_err(|error| store_failure(error, Some(&self.vault)))?;
                        slots.insert(name, bytes);
                    }
                    if is_new {
                        match &order.command {
                            Command::AdoptProfile(command) => {
                                let profile = profiles::read(&command.profile)?;
                                let from = command.from.unwrap_or_else(|| now.date_naive());
                                adopted.get_or_insert_with(|| self.versions.clone()).adopt(from, profile);
                            }
                            Command::ConfirmClock(_) => clock_unconfirmed = false,
                            // Who sets a password anew or lets somebody in again says that it was them who failed.
                            Command::ResetPassword(crate::domain::ResetPassword { user, .. })
                            | Command::ResumeUser(crate::domain::ResumeUser { user, .. }) => {
                                let (name, bytes) = super::login::no_failures(user);
                                writing
                                    .put_slot(&name, Some(&bytes))
                                    .map_err(|error| store_failure(error, Some(&self.vault)))?;
                                counted.insert(name, bytes);
                            }
                            _ => {}
                        }
                    }
                    let temporary_password = temporary.filter(|_| is_new);
                    answers.push(Ok(Receipt { seq: receipt.seq, id: receipt.id, temporary_password }));
                }
                Err(_) if or_nothing => return Ok((Vec::new(), Some((at, order)))),
                Err(no) => {
                    let seq = (writing.len() > before).then(|| writing.last_seq()).flatten();
                    answers.push(Err(match no {
                        No::Rejected(rejection) => Failure::Rejected(rejection, seq),
                        No::Denied(denied) => Failure::Denied(denied, seq),
                        No::Broken(broken) => Failure::Damaged(broken.0),
                    }));
                }
            }
        }
        if keys_made > 1 {
            let (name, sealed) = keyring::vault_key(&self.slots, &slots, &self.vault_identity)?;
            writing
                .put_slot(&name, Some(&sealed))
                .map_err(|error| store_failure(error, Some(&self.vault)))?;
            slots.insert(name, sealed);
        }
        let committed = writing.commit(&mut InTheVault(&self.vault));
        committed.map_err(|error| commit_failure(error, &self.vault))?;
        self.slots.extend(counted);
        if !slots.is_empty() {
            self.slots.extend(slots);
            self.project_keys(None)?;
        }
        if let Some(adopted) = adopted {
            self.versions = adopted;
        }
        self.refresh_profile();
        self.housekeeping();
        Ok((answers, None))
    }

    /// Records the refusal of a command that ended a run of all or nothing.
    fn record_refusal_of(&mut self, order: Order) -> Result<Failure, Failure> {
        let ready = self.prepare(order)?;
        let order = ready.order.clone();
        let now = self.terminal.clock.now();
        let clock_unconfirmed = self.clock_is_unconfirmed()?;
        let context = Context {
            actor: &self.seat.actor,
            now,
            at: order.at,
            clock_unconfirmed,
            profile: self.versions.on(order.at.unwrap_or(now).date_naive()),
        };
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
                Ok(match no {
                    No::Rejected(rejection) => Failure::Rejected(rejection, seq),
                    No::Denied(denied) => Failure::Denied(denied, seq),
                    No::Broken(broken) => Failure::Damaged(broken.0),
                })
            }
        }
    }

    /// Makes the key files follow the slots. The commit stands already: files that could not be written are
    /// projected again at the next opening.
    fn project_keys(&self, replaced: Option<String>) -> Result<(), Failure> {
        keyring::project(&*self.disk, &self.slots, &self.vault_identity, replaced)
            .map_err(|error| Failure::Device { last: Last::Written, detail: error.to_string() })
    }

    fn refresh_profile(&mut self) {
        let today = self.versions.on(self.terminal.clock.now().date_naive());
        if *today != self.profile {
            self.profile = today.clone();
        }
    }

    /// Sets the person's own password, with a new identity and signature key of their own: whoever set the old
    /// one cannot sign as them. A provisional password must be replaced before any command.
    ///
    /// # Errors
    /// [`NotOpened::Credentials`] when `old` is not their password, [`Failure::Malformed`] when the profile's
    /// password rule forbids the new one, and the disk's.
    pub fn set_password(&mut self, old: &str, new: &str) -> Result<Receipt, Failure> {
        if !self.seat.is_password(old) {
            return Err(NotOpened::Credentials.into());
        }
        let broken = password::broken_rules(&self.profile.password, &self.seat.user, old, new);
        if !broken.is_empty() {
            return Err(Failure::Malformed(broken));
        }
        let work = WorkFactor::new(self.terminal.work_factor).unwrap_or(WorkFactor::DEFAULT);
        let keys = keyring::new_keys(&self.slots, &self.vault_identity, &self.seat.user, new, work)?;
        let signing = seat::signing_key(&keys.identity);
        let command = Command::from(EnrolKey { key: seat::key_hex(&signing) });
        let was_provisional = self.seat.provisional;
        let last_time = self.store.head().time;
        if !was_provisional {
            self.note_clock()?;
        }
        let replaced = keyring::recipient_of(&self.slots, &self.seat.user);
        self.write_signed(vec![command], &keys.slots, Some(&signing))?;
        let seq = self.store.head().seq;
        self.project_keys(replaced)?;
        let row = super::login::user_row(&self.reading()?, &self.seat.user)?;
        let salt = super::salt(&*self.terminal.entropy)?;
        self.seat = row
            .and_then(|row| Seat::of(&row, &keys.identity, new, salt))
            .ok_or_else(|| Failure::Damaged("the new key is not the one in force".to_owned()))?;
        if was_provisional {
            let attempts = read_attempts(&*self.disk).map_err(failure_of)?;
            let failures = super::login::failure_counts(&self.slots, &attempts);
            // A provisional key signs nothing but the enrolment: a jump before it is said right behind it.
            self.note_clock_since(last_time)?;
            self.begin_session(&attempts, &failures)?;
        }
        Ok(Receipt { seq, id: self.seat.user_id(), temporary_password: None })
    }

    /// The seat of another person at the same desk, by their password: for a change of shift without closing the
    /// vault. A failed try counts, waits and locks as at the login; a good one is no entry before [`Desk::sit`].
    ///
    /// # Errors
    /// As [`Desk::log_in`].
    pub fn seat_of(&self, user: &str, password: &str) -> Result<Seat, Failure> {
        let now = self.terminal.clock.now();
        let attempts = read_attempts(&*self.disk).map_err(failure_of)?;
        let wait = super::login::wait_s(&attempts, user, now);
        if wait > 0 {
            return Err(NotOpened::Wait(wait).into());
        }
        let usual = WorkFactor::new(self.terminal.work_factor).unwrap_or(WorkFactor::DEFAULT);
        let secret = age::secrecy::SecretString::from(password);
        let identity = match crate::vault::open_user(&*self.disk, user, &secret, WorkFactor::MAX, usual) {
            Ok(identity) => Some(identity),
            Err(SlotError::Vault(error)) => return Err(failure_of(error)),
            Err(SlotError::WrongPassword | SlotError::TooMuchWork { .. }) => None,
        };
        let reading = self.reading()?;
        let row = super::login::user_row(&reading, user)?;
        let locked =
            super::login::is_locked(&reading, &self.profile, &self.slots, &attempts, row.as_ref(), user)?;
        let salt = super::salt(&*self.terminal.entropy)?;
        let seat = row.zip(identity).and_then(|(row, identity)| Seat::of(&row, &identity, password, salt));
        match seat.filter(|_| !locked) {
            Some(seat) => Ok(seat),
            None => Err(super::login::refuse(&*self.disk, now, user)),
        }
    }

    /// Lets another person take the desk. Failed tries since the last login become entries of theirs.
    pub fn sit(&mut self, seat: &Seat) {
        self.seat = seat.clone();
        if let Ok(attempts) = read_attempts(&*self.disk)
            && !attempts.list.is_empty()
            && !self.seat.provisional
        {
            let failures = super::login::failure_counts(&self.slots, &attempts);
            // Should it fail, they stay in their file and are reported at the next login; and the next command
            // meets the same device.
            let _ = self.begin_session(&attempts, &failures);
        }
    }

    /// Whether this opens the screen lock: the person's password, or the number of a card that they hold.
    pub fn unlocks_screen(&self, typed: &str) -> bool {
        if self.seat.is_password(typed) {
            return true;
        }
        let code = crate::text::scan::fold_code(typed);
        let Ok(reading) = self.reading() else { return false };
        let Ok(ids) = reading.find(&key::number(Noun::Badge, &code)) else { return false };
        ids.into_iter().any(|id| {
            matches!(View::row(&reading, id), Ok(Some(Row::Badge(badge)))
                if badge.holder == Some(self.seat.actor.person) && badge.state == crate::domain::BadgeState::In)
        })
    }

    /// Records that personal data was read out: a CSV, a print, a query.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn record_reading(
        &mut self,
        register: &str,
        how: &str,
        rows: usize,
        filters: &str,
    ) -> Result<(), Failure> {
        if self.seat.provisional {
            return Err(password_first());
        }
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let filters = filters.chars().take(400).collect();
        let reading = RecordReading { register: register.to_owned(), how: how.to_owned(), rows, filters };
        self.note_clock()?;
        self.write_own(vec![Command::from(reading)], &Slots::new())
    }

    /// Keeps a draft, durable at once; never in the log. Replaces the one under the same form.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn keep_draft(&mut self, form: &str, fields: &[(String, String)]) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(fields).map_err(|error| NotOpened::Other(error.to_string()))?;
        self.put_draft(form, Some(&bytes))
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn drop_draft(&mut self, form: &str) -> Result<(), Failure> {
        self.put_draft(form, None)
    }

    fn put_draft(&mut self, form: &str, bytes: Option<&[u8]>) -> Result<(), Failure> {
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        writing
            .put_draft(&self.seat.user, form, bytes)
            .map_err(|error| store_failure(error, Some(&self.vault)))?;
        writing.commit(&mut InTheVault(&self.vault)).map_err(|error| commit_failure(error, &self.vault))?;
        Ok(())
    }

    /// The draft of a form, if one was left.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn draft(&self, form: &str) -> Result<Option<Vec<(String, String)>>, Failure> {
        let bytes =
            self.reading()?.draft(&self.seat.user, form).map_err(|error| self.store_failure(error))?;
        // A draft of an older release that cannot be read is no draft; it is never shown half.
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }

    /// To be called when nothing is typed: drives checkpoints in the background. Short.
    pub fn idle(&mut self) {
        self.refresh_profile();
        self.housekeeping();
    }

    /// Begins a checkpoint when it is time for one, and takes over one that is done. Never fails: what keeps a
    /// checkpoint from being made leaves the journal as it is, and the journal has everything.
    fn housekeeping(&mut self) {
        if let Some(running) = self.checkpoint.take_if(|running| running.is_finished()) {
            self.take_over(running);
        }
        let due = self.vault.frames_since_checkpoint() >= FRAMES_BEFORE_CHECKPOINT
            || self.vault.overlay_bytes() >= OVERLAY_BEFORE_CHECKPOINT;
        if due && self.checkpoint.is_none() {
            self.begin_checkpoint(REST);
        }
        if self.checkpoint.is_some() && self.vault.overlay_bytes() >= OVERLAY_WITHOUT_REST {
            self.hurry.store(true, Ordering::Relaxed);
        }
    }

    fn begin_checkpoint(&mut self, rest: Duration) {
        if self.store.prepare_checkpoint().is_err() {
            return;
        }
        if let Ok(job) = self.vault.begin_checkpoint() {
            self.hurry.store(rest.is_zero(), Ordering::Relaxed);
            let hurry = Arc::clone(&self.hurry);
            let mut pace = move |_, _| {
                if !hurry.load(Ordering::Relaxed) {
                    std::thread::sleep(rest);
                }
            };
            self.checkpoint = Some(std::thread::spawn(move || job.run(&mut pace)));
        }
    }

    fn take_over(&mut self, running: Running) {
        let result = running.join().unwrap_or(Err(CheckpointError::Stopped));
        // An error means that the old base and the whole journal stand as before. Removing a large base takes
        // longer than a key press may wait; cut short, the next writer removes what is left.
        if let Ok(superseded) = self.vault.finish_checkpoint(result) {
            std::thread::spawn(move || superseded.remove());
        }
    }

    /// Makes a checkpoint now and waits for it: for the end of a bulk load and for tests.
    pub fn checkpoint_now(&mut self) {
        self.hurry.store(true, Ordering::Relaxed);
        if let Some(running) = self.checkpoint.take() {
            self.take_over(running);
        }
        self.begin_checkpoint(Duration::ZERO);
        if let Some(running) = self.checkpoint.take() {
            self.take_over(running);
        }
    }

    /// Ends the session: aborts a checkpoint, gives the writer's lock back, drops the keys.
    ///
    /// # Errors
    /// [`Failure::Device`] when the store could not be closed cleanly; nothing acknowledged is lost.
    pub fn close(mut self) -> Result<(), Failure> {
        self.vault.stop_checkpoint();
        if let Some(running) = self.checkpoint.take() {
            self.take_over(running);
        }
        let Desk { store, vault, .. } = self;
        store.close().map_err(|error| store_failure(error, Some(&vault)))
    }
}

fn password_first() -> Failure {
    Failure::Malformed(vec![FieldProblem {
        field: String::new(),
        name: "password_provisional".to_owned(),
        ja: "仮パスワードのままでは操作できません。先に自分のパスワードを設定してください。".to_owned(),
        en: "With a temporary password nothing can be done but setting your own. Set it first.".to_owned(),
    }])
}

impl Lookup for Desk {
    fn name(&self, id: Id) -> String {
        match Lookup::row(self, id) {
            Some(Row::Person(person)) => person.name,
            Some(Row::Company(company)) => company.name,
            Some(Row::Badge(badge)) => badge.number,
            Some(Row::User(user)) => user.user,
            Some(Row::Site(site)) => site.name,
            _ => id.to_string(),
        }
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn now(&self) -> Stamp {
        self.terminal.clock.now()
    }

    fn row(&self, id: Id) -> Option<Row> {
        self.reading().ok().and_then(|reading| View::row(&reading, id).ok().flatten())
    }
}
