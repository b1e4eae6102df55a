//! Letters that the fonts for paper do not have. Said when a name is entered, not when a form is printed.

/// The characters of a text that the print fonts (BIZ UD, IPAex) are not known to have, each once, in order;
/// at most 64. A rule by blocks of Unicode, not a table of glyphs: it errs to both sides for rare kanji of
/// the plane.
///
/// Everything beyond the Basic Multilingual Plane counts (𠮷 U+20BB7 is in neither font),
/// variation selectors after a kanji do not: without the variant the plain kanji is printed. Of the plane
/// itself: CJK extension A, Hangul, scripts that are not written in Japanese documents, and the ideographs
/// after U+9FA5.
pub fn not_in_print_fonts(s: &str) -> Vec<char> {
    let mut found: Vec<char> = Vec::new();
    for c in s.chars() {
        // A name has a handful at most; stopping keeps a hostile text from making this search long.
        if found.len() >= 64 {
            break;
        }
        if is_missing(c) && !found.contains(&c) {
            found.push(c);
        }
    }
    found
}

fn is_missing(c: char) -> bool {
    match u32::from(c) {
        0xE0100..=0xE01EF | 0xFE00..=0xFE0F => false,
        0x10000.. => true,
        // Hebrew to Ethiopic and on to Mongolian: nothing between Cyrillic and the Latin additions is drawn.
        0x0530..=0x1DFF => true,
        0x3130..=0x318F | 0xA000..=0xD7FF => true,
        0x2E80..=0x2FDF => true,
        0x3400..=0x4DBF => true,
        0x9FA6..=0x9FFF => true,
        0xFB00..=0xFDFF | 0xFE70..=0xFEFF => true,
        _ => false,
    }
}
