//! What comes in from the terminal: keys, pastes and scans.
//!
//! A barcode scanner is a keyboard that types fast and ends with Enter. [`Burst`] tells the two apart by the
//! gaps between characters, or by the prefix STX that a scanner can be told to send. Full-width letters and
//! digits that an input method made of a scan are folded.

use crate::text::scan::{code_is_plausible, fold_code};
use crossterm::event::{Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::time::{Duration, Instant};

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
    /// A code from a scanner, folded to ASCII.
    Scan(String),
    /// The terminal has another size now.
    Resize(u16, u16),
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

/// The longest gap between two characters of a scan. People who type fast leave 60 ms and more.
pub const GAP: Duration = Duration::from_millis(25);

/// The fewest characters that are taken for a scan.
const FEWEST: usize = 4;

/// The most characters held back.
const MOST: usize = 256;

/// The key that a scanner sends in front of a code when it was told to (STX, Ctrl-B).
const PREFIX: Key = Key::Ctrl('b');

/// Tells scans from typing. A character is held back for [`GAP`] at most.
#[derive(Debug, Default)]
pub struct Burst {
    held: String,
    last: Option<Instant>,
    prefixed: bool,
}

impl Burst {
    /// Takes an input at a moment, and gives what is certain by now.
    pub fn take(&mut self, input: Input, at: Instant) -> Vec<Input> {
        let mut out = self.ripe(at);
        match input {
            Input::Key(PREFIX) => {
                out.extend(self.release());
                self.prefixed = true;
                self.last = Some(at);
            }
            Input::Key(Key::Char(c)) if self.held.len() < MOST => {
                self.held.push(c);
                self.last = Some(at);
            }
            Input::Key(end @ (Key::Enter | Key::Tab)) => match self.code() {
                Some(code) => {
                    self.clear();
                    out.push(Input::Scan(code));
                }
                None => {
                    out.extend(self.release());
                    out.push(Input::Key(end));
                }
            },
            other => {
                out.extend(self.release());
                out.push(other);
            }
        }
        out
    }

    /// What is certain at a moment at which nothing came: held characters whose gap has passed.
    pub fn ripe(&mut self, at: Instant) -> Vec<Input> {
        let open = self.last.is_some_and(|last| at.saturating_duration_since(last) <= GAP);
        if open { Vec::new() } else { self.release() }
    }

    /// Until when to wait for the next character, if any is held.
    pub fn until(&self) -> Option<Instant> {
        self.last.and_then(|last| last.checked_add(GAP + Duration::from_millis(1)))
    }

    fn code(&self) -> Option<String> {
        let code = fold_code(&self.held);
        let long = self.prefixed || code.len() >= FEWEST;
        (long && code_is_plausible(&code)).then_some(code)
    }

    fn release(&mut self) -> Vec<Input> {
        let keys = self.held.chars().map(|c| Input::Key(Key::Char(c))).collect();
        self.clear();
        keys
    }

    fn clear(&mut self) {
        self.held.clear();
        self.last = None;
        self.prefixed = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(c: char) -> Input {
        Input::Key(Key::Char(c))
    }

    #[test]
    fn characters_in_one_burst_with_enter_are_a_scan() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        for (i, c) in "Ｂ－017".chars().enumerate() {
            let at = start + Duration::from_millis(5 * i as u64);
            assert_eq!(burst.take(key(c), at), vec![]);
        }
        let end = start + Duration::from_millis(30);
        assert_eq!(burst.take(Input::Key(Key::Enter), end), vec![Input::Scan("B-017".into())]);
        assert_eq!(burst.until(), None);
    }

    #[test]
    fn slow_typing_is_keys() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        let mut seen = Vec::new();
        for (i, c) in "B-017".chars().enumerate() {
            seen.extend(burst.take(key(c), start + Duration::from_millis(100 * i as u64)));
        }
        seen.extend(burst.take(Input::Key(Key::Enter), start + Duration::from_secs(2)));
        let mut wanted: Vec<Input> = "B-017".chars().map(key).collect();
        wanted.push(Input::Key(Key::Enter));
        assert_eq!(seen, wanted);
    }

    #[test]
    fn a_held_character_is_given_when_its_gap_has_passed() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        assert_eq!(burst.take(key('1'), start), vec![]);
        assert_eq!(burst.ripe(start + GAP), vec![]);
        assert!(burst.until().unwrap() > start + GAP);
        assert_eq!(burst.ripe(burst.until().unwrap()), vec![key('1')]);
    }

    #[test]
    fn a_short_code_is_a_scan_only_with_the_prefix() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        burst.take(key('7'), start);
        assert_eq!(burst.take(Input::Key(Key::Enter), start), vec![key('7'), Input::Key(Key::Enter)]);
        burst.take(Input::Key(PREFIX), start);
        burst.take(key('7'), start);
        assert_eq!(burst.take(Input::Key(Key::Enter), start), vec![Input::Scan("7".into())]);
    }

    #[test]
    fn kanji_in_one_burst_are_typing() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        for c in "山田太郎".chars() {
            burst.take(key(c), start);
        }
        let out = burst.take(Input::Key(Key::Enter), start);
        assert_eq!(out.len(), 5);
        assert!(!out.iter().any(|input| matches!(input, Input::Scan(_))));
    }
}
