//! Which records a field of a form offers: not everybody in the register, but those the rules would take. What each
//! command's fields offer is told in its [`Rule`](super::Rule), beside what decides it.

use super::lookup::Case;
use super::{
    Command, Context, Entrant, Id, No, Noun, Person, Row, Standing, View, Visit, entrant_standing, key,
};
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a form says so far, as far as that narrows what another of its fields offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormSoFar {
    /// The record that the form is about.
    pub record: Option<Id>,
    /// What stands in its fields, by their names: numbers of records, ids of zones.
    pub filled: BTreeMap<&'static str, Vec<String>>,
}

impl FormSoFar {
    /// The record that a field names, where it names one.
    pub(super) fn id(&self, field: &str) -> Option<Id> {
        self.filled.get(field)?.first()?.parse().ok()
    }

    /// The visit that the form is about.
    pub(super) fn visit(&self, case: &Case<'_>) -> Result<Option<Visit>, No> {
        let visit = self.record.or(self.id("visit")).filter(|id| id.noun == Noun::Visit);
        Ok(visit.map(|id| case.view.row(id)).transpose()?.flatten().and_then(|row| row.try_into().ok()))
    }
}

/// What is asked of the rules for one field of a command.
pub(super) type Offering = fn(&Case<'_>, &FormSoFar) -> Result<Offer, No>;

/// Which records of its noun a field offers.
#[derive(Clone, Default)]
pub struct Offer {
    which: Which,
    /// Those shown before anything is typed, where they are fewer.
    pub first: Option<Vec<Id>>,
    /// The record that all of them name ([`Row::names`]), so that a list needs to read no others.
    pub under: Option<Id>,
}

#[derive(Clone, Default)]
enum Which {
    /// All that their noun still offers.
    #[default]
    Any,
    These(Vec<Id>),
    Those(Arc<dyn Fn(&Row) -> bool + Send + Sync>),
}

impl Offer {
    /// These, and no others.
    pub fn these(ids: Vec<Id>) -> Offer {
        Offer { which: Which::These(ids), ..Offer::default() }
    }

    /// Those that are as asked, and still offered.
    pub fn those(asked: impl Fn(&Row) -> bool + Send + Sync + 'static) -> Offer {
        Offer { which: Which::Those(Arc::new(asked)), ..Offer::default() }
    }

    /// The same, all of which name a record.
    #[must_use]
    pub fn under(self, record: Option<Id>) -> Offer {
        Offer { under: record, ..self }
    }

    /// Whether a record is offered.
    pub fn takes(&self, row: &Row) -> bool {
        match &self.which {
            Which::Any => row.is_offered(),
            Which::These(ids) => ids.contains(&row.id()),
            Which::Those(asked) => row.is_offered() && asked(row),
        }
    }

    /// Those offered before anything is typed, where they can be told one by one.
    pub fn told(&self) -> Option<&[Id]> {
        match (&self.first, &self.which) {
            (Some(first), _) => Some(first),
            (None, Which::These(ids)) => Some(ids),
            (None, _) => None,
        }
    }
}

impl fmt::Debug for Offer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Offer")
            .field("told", &self.told())
            .field("under", &self.under)
            .finish_non_exhaustive()
    }
}

/// Which records a field of a command offers.
///
/// # Errors
/// [`No::Broken`] when the registers cannot be read.
pub fn offers(
    view: &dyn View,
    context: &Context<'_>,
    (command, field): (&str, &str),
    form: &FormSoFar,
) -> Result<Offer, No> {
    let rule = Command::rule_of(command);
    let asked = rule.and_then(|rule| rule.offers.iter().find(|(name, _)| *name == field));
    asked.map_or_else(|| Ok(Offer::default()), |(_, offering)| offering(&Case { view, context }, form))
}

/// People of the company that the form names; of any where it names none.
pub(super) fn workers(_: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    Ok(workers_of(form.id("company")))
}

/// People of a company; of any where it is not known.
pub(super) fn workers_of(company: Option<Id>) -> Offer {
    let belongs =
        move |person: &Person| company.map_or(person.company.is_some(), |id| person.company == Some(id));
    Offer::those(move |row| matches!(row, Row::Person(person) if belongs(person))).under(company)
}

/// The site's own staff, registered to escort in the zones that the form names.
pub(super) fn escorts(case: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    let zones =
        ["zone", "zones"].iter().filter_map(|field| form.filled.get(field)).flatten().cloned().collect();
    escorts_in(case, zones)
}

/// The same, those first who are inside: nobody else can escort now (I-3-2-2).
pub(super) fn escorts_inside(case: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    let named = form.filled.get("zone").filter(|zones| !zones.is_empty()).cloned();
    let zones = match named {
        Some(zones) => zones,
        None => form.visit(case)?.map(|visit| visit.zone).into_iter().collect(),
    };
    let offer = escorts_in(case, zones.clone())?;
    let visitor = form.id("person").or(form.visit(case)?.map(|visit| visit.person));
    let here = |visit: &Visit| zones.is_empty() || zones.contains(&visit.zone);
    let mut inside: Vec<Visit> = case.all(&key::state(Noun::Visit, "inside"))?;
    inside.retain(|visit| {
        visitor != Some(visit.person)
            && here(visit)
            && offer.told().is_some_and(|ids| ids.contains(&visit.person))
    });
    Ok(Offer { first: Some(inside.into_iter().map(|visit| visit.person).collect()), ..offer })
}

/// From the registrations, which are fewer than the persons.
fn escorts_in(case: &Case<'_>, zones: Vec<String>) -> Result<Offer, No> {
    let today = case.context.now.date_naive();
    let covers = |entrant: &Entrant| {
        entrant.escort
            && entrant_standing(entrant, today) == Standing::InForce
            && zones.iter().all(|zone| entrant.zones.contains(zone))
    };
    let mut found = Vec::new();
    for entrant in case.every::<Entrant>(Noun::Entrant)? {
        let staff = |person: Person| person.company.is_none();
        if covers(&entrant)
            && case.view.row(entrant.person)?.and_then(|row| row.try_into().ok()).is_some_and(staff)
        {
            found.push(entrant.person);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(Offer::these(found))
}
