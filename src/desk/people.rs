//! Who sits at the desk: the own password, a change of shift, the screen lock.

use super::door::{Desk, Receipt};
use super::failure::{failure_of, written};
use super::keyring::{self, Resealed};
use super::login::{account_days, admitted};
use super::password::PasswordRule;
use super::{Failure, NotOpened, Seat, password, seat};
use crate::domain::{Command, EnrolKey, Rejection};
use crate::fault::fault;
use crate::store::End;
use crate::vault::{SlotError, WorkFactor, read_attempts};

impl Desk {
    /// Sets the person's own password, with a new identity and signature key of their own: whoever set the old
    /// one cannot sign as them. A provisional password must be replaced before any command.
    ///
    /// # Errors
    /// [`NotOpened::Credentials`] when `old` is not their password, [`Failure::Malformed`] when the profile's
    /// password rule forbids the new one, and the disk's.
    pub fn set_password(&mut self, old: &str, new: &str) -> Result<Receipt, Failure> {
        if !self.seat.is_password(old) {
            return Err(NotOpened::Credentials.into());
        }
        let broken = password::broken_rules(&self.profile.password, &self.seat.user, old, new);
        if !broken.is_empty() {
            return Err(Failure::Malformed(broken));
        }
        let work = self.terminal.work();
        let keys = keyring::new_keys(&self.seat.user, new, work)?;
        let signing = seat::signing_key(&keys.identity);
        let Resealed { sealing, changes } = self.reseal(&keys.changes, &self.vault_identity)?;
        let way_in = self.edition()?.names_ways_in().then(|| keys.way_in.clone());
        let command = Command::from(EnrolKey { key: seat::key_hex(&signing), way_in, sealing });
        // Nothing says yet that they came: the session begins with the new password.
        let was_provisional = self.seat.provisional && !self.seat.began;
        let before = self.store.head();
        if !was_provisional {
            self.note_clock()?;
        }
        self.write_signed(vec![command], &changes, Some(&signing))?;
        let seq = self.store.head().seq;
        self.project_keys()?;
        // The new password is set, whatever happens to what follows.
        self.seat_anew(&keys, new).map_err(written)?;
        if was_provisional {
            self.first_session(&before).map_err(written)?;
        }
        Ok(Receipt {
            seq,
            id: self.seat.user_id(),
            temporary_password: None,
            cautions: Vec::new(),
            contradicts: Vec::new(),
            repeated: false,
        })
    }

    /// Goes on with the identity just made.
    fn seat_anew(&mut self, keys: &keyring::NewKeys, password: &str) -> Result<(), Failure> {
        let row = super::login::user_row(&self.reading()?, &self.seat.user)?;
        let salt = super::salt(&*self.terminal.entropy)?;
        self.seat = row
            .and_then(|row| Seat::of(&row, &keys.identity, password, salt))
            .ok_or_else(|| Failure::Damaged(fault!("books_other_key")))?;
        Ok(())
    }

    /// Every rule of the profile for the own new password, each with what this one makes of it.
    pub fn password_rules(&self, old: &str, new: &str) -> Vec<PasswordRule> {
        password::judged(&self.profile.password, &self.seat.user, old, new)
    }

    /// Why nothing can be done before a new password is set; `None` where the session goes on.
    pub fn password_due(&self) -> Option<&Rejection> {
        self.seat.due.as_ref()
    }

    /// The session of somebody who has just replaced a provisional password. `before`: the end of the log before that.
    fn first_session(&mut self, before: &End) -> Result<(), Failure> {
        let attempts = read_attempts(&*self.disk).map_err(failure_of)?;
        let failures = super::login::failure_counts(&self.slots, &attempts);
        // A provisional key signs nothing but the enrolment: a jump before it is said right behind it.
        self.note_clock_since(before.time, before.latest)?;
        self.begin_session(&attempts, &failures)
    }

    /// The seat of another person at the same desk, by their password: for a change of shift without closing the
    /// vault. A failed try counts, waits and locks as at the login; a good one is no entry before [`Desk::sit`].
    ///
    /// # Errors
    /// As [`Desk::log_in`].
    pub fn seat_of(&self, user: &str, password: &str) -> Result<Seat, Failure> {
        let now = self.terminal.clock.now();
        let attempts = read_attempts(&*self.disk).map_err(failure_of)?;
        let wait = super::login::wait_s(&*self.disk, &attempts, user, now);
        if wait > 0 {
            return Err(NotOpened::Wait(wait).into());
        }
        let usual = self.terminal.work();
        let secret = age::secrecy::SecretString::from(password);
        let identity = match crate::vault::open_user(&*self.disk, user, &secret, WorkFactor::MAX, usual) {
            Ok(identity) => Some(identity),
            Err(SlotError::Vault(error)) => return Err(failure_of(error)),
            Err(SlotError::WrongPassword | SlotError::TooMuchWork { .. }) => None,
        };
        let reading = self.reading()?;
        let row = super::login::user_row(&reading, user)?;
        let locked = super::login::is_locked(
            &reading,
            &self.profile,
            &self.slots,
            &attempts,
            (row.as_ref(), user),
            super::login::account_days(&*reading, &self.store.head(), &self.profile.clock, now)?,
        )?;
        let salt = super::salt(&*self.terminal.entropy)?;
        let seat = identity
            .zip(row.as_ref())
            .and_then(|(identity, row)| Some((Seat::of(row, &identity, password, salt)?, row)));
        match seat.filter(|_| !locked) {
            Some((seat, row)) => {
                let days = account_days(&reading, &self.store.head(), &self.profile.clock, now)?;
                admitted(&*self.disk, seat, row, &self.profile.password, days, now)
            }
            None => Err(super::login::refuse(&*self.disk, now, user)),
        }
    }

    /// Who sits here now, to be let back if somebody else cannot take over.
    pub fn seat(&self) -> &Seat {
        &self.seat
    }

    /// Lets another person take the desk. Failed tries since the last login become entries of theirs.
    pub fn sit(&mut self, seat: &Seat) {
        self.seat = seat.clone();
        self.forget_others_mark();
        if let Ok(attempts) = read_attempts(&*self.disk)
            && !attempts.list.is_empty()
            && !self.seat.provisional
        {
            let failures = super::login::failure_counts(&self.slots, &attempts);
            // Should it fail, they stay in their file and are reported at the next login; and the next command
            // meets the same device.
            let _ = self.begin_session(&attempts, &failures);
        }
    }
}
