//! A confirmation. Cancel is the default, and the confirming key is not the one that opened it. An Enter is ignored
//! for the first 300 ms: it opened the question, and one pressed twice or held down must not answer it as well.
//! Other keys count at once, for whoever knows them types them ahead.

use super::{About, recorded};
use crate::desk::declare::Operation;
use crate::desk::{Failure, Instruction, Lang, Receipt};
use crate::text::width::{CUT, wrap};
use crate::tui::declared;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::view::Sheet;
use crate::tui::words::ui;
use std::time::{Duration, Instant};

/// How long an Enter is ignored.
pub const DEAF: Duration = Duration::from_millis(300);

/// Whether an Enter came so soon that it is the one which opened the question, pressed twice or held down.
pub fn is_bounce(action: &Action, opened: Instant, cx: &Cx<'_>) -> bool {
    *action == Action::Enter && cx.now.saturating_duration_since(opened) < DEAF
}

/// Lines that a confirmation tells of the record at most, and rows that a line of it takes.
const MOST_LINES: usize = 8;
const MOST_ROWS: usize = 2;

/// Lines that it tells where they are more than that, a row each.
const MOST_LISTED: usize = 12;

/// What is told of the record, in rows of a width: a long text is cut there, and the record's own page has all of it.
fn told(lines: &[(String, String)], width: usize, lang: Lang) -> Vec<String> {
    // Many lines are a list: each in a row of its own.
    let (most, rows_each) = if lines.len() > MOST_LINES { (MOST_LISTED, 1) } else { (MOST_LINES, MOST_ROWS) };
    let shown = if lines.len() > most { most.saturating_sub(1) } else { lines.len() };
    let mut rows = Vec::new();
    for (label, text) in lines.iter().take(shown) {
        let whole = wrap(&format!("{label}: {}", text.replace('\n', " ")), width);
        let cut = whole.len() > rows_each;
        let last = rows_each.saturating_sub(1);
        for (n, row) in whole.into_iter().take(rows_each).enumerate() {
            rows.push(if cut && n == last {
                format!("{}{CUT}", wrap(&row, width.saturating_sub(3)).into_iter().next().unwrap_or_default())
            } else {
                row
            });
        }
    }
    let more = lines.len().saturating_sub(shown);
    if more > 0 {
        rows.push(format!("{} {more} {}", lang.of(ui::AND_MORE), lang.of(ui::COUNT)));
    }
    rows
}

/// A confirmation.
pub struct Confirm {
    operation: &'static Operation,
    about: About,
    lines: Vec<(String, String)>,
    order: Option<Instruction>,
    /// The button that Enter presses: cancel until it is moved.
    on_confirm: bool,
    opened: Instant,
    said: Option<String>,
    /// It stands over the form that gave the order, which is closed with it.
    over_form: bool,
    /// The draft of that form, if it left one.
    draft: Option<String>,
}

impl Confirm {
    /// Of an operation that asks for nothing but the record.
    pub fn new(
        operation: &'static Operation,
        about: About,
        lines: Vec<(String, String)>,
        cx: &Cx<'_>,
    ) -> Confirm {
        let fields: Vec<(String, String)> = about.fills.iter().cloned().collect();
        let (order, said) = match declared::order(operation, &fields, false, cx) {
            Ok(order) => (Some(order), None),
            Err(problems) => {
                let said: Vec<&str> = problems.iter().map(|p| cx.lang.pick(&p.ja, &p.en)).collect();
                (None, Some(said.join(" ")))
            }
        };
        Confirm {
            operation,
            about,
            lines,
            order,
            on_confirm: false,
            opened: cx.now,
            said,
            over_form: false,
            draft: None,
        }
    }

    /// Of an order that a form gave.
    pub fn of_order(
        operation: &'static Operation,
        about: About,
        lines: Vec<(String, String)>,
        order: Instruction,
        draft: Option<String>,
        cx: &Cx<'_>,
    ) -> Confirm {
        Confirm {
            operation,
            about,
            lines,
            order: Some(order),
            on_confirm: false,
            opened: cx.now,
            said: None,
            over_form: true,
            draft,
        }
    }

    fn execute(&mut self) -> Effect {
        match self.order.take() {
            Some(order) => Effect::Slowly(Box::new(Effect::Execute(Box::new(order)))),
            None => Effect::Stay,
        }
    }
}

impl Screen for Confirm {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.operation.title).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        vec![
            Bind::many(
                &[(Key::Esc, Action::Esc), (Key::Enter, Action::Enter)],
                lang.of(if self.on_confirm { ui::CONFIRM_KEY } else { ui::CANCEL_KEY }),
            ),
            Bind::one(Key::F(9), Action::Confirm, lang.of(ui::CONFIRM_KEY)),
            Bind::many(
                &[
                    (Key::Left, Action::Left),
                    (Key::Right, Action::Right),
                    (Key::Tab, Action::Next),
                    (Key::BackTab, Action::Back),
                ],
                lang.of(ui::SELECT),
            ),
        ]
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        if is_bounce(&action, self.opened, cx) {
            return Effect::Stay;
        }
        match action {
            Action::Confirm => self.execute(),
            Action::Enter if self.on_confirm => self.execute(),
            Action::Left | Action::Right | Action::Next | Action::Back => {
                self.on_confirm = !self.on_confirm;
                Effect::Stay
            }
            Action::Enter | Action::Esc => {
                Effect::Many(vec![Effect::Close, Effect::Say(Message::note(cx.say(ui::CANCELLED)))])
            }
            _ => Effect::Stay,
        }
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            // The form below has done its work: it is closed too, with its draft.
            Ok(receipt) if self.over_form => {
                let closed = recorded(self.operation, &receipt, self.draft.take(), cx);
                Effect::Many(vec![Effect::Close, closed])
            }
            Ok(receipt) => recorded(self.operation, &receipt, None, cx),
            // The form below puts the cursor where it is wrong.
            Err(failure) if self.over_form => {
                Effect::Many(vec![Effect::Close, Effect::Refused(Box::new(failure))])
            }
            Err(failure) => Effect::Many(vec![Effect::Close, cx.trouble(&failure)]),
        }
    }

    fn scan(&mut self, _: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE))))
    }

    fn popup(&self) -> bool {
        true
    }

    fn everywhere(&self) -> bool {
        false
    }

    fn register(&self) -> Option<&'static str> {
        Some(self.operation.register)
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let width = sheet.width().saturating_sub(6).min(70);
        let told = told(&self.lines, width.saturating_sub(4), lang);
        let rows = told.len().saturating_add(8);
        let title = format!("{}: {}", lang.of(ui::CONFIRM_TITLE), lang.of(self.operation.title));
        let mut panel = sheet.panel(&title, rows, width);
        let wide = panel.width();
        let mut row = 0usize;
        if !self.about.named.is_empty() {
            panel.put(row, 0, wide, &self.about.named, theme.label);
            row = row.saturating_add(1);
        }
        for line in &told {
            panel.put(row, 0, wide, line, theme.plain);
            row = row.saturating_add(1);
        }
        row = row.saturating_add(panel.flow(row, 0, wide, lang.of(self.operation.doc), theme.plain));
        let asked = self.said.as_deref().unwrap_or(lang.of(ui::CONFIRM_ASK));
        panel.flow(row, 0, wide, asked, theme.urgent);
        let buttons = panel.height().saturating_sub(1);
        let (off, on) = (theme.plain, theme.selected);
        panel.put(buttons, 2, 14, lang.of(ui::CANCEL_BUTTON), if self.on_confirm { off } else { on });
        panel.put(buttons, 20, 14, lang.of(ui::CONFIRM_BUTTON), if self.on_confirm { on } else { off });
        panel.cursor(buttons, if self.on_confirm { 20 } else { 2 });
    }
}
