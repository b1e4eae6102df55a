//! One entry: a line of the log. The bytes kept here are the bytes hashed, signed, stored, exported and verified.
//!
//! ```text
//! {"h":"<head>","s":"<base64>","b":"<body>","t":"<sealed text>"}
//! body         {"salt":"<32 hex>","w":["<name of a sealed field>",...],"e":{<facts>}}
//! sealed text  {"salt":"<32 hex>","x":{"<name>":"<words>",...}}
//! leaf         SHA-256(0x00, head, 0x0A, s)        with s2: SHA-256(0x00, head, 0x0A, s, 0x0A, s2)
//! ```
//!
//! An enrolment of a key has `"s2"` after `"s"`: the same bytes signed by the key it enrols. The sealed text goes
//! when it is erased; the body still names its fields and the head still holds its digest.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

use super::head::is_token;
use super::json::{self, MAX_DEPTH};
use super::signature::{holds, sign};
use super::{Hash, Head, HeadFields, KEY_ENROLLED, Malformed, decode_hex, encode_hex, key_from_hex, key_id};

/// Longest line in bytes, without its line feed: 1 MiB.
pub const MAX_LINE: usize = 1 << 20;

/// The fact of an enrolment that holds the new public key, as 64 hex digits.
pub const PUBLIC_KEY_FACT: &str = "public_key";

/// Random bytes that keep short facts and words from being guessed from their digests. Never used twice.
#[derive(Debug, Clone, Copy)]
pub struct Salts {
    pub body: [u8; 16],
    pub text: [u8; 16],
}

/// An entry whose form holds. Whether its digests and signatures hold is for `verify` to say.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    head_bytes: String,
    head: Head,
    signature: [u8; 64],
    second: Option<[u8; 64]>,
    body: String,
    facts: Map<String, Value>,
    word_names: Vec<String>,
    enrolled: Option<VerifyingKey>,
    text: Option<String>,
    words: Option<BTreeMap<String, String>>,
}

#[derive(Serialize)]
struct LineShape<'a> {
    h: &'a str,
    s: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    s2: Option<&'a str>,
    b: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    t: Option<&'a str>,
}

#[derive(Serialize)]
struct BodyShape<'a> {
    salt: &'a str,
    w: &'a [String],
    e: &'a Map<String, Value>,
}

#[derive(Serialize)]
struct TextShape<'a> {
    salt: &'a str,
    x: &'a BTreeMap<String, String>,
}

impl Entry {
    /// Builds and signs an entry that enrols no key.
    ///
    /// # Errors
    /// What reading the entry back would refuse: floats, forms of head fields, depth, length.
    pub fn seal(
        fields: HeadFields,
        facts: &Map<String, Value>,
        words: &BTreeMap<String, String>,
        salts: Salts,
        key: &SigningKey,
    ) -> Result<Entry, Malformed> {
        if fields.kind == KEY_ENROLLED {
            return Err(Malformed::SecondSignatureMissing);
        }
        Self::build(fields, facts, words, salts, key, None)
    }

    /// Builds an enrolment (`KEY_ENROLLED`): signed by `key`, which is already known (for the very first, `new` itself),
    /// and by the key it enrols, whose public half must stand in the facts as `PUBLIC_KEY_FACT`.
    pub fn seal_enrolment(
        fields: HeadFields,
        facts: &Map<String, Value>,
        words: &BTreeMap<String, String>,
        salts: Salts,
        key: &SigningKey,
        new: &SigningKey,
    ) -> Result<Entry, Malformed> {
        if fields.kind != KEY_ENROLLED {
            return Err(Malformed::SigningKey);
        }
        let entry = Self::build(fields, facts, words, salts, key, Some(new))?;
        if entry.enrolled == Some(new.verifying_key()) { Ok(entry) } else { Err(Malformed::EnrolledKey) }
    }

    fn build(
        fields: HeadFields,
        facts: &Map<String, Value>,
        words: &BTreeMap<String, String>,
        salts: Salts,
        key: &SigningKey,
        new: Option<&SigningKey>,
    ) -> Result<Entry, Malformed> {
        json::check_facts(facts, MAX_DEPTH)?;
        let names: Vec<String> = words.keys().cloned().collect();
        let body = json::write(&BodyShape { salt: &encode_hex(&salts.body), w: &names, e: facts })?;
        let text = if words.is_empty() {
            None
        } else {
            Some(json::write(&TextShape { salt: &encode_hex(&salts.text), x: words })?)
        };
        let head = fields
            .into_head(digest(&body), text.as_deref().map(digest), key_id(&key.verifying_key()))
            .to_json()?;
        let signature = sign(key, &head);
        let second = new.map(|new| sign(new, &head));
        let entry = Self::from_parts(head, signature, second, body, text)?;
        if entry.to_line()?.len() > MAX_LINE { Err(Malformed::TooLong) } else { Ok(entry) }
    }

    /// Reads a line without its line feed and refuses every spelling but the one `to_line` would write.
    pub fn parse(line: &str) -> Result<Entry, Malformed> {
        if line.len() > MAX_LINE {
            return Err(Malformed::TooLong);
        }
        let mut fields = json::read_object(line, 1)?;
        let head = fields.text("h")?;
        let signature = read_signature("s", &fields.text("s")?)?;
        let second = match fields.optional_text("s2")? {
            Some(second) => Some(read_signature("s2", &second)?),
            None => None,
        };
        let body = fields.text("b")?;
        let text = fields.optional_text("t")?;
        fields.finish()?;
        let entry = Self::from_parts(head, signature, second, body, text)?;
        if entry.to_line()? == line { Ok(entry) } else { Err(Malformed::NotCanonical) }
    }

    /// Puts an entry together from its parts, as a store keeps them, with the same checks as `parse` except the length.
    pub fn from_parts(
        head_bytes: String,
        signature: [u8; 64],
        second: Option<[u8; 64]>,
        body: String,
        text: Option<String>,
    ) -> Result<Entry, Malformed> {
        let head = Head::parse(&head_bytes)?;
        let (word_names, facts) = read_body(&body)?;
        let words = match &text {
            Some(text) => Some(read_text(text)?),
            None if word_names.is_empty() => Some(BTreeMap::new()),
            None => None,
        };
        // A digest stands in the head exactly when words were sealed, and the words are the ones the body names.
        let named = words.as_ref().is_none_or(|words| words.keys().eq(word_names.iter()));
        if head.text.is_some() == word_names.is_empty() || !named || (text.is_some() && word_names.is_empty())
        {
            return Err(Malformed::Words);
        }
        let enrolled = match (head.kind == KEY_ENROLLED, second) {
            (false, None) => None,
            (false, Some(_)) => return Err(Malformed::SecondSignatureUnexpected),
            (true, None) => return Err(Malformed::SecondSignatureMissing),
            (true, Some(_)) => {
                let key = facts.get(PUBLIC_KEY_FACT).and_then(Value::as_str).and_then(key_from_hex);
                Some(key.ok_or(Malformed::EnrolledKey)?)
            }
        };
        Ok(Entry { head_bytes, head, signature, second, body, facts, word_names, enrolled, text, words })
    }

    /// The exact line, without line feed.
    pub fn to_line(&self) -> Result<String, Malformed> {
        let second = self.second.map(|second| STANDARD.encode(second));
        json::write(&LineShape {
            h: &self.head_bytes,
            s: &STANDARD.encode(self.signature),
            s2: second.as_deref(),
            b: &self.body,
            t: self.text.as_deref(),
        })
    }

    /// What the entry says about itself.
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The exact bytes of the head.
    pub fn head_bytes(&self) -> &str {
        &self.head_bytes
    }

    /// The signature by the key the head names.
    pub fn signature(&self) -> &[u8; 64] {
        &self.signature
    }

    /// The signature by the enrolled key, on an enrolment.
    pub fn second_signature(&self) -> Option<&[u8; 64]> {
        self.second.as_ref()
    }

    /// The exact bytes of the body.
    pub fn body_bytes(&self) -> &str {
        &self.body
    }

    /// The exact bytes of the sealed text; `None` when it was erased or there never was any.
    pub fn text_bytes(&self) -> Option<&str> {
        self.text.as_deref()
    }

    /// The facts from which the registers are rebuilt.
    pub fn facts(&self) -> &Map<String, Value> {
        &self.facts
    }

    /// Names of the sealed fields in ascending order; they stay when the words are erased.
    pub fn word_names(&self) -> &[String] {
        &self.word_names
    }

    /// The sealed words by field; empty when there never were any, `None` when they were erased.
    pub fn words(&self) -> Option<&BTreeMap<String, String>> {
        self.words.as_ref()
    }

    /// Whether there were words and they are gone.
    pub fn is_erased(&self) -> bool {
        self.words.is_none()
    }

    /// Removes the sealed text from this copy. The leaf and the signatures stay as they are.
    pub fn erase(&mut self) {
        if self.text.take().is_some() {
            self.words = None;
        }
    }

    /// The key that this entry enrols.
    pub fn enrolled_key(&self) -> Option<&VerifyingKey> {
        self.enrolled.as_ref()
    }

    /// The entry's leaf in the tree.
    pub fn leaf(&self) -> Hash {
        let mut leaf = Sha256::new();
        leaf.update([0x00]);
        leaf.update(self.head_bytes.as_bytes());
        leaf.update([0x0a]);
        leaf.update(self.signature);
        if let Some(second) = self.second {
            leaf.update([0x0a]);
            leaf.update(second);
        }
        leaf.finalize().into()
    }

    /// Whether the body's bytes are the ones the head names.
    pub fn body_holds(&self) -> bool {
        digest(&self.body) == self.head.body
    }

    /// Whether the sealed text's bytes are the ones the head names; an erased text cannot contradict it.
    pub fn text_holds(&self) -> bool {
        self.text.as_ref().is_none_or(|text| self.head.text == Some(digest(text)))
    }

    /// Whether `key` signed, and on an enrolment the enrolled key too. That `key` is the one the head names, and that
    /// its owner is the actor, is for `verify` to say.
    pub fn signed_by(&self, key: &VerifyingKey) -> bool {
        holds(key, &self.head_bytes, &self.signature) && self.second_holds()
    }

    fn second_holds(&self) -> bool {
        match (&self.enrolled, &self.second) {
            (Some(new), Some(second)) => holds(new, &self.head_bytes, second),
            (None, None) => true,
            _ => false,
        }
    }
}

/// SHA-256 of a text, in hex.
pub fn digest(bytes: &str) -> String {
    let hash: Hash = Sha256::digest(bytes.as_bytes()).into();
    encode_hex(&hash)
}

fn read_signature(field: &'static str, text: &str) -> Result<[u8; 64], Malformed> {
    let bytes = STANDARD.decode(text).map_err(|_| Malformed::BadBase64(field))?;
    bytes.try_into().map_err(|_| Malformed::BadBase64(field))
}

fn read_body(body: &str) -> Result<(Vec<String>, Map<String, Value>), Malformed> {
    // One level more than the facts themselves may have: the body is an object around them.
    let mut fields = json::read_object(body, MAX_DEPTH + 1)?;
    let salt = fields.text("salt")?;
    let names = fields.texts("w")?;
    let facts = fields.object("e")?;
    fields.finish()?;
    if decode_hex::<16>(&salt).is_none() {
        return Err(Malformed::BadValue("salt"));
    }
    if !names.iter().all(|name| is_token(name)) || !names.is_sorted_by(|a, b| a < b) {
        return Err(Malformed::BadValue("w"));
    }
    let spelled = json::write(&BodyShape { salt: &salt, w: &names, e: &facts })?;
    if spelled == body { Ok((names, facts)) } else { Err(Malformed::NotCanonical) }
}

fn read_text(text: &str) -> Result<BTreeMap<String, String>, Malformed> {
    let mut fields = json::read_object(text, 2)?;
    let salt = fields.text("salt")?;
    let sealed = fields.object("x")?;
    fields.finish()?;
    if decode_hex::<16>(&salt).is_none() {
        return Err(Malformed::BadValue("salt"));
    }
    let mut words = BTreeMap::new();
    for (name, value) in sealed {
        let Value::String(value) = value else { return Err(Malformed::WrongType("x")) };
        words.insert(name, value);
    }
    let spelled = json::write(&TextShape { salt: &salt, x: &words })?;
    if spelled == text { Ok(words) } else { Err(Malformed::NotCanonical) }
}
