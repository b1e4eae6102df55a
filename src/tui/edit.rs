//! A text being edited: cursor and erasing go by grapheme cluster, as a person counts.

use super::visible::visible;
use crate::text::scan::may_be_password;
use crate::text::width::cells;
use std::ops::Range;
use unicode_segmentation::UnicodeSegmentation;
use zeroize::Zeroize;

/// The longest text that is taken in while typing, in bytes; the field's own limit is judged later.
const MOST_BYTES: usize = 65_536;

/// A text and where the cursor stands in it.
#[derive(Clone, Default)]
pub struct Edit {
    text: String,
    /// Byte offset, always between two clusters.
    at: usize,
    lines: bool,
    secret: bool,
    /// A login ID: covered as soon as it may be a password.
    id: bool,
}

impl std::fmt::Debug for Edit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = if self.secret || self.id { "(secret)" } else { self.text.as_str() };
        f.debug_struct("Edit").field("text", &text).field("at", &self.at).finish_non_exhaustive()
    }
}

impl Drop for Edit {
    fn drop(&mut self) {
        if self.secret || self.id {
            self.text.zeroize();
        }
    }
}

impl Edit {
    /// One line.
    pub fn line(text: &str) -> Edit {
        let mut edit = Edit::default();
        edit.set(text);
        edit
    }

    /// Several lines.
    pub fn block(text: &str) -> Edit {
        let mut edit = Edit::default();
        edit.lines = true;
        edit.set(text);
        edit
    }

    /// One line that is shown as asterisks and wiped afterwards.
    pub fn secret() -> Edit {
        // Room from the start, so that no copy of a password is left behind by growing.
        let mut edit = Edit::default();
        edit.text.reserve(512);
        edit.secret = true;
        edit
    }

    /// One line for a login ID. What may be a password is covered as [`Edit::secret`] is.
    pub fn id(text: &str) -> Edit {
        let mut edit = Edit::default();
        edit.text.reserve(512);
        edit.id = true;
        edit.set(text);
        edit
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Puts another text in place, the cursor behind it.
    pub fn set(&mut self, text: &str) {
        self.clear();
        self.insert(text);
    }

    /// Empties it.
    pub fn clear(&mut self) {
        if self.secret || self.id {
            self.text.zeroize();
        }
        self.text.clear();
        self.at = 0;
    }

    /// Types or pastes at the cursor. CR, LF and CR LF all mean a new line; one line takes blanks for them, and drops
    /// those at the end: what is copied with its line end means the same without.
    /// Other control characters are left out here; everything else is judged when the form is.
    pub fn insert(&mut self, text: &str) {
        let text = if self.lines { text } else { text.trim_end_matches(['\r', '\n']) };
        let most = if self.secret || self.id { 256 } else { MOST_BYTES };
        let mut last = '\0';
        for c in text.chars() {
            let c = match c {
                '\n' if last == '\r' => {
                    last = c;
                    continue;
                }
                '\r' | '\n' if self.lines => {
                    last = c;
                    '\n'
                }
                '\r' | '\n' | '\t' => {
                    last = c;
                    ' '
                }
                c if c.is_control() => continue,
                c => {
                    last = c;
                    c
                }
            };
            if self.text.len().saturating_add(c.len_utf8()) > most {
                return;
            }
            self.text.insert(self.at, c);
            self.at = self.at.saturating_add(c.len_utf8());
        }
        self.at = self.boundary_from(self.at);
    }

    fn boundary_from(&self, at: usize) -> usize {
        if at == 0 {
            return 0;
        }
        self.text
            .grapheme_indices(true)
            .map(|(start, cluster)| start.saturating_add(cluster.len()))
            .find(|end| *end >= at)
            .unwrap_or(self.text.len())
    }

    fn before(&self) -> &str {
        self.text.get(..self.at).unwrap_or_default()
    }

    fn after(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Erases the cluster before the cursor.
    pub fn backspace(&mut self) {
        let start = self.before().grapheme_indices(true).next_back().map_or(0, |(start, _)| start);
        self.text.replace_range(start..self.at, "");
        self.at = start;
    }

    /// Erases the cluster behind the cursor.
    pub fn delete(&mut self) {
        let end = self.at.saturating_add(self.after().graphemes(true).next().map_or(0, str::len));
        self.text.replace_range(self.at..end, "");
        self.at = self.boundary_from(self.at).min(self.text.len());
        if !self.text.is_char_boundary(self.at) {
            self.at = self.text.len();
        }
    }

    /// One cluster to the left.
    pub fn left(&mut self) {
        self.at = self.before().grapheme_indices(true).next_back().map_or(0, |(start, _)| start);
    }

    /// One cluster to the right.
    pub fn right(&mut self) {
        self.at = self.at.saturating_add(self.after().graphemes(true).next().map_or(0, str::len));
    }

    /// To the beginning of the line.
    pub fn home(&mut self) {
        self.at = self.before().rfind('\n').map_or(0, |found| found.saturating_add(1));
    }

    /// To the end of the line.
    pub fn end(&mut self) {
        self.at = self.after().find('\n').map_or(self.text.len(), |found| self.at.saturating_add(found));
    }

    /// One line up as a block is drawn in so many cells; `false` when there is none.
    pub fn up(&mut self, width: usize) -> bool {
        let rows = self.rows(width);
        let row = self.row_of_cursor(&rows);
        self.move_to_row(&rows, row, row.checked_sub(1))
    }

    /// One line down as a block is drawn in so many cells; `false` when there is none.
    pub fn down(&mut self, width: usize) -> bool {
        let rows = self.rows(width);
        let row = self.row_of_cursor(&rows);
        self.move_to_row(&rows, row, row.checked_add(1))
    }

    fn move_to_row(&mut self, rows: &[Range<usize>], from: usize, to: Option<usize>) -> bool {
        let Some(there) = to.and_then(|row| rows.get(row)) else { return false };
        let start = rows.get(from).map_or(0, |row| row.start);
        let column = cells(&self.masked(self.text.get(start..self.at).unwrap_or_default()));
        let text = self.text.get(there.clone()).unwrap_or_default();
        // Behind the last cluster of a line that goes on in the next one stands the next line.
        let goes_on =
            to.and_then(|row| rows.get(row.saturating_add(1))).is_some_and(|row| row.start == there.end);
        let (mut used, mut offset) = (0usize, 0usize);
        for cluster in text.graphemes(true) {
            used = used.saturating_add(cells(&self.masked(cluster)));
            let end = offset.saturating_add(cluster.len());
            if used > column || (goes_on && end == text.len()) {
                break;
            }
            offset = end;
        }
        self.at = there.start.saturating_add(offset);
        true
    }

    /// The lines as they are drawn in so many cells: a block is broken where a line is full.
    fn rows(&self, width: usize) -> Vec<Range<usize>> {
        let mut rows = Vec::new();
        let mut start = 0usize;
        for line in self.text.split('\n') {
            let end = start.saturating_add(line.len());
            let (mut from, mut used) = (start, 0usize);
            for (at, cluster) in line.grapheme_indices(true).filter(|_| self.lines) {
                let at = start.saturating_add(at);
                let wide = cells(&self.masked(cluster));
                if used.saturating_add(wide) > width && at > from {
                    rows.push(from..at);
                    (from, used) = (at, 0);
                }
                used = used.saturating_add(wide);
            }
            rows.push(from..end);
            start = end.saturating_add(1);
        }
        rows
    }

    fn row_of_cursor(&self, rows: &[Range<usize>]) -> usize {
        rows.iter().rposition(|row| row.start <= self.at).unwrap_or(0)
    }

    /// In which line of so many cells the cursor stands, and how many there are.
    pub fn place(&self, width: usize) -> (usize, usize) {
        let rows = self.rows(width);
        (self.row_of_cursor(&rows), rows.len())
    }

    /// What is drawn of it in so many cells and lines, and the cursor's column and line in that window.
    pub fn window(&self, width: usize, height: usize) -> (Vec<String>, usize, usize) {
        let rows = self.rows(width);
        let line = self.row_of_cursor(&rows);
        let first = line.saturating_sub(height.saturating_sub(1));
        let mut shown = Vec::new();
        let mut column = 0;
        for (n, row) in rows.iter().enumerate().skip(first).take(height.max(1)) {
            let whole = self.masked(self.text.get(row.clone()).unwrap_or_default());
            if n != line {
                shown.push(whole);
                continue;
            }
            let before = self.masked(self.text.get(row.start..self.at).unwrap_or_default());
            // A block has a cell to spare for a cursor behind a full line.
            let room = if self.lines { width } else { width.saturating_sub(1) };
            let skipped = skip_cells(&before, room);
            column = cells(before.get(skipped..).unwrap_or_default());
            shown.push(whole.get(skipped..).unwrap_or_default().to_owned());
        }
        (shown, column, line.saturating_sub(first))
    }

    fn masked(&self, text: &str) -> String {
        let covered = self.secret || (self.id && may_be_password(&self.text));
        if covered { "*".repeat(text.graphemes(true).count()) } else { visible(text).into_owned() }
    }
}

/// How many bytes to leave out at the front, so that the rest takes no more than so many cells.
fn skip_cells(text: &str, room: usize) -> usize {
    let mut over = cells(text).saturating_sub(room);
    let mut skipped = 0usize;
    for cluster in text.graphemes(true) {
        if over == 0 {
            break;
        }
        over = over.saturating_sub(cells(cluster));
        skipped = skipped.saturating_add(cluster.len());
    }
    skipped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn backspace_takes_a_whole_cluster() {
        let mut edit = Edit::line("が\u{3099}a👨‍👩‍👧");
        edit.backspace();
        edit.backspace();
        assert_eq!(edit.text(), "が\u{3099}");
        edit.backspace();
        assert_eq!(edit.text(), "");
    }

    #[test]
    fn delete_takes_what_is_behind_the_cursor_wherever_it_stands() {
        let mut edit = Edit::line("abcdef");
        edit.home();
        edit.delete();
        edit.delete();
        assert_eq!(edit.text(), "cdef");
        edit.right();
        edit.delete();
        edit.delete();
        edit.insert("x");
        assert_eq!(edit.text(), "cxf");
    }

    #[test]
    fn all_three_line_ends_are_one() {
        assert_eq!(Edit::block("a\r\nb\rc\nd").text(), "a\nb\nc\nd");
        assert_eq!(Edit::line("a\r\nb").text(), "a b");
    }

    #[test]
    fn a_line_end_at_the_end_of_a_paste_is_dropped_on_one_line() {
        for end in ["\n", "\r\n", "\r", "\n\n"] {
            let mut edit = Edit::secret();
            edit.insert(&format!("Keibi-1-asa{end}"));
            assert_eq!(edit.text(), "Keibi-1-asa");
        }
        assert_eq!(Edit::block("a\n").text(), "a\n");
    }

    #[test]
    fn what_may_be_a_password_is_covered_in_the_field_of_the_id() {
        for password in ["Keibi-1-asa", "Sakura-2026-mon", "hunter2!", "Ｋeibi１"] {
            let edit = Edit::id(password);
            assert!(edit.window(40, 1).0.iter().all(|line| line.chars().all(|c| c == '*')), "{password}");
            assert!(!format!("{edit:?}").contains(password));
        }
        for id in ["guard1", "GUARD1", "yamada_t", "Taro", "ｇｕａｒｄ１"] {
            assert_eq!(Edit::id(id).window(40, 1).0, [id]);
        }
    }

    #[test]
    fn a_secret_shows_neither_on_screen_nor_in_debug() {
        let mut edit = Edit::secret();
        edit.insert("hunter2");
        assert_eq!(edit.window(20, 1).0, vec!["*******".to_owned()]);
        assert!(!format!("{edit:?}").contains("hunter2"));
    }

    #[test]
    fn a_long_line_of_a_block_goes_on_in_the_next_one() {
        let mut edit = Edit::block("機器の入替作業を行った。abc\n完了");
        let (shown, column, line) = edit.window(10, 5);
        assert_eq!(shown, ["機器の入替", "作業を行っ", "た。abc", "完了"]);
        assert_eq!((column, line), (4, 3));
        assert_eq!(edit.place(10), (3, 4));
        assert!(edit.up(10) && edit.up(10));
        assert_eq!((edit.window(10, 5).1, edit.window(10, 5).2), (4, 1));
        edit.insert("X");
        assert_eq!(edit.text(), "機器の入替作業X を行った。abc\n完了".replace(' ', ""));
        assert!(edit.up(10));
        assert!(!edit.up(10));
        // Only the lines that fit are drawn, those at the cursor.
        edit.end();
        assert_eq!(edit.window(10, 2).0, ["作業Xを行", "った。abc"]);
    }

    #[test]
    fn the_end_of_a_full_line_is_the_beginning_of_the_next() {
        let mut edit = Edit::block("あいうえおかきくけこ");
        assert_eq!(edit.window(10, 3), (vec!["あいうえお".to_owned(), "かきくけこ".to_owned()], 10, 1));
        // Up from behind the last cluster there is no place behind the fifth: that is the next line's head.
        assert!(edit.up(10));
        assert_eq!((edit.window(10, 3).1, edit.window(10, 3).2), (8, 0));
        edit.right();
        assert_eq!((edit.window(10, 3).1, edit.window(10, 3).2), (0, 1));
    }

    proptest! {
        #[test]
        fn any_editing_keeps_the_cursor_between_clusters(
            texts in prop::collection::vec(".{0,12}", 0..6),
            moves in prop::collection::vec(0u8..9, 0..60),
            lines in any::<bool>(),
            width in 0usize..30, height in 0usize..6,
        ) {
            let mut edit = if lines { Edit::block("") } else { Edit::line("") };
            let mut texts = texts.into_iter();
            for step in moves {
                match step {
                    0 => edit.left(),
                    1 => edit.right(),
                    2 => edit.backspace(),
                    3 => edit.delete(),
                    4 => edit.home(),
                    5 => edit.end(),
                    6 => { edit.up(width); }
                    7 => { edit.down(width); }
                    _ => edit.insert(&texts.next().unwrap_or_default()),
                }
                prop_assert!(edit.text.is_char_boundary(edit.at));
                let (shown, column, line) = edit.window(width, height);
                prop_assert!(line < shown.len().max(1));
                prop_assert!(column <= width.max(2));
                let whole: usize = edit.rows(width).iter().map(|row| row.len()).sum();
                prop_assert_eq!(whole + edit.text.matches('\n').count(), edit.text.len());
            }
        }
    }
}
