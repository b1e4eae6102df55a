//! A person's own password, forced after a provisional one or changed from the palette; and the PIN of the screen lock.

use crate::desk::declare::Words;
use crate::desk::{Failure, Lang, NotOpened, Receipt};
use crate::tui::edit::Edit;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Secret};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// The password screen.
#[derive(Debug)]
pub struct NewPassword {
    /// The provisional password, typed a moment ago; `None` where the old one is asked, or none.
    provisional: Option<Secret>,
    /// It is a PIN that is set.
    pin: bool,
    edits: Vec<(Words, Edit)>,
    focus: usize,
    problem: Option<String>,
}

impl NewPassword {
    /// Nothing else can be done before.
    pub fn forced(provisional: Secret) -> NewPassword {
        NewPassword::with(Some(provisional), &[ui::PASSWORD_NEW, ui::PASSWORD_AGAIN])
    }

    /// By the person's own wish.
    pub fn wanted() -> NewPassword {
        NewPassword::with(None, &[ui::PASSWORD_OLD, ui::PASSWORD_NEW, ui::PASSWORD_AGAIN])
    }

    fn with(provisional: Option<Secret>, labels: &[Words]) -> NewPassword {
        let edits = labels.iter().map(|label| (*label, Edit::secret())).collect();
        NewPassword { provisional, pin: false, edits, focus: 0, problem: None }
    }

    /// A PIN for the screen lock, until the person leaves.
    pub fn pin() -> NewPassword {
        NewPassword { pin: true, ..NewPassword::with(None, &[ui::PIN_NEW, ui::PIN_AGAIN]) }
    }

    fn texts(&self) -> Vec<&str> {
        self.edits.iter().map(|(_, edit)| edit.text()).collect()
    }

    fn submit(&mut self, cx: &Cx<'_>) -> Effect {
        let (old, new, again) = match (self.texts().as_slice(), &self.provisional) {
            ([new, again], Some(old)) => (old.clone(), Secret::of(new), Secret::of(again)),
            ([new, again], None) => (Secret::of(""), Secret::of(new), Secret::of(again)),
            ([old, new, again], None) => (Secret::of(old), Secret::of(new), Secret::of(again)),
            _ => return Effect::Stay,
        };
        if new != again {
            self.problem = Some(cx.say(ui::PASSWORD_DIFFERS).to_owned());
            self.wipe();
            return Effect::Stay;
        }
        self.problem = None;
        if self.pin {
            return Effect::SetPin(new);
        }
        Effect::Slowly(Box::new(Effect::SetPassword(old, new)))
    }

    fn wipe(&mut self) {
        for (label, edit) in &mut self.edits {
            if *label != ui::PASSWORD_OLD {
                edit.clear();
            }
        }
        self.focus = self.edits.iter().position(|(_, edit)| edit.text().is_empty()).unwrap_or(0);
    }
}

impl Screen for NewPassword {
    fn title(&self, lang: Lang) -> String {
        lang.of(if self.pin { ui::GO_PIN } else { ui::PASSWORD_TITLE }).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let leave = if self.provisional.is_some() { ui::LOG_OUT } else { ui::BACK };
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
            Bind::many(
                &[(Key::F(10), Action::Submit), (Key::Ctrl('s'), Action::Submit)],
                lang.of(ui::SUBMIT),
            ),
            Bind::one(Key::Esc, Action::Esc, lang.of(leave)),
        ]
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = self.edits.len().saturating_sub(1);
        match action {
            Action::Esc if self.provisional.is_some() => return Effect::LogOut,
            Action::Esc => return Effect::Close,
            Action::Submit => return self.submit(cx),
            Action::Enter if self.focus == last => return self.submit(cx),
            Action::Enter | Action::Next => {
                self.focus = if self.focus >= last { 0 } else { self.focus.saturating_add(1) }
            }
            Action::Back => self.focus = self.focus.checked_sub(1).unwrap_or(last),
            other => {
                if let Some((_, edit)) = self.edits.get_mut(self.focus) {
                    super::edit_action(edit, &other);
                }
            }
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn everywhere(&self) -> bool {
        self.provisional.is_none()
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(_) => Effect::Many(vec![Effect::Close, Effect::Say(Message::done(cx.say(ui::PASSWORD_SET)))]),
            Err(Failure::NotOpened(NotOpened::Credentials)) => {
                self.edits.iter_mut().for_each(|(_, edit)| edit.clear());
                self.focus = 0;
                self.problem = Some(cx.say(ui::OLD_WRONG).to_owned());
                Effect::Stay
            }
            Err(Failure::Malformed(problems)) => {
                // The rules that it breaks, and nothing of how the field is called within.
                let said: Vec<&str> = problems.iter().map(|p| cx.lang.pick(&p.ja, &p.en)).collect();
                self.problem = Some(said.join(cx.lang.pick("", " ")));
                self.wipe();
                Effect::Stay
            }
            Err(failure) => {
                self.problem = Some(crate::tui::declared::said(&failure, cx.desk, cx.lang));
                self.wipe();
                Effect::Stay
            }
        }
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let width = sheet.width().saturating_sub(4).min(70);
        let left = sheet.width().saturating_sub(width) / 2;
        let mut row = 2usize;
        if self.provisional.is_some() {
            row =
                row.saturating_add(sheet.flow(row, left, width, lang.of(ui::PASSWORD_FORCED), theme.urgent));
            row = row.saturating_add(1);
        }
        if self.pin {
            row = row.saturating_add(sheet.flow(row, left, width, lang.of(ui::PIN_HELP), theme.plain));
            row = row.saturating_add(1);
        }
        for (n, (label, edit)) in self.edits.iter().enumerate() {
            let focused = n == self.focus;
            sheet.put(row, left, 1, if focused { ">" } else { " " }, theme.label);
            sheet.put(row, left.saturating_add(2), 30, lang.of(*label), theme.label);
            sheet.edit(row, left.saturating_add(32), (1, 30), edit, focused);
            row = row.saturating_add(1);
        }
        if let Some(problem) = &self.problem {
            sheet.flow(row.saturating_add(1), left, width, problem, theme.urgent);
        }
    }
}
