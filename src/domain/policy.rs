//! Who may: roles of the profile against commands and queries. The grid is printed to a golden file.

use super::{Actor, Command, Denied, Profile};

/// The first of the actor's roles that may do this: the role in which they act.
///
/// `what` is a command's name, or `query:REGISTER`.
///
/// # Errors
/// [`Denied`] with the roles that may, when none of these does.
pub fn role_for(profile: &Profile, roles: &[String], what: &str) -> Result<String, Denied> {
    let held = |id: &String| {
        profile.role(id).is_some_and(|role| {
            role.may.iter().any(|may| may == what || (may == "query:*" && what.starts_with("query:")))
        })
    };
    match roles.iter().find(|id| held(id)) {
        Some(id) => Ok(id.clone()),
        None => Err(Denied {
            what: what.to_owned(),
            needs: profile.roles.iter().map(|role| role.id.clone()).filter(held).collect(),
        }),
    }
}

/// The role in which an actor gives a command: what stands in the entry's head. The desk's own commands are
/// bound to no role; they are given in the actor's first, or in none.
///
/// # Errors
/// [`Denied`] when none of the actor's roles holds the command.
pub fn acting_role(profile: &Profile, actor: &Actor, command: &Command) -> Result<String, Denied> {
    if command.is_given_by_people() {
        role_for(profile, &actor.roles, command.name())
    } else {
        Ok(actor.roles.first().cloned().unwrap_or_default())
    }
}
