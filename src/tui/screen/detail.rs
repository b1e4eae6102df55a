//! A record: all its lines, what may be done with it, its history, and the thread it belongs to.

use super::{Part, Pick, TextPage, WrongPerson, start};
use crate::desk::declare::{Operation, Register, Words, cells, operations_about, register_of};
use crate::desk::{AsOf, EntryLine, Failure, Lang, Lookup};
use crate::domain::{Id, Row};
use crate::text::width::wrap;
use crate::tui::declared;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Writing};
use crate::tui::print;
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// Which part is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Content,
    Rests,
    History,
    Thread,
}

impl Side {
    /// Each with its title, in order.
    const ALL: [(Side, Words); 4] = [
        (Side::Content, ui::CONTENT),
        (Side::Rests, ui::RESTS),
        (Side::History, ui::HISTORY),
        (Side::Thread, ui::THREAD),
    ];
}

/// An operation as it is offered: why not, if not.
struct Offer {
    operation: &'static Operation,
    closed: Option<String>,
}

/// A record's page.
pub struct Detail {
    register: &'static Register,
    id: Id,
    name: String,
    as_of: Option<AsOf>,
    /// Opened from a past moment, and yet as it stands now: the title says so.
    known_now: bool,
    lines: Vec<(String, String)>,
    offers: Vec<Offer>,
    /// Which part of the operations has the numbers now.
    part: usize,
    side: Side,
    entries: Vec<EntryLine>,
    entry_lines: Vec<String>,
    /// What rests on it, a line each.
    rests: Vec<(Option<Id>, String)>,
    selected: usize,
}

/// Cells for labels.
const LABEL: usize = 20;

/// Operations with a number at once: 1 to 9. With 0 the next ones have the numbers, for two digits are a scan.
const NUMBERED: usize = 9;

impl Detail {
    /// Of a record; `None` when there is none of that number.
    pub fn new(register: &'static Register, id: Id, as_of: Option<AsOf>, cx: &Cx<'_>) -> Option<Detail> {
        let mut detail = Detail {
            register,
            id,
            name: String::new(),
            as_of,
            known_now: false,
            lines: Vec::new(),
            offers: Vec::new(),
            part: 0,
            side: Side::Content,
            entries: Vec::new(),
            entry_lines: Vec::new(),
            rests: Vec::new(),
            selected: 0,
        };
        detail.read(cx).then_some(detail)
    }

    /// The same, where a past moment was asked for and it cannot be shown as of then.
    pub fn known_only_now(self) -> Detail {
        Detail { known_now: true, ..self }
    }

    fn read(&mut self, cx: &Cx<'_>) -> bool {
        let Ok(Some(row)) = cx.desk.record(self.id, self.as_of) else { return false };
        let Ok(at) = cx.desk.seen(self.as_of) else { return false };
        self.name = crate::desk::declare::cells::named(self.id, &*at, cx.lang);
        self.lines = self
            .register
            .all_columns()
            .map(|column| {
                let text = (column.cell)(&row, &*at, cx.lang);
                // The mark of a list is the head of its column again; beside a label it is a plain yes.
                let marked = column.name == "outsider" && !text.is_empty();
                let text = if marked { cx.say(ui::YES).to_owned() } else { text };
                (cx.say(column.title).to_owned(), text)
            })
            .filter(|(_, text)| !text.is_empty())
            .collect();
        self.offers = match self.as_of {
            Some(_) => Vec::new(),
            None => self.offer(cx),
        };
        true
    }

    fn offer(&self, cx: &Cx<'_>) -> Vec<Offer> {
        let mut offers: Vec<Offer> = operations_about(self.id.noun)
            .filter(|operation| cx.desk.is_somebodys(operation.command))
            .map(|operation| {
                let closed = cx.desk.available(operation.command, Some(self.id)).err();
                let closed = closed.map(|failure| declared::said(&failure, cx.desk, cx.lang));
                Offer { operation, closed }
            })
            .collect();
        // Where not all have a number at once, those that can be done come first.
        if offers.len() > NUMBERED {
            offers.sort_by_key(|offer| offer.closed.is_some());
        }
        offers
    }

    fn turn(&mut self, side: Side, cx: &Cx<'_>) -> Effect {
        let found: Result<Vec<EntryLine>, Failure> = match side {
            Side::Content | Side::Rests => Ok(Vec::new()),
            Side::History => cx.desk.history_as_of(self.id, self.as_of, cx.lang),
            Side::Thread => cx.desk.timeline_as_of(self.id, self.as_of, cx.lang),
        };
        match found {
            Ok(entries) => {
                self.entry_lines = entries.iter().map(|entry| declared::entry_row(entry, cx)).collect();
                self.entries = entries;
                self.side = side;
                self.selected = 0;
            }
            Err(failure) => return cx.trouble(&failure),
        }
        Effect::Stay
    }

    /// The page anew, at what rests on its record: another reading than that of the record.
    fn to_what_rests(&self, cx: &Cx<'_>) -> Effect {
        let rows = match cx.desk.rests_on(self.id) {
            Ok(rows) => rows,
            Err(failure) => return cx.trouble(&failure),
        };
        let page = Detail::new(self.register, self.id, None, cx);
        let page = page.map(|page| Detail { rests: in_lines(&rows, cx), side: Side::Rests, ..page });
        page.map_or(Effect::Stay, |page| Effect::Swap(Box::new(page)))
    }

    /// Goes on to a part.
    fn go_to(&mut self, side: Side, cx: &Cx<'_>) -> Effect {
        if side == Side::Rests { self.to_what_rests(cx) } else { self.turn(side, cx) }
    }

    /// The parts that it has, in order. Of a past moment what rested on it is not told.
    fn sides(&self) -> impl Iterator<Item = (Side, Words)> {
        let rests = self.register.rests && self.as_of.is_none();
        Side::ALL.into_iter().filter(move |(side, _)| rests || *side != Side::Rests)
    }

    /// The part so many further on.
    fn side_at(&self, further: usize) -> Side {
        let sides: Vec<Side> = self.sides().map(|(side, _)| side).collect();
        let at = sides.iter().position(|side| *side == self.side).unwrap_or_default();
        sides.iter().cycle().nth(at.saturating_add(further)).copied().unwrap_or(Side::Content)
    }

    /// The lines of a part that is a list.
    fn listed(&self) -> Vec<&str> {
        match self.side {
            Side::Rests => self.rests.iter().map(|(_, line)| line.as_str()).collect(),
            _ => self.entry_lines.iter().map(String::as_str).collect(),
        }
    }

    /// The operations that have numbers now.
    fn numbered(&self) -> &[Offer] {
        self.part_at(self.part).unwrap_or_default()
    }

    /// Some of the operations that have numbers at once: where not all have, what cannot be done stands in a part of its own, and
    /// leaves its lines to the content.
    fn part_at(&self, nth: usize) -> Option<&[Offer]> {
        let open = self.offers.iter().take_while(|offer| offer.closed.is_none()).count();
        let whole = self.offers.len() <= NUMBERED;
        let (first, behind) = self.offers.split_at_checked(if whole { 0 } else { open })?;
        first.chunks(NUMBERED).chain(behind.chunks(NUMBERED)).nth(nth)
    }

    fn parts(&self) -> usize {
        (0..).take_while(|nth| self.part_at(*nth).is_some()).count()
    }

    fn begin(&self, nth: usize, cx: &Cx<'_>) -> Effect {
        let Some(offer) = self.numbered().get(nth) else { return Effect::Stay };
        match &offer.closed {
            Some(why) => Effect::Say(Message::wrong(why.clone())),
            None => start(offer.operation.command, Some(self.id), &[], cx),
        }
    }

    /// The content in lines of a width.
    fn content(&self, width: usize) -> Vec<(String, String)> {
        let mut lines = Vec::new();
        for (label, text) in &self.lines {
            for (n, line) in wrap(text, width.saturating_sub(LABEL + 2)).into_iter().enumerate() {
                lines.push((if n == 0 { label.clone() } else { String::new() }, line));
            }
        }
        lines
    }

    fn print(&self, cx: &Cx<'_>) -> Effect {
        let now = cx.desk.now();
        let head = [self.register.title, ui::CONTENT].map(|words| cx.say(words).to_owned());
        let rows: Vec<Vec<String>> =
            self.lines.iter().map(|(label, text)| vec![label.clone(), text.replace('\n', " ")]).collect();
        let when = format!("{} {}", now.format("%Y-%m-%d %H:%M"), cx.say(ui::AS_SEEN));
        let bytes = print::sheet(&self.name, &[when], &head, &rows);
        Effect::Write(Box::new(Writing {
            name: format!("{}-{}.txt", self.id, now.format("%Y%m%d-%H%M")),
            bytes,
            register: self.register.name.to_owned(),
            how: "print",
            rows: 1,
            filters: self.id.to_string(),
            note: String::new(),
        }))
    }
}

impl Screen for Detail {
    fn title(&self, lang: Lang) -> String {
        let title = format!("{} {}", lang.of(self.register.title), self.name);
        match self.as_of {
            Some(AsOf::Day(day)) => {
                format!("{title} [{} {}]", lang.of(ui::READ_ONLY), super::said_day(day, lang))
            }
            Some(AsOf::Entry(seq)) => format!("{title} [{} #{seq}]", lang.of(ui::READ_ONLY)),
            None if self.known_now => format!("{title} [{}]", lang.of(ui::KNOWN_NOW)),
            None => title,
        }
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = Vec::new();
        if self.side == Side::Content {
            let offers = self.numbered().len();
            if let Some(mut bind) = keymap::digits(offers, lang.of(ui::OPERATIONS)) {
                bind.keys.extend((0..offers).zip(5..=8).map(|(nth, n)| (Key::F(n), Action::Operation(nth))));
                let open = self.offers.iter().any(|offer| offer.closed.is_none());
                binds.push(bind.open_if(open));
            }
            if self.parts() > 1 {
                binds.push(Bind::one(Key::Char('0'), Action::MoreOperations, lang.of(ui::MORE_OPERATIONS)));
            }
        } else {
            binds.push(Bind::one(Key::Enter, Action::Enter, lang.of(ui::OPEN)));
        }
        let corrects = |offer: &Offer| offer.operation.command == "correct" && offer.closed.is_none();
        if WrongPerson::is_of(self.id) && self.offers.iter().any(corrects) {
            binds.push(Bind::one(Key::Ctrl('t'), Action::WrongPerson, lang.of(ui::WRONG_PERSON)));
        }
        if self.as_of.is_none() {
            binds.push(Bind::one(Key::F(3), Action::Menu, lang.of(ui::OPERATIONS)));
        }
        binds.push(Bind::many(
            &[(Key::Tab, Action::Next), (Key::BackTab, Action::Back)],
            lang.of(ui::NEXT_PART),
        ));
        binds.push(Bind::one(Key::F(9), Action::Print, lang.of(ui::PRINT)));
        binds.push(keymap::moving(lang));
        binds.push(keymap::back(lang));
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = match self.side {
            Side::Content => self.content(60).len(),
            Side::Rests => self.rests.len(),
            Side::History | Side::Thread => self.entries.len(),
        }
        .saturating_sub(1);
        match action {
            Action::Esc => return Effect::Close,
            Action::Next => {
                return self.go_to(self.side_at(1), cx);
            }
            Action::Back => {
                return self.go_to(self.side_at(self.sides().count().saturating_sub(1)), cx);
            }
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = self.selected.saturating_add(1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(10),
            Action::PageDown => self.selected = self.selected.saturating_add(10).min(last),
            Action::Nth(nth) | Action::Operation(nth) => return self.begin(nth, cx),
            Action::MoreOperations => {
                self.part = self.part.saturating_add(1).checked_rem(self.parts()).unwrap_or(0);
            }
            Action::Menu => {
                return Effect::Open(Box::new(Pick::operations(self.register.name, Some(self.id), cx)));
            }
            Action::WrongPerson => {
                return WrongPerson::open(self.id, cx);
            }
            Action::Print => return self.print(cx),
            Action::Enter if self.side == Side::Rests => {
                let id = self.rests.get(self.selected).and_then(|(id, _)| *id);
                let page = id.and_then(|id| Detail::new(register_of(id.noun)?, id, None, cx));
                return page.map_or(Effect::Stay, |page| Effect::Open(Box::new(page)));
            }
            Action::Enter => {
                if let Some(entry) = self.entries.get(self.selected) {
                    return Effect::Open(Box::new(entry_page(entry, cx)));
                }
            }
            _ => {}
        }
        Effect::Stay
    }

    fn refresh(&mut self, cx: &Cx<'_>) {
        self.read(cx);
        self.part = self.part.min(self.parts().saturating_sub(1));
        if self.side == Side::Rests {
            self.rests = cx.desk.rests_on(self.id).map(|rows| in_lines(&rows, cx)).unwrap_or_default();
            self.selected = self.selected.min(self.rests.len().saturating_sub(1));
        } else if self.side != Side::Content {
            let selected = self.selected;
            self.turn(self.side, cx);
            self.selected = selected.min(self.listed().len().saturating_sub(1));
        }
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        let rests = self.side == Side::Rests;
        let rows = if rests { self.rests.len() } else { 1 };
        let of = if rests { format!("{} rests", self.id) } else { self.id.to_string() };
        Some((self.register.name.to_owned(), rows, of))
    }

    fn register(&self) -> Option<&'static str> {
        Some(self.register.name)
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let mut at = 1usize;
        for (side, words) in self.sides() {
            let text = lang.of(words);
            let shown = if side == self.side { format!("[{text}]") } else { format!(" {text} ") };
            sheet.put(0, at, 20, &shown, if side == self.side { theme.label } else { theme.dim });
            at = at.saturating_add(crate::text::width::cells(&shown)).saturating_add(1);
        }
        if self.side != Side::Content {
            let room = height.saturating_sub(2).max(1);
            let top = window(0, self.selected, room);
            let lines = self.listed();
            if lines.is_empty() && self.side == Side::Rests {
                sheet.put(2, 1, width.saturating_sub(2), lang.of(ui::RESTS_NONE), theme.dim);
            }
            for (row, line) in lines.iter().enumerate().skip(top).take(room) {
                let y = row.saturating_sub(top).saturating_add(2);
                let style = if row == self.selected { theme.selected } else { theme.plain };
                sheet.bar(y, 0, &format!(" {line}"), style);
                if row == self.selected {
                    sheet.cursor(y, 0);
                }
            }
            return;
        }
        let more = usize::from(self.parts() > 1);
        let menu = self.numbered().len().saturating_add(more);
        let room = height.saturating_sub(2).saturating_sub(menu).saturating_sub(usize::from(menu > 0)).max(1);
        let lines = self.content(width.saturating_sub(2));
        let top = self.selected.min(lines.len().saturating_sub(room));
        for (row, (label, text)) in lines.iter().skip(top).take(room).enumerate() {
            sheet.put(row.saturating_add(2), 1, LABEL, label, theme.label);
            sheet.put(row.saturating_add(2), LABEL + 2, width, text, theme.plain);
        }
        sheet.cursor(2, 1);
        if lines.len() > top.saturating_add(room) {
            let more = format!("({}/{})", top.saturating_add(room), lines.len());
            sheet.put(0, width.saturating_sub(12), 11, &more, theme.dim);
        }
        let first = height.saturating_sub(menu);
        if more > 0 {
            let part = format!("{}/{}", self.part.saturating_add(1), self.parts());
            let text = format!(" 0    {} ({part})", lang.of(ui::MORE_OPERATIONS));
            sheet.put(height.saturating_sub(1), 0, width, &text, theme.label);
        }
        for (nth, offer) in self.numbered().iter().enumerate() {
            let number = match nth {
                0..=3 => format!("{} F{}", nth.saturating_add(1), nth.saturating_add(5)),
                _ => format!("{}   ", nth.saturating_add(1)),
            };
            let title = lang.of(offer.operation.title);
            let (text, style) = match &offer.closed {
                Some(why) => (format!(" {number} {title}  ({}: {why})", lang.of(ui::CLOSED)), theme.dim),
                None => (format!(" {number} {title}"), theme.plain),
            };
            sheet.put(first.saturating_add(nth), 0, width, &text, style);
        }
    }
}

/// Records in lines: each whole, or where whoever looks may not read its register its number alone, and it opens nothing.
pub fn in_lines(rows: &[(Id, Option<Row>)], cx: &Cx<'_>) -> Vec<(Option<Id>, String)> {
    let line = |(id, row): &(Id, Option<Row>)| match row {
        Some(row) => (Some(*id), cells::in_a_line(row, cx.desk, cx.lang)),
        None => (None, id.to_string()),
    };
    rows.iter().map(line).collect()
}

/// An entry in full.
pub fn entry_page(entry: &EntryLine, cx: &Cx<'_>) -> TextPage {
    let mut parts = vec![Part::Head(declared::entry_line(entry, cx))];
    let subject = entry.subject.map(|id| crate::desk::declare::cells::named(id, cx.desk, cx.lang));
    parts.extend(subject.map(|subject| Part::Item(cx.say(ui::CONTENT).to_owned(), subject)));
    parts.extend(entry.says.iter().map(|(label, text)| Part::Item(label.clone(), text.clone())));
    let root = cx.desk.root_at(entry.seq).ok();
    parts.extend(root.map(|root| Part::Item(cx.say(ui::ROOT).to_owned(), root)));
    TextPage::new(format!("{} #{}", cx.say(ui::ENTRY), entry.seq), parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::declare::{operations, register};

    /// A record's page with so many operations.
    fn page(count: usize) -> Detail {
        let offers =
            operations().iter().cycle().take(count).map(|operation| Offer { operation, closed: None });
        Detail {
            register: register("visits").unwrap(),
            id: Id::SITE,
            name: String::new(),
            as_of: None,
            known_now: false,
            lines: Vec::new(),
            offers: offers.collect(),
            part: 0,
            side: Side::Content,
            entries: Vec::new(),
            entry_lines: Vec::new(),
            rests: Vec::new(),
            selected: 0,
        }
    }

    #[test]
    fn every_operation_of_a_record_has_a_number_however_many_there_are() {
        for count in [0, 1, 9, 10, 18, 21] {
            let mut page = page(count);
            let mut reached = Vec::new();
            for _ in 0..page.parts().max(1) {
                let binds = page.binds(Lang::Ja);
                for digit in "123456789".chars() {
                    if let Some(Action::Nth(nth)) = keymap::action(&binds, Key::Char(digit)) {
                        reached.push(page.numbered()[nth].operation.command);
                    }
                }
                let more = keymap::action(&binds, Key::Char('0'));
                assert_eq!(more.is_some(), count > 9, "{count}");
                page.part += 1;
            }
            let all: Vec<&str> = page.offers.iter().map(|offer| offer.operation.command).collect();
            assert_eq!(reached, all, "{count}");
        }
    }
}
