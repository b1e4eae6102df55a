//! Drawing. Takes the model as it is; nothing here changes anything.
//!
//! Title bar, body, message line, key bar. Everything goes through [`Sheet`], which cuts at cell widths and
//! stays inside its area at any size.

use super::input::Key;
use super::keymap::Bind;
use super::model::{Head, Message, Model, Place, Tone};
use super::theme::Theme;
use super::visible::visible;
use super::words::ui;
use crate::desk::Lang;
use crate::text::width::{cells, fit, pad_right, wrap};
use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::Style;
use ratatui::text::Line;
use ratatui::widgets::{Clear, Widget};

/// The smallest terminal with screens.
pub const LEAST: (u16, u16) = (60, 15);

/// Rows that a message leaves for the title bar and the body.
const LEAST_BODY: usize = 6;

/// A part of the screen to draw on, in its own coordinates.
pub struct Sheet<'a, 'b> {
    frame: &'a mut Frame<'b>,
    area: Rect,
    /// The looks.
    pub theme: &'a Theme,
    /// The language.
    pub lang: Lang,
    cursor: &'a mut Option<Position>,
    /// What is being typed into the focused field, and is not certain yet.
    typing: &'a str,
}

impl<'b> Sheet<'_, 'b> {
    /// Columns.
    pub fn width(&self) -> usize {
        usize::from(self.area.width)
    }

    /// Rows.
    pub fn height(&self) -> usize {
        usize::from(self.area.height)
    }

    /// Rows that a popup may count on while its keys and messages come and go: it must not move as one types.
    pub fn steady_height(&self) -> usize {
        let whole = usize::from(self.frame.area().height);
        // The title bar, one line for messages, and the most lines of the key bar.
        whole.saturating_sub(2).saturating_sub(bar_most(whole)).min(self.height())
    }

    /// The compact layout: below 80 columns.
    pub fn compact(&self) -> bool {
        self.frame.area().width < 80
    }

    /// Writes a text, cut at so many cells and at the edge.
    pub fn put(&mut self, row: usize, column: usize, width: usize, text: &str, style: Style) {
        let room = width.min(self.width().saturating_sub(column));
        if row >= self.height() || room == 0 {
            return;
        }
        let text = fit(&visible(text), room);
        let used = cells(&text);
        let Some(area) = self.place(row, column, used) else { return };
        Line::styled(text, style).render(area, self.frame.buffer_mut());
    }

    /// Writes a text over the whole rest of a row, the style to the edge.
    pub fn bar(&mut self, row: usize, column: usize, text: &str, style: Style) {
        let room = self.width().saturating_sub(column);
        self.put(row, column, room, &pad_right(text, room), style);
    }

    /// Writes a text wrapped into a width, and says how many rows it took.
    pub fn flow(&mut self, row: usize, column: usize, width: usize, text: &str, style: Style) -> usize {
        let room = width.min(self.width().saturating_sub(column)).max(1);
        let lines = wrap(text, room);
        for (n, line) in lines.iter().enumerate() {
            self.put(row.saturating_add(n), column, room, line, style);
        }
        lines.len()
    }

    /// Puts the real cursor: on the focused field, or on the selected row.
    pub fn cursor(&mut self, row: usize, column: usize) {
        let column = column.min(self.width().saturating_sub(1));
        if let Some(area) = self.place(row.min(self.height().saturating_sub(1)), column, 1) {
            *self.cursor = Some(Position::new(area.x, area.y));
        }
    }

    fn place(&self, row: usize, column: usize, width: usize) -> Option<Rect> {
        let (x, y) = (u16::try_from(column).ok()?, u16::try_from(row).ok()?);
        let wide = Rect {
            x: self.area.x.checked_add(x)?,
            y: self.area.y.checked_add(y)?,
            width: u16::try_from(width).unwrap_or(u16::MAX).min(self.area.width),
            height: 1,
        };
        let inside = wide.intersection(self.area).intersection(self.frame.area());
        (inside.width > 0 && inside.height > 0).then_some(inside)
    }

    /// A part of this sheet.
    pub fn part(&mut self, row: usize, column: usize, height: usize, width: usize) -> Sheet<'_, 'b> {
        let to = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        let area = Rect {
            x: self.area.x.saturating_add(to(column)),
            y: self.area.y.saturating_add(to(row)),
            width: to(width),
            height: to(height),
        };
        let area = area.intersection(self.area);
        // Splitting the borrow: the part lives no longer than this sheet.
        part_of(self.frame, area, self.theme, self.lang, (self.cursor, self.typing))
    }

    /// A panel in the middle, with a title, over what is there. Gives the room inside it.
    pub fn panel(&mut self, title: &str, height: usize, width: usize) -> Sheet<'_, 'b> {
        let width = width.min(self.width());
        let height = height.saturating_add(2).min(self.height());
        let row = self.steady_height().saturating_sub(height) / 2;
        let column = self.width().saturating_sub(width) / 2;
        let bar = self.theme.bar;
        {
            // The whole rows, so that what is below does not read on at the sides.
            let across = self.width();
            let rows = self.part(row, 0, height, across);
            Clear.render(rows.area, rows.frame.buffer_mut());
            let mut whole = self.part(row, column, height, width);
            whole.bar(0, 0, &format!(" {title}"), bar);
            whole.bar(height.saturating_sub(1), 0, "", bar);
            for side in 1..height.saturating_sub(1) {
                whole.put(side, 0, 1, " ", bar);
                whole.put(side, width.saturating_sub(1), 1, " ", bar);
            }
        }
        self.part(
            row.saturating_add(1),
            column.saturating_add(2),
            height.saturating_sub(2),
            width.saturating_sub(4),
        )
    }

    /// Whether something stands in a line for typing, or is on its way there.
    pub fn is_typing(&self, edit: &super::edit::Edit) -> bool {
        !edit.text().is_empty() || !self.typing.is_empty()
    }

    /// A text being edited, in one row or a few, with the cursor in it when focused.
    pub fn edit(
        &mut self,
        row: usize,
        column: usize,
        (height, width): (usize, usize),
        edit: &super::edit::Edit,
        focused: bool,
    ) {
        let width = width.min(self.width().saturating_sub(column));
        let held = focused.then_some(self.typing).filter(|typing| !typing.is_empty()).map(|typing| {
            let mut edit = edit.clone();
            edit.insert(typing);
            edit
        });
        let (lines, at, line) = held.as_ref().unwrap_or(edit).window(width, height);
        let style = if focused { self.theme.focus } else { self.theme.plain };
        for n in 0..height {
            let text = lines.get(n).map_or("", String::as_str);
            let text = if focused { pad_right(text, width) } else { text.to_owned() };
            self.put(row.saturating_add(n), column, width, &text, style);
        }
        if focused {
            self.cursor(row.saturating_add(line), column.saturating_add(at));
        }
    }
}

fn part_of<'a, 'b>(
    frame: &'a mut Frame<'b>,
    area: Rect,
    theme: &'a Theme,
    lang: Lang,
    (cursor, typing): (&'a mut Option<Position>, &'a str),
) -> Sheet<'a, 'b> {
    Sheet { frame, area, theme, lang, cursor, typing }
}

/// The first row of a window of so many rows that shows the selected one, moving as little as it must.
pub fn window(top: usize, selected: usize, rows: usize) -> usize {
    let rows = rows.max(1);
    if selected < top {
        selected
    } else if selected >= top.saturating_add(rows) {
        selected.saturating_add(1).saturating_sub(rows)
    } else {
        top
    }
}

/// The lines of the key bar: keys and what they do, by their own width. Where not all fit into so many rows,
/// editing and moving go first, then what stands last; the way back and the help always stay.
fn bar_lines<'a>(binds: &'a [Bind], lang: Lang, width: usize, rows: usize) -> Vec<Vec<BarItem<'a>>> {
    let (minor, major): (Vec<&Bind>, Vec<&Bind>) = binds.iter().partition(|bind| bind.minor);
    let mut shown: Vec<&Bind> = major.into_iter().chain(minor).collect();
    loop {
        let lines = laid(&shown, lang, width);
        let goes = shown.iter().rposition(|bind| !stays(bind));
        match goes {
            Some(last) if lines.len() > rows => {
                shown.remove(last);
            }
            _ => return lines,
        }
    }
}

/// A key in the bar: its name, what it does, and the bind.
type BarItem<'a> = (String, String, &'a Bind);

/// The most lines of the key bar on a terminal of so many rows.
fn bar_most(height: usize) -> usize {
    if height < 24 { 2 } else { 3 }
}

fn stays(bind: &Bind) -> bool {
    bind.keys.iter().any(|(key, _)| matches!(key, Key::Esc | Key::F(1)))
}

fn laid<'a>(binds: &[&'a Bind], lang: Lang, width: usize) -> Vec<Vec<BarItem<'a>>> {
    let mut lines: Vec<Vec<BarItem<'a>>> = vec![Vec::new()];
    let mut used = 0usize;
    for bind in binds {
        let item = (format!(" {} ", bind.names(lang)), format!("{} ", bind.label), *bind);
        let wide = cells(&item.0).saturating_add(cells(&item.1)).saturating_add(1);
        if used.saturating_add(wide) > width && used > 0 {
            lines.push(Vec::new());
            used = 0;
        }
        used = used.saturating_add(wide);
        if let Some(line) = lines.last_mut() {
            line.push(item);
        }
    }
    lines
}

/// Draws the whole model.
pub fn draw(model: &Model, theme: &Theme, frame: &mut Frame<'_>) {
    let area = frame.area();
    let mut cursor = None;
    let lang = model.lang();
    let typing = model.typing();
    if area.width < LEAST.0 || area.height < LEAST.1 {
        let mut sheet = part_of(frame, area, theme, lang, (&mut cursor, ""));
        sheet.flow(0, 0, usize::from(area.width), lang.of(ui::TOO_SMALL), theme.plain);
        sheet.cursor(0, 0);
    } else {
        match &model.place {
            Place::Gate(login) => {
                let title = lang.of(ui::LOGIN_TITLE);
                let said = model.said_of_size();
                let head = &Head::default();
                let frame_of = Surroundings { head, title, message: said.as_ref(), binds: login.binds(lang) };
                around(frame, &frame_of, theme, lang, (&mut cursor, typing), |sheet| {
                    login.draw(sheet, &model.setting.hint);
                });
            }
            Place::Desk(standing) => {
                if let Some(lock) = &standing.lock {
                    let title = lang.of(ui::SCREEN_LOCKED);
                    let head = Head { site: standing.head.site.clone(), ..Head::default() };
                    let message = standing.message.as_ref();
                    let frame_of = Surroundings { head: &head, title, message, binds: lock.binds(lang) };
                    around(frame, &frame_of, theme, lang, (&mut cursor, typing), |sheet| lock.draw(sheet));
                } else {
                    let lowest = standing.stack.iter().rposition(|screen| !screen.popup()).unwrap_or(0);
                    let shown = standing.stack.get(lowest..).unwrap_or_default();
                    let title = shown.first().map(|screen| screen.title(lang)).unwrap_or_default();
                    let message = standing.message.as_ref();
                    let binds = standing.binds(lang);
                    let frame_of = Surroundings { head: &standing.head, title: &title, message, binds };
                    around(frame, &frame_of, theme, lang, (&mut cursor, typing), |sheet| {
                        for screen in shown {
                            *sheet.cursor = None;
                            screen.draw(sheet);
                        }
                    });
                }
            }
            Place::Gone => {}
        }
    }
    mark_right_halves(frame.buffer_mut());
    // Never nowhere: braille lines and input methods follow it.
    frame.set_cursor_position(cursor.unwrap_or(Position::new(0, 1.min(area.height.saturating_sub(1)))));
}

/// Gives the cell under the right half of a wide character a text that no other cell has. ratatui 0.30.2 takes such
/// a cell for a blank, so that when the character goes, a blank there is not drawn, and the terminal keeps half a
/// cell of the colour before.
fn mark_right_halves(buffer: &mut Buffer) {
    let area = buffer.area;
    for y in area.top()..area.bottom() {
        let mut right = 0usize;
        for x in area.left()..area.right() {
            let Some(cell) = buffer.cell_mut((x, y)) else { continue };
            match right.checked_sub(1) {
                Some(left) => {
                    cell.set_symbol("");
                    right = left;
                }
                None => right = cells(cell.symbol()).saturating_sub(1),
            }
        }
    }
}

/// What stands around a body.
struct Surroundings<'a> {
    head: &'a Head,
    title: &'a str,
    message: Option<&'a Message>,
    binds: Vec<Bind>,
}

fn around(
    frame: &mut Frame<'_>,
    what: &Surroundings<'_>,
    theme: &Theme,
    lang: Lang,
    (cursor, typing): (&mut Option<Position>, &str),
    body: impl FnOnce(&mut Sheet<'_, '_>),
) {
    let area = frame.area();
    let (width, height) = (usize::from(area.width), usize::from(area.height));
    let mut sheet = part_of(frame, area, theme, lang, (cursor, typing));
    title_bar(&mut sheet, what);
    let bar = bar_lines(&what.binds, lang, width, bar_most(height));
    let bar_rows = bar.len();
    for (n, line) in bar.iter().take(bar_rows).enumerate() {
        let row = height.saturating_sub(bar_rows).saturating_add(n);
        let mut column = 0usize;
        for (names, label, bind) in line {
            sheet.put(row, column, width, names, if bind.closed { theme.dim } else { theme.key });
            column = column.saturating_add(cells(names)).saturating_add(1);
            sheet.put(row, column, width, label, if bind.closed { theme.dim } else { theme.plain });
            column = column.saturating_add(cells(label));
        }
    }
    let said = what.message.map(|message| (message.tone, said_lines(message, lang, width)));
    // The last sentence says what to do: none of it is cut while a few rows are left for the rest.
    let most = height.saturating_sub(bar_rows).saturating_sub(LEAST_BODY).max(1);
    let said_rows = said.as_ref().map_or(1, |(_, lines)| lines.len().clamp(1, most));
    let foot = height.saturating_sub(bar_rows).saturating_sub(said_rows);
    if let Some((tone, lines)) = &said {
        let style = match tone {
            Tone::Done => theme.done,
            Tone::Note => theme.label,
            Tone::Wrong => theme.urgent,
        };
        for (n, line) in lines.iter().take(said_rows).enumerate() {
            sheet.put(foot.saturating_add(n), 1, width, line, style);
        }
    }
    let mut inside = sheet.part(1, 0, foot.saturating_sub(1), width);
    body(&mut inside);
}

fn said_lines(message: &Message, lang: Lang, width: usize) -> Vec<String> {
    let mark = match message.tone {
        Tone::Done => lang.pick("[完了]", "[Done]"),
        Tone::Note => lang.pick("[案内]", "[Note]"),
        Tone::Wrong => lang.pick("[注意]", "[Stop]"),
    };
    wrap(&format!("{mark} {}", message.text), width.saturating_sub(2))
}

/// A site's name is not cut shorter than this many cells; it is left out instead.
const SHORTEST_SITE: usize = 6;

/// Nor is the name of who sits here cut shorter than this.
const SHORTEST_WHO: usize = 10;

fn title_bar(sheet: &mut Sheet<'_, '_>, what: &Surroundings<'_>) {
    let bar = sheet.theme.bar;
    let lang = sheet.lang;
    let Head { site, who, role, read, low_disk } = what.head;
    let joined = |parts: &[&str]| {
        let parts: Vec<&str> = parts.iter().copied().filter(|part| !part.is_empty()).collect();
        format!(" {}", parts.join(" | "))
    };
    let when = match (read.is_empty(), lang) {
        (true, _) => String::new(),
        (false, Lang::Ja) => format!("{read} {}", lang.of(ui::AS_SEEN)),
        (false, Lang::En) => format!("{} {read}", lang.of(ui::AS_SEEN)),
    };
    // Beside the time, which always stays.
    let when = if *low_disk { format!("[{}]  {when}", lang.of(ui::LOW_DISK)) } else { when };
    let with_role = match (role.is_empty(), lang) {
        (true, _) => who.clone(),
        (false, Lang::Ja) => format!("{who}（{role}）"),
        (false, Lang::En) => format!("{who} ({role})"),
    };
    let right = |who: &str| {
        let parts: Vec<&str> = [who, when.as_str()].into_iter().filter(|part| !part.is_empty()).collect();
        if parts.is_empty() { String::new() } else { format!(" | {} ", parts.join("  ")) }
    };
    let room = sheet.width();
    // What is least needed goes first when there is no room: the program's name, the role, the name's end, the
    // site's end, the site, the person, the title's end. The time stays.
    let app = lang.of(ui::APP);
    let left_of = |wanted: &str| room.saturating_sub(cells(wanted));
    let beside = |left: &str| {
        let rest = left_of(left).saturating_sub(cells(&right("x")).saturating_sub(1));
        fit(who, rest.max(SHORTEST_WHO))
    };
    let least_who = fit(who, SHORTEST_WHO);
    let rest =
        left_of(&joined(&["", what.title])).saturating_sub(cells(&right(&least_who))).saturating_sub(3);
    let short = if rest < SHORTEST_SITE { String::new() } else { fit(site, rest) };
    let whole = joined(&[site, what.title]);
    let titled = joined(&[what.title]);
    let ways = [
        (joined(&[app, site, what.title]), right(&with_role)),
        (whole.clone(), right(&with_role)),
        (whole.clone(), right(&beside(&whole))),
        (joined(&[&short, what.title]), right(&least_who)),
        (titled.clone(), right(&beside(&titled))),
        (fit(&titled, left_of(&right(""))), right("")),
    ];
    let fits = |(left, right): &&(String, String)| cells(left).saturating_add(cells(right)) <= room;
    let Some((left, right)) = ways.iter().find(fits).or(ways.last()) else { return };
    sheet.bar(0, 0, left, bar);
    let wide = cells(right).min(room.saturating_sub(cells(left)));
    sheet.put(0, room.saturating_sub(wide), wide, right, bar);
}
