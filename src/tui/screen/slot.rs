//! A field of a form while it is filled: what stands in it, how it is echoed, what is wrong with it.

use super::{record_choice, takes_several, value_label};
use crate::desk::declare::read::{check_typed, echo};
use crate::desk::declare::{Field, Kind};
use crate::desk::{Lang, Lookup};
use crate::domain::{Date, Id};
use crate::text::not_in_print_fonts;
use crate::text::scan::fold_code;
use crate::text::wareki::wareki_with_weekday;
use crate::tui::declared::entry_row;
use crate::tui::edit::Edit;
use crate::tui::model::Cx;
use crate::tui::words::ui;

/// How a field is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filling {
    /// Typed, one line.
    Line,
    /// Typed, several lines.
    Block,
    /// Picked from a short list.
    Short,
    /// Searched for among records.
    Records,
}

/// A field of a form.
#[derive(Debug)]
pub struct FormField {
    /// The declared field, refined by what was chosen in the same form.
    pub field: Field,
    declared: Field,
    /// What stands in it: text as typed, or values parted by commas.
    pub edit: Edit,
    /// What the values are called, or how a date is understood.
    pub echo: String,
    /// What is wrong, in words.
    pub problem: Option<String>,
}

/// How values of a field that takes several are parted.
pub const PARTED: char = ',';

impl FormField {
    /// Empty.
    pub fn new(field: Field) -> FormField {
        let edit =
            if matches!(field.kind, Kind::Block(_) | Kind::Steps) { Edit::block("") } else { Edit::line("") };
        FormField { field, declared: field, edit, echo: String::new(), problem: None }
    }

    /// Refines the field by what was chosen for the form's `field`; what stood there is another kind of thing.
    pub fn refine(&mut self, chosen: Option<&str>) {
        let refined = self.declared.refined(chosen);
        if refined.kind != self.field.kind {
            self.field = refined;
            self.edit.clear();
            self.echo.clear();
            self.problem = None;
        }
    }

    /// How it is filled.
    pub fn way(&self) -> Filling {
        match self.field.kind {
            Kind::Block(_) | Kind::Steps => Filling::Block,
            Kind::Zone
            | Kind::Zones
            | Kind::Rack
            | Kind::Purpose
            | Kind::Identification
            | Kind::Roles
            | Kind::Office
            | Kind::Jurisdiction
            | Kind::Division
            | Kind::ExceptionKind
            | Kind::Clause
            | Kind::Rights
            | Kind::Choice(_)
            | Kind::Flag
            | Kind::Verdict(..) => Filling::Short,
            Kind::Ref(_) | Kind::Refs(_) | Kind::User => Filling::Records,
            Kind::Line(_)
            | Kind::Kana
            | Kind::Code
            | Kind::Record
            | Kind::RefOf(_)
            | Kind::File
            | Kind::NewUser
            | Kind::Date
            | Kind::Stamp
            | Kind::Entry
            | Kind::Number
            | Kind::Corrected
            | Kind::Profile => Filling::Line,
        }
    }

    /// The values in it.
    pub fn values(&self) -> Vec<String> {
        let text = self.edit.text().trim();
        if text.is_empty() {
            return Vec::new();
        }
        if takes_several(self.field.kind) {
            return text
                .split(PARTED)
                .map(|value| value.trim().to_owned())
                .filter(|v| !v.is_empty())
                .collect();
        }
        vec![text.to_owned()]
    }

    /// Puts values in.
    pub fn put(&mut self, values: &[String], zone: &str, cx: &Cx<'_>) {
        let text = if takes_several(self.field.kind) {
            values.join(&PARTED.to_string())
        } else {
            values.first().cloned().unwrap_or_default()
        };
        self.edit.set(&text);
        self.problem = None;
        self.read(zone, cx);
    }

    /// Chooses a value: in place of the one before, or marked and unmarked where there may be several.
    pub fn choose(&mut self, value: &str, zone: &str, cx: &Cx<'_>) {
        let mut values = if takes_several(self.field.kind) { self.values() } else { Vec::new() };
        match values.iter().position(|held| held == value) {
            Some(at) => {
                values.remove(at);
            }
            None => values.push(value.to_owned()),
        }
        self.put(&values, zone, cx);
    }

    /// Reads anew what the text means, for the echo beside it.
    pub fn read(&mut self, zone: &str, cx: &Cx<'_>) {
        let text = self.edit.text().trim();
        let kind = self.field.kind;
        self.echo = match self.way() {
            _ if text.is_empty() => String::new(),
            Filling::Short | Filling::Records => {
                let labels: Vec<String> =
                    self.values().iter().map(|value| value_label(kind, value, zone, cx)).collect();
                labels.join(cx.lang.pick("、", ", "))
            }
            Filling::Line if matches!(kind, Kind::Line(_) | Kind::Kana) => {
                let missing: String = not_in_print_fonts(text).into_iter().collect();
                if missing.is_empty() {
                    String::new()
                } else {
                    format!("{}: {missing}", cx.say(ui::NOT_IN_FONTS))
                }
            }
            Filling::Line if matches!(kind, Kind::Record | Kind::RefOf(_)) => {
                self.named(text, cx).unwrap_or_default()
            }
            Filling::Line if kind == Kind::Entry => entry_said(text, cx).unwrap_or_default(),
            _ => {
                let today = cx.desk.now().date_naive();
                echo(&self.field, text, cx.desk, today, cx.lang).unwrap_or_default()
            }
        };
    }

    /// The record whose number was typed, as it stands where records are picked.
    fn named(&self, text: &str, cx: &Cx<'_>) -> Option<String> {
        let id: Id = text.parse().ok()?;
        let row = cx.desk.record(id, None).ok().flatten()?;
        let choice = record_choice(&row, cx);
        Some(format!("{}  {}", choice.label, choice.note))
    }

    /// What is wrong with it, when it is left. An empty field is not wrong yet.
    pub fn check(&mut self, cx: &Cx<'_>) {
        let today = cx.desk.now().date_naive();
        self.problem = check_typed(&self.field, self.edit.text(), cx.desk, today)
            .map(|problem| cx.lang.pick(&problem.ja, &problem.en).to_owned());
    }
}

/// The number of an entry, as it is typed: `#12`, `１２`.
pub fn entry_number(typed: &str) -> Option<u64> {
    fold_code(typed).trim_start_matches('#').parse().ok()
}

/// What the entry of a number is, for those who may read the log.
fn entry_said(typed: &str, cx: &Cx<'_>) -> Option<String> {
    let seq = entry_number(typed)?;
    let entries = cx.desk.log(Some(seq.saturating_add(1)), None, 1, cx.lang).ok()?;
    let entry = entries.first().filter(|entry| entry.seq == seq)?;
    Some(entry_row(entry, cx))
}

/// 令和6年11月20日（水）.
pub fn said_day(date: Date, lang: Lang) -> String {
    match lang {
        Lang::Ja => wareki_with_weekday(date),
        Lang::En => date.format("%Y-%m-%d (%a)").to_string(),
    }
}
