//! What was done beside a running session and waits to be told to the log: plain text, capped, trusted by nobody.
//! Whoever can write the folder can write this file, so the log says of it that it is a claim.
//!
//! ```text
//! {"by":"tanaka","at":"2026-11-20T09:00:00+09:00",...}         one claim a line, the caller's own text
//! ```

use std::io;

use super::durable::{Disk, replace, sync_dir};
use super::error::{Doing, VaultError};
use crate::fault::fault;

pub(crate) const CLAIMS: &str = "claims";
/// Above so many the oldest go.
const MOST: usize = 16;
/// Bytes of one claim; a longer one is not kept.
const MOST_BYTES: usize = 4096;

/// Reads the claims, oldest first. A file of any content gives an answer, and one that is too large none.
///
/// # Errors
/// The device's.
pub fn read_claims(disk: &dyn Disk) -> Result<Vec<String>, VaultError> {
    let bytes = match disk.read(CLAIMS, (MOST * (MOST_BYTES + 1)) as u64) {
        Ok(bytes) => bytes,
        Err(e) if matches!(e.kind(), io::ErrorKind::NotFound | io::ErrorKind::FileTooLarge) => Vec::new(),
        Err(e) => return Err(VaultError::from_io(Doing::Reading, CLAIMS, &e)),
    };
    let text = String::from_utf8_lossy(&bytes);
    let fit = |line: &&str| !line.is_empty() && line.len() <= MOST_BYTES;
    Ok(text.lines().filter(fit).take(MOST).map(str::to_owned).collect())
}

/// Adds a claim durably. Power failing here: it is not kept, and what was done is done.
///
/// # Errors
/// A claim of several lines or too long, or the device's.
pub fn record_claim(disk: &dyn Disk, claim: &str) -> Result<(), VaultError> {
    if claim.is_empty() || claim.len() > MOST_BYTES || claim.chars().any(char::is_control) {
        return Err(VaultError::Unacceptable { what: fault!("unfit_claim") });
    }
    let mut all = read_claims(disk)?;
    all.push(claim.to_owned());
    all.drain(..all.len().saturating_sub(MOST));
    keep(disk, &all)
}

/// Removes claims that went into the log, or never will.
///
/// # Errors
/// The device's; they are told again then.
pub fn clear_claims(disk: &dyn Disk, told: &[String]) -> Result<(), VaultError> {
    let mut left = read_claims(disk)?;
    left.retain(|claim| !told.contains(claim));
    keep(disk, &left)
}

fn keep(disk: &dyn Disk, claims: &[String]) -> Result<(), VaultError> {
    if claims.is_empty() {
        disk.remove(CLAIMS).map_err(|e| VaultError::from_io(Doing::Clearing, CLAIMS, &e))?;
    } else {
        let lines: String = claims.iter().map(|claim| format!("{claim}\n")).collect();
        replace(disk, CLAIMS, lines.as_bytes())?;
    }
    sync_dir(disk, "")
}
