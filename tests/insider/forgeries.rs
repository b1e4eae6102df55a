//! The forgeries, each with what becomes of it.

use super::Ends::{self, Found, Gains, OnPaper, Stopped, Told, Undone};
use super::tool::{Insider, id, lent, lived, slot_line};
use crate::desk::site::{PASSWORD, Site};
use age::secrecy::SecretString;
use chrono::TimeDelta;
use daicho::desk::Desk;
use daicho::domain::*;
use daicho::log::{Entry, HeadFields, encode_hex};
use daicho::vault::{SITE_KEY, UserIdentity, VAULT_KEY, WorkFactor, raw_key_file, seal_slot, seal_vault_key};
use redb::{ReadableTable, TableDefinition};
use sha2::{Digest, Sha256};
use std::path::PathBuf;

/// What somebody does to a vault with a tool, and how that ends.
pub struct Forgery {
    pub name: &'static str,
    /// The site to which it is done.
    pub site: fn() -> Site,
    /// In which roles it is tried.
    pub by: &'static [&'static str],
    pub does: fn(&Insider<'_>),
    pub ends: Ends,
}

const EVERYBODY: &[&str] = &["guard", "operator", "approver", "officer", "auditor", "admin"];
const NOT_THE_ADMIN: &[&str] = &["guard", "operator", "approver", "officer", "auditor"];
const NOT_THE_OPERATOR: &[&str] = &["guard", "approver", "officer", "auditor", "admin"];
/// Whoever may neither administer nor adopt rules.
const NOT_GOVERNING: &[&str] = &["guard", "operator", "approver", "auditor"];
const THE_ADMIN: &[&str] = &["admin"];

const fn forgery(
    name: &'static str,
    by: &'static [&'static str],
    ends: Ends,
    does: fn(&Insider<'_>),
) -> Forgery {
    Forgery { name, site: lived, by, does, ends }
}

/// The same on the site where rights are lent.
const fn of_lent(
    name: &'static str,
    by: &'static [&'static str],
    ends: Ends,
    does: fn(&Insider<'_>),
) -> Forgery {
    Forgery { site: lent, ..forgery(name, by, ends, does) }
}

fn digest(bytes: &[u8]) -> String {
    encode_hex(&Sha256::digest(bytes))
}

fn sealing(vault_key: &[u8]) -> Option<Sealing> {
    Some(Sealing { vault_key: digest(vault_key), ..Sealing::default() })
}

fn event(command: impl Into<Command>, outcome: Outcome) -> Event {
    Event { command: command.into(), at: None, outcome }
}

/// About the site.
fn of_site() -> Outcome {
    Outcome { id: Some(Id::SITE), ..Outcome::default() }
}

/// About a user.
fn of_user(insider: &Insider<'_>, user: &str) -> Outcome {
    let row = insider.row_of(user);
    Outcome { id: Some(row.id), user: Some(row.id), person: Some(row.person), ..Outcome::default() }
}

/// About the version that waits for a second person.
fn of_version() -> Outcome {
    Outcome { id: Some(id("R-00002")), ..Outcome::default() }
}

/// Agreement to it, as it was proposed.
fn agreement(insider: &Insider<'_>) -> AgreeProfile {
    let Row::ProfileVersion(version) = insider.row("R-00002") else { panic!() };
    AgreeProfile { version: Some(version.id), digest: version.proposed.unwrap() }
}

/// An ID with the powers of the founding for the insider.
fn issued_by_sheet(insider: &Insider<'_>) -> IssueBySheet {
    let person = Some(insider.row_of(insider.user).person);
    let key = encode_hex(insider.signing.verifying_key().as_bytes());
    IssueBySheet { user: "mallory".into(), person, key, ..IssueBySheet::default() }
}

/// About the next user to come, of the person behind a login ID.
fn of_a_new_user(insider: &Insider<'_>, of: &str) -> Outcome {
    let n = insider.reading(|reading| View::last(reading, Noun::User).unwrap()) + 1;
    let (id, person) = (Some(Id::new(Noun::User, n)), Some(insider.row_of(of).person));
    Outcome { id, user: id, person, ..Outcome::default() }
}

/// A login of the insider's own, under a head that is not the log's.
fn logs_in(insider: &Insider<'_>, with: impl FnOnce(&mut HeadFields)) {
    let login = event(LogIn::default(), of_user(insider, insider.user));
    insider.frame(&[insider.entry(&login, with).to_line().unwrap()]);
}

/// Changes the only or first value of a table of numbers and bytes.
fn flip_first(txn: &redb::WriteTransaction, table: TableDefinition<u64, &'static [u8]>) {
    let mut table = txn.open_table(table).unwrap();
    let (key, mut bytes) = {
        let (key, value) = table.first().unwrap().unwrap();
        (key.value(), value.value().to_vec())
    };
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    table.insert(key, bytes.as_slice()).unwrap();
}

const ROWS: TableDefinition<u64, &[u8]> = TableDefinition::new("rows");
const ENTRIES: TableDefinition<u64, &str> = TableDefinition::new("entries");
const SEALED: TableDefinition<u64, &str> = TableDefinition::new("sealed");
const LEAVES: TableDefinition<u64, &[u8; 32]> = TableDefinition::new("leaves");
const SNAPSHOTS: TableDefinition<(u64, u64), &[u8]> = TableDefinition::new("snapshots");
const INDEX: TableDefinition<(&str, u64), ()> = TableDefinition::new("index");
const SUBJECTS: TableDefinition<(u64, u64), ()> = TableDefinition::new("subjects");
const KINDS: TableDefinition<(&str, u64), ()> = TableDefinition::new("kinds");
const TEXTS: TableDefinition<(u64, u64), &str> = TableDefinition::new("texts");
const REQUESTS: TableDefinition<&str, u64> = TableDefinition::new("requests");
const DRAFTS: TableDefinition<(&str, &str), &[u8]> = TableDefinition::new("drafts");
const META: TableDefinition<&str, &[u8]> = TableDefinition::new("meta");

/// A row put in the place of another, as the books write it: another than stood there, or nothing is forged.
pub fn put_row(insider: &Insider<'_>, row: &Row) {
    let stood = insider.reading(|reading| reading.get(row.id()).unwrap());
    assert_ne!(stood.as_ref(), Some(row), "a row that says what it said");
    // The noun stands in the key: the bytes behind the first, which says the noun.
    let bytes = postcard::to_stdvec(row).unwrap();
    insider.tables(|txn| {
        let mut rows = txn.open_table(ROWS).unwrap();
        rows.insert(row.id().key(), &bytes[1..]).unwrap();
    });
}

/// The forger has the administrator's role, by the rows.
fn promoted(insider: &Insider<'_>) {
    let mut own = insider.row_of(insider.user);
    own.roles = vec!["admin".into()];
    put_row(insider, &Row::from(own));
}

/// The forger holds the first office that somebody holds, by the rows: as the row `place`.
fn in_office(insider: &Insider<'_>, place: Id) {
    let Row::Appointment(mut office) = insider.row("AP-00001") else { panic!() };
    (office.id, office.person) = (place, insider.row_of(insider.user).person);
    put_row(insider, &office.into());
}

/// The forger opens an emergency ID, as an entry with this last day.
fn opens(insider: &Insider<'_>, account: &str, last: &str) {
    let (reason, tried) = ("急ぎ".into(), "電話".into());
    let open = OpenEmergencyAccount { account: Some(id(account)), reason, tried };
    let until = last.parse().ok();
    let person = Some(insider.row_of(insider.user).person);
    let made = Outcome { id: Some(id(account)), person, until, ..Outcome::default() };
    insider.enters(&event(open, made), &[]);
}

/// The forger uses an organisation's ID, by the rows.
fn as_member(insider: &Insider<'_>) {
    let Row::OrganisationId(mut organisation) = insider.row("OI-00001") else { panic!() };
    organisation.members[0].person = insider.row_of(insider.user).person;
    put_row(insider, &organisation.into());
}

/// The administrator's session found nothing wrong, and its mark says so.
fn marked_by_the_admin(insider: &Insider<'_>) -> PathBuf {
    let terminal = insider.site.remembering();
    let mut desk = Desk::log_in(&insider.site.dir(), "admin", PASSWORD, terminal).unwrap().0;
    desk.prove().unwrap();
    desk.close().unwrap();
    let notes = std::fs::read_dir(insider.site.notes()).unwrap().map(|file| file.unwrap().path());
    notes.into_iter().find(|path| path.to_string_lossy().ends_with(".admin.mark")).unwrap()
}

pub const FORGERIES: &[Forgery] = &[
    // Ways in.
    forgery("a recipient of nobody's, in slots, file and vault key", EVERYBODY, Found("ways_beside"), |i| {
        let (sealed, file) = (i.sealed_to_me_too(), i.own_key_file());
        let own = i.own.recipient();
        i.slots(&[
            ("recipient/mallory", Some(own.as_bytes())),
            ("file/mallory.age", Some(&file)),
            ("file/vault.age", Some(&sealed)),
        ]);
        i.files(&[("mallory.age", Some(file)), (VAULT_KEY, Some(sealed))]);
    }),
    forgery("a recipient of nobody's alone", EVERYBODY, Found("ways_beside"), |i| {
        i.slots(&[("recipient/mallory", Some(i.own.recipient().as_bytes()))]);
    }),
    forgery("a colleague's recipient in the place of theirs", EVERYBODY, Found("ways_beside"), |i| {
        i.slots(&[("recipient/guard2", Some(i.own.recipient().as_bytes()))]);
    }),
    forgery("a stanza more in the vault key, in slot and file", EVERYBODY, Stopped, |i| {
        let sealed = i.sealed_to_me_too();
        i.slots(&[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery("a stanza more in the slot of the vault key", EVERYBODY, Found("ways_vault_key"), |i| {
        i.slots(&[("file/vault.age", Some(&i.sealed_to_me_too()))]);
    }),
    forgery("a stanza more in the file of the vault key", EVERYBODY, Found("ways_file"), |i| {
        i.files(&[(VAULT_KEY, Some(i.sealed_to_me_too()))]);
    }),
    forgery("a stanza more in the file of the vault key, until the next login", EVERYBODY, Undone, |i| {
        i.files(&[(VAULT_KEY, Some(i.sealed_to_me_too()))]);
    }),
    forgery("an identity of the insider's own in the vault key", EVERYBODY, Stopped, |i| {
        let both = i.vault.with_new();
        let sealed = seal_vault_key(&both, &i.recipients()).unwrap();
        i.slots(&[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery("the recovery sheet's recipient taken away", EVERYBODY, Found("ways_sheet_missing"), |i| {
        i.slots(&[("recipient/", None)]);
    }),
    forgery("the recovery sheet's recipient replaced", EVERYBODY, Found("ways_beside"), |i| {
        i.slots(&[("recipient/", Some(i.own.recipient().as_bytes()))]);
    }),
    forgery(
        "the administrator's key file replaced in slot and file",
        NOT_THE_ADMIN,
        Found("ways_beside"),
        |i| {
            let file = i.own_key_file();
            i.slots(&[("file/admin.age", Some(&file))]);
            i.files(&[("admin.age", Some(file))]);
        },
    ),
    forgery(
        "the administrator's key file replaced in the slot, until they log in",
        NOT_THE_ADMIN,
        Undone,
        |i| {
            i.slots(&[("file/admin.age", Some(&i.own_key_file()))]);
        },
    ),
    forgery("the administrator's key file replaced in the folder", NOT_THE_ADMIN, Found("ways_file"), |i| {
        i.files(&[("admin.age", Some(i.own_key_file()))]);
    }),
    forgery(
        "the administrator's key file replaced in the folder, until a login",
        NOT_THE_ADMIN,
        Undone,
        |i| {
            i.files(&[("admin.age", Some(i.own_key_file()))]);
        },
    ),
    forgery("a key file of nobody's in the folder", EVERYBODY, Undone, |i| {
        i.files(&[("mallory.age", Some(i.own_key_file()))]);
    }),
    forgery("the site's own key file made up", EVERYBODY, Found("ways_file"), |i| {
        i.files(&[(SITE_KEY, Some(i.own_key_file()))]);
    }),
    forgery("a removed user's slots put back", EVERYBODY, Found("ways_beside"), |i| {
        let hayate = UserIdentity::generate();
        let file = seal_slot(&SecretString::from("Mukashi-2026-x"), &hayate, WorkFactor::DEMO).unwrap();
        i.slots(&[
            ("recipient/hayate", Some(hayate.recipient().as_bytes())),
            ("file/hayate.age", Some(&file)),
        ]);
    }),
    forgery("the administrator's slots taken away", NOT_THE_ADMIN, Found("ways_missing"), |i| {
        i.slots(&[("recipient/admin", None), ("file/admin.age", None)]);
    }),
    forgery("a bridge that no change of keys needs", EVERYBODY, Found("ways_beside"), |i| {
        i.slots(&[("bridge/vault.age", Some(&i.sealed_to_me_too()))]);
    }),
    forgery("a slot of no kind", EVERYBODY, Found("ways_beside"), |i| {
        i.slots(&[("spare/key", Some(b"x"))]);
    }),
    forgery("a second way in, proved by a login", EVERYBODY, Found("check_forbidden"), |i| {
        let file = i.own_key_file();
        let way_in = Some(WayIn { recipient: digest(i.own.recipient().as_bytes()), key_file: digest(&file) });
        i.enters(&event(LogIn { way_in, ..LogIn::default() }, of_user(i, i.user)), &[]);
    }),
    forgery(
        "an end of a re-keying that never began, naming a vault key of one's own",
        EVERYBODY,
        Found("check_forbidden"),
        |i| {
            let sealed = i.sealed_to_me_too();
            let end = EndRekey { sealing: sealing(&sealed) };
            i.enters(&event(end, of_site()), &[("file/vault.age", Some(&sealed))]);
            i.files(&[(VAULT_KEY, Some(sealed))]);
        },
    ),
    forgery("a new vault key by somebody who may not", NOT_THE_ADMIN, Found("check_right"), |i| {
        let sealed = i.sealed_to_me_too();
        let rekey =
            RekeyVault { reason: "更新".into(), sealing: sealing(&sealed), ..RekeyVault::default() };
        i.enters(&event(rekey, of_site()), &[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery("a colleague left out of a new vault key", THE_ADMIN, Found("check_forbidden"), |i| {
        let sealed = i.sealed_to_me_too();
        let (reason, left_out) = ("更新".into(), vec!["operator".into()]);
        let rekey = RekeyVault { reason, left_out, sealing: sealing(&sealed) };
        let outcome = Outcome { also: vec![i.row_of("operator").id], ..of_site() };
        i.enters(&event(rekey, outcome), &[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery("the own account changed to another role", EVERYBODY, Found("check_"), |i| {
        let (user, reason) = (i.user.to_owned(), "x".into());
        let change = ChangeUser { user, roles: vec!["operator".into()], reason, ..ChangeUser::default() };
        i.enters(&event(change, of_user(i, i.user)), &[]);
    }),
    forgery("a colleague barred by a personnel change", NOT_GOVERNING, Found("check_"), |i| {
        let person = i.row_of("officer").person;
        let (kind, day) = (Some(ChangeKind::Retirement), "2026-11-01".parse().ok());
        let plan = PlanChange { person: Some(person), kind, day, ..PlanChange::default() };
        let also = vec![i.row_of("officer").id];
        let made = Outcome {
            id: Some(id("PC-00001")),
            person: Some(person),
            by: Some(person),
            also,
            ..Outcome::default()
        };
        i.enters(&event(plan, made), &[]);
    }),
    forgery("an act for somebody who delegated nothing", EVERYBODY, Found("check_head"), |i| {
        let login = LogIn { terminal: "t".into(), hardening: "full".into(), ..LogIn::default() };
        let whom = i.row_of(if i.user == "guard" { "operator" } else { "guard" }).person.to_string();
        i.enters_with(&event(login, of_user(i, i.user)), |head| head.on_behalf = Some(whom), &[]);
    }),
    forgery("an appointment by somebody who stands not above", NOT_THE_ADMIN, Found("check_"), |i| {
        let person = i.row_of(i.user).person;
        let appoint = Appoint { role: "admin".into(), person: Some(person), ..Appoint::default() };
        let made = Outcome { id: Some(id("AP-00009")), person: Some(person), ..Outcome::default() };
        i.enters(&event(appoint, made), &[]);
    }),
    forgery("somebody barred outside the forger's jurisdiction", &["officer"], Found("check_"), |i| {
        let bar = SuspendUser { user: "operator".into(), reason: "x".into() };
        i.enters(&event(bar, of_user(i, "operator")), &[]);
    }),
    of_lent("an emergency ID opened by somebody who may not", NOT_THE_OPERATOR, Found("check_right"), |i| {
        opens(i, "EA-00002", "2026-11-19");
    }),
    of_lent("an emergency ID opened for longer than the night", &["operator"], Found("check_"), |i| {
        opens(i, "EA-00002", "2026-12-31");
    }),
    of_lent(
        "an emergency ID opened whose last opening nobody reviewed",
        &["operator"],
        Found("check_"),
        |i| {
            opens(i, "EA-00001", "2026-11-19");
        },
    ),
    of_lent("an act by an emergency ID that is closed", EVERYBODY, Found("check_"), |i| {
        let bar = SuspendUser { user: "guard2".into(), reason: "x".into() };
        let act = event(bar, of_user(i, "guard2"));
        let closed = |head: &mut HeadFields| {
            (head.role, head.on_behalf) = ("system_officer".into(), Some("EA-00001".into()));
        };
        i.enters_with(&act, closed, &[]);
    }),
    of_lent("an emergency ID that is sealed opened, by its row", EVERYBODY, Found("check_row"), |i| {
        let Row::EmergencyAccount(opened) = i.row("EA-00001") else { panic!() };
        let Row::EmergencyAccount(mut sealed) = i.row("EA-00002") else { panic!() };
        sealed.openings = opened.openings;
        sealed.openings[0].opened.by = i.row_of(i.user).person;
        sealed.openings[0].closed = None;
        put_row(i, &sealed.into());
    }),
    of_lent("a review of one's own night", &["operator"], Found("check_"), |i| {
        let account = Some(id("EA-00001"));
        let review = ReviewEmergencyAccount { account, finding: "問題なし".into() };
        i.enters(&event(review, Outcome { id: account, ..Outcome::default() }), &[]);
    }),
    of_lent("oneself among an organisation's people", NOT_THE_ADMIN, Found("check_"), |i| {
        let (organisation, person) = (Some(id("OI-00001")), Some(i.row_of(i.user).person));
        let add = AddMember { organisation, person, from: None, to: "2027-03-31".parse().ok() };
        i.enters(&event(add, Outcome { id: organisation, person, ..Outcome::default() }), &[]);
    }),
    of_lent("oneself among an organisation's people, by its row", EVERYBODY, Found("check_row"), as_member),
    of_lent("an act as an organisation of whose people the forger is not", EVERYBODY, Found("check_"), |i| {
        let take_over = event(TakeOverShift::default(), Outcome::default());
        let as_it = |head: &mut HeadFields| {
            (head.role, head.on_behalf) = ("guard".into(), Some("OI-00001".into()));
        };
        i.enters_with(&take_over, as_it, &[]);
    }),
    forgery("an ID issued by somebody who may not", NOT_THE_ADMIN, Found("check_right"), |i| {
        let (sealed, file) = (i.sealed_to_me_too(), i.own_key_file());
        let issue = IssueUser {
            user: "mallory".into(),
            person: Some(i.row_of(i.user).person),
            roles: vec!["admin".into()],
            key: encode_hex(i.signing.verifying_key().as_bytes()),
            way_in: Some(WayIn { recipient: digest(i.own.recipient().as_bytes()), key_file: digest(&file) }),
            sealing: sealing(&sealed),
            ..IssueUser::default()
        };
        i.enters(&event(issue, of_user(i, i.user)), &[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery("an ID issued without saying by which keys", THE_ADMIN, Found("check_forbidden"), |i| {
        let key = ed25519_dalek::SigningKey::from_bytes(&[9; 32]);
        let issue = IssueUser {
            user: "mallory".into(),
            person: Some(i.row_of("guard").person),
            roles: vec!["guard".into()],
            key: encode_hex(key.verifying_key().as_bytes()),
            ..IssueUser::default()
        };
        i.enters(&event(issue, of_a_new_user(i, "guard")), &[]);
    }),
    forgery("ways in bound again", THE_ADMIN, Found("check_forbidden"), |i| {
        let sealed = i.sealed_to_me_too();
        let bind = BindWaysIn { left_out: vec![], sealing: sealing(&sealed) };
        i.enters(&event(bind, of_site()), &[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery(
        "a stanza more by who seals a new vault key",
        THE_ADMIN,
        Gains("a further stanza by a sealer's own tool, until the next honest sealing"),
        |i| {
            let sealed = i.sealed_to_me_too();
            let rekey =
                RekeyVault { reason: "更新".into(), sealing: sealing(&sealed), ..RekeyVault::default() };
            i.enters(&event(rekey, of_site()), &[("file/vault.age", Some(&sealed))]);
            i.files(&[(VAULT_KEY, Some(sealed))]);
        },
    ),
    forgery(
        "the own way in given to somebody else",
        EVERYBODY,
        Gains("a password handed on: whoever holds it is its user"),
        |i| {
            let (sealed, file) = (i.sealed_to_me_too(), i.own_key_file());
            let new = ed25519_dalek::SigningKey::from_bytes(&i.own.derive("daicho entry signature v1"));
            // The administrator's own login is what the test asks for afterwards.
            let enrol = EnrolKey {
                key: encode_hex(new.verifying_key().as_bytes()),
                way_in: Some(WayIn {
                    recipient: digest(i.own.recipient().as_bytes()),
                    key_file: digest(&file),
                }),
                sealing: sealing(&sealed),
            };
            if i.user == "admin" {
                return;
            }
            let (slot, recipient) = (format!("file/{}.age", i.user), format!("recipient/{}", i.user));
            let own = i.own.recipient();
            i.enters(
                &event(enrol, of_user(i, i.user)),
                &[
                    (&slot, Some(&file)),
                    (&recipient, Some(own.as_bytes())),
                    ("file/vault.age", Some(&sealed)),
                ],
            );
            i.files(&[(&format!("{}.age", i.user), Some(file)), (VAULT_KEY, Some(sealed))]);
        },
    ),
    // The log.
    forgery("an entry in another's name", NOT_THE_ADMIN, Found("check_key"), |i| {
        let other = i.row_of("admin");
        let confirm = event(ConfirmClock { remarks: "時報".into() }, of_site());
        let entry = i.entry(&confirm, |head| {
            head.actor = other.person.to_string();
            head.role = "admin".into();
        });
        i.frame(&[entry.to_line().unwrap()]);
    }),
    forgery("an entry in a role that one does not hold", NOT_THE_ADMIN, Found("entry"), |i| {
        let suspend = SuspendUser { user: "admin".into(), reason: "停止".into() };
        let entry = i.entry(&event(suspend, of_user(i, "admin")), |head| head.role = "admin".into());
        i.frame(&[entry.to_line().unwrap()]);
    }),
    forgery("a profile adopted by somebody who may not", NOT_GOVERNING, Found("check_right"), |i| {
        let profile = daicho::profile::builtin("ishikawa").unwrap().to_owned();
        let from = "2026-11-20".parse().ok();
        let outcome = Outcome { id: Some(id("R-00003")), ..Outcome::default() };
        i.enters(&event(AdoptProfile { profile, from }, outcome), &[]);
    }),
    forgery("a version agreed to by whoever proposed it", THE_ADMIN, Found("own_proposal"), |i| {
        i.enters(&event(agreement(i), of_version()), &[]);
    }),
    forgery("a version agreed to by somebody who may not", NOT_GOVERNING, Found("check_right"), |i| {
        i.enters(&event(agreement(i), of_version()), &[]);
    }),
    forgery("a version agreed to that says otherwise", &["officer"], Found("field_invalid"), |i| {
        let digest = digest(b"another text");
        i.enters(&event(AgreeProfile { digest, ..agreement(i) }, of_version()), &[]);
    }),
    forgery("the sheet's agreement in one's own name", EVERYBODY, Found("no_authority"), |i| {
        let AgreeProfile { version, digest } = agreement(i);
        i.enters(&event(AgreeBySheet { version, digest }, of_version()), &[]);
    }),
    forgery("the sheet's agreement without it", EVERYBODY, Found("check_key"), |i| {
        let AgreeProfile { version, digest } = agreement(i);
        let entry = i.entry(&event(AgreeBySheet { version, digest }, of_version()), |head| {
            head.actor = "-".into();
            head.role = "-".into();
        });
        i.frame(&[entry.to_line().unwrap()]);
    }),
    forgery("a profile adopted alone, as before", THE_ADMIN, Found("propose_instead"), |i| {
        let profile = daicho::profile::builtin("ishikawa").unwrap().replacen("version = 2", "version = 9", 1);
        let outcome = Outcome { id: Some(id("R-00003")), ..Outcome::default() };
        i.enters(&event(AdoptProfile { profile, from: "2026-11-20".parse().ok() }, outcome), &[]);
    }),
    forgery("a row of a version that says it was agreed to", EVERYBODY, Found("check_row"), |i| {
        let Row::ProfileVersion(mut version) = i.row("R-00002") else { panic!() };
        version.agreed = Some(Hand { by: id("P-00002"), on: version.adopted, sheet: false });
        put_row(i, &version.into());
    }),
    forgery(
        "a record erased by somebody who may not",
        &["guard", "operator", "auditor"],
        Found("check_right"),
        |i| {
            let record = Some(id("P-00002"));
            let erase = Erase { record, entry: None, reason: "消去".into() };
            i.enters(&event(erase, Outcome { id: record, ..Outcome::default() }), &[]);
        },
    ),
    forgery("an entry with another outcome than the rules give", THE_ADMIN, Found("check_differs"), |i| {
        let register = RegisterPerson {
            name: "架空 人".into(),
            kana: "カクウ ジン".into(),
            organisation: "情報課".into(),
            ..RegisterPerson::default()
        };
        let n = i.reading(|reading| View::last(reading, Noun::Person).unwrap()) + 1;
        let outcome = Outcome { id: Some(Id::new(Noun::Person, n)), outsider: true, ..Outcome::default() };
        i.enters(&event(register, outcome), &[]);
    }),
    forgery("the site founded a second time", EVERYBODY, Found("check_founding"), |i| {
        let found = FoundSite { site: "test-site".into(), user: "mallory".into(), ..FoundSite::default() };
        i.enters(&event(found, of_site()), &[]);
    }),
    forgery("the recovery sheet used without it", EVERYBODY, Found("check_key"), |i| {
        let key = encode_hex(i.signing.verifying_key().as_bytes());
        let sheet = UseSheet { user: "admin".into(), key, ..UseSheet::default() };
        let entry = i.entry(&event(sheet, of_user(i, "admin")), |head| {
            head.actor = "-".into();
            head.role = "-".into();
        });
        i.frame(&[entry.to_line().unwrap()]);
    }),
    forgery(
        "an administrator issued by the sheet, in one's own name",
        EVERYBODY,
        Found("no_authority"),
        |i| {
            i.enters(&event(issued_by_sheet(i), of_a_new_user(i, i.user)), &[]);
        },
    ),
    forgery("an administrator issued by the sheet without it", EVERYBODY, Found("check_key"), |i| {
        let entry = i.entry(&event(issued_by_sheet(i), of_a_new_user(i, i.user)), |head| {
            head.actor = "-".into();
            head.role = "-".into();
        });
        i.frame(&[entry.to_line().unwrap()]);
    }),
    forgery(
        "an edition that nobody knows, by somebody who may not",
        NOT_GOVERNING,
        Found("check_right"),
        |i| {
            i.enters(&event(AdoptEdition { edition: 99 }, of_site()), &[]);
        },
    ),
    forgery("an entry that skips a number", EVERYBODY, Stopped, |i| {
        logs_in(i, |head| head.seq += 1);
    }),
    forgery("an entry with another past", EVERYBODY, Stopped, |i| {
        logs_in(i, |head| head.prev = [7; 32]);
    }),
    forgery("an entry of another site", EVERYBODY, Stopped, |i| {
        logs_in(i, |head| head.site = "other".into());
    }),
    forgery("an entry of a later epoch", EVERYBODY, Stopped, |i| {
        logs_in(i, |head| head.epoch = 2);
    }),
    forgery("an entry that nobody signed", EVERYBODY, Found("signature"), |i| {
        let login = event(LogIn::default(), of_user(i, i.user));
        let entry = i.entry(&login, |_| ());
        let line = entry.to_line().unwrap();
        let signed = line.split("\"s\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
        let other = if signed.starts_with('A') { "B" } else { "A" }.to_owned() + &signed[1..];
        let line = line.replacen(&signed, &other, 1);
        assert!(Entry::parse(&line).is_ok());
        i.frame(&[line]);
    }),
    forgery("a time before all others", THE_ADMIN, Found("check_time"), |i| {
        let login = event(LogIn::default(), of_user(i, i.user));
        let back = daicho::desk::Clock::now(&*i.site.clock) - TimeDelta::days(3);
        i.frame(&[i.entry(&login, |head| head.time = back.to_rfc3339()).to_line().unwrap()]);
    }),
    // What is derived.
    forgery("a visit's row that says otherwise", EVERYBODY, Found("check_row"), |i| {
        let Row::Visit(mut visit) = i.row("V-00001") else { panic!() };
        visit.came -= TimeDelta::hours(3);
        put_row(i, &visit.into());
    }),
    forgery("the own row with more roles", EVERYBODY, Found("check_row"), |i| {
        let mut own = i.row_of(i.user);
        own.roles = vec!["admin".into(), "approver".into()];
        put_row(i, &own.into());
    }),
    forgery("the first office held by the forger", NOT_THE_ADMIN, Found("check_row"), |i| {
        in_office(i, id("AP-00001"));
    }),
    forgery("an office by an appointment that no entry made", EVERYBODY, Found("check_row_extra"), |i| {
        in_office(i, Id::new(Noun::Appointment, 99));
    }),
    forgery("a row that no entry made", EVERYBODY, Found("check_row_extra"), |i| {
        let mut own = i.row_of(i.user);
        own.id = Id::new(Noun::User, 99);
        put_row(i, &own.into());
    }),
    forgery("the site's row with a vault key of one's own", EVERYBODY, Found("check_row"), |i| {
        let Row::Site(mut site) = i.row("Z-00001") else { panic!() };
        let sealed = i.sealed_to_me_too();
        site.sealed = Some(Sealed { vault_key: digest(&sealed), ..Sealed::default() });
        put_row(i, &site.into());
        i.slots(&[("file/vault.age", Some(&sealed))]);
        i.files(&[(VAULT_KEY, Some(sealed))]);
    }),
    forgery("a row taken away", EVERYBODY, Found("check_row"), |i| {
        i.tables(|txn| drop(txn.open_table(ROWS).unwrap().remove(id("V-00001").key()).unwrap()));
    }),
    forgery("an index key taken away", EVERYBODY, Found("check_index"), |i| {
        i.tables(|txn| drop(txn.open_table(INDEX).unwrap().pop_first().unwrap()));
    }),
    forgery("a subject taken away", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| drop(txn.open_table(SUBJECTS).unwrap().pop_last().unwrap()));
    }),
    forgery("a snapshot made up", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| {
            txn.open_table(SNAPSHOTS).unwrap().insert((id("V-00001").key(), 3), &b"x"[..]).unwrap();
        });
    }),
    forgery("a kind made up", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| drop(txn.open_table(KINDS).unwrap().insert(("checked_in", 1), ()).unwrap()));
    }),
    forgery("a text to be found by made up", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| {
            txn.open_table(TEXTS).unwrap().insert((id("P-00001").key(), 2), "mallory").unwrap();
        });
    }),
    forgery("a request answered before it was made", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| drop(txn.open_table(REQUESTS).unwrap().insert("r-77", 3).unwrap()));
    }),
    forgery("a leaf exchanged", EVERYBODY, Found("check_leaf"), |i| {
        i.tables(|txn| drop(txn.open_table(LEAVES).unwrap().insert(3, &[7; 32]).unwrap()));
    }),
    forgery("a sealed text taken away that nobody erased", EVERYBODY, Found("check_text_missing"), |i| {
        i.tables(|txn| drop(txn.open_table(SEALED).unwrap().pop_first().unwrap()));
    }),
    forgery("a sealed text exchanged", EVERYBODY, Found("entry"), |i| {
        i.tables(|txn| {
            let mut sealed = txn.open_table(SEALED).unwrap();
            let (seq, text) = {
                let (seq, text) = sealed.last().unwrap().unwrap();
                (seq.value(), text.value().replace("最後", "最初"))
            };
            sealed.insert(seq, text.as_str()).unwrap();
        });
    }),
    forgery("an entry's body exchanged", EVERYBODY, Found("entry"), |i| {
        i.tables(|txn| {
            let mut entries = txn.open_table(ENTRIES).unwrap();
            let value = entries.get(5).unwrap().unwrap().value().to_owned();
            entries.insert(4, value.as_str()).unwrap();
        });
    }),
    forgery("the last entry taken away", EVERYBODY, Found("check_end"), |i| {
        i.tables(|txn| drop(txn.open_table(ENTRIES).unwrap().pop_last().unwrap()));
    }),
    forgery("the longest stay made up", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| drop(txn.open_table(META).unwrap().insert("longest_stay", &b"400"[..]).unwrap()));
    }),
    forgery("a release to come made up", EVERYBODY, Found("check_table"), |i| {
        i.tables(|txn| drop(txn.open_table(META).unwrap().insert("newer", &b"4"[..]).unwrap()));
    }),
    forgery("the first row exchanged for noise", EVERYBODY, Found("check_row"), |i| {
        i.tables(|txn| flip_first(txn, ROWS));
    }),
    forgery(
        "a draft written for somebody else",
        EVERYBODY,
        Gains("a draft is shown to whoever sends it before it is sent"),
        |i| {
            let draft = serde_json::to_vec(&[("remarks", "mallory")]).unwrap();
            i.tables(|txn| {
                txn.open_table(DRAFTS).unwrap().insert(("operator", "check_in"), draft.as_slice()).unwrap();
            });
        },
    ),
    forgery(
        "the views said to be old",
        EVERYBODY,
        Gains("everything derived is made anew from the entries"),
        |i| i.tables(|txn| drop(txn.open_table(META).unwrap().insert("views", &b"1"[..]).unwrap())),
    ),
    forgery(
        "failed logins of somebody else made up",
        EVERYBODY,
        Gains("no more than wrong passwords typed at the login"),
        |i| i.slots(&[("failures/operator", Some(b"999"))]),
    ),
    forgery(
        "attempts of somebody else made up",
        EVERYBODY,
        Gains("no more than wrong passwords typed at the login"),
        |i| {
            let line = "{\"at\":\"2026-11-20T09:00:00+09:00\",\"user\":\"operator\"}\n";
            std::fs::write(i.site.dir().join("attempts"), line.repeat(20)).unwrap();
        },
    ),
    // The mark of what was verified, among the terminal's notes.
    forgery("forged rows, marked as verified by the forger", NOT_THE_ADMIN, Told("check_row"), |i| {
        promoted(i);
        i.notes_mark(&i.verified(i.user), &i.signing);
    }),
    forgery("forged rows, marked in the administrator's name", NOT_THE_ADMIN, Told("check_row"), |i| {
        promoted(i);
        i.notes_mark(&i.verified("admin"), &i.signing);
    }),
    forgery(
        "forged rows under the administrator's own signature of before",
        NOT_THE_ADMIN,
        Told("check_row"),
        |i| {
            let mark = marked_by_the_admin(i);
            promoted(i);
            let text = std::fs::read_to_string(&mark).unwrap();
            let signature = text.trim_end().rsplit(' ').next().unwrap();
            std::fs::write(mark, format!("{} {signature}\n", i.verified("admin").text())).unwrap();
        },
    ),
    forgery("forged rows beside the administrator's mark of before", NOT_THE_ADMIN, Told("check_row"), |i| {
        marked_by_the_admin(i);
        promoted(i);
    }),
    forgery(
        "the administrator's mark taken away",
        NOT_THE_ADMIN,
        Gains("a comparison from the first entry on, as without a mark"),
        |i| std::fs::remove_file(marked_by_the_admin(i)).unwrap(),
    ),
    // The folder.
    forgery("an older copy put back", EVERYBODY, OnPaper, |i| i.puts_older_back()),
    forgery("an older copy put back, and gone on with", EVERYBODY, OnPaper, |i| {
        i.puts_older_back();
        for _ in 0..3 {
            i.enters(&event(LogIn::default(), of_user(i, i.user)), &[]);
        }
    }),
    forgery("a document taken away", EVERYBODY, Found("blob"), |i| {
        let blob = std::fs::read_dir(i.site.dir().join("blobs")).unwrap().next().unwrap().unwrap().path();
        std::fs::remove_file(blob).unwrap();
    }),
    forgery("a document exchanged", EVERYBODY, Found("blobs"), |i| {
        let blob = std::fs::read_dir(i.site.dir().join("blobs")).unwrap().next().unwrap().unwrap().path();
        let key = raw_key_file(&*i.disk(), VAULT_KEY).unwrap().unwrap();
        std::fs::write(blob, key).unwrap();
    }),
    forgery("a frame of the journal twice", EVERYBODY, Stopped, |i| {
        let line = slot_line("failures/guard", Some(b"1"));
        i.frame(&[line]);
        let journal = i.file("journal.");
        let mut bytes = std::fs::read(&journal).unwrap();
        let starts: Vec<usize> =
            (0..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"daichoF1")).collect();
        let last = *starts.last().unwrap();
        let frame = bytes[last..last + 1024].to_vec();
        let behind = last + 1024;
        bytes.resize(bytes.len().max(behind + 1024), 0);
        bytes[behind..behind + 1024].copy_from_slice(&frame);
        std::fs::write(&journal, bytes).unwrap();
    }),
];
