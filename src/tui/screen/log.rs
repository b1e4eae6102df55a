//! The log (証跡): every entry, newest first. Seeing it is a right of its own (J-1-1-3-a).

use super::entry_page;
use crate::desk::declare::Words;
use crate::desk::{EntryLine, Failure, Lang, Lookup};
use crate::text::scan::fold_code;
use crate::text::width::cells;
use crate::tui::declared;
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Writing};
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
    /// The number of an entry that is typed, to go to.
    number: Edit,
    /// Newer entries are left out above: they begin at this one.
    left_out: Option<u64>,
}

impl Log {
    /// From the newest entry; all, or refused attempts only.
    ///
    /// # Errors
    /// What the desk says.
    pub fn new(refused: bool, cx: &Cx<'_>) -> Result<Log, Failure> {
        let mut log = Log {
            entries: Vec::new(),
            lines: Vec::new(),
            more: true,
            selected: 0,
            refused,
            number: Edit::line(""),
            left_out: None,
        };
        log.reach(0, cx)?;
        Ok(log)
    }

    /// The entries anew, those before one of them; from the newest where none is named.
    fn begin(&mut self, before: Option<u64>, cx: &Cx<'_>) -> Result<(), Failure> {
        (self.entries, self.lines) = (Vec::new(), Vec::new());
        (self.more, self.selected, self.left_out) = (true, 0, before);
        self.reach(0, cx)
    }

    /// Goes to an entry by its number. Entries are numbered without gaps, so that the whole log need not be read on
    /// the way to an old one; refused attempts are few, and read from the newest.
    fn jump(&mut self, seq: u64, cx: &Cx<'_>) -> Result<Effect, Failure> {
        let newest = cx.desk.last_entry().0;
        if seq == 0 || seq > newest {
            return Ok(Effect::Say(Message::wrong(cx.say(ui::NO_ENTRY))));
        }
        let above = seq.saturating_add(u64::try_from(PAGE / 2).unwrap_or_default());
        self.begin(Some(above).filter(|above| !self.refused && *above <= newest), cx)?;
        loop {
            if let Some(at) = self.entries.iter().position(|entry| entry.seq <= seq) {
                let found = self.entries.get(at).is_some_and(|entry| entry.seq == seq);
                self.go(at, cx);
                return Ok(if found {
                    Effect::Stay
                } else {
                    Effect::Say(Message::note(cx.say(ui::NO_ENTRY)))
                });
            }
            let known = self.entries.len();
            self.reach(known, cx)?;
            if self.entries.len() == known {
                return Ok(Effect::Say(Message::note(cx.say(ui::NO_ENTRY))));
            }
        }
    }

    /// Up beyond the first entry that was read, to newer ones.
    fn newer(&mut self, cx: &Cx<'_>) -> Effect {
        let Some(first) = self.entries.first().map(|entry| entry.seq) else { return Effect::Stay };
        match self.jump(first.saturating_add(1), cx) {
            Ok(effect) => effect,
            Err(failure) => cx.trouble(&failure),
        }
    }

    fn go_to_number(&mut self, cx: &Cx<'_>) -> Effect {
        let typed = fold_code(self.number.text());
        self.number.clear();
        // More digits than any number has: there is no such entry.
        let seq = typed.trim_start_matches('#').parse().unwrap_or(u64::MAX);
        match self.jump(seq, cx) {
            Ok(effect) => effect,
            Err(failure) => cx.trouble(&failure),
        }
    }

    /// Which entries are shown, where they are not all.
    fn stretch(&self) -> String {
        match (self.entries.first(), self.entries.last()) {
            (Some(first), Some(last)) if self.more || self.left_out.is_some() => {
                format!("#{} - #{}", last.seq, first.seq)
            }
            _ => String::new(),
        }
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
        if self.more && to > self.selected {
            return Effect::Say(Message::note(cx.say(ui::MORE_ENTRIES)));
        }
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
            // Who holds the sheet sees that there are more.
            bytes: print::sheet(cx.say(self.words()), &[when, self.stretch()], &head, &rows),
            register: self.register_name().to_owned(),
            how: "print",
            rows: rows.len(),
            filters: self.stretch(),
            note: String::new(),
        }))
    }
}

impl Screen for Log {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.words()).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let enter = if self.number.text().is_empty() { ui::OPEN } else { ui::GO_TO_NUMBER };
        vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(enter)),
            Bind::one(Key::F(9), Action::Print, lang.of(ui::PRINT)),
            keymap::moving(lang),
            keymap::editing(lang),
            keymap::back(lang),
        ]
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        match action {
            Action::Esc if !self.number.text().is_empty() => {
                self.number.clear();
                Effect::Stay
            }
            Action::Esc => Effect::Close,
            Action::Enter if !self.number.text().is_empty() => self.go_to_number(cx),
            Action::Up | Action::PageUp if self.selected == 0 && self.left_out.is_some() => self.newer(cx),
            Action::Up => self.go(self.selected.saturating_sub(1), cx),
            Action::Down => self.go(self.selected.saturating_add(1), cx),
            Action::PageUp => self.go(self.selected.saturating_sub(cx.height), cx),
            Action::PageDown => self.go(self.selected.saturating_add(cx.height), cx),
            Action::Print => self.print(cx),
            Action::Enter => match self.entries.get(self.selected) {
                Some(entry) => Effect::Open(Box::new(entry_page(entry, cx))),
                None => Effect::Stay,
            },
            Action::Type(text) => {
                let digits: String = fold_code(&text).chars().filter(char::is_ascii_digit).collect();
                self.number.insert(&digits);
                Effect::Stay
            }
            other => {
                super::edit_action(&mut self.number, &other);
                Effect::Stay
            }
        }
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn scan(&mut self, _: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE))))
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        Some((self.register_name().to_owned(), self.entries.len(), self.stretch()))
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let foot = sheet.height().saturating_sub(1);
        let room = foot.max(1);
        let top = window(0, self.selected, room);
        for (n, line) in self.lines.iter().enumerate().skip(top).take(room) {
            let y = n.saturating_sub(top);
            let look = if n == self.selected { theme.selected } else { theme.plain };
            sheet.bar(y, 0, &format!(" {line}"), look);
            if n == self.selected {
                sheet.cursor(y, 0);
            }
        }
        let label = format!(" {}: #", lang.of(ui::ENTRY_NUMBER));
        let column = cells(&label);
        sheet.put(foot, 0, column, &label, theme.label);
        let typing = sheet.is_typing(&self.number);
        sheet.edit(foot, column, (1, 20), &self.number, typing);
    }
}
