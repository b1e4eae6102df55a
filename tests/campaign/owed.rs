//! What a vault owes after a power cut, and whether it keeps it: the oracle, as `RELIABILITY.md` has it.

use age::secrecy::SecretString;
use daicho::desk::declare::read::command_from_json;
use daicho::desk::{
    Checker, Desk, Failure, Instruction, Lang, NotOpened, SeededEntropy, StandingClock, Terminal, check_on,
    say_failure,
};
use daicho::domain::Stamp;
use daicho::vault::{VAULT_KEY, WorkFactor, open_user, open_vault_key, read_key_file};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::sync::Arc;

use crate::vault::sim::{SimDisk, Tape};

/// The log may end here: how many entries, and the tree's root where it is known.
pub type End = (u64, Option<String>);

/// A command that was answered: its line, its entry, the record it made.
pub type Answered = (Value, u64, Option<String>);

/// What must be true of a vault, whatever happens to its power.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Owed {
    /// It may be half there, and say so: its founding was not acknowledged.
    pub unfounded: bool,
    /// The terminal's clock, RFC 3339.
    pub now: String,
    /// Recovery sheets, of which one must open it.
    pub sheets: Vec<String>,
    /// By user, passwords of which one must open it. The first user may do everything.
    pub opens: Vec<(String, Vec<String>)>,
    /// Passwords that must not open it any more.
    pub shut: Vec<(String, String)>,
    /// Where the log may end: where it was acknowledged, or where what was being done would have brought it.
    pub ends: Vec<End>,
    /// Commands that were acknowledged.
    pub receipts: Vec<Answered>,
    /// Commands that were being done.
    pub asked: Vec<Value>,
    /// By form, what its draft may hold.
    pub drafts: Vec<(String, Vec<Option<String>>)>,
}

/// What was seen while looking.
pub struct Seen {
    /// Entries before anybody logged in; `None` when there is no vault yet.
    pub entries: Option<u64>,
    /// Entries after the login.
    pub after: u64,
    pub torn: bool,
    /// Everything that the login did to the disk.
    pub recovery: Option<Tape>,
}

pub fn order(line: &Value) -> Instruction {
    command_from_json(line.to_string().as_bytes()).unwrap_or_else(|problems| panic!("{line}: {problems:?}"))
}

pub fn terminal(clock: &Arc<StandingClock>, seed: u64) -> Terminal {
    Terminal {
        clock: clock.clone(),
        entropy: Arc::new(SeededEntropy::new(seed)),
        name: "test".to_owned(),
        work_factor: 2,
        hardening: "none".to_owned(),
        last_seen: None,
    }
}

pub fn clock_at(now: &str) -> Arc<StandingClock> {
    Arc::new(StandingClock::new(Stamp::parse_from_rfc3339(now).unwrap()))
}

/// The fields in which a draft keeps its text.
pub fn draft_fields(text: &str) -> Vec<(String, String)> {
    vec![("remarks".to_owned(), text.to_owned())]
}

/// Whether a failure is said in both languages, with what to do.
fn said(failure: &Failure) -> Result<(), String> {
    for lang in [Lang::Ja, Lang::En] {
        let said = say_failure(failure, None, lang);
        if said.message.trim().is_empty() || said.advice.trim().is_empty() {
            return Err(format!("{failure:?} is not said whole in {lang:?}: {said:?}"));
        }
    }
    Ok(())
}

fn opens_vault(disk: &SimDisk, user: &str, password: &str) -> Result<(), String> {
    let secret = SecretString::from(password);
    let identity = open_user(disk, user, &secret, WorkFactor::MAX, WorkFactor::DEMO)
        .map_err(|e| format!("{user}: {e}"))?;
    let sealed = read_key_file(disk, VAULT_KEY).map_err(|e| e.to_string())?.ok_or("no vault key")?;
    open_vault_key(&sealed, &identity).map(drop).map_err(|e| format!("{user}: {e}"))
}

/// The checks that write nothing: every byte, every entry, and who can open it.
fn check(image: &SimDisk, owed: &Owed) -> Result<Option<(u64, bool)>, String> {
    let disk = image.dyn_disk();
    let mut refused = Err("there is no sheet".to_owned());
    let mut found = None;
    for sheet in &owed.sheets {
        match check_on(&disk, &Checker::Recovery(sheet), &mut |_, _, _| {}) {
            Ok(checked) => {
                found = Some(checked);
                break;
            }
            Err(failure) => {
                said(&failure)?;
                let half = matches!(
                    &failure,
                    Failure::NotOpened(
                        NotOpened::Missing(_) | NotOpened::NotAVault(_) | NotOpened::NeverFinished(_)
                    )
                ) || matches!(&failure, Failure::Damaged(what) if what.name() == "vault_half_there");
                if owed.unfounded && half {
                    return Ok(None);
                }
                refused = Err(format!("the sheet does not open it: {failure:?}"));
            }
        }
    }
    let Some(checked) = found else { return refused.map(|()| None) };
    if !checked.findings.is_empty() {
        return Err(format!("findings: {:?}", checked.findings));
    }
    let held = owed.ends.iter().any(|(entries, root)| {
        *entries == checked.entries && root.as_ref().is_none_or(|root| checked.root.starts_with(root))
    });
    if !held {
        let (entries, root) = (checked.entries, &checked.root);
        return Err(format!("{entries} entries with root {root}, where it may end at {:?}", owed.ends));
    }
    for (user, passwords) in &owed.opens {
        let tried: Vec<_> = passwords.iter().map(|password| opens_vault(image, user, password)).collect();
        if !tried.iter().any(Result::is_ok) {
            return Err(format!("{user} does not get in: {tried:?}"));
        }
    }
    for (user, password) in &owed.shut {
        if opens_vault(image, user, password).is_ok() {
            return Err(format!("{user} still gets in with a password of before"));
        }
    }
    Ok(Some((checked.entries, checked.torn.is_some())))
}

/// Logs the first user in, with whichever of the passwords is theirs now. A password whose commit stands and whose
/// files did not follow yet opens at the second try: the first one makes them follow.
fn log_in(disk: &SimDisk, owed: &Owed, clock: &Arc<StandingClock>) -> Result<(Desk, bool), String> {
    let (user, passwords) = owed.opens.first().ok_or("nobody may log in")?;
    let mut tried = Vec::new();
    for password in passwords.iter().chain(passwords) {
        match Desk::log_in_on(disk.dyn_disk(), user, password, terminal(clock, 99)) {
            Ok((desk, welcome)) => return Ok((desk, welcome.torn_tail.is_some())),
            Err(failure) => {
                said(&failure)?;
                tried.push(failure);
            }
        }
    }
    Err(format!("{user} does not log in: {tried:?}"))
}

fn receipts(desk: &mut Desk, owed: &Owed) -> Result<(), String> {
    let end = desk.last_entry().0;
    for (line, seq, id) in &owed.receipts {
        let again = desk.execute(order(line)).map_err(|failure| format!("lost {line}: {failure:?}"))?;
        let made = again.id.map(|id| id.to_string());
        if (again.seq, &made) != (*seq, id) {
            return Err(format!("{line} was entry {seq} with {id:?}, and is {again:?}"));
        }
    }
    if desk.last_entry().0 != end {
        return Err(format!("a retry wrote entries {end} to {}", desk.last_entry().0));
    }
    // What was being done can be asked for again, and is there once.
    for line in &owed.asked {
        let first = desk.execute(order(line)).map_err(|failure| format!("again {line}: {failure:?}"))?;
        let second = desk.execute(order(line)).map_err(|failure| format!("again {line}: {failure:?}"))?;
        if first.seq != second.seq {
            return Err(format!("{line} is there twice: {first:?}, {second:?}"));
        }
    }
    Ok(())
}

/// Looks at a vault as the power left it, changing nothing of it: checked as it is, opened, asked again, and with
/// `thorough` checked once more after that. `recording` keeps what the login did.
pub fn look(image: &SimDisk, owed: &Owed, thorough: bool, recording: bool) -> Result<Seen, String> {
    let Some((entries, torn)) = check(image, owed)? else {
        return Ok(Seen { entries: None, after: 0, torn: false, recovery: None });
    };
    let disk = image.copy();
    if recording {
        disk.record();
    }
    let clock = clock_at(&owed.now);
    let (mut desk, told) = log_in(&disk, owed, &clock)?;
    let recovery = recording.then(|| disk.stop());
    if told != torn && owed.opens.first().is_some_and(|(_, passwords)| passwords.len() == 1) {
        return Err(format!("a torn tail: seen by the check {torn}, told at the login {told}"));
    }
    let after = desk.last_entry().0;
    receipts(&mut desk, owed)?;
    for (form, allowed) in &owed.drafts {
        let kept = desk.draft(form).map_err(|failure| format!("draft {form}: {failure:?}"))?;
        if !allowed.iter().any(|text| text.as_deref().map(draft_fields) == kept) {
            let length = kept.map(|fields| fields.iter().map(|(_, text)| text.len()).sum::<usize>());
            return Err(format!("the draft of {form} is another one, of {length:?} bytes"));
        }
    }
    let end = desk.last_entry().0;
    desk.close().map_err(|failure| format!("closing: {failure:?}"))?;
    if thorough {
        let owed = Owed { ends: vec![(end, None)], opens: Vec::new(), ..owed.clone() };
        check(&disk, &owed).map_err(|what| format!("after going on: {what}"))?;
    }
    Ok(Seen { entries: Some(entries), after, torn, recovery })
}
