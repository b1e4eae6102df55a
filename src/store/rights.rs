//! Who signs what, in which role: asked before an entry is made, and of every past entry by `check`.

use super::StoreError;
use super::codec::RECOVERY_ACTOR;
use crate::domain::policy::acting_role;
use crate::domain::{Actor, Broken, Command, Denied, Id, Profile, Row, View, key};

/// The role in the head of what is done in none.
const NO_ROLE: &str = "-";

/// The actor as the head names them.
pub(super) fn actor_text(actor: &Actor) -> String {
    if actor.is_recovery() { RECOVERY_ACTOR.to_owned() } else { actor.person.to_string() }
}

/// The role in which an actor gives a command, as the head names it.
pub(super) fn role_in_head(profile: &Profile, actor: &Actor, command: &Command) -> Result<String, Denied> {
    let role = acting_role(profile, actor, command)?;
    Ok(if role.is_empty() { NO_ROLE.to_owned() } else { role })
}

/// Whether the key with these hex digits may sign a command of an actor. It must be the key in force of the
/// actor's own user record, which is not suspended and holds the actor's roles; a provisional one signs nothing
/// but its replacement. For the recovery sheet it is the sheet's key, for the first entry the key that it makes
/// known. `check` asks the same of every past entry.
pub(super) fn holds_key(
    view: &dyn View,
    actor: &Actor,
    command: &Command,
    hex: &str,
) -> Result<bool, StoreError> {
    let broken = |why: Broken| StoreError::Broken(why.0);
    if let Command::FoundSite(founding) = command {
        return Ok(founding.key == hex);
    }
    if actor.is_recovery() {
        let site = view.row(Id::SITE).map_err(broken)?;
        return Ok(matches!(site, Some(Row::Site(site)) if site.recovery_key == hex));
    }
    for id in view.find(&key::key(hex)).map_err(broken)? {
        if let Some(Row::User(user)) = view.row(id).map_err(broken)?
            && Some(id) == actor.user
            && user.person == actor.person
            && let Some(held) = user.keys.last()
            && held.key == hex
            && !user.state.is_barred()
            && user.roles == actor.roles
        {
            return Ok(!held.provisional || matches!(command, Command::EnrolKey(_)));
        }
    }
    Ok(false)
}
