//! The sentences of `data/wording`, and their placeholders.

use crate::desk::Lang;
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
    let mut out = String::with_capacity(sentence.len());
    for (n, part) in sentence.split('{').enumerate() {
        match part.split_once('}') {
            Some((_, behind)) if n > 0 => {
                out.push_str(lang.pick("〇〇", "..."));
                out.push_str(behind);
            }
            _ => out.push_str(part),
        }
    }
    out
}

/// A sentence with its placeholders filled. A value is never read for placeholders again; what nobody fills
/// is left out.
pub(super) fn filled(sentence: &str, values: &[(String, String)]) -> String {
    let mut out = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        out.push_str(before);
        let Some((name, behind)) = after.split_once('}') else {
            out.push('{');
            rest = after;
            continue;
        };
        if let Some((_, value)) = values.iter().find(|(known, _)| known == name) {
            out.push_str(value);
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// A detail that came from outside (a lock file, a device), fit to be shown: cleaned, or written out in escapes.
pub(super) fn shown(detail: &str) -> String {
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
