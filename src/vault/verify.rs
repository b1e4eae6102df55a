//! Reads every byte of a vault and says what is not as it was written. Needs no lock, changes nothing.

use super::durable::Disk;
use super::error::VaultError;
use super::keys::{VaultIdentity, verify_keys};
use super::replay::{Frames, Loaded, load_beside_writer};
use super::walk::TornTail;

/// How far [`verify`] is, in bytes of base and frames of the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    pub done: u64,
    pub total: u64,
}

/// What [`verify`] found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Verified {
    /// Everything that is not as it was written; empty means the vault is whole.
    pub findings: Vec<VaultError>,
    /// A torn frame at the end of the journal: no damage, but to be said.
    pub torn: Option<TornTail>,
    /// Bytes of the image in the base.
    pub base_bytes: u64,
    /// Frames of the journal.
    pub frames: u64,
    /// Bytes of the journal and of `keys/`.
    pub other_bytes: u64,
}

/// Decrypts and checks every chunk of the base and every frame, and the sums of `keys/`, the format mark, and that
/// there is no foreign file. `lock`, `attempts` and `claims` are exempt. What stands behind the first damage of a file is not
/// reached.
pub fn verify(disk: &dyn Disk, identity: &VaultIdentity, progress: &mut dyn FnMut(Progress)) -> Verified {
    let mut out = Verified::default();
    out.other_bytes += verify_keys(disk, &mut out.findings);
    match load_beside_writer(disk, identity) {
        Ok(loaded) => verify_loaded(loaded, identity, out, progress),
        Err(e) => {
            if !out.findings.contains(&e) {
                out.findings.push(e);
            }
            out
        }
    }
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
