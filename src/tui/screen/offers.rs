//! Which records a field of a form offers: not everybody in the register, but those the rules would take.

use super::{Choice, Offered, record_choice, records_that};
use crate::desk::declare::{Field, cells, register_of, standing};
use crate::desk::{Failure, ListQuery, Lookup};
use crate::domain::{Date, Entrant, Id, Noun, Permit, Row, Standing, entrant_standing, permit_standing};
use crate::tui::model::Cx;

/// The most permits offered at once; the search narrows them.
const MOST_PERMITS: usize = 50;

/// What the form already says, as far as it narrows what another field offers.
#[derive(Clone, Debug, Default)]
pub struct FormSoFar {
    /// The command that the form becomes.
    pub command: &'static str,
    /// Whom the form is about.
    pub person: Option<Id>,
    /// The company chosen in it, or the company of the visit it is about.
    pub company: Option<Id>,
    /// The visit it is about was one's own staff's: its workers may be too.
    pub own_visit: bool,
    /// The zones chosen in it, or the zone of the visit it is about.
    pub zones: Vec<String>,
}

/// Which records of a noun are offered, before and while one searches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// All that their register still offers.
    Any,
    /// These, and no others.
    These(Vec<Id>),
    /// People of this company; of any where none is chosen.
    Workers(Option<Id>),
    /// One's own staff, registered to escort in these zones.
    Escorts(Vec<String>),
}

impl Offer {
    /// The same, to be asked of many records: what each would have to be looked up for is looked up once.
    ///
    /// # Errors
    /// What the desk says.
    pub fn ready(&self, cx: &Cx<'_>) -> Result<Offer, Failure> {
        match self {
            Offer::Escorts(zones) => Ok(Offer::These(registered_escorts(zones, cx)?)),
            other => Ok(other.clone()),
        }
    }

    /// Whether a record is offered.
    pub fn takes(&self, row: &Row, cx: &Cx<'_>) -> bool {
        match (self, row) {
            (Offer::Any, row) => register_of(row.noun()).is_none_or(|register| (register.offered)(row)),
            (Offer::These(ids), row) => ids.contains(&row.id()),
            (Offer::Workers(Some(company)), Row::Person(person)) => person.company == Some(*company),
            (Offer::Workers(None), Row::Person(person)) => person.company.is_some(),
            (Offer::Escorts(zones), Row::Person(person)) => {
                person.company.is_none() && may_escort(person.id, zones, cx)
            }
            _ => false,
        }
    }
}

/// Which records a field offers, and those shown before anything is typed.
///
/// # Errors
/// What the desk says.
pub fn offers(field: &Field, noun: Noun, said: &FormSoFar, cx: &Cx<'_>) -> Result<(Offer, Offered), Failure> {
    let keep = match (field.name, noun) {
        ("giver", Noun::Person) => Offer::These(givers(cx)?),
        ("workers", Noun::Person) if said.own_visit => Offer::Any,
        ("workers", Noun::Person) => Offer::Workers(said.company),
        ("escort", Noun::Person) => Offer::Escorts(said.zones.clone()),
        ("permit", Noun::Permit) if said.command == "check_in" => {
            let (permits, more) = permits_in_force(said, cx)?;
            let choices = permits.iter().map(|permit| permit_choice(permit, cx)).collect();
            let ids = permits.iter().map(|permit| permit.id).collect();
            return Ok((Offer::These(ids), Offered { choices, more }));
        }
        _ => Offer::Any,
    };
    let first = match (&keep, field.name) {
        (Offer::These(ids), _) => chosen(ids.iter().copied(), cx),
        // An escort must be inside already; an application only proposes one.
        (Offer::Escorts(_), _) if said.command != "apply_visit" => {
            let inside = cx.desk.inside()?;
            let there = |zone: &String| said.zones.is_empty() || said.zones.contains(zone);
            let rows = inside
                .iter()
                .filter(|presence| there(&presence.visit.zone))
                .filter_map(|presence| cx.desk.row(presence.visit.person))
                .filter(|row| keep.takes(row, cx))
                .map(|row| row.id());
            chosen(rows, cx)
        }
        (Offer::Escorts(zones), _) => chosen(registered_escorts(zones, cx)?.into_iter(), cx),
        _ => records_that(&keep, noun, "", said.person, cx)?,
    };
    Ok((keep, first))
}

fn chosen(ids: impl Iterator<Item = Id>, cx: &Cx<'_>) -> Offered {
    let mut rows: Vec<Row> = ids.filter_map(|id| cx.desk.row(id)).collect();
    in_kana_order(&mut rows);
    rows.iter().map(|row| record_choice(row, cx)).collect::<Vec<_>>().into()
}

/// Persons by their reading; other records stay as they are, the newest first.
pub fn in_kana_order(rows: &mut [Row]) {
    rows.sort_by_cached_key(|row| match row {
        Row::Person(person) => crate::text::search_key(&person.kana),
        _ => String::new(),
    });
}

/// Who may give a permission by telephone, without whoever sits here (nobody permits to themselves).
fn givers(cx: &Cx<'_>) -> Result<Vec<Id>, Failure> {
    let own = cx.desk.actor().person;
    let holders = cx.desk.holders(&cx.desk.profile().authority.telephone)?;
    Ok(holders.into_iter().filter(|person| *person != own).collect())
}

/// One's own staff whose registration lets them escort in these zones: from the registrations, which are fewer than
/// the persons.
fn registered_escorts(zones: &[String], cx: &Cx<'_>) -> Result<Vec<Id>, Failure> {
    let today = cx.desk.now().date_naive();
    let mut found = Vec::new();
    for row in registrations(None, &|entrant| covers(entrant, zones, today), cx)? {
        if let Row::Entrant(entrant) = row
            && !cells::is_outsider(entrant.person, cx.desk)
        {
            found.push(entrant.person);
        }
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// All registrations, of a person where one is named, that are kept.
fn registrations(
    person: Option<Id>,
    keep: &dyn Fn(&Entrant) -> bool,
    cx: &Cx<'_>,
) -> Result<Vec<Row>, Failure> {
    let query = ListQuery { register: "entrants".to_owned(), person, ..ListQuery::default() };
    let keep = |row: &Row| matches!(row, Row::Entrant(entrant) if keep(entrant));
    Ok(cx.desk.matches(&query, usize::MAX, &keep)?.rows)
}

fn covers(entrant: &Entrant, zones: &[String], today: Date) -> bool {
    entrant.escort
        && entrant_standing(entrant, today) == Standing::InForce
        && zones.iter().all(|zone| entrant.zones.contains(zone))
}

fn may_escort(person: Id, zones: &[String], cx: &Cx<'_>) -> bool {
    let today = cx.desk.now().date_naive();
    // What cannot be read is judged by the rules, when the form is handed in.
    registrations(Some(person), &|entrant| covers(entrant, zones, today), cx)
        .map_or(true, |rows| !rows.is_empty())
}

/// The permits under which somebody may come in today; those that name the person, where one is chosen. And whether
/// there are more.
fn permits_in_force(said: &FormSoFar, cx: &Cx<'_>) -> Result<(Vec<Permit>, bool), Failure> {
    let query = ListQuery { register: "permits".to_owned(), person: said.person, ..ListQuery::default() };
    let today = cx.desk.now().date_naive();
    let opens = |permit: &Permit| {
        permit_standing(permit, today) == Standing::InForce
            && said.person.is_none_or(|person| permit.workers.contains(&person))
    };
    let keep = |row: &Row| matches!(row, Row::Permit(permit) if opens(permit));
    let found = cx.desk.matches(&query, MOST_PERMITS, &keep)?;
    Ok((found.rows.into_iter().filter_map(|row| Permit::try_from(row).ok()).collect(), found.more))
}

fn permit_choice(permit: &Permit, cx: &Cx<'_>) -> Choice {
    let state = standing::said(&Row::Permit(permit.clone()), cx.desk, cx.lang);
    let workers = cells::names(&permit.workers, cx.desk, cx.lang);
    let until = cells::period(permit.from, permit.to, cx.lang);
    Choice {
        label: format!("{}  {}", permit.id, cells::name(permit.company, cx.desk, cx.lang)),
        note: format!("{state}  {until}  {workers}"),
        record: Some(permit.id),
        ..Choice::new(permit.id.to_string(), "")
    }
}
