//! A copy of a vault in another place, made while a writer is at work, and read back from there before it counts.
//!
//! The place holds the older copy, whole, or the newer one, whole, at any power cut: files are written under names
//! that do not count yet, and the mark (`mark`) says at once which do. A first copy counts with its format mark.
//! Only the last segment of the older copy takes the place of itself: it begins with all it had.

use std::io;
use std::sync::Arc;

use super::base::{base_name, id_of};
use super::blobs::{self, BLOBS, blob_file};
use super::durable::{Disk, ReadAt, read_exact_at, sync_dir};
use super::error::{Doing, VaultError, Where};
use super::folder::{FORMAT, Found, format_of, inspect};
use super::journal::segment_name;
use super::keys::{KEYS, VaultIdentity, rewrite_keys, verify_keys};
use super::mark::{MARK, Mark};
use super::replay::{load, load_found};
use super::snapshot::Snapshot;
use super::unfinished::{UNFINISHED, Unfinished};
use super::upgrade::raise;
use super::verify::{Progress, Verified, verify, verify_loaded};
use super::walk::Walked;
use crate::fault::{Fault, fault};

/// Bytes between syncs, so that what is told of progress is true of the device.
const SYNC_EVERY: u64 = 16 << 20;
const BLOCK: usize = 1 << 20;

/// What was copied.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copied {
    /// Bytes of the copy as a whole.
    pub bytes: u64,
    /// Bytes that had to be written: the rest was there already.
    pub fresh: u64,
    /// What reading it back from the place said; without findings.
    pub verified: Verified,
}

/// Why there is no newer copy. What was at the place before still counts there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyError {
    /// What is to be copied could not be read.
    Source(VaultError),
    /// The place could not be written or read.
    Place(VaultError),
    /// Something that is no copy of a vault is there; its name.
    Occupied(Where),
    /// A vault is there that people work in, or a copy made by hand: it is not replaced.
    IsAVault,
    /// The copy there is not opened by this vault's key: another vault's, or from before the key was changed.
    OtherKey,
    /// The copy there is damaged, so that nobody can say whether it holds more than this one would.
    Damaged(VaultError),
    /// The copy there is newer than this vault, or of another past.
    Newer,
    /// What was written did not come back from the place as it was written, twice.
    Unreliable(VaultError),
}

impl CopyError {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Source(e) | Self::Place(e) | Self::Damaged(e) => e.fault(),
            Self::Occupied(name) => fault!("copy_occupied", file = name),
            Self::IsAVault => fault!("copy_is_a_vault"),
            Self::OtherKey => fault!("copy_other_key"),
            Self::Newer => fault!("copy_newer"),
            Self::Unreliable(e) => fault!("copy_unreliable", why = e.fault()),
        }
    }
}

impl std::fmt::Display for CopyError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for CopyError {}

/// Whether a copy was begun in a folder and never finished there: nothing in it counts, and it may begin again.
pub fn is_unfinished(disk: &dyn Disk) -> bool {
    let Ok(listed) = disk.list("") else { return false };
    let there = |name: &str| listed.iter().any(|one| one.name == name && !one.folder);
    there(UNFINISHED) && !there(FORMAT)
}

/// Copies a vault to a place that is missing, empty, or holds an older copy of it. What is there already and is the
/// same is not written again. Needs no lock on the vault; the place is used by one at a time.
///
/// # Errors
/// Nothing that counted before is lost by any of them.
pub fn copy(
    source: &dyn Disk,
    place: &Arc<dyn Disk>,
    identity: &VaultIdentity,
    progress: &mut dyn FnMut(Progress),
) -> Result<Copied, CopyError> {
    let wanted = Snapshot::take(source, identity).map_err(CopyError::Source)?;
    let listed = match place.list("") {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => Vec::new(),
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => {
            return Err(CopyError::Occupied(Where::File));
        }
        Err(e) => return Err(CopyError::Place(VaultError::from_io(Doing::Listing, Where::Folder, &e))),
    };
    let there = |name: &str| listed.iter().any(|one| one.name == name && !one.folder);
    if there(FORMAT) && !there(MARK) {
        return Err(CopyError::IsAVault);
    }
    if there(FORMAT) {
        let (mut before, coming) = (0, 2 * wanted.bytes());
        compare(&wanted, &**place, identity, &mut |at| {
            before = at.total;
            progress(Progress { done: at.done, total: at.total + coming });
        })?;
        let mut tell = |at: Progress| progress(Progress { done: before + at.done, total: before + at.total });
        let copied =
            fill(&wanted, source, place, identity, &mut tell).map_err(|e| blame(e, source, identity))?;
        // Before the newer state counts: the older one is read alike under the later format.
        if format_of(&**place).map_err(CopyError::Place)? < wanted.format {
            raise(&**place, wanted.format).map_err(CopyError::Place)?;
        }
        mark(&wanted, &**place)?;
        return Ok(copied);
    }
    let begun = Unfinished::begin(place, wanted.format, true).map_err(|e| match e {
        VaultError::Occupied { name } => CopyError::Occupied(name),
        e => CopyError::Place(e),
    })?;
    let view: Arc<dyn Disk> = Arc::new(begun.clone());
    let copied = fill(&wanted, source, &view, identity, progress).map_err(|e| blame(e, source, identity))?;
    mark(&wanted, &*view)?;
    begun.finish().map_err(CopyError::Place)?;
    Ok(copied)
}

/// Copies a vault, or a copy of one, into the beginning of a vault: the same files without the mark.
///
/// # Errors
/// As [`copy`].
pub fn copy_whole(
    source: &dyn Disk,
    begun: &Unfinished,
    identity: &VaultIdentity,
    progress: &mut dyn FnMut(Progress),
) -> Result<Copied, CopyError> {
    let wanted = Snapshot::take(source, identity).map_err(CopyError::Source)?;
    let view: Arc<dyn Disk> = Arc::new(begun.clone());
    fill(&wanted, source, &view, identity, progress).map_err(|e| blame(e, source, identity))
}

/// What did not read back as written was perhaps damaged before it was copied.
fn blame(error: CopyError, source: &dyn Disk, identity: &VaultIdentity) -> CopyError {
    match error {
        CopyError::Unreliable(e) => {
            let Verified { findings, blob_findings, .. } = verify(source, identity, &mut |_| {});
            let damage = findings.into_iter().chain(blob_findings).next();
            damage.map_or(CopyError::Unreliable(e), CopyError::Source)
        }
        other => other,
    }
}

/// Refuses a place that holds anything but an older state of the same vault, as far as files can tell; whether the
/// entries are an older part of the same log is for the caller to ask. All that counts there is read, before anything
/// is written: a medium that loses what it took is to be known of, and not mended in silence. The keys are written
/// anew each time, and may be half replaced by a copy that was cut.
fn compare(
    wanted: &Snapshot,
    place: &dyn Disk,
    identity: &VaultIdentity,
    progress: &mut dyn FnMut(Progress),
) -> Result<(), CopyError> {
    let found = inspect(place).map_err(unusable)?;
    forget(place, found.base, found.newest);
    let held = load(place, identity, false).map_err(unusable)?;
    if found.base > wanted.base || found.newest > wanted.newest() {
        return Err(CopyError::Newer);
    }
    if found.base == wanted.base {
        let file = place.open(&base_name(found.base)).map_err(|e| read_failed(&base_name(found.base), &e))?;
        let id = id_of(&*file).map_err(|e| read_failed(&base_name(found.base), &e))?;
        if id != Some(wanted.base_id) {
            return Err(CopyError::Newer);
        }
    }
    for old in &held.walked {
        let new = wanted.segments.iter().find(|new| new.header.generation == old.header.generation);
        if new.is_some_and(|new| !begins_with(new, old)) {
            return Err(CopyError::Newer);
        }
    }
    let mut found = verify_loaded(held, identity, Verified::default(), progress).findings;
    blobs::verify_blobs(place, identity, &mut found, &mut |_| {});
    match found.into_iter().next() {
        Some(damage) => Err(unusable(damage)),
        None => Ok(()),
    }
}

/// Asks that files be read from the device. Declined, they are read from memory: less is shown then, and nothing is
/// wrong.
fn forget(place: &dyn Disk, base: u64, newest: u64) {
    for name in (base + 1..=newest).map(segment_name).chain([base_name(base)]) {
        let _ = place.forget(&name);
    }
}

fn unusable(error: VaultError) -> CopyError {
    match error {
        VaultError::WrongKey { .. } => CopyError::OtherKey,
        VaultError::Foreign { name } => CopyError::Occupied(name.into()),
        e if e.is_damage() => CopyError::Damaged(e),
        e => CopyError::Place(e),
    }
}

/// Whether a segment is an older state of another. The chain of hashes stands for all that came before.
fn begins_with(new: &Walked, old: &Walked) -> bool {
    let chain = match old.frames.len().checked_sub(1) {
        Some(last) => new.frames.get(last).and_then(|parts| parts.last()).map(|part| part.header.hash()),
        None => Some(new.first),
    };
    new.first == old.first && chain == Some(old.seal.chain)
}

fn read_failed(name: &str, e: &io::Error) -> CopyError {
    CopyError::Place(VaultError::from_io(Doing::Reading, name, e))
}

/// Writes what is not there yet, and reads all of it back. Nothing counts yet when this returns.
fn fill(
    wanted: &Snapshot,
    source: &dyn Disk,
    place: &Arc<dyn Disk>,
    identity: &VaultIdentity,
    progress: &mut dyn FnMut(Progress),
) -> Result<Copied, CopyError> {
    // What a copy that was cut had written is taken over. Should it not read back, all of it is written again, once.
    let mut trusting = true;
    loop {
        let fresh = Writing { wanted, source, place: &**place, done: 0, fresh: 0, progress }.run(trusting)?;
        let verified = read_back(wanted, source, &**place, identity, progress);
        match verified.findings.first().cloned() {
            None => {
                let bytes = wanted.bytes();
                progress(Progress { done: 2 * bytes, total: 2 * bytes });
                return Ok(Copied { bytes, fresh, verified });
            }
            Some(_) if trusting => trusting = false,
            Some(e) if e.is_damage() => return Err(CopyError::Unreliable(e)),
            Some(e) => return Err(CopyError::Place(e)),
        }
    }
}

/// What is being written.
struct Writing<'w> {
    wanted: &'w Snapshot,
    source: &'w dyn Disk,
    place: &'w dyn Disk,
    done: u64,
    fresh: u64,
    progress: &'w mut dyn FnMut(Progress),
}

type Fill<'f> = &'f dyn Fn(u64, &mut [u8]) -> io::Result<()>;

impl Writing<'_> {
    fn run(mut self, trusting: bool) -> Result<u64, CopyError> {
        let wanted = self.wanted;
        let base = base_name(wanted.base);
        let base_is_there = trusting && self.has_base(&base);
        let due: Vec<&Walked> =
            wanted.segments.iter().filter(|segment| !(trusting && self.has_segment(segment))).collect();
        let segments: u64 = due.iter().map(|segment| segment.seal.len).sum();
        let missing: Vec<(&String, u64)> = wanted
            .blobs
            .iter()
            .map(|(name, len)| (name, *len))
            .filter(|(name, _)| !(trusting && self.has_blob(name)))
            .collect();
        let attached: u64 = missing.iter().map(|(_, len)| len).sum();
        let need = segments + attached + if base_is_there { 0 } else { wanted.base_len };
        if self.place.free_space().is_ok_and(|free| free < need) {
            return Err(CopyError::Place(VaultError::DiskFull));
        }
        // Keys before what they open: while the vault's key changes, the newer `vault.age` opens both. Attachments
        // before the frames that name them, which count at once where they go on in the segment of an older copy.
        rewrite_keys(self.place, &wanted.keys).map_err(CopyError::Place)?;
        self.put_blobs(&missing)?;
        if !base_is_there {
            let read = |at: u64, out: &mut [u8]| read_exact_at(&*wanted.base_file, at, out);
            self.put(&base, wanted.base_len, &read)?;
        }
        for segment in due {
            let read = |at: u64, out: &mut [u8]| wanted.read_segment(segment, at, out);
            self.put(&segment.name, segment.seal.len, &read)?;
        }
        sync_dir(self.place, "").map_err(CopyError::Place)?;
        Ok(self.fresh)
    }

    /// One that was sealed anew takes the place of itself.
    fn put_blobs(&mut self, missing: &[(&String, u64)]) -> Result<(), CopyError> {
        if missing.is_empty() {
            return Ok(());
        }
        let failed = |e: io::Error| CopyError::Place(VaultError::from_io(Doing::Creating, BLOBS, &e));
        self.place.create_folder(BLOBS).map_err(failed)?;
        for (name, _) in missing {
            let file = blob_file(name);
            match self.source.open(&file) {
                Ok(open) => {
                    let failed =
                        |e: &io::Error| CopyError::Source(VaultError::from_io(Doing::Reading, &file, e));
                    let len = open.size().map_err(|e| failed(&e))?;
                    self.put(&file, len, &|at, out| read_exact_at(&*open, at, out))?;
                }
                // Erased since: whoever asked for the copy sees whether its entries still name it.
                Err(e) if e.kind() == io::ErrorKind::NotFound => {}
                Err(e) => return Err(CopyError::Source(VaultError::from_io(Doing::Opening, &file, &e))),
            }
        }
        sync_dir(self.place, BLOBS).map_err(CopyError::Place)
    }

    /// Whether the very file is there: its contents are read back in any case.
    fn has_blob(&self, name: &str) -> bool {
        let seal = |disk| blobs::seal_of(disk, name).ok().flatten();
        seal(self.place).is_some_and(|theirs| seal(self.source) == Some(theirs))
    }

    fn has_base(&self, name: &str) -> bool {
        let Ok(file) = self.place.open(name) else { return false };
        let same = |file: &dyn ReadAt| Some((file.size().ok()?, id_of(file).ok()??));
        same(&*file) == Some((self.wanted.base_len, self.wanted.base_id))
    }

    fn has_segment(&self, segment: &Walked) -> bool {
        let same = || -> io::Result<bool> {
            let file = self.place.open(&segment.name)?;
            if file.size()? != segment.seal.len {
                return Ok(false);
            }
            let (mut ours, mut theirs) = (vec![0; BLOCK], vec![0; BLOCK]);
            let mut at = 0;
            while at < segment.seal.len {
                let n = (segment.seal.len - at).min(BLOCK as u64) as usize;
                let (ours, theirs) =
                    (ours.get_mut(..n).unwrap_or_default(), theirs.get_mut(..n).unwrap_or_default());
                self.wanted.read_segment(segment, at, ours)?;
                read_exact_at(&*file, at, theirs)?;
                if ours != theirs {
                    return Ok(false);
                }
                at += n as u64;
            }
            Ok(true)
        };
        same().unwrap_or(false)
    }

    /// One file, under its name only when it is whole and durable.
    fn put(&mut self, name: &str, len: u64, read: Fill<'_>) -> Result<(), CopyError> {
        let tmp = format!("{name}.tmp");
        let failed = |e: io::Error| CopyError::Place(VaultError::from_io(Doing::Writing, name, &e));
        let written = (|| {
            self.place.remove(&tmp).map_err(failed)?;
            let file = self.place.create(&tmp).map_err(failed)?;
            let mut block = vec![0; BLOCK];
            let (mut at, mut synced) = (0, 0);
            while at < len {
                let n = (len - at).min(BLOCK as u64) as usize;
                let bytes = block.get_mut(..n).unwrap_or_default();
                read(at, bytes)
                    .map_err(|e| CopyError::Source(VaultError::from_io(Doing::Reading, name, &e)))?;
                file.write_all_at(at, bytes).map_err(failed)?;
                at += n as u64;
                if at - synced >= SYNC_EVERY {
                    file.sync_data().map_err(failed)?;
                    synced = at;
                }
                self.done += n as u64;
                // Written once and read once, at most.
                let total = (2 * self.wanted.bytes()).max(self.done);
                (self.progress)(Progress { done: self.done, total });
            }
            file.sync_data().map_err(failed)?;
            self.place.rename(&tmp, name).map_err(failed)
        })();
        if written.is_err() {
            // Best effort: it does not count, and the next copy takes its place.
            let _ = self.place.remove(&tmp);
        }
        self.fresh += len;
        written
    }
}

/// Every byte of what is about to count, from the place and not from what was in memory.
fn read_back(
    wanted: &Snapshot,
    source: &dyn Disk,
    place: &dyn Disk,
    identity: &VaultIdentity,
    progress: &mut dyn FnMut(Progress),
) -> Verified {
    forget(place, wanted.base, wanted.newest());
    for name in wanted.keys.keys() {
        let _ = place.forget(&format!("{KEYS}/{name}"));
    }
    for name in wanted.blobs.keys() {
        let _ = place.forget(&blob_file(name));
    }
    let mut out = Verified::default();
    out.other_bytes += verify_keys(place, &mut out.findings);
    let before = wanted.bytes();
    let mut tell = |at: Progress| {
        progress(Progress { done: before + at.done.min(before), total: 2 * before });
    };
    let mut out = match load_found(place, identity, Found::of(wanted.base, wanted.newest()), false) {
        Ok(loaded) => verify_loaded(loaded, identity, out, &mut tell),
        Err(e) => {
            out.findings.push(e);
            return out;
        }
    };
    out.blobs = blobs::verify_blobs(place, identity, &mut out.findings, &mut |_| {});
    for name in wanted.blobs.keys() {
        let seal = |disk| blobs::seal_of(disk, name).ok().flatten();
        // One that is no longer in the vault was erased, and need not be here.
        if seal(source).is_some_and(|ours| seal(place) != Some(ours)) {
            out.findings.push(VaultError::not_kept(&blob_file(name)));
        }
    }
    out
}

/// Makes it count, and removes what counted before.
fn mark(wanted: &Snapshot, place: &dyn Disk) -> Result<(), CopyError> {
    Mark { base: wanted.base, newest: wanted.newest() }.write(place).map_err(CopyError::Place)?;
    let found = inspect(place).map_err(CopyError::Place)?;
    for name in found.superseded.iter().chain(&found.leftovers) {
        // Not needed any more, and harmless: what cannot be removed now goes with the next copy.
        if place.remove(name).is_err() {
            break;
        }
    }
    if found.has_blobs {
        // What was erased since the copy before goes from this one, too; at the latest with the next copy.
        drop(blobs::keep_only(place, &|name| wanted.blobs.contains_key(name)));
    }
    sync_dir(place, "").map_err(CopyError::Place)
}
