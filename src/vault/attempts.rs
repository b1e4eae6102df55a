//! Failed logins, kept where they can be written before anybody is logged in: plain text, capped, trusted by nobody.
//! Whatever is in the file never keeps a vault from opening.

use std::io;

use super::durable::{Disk, replace, sync_dir};
use super::error::VaultError;

pub(crate) const ATTEMPTS: &str = "attempts";
/// Above this the oldest half is dropped and counted.
const CAP: u64 = 64 << 10;
/// Characters kept of each field.
const FIELD: usize = 64;

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
    /// Length of the file these were read from, in bytes.
    len: u64,
}

impl Attempts {
    /// How many are kept for this id.
    pub fn count(&self, user: &str) -> usize {
        let user = clean(user);
        self.list.iter().filter(|a| a.user == user).count()
    }
}

fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(FIELD).collect()
}

fn parse(bytes: &[u8]) -> Attempts {
    let mut out = Attempts { len: bytes.len() as u64, ..Attempts::default() };
    for line in String::from_utf8_lossy(bytes).lines() {
        match line.split_once('\t') {
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
    let failed = |e: &io::Error| VaultError::from_io("reading", ATTEMPTS, e);
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
        out.unreadable += 1;
    }
    out.len = len;
    Ok(out)
}

/// Records one failed login durably. Text is cleaned of control characters and cut to 64 characters a field.
pub fn record_attempt(disk: &dyn Disk, at: &str, user: &str) -> Result<(), VaultError> {
    let failed = |e: &io::Error| VaultError::from_io("writing", ATTEMPTS, e);
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
    let mut text = format!("dropped\t{}\n", old.dropped.saturating_add(drop as u64));
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

/// Removes what `seen` holds, after it went into the log. What was recorded since then stays.
pub fn clear_attempts(disk: &dyn Disk, seen: &Attempts) -> Result<(), VaultError> {
    let failed = |e: &io::Error| VaultError::from_io("clearing", ATTEMPTS, e);
    let newer = match disk.open(ATTEMPTS) {
        Ok(file) => {
            let len = file.size().map_err(|e| failed(&e))?;
            let mut bytes = vec![0; len.saturating_sub(seen.len).min(CAP) as usize];
            super::durable::read_exact_at(&*file, seen.len.min(len), &mut bytes).map_err(|e| failed(&e))?;
            bytes
        }
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(failed(&e)),
    };
    if newer.is_empty() {
        disk.remove(ATTEMPTS).map_err(|e| failed(&e))?;
    } else {
        replace(disk, ATTEMPTS, &newer)?;
    }
    sync_dir(disk, "")
}
