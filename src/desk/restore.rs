//! A vault made from a copy: the copy verified, its files brought over, and a new epoch begun before anything else,
//! because entries after the copy's last one may exist elsewhere.

use super::check::{CheckStep, Checker, check_opened, user_identity};
use super::door::{Desk, Terminal};
use super::failure::{commit_failure, failure_of, refused, store_failure, told_by};
use super::login::{OpenBooks, open_books, user_row, vault_identity};
use super::viewer::empowered_by;
use super::{
    Failure, NoCopy, NotOpened, Seat,
    execute::{InTheVault, jump},
    profiles, salts, sheet,
};
use crate::domain::{
    Actor, BeginEpoch, Command, Context, EpochCause, Erase, Id, ReportClockJump, Row, Stamp, policy,
};
use crate::profile::Versions;
use crate::store::Signer;
use crate::vault::{
    CopyError, Disk, Doing, Holder, Mode, RealDisk, RecoverySecret, Unfinished, UserIdentity, VaultError,
    VaultIdentity, copy_whole, format_made_from, inspect, is_marked, place_of,
};
use ed25519_dalek::SigningKey;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// Bytes of base kept in the clear while a vault is made.
pub(super) const CACHE: usize = 32 << 20;
/// Days for which a login says that a new epoch began.
const SAID_DAYS: i64 = 7;

/// What was restored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Restored {
    /// The last entry that was taken over: number, time, short root.
    pub kept: (u64, Option<Stamp>, String),
    /// The entry with which the new epoch begins.
    pub epoch_entry: u64,
    /// Bytes of the vault.
    pub bytes: u64,
}

/// Who opens what is to be restored or recovered from.
pub(super) enum Opener {
    /// A user, by their identity; the password for their seat.
    User { user: String, password: Zeroizing<String>, identity: Box<UserIdentity> },
    /// The recovery sheet.
    Sheet(RecoverySecret),
}

impl Opener {
    /// By the slot in a folder whose key file is whole.
    pub(super) fn of(disk: &dyn Disk, who: &Checker<'_>) -> Result<Opener, Failure> {
        match who {
            Checker::User(user, password) => {
                Ok(Opener::by(user, password, user_identity(disk, user, password)?))
            }
            Checker::Recovery(typed) => Ok(Opener::Sheet(sheet::read(typed)?)),
        }
    }

    pub(super) fn by(user: &str, password: &str, identity: UserIdentity) -> Opener {
        let password = Zeroizing::new(password.to_owned());
        Opener::User { user: user.to_owned(), password, identity: Box::new(identity) }
    }

    /// The identity that opens `vault.age`.
    pub(super) fn identity(&self) -> UserIdentity {
        match self {
            Opener::User { identity, .. } => (**identity).clone(),
            Opener::Sheet(secret) => secret.identity(),
        }
    }

    fn vault_identity(&self, disk: &dyn Disk) -> Result<VaultIdentity, Failure> {
        match self {
            Opener::User { identity, .. } => vault_identity(disk, identity).map_err(failure_of),
            Opener::Sheet(secret) => sheet::vault_identity_by(disk, secret),
        }
    }

    /// Who that is by the books, with the key they sign with; refused as at the login, and where they may not begin
    /// an epoch.
    pub(super) fn seat(
        &self,
        books: &OpenBooks,
        terminal: &Terminal,
    ) -> Result<(Actor, SigningKey, Versions), Failure> {
        let reading = books.store.read().map_err(|error| store_failure(error, Some(&books.vault)))?;
        let versions = profiles::versions(&reading)?;
        let (actor, signing) = match self {
            Opener::Sheet(secret) => (Actor::recovery(), sheet::signing_key(secret)),
            Opener::User { user, password, identity } => {
                let row = user_row(&reading, user)?;
                let salt = super::salt(&*terminal.entropy)?;
                let seat = row.as_ref().and_then(|row| Seat::of(row, identity, password, salt));
                let seat = seat.filter(|seat| !seat.provisional).ok_or(NotOpened::Credentials)?;
                (seat.actor().clone(), seat.signing.clone())
            }
        };
        let command = Command::from(BeginEpoch::default());
        let profile = versions.on(terminal.serving(&versions).clock.now().date_naive());
        let now = terminal.serving(&versions).clock.now();
        let context = empowered_by(&reading, Context::new(&actor, now, None, profile))?;
        policy::acting(&context, &command).map_err(|denied| Failure::Denied(denied, None))?;
        Ok((actor, signing, versions))
    }
}

/// Makes a vault in an empty or missing folder from a copy, or from a vault.
///
/// # Errors
/// Nothing was made for any but [`NoCopy::CutOff`], which leaves the folder half there.
pub fn restore(
    from: &Path,
    dir: &Path,
    who: &Checker<'_>,
    terminal: &Terminal,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Restored, Failure> {
    restore_on(&(Arc::new(RealDisk::new(from)) as Arc<dyn Disk>), dir, who, terminal, progress)
}

fn restore_on(
    from: &Arc<dyn Disk>,
    dir: &Path,
    who: &Checker<'_>,
    terminal: &Terminal,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Restored, Failure> {
    let target: Arc<dyn Disk> = Arc::new(RealDisk::new(dir));
    inspect(&**from).map_err(from_damaged)?;
    refuse_occupied(&*target)?;
    let opener = Opener::of(&**from, who).map_err(damaged_from)?;
    let identity = opener.vault_identity(&**from).map_err(damaged_from)?;
    let checked = check_opened(from, identity.clone(), progress).map_err(damaged_from)?;
    if let Some(finding) = checked.findings.into_iter().next() {
        return Err(NoCopy::FromDamaged(finding).into());
    }
    // Asked before anything is made: who may not restore leaves no half vault behind.
    opener.seat(&open_books(from, identity.clone(), Mode::Read, CACHE)?, terminal)?;
    let begun = Unfinished::begin(&target, format_made_from(&**from), false).map_err(failure_of).map_err(
        |failure| match failure {
            // Nothing was made of what may not be written at all.
            Failure::NotOpened(_) if refuse_occupied(&*target).is_ok() => failure,
            other => cut_off(other),
        },
    )?;
    let made = (|| {
        let copied = copy_whole(&**from, &begun, &identity, &mut |at| {
            progress(CheckStep::Bytes, at.done, at.total);
        });
        let bytes = copied.map_err(of_target)?.bytes;
        let view: Arc<dyn Disk> = Arc::new(begun.clone());
        // Its keys are those of the copy.
        let command = BeginEpoch { cause: EpochCause::Restored, ..BeginEpoch::default() };
        let kept = begin_epoch(&view, identity, &opener, terminal, command, &[])?;
        let ((seq, time, root), epoch_entry) = kept;
        begun.finish().map_err(failure_of)?;
        Ok(Restored { kept: (seq, time, root), epoch_entry, bytes })
    })();
    made.map_err(cut_off)
}

/// What is known of a log's last entry: number, time, short root.
pub(super) type Kept = (u64, Option<Stamp>, String);

/// The first entry of a vault that is made from another: a new epoch that names the entries lost. A jump of the clock
/// since the last entry comes right behind it, or it would hide it; then entries whose texts are gone are erased, with
/// a reason, so that the log says so. `command`: all of it but the last entry that is kept.
pub(super) fn begin_epoch(
    view: &Arc<dyn Disk>,
    identity: VaultIdentity,
    opener: &Opener,
    terminal: &Terminal,
    command: BeginEpoch,
    gone: &[(u64, &str)],
) -> Result<(Kept, u64), Failure> {
    let now = terminal.clock.now();
    let holder = Holder::this("", &now.to_rfc3339());
    let mut books = open_books(view, identity, Mode::Write(holder), CACHE)?;
    let (actor, signing, versions) = opener.seat(&books, terminal)?;
    let now = terminal.serving(&versions).clock.now();
    let end = books.store.head();
    let profile = versions.on(now.date_naive());
    let mut commands = vec![Command::from(BeginEpoch { kept: end.seq, ..command })];
    if let Some(before) = jump(end.time, end.latest, now, &profile.clock) {
        commands.push(ReportClockJump { before: Some(before) }.into());
    }
    commands.extend(
        gone.iter()
            .map(|(seq, why)| Erase { record: None, entry: Some(*seq), reason: (*why).to_owned() }.into()),
    );
    let context = Context::new(&actor, now, None, profile);
    let broken = |error| store_failure(error, Some(&books.vault));
    let mut writing = books.store.begin().map_err(broken)?;
    let mut first = 0;
    for command in &commands {
        let salts = salts(&*terminal.entropy)?;
        let made = writing.execute(&context, command, None, &Signer::new(&signing), salts).map_err(broken)?;
        let receipt = made.map_err(|no| refused(no, None))?;
        first = if first == 0 { receipt.seq } else { first };
    }
    writing.commit(&mut InTheVault(&books.vault)).map_err(|error| commit_failure(error, &books.vault))?;
    let OpenBooks { store, vault, .. } = books;
    store.close().map_err(|error| store_failure(error, Some(&vault)))?;
    Ok(((end.seq, end.time, end.root_short), first))
}

/// Refuses a folder in which there is anything, and one inside a vault or a copy.
pub(super) fn refuse_occupied(target: &dyn Disk) -> Result<(), Failure> {
    use std::io::ErrorKind;
    refuse_inside_vault(target)?;
    match target.list("") {
        Ok(listed) if listed.is_empty() => Ok(()),
        Ok(_) => Err(occupied(target).into()),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(()),
        Err(e) if e.kind() == ErrorKind::NotADirectory => Err(occupied(target).into()),
        Err(e) => Err(failure_of(VaultError::from_io(Doing::Listing, place_of(target), &e))),
    }
}

/// Refuses a folder inside a vault or a copy: with a folder more in it than its own, that one would not open any more.
pub(super) fn refuse_inside_vault(target: &dyn Disk) -> Result<(), Failure> {
    let place = target.place().ok().flatten();
    let mut above = place.iter().flat_map(|place| place.ancestors().skip(1));
    match above.find(|folder| is_marked(&RealDisk::new(*folder))) {
        Some(vault) => Err(NotOpened::InsideVault(vault.display().to_string()).into()),
        None => Ok(()),
    }
}

fn occupied(target: &dyn Disk) -> NotOpened {
    NotOpened::NotEmpty(place_of(target))
}

fn from_damaged(error: VaultError) -> Failure {
    damaged_from(failure_of(error))
}

/// Damage met before anything was made is the copy's.
fn damaged_from(failure: Failure) -> Failure {
    match failure {
        Failure::Damaged(place) => NoCopy::FromDamaged(place).into(),
        other => other,
    }
}

pub(super) fn of_target(error: CopyError) -> Failure {
    match error {
        CopyError::Source(error) => from_damaged(error),
        CopyError::Place(error) | CopyError::Damaged(error) | CopyError::Unreliable(error) => {
            failure_of(error)
        }
        other => NotOpened::Other(other.fault()).into(),
    }
}

/// Whatever it was: the folder is half there now, and says so to whoever opens it.
fn cut_off(failure: Failure) -> Failure {
    NoCopy::CutOff(told_by(failure)).into()
}

impl Desk {
    /// For some days after a new epoch began, every login says so: a stable name with the last entry taken over.
    pub(super) fn epoch_begun(&self) -> Result<Option<String>, Failure> {
        let reading = self.reading()?;
        let broken = |error| self.store_failure(error);
        let Some(Row::Site(site)) = reading.get(Id::SITE).map_err(broken)? else { return Ok(None) };
        let Some(begun) = site.epoch_begun else { return Ok(None) };
        let Some(told) = reading.entry(begun).map_err(broken)? else { return Ok(None) };
        let Command::BeginEpoch(epoch) = &told.event.command else { return Ok(None) };
        let recent = (self.terminal.clock.now() - told.meta.time).num_days() < SAID_DAYS;
        Ok(recent.then(|| format!("epoch_begun/{}", epoch.kept)))
    }
}
