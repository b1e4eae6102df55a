//! How much room the device has left, held against what the vault will want of it.

use super::Vault;

/// What is to be free beside the bases: what people write until somebody has made room. Some 100,000 entries at 2 KiB,
/// which is months of a busy desk, or 25 of the largest attachments.
const MARGIN: u64 = 256 << 20;

/// Bases that are to find room beside the one there is: a compaction takes twice its image, and a checkpoint that was
/// cut leaves what it wrote until the next writer removes it. With less, what follows is a journal that nothing shortens
/// any more.
const BASES: u64 = 2;

/// What is free on the vault's device, and what should be. Bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    /// What is free.
    pub free: u64,
    /// What the vault will want.
    pub wanted: u64,
}

impl Room {
    /// Whether less is free than will be wanted.
    pub fn is_low(&self) -> bool {
        self.free < self.wanted
    }
}

impl Vault {
    /// The room there is, and the room that is wanted. `None` where the device does not say.
    pub fn room(&self) -> Option<Room> {
        let free = self.disk().free_space().ok()?;
        Some(Room { free, wanted: wanted(self.next_base_bytes()) })
    }
}

fn wanted(next_base: u64) -> u64 {
    next_base.saturating_mul(BASES).saturating_add(MARGIN)
}
