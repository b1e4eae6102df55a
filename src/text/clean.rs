//! The boundary: text is cleaned here once, and what is inside the house needs no second look.
//!
//! What is refused is refused whole, with the character and its place, and never silently dropped: a name
//! from which something was taken away is another name. What is only another spelling of the same text
//! (half-width kana, decomposed dakuten, runs of blanks, CR LF) is folded.

use super::kana::fold_half_width;
use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::{is_combining_mark, is_public_assigned};
use unicode_segmentation::UnicodeSegmentation;

/// How many combining marks may follow one letter. No living orthography that we know of needs more.
pub const MAX_MARKS: usize = 4;

/// How long a text may be, after cleaning: in grapheme clusters (what a person counts) and in bytes of UTF-8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Grapheme clusters.
    pub graphemes: usize,
    /// Bytes of UTF-8.
    pub bytes: usize,
}

impl Limit {
    /// A number, a code, an identifier.
    pub const CODE: Limit = Limit { graphemes: 64, bytes: 256 };
    /// A name of a person, a company, a place, or its kana.
    pub const NAME: Limit = Limit { graphemes: 80, bytes: 640 };
    /// One line: a purpose, a content, a contact.
    pub const LINE: Limit = Limit { graphemes: 200, bytes: 1_600 };
    /// Several lines: a reason, a report, remarks.
    pub const BLOCK: Limit = Limit { graphemes: 4_000, bytes: 16_000 };

    /// A limit of so many grapheme clusters, and eight bytes for each (a kanji with its variation selector
    /// is seven).
    pub const fn of(graphemes: usize) -> Limit {
        Limit { graphemes, bytes: graphemes.saturating_mul(8) }
    }
}

/// Why a character is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Why {
    /// C0 or C1 control, NUL among them.
    Control,
    /// A line feed or carriage return where one line is wanted.
    LineBreak,
    /// U+2028, U+2029: a line break that only some programs see.
    Separator,
    /// Bidi embedding, override, isolate or mark: text would be shown in another order than it is stored.
    BidiControl,
    /// Zero-width or otherwise invisible: two texts would look the same and differ.
    Invisible,
    /// A tag character (U+E0000..U+E007F).
    Tag,
    /// U+FFFE, U+FDD0 and their like.
    Noncharacter,
    /// A private letter (外字): it means something on one machine only.
    PrivateUse,
    /// A code point that Unicode has not assigned: its normal form is not fixed yet.
    Unassigned,
    /// A variation selector anywhere but directly after one kanji.
    VariationSelector,
    /// More than [`MAX_MARKS`] combining marks on one letter.
    CombiningPile,
    /// A combining mark at the start of a line or after a blank: it would sit on a letter that is not ours.
    CombiningAlone,
    /// U+FFFD: an earlier program could not read this character and put this in its place.
    Replacement,
}

impl Why {
    /// All reasons, for tables in tests and help.
    pub const ALL: [Why; 13] = [
        Why::Control,
        Why::LineBreak,
        Why::Separator,
        Why::BidiControl,
        Why::Invisible,
        Why::Tag,
        Why::Noncharacter,
        Why::PrivateUse,
        Why::Unassigned,
        Why::VariationSelector,
        Why::CombiningPile,
        Why::CombiningAlone,
        Why::Replacement,
    ];

    /// The stable name that batch answers carry.
    pub const fn name(self) -> &'static str {
        match self {
            Why::Control => "control_character",
            Why::LineBreak => "line_break",
            Why::Separator => "line_separator",
            Why::BidiControl => "bidi_control",
            Why::Invisible => "invisible_character",
            Why::Tag => "tag_character",
            Why::Noncharacter => "noncharacter",
            Why::PrivateUse => "private_use",
            Why::Unassigned => "unassigned_character",
            Why::VariationSelector => "variation_selector",
            Why::CombiningPile => "combining_pile",
            Why::CombiningAlone => "combining_alone",
            Why::Replacement => "replacement_character",
        }
    }
}

/// Why a text does not come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextProblem {
    /// A character that is not taken; `at` counts characters (code points) from 1.
    Refused {
        /// The reason.
        why: Why,
        /// The offending character.
        c: char,
        /// Its place in the text as it came, in characters from 1.
        at: usize,
    },
    /// More grapheme clusters than allowed.
    TooLong {
        /// Grapheme clusters allowed.
        limit: usize,
    },
    /// More bytes than allowed.
    TooManyBytes {
        /// Bytes of UTF-8 allowed.
        limit: usize,
    },
    /// Not UTF-8.
    NotUtf8 {
        /// Offset of the first wrong byte, from 0.
        byte: usize,
    },
}

impl TextProblem {
    /// The stable name that batch answers carry.
    pub const fn name(&self) -> &'static str {
        match self {
            TextProblem::Refused { why, .. } => why.name(),
            TextProblem::TooLong { .. } => "too_long",
            TextProblem::TooManyBytes { .. } => "too_many_bytes",
            TextProblem::NotUtf8 { .. } => "not_utf8",
        }
    }

    /// The offending character as `U+hhhh`, where there is one.
    pub fn code_point(&self) -> Option<String> {
        match self {
            TextProblem::Refused { c, .. } => Some(format!("U+{:04X}", u32::from(*c))),
            _ => None,
        }
    }
}

/// Bytes as text, or the offset of the first byte that is not UTF-8. A byte-order mark is left in place
/// (see [`without_bom`]).
///
/// # Errors
/// [`TextProblem::NotUtf8`].
pub fn clean_bytes(bytes: &[u8]) -> Result<&str, TextProblem> {
    std::str::from_utf8(bytes).map_err(|e| TextProblem::NotUtf8 { byte: e.valid_up_to() })
}

/// A file's text without the byte-order mark that spreadsheets put in front. Elsewhere U+FEFF is refused.
pub fn without_bom(s: &str) -> &str {
    s.strip_prefix('\u{FEFF}').unwrap_or(s)
}

/// One line: NFC, half-width kana folded, blanks at the ends gone, runs of blanks made one (full-width where
/// the run had a full-width one, as between 山田　太郎). Line ends after the text go too: a pasted cell brings
/// one.
///
/// Cleaning what is clean changes nothing. An empty text is clean; whether it may be empty is the field's
/// affair.
///
/// # Errors
/// [`TextProblem`], the first that is met. A text of more than four times the bytes allowed is refused
/// unread.
pub fn clean_line(s: &str, limit: Limit) -> Result<String, TextProblem> {
    too_big_to_read(s, limit)?;
    let text = canonical(s.trim_end_matches(['\r', '\n']), false)?;
    measured(fold_blanks(&text), limit)
}

/// Several lines: as [`clean_line`], but CR, LF and CR LF become `\n`, TAB becomes a blank, blanks inside a
/// line stay as they are (people indent), and blanks at line ends and empty lines at both ends of the text
/// go.
///
/// # Errors
/// As [`clean_line`].
pub fn clean_block(s: &str, limit: Limit) -> Result<String, TextProblem> {
    too_big_to_read(s, limit)?;
    let text = canonical(s, true)?;
    let mut lines: Vec<String> = text
        .split('\n')
        .map(|line| {
            let line: String = line.chars().map(|c| if is_odd_blank(c) { ' ' } else { c }).collect();
            line.trim_end_matches(is_blank).to_string()
        })
        .collect();
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    let first = lines.iter().position(|l| !l.is_empty()).unwrap_or(lines.len());
    measured(lines.get(first..).unwrap_or_default().join("\n"), limit)
}

fn too_big_to_read(s: &str, limit: Limit) -> Result<(), TextProblem> {
    // Cleaning may shorten (blanks, decomposed kana), so the raw text may be longer than the limit, within
    // reason.
    if s.len() > limit.bytes.saturating_mul(4) {
        return Err(TextProblem::TooManyBytes { limit: limit.bytes });
    }
    Ok(())
}

fn measured(text: String, limit: Limit) -> Result<String, TextProblem> {
    if text.graphemes(true).count() > limit.graphemes {
        return Err(TextProblem::TooLong { limit: limit.graphemes });
    }
    if text.len() > limit.bytes {
        return Err(TextProblem::TooManyBytes { limit: limit.bytes });
    }
    Ok(text)
}

/// Checks every character and returns the canonical spelling. Blanks are not folded yet.
fn canonical(s: &str, lines: bool) -> Result<String, TextProblem> {
    check(s, lines)?;
    let s: Cow<'_, str> = if lines { Cow::Owned(unify_newlines(s)) } else { Cow::Borrowed(s) };
    // NFC alone would turn compatibility ideographs (U+FA19 神) into the plain form and lose how a family
    // writes its name; the standardized variation sequence keeps it and survives every later normalization.
    let text: String = fold_half_width(&s).as_str().cjk_compat_variants().nfc().collect();
    // Some letters come apart into more marks in NFC than they had, so the result is checked too.
    check(&text, lines)?;
    Ok(text)
}

fn unify_newlines(s: &str) -> String {
    s.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ")
}

fn check(s: &str, lines: bool) -> Result<(), TextProblem> {
    let mut before: Option<char> = None;
    let mut marks = 0usize;
    for (i, c) in s.chars().enumerate() {
        let refuse = |why| Err(TextProblem::Refused { why, c, at: i.saturating_add(1) });
        if lines && matches!(c, '\n' | '\r' | '\t') {
            before = None;
            marks = 0;
            continue;
        }
        if let Some(why) = forbidden(c) {
            return refuse(why);
        }
        if is_variation_selector(c) {
            if !before.is_some_and(takes_variation) {
                return refuse(Why::VariationSelector);
            }
        } else if is_combining_mark(c) {
            if before.is_none_or(is_blank) {
                return refuse(Why::CombiningAlone);
            }
            marks = marks.saturating_add(1);
            if marks > MAX_MARKS {
                return refuse(Why::CombiningPile);
            }
        } else {
            marks = 0;
        }
        before = Some(c);
    }
    Ok(())
}

/// Why this character is refused wherever it stands.
fn forbidden(c: char) -> Option<Why> {
    let n = u32::from(c);
    match n {
        0x0A | 0x0D => Some(Why::LineBreak),
        0x00..=0x1F | 0x7F..=0x9F => Some(Why::Control),
        0x2028 | 0x2029 => Some(Why::Separator),
        0x061C | 0x200E | 0x200F | 0x202A..=0x202E | 0x2066..=0x2069 => Some(Why::BidiControl),
        // Soft hyphen, grapheme joiner, Hangul fillers, Khmer inherent vowels, Mongolian selectors,
        // zero-width spaces and joiners, invisible operators, braille blank, byte-order mark, annotations,
        // shorthand and musical format controls.
        0x00AD
        | 0x034F
        | 0x115F
        | 0x1160
        | 0x17B4
        | 0x17B5
        | 0x180B..=0x180F
        | 0x200B..=0x200D
        | 0x2060..=0x2065
        | 0x206A..=0x206F
        | 0x2800
        | 0x3164
        | 0xFEFF
        | 0xFFA0
        | 0xFFF0..=0xFFFB
        | 0x1BCA0..=0x1BCA3
        | 0x1D173..=0x1D17A => Some(Why::Invisible),
        0xFFFD => Some(Why::Replacement),
        0xE0000..=0xE007F => Some(Why::Tag),
        0xFDD0..=0xFDEF => Some(Why::Noncharacter),
        _ if n & 0xFFFE == 0xFFFE => Some(Why::Noncharacter),
        0xE000..=0xF8FF | 0xF0000..=0x10FFFF => Some(Why::PrivateUse),
        _ if !is_public_assigned(c) => Some(Why::Unassigned),
        _ => None,
    }
}

fn is_variation_selector(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

/// Unified ideographs, among them the twelve that stand in the compatibility block; and 々, 〇.
fn takes_variation(c: char) -> bool {
    matches!(c,
        '\u{3005}' | '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}'
        | '\u{FA0E}' | '\u{FA0F}' | '\u{FA11}' | '\u{FA13}' | '\u{FA14}' | '\u{FA1F}'
        | '\u{FA21}' | '\u{FA23}' | '\u{FA24}' | '\u{FA27}'..='\u{FA29}'
        | '\u{20000}'..='\u{2F7FF}' | '\u{2FA20}'..='\u{3FFFD}')
}

/// Blanks: what Unicode calls a space separator.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{3000}') || is_odd_blank(c)
}

/// Blanks that no Japanese keyboard types; they come from pasted documents.
fn is_odd_blank(c: char) -> bool {
    matches!(c, '\u{A0}' | '\u{1680}' | '\u{2000}'..='\u{200A}' | '\u{202F}' | '\u{205F}')
}

fn fold_blanks(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut pending: Option<char> = None;
    for c in s.trim_matches(is_blank).chars() {
        if is_blank(c) {
            let full = c == '\u{3000}' || pending == Some('\u{3000}');
            pending = Some(if full { '\u{3000}' } else { ' ' });
        } else {
            out.extend(pending.take());
            out.push(c);
        }
    }
    out
}
