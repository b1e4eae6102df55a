//! The log of a site as bytes: entries, their tree (RFC 6962), its checkpoint text, and verification.
//!
//! Pure computation: no file, no clock, no randomness; salts, times and keys come in as values.
//! Who had the right to do what is not judged here but by replay in the store, with the same policy as live.
//!
//! | file | holds |
//! |---|---|
//! | `head` | what every entry says about itself, in version 1's frozen field order |
//! | `entry` | one line: head, signatures, facts, erasable words |
//! | `signature` | what is signed, what counts as a signature, many at once |
//! | `tree` | frontier, roots, inclusion and consistency proofs |
//! | `checkpoint` | C2SP tlog-checkpoint text |
//! | `keys` | which keys a reader of the log knows, learnt from enrolments |
//! | `verify` | the walk from the first entry and its findings |
//! | `json`, `hex`, `malformed` | strict reading, and the reasons for which bytes are refused |

mod checkpoint;
mod entry;
mod head;
mod hex;
mod json;
mod keys;
mod malformed;
mod signature;
mod tree;
mod verify;

pub use checkpoint::Checkpoint;
pub use entry::{Entry, MAX_LINE, PUBLIC_KEY_FACT, Salts, digest};
pub use head::{EPOCH_BEGUN, HEAD_VERSION, Head, HeadFields, KEY_ENROLLED};
pub use hex::{decode_hex, encode_hex};
pub use json::MAX_DEPTH;
pub use keys::{KeyRing, Keys};
pub use malformed::Malformed;
pub use signature::{LABEL, key_from_hex, key_id, mark_holds, sign_mark, signature_holds, verify_batch};
pub use tree::{
    Frontier, Hash, TreeHead, consistency_proof, inclusion_proof, leaf_hash, root_of, verify_consistency,
    verify_inclusion,
};
pub use verify::{Finding, Verified, Walk, What, verify};
