//! What screens ask for, and what is said of it.

use super::Screen;
use crate::desk::{Failure, Instruction};
use crate::tui::input::Scanned;
use crate::tui::keymap::Action;

/// What the message line says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What it is.
    pub tone: Tone,
    /// The text.
    pub text: String,
}

/// What kind of message it is; a word in front says so too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something was done.
    Done,
    /// Something to know.
    Note,
    /// Something did not go.
    Wrong,
}

impl Message {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Message {
        Message { tone: Tone::Done, text: text.into() }
    }
    /// Something to know.
    pub fn note(text: impl Into<String>) -> Message {
        Message { tone: Tone::Note, text: text.into() }
    }
    /// Something did not go.
    pub fn wrong(text: impl Into<String>) -> Message {
        Message { tone: Tone::Wrong, text: text.into() }
    }
}

/// What a screen asks for.
pub enum Effect {
    /// Nothing but to be drawn again.
    Stay,
    /// Say something on the message line.
    Say(Message),
    /// Open a screen above.
    Open(Box<dyn Screen>),
    /// Close this screen.
    Close,
    /// Close this screen and give what was picked to the one below.
    Give(Vec<String>),
    /// Put a screen in place of this one.
    Swap(Box<dyn Screen>),
    /// Back to the lowest screen.
    Home,
    /// Several, in order.
    Many(Vec<Effect>),
    /// An action for the screen on top, after what came before.
    Act(Action),
    /// A scanned code for the screen on top, after what came before.
    Scan(Scanned),
    /// What the desk answered to a question above goes to the screen on top, which asked it.
    Refused(Box<Failure>),
    /// Execute a command; the answer goes to the screen on top.
    Execute(Box<Instruction>),
    /// The same after the screen has been drawn once more: it takes a while.
    Slowly(Box<Effect>),
    /// Keep a draft.
    KeepDraft(String, Vec<(String, String)>),
    /// Throw a draft away.
    DropDraft(String),
    /// Write a text out, and record that it was read.
    Write(Box<Writing>),
    /// Take over the desk: another person's ID and password where they are not logged in, and remarks.
    TakeOver(Option<(String, Secret)>, String),
    /// Set the own password: old, new.
    SetPassword(Secret, Secret),
    /// Set the PIN of the screen lock.
    SetPin(Secret),
    /// Lock the screen.
    Lock,
    /// Try to unlock it.
    Unlock(Secret),
    /// End the session.
    LogOut,
    /// Change the language.
    SwitchLanguage,
    /// End the program.
    Quit,
}

/// A text that is wiped when dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub zeroize::Zeroizing<String>);

impl Secret {
    /// Takes a copy of a text.
    pub fn of(text: &str) -> Secret {
        Secret(zeroize::Zeroizing::new(text.to_owned()))
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(secret)")
    }
}

/// A text to be written out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// Name of the file.
    pub name: String,
    /// Its content.
    pub bytes: Vec<u8>,
    /// The register it was read from.
    pub register: String,
    /// `csv` or `print`.
    pub how: &'static str,
    /// How many rows.
    pub rows: usize,
    /// Which filters were set, in words.
    pub filters: String,
    /// Said with the result, when not everything fits.
    pub note: String,
}
