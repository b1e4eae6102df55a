//! The command line, driven as a program: exit codes, answers one a line, the sample site.

mod backup;
mod batch;
mod check;
mod compact;
mod demo;
mod exits;
mod explain;
mod given;
mod init;
mod load;
mod query;
mod rehearse;
pub mod run;
mod sheet;
mod wizard;
