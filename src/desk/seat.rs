//! Who sits at the desk: the person, their roles, and the keys that their password opened.

use crate::domain::{Actor, Id, Rejection, User};
use crate::vault::UserIdentity;
use ed25519_dalek::SigningKey;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// Label under which a user's signature key is derived from their identity (HKDF-SHA256). Part of the format.
const SIGNATURE_LABEL: &str = "daicho entry signature v1";

/// A person at the desk. Holds secrets; zeroized when dropped.
#[derive(Clone)]
pub struct Seat {
    pub(super) user: String,
    pub(super) actor: Actor,
    pub(super) signing: SigningKey,
    pub(super) provisional: bool,
    /// Why nothing can be done before a new password is set, where that is not since this one is provisional.
    pub(super) due: Option<Rejection>,
    /// The session has begun: the log says that they came.
    pub(super) began: bool,
    /// The password is one that a person chose.
    chosen: bool,
    /// Digest of the recipient of the identity that opened the vault: the stanza that it proved.
    pub(super) recipient: String,
    screen: ScreenSecret,
    /// The PIN that opens the screen lock as well, until this person leaves.
    pin: Option<ScreenSecret>,
}

/// What opens the screen lock again: a salted digest of a password or PIN, in memory only. The keys beside it are
/// worth more than the password, so a slow hash here would protect nothing.
#[derive(Clone)]
struct ScreenSecret {
    salt: [u8; 16],
    digest: Zeroizing<[u8; 32]>,
}

impl ScreenSecret {
    fn new(salt: [u8; 16], password: &str) -> ScreenSecret {
        ScreenSecret { salt, digest: Zeroizing::new(Self::digest(&salt, password)) }
    }

    /// Whether this is it. Digests of a salted text: how long the comparison takes tells nothing about it.
    fn is(&self, typed: &str) -> bool {
        ScreenSecret::digest(&self.salt, typed) == *self.digest
    }

    fn digest(salt: &[u8; 16], typed: &str) -> [u8; 32] {
        use unicode_normalization::UnicodeNormalization;
        let typed = Zeroizing::new(typed.nfkc().collect::<String>());
        Sha256::new().chain_update(salt).chain_update(typed.as_bytes()).finalize().into()
    }
}

/// The signature key of an identity.
pub(super) fn signing_key(identity: &UserIdentity) -> SigningKey {
    SigningKey::from_bytes(&identity.derive(SIGNATURE_LABEL))
}

/// A verifying key as the registers write it: 64 hex digits.
pub(super) fn key_hex(key: &SigningKey) -> String {
    crate::log::encode_hex(key.verifying_key().as_bytes())
}

impl Seat {
    /// The seat of a user whose password opened this identity; `None` when the identity is not the one in force,
    /// or the user is suspended.
    pub(super) fn of(row: &User, identity: &UserIdentity, password: &str, salt: [u8; 16]) -> Option<Seat> {
        let signing = signing_key(identity);
        let held = row.keys.last().filter(|held| held.key == key_hex(&signing))?;
        if row.state.is_barred() {
            return None;
        }
        Some(Seat {
            user: row.user.clone(),
            actor: Actor { person: row.person, user: Some(row.id), roles: row.roles.clone() },
            signing,
            provisional: held.provisional,
            due: None,
            began: false,
            chosen: !super::password::is_temporary(password),
            recipient: super::keyring::digest(identity.recipient().as_bytes()),
            screen: ScreenSecret::new(salt, password),
            pin: None,
        })
    }

    /// From now on the seat serves for nothing but a new password.
    pub(super) fn must_change(&mut self, due: Rejection) {
        self.provisional = true;
        self.due = Some(due);
    }

    /// Whether nobody but the person knows the keys: a temporary password is known to whoever gave it, whatever a row says
    /// of it.
    pub(super) fn is_own(&self) -> bool {
        self.chosen && !self.provisional
    }

    /// Whether this is the password that opened the seat.
    pub(super) fn is_password(&self, typed: &str) -> bool {
        self.screen.is(typed)
    }

    /// Whether this opens the screen lock: the password, or the PIN where one was set.
    pub(super) fn opens_screen(&self, typed: &str) -> bool {
        self.is_password(typed) || self.pin.as_ref().is_some_and(|pin| pin.is(typed))
    }

    /// From now on this opens the screen lock as well.
    pub(super) fn set_pin(&mut self, salt: [u8; 16], pin: &str) {
        self.pin = Some(ScreenSecret::new(salt, pin));
    }

    /// The login ID.
    pub fn user(&self) -> &str {
        &self.user
    }

    /// Who it is.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The user record.
    pub(super) fn user_id(&self) -> Option<Id> {
        self.actor.user
    }
}
