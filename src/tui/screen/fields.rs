//! The fields of a form or filter: which one is focused, how each is filled, how they are drawn.

use super::{Choice, Filling, FormField, Pick, Purpose, records_offered, short_list, takes_several};
use crate::desk::declare::read::selected;
use crate::desk::declare::{Field, Kind};
use crate::desk::{FieldProblem, Lang, Lookup};
use crate::domain::{FormSoFar, Id};
use crate::text::width::wrap;
use crate::tui::input::Key;
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// Fields being filled. Behind the last one stands the button.
pub struct Fields {
    /// The fields, in the order of the form.
    pub slots: Vec<FormField>,
    /// The focused one; behind the last is the button.
    pub focus: usize,
    /// The command that they become; none of a filter.
    pub command: &'static str,
    /// The record that the form is about.
    pub record: Option<Id>,
}

/// Cells for labels.
pub const LABEL: usize = 22;

impl Fields {
    /// Empty fields.
    pub fn new(fields: impl IntoIterator<Item = Field>) -> Fields {
        Fields {
            slots: fields.into_iter().map(FormField::new).collect(),
            focus: 0,
            command: "",
            record: None,
        }
    }

    /// Every field that holds something, with its text.
    pub fn texts(&self) -> Vec<(String, String)> {
        let slots = self.slots.iter().filter(|slot| !slot.edit.text().is_empty());
        slots.map(|slot| (slot.field.name.to_owned(), slot.edit.text().to_owned())).collect()
    }

    /// A field by its name.
    pub fn slot(&self, name: &str) -> Option<&FormField> {
        self.slots.iter().find(|slot| slot.field.name == name)
    }

    pub(super) fn zone(&self) -> String {
        self.slot("zone").map(|slot| slot.edit.text().to_owned()).unwrap_or_default()
    }

    /// What stands in the form now, for what another field offers.
    fn so_far(&self) -> FormSoFar {
        let filled = self.slots.iter().map(|slot| (slot.field.name, slot.values())).collect();
        FormSoFar { record: self.record, filled }
    }

    /// Whether the button is focused.
    pub fn on_button(&self) -> bool {
        self.focus >= self.slots.len()
    }

    fn refine(&mut self) {
        let chosen = self.slot("field").map(|slot| slot.edit.text().to_owned());
        for slot in &mut self.slots {
            slot.refine(chosen.as_deref());
        }
    }

    /// Puts texts in, as a draft or a selection brings them.
    pub fn fill(&mut self, texts: &[(String, String)], cx: &Cx<'_>) {
        let chosen = texts.iter().find(|(name, _)| name == "field").map(|(_, text)| text.as_str());
        for slot in &mut self.slots {
            slot.refine(chosen);
        }
        for slot in &mut self.slots {
            if let Some((_, text)) = texts.iter().find(|(name, _)| name == slot.field.name) {
                slot.edit.set(text);
            }
        }
        self.read(cx);
        self.focus = self.slots.iter().position(|slot| slot.values().is_empty()).unwrap_or(self.slots.len());
    }

    /// What has only one possible value is filled in.
    pub fn preset(&mut self, cx: &Cx<'_>) {
        for slot in &mut self.slots {
            if slot.field.kind == Kind::Steps {
                let names = Lookup::profile(cx.desk).adoption_steps.iter();
                let lines: Vec<String> =
                    names.map(|step| format!("{} ", cx.lang.pick(&step.label.ja, &step.label.en))).collect();
                slot.edit.set(&lines.join("\n"));
            }
            if slot.field.required
                && slot.values().is_empty()
                && matches!(slot.field.kind, Kind::Zone | Kind::Zones)
                && let Some(list) = short_list(slot.field.kind, "", cx)
                && let [only] = list.as_slice()
            {
                slot.put(std::slice::from_ref(&only.value), "", cx);
            }
        }
    }

    /// What stands in some fields at the beginning.
    pub fn begin_with(&mut self, values: &[(&str, Vec<String>)], cx: &Cx<'_>) {
        let zone = self.zone();
        for slot in &mut self.slots {
            if let Some((_, values)) = values.iter().find(|(name, _)| *name == slot.field.name) {
                slot.put(values, &zone, cx);
            }
        }
        let first = self.slots.iter().position(|slot| slot.field.required && slot.values().is_empty());
        self.focus = first.unwrap_or(0);
    }

    /// Reads anew what all texts mean.
    pub fn read(&mut self, cx: &Cx<'_>) {
        let zone = self.zone();
        for slot in &mut self.slots {
            slot.read(&zone, cx);
        }
    }

    /// Leaves the focused field for another: its text is read and judged.
    pub fn leave(&mut self, to: usize, cx: &Cx<'_>) {
        let zone = self.zone();
        if let Some(slot) = self.slots.get_mut(self.focus) {
            slot.read(&zone, cx);
            slot.check(cx);
        }
        self.refine();
        self.focus = to.min(self.slots.len());
    }

    /// To the next field.
    pub fn next(&mut self, cx: &Cx<'_>) {
        self.leave(self.focus.saturating_add(1), cx);
    }

    /// To the field before.
    pub fn back(&mut self, cx: &Cx<'_>) {
        self.leave(self.focus.saturating_sub(1), cx);
    }

    /// The short list of the focused field.
    fn choices(&self, cx: &Cx<'_>) -> Vec<Choice> {
        let zone = self.zone();
        let slot = self.slots.get(self.focus);
        slot.and_then(|slot| short_list(slot.field.kind, &zone, cx)).unwrap_or_default()
    }

    /// The pick list of the focused field.
    fn open_list(&self, cx: &Cx<'_>) -> Effect {
        let Some(slot) = self.slots.get(self.focus) else { return Effect::Stay };
        let title = cx.say(slot.field.label);
        let pick = match slot.field.kind.noun() {
            Some(noun) => cx.desk.offers(self.command, slot.field.name, &self.so_far()).and_then(|offer| {
                let offered = records_offered(&offer, noun, "", cx)?;
                Ok(Pick::offering(noun, title, (offer, offered)))
            }),
            None => Ok(Pick::fixed(title, self.choices(cx), Purpose::Give)),
        };
        match pick {
            Ok(pick) if takes_several(slot.field.kind) => Effect::Open(Box::new(pick.several(slot.values()))),
            Ok(pick) => Effect::Open(Box::new(pick)),
            Err(failure) => cx.trouble(&failure),
        }
    }

    /// What was picked goes into the focused field, and the next one is focused.
    pub fn given(&mut self, values: &[String], cx: &Cx<'_>) {
        let zone = self.zone();
        if let Some(slot) = self.slots.get_mut(self.focus) {
            // A record is picked by its number; what the field holds of it may be something else.
            let held = |value: &String| match value.parse::<Id>() {
                Ok(id) => selected(&slot.field, id, cx.desk),
                Err(_) => value.clone(),
            };
            let values: Vec<String> = values.iter().map(held).collect();
            slot.put(&values, &zone, cx);
        }
        self.next(cx);
    }

    /// Chooses by number in the short list of the focused field.
    fn nth(&mut self, nth: usize, cx: &Cx<'_>) {
        let choices = self.choices(cx);
        let zone = self.zone();
        let (Some(choice), Some(slot)) = (choices.get(nth), self.slots.get_mut(self.focus)) else { return };
        slot.choose(&choice.value, &zone, cx);
        if !takes_several(slot.field.kind) {
            self.next(cx);
        }
    }

    fn type_in(&mut self, action: &Action, cx: &Cx<'_>) -> Effect {
        let zone = self.zone();
        let Some(slot) = self.slots.get_mut(self.focus) else { return Effect::Stay };
        match slot.way() {
            Filling::Line | Filling::Block => {
                if super::edit_action(&mut slot.edit, action) {
                    slot.problem = None;
                    if matches!(slot.field.kind, Kind::Date | Kind::Stamp) {
                        slot.read(&zone, cx);
                    }
                }
                Effect::Stay
            }
            Filling::Short | Filling::Records if matches!(action, Action::Backspace | Action::Delete) => {
                slot.put(&[], &zone, cx);
                Effect::Stay
            }
            // What is typed here begins the search in the list.
            Filling::Short | Filling::Records if matches!(action, Action::Type(_)) => {
                Effect::Many(vec![self.open_list(cx), Effect::Act(action.clone())])
            }
            Filling::Short | Filling::Records => Effect::Stay,
        }
    }

    fn enter(&mut self, cx: &Cx<'_>) -> Effect {
        let Some(slot) = self.slots.get_mut(self.focus) else { return Effect::Stay };
        match slot.way() {
            Filling::Block => slot.edit.insert("\n"),
            Filling::Short | Filling::Records if slot.values().is_empty() && slot.field.required => {
                return self.open_list(cx);
            }
            _ => self.next(cx),
        }
        Effect::Stay
    }

    fn moves_in_block(&mut self, up: bool, cx: &Cx<'_>) -> bool {
        let wide = field_width(cx.width);
        let slot = self.slots.get_mut(self.focus).filter(|slot| slot.way() == Filling::Block);
        slot.is_some_and(|slot| if up { slot.edit.up(wide) } else { slot.edit.down(wide) })
    }

    /// Moves the fields.
    pub fn on(&mut self, action: &Action, cx: &Cx<'_>) -> Effect {
        match action {
            Action::Enter => return self.enter(cx),
            Action::Up if self.moves_in_block(true, cx) => {}
            Action::Down if self.moves_in_block(false, cx) => {}
            Action::Next | Action::Down => self.next(cx),
            Action::Back | Action::Up => self.back(cx),
            Action::Toggle => return self.open_list(cx),
            Action::Nth(nth) => self.nth(*nth, cx),
            other => return self.type_in(other, cx),
        }
        Effect::Stay
    }

    /// Puts problems at their fields and the focus on the first; gives back what belongs to no field.
    pub fn show(&mut self, problems: &[FieldProblem], cx: &Cx<'_>) -> Option<String> {
        let (mut first, mut other) = (None, None);
        for problem in problems {
            let said = cx.lang.pick(&problem.ja, &problem.en).to_owned();
            match self.slots.iter_mut().enumerate().find(|(_, slot)| slot.field.name == problem.field) {
                Some((at, slot)) => {
                    slot.problem.get_or_insert(said);
                    first = Some(first.map_or(at, |first: usize| first.min(at)));
                }
                None => other = Some(said),
            }
        }
        self.focus = first.unwrap_or(self.focus);
        other
    }

    /// The keys of the focused field, and those for moving among fields.
    pub fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = Vec::new();
        match self.slots.get(self.focus).map(|slot| (slot.way(), slot.field.kind)) {
            Some((Filling::Short, kind)) => {
                // Racks have numbers of their own: digits search there.
                if kind != Kind::Rack {
                    binds.extend(keymap::digits(10, lang.of(ui::CHOOSE_NUMBER)));
                }
                binds.push(Bind::one(Key::Char(' '), Action::Toggle, lang.of(ui::PICK)));
            }
            Some((Filling::Records, _)) => {
                binds.push(Bind::one(Key::Char(' '), Action::Toggle, lang.of(ui::PICK)));
            }
            _ => {}
        }
        binds.push(Bind::one(Key::Enter, Action::Enter, lang.of(ui::NEXT)));
        binds.push(Bind::many(
            &[
                (Key::Tab, Action::Next),
                (Key::BackTab, Action::Back),
                (Key::Down, Action::Down),
                (Key::Up, Action::Up),
            ],
            lang.of(ui::NEXT_FIELD),
        ));
        binds.push(keymap::editing(lang));
        binds
    }

    /// Draws them with the button; the window follows the focus. Nothing is focused while something stands above.
    pub fn draw(&self, sheet: &mut Sheet<'_, '_>, button: &str, active: bool) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let mut heights: Vec<usize> =
            self.slots.iter().enumerate().map(|(n, slot)| rows_of(slot, n == self.focus, width)).collect();
        heights.push(1);
        // The window ends just below the focused field, and one more where there is room.
        let upto = |n: usize| heights.iter().take(n).sum::<usize>();
        let end = upto(self.focus.saturating_add(2).min(heights.len()));
        let skip = end.saturating_sub(height);
        let mut row = 0usize;
        for (n, (slot, rows)) in self.slots.iter().zip(&heights).enumerate() {
            let at = row;
            row = row.saturating_add(*rows);
            let Some(at) = at.checked_sub(skip) else { continue };
            let focused = n == self.focus && active;
            sheet.put(at, 0, 1, if focused { ">" } else { " " }, theme.label);
            let star = if slot.field.required { "*" } else { " " };
            sheet.put(at, 1, LABEL, &format!("{star}{}", lang.of(slot.field.label)), theme.label);
            let column = LABEL + 3;
            let wide = field_width(width);
            let mut under = at.saturating_add(1);
            match slot.way() {
                Filling::Block => {
                    let (line, lines) = slot.edit.place(wide);
                    let tall = tall(lines, focused);
                    if lines > tall {
                        let stands = format!("{}/{lines}", line.saturating_add(1));
                        sheet.put(at.saturating_add(1), 3, LABEL, &stands, theme.dim);
                    }
                    sheet.edit(at, column, (tall, wide), &slot.edit, focused);
                    under = at.saturating_add(tall);
                }
                Filling::Line => {
                    sheet.edit(at, column, (1, wide), &slot.edit, focused);
                    if !slot.echo.is_empty() {
                        sheet.put(under, column, wide, &format!("= {}", slot.echo), theme.dim);
                        under = under.saturating_add(1);
                    }
                }
                Filling::Short | Filling::Records => {
                    let style = if focused { theme.focus } else { theme.plain };
                    let said = if slot.echo.is_empty() && focused {
                        format!("({})", lang.of(ui::PICK))
                    } else {
                        slot.echo.clone()
                    };
                    sheet.put(at, column, wide, &said, style);
                    if focused {
                        sheet.cursor(at, column);
                    }
                }
            }
            if let Some(problem) = &slot.problem {
                let said = format!("! {problem}");
                sheet.flow(under, column, wide, &said, theme.urgent);
            }
        }
        if let Some(at) = row.checked_sub(skip) {
            let style = if self.on_button() { theme.selected } else { theme.plain };
            sheet.put(at, 2, width, button, style);
            if self.on_button() {
                sheet.cursor(at, 2);
            }
        }
    }
}

/// Cells of a field on a screen of so many columns; one more is left for a cursor behind a full line.
fn field_width(width: usize) -> usize {
    width.saturating_sub(LABEL + 4)
}

/// Rows of a text of so many lines; the window moves with the cursor.
fn tall(lines: usize, focused: bool) -> usize {
    if focused { lines.clamp(2, 5) } else { lines.clamp(1, 2) }
}

/// How many rows a field takes.
fn rows_of(slot: &FormField, focused: bool, width: usize) -> usize {
    let text = match slot.way() {
        Filling::Block => tall(slot.edit.place(field_width(width)).1, focused),
        _ => 1,
    };
    let under = usize::from(matches!(slot.way(), Filling::Line) && !slot.echo.is_empty());
    let problem =
        slot.problem.as_ref().map_or(0, |said| wrap(said, width.saturating_sub(LABEL + 6).max(10)).len());
    text.saturating_add(under).saturating_add(problem)
}
