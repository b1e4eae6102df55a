//! Filters of a list: state, roles, person, company, zone, period.

use super::Fields;
use crate::desk::declare::Register;
use crate::desk::declare::read::date_from_typed;
use crate::desk::{Lang, ListQuery, Lookup};
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// The filters.
pub struct Filter {
    fields: Fields,
}

impl Filter {
    /// The filters of a question to a register.
    pub fn new(register: &'static Register, query: &ListQuery, cx: &Cx<'_>) -> Filter {
        let mut fields = Fields::new(register.filters());
        let texts = [
            ("state", query.state.clone()),
            ("roles", (!query.roles.is_empty()).then(|| query.roles.join(","))),
            ("person", query.person.map(|id| id.to_string())),
            ("company", query.company.map(|id| id.to_string())),
            ("zone", query.zone.clone()),
            ("from", query.from.map(|day| day.to_string())),
            ("to", query.to.map(|day| day.to_string())),
        ];
        let texts: Vec<(String, String)> =
            texts.into_iter().filter_map(|(name, text)| Some((name.to_owned(), text?))).collect();
        fields.fill(&texts, cx);
        fields.focus = 0;
        Filter { fields }
    }

    fn submit(&mut self, cx: &Cx<'_>) -> Effect {
        self.fields.leave(self.fields.focus, cx);
        if let Some(at) = self.fields.slots.iter().position(|slot| slot.problem.is_some()) {
            self.fields.focus = at;
            return Effect::Say(Message::wrong(cx.say(ui::FIX_FIELDS)));
        }
        let texts = self.fields.texts();
        Effect::Give(texts.into_iter().map(|(name, text)| format!("{name}={text}")).collect())
    }

    /// Puts given filters into a question, in place of those before.
    pub fn apply(query: &mut ListQuery, values: &[String], cx: &Cx<'_>) {
        let get = |name: &str| {
            let found = values.iter().filter_map(|value| value.split_once('=')).find(|(n, _)| *n == name);
            found.map(|(_, text)| text.to_owned())
        };
        let today = cx.desk.now().date_naive();
        let day = |name| get(name).and_then(|text| date_from_typed(name, &text, today).ok());
        query.state = get("state");
        let roles = get("roles").unwrap_or_default();
        let each = roles.split(|c: char| c == ',' || c.is_whitespace()).filter(|role| !role.is_empty());
        query.roles = each.map(str::to_owned).collect();
        query.person = get("person").and_then(|text| text.parse().ok());
        query.company = get("company").and_then(|text| text.parse().ok());
        query.zone = get("zone");
        query.from = day("from");
        query.to = day("to");
    }
}

impl Screen for Filter {
    fn title(&self, lang: Lang) -> String {
        lang.of(ui::FILTER_TITLE).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let submit = &[(Key::F(10), Action::Submit), (Key::Ctrl('s'), Action::Submit)];
        let mut binds = vec![Bind::many(submit, lang.of(ui::SHOW))];
        binds.extend(self.fields.binds(lang));
        binds.push(keymap::back(lang));
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        match action {
            Action::Esc => Effect::Close,
            Action::Submit => self.submit(cx),
            Action::Enter if self.fields.on_button() => self.submit(cx),
            other => self.fields.on(&other, cx),
        }
    }

    fn takes_text(&self) -> bool {
        !self.fields.on_button()
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        self.fields.scan(scanned, cx)
    }

    fn given(&mut self, values: Vec<String>, cx: &Cx<'_>) -> Effect {
        self.fields.given(&values, cx);
        Effect::Stay
    }

    fn popup(&self) -> bool {
        true
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let lang = sheet.lang;
        let width = sheet.width().saturating_sub(4).min(74);
        let rows = self.fields.slots.len().saturating_mul(2).saturating_add(1);
        let mut panel = sheet.panel(lang.of(ui::FILTER_TITLE), rows, width);
        self.fields.draw(&mut panel, lang.of(ui::FILTER_APPLY), true);
    }
}
