//! The key files: what stands in `keys/` is a projection of the store's slots, and changes with them.
//!
//! Names of slots: `file/<name>` is a file of `keys/`; `recipient/<user>` is what `vault.age` is sealed to, the
//! recovery sheet's under the empty name; `replaced/<user>` is the recipient before that one. Commit first, then the files: a power cut between the two is mended at
//! the next opening, which projects again.

use super::Failure;
use super::failure::failure_of;
use crate::fault::fault;
use crate::vault::{
    Disk, UserIdentity, VAULT_KEY, VaultError, VaultIdentity, WorkFactor, open_vault_key, read_key_file,
    reconcile_keys, seal_slot, seal_vault_key, slot_file,
};
use age::secrecy::SecretString;
use std::collections::BTreeMap;

const FILE: &str = "file/";
const RECIPIENT: &str = "recipient/";
const REPLACED: &str = "replaced/";

/// Slots by name.
pub(super) type Slots = BTreeMap<String, Vec<u8>>;

/// What becomes of slots: written, or deleted.
pub(super) type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// The slots once these changes are made.
pub(super) fn changed(slots: &Slots, changes: &Changes) -> Slots {
    let mut after = slots.clone();
    for (name, bytes) in changes {
        match bytes {
            Some(bytes) => after.insert(name.clone(), bytes.clone()),
            None => after.remove(name),
        };
    }
    after
}

/// What takes a user's slot away: the file, and that `vault.age` is sealed to them.
///
/// # Errors
/// A user ID that no file may have.
pub(super) fn without(user: &str) -> Result<Changes, Failure> {
    let file = slot_file(user).ok_or_else(unfit)?;
    Ok(Changes::from([
        (format!("{FILE}{file}"), None),
        (format!("{RECIPIENT}{user}"), None),
        (format!("{REPLACED}{user}"), None),
    ]))
}

/// What seals `vault.age` to another recovery sheet.
pub(super) fn another_sheet(recovery: &UserIdentity) -> Changes {
    Changes::from([(RECIPIENT.to_owned(), Some(recovery.recipient().into_bytes()))])
}

/// The identity of the vault as the slots hold it, for whoever may open it.
pub(super) fn vault_identity_in(slots: &Slots, identity: &UserIdentity) -> Option<VaultIdentity> {
    let sealed = slots.get(&format!("{FILE}{VAULT_KEY}"))?;
    open_vault_key(sealed, identity).ok()
}

/// A user's new keys: what must become durable with the entry that speaks of them.
pub(super) struct NewKeys {
    /// The new identity.
    pub(super) identity: UserIdentity,
    /// Slots to write.
    pub(super) slots: Slots,
}

/// A login ID that no file may have stands among the slots.
fn unfit() -> Failure {
    Failure::Damaged(fault!("books_unfit_id"))
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
    let file = slot_file(user).ok_or_else(unfit)?;
    let sealed = seal_slot(&SecretString::from(password), &identity, work).map_err(failure_of)?;
    let mut changed = Slots::new();
    changed.insert(format!("{FILE}{file}"), sealed);
    changed.insert(format!("{RECIPIENT}{user}"), identity.recipient().into_bytes());
    if let Some(old) = recipient_of(slots, user) {
        changed.insert(format!("{REPLACED}{user}"), old.into_bytes());
    }
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

fn recipients(slots: &Slots) -> Result<Vec<String>, VaultError> {
    slots
        .iter()
        .filter(|(name, _)| name.starts_with(RECIPIENT))
        .map(|(_, recipient)| String::from_utf8(recipient.clone()))
        .collect::<Result<_, _>>()
        .map_err(|_| VaultError::Unacceptable { what: fault!("unfit_recipient_form") })
}

/// `vault.age` for everyone whom the slots name once `changed` has changed them.
fn seal_for_all(slots: &Slots, changed: &Slots, vault: &VaultIdentity) -> Result<Vec<u8>, Failure> {
    let mut everyone = slots.clone();
    everyone.extend(changed.clone());
    recipients(&everyone).and_then(|all| seal_vault_key(vault, &all)).map_err(failure_of)
}

/// `vault.age` after a group that made keys for several users: each was sealed without the others.
///
/// # Errors
/// A recipient that is none.
pub(super) fn vault_key(
    slots: &Slots,
    changed: &Slots,
    vault: &VaultIdentity,
) -> Result<(String, Vec<u8>), Failure> {
    Ok((format!("{FILE}{VAULT_KEY}"), seal_for_all(slots, changed, vault)?))
}

/// What `vault.age` is sealed to for a user.
pub(super) fn recipient_of(slots: &Slots, user: &str) -> Option<String> {
    slots.get(&format!("{RECIPIENT}{user}")).and_then(|bytes| String::from_utf8(bytes.clone()).ok())
}

/// The files that the slots say should stand in `keys/`.
pub(super) fn files(slots: &Slots) -> BTreeMap<String, Vec<u8>> {
    slots
        .iter()
        .filter_map(|(name, bytes)| name.strip_prefix(FILE).map(|file| (file.to_owned(), bytes.clone())))
        .collect()
}

/// Whether a user's slot file is the one that the slots say.
///
/// # Errors
/// A damaged key file, or the disk.
pub(super) fn file_stands(disk: &dyn Disk, slots: &Slots, user: &str) -> Result<bool, VaultError> {
    let Some(file) = slot_file(user) else { return Ok(false) };
    let present = read_key_file(disk, &file)?;
    Ok(present.as_ref() == slots.get(&format!("{FILE}{file}")))
}

/// What a user's old slot file opens, while the file is not what the slots say.
fn replaced(slots: &Slots, file: &str) -> Option<String> {
    let user = file.strip_suffix(".age")?;
    slots.get(&format!("{REPLACED}{user}")).and_then(|bytes| String::from_utf8(bytes.clone()).ok())
}

/// Makes `keys/` what the slots say. While files change, `vault.age` is sealed to those too whose slot file is still
/// the one before, so that whatever a power cut leaves, every slot file that is there opens the vault.
///
/// # Errors
/// A damaged key file, or the disk.
pub(super) fn project(disk: &dyn Disk, slots: &Slots, vault: &VaultIdentity) -> Result<(), VaultError> {
    let wanted = files(slots);
    let mut present = BTreeMap::new();
    for name in wanted.keys() {
        if let Some(bytes) = read_key_file(disk, name)? {
            present.insert(name.clone(), bytes);
        }
    }
    if present != wanted {
        let mut all = recipients(slots)?;
        let behind = present.iter().filter(|(name, bytes)| wanted.get(*name) != Some(bytes));
        all.extend(behind.filter_map(|(name, _)| replaced(slots, name)));
        let bridge = seal_vault_key(vault, &all)?;
        present.insert(VAULT_KEY.to_owned(), bridge.clone());
        reconcile_keys(disk, &present)?;
        let mut bridged = wanted.clone();
        bridged.insert(VAULT_KEY.to_owned(), bridge);
        reconcile_keys(disk, &bridged)?;
    }
    reconcile_keys(disk, &wanted)
}
