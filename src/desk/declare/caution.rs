//! What is told, and not refused, of a text that looks as though it held what does not belong there.

use super::{Field, Words, operation};
use crate::domain::Command;
use crate::text::scan::fold_code;

/// What a text may hold that does not belong there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caution {
    /// The combination of a lock: whoever reads the ledger would open it.
    Combination,
}

/// Fewer digits than this are no combination.
const DIGITS_LEAST: usize = 3;

impl Caution {
    /// The stable name, as batch answers give it.
    pub fn name(self) -> &'static str {
        match self {
            Caution::Combination => "looks_like_a_combination",
        }
    }

    /// What is told.
    pub fn words(self) -> Words {
        match self {
            Caution::Combination => Words::new(
                "番号錠の番号のようです。番号そのものは台帳に書かず、書いた場合は消去して錠を変更してください。",
                "This looks like a combination. Keep it out of the ledger; where it was written, erase it and change the lock.",
            ),
        }
    }

    /// Whether a text looks like it.
    pub fn is_about(self, text: &str) -> bool {
        match self {
            Caution::Combination => looks_like_a_combination(text),
        }
    }
}

/// Digits in one run, alone or parted as a dial is turned (`12-34-56`, `右3左7右12`), and no day or time.
fn looks_like_a_combination(text: &str) -> bool {
    let in_run = |c: char| {
        c.is_ascii_digit() || matches!(c, '-' | ':' | '/' | '.' | '右' | '左' | 'R' | 'L' | '→' | ',')
    };
    let is_one = |run: &str| {
        let dated = run.split(['-', '/', '.']).filter(|part| !part.is_empty()).count() == 3
            && run.split(['-', '/', '.']).next().is_some_and(|year| year.len() == 4);
        let timed = run.contains(':');
        run.chars().filter(char::is_ascii_digit).count() >= DIGITS_LEAST && !dated && !timed
    };
    text.split_whitespace().map(fold_code).any(|word| word.split(|c| !in_run(c)).any(is_one))
}

/// The fields of a command whose texts call for caution.
pub fn cautions(command: &Command) -> Vec<(&'static Field, Caution)> {
    let Some(operation) = operation(command.name()) else { return Vec::new() };
    let beware = operation.fields.iter().filter_map(|field| Some((field, field.caution?)));
    let beware: Vec<_> = beware.collect();
    if beware.is_empty() {
        return beware;
    }
    let texts = serde_json::to_value(command).unwrap_or_default();
    let is_about = |(field, caution): &(&Field, Caution)| {
        texts.get(field.name).and_then(|text| text.as_str()).is_some_and(|text| caution.is_about(text))
    };
    beware.into_iter().filter(is_about).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_combination_is_told_from_days_times_and_short_numbers() {
        for text in
            ["4512", "番号は１２－３４－５６です", "右3左7右12", "R3 L7: 4512", "0451.", "暗証4512に変更"]
        {
            assert!(Caution::Combination.is_about(text), "{text}");
        }
        for text in
            ["", "2026-11-28に交換", "2026/4/1", "14:05に返却", "3階の棚 12番", "予備2本", "鍵屋の立会い"]
        {
            assert!(!Caution::Combination.is_about(text), "{text}");
        }
    }
}
