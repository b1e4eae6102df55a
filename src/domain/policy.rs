//! Who may: roles of the profile against commands and queries. The grid is printed to a golden file.

use super::{
    Actor, Appoint, Book, Command, Context, Delegate, Denied, EVERY_QUERY, EndAppointment, Group, NameClerk,
    Profile, QUERY, Query, Rule, SettleContradiction, SettleExit, Task,
};
use std::borrow::Cow;

/// Every right that a role may name: commands that people give, and queries.
pub fn every_right() -> impl Iterator<Item = String> {
    Command::given().map(str::to_owned).chain(Query::all().map(Query::right))
}

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

/// The ways in which an actor may do something, their own right first, then for whomever they stand in: the role, and the
/// context in which they act so. `what` is a command's name, or `query:REGISTER`.
///
/// # Errors
/// [`Denied`] with the roles that may, when none is left.
pub fn ways<'a>(context: &Context<'a>, what: &str) -> Result<Vec<(String, Context<'a>)>, Denied> {
    let mut own = Vec::new();
    let mut denied = None;
    for way in each_of_own(context) {
        match role_for(way.profile, &way.actor.roles, what) {
            Ok(role) => own.push((role, way)),
            Err(no) => denied = Some(no),
        }
    }
    let chooses = own.len() > 1 && own.iter().all(|(_, way)| !way.within.is_empty());
    own.iter_mut().for_each(|(_, way)| way.in_several = chooses);
    let others = each_for_others(context).filter_map(|way| {
        let stands_in = way.acts_as.as_ref().filter(|stands_in| stands_in.covers(what))?;
        let role = role_for(way.profile, &stands_in.roles, what).ok()?;
        Some((role, way))
    });
    own.extend(others);
    match denied {
        Some(denied) if own.is_empty() => Err(denied),
        _ => Ok(own),
    }
}

/// Commands that nobody gives for another unless they are named: who would give away the office itself.
const BY_NAME_ALONE: [&str; 2] = [Appoint::RULE.name, EndAppointment::RULE.name];

/// Whether nobody does it in another's right: to pass on what is one's own (G-11).
pub(super) fn is_own_alone(what: &str) -> bool {
    [Delegate::RULE.name, NameClerk::RULE.name].contains(&what)
}

/// Whether something is among what was delegated, by its own name; where none are named everything is, but what is
/// delegated by name alone.
pub(super) fn covers(told: &[String], what: &str) -> bool {
    if told.is_empty() { !BY_NAME_ALONE.contains(&what) } else { told.iter().any(|told| told == what) }
}

/// What of that one person says and answers for all the same: what was seen of an exit or a contradiction.
const ONE_PERSONS_WORD: [&str; 2] = [SettleExit::RULE.name, SettleContradiction::RULE.name];

/// Whether something may be done as an organisation, by its name: the work at the desk and the upkeep of the registers, and
/// what is read for it, of the books in which it decides about nobody's rights (J-1-1-1-e).
pub(super) fn is_shared(what: &str) -> bool {
    is_of(what, |group| {
        let rights = matches!(group.0, Book::Users | Book::Site | Book::Exceptions);
        let work = matches!(group.1, Task::Desk | Task::Upkeep | Task::Reading);
        work && !rights
    })
}

/// Whether a clerk may do something for whoever named them, by its name: receive, check, pass on, keep and read, and decide
/// nothing (J-EX-11).
pub fn is_clerical(what: &str) -> bool {
    is_of(what, |group| !matches!(group.1, Task::Decisions | Task::Administration))
}

/// Whether something is of some groups, by its name, takes no authority and is no one person's word. What comes with others is
/// theirs; what comes with reading is nobody's but the reader's.
fn is_of(what: &str, groups: fn(&Group) -> bool) -> bool {
    match (what.strip_prefix(QUERY), Command::rule_of(what)) {
        _ if ONE_PERSONS_WORD.contains(&what) => false,
        (Some(query), _) => Query::of(query).is_some_and(|query| groups(&query.group)),
        (None, Some(rule)) => {
            let theirs = |with: &&str| !with.starts_with(QUERY) && is_of(with, groups);
            let comes_with = || !rule.with.is_empty() && rule.with.iter().all(theirs);
            rule.authority.is_empty() && rule.group.as_ref().map_or_else(comes_with, groups)
        }
        (None, None) => false,
    }
}

/// Whether what something gives outlasts a night, by its name ([`Rule::lasting`]).
pub(super) fn outlasts_a_night(what: &str) -> bool {
    Command::rule_of(what).is_some_and(|rule| rule.lasting)
}

/// The context of each jurisdiction within which the actor acts in their own right; the context itself where that is everywhere.
fn each_of_own<'a>(context: &Context<'a>) -> Vec<Context<'a>> {
    if context.within_each.is_empty() {
        return vec![context.clone()];
    }
    let within = |(within, roles): &(String, Vec<String>)| {
        let actor = Actor { roles: roles.clone(), ..context.actor.as_ref().clone() };
        Context { actor: Cow::Owned(actor), within: within.clone(), ..context.clone() }
    };
    context.within_each.iter().map(within).collect()
}

/// The context of each for whom the actor stands in.
fn each_for_others<'c, 'a>(context: &'c Context<'a>) -> impl Iterator<Item = Context<'a>> + use<'c, 'a> {
    context.stands_in.iter().map(|stands_in| {
        let actor = Actor { roles: stands_in.roles.clone(), ..context.actor.as_ref().clone() };
        let within = stands_in.within.clone();
        Context { actor: Cow::Owned(actor), acts_as: Some(stands_in.clone()), within, ..context.clone() }
    })
}

/// The context in which the actor does something in their own right, and each in which they do it for another, whether or not
/// a role names it.
pub(super) fn all_ways<'a>(context: &Context<'a>, what: &str) -> Vec<Context<'a>> {
    let others = each_for_others(context);
    let others = others.filter(|way| way.acts_as.as_ref().is_some_and(|stands_in| stands_in.covers(what)));
    each_of_own(context).into_iter().chain(others).collect()
}

/// The ways in which an actor may give a command ([`ways`]). The desk's own commands are bound to no role unless they keep
/// the vault; they are given in the actor's first, or in none. Whoever acts with the recovery sheet has none.
///
/// # Errors
/// [`Denied`] when none of the actor's roles holds the command.
pub fn acting<'a>(context: &Context<'a>, command: &Command) -> Result<Vec<(String, Context<'a>)>, Denied> {
    let rule = command.rule();
    // Whoever acts with the sheet has no role, and gives what the desk gives for them.
    let needs_role = if context.actor.is_recovery() { rule.is_given_by_people() } else { rule.needs_role() };
    if needs_role {
        ways(context, command.name())
    } else {
        Ok(vec![(context.actor.roles.first().cloned().unwrap_or_default(), context.clone())])
    }
}
