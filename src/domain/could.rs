//! Who could do something at a moment, and on what that rested: an account, an office, or a delegation.

use super::lookup::rows_under;
use super::organisation_id;
use super::rights::{counted_at, hold_authority};
use super::{
    Appointment, AppointmentKind, Broken, Delegation, Edition, Id, Noun, Profile, Row, Stamp, User, View,
    key, policy,
};

/// Somebody who could do something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Could {
    /// Who.
    pub person: Id,
    /// In which role.
    pub role: String,
    /// Within which jurisdiction; everywhere where none is told.
    pub within: String,
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
    let mut found = Vec::new();
    for role in profile.roles.iter().chain(&profile.founding).map(|role| &role.id) {
        let alone = std::slice::from_ref(role);
        if policy::role_for(profile, alone, what).is_ok() && hold_authority(profile, what, alone) {
            in_role(view, edition, (profile, what), (role, moment), &mut found)?;
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

/// Everybody who had a role at a moment, with their account, in its office, or as an organisation that may do so.
fn in_role(
    view: &dyn View,
    edition: Edition,
    (profile, what): (&Profile, &str),
    (role, moment): (&str, Stamp),
    found: &mut Vec<Could>,
) -> Result<(), Broken> {
    for user in rows_under::<User>(view, &key::state(Noun::User, &User::role_key(role)))? {
        let term = user.term_at(moment);
        if counted_at(&user, edition, moment) && term.roles.iter().any(|held| held == role) {
            let (person, ground, within) = (user.person, user.id, term.jurisdiction.to_owned());
            found.push(Could { person, role: role.to_owned(), within, on_behalf: None, ground });
        }
    }
    let mut held = Appointment::all_of(view, role)?;
    held.retain(|held| held.was_in_force(moment));
    if policy::is_shared(what) {
        for (organisation, people) in organisation_id::in_role_at(view, profile, role, moment)? {
            for person in people {
                if has_account(view, edition, person, moment)? {
                    let (role, within) = (role.to_owned(), organisation.jurisdiction.clone());
                    let (on_behalf, ground) = (Some(organisation.id), organisation.id);
                    found.push(Could { person, role, within, on_behalf, ground });
                }
            }
        }
    }
    let principals: Vec<Appointment> =
        held.iter().filter(|held| held.kind == AppointmentKind::Principal).cloned().collect();
    for one in held {
        let officer = principals.iter().find(|held| held.jurisdiction == one.jurisdiction);
        let on_behalf = officer.filter(|_| one.kind == AppointmentKind::Deputy).map(|held| held.person);
        if has_account(view, edition, one.person, moment)? {
            let (person, role, within) = (one.person, one.role, one.jurisdiction);
            found.push(Could { person, role, within, on_behalf, ground: one.id });
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
    for row in rows_under::<Delegation>(view, &key::of(Noun::Delegation, own.person))? {
        if row.from_whom == own.person
            && row.was_in_force(moment)
            && policy::covers(&row.what, what)
            && is_own(view, own)?
            && has_account(view, edition, row.to_whom, moment)?
        {
            let (person, on_behalf) = (row.to_whom, Some(row.from_whom));
            let (role, within) = (own.role.clone(), own.within.clone());
            found.push(Could { person, role, within, on_behalf, ground: row.id });
        }
    }
    Ok(())
}

/// Whether it rests on something of one's own: what a deputy may while the office is vacant is not.
fn is_own(view: &dyn View, own: &Could) -> Result<bool, Broken> {
    let deputy = |row| matches!(row, Some(Row::Appointment(held)) if held.kind == AppointmentKind::Deputy);
    Ok(own.ground.noun != Noun::Appointment || !deputy(view.row(own.ground)?))
}

fn has_account(view: &dyn View, edition: Edition, person: Id, moment: Stamp) -> Result<bool, Broken> {
    let users: Vec<User> = rows_under(view, &key::of(Noun::User, person))?;
    Ok(users.iter().any(|user| counted_at(user, edition, moment)))
}
