//! A new identity for the vault, without anyone else's password.
//!
//! ```text
//! 1  one frame: the entry, and vault.age {new, old} for the rest      old key files still open what is there
//! 2  keys/ follows                                                    new ones too
//! 3  attachments, frames and the next base are sealed anew              vault.age opens both
//! 4  one frame: vault.age {new}; keys/ follows                        nothing here is left under the old one
//! ```
//!
//! Power failing between any two: whoever may still open the vault does, with daicho and with stock age, and the
//! next login goes on where it stopped. Copies made before still open with the old keys; nobody can change that.

use super::door::{Desk, Instruction, Receipt};
use super::execute::{InTheVault, judged_by};
use super::failure::{broken, commit_failure, failure_of, refused, store_failure, written};
use super::keyring::{self, Changes, Resealed, Slots};
use super::login::OpenBooks;
use super::{Failure, NotOpened, salts};
use crate::domain::{Command, EndRekey, Waits, WaysIn};
use crate::fault::fault;
use crate::store::Signer;
use crate::vault::{CheckpointError, UserIdentity, VaultError, VaultIdentity};

/// Makes key files and vault follow what the log says of the slots, for whoever opened the vault: after a power cut
/// between a commit and its files, in the middle of a re-keying, and when somebody else wrote there.
///
/// # Errors
/// As [`keyring::project`].
pub(super) fn follow(books: &mut OpenBooks, slots: &Slots, opened_by: &UserIdentity) -> Result<(), Failure> {
    let ways =
        WaysIn::of(&books.store.read().map_err(|e| store_failure(e, Some(&books.vault)))?).map_err(broken)?;
    let slots = keyring::project(&*books.disk, slots, &ways, &books.vault_identity)?;
    // Somebody who is no longer meant to open it learns nothing more here.
    if let Some(stored) = keyring::vault_identity_in(&slots, opened_by)
        && !stored.is(&books.vault_identity)
    {
        books.vault.adopt_identity(stored.clone()).map_err(failure_of)?;
        books.vault_identity = stored;
    }
    Ok(())
}

impl Desk {
    /// Executes a command together with a new identity of the vault and changes of who may open it.
    ///
    /// # Errors
    /// The refusal; what the device did. [`Last::Written`]: the entry stands, and the next login goes on from there.
    pub(super) fn rekey(&mut self, order: &Instruction, changes: Changes) -> Result<Receipt, Failure> {
        self.prove_for(order.command.rule().waits)?;
        self.finish_rekey()?;
        // Asked before the entry: a key that is new in half of the vault only is worse than none.
        self.vault.room_for_checkpoint().map_err(failure_of)?;
        let doubled = self.vault_identity.with_new();
        let unanswered = || Failure::from(NotOpened::Other(fault!("desk_no_answer")));
        let receipt = self.write_keys(Some(order), changes, &doubled)?.ok_or_else(unanswered)?;
        if receipt.repeated {
            return Ok(receipt);
        }
        self.take_on(doubled).map_err(written)?;
        self.finish_rekey().map_err(written)?;
        Ok(receipt)
    }

    /// Whether the vault still has the identity that is to be replaced beside the new one.
    pub fn rekeying_is_unfinished(&self) -> bool {
        self.vault_identity.count() > 1
    }

    /// The vault's key sealed anew for the ways in that the log and these changes name.
    pub(super) fn reseal(&self, changes: &Changes, identity: &VaultIdentity) -> Result<Resealed, Failure> {
        keyring::reseal(&self.slots, &self.ways_in()?, changes, identity)
    }

    /// What the log says of the ways in.
    pub(super) fn ways_in(&self) -> Result<WaysIn, Failure> {
        WaysIn::of(&self.reading()?).map_err(broken)
    }

    /// The second half: what is still under the old identity is written anew, and the old one goes.
    pub(super) fn finish_rekey(&mut self) -> Result<(), Failure> {
        // A temporary password's key signs nothing but its replacement: whoever comes next ends it.
        if !self.rekeying_is_unfinished() || self.seat.provisional {
            return Ok(());
        }
        // To whom the key is sealed must be what the entries say, and not what somebody wrote beside them.
        self.prove_for(Waits::Compared)?;
        // Before the base: a copy made meanwhile has no newer base with older attachments.
        self.vault.reseal_blobs().map_err(failure_of)?;
        self.checkpoint_or_say()?;
        let newest = self.vault_identity.newest();
        // One that began before entries named the vault's key ends without an entry.
        let told = self.site_row()?.rekeying.is_some() && self.edition()?.names_ways_in();
        let end = told.then(|| Instruction::from(Command::from(EndRekey::default())));
        self.write_keys(end.as_ref(), Changes::new(), &newest)?;
        self.take_on(newest)
    }

    /// Goes on under an identity that the slots hold already.
    fn take_on(&mut self, identity: VaultIdentity) -> Result<(), Failure> {
        self.project_as(&identity)?;
        // One that runs writes under the identity of before.
        self.wait_for_checkpoint();
        self.vault.adopt_identity(identity.clone()).map_err(failure_of)?;
        self.vault_identity = identity;
        Ok(())
    }

    /// One frame: an entry, where there is one, and slots with `vault.age` sealed anew to everyone they name.
    fn write_keys(
        &mut self,
        order: Option<&Instruction>,
        changes: Changes,
        identity: &VaultIdentity,
    ) -> Result<Option<Receipt>, Failure> {
        if order.is_some() {
            self.note_clock()?;
        }
        let Resealed { sealing, changes } = self.reseal(&changes, identity)?;
        let (now, at) = (self.terminal.clock.entered(), order.and_then(|order| order.at));
        let context = judged_by(&self.seat.actor, &self.versions, now, at);
        let broken = |error| store_failure(error, Some(&self.vault));
        let mut writing = self.store.begin().map_err(broken)?;
        let mut receipt = None;
        let mut denied = None;
        if let Some(order) = order {
            let signer = Signer::new(&self.seat.signing);
            let salts = salts(&*self.terminal.entropy)?;
            let command = order.command.clone().sealed_by(sealing);
            let made = writing
                .execute(&context, &command, order.request.as_deref(), &signer, salts)
                .map_err(broken)?;
            match made {
                Ok(given) if writing.is_empty() => return Ok(Some(given.into())),
                Ok(given) => receipt = Some(Receipt::from(given)),
                Err(no) => denied = Some(refused(no, writing.last_seq())),
            }
        }
        if denied.is_none() {
            for (name, bytes) in &changes {
                writing.put_slot(name, bytes.as_deref()).map_err(broken)?;
            }
        }
        writing.commit(&mut InTheVault(&self.vault)).map_err(|error| commit_failure(error, &self.vault))?;
        if let Some(denied) = denied {
            return Err(denied);
        }
        self.slots = keyring::changed(&self.slots, &changes);
        Ok(receipt)
    }

    /// A checkpoint, waited for, that says why it did not come about; what it replaced is removed when this returns.
    pub(super) fn checkpoint_or_say(&mut self) -> Result<(), Failure> {
        self.wait_for_checkpoint();
        let failed = |error| match error {
            CheckpointError::Failed(error) => failure_of(error),
            CheckpointError::Stopped => failure_of(VaultError::Busy),
        };
        self.store.prepare_checkpoint().map_err(|error| self.store_failure(error))?;
        let job = self.vault.begin_checkpoint().map_err(failure_of)?;
        let made = job.run(&mut |_, _| {});
        let superseded = self.vault.finish_checkpoint(made).map_err(failed)?;
        superseded.remove().map_err(failure_of)
    }
}
