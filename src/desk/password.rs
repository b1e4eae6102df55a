//! Passwords: the profile's rule, and temporary ones made for a person to use once.

use super::declare::Words;
use super::{Entropy, FieldProblem};
use crate::domain::Password;
use std::collections::BTreeSet;

/// The words of a rule that a password breaks.
fn problem(name: &str, words: Words, number: u32) -> FieldProblem {
    FieldProblem {
        field: "password".to_owned(),
        name: name.to_owned(),
        ja: words.ja.replace("{n}", &number.to_string()),
        en: words.en.replace("{n}", &number.to_string()),
    }
}

/// Which rules of the profile a new password breaks; none if it will do. Lengths count characters.
pub(super) fn broken_rules(rule: &Password, user: &str, old: &str, new: &str) -> Vec<FieldProblem> {
    let mut broken = Vec::new();
    let length = u32::try_from(new.chars().count()).unwrap_or(u32::MAX);
    if length < rule.least {
        let words = Words {
            ja: "パスワードは{n}文字以上にしてください。",
            en: "Use a password of at least {n} characters.",
        };
        broken.push(problem("password_short", words, rule.least));
    }
    if length > rule.most {
        let words = Words {
            ja: "パスワードは{n}文字以内にしてください。",
            en: "Use a password of at most {n} characters.",
        };
        broken.push(problem("password_long", words, rule.most));
    }
    let kinds: BTreeSet<u8> = new
        .chars()
        .map(|c| match c {
            c if c.is_lowercase() => 0,
            c if c.is_uppercase() => 1,
            c if c.is_numeric() => 2,
            c if c.is_alphabetic() => 3,
            _ => 4,
        })
        .collect();
    if kinds.len() < rule.kinds as usize {
        let words = Words {
            ja: "大文字・小文字・数字・記号のうち{n}種類以上を組み合わせてください。",
            en: "Mix at least {n} of upper case, lower case, digits and symbols.",
        };
        broken.push(problem("password_kinds", words, rule.kinds));
    }
    if longest_run(new) > rule.run {
        let words = Words {
            ja: "同じ文字を続けて使えるのは{n}文字までです。",
            en: "The same character may stand at most {n} times in a row.",
        };
        broken.push(problem("password_run", words, rule.run));
    }
    // A terminal or another keyboard may make something else of it, and nobody sees what.
    if new.chars().any(char::is_control) {
        let words = Words {
            ja: "タブなどの制御文字は、パスワードに使えません。",
            en: "A password holds no tab or other control character.",
        };
        broken.push(problem("password_control", words, 0));
    }
    if new == old || new == user {
        let words = Words {
            ja: "今のパスワードやIDと同じものは使えません。",
            en: "The password may be neither the present one nor the ID.",
        };
        broken.push(problem("password_same", words, 0));
    }
    broken
}

fn longest_run(text: &str) -> u32 {
    let (mut longest, mut run, mut before) = (0, 0, None);
    for c in text.chars() {
        run = if before == Some(c) { run + 1 } else { 1 };
        longest = longest.max(run);
        before = Some(c);
    }
    longest
}

/// What temporary passwords are written with.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz23456789A";

/// Whether a password has the form of a temporary one.
pub(super) fn is_temporary(password: &str) -> bool {
    let is_group = |group: &str| group.len() == 4 && group.bytes().all(|letter| LETTERS.contains(&letter));
    password.split('-').count() == 4 && password.split('-').all(is_group)
}

/// A temporary password: four groups of four, without letters and digits that look alike (about 78 bits).
///
/// # Errors
/// A text when the system has no randomness to give.
pub(super) fn temporary(entropy: &dyn Entropy) -> Result<String, String> {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes)?;
    let letters: Vec<char> = bytes
        .iter()
        .filter_map(|byte| LETTERS.get(usize::from(byte % 32)))
        .map(|letter| char::from(*letter))
        .collect();
    Ok(letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_temporary_password_is_known_by_its_form() {
        for seed in 0..64 {
            let made = temporary(&crate::desk::SeededEntropy::new(seed)).unwrap();
            assert!(is_temporary(&made), "{made}");
        }
        for chosen in
            ["Sakura-2026-mon", "abcd-efgh-jkmn", "abcd-efgh-jkmn-pqr", "abcd-efgh-jkmn-pqrs-tuvw", ""]
        {
            assert!(!is_temporary(chosen), "{chosen}");
        }
    }

    #[test]
    fn what_nobody_sees_is_no_part_of_a_password() {
        let rule = Password { least: 4, most: 64, kinds: 1, run: 64, ..Password::default() };
        let names = |new: &str| -> Vec<String> {
            broken_rules(&rule, "tanaka", "", new).into_iter().map(|problem| problem.name).collect()
        };
        for hidden in ["abc\tdef", "\tabcdef", "abcdef\n", "abc\u{9b}def", "abc\u{7f}def"] {
            assert_eq!(names(hidden), ["password_control"], "{hidden:?}");
        }
        assert_eq!(names("正しい 馬の電池"), Vec::<String>::new());
    }
}
