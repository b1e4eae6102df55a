//! Escape sequences that a slow line cuts in two. crossterm takes an ESC that comes alone for the key, and what follows for
//! text; here they are put together again, and half of one is never text.

use super::input::{Input, Key};
use std::time::{Duration, Instant};
use zeroize::Zeroizing;

/// How long the rest of a sequence is waited for behind a lone ESC. Nobody presses Esc and a bracket so fast.
pub const REST: Duration = Duration::from_millis(100);

/// The longest sequence; what goes on behind that is none.
const MOST: usize = 32;

/// Where a sequence stands.
#[derive(Default)]
enum Stands {
    /// None is begun.
    #[default]
    Nowhere,
    /// ESC came alone.
    Begun,
    /// ESC and `[`, and what came since.
    Csi(String),
    /// ESC and `O`.
    Ss3,
    /// The beginning of a paste was cut: what comes is pasted until there is a pause.
    Pasting(Zeroizing<String>),
}

/// Puts sequences together.
#[derive(Default)]
pub struct Escapes {
    stands: Stands,
    last: Option<Instant>,
}

impl Escapes {
    /// Takes an input at a moment, and gives what is certain by now.
    pub fn take(&mut self, input: Input, at: Instant) -> Vec<Input> {
        if matches!(input, Input::Resize(..)) {
            return vec![input];
        }
        self.last = Some(at);
        match (std::mem::take(&mut self.stands), input) {
            (Stands::Nowhere, Input::Key(Key::Esc)) => {
                self.stands = Stands::Begun;
                Vec::new()
            }
            (Stands::Nowhere, other) => vec![other],
            (Stands::Begun, Input::Key(Key::Char('['))) => {
                self.stands = Stands::Csi(String::new());
                Vec::new()
            }
            (Stands::Begun, Input::Key(Key::Char('O'))) => {
                self.stands = Stands::Ss3;
                Vec::new()
            }
            (Stands::Begun, Input::Key(Key::Esc)) => {
                self.stands = Stands::Begun;
                vec![Input::Key(Key::Esc)]
            }
            (Stands::Begun, other) => vec![Input::Key(Key::Esc), other],
            (Stands::Ss3, Input::Key(Key::Char(last))) => {
                final_key("", last).map(Input::Key).into_iter().collect()
            }
            (Stands::Csi(held), Input::Key(Key::Char(c))) => self.go_on(held, c),
            (Stands::Ss3 | Stands::Csi(_), other) => self.take(other, at),
            (Stands::Pasting(mut text), Input::Key(key @ (Key::Char(_) | Key::Enter | Key::Tab))) => {
                text.push(match key {
                    Key::Char(c) => c,
                    Key::Tab => '\t',
                    _ => '\n',
                });
                self.stands = Stands::Pasting(text);
                Vec::new()
            }
            (Stands::Pasting(text), other) => {
                let mut out = pasted(&text);
                out.extend(self.take(other, at));
                out
            }
        }
    }

    /// Another character of a sequence: parameters go on, the first letter or sign of the upper rows ends it.
    fn go_on(&mut self, mut held: String, c: char) -> Vec<Input> {
        let ends = matches!(c, '@'..='~') && !(c == '[' && held.is_empty());
        if !ends {
            held.push(c);
            if held.len() <= MOST {
                self.stands = Stands::Csi(held);
            }
            return Vec::new();
        }
        if held == "200" && c == '~' {
            self.stands = Stands::Pasting(Zeroizing::default());
            return Vec::new();
        }
        final_key(&held, c).map(Input::Key).into_iter().collect()
    }

    /// What is certain after a wait in which nothing came, at its end: a lone ESC is the key, half a sequence nothing.
    pub fn rest(&mut self, at: Instant) -> Vec<Input> {
        if self.until().is_none_or(|until| at < until) {
            return Vec::new();
        }
        match std::mem::take(&mut self.stands) {
            Stands::Begun => vec![Input::Key(Key::Esc)],
            Stands::Pasting(text) => pasted(&text),
            Stands::Nowhere | Stands::Csi(_) | Stands::Ss3 => Vec::new(),
        }
    }

    /// Until when to wait, if something is waited for.
    pub fn until(&self) -> Option<Instant> {
        let open = !matches!(self.stands, Stands::Nowhere);
        self.last.filter(|_| open).and_then(|last| last.checked_add(REST))
    }
}

fn pasted(text: &str) -> Vec<Input> {
    if text.is_empty() { Vec::new() } else { vec![Input::Paste(text.to_owned())] }
}

/// The key of a sequence by its parameters and its last character; `None` for one that means nothing here.
fn final_key(parameters: &str, last: char) -> Option<Key> {
    let number: Option<u8> = parameters.split(';').next().and_then(|first| first.parse().ok());
    Some(match (parameters, last) {
        // The console of Linux.
        ("[", 'A'..='E') => Key::F(u8::try_from(u32::from(last).checked_sub(u32::from('@'))?).ok()?),
        (_, 'A') => Key::Up,
        (_, 'B') => Key::Down,
        (_, 'C') => Key::Right,
        (_, 'D') => Key::Left,
        (_, 'H') => Key::Home,
        (_, 'F') => Key::End,
        (_, 'Z') => Key::BackTab,
        (_, 'P'..='S') => Key::F(u8::try_from(u32::from(last).checked_sub(u32::from('O'))?).ok()?),
        (_, '~') => match number? {
            1 | 7 => Key::Home,
            4 | 8 => Key::End,
            3 => Key::Delete,
            5 => Key::PageUp,
            6 => Key::PageDown,
            n @ 11..=15 => Key::F(n.checked_sub(10)?),
            n @ 17..=21 => Key::F(n.checked_sub(11)?),
            n @ 23..=24 => Key::F(n.checked_sub(12)?),
            _ => return None,
        },
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What comes of keys at such gaps in milliseconds, and of a long silence behind them.
    fn of(sent: &[(u64, Key)]) -> Vec<Input> {
        let (mut escapes, mut at, mut out) = (Escapes::default(), Instant::now(), Vec::new());
        for (gap, key) in sent {
            at += Duration::from_millis(*gap);
            out.extend(escapes.rest(at));
            out.extend(escapes.take(Input::Key(*key), at));
        }
        out.extend(escapes.rest(at + REST));
        assert_eq!(escapes.until(), None);
        out
    }

    fn cut(gap: u64, rest: &str) -> Vec<Input> {
        let keys = rest.chars().map(|c| (gap, if c == '\n' { Key::Enter } else { Key::Char(c) }));
        of(&std::iter::once((0, Key::Esc)).chain(keys).collect::<Vec<_>>())
    }

    #[test]
    fn a_sequence_that_is_cut_is_its_key() {
        for (rest, key) in [
            ("[A", Key::Up),
            ("OB", Key::Down),
            ("[1;5C", Key::Right),
            ("OQ", Key::F(2)),
            ("[15~", Key::F(5)),
            ("[17~", Key::F(6)),
            ("[20~", Key::F(9)),
            ("[21~", Key::F(10)),
            ("[3~", Key::Delete),
            ("[[B", Key::F(2)),
            ("[Z", Key::BackTab),
        ] {
            for gap in [0, 30, 99] {
                assert_eq!(cut(gap, rest), [Input::Key(key)], "{rest} {gap}");
            }
        }
    }

    #[test]
    fn half_a_sequence_or_an_unknown_one_is_nothing() {
        for rest in ["[", "O", "[1", "[1;5", "[<0;1;1M", "[?62;c", "[99~", "Ox"] {
            assert_eq!(cut(10, rest), [], "{rest}");
        }
        // What comes after it is itself.
        let typed = of(&[(0, Key::Esc), (10, Key::Char('[')), (10, Key::Enter), (10, Key::Char('a'))]);
        assert_eq!(typed, [Input::Key(Key::Enter), Input::Key(Key::Char('a'))]);
    }

    #[test]
    fn esc_alone_is_the_key_and_a_bracket_after_a_while_is_text() {
        assert_eq!(of(&[(0, Key::Esc)]), [Input::Key(Key::Esc)]);
        assert_eq!(of(&[(0, Key::Esc), (0, Key::Esc)]), [Input::Key(Key::Esc), Input::Key(Key::Esc)]);
        let typed = of(&[(0, Key::Esc), (100, Key::Char('['))]);
        assert_eq!(typed, [Input::Key(Key::Esc), Input::Key(Key::Char('['))]);
        let typed = of(&[(0, Key::Esc), (5, Key::F(2))]);
        assert_eq!(typed, [Input::Key(Key::Esc), Input::Key(Key::F(2))]);
    }

    #[test]
    fn a_paste_whose_beginning_is_cut_presses_no_enter() {
        assert_eq!(cut(1, "[200~one\ntwo"), [Input::Paste("one\ntwo".to_owned())]);
    }
}
