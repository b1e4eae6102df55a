//! Delegations (委任): what somebody lets another do for them, from when to when (G-11).

use super::account::no_clash_with_others;
use super::command::commands;
use super::jurisdiction::{HeldRole, LiesIn, by_place};
use super::lookup::{
    Case, exists, in_order, last_of_months, missing, no_longer, own_matter, repeated, required, rows_under,
    wrong_state,
};
use super::rights::last_of_own;
use super::row::row;
use super::rule::Given::ByPeople;
use super::tenure::Tenure;
use super::{
    Book, Broken, Code, Command, Date, Edition, Ending, EntryMeta, Event, Filing, Group, Id, Leave, Limit,
    No, Noun, Outcome, Profile, QUERY, Query, Row, Stamp, StandIn, SuspendUser, Task, User, UserState, View,
    Waits, key, policy,
};
use crate::text::find::Part;

row! {
    /// A delegation.
    Delegation {
        /// Whose right it is.
        from_whom: Id,
        /// Who acts for them.
        to_whom: Id,
        /// The commands and queries, by name; all that the delegator may do where none are named. None for a clerk.
        what: Vec<String>,
        /// It names a clerk (担当者), who does what the profile leaves to one of the delegator's roles (J-EX-11).
        clerk: bool,
        /// The first day; from its entry on where none is told.
        #[serde(with = "super::packed")]
        from: Option<Date>,
        /// The last day, inclusive.
        #[serde(with = "super::packed")]
        to: Date,
        /// Made when, why.
        made: Ending,
        /// Ended before its time by whom, when, why.
        ended: Option<Ending>,
    }
}

commands! {
    /// Let somebody act for the actor, for a period (G-11).
    Delegate = "delegate" => "delegated" {
        /// Who is to act.
        person: Option<Id>,
        /// The commands and queries that it is for, by name; all that the actor may do where none are named.
        what: Vec<String>,
        /// The first day; from now on where none is given.
        from: Option<Date>,
        /// The last day, inclusive.
        to: Option<Date>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            group: Some(Group(Book::Users, Task::Decisions)),
            sealed: &["reason"],
        }
        decide decide_delegate, touches [], on {};

    /// Name a clerk for a period: they do what the profile leaves to one of the actor's roles, and decide nothing (J-EX-11).
    NameClerk = "name_clerk" => "clerk_named" {
        /// Who is to do the clerical work.
        person: Option<Id>,
        /// The first day; from now on where none is given.
        from: Option<Date>,
        /// The last day, inclusive.
        to: Option<Date>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            sealed: &["reason"],
            with: &["delegate"],
        }
        decide decide_name_clerk, touches [], on {};

    /// End a delegation before its time.
    EndDelegation = "end_delegation" => "delegation_ended" {
        /// Which.
        delegation: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["reason"],
            with: &["delegate", "suspend_user"],
        }
        decide decide_end, touches [], on { Noun::Delegation => may_end };
}

/// The state under which delegations stand in the index that nobody ended.
const STANDING: &str = "standing";
/// What stands in the place of a name where a delegation names nothing.
const ALL: &str = "";

fn decide_delegate(case: &Case<'_>, c: &Delegate) -> Result<Outcome, No> {
    to_another(case, c, false)
}

fn decide_name_clerk(case: &Case<'_>, c: &NameClerk) -> Result<Outcome, No> {
    let what = left_to_a_clerk(case.profile(), &case.context.actor.roles);
    if what.is_empty() {
        return Err(Code::NoClerk.no().into());
    }
    let (person, from, to, reason) = (c.person, c.from, c.to, c.reason.clone());
    to_another(case, &Delegate { person, what, from, to, reason }, true)
}

/// What the profile leaves to a clerk of whoever holds some roles.
fn left_to_a_clerk(profile: &Profile, roles: &[String]) -> Vec<String> {
    let mut left: Vec<String> = Vec::new();
    for what in roles.iter().filter_map(|id| profile.role(id)).flat_map(|role| &role.clerk) {
        if !left.contains(what) {
            left.push(what.clone());
        }
    }
    left
}

/// What is asked of both: who is to act, from when to when, and whether it is the actor's own to give.
fn to_another(case: &Case<'_>, c: &Delegate, clerk: bool) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let to = c.to.ok_or_else(|| missing("to"))?;
    let today = case.context.day();
    let from = c.from.unwrap_or(today);
    let person = case.person(c.person, "person")?;
    if from < today {
        return Err(Code::DayTooEarly.with("day", from).and("from", today).into());
    }
    in_order(from, to)?;
    let most = case.profile().accounts().most_months;
    no_longer(from, to, last_of_months(from, most, case.context.edition))?;
    case.not_of(&[person.id], || own_matter(person.id))?;
    own_right(case, c)?;
    let latest = last_of_own(case.view, case.context, &c.what)?;
    if latest < to {
        return Err(Code::BeyondOwnTerm.with("to", to).and("latest", latest).into());
    }
    can_act(case, person.id)?;
    not_in_a_circle(case, (c, clerk), person.id, (from, to))?;
    // It would give them nothing: what clashes with their own roles nobody does for another.
    no_clash_with_others(case, person.id, &case.context.actor.roles, None)?;
    let id = case.view.next(Noun::Delegation)?;
    Ok(Outcome { id: Some(id), person: Some(person.id), by: Some(case.actor()), ..Outcome::default() })
}

/// Refuses what is not the actor's own to pass on: held as a deputy or by a delegation, nobody's or no right of theirs.
fn own_right(case: &Case<'_>, c: &Delegate) -> Result<(), No> {
    if case.context.acts_as.is_some() {
        return Err(Code::NotOwnRight.with("person", case.actor()).into());
    }
    let known = |what: &String| match what.strip_prefix(QUERY) {
        Some(query) => Query::of(query).is_some(),
        // To delegate is passed on by nobody.
        None => {
            *what != Delegate::RULE.name
                && Command::rule_of(what).is_some_and(|rule| rule.is_given_under(case.context.edition))
        }
    };
    if let Some(what) = c.what.iter().find(|what| !known(what)) {
        return Err(Code::NoSuchRight.with("what", what).into());
    }
    if let Some(twice) = repeated(&c.what) {
        return Err(Code::NamedTwice.with("what", twice).into());
    }
    for what in &c.what {
        policy::role_for(case.profile(), &case.context.actor.roles, what)?;
    }
    Ok(())
}

/// Refuses somebody who could not act: without an account, or with one that is barred.
fn can_act(case: &Case<'_>, person: Id) -> Result<(), No> {
    let users: Vec<User> = case.all(&key::of(Noun::User, person))?;
    if users.iter().any(|user| !user.state.is_barred()) {
        return Ok(());
    }
    match users.iter().find(|user| user.state == UserState::Suspended) {
        Some(user) => Err(Code::AccountSuspended.with("person", person).and("record", user.id).into()),
        None => Err(Code::NoAccount.with("person", person).into()),
    }
}

/// Refuses to delegate to somebody who delegates to the actor in the same days, and the same twice.
fn not_in_a_circle(
    case: &Case<'_>,
    (c, clerk): (&Delegate, bool),
    person: Id,
    (from, to): (Date, Date),
) -> Result<(), No> {
    let others: Vec<Delegation> = case.all_of(Noun::Delegation, person)?;
    for other in
        others.iter().filter(|other| other.ended.is_none() && other.first_day() <= to && from <= other.to)
    {
        if case.is_same(other.from_whom, person)? && case.is_same(other.to_whom, case.actor())? {
            return Err(Code::DelegationCircle.with("record", other.id).into());
        }
        if case.is_same(other.from_whom, case.actor())?
            && other.clerk == clerk
            && (clerk || other.what == c.what)
        {
            return Err(exists(other.id).into());
        }
    }
    Ok(())
}

/// One that stands: the delegator's own, the delegate's, or anybody's where the actor may bar users.
fn may_end(case: &Case<'_>, delegation: Option<Id>) -> Result<Delegation, No> {
    let row: Delegation = case.given(delegation, "delegation")?;
    if row.ended.is_some() {
        return Err(wrong_state(row.id, "ended").into());
    }
    if case.is_same(row.from_whom, case.actor())? || case.is_same(row.to_whom, case.actor())? {
        return Ok(row);
    }
    policy::role_for(case.profile(), &case.context.actor.roles, SuspendUser::RULE.name)?;
    Ok(row)
}

fn decide_end(case: &Case<'_>, c: &EndDelegation) -> Result<Outcome, No> {
    let row = may_end(case, c.delegation)?;
    required(&c.reason, "reason")?;
    Ok(Outcome { id: Some(row.id), person: Some(row.to_whom), ..Outcome::default() })
}

impl Delegation {
    /// What of some roles of the delegator it lets the delegate do, by name: everything where none are named, and nothing where a
    /// clerk has nothing to do for them.
    pub(super) fn lets(&self, profile: &Profile, roles: &[String]) -> Option<Vec<String>> {
        if !self.clerk {
            return Some(self.what.clone());
        }
        let left = left_to_a_clerk(profile, roles);
        if left.is_empty() { None } else { Some(left) }
    }

    /// What it lets the delegate do for the delegator, who holds some roles in their own right: in each jurisdiction.
    pub(super) fn stand_ins(&self, profile: &Profile, theirs: &[HeldRole]) -> Vec<StandIn> {
        let gives = |(within, roles): (String, Vec<String>)| {
            let what = Some(self.lets(profile, &roles)?);
            Some(StandIn { whom: Some(self.from_whom), roles, within, what, limit: Limit::None })
        };
        by_place(profile, theirs).into_iter().filter_map(gives).collect()
    }

    /// Delegations that may be for something, by its name, whether they still hold or not; those that name nothing stand under
    /// [`ALL`].
    fn named_key(what: &str) -> String {
        key::state(Noun::Delegation, &format!("for/{what}"))
    }

    /// Every delegation that was in force at a moment and may be for something, by its name.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub(super) fn held_for(view: &dyn View, what: &str, moment: Stamp) -> Result<Vec<Delegation>, Broken> {
        let mut rows: Vec<Delegation> = rows_under(view, &Delegation::named_key(what))?;
        rows.extend(rows_under::<Delegation>(view, &Delegation::named_key(ALL))?);
        rows.retain(|row| row.was_in_force(moment));
        Ok(rows)
    }

    fn tenure(&self) -> Tenure {
        let broken_off = self.ended.as_ref().map(|ended| ended.on);
        Tenure { from: self.from, to: Some(self.to), entered: self.made.on, broken_off }
    }

    /// Whether it holds on a day, as far as it itself tells: what the delegator may not, the delegate may not.
    pub fn is_in_force(&self, day: Date) -> bool {
        self.tenure().is_in_force(day)
    }

    /// Whether it holds on a day or later.
    pub(super) fn is_to_be(&self, day: Date) -> bool {
        self.tenure().is_to_be(day)
    }

    /// Whether it held at a moment, as it was entered by then.
    pub(super) fn was_in_force(&self, moment: Stamp) -> bool {
        self.tenure().was_in_force(moment)
    }

    /// The first day, by what is told or by its entry.
    pub fn first_day(&self) -> Date {
        self.tenure().first_day()
    }
}

/// What is asked of the row ([`super::Row`]).
impl Delegation {
    pub(super) const FILING: Filing = Filing {
        states: &[("in_force", STANDING), ("to_come", STANDING), ("over", STANDING)],
        offered: |row| matches!(row, Row::Delegation(row) if row.ended.is_none()),
        in_use: |row, _, day| matches!(row, Row::Delegation(row) if row.is_to_be(day)),
        on_leaving: super::leaving::OnLeaving::EndsAnywhere,
        lies: Some(|row| match row {
            Row::Delegation(row) => LiesIn::With(&[], row.from_whom),
            _ => LiesIn::Nowhere,
        }),
        lists_by: &[Noun::Person],
        query: Some(Query {
            name: "delegations",
            group: Group(Book::Users, Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let (person, what, from, to, reason) = match &event.command {
            Command::Delegate(c) => (c.person, c.what.as_slice(), c.from, c.to, &c.reason),
            Command::NameClerk(c) => (c.person, &[][..], c.from, c.to, &c.reason),
            _ => return None,
        };
        Some(Delegation {
            id,
            trace: meta.trace(),
            from_whom: event.outcome.by?,
            to_whom: person?,
            what: what.to_vec(),
            clerk: matches!(event.command, Command::NameClerk(_)),
            from,
            to: to?,
            made: meta.ending(event.happened(meta), reason),
            ended: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let (Command::EndDelegation(EndDelegation { reason, .. }) | Command::Leave(Leave { reason, .. })) =
            &event.command
        else {
            return false;
        };
        self.ended = Some(meta.ending(event.happened(meta), reason));
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let standing = self.ended.is_none().then(|| key::state(Noun::Delegation, STANDING));
        let named = self.what.iter().map(|what| Delegation::named_key(what));
        let all = self.what.is_empty().then(|| Delegation::named_key(ALL));
        standing.into_iter().chain(named).chain(all).collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.from_whom, self.to_whom]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.about()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.from_whom == id || self.to_whom == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let ends = std::iter::once(&mut self.made).chain(self.ended.as_mut());
        Some(ends.map(|end| &mut end.reason).collect())
    }
}
