//! daicho (台帳, "ledger"): the security books of a site that no network reaches, in one encrypted vault.
//!
//! # The idea
//!
//! - **A site is a log.** Everything that happens is one signed entry in one append-only log ([`log`]).
//! - **A register is a view of the log.** People, badges, permits, visits are derived, and can be rebuilt ([`store`]).
//! - **The audit trail is the log itself.** Nothing can be done that is not in it, because doing *is* appending.
//! - **The vault is an age-encrypted redb file** with a journal and keys beside it ([`vault`]): standard formats that
//!   stock tools open.
//!
//! # How a command goes
//!
//! ```text
//! key, batch line, CSV row -> Command -> policy: may this actor? -> decide(registers, command, now) -> Event
//!   -> one transaction: entry signed, rows folded, root advanced -> journal frame fsynced = committed -> Receipt
//! ```
//!
//! One command becomes exactly one event, and an event is the accepted command with what the rules made of it.
//! So `check` can decide every past command again, with the roles, keys and profile of that moment, and demand
//! the same event: rights are verified, not only enforced. A row is folded from its own entries alone, so any
//! record can be shown as of any past entry.
//!
//! # The floors
//!
//! | floor | module | does |
//! |---|---|---|
//! | 0 | [`text`] | cleaning at the boundary, folding for search, widths, dates as people write them |
//! | 0 | [`domain`] | vocabulary, rules, policy: pure, one file a noun |
//! | 0 | [`profile`] | a site's rules, read from TOML and checked; which version held when |
//! | 1 | [`log`] | entry bytes, signatures, Merkle tree, verification |
//! | 1 | [`vault`] | the encrypted folder: slots, backend, journal, checkpoints |
//! | 2 | [`store`] | redb tables, the one write transaction, queries, rebuild, check |
//! | 3 | [`desk`] | the only door: session, clock, entropy, execute, query; what can be done, declared once |
//! | 3 | [`paper`] | plain text and CSV from what the desk gives |
//! | 4 | [`tui`], [`cli`] | the screens; the command line |
//!
//! A module uses only what lies below it; `tests/floors.rs` holds it to that.
//!
//! # A new noun with a command
//!
//! Read `domain/notice.rs` and `desk/declare/notices.rs` first: the smallest noun there is. Then:
//!
//! 1. `domain/id.rs`: a line in `nouns!`, with a number never used before and a prefix of two letters.
//! 2. `domain/NOUN.rs`: its row (`row!`), its commands with their rules (`commands!`), its choices (`choice!`), the
//!    functions that decide them, and what is asked of the row: what makes and changes it, its keys, its day, the texts
//!    it is searched by, whom it names, what erasing takes. The compiler names what is missing.
//! 3. `domain/row.rs` (`rows!`) and `domain/command.rs` (`all!`): its name and those of its commands. A command is of
//!    the edition that its rule names.
//! 4. `desk/declare/NOUNS.rs`: the register with its columns, and an operation a command: title, past, reading, fields.
//! 5. Its words in the profiles, its pages in `data/manual`, a sample in `tests/store/spelling.rs`.
//!
//! `python3 tests/family_cost.py --list` shows where else the smallest noun still stands, and what that costs.

pub mod cli;
pub mod desk;
pub mod domain;
pub mod log;
pub mod paper;
pub mod profile;
pub mod store;
pub mod text;
pub mod tui;
pub mod vault;
