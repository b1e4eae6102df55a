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
//! | 0 | [`fault`] | what went wrong, by its name; the sentences of each name |
//! | 0 | [`text`] | cleaning at the boundary, folding for search, widths, dates as people write them |
//! | 0 | [`domain`] | vocabulary, rules, policy: pure, one file a noun |
//! | 0 | [`profile`] | a site's rules, read from TOML and checked; which version held when |
//! | 1 | [`log`] | entry bytes, signatures, Merkle tree, verification |
//! | 1 | [`vault`] | the encrypted folder: slots, backend, journal, checkpoints |
//! | 2 | [`store`] | redb tables, the one write transaction, queries, rebuild, check |
//! | 3 | [`desk`] | the only door: session, clock, entropy, execute, query; what can be done, declared once |
//! | 3 | [`paper`] | plain text and CSV from what the desk gives |
//! | 3 | [`sample`] | the sample site, made through the desk |
//! | 4 | [`tui`], [`cli`] | the screens; the command line |
//!
//! A module uses only what lies below it; `tests/floors.rs` holds it to that.
//!
//! # A new noun with its commands
//!
//! Read `domain/device.rs` and `desk/declare/devices.rs` first: a noun with three commands. Then:
//!
//! 1. `domain/NOUN.rs`: its row (`row!`), its commands with their rules (`commands!`), its choices (`choice!`), the
//!    functions that decide them, how its records are filed (`FILING`), and what is asked of a row: what makes and
//!    changes it, its keys, its day, the texts it is searched by, whom it is about, what erasing takes. The compiler
//!    names what is missing. A `mod` line in `domain/mod.rs`.
//! 2. `domain/family.rs`: its line, with a number never used before, a prefix of two letters and its commands. The
//!    edition that each command's rule names says when it came.
//! 3. `desk/declare/NOUNS.rs`: the register with its columns and states, what of it stands on Today, and an operation a
//!    command: title, past, reading, fields. A `mod` line and its place in the menu (`books!`) in `declare/mod.rs`.
//! 4. `tests/golden/family/NOUN/`: one line a command in `commands.jsonl`, one row in `rows.jsonl`, every field set. The
//!    rest of the folder the tests write themselves (`UPDATE_GOLDEN=1`), to be read before it is committed.
//!    `happens.jsonl` has what the fixture of the release lets happen: an entry of each kind.
//! 5. `tests/rules/NOUNS.rs`: its states by command, and its demands. A `mod` line in `tests/rules.rs`.
//! 6. `data/profiles`: which roles hold its groups. Groups are of a book: another book than those of `domain/group.rs` is
//!    a line there.
//! 7. `data/manual`: what a guard and an administrator do with it, and its register's name in the lists of `cli.md` and,
//!    where lists come in, of `admin.md`.
//!
//! Where the sample site is to show it, a file in `sample/` besides, and where the desk does more with it than the rules
//! say, a test in `tests/desk/`.
//!
//! Lists, forms, search, the palette, the command line, CSV, past states, check, erasing, the takeover and Today find it by
//! these. `python3 tests/family_cost.py --list --noun NOUN --command COMMAND` lists what stands outside its own files,
//! `tests/hundred_families.py` measures what a commit takes with a hundred families more, and `tests/compile_time.py` what one
//! changed line of a rule takes to build.

pub mod cli;
pub mod desk;
pub mod domain;
pub mod fault;
pub mod log;
pub mod paper;
pub mod profile;
pub mod sample;
pub mod store;
pub mod text;
pub mod tui;
pub mod vault;
