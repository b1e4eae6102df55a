//! The screens, on a real terminal.
//!
//! Keys become [`input::Input`], the keymap of the screen on top makes them an action, the screen moves itself and
//! asks for an effect, `effects` carries it out on the desk, and `view` draws the model without changing it.
//! All registers share the same screens; what differs is declared in [`crate::desk::declare`].

mod burst;
mod declared;
mod edit;
mod effects;
mod escape;
pub mod input;
mod keymap;
mod model;
mod offscreen;
mod print;
mod run;
mod screen;
mod terminal;
mod theme;
mod view;
mod visible;
mod words;

pub use offscreen::Offscreen;
pub use print::{Folder, PrintSink};
pub use run::{Options, run};

#[cfg(test)]
mod tests;
