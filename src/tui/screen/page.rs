//! A page of text to read: help, a long message, an entry, what must be written down.

use super::confirm::DEAF;
use crate::desk::declare::{cells, operations, operations_on, register, registers, title_of_command};
use crate::desk::{Failure, Lang, Lookup};
use crate::domain::{Could, Id, Stamp};
use crate::text::width::wrap;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Bind};
use crate::tui::model::{Cx, Effect, Screen, Writing};
use crate::tui::view::Sheet;
use crate::tui::words::ui;
use std::time::Instant;

/// A paragraph of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// A heading.
    Head(String),
    /// A label and what belongs to it.
    Item(String, String),
    /// Text.
    Text(String),
}

/// A page.
#[derive(Debug)]
pub struct TextPage {
    title: String,
    parts: Vec<Part>,
    top: usize,
    over: bool,
    /// The slip of what is shown this once, and since when it is shown.
    slip: Option<(Writing, Instant)>,
    /// What was looked up for it: which book, how many lines, by which filters.
    read: Option<(String, usize, String)>,
}

/// Cells for the labels of items.
const LABEL: usize = 22;

impl TextPage {
    /// A page of its own.
    pub fn new(title: String, parts: Vec<Part>) -> TextPage {
        TextPage { title, parts, top: 0, over: false, slip: None, read: None }
    }

    /// Who could do something at a moment, a paragraph each.
    ///
    /// # Errors
    /// What the desk says.
    pub fn who_could(what: &str, moment: Stamp, cx: &Cx<'_>) -> Result<TextPage, Failure> {
        let found = cx.desk.who_could(what, moment, None)?;
        let (title, when) = (title_of_command(what, cx.lang), cells::stamp(moment, cx.lang));
        let mut parts = vec![Part::Head(format!("{title}  {when}"))];
        for could in &found {
            let who = cells::by(could.person, could.on_behalf, cx.desk, cx.lang);
            let role = cells::role_within(&could.role, &could.within, cx.desk.profile(), cx.lang);
            parts.push(Part::Item(role, format!("{who}  {}", cells::ground(could, cx.desk, cx.lang))));
        }
        if cx.desk.sees_part("who_could") {
            parts.push(Part::Text(cx.say(ui::OWN_JURISDICTION).to_owned()));
        } else if found.is_empty() {
            parts.push(Part::Text(cx.say(ui::NOBODY_COULD).to_owned()));
        }
        let read = Some(("who_could".to_owned(), found.len(), format!("{title} {when}")));
        Ok(TextPage { read, ..TextPage::new(cx.say(ui::GO_WHO_COULD).to_owned(), parts) })
    }

    /// What somebody may do now, by what it rests on.
    ///
    /// # Errors
    /// What the desk says.
    pub fn policy(person: Id, cx: &Cx<'_>) -> Result<TextPage, Failure> {
        let found = cx.desk.policy_of(person, cx.desk.now())?;
        let who = cells::named(person, cx.desk, cx.lang);
        let mut parts = vec![Part::Head(who.clone())];
        let mut grounds: Vec<(&Could, Vec<String>)> = Vec::new();
        for (what, rests) in &found {
            for could in rests {
                let title = title_of_command(what, cx.lang);
                match grounds.iter_mut().find(|(other, _)| *other == could) {
                    Some((_, titles)) if titles.contains(&title) => {}
                    Some((_, titles)) => titles.push(title),
                    None => grounds.push((could, vec![title])),
                }
            }
        }
        for (could, titles) in grounds {
            let role = cells::role_within(&could.role, &could.within, cx.desk.profile(), cx.lang);
            let whom = could.on_behalf.map(|_| cells::by(person, could.on_behalf, cx.desk, cx.lang));
            let rests = [Some(cells::ground(could, cx.desk, cx.lang)), whom].into_iter().flatten();
            // A heading is one line, and what it rests on ends with its last day.
            parts.push(Part::Head(role));
            parts.push(Part::Text(rests.collect::<Vec<_>>().join("  ")));
            parts.push(Part::Text(cells::joined(titles.into_iter(), cx.lang)));
        }
        if cx.desk.sees_part("policy") {
            parts.push(Part::Text(cx.say(ui::OWN_JURISDICTION).to_owned()));
        } else if found.is_empty() {
            parts.push(Part::Text(cx.say(ui::NOTHING_THEIRS).to_owned()));
        }
        let read = Some(("policy".to_owned(), found.len(), who));
        Ok(TextPage { read, ..TextPage::new(cx.say(ui::GO_POLICY).to_owned(), parts) })
    }

    /// A panel over the screen below.
    pub fn over(title: String, parts: Vec<Part>) -> TextPage {
        TextPage { over: true, ..TextPage::new(title, parts) }
    }

    /// A panel with what is shown this once, and its slip to print: a key of its own closes it, and none that somebody may have
    /// pressed in passing.
    pub fn once(title: String, parts: Vec<Part>, slip: Writing, now: Instant) -> TextPage {
        TextPage { slip: Some((slip, now)), ..TextPage::over(title, parts) }
    }

    /// Help, made from the keymap of the screen and the declarations.
    pub fn help(binds: &[Bind], of: Option<&'static str>, cx: &Cx<'_>) -> TextPage {
        let mut parts = vec![Part::Head(cx.say(ui::HELP_KEYS).to_owned())];
        for bind in binds {
            parts.push(Part::Item(bind.names(cx.lang), bind.label.clone()));
        }
        parts.push(Part::Head(cx.say(ui::HELP_SCANNING).to_owned()));
        parts.push(Part::Text(cx.say(ui::HELP_SCAN_TEXT).to_owned()));
        match of.and_then(register) {
            Some(register) => {
                parts.push(Part::Head(cx.say(register.title).to_owned()));
                parts.push(Part::Text(cx.say(register.doc).to_owned()));
                for operation in operations_on(register.name) {
                    parts.push(Part::Item(
                        cx.say(operation.title).to_owned(),
                        cx.say(operation.doc).to_owned(),
                    ));
                }
            }
            None => {
                parts.push(Part::Head(cx.say(ui::HELP_REGISTERS).to_owned()));
                for register in registers() {
                    parts
                        .push(Part::Item(cx.say(register.title).to_owned(), cx.say(register.doc).to_owned()));
                }
                parts.push(Part::Head(cx.say(ui::HELP_OPERATIONS).to_owned()));
                for operation in operations() {
                    parts.push(Part::Item(
                        cx.say(operation.title).to_owned(),
                        cx.say(operation.doc).to_owned(),
                    ));
                }
            }
        }
        TextPage::new(cx.say(ui::HELP_TITLE).to_owned(), parts)
    }

    fn lines(&self, width: usize) -> Vec<(Part, String)> {
        let mut lines = Vec::new();
        for part in &self.parts {
            match part {
                Part::Head(text) => {
                    if !lines.is_empty() {
                        lines.push((Part::Text(String::new()), String::new()));
                    }
                    lines.push((part.clone(), text.clone()));
                }
                Part::Text(text) => {
                    lines.extend(wrap(text, width).into_iter().map(|line| (Part::Text(String::new()), line)));
                }
                Part::Item(label, text) => {
                    for (n, line) in wrap(text, width.saturating_sub(LABEL + 2)).into_iter().enumerate() {
                        let label = if n == 0 { label.clone() } else { String::new() };
                        lines.push((Part::Item(label, String::new()), line));
                    }
                }
            }
        }
        lines
    }
}

impl Screen for TextPage {
    fn title(&self, _: Lang) -> String {
        self.title.clone()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = vec![Bind::many(
            &[
                (Key::Up, Action::Up),
                (Key::Down, Action::Down),
                (Key::PageUp, Action::PageUp),
                (Key::PageDown, Action::PageDown),
                (Key::Home, Action::Home),
            ],
            lang.of(ui::SCROLL),
        )];
        if self.slip.is_some() {
            binds.push(Bind::one(Key::F(9), Action::Print, lang.of(ui::PRINT_SLIP)));
            binds.push(Bind::one(Key::F(10), Action::Submit, lang.of(ui::WRITTEN_DOWN)));
        } else {
            binds
                .push(Bind::many(&[(Key::Esc, Action::Esc), (Key::Enter, Action::Enter)], lang.of(ui::BACK)));
        }
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        // A rough bound: a page wraps to at most so many lines on the narrowest terminal that has screens.
        let most =
            self.lines(usize::from(crate::tui::view::LEAST.0).saturating_sub(8)).len().saturating_sub(3);
        match action {
            Action::Up => self.top = self.top.saturating_sub(1),
            Action::Down => self.top = self.top.saturating_add(1).min(most),
            Action::PageUp => self.top = self.top.saturating_sub(cx.height),
            Action::PageDown => self.top = self.top.saturating_add(cx.height).min(most),
            Action::Home => self.top = 0,
            Action::Submit => return Effect::Close,
            // The key that confirmed what is shown, held down or pressed twice, writes no password into a file.
            Action::Print
                if let Some((slip, since)) = &self.slip
                    && cx.now.saturating_duration_since(*since) >= DEAF =>
            {
                return Effect::Write(Box::new(slip.clone()));
            }
            _ if self.slip.is_some() => {}
            _ => return Effect::Close,
        }
        Effect::Stay
    }

    fn takes(&self, action: &Action) -> bool {
        *action == Action::Help
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        self.read.clone()
    }

    fn popup(&self) -> bool {
        self.over
    }

    fn everywhere(&self) -> bool {
        !self.over
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (width, height) = (sheet.width(), sheet.height());
        if self.over {
            let width = width.saturating_sub(6).min(72);
            let rows = self.lines(width.saturating_sub(4)).len().min(height.saturating_sub(2));
            let mut panel = sheet.panel(&self.title, rows, width);
            draw_lines(self, &mut panel);
        } else {
            let mut part = sheet.part(0, 2, height, width.saturating_sub(4));
            draw_lines(self, &mut part);
        }
    }
}

fn draw_lines(page: &TextPage, sheet: &mut Sheet<'_, '_>) {
    let theme = *sheet.theme;
    let lines = page.lines(sheet.width());
    let top = page.top.min(lines.len().saturating_sub(1));
    for (row, (part, line)) in lines.iter().skip(top).take(sheet.height()).enumerate() {
        match part {
            Part::Head(_) => sheet.put(row, 0, sheet.width(), line, theme.label),
            Part::Text(_) => sheet.put(row, 0, sheet.width(), line, theme.plain),
            Part::Item(label, _) => {
                sheet.put(row, 0, LABEL, label, theme.label);
                sheet.put(row, LABEL + 2, sheet.width(), line, theme.plain);
            }
        }
    }
    sheet.cursor(0, 0);
}
