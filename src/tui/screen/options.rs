//! What can be picked for a field: the profile's lists, fixed lists, and records.

use super::{Offer, in_kana_order};
use crate::desk::declare::{Kind, cells, register_of};
use crate::desk::{Failure, ListQuery, Lookup};
use crate::domain::{Id, Noun, Row};
use crate::tui::declared::label;
use crate::tui::model::Cx;
use crate::tui::words::ui;

/// Something to pick.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Choice {
    /// What the form holds.
    pub value: String,
    /// What a person reads.
    pub label: String,
    /// More about it.
    pub note: String,
    /// Why it cannot be picked now.
    pub closed: Option<String>,
    /// The record it stands for.
    pub record: Option<Id>,
}

impl Choice {
    /// A value and its label.
    pub fn new(value: impl Into<String>, label: impl Into<String>) -> Choice {
        Choice { value: value.into(), label: label.into(), note: String::new(), closed: None, record: None }
    }
}

/// The noun whose records a field holds.
pub fn noun_of(kind: Kind) -> Option<Noun> {
    match kind {
        Kind::Ref(noun) | Kind::Refs(noun) => Some(noun),
        Kind::User => Some(Noun::User),
        _ => None,
    }
}

/// Whether a kind holds several values.
pub fn takes_several(kind: Kind) -> bool {
    matches!(kind, Kind::Refs(_) | Kind::Zones | Kind::Roles)
}

/// The choices of a field whose list is short and known; `None` where it is typed or searched for.
pub fn short_list(kind: Kind, zone: &str, cx: &Cx<'_>) -> Option<Vec<Choice>> {
    let profile = cx.desk.profile();
    let lang = cx.lang;
    Some(match kind {
        Kind::Zone | Kind::Zones => {
            profile.zones.iter().map(|item| Choice::new(&item.id, label(&item.label, lang))).collect()
        }
        Kind::Rack => {
            let racks = profile.zone(zone).map(|zone| zone.racks.as_slice()).unwrap_or_default();
            racks.iter().map(|rack| Choice::new(rack, rack)).collect()
        }
        Kind::Purpose => {
            profile.purposes.iter().map(|item| Choice::new(&item.id, label(&item.label, lang))).collect()
        }
        Kind::Identification => profile
            .identifications
            .iter()
            .map(|item| Choice::new(&item.id, label(&item.label, lang)))
            .collect(),
        Kind::Roles => {
            profile.roles.iter().map(|item| Choice::new(&item.id, label(&item.label, lang))).collect()
        }
        Kind::Choice(fixed) => {
            fixed.iter().map(|(name, words)| Choice::new(*name, lang.of(*words))).collect()
        }
        Kind::Flag => vec![Choice::new("true", lang.of(ui::YES)), Choice::new("false", lang.of(ui::NO))],
        Kind::Verdict(yes, no) => {
            vec![Choice::new("true", lang.of(yes)), Choice::new("false", lang.of(no))]
        }
        _ => return None,
    })
}

/// A record as something to pick: by its name, with what its list's first columns say.
pub fn record_choice(row: &Row, cx: &Cx<'_>) -> Choice {
    let id = row.id();
    let name = cx.desk.name(id);
    let value = match row {
        Row::User(user) => user.user.clone(),
        _ => id.to_string(),
    };
    let columns = register_of(id.noun).map(|register| register.columns).unwrap_or_default();
    let said: Vec<String> = columns
        .iter()
        .map(|column| (column.cell)(row, cx.desk, cx.lang))
        .filter(|cell| !cell.is_empty() && *cell != name)
        .take(4)
        .collect();
    let label = if name == id.to_string() { said.join("  ") } else { name };
    let note = if label == said.join("  ") { id.to_string() } else { said.join("  ") };
    Choice { value, label, note, closed: None, record: Some(id) }
}

/// The most records offered at once; the search narrows them. Persons are more, because they stand in the order of
/// their readings and not with the newest first.
const MOST: usize = 50;
const MOST_PERSONS: usize = 500;

/// Choices, and whether there are more than those.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// The choices.
    pub choices: Vec<Choice>,
    /// There are more: what is typed finds them.
    pub more: bool,
}

impl From<Vec<Choice>> for Offered {
    fn from(choices: Vec<Choice>) -> Offered {
        Offered { choices, more: false }
    }
}

/// Records of a noun to pick from, as many as are offered of those that may be picked: those that match what was
/// typed, the best first, since Enter takes it; or the newest, persons by their reading.
///
/// # Errors
/// What the desk says.
pub fn records_that(
    keep: &Offer,
    noun: Noun,
    typed: &str,
    person: Option<Id>,
    cx: &Cx<'_>,
) -> Result<Offered, Failure> {
    let most = if noun == Noun::Person { MOST_PERSONS } else { MOST };
    let Some(register) = register_of(noun) else { return Ok(Offered::default()) };
    // What can be told at once is told the desk; what is asked of each row is asked here.
    let company = match keep {
        Offer::Workers(company) => *company,
        _ => None,
    };
    let query = ListQuery {
        register: register.name.to_owned(),
        search: typed.to_owned(),
        person: person.filter(|_| noun == Noun::Permit),
        company,
        ..ListQuery::default()
    };
    let keep = keep.ready(cx)?;
    let found = cx.desk.matches(&query, most, &|row| keep.takes(row, cx))?;
    let mut rows = found.rows;
    if typed.trim().is_empty() {
        in_kana_order(&mut rows);
    }
    Ok(Offered { choices: rows.iter().map(|row| record_choice(row, cx)).collect(), more: found.more })
}

/// How a value of a field is called.
pub fn value_label(kind: Kind, value: &str, zone: &str, cx: &Cx<'_>) -> String {
    if let Some(list) = short_list(kind, zone, cx) {
        return list.into_iter().find(|choice| choice.value == value).map_or(value.to_owned(), |c| c.label);
    }
    match (noun_of(kind), value.parse::<Id>()) {
        (Some(_), Ok(id)) | (None, Ok(id))
            if matches!(kind, Kind::Ref(_) | Kind::Refs(_) | Kind::RefOf(_) | Kind::Record) =>
        {
            cells::named(id, cx.desk, cx.lang)
        }
        _ => value.to_owned(),
    }
}
