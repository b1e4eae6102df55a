//! From text to a profile: accepted strictly, read leniently.
//!
//! Whoever adopts a profile or founds a site with one is held to everything ([`accept`]). What stands in the log
//! already is only [`read`]: a release that asks for more must not shut anybody out of their own books.

use super::check::{check, is_unclean};
use super::problem::{Problem, ProblemKind, ProfileProblem};
use super::shape::{Node, ShapeError, mark_absent, prune};
use crate::domain::{Edition, Profile};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::{Table, Value};

/// The longest text of a profile, in bytes.
pub const LONGEST: usize = 128 * 1024;

/// How many unknown fields, or lines with unclean characters, are named before reading stops.
const MOST_NAMED: usize = 50;

/// How much of a profile in the log may be repaired, so that reading ends.
const MOST_REPAIRS: usize = 2_000;

/// A profile to be adopted or founded with under an edition of the rules: complete, and every reference and limit in
/// it checked. The same text gets the same answer from every later release: `check` asks again.
///
/// # Errors
/// Everything that is wrong, not only the first thing. A text whose shape is wrong (not TOML, a field missing or
/// of another type) is not looked at further, since nothing behind that can be relied on.
pub fn accept(text: &str, edition: Edition) -> Result<Profile, ProfileProblem> {
    let profile = read_shape(Value::Table(toml_of(text)?))?;
    let problems = check(&profile, edition);
    if problems.is_empty() { Ok(profile) } else { Err(ProfileProblem { problems }) }
}

/// A text that is short enough, clean, and TOML.
pub(super) fn toml_of(text: &str) -> Result<Table, ProfileProblem> {
    if text.len() > LONGEST {
        return Err(Problem::new(ProblemKind::TooLarge, "file", format!("{} > {LONGEST}", text.len())).into());
    }
    // Comments are shown to people, too: the rule holds for the whole text, not only for its values.
    let unclean: Vec<Problem> = text
        .split('\n')
        .enumerate()
        .filter_map(|(n, line)| {
            let found = line.trim_end_matches('\r').chars().find(|c| is_unclean(*c) && *c != '\t')?;
            let code = format!("U+{:04X}", u32::from(found));
            Some(Problem::new(ProblemKind::UncleanText, format!("line {}", n + 1), code))
        })
        .take(MOST_NAMED)
        .collect();
    if !unclean.is_empty() {
        return Err(ProfileProblem { problems: unclean });
    }
    text.parse().map_err(|error| not_toml(text, &error))
}

/// A profile that stands in the log. What this release does not know is passed over; what is missing, or of another
/// kind, is nothing: nobody, no text, none, 0, or what the field itself says of profiles that did not have it yet.
/// `None` for a text that is no TOML at all.
pub fn read(text: &str) -> Option<Profile> {
    let mut tree = Value::Table(text.parse().ok()?);
    for _ in 0..MOST_REPAIRS {
        let error = match Profile::deserialize(Node(&tree)) {
            Ok(profile) => return Some(profile),
            Err(error) => error,
        };
        if !repair(&mut tree, &error) {
            return None;
        }
    }
    None
}

fn repair(tree: &mut Value, error: &ShapeError) -> bool {
    match error.kind {
        ProblemKind::UnknownField => prune(tree, &error.inward),
        _ => mark_absent(tree, &error.inward),
    }
}

/// Reads the tree, collecting every unknown field up to the first other problem.
pub(super) fn read_shape<T: DeserializeOwned>(mut tree: Value) -> Result<T, ProfileProblem> {
    let mut problems = Vec::new();
    loop {
        match T::deserialize(Node(&tree)) {
            Ok(profile) if problems.is_empty() => return Ok(profile),
            Ok(_) => return Err(ProfileProblem { problems }),
            Err(error) => {
                problems.push(error.problem());
                let unknown = error.kind == ProblemKind::UnknownField;
                if !unknown || problems.len() >= MOST_NAMED || !prune(&mut tree, &error.inward) {
                    return Err(ProfileProblem { problems });
                }
            }
        }
    }
}

fn not_toml(text: &str, error: &toml::de::Error) -> ProfileProblem {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or("");
    let line = before.matches('\n').count() + 1;
    let message = error.message().lines().next().unwrap_or("");
    Problem::new(ProblemKind::NotToml, format!("line {line}"), message).into()
}
