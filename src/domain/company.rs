//! Companies: contractors and those who work on their behalf (N-5).

use super::command::commands;
use super::lookup::{Case, required};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{Command, Date, EntryMeta, Event, Filing, Id, No, Noun, Outcome};
use crate::text::find::Part;

row! {
    /// A contractor.
    Company {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// Telephone or e-mail.
        contact: String,
        /// Postal address.
        address: String,
        /// Contracted by the secretariat (N-5).
        secretariat: bool,
        /// On whose behalf it works, when work was outsourced again (N-5).
        outsourced_by: Option<Id>,
    }
}

commands! {
    /// Enter a contractor (N-5).
    RegisterCompany = "register_company" => "company_registered" {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// Telephone or e-mail.
        contact: String,
        /// Postal address.
        address: String,
        /// Contracted by the secretariat (N-5).
        secretariat: bool,
        /// The contractor on whose behalf this one works, when work was outsourced again (N-5).
        outsourced_by: Option<Id>,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            sealed: &["name", "kana", "contact", "address"],
        }
        decide decide_register, touches [], on {};
}

pub(super) fn decide_register(case: &Case<'_>, c: &RegisterCompany) -> Result<Outcome, No> {
    required(&c.name, "name")?;
    required(&c.kana, "kana")?;
    let _: Option<Company> = case.named(c.outsourced_by)?;
    Ok(Outcome { id: Some(case.view.next(Noun::Company)?), ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Company {
    pub(super) const FILING: Filing = Filing {
        named: true,
        query: Some(super::Query {
            name: "companies",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RegisterCompany(c) = &event.command else { return None };
        Some(Company {
            id,
            trace: meta.trace(),
            name: c.name.clone(),
            kana: c.kana.clone(),
            contact: c.contact.clone(),
            address: c.address.clone(),
            secretariat: c.secretariat,
            outsourced_by: c.outsourced_by,
        })
    }

    /// Made once and never changed but by erasing.
    pub(super) fn change(&mut self, _: &Event, _: &EntryMeta) -> bool {
        false
    }

    pub(super) fn keys(&self) -> Vec<String> {
        Vec::new()
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Name, &self.name), (Part::Name, &self.kana)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        self.outsourced_by.into_iter().collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.outsourced_by.into_iter().collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.outsourced_by == Some(id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(vec![&mut self.name, &mut self.kana, &mut self.contact, &mut self.address])
    }
}
