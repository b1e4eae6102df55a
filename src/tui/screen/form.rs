//! A form: the fields of an operation, filled one by one, kept as a draft on the way, and handed in as a command.

use super::{Confirm, Fields, Filling, FormField, LABEL, Part, TextPage, at_fault, entry_number};
use crate::desk::declare::read::selected;
use crate::desk::declare::{Caution, Field, Kind, Opens, Operation, Words, cells, register_of};
use crate::desk::{Desk, Draft, Failure, Lang, Lookup, Receipt, draft_name};
use crate::domain::{Code, Id};
use crate::paper::Slip;
use crate::text::width::{CUT, wrap};
use crate::tui::declared;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Kept, Message, Screen, Writing};
use crate::tui::view::Sheet;
use crate::tui::words::ui;

/// The record a form or confirmation is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The record.
    pub record: Option<Id>,
    /// The field that it fills, and with what.
    pub fills: Option<(String, String)>,
    /// How it is called.
    pub named: String,
    /// What it says, where it is to be judged: labels and texts.
    pub says: Vec<(String, String)>,
    /// What ends with it.
    pub ends: Vec<(String, String)>,
}

/// The lines of a record that are told, those with something in them.
fn says(record: Id, cx: &Cx<'_>) -> Vec<(String, String)> {
    let (Some(row), Some(register)) = (cx.desk.row(record), register_of(record.noun)) else {
        return Vec::new();
    };
    let column = |name: &&str| register.all_columns().find(|column| column.name == *name);
    register
        .judged
        .iter()
        .filter_map(column)
        .map(|column| (cx.say(column.title).to_owned(), (column.cell)(&row, cx.desk, cx.lang)))
        .filter(|(_, text)| !text.is_empty())
        .collect()
}

/// What ends with an operation on a record, a line each.
fn ends(record: Id, cx: &Cx<'_>) -> Vec<(String, String)> {
    // What cannot be read the rules refuse themselves.
    let Ok((rows, unseen)) = cx.desk.ends_with(record) else { return Vec::new() };
    let lines = super::in_lines(&rows, cx).into_iter().map(|(_, line)| line);
    let outside = format!("{} {unseen} {}", cx.say(ui::ENDS_OUTSIDE), cx.say(ui::COUNT));
    let lines = lines.chain((unseen > 0).then_some(outside));
    lines.map(|line| (cx.say(ui::ENDS).to_owned(), line)).collect()
}

impl About {
    /// What an operation is about, on a selected record.
    pub fn of(operation: &Operation, record: Option<Id>, cx: &Cx<'_>) -> About {
        let Some(record) = record else {
            // Whoever looks for the sheet is told where it was; of the site as a whole nothing else is.
            let says =
                if operation.command == "see_sheet" { cx.desk.says_of_sheet(cx.lang) } else { Vec::new() };
            return About { says, ..About::default() };
        };
        let own = cells::named(record, cx.desk, cx.lang);
        // What has no name of its own is called by whom it is about.
        let named = if own == record.to_string() { cells::called(record, cx.desk, cx.lang) } else { own };
        let field = operation.takes(record.noun).and_then(|name| operation.field(name));
        let fills = field.map(|field| (field.name.to_owned(), selected(field, record, cx.desk)));
        let ends = if matches!(operation.opens, Opens::Ending) { ends(record, cx) } else { Vec::new() };
        About { record: Some(record), fills, named, says: says(record, cx), ends }
    }
}

/// Rows that the fields keep where a form says what it is about.
const LEAST_FIELDS: usize = 7;

/// Rows that a text takes there at most; the record's own page has all of it.
const MOST_TOLD: usize = 2;

/// Where a form stands.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Stage {
    /// A draft was found: go on with it, or begin anew.
    Offer(Vec<(String, String)>),
    /// Being filled.
    Filling,
}

/// A form.
pub struct Form {
    operation: &'static Operation,
    about: About,
    fields: Fields,
    late: bool,
    stage: Stage,
    /// The draft that is offered, in words.
    offer: Vec<(String, String)>,
    /// The name of its own draft, once it has one: what another form left under the same command stays.
    draft: Option<String>,
    kept: Vec<(String, String)>,
    /// The key that discards what was written was pressed once.
    discarding: bool,
}

/// When it really happened: the field of a late entry, for every operation that allows one.
const AT: Field = Field {
    name: "at",
    label: ui::HAPPENED,
    help: ui::AT_HELP,
    kind: Kind::Stamp,
    required: true,
    caution: None,
};

impl Form {
    /// A form for an operation, some fields filled already.
    pub fn new(operation: &'static Operation, about: About, filled: &[(&str, String)], cx: &Cx<'_>) -> Form {
        let own = |field: &Field| about.fills.as_ref().is_none_or(|(name, _)| name != field.name);
        let mut fields = Fields::new(declared::fields(operation, cx.desk).into_iter().filter(own));
        (fields.command, fields.record) = (operation.command, about.record);
        fields.preset(cx);
        if let (Opens::Filled(says), Some(record)) = (operation.opens, about.record)
            && let Ok(Some(row)) = cx.desk.record(record, None)
        {
            fields.begin_with(&says(&row, cx.desk), cx);
        }
        let texts: Vec<(String, String)> =
            filled.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
        fields.fill(&texts, cx);
        let mut form = Form {
            operation,
            about,
            kept: fields.texts(),
            discarding: false,
            fields,
            late: false,
            stage: Stage::Filling,
            offer: Vec::new(),
            draft: None,
        };
        let name = form.first_name();
        if filled.is_empty()
            && let Ok(Some(draft)) = cx.desk.draft(&name)
            && !draft.is_empty()
        {
            form.offer = form.in_words(&draft, cx);
            form.draft = Some(name);
            form.stage = Stage::Offer(draft);
        }
        form
    }

    /// A form that goes on with a draft.
    pub fn resumed(operation: &'static Operation, draft: &Draft, cx: &Cx<'_>) -> Form {
        let about = About::of(operation, draft.record, cx);
        // Filled with what is in it, so that no draft is offered.
        let filled: Vec<(&str, String)> =
            draft.fields.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
        let mut form = Form::new(operation, about, &filled, cx);
        form.draft = Some(draft.form.clone());
        form.go_on(&draft.fields, cx);
        form
    }

    fn go_on(&mut self, draft: &[(String, String)], cx: &Cx<'_>) {
        self.stage = Stage::Filling;
        if self.operation.is_late() && draft.iter().any(|(name, _)| name == AT.name) {
            self.set_late(true);
        }
        self.fields.fill(draft, cx);
        self.kept = self.fields.texts();
    }

    /// What stands in it, in a few words: records by their names.
    pub fn summary(&self, cx: &Cx<'_>) -> String {
        let texts = self.fields.texts();
        let called = |name: &str| {
            let (_, text) = texts.iter().find(|(of, _)| of == name)?;
            text.parse::<Id>().ok().map(|id| cells::name(id, cx.desk, cx.lang))
        };
        let words = self.in_words(&texts, cx).into_iter();
        let texts = words.map(|(name, text)| called(&name).unwrap_or_else(|| text.replace('\n', " ")));
        let about = Some(self.about.named.clone()).filter(|named| !named.is_empty());
        about.into_iter().chain(texts).take(3).collect::<Vec<_>>().join(cx.lang.pick("、", ", "))
    }

    /// The fields of a draft as people call what is in them: no numbers of records, days by the calendar.
    fn in_words(&self, draft: &[(String, String)], cx: &Cx<'_>) -> Vec<(String, String)> {
        let text_of = |name: &str| draft.iter().find(|(of, _)| of == name).map(|(_, text)| text.as_str());
        let zone = text_of("zone").unwrap_or_default();
        let said = |(name, text): &(String, String)| {
            let field = self.fields.slot(name).map(|slot| slot.field).or((name == AT.name).then_some(AT))?;
            let mut slot = FormField::new(field);
            slot.refine(text_of("field"));
            slot.edit.set(text);
            slot.read(zone, cx);
            let typed = matches!(slot.field.kind, Kind::Date | Kind::Stamp);
            let picked = matches!(slot.way(), Filling::Short | Filling::Records);
            let echoed = (typed || picked) && !slot.echo.is_empty();
            Some((name.clone(), if echoed { slot.echo } else { text.clone() }))
        };
        draft.iter().filter_map(said).collect()
    }

    /// The name under which the first draft of this form about this record is kept.
    fn first_name(&self) -> String {
        draft_name(self.operation.command, self.about.record)
    }

    /// Throws its own draft away, if it has one.
    fn drop_draft(&self) -> Effect {
        self.draft.clone().map_or(Effect::Stay, Effect::DropDraft)
    }

    /// All fields that hold something, with the one the record fills.
    fn whole(&self) -> Vec<(String, String)> {
        let mut texts: Vec<(String, String)> = self.about.fills.iter().cloned().collect();
        texts.extend(self.fields.texts());
        texts
    }

    /// Keeps the draft if something changed. If power fails after this, the draft is on the disk.
    fn keep(&mut self, cx: &Cx<'_>) -> Effect {
        match self.draft(cx.desk) {
            Ok(Some((name, texts))) => Effect::KeepDraft(name, texts),
            Ok(None) => Effect::Stay,
            Err(failure) => cx.trouble(&failure),
        }
    }

    fn set_late(&mut self, late: bool) {
        self.late = late;
        if late {
            self.fields.slots.insert(0, FormField::new(AT));
            self.fields.focus = 0;
        } else {
            self.fields.slots.retain(|slot| slot.field.name != AT.name);
            self.fields.focus = self.fields.focus.saturating_sub(1);
        }
    }

    fn toggle_late(&mut self, cx: &Cx<'_>) -> Effect {
        if !self.operation.is_late() {
            return Effect::Say(Message::note(cx.say(ui::TOO_LATE)));
        }
        self.set_late(!self.late);
        Effect::Say(Message::note(cx.say(if self.late { ui::LATE_ON } else { ui::LATE_OFF })))
    }

    fn submit(&mut self, cx: &Cx<'_>) -> Effect {
        self.fields.leave(self.fields.focus, cx);
        let kept = self.keep(cx);
        for slot in &mut self.fields.slots {
            slot.problem = None;
        }
        let next = match declared::order(self.operation, &self.whole(), self.late, cx) {
            Err(problems) => {
                let other = self.fields.show(&problems, cx);
                Effect::Say(Message::wrong(other.unwrap_or_else(|| cx.say(ui::FIX_FIELDS).to_owned())))
            }
            Ok(_)
                if self.operation.opens.is_confirmed()
                    && let Some(failure) = self.fails_already(cx) =>
            {
                self.blame(&failure, cx)
            }
            Ok(order) if self.operation.opens.is_confirmed() => {
                let about = About { fills: None, ..self.about.clone() };
                let lines = self.lines(cx).into_iter().chain(self.about.ends.iter().cloned()).collect();
                let confirm = Confirm::of_order(self.operation, about, lines, order, self.draft.clone(), cx);
                Effect::Open(Box::new(confirm))
            }
            Ok(order) => Effect::Slowly(Box::new(Effect::Execute(Box::new(order)))),
        };
        Effect::Many(vec![kept, next])
    }

    /// Why what was typed cannot be done, where that is plain before anybody is asked to confirm it: a record or
    /// an entry of that number is not there, or not in the state for it.
    fn fails_already(&self, cx: &Cx<'_>) -> Option<Failure> {
        let typed =
            |kind| self.fields.slots.iter().find(|slot| slot.field.kind == kind).map(|slot| &slot.edit);
        let record =
            typed(Kind::Record).and_then(|edit| edit.text().trim().parse().ok()).or(self.about.record);
        if let Err(failure) = cx.desk.available(self.operation.command, record) {
            return Some(failure);
        }
        let entry = typed(Kind::Entry).and_then(|edit| entry_number(edit.text()))?;
        let is_there = (1..=cx.desk.last_entry().0).contains(&entry);
        (!is_there)
            .then(|| Failure::Rejected(Code::FieldInvalid.with("field", "entry").and("value", entry), None))
    }

    /// Says why not, with the cursor on the field that it is about.
    fn blame(&mut self, failure: &Failure, cx: &Cx<'_>) -> Effect {
        if let Some(field) = at_fault(failure, &self.fields.slots, cx) {
            self.fields.focus = field;
        }
        cx.trouble(failure)
    }

    /// What was filled in, as labels and words.
    fn lines(&self, cx: &Cx<'_>) -> Vec<(String, String)> {
        let filled = self.fields.slots.iter().filter(|slot| !slot.edit.text().is_empty());
        filled
            .map(|slot| {
                let said = match slot.way() {
                    Filling::Short | Filling::Records => slot.echo.clone(),
                    Filling::Line
                        if matches!(slot.field.kind, Kind::Record | Kind::RefOf(_))
                            && !slot.echo.is_empty() =>
                    {
                        format!("{} {}", slot.edit.text(), slot.echo)
                    }
                    Filling::Line if slot.field.kind == Kind::Entry && !slot.echo.is_empty() => {
                        slot.echo.clone()
                    }
                    Filling::Line | Filling::Block => slot.edit.text().to_owned(),
                };
                (cx.say(slot.field.label).to_owned(), said)
            })
            .collect()
    }

    fn offered(&mut self, action: &Action, cx: &Cx<'_>) -> Effect {
        let Stage::Offer(draft) = &self.stage else { return Effect::Stay };
        match action {
            Action::Nth(0) | Action::Enter => {
                let draft = draft.clone();
                self.go_on(&draft, cx);
                Effect::Stay
            }
            Action::Nth(_) => {
                self.stage = Stage::Filling;
                self.drop_draft()
            }
            Action::Esc => Effect::Close,
            _ => Effect::Stay,
        }
    }

    fn hint(&self) -> Words {
        let Some(slot) = self.fields.slots.get(self.fields.focus) else { return self.operation.doc };
        let caution = slot.field.caution.filter(|caution| caution.is_about(slot.edit.text()));
        caution.map_or(slot.field.help, Caution::words)
    }
}

impl Screen for Form {
    fn title(&self, lang: Lang) -> String {
        lang.of(self.operation.title).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        if matches!(self.stage, Stage::Offer(_)) {
            let go_on = &[(Key::Char('1'), Action::Nth(0)), (Key::Enter, Action::Enter)];
            return vec![
                Bind::many(go_on, lang.of(ui::DRAFT_CONTINUE)),
                Bind::one(Key::Char('2'), Action::Nth(1), lang.of(ui::DRAFT_NEW)),
                keymap::back(lang),
            ];
        }
        let submit = &[(Key::F(10), Action::Submit), (Key::Ctrl('s'), Action::Submit)];
        let mut binds = vec![Bind::many(submit, lang.of(ui::SUBMIT))];
        binds.extend(self.fields.binds(lang));
        if self.operation.is_late() {
            binds.push(Bind::one(Key::F(6), Action::Late, lang.of(ui::LATE)));
        }
        binds.push(Bind::one(Key::F(8), Action::Discard, lang.of(ui::DISCARD)));
        binds.push(Bind::one(Key::Esc, Action::Esc, lang.of(ui::LEAVE_DRAFT)));
        binds
    }

    fn takes_text(&self) -> bool {
        self.stage == Stage::Filling && !self.fields.on_button()
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        if matches!(self.stage, Stage::Offer(_)) {
            return self.offered(&action, cx);
        }
        let asked = std::mem::take(&mut self.discarding);
        match action {
            Action::Esc => {
                self.fields.leave(self.fields.focus, cx);
                let mut effects = vec![self.keep(cx), Effect::Close];
                if !self.fields.texts().is_empty() {
                    effects.push(Effect::Say(Message::note(cx.say(ui::DRAFT_KEPT))));
                }
                Effect::Many(effects)
            }
            Action::Submit => self.submit(cx),
            Action::Enter if self.fields.on_button() => self.submit(cx),
            Action::Late => self.toggle_late(cx),
            Action::Discard if !asked && !self.fields.texts().is_empty() => {
                self.discarding = true;
                Effect::Say(Message::note(cx.say(ui::DISCARD_ASK)))
            }
            Action::Discard => Effect::Many(vec![
                self.drop_draft(),
                Effect::Close,
                Effect::Say(Message::note(cx.say(ui::DRAFT_DROPPED))),
            ]),
            other => {
                let focus = self.fields.focus;
                let moved = self.fields.on(&other, cx);
                let kept = if focus == self.fields.focus { Effect::Stay } else { self.keep(cx) };
                Effect::Many(vec![kept, moved])
            }
        }
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        if matches!(self.stage, Stage::Offer(_)) {
            return Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE))));
        }
        let scanned = self.fields.scan(scanned, cx)?;
        Some(Effect::Many(vec![self.keep(cx), scanned]))
    }

    fn given(&mut self, values: Vec<String>, cx: &Cx<'_>) -> Effect {
        self.fields.given(&values, cx);
        self.keep(cx)
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) => recorded(self.operation, &receipt, self.draft.clone(), cx),
            Err(Failure::Malformed(problems)) => {
                let other = self.fields.show(&problems, cx);
                Effect::Say(Message::wrong(other.unwrap_or_else(|| cx.say(ui::FIX_FIELDS).to_owned())))
            }
            Err(failure) => self.blame(&failure, cx),
        }
    }

    fn refresh(&mut self, cx: &Cx<'_>) {
        self.fields.read(cx);
    }

    fn draft(&mut self, desk: &Desk) -> Result<Option<Kept>, Failure> {
        let texts = self.fields.texts();
        if self.stage != Stage::Filling || texts == self.kept {
            return Ok(None);
        }
        let name = match self.draft.take() {
            Some(own) => own,
            None => desk.free_draft_name(&self.first_name())?,
        };
        self.draft = Some(name.clone());
        self.kept.clone_from(&texts);
        Ok(Some((name, texts)))
    }

    fn register(&self) -> Option<&'static str> {
        Some(self.operation.register)
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let foot = 3usize.min(height / 3);
        let mut head = 0usize;
        if !self.about.named.is_empty() {
            sheet.put(0, 2, width.saturating_sub(4), &self.about.named, theme.label);
            head = 1;
        }
        // The fields need a few rows; what is judged gets the others.
        let most = height.saturating_sub(foot).saturating_sub(LEAST_FIELDS);
        for (label, text) in &self.about.says {
            let lines = wrap(text, width.saturating_sub(LABEL + 6).max(1));
            for (n, line) in lines.iter().take(MOST_TOLD).enumerate() {
                if head >= most {
                    break;
                }
                let label = if n == 0 { label.as_str() } else { "" };
                let more = n.saturating_add(1) == MOST_TOLD && lines.len() > MOST_TOLD;
                let line = if more { format!("{line}{CUT}") } else { line.clone() };
                sheet.put(head, 2, LABEL, label, theme.dim);
                sheet.put(head, LABEL + 3, width.saturating_sub(LABEL + 4), &line, theme.plain);
                head = head.saturating_add(1);
            }
        }
        let room = height.saturating_sub(foot).saturating_sub(head);
        let active = self.stage == Stage::Filling;
        self.fields.draw(&mut sheet.part(head, 0, room, width), lang.of(ui::SUBMIT_BUTTON), active);
        let lines = wrap(lang.of(self.hint()), width.saturating_sub(4).max(1));
        for (n, line) in lines.iter().take(foot.saturating_sub(1)).enumerate() {
            let row = height.saturating_sub(foot).saturating_add(n).saturating_add(1);
            sheet.put(row, 2, width.saturating_sub(4), line, theme.dim);
        }
        if let Stage::Offer(draft) = &self.stage {
            let rows = draft.len().min(5).saturating_add(2);
            let mut panel = sheet.panel(lang.of(ui::DRAFT_FOUND), rows, 64.min(width.saturating_sub(4)));
            let wide = panel.width();
            panel.put(0, 0, wide, lang.of(ui::DRAFT_ASK), theme.plain);
            for (n, (name, text)) in draft.iter().take(5).enumerate() {
                let field = self.fields.slot(name).map(|slot| slot.field).or((name == AT.name).then_some(AT));
                let label = field.map_or(name.as_str(), |field| lang.of(field.label));
                let said = self.offer.iter().find(|(of, _)| of == name).map_or(text, |(_, said)| said);
                let line = format!("{label}: {}", said.replace('\n', " "));
                panel.put(n.saturating_add(2), 0, wide, &line, theme.dim);
            }
            panel.cursor(0, 0);
        }
    }
}

/// What is shown when a command went through: a short message, and what must be written down once.
pub fn recorded(operation: &Operation, receipt: &Receipt, draft: Option<String>, cx: &Cx<'_>) -> Effect {
    let id = match receipt.id {
        Some(id) if id.noun.filing().tagged => format!("{} ", cells::named(id, cx.desk, cx.lang)),
        Some(id) => format!("{id} "),
        None => String::new(),
    };
    let mut said = format!(
        "{}: {} ({id}{} #{})",
        cx.say(ui::RECORDED),
        cx.say(operation.title),
        cx.say(ui::ENTRY),
        receipt.seq
    );
    if !receipt.contradicts.is_empty() {
        let visits = Id::list(&receipt.contradicts);
        said = format!("{said}  {}: {visits}", cx.say(ui::CONTRADICTS));
    }
    let mut effects: Vec<Effect> = draft.map(Effect::DropDraft).into_iter().collect();
    effects.push(Effect::Close);
    if let Some(password) = &receipt.temporary_password {
        effects.push(Effect::Open(Box::new(shown_once(operation, receipt.id, password, cx))));
    }
    effects.push(Effect::Say(Message::done(said)));
    Effect::Many(effects)
}

/// A temporary password with whose it is and what the new one must be, and the slip on which it is handed over.
fn shown_once(operation: &Operation, user: Option<Id>, password: &str, cx: &Cx<'_>) -> TextPage {
    let whose = user.and_then(|id| cx.desk.row(id));
    let login = whose.as_ref().and_then(|row| row.name()).unwrap_or_default().to_owned();
    let rules = cx.desk.password_rules("", "").into_iter();
    let rules: Vec<String> = rules.map(|rule| cx.lang.pick(&rule.ja, &rule.en).to_owned()).collect();
    let mut parts = vec![
        Part::Item(cx.say(ui::ONCE_ID).to_owned(), login.clone()),
        Part::Item(cx.say(ui::ONCE_TITLE).to_owned(), password.to_owned()),
        Part::Text(cx.say(ui::ONCE_TEXT).to_owned()),
        Part::Head(cx.say(ui::ONCE_RULES).to_owned()),
    ];
    parts.extend(rules.iter().cloned().map(Part::Text));
    let people = whose.map(|row| row.about()).unwrap_or_default();
    let now = cx.desk.now();
    let slip = Slip {
        person: cells::names(&people, cx.desk, cx.lang),
        login: login.clone(),
        password: password.to_owned(),
        rules,
        by: cells::name(cx.desk.actor().person, cx.desk, cx.lang),
    };
    let slip = Writing {
        name: format!("slip-{login}-{}.txt", now.format("%Y%m%d-%H%M")),
        bytes: slip.text(now, cx.lang).into_bytes(),
        register: operation.register.to_owned(),
        how: "print",
        rows: 1,
        filters: user.map(|id| id.to_string()).unwrap_or_default(),
        note: cx.say(ui::SLIP_WRITTEN).to_owned(),
    };
    TextPage::once(cx.say(ui::ONCE_TITLE).to_owned(), parts, slip, cx.now)
}
