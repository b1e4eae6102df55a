//! Passwords and keys: who can open, who can sign, and what is left of what was replaced.

use super::people::{Cast, name_of, order};
use super::site::{PASSWORD, Site, everything_holds};
use age::secrecy::SecretString;
use daicho::desk::{Checker, Desk, Failure, Lang, NotOpened, check, say_failure};
use daicho::domain::{
    CheckIn, Command, DecideVisit, Event, Id, IssueUser, LogIn, Noun, Outcome, PermitState, RegisterEntrant,
    Row,
};
use daicho::log::{Entry, HeadFields, Salts};
use daicho::store::{Store, codec};
use daicho::vault::{
    DEFAULT_CACHE, Disk, Holder, Mode, RealDisk, UserIdentity, VAULT_KEY, Vault, VaultIdentity, WorkFactor,
    open_user, open_vault_key, read_key_file,
};
use ed25519_dalek::SigningKey;
use redb::StorageBackend;
use serde_json::json;
use std::path::Path;
use std::sync::Arc;

const NEW: &str = "Kikyou-2027-tue";

fn identity(site: &Site, user: &str, password: &str) -> UserIdentity {
    let secret = SecretString::from(password);
    let disk = RealDisk::new(site.dir());
    open_user(&disk, user, &secret, WorkFactor::MAX, WorkFactor::DEMO).unwrap()
}

fn vault_of(site: &Site, identity: &UserIdentity) -> VaultIdentity {
    let sealed = read_key_file(&RealDisk::new(site.dir()), VAULT_KEY).unwrap().unwrap();
    open_vault_key(&sealed, identity).unwrap()
}

/// Appends an entry with own tools: the vault open with somebody's keys, the entry signed by their own.
fn forge(site: &Site, user: &str, password: &str, actor: Id, role: &str, event: &Event) -> u64 {
    let identity = identity(site, user, password);
    let key = SigningKey::from_bytes(&identity.derive("daicho entry signature v1"));
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(site.dir()));
    let mode = Mode::Write(Holder::this("intruder", "now"));
    let opened = Vault::open(&disk, vault_of(site, &identity), mode, DEFAULT_CACHE).unwrap();
    let store = Store::open(opened.backend, 4 << 20, opened.frames, &mut |_, _, _| ()).unwrap();
    let (facts, words) = codec::encode(event).unwrap();
    let end = store.head();
    let fields = HeadFields {
        site: "test-site".to_owned(),
        epoch: 1,
        seq: end.seq + 1,
        time: end.time.unwrap().to_rfc3339(),
        actor: actor.to_string(),
        role: role.to_owned(),
        on_behalf: None,
        kind: event.command.past().to_owned(),
        subject: event.outcome.id.map(|id| id.to_string()),
        request: None,
        prev: end.root,
    };
    let salts = Salts { body: [7; 16], text: [8; 16] };
    let entry = Entry::seal(fields, &facts, &words, salts, &key).unwrap();
    let frame = format!("{{\"frame\":{}}}\n{}\n", store.frame() + 1, entry.to_line().unwrap());
    opened.vault.append(frame.as_bytes()).unwrap();
    end.seq + 1
}

fn findings(site: &Site) -> Vec<String> {
    let checked = check(&site.dir(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
    checked.findings.iter().map(ToString::to_string).collect()
}

fn event(command: impl Into<Command>, outcome: Outcome) -> Event {
    Event { command: command.into(), at: None, outcome }
}

#[test]
fn an_entry_appended_by_someone_with_the_vault_open_but_without_the_right_is_named_by_check() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let (company, worker, _) = cast.contractor();
    let apply = json!({"command": "apply_visit", "kind": "visit", "company": company, "workers": [worker],
        "from": "2026-11-20", "to": "2026-11-20", "zones": ["server_room"], "work": "見学"});
    let permit = cast.must("admin", apply).id.unwrap();
    let (guard, operator) = (cast.person("guard"), cast.person("operator"));
    cast.close();
    let decision = event(
        DecideVisit { permit: Some(permit), granted: true, ..DecideVisit::default() },
        Outcome { id: Some(permit), company: Some(company), ..Outcome::default() },
    );
    let user = Id::new(Noun::User, 99);
    let issued = event(
        IssueUser {
            user: "backdoor".to_owned(),
            person: Some(operator),
            roles: vec!["admin".to_owned()],
            key: "ab".repeat(32),
            ..IssueUser::default()
        },
        Outcome { id: Some(user), user: Some(user), person: Some(operator), ..Outcome::default() },
    );
    for (forged, role) in
        [(&decision, "guard"), (&decision, "approver"), (&issued, "guard"), (&issued, "admin")]
    {
        let copy = site.copy();
        let seq = forge(&copy, "guard", PASSWORD, guard, role, forged);
        let wanted = format!("entry {seq}: the actor did not hold the role");
        let found = findings(&copy);
        assert_eq!(found.first(), Some(&wanted), "{role}: {found:?}");
    }
    // In another's name, with one's own key.
    let copy = site.copy();
    let seq = forge(&copy, "guard", PASSWORD, Id::new(Noun::Person, 1), "admin", &issued);
    let found = findings(&copy);
    assert!(found[0].starts_with(&format!("entry {seq}: ")), "{found:?}");
    everything_holds(&site);
}

/// Shows J-2-1-2 c.
#[test]
fn an_own_application_decided_by_a_file_is_refused_and_with_other_tools_is_named_by_check() {
    // Broken by: no look at who applied, so that a file decides it; a check that does not decide again what was done.
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let (company, worker, _) = cast.contractor();
    let approver = cast.person("approver");
    let apply = json!({"command": "apply_visit", "kind": "visit", "company": company, "workers": [worker],
        "from": "2026-11-20", "to": "2026-11-20", "zones": ["server_room"], "work": "見学", "applicant": approver});
    let permit = cast.must("guard", apply).id.unwrap();
    let decide = json!({"command": "decide_visit", "permit": permit, "granted": true});
    let register = json!({"command": "register_entrant", "person": approver, "zones": ["server_room"],
                          "from": "2026-11-20", "to": "2026-11-30"});
    // The lines of a file, one after the other and all or nothing.
    for (line, name) in [(&decide, "own_application"), (&register, "own_matter")] {
        let desk = cast.sit("approver");
        let answer = desk.execute_group(vec![order(line.clone())]).remove(0);
        assert_eq!(name_of(&answer.unwrap_err()), name);
        let (_, failure) = desk.execute_all_or_nothing(vec![order(line.clone())]).unwrap_err();
        assert_eq!(name_of(&failure), name);
    }
    assert!(matches!(cast.row(permit), Row::Permit(row) if row.state == PermitState::Applied));
    cast.close();
    let decision = event(
        DecideVisit { permit: Some(permit), granted: true, ..DecideVisit::default() },
        Outcome { id: Some(permit), company: Some(company), ..Outcome::default() },
    );
    let own = event(
        RegisterEntrant {
            person: Some(approver),
            zones: vec!["server_room".to_owned()],
            from: "2026-11-20".parse().ok(),
            to: "2026-11-30".parse().ok(),
            ..RegisterEntrant::default()
        },
        Outcome {
            id: Some(Id::new(Noun::Entrant, 3)),
            person: Some(approver),
            by: Some(approver),
            ..Outcome::default()
        },
    );
    for (forged, rule) in [(&decision, "own_application"), (&own, "own_matter")] {
        let copy = site.copy();
        let seq = forge(&copy, "approver", PASSWORD, approver, "approver", forged);
        let found = findings(&copy);
        let named = |line: &String| line.starts_with(&format!("entry {seq}: ")) && line.contains(rule);
        assert!(found.iter().any(named), "{found:?}");
    }
    everything_holds(&site);
}

#[test]
fn a_temporary_password_is_good_for_nothing_but_setting_ones_own_and_then_for_nothing() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let person = cast.register("新任 一", "シンニン ハジメ");
    let issue = json!({"command": "issue_user", "user": "new", "person": person, "roles": ["guard"]});
    let temporary = cast.must("admin", issue).temporary_password.unwrap();
    cast.close();
    // Whoever knows it is a provisional user, and can do nothing as that user.
    let (mut desk, welcome) = Desk::log_in(&site.dir(), "new", &temporary, site.terminal()).unwrap();
    assert!(welcome.provisional);
    let end = desk.last_entry();
    for line in [
        json!({"command": "check_in", "person": person, "zone": "server_room", "purpose": "patrol", "identification": "known"}),
        json!({"command": "take_over_shift"}),
    ] {
        let answer = desk.execute(order(line.clone())).unwrap_err();
        assert_eq!(name_of(&answer), "password_provisional");
        let group = desk.execute_all_or_nothing(vec![order(line)]).unwrap_err();
        assert_eq!(name_of(&group.1), "password_provisional");
    }
    assert!(desk.record_reading("visits", "csv", 1, "").is_err());
    assert_eq!(desk.last_entry(), end, "nothing was written in their name");
    assert_eq!(desk.set_password("wrong", NEW).err(), Some(NotOpened::Credentials.into()));
    for weak in ["short", "aaaaaaaaaaaaaaaa", &temporary, "new"] {
        assert!(matches!(desk.set_password(&temporary, weak), Err(Failure::Malformed(_))), "{weak}");
    }
    desk.close().unwrap();
    // Signing with the provisional key by own tools is found.
    let copy = site.copy();
    let come = CheckIn {
        person: Some(person),
        zone: "server_room".to_owned(),
        purpose: "patrol".to_owned(),
        identification: "known".to_owned(),
        ..CheckIn::default()
    };
    let outcome = Outcome { id: Some(Id::new(Noun::Visit, 1)), person: Some(person), ..Outcome::default() };
    for forged in [event(come, outcome), event(LogIn::default(), Outcome::default())] {
        let copy = copy.copy();
        let seq = forge(&copy, "new", &temporary, person, "guard", &forged);
        let found = findings(&copy);
        assert!(found[0].starts_with(&format!("entry {seq}: ")), "{found:?}");
    }
    let (mut desk, _) = Desk::log_in(&site.dir(), "new", &temporary, site.terminal()).unwrap();
    desk.set_password(&temporary, NEW).unwrap();
    desk.execute(order(json!({"command": "take_over_shift"}))).unwrap();
    desk.close().unwrap();
    let again = Desk::log_in(&site.dir(), "new", &temporary, site.terminal()).err();
    assert_eq!(again, Some(NotOpened::Credentials.into()));
    // The administrator kept the temporary key file: its key is not the one in force any more.
    let seq = {
        let forged = event(LogIn::default(), Outcome::default());
        let keys = copy.dir().join("keys");
        let target = site.copy();
        std::fs::remove_dir_all(target.dir().join("keys")).unwrap();
        copy_folder(&keys, &target.dir().join("keys"));
        let seq = forge(&target, "new", &temporary, person, "guard", &forged);
        let found = findings(&target);
        assert!(found[0].starts_with(&format!("entry {seq}: ")), "{found:?}");
        seq
    };
    assert!(seq > end.0);
    everything_holds(&site);
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn ids_issued_in_one_group_all_open_the_vault() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let persons = [
        cast.register("甲 一", "コウ ハジメ"),
        cast.register("乙 二", "オツ ジ"),
        cast.register("丙 三", "ヘイ サン"),
    ];
    cast.sit("admin");
    let orders = persons.iter().enumerate().map(|(n, person)| {
        order(json!({"command": "issue_user", "user": format!("u{n}"), "person": person, "roles": ["guard"]}))
    });
    let receipts = cast.desk.execute_group(orders.collect());
    cast.close();
    for (n, receipt) in receipts.into_iter().enumerate() {
        let temporary = receipt.unwrap().temporary_password.unwrap();
        let (desk, welcome) =
            Desk::log_in(&site.dir(), &format!("u{n}"), &temporary, site.terminal()).unwrap();
        assert!(welcome.provisional);
        desk.close().unwrap();
    }
    everything_holds(&site);
}

#[test]
fn a_new_password_of_ones_own_keeps_earlier_signatures_valid() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    cast.operator_in();
    cast.sit("guard").set_password(PASSWORD, NEW).unwrap();
    cast.desk.execute(order(json!({"command": "check_out", "card": "C-9"}))).unwrap();
    assert_eq!(cast.desk.seat_of("guard", PASSWORD).err(), Some(NotOpened::Credentials.into()));
    cast.close();
    Desk::log_in(&site.dir(), "guard", NEW, site.terminal()).unwrap().0.close().unwrap();
    everything_holds(&site);
}

#[test]
fn power_lost_between_a_commit_and_its_key_files_leaves_files_that_follow_the_books() {
    let site = Site::found();
    let before = site.copy();
    let mut desk = site.log_in("admin");
    desk.set_password(PASSWORD, NEW).unwrap();
    desk.close().unwrap();
    let new_files = site.copy();
    // The commit stands, the files are those of before.
    std::fs::remove_dir_all(site.dir().join("keys")).unwrap();
    copy_folder(&before.dir().join("keys"), &site.dir().join("keys"));
    let new = Desk::log_in(&site.dir(), "admin", NEW, site.terminal()).err();
    assert_eq!(new, Some(NotOpened::Credentials.into()), "no file is under the new password yet");
    // The old one opens the vault far enough for the files to follow, and is no password any more.
    let old = Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()).err();
    assert_eq!(old, Some(NotOpened::PasswordReplaced.into()));
    for name in ["admin.age", "vault.age", "SHA256SUMS"] {
        let read = |site: &Site| std::fs::read(site.dir().join("keys").join(name)).unwrap();
        assert_eq!(read(&site), read(&new_files), "{name}");
    }
    let (desk, _) = Desk::log_in(&site.dir(), "admin", NEW, site.terminal()).unwrap();
    desk.close().unwrap();
    let sheet = check(&site.dir(), &Checker::Recovery(&site.sheet), &mut |_, _, _| {}).unwrap();
    assert_eq!(sheet.findings, []);
}

/// Everything that the vault holds in the clear, behind its keys.
fn plaintext(site: &Site) -> Vec<Vec<u8>> {
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(site.dir()));
    let vault = vault_of(site, &identity(site, "admin", PASSWORD));
    let opened = Vault::open(&disk, vault, Mode::Read, DEFAULT_CACHE).unwrap();
    let mut image = vec![0; opened.backend.len().unwrap() as usize];
    opened.backend.read(0, &mut image).unwrap();
    let mut all: Vec<Vec<u8>> = opened.frames.map(Result::unwrap).collect();
    all.push(image);
    all
}

#[test]
fn no_password_stands_anywhere_in_the_vault_nor_in_what_is_said() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    let person = cast.register("新任 一", "シンニン ハジメ");
    let issue = json!({"command": "issue_user", "user": "new", "person": person, "roles": ["guard"]});
    let receipt = cast.must("admin", issue);
    let temporary = receipt.temporary_password.unwrap();
    let reset = json!({"command": "reset_password", "user": "guard2"});
    let second = cast.must("admin", reset).temporary_password.unwrap();
    cast.sit("guard").set_password(PASSWORD, NEW).unwrap();
    let secrets = [temporary.as_str(), second.as_str(), PASSWORD, NEW, "AGE-SECRET-KEY"];
    let mut said = Vec::new();
    for failure in [
        cast.desk.set_password("wrong-1", NEW).unwrap_err(),
        cast.desk.set_password(NEW, NEW).unwrap_err(),
        cast.desk.seat_of("new", "wrong-2").err().unwrap(),
        cast.ask("operator", json!({"command": "reset_password", "user": "new"})).unwrap_err(),
    ] {
        said.push(format!(
            "{failure:?} {:?} {:?}",
            say_failure(&failure, None, Lang::Ja),
            say_failure(&failure, None, Lang::En)
        ));
    }
    for line in cast.sit("admin").log(None, None, 500, Lang::En).unwrap() {
        said.push(format!("{line:?}"));
    }
    said.push(format!(
        "{:?}",
        cast.desk.list(
            &daicho::desk::ListQuery { register: "users".to_owned(), ..Default::default() },
            None,
            50
        )
    ));
    let in_journal = plaintext(&site.copy());
    cast.sit("admin").checkpoint_now();
    cast.close();
    let in_base = plaintext(&site);
    assert!(
        in_base.last().unwrap().windows(6).any(|bytes| bytes == "新任".as_bytes()),
        "the search finds what is there"
    );
    for secret in secrets {
        for bytes in in_journal.iter().chain(&in_base) {
            assert!(!bytes.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret}");
        }
        assert!(!said.iter().any(|text| text.contains(secret)), "{secret}");
    }
    everything_holds(&site);
}
