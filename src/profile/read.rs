//! From text to a profile.

use super::check::{check, is_unclean};
use super::problem::{Problem, ProblemKind, ProfileProblem};
use super::shape::{Node, prune};
use crate::domain::Profile;
use serde::Deserialize;
use toml::Value;

/// The longest text of a profile, in bytes.
pub const LONGEST: usize = 128 * 1024;

/// How many unknown fields, or lines with unclean characters, are named before reading stops.
const MOST_NAMED: usize = 50;

/// Reads a profile and checks every reference and limit in it.
///
/// # Errors
/// Everything that is wrong, not only the first thing. A text whose shape is wrong (not TOML, a field missing or
/// of another type) is not looked at further, since nothing behind that can be relied on.
pub fn parse(text: &str) -> Result<Profile, ProfileProblem> {
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
    let profile = read_shape(Value::Table(text.parse().map_err(|error| not_toml(text, &error))?))?;
    let problems = check(&profile);
    if problems.is_empty() { Ok(profile) } else { Err(ProfileProblem { problems }) }
}

/// Reads the tree, collecting every unknown field up to the first other fault.
fn read_shape(mut tree: Value) -> Result<Profile, ProfileProblem> {
    let mut problems = Vec::new();
    loop {
        match Profile::deserialize(Node(&tree)) {
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
