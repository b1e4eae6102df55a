//! What a person may at a moment: the one answer that every authority rests on.

use super::account::is_between;
use super::jurisdiction::{HeldRole, by_place, names_of};
use super::lookup::rows_under;
use super::{
    AccountDays, Appointment, AppointmentKind, AppointmentState, Broken, Command, Context, Date, Delegation,
    Edition, Id, IssueUser, NameClerk, Noun, Profile, QUERY, Row, Stamp, StandIn, User, UserState, View, key,
    policy,
};
use super::{emergency_account, organisation_id};
use chrono::Days;

/// Whether the roles of a user in this state are anybody's. From edition 2 on whoever cannot act counts for nothing:
/// removed, suspended, or known by a temporary password alone. Before it only a suspension took the roles away.
pub fn counts(edition: Edition, state: UserState) -> bool {
    match state {
        UserState::Active => true,
        UserState::Suspended | UserState::Closed => false,
        UserState::Provisional | UserState::Removed => edition < Edition::Two,
    }
}

/// Whether an account lets somebody act on a day.
fn counts_on(user: &User, edition: Edition, day: Date) -> bool {
    counts(edition, user.state) && user.is_in_period(day)
}

/// Whether an account let somebody act at a moment.
pub(super) fn counted_at(user: &User, edition: Edition, moment: Stamp) -> bool {
    user.state_at(moment).is_some_and(|state| counts(edition, state))
        && is_between(user.term_at(moment).days, moment.date_naive())
        && !user.stops.iter().any(|stop| stop.held_at(moment))
}

/// The roles of a person on a day, under whatever IDs they have and in whatever offices.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn roles_of(view: &dyn View, edition: Edition, person: Id, day: Date) -> Result<Vec<String>, Broken> {
    let holds = |held: &Appointment| held.is_in_force(day);
    Ok(names_of(held_where(view, person, |user| counts_on(user, edition, day).then(|| now(user)), holds)?))
}

/// The roles that a person has in their own right on a day: those that they hold as somebody's deputy are not.
fn own_roles(view: &dyn View, edition: Edition, person: Id, day: Date) -> Result<Vec<HeldRole>, Broken> {
    let own = |held: &Appointment| held.is_in_force(day) && held.kind == AppointmentKind::Principal;
    held_where(view, person, |user| counts_on(user, edition, day).then(|| now(user)), own)
}

/// The roles that a person had at a moment, under whatever IDs and in whatever offices they had then.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn roles_at(
    view: &dyn View,
    edition: Edition,
    person: Id,
    moment: Stamp,
) -> Result<Vec<String>, Broken> {
    let held = |held: &Appointment| held.was_in_force(moment);
    let then = |user: &User| {
        let term = user.term_at(moment);
        counted_at(user, edition, moment).then(|| within(term.roles, term.jurisdiction))
    };
    Ok(names_of(held_where(view, person, then, held)?))
}

/// The roles of those of a person's IDs that count, and where any does of the offices that count: who has no ID acts in
/// none.
fn held_where(
    view: &dyn View,
    person: Id,
    counted: impl Fn(&User) -> Option<Vec<HeldRole>>,
    holds: impl Fn(&Appointment) -> bool,
) -> Result<Vec<HeldRole>, Broken> {
    let (mut roles, mut acts) = (Vec::new(), false);
    for user in rows_under::<User>(view, &key::of(Noun::User, person))? {
        if let Some(of_account) = counted(&user) {
            acts = true;
            roles.extend(of_account);
        }
    }
    if acts {
        roles.extend(appointments_of(view, person)?.into_iter().filter(holds).map(HeldRole::from));
    }
    Ok(roles)
}

impl From<Appointment> for HeldRole {
    fn from(held: Appointment) -> HeldRole {
        HeldRole { role: held.role, within: held.jurisdiction }
    }
}

/// Some roles, held within a jurisdiction.
fn within(roles: &[String], place: &str) -> Vec<HeldRole> {
    roles.iter().map(|role| HeldRole { role: role.clone(), within: place.to_owned() }).collect()
}

/// The roles of an account as it stands.
fn now(user: &User) -> Vec<HeldRole> {
    within(&user.roles, &user.jurisdiction)
}

/// The appointments of a person's record, as who holds the office or is a deputy in it.
fn appointments_of(view: &dyn View, person: Id) -> Result<Vec<Appointment>, Broken> {
    let mut held: Vec<Appointment> = rows_under(view, &key::of(Noun::Appointment, person))?;
    held.retain(|held| held.person == person);
    Ok(held)
}

/// The roles of a user's account and of the offices that the person holds on a day, whether or not the account may be
/// used; of all offices that have not ended where no day is told.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn held_with_offices(
    view: &dyn View,
    user: &User,
    day: Option<Date>,
) -> Result<Vec<HeldRole>, Broken> {
    let in_force = |held: &Appointment| day.map_or(held.state.is_standing(), |day| held.is_in_force(day));
    let mut roles = now(user);
    roles.extend(appointments_of(view, user.person)?.into_iter().filter(in_force).map(HeldRole::from));
    Ok(roles)
}

/// The names of the same.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn roles_with_offices(view: &dyn View, user: &User, day: Option<Date>) -> Result<Vec<String>, Broken> {
    Ok(names_of(held_with_offices(view, user, day)?))
}

/// Every appointment that stands, as far as it is in force on a day or later.
fn standing(view: &dyn View, day: Date) -> Result<Vec<Appointment>, Broken> {
    let standing = AppointmentState::Standing.name();
    let mut held: Vec<Appointment> = rows_under(view, &key::state(Noun::Appointment, standing))?;
    held.retain(|held| held.is_to_be(day));
    Ok(held)
}

/// The context with all that the registers say of the actor's rights on the day by which accounts are judged: the offices
/// that they hold, the officers whose deputies they are, and whoever delegated something to them. This is the one answer to
/// what somebody may; everything asks it.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn empowered<'a>(view: &dyn View, context: &Context<'a>) -> Result<Context<'a>, Broken> {
    let mut context = context.clone();
    let (person, edition, day) = (context.actor.person, context.edition, context.accounts_on);
    if edition < Edition::Three || context.actor.user.is_none() || context.empowered {
        return Ok(context);
    }
    context.empowered = true;
    let held = appointments_of(view, person)?.into_iter().filter(|held| held.is_in_force(day));
    let (own, deputy): (Vec<_>, Vec<_>) = held.partition(|held| held.kind == AppointmentKind::Principal);
    context.stands_in = Vec::new();
    for one in deputy {
        let whom = officer(view, &one.role, &one.jurisdiction, day)?;
        context.stands_in.push(StandIn::deputy(one, whom));
    }
    for one in rows_under::<Delegation>(view, &key::of(Noun::Delegation, person))? {
        if one.to_whom == person && one.is_in_force(day) {
            let held = own_roles(view, edition, one.from_whom, day)?;
            context.stands_in.extend(one.stand_ins(context.profile, &held));
        }
    }
    for one in organisation_id::acts_as(view, context.profile, person, day)? {
        context.stands_in.push(one.into());
    }
    for one in emergency_account::opened_by(view, person, context.account_days())? {
        context.stands_in.push(one.into());
    }
    let account = context.actor.user.map(|id| view.row(id)).transpose()?.flatten();
    let place = match account {
        Some(Row::User(user)) => user.jurisdiction,
        _ => String::new(),
    };
    let mut held = within(&context.actor.roles, &place);
    held.extend(own.into_iter().map(HeldRole::from));
    if held.is_empty() && !place.is_empty() {
        // Who acts for others alone has nothing of their own anywhere, and not everywhere.
        context.within_each = vec![(place, Vec::new())];
    } else if held.iter().any(|one| !one.within.is_empty()) {
        context.within_each = by_place(context.profile, &held);
    }
    let names = names_of(held);
    if names != context.actor.roles {
        context.actor.to_mut().roles = names;
    }
    // Nobody audits their own work, for others either (J-2-1-2); nor does one person act in offices that are kept apart.
    let (own, profile) = (&context.actor.roles, context.profile);
    context.stands_in.retain(|stands_in| {
        let roles: Vec<String> = own.iter().chain(&stands_in.roles).cloned().collect();
        profile.clash(&roles).is_none()
    });
    Ok(context)
}

/// Who holds an office within a jurisdiction on a day, the first where several do; where nobody was appointed whoever has the
/// role with an account of before it was an office.
fn officer(view: &dyn View, role: &str, place: &str, day: Date) -> Result<Option<Id>, Broken> {
    let holds = |held: &&Appointment| {
        held.kind == AppointmentKind::Principal && held.is_in_force(day) && held.jurisdiction == place
    };
    if let Some(held) = Appointment::all_of(view, role)?.iter().find(holds) {
        return Ok(Some(held.person));
    }
    let users = User::in_role(view, role)?;
    let holds = |user: &User| user.jurisdiction == place && user.roles.iter().any(|held| held == role);
    let has = |user: &&User| holds(user) && !user.state.is_barred() && user.is_in_period(day);
    Ok(users.iter().find(has).map(|user| user.person))
}

/// The roles in which whoever has a person's password could act, on a day or later, besides those of the account itself: of their
/// offices, in the own right of whoever delegated something to them that is more than reading, as an organisation, and with an emergency
/// ID that they have open.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn could_act_in(view: &dyn View, person: Id, day: Date) -> Result<Vec<HeldRole>, Broken> {
    let offices = appointments_of(view, person)?.into_iter().filter(|held| held.is_to_be(day));
    let mut held: Vec<HeldRole> = offices.map(HeldRole::from).collect();
    for one in rows_under::<Delegation>(view, &key::of(Noun::Delegation, person))? {
        // What a clerk does gives nobody a right either.
        let reading =
            one.clerk || !one.what.is_empty() && one.what.iter().all(|what| what.starts_with(QUERY));
        if one.to_whom == person && one.is_to_be(day) && !reading {
            held.extend(own_to_be(view, one.from_whom, day)?);
        }
    }
    held.extend(organisation_id::roles_to_be(view, person, day)?);
    held.extend(emergency_account::roles_open(view, person, AccountDays::from(day, day))?);
    Ok(held)
}

/// The roles that a person has in their own right on a day or later, whoever bars them until then.
fn own_to_be(view: &dyn View, person: Id, day: Date) -> Result<Vec<HeldRole>, Broken> {
    let users: Vec<User> = rows_under(view, &key::of(Noun::User, person))?;
    let mut held: Vec<HeldRole> = users.iter().filter(|user| !user.state.has_ended()).flat_map(now).collect();
    let own = |held: &Appointment| held.kind == AppointmentKind::Principal && held.is_to_be(day);
    held.extend(appointments_of(view, person)?.into_iter().filter(own).map(HeldRole::from));
    Ok(held)
}

/// The offices that a person's record holds, or will.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn offices_to_be(view: &dyn View, person: Id, day: Date) -> Result<Vec<String>, Broken> {
    let held = appointments_of(view, person)?.into_iter().filter(|held| held.is_to_be(day));
    Ok(names_of(held.map(HeldRole::from)))
}

/// The last day on which an actor has in their own right what they would delegate: that of their account, and of the
/// offices that it rests on.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn last_of_own(view: &dyn View, context: &Context<'_>, what: &[String]) -> Result<Date, Broken> {
    let account = match context.actor.user {
        Some(id) => view.row(id)?.and_then(|row| User::try_from(row).ok()),
        None => None,
    };
    let own = account.as_ref().map(|user| user.roles.as_slice()).unwrap_or_default();
    let last = account.as_ref().and_then(|user| user.last_day(context.accounts_on)).unwrap_or(Date::MAX);
    let mut held = appointments_of(view, context.actor.person)?;
    held.retain(|held| held.kind == AppointmentKind::Principal && held.is_in_force(context.accounts_on));
    let ends = |held: &Appointment| held.to.unwrap_or(Date::MAX);
    if what.is_empty() {
        return Ok(held.iter().map(ends).fold(last, Date::min));
    }
    let of = |what: &String| {
        let may = |roles: &[String]| policy::role_for(context.profile, roles, what).is_ok();
        let by_office = held.iter().filter(|held| may(std::slice::from_ref(&held.role)));
        if may(own) { last } else { by_office.map(ends).max().unwrap_or(last) }
    };
    Ok(what.iter().map(of).fold(last, Date::min))
}

/// Somebody who may act on a day, with an account.
struct Active {
    user: Id,
    person: Id,
    held: Vec<HeldRole>,
    /// The last day of the account as of that day.
    last: Option<Date>,
}

/// The users in a state whose accounts are in their period on a day, each with the roles of the offices that they hold then
/// besides; without some users or appointments.
fn users_in(view: &dyn View, state: UserState, day: Date, without: &[Id]) -> Result<Vec<Active>, Broken> {
    let users: Vec<User> = rows_under(view, &key::state(Noun::User, state.name()))?;
    let counted = users.into_iter().filter(|user| user.is_in_period(day) && !without.contains(&user.id));
    let active = |user: User| Active {
        user: user.id,
        person: user.person,
        held: now(&user),
        last: user.last_day(day),
    };
    let mut found: Vec<Active> = counted.map(active).collect();
    let held =
        standing(view, day)?.into_iter().filter(|held| held.is_in_force(day) && !without.contains(&held.id));
    for one in held {
        for active in found.iter_mut().filter(|active| active.person == one.person) {
            active.held.push(one.clone().into());
        }
    }
    Ok(found)
}

/// Everybody who holds one of some roles on a day, by the number of their ID.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn holders(view: &dyn View, edition: Edition, roles: &[String], day: Date) -> Result<Vec<Id>, Broken> {
    holders_where(view, edition, |held| roles.contains(&held.role), day)
}

/// Everybody who holds a role on a day within a jurisdiction or around it, by the number of their ID.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn holders_around(
    view: &dyn View,
    edition: Edition,
    role: &str,
    (profile, place): (&Profile, &str),
    day: Date,
) -> Result<Vec<Id>, Broken> {
    holders_where(view, edition, |held| held.role == role && profile.lies_in(place, &held.within), day)
}

fn holders_where(
    view: &dyn View,
    edition: Edition,
    asked: impl Fn(&HeldRole) -> bool,
    day: Date,
) -> Result<Vec<Id>, Broken> {
    let mut found = Vec::new();
    for state in UserState::ALL.iter().filter(|state| counts(edition, **state)) {
        let users = users_in(view, *state, day, &[])?;
        let holding = users.iter().filter(|active| active.held.iter().any(&asked));
        found.extend(holding.map(|active| (active.user, active.person)));
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

/// The edition in force.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn edition_of(view: &dyn View) -> Result<Edition, Broken> {
    Ok(match view.row(Id::SITE)? {
        Some(Row::Site(site)) => site.edition,
        _ => Edition::default(),
    })
}

/// The commands that are needed as things stand: those that govern the site, and those that settle what waits.
fn needed(view: &dyn View) -> Result<Vec<&'static str>, Broken> {
    let mut needed = governing(edition_of(view)?).to_vec();
    for noun in Noun::ALL {
        for (state, command) in noun.filing().settled_by {
            if !view.find(&key::state(noun, state))?.is_empty() {
                needed.push(command);
            }
        }
    }
    Ok(needed)
}

/// Whether some roles hold an authority that a command takes, where it takes any; to name a clerk one that has something for a
/// clerk to do.
pub(super) fn hold_authority(profile: &Profile, command: &str, roles: &[String]) -> bool {
    if command == NameClerk::RULE.name {
        let mut held = roles.iter().filter_map(|role| profile.role(role));
        return held.any(|role| !role.clerk.is_empty());
    }
    let asked = Command::rule_of(command).map(|rule| rule.authority).unwrap_or_default();
    let mut authorities = profile.authority.each().filter(|(name, _)| asked.contains(name));
    asked.is_empty() || authorities.any(|(_, held)| roles.iter().any(|role| held.contains(role)))
}

/// Whether somebody active could give a command under a profile: by right, and where it takes an authority by that too.
fn somebody_can(active: &[Active], profile: &Profile, command: &str) -> bool {
    active.iter().any(|active| {
        // Whoever gives IDs, or what concerns the whole, in a part of the site governs no whole.
        let of_whole =
            command == IssueUser::RULE.name || Command::rule_of(command).is_some_and(|rule| rule.of_whole);
        let governs = |held: &&HeldRole| !of_whole || profile.is_whole(&held.within);
        let roles = names_of(active.held.iter().filter(governs).cloned());
        policy::role_for(profile, &roles, command).is_ok() && hold_authority(profile, command, &roles)
    })
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
    for user in rows_under::<User>(view, &key::state(Noun::User, UserState::Active.name()))? {
        // What they may as a deputy of whoever is not asked is not theirs.
        let own = names_of(own_roles(view, Edition::NEWEST, user.person, day)?);
        let may = user.is_in_period(day) && policy::role_for(profile, &own, command).is_ok();
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
    let active = users_in(view, UserState::Active, day, &[])?;
    let cannot = |command: &&str| !somebody_can(&active, profile, command);
    Ok(needed(view)?.into_iter().filter(cannot).collect())
}

/// The first day within some days from one on which nobody can give what somebody can give now, for accounts or offices end
/// with the day before it; and what that is.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn nobody_soon(
    view: &dyn View,
    profile: &Profile,
    day: Date,
    days: u32,
) -> Result<Option<(Date, Vec<&'static str>)>, Broken> {
    let active = users_in(view, UserState::Active, day, &[])?;
    let last = day.checked_add_days(Days::new(u64::from(days))).unwrap_or(Date::MAX);
    let accounts = active.iter().filter_map(|active| active.last);
    let offices = standing(view, day)?.into_iter().filter_map(|held| held.to);
    let mut ends: Vec<Date> =
        accounts.chain(offices).filter(|end| *end <= last).filter_map(|end| end.succ_opt()).collect();
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

/// What somebody can give on a day, and nobody could under another profile, or without some users or appointments.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn orphaned(
    view: &dyn View,
    now: &Profile,
    then: &Profile,
    without: &[Id],
    day: Date,
) -> Result<Vec<&'static str>, Broken> {
    // Whoever is suspended can be let in again: from edition 3 on nobody ends for good the last of them who would govern the site,
    // where nobody else is left. What merely waits is settled by whoever gets an ID for it.
    let edition = edition_of(view)?;
    let suspended = edition >= Edition::Three;
    let states: &[UserState] =
        if suspended { &[UserState::Active, UserState::Suspended] } else { &[UserState::Active] };
    let of = |without: &[Id]| -> Result<Vec<Vec<Active>>, Broken> {
        states.iter().map(|state| users_in(view, *state, day, without)).collect()
    };
    let before = of(&[])?;
    let others = if without.is_empty() { None } else { Some(of(without)?) };
    let after = others.as_ref().unwrap_or(&before);
    let can = |in_states: &[Vec<Active>], profile: &Profile, command: &str| -> Vec<bool> {
        in_states.iter().map(|users| somebody_can(users, profile, command)).collect()
    };
    // By state: who acts counts before whoever might act again.
    let lost = |command: &&str| {
        let (could, left) = (can(&before, now, command), can(after, then, command));
        let first = could.iter().position(|could| *could);
        let first = first.filter(|first| *first == 0 || governing(edition).contains(command));
        first.is_some_and(|first| !left.iter().take(first + 1).any(|left| *left))
    };
    Ok(needed(view)?.into_iter().filter(lost).collect())
}

/// What somebody can give on a day under a profile, and nobody could if an account was as it stands here.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn orphaned_by_change(
    view: &dyn View,
    profile: &Profile,
    then: &User,
    day: Date,
) -> Result<Vec<&'static str>, Broken> {
    let mut lost = orphaned(view, profile, profile, &[then.id], day)?;
    let held = held_with_offices(view, then, Some(day))?;
    let then = Active { user: then.id, person: then.person, held, last: None };
    lost.retain(|command| !somebody_can(std::slice::from_ref(&then), profile, command));
    Ok(lost)
}
