//! Who comes in: registration, permit, escort (I-3-2-1, I-3-2-2, J-PI-12). Asked at check-in and again when a
//! visit is corrected.

use super::lookup::{Ask, Refusals, missing};
use super::{
    Code, Date, Entrant, Id, No, Noun, Permit, PermitKind, PermitState, Person, Purpose, Rejection, Stamp,
    Visit, key,
};

/// A presence that is asked for.
pub(super) struct Presence<'a> {
    pub person: &'a Person,
    pub zone: &'a str,
    pub purpose: &'a Purpose,
    pub permit: Option<Id>,
    /// When.
    pub moment: Stamp,
    /// It is entered late, so that what was true at that moment counts.
    pub late: bool,
    /// The time is known, so that periods are judged.
    pub judged: bool,
}

/// What the registers say to a presence.
#[derive(Default)]
pub(super) struct Admission {
    pub outsider: bool,
    pub permit: Option<Permit>,
}

impl Presence<'_> {
    fn day(&self) -> Date {
        self.moment.date_naive()
    }

    /// Whether a registration holds at that moment, for the zone.
    fn covered_by(&self, entrant: &Entrant) -> bool {
        let ended = entrant.revoked.as_ref().is_some_and(|end| !self.late || end.on <= self.moment);
        !ended
            && entrant.zones.iter().any(|zone| zone == self.zone)
            && (!self.judged || (entrant.from <= self.day() && self.day() <= entrant.to))
    }

    fn in_force(&self, permit: &Permit) -> bool {
        matches!(permit.state, PermitState::Granted | PermitState::Telephone)
            && (!self.judged || (permit.from <= self.day() && self.day() <= permit.to))
    }

    /// Why a permit does not do; all that applies.
    fn unfit(&self, permit: &Permit) -> Vec<Rejection> {
        let person = self.person.id;
        let mut no = Vec::new();
        if !permit.zones.iter().any(|zone| zone == self.zone) {
            no.push(Code::WrongZone.with("record", permit.id).and("zone", self.zone));
        }
        if !self.in_force(permit) {
            no.push(self.no_permit());
        }
        if !permit.workers.contains(&person) {
            no.push(Code::NotOnPermit.with("person", person).and("permit", permit.id));
        }
        if !permit_covers(permit, self.purpose) {
            no.push(Code::PermitForOther.with("permit", permit.id).and("purpose", &self.purpose.id));
        }
        no
    }

    fn no_permit(&self) -> Rejection {
        Code::NoPermit.with("person", self.person.id).and("day", self.day())
    }
}

/// Whether a permit is for a purpose: planned work needs a granted application of its kind (J-PI-12), failure
/// work a permit for a failure, anything else any permit.
pub fn permit_covers(permit: &Permit, purpose: &Purpose) -> bool {
    let planned =
        purpose.planned && permit.kind == PermitKind::Planned && permit.state != PermitState::Telephone;
    let failure = purpose.failure && permit.kind == PermitKind::Failure;
    planned || failure || !(purpose.planned || purpose.failure)
}

/// Whether a work report is due for a presence (J-2-2-3, J-PI-12: each maintenance is reported).
pub(super) fn report_due(purpose: &Purpose, permit: Option<&Permit>) -> bool {
    purpose.work_record
        || permit.is_some_and(|permit| matches!(permit.kind, PermitKind::Planned | PermitKind::Failure))
}

/// Judges a presence; what speaks against it goes to `no`.
pub(super) fn admit(ask: &Ask<'_>, presence: &Presence<'_>, no: &mut Refusals) -> Result<Admission, No> {
    let person = presence.person;
    let own: Vec<Entrant> = ask.all(&key::of(Noun::Entrant, person.id))?;
    let registered = own.iter().any(|entrant| presence.covered_by(entrant));
    let contractor = person.company.is_some();
    if !registered && !contractor && presence.permit.is_none() {
        no.add(unregistered(presence, &own));
        return Ok(Admission::default());
    }
    let outsider = !registered;
    // A contractor's planned work is applied for, also where the worker is registered (J-PI-12).
    let needed = outsider || (contractor && presence.purpose.planned);
    let permit = match presence.permit {
        Some(id) => {
            let permit = no.keep(ask.row::<Permit>(id))?;
            for rejection in permit.iter().flat_map(|permit| presence.unfit(permit)) {
                no.add(rejection);
            }
            permit
        }
        None if needed => search(ask, presence, &own, no)?,
        None => None,
    };
    Ok(Admission { outsider, permit })
}

/// Why somebody without a registration in force is not let in as an entrant.
fn unregistered(presence: &Presence<'_>, own: &[Entrant]) -> Rejection {
    let standing: Vec<&Entrant> = own.iter().filter(|entrant| entrant.revoked.is_none()).collect();
    let here = standing.iter().filter(|entrant| entrant.zones.iter().any(|zone| zone == presence.zone));
    let person = presence.person.id;
    match (here.max_by_key(|entrant| entrant.to), standing.last()) {
        (Some(e), _) => Code::OutOfPeriod.with("person", person).and("from", e.from).and("to", e.to),
        (None, Some(e)) => Code::WrongZone.with("record", e.id).and("zone", presence.zone),
        (None, None) => Code::NotRegistered.with("person", person),
    }
}

/// The one permit under which somebody may come who named none.
fn search(
    ask: &Ask<'_>,
    presence: &Presence<'_>,
    own: &[Entrant],
    no: &mut Refusals,
) -> Result<Option<Permit>, No> {
    let person = presence.person.id;
    // Without a trusted clock the month is not known, so all permits of the person are read.
    let key = if presence.judged {
        key::in_month(Noun::Permit, person, presence.day())
    } else {
        key::of(Noun::Permit, person)
    };
    let mut open: Vec<Permit> = ask.all(&key)?;
    open.retain(|permit| permit.workers.contains(&person) && presence.in_force(permit));
    let fitting: Vec<&Permit> = open.iter().filter(|permit| presence.unfit(permit).is_empty()).collect();
    match fitting.as_slice() {
        [one] => return Ok(Some((*one).clone())),
        [] => {}
        _ => {
            no.add(missing("permit"));
            return Ok(None);
        }
    }
    // The permit that comes nearest says best what is wrong; without any, an own registration does.
    match open.iter().min_by_key(|permit| presence.unfit(permit).len()) {
        Some(nearest) => presence.unfit(nearest).into_iter().for_each(|rejection| no.add(rejection)),
        None if own.iter().any(|entrant| entrant.revoked.is_none()) && !presence.purpose.planned => {
            no.add(unregistered(presence, own));
        }
        None => no.add(presence.no_permit()),
    }
    Ok(None)
}

/// Judges an escort: not the visitor, registered to escort in the zone, and inside it (I-3-2-2).
pub(super) fn judge_escort(
    ask: &Ask<'_>,
    presence: &Presence<'_>,
    escort: Id,
    no: &mut Refusals,
) -> Result<(), No> {
    if no.keep(ask.row::<Person>(escort))?.is_none() {
        return Ok(());
    }
    let zone = presence.zone;
    let own: Vec<Entrant> = ask.all(&key::of(Noun::Entrant, escort))?;
    let permitted = own.iter().any(|entrant| entrant.escort && presence.covered_by(entrant));
    let inside: Option<Visit> = ask.one(&key::inside(escort))?;
    let outsider = inside.as_ref().is_some_and(|visit| visit.outsider);
    if escort == presence.person.id || !permitted || outsider {
        no.add(Code::EscortNotPermitted.with("escort", escort).and("zone", zone));
    }
    let here = |visit: &Visit| visit.zone == zone && (!presence.late || visit.came <= presence.moment);
    if !inside.as_ref().is_some_and(here) {
        no.add(Code::EscortNotInside.with("escort", escort).and("zone", zone));
    }
    Ok(())
}
