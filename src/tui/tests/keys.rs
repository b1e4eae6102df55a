//! The key bar, the words and the layout: what must hold of every screen.

use super::site::{CARD, Screen, Site};
use crate::desk::Lang;
use crate::text::width::cells;
use crate::tui::input::Key;
use crate::tui::keymap::{Action, Bind, action};
use crate::tui::model::Place;
use crate::tui::words::ui;
use unicode_width::UnicodeWidthStr;

/// Ways to every screen from Today, with something inside.
fn ways() -> Vec<(&'static str, Vec<Key>, &'static str)> {
    let f = Key::F;
    vec![
        ("today", vec![], ""),
        ("help", vec![f(1)], ""),
        ("inside", vec![f(2)], ""),
        ("registers", vec![f(3)], ""),
        ("palette", vec![f(4)], ""),
        ("list", vec![f(3), Key::Char('1')], ""),
        ("filter", vec![f(3), Key::Char('1'), f(6)], ""),
        ("menu", vec![f(3), Key::Char('1'), f(3)], ""),
        ("detail", vec![f(2), Key::Enter], ""),
        ("history", vec![f(2), Key::Enter, Key::Tab], ""),
        ("entry", vec![f(2), Key::Enter, Key::Tab, Key::Enter], ""),
        ("form", vec![f(2), Key::Enter, f(6)], ""),
        ("wrong person", vec![f(2), Key::Enter, Key::Ctrl('t')], ""),
        ("moment", vec![f(2), f(6)], ""),
        ("log", vec![f(4)], "log"),
        ("password", vec![f(4)], "password"),
        ("shift", vec![f(4)], "take_over_shift"),
        ("confirm", vec![f(4)], "reset_password"),
        ("lock", vec![Key::Ctrl('l')], ""),
    ]
}

fn go(screen: &mut Screen, way: &[Key], typed: &str) {
    screen.keys(way);
    if !typed.is_empty() {
        screen.types(typed);
        screen.key(Key::Enter);
    }
    if typed == "reset_password" {
        screen.types("guard");
        screen.key(Key::Enter);
    }
}

fn binds(screen: &Screen) -> Vec<Bind> {
    let lang = screen.model.lang();
    match &screen.model.place {
        Place::Gate(login) => login.binds(lang),
        Place::Desk(standing) => match &standing.lock {
            Some(lock) => lock.binds(lang),
            None => standing.binds(lang),
        },
        Place::Gone => Vec::new(),
    }
}

fn every_screen(lang: Lang, width: u16, height: u16, look: impl Fn(&str, &mut Screen)) {
    let site = Site::found();
    let mut gate = site.screen(lang, width, height);
    gate.draw();
    look("login", &mut gate);
    let mut screen = site.at_desk(lang, width, height);
    screen.scan(CARD);
    look("quick", &mut screen);
    screen.keys(&[Key::Char('2'), Key::Enter]);
    for (name, way, typed) in ways() {
        go(&mut screen, &way, typed);
        look(name, &mut screen);
        screen.model.hang_up();
        screen = site.at_desk(lang, width, height);
    }
}

#[test]
fn every_active_key_is_in_the_key_bar_of_every_screen() {
    for lang in [Lang::Ja, Lang::En] {
        every_screen(lang, 80, 24, |name, screen| {
            let text = screen.text();
            for bind in binds(screen) {
                let names = bind.names(lang);
                assert!(text.contains(&format!(" {names} ")), "{name}: {names} is not in\n{text}");
                assert!(text.contains(bind.label.trim()), "{name}: {} is not in\n{text}", bind.label);
            }
        });
    }
}

#[test]
fn no_key_means_two_things_on_one_screen_and_none_belongs_to_terminals() {
    every_screen(Lang::Ja, 80, 24, |name, screen| {
        let all = binds(screen);
        let mut keys: Vec<(Key, Action)> = all.iter().flat_map(|bind| bind.keys.clone()).collect();
        let count = keys.len();
        keys.sort_by_key(|(key, _)| format!("{key:?}"));
        keys.dedup_by_key(|(key, _)| *key);
        assert_eq!(keys.len(), count, "{name}");
        for (key, wanted) in keys {
            assert_eq!(action(&all, key), Some(wanted), "{name}");
            assert_ne!(key, Key::F(11), "{name}");
            // Single letters never act: an input method swallows them.
            if let Key::Char(c) = key {
                assert!(c.is_ascii_digit() || c == ' ', "{name}: {c}");
            }
        }
    });
}

#[test]
fn nothing_of_ambiguous_width_is_in_our_own_words() {
    for words in ui::ALL {
        for text in [words.ja, words.en] {
            assert_eq!(text.width(), text.width_cjk(), "{text}");
        }
    }
}

#[test]
fn every_screen_is_drawn_in_every_size_and_language() {
    for lang in [Lang::Ja, Lang::En] {
        for (width, height) in [(80, 24), (132, 43), (70, 20)] {
            every_screen(lang, width, height, |name, screen| {
                let text = screen.text();
                assert!(text.lines().all(|line| cells(line) <= usize::from(width)), "{name}\n{text}");
                assert!(text.lines().next().is_some_and(|bar| !bar.trim().is_empty()), "{name}\n{text}");
                for (width, height) in [(59, 14), (1, 1), (2, 1), (200, 3), (61, 15), (80, 24)] {
                    screen.resize(width, height);
                }
                screen.resize(width, height);
                assert_eq!(screen.text(), text, "{name}");
            });
        }
    }
}

/// What each screen looks like, for a reviewer to see what a change did. Roots of the log are not the same from
/// run to run: keys are drawn by age itself.
#[test]
fn the_screens_look_as_in_the_golden_files() {
    for (lang, folder) in [(Lang::Ja, "ja"), (Lang::En, "en")] {
        every_screen(lang, 80, 24, |name, screen| {
            let folder = golden().join(folder);
            let file = folder.join(format!("{}.txt", name.replace(' ', "-")));
            let text = without_roots(&screen.text());
            if std::env::var("UPDATE_GOLDEN").as_deref() == Ok("1") {
                std::fs::create_dir_all(&folder).unwrap();
                std::fs::write(&file, &text).unwrap();
            }
            let wanted = std::fs::read_to_string(&file).unwrap_or_default();
            assert_eq!(text, wanted, "{} (UPDATE_GOLDEN=1 writes it anew)", file.display());
        });
    }
}

fn golden() -> std::path::PathBuf {
    std::path::PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/tui"))
}

fn without_roots(text: &str) -> String {
    let is_root = |word: &str| matches!(word.len(), 8 | 16) && word.bytes().all(|b| b.is_ascii_hexdigit());
    let lines = text.lines().map(|line| {
        let words = line.split(' ').map(|word| if is_root(word) { "................" } else { word });
        words.collect::<Vec<_>>().join(" ")
    });
    lines.map(|line| line + "\n").collect()
}
