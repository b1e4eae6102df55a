//! What comes in from the terminal: keys, pastes and runs of characters.
//!
//! A barcode scanner is a keyboard that ends with Enter. Some send a character every 30 to 100 ms, as fast fingers
//! do, so speed alone does not tell the two apart: [`super::burst`] only says which characters came without a
//! pause. Where a single character acts, two or more of them are a scan; where text is typed, they are text.

use crate::text::scan::{code_is_plausible, fold_code};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use zeroize::Zeroizing;

/// A key as the keymap knows it. F11 and Alt belong to terminals and are never used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    /// A character.
    Char(char),
    /// A character with Ctrl, in lower case.
    Ctrl(char),
    /// A function key.
    F(u8),
    /// Enter.
    Enter,
    /// Esc.
    Esc,
    /// Tab.
    Tab,
    /// Shift and Tab.
    BackTab,
    /// Cursor up.
    Up,
    /// Cursor down.
    Down,
    /// Cursor left.
    Left,
    /// Cursor right.
    Right,
    /// A page up.
    PageUp,
    /// A page down.
    PageDown,
    /// To the beginning.
    Home,
    /// To the end.
    End,
    /// Erase to the left.
    Backspace,
    /// Erase to the right.
    Delete,
}

/// Something that happened at the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Input {
    /// A key.
    Key(Key),
    /// A text pasted in one piece.
    Paste(String),
    /// Two or more characters without a pause between them.
    Run(Run),
    /// The terminal has another size now.
    Resize(u16, u16),
}

/// Two or more characters that came without a pause: typed fast, or a scan. A single one where others followed its
/// Enter without a pause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Run {
    /// As they came; wiped when dropped, for it may be a password.
    pub text: Zeroizing<String>,
    /// The Enter or Tab that came directly behind them.
    pub ended: Option<Key>,
    /// No fingers are so fast, or a prefix came first: certainly a scanner.
    pub sure: bool,
}

impl Run {
    /// The code that it is when it comes from a scanner, folded to ASCII; `None` when it cannot be one.
    pub fn code(&self) -> Option<Scanned> {
        let code = fold_code(&self.text);
        code_is_plausible(&code).then_some(Scanned { code, sure: self.sure })
    }

    /// Whether a lone character with its Enter came directly before another one: a key that fell into a scan.
    pub fn is_broken(&self) -> bool {
        !self.sure && self.text.chars().nth(1).is_none()
    }

    /// Whether a digit is in it, of any width: a name has none, the number of a card or badge has one.
    pub fn has_digit(&self) -> bool {
        has_digit(&fold_code(&self.text))
    }
}

/// A code as a screen gets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scanned {
    /// Folded to ASCII.
    pub code: String,
    /// Certainly from a scanner; otherwise fast fingers may have typed it.
    pub sure: bool,
}

impl Scanned {
    /// Whether it was typed, when no card and no badge has this number: a name without any digit.
    pub fn is_a_name(&self) -> bool {
        !has_digit(&self.code)
    }
}

/// Whether a text may be a number that stands on a thing: names have no digits.
pub fn has_digit(code: &str) -> bool {
    code.chars().any(|c| c.is_ascii_digit())
}

/// An input, and whether there was a pause before it. Without one it may be the tail of what came before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    /// What came.
    pub input: Input,
    /// Nothing came for [`super::burst::SILENCE`] before its first character.
    pub rested: bool,
}

impl From<Input> for Arrived {
    fn from(input: Input) -> Arrived {
        Arrived { input, rested: true }
    }
}

/// The input in an event of crossterm, if it means anything to us.
pub fn of_event(event: Event) -> Option<Input> {
    match event {
        Event::Key(key) if key.kind != KeyEventKind::Release => of_key(key).map(Input::Key),
        Event::Paste(text) => Some(Input::Paste(text)),
        _ => None,
    }
}

fn of_key(event: KeyEvent) -> Option<Key> {
    if event.modifiers.contains(KeyModifiers::ALT) {
        return None;
    }
    let ctrl = event.modifiers.contains(KeyModifiers::CONTROL);
    Some(match event.code {
        KeyCode::Char(c) if ctrl => match c.to_ascii_lowercase() {
            'm' | 'j' => Key::Enter,
            'h' => Key::Backspace,
            'i' => Key::Tab,
            c => Key::Ctrl(c),
        },
        KeyCode::Char(c) if c.is_control() => return None,
        KeyCode::Char(c) => Key::Char(c),
        KeyCode::F(n) => Key::F(n),
        KeyCode::Enter => Key::Enter,
        KeyCode::Esc => Key::Esc,
        KeyCode::Tab => Key::Tab,
        KeyCode::BackTab => Key::BackTab,
        KeyCode::Up => Key::Up,
        KeyCode::Down => Key::Down,
        KeyCode::Left => Key::Left,
        KeyCode::Right => Key::Right,
        KeyCode::PageUp => Key::PageUp,
        KeyCode::PageDown => Key::PageDown,
        KeyCode::Home => Key::Home,
        KeyCode::End => Key::End,
        KeyCode::Backspace => Key::Backspace,
        KeyCode::Delete => Key::Delete,
        _ => return None,
    })
}
