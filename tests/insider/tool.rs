//! The tool: a password and the library, and nothing of the desk that would refuse anything.

use crate::desk::people::{Cast, order};
use crate::desk::site::{PASSWORD, Site, copy_folder};
use age::secrecy::SecretString;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use daicho::domain::{Event, Id, Row, User, roles_with_offices};
use daicho::log::{Entry, HeadFields, Salts, encode_hex, sign_mark};
use daicho::store::{MemoryImage, Store, codec};
use daicho::vault::{
    DEFAULT_CACHE, Disk, Holder, Mode, Opened, RealDisk, UserIdentity, VAULT_KEY, Vault, VaultIdentity,
    VerifiedMark, WorkFactor, open_user, open_vault_key, raw_key_file, raw_key_names, rewrite_keys,
    seal_slot, seal_vault_key, write_verified_mark,
};
use ed25519_dalek::SigningKey;
use serde_json::json;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, LazyLock};

/// A site on which something of everything happened, with somebody removed: `hayate`, whose copy of the key files of
/// before is still there. Made once and copied.
pub fn lived() -> Site {
    static LIVED: LazyLock<Site> = LazyLock::new(|| {
        let site = Site::found();
        let mut cast = Cast::gather(&site);
        cast.employ("hayate", "guard", "交代 要員", "コウタイ ヨウイン");
        let (company, worker, _) = cast.contractor();
        let permit = cast.granted("planned", company, &[worker]);
        let paper = site.dir().with_extension("txt");
        std::fs::write(&paper, "作業計画書").unwrap();
        cast.must(
            "operator",
            json!({"command": "attach", "record": permit, "title": "計画書", "file": paper}),
        );
        let person = cast.person("guard");
        cast.must(
            "guard",
            json!({"command": "check_in", "person": person, "zone": "server_room", "purpose": "patrol",
                   "identification": "known"}),
        );
        cast.must("admin", json!({"command": "remove_user", "user": "hayate", "reason": "退職"}));
        let rules = daicho::profile::builtin("ishikawa").unwrap().replacen("version = 2", "version = 3", 1);
        let waits = cast.proposal(&rules, "2026-11-25");
        cast.must("admin", waits);
        cast.close();
        let mut desk = site.log_in("admin");
        let line = json!({"command": "register_person", "name": "最後 の人", "kana": "サイゴ ノヒト", "organisation": "情報課"});
        desk.execute(order(line)).unwrap();
        desk.close().unwrap();
        site
    });
    LIVED.copy()
}

/// A site on which rights are lent: an emergency ID that the operator opened and closed and nobody reviewed, one that is sealed,
/// and an organisation's ID that one person uses. Made once and copied.
pub fn lent() -> Site {
    static LENT: LazyLock<Site> = LazyLock::new(|| {
        let site = Site::found_under("jcho");
        let mut cast = Cast::gather(&site);
        let text = daicho::profile::builtin("jcho").unwrap().replacen("version = 2", "version = 3", 1);
        let desk_role = "may = [\"group:desk_work\", \"group:upkeep\", \"confirm_clock\"";
        let opens = text.replacen(desk_role, &format!("{desk_role}, \"open_emergency_account\""), 1);
        assert_ne!(opens, text);
        cast.brings(&opens, "2026-11-20");
        let seal = |user: &str| json!({"command": "make_emergency_account", "user": user, "roles": ["system_officer"], "reason": "夜間の不在"});
        let opened = cast.must("approver", seal("kinkyu")).id.unwrap();
        cast.must("approver", seal("yobi"));
        cast.must("operator", json!({"command": "open_emergency_account", "account": opened, "reason": "IDの盗難", "tried": "電話"}));
        cast.must(
            "operator",
            json!({"command": "close_emergency_account", "account": opened, "done": "確認した"}),
        );
        let made = cast.must(
            "admin",
            json!({"command": "make_organisation_id", "user": "madoguchi", "division": "受付業務", "roles": ["guard"], "reason": "交代勤務"}),
        );
        let person = cast.register("窓口 一", "マドグチ イチ");
        cast.must(
            "admin",
            json!({"command": "add_member", "organisation": made.id, "person": person, "to": "2027-03-31"}),
        );
        cast.close();
        site
    });
    LENT.copy()
}

/// Somebody who holds a password, with a tool.
pub struct Insider<'s> {
    pub site: &'s Site,
    /// A copy of the vault of some entries ago.
    pub older: &'s Site,
    pub user: &'static str,
    pub vault: VaultIdentity,
    pub signing: SigningKey,
    /// What they would like to get in by, when nobody lets them in any more.
    pub own: UserIdentity,
}

/// What stands in a frame beside entries.
pub fn slot_line(name: &str, bytes: Option<&[u8]>) -> String {
    let mut slot = json!({"name": name});
    if let Some(bytes) = bytes {
        slot["bytes"] = json!(STANDARD.encode(bytes));
    }
    json!({ "slot": slot }).to_string()
}

impl<'s> Insider<'s> {
    pub fn of(site: &'s Site, older: &'s Site, user: &'static str) -> Insider<'s> {
        let disk = RealDisk::new(site.dir());
        let secret = SecretString::from(PASSWORD);
        let identity = open_user(&disk, user, &secret, WorkFactor::MAX, WorkFactor::DEMO).unwrap();
        let sealed = raw_key_file(&disk, VAULT_KEY).unwrap().unwrap();
        let vault = open_vault_key(&sealed, &identity).unwrap();
        let signing = SigningKey::from_bytes(&identity.derive("daicho entry signature v1"));
        Insider { site, older, user, vault, signing, own: UserIdentity::generate() }
    }

    pub fn disk(&self) -> Arc<dyn Disk> {
        Arc::new(RealDisk::new(self.site.dir()))
    }

    fn opened(&self, mode: Mode) -> (Vault, Store) {
        let Opened { vault, backend, frames, .. } =
            Vault::open(&self.disk(), self.vault.clone(), mode, DEFAULT_CACHE).unwrap();
        let store = Store::open(backend, 8 << 20, frames, &mut |_, _, _| {}).unwrap();
        (vault, store)
    }

    pub fn reading<A>(&self, read: impl FnOnce(&daicho::store::Reading) -> A) -> A {
        let (_vault, store) = self.opened(Mode::Read);
        let reading = store.read().unwrap();
        read(&reading)
    }

    pub fn row(&self, id: &str) -> Row {
        self.reading(|reading| reading.get(id.parse().unwrap()).unwrap().unwrap())
    }

    /// The names of all tables, and of what stands in `meta`.
    pub fn names(&self) -> (Vec<String>, Vec<String>) {
        let memory = MemoryImage::new();
        self.reading(|reading| reading.copy_into(memory.clone(), 8 << 20, &mut |_, _, _| {}).unwrap());
        let database = redb::Database::builder().create_with_backend(memory).unwrap();
        let txn = redb::ReadableDatabase::begin_read(&database).unwrap();
        let tables = txn.list_tables().unwrap().map(|table| redb::TableHandle::name(&table).to_owned());
        let meta = txn.open_table(redb::TableDefinition::<&str, &[u8]>::new("meta")).unwrap();
        let keys = redb::ReadableTable::iter(&meta).unwrap().map(|found| found.unwrap().0.value().to_owned());
        (tables.collect(), keys.collect())
    }

    /// The row of a login ID.
    pub fn row_of(&self, user: &str) -> User {
        let rows = self.reading(|reading| {
            let ids = reading.ids(&daicho::domain::key::number(daicho::domain::Noun::User, user)).unwrap();
            ids.into_iter().filter_map(|id| reading.get(id).unwrap()).collect::<Vec<_>>()
        });
        rows.into_iter().find_map(|row| User::try_from(row).ok()).unwrap()
    }

    /// Lines as the next frame of the journal, whatever they say.
    pub fn frame(&self, lines: &[String]) {
        let (vault, store) = self.opened(Mode::Write(Holder::this("", "")));
        let mut frame = format!("{{\"frame\":{}}}\n", store.frame() + 1);
        for line in lines {
            frame.push_str(line);
            frame.push('\n');
        }
        vault.append(frame.as_bytes()).unwrap();
    }

    pub fn slots(&self, changes: &[(&str, Option<&[u8]>)]) {
        self.frame(&changes.iter().map(|(name, bytes)| slot_line(name, *bytes)).collect::<Vec<_>>());
    }

    /// The files of `keys/` with these changed, and their sums put right.
    pub fn files(&self, changes: &[(&str, Option<Vec<u8>>)]) {
        let disk = RealDisk::new(self.site.dir());
        let mut files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
        for name in raw_key_names(&disk).unwrap() {
            let bytes = raw_key_file(&disk, &name).unwrap().unwrap();
            files.insert(name, bytes);
        }
        for (name, bytes) in changes {
            match bytes {
                Some(bytes) => files.insert((*name).to_owned(), bytes.clone()),
                None => files.remove(*name),
            };
        }
        rewrite_keys(&disk, &files).unwrap();
    }

    /// Everyone to whom the slots say that the vault's key is sealed.
    pub fn recipients(&self) -> Vec<String> {
        self.reading(|reading| {
            let slots = reading.slots().unwrap().into_iter();
            slots
                .filter(|(name, _)| name.starts_with("recipient/"))
                .map(|(_, bytes)| String::from_utf8(bytes).unwrap())
                .collect()
        })
    }

    /// The vault's key sealed to everyone and to the insider's own identity.
    pub fn sealed_to_me_too(&self) -> Vec<u8> {
        let mut all = self.recipients();
        all.push(self.own.recipient());
        seal_vault_key(&self.vault, &all).unwrap()
    }

    /// The identity that somebody's password opens.
    pub fn identity_of(&self, user: &str, password: &str) -> UserIdentity {
        let secret = SecretString::from(password);
        open_user(&RealDisk::new(self.site.dir()), user, &secret, WorkFactor::MAX, WorkFactor::DEMO).unwrap()
    }

    /// The digest of the base as a mark names it, and the last entry that it holds.
    pub fn base(&self) -> ([u8; 32], u64) {
        let (vault, _) = self.opened(Mode::Read);
        let apart = vault.apart(8 << 20).unwrap();
        let digest = apart.pin(&AtomicBool::new(false)).unwrap().unwrap();
        let none = std::iter::empty::<Result<Vec<u8>, String>>();
        let store = Store::open(apart.before, 8 << 20, none, &mut |_, _, _| {}).unwrap();
        (digest, store.head().seq)
    }

    /// What a mark says that finds nothing wrong with the vault as it stands.
    pub fn verified(&self, user: &str) -> VerifiedMark {
        let (_vault, store) = self.opened(Mode::Read);
        let end = store.head();
        VerifiedMark {
            founding: store.root_at(1).unwrap().unwrap(),
            user: user.to_owned(),
            program: format!("{}/{}", env!("CARGO_PKG_VERSION"), daicho::store::views_version()),
            entry: end.seq,
            root: encode_hex(&end.root),
            base: encode_hex(&self.base().0),
        }
    }

    /// Puts a mark among the terminal's notes.
    pub fn notes_mark(&self, mark: &VerifiedMark, key: &SigningKey) {
        let notes = RealDisk::new(self.site.notes());
        write_verified_mark(&notes, mark, &sign_mark(key, &mark.text())).unwrap();
    }

    /// A key file of the insider's own identity.
    pub fn own_key_file(&self) -> Vec<u8> {
        seal_slot(&SecretString::from("Mallory-2027-x"), &self.own, WorkFactor::DEMO).unwrap()
    }

    /// Whether the vault opens by the insider's own identity, which nobody gave a way in.
    pub fn is_in(&self) -> bool {
        let sealed = raw_key_file(&RealDisk::new(self.site.dir()), VAULT_KEY).unwrap().unwrap();
        open_vault_key(&sealed, &self.own).is_ok()
    }

    /// An entry as the log would write it, of whoever and with whatever, behind the last one.
    pub fn entry(&self, event: &Event, with: impl FnOnce(&mut HeadFields)) -> Entry {
        let (facts, words) = codec::encode(event).unwrap();
        let me = self.row_of(self.user);
        let (end, role) = {
            let (_vault, store) = self.opened(Mode::Read);
            let roles = roles_with_offices(&*store.read().unwrap(), &me, None).unwrap();
            (store.head(), roles[0].clone())
        };
        let mut fields = HeadFields {
            site: "test-site".to_owned(),
            epoch: 1,
            seq: end.seq + 1,
            time: daicho::desk::Clock::now(&*self.site.clock).to_rfc3339(),
            actor: me.person.to_string(),
            role,
            on_behalf: None,
            kind: event.command.past().to_owned(),
            subject: event.outcome.id.map(|id| id.to_string()),
            request: None,
            prev: end.root,
        };
        with(&mut fields);
        let salts = Salts { body: [1; 16], text: [2; 16] };
        if fields.kind == daicho::log::KEY_ENROLLED {
            let new = SigningKey::from_bytes(&self.own.derive("daicho entry signature v1"));
            return Entry::seal_enrolment(fields, &facts, &words, salts, &self.signing, &new).unwrap();
        }
        Entry::seal(fields, &facts, &words, salts, &self.signing).unwrap()
    }

    /// Appends such an entry, with slots beside it.
    pub fn enters(&self, event: &Event, slots: &[(&str, Option<&[u8]>)]) {
        self.enters_with(event, |_| (), slots);
    }

    /// The same, with a head that says something else.
    pub fn enters_with(
        &self,
        event: &Event,
        with: impl FnOnce(&mut HeadFields),
        slots: &[(&str, Option<&[u8]>)],
    ) {
        let mut lines = vec![self.entry(event, with).to_line().unwrap()];
        lines.extend(slots.iter().map(|(name, bytes)| slot_line(name, *bytes)));
        self.frame(&lines);
    }

    /// The whole vault made anew from an image in which tables were changed, in the place of the one before.
    pub fn tables(&self, change: impl FnOnce(&redb::WriteTransaction)) {
        let memory = MemoryImage::new();
        self.reading(|reading| reading.copy_into(memory.clone(), 8 << 20, &mut |_, _, _| {}).unwrap());
        let database = redb::Database::builder().create_with_backend(memory.clone()).unwrap();
        let mut txn = database.begin_write().unwrap();
        txn.set_quick_repair(true);
        change(&txn);
        txn.commit().unwrap();
        drop(database);
        let folder: PathBuf = self.site.dir();
        let made = folder.with_extension("made");
        let disk = RealDisk::new(&folder);
        let files: BTreeMap<String, Vec<u8>> = raw_key_names(&disk)
            .unwrap()
            .into_iter()
            .map(|name| (name.clone(), raw_key_file(&disk, &name).unwrap().unwrap()))
            .collect();
        let target: Arc<dyn Disk> = Arc::new(RealDisk::new(&made));
        Vault::create(&target, &self.vault, &files, &memory.bytes()).unwrap();
        if folder.join("blobs").exists() {
            std::fs::rename(folder.join("blobs"), made.join("blobs")).unwrap();
        }
        std::fs::copy(folder.join("FORMAT"), made.join("FORMAT")).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::rename(&made, &folder).unwrap();
    }

    /// What was copied some entries ago is the vault again.
    pub fn puts_older_back(&self) {
        std::fs::remove_dir_all(self.site.dir()).unwrap();
        copy_folder(&self.older.dir(), &self.site.dir());
    }

    /// A file of the folder whose name begins so: the last one.
    pub fn file(&self, begins: &str) -> PathBuf {
        let names = std::fs::read_dir(self.site.dir()).unwrap().map(|entry| entry.unwrap().path());
        let named = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(begins);
        names.filter(named).max().unwrap()
    }
}

/// The number of a record.
pub fn id(text: &str) -> Id {
    text.parse().unwrap()
}
