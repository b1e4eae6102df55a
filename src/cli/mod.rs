//! The command line: the same desk as the screens, without a screen.
//!
//! - [`run`]: from what was typed to an exit code; `args` is the grammar.
//! - `stop`: why a run ends, and with which code (the table is part of the contract).
//! - `out`, `secret`, `given`, `open`: standard output, passwords, their descriptor, the vault to be opened.
//! - `asked`, `typed`, `mistyped`, `lines`: what stands on the command line and in a batch; `said`: what is answered.
//! - one file a subcommand: `init`, `batch`, `load`, `commands`, `query`, `check`, `compact`, `backup`, `restore`,
//!   `recover`, `rekey`, `password`, `profiles`, `explain`, `demo`; `sheet` is what `init` hands over.

mod agree;
mod args;
mod attachment;
mod backup;
mod batch;
mod check;
mod commands;
mod compact;
mod demo;
mod explain;
mod given;
mod init;
mod lines;
mod load;
mod mistyped;
mod open;
mod out;
mod password;
mod profiles;
mod prompt;
mod query;
mod question;
mod recover;
mod rehearse;
mod rekey;
mod restore;
mod run;
mod said;
mod screens;
mod secret;
mod sheet;
mod stop;
mod typed;

pub use run::main;
use screens::screens;
