//! What can be picked for a field: the profile's lists, fixed lists, and records.

use crate::desk::declare::{Kind, cells, register_of, title_of_command};
use crate::desk::{Failure, Lookup};
use crate::domain::{Id, Noun, Offer, Role, Row};
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

/// Whether a kind holds several values.
pub fn takes_several(kind: Kind) -> bool {
    matches!(kind, Kind::Refs(_) | Kind::Zones | Kind::Roles | Kind::Rights)
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
            let choice = |role: &Role| Choice {
                note: cells::work_of(role, profile, lang),
                ..Choice::new(&role.id, label(&role.label, lang))
            };
            profile.roles.iter().map(choice).collect()
        }
        Kind::Jurisdiction => {
            profile.jurisdictions.iter().map(|one| Choice::new(&one.id, label(&one.label, lang))).collect()
        }
        Kind::Division => profile.accounts().divisions.iter().map(|name| Choice::new(name, name)).collect(),
        Kind::Office => {
            profile.office_roles().map(|role| Choice::new(&role.id, label(&role.label, lang))).collect()
        }
        Kind::ExceptionKind => {
            profile.exception_kinds().map(|kind| Choice::new(&kind.id, label(&kind.label, lang))).collect()
        }
        Kind::Clause => {
            profile.clauses().map(|one| Choice::new(&one.id, label(&one.title(), lang))).collect()
        }
        Kind::Rights => {
            let rights = cx.desk.own_rights();
            rights.into_iter().map(|right| Choice::new(&right, title_of_command(&right, lang))).collect()
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

/// A record as something to pick: as it is called, with what its list's first columns say besides.
pub fn record_choice(row: &Row, cx: &Cx<'_>) -> Choice {
    let id = row.id();
    let label = cells::called(id, cx.desk, cx.lang);
    let columns = register_of(id.noun).map(|register| register.columns).unwrap_or_default();
    let said: Vec<String> = columns
        .iter()
        .map(|column| (column.cell)(row, cx.desk, cx.lang))
        .filter(|cell| !cell.is_empty() && !label.contains(cell))
        .take(4)
        .collect();
    Choice { value: id.to_string(), label, note: said.join("  "), closed: None, record: Some(id) }
}

/// Choices, and whether there are more than those.
#[derive(Clone, Debug, Default)]
pub struct Offered {
    /// The choices.
    pub choices: Vec<Choice>,
    /// There are more: what is typed finds them.
    pub more: bool,
}

/// Records of a noun to pick from: those offered that match what was typed ([`crate::desk::Desk::offered`]).
///
/// # Errors
/// What the desk says.
pub fn records_offered(offer: &Offer, noun: Noun, typed: &str, cx: &Cx<'_>) -> Result<Offered, Failure> {
    let found = cx.desk.offered(noun, offer, typed)?;
    Ok(Offered { choices: found.rows.iter().map(|row| record_choice(row, cx)).collect(), more: found.more })
}

/// How a value of a field is called.
pub fn value_label(kind: Kind, value: &str, zone: &str, cx: &Cx<'_>) -> String {
    if let Some(list) = short_list(kind, zone, cx) {
        return list.into_iter().find(|choice| choice.value == value).map_or(value.to_owned(), |c| c.label);
    }
    match (kind.noun(), value.parse::<Id>()) {
        (Some(_), Ok(id)) | (None, Ok(id))
            if matches!(kind, Kind::Ref(_) | Kind::Refs(_) | Kind::RefOf(_) | Kind::Record) =>
        {
            cells::named(id, cx.desk, cx.lang)
        }
        _ => value.to_owned(),
    }
}
