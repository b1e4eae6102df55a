//! The key files: what stands in `keys/` is a projection of the store's slots, and changes with them.
//!
//! Names of slots: `file/<name>` is a file of `keys/`; `recipient/<user>` is what `vault.age` is sealed to, the
//! recovery sheet's under the empty name. Commit first, then the files: a power cut between the two is mended at
//! the next opening, which projects again.

use super::Failure;
use crate::vault::{
    Disk, UserIdentity, VAULT_KEY, VaultError, VaultIdentity, WorkFactor, reconcile_keys, seal_slot,
    seal_vault_key, slot_file,
};
use age::secrecy::SecretString;
use std::collections::BTreeMap;

const FILE: &str = "file/";
const RECIPIENT: &str = "recipient/";

/// Slots by name.
pub(super) type Slots = BTreeMap<String, Vec<u8>>;

/// A user's new keys: what must become durable with the entry that speaks of them.
pub(super) struct NewKeys {
    /// The new identity.
    pub(super) identity: UserIdentity,
    /// Slots to write.
    pub(super) slots: Slots,
}

fn unfit(what: &str) -> Failure {
    Failure::Damaged(format!("keys: {what}"))
}

/// Makes a new identity for a user under a password, and seals the vault key anew to everyone. `slots` is what
/// stands now.
///
/// # Errors
/// A user ID that no file may have, a recipient that is none.
pub(super) fn new_keys(
    slots: &Slots,
    vault: &VaultIdentity,
    user: &str,
    password: &str,
    work: WorkFactor,
) -> Result<NewKeys, Failure> {
    let identity = UserIdentity::generate();
    let file = slot_file(user).ok_or_else(|| unfit("this ID cannot name a file"))?;
    let sealed = seal_slot(&SecretString::from(password), &identity, work).map_err(super::failure_of)?;
    let mut changed = Slots::new();
    changed.insert(format!("{FILE}{file}"), sealed);
    changed.insert(format!("{RECIPIENT}{user}"), identity.recipient().into_bytes());
    changed.insert(format!("{FILE}{VAULT_KEY}"), seal_for_all(slots, &changed, vault)?);
    Ok(NewKeys { identity, slots: changed })
}

/// The slots of a new site: its first user and its recovery sheet.
pub(super) fn first_keys(
    vault: &VaultIdentity,
    recovery: &UserIdentity,
    user: &str,
    password: &str,
    work: WorkFactor,
) -> Result<NewKeys, Failure> {
    let recovery = Slots::from([(RECIPIENT.to_owned(), recovery.recipient().into_bytes())]);
    let mut keys = new_keys(&recovery, vault, user, password, work)?;
    keys.slots.extend(recovery);
    Ok(keys)
}

fn seal_for_all(slots: &Slots, changed: &Slots, vault: &VaultIdentity) -> Result<Vec<u8>, Failure> {
    let mut everyone = slots.clone();
    everyone.extend(changed.clone());
    let recipients = everyone
        .into_iter()
        .filter(|(name, _)| name.starts_with(RECIPIENT))
        .map(|(_, recipient)| String::from_utf8(recipient))
        .collect::<Result<Vec<_>, _>>()
        .map_err(|_| unfit("a recipient is not text"))?;
    seal_vault_key(vault, &recipients).map_err(super::failure_of)
}

/// The files that the slots say should stand in `keys/`.
pub(super) fn files(slots: &Slots) -> BTreeMap<String, Vec<u8>> {
    slots
        .iter()
        .filter_map(|(name, bytes)| name.strip_prefix(FILE).map(|file| (file.to_owned(), bytes.clone())))
        .collect()
}

/// Makes `keys/` what the slots say.
///
/// # Errors
/// A damaged key file, or the disk.
pub(super) fn project(disk: &dyn Disk, slots: &Slots) -> Result<(), VaultError> {
    reconcile_keys(disk, &files(slots))
}
