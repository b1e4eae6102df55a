//! Failed logins, kept where they can be written before anybody is logged in: plain text, capped, trusted by nobody.
//! Whatever is in the file never keeps a vault from opening.
//!
//! ```text
//! pace\t3 5 300                                how failures slow the next login down; the first line or none
//! 2026-11-20T09:00:00+09:00\ttanaka            one failed login a line
//! dropped\t120                                 older ones that gave way to newer ones
//! ```

use std::io;

use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};

pub(crate) const ATTEMPTS: &str = "attempts";
/// Above this the oldest half is dropped and counted.
const CAP: u64 = 64 << 10;
/// Characters kept of each field.
const FIELD: usize = 64;
const PACE: &str = "pace";

/// How failed logins slow the next one down: what a profile says, put where it can be read before the vault is
/// opened. Whoever can write the file can change it, so it decides about waiting and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// Failures that cost nothing, 1 to 100.
    pub free: u32,
    /// Seconds of the first wait, 1 to 3600; it doubles with each further failure.
    pub first_s: u32,
    /// The longest wait in seconds, `first_s` to 86,400.
    pub most_s: u32,
}

impl Pace {
    /// `None` outside the limits of the fields.
    pub fn new(free: u32, first_s: u32, most_s: u32) -> Option<Self> {
        let holds = (1..=100).contains(&free)
            && (1..=3600).contains(&first_s)
            && (first_s..=86_400).contains(&most_s);
        holds.then_some(Self { free, first_s, most_s })
    }

    fn line(self) -> String {
        format!("{PACE}\t{} {} {}\n", self.free, self.first_s, self.most_s)
    }

    /// Reads the fields of a line, in the one spelling in which they are written.
    fn parse(fields: &str) -> Option<Self> {
        let mut numbers = fields.split(' ').map(|number| number.parse::<u32>().ok());
        let pace = Self::new(numbers.next()??, numbers.next()??, numbers.next()??)?;
        (pace.line() == format!("{PACE}\t{fields}\n")).then_some(pace)
    }
}

/// One failed login, as recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// When, as the caller's clock said it.
    pub at: String,
    /// The id as it was typed; there need not be such a user.
    pub user: String,
}

/// All failed logins since the last good one took them over.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attempts {
    /// Oldest first.
    pub list: Vec<Attempt>,
    /// Older ones that were dropped for room.
    pub dropped: u64,
    /// Lines that are not as they were written: somebody edited the file.
    pub unreadable: u64,
    /// How failures slow the next login down; `None` when the line is missing or not as it was written.
    pub pace: Option<Pace>,
    /// Length of the file these were read from, in bytes.
    len: u64,
}

impl Attempts {
    /// How many are kept for this id.
    pub fn count(&self, user: &str) -> usize {
        let user = clean(user);
        self.list.iter().filter(|a| a.user == user).count()
    }

    /// The same, with another pace to be put in front.
    #[must_use]
    pub fn with_pace(&self, pace: Option<Pace>) -> Attempts {
        Attempts { pace, ..self.clone() }
    }

    /// The newest one for this id.
    pub fn last(&self, user: &str) -> Option<&Attempt> {
        let user = clean(user);
        self.list.iter().rev().find(|a| a.user == user)
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(FIELD).collect()
}

fn parse(bytes: &[u8]) -> Attempts {
    let mut out = Attempts { len: bytes.len() as u64, ..Attempts::default() };
    for (n, line) in String::from_utf8_lossy(bytes).lines().enumerate() {
        match line.split_once('\t') {
            // Behind the first line it would be somebody's addition.
            Some((PACE, fields)) => match Pace::parse(fields).filter(|_| n == 0) {
                Some(pace) => out.pace = Some(pace),
                None => out.unreadable += 1,
            },
            Some(("dropped", n)) => match n.parse::<u64>() {
                Ok(n) => out.dropped = out.dropped.saturating_add(n),
                Err(_) => out.unreadable += 1,
            },
            Some((at, user)) if !at.is_empty() && clean(at) == at && clean(user) == user => {
                out.list.push(Attempt { at: at.to_owned(), user: user.to_owned() });
            }
            _ => out.unreadable += 1,
        }
    }
    out
}

/// Reads the failed logins. A file of any size or content gives an answer; of a huge one only the end is read.
pub fn read_attempts(disk: &dyn Disk) -> Result<Attempts, VaultError> {
    let failed = |e: &io::Error| VaultError::from_io(Doing::Reading, ATTEMPTS, e);
    let file = match disk.open(ATTEMPTS) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Attempts::default()),
        Err(e) => return Err(failed(&e)),
    };
    let len = file.size().map_err(|e| failed(&e))?;
    let from = len.saturating_sub(2 * CAP);
    let mut bytes = vec![0; (len - from) as usize];
    super::durable::read_exact_at(&*file, from, &mut bytes).map_err(|e| failed(&e))?;
    let mut out = parse(&bytes);
    if from > 0 {
        // What looks like the first line is not.
        out.pace = None;
        out.unreadable += 1;
    }
    out.len = len;
    Ok(out)
}

/// Records one failed login durably. Text is cleaned of control characters and cut to 64 characters a field.
pub fn record_attempt(disk: &dyn Disk, at: &str, user: &str) -> Result<(), VaultError> {
    let failed = |e: &io::Error| VaultError::from_io(Doing::Writing, ATTEMPTS, e);
    let line = format!("{}\t{}\n", clean(at), clean(user));
    let file = match disk.open_write(ATTEMPTS) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            replace(disk, ATTEMPTS, line.as_bytes())?;
            return sync_dir(disk, "");
        }
        Err(e) => return Err(failed(&e)),
    };
    let len = file.size().map_err(|e| failed(&e))?;
    if len + line.len() as u64 <= CAP {
        return file
            .write_all_at(len, line.as_bytes())
            .and_then(|()| file.sync_data())
            .map_err(|e| failed(&e));
    }
    let old = read_attempts(disk)?;
    let drop = old.list.len() / 2;
    let mut text = old.pace.map(Pace::line).unwrap_or_default();
    text.push_str(&format!("dropped\t{}\n", old.dropped.saturating_add(drop as u64)));
    let mut kept: Vec<&Attempt> = old.list.iter().skip(drop).collect();
    // Lines as long as they can be: half of the cap at most, whatever the file held.
    let room = (CAP / 2) as usize / (2 * (4 * FIELD + 1));
    kept.drain(..kept.len().saturating_sub(room.max(64)));
    for one in kept {
        text.push_str(&format!("{}\t{}\n", one.at, one.user));
    }
    text.push_str(&line);
    replace(disk, ATTEMPTS, text.as_bytes())?;
    sync_dir(disk, "")
}

/// Removes the failed logins that `seen` holds, after they went into the log, and puts the pace of `seen` at the
/// front. What was recorded since `seen` was read stays. A file that would hold neither is removed.
pub fn clear_attempts(disk: &dyn Disk, seen: &Attempts) -> Result<(), VaultError> {
    let failed = |e: &io::Error| VaultError::from_io(Doing::Clearing, ATTEMPTS, e);
    let wanted = seen.pace.map(Pace::line).unwrap_or_default();
    let (len, newer) = match disk.open(ATTEMPTS) {
        Ok(file) => {
            let len = file.size().map_err(|e| failed(&e))?;
            let mut bytes = vec![0; len.saturating_sub(seen.len).min(CAP) as usize];
            super::durable::read_exact_at(&*file, seen.len.min(len), &mut bytes).map_err(|e| failed(&e))?;
            (len, bytes)
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound && wanted.is_empty() => return Ok(()),
        Err(e) if e.kind() == io::ErrorKind::NotFound => (0, Vec::new()),
        Err(e) => return Err(failed(&e)),
    };
    if wanted.is_empty() && newer.is_empty() {
        disk.remove(ATTEMPTS).map_err(|e| failed(&e))?;
        return sync_dir(disk, "");
    }
    if newer.is_empty() && len == wanted.len() as u64 {
        let mut present = vec![0; wanted.len()];
        let file = disk.open(ATTEMPTS).map_err(|e| failed(&e))?;
        super::durable::read_exact_at(&*file, 0, &mut present).map_err(|e| failed(&e))?;
        if present == wanted.as_bytes() {
            // Nothing failed since the last login: nothing is worn.
            return Ok(());
        }
    }
    let bytes = [wanted.as_bytes(), &newer].concat();
    replace(disk, ATTEMPTS, &bytes)?;
    sync_dir(disk, "")
}
