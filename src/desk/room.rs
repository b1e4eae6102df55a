//! The disk before it is full: how much is left, and what the site's rules say to do then (J-1-1-3-a).

use super::{Desk, Lookup};
use crate::domain::{Label, Profile};
use crate::vault::Vault;

/// The disk is nearly full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LowDisk {
    /// Bytes that are free.
    pub free: u64,
    /// Bytes that the vault will want.
    pub wanted: u64,
    /// What the site's rules say to do (対処方針), where they say it.
    pub policy: Option<Label>,
}

impl LowDisk {
    /// Of a vault, under a profile; `None` where there is room, or the device does not say.
    pub(super) fn of(vault: &Vault, profile: &Profile) -> Option<LowDisk> {
        let room = vault.room().filter(|room| room.is_low())?;
        Some(LowDisk { free: room.free, wanted: room.wanted, policy: profile.on_failure().cloned() })
    }
}

impl Desk {
    /// Whether less is free on the vault's disk than the vault will want. Asks the device each time, so not with every
    /// frame that is drawn.
    pub fn low_disk(&self) -> Option<LowDisk> {
        LowDisk::of(&self.vault, Lookup::profile(self))
    }
}
