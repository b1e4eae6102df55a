//! Hiragana, katakana, half-width kana, and romaji (modified Hepburn) for consoles without kanji.

use unicode_normalization::char::compose;

/// U+FF61..U+FF9D in order.
const HALF: &str = "。「」、・ヲァィゥェォャュョッーアイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワン";

/// Half-width kana and their punctuation as full width; a half-width dakuten or handakuten joins the kana
/// before it (ﾔﾏﾀﾞ → ヤマダ) or stands alone as ゛ ゜.
pub fn fold_half_width(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut before: Option<char> = None;
    for c in s.chars() {
        let folded = match c {
            '\u{FF61}'..='\u{FF9D}' => half_to_full(c),
            '\u{FF9E}' => joined_or(before, '\u{3099}', '\u{309B}'),
            '\u{FF9F}' => joined_or(before, '\u{309A}', '\u{309C}'),
            other => other,
        };
        if matches!(folded, '\u{3099}' | '\u{309A}')
            && folded != c
            && let Some(whole) = before.and_then(|b| compose(b, folded))
        {
            out.pop();
            out.push(whole);
            before = Some(whole);
            continue;
        }
        out.push(folded);
        before = Some(folded);
    }
    out
}

fn half_to_full(c: char) -> char {
    let index = u32::from(c).saturating_sub(0xFF61);
    usize::try_from(index).ok().and_then(|i| HALF.chars().nth(i)).unwrap_or(c)
}

fn joined_or(before: Option<char>, mark: char, alone: char) -> char {
    if before.and_then(|b| compose(b, mark)).is_some() { mark } else { alone }
}

/// Hiragana as katakana; everything else stays.
pub fn to_katakana(s: &str) -> String {
    s.chars().map(char_to_katakana).collect()
}

/// Katakana as hiragana; everything else stays (ー among it, and ヷ..ヺ, which have no hiragana).
pub fn to_hiragana(s: &str) -> String {
    s.chars().map(char_to_hiragana).collect()
}

fn char_to_katakana(c: char) -> char {
    match c {
        'ぁ'..='ゖ' | 'ゝ' | 'ゞ' => char::from_u32(u32::from(c).saturating_add(0x60)).unwrap_or(c),
        _ => c,
    }
}

pub(super) fn char_to_hiragana(c: char) -> char {
    match c {
        'ァ'..='ヶ' | 'ヽ' | 'ヾ' => char::from_u32(u32::from(c).saturating_sub(0x60)).unwrap_or(c),
        _ => c,
    }
}

/// Whether this can be the reading of a name: hiragana or katakana (half width too), long marks, middle dots
/// and blanks, and at least one kana.
pub fn is_kana_name(s: &str) -> bool {
    let mut kana = false;
    for c in s.chars() {
        match c {
            'ぁ'..='ゖ' | 'ァ'..='ヺ' | '\u{FF66}'..='\u{FF6F}' | '\u{FF71}'..='\u{FF9D}' => kana = true,
            'ー' | '・' | 'ゝ' | 'ゞ' | 'ヽ' | 'ヾ' | ' ' | '\u{3000}' | '\u{FF65}' | '\u{FF70}' => {}
            '\u{FF9E}' | '\u{FF9F}' | '\u{3099}' | '\u{309A}' => {}
            _ => return false,
        }
    }
    kana
}

/// Kana in lower-case ASCII letters, for consoles without kanji: modified Hepburn without macrons, vowels as
/// they are written (さとう → satou), so that the letters typed back find the name. `n'` before a vowel or y.
/// The long mark ー is left out; other characters that are not ASCII become `?`.
pub fn kana_to_romaji(s: &str) -> String {
    let kana: Vec<char> = fold_half_width(s).chars().map(char_to_hiragana).collect();
    let mut out = String::with_capacity(s.len());
    let mut double = false;
    let mut after_n = false;
    let mut rest = kana.as_slice();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail.first().and_then(|&second| romaji_of_pair(first, second));
        let (syllable, left): (Option<&str>, &[char]) = match pair {
            Some(r) => (Some(r), tail.get(1..).unwrap_or_default()),
            None => (romaji_of(first), tail),
        };
        rest = left;
        if first == 'っ' {
            double = true;
            continue;
        }
        match syllable {
            Some(r) => {
                if std::mem::take(&mut double) {
                    match r.chars().next() {
                        Some('c') => out.push('t'),
                        Some(c) if !matches!(c, 'a' | 'i' | 'u' | 'e' | 'o' | 'n') => out.push(c),
                        _ => {}
                    }
                }
                if after_n && r.starts_with(['a', 'i', 'u', 'e', 'o', 'y']) {
                    out.push('\'');
                }
                out.push_str(r);
                after_n = first == 'ん';
            }
            None => {
                double = false;
                after_n = false;
                match first {
                    'ー' => {}
                    '\u{3000}' => out.push(' '),
                    '・' => out.push('-'),
                    c if c.is_ascii() => out.push(c),
                    _ => out.push('?'),
                }
            }
        }
    }
    out
}

fn romaji_of_pair(first: char, second: char) -> Option<&'static str> {
    let row: [&str; 3] = match first {
        'き' => ["kya", "kyu", "kyo"],
        'ぎ' => ["gya", "gyu", "gyo"],
        'し' => ["sha", "shu", "sho"],
        'じ' | 'ぢ' => ["ja", "ju", "jo"],
        'ち' => ["cha", "chu", "cho"],
        'に' => ["nya", "nyu", "nyo"],
        'ひ' => ["hya", "hyu", "hyo"],
        'び' => ["bya", "byu", "byo"],
        'ぴ' => ["pya", "pyu", "pyo"],
        'み' => ["mya", "myu", "myo"],
        'り' => ["rya", "ryu", "ryo"],
        'ふ' | 'ゔ' | 'て' | 'で' | 'う' | 'と' | 'ど' => return foreign_pair(first, second),
        _ => return None,
    };
    let [ya, yu, yo] = row;
    match (first, second) {
        (_, 'ゃ') => Some(ya),
        (_, 'ゅ') => Some(yu),
        (_, 'ょ') => Some(yo),
        ('し', 'ぇ') => Some("she"),
        ('じ', 'ぇ') => Some("je"),
        ('ち', 'ぇ') => Some("che"),
        _ => None,
    }
}

fn foreign_pair(first: char, second: char) -> Option<&'static str> {
    Some(match (first, second) {
        ('ふ', 'ぁ') => "fa",
        ('ふ', 'ぃ') => "fi",
        ('ふ', 'ぇ') => "fe",
        ('ふ', 'ぉ') => "fo",
        ('ゔ', 'ぁ') => "va",
        ('ゔ', 'ぃ') => "vi",
        ('ゔ', 'ぇ') => "ve",
        ('ゔ', 'ぉ') => "vo",
        ('て', 'ぃ') => "ti",
        ('で', 'ぃ') => "di",
        ('と', 'ぅ') => "tu",
        ('ど', 'ぅ') => "du",
        ('う', 'ぃ') => "wi",
        ('う', 'ぇ') => "we",
        ('う', 'ぉ') => "wo",
        _ => return None,
    })
}

fn romaji_of(c: char) -> Option<&'static str> {
    Some(match c {
        'あ' | 'ぁ' => "a",
        'い' | 'ぃ' | 'ゐ' => "i",
        'う' | 'ぅ' => "u",
        'え' | 'ぇ' | 'ゑ' => "e",
        'お' | 'ぉ' | 'を' => "o",
        'か' | 'ゕ' => "ka",
        'き' => "ki",
        'く' => "ku",
        'け' | 'ゖ' => "ke",
        'こ' => "ko",
        'が' => "ga",
        'ぎ' => "gi",
        'ぐ' => "gu",
        'げ' => "ge",
        'ご' => "go",
        'さ' => "sa",
        'し' => "shi",
        'す' => "su",
        'せ' => "se",
        'そ' => "so",
        'ざ' => "za",
        'じ' | 'ぢ' => "ji",
        'ず' | 'づ' => "zu",
        'ぜ' => "ze",
        'ぞ' => "zo",
        'た' => "ta",
        'ち' => "chi",
        'つ' => "tsu",
        'て' => "te",
        'と' => "to",
        'だ' => "da",
        'で' => "de",
        'ど' => "do",
        'な' => "na",
        'に' => "ni",
        'ぬ' => "nu",
        'ね' => "ne",
        'の' => "no",
        'は' => "ha",
        'ひ' => "hi",
        'ふ' => "fu",
        'へ' => "he",
        'ほ' => "ho",
        'ば' => "ba",
        'び' => "bi",
        'ぶ' => "bu",
        'べ' => "be",
        'ぼ' => "bo",
        'ぱ' => "pa",
        'ぴ' => "pi",
        'ぷ' => "pu",
        'ぺ' => "pe",
        'ぽ' => "po",
        'ま' => "ma",
        'み' => "mi",
        'む' => "mu",
        'め' => "me",
        'も' => "mo",
        'や' | 'ゃ' => "ya",
        'ゆ' | 'ゅ' => "yu",
        'よ' | 'ょ' => "yo",
        'ら' => "ra",
        'り' => "ri",
        'る' => "ru",
        'れ' => "re",
        'ろ' => "ro",
        'わ' | 'ゎ' => "wa",
        'ん' => "n",
        'ゔ' => "vu",
        _ => return None,
    })
}
