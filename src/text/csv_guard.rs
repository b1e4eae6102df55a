//! Cells that a spreadsheet would run as a formula are written with an apostrophe in front, and read back
//! without it.
//!
//! Exact both ways: `undo(defuse(x)) == x` for every x. A text whose apostrophes are already followed by a
//! dangerous sign gets one more, so that undoing takes away ours and not theirs.

const GUARD: char = '\'';

/// `= + - @` TAB CR LF and the full-width and small forms of the signs (OWASP, "CSV injection").
fn is_dangerous(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '\t' | '\r' | '\n')
        || matches!(c, '＝' | '＋' | '－' | '＠' | '﹦' | '﹢' | '﹣' | '﹫')
}

/// Whether the first character that is not a guard is dangerous.
fn needs_guard(s: &str) -> bool {
    s.chars().find(|&c| c != GUARD).is_some_and(is_dangerous)
}

/// The cell as it is written to CSV.
pub fn defuse(s: &str) -> String {
    if needs_guard(s) { format!("{GUARD}{s}") } else { s.to_string() }
}

/// The cell as it was before [`defuse`]. A cell that `defuse` cannot have written is returned as it is.
pub fn undo(s: &str) -> String {
    match s.strip_prefix(GUARD) {
        Some(rest) if needs_guard(rest) => rest.to_string(),
        _ => s.to_string(),
    }
}
