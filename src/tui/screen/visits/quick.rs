//! Quick check-in at the desk: a card was scanned; a purpose by its digit, Enter, and a regular entrant is in.

use super::desk_scan::{passed, scanned as read_at_desk, unknown, unusable};
use crate::desk::declare::Kind;
use crate::desk::{Failure, Instruction, Lang, Lookup, Receipt, Scan};
use crate::domain::{CheckIn, Command, Id, Row};
use crate::text::scan::fold_code;
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::screen::{Choice, short_list, start};
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// The panel.
pub struct Quick {
    person: Id,
    code: String,
    name: String,
    belongs: String,
    zones: Vec<Choice>,
    zone: usize,
    purposes: Vec<Choice>,
    /// Nothing, after a scan came between: what was chosen before it may have been meant for something else.
    selected: Option<usize>,
    /// Somebody else's exit was recorded from here: the answer to it is not this person's.
    passing: bool,
    identification: Option<Choice>,
    refused: Option<String>,
    /// A number typed by hand: another card. Empty while digits choose a purpose.
    typed: Edit,
}

impl Quick {
    /// For a person whose card was scanned.
    pub fn new(person: Id, code: &str, cx: &Cx<'_>) -> Quick {
        let all = short_list(Kind::Zone, "", cx).unwrap_or_default();
        let own = cx.desk.zones_of(person, cx.desk.now().date_naive()).unwrap_or_default();
        let zones: Vec<Choice> = all.iter().filter(|zone| own.contains(&zone.value)).cloned().collect();
        let ways = short_list(Kind::Identification, "", cx).unwrap_or_default();
        // A card was shown; the list's own word for it, or its first.
        let identification = ways.iter().find(|way| way.value.contains("card")).or(ways.first()).cloned();
        let (name, belongs) = match cx.desk.row(person) {
            Some(Row::Person(row)) => (format!("{}  {}", row.name, row.kana), row.organisation),
            _ => (cx.desk.name(person), String::new()),
        };
        Quick {
            person,
            code: code.to_owned(),
            name,
            belongs,
            zones: if zones.is_empty() { all } else { zones },
            zone: 0,
            purposes: short_list(Kind::Purpose, "", cx).unwrap_or_default(),
            selected: Some(0),
            passing: false,
            identification,
            refused: None,
            typed: Edit::line(""),
        }
    }

    fn order(&self) -> Option<Instruction> {
        let command = CheckIn {
            person: Some(self.person),
            card: Some(self.code.clone()),
            zone: self.zones.get(self.zone)?.value.clone(),
            purpose: self.purposes.get(self.selected?)?.value.clone(),
            identification: self.identification.as_ref().map(|way| way.value.clone()).unwrap_or_default(),
            ..CheckIn::default()
        };
        Some(Instruction::from(Command::from(command)))
    }

    /// A letter or `-` begins a code, and everything after it belongs to the code; a digit alone, of full width
    /// too, chooses a purpose.
    fn type_in(&mut self, text: &str) {
        let folded = fold_code(text);
        match "1234567890".find(folded.as_str()) {
            Some(nth) if folded.len() == 1 && self.typed.text().is_empty() => {
                self.selected = Some(nth.min(self.purposes.len().saturating_sub(1)));
            }
            _ => self.typed.insert(&folded.to_uppercase()),
        }
    }

    fn all_fields(&self, cx: &Cx<'_>) -> Effect {
        let pick = |list: &[Choice], n: usize| list.get(n).map(|c| c.value.clone()).unwrap_or_default();
        let filled = [
            ("person", self.person.to_string()),
            ("card", self.code.clone()),
            ("zone", pick(&self.zones, self.zone)),
            ("purpose", self.selected.map(|nth| pick(&self.purposes, nth)).unwrap_or_default()),
            ("identification", self.identification.as_ref().map(|c| c.value.clone()).unwrap_or_default()),
        ];
        Effect::Many(vec![Effect::Close, start("check_in", None, &filled, cx)])
    }

    /// Another code while this person's purpose is asked. An exit is recorded, and the question stays. Whoever comes
    /// in takes the panel over, and it is said that this person was not let in. Anything else is refused.
    fn another(&mut self, code: &str, cx: &Cx<'_>) -> Effect {
        self.typed.clear();
        match cx.desk.scan(code) {
            Ok(Scan::CardOutside(person)) if person == self.person => {
                Effect::Say(Message::note(cx.say(ui::ASKED_ALREADY)))
            }
            Ok(Scan::CardInside(..) | Scan::BadgeOut(..)) => {
                self.passing = true;
                read_at_desk(code, cx)
            }
            Ok(Scan::CardOutside(_) | Scan::BadgeIn(_)) => match read_at_desk(code, cx) {
                next @ Effect::Open(_) => {
                    let left = format!("{}: {}", cx.say(ui::GAVE_WAY), self.name);
                    Effect::Many(vec![Effect::Close, next, Effect::Say(Message::wrong(left))])
                }
                refused => {
                    self.selected = None;
                    refused
                }
            },
            Ok(Scan::Thing(..)) => self.ask_again(cx.say(ui::SCAN_NOT_HERE), cx),
            Ok(Scan::Unknown) => self.ask_again(&unknown(code, cx), cx),
            Ok(Scan::BadgeUnusable(badge)) => self.ask_again(&unusable(badge, cx), cx),
            Err(failure) => cx.trouble(&failure),
        }
    }

    /// A code that came between says nothing: the purpose is chosen anew, for its digit may have gone into the code.
    fn ask_again(&mut self, why: &str, cx: &Cx<'_>) -> Effect {
        self.selected = None;
        Effect::Say(Message::wrong(format!("{why} {}: {}", cx.say(ui::CHOOSE_ANEW), self.name)))
    }
}

impl Screen for Quick {
    fn title(&self, lang: Lang) -> String {
        lang.of(ui::QUICK_TITLE).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        if !self.typed.text().is_empty() {
            // Digits belong to the code now, and Enter looks it up.
            return vec![
                Bind::one(Key::Enter, Action::Enter, lang.of(ui::LOOK_UP)),
                keymap::editing(lang),
                Bind::one(Key::Esc, Action::Esc, lang.of(ui::ERASE_TYPED)),
            ];
        }
        let mut binds: Vec<Bind> =
            keymap::digits(self.purposes.len().min(10), lang.of(ui::PURPOSE)).into_iter().collect();
        binds.push(Bind::one(Key::Enter, Action::Enter, lang.of(ui::CHECK_IN_KEY)));
        binds.push(Bind::many(&[(Key::Up, Action::Up), (Key::Down, Action::Down)], lang.of(ui::SELECT)));
        if self.zones.len() > 1 {
            binds.push(Bind::many(
                &[(Key::Left, Action::Left), (Key::Right, Action::Right)],
                lang.of(ui::ZONE_KEY),
            ));
        }
        binds.push(Bind::one(Key::F(5), Action::New, lang.of(ui::ALL_FIELDS)));
        binds.push(Bind::one(Key::Esc, Action::Esc, lang.of(ui::CANCEL_KEY)));
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = self.purposes.len().saturating_sub(1);
        let zones = self.zones.len().max(1);
        match action {
            Action::Type(text) => self.type_in(&text),
            Action::Esc if !self.typed.text().is_empty() => self.typed.clear(),
            Action::Enter if !self.typed.text().is_empty() => {
                let code = fold_code(self.typed.text());
                return self.another(&code, cx);
            }
            action if !self.typed.text().is_empty() => {
                crate::tui::screen::edit_action(&mut self.typed, &action);
            }
            Action::Esc => return Effect::Close,
            Action::Nth(nth) => self.selected = Some(nth.min(last)),
            Action::Up => self.selected = Some(self.selected.map_or(0, |nth| nth.saturating_sub(1))),
            Action::Down => {
                self.selected = Some(self.selected.map_or(0, |nth| nth.saturating_add(1).min(last)));
            }
            Action::Right => self.zone = self.zone.saturating_add(1) % zones,
            Action::Left => self.zone = self.zone.checked_sub(1).unwrap_or(zones.saturating_sub(1)),
            Action::New => return self.all_fields(cx),
            Action::Enter if self.selected.is_none() => {
                let said = format!("{}: {}", cx.say(ui::CHOOSE_ANEW), self.name);
                return Effect::Say(Message::note(said));
            }
            Action::Enter => {
                return match self.order() {
                    Some(order) => Effect::Execute(Box::new(order)),
                    None => Effect::Stay,
                };
            }
            _ => {}
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        true
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        Some(self.another(&scanned.code, cx))
    }

    fn awaits_scan(&self) -> bool {
        !self.typed.text().is_empty()
    }

    fn disturbed(&mut self) {
        self.selected = None;
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) if std::mem::take(&mut self.passing) => passed(&receipt, cx),
            Err(failure) if std::mem::take(&mut self.passing) => cx.trouble(&failure),
            Ok(receipt) => Effect::Many(vec![Effect::Close, passed(&receipt, cx)]),
            Err(failure) => {
                self.refused = Some(crate::tui::declared::said(&failure, cx.desk, cx.lang));
                cx.trouble(&failure)
            }
        }
    }

    fn popup(&self) -> bool {
        true
    }

    fn register(&self) -> Option<&'static str> {
        Some("visits")
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let width = sheet.width().saturating_sub(6).min(66);
        let rows = self.purposes.len().saturating_add(7).min(sheet.steady_height().saturating_sub(2));
        let mut panel = sheet.panel(lang.of(ui::QUICK_TITLE), rows, width);
        let wide = panel.width();
        let zone = self.zones.get(self.zone).map_or("", |zone| zone.label.as_str());
        let by = self.identification.as_ref().map_or("", |way| way.label.as_str());
        let lines = [
            (ui::PERSON, format!("{}  {}", self.name, self.belongs)),
            (ui::ZONE, zone.to_owned()),
            (ui::IDENTIFIED_BY, by.to_owned()),
        ];
        for (row, (label, text)) in lines.iter().enumerate() {
            panel.put(row, 0, 14, lang.of(*label), theme.label);
            panel.put(row, 16, wide, text, theme.plain);
        }
        panel.put(4, 0, wide, lang.of(ui::PURPOSE_ASK), theme.label);
        let foot = panel.height().saturating_sub(1);
        let room = panel.height().saturating_sub(7).max(1);
        let top = window(0, self.selected.unwrap_or(0), room);
        for (n, purpose) in self.purposes.iter().enumerate().skip(top).take(room) {
            let row = n.saturating_sub(top).saturating_add(5);
            let selected = self.selected == Some(n);
            let style = if selected { theme.selected } else { theme.plain };
            let number = if n < 10 { ((n + 1) % 10).to_string() } else { " ".to_owned() };
            panel.bar(row, 0, &format!(" {number}  {}", purpose.label), style);
            if selected || (self.selected.is_none() && n == 0) {
                panel.cursor(row, 0);
            }
        }
        if panel.is_typing(&self.typed) {
            let label = format!("{}: ", lang.of(ui::OTHER_CARD));
            let column = crate::text::width::cells(&label);
            panel.put(foot, 0, column, &label, theme.label);
            panel.edit(foot, column, (1, wide.saturating_sub(column)), &self.typed, true);
        }
    }
}
