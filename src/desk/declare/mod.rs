//! The declarations: what can be done, with which fields, in which words. Data and function pointers only.

mod field;
mod operation;
mod register;

pub use field::*;
pub use operation::*;
pub use register::*;
