//! What is signed, and what counts as a signature.
//!
//! One rule everywhere: RFC 8032 without cofactor, canonical S, and neither R nor the key of small order
//! (`verify_strict`). The batch equation of the library is deliberately not used: it accepts, with a chance the
//! signer can grind, signatures whose R carries a small-order part, which the single equation refuses. Two honest
//! verifiers must never disagree on an entry, so many signatures are verified one by one on all cores.

use std::num::NonZeroUsize;
use std::thread;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};

use super::{Entry, decode_hex, encode_hex};

/// The label before the head in the signed bytes: label, one zero byte, head.
pub const LABEL: &[u8] = b"daicho entry v1";

/// The label before a verified mark, which is no entry and never passes for one: neither label begins the other.
const MARK_LABEL: &[u8] = b"daicho verified mark v1";

/// Below this many signatures a second thread costs more than it brings.
const WORTH_A_THREAD: usize = 64;

/// The id of a key: the first 16 hex digits of the SHA-256 of its 32 bytes. It finds a key, it does not prove one.
pub fn key_id(key: &VerifyingKey) -> String {
    let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
    let mut id = encode_hex(&digest);
    id.truncate(16);
    id
}

/// A public key from 64 hex digits; refused are other encodings of the same point, points off the curve and
/// points of small order.
pub fn key_from_hex(text: &str) -> Option<VerifyingKey> {
    let bytes = decode_hex::<32>(text)?;
    let key = VerifyingKey::from_bytes(&bytes).ok()?;
    if key.is_weak() || is_above_the_prime(&bytes) { None } else { Some(key) }
}

/// Whether the encoded y is 2^255 - 19 or more, which RFC 8032 5.1.3 says does not decode and the library lets pass.
fn is_above_the_prime(bytes: &[u8; 32]) -> bool {
    let [low, middle @ .., high] = bytes;
    high & 0x7f == 0x7f && middle.iter().all(|byte| *byte == 0xff) && *low >= 0xed
}

fn message(label: &[u8], text: &str) -> Vec<u8> {
    [label, &[0], text.as_bytes()].concat()
}

pub(super) fn sign(key: &SigningKey, head: &str) -> [u8; 64] {
    key.sign(&message(LABEL, head)).to_bytes()
}

/// Signs the text of a verified mark, hex.
pub fn sign_mark(key: &SigningKey, text: &str) -> String {
    encode_hex(&key.sign(&message(MARK_LABEL, text)).to_bytes())
}

/// Whether a verified mark was signed with a key.
pub fn mark_holds(key: &VerifyingKey, text: &str, signature: &str) -> bool {
    decode_hex(signature)
        .is_some_and(|signature| signature_holds(key, &message(MARK_LABEL, text), &signature))
}

/// Whether a signature over these very bytes holds, by the one rule above.
pub fn signature_holds(key: &VerifyingKey, message: &[u8], signature: &[u8; 64]) -> bool {
    key.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
}

pub(super) fn holds(key: &VerifyingKey, head: &str, signature: &[u8; 64]) -> bool {
    signature_holds(key, &message(LABEL, head), signature)
}

/// Verifies the signatures of many entries, each by its key (an enrolment's second by the key it enrols), on all cores.
///
/// # Errors
/// The index of the first pair that does not hold. It agrees with `Entry::signed_by` on every entry.
pub fn verify_batch(pairs: &[(&Entry, &VerifyingKey)]) -> Result<(), usize> {
    match first_bad(pairs, |(entry, key)| entry.signed_by(key)) {
        Some(index) => Err(index),
        None => Ok(()),
    }
}

/// The index of the first item that does not hold, looked for on as many threads as the machine runs at once.
pub(super) fn first_bad<T: Sync>(items: &[T], holds: impl Fn(&T) -> bool + Sync) -> Option<usize> {
    let threads = thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let share = items.len().div_ceil(threads).max(WORTH_A_THREAD);
    let holds = &holds;
    let alone = move |part: &[T]| part.iter().position(|item| !holds(item));
    thread::scope(|scope| {
        let mut parts = items.chunks(share).enumerate();
        let first = parts.next();
        let others: Vec<_> = parts
            .map(|(number, part)| {
                (number, part, thread::Builder::new().spawn_scoped(scope, move || alone(part)).ok())
            })
            .collect();
        if let Some(index) = first.and_then(|(_, part)| alone(part)) {
            return Some(index);
        }
        others.into_iter().find_map(|(number, part, worker)| {
            // A thread that could not start or broke off proves nothing: its share is done here again.
            let found = worker.and_then(|worker| worker.join().ok()).unwrap_or_else(|| alone(part));
            found.map(|index| number * share + index)
        })
    })
}
