//! What is in the folder: every name is known, or foreign.

use std::io;

use super::attempts::ATTEMPTS;
use super::base::base_name;
use super::blobs::{self, BLOBS};
use super::claims::CLAIMS;
use super::durable::Disk;
use super::error::{Doing, VaultError, Where};
use super::journal::segment_name;
use super::keys::{self, KEYS};
use super::lock::LOCK;
use super::mark::{MARK, Mark};
use super::unfinished::UNFINISHED;
use crate::fault::fault;

pub(crate) const FORMAT: &str = "FORMAT";
/// Where an image is built that is to become a base; never of use to anybody but its maker.
pub(crate) const SCRATCH: &str = "scratch.tmp";
/// How the mark begins, in every format.
const FORMAT_BEGINS: &str = "daicho-vault ";
/// The newest. 1: release 0.1.0. 2: the log may hold kinds of entries that 0.1.0 does not know; bytes are laid out as
/// before. 4: the log is decided by an edition that 0.2.0 does not know, and there may be attachments. There is no 3:
/// one changed bit in the mark must not make one format of another.
pub const FORMAT_VERSION: u32 = 4;
/// Numbers that no release writes.
const NEVER: [u32; 2] = [0, 3];
/// Opening for writing takes older ones over to this one. What is behind it belongs to an edition of the rules, and
/// waits for the entry that brings that into force: until then the release before opens the vault as well.
pub(crate) const OPENED_FORMAT: u32 = 2;

/// The format of a vault that is made from what lies in a folder: what opening would take it to, or the newest where
/// its own mark cannot be read any more.
pub fn format_made_from(disk: &dyn Disk) -> u32 {
    format_of(disk).map_or(FORMAT_VERSION, |format| format.max(OPENED_FORMAT))
}

/// The mark of a format.
pub(crate) fn format_line(format: u32) -> String {
    format!("{FORMAT_BEGINS}{format}\n")
}

/// What [`inspect`] finds where a vault can be opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Version of the format; older ones are read as they are, and taken over when opened for writing.
    pub format: u32,
    /// Generation of the newest base.
    pub base: u64,
    /// Generation of the newest segment of the journal; there is one for each from `base + 1`.
    pub newest: u64,
    /// User ids that have a slot.
    pub users: Vec<String>,
    /// Whether this process may write here; `false` on a read-only device.
    pub writable: bool,
    /// A backup made this folder, and nobody works in it.
    pub is_a_copy: bool,
    /// There is a folder for attachments, empty or not.
    pub(crate) has_blobs: bool,
    /// Half-written files of a cut write: ignored by readers, removed by the next writer.
    pub(crate) leftovers: Vec<String>,
    /// Bases and segments that a checkpoint, or a newer copy, made superfluous and could not remove yet.
    pub(crate) superseded: Vec<String>,
}

impl Found {
    /// What is about to count: these generations of what is there.
    pub(crate) fn of(base: u64, newest: u64) -> Self {
        let (users, leftovers, superseded) = (Vec::new(), Vec::new(), Vec::new());
        let (format, has_blobs) = (FORMAT_VERSION, false);
        Self {
            format,
            base,
            newest,
            users,
            writable: true,
            is_a_copy: true,
            has_blobs,
            leftovers,
            superseded,
        }
    }
}

enum Name {
    Ours,
    Base(u64),
    Segment(u64),
    Leftover,
    Foreign,
}

fn generation(digits: &str) -> Option<u64> {
    digits.parse().ok()
}

fn classify(name: &str, folder: bool) -> Name {
    if folder {
        return if matches!(name, KEYS | BLOBS) { Name::Ours } else { Name::Foreign };
    }
    if name == SCRATCH {
        return Name::Leftover;
    }
    let whole = name.strip_suffix(".tmp").unwrap_or(name);
    let kind = if matches!(whole, FORMAT | LOCK | ATTEMPTS | CLAIMS | MARK) {
        Name::Ours
    } else if let Some(g) =
        whole.strip_prefix("base.").and_then(|n| n.strip_suffix(".age")).and_then(generation)
    {
        if base_name(g) == whole { Name::Base(g) } else { Name::Foreign }
    } else if let Some(g) = whole.strip_prefix("journal.").and_then(generation) {
        if segment_name(g) == whole { Name::Segment(g) } else { Name::Foreign }
    } else {
        Name::Foreign
    };
    match kind {
        Name::Foreign => Name::Foreign,
        _ if whole.len() != name.len() => Name::Leftover,
        kind => kind,
    }
}

/// Generations of the bases and segments that lie in a folder, ascending, whatever else is there or not.
pub(crate) fn generations(disk: &dyn Disk) -> Result<(Vec<u64>, Vec<u64>), VaultError> {
    let listed = disk.list("").map_err(|e| VaultError::from_io(Doing::Listing, Where::Vault, &e))?;
    let (mut bases, mut segments) = (Vec::new(), Vec::new());
    for one in &listed {
        match classify(&one.name, one.folder) {
            Name::Base(g) => bases.push(g),
            Name::Segment(g) => segments.push(g),
            Name::Ours | Name::Leftover | Name::Foreign => {}
        }
    }
    bases.sort_unstable();
    segments.sort_unstable();
    Ok((bases, segments))
}

/// Looks at a folder without a key and without changing anything.
///
/// Errors: [`VaultError::Missing`], [`VaultError::NotAVault`], [`VaultError::NewerFormat`],
/// [`VaultError::NeverFinished`], [`VaultError::Foreign`], [`VaultError::HalfThere`], damage of the format mark, what
/// may not be read, or a device that fails.
pub fn inspect(disk: &dyn Disk) -> Result<Found, VaultError> {
    let listed = match disk.list("") {
        Ok(listed) => listed,
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            return Err(VaultError::Missing { place: place_of(disk) });
        }
        Err(e) if e.kind() == io::ErrorKind::NotADirectory => return Err(VaultError::NotAVault),
        Err(e) => return Err(VaultError::from_io(Doing::Listing, place_of(disk), &e)),
    };
    let half = |what: String| Err(VaultError::HalfThere { what: what.into() });
    let marked = listed.iter().any(|l| l.name == FORMAT && !l.folder);
    let format = if marked { format_of(disk)? } else { FORMAT_VERSION };
    let mut bases = Vec::new();
    let mut segments = Vec::new();
    let mut leftovers = Vec::new();
    let mut foreign = None;
    for one in &listed {
        match classify(&one.name, one.folder) {
            Name::Ours => {}
            Name::Base(g) => bases.push(g),
            Name::Segment(g) => segments.push(g),
            Name::Leftover => leftovers.push(one.name.clone()),
            Name::Foreign => foreign = foreign.or(Some(one.name.clone())),
        }
    }
    if !marked && listed.iter().any(|l| l.name == UNFINISHED && !l.folder) {
        return Err(VaultError::NeverFinished { place: place_of(disk) });
    }
    if !marked {
        let ours = listed.iter().any(|l| l.name == KEYS) || !bases.is_empty() || !segments.is_empty();
        return if ours { half(FORMAT.to_owned()) } else { Err(VaultError::NotAVault) };
    }
    if let Some(name) = foreign {
        return Err(VaultError::Foreign { name });
    }
    if !listed.iter().any(|l| l.name == KEYS) {
        return half(KEYS.to_owned());
    }
    let mut users = Vec::new();
    let mut has_vault_key = false;
    for one in disk.list(KEYS).map_err(|e| VaultError::from_io(Doing::Listing, KEYS, &e))? {
        if one.folder || !keys::belongs(&one.name) {
            return Err(VaultError::Foreign { name: format!("{KEYS}/{}", one.name) });
        }
        has_vault_key |= one.name == keys::VAULT_KEY;
        if one.name.ends_with(".tmp") {
            leftovers.push(format!("{KEYS}/{}", one.name));
        } else if let Some(id) = one.name.strip_suffix(".age").filter(|id| keys::valid_user_id(id)) {
            users.push(id.to_owned());
        }
    }
    if !has_vault_key {
        return half(format!("{KEYS}/{}", keys::VAULT_KEY));
    }
    let has_blobs = listed.iter().any(|l| l.name == BLOBS);
    if has_blobs {
        for one in disk.list(BLOBS).map_err(|e| VaultError::from_io(Doing::Listing, BLOBS, &e))? {
            let name = format!("{BLOBS}/{}", one.name);
            match blobs::kind_of(&one.name).filter(|_| !one.folder) {
                Some(blobs::Kind::Whole) => {}
                Some(blobs::Kind::Leftover) => leftovers.push(name),
                None => return Err(VaultError::Foreign { name }),
            }
        }
    }
    let is_a_copy = listed.iter().any(|l| l.name == MARK && !l.folder);
    let (base, newest) = if is_a_copy {
        let Mark { base, newest } = Mark::read(disk)?;
        if !bases.contains(&base) {
            return half(base_name(base));
        }
        (base, newest)
    } else {
        let Some(base) = bases.iter().copied().max() else { return half("base".to_owned()) };
        (base, segments.iter().copied().max().unwrap_or(0).max(base.saturating_add(1)))
    };
    for needed in base.saturating_add(1)..=newest {
        if !segments.contains(&needed) {
            return half(segment_name(needed));
        }
    }
    let counts = base.saturating_add(1)..=newest;
    let old_bases = bases.iter().filter(|g| **g != base).map(|g| base_name(*g));
    let old_segments = segments.iter().filter(|g| !counts.contains(*g)).map(|g| segment_name(*g));
    let superseded = old_bases.chain(old_segments).collect();
    let writable = disk.writable().is_ok();
    Ok(Found { format, base, newest, users, writable, is_a_copy, has_blobs, leftovers, superseded })
}

/// Where a folder is, for people.
pub(crate) fn place_of(disk: &dyn Disk) -> Where {
    disk.place().ok().flatten().map_or(Where::Vault, |place| place.display().to_string().into())
}

/// Whether a folder has the mark of a vault or copy, of whatever format.
pub fn is_marked(disk: &dyn Disk) -> bool {
    disk.read(FORMAT, 4096).is_ok_and(|bytes| bytes.starts_with(FORMAT_BEGINS.as_bytes()))
}

/// Refuses what a newer release made, whatever else is wrong with it.
///
/// # Errors
/// [`VaultError::NewerFormat`].
pub fn refuse_newer(disk: &dyn Disk) -> Result<(), VaultError> {
    match format_of(disk) {
        Err(newer @ VaultError::NewerFormat { .. }) => Err(newer),
        _ => Ok(()),
    }
}

pub(crate) fn format_of(disk: &dyn Disk) -> Result<u32, VaultError> {
    let bytes = disk.read(FORMAT, 4096).map_err(|e| match e.kind() {
        io::ErrorKind::FileTooLarge => VaultError::damaged(FORMAT, 0, fault!("bytes_not_as_written")),
        _ => VaultError::from_io(Doing::Reading, FORMAT, &e),
    })?;
    let text = String::from_utf8_lossy(&bytes);
    let number = text.strip_prefix(FORMAT_BEGINS).and_then(|t| t.strip_suffix('\n'));
    // Only in the one form it is written in: anything else is damage.
    match number.and_then(|n| n.parse::<u32>().ok().filter(|v| v.to_string() == n)) {
        Some(version) if version > FORMAT_VERSION => Err(VaultError::NewerFormat { found: version }),
        Some(version) if !NEVER.contains(&version) => Ok(version),
        _ => Err(VaultError::damaged(FORMAT, 0, fault!("bytes_not_as_written"))),
    }
}

/// Whether a folder holds a vault that opening for writing or an edition of the rules may take over to a later
/// format, with a copy of before beside it.
pub fn is_of_older_format(disk: &dyn Disk) -> bool {
    inspect(disk).is_ok_and(|found| found.format < FORMAT_VERSION)
}
