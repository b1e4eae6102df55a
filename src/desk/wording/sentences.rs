//! The sentences of `data/wording`, and their placeholders.

use crate::desk::Lang;
use crate::fault::{Piece, pieces};
use crate::text::{Limit, clean_line};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::sync::OnceLock;

const REFUSALS: &str = include_str!("../../../data/wording/refusals.toml");
const FAILURES: &str = include_str!("../../../data/wording/failures.toml");

/// What is said in one language: three parts.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Parts {
    /// What happened.
    pub happened: String,
    /// What is safe all the same.
    pub safe: String,
    /// What to do next.
    pub next: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Both {
    ja: Parts,
    en: Parts,
}

/// The parts of a failure, by stable name. A test holds that every name is there.
pub(super) fn failure(name: &str, lang: Lang) -> Option<&'static Parts> {
    static ALL: OnceLock<BTreeMap<String, Both>> = OnceLock::new();
    let all = ALL.get_or_init(|| toml::from_str(FAILURES).unwrap_or_default());
    all.get(name).map(|both| match lang {
        Lang::Ja => &both.ja,
        Lang::En => &both.en,
    })
}

/// A refusal of the rules or the policy in both languages: why not, and what to do.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    ja: String,
    en: String,
    advice_ja: String,
    advice_en: String,
}

/// Message and advice of a refusal of the rules or the policy, by its stable name.
pub(super) fn refusal(name: &str, lang: Lang) -> Option<(&'static str, &'static str)> {
    static ALL: OnceLock<BTreeMap<String, Refusal>> = OnceLock::new();
    let all = ALL.get_or_init(|| toml::from_str(REFUSALS).unwrap_or_default());
    all.get(name).map(|said| match lang {
        Lang::Ja => (said.ja.as_str(), said.advice_ja.as_str()),
        Lang::En => (said.en.as_str(), said.advice_en.as_str()),
    })
}

/// A sentence with something that stands for whatever its placeholders are filled with.
pub(super) fn unfilled(sentence: &str, lang: Lang) -> String {
    let piece = |piece| match piece {
        Piece::Words(words) => words,
        Piece::Value(_) => lang.pick("〇〇", "..."),
    };
    pieces(sentence).into_iter().map(piece).collect()
}

/// A sentence with its placeholders filled. A value is never read for placeholders again; what nobody fills
/// is left out.
pub(super) fn filled(sentence: &str, values: &[(String, String)]) -> String {
    let piece = |piece| match piece {
        Piece::Words(words) => words,
        Piece::Value(name) => {
            values.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value.as_str())
        }
    };
    pieces(sentence).into_iter().map(piece).collect()
}

/// A detail that came from outside (a lock file, a device), fit to be shown: cleaned, or written out in escapes.
pub fn shown(detail: &str) -> String {
    let short: String = detail.chars().take(300).collect();
    match clean_line(&short, Limit { graphemes: 300, bytes: 2400 }) {
        Ok(clean) => clean,
        Err(_) => short.escape_default().to_string(),
    }
}

/// Sentences one after the other, as the language separates them.
pub(super) fn together(lang: Lang, sentences: &[String]) -> String {
    let sentences: Vec<&str> = sentences.iter().map(String::as_str).filter(|text| !text.is_empty()).collect();
    sentences.join(lang.pick("", " "))
}
