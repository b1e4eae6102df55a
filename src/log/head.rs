//! The head of an entry, version 1. The field order below is the order of the bytes and is frozen:
//! a later version is another shape beside this one, never an edit of it.

use serde::Serialize;

use super::json::{self, Fields};
use super::{Hash, Malformed, decode_hex, encode_hex};

/// The only version of a head so far.
pub const HEAD_VERSION: u8 = 1;

/// The kind of entry that makes a key known; it carries the new key in its facts and is signed by it as well.
pub const KEY_ENROLLED: &str = "key_enrolled";

/// The kind of entry with which a new epoch begins, and the only one at which the epoch may rise.
pub const EPOCH_BEGUN: &str = "epoch_begun";

/// Longest id, role or request id in bytes.
const MAX_TOKEN: usize = 64;

/// What an entry says about itself. Absent options are left out of the JSON; `null` is refused.
///
/// Everything here is ASCII and opaque: numbers, kinds, times, digests. Names of people stand in the sealed text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Head {
    /// Version of the shape, 1.
    pub v: u8,
    /// Id of the site whose log this is.
    pub site: String,
    /// Rises by one when a site was restored from a copy or lost its keys; the first is 1.
    pub epoch: u32,
    /// Place in the log without holes, over all epochs; the first is 1, so entry n is leaf n - 1.
    pub seq: u64,
    /// RFC 3339 with numeric offset, to the second or the millisecond: `2026-04-01T09:00:00+09:00`.
    pub time: String,
    /// Who acted, as an opaque number such as `P-00003`; `-` for the recovery sheet.
    pub actor: String,
    /// In which role.
    pub role: String,
    /// For whom, when the actor was delegated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub on_behalf: Option<String>,
    /// What happened, in snake_case and past tense: `checked_in`.
    pub kind: String,
    /// The record it happened to, such as `V-00007`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// SHA-256 of the body's bytes, hex.
    pub body: String,
    /// SHA-256 of the sealed text's bytes, hex; stays when the text is erased.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Id of the request that caused it; a retry finds its receipt by this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request: Option<String>,
    /// Id of the signing key, see `key_id`.
    pub key: String,
    /// Root of the tree before this entry, hex: who signs this signs the whole past.
    pub prev: String,
}

/// What the caller knows of a head; digests, key id and version are filled in by sealing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeadFields {
    pub site: String,
    pub epoch: u32,
    pub seq: u64,
    pub time: String,
    pub actor: String,
    pub role: String,
    pub on_behalf: Option<String>,
    pub kind: String,
    pub subject: Option<String>,
    pub request: Option<String>,
    /// Root of the tree of the `seq - 1` entries before.
    pub prev: Hash,
}

impl HeadFields {
    pub(super) fn into_head(self, body: String, text: Option<String>, key: String) -> Head {
        Head {
            v: HEAD_VERSION,
            site: self.site,
            epoch: self.epoch,
            seq: self.seq,
            time: self.time,
            actor: self.actor,
            role: self.role,
            on_behalf: self.on_behalf,
            kind: self.kind,
            subject: self.subject,
            body,
            text,
            request: self.request,
            key,
            prev: encode_hex(&self.prev),
        }
    }
}

impl Head {
    /// Reads a head and refuses every spelling but the one `to_json` would write.
    pub fn parse(text: &str) -> Result<Head, Malformed> {
        let mut fields = json::read_object(text, 1)?;
        if fields.number("v")? != u64::from(HEAD_VERSION) {
            return Err(Malformed::Version);
        }
        let head = Self::take(&mut fields)?;
        fields.finish()?;
        head.check()?;
        if head.to_json()? == text { Ok(head) } else { Err(Malformed::NotCanonical) }
    }

    /// The time in a head's text, without reading the rest: what stands before it are tokens and numbers, which hold
    /// no quotation mark.
    pub fn time_in(text: &str) -> Option<&str> {
        let (_, rest) = text.split_once(",\"time\":\"")?;
        rest.split_once('"').map(|(time, _)| time)
    }

    /// The exact bytes of the head: compact JSON in the order of the fields above.
    pub fn to_json(&self) -> Result<String, Malformed> {
        json::write(self)
    }

    fn take(fields: &mut Fields) -> Result<Head, Malformed> {
        Ok(Head {
            v: HEAD_VERSION,
            site: fields.text("site")?,
            epoch: u32::try_from(fields.number("epoch")?).map_err(|_| Malformed::BadValue("epoch"))?,
            seq: fields.number("seq")?,
            time: fields.text("time")?,
            actor: fields.text("actor")?,
            role: fields.text("role")?,
            on_behalf: fields.optional_text("on_behalf")?,
            kind: fields.text("kind")?,
            subject: fields.optional_text("subject")?,
            body: fields.text("body")?,
            text: fields.optional_text("text")?,
            request: fields.optional_text("request")?,
            key: fields.text("key")?,
            prev: fields.text("prev")?,
        })
    }

    /// Refuses values that have not the form version 1 says; called on sealing and on reading.
    pub(super) fn check(&self) -> Result<(), Malformed> {
        let absent_or = |field: &Option<String>, holds: fn(&str) -> bool| field.as_deref().is_none_or(holds);
        let checks = [
            ("site", is_token(&self.site)),
            ("epoch", self.epoch >= 1),
            ("seq", self.seq >= 1),
            ("time", is_time(&self.time)),
            ("actor", is_token(&self.actor)),
            ("role", is_token(&self.role)),
            ("on_behalf", absent_or(&self.on_behalf, is_token)),
            ("kind", is_kind(&self.kind)),
            ("subject", absent_or(&self.subject, is_token)),
            ("body", is_digest(&self.body)),
            ("text", absent_or(&self.text, is_digest)),
            ("request", absent_or(&self.request, is_token)),
            ("key", decode_hex::<8>(&self.key).is_some()),
            ("prev", is_digest(&self.prev)),
        ];
        match checks.iter().find(|(_, holds)| !holds) {
            Some((field, _)) => Err(Malformed::BadValue(field)),
            None => Ok(()),
        }
    }
}

/// An opaque id: 1 to 64 ASCII letters, digits and `- _ . :`. Nothing in it needs escaping in JSON or in a shell.
pub(super) fn is_token(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b':');
    (1..=MAX_TOKEN).contains(&text.len()) && text.bytes().all(allowed)
}

fn is_kind(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    text.len() <= MAX_TOKEN && text.starts_with(|c: char| c.is_ascii_lowercase()) && text.bytes().all(allowed)
}

fn is_digest(text: &str) -> bool {
    decode_hex::<32>(text).is_some()
}

/// RFC 3339 with a numeric offset. `Z` and `-00:00` (offset unknown, RFC 3339 4.3) are refused, and so is
/// second 60: a terminal's clock does not show one.
fn is_time(text: &str) -> bool {
    read_time(text).unwrap_or(false)
}

fn read_time(text: &str) -> Option<bool> {
    let (moment, rest) = text.split_at_checked(19)?;
    let offset = match rest.strip_prefix('.') {
        Some(fraction) => {
            let (digits, offset) = fraction.split_at_checked(3)?;
            number(digits)?;
            offset
        }
        None => rest,
    };
    let (year, month, day) =
        (number(moment.get(..4)?)?, number(moment.get(5..7)?)?, number(moment.get(8..10)?)?);
    let (hour, minute) = (number(moment.get(11..13)?)?, number(moment.get(14..16)?)?);
    let second = number(moment.get(17..19)?)?;
    let (offset_hour, offset_minute) = (number(offset.get(1..3)?)?, number(offset.get(4..6)?)?);
    let marks: Vec<u8> =
        [4, 7, 10, 13, 16].iter().filter_map(|at| moment.as_bytes().get(*at).copied()).collect();
    let sign_holds = match offset.as_bytes().first()? {
        b'+' => true,
        b'-' => (offset_hour, offset_minute) != (0, 0),
        _ => false,
    };
    Some(
        marks == b"--T::"
            && offset.len() == 6
            && offset.get(3..4)? == ":"
            && sign_holds
            && (1..=12).contains(&month)
            && (1..=days_of(year, month)).contains(&day)
            && hour <= 23
            && minute <= 59
            && second <= 59
            && offset_hour <= 23
            && offset_minute <= 59,
    )
}

fn number(digits: &str) -> Option<u32> {
    if digits.bytes().all(|byte| byte.is_ascii_digit()) { digits.parse().ok() } else { None }
}

fn days_of(year: u32, month: u32) -> u32 {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}
