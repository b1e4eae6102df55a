//! An open vault: appending frames, and checkpoints.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use zeroize::Zeroizing;

use super::ahead::Ahead;
use super::backend::{Apart, Backend, Image};
use super::base::{Base, ChunkReader, base_name, guard};
use super::blobs::BLOBS;
use super::checkpoint::{BaseWriter, CheckpointDone, CheckpointError, CheckpointJob, Frozen, Source};
use super::durable::{Disk, LockGuard, sync_dir};
use super::error::{AppendError, Doing, VaultError};
use super::folder::{FORMAT_VERSION, format_of, inspect};
use super::journal::{SegmentHeader, segment_name};
use super::keys::{KEYS, VaultIdentity};
use super::lock::{self, Holder, Watch};
use super::replay::{Frames, Loaded, load, load_beside_writer};
use super::scratch::Scratch;
use super::segment::Segment;
use super::upgrade::{Upgraded, copy_beside, raise, upgrade};
use super::walk::TornTail;
use crate::fault::fault;

/// Bytes of base kept in the clear in memory, unless the caller says otherwise.
pub const DEFAULT_CACHE: usize = 24 << 20;

/// How to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// Takes the lock and leaves this note about who has it.
    Write(Holder),
    /// Takes no lock and writes nothing: for `check` and copies.
    Read,
}

/// What opening gives.
#[derive(Debug)]
pub struct Opened {
    pub vault: Vault,
    /// For redb; shows the base until the frames are replayed.
    pub backend: Backend,
    /// To be applied in order, all of them, before anything is shown.
    pub frames: Frames,
    /// A torn frame at the end: to be said, and recorded.
    pub torn: Option<TornTail>,
}

#[derive(Debug)]
struct State {
    /// `None` when opened for reading.
    segment: Option<Segment>,
    base: u64,
    /// Frames and bytes of segments behind the base, but the one written to.
    earlier: BTreeMap<u64, (u64, u64)>,
    running: Option<(u64, Arc<AtomicBool>)>,
    identity: VaultIdentity,
    /// Begins what is encrypted to the first of the identities: new frames and bases.
    ahead: Ahead,
    /// The newest base has its pages elsewhere than the image in use: that image is right, but no checkpoint can be
    /// made of it before [`Vault::read_again`].
    outrun: bool,
}

/// A base begun, with the segment that names it.
struct Begun {
    writer: BaseWriter,
    identity: VaultIdentity,
    generation: u64,
    stop: Arc<AtomicBool>,
}

/// A vault, open. All methods may be called from any thread; frames are appended one at a time.
pub struct Vault {
    disk: Arc<dyn Disk>,
    image: Arc<Image>,
    state: Mutex<State>,
    poisoned: AtomicBool,
    cache: usize,
    upgraded: Option<Upgraded>,
    /// What is asked before anything counts.
    watch: Arc<Watch>,
    /// Released last, by the order of fields.
    _lock: Option<Box<dyn LockGuard>>,
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vault").field("disk", &self.disk).finish_non_exhaustive()
    }
}

impl Vault {
    /// Opens a vault. `cache` in bytes; [`DEFAULT_CACHE`] is a good choice. One of an older format is read as it is; to
    /// be written it is first taken over, with a copy of before beside it ([`Self::upgraded`]).
    pub fn open(
        disk: &Arc<dyn Disk>,
        identity: VaultIdentity,
        mode: Mode,
        cache: usize,
    ) -> Result<Opened, VaultError> {
        let recipient = identity.recipient()?;
        let disk = &held(disk);
        let (loaded, lock) = match mode {
            Mode::Read => (load_beside_writer(&**disk, &identity)?, None),
            Mode::Write(who) => {
                // Without a vault here, not even a lock file is left behind.
                if inspect(&**disk)?.is_a_copy {
                    return Err(VaultError::IsACopy);
                }
                let lock = lock::take(disk, &who)?;
                sweep(&**disk)?;
                (load(&**disk, &identity, true)?, Some(lock))
            }
        };
        let Loaded { found, walked, base, last } = loaded;
        let torn = walked.last().and_then(|w| w.torn.clone());
        let mut earlier: BTreeMap<u64, (u64, u64)> =
            walked.iter().map(|w| (w.header.generation, (w.frames.len() as u64, w.seal.end))).collect();
        let mut segment = last;
        let mut upgraded = None;
        if segment.is_some() {
            // With all of it found readable, and before anything is written to it.
            upgraded = upgrade(&**disk, &found)?;
            // Only now, with the newest base and all behind it found whole.
            remove_all(&**disk, &found.superseded)?;
            if torn.is_some()
                && let Some(end) = walked.last().map(|w| w.seal.clone())
            {
                let header = SegmentHeader { generation: found.newest + 1, before: end, base: [0; 32] };
                segment = Some(Segment::create(&**disk, &header).map_err(|(e, _)| e)?);
            }
        }
        if let Some(segment) = &segment {
            earlier.remove(&segment.generation);
        }
        let image = Arc::new(Image::new(Base::new(base, cache)));
        let frames = Frames::new(walked, identity.clone());
        let state = State {
            segment,
            base: found.base,
            earlier,
            running: None,
            identity,
            ahead: Ahead::new(recipient),
            outrun: false,
        };
        let (lock, watch) = lock.unzip();
        let watch = Arc::new(watch.unwrap_or_else(|| Watch::over_nothing(disk)));
        let vault = Self {
            disk: Arc::clone(disk),
            watch,
            image: Arc::clone(&image),
            state: Mutex::new(state),
            poisoned: AtomicBool::new(false),
            cache,
            upgraded,
            _lock: lock,
        };
        Ok(Opened { vault, backend: Backend(image), frames, torn })
    }

    pub(crate) fn disk(&self) -> &dyn Disk {
        &*self.disk
    }

    /// What opens what is here; the first of them is written to.
    pub(crate) fn identity(&self) -> VaultIdentity {
        guard(&self.state).identity.clone()
    }

    pub(crate) fn is_read_only(&self) -> bool {
        guard(&self.state).segment.is_none()
    }

    /// Appends one frame (at most 64 MiB); when this returns `Ok`, it survives a loss of power.
    pub fn append(&self, frame: &[u8]) -> Result<(), AppendError> {
        let mut state = guard(&self.state);
        if self.poisoned.load(Ordering::SeqCst) {
            return Err(AppendError::Poisoned);
        }
        let State { segment, ahead, .. } = &mut *state;
        let segment = segment.as_mut().ok_or(AppendError::NotWritten(VaultError::ReadOnly))?;
        let appended = match self.may_go_on(segment).and_then(|()| segment.is_untouched()) {
            Err(e) => Err((AppendError::NotWritten(e), true)),
            // It is durable then. Whether it stands where others look for it is asked once more: who came past the
            // lock meanwhile may have begun to write in the same place.
            Ok(()) => segment
                .append(frame, ahead)
                .and_then(|()| self.may_go_on(segment).map_err(|e| (AppendError::Unknown(e), true))),
        };
        appended.map_err(|(error, poison)| {
            if poison {
                self.poisoned.store(true, Ordering::SeqCst);
            }
            error
        })
    }

    /// Whether all that was opened to be written to is still what it was.
    fn may_go_on(&self, segment: &Segment) -> Result<(), VaultError> {
        self.watch.same()?;
        segment.is_there(&self.watch)
    }

    /// Goes on under other identities: what is written from here on is encrypted to the first of them. Every one
    /// that something still here is encrypted to must be among them, and all of them must be in `keys/vault.age`
    /// already: power failing after the next frame leaves what that file opens.
    pub fn adopt_identity(&self, identity: VaultIdentity) -> Result<(), VaultError> {
        let recipient = identity.recipient()?;
        let mut state = guard(&self.state);
        if state.running.is_some() {
            return Err(VaultError::Busy);
        }
        (state.identity, state.ahead) = (identity, Ahead::new(recipient));
        Ok(())
    }

    /// The format that the vault has.
    pub fn format(&self) -> Result<u32, VaultError> {
        format_of(&*self.disk)
    }

    /// Makes a whole copy of the vault beside it, as it stands now, for the release before.
    ///
    /// # Errors
    /// [`VaultError::NotCopied`]: nothing has changed.
    pub fn copy_beside(&self) -> Result<Upgraded, VaultError> {
        copy_beside(&*self.disk, &inspect(&*self.disk)?)
    }

    /// Takes the vault over to the newest format. Only the mark changes; power failing before this returns leaves the
    /// one or the other, and both are read alike.
    pub fn raise_format(&self) -> Result<(), VaultError> {
        if self.format()? < FORMAT_VERSION { raise(&*self.disk, FORMAT_VERSION) } else { Ok(()) }
    }

    /// What this opening did to a vault of an older format: to be said.
    pub fn upgraded(&self) -> Option<&Upgraded> {
        self.upgraded.as_ref()
    }

    /// Whether an earlier failure ended all appending until the vault is opened again.
    pub fn is_poisoned(&self) -> bool {
        self.poisoned.load(Ordering::SeqCst)
    }

    /// What reading the base met, with file and place.
    pub fn damage(&self) -> Option<VaultError> {
        self.image.damage()
    }

    /// Frames that an opening would replay now.
    pub fn frames_since_checkpoint(&self) -> u64 {
        let state = guard(&self.state);
        state.earlier.values().map(|(n, _)| n).sum::<u64>() + state.segment.as_ref().map_or(0, |s| s.frames)
    }

    /// Bytes of the journal that an opening would read now.
    pub fn journal_bytes(&self) -> u64 {
        let state = guard(&self.state);
        state.earlier.values().map(|(_, b)| b).sum::<u64>() + state.segment.as_ref().map_or(0, Segment::bytes)
    }

    /// Memory taken by what was written since the base.
    pub fn overlay_bytes(&self) -> u64 {
        self.image.overlay_bytes()
    }

    /// Generation of the base in use.
    pub fn base_generation(&self) -> u64 {
        guard(&self.state).base
    }

    /// Whether the device has room for another base beside the one there is, as far as it says.
    pub fn room_for_checkpoint(&self) -> Result<(), VaultError> {
        self.needs(self.next_base_bytes())
    }

    /// About how many bytes the next base will have.
    pub(super) fn next_base_bytes(&self) -> u64 {
        self.image.base_len().saturating_add(self.image.overlay_bytes())
    }

    /// Bytes of the newest base as a file.
    pub fn base_file_bytes(&self) -> Result<u64, VaultError> {
        let name = base_name(self.base_generation());
        let size = self.disk.open(&name).and_then(|file| file.size());
        size.map_err(|e| VaultError::from_io(Doing::Opening, &name, &e))
    }

    /// Freezes the image as it stands (after a redb commit, with no write under way) and switches to a new segment.
    /// Appending goes on at once; run the job on a thread and give its result to [`Self::finish_checkpoint`].
    pub fn begin_checkpoint(&self) -> Result<CheckpointJob, VaultError> {
        let mut state = guard(&self.state);
        self.may_begin(&state)?;
        if state.outrun {
            return Err(VaultError::Unacceptable { what: fault!("unfit_early_checkpoint") });
        }
        let reader = ChunkReader::open(&*self.disk, &base_name(state.base), &state.identity, None)?;
        self.room_for_checkpoint()?;
        let begun = self.switch(&mut state)?;
        Ok(self.job(begun, Box::new(Frozen { reader, layer: self.image.freeze() }), false))
    }

    /// Switches to a new segment, for a base whose pages are laid out anew: fill the scratch with the image as it
    /// stands now (with no write under way), close what filled it, then run the job and give its result to
    /// [`Self::finish_checkpoint`]. Meanwhile reading and appending go on.
    ///
    /// `live` is about how many bytes the image will have; there must be room for it twice. `key` is for the scratch,
    /// never to be used again. Dropping both costs nothing.
    pub fn begin_compaction(
        &self,
        live: u64,
        key: &Zeroizing<[u8; 32]>,
    ) -> Result<(CheckpointJob, Scratch), VaultError> {
        let mut state = guard(&self.state);
        self.may_begin(&state)?;
        self.needs(live.saturating_mul(2))?;
        let scratch = Scratch::create(&self.disk, key)?;
        let begun = self.switch(&mut state)?;
        Ok((self.job(begun, Box::new(scratch.clone()), true), scratch))
    }

    fn may_begin(&self, state: &State) -> Result<(), VaultError> {
        if self.poisoned.load(Ordering::SeqCst) {
            return Err(VaultError::Poisoned);
        }
        if state.running.is_some() {
            return Err(VaultError::Busy);
        }
        self.watch.same()?;
        // A damaged base is not copied into a new one: what is there stays as it is, for repair.
        self.image.damage().map_or(Ok(()), Err)
    }

    fn needs(&self, need: u64) -> Result<(), VaultError> {
        match self.disk.free_space() {
            Ok(free) if free < need => Err(VaultError::NoRoom { need, free }),
            _ => Ok(()),
        }
    }

    /// Begins a base and lets the journal go on in a segment that names it. Power failing from here on: the old base
    /// with all segments, until the new base is there.
    fn switch(&self, state: &mut State) -> Result<Begun, VaultError> {
        let segment = state.segment.as_mut().ok_or(VaultError::ReadOnly)?;
        let generation = segment.generation;
        let writer = BaseWriter::begin(&self.disk, generation, state.ahead.recipient())?;
        let before = segment.seal()?;
        let header = SegmentHeader { generation: generation + 1, before, base: writer.id };
        let next = Segment::create(&*self.disk, &header).map_err(|(e, renamed)| {
            if renamed {
                // The old segment may already be sealed on the device: nothing may be appended to it.
                self.poisoned.store(true, Ordering::SeqCst);
            }
            let _ = self.disk.remove(&format!("{}.tmp", base_name(generation)));
            e
        })?;
        let old = std::mem::replace(segment, next);
        state.earlier.insert(old.generation, (old.frames, old.bytes()));
        let stop = Arc::new(AtomicBool::new(false));
        state.running = Some((generation, Arc::clone(&stop)));
        Ok(Begun { writer, identity: state.identity.clone(), generation, stop })
    }

    fn job(&self, begun: Begun, source: Box<dyn Source>, relaid: bool) -> CheckpointJob {
        let Begun { writer, identity, generation, stop } = begun;
        let disk = Arc::clone(&self.disk);
        let watch = Arc::clone(&self.watch);
        CheckpointJob { disk, watch, identity, writer: Some(writer), source, relaid, generation, stop }
    }

    /// The image as it stands now, with no write under way, read apart from the one in use: by an own reader, past its
    /// cache. What is written to either from here on the other does not see.
    ///
    /// # Errors
    /// The base cannot be opened, or is not the one that the image in use lies over.
    pub fn apart(&self, cache: usize) -> Result<Apart, VaultError> {
        let state = guard(&self.state);
        if state.outrun {
            return Err(VaultError::Unacceptable { what: fault!("unfit_early_checkpoint") });
        }
        let reader = ChunkReader::open(&*self.disk, &base_name(state.base), &state.identity, None)?;
        Ok(self.image.apart(Base::new(reader, cache)))
    }

    /// Asks a running checkpoint to stop; its `run` then returns [`CheckpointError::Stopped`] soon.
    pub fn stop_checkpoint(&self) {
        if let Some((_, stop)) = &guard(&self.state).running {
            stop.store(true, Ordering::Relaxed);
        }
    }

    /// Whether a checkpoint was begun and not finished.
    pub fn checkpoint_is_running(&self) -> bool {
        guard(&self.state).running.is_some()
    }

    /// Takes over what a checkpoint made, at once; or, on `Err`, goes on as before it and returns that error.
    ///
    /// What it replaced is handed back: removing a large file takes a while, so do it on the thread that wrote the
    /// new one. Left undone, the next writer does it.
    pub fn finish_checkpoint(
        &self,
        result: Result<CheckpointDone, CheckpointError>,
    ) -> Result<Superseded, CheckpointError> {
        let mut state = guard(&self.state);
        let running = state.running.take().map(|(generation, _)| generation);
        let done = match result {
            Ok(done) if running == Some(done.generation) => done,
            other => {
                // Nothing running: nothing is frozen, and this changes nothing.
                self.image.thaw();
                return Err(other.err().unwrap_or(CheckpointError::Stopped));
            }
        };
        let base = if done.relaid {
            state.outrun = true;
            None
        } else {
            Some(self.image.adopt(Base::new(done.reader, self.cache)))
        };
        let old_base = std::mem::replace(&mut state.base, done.generation);
        let behind = state.earlier.split_off(&(done.generation + 1));
        let replaced = std::mem::replace(&mut state.earlier, behind);
        let names = replaced.keys().map(|g| segment_name(*g)).chain([base_name(old_base)]).collect();
        Ok(Superseded { disk: Arc::clone(&self.disk), watch: Arc::clone(&self.watch), names, _base: base })
    }

    /// Reads the newest base and the frames behind it, under the same lock: after a base whose pages are laid out
    /// anew. What an earlier backend shows stays as it was; let go of it.
    pub fn read_again(&mut self) -> Result<(Backend, Frames), VaultError> {
        let mut state = guard(&self.state);
        let Loaded { walked, base, .. } = load(&*self.disk, &state.identity, false)?;
        self.image = Arc::new(Image::new(Base::new(base, self.cache)));
        state.outrun = false;
        Ok((Backend(Arc::clone(&self.image)), Frames::new(walked, state.identity.clone())))
    }
}

/// Files that a checkpoint replaced. They are not needed any more, and harm nothing while they are there.
#[derive(Debug)]
#[must_use = "remove() frees their room now; otherwise the next writer does"]
pub struct Superseded {
    disk: Arc<dyn Disk>,
    watch: Arc<Watch>,
    names: Vec<String>,
    /// Kept open until here: the room of a removed file is freed when the last reader lets go of it. `None` where the
    /// image in use still reads it.
    _base: Option<Arc<Base>>,
}

impl Superseded {
    /// Removes the files. An error loses nothing; the next writer tries again.
    pub fn remove(self) -> Result<(), VaultError> {
        self.watch.same()?;
        remove_all(&*self.disk, &self.names)
    }
}

/// A folder held open, so that no name leads elsewhere from now on. What is wrong with one that cannot be opened, whoever
/// reads it says.
pub fn held(disk: &Arc<dyn Disk>) -> Arc<dyn Disk> {
    disk.hold().ok().flatten().unwrap_or_else(|| Arc::clone(disk))
}

fn remove_all(disk: &dyn Disk, names: &[String]) -> Result<(), VaultError> {
    for name in names {
        disk.remove(name).map_err(|e| VaultError::from_io(Doing::Removing, name, &e))?;
    }
    if names.is_empty() { Ok(()) } else { sync_dir(disk, "") }
}

/// Removes what cut writes left. The folder is synced first: a rename that was seen here must not be undone by a
/// later power cut, after what it replaces is gone.
fn sweep(disk: &dyn Disk) -> Result<(), VaultError> {
    let sync = |blobs: bool| {
        sync_dir(disk, "")?;
        sync_dir(disk, KEYS)?;
        if blobs { sync_dir(disk, BLOBS) } else { Ok(()) }
    };
    let found = inspect(disk)?;
    sync(found.has_blobs)?;
    for name in &found.leftovers {
        disk.remove(name).map_err(|e| VaultError::from_io(Doing::Removing, name, &e))?;
    }
    if found.leftovers.is_empty() {
        return Ok(());
    }
    // A name that comes back after a power cut could be taken for the file that is made under it next.
    sync(found.has_blobs)
}
