//! The vault's own key, and `keys/`: a projection of what the site's records say, written so that at any power
//! cut what is there still opens.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::io;

use age::secrecy::{ExposeSecret, SecretString};
use age::x25519;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};
use super::salvage::raw_key_names;
use super::slot::{self, NotOpened, SlotError, UserIdentity, WorkFactor, encrypt, open_slot, slot_work};
use crate::fault::fault;

pub(crate) const KEYS: &str = "keys";
const SUMS: &str = "SHA256SUMS";
/// The vault key's file in `keys/`.
pub const VAULT_KEY: &str = "vault.age";
/// The site keys' file in `keys/`.
pub const SITE_KEY: &str = "site.age";
/// A key file is a few hundred bytes; vault.age grows by about 100 a user.
const MAX_KEY_FILE: u64 = 4 << 20;

/// One or two X25519 identities. Everything new is written to the first; every one of them opens.
#[derive(Clone)]
pub struct VaultIdentity(Vec<x25519::Identity>);

impl fmt::Debug for VaultIdentity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "VaultIdentity({} secret)", self.0.len())
    }
}

impl VaultIdentity {
    /// A new vault key.
    pub fn generate() -> Self {
        Self(vec![x25519::Identity::generate()])
    }

    /// While keys change: a new identity first, then the ones of `self`. Re-keying is: write `vault.age` with
    /// this, open the vault with it, make a checkpoint, write `vault.age` with [`Self::newest`].
    pub fn with_new(&self) -> Self {
        let mut all = vec![x25519::Identity::generate()];
        all.extend(self.0.iter().take(1).cloned());
        Self(all)
    }

    /// Only the first.
    pub fn newest(&self) -> Self {
        Self(self.0.iter().take(1).cloned().collect())
    }

    /// Whether both hold the same identities in the same order.
    pub fn is(&self, other: &Self) -> bool {
        let all = |one: &Self| one.0.iter().map(|i| i.to_public().to_string()).collect::<Vec<_>>();
        all(self) == all(other)
    }

    /// How many identities: 2 while keys change.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn identities(&self) -> Vec<&dyn age::Identity> {
        self.0.iter().map(|i| i as &dyn age::Identity).collect()
    }

    pub(crate) fn recipient(&self) -> Result<x25519::Recipient, VaultError> {
        let first = self.0.first().ok_or(VaultError::Unacceptable { what: fault!("unfit_empty_key") })?;
        Ok(first.to_public())
    }
}

/// Encrypts the vault key to every active user and the recovery recipient (`age1…`): `keys/vault.age`.
pub fn seal_vault_key(identity: &VaultIdentity, recipients: &[String]) -> Result<Vec<u8>, VaultError> {
    let mut text = Zeroizing::new(String::with_capacity(80 * identity.0.len()));
    for one in &identity.0 {
        text.push_str(one.to_string().expose_secret());
        text.push('\n');
    }
    seal_for(text.as_bytes(), recipients)
}

/// Opens `keys/vault.age` with a user's or the recovery identity.
pub fn open_vault_key(bytes: &[u8], identity: &UserIdentity) -> Result<VaultIdentity, VaultError> {
    let name = "keys/vault.age";
    let damaged = |what| VaultError::damaged(name, 0, what);
    let plain = open_for(name, bytes, identity)?;
    let text = std::str::from_utf8(&plain).map_err(|_| damaged(fault!("bytes_no_identities")))?;
    let mut all = Vec::new();
    for line in text.lines() {
        all.push(line.parse().map_err(|_| damaged(fault!("bytes_no_identities")))?);
    }
    if all.is_empty() || all.len() > 2 {
        return Err(damaged(fault!("bytes_not_two_identities")));
    }
    Ok(VaultIdentity(all))
}

/// Encrypts any secret to recipients (`age1…`), as for `keys/site.age`.
pub fn seal_for(secret: &[u8], recipients: &[String]) -> Result<Vec<u8>, VaultError> {
    let bad = |_| VaultError::Unacceptable { what: fault!("unfit_recipient") };
    let parsed = recipients
        .iter()
        .map(|r| r.parse::<x25519::Recipient>().map_err(bad))
        .collect::<Result<Vec<_>, _>>()?;
    if parsed.is_empty() {
        return Err(VaultError::Unacceptable { what: fault!("unfit_nobody") });
    }
    let all: Vec<&dyn age::Recipient> = parsed.iter().map(|r| r as &dyn age::Recipient).collect();
    encrypt(&all, secret)
}

/// Opens what [`seal_for`] wrote; `name` is for the error.
pub fn open_for(name: &str, bytes: &[u8], identity: &UserIdentity) -> Result<Zeroizing<Vec<u8>>, VaultError> {
    match slot::decrypt(&[identity.as_age() as &dyn age::Identity], bytes) {
        Ok(plain) => Ok(Zeroizing::new(plain)),
        Err(NotOpened::WrongKey) => Err(VaultError::WrongKey { file: name.to_owned() }),
        Err(NotOpened::Damaged(what)) => Err(VaultError::damaged(name, 0, what)),
    }
}

/// Whether a user id may be used: `[a-z0-9_-]{1,32}`, and not the name of another file in `keys/`.
pub fn valid_user_id(id: &str) -> bool {
    well_formed_id(id) && !matches!(id, "vault" | "site")
}

fn well_formed_id(id: &str) -> bool {
    (1..=32).contains(&id.len())
        && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-'))
}

/// File name of a user's slot in `keys/`; `None` for an id that may not be used.
pub fn slot_file(id: &str) -> Option<String> {
    valid_user_id(id).then(|| format!("{id}.age"))
}

fn valid_file(name: &str) -> bool {
    name.strip_suffix(".age").is_some_and(well_formed_id)
}

type Sums = BTreeMap<String, BTreeSet<String>>;

fn sum(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|b| format!("{b:02x}")).collect()
}

fn encode_sums(sums: &Sums) -> Vec<u8> {
    let lines = sums.iter().flat_map(|(name, all)| all.iter().map(move |s| format!("{s}  {name}\n")));
    lines.collect::<String>().into_bytes()
}

/// Reads sums in the one form they are written in; anything else is damage.
fn decode_sums(bytes: &[u8]) -> Result<Sums, VaultError> {
    let damaged =
        |at: usize| VaultError::damaged("keys/SHA256SUMS", at as u64, fault!("bytes_not_as_written"));
    let text = std::str::from_utf8(bytes).map_err(|e| damaged(e.valid_up_to()))?;
    let mut sums = Sums::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let (hash, name) =
            line.strip_suffix('\n').and_then(|l| l.split_once("  ")).ok_or_else(|| damaged(at))?;
        let hex = hash.len() == 64 && hash.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if !hex || !valid_file(name) || !sums.entry(name.to_owned()).or_default().insert(hash.to_owned()) {
            return Err(damaged(at));
        }
        at += line.len();
    }
    if encode_sums(&sums) != bytes {
        return Err(damaged(0));
    }
    Ok(sums)
}

fn read_sums(disk: &dyn Disk) -> Result<Sums, VaultError> {
    match disk.read("keys/SHA256SUMS", MAX_KEY_FILE) {
        Ok(bytes) => decode_sums(&bytes),
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            Err(VaultError::HalfThere { what: "keys/SHA256SUMS".into() })
        }
        Err(e) => Err(VaultError::from_io(Doing::Reading, "keys/SHA256SUMS", &e)),
    }
}

/// Reads one file of `keys/` (such as `tanaka.age`) and checks its sum: a damaged file is never taken for a wrong
/// password. `None` when there is no such file and none is expected.
pub fn read_key_file(disk: &dyn Disk, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
    read_by(disk, &read_sums(disk)?, name)
}

/// The same for every file of `keys/`, by its name.
///
/// # Errors
/// The first that is damaged, and the disk.
pub fn read_key_files(disk: &dyn Disk) -> Result<BTreeMap<String, Vec<u8>>, VaultError> {
    let names = raw_key_names(disk)?;
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    let sums = read_sums(disk)?;
    let read = |name: String| read_by(disk, &sums, &name).map(|found| found.map(|bytes| (name, bytes)));
    names.into_iter().filter_map(|name| read(name).transpose()).collect()
}

fn read_by(disk: &dyn Disk, sums: &Sums, name: &str) -> Result<Option<Vec<u8>>, VaultError> {
    if !valid_file(name) {
        return Err(VaultError::Unacceptable { what: fault!("unfit_key_file_name") });
    }
    let path = format!("{KEYS}/{name}");
    let bytes = match disk.read(&path, MAX_KEY_FILE) {
        Ok(bytes) => bytes,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return match sums.get(name) {
                None => Ok(None),
                Some(all) if all.contains(&sum(&[])) => Ok(None),
                Some(_) => Err(VaultError::damaged(&path, 0, fault!("bytes_file_missing"))),
            };
        }
        Err(e) => return Err(VaultError::from_io(Doing::Reading, &path, &e)),
    };
    if !bytes.is_empty() && sums.get(name).is_some_and(|all| all.contains(&sum(&bytes))) {
        Ok(Some(bytes))
    } else {
        Err(VaultError::damaged(&path, 0, fault!("bytes_other_sum")))
    }
}

/// Opens a user's slot by id and password. Unknown ids cost and answer the same as wrong passwords; `usual` is the
/// work done for them when no slot is there to imitate.
pub fn open_user(
    disk: &dyn Disk,
    id: &str,
    password: &SecretString,
    max: WorkFactor,
    usual: WorkFactor,
) -> Result<UserIdentity, SlotError> {
    let bytes = match slot_file(id) {
        Some(name) => read_key_file(disk, &name)?,
        None => None,
    };
    match bytes {
        Some(bytes) => open_slot(&bytes, password, max).map_err(|e| e.of_file(&format!("{KEYS}/{id}.age"))),
        None => {
            slot::pretend_to_open(password, work_in_use(disk, max).unwrap_or(usual));
            Err(SlotError::WrongPassword)
        }
    }
}

/// What a guess at this user's password costs; `None` when there is no such slot.
pub fn work_of(disk: &dyn Disk, id: &str) -> Option<WorkFactor> {
    let bytes = read_key_file(disk, &slot_file(id)?).ok()??;
    WorkFactor::new(slot_work(&bytes)?)
}

/// The most work any slot here asks for, within `max`.
fn work_in_use(disk: &dyn Disk, max: WorkFactor) -> Option<WorkFactor> {
    let names = disk.list(KEYS).ok()?;
    let works = names.iter().filter_map(|l| {
        let bytes = disk.read(&format!("{KEYS}/{}", l.name), MAX_KEY_FILE).ok()?;
        WorkFactor::new(slot_work(&bytes)?)
    });
    works.filter(|w| *w <= max).max()
}

/// Makes `keys/` hold exactly `wanted` (file name to contents), in stages: at any power cut each file is whole,
/// matches a sum, and is the old or the new one. **A change of who can open what needs the caller to pass
/// through a `vault.age` that both the old and the new identity open.**
///
/// A file that does not match its sum is reported and nothing is changed: copy the folder first, then
/// [`rewrite_keys`].
pub fn reconcile_keys(disk: &dyn Disk, wanted: &BTreeMap<String, Vec<u8>>) -> Result<(), VaultError> {
    let present = disk.list(KEYS).map_err(|e| VaultError::from_io(Doing::Listing, KEYS, &e))?;
    if present.iter().any(|l| valid_file(&l.name) || l.name == SUMS) {
        let mut findings = Vec::new();
        verify_keys(disk, &mut findings);
        if let Some(first) = findings.into_iter().next() {
            return Err(first);
        }
    }
    rewrite_keys(disk, wanted)
}

/// [`reconcile_keys`] without looking whether what is there is damaged: for repair, after a copy was made.
pub fn rewrite_keys(disk: &dyn Disk, wanted: &BTreeMap<String, Vec<u8>>) -> Result<(), VaultError> {
    if wanted.iter().any(|(name, bytes)| !valid_file(name) || bytes.is_empty()) {
        return Err(VaultError::Unacceptable { what: fault!("unfit_key_file") });
    }
    disk.create_folder(KEYS).map_err(|e| VaultError::from_io(Doing::Creating, KEYS, &e))?;
    let present = disk.list(KEYS).map_err(|e| VaultError::from_io(Doing::Listing, KEYS, &e))?;
    let mut old = Sums::new();
    let mut new = Sums::new();
    let mut extra = Vec::new();
    for listed in present.iter().filter(|l| !l.folder && l.name != SUMS) {
        let path = format!("{KEYS}/{}", listed.name);
        if !valid_file(&listed.name) {
            // A leftover of a cut write, and nothing else: foreign files were refused before.
            if listed.name.ends_with(".tmp") {
                disk.remove(&path).map_err(|e| VaultError::from_io(Doing::Removing, &path, &e))?;
            }
            continue;
        }
        // One too large to be a key is replaced like any other difference.
        let bytes = disk.read(&path, MAX_KEY_FILE).unwrap_or_default();
        old.entry(listed.name.clone()).or_default().insert(sum(&bytes));
        if !wanted.contains_key(&listed.name) {
            extra.push(path);
        }
    }
    for (name, bytes) in wanted {
        new.entry(name.clone()).or_default().insert(sum(bytes));
    }
    let stored = disk.read("keys/SHA256SUMS", MAX_KEY_FILE).ok();
    if old == new && stored == Some(encode_sums(&new)) {
        return Ok(());
    }
    // Stage 1: sums that allow both. Power failing from here to stage 4 leaves files that all match a line. The sum
    // of nothing stands for a file that may not be there yet, or any more.
    let mut both = old.clone();
    for (name, all) in &new {
        both.entry(name.clone()).or_default().extend(all.iter().cloned());
    }
    for (name, all) in &mut both {
        if !old.contains_key(name) || !new.contains_key(name) {
            all.insert(sum(&[]));
        }
    }
    replace(disk, "keys/SHA256SUMS", &encode_sums(&both))?;
    sync_dir(disk, KEYS)?;
    // Stage 2: the vault key first, so that a slot never arrives before what it is to open.
    let order = |name: &&String| (name.as_str() != VAULT_KEY, name.as_str() != SITE_KEY);
    let mut names: Vec<&String> = wanted.keys().collect();
    names.sort_by_key(order);
    for name in names {
        if old.get(name) != new.get(name)
            && let Some(bytes) = wanted.get(name)
        {
            replace(disk, &format!("{KEYS}/{name}"), bytes)?;
            // One name at a time: renames in a folder may otherwise last in any order.
            sync_dir(disk, KEYS)?;
        }
    }
    // Stage 3: what is no longer wanted.
    for path in extra {
        disk.remove(&path).map_err(|e| VaultError::from_io(Doing::Removing, &path, &e))?;
    }
    sync_dir(disk, KEYS)?;
    // Stage 4: only what is there now.
    replace(disk, "keys/SHA256SUMS", &encode_sums(&new))?;
    sync_dir(disk, KEYS)
}

/// Checks every file of `keys/` against its sum, and that there are no others.
pub(crate) fn verify_keys(disk: &dyn Disk, findings: &mut Vec<VaultError>) -> u64 {
    let mut bytes_read = 0;
    let sums = match read_sums(disk) {
        Ok(sums) => sums,
        Err(e) => {
            findings.push(e);
            return 0;
        }
    };
    bytes_read += encode_sums(&sums).len() as u64;
    let present = match disk.list(KEYS) {
        Ok(present) => present,
        Err(e) => {
            findings.push(VaultError::from_io(Doing::Listing, KEYS, &e));
            return bytes_read;
        }
    };
    for listed in &present {
        if !valid_file(&listed.name) {
            continue;
        }
        match read_by(disk, &sums, &listed.name) {
            Ok(bytes) => bytes_read += bytes.map_or(0, |b| b.len() as u64),
            Err(e) => findings.push(e),
        }
    }
    for (name, all) in &sums {
        // With the sum of nothing, a change of keys was cut, and the file may be missing.
        if !all.contains(&sum(&[])) && !present.iter().any(|l| l.name == *name) {
            findings.push(VaultError::damaged(&format!("{KEYS}/{name}"), 0, fault!("bytes_file_missing")));
        }
    }
    bytes_read
}

/// Whether a name in `keys/` is one of ours.
pub(crate) fn belongs(name: &str) -> bool {
    let name = name.strip_suffix(".tmp").unwrap_or(name);
    name == SUMS || valid_file(name)
}
