//! What a person may at a moment: the one answer that every authority rests on.

use super::{
    Broken, Command, Date, Edition, Id, Noun, Profile, Row, Stamp, User, UserState, View, key, policy,
};
use chrono::Days;

/// Whether the roles of a user in this state are anybody's. From edition 2 on whoever cannot act counts for nothing:
/// removed, suspended, or known by a temporary password alone. Before it only a suspension took the roles away.
pub fn counts(edition: Edition, state: UserState) -> bool {
    match state {
        UserState::Active => true,
        UserState::Suspended => false,
        UserState::Provisional | UserState::Removed => edition < Edition::Two,
    }
}

/// The roles of a person on a day, under whatever IDs they have.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn roles_of(view: &dyn View, edition: Edition, person: Id, day: Date) -> Result<Vec<String>, Broken> {
    roles_where(view, person, |user| counts(edition, user.state) && user.is_in_period(day))
}

/// The roles that a person had at a moment, under whatever IDs they had then.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn roles_at(
    view: &dyn View,
    edition: Edition,
    person: Id,
    moment: Stamp,
) -> Result<Vec<String>, Broken> {
    roles_where(view, person, |user| {
        user.state_at(moment).is_some_and(|state| counts(edition, state))
            && user.is_in_period(moment.date_naive())
    })
}

/// The roles of those of a person's IDs that count.
fn roles_where(view: &dyn View, person: Id, counts: impl Fn(&User) -> bool) -> Result<Vec<String>, Broken> {
    let mut roles = Vec::new();
    for id in view.find(&key::of(Noun::User, person))? {
        if let Some(Row::User(user)) = view.row(id)?
            && counts(&user)
        {
            roles.extend(user.roles);
        }
    }
    Ok(roles)
}

/// The users in a state whose accounts are in their period on a day.
fn users_in(view: &dyn View, state: UserState, day: Date) -> Result<Vec<User>, Broken> {
    let mut found = Vec::new();
    for id in view.find(&key::state(Noun::User, state.name()))? {
        found.extend(view.row(id)?.and_then(|row| User::try_from(row).ok()));
    }
    found.retain(|user| user.is_in_period(day));
    Ok(found)
}

/// Everybody who holds one of some roles on a day, by the number of their ID.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn holders(view: &dyn View, edition: Edition, roles: &[String], day: Date) -> Result<Vec<Id>, Broken> {
    let mut found = Vec::new();
    for state in UserState::ALL.iter().filter(|state| counts(edition, **state)) {
        let users = users_in(view, *state, day)?;
        let holding = users.iter().filter(|user| user.roles.iter().any(|role| roles.contains(role)));
        found.extend(holding.map(|user| (user.id, user.person)));
    }
    found.sort();
    let mut people = Vec::new();
    for (_, person) in found {
        if !people.contains(&person) {
            people.push(person);
        }
    }
    Ok(people)
}

/// The commands without which nobody governs a site: whoever can give these can put everything else right. From edition
/// 3 on a profile is proposed; who agrees to it is not asked, since the recovery sheet does where nobody else can.
fn governing(edition: Edition) -> [&'static str; 3] {
    let profile = if edition < Edition::Three { "adopt_profile" } else { "propose_profile" };
    ["issue_user", profile, "rekey_vault"]
}

/// The commands that are needed as things stand: those that govern the site, and those that settle what waits.
fn needed(view: &dyn View) -> Result<Vec<&'static str>, Broken> {
    let edition = match view.row(Id::SITE)? {
        Some(Row::Site(site)) => site.edition,
        _ => Edition::default(),
    };
    let mut needed = governing(edition).to_vec();
    for noun in Noun::ALL {
        for (state, command) in noun.filing().settled_by {
            if !view.find(&key::state(noun, state))?.is_empty() {
                needed.push(command);
            }
        }
    }
    Ok(needed)
}

/// Whether somebody active could give a command under a profile: by right, and where it takes an authority by that too.
fn somebody_can(active: &[User], profile: &Profile, command: &str, without: Option<Id>) -> bool {
    let asked = Command::rule_of(command).map(|rule| rule.authority).unwrap_or_default();
    let held = |user: &User| {
        let mut authorities = profile.authority.each().filter(|(name, _)| asked.contains(name));
        asked.is_empty() || authorities.any(|(_, roles)| user.roles.iter().any(|role| roles.contains(role)))
    };
    let may = |user: &User| policy::role_for(profile, &user.roles, command).is_ok();
    active.iter().any(|user| Some(user.id) != without && may(user) && held(user))
}

/// Who active on a day could give a command under a profile besides one person, each once.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn able(
    view: &dyn View,
    profile: &Profile,
    command: &str,
    besides: Id,
    day: Date,
) -> Result<Vec<Id>, Broken> {
    let mut people = Vec::new();
    for user in users_in(view, UserState::Active, day)? {
        let may = policy::role_for(profile, &user.roles, command).is_ok();
        if may && user.person != besides && !people.contains(&user.person) {
            people.push(user.person);
        }
    }
    Ok(people)
}

/// What is needed, and nobody active can give on a day.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn nobody_can(view: &dyn View, profile: &Profile, day: Date) -> Result<Vec<&'static str>, Broken> {
    let active = users_in(view, UserState::Active, day)?;
    let cannot = |command: &&str| !somebody_can(&active, profile, command, None);
    Ok(needed(view)?.into_iter().filter(cannot).collect())
}

/// The first day within some days from one on which nobody can give what somebody can give now, for accounts end with
/// the day before it; and what that is.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn nobody_soon(
    view: &dyn View,
    profile: &Profile,
    day: Date,
    days: u32,
) -> Result<Option<(Date, Vec<&'static str>)>, Broken> {
    let active = users_in(view, UserState::Active, day)?;
    let last = day.checked_add_days(Days::new(u64::from(days))).unwrap_or(Date::MAX);
    let mut ends: Vec<Date> =
        active.iter().filter_map(|user| user.until.filter(|until| *until <= last)?.succ_opt()).collect();
    ends.sort();
    ends.dedup();
    let now = nobody_can(view, profile, day)?;
    for end in ends {
        let mut lost = nobody_can(view, profile, end)?;
        lost.retain(|command| !now.contains(command));
        if !lost.is_empty() {
            return Ok(Some((end, lost)));
        }
    }
    Ok(None)
}

/// What somebody can give on a day, and nobody could under another profile, or without a user.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn orphaned(
    view: &dyn View,
    now: &Profile,
    then: &Profile,
    without: Option<Id>,
    day: Date,
) -> Result<Vec<&'static str>, Broken> {
    let active = users_in(view, UserState::Active, day)?;
    let lost = |command: &&str| {
        somebody_can(&active, now, command, None) && !somebody_can(&active, then, command, without)
    };
    Ok(needed(view)?.into_iter().filter(lost).collect())
}
