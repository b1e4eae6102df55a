//! What leaves the screen: sheets of plain text, and CSV in both directions.
//!
//! - [`plain`]: tables and sheets by terminal cells; the list of who is inside.
//! - [`Slip`]: a temporary password, handed over on a page of its own.
//! - [`csv`]: registers written for a spreadsheet, defused, and existing lists read back.

pub mod csv;
pub mod plain;
mod slip;

pub use slip::Slip;
