//! Jurisdictions (管轄): within which part of the organisation somebody acts, and what lies there (I-2-1, S-2, J-1-1-2-e). A
//! role that is held within one is no right outside it. The tree of them is the profile's ([`super::Jurisdiction`]).

use super::account::may_give;
use super::lookup::{Case, invalid, missing};
use super::rights::could_act_in;
use super::{
    Broken, Code, Context, Id, No, Noun, PlannedChange, Profile, Rejection, Row, Rule, User, View, key,
    policy,
};

/// A role that somebody holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct HeldRole {
    /// Its id.
    pub role: String,
    /// The jurisdiction within which it is held; none where everywhere.
    pub within: String,
}

/// The names of some roles, each once.
pub(super) fn names_of(held: impl IntoIterator<Item = HeldRole>) -> Vec<String> {
    let mut names = Vec::new();
    for one in held {
        if !names.contains(&one.role) {
            names.push(one.role);
        }
    }
    names
}

/// The jurisdictions in which somebody acts who holds some roles, each with all that they may act in there, the widest first:
/// what is held around one is held in it.
pub(super) fn by_place(profile: &Profile, held: &[HeldRole]) -> Vec<(String, Vec<String>)> {
    let mut places: Vec<&str> = Vec::new();
    for one in held {
        if !places.contains(&one.within.as_str()) {
            places.push(&one.within);
        }
    }
    let around = |place: &str| places.iter().filter(|other| profile.lies_in(place, other)).count();
    let mut ordered: Vec<&str> = places.clone();
    ordered.sort_by_key(|place| around(place));
    let roles =
        |place: &str| names_of(held.iter().filter(|one| profile.lies_in(place, &one.within)).cloned());
    ordered.into_iter().map(|place| (place.to_owned(), roles(place))).collect()
}

/// Where a record lies.
#[derive(Clone, Copy, Debug)]
pub(super) enum LiesIn<'r> {
    /// In no jurisdiction: whoever's role lets them sees and changes it.
    Nowhere,
    /// In one, by its id; in the whole site alone where it is empty.
    One(&'r str),
    /// The same, of what several people have: it is nobody's own matter.
    Common(&'r str),
    /// Where one of these accounts does; where there are none, one of the person's.
    With(&'r [Id], Id),
}

/// Whether whoever acts within a jurisdiction reaches what lies in one: it is within theirs, or served by theirs
/// (J-1-1-2-e).
fn reaches(profile: &Profile, within: &str, place: &str) -> bool {
    let served = profile.jurisdiction(place).and_then(|one| one.users_by.as_deref());
    profile.is_whole(within)
        || profile.lies_in(place, within)
        || served.is_some_and(|by| profile.lies_in(by, within))
}

/// Whether whoever acts within a jurisdiction gives and changes accounts that lie in one: those of one that is served by
/// another are its alone (J-1-1-2-e).
fn reaches_accounts(profile: &Profile, within: &str, place: &str) -> bool {
    let served = profile.jurisdiction(place).and_then(|one| one.users_by.as_deref());
    profile.is_whole(within) || profile.lies_in(served.unwrap_or(place), within)
}

/// The jurisdictions in which a record lies; of somebody's accounts those that have not ended, where there are any.
fn places(view: &dyn View, row: &Row) -> Result<Option<Vec<String>>, Broken> {
    let accounts = match row.lies() {
        LiesIn::Nowhere => return Ok(None),
        LiesIn::One(place) | LiesIn::Common(place) => return Ok(Some(vec![place.to_owned()])),
        LiesIn::With(ids, _) if !ids.is_empty() => ids.to_vec(),
        LiesIn::With(_, person) => view.find(&key::of(Noun::User, person))?,
    };
    let (mut found, mut ended) = (Vec::new(), Vec::new());
    for id in accounts {
        if let Some(Row::User(user)) = view.row(id)? {
            if user.state.has_ended() { &mut ended } else { &mut found }.push(user.jurisdiction);
        }
    }
    Ok(Some(if found.is_empty() { ended } else { found }))
}

impl Case<'_> {
    /// Why a record may not be changed by whoever acts here: it lies outside their jurisdiction, and is not about themselves.
    pub fn lies_outside(&self, row: &Row) -> Result<Option<Rejection>, No> {
        let within = &self.context.within;
        let common = matches!(row.lies(), LiesIn::Common(_));
        if self.acts_in_whole() || !common && row.about().contains(&self.actor()) {
            return Ok(None);
        }
        let Some(places) = places(self.view, row)? else { return Ok(None) };
        let profile = self.profile();
        let is_reached = |place: &String| match row {
            Row::User(_) | Row::OrganisationId(_) => reaches_accounts(profile, within, place),
            _ => reaches(profile, within, place),
        };
        // What hangs on accounts in several is handled by whoever reaches them all.
        match places.iter().find(|place| !is_reached(place)) {
            None if !places.is_empty() => Ok(None),
            place => Ok(Some(outside(place.map_or("", String::as_str), within))),
        }
    }

    /// Whether whoever acts here acts in the whole site.
    fn acts_in_whole(&self) -> bool {
        self.profile().is_whole(&self.context.within)
    }

    /// Why something that concerns the whole site is not done here.
    pub fn is_for_whole(&self, rule: &Rule) -> Option<Rejection> {
        (rule.of_whole && !self.acts_in_whole()).then(|| outside("", &self.context.within))
    }

    /// Whether whoever acts here reaches what lies in a jurisdiction.
    pub fn reaches(&self, place: &str) -> bool {
        reaches(self.profile(), &self.context.within, place)
    }

    /// Refuses the actor who would know a password with which somebody acts: who may not give each role that its person has by
    /// appointment, from whoever delegated to them or as an organisation, where they have it.
    pub fn may_know_password_of(&self, person: Id) -> Result<(), No> {
        let context = self.context;
        for held in could_act_in(self.view, person, context.accounts_on)? {
            self.account_reached(&held.within)?;
            // Who has the role gains nothing by it.
            if !context.actor.roles.contains(&held.role) {
                may_give(self, std::slice::from_ref(&held.role))?;
            }
        }
        Ok(())
    }

    /// Whether a personnel change concerns what is to lie in a jurisdiction: an account that it bars lies there, around or in it.
    pub fn concerns(&self, change: &PlannedChange, place: &str) -> Result<bool, No> {
        let profile = self.profile();
        let meets = |other: &String| profile.lies_in(place, other) || profile.lies_in(other, place);
        let places = places(self.view, &Row::from(change.clone()))?.unwrap_or_default();
        Ok(places.is_empty() || places.iter().any(meets))
    }

    /// Whether whoever acts here reaches an account.
    pub fn reaches_account(&self, user: &User) -> bool {
        reaches_accounts(self.profile(), &self.context.within, &user.jurisdiction)
    }

    /// Refuses a colleague whose accounts all lie in jurisdictions that whoever acts here does not reach. Who has no account is
    /// nobody's alone.
    pub fn person_reached(&self, person: Id) -> Result<(), No> {
        if self.acts_in_whole() || self.is_same(person, self.actor())? {
            return Ok(());
        }
        let mut users: Vec<User> = self.all_of(Noun::User, person)?;
        users.retain(|user| !user.state.has_ended());
        match users.first() {
            Some(user) if !users.iter().any(|user| self.reaches_account(user)) => {
                Err(outside(&user.jurisdiction, &self.context.within).into())
            }
            _ => Ok(()),
        }
    }

    /// Refuses what lies in a jurisdiction that whoever acts here does not reach.
    pub fn reached(&self, place: &str) -> Result<(), Rejection> {
        if self.reaches(place) { Ok(()) } else { Err(outside(place, &self.context.within)) }
    }

    /// The same of an account, or of what is one to whoever has it.
    fn account_reached(&self, place: &str) -> Result<(), Rejection> {
        let within = &self.context.within;
        if reaches_accounts(self.profile(), within, place) { Ok(()) } else { Err(outside(place, within)) }
    }

    /// The jurisdiction in which an application or an appointment is to lie: the one that is named, `otherwise`, or the actor's own.
    pub fn place_of_record(
        &self,
        named: &str,
        otherwise: Option<&str>,
        roles: &[String],
    ) -> Result<String, No> {
        let place = self.chosen(named, otherwise)?;
        self.reached(&place)?;
        self.may_be_held(&place, roles)?;
        Ok(place)
    }

    /// The same, of an account.
    pub fn place_of_account(
        &self,
        named: &str,
        otherwise: Option<&str>,
        roles: &[String],
    ) -> Result<String, No> {
        let place = self.chosen(named, otherwise)?;
        self.account_reached(&place)?;
        self.may_be_held(&place, roles)?;
        Ok(place)
    }

    fn chosen(&self, named: &str, otherwise: Option<&str>) -> Result<String, No> {
        if !named.is_empty() {
            let known = self.profile().jurisdiction(named).is_some() || otherwise == Some(named);
            return if known { Ok(named.to_owned()) } else { Err(invalid("jurisdiction", named).into()) };
        }
        match otherwise {
            Some(place) => Ok(place.to_owned()),
            None if self.context.in_several => Err(missing("jurisdiction").into()),
            None => Ok(self.context.within.clone()),
        }
    }

    /// Refuses a role where it is not held (S-2): in another kind of jurisdiction, or in none.
    fn may_be_held(&self, place: &str, roles: &[String]) -> Result<(), Rejection> {
        let kind = self.profile().jurisdiction(place).map(|one| &one.kind);
        for role in roles.iter().filter_map(|role| self.profile().role(role)) {
            if role.held_in.is_empty() || kind.is_some_and(|kind| role.held_in.contains(kind)) {
                continue;
            }
            return Err(match place {
                "" => missing("jurisdiction"),
                place => Code::RoleHeldElsewhere.with("role", &role.id).and("jurisdiction", place),
            });
        }
        Ok(())
    }
}

/// The first record that is in use and lies in a jurisdiction which a profile does not have, by noun and number.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn left_nowhere(view: &dyn View, profile: &Profile) -> Result<Option<(String, Id)>, Broken> {
    for noun in Noun::ALL.into_iter().filter(|noun| noun.lies_somewhere()) {
        for n in 1..=view.last(noun)? {
            let Some(row) = view.row(Id::new(noun, n))? else { continue };
            // What lies where accounts do goes with them.
            let (LiesIn::One(place) | LiesIn::Common(place)) = row.lies() else { break };
            let used = match &row {
                Row::User(user) => !user.state.has_ended(),
                row => row.is_offered(),
            };
            if used && !place.is_empty() && profile.jurisdiction(place).is_none() {
                return Ok(Some((place.to_owned(), row.id())));
            }
        }
    }
    Ok(None)
}

/// What an outcome tells of where something lies: nothing, where the command named it ([`super::Event::placed`]).
pub(super) fn unnamed(named: &str, place: String) -> String {
    if named.is_empty() { place } else { String::new() }
}

fn outside(place: &str, within: &str) -> Rejection {
    Code::OutsideJurisdiction.with("jurisdiction", place).and("within", within)
}

/// What somebody sees of the records that lie in jurisdictions.
#[derive(Clone, Debug)]
pub struct Sight {
    /// Within which; everywhere where none are told.
    within: Option<Vec<String>>,
    /// Who looks: what is about themselves they see wherever it lies.
    person: Id,
}

impl Sight {
    /// Everything.
    pub fn whole(person: Id) -> Sight {
        Sight { within: None, person }
    }

    /// What a context lets its actor see by a query, by its name. Where they may not ask it at all, and only pick for a field, what
    /// they see by any role of theirs.
    pub fn of(context: &Context<'_>, query: &str) -> Sight {
        let ways = match policy::ways(context, query) {
            Ok(ways) => ways.into_iter().map(|(_, way)| way.within).collect(),
            Err(_) => {
                let ways = policy::all_ways(context, query).into_iter();
                ways.filter(|way| !way.actor.roles.is_empty()).map(|way| way.within).collect::<Vec<_>>()
            }
        };
        let everywhere = ways.iter().any(|within| context.profile.is_whole(within));
        Sight { within: (!everywhere).then_some(ways), person: context.actor.person }
    }

    /// Whether it is all.
    pub fn is_whole(&self) -> bool {
        self.within.is_none()
    }

    /// Whether a record is seen.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub fn shows(&self, view: &dyn View, profile: &Profile, row: &Row) -> Result<bool, Broken> {
        Ok(self.refuses(view, profile, row)?.is_none())
    }

    /// Why a record is not seen, where it is not.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub fn refuses(
        &self,
        view: &dyn View,
        profile: &Profile,
        row: &Row,
    ) -> Result<Option<Rejection>, Broken> {
        let Some(within) = &self.within else { return Ok(None) };
        if row.about().contains(&self.person) {
            return Ok(None);
        }
        let Some(places) = places(view, row)? else { return Ok(None) };
        if places.iter().any(|place| within.iter().any(|within| reaches(profile, within, place))) {
            return Ok(None);
        }
        let first = |list: &[String]| list.first().cloned().unwrap_or_default();
        Ok(Some(outside(&first(&places), &first(within))))
    }
}
