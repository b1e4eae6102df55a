//! What a run of characters means at the desk, and what still belongs to a scan when it has been read.
//!
//! Where a single character acts, a run is a scan, and neither a choice nor an answer. Where text is typed, it is text;
//! what certainly comes from a scanner finds its field there too.

use super::{Cx, Effect, Message, Session, Tone};
use crate::desk::Lang;
use crate::tui::input::{Arrived, Input, Key, Run, Scanned};
use crate::tui::keymap::{self, Action};
use crate::tui::words::ui;
use std::time::Instant;

/// What still belongs to the last scan, until there is a pause.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behind {
    /// Nothing.
    Nothing,
    /// It was taken. A second line end is the scanner's, and answers no question that the scan opened.
    LineEnd,
    /// It was refused, or it took the place of a question: another key may have come in the middle of it, and this is
    /// the rest; or it is the answer to the question that is gone.
    All,
}

impl Session {
    /// Whether a lone character acts on the screen on top, or can mean nothing there.
    pub fn acts_on_characters(&self, lang: Lang) -> bool {
        let Some(top) = self.stack.last() else { return true };
        let is_character = |(key, _): &(Key, Action)| matches!(key, Key::Char(_));
        !top.takes_text() || top.binds(lang).iter().flat_map(|bind| &bind.keys).any(is_character)
    }

    fn awaits_scan(&self) -> bool {
        self.stack.last().is_some_and(|top| top.awaits_scan())
    }

    /// Whether an input is the tail of a scan, and so neither a choice nor an answer.
    pub(super) fn belongs_to_scan(&mut self, arrived: &Arrived, lang: Lang) -> bool {
        if arrived.rested {
            self.behind = Behind::Nothing;
            return false;
        }
        match (self.behind, &arrived.input) {
            (Behind::Nothing, _) | (_, Input::Resize(..)) => false,
            (Behind::LineEnd, Input::Key(Key::Enter | Key::Tab)) => true,
            // Whoever types a number blind after a scan meant the question that it did not open.
            (Behind::LineEnd, Input::Key(Key::Char(_))) if self.awaits_scan() => {
                self.refuse_tail(lang);
                true
            }
            (Behind::LineEnd, _) => {
                self.behind = Behind::Nothing;
                false
            }
            (Behind::All, Input::Key(Key::Char(_) | Key::Enter | Key::Tab) | Input::Run(_)) => {
                self.refuse_tail(lang);
                true
            }
            (Behind::All, _) => false,
        }
    }

    /// Says that what followed a scan without a pause does nothing, beside what was said of the scan.
    fn refuse_tail(&mut self, lang: Lang) {
        self.behind = Behind::All;
        if let Some(top) = self.stack.last_mut() {
            top.disturbed();
        }
        let said = lang.of(ui::SCAN_TAIL);
        let text = match &self.message {
            Some(message) if message.text.contains(said) => return,
            Some(message) => format!("{} {said}", message.text),
            None => said.to_owned(),
        };
        self.message = Some(Message::wrong(text));
        self.rings = REFUSED;
    }

    /// After a scan was carried out: what belongs to it from now on, and how it sounds.
    pub fn after_scan(&mut self) {
        if std::mem::take(&mut self.scanning) {
            let refused = self.message.as_ref().is_some_and(|message| message.tone == Tone::Wrong);
            self.behind = if refused { Behind::All } else { Behind::LineEnd };
            self.rings = if refused { REFUSED } else { 0 };
        }
    }

    /// Two or more characters without a pause.
    pub(super) fn run(&mut self, run: &Run, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        let acts = self.acts_on_characters(lang);
        if acts && run.is_broken() {
            self.message = None;
            self.refuse_tail(lang);
            return Effect::Stay;
        }
        match run.code().filter(|_| run.ended.is_some() && (run.sure || acts)) {
            Some(scanned) => self.scan_or_type(&scanned, run, lang, now, size),
            None => {
                self.message = None;
                self.scanning = run.ended.is_some() && self.awaits_scan();
                self.type_run(run, lang, now, size)
            }
        }
    }

    /// Gives a scanned code to the screen on top.
    pub fn scan(&mut self, scanned: &Scanned, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        let text = zeroize::Zeroizing::new(scanned.code.clone());
        let run = Run { text, ended: Some(Key::Enter), sure: scanned.sure };
        self.scan_or_type(scanned, &run, lang, now, size)
    }

    fn scan_or_type(
        &mut self,
        scanned: &Scanned,
        run: &Run,
        lang: Lang,
        now: Instant,
        size: (u16, u16),
    ) -> Effect {
        self.message = None;
        self.scanning = true;
        match self.with_top_maybe(lang, now, size, |top, cx| top.scan(scanned, cx)) {
            Some(effect) => effect,
            None => self.type_run(run, lang, now, size),
        }
    }

    /// Text that nothing will be typed behind any more.
    pub fn keep_typed(&mut self, text: &str, lang: Lang, now: Instant, size: (u16, u16)) {
        if self.lock.is_none() && !text.is_empty() && !self.acts_on_characters(lang) {
            self.with_top(lang, now, size, |top, cx| top.on(Action::Type(text.to_owned()), cx));
        }
    }

    /// A run as text, with the key that ended it. Where a lone character acts, a run with a digit in it may yet be a
    /// scan: it is searched for, and takes nothing.
    fn type_run(&mut self, run: &Run, lang: Lang, now: Instant, size: (u16, u16)) -> Effect {
        let acts = self.acts_on_characters(lang);
        let typed = Action::Type(run.text.as_str().to_owned());
        self.with_top(lang, now, size, |top, cx| {
            if !top.takes_text() {
                return Effect::Say(Message::note(cx.say(ui::ONE_NUMBER)));
            }
            let ended = run.ended.and_then(|key| keymap::action(&top.binds(lang), key));
            let mut effects = vec![top.on(typed, cx)];
            match ended {
                Some(_) if acts && run.has_digit() => effects.push(only_searched(cx)),
                Some(action) => effects.push(Effect::Act(action)),
                None => {}
            }
            Effect::Many(effects)
        })
    }
}

/// How often a refused scan rings.
const REFUSED: usize = 2;

fn only_searched(cx: &Cx<'_>) -> Effect {
    Effect::Say(Message::note(cx.say(ui::ONLY_SEARCHED)))
}
