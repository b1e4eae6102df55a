//! Versions of the profile that wait for a second person: agreed to at the desk, or by the recovery sheet where nobody
//! else could.

use super::difference::{Part, difference};
use super::door::{Desk, Receipt, Terminal};
use super::execute::{InTheVault, judged_by, jump};
use super::failure::{broken, commit_failure, refused, store_failure, written};
use super::login::{OpenBooks, open_books, refuse_read_only, slots_of};
use super::proof::proof_of;
use super::{Failure, Lang, NotOpened, profiles, rekey, salts, sheet};
use crate::domain::{
    Actor, AgreeBySheet, Command, Id, Noun, ProfileVersion, ReportClockJump, Row, View, key,
};
use crate::fault::fault;
use crate::profile::{Versions, read};
use crate::store::Signer;
use crate::vault::{DEFAULT_CACHE, Disk, Holder, Mode, RealDisk, RecoverySecret};
use std::path::Path;
use std::sync::Arc;

impl Desk {
    /// The digest of the text that a version proposes: what whoever agrees to it signs.
    pub(super) fn proposed_digest(&self, version: Option<Id>) -> Result<String, Failure> {
        let Some(version) = version else { return Ok(String::new()) };
        let row =
            self.reading()?.get_as::<ProfileVersion>(version).map_err(|error| self.store_failure(error))?;
        Ok(row.and_then(|row| row.proposed).unwrap_or_default())
    }
}

/// A vault opened with the recovery sheet, to agree to the version that waits. Nothing is written before it does.
pub struct SheetBooks {
    books: OpenBooks,
    secret: RecoverySecret,
    terminal: Terminal,
    versions: Versions,
    waits: Option<ProfileVersion>,
}

impl SheetBooks {
    /// Opens the vault of a folder.
    ///
    /// # Errors
    /// As [`Desk::use_sheet`].
    pub fn open(dir: &Path, typed: &str, terminal: Terminal) -> Result<SheetBooks, Failure> {
        SheetBooks::open_on(Arc::new(RealDisk::new(dir)), typed, terminal)
    }

    /// [`SheetBooks::open`] on any disk.
    ///
    /// # Errors
    /// As [`SheetBooks::open`].
    pub fn open_on(disk: Arc<dyn Disk>, typed: &str, terminal: Terminal) -> Result<SheetBooks, Failure> {
        refuse_read_only(&*disk)?;
        let secret = sheet::read(typed)?;
        let own = secret.identity();
        let identity = sheet::vault_identity_by(&*disk, &secret)?;
        let now = terminal.clock.now();
        let mut books =
            open_books(&disk, identity, Mode::Write(Holder::this("", &now.to_rfc3339())), DEFAULT_CACHE)?;
        let slots = slots_of(&books)?;
        rekey::follow(&mut books, &slots, &own)?;
        let reading = books.store.read().map_err(|error| store_failure(error, Some(&books.vault)))?;
        let versions = profiles::versions(&reading)?;
        let waiting = reading.find(&key::state(Noun::Profile, "proposed")).map_err(broken)?;
        let waits = match waiting.first() {
            Some(id) => match reading.row(*id).map_err(broken)? {
                Some(Row::ProfileVersion(row)) => Some(row),
                _ => None,
            },
            None => None,
        };
        drop(reading);
        let terminal = terminal.serving(&versions);
        Ok(SheetBooks { books, secret, terminal, versions, waits })
    }

    /// The version that waits; none where nothing was proposed.
    pub fn waits(&self) -> Option<&ProfileVersion> {
        self.waits.as_ref()
    }

    /// What it changes, in words.
    pub fn changes(&self, lang: Lang) -> Vec<String> {
        let new = self.waits.as_ref().and_then(|row| Some((row.from, read(&row.text)?)));
        let Some((from, new)) = new else { return Vec::new() };
        let before = self.versions.on(from);
        Part::ALL.into_iter().flat_map(|part| difference(before, &new, part, lang)).collect()
    }

    /// Agrees to the version that waits: an entry that everybody sees.
    ///
    /// # Errors
    /// The refusal, which is recorded, or the device's.
    pub fn agree(mut self) -> Result<Receipt, Failure> {
        let Some(row) = self.waits.take() else {
            return Err(NotOpened::Other(fault!("desk_no_answer")).into());
        };
        let command =
            Command::from(AgreeBySheet { version: Some(row.id), digest: row.proposed.unwrap_or_default() });
        let SheetBooks { books, secret, terminal, versions, .. } = self;
        let OpenBooks { mut store, vault, .. } = books;
        let vault = &vault;
        proof_of(&store)?.bears(command.rule().waits)?;
        let failed = |error| store_failure(error, Some(vault));
        let (end, now) = (store.head(), terminal.clock.entered());
        let actor = Actor::recovery();
        let context = judged_by(&actor, &versions, now, None);
        let signing = sheet::signing_key(&secret);
        let signer = Signer::new(&signing);
        let mut writing = store.begin().map_err(failed)?;
        // A jump of the clock is told before anything is judged by it.
        if let Some(before) = jump(end.time, end.latest, now, &context.profile.clock) {
            let jumped = Command::from(ReportClockJump { before: Some(before) });
            writing
                .execute(&context, &jumped, None, &signer, salts(&*terminal.entropy)?)
                .map_err(failed)?
                .map_err(|no| refused(no, None))?;
        }
        let made =
            writing.execute(&context, &command, None, &signer, salts(&*terminal.entropy)?).map_err(failed)?;
        let last = writing.last_seq();
        writing.commit(&mut InTheVault(vault)).map_err(|error| commit_failure(error, vault))?;
        store.close().map_err(failed).map_err(written)?;
        made.map(Receipt::from).map_err(|no| refused(no, last))
    }
}
