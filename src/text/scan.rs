//! Codes from a barcode scanner and login IDs, typed through whatever input method happens to be on.

use unicode_normalization::UnicodeNormalization;

/// Longest code a badge, card or medium carries, in characters.
pub const MAX_CODE: usize = 64;

/// A scanned or typed code in ASCII: full-width letters, digits and signs folded, every kind of dash as `-`,
/// and the line end or TAB that a scanner sends after the code removed. Letters keep their case.
/// What has no ASCII form stays, so that [`code_is_plausible`] refuses it.
pub fn fold_code(s: &str) -> String {
    s.trim_matches(is_around).chars().map(fold_char).collect()
}

/// What keyboards, readers and spreadsheets put around a code. Anything else that cannot be seen is part of it, and is
/// refused where it is read: controls behind U+0080, line and paragraph separators.
fn is_around(c: char) -> bool {
    let separates = matches!(c, '\u{2028}' | '\u{2029}');
    !separates && (c.is_ascii_control() || (c.is_whitespace() && !c.is_control()))
}

/// A code for comparing: [`fold_code`] in capitals, so that `b-017` typed by hand finds B-017.
pub fn code_key(s: &str) -> String {
    fold_code(s).to_ascii_uppercase()
}

pub(super) fn fold_char(c: char) -> char {
    match c {
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c).saturating_sub(0xFEE0)).unwrap_or(c),
        '\u{3000}' => ' ',
        // With kana input on, the minus key gives ー; pasted documents bring the dashes.
        'ー' | 'ｰ' | '−' | '‐' | '‑' | '‒' | '–' | '—' | '―' => '-',
        '￥' => '\\',
        other => other,
    }
}

/// A login ID as it was meant: full-width and capital letters are what an input method left on makes of it.
pub fn login_id(typed: &str) -> String {
    typed.trim().nfkc().flat_map(char::to_lowercase).collect()
}

/// Whether this was hardly meant as a login ID, and may be a password in the wrong field: IDs have small letters, digits,
/// `_` and `-`. Capitals alone are what a lock key makes of an ID; capitals among small letters are of none.
pub fn may_be_password(typed: &str) -> bool {
    let folded: String = typed.nfkc().collect();
    let any = |is: fn(char) -> bool| folded.chars().any(is);
    let mixed = any(|c| c.is_ascii_uppercase()) && any(|c| c.is_ascii_lowercase());
    let other = any(|c| !c.is_ascii_alphanumeric() && c != '_' && c != '-' && !c.is_whitespace());
    (mixed && any(|c| !c.is_ascii_alphabetic())) || other
}

/// Whether this, folded, can be a code at all: 1 to [`MAX_CODE`] ASCII letters, digits and `-_./:+*$%`
/// (the signs of Code 39), with at least one letter or digit. Whether such a code exists is the register's
/// affair.
pub fn code_is_plausible(s: &str) -> bool {
    (1..=MAX_CODE).contains(&s.len())
        && s.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_./:+*$%".contains(&b))
        && s.bytes().any(|b| b.is_ascii_alphanumeric())
}
