//! The door itself: an opened vault, and who stands at it.

use super::clock::SiteClock;
use super::declare::{Caution, Field};
use super::failure::store_failure;
use super::keyring::Slots;
use super::login::OpenBooks;
use super::mark::Marks;
use super::proof::Proof;
use super::{Clock, Entropy, Failure, Lookup, LowDisk, Seat};
use crate::domain::{
    Actor, Command, Edition, Id, Noun, Profile, Rejection, Row, Site, Stamp, View, holders, key,
};
use crate::fault::{Fault, fault};
use crate::profile::Versions;
use crate::store::{Reading, Store};
use crate::vault::{
    CheckpointDone, CheckpointError, Disk, Upgraded, Vault, VaultError, VaultIdentity, WorkFactor,
};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::thread::JoinHandle;
use std::time::Duration;

/// The seams and settings of a terminal.
#[derive(Clone)]
pub struct Terminal {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where our randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The terminal's name, for the entry of a login.
    pub name: String,
    /// scrypt log N of a new site's slots: 18, 17 for small terminals, 12 in demo and tests. Slots made later cost
    /// what the slot of who logged in costs.
    pub work_factor: u8,
    /// The protection that the process reached, for the entry of a login.
    pub hardening: String,
    /// Where the terminal notes the last entry that it saw of a log: on its own disk, outside every vault. `None`: it
    /// keeps no note, and the entry of a login says so.
    pub last_seen: Option<Arc<dyn Disk>>,
}

impl Terminal {
    /// The terminal as it serves a site with these versions of its profile: its clock tells the site's time.
    pub(super) fn serving(&self, versions: &Versions) -> Terminal {
        Terminal { clock: SiteClock::of(&self.clock, versions), ..self.clone() }
    }

    /// What a guess at a password made here costs; the ordinary cost where the setting is none.
    pub(super) fn work(&self) -> WorkFactor {
        WorkFactor::new(self.work_factor).unwrap_or(WorkFactor::DEFAULT)
    }
}

/// What founds a site.
#[derive(Clone, Debug, Default)]
pub struct Founding {
    /// The site's id, `[a-z0-9-]{1,32}`.
    pub site: String,
    /// The site's name.
    pub site_name: String,
    /// The profile, TOML.
    pub profile: String,
    /// The first administrator's login ID.
    pub admin: String,
    /// Their name.
    pub name: String,
    /// Its reading.
    pub kana: String,
    /// Their password.
    pub password: String,
}

/// A command with what its envelope says.
#[derive(Clone, Debug, PartialEq)]
pub struct Instruction {
    /// What is asked.
    pub command: Command,
    /// For safe retries: the same id gets the first receipt.
    pub request: Option<String>,
    /// When it happened, for late entry from paper.
    pub at: Option<Stamp>,
}

impl From<Command> for Instruction {
    fn from(command: Command) -> Instruction {
        Instruction { command, request: None, at: None }
    }
}

/// Proof of a committed command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The entry's sequence number.
    pub seq: u64,
    /// The record it made or changed.
    pub id: Option<Id>,
    /// A temporary password, shown once and never stored in clear.
    pub temporary_password: Option<String>,
    /// Texts that look as though they held what does not belong there: it stands, and whoever wrote it is told.
    pub cautions: Vec<(&'static Field, Caution)>,
    /// Visits of the same person that cannot be right together with it: both are kept, and listed.
    pub contradicts: Vec<Id>,
    /// It stood already: the same request was given before, and nothing was done again.
    pub repeated: bool,
}

impl From<crate::store::Receipt> for Receipt {
    fn from(receipt: crate::store::Receipt) -> Receipt {
        let crate::store::Receipt { seq, id, contradicts, repeated, .. } = receipt;
        Receipt { seq, id, temporary_password: None, cautions: Vec::new(), contradicts, repeated }
    }
}

/// What a person is told when they have logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The last entry before this login: number, time, short root. A rollback shows here.
    pub last_entry: (u64, Stamp, String),
    /// A new password must be set before anything else.
    pub provisional: bool,
    /// Why, where that is not since this one is provisional: it is due, or was reported.
    pub due: Option<Rejection>,
    /// Failed logins since the last good one.
    pub failed_before: u32,
    /// The clock jumped and waits for confirmation.
    pub clock_unconfirmed: bool,
    /// A torn frame was found at the end of the journal and left in place.
    pub torn_tail: Option<Fault>,
    /// The vault had the format of an older release and was taken over at this login.
    pub upgraded: Option<Upgraded>,
    /// The last entry that this terminal had seen, where the log has it not: the vault was put back as it was before, or
    /// is another one.
    pub seen_further: Option<u64>,
    /// The disk is nearly full.
    pub low_disk: Option<LowDisk>,
    /// Swap is on, the last copy is old: stable names.
    pub warnings: Vec<String>,
}

/// A checkpoint on its thread.
pub(super) type Running = JoinHandle<Result<CheckpointDone, CheckpointError>>;

/// An opened vault, and who stands at it.
pub struct Desk {
    /// First, so that it ends before the books go.
    pub(super) proof: Proof,
    pub(super) disk: Arc<dyn Disk>,
    pub(super) vault: Vault,
    pub(super) vault_identity: VaultIdentity,
    pub(super) store: Store,
    pub(super) seat: Seat,
    /// The terminal, whose clock tells the site's time: the desk asks no other.
    pub(super) terminal: Terminal,
    /// The terminal's clock as it was given.
    pub(super) own_clock: Arc<dyn Clock>,
    pub(super) versions: Versions,
    /// The profile in force today: asked for with every cell that is drawn.
    pub(super) profile: Profile,
    pub(super) slots: Slots,
    /// The entry that this session's login missed in the log, since the terminal had seen it.
    pub(super) missed: Option<u64>,
    pub(super) checkpoint: Option<Running>,
    /// Removes what the last checkpoint replaced.
    pub(super) removing: Option<JoinHandle<Result<(), VaultError>>>,
    /// A checkpoint of this session came about.
    pub(super) kept: bool,
    /// Tells it not to rest.
    pub(super) hurry: Arc<AtomicBool>,
}

/// What is wanted of the disk before it fails: stable names.
pub(super) fn warnings(disk: &dyn Disk) -> Vec<String> {
    let shared = disk.shared_by().ok().flatten().map(|kind| format!("shared_disk/{kind}"));
    shared.into_iter().collect()
}

impl Desk {
    /// What is to be said of the place where the vault lies, by stable names.
    pub fn warnings_of_the_place(&self) -> Vec<String> {
        warnings(&*self.disk)
    }

    pub(super) fn sitting(
        books: OpenBooks,
        seat: Seat,
        terminal: Terminal,
        versions: Versions,
        slots: Slots,
    ) -> Desk {
        let own_clock = Arc::clone(&terminal.clock);
        let terminal = terminal.serving(&versions);
        let profile = versions.on(terminal.clock.now().date_naive()).clone();
        let OpenBooks { disk, vault, vault_identity, mut store, torn: _ } = books;
        store.tell_in(profile.offset());
        let marks = Marks::kept(&terminal, &*disk, &seat, &store);
        Desk {
            proof: Proof::begin(&vault, &mut store, marks),
            disk,
            vault,
            vault_identity,
            store,
            seat,
            terminal,
            own_clock,
            versions,
            profile,
            slots,
            missed: None,
            checkpoint: None,
            removing: None,
            kept: false,
            hurry: Arc::default(),
        }
    }

    /// A short look at the books.
    pub(super) fn reading(&self) -> Result<Arc<Reading>, Failure> {
        self.store.read().map_err(|error| self.store_failure(error))
    }

    pub(super) fn store_failure(&self, error: crate::store::StoreError) -> Failure {
        store_failure(error, Some(&self.vault))
    }

    /// Who stands here.
    pub fn actor(&self) -> &Actor {
        &self.seat.actor
    }

    /// The login ID of who stands here.
    pub fn user(&self) -> &str {
        &self.seat.user
    }

    /// The site's id.
    pub fn site(&self) -> &str {
        self.store.site()
    }

    /// The last entry: number, time, short root. For the foot of Today.
    pub fn last_entry(&self) -> (u64, Stamp, String) {
        let end = self.store.head();
        let now = self.terminal.clock.now();
        (end.seq, end.time.unwrap_or(now).with_timezone(now.offset()), end.root_short)
    }

    /// Whether the clock jumped and nobody has confirmed the time since.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when the books cannot be read.
    pub fn clock_is_unconfirmed(&self) -> Result<bool, Failure> {
        Ok(self.site_row()?.clock_jump.is_some())
    }

    /// The edition of the rules in force.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when the books cannot be read.
    pub fn edition(&self) -> Result<Edition, Failure> {
        Ok(self.site_row()?.edition)
    }

    pub(super) fn site_row(&self) -> Result<Site, Failure> {
        match self.reading()?.get(Id::SITE).map_err(|error| self.store_failure(error))? {
            Some(Row::Site(site)) => Ok(site),
            _ => Err(Failure::Damaged(fault!("books_without_site"))),
        }
    }

    /// Ends the session: aborts a checkpoint, unless it keeps what this opening made anew, gives the writer's lock back, drops the keys.
    ///
    /// # Errors
    /// [`Failure::Device`] when the store could not be closed cleanly; nothing acknowledged is lost.
    pub fn close(mut self) -> Result<(), Failure> {
        if !self.is_to_be_kept() {
            self.vault.stop_checkpoint();
        }
        self.wait_for_checkpoint();
        self.wait_for_removal();
        self.take_proof(Duration::ZERO);
        self.note_last_seen();
        let Desk { proof, store, vault, .. } = self;
        // What it had not found yet, the next login's finds.
        drop(proof);
        store.close().map_err(|error| store_failure(error, Some(&vault)))
    }
}

impl Lookup for Desk {
    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn now(&self) -> Stamp {
        self.terminal.clock.now()
    }

    fn row(&self, id: Id) -> Option<Row> {
        self.reading().ok().and_then(|reading| View::row(&reading, id).ok().flatten())
    }

    fn under(&self, noun: Noun, record: Id) -> Vec<Row> {
        let rows = self.reading().and_then(|reading| {
            reading.rows_under(&key::of(noun, record)).map_err(|error| self.store_failure(error))
        });
        self.seen_rows(rows.unwrap_or_default())
    }

    fn holders(&self, roles: &[String]) -> Option<Vec<Id>> {
        let (context, reading) = (self.context().ok()?, self.reading().ok()?);
        holders(&*reading, context.edition, roles, context.accounts_on).ok()
    }
}
