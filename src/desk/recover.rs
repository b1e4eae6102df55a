//! What can be saved of a damaged vault, made into a new one. The damaged folder is copied first and never written to;
//! every entry that verifies is saved, and each number that does not is named.
//!
//! ```text
//! TO.damaged-copy/                the damaged folder, byte by byte
//! TO/                             a new vault: entries from the first on, as far as they hold, in a new epoch
//! TO.saved/entries.jsonl.age      entries behind the first gap whose signatures hold, for the new vault's key
//! ```

use super::check::{CheckStep, Checker, check_opened};
use super::door::Terminal;
use super::failure::{failure_of, store_failure};
use super::keyring::{self, Slots};
use super::login::{OpenBooks, open_books};
use super::restore::{CACHE, Kept, Opener, begin_epoch, refuse_occupied, told_by};
use super::{Failure, NoCopy, NotOpened, sheet};
use crate::domain::{EpochCause, Stamp, policy};
use crate::log::Entry;
use crate::store::{MemoryImage, Salvage, Saved, Store, frames_of};
use crate::vault::{
    Disk, Holder, Mode, Part, RealDisk, SlotError, Unfinished, VAULT_KEY, Vault, VaultError, VaultIdentity,
    WorkFactor, copy_raw, is_unfinished, open_slot, open_vault_key, raw_key_file, raw_key_names,
    read_key_file, salvage, slot_file, write_sealed,
};
use age::secrecy::SecretString;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of overlay after which a checkpoint is made on the way.
const OVERLAY: u64 = 32 << 20;
/// The file of saved entries.
const SAVED_FILE: &str = "entries.jsonl.age";
/// Why a key that opens the vault cannot sign for it.
const NOT_IN_FORCE: &str = "this user's key was not in force at the last entry that was saved: use another user or the recovery sheet";
/// Why the texts that are gone are recorded as erased.
const TEXT_LOST: &str = "保管庫の破損で失われた文です。 / The text was lost when the vault was damaged.";

/// An entry that is not in the new vault and was saved beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedEntry {
    /// Its number.
    pub seq: u64,
    /// The time in its head.
    pub time: String,
    /// Its kind.
    pub kind: String,
    /// Who acted, as the head names them.
    pub actor: String,
}

/// What became of a damaged vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovered {
    /// Where the damaged folder was copied to.
    pub copied_to: PathBuf,
    /// What does not decrypt or verify, with its place.
    pub findings: Vec<String>,
    /// The last entry of the new vault: number, time, short root. `None`: not even the first entry could be saved, and
    /// there is no new vault.
    pub kept: Option<(u64, Option<Stamp>, String)>,
    /// The entry with which its epoch begins.
    pub epoch_entry: u64,
    /// Entries behind the first gap, saved in `saved_to`.
    pub behind: Vec<SavedEntry>,
    /// Where these are.
    pub saved_to: Option<PathBuf>,
    /// Entries of which nothing could be saved, as ranges.
    pub lost: String,
    /// Entries of the new vault whose texts are gone.
    pub without_text: Vec<u64>,
    /// Login IDs whose passwords open the new vault.
    pub users: Vec<String>,
    /// Login IDs that need a new password first.
    pub without_key: Vec<String>,
}

/// Saves what can be saved of a vault. `keys`: a folder with the key files of a copy of the same vault, where its own
/// are gone.
///
/// # Errors
/// [`NotOpened`] for a wrong password, [`NoCopy::KeysGone`] when no key opens anything, [`Failure::Device`] when
/// the keys cannot be read, [`NoCopy::RecoverCutOff`] when a device failed after that; the damaged folder is as it was
/// in any case.
pub fn recover(
    from: &Path,
    to: &Path,
    who: &Checker<'_>,
    keys: Option<&Path>,
    terminal: &Terminal,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Recovered, Failure> {
    let (copied_to, saved_to) = (beside(to, ".damaged-copy"), beside(to, ".saved"));
    let disk = |path: &Path| -> Arc<dyn Disk> { Arc::new(RealDisk::new(path)) };
    let (source, copy, target, saved_disk) = (disk(from), disk(&copied_to), disk(to), disk(&saved_to));
    if source.list("").is_err() {
        return Err(NotOpened::Missing.into());
    }
    for folder in [&target, &copy, &saved_disk] {
        refuse_occupied(&**folder)?;
    }
    let keys = keys.map_or_else(|| Arc::clone(&source), disk);
    let opener = opener(&*keys, who)?;
    let key = raw_key_file(&*keys, VAULT_KEY).map_err(failure_of)?;
    let key = key.ok_or_else(|| gone("keys/vault.age: the file is missing"))?;
    let old = open_vault_key(&key, &opener.identity()).map_err(|error| key_gone(&error, &opener))?;
    let cut_off = |failure| cut_off(failure, [to, &copied_to, &saved_to]);
    let unread = copy_raw(&*source, &*copy).map_err(failure_of).map_err(cut_off)?;
    let mut found = Salvage::default();
    let mut parts = 0;
    let damage = salvage(&*copy, &old, &mut |part| {
        parts += 1;
        match part {
            Part::Image { bytes, goes_on } => found.take_image(bytes, goes_on),
            Part::Frame(bytes) => found.take_frame(bytes),
        }
        progress(CheckStep::Bytes, parts, parts);
    });
    if let Some(error) = damage.iter().find(|error| error.is_device()) {
        // The copy was read from the damaged vault just now: what it does not give is not what is lost.
        return Err(cut_off(failure_of(error.clone())));
    }
    let mut findings: Vec<String> = unread.iter().chain(&damage).map(ToString::to_string).collect();
    let rescue = Rescue { keys: &*keys, target: &target, opener: &opener, terminal };
    let made = rescue.vault(&found, &mut findings, progress).map_err(|failure| match failure {
        // A refusal is one; whatever else happened after the copy was made broke it off.
        Failure::Denied(..) | Failure::Rejected(..) => failure,
        other => cut_off(other),
    })?;
    let Made { saved, built, without_key } = made;
    if let (None, Some(error)) = (&built, unread.iter().find(|error| error.is_device())) {
        // Another try may read what this one could not: nothing says yet that all is lost.
        return Err(cut_off(failure_of(error.clone())));
    }
    let behind = saved.behind.iter().map(described).collect::<Vec<_>>();
    let identity = built.as_ref().map_or(&old, |built| &built.identity);
    let saved_to = if behind.is_empty() {
        None
    } else {
        let lines = lines_of(&saved.behind).map_err(|error| store_failure(error, None))?;
        write_sealed(&*saved_disk, SAVED_FILE, identity, &lines).map_err(failure_of).map_err(cut_off)?;
        Some(saved_to.join(SAVED_FILE))
    };
    let (mut kept, mut epoch_entry, mut users) = (None, 0, Vec::new());
    if let Some(built) = built {
        // The last step of all: until here the folder is half there.
        built.begun.finish().map_err(failure_of).map_err(cut_off)?;
        (kept, epoch_entry, users) = (Some(built.kept), built.epoch_entry, built.users);
    }
    let lost = ranges(&saved.lost);
    let without_text = saved.without_text;
    Ok(Recovered {
        copied_to,
        findings,
        kept,
        epoch_entry,
        behind,
        saved_to,
        lost,
        without_text,
        users,
        without_key,
    })
}

/// What is at work.
struct Rescue<'r> {
    keys: &'r dyn Disk,
    target: &'r Arc<dyn Disk>,
    opener: &'r Opener,
    terminal: &'r Terminal,
}

struct Made {
    saved: Saved,
    built: Option<Built>,
    without_key: Vec<String>,
}

struct Built {
    begun: Unfinished,
    identity: VaultIdentity,
    kept: Kept,
    epoch_entry: u64,
    users: Vec<String>,
}

impl Rescue<'_> {
    /// Makes the vault of the longest beginning that a full check accepts.
    fn vault(
        &self,
        found: &Salvage,
        findings: &mut Vec<String>,
        progress: &mut dyn FnMut(CheckStep, u64, u64),
    ) -> Result<Made, Failure> {
        let (slots, without_key) = self.slots(found)?;
        let mut most = u64::MAX;
        loop {
            let saved = found.saved(most);
            let Some(last) = saved.kept.last().map(|entry| entry.head().seq) else {
                if is_unfinished(&**self.target) {
                    empty(&**self.target).map_err(failure_of)?;
                }
                return Ok(Made { saved, built: None, without_key });
            };
            let begun = Unfinished::begin(self.target, true).map_err(failure_of)?;
            let view: Arc<dyn Disk> = Arc::new(begun.clone());
            empty(&*view).map_err(failure_of)?;
            let identity = VaultIdentity::generate();
            let (name, sealed) = keyring::vault_key(&slots, &Slots::new(), &identity)?;
            let mut all = slots.clone();
            all.insert(name, sealed);
            self.build(&begun, &identity, &saved, &all)?;
            if let Some(first) = saved.without_text.first()
                && !self.may_erase(&view, &identity)?
            {
                // A text that is gone and that nobody says is gone: the log ends before it.
                most = first.saturating_sub(1);
                continue;
            }
            let lost = ranges(&saved.lost);
            let (kept, epoch_entry) = begin_epoch(
                &view,
                identity.clone(),
                self.opener,
                self.terminal,
                EpochCause::Recovered,
                (&lost, &saved.without_text, TEXT_LOST),
            )?;
            let checked = check_opened(&view, identity.clone(), progress)?;
            if let Some(finding) = checked.findings.first() {
                let seq = finding.strip_prefix("entry ").and_then(|rest| rest.split_once(':'));
                let seq = seq.and_then(|(seq, _)| seq.parse::<u64>().ok()).unwrap_or(last).clamp(1, last);
                findings.push(finding.clone());
                most = seq.saturating_sub(1);
                continue;
            }
            let users = user_ids(&all);
            return Ok(Made {
                saved,
                built: Some(Built { begun, identity, kept, epoch_entry, users }),
                without_key,
            });
        }
    }

    /// The slots of the new vault: key files that are whole, of users whose recipients are known. The second: login
    /// IDs whose keys could not be saved.
    fn slots(&self, found: &Salvage) -> Result<(Slots, Vec<String>), Failure> {
        let mut present = BTreeMap::new();
        for name in raw_key_names(self.keys).map_err(failure_of)? {
            // One whose sum is another was damaged; without sums at all, what lies there is taken. One that is not
            // read stands in the books, too, or its user is named.
            let bytes = match read_key_file(self.keys, &name) {
                Ok(Some(bytes)) => Some(bytes),
                Ok(None) | Err(VaultError::Damaged { .. }) if sums_are_there(self.keys) => None,
                _ => raw_key_file(self.keys, &name).unwrap_or_default(),
            };
            present.extend(bytes.map(|bytes| (format!("file/{name}"), bytes)));
        }
        let stored = found.slots(&present);
        let mut slots: Slots = stored
            .iter()
            .filter(|(name, _)| !name.starts_with("file/"))
            .map(|(n, b)| (n.clone(), b.clone()))
            .collect();
        let own = self.opener.identity().recipient().into_bytes();
        match self.opener {
            Opener::Sheet(_) => slots.insert("recipient/".to_owned(), own),
            Opener::User { user, .. } => slots.insert(format!("recipient/{user}"), own),
        };
        let mut without_key = Vec::new();
        let files = present.keys().chain(stored.keys()).filter_map(|name| name.strip_prefix("file/"));
        let users: std::collections::BTreeSet<&str> = files
            .chain(stored.keys().filter_map(|name| name.strip_prefix("recipient/")))
            .map(|name| name.trim_end_matches(".age"))
            .filter(|user| crate::vault::valid_user_id(user))
            .collect();
        for user in users {
            let Some(file) = slot_file(user).map(|file| format!("file/{file}")) else { continue };
            let bytes = present.get(&file).or_else(|| stored.get(&file));
            match bytes.filter(|_| slots.contains_key(&format!("recipient/{user}"))) {
                Some(bytes) => {
                    slots.insert(file, bytes.clone());
                }
                None => {
                    slots.remove(&format!("recipient/{user}"));
                    without_key.push(user.to_owned());
                }
            }
        }
        Ok((slots, without_key))
    }

    /// An empty vault, and the entries through the same frames by which they would have come.
    fn build(
        &self,
        begun: &Unfinished,
        identity: &VaultIdentity,
        saved: &Saved,
        slots: &Slots,
    ) -> Result<(), Failure> {
        let view: Arc<dyn Disk> = Arc::new(begun.clone());
        let broken = |error| store_failure(error, None);
        let memory = MemoryImage::new();
        let mut store = Store::create(memory.clone(), CACHE, &saved.site, 1).map_err(broken)?;
        store.prepare_checkpoint().map_err(broken)?;
        store.close().map_err(broken)?;
        Vault::create_begun(begun, identity, &keyring::files(slots), &memory.bytes()).map_err(failure_of)?;
        let holder = Holder::this("", &self.terminal.clock.now().to_rfc3339());
        let OpenBooks { vault, mut store, .. } =
            open_books(&view, identity.clone(), Mode::Write(holder), CACHE)?;
        let failed = |error: crate::vault::AppendError| Failure::Damaged(error.to_string());
        for frame in frames_of(&saved.kept, slots, store.frame()).map_err(broken)? {
            vault.append(&frame).map_err(failed)?;
            let frame: Result<Vec<u8>, VaultError> = Ok(frame);
            store.replay([frame].into_iter(), &mut |_, _, _| {}).map_err(|error| match error {
                crate::store::OpenError::Store(error) => store_failure(error, Some(&vault)),
                crate::store::OpenError::Frames(error) => failure_of(error),
            })?;
            if vault.overlay_bytes() >= OVERLAY {
                checkpoint(&vault, &mut store)?;
            }
        }
        checkpoint(&vault, &mut store)?;
        store.close().map_err(broken)
    }

    /// Whether whoever recovers may say in the log that texts are gone.
    fn may_erase(&self, view: &Arc<dyn Disk>, identity: &VaultIdentity) -> Result<bool, Failure> {
        let books = open_books(view, identity.clone(), Mode::Read, CACHE)?;
        let (actor, _, versions) = self.opener.seat(&books, self.terminal)?;
        let profile = versions.on(self.terminal.clock.now().date_naive());
        Ok(policy::role_for(profile, &actor.roles, "erase").is_ok())
    }
}

fn checkpoint(vault: &Vault, store: &mut Store) -> Result<(), Failure> {
    store.prepare_checkpoint().map_err(|error| store_failure(error, Some(vault)))?;
    let job = vault.begin_checkpoint().map_err(failure_of)?;
    let done = vault.finish_checkpoint(job.run(&mut |_, _| {}));
    let superseded = done.map_err(|error| Failure::Damaged(error.to_string()))?;
    superseded.remove().map_err(failure_of)
}

/// Removes what a try before this one made: the folder was empty before that.
fn empty(view: &dyn Disk) -> Result<(), VaultError> {
    for folder in ["keys", ""] {
        for one in view.list(folder).unwrap_or_default().into_iter().filter(|one| !one.folder) {
            let name = if folder.is_empty() { one.name } else { format!("{folder}/{}", one.name) };
            // The format mark is what says that all of this is ours.
            if name != "FORMAT" {
                view.remove(&name).map_err(|_| VaultError::ReadOnly)?;
            }
        }
    }
    Ok(())
}

fn sums_are_there(disk: &dyn Disk) -> bool {
    // A name that no file has: with sums that can be read, the answer is that there is none.
    matches!(read_key_file(disk, "no-such-user.age"), Ok(None))
}

/// Opens the slot as it lies there: what it holds proves itself.
fn opener(keys: &dyn Disk, who: &Checker<'_>) -> Result<Opener, Failure> {
    match who {
        Checker::Recovery(typed) => Ok(Opener::Sheet(sheet::read(typed)?)),
        Checker::User(user, password) => {
            let bytes =
                slot_file(user).map(|file| raw_key_file(keys, &file)).transpose().map_err(failure_of)?;
            let bytes =
                bytes.flatten().ok_or_else(|| gone(&format!("keys/{user}.age: the file is missing")))?;
            match open_slot(&bytes, &SecretString::from(*password), WorkFactor::MAX) {
                Ok(identity) => Ok(Opener::by(user, password, identity)),
                Err(SlotError::WrongPassword) => Err(NotOpened::Credentials.into()),
                Err(error) => Err(gone(&format!("keys/{user}.age: {error}"))),
            }
        }
    }
}

fn gone(what: &str) -> Failure {
    NoCopy::KeysGone(what.to_owned()).into()
}

fn key_gone(error: &VaultError, opener: &Opener) -> Failure {
    match (error, opener) {
        (VaultError::WrongKey { .. }, Opener::Sheet(_)) => NotOpened::Sheet.into(),
        _ => gone(&error.to_string()),
    }
}

/// Broken off, with the folders that stand half filled now.
fn cut_off(failure: Failure, folders: [&Path; 3]) -> Failure {
    let detail = match failure {
        // The password was right: it opened the slot.
        Failure::NotOpened(NotOpened::Credentials) => NOT_IN_FORCE.to_owned(),
        other => told_by(other),
    };
    let there = folders.iter().filter(|folder| folder.exists()).map(|folder| folder.display().to_string());
    NoCopy::RecoverCutOff { detail, folders: there.collect::<Vec<_>>().join(", ") }.into()
}

fn beside(to: &Path, suffix: &str) -> PathBuf {
    let mut name = to.file_name().unwrap_or_default().to_owned();
    name.push(suffix);
    to.with_file_name(name)
}

fn user_ids(slots: &Slots) -> Vec<String> {
    let names = slots.keys().filter_map(|name| name.strip_prefix("file/")?.strip_suffix(".age"));
    names.filter(|user| crate::vault::valid_user_id(user)).map(str::to_owned).collect()
}

fn described(entry: &Entry) -> SavedEntry {
    let head = entry.head();
    SavedEntry { seq: head.seq, time: head.time.clone(), kind: head.kind.clone(), actor: head.actor.clone() }
}

fn lines_of(entries: &[Entry]) -> Result<Vec<u8>, crate::store::StoreError> {
    let mut bytes = Vec::new();
    for entry in entries {
        let line = entry.to_line().map_err(crate::store::StoreError::NotAnEntry)?;
        bytes.extend_from_slice(line.as_bytes());
        bytes.push(b'\n');
    }
    Ok(bytes)
}

/// Numbers as ranges: `813-820, 824`.
fn ranges(numbers: &[u64]) -> String {
    let mut parts: Vec<(u64, u64)> = Vec::new();
    for number in numbers {
        match parts.last_mut() {
            Some((_, last)) if last.saturating_add(1) == *number => *last = *number,
            _ => parts.push((*number, *number)),
        }
    }
    let one = |(from, to): &(u64, u64)| if from == to { from.to_string() } else { format!("{from}-{to}") };
    parts.iter().map(one).collect::<Vec<_>>().join(", ")
}
