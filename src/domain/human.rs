//! One human being under several records: those that were joined, and those of the same name that nobody has settled.
//! Four eyes are two people, not two numbers (J-2-1-2).

use super::lookup::Case;
use super::{
    Broken, Code, Command, Edition, FormSoFar, Id, No, Noun, Offer, Person, Profile, Rejection, Row, User,
    UserState, View, Waits, key, policy, roles_with_offices,
};
use crate::text::search_key;

/// What a name is compared by: its signs alone, however they were typed.
pub(super) fn name_key(name: &str) -> String {
    let signs: String = search_key(name).split_whitespace().collect();
    format!("{}/named/{signs}", Noun::Person.name())
}

fn person(view: &dyn View, id: Id) -> Result<Option<Person>, Broken> {
    Ok(view.row(id)?.and_then(|row| Person::try_from(row).ok()))
}

/// The record under which a human being goes on: the person's own, or the one it was joined to.
fn main_record(view: &dyn View, id: Id) -> Result<Id, Broken> {
    Ok(person(view, id)?.and_then(|person| person.joined_to).unwrap_or(id))
}

/// Whether two records are of one human being.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn is_one(view: &dyn View, one: Id, other: Id) -> Result<bool, Broken> {
    Ok(one == other || main_record(view, one)? == main_record(view, other)?)
}

/// All records of the human being of one of them.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn records(view: &dyn View, id: Id) -> Result<Vec<Id>, Broken> {
    let named = person(view, id)?;
    let whole = match named.as_ref().and_then(|named| named.joined_to) {
        Some(whole) => person(view, whole)?,
        None => named,
    };
    let (whole, joined) = whole.map_or((id, Vec::new()), |whole| (whole.id, whole.joined));
    Ok(std::iter::once(whole).chain(joined).collect())
}

/// The people of whom a record has the same name as one of somebody's, and who may be the same human being: neither joined
/// nor told apart.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn namesakes(view: &dyn View, id: Id) -> Result<Vec<Id>, Broken> {
    let Some(one) = person(view, id)?.filter(|person| person.joined_to.is_none()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for record in records(view, id)? {
        let Some(key) = person(view, record)?.and_then(|person| person.name_key()) else { continue };
        for other in view.find(&key)? {
            let other = main_record(view, other)?;
            if other != id && !one.apart.contains(&other) && !found.contains(&other) {
                found.push(other);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a person may give, under a profile, what gives rights, changes keys or rules, or decides for others.
fn decides(view: &dyn View, profile: &Profile, id: Id) -> Result<bool, Broken> {
    let weighty =
        || Command::RULES.iter().filter(|rule| rule.is_given_by_people() && rule.waits == Waits::Proved);
    for user in view.find(&key::of(Noun::User, id))? {
        if let Some(Row::User(user)) = view.row(user)?
            && user.state != UserState::Removed
            && let roles = roles_with_offices(view, &user, None)?
            && weighty().any(|rule| policy::role_for(profile, &roles, rule.name).is_ok())
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether a person's record is to be settled: somebody of the same name, or the person, decides for others (J-2-1-2).
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn is_unsettled(view: &dyn View, profile: &Profile, id: Id) -> Result<bool, Broken> {
    let others = namesakes(view, id)?;
    if others.is_empty() {
        return Ok(false);
    }
    for one in others.into_iter().chain([id]) {
        if decides(view, profile, one)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All records that are to be settled ([`is_unsettled`]), by number.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn unsettled(view: &dyn View, profile: &Profile) -> Result<Vec<Id>, Broken> {
    let mut found = Vec::new();
    for state in UserState::ALL.iter().filter(|state| **state != UserState::Removed) {
        for user in view.find(&key::state(Noun::User, state.name()))? {
            let Some(user) = view.row(user)?.and_then(|row| User::try_from(row).ok()) else { continue };
            if !found.contains(&user.person) && decides(view, profile, user.person)? {
                let others = namesakes(view, user.person)?;
                found.extend((!others.is_empty()).then_some(user.person));
                found.extend(others);
            }
        }
    }
    found.sort();
    found.dedup();
    Ok(found)
}

/// Who may be the same human being as the person that a form is about comes first.
pub(super) fn offered(case: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    let mut offer = Offer::default();
    let Some(id) = form.record.or(form.id("person")) else { return Ok(offer) };
    let mut first = namesakes(case.view, id)?;
    if let Some(person) = person(case.view, id)? {
        first.extend(person.joined_to.into_iter().chain(person.joined));
    }
    offer.first = (!first.is_empty()).then_some(first);
    Ok(offer)
}

impl Case<'_> {
    /// A person whom a field must name for something new: not a record that was joined to another.
    pub fn person(&self, id: Option<Id>, field: &str) -> Result<Person, No> {
        let person: Person = self.given(id, field)?;
        match person.joined_to {
            Some(other) => Err(Code::Joined.with("person", person.id).and("other", other).into()),
            None => Ok(person),
        }
    }

    /// A person whom a field may name for something new.
    pub fn person_named(&self, id: Option<Id>) -> Result<Option<Person>, No> {
        id.map(|id| self.person(Some(id), "")).transpose()
    }

    /// All rows of a noun that stand under a human being, whatever record they name.
    pub fn all_of<T: TryFrom<Row>>(&self, noun: Noun, person: Id) -> Result<Vec<T>, No> {
        let mut rows = Vec::new();
        for record in records(self.view, person)? {
            rows.extend(self.all(&key::of(noun, record))?);
        }
        Ok(rows)
    }

    /// Whether two records are of one human being.
    pub fn is_same(&self, one: Id, other: Id) -> Result<bool, No> {
        Ok(is_one(self.view, one, other)?)
    }

    /// Whether a record is of one of some people.
    pub fn is_among(&self, one: Id, people: &[Id]) -> Result<bool, No> {
        for other in people {
            if self.is_same(one, *other)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Refuses one person what is a matter of some people and must be another's: the same human being's under whatever
    /// number, and, from edition 3 on, until somebody has settled it, that of a person of the same name. Who is meant
    /// surely is told before who may be meant.
    pub fn two_people(&self, one: Id, others: &[Id], same: impl FnOnce() -> Rejection) -> Result<(), No> {
        let whole = main_record(self.view, one)?;
        let others = others.iter().map(|other| main_record(self.view, *other));
        let others = others.collect::<Result<Vec<Id>, Broken>>()?;
        if others.contains(&whole) {
            return Err(same().into());
        }
        if self.context.edition < Edition::Three {
            return Ok(());
        }
        let found = namesakes(self.view, whole)?;
        match others.into_iter().find(|other| found.contains(other)) {
            Some(other) => Err(Code::NamesakeUnsettled.with("person", one).and("other", other).into()),
            None => Ok(()),
        }
    }

    /// Refuses what would take away the name by which somebody may be found to be the actor: a change of it, or its end. Another
    /// does that, or it is settled first.
    pub fn name_may_go(&self, record: Id) -> Result<(), No> {
        if self.context.edition < Edition::Three {
            return Ok(());
        }
        let whose = main_record(self.view, record)?;
        for acts in std::iter::once(self.actor()).chain(self.context.on_behalf()) {
            let me = main_record(self.view, acts)?;
            let others = namesakes(self.view, me)?;
            if let Some(other) = others.first().filter(|_| whose == me || others.contains(&whose)) {
                return Err(Code::NamesakeUnsettled.with("person", me).and("other", other).into());
            }
        }
        Ok(())
    }

    /// Refuses the actor what is a matter of some people, where one of these is the actor ([`Case::two_people`]), or the person
    /// for whom the actor acts: a deputy of the applicant does not decide.
    pub fn not_of(&self, people: &[Id], own: impl Fn() -> Rejection) -> Result<(), No> {
        self.two_people(self.actor(), people, &own)?;
        match self.context.on_behalf() {
            Some(whom) => self.two_people(whom, people, own),
            None => Ok(()),
        }
    }
}
