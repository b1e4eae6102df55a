//! The manual's pages about messages: none forgotten, all in one shape, each fit for a terminal.

use daicho::desk::{Lang, ManualPage, manual_page, manual_pages};
use daicho::text::width::cells;
use std::collections::BTreeSet;
use std::path::PathBuf;
use unicode_width::UnicodeWidthStr;

const FAILURES: &str = include_str!("../data/wording/failures.toml");
/// Cells of a line, on a terminal of 80.
const WIDEST: usize = 78;
/// Lines of a page: a screen, and little more.
const LONGEST: usize = 30;
const LANGS: [(Lang, &str, [&str; 5]); 2] = [
    (Lang::Ja, "ja", ["何が起きたか", "何が無事か", "すること", "どうなれば解決か", "終了コード"]),
    (
        Lang::En,
        "en",
        ["What happened", "What is safe", "What to do", "How you know it is well again", "Exit code"],
    ),
];

fn chapter(language: &str, name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data/manual").join(language).join(name)
}

fn failures() -> BTreeSet<String> {
    FAILURES.parse::<toml::Table>().unwrap().keys().cloned().collect()
}

/// The names of the files in a folder of pages.
fn files(language: &str) -> BTreeSet<String> {
    let listed = std::fs::read_dir(chapter(language, "messages")).unwrap();
    let name = |file: std::io::Result<std::fs::DirEntry>| file.unwrap().file_name().into_string().unwrap();
    listed.map(|file| name(file).strip_suffix(".md").expect("a page ends with .md").to_owned()).collect()
}

/// The page's sections, each with its lines.
fn sections(page: &ManualPage, lang: Lang) -> Vec<(&'static str, Vec<&'static str>)> {
    let mut found: Vec<(&str, Vec<&str>)> = Vec::new();
    for line in page.text(lang).lines().skip(1) {
        match (line.strip_prefix("## "), found.last_mut()) {
            (Some(head), _) => found.push((head, Vec::new())),
            (None, Some((_, lines))) if !line.is_empty() => lines.push(line),
            (None, Some(_)) => {}
            (None, None) => assert!(line.is_empty(), "{}: {line:?} before the first section", page.name),
        }
    }
    found
}

#[test]
fn every_failure_has_a_page_in_both_languages_and_every_page_a_failure() {
    let wanted = failures();
    let table: BTreeSet<String> = manual_pages().iter().map(|page| page.name.to_owned()).collect();
    assert_eq!(table.len(), manual_pages().len(), "a page stands twice in src/desk/wording/manual.rs");
    let mut wrong = Vec::new();
    for (place, there) in [
        ("the table in src/desk/wording/manual.rs", table),
        ("data/manual/ja/messages/", files("ja")),
        ("data/manual/en/messages/", files("en")),
    ] {
        wrong.extend(wanted.difference(&there).map(|name| format!("{name} is not in {place}")));
        wrong.extend(there.difference(&wanted).map(|name| format!("{name} in {place} is no failure")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_page_has_its_name_and_its_sections_in_order() {
    for page in manual_pages() {
        for (lang, language, heads) in LANGS {
            let place = format!("{language}/{}", page.name);
            let first = page.text(lang).lines().next().unwrap();
            let name = format!("{}{}{}", lang.pick("（", " ("), page.name, lang.pick("）", ")"));
            assert_eq!(first, format!("# {}{name}", page.title(lang)), "{place}");
            assert!(!page.title(lang).is_empty(), "{place}");
            let sections = sections(page, lang);
            let own: Vec<&str> = sections.iter().map(|(head, _)| *head).collect();
            assert_eq!(own, heads, "{place}");
            for (head, lines) in &sections {
                assert!(!lines.is_empty(), "{place}: {head} is empty");
            }
            let mut steps = (1..).map(|n| format!("{n}. "));
            let mut next = steps.next().unwrap();
            for line in &sections[2].1 {
                if line.starts_with(&next) {
                    next = steps.next().unwrap();
                } else {
                    assert!(line.starts_with("   "), "{place}: {line:?} is neither {next}nor a step's rest");
                }
            }
            assert_ne!(next, "1. ", "{place} has nothing to do");
        }
    }
}

#[test]
fn the_two_languages_say_the_same_steps_commands_and_exit_code() {
    for page in manual_pages() {
        let [ja, en] = LANGS.map(|(lang, ..)| sections(page, lang));
        let code = |sections: &[(&str, Vec<&str>)]| sections[4].1[0].chars().next().unwrap();
        assert_eq!(code(&ja), code(&en), "{}", page.name);
        let steps = |sections: &[(&str, Vec<&str>)]| {
            sections[2].1.iter().filter(|line| !line.starts_with(' ')).count()
        };
        assert_eq!(steps(&ja), steps(&en), "{}", page.name);
        let commands = |lang: Lang| -> Vec<&str> {
            let spans = page.text(lang).split('`').skip(1).step_by(2);
            spans.flat_map(|span| span.split(' ').filter(|word| word.starts_with("--"))).collect()
        };
        assert_eq!(commands(Lang::Ja), commands(Lang::En), "{}", page.name);
    }
}

#[test]
fn every_page_fits_a_terminal() {
    for page in manual_pages() {
        for (lang, language, _) in LANGS {
            let text = page.text(lang);
            assert!(text.ends_with('\n') && !text.contains('\t'), "{language}/{}", page.name);
            assert!(text.lines().count() <= LONGEST, "{language}/{} is too long", page.name);
            assert_eq!(text.matches('`').count() % 2, 0, "{language}/{}: an open `", page.name);
            for line in text.lines() {
                assert!(cells(line) <= WIDEST, "{language}/{}: {} cells: {line}", page.name, cells(line));
                assert_eq!(line.width(), line.width_cjk(), "{language}/{}: {line}", page.name);
                assert!(!line.chars().any(char::is_control), "{language}/{}: {line:?}", page.name);
                let broken = line.matches('`').count() % 2 != 0;
                assert!(!broken, "{language}/{}: a command over two lines: {line}", page.name);
            }
            if lang == Lang::En {
                assert!(!text.chars().any(|c| ('\u{3000}'..'\u{a000}').contains(&c)), "en/{}", page.name);
            }
        }
    }
}

#[test]
fn the_chapter_on_trouble_leads_to_every_page_by_its_title() {
    for (lang, language, _) in LANGS {
        let trouble = std::fs::read_to_string(chapter(language, "trouble.md")).unwrap();
        for page in manual_pages() {
            let link = format!("[{}](messages/{}.md)", page.title(lang), page.name);
            assert!(trouble.contains(&link), "{language}/trouble.md lacks {link}");
        }
        let pages = manual_pages().len();
        assert_eq!(trouble.matches("](messages/").count(), pages, "{language}/trouble.md");
    }
}

#[test]
fn a_page_is_found_as_people_type_its_name() {
    for typed in ["wrong_sheet", "wrong-sheet", "WRONG_SHEET", " wrong_sheet\n", "ｗｒｏｎｇ＿ｓｈｅｅｔ"]
    {
        assert_eq!(manual_page(typed).map(|page| page.name), Some("wrong_sheet"), "{typed:?}");
    }
    assert_eq!(manual_page(""), None);
    assert_eq!(manual_page("wrong"), None);
}
