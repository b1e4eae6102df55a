//! Which profile holds: read from the entries that adopted them.

use super::failure::broken;
use super::{Failure, FieldProblem};
use crate::domain::{Id, Noun, Profile, Row, View};
use crate::profile::{Versions, builtin, parse};

pub use crate::profile::{NAMES as BUILT_IN, builtin as built_in};

/// The text of a profile: of one that is built in, by its name, or the text itself.
pub(super) fn text_of(given: &str) -> String {
    builtin(given.trim()).map_or_else(|| given.to_owned(), str::to_owned)
}

/// Reads a profile that somebody gives.
///
/// # Errors
/// [`Failure::Malformed`] with everything that is wrong in it.
pub fn read(text: &str) -> Result<Profile, Failure> {
    parse(text).map_err(|found| {
        let problem = |problem: &crate::profile::Problem| {
            let words = problem.sentence();
            let name = problem.kind.name().to_owned();
            FieldProblem { field: "profile".to_owned(), name, ja: words.ja, en: words.en }
        };
        Failure::Malformed(found.problems.iter().map(problem).collect())
    })
}

/// The versions that the site adopted, in the order of adoption.
///
/// # Errors
/// [`Failure::Damaged`] when there is none, or one that was accepted can no longer be read.
pub(super) fn versions(view: &dyn View) -> Result<Versions, Failure> {
    let mut versions: Option<Versions> = None;
    for n in 1..=view.last(Noun::Profile).map_err(broken)? {
        let Some(Row::ProfileVersion(row)) = view.row(Id::new(Noun::Profile, n)).map_err(broken)? else {
            continue;
        };
        let profile =
            parse(&row.text).map_err(|_| Failure::Damaged(format!("profile {}: not readable", row.id)))?;
        match &mut versions {
            Some(versions) => versions.adopt(row.from, profile),
            None => versions = Some(Versions::new(row.from, profile)),
        }
    }
    versions.ok_or_else(|| Failure::Damaged("the books hold no profile".to_owned()))
}
