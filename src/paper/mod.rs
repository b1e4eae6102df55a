//! What leaves the screen: sheets of plain text, and CSV in both directions.
//!
//! - [`plain`]: tables and sheets by terminal cells; the list of who is inside.
//! - [`csv`]: registers written for a spreadsheet, defused, and existing lists read back.

pub mod csv;
pub mod plain;
