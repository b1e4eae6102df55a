//! The redb image as redb sees it: the overlay over the base. Nothing here is durable; the journal is.

use std::io;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use redb::StorageBackend;

use super::base::{Base, guard};
use super::error::VaultError;
use super::overlay::{Found, Layer, PAGE, Page, blank};
use crate::fault::fault;

/// The three levels an image is read through.
#[derive(Debug)]
struct Layers {
    live: Layer,
    /// While a checkpoint runs: what it writes, which no longer changes.
    frozen: Option<Arc<Layer>>,
    base: Arc<Base>,
}

/// Shared by the vault, its backend and a running checkpoint.
#[derive(Debug)]
pub(crate) struct Image {
    layers: RwLock<Layers>,
    /// First failure of any base ever read here.
    damage: Mutex<Option<VaultError>>,
}

impl Layers {
    fn page(&self, page: u64, out: &mut [u8; PAGE]) -> Result<(), VaultError> {
        for layer in [Some(&self.live), self.frozen.as_deref()].into_iter().flatten() {
            match layer.find(page) {
                Found::Here(bytes) => {
                    *out = *bytes;
                    return Ok(());
                }
                Found::Zero => {
                    out.fill(0);
                    return Ok(());
                }
                Found::Below => {}
            }
        }
        self.base.read(page * PAGE as u64, out)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> Result<(), VaultError> {
        let mut at = offset;
        let mut rest = out;
        // Pages of the base that follow each other are read at once.
        while !rest.is_empty() {
            let page = at / PAGE as u64;
            let within = (at % PAGE as u64) as usize;
            let found = match self.live.find(page) {
                Found::Below => self.frozen.as_deref().map_or(Found::Below, |f| f.find(page)),
                found => found,
            };
            let mut n = (PAGE - within).min(rest.len());
            if matches!(found, Found::Below) {
                let is_below = |p: u64| {
                    matches!(self.live.find(p), Found::Below)
                        && self.frozen.as_deref().is_none_or(|f| matches!(f.find(p), Found::Below))
                };
                let mut next = page + 1;
                while n < rest.len() && is_below(next) {
                    n = (n + PAGE).min(rest.len());
                    next += 1;
                }
            }
            let (now, later) = rest.split_at_mut(n);
            match found {
                Found::Here(bytes) => {
                    if let Some(bytes) = bytes.get(within..within + n) {
                        now.copy_from_slice(bytes);
                    }
                }
                Found::Zero => now.fill(0),
                Found::Below => self.base.read(at, now)?,
            }
            at += n as u64;
            rest = later;
        }
        Ok(())
    }

    /// The page in the live layer, copied up if it is not there yet.
    fn own(&mut self, page: u64) -> Result<&mut [u8; PAGE], VaultError> {
        if !matches!(self.live.find(page), Found::Here(_)) {
            let mut copy: Page = blank();
            self.page(page, &mut copy)?;
            self.live.insert(page, copy);
        }
        self.live.page_mut(page).ok_or(VaultError::Unacceptable { what: fault!("unfit_page") })
    }
}

impl Image {
    pub(crate) fn new(base: Base) -> Self {
        Self::over(Arc::new(base))
    }

    /// A base, and nothing written since.
    fn over(base: Arc<Base>) -> Self {
        let layers = Layers { live: Layer::over(base.len), frozen: None, base };
        Self { layers: RwLock::new(layers), damage: Mutex::new(None) }
    }

    fn shared(&self) -> RwLockReadGuard<'_, Layers> {
        self.layers.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn alone(&self) -> RwLockWriteGuard<'_, Layers> {
        self.layers.write().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn damage(&self) -> Option<VaultError> {
        let latched = guard(&self.damage).clone();
        latched.or_else(|| self.shared().base.failed())
    }

    /// Bytes held in memory above the base.
    pub(crate) fn overlay_bytes(&self) -> u64 {
        let layers = self.shared();
        layers.live.bytes() + layers.frozen.as_ref().map_or(0, |f| f.bytes())
    }

    /// Bytes of the base.
    pub(crate) fn base_len(&self) -> u64 {
        self.shared().base.len
    }

    /// From here on the image as it stands does not change for the checkpoint.
    pub(crate) fn freeze(&self) -> Arc<Layer> {
        let mut layers = self.alone();
        let len = layers.live.len;
        let frozen = Arc::new(std::mem::replace(&mut layers.live, Layer::over(len)));
        layers.frozen = Some(Arc::clone(&frozen));
        frozen
    }

    /// The image as it stands, over a reader of its own: what is written to either from here on the other does not see.
    pub(crate) fn apart(&self, base: Base) -> Apart {
        let layers = self.shared();
        let (live, frozen, base) = (layers.live.clone(), layers.frozen.clone(), Arc::new(base));
        let now = Layers { base: Arc::clone(&base), live, frozen };
        let now = Image { layers: RwLock::new(now), damage: Mutex::new(None) };
        let before = Image::over(Arc::clone(&base));
        Apart { now: Backend(Arc::new(now)), before: Backend(Arc::new(before)), base }
    }

    /// The checkpoint is durable: the new base holds all that was frozen. Gives back the old base.
    pub(crate) fn adopt(&self, base: Base) -> Arc<Base> {
        let mut layers = self.alone();
        let old = std::mem::replace(&mut layers.base, Arc::new(base));
        layers.frozen = None;
        drop(layers);
        if let Some(failed) = old.failed() {
            guard(&self.damage).get_or_insert(failed);
        }
        old
    }

    /// The checkpoint is not: the frozen layer lies under the live one again, as one.
    pub(crate) fn thaw(&self) {
        let mut layers = self.alone();
        if let Some(frozen) = layers.frozen.take() {
            let frozen = Arc::try_unwrap(frozen).unwrap_or_else(|shared| (*shared).clone());
            let live = std::mem::replace(&mut layers.live, Layer::over(0));
            layers.live = live.merged_over(frozen);
        }
    }

    fn note(&self, error: VaultError) -> io::Error {
        let text = io::Error::other(error.to_string());
        guard(&self.damage).get_or_insert(error);
        text
    }
}

/// Give this to redb. Reads what was committed since the base from memory, the rest from the base.
///
/// A read that meets damage fails, and [`super::Vault::damage`] then says where.
#[derive(Debug, Clone)]
pub struct Backend(pub(crate) Arc<Image>);

impl Backend {
    /// What reading the base met, with file and place: of an image read apart, whose vault knows nothing of it.
    pub fn damage(&self) -> Option<VaultError> {
        self.0.damage()
    }
}

/// The image of a vault beside the one in use, twice over one reader of the base: as it stands, and without what was
/// written since the base.
#[derive(Debug, Clone)]
pub struct Apart {
    /// As it stood when it was taken apart.
    pub now: Backend,
    /// The base alone.
    pub before: Backend,
    base: Arc<Base>,
}

impl Apart {
    /// Reads the base once from end to end, for the digest of what whoever reads either image from here on sees: one that
    /// reads otherwise later is damage. `None` where `stop` was set.
    ///
    /// # Errors
    /// The base cannot be read.
    pub fn pin(&self, stop: &AtomicBool) -> Result<Option<[u8; 32]>, VaultError> {
        self.base.pin(stop)
    }
}

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        Ok(self.0.shared().live.len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let layers = self.0.shared();
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > layers.live.len) {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let read = layers.read(offset, out);
        drop(layers);
        read.map_err(|e| self.0.note(e))
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut layers = self.0.alone();
        let cut_inside = len < layers.live.len && !len.is_multiple_of(PAGE as u64);
        let owned = if cut_inside { layers.own(len / PAGE as u64).map(|_| ()) } else { Ok(()) };
        layers.live.set_len(len);
        drop(layers);
        owned.map_err(|e| self.0.note(e))
    }

    fn sync_data(&self) -> io::Result<()> {
        // The frame was durable before redb was told to commit.
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        let end = offset
            .checked_add(data.len() as u64)
            .ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?;
        let mut layers = self.0.alone();
        if end > layers.live.len {
            layers.live.set_len(end);
        }
        let mut at = offset;
        let mut rest = data;
        while !rest.is_empty() {
            let page = at / PAGE as u64;
            let within = (at % PAGE as u64) as usize;
            let n = (PAGE - within).min(rest.len());
            let (now, later) = rest.split_at(n);
            if let Ok(whole) = <&[u8; PAGE]>::try_from(now) {
                match layers.live.page_mut(page) {
                    Some(page) => *page = *whole,
                    None => layers.live.insert(page, Box::new(*whole)),
                }
            } else {
                match layers.own(page) {
                    Ok(page) => {
                        if let Some(to) = page.get_mut(within..within + n) {
                            to.copy_from_slice(now);
                        }
                    }
                    Err(e) => {
                        drop(layers);
                        return Err(self.0.note(e));
                    }
                }
            }
            at += n as u64;
            rest = later;
        }
        Ok(())
    }
}
