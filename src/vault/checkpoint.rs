//! A new base in the background: what the old one and the frozen layer show together, or an image built anew, streamed
//! into one age file, with one rename as the moment it counts.

use std::fmt;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use age::stream::StreamWriter;
use age::x25519;

use super::base::{CHUNK, ChunkReader, base_id, base_name, guard};
use super::durable::{Disk, WriteAt};
use super::error::{Doing, VaultError};
use super::frame::Hash;
use super::keys::VaultIdentity;
use super::lock::Watch;
use super::overlay::{Found, Layer, PAGE};
use crate::fault::{Fault, fault};

/// Bytes between syncs: one large sync at the end would hold up the commits that go on meanwhile.
const SYNC_EVERY: u64 = 1 << 20;

/// Where age writes and we collect.
#[derive(Clone, Default)]
struct SharedBytes(Arc<Mutex<Vec<u8>>>);

impl Write for SharedBytes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        guard(&self.0).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes one base, under a temporary name until it is whole and durable.
pub(crate) struct BaseWriter {
    disk: Arc<dyn Disk>,
    file: Arc<dyn WriteAt>,
    stream: StreamWriter<SharedBytes>,
    tray: SharedBytes,
    at: u64,
    synced: u64,
    name: String,
    tmp: String,
    /// What the segment behind this base names.
    pub(crate) id: Hash,
}

impl BaseWriter {
    pub(crate) fn begin(
        disk: &Arc<dyn Disk>,
        generation: u64,
        recipient: &x25519::Recipient,
    ) -> Result<Self, VaultError> {
        let name = base_name(generation);
        let tmp = format!("{name}.tmp");
        let failed = |e: &io::Error| VaultError::from_io(Doing::Creating, &name, e);
        let tray = SharedBytes::default();
        let one: [&dyn age::Recipient; 1] = [recipient];
        let stream = age::Encryptor::with_recipients(one.into_iter())
            .map_err(|_| VaultError::Unacceptable { what: fault!("unfit_vault_key") })?
            .wrap_output(tray.clone())
            .map_err(|e| failed(&e))?;
        let id =
            base_id(&guard(&tray.0)).ok_or(VaultError::Unacceptable { what: fault!("unfit_vault_key") })?;
        disk.remove(&tmp).map_err(|e| failed(&e))?;
        let file = disk.create(&tmp).map_err(|e| failed(&e))?;
        Ok(Self { disk: Arc::clone(disk), file, stream, tray, at: 0, synced: 0, name, tmp, id })
    }

    pub(crate) fn push(&mut self, plain: &[u8]) -> Result<(), VaultError> {
        self.stream.write_all(plain).map_err(|e| VaultError::from_io(Doing::Writing, &self.name, &e))?;
        drain(&*self.file, &self.tray, &mut self.at)
            .and_then(|()| {
                if self.at - self.synced < SYNC_EVERY {
                    return Ok(());
                }
                self.synced = self.at;
                self.file.sync_data()
            })
            .map_err(|e| VaultError::from_io(Doing::Writing, &self.name, &e))
    }

    /// Makes the base count. Power failing before the rename: the old base and all segments are still there.
    /// After it: this base is whole and durable, and everything up to its generation is superfluous.
    pub(crate) fn finish(self, identity: &VaultIdentity) -> Result<ChunkReader, VaultError> {
        let Self { disk, file, stream, tray, mut at, name, tmp, id, .. } = self;
        let failed = |e: io::Error| VaultError::from_io(Doing::Writing, &name, &e);
        stream.finish().map_err(failed)?;
        drain(&*file, &tray, &mut at).map_err(failed)?;
        file.sync_data().map_err(failed)?;
        // Looked at while it can still be thrown away.
        let mut reader =
            ChunkReader::open(&*disk, &tmp, identity, Some(&id)).map_err(|e| match e.is_damage() {
                true => VaultError::not_kept(&name),
                false => e,
            })?;
        reader.name.clone_from(&name);
        disk.rename(&tmp, &name).map_err(failed)?;
        disk.sync_dir("").map_err(failed)?;
        Ok(reader)
    }
}

fn drain(file: &dyn WriteAt, tray: &SharedBytes, at: &mut u64) -> io::Result<()> {
    let mut bytes = guard(&tray.0);
    file.write_all_at(*at, &bytes)?;
    *at += bytes.len() as u64;
    bytes.clear();
    Ok(())
}

/// What a base is written from. It does not change while it is.
pub(crate) trait Source: Send {
    /// Bytes of the image.
    fn len(&self) -> u64;
    /// 64 KiB of it from `at`, a multiple of that; less at its end.
    fn chunk(&mut self, at: u64, out: &mut Vec<u8>) -> Result<(), VaultError>;
}

/// The image as it stood when a checkpoint began: the frozen layer over the old base, which is read by an own reader,
/// past the cache.
pub(crate) struct Frozen {
    pub(crate) reader: ChunkReader,
    pub(crate) layer: Arc<Layer>,
}

impl Source for Frozen {
    fn len(&self) -> u64 {
        self.layer.len
    }

    fn chunk(&mut self, at: u64, out: &mut Vec<u8>) -> Result<(), VaultError> {
        let first = at / PAGE as u64;
        let want = self.layer.len.saturating_sub(at).min(CHUNK as u64) as usize;
        let needs_base =
            (first..).take(want.div_ceil(PAGE)).any(|p| matches!(self.layer.find(p), Found::Below));
        out.clear();
        if needs_base && at < self.reader.len {
            self.reader.read_chunk(at / CHUNK as u64, out)?;
        }
        out.resize(want, 0);
        for (page, to) in (first..).zip(out.chunks_mut(PAGE)) {
            match self.layer.find(page) {
                Found::Here(bytes) => to.iter_mut().zip(bytes).for_each(|(to, from)| *to = *from),
                Found::Zero => to.fill(0),
                Found::Below => {}
            }
        }
        Ok(())
    }
}

/// Why a checkpoint did not come about. Nothing is lost by either.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckpointError {
    /// It was asked to stop.
    Stopped,
    /// The device or the old base failed.
    Failed(VaultError),
}

impl CheckpointError {
    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Self::Stopped => fault!("checkpoint_stopped"),
            Self::Failed(e) => fault!("checkpoint_failed", why = e.fault()),
        }
    }
}

impl fmt::Display for CheckpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for CheckpointError {}

impl From<VaultError> for CheckpointError {
    fn from(e: VaultError) -> Self {
        Self::Failed(e)
    }
}

/// The new base, durable; give it to [`super::Vault::finish_checkpoint`].
#[derive(Debug)]
pub struct CheckpointDone {
    pub(crate) generation: u64,
    pub(crate) reader: ChunkReader,
    pub(crate) relaid: bool,
}

/// Work for a thread of its own. Dropping it is the same as stopping it.
pub struct CheckpointJob {
    pub(crate) disk: Arc<dyn Disk>,
    pub(crate) watch: Arc<Watch>,
    pub(crate) identity: VaultIdentity,
    pub(crate) writer: Option<BaseWriter>,
    pub(crate) source: Box<dyn Source>,
    /// The pages of the source stand elsewhere than those of the image in use.
    pub(crate) relaid: bool,
    pub(crate) generation: u64,
    pub(crate) stop: Arc<AtomicBool>,
}

impl fmt::Debug for CheckpointJob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CheckpointJob").field("generation", &self.generation).finish_non_exhaustive()
    }
}

impl Drop for CheckpointJob {
    fn drop(&mut self) {
        if self.writer.is_some() {
            // Best effort: a leftover is swept by the next writer.
            let _ = self.disk.remove(&format!("{}.tmp", base_name(self.generation)));
        }
    }
}

impl CheckpointJob {
    /// Writes the new base. `pace(done, total)` is called after every 64 KiB of plaintext and may wait, so that the
    /// work does not crowd out the screen; it must not take the vault's locks.
    pub fn run(mut self, pace: &mut dyn FnMut(u64, u64)) -> Result<CheckpointDone, CheckpointError> {
        let total = self.source.len();
        let mut chunk = Vec::with_capacity(CHUNK);
        let mut done = 0;
        while done < total {
            if self.stop.load(Ordering::Relaxed) {
                return Err(CheckpointError::Stopped);
            }
            self.source.chunk(done, &mut chunk)?;
            let writer = self.writer.as_mut().ok_or(CheckpointError::Stopped)?;
            writer.push(&chunk)?;
            done += chunk.len() as u64;
            pace(done, total);
        }
        if self.stop.load(Ordering::Relaxed) {
            return Err(CheckpointError::Stopped);
        }
        // The rename makes this base count, and what it replaces goes: only in a vault that is still ours.
        self.watch.same()?;
        let writer = self.writer.take().ok_or(CheckpointError::Stopped)?;
        match writer.finish(&self.identity) {
            Ok(reader) => Ok(CheckpointDone { generation: self.generation, reader, relaid: self.relaid }),
            Err(e) => {
                let _ = self.disk.remove(&format!("{}.tmp", base_name(self.generation)));
                Err(e.into())
            }
        }
    }
}
