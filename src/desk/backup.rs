//! Copies of the vault in another place (控え): made in a session or beside one, read back, and told to the log.

use super::attachments::{Contents, compare};
use super::door::{Desk, Instruction, Receipt, Terminal};
use super::execute::password_first;
use super::failure::{failure_of, store_failure};
use super::login::{OpenBooks, is_locked, open_books, slots_of, user_row, vault_identity, wait_s};
use super::viewer::empowered_by;
use super::{Failure, NoCopy, NotOpened, Seat, login, profiles, proof};
use crate::domain::{BackUp, Command, Context, Id, Row, Stamp, Waits, policy};
use crate::fault::fault;
use crate::store::{End, Store};
use crate::text::{Limit, clean_block, clean_line};
use crate::vault::{
    Blob, Copied, CopyError, Disk, Mode, RealDisk, SlotError, VaultError, VaultIdentity, WorkFactor,
    clear_claims, copy, inspect, open_user, read_attempts, read_blob, read_claims, record_claim,
};
use age::secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

/// Days after which a keeper is told that it is time for a copy: what a week's paper can still bring back.
const DUE_DAYS: i64 = 7;
/// Bytes of base kept in the clear while a copy's books are looked at.
const CACHE: usize = 4 << 20;

/// How often a copy beside a session is made again because something attached was erased meanwhile.
const TRIES: usize = 3;

/// Told how far it is: bytes done, of how many.
pub type Copying<'p> = &'p mut dyn FnMut(u64, u64);

impl Desk {
    /// Copies the vault while the session goes on, reads the copy back, and records it. Gives what was recorded.
    ///
    /// # Errors
    /// The refusal; [`Failure::NoCopy`]: what counted at the place before still does.
    pub fn back_up(
        &mut self,
        order: Instruction,
        progress: Copying<'_>,
    ) -> Result<(Receipt, BackUp), Failure> {
        let Command::BackUp(asked) = &order.command else {
            return Err(NotOpened::Other(fault!("desk_no_copy")).into());
        };
        let mut done = asked_only(asked);
        let order = Instruction { command: done.clone().into(), ..order };
        if self.seat.provisional {
            return Err(password_first(&self.seat));
        }
        self.prove_for(order.command.rule().waits)?;
        self.note_clock()?;
        // Judged before the work: a refusal is recorded, and a retry gets the first receipt; nothing is copied.
        if !self.would_be_new(&order)? {
            return self.write_alone(order).map(|receipt| (receipt, done));
        }
        let place: Arc<dyn Disk> = Arc::new(RealDisk::new(&done.to));
        refuse_place(&*self.disk, &*place, &mut done)?;
        refuse_newer(&self.store, &place, &self.vault_identity)?;
        attachments_hold(&self.store, &|name| self.vault.blob(name))?;
        let copied = copy(&*self.disk, &place, &self.vault_identity, &mut |at| progress(at.done, at.total));
        let copied = copied.map_err(no_copy)?;
        // Nobody else writes here: the copy holds what this session has committed.
        let end = self.store.head();
        done =
            BackUp { bytes: copied.bytes, fresh: copied.fresh, last: end.seq, root: end.root_short, ..done };
        let order = Instruction { command: done.clone().into(), ..order };
        self.write_alone(order).map(|receipt| (receipt, done))
    }

    /// When the last copy was made is said to those who may make one: stable names.
    pub(super) fn backup_due(&self) -> Result<Option<String>, Failure> {
        if !self.may("back_up") {
            return Ok(None);
        }
        let reading = self.reading()?;
        let broken = |error| self.store_failure(error);
        let days = |since: Stamp| (self.terminal.clock.now() - since).num_days();
        let Some(Row::Site(site)) = reading.get(Id::SITE).map_err(broken)? else { return Ok(None) };
        Ok(match site.backup {
            Some(last) if days(last.made) >= DUE_DAYS => {
                Some(format!("backup_due/{}/{}", days(last.made), last.medium))
            }
            Some(_) => None,
            None => {
                let founded = reading.entry(site.trace.made).map_err(broken)?;
                let old = founded.is_some_and(|told| days(told.meta.time) >= DUE_DAYS);
                old.then(|| "backup_never".to_owned())
            }
        })
    }

    /// Tells the log of copies that were made beside a session, as claims; those who may not make one leave them.
    pub(super) fn take_claims(&mut self) -> Result<(), Failure> {
        if !self.may("back_up") {
            return Ok(());
        }
        let claims = read_claims(&*self.disk).map_err(failure_of)?;
        let last = self.store.head().seq;
        let told: Vec<Command> =
            claims.iter().filter_map(|text| claimed(text, last)).map(Command::from).collect();
        if !told.is_empty() {
            self.write_own(told, &super::keyring::Slots::new())?;
        }
        // Only now: a power cut before this tells them twice, which is better than never.
        if claims.is_empty() { Ok(()) } else { clear_claims(&*self.disk, &claims).map_err(failure_of) }
    }
}

/// Copies a vault that another session has open, and leaves a claim that the next session of a keeper records.
///
/// # Errors
/// [`Failure::NotOpened`] as at the login, [`Failure::Denied`] for one who may not, [`Failure::NoCopy`].
pub fn back_up_beside(
    dir: &Path,
    user: &str,
    password: &str,
    asked: &BackUp,
    terminal: &Terminal,
    progress: Copying<'_>,
) -> Result<BackUp, Failure> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(dir));
    let mut done = asked_only(asked);
    let now = terminal.clock.now();
    let attempts = read_attempts(&*disk).map_err(failure_of)?;
    let wait = wait_s(&*disk, &attempts, user, now);
    if wait > 0 {
        return Err(NotOpened::Wait(wait).into());
    }
    let secret = SecretString::from(password);
    let identity = match open_user(&*disk, user, &secret, WorkFactor::MAX, terminal.work()) {
        Ok(identity) => identity,
        Err(SlotError::Vault(error)) => return Err(failure_of(error)),
        Err(SlotError::WrongPassword | SlotError::TooMuchWork { .. }) => {
            return Err(login::refuse(&*disk, now, user));
        }
    };
    let key = vault_identity(&*disk, &identity).map_err(failure_of)?;
    let books = open_books(&disk, key, Mode::Read, CACHE)?;
    let reading = books.store.read().map_err(|error| store_failure(error, Some(&books.vault)))?;
    let row = user_row(&reading, user)?;
    let versions = profiles::versions(&reading)?;
    let terminal = &terminal.serving(&versions);
    let now = terminal.clock.now();
    let profile = versions.on(now.date_naive());
    let slots = slots_of(&books)?;
    let days = login::account_days(&reading, &books.store.head(), &profile.clock, now)?;
    let locked = is_locked(&reading, profile, &slots, &attempts, (row.as_ref(), user), days)?;
    let salt = super::salt(&*terminal.entropy)?;
    let seat = row.as_ref().and_then(|row| Seat::of(row, &identity, password, salt));
    let Some(seat) = seat.filter(|_| !locked) else {
        return Err(login::refuse(&*disk, now, user));
    };
    if seat.provisional {
        return Err(password_first(&seat));
    }
    if let Some(no) = row.as_ref().and_then(|row| row.is_barred(&profile.password, days)) {
        return Err(Failure::Rejected(no, None));
    }
    // Nothing can be recorded beside the session, a refusal neither.
    let context = empowered_by(&reading, Context::new(&seat.actor, now, None, profile))?;
    policy::ways(&context, "back_up").map_err(|denied| Failure::Denied(denied, None))?;
    let place: Arc<dyn Disk> = Arc::new(RealDisk::new(&done.to));
    refuse_place(&*disk, &*place, &mut done)?;
    refuse_newer(&books.store, &place, &books.vault_identity)?;
    drop(reading);
    let (copied, end) = copied_beside(&disk, &place, books, progress)?;
    done = BackUp { bytes: copied.bytes, fresh: copied.fresh, last: end.seq, root: end.root_short, ..done };
    let claim = BackUp { claimed_by: user.to_owned(), made: Some(now), ..done.clone() };
    let claim = serde_json::to_string(&claim)
        .map_err(|why| NotOpened::Other(fault!("json", why = why.to_string())))?;
    record_claim(&*disk, &claim).map_err(failure_of)?;
    Ok(done)
}

/// A copy made while somebody works in the vault, and the last entry of it. What is attached may be erased between the
/// entries and the files: then it is looked at again.
fn copied_beside(
    disk: &Arc<dyn Disk>,
    place: &Arc<dyn Disk>,
    books: OpenBooks,
    progress: Copying<'_>,
) -> Result<(Copied, End), Failure> {
    let OpenBooks { vault_identity, .. } = books;
    let open = |disk| open_books(disk, vault_identity.clone(), Mode::Read, CACHE);
    let mut tried = 1;
    loop {
        let books = open(disk)?;
        // From a copy of books that differ nobody could restore.
        proof::proof_of(&books.store)?.bears(Waits::Compared)?;
        let made = attachments_hold(&books.store, &|name| read_blob(&**disk, &vault_identity, name))
            .and_then(|()| {
                copy(&**disk, place, &vault_identity, &mut |at| progress(at.done, at.total)).map_err(no_copy)
            })
            .and_then(|copied| {
                let store = open(place)?.store;
                attachments_hold(&store, &|name| read_blob(&**place, &vault_identity, name))?;
                Ok((copied, store.head()))
            });
        match made {
            Err(Failure::Damaged(_)) if tried < TRIES => tried += 1,
            made => return made,
        }
    }
}

/// Refuses a vault in which what is attached is not what was: in a copy it would take the place of what still is.
fn attachments_hold(
    store: &Store,
    read: &dyn Fn(&str) -> Result<Option<Contents>, VaultError>,
) -> Result<(), Failure> {
    let broken = |error| store_failure(error, None);
    let reading = store.read().map_err(broken)?;
    let again = |name: &str| Ok(read(name)?.map(|contents| Blob::of(&contents)));
    let compared = compare(&reading, &BTreeMap::new(), &again).map_err(broken)?;
    match compared.findings.into_iter().next() {
        Some(finding) => Err(Failure::Damaged(finding)),
        None => Ok(()),
    }
}

/// What a person may ask for; the rest is said by whoever made the copy.
fn asked_only(asked: &BackUp) -> BackUp {
    let BackUp { to, medium, reason, .. } = asked.clone();
    BackUp { to, medium, reason, ..BackUp::default() }
}

/// A claim as an entry may have it, of a copy of this log; `None` for one that was not written by this program.
fn claimed(text: &str, last: u64) -> Option<BackUp> {
    let claim: BackUp = serde_json::from_str(text).ok()?;
    let line = |text: &str| clean_line(text, Limit::LINE).ok().filter(|clean| clean == text);
    let holds = line(&claim.to).is_some()
        && line(&claim.medium).is_some()
        && clean_block(&claim.reason, Limit::BLOCK).is_ok()
        && crate::vault::valid_user_id(&claim.claimed_by)
        && claim.root.len() <= 64
        && claim.root.bytes().all(|b| b.is_ascii_hexdigit())
        && claim.made.is_some()
        && (1..=last).contains(&claim.last)
        && !claim.to.is_empty()
        && !claim.medium.is_empty();
    holds.then_some(claim)
}

/// Refuses a place in the vault itself, and one on its device unless somebody says why.
fn refuse_place(own: &dyn Disk, place: &dyn Disk, asked: &mut BackUp) -> Result<(), Failure> {
    let at = |disk: &dyn Disk| disk.place().ok().flatten();
    if let (Some(own), Some(place)) = (at(own), at(place))
        && place.starts_with(&own)
    {
        return Err(NoCopy::Inside.into());
    }
    let device = |disk: &dyn Disk| disk.device().ok().flatten();
    let same = device(own).zip(device(place)).is_some_and(|(own, place)| own == place);
    if same && asked.reason.is_empty() {
        return Err(NoCopy::SameDevice.into());
    }
    if !same {
        asked.reason.clear();
    }
    Ok(())
}

/// Refuses a place whose copy holds entries that are not in this log. What cannot be opened is for the copying to
/// refuse, which says why.
fn refuse_newer(ours: &Store, place: &Arc<dyn Disk>, identity: &VaultIdentity) -> Result<(), Failure> {
    if !inspect(&**place).is_ok_and(|found| found.is_a_copy) {
        return Ok(());
    }
    let Ok(books) = open_books(place, identity.clone(), Mode::Read, CACHE) else { return Ok(()) };
    let (theirs, end) = (books.store.head(), ours.head());
    let root = ours.root_at(theirs.seq).map_err(|error| store_failure(error, None))?;
    if root.as_ref() == Some(&crate::log::encode_hex(&theirs.root)) {
        return Ok(());
    }
    let said = |end: &crate::store::End| {
        let time = end.time.map(|time| time.to_rfc3339()).unwrap_or_default();
        format!("#{} {time} {}", end.seq, end.root_short)
    };
    Err(NoCopy::Newer { theirs: said(&theirs), ours: said(&end) }.into())
}

/// A copy's error as the desk answers it.
pub(super) fn no_copy(error: CopyError) -> Failure {
    match error {
        CopyError::Source(error) => failure_of(error),
        CopyError::Place(VaultError::DiskFull) => NoCopy::Full.into(),
        CopyError::Place(VaultError::ReadOnly) => NoCopy::ReadOnly.into(),
        CopyError::Place(VaultError::Missing { .. } | VaultError::NoPlace { .. }) => NoCopy::Missing.into(),
        CopyError::Place(error) => NoCopy::Device(error.fault()).into(),
        CopyError::Occupied(name) => NoCopy::Occupied(name).into(),
        CopyError::IsAVault => NoCopy::IsAVault.into(),
        CopyError::OtherKey => NoCopy::OtherKey.into(),
        CopyError::Damaged(error) => NoCopy::Damaged(error.fault()).into(),
        CopyError::Newer => NoCopy::Newer { theirs: "?".to_owned(), ours: "?".to_owned() }.into(),
        CopyError::Unreliable(error) => NoCopy::Unreliable(error.fault()).into(),
    }
}
