//! Text on the floor of the house: what may come in, how it is searched, how wide it is, how a date is said.
//!
//! Pure functions over `&str`. None panics for any input, and all are linear in it (or stop early).
//!
//! - [`clean`]: the boundary. Everything typed, pasted, scanned or read from a stick passes here once.
//! - [`fold`]: keys for search as you type; never shown, never stored as data.
//! - [`find`]: texts kept for search, and how well one answers.
//! - [`kana`]: hiragana, katakana, half width, romaji.
//! - [`scan`]: codes from a barcode scanner.
//! - [`width`]: terminal cells, cutting, padding, wrapping.
//! - [`wareki`]: Japanese eras, fiscal years, weekdays; what a date looks like.
//! - [`date`]: dates and times as people type them.
//! - [`near`]: the nearest known name, for "did you mean".
//! - [`csv_guard`]: cells that a spreadsheet would take for a formula.
//! - [`print`]: letters that the fonts for paper do not have.
//! - `wording`: what is said to a person whose text or date was refused.

pub mod clean;
pub mod csv_guard;
pub mod date;
pub mod find;
pub mod fold;
pub mod kana;
pub mod near;
pub mod print;
pub mod scan;
pub mod wareki;
pub mod width;
mod wording;

pub use clean::{Limit, TextProblem, Why, clean_block, clean_bytes, clean_line, without_bom};
pub use date::{DateProblem, parse_date, parse_time};
pub use fold::{search_key, search_keys_of_query};
pub use print::not_in_print_fonts;
