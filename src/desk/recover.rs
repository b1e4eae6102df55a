//! What can be saved of a damaged vault, made into a new one. The damaged folder is copied first and never written to;
//! every entry that verifies is saved, and each number that does not is named. Copies of the same vault fill the gaps:
//! an entry proves itself wherever it lay.
//!
//! ```text
//! TO.damaged-copy/                the damaged folder, byte by byte
//! TO/                             a new vault: entries from the first on, as far as they hold, in a new epoch
//! TO.saved/entries.jsonl.age      entries behind the first gap whose signatures hold, for the new vault's key
//! TO/blobs/                       attachments that are what was attached, from the vault or a copy
//! TO.saved/unverified.jsonl.age   entries behind it whose signer's key went with an entry that is lost
//! ```

use super::attachments::{Contents, is_what_was_attached};
use super::check::{CheckStep, Checker, Expected, check_all, check_opened};
use super::door::Terminal;
use super::failure::{failure_of, store_failure, told_by};
use super::keyring::{self, Changes, Slots};
use super::login::{OpenBooks, open_books};
use super::restore::{CACHE, Kept, Opener, begin_epoch, refuse_occupied};
use super::viewer::empowered_by;
use super::{Failure, NoCopy, NotOpened, sheet};
use crate::domain::{Attachment, BeginEpoch, Context, EpochCause, Id, Noun, Stamp, WaysIn, policy};
use crate::fault::{Fault, Value, fault};
use crate::log::Entry;
use crate::store::{MemoryImage, Salvage, Saved, Store, frames_of, ways_in};
use crate::vault::{
    Blob, Disk, Doing, Holder, Mode, Part, RealDisk, SlotError, Unfinished, VAULT_KEY, Vault, VaultError,
    VaultIdentity, WorkFactor, copy_raw, format_made_from, is_unfinished, keep_writers_out, open_slot,
    open_vault_key, place_of, raw_key_file, raw_key_names, read_blob, read_key_file, refuse_newer, salvage,
    slot_file, write_blob, write_sealed,
};
use age::secrecy::SecretString;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Bytes of overlay after which a checkpoint is made on the way.
const OVERLAY: u64 = 32 << 20;
/// The file of saved entries.
const SAVED_FILE: &str = "entries.jsonl.age";
/// The file of entries that nobody can verify any more.
const UNVERIFIED_FILE: &str = "unverified.jsonl.age";
/// Why the entries of attachments whose contents are gone are recorded as erased.
const CONTENTS_LOST: &str =
    "保管庫の破損で失われた添付書類です。 / The attachment was lost when the vault was damaged.";
/// The slot of the recovery sheet's recipient.
const SHEET: &str = "recipient/";
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
    pub findings: Vec<Fault>,
    /// The last entry of the new vault: number, time, short root. `None`: not even the first entry could be saved, and
    /// there is no new vault.
    pub kept: Option<(u64, Option<Stamp>, String)>,
    /// The entry with which its epoch begins.
    pub epoch_entry: u64,
    /// Entries behind the first gap, saved in `saved_to`.
    pub behind: Vec<SavedEntry>,
    /// Where these are.
    pub saved_to: Option<PathBuf>,
    /// Entries behind the first gap that nobody can verify: the entry that names the signer's key is lost.
    pub unverified: Vec<SavedEntry>,
    /// Where these are.
    pub unverified_to: Option<PathBuf>,
    /// Entries of which nothing could be saved, as ranges.
    pub lost: String,
    /// Whether the last entry that was found is known to be the last there was.
    pub end_known: bool,
    /// Entries that the copies gave, as ranges.
    pub from_copies: String,
    /// Entries of the new vault whose texts are gone.
    pub without_text: Vec<u64>,
    /// Attachments whose contents are gone, with what they are attached to.
    pub lost_attachments: Vec<String>,
    /// Login IDs whose passwords open the new vault.
    pub users: Vec<String>,
    /// Login IDs that need a new password first.
    pub without_key: Vec<String>,
    /// Whether the recovery sheet in force opens the new vault.
    pub sheet_opens: bool,
}

/// Saves what can be saved of a vault. `copies`: copies of the same vault, whose entries fill the gaps, and whose keys
/// serve where its own are gone.
///
/// # Errors
/// [`NotOpened`] for a wrong password, for a vault that somebody works in or that a newer release made, and for what
/// this account may not read, [`NoCopy::NotDamaged`] when a check finds nothing, [`NoCopy::KeysGone`] when no key opens
/// anything, [`NoCopy::FromDamaged`] for a copy that gives nothing, [`Failure::Device`] when the keys cannot be read,
/// [`NoCopy::RecoverCutOff`] when a device failed after that; the damaged folder is as it was in any case.
pub fn recover(
    from: &Path,
    to: &Path,
    who: &Checker<'_>,
    copies: &[PathBuf],
    terminal: &Terminal,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<Recovered, Failure> {
    let (copied_to, saved_to) = (beside(to, ".damaged-copy"), beside(to, ".saved"));
    let disk = |path: &Path| -> Arc<dyn Disk> { Arc::new(RealDisk::new(path)) };
    let (source, copy, target, saved_disk) = (disk(from), disk(&copied_to), disk(to), disk(&saved_to));
    let copies: Vec<Arc<dyn Disk>> = copies.iter().map(|path| disk(path)).collect();
    for place in [&source].into_iter().chain(&copies) {
        refuse_unlisted(&**place)?;
        refuse_newer(&**place).map_err(failure_of)?;
    }
    for folder in [&target, &copy, &saved_disk] {
        refuse_occupied(&**folder)?;
    }
    let nobody_writes = keep_writers_out(&*source).map_err(failure_of)?;
    let places: Vec<&dyn Disk> = [&source].into_iter().chain(&copies).map(|place| &**place).collect();
    let (opener, old) = keys_of(&places, who)?;
    let given: Result<Vec<(Salvage, FromCopy)>, Failure> =
        copies.iter().map(|place| of_copy(&**place, &opener, who, &old, progress)).collect();
    let (given, of_copies): (Vec<Salvage>, Vec<FromCopy>) = given?.into_iter().unzip();
    let (copy_slots, copy_keys): (Vec<CopySlots>, Vec<VaultIdentity>) = of_copies.into_iter().unzip();
    let cut_off = |failure| cut_off(failure, [to, &copied_to, &saved_to]);
    let unread = copy_raw(&*source, &*copy).map_err(failure_of).map_err(cut_off)?;
    drop(nobody_writes);
    let mut found = Salvage::default();
    let damage = read_all(&*copy, &old, &mut found, progress);
    if let Some(error) = damage.iter().find(|error| error.is_unread()) {
        // The copy was read from the damaged vault just now: what it does not give is not what is lost.
        return Err(cut_off(failure_of(error.clone())));
    }
    let mut findings: Vec<Fault> = unread.iter().chain(&damage).map(VaultError::fault).collect();
    if findings.is_empty()
        && let Ok(checked) = check_opened(&copy, old.clone(), progress)
        && checked.findings.is_empty()
    {
        // Two vaults in use where one was would be worse than any damage: the log would part.
        remove_whole(&copied_to).map_err(cut_off)?;
        return Err(NoCopy::NotDamaged.into());
    }
    // What the device did not read is zeros in the copy, as a journal is behind its end.
    let end_known = found.end_is_known() && !unread.iter().any(may_hide_the_end);
    let filled: BTreeSet<u64> = given.into_iter().flat_map(|copy| found.fill_up(copy)).collect();
    let mut places = vec![(&*copy, old.clone())];
    places.extend(copies.iter().map(|place| &**place).zip(copy_keys));
    let rescue = Rescue { source: &*source, places, copy_slots, target: &target, opener: &opener, terminal };
    let made = rescue.vault(&found, &mut findings, progress).map_err(cut_off)?;
    let Made { saved, built, without_key } = made;
    if let (None, Some(error)) = (&built, unread.iter().find(|error| error.is_device())) {
        // Another try may read what this one could not: nothing says yet that all is lost.
        return Err(cut_off(failure_of(error.clone())));
    }
    let identity = built.as_ref().map_or(&old, |built| &built.identity);
    let keep = |entries: &[Entry], file: &str| -> Result<Option<PathBuf>, Failure> {
        if entries.is_empty() {
            return Ok(None);
        }
        let lines = lines_of(entries).map_err(|error| store_failure(error, None))?;
        write_sealed(&*saved_disk, file, identity, &lines).map_err(failure_of).map_err(cut_off)?;
        Ok(Some(saved_to.join(file)))
    };
    let kept_behind = keep(&saved.behind, SAVED_FILE)?;
    let kept_unverified = keep(&saved.unverified, UNVERIFIED_FILE)?;
    let (mut kept, mut epoch_entry, mut users, mut sheet_opens) = (None, 0, Vec::new(), false);
    let mut lost_attachments = Vec::new();
    if let Some(built) = built {
        // The last step of all: until here the folder is half there.
        built.begun.finish().map_err(failure_of).map_err(cut_off)?;
        (kept, epoch_entry, users) = (Some(built.kept), built.epoch_entry, built.users);
        (sheet_opens, lost_attachments) = (built.sheet_opens, built.lost_attachments);
    }
    let in_log = |seq: &u64| saved.kept.last().is_some_and(|last| *seq <= last.head().seq);
    let from_copies: Vec<u64> = filled.into_iter().filter(in_log).collect();
    Ok(Recovered {
        copied_to,
        findings,
        kept,
        epoch_entry,
        behind: saved.behind.iter().map(described).collect(),
        saved_to: kept_behind,
        unverified: saved.unverified.iter().map(described).collect(),
        unverified_to: kept_unverified,
        lost: ranges(&saved.lost),
        end_known,
        from_copies: ranges(&from_copies),
        without_text: saved.without_text,
        lost_attachments,
        users,
        without_key,
        sheet_opens,
    })
}

fn may_hide_the_end(unread: &VaultError) -> bool {
    match unread {
        VaultError::Damaged { file, .. } => is_of_the_end(file),
        VaultError::Device { file, .. } => file.name().is_none_or(is_of_the_end),
        _ => true,
    }
}

/// Whether a file may hold the last entries.
fn is_of_the_end(file: &str) -> bool {
    !file.starts_with("base.") && !file.starts_with("blobs/")
}

/// Everything that decrypts at a place, into `found`.
fn read_all(
    place: &dyn Disk,
    identity: &VaultIdentity,
    found: &mut Salvage,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Vec<VaultError> {
    let mut parts = 0;
    salvage(place, identity, &mut |part| {
        parts += 1;
        match part {
            Part::Base => found.take_base(),
            Part::Hole => found.take_hole(),
            Part::Image { bytes, goes_on } => found.take_image(bytes, goes_on),
            Part::Frame(bytes) => found.take_frame(bytes),
        }
        progress(CheckStep::Bytes, parts, parts);
    })
}

/// The slots of a copy, as of its last entry.
struct CopySlots {
    slots: BTreeMap<String, Vec<u8>>,
    last: u64,
}

/// What a copy gives beside its entries: its slots, and the key that opens it.
type FromCopy = (CopySlots, VaultIdentity);

/// What a copy gives. It is read where it lies, and its own damage costs only what it would have filled.
fn of_copy(
    copy: &dyn Disk,
    opener: &Opener,
    who: &Checker<'_>,
    vault: &VaultIdentity,
    progress: &mut dyn FnMut(CheckStep, u64, u64),
) -> Result<(Salvage, FromCopy), Failure> {
    let sealed = raw_key_file(copy, VAULT_KEY).ok().flatten();
    let by = |opener: &Opener| open_vault_key(sealed.as_ref()?, &opener.identity()).ok();
    // Made before the user's key was changed, it has a slot of its own for them; before the vault's was, a key of its own.
    let own = by(opener).or_else(|| by(&open_own(copy, who).ok()?));
    let mut found = Salvage::default();
    let key = own.unwrap_or_else(|| vault.clone());
    let read = read_all(copy, &key, &mut found, progress);
    match read.into_iter().next() {
        Some(error) if found.is_empty() => match failure_of(error) {
            Failure::Damaged(place) => Err(NoCopy::FromDamaged(place).into()),
            other => Err(other),
        },
        _ => {
            let slots = found.slots(&key_files(copy)?);
            let last = found.last();
            Ok((found, (CopySlots { slots, last }, key)))
        }
    }
}

/// The key files that are whole, by their slots. One whose sum is another was damaged; without sums at all, what lies
/// there is taken. One that is not read stands in the books, too, or its user is named.
fn key_files(place: &dyn Disk) -> Result<BTreeMap<String, Vec<u8>>, Failure> {
    let mut present = BTreeMap::new();
    for name in raw_key_names(place).map_err(failure_of)? {
        let bytes = match read_key_file(place, &name) {
            Ok(Some(bytes)) => Some(bytes),
            Ok(None) | Err(VaultError::Damaged { .. }) if sums_are_there(place) => None,
            _ => raw_key_file(place, &name).unwrap_or_default(),
        };
        present.extend(bytes.map(|bytes| (format!("file/{name}"), bytes)));
    }
    Ok(present)
}

/// Whoever opens it, and the identity of the vault, by the first place whose key files still do.
fn keys_of(places: &[&dyn Disk], who: &Checker<'_>) -> Result<(Opener, VaultIdentity), Failure> {
    let mut first = None;
    for slot_place in places {
        let opener = match open_own(*slot_place, who) {
            Ok(opener) => opener,
            Err(failure) => {
                first.get_or_insert(failure);
                continue;
            }
        };
        for place in places {
            match vault_key_at(*place, &opener) {
                Ok(vault) => return Ok((opener, vault)),
                Err(failure) => {
                    first.get_or_insert(failure);
                }
            }
        }
    }
    Err(first.unwrap_or_else(|| gone(key_missing("keys/vault.age"))))
}

fn vault_key_at(place: &dyn Disk, opener: &Opener) -> Result<VaultIdentity, Failure> {
    let key = raw_key_file(place, VAULT_KEY).map_err(failure_of)?;
    let key = key.ok_or_else(|| gone(key_missing("keys/vault.age")))?;
    open_vault_key(&key, &opener.identity()).map_err(|error| key_gone(&error, opener))
}

/// Refuses a place that is not there, or may not be looked into.
fn refuse_unlisted(place: &dyn Disk) -> Result<(), Failure> {
    use std::io::ErrorKind;
    match place.list("") {
        Ok(_) => Ok(()),
        Err(e) if matches!(e.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            Err(NotOpened::Missing(place_of(place)).into())
        }
        Err(e) => Err(failure_of(VaultError::from_io(Doing::Listing, place_of(place), &e))),
    }
}

/// Takes away what this run made, and nobody else can have put anything into.
fn remove_whole(folder: &Path) -> Result<(), Failure> {
    std::fs::remove_dir_all(folder)
        .map_err(|e| failure_of(VaultError::from_io(Doing::Removing, folder.display().to_string(), &e)))
}

/// What is at work.
struct Rescue<'r> {
    source: &'r dyn Disk,
    /// Where attachments may still be, with the key that opens them there: the damaged vault first, then its copies.
    places: Vec<(&'r dyn Disk, VaultIdentity)>,
    copy_slots: Vec<CopySlots>,
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
    sheet_opens: bool,
    lost_attachments: Vec<String>,
}

impl Rescue<'_> {
    /// Makes the vault of the longest beginning that a full check accepts.
    fn vault(
        &self,
        found: &Salvage,
        findings: &mut Vec<Fault>,
        progress: &mut dyn FnMut(CheckStep, u64, u64),
    ) -> Result<Made, Failure> {
        let present = key_files(self.source)?;
        let mut most = u64::MAX;
        loop {
            let saved = found.saved(most);
            let ways = ways_in(&saved).map_err(|error| store_failure(error, None))?;
            let (slots, without_key) = self.slots(found, &present, &saved, &ways);
            let Some(last) = saved.kept.last().map(|entry| entry.head().seq) else {
                if is_unfinished(&**self.target) {
                    empty(&**self.target).map_err(failure_of)?;
                }
                return Ok(Made { saved, built: None, without_key });
            };
            let begun =
                Unfinished::begin(self.target, format_made_from(self.source), true).map_err(failure_of)?;
            let view: Arc<dyn Disk> = Arc::new(begun.clone());
            empty(&*view).map_err(failure_of)?;
            let identity = VaultIdentity::generate();
            let resealed = keyring::reseal(&slots, &ways, &Changes::new(), &identity)?;
            let all = keyring::changed(&slots, &resealed.changes);
            self.build(&begun, &identity, &saved, &all)?;
            let may_erase = self.may_erase(&view, &identity)?;
            if let Some(first) = saved.without_text.first()
                && !may_erase
            {
                // A text that is gone and that nobody says is gone: the log ends before it.
                most = first.saturating_sub(1);
                continue;
            }
            let lost_attachments = self.attachments(&view, &identity, &saved)?;
            let mut gone: Vec<(u64, &str)> = saved.without_text.iter().map(|seq| (*seq, TEXT_LOST)).collect();
            if may_erase {
                let more = lost_attachments.iter().map(|row| (row.trace.made, CONTENTS_LOST));
                gone.extend(more.filter(|(seq, _)| !saved.without_text.contains(seq)));
            }
            let with_key = user_ids(&all);
            let lost = ranges(&saved.lost);
            let mut command = BeginEpoch { cause: EpochCause::Recovered, lost, ..BeginEpoch::default() };
            if resealed.sealing.is_some() {
                let users = ways.users.iter().map(|(user, _)| user.clone());
                command.left_out = users.filter(|user| !with_key.contains(user)).collect();
                command.sheet_lost = !all.contains_key(SHEET);
                command.sealing = resealed.sealing;
            }
            let (kept, epoch_entry) =
                begin_epoch(&view, identity.clone(), self.opener, self.terminal, command, &gone)?;
            // Of attachments that are gone, the list says so.
            let (checked, _) = check_all(&view, identity.clone(), &Expected::default(), progress)?;
            if let Some(finding) = checked.findings.first() {
                let seq = match finding.value("entry") {
                    Some(Value::Number(seq)) => (*seq).clamp(1, last),
                    _ => last,
                };
                findings.push(finding.clone());
                most = seq.saturating_sub(1);
                continue;
            }
            let users = with_key;
            let sheet_opens = all.contains_key(SHEET);
            return Ok(Made {
                saved,
                built: Some(Built {
                    begun,
                    identity,
                    kept,
                    epoch_entry,
                    users,
                    sheet_opens,
                    lost_attachments: lost_attachments.iter().map(said_attachment).collect(),
                }),
                without_key,
            });
        }
    }

    /// The slots of the new vault: key files that are whole, of users whom an entry that was kept made and none removed,
    /// and as the log names them where it does. `present`: the key files that are whole. The second: login IDs whose keys could not be saved.
    fn slots(
        &self,
        found: &Salvage,
        present: &BTreeMap<String, Vec<u8>>,
        saved: &Saved,
        ways: &WaysIn,
    ) -> (Slots, Vec<String>) {
        let stored = found.slots(present);
        let mut slots: Slots = stored
            .iter()
            .filter(|(name, _)| !name.starts_with("file/"))
            .map(|(n, b)| (n.clone(), b.clone()))
            .collect();
        let own = self.opener.identity().recipient().into_bytes();
        match self.opener {
            Opener::Sheet(_) => slots.insert(SHEET.to_owned(), own),
            Opener::User { user, .. } => slots.insert(format!("recipient/{user}"), own),
        };
        self.fill_from_copies(&mut slots, present, saved);
        // What no entry that was kept names is nobody's, whoever wrote it there.
        for name in keyring::beside(&slots, ways) {
            slots.remove(&name);
        }
        let mut without_key = Vec::new();
        let files = present.keys().chain(stored.keys()).filter_map(|name| name.strip_prefix("file/"));
        let users: BTreeSet<String> = files
            .chain(slots.keys().filter_map(|name| name.strip_prefix("recipient/")))
            .map(|name| name.trim_end_matches(".age"))
            .filter(|user| crate::vault::valid_user_id(user))
            .map(str::to_owned)
            .collect();
        for user in users {
            let Some(file) = slot_file(&user).map(|file| format!("file/{file}")) else { continue };
            let recipient = format!("recipient/{user}");
            let Some((_, way)) = ways.users.iter().find(|(known, _)| *known == user) else {
                slots.remove(&recipient);
                continue;
            };
            if saved.removed.contains(&user) {
                slots.remove(&recipient);
                continue;
            }
            // A copy's file only where it is of the key in force: the user may have another password since.
            let copies = self.copy_slots.iter().filter_map(|CopySlots { slots: theirs, .. }| {
                theirs.get(&file).filter(|_| theirs.get(&recipient) == slots.get(&recipient))
            });
            let mut all = present.get(&file).into_iter().chain(stored.get(&file)).chain(copies);
            let is_named = |bytes: &&Vec<u8>| match way {
                Some(way) => keyring::digest(bytes) == way.key_file,
                None => true,
            };
            let bytes = all.find(|bytes| is_named(bytes));
            match bytes.filter(|_| slots.contains_key(&recipient)).cloned() {
                Some(bytes) => {
                    slots.insert(file, bytes);
                }
                None => {
                    slots.remove(&recipient);
                    without_key.push(user);
                }
            }
        }
        (slots, without_key)
    }

    /// Recipients that went with the base: a copy's, where the key file is the same one still, and the sheet's, where no
    /// entry since replaced it.
    fn fill_from_copies(&self, slots: &mut Slots, present: &BTreeMap<String, Vec<u8>>, saved: &Saved) {
        for CopySlots { slots: theirs, last } in &self.copy_slots {
            for (name, recipient) in theirs.iter().filter(|(name, _)| name.starts_with("recipient/")) {
                let in_force = match name.strip_prefix("recipient/").and_then(slot_file) {
                    Some(file) => {
                        let file = format!("file/{file}");
                        theirs.get(&file).is_some_and(|theirs| present.get(&file) == Some(theirs))
                    }
                    None => name == SHEET && saved.sheet_replaced <= *last,
                };
                if in_force && !slots.contains_key(name) {
                    slots.insert(name.clone(), recipient.clone());
                }
            }
        }
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
        let failed = |error: crate::vault::AppendError| Failure::Damaged(error.fault());
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

    /// Brings over what is still as it was attached. Gives those that are not, and those whose entries lost their words:
    /// nobody can say what they are.
    fn attachments(
        &self,
        view: &Arc<dyn Disk>,
        identity: &VaultIdentity,
        saved: &Saved,
    ) -> Result<Vec<Attachment>, Failure> {
        let books = open_books(view, identity.clone(), Mode::Read, CACHE)?;
        let broken = |error| store_failure(error, Some(&books.vault));
        let reading = books.store.read().map_err(broken)?;
        let mut lost = Vec::new();
        for n in 1.. {
            let id = Id::new(Noun::Attachment, n);
            let Some(row) = reading.get_as::<Attachment>(id).map_err(broken)? else { break };
            if !row.is_kept() {
                if saved.without_text.contains(&row.trace.made) {
                    lost.push(row);
                }
                continue;
            }
            match self.places.iter().find_map(|(place, key)| whole(*place, key, &row)) {
                Some(contents) => {
                    write_blob(&**view, identity, &row.blob, &contents).map_err(failure_of)?;
                }
                None => lost.push(row),
            }
        }
        Ok(lost)
    }

    /// Whether whoever recovers may say in the log that texts are gone.
    fn may_erase(&self, view: &Arc<dyn Disk>, identity: &VaultIdentity) -> Result<bool, Failure> {
        let books = open_books(view, identity.clone(), Mode::Read, CACHE)?;
        let (actor, _, versions) = self.opener.seat(&books, self.terminal)?;
        let profile = versions.on(self.terminal.serving(&versions).clock.now().date_naive());
        let now = self.terminal.serving(&versions).clock.now();
        let reading = books.store.read().map_err(|error| store_failure(error, None))?;
        let context = empowered_by(&reading, Context::new(&actor, now, None, profile))?;
        Ok(policy::ways(&context, "erase").is_ok())
    }
}

fn checkpoint(vault: &Vault, store: &mut Store) -> Result<(), Failure> {
    store.prepare_checkpoint().map_err(|error| store_failure(error, Some(vault)))?;
    let job = vault.begin_checkpoint().map_err(failure_of)?;
    let done = vault.finish_checkpoint(job.run(&mut |_, _| {}));
    let superseded = done.map_err(|error| Failure::Damaged(error.fault()))?;
    superseded.remove().map_err(failure_of)
}

/// The contents of an attachment at a place, where they are what was attached.
fn whole(place: &dyn Disk, key: &VaultIdentity, row: &Attachment) -> Option<Contents> {
    // Whatever is wrong with it there: another place may have it whole.
    let contents = read_blob(place, key, &row.blob).ok()??;
    is_what_was_attached(row, &Blob::of(&contents)).then_some(contents)
}

fn said_attachment(row: &Attachment) -> String {
    format!("{} {} ({})", row.id, row.file, row.record)
}

/// Removes what a try before this one made: the folder was empty before that.
fn empty(view: &dyn Disk) -> Result<(), VaultError> {
    for folder in ["blobs", "keys", ""] {
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
fn open_own(keys: &dyn Disk, who: &Checker<'_>) -> Result<Opener, Failure> {
    match who {
        Checker::Recovery(typed) => Ok(Opener::Sheet(sheet::read(typed)?)),
        Checker::User(user, password) => {
            let bytes =
                slot_file(user).map(|file| raw_key_file(keys, &file)).transpose().map_err(failure_of)?;
            let file = format!("keys/{user}.age");
            let bytes = bytes.flatten().ok_or_else(|| gone(key_missing(&file)))?;
            match open_slot(&bytes, &SecretString::from(*password), WorkFactor::MAX) {
                Ok(identity) => Ok(Opener::by(user, password, identity)),
                Err(SlotError::WrongPassword) => Err(NotOpened::Credentials.into()),
                Err(error) => Err(gone(error.of_file(&file).fault())),
            }
        }
    }
}

fn gone(what: Fault) -> Failure {
    NoCopy::KeysGone(what).into()
}

fn key_missing(file: &str) -> Fault {
    fault!("key_missing", file = file)
}

fn key_gone(error: &VaultError, opener: &Opener) -> Failure {
    match (error, opener) {
        (VaultError::WrongKey { .. }, Opener::Sheet(_)) => NotOpened::Sheet.into(),
        _ => gone(error.fault()),
    }
}

/// Broken off, with the folders that stand half filled now.
fn cut_off(failure: Failure, folders: [&Path; 3]) -> Failure {
    let detail = match failure {
        // The password was right: it opened the slot.
        Failure::NotOpened(NotOpened::Credentials) => fault!("recover_key_not_in_force"),
        Failure::Denied(..) | Failure::Rejected(..) => fault!("recover_no_authority"),
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
