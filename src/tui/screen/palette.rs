//! The palette: every operation and screen, found by its name in kanji, kana, romaji or English.

use super::{AskWhen, Inside, Leave, List, Log, NewPassword, Pick, TextPage, start};
use crate::desk::declare::Words;
use crate::desk::declare::{Operation, operations, registers};
use crate::desk::{Failure, Lang, ListQuery};
use crate::text::{search_key, search_keys_of_query};
use crate::tui::declared::said;
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::view::{Sheet, window};
use crate::tui::words::{reading, ui};

/// Between the names under which an item is found.
const PARTED: &str = "\u{1f}";

/// Where an item leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Goes {
    Operation(&'static str),
    Register(&'static str),
    Today,
    Inside,
    InsideAt,
    AsOf,
    Log,
    Refused,
    WhoCould,
    /// What somebody may do.
    Policy,
    /// Which exceptions are in force.
    InForce,
    Registers,
    Help,
    Lock,
    Language,
    Password,
    Pin,
    LogOut,
    Quit,
}

impl Goes {
    /// Whether something happens at once, where others only show something.
    fn acts(self) -> bool {
        matches!(self, Goes::Lock | Goes::LogOut | Goes::Quit)
    }
}

/// An item.
#[derive(Clone, Debug)]
struct Item {
    goes: Goes,
    title: Words,
    doc: Option<Words>,
    key: String,
    /// The words of its names: what begins with what was typed is nearer than what holds it somewhere.
    words: Vec<String>,
    /// Why it is not open to this person.
    closed: Option<String>,
}

/// The palette.
pub struct Palette {
    items: Vec<Item>,
    shown: Vec<usize>,
    search: Edit,
    selected: usize,
}

impl Palette {
    /// Everything that this person may reach.
    pub fn new(cx: &Cx<'_>) -> Palette {
        let item = |goes, title: Words, doc, (name, reading): (&str, &str)| {
            let texts = [title.ja, title.en, name, reading];
            // Parted by a sign that no query has, so that nothing is found across two names.
            let key: Vec<String> = texts.iter().map(|text| search_key(text)).collect();
            let parts = texts.iter().flat_map(|text| text.split([' ', '_', '・', '、', 'の', '（', '）']));
            let words = parts.map(search_key).filter(|word| !word.is_empty()).collect();
            Item { goes, title, doc, key: key.join(PARTED), words, closed: None }
        };
        let place = |register: &str| registers().iter().position(|known| known.name == register);
        let mut declared: Vec<&Operation> = operations().iter().collect();
        declared.sort_by_key(|op| place(op.register).unwrap_or(usize::MAX));
        let mut items: Vec<Item> = declared
            .into_iter()
            .map(|op| Item {
                // Only what the roles do not hold is closed here; everything else depends on the record.
                closed: match cx.desk.available(op.command, None) {
                    Err(denied @ Failure::Denied(..)) => Some(said(&denied, cx.desk, cx.lang)),
                    _ => None,
                },
                ..item(Goes::Operation(op.command), op.title, Some(op.doc), (op.command, op.reading))
            })
            .collect();
        let screens = [
            (Goes::Today, ui::TODAY, "today"),
            (Goes::Inside, ui::INSIDE_TITLE, "inside"),
            (Goes::InsideAt, ui::GO_INSIDE_AT, "inside_at"),
            (Goes::AsOf, ui::GO_AS_OF, "as_of"),
            (Goes::Registers, ui::REGISTERS, "registers"),
            (Goes::Help, ui::HELP_TITLE, "help"),
            (Goes::Lock, ui::LOCK, "lock"),
            (Goes::Pin, ui::GO_PIN, "pin"),
            (Goes::Password, ui::GO_PASSWORD, "password"),
            (Goes::Language, ui::GO_LANGUAGE, "language"),
            (Goes::LogOut, ui::LOG_OUT, "log_out"),
            (Goes::Quit, ui::QUIT, "quit"),
        ];
        items.extend(screens.map(|(goes, title, name)| item(goes, title, None, (name, reading(name)))));
        let mut asked: Vec<(Item, &str)> = registers()
            .iter()
            .map(|r| (item(Goes::Register(r.name), r.title, Some(r.doc), (r.name, r.reading)), r.name))
            .collect();
        asked.push((item(Goes::Log, ui::GO_LOG, None, ("log", reading("log"))), "log"));
        let could = item(Goes::WhoCould, ui::GO_WHO_COULD, None, ("who_could", reading("who_could")));
        asked.push((could, "who_could"));
        let policy = item(Goes::Policy, ui::GO_POLICY, None, ("policy", reading("policy")));
        asked.push((policy, "policy"));
        asked.push((
            item(Goes::InForce, ui::GO_IN_FORCE, None, ("in_force", reading("in_force"))),
            "in_force",
        ));
        asked.push((item(Goes::Refused, ui::GO_REFUSED, None, ("refused", reading("refused"))), "refused"));
        items.extend(asked.into_iter().map(|(item, register)| {
            let open = cx.desk.may_query(register);
            Item { closed: (!open).then(|| cx.say(ui::NOT_YOURS).to_owned()), ..item }
        }));
        items.sort_by_key(|item| (item.closed.is_some(), item.goes.acts()));
        let shown = (0..items.len()).collect();
        Palette { items, shown, search: Edit::line(""), selected: 0 }
    }

    fn narrow(&mut self) {
        let typed = self.search.text();
        let keys = search_keys_of_query(typed);
        let fits =
            |item: &Item| typed.trim().is_empty() || keys.iter().any(|key| item.key.contains(key.as_str()));
        self.shown = self.items.iter().enumerate().filter(|(_, item)| fits(item)).map(|(n, _)| n).collect();
        // What is called exactly so comes first, then what begins so, then a word of it, then the rest. What acts
        // at once comes last: Enter on a half-typed name must not end the session.
        let rank = |item: &Item| {
            let any = |holds: &dyn Fn(&str) -> bool| keys.iter().any(|key| holds(key.as_str()));
            let names = || item.key.split(PARTED);
            if any(&|key| names().any(|name| name == key)) {
                0
            } else if item.goes.acts() {
                4
            } else if any(&|key| names().any(|name| name.starts_with(key))) {
                1
            } else if any(&|key| item.words.iter().any(|word| word.starts_with(key))) {
                2
            } else {
                3
            }
        };
        self.shown.sort_by_key(|n| self.items.get(*n).map_or(4, rank));
        self.selected = 0;
    }

    fn take(&self, nth: usize, cx: &Cx<'_>) -> Effect {
        let Some(item) = self.shown.get(nth).and_then(|n| self.items.get(*n)) else { return Effect::Stay };
        if let Some(why) = &item.closed {
            return Effect::Say(Message::wrong(why.clone()));
        }
        let instead = |screen: Box<dyn Screen>| Effect::Swap(screen);
        match item.goes {
            Goes::Operation(command) => Effect::Many(vec![Effect::Close, start(command, None, &[], cx)]),
            Goes::Register(name) => {
                let query = ListQuery { register: name.to_owned(), ..ListQuery::default() };
                List::with(query, cx).map_or(Effect::Stay, |list| instead(Box::new(list)))
            }
            Goes::InForce => {
                let state = Some("in_force".to_owned());
                let query = ListQuery { register: "exceptions".to_owned(), state, ..ListQuery::default() };
                List::with(query, cx).map_or(Effect::Stay, |list| instead(Box::new(list)))
            }
            Goes::Today => Effect::Home,
            Goes::Inside => match Inside::new(None, cx) {
                Ok(inside) => instead(Box::new(inside)),
                Err(failure) => cx.trouble(&failure),
            },
            Goes::InsideAt => instead(Box::new(AskWhen::moment())),
            Goes::WhoCould => instead(Box::new(AskWhen::could())),
            Goes::Policy => match Pick::people(cx) {
                Ok(pick) => instead(Box::new(pick)),
                Err(failure) => cx.trouble(&failure),
            },
            Goes::AsOf => instead(Box::new(AskWhen::day())),
            Goes::Log | Goes::Refused => match Log::new(item.goes == Goes::Refused, cx) {
                Ok(log) => instead(Box::new(log)),
                Err(failure) => cx.trouble(&failure),
            },
            Goes::Registers => instead(Box::new(Pick::registers(cx))),
            Goes::Help => instead(Box::new(TextPage::help(&keymap::everywhere(cx.lang), None, cx))),
            Goes::Lock => Effect::Many(vec![Effect::Close, Effect::Lock]),
            Goes::Language => Effect::Many(vec![Effect::Close, Effect::SwitchLanguage]),
            Goes::Password => instead(Box::new(NewPassword::wanted(cx))),
            Goes::Pin => instead(Box::new(NewPassword::pin(cx))),
            Goes::LogOut => instead(Box::new(Leave::logging_out(cx))),
            Goes::Quit => instead(Box::new(Leave::quitting(cx))),
        }
    }
}

impl Screen for Palette {
    fn title(&self, lang: Lang) -> String {
        lang.of(ui::PALETTE_TITLE).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = Vec::new();
        if self.search.text().is_empty() {
            binds.extend(keymap::digits(self.shown.len().min(10), lang.of(ui::CHOOSE_NUMBER)));
        }
        binds.push(Bind::one(Key::Enter, Action::Enter, lang.of(ui::OPEN)));
        binds.push(keymap::moving(lang));
        binds.push(keymap::editing(lang));
        binds.push(keymap::back(lang));
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = self.shown.len().saturating_sub(1);
        match action {
            // The same key that opened it closes it.
            Action::Esc | Action::Palette => return Effect::Close,
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = self.selected.saturating_add(1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(10),
            Action::PageDown => self.selected = self.selected.saturating_add(10).min(last),
            Action::Nth(nth) => return self.take(nth, cx),
            Action::Enter => return self.take(self.selected, cx),
            other => {
                let before = self.search.text().to_owned();
                super::edit_action(&mut self.search, &other);
                if before != self.search.text() {
                    self.narrow();
                }
            }
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        super::not_as_text(&scanned.code, cx)
    }

    fn takes(&self, action: &Action) -> bool {
        *action == Action::Palette
    }

    fn popup(&self) -> bool {
        true
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let width = sheet.width().saturating_sub(4).min(76);
        let rows = sheet.steady_height().saturating_sub(4).min(18);
        let mut panel = sheet.panel(lang.of(ui::PALETTE_TITLE), rows, width);
        let wide = panel.width();
        panel.put(0, 0, 2, ">", theme.label);
        panel.edit(0, 2, (1, wide.saturating_sub(2)), &self.search, true);
        if self.shown.is_empty() {
            panel.put(2, 0, wide, lang.of(ui::PALETTE_NONE), theme.plain);
        }
        let room = panel.height().saturating_sub(2).max(1);
        let top = window(0, self.selected, room);
        for (n, at) in self.shown.iter().enumerate().skip(top).take(room) {
            let Some(item) = self.items.get(*at) else { continue };
            let y = n.saturating_sub(top).saturating_add(2);
            let look = match (n == self.selected, item.closed.is_some()) {
                (true, _) => theme.selected,
                (false, true) => theme.dim,
                (false, false) => theme.plain,
            };
            let number = match n {
                0..=9 if self.search.text().is_empty() => ((n + 1) % 10).to_string(),
                _ => " ".to_owned(),
            };
            let kind = match item.goes {
                Goes::Operation(_) => ui::OPERATION,
                _ => ui::SCREEN,
            };
            panel.bar(y, 0, &format!("{number} {}", lang.of(item.title)), look);
            let doc = match &item.closed {
                Some(why) => format!("({}) {why}", lang.of(ui::CLOSED)),
                None => item.doc.map_or("", |doc| lang.of(doc)).to_owned(),
            };
            panel.put(y, 32.min(wide / 2), wide, &format!("[{}] {doc}", lang.of(kind)), look);
        }
    }
}
