//! Passwords and what they open: a slot is an age scrypt file that holds one user's X25519 identity.

use std::io::{self, BufRead, Read, Write};
use std::iter;

use age::secrecy::{ExposeSecret, SecretString};
use age::stream::StreamWriter;
use age::x25519;
use hkdf::Hkdf;
use sha2::Sha256;
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use super::error::VaultError;
use crate::fault::{Fault, fault};

/// What begins the last line of the header of an age file.
const HEADER_ENDS: &[u8] = b"\n--- ";

/// Cost of one guess at a password: scrypt with N = 2^n, r = 8, p = 1 (RFC 7914), as age fixes them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct WorkFactor(u8);

impl WorkFactor {
    /// 1.3 s and 258 MB on a terminal of today.
    pub const DEFAULT: Self = Self(18);
    /// 0.6 s and 131 MB, for terminals with 2 GB.
    pub const SMALL: Self = Self(17);
    /// For demonstrations and tests, which say so.
    pub const DEMO: Self = Self(12);
    /// What a file may ask for at most, unless the caller says otherwise (about 1 GB).
    pub const MAX: Self = Self(20);

    /// log2 N from 1 to 24; `None` outside.
    pub fn new(log_n: u8) -> Option<Self> {
        (1..=24).contains(&log_n).then_some(Self(log_n))
    }

    /// log2 N.
    pub fn log_n(self) -> u8 {
        self.0
    }
}

/// Why a slot did not open. [`SlotError::WrongPassword`] is also the answer for a user who does not exist.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SlotError {
    /// The password is not the one of this slot, or there is no such user.
    WrongPassword,
    /// The slot asks for more work than accepted; nothing was computed.
    TooMuchWork { asked: u8, max: u8 },
    /// Everything that is not about the password.
    Vault(VaultError),
}

impl SlotError {
    /// The same error, of a slot that stands in this file.
    pub(crate) fn of_file(self, name: &str) -> Self {
        match self {
            Self::Vault(VaultError::Damaged { offset, what, .. }) => {
                Self::Vault(VaultError::Damaged { file: name.to_owned(), offset, what })
            }
            other => other,
        }
    }

    /// The same as a value that has sentences.
    pub fn fault(&self) -> Fault {
        match self {
            Self::WrongPassword => fault!("slot_wrong_password"),
            Self::TooMuchWork { asked, max } => fault!("slot_too_much_work", asked = *asked, max = *max),
            Self::Vault(e) => e.fault(),
        }
    }
}

impl std::fmt::Display for SlotError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for SlotError {}

impl From<VaultError> for SlotError {
    fn from(e: VaultError) -> Self {
        Self::Vault(e)
    }
}

/// One user's private identity: opens the vault key, and is what the user's signature key is derived from.
#[derive(Clone)]
pub struct UserIdentity(x25519::Identity);

impl std::fmt::Debug for UserIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UserIdentity(secret)")
    }
}

impl UserIdentity {
    /// A new one, from the randomness of age (the operating system's).
    pub fn generate() -> Self {
        Self(x25519::Identity::generate())
    }

    /// The age recipient (`age1…`). A secret too: who knows it can plant a vault.
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// 32 bytes that only this identity yields under this label: HKDF-SHA256 (RFC 5869) without salt over the
    /// ASCII of `AGE-SECRET-KEY-1…`, so that a stock tool can do the same with an exported key.
    pub fn derive(&self, label: &str) -> Zeroizing<[u8; 32]> {
        hkdf32(self.0.to_string().expose_secret().as_bytes(), label)
    }

    pub(crate) fn as_age(&self) -> &x25519::Identity {
        &self.0
    }

    pub(crate) fn from_age(identity: x25519::Identity) -> Self {
        Self(identity)
    }
}

pub(crate) fn hkdf32(secret: &[u8], label: &str) -> Zeroizing<[u8; 32]> {
    let mut out = Zeroizing::new([0; 32]);
    // Expanding 32 bytes cannot fail: HKDF-SHA256 gives up to 8160 (RFC 5869, 2.3).
    let _ = Hkdf::<Sha256>::new(None, secret).expand(label.as_bytes(), out.as_mut());
    out
}

/// NFKC, so that a password typed with another input method or in full width is the same password.
fn normal(password: &SecretString) -> SecretString {
    let mut text = String::with_capacity(password.expose_secret().len() * 4 + 16);
    text.extend(password.expose_secret().nfkc());
    SecretString::from(text)
}

/// Encrypts an identity under a password. The work factor is always explicit.
pub fn seal_slot(
    password: &SecretString,
    identity: &UserIdentity,
    work: WorkFactor,
) -> Result<Vec<u8>, VaultError> {
    let mut recipient = age::scrypt::Recipient::new(normal(password));
    recipient.set_work_factor(work.0);
    let mut text = Zeroizing::new(String::new());
    text.push_str(identity.0.to_string().expose_secret());
    text.push('\n');
    encrypt(&[&recipient], text.as_bytes())
}

/// The work factor a slot's header asks for, without doing any of it.
pub fn slot_work(bytes: &[u8]) -> Option<u8> {
    let head = bytes.get(..bytes.len().min(512))?;
    let text = String::from_utf8_lossy(head);
    let line = text.lines().find_map(|l| l.strip_prefix("-> scrypt "))?;
    line.split(' ').nth(1)?.parse().ok()
}

/// Opens a slot. One that asks for more than `max` is refused before any work.
pub fn open_slot(bytes: &[u8], password: &SecretString, max: WorkFactor) -> Result<UserIdentity, SlotError> {
    let damaged = |what| SlotError::Vault(VaultError::damaged("slot", 0, what));
    let asked = slot_work(bytes).ok_or_else(|| damaged(fault!("bytes_no_key_file")))?;
    if asked > max.0 {
        return Err(SlotError::TooMuchWork { asked, max: max.0 });
    }
    let mut identity = age::scrypt::Identity::new(normal(password));
    identity.set_max_work_factor(max.0);
    let decryptor = age::Decryptor::new_buffered(bytes).map_err(|_| damaged(fault!("bytes_header_form")))?;
    let mut reader = match decryptor.decrypt(iter::once(&identity as &dyn age::Identity)) {
        Ok(reader) => reader,
        Err(age::DecryptError::DecryptionFailed | age::DecryptError::KeyDecryptionFailed) => {
            return Err(SlotError::WrongPassword);
        }
        Err(age::DecryptError::NoMatchingKeys) => return Err(SlotError::WrongPassword),
        Err(_) => return Err(damaged(fault!("bytes_header_seal"))),
    };
    let mut text = Zeroizing::new(String::with_capacity(256));
    reader
        .by_ref()
        .take(4096)
        .read_to_string(&mut text)
        .map_err(|_| damaged(fault!("bytes_contents_seal")))?;
    let identity = text.trim().parse().map_err(|_| damaged(fault!("bytes_no_identity")))?;
    Ok(UserIdentity(identity))
}

/// Does the work of one wrong guess, for a user id that has no slot: time does not tell the two apart.
pub fn pretend_to_open(password: &SecretString, work: WorkFactor) {
    let mut recipient = age::scrypt::Recipient::new(normal(password));
    recipient.set_work_factor(work.0);
    // The result is not used; a failure would be one of memory, as for the real thing.
    let _ = encrypt(&[&recipient], b"");
}

/// Encrypts to recipients; the result is a standard age file.
pub(crate) fn encrypt(recipients: &[&dyn age::Recipient], plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
    end_file(begin_file(recipients)?, plaintext)
}

const UNACCEPTABLE: VaultError = VaultError::Unacceptable { what: fault!("unfit_recipients") };

/// A standard age file of which only the header is written.
pub(crate) fn begin_file(recipients: &[&dyn age::Recipient]) -> Result<StreamWriter<Vec<u8>>, VaultError> {
    let encryptor = age::Encryptor::with_recipients(recipients.iter().copied()).map_err(|_| UNACCEPTABLE)?;
    encryptor.wrap_output(Vec::with_capacity(1024)).map_err(|_| UNACCEPTABLE)
}

/// The whole of a file that was begun.
pub(crate) fn end_file(mut begun: StreamWriter<Vec<u8>>, plaintext: &[u8]) -> Result<Vec<u8>, VaultError> {
    begun.write_all(plaintext).map_err(|_| UNACCEPTABLE)?;
    begun.finish().map_err(|_| UNACCEPTABLE)
}

/// Whether one of the identities is a recipient of an age file, as far as its header tells.
pub(crate) fn opens(identities: &[&dyn age::Identity], bytes: &[u8]) -> bool {
    age::Decryptor::new_buffered(bytes)
        .is_ok_and(|decryptor| decryptor.decrypt(identities.iter().copied()).is_ok())
}

/// What keeps a decryption from giving bytes.
pub(crate) enum NotOpened {
    /// None of the identities is a recipient.
    WrongKey,
    /// The file is not what was written.
    Damaged(Fault),
}

/// An age file whose header comes in one piece. Of a buffered reader the library asks for a line at a time, and parses all lines
/// so far anew for each: of a file for 300 recipients six hundred times. Everything else is the bytes' own.
struct HeaderAtOnce<'b> {
    bytes: &'b [u8],
    begun: bool,
}

impl Read for HeaderAtOnce<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.bytes.read(into)
    }
}

impl BufRead for HeaderAtOnce<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.bytes.fill_buf()
    }

    fn consume(&mut self, amount: usize) {
        self.bytes.consume(amount);
    }

    fn read_until(&mut self, byte: u8, into: &mut Vec<u8>) -> io::Result<usize> {
        let mut read = self.bytes.read_until(byte, into)?;
        // The last line of a header, and no other, begins so (age v1). Where none does, it is one line at a time.
        let last = |lines: &[u8]| lines.windows(HEADER_ENDS.len()).position(|part| part == HEADER_ENDS);
        if !std::mem::replace(&mut self.begun, true)
            && byte == b'\n'
            && let Some(at) = last(self.bytes)
        {
            let (before, behind) = self.bytes.split_at(at + HEADER_ENDS.len());
            into.extend_from_slice(before);
            self.bytes = behind;
            read += before.len() + self.bytes.read_until(byte, into)?;
        }
        Ok(read)
    }
}

/// Decrypts a whole small age file.
pub(crate) fn decrypt(identities: &[&dyn age::Identity], bytes: &[u8]) -> Result<Vec<u8>, NotOpened> {
    let whole = HeaderAtOnce { bytes, begun: false };
    let decryptor =
        age::Decryptor::new_buffered(whole).map_err(|_| NotOpened::Damaged(fault!("bytes_header_form")))?;
    let mut reader = decryptor.decrypt(identities.iter().copied()).map_err(|e| match e {
        age::DecryptError::NoMatchingKeys => NotOpened::WrongKey,
        _ => NotOpened::Damaged(fault!("bytes_header_seal")),
    })?;
    let mut out = Vec::with_capacity(bytes.len());
    if reader.read_to_end(&mut out).is_err() {
        out.zeroize();
        return Err(NotOpened::Damaged(fault!("bytes_contents_seal")));
    }
    Ok(out)
}
