//! The log (証跡): every entry, newest first. Seeing it is a right of its own (J-1-1-3-a).

use super::entry_page;
use crate::desk::declare::Words;
use crate::desk::{EntryLine, Failure, Lang, Lookup};
use crate::tui::declared;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Screen, Writing};
use crate::tui::print;
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// Entries read at once.
const PAGE: usize = 100;
/// Entries held; older ones are reached by printing or on the command line.
const MOST: usize = 5_000;

/// The log.
pub struct Log {
    entries: Vec<EntryLine>,
    lines: Vec<String>,
    more: bool,
    selected: usize,
    /// Refused attempts only.
    refused: bool,
}

impl Log {
    /// From the newest entry; all, or refused attempts only.
    ///
    /// # Errors
    /// What the desk says.
    pub fn new(refused: bool, cx: &Cx<'_>) -> Result<Log, Failure> {
        let mut log = Log { entries: Vec::new(), lines: Vec::new(), more: true, selected: 0, refused };
        log.reach(0, cx)?;
        Ok(log)
    }

    fn words(&self) -> Words {
        if self.refused { ui::GO_REFUSED } else { ui::LOG_TITLE }
    }

    fn register_name(&self) -> &'static str {
        if self.refused { "refused" } else { "log" }
    }

    fn reach(&mut self, row: usize, cx: &Cx<'_>) -> Result<(), Failure> {
        while self.more && self.entries.len() <= row.saturating_add(cx.height) && self.entries.len() < MOST {
            let before = self.entries.last().map(|entry| entry.seq);
            let found = match self.refused {
                true => cx.desk.refused(before, PAGE, cx.lang)?,
                false => cx.desk.log(before, None, PAGE, cx.lang)?,
            };
            self.more = found.len() >= PAGE;
            self.lines.extend(found.iter().map(|entry| declared::entry_row(entry, cx)));
            self.entries.extend(found);
        }
        Ok(())
    }

    fn go(&mut self, to: usize, cx: &Cx<'_>) -> Effect {
        if let Err(failure) = self.reach(to, cx) {
            return cx.trouble(&failure);
        }
        self.selected = to.min(self.entries.len().saturating_sub(1));
        Effect::Stay
    }

    fn print(&self, cx: &Cx<'_>) -> Effect {
        let now = cx.desk.now();
        let rows: Vec<Vec<String>> = self
            .entries
            .iter()
            .zip(&self.lines)
            .map(|(entry, line)| {
                let says: Vec<String> =
                    entry.says.iter().map(|(label, text)| format!("{label}={text}")).collect();
                vec![line.clone(), says.join(" / ").replace('\n', " ")]
            })
            .collect();
        let head = [ui::LOG_TITLE, ui::CONTENT].map(|words| cx.say(words).to_owned());
        let when = format!("{} {}", now.format("%Y-%m-%d %H:%M"), cx.say(ui::AS_SEEN));
        Effect::Write(Box::new(Writing {
            name: format!("{}-{}.txt", self.register_name(), now.format("%Y%m%d-%H%M")),
            bytes: print::sheet(cx.say(self.words()), &[when], &head, &rows),
            register: self.register_name().to_owned(),
            how: "print",
            rows: rows.len(),
            filters: String::new(),
            note: String::new(),
        }))
    }
}

impl Screen for Log {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.words()).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::OPEN)),
            Bind::one(Key::F(9), Action::Print, lang.of(ui::PRINT)),
            keymap::moving(lang),
            keymap::back(lang),
        ]
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        match action {
            Action::Esc => Effect::Close,
            Action::Up => self.go(self.selected.saturating_sub(1), cx),
            Action::Down => self.go(self.selected.saturating_add(1), cx),
            Action::PageUp => self.go(self.selected.saturating_sub(cx.height), cx),
            Action::PageDown => self.go(self.selected.saturating_add(cx.height), cx),
            Action::Print => self.print(cx),
            Action::Enter => match self.entries.get(self.selected) {
                Some(entry) => Effect::Open(Box::new(entry_page(entry, cx))),
                None => Effect::Stay,
            },
            _ => Effect::Stay,
        }
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        Some((self.register_name().to_owned(), self.entries.len(), String::new()))
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let theme = *sheet.theme;
        let room = sheet.height().max(1);
        let top = window(0, self.selected, room);
        for (n, line) in self.lines.iter().enumerate().skip(top).take(room) {
            let y = n.saturating_sub(top);
            let look = if n == self.selected { theme.selected } else { theme.plain };
            sheet.bar(y, 0, &format!(" {line}"), look);
            if n == self.selected {
                sheet.cursor(y, 0);
            }
        }
    }
}
