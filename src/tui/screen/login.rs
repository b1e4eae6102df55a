//! Login: ID and password. The only screen before a desk is open.

use crate::desk::Lang;
use crate::tui::edit::Edit;
use crate::tui::input::{Input, Key};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::Secret;
use crate::tui::view::Sheet;
use crate::tui::words::ui;

pub(super) use crate::text::scan::login_id as typed_id;

/// The ID and the password of a paste that has both, one a line or with a tab between.
pub(super) fn pasted_both(text: &str) -> Option<(&str, &str)> {
    let mut lines = text.split(['\r', '\n', '\t']).filter(|line| !line.trim().is_empty());
    lines.next().zip(lines.next())
}

/// Which field has the cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Focus {
    Id,
    Password,
}

/// The login screen.
#[derive(Debug)]
pub struct Login {
    id: Edit,
    password: Edit,
    focus: Focus,
    said: Option<String>,
    trying: bool,
}

/// What the login screen asks for besides a try.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginWants {
    /// Nothing.
    Nothing,
    /// The other language.
    Language,
    /// To end.
    Quit,
}

impl Login {
    /// Empty, with something to say.
    pub fn new(said: Option<String>) -> Login {
        Login { id: Edit::id(""), password: Edit::secret(), focus: Focus::Id, said, trying: false }
    }

    /// After a try that did not go: the ID stays, the password is gone.
    pub fn again(user: &str, said: String) -> Login {
        Login { id: Edit::id(user), focus: Focus::Password, ..Login::new(Some(said)) }
    }

    /// Its keys.
    pub fn binds(&self, lang: Lang) -> Vec<Bind> {
        vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::NEXT)),
            Bind::many(
                &[
                    (Key::Tab, Action::Next),
                    (Key::Down, Action::Next),
                    (Key::Up, Action::Back),
                    (Key::BackTab, Action::Back),
                ],
                lang.of(ui::NEXT_FIELD),
            ),
            keymap::editing(lang),
            Bind::one(Key::F(9), Action::Language, lang.of(ui::LANGUAGE)),
            Bind::many(&[(Key::F(10), Action::Quit), (Key::Ctrl('c'), Action::Quit)], lang.of(ui::QUIT)),
        ]
    }

    /// Moves it.
    pub fn input(&mut self, input: &Input, lang: Lang) -> LoginWants {
        let action = match input {
            Input::Key(key) => keymap::action(&self.binds(lang), *key).or(match key {
                Key::Char(c) => Some(Action::Type(c.to_string())),
                _ => None,
            }),
            Input::Paste(text) => {
                self.paste(text);
                None
            }
            Input::Run(run) => {
                self.on(&Action::Type(run.text.as_str().to_owned()));
                run.ended.and_then(|key| keymap::action(&self.binds(lang), key))
            }
            Input::Resize(..) => None,
        };
        match action {
            Some(Action::Language) => LoginWants::Language,
            Some(Action::Quit) => LoginWants::Quit,
            Some(action) => {
                self.on(&action);
                LoginWants::Nothing
            }
            None => LoginWants::Nothing,
        }
    }

    /// A paste of two lines is an ID and its password, wherever it is put: the second is never shown as the first.
    fn paste(&mut self, text: &str) {
        match pasted_both(text) {
            Some((id, password)) => {
                self.id.set(id);
                self.password.set(password);
                self.focus = Focus::Password;
            }
            None => self.on(&Action::Type(text.to_owned())),
        }
    }

    fn on(&mut self, action: &Action) {
        match action {
            Action::Enter if self.focus == Focus::Password && !typed_id(self.id.text()).is_empty() => {
                self.trying = true;
                self.said = None;
            }
            Action::Enter | Action::Next | Action::Back => {
                self.focus = match self.focus {
                    Focus::Id => Focus::Password,
                    Focus::Password => Focus::Id,
                }
            }
            other => {
                let edit = match self.focus {
                    Focus::Id => &mut self.id,
                    Focus::Password => &mut self.password,
                };
                super::edit_action(edit, other);
            }
        }
    }

    /// Whether a try waits to be made.
    pub fn is_trying(&self) -> bool {
        self.trying
    }

    /// The ID and password to be tried now, once.
    pub fn take_try(&mut self) -> Option<(String, Secret)> {
        std::mem::take(&mut self.trying).then(|| (typed_id(self.id.text()), Secret::of(self.password.text())))
    }

    /// Draws it.
    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, hint: &[String]) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let width = sheet.width().min(64);
        let left = sheet.width().saturating_sub(width) / 2;
        let top = sheet.height().saturating_sub(9usize.saturating_add(hint.len())) / 3;
        sheet.put(top, left, width, lang.of(ui::LOGIN_ASK), theme.label);
        let fields = [
            (Focus::Id, ui::LOGIN_ID, &self.id, top.saturating_add(2)),
            (Focus::Password, ui::LOGIN_PASSWORD, &self.password, top.saturating_add(3)),
        ];
        for (focus, label, edit, row) in fields {
            let focused = self.focus == focus && !self.trying;
            sheet.put(row, left, 1, if focused { ">" } else { " " }, theme.label);
            sheet.put(row, left.saturating_add(2), 12, lang.of(label), theme.label);
            sheet.edit(row, left.saturating_add(14), (1, 32), edit, focused);
        }
        let said = if self.trying { Some(lang.of(ui::CHECKING)) } else { self.said.as_deref() };
        let mut row = top.saturating_add(5);
        if let Some(said) = said {
            let style = if self.trying { theme.label } else { theme.urgent };
            row = row.saturating_add(sheet.flow(row, left, width, said, style));
        }
        if !hint.is_empty() {
            row = row.saturating_add(1);
            sheet.put(row, left, width, lang.of(ui::SAMPLE), theme.label);
            for (n, line) in hint.iter().enumerate() {
                sheet.put(row.saturating_add(1).saturating_add(n), left, width, line, theme.plain);
            }
        }
    }
}
