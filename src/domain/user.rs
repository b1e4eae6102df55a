//! Users: who may use the system, in which roles, with which keys.

use super::account::{decide_account, decide_carry_over, new_id, no_clash_with_others};
use super::choice::choice;
use super::command::commands;
use super::decide::early;
use super::jurisdiction::{HeldRole, LiesIn};
pub use super::life_cycle::{ChangeUser, CloseUser, ReopenUser, Term};
use super::life_cycle::{Given, may_take_away};
use super::lookup::{
    Case, exists, hex64, invalid, missing, no_authority, no_such, own_matter, repeated, required, rows_under,
    still_governed, wrong_state,
};
use super::rights::held_with_offices;
use super::row::row;
use super::rule::Given::{ByDesk, ByPeople};
use super::user_application::may_grant_new;
use super::way_in::bound;
use super::{
    ApplyUser, Basis, Broken, Code, Command, Date, DecidedBefore, Edition, Ending, EntryMeta, Event,
    FOUNDING_ROLE, Filing, Id, Leave, No, Noun, Outcome, Rejection, Row, Sealing, Stamp, Stop, UserKey,
    UserState, View, WayIn, key, orphaned, policy, roles_with_offices,
};
use crate::text::find::Part;

row! {
    /// The record about a person who may use the system.
    User {
        /// Login ID.
        user: String,
        /// Whose.
        person: Id,
        /// Role ids.
        roles: Vec<String>,
        /// The jurisdiction in which it lies, and within which its roles are held; none where everywhere.
        jurisdiction: String,
        /// Where it stands.
        state: UserState,
        /// Verifying keys, hex, with the entry from which each holds; the last one is in force.
        keys: Vec<UserKey>,
        /// Issued by whom.
        issued_by: Id,
        /// On what it rests.
        basis: Basis,
        /// The application that it was issued on.
        application: Option<Id>,
        /// Who decided it, when and under which number, where it was carried over from the books before.
        decided_before: Option<DecidedBefore>,
        /// The first day on which it may be used; from its issue on where none is told.
        #[serde(with = "super::packed")]
        from: Option<Date>,
        /// The last day, inclusive; none where it has no end.
        #[serde(with = "super::packed")]
        until: Option<Date>,
        /// The duty that needs administrator rights (J-1-1-2).
        duty: String,
        /// The conditions of the permission (J-1-1-1-c).
        conditions: String,
        /// How it stood before each change of it, oldest first.
        terms: Vec<Term>,
        /// From when to when personnel changes bar it.
        stops: Vec<Stop>,
        /// Changed last by whom, when, why.
        altered: Option<Box<Ending>>,
        /// Issued when.
        #[serde(with = "super::packed")]
        issued: Stamp,
        /// Last login.
        #[serde(with = "super::packed")]
        last_login: Option<Stamp>,
        /// The own password was set last.
        #[serde(with = "super::packed")]
        password_set: Option<Stamp>,
        /// Their report that ID or password may be known to others, the last one.
        reported: Option<Reported>,
        /// Suspended by whom, when, why.
        suspended: Option<Box<Ending>>,
        /// Closed by whom, when, why; none once it is open again.
        closed: Option<Box<Ending>>,
        /// Removed for good by whom, when, why.
        removed: Option<Box<Ending>>,
        /// Where it stood, since when, oldest first; the last one is where it stands.
        #[serde(with = "super::packed")]
        stood: Vec<(Stamp, UserState)>,
        /// How they open the vault; none where the log does not bind it, or it ended.
        way_in: Option<WayIn>,
        /// How they did before that: what a change of keys that was cut may have left.
        way_before: Option<WayIn>,
    }
}

commands! {
    /// Give a person an ID for this system, with a provisional password.
    IssueUser = "issue_user" => "user_issued" {
        /// The ID they log in with, `[a-z0-9_-]{1,32}`.
        user: String,
        /// Whose.
        person: Option<Id>,
        /// Role ids of the profile; those applied for where none are given.
        roles: Vec<String>,
        /// The application that is granted with it.
        application: Option<Id>,
        /// The jurisdiction in which it lies; where none is given the one applied for, or the actor's own.
        jurisdiction: String,
        /// The first day; where none is given the one applied for, or today where that has passed.
        from: Option<Date>,
        /// The last day, inclusive; the one applied for where none is given.
        to: Option<Date>,
        /// The duty that needs administrator rights; the one applied for where none is given.
        duty: String,
        /// The conditions of the permission.
        conditions: String,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
        /// How they open the vault; the desk's.
        way_in: Option<WayIn>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule {
            given: ByPeople,
            lasting: true,
            waits: super::Waits::Proved,
            group: Some(super::Group(super::Book::Site, super::Task::Administration)),
            filled: &["key", "way_in", "sealing"],
        }
        decide decide_issue, touches [Site], on { Noun::UserApplication => may_grant_new };

    /// Give an ID to somebody whose account was decided before the site was founded, by the books of then.
    CarryOverUser = "carry_over_user" => "user_carried_over" {
        /// The ID they log in with, `[a-z0-9_-]{1,32}`.
        user: String,
        /// Whose.
        person: Option<Id>,
        /// Role ids of the profile.
        roles: Vec<String>,
        /// Who decided it then, as the books of then say.
        decided_by: String,
        /// When.
        decided_on: Option<Date>,
        /// The number of the decision, where it had one.
        number: String,
        /// The jurisdiction in which it lies; the actor's own where none is given.
        jurisdiction: String,
        /// The last day, inclusive.
        to: Option<Date>,
        /// The duty that needs administrator rights.
        duty: String,
        /// The conditions of the permission.
        conditions: String,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
        /// How they open the vault; the desk's.
        way_in: Option<WayIn>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: super::Waits::Proved,
            needs_clock: true,
            filled: &["key", "way_in", "sealing"],
            with: &["issue_user"],
        }
        decide decide_carry_over, touches [Site], on {};

    /// Set a new provisional password.
    ResetPassword = "reset_password" => "password_reset" {
        /// Whose, by login ID.
        user: String,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
        /// How they open the vault; the desk's.
        way_in: Option<WayIn>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, group: Some(super::Group(super::Book::Site, super::Task::Administration)), filled: &["key", "way_in", "sealing"] }
        decide decide_reset, touches [Site], on { Noun::User => may_reset };

    /// Say that the own ID or password may be known to others: a new password is set before anything else (J-1-1-1-b).
    ReportCompromise = "report_compromise" => "compromise_reported" {
        /// What may have happened.
        what: String,
    }
        rule { given: ByPeople, since: Edition::Three, with: &["query:today"] }
        decide decide_report, touches [], on {};

    /// Say what was done about such a report (J-1-1-1-b).
    RecordMeasures = "record_measures" => "measures_recorded" {
        /// Whose report, by login ID.
        user: String,
        /// What was done.
        measures: String,
    }
        rule { given: ByPeople, since: Edition::Three, with: &["reset_password"] }
        decide decide_measures, touches [], on { Noun::User => may_record_measures };

    /// Bar a user until resumed.
    SuspendUser = "suspend_user" => "user_suspended" {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Site, super::Task::Administration)), sealed: &["reason"] }
        decide decide_suspend, touches [], on { Noun::User => may_suspend };

    /// Let a suspended user in again.
    ResumeUser = "resume_user" => "user_resumed" {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, lasting: true, waits: super::Waits::Proved, group: Some(super::Group(super::Book::Site, super::Task::Administration)), sealed: &["reason"] }
        decide decide_resume, touches [], on { Noun::User => may_resume };

    /// Close a user for good: their slot goes, and the vault gets a new identity for the rest (J-1-1-4).
    RemoveUser = "remove_user" => "user_removed" {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule {
            given: ByPeople,
            lasting: true,
            waits: super::Waits::Compared,
            alone: true,
            sealed: &["reason"],
            filled: &["sealing"],
            with: &["issue_user"],
        }
        decide decide_remove, touches [Site], on { Noun::User => may_remove };

    /// An administrator gets a new key of their own by the recovery sheet (J-1-1-4).
    UseSheet = "use_sheet" => "sheet_used" {
        /// Whose password, by login ID.
        user: String,
        /// Their new verifying key, hex.
        key: String,
        /// How they open the vault; the desk's.
        way_in: Option<WayIn>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk }
        decide decide_use_sheet, touches [Site], on {};

    /// The recovery sheet issues an ID with the powers that the site was founded with, where nobody could issue IDs or
    /// propose a profile any more: it always leads back (J-1-1-4).
    IssueBySheet = "issue_by_sheet" => "issued_by_sheet" {
        /// The new login ID.
        user: String,
        /// Whose.
        person: Option<Id>,
        /// Their verifying key, hex: of a password that they chose themselves.
        key: String,
        /// How they open the vault; the desk's.
        way_in: Option<WayIn>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk, waits: super::Waits::Proved }
        decide decide_issue_by_sheet, touches [Site], on {};

    /// A user's own key takes the place of a provisional or earlier one; signed with old and new.
    EnrolKey = "enrol_key" => "key_enrolled" {
        /// The new verifying key, hex.
        key: String,
        /// How they open the vault; the desk's.
        way_in: Option<WayIn>,
        /// To whom the vault's key is sealed then; the desk's.
        sealing: Option<Sealing>,
    }
        rule { given: ByDesk }
        decide decide_enrol, touches [Site], on {};

    /// Somebody opened the vault and stands at the desk.
    LogIn = "log_in" => "logged_in" {
        /// Which terminal.
        terminal: String,
        /// The protection the process reached.
        hardening: String,
        /// How they opened the vault, where the log does not bind it yet: their own login proves it.
        way_in: Option<WayIn>,
        /// What the terminal's own note says of the log.
        last_seen: LastSeen,
        /// The last entry that the terminal had seen, where the log has it not.
        seen_entry: Option<u64>,
        /// The root that it had seen there, hex.
        seen_root: String,
    }
        rule { given: ByDesk }
        decide decide_log_in, touches [], on {};
}

choice! {
    /// What a terminal's note of the last entry that it saw says of a log, at a login.
    LastSeen {
        /// A release that kept no such note.
        #[default]
        Unsaid = "unsaid",
        /// The terminal keeps none.
        Off = "off",
        /// It had noted nothing of this log.
        New = "new",
        /// The log holds what was seen.
        Reached = "reached",
        /// It does not, and an epoch begun since says why.
        Restored = "restored",
        /// It does not: the vault was put back as it was before, or is another one.
        Behind = "behind",
    }
}

/// The state under which accounts with a first or last day of their own stand in the index.
const BOUNDED: &str = "bounded";
/// The state under which accounts stand in the index that have a way into the vault, or are to have one: all that are not removed,
/// nor closed without one.
pub(super) const WITH_WAY_IN: &str = "way_in";

/// A report that ID or password may be known to others (J-1-1-1-b).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Reported {
    /// The entry that says so: keys that held by then sign nothing but their replacement.
    pub entry: u64,
    /// By whom, when, and what may have happened.
    pub told: Ending,
    /// What was done about it, by whom, when.
    pub measures: Option<Ending>,
}

impl super::Moments for Reported {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.told.each_moment(each);
        self.measures.each_moment(each);
    }
}

/// A login ID: `[a-z0-9_-]{1,32}`.
pub(super) fn login_id(user: &str) -> Result<(), Rejection> {
    required(user, "user")?;
    let plain = |b: u8| matches!(b, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-');
    if user.len() <= 32 && user.bytes().all(plain) { Ok(()) } else { Err(invalid("user", user)) }
}

/// Role ids that must be given, exist and not repeat.
pub(super) fn known_roles(case: &Case<'_>, roles: &[String]) -> Result<(), Rejection> {
    if roles.is_empty() {
        return Err(missing("roles"));
    }
    let known = |id: &String| case.profile().roles.iter().any(|role| role.id == *id);
    match roles.iter().find(|role| !known(role)).or(repeated(roles)) {
        Some(role) => Err(invalid("roles", role)),
        None => Ok(()),
    }
}

/// Nobody audits their own work, under one ID or several (J-2-1-2).
pub(super) fn no_clash(case: &Case<'_>, person: Id, roles: &[String]) -> Result<(), Rejection> {
    match case.profile().clash(roles) {
        Some((auditor, changer)) => {
            let roles = format!("{}, {}", auditor.id, changer.id);
            Err(Code::RolesClash.with("person", person).and("roles", roles))
        }
        None => Ok(()),
    }
}

/// An ID that neither a user nor an organisation has, nor lies sealed.
pub(super) fn unused_id(case: &Case<'_>, id: &str) -> Result<(), No> {
    for noun in [Noun::User, Noun::OrganisationId, Noun::EmergencyAccount] {
        if let Some(other) = case.view.find(&key::number(noun, id))?.first() {
            return Err(exists(*other).into());
        }
    }
    Ok(())
}

/// A verifying key that nobody has or had: whoever held it before could sign for the one who has it now.
pub(super) fn unused_key(case: &Case<'_>, text: &str) -> Result<(), No> {
    match case.one::<User>(&key::key(text))? {
        Some(user) => Err(exists(user.id).into()),
        None => Ok(()),
    }
}

/// The account of a login ID, wherever it lies.
pub(super) fn by_login(case: &Case<'_>, user: &str) -> Result<User, No> {
    required(user, "user")?;
    Ok(case.one(&key::number(Noun::User, user))?.ok_or_else(|| no_such(user))?)
}

/// The account of a login ID, within the actor's jurisdiction.
pub(super) fn of_login(case: &Case<'_>, user: &str) -> Result<User, No> {
    case.given(Some(by_login(case, user)?.id), "user")
}

pub(super) fn about(user: &User) -> Outcome {
    Outcome { id: Some(user.id), user: Some(user.id), person: Some(user.person), ..Outcome::default() }
}

pub(super) fn decide_issue(case: &Case<'_>, c: &IssueUser) -> Result<Outcome, No> {
    login_id(&c.user)?;
    hex64(&c.key, "key")?;
    if case.context.edition >= Edition::Three {
        return decide_account(case, c);
    }
    // Nothing of it was known then.
    let plain = IssueUser {
        application: None,
        jurisdiction: String::new(),
        from: None,
        to: None,
        duty: String::new(),
        conditions: String::new(),
        ..c.clone()
    };
    if *c != plain
        && let Some(rejection) = early(case.context, &ApplyUser::RULE)
    {
        return Err(rejection.into());
    }
    known_roles(case, &c.roles)?;
    let person = case.person(c.person, "person")?;
    no_clash_with_others(case, person.id, &c.roles, None)?;
    case.not_of(&[person.id], || own_matter(person.id))?;
    new_id(case, person.id, &c.user, &c.key, (&c.way_in, &c.sealing))
}

/// A user of whom something holds, and who is not the actor.
pub(super) fn colleagues(
    case: &Case<'_>,
    user: Option<Id>,
    holds: impl Fn(&User) -> bool,
) -> Result<User, No> {
    let user: User = case.given(user, "user")?;
    if !holds(&user) {
        return Err(wrong_state(user.id, user.state.name()).into());
    }
    case.not_of(&[user.person], || own_matter(user.person))?;
    Ok(user)
}

/// A user whose password the actor may set anew: a colleague's, not barred. Who knows it could act as they do.
pub(super) fn may_reset(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    let user = colleagues(case, user, |user| !user.state.is_barred())?;
    if case.context.edition >= Edition::Three {
        may_take_away(case, &user)?;
        case.may_know_password_of(user.person)?;
    }
    Ok(user)
}

pub(super) fn decide_reset(case: &Case<'_>, c: &ResetPassword) -> Result<Outcome, No> {
    hex64(&c.key, "key")?;
    let user = may_reset(case, Some(of_login(case, &c.user)?.id))?;
    unused_key(case, &c.key)?;
    bound(case, Some(c.way_in.as_ref()), c.sealing.as_ref())?;
    Ok(about(&user))
}

/// A user whom the actor may bar: not themselves.
pub(super) fn may_suspend(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    let user: User = case.given(user, "user")?;
    if user.state.is_barred() {
        return Err(wrong_state(user.id, user.state.name()).into());
    }
    may_do_without(case, user, false)
}

/// A user whom the actor may close for good: as for barring, and who is barred already may be closed too.
pub(super) fn may_remove(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    let user: User = case.given(user, "user")?;
    if user.state == UserState::Removed {
        return Err(wrong_state(user.id, user.state.name()).into());
    }
    if case.context.edition >= Edition::Three {
        may_take_away(case, &user)?;
    }
    may_do_without(case, user, true)
}

/// Whether the site goes on without a user. Before edition 3 it was asked of removals and suspensions alike, and only
/// whether somebody could still issue users.
fn may_do_without(case: &Case<'_>, user: User, for_good: bool) -> Result<User, No> {
    if user.person == case.actor() || Some(user.person) == case.context.on_behalf() {
        return Err(own_matter(user.person).into());
    }
    if case.context.edition >= Edition::Three {
        // Whoever's password is known to others is stopped at once, whatever waits for them: the recovery sheet leads back.
        let profile = case.profile();
        let day = case.context.accounts_on;
        let lost =
            if for_good { orphaned(case.view, profile, profile, &[user.id], day)? } else { Vec::new() };
        still_governed(&lost)?;
        return Ok(user);
    }
    let issues = |user: &User| user.roles.iter().any(|role| case.profile().may(role, "issue_user"));
    if user.state == UserState::Active && issues(&user) {
        let active: Vec<User> = case.all(&key::state(Noun::User, UserState::Active.name()))?;
        if !active.iter().any(|other| other.id != user.id && issues(other)) {
            return Err(Code::LastAdministrator.with("user", user.id).into());
        }
    }
    Ok(user)
}

pub(super) fn decide_suspend(case: &Case<'_>, c: &SuspendUser) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    Ok(about(&may_suspend(case, Some(of_login(case, &c.user)?.id))?))
}

pub(super) fn decide_remove(case: &Case<'_>, c: &RemoveUser) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let user = may_remove(case, Some(of_login(case, &c.user)?.id))?;
    bound(case, None, c.sealing.as_ref())?;
    Ok(Outcome { also: user.changes_to_see_to(), ..about(&user) })
}

/// By the recovery sheet alone, and only to an administrator: whoever is let in so can let in the others.
pub(super) fn decide_use_sheet(case: &Case<'_>, c: &UseSheet) -> Result<Outcome, No> {
    hex64(&c.key, "key")?;
    let user = of_login(case, &c.user)?;
    let administers = |role: &String| case.profile().may(role, "issue_user");
    let held = roles_with_offices(case.view, &user, Some(case.context.accounts_on))?;
    if !case.context.actor.is_recovery() || !held.iter().any(administers) {
        let roles = case.profile().roles.iter().map(|role| role.id.clone());
        let needs: Vec<String> = roles.filter(administers).collect();
        return Err(no_authority(user.person, &needs.join(", ")).into());
    }
    if user.state.has_ended() {
        return Err(wrong_state(user.id, user.state.name()).into());
    }
    // A password to an account that is over would lead nobody back.
    if let Some(over) = user.is_outside_period(case.context.accounts_on) {
        return Err(over.into());
    }
    unused_key(case, &c.key)?;
    bound(case, Some(c.way_in.as_ref()), c.sealing.as_ref())?;
    Ok(about(&user))
}

/// By the recovery sheet alone, and only where it leads back no other way: no ID is left whose password it could set, or no
/// role of the rules in force may change them.
pub(super) fn decide_issue_by_sheet(case: &Case<'_>, c: &IssueBySheet) -> Result<Outcome, No> {
    login_id(&c.user)?;
    hex64(&c.key, "key")?;
    let person = case.person(c.person, "person")?;
    if !case.context.actor.is_recovery() {
        return Err(no_authority(person.id, "").into());
    }
    let profile = case.profile();
    let mut issuers = Vec::new();
    for state in UserState::ALL.iter().filter(|state| !state.has_ended()) {
        let day = case.context.accounts_on;
        for user in case.all::<User>(&key::state(Noun::User, state.name()))? {
            let held = held_with_offices(case.view, &user, Some(day))?;
            let governs =
                |held: &HeldRole| profile.may(&held.role, "issue_user") && profile.is_whole(&held.within);
            if user.is_in_period(day) && held.iter().any(governs) {
                issuers.push(user.user);
            }
        }
    }
    if !issuers.is_empty() && !policy::is_nobodys(profile, "propose_profile") {
        return Err(Code::AdministratorsLeft.with("users", issuers.join(", ")).into());
    }
    // Nobody audits their own work (J-2-1-2), whatever was lost.
    for other in case.all::<User>(&key::of(Noun::User, person.id))? {
        let audits = |role: &&String| profile.audits(role);
        if other.state != UserState::Removed
            && let Some(role) = roles_with_offices(case.view, &other, None)?.iter().find(audits)
        {
            let roles = format!("{role}, {FOUNDING_ROLE}");
            return Err(Code::RolesClash.with("person", person.id).and("roles", roles).into());
        }
    }
    new_id(case, person.id, &c.user, &c.key, (&c.way_in, &c.sealing))
}

fn decide_report(case: &Case<'_>, c: &ReportCompromise) -> Result<Outcome, No> {
    required(&c.what, "what")?;
    Ok(about(&own(case)?))
}

/// A user whose report nobody has dealt with.
fn may_record_measures(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    colleagues(case, user, User::is_reported)
}

fn decide_measures(case: &Case<'_>, c: &RecordMeasures) -> Result<Outcome, No> {
    let user = may_record_measures(case, Some(of_login(case, &c.user)?.id))?;
    required(&c.measures, "measures")?;
    Ok(about(&user))
}

/// A barred user whom the actor may let in again.
pub(super) fn may_resume(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    colleagues(case, user, |user| user.state == UserState::Suspended)
}

pub(super) fn decide_resume(case: &Case<'_>, c: &ResumeUser) -> Result<Outcome, No> {
    Ok(about(&may_resume(case, Some(of_login(case, &c.user)?.id))?))
}

/// The actor's own user, not barred.
fn own(case: &Case<'_>) -> Result<User, No> {
    let user: User = case.given(case.context.actor.user, "user")?;
    if user.state.is_barred() { Err(wrong_state(user.id, user.state.name()).into()) } else { Ok(user) }
}

pub(super) fn decide_enrol(case: &Case<'_>, c: &EnrolKey) -> Result<Outcome, No> {
    hex64(&c.key, "key")?;
    let user = own(case)?;
    unused_key(case, &c.key)?;
    bound(case, Some(c.way_in.as_ref()), c.sealing.as_ref())?;
    Ok(about(&user))
}

/// Whoever opens the vault with the recovery sheet has no user; the entry says that they came.
pub(super) fn decide_log_in(case: &Case<'_>, c: &LogIn) -> Result<Outcome, No> {
    match case.context.actor.user {
        Some(_) => {
            let user = own(case)?;
            if c.way_in.is_some() {
                prove(case, &user, c)?;
            }
            remembered(case, c)?;
            let also = if c.last_seen == LastSeen::Behind { vec![Id::SITE] } else { Vec::new() };
            Ok(Outcome { also, ..about(&user) })
        }
        None => Ok(Outcome::default()),
    }
}

/// What a terminal says of its note fits together, and a profile may want one of every terminal.
fn remembered(case: &Case<'_>, c: &LogIn) -> Result<(), No> {
    let keeps_none = matches!(c.last_seen, LastSeen::Off | LastSeen::Unsaid);
    if case.context.edition.names_ways_in() && keeps_none && case.profile().login.needs_last_seen {
        return Err(Code::LastSeenOff.with("terminal", &c.terminal).into());
    }
    let seen = c.seen_entry.is_some() || !c.seen_root.is_empty();
    let differs = matches!(c.last_seen, LastSeen::Restored | LastSeen::Behind);
    let unknown = c.last_seen != LastSeen::Unsaid && !case.context.edition.names_ways_in();
    if seen != differs || unknown {
        return Err(invalid("last_seen", c.last_seen.name()).into());
    }
    if differs { Ok(hex64(&c.seen_root, "seen_root")?) } else { Ok(()) }
}

/// A login proves the own way in where the log binds none: an entry alone makes another of it.
fn prove(case: &Case<'_>, user: &User, c: &LogIn) -> Result<(), No> {
    let way = c.way_in.as_ref().filter(|_| case.context.edition.names_ways_in() && user.way_in.is_none());
    let Some(way) = way else { return Err(invalid("way_in", &user.user).into()) };
    hex64(&way.recipient, "way_in")?;
    Ok(hex64(&way.key_file, "way_in")?)
}

/// What is asked of the row ([`super::Row`]).
impl User {
    pub(super) const FILING: Filing = Filing {
        in_use: |row, _, _| matches!(row, Row::User(row) if !row.state.has_ended()),
        on_leaving: super::leaving::OnLeaving::Ends,
        roles: Some(|row| match row {
            Row::User(row) => &row.roles,
            _ => &[],
        }),
        lies: Some(|row| match row {
            Row::User(row) => LiesIn::One(&row.jurisdiction),
            _ => LiesIn::Nowhere,
        }),
        states: &[
            ("provisional", "provisional"),
            ("active", "active"),
            ("suspended", "suspended"),
            ("closed", "closed"),
            ("reported", "reported"),
            ("not_yet", BOUNDED),
            ("ending_soon", BOUNDED),
            ("over", BOUNDED),
            ("on_leave", BOUNDED),
        ],
        named: true,
        lists_by: &[Noun::Person],
        query: Some(super::Query {
            name: "users",
            group: super::Group(super::Book::Site, super::Task::Oversight),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let trace = meta.trace();
        let (user, roles, key, basis) = match &event.command {
            Command::IssueUser(c) => {
                let roles = if c.roles.is_empty() { &event.outcome.roles } else { &c.roles };
                let applied = c.application.is_some();
                (&c.user, roles.clone(), &c.key, if applied { Basis::Application } else { Basis::Unapplied })
            }
            Command::CarryOverUser(c) => (&c.user, c.roles.clone(), &c.key, Basis::CarriedOver),
            Command::FoundSite(c) => {
                let by_office = event.outcome.also.iter().any(|id| id.noun == Noun::Appointment);
                let roles = if by_office { &event.outcome.roles } else { &c.roles };
                (&c.user, roles.clone(), &c.key, Basis::Founding)
            }
            Command::IssueBySheet(c) => (&c.user, vec![FOUNDING_ROLE.to_owned()], &c.key, Basis::Sheet),
            _ => return None,
        };
        let provisional = !matches!(basis, Basis::Founding | Basis::Sheet);
        let issued = event.happened(meta);
        let (mut application, mut decided_before, mut from, mut until) = (None, None, None, None);
        let (mut duty, mut conditions) = (String::new(), String::new());
        let mut jurisdiction = "";
        match &event.command {
            Command::IssueUser(c) => {
                application = c.application;
                from = c.from.or(event.outcome.from);
                until = c.to.or(event.outcome.until);
                jurisdiction = &c.jurisdiction;
                (duty, conditions) = (c.duty.clone(), c.conditions.clone());
            }
            Command::CarryOverUser(c) => {
                decided_before = c.decided_on.map(|on| DecidedBefore {
                    by: c.decided_by.clone(),
                    on,
                    number: c.number.clone(),
                });
                until = c.to;
                jurisdiction = &c.jurisdiction;
                (duty, conditions) = (c.duty.clone(), c.conditions.clone());
            }
            _ => {}
        }
        let state = if provisional { UserState::Provisional } else { UserState::Active };
        Some(User {
            id,
            trace,
            user: user.clone(),
            person: event.outcome.person?,
            roles,
            jurisdiction: event.placed(jurisdiction),
            state,
            keys: vec![UserKey { key: key.clone(), since: meta.seq, provisional }],
            issued_by: meta.actor,
            basis,
            application,
            decided_before,
            from,
            until,
            duty,
            conditions,
            terms: Vec::new(),
            stops: Vec::new(),
            altered: None,
            issued,
            last_login: None,
            password_set: if provisional { None } else { Some(issued) },
            reported: None,
            suspended: None,
            closed: None,
            removed: None,
            stood: vec![(issued, state)],
            way_in: event.command.way_in().cloned(),
            way_before: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let at = event.happened(meta);
        self.follow_way(&event.command);
        self.follow_changes(event, meta);
        match &event.command {
            Command::EnrolKey(c) => {
                self.keys.push(UserKey { key: c.key.clone(), since: meta.seq, provisional: false });
                self.state = UserState::Active;
                self.password_set = Some(at);
            }
            Command::ResetPassword(c) => {
                self.keys.push(UserKey { key: c.key.clone(), since: meta.seq, provisional: true });
                self.state = UserState::Provisional;
            }
            Command::SuspendUser(c) => {
                self.state = UserState::Suspended;
                self.suspended = Some(Box::new(meta.ending(at, &c.reason)));
            }
            Command::ResumeUser(_) => {
                let provisional = self.keys.last().is_some_and(|key| key.provisional);
                self.state = if provisional { UserState::Provisional } else { UserState::Active };
                self.suspended = None;
            }
            Command::ChangeUser(ChangeUser { application, roles, duty, conditions, reason, .. })
            | Command::ReopenUser(ReopenUser { application, roles, duty, conditions, reason, .. }) => {
                let jurisdiction = match &event.command {
                    Command::ChangeUser(c) => c.jurisdiction.as_str(),
                    _ => "",
                };
                let given = Given { application: *application, roles, jurisdiction, duty, conditions };
                self.turn_into(at, given, &event.outcome);
                self.altered = Some(Box::new(meta.ending(at, reason)));
                if let Command::ReopenUser(c) = &event.command {
                    (self.suspended, self.closed) = (None, None);
                    self.keys.push(UserKey { key: c.key.clone(), since: meta.seq, provisional: true });
                    self.state = UserState::Provisional;
                }
            }
            Command::CloseUser(CloseUser { reason, .. }) | Command::Leave(Leave { reason, .. }) => {
                self.state = UserState::Closed;
                self.closed = Some(Box::new(meta.ending(at, reason)));
            }
            // Whose account was over, and who has no way in any more.
            Command::RekeyVault(c) => {
                self.state = UserState::Closed;
                self.closed.get_or_insert_with(|| Box::new(meta.ending(at, &c.reason)));
            }
            Command::RemoveUser(c) => {
                self.state = UserState::Removed;
                self.removed = Some(Box::new(meta.ending(at, &c.reason)));
            }
            // Nobody else knows the password behind this key: it was set by whoever held the sheet.
            Command::UseSheet(c) => {
                self.keys.push(UserKey { key: c.key.clone(), since: meta.seq, provisional: false });
                self.state = UserState::Active;
                self.password_set = Some(at);
                self.suspended = None;
            }
            Command::ReportCompromise(c) => {
                // One that waits for measures stays the one that they are for.
                let open = self.reported.take().filter(|reported| reported.measures.is_none());
                let told = open.map_or_else(|| meta.ending(at, &c.what), |reported| reported.told);
                self.reported = Some(Reported { entry: meta.seq, told, measures: None });
            }
            Command::RecordMeasures(c) => {
                if let Some(reported) = &mut self.reported {
                    reported.measures = Some(meta.ending(at, &c.measures));
                }
            }
            Command::LogIn(_) => self.last_login = Some(at),
            // Whose way in ends with it ([`User::follow_way`]), and what bars it ([`User::follow_changes`]).
            Command::BindWaysIn(_)
            | Command::BeginEpoch(_)
            | Command::PlanChange(_)
            | Command::PassOnChange(_)
            | Command::CancelChange(_) => {}
            _ => return false,
        }
        if self.stood.last().is_none_or(|(_, state)| *state != self.state) {
            self.stood.push((at, self.state));
        }
        true
    }

    /// The key of the accounts that have or had a role, of those that have ended or of the others.
    fn role_key(role: &str, ended: bool) -> String {
        key::state(Noun::User, &format!("role{}.{role}", if ended { "_ended" } else { "" }))
    }

    /// The accounts that have or had a role, and have not ended.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub(super) fn in_role(view: &dyn View, role: &str) -> Result<Vec<User>, Broken> {
        rows_under(view, &User::role_key(role, false))
    }

    /// The accounts that had a role, and have ended.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub(super) fn ended_in_role(view: &dyn View, role: &str) -> Result<Vec<User>, Broken> {
        rows_under(view, &User::role_key(role, true))
    }

    /// Where it stood at a moment; `None` before it was issued.
    pub(super) fn state_at(&self, moment: Stamp) -> Option<UserState> {
        self.stood.iter().rev().find(|(since, _)| *since <= moment).map(|(_, state)| *state)
    }

    /// Whether their report waits for somebody to say what was done.
    pub fn is_reported(&self) -> bool {
        self.reported.as_ref().is_some_and(|reported| reported.measures.is_none())
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::User;
        let mut keys = vec![key::number(noun, &self.user), key::state(noun, self.state.name())];
        let bounded = self.from.is_some() || self.until.is_some() || self.has_stops();
        if self.state != UserState::Removed && bounded {
            keys.push(key::state(noun, BOUNDED));
        }
        if self.state != UserState::Removed && self.is_reported() {
            keys.push(key::state(noun, "reported"));
        }
        // One that was closed keeps its way in until the vault's key is changed.
        let has_none = self.state == UserState::Closed && self.way_in.is_none();
        if self.state != UserState::Removed && !has_none {
            keys.push(key::state(noun, WITH_WAY_IN));
        }
        keys.extend(self.keys.iter().map(|held| key::key(&held.key)));
        keys.extend(self.roles_ever().map(|role| User::role_key(role, self.state.has_ended())));
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Number, &self.user)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.person]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        [self.person, self.issued_by].into_iter().chain(self.application).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        None
    }
}
