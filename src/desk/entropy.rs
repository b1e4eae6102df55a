//! Randomness of our own: salts, temporary passwords, the recovery secret. age draws its own.

use sha2::{Digest, Sha256};
use std::sync::Mutex;

/// Where randomness comes from.
pub trait Entropy: Send + Sync {
    /// Fills the bytes.
    ///
    /// # Errors
    /// A text when the system has no randomness to give.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String>;
}

/// The system's randomness.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
        getrandom::fill(bytes).map_err(|error| error.to_string())
    }
}

/// The same bytes for the same seed: for the sample site and tests only, never for a real one.
#[derive(Debug)]
pub struct SeededEntropy {
    seed: u64,
    drawn: Mutex<u64>,
}

impl SeededEntropy {
    /// Bytes that follow from a seed.
    pub fn new(seed: u64) -> SeededEntropy {
        SeededEntropy { seed, drawn: Mutex::new(0) }
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), String> {
        let mut drawn = self.drawn.lock().map_err(|_| "the seeded source was poisoned".to_owned())?;
        for chunk in bytes.chunks_mut(32) {
            let block = Sha256::new().chain_update(self.seed.to_le_bytes()).chain_update(drawn.to_le_bytes());
            *drawn += 1;
            for (to, from) in chunk.iter_mut().zip(block.finalize()) {
                *to = from;
            }
        }
        Ok(())
    }
}
