//! The model: where the program stands. Keys move it, and it asks for effects on the desk.
//!
//! A [`Screen`] reads the desk and never writes: it answers an action with an [`Effect`], which `effects` carries
//! out. Drawing takes the model as it is and changes nothing.

mod effect;
mod place;
mod scanning;
mod screen;
mod session;

pub use effect::*;
pub use place::*;
pub use scanning::*;
pub use screen::*;
pub use session::*;
