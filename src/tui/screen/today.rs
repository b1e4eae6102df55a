//! Today (本日): what is open now. A scan acts at once; each line opens the place where it is settled.

use super::{
    Form, Inside, Leave, List, Pick, WrongPerson, may_correct, may_scan, passed, scanned as read_at_desk,
};
use crate::desk::declare::{cells, operation};
use crate::desk::{Draft, Failure, Lang, ListQuery, Lookup, Receipt, TodayLine, Welcome};
use crate::domain::Id;
use crate::text::width::{cells as width_of, pad_left, wrap};
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen};
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// A line as it is shown.
struct Shown {
    title: String,
    count: Option<usize>,
    urgent: bool,
    names: String,
    opens: Opens,
}

/// Where a line leads.
enum Opens {
    Inside,
    List(ListQuery),
    Draft(Draft),
}

impl Shown {
    fn line(line: TodayLine, cx: &Cx<'_>) -> Shown {
        let names: Vec<String> = line.records.iter().take(3).map(|id| short_name(*id, cx)).collect();
        Shown {
            title: cx.say(line.title).to_owned(),
            count: Some(line.count),
            urgent: line.urgent,
            names: names.join(cx.lang.pick("、", ", ")),
            opens: match line.name {
                // The list of who is inside says what is to be looked at.
                "inside" | "to_check" => Opens::Inside,
                _ => Opens::List(line.opens),
            },
        }
    }

    /// A draft of this person; `None` where this release has no such form.
    fn draft(draft: Draft, cx: &Cx<'_>) -> Option<Shown> {
        let operation = operation(&draft.command)?;
        Some(Shown {
            title: format!("{}: {}", cx.say(ui::DRAFT), cx.say(operation.title)),
            count: None,
            urgent: false,
            names: Form::resumed(operation, &draft, cx).summary(cx),
            opens: Opens::Draft(draft),
        })
    }
}

/// The first screen after login.
pub struct Today {
    lines: Vec<Shown>,
    trouble: Option<String>,
    notes: Vec<(String, bool)>,
    welcome: Welcome,
    last: String,
    code: Edit,
    selected: usize,
    /// A visit was recorded here whose person can be corrected.
    corrects: bool,
    /// This person's roles let people in or out: a code can be scanned or typed.
    scans: bool,
}

impl Today {
    /// After login.
    pub fn new(welcome: &Welcome, cx: &Cx<'_>) -> Today {
        let mut today = Today {
            lines: Vec::new(),
            trouble: None,
            notes: Vec::new(),
            welcome: welcome.clone(),
            last: String::new(),
            code: Edit::line(""),
            selected: 0,
            corrects: false,
            scans: false,
        };
        today.read(cx);
        today
    }

    fn read(&mut self, cx: &Cx<'_>) {
        match cx.desk.today().and_then(|lines| Ok((lines, cx.desk.drafts()?))) {
            Ok((lines, drafts)) => {
                self.trouble = None;
                self.lines = lines.into_iter().map(|line| Shown::line(line, cx)).collect();
                self.lines.extend(drafts.into_iter().filter_map(|draft| Shown::draft(draft, cx)));
            }
            Err(failure) => self.trouble = Some(crate::tui::declared::said(&failure, cx.desk, cx.lang)),
        }
        self.selected = self.selected.min(self.lines.len().saturating_sub(1));
        self.scans = may_scan(cx);
        self.corrects = self.scans && may_correct(cx);
        self.last = said_entry(&cx.desk.last_entry(), cx);
        self.notes = welcome_notes(&self.welcome, cx);
    }

    fn open(&self, cx: &Cx<'_>) -> Effect {
        let Some(shown) = self.lines.get(self.selected) else { return Effect::Stay };
        match &shown.opens {
            Opens::Inside => match Inside::new(None, cx) {
                Ok(inside) => Effect::Open(Box::new(inside)),
                Err(failure) => cx.trouble(&failure),
            },
            Opens::List(query) => match List::with(query.clone(), cx) {
                Some(list) => Effect::Open(Box::new(list)),
                None => Effect::Stay,
            },
            Opens::Draft(draft) => match operation(&draft.command) {
                Some(operation) => Effect::Open(Box::new(Form::resumed(operation, draft, cx))),
                None => Effect::Stay,
            },
        }
    }
}

/// A record in one word: its name, or that of the first whom it is about; of a record about a record, of whom that one is.
fn short_name(id: Id, cx: &Cx<'_>) -> String {
    let about = |id: Id| cx.desk.row(id).filter(|_| !id.noun.filing().named)?.about().first().copied();
    let whom = about(id).unwrap_or(id);
    cx.desk.name(about(whom).unwrap_or(whom))
}

fn said_entry((seq, time, root): &(u64, crate::domain::Stamp, String), cx: &Cx<'_>) -> String {
    format!("#{seq} {} {} {root}", cells::stamp(*time, cx.lang), cx.say(ui::ROOT))
}

/// What a person is told at login; `true` where it wants attention.
fn welcome_notes(welcome: &Welcome, cx: &Cx<'_>) -> Vec<(String, bool)> {
    let before = said_entry(&welcome.last_entry, cx);
    // The first digits: enough to see at a glance that it is another vault. The sheet has more of them.
    let known = cx.desk.root_at(1).map(|root| root.chars().take(8).collect::<String>()).unwrap_or_default();
    let before = format!("{}: {before} {} {known}", cx.say(ui::BEFORE_LOGIN), cx.say(ui::FINGERPRINT));
    let mut notes = vec![(before, false)];
    // First of what wants attention, and for as long as it is so: asked of the disk each time.
    if let Some(low) = cx.desk.low_disk() {
        let wide = cx.width.saturating_sub(width_of(cx.say(ui::URGENT))).saturating_sub(5).max(1);
        let lines = crate::desk::say_low_disk(&low, cx.lang).into_iter().flat_map(|text| wrap(&text, wide));
        notes.extend(lines.map(|line| (line, true)));
    }
    if cx.desk.differs().is_some() {
        notes.push((crate::desk::say_warning("books_differ", cx.lang), true));
    }
    if welcome.failed_before > 0 {
        let count = cx.say(ui::COUNT);
        notes.push((format!("{}: {} {count}", cx.say(ui::FAILED_BEFORE), welcome.failed_before), true));
    }
    if welcome.clock_unconfirmed {
        notes.push((cx.say(ui::CLOCK_UNCONFIRMED).to_owned(), true));
    }
    if let Some(torn) = &welcome.torn_tail {
        let torn = crate::desk::say_detail(torn, cx.lang);
        notes.push((format!("{}: {torn}", cx.say(ui::TORN_TAIL)), true));
    }
    if let Some(upgraded) = &welcome.upgraded {
        notes.extend(crate::desk::say_upgraded(upgraded, cx.lang).map(|line| (line, true)));
    }
    for warning in welcome.warnings.iter().filter(|name| cx.desk.still_warns(name)) {
        notes.push((crate::desk::say_warning(warning, cx.lang), true));
    }
    notes
}

impl Screen for Today {
    fn title(&self, lang: Lang) -> String {
        lang.of(ui::TODAY).to_owned()
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::OPEN)),
            Bind::one(Key::F(3), Action::Registers, lang.of(ui::REGISTERS)),
            keymap::moving(lang),
            Bind::one(Key::F(10), Action::Quit, lang.of(ui::LOG_OUT)),
        ];
        if self.scans {
            binds.push(keymap::editing(lang));
            binds.push(Bind::one(Key::Esc, Action::Esc, lang.of(ui::CANCEL_KEY)));
        }
        if self.corrects {
            binds.insert(2, Bind::one(Key::F(7), Action::WrongPerson, lang.of(ui::WRONG_PERSON)));
        }
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = self.lines.len().saturating_sub(1);
        match action {
            Action::Enter if !self.code.text().trim().is_empty() => {
                let code = self.code.text().trim().to_owned();
                self.code.clear();
                return read_at_desk(&crate::text::scan::fold_code(&code), cx);
            }
            Action::Enter => return self.open(cx),
            Action::Esc => self.code.clear(),
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = self.selected.saturating_add(1).min(last),
            Action::PageUp => self.selected = 0,
            Action::PageDown => self.selected = last,
            Action::Registers => return Effect::Open(Box::new(Pick::registers(cx))),
            Action::WrongPerson => return WrongPerson::of_the_last(cx),
            Action::Quit => return Effect::Open(Box::new(Leave::logging_out(cx))),
            other => {
                super::edit_action(&mut self.code, &other);
            }
        }
        Effect::Stay
    }

    fn takes_text(&self) -> bool {
        self.scans
    }

    fn awaits_scan(&self) -> bool {
        self.scans
    }

    fn scan(&mut self, scanned: &Scanned, cx: &Cx<'_>) -> Option<Effect> {
        if !self.scans {
            return Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_YOURS))));
        }
        self.code.clear();
        Some(read_at_desk(&scanned.code, cx))
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) => passed(&receipt, cx),
            Err(failure) => cx.trouble(&failure),
        }
    }

    fn refresh(&mut self, cx: &Cx<'_>) {
        self.read(cx);
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let mut row = 0usize;
        let (shown, more) = notes_that_fit(self.notes.len(), height);
        for (note, urgent) in self.notes.iter().take(shown) {
            let (text, style) = if *urgent {
                (format!("[{}] {note}", lang.of(ui::URGENT)), theme.urgent)
            } else {
                (note.clone(), theme.dim)
            };
            sheet.put(row, 1, width.saturating_sub(2), &text, style);
            row = row.saturating_add(1);
        }
        if more > 0 {
            let text =
                format!("[{}] {} {more} {}", lang.of(ui::URGENT), lang.of(ui::AND_MORE), lang.of(ui::COUNT));
            sheet.put(row, 1, width.saturating_sub(2), &text, theme.urgent);
            row = row.saturating_add(1);
        }
        row = row.saturating_add(1);
        let foot = height.saturating_sub(2);
        if let Some(trouble) = &self.trouble {
            sheet.flow(row, 1, width.saturating_sub(2), trouble, theme.urgent);
        } else if self.lines.is_empty() {
            sheet.put(row, 1, width, lang.of(ui::TODAY_QUIET), theme.plain);
        }
        let room = foot.saturating_sub(row).saturating_sub(1).max(1);
        let top = window(0, self.selected, room);
        for (n, shown) in self.lines.iter().enumerate().skip(top).take(room) {
            let y = n.saturating_sub(top).saturating_add(row);
            let selected = n == self.selected;
            let look = match (selected, shown.urgent) {
                (true, _) => theme.selected,
                (false, true) => theme.urgent,
                (false, false) => theme.plain,
            };
            if selected {
                sheet.bar(y, 0, "", look);
            }
            let mark = if shown.urgent { lang.of(ui::URGENT) } else { "" };
            sheet.put(y, 1, 7, mark, look);
            let title = if sheet.compact() { 30 } else { 41 };
            sheet.put(y, 9, title, &shown.title, look);
            let said = |count: usize| format!("{} {}", pad_left(&count.to_string(), 4), lang.of(ui::COUNT));
            let count = shown.count.map(said).unwrap_or_default();
            let at = title.saturating_add(10);
            sheet.put(y, at, 8, &count, look);
            let names = at.saturating_add(9);
            sheet.put(y, names, width.saturating_sub(names).saturating_sub(1), &shown.names, look);
            if selected {
                sheet.cursor(y, 0);
            }
        }
        let below = self.lines.len().saturating_sub(top.saturating_add(room));
        if below > 0 {
            let text = format!(
                "{} ({} {below} {})",
                lang.of(ui::MORE_BELOW),
                lang.of(ui::AND_MORE),
                lang.of(ui::COUNT)
            );
            sheet.put(foot.saturating_sub(1), 9, width.saturating_sub(10), &text, theme.dim);
        }
        if self.scans {
            let label = format!(" {}: ", lang.of(ui::CODE_LINE));
            let column = width_of(&label);
            sheet.put(foot, 0, column, &label, theme.label);
            let typing = sheet.is_typing(&self.code) || self.lines.is_empty();
            sheet.edit(foot, column, (1, 30), &self.code, typing);
        }
        let last = format!(" {}: {}", lang.of(ui::LAST_ENTRY), self.last);
        sheet.put(foot.saturating_add(1), 0, width, &last, theme.dim);
    }
}

/// How many of so many notes are shown on a screen of so many rows, and how many are only counted, in a line of its own:
/// nobody is to believe that a note that found no room is not there.
fn notes_that_fit(count: usize, height: usize) -> (usize, usize) {
    let room = height.checked_div(3).unwrap_or_default().max(3);
    let shown = if count > room { room.saturating_sub(1) } else { count };
    (shown, count.saturating_sub(shown))
}

#[cfg(test)]
mod tests {
    use super::notes_that_fit;

    #[test]
    fn a_note_that_finds_no_room_is_counted() {
        for height in [0, 1, 10, 19, 24, 60] {
            for count in 0..40 {
                let (shown, more) = notes_that_fit(count, height);
                assert_eq!(shown + more, count, "{count} notes in {height} rows");
                assert!(
                    shown + usize::from(more > 0) <= (height / 3).max(3),
                    "{count} notes in {height} rows"
                );
                assert_ne!(more, 1, "one alone stands there itself: {count} notes in {height} rows");
            }
        }
    }
}
