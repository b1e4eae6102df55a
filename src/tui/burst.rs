//! Which characters came without a pause between them. The one place that knows how long a pause is.
//!
//! Characters are held back until nothing has come for [`SILENCE`], or until another key comes; screens show them
//! meanwhile as typed. Silence is not computed from two moments: it is witnessed by a wait in which nothing came. So a
//! program that was busy drawing to a slow line takes late characters for one run, never one run for two.

use super::input::{Arrived, Input, Key, Run};
use crate::text::scan::fold_code;
use std::time::{Duration, Instant};
use zeroize::{Zeroize, Zeroizing};

/// The silence behind a character after which it stands alone. Readers send one every 100 ms at least.
pub const SILENCE: Duration = Duration::from_millis(200);

/// The longest gap between the characters of a run that no fingers can have typed. People who type fast leave 60 ms.
pub const MACHINE: Duration = Duration::from_millis(25);

/// The fewest characters of such a run: two keys may be pressed at once.
const FEWEST: usize = 4;

/// The most bytes held back.
const MOST: usize = 256;

/// The key that a scanner sends in front of a code when it was told to (STX, Ctrl-B).
const PREFIX: Key = Key::Ctrl('b');

/// Tells lone characters from runs.
#[derive(Default)]
pub struct Burst {
    held: Zeroizing<String>,
    /// The Enter or Tab directly behind a lone character. With another character directly behind it, somebody's Enter
    /// fell into a scan.
    closed: Option<Key>,
    prefixed: bool,
    /// The longest gap within what is held.
    widest: Duration,
    /// There was a pause before what is held.
    rested: bool,
    /// When something came last.
    last: Option<Instant>,
    /// Something came since the last silence.
    stirred: bool,
}

impl Burst {
    /// Takes an input at a moment, and gives what is certain by now.
    pub fn take(&mut self, input: Input, at: Instant) -> Vec<Arrived> {
        if matches!(input, Input::Resize(..)) {
            return vec![Arrived { input, rested: true }];
        }
        let gap = self.last.map_or(Duration::ZERO, |last| at.saturating_duration_since(last));
        let rested = !self.stirred;
        self.last = Some(at);
        self.stirred = true;
        let begun = self.closed.is_none() && (self.prefixed || !self.held.is_empty());
        match input {
            Input::Key(PREFIX) => {
                let out = self.go_on();
                (self.prefixed, self.rested) = (true, rested);
                out
            }
            Input::Key(Key::Char(c)) => {
                let full = self.held.len() >= MOST;
                let out = if full || self.closed.is_some() { self.go_on() } else { Vec::new() };
                if begun && !full {
                    self.widest = self.widest.max(gap);
                } else {
                    self.rested = rested;
                }
                if self.held.capacity() == 0 {
                    // Room from the start, so that no copy of a password is left behind by growing.
                    self.held.reserve(MOST + 4);
                }
                self.held.push(c);
                out
            }
            Input::Key(end @ (Key::Enter | Key::Tab)) if begun => {
                self.widest = self.widest.max(gap);
                if !self.prefixed && self.held.chars().nth(1).is_none() {
                    self.closed = Some(end);
                    return Vec::new();
                }
                self.release(Some(end))
            }
            other => {
                let mut out = self.stop();
                out.push(Arrived { input: other, rested });
                out
            }
        }
    }

    /// What is certain after a wait in which nothing came, at its end.
    pub fn rest(&mut self, at: Instant) -> Vec<Arrived> {
        if self.until().is_none_or(|until| at < until) {
            return Vec::new();
        }
        self.stirred = false;
        self.stop()
    }

    /// Until when to wait for silence, if it is waited for.
    pub fn until(&self) -> Option<Instant> {
        self.last.filter(|_| self.stirred).and_then(|last| last.checked_add(SILENCE))
    }

    /// What is held back, for whoever keeps it because the terminal is gone.
    pub fn take_held(&mut self) -> Zeroizing<String> {
        let held = std::mem::take(&mut *self.held);
        *self = Burst::default();
        Zeroizing::new(held)
    }

    /// What is held back.
    pub fn held(&self) -> &str {
        &self.held
    }

    /// What is held, now that no character follows it directly.
    fn stop(&mut self) -> Vec<Arrived> {
        match self.closed.take() {
            Some(end) => {
                let rested = self.rested;
                let mut out = self.release(None);
                out.push(Arrived { input: Input::Key(end), rested });
                out
            }
            None => self.release(None),
        }
    }

    /// What is held, where another character follows directly: a lone one with an Enter behind it was not alone.
    fn go_on(&mut self) -> Vec<Arrived> {
        match self.closed.take() {
            Some(end) => {
                let text = Zeroizing::new(self.held.as_str().to_owned());
                self.held.zeroize();
                let run = Run { text, ended: Some(end), sure: false };
                vec![Arrived { input: Input::Run(run), rested: self.rested }]
            }
            None => self.release(None),
        }
    }

    fn release(&mut self, ended: Option<Key>) -> Vec<Arrived> {
        let rested = self.rested;
        let mut held = self.held.chars();
        let (first, second) = (held.next(), held.next());
        let is_run = second.is_some() || (first.is_some() && self.prefixed && ended.is_some());
        let keys: Vec<Key> = first.map(Key::Char).into_iter().chain(ended).collect();
        let out = if is_run {
            let fast = self.widest <= MACHINE && fold_code(&self.held).len() >= FEWEST;
            let sure = ended.is_some() && (self.prefixed || fast);
            let text = Zeroizing::new(self.held.as_str().to_owned());
            vec![Arrived { input: Input::Run(Run { text, ended, sure }), rested }]
        } else {
            keys.into_iter().map(|key| Arrived { input: Input::Key(key), rested }).collect()
        };
        self.held.zeroize();
        (self.prefixed, self.widest) = (false, Duration::ZERO);
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MS: Duration = Duration::from_millis(1);

    /// Types a text with so long a gap before each character; a pause is witnessed where the gap is one.
    fn typed(gap: u32, text: &str) -> Vec<Arrived> {
        let (mut burst, mut at, mut out) = (Burst::default(), Instant::now(), Vec::new());
        for c in text.chars() {
            at += gap * MS;
            out.extend(burst.rest(at));
            let key = match c {
                '\n' => Key::Enter,
                '\u{2}' => PREFIX,
                c => Key::Char(c),
            };
            out.extend(burst.take(Input::Key(key), at));
        }
        out.extend(burst.rest(at + SILENCE));
        out
    }

    fn run(text: &str, ended: Option<Key>, sure: bool) -> Input {
        Input::Run(Run { text: Zeroizing::new(text.into()), ended, sure })
    }

    fn inputs(arrived: Vec<Arrived>) -> Vec<Input> {
        arrived.into_iter().map(|arrived| arrived.input).collect()
    }

    #[test]
    fn characters_without_a_pause_are_a_run_at_any_speed() {
        for (gap, sure) in [(0, true), (25, true), (26, false), (35, false), (100, false), (199, false)] {
            let ended = Some(Key::Enter);
            assert_eq!(inputs(typed(gap, "Ｂ－017\n")), [run("Ｂ－017", ended, sure)], "{gap} ms");
            assert_eq!(inputs(typed(gap, "12")), [run("12", None, false)], "{gap} ms");
        }
        assert_eq!(inputs(typed(0, "Ｂ－017")), [run("Ｂ－017", None, false)]);
    }

    #[test]
    fn a_character_stands_alone_with_silence_behind_it_or_an_enter_directly() {
        let keys = |keys: &[Key]| keys.iter().map(|key| Input::Key(*key)).collect::<Vec<_>>();
        assert_eq!(inputs(typed(200, "12")), keys(&[Key::Char('1'), Key::Char('2')]));
        for gap in [0, 100, 199, 200] {
            assert_eq!(inputs(typed(gap, "1\n")), keys(&[Key::Char('1'), Key::Enter]), "{gap} ms");
        }
    }

    #[test]
    fn a_character_with_an_enter_behind_it_was_not_alone_when_another_follows_directly() {
        let broken = |text| run(text, Some(Key::Enter), false);
        assert_eq!(
            inputs(typed(100, "4\n1\n")),
            [broken("4"), Input::Key(Key::Char('1')), Input::Key(Key::Enter)]
        );
        assert_eq!(inputs(typed(100, "4\n12\n")), [broken("4"), broken("12")]);
        let keys = [Key::Char('4'), Key::Enter, Key::Enter].map(Input::Key);
        assert_eq!(inputs(typed(100, "4\n\n")), keys);
    }

    #[test]
    fn what_came_late_because_nobody_looked_is_not_a_pause() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        burst.take(Input::Key(Key::Char('5')), start);
        // A second of drawing; then the next character is there at once.
        assert_eq!(burst.take(Input::Key(Key::Char('2')), start + 1_000 * MS), []);
        assert_eq!(burst.held(), "52");
    }

    #[test]
    fn whether_there_was_a_pause_is_told_with_each_input() {
        let rested: Vec<bool> = typed(50, "12\n3\n").iter().map(|arrived| arrived.rested).collect();
        assert_eq!(rested, [true, false, false]);
        let rested: Vec<bool> = typed(200, "1\n").iter().map(|arrived| arrived.rested).collect();
        assert_eq!(rested, [true, true]);
    }

    #[test]
    fn a_prefix_makes_one_character_a_scan() {
        assert_eq!(inputs(typed(100, "\u{2}7\n")), [run("7", Some(Key::Enter), true)]);
        assert_eq!(
            inputs(typed(100, "12\u{2}7\n")),
            [run("12", None, false), run("7", Some(Key::Enter), true)]
        );
    }

    #[test]
    fn silence_is_waited_for_only_while_something_came() {
        let (mut burst, start) = (Burst::default(), Instant::now());
        assert_eq!(burst.until(), None);
        burst.take(Input::Key(Key::F(2)), start);
        assert_eq!(burst.until(), Some(start + SILENCE));
        burst.rest(start + SILENCE);
        assert_eq!(burst.until(), None);
    }
}
