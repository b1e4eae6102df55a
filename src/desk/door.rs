//! The door itself: opening, founding, executing. (Being built: the signatures are what screens rely on.)

use super::{
    Clock, Cursor, Entropy, EntryLine, Failure, Lang, ListQuery, Lookup, NotOpened, Page, Presence, Scan,
    TodayLine,
};
use crate::domain::{Actor, Command, Id, Noun, Profile, Row, Stamp};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The seams and settings of a terminal.
#[derive(Clone)]
pub struct Terminal {
    /// Where the time comes from.
    pub clock: Arc<dyn Clock>,
    /// Where our randomness comes from.
    pub entropy: Arc<dyn Entropy>,
    /// The terminal's name, for the entry of a login.
    pub name: String,
    /// scrypt log N for slots made here: 18, 17 for small terminals, 12 in demo and tests.
    pub work_factor: u8,
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
#[derive(Clone, Debug)]
pub struct Order {
    /// What is asked.
    pub command: Command,
    /// For safe retries: the same id gets the first receipt.
    pub request: Option<String>,
    /// When it happened, for late entry from paper.
    pub at: Option<Stamp>,
}

impl From<Command> for Order {
    fn from(command: Command) -> Order {
        Order { command, request: None, at: None }
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
}

/// What a person is told when they have logged in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Welcome {
    /// The last entry before this login: number, time, short root. A rollback shows here.
    pub last_entry: (u64, Stamp, String),
    /// The password is provisional: a new one must be set before anything else.
    pub provisional: bool,
    /// Failed logins since the last good one.
    pub failed_before: u32,
    /// The clock jumped and waits for confirmation.
    pub clock_unconfirmed: bool,
    /// A torn frame was found at the end of the journal and left in place.
    pub torn_tail: Option<String>,
    /// Swap is on, free disk is low: stable names.
    pub warnings: Vec<String>,
}

/// An opened vault, and who stands at it.
pub struct Desk {
    actor: Actor,
    profile: Profile,
    terminal: Terminal,
    #[expect(dead_code, reason = "the door is being built")]
    dir: PathBuf,
}

fn to_come<T>() -> Result<T, Failure> {
    Err(Failure::NotOpened(NotOpened::Other("to come".to_owned())))
}

impl Desk {
    /// Founds a site in an empty or new folder, logs its first administrator in, and gives the recovery sheet:
    /// lines of digits to be written down, shown once.
    ///
    /// # Errors
    /// What keeps the folder from becoming a vault.
    pub fn found(
        dir: &Path,
        founding: &Founding,
        terminal: Terminal,
    ) -> Result<(Desk, Vec<String>), Failure> {
        let _ = (dir, founding, terminal);
        to_come()
    }

    /// Opens a vault for writing and logs a person in.
    ///
    /// # Errors
    /// [`Failure::NotOpened`] (exit 3), [`Failure::Damaged`] (exit 4), [`Failure::Device`] (exit 5).
    pub fn log_in(
        dir: &Path,
        user: &str,
        password: &str,
        terminal: Terminal,
    ) -> Result<(Desk, Welcome), Failure> {
        let _ = (dir, user, password, terminal);
        to_come()
    }

    /// Sets the person's own password; a provisional one must be replaced before any command.
    ///
    /// # Errors
    /// [`Failure::Malformed`] when the profile's password rule forbids it, and the disk's.
    pub fn set_password(&mut self, old: &str, new: &str) -> Result<Receipt, Failure> {
        let _ = (old, new);
        to_come()
    }

    /// Who stands here.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// Executes a command: by the time it returns, it is on the disk, or refused, or neither.
    ///
    /// # Errors
    /// The refusal, or what the device did.
    pub fn execute(&mut self, order: Order) -> Result<Receipt, Failure> {
        let _ = order;
        to_come()
    }

    /// Executes several commands, answered together after one fsync.
    pub fn execute_group(&mut self, orders: Vec<Order>) -> Vec<Result<Receipt, Failure>> {
        orders.into_iter().map(|order| self.execute(order)).collect()
    }

    /// Whether an operation is open to this person on this record now, without doing it: the refusal if not.
    pub fn available(&self, command: &str, record: Option<Id>) -> Result<(), Failure> {
        let _ = (command, record);
        to_come()
    }

    /// Whether the person's roles hold a query (`query:visits`).
    pub fn may_query(&self, register: &str) -> bool {
        crate::domain::policy::role_for(&self.profile, &self.actor.roles, &format!("query:{register}"))
            .is_ok()
    }

    /// Today's open lines.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn today(&self) -> Result<Vec<TodayLine>, Failure> {
        to_come()
    }

    /// Some rows of a register, newest first, from a cursor.
    ///
    /// # Errors
    /// [`Failure::Denied`], [`Failure::Damaged`] or [`Failure::Device`].
    pub fn list(&self, query: &ListQuery, from: Option<Cursor>, most: usize) -> Result<Page, Failure> {
        let _ = (query, from, most);
        to_come()
    }

    /// Records of a noun whose names or numbers match what was typed.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn search(&self, noun: Noun, typed: &str, most: usize) -> Result<Vec<Id>, Failure> {
        let _ = (noun, typed, most);
        to_come()
    }

    /// Everyone inside now.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn inside(&self) -> Result<Vec<Presence>, Failure> {
        to_come()
    }

    /// Everyone inside at a past moment.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn inside_at(&self, moment: Stamp) -> Result<Vec<Presence>, Failure> {
        let _ = moment;
        to_come()
    }

    /// What a scanned code means now.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn scan(&self, code: &str) -> Result<Scan, Failure> {
        let _ = code;
        to_come()
    }

    /// The entries about a record, oldest first.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn history(&self, id: Id, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        let _ = (id, lang);
        to_come()
    }

    /// Everything that belongs to one thread of outside work, as one timeline: application, decision, visits,
    /// escorts, work record, approval (J-PI-12).
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn timeline(&self, id: Id, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        let _ = (id, lang);
        to_come()
    }

    /// Entries of the log, newest first, before an entry; a right of its own (J-1-1-3-a).
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn log(
        &self,
        before: Option<u64>,
        kind: Option<&str>,
        most: usize,
        lang: Lang,
    ) -> Result<Vec<EntryLine>, Failure> {
        let _ = (before, kind, most, lang);
        to_come()
    }

    /// Records that personal data was read out: a CSV, a print, a query.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn record_reading(
        &mut self,
        register: &str,
        how: &str,
        rows: usize,
        filters: &str,
    ) -> Result<(), Failure> {
        let _ = (register, how, rows, filters);
        to_come()
    }

    /// Keeps a draft, durable at once; never in the log. Replaces the one under the same form.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn keep_draft(&mut self, form: &str, fields: &[(String, String)]) -> Result<(), Failure> {
        let _ = (form, fields);
        to_come()
    }

    /// The draft of a form, if one was left.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn draft(&self, form: &str) -> Result<Option<Vec<(String, String)>>, Failure> {
        let _ = form;
        to_come()
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn drop_draft(&mut self, form: &str) -> Result<(), Failure> {
        let _ = form;
        to_come()
    }

    /// Whether this is the person's password, card or PIN: what opens the screen lock. Counts tries.
    pub fn unlocks_screen(&self, typed: &str) -> bool {
        let _ = typed;
        false
    }

    /// The last entry: number, time, short root. For the foot of Today.
    pub fn last_entry(&self) -> (u64, Stamp, String) {
        (0, self.terminal.clock.now(), String::new())
    }

    /// To be called when nothing is typed: starts, drives and ends checkpoints in the background. Short.
    pub fn idle(&mut self) {}

    /// Ends the session: aborts a checkpoint, gives the writer's lock back, drops the keys.
    ///
    /// # Errors
    /// [`Failure::Device`] when the store could not be closed cleanly; nothing acknowledged is lost.
    pub fn close(self) -> Result<(), Failure> {
        Ok(())
    }
}

impl Lookup for Desk {
    fn name(&self, id: Id) -> String {
        id.to_string()
    }

    fn profile(&self) -> &Profile {
        &self.profile
    }

    fn now(&self) -> Stamp {
        self.terminal.clock.now()
    }

    fn row(&self, id: Id) -> Option<Row> {
        let _ = id;
        None
    }
}
