//! What must hold of all registers together, whatever happened: the whole-world check asks it after every step
//! of every scenario, and `check` asks it of a vault.

use super::human::is_one;
use super::{
    Badge, BadgeKind, BadgeState, Broken, Id, Noun, Permit, PermitState, Person, ReportState, Row, View,
    Visit, VisitState, Work, key,
};
use crate::fault::{Fault, Value, fault};
use std::collections::BTreeMap;

/// Every finding against the registers; empty when all is well. What cannot be read
/// is a finding too. Reads each row once; memory grows with badges and with people inside, not with visits.
pub fn invariants(view: &dyn View) -> Vec<Fault> {
    let mut world = World {
        view,
        found: Vec::new(),
        worn: BTreeMap::new(),
        inside: BTreeMap::new(),
        last: [0; Noun::ALL.len()],
    };
    for (last, noun) in world.last.iter_mut().zip(Noun::ALL) {
        *last = view.last(noun).unwrap_or_default();
    }
    for noun in Noun::ALL {
        if let Err(broken) = world.register(noun) {
            world.found.push(fault!("registers_unreadable", noun = noun.name(), why = broken.0));
        }
    }
    if let Err(broken) = world.badges() {
        world.found.push(fault!("registers_badges_unreadable", why = broken.0));
    }
    world.found
}

/// What stands in a sentence where no record does.
const NOTHING: Fault = fault!("nothing");

struct World<'a> {
    view: &'a dyn View,
    found: Vec<Fault>,
    /// Visits now going on that say they wear a badge.
    worn: BTreeMap<Id, Vec<Id>>,
    /// The last number of each noun, in the order of [`Noun::ALL`].
    last: [u32; Noun::ALL.len()],
    /// Visits now going on, by person.
    inside: BTreeMap<Id, Id>,
}

impl World<'_> {
    fn hold(&mut self, holds: bool, finding: impl FnOnce() -> Fault) {
        if !holds {
            self.found.push(finding());
        }
    }

    fn register(&mut self, noun: Noun) -> Result<(), Broken> {
        for n in 1..=self.view.last(noun)? {
            let id = Id::new(noun, n);
            let Some(row) = self.view.row(id)? else {
                self.found.push(fault!("registers_gap", record = id));
                continue;
            };
            self.hold(row.id() == id, || fault!("registers_other_row", record = id, other = row.id()));
            let trace = row.trace();
            let traced = 0 < trace.made && trace.made <= trace.changed;
            self.hold(traced, || fault!("registers_made_late", record = id));
            self.refers(id, &row);
            match &row {
                Row::Person(row) => self.person(row)?,
                Row::Visit(row) => self.visit(row)?,
                Row::Permit(row) => self.permit(row),
                Row::Work(row) => self.work(row)?,
                Row::Badge(row) => self.unique(id, &key::number(noun, &row.number))?,
                Row::Attachment(row) if row.is_kept() => self.unique(id, &key::blob(&row.blob))?,
                Row::User(row) => {
                    self.unique(id, &key::number(noun, &row.user))?;
                    self.hold(!row.keys.is_empty(), || fault!("registers_no_key", record = id));
                    for held in &row.keys {
                        self.unique(id, &key::key(&held.key))?;
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Everything that a row names exists. Numbers have no gaps, or the gap is a finding already, so the last
    /// number of the noun tells, without reading a row for each name.
    fn refers(&mut self, id: Id, row: &Row) {
        for other in row.names_records() {
            let last =
                Noun::ALL.iter().zip(self.last).find(|(noun, _)| **noun == other.noun).map(|found| found.1);
            let there = last.is_some_and(|last| (1..=last).contains(&other.n));
            self.hold(there, || fault!("registers_names_nothing", record = id, other = other));
        }
    }

    /// No other row of its register has the key.
    fn unique(&mut self, id: Id, key: &str) -> Result<(), Broken> {
        let ids = self.view.find(key)?;
        self.hold(ids == [id], || {
            fault!("registers_not_unique", key = key, records = Id::list(&ids), record = id)
        });
        Ok(())
    }

    /// Who was joined to another, and to whom, say the same of it.
    fn person(&mut self, person: &Person) -> Result<(), Broken> {
        let mut ends = Vec::new();
        for joined in &person.joined {
            let to = self.view.row(*joined)?.and_then(|row| Person::try_from(row).ok());
            ends.push(to.is_some_and(|row| row.joined_to == Some(person.id)));
        }
        if let Some(into) = person.joined_to {
            let into = self.view.row(into)?.and_then(|row| Person::try_from(row).ok());
            ends.push(into.is_some_and(|row| row.joined_to.is_none() && row.joined.contains(&person.id)));
        }
        self.hold(ends.iter().all(|holds| *holds), || fault!("registers_joined_apart", record = person.id));
        Ok(())
    }

    fn visit(&mut self, row: &Visit) -> Result<(), Broken> {
        let id = row.id;
        let ended = (row.left.is_some(), row.settled.is_some());
        let fits = match row.state {
            VisitState::Inside => ended == (false, false),
            VisitState::Left => ended == (true, false),
            VisitState::ExitUnknown => ended == (false, true),
        };
        self.hold(fits, || fault!("registers_exit", record = id, state = row.state.name()));
        if row.outsider {
            self.hold(row.permit.is_some(), || fault!("registers_no_permit", record = id));
            self.hold(row.badge.is_some(), || fault!("registers_no_badge", record = id));
            self.hold(!row.escorts.is_empty(), || fault!("registers_no_escort", record = id));
        }
        self.report(row)?;
        if row.state != VisitState::Inside {
            return Ok(());
        }
        if let Some(other) = self.inside.insert(row.person, id) {
            self.found.push(fault!(
                "registers_inside_twice",
                person = row.person,
                first = other,
                second = id
            ));
        }
        self.unique(id, &key::inside(row.person))?;
        if let Some(badge) = row.badge.filter(|_| !row.badge_kept) {
            self.worn.entry(badge).or_default().push(id);
        }
        if let Some((_, escort)) = row.escorts.last().filter(|_| row.outsider) {
            let attended = self.attended(*escort, row)?;
            self.hold(attended, || fault!("registers_escort_away", record = id, escort = *escort));
        }
        Ok(())
    }

    /// Whether an escort is inside, or went at a time that nobody recorded.
    fn attended(&self, escort: Id, visitor: &Visit) -> Result<bool, Broken> {
        if !self.view.find(&key::inside(escort))?.is_empty() {
            return Ok(true);
        }
        for id in self.view.find(&key::state(Noun::Visit, VisitState::ExitUnknown.name()))? {
            if let Some(Row::Visit(visit)) = self.view.row(id)? {
                let zone = visit.corrections.iter().any(|correction| correction.field == "zone");
                if visit.person == escort && (visit.zone == visitor.zone || zone) {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// A visit's report stands as its work record does.
    fn report(&mut self, row: &Visit) -> Result<(), Broken> {
        let works = self.view.find(&key::of(Noun::Work, row.id))?;
        self.hold(works.len() <= 1, || {
            fault!("registers_reports", record = row.id, reports = Id::list(&works))
        });
        let standing = match works.first() {
            None => None,
            Some(work) => match self.view.row(*work)? {
                Some(Row::Work(work)) => Some(ReportState::from(work.state)),
                _ => None,
            },
        };
        let fits = match row.report {
            ReportState::NotDue | ReportState::Due => standing.is_none(),
            report => standing == Some(report),
        };
        self.hold(fits, || {
            let work = standing.map_or(NOTHING.into(), |standing| Value::from(standing.name()));
            fault!("registers_report", record = row.id, report = row.report.name(), work = work)
        });
        Ok(())
    }

    fn permit(&mut self, row: &Permit) {
        let id = row.id;
        let decided = match row.state {
            PermitState::Applied | PermitState::Telephone => row.decided.is_none() && row.withdrawn.is_none(),
            PermitState::Granted | PermitState::Refused | PermitState::Disowned => {
                row.decided.is_some() && row.withdrawn.is_none()
            }
            PermitState::Withdrawn => row.withdrawn.is_some(),
        };
        self.hold(decided, || fault!("registers_by_nobody", record = id, state = row.state.name()));
        self.hold(row.from <= row.to, || fault!("registers_ends_early", record = id));
        let Some(decided) = row.decided.as_ref() else { return };
        match &row.telephone {
            Some(call) => {
                // Disowned by another only where its giver could not: that is asked when it is decided.
                let giver = is_one(self.view, decided.by, call.giver).unwrap_or_default();
                let held = giver || row.state == PermitState::Disowned;
                self.hold(held, || fault!("registers_other_giver", record = id));
            }
            None => {
                let own = decided.by == row.applicant
                    || decided.by == row.entered_by
                    || row.workers.contains(&decided.by);
                self.hold(!own, || fault!("registers_own_application", record = id, person = decided.by));
            }
        }
    }

    fn work(&mut self, row: &Work) -> Result<(), Broken> {
        let told = !self.view.find(&key::of(Noun::Notice, row.id))?.is_empty();
        self.hold(told || !row.pi_seen, || fault!("registers_nobody_told", record = row.id));
        Ok(())
    }

    /// A badge is out if, and only if, exactly one visit now going on wears it.
    fn badges(&mut self) -> Result<(), Broken> {
        for n in 1..=self.view.last(Noun::Badge)? {
            let id = Id::new(Noun::Badge, n);
            let Some(Row::Badge(badge)) = self.view.row(id)? else { continue };
            let worn = self.worn.remove(&id).unwrap_or_default();
            let fits = match badge.state {
                BadgeState::Out => worn.len() == 1 && worn.first().copied() == badge.visit,
                _ => worn.is_empty(),
            };
            self.hold(fits, || {
                let worn = if worn.is_empty() { NOTHING.into() } else { Value::from(Id::list(&worn)) };
                fault!("registers_worn", record = id, state = badge.state.name(), visits = worn)
            });
            self.badge(&badge)?;
        }
        let unknown = std::mem::take(&mut self.worn);
        self.hold(unknown.is_empty(), || {
            let badges: Vec<Id> = unknown.keys().copied().collect();
            fault!("registers_unknown_badges", badges = Id::list(&badges))
        });
        Ok(())
    }

    fn badge(&mut self, badge: &Badge) -> Result<(), Broken> {
        let id = badge.id;
        let held = (badge.kind == BadgeKind::Card) == badge.holder.is_some();
        self.hold(held, || {
            let holder = badge.holder.map_or(NOTHING.into(), Value::from);
            fault!("registers_holder", record = id, kind = badge.kind.name(), holder = holder)
        });
        let named = badge.visit.is_none() || badge.state != BadgeState::In;
        self.hold(named, || {
            let visit = badge.visit.map_or(NOTHING.into(), Value::from);
            fault!("registers_badge_in", record = id, visit = visit)
        });
        if badge.state == BadgeState::NotReturned {
            let over = match badge.visit {
                Some(visit) => match self.view.row(visit)? {
                    Some(Row::Visit(visit)) => visit.state != VisitState::Inside && visit.badge_kept,
                    _ => false,
                },
                None => false,
            };
            self.hold(over, || fault!("registers_badge_kept", record = id));
        }
        Ok(())
    }
}
