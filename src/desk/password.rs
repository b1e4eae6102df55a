//! Passwords: the profile's rule, and temporary ones made for a person to use once.

use super::{Entropy, FieldProblem};
use crate::domain::Password;
use std::collections::BTreeSet;

/// A rule of the profile for passwords, and what a new password makes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PasswordRule {
    /// What it asks, in Japanese.
    pub ja: String,
    /// The same in English.
    pub en: String,
    /// What there is to say where the password breaks it.
    pub broken: Option<FieldProblem>,
}

/// A rule: what it asks, and where the password breaks it, the name and words of that.
fn rule(asks: (String, String), broken: Option<(&str, (String, String))>) -> PasswordRule {
    let problem = |(name, (ja, en)): (&str, (String, String))| FieldProblem {
        field: "password".to_owned(),
        name: name.to_owned(),
        ja,
        en,
    };
    PasswordRule { ja: asks.0, en: asks.1, broken: broken.map(problem) }
}

/// Words of both languages with a number put in.
fn with(words: (&str, &str), number: u32) -> (String, String) {
    let put = |text: &str| text.replace("{n}", &number.to_string());
    (put(words.0), put(words.1))
}

/// Every rule of the profile for a new password, each with what this one makes of it. Lengths count characters.
pub(super) fn judged(profile: &Password, user: &str, old: &str, new: &str) -> Vec<PasswordRule> {
    let plain = |ja: &str, en: &str| (ja.to_owned(), en.to_owned());
    let length = u32::try_from(new.chars().count()).unwrap_or(u32::MAX);
    let (least, most) = (profile.least, profile.most);
    let short = ("パスワードは{n}文字以上にしてください。", "Use a password of at least {n} characters.");
    let long = ("パスワードは{n}文字以内にしてください。", "Use a password of at most {n} characters.");
    let mut rules = vec![
        rule(
            with(("{n}文字以上", "at least {n} characters"), least),
            (length < least).then(|| ("password_short", with(short, least))),
        ),
        rule(
            with(("{n}文字以内", "at most {n} characters"), most),
            (length > most).then(|| ("password_long", with(long, most))),
        ),
        kinds(profile, new),
    ];
    let run = (
        "同じ文字を続けて使えるのは{n}文字までです。",
        "The same character may stand at most {n} times in a row.",
    );
    rules.push(rule(
        with(
            (
                "同じ文字は続けて{n}文字まで（大文字と小文字は別）",
                "a character at most {n} times in a row (A is not a)",
            ),
            profile.run,
        ),
        (longest_run(new) > profile.run).then(|| ("password_run", with(run, profile.run))),
    ));
    // A terminal or another keyboard may make something else of it, and nobody sees what.
    if new.chars().any(char::is_control) {
        let words = plain(
            "タブなどの制御文字は、パスワードに使えません。",
            "A password holds no tab or other control character.",
        );
        let asks = plain("制御文字を含まない", "no control characters");
        rules.push(rule(asks, Some(("password_control", words))));
    } else if let Some(symbols) = &profile.symbols {
        rules.push(characters(profile, symbols, new));
    }
    let same = plain(
        "今のパスワードやIDと同じものは使えません。",
        "The password may be neither the present one nor the ID.",
    );
    rules.push(rule(
        plain("今のパスワード、IDと違う", "neither the present password nor the ID"),
        (new == old || new == user).then_some(("password_same", same)),
    ));
    rules
}

/// Kinds of characters are mixed.
fn kinds(profile: &Password, new: &str) -> PasswordRule {
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
    let words = (
        "大文字・小文字・数字・記号のうち{n}種類以上を組み合わせてください。",
        "Mix at least {n} of upper case, lower case, digits and symbols.",
    );
    rule(
        with(
            (
                "大文字・小文字・数字・記号のうち{n}種類以上",
                "{n} kinds of upper and lower case, digits, symbols",
            ),
            profile.kinds,
        ),
        (kinds.len() < profile.kinds as usize).then(|| ("password_kinds", with(words, profile.kinds))),
    )
}

/// It holds no character but those that the profile names; those that are none of these are named.
fn characters(profile: &Password, symbols: &str, new: &str) -> PasswordRule {
    let mut foreign: Vec<String> = Vec::new();
    for c in new.chars().filter(|c| !profile.takes(*c)).map(|c| c.to_string()) {
        if !foreign.contains(&c) {
            foreign.push(c);
        }
    }
    let digits = profile.digits.as_deref().unwrap_or("0123456789");
    let asks = (
        format!("使える文字: 英字、数字 {digits}、記号 {symbols}"),
        format!("letters, the digits {digits}, the symbols {symbols}"),
    );
    let named = foreign.join(" ");
    let words = || {
        let (ja, en) = (
            format!("この文字は使えません: {named}"),
            format!("These characters may not stand in it: {named}"),
        );
        ("password_character", (ja, en))
    };
    rule(asks, (!foreign.is_empty()).then(words))
}

/// Which rules of the profile a new password breaks; none if it will do.
pub(super) fn broken_rules(profile: &Password, user: &str, old: &str, new: &str) -> Vec<FieldProblem> {
    judged(profile, user, old, new).into_iter().filter_map(|rule| rule.broken).collect()
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

    #[test]
    fn each_rule_is_said_before_and_what_a_password_makes_of_it() {
        let rule = Password {
            least: 8,
            most: 30,
            kinds: 3,
            run: 2,
            symbols: Some("@#-".to_owned()),
            digits: Some("123456789".to_owned()),
            ..Password::default()
        };
        let asked = judged(&rule, "tanaka", "", "");
        assert_eq!(asked.len(), 6, "{asked:?}");
        assert!(asked.iter().all(|rule| !rule.ja.is_empty() && !rule.en.is_empty()));
        let broken = |new: &str| -> Vec<String> {
            broken_rules(&rule, "Tanaka-1", "Mae-no-123", new).into_iter().map(|one| one.name).collect()
        };
        assert_eq!(broken("Abc-1234"), Vec::<String>::new());
        assert_eq!(broken("Abc-123"), ["password_short"]);
        assert_eq!(broken(&format!("{}1", "Ab-".repeat(10))), ["password_long"]);
        assert_eq!(broken("abcd1234"), ["password_kinds"]);
        assert_eq!(broken("Abc-1112"), ["password_run"]);
        assert_eq!(broken("AaA-1212"), Vec::<String>::new(), "a capital is another character");
        assert_eq!(broken("Abc_1230"), ["password_character"]);
        assert_eq!(broken("Tanaka-1"), ["password_same"]);
        assert_eq!(broken("Mae-no-123"), ["password_same"]);
        let named = broken_rules(&rule, "t", "", "Ab_1230_山").pop().unwrap();
        assert!(named.ja.ends_with(": _ 0 山") && named.en.ends_with(": _ 0 山"), "{named:?}");
    }
}
