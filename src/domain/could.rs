//! Who could do something at a moment, what somebody could, and on what that rested: an account, an office, a delegation, an
//! organisation ID, or an emergency ID that was open.

use super::jurisdiction::{HeldRole, by_place};
use super::lookup::rows_under;
use super::rights::{counted_at, hold_authority};
use super::{
    Appointment, AppointmentKind, Broken, Delegation, Edition, Id, Limit, Noun, Profile, Row, Stamp, StandIn,
    User, View, key, policy,
};
use super::{emergency_account, organisation_id};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
/// number of their person; each with every ground. Of a command that takes an authority, whoever held one. `latest` is the latest
/// time of an entry of the view since the clock was last looked at, where that is known: accounts that have ended are not read for a
/// moment from then on. One that ended by a clock that was wrong has ended all the same.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn who_could(
    view: &dyn View,
    profile: &Profile,
    edition: Edition,
    what: &str,
    moment: Stamp,
    latest: Option<Stamp>,
) -> Result<Vec<Could>, Broken> {
    // In edition 1 the removed counted for something.
    let ended = edition < Edition::Two || latest.is_none_or(|latest| moment < latest);
    let own = BTreeMap::new();
    let mut search = Search { view, profile, edition, what, moment, ended, own, found: Vec::new() };
    for role in profile.roles.iter().chain(&profile.founding).map(|role| &role.id) {
        let alone = std::slice::from_ref(role);
        if policy::role_for(profile, alone, what).is_ok() && hold_authority(profile, what, alone) {
            search.in_role(role)?;
        }
    }
    search.delegated()?;
    search.beside_their_own()
}

/// A search for everybody who could do something at a moment.
struct Search<'a> {
    view: &'a dyn View,
    profile: &'a Profile,
    edition: Edition,
    what: &'a str,
    moment: Stamp,
    /// Accounts that have ended since may have counted then.
    ended: bool,
    /// The accounts and offices of people, each asked once.
    own: BTreeMap<Id, Vec<Ground>>,
    found: Vec<Candidate>,
}

/// Somebody who could, and the roles in which they act for another then.
struct Candidate {
    could: Could,
    for_another: Vec<String>,
}

impl Search<'_> {
    /// What is somebody's own.
    fn own(&mut self, person: Id) -> Result<&[Ground], Broken> {
        Ok(match self.own.entry(person) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(place) => place.insert(own_grounds(self.view, self.edition, person, self.moment)?),
        })
    }

    /// Whether somebody has an account: without one nobody acts.
    fn acts(&mut self, person: Id) -> Result<bool, Broken> {
        Ok(!self.own(person)?.is_empty())
    }

    fn push(&mut self, could: Could, for_another: Vec<String>) {
        self.found.push(Candidate { could, for_another });
    }

    /// Everybody who had a role at the moment, with their account, in its office, with an emergency ID, or as an organisation
    /// that may do so.
    fn in_role(&mut self, role: &str) -> Result<(), Broken> {
        let (view, moment) = (self.view, self.moment);
        let mut users = User::in_role(view, role)?;
        if self.ended {
            users.extend(User::ended_in_role(view, role)?);
        }
        for user in users {
            let term = user.term_at(moment);
            if counted_at(&user, self.edition, moment) && term.roles.iter().any(|held| held == role) {
                let (person, ground, within) = (user.person, user.id, term.jurisdiction.to_owned());
                let could = Could { person, role: role.to_owned(), within, on_behalf: None, ground };
                self.push(could, Vec::new());
            }
        }
        let mut under: Vec<(Id, StandIn)> = Vec::new();
        if policy::is_shared(self.what) {
            for (organisation, people) in organisation_id::in_role_at(view, self.profile, role, moment)? {
                let gives = StandIn::from(organisation);
                under.extend(people.into_iter().map(|person| (person, gives.clone())));
            }
        }
        if !policy::outlasts_a_night(self.what) {
            let open = emergency_account::in_role_at(view, role, moment)?;
            under.extend(open.into_iter().map(|(account, person)| (person, account.into())));
        }
        for (person, gives) in under {
            if let Some(ground) = gives.whom
                && self.acts(person)?
            {
                let (role, within, on_behalf) = (role.to_owned(), gives.within, Some(ground));
                self.push(Could { person, role, within, on_behalf, ground }, gives.roles);
            }
        }
        let mut held = Appointment::all_of(view, role)?;
        held.retain(|held| held.was_in_force(moment));
        for one in &held {
            let deputy = one.kind == AppointmentKind::Deputy;
            if deputy && policy::is_own_alone(self.what) {
                continue;
            }
            let on_behalf = if deputy { officer_of(&held, one, moment) } else { None };
            if self.acts(one.person)? {
                let (person, role, within) = (one.person, one.role.clone(), one.jurisdiction.clone());
                // While the office is vacant they act for nobody, and in no right of their own either.
                let for_another = if deputy { vec![role.clone()] } else { Vec::new() };
                self.push(Could { person, role, within, on_behalf, ground: one.id }, for_another);
            }
        }
        Ok(())
    }

    /// Everybody to whom somebody had delegated it who could do it in their own right.
    fn delegated(&mut self) -> Result<(), Broken> {
        if policy::is_own_alone(self.what) {
            return Ok(());
        }
        let (view, profile) = (self.view, self.profile);
        let mut given: BTreeMap<Id, Vec<Delegation>> = BTreeMap::new();
        for row in Delegation::held_for(view, self.what, self.moment)? {
            given.entry(row.from_whom).or_default().push(row);
        }
        let gave = |one: &&Could| one.on_behalf.is_none() && given.contains_key(&one.person);
        let own: Vec<Could> = self.found.iter().map(|one| &one.could).filter(gave).cloned().collect();
        for one in own {
            if !is_own(view, &one)? {
                continue;
            }
            let theirs: Vec<HeldRole> = held(self.own(one.person)?);
            let there = by_place(profile, &theirs).into_iter().find(|(within, _)| *within == one.within);
            let for_another = there.map(|(_, roles)| roles).unwrap_or_default();
            for row in given.get(&one.person).into_iter().flatten() {
                let told = row.lets(profile, std::slice::from_ref(&one.role));
                if told.is_some_and(|told| policy::covers(&told, self.what)) && self.acts(row.to_whom)? {
                    let (person, on_behalf) = (row.to_whom, Some(row.from_whom));
                    let (role, within) = (one.role.clone(), one.within.clone());
                    let could = Could { person, role, within, on_behalf, ground: row.id };
                    self.push(could, for_another.clone());
                }
            }
        }
        Ok(())
    }

    /// Those that were found, each once, without what somebody could do for another in roles that clash with their own: nobody audits
    /// their own work for others either (J-2-1-2), nor acts in offices that are kept apart.
    fn beside_their_own(mut self) -> Result<Vec<Could>, Broken> {
        let mut left: Vec<Could> = Vec::with_capacity(self.found.len());
        for Candidate { could, for_another } in std::mem::take(&mut self.found) {
            let profile = self.profile;
            if for_another.is_empty() || is_beside(profile, self.own(could.person)?, &for_another) {
                left.push(could);
            }
        }
        left.sort_by_key(|one| (one.person, one.ground));
        left.dedup();
        Ok(left)
    }
}

/// Whose deputy somebody was at a moment, of the appointments to their office: the first who held it in the same jurisdiction.
fn officer_of(held: &[Appointment], deputy: &Appointment, moment: Stamp) -> Option<Id> {
    let holds = |other: &&Appointment| {
        other.kind == AppointmentKind::Principal
            && other.jurisdiction == deputy.jurisdiction
            && other.was_in_force(moment)
    };
    held.iter().find(holds).map(|officer| officer.person)
}

/// Whether it rests on something of one's own: what a deputy may while the office is vacant is not.
fn is_own(view: &dyn View, own: &Could) -> Result<bool, Broken> {
    let deputy = |row| matches!(row, Some(Row::Appointment(held)) if held.kind == AppointmentKind::Deputy);
    Ok(own.ground.noun != Noun::Appointment || !deputy(view.row(own.ground)?))
}

/// Something on which a person's rights rest at a moment: the user's account, the appointment, the delegation, the
/// organisation ID or the emergency ID, and what they may by it, for nobody but themselves where it is their own.
struct Ground {
    id: Id,
    gives: StandIn,
    /// It is their own, and not another's for whom they act.
    own: bool,
}

/// The roles that somebody has by what is their own.
fn held(own: &[Ground]) -> Vec<HeldRole> {
    own.iter().flat_map(|ground| ground.gives.clone().held()).collect()
}

/// All that a person could do at a moment under a profile, as the books know it now: each right by its name, in the order in
/// which profiles are shown, with everything on which it rested.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn policy_of(
    view: &dyn View,
    profile: &Profile,
    edition: Edition,
    person: Id,
    moment: Stamp,
) -> Result<Vec<(String, Vec<Could>)>, Broken> {
    let grounds = grounds_of(view, profile, edition, person, moment)?;
    let resting = |what: &str| -> Vec<Could> {
        let on = |Ground { id, gives, own }: &Ground| {
            let role = policy::role_for(profile, &gives.roles, what).ok()?;
            let own = *own || !policy::is_own_alone(what);
            let may = own && gives.covers(what) && hold_authority(profile, what, &gives.roles);
            let within = gives.within.clone();
            may.then_some(Could { person, role, within, on_behalf: gives.whom, ground: *id })
        };
        grounds.iter().filter_map(on).collect()
    };
    let every = policy::every_right().map(|what| {
        let rests = resting(&what);
        (what, rests)
    });
    Ok(every.filter(|(_, rests)| !rests.is_empty()).collect())
}

/// On what somebody's rights rested at a moment: nothing, where none of their accounts let them act then.
fn grounds_of(
    view: &dyn View,
    profile: &Profile,
    edition: Edition,
    person: Id,
    moment: Stamp,
) -> Result<Vec<Ground>, Broken> {
    let mut grounds = own_grounds(view, edition, person, moment)?;
    if grounds.is_empty() {
        return Ok(grounds);
    }
    let own = grounds.len();
    for held in rows_under::<Appointment>(view, &key::of(Noun::Appointment, person))? {
        if held.person == person && held.kind == AppointmentKind::Deputy && held.was_in_force(moment) {
            let whom = officer_of(&Appointment::all_of(view, &held.role)?, &held, moment);
            grounds.push(Ground { id: held.id, gives: StandIn::deputy(held, whom), own: false });
        }
    }
    for row in rows_under::<Delegation>(view, &key::of(Noun::Delegation, person))? {
        if row.to_whom == person && row.was_in_force(moment) {
            let theirs = held(&own_grounds(view, edition, row.from_whom, moment)?);
            let gives = row.stand_ins(profile, &theirs).into_iter();
            grounds.extend(gives.map(|gives| Ground { id: row.id, gives, own: false }));
        }
    }
    for organisation in organisation_id::used_at(view, profile, person, moment)? {
        grounds.push(Ground { id: organisation.id, gives: organisation.into(), own: false });
    }
    for account in emergency_account::opened_at(view, person, moment)? {
        grounds.push(Ground { id: account.id, gives: account.into(), own: false });
    }
    let for_others = grounds.split_off(own);
    let beside = for_others.into_iter().filter(|ground| is_beside(profile, &grounds, &ground.gives.roles));
    let beside: Vec<Ground> = beside.collect();
    grounds.extend(beside);
    Ok(grounds)
}

/// Whether whoever has some accounts and offices acts for others in some roles as well: with one of the accounts no role clashes.
fn is_beside(profile: &Profile, own: &[Ground], roles: &[String]) -> bool {
    let (accounts, offices): (Vec<&Ground>, Vec<&Ground>) =
        own.iter().partition(|ground| ground.id.noun == Noun::User);
    accounts.into_iter().any(|account| {
        let held = std::iter::once(account).chain(offices.iter().copied()).flat_map(|own| &own.gives.roles);
        profile.clash(&held.chain(roles).cloned().collect::<Vec<_>>()).is_none()
    })
}

/// The accounts of somebody that let them act at a moment, and where any did the offices that they held then.
fn own_grounds(view: &dyn View, edition: Edition, person: Id, moment: Stamp) -> Result<Vec<Ground>, Broken> {
    let mut grounds = Vec::new();
    let own = |roles: Vec<String>, within: String, id: Id| Ground {
        id,
        gives: StandIn { whom: None, roles, within, what: None, limit: Limit::None },
        own: true,
    };
    for user in rows_under::<User>(view, &key::of(Noun::User, person))? {
        if counted_at(&user, edition, moment) {
            let term = user.term_at(moment);
            grounds.push(own(term.roles.to_vec(), term.jurisdiction.to_owned(), user.id));
        }
    }
    if grounds.is_empty() {
        return Ok(grounds);
    }
    for held in rows_under::<Appointment>(view, &key::of(Noun::Appointment, person))? {
        if held.person == person && held.kind == AppointmentKind::Principal && held.was_in_force(moment) {
            grounds.push(own(vec![held.role], held.jurisdiction, held.id));
        }
    }
    Ok(grounds)
}
