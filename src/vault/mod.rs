//! The vault: one folder of standard age files. It knows bytes and secrets, no registers.
//!
//! ```text
//! FORMAT             which format this is; written last, so that a folder with it is whole
//! keys/<user>.age    a user's identity under the user's password          [slot], [keys]
//! keys/vault.age     the vault identity, to every user and the recovery sheet
//! base.000012.age    a redb image                                         [base]
//! journal.000013     what was appended since, in frames                   [journal], [frame]
//! blobs/<name>.age   attachments; the folder comes with the first         [blobs]
//! lock, attempts     one writer; failed logins                            [lock], [attempts]
//! claims             what was done beside a session and is not in the log yet        [claims]
//! COPY               this folder is a copy: which files of it count       [mark], [copy]
//! ```
//!
//! What is durable, and what whoever can write it with a tool of their own gains by it (`tests/insider.rs` tries):
//!
//! | what | what a forger gains |
//! |---|---|
//! | `entries`, `sealed` | nothing: each entry is signed and names all before it, and its texts by digest |
//! | `leaves`, `rows`, `snapshots`, `index`, `subjects`, `kinds`, `texts`, `requests` | what is shown until `check` compares it with the entries |
//! | `drafts` | a form that its user sees before it is sent |
//! | `slots` `file/`, `recipient/`, `bridge/` | nothing: bound by digests in the entries; what differs is used by nobody, and told |
//! | `slots` `replaced/` | nothing: a bridge of releases up to 0.2, opened by who holds a password of before |
//! | `slots` `failures/` | what wrong passwords typed at the login do |
//! | `meta` `site`, `format`, `views`, `longest_stay` | everything derived is made anew, or does not open |
//! | `meta` `epoch`, `state`, `newer` | what `check` finds, or a vault that does not open |
//! | `FORMAT`, `base.`, `journal.`, `COPY`, `unfinished` | a vault that does not open, or an older one: the number and root on paper tell |
//! | `blobs/` | a document that is not what was attached: named when it is read, and by `check` |
//! | `keys/` | nothing past the next login, which writes what the log names |
//! | `lock` | a writer that stops before its next answer |
//! | `attempts` | what wrong passwords typed at the login do |
//! | `.seen`, outside every vault | a login that says the terminal had noted nothing, or one that misses what never was |
//! | `.mark`, outside every vault | nothing but time: it counts for whoever signed it, and their password gives as much |
//! | `claims` | an entry that says it stands on the word of a file |
//!
//! An image is read through the overlay over the base (`backend`); what makes a command last is [`Vault::append`].
//! All access to files goes through [`Disk`], so that a test can cut the power at any step.

mod ahead;
mod attempts;
mod backend;
mod base;
mod blobs;
mod checkpoint;
mod claims;
mod copy;
mod durable;
mod error;
mod folder;
mod founding;
mod frame;
mod harden;
mod journal;
mod keys;
mod lock;
mod mark;
mod opened;
mod outside;
mod overlay;
mod recovery;
mod replay;
mod room;
mod salvage;
mod scratch;
mod seen;
mod segment;
mod slot;
mod snapshot;
mod unfinished;
mod upgrade;
mod verified_mark;
mod verify;
mod walk;

pub use attempts::{Attempt, Attempts, Pace, clear_attempts, read_attempts, record_attempt};
pub use backend::{Apart, Backend};
pub use blobs::{Blob, MOST_BLOB, blob_file, read_blob, write_blob};
pub use checkpoint::{CheckpointDone, CheckpointError, CheckpointJob};
pub use claims::{clear_claims, read_claims, record_claim};
pub use copy::{Copied, CopyError, copy, copy_whole, is_unfinished};
pub use durable::{Disk, FileId, Listed, LockGuard, LockRefused, ReadAt, RealDisk, WriteAt};
pub use error::{AppendError, Doing, VaultError, Where};
pub(crate) use folder::place_of;
pub use folder::{
    FORMAT_VERSION, Found, format_made_from, inspect, is_marked, is_of_older_format, refuse_newer,
};
pub use harden::{HardenReport, LandlockLevel, harden};
pub use keys::{
    SITE_KEY, VAULT_KEY, VaultIdentity, open_for, open_user, open_vault_key, read_key_file, read_key_files,
    reconcile_keys, rewrite_keys, seal_for, seal_vault_key, slot_file, valid_user_id, work_of,
};
pub use lock::{Holder, keep_writers_out};
pub use opened::{DEFAULT_CACHE, Mode, Opened, Superseded, Vault, held};
pub use outside::NewFile;
pub use recovery::{RecoverySecret, SheetError};
pub use replay::Frames;
pub use room::Room;
pub use salvage::{Part, copy_raw, raw_key_file, raw_key_names, salvage, write_sealed};
pub use scratch::Scratch;
pub use seen::{Seen, read_seen, write_seen};
pub use slot::{SlotError, UserIdentity, WorkFactor, open_slot, pretend_to_open, seal_slot, slot_work};
pub use unfinished::Unfinished;
pub use upgrade::Upgraded;
pub use verified_mark::{VerifiedMark, read_verified_mark, write_verified_mark};
pub use verify::{Progress, Verified, verify};
pub use walk::TornTail;
