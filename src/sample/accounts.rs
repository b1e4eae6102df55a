//! The accounts of the sample that were applied for, a deputy's and one that waits; and what an officer delegates.

use super::Halt;
use super::cast::{Cast, PLAYERS, Player, last_of_fiscal_year};
use super::scene::Scene;
use super::stage::{Part, Stage};
use super::words;
use super::year::Year;
use crate::domain::{
    AddMember, ApplyUser, Appoint, AppointmentKind, ChangeKind, Date, Delegate, Id, IssueUser,
    MakeOrganisationId, Noun, PlanChange, Stamp, SuspendUser,
};
use chrono::TimeDelta;

/// A deputy of the approver for some months, with an ID: applied for, issued, never used, and barred again.
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
    let appoint = Appoint {
        role: "approver".to_owned(),
        person: Some(person),
        kind: AppointmentKind::Deputy,
        task: "責任者が不在の間の許可".to_owned(),
        to: Some(moment.date_naive() + TimeDelta::days(199)),
        ..Appoint::default()
    };
    stage.make(Part::Approver, moment - TimeDelta::minutes(9), appoint, Noun::Appointment)?;
    let apply = ApplyUser {
        person: Some(person),
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

/// The officer is away for some days, and lets the approver take notice of what comes in.
///
/// # Errors
/// What the desk refused.
pub fn delegation(stage: &mut Stage, cast: &Cast, moment: Stamp) -> Result<(), Halt> {
    let delegate = Delegate {
        person: cast.approver,
        what: vec!["acknowledge_notice".to_owned()],
        to: Some(moment.date_naive() + TimeDelta::days(6)),
        reason: "出張のため".to_owned(),
        ..Delegate::default()
    };
    stage.make(Part::Officer, moment, delegate, Noun::Delegation).map(|_| ())
}

/// The operator says that they will be transferred; nobody has passed it on.
///
/// # Errors
/// What the desk refused.
pub fn transfer(stage: &mut Stage, moment: Stamp) -> Result<(), Halt> {
    let plan = PlanChange {
        kind: Some(ChangeKind::Transfer),
        day: Some(moment.date_naive() + TimeDelta::days(24)),
        remarks: "医事課へ".to_owned(),
        ..PlanChange::default()
    };
    stage.make(Part::Operator, moment, plan, Noun::PlannedChange).map(|_| ())
}

/// An organisation ID for the night duty, as the profile has one, and the first who is to use it.
///
/// # Errors
/// What the desk refused.
pub fn organisation(stage: &mut Stage, cast: &Cast, moment: Stamp) -> Result<(), Halt> {
    let make = MakeOrganisationId {
        user: "tochoku".to_owned(),
        division: "当直業務".to_owned(),
        roles: vec!["guard".to_owned()],
        reason: "夜間の当直を交代で務めるため".to_owned(),
        ..MakeOrganisationId::default()
    };
    let organisation = stage.make(Part::Admin, moment, make, Noun::OrganisationId)?;
    // Somebody without a role of their own: whoever has one does the same in their own name.
    let person = cast.staff.iter().rev().nth(1).map(|entrant| entrant.person);
    let to = Some(last_of_fiscal_year(moment.date_naive()));
    let add = AddMember { organisation: Some(organisation), person, to, ..AddMember::default() };
    stage.act(Part::Admin, moment + TimeDelta::minutes(2), add)
}

/// Days between two passwords of a person: fewer than the profile's three months.
const DAYS_OF_A_PASSWORD: u32 = 80;

/// How often everybody sets a new password in so many days.
pub fn passwords_in(days: u32) -> u32 {
    days.saturating_sub(1) / DAYS_OF_A_PASSWORD
}

impl Player {
    /// The password before so many that are still to come: the last one is printed.
    pub fn password_before(&self, left: u32) -> String {
        if left == 0 { self.password.to_owned() } else { format!("{}-{left}", self.password) }
    }
}

/// Everybody sets a new password on some days, counted back from the last.
pub fn plan_passwords(year: &mut Year, day: Date, days_left: u32) {
    if days_left == 0 || !days_left.is_multiple_of(DAYS_OF_A_PASSWORD) {
        return;
    }
    for player in &PLAYERS {
        let moment = year.slot(day, 8, 40);
        year.plan(moment, Scene::Password(player.part, days_left / DAYS_OF_A_PASSWORD - 1));
    }
}

/// Somebody sets a new password.
///
/// # Errors
/// What the desk refused.
pub fn new_password(stage: &mut Stage, part: Part, moment: Stamp, left: u32) -> Result<(), Halt> {
    let Some(player) = PLAYERS.iter().find(|player| player.part == part) else { return Ok(()) };
    let (old, new) = (player.password_before(left.saturating_add(1)), player.password_before(left));
    stage.renew(part, moment, player.user, (&old, &new))
}
