//! The life of an account after it was issued: changed, closed, opened again. The record stays the same person's (S-13-3).

use super::account::{Wanted, may_give, no_clash_with_others, no_office};
use super::command::commands;
use super::lookup::{Case, hex64, invalid, nothing, repeated, required, still_governed, wrong_state};
use super::rights::orphaned_by_change;
use super::rule::Given::ByPeople;
use super::user::{about, colleagues, may_remove, of_login, unused_key};
use super::user_application::may_grant;
use super::way_in::bound;
use super::{
    Code, Context, Date, Edition, Id, No, Outcome, Profile, Sealing, Stamp, User, UserApplication, UserState,
    View, Waits, WayIn, roles_with_offices,
};

commands! {
    /// Change what an account may be used for, and until when; on an application, or without one where the profile lets it.
    ChangeUser = "change_user" => "user_changed" {
        /// Which, by login ID; that of the application where none is given.
        user: String,
        /// The application that is granted with it.
        application: Option<Id>,
        /// Its roles from now on; those applied for where none are given, or as they are.
        roles: Vec<String>,
        /// Its last day from now on, inclusive; the one applied for where none is given, or as it is.
        to: Option<Date>,
        /// It has no last day from now on.
        no_end: bool,
        /// The jurisdiction in which it lies from now on; the one applied for where none is given, or as it is.
        jurisdiction: String,
        /// The duty that needs administrator rights; the one applied for where none is given, or as it is.
        duty: String,
        /// The conditions of the permission; as they are where none are given.
        conditions: String,
        /// The transfer that is carried out with it: it bars the account no more (S-12-4).
        change: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            sealed: &["reason"],
            with: &["issue_user"],
        }
        decide decide_change, touches [], on { super::Noun::User => may_change, super::Noun::UserApplication => may_change_on };

    /// End an account: it may not be used, and its record stays. It can be opened again (J-1-1-2).
    CloseUser = "close_user" => "user_closed" {
        /// Which, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            sealed: &["reason"],
            with: &["issue_user"],
        }
        decide decide_close, touches [], on { super::Noun::User => may_close };

    /// Open a closed account again, with a new provisional password: on an application, or without one where the profile
    /// lets it.
    ReopenUser = "reopen_user" => "user_reopened" {
        /// Which, by login ID.
        user: String,
        /// The application that is granted with it.
        application: Option<Id>,
        /// Its roles; those applied for where none are given, or as they were.
        roles: Vec<String>,
        /// Its last day, inclusive; the one applied for where none is given.
        to: Option<Date>,
        /// The duty that needs administrator rights; the one applied for where none is given, or as it was.
        duty: String,
        /// The conditions of the permission; as they were where none are given.
        conditions: String,
        /// Why.
        reason: String,
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
            waits: Waits::Proved,
            needs_clock: true,
            sealed: &["reason"],
            filled: &["key", "way_in", "sealing"],
            with: &["issue_user"],
        }
        decide decide_reopen, touches [Site], on { super::Noun::User => may_reopen, super::Noun::UserApplication => may_reopen_on };
}

/// How an account stood before it was changed: what a moment of before is answered by.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Term {
    /// Until when it stood so.
    #[serde(with = "super::packed")]
    pub ended: Stamp,
    /// Role ids.
    pub roles: Vec<String>,
    /// The first day.
    #[serde(with = "super::packed")]
    pub from: Option<Date>,
    /// The last day, inclusive.
    #[serde(with = "super::packed")]
    pub until: Option<Date>,
    /// The jurisdiction in which it lay.
    pub jurisdiction: String,
}

/// What an account was at a moment.
pub(super) struct TermAt<'u> {
    /// Its role ids.
    pub roles: &'u [String],
    /// Its first and its last day, inclusive.
    pub days: (Option<Date>, Option<Date>),
    /// The jurisdiction in which it lay.
    pub jurisdiction: &'u str,
}

impl super::Moments for Term {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        each(&mut self.ended);
    }
}

/// An application for an account that is there already: to change it, or to open it again.
fn may_grant_existing(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    let row = may_grant(case, application)?;
    if row.existing.is_none() { Err(invalid("application", row.id).into()) } else { Ok(row) }
}

fn may_change_on(case: &Case<'_>, application: Option<Id>) -> Result<User, No> {
    may_change(case, may_grant_existing(case, application)?.existing)
}

fn may_reopen_on(case: &Case<'_>, application: Option<Id>) -> Result<User, No> {
    may_reopen(case, may_grant_existing(case, application)?.existing)
}

/// A colleague's account that has not ended.
fn may_change(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    colleagues(case, user, |user| !user.state.has_ended())
}

/// A colleague's account that has not ended, and without which the site goes on.
fn may_close(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    let user = may_remove(case, user)?;
    if user.state.has_ended() {
        return Err(wrong_state(user.id, user.state.name()).into());
    }
    Ok(user)
}

/// Refuses the actor who may not give the roles of an account and of its person's offices, and so may not take them away for
/// good: barring it is another matter.
pub(super) fn may_take_away(case: &Case<'_>, user: &User) -> Result<(), No> {
    if case.profile().accounts().issued_by.is_empty() {
        return Ok(());
    }
    may_give(case, &roles_with_offices(case.view, user, None)?)
}

/// A colleague's account that was closed.
fn may_reopen(case: &Case<'_>, user: Option<Id>) -> Result<User, No> {
    let user = colleagues(case, user, |user| user.state == UserState::Closed)?;
    case.may_know_password_of(user.person)?;
    Ok(user)
}

/// An account that is there, as it is to be: by what is typed, else by the application, else as it is.
struct ToBe {
    user: User,
    application: Option<UserApplication>,
    roles: Vec<String>,
    to: Option<Date>,
    jurisdiction: String,
}

impl ToBe {
    /// The account of a login ID or of an application for it; `may` says whether the command may be given about it.
    fn find(
        case: &Case<'_>,
        (name, application, roles, place): (&str, Option<Id>, &[String], &str),
        may: impl Fn(&Case<'_>, Option<Id>) -> Result<User, No>,
    ) -> Result<ToBe, No> {
        let application = application.map(|id| may_grant_existing(case, Some(id))).transpose()?;
        let user = may(case, Some(named(case, name, application.as_ref())?))?;
        if let Some(row) = application.as_ref().filter(|row| row.existing != Some(user.id)) {
            return Err(invalid("application", row.id).into());
        }
        if application.is_none() && !case.profile().accounts().without_application {
            return Err(Code::ApplicationNeeded.with("person", user.person).into());
        }
        let roles = as_given(roles, application.as_ref(), &user);
        let to = application.as_ref().and_then(|row| row.to);
        let stands = as_placed("", application.as_ref(), &user);
        let moves = as_placed(place, application.as_ref(), &user) != user.jurisdiction;
        // What it has already where it lies it keeps, whatever the profile says of the role today.
        let new: Vec<String> =
            roles.iter().filter(|role| moves || !user.roles.contains(role)).cloned().collect();
        let jurisdiction = case.place_of_account(place, Some(stands), &new)?;
        Ok(ToBe { user, application, roles, to, jurisdiction })
    }

    /// Refuses what is no account under the profile, what the actor may not give or take away, and more than was applied for.
    fn judge(&self, case: &Case<'_>, to: Option<Date>, duty: &str) -> Result<(), No> {
        let user = &self.user;
        let person = case.person(Some(user.person), "user")?;
        if let Some(role) = repeated(&self.roles) {
            return Err(invalid("roles", role).into());
        }
        // What an account in use has already it keeps, whatever the profile says of it today.
        let kept = |role: &&String| user.state != UserState::Closed && user.roles.contains(role);
        let new: Vec<String> = self.roles.iter().filter(|role| !kept(role)).cloned().collect();
        if !new.is_empty() || self.roles.is_empty() {
            no_office(case, person.id, &new)?;
        }
        let applied = self.application.as_ref().map(|row| row.duty.as_str()).unwrap_or_default();
        let duty = [duty, applied, &user.duty].into_iter().find(|duty| !duty.is_empty()).unwrap_or_default();
        let today = case.context.day();
        let (from, roles) = (user.from.map_or(today, |from| from.max(today)), &self.roles);
        let place = &self.jurisdiction;
        let wanted = Wanted { person: &person, roles, place, from, to, duty, existing: Some(user) };
        wanted.judge(case)?;
        if let Some(row) = &self.application {
            row.covers(case, person.id, &self.roles, (Some(today), to), &self.jurisdiction)?;
        }
        no_clash_with_others(case, person.id, &self.roles, Some(user.id))?;
        wanted.may_be_issued(case)?;
        may_take_away(case, user)
    }

    /// What stands with the account: a row is made of its own entries alone.
    fn outcome(
        self,
        (given, place): (&[String], &str),
        to: Option<Date>,
        changes: impl IntoIterator<Item = Id>,
    ) -> Outcome {
        let roles = if given.is_empty() { self.roles } else { Vec::new() };
        let also = self.application.iter().map(|row| row.id).chain(changes).collect();
        let moves = place.is_empty() && self.jurisdiction != self.user.jurisdiction;
        let jurisdiction = if moves { self.jurisdiction } else { String::new() };
        Outcome { roles, until: to, also, jurisdiction, ..about(&self.user) }
    }
}

fn decide_change(case: &Case<'_>, c: &ChangeUser) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let to_be = ToBe::find(case, (&c.user, c.application, &c.roles, &c.jurisdiction), may_change)?;
    if c.no_end && c.to.is_some() {
        return Err(invalid("no_end", "").into());
    }
    let to = if c.no_end { None } else { c.to.or(to_be.to).or(to_be.user.until) };
    to_be.judge(case, to, &c.duty)?;
    let user = &to_be.user;
    let text = |given: &str, stands: &str| given.is_empty() || given == stands;
    if to_be.application.is_none()
        && (&to_be.roles, to, &to_be.jurisdiction) == (&user.roles, user.until, &user.jurisdiction)
        && text(&c.duty, &user.duty)
        && text(&c.conditions, &user.conditions)
        && c.change.is_none()
    {
        return Err(nothing(user.id).into());
    }
    if let Some(change) = c.change.filter(|change| !user.waits_for_transfer(*change)) {
        return Err(invalid("change", change).into());
    }
    let day = case.context.accounts_on;
    let (roles, jurisdiction) = (to_be.roles.clone(), to_be.jurisdiction.clone());
    let then = User { roles, jurisdiction, ..user.clone() };
    still_governed(&orphaned_by_change(case.view, case.profile(), &then, day)?)?;
    Ok(to_be.outcome((&c.roles, &c.jurisdiction), to, c.change))
}

fn decide_close(case: &Case<'_>, c: &CloseUser) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let user = may_close(case, Some(of_login(case, &c.user)?.id))?;
    Ok(Outcome { also: user.changes_to_see_to(), ..about(&user) })
}

fn decide_reopen(case: &Case<'_>, c: &ReopenUser) -> Result<Outcome, No> {
    hex64(&c.key, "key")?;
    required(&c.reason, "reason")?;
    let to_be = ToBe::find(case, (&c.user, c.application, &c.roles, ""), may_reopen)?;
    let to = c.to.or(to_be.to);
    to_be.judge(case, to, &c.duty)?;
    unused_key(case, &c.key)?;
    bound(case, Some(c.way_in.as_ref()), c.sealing.as_ref())?;
    let to_come = to_be.user.changes_to_come(case.context.day());
    Ok(to_be.outcome((&c.roles, ""), to, to_come))
}

/// The account of a login ID, or of an application for it where none is named.
fn named(case: &Case<'_>, name: &str, application: Option<&UserApplication>) -> Result<Id, No> {
    match application.and_then(|row| row.existing) {
        Some(existing) if name.is_empty() => Ok(existing),
        _ => Ok(of_login(case, name)?.id),
    }
}

/// The roles that are typed, else those applied for, else those that are there.
fn as_given(roles: &[String], application: Option<&UserApplication>, user: &User) -> Vec<String> {
    match application {
        _ if !roles.is_empty() => roles.to_vec(),
        Some(row) if !row.roles.is_empty() => row.roles.clone(),
        _ => user.roles.clone(),
    }
}

/// The jurisdiction that is typed, else the one applied for, else the one where it lies.
fn as_placed<'a>(place: &'a str, application: Option<&'a UserApplication>, user: &'a User) -> &'a str {
    let applied = application.map(|row| row.jurisdiction.as_str()).unwrap_or_default();
    [place, applied].into_iter().find(|place| !place.is_empty()).unwrap_or(&user.jurisdiction)
}

impl ChangeUser {
    /// What somebody can give on the day by which accounts are judged, and nobody could under a profile once the account
    /// is changed.
    ///
    /// # Errors
    /// The refusal where it names no account; [`No::Broken`] when the registers cannot be read.
    pub fn orphans(
        &self,
        view: &dyn View,
        context: &Context<'_>,
        profile: &Profile,
    ) -> Result<Vec<&'static str>, No> {
        let case = Case { view, context };
        let application: Option<UserApplication> = case.named(self.application)?;
        let user: User = case.row(named(&case, &self.user, application.as_ref())?)?;
        let roles = as_given(&self.roles, application.as_ref(), &user);
        let jurisdiction = as_placed(&self.jurisdiction, application.as_ref(), &user).to_owned();
        let then = User { roles, jurisdiction, ..user };
        Ok(orphaned_by_change(view, profile, &then, context.accounts_on)?)
    }
}

impl User {
    /// What it was at a moment.
    pub(super) fn term_at(&self, moment: Stamp) -> TermAt<'_> {
        match self.terms.iter().find(|term| moment < term.ended) {
            Some(Term { roles, from, until, jurisdiction, .. }) => {
                TermAt { roles, days: (*from, *until), jurisdiction }
            }
            None => {
                TermAt { roles: &self.roles, days: (self.from, self.until), jurisdiction: &self.jurisdiction }
            }
        }
    }

    /// Every role that it has or had.
    pub(super) fn roles_ever(&self) -> impl Iterator<Item = &String> {
        self.roles.iter().chain(self.terms.iter().flat_map(|term| &term.roles))
    }

    /// Becomes what it is changed to, and keeps how it stood.
    pub(super) fn turn_into(&mut self, at: Stamp, given: Given<'_>, outcome: &Outcome) {
        let (roles, from, until) = (self.roles.clone(), self.from, self.until);
        let jurisdiction = self.jurisdiction.clone();
        self.terms.push(Term { ended: at, roles, from, until, jurisdiction });
        self.roles = if given.roles.is_empty() { outcome.roles.clone() } else { given.roles.to_vec() };
        self.until = outcome.until;
        let moved = [given.jurisdiction, &outcome.jurisdiction].into_iter().find(|place| !place.is_empty());
        if let Some(place) = moved {
            place.clone_into(&mut self.jurisdiction);
        }
        for (text, stands) in [(given.duty, &mut self.duty), (given.conditions, &mut self.conditions)] {
            if !text.is_empty() {
                text.clone_into(stands);
            }
        }
        if let Some(application) = given.application {
            self.application = Some(application);
        }
    }
}

/// What the command itself tells of an account as it is to be.
pub(super) struct Given<'c> {
    pub application: Option<Id>,
    pub roles: &'c [String],
    pub jurisdiction: &'c str,
    pub duty: &'c str,
    pub conditions: &'c str,
}
