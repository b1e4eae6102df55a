//! The ways in: by which key files the vault is opened, and to whom its key is sealed. Each is bound by the entry that
//! makes, changes or ends it, so that whoever writes one beside the log is found (`check`, and each login).
//!
//! Digests are SHA-256 in lower-case hex. A recipient is a secret, and of so much chance that its digest tells nothing.

use super::lookup::{Case, every, hex64, invalid, missing, rows_under};
use super::user::WITH_WAY_IN;
use super::{
    BeginEpoch, BindWaysIn, CarryOverUser, Command, Edition, EndRekey, EnrolKey, FoundSite, IssueBySheet,
    IssueUser, LogIn, No, Noun, RekeyVault, RemoveUser, ReopenUser, ReplaceSheet, ResetPassword, Site,
    UseSheet, User,
};
use super::{Broken, Date, Id, Row, View, key};
use serde::{Deserialize, Serialize};

/// How one user opens the vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WayIn {
    /// Digest of the recipient (`age1…`) to which the vault's key is sealed for them.
    pub recipient: String,
    /// Digest of their key file.
    pub key_file: String,
}

/// One sealing of the vault's key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sealing {
    /// Digest of `keys/vault.age`.
    pub vault_key: String,
    /// Digest of the `vault.age` that the key files of before open as well, while they are replaced; empty where none is
    /// needed.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub bridge: String,
    /// What was found beside the ways in that the log names, and is sealed to no more: names of slots.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
}

/// What the log says of the vault's key file: digests.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sealed {
    /// Of the file in force.
    pub vault_key: String,
    /// Of the one that key files of before open as well, while they are replaced; empty where none is needed.
    pub bridge: String,
    /// Of the file before it: what a change of keys that was cut may have left; empty before the first.
    pub before: String,
}

impl Sealed {
    /// After the next sealing.
    pub(super) fn after(sealed: Option<Sealed>, next: &Sealing) -> Sealed {
        Sealed {
            vault_key: next.vault_key.clone(),
            bridge: next.bridge.clone(),
            before: sealed.map(|sealed| sealed.vault_key).unwrap_or_default(),
        }
    }
}

/// Asks the commands that make, change or end a way in for their sealing: told once.
macro_rules! of_sealing {
    ($command:expr, $sealing:ident => $then:expr, otherwise $otherwise:expr) => {
        match $command {
            Command::FoundSite(FoundSite { $sealing, .. })
            | Command::IssueUser(IssueUser { $sealing, .. })
            | Command::CarryOverUser(CarryOverUser { $sealing, .. })
            | Command::ResetPassword(ResetPassword { $sealing, .. })
            | Command::ReopenUser(ReopenUser { $sealing, .. })
            | Command::RemoveUser(RemoveUser { $sealing, .. })
            | Command::UseSheet(UseSheet { $sealing, .. })
            | Command::IssueBySheet(IssueBySheet { $sealing, .. })
            | Command::EnrolKey(EnrolKey { $sealing, .. })
            | Command::RekeyVault(RekeyVault { $sealing, .. })
            | Command::ReplaceSheet(ReplaceSheet { $sealing, .. })
            | Command::BindWaysIn(BindWaysIn { $sealing, .. })
            | Command::EndRekey(EndRekey { $sealing })
            | Command::BeginEpoch(BeginEpoch { $sealing, .. }) => $then,
            _ => $otherwise,
        }
    };
}

impl Command {
    /// The sealing that comes with it: of commands that make, change or end a way in.
    pub fn sealing(&self) -> Option<&Sealing> {
        of_sealing!(self, sealing => sealing.as_ref(), otherwise None)
    }

    /// The same command with the sealing that comes with it; as it is where none does.
    #[must_use]
    pub fn sealed_by(mut self, made: Option<Sealing>) -> Command {
        of_sealing!(&mut self, sealing => *sealing = made, otherwise {});
        self
    }

    /// The way in that comes with it: of commands that make one, change one, or prove one.
    pub fn way_in(&self) -> Option<&WayIn> {
        match self {
            Command::FoundSite(FoundSite { way_in, .. })
            | Command::IssueUser(IssueUser { way_in, .. })
            | Command::CarryOverUser(CarryOverUser { way_in, .. })
            | Command::ResetPassword(ResetPassword { way_in, .. })
            | Command::ReopenUser(ReopenUser { way_in, .. })
            | Command::UseSheet(UseSheet { way_in, .. })
            | Command::IssueBySheet(IssueBySheet { way_in, .. })
            | Command::EnrolKey(EnrolKey { way_in, .. })
            | Command::LogIn(LogIn { way_in, .. }) => way_in.as_ref(),
            _ => None,
        }
    }

    /// The login IDs whose ways in end with it, by name.
    fn left_out(&self) -> &[String] {
        match self {
            Command::BindWaysIn(BindWaysIn { left_out, .. })
            | Command::RekeyVault(RekeyVault { left_out, .. })
            | Command::BeginEpoch(BeginEpoch { left_out, .. }) => left_out,
            _ => &[],
        }
    }
}

/// What the log says of all ways in, as of one view.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WaysIn {
    /// Of every user who is not removed, nor closed without one, by login ID; `None` where the log binds none.
    pub users: Vec<(String, Option<WayIn>)>,
    /// Digest of the recovery sheet's recipient; `None` where the log binds none.
    pub sheet: Option<String>,
    /// The vault's key file.
    pub sealed: Option<Sealed>,
    /// Every way in is bound: what the log does not name is none.
    pub bound: bool,
    /// Entries name ways in under the edition in force.
    pub named: bool,
}

impl Edition {
    /// Whether entries name ways in.
    pub fn names_ways_in(self) -> bool {
        self >= Edition::Three
    }
}

impl WaysIn {
    /// Of a view.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub fn of(view: &dyn View) -> Result<WaysIn, Broken> {
        let mut ways = WaysIn::default();
        if let Some(Row::Site(site)) = view.row(Id::SITE)? {
            ways.sheet = site.sheet_recipient;
            ways.sealed = site.sealed;
            ways.bound = site.ways_bound.is_some();
            ways.named = site.edition.names_ways_in();
        }
        let users: Vec<User> = rows_under(view, &key::state(Noun::User, WITH_WAY_IN))?;
        ways.users.extend(users.into_iter().map(|user| (user.user, user.way_in)));
        Ok(ways)
    }

    /// What key files of before may still lie there, when the change to those in force was cut: login IDs and digests.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub fn before(view: &dyn View) -> Result<Vec<(String, String)>, Broken> {
        let users = every::<User>(view, Noun::User)?.into_iter();
        Ok(users.filter_map(|user| Some((user.user, user.way_before?.key_file))).collect())
    }

    /// The users who still have a way in, and whose accounts are closed or over on a day.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub fn done_with(&self, view: &dyn View, day: Date) -> Result<Vec<String>, Broken> {
        let mut done = Vec::new();
        for (name, _) in self.users.iter().filter(|(_, way)| way.is_some()) {
            let users: Vec<User> = rows_under(view, &key::number(Noun::User, name))?;
            done.extend(users.iter().filter(|user| user.is_done_with(day)).map(|user| user.user.clone()));
        }
        Ok(done)
    }

    /// The users whose ways in nothing binds.
    pub fn unproved(&self) -> impl Iterator<Item = &str> {
        self.users.iter().filter(|(_, way)| way.is_none()).map(|(user, _)| user.as_str())
    }
}

/// Digests that an entry may name: none before edition 3, whose releases do not know them, and all of them where every
/// way in is bound.
pub(super) fn bound(
    case: &Case<'_>,
    way_in: Option<Option<&WayIn>>,
    sealing: Option<&Sealing>,
) -> Result<(), No> {
    // The site has no row before its first entry.
    let site = case.view.row(Id::SITE)?.and_then(|row| Site::try_from(row).ok());
    let must = site.is_some_and(|site| site.ways_bound.is_some());
    let given = sealing.is_some() || way_in.flatten().is_some();
    if given && !case.context.edition.names_ways_in() {
        return Err(invalid("sealing", "").into());
    }
    match way_in {
        Some(Some(way)) => {
            hex64(&way.recipient, "way_in")?;
            hex64(&way.key_file, "way_in")?;
        }
        Some(None) if must => return Err(missing("way_in").into()),
        _ => {}
    }
    match sealing {
        Some(sealing) => {
            hex64(&sealing.vault_key, "sealing")?;
            if !sealing.bridge.is_empty() {
                hex64(&sealing.bridge, "sealing")?;
            }
        }
        None if must => return Err(missing("sealing").into()),
        None => {}
    }
    Ok(())
}

/// The users of these login IDs, in order, each once.
pub(super) fn users_of(case: &Case<'_>, names: &[String]) -> Result<Vec<Id>, No> {
    names.iter().map(|name| super::user::of_login(case, name).map(|user| user.id)).collect()
}

impl User {
    /// The way in after an entry that may make, change or end it.
    pub(super) fn follow_way(&mut self, command: &Command) {
        let ends = matches!(command, Command::RemoveUser(_)) || command.left_out().contains(&self.user);
        if ends {
            self.way_before = self.way_in.take();
        } else if let Some(way) = command.way_in() {
            self.way_before = self.way_in.replace(way.clone());
        }
    }
}
