//! daicho's own store on its own vault, in a real folder: signed entries, the tree, every table. The real rules decide.

use crate::engine::{Engine, SHOWN};
use crate::world::{Person, Record, Visit, first_day};
use chrono::NaiveDate;
use daicho::domain::{
    Actor, CheckIn, CheckOut, Command, Context, Edition, FoundSite, Id, Noun, Profile, RegisterEntrant,
    RegisterPerson, Row, Stamp,
};
use daicho::log::{Salts, encode_hex};
use daicho::store::{
    Journal, JournalFailure, MemoryImage, Order, Reading, Signer, Store, VisitFilter, Writing,
};
use daicho::text::find::Wanted;
use daicho::vault::{
    CheckpointDone, CheckpointError, DEFAULT_CACHE, Disk, Holder, Mode, Opened, RealDisk, Superseded,
    UserIdentity, VAULT_KEY, Vault, VaultIdentity, WorkFactor, open_user, open_vault_key, read_key_file,
    seal_slot, seal_vault_key,
};
use ed25519_dalek::SigningKey;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;
use zeroize::Zeroizing;

/// As the desk has it; so below.
pub const STORE_CACHE: usize = 24 << 20;
const FRAMES_BEFORE_CHECKPOINT: u64 = 1000;
const OVERLAY_BEFORE_CHECKPOINT: u64 = 32 << 20;
const OVERLAY_WITHOUT_REST: u64 = 3 * OVERLAY_BEFORE_CHECKPOINT;
const REST: Duration = Duration::from_micros(500);

const USER: &str = "tanaka";
const PASSWORD: &str = "Sakura-2026-mon";
/// Rows of one page of a list.
const PAGE: usize = 1000;

/// Who acts and what they are held to.
struct Site {
    actor: Actor,
    profile: Profile,
    text: String,
    key: SigningKey,
    salt: u128,
}

impl Site {
    fn new() -> Site {
        let roles = vec!["admin".to_owned(), "guard".to_owned()];
        let given = daicho::profile::builtin("ishikawa").expect("the profile");
        let expanded = daicho::profile::expand(given, Edition::NEWEST).expect("a profile");
        let person = Id::new(Noun::Person, 1);
        Site {
            actor: Actor { person, user: Some(Id::new(Noun::User, 1)), roles },
            profile: expanded.profile,
            text: expanded.text,
            key: SigningKey::from_bytes(&[7; 32]),
            salt: 0,
        }
    }

    fn execute(&mut self, writing: &mut Writing<'_>, now: Stamp, command: Command) -> Option<Id> {
        self.salt += 2;
        let salts = Salts { body: self.salt.to_be_bytes(), text: (self.salt + 1).to_be_bytes() };
        let (actor, profile) = (&self.actor, &self.profile);
        let context = Context::new(actor, now, None, profile);
        let made = writing.execute(&context, &command, None, &Signer::new(&self.key), salts);
        made.expect("the books are written").expect("the rules accept it").id
    }

    fn founding(&self) -> Command {
        Command::from(FoundSite {
            site: "peers".to_owned(),
            site_name: "性能試験病院".to_owned(),
            profile: self.text.clone(),
            user: USER.to_owned(),
            // Nobody whom a search would find: the peers have no founder.
            name: "Q".to_owned(),
            kana: "Q".to_owned(),
            roles: self.actor.roles.clone(),
            key: encode_hex(self.key.verifying_key().as_bytes()),
            recovery_key: encode_hex(SigningKey::from_bytes(&[8; 32]).verifying_key().as_bytes()),
            edition: Edition::NEWEST.founding(),
            ..FoundSite::default()
        })
    }

    fn record(&mut self, writing: &mut Writing<'_>, record: &Record) {
        match record {
            Record::Register(now, person) => {
                let id = Id::new(Noun::Person, person.id);
                let command = RegisterPerson {
                    name: person.name.clone(),
                    kana: person.kana.clone(),
                    organisation: person.organisation.clone(),
                    contact: person.contact.clone(),
                    ..RegisterPerson::default()
                };
                assert_eq!(self.execute(writing, *now, command.into()), Some(id));
                let command = RegisterEntrant {
                    person: Some(id),
                    zones: vec!["server_room".to_owned()],
                    from: Some(person.from),
                    to: Some(person.to),
                    ..RegisterEntrant::default()
                };
                self.execute(writing, *now, command.into());
            }
            Record::Enter(visit) => {
                let command = CheckIn {
                    person: Some(Id::new(Noun::Person, visit.person)),
                    zone: visit.zone.clone(),
                    rack: Some(visit.rack.clone()),
                    purpose: visit.purpose.clone(),
                    identification: visit.identification.clone(),
                    visited: visit.visited.clone(),
                    carried_in: visit.carried_in.clone(),
                    remarks: visit.remarks.clone(),
                    ..CheckIn::default()
                };
                let id = self.execute(writing, visit.came, command.into());
                assert_eq!(id, Some(Id::new(Noun::Visit, visit.id)));
            }
            Record::Leave { visit, person, at, carried_out } => {
                let command = CheckOut {
                    person: Some(Id::new(Noun::Person, *person)),
                    carried_out: carried_out.clone(),
                    ..CheckOut::default()
                };
                let id = self.execute(writing, *at, command.into());
                assert_eq!(id, Some(Id::new(Noun::Visit, *visit)));
            }
        }
    }
}

struct InTheVault<'v>(&'v Vault);

impl Journal for InTheVault<'_> {
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalFailure> {
        self.0.append(frame).map_err(|error| JournalFailure::Unknown(error.fault()))
    }
}

type Running = JoinHandle<Result<CheckpointDone, CheckpointError>>;

/// The books, open.
pub struct Books {
    vault: Vault,
    store: Store,
    site: Site,
    running: Option<Running>,
    removing: Option<JoinHandle<()>>,
    hurry: Arc<AtomicBool>,
}

fn disk(folder: &Path) -> Arc<dyn Disk> {
    Arc::new(RealDisk::new(folder.join("vault")))
}

/// A founded site.
pub fn create(folder: &Path) {
    let (user, vault) = (UserIdentity::generate(), VaultIdentity::generate());
    let mut keys = BTreeMap::new();
    let work = WorkFactor::new(2).expect("cheap passwords");
    let slot = seal_slot(&PASSWORD.to_owned().into(), &user, work).expect("a slot");
    keys.insert(format!("{USER}.age"), slot);
    keys.insert(VAULT_KEY.to_owned(), seal_vault_key(&vault, &[user.recipient()]).expect("the vault's key"));
    let image = MemoryImage::new();
    let store = Store::create(image.clone(), STORE_CACHE, "peers", 1).expect("the books");
    store.close().expect("closed");
    Vault::create(&disk(folder), &vault, &keys, &image.bytes()).expect("a vault");
    let mut books = Books::open(folder);
    let morning = first_day().and_hms_opt(8, 0, 0).expect("a time");
    let offset = chrono::FixedOffset::east_opt(9 * 3600).expect("an offset");
    let now = morning.and_local_timezone(offset).single().expect("a moment");
    let founding = books.site.founding();
    let mut writing = books.store.begin().expect("a group");
    books.site.execute(&mut writing, now, founding);
    writing.commit(&mut InTheVault(&books.vault)).expect("committed");
    Box::new(books).close();
}

impl Books {
    /// Opens the vault with the user's key and the books by replay, as a login does.
    pub fn open(folder: &Path) -> Books {
        let disk = disk(folder);
        let work = WorkFactor::new(2).expect("cheap passwords");
        let user =
            open_user(&*disk, USER, &PASSWORD.to_owned().into(), WorkFactor::MAX, work).expect("a key");
        let sealed = read_key_file(&*disk, VAULT_KEY).expect("the vault's key").expect("the vault's key");
        let identity = open_vault_key(&sealed, &user).expect("the vault's key");
        let mode = Mode::Write(Holder::this(USER, ""));
        let opened = Vault::open(&disk, identity, mode, DEFAULT_CACHE);
        let Opened { vault, backend, frames, .. } = opened.expect("the vault opens");
        let store = Store::open(backend, STORE_CACHE, frames, &mut |_, _, _| {});
        let Ok(store) = store else { panic!("the books do not open") };
        let mut site = Site::new();
        // Salts need only differ.
        site.salt = u128::from(store.head().seq) << 8;
        Books { vault, store, site, running: None, removing: None, hurry: Arc::default() }
    }

    /// What the desk does after each commit.
    fn housekeeping(&mut self) {
        if let Some(running) = self.running.take_if(|running| running.is_finished()) {
            self.take_over(running);
        }
        let due = self.vault.frames_since_checkpoint() >= FRAMES_BEFORE_CHECKPOINT
            || self.vault.overlay_bytes() >= OVERLAY_BEFORE_CHECKPOINT;
        if due && self.running.is_none() {
            self.begin_checkpoint(false);
        }
        if self.running.is_some() && self.vault.overlay_bytes() >= OVERLAY_WITHOUT_REST {
            self.hurry.store(true, Ordering::Relaxed);
        }
    }

    fn begin_checkpoint(&mut self, at_once: bool) {
        self.store.prepare_checkpoint().expect("prepared");
        let job = self.vault.begin_checkpoint().expect("begun");
        self.hurry.store(at_once, Ordering::Relaxed);
        let hurry = Arc::clone(&self.hurry);
        self.running = Some(std::thread::spawn(move || {
            job.run(&mut |_, _| {
                if !hurry.load(Ordering::Relaxed) {
                    std::thread::sleep(REST);
                }
            })
        }));
    }

    fn take_over(&mut self, running: Running) {
        let done = running.join().expect("the checkpoint's thread");
        let superseded: Superseded = self.vault.finish_checkpoint(done).expect("a checkpoint");
        self.removing = Some(std::thread::spawn(move || superseded.remove().expect("removed")));
    }

    fn finish(&mut self) {
        self.hurry.store(true, Ordering::Relaxed);
        if let Some(running) = self.running.take() {
            self.take_over(running);
        }
    }

    fn read(&self) -> Arc<Reading> {
        self.store.read().expect("the books are read")
    }
}

fn visit_of(visit: daicho::domain::Visit) -> Visit {
    Visit {
        id: visit.id.n,
        person: visit.person.n,
        zone: visit.zone,
        rack: visit.rack.unwrap_or_default(),
        purpose: visit.purpose,
        identification: visit.identification,
        visited: visit.visited,
        carried_in: visit.carried_in,
        carried_out: visit.carried_out,
        remarks: visit.remarks,
        came: visit.came,
        left: visit.left,
    }
}

impl Engine for Books {
    fn write(&mut self, records: &[Record]) {
        let mut writing = self.store.begin().expect("a group");
        for record in records {
            self.site.record(&mut writing, record);
        }
        writing.commit(&mut InTheVault(&self.vault)).expect("committed");
        self.housekeeping();
    }

    fn visit(&mut self, id: u32) -> Option<Visit> {
        let found = self.read().get_as::<daicho::domain::Visit>(Id::new(Noun::Visit, id));
        found.expect("read").map(visit_of)
    }

    fn days(&mut self, from: NaiveDate, to: NaiveDate) -> Vec<Visit> {
        let filter = VisitFilter { days: Some((from, to)), ..VisitFilter::default() };
        let reading = self.read();
        let mut visits = Vec::new();
        let mut cursor = None;
        loop {
            let page = reading.visits(&filter, Order::OldestFirst, cursor.as_ref(), PAGE).expect("a page");
            visits.extend(page.rows.into_iter().filter_map(|row| match row {
                Row::Visit(visit) => Some(visit_of(visit)),
                _ => None,
            }));
            cursor = page.next;
            if cursor.is_none() {
                return visits;
            }
        }
    }

    fn search(&mut self, keys: &[String]) -> Vec<Person> {
        let reading = self.read();
        let hits = reading.search(Noun::Person, &Wanted::of_keys(keys), &[], u64::MAX).expect("read");
        let rows = hits.into_iter().take(SHOWN).filter_map(|(id, _)| reading.get(id).expect("read"));
        let person_of = |row| match row {
            Row::Person(row) => Some(Person {
                id: row.id.n,
                name: row.name,
                kana: row.kana,
                organisation: row.organisation,
                contact: row.contact,
                ..Person::default()
            }),
            _ => None,
        };
        rows.filter_map(person_of).collect()
    }

    fn checkpoint(&mut self) -> bool {
        self.finish();
        self.begin_checkpoint(true);
        self.finish();
        if let Some(removing) = self.removing.take() {
            removing.join().expect("removed");
        }
        true
    }

    fn compact(&mut self) -> bool {
        self.finish();
        if let Some(removing) = self.removing.take() {
            removing.join().expect("removed");
        }
        let reading = self.read();
        // Nothing here is a secret: a key that everybody knows will do.
        let key = Zeroizing::new([9; 32]);
        let room = reading.stored_bytes().expect("counted") * 5 / 4;
        let (job, scratch) = self.vault.begin_compaction(room, &key).expect("begun");
        reading.copy_into(scratch.clone(), STORE_CACHE, &mut |_, _, _| {}).expect("copied");
        let done = job.run(&mut |_, _| {});
        drop((reading, scratch));
        self.vault.finish_checkpoint(done).expect("a base").remove().expect("removed");
        true
    }

    fn live_bytes(&self) -> Option<u64> {
        Some(self.read().stored_bytes().expect("counted"))
    }

    fn journal(&self) -> Option<(u64, u64)> {
        Some((self.vault.frames_since_checkpoint(), self.vault.journal_bytes()))
    }

    fn close(mut self: Box<Self>) {
        self.finish();
        let Books { vault, store, removing, .. } = *self;
        if let Some(removing) = removing {
            removing.join().expect("removed");
        }
        store.close().expect("closed");
        drop(vault);
    }
}
