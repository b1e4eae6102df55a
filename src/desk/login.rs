//! Logging in: the slot, the vault, the books, and what is said about attempts that failed before.

use super::door::{Desk, Terminal, Welcome};
use super::execute::jump;
use super::failure::{broken, failure_of, store_failure};
use super::keyring::{self, Slots};
use super::last_seen::wants_a_note;
use super::{Failure, Lookup, NotOpened, Seat, profiles, rekey};
use crate::domain::{
    AccountDays, ClockRule, Command, Date, Edition, Id, LastSeen, LogIn, Noun, Password, Profile,
    ReportFailedLogins, Row, Stamp, User, View, WayIn, WaysIn, key, policy, roles_with_offices,
};
use crate::fault::{Fault, fault};
use crate::store::{End, OpenError, Store};
use crate::vault::{
    Attempts, Backend, DEFAULT_CACHE, Disk, Frames, Holder, Mode, Opened, Pace, RealDisk, SlotError,
    UserIdentity, VAULT_KEY, Vault, VaultError, VaultIdentity, WorkFactor, clear_attempts, held, inspect,
    open_user, open_vault_key, read_attempts, read_key_file, record_attempt, slot_file, work_of,
};
use age::secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Bytes of redb's own cache; the vault keeps chunks of the base beneath it.
pub(super) const STORE_CACHE: usize = 24 << 20;
/// Slots that count failed logins by user.
pub(super) const FAILURES: &str = "failures/";

/// How failed logins slow the next one down where the profile's rule stands nowhere that can be read before the
/// vault is opened: the mildest rule any profile may have.
const MILDEST: Pace = Pace { free: 3, first_s: 1, most_s: 60 };

/// Seconds still to wait for a user ID after these attempts; 0 when it may be tried. A clock that was set back
/// never makes anybody wait longer than the longest wait.
pub(super) fn wait_s(disk: &dyn Disk, attempts: &Attempts, user: &str, now: Stamp) -> u64 {
    let user = tried_as(disk, user);
    let user = user.as_str();
    let pace = attempts.pace.unwrap_or(MILDEST);
    let failed = u32::try_from(attempts.count(user)).unwrap_or(u32::MAX);
    let Some(over) = failed.checked_sub(pace.free) else { return 0 };
    let last = attempts.last(user);
    let Some(last) = last.and_then(|attempt| Stamp::parse_from_rfc3339(&attempt.at).ok()) else { return 0 };
    // 3600 s doubled 20 times fits; the longest wait is a day.
    let wait = (i64::from(pace.first_s) << over.min(20)).min(i64::from(pace.most_s));
    // A time that no date can be added to was written by somebody else.
    let Some(until) = last.checked_add_signed(chrono::TimeDelta::seconds(wait)) else { return 0 };
    u64::try_from((until - now).num_seconds().clamp(0, wait)).unwrap_or(0)
}

/// The profile's rule, to be put beside the vault. `None` for numbers that no profile may have.
fn pace_of(profile: &Profile) -> Option<Pace> {
    Pace::new(profile.login.slow_after, profile.login.slow_s, profile.login.slow_most_s)
}

/// The slot that counts a user's failed logins from zero again.
pub(super) fn no_failures(user: &str) -> (String, Vec<u8>) {
    (format!("{FAILURES}{user}"), b"0".to_vec())
}

/// What opening a vault gives to whoever opened it.
pub(super) struct OpenBooks {
    pub(super) disk: Arc<dyn Disk>,
    pub(super) vault: Vault,
    pub(super) vault_identity: VaultIdentity,
    pub(super) store: Store,
    pub(super) torn: Option<Fault>,
}

/// Opens vault and books with the vault's identity.
pub(super) fn open_books(
    disk: &Arc<dyn Disk>,
    vault_identity: VaultIdentity,
    mode: Mode,
    cache: usize,
) -> Result<OpenBooks, Failure> {
    let writes = matches!(mode, Mode::Write(_));
    // Once, so that keys, attachments and vault are of the same folder.
    let disk = held(disk);
    let Opened { vault, backend, frames, torn } =
        Vault::open(&disk, vault_identity.clone(), mode, cache).map_err(failure_of)?;
    let store = opened(&vault, backend, frames)?;
    if let Some(seq) = store.newer().filter(|_| writes) {
        return Err(NotOpened::NewerRules(seq).into());
    }
    let torn = torn.map(|tail| tail.fault());
    Ok(OpenBooks { disk, vault, vault_identity, store, torn })
}

/// Opens the books of an opened vault.
pub(super) fn opened(vault: &Vault, backend: Backend, frames: Frames) -> Result<Store, Failure> {
    Store::open(backend, STORE_CACHE, frames, &mut |_, _, _| {}).map_err(|error| match error {
        OpenError::Store(error) => store_failure(error, Some(vault)),
        OpenError::Frames(error) => failure_of(error),
    })
}

/// Refuses what is no vault, or one that cannot be written.
pub(super) fn refuse_read_only(disk: &dyn Disk) -> Result<(), Failure> {
    let found = inspect(disk).map_err(failure_of)?;
    if found.writable { Ok(()) } else { Err(NotOpened::ReadOnly.into()) }
}

/// Opens the vault's identity with a user's own, or with the recovery sheet's.
pub(super) fn vault_identity(disk: &dyn Disk, identity: &UserIdentity) -> Result<VaultIdentity, VaultError> {
    let sealed = read_key_file(disk, VAULT_KEY)?.ok_or_else(|| VaultError::Damaged {
        file: format!("keys/{VAULT_KEY}"),
        offset: 0,
        what: fault!("bytes_file_missing"),
    })?;
    open_vault_key(&sealed, identity)
}

/// What is said to somebody who sits down at books that ended so.
pub(super) fn welcome(books: &OpenBooks, end: &End, seat: &Seat, attempts: &Attempts, now: Stamp) -> Welcome {
    Welcome {
        last_entry: (end.seq, end.time.unwrap_or(now).with_timezone(now.offset()), end.root_short.clone()),
        provisional: seat.provisional,
        due: seat.due.clone(),
        failed_before: u32::try_from(attempts.list.len()).unwrap_or(u32::MAX),
        clock_unconfirmed: false,
        seen_further: None,
        torn_tail: books.torn.clone(),
        upgraded: books.vault.upgraded().cloned(),
        low_disk: None,
        warnings: super::door::warnings(&*books.disk),
    }
}

/// Between which days periods of accounts are judged at books that end so, by a clock that may just have jumped.
pub(super) fn account_days(
    view: &dyn View,
    end: &End,
    rule: &ClockRule,
    now: Stamp,
) -> Result<AccountDays, Failure> {
    let told = now.date_naive();
    let Some(Row::Site(site)) = view.row(Id::SITE).map_err(broken)? else {
        return Ok(AccountDays::from(told, told));
    };
    let back_s = site.borne_back_s(rule, now, false);
    let before = jump(end.time, end.latest, now, &ClockRule { back_s, ..rule.clone() });
    let known = match before {
        Some(before) if site.clock_jump.is_none() => before.with_timezone(now.offset()).date_naive(),
        _ => site.accounts_on(now),
    };
    Ok(AccountDays::from(known, told))
}

/// The edition of the rules in force.
pub(super) fn edition_of(view: &dyn View) -> Result<Edition, Failure> {
    crate::domain::edition_of(view).map_err(broken)
}

/// The user of a login ID.
pub(super) fn user_row(view: &dyn View, user: &str) -> Result<Option<User>, Failure> {
    let Some(id) = view.find(&key::number(Noun::User, user)).map_err(broken)?.first().copied() else {
        return Ok(None);
    };
    Ok(view.row(id).map_err(broken)?.and_then(|row| User::try_from(row).ok()))
}

impl Desk {
    /// Opens a vault for writing and logs a person in. Wrong password, unknown ID, suspended ID and locked ID get
    /// the same answer after the same work.
    ///
    /// # Errors
    /// [`Failure::NotOpened`] (exit 3), [`Failure::Damaged`] (exit 4), [`Failure::Device`] (exit 5).
    pub fn log_in(
        dir: &Path,
        user: &str,
        password: &str,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir));
        Desk::log_in_on(disk, user, password, terminal)
    }

    /// [`Desk::log_in`] on any disk: the seam through which a test replaces it.
    ///
    /// # Errors
    /// As [`Desk::log_in`].
    pub fn log_in_on(
        disk: Arc<dyn Disk>,
        user: &str,
        password: &str,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        // Everything from here on is in this very folder, whatever comes to stand in its place.
        let disk = held(&disk);
        refuse_read_only(&*disk)?;
        let now = terminal.clock.now();
        let attempts = read_attempts(&*disk).map_err(failure_of)?;
        let wait = wait_s(&*disk, &attempts, user, now);
        if wait > 0 {
            return Err(NotOpened::Wait(wait).into());
        }
        let usual = terminal.work();
        let secret = SecretString::from(password);
        let identity = match open_user(&*disk, user, &secret, WorkFactor::MAX, usual) {
            Ok(identity) => identity,
            Err(SlotError::WrongPassword) => return Err(refuse(&*disk, now, user)),
            Err(error @ SlotError::TooMuchWork { .. }) => {
                return Err(NotOpened::Other(error.fault()).into());
            }
            Err(SlotError::Vault(error)) => return Err(failure_of(error)),
        };
        // What this terminal could just do: slots made in this session cost as much, no more and no less.
        let work_factor = work_of(&*disk, user).unwrap_or(usual).log_n();
        let terminal = Terminal { work_factor, ..terminal };
        let vault_identity = vault_identity(&*disk, &identity).map_err(failure_of)?;
        let holder = Holder::this(user, &now.to_rfc3339());
        let mut books = open_books(&disk, vault_identity, Mode::Write(holder), DEFAULT_CACHE)?;
        let slots = slots_of(&books)?;
        // A power cut between a password's commit and its file: the old password opened what the new one is to.
        let was_replaced = !keyring::file_stands(&*disk, &slots, user).map_err(failure_of)?;
        rekey::follow(&mut books, &slots, &identity)?;
        let reading = books.store.read().map_err(|error| store_failure(error, Some(&books.vault)))?;
        let row = user_row(&reading, user)?;
        let versions = profiles::versions(&reading)?;
        let terminal = terminal.serving(&versions);
        let now = terminal.clock.now();
        let profile = versions.on(now.date_naive()).clone();
        let salt = super::salt(&*terminal.entropy)?;
        let seat = row.as_ref().and_then(|row| Seat::of(row, &identity, password, salt));
        let failures = failure_counts(&slots, &attempts);
        let edition = edition_of(&reading)?;
        let days = account_days(&reading, &books.store.head(), &profile.clock, now)?;
        let locked = is_locked(&reading, &profile, &slots, &attempts, (row.as_ref(), user), days)?;
        drop(reading);
        let Some((seat, row)) = seat.zip(row.as_ref()).filter(|_| !locked) else {
            drop(books);
            let barred = locked || row.is_none_or(|row| row.state.is_barred());
            return Err(if was_replaced && !barred {
                NotOpened::PasswordReplaced.into()
            } else {
                refuse(&*disk, now, user)
            });
        };
        let seat = admitted(&*disk, seat, row, &profile.password, days, now)?;
        wants_a_note(&profile, edition, &terminal, &*disk)?;
        let welcome = welcome(&books, &books.store.head(), &seat, &attempts, now);
        let mut desk = Desk::sitting(books, seat, terminal, versions, slots);
        if !welcome.provisional {
            desk.begin_session(&attempts, &failures)?;
        }
        desk.settle(welcome)
    }

    /// Ends what was cut short before, by whomever: it needs no right to end what was decided. What still waits is said.
    pub(super) fn settle(mut self, mut welcome: Welcome) -> Result<(Desk, Welcome), Failure> {
        drop(self.finish_rekey());
        self.follow_edition()?;
        welcome.low_disk = self.low_disk();
        welcome.warnings.extend(self.unfinished()?);
        welcome.clock_unconfirmed = self.clock_is_unconfirmed()?;
        welcome.seen_further = self.missed;
        Ok((self, welcome))
    }

    /// How the person just opened the vault, where the log does not bind it yet.
    fn way_to_prove(&self, ways: &WaysIn) -> Result<Option<WayIn>, Failure> {
        if !ways.named || !ways.unproved().any(|user| user == self.seat.user()) {
            return Ok(None);
        }
        let Some(file) = slot_file(self.seat.user()) else { return Ok(None) };
        let key_file = read_key_file(&*self.disk, &file).map_err(failure_of)?;
        let recipient = self.seat.recipient.clone();
        Ok(key_file.map(|bytes| WayIn { recipient, key_file: keyring::digest(&bytes) }))
    }

    /// The first entries of a session: attempts that failed before, a jump of the clock, the login itself.
    pub(super) fn begin_session(
        &mut self,
        attempts: &Attempts,
        failures: &BTreeMap<String, u32>,
    ) -> Result<(), Failure> {
        let mut slots = Slots::new();
        for (user, count) in failures {
            // The person's own failures end with this login; others' stay counted until theirs.
            let kept = if *user == self.seat.user() { 0 } else { *count };
            let (name, bytes) = (format!("{FAILURES}{user}"), kept.to_string().into_bytes());
            if self.slots.get(&name) != Some(&bytes) {
                slots.insert(name, bytes);
            }
        }
        let ways = self.ways_in()?;
        let (last_seen, seen) = self.hold_against_last_seen()?;
        self.missed = seen.as_ref().filter(|_| last_seen == LastSeen::Behind).map(|seen| seen.entry);
        // Older rules have no words for it; whoever logs in is told all the same.
        let (last_seen, seen) = if ways.named { (last_seen, seen) } else { (LastSeen::Unsaid, None) };
        let mut commands = Vec::new();
        if !attempts.list.is_empty() {
            commands.push(Command::from(report_of(attempts)));
        }
        commands.push(Command::from(LogIn {
            terminal: self.terminal.name.clone(),
            hardening: self.terminal.hardening.clone(),
            way_in: self.way_to_prove(&ways)?,
            last_seen,
            seen_entry: seen.as_ref().map(|seen| seen.entry),
            seen_root: seen.map(|seen| seen.root).unwrap_or_default(),
        }));
        // A dead battery shows at the first login: its own entry must not hide the jump from what comes after.
        self.note_clock()?;
        // What of the slots was altered and stands in `keys/` as the log names it comes back with this.
        slots.extend(keyring::healed(&self.slots, &ways, &*self.disk)?);
        self.write_own(commands, &slots)?;
        self.seat.began = true;
        // Only now: a power cut before this holds the log against what was seen before once more.
        self.note_last_seen();
        self.take_claims()?;
        // Only now: a power cut before this reports them twice, which is better than never.
        let seen = attempts.with_pace(pace_of(Lookup::profile(self)));
        clear_attempts(&*self.disk, &seen).map_err(failure_of)
    }
}

pub(super) fn slots_of(books: &OpenBooks) -> Result<Slots, Failure> {
    let broken = |error| store_failure(error, Some(&books.vault));
    books.store.read().map_err(broken)?.slots().map_err(broken).map(|slots| slots.into_iter().collect())
}

/// Failures by user: what the books remember and what the file beside them adds.
pub(super) fn failure_counts(slots: &Slots, attempts: &Attempts) -> BTreeMap<String, u32> {
    let mut counts: BTreeMap<String, u32> = slots
        .iter()
        .filter_map(|(name, bytes)| {
            let user = name.strip_prefix(FAILURES)?;
            let count = std::str::from_utf8(bytes).ok()?.parse().ok()?;
            Some((user.to_owned(), count))
        })
        .collect();
    for attempt in &attempts.list {
        let count = counts.entry(attempt.user.clone()).or_default();
        *count = count.saturating_add(1);
    }
    // Only IDs that there are: whoever types at the login can neither fill the vault nor crowd a count out.
    counts.retain(|user, _| keyring::recipient_of(slots, user).is_some());
    counts
}

fn report_of(attempts: &Attempts) -> ReportFailedLogins {
    let moment =
        |at: Option<&crate::vault::Attempt>| at.and_then(|at| Stamp::parse_from_rfc3339(&at.at).ok());
    let mut tried: BTreeMap<String, u32> = BTreeMap::new();
    for attempt in &attempts.list {
        let typed = crate::text::clean_line(&attempt.user, crate::text::Limit::CODE);
        *tried.entry(typed.unwrap_or_else(|_| "?".to_owned())).or_default() += 1;
    }
    let tried: Vec<String> = tried.iter().take(64).map(|(user, count)| format!("{user} {count}")).collect();
    ReportFailedLogins {
        count: u32::try_from(attempts.list.len() as u64 + attempts.dropped).unwrap_or(u32::MAX),
        first: moment(attempts.list.first()),
        last: moment(attempts.list.last()),
        tried: tried.join(", "),
        at_lock: false,
    }
}

/// The ID under which a failed login counts. What was typed as an ID that is none may be a password in the wrong field,
/// and the count is no secret: of that only one byte of its digest is kept, so that such IDs wait apart from one another
/// as those do that exist.
fn tried_as(disk: &dyn Disk, user: &str) -> String {
    let file = slot_file(user).map(|file| read_key_file(disk, &file));
    if matches!(file, Some(Ok(Some(_)))) {
        return user.to_owned();
    }
    let digest = Sha256::digest(user.as_bytes());
    format!("?{:02x}", digest.first().copied().unwrap_or_default())
}

/// The seat of somebody whose password opened it, if the period of their account lets them sit there: told why not, and whoever
/// logs in next is told that they came. One whose password is due serves for nothing but its change.
pub(super) fn admitted(
    disk: &dyn Disk,
    mut seat: Seat,
    row: &User,
    rule: &Password,
    days: AccountDays,
    now: Stamp,
) -> Result<Seat, Failure> {
    if let Some(outside) = row.is_surely_outside(days) {
        drop(refuse(disk, now, &row.user));
        return Err(Failure::Rejected(outside, None));
    }
    if let Some(due) = row.is_password_due(rule, days.known) {
        seat.must_change(due);
    }
    Ok(seat)
}

/// Records a failed login, and gives the one answer that all of them get.
pub(super) fn refuse(disk: &dyn Disk, now: Stamp, user: &str) -> Failure {
    match record_attempt(disk, &now.to_rfc3339(), &tried_as(disk, user)) {
        Ok(()) => NotOpened::Credentials.into(),
        Err(error) => failure_of(error),
    }
}

/// Whether a user failed as often as the profile bears. The last administrator is only slowed.
pub(super) fn is_locked(
    view: &dyn View,
    profile: &Profile,
    slots: &Slots,
    attempts: &Attempts,
    (row, user): (Option<&User>, &str),
    days: AccountDays,
) -> Result<bool, Failure> {
    let counts = failure_counts(slots, attempts);
    let failed_out = |user: &str| counts.get(user).is_some_and(|count| *count >= profile.login.lock_after);
    Ok(failed_out(user) && !is_last_administrator(view, profile, row, days.known, &failed_out)?)
}

/// Whether barring this user would leave nobody who could issue users; who is barred already could not.
fn is_last_administrator(
    view: &dyn View,
    profile: &Profile,
    row: Option<&User>,
    day: Date,
    barred: &dyn Fn(&str) -> bool,
) -> Result<bool, Failure> {
    let Some(row) = row else { return Ok(false) };
    let may = |user: &User| {
        let roles = roles_with_offices(view, user, Some(day)).map_err(broken)?;
        Ok::<bool, Failure>(policy::role_for(profile, &roles, "issue_user").is_ok())
    };
    if !may(row)? {
        return Ok(false);
    }
    for id in view.find(&key::state(Noun::User, "active")).map_err(broken)? {
        if let Some(Row::User(other)) = view.row(id).map_err(broken)?
            && other.id != row.id
            && other.is_in_period(day)
            && !barred(&other.user)
            && may(&other)?
        {
            return Ok(false);
        }
    }
    Ok(true)
}
