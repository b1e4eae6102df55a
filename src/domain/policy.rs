//! Who may: roles of the profile against commands and queries. The grid is printed to a golden file.

use super::{Actor, Command, Context, Denied, EVERY_QUERY, Profile, QUERY, Query, Rule};

/// Whoever asks for every register, or reads applications or work records, reads what is attached to them. Of which
/// record exactly, the rules ask.
const READING: (&str, [&str; 3]) = ("query:attachments", ["query:permits", "query:works", EVERY_QUERY]);

/// Whether a role that may do `held` may do `what` for that: a command says so itself ([`Rule::with`]).
fn implied(held: &str, what: &str, rule: Option<&Rule>) -> bool {
    match rule {
        Some(rule) => rule.with.contains(&held),
        None if what == READING.0 => READING.1.contains(&held),
        None => {
            held == EVERY_QUERY
                && what.strip_prefix(QUERY).and_then(Query::of).is_some_and(Query::is_of_every)
        }
    }
}

/// The first of the actor's roles that may do this: the role in which they act.
///
/// `what` is a command's name, or `query:REGISTER`.
///
/// # Errors
/// [`Denied`] with the roles that may, when none of these does.
pub fn role_for(profile: &Profile, roles: &[String], what: &str) -> Result<String, Denied> {
    let rule = Command::rule_of(what);
    let may = |may: &String| may == what || implied(may, what, rule);
    let held = |id: &String| profile.role(id).is_some_and(|role| role.may.iter().any(may));
    match roles.iter().find(|id| held(id)) {
        Some(id) => Ok(id.clone()),
        None => Err(Denied {
            what: what.to_owned(),
            needs: profile.roles.iter().map(|role| role.id.clone()).filter(held).collect(),
        }),
    }
}

/// Whether no role of a profile may do something.
pub fn is_nobodys(profile: &Profile, what: &str) -> bool {
    let every: Vec<String> = profile.roles.iter().map(|role| role.id.clone()).collect();
    role_for(profile, &every, what).is_err()
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
    let rule = command.rule();
    // Whoever acts with the sheet has no role, and gives what the desk gives for them.
    let needs_role = if actor.is_recovery() { rule.is_given_by_people() } else { rule.needs_role() };
    if needs_role {
        role_for(profile, &actor.roles, command.name())
    } else {
        Ok(actor.roles.first().cloned().unwrap_or_default())
    }
}
