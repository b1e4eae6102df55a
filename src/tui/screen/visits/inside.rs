//! Who is inside, now or at a moment. One key away from every screen; one more writes it as plain text.

use super::desk_scan::{may_scan, passed, scanned};
use super::{WrongPerson, may_correct};
use crate::desk::declare::{cells, register, standing};
use crate::desk::{AsOf, Failure, Lang, Lookup, Present, Receipt};
use crate::domain::{Id, Row, Stamp, visit_overdue};
use crate::paper::plain::inside_sheet;
use crate::text::width::cells as width_of;
use crate::tui::edit::Edit;
use crate::tui::input::{Key, Scanned};
use crate::tui::keymap::{self, Action, Bind};
use crate::tui::model::{Cx, Effect, Message, Screen, Writing};
use crate::tui::screen::{AskWhen, Detail};
use crate::tui::view::{Sheet, window};
use crate::tui::words::ui;

/// A person inside, as shown: since when, who, of which company, where, badge, remarks with the escort.
struct Line {
    visit: Id,
    person: Id,
    texts: [String; 6],
    /// Something about it is to be looked at: the remarks say what.
    urgent: bool,
}

/// The list.
pub struct Inside {
    moment: Option<Stamp>,
    lines: Vec<Line>,
    code: Edit,
    selected: usize,
    when: String,
    /// A visit was recorded here whose person can be corrected.
    corrects: bool,
    /// This person's roles let people in or out: a code can be scanned or typed.
    scans: bool,
}

/// Widths of the columns; the last takes what is left.
const WIDTHS: [usize; 6] = [11, 14, 16, 14, 7, 0];

impl Inside {
    /// Now, or at a past moment.
    ///
    /// # Errors
    /// What the desk says.
    pub fn new(moment: Option<Stamp>, cx: &Cx<'_>) -> Result<Inside, Failure> {
        let mut inside = Inside {
            moment,
            lines: Vec::new(),
            code: Edit::line(""),
            selected: 0,
            when: String::new(),
            corrects: false,
            scans: false,
        };
        inside.read(cx)?;
        Ok(inside)
    }

    fn read(&mut self, cx: &Cx<'_>) -> Result<(), Failure> {
        let found = match self.moment {
            Some(moment) => cx.desk.inside_at(moment)?,
            None => cx.desk.inside()?,
        };
        let at = self.seen(cx)?;
        self.lines = found.iter().map(|presence| line(presence, self.moment, &*at, cx.lang)).collect();
        self.selected = self.selected.min(self.lines.len().saturating_sub(1));
        self.scans = self.moment.is_none() && may_scan(cx);
        self.corrects = self.scans && may_correct(cx);
        self.when = cells::stamp(at.now(), cx.lang);
        Ok(())
    }

    /// What the words are judged by.
    fn seen<'d>(&self, cx: &Cx<'d>) -> Result<Box<dyn Lookup + 'd>, Failure> {
        match self.moment {
            Some(moment) => cx.desk.seen_at(moment),
            None => cx.desk.seen(None),
        }
    }

    fn print(&self, cx: &Cx<'_>) -> Effect {
        let found = match self.moment {
            Some(moment) => cx.desk.inside_at(moment),
            None => cx.desk.inside(),
        };
        let (people, at) = match found.and_then(|people| Ok((people, self.seen(cx)?))) {
            Ok(found) => found,
            Err(failure) => return cx.trouble(&failure),
        };
        let asked = at.now();
        let sheet = inside_sheet(&people, &*at, asked, &cx.desk.last_entry(), cx.lang);
        let (name, register, filters) = match self.moment {
            Some(_) => ("inside-at", "inside_at", self.when.clone()),
            None => ("inside", "inside", String::new()),
        };
        Effect::Write(Box::new(Writing {
            name: format!("{name}-{}.txt", asked.format("%Y%m%d-%H%M")),
            bytes: sheet.into_bytes(),
            register: register.to_owned(),
            how: "print",
            rows: people.len(),
            filters,
            note: String::new(),
        }))
    }
}

fn heads(lang: Lang) -> [&'static str; 6] {
    match lang {
        Lang::Ja => ["入室", "氏名", "会社・所属", "区画", "バッジ", "備考"],
        Lang::En => ["Since", "Person", "Company", "Zone", "Badge", "Remarks"],
    }
}

fn line(presence: &Present, moment: Option<Stamp>, at: &dyn Lookup, lang: Lang) -> Line {
    let now = at.now();
    let visit = &presence.visit;
    let name = |id: Id| cells::name(id, at, lang);
    let since = if visit.came.date_naive() == now.date_naive() {
        visit.came.format("%H:%M").to_string()
    } else {
        visit.came.format("%m/%d %H:%M").to_string()
    };
    let belongs = match (visit.company, at.row(visit.person)) {
        (Some(company), _) => name(company),
        (None, Some(Row::Person(person))) => person.organisation,
        _ => String::new(),
    };
    let mut remarks = standing::say_concerns(&presence.concerns, lang);
    let urgent = !remarks.is_empty();
    let uncertain = presence.uncertain || (moment.is_none() && visit_overdue(visit, at.now(), at.profile()));
    if uncertain {
        remarks.push(lang.of(ui::UNCERTAIN).to_owned());
    }
    match (visit.outsider, visit.escorts.last()) {
        // Only outsiders are escorted.
        (true, Some((_, escort))) => remarks.push(format!("{} {}", lang.of(ui::ESCORT), name(*escort))),
        (true, None) => remarks.push(format!("{} {}", lang.of(ui::OUTSIDER), lang.of(ui::NO_ESCORT))),
        (false, _) if visit.is_from_outside() => remarks.push(lang.of(ui::OUTSIDER).to_owned()),
        (false, _) => {}
    }
    remarks.push(cells::purpose(&visit.purpose, at, lang));
    let badge = visit.badge.or(visit.card).map(name).unwrap_or_default();
    let zone = cells::zone(&visit.zone, at, lang);
    let texts = [since, name(visit.person), belongs, zone, badge, remarks.join(" ")];
    Line { visit: visit.id, person: visit.person, texts, urgent: urgent || uncertain }
}

/// A visit as it stood at a moment: after the last entry about it that had happened by then. What was corrected to
/// another person since is in the list as it is known now, and so it is opened as it stands now.
fn detail_at(line: &Line, moment: Stamp, cx: &Cx<'_>) -> Option<Detail> {
    let visits = register("visits")?;
    let history = cx.desk.history(line.visit, cx.lang).unwrap_or_default();
    let last = history.iter().rfind(|entry| entry.at.unwrap_or(entry.time) <= moment);
    let then = last.map(|entry| AsOf::Entry(entry.seq)).filter(|as_of| {
        let row = cx.desk.record(line.visit, Some(*as_of));
        matches!(row, Ok(Some(Row::Visit(visit))) if visit.person == line.person)
    });
    match then {
        Some(_) => Detail::new(visits, line.visit, then, cx),
        None => Detail::new(visits, line.visit, None, cx).map(Detail::known_only_now),
    }
}

impl Screen for Inside {
    fn title(&self, lang: Lang) -> String {
        match self.moment {
            Some(_) => format!("{} [{} {}]", lang.of(ui::INSIDE_AT), lang.of(ui::READ_ONLY), self.when),
            None => lang.of(ui::INSIDE_TITLE).to_owned(),
        }
    }

    fn binds(&self, lang: Lang) -> Vec<Bind> {
        let mut binds = vec![
            Bind::one(Key::Enter, Action::Enter, lang.of(ui::DETAIL)),
            Bind::one(Key::F(9), Action::Print, lang.of(ui::PRINT)),
            Bind::one(Key::F(6), Action::Moment, lang.of(ui::MOMENT)),
            keymap::moving(lang),
        ];
        if self.corrects {
            binds.push(Bind::one(Key::F(7), Action::WrongPerson, lang.of(ui::WRONG_PERSON)));
        }
        if self.scans {
            binds.push(keymap::editing(lang));
        }
        binds.push(keymap::back(lang));
        binds
    }

    fn on(&mut self, action: Action, cx: &Cx<'_>) -> Effect {
        let last = self.lines.len().saturating_sub(1);
        match action {
            Action::Enter if !self.code.text().trim().is_empty() => {
                let code = crate::text::scan::fold_code(self.code.text());
                self.code.clear();
                return scanned(&code, cx);
            }
            Action::Enter => {
                let Some(line) = self.lines.get(self.selected) else {
                    return crate::tui::screen::not_selected(cx);
                };
                let detail = match self.moment {
                    Some(moment) => detail_at(line, moment, cx),
                    None => register("visits").and_then(|visits| Detail::new(visits, line.visit, None, cx)),
                };
                return match detail {
                    Some(detail) => Effect::Open(Box::new(detail)),
                    None => Effect::Say(Message::wrong(cx.say(ui::NO_RECORD))),
                };
            }
            Action::Esc if !self.code.text().is_empty() => self.code.clear(),
            Action::Esc => return Effect::Close,
            Action::Up => self.selected = self.selected.saturating_sub(1),
            Action::Down => self.selected = self.selected.saturating_add(1).min(last),
            Action::PageUp => self.selected = self.selected.saturating_sub(10),
            Action::PageDown => self.selected = self.selected.saturating_add(10).min(last),
            Action::Print => return self.print(cx),
            Action::Moment => return Effect::Open(Box::new(AskWhen::moment())),
            Action::WrongPerson => return WrongPerson::of_the_last(cx),
            // F2 on the list itself reads it anew.
            Action::Inside => self.refresh(cx),
            other => {
                crate::tui::screen::edit_action(&mut self.code, &other);
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
        if self.moment.is_some() {
            return Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_HERE))));
        }
        if !self.scans {
            return Some(Effect::Say(Message::note(cx.say(ui::SCAN_NOT_YOURS))));
        }
        self.code.clear();
        Some(super::desk_scan::scanned(&scanned.code, cx))
    }

    fn answered(&mut self, answer: Result<Receipt, Failure>, cx: &Cx<'_>) -> Effect {
        match answer {
            Ok(receipt) => passed(&receipt, cx),
            Err(failure) => cx.trouble(&failure),
        }
    }

    fn refresh(&mut self, cx: &Cx<'_>) {
        // What was read before stays when it cannot be read again; the next command says what is wrong.
        let _ = self.read(cx);
    }

    fn takes(&self, action: &Action) -> bool {
        *action == Action::Inside && self.moment.is_none()
    }

    fn reads(&self) -> Option<(String, usize, String)> {
        let register = if self.moment.is_some() { "inside_at" } else { "inside" };
        let filters = if self.moment.is_some() { self.when.clone() } else { String::new() };
        Some((register.to_owned(), self.lines.len(), filters))
    }

    fn register(&self) -> Option<&'static str> {
        Some("visits")
    }

    fn draw(&self, sheet: &mut Sheet<'_, '_>) {
        let (theme, lang) = (*sheet.theme, sheet.lang);
        let (width, height) = (sheet.width(), sheet.height());
        let count = match lang {
            Lang::Ja => format!(" 在室 {} 人   {} 現在", self.lines.len(), self.when),
            Lang::En => format!(" {} inside   as of {}", self.lines.len(), self.when),
        };
        sheet.put(0, 0, width, &count, theme.label);
        let compact = sheet.compact();
        let shown = |n: usize| !compact || n != 2;
        let wide = |n: usize| match WIDTHS.get(n) {
            Some(0) | None => width,
            Some(_) if width >= 120 => WIDTHS.get(n).map_or(0, |wide| wide.saturating_add(wide / 3)),
            Some(wide) => *wide,
        };
        let mut column = 1usize;
        for (n, head) in heads(lang).iter().enumerate().filter(|(n, _)| shown(*n)) {
            sheet.put(1, column, wide(n), head, theme.label);
            column = column.saturating_add(wide(n)).saturating_add(1);
        }
        if self.lines.is_empty() {
            sheet.put(3, 1, width, lang.of(ui::NOBODY), theme.plain);
        }
        let foot = height.saturating_sub(usize::from(self.scans));
        let room = foot.saturating_sub(3).max(1);
        let top = window(0, self.selected, room);
        for (n, line) in self.lines.iter().enumerate().skip(top).take(room) {
            let y = n.saturating_sub(top).saturating_add(2);
            let look = match (n == self.selected, line.urgent) {
                (true, _) => theme.selected,
                (false, true) => theme.urgent,
                (false, false) => theme.plain,
            };
            if n == self.selected {
                sheet.bar(y, 0, "", look);
                sheet.cursor(y, 0);
            }
            let mut column = 1usize;
            for (n, text) in line.texts.iter().enumerate().filter(|(n, _)| shown(*n)) {
                sheet.put(y, column, wide(n), text, look);
                column = column.saturating_add(wide(n)).saturating_add(1);
            }
        }
        if self.scans {
            let label = format!(" {}: ", lang.of(ui::CODE_LINE));
            sheet.put(foot, 0, width, &label, theme.label);
            let typing = sheet.is_typing(&self.code) || self.lines.is_empty();
            sheet.edit(foot, width_of(&label), (1, 30), &self.code, typing);
        }
    }
}
