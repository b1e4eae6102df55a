//! Reading input: a batch line or a form becomes a command, by the declared kinds.
//!
//! Both ways end in `value::checked` and `assemble::command_of`, so that a rule about a field is written once:
//! the batch line brings JSON values, the form turns what was typed into the same values first.

mod assemble;
mod form;
mod json;
mod problem;
mod steps;
mod value;

pub use form::{check_typed, command_from_form, date_from_typed, echo, selected, stamp_from_typed};
pub use json::{MOST_BYTES, MOST_DEPTH, command_from_json, order_from_json};
