//! What can be picked for a field: the profile's lists, fixed lists, and records.

use crate::desk::declare::{Field, Kind, cells, register_of};
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

/// The most records offered at once; the search narrows them.
const MOST: usize = 50;

/// Records of a noun to pick from: those that match what was typed, or the newest.
///
/// # Errors
/// What the desk says.
pub fn records(noun: Noun, typed: &str, person: Option<Id>, cx: &Cx<'_>) -> Result<Vec<Choice>, Failure> {
    if !typed.trim().is_empty() {
        let ids = cx.desk.search(noun, typed, MOST)?;
        return Ok(ids
            .into_iter()
            .filter_map(|id| cx.desk.row(id))
            .map(|row| record_choice(&row, cx))
            .collect());
    }
    let Some(register) = register_of(noun) else { return Ok(Vec::new()) };
    let query = ListQuery { register: register.name.to_owned(), person, ..ListQuery::default() };
    let page = cx.desk.list(&query, None, MOST)?;
    Ok(page.rows.iter().map(|row| record_choice(row, cx)).collect())
}

/// Who may be picked for a field before anything is typed. An escort is somebody inside; a permit is one that
/// names the person; everything else is the newest records.
///
/// # Errors
/// What the desk says.
pub fn first_records(
    field: &Field,
    noun: Noun,
    person: Option<Id>,
    cx: &Cx<'_>,
) -> Result<Vec<Choice>, Failure> {
    if field.name == "escort" && noun == Noun::Person {
        let inside = cx.desk.inside()?;
        let own = inside.iter().filter(|presence| !presence.visit.outsider);
        let rows = own.filter_map(|presence| cx.desk.row(presence.visit.person));
        return Ok(rows.map(|row| record_choice(&row, cx)).collect());
    }
    let person = person.filter(|_| noun == Noun::Permit);
    records(noun, "", person, cx)
}

/// How a value of a field is called.
pub fn value_label(kind: Kind, value: &str, zone: &str, cx: &Cx<'_>) -> String {
    if let Some(list) = short_list(kind, zone, cx) {
        return list.into_iter().find(|choice| choice.value == value).map_or(value.to_owned(), |c| c.label);
    }
    match (noun_of(kind), value.parse::<Id>()) {
        (Some(_), Ok(id)) | (None, Ok(id)) if matches!(kind, Kind::Ref(_) | Kind::Refs(_) | Kind::Record) => {
            cells::named(id, cx.desk, cx.lang)
        }
        _ => value.to_owned(),
    }
}
