//! Whoever holds a password, the source and time can build a tool of their own: here it is. Each forgery is found by
//! `check`, refused, told at the next login, ended by it, or one of the limits that the README names (R18).

mod forgeries;
mod tool;

use crate::campaign::figure;
use crate::desk::site::{PASSWORD, Site};
use daicho::desk::{Checker, Desk, Expected, Failure, Lang, check, check_expecting, say_failure};
use forgeries::Forgery;
pub use forgeries::{FORGERIES, put_row};
use std::collections::BTreeMap;
use tool::lent;
pub use tool::{Insider, lived};

/// What must become of a forgery.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// `check` names it, by this word of its finding; by the recovery sheet where the administrator does not get in.
    Found(&'static str),
    /// `check` names it so, and so does the next login, whatever mark lies among the terminal's notes.
    Told(&'static str),
    /// Nobody opens the vault any more, and whoever tries is told that it is damaged.
    Stopped,
    /// The next honest login ends it: what was forged is gone, and `check` holds.
    Undone,
    /// What is held on paper shows it: the number and root of the last entry.
    OnPaper,
    /// It holds, and gains nothing that the same password and the program do not give: why.
    Gains(&'static str),
}

/// What was seen of a forged vault.
#[derive(Debug)]
enum Seen {
    Findings(Vec<String>),
    Failed,
}

fn seen(site: &Site, expected: &Expected) -> Seen {
    let who = [Checker::User("admin", PASSWORD), Checker::Recovery(&site.sheet)];
    for who in &who {
        match check_expecting(&site.dir(), who, expected, &mut |_, _, _| {}) {
            Ok(checked) => {
                return Seen::Findings(checked.findings.iter().map(|f| format!("{f:?}")).collect());
            }
            Err(_) => continue,
        }
    }
    Seen::Failed
}

/// Whether the next login itself says that the vault was altered, without anybody asking for a check.
fn told_at_login(site: &Site) -> bool {
    match Desk::log_in(&site.dir(), "admin", PASSWORD, site.remembering()) {
        Err(_) => true,
        Ok((mut desk, welcome)) => desk.prove().is_err() || !welcome.warnings.is_empty(),
    }
}

/// What is wrong with how a forgery ended; nothing is wrong with one that ended as it must.
fn wrong(forgery: &Forgery, role: &'static str) -> Option<String> {
    let site = (forgery.site)();
    let older = site.copy();
    let last = site.log_in("admin");
    let (seq, _, root) = last.last_entry();
    last.close().unwrap();
    let insider = Insider::of(&site, &older, role);
    let tried = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| (forgery.does)(&insider)));
    if tried.is_err() {
        return Some(format!("{} by {role}: the tool itself failed", forgery.name));
    }
    let before = seen(&site, &Expected::default());
    let told = |what: &str| Some(format!("{} by {role}: {what}: {before:?}", forgery.name));
    match (forgery.ends, &before) {
        (Ends::Found(word), Seen::Findings(all)) if all.iter().any(|said| said.contains(word)) => None,
        (Ends::Told(word), Seen::Findings(all))
            if all.iter().any(|said| said.contains(word)) && told_at_login(&site) =>
        {
            None
        }
        (Ends::Told(word), _) => told(&format!("no finding says {word}, or no login")),
        (Ends::Found(word), _) => told(&format!("no finding says {word}")),
        (Ends::Stopped, Seen::Failed) => None,
        (Ends::Stopped, Seen::Findings(all)) if !all.is_empty() => None,
        (Ends::Stopped, _) => told("it opens as if nothing were"),
        (Ends::Undone, _) => {
            if let Err(failure) = Desk::log_in(&site.dir(), "operator", PASSWORD, site.terminal()) {
                return told(&format!("the next login: {:?}", say_failure(&failure, None, Lang::En)));
            }
            match seen(&site, &Expected::default()) {
                Seen::Findings(all) if all.is_empty() && !insider.is_in() => None,
                after => told(&format!("after the next login: {after:?}, in: {}", insider.is_in())),
            }
        }
        (Ends::OnPaper, Seen::Findings(all)) if all.is_empty() => {
            let expected = Expected { fingerprint: None, at_least: Some((seq, root)) };
            match seen(&site, &expected) {
                Seen::Findings(all) if !all.is_empty() => None,
                other => told(&format!("held against paper: {other:?}")),
            }
        }
        (Ends::OnPaper, _) => told("paper is not needed"),
        (Ends::Gains(_), Seen::Findings(all)) if all.is_empty() => {
            match Desk::log_in(&site.dir(), "admin", PASSWORD, site.terminal()) {
                Ok((desk, _)) => {
                    desk.close().err().and_then(|failure: Failure| told(&format!("{failure:?}")))
                }
                Err(failure) => told(&format!("{failure:?}")),
            }
        }
        (Ends::Gains(_), _) => told("it is found now: say so"),
    }
}

#[test]
fn a_forger_with_tools_of_his_own_is_found_refused_undone_or_told_as_a_limit() {
    let wrong: Vec<String> = FORGERIES.iter().filter_map(|forgery| wrong(forgery, forgery.by[0])).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(FORGERIES.len() >= 40);
}

#[test]
#[ignore = "the figure R18: a minute"]
fn campaign_an_insiders_own_tool_as_each_role() {
    let (mut done, mut failed) = (0, Vec::new());
    let mut ends: BTreeMap<String, u32> = BTreeMap::new();
    for forgery in FORGERIES {
        for role in forgery.by {
            done += 1;
            failed.extend(wrong(forgery, role));
            let end = format!("{:?}", forgery.ends);
            *ends.entry(end.split('(').next().unwrap().to_lowercase()).or_default() += 1;
        }
    }
    let found = || FORGERIES.iter().filter(|forgery| matches!(forgery.ends, Ends::Found(_) | Ends::Told(_)));
    let at_login = found().filter(|forgery| {
        let (site, role) = ((forgery.site)(), forgery.by[0]);
        (forgery.does)(&Insider::of(&site, &site.copy(), role));
        told_at_login(&site)
    });
    let at_login = at_login.count();
    let limits: Vec<&str> = FORGERIES
        .iter()
        .filter_map(|forgery| match forgery.ends {
            Ends::Gains(why) => Some(why),
            _ => None,
        })
        .collect();
    let detail = format!(
        "{} forgeries, {done} by roles, ending {ends:?}; of the {} that are found, the next login itself tells {at_login}; \
         limits: {}",
        FORGERIES.len(),
        found().count(),
        limits.join("; ")
    );
    figure::write("R18", failed.len() as u64, "forgeries that end otherwise than told", 0, &detail);
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Without any forgery, what the tool looks at holds: the findings are the forgeries'.
#[test]
fn the_sites_of_the_forgeries_hold() {
    for site in [lived(), lent()] {
        let checked = check(&site.dir(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
        assert_eq!((checked.findings, checked.ways_not_bound), (Vec::new(), false));
        assert!(
            !Insider::of(&site, &site, "guard").is_in(),
            "nobody gave the insider's own identity a way in"
        );
    }
}

/// Every table, every key and slot by its kind, and every file of a vault has its line in the source of the vault.
#[test]
fn each_durable_thing_says_what_a_forger_gains_by_it() {
    let source = include_str!("../src/vault/mod.rs");
    let lines: Vec<&str> = source.lines().filter(|line| line.starts_with("//! | `")).collect();
    let told = |name: &str| {
        lines.iter().any(|line| line.split(" | ").nth(1).unwrap().contains(&format!("`{name}`")))
    };
    let site = lived();
    let insider = Insider::of(&site, &site, "guard");
    let mut missing = Vec::new();
    let (tables, meta) = insider.names();
    missing.extend(tables.into_iter().filter(|table| table != "slots" && table != "meta" && !told(table)));
    missing.extend(meta.into_iter().filter(|key| !told(key)));
    let slots = insider.reading(|reading| reading.slots().unwrap());
    let kind = |name: &str| format!("{}/", name.split('/').next().unwrap());
    missing.extend(slots.iter().map(|(name, _)| kind(name)).filter(|kind| !told(kind)));
    for file in std::fs::read_dir(site.dir()).unwrap() {
        let file = file.unwrap();
        let mut name = file.file_name().into_string().unwrap();
        if file.path().is_dir() {
            name.push('/');
        } else if let Some((before, _)) = name.split_once('.') {
            name = format!("{before}.");
        }
        missing.extend(Some(name).filter(|name| !told(name)));
    }
    assert_eq!(missing, Vec::<String>::new());
}

/// Shows J-1-1-4 e.
#[test]
fn nobody_logs_in_or_signs_with_the_key_of_somebody_else() {
    // Broken by: a seat that takes any identity; a temporary password that is good for more than replacing it; a key of
    // before that still signs; an entry whose key is not its actor's.
    let site = lived();
    let admin = Insider::of(&site, &site, "admin");
    // A key file of the administrator's own making, under a password of theirs, in the place of the guard's.
    let copy = site.copy();
    let forger = Insider::of(&copy, &copy, "admin");
    forger.files(&[("guard.age", Some(forger.own_key_file()))]);
    let as_guard = Desk::log_in(&copy.dir(), "guard", "Mallory-2027-x", copy.terminal()).err();
    assert!(as_guard.is_some(), "it opens nothing, or nobody");
    let sealed = forger.sealed_to_me_too();
    forger.files(&[("guard.age", Some(forger.own_key_file())), (daicho::vault::VAULT_KEY, Some(sealed))]);
    let as_guard = Desk::log_in(&copy.dir(), "guard", "Mallory-2027-x", copy.terminal()).err();
    // It opened the vault, as any stanza does; nobody sits down with it, and the guard's own file is there again.
    assert_eq!(as_guard, Some(Failure::NotOpened(daicho::desk::NotOpened::PasswordReplaced)));
    copy.log_in("guard").close().unwrap();
    // An entry in the guard's name, by the administrator's key.
    let confirm = daicho::domain::Command::from(daicho::domain::LogIn::default());
    let guard = admin.row_of("guard");
    let outcome = daicho::domain::Outcome {
        id: Some(guard.id),
        user: Some(guard.id),
        person: Some(guard.person),
        ..daicho::domain::Outcome::default()
    };
    let event = daicho::domain::Event { command: confirm, at: None, outcome };
    let forged = site.copy();
    let tool = Insider::of(&forged, &forged, "admin");
    let entry = tool.entry(&event, |head| {
        head.actor = guard.person.to_string();
        head.role = guard.roles[0].clone();
    });
    tool.frame(&[entry.to_line().unwrap()]);
    let Seen::Findings(found) = seen(&forged, &Expected::default()) else { panic!() };
    assert!(found.iter().any(|said| said.contains("check_key")), "{found:?}");
    // A temporary password lets nobody act as its user; once it is replaced, whoever set it is out.
    let mut desk = site.log_in("admin");
    let reset = crate::desk::people::order(serde_json::json!({"command": "reset_password", "user": "guard"}));
    let temporary = desk.execute(reset).unwrap().temporary_password.unwrap();
    desk.close().unwrap();
    let old = Desk::log_in(&site.dir(), "guard", PASSWORD, site.terminal()).err();
    assert!(old.is_some(), "the key of before signs nothing any more");
    let (mut desk, welcome) = Desk::log_in(&site.dir(), "guard", &temporary, site.terminal()).unwrap();
    assert!(welcome.provisional);
    let out = serde_json::json!({"command": "take_over_shift"});
    let acted = desk.execute(crate::desk::people::order(out)).err();
    assert!(matches!(acted, Some(Failure::Malformed(said)) if said[0].name == "password_provisional"));
    desk.set_password(&temporary, "Kikyou-2027-tue").unwrap();
    desk.close().unwrap();
    let again = Desk::log_in(&site.dir(), "guard", &temporary, site.terminal()).err();
    assert_eq!(again, Some(Failure::NotOpened(daicho::desk::NotOpened::Credentials)));
    let checked = check(&site.dir(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
    assert_eq!(checked.findings, []);
}

#[test]
fn the_file_that_a_key_of_before_opens_is_sealed_to_no_forged_recipient() {
    let site = lived();
    let insider = Insider::of(&site, &site, "operator");
    insider.slots(&[("recipient/guard", Some(insider.own.recipient().as_bytes()))]);
    let mut desk = site.log_in("guard");
    desk.set_password(PASSWORD, "Kikyou-2027-tue").unwrap();
    desk.close().unwrap();
    let bridge = insider.reading(|reading| reading.slot("bridge/vault.age").unwrap());
    assert!(bridge.is_none(), "the recipient of before was nobody's: there is nothing to bridge");
    let enrolled = insider.reading(|reading| reading.log(u64::MAX, Some("key_enrolled"), 1).unwrap());
    let sealing = enrolled.entries[0].event.command.sealing().unwrap();
    assert_eq!(sealing.beside, ["recipient/guard"]);
    assert!(!insider.is_in());
}
