//! Founding a site: keys, vault, first entry, recovery sheet.

use super::door::{Desk, Founding, Terminal};
use super::failure::{failure_of, refused, store_failure};
use super::keyring::{self, Resealed, Slots};
use super::profiles::Expanded;
use super::{Failure, Last, NotOpened, password, seat, sheet};
use crate::domain::{Actor, Command, Context, Edition, FoundSite, Id, Noun, WaysIn};
use crate::fault::fault;
use crate::profile::Versions;
use crate::store::{Journal, JournalFailure, MemoryImage, Signer, Store};
use crate::vault::{Disk, RealDisk, Vault, VaultIdentity, WorkFactor};
use std::path::Path;
use std::sync::Arc;

/// Cache of a database that only lives in memory, in bytes.
const CACHE: usize = 4 << 20;

/// Takes the founding frame: the image that is written as the first base holds it already.
struct InTheImage;

impl Journal for InTheImage {
    fn append(&mut self, _frame: &[u8]) -> Result<(), JournalFailure> {
        Ok(())
    }
}

impl Desk {
    /// Founds a site in an empty or new folder, logs its first administrator in, and gives the recovery sheet:
    /// groups of digits to be written down, shown once.
    ///
    /// Power failing during this leaves a folder that says it is half there; nothing was in it yet.
    ///
    /// # Errors
    /// [`Failure::Malformed`] for an ID, a profile or a password that will not do; what keeps the folder from
    /// becoming a vault otherwise.
    pub fn found(
        dir: &Path,
        founding: &Founding,
        terminal: Terminal,
    ) -> Result<(Desk, Vec<String>), Failure> {
        Desk::found_on(Arc::new(RealDisk::new(dir)), founding, terminal)
    }

    /// [`Desk::found`] on any disk: the seam through which a test replaces it.
    ///
    /// # Errors
    /// As [`Desk::found`].
    pub fn found_on(
        disk: Arc<dyn Disk>,
        founding: &Founding,
        terminal: Terminal,
    ) -> Result<(Desk, Vec<String>), Failure> {
        super::restore::refuse_inside_vault(&*disk)?;
        let Expanded { text, profile, .. } = super::profiles::accepted(&founding.profile, Edition::NEWEST)?;
        let work = WorkFactor::new(terminal.work_factor)
            .ok_or_else(|| NotOpened::Other(fault!("desk_work_factor")))?;
        let terminal = terminal.serving(&Versions::new(terminal.clock.now().date_naive(), profile.clone()));
        if !crate::vault::valid_user_id(&founding.admin) {
            return Err(Failure::Malformed(vec![super::execute::user_id_invalid("admin")]));
        }
        let broken = password::broken_rules(&profile.password, &founding.admin, "", &founding.password);
        if !broken.is_empty() {
            return Err(Failure::Malformed(broken));
        }
        let recovery = sheet::secret(&*terminal.entropy)?;
        let vault_identity = VaultIdentity::generate();
        let keys = keyring::new_keys(&founding.admin, &founding.password, work)?;
        let mut changes = keyring::another_sheet(&recovery.identity());
        changes.extend(keys.changes);
        let ways = WaysIn { named: true, ..WaysIn::default() };
        let Resealed { sealing, changes } = keyring::reseal(&Slots::new(), &ways, &changes, &vault_identity)?;
        let slots = keyring::changed(&Slots::new(), &changes);
        let signing = seat::signing_key(&keys.identity);
        let command = Command::from(FoundSite {
            site: founding.site.clone(),
            site_name: founding.site_name.clone(),
            profile: text,
            user: founding.admin.clone(),
            name: founding.name.clone(),
            kana: founding.kana.clone(),
            roles: profile.roles.iter().filter(|role| role.founds).map(|role| role.id.clone()).collect(),
            key: seat::key_hex(&signing),
            recovery_key: seat::key_hex(&sheet::signing_key(&recovery)),
            edition: Edition::NEWEST.founding(),
            way_in: Some(keys.way_in),
            sheet_recipient: Some(keyring::sheet_digest(&recovery.identity())),
            sealing,
        });
        let actor = Actor {
            person: Id::new(Noun::Person, 1),
            user: Some(Id::new(Noun::User, 1)),
            roles: profile.roles.iter().filter(|role| role.founds).map(|role| role.id.clone()).collect(),
        };
        let context = Context::new(&actor, terminal.clock.now(), None, &profile);
        let memory = MemoryImage::new();
        let mut store =
            Store::create(memory.clone(), CACHE, &founding.site, 1).map_err(|e| store_failure(e, None))?;
        let mut writing = store.begin().map_err(|e| store_failure(e, None))?;
        let salts = super::salts(&*terminal.entropy)?;
        writing
            .execute(&context, &command, None, &Signer::new(&signing), salts)
            .map_err(|e| store_failure(e, None))?
            .map_err(|no| refused(no, None))?;
        for (name, bytes) in &slots {
            writing.put_slot(name, Some(bytes)).map_err(|e| store_failure(e, None))?;
        }
        writing
            .commit(&mut InTheImage)
            .map_err(|error| Failure::Device { last: Last::NotWritten, detail: error.fault() })?;
        store.prepare_checkpoint().map_err(|e| store_failure(e, None))?;
        store.close().map_err(|e| store_failure(e, None))?;
        Vault::create(&disk, &vault_identity, &keyring::files(&slots), &memory.bytes())
            .map_err(failure_of)?;
        let opened = Desk::log_in_on(Arc::clone(&disk), &founding.admin, &founding.password, terminal);
        let (desk, _) = opened.map_err(|failure| {
            // What is said not to be founded does not stay: nobody has seen its sheet.
            match Vault::discard(&*disk) {
                Ok(()) => failure,
                Err(error) => Failure::Device { last: Last::Unknown, detail: error.fault() },
            }
        })?;
        Ok((desk, sheet::groups(&recovery)))
    }
}
