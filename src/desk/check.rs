//! `check`: the whole vault, verified without a lock and without writing. Bytes first, then signatures, rights,
//! tree and every row.

use super::attachments::{self, Compared};
use super::failure::{failure_of, store_failure};
use super::login::{open_books, vault_identity};

use super::keyring::{self, Slots};
use super::{Failure, LowDisk, NotOpened, profiles, sheet};
use crate::domain::WaysIn;
use crate::fault::{Fault, fault};
use crate::store::{CheckFinding, Pinned, Reading, Step, StoreError};
use crate::vault::{
    Blob, Disk, Mode, RealDisk, SlotError, UserIdentity, VaultError, VaultIdentity, WorkFactor, inspect,
    open_user, read_key_files, verify,
};
use age::secrecy::SecretString;
use std::path::Path;
use std::sync::Arc;

/// Bytes of base that a check keeps in the clear.
const CACHE: usize = 32 << 20;

/// Who opens the vault for a check.
pub enum Checker<'p> {
    /// A user, by login ID and password.
    User(&'p str, &'p str),
    /// The recovery sheet, as typed.
    Recovery(&'p str),
}

/// How far a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckStep {
    /// Every byte of every file.
    Bytes,
    /// Signatures, rights and rules of every entry.
    Entries,
    /// Every stored row and index.
    Rows,
}

/// What somebody holds of the vault from elsewhere: from the recovery sheet, from paper.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Expected {
    /// The fingerprint of the founding entry, or its beginning: lower-case hex.
    pub fingerprint: Option<String>,
    /// An entry that must be there, and the root over the log up to and with it, or its beginning: lower-case hex.
    pub at_least: Option<(u64, String)>,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Entries verified.
    pub entries: u64,
    /// Bytes of the base, decrypted.
    pub base_bytes: u64,
    /// Frames of the journal.
    pub frames: u64,
    /// The root over all entries, hex; empty when the books could not be read.
    pub root: String,
    /// The fingerprint of the vault: the root over its founding entry alone, hex; empty when the books could not be read.
    pub fingerprint: String,
    /// A torn frame at the journal's end: no damage, but to be said.
    pub torn: Option<Fault>,
    /// What does not hold, with its place. Empty: everything holds.
    pub findings: Vec<Fault>,
    /// Key files that a change of keys left as they were before: no damage. The next login ends it.
    pub keys_behind: Vec<String>,
    /// The log does not bind every way to open the vault: nobody can say whether somebody added one.
    pub ways_not_bound: bool,
    /// Files of attachments that no entry names: left by a power cut, and no damage. The next login removes them.
    pub unlisted: Vec<String>,
    /// The disk on which it lies is nearly full: nothing of the vault, but to be said. Not of a copy, which does not grow.
    pub low_disk: Option<LowDisk>,
}

/// Checks a vault. Needs no lock, writes nothing, and is not an entry.
///
/// # Errors
/// [`Failure::NotOpened`] when it cannot be opened, [`Failure::Device`] when it cannot be read. What is damaged is a
/// finding.
pub fn check(
    dir: &Path,
    who: &Checker<'_>,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Checked, Failure> {
    check_expecting(dir, who, &Expected::default(), progress)
}

/// [`check`], comparing with what somebody holds of the vault: what is not as they hold it is a finding.
///
/// # Errors
/// As [`check`].
pub fn check_expecting(
    dir: &Path,
    who: &Checker<'_>,
    expected: &Expected,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Checked, Failure> {
    examine(&(Arc::new(RealDisk::new(dir)) as Arc<dyn Disk>), who, expected, progress)
}

/// [`check`] on any disk.
///
/// # Errors
/// As [`check`].
pub fn check_on(
    disk: &Arc<dyn Disk>,
    who: &Checker<'_>,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Checked, Failure> {
    examine(disk, who, &Expected::default(), progress)
}

fn examine(
    disk: &Arc<dyn Disk>,
    who: &Checker<'_>,
    expected: &Expected,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Checked, Failure> {
    inspect(&**disk).map_err(failure_of)?;
    let vault_identity = identity_of(&**disk, who)?;
    check_all(disk, vault_identity, expected, progress).map(whole)
}

/// [`check`] with the vault's identity.
pub(super) fn check_opened(
    disk: &Arc<dyn Disk>,
    vault_identity: VaultIdentity,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Checked, Failure> {
    check_all(disk, vault_identity, &Expected::default(), progress).map(whole)
}

/// What was found in the books and what in the attachments, together.
fn whole((checked, attached): (Checked, Compared)) -> Checked {
    let findings = checked.findings.into_iter().chain(attached.findings).collect();
    Checked { findings, unlisted: attached.unlisted, ..checked }
}

/// [`check_opened`], with what is wrong with attachments apart from what is wrong with the books.
pub(super) fn check_all(
    disk: &Arc<dyn Disk>,
    vault_identity: VaultIdentity,
    expected: &Expected,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<(Checked, Compared), Failure> {
    let verified = verify(&**disk, &vault_identity, &mut |at| progress(CheckStep::Bytes, at.done, at.total));
    let all = || verified.findings.iter().chain(&verified.blob_findings);
    if let Some(first) = all().next()
        && all().all(VaultError::is_unread)
    {
        // Nobody knows what stands where the device does not read: that is no damage yet.
        return Err(failure_of(first.clone()));
    }
    let mut checked = Checked {
        entries: 0,
        base_bytes: verified.base_bytes,
        frames: verified.frames,
        root: String::new(),
        fingerprint: String::new(),
        torn: verified.torn.map(|tail| tail.fault()),
        findings: verified.findings.iter().map(VaultError::fault).collect(),
        keys_behind: Vec::new(),
        ways_not_bound: false,
        unlisted: Vec::new(),
        low_disk: None,
    };
    if !verified.findings.is_empty() {
        // What the files hold is in doubt: nothing that would be read from them now is worth saying.
        let findings = verified.blob_findings.iter().map(VaultError::fault).collect();
        return Ok((checked, Compared { findings, ..Compared::default() }));
    }
    let books = open_books(disk, vault_identity, Mode::Read, CACHE)?;
    let broken = |error| store_failure(error, Some(&books.vault));
    let reading = books.store.read().map_err(broken)?;
    let mut step = |step, done, total| {
        let step = match step {
            Step::Compare => CheckStep::Rows,
            Step::Replay | Step::Rebuild | Step::Copy | Step::AsOf | Step::Entries => CheckStep::Entries,
        };
        progress(step, done, total);
    };
    if inspect(&**disk).is_ok_and(|found| !found.is_a_copy) {
        // By the rules of the day of its last entry: a check asks no clock. What cannot be read of them is a finding.
        let day = books.store.head().time.map(|time| time.date_naive());
        let versions = profiles::versions(&reading).ok();
        let profile = versions.zip(day).map(|(versions, day)| versions.on(day).clone()).unwrap_or_default();
        checked.low_disk = LowDisk::of(&books.vault, &profile);
    }
    let report = crate::store::check(&reading, &Pinned::default(), &mut step).map_err(broken)?;
    checked.entries = report.entries;
    checked.root = crate::log::encode_hex(&report.tree.root);
    checked.findings = report.findings.iter().map(CheckFinding::fault).collect();
    let again = |name: &str| Ok(books.vault.blob(name)?.map(|contents| Blob::of(&contents)));
    let mut attached = attachments::compare(&reading, &verified.blobs, &again).map_err(broken)?;
    if report.count > report.findings.len() {
        checked.findings.push(fault!("and_more", count = report.count - report.findings.len()));
    }
    ways_in(&mut checked, &**disk, &reading, &broken)?;
    let root_at = |seq: u64| match seq == checked.entries {
        true => Ok(Some(checked.root.clone())),
        false => reading.root_before_next(seq).map_err(broken),
    };
    let fingerprint = root_at(1)?.unwrap_or_default();
    if let Some(held) = expected.fingerprint.as_ref().filter(|held| !fingerprint.starts_with(held.as_str())) {
        checked.findings.push(fault!("expected_founding", held = held, found = &fingerprint));
    }
    if let Some((seq, held)) = &expected.at_least {
        match root_at(*seq)? {
            Some(root) if root.starts_with(held.as_str()) => {}
            Some(root) => {
                checked.findings.push(fault!("expected_root", entry = *seq, held = held, found = &root));
            }
            None => checked.findings.push(fault!("expected_entry", entry = *seq, last = checked.entries)),
        }
    }
    checked.fingerprint = fingerprint;
    // Damaged, and named by no entry: that they are damage is said all the same.
    let unsaid = |fault: &Fault| !attached.findings.iter().any(|finding| finding.holds(fault));
    let more: Vec<Fault> = verified.blob_findings.iter().map(VaultError::fault).filter(unsaid).collect();
    attached.findings.extend(more);
    Ok((checked, attached))
}

/// Whether the vault opens by the keys that the log names, and by no others.
fn ways_in(
    checked: &mut Checked,
    disk: &dyn Disk,
    reading: &Reading,
    broken: &dyn Fn(StoreError) -> Failure,
) -> Result<(), Failure> {
    if !checked.findings.is_empty() {
        // The rows that say who may open it are in doubt themselves.
        return Ok(());
    }
    let ways = WaysIn::of(reading).map_err(|why| broken(why.into()))?;
    let slots: Slots = reading.slots().map_err(broken)?.into_iter().collect();
    let before = WaysIn::before(reading).map_err(|why| broken(why.into()))?;
    let present = read_key_files(disk).map_err(failure_of)?;
    checked.findings.extend(keyring::differences(&slots, &ways));
    for (file, cut) in keyring::behind(&slots, &ways, &before, &present) {
        match cut {
            true => checked.keys_behind.push(file),
            false => checked.findings.push(fault!("ways_file", file = file)),
        }
    }
    checked.ways_not_bound = !ways.bound;
    Ok(())
}

/// A user's identity by their password, where a wrong one is not counted.
pub(super) fn user_identity(disk: &dyn Disk, user: &str, password: &str) -> Result<UserIdentity, Failure> {
    let secret = SecretString::from(password);
    open_user(disk, user, &secret, WorkFactor::MAX, WorkFactor::DEFAULT).map_err(|error| match error {
        SlotError::WrongPassword => NotOpened::Credentials.into(),
        SlotError::TooMuchWork { .. } => NotOpened::Other(error.fault()).into(),
        SlotError::Vault(error) => failure_of(error),
    })
}

/// The vault's identity, by whoever examines it.
fn identity_of(disk: &dyn Disk, who: &Checker<'_>) -> Result<VaultIdentity, Failure> {
    match who {
        Checker::User(user, password) => {
            vault_identity(disk, &user_identity(disk, user, password)?).map_err(failure_of)
        }
        Checker::Recovery(typed) => sheet::vault_identity_by(disk, &sheet::read(typed)?),
    }
}
