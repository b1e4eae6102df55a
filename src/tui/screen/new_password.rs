//! A person's own password, forced after a provisional one or changed from the palette; and the PIN of the screen lock.

use crate::desk::declare::Words;
use crate::desk::{Failure, Lang, NotOpened, PasswordRule, Receipt};
use crate::tui::edit::Edit;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Secret};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// The password screen.
#[derive(Debug)]
pub struct NewPassword {
    /// The password that serves no more, typed a moment ago; `None` where the old one is asked, or none.
    typed: Option<Secret>,
    /// Why nothing else can be done before; `None` where it is by the person's own wish.
    why: Option<String>,
    /// What the profile asks, and whether it is so already.
    rules: Vec<PasswordRule>,
    /// It is a PIN that is set.
    pin: bool,
    edits: Vec<(Words, Edit)>,
    focus: usize,
    problem: Option<String>,
}

impl NewPassword {
    /// Nothing else can be done before: the password typed at the login is provisional, or due.
    pub fn forced(typed: Secret, cx: &Cx<'_>) -> NewPassword {
        let why = Some(why(cx));
        NewPassword { why, ..NewPassword::with(Some(typed), &[ui::PASSWORD_NEW, ui::PASSWORD_AGAIN], cx) }
    }

    /// The same in a session, where the old one was typed long ago.
    pub fn due(cx: &Cx<'_>) -> NewPassword {
        NewPassword { why: Some(why(cx)), ..NewPassword::wanted(cx) }
    }

    /// By the person's own wish.
    pub fn wanted(cx: &Cx<'_>) -> NewPassword {
        NewPassword::with(None, &[ui::PASSWORD_OLD, ui::PASSWORD_NEW, ui::PASSWORD_AGAIN], cx)
    }

    fn with(typed: Option<Secret>, labels: &[Words], cx: &Cx<'_>) -> NewPassword {
        let edits = labels.iter().map(|label| (*label, Edit::secret())).collect();
        let mut made =
            NewPassword { typed, why: None, rules: Vec::new(), pin: false, edits, focus: 0, problem: None };
        made.judge(cx);
        made
    }

    /// Holds what is typed against the rules.
    fn judge(&mut self, cx: &Cx<'_>) {
        // A PIN has no rules of the profile.
        let (old, new) = match (self.texts().as_slice(), &self.typed) {
            ([new, _], Some(old)) => (old.clone(), Secret::of(new)),
            ([old, new, _], None) => (Secret::of(old), Secret::of(new)),
            _ => return,
        };
        self.rules = cx.desk.password_rules(&old.0, &new.0);
    }

    /// A PIN for the screen lock, until the person leaves.
    pub fn pin(cx: &Cx<'_>) -> NewPassword {
        NewPassword { pin: true, ..NewPassword::with(None, &[ui::PIN_NEW, ui::PIN_AGAIN], cx) }
    }

    fn texts(&self) -> Vec<&str> {
        self.edits.iter().map(|(_, edit)| edit.text()).collect()
    }

    fn submit(&mut self, cx: &Cx<'_>) -> Effect {
        let (old, new, again) = match (self.texts().as_slice(), &self.typed) {
            ([new, again], Some(old)) => (old.clone(), Secret::of(new), Secret::of(again)),
            ([new, again], None) => (Secret::of(""), Secret::of(new), Secret::of(again)),
            ([old, new, again], None) => (Secret::of(old), Secret::of(new), Secret::of(again)),
            _ => return Effect::Stay,
        };
        if new != again {
            self.problem = Some(cx.say(ui::PASSWORD_DIFFERS).to_owned());
            self.wipe();
            self.judge(cx);
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

/// Why a new password is to be set before anything else.
fn why(cx: &Cx<'_>) -> String {
    match cx.desk.password_due() {
        Some(due) => crate::tui::declared::said(&Failure::Rejected(due.clone(), None), cx.desk, cx.lang),
        None => cx.say(ui::PASSWORD_FORCED).to_owned(),
    }
}

impl Screen for NewPassword {
    fn title(&self, lang: Lang) -> String {
        lang.of(if self.pin { ui::GO_PIN } else { ui::PASSWORD_TITLE }).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let leave = if self.why.is_some() { ui::LOG_OUT } else { ui::BACK };
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
            Action::Esc if self.why.is_some() => return Effect::LogOut,
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
                self.judge(cx);
            }
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn everywhere(&self) -> bool {
        self.why.is_none()
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
        if let Some(why) = &self.why {
            row = row.saturating_add(sheet.flow(row, left, width, why, theme.urgent));
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
        row = row.saturating_add(1);
        for rule in &self.rules {
            let (mark, style) = match rule.broken {
                None => (ui::RULE_MET, theme.plain),
                Some(_) => (ui::RULE_OPEN, theme.label),
            };
            sheet.put(row, left.saturating_add(2), 8, lang.of(mark), style);
            let text = lang.pick(&rule.ja, &rule.en);
            row = row.saturating_add(sheet.flow(
                row,
                left.saturating_add(10),
                width.saturating_sub(10),
                text,
                style,
            ));
        }
        if let Some(problem) = &self.problem {
            sheet.flow(row.saturating_add(1), left, width, problem, theme.urgent);
        }
    }
}
