//! A vault made where there is none, and taken away again when what it was made for did not come about.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use super::Vault;
use super::blobs::BLOBS;
use super::checkpoint::BaseWriter;
use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError, Where};
use super::folder::{FORMAT, FORMAT_VERSION, format_line, place_of};
use super::journal::{Seal, SegmentHeader};
use super::keys::{KEYS, VAULT_KEY, VaultIdentity, rewrite_keys};
use super::segment::Segment;
use super::unfinished::Unfinished;
use crate::fault::fault;

impl Vault {
    /// Makes a vault in a folder that is not there or empty: first the keys, then `image` (a whole redb database) as
    /// base, then an empty journal, and the format mark last. Cut before that, [`inspect`] says half there; on an
    /// error what was made is removed again as far as the device allows.
    pub fn create(
        disk: &Arc<dyn Disk>,
        identity: &VaultIdentity,
        keys: &BTreeMap<String, Vec<u8>>,
        image: &[u8],
    ) -> Result<(), VaultError> {
        let failed = |e: std::io::Error| match e.kind() {
            io::ErrorKind::NotFound => VaultError::NoPlace { place: place_of(&**disk) },
            _ => VaultError::from_io(Doing::Creating, place_of(&**disk), &e),
        };
        disk.create_folder("").map_err(failed)?;
        let names = |folder: &str| disk.list(folder).map_err(failed);
        // An empty folder for keys is what a creation that failed leaves.
        for one in names("")? {
            if one.name != KEYS || !one.folder || !names(KEYS)?.is_empty() {
                return Err(VaultError::Occupied { name: one.name.into() });
            }
        }
        Self::fill(disk, identity, keys, image).inspect_err(|_| {
            let _ = Self::discard(&**disk);
        })
    }

    /// Takes away what [`Vault::create`] made, when the site it was made for did not come about: all that the device
    /// lets go of. The folders stay, empty. Cut in the middle, [`inspect`] says half there.
    pub fn discard(disk: &dyn Disk) -> Result<(), VaultError> {
        let mut done = Ok(());
        let mut note = |step: io::Result<()>| {
            if let (Err(e), Ok(())) = (step, &done) {
                done = Err(VaultError::from_io(Doing::Clearing, Where::Folder, &e));
            }
        };
        // First what makes it a vault: whatever stops the rest, this one is never opened.
        note(disk.remove(FORMAT));
        note(disk.sync_dir(""));
        for folder in [BLOBS, KEYS, ""] {
            let names = match disk.list(folder) {
                Ok(names) => names,
                // Nothing was ever attached.
                Err(e) if folder == BLOBS && e.kind() == io::ErrorKind::NotFound => continue,
                Err(e) => {
                    note(Err(e));
                    Vec::new()
                }
            };
            for one in names.iter().filter(|one| !one.folder) {
                let within = if folder.is_empty() { String::new() } else { format!("{folder}/") };
                note(disk.remove(&format!("{within}{}", one.name)));
            }
            note(disk.sync_dir(folder));
        }
        done
    }

    /// [`Self::create`] in a folder whose making has begun, and which holds nothing else yet.
    pub fn create_begun(
        begun: &Unfinished,
        identity: &VaultIdentity,
        keys: &BTreeMap<String, Vec<u8>>,
        image: &[u8],
    ) -> Result<(), VaultError> {
        Self::fill(&(Arc::new(begun.clone()) as Arc<dyn Disk>), identity, keys, image)
    }

    fn fill(
        disk: &Arc<dyn Disk>,
        identity: &VaultIdentity,
        keys: &BTreeMap<String, Vec<u8>>,
        image: &[u8],
    ) -> Result<(), VaultError> {
        if !keys.contains_key(VAULT_KEY) {
            return Err(VaultError::Unacceptable { what: fault!("unfit_no_vault_key") });
        }
        rewrite_keys(&**disk, keys)?;
        let mut writer = BaseWriter::begin(disk, 1, &identity.recipient()?)?;
        let id = writer.id;
        for chunk in image.chunks(1 << 20) {
            writer.push(chunk)?;
        }
        writer.finish(identity)?;
        let header = SegmentHeader { generation: 2, before: Seal::NONE, base: id };
        Segment::create(&**disk, &header).map_err(|(e, _)| e)?;
        replace(&**disk, FORMAT, format_line(FORMAT_VERSION).as_bytes())?;
        // Its name is there, and whether it lasts is not known: it may be a vault at the next power-up.
        sync_dir(&**disk, "").map_err(|_| VaultError::Poisoned)
    }
}
