//! What dates make of a record on a day: in force, lapsed, overdue. Computed when looked at, never stored, so
//! it is right on a terminal that was off for a month.

use super::{Date, Entrant, Permit, PermitState, Profile, Stamp, Visit, VisitState};
use chrono::TimeDelta;

/// Where a permit or registration stands on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Waiting for a decision.
    Waiting,
    /// Granted, and its period has not begun.
    NotYet,
    /// In force.
    InForce,
    /// Its period is over; for an application, without a decision.
    Lapsed,
    /// Refused, withdrawn, disowned or revoked.
    Ended,
}

impl Standing {
    /// Every standing.
    pub const ALL: &'static [Standing] =
        &[Standing::Waiting, Standing::NotYet, Standing::InForce, Standing::Lapsed, Standing::Ended];

    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Waiting => "waiting",
            Standing::NotYet => "not_yet",
            Standing::InForce => "in_force",
            Standing::Lapsed => "lapsed",
            Standing::Ended => "ended",
        }
    }

    fn of_period(from: Date, to: Date, day: Date) -> Standing {
        if day < from {
            Standing::NotYet
        } else if day <= to {
            Standing::InForce
        } else {
            Standing::Lapsed
        }
    }
}

/// Where a permit stands on a day. One given by telephone is in force before it is signed.
pub fn permit_standing(permit: &Permit, day: Date) -> Standing {
    match permit.state {
        PermitState::Applied if day <= permit.to => Standing::Waiting,
        PermitState::Applied => Standing::Lapsed,
        PermitState::Granted | PermitState::Telephone => Standing::of_period(permit.from, permit.to, day),
        PermitState::Refused | PermitState::Withdrawn | PermitState::Disowned => Standing::Ended,
    }
}

/// Where a registration stands on a day.
pub fn entrant_standing(entrant: &Entrant, day: Date) -> Standing {
    match entrant.revoked {
        Some(_) => Standing::Ended,
        None => Standing::of_period(entrant.from, entrant.to, day),
    }
}

/// Whether a registration or permit in force ends within the profile's `soon_days`.
pub fn ends_soon(to: Date, day: Date, profile: &Profile) -> bool {
    day <= to && to.signed_duration_since(day).num_days() <= i64::from(profile.periods.soon_days)
}

/// Whether a presence has lasted so long that its exit was probably not recorded.
pub fn visit_overdue(visit: &Visit, now: Stamp, profile: &Profile) -> bool {
    visit.state == VisitState::Inside && longer(visit.came, now, profile.periods.exit_hours)
}

/// A visit of somebody who was inside at a moment, as it stood then: what was still to come is not in it.
pub fn visit_at(visit: Visit, moment: Stamp) -> Visit {
    let mut escorts = visit.escorts;
    escorts.retain(|(since, _)| *since <= moment);
    Visit {
        escorts,
        left: None,
        released_by: None,
        state: VisitState::Inside,
        badge_kept: false,
        settled: None,
        left_late: None,
        ..visit
    }
}

/// Whether a permission by telephone has waited too long for its giver's signature.
pub fn telephone_overdue(permit: &Permit, now: Stamp, profile: &Profile) -> bool {
    permit.state == PermitState::Telephone
        && permit
            .telephone
            .as_ref()
            .is_some_and(|call| longer(call.given, now, profile.periods.telephone_hours))
}

fn longer(since: Stamp, now: Stamp, hours: u32) -> bool {
    TimeDelta::try_hours(i64::from(hours)).is_some_and(|most| now.signed_duration_since(since) > most)
}
