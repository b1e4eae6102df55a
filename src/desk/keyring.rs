//! The key files: what stands in `keys/` is a projection of the store's slots, and changes with them.
//!
//! Names of slots: `file/<name>` is a file of `keys/`; `recipient/<user>` is what `vault.age` is sealed to, the
//! recovery sheet's under the empty name; `bridge/vault.age` is the `vault.age` that key files of before open as well,
//! while they are replaced. Commit first, then the files: a power cut between the two is mended at the next opening,
//! which projects again.
//!
//! A slot is worth what the log says of it ([`WaysIn`]): each one that opens the vault is bound by the digests of an
//! entry, and what no entry names is sealed to by nobody, written to no file, and told.

use super::Failure;
use super::failure::failure_of;
use crate::domain::{Sealing, WayIn, WaysIn};
use crate::fault::{Fault, fault};
use crate::log::encode_hex;
use crate::vault::{
    Disk, UserIdentity, VAULT_KEY, VaultError, VaultIdentity, WorkFactor, open_vault_key, read_key_file,
    read_key_files, reconcile_keys, seal_slot, seal_vault_key, slot_file,
};
use age::secrecy::SecretString;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "file/";
const RECIPIENT: &str = "recipient/";
const BRIDGE: &str = "bridge/vault.age";
/// Recipients of before, as releases up to 0.2 kept them: their bridges were made anew at each opening.
const REPLACED: &str = "replaced/";

/// What else is kept by slots: counts of failed logins, which do no more than wrong passwords typed at the login, and
/// recipients of before, to which nothing is sealed once a bridge was made.
const OTHERS: [&str; 2] = [super::login::FAILURES, REPLACED];

/// Slots by name.
pub(super) type Slots = BTreeMap<String, Vec<u8>>;

/// What becomes of slots: written, or deleted.
pub(super) type Changes = BTreeMap<String, Option<Vec<u8>>>;

/// The digest under which an entry names a recipient or a file.
pub(super) fn digest(bytes: &[u8]) -> String {
    encode_hex(&Sha256::digest(bytes))
}

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
pub(super) fn without(users: &[String]) -> Result<Changes, Failure> {
    let mut changes = Changes::new();
    for user in users {
        let file = slot_file(user).ok_or_else(unfit)?;
        changes.extend([(format!("{FILE}{file}"), None), (format!("{RECIPIENT}{user}"), None)]);
    }
    Ok(changes)
}

/// What seals `vault.age` to another recovery sheet.
pub(super) fn another_sheet(recovery: &UserIdentity) -> Changes {
    Changes::from([(RECIPIENT.to_owned(), Some(recovery.recipient().into_bytes()))])
}

/// The digest of a recovery sheet's recipient.
pub(super) fn sheet_digest(recovery: &UserIdentity) -> String {
    digest(recovery.recipient().as_bytes())
}

/// How an identity opens the vault by a key file.
pub(super) fn way_in(identity: &UserIdentity, key_file: &[u8]) -> WayIn {
    WayIn { recipient: digest(identity.recipient().as_bytes()), key_file: digest(key_file) }
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
    /// What the entry says of them.
    pub(super) way_in: WayIn,
    /// Slots to write.
    pub(super) changes: Changes,
}

/// A login ID that no file may have stands among the slots.
fn unfit() -> Failure {
    Failure::Damaged(fault!("books_unfit_id"))
}

/// Makes a new identity for a user under a password.
///
/// # Errors
/// A user ID that no file may have.
pub(super) fn new_keys(user: &str, password: &str, work: WorkFactor) -> Result<NewKeys, Failure> {
    let identity = UserIdentity::generate();
    let file = slot_file(user).ok_or_else(unfit)?;
    let sealed = seal_slot(&SecretString::from(password), &identity, work).map_err(failure_of)?;
    let way_in = way_in(&identity, &sealed);
    let changes = Changes::from([
        (format!("{FILE}{file}"), Some(sealed)),
        (format!("{RECIPIENT}{user}"), Some(identity.recipient().into_bytes())),
    ]);
    Ok(NewKeys { identity, way_in, changes })
}

fn recipients(slots: &Slots) -> Result<Vec<String>, VaultError> {
    slots
        .iter()
        .filter(|(name, _)| name.starts_with(RECIPIENT))
        .map(|(_, recipient)| String::from_utf8(recipient.clone()))
        .collect::<Result<_, _>>()
        .map_err(|_| VaultError::Unacceptable { what: fault!("unfit_recipient_form") })
}

/// The vault's key sealed anew: what must become durable with the entry that names it.
pub(super) struct Resealed {
    /// What the entry says of it; nothing where its edition does not know ways in.
    pub(super) sealing: Option<Sealing>,
    /// Slots to write and to delete, what was asked for among them.
    pub(super) changes: Changes,
}

/// Seals the vault's key to everyone whom the log and these changes name, and to nobody else. Where a key file is
/// replaced, a bridge is sealed besides, which the one before opens too.
///
/// # Errors
/// A recipient that is none.
pub(super) fn reseal(
    slots: &Slots,
    ways: &WaysIn,
    changes: &Changes,
    vault: &VaultIdentity,
) -> Result<Resealed, Failure> {
    let beside = beside(slots, ways);
    let mut all: Changes = beside.iter().map(|name| (name.clone(), None)).collect();
    all.extend(slots.keys().filter(|name| name.starts_with(REPLACED)).map(|name| (name.clone(), None)));
    all.extend(changes.clone());
    let everyone = recipients(&changed(slots, &all)).map_err(failure_of)?;
    let sealed = seal_vault_key(vault, &everyone).map_err(failure_of)?;
    // Whoever's key file changes has the one before until the files follow. A sheet has no file.
    let is_users = |name: &str| name.strip_prefix(RECIPIENT).is_some_and(|user| !user.is_empty());
    let replaced = changes.iter().filter(|(name, bytes)| is_users(name) && bytes.is_some());
    let replaced = replaced.filter(|(name, _)| !beside.contains(name));
    let before: Slots =
        replaced.filter_map(|(name, _)| Some((name.clone(), slots.get(name)?.clone()))).collect();
    let bridge = match recipients(&before).map_err(failure_of)? {
        before if before.is_empty() => None,
        before => Some(seal_vault_key(vault, &[everyone, before].concat()).map_err(failure_of)?),
    };
    let sealing = Sealing {
        vault_key: digest(&sealed),
        bridge: bridge.as_deref().map(digest).unwrap_or_default(),
        beside,
    };
    all.insert(format!("{FILE}{VAULT_KEY}"), Some(sealed));
    all.insert(BRIDGE.to_owned(), bridge);
    Ok(Resealed { sealing: ways.named.then_some(sealing), changes: all })
}

/// The names of slots that are none of what the log says: ways in that nobody gave, and such as were altered.
pub(super) fn beside(slots: &Slots, ways: &WaysIn) -> Vec<String> {
    let is_of = |name: &str, bytes: &[u8]| -> bool {
        let user = |user: &str| ways.users.iter().find(|(known, _)| known == user);
        let held = |way: Option<&(String, Option<WayIn>)>, of: fn(&WayIn) -> &String| match way {
            Some((_, Some(way))) => digest(bytes) == *of(way),
            Some((_, None)) => !ways.bound,
            None => false,
        };
        if let Some(of) = name.strip_prefix(RECIPIENT) {
            return match (of, &ways.sheet) {
                ("", Some(sheet)) => digest(bytes) == *sheet,
                ("", None) => !ways.bound,
                _ => held(user(of), |way| &way.recipient),
            };
        }
        if name == BRIDGE {
            return ways.sealed.as_ref().is_none_or(|sealed| digest(bytes) == sealed.bridge);
        }
        let Some(file) = name.strip_prefix(FILE) else {
            return OTHERS.iter().any(|kind| name.starts_with(kind));
        };
        if file == VAULT_KEY {
            // Of which there is one, told apart by itself.
            return true;
        }
        file.strip_suffix(".age").is_some_and(|of| held(user(of), |way| &way.key_file))
    };
    let all = slots.iter().filter(|(name, bytes)| !is_of(name, bytes));
    all.map(|(name, _)| name.clone()).collect()
}

/// The recipient of a user or, under the empty name, of the recovery sheet, by the name of its slot.
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

/// The key files whose slots are gone or altered, by the name of the slot, with the digests that the log names.
fn altered(slots: &Slots, ways: &WaysIn) -> Vec<(String, String)> {
    let of_users =
        ways.users.iter().filter_map(|(user, way)| Some((slot_file(user)?, way.as_ref()?.key_file.clone())));
    let vault_key = ways.sealed.as_ref().map(|sealed| (VAULT_KEY.to_owned(), sealed.vault_key.clone()));
    let named = of_users.chain(vault_key).map(|(file, named)| (format!("{FILE}{file}"), named));
    named.filter(|(name, named)| slots.get(name).is_none_or(|bytes| digest(bytes) != *named)).collect()
}

/// Key files that slots hold altered or not at all, as they stand in `keys/` and the log names them.
fn as_named(
    altered: &[(String, String)],
    present: &BTreeMap<String, Vec<u8>>,
) -> impl Iterator<Item = (String, Vec<u8>)> {
    altered.iter().filter_map(|(name, named)| {
        let bytes = present.get(name.strip_prefix(FILE)?).filter(|bytes| digest(bytes) == *named)?;
        Some((name.clone(), bytes.clone()))
    })
}

/// The slots as the log names them: without what it does not, and with what stands in `keys/` as it names it where a
/// slot is gone or altered.
pub(super) fn in_force(slots: &Slots, ways: &WaysIn, present: &BTreeMap<String, Vec<u8>>) -> Slots {
    let mut in_force = slots.clone();
    let altered = altered(slots, ways);
    for name in beside(slots, ways).iter().chain(altered.iter().map(|(name, _)| name)) {
        in_force.remove(name);
    }
    in_force.extend(as_named(&altered, present));
    in_force
}

/// What comes back into altered slots from `keys/`. Nothing is read where none is.
///
/// # Errors
/// A damaged key file, or the disk.
pub(super) fn healed(slots: &Slots, ways: &WaysIn, disk: &dyn Disk) -> Result<Slots, Failure> {
    let altered = altered(slots, ways);
    if altered.is_empty() {
        return Ok(Slots::new());
    }
    let present = read_key_files(disk).map_err(failure_of)?;
    Ok(as_named(&altered, &present).collect())
}

/// What of the slots is not as the log says: each thing once.
pub(super) fn differences(slots: &Slots, ways: &WaysIn) -> Vec<Fault> {
    let mut found: Vec<Fault> =
        beside(slots, ways).into_iter().map(|name| fault!("ways_beside", slot = name)).collect();
    for (user, way) in &ways.users {
        let Some(way) = way else { continue };
        let recipient = slots.get(&format!("{RECIPIENT}{user}"));
        let file = slot_file(user).and_then(|file| slots.get(&format!("{FILE}{file}")));
        // Those that differ stand beside, and are told above.
        if recipient.is_none() || file.is_none() {
            found.push(fault!("ways_missing", user = user, recipient = &way.recipient));
        }
    }
    if ways.sheet.is_some() && !slots.contains_key(RECIPIENT) {
        found.push(fault!("ways_sheet_missing"));
    }
    if altered(slots, ways).iter().any(|(name, _)| name.strip_prefix(FILE) == Some(VAULT_KEY)) {
        found.push(fault!("ways_vault_key"));
    }
    found
}

/// Files of `keys/` that are not as the slots say, and whether a change of keys that was cut explains it ([`WaysIn::before`]): then
/// the next login ends it. Of a vault whose ways in are not bound nobody can say.
pub(super) fn behind(
    slots: &Slots,
    ways: &WaysIn,
    before: &[(String, String)],
    present: &BTreeMap<String, Vec<u8>>,
) -> Vec<(String, bool)> {
    let wanted = files(&in_force(slots, ways, present));
    let names: BTreeSet<&String> = wanted.keys().chain(present.keys()).collect();
    let cut = |file: &String| -> bool {
        let Some(bytes) = present.get(file) else {
            // One that is still to come: the file of somebody new.
            return file != VAULT_KEY;
        };
        let found = digest(bytes);
        match &ways.sealed {
            Some(sealed) if file == VAULT_KEY => found == sealed.before || found == sealed.bridge,
            _ => {
                let user = file.strip_suffix(".age").unwrap_or(file);
                before.iter().any(|(of, before)| of == user && *before == found)
            }
        }
    };
    let differing = names.into_iter().filter(|file| wanted.get(*file) != present.get(*file));
    differing.map(|file| (file.clone(), !ways.bound || cut(file))).collect()
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

/// Makes `keys/` what the slots in force say, and gives these ([`in_force`]). While files change, `vault.age` opens by
/// those too whose slot file is still the one before, so that whatever a power cut leaves, every slot file that is there
/// opens the vault.
///
/// # Errors
/// Neither the slot nor the file of the vault's key is the one that the log names: what would be written under it,
/// whoever made it could read. A damaged key file, or the disk.
pub(super) fn project(
    disk: &dyn Disk,
    slots: &Slots,
    ways: &WaysIn,
    vault: &VaultIdentity,
) -> Result<Slots, Failure> {
    let present = read_key_files(disk).map_err(failure_of)?;
    let slots = in_force(slots, ways, &present);
    let wanted = files(&slots);
    if !wanted.contains_key(VAULT_KEY) {
        return Err(Failure::Damaged(fault!("ways_vault_key")));
    }
    follow_slots(disk, &slots, present, wanted, vault).map_err(failure_of)?;
    Ok(slots)
}

fn follow_slots(
    disk: &dyn Disk,
    slots: &Slots,
    present: BTreeMap<String, Vec<u8>>,
    wanted: BTreeMap<String, Vec<u8>>,
    vault: &VaultIdentity,
) -> Result<(), VaultError> {
    let changing: Vec<&String> = present
        .iter()
        .filter(|(name, bytes)| {
            *name != VAULT_KEY && wanted.get(*name).is_some_and(|wanted| wanted != *bytes)
        })
        .map(|(name, _)| name)
        .collect();
    let bridge = match slots.get(BRIDGE) {
        Some(bridge) => Some(bridge.clone()),
        None => bridge_of_before(slots, vault, &changing)?,
    };
    if let Some(bridge) = bridge.filter(|_| !changing.is_empty()) {
        for mut bridged in [present, wanted.clone()] {
            bridged.insert(VAULT_KEY.to_owned(), bridge.clone());
            reconcile_keys(disk, &bridged)?;
        }
    }
    reconcile_keys(disk, &wanted)
}

/// The bridge of a change that a release up to 0.2 began.
fn bridge_of_before(
    slots: &Slots,
    vault: &VaultIdentity,
    changing: &[&String],
) -> Result<Option<Vec<u8>>, VaultError> {
    let old = |file: &String| slots.get(&format!("{REPLACED}{}", file.strip_suffix(".age")?));
    let before: Vec<String> =
        changing.iter().filter_map(|file| String::from_utf8(old(file)?.clone()).ok()).collect();
    if before.is_empty() {
        return Ok(None);
    }
    seal_vault_key(vault, &[recipients(slots)?, before].concat()).map(Some)
}
