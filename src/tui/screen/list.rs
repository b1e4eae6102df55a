//! The list of a register: a window on it, search as one types, filters, CSV.

use super::{Detail, Filter, Pick, Question, Rows, not_selected, start};
use crate::desk::declare::{self, Column, Operation, Register, Words, operation, operations_on, register};
use crate::desk::{AsOf, Cursor, Failure, Lang, ListQuery, Lookup};
use crate::domain::{Date, Id};
use crate::paper::csv;
use crate::text::width::cells;
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Writing};
use crate::tui::print;
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// Most rows of a CSV or print.
const MOST: usize = 20_000;

/// A list.
pub struct List {
    register: &'static Register,
    query: ListQuery,
    search: Edit,
    rows: Rows,
    selected: usize,
    top: usize,
    /// The filters in words.
    filters: String,
    /// The whole question in words, for the entry that records a reading: in Japanese, whoever reads it.
    asked: String,
    /// Something new may be recorded here by this person's roles.
    makes_new: bool,
}

impl List {
    /// Of a register, with filters; `None` when there is no such register.
    pub fn with(query: ListQuery, cx: &Cx<'_>) -> Option<List> {
        let register = register(&query.register)?;
        let search = Edit::line(&query.search);
        let mut list = List {
            register,
            query,
            search,
            rows: Rows::default(),
            selected: 0,
            top: 0,
            filters: String::new(),
            asked: String::new(),
            makes_new: false,
        };
        list.read(cx);
        Some(list)
    }

    /// Reads from the beginning.
    fn read(&mut self, cx: &Cx<'_>) {
        self.filters = self.filters_said(cx, cx.lang);
        self.asked = self.asked_said(cx, Lang::Ja);
        let mut new = operations_on(self.register.name).filter(|op| op.about.is_none());
        let denied = |command| matches!(cx.desk.available(command, None), Err(Failure::Denied(..)));
        self.makes_new = new.any(|op| !denied(op.command));
        let question = Question { query: &self.query, columns: self.register.columns };
        self.rows.read(&question, self.selected, cx);
        self.selected = self.selected.min(self.rows.known.saturating_sub(1));
    }

    /// The filters as people call them; what was searched for and the past day are shown elsewhere.
    fn filters_said(&self, cx: &Cx<'_>, lang: Lang) -> String {
        self.filter_parts(cx, lang)
            .into_iter()
            .map(|(_, text)| text)
            .collect::<Vec<_>>()
            .join(lang.pick("、", ", "))
    }

    /// The whole question as people call it: what was searched for, the filters, and the past day.
    fn asked_said(&self, cx: &Cx<'_>, lang: Lang) -> String {
        let mut parts: Vec<(Words, String)> = Vec::new();
        if !self.query.search.is_empty() {
            parts.push((ui::SEARCH, self.query.search.clone()));
        }
        parts.extend(self.filter_parts(cx, lang));
        parts.extend(self.query.as_of.map(|as_of| match as_of {
            AsOf::Day(day) => (ui::AS_OF, declare::cells::day(day, lang)),
            AsOf::Entry(seq) => (ui::AS_OF, format!("#{seq}")),
        }));
        let said = parts.iter().map(|(label, text)| format!("{}={text}", lang.of(*label)));
        said.collect::<Vec<_>>().join(" ")
    }

    fn filter_parts(&self, cx: &Cx<'_>, lang: Lang) -> Vec<(Words, String)> {
        let (query, filters) = (&self.query, self.register.filters());
        let state = query.state.as_deref().map(|state| {
            let known = self.register.states.iter().find(|(name, _)| *name == state);
            known.map_or(state.to_owned(), |(_, words)| lang.of(*words).to_owned())
        });
        let name = |id: Id| declare::cells::name(id, cx.desk, lang);
        let zone = query.zone.as_deref().map(|zone| declare::cells::zone(zone, cx.desk, lang));
        let roles = (!query.roles.is_empty())
            .then(|| declare::cells::roles(&query.roles, Lookup::profile(cx.desk), lang));
        let day = |day: Date| declare::cells::day(day, lang);
        let period = match (query.from, query.to) {
            (None, None) => None,
            (from, to) => {
                let said = |date: Option<Date>| date.map(day).unwrap_or_default();
                Some(format!("{} - {}", said(from), said(to)))
            }
        };
        let parts = [
            ("state", state),
            ("roles", roles),
            ("person", query.person.map(name)),
            ("company", query.company.map(name)),
            ("zone", zone),
        ];
        let label = |name: &str| filters.iter().find(|field| field.name == name).map(|field| field.label);
        let parts = parts.into_iter().filter_map(|(name, text)| Some((label(name)?, text?)));
        parts.chain(period.map(|period| (ui::PERIOD, period))).collect()
    }

    fn go(&mut self, to: usize, cx: &Cx<'_>) -> Effect {
        let question = Question { query: &self.query, columns: self.register.columns };
        self.rows.reach(&question, to, cx);
        self.selected = to.min(self.rows.known.saturating_sub(1));
        self.top = window(self.top, self.selected, cx.height.saturating_sub(3));
        Effect::Stay
    }

    fn chosen(&self) -> Option<Id> {
        self.rows.get(self.selected).map(|line| line.id)
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
    fn all_rows(&self, columns: &[&Column], cx: &Cx<'_>) -> Result<(Vec<Vec<String>>, bool), Failure> {
        let (mut rows, mut from): (Vec<Vec<String>>, Option<Cursor>) = (Vec::new(), None);
        let at = cx.desk.seen(self.query.as_of)?;
        loop {
            let page = cx.desk.list(&self.query, from.as_ref(), 1_000)?;
            for row in &page.rows {
                if rows.len() >= MOST {
                    return Ok((rows, true));
                }
                rows.push(columns.iter().map(|column| (column.cell)(row, &*at, cx.lang)).collect());
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
        let (rows, cut) = match self.all_rows(&columns, cx) {
            Ok(rows) => rows,
            Err(failure) => return cx.trouble(&failure),
        };
        // A print says that there was nothing; a table without rows says nothing at all.
        if as_csv && rows.is_empty() {
            return Effect::Say(Message::note(cx.say(ui::NOTHING_TO_WRITE)));
        }
        let head: Vec<String> = columns.iter().map(|column| cx.say(column.title).to_owned()).collect();
        let now = cx.desk.now();
        let filters = self.asked.clone();
        let note = if cut { format!("({MOST} {})", cx.say(ui::CUT_AT)) } else { String::new() };
        let (bytes, ending, how) = if as_csv {
            match csv::table(&head, &rows) {
                Ok(bytes) => (bytes, "csv", "csv"),
                Err(why) => return Effect::Say(Message::wrong(why)),
            }
        } else {
            let title = cx.say(self.register.title);
            let when = format!("{} {}", now.format("%Y-%m-%d %H:%M"), cx.say(ui::AS_SEEN));
            // Who holds the sheet has not seen the screen.
            (print::sheet(title, &[when, self.filters.clone(), note.clone()], &head, &rows), "txt", "print")
        };
        let name = format!("{}-{}.{ending}", self.register.name, now.format("%Y%m%d-%H%M"));
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

impl List {
    /// What settles each record of the state that is listed; nothing of a past moment.
    fn settles(&self) -> Option<&'static Operation> {
        let state = self.query.state.as_deref().filter(|_| self.query.as_of.is_none())?;
        let open = self.register.today.iter().find(|open| open.state == state && open.does.is_some())?;
        operation(open.does?)
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
            binds.push(Bind::one(Key::F(5), Action::New, lang.of(ui::NEW)).open_if(self.makes_new));
        }
        if let Some(operation) = self.settles() {
            binds.insert(1, Bind::one(Key::F(7), Action::Settle, lang.of(operation.title)));
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
                if self.rows.more {
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
            Action::Settle => match (self.settles(), self.chosen()) {
                (Some(operation), Some(id)) => start(operation.command, Some(id), &[], cx),
                _ => not_selected(cx),
            },
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

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        super::not_as_text(&scanned.code, cx)
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
            (0..self.rows.known).find(|row| self.rows.get(*row).is_some_and(|line| line.id == id))
        });
        self.selected = at.unwrap_or(self.selected).min(self.rows.known.saturating_sub(1));
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        Some((self.register.name.to_owned(), self.rows.known, self.asked.clone()))
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
        let more = if self.rows.more { "+" } else { "" };
        let filtered = if self.filters.is_empty() {
            String::new()
        } else {
            format!("[{}: {}]  ", lang.of(ui::FILTERED), self.filters)
        };
        let count = format!("{filtered}{}{more} {} ", self.rows.known, lang.of(ui::ROWS));
        let wide = cells(&count).min(width.saturating_sub(column.saturating_add(31)));
        sheet.put(0, width.saturating_sub(wide), wide, &count, theme.dim);
        let widths = self.widths(sheet);
        let mut at = 1usize;
        for (n, wide) in &widths {
            let title = self.register.columns.get(*n).map_or("", |column| lang.of(column.title));
            sheet.put(1, at, *wide, title, theme.label);
            at = at.saturating_add(*wide).saturating_add(1);
        }
        if let Some(trouble) = &self.rows.trouble {
            let said = format!("{}: {trouble}", lang.of(ui::READ_ERROR));
            sheet.flow(3, 2, width.saturating_sub(4), &said, theme.urgent);
            return;
        }
        if self.rows.known == 0 {
            let said = if self.rows.more { ui::NONE_SO_FAR } else { ui::NO_ROWS };
            sheet.put(3, 2, width.saturating_sub(4), lang.of(said), theme.plain);
            return;
        }
        let room = height.saturating_sub(2).max(1);
        let top = window(self.top, self.selected, room);
        for row in top..top.saturating_add(room).min(self.rows.known) {
            let Some(line) = self.rows.get(row) else { continue };
            let y = row.saturating_sub(top).saturating_add(2);
            let style = if row == self.selected { theme.selected } else { theme.plain };
            if row == self.selected {
                sheet.bar(y, 0, "", style);
                // While something is typed the cursor stays in the search; otherwise it shows the row.
                if !sheet.is_typing(&self.search) {
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
