//! Who could do something at a moment, and on what that rested: an account, an office, or a delegation.

use super::rights::counts;
use super::{
    Appointment, AppointmentKind, Broken, Command, Edition, Id, Noun, Profile, Row, Stamp, User, View, key,
    policy,
};

/// Somebody who could do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Could {
    /// Who.
    pub person: Id,
    /// In which role.
    pub role: String,
    /// For whom, where it was not their own right.
    pub on_behalf: Option<Id>,
    /// What it rested on: the user's account, the appointment, or the delegation.
    pub ground: Id,
}

/// Everybody who could give a command or ask a query at a moment under a profile, as the books know it now, by the
/// number of their person; each with every ground. Of a command that takes an authority, whoever held one.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn who_could(
    view: &dyn View,
    profile: &Profile,
    edition: Edition,
    what: &str,
    moment: Stamp,
) -> Result<Vec<Could>, Broken> {
    let asked = Command::rule_of(what).map(|rule| rule.authority).unwrap_or_default();
    let decides = |role: &String| {
        let mut held = profile.authority.each().filter(|(name, _)| asked.contains(name));
        asked.is_empty() || held.any(|(_, roles)| roles.contains(role))
    };
    let mut found = Vec::new();
    for role in profile.roles.iter().chain(&profile.founding).map(|role| &role.id) {
        let may = policy::role_for(profile, std::slice::from_ref(role), what).is_ok();
        if may && decides(role) {
            in_role(view, edition, role, moment, &mut found)?;
        }
    }
    let own: Vec<Could> = found.iter().filter(|one| one.on_behalf.is_none()).cloned().collect();
    for one in own {
        delegated(view, edition, (&one, what), moment, &mut found)?;
    }
    found.sort_by_key(|one| (one.person, one.ground));
    found.dedup();
    Ok(found)
}

/// Everybody who had a role at a moment, with their account or in its office.
fn in_role(
    view: &dyn View,
    edition: Edition,
    role: &str,
    moment: Stamp,
    found: &mut Vec<Could>,
) -> Result<(), Broken> {
    for id in view.find(&key::state(Noun::User, &User::role_key(role)))? {
        if let Some(Row::User(user)) = view.row(id)?
            && acted(&user, edition, moment)
        {
            found.push(Could { person: user.person, role: role.to_owned(), on_behalf: None, ground: id });
        }
    }
    let mut held = Vec::new();
    for id in view.find(&key::state(Noun::Appointment, &Appointment::office_key(role)))? {
        held.extend(view.row(id)?.and_then(|row| Appointment::try_from(row).ok()));
    }
    held.retain(|held| held.was_in_force(moment));
    let officer = held.iter().find(|held| held.kind == AppointmentKind::Principal).map(|held| held.person);
    for one in held {
        let on_behalf = officer.filter(|_| one.kind == AppointmentKind::Deputy);
        if has_account(view, edition, one.person, moment)? {
            found.push(Could { person: one.person, role: one.role, on_behalf, ground: one.id });
        }
    }
    Ok(())
}

/// Everybody to whom somebody had delegated it.
fn delegated(
    view: &dyn View,
    edition: Edition,
    (own, what): (&Could, &str),
    moment: Stamp,
    found: &mut Vec<Could>,
) -> Result<(), Broken> {
    for id in view.find(&key::of(Noun::Delegation, own.person))? {
        let Some(Row::Delegation(row)) = view.row(id)? else { continue };
        if row.from_whom == own.person
            && row.was_in_force(moment)
            && policy::covers(&row.what, what)
            && is_own(view, own)?
            && has_account(view, edition, row.to_whom, moment)?
        {
            let (person, on_behalf) = (row.to_whom, Some(row.from_whom));
            found.push(Could { person, role: own.role.clone(), on_behalf, ground: id });
        }
    }
    Ok(())
}

/// Whether it rests on something of one's own: what a deputy may while the office is vacant is not.
fn is_own(view: &dyn View, own: &Could) -> Result<bool, Broken> {
    let deputy = |row| matches!(row, Some(Row::Appointment(held)) if held.kind == AppointmentKind::Deputy);
    Ok(own.ground.noun != Noun::Appointment || !deputy(view.row(own.ground)?))
}

/// Whether an account let somebody act at a moment.
fn acted(user: &User, edition: Edition, moment: Stamp) -> bool {
    user.state_at(moment).is_some_and(|state| counts(edition, state))
        && user.is_in_period(moment.date_naive())
}

fn has_account(view: &dyn View, edition: Edition, person: Id, moment: Stamp) -> Result<bool, Broken> {
    for id in view.find(&key::of(Noun::User, person))? {
        if let Some(Row::User(user)) = view.row(id)?
            && acted(&user, edition, moment)
        {
            return Ok(true);
        }
    }
    Ok(false)
}
