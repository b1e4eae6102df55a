//! A file in the vault's folder for an image that is being built and is too large for memory. Its pages are encrypted
//! under a key that stands nowhere but in this process: whoever finds the file has noise.
//!
//! Nothing in it lasts, and nothing needs to: it becomes a base, or it is removed, by its maker or the next writer.

use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use chacha20poly1305::aead::AeadInPlace;
use chacha20poly1305::{ChaCha20Poly1305, KeyInit, Nonce, Tag};
use redb::StorageBackend;
use zeroize::Zeroizing;

use super::base::{CHUNK, guard};
use super::checkpoint::Source;
use super::durable::{Disk, WriteAt, read_exact_at};
use super::error::{Doing, VaultError};
use super::folder::SCRATCH;
use super::overlay::PAGE;
use crate::fault::fault;

const TAG: usize = 16;
/// A page with its tag, as it stands in the file.
const SEALED: u64 = (PAGE + TAG) as u64;

/// Which page was written when: all that is kept in memory, 8 bytes a page.
#[derive(Default)]
struct Pages {
    len: u64,
    /// Number of the writing that a page has now; 0 for a page of zeros that was never written. It is the nonce, so
    /// an older state of the page does not open.
    written: Vec<u64>,
    writings: u64,
    failed: Option<VaultError>,
}

struct Inner {
    disk: Arc<dyn Disk>,
    file: Arc<dyn WriteAt>,
    cipher: ChaCha20Poly1305,
    pages: Mutex<Pages>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // Best effort: a leftover is swept by the next writer.
        let _ = self.disk.remove(SCRATCH);
    }
}

/// Storage for redb, of length 0 at first. Clones share it; the file goes with the last of them.
#[derive(Clone)]
pub struct Scratch(Arc<Inner>);

impl fmt::Debug for Scratch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scratch").field("len", &guard(&self.0.pages).len).finish_non_exhaustive()
    }
}

fn nonce(writing: u64) -> Nonce {
    let mut bytes = [0; 12];
    for (to, from) in bytes.iter_mut().skip(4).zip(writing.to_be_bytes()) {
        *to = from;
    }
    bytes.into()
}

impl Scratch {
    /// `key` from a source of randomness, used here and nowhere else: the nonces only count.
    pub(crate) fn create(disk: &Arc<dyn Disk>, key: &Zeroizing<[u8; 32]>) -> Result<Self, VaultError> {
        let failed = |e: io::Error| VaultError::from_io(Doing::Creating, SCRATCH, &e);
        disk.remove(SCRATCH).map_err(failed)?;
        let file = disk.create(SCRATCH).map_err(failed)?;
        let cipher = ChaCha20Poly1305::new((&**key).into());
        Ok(Self(Arc::new(Inner { disk: Arc::clone(disk), file, cipher, pages: Mutex::default() })))
    }

    /// What went wrong first, if anything has.
    pub fn failed(&self) -> Option<VaultError> {
        guard(&self.0.pages).failed.clone()
    }
}

impl Inner {
    fn page(&self, pages: &Pages, page: u64, out: &mut [u8; PAGE]) -> Result<(), VaultError> {
        let writing = pages.written.get(page as usize).copied().unwrap_or(0);
        if writing == 0 {
            out.fill(0);
            return Ok(());
        }
        let mut sealed = [0; SEALED as usize];
        let place = page * SEALED;
        read_exact_at(&*self.file, place, &mut sealed)
            .map_err(|e| VaultError::from_io(Doing::Reading, SCRATCH, &e))?;
        let (bytes, tag) = sealed.split_at_mut(PAGE);
        self.cipher
            .decrypt_in_place_detached(&nonce(writing), &page.to_be_bytes(), bytes, Tag::from_slice(tag))
            .map_err(|_| VaultError::not_kept(SCRATCH))?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    /// Seals whole pages that follow each other, and writes them at once.
    fn put(&self, pages: &mut Pages, first: u64, plain: &[u8]) -> Result<(), VaultError> {
        let mut out = Vec::with_capacity(plain.len().div_ceil(PAGE) * SEALED as usize);
        for (page, bytes) in (first..).zip(plain.chunks(PAGE)) {
            pages.writings += 1;
            let at = out.len();
            out.extend_from_slice(bytes);
            let sealed = out.get_mut(at..).unwrap_or_default();
            let tag = self
                .cipher
                .encrypt_in_place_detached(&nonce(pages.writings), &page.to_be_bytes(), sealed)
                .map_err(|_| VaultError::Unacceptable { what: fault!("unfit_scratch_page") })?;
            out.extend_from_slice(&tag);
            if pages.written.len() <= page as usize {
                pages.written.resize(page as usize + 1, 0);
            }
            if let Some(written) = pages.written.get_mut(page as usize) {
                *written = pages.writings;
            }
        }
        self.file
            .write_all_at(first * SEALED, &out)
            .map_err(|e| VaultError::from_io(Doing::Writing, SCRATCH, &e))
    }

    fn write(&self, pages: &mut Pages, offset: u64, data: &[u8]) -> Result<(), VaultError> {
        let end = offset + data.len() as u64;
        let (first, last) = (offset / PAGE as u64, end.div_ceil(PAGE as u64));
        let mut plain = Zeroizing::new(vec![0; (last - first) as usize * PAGE]);
        let within = (offset % PAGE as u64) as usize;
        // Only the pages at both ends can keep something of what they held.
        for page in [first, last.saturating_sub(1)] {
            let whole = offset <= page * PAGE as u64 && end >= (page + 1) * PAGE as u64;
            if let Some(to) = plain.chunks_mut(PAGE).nth((page - first) as usize).filter(|_| !whole)
                && let Ok(to) = <&mut [u8; PAGE]>::try_from(to)
            {
                self.page(pages, page, to)?;
            }
        }
        if let Some(to) = plain.get_mut(within..within + data.len()) {
            to.copy_from_slice(data);
        }
        pages.len = pages.len.max(end);
        self.put(pages, first, &plain)
    }

    fn read(&self, pages: &Pages, offset: u64, out: &mut [u8]) -> Result<(), VaultError> {
        let mut page = [0; PAGE];
        let (mut at, mut rest) = (offset, out);
        while !rest.is_empty() {
            let within = (at % PAGE as u64) as usize;
            let n = (PAGE - within).min(rest.len());
            self.page(pages, at / PAGE as u64, &mut page)?;
            let (now, later) = rest.split_at_mut(n);
            now.copy_from_slice(page.get(within..within + n).unwrap_or_default());
            at += n as u64;
            rest = later;
        }
        Ok(())
    }

    fn set_len(&self, pages: &mut Pages, len: u64) -> Result<(), VaultError> {
        let keep = len.div_ceil(PAGE as u64);
        if len < pages.len {
            let within = (len % PAGE as u64) as usize;
            if within != 0 {
                let mut page = [0; PAGE];
                self.page(pages, len / PAGE as u64, &mut page)?;
                page.iter_mut().skip(within).for_each(|b| *b = 0);
                self.put(pages, len / PAGE as u64, &page)?;
            }
            pages.written.truncate(keep as usize);
            // The file keeps no page that the image has lost.
            let size = self.file.size().and_then(|size| match size > keep * SEALED {
                true => self.file.set_len(keep * SEALED),
                false => Ok(()),
            });
            size.map_err(|e| VaultError::from_io(Doing::Cutting, SCRATCH, &e))?;
        }
        pages.len = len;
        Ok(())
    }
}

impl Scratch {
    fn noted<T>(pages: &mut Pages, result: Result<T, VaultError>) -> io::Result<T> {
        result.map_err(|error| {
            let text = io::Error::other(error.to_string());
            pages.failed.get_or_insert(error);
            text
        })
    }
}

impl StorageBackend for Scratch {
    fn len(&self) -> io::Result<u64> {
        Ok(guard(&self.0.pages).len)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let mut pages = guard(&self.0.pages);
        if offset.checked_add(out.len() as u64).is_none_or(|end| end > pages.len) {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
        }
        let read = self.0.read(&pages, offset, out);
        Self::noted(&mut pages, read)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        let mut pages = guard(&self.0.pages);
        let set = self.0.set_len(&mut pages, len);
        Self::noted(&mut pages, set)
    }

    fn sync_data(&self) -> io::Result<()> {
        // What is here need not outlive the process.
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        if data.is_empty() {
            return Ok(());
        }
        if offset.checked_add(data.len() as u64).is_none() {
            return Err(io::Error::from(io::ErrorKind::InvalidInput));
        }
        let mut pages = guard(&self.0.pages);
        let written = self.0.write(&mut pages, offset, data);
        Self::noted(&mut pages, written)
    }
}

impl Source for Scratch {
    fn len(&self) -> u64 {
        guard(&self.0.pages).len
    }

    fn chunk(&mut self, at: u64, out: &mut Vec<u8>) -> Result<(), VaultError> {
        let pages = guard(&self.0.pages);
        if let Some(failed) = &pages.failed {
            // redb swallows what goes wrong while it closes.
            return Err(failed.clone());
        }
        let want = pages.len.saturating_sub(at).min(CHUNK as u64) as usize;
        out.clear();
        out.resize(want, 0);
        self.0.read(&pages, at, out)
    }
}
