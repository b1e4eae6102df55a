//! Asks before the session is ended: a key that was meant for something else must not log anybody out.

use super::is_bounce;
use crate::desk::Lang;
use crate::desk::declare::Words;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Bind};
use crate::tui::model::{Cx, Effect, Screen};
use crate::tui::view::Sheet;
use crate::tui::words::ui;
use std::time::Instant;

/// The question. Enter and Esc stay; only F9 leaves.
pub struct Leave {
    quits: bool,
    opened: Instant,
}

impl Leave {
    /// Before logging out.
    pub fn logging_out(cx: &Cx<'_>) -> Leave {
        Leave { quits: false, opened: cx.now }
    }

    /// Before the program ends.
    pub fn quitting(cx: &Cx<'_>) -> Leave {
        Leave { quits: true, opened: cx.now }
    }

    fn words(&self) -> (Words, Words) {
        if self.quits { (ui::QUIT, ui::QUIT_ASK) } else { (ui::LOG_OUT, ui::LOG_OUT_ASK) }
    }
}

/// The keys of the question.
pub fn leave_binds(leaves: Words, lang: Lang) -> Vec<Bind> {
    let stay = &[(Key::Esc, Action::Esc), (Key::Enter, Action::Enter)];
    vec![Bind::many(stay, lang.of(ui::CANCEL_KEY)), Bind::one(Key::F(9), Action::Confirm, lang.of(leaves))]
}

impl Screen for Leave {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.words().0).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        leave_binds(self.words().0, lang)
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        if is_bounce(&action, self.opened, cx) {
            return Effect::Stay;
        }
        match action {
            Action::Confirm if self.quits => Effect::Quit,
            Action::Confirm => Effect::LogOut,
            Action::Enter | Action::Esc => Effect::Close,
            _ => Effect::Stay,
        }
    }

    fn popup(&self) -> bool {
        true
    }

    fn everywhere(&self) -> bool {
        false
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        draw_leave(self.words(), sheet);
    }
}

/// The question, over what is there.
pub fn draw_leave((title, ask): (Words, Words), sheet: &mut Sheet<'_, '_>) {
    let (theme, lang) = (*sheet.theme, sheet.lang);
    let width = sheet.width().saturating_sub(6).min(60);
    let mut panel = sheet.panel(lang.of(title), 5, width);
    let wide = panel.width();
    panel.flow(1, 0, wide, lang.of(ask), theme.plain);
    panel.put(4, 2, wide, lang.of(ui::CANCEL_BUTTON), theme.selected);
    panel.put(4, 20, wide, &format!("F9  {}", lang.of(title)), theme.plain);
    panel.cursor(4, 2);
}
