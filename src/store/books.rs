//! The store itself: made, opened by replay, read, closed.

use super::apply::noted_newer;
use super::rebuild::rebuild;
use super::replay::replay_frame;
use super::tables::*;
use super::texts::Held;
use super::{Reading, StoreError, Writing};
use crate::domain::{Edition, Id, Stamp};
use crate::fault::fault;
use crate::log::{Frontier, Hash, encode_hex};
use chrono::FixedOffset;
use redb::{Database, Durability, ReadableDatabase, StorageBackend, TableError, WriteTransaction};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How many frames are replayed in one transaction: a crash loses none of them, the journal has them all.
const FRAMES_TOGETHER: usize = 256;
/// Hex digits of a short root: what a login shows and a person compares.
const SHORT: usize = 16;

/// Proof of a committed command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's sequence number.
    pub seq: u64,
    /// The record it is about.
    pub id: Option<Id>,
    /// The first 16 hex digits of the tree's root with this entry.
    pub root_short: String,
    /// The visits that cannot be right together with this one ([`crate::domain::Contradiction`]).
    pub contradicts: Vec<Id>,
    /// The entry stood already: the same request was given before.
    pub repeated: bool,
}

impl Receipt {
    /// Of an entry, with the short root at it.
    pub(super) fn of(told: &LoggedEvent, root_short: String, repeated: bool) -> Receipt {
        let outcome = &told.event.outcome;
        Receipt {
            seq: told.meta.seq,
            id: outcome.id,
            root_short,
            contradicts: outcome.contradicts.clone(),
            repeated,
        }
    }
}

/// Where the log ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct End {
    /// The last sequence number; 0 before the first entry.
    pub seq: u64,
    /// The time in its head.
    pub time: Option<Stamp>,
    /// The latest time in a head since the last entry about the clock: later than `time` where it ran back since.
    pub latest: Option<Stamp>,
    /// The tree's root.
    pub root: Hash,
    /// Its first 16 hex digits.
    pub root_short: String,
}

/// Why books do not open.
#[derive(Debug)]
pub enum OpenError<E> {
    /// The books or a frame.
    Store(StoreError),
    /// Whoever gives the frames.
    Frames(E),
}

impl<E> From<StoreError> for OpenError<E> {
    fn from(error: StoreError) -> OpenError<E> {
        OpenError::Store(error)
    }
}

/// What takes long: told while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Frames of the journal are applied; their number is not known beforehand.
    Replay,
    /// Everything derived is made anew.
    Rebuild,
    /// Rows are copied into a new image.
    Copy,
    /// A list as of a past entry.
    AsOf,
    /// Entries are verified and decided again.
    Entries,
    /// Stored rows and indexes are compared.
    Compare,
}

/// Told how far a step has come: done, of how many (0: not known).
pub type Progress<'p> = &'p mut dyn FnMut(Step, u64, u64);

pub(super) fn short(root: &Hash) -> String {
    let mut text = encode_hex(root);
    text.truncate(SHORT);
    text
}

/// The registers and the log of one site, over any storage.
///
/// One writer. Reading goes through [`Store::read`], or from other threads through a [`Reader`].
#[derive(Debug)]
pub struct Store {
    pub(super) database: Arc<Database>,
    pub(super) site: String,
    pub(super) epoch: u32,
    pub(super) state: State,
    pub(super) lost: bool,
    newer: Option<u64>,
    rebuilt: bool,
    durability: Durability,
    /// In which zone readers are told moments.
    zone: Option<FixedOffset>,
    /// The books as the last reader saw them, until something is written.
    seen: Mutex<Option<Arc<Reading>>>,
    /// What is searched, once somebody has.
    pub(super) held: Held,
}

/// Reads the same books from another thread.
#[derive(Clone, Debug)]
pub struct Reader(Arc<Database>, Held);

impl Reader {
    /// The books as they stand now. Keep it short: what it sees cannot be freed meanwhile.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub fn read(&self) -> Result<Reading, StoreError> {
        Reading::begin(&self.0, None, &self.1)
    }
}

impl Store {
    /// Empty books of a site, in storage of length 0. `epoch` is 1 unless the site begins again.
    ///
    /// # Errors
    /// The storage cannot be written.
    pub fn create(
        backend: impl StorageBackend,
        cache_bytes: usize,
        site: &str,
        epoch: u32,
    ) -> Result<Store, StoreError> {
        let database = Database::builder().set_cache_size(cache_bytes).create_with_backend(backend)?;
        let state = State::default();
        let txn = database.begin_write()?;
        {
            let mut tables = Writable::open(&txn)?;
            tables.meta.insert(FORMAT_KEY, FORMAT.to_string().as_bytes())?;
            tables.meta.insert(VIEWS_KEY, views_version().as_bytes())?;
            tables.meta.insert(SITE_KEY, site.as_bytes())?;
            tables.meta.insert(EPOCH_KEY, epoch.to_string().as_bytes())?;
            tables.put_state(&state)?;
        }
        txn.commit()?;
        Ok(Store::with(database, site.to_owned(), epoch, state))
    }

    /// Opens books and applies the frames that came after them; frames they hold already are passed over.
    /// When the version of what is derived has changed, it is made anew first.
    ///
    /// # Errors
    /// Damage, a newer format, a frame that does not fit, or whatever `frames` says.
    pub fn open<E>(
        backend: impl StorageBackend,
        cache_bytes: usize,
        frames: impl Iterator<Item = Result<Vec<u8>, E>>,
        progress: Progress<'_>,
    ) -> Result<Store, OpenError<E>> {
        let mut store = Store::open_base(backend, cache_bytes, progress)?;
        store.replay(frames, progress)?;
        Ok(store)
    }

    fn open_base(
        backend: impl StorageBackend,
        cache_bytes: usize,
        progress: Progress<'_>,
    ) -> Result<Store, StoreError> {
        let database = Database::builder().set_cache_size(cache_bytes).create_with_backend(backend)?;
        let found = {
            let txn = database.begin_read()?;
            let meta = txn.open_table(META).map_err(|error| match error {
                TableError::Storage(error) => error.into(),
                _ => StoreError::Damaged { what: fault!("books_of_no_site") },
            })?;
            let missing = |key: &str| StoreError::Damaged { what: fault!("meta_missing", key = key) };
            let format = meta_number(&meta, FORMAT_KEY)?;
            if format != Some(FORMAT) {
                let what = fault!("books_format", format = format.unwrap_or(0), known = FORMAT);
                return Err(StoreError::Damaged { what });
            }
            let site = meta_text(&meta, SITE_KEY)?.ok_or_else(|| missing(SITE_KEY))?;
            let epoch = meta_number(&meta, EPOCH_KEY)?.ok_or_else(|| missing(EPOCH_KEY))?;
            (site, epoch, state_of(&meta)?, meta_text(&meta, VIEWS_KEY)?)
        };
        let (site, epoch, state, views) = found;
        let mut store = Store::with(database, site, epoch, state);
        if views.as_deref() != Some(views_version().as_str()) {
            store.rebuild(progress)?;
            store.rebuilt = true;
        } else {
            let txn = store.database.begin_read()?;
            store.newer = noted_newer(&Readable::open(&txn)?)?;
        }
        Ok(store)
    }

    fn with(database: Database, site: String, epoch: u32, state: State) -> Store {
        // The vault's overlay makes every sync free, and a durable commit lets redb reuse what it frees at once:
        // measured at 50,000 entries, commits that are not durable save a tenth at best and grow the image by a fifth.
        let durability = Durability::Immediate;
        Store {
            database: Arc::new(database),
            site,
            epoch,
            state,
            lost: false,
            newer: None,
            rebuilt: false,
            durability,
            zone: None,
            seen: Mutex::default(),
            held: Held::default(),
        }
    }

    /// Applies frames that are durable already: at an opening, or while books are made from what was saved.
    ///
    /// # Errors
    /// A frame that does not fit, or whatever `frames` says.
    pub fn replay<E>(
        &mut self,
        frames: impl Iterator<Item = Result<Vec<u8>, E>>,
        progress: Progress<'_>,
    ) -> Result<(), OpenError<E>> {
        let mut frames = frames.peekable();
        let mut done = 0;
        while frames.peek().is_some() {
            let txn = self.begin_txn()?;
            let (mut state, mut epoch) = (self.state.clone(), self.epoch);
            let newer = {
                let mut tables = Writable::open(&txn)?;
                for bytes in frames.by_ref().take(FRAMES_TOGETHER) {
                    let bytes = bytes.map_err(OpenError::Frames)?;
                    replay_frame(&mut tables, &mut state, &bytes, &self.site, &mut epoch)?;
                    done += 1;
                }
                tables.put_state(&state)?;
                tables.newer()?
            };
            txn.commit().map_err(StoreError::from)?;
            self.held.forget();
            (self.state, self.epoch, self.newer) = (state, epoch, newer);
            progress(Step::Replay, done, 0);
        }
        Ok(())
    }

    /// Whoever panicked while holding it left it whole.
    fn seen(&self) -> MutexGuard<'_, Option<Arc<Reading>>> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn begin_txn(&self) -> Result<WriteTransaction, StoreError> {
        // What was seen before must not keep pages from being used again.
        self.seen().take();
        let mut txn = self.database.begin_write()?;
        txn.set_durability(self.durability)?;
        Ok(txn)
    }

    /// The entry with which an edition of the rules came into force that this program does not know. The registers
    /// are those of that entry; what stands behind it is not looked at, and nothing may be written.
    pub fn newer(&self) -> Option<u64> {
        self.newer
    }

    /// Whether everything derived was made anew at this opening, because another release had made it. It is again at
    /// the next one, until a checkpoint keeps it.
    pub fn was_rebuilt(&self) -> bool {
        self.rebuilt
    }

    /// Begins a group of commands. Nothing of it is seen before [`Writing::commit`]; dropping it undoes it.
    ///
    /// # Errors
    /// [`StoreError::NeedsReopen`] after a write in doubt, [`StoreError::Newer`] under rules that are not known here.
    pub fn begin(&mut self) -> Result<Writing<'_>, StoreError> {
        if self.lost {
            return Err(StoreError::NeedsReopen);
        }
        if let Some(seq) = self.newer {
            return Err(StoreError::Newer { seq });
        }
        let txn = self.begin_txn()?;
        Ok(Writing::new(self, txn))
    }

    /// The books as they stand now: the same look for all who ask until something is written, for opening every
    /// table takes longer than reading a row. Keep it short: what it sees cannot be freed meanwhile.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub fn read(&self) -> Result<Arc<Reading>, StoreError> {
        let mut seen = self.seen();
        if let Some(reading) = &*seen {
            return Ok(Arc::clone(reading));
        }
        let reading = Arc::new(Reading::begin(&self.database, self.zone, &self.held)?);
        *seen = Some(Arc::clone(&reading));
        Ok(reading)
    }

    /// From now on moments are told in this zone, whatever offset they were entered with. What is decided and checked
    /// sees them as they were entered.
    pub fn tell_in(&mut self, zone: FixedOffset) {
        if self.zone != Some(zone) {
            self.zone = Some(zone);
            *self.seen() = None;
        }
    }

    /// A handle to read from another thread.
    pub fn reader(&self) -> Reader {
        Reader(Arc::clone(&self.database), self.held.clone())
    }

    /// The site's id.
    pub fn site(&self) -> &str {
        &self.site
    }

    /// The epoch that runs.
    pub fn epoch(&self) -> u32 {
        self.epoch
    }

    /// Where the log ends: what each login shows.
    pub fn head(&self) -> End {
        let root = self.state.frontier.root();
        let time = Stamp::parse_from_rfc3339(&self.state.time).ok();
        let latest = Stamp::parse_from_rfc3339(&self.state.latest).ok();
        End { seq: self.state.seq(), time, latest, root, root_short: short(&root) }
    }

    /// The root over the log up to and with an entry, hex. `None`: the log does not reach that far.
    ///
    /// # Errors
    /// The storage cannot be read.
    pub fn root_at(&self, seq: u64) -> Result<Option<String>, StoreError> {
        if seq == self.state.seq() {
            return Ok(Some(encode_hex(&self.state.frontier.root())));
        }
        self.read()?.root_before_next(seq)
    }

    /// The tree's right edge, for a checkpoint.
    pub fn frontier(&self) -> &Frontier {
        &self.state.frontier
    }

    /// The number of the last frame that stands in the books.
    pub fn frame(&self) -> u64 {
        self.state.frame
    }

    /// Whether a write was left in doubt, so that only reading and opening again remain.
    pub fn needs_reopen(&self) -> bool {
        self.lost
    }

    /// One commit after which the image opens without repair. The vault freezes its overlay right behind it.
    ///
    /// # Errors
    /// The storage cannot be written; the journal still has everything.
    pub fn prepare_checkpoint(&mut self) -> Result<(), StoreError> {
        if self.lost {
            return Err(StoreError::NeedsReopen);
        }
        let mut txn = self.begin_txn()?;
        txn.set_quick_repair(true);
        txn.commit().map_err(|error| {
            self.lost = true;
            error.into()
        })
    }

    /// Makes everything derived anew from the entries, in one transaction: broken off, nothing has changed.
    ///
    /// # Errors
    /// An entry that cannot be read, or storage.
    pub fn rebuild(&mut self, progress: Progress<'_>) -> Result<(), StoreError> {
        if self.lost {
            return Err(StoreError::NeedsReopen);
        }
        let txn = self.begin_txn()?;
        txn.delete_table(SUFFIXES)?;
        let state = {
            let mut tables = Writable::open(&txn)?;
            let state = rebuild(&mut tables, self.state.frame, progress)?;
            tables.meta.insert(VIEWS_KEY, views_version().as_bytes())?;
            tables.put_state(&state)?;
            (state, tables.newer()?)
        };
        txn.commit()?;
        self.held.forget();
        (self.state, self.newer) = state;
        Ok(())
    }

    /// Closes the books and says whether that went well, which dropping them does not.
    ///
    /// # Errors
    /// Readers are still there, or the storage failed. Every commit stands in the journal either way.
    pub fn close(self) -> Result<(), StoreError> {
        self.seen().take();
        match Arc::try_unwrap(self.database) {
            Ok(database) => {
                drop(database);
                Ok(())
            }
            Err(_) => Err(StoreError::Broken(fault!("still_read"))),
        }
    }
}

/// What everything derived depends on: this program's shapes, how text is folded, and which rules it knows.
pub fn views_version() -> String {
    format!("{VIEWS_VERSION}.{}.{}", crate::text::fold::KEY_VERSION, Edition::NEWEST.number())
}
