//! Persons: human beings, whatever accounts, cards, roles or companies they have.

use super::command::commands;
use super::lookup::{Case, invalid, nothing, required};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{Command, Company, Date, ERASED, EntryMeta, Event, Filing, Id, No, Noun, Outcome, Trace};
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
    if !texts_change && company == person.company {
        return Err(nothing(person.id).into());
    }
    Ok(Outcome { id: Some(person.id), company, ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Person {
    pub(super) const FILING: Filing = Filing {
        named: true,
        lists_by: &[Noun::Company],
        query: Some(super::Query {
            name: "persons",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let trace = Trace { made: meta.seq, changed: meta.seq, erased: None };
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
            }),
            _ => None,
        }
    }

    pub(super) fn change(&mut self, event: &Event, _: &EntryMeta) -> bool {
        let Command::ChangePerson(c) = &event.command else { return false };
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

    pub(super) fn keys(&self) -> Vec<String> {
        Vec::new()
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
        self.company.into_iter().collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.company == Some(id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(vec![
            &mut self.name,
            &mut self.kana,
            &mut self.organisation,
            &mut self.contact,
            &mut self.identity,
        ])
    }
}
