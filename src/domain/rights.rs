//! What a person may at a moment: the one answer that every authority rests on.

use super::{Broken, Edition, Id, Noun, Row, Stamp, UserState, View, key};

/// Whether the roles of a user in this state are anybody's. From edition 2 on whoever cannot act counts for nothing:
/// removed, suspended, or known by a temporary password alone. Before it only a suspension took the roles away.
pub fn counts(edition: Edition, state: UserState) -> bool {
    match state {
        UserState::Active => true,
        UserState::Suspended => false,
        UserState::Provisional | UserState::Removed => edition < Edition::Two,
    }
}

/// The roles of a person, under whatever IDs they have.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn roles_of(view: &dyn View, edition: Edition, person: Id) -> Result<Vec<String>, Broken> {
    let mut roles = Vec::new();
    for id in view.find(&key::of(Noun::User, person))? {
        if let Some(Row::User(user)) = view.row(id)?
            && counts(edition, user.state)
        {
            roles.extend(user.roles);
        }
    }
    Ok(roles)
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
    let mut roles = Vec::new();
    for id in view.find(&key::of(Noun::User, person))? {
        if let Some(Row::User(user)) = view.row(id)?
            && user.state_at(moment).is_some_and(|state| counts(edition, state))
        {
            roles.extend(user.roles);
        }
    }
    Ok(roles)
}

/// Everybody who holds one of some roles, by the number of their ID.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn holders(view: &dyn View, edition: Edition, roles: &[String]) -> Result<Vec<Id>, Broken> {
    let mut found = Vec::new();
    for state in UserState::ALL.iter().filter(|state| counts(edition, **state)) {
        for id in view.find(&key::state(Noun::User, state.name()))? {
            if let Some(Row::User(user)) = view.row(id)?
                && user.roles.iter().any(|role| roles.contains(role))
            {
                found.push((id, user.person));
            }
        }
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
