//! Which profile holds: read from the entries that adopted them.

use super::failure::broken;
use super::{Failure, FieldProblem};
use crate::domain::{Edition, View};
use crate::fault::fault;
use crate::profile::{Versions, builtin, expand};

pub use crate::profile::{Expanded, Held, NAMES as BUILT_IN, builtin as built_in};

/// A profile that somebody gives, to be adopted or founded with under an edition of the rules: one that is built in,
/// by its name, or the text itself. Its groups are written out: that text, and no other, goes into the log.
///
/// # Errors
/// [`Failure::Malformed`] with everything that is wrong in it.
pub fn accepted(given: &str, edition: Edition) -> Result<Expanded, Failure> {
    let text = builtin(given.trim()).unwrap_or(given);
    expand(text, edition).map_err(|found| {
        let problem = |problem: &crate::profile::Problem| {
            let words = problem.sentence();
            let name = problem.kind.name().to_owned();
            FieldProblem { field: "profile".to_owned(), name, ja: words.ja, en: words.en }
        };
        Failure::Malformed(found.problems.iter().map(problem).collect())
    })
}

/// The versions that the site adopted.
///
/// # Errors
/// [`Failure::Damaged`] when there is none that can be read.
pub(super) fn versions(view: &dyn View) -> Result<Versions, Failure> {
    let versions = Versions::of(view).map_err(broken)?;
    versions.ok_or_else(|| Failure::Damaged(fault!("books_without_profile")))
}
