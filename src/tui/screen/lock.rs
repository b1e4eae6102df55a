//! The screen lock: covers everything, keeps the keys, and opens for the same person.

use super::{draw_leave, leave_binds};
use crate::desk::Lang;
use crate::tui::edit::Edit;
use crate::tui::input::{Input, Key};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Effect, Secret};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// How many tries there are before the full lock.
const TRIES: usize = 3;

/// The lock.
#[derive(Debug)]
pub struct Lock {
    who: String,
    typed: Edit,
    left: usize,
    said: Option<String>,
    trying: bool,
    /// It was asked whether the session shall end: anybody can press the key, and who locked it is not there.
    leaving: bool,
}

impl Lock {
    /// Locked by a person.
    pub fn new(who: String) -> Lock {
        Lock { who, typed: Edit::secret(), left: TRIES, said: None, trying: false, leaving: false }
    }

    /// Its keys.
    pub fn binds(&self, lang: Lang) -> Vec<Bind> {
        if self.leaving {
            return leave_binds(ui::LOG_OUT, lang);
        }
        vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::UNLOCK)),
            keymap::editing(lang),
            Bind::one(Key::F(10), Action::Quit, lang.of(ui::LOG_OUT)),
        ]
    }

    /// Moves it.
    pub fn input(&mut self, input: &Input, lang: Lang) -> Effect {
        let action = match input {
            Input::Key(key) => keymap::action(&self.binds(lang), *key).or(match key {
                Key::Char(c) => Some(Action::Type(c.to_string())),
                _ => None,
            }),
            Input::Paste(text) => Some(Action::Type(text.clone())),
            Input::Run(run) => {
                self.leaving = false;
                if let Some(card) = run.code().filter(|scanned| scanned.sure) {
                    self.typed.set(&card.code);
                } else {
                    self.typed.insert(&run.text);
                }
                run.ended.map(|_| Action::Enter)
            }
            Input::Resize(..) => None,
        };
        if self.leaving {
            match action {
                Some(Action::Confirm) => return Effect::LogOut,
                Some(Action::Enter | Action::Esc) => self.leaving = false,
                _ => {}
            }
            return Effect::Stay;
        }
        match action {
            Some(Action::Quit) => self.leaving = true,
            Some(Action::Enter) if !self.typed.text().is_empty() => {
                let typed = Secret::of(self.typed.text());
                self.typed.clear();
                self.trying = true;
                return Effect::Slowly(Box::new(Effect::Unlock(typed)));
            }
            Some(action) => {
                super::edit_action(&mut self.typed, &action);
            }
            None => {}
        }
        Effect::Stay
    }

    /// What was tapped is no try.
    pub fn says(&mut self, said: &str) {
        self.trying = false;
        self.said = Some(said.to_owned());
    }

    /// A try was wrong: how many are left.
    pub fn wrong(&mut self, lang: Lang) -> usize {
        self.left = self.left.saturating_sub(1);
        self.trying = false;
        self.said = Some(format!("{} {}", lang.of(ui::LOCK_WRONG), self.left));
        self.left
    }

    /// Draws it.
    pub fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let width = sheet.width().saturating_sub(4).min(60);
        let left = sheet.width().saturating_sub(width) / 2;
        let top = sheet.height() / 4;
        sheet.put(top, left, width, lang.of(ui::SCREEN_LOCKED), theme.urgent);
        let who = format!("{}: {}", lang.of(ui::LOCK_WHO), self.who);
        sheet.put(top.saturating_add(1), left, width, &who, theme.plain);
        sheet.put(top.saturating_add(3), left, width, lang.of(ui::LOCK_ASK), theme.label);
        sheet.put(top.saturating_add(5), left, 1, ">", theme.label);
        sheet.edit(top.saturating_add(5), left.saturating_add(2), (1, 40), &self.typed, true);
        if let Some(said) = &self.said {
            sheet.flow(top.saturating_add(7), left, width, said, theme.urgent);
        }
        if self.leaving {
            draw_leave((ui::LOG_OUT, ui::LOG_OUT_ASK), sheet);
        }
    }
}
