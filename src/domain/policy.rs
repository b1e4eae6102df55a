//! Who may: roles of the profile against commands and queries. The grid is printed to a golden file.

use super::{Actor, Command, Context, Denied, Profile};

/// What keeps the vault: whoever may let people in may do these, whether or not a profile names them. A profile
/// may give them to other roles besides.
pub const KEEPING: &[&str] =
    &["remove_user", "back_up", "rekey_vault", "compact_vault", "replace_sheet", "begin_epoch"];

/// Whoever may bring one of these into force may bring an edition of the rules into force, whatever a profile names.
const ADOPTING: &[&str] = &["adopt_edition"];

/// Whoever applies or records work attaches the papers to it. To which record exactly, the rules ask.
const ATTACHING: &[&str] = &["attach"];

/// Whoever reads applications or work records reads what is attached to them. Of which record exactly, the rules ask.
const READING: &[&str] = &["write_attachment", "query:attachments"];

/// Whether a role that may do `held` may do `what` for that.
fn implied(held: &str, what: &str) -> bool {
    match held {
        "query:*" => what.starts_with("query:") || READING.contains(&what),
        "issue_user" => KEEPING.contains(&what),
        "adopt_profile" => ADOPTING.contains(&what),
        "apply_visit" | "record_work" => ATTACHING.contains(&what),
        "query:permits" | "query:works" => READING.contains(&what),
        _ => false,
    }
}

/// The first of the actor's roles that may do this: the role in which they act.
///
/// `what` is a command's name, or `query:REGISTER`.
///
/// # Errors
/// [`Denied`] with the roles that may, when none of these does.
pub fn role_for(profile: &Profile, roles: &[String], what: &str) -> Result<String, Denied> {
    let held = |id: &String| {
        profile.role(id).is_some_and(|role| role.may.iter().any(|may| may == what || implied(may, what)))
    };
    match roles.iter().find(|id| held(id)) {
        Some(id) => Ok(id.clone()),
        None => Err(Denied {
            what: what.to_owned(),
            needs: profile.roles.iter().map(|role| role.id.clone()).filter(held).collect(),
        }),
    }
}

/// The first of the actor's roles of which the profile itself says that it may do this.
pub(super) fn named(context: &Context<'_>, what: &str) -> Option<String> {
    let says =
        |id: &&String| context.profile.role(id).is_some_and(|role| role.may.iter().any(|may| may == what));
    context.actor.roles.iter().find(says).cloned()
}

/// The role in which an actor gives a command: what stands in the entry's head. The desk's own commands are
/// bound to no role unless they keep the vault; they are given in the actor's first, or in none. Whoever acts with
/// the recovery sheet has none.
///
/// # Errors
/// [`Denied`] when none of the actor's roles holds the command.
pub fn acting_role(profile: &Profile, actor: &Actor, command: &Command) -> Result<String, Denied> {
    let kept = KEEPING.contains(&command.name()) && !actor.is_recovery();
    if command.is_given_by_people() || kept {
        role_for(profile, &actor.roles, command.name())
    } else {
        Ok(actor.roles.first().cloned().unwrap_or_default())
    }
}
