//! Which profile holds: read from the entries that adopted them.

use super::failure::broken;
use super::{Failure, FieldProblem};
use crate::domain::{Edition, Profile, View};
use crate::profile::{Versions, accept, builtin};

pub use crate::profile::{NAMES as BUILT_IN, builtin as built_in};

/// The text of a profile: of one that is built in, by its name, or the text itself.
pub(super) fn text_of(given: &str) -> String {
    builtin(given.trim()).map_or_else(|| given.to_owned(), str::to_owned)
}

/// A profile that somebody gives, to be adopted or founded with under an edition of the rules.
///
/// # Errors
/// [`Failure::Malformed`] with everything that is wrong in it.
pub fn accepted(text: &str, edition: Edition) -> Result<Profile, Failure> {
    accept(text, edition).map_err(|found| {
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
    versions.ok_or_else(|| Failure::Damaged("the books hold no profile".to_owned()))
}
