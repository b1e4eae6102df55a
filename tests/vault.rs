//! The encrypted folder: what it promises about power, damage, keys and stock tools.

mod append;
mod blobs;
mod checkpoint;
mod copy;
mod crash;
mod damage;
mod folder;
mod held;
mod keys;
mod machine;
mod reads;
mod scratch;
mod seen;
pub mod sim;
pub mod stock;
mod upgrade;
mod workload;

use std::collections::BTreeMap;
use std::sync::Arc;

use age::secrecy::SecretString;
use daicho::vault::{
    Disk, Holder, Mode, Opened, UserIdentity, Vault, VaultError, VaultIdentity, WorkFactor, seal_slot,
    seal_vault_key,
};

/// Tests use a work factor nobody should.
pub const WORK: WorkFactor = WorkFactor::DEMO;
pub const CACHE: usize = 1 << 20;

pub fn password(text: &str) -> SecretString {
    SecretString::from(text.to_owned())
}

pub fn holder() -> Holder {
    Holder::this("tanaka", "2026-04-01 08:30")
}

/// One user and the vault key, as a site would have them.
pub struct Site {
    pub user: UserIdentity,
    pub vault: VaultIdentity,
    pub keys: BTreeMap<String, Vec<u8>>,
}

pub fn site() -> Site {
    let user = UserIdentity::generate();
    let vault = VaultIdentity::generate();
    let mut keys = BTreeMap::new();
    keys.insert("tanaka.age".to_owned(), seal_slot(&password("正しい馬の電池"), &user, WORK).unwrap());
    keys.insert("vault.age".to_owned(), seal_vault_key(&vault, &[user.recipient()]).unwrap());
    Site { user, vault, keys }
}

impl Site {
    pub fn create(&self, disk: &Arc<dyn Disk>, image: &[u8]) {
        Vault::create(disk, &self.vault, &self.keys, image).unwrap();
    }

    pub fn write(&self, disk: &Arc<dyn Disk>) -> Result<Opened, VaultError> {
        Vault::open(disk, self.vault.clone(), Mode::Write(holder()), CACHE)
    }

    pub fn read(&self, disk: &Arc<dyn Disk>) -> Result<Opened, VaultError> {
        Vault::open(disk, self.vault.clone(), Mode::Read, CACHE)
    }
}

pub fn all_frames(opened: Opened) -> Result<Vec<Vec<u8>>, VaultError> {
    opened.frames.collect()
}

/// Numbers that are the same for the same seed.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x2545_f491_4f6c_dd1d)
    }

    pub fn roll(&mut self, below: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % below.max(1)
    }

    pub fn bytes(&mut self, n: usize) -> Vec<u8> {
        (0..n).map(|_| self.roll(256) as u8).collect()
    }
}
