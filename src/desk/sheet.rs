//! The recovery sheet: what it opens, and how another takes its place.
//!
//! It opens the vault without any user, gives one administrator a new password, and is an entry each time. As
//! whoever used it knows it, another sheet follows, and with it a new identity of the vault: the one before opens
//! old copies only.

use super::door::{Desk, Instruction, Receipt, Terminal, Welcome};
use super::execute::{InTheVault, judged_by, password_first};
use super::failure::{broken as unread, commit_failure, failure_of, refused, store_failure, written};
use super::keyring::{Changes, Resealed};
use super::last_seen::wants_a_note;
use super::login::{
    OpenBooks, edition_of, failure_counts, no_failures, open_books, refuse_read_only, slots_of, user_row,
    vault_identity, welcome,
};
use super::proof::proof_of;
use super::{Entropy, Failure, FieldProblem, NotOpened, Seat, keyring};
use super::{password, profiles, rekey, salts, seat};
use crate::domain::{Actor, Command, Context, Edition, Id, IssueBySheet, ReplaceSheet, UseSheet, WaysIn};
use crate::fault::fault;
use crate::profile::Versions;
use crate::store::Signer;
use crate::vault::{
    DEFAULT_CACHE, Disk, Holder, Mode, RealDisk, RecoverySecret, SheetError, VaultError, VaultIdentity,
    read_attempts, work_of,
};
use ed25519_dalek::SigningKey;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// A sheet that is not in force yet: to be written down and typed back first.
#[derive(Debug)]
pub struct NewSheet(RecoverySecret);

impl NewSheet {
    /// Its groups of digits, to be shown once.
    pub fn groups(&self) -> Vec<String> {
        groups(&self.0)
    }

    /// Whether typed digits are this sheet.
    ///
    /// # Errors
    /// [`Failure::Malformed`] naming the group that is wrong.
    pub fn is(&self, typed: &str) -> Result<bool, Failure> {
        Ok(key_of(&read(typed)?) == key_of(&self.0))
    }
}

/// A new secret, from our randomness.
pub(super) fn secret(entropy: &dyn Entropy) -> Result<RecoverySecret, Failure> {
    let mut bytes = Zeroizing::new([0; 20]);
    super::fill(entropy, &mut *bytes)?;
    RecoverySecret::from_bytes(&*bytes).ok_or_else(|| NotOpened::Other(fault!("desk_secret_length")).into())
}

/// The key with which whoever holds the sheet signs.
pub(super) fn signing_key(secret: &RecoverySecret) -> SigningKey {
    SigningKey::from_bytes(&secret.signing_seed())
}

pub(super) fn groups(secret: &RecoverySecret) -> Vec<String> {
    secret.groups().iter().map(|group| group.to_string()).collect()
}

fn key_of(secret: &RecoverySecret) -> String {
    seat::key_hex(&signing_key(secret))
}

/// The vault's identity by a sheet. One that does not open it is another vault's, or was replaced.
pub(super) fn vault_identity_by(disk: &dyn Disk, secret: &RecoverySecret) -> Result<VaultIdentity, Failure> {
    vault_identity(disk, &secret.identity()).map_err(|error| match error {
        VaultError::WrongKey { .. } => NotOpened::Sheet.into(),
        error => failure_of(error),
    })
}

/// Reads a typed recovery sheet.
///
/// # Errors
/// [`Failure::Malformed`] naming the group that is wrong.
pub(super) fn read(typed: &str) -> Result<RecoverySecret, Failure> {
    RecoverySecret::parse(typed).map_err(|error| {
        let (ja, en) = match error {
            SheetError::Count { groups } => (
                format!("回復用紙は5桁の組が13個です。{groups}個入力されています。用紙と見比べてください。"),
                format!(
                    "A recovery sheet has 13 groups of 5 digits. Groups typed: {groups}. Compare them with the sheet."
                ),
            ),
            SheetError::Group { number } => (
                format!("回復用紙の{number}番目の組が違います。用紙と見比べてください。"),
                format!("Group {number} of the recovery sheet is wrong. Compare it with the sheet."),
            ),
            SheetError::Whole => (
                "回復用紙の組の並びが違います。用紙の順番と見比べてください。".to_owned(),
                "The groups of the recovery sheet do not belong together. Compare their order with the sheet."
                    .to_owned(),
            ),
        };
        let problem = FieldProblem {
            field: String::new(),
            name: "sheet_mistyped".to_owned(),
            ja,
            en,
        };
        Failure::Malformed(vec![problem])
    })
}

/// The versions of the profile that open books hold.
fn versions_of(books: &OpenBooks) -> Result<Versions, Failure> {
    profiles::versions(&books.store.read().map_err(|error| store_failure(error, Some(&books.vault)))?)
}

/// The entry that the sheet was used, with the slots that it changes, in one frame; or the refusal's.
fn record_use(
    books: &mut OpenBooks,
    secret: &RecoverySecret,
    context: &Context<'_>,
    command: &Command,
    changes: &Changes,
    entropy: &dyn Entropy,
) -> Result<(), Failure> {
    let failed = |error| store_failure(error, Some(&books.vault));
    let signing = signing_key(secret);
    let mut writing = books.store.begin().map_err(failed)?;
    let made =
        writing.execute(context, command, None, &Signer::new(&signing), salts(entropy)?).map_err(failed)?;
    let refusal = made.err().map(|no| refused(no, writing.last_seq()));
    if refusal.is_none() {
        for (name, bytes) in changes {
            writing.put_slot(name, bytes.as_deref()).map_err(failed)?;
        }
    }
    writing.commit(&mut InTheVault(&books.vault)).map_err(|error| commit_failure(error, &books.vault))?;
    refusal.map_or(Ok(()), Err)
}

impl Desk {
    /// Opens the vault with the recovery sheet, gives an administrator a new password, and logs them in. The sheet
    /// should be replaced then: [`Desk::new_sheet`], [`Desk::replace_sheet`]; until it is, every login says so.
    ///
    /// # Errors
    /// [`Failure::Malformed`] for digits that are no sheet or a password that will not do, [`NotOpened::Sheet`] for
    /// another vault's sheet, the refusal where the user is no administrator, and the device's.
    pub fn use_sheet(
        dir: &Path,
        typed: &str,
        user: &str,
        new: &str,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        Desk::use_sheet_on(Arc::new(RealDisk::new(dir)), typed, user, new, terminal)
    }

    /// [`Desk::use_sheet`] on any disk.
    ///
    /// # Errors
    /// As [`Desk::use_sheet`].
    pub fn use_sheet_on(
        disk: Arc<dyn Disk>,
        typed: &str,
        user: &str,
        new: &str,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        Desk::by_sheet(disk, typed, user, new, None, terminal)
    }

    /// Opens the vault with the recovery sheet, issues a login ID to a person with the powers that the site was founded
    /// with, under a password that they choose, and logs them in: where nobody could issue IDs or propose a profile any more.
    ///
    /// # Errors
    /// As [`Desk::use_sheet`]; the refusal where somebody could still, and why the books are not obeyed.
    pub fn issue_by_sheet(
        dir: &Path,
        typed: &str,
        user: &str,
        new: &str,
        person: Id,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        Desk::by_sheet(Arc::new(RealDisk::new(dir)), typed, user, new, Some(person), terminal)
    }

    /// A new password of an administrator by the recovery sheet, or a new ID of a person.
    fn by_sheet(
        disk: Arc<dyn Disk>,
        typed: &str,
        user: &str,
        new: &str,
        issued_to: Option<Id>,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        refuse_read_only(&*disk)?;
        let secret = read(typed)?;
        if !crate::vault::valid_user_id(user) {
            return Err(Failure::Malformed(vec![super::execute::user_id_invalid("user")]));
        }
        let sheet = secret.identity();
        let identity = vault_identity_by(&*disk, &secret)?;
        let now = terminal.clock.now();
        let mut books =
            open_books(&disk, identity, Mode::Write(Holder::this("", &now.to_rfc3339())), DEFAULT_CACHE)?;
        let slots = slots_of(&books)?;
        rekey::follow(&mut books, &slots, &sheet)?;
        let end = books.store.head();
        let mut versions = versions_of(&books)?;
        let terminal = terminal.serving(&versions);
        let now = terminal.clock.now();
        let broken = password::broken_rules(&versions.on(now.date_naive()).password, user, "", new);
        if !broken.is_empty() {
            return Err(Failure::Malformed(broken));
        }
        let work = work_of(&*disk, user).unwrap_or(terminal.work());
        let edition = edition_of(&*books.store.read().map_err(|e| store_failure(e, Some(&books.vault)))?)?;
        wants_a_note(versions.on(now.date_naive()), edition, &terminal, &*disk)?;
        let keys = keyring::new_keys(user, new, work)?;
        let ways = WaysIn::of(&books.store.read().map_err(|e| store_failure(e, Some(&books.vault)))?)
            .map_err(unread)?;
        let Resealed { sealing, mut changes } =
            keyring::reseal(&slots, &ways, &keys.changes, &books.vault_identity)?;
        let user_id = user.to_owned();
        let key = seat::key_hex(&seat::signing_key(&keys.identity));
        let way_in = ways.named.then(|| keys.way_in.clone());
        let command: Command = match issued_to {
            None => UseSheet { user: user_id, key, way_in, sealing }.into(),
            Some(_) => IssueBySheet { user: user_id, person: issued_to, key, way_in, sealing }.into(),
        };
        proof_of(&books.store)?.bears(command.rule().waits)?;
        // The release before does not know such an entry: the copy is what it opens.
        let unknown = issued_to.is_some() && edition < Edition::Two;
        let copy = unknown.then(|| books.vault.copy_beside()).transpose().map_err(failure_of)?;
        let (name, none) = no_failures(user);
        changes.insert(name, Some(none));
        let actor = Actor::recovery();
        let context = judged_by(&actor, &versions, terminal.clock.entered(), None);
        record_use(&mut books, &secret, &context, &command, &changes, &*terminal.entropy)?;
        // Power failing from here on: the new password opens as soon as anybody, the sheet too, has opened it once.
        let sat_down = || {
            if issued_to.is_some() {
                versions = versions_of(&books)?;
            }
            let after = keyring::changed(&slots, &changes);
            rekey::follow(&mut books, &after, &sheet)?;
            let reading = books.store.read().map_err(|error| store_failure(error, Some(&books.vault)))?;
            let row = user_row(&*reading, user)?;
            drop(reading);
            let salt = super::salt(&*terminal.entropy)?;
            let seat = row
                .and_then(|row| Seat::of(&row, &keys.identity, new, salt))
                .ok_or_else(|| Failure::Damaged(fault!("books_other_key")))?;
            let attempts = read_attempts(&*disk).map_err(failure_of)?;
            let failures = failure_counts(&after, &attempts);
            let mut welcome = welcome(&books, &end, &seat, &attempts, now);
            welcome.upgraded = copy.or(welcome.upgraded);
            let mut desk = Desk::sitting(books, seat, terminal, versions, after);
            // The sheet's own entry must not hide a jump of the clock before it.
            desk.note_clock_since(end.time, end.latest)?;
            desk.begin_session(&attempts, &failures)?;
            desk.settle(welcome)
        };
        // The new password is set, whatever happens to what follows.
        sat_down().map_err(written)
    }

    /// Whether typed digits open the vault of a folder, before more is asked of whoever typed them. Changes nothing.
    ///
    /// # Errors
    /// As [`Desk::use_sheet`] of the sheet alone.
    pub fn sheet_opens(dir: &Path, typed: &str) -> Result<(), Failure> {
        let disk = RealDisk::new(dir);
        refuse_read_only(&disk)?;
        vault_identity_by(&disk, &read(typed)?).map(drop)
    }

    /// A sheet to take the place of the one in force. Judged before anybody sees it: digits that will never be in
    /// force are worse than none.
    ///
    /// # Errors
    /// The refusal, which is recorded; no room to bring it into force; no randomness.
    pub fn new_sheet(&mut self) -> Result<NewSheet, Failure> {
        if self.seat.provisional {
            return Err(password_first(&self.seat));
        }
        let sheet = NewSheet(secret(&*self.terminal.entropy)?);
        self.prove()?;
        self.vault.room_for_checkpoint().map_err(failure_of)?;
        self.note_clock()?;
        // Judged as it will be given: with a sealing, though not the one that counts then.
        let Resealed { sealing, .. } = self.reseal(&Changes::new(), &self.vault_identity)?;
        let command = self.replacement(&sheet)?.sealed_by(sealing);
        if !self.would_be_new(&Instruction::from(command))? {
            self.replace_sheet(&sheet)?;
        }
        Ok(sheet)
    }

    /// The command that brings a sheet into force.
    fn replacement(&self, sheet: &NewSheet) -> Result<Command, Failure> {
        let named = self.edition()?.names_ways_in();
        Ok(Command::from(ReplaceSheet {
            recovery_key: key_of(&sheet.0),
            sheet_recipient: named.then(|| keyring::sheet_digest(&sheet.0.identity())),
            ..ReplaceSheet::default()
        }))
    }

    /// Brings a sheet that was typed back into force, with a new identity of the vault: the one before opens old
    /// copies only.
    ///
    /// # Errors
    /// The refusal, or the device's.
    pub fn replace_sheet(&mut self, sheet: &NewSheet) -> Result<Receipt, Failure> {
        let command = self.replacement(sheet)?;
        self.rekey(&Instruction::from(command), keyring::another_sheet(&sheet.0.identity()))
    }

    /// Whether typed digits are this vault's recovery sheet: names the wrong group otherwise. For typing it back.
    ///
    /// # Errors
    /// [`Failure::Malformed`] naming the group.
    pub fn is_recovery_sheet(&self, typed: &str) -> Result<bool, Failure> {
        let secret = read(typed)?;
        Ok(self.site_row()?.recovery_key == key_of(&secret))
    }
}
