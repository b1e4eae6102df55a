//! Who signs what, in which role: asked before an entry is made, and of every past entry by `check`.

use super::StoreError;
use super::codec::RECOVERY_ACTOR;
use super::tables::LoggedEvent;
use crate::domain::policy::acting;
use crate::domain::{
    Actor, AgreeBySheet, AgreeProfile, Broken, CloseUser, Code, Command, Context, Edition, Erase, Id, Leave,
    No, Noun, Profile, RemoveUser, Row, View, empowered, key, left_nowhere, orphaned, still_governed,
};
use crate::log::{digest, key_from_hex, key_id};
use crate::profile::{Versions, accept, read};

/// The role in the head of what is done in none.
const NO_ROLE: &str = "-";

/// The actor as the head names them.
pub(super) fn actor_text(actor: &Actor) -> String {
    if actor.is_recovery() { RECOVERY_ACTOR.to_owned() } else { actor.person.to_string() }
}

/// The role in which something is done, as the head names it.
pub(super) fn role_in_head(role: String) -> String {
    if role.is_empty() { NO_ROLE.to_owned() } else { role }
}

/// The context as the site's own row has it at this moment: whether its clock is in doubt, and which edition of the
/// rules decides. The entry that founds a site names its edition itself.
pub(super) fn standing<'a>(
    view: &dyn View,
    context: Context<'a>,
    command: &Command,
) -> Result<Context<'a>, StoreError> {
    if let Command::FoundSite(founding) = command {
        return Ok(context.founding(Edition::founded(founding.edition).unwrap_or_default()));
    }
    let site = match view.row(Id::SITE)? {
        Some(Row::Site(site)) => Some(site),
        _ => None,
    };
    Ok(context.under(site.as_ref()))
}

/// Refuses what the rules cannot ask of the entry of a number: a profile that is not one to be adopted or founded with
/// by the edition in force, for reading one is not their floor's, and the erasure of an entry that is still to come, for
/// they do not know how far the log goes.
///
/// # Errors
/// [`Code::ProfileInvalid`] with what is wrong in it; from edition 3 on [`Code::NobodyLeft`] where nobody active could
/// govern the site under it, or without whoever is removed once a version to come is in force, [`Code::VersionTaken`] where
/// the regulation had that version, [`Code::JurisdictionUsed`] where something lies in what it has no more, and [`Code::NoSuchRecord`].
pub(super) fn acceptable(
    view: &dyn View,
    context: &Context<'_>,
    command: &Command,
    seq: u64,
) -> Result<(), No> {
    let held;
    let text = match command {
        // Before edition 3 an entry that is still to come could be named, and nothing was erased.
        Command::Erase(Erase { entry: Some(entry), .. })
            if *entry >= seq && context.edition >= Edition::Three =>
        {
            return Err(Code::NoSuchRecord.with("record", format!("#{entry}")).into());
        }
        Command::AdoptProfile(adopt) => &adopt.profile,
        Command::ProposeProfile(proposal) => {
            if digest(&proposal.profile) != proposal.digest {
                let no = Code::FieldInvalid.with("field", "digest");
                return Err(no.and("value", &proposal.digest).into());
            }
            &proposal.profile
        }
        // All of it is asked again: who is active, and which versions there are, may have changed meanwhile.
        Command::AgreeProfile(AgreeProfile { version: Some(version), .. })
        | Command::AgreeBySheet(AgreeBySheet { version: Some(version), .. }) => {
            held = proposed(view, *version)?;
            &held
        }
        Command::FoundSite(founding) => &founding.profile,
        Command::RemoveUser(RemoveUser { user, .. }) | Command::CloseUser(CloseUser { user, .. })
            if context.edition >= Edition::Three =>
        {
            return governed_later(view, context, &view.find(&key::number(Noun::User, user))?);
        }
        Command::EndAppointment(end) if end.last.is_none() => {
            return governed_later(view, context, end.appointment.as_slice());
        }
        Command::ChangeUser(change) => {
            return governed_then(view, context, |coming| change.orphans(view, context, coming));
        }
        // Without an account nobody acts in an office either.
        Command::Leave(Leave { person: Some(person), .. }) => {
            return governed_later(view, context, &view.find(&key::of(Noun::User, *person))?);
        }
        _ => return Ok(()),
    };
    let profile = match accept(text, context.edition) {
        Ok(profile) => profile,
        Err(problem) => return Err(Code::ProfileInvalid.with("reason", problem).into()),
    };
    if context.edition < Edition::Three || matches!(command, Command::FoundSite(_)) {
        return Ok(());
    }
    still_governed(&orphaned(view, context.profile, &profile, &[], context.accounts_on)?)?;
    // What lies there would be nobody's but whoever has the whole.
    if !context.profile.jurisdictions.is_empty()
        && let Some((place, record)) = left_nowhere(view, &profile)?
    {
        return Err(Code::JurisdictionUsed.with("jurisdiction", place).and("record", record).into());
    }
    match taken(view, &profile)? {
        Some(record) => Err(Code::VersionTaken.with("version", profile.version).and("record", record).into()),
        None => Ok(()),
    }
}

/// Refuses to go on without some users or appointments under a version that is adopted, once it comes into force. Of the one
/// in force the rules themselves ask.
fn governed_later(view: &dyn View, context: &Context<'_>, gone: &[Id]) -> Result<(), No> {
    governed_then(view, context, |coming| Ok(orphaned(view, coming, coming, gone, context.accounts_on)?))
}

/// Refuses what nobody could give any more under a version that is adopted, once it comes into force.
fn governed_then(
    view: &dyn View,
    context: &Context<'_>,
    lost: impl Fn(&Profile) -> Result<Vec<&'static str>, No>,
) -> Result<(), No> {
    for n in 1..=view.last(Noun::Profile)? {
        if let Some(Row::ProfileVersion(row)) = view.row(Id::new(Noun::Profile, n))?
            && row.is_adopted()
            && row.from > context.day()
            && let Some(coming) = read(&row.text)
        {
            still_governed(&lost(&coming)?)?;
        }
    }
    Ok(())
}

/// The text of a version that was proposed.
fn proposed(view: &dyn View, version: Id) -> Result<String, Broken> {
    Ok(match view.row(version)? {
        Some(Row::ProfileVersion(row)) => row.text,
        _ => String::new(),
    })
}

/// The version of the same regulation that was ever adopted under the same number. One that was withdrawn before anybody
/// agreed to it has taken none.
fn taken(view: &dyn View, profile: &Profile) -> Result<Option<Id>, Broken> {
    for n in 1..=view.last(Noun::Profile)? {
        if let Some(Row::ProfileVersion(row)) = view.row(Id::new(Noun::Profile, n))?
            && row.was_adopted()
            && let Some(other) = read(&row.text)
            && (&other.name, other.version) == (&profile.name, profile.version)
        {
            return Ok(Some(row.id));
        }
    }
    Ok(None)
}

/// Whether an entry brings an edition into force that this program does not know, given and signed by somebody who
/// may. The same entry by anybody else changes nothing but what `check` finds: a tool of whoever can open the vault
/// must not be able to shut all others out of it.
pub(super) fn goes_beyond(view: &dyn View, told: &LoggedEvent) -> Result<bool, StoreError> {
    let Command::AdoptEdition(adopt) = &told.event.command else { return Ok(false) };
    if Edition::of(adopt.edition).is_some() {
        return Ok(false);
    }
    let Some(versions) = Versions::of(view)? else { return Ok(false) };
    let profile = versions.on(told.meta.time.date_naive());
    let (head, person) = (told.entry.head(), told.meta.actor);
    for id in view.find(&key::of(Noun::User, person))? {
        let Some(Row::User(user)) = view.row(id)? else { continue };
        let held = user.keys.last().and_then(|held| Some((&held.key, key_from_hex(&held.key)?)));
        let Some((hex, key)) = held.filter(|(_, key)| key_id(key) == head.key) else { continue };
        let actor = Actor { person, user: Some(id), roles: user.roles.clone() };
        let command = &told.event.command;
        if told.entry.signed_by(&key)
            && holds_key(view, &actor, command, hex)?
            && let context = standing(view, Context::new(&actor, told.meta.time, None, profile), command)?
            && heads(view, &context, command)?.contains(&(head.role.clone(), told.meta.on_behalf))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// In which roles an actor may give a command, and for whom, as a head names both; none where they may not.
pub(super) fn heads(
    view: &dyn View,
    context: &Context<'_>,
    command: &Command,
) -> Result<Vec<(String, Option<Id>)>, Broken> {
    let ways = acting(&empowered(view, context)?, command).unwrap_or_default();
    Ok(ways.into_iter().map(|(role, way)| (role_in_head(role), way.on_behalf())).collect())
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
    if let Command::FoundSite(founding) = command {
        return Ok(founding.key == hex);
    }
    if actor.is_recovery() {
        let site = view.row(Id::SITE)?;
        return Ok(matches!(site, Some(Row::Site(site)) if site.recovery_key == hex));
    }
    for id in view.find(&key::key(hex))? {
        if let Some(Row::User(user)) = view.row(id)?
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
