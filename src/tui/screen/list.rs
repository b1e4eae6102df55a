//! The list of a register: a window on it, search as one types, filters, CSV.

use super::{Detail, Filter, Pick, not_selected, start};
use crate::desk::declare::{Column, Register, operations_on, register};
use crate::desk::{AsOf, Cursor, Failure, Lang, ListQuery, Lookup, describe};
use crate::domain::Id;
use crate::paper::csv;
use crate::text::width::cells;
use crate::tui::edit::Edit;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Writing};
use crate::tui::print;
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// Rows read at once.
const PAGE: usize = 100;

/// Pages kept; older ones are read again when they are wanted.
const KEPT: usize = 4;

/// Most rows of a CSV or print.
const MOST: usize = 20_000;

/// A row as it is shown: its number and the text of each column.
#[derive(Clone, Debug)]
struct Line {
    id: Id,
    cells: Vec<String>,
}

/// The rows around the selected one. Pages have whatever length the desk gives them.
#[derive(Debug, Default)]
struct Window {
    /// Where each page known so far begins: its first row's number and the cursor that gives it.
    starts: Vec<(usize, Option<Cursor>)>,
    /// Pages held, by their place in `starts`.
    pages: std::collections::BTreeMap<usize, Vec<Line>>,
    /// How many rows are known so far, and whether there are more.
    known: usize,
    more: bool,
}

impl Window {
    fn get(&self, row: usize) -> Option<&Line> {
        let page = self.page_of(row);
        let (first, _) = self.starts.get(page)?;
        self.pages.get(&page)?.get(row.checked_sub(*first)?)
    }

    fn page_of(&self, row: usize) -> usize {
        self.starts.partition_point(|(first, _)| *first <= row).saturating_sub(1)
    }
}

/// A list.
pub struct List {
    register: &'static Register,
    query: ListQuery,
    search: Edit,
    window: Window,
    selected: usize,
    top: usize,
    trouble: Option<String>,
}

impl List {
    /// Of a register, with filters; `None` when there is no such register.
    pub fn with(query: ListQuery, cx: &Cx<'_>) -> Option<List> {
        let register = register(&query.register)?;
        let search = Edit::line(&query.search);
        let mut list =
            List { register, query, search, window: Window::default(), selected: 0, top: 0, trouble: None };
        list.read(cx);
        Some(list)
    }

    /// Reads from the beginning.
    fn read(&mut self, cx: &Cx<'_>) {
        self.window = Window { starts: vec![(0, None)], more: true, ..Window::default() };
        self.trouble = None;
        self.reach(self.selected.saturating_add(cx.height), cx);
        self.selected = self.selected.min(self.window.known.saturating_sub(1));
    }

    /// Makes sure that the rows around one are held, as far as there are any.
    fn reach(&mut self, row: usize, cx: &Cx<'_>) {
        while self.window.more && self.window.known <= row && self.trouble.is_none() {
            let page = self.window.starts.len().saturating_sub(1);
            self.load(page, cx);
        }
        let near = [row.saturating_sub(cx.height.saturating_mul(2)), row];
        for row in near {
            let page = self.window.page_of(row.min(self.window.known.saturating_sub(1)));
            if !self.window.pages.contains_key(&page) && self.trouble.is_none() {
                self.load(page, cx);
            }
        }
        let here = self.window.page_of(self.selected);
        self.window.pages.retain(|page, _| page.abs_diff(here) < KEPT);
    }

    fn load(&mut self, page: usize, cx: &Cx<'_>) {
        let Some((first, cursor)) = self.window.starts.get(page).cloned() else { return };
        match cx.desk.list(&self.query, cursor.as_ref(), PAGE) {
            Ok(found) => {
                let columns = self.register.columns;
                let lines: Vec<Line> = found
                    .rows
                    .iter()
                    .map(|row| Line {
                        id: row.id(),
                        cells: columns.iter().map(|column| (column.cell)(row, cx.desk, cx.lang)).collect(),
                    })
                    .collect();
                if page.saturating_add(1) == self.window.starts.len() {
                    self.window.known = first.saturating_add(lines.len());
                    self.window.more = found.next.is_some();
                    if found.next.is_some() {
                        self.window.starts.push((self.window.known, found.next));
                    }
                }
                self.window.pages.insert(page, lines);
            }
            Err(failure) => {
                self.window.more = false;
                self.trouble = Some(crate::tui::declared::said(&failure, cx.desk, cx.lang));
            }
        }
    }

    fn go(&mut self, to: usize, cx: &Cx<'_>) -> Effect {
        self.reach(to.saturating_add(cx.height), cx);
        self.selected = to.min(self.window.known.saturating_sub(1));
        self.reach(self.selected, cx);
        self.top = window(self.top, self.selected, cx.height.saturating_sub(3));
        Effect::Stay
    }

    fn chosen(&self) -> Option<Id> {
        self.window.get(self.selected).map(|line| line.id)
    }

    fn open(&self, cx: &Cx<'_>) -> Effect {
        match self.chosen() {
            Some(id) => match Detail::new(self.register, id, self.query.as_of, cx) {
                Some(detail) => Effect::Open(Box::new(detail)),
                None => Effect::Say(Message::wrong(cx.say(ui::NO_RECORD))),
            },
            None => not_selected(cx),
        }
    }

    fn make_new(&self, cx: &Cx<'_>) -> Effect {
        let new: Vec<_> = operations_on(self.register.name).filter(|op| op.about.is_none()).collect();
        match new.as_slice() {
            [] => Effect::Say(Message::note(cx.say(ui::NO_NEW))),
            [only] => start(only.command, None, &[], cx),
            _ => Effect::Open(Box::new(Pick::operations(self.register.name, None, cx))),
        }
    }

    /// Every row of the question, up to the limit.
    fn rows(&self, columns: &[&Column], cx: &Cx<'_>) -> Result<(Vec<Vec<String>>, bool), Failure> {
        let (mut rows, mut from): (Vec<Vec<String>>, Option<Cursor>) = (Vec::new(), None);
        loop {
            let page = cx.desk.list(&self.query, from.as_ref(), 1_000)?;
            for row in &page.rows {
                if rows.len() >= MOST {
                    return Ok((rows, true));
                }
                rows.push(columns.iter().map(|column| (column.cell)(row, cx.desk, cx.lang)).collect());
            }
            from = page.next;
            if from.is_none() {
                return Ok((rows, false));
            }
        }
    }

    fn write(&self, as_csv: bool, cx: &Cx<'_>) -> Effect {
        let columns: Vec<&Column> = if as_csv {
            self.register.all_columns().collect()
        } else {
            self.register.columns.iter().collect()
        };
        let (rows, cut) = match self.rows(&columns, cx) {
            Ok(rows) => rows,
            Err(failure) => return cx.trouble(&failure),
        };
        let head: Vec<String> = columns.iter().map(|column| cx.say(column.title).to_owned()).collect();
        let now = cx.desk.now();
        let filters = describe(&self.query, cx.lang);
        let (bytes, ending, how) = if as_csv {
            match csv::table(&head, &rows) {
                Ok(bytes) => (bytes, "csv", "csv"),
                Err(why) => return Effect::Say(Message::wrong(why)),
            }
        } else {
            let title = cx.say(self.register.title);
            let when = format!("{} {}", now.format("%Y-%m-%d %H:%M"), cx.say(ui::AS_SEEN));
            (print::sheet(title, &[when, filters.clone()], &head, &rows), "txt", "print")
        };
        let name = format!("{}-{}.{ending}", self.register.name, now.format("%Y%m%d-%H%M"));
        let note = if cut { format!("({MOST} {})", cx.say(ui::CUT_AT)) } else { String::new() };
        let register = self.register.name.to_owned();
        Effect::Write(Box::new(Writing { name, bytes, register, how, rows: rows.len(), filters, note }))
    }

    /// Widths of the columns that are shown, by their place in the declaration.
    fn widths(&self, sheet: &Sheet<'_, '_>) -> Vec<(usize, usize)> {
        let compact = sheet.compact();
        let shown: Vec<(usize, usize)> = self
            .register
            .columns
            .iter()
            .enumerate()
            .filter(|(_, column)| column.compact || !compact)
            .map(|(n, column)| (n, usize::from(column.width)))
            .collect();
        let taken: usize = shown.iter().map(|(_, width)| width.saturating_add(1)).sum();
        let room = sheet.width().saturating_sub(1).saturating_sub(taken);
        let rest = shown.iter().filter(|(_, width)| *width == 0).count().max(1);
        let flexible = shown.iter().any(|(_, width)| *width == 0);
        // Without a column that takes the rest, the widths grow alike where there is room.
        let extra = if flexible { 0 } else { room / shown.len().max(1) };
        shown
            .into_iter()
            .map(|(n, width)| (n, if width == 0 { room / rest } else { width.saturating_add(extra.min(12)) }))
            .collect()
    }
}

impl Screen for List {
    fn title(&self, lang: Lang) -> String {
        let title = lang.of(self.register.title);
        let mark = lang.of(ui::READ_ONLY);
        match self.query.as_of {
            Some(AsOf::Day(day)) => format!("{title} [{mark} {}]", super::said_day(day, lang)),
            Some(AsOf::Entry(seq)) => format!("{title} [{mark} #{seq}]"),
            None => title.to_owned(),
        }
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = vec![Bind::one(Key::Enter, Action::Enter, lang.of(ui::DETAIL))];
        if self.query.as_of.is_none() {
            binds.push(Bind::one(Key::F(3), Action::Menu, lang.of(ui::OPERATIONS)));
            binds.push(Bind::one(Key::F(5), Action::New, lang.of(ui::NEW)));
        }
        binds.extend([
            Bind::one(Key::F(6), Action::Filter, lang.of(ui::FILTER)),
            Bind::one(Key::F(8), Action::Csv, lang.of(ui::CSV)),
            Bind::one(Key::F(9), Action::Print, lang.of(ui::PRINT)),
            Bind::many(
                &[
                    (Key::Up, Action::Up),
                    (Key::Down, Action::Down),
                    (Key::PageUp, Action::PageUp),
                    (Key::PageDown, Action::PageDown),
                    (Key::Home, Action::Home),
                    (Key::End, Action::End),
                ],
                lang.of(ui::SELECT),
            )
            .minor(),
            Bind::many(
                &[
                    (Key::Left, Action::Left),
                    (Key::Right, Action::Right),
                    (Key::Backspace, Action::Backspace),
                    (Key::Delete, Action::Delete),
                ],
                lang.of(ui::EDIT),
            )
            .minor(),
            keymap::back(lang),
        ]);
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let page = cx.height.saturating_sub(3).max(1);
        match action {
            Action::Esc if !self.search.text().is_empty() => {
                self.search.clear();
                self.query.search.clear();
                self.selected = 0;
                self.read(cx);
                Effect::Stay
            }
            Action::Esc => Effect::Close,
            Action::Up => self.go(self.selected.saturating_sub(1), cx),
            Action::Down => self.go(self.selected.saturating_add(1), cx),
            Action::PageUp => self.go(self.selected.saturating_sub(page), cx),
            Action::PageDown => self.go(self.selected.saturating_add(page), cx),
            Action::Home => self.go(0, cx),
            Action::End => {
                // Two thousand rows at a time: the very end of a long register is reached by a filter.
                self.go(self.selected.saturating_add(2_000), cx);
                if self.window.more {
                    return Effect::Say(Message::note(cx.say(ui::MORE_ROWS)));
                }
                Effect::Stay
            }
            Action::Enter => self.open(cx),
            Action::Menu => match self.chosen() {
                Some(id) => Effect::Open(Box::new(Pick::operations(self.register.name, Some(id), cx))),
                None => self.make_new(cx),
            },
            Action::New => self.make_new(cx),
            Action::Filter => Effect::Open(Box::new(Filter::new(self.register, &self.query, cx))),
            Action::Csv => self.write(true, cx),
            Action::Print => self.write(false, cx),
            other => {
                let before = self.search.text().to_owned();
                super::edit_action(&mut self.search, &other);
                if before != self.search.text() {
                    self.query.search = self.search.text().to_owned();
                    self.selected = 0;
                    self.top = 0;
                    self.read(cx);
                }
                Effect::Stay
            }
        }
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn given(&mut self, values: Vec<String>, cx: &Cx<'_>) -> Effect {
        Filter::apply(&mut self.query, &values, cx);
        self.selected = 0;
        self.top = 0;
        self.read(cx);
        Effect::Stay
    }

    fn refresh(&mut self, cx: &Cx<'_>) {
        let held = self.chosen();
        self.read(cx);
        let at = held.and_then(|id| {
            (0..self.window.known).find(|row| self.window.get(*row).is_some_and(|line| line.id == id))
        });
        self.selected = at.unwrap_or(self.selected).min(self.window.known.saturating_sub(1));
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        let filters = describe(&self.query, Lang::Ja);
        Some((self.register.name.to_owned(), self.window.known, filters))
    }

    fn register(&self) -> Option<&'static str> {
        Some(self.register.name)
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let label = format!(" {}: ", lang.of(ui::SEARCH));
        let column = cells(&label);
        sheet.put(0, 0, column, &label, theme.label);
        sheet.edit(0, column, (1, 30), &self.search, true);
        let more = if self.window.more { "+" } else { "" };
        let filters = describe(&ListQuery { search: String::new(), as_of: None, ..self.query.clone() }, lang);
        let filtered = if filters.is_empty() {
            String::new()
        } else {
            format!("[{}: {filters}]  ", lang.of(ui::FILTERED))
        };
        let count = format!("{filtered}{}{more} {} ", self.window.known, lang.of(ui::ROWS));
        let wide = cells(&count).min(width.saturating_sub(column.saturating_add(31)));
        sheet.put(0, width.saturating_sub(wide), wide, &count, theme.dim);
        let widths = self.widths(sheet);
        let mut at = 1usize;
        for (n, wide) in &widths {
            let title = self.register.columns.get(*n).map_or("", |column| lang.of(column.title));
            sheet.put(1, at, *wide, title, theme.label);
            at = at.saturating_add(*wide).saturating_add(1);
        }
        if let Some(trouble) = &self.trouble {
            let said = format!("{}: {trouble}", lang.of(ui::READ_ERROR));
            sheet.flow(3, 2, width.saturating_sub(4), &said, theme.urgent);
            return;
        }
        if self.window.known == 0 {
            sheet.put(3, 2, width, lang.of(ui::NO_ROWS), theme.plain);
            return;
        }
        let room = height.saturating_sub(2).max(1);
        let top = window(self.top, self.selected, room);
        for row in top..top.saturating_add(room).min(self.window.known) {
            let Some(line) = self.window.get(row) else { continue };
            let y = row.saturating_sub(top).saturating_add(2);
            let style = if row == self.selected { theme.selected } else { theme.plain };
            if row == self.selected {
                sheet.bar(y, 0, "", style);
                // While something is typed the cursor stays in the search; otherwise it shows the row.
                if self.search.text().is_empty() {
                    sheet.cursor(y, 0);
                }
            }
            let mut at = 1usize;
            for (n, wide) in &widths {
                let cell = line.cells.get(*n).map_or("", String::as_str);
                sheet.put(y, at, *wide, cell, style);
                at = at.saturating_add(*wide).saturating_add(1);
            }
        }
    }
}
