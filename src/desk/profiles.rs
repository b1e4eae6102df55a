//! Which profile holds: read from the entries that adopted them.

use super::failure::broken;
use super::papers::Paper;
use super::{Desk, Failure, FieldProblem};
use crate::domain::{Edition, View};
use crate::fault::fault;
use crate::profile::{LONGEST, Versions, builtin, expand};
use crate::text::{clean_bytes, without_bom};
use std::path::Path;

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

/// What somebody names as a profile: one that is built in, by its name, the text itself, or a file of this machine. A
/// profile has many lines, and no path has two.
///
/// # Errors
/// [`Failure::Malformed`]: there is no such file, or it is no text.
pub(super) fn taken_in(given: &str) -> Result<String, Failure> {
    if builtin(given.trim()).is_some() || given.contains('\n') || given.trim().is_empty() {
        return Ok(given.to_owned());
    }
    let bytes = Paper::open(Path::new(given.trim())).and_then(Paper::read).map_err(of_profile)?;
    if bytes.len() > LONGEST {
        return Err(too_large());
    }
    match clean_bytes(&bytes) {
        Ok(text) => Ok(without_bom(text).to_owned()),
        Err(problem) => Err(wrong("profile_not_text", problem.ja(), problem.en())),
    }
}

fn wrong(name: &str, ja: impl Into<String>, en: impl Into<String>) -> Failure {
    let field = "profile".to_owned();
    Failure::Malformed(vec![FieldProblem { field, name: name.to_owned(), ja: ja.into(), en: en.into() }])
}

fn too_large() -> Failure {
    wrong(
        "profile_too_large",
        "規程のファイルとしては大きすぎます（128 KBまで）。別のファイルではないか確かめてください。",
        "The file is too large for a profile (at most 128 KB). See whether it is another file.",
    )
}

/// What is wrong with a file, where it was to be a profile.
fn of_profile(failure: Failure) -> Failure {
    match failure {
        Failure::Malformed(problems) if problems.iter().any(|problem| problem.name == "file_too_large") => {
            too_large()
        }
        Failure::Malformed(mut problems) => {
            problems.iter_mut().for_each(|problem| "profile".clone_into(&mut problem.field));
            Failure::Malformed(problems)
        }
        other => other,
    }
}

impl Desk {
    /// The ids of the roles of every version of the profile, each once, those of today's first.
    pub fn role_ids(&self) -> Vec<String> {
        let today = std::iter::once(&self.profile);
        let mut ids: Vec<String> = Vec::new();
        for role in
            today.chain(self.versions.all().map(|(_, profile)| profile)).flat_map(|profile| &profile.roles)
        {
            if !ids.contains(&role.id) {
                ids.push(role.id.clone());
            }
        }
        ids
    }
}

/// The versions that the site adopted.
///
/// # Errors
/// [`Failure::Damaged`] when there is none that can be read.
pub(super) fn versions(view: &dyn View) -> Result<Versions, Failure> {
    let versions = Versions::of(view).map_err(broken)?;
    versions.ok_or_else(|| Failure::Damaged(fault!("books_without_profile")))
}
