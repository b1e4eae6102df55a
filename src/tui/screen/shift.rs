//! Shift takeover: who is inside, which badges are out, what is open, and who takes over, on one screen.

use crate::desk::declare::{Operation, cells};
use crate::desk::{Failure, Lang, Lookup, NotOpened, Receipt, TodayLine};
use crate::domain::{Id, Row};
use crate::tui::edit::Edit;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Screen, Secret};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// Which field has the cursor.
const ID: usize = 0;
const PASSWORD: usize = 1;
const REMARKS: usize = 2;

/// The most badges that are named.
const MOST_BADGES: usize = 40;

/// The takeover.
pub struct Shift {
    operation: &'static Operation,
    inside: Vec<String>,
    badges: String,
    open: Vec<String>,
    id: Edit,
    password: Edit,
    remarks: Edit,
    focus: usize,
    me: String,
}

/// The badges that are out, by their numbers: both look at the rack. Where there are very many, the first of them.
fn badges_out(line: &TodayLine, cx: &Cx<'_>) -> Result<String, Failure> {
    let page = cx.desk.list(&line.opens, None, MOST_BADGES)?;
    let mut numbers: Vec<String> =
        page.rows.iter().map(|row| cells::name(row.id(), cx.desk, cx.lang)).collect();
    numbers.sort();
    if line.count > numbers.len() {
        numbers.push(format!("{} {}", cx.say(ui::AND_MORE), line.count.saturating_sub(numbers.len())));
    }
    let numbers = numbers.join(cx.lang.pick("、", ", "));
    Ok(format!("{} {}: {numbers}", line.count, cx.say(ui::COUNT)))
}

/// Cells of a field on a screen of so many columns.
fn field_width(width: usize) -> usize {
    width.saturating_sub(20)
}

impl Shift {
    /// What is to be taken over now.
    ///
    /// # Errors
    /// What the desk says.
    pub fn new(operation: &'static Operation, cx: &Cx<'_>) -> Result<Shift, Failure> {
        let inside = cx
            .desk
            .inside()?
            .iter()
            .map(|presence| {
                let visit = &presence.visit;
                let name = cells::name(visit.person, cx.desk, cx.lang);
                format!("{} {name}", visit.came.format("%H:%M"))
            })
            .collect();
        let lines = cx.desk.today()?;
        let badges = match lines.iter().find(|line| line.name == "badges_out") {
            Some(line) => badges_out(line, cx)?,
            None => format!("0 {}", cx.say(ui::COUNT)),
        };
        let others = lines.iter().filter(|line| !matches!(line.name, "inside" | "badges_out"));
        let open = others.map(|line| format!("{} {}", cx.say(line.title), line.count)).collect();
        let me = cx.desk.user().to_owned();
        // Whoever is on duty opens this for the next one, who types their own ID.
        let site = Lookup::row(cx.desk, Id::SITE);
        let on_duty = matches!(site, Some(Row::Site(site)) if site.on_duty == Some(cx.desk.actor().person));
        let id = Edit::id(if on_duty { "" } else { &me });
        let (password, remarks) = (Edit::secret(), Edit::block(""));
        Ok(Shift { operation, inside, badges, open, id, password, remarks, focus: ID, me })
    }

    fn submit(&self) -> Effect {
        let id = super::login::typed_id(self.id.text());
        // The person who is logged in already need not type the password again.
        let seat = (id != self.me && !id.is_empty()).then(|| (id, Secret::of(self.password.text())));
        Effect::Slowly(Box::new(Effect::TakeOver(seat, self.remarks.text().to_owned())))
    }

    fn edit(&mut self) -> &mut Edit {
        match self.focus {
            ID => &mut self.id,
            PASSWORD => &mut self.password,
            _ => &mut self.remarks,
        }
    }
}

impl Screen for Shift {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.operation.title).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let submit = &[(Key::F(10), Action::Submit), (Key::Ctrl('s'), Action::Submit)];
        vec![
            Bind::many(submit, lang.of(self.operation.title)),
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::NEXT)),
            Bind::many(
                &[
                    (Key::Tab, Action::Next),
                    (Key::BackTab, Action::Back),
                    (Key::Down, Action::Down),
                    (Key::Up, Action::Up),
                ],
                lang.of(ui::NEXT_FIELD),
            ),
            keymap::editing(lang),
            keymap::back(lang),
        ]
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let wide = field_width(cx.width);
        match action {
            Action::Esc => return Effect::Close,
            Action::Submit => return self.submit(),
            Action::Enter if self.focus == REMARKS => self.remarks.insert("\n"),
            Action::Up if self.focus == REMARKS && self.remarks.up(wide) => {}
            Action::Down if self.focus == REMARKS && self.remarks.down(wide) => {}
            Action::Enter | Action::Next | Action::Down => {
                self.focus = if self.focus == REMARKS { ID } else { self.focus.saturating_add(1) };
            }
            Action::Back | Action::Up => {
                self.focus = self.focus.checked_sub(1).unwrap_or(REMARKS);
            }
            Action::Type(text) if self.focus != REMARKS => match super::login::pasted_both(&text) {
                Some((id, password)) => {
                    self.id.set(id);
                    self.password.set(password);
                    self.focus = PASSWORD;
                }
                None => self.edit().insert(&text),
            },
            other => {
                super::edit_action(self.edit(), &other);
            }
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) => super::recorded(self.operation, &receipt, None, cx),
            Err(failure) => {
                self.password.clear();
                self.focus = match &failure {
                    Failure::NotOpened(NotOpened::Credentials) => PASSWORD,
                    Failure::Rejected(..) | Failure::Denied(..) => ID,
                    _ => self.focus,
                };
                cx.trouble(&failure)
            }
        }
    }

    fn register(&self) -> Option<&'static str> {
        Some(self.operation.register)
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let none = lang.of(ui::NONE);
        let between = lang.pick("、", ", ");
        let said = |texts: &[String]| if texts.is_empty() { none.to_owned() } else { texts.join(between) };
        let lines = [
            (
                ui::SHIFT_INSIDE,
                format!("{} {}: {}", self.inside.len(), lang.of(ui::PEOPLE), said(&self.inside)),
            ),
            (ui::SHIFT_BADGES, self.badges.clone()),
            (ui::SHIFT_OPEN, said(&self.open)),
        ];
        let form = 7usize;
        let room = height.saturating_sub(form);
        let mut row = 0usize;
        for (label, text) in lines {
            sheet.put(row, 1, 16, lang.of(label), theme.label);
            let left = room.saturating_sub(row);
            let mut part = sheet.part(row, 18, left, width.saturating_sub(19));
            let used = part.flow(0, 0, width, &text, theme.plain);
            row = row.saturating_add(used.min(left)).saturating_add(1);
        }
        let first = room;
        sheet.put(first, 1, width, lang.of(ui::SHIFT_ASK), theme.dim);
        let fields = [
            (ID, ui::SHIFT_BY, &self.id, 1usize),
            (PASSWORD, ui::LOGIN_PASSWORD, &self.password, 1),
            (REMARKS, ui::SHIFT_REMARKS, &self.remarks, 3),
        ];
        for (focus, label, edit, tall) in fields {
            let y = first.saturating_add(focus).saturating_add(1);
            let focused = self.focus == focus;
            sheet.put(y, 0, 1, if focused { ">" } else { " " }, theme.label);
            sheet.put(y, 1, 16, lang.of(label), theme.label);
            sheet.edit(y, 18, (tall, field_width(width)), edit, focused);
        }
    }
}
