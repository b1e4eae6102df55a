//! Organisation IDs (組織ID): what several people do as one division of business, each of them named (J-1-1-1-e). It has no
//! password and no key of its own: whoever belongs to it acts with their own ID, and what they do stands as the organisation's.
//! It decides nothing, since separation by person would have nothing to hold on to.

use super::account::{may_give, no_clash_with_others};
use super::command::commands;
use super::jurisdiction::{HeldRole, LiesIn, unnamed};
use super::lookup::{
    Case, every, exists, in_order, invalid, last_of_months, missing, no_longer, own_matter, required,
    rows_under, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::tenure::Tenure;
use super::user::{known_roles, login_id, unused_id};
use super::{
    Book, Broken, Code, Command, Date, Edition, Ending, EntryMeta, Event, Filing, Group, Id, Leave, Limit,
    Moments, No, Noun, Outcome, Profile, Query, Row, Stamp, StandIn, Task, View, Waits, key, policy,
};
use crate::text::find::Part;

row! {
    /// An organisation ID.
    OrganisationId {
        /// The ID, `[a-z0-9_-]{1,32}`; no login ID is the same.
        user: String,
        /// Its division of business (業務の区分), as the profile lists it.
        division: String,
        /// The role ids in which its people act.
        roles: Vec<String>,
        /// The jurisdiction within which; none where everywhere.
        jurisdiction: String,
        /// Made by whom, when, why.
        made: Ending,
        /// Who belongs to it, and belonged, in the order in which they came.
        members: Vec<Member>,
        /// Closed by whom, when, why.
        closed: Option<Ending>,
    }
}

commands! {
    /// Make an organisation ID for a division of business (J-1-1-1-e).
    MakeOrganisationId = "make_organisation_id" => "organisation_id_made" {
        /// The ID.
        user: String,
        /// Its division of business, as the profile lists it.
        division: String,
        /// The role ids in which its people act.
        roles: Vec<String>,
        /// The jurisdiction within which; the actor's own where none is given.
        jurisdiction: String,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason"],
            with: &["issue_user"],
        }
        decide decide_make, touches [], on {};

    /// Let somebody act as it, for some days (J-1-1-1-e).
    AddMember = "add_member" => "member_added" {
        /// Which.
        organisation: Option<Id>,
        /// Who.
        person: Option<Id>,
        /// The first day; from now on where none is given.
        from: Option<Date>,
        /// The last day, inclusive.
        to: Option<Date>,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            with: &["issue_user"],
        }
        decide decide_add, touches [], on { Noun::OrganisationId => may_add };

    /// Let somebody act as it no more, at once or after a day.
    EndMember = "end_member" => "member_ended" {
        /// Which.
        organisation: Option<Id>,
        /// Who.
        person: Option<Id>,
        /// The last day, inclusive; at once where none is given.
        last: Option<Date>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["reason"],
            offers: &[("person", members)],
            with: &["issue_user"],
        }
        decide decide_end_member, touches [], on { Noun::OrganisationId => may_change };

    /// End an organisation ID: nobody acts as it any more, and its record stays.
    CloseOrganisationId = "close_organisation_id" => "organisation_id_closed" {
        /// Which.
        organisation: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            sealed: &["reason"],
            with: &["issue_user"],
        }
        decide decide_close, touches [], on { Noun::OrganisationId => may_change };
}

/// Somebody's time in an organisation.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Member {
    /// Who.
    pub person: Id,
    /// The first day; from its entry on where none is told.
    #[serde(with = "super::packed")]
    pub from: Option<Date>,
    /// The last day, inclusive; none where it has no end.
    #[serde(with = "super::packed")]
    pub to: Option<Date>,
    /// Entered by whom, when.
    pub added: Ending,
    /// Ended at once, or with a last day, by whom, when, why.
    pub ended: Option<Ending>,
    /// Whether it ended at once, whatever its last day.
    pub broken_off: bool,
}

impl Moments for Member {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.added.each_moment(each);
        self.ended.each_moment(each);
    }
}

impl Member {
    fn tenure(&self) -> Tenure {
        let broken_off = self.ended.as_ref().filter(|_| self.broken_off).map(|ended| ended.on);
        Tenure { from: self.from, to: self.to, entered: self.added.on, broken_off }
    }

    /// The first day, by what is told or by its entry.
    pub fn first_day(&self) -> Date {
        self.tenure().first_day()
    }

    /// The last day, where it has one: the day on which it was ended at once.
    pub fn last_day(&self) -> Option<Date> {
        self.tenure().last_day()
    }

    /// Whether they belong to it on a day, as the books stand.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.tenure().is_in_force(day)
    }

    /// Whether they belong to it on a day or later.
    fn is_to_be(&self, day: Date) -> bool {
        self.tenure().is_to_be(day)
    }

    /// Whether they belonged to it on a day, by its days and by when it was ended.
    pub fn belonged_on(&self, day: Date) -> bool {
        self.tenure().was_held_on(day)
    }

    fn end(&mut self, last: Option<Date>, by: Ending) {
        match last {
            Some(last) => self.to = Some(last),
            None => self.broken_off = true,
        }
        self.ended = Some(by);
    }
}

/// The state under which those stand in the index that nobody has closed.
const OPEN: &str = "open";

fn decide_make(case: &Case<'_>, c: &MakeOrganisationId) -> Result<Outcome, No> {
    login_id(&c.user)?;
    required(&c.division, "division")?;
    required(&c.reason, "reason")?;
    has_divisions(case)?;
    let profile = case.profile();
    if !profile.accounts().divisions.contains(&c.division) {
        return Err(invalid("division", &c.division).into());
    }
    known_roles(case, &c.roles)?;
    for role in &c.roles {
        if profile.office(role).is_some() {
            return Err(Code::OfficeAppointed.with("role", role).into());
        }
        if profile.audits(role)
            || profile.accounts().administrative.contains(role)
            || !has_something_shared(profile, role)
        {
            return Err(Code::NotShared.with("role", role).into());
        }
    }
    let place = case.place_of_account(&c.jurisdiction, None, &c.roles)?;
    may_give(case, &c.roles)?;
    unused_id(case, &c.user)?;
    let id = case.view.next(Noun::OrganisationId)?;
    Ok(Outcome { id: Some(id), jurisdiction: unnamed(&c.jurisdiction, place), ..Outcome::default() })
}

/// Refuses organisation IDs where the rules name no division of business (J-1-1-1-e).
fn has_divisions(case: &Case<'_>) -> Result<(), No> {
    if case.profile().accounts().divisions.is_empty() { Err(Code::NoDivisions.no().into()) } else { Ok(()) }
}

/// Whether a role holds anything that may be done as an organisation.
fn has_something_shared(profile: &Profile, role: &str) -> bool {
    profile.role(role).is_some_and(|role| role.may.iter().any(|may| policy::is_shared(may)))
}

/// One that nobody closed, by whoever may give its roles.
fn may_change(case: &Case<'_>, organisation: Option<Id>) -> Result<OrganisationId, No> {
    let row: OrganisationId = case.given(organisation, "organisation")?;
    if row.closed.is_some() {
        return Err(wrong_state(row.id, "closed").into());
    }
    may_give(case, &row.roles)?;
    Ok(row)
}

/// The same, under rules that still have such.
fn may_add(case: &Case<'_>, organisation: Option<Id>) -> Result<OrganisationId, No> {
    has_divisions(case)?;
    may_change(case, organisation)
}

fn decide_add(case: &Case<'_>, c: &AddMember) -> Result<Outcome, No> {
    let row = may_add(case, c.organisation)?;
    let person = case.person(c.person, "person")?;
    let today = case.context.day();
    let from = c.from.unwrap_or(today);
    if from < today {
        return Err(Code::DayTooEarly.with("day", from).and("from", today).into());
    }
    let accounts = case.profile().accounts();
    match c.to {
        Some(to) => {
            in_order(from, to)?;
            no_longer(from, to, last_of_months(from, accounts.most_months, case.context.edition))?;
        }
        None if person.company.is_some() && accounts.outsider_needs.iter().any(|need| need == "to") => {
            return Err(missing("to").into());
        }
        None => {}
    }
    case.not_of(&[person.id], || own_matter(person.id))?;
    for member in row.members.iter().filter(|member| member.is_to_be(from)) {
        let meets = c.to.is_none_or(|to| member.first_day() <= to);
        if meets && case.is_same(member.person, person.id)? {
            return Err(exists(row.id).into());
        }
    }
    no_clash_with_others(case, person.id, &row.roles, None)?;
    Ok(about(&row, person.id))
}

fn decide_end_member(case: &Case<'_>, c: &EndMember) -> Result<Outcome, No> {
    let row = may_change(case, c.organisation)?;
    let person = c.person.ok_or_else(|| missing("person"))?;
    required(&c.reason, "reason")?;
    case.not_of(&[person], || own_matter(person))?;
    let today = case.context.day();
    let theirs = row.members.iter().filter(|member| member.person == person && member.is_to_be(today));
    let Some(member) = theirs.min_by_key(|member| member.first_day()) else {
        return Err(invalid("person", person).into());
    };
    if let Some(last) = c.last {
        in_order(member.first_day().max(today), last)?;
        if let Some(to) = member.to {
            no_longer(today, last, to)?;
        }
    }
    Ok(about(&row, person))
}

fn decide_close(case: &Case<'_>, c: &CloseOrganisationId) -> Result<Outcome, No> {
    let row = may_change(case, c.organisation)?;
    required(&c.reason, "reason")?;
    Ok(Outcome { id: Some(row.id), ..Outcome::default() })
}

fn about(row: &OrganisationId, person: Id) -> Outcome {
    Outcome { id: Some(row.id), person: Some(person), ..Outcome::default() }
}

/// Who belongs to it or will, for the field that names one.
fn members(case: &Case<'_>, form: &super::FormSoFar) -> Result<super::Offer, No> {
    let named = form.record.or(form.id("organisation"));
    let row: Option<OrganisationId> = case.named(named.filter(|id| id.noun == Noun::OrganisationId))?;
    let today = case.context.day();
    let members = row.map(|row| row.members).unwrap_or_default();
    let to_be = members.into_iter().filter(|member| member.is_to_be(today));
    Ok(super::Offer::these(to_be.map(|member| member.person).collect()))
}

/// The organisation IDs as which somebody acts on a day, under a profile that has their division.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn acts_as(
    view: &dyn View,
    profile: &Profile,
    person: Id,
    day: Date,
) -> Result<Vec<OrganisationId>, Broken> {
    let mut found: Vec<OrganisationId> = rows_under(view, &key::of(Noun::OrganisationId, person))?;
    found.retain(|row| {
        row.is_used(profile)
            && row.members.iter().any(|member| member.person == person && member.is_in_force(day))
    });
    Ok(found)
}

/// The organisation IDs as which somebody acted at a moment, under a profile that has their division.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn used_at(
    view: &dyn View,
    profile: &Profile,
    person: Id,
    moment: Stamp,
) -> Result<Vec<OrganisationId>, Broken> {
    let mut found: Vec<OrganisationId> = rows_under(view, &key::of(Noun::OrganisationId, person))?;
    found.retain(|row| row.was_used(profile, moment) && row.members_at(moment).any(|one| one == person));
    Ok(found)
}

/// The roles in which somebody acts as an organisation on a day or later.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn roles_to_be(view: &dyn View, person: Id, day: Date) -> Result<Vec<HeldRole>, Broken> {
    let mut found: Vec<OrganisationId> = rows_under(view, &key::of(Noun::OrganisationId, person))?;
    found.retain(|row| row.is_to_have(person, day));
    Ok(found.into_iter().map(StandIn::from).flat_map(StandIn::held).collect())
}

/// Every organisation ID that has a role, with those who belonged to it at a moment.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn in_role_at(
    view: &dyn View,
    profile: &Profile,
    role: &str,
    moment: Stamp,
) -> Result<Vec<(OrganisationId, Vec<Id>)>, Broken> {
    let mut found = Vec::new();
    for row in every::<OrganisationId>(view, Noun::OrganisationId)? {
        if row.was_used(profile, moment) && row.roles.iter().any(|held| held == role) {
            let people = row.members_at(moment).collect();
            found.push((row, people));
        }
    }
    Ok(found)
}

impl From<OrganisationId> for StandIn {
    fn from(row: OrganisationId) -> StandIn {
        let (whom, roles, within) = (Some(row.id), row.roles, row.jurisdiction);
        StandIn { whom, roles, within, what: None, limit: Limit::Deciding }
    }
}

impl OrganisationId {
    /// Whether people act as it under a profile: nobody closed it, and the profile has its division.
    fn is_used(&self, profile: &Profile) -> bool {
        self.closed.is_none() && profile.accounts().divisions.contains(&self.division)
    }

    /// Whether people acted as it at a moment.
    fn was_used(&self, profile: &Profile, moment: Stamp) -> bool {
        let open = self.closed.as_ref().is_none_or(|closed| moment < closed.on);
        self.made.on <= moment && open && profile.accounts().divisions.contains(&self.division)
    }

    /// Who belonged to it at a moment.
    fn members_at(&self, moment: Stamp) -> impl Iterator<Item = Id> {
        self.members
            .iter()
            .filter(move |member| member.tenure().was_in_force(moment))
            .map(|member| member.person)
    }

    /// Whether somebody belongs to it on a day or later.
    fn is_to_have(&self, person: Id, day: Date) -> bool {
        let theirs = |member: &Member| member.person == person && member.is_to_be(day);
        self.closed.is_none() && self.members.iter().any(theirs)
    }

    /// Ends what of somebody's time in it stands: at once, or after a last day, and what was to begin later with it.
    fn end_of(&mut self, person: Id, last: Option<Date>, by: &Ending) {
        let day = by.on.date_naive();
        let theirs = |member: &&mut Member| member.person == person && member.is_to_be(day);
        for member in self.members.iter_mut().filter(theirs) {
            let last = last.filter(|last| member.first_day() <= *last);
            member.end(last.map(|last| member.to.map_or(last, |to| to.min(last))), by.clone());
        }
    }
}

/// What is asked of the row ([`super::Row`]).
impl OrganisationId {
    pub(super) const FILING: Filing = Filing {
        states: &[(OPEN, OPEN), ("closed", "closed")],
        named: true,
        offered: |row| matches!(row, Row::OrganisationId(row) if row.closed.is_none()),
        in_use: |row, person, day| matches!(row, Row::OrganisationId(row) if row.is_to_have(person, day)),
        on_leaving: super::leaving::OnLeaving::EndsAnywhere,
        roles: Some(|row| match row {
            Row::OrganisationId(row) => &row.roles,
            _ => &[],
        }),
        lies: Some(|row| match row {
            Row::OrganisationId(row) => LiesIn::Common(&row.jurisdiction),
            _ => LiesIn::Nowhere,
        }),
        lists_by: &[Noun::Person],
        query: Some(Query {
            name: "organisation_ids",
            group: Group(Book::Users, Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::MakeOrganisationId(c) = &event.command else { return None };
        Some(OrganisationId {
            id,
            trace: meta.trace(),
            user: c.user.clone(),
            division: c.division.clone(),
            roles: c.roles.clone(),
            jurisdiction: event.placed(&c.jurisdiction),
            made: meta.ending(event.happened(meta), &c.reason),
            members: Vec::new(),
            closed: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let ending = |reason: &str| meta.ending(event.happened(meta), reason);
        match &event.command {
            Command::AddMember(AddMember { person: Some(person), from, to, .. }) => {
                let (person, from, to) = (*person, *from, *to);
                let added = ending("");
                self.members.push(Member { person, from, to, added, ended: None, broken_off: false });
            }
            Command::EndMember(EndMember { person: Some(person), last, reason, .. }) => {
                self.end_of(*person, *last, &ending(reason));
            }
            Command::Leave(Leave { person: Some(person), reason }) => {
                self.end_of(*person, None, &ending(reason));
            }
            Command::CloseOrganisationId(c) => self.closed = Some(ending(&c.reason)),
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::OrganisationId;
        let state = if self.closed.is_some() { "closed" } else { OPEN };
        vec![key::number(noun, &self.user), key::state(noun, state)]
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Number, &self.user), (Part::Belongs, &self.division)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        let mut people: Vec<Id> = self.members.iter().map(|member| member.person).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.about()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.members.iter().any(|member| member.person == id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let ended = self.members.iter_mut().filter_map(|member| member.ended.as_mut());
        let ends = std::iter::once(&mut self.made).chain(ended).chain(self.closed.as_mut());
        Some(ends.map(|end| &mut end.reason).collect())
    }
}
