//! What is wrong with somebody being inside now, though their coming in was right: the escort has gone, the permit was
//! disowned, the registration ended. Computed from the registers when looked at, never stored, so that it is there at
//! once and goes with the person.

use super::{
    Broken, Date, Entrant, Id, Noun, Permit, PermitState, Row, Stamp, Standing, View, Visit, VisitState,
    entrant_standing, key, permit_standing,
};

macro_rules! concerns {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// Why somebody who is inside should not be there, or not so.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Concern { $($(#[$doc])* $variant,)* }

        impl Concern {
            /// Every concern, the gravest first.
            pub const ALL: &'static [Concern] = &[$(Concern::$variant),*];
            /// The stable name.
            pub fn name(self) -> &'static str { match self { $(Concern::$variant => $name,)* } }
        }
    };
}

concerns! {
    /// A visitor without an escort in their zone (I-3-2-2).
    EscortNotInside = "escort_not_inside",
    /// The escort's registration does not let them escort here any more.
    EscortNotPermitted = "escort_not_permitted",
    /// Who was named as giver of the permission by telephone disowned it.
    PermitDisowned = "permit_disowned",
    /// The permit was taken back.
    PermitWithdrawn = "permit_withdrawn",
    /// The permit's last day is over.
    PermitLapsed = "permit_lapsed",
    /// The registration was revoked.
    RegistrationRevoked = "registration_revoked",
    /// The registration's last day is over.
    RegistrationLapsed = "registration_lapsed",
}

/// What is wrong with a visit that goes on; nothing with one that ended. Periods are not judged while nobody has
/// confirmed the clock.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub fn concerns(
    view: &dyn View,
    visit: &Visit,
    now: Stamp,
    clock_unconfirmed: bool,
) -> Result<Vec<Concern>, Broken> {
    if visit.state != VisitState::Inside {
        return Ok(Vec::new());
    }
    let look = Look { view, visit, day: (!clock_unconfirmed).then(|| now.date_naive()) };
    let mut found = Vec::new();
    if visit.outsider {
        found.extend(look.escort()?);
    } else {
        found.extend(look.registration()?);
    }
    found.extend(look.permit()?);
    found.sort();
    Ok(found)
}

struct Look<'a> {
    view: &'a dyn View,
    visit: &'a Visit,
    /// Today, where it is known.
    day: Option<Date>,
}

impl Look<'_> {
    fn row<T: TryFrom<Row>>(&self, id: Id) -> Result<Option<T>, Broken> {
        Ok(self.view.row(id)?.and_then(|row| T::try_from(row).ok()))
    }

    /// Whether somebody is inside the zone of this visit.
    fn is_here(&self, person: Id) -> Result<bool, Broken> {
        for id in self.view.find(&key::inside(person))? {
            let visit: Option<Visit> = self.row(id)?;
            if visit.is_some_and(|visit| visit.zone == self.visit.zone) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The registrations of a person for the zone of this visit.
    fn registrations(&self, person: Id) -> Result<Vec<Entrant>, Broken> {
        let mut own = Vec::new();
        for id in self.view.find(&key::of(Noun::Entrant, person))? {
            let entrant: Option<Entrant> = self.row(id)?;
            own.extend(entrant.filter(|entrant| entrant.zones.contains(&self.visit.zone)));
        }
        Ok(own)
    }

    fn holds(&self, entrant: &Entrant) -> bool {
        match self.day {
            Some(day) => entrant_standing(entrant, day) == Standing::InForce,
            None => entrant.revoked.is_none(),
        }
    }

    fn escort(&self) -> Result<Option<Concern>, Broken> {
        let Some((_, escort)) = self.visit.escorts.last() else { return Ok(Some(Concern::EscortNotInside)) };
        if !self.is_here(*escort)? {
            return Ok(Some(Concern::EscortNotInside));
        }
        let may = self.registrations(*escort)?.iter().any(|entrant| entrant.escort && self.holds(entrant));
        Ok((!may).then_some(Concern::EscortNotPermitted))
    }

    fn registration(&self) -> Result<Option<Concern>, Broken> {
        let own = self.registrations(self.visit.person)?;
        if own.iter().any(|entrant| self.holds(entrant)) {
            return Ok(None);
        }
        // Of several that ended the latest says why.
        let last = own.iter().max_by_key(|entrant| (entrant.to, entrant.id));
        Ok(last.map(|entrant| match entrant.revoked {
            Some(_) => Concern::RegistrationRevoked,
            None => Concern::RegistrationLapsed,
        }))
    }

    fn permit(&self) -> Result<Option<Concern>, Broken> {
        let Some(permit) = self.visit.permit else { return Ok(None) };
        let Some(permit) = self.row::<Permit>(permit)? else { return Ok(None) };
        let lapsed = |day| permit_standing(&permit, day) == Standing::Lapsed;
        Ok(match permit.state {
            PermitState::Disowned => Some(Concern::PermitDisowned),
            PermitState::Withdrawn | PermitState::Refused => Some(Concern::PermitWithdrawn),
            _ => self.day.is_some_and(lapsed).then_some(Concern::PermitLapsed),
        })
    }
}
