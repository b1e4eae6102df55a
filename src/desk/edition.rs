//! Editions of the rules at the desk: which one waits, and how it comes into force.

use super::door::{Desk, Instruction, Receipt};
use super::failure::{broken, failure_of, written};
use super::{Failure, Lookup, Upgraded};
use crate::domain::{Command, Date, Edition, Rule, User, nobody_can, nobody_soon, policy};
use chrono::Days;

impl Desk {
    /// Brings an edition into force: first a whole copy of the vault beside it, for the way back, then the entry, then
    /// the format that the release before does not open. Power failing behind the entry: the next login ends it.
    ///
    /// # Errors
    /// The refusal, or why the copy could not be made; [`Last::Written`](super::Last::Written) where the entry stands.
    pub fn adopt_edition(&mut self, order: Instruction) -> Result<(Receipt, Option<Upgraded>), Failure> {
        self.prove_for(order.command.rule().waits)?;
        let mut copy = None;
        if self.would_be_new(&order)? {
            // The files of the copy must stand still while it is made.
            self.wait_for_checkpoint();
            self.wait_for_removal();
            copy = Some(self.vault.copy_beside().map_err(failure_of)?);
        }
        self.note_clock()?;
        let receipt = self.write_alone(order)?;
        self.follow_edition().map_err(written)?;
        Ok((receipt, copy))
    }

    /// Makes the vault's format follow the edition in force, or what the sheet issued: the release before knows neither.
    pub(super) fn follow_edition(&self) -> Result<(), Failure> {
        let as_before = self.edition()? < Edition::Two && self.site_row()?.led_back.is_none();
        if as_before { Ok(()) } else { self.vault.raise_format().map_err(failure_of) }
    }

    /// That this release has a later edition than the one in force, for whoever may adopt it.
    pub(super) fn edition_waits(&self) -> Result<Option<String>, Failure> {
        let waits = self.edition()? < Edition::NEWEST && self.may("adopt_edition");
        Ok(waits.then(|| format!("edition_waits/{}", Edition::NEWEST.number())))
    }

    /// What is needed and nobody active can do now, for everybody: a suspension may have left it so.
    pub(super) fn nobody_can(&self) -> Result<Option<String>, Failure> {
        let names =
            nobody_can(&*self.reading()?, Lookup::profile(self), self.accounts_on()?).map_err(broken)?;
        Ok((!names.is_empty()).then(|| format!("nobody_can/{}", names.join("/"))))
    }

    /// What is needed and nobody can do from a day on that is near, for everybody: the accounts of those who can now end.
    pub(super) fn nobody_soon(&self) -> Result<Option<String>, Failure> {
        let profile = Lookup::profile(self);
        let days = profile.periods.soon_days;
        let soon = nobody_soon(&*self.reading()?, profile, self.accounts_on()?, days).map_err(broken)?;
        Ok(soon.map(|(day, names)| format!("nobody_soon/{day}/{}", names.join("/"))))
    }

    /// That the own password is due before long.
    pub(super) fn password_soon(&self) -> Result<Option<String>, Failure> {
        let rule = &Lookup::profile(self).password;
        let set = self.own_row()?.and_then(|row| row.password_set).map(|set| set.date_naive());
        let (Some(due), Some(days)) = (set.and_then(|set| rule.due(set)), rule.notice_days) else {
            return Ok(None);
        };
        let told = due.checked_sub_days(Days::new(u64::from(days))).unwrap_or(due);
        Ok((told <= self.accounts_on()?).then(|| format!("password_soon/{due}")))
    }

    /// The record of whoever sits here; none of whoever came by the recovery sheet.
    pub(super) fn own_row(&self) -> Result<Option<User>, Failure> {
        let Some(id) = self.seat.user_id() else { return Ok(None) };
        self.reading()?.get_as(id).map_err(|error| self.store_failure(error))
    }

    /// The last day that is sure, by which periods of accounts are judged.
    pub(super) fn accounts_on(&self) -> Result<Date, Failure> {
        Ok(self.site_row()?.accounts_on(self.terminal.clock.now()))
    }

    /// The ID that the recovery sheet issued with the powers of the founding, for everybody until it is removed.
    pub(super) fn led_back(&self) -> Result<Option<String>, Failure> {
        let Some(id) = self.site_row()?.led_back else { return Ok(None) };
        let row = self.reading()?.get_as::<User>(id).map_err(|error| self.store_failure(error))?;
        let stands = row.filter(|user| !user.state.has_ended());
        Ok(stands.map(|user| format!("led_back/{}", user.user)))
    }

    /// What the profile in force lets nobody do, for whoever may adopt one: it is from before these were there.
    pub(super) fn nobody_may(&self) -> Result<Option<String>, Failure> {
        if !self.may("propose_profile") {
            return Ok(None);
        }
        let (edition, profile) = (self.edition()?, Lookup::profile(self));
        // What no group holds is for a site to choose or not.
        let of_a_release = |rule: &Rule| rule.group.is_some() || !rule.with.is_empty();
        let later =
            |rule: &&Rule| rule.is_given_under(edition) && rule.since > Edition::One && of_a_release(rule);
        let nobody = |name: &&str| policy::is_nobodys(profile, name);
        let names: Vec<&str> =
            Command::RULES.iter().filter(later).map(|rule| rule.name).filter(nobody).collect();
        Ok((!names.is_empty()).then(|| format!("nobody_may/{}", names.join("/"))))
    }
}
