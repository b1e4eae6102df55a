//! Every refusal in words, in both languages, with what to do.

use daicho::desk::{Failure, Lang, say_failure};
use daicho::domain::{Broken, Code, Command, Denied, Id};
use daicho::fault::Fault;
use std::collections::BTreeSet;

const FILE: &str = include_str!("../../data/wording/refusals.toml");
const TEXTS: [&str; 4] = ["ja", "en", "advice_ja", "advice_en"];

fn tables() -> toml::Table {
    FILE.parse().unwrap()
}

/// The refusals' names and the placeholders that each fills.
fn refusals() -> Vec<(&'static str, &'static [&'static str])> {
    let denied: (&str, &[&str]) = (Denied::NAME, &["what", "needs"]);
    [denied].into_iter().chain(Code::ALL.iter().map(|code| (code.name(), code.args()))).collect()
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    for part in text.split('{').skip(1) {
        let (name, _) = part.split_once('}').unwrap_or_else(|| panic!("an open brace in {text:?}"));
        found.insert(name);
    }
    assert_eq!(text.matches('}').count(), text.matches('{').count(), "braces in {text:?}");
    found
}

#[test]
fn every_refusal_has_its_words_and_advice_in_both_languages() {
    let tables = tables();
    for (name, _) in refusals() {
        let table = tables.get(name).unwrap_or_else(|| panic!("{name} has no words")).as_table().unwrap();
        assert_eq!(table.keys().map(String::as_str).collect::<BTreeSet<_>>(), TEXTS.into(), "{name}");
        for text in TEXTS {
            assert!(!table[text].as_str().unwrap().trim().is_empty(), "{name}.{text} is empty");
        }
    }
    assert_eq!(tables.len(), refusals().len(), "no words for refusals that do not exist");
}

#[test]
fn every_placeholder_is_one_that_the_refusal_fills() {
    let tables = tables();
    for (name, args) in refusals() {
        let allowed: BTreeSet<&str> = args.iter().copied().collect();
        for text in TEXTS {
            let used = placeholders(tables[name][text].as_str().unwrap());
            assert!(used.is_subset(&allowed), "{name}.{text} uses {used:?} of {allowed:?}");
        }
        for pair in [("ja", "en"), ("advice_ja", "advice_en")] {
            let of = |key: &str| placeholders(tables[name][key].as_str().unwrap()).len();
            assert_eq!(of(pair.0), of(pair.1), "{name}: {pair:?} say the same");
        }
    }
}

#[test]
fn japanese_sentences_end_as_sentences_and_english_ones_hold_no_japanese() {
    let tables = tables();
    for (name, _) in refusals() {
        for key in ["ja", "advice_ja"] {
            let text = tables[name][key].as_str().unwrap();
            assert!(text.ends_with('。') || text.ends_with('}'), "{name}.{key}: {text}");
        }
        for key in ["en", "advice_en"] {
            let text = tables[name][key].as_str().unwrap();
            assert!(!text.chars().any(|c| ('\u{3000}'..'\u{a000}').contains(&c)), "{name}.{key}: {text}");
        }
    }
}

#[test]
fn no_word_has_a_character_of_ambiguous_width() {
    use unicode_width::UnicodeWidthStr;
    for (name, table) in &tables() {
        for (key, text) in table.as_table().unwrap() {
            let text = text.as_str().unwrap();
            assert_eq!(text.width(), text.width_cjk(), "{name}.{key}: {text}");
        }
    }
}

#[test]
fn what_a_role_may_not_do_is_called_as_people_call_it() {
    let queries = ["query:log", "query:refused", "query:visits", "query:inside"];
    for what in Command::RULES.iter().map(|rule| rule.name).chain(queries) {
        let denied = Denied { what: what.to_owned(), needs: Vec::new() };
        for lang in [Lang::Ja, Lang::En] {
            let said = say_failure(&Failure::Denied(denied.clone(), None), None, lang).message;
            let internal = what.contains(['_', ':']) || lang == Lang::Ja;
            assert!(!internal || !said.contains(what), "{said}");
        }
    }
}

#[test]
fn what_could_not_be_read_is_told_as_its_fault_is() {
    let fault = Fault::new("registers_gap", vec![("record", Id::SITE.into())]);
    assert_eq!(Broken(fault.clone()).to_string(), fault.to_string());
    assert!(fault.to_string().contains(&Id::SITE.to_string()));
}
