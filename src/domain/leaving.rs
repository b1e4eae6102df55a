//! Somebody leaves: one act ends everything that rests on them, and is refused while they still have something in their
//! hands (J-1-1-2, S-11-3).

use super::command::commands;
use super::life_cycle::may_take_away;
use super::lookup::{Case, nothing, own_matter, required, still_governed};
use super::rule::Given::ByPeople;
use super::{Broken, Code, Date, Edition, Id, No, Noun, Outcome, Person, Row, View, Waits, key, orphaned};

commands! {
    /// End everything that rests on a person: accounts, offices, delegations both ways, registrations, applications for
    /// accounts, personnel changes. Refused while they are inside, or have a card, a key or a permit.
    Leave = "leave" => "left" {
        /// Who.
        person: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason"],
            with: &["issue_user"],
        }
        decide decide_leave, touches [], on { Noun::Person => may_leave };
}

/// What becomes of a record that is in use about somebody who leaves ([`super::Filing::in_use`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum OnLeaving {
    /// It is none of these.
    Stays,
    /// It ends with it.
    Ends,
    /// It ends with it wherever it lies: what others let them do, or where they acted.
    EndsAnywhere,
    /// It is to be settled first: somebody is inside, or has something in their hands.
    Hinders,
}

/// What a person has on a day, of every noun.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn in_use(view: &dyn View, person: Id, today: Date) -> Result<Vec<Row>, Broken> {
    let mut found = Vec::new();
    for noun in Noun::ALL.into_iter().filter(|noun| noun.filing().is_ever_in_use()) {
        let of_person = || key::of(noun, person);
        let key = noun.filing().in_use_among.map_or_else(of_person, |state| key::state(noun, state));
        for id in view.find(&key)? {
            found.extend(view.row(id)?.filter(|row| row.is_in_use(person, today)));
        }
    }
    Ok(found)
}

/// Everything that rests on a person on a day: what they have, and what names them and waits for somebody, of every noun.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn rests_on(view: &dyn View, person: Id, today: Date) -> Result<Vec<Row>, Broken> {
    let mut found = in_use(view, person, today)?;
    for noun in Noun::ALL.into_iter().filter(|noun| noun.filing().lists_by.contains(&Noun::Person)) {
        for (state, _) in noun.filing().settled_by {
            for id in view.find(&key::state(noun, state))? {
                let known = found.iter().any(|row| row.id() == id);
                found.extend(view.row(id)?.filter(|row| !known && row.names(person)));
            }
        }
    }
    Ok(found)
}

/// Whether something that somebody has ends when they leave.
fn ends(row: &Row) -> bool {
    matches!(row.noun().filing().on_leaving, OnLeaving::Ends | OnLeaving::EndsAnywhere)
}

/// What ends when somebody leaves on a day.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn ends_with(view: &dyn View, person: Id, today: Date) -> Result<Vec<Row>, Broken> {
    let mut rows = in_use(view, person, today)?;
    rows.retain(ends);
    Ok(rows)
}

/// A colleague who has something that would end, and nothing that hinders it.
fn may_leave(case: &Case<'_>, person: Option<Id>) -> Result<(Person, Vec<Id>), No> {
    let person = case.person(person, "person")?;
    case.not_of(&[person.id], || own_matter(person.id))?;
    let rows = in_use(case.view, person.id, case.context.day())?;
    let hinders = rows.iter().filter(|row| row.noun().filing().on_leaving == OnLeaving::Hinders);
    let hinders: Vec<String> = hinders.map(|row| row.id().to_string()).collect();
    if !hinders.is_empty() {
        return Err(Code::StillHas.with("person", person.id).and("records", hinders.join(", ")).into());
    }
    let ends: Vec<Id> = rows.iter().filter(|row| ends(row)).map(Row::id).collect();
    if ends.is_empty() {
        return Err(nothing(person.id).into());
    }
    for row in &rows {
        if let Row::User(user) = row {
            may_take_away(case, user)?;
        }
    }
    let profile = case.profile();
    still_governed(&orphaned(case.view, profile, profile, &ends, case.context.accounts_on)?)?;
    Ok((person, ends))
}

fn decide_leave(case: &Case<'_>, c: &Leave) -> Result<Outcome, No> {
    let (person, also) = may_leave(case, c.person)?;
    required(&c.reason, "reason")?;
    Ok(Outcome { id: Some(person.id), also, ..Outcome::default() })
}
