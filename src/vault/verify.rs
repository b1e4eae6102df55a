//! Reads every byte of a vault and says what is not as it was written. Needs no lock, changes nothing.

use std::collections::BTreeMap;

use super::blobs::{self, Blob};
use super::durable::Disk;
use super::error::VaultError;
use super::keys::{VaultIdentity, verify_keys};
use super::replay::{Frames, Loaded, load_beside_writer};
use super::walk::TornTail;

/// How far [`verify`] is, in bytes of base, frames of the journal and attachments.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// What [`verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Everything that is not as it was written, beside attachments; empty means that the books are whole.
    pub findings: Vec<VaultError>,
    /// Attachments that are not as they were written.
    pub blob_findings: Vec<VaultError>,
    /// A torn frame at the end of the journal: no damage, but to be said.
    pub torn: Option<TornTail>,
    /// Bytes of the image in the base.
    pub base_bytes: u64,
    /// Frames of the journal.
    pub frames: u64,
    /// Bytes of the journal and of `keys/`.
    pub other_bytes: u64,
    /// Attachments that are whole, by name; whether they are what is recorded the caller knows.
    pub blobs: BTreeMap<String, Blob>,
}

/// Decrypts and checks every chunk of the base, every frame and every attachment, and the sums of `keys/`, the format
/// mark, and that there is no foreign file. `lock`, `attempts` and `claims` are exempt. What stands behind the first damage of a file is not
/// reached.
pub fn verify(disk: &dyn Disk, identity: &VaultIdentity, progress: &mut dyn FnMut(Progress)) -> Verified {
    let mut out = Verified::default();
    out.other_bytes += verify_keys(disk, &mut out.findings);
    let attached = blobs::names(disk).map_or(0, |names| blobs::bytes_of(disk, names));
    let mut before = 0;
    let mut tell = |at: Progress| {
        before = at.total;
        progress(Progress { done: at.done, total: at.total + attached });
    };
    let mut out = match load_beside_writer(disk, identity) {
        Ok(loaded) => verify_loaded(loaded, identity, out, &mut tell),
        Err(e) => {
            if !out.findings.contains(&e) {
                out.findings.push(e);
            }
            out
        }
    };
    let (mut done, total) = (before, before + attached);
    out.blobs = blobs::verify_blobs(disk, identity, &mut out.blob_findings, &mut |bytes| {
        done = (done + bytes).min(total);
        progress(Progress { done, total });
    });
    out
}

/// Every chunk and every frame of what was loaded, added to what was found before.
pub(crate) fn verify_loaded(
    loaded: Loaded,
    identity: &VaultIdentity,
    mut out: Verified,
    progress: &mut dyn FnMut(Progress),
) -> Verified {
    let Loaded { walked, mut base, .. } = loaded;
    out.torn = walked.last().and_then(|w| w.torn.clone());
    out.other_bytes += walked.iter().map(|w| w.seal.len).sum::<u64>();
    let frame_bytes: u64 = walked.iter().map(|w| w.seal.end).sum();
    let total = base.len + frame_bytes;
    let mut chunk = Vec::new();
    for index in 0..base.chunks() {
        if let Err(e) = base.read_chunk(index, &mut chunk) {
            out.findings.push(e);
            break;
        }
        out.base_bytes += chunk.len() as u64;
        progress(Progress { done: out.base_bytes, total });
    }
    let mut done = base.len;
    for frame in Frames::new(walked, identity.clone()) {
        match frame {
            Ok(frame) => {
                out.frames += 1;
                done = (done + frame.len() as u64).min(total);
                progress(Progress { done, total });
            }
            Err(e) => out.findings.push(e),
        }
    }
    progress(Progress { done: total, total });
    out
}
