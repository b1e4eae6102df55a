//! What is done with the vault itself. Such a command takes files along with its entry, so it stands alone: neither
//! in a group that is made durable by one frame, nor in a run of all or nothing.

use super::door::{Desk, Instruction, Receipt};
use super::{Failure, FieldProblem, NotOpened, keyring};
use crate::domain::{BindWaysIn, Command, RekeyVault};
use crate::fault::fault;

/// The answer to such a command in a run of all or nothing.
pub(super) fn not_in_a_run() -> Failure {
    Failure::Malformed(vec![FieldProblem {
        field: "command".to_owned(),
        name: "stands_alone".to_owned(),
        ja: "この操作は、全部か無しか（--all-or-nothing）の中では行えません。1行だけで実行してください。"
            .to_owned(),
        en: "This cannot be part of a run of all or nothing. Run it on its own.".to_owned(),
    }])
}

impl Desk {
    /// What was begun with the vault and waits to be ended: stable names, for the welcome and for Today.
    pub(super) fn unfinished(&self) -> Result<Vec<String>, Failure> {
        let sheet_used = self.site_row()?.sheet_used.is_some();
        let all = [("sheet_used", sheet_used), ("rekey_unfinished", self.rekeying_is_unfinished())];
        let names = all.into_iter().filter(|(_, is)| *is).map(|(name, _)| name.to_owned());
        let names = self
            .nobody_can()?
            .into_iter()
            .chain(self.nobody_soon()?)
            .chain(names)
            .chain(self.backup_due()?)
            .chain(self.epoch_begun()?);
        let names = self
            .seen_further()?
            .into_iter()
            .chain(names)
            .chain(self.edition_waits()?)
            .chain(self.nobody_may()?);
        let names = names.chain(self.password_soon()?).chain(self.notes_not_kept()?).chain(self.led_back()?);
        Ok(names.chain(self.ways_in_doubt()?).chain(self.sheet_unseen()?).collect())
    }

    /// What of the ways into the vault is not as the log says, or not bound by it: for everybody, since whoever sees it
    /// first should tell; who waits for a new password, for whoever may give one.
    fn ways_in_doubt(&self) -> Result<Vec<String>, Failure> {
        let ways = self.ways_in()?;
        let mut names = Vec::new();
        // The files were made to follow at the login.
        let differing = keyring::differences(&self.slots, &ways).len();
        if differing > 0 {
            names.push(format!("ways_differ/{differing}"));
        }
        if self.may("issue_user") && ways.named {
            if !ways.bound {
                let unproved = ways.unproved().count();
                names.push(format!("ways_not_bound/{unproved}"));
            } else if ways.unproved().next().is_some() {
                names.push(format!("no_way_in/{}", ways.unproved().collect::<Vec<_>>().join("/")));
            }
        }
        Ok(names)
    }

    /// The login IDs whose accounts are closed or over, and whose ways in go with the next change of the vault's key.
    fn done_with(&self) -> Result<Vec<String>, Failure> {
        if !self.edition()?.names_ways_in() {
            return Ok(Vec::new());
        }
        self.ways_in()?.done_with(&self.reading()?, self.accounts_on()?).map_err(super::failure::broken)
    }

    /// Carries such a command out.
    pub(super) fn keep(&mut self, order: Instruction) -> Result<Receipt, Failure> {
        match &order.command {
            Command::RemoveUser(remove) => {
                if !crate::vault::valid_user_id(&remove.user) {
                    return Err(Failure::Malformed(vec![super::execute::user_id_invalid("user")]));
                }
                let changes = keyring::without(std::slice::from_ref(&remove.user))?;
                self.rekey(&order, changes)
            }
            Command::CompactVault(_) => self.compact(order, &mut |_, _, _| ()).map(|done| done.receipt),
            Command::AdoptEdition(_) => self.adopt_edition(order).map(|(receipt, _)| receipt),
            Command::BindWaysIn(bind) => {
                // Who has not come by now has no way in any more: the entry names them.
                let left_out: Vec<String> = self.ways_in()?.unproved().map(str::to_owned).collect();
                let changes = keyring::without(&left_out)?;
                let command = Command::from(BindWaysIn { left_out, ..bind.clone() });
                self.rekey(&Instruction { command, ..order }, changes)
            }
            Command::RekeyVault(rekey) => {
                let left_out = self.done_with()?;
                let changes = keyring::without(&left_out)?;
                let command = Command::from(RekeyVault { left_out, ..rekey.clone() });
                self.rekey(&Instruction { command, ..order }, changes)
            }
            Command::WriteAttachment(_) => self.write_out(order),
            Command::BackUp(_) => self.back_up(order, &mut |_, _| {}).map(|(receipt, _)| receipt),
            _ => Err(NotOpened::Other(fault!("desk_not_yet")).into()),
        }
    }
}
