//! What can be read of books whose image is damaged: entries stand in it as text, and prove themselves by the digests
//! and signatures that they carry. Nothing here trusts a table, an index or an order of pages.
//!
//! Everything found is kept in memory: about as much as the log takes as text.

use super::StoreError;
use super::check::Known;
use super::frame::{self, Line, Note};
use super::tables::{LoggedEvent, entry_of, entry_value};
use crate::domain::{Command, Noun, Registers, View, WaysIn, fold, touches};
use crate::log::{Entry, Hash, Walk};
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// How the text of a head begins, in every entry of version 1.
const HEAD: &[u8] = b"{\"v\":1,\"site\":\"";
/// How a sealed text begins, and a body: what follows the 32 digits tells which.
const SALT: &[u8] = b"{\"salt\":\"";
const SALT_DIGITS: usize = 32;
/// No line of the log is longer, so no value is.
const LONGEST: usize = crate::log::MAX_LINE + 4096;
/// redb's pages begin at multiples of this.
const PAGE: usize = 4096;
/// Bytes of entries in one frame of the books that are made.
const FRAME_BYTES: usize = 4 << 20;

/// Everything that was found so far.
#[derive(Default)]
pub struct Salvage {
    /// Values as the table has them, by number; an entry that was found whole.
    entries: BTreeMap<u64, String>,
    /// Sealed texts by their digest.
    texts: HashMap<Hash, String>,
    /// Key files and recipients, as pages of the image say, each page with what it holds.
    pages: Vec<BTreeMap<String, Vec<u8>>>,
    /// The same, as frames of the journal changed them, in order.
    changed: Vec<(String, Option<Vec<u8>>)>,
    /// The end of what was read of the image, while it goes on without a hole.
    carry: Vec<u8>,
    /// Whether nothing can be missing behind the last entry that was read.
    end_known: bool,
}

/// A log made of what was found.
pub struct Saved {
    /// The site.
    pub site: String,
    /// Entries from the first on whose past and signatures hold.
    pub kept: Vec<Entry>,
    /// Entries behind the first that is missing or does not hold, each signed by a key that is known.
    pub behind: Vec<Entry>,
    /// Entries behind it that agree with their own digests, while the entry that names the key they are signed with is
    /// missing: nobody can say any more who signed them.
    pub unverified: Vec<Entry>,
    /// Numbers up to the highest that was found which are in none of these.
    pub lost: Vec<u64>,
    /// Entries of `kept` whose sealed text is gone and that no entry of `kept` erased.
    pub without_text: Vec<u64>,
    /// Login IDs that an entry of `kept` or `behind` closed for good.
    pub removed: BTreeSet<String>,
    /// The last entry of these that made another recovery sheet; 0 for none.
    pub sheet_replaced: u64,
}

impl Salvage {
    /// Takes the next stretch of an image. `goes_on`: it follows the stretch before without a hole.
    pub fn take_image(&mut self, bytes: &[u8], goes_on: bool) {
        if !goes_on {
            self.carry.clear();
        }
        for page in bytes.chunks(PAGE).enumerate().map(|(n, _)| n * PAGE) {
            if let Some(found) = bytes.get(page..).and_then(slots_of_page) {
                self.pages.push(found);
            }
        }
        let mut read = std::mem::take(&mut self.carry);
        read.extend_from_slice(bytes);
        let mut at = 0;
        let mut keep = read.len().saturating_sub(HEAD.len());
        while let Some(found) = next(&read, at) {
            match self.take_at(read.get(found..).unwrap_or_default()) {
                Cut::Taken(length) => at = found + length.max(1),
                Cut::Nothing => at = found + 1,
                Cut::GoesOn => {
                    keep = found;
                    break;
                }
            }
        }
        self.carry = read.split_off(keep.max(at.min(read.len())));
    }

    /// What begins here.
    fn take_at(&mut self, bytes: &[u8]) -> Cut {
        if bytes.starts_with(SALT) {
            let Some(kind) = bytes.get(SALT.len() + SALT_DIGITS..SALT.len() + SALT_DIGITS + 6) else {
                return Cut::GoesOn;
            };
            if kind != b"\",\"x\":" {
                return Cut::Nothing;
            }
            return match object(bytes) {
                Ok(length) => {
                    let Some(text) = utf8(bytes, length) else { return Cut::Nothing };
                    self.take_text(text);
                    Cut::Taken(length)
                }
                Err(cut) => cut,
            };
        }
        let lines = (|| {
            let head = object(bytes)?;
            let rest = behind_feed(bytes, head)?;
            let signature = rest.iter().take(512).position(|b| *b == b'\n');
            let signature = signature.ok_or(if rest.len() < 512 { Cut::GoesOn } else { Cut::Nothing })?;
            let body = rest.get(signature + 1..).unwrap_or_default();
            Ok(head + 1 + signature + 1 + object(body)?)
        })();
        match lines {
            Ok(length) => {
                let value = utf8(bytes, length);
                let taken = value.is_some_and(|value| self.take_value(value, None));
                if taken { Cut::Taken(length) } else { Cut::Nothing }
            }
            Err(cut) => cut,
        }
    }

    /// Takes a frame of the journal; a line that cannot be read is passed over.
    pub fn take_frame(&mut self, bytes: &[u8]) {
        let Ok((_, lines)) = frame::read(bytes) else { return };
        for line in lines {
            match line {
                Ok(Line::Entry(entry)) => {
                    self.end_known = true;
                    let text = entry.text_bytes().map(str::to_owned);
                    self.take_value(&entry_value(&entry), text);
                }
                Ok(Line::Note(Note::Slot { name, bytes })) => self.changed.push((name, bytes)),
                Ok(Line::Note(_)) | Err(_) => {}
            }
        }
    }

    fn take_value(&mut self, value: &str, text: Option<String>) -> bool {
        if let Some(text) = text {
            self.take_text(&text);
        }
        let Some(seq) = seq_in(value) else { return false };
        if self.entries.contains_key(&seq) {
            return true;
        }
        let whole = entry_of(seq, value, None).is_ok_and(|entry| entry.body_holds());
        if whole {
            self.entries.insert(seq, value.to_owned());
        }
        whole
    }

    fn take_text(&mut self, text: &str) {
        self.texts.entry(Sha256::digest(text.as_bytes()).into()).or_insert_with(|| text.to_owned());
    }

    /// How many entries were found.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// A base begins, which holds all that was read before.
    pub fn take_base(&mut self) {
        self.end_known = true;
    }

    /// Something is missing here. An entry in the journal behind it tells by its number what.
    pub fn take_hole(&mut self) {
        self.end_known = false;
    }

    /// Whether the last entry that was read is known to be the last there was.
    pub fn end_is_known(&self) -> bool {
        self.end_known
    }

    /// The highest number that was found; 0 for none.
    pub fn last(&self) -> u64 {
        self.entries.last_key_value().map_or(0, |(seq, _)| *seq)
    }

    /// Takes entries and texts over that are not here, and says which entries. No slot: a copy holds those of users
    /// who were removed since.
    pub fn fill_up(&mut self, copy: Salvage) -> BTreeSet<u64> {
        let mut filled = BTreeSet::new();
        for (seq, value) in copy.entries {
            self.entries.entry(seq).or_insert_with(|| {
                filled.insert(seq);
                value
            });
        }
        for (digest, text) in copy.texts {
            self.texts.entry(digest).or_insert(text);
        }
        filled
    }

    /// Key files and recipients: of the page that agrees best with the key files that are there (`present`), filled
    /// up from the others, and then as the journal changed them.
    pub fn slots(&self, present: &BTreeMap<String, Vec<u8>>) -> BTreeMap<String, Vec<u8>> {
        let agrees = |page: &BTreeMap<String, Vec<u8>>| {
            present.iter().filter(|(name, bytes)| page.get(*name) == Some(*bytes)).count()
        };
        let mut pages: Vec<&BTreeMap<String, Vec<u8>>> = self.pages.iter().collect();
        pages.sort_by_key(|page| agrees(page));
        let mut slots = BTreeMap::new();
        for page in pages {
            slots.extend(page.iter().map(|(name, bytes)| (name.clone(), bytes.clone())));
        }
        for (name, bytes) in &self.changed {
            match bytes {
                Some(bytes) => slots.insert(name.clone(), bytes.clone()),
                None => slots.remove(name),
            };
        }
        slots
    }

    /// Puts the log together again. `most`: no entry behind this number is kept, because `check` does not accept it.
    pub fn saved(&self, most: u64) -> Saved {
        let mut saved = Saved {
            site: String::new(),
            kept: Vec::new(),
            behind: Vec::new(),
            unverified: Vec::new(),
            lost: Vec::new(),
            without_text: Vec::new(),
            removed: BTreeSet::new(),
            sheet_replaced: 0,
        };
        let mut known = Known::default();
        if let Some(first) = self.entries.keys().next().and_then(|seq| self.entry(*seq)) {
            saved.site.clone_from(&first.head().site);
        }
        let end = self.verified_end(&saved.site).min(most);
        let mut erased = BTreeSet::new();
        for seq in 1..=end {
            let Some(told) = self.entry(seq).and_then(|entry| LoggedEvent::of(entry).ok()) else { break };
            known.learn_from(&told);
            erased.extend(self.erased_by(&told));
            saved.note(&told);
            saved.kept.push(told.entry);
        }
        let kept = saved.kept.len() as u64;
        let gone = saved.kept.iter().filter(|entry| entry.is_erased()).map(|entry| entry.head().seq);
        saved.without_text = gone.filter(|seq| !erased.contains(seq)).collect();
        for seq in kept.saturating_add(1)..=self.last() {
            let told = self.entry(seq).and_then(|entry| LoggedEvent::of(entry).ok());
            let told = told.filter(|told| told.entry.head().site == saved.site && told.entry.text_holds());
            let Some(told) = told else {
                saved.lost.push(seq);
                continue;
            };
            match known.key(&told.entry.head().key).map(|key| told.entry.signed_by(&key)) {
                Some(true) => {
                    known.learn_from(&told);
                    erased.extend(self.erased_by(&told));
                    saved.note(&told);
                    saved.behind.push(told.entry);
                }
                Some(false) => saved.lost.push(seq),
                None => saved.unverified.push(told.entry),
            }
        }
        // A copy may hold what was erased since.
        for entry in saved.behind.iter_mut().chain(&mut saved.unverified) {
            if erased.contains(&entry.head().seq) {
                entry.erase();
            }
        }
        saved
    }

    /// The last entry up to which sequence, past, digests and signatures hold.
    fn verified_end(&self, site: &str) -> u64 {
        let mut walk = Walk::from_genesis(site);
        let mut known = Known::default();
        let mut seq = 0;
        while let Some(told) = self.entry(seq + 1).and_then(|entry| LoggedEvent::of(entry).ok()) {
            if seq == 0 {
                known.learn_from(&told);
            }
            if let Err(finding) = walk.push(&told.entry, &mut known) {
                return finding.seq.saturating_sub(1);
            }
            known.learn_from(&told);
            seq += 1;
        }
        match walk.finish() {
            Ok(_) => seq,
            Err(finding) => finding.seq.saturating_sub(1),
        }
    }

    fn entry(&self, seq: u64) -> Option<Entry> {
        let value = self.entries.get(&seq)?;
        let bare = entry_of(seq, value, None).ok()?;
        let digest = bare.head().text.as_deref().and_then(crate::log::decode_hex::<32>);
        match digest.and_then(|digest| self.texts.get(&digest)) {
            Some(text) => entry_of(seq, value, Some(text)).ok(),
            None => Some(bare),
        }
    }

    /// Which entries' texts an erasure took: read as the store applies it.
    fn erased_by(&self, told: &LoggedEvent) -> Vec<u64> {
        let Command::Erase(erase) = &told.event.command else { return Vec::new() };
        let mut erased: Vec<u64> = erase.entry.into_iter().collect();
        if let Some(record) = erase.record {
            for (seq, _) in self.entries.range(..told.meta.seq) {
                let target = self.entry(*seq).and_then(|entry| LoggedEvent::of(entry).ok());
                if target.is_some_and(|target| super::apply::is_erased_with(&target.event, record)) {
                    erased.push(*seq);
                }
            }
        }
        erased
    }
}

impl Saved {
    /// What an entry says of slots.
    fn note(&mut self, told: &LoggedEvent) {
        match &told.event.command {
            Command::RemoveUser(removal) => {
                self.removed.insert(removal.user.clone());
            }
            Command::ReplaceSheet(_) => self.sheet_replaced = told.meta.seq,
            _ => {}
        }
    }
}

/// What the entries that were kept say of the ways in: the rows of the site and of its users alone, made from the first
/// entry on.
///
/// # Errors
/// An entry that is none of this version.
pub fn ways_in(saved: &Saved) -> Result<WaysIn, StoreError> {
    let mut registers = Registers::new();
    for entry in &saved.kept {
        let told = LoggedEvent::of(entry.clone())?;
        for id in touches(&told.event).into_iter().filter(|id| matches!(id.noun, Noun::Site | Noun::User)) {
            // Registers in memory cannot fail to be read.
            let old = registers.row(id).unwrap_or_default();
            if let Some(row) = fold(id, old, &told.event, &told.meta) {
                registers.put(id, row);
            }
        }
    }
    Ok(WaysIn::of(&registers)?)
}

/// The frames that make books of entries, numbered after `frame`, with the slots in the last one.
///
/// # Errors
/// An entry that is none.
pub fn frames_of(
    entries: &[Entry],
    slots: &BTreeMap<String, Vec<u8>>,
    mut frame: u64,
) -> Result<Vec<Vec<u8>>, StoreError> {
    let mut frames = Vec::new();
    let mut bytes: Vec<u8> = Vec::new();
    for entry in entries {
        if bytes.is_empty() {
            frame = frame.saturating_add(1);
            Note::Frame(frame).write(&mut bytes)?;
        }
        bytes.extend_from_slice(entry.to_line().map_err(StoreError::NotAnEntry)?.as_bytes());
        bytes.push(b'\n');
        if bytes.len() >= FRAME_BYTES {
            frames.push(std::mem::take(&mut bytes));
        }
    }
    if bytes.is_empty() {
        Note::Frame(frame.saturating_add(1)).write(&mut bytes)?;
    }
    for (name, slot) in slots {
        Note::Slot { name: name.clone(), bytes: Some(slot.clone()) }.write(&mut bytes)?;
    }
    frames.push(bytes);
    Ok(frames)
}

/// What reading on from a place gave.
enum Cut {
    /// So many bytes are one thing.
    Taken(usize),
    /// It is not what it began as.
    Nothing,
    /// It goes on behind what was read so far.
    GoesOn,
}

/// Where the next thing may begin.
fn next(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    let starts = |at: &usize| rest.get(*at..).is_some_and(|b| b.starts_with(HEAD) || b.starts_with(SALT));
    let braces = rest.iter().enumerate().filter(|(_, b)| **b == b'{').map(|(at, _)| at);
    braces.into_iter().find(starts).map(|at| from + at)
}

/// The length of the JSON object at the beginning.
fn object(bytes: &[u8]) -> Result<usize, Cut> {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for (at, byte) in bytes.iter().take(LONGEST).enumerate() {
        match (quoted, byte) {
            (true, _) if escaped => escaped = false,
            (true, b'\\') => escaped = true,
            (true, b'"') => quoted = false,
            // No text of the log holds a control character.
            (_, 0..=31) => return Err(Cut::Nothing),
            (true, _) => {}
            (false, b'"') => quoted = true,
            (false, b'{' | b'[') => depth += 1,
            (false, b'}' | b']') => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return Ok(at + 1);
                }
            }
            (false, _) => {}
        }
        if at == 0 && *byte != b'{' {
            return Err(Cut::Nothing);
        }
    }
    Err(if bytes.len() < LONGEST { Cut::GoesOn } else { Cut::Nothing })
}

fn behind_feed(bytes: &[u8], at: usize) -> Result<&[u8], Cut> {
    match bytes.get(at) {
        Some(b'\n') => Ok(bytes.get(at + 1..).unwrap_or_default()),
        Some(_) => Err(Cut::Nothing),
        None => Err(Cut::GoesOn),
    }
}

fn utf8(bytes: &[u8], length: usize) -> Option<&str> {
    std::str::from_utf8(bytes.get(..length)?).ok()
}

/// The number in the head of a value.
fn seq_in(value: &str) -> Option<u64> {
    let head = value.split('\n').next()?;
    crate::log::Head::parse(head).ok().map(|head| head.seq)
}

/// Key files and recipients of a leaf page of the table `slots`; `None` for any other page. In redb's leaf: a byte
/// of kind, one of nothing, the number of pairs, where each key ends, where each value ends, keys, values.
fn slots_of_page(page: &[u8]) -> Option<BTreeMap<String, Vec<u8>>> {
    const LEAF: u8 = 1;
    const MOST: usize = 512;
    let [LEAF, _, low, high] = *page.first_chunk::<4>()? else { return None };
    let pairs = usize::from(u16::from_le_bytes([low, high]));
    if pairs == 0 || pairs > MOST {
        return None;
    }
    let end_at = |n: usize| -> Option<usize> {
        let at = 4 + 4 * n;
        let bytes: [u8; 4] = page.get(at..at + 4)?.try_into().ok()?;
        usize::try_from(u32::from_le_bytes(bytes)).ok()
    };
    let (mut key_from, mut value_from) = (4 + 8 * pairs, end_at(pairs.checked_sub(1)?)?);
    let mut found = BTreeMap::new();
    for n in 0..pairs {
        let (key_to, value_to) = (end_at(n)?, end_at(pairs + n)?);
        let name = std::str::from_utf8(page.get(key_from..key_to)?).ok()?;
        let value = page.get(value_from..value_to)?;
        if !["bridge/", "file/", "recipient/", "replaced/", "failures/"]
            .iter()
            .any(|kind| name.starts_with(kind))
        {
            return None;
        }
        found.insert(name.to_owned(), value.to_vec());
        (key_from, value_from) = (key_to, value_to);
    }
    Some(found)
}
