//! A pick list: numbered, searched as one types, one or several.

use super::{Choice, Offered, TextPage, records_offered, start_instead};
use crate::desk::declare::{PEOPLE, operations_about, operations_on, registers, title_of_command};
use crate::desk::{AsOf, Failure, Lang, Lookup, Scan};
use crate::domain::policy::every_right;
use crate::domain::{Id, Noun, Offer, Stamp};
use crate::text::search_key;
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// What is done with what was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Given to the screen below.
    Give,
    /// Given to the screen that it is a part of.
    Answer,
    /// The operation of this name is begun on the record.
    Operation(Option<Id>),
    /// The picked record is what this operation is about.
    About(String),
    /// A register is opened.
    Register,
    /// A register is opened as it stood.
    RegisterAsOf(AsOf),
    /// Who could do what was picked at a moment is shown.
    WhoCould(Stamp),
    /// What whoever was picked may do is shown.
    Policy,
}

/// Where the choices come from.
#[derive(Clone, Debug)]
enum Source {
    /// They are all there.
    Fixed,
    /// Searched among those records of a noun that may be picked.
    Records(Noun, Offer),
}

/// A pick list.
#[derive(Debug)]
pub struct Pick {
    title: String,
    /// What it is about, above the search.
    about: String,
    purpose: Purpose,
    source: Source,
    all: Vec<Choice>,
    shown: Vec<Choice>,
    /// There are more than are shown: before anything is typed, and now.
    more: (bool, bool),
    search: Edit,
    selected: usize,
    several: bool,
    marked: Vec<String>,
}

impl Pick {
    /// From choices that are all there.
    pub fn fixed(title: &str, all: Vec<Choice>, purpose: Purpose) -> Pick {
        Pick {
            title: title.to_owned(),
            about: String::new(),
            purpose,
            source: Source::Fixed,
            shown: all.clone(),
            more: (false, false),
            all,
            search: Edit::line(""),
            selected: 0,
            several: false,
            marked: Vec::new(),
        }
    }

    /// From the records of a noun.
    ///
    /// # Errors
    /// What the desk says.
    pub fn records(noun: Noun, title: &str, purpose: Purpose, cx: &Cx<'_>) -> Result<Pick, Failure> {
        let offer = Offer::default();
        let offered = records_offered(&offer, noun, "", cx)?;
        Ok(Pick { purpose, ..Pick::offering(noun, title, (offer, offered)) })
    }

    /// The same list for several, some of them marked already.
    pub fn several(self, marked: Vec<String>) -> Pick {
        Pick { several: true, marked, ..self }
    }

    /// From some records of a noun, offering these before anything is typed.
    pub fn offering(noun: Noun, title: &str, (offer, offered): (Offer, Offered)) -> Pick {
        let Offered { choices, more } = offered;
        let source = Source::Records(noun, offer);
        Pick { source, more: (more, more), ..Pick::fixed(title, choices, Purpose::Give) }
    }

    /// All registers that are open to this person.
    pub fn registers(cx: &Cx<'_>) -> Pick {
        let open = registers().iter().filter(|register| cx.desk.may_query(register.name));
        let all = open
            .map(|register| {
                let note = cx.say(register.doc).to_owned();
                Choice { note, ..Choice::new(register.name, cx.say(register.title)) }
            })
            .collect();
        Pick::fixed(cx.say(ui::REGISTERS), all, Purpose::Register)
    }

    /// Everybody, of whom one is asked for what they may do.
    ///
    /// # Errors
    /// What the desk says.
    pub fn people(cx: &Cx<'_>) -> Result<Pick, Failure> {
        Pick::records(PEOPLE, cx.say(ui::GO_POLICY), Purpose::Policy, cx)
    }

    /// Everything that somebody could do at a moment.
    pub fn rights_at(moment: Stamp, cx: &Cx<'_>) -> Pick {
        let all = every_right().map(|right| Choice::new(&right, title_of_command(&right, cx.lang))).collect();
        Pick::fixed(cx.say(ui::GO_WHO_COULD), all, Purpose::WhoCould(moment))
    }

    /// The same, to be seen as they stood.
    pub fn registers_as_of(as_of: AsOf, cx: &Cx<'_>) -> Pick {
        Pick { purpose: Purpose::RegisterAsOf(as_of), ..Pick::registers(cx) }
    }

    /// The operations of a register on a record, those not open with the reason.
    pub fn operations(register: &'static str, record: Option<Id>, cx: &Cx<'_>) -> Pick {
        let own = operations_on(register).filter(|operation| operation.about.is_none() || record.is_some());
        // Those of other registers that take a record of this one, too.
        let others = record.map(|record| operations_about(record.noun)).into_iter().flatten();
        let all = own
            .chain(others.filter(|operation| operation.register != register))
            .map(|operation| {
                let about = record.filter(|record| operation.takes(record.noun).is_some());
                let closed = cx.desk.available(operation.command, about).err();
                let closed = closed.map(|failure| crate::tui::declared::said(&failure, cx.desk, cx.lang));
                Choice { closed, ..Choice::new(operation.command, cx.say(operation.title)) }
            })
            .collect();
        Pick::fixed(cx.say(ui::OPERATIONS), all, Purpose::Operation(record))
    }

    /// The same list under a line that says what it is about.
    pub fn about(self, about: String) -> Pick {
        Pick { about, ..self }
    }

    fn narrow(&mut self, cx: &Cx<'_>) -> Effect {
        self.selected = 0;
        let typed = self.search.text().to_owned();
        match &self.source {
            Source::Records(noun, offer) if !typed.trim().is_empty() => {
                match records_offered(offer, *noun, &typed, cx) {
                    Ok(found) => (self.shown, self.more.1) = (found.choices, found.more),
                    Err(failure) => return cx.trouble(&failure),
                }
            }
            _ => {
                let keys = crate::text::search_keys_of_query(&typed);
                let fits = |choice: &&Choice| {
                    let key = search_key(&format!("{}{}{}", choice.label, choice.note, choice.value));
                    typed.trim().is_empty() || keys.iter().any(|typed| key.contains(typed.as_str()))
                };
                self.shown = self.all.iter().filter(fits).cloned().collect();
                self.more.1 = self.more.0;
            }
        }
        Effect::Stay
    }

    fn mark(&mut self, nth: usize) {
        let Some(choice) = self.shown.get(nth) else { return };
        match self.marked.iter().position(|held| *held == choice.value) {
            Some(at) => {
                self.marked.remove(at);
            }
            None => self.marked.push(choice.value.clone()),
        }
    }

    fn take(&mut self, nth: usize, cx: &Cx<'_>) -> Effect {
        let Some(choice) = self.shown.get(nth).cloned() else { return Effect::Stay };
        self.selected = nth;
        if let Some(why) = choice.closed {
            return Effect::Say(Message::wrong(why));
        }
        match &self.purpose {
            Purpose::Give if self.several => Effect::Give(self.marked.clone()),
            Purpose::Give | Purpose::Answer => Effect::Give(vec![choice.value]),
            Purpose::Operation(record) => {
                let operation = crate::desk::declare::operation(&choice.value);
                let takes = |record: &Id| operation.is_some_and(|op| op.takes(record.noun).is_some());
                start_instead(&choice.value, record.filter(takes), cx)
            }
            Purpose::About(command) => start_instead(command, choice.record, cx),
            Purpose::Register => super::open_list(&choice.value, None, cx),
            Purpose::WhoCould(moment) => match TextPage::who_could(&choice.value, *moment, cx) {
                Ok(page) => Effect::Open(Box::new(page)),
                Err(failure) => cx.trouble(&failure),
            },
            Purpose::Policy => match choice.record.map(|person| TextPage::policy(person, cx)) {
                Some(Ok(page)) => Effect::Open(Box::new(page)),
                Some(Err(failure)) => cx.trouble(&failure),
                None => Effect::Stay,
            },
            Purpose::RegisterAsOf(as_of) => super::open_list(&choice.value, Some(*as_of), cx),
        }
    }

    /// Digits choose while nothing is typed; afterwards they belong to the search.
    fn digits_choose(&self) -> bool {
        self.search.text().is_empty()
    }
}

/// Cells before a label: its number and its mark.
const BEFORE_LABEL: usize = 6;

/// Rows for what more there is to say of the selected one, and the least height at which they are taken.
const NOTE_ROWS: usize = 3;
const LEAST_WITH_NOTE: usize = 9;

impl Screen for Pick {
    fn title(&self, _: Lang) -> String {
        self.title.clone()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = Vec::new();
        if self.digits_choose() {
            binds.extend(keymap::digits(self.shown.len().min(10), lang.of(ui::CHOOSE_NUMBER)));
        }
        binds.push(Bind::one(Key::Enter, Action::Enter, lang.of(ui::TAKE)));
        if self.several {
            binds.push(Bind::one(Key::Char(' '), Action::Toggle, lang.of(ui::TOGGLE)));
        }
        binds.push(keymap::moving(lang));
        binds.push(
            Bind::many(
                &[(Key::Backspace, Action::Backspace), (Key::Delete, Action::Delete)],
                lang.of(ui::EDIT),
            )
            .minor(),
        );
        binds.push(keymap::back(lang));
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = self.shown.len().saturating_sub(1);
        match action {
            Action::Esc => return Effect::Close,
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = self.selected.saturating_add(1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(10),
            Action::PageDown => self.selected = self.selected.saturating_add(10).min(last),
            Action::Toggle => self.mark(self.selected),
            Action::Nth(nth) if self.several => self.mark(nth),
            Action::Nth(nth) => return self.take(nth, cx),
            Action::Enter if self.several => {
                if self.marked.is_empty() {
                    self.mark(self.selected);
                }
                return Effect::Give(self.marked.clone());
            }
            Action::Enter => return self.take(self.selected, cx),
            other => {
                let before = self.search.text().to_owned();
                super::edit_action(&mut self.search, &other);
                if before != self.search.text() {
                    return self.narrow(cx);
                }
            }
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn popup(&self) -> bool {
        true
    }

    /// A card picks its person; any other code is for the form below, never a text to search for.
    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        let found = match cx.desk.scan(&scanned.code) {
            Ok(Scan::Unknown) if scanned.sure && !scanned.is_a_name() => {
                return Some(super::unknown_code(&scanned.code, cx));
            }
            Ok(Scan::Unknown) => return None,
            Ok(found) => found,
            Err(failure) => return Some(cx.trouble(&failure)),
        };
        let (Scan::CardOutside(picked) | Scan::CardInside(picked, _) | Scan::Thing(picked, _)) = found else {
            return Some(if self.purpose == Purpose::Give {
                Effect::Many(vec![Effect::Close, Effect::Scan(scanned.clone())])
            } else {
                Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE)))
            });
        };
        let offered = match &self.source {
            Source::Fixed => self.all.iter().any(|choice| choice.record == Some(picked)),
            Source::Records(noun, offer) => {
                *noun == picked.noun && cx.desk.row(picked).is_some_and(|row| offer.takes(&row))
            }
        };
        if !offered {
            return Some(Effect::Say(Message::wrong(cx.say(ui::SCAN_NOT_OFFERED))));
        }
        let value = picked.to_string();
        if self.several {
            if !self.marked.contains(&value) {
                self.marked.push(value);
            }
            return Some(Effect::Stay);
        }
        self.search.clear();
        let row = cx.desk.row(picked)?;
        self.shown = vec![super::record_choice(&row, cx)];
        Some(self.take(0, cx))
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let lang = sheet.lang;
        let theme = *sheet.theme;
        let width = sheet.width().saturating_sub(4).min(76);
        // By what is offered first, not by what the search leaves: the panel must not jump while one types.
        let rows = self.all.len().clamp(5, sheet.steady_height().saturating_sub(6).max(5));
        let head = usize::from(!self.about.is_empty());
        let mut panel = sheet.panel(&self.title, rows.saturating_add(2).saturating_add(head), width);
        if head > 0 {
            let wide = panel.width();
            panel.put(0, 0, wide, &self.about, theme.plain);
        }
        let (tall, wide) = (panel.height().saturating_sub(head), panel.width());
        let mut panel = panel.part(head, 0, tall, wide);
        let label = format!("{}: ", lang.of(ui::SEARCH));
        let column = crate::text::width::cells(&label);
        panel.put(0, 0, column, &label, theme.label);
        let (typing, room) = (panel.is_typing(&self.search), panel.width().saturating_sub(column));
        panel.edit(0, column, (1, room), &self.search, typing);
        if !typing {
            panel.put(0, column.saturating_add(2), 40, lang.of(ui::TYPE_TO_SEARCH), theme.dim);
        }
        if self.shown.is_empty() {
            panel.put(2, 0, panel.width(), lang.of(ui::NO_ROWS), theme.plain);
            panel.cursor(0, column);
            return;
        }
        if self.more.1 {
            panel.put(1, column, panel.width(), lang.of(ui::MORE_CHOICES), theme.dim);
        }
        let noted = self.shown.iter().any(|choice| !choice.note.is_empty() || choice.closed.is_some());
        let wide = panel.width();
        let beside = wide.saturating_mul(2) / 5;
        // Labels that are alike up to where they would be cut are told whole, and of the selected one more below.
        let cut =
            |choice: &Choice| crate::text::width::cells(&choice.label).saturating_add(BEFORE_LABEL) > beside;
        let below = noted && self.several && panel.height() > LEAST_WITH_NOTE && self.shown.iter().any(cut);
        let label_room = if noted && !below { beside } else { wide };
        let foot = if below { NOTE_ROWS } else { 0 };
        let room = panel.height().saturating_sub(2).saturating_sub(foot).max(1);
        let top = window(0, self.selected, room);
        for (row, choice) in self.shown.iter().enumerate().skip(top).take(room) {
            let at = row.saturating_sub(top).saturating_add(2);
            let selected = row == self.selected;
            let style = match (selected, choice.closed.is_some()) {
                (true, _) => theme.selected,
                (false, true) => theme.dim,
                (false, false) => theme.plain,
            };
            let number = match row {
                0..=8 if self.digits_choose() => format!("{}", row.saturating_add(1)),
                9 if self.digits_choose() => "0".to_owned(),
                _ => " ".to_owned(),
            };
            let mark = match (self.several, self.marked.contains(&choice.value)) {
                (true, true) => "[x] ",
                (true, false) => "[ ] ",
                (false, _) => "",
            };
            panel.bar(at, 0, "", style);
            panel.put(at, 0, label_room, &format!("{number} {mark}{}", choice.label), style);
            let note = match &choice.closed {
                Some(why) => format!("({}) {why}", lang.of(ui::CLOSED)),
                None => choice.note.clone(),
            };
            if !below {
                panel.put(at, label_room.saturating_add(1), wide, &note, style);
            } else if selected {
                let rows = crate::text::width::wrap(&note, wide.saturating_sub(1));
                for (n, line) in rows.iter().take(NOTE_ROWS).enumerate() {
                    let cut = n.saturating_add(1) == NOTE_ROWS && rows.len() > NOTE_ROWS;
                    let line = if cut { format!("{line}{}", crate::text::width::CUT) } else { line.clone() };
                    let y = panel.height().saturating_sub(foot).saturating_add(n);
                    panel.put(y, 1, wide.saturating_sub(1), &line, theme.dim);
                }
            }
            if selected && !typing {
                panel.cursor(at, 0);
            }
        }
    }
}
