//! Terminal cells. A text is as wide as what ratatui draws of it: grapheme cluster by grapheme cluster, with
//! unicode-width 0.2.2, controls and empty clusters left out.

use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// What stands for the part that did not fit. Not `…`, whose width differs by terminal.
pub const CUT: &str = "..";

/// Cells of one grapheme cluster.
fn cluster_cells(cluster: &str) -> usize {
    if cluster.contains(char::is_control) {
        return 0;
    }
    // unicode-width 0.2.2 counts half-width dakuten as nothing, terminals and ratatui as a cell. Our own
    // text has none (they are folded at the boundary), but a text on its way in is drawn too.
    let marks = cluster.chars().filter(|c| matches!(c, '\u{FF9E}' | '\u{FF9F}')).count();
    cluster.width().saturating_add(marks)
}

/// Cells that a text takes on one line.
pub fn cells(s: &str) -> usize {
    s.graphemes(true).map(cluster_cells).fold(0, usize::saturating_add)
}

/// The text if it fits into so many cells, else its beginning and `..`; never wider than `room`.
/// Stops reading where the room ends.
pub fn fit(s: &str, room: usize) -> String {
    let room_before_cut = room.saturating_sub(CUT.len());
    let mut used = 0usize;
    let mut keep = 0usize;
    for (at, cluster) in s.grapheme_indices(true) {
        used = used.saturating_add(cluster_cells(cluster));
        if used > room {
            let head = s.get(..keep).unwrap_or_default();
            let dots = CUT.get(..CUT.len().min(room)).unwrap_or_default();
            return format!("{head}{dots}");
        }
        if used <= room_before_cut {
            keep = at.saturating_add(cluster.len());
        }
    }
    s.to_string()
}

/// Cut to `room` cells and filled with blanks on the right to exactly `room`.
pub fn pad_right(s: &str, room: usize) -> String {
    let mut out = fit(s, room);
    let blanks = room.saturating_sub(cells(&out));
    out.extend(std::iter::repeat_n(' ', blanks));
    out
}

/// Cut to `room` cells and filled with blanks on the left to exactly `room`: numbers in columns.
pub fn pad_left(s: &str, room: usize) -> String {
    let text = fit(s, room);
    let blanks = room.saturating_sub(cells(&text));
    let mut out: String = std::iter::repeat_n(' ', blanks).collect();
    out.push_str(&text);
    out
}

/// Not at the head of a line (行頭禁則, JIS X 4051: closing brackets, stops, small kana, long mark, iteration).
fn not_at_head(cluster: &str) -> bool {
    const HEADLESS: &str = "、。，．・：；？！゛゜ヽヾゝゞ々〻ー）〕］｝〉》」』】〙〗’”ぁぃぅぇぉっゃゅょゎゕゖァィゥェォッャュョヮヵヶ,.!?:;)]}%";
    cluster.chars().next().is_some_and(|c| HEADLESS.contains(c))
}

/// Not at the end of a line (行末禁則: opening brackets).
fn not_at_end(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|c| "（〔［｛〈《「『【〘〖‘“([{".contains(c))
}

fn is_blank(cluster: &str) -> bool {
    matches!(cluster, " " | "\u{3000}")
}

/// A letter, digit or sign that holds a Latin word, number or date together.
fn is_word(cluster: &str) -> bool {
    cluster.chars().next().is_some_and(|c| {
        c.is_ascii_alphanumeric() || "-_./:'@+#".contains(c) || matches!(c, '\u{C0}'..='\u{24F}')
    })
}

/// The lines of a text no wider than `width` cells, broken at `\n` and by the basic Japanese rules: nothing
/// that closes at the head of a line, nothing that opens at its end, Latin words and numbers whole where
/// they fit.
///
/// Only the blanks at a break are left out. A cluster wider than `width` stands alone on its line (the screen
/// clips it); `width` 0 is taken as 1. An empty text is one empty line.
pub fn wrap(s: &str, width: usize) -> Vec<String> {
    let width = width.max(1);
    s.split('\n').flat_map(|line| wrap_line(line, width)).collect()
}

fn wrap_line(line: &str, width: usize) -> Vec<String> {
    let clusters: Vec<(&str, usize)> = line.graphemes(true).map(|g| (g, cluster_cells(g))).collect();
    let mut out = Vec::new();
    let mut rest = clusters.as_slice();
    loop {
        let mut used = 0usize;
        let fitting = rest
            .iter()
            .take_while(|(_, cells)| {
                used = used.saturating_add(*cells);
                used <= width
            })
            .count();
        if fitting >= rest.len() {
            out.push(joined(rest));
            return out;
        }
        let at = break_at(rest, fitting.max(1));
        let (head, tail) = rest.split_at_checked(at).unwrap_or((rest, &[]));
        let end = head.iter().rposition(|(g, _)| !is_blank(g)).map_or(0, |last| last.saturating_add(1));
        if end > 0 {
            out.push(joined(head.get(..end).unwrap_or(head)));
        }
        let blanks = tail.iter().take_while(|(g, _)| is_blank(g)).count();
        rest = tail.get(blanks..).unwrap_or_default();
        if rest.is_empty() {
            if out.is_empty() {
                out.push(String::new());
            }
            return out;
        }
    }
}

/// Where to break: the last allowed place up to `fitting`, or `fitting` itself when there is none.
/// Each cluster passed over without a place is consumed by this line, so the whole stays linear.
fn break_at(clusters: &[(&str, usize)], fitting: usize) -> usize {
    let allowed = |at: &usize| {
        let before = at.checked_sub(1).and_then(|i| clusters.get(i)).map_or("", |(g, _)| g);
        let after = clusters.get(*at).map_or("", |(g, _)| g);
        if is_blank(after) || is_blank(before) {
            return true;
        }
        !(not_at_head(after) || not_at_end(before) || is_word(before) && is_word(after))
    };
    let indent = clusters.iter().take_while(|(g, _)| is_blank(g)).count();
    (indent.saturating_add(1)..=fitting).rev().find(allowed).unwrap_or(fitting)
}

fn joined(clusters: &[(&str, usize)]) -> String {
    clusters.iter().map(|(g, _)| *g).collect()
}
