//! Keys for search as you type: what a person would call the same text has the same key.
//!
//! A key is for looking up only. It folds half and full width, case, hiragana and katakana, small kana, long
//! marks, じ/ぢ and ず/づ, blanks, hyphens, middle dots, accents, variation selectors, and the kanji variants of
//! `data/text/variants.txt`. A query is also read as romaji, finished or not.
//!
//! Who stores keys must store [`KEY_VERSION`] beside them and rebuild when it differs.

use super::kana::char_to_hiragana;
use std::collections::HashMap;
use std::sync::LazyLock;
use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Raised whenever the same text would get another key than before.
pub const KEY_VERSION: u32 = 2;

/// Longest key of a query, in characters. A query is cut to it, so that what was typed beyond does not hide what it
/// would find.
pub const KEY_CHARS: usize = 32;

/// Longest part of a query that is looked at, in characters.
const QUERY_CHARS: usize = 128;

/// Most alternatives of one query as it was typed.
const MAX_ALTERNATIVES: usize = 24;

/// Most keys of one query, with those for what romaji leaves out.
const MAX_KEYS: usize = 96;

const VARIANTS: &str = include_str!("../../data/text/variants.txt");

static VARIANT_OF: LazyLock<HashMap<char, char>> = LazyLock::new(|| {
    let mut map = HashMap::new();
    for line in VARIANTS.lines().filter(|l| !l.starts_with('#')) {
        let mut group = line.trim().chars();
        if let Some(kept) = group.next() {
            map.extend(group.map(|other| (other, kept)));
        }
    }
    map
});

/// The groups of kanji that share a key, the kept form first.
pub fn variant_groups() -> impl Iterator<Item = &'static str> {
    VARIANTS.lines().map(str::trim).filter(|l| !l.is_empty() && !l.starts_with('#'))
}

/// The key of a text. Idempotent.
pub fn search_key(s: &str) -> String {
    let mut out = String::with_capacity(s.len());
    let mut last: Option<char> = None;
    for c in s.nfkc().flat_map(char::to_lowercase) {
        let c = match c {
            'ー' => last.and_then(vowel_of),
            '々' | '〻' => last.filter(|&l| !is_hiragana(l)),
            'ゝ' | 'ヽ' => last.filter(|&l| is_hiragana(l)),
            'ゞ' | 'ヾ' => last.filter(|&l| is_hiragana(l)).map(voiced),
            c if is_left_out(c) => None,
            c => Some(fold_char(c)),
        };
        if let Some(c) = c {
            out.push(c);
            last = Some(c);
        }
    }
    // What stood between two jamo was left out, and now they make a syllable. Each round is shorter than the last.
    match is_nfc_quick(out.chars()) {
        IsNormalized::Yes => out,
        _ => {
            let composed: String = out.nfc().collect();
            if composed.chars().count() < out.chars().count() { search_key(&composed) } else { out }
        }
    }
}

fn fold_char(c: char) -> char {
    match c {
        '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => {
            let mut base = None;
            decompose_canonical(c, |d| {
                base.get_or_insert(d);
            });
            base.unwrap_or(c)
        }
        c => {
            let c = fold_kana(char_to_hiragana(c));
            VARIANT_OF.get(&c).copied().unwrap_or(c)
        }
    }
}

fn is_left_out(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_combining_mark(c)
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '・' | '·')
        || matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}')
        || matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
}

fn is_hiragana(c: char) -> bool {
    matches!(c, 'ぁ'..='ゖ')
}

fn fold_kana(c: char) -> char {
    match c {
        'ぁ' => 'あ',
        'ぃ' | 'ゐ' => 'い',
        'ぅ' => 'う',
        'ぇ' | 'ゑ' => 'え',
        'ぉ' | 'を' => 'お',
        'っ' => 'つ',
        'ゃ' => 'や',
        'ゅ' => 'ゆ',
        'ょ' => 'よ',
        'ゎ' => 'わ',
        'ゕ' => 'か',
        'ゖ' => 'け',
        'ぢ' => 'じ',
        'づ' => 'ず',
        'ヷ' => 'わ',
        'ヸ' => 'い',
        'ヹ' => 'え',
        'ヺ' => 'お',
        other => other,
    }
}

fn voiced(c: char) -> char {
    let with_mark = unicode_normalization::char::compose(c, '\u{3099}');
    with_mark.map_or(c, fold_kana)
}

fn vowel_of(c: char) -> Option<char> {
    Some(match c {
        _ if "あかがさざただなはばぱまやらわ".contains(c) => 'あ',
        _ if "いきぎしじちにひびぴみり".contains(c) => 'い',
        _ if "うくぐすずつぬふぶぷむゆるゔ".contains(c) => 'う',
        _ if "えけげせぜてでねへべぺめれ".contains(c) => 'え',
        _ if "おこごそぞとどのほぼぽもよろ".contains(c) => 'お',
        _ => return None,
    })
}

/// The first `n` characters.
fn head(s: &str, n: usize) -> &str {
    s.char_indices().nth(n).and_then(|(end, _)| s.get(..end)).unwrap_or(s)
}

/// What to look for when this is typed: some keys (at most 96), any of which may stand in the key of a text. First
/// as it was typed; then read as romaji; then what romaji leaves out: a long o or u (`kyoko` finds きょうこ) and
/// where a syllable ends in n (`junichi` finds じゅんいち). A syllable that is not finished stands for all that it
/// may become: `tanak` finds たなか. Empty when nothing searchable was typed.
pub fn search_keys_of_query(q: &str) -> Vec<String> {
    let q: String = head(q, QUERY_CHARS).nfkc().flat_map(char::to_lowercase).collect();
    let mut keys = Vec::new();
    add_key(&mut keys, &q);
    if q.chars().any(|c| c.is_ascii_alphabetic()) || q.contains(['ā', 'ī', 'ū', 'ē', 'ō']) {
        let read: Vec<Converted> = readings(&q).iter().map(|reading| convert(reading)).collect();
        let read: Vec<Converted> = read.into_iter().filter(|converted| converted.complete).collect();
        for converted in &read {
            for end in endings(&converted.tail) {
                add_key(&mut keys, &format!("{}{end}", converted.kana));
            }
        }
        add_fuller(&mut keys, &read);
    }
    keys
}

fn add_key(keys: &mut Vec<String>, text: &str) {
    let key = head(&search_key(text), KEY_CHARS).to_string();
    if !key.is_empty() && keys.len() < MAX_ALTERNATIVES && !keys.contains(&key) {
        keys.push(key);
    }
}

/// The most that may have been left out of one word, and a long お for う counts twice: it is rare.
const MOST_LEFT_OUT: usize = 4;

/// Adds what romaji may have left out, the fewest things first. A key that begins like one before finds nothing
/// more.
fn add_fuller(keys: &mut Vec<String>, read: &[Converted]) {
    for left_out in 1..=MOST_LEFT_OUT {
        for converted in read {
            let kana: Vec<char> = head(&converted.kana, KEY_CHARS).chars().collect();
            let ends = endings(&converted.tail);
            let mut fuller = Vec::new();
            fill_in(&kana, None, left_out, String::new(), &mut fuller);
            for text in fuller {
                for end in &ends {
                    if keys.len() >= MAX_KEYS {
                        return;
                    }
                    let key = head(&search_key(&format!("{text}{end}")), KEY_CHARS).to_string();
                    if !keys.iter().any(|known| key.starts_with(known.as_str())) {
                        keys.push(key);
                    }
                }
            }
        }
    }
}

/// The kana with exactly so many things filled in, in every way, up to [`MAX_KEYS`] ways.
fn fill_in(kana: &[char], before: Option<char>, left_out: usize, so_far: String, found: &mut Vec<String>) {
    if found.len() >= MAX_KEYS {
        return;
    }
    let Some((&first, rest)) = kana.split_first() else {
        if left_out == 0 {
            found.push(so_far);
        }
        return;
    };
    if left_out == 0 {
        found.push(so_far + &kana.iter().collect::<String>());
        return;
    }
    let next = rest.first().copied();
    for (text, used) in written(first, before, next) {
        if let Some(left_out) = left_out.checked_sub(used) {
            fill_in(rest, Some(first), left_out, format!("{so_far}{text}"), found);
        }
    }
}

/// The ways in which a kana of a word in romaji may be written in kana, and how many things each fills in.
fn written(c: char, before: Option<char>, next: Option<char>) -> Vec<(String, usize)> {
    let mut ways = vec![(c.to_string(), 0)];
    let of_vowel = |c: char| vowel_of(fold_kana(c));
    match of_vowel(c) {
        // What makes an o long is written already, in one way or the other.
        Some('お') if c == 'お' && before.and_then(of_vowel) == Some('お') => {
            ways.push(("う".to_owned(), 1));
        }
        Some('う') if c == 'う' && before.and_then(of_vowel) == Some('お') => {
            ways.push(("お".to_owned(), 2));
        }
        Some('お') if !matches!(next, Some('う' | 'お')) && !next.is_some_and(is_small) => {
            ways.push((format!("{c}う"), 1));
            ways.push((format!("{c}お"), 2));
        }
        Some('う') if next != Some('う') && !next.is_some_and(is_small) => {
            ways.push((format!("{c}う"), 1));
        }
        _ => {}
    }
    let vowel = match c {
        'な' => Some('あ'),
        'に' => Some('い'),
        'ぬ' => Some('う'),
        'ね' => Some('え'),
        'の' => Some('お'),
        _ => None,
    };
    if let Some(vowel) = vowel {
        // にゃ is んや; what an input method writes as `nn` has its ん already.
        let vowel = if next.is_some_and(is_small) { String::new() } else { vowel.to_string() };
        let n = if before == Some('ん') { "" } else { "ん" };
        ways.push((format!("{n}{vowel}"), 1));
        if matches!(c, 'ぬ' | 'の') && next.is_none_or(|next| !is_small(next)) {
            ways.push((format!("{n}{vowel}う"), 2));
        }
    }
    ways
}

fn is_small(c: char) -> bool {
    matches!(c, 'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'ゃ' | 'ゅ' | 'ょ')
}

/// The ways a long o may be meant: ō and the `oh` of passports (Ohno, Kohno) are おお or おう.
fn readings(q: &str) -> Vec<String> {
    let plain = q.replace('ā', "aa").replace('ī', "ii").replace('ū', "uu").replace('ē', "ei");
    let mut all: Vec<String> = Vec::new();
    for long in ["ou", "oo"] {
        for passport in [false, true] {
            let mut reading = plain.replace('ō', long);
            if passport {
                reading = passport_o(&reading, long);
            }
            if !all.contains(&reading) {
                all.push(reading);
            }
        }
    }
    all
}

/// `oh` before a consonant or at the end as the long o given.
fn passport_o(s: &str, long: &str) -> String {
    let mut out = String::with_capacity(s.len().saturating_add(8));
    let mut rest = s;
    while let Some((before, after)) = rest.split_once("oh") {
        out.push_str(before);
        let vowel_follows = after.starts_with(['a', 'i', 'u', 'e', 'o', 'y']);
        out.push_str(if vowel_follows { "oh" } else { long });
        rest = after;
    }
    out.push_str(rest);
    out
}

struct Converted {
    kana: String,
    /// Letters at the end that may still become a syllable.
    tail: String,
    /// No other letters were left over.
    complete: bool,
}

/// Romaji (Hepburn or Kunrei; `n'`, double consonants, `tch`, m before b, p, m) as hiragana. What cannot be
/// read stays as it is, an unfinished syllable at the end too: `tanak` → たなk.
pub fn romaji_to_hiragana(s: &str) -> String {
    let Converted { mut kana, tail, .. } = convert(&s.to_ascii_lowercase());
    kana.push_str(&tail);
    kana
}

fn convert(s: &str) -> Converted {
    let mut out = Converted { kana: String::with_capacity(s.len()), tail: String::new(), complete: true };
    let mut rest = s;
    while let Some(c) = rest.chars().next() {
        let next = rest.chars().nth(1);
        let (kana, used) = if let Some((kana, used)) = syllable(rest) {
            (kana, used)
        } else if c == 'n' && next == Some('\'') {
            ("ん", 2)
        } else if c == 'n' && next.is_some_and(|n| !"aiueoy".contains(n))
            || c == 'm' && next.is_some_and(|n| "bpm".contains(n))
        {
            ("ん", 1)
        } else if c.is_ascii_lowercase() && !"aiueon".contains(c) && next == Some(c)
            || rest.starts_with("tch")
        {
            ("っ", 1)
        } else if c == '-' && out.kana.chars().next_back().is_some_and(is_hiragana) {
            ("ー", 1)
        } else if c.is_ascii_lowercase() && may_become_syllable(rest) {
            out.tail = rest.to_string();
            return out;
        } else {
            if c.is_ascii_lowercase() {
                out.complete = false;
            }
            out.kana.push(c);
            rest = rest.get(c.len_utf8()..).unwrap_or_default();
            continue;
        };
        out.kana.push_str(kana);
        rest = rest.get(used..).unwrap_or_default();
    }
    out
}

/// The syllable at the start, and its bytes.
fn syllable(s: &str) -> Option<(&'static str, usize)> {
    (1..=4usize).rev().find_map(|n| SYLLABLE.get(s.get(..n)?).map(|kana| (*kana, n)))
}

fn may_become_syllable(tail: &str) -> bool {
    tail.len() <= 3 && ROMAJI.iter().any(|(romaji, _)| romaji.starts_with(tail))
}

/// The kana that an unfinished syllable may become; one empty ending when nothing is unfinished.
fn endings(tail: &str) -> Vec<&'static str> {
    if tail.is_empty() {
        return vec![""];
    }
    let mut all: Vec<&'static str> = Vec::new();
    for (_, kana) in ROMAJI.iter().filter(|(romaji, _)| romaji.starts_with(tail)) {
        if !all.iter().any(|known| kana.starts_with(known)) {
            all.push(kana);
        }
    }
    match tail {
        "n" | "m" => all.push("ん"),
        "ny" => all.extend(["んや", "んゆ", "んよ"]),
        _ if tail.len() == 1 => all.push("っ"),
        _ => {}
    }
    all
}

static SYLLABLE: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| ROMAJI.iter().copied().collect());

/// Plain syllables before contracted ones, so that an ending's short form is met first.
#[rustfmt::skip]
const ROMAJI: &[(&str, &str)] = &[
    ("a", "あ"), ("i", "い"), ("u", "う"), ("e", "え"), ("o", "お"),
    ("ka", "か"), ("ki", "き"), ("ku", "く"), ("ke", "け"), ("ko", "こ"),
    ("ga", "が"), ("gi", "ぎ"), ("gu", "ぐ"), ("ge", "げ"), ("go", "ご"),
    ("sa", "さ"), ("si", "し"), ("shi", "し"), ("su", "す"), ("se", "せ"), ("so", "そ"),
    ("za", "ざ"), ("zi", "じ"), ("ji", "じ"), ("zu", "ず"), ("ze", "ぜ"), ("zo", "ぞ"),
    ("ta", "た"), ("ti", "ち"), ("chi", "ち"), ("tu", "つ"), ("tsu", "つ"), ("te", "て"), ("to", "と"),
    ("da", "だ"), ("di", "ぢ"), ("du", "づ"), ("dzu", "づ"), ("de", "で"), ("do", "ど"),
    ("na", "な"), ("ni", "に"), ("nu", "ぬ"), ("ne", "ね"), ("no", "の"),
    ("ha", "は"), ("hi", "ひ"), ("hu", "ふ"), ("fu", "ふ"), ("he", "へ"), ("ho", "ほ"),
    ("ba", "ば"), ("bi", "び"), ("bu", "ぶ"), ("be", "べ"), ("bo", "ぼ"),
    ("pa", "ぱ"), ("pi", "ぴ"), ("pu", "ぷ"), ("pe", "ぺ"), ("po", "ぽ"),
    ("ma", "ま"), ("mi", "み"), ("mu", "む"), ("me", "め"), ("mo", "も"),
    ("ya", "や"), ("yu", "ゆ"), ("yo", "よ"),
    ("ra", "ら"), ("ri", "り"), ("ru", "る"), ("re", "れ"), ("ro", "ろ"),
    ("wa", "わ"), ("wo", "を"), ("vu", "ゔ"),
    ("kya", "きゃ"), ("kyu", "きゅ"), ("kyo", "きょ"), ("gya", "ぎゃ"), ("gyu", "ぎゅ"), ("gyo", "ぎょ"),
    ("sha", "しゃ"), ("shu", "しゅ"), ("sho", "しょ"), ("she", "しぇ"),
    ("sya", "しゃ"), ("syu", "しゅ"), ("syo", "しょ"),
    ("ja", "じゃ"), ("ju", "じゅ"), ("jo", "じょ"), ("je", "じぇ"),
    ("jya", "じゃ"), ("jyu", "じゅ"), ("jyo", "じょ"), ("zya", "じゃ"), ("zyu", "じゅ"), ("zyo", "じょ"),
    ("cha", "ちゃ"), ("chu", "ちゅ"), ("cho", "ちょ"), ("che", "ちぇ"),
    ("tya", "ちゃ"), ("tyu", "ちゅ"), ("tyo", "ちょ"), ("cya", "ちゃ"), ("cyu", "ちゅ"), ("cyo", "ちょ"),
    ("dya", "ぢゃ"), ("dyu", "ぢゅ"), ("dyo", "ぢょ"),
    ("nya", "にゃ"), ("nyu", "にゅ"), ("nyo", "にょ"), ("hya", "ひゃ"), ("hyu", "ひゅ"), ("hyo", "ひょ"),
    ("bya", "びゃ"), ("byu", "びゅ"), ("byo", "びょ"), ("pya", "ぴゃ"), ("pyu", "ぴゅ"), ("pyo", "ぴょ"),
    ("mya", "みゃ"), ("myu", "みゅ"), ("myo", "みょ"), ("rya", "りゃ"), ("ryu", "りゅ"), ("ryo", "りょ"),
    ("fa", "ふぁ"), ("fi", "ふぃ"), ("fe", "ふぇ"), ("fo", "ふぉ"),
    ("va", "ゔぁ"), ("vi", "ゔぃ"), ("ve", "ゔぇ"), ("vo", "ゔぉ"),
    ("wi", "うぃ"), ("we", "うぇ"), ("thi", "てぃ"), ("dhi", "でぃ"),
];
