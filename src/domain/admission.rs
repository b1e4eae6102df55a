//! Who comes in: registration, permit, escort (I-3-2-1, I-3-2-2, J-PI-12). Asked at check-in and again when a
//! visit is corrected.

use super::lookup::{Case, Refusals, missing};
use super::{
    Code, Date, Edition, Entrant, Id, No, Noun, Permit, PermitKind, PermitState, Person, Purpose, Rejection,
    Stamp, Visit, key,
};

/// A presence that is asked for.
pub(super) struct Arrival<'a> {
    pub person: &'a Person,
    pub zone: &'a str,
    pub purpose: &'a Purpose,
    pub permit: Option<Id>,
    /// When.
    pub moment: Stamp,
    /// When it ended, where it had when it was entered.
    pub left: Option<Stamp>,
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

impl Arrival<'_> {
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

    /// Whether something was there at that moment. What is entered late or corrected was, before edition 3, covered by
    /// what was made since as well. Asked only where times are trusted, like periods.
    fn was(&self, case: &Case<'_>, since: Stamp) -> bool {
        case.context.edition < Edition::Three || !self.late || !self.judged || since <= self.moment
    }

    /// The registrations of a person that were made by then.
    fn registrations(&self, case: &Case<'_>, person: Id) -> Result<Vec<Entrant>, No> {
        let mut own: Vec<Entrant> = case.all(&key::of(Noun::Entrant, person))?;
        own.retain(|entrant| self.was(case, entrant.registered));
        Ok(own)
    }

    fn in_force(&self, case: &Case<'_>, permit: &Permit) -> bool {
        // Taken back since, it stood on its day.
        let since = permit.withdrawn.as_ref().is_some_and(|end| end.on > self.moment);
        let stood = since && self.late && case.context.edition >= Edition::Three;
        (matches!(permit.state, PermitState::Granted | PermitState::Telephone) || stood)
            && self.was(case, given(permit))
            && (!self.judged || (permit.from <= self.day() && self.day() <= permit.to))
    }

    /// Why a permit does not do; all that applies.
    fn unfit(&self, case: &Case<'_>, permit: &Permit) -> Vec<Rejection> {
        let person = self.person.id;
        let mut no = Vec::new();
        if !permit.zones.iter().any(|zone| zone == self.zone) {
            no.push(Code::WrongZone.with("record", permit.id).and("zone", self.zone));
        }
        if !self.in_force(case, permit) {
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

/// When a permit was given: by telephone, or by the decision.
fn given(permit: &Permit) -> Stamp {
    match (&permit.telephone, &permit.decided) {
        (Some(call), _) => call.given,
        (None, Some(decided)) => decided.on,
        (None, None) => permit.applied,
    }
}

/// Refuses a visit an earlier beginning, at which what let the person in was not there yet (I-3-2-1, J-PI-12).
pub(super) fn beforehand(case: &Case<'_>, visit: &Visit, moment: Stamp) -> Result<(), No> {
    if visit.clock_unconfirmed {
        return Ok(());
    }
    let permit: Option<Permit> = case.named(visit.permit)?;
    if permit.is_some_and(|permit| given(&permit) > moment) {
        let no = Code::NoPermit.with("person", visit.person).and("day", moment.date_naive());
        return Err(no.into());
    }
    let own: Vec<Entrant> = case.all(&key::of(Noun::Entrant, visit.person))?;
    let here = |entrant: &Entrant| entrant.registered <= moment && entrant.zones.contains(&visit.zone);
    if visit.outsider || own.iter().any(here) {
        return Ok(());
    }
    Err(Code::NotRegistered.with("person", visit.person).into())
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
pub(super) fn admit(case: &Case<'_>, presence: &Arrival<'_>, no: &mut Refusals) -> Result<Admission, No> {
    let person = presence.person;
    let own = presence.registrations(case, person.id)?;
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
            let permit = no.keep(case.row::<Permit>(id))?;
            for rejection in permit.iter().flat_map(|permit| presence.unfit(case, permit)) {
                no.add(rejection);
            }
            permit
        }
        None if needed => search(case, presence, &own, no)?,
        None => None,
    };
    Ok(Admission { outsider, permit })
}

/// Why somebody without a registration in force is not let in as an entrant.
fn unregistered(presence: &Arrival<'_>, own: &[Entrant]) -> Rejection {
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
    case: &Case<'_>,
    presence: &Arrival<'_>,
    own: &[Entrant],
    no: &mut Refusals,
) -> Result<Option<Permit>, No> {
    let person = presence.person.id;
    // Without a trusted clock the month is not known, so all permits of the person are read; and of a day that has passed
    // those that were taken back since.
    let key = if presence.judged && !presence.late {
        key::in_month(Noun::Permit, person, presence.day())
    } else {
        key::of(Noun::Permit, person)
    };
    let mut open: Vec<Permit> = case.all(&key)?;
    open.retain(|permit| permit.workers.contains(&person) && presence.in_force(case, permit));
    let fitting: Vec<&Permit> =
        open.iter().filter(|permit| presence.unfit(case, permit).is_empty()).collect();
    match fitting.as_slice() {
        [one] => return Ok(Some((*one).clone())),
        [] => {}
        _ => {
            no.add(missing("permit"));
            return Ok(None);
        }
    }
    // The permit that comes nearest says best what is wrong; without any, an own registration does.
    match open.iter().min_by_key(|permit| presence.unfit(case, permit).len()) {
        Some(nearest) => presence.unfit(case, nearest).into_iter().for_each(|rejection| no.add(rejection)),
        None if own.iter().any(|entrant| entrant.revoked.is_none()) && !presence.purpose.planned => {
            no.add(unregistered(presence, own));
        }
        None => no.add(presence.no_permit()),
    }
    Ok(None)
}

/// Asks of what is entered late or corrected, and leaves somebody inside, whether they might be there now: a right that
/// ended does not come back by dating an act before its end. Whether they might come, of `comes` alone; an escort always.
pub(super) fn rights_of_today(
    case: &Case<'_>,
    presence: &Arrival<'_>,
    (comes, escort): (bool, Option<Id>),
    no: &mut Refusals,
) -> Result<(), No> {
    if !presence.late || case.context.edition < Edition::Three {
        return Ok(());
    }
    let today = Arrival { moment: case.context.now, left: None, late: false, ..*presence };
    let mut ended = Refusals::default();
    let outsider = if comes { admit(case, &today, &mut ended)?.outsider } else { true };
    if let Some(escort) = escort.filter(|_| outsider) {
        judge_escort(case, &today, escort, &mut ended)?;
    }
    if let Err(No::Rejected(_)) = ended.settle() {
        no.add(Code::RightEnded.with("person", presence.person.id));
    }
    Ok(())
}

/// The visit of somebody who was inside all through a stay.
fn beside(case: &Case<'_>, person: Id, stay: (Stamp, Stamp)) -> Result<Option<Visit>, No> {
    let mut visits: Vec<Visit> = case.all_of(Noun::Visit, person)?;
    visits.retain(|visit| visit.came <= stay.0 && visit.ended().is_none_or(|ended| stay.1 <= ended));
    Ok(visits.pop())
}

/// Judges an escort: not the visitor, of the site's own staff (from edition 3 on), registered to escort in the zone, and
/// inside it (I-3-2-2).
pub(super) fn judge_escort(
    case: &Case<'_>,
    presence: &Arrival<'_>,
    escort: Id,
    no: &mut Refusals,
) -> Result<(), No> {
    let Some(person) = no.keep(case.person(Some(escort), "escort"))? else { return Ok(()) };
    let zone = presence.zone;
    let staff = case.context.edition < Edition::Three || person.company.is_none();
    let own = presence.registrations(case, escort)?;
    let permitted = own.iter().any(|entrant| entrant.escort && presence.covered_by(entrant));
    let inside = match presence.left {
        Some(left) => beside(case, escort, (presence.moment, left))?,
        None => case.one(&key::inside(escort))?,
    };
    let outsider = inside.as_ref().is_some_and(|visit| visit.outsider);
    // An escort is a record that goes on; who was corrected may be one that was joined to it since.
    let own_escort = escort == presence.person.id || presence.person.joined_to == Some(escort);
    if own_escort || !staff || !permitted || outsider {
        no.add(Code::EscortNotPermitted.with("escort", escort).and("zone", zone));
    }
    let here = |visit: &Visit| visit.zone == zone && (!presence.late || visit.came <= presence.moment);
    if !inside.as_ref().is_some_and(here) {
        no.add(Code::EscortNotInside.with("escort", escort).and("zone", zone));
    }
    Ok(())
}
