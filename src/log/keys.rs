//! Which keys a reader of the log knows.

use std::collections::BTreeMap;

use ed25519_dalek::VerifyingKey;

use super::{Entry, key_id};

/// Where the walk finds the keys by which entries are signed. A closure from key id to key is one, without owners.
pub trait Keys {
    /// The key with this id, if it is known so far.
    fn key_of(&self, key_id: &str) -> Option<VerifyingKey>;

    /// Whether entries of `actor` may be signed by this key. Rights are judged elsewhere; this is only whose key it is.
    fn belongs_to(&self, _key_id: &str, _actor: &str) -> bool {
        true
    }

    /// An enrolment that holds, signatures included; what comes after it may be signed by the key it enrols.
    fn learn(&mut self, _enrolment: &Entry) {}
}

impl<F: Fn(&str) -> Option<VerifyingKey>> Keys for F {
    fn key_of(&self, key_id: &str) -> Option<VerifyingKey> {
        self(key_id)
    }
}

/// Keys pinned by the caller and those learnt from enrolments, each with its owner.
#[derive(Debug, Clone, Default)]
pub struct KeyRing {
    keys: BTreeMap<String, (VerifyingKey, Option<String>)>,
}

impl KeyRing {
    /// A ring without keys: nothing verifies by it until one is pinned.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts a key that is known from elsewhere: a peer's keyset, the recovery sheet, the vault. `owner` is the actor
    /// whose entries it may sign, `None` for anyone's.
    pub fn pin(&mut self, key: VerifyingKey, owner: Option<String>) {
        self.keys.insert(key_id(&key), (key, owner));
    }
}

impl Keys for KeyRing {
    fn key_of(&self, key_id: &str) -> Option<VerifyingKey> {
        self.keys.get(key_id).map(|(key, _)| *key)
    }

    fn belongs_to(&self, key_id: &str, actor: &str) -> bool {
        match self.keys.get(key_id) {
            Some((_, Some(owner))) => owner == actor,
            Some((_, None)) => true,
            None => false,
        }
    }

    /// The owner of an enrolled key is the enrolment's subject, or its actor when it names none. A key id that is
    /// known already keeps its key and owner: ids are short, and a second key with the same one must not take its place.
    fn learn(&mut self, enrolment: &Entry) {
        if let Some(key) = enrolment.enrolled_key() {
            let head = enrolment.head();
            let owner = head.subject.as_ref().unwrap_or(&head.actor);
            self.keys.entry(key_id(key)).or_insert_with(|| (*key, Some(owner.clone())));
        }
    }
}
