//! What the desk answers when it is not a receipt.

use crate::domain::{Broken, Command, Denied, No, Rejection};
use crate::fault::{Fault, fault};
use crate::store::{CommitError, StoreError};
use crate::vault::{Holder, Vault, VaultError, Where};

/// Why a command, query or opening did not do what was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The rules said no; the refusal is an entry (its sequence number, where it could be recorded).
    Rejected(Rejection, Option<u64>),
    /// The policy said no; the refusal is an entry.
    Denied(Denied, Option<u64>),
    /// What was typed is not a command: nothing happened, nothing is recorded.
    Malformed(Vec<FieldProblem>),
    /// The vault was not opened (exit 3).
    NotOpened(NotOpened),
    /// Something is damaged (exit 4); the place is named.
    Damaged(Fault),
    /// Disk or device failed (exit 5); nothing acknowledged is lost.
    Device {
        /// Whether the last command is written.
        last: Last,
        /// What the device said.
        detail: Fault,
    },
    /// Less room on the disk than a work would take: it was not begun, and the session goes on. Bytes.
    NoRoom {
        /// What it takes.
        need: u64,
        /// What there is.
        free: u64,
    },
    /// No copy of the vault was made; the vault itself goes on.
    NoCopy(NoCopy),
    /// What gives rights or decides for others waits until the books are compared with the entries ([`Desk::waits`]).
    ///
    /// [`Desk::waits`]: super::Desk::waits
    Comparing {
        /// Entries compared.
        done: u64,
        /// Of how many; 0 while that is not known.
        total: u64,
    },
}

/// Why no copy was made. What counted at the place before still does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoCopy {
    /// The place is on the vault's own device, and nobody said why that will do.
    SameDevice,
    /// The place is the vault's own folder, or in it.
    Inside,
    /// The folder above the place is not there: a medium that is not mounted, perhaps.
    Missing,
    /// Something that is no copy of a vault is there; its name.
    Occupied(Where),
    /// A vault is there that people work in, or a copy made by hand.
    IsAVault,
    /// The copy there opens with another key: another vault's, or this one's before it was changed.
    OtherKey,
    /// The copy there is damaged; file and place.
    Damaged(Fault),
    /// The copy there holds entries that are not in this log: its last one, and ours.
    Newer {
        /// `#812 2026-11-20T09:00:00+09:00 3c9e...`
        theirs: String,
        /// The same of this log.
        ours: String,
    },
    /// What was written did not read back as written.
    Unreliable(Fault),
    /// The medium is full.
    Full,
    /// The place cannot be written to.
    ReadOnly,
    /// The medium answered with an error.
    Device(Fault),
    /// The copy that is to be restored from is damaged; file and place.
    FromDamaged(Fault),
    /// A check finds nothing wrong with what is to be recovered.
    NotDamaged,
    /// None of the keys that are left opens what is to be recovered.
    KeysGone(Fault),
    /// Making a vault from a copy broke off: its folder is half there.
    CutOff(Fault),
    /// Making a vault of what could be saved broke off.
    RecoverCutOff {
        /// What happened.
        detail: Fault,
        /// The folders that were being filled.
        folders: String,
    },
}

impl NoCopy {
    /// The stable name.
    pub fn name(&self) -> &'static str {
        match self {
            NoCopy::SameDevice => "backup_same_device",
            NoCopy::Inside => "backup_inside",
            NoCopy::Missing => "backup_missing",
            NoCopy::Occupied(_) => "backup_occupied",
            NoCopy::IsAVault => "backup_is_a_vault",
            NoCopy::OtherKey => "backup_other_key",
            NoCopy::Damaged(_) => "backup_damaged",
            NoCopy::Newer { .. } => "backup_newer",
            NoCopy::Unreliable(_) => "backup_unreliable",
            NoCopy::Full => "backup_full",
            NoCopy::ReadOnly => "backup_read_only",
            NoCopy::Device(_) => "backup_device",
            NoCopy::FromDamaged(_) => "restore_damaged",
            NoCopy::NotDamaged => "recover_not_damaged",
            NoCopy::KeysGone(_) => "recover_keys_gone",
            NoCopy::CutOff(_) => "restore_cut_off",
            NoCopy::RecoverCutOff { .. } => "recover_cut_off",
        }
    }
}

impl From<NoCopy> for Failure {
    fn from(why: NoCopy) -> Failure {
        Failure::NoCopy(why)
    }
}

/// What is known of the last command after a device failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Last {
    /// It is written, for ever.
    Written,
    /// It is not written; do it again when the disk is well.
    NotWritten,
    /// Unknown: log in again and look.
    Unknown,
}

/// Why a vault was not opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotOpened {
    /// ID or password wrong, or the ID suspended or locked: not told apart.
    Credentials,
    /// The password was replaced by one that a power cut had kept from its file: it is in force from now on.
    PasswordReplaced,
    /// The recovery sheet is another vault's, or was replaced.
    Sheet,
    /// Too many failures: wait this many seconds.
    Wait(u64),
    /// Another process writes; who it says it is.
    InUse(Holder),
    /// There is no vault in the folder; which folder.
    Missing(Where),
    /// The folder in which one is to be made is not there; what is to be made.
    NoPlace(Where),
    /// What the account that this program runs under may not read; the file or folder.
    NotReadable(Where),
    /// A copy or vault whose making was cut off; the folder.
    NeverFinished(Where),
    /// A vault is to be made inside a vault or a copy; which.
    InsideVault(String),
    /// The folder holds something that is not a vault of ours, or only half of one.
    NotAVault(Fault),
    /// Made by a newer release: the format it has.
    Newer(u32),
    /// An edition of the rules came into force that this release does not know: from which entry on.
    NewerRules(u64),
    /// Of an older release's format, and the copy that comes before taking it over could not be made: why.
    NotCopied(Fault),
    /// The folder cannot be written.
    ReadOnly,
    /// There is something in the folder already; which folder.
    NotEmpty(Where),
    /// A copy that a backup made: it is restored from, not worked in.
    IsACopy,
    /// Anything else that keeps it shut.
    Other(Fault),
}

/// One field of a command or form that will not do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldProblem {
    /// The field's name; empty for the line as a whole.
    pub field: String,
    /// Stable refusal name: `field_missing`, `unknown_field`, `unknown_command`, `not_json`, `text_bidi` ...
    pub name: String,
    /// In Japanese, with what to do.
    pub ja: String,
    /// In English, with what to do.
    pub en: String,
}

/// A vault's error as the desk answers it.
pub(super) fn failure_of(error: VaultError) -> Failure {
    let detail = error.fault();
    match error {
        VaultError::Missing { place } => NotOpened::Missing(place).into(),
        VaultError::NoPlace { place } => NotOpened::NoPlace(place).into(),
        VaultError::NotReadable { file } => NotOpened::NotReadable(file).into(),
        VaultError::NeverFinished { place } => NotOpened::NeverFinished(place).into(),
        VaultError::NotAVault | VaultError::Foreign { .. } => NotOpened::NotAVault(detail).into(),
        VaultError::Occupied { name } => NotOpened::NotEmpty(name).into(),
        VaultError::NewerFormat { found } => NotOpened::Newer(found).into(),
        VaultError::NotCopied { why } => NotOpened::NotCopied(why.fault()).into(),
        VaultError::Held { by } => NotOpened::InUse(by).into(),
        VaultError::ReadOnly => NotOpened::ReadOnly.into(),
        VaultError::IsACopy => NotOpened::IsACopy.into(),
        VaultError::Busy | VaultError::Unacceptable { .. } => NotOpened::Other(detail).into(),
        VaultError::HalfThere { .. } | VaultError::Damaged { .. } | VaultError::WrongKey { .. } => {
            Failure::Damaged(detail)
        }
        VaultError::NoRoom { need, free } => Failure::NoRoom { need, free },
        VaultError::DiskFull | VaultError::Device { .. } | VaultError::Exchanged { .. } => {
            Failure::Device { last: Last::NotWritten, detail }
        }
        VaultError::Poisoned => Failure::Device { last: Last::Unknown, detail },
    }
}

/// What a failure tells of the device or the place.
pub(super) fn told_by(failure: Failure) -> Fault {
    match failure {
        Failure::Device { detail, .. } | Failure::Damaged(detail) => detail,
        Failure::NoRoom { need, free } => VaultError::NoRoom { need, free }.fault(),
        Failure::NotOpened(why) => match why {
            NotOpened::Other(detail) | NotOpened::NotAVault(detail) | NotOpened::NotCopied(detail) => detail,
            NotOpened::ReadOnly => VaultError::ReadOnly.fault(),
            NotOpened::IsACopy => VaultError::IsACopy.fault(),
            NotOpened::NotReadable(file) => VaultError::NotReadable { file }.fault(),
            NotOpened::Missing(place) => VaultError::Missing { place }.fault(),
            NotOpened::NoPlace(place) => VaultError::NoPlace { place }.fault(),
            NotOpened::NotEmpty(name) => VaultError::Occupied { name }.fault(),
            NotOpened::NeverFinished(place) => VaultError::NeverFinished { place }.fault(),
            NotOpened::Newer(found) => VaultError::NewerFormat { found }.fault(),
            NotOpened::InUse(by) => VaultError::Held { by }.fault(),
            other => fault!("desk_refused", answer = format!("{other:?}")),
        },
        other => fault!("desk_refused", answer = format!("{other:?}")),
    }
}

/// A store's error as the desk answers it, with the vault's own finding first: it knows file and place.
pub(super) fn store_failure(error: StoreError, vault: Option<&Vault>) -> Failure {
    if let Some(damage) = vault.and_then(Vault::damage) {
        return failure_of(damage);
    }
    match error {
        StoreError::Damaged { what } => Failure::Damaged(what),
        StoreError::Newer { seq } => NotOpened::NewerRules(seq).into(),
        StoreError::NeedsReopen => Failure::Device { last: Last::Unknown, detail: error.fault() },
        StoreError::NotAnEntry(why) => Failure::Malformed(vec![FieldProblem {
            field: String::new(),
            name: "too_long".to_owned(),
            ja: "入力が長すぎるため、証跡に記録できません。短くしてもう一度入力してください。".to_owned(),
            en: format!("This cannot stand in the log ({why}). Make it shorter and try again."),
        }]),
        StoreError::Broken(_) | StoreError::WrongKey | StoreError::Stopped => {
            Failure::Device { last: Last::NotWritten, detail: error.fault() }
        }
    }
}

/// What a group's failed commit means.
pub(super) fn commit_failure(error: CommitError, vault: &Vault) -> Failure {
    match error {
        CommitError::NotWritten(detail) => Failure::Device { last: Last::NotWritten, detail },
        CommitError::Unknown(detail) => Failure::Device { last: Last::Unknown, detail },
        CommitError::Store(error) => store_failure(error, Some(vault)),
    }
}

/// The entry stands; what came after it did not come about.
pub(super) fn written(failure: Failure) -> Failure {
    match failure {
        Failure::Device { detail, .. } => Failure::Device { last: Last::Written, detail },
        Failure::NotOpened(NotOpened::ReadOnly) => {
            Failure::Device { last: Last::Written, detail: VaultError::ReadOnly.fault() }
        }
        Failure::NoRoom { need, free } => {
            Failure::Device { last: Last::Written, detail: VaultError::NoRoom { need, free }.fault() }
        }
        other => other,
    }
}

impl From<NotOpened> for Failure {
    fn from(why: NotOpened) -> Failure {
        Failure::NotOpened(why)
    }
}

/// What kept the registers from being read.
pub(super) fn broken(why: Broken) -> Failure {
    Failure::Damaged(why.0)
}

/// As [`refused`], of a command: its fields are called as they are there.
pub(super) fn refused_of(command: &Command, no: No, entry: Option<u64>) -> Failure {
    match refused(no, entry) {
        Failure::Rejected(rejection, entry) if rejection.args.iter().any(|(name, _)| name == "field") => {
            Failure::Rejected(rejection.and(OF_COMMAND, command.rule().name), entry)
        }
        other => other,
    }
}

/// What a refusal names besides: of which command it is.
pub(super) const OF_COMMAND: &str = "of";

/// A refusal by the rules or the policy, with the entry that records it, where one does.
pub(super) fn refused(no: No, entry: Option<u64>) -> Failure {
    match no {
        No::Rejected(rejection) => Failure::Rejected(rejection, entry),
        No::Denied(denied) => Failure::Denied(denied, entry),
        No::Broken(why) => broken(why),
    }
}
