//! Persons: human beings, whatever accounts, cards, roles or companies they have.

use super::command::commands;
use super::contradiction::met_by_both;
pub use super::leaving::Leave;
use super::leaving::in_use;
use super::lookup::{Case, invalid, nothing, own_matter, required};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Code, Command, Company, Date, ERASED, Edition, Ending, EntryMeta, Event, Filing, Id, No, Noun, Outcome,
    Row, Waits, human,
};
use crate::text::find::Part;

row! {
    /// A human being.
    Person {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// The contractor they belong to; none for the site's own staff.
        company: Option<Id>,
        /// Department or post.
        organisation: String,
        /// Telephone or e-mail.
        contact: String,
        /// How their identity was established.
        identity: String,
        /// The record under which this human being goes on; such a one is joined to none itself.
        joined_to: Option<Id>,
        /// The records that were joined to this one.
        joined: Vec<Id>,
        /// The records of which somebody said that they are another's.
        apart: Vec<Id>,
        /// They left: entered by whom, when, why; the last time.
        left: Option<Ending>,
    }
}

commands! {
    /// Enter a human being into the books.
    RegisterPerson = "register_person" => "person_registered" {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// The contractor the person belongs to; none for the site's own staff.
        company: Option<Id>,
        /// Department or post.
        organisation: String,
        /// Telephone or e-mail.
        contact: String,
        /// How their identity was established.
        identity: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            sealed: &["name", "kana", "organisation", "contact", "identity"],
        }
        decide decide_register, touches [], on {};

    /// Change what is known of a person. A field that is absent stays as it is.
    ChangePerson = "change_person" => "person_changed" {
        /// Whom.
        person: Option<Id>,
        /// New name.
        name: Option<String>,
        /// New reading.
        kana: Option<String>,
        /// New company.
        company: Option<Id>,
        /// The person belongs to no company any more.
        leaves_company: bool,
        /// New department or post.
        organisation: Option<String>,
        /// New contact.
        contact: Option<String>,
        /// New note of identity.
        identity: Option<String>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Upkeep)),
            sealed: &["name", "kana", "organisation", "contact", "identity", "reason"],
        }
        decide decide_change, touches [], on {};

    /// Say that two records are of one human being: one is given up, and whoever may not decide about the other decides
    /// about neither (J-2-1-2). It gives no right: what is in force under the record given up ends first.
    MergePersons = "merge_persons" => "persons_merged" {
        /// The record that is given up.
        person: Option<Id>,
        /// The record under which the human being goes on.
        into: Option<Id>,
        /// What shows it.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            needs_clock: true,
            waits: Waits::Proved,
            sealed: &["reason"],
            of_whole: true,
            with: &["issue_user"],
            offers: &[("into", human::offered)],
        }
        decide decide_merge, touches [], on { Noun::Person => may_merge };

    /// Say that two records are of two human beings, though their names are the same or they were joined. By neither of
    /// them (J-2-1-2).
    KeepApart = "keep_apart" => "persons_kept_apart" {
        /// One record.
        person: Option<Id>,
        /// The other.
        other: Option<Id>,
        /// What shows it.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason"],
            of_whole: true,
            with: &["issue_user"],
            offers: &[("other", human::offered)],
        }
        decide decide_keep_apart, touches [], on { Noun::Person => may_keep_apart };
}

pub(super) fn decide_register(case: &Case<'_>, c: &RegisterPerson) -> Result<Outcome, No> {
    required(&c.name, "name")?;
    required(&c.kana, "kana")?;
    let company: Option<Company> = case.named(c.company)?;
    let id = case.view.next(Noun::Person)?;
    Ok(Outcome { id: Some(id), company: company.map(|row| row.id), ..Outcome::default() })
}

pub(super) fn decide_change(case: &Case<'_>, c: &ChangePerson) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    for (text, field) in [(&c.name, "name"), (&c.kana, "kana")] {
        text.as_deref().map_or(Ok(()), |text| required(text, field))?;
    }
    if c.leaves_company && c.company.is_some() {
        return Err(invalid("leaves_company", true).into());
    }
    let person: Person = case.given(c.person, "person")?;
    case.person_reached(person.id)?;
    let _: Option<Company> = case.named(c.company)?;
    let texts = [
        (&c.name, &person.name),
        (&c.kana, &person.kana),
        (&c.organisation, &person.organisation),
        (&c.contact, &person.contact),
        (&c.identity, &person.identity),
    ];
    // An erased text once differed, or the entry would not exist; so it counts as a change.
    let texts_change =
        texts.iter().any(|(new, old)| new.as_ref().is_some_and(|new| new == ERASED || new != *old));
    let company = if c.leaves_company { None } else { c.company.or(person.company) };
    if c.name.is_some() {
        case.name_may_go(person.id)?;
    }
    if !texts_change && company == person.company {
        return Err(nothing(person.id).into());
    }
    Ok(Outcome { id: Some(person.id), company, ..Outcome::default() })
}

/// A record of which it may be said that it is another's.
fn may_keep_apart(case: &Case<'_>, person: Option<Id>) -> Result<Person, No> {
    case.given(person, "person")
}

/// A record that may be given up: nothing is in force under it.
fn may_merge(case: &Case<'_>, person: Option<Id>) -> Result<Person, No> {
    let person = case.person(person, "person")?;
    match in_use(case.view, person.id, case.context.day())?.first() {
        Some(row) => Err(Code::StillUsed.with("person", person.id).and("record", row.id()).into()),
        None => Ok(person),
    }
}

pub(super) fn decide_merge(case: &Case<'_>, c: &MergePersons) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let person = may_merge(case, c.person)?;
    let into = case.person(c.into, "into")?;
    if person.id == into.id {
        return Err(invalid("into", into.id).into());
    }
    // Whoever may be one of them joins their own records to their own alone.
    if !case.is_same(person.id, case.actor())? && !case.is_same(into.id, case.actor())? {
        case.not_of(&[person.id, into.id], || own_matter(person.id))?;
    }
    let also = std::iter::once(person.id).chain(person.joined).collect();
    let outcome = Outcome { id: Some(into.id), also, ..Outcome::default() };
    match met_by_both(case, person.id, into.id)?.split_first() {
        None => Ok(outcome),
        Some((visit, others)) => Outcome { person: Some(into.id), visit: Some(*visit), ..outcome }
            .contradicting(case, others.to_vec()),
    }
}

pub(super) fn decide_keep_apart(case: &Case<'_>, c: &KeepApart) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let person = may_keep_apart(case, c.person)?;
    let other: Person = case.given(c.other, "other")?;
    if person.id == other.id {
        return Err(invalid("other", other.id).into());
    }
    for (one, another) in [(&person, &other), (&other, &person)] {
        if let Some(into) = one.joined_to.filter(|into| *into != another.id) {
            return Err(Code::Joined.with("person", one.id).and("other", into).into());
        }
    }
    for one in [&person, &other] {
        for acts in std::iter::once(case.actor()).chain(case.context.on_behalf()) {
            if case.is_same(one.id, acts)? {
                return Err(own_matter(one.id).into());
            }
        }
    }
    if person.apart.contains(&other.id) {
        return Err(nothing(person.id).into());
    }
    Ok(Outcome { id: Some(person.id), also: vec![other.id], ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Person {
    pub(super) const FILING: Filing = Filing {
        named: true,
        offered: |row| matches!(row, Row::Person(person) if person.joined_to.is_none()),
        lists_by: &[Noun::Company],
        query: Some(super::Query {
            name: "persons",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let trace = meta.trace();
        match &event.command {
            Command::RegisterPerson(c) => Some(Person {
                id,
                trace,
                name: c.name.clone(),
                kana: c.kana.clone(),
                company: c.company,
                organisation: c.organisation.clone(),
                contact: c.contact.clone(),
                identity: c.identity.clone(),
                joined_to: None,
                joined: Vec::new(),
                apart: Vec::new(),
                left: None,
            }),
            Command::FoundSite(c) => Some(Person {
                id,
                trace,
                name: c.name.clone(),
                kana: c.kana.clone(),
                company: None,
                organisation: String::new(),
                contact: String::new(),
                identity: String::new(),
                joined_to: None,
                joined: Vec::new(),
                apart: Vec::new(),
                left: None,
            }),
            _ => None,
        }
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let c = match &event.command {
            Command::ChangePerson(c) => c,
            Command::MergePersons(_) => return self.join(event),
            Command::KeepApart(c) => return self.keep_apart(c),
            Command::Leave(c) => {
                self.left = Some(meta.ending(event.happened(meta), &c.reason));
                return true;
            }
            _ => return false,
        };
        let texts = [
            (&c.name, &mut self.name),
            (&c.kana, &mut self.kana),
            (&c.organisation, &mut self.organisation),
            (&c.contact, &mut self.contact),
            (&c.identity, &mut self.identity),
        ];
        for (new, old) in texts {
            if let Some(new) = new {
                old.clone_from(new);
            }
        }
        self.company = event.outcome.company;
        true
    }

    /// As the record that stays, or one of those that go on under it.
    fn join(&mut self, event: &Event) -> bool {
        let given_up: Vec<Id> =
            event.outcome.also.iter().copied().filter(|id| id.noun == Noun::Person).collect();
        if event.outcome.id == Some(self.id) {
            self.joined.extend(&given_up);
        } else {
            self.joined_to = event.outcome.id;
            self.joined.clear();
        }
        // Whoever joins them knows better than whoever told them apart.
        self.apart.retain(|other| !given_up.contains(other) && event.outcome.id != Some(*other));
        true
    }

    fn keep_apart(&mut self, c: &KeepApart) -> bool {
        let Some(other) = [c.person, c.other].into_iter().flatten().find(|id| *id != self.id) else {
            return false;
        };
        self.joined_to = self.joined_to.filter(|into| *into != other);
        self.joined.retain(|joined| *joined != other);
        self.apart.push(other);
        true
    }

    /// The index key under which people of the same name are; none where the name is erased.
    pub(super) fn name_key(&self) -> Option<String> {
        (self.name != ERASED).then(|| human::name_key(&self.name))
    }

    pub(super) fn keys(&self) -> Vec<String> {
        self.name_key().into_iter().collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Name, &self.name), (Part::Name, &self.kana), (Part::Belongs, &self.organisation)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        self.company.into_iter().collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let people = self.joined_to.into_iter().chain(self.joined.clone()).chain(self.apart.clone());
        self.company.into_iter().chain(people).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.company == Some(id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let texts =
            [&mut self.name, &mut self.kana, &mut self.organisation, &mut self.contact, &mut self.identity];
        Some(texts.into_iter().chain(self.left.as_mut().map(|left| &mut left.reason)).collect())
    }
}
