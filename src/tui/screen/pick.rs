//! A pick list: numbered, searched as one types, one or several.

use super::{Choice, records, start_instead};
use crate::desk::declare::{operations_on, registers};
use crate::desk::{AsOf, Failure, Lang, Order, Receipt};
use crate::domain::{Command, Correct, Id, Noun};
use crate::text::search_key;
use crate::tui::edit::Edit;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// What is done with what was picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Given to the screen below.
    Give,
    /// The operation of this name is begun on the record.
    Operation(Option<Id>),
    /// The picked record is what this operation is about.
    About(String),
    /// A register is opened.
    Register,
    /// A register is opened as it stood.
    RegisterAsOf(AsOf),
    /// The right person of a visit.
    WrongPerson(Id),
    /// Why the person of a visit was wrong: visit, person.
    Reason(Id, String),
}

/// Where the choices come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Source {
    /// They are all there.
    Fixed,
    /// Searched among the records of a noun.
    Records(Noun),
}

/// A pick list.
#[derive(Debug)]
pub struct Pick {
    title: String,
    purpose: Purpose,
    source: Source,
    all: Vec<Choice>,
    shown: Vec<Choice>,
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
            purpose,
            source: Source::Fixed,
            shown: all.clone(),
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
        let all = records(noun, "", None, cx)?;
        Ok(Pick { source: Source::Records(noun), ..Pick::fixed(title, all, purpose) })
    }

    /// The same list for several, some of them marked already.
    pub fn several(self, marked: Vec<String>) -> Pick {
        Pick { several: true, marked, ..self }
    }

    /// The same list, offering these before anything is typed.
    pub fn offering(self, all: Vec<Choice>) -> Pick {
        Pick { shown: all.clone(), all, ..self }
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

    /// The same, to be seen as they stood.
    pub fn registers_as_of(as_of: AsOf, cx: &Cx<'_>) -> Pick {
        Pick { purpose: Purpose::RegisterAsOf(as_of), ..Pick::registers(cx) }
    }

    /// The operations of a register on a record, those not open with the reason.
    pub fn operations(register: &'static str, record: Option<Id>, cx: &Cx<'_>) -> Pick {
        let all = operations_on(register)
            .filter(|operation| operation.about.is_none() || record.is_some())
            .map(|operation| {
                let about = record.filter(|_| operation.about.is_some());
                let closed = cx.desk.available(operation.command, about).err();
                let closed = closed.map(|failure| crate::tui::declared::said(&failure, cx.desk, cx.lang));
                Choice { closed, ..Choice::new(operation.command, cx.say(operation.title)) }
            })
            .collect();
        Pick::fixed(cx.say(ui::OPERATIONS), all, Purpose::Operation(record))
    }

    /// Who the person of a visit really was.
    ///
    /// # Errors
    /// What the desk says.
    pub fn wrong_person(visit: Id, cx: &Cx<'_>) -> Result<Pick, Failure> {
        Pick::records(Noun::Person, cx.say(ui::WHO_REALLY), Purpose::WrongPerson(visit), cx)
    }

    fn narrow(&mut self, cx: &Cx<'_>) -> Effect {
        self.selected = 0;
        let typed = self.search.text().to_owned();
        match self.source {
            Source::Records(noun) if !typed.trim().is_empty() => match records(noun, &typed, None, cx) {
                Ok(found) => self.shown = found,
                Err(failure) => return cx.trouble(&failure),
            },
            _ => {
                let keys = crate::text::search_keys_of_query(&typed);
                let fits = |choice: &&Choice| {
                    let key = search_key(&format!("{}{}{}", choice.label, choice.note, choice.value));
                    typed.trim().is_empty() || keys.iter().any(|typed| key.contains(typed.as_str()))
                };
                self.shown = self.all.iter().filter(fits).cloned().collect();
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
            Purpose::Give => Effect::Give(vec![choice.value]),
            Purpose::Operation(record) => {
                let about = crate::desk::declare::operation(&choice.value).and_then(|op| op.about);
                start_instead(&choice.value, record.filter(|_| about.is_some()), cx)
            }
            Purpose::About(command) => start_instead(command, choice.record, cx),
            Purpose::Register => super::open_list(&choice.value, None, cx),
            Purpose::RegisterAsOf(as_of) => super::open_list(&choice.value, Some(*as_of), cx),
            Purpose::WrongPerson(visit) => {
                let reasons = [ui::WHY_1, ui::WHY_2, ui::WHY_3, ui::WHY_4];
                let all = reasons.map(|words| Choice::new(cx.say(words), cx.say(words))).to_vec();
                let purpose = Purpose::Reason(*visit, choice.value);
                Effect::Swap(Box::new(Pick::fixed(cx.say(ui::WHY_WRONG), all, purpose)))
            }
            Purpose::Reason(visit, person) => {
                let correct = Correct {
                    record: Some(*visit),
                    field: "person".to_owned(),
                    value: person.clone(),
                    reason: choice.value,
                    ..Correct::default()
                };
                Effect::Execute(Box::new(Order::from(Command::from(correct))))
            }
        }
    }

    /// Digits choose while nothing is typed; afterwards they belong to the search.
    fn digits_choose(&self) -> bool {
        self.search.text().is_empty()
    }
}

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

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) => {
                let said = format!("{} ({} #{})", cx.say(ui::CORRECTED), cx.say(ui::ENTRY), receipt.seq);
                Effect::Many(vec![Effect::Close, Effect::Say(Message::done(said))])
            }
            Err(failure) => cx.trouble(&failure),
        }
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let lang = sheet.lang;
        let theme = *sheet.theme;
        let width = sheet.width().saturating_sub(4).min(76);
        let rows = self.shown.len().clamp(1, sheet.height().saturating_sub(5).max(1));
        let mut panel = sheet.panel(&self.title, rows.saturating_add(2), width);
        let label = format!("{}: ", lang.of(ui::SEARCH));
        let column = crate::text::width::cells(&label);
        panel.put(0, 0, column, &label, theme.label);
        panel.edit(
            0,
            column,
            (1, panel.width().saturating_sub(column)),
            &self.search,
            !self.search.text().is_empty(),
        );
        if self.search.text().is_empty() {
            panel.put(0, column.saturating_add(2), 40, lang.of(ui::TYPE_TO_SEARCH), theme.dim);
        }
        if self.shown.is_empty() {
            panel.put(2, 0, panel.width(), lang.of(ui::NO_ROWS), theme.plain);
            panel.cursor(0, column);
            return;
        }
        let room = panel.height().saturating_sub(2).max(1);
        let top = window(0, self.selected, room);
        let noted = self.shown.iter().any(|choice| !choice.note.is_empty() || choice.closed.is_some());
        let wide = panel.width();
        let label_room = if noted { wide.saturating_mul(2) / 5 } else { wide };
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
            panel.put(at, label_room.saturating_add(1), wide, &note, style);
            if selected && self.search.text().is_empty() {
                panel.cursor(at, 0);
            }
        }
    }
}
