//! The accounts of the sample that were applied for: a deputy's, and one that waits.

use super::Halt;
use super::cast::{Cast, last_of_fiscal_year};
use super::stage::{Part, Stage};
use super::words;
use crate::domain::{ApplyUser, Id, IssueUser, Noun, Stamp, SuspendUser};
use chrono::TimeDelta;

/// An ID for a deputy: applied for, issued, never used, and barred again.
///
/// # Errors
/// What the desk refused.
pub fn deputy(stage: &mut Stage, cast: &Cast, moment: Stamp, begins: bool) -> Result<(), Halt> {
    const USER: &str = "deputy";
    if !begins {
        let reason = words::reasons("suspend_user").first().copied().unwrap_or_default().to_owned();
        return stage.act(Part::Admin, moment, SuspendUser { user: USER.to_owned(), reason });
    }
    let Some(person) = cast.staff.last().map(|entrant| entrant.person) else { return Ok(()) };
    let apply = ApplyUser {
        person: Some(person),
        roles: vec![USER.to_owned()],
        from: Some(moment.date_naive()),
        reason: "責任者が不在の間の代行".to_owned(),
        department: "情報システム課".to_owned(),
        ..ApplyUser::default()
    };
    let application = stage.make(Part::Operator, moment, apply, Noun::UserApplication)?;
    let issue = IssueUser {
        user: USER.to_owned(),
        application: Some(application),
        conditions: "責任者の不在のときに限る".to_owned(),
        ..IssueUser::default()
    };
    stage.make(Part::Admin, moment + TimeDelta::minutes(9), issue, Noun::User).map(|_| ())
}

/// An account for somebody from outside: applied for, and nobody has decided.
///
/// # Errors
/// What the desk refused.
pub fn wanted(stage: &mut Stage, person: Id, moment: Stamp) -> Result<(), Halt> {
    let today = moment.date_naive();
    let apply = ApplyUser {
        person: Some(person),
        roles: vec!["operator".to_owned()],
        from: Some(today + TimeDelta::days(3)),
        to: Some(last_of_fiscal_year(today + TimeDelta::days(3))),
        scope: "入退室の記録と作業記録".to_owned(),
        reason: "常駐する保守担当者".to_owned(),
        department: "情報システム課".to_owned(),
        ..ApplyUser::default()
    };
    stage.make(Part::Operator, moment, apply, Noun::UserApplication).map(|_| ())
}
