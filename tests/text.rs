//! What may come in as text, how it is found again, how wide it is, and how a date is read.

use chrono::{NaiveDate, NaiveTime};
use daicho::text::clean::{Limit, MAX_MARKS, TextProblem, Why};
use daicho::text::find::{self, Letters, Part, Rank, Wanted, reading, units};
use daicho::text::fold::{KEY_CHARS, romaji_to_hiragana, variant_groups};
use daicho::text::wareki::{
    Era, fiscal_first_day, fiscal_label, fiscal_last_day, fiscal_number, fiscal_year, wareki, wareki_short,
    wareki_with_weekday,
};
use daicho::text::width::{cells, fit, pad_left, pad_right, wrap};
use daicho::text::*;
use proptest::prelude::*;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use std::collections::HashSet;
use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

const WIDE: Limit = Limit { graphemes: 100_000, bytes: 4_000_000 };

fn line(s: &str) -> String {
    clean_line(s, Limit::NAME).unwrap_or_else(|e| panic!("{s:?}: {e}"))
}

fn refused(s: &str) -> (&'static str, usize) {
    match clean_line(s, Limit::NAME) {
        Err(p @ TextProblem::Refused { at, .. }) => (p.name(), at),
        other => panic!("{s:?} gave {other:?}"),
    }
}

fn day(y: i32, m: u32, d: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(y, m, d).unwrap()
}

fn today() -> NaiveDate {
    day(2024, 11, 20)
}

/// Texts that have broken programs; for everything that must not panic.
fn naughty() -> Vec<String> {
    let mut all: Vec<String> = [
        "",
        " ",
        "\u{3000}",
        "\n",
        "\r\n\r\r\n",
        "\0",
        "a\0b",
        "\u{FEFF}山田",
        "山田\u{202E}太郎",
        "\u{2066}x\u{2069}",
        "a\u{200B}b",
        "👨\u{200D}👩\u{200D}👧\u{200D}👦",
        "👍🏽",
        "🇯🇵",
        "❤\u{FE0F}",
        "1\u{FE0F}\u{20E3}",
        "葛\u{E0100}城市",
        "辻\u{FE00}",
        "\u{E0100}",
        "𠮷野家",
        "ﾔﾏﾀﾞ ﾀﾛｳ",
        "ﾞﾟ",
        "ｶﾞﾞ",
        "ﾊﾟﾋﾟ",
        "か\u{3099}",
        "\u{3099}",
        "Z\u{0351}\u{036B}\u{0343}\u{036A}\u{0342}\u{036B}a\u{033D}\u{034B}\u{035E}lgo",
        "\u{0600}1",
        "क्षि",
        "ຳ",
        "\u{1100}\u{1161}\u{11A8}",
        "\u{1B}[31m",
        "\u{9B}31m",
        "\u{E0041}\u{E007F}",
        "\u{FFFE}",
        "\u{10FFFF}",
        "\u{E000}",
        "\u{FFFD}",
        "ﷺ",
        "İstanbul",
        "ß",
        "＝１＋１",
        "=cmd|' /C calc'!A0",
        "''''=1",
        "+81-3-1234-5678",
        "ー",
        "々々々",
        "ゞゝ",
        "っっっ",
        "n'n'n'",
        "ohohoh",
        "ōōō",
        "-----",
        "R",
        "令和",
        "元年",
        "令和元年",
        "S64.1.8",
        "+999999999999999999999d",
        "-999999y",
        "99999999",
        "年月日",
        "月日",
        "日",
        "()",
        "(",
        "時分",
        "25:99",
        "午後",
        "12345678901234567890",
    ]
    .map(String::from)
    .to_vec();
    for unit in ["あ", "e\u{0301}", " ", "n"] {
        all.push(unit.repeat((1 << 20) / unit.len()));
    }
    for unit in ["a", "ﾞ", "\u{0301}", "\n", "👍🏽", "𠮷", "oh", "（", "。", "'", "\r", "🇯"] {
        all.push(unit.repeat((1 << 16) / unit.len()));
    }
    all
}

/// Any text, with the characters that matter here more often than chance would have them.
fn any_text() -> impl Strategy<Value = String> {
    let odd = prop::sample::select(vec![
        ' ',
        '\u{3000}',
        '\n',
        '\r',
        '\t',
        '\u{A0}',
        '\u{2003}',
        'ﾞ',
        'ﾟ',
        'ｶ',
        'ﾊ',
        'カ',
        'か',
        'ー',
        '々',
        '\u{3099}',
        '\u{309A}',
        '\u{0301}',
        '\u{0323}',
        '\u{0327}',
        '\u{0344}',
        '\u{0958}',
        'ệ',
        '葛',
        '\u{FA19}',
        '\u{FA11}',
        '\u{2F81A}',
        '\u{E0100}',
        '\u{FE00}',
        '\u{FE0F}',
        '\u{200D}',
        '👍',
        '🏽',
        '🇯',
        '🇵',
        '𠮷',
        '\u{0600}',
        '\u{1100}',
        '\u{1161}',
        '\'',
        '=',
        '＝',
        '-',
        '\u{202E}',
        '（',
        '）',
        '。',
        'a',
        'n',
        'k',
        'o',
        'h',
        '1',
        '月',
        '.',
        '/',
    ]);
    prop::collection::vec(prop_oneof![odd, any::<char>()], 0..40).prop_map(|v| v.into_iter().collect())
}

/// Texts that pass the boundary.
fn clean_text() -> impl Strategy<Value = String> {
    any_text()
        .prop_map(|s| {
            s.chars().fold(String::new(), |so_far, c| {
                let longer = format!("{so_far}{c}");
                if clean_line(&longer, WIDE).is_ok() { longer } else { so_far }
            })
        })
        .prop_map(|s| clean_line(&s, WIDE).unwrap())
}

// ---- the boundary

#[test]
fn another_spelling_of_the_same_text_is_folded_at_the_boundary() {
    for (raw, clean) in [
        ("ﾔﾏﾀﾞ　ﾀﾛｳ", "ヤマダ　タロウ"),
        ("ﾊﾟｿｺﾝ｢ｻｰﾊﾞ｣｡", "パソコン「サーバ」。"),
        ("ｳﾞ", "ヴ"),
        ("カﾞ", "ガ"),
        ("アﾞ", "ア゛"),
        ("か\u{3099}き\u{3099}", "がぎ"),
        ("cafe\u{0301}", "café"),
        ("  山田 \u{3000} 太郎　", "山田　太郎"),
        ("山田   太郎", "山田 太郎"),
        ("山田\u{A0}太郎", "山田 太郎"),
        ("山田\r\n", "山田"),
        ("", ""),
        ("　", ""),
        ("髙﨑　𠮷", "髙﨑　𠮷"),
        ("葛\u{E0100}城", "葛\u{E0100}城"),
        ("辻\u{FE00}", "辻\u{FE00}"),
        ("👍🏽", "👍🏽"),
    ] {
        assert_eq!(line(raw), clean, "{raw:?}");
    }
}

#[test]
fn a_compatibility_ideograph_in_a_name_keeps_its_form_as_a_variation_sequence() {
    let name = line("\u{FA19}谷");
    assert_eq!(name, "神\u{FE00}谷");
    assert_eq!(line(&name), name);
    assert_eq!(name.nfc().collect::<String>(), name);
    // 﨑 stands in the same block and is no such character.
    assert_eq!(line("\u{FA11}"), "\u{FA11}");
}

#[test]
fn what_cannot_be_seen_or_shown_is_refused_with_its_place() {
    for (raw, expected) in [
        ("山田\0", ("control_character", 3)),
        ("\u{1B}[31m", ("control_character", 1)),
        ("a\tb", ("control_character", 2)),
        ("a\u{9B}", ("control_character", 2)),
        ("a\u{7F}", ("control_character", 2)),
        ("a\nb", ("line_break", 2)),
        ("a\rb", ("line_break", 2)),
        ("a\u{2028}b", ("line_separator", 2)),
        ("a\u{2029}b", ("line_separator", 2)),
        ("山田\u{202E}太郎", ("bidi_control", 3)),
        ("\u{2066}a", ("bidi_control", 1)),
        ("a\u{200F}", ("bidi_control", 2)),
        ("a\u{061C}", ("bidi_control", 2)),
        ("a\u{200B}b", ("invisible_character", 2)),
        ("a\u{200C}b", ("invisible_character", 2)),
        ("👨\u{200D}👩\u{200D}👧", ("invisible_character", 2)),
        ("a\u{2060}b", ("invisible_character", 2)),
        ("\u{FEFF}a", ("invisible_character", 1)),
        ("a\u{AD}b", ("invisible_character", 2)),
        ("\u{3164}", ("invisible_character", 1)),
        ("\u{FFA0}", ("invisible_character", 1)),
        ("\u{2800}", ("invisible_character", 1)),
        ("a\u{E0041}", ("tag_character", 2)),
        ("\u{FFFE}", ("noncharacter", 1)),
        ("\u{FDD0}", ("noncharacter", 1)),
        ("\u{1FFFF}", ("noncharacter", 1)),
        ("\u{10FFFF}", ("noncharacter", 1)),
        ("外字\u{E000}", ("private_use", 3)),
        ("\u{F0000}", ("private_use", 1)),
        ("\u{0378}", ("unassigned_character", 1)),
        ("\u{FFFD}", ("replacement_character", 1)),
        ("❤\u{FE0F}", ("variation_selector", 2)),
        ("か\u{E0100}", ("variation_selector", 2)),
        ("葛\u{E0100}\u{E0101}", ("variation_selector", 3)),
        ("\u{FA19}\u{FE00}", ("variation_selector", 2)),
        ("\u{E0100}", ("variation_selector", 1)),
        ("a\u{0301}\u{0301}\u{0301}\u{0301}\u{0301}", ("combining_pile", 6)),
        ("\u{0301}a", ("combining_alone", 1)),
        ("a \u{0301}", ("combining_alone", 3)),
    ] {
        assert_eq!(refused(raw), expected, "{raw:?}");
    }
    let most = format!("a{}", "\u{0335}".repeat(MAX_MARKS));
    assert_eq!(line(&most), most);
}

#[test]
fn marks_that_normalization_takes_apart_do_not_pile_up_unseen() {
    // ệ comes apart beside a cedilla, so four marks typed would be more in store.
    let typed = "ệ\u{0327}\u{0335}\u{0335}\u{0335}";
    assert!(clean_line(typed, Limit::NAME).is_err());
}

#[test]
fn a_block_has_one_kind_of_newline_and_no_loose_ends() {
    for (raw, clean) in [
        ("a\r\nb\rc\nd", "a\nb\nc\nd"),
        ("\n\n a  \n\n\tb　\n\n", " a\n\n b"),
        ("ﾃﾞﾝｹﾞﾝ\r\n断", "デンゲン\n断"),
        ("\r\n", ""),
        ("a\u{A0}\u{A0}b", "a  b"),
    ] {
        assert_eq!(clean_block(raw, Limit::BLOCK).unwrap(), clean, "{raw:?}");
    }
    assert_eq!(
        clean_block("ab\n\u{202E}", Limit::BLOCK),
        Err(TextProblem::Refused { why: Why::BidiControl, c: '\u{202E}', at: 4 })
    );
    assert_eq!(clean_block("a\n\u{0301}", Limit::BLOCK).unwrap_err().name(), "combining_alone");
    assert_eq!(clean_block("a\0", Limit::BLOCK).unwrap_err().name(), "control_character");
}

#[test]
fn length_is_counted_as_people_count_and_bytes_are_counted_too() {
    let five = Limit { graphemes: 5, bytes: 40 };
    assert_eq!(clean_line("  ﾀﾞﾀﾞﾀﾞﾀﾞﾀﾞ ", five).unwrap(), "ダダダダダ");
    assert_eq!(clean_line("葛\u{E0100}".repeat(5).as_str(), five).unwrap().chars().count(), 10);
    assert_eq!(clean_line("abcdef", five), Err(TextProblem::TooLong { limit: 5 }));
    let tight = Limit { graphemes: 5, bytes: 6 };
    assert_eq!(clean_line("あああ", tight), Err(TextProblem::TooManyBytes { limit: 6 }));
    assert_eq!(Limit::of(10), Limit { graphemes: 10, bytes: 80 });
    let megabyte = "あ".repeat(350_000);
    assert_eq!(clean_line(&megabyte, Limit::NAME).unwrap_err().name(), "too_many_bytes");
    assert_eq!(clean_block(&megabyte, Limit::BLOCK).unwrap_err().name(), "too_many_bytes");
}

#[test]
fn bytes_that_are_not_utf8_are_refused_at_their_offset() {
    assert_eq!(clean_bytes("山田".as_bytes()), Ok("山田"));
    assert_eq!(clean_bytes(b"ab\xFFc"), Err(TextProblem::NotUtf8 { byte: 2 }));
    assert_eq!(clean_bytes(b"\x8E\x52\x93\x63"), Err(TextProblem::NotUtf8 { byte: 0 }));
    assert_eq!(clean_bytes(b"a\xED\xA0\x80"), Err(TextProblem::NotUtf8 { byte: 1 }));
    assert_eq!(clean_bytes(b"a\xE3\x81"), Err(TextProblem::NotUtf8 { byte: 1 }));
    assert_eq!(without_bom("\u{FEFF}id,name"), "id,name");
    assert_eq!(without_bom("id"), "id");
}

#[test]
fn every_refusal_says_in_both_languages_what_to_do_and_uses_only_clean_text() {
    let mut problems: Vec<TextProblem> =
        Why::ALL.iter().map(|&why| TextProblem::Refused { why, c: '\u{202E}', at: 3 }).collect();
    problems.push(TextProblem::TooLong { limit: 80 });
    problems.push(TextProblem::TooManyBytes { limit: 640 });
    problems.push(TextProblem::NotUtf8 { byte: 12 });
    let names: HashSet<&str> = problems.iter().map(TextProblem::name).collect();
    assert_eq!(names.len(), problems.len());
    for p in &problems {
        assert!(p.ja().ends_with("ください。"), "{}", p.ja());
        assert!(p.en().ends_with('.'), "{}", p.en());
        for said in [p.ja(), p.en()] {
            assert_eq!(said.width(), said.width_cjk(), "a character of ambiguous width in {said}");
            assert_eq!(clean_line(&said, Limit::LINE).as_deref(), Ok(said.as_str()));
        }
        assert!(p.name().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'));
    }
    let bidi = clean_line("山田\u{202E}", Limit::NAME).unwrap_err();
    assert_eq!(bidi.code_point().as_deref(), Some("U+202E"));
    assert_eq!(
        bidi.ja(),
        "使えない文字（U+202E、目に見えない文字）が3文字目にあります。消してからもう一度入力してください。"
    );
}

#[test]
fn letters_that_paper_cannot_show_are_named_when_entered() {
    assert_eq!(not_in_print_fonts("𠮷野　𠮷"), vec!['𠮷']);
    assert_eq!(not_in_print_fonts("👍"), vec!['👍']);
    assert!(not_in_print_fonts("髙橋﨑 山田ヤマダ Aé（株）").is_empty());
    assert!(not_in_print_fonts("葛\u{E0100}城").is_empty());
    assert_eq!(not_in_print_fonts("\u{3400}").len(), 1);
    assert!(not_in_print_fonts(&("\u{20000}".to_string() + &"𠮷".repeat(200_000))).len() <= 64);
}

// ---- searching

/// Whether a stored text is found by what is typed, the way the store does it.
fn finds(typed: &str, stored: &str) -> bool {
    let (wanted, text) = (Wanted::of_query(typed), units(&find::line(Part::Name, stored)));
    let found = wanted.rank(&text).is_some();
    assert!(!found || wanted.may_be_in(Letters::of(&text)), "{stored} is passed over for {typed}");
    found
}

#[test]
fn a_name_is_found_however_it_is_typed() {
    for (typed, stored) in [
        ("高橋", "髙橋　一郎"),
        ("髙橋", "高橋"),
        ("山崎", "山﨑"),
        ("渡辺", "渡邉"),
        ("渡邊", "渡辺"),
        ("斎藤", "齋藤"),
        ("斉藤", "齊藤"),
        ("浜田", "濵田"),
        ("中沢", "中澤"),
        ("吉田", "𠮷田"),
        ("葛城", "葛\u{E0100}城"),
        ("神谷", "神\u{FE00}谷"),
        ("佐佐木", "佐々木"),
        ("山田太郎", "山田　太郎"),
        ("太郎", "山田　太郎"),
        ("やまだ", "ヤマダ　タロウ"),
        ("ﾔﾏﾀﾞ", "やまだ"),
        ("ヤマタ\u{3099}", "ヤマダ"),
        ("tanak", "タナカ　イチロウ"),
        ("tanaka i", "タナカ　イチロウ"),
        ("ＴＡＮＡ", "たなか"),
        ("shinb", "シンバシ"),
        ("shimbashi", "シンバシ"),
        ("sinbasi", "シンバシ"),
        ("kon'ya", "コンヤ"),
        ("jun'ichi", "ジュンイチ"),
        ("hattori", "ハットリ"),
        ("hat", "ハットリ"),
        ("bocchi", "ボッチ"),
        ("botchi", "ボッチ"),
        ("tyou", "チョウ"),
        ("kazuko", "カヅコ"),
        ("sa-ba-", "サーバー"),
        ("サーバ", "サーバー室"),
        ("sato", "サトウ"),
        ("satō", "サトウ"),
        ("ohno", "オオノ"),
        ("kōno", "コウノ"),
        ("kan", "カンノ"),
        ("kann", "カンノ"),
        ("キヤノン", "キャノン"),
        ("b-017", "Ｂ－０１７"),
        ("B017", "B-017"),
        ("0312345678", "03-1234-5678"),
        ("muller", "Müller"),
        ("りゅうがさき", "リュウガサキ"),
    ] {
        assert!(finds(typed, stored), "{typed} should find {stored}: {:?}", search_keys_of_query(typed));
    }
}

#[test]
fn what_romaji_leaves_out_is_found_all_the_same() {
    for (typed, stored) in [
        ("kyoko", "キョウコ"),
        ("kyok", "キョウコ"),
        ("kyouko", "キョウコ"),
        ("junichi", "ジュンイチ"),
        ("jun'ichi", "ジュンイチ"),
        ("junnichi", "ジュンイチ"),
        ("junich", "ジュンイチ"),
        ("shoji", "ショウジ"),
        ("shinya", "シンヤ"),
        ("shiny", "シンヤ"),
        ("shinnya", "シンヤ"),
        ("yuki", "ユウキ"),
        ("ryotaro", "リョウタロウ"),
        ("yuichiro sato", "ユウイチロウ　サトウ"),
        ("sato yuichiro", "サトウ　ユウイチロウ"),
        ("kenichiro", "ケンイチロウ"),
        ("ryunosuke", "リュウノスケ"),
        ("onishi", "オオニシ"),
        ("kosaka", "コオサカ"),
        ("koono", "コウノ"),
        ("junko", "ジュンコウ"),
        ("otsuka", "オオツカ"),
    ] {
        assert!(finds(typed, stored), "{typed} should find {stored}: {:?}", search_keys_of_query(typed));
    }
}

#[test]
fn another_name_is_not_found() {
    for (typed, stored) in [
        ("田中", "山田"),
        ("tanaka", "タカナ"),
        ("やまだ", "ヤマタ"),
        ("b-018", "B-017"),
        ("島", "鳥"),
        ("kyoko", "キヨシ"),
        ("junichi", "ジュニア"),
        ("shinya", "シニア"),
        ("shunosuke", "シュンノスケ"),
        ("sakai", "サカウエ"),
    ] {
        assert!(!finds(typed, stored), "{typed} should not find {stored}");
    }
    assert!(search_keys_of_query("").is_empty());
    assert!(search_keys_of_query("　- ").is_empty());
}

#[test]
fn romaji_is_read_by_hepburn_and_kunrei_and_the_unfinished_end_is_kept() {
    for (typed, kana) in [
        ("tanak", "たなk"),
        ("shichi", "しち"),
        ("siti", "しち"),
        ("kitte", "きって"),
        ("matcha", "まっちゃ"),
        ("onna", "おんな"),
        ("kin'enda", "きんえんだ"),
        ("kinenda", "きねんだ"),
        ("hon", "ほn"),
        ("gamma", "がんま"),
        ("jaa", "じゃあ"),
        ("TOKYO", "ときょ"),
        ("ra-men", "らーめn"),
        ("山田ta", "山田た"),
        ("x1", "x1"),
        ("", ""),
    ] {
        assert_eq!(romaji_to_hiragana(typed), kana, "{typed}");
    }
}

#[test]
fn a_kanji_stands_in_one_group_of_variants_and_every_group_shares_its_key() {
    let mut seen = HashSet::new();
    let mut groups = 0;
    for group in variant_groups() {
        groups += 1;
        assert!(group.chars().count() >= 2, "{group}");
        let keys: HashSet<String> = group.chars().map(|c| search_key(&c.to_string())).collect();
        assert_eq!(keys.len(), 1, "{group}");
        for c in group.chars() {
            assert!(seen.insert(c), "{c} twice");
            assert_eq!(
                c.to_string().nfkc().collect::<String>(),
                c.to_string(),
                "{c} never reaches the table"
            );
        }
    }
    assert!(groups > 100, "{groups}");
}

#[test]
fn what_is_typed_too_long_is_found_by_its_beginning() {
    let long = "あ".repeat(350_000);
    assert!(finds(&long, &long));
    assert!(finds(&"あ".repeat(KEY_CHARS + 5), &"あ".repeat(KEY_CHARS)));
    assert!(!finds(&"あ".repeat(KEY_CHARS), &"あ".repeat(KEY_CHARS - 1)));
}

#[test]
fn a_surname_ranks_before_a_given_name_and_a_company_last() {
    let person = |name: &str, kana: &str, belongs: &str| {
        units(
            &[find::line(Part::Name, name), find::line(Part::Name, kana), find::line(Part::Belongs, belongs)]
                .concat(),
        )
    };
    let rank = |typed: &str, text: &[u16]| Wanted::of_query(typed).rank(text);
    let sato = person("佐藤 健", "サトウ ケン", "総務課");
    let satoko = person("青木　聡子", "アオキ　サトコ", "さと商会");
    for typed in ["sato", "さと", "サト", "ｻﾄ"] {
        assert_eq!(rank(typed, &sato), Some(Rank::SurnameBegins), "{typed}");
        assert_eq!(rank(typed, &satoko), Some(Rank::GivenName), "{typed}");
    }
    for (typed, expected) in [
        ("さとう", Rank::Surname),
        ("佐藤", Rank::Surname),
        ("佐藤健", Rank::WholeName),
        ("佐藤 健", Rank::WholeName),
        ("satouken", Rank::WholeName),
        ("satou k", Rank::SurnameBegins),
        ("ken", Rank::GivenName),
        ("とう", Rank::WithinName),
        ("藤健", Rank::WithinName),
        ("総務", Rank::Company),
    ] {
        assert_eq!(rank(typed, &sato), Some(expected), "{typed}");
    }
    assert_eq!(rank("さと商", &satoko), Some(Rank::Company));
    assert_eq!(rank("いない", &sato), None);
    let badge = units(&find::line(Part::Number, "B-0012"));
    for (typed, expected) in [
        ("b-0012", Rank::Number),
        ("Ｂ００１２", Rank::Number),
        ("B-00", Rank::NumberBegins),
        ("12", Rank::WithinNumber),
    ] {
        assert_eq!(rank(typed, &badge), Some(expected), "{typed}");
    }
    assert!(Rank::ALL.is_sorted());
}

#[test]
fn names_of_the_same_rank_stand_by_their_readings_word_by_word() {
    let text = |name: &str, kana: &str| {
        units(&[find::line(Part::Name, name), find::line(Part::Name, kana)].concat())
    };
    let mut names =
        [text("林田 藍", "ハヤシダ アイ"), text("林 亘", "ハヤシ ワタル"), text("林 一", "ハヤシ ハジメ")];
    names.sort_by(|a, b| reading(a).cmp(reading(b)));
    let said: Vec<String> = names.iter().map(|name| String::from_utf16(reading(name)).unwrap()).collect();
    assert_eq!(said, ["はやし はじめ", "はやし わたる", "はやしだ あい"]);
    // Who has no reading stands by the name; what has no name by its number.
    assert_eq!(reading(&units(&find::line(Part::Name, "林"))), units("林"));
    assert_eq!(reading(&units(&find::line(Part::Number, "B-1"))), units("b1"));
    assert_eq!(reading(&[]), units(""));
}

// ---- kana and codes

#[test]
fn kana_turns_into_its_other_forms() {
    assert_eq!(kana::to_katakana("やまだ ゔゞー山"), "ヤマダ ヴヾー山");
    assert_eq!(kana::to_hiragana("ヤマダ ヴヾー山ヵヶ"), "やまだ ゔゞー山ゕゖ");
    for (text, is) in [
        ("ヤマダ　タロウ", true),
        ("やまだ", true),
        ("ﾔﾏﾀﾞ", true),
        ("ジョン・スミス", true),
        ("サーバー", true),
        ("山田", false),
        ("Yamada", false),
        ("", false),
        ("ー", false),
        ("　", false),
    ] {
        assert_eq!(kana::is_kana_name(text), is, "{text}");
    }
}

#[test]
fn kana_is_written_in_hepburn_for_consoles_without_kanji() {
    for (text, romaji) in [
        ("ヤマダ　タロウ", "yamada tarou"),
        ("ﾊｯﾄﾘ", "hattori"),
        ("ボッチ", "botchi"),
        ("ジュンイチ", "jun'ichi"),
        ("シンヤ", "shin'ya"),
        ("シンバシ", "shinbashi"),
        ("チヅル", "chizuru"),
        ("サーバー", "saba"),
        ("フィリップ", "firippu"),
        ("ジョン・スミス", "jon-sumisu"),
        ("山ダ", "?da"),
        ("アッ", "a"),
        ("", ""),
    ] {
        assert_eq!(kana::kana_to_romaji(text), romaji, "{text}");
    }
}

#[test]
fn a_scanned_code_is_the_same_whatever_the_input_method_did_to_it() {
    for raw in ["B-017", "Ｂ－０１７", "Ｂー０１７\r", " B−017\r\n", "\u{2}B‐017\u{3}", "B-017\t"]
    {
        assert_eq!(scan::fold_code(raw), "B-017", "{raw:?}");
        assert!(scan::code_is_plausible(&scan::fold_code(raw)));
    }
    assert_eq!(scan::fold_code("b-017"), "b-017");
    assert_eq!(scan::code_key("ｂ－０１７"), "B-017");
    for wrong in ["", "-", "B 017", "Ｂ", "山", "a\0", &"1".repeat(65)] {
        assert!(!scan::code_is_plausible(wrong), "{wrong:?}");
    }
}

// ---- cells

/// Cells that ratatui uses when it draws a text on one line.
fn drawn(s: &str) -> usize {
    let mut buffer = Buffer::empty(Rect::new(0, 0, 2_000, 1));
    let (x, _) = buffer.set_stringn(0, 0, s, 2_000, Style::default());
    usize::from(x)
}

#[test]
fn a_text_is_as_wide_as_ratatui_draws_it() {
    for (s, n) in [
        ("", 0),
        ("abc", 3),
        ("山田　太郎", 10),
        ("ヤマダ", 6),
        ("ﾔﾏﾀﾞ", 4),
        ("葛\u{E0100}城", 4),
        ("𠮷", 2),
        ("が", 2),
        ("か\u{3099}", 2),
        ("ア゛", 4),
        ("café", 4),
        ("👍🏽", 2),
        ("🇯🇵", 2),
        ("令和6年11月20日（水）", 21),
    ] {
        assert_eq!(cells(s), n, "{s:?}");
        assert_eq!(drawn(s), n, "{s:?}");
    }
}

#[test]
fn cutting_and_padding_keep_columns_straight() {
    for (s, room, cut) in [
        ("山田太郎", 8, "山田太郎"),
        ("山田太郎", 7, "山田.."),
        ("山田太郎", 6, "山田.."),
        ("山田太郎", 5, "山.."),
        ("山田太郎", 2, ".."),
        ("山田太郎", 1, "."),
        ("山田太郎", 0, ""),
        ("abc", 3, "abc"),
        ("葛\u{E0100}城市", 5, "葛\u{E0100}.."),
        ("", 0, ""),
    ] {
        assert_eq!(fit(s, room), cut, "{s} in {room}");
        assert_eq!(cells(&pad_right(s, room)), room);
        assert_eq!(cells(&pad_left(s, room)), room);
    }
    assert_eq!(pad_right("山", 4), "山  ");
    assert_eq!(pad_left("12", 4), "  12");
}

#[test]
fn lines_break_where_japanese_allows_it() {
    for (text, width, lines) in [
        ("保守作業です。終了。", 12, vec!["保守作業で", "す。終了。"]),
        ("確認（済）です", 6, vec!["確認", "（済）", "です"]),
        ("サーバー室", 4, vec!["サー", "バー", "室"]),
        ("see the manual", 8, vec!["see the", "manual"]),
        ("abcdefghij", 4, vec!["abcd", "efgh", "ij"]),
        ("日付2024-11-20です", 12, vec!["日付", "2024-11-20で", "す"]),
        ("a\n\nb", 4, vec!["a", "", "b"]),
        ("", 4, vec![""]),
        ("   ", 2, vec![""]),
        ("山田", 1, vec!["山", "田"]),
        ("あ", 0, vec!["あ"]),
        ("。。。。", 4, vec!["。。", "。。"]),
    ] {
        assert_eq!(wrap(text, width), lines, "{text} in {width}");
    }
}

// ---- dates

#[test]
fn a_date_is_read_in_every_form_people_type() {
    for (typed, date) in [
        ("R6.11.20", day(2024, 11, 20)),
        ("r6/11/20", day(2024, 11, 20)),
        ("R6-11-20", day(2024, 11, 20)),
        ("R061120", day(2024, 11, 20)),
        ("Ｒ６．１１．２０", day(2024, 11, 20)),
        ("令和6年11月20日", day(2024, 11, 20)),
        ("令和６年１１月２０日（水）", day(2024, 11, 20)),
        ("令和6年11月20日（水曜日）", day(2024, 11, 20)),
        ("㋿6年11月20日", day(2024, 11, 20)),
        ("令6.11.20", day(2024, 11, 20)),
        ("令和元年5月1日", day(2019, 5, 1)),
        ("R元.5.1", day(2019, 5, 1)),
        ("令和1年5月1日", day(2019, 5, 1)),
        ("H31.4.30", day(2019, 4, 30)),
        ("平成元年1月8日", day(1989, 1, 8)),
        ("S64.1.7", day(1989, 1, 7)),
        ("昭和元年12月25日", day(1926, 12, 25)),
        ("T15.12.24", day(1926, 12, 24)),
        ("M45.7.29", day(1912, 7, 29)),
        ("大正元年7月30日", day(1912, 7, 30)),
        ("明治元年1月25日", day(1868, 1, 25)),
        ("2024-11-20", day(2024, 11, 20)),
        ("2024/11/20", day(2024, 11, 20)),
        ("2024.11.20", day(2024, 11, 20)),
        ("２０２４／１１／２０", day(2024, 11, 20)),
        ("2024年11月20日", day(2024, 11, 20)),
        ("20241120", day(2024, 11, 20)),
        ("２０２４１１２０", day(2024, 11, 20)),
        (" 2024-1-5 ", day(2024, 1, 5)),
        ("2024ー11ー20", day(2024, 11, 20)),
        ("2024-02-29", day(2024, 2, 29)),
        ("2000-02-29", day(2000, 2, 29)),
        ("1868-01-01", day(1868, 1, 1)),
        ("2199-12-31", day(2199, 12, 31)),
        ("11/20", day(2024, 11, 20)),
        ("1/5", day(2024, 1, 5)),
        ("１１／２０", day(2024, 11, 20)),
        ("11月20日", day(2024, 11, 20)),
        ("12.1", day(2024, 12, 1)),
        ("+7d", day(2024, 11, 27)),
        ("＋７ｄ", day(2024, 11, 27)),
        ("+7", day(2024, 11, 27)),
        ("-3d", day(2024, 11, 17)),
        ("－３日", day(2024, 11, 17)),
        ("+2w", day(2024, 12, 4)),
        ("+1m", day(2024, 12, 20)),
        ("+1y", day(2025, 11, 20)),
        ("+3か月", day(2025, 2, 20)),
        ("今日", today()),
        ("本日", today()),
        ("Today", today()),
        ("ｔｏｄａｙ", today()),
        ("明日", day(2024, 11, 21)),
        ("tomorrow", day(2024, 11, 21)),
        ("明後日", day(2024, 11, 22)),
        ("昨日", day(2024, 11, 19)),
        ("yesterday", day(2024, 11, 19)),
        ("月末", day(2024, 11, 30)),
        ("年度末", day(2025, 3, 31)),
    ] {
        assert_eq!(parse_date(typed, today()), Ok(date), "{typed}");
    }
}

#[test]
fn a_month_more_ends_on_the_last_day_of_a_shorter_month() {
    assert_eq!(parse_date("+1m", day(2024, 1, 31)), Ok(day(2024, 2, 29)));
    assert_eq!(parse_date("+1y", day(2024, 2, 29)), Ok(day(2025, 2, 28)));
    assert_eq!(parse_date("-1m", day(2023, 3, 31)), Ok(day(2023, 2, 28)));
    assert_eq!(parse_date("月末", day(2023, 2, 3)), Ok(day(2023, 2, 28)));
    assert_eq!(parse_date("月末", day(2023, 12, 31)), Ok(day(2023, 12, 31)));
    assert_eq!(parse_date("年度末", day(2025, 3, 31)), Ok(day(2025, 3, 31)));
}

#[test]
fn what_is_no_date_is_refused_by_name() {
    for (typed, name) in [
        ("", "date_empty"),
        ("　 ", "date_empty"),
        ("abc", "not_a_date"),
        ("2024", "not_a_date"),
        ("20", "not_a_date"),
        ("2024-11", "not_a_date"),
        ("2024-11-20-1", "not_a_date"),
        ("2024-11/20", "not_a_date"),
        ("2024--20", "not_a_date"),
        ("2024-011-20", "not_a_date"),
        ("11月", "not_a_date"),
        ("R0.1.1", "not_a_date"),
        ("R6", "not_a_date"),
        ("R", "not_a_date"),
        ("+d", "not_a_date"),
        ("+1x", "not_a_date"),
        ("7d", "not_a_date"),
        ("2024-11-20T09:00", "not_a_date"),
        ("2023-02-29", "no_such_day"),
        ("1900-02-29", "no_such_day"),
        ("2024-02-30", "no_such_day"),
        ("2024-13-01", "no_such_day"),
        ("2024-00-10", "no_such_day"),
        ("20240431", "no_such_day"),
        ("2/30", "no_such_day"),
        ("R5.2.29", "no_such_day"),
        ("S64.1.8", "era_ended"),
        ("S65.1.1", "era_ended"),
        ("昭和99年1月1日", "era_ended"),
        ("H31.5.1", "era_ended"),
        ("H32.1.1", "era_ended"),
        ("T15.12.25", "era_ended"),
        ("M45.7.30", "era_ended"),
        ("令和元年4月30日", "era_not_begun"),
        ("H1.1.7", "era_not_begun"),
        ("S1.12.24", "era_not_begun"),
        ("M1.1.24", "era_not_begun"),
        ("9999-12-31", "year_out_of_range"),
        ("99991231", "year_out_of_range"),
        ("2200-01-01", "year_out_of_range"),
        ("1867-12-31", "year_out_of_range"),
        ("0000-00-00", "year_out_of_range"),
        ("12024-01-01", "year_out_of_range"),
        ("R182.1.1", "year_out_of_range"),
        ("+999y", "year_out_of_range"),
        ("+99999999999d", "year_out_of_range"),
        ("-200y", "year_out_of_range"),
        ("24/11/20", "year_unclear"),
        ("6.11.20", "year_unclear"),
        ("2024-11-20(火)", "wrong_weekday"),
        ("R6.11.20（日）", "wrong_weekday"),
    ] {
        let problem = parse_date(typed, today()).expect_err(typed);
        assert_eq!(problem.name(), name, "{typed}");
        assert!(problem.ja().ends_with("ください。"), "{}", problem.ja());
        for said in [problem.ja(), problem.en()] {
            assert_eq!(said.width(), said.width_cjk(), "a character of ambiguous width in {said}");
            assert_eq!(clean_line(&said, Limit::LINE).as_deref(), Ok(said.as_str()));
        }
    }
    let ended = parse_date("S64.1.8", today()).unwrap_err();
    assert_eq!(ended.en(), "Showa ended on 1989-01-07. Use the next era or the western year.");
    assert_eq!(ended.ja(), "昭和は昭和64年1月7日（1989-01-07）までです。次の元号か西暦で入力してください。");
}

#[test]
fn eras_change_on_their_day() {
    for (date, long, short) in [
        (day(1868, 1, 25), "明治元年1月25日", "M1.1.25"),
        (day(1868, 1, 24), "1868年1月24日", "1868-01-24"),
        (day(1912, 7, 29), "明治45年7月29日", "M45.7.29"),
        (day(1912, 7, 30), "大正元年7月30日", "T1.7.30"),
        (day(1926, 12, 24), "大正15年12月24日", "T15.12.24"),
        (day(1926, 12, 25), "昭和元年12月25日", "S1.12.25"),
        (day(1989, 1, 7), "昭和64年1月7日", "S64.1.7"),
        (day(1989, 1, 8), "平成元年1月8日", "H1.1.8"),
        (day(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
        (day(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (day(2024, 2, 29), "令和6年2月29日", "R6.2.29"),
    ] {
        assert_eq!(wareki(date), long);
        assert_eq!(wareki_short(date), short);
    }
    assert_eq!(wareki_with_weekday(today()), "令和6年11月20日（水）");
    assert_eq!(Era::Showa.last_day(), Some(day(1989, 1, 7)));
    assert_eq!(Era::Reiwa.last_day(), None);
}

#[test]
fn a_fiscal_year_runs_from_april_and_keeps_one_name() {
    assert_eq!(fiscal_year(day(2024, 3, 31)), 2023);
    assert_eq!(fiscal_year(day(2024, 4, 1)), 2024);
    assert_eq!(fiscal_year(day(2025, 1, 1)), 2024);
    for (year, label) in [
        (2024, "令和6年度"),
        (2019, "令和元年度"),
        (2018, "平成30年度"),
        (1989, "平成元年度"),
        (1988, "昭和63年度"),
        (1926, "大正15年度"),
        (1867, "1867年度"),
    ] {
        assert_eq!(fiscal_label(year), label);
    }
    assert_eq!(fiscal_number(2024, 12), "令和6年度第12号");
    assert_eq!(fiscal_first_day(2024), Some(day(2024, 4, 1)));
    assert_eq!(fiscal_last_day(2024), Some(day(2025, 3, 31)));
    assert_eq!(fiscal_last_day(i32::MAX), None);
}

#[test]
fn a_time_is_read_to_the_minute() {
    let at = |h, m| NaiveTime::from_hms_opt(h, m, 0).unwrap();
    for (typed, time) in [
        ("9:05", at(9, 5)),
        ("09:05", at(9, 5)),
        ("0905", at(9, 5)),
        ("905", at(9, 5)),
        ("９：０５", at(9, 5)),
        ("９時５分", at(9, 5)),
        ("9時", at(9, 0)),
        ("9時半", at(9, 30)),
        ("23:59", at(23, 59)),
        ("0:00", at(0, 0)),
        ("午後2:30", at(14, 30)),
        ("午前0時", at(0, 0)),
        ("午後12時", at(12, 0)),
    ] {
        assert_eq!(parse_time(typed), Ok(time), "{typed}");
    }
    for (typed, name) in [
        ("", "date_empty"),
        ("9", "not_a_time"),
        ("9:5", "not_a_time"),
        ("9:05:30", "not_a_time"),
        ("abc", "not_a_time"),
        ("時", "not_a_time"),
        ("12345", "not_a_time"),
        ("24:00", "no_such_time"),
        ("9:60", "no_such_time"),
        ("2560", "no_such_time"),
        ("午後13時", "no_such_time"),
        ("-9:05", "not_a_time"),
    ] {
        let problem = parse_time(typed).expect_err(typed);
        assert_eq!(problem.name(), name, "{typed}");
        assert!(problem.ja().ends_with("ください。"));
    }
}

// ---- CSV

#[test]
fn a_cell_that_would_run_as_a_formula_is_defused_and_comes_back() {
    for (cell, written) in [
        ("=1+1", "'=1+1"),
        ("+81", "'+81"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\tx", "'\tx"),
        ("\rx", "'\rx"),
        ("＝１", "'＝１"),
        ("＋", "'＋"),
        ("－１", "'－１"),
        ("＠", "'＠"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'tis", "'tis"),
        ("'", "'"),
        ("", ""),
        ("山田", "山田"),
        ("a=1", "a=1"),
    ] {
        assert_eq!(csv_guard::defuse(cell), written, "{cell:?}");
        assert_eq!(csv_guard::undo(written), cell, "{written:?}");
    }
}

// ---- everything with everything

#[test]
fn no_text_however_hostile_or_long_breaks_any_function() {
    let long = ["o", "no", "nyo", "nn", "kyo", "ō", "oh", "tsu", "no "].map(|part| part.repeat(400));
    for s in naughty().into_iter().chain(long) {
        let shown: String = s.chars().take(20).collect();
        if let Ok(c) = clean_line(&s, WIDE) {
            assert_eq!(clean_line(&c, WIDE).as_deref(), Ok(c.as_str()), "{shown:?}");
        }
        if let Ok(c) = clean_block(&s, WIDE) {
            assert_eq!(clean_block(&c, WIDE).as_deref(), Ok(c.as_str()), "{shown:?}");
        }
        let key = search_key(&s);
        assert_eq!(search_key(&key), key, "{shown:?}");
        let keys = search_keys_of_query(&s);
        assert!(keys.iter().all(|k| k.chars().count() <= KEY_CHARS) && keys.len() <= 96, "{shown:?}");
        let kept = find::line(Part::Name, &s);
        assert_eq!(kept.replace([' ', '\n'], "").strip_prefix('=').unwrap_or_default(), key, "{shown:?}");
        Wanted::of_query(&s).rank(&units(&kept));
        romaji_to_hiragana(&s);
        kana::kana_to_romaji(&s);
        kana::to_katakana(&s);
        kana::to_hiragana(&s);
        kana::is_kana_name(&s);
        kana::fold_half_width(&s);
        not_in_print_fonts(&s);
        scan::code_is_plausible(&scan::fold_code(&s));
        scan::code_key(&s);
        cells(&s);
        assert!(cells(&fit(&s, 40)) <= 40, "{shown:?}");
        wrap(&s, 1);
        wrap(&s, 40);
        wrap(&s, usize::MAX);
        let _ = parse_date(&s, today());
        let _ = parse_date(&s, NaiveDate::MAX);
        let _ = parse_date(&s, NaiveDate::MIN);
        let _ = parse_time(&s);
        assert_eq!(csv_guard::undo(&csv_guard::defuse(&s)), s);
    }
    for date in [NaiveDate::MAX, NaiveDate::MIN] {
        wareki(date);
        wareki_short(date);
        fiscal_label(fiscal_year(date));
    }
    fiscal_label(i32::MIN);
}

#[test]
fn what_is_refused_anywhere_in_unicode_never_comes_out_of_cleaning() {
    for c in char::MIN..=char::MAX {
        for s in [c.to_string(), format!("葛{c}"), format!("ｶ{c}")] {
            let Ok(clean) = clean_line(&s, Limit::NAME) else { continue };
            assert_eq!(
                clean_line(&clean, Limit::NAME).as_deref(),
                Ok(clean.as_str()),
                "U+{:04X}",
                u32::from(c)
            );
            assert!(!clean.chars().any(char::is_control));
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cleaning_what_is_clean_changes_nothing(s in any_text()) {
        if let Ok(c) = clean_line(&s, WIDE) {
            prop_assert_eq!(clean_line(&c, WIDE), Ok(c.clone()));
            prop_assert_eq!(c.nfc().collect::<String>(), c);
        }
        if let Ok(c) = clean_block(&s, WIDE) {
            prop_assert_eq!(clean_block(&c, WIDE), Ok(c.clone()));
            prop_assert!(!c.contains('\r'));
        }
    }

    #[test]
    fn clean_text_takes_the_cells_that_ratatui_draws(s in clean_text()) {
        prop_assert_eq!(cells(&s), drawn(&s));
    }

    #[test]
    fn a_cut_text_is_never_wider_than_its_room(s in any_text(), room in 0usize..30) {
        prop_assert!(cells(&fit(&s, room)) <= room);
    }

    #[test]
    fn a_padded_text_fills_its_room(s in clean_text(), room in 0usize..30) {
        prop_assert_eq!(cells(&pad_right(&s, room)), room);
        prop_assert_eq!(cells(&pad_left(&s, room)), room);
    }

    #[test]
    fn wrapping_loses_only_blanks_at_breaks_and_keeps_to_its_width(s in any_text(), width in 2usize..20) {
        let bare = |t: &str| t.chars().filter(|c| !matches!(c, ' ' | '\u{3000}' | '\n')).collect::<String>();
        let lines = wrap(&s, width);
        prop_assert_eq!(bare(&lines.concat()), bare(&s));
        for l in &lines {
            // Only a single cluster that is wider than the whole line may stand out.
            prop_assert!(cells(l) <= width || l.graphemes(true).count() == 1, "{:?}", l);
        }
    }

    #[test]
    fn a_key_is_its_own_key_whatever_falls_out_between_two_jamo(
        s in "[ᄀ-나-ᅣᆨ-ᆪ가개\u{301}\u{3099}ーか・ -]{0,8}",
    ) {
        let key = search_key(&s);
        prop_assert_eq!(search_key(&key), key);
    }

    #[test]
    fn a_text_finds_itself_by_any_part(s in clean_text(), skip in 0usize..10, take in 1usize..10) {
        let key = search_key(&s);
        let part: String = key.chars().skip(skip).take(take).collect();
        prop_assert_eq!(search_key(&key), key.clone());
        if !part.is_empty() {
            let (wanted, text) = (Wanted::of_keys(&[part]), units(&find::line(Part::Name, &s)));
            prop_assert!(wanted.rank(&text).is_some() && wanted.may_be_in(Letters::of(&text)));
        }
    }

    #[test]
    fn a_name_is_found_by_the_romaji_of_passports(
        parts in prop::collection::vec(prop::sample::select(vec!["か", "き", "た", "ま", "さ", "わ", "しげ"]), 1..5),
        long in prop::collection::vec((0usize..9, prop::sample::select(vec![
            "こう", "きょう", "ゆう", "しょう", "ろう", "んいち", "んや", "んえい", "つう",
        ])), 0..4),
    ) {
        let mut parts = parts;
        for (at, part) in long {
            parts.insert(at.min(parts.len()), part);
        }
        let name = parts.concat();
        let typed = kana::kana_to_romaji(&name).replace("ou", "o").replace("uu", "u").replace('\'', "");
        prop_assert!(finds(&typed, &name), "{typed} {name} {:?}", search_keys_of_query(&typed));
    }

    #[test]
    fn a_defused_cell_is_undone_exactly(s in "['=+@＝a\t-]{0,6}.{0,4}") {
        let written = csv_guard::defuse(&s);
        prop_assert!(!written.starts_with(['=', '+', '-', '@', '\t', '＝']));
        prop_assert_eq!(csv_guard::undo(&written), s);
    }

    #[test]
    fn every_date_that_is_shown_can_be_typed_back(days in 0i64..=121_200) {
        let date = day(1868, 1, 1) + chrono::Days::new(days as u64);
        let read = |s: String| parse_date(&s, today());
        prop_assert_eq!(read(wareki(date)), Ok(date));
        prop_assert_eq!(read(wareki_with_weekday(date)), Ok(date));
        prop_assert_eq!(read(wareki_short(date)), Ok(date));
        prop_assert_eq!(read(date.to_string()), Ok(date));
        prop_assert_eq!(read(date.format("%Y%m%d").to_string()), Ok(date));
    }

    #[test]
    fn romaji_of_a_reading_finds_it(s in "[アイウエオカキクケコガサシスセソザジタチツテトダデドナニヌネノハヒフヘホバパマミムメモヤユヨラリルレロワン]{1,8}") {
        prop_assume!(!s.ends_with('ン') || s.chars().count() > 1);
        prop_assert!(finds(&kana::kana_to_romaji(&s), &s), "{} {}", s, kana::kana_to_romaji(&s));
    }
}
