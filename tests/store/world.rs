//! A site in memory: storage whose image can be copied, cut off and edited, a journal that can fail, people with keys.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use chrono::{DateTime, TimeDelta};
use daicho::domain::{
    Actor, CheckIn, CheckOut, Command, Context, Date, Edition, EnrolKey, FoundSite, Id, IssueUser, No, Noun,
    Profile, RegisterEntrant, RegisterPerson, Stamp,
};
use daicho::log::{Entry, HeadFields, Salts, encode_hex};
use daicho::store::{
    CheckReport, CommitError, Journal, JournalFailure, Pinned, Receipt, Signer, Store, check, codec,
};
use ed25519_dalek::SigningKey;
use redb::{Database, Key, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition, Value};

pub const CACHE: usize = 4 << 20;

/// Storage in memory. Its bytes outlive the store.
#[derive(Clone, Debug, Default)]
pub struct Memory {
    bytes: Arc<Mutex<Vec<u8>>>,
    broken: Arc<AtomicBool>,
}

impl Memory {
    pub fn image(&self) -> Memory {
        let bytes = self.bytes.lock().unwrap().clone();
        Memory { bytes: Arc::new(Mutex::new(bytes)), broken: Arc::default() }
    }

    /// Every write fails from now on.
    pub fn break_off(&self) {
        self.broken.store(true, Ordering::SeqCst);
    }

    fn writable(&self) -> io::Result<()> {
        if self.broken.load(Ordering::SeqCst) { Err(io::Error::other("gone")) } else { Ok(()) }
    }
}

impl StorageBackend for Memory {
    fn len(&self) -> io::Result<u64> {
        Ok(self.bytes.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        let bytes = self.bytes.lock().unwrap();
        let from = offset as usize;
        let part = bytes.get(from..from + out.len()).ok_or_else(|| io::Error::other("beyond the end"))?;
        out.copy_from_slice(part);
        Ok(())
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.writable()?;
        self.bytes.lock().unwrap().resize(len as usize, 0);
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.writable()
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.writable()?;
        let from = offset as usize;
        let mut bytes = self.bytes.lock().unwrap();
        bytes
            .get_mut(from..from + data.len())
            .ok_or_else(|| io::Error::other("beyond"))?
            .copy_from_slice(data);
        Ok(())
    }
}

/// A journal in memory.
#[derive(Clone, Debug, Default)]
pub struct Frames {
    pub frames: Vec<Vec<u8>>,
    /// What the next append answers; with `Unknown`, whether the frame stands there all the same.
    pub next: Option<(JournalFailure, bool)>,
}

impl Journal for Frames {
    fn append(&mut self, frame: &[u8]) -> Result<(), JournalFailure> {
        match self.next.take() {
            Some((failure, stands)) => {
                if stands {
                    self.frames.push(frame.to_vec());
                }
                Err(failure)
            }
            None => {
                self.frames.push(frame.to_vec());
                Ok(())
            }
        }
    }
}

pub fn jcho() -> Profile {
    daicho::profile::accept(profile_text(), Edition::NEWEST).unwrap()
}

/// As the log of any edition holds it: groups written out.
pub fn profile_text() -> &'static str {
    static TEXT: std::sync::LazyLock<String> = std::sync::LazyLock::new(|| {
        daicho::profile::expand(daicho::profile::builtin("jcho").unwrap(), Edition::One).unwrap().text
    });
    &TEXT
}

pub fn key(n: u8) -> SigningKey {
    SigningKey::from_bytes(&[n; 32])
}

pub fn hex(key: &SigningKey) -> String {
    encode_hex(key.verifying_key().as_bytes())
}

pub fn stamp(text: &str) -> Stamp {
    DateTime::parse_from_rfc3339(text).unwrap()
}

pub fn day(text: &str) -> Date {
    text.parse().unwrap()
}

pub const ADMIN: Id = Id::new(Noun::Person, 1);
pub const APPROVER: Id = Id::new(Noun::Person, 2);
pub const GUARD: Id = Id::new(Noun::Person, 3);
pub const STAFF: [Id; 3] = [Id::new(Noun::Person, 4), Id::new(Noun::Person, 5), Id::new(Noun::Person, 6)];

/// A site with an administrator, an approver, a guard and three people who may enter.
pub struct World {
    pub memory: Memory,
    /// The image that frames are replayed on.
    pub base: Memory,
    pub store: Store,
    pub journal: Frames,
    pub keys: BTreeMap<Id, SigningKey>,
    pub actors: BTreeMap<Id, Actor>,
    pub profile: Profile,
    pub now: Stamp,
    salt: u128,
}

impl World {
    /// Nothing but the books.
    pub fn empty() -> World {
        let memory = Memory::default();
        let store = Store::create(memory.clone(), CACHE, "funabashi", 1).unwrap();
        drop(store);
        let base = memory.image();
        let store = open(&memory, &[]);
        World {
            memory,
            base,
            store,
            journal: Frames::default(),
            keys: BTreeMap::new(),
            actors: BTreeMap::new(),
            profile: jcho(),
            now: stamp("2026-11-20T08:30:00+09:00"),
            salt: 0,
        }
    }

    /// Founded under an edition of the rules: one entry.
    pub fn founded_as(edition: Edition) -> World {
        let mut world = World::empty();
        let founding = FoundSite {
            site: "funabashi".to_owned(),
            site_name: "船橋中央病院".to_owned(),
            profile: profile_text().to_owned(),
            user: "kanri".to_owned(),
            name: "管理 太郎".to_owned(),
            kana: "カンリ タロウ".to_owned(),
            roles: vec!["admin".to_owned()],
            key: hex(&key(1)),
            recovery_key: hex(&key(200)),
            edition: edition.founding(),
            ..FoundSite::default()
        };
        world.keys.insert(ADMIN, key(1));
        let user = Some(Id::new(Noun::User, 1));
        world.actors.insert(ADMIN, Actor { person: ADMIN, user, roles: vec!["admin".to_owned()] });
        world.must(ADMIN, founding);
        world
    }

    /// Founded, staffed, open.
    pub fn open() -> World {
        World::open_as(Edition::NEWEST)
    }

    /// The same, founded under an edition of the rules.
    pub fn open_as(edition: Edition) -> World {
        let mut world = World::founded_as(edition);
        for (person, name, kana, user, role) in [
            (APPROVER, "髙橋 承認", "タカハシ ショウニン", "shonin", "approver"),
            (GUARD, "警備 花子", "ケイビ ハナコ", "keibi", "guard"),
        ] {
            world.register(name, kana);
            world.employ(person, user, role);
        }
        for (person, name, kana) in [
            (STAFF[0], "斎藤 一郎", "サイトウ イチロウ"),
            (STAFF[1], "渡邉 二郎", "ワタナベ ジロウ"),
            (STAFF[2], "田中 三郎", "タナカ サブロウ"),
        ] {
            world.register(name, kana);
            world.must(
                APPROVER,
                RegisterEntrant {
                    person: Some(person),
                    zones: vec!["server_room".to_owned()],
                    from: Some(day("2026-11-01")),
                    to: Some(day("2026-12-31")),
                    credential: "職員証".to_owned(),
                    ..RegisterEntrant::default()
                },
            );
        }
        world
    }

    pub fn register(&mut self, name: &str, kana: &str) -> Id {
        let person = RegisterPerson {
            name: name.to_owned(),
            kana: kana.to_owned(),
            organisation: "情報システム課".to_owned(),
            contact: "内線 1234".to_owned(),
            ..RegisterPerson::default()
        };
        self.must(ADMIN, person).id.unwrap()
    }

    /// A provisional ID, then a key of their own.
    pub fn employ(&mut self, person: Id, user: &str, role: &str) {
        let provisional = key(100 + person.n as u8);
        let own = key(person.n as u8);
        let issued = self.must(
            ADMIN,
            IssueUser {
                user: user.to_owned(),
                person: Some(person),
                roles: vec![role.to_owned()],
                key: hex(&provisional),
                ..IssueUser::default()
            },
        );
        let id = self.user(user);
        assert!(issued.id.is_some());
        self.actors.insert(person, Actor { person, user: Some(id), roles: vec![role.to_owned()] });
        let command = EnrolKey { key: hex(&own), ..EnrolKey::default() };
        let signer = Signer::enrolling(&provisional, &own);
        self.group(|writing, context, salts| {
            writing.execute(&context(person), &command.into(), None, &signer, salts()).unwrap().unwrap();
        })
        .unwrap();
        self.keys.insert(person, own);
    }

    pub fn user(&self, user: &str) -> Id {
        self.store.read().unwrap().ids(&daicho::domain::key::number(Noun::User, user)).unwrap()[0]
    }

    pub fn salts(&mut self) -> Salts {
        self.salt += 1;
        Salts { body: (2 * self.salt).to_be_bytes(), text: (2 * self.salt + 1).to_be_bytes() }
    }

    /// Runs some commands in one group and commits.
    pub fn group(
        &mut self,
        run: impl FnOnce(
            &mut daicho::store::Writing<'_>,
            &dyn Fn(Id) -> Context<'static>,
            &mut dyn FnMut() -> Salts,
        ),
    ) -> Result<Vec<Receipt>, CommitError> {
        let profile: &'static Profile = Box::leak(Box::new(self.profile.clone()));
        let actors: &'static BTreeMap<Id, Actor> = Box::leak(Box::new(self.actors.clone()));
        let now = self.now;
        let context = move |person: Id| Context::new(&actors[&person], now, None, profile);
        let mut salt = self.salt;
        let mut salts = || {
            salt += 1;
            Salts { body: (2 * salt).to_be_bytes(), text: (2 * salt + 1).to_be_bytes() }
        };
        let mut writing = self.store.begin().map_err(CommitError::Store)?;
        run(&mut writing, &context, &mut salts);
        let receipts = writing.commit(&mut self.journal);
        self.salt = salt;
        self.now += TimeDelta::seconds(20);
        receipts
    }

    pub fn answer(
        &mut self,
        person: Id,
        command: impl Into<Command>,
        request: Option<&str>,
    ) -> Result<Result<Receipt, No>, CommitError> {
        self.answer_at(person, command, request, None)
    }

    pub fn answer_at(
        &mut self,
        person: Id,
        command: impl Into<Command>,
        request: Option<&str>,
        at: Option<Stamp>,
    ) -> Result<Result<Receipt, No>, CommitError> {
        let key = self.keys[&person].clone();
        let salts = self.salts();
        let context = Context::new(&self.actors[&person], self.now, at, &self.profile);
        let mut writing = self.store.begin().map_err(CommitError::Store)?;
        let answer = writing
            .execute(&context, &command.into(), request, &Signer::new(&key), salts)
            .map_err(CommitError::Store)?;
        writing.commit(&mut self.journal)?;
        self.now += TimeDelta::seconds(20);
        Ok(answer)
    }

    /// A command that must be accepted.
    pub fn must(&mut self, person: Id, command: impl Into<Command>) -> Receipt {
        self.answer(person, command, None).unwrap().unwrap()
    }

    /// A command that must be refused.
    pub fn must_not(&mut self, person: Id, command: impl Into<Command>) -> No {
        self.answer(person, command, None).unwrap().unwrap_err()
    }

    /// Opens what the disk would hold now: the base and every frame.
    pub fn reopened(&self) -> Store {
        open(&self.base.image(), &self.journal.frames)
    }

    /// The image as it stands, with the store closed.
    pub fn closed(self) -> (Memory, Frames) {
        self.store.close().unwrap();
        (self.memory, self.journal)
    }

    /// An entry sealed with own tools, right behind the last one: how anyone with the vault open could do it.
    pub fn forge(&mut self, actor: Id, role: &str, key: &SigningKey, event: &daicho::domain::Event) -> Entry {
        let (facts, words) = codec::encode(event).unwrap();
        let salts = self.salts();
        let fields = HeadFields {
            site: "funabashi".to_owned(),
            epoch: 1,
            seq: self.store.head().seq + 1,
            time: self.now.to_rfc3339(),
            actor: actor.to_string(),
            role: role.to_owned(),
            on_behalf: None,
            kind: event.command.past().to_owned(),
            subject: event.outcome.id.map(|id| id.to_string()),
            request: None,
            prev: self.store.head().root,
        };
        Entry::seal(fields, &facts, &words, salts, key).unwrap()
    }

    /// The site with a forged entry in its journal.
    pub fn with_forged(&self, entry: &Entry) -> Store {
        let mut frames = self.journal.frames.clone();
        let frame = format!("{{\"frame\":{}}}\n{}\n", frames.len() + 1, entry.to_line().unwrap());
        frames.push(frame.into_bytes());
        open(&self.base.image(), &frames)
    }
}

pub fn check_in(person: Id, remarks: &str) -> CheckIn {
    CheckIn {
        person: Some(person),
        zone: "server_room".to_owned(),
        purpose: "patrol".to_owned(),
        identification: "staff_card".to_owned(),
        remarks: remarks.to_owned(),
        ..CheckIn::default()
    }
}

pub fn check_out(person: Id) -> CheckOut {
    CheckOut { person: Some(person), ..CheckOut::default() }
}

pub fn open(memory: &Memory, frames: &[Vec<u8>]) -> Store {
    try_open(memory, frames).unwrap()
}

pub fn try_open(
    memory: &Memory,
    frames: &[Vec<u8>],
) -> Result<Store, daicho::store::OpenError<std::convert::Infallible>> {
    Store::open(memory.clone(), CACHE, frames.iter().cloned().map(Ok), &mut |_, _, _| ())
}

pub fn check_of(store: &Store) -> CheckReport {
    check(&store.read().unwrap(), &Pinned::default(), &mut |_, _, _| ()).unwrap()
}

/// Everything that must hold after any step: the log verifies, every command is decided alike, stored rows and
/// indexes are what the entries make of them, and so do rebuilt ones.
pub fn whole_world_check(store: &Store) {
    let report = check_of(store);
    let findings: Vec<String> = report.findings.iter().map(ToString::to_string).collect();
    assert!(report.holds(), "{findings:#?}");
    assert_eq!(report.entries, store.head().seq);
    assert_eq!(report.tree.root, store.head().root);
}

/// Every table as bytes, by name, key, value.
pub fn dump(memory: &Memory) -> Vec<(String, String, Vec<u8>)> {
    fn table<K: Key + Debug + 'static, V: Value + 'static>(
        txn: &redb::ReadTransaction,
        name: &str,
        out: &mut Vec<(String, String, Vec<u8>)>,
    ) where
        for<'a> K::SelfType<'a>: Debug,
    {
        let table = txn.open_table(TableDefinition::<K, V>::new(name)).unwrap();
        for found in table.iter().unwrap() {
            let (key, value) = found.unwrap();
            let bytes = V::as_bytes(&value.value()).as_ref().to_vec();
            out.push((name.to_owned(), format!("{:?}", key.value()), bytes));
        }
    }
    let database = Database::builder().create_with_backend(memory.image()).unwrap();
    let txn = database.begin_read().unwrap();
    let mut out = Vec::new();
    table::<u64, &str>(&txn, "entries", &mut out);
    table::<u64, &str>(&txn, "sealed", &mut out);
    table::<u64, &[u8; 32]>(&txn, "leaves", &mut out);
    table::<u64, &[u8]>(&txn, "rows", &mut out);
    table::<(u64, u64), &[u8]>(&txn, "snapshots", &mut out);
    table::<(&str, u64), ()>(&txn, "index", &mut out);
    table::<(u64, u64), ()>(&txn, "subjects", &mut out);
    table::<(&str, u64), ()>(&txn, "kinds", &mut out);
    table::<(u64, u64), &str>(&txn, "texts", &mut out);
    table::<&str, u64>(&txn, "requests", &mut out);
    table::<(&str, &str), &[u8]>(&txn, "drafts", &mut out);
    table::<&str, &[u8]>(&txn, "slots", &mut out);
    table::<&str, &[u8]>(&txn, "meta", &mut out);
    assert_eq!(txn.list_tables().unwrap().count(), 13);
    out
}

/// Whether a text stands anywhere in the tables.
pub fn holds_text(memory: &Memory, text: &str) -> Vec<String> {
    let has = |bytes: &[u8]| bytes.windows(text.len()).any(|part| part == text.as_bytes());
    dump(memory)
        .into_iter()
        .filter(|(_, key, value)| key.contains(text) || has(value))
        .map(|(table, key, _)| format!("{table} {key}"))
        .collect()
}

/// Edits the image of a closed store with redb alone.
pub fn edit(memory: &Memory, change: impl FnOnce(&redb::WriteTransaction)) {
    let database = Database::builder().create_with_backend(memory.clone()).unwrap();
    let txn = database.begin_write().unwrap();
    change(&txn);
    txn.commit().unwrap();
}
