//! The two languages of the screen, and the words for refusals, failures and entries.

mod detail;
mod entries;
mod explained;
mod manual;
mod refusal;
mod sentences;
mod warnings;

use super::declare::Words;

pub use detail::*;
pub use entries::*;
pub use explained::{INPUT_PROBLEMS, explained, explained_names, names_near};
pub use manual::*;
pub use refusal::*;
pub use sentences::shown;
pub use warnings::*;

/// The language of the screen: a setting, never taken from `LANG`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lang {
    /// Japanese.
    #[default]
    Ja,
    /// English.
    En,
}

impl Lang {
    /// The text in this language.
    pub fn of(self, words: Words) -> &'static str {
        match self {
            Lang::Ja => words.ja,
            Lang::En => words.en,
        }
    }

    /// The one of two texts that is in this language.
    pub fn pick<'a>(self, ja: &'a str, en: &'a str) -> &'a str {
        match self {
            Lang::Ja => ja,
            Lang::En => en,
        }
    }
}

/// A refusal or failure in words: what happened, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worded {
    /// Stable name.
    pub name: String,
    /// What happened, and after a failure what is safe all the same.
    pub message: String,
    /// What to do.
    pub advice: String,
    /// The name of the manual's page about it, where there is one: [`manual_page`].
    pub page: Option<&'static str>,
}
