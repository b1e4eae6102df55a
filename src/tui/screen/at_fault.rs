//! Which field of a form a refusal is about: the cursor goes there, so that it can be put right at once.

use super::FormField;
use crate::desk::declare::Kind;
use crate::desk::declare::read::{date_from_typed, stamp_from_typed};
use crate::desk::{Failure, Lookup};
use crate::domain::{Code, Rejection, Stamp};
use crate::tui::model::Cx;

/// How the field is found that a code is about.
enum Looks {
    /// One of these, whatever stands in it: it is empty, or its value does not go with the others.
    For(&'static [&'static str]),
    /// The one that holds what the refusal names; else one of these.
    At(&'static [&'static str]),
    /// Nothing that is typed in a form puts it right.
    Nowhere,
}

/// What each code is about; a new code must say so too.
fn looks(code: Code) -> Looks {
    use Code as C;
    match code {
        C::FieldMissing | C::FieldInvalid | C::NoSuchRecord => Looks::At(&[]),
        C::WrongState => Looks::At(&["what"]),
        C::PeriodReversed | C::PeriodTooLong => Looks::For(&["to"]),
        C::BeforePermission => Looks::For(&["from"]),
        C::DayTooEarly | C::DayTooLate => Looks::At(&["from", "day", "last", "decided_on"]),
        C::BeyondOwnTerm => Looks::For(&["to"]),
        C::AccountSuspended => Looks::For(&["person"]),
        C::ChangesContradict => Looks::For(&["day"]),
        C::NoSuchRight | C::NamedTwice => Looks::For(&["what"]),
        C::ApplicationNeeded | C::ApplicationUnchecked => Looks::For(&["application"]),
        C::BeyondApplication => Looks::At(&["application"]),
        C::PersonIncomplete => Looks::For(&["person"]),
        C::TimeOutOfRange => Looks::At(&["at", "last_evidence", "given_at", "date"]),
        C::NamesakeUnsettled | C::Joined | C::StillUsed => Looks::At(&[]),
        C::OwnMatter | C::NoAuthority => Looks::At(&[]),
        C::RolesClash | C::NobodyAbove | C::OfficeAppointed => Looks::For(&["roles", "role", "person"]),
        C::OutsideJurisdiction => Looks::At(&["jurisdiction", "user", "person"]),
        C::RoleHeldElsewhere => Looks::For(&["jurisdiction", "roles", "role"]),
        C::OfficeFull => Looks::For(&["kind"]),
        C::NoDivisions => Looks::For(&["division"]),
        C::NotShared => Looks::For(&["roles"]),
        C::NobodyOpens => Looks::At(&["roles"]),
        C::NoClerk => Looks::At(&["person"]),
        C::NoAccount | C::DelegationCircle | C::AccountOfAnother | C::StillHas | C::ChangeExpected => {
            Looks::For(&["person"])
        }
        C::NotOnLeave => Looks::For(&["day"]),
        C::NotRegistered | C::OutOfPeriod | C::AlreadyInside | C::NotInside => {
            Looks::At(&["card", "badge", "person"])
        }
        C::WrongZone => Looks::For(&["zone", "zones"]),
        C::NoPermit | C::NotOnPermit => Looks::For(&["permit"]),
        C::PermitForOther => Looks::For(&["purpose"]),
        C::NoEscort | C::EscortNotPermitted | C::EscortNotInside => Looks::For(&["escort"]),
        C::IdentificationMissing => Looks::For(&["identification"]),
        C::BadgeMissing => Looks::For(&["badge"]),
        C::BadgeUnknown | C::BadgeOut | C::BadgeUnusable => Looks::At(&["badge", "card"]),
        C::AlreadyExists => Looks::For(&["number", "user", "revises", "person"]),
        C::NothingToChange => Looks::At(&[]),
        C::NobodyLeft => Looks::For(&["profile", "user"]),
        C::ProfileInvalid | C::VersionTaken | C::JurisdictionUsed => Looks::For(&["profile"]),
        C::StepMissing | C::StepToCome | C::StepsReversed | C::NoMajority => Looks::For(&["steps"]),
        C::RightEnded => Looks::For(&["left"]),
        C::AppliedElsewhere => Looks::For(&["kind"]),
        C::NobodyDecides | C::NobodyStandsAbove => Looks::For(&["applicant", "clause"]),
        C::FindingAgainst => Looks::For(&["granted"]),
        C::MonthNotOver | C::MonthClosed | C::MonthBeforeOpen => Looks::For(&["month"]),
        C::EditionUnknown | C::EditionInForce => Looks::For(&["edition"]),
        C::ClockUnconfirmed
        | C::AccountNotBegun
        | C::AccountOver
        | C::AccountStopped
        | C::PasswordDue
        | C::PasswordReported
        | C::RequestReused
        | C::OtherOffset
        | C::NeedsEdition
        | C::ProposeInstead
        | C::ProposalWaits
        | C::DayPassed
        | C::OwnProposal
        | C::OthersCould
        | C::AdministratorsLeft
        | C::OwnApplication
        | C::NoExceptions
        | C::NotExtendable
        | C::LinesOpen
        | C::NoLine
        | C::ExtendedOften
        | C::NotOwnRight
        | C::NotAnOutsider
        | C::EscortStillNeeded
        | C::AlreadyOnDuty
        | C::ClockGood
        | C::SheetNotBound
        | C::LastSeenOff
        | C::LastAdministrator => Looks::Nowhere,
    }
}

/// The field among these that a failure is about, if it is about one.
pub fn at_fault(failure: &Failure, slots: &[FormField], cx: &Cx<'_>) -> Option<usize> {
    let Failure::Rejected(rejection, _) = failure else { return None };
    let called = |name: &str| slots.iter().position(|slot| slot.field.name == name);
    let one_of = |names: &[&str]| {
        let mut found = names.iter().filter_map(|name| called(name));
        let filled = |at: &usize| slots.get(*at).is_some_and(|slot| !slot.values().is_empty());
        found.clone().find(filled).or_else(|| found.next())
    };
    // The field itself is named, or what stands in it is.
    let named = rejection.args.iter().find(|(name, _)| name == "field").and_then(|(_, field)| called(field));
    let holds =
        || slots.iter().position(|slot| rejection.args.iter().any(|(_, value)| says(slot, value, cx)));
    let found = match looks(rejection.code) {
        Looks::Nowhere => return None,
        Looks::For(names) => named.or_else(|| one_of(names)),
        Looks::At(names) => named.or_else(holds).or_else(|| one_of(names)),
    };
    // In a correction, every value is the right value of some field.
    let corrected = || called("field").and(one_of(&["value", "text"]));
    found.or_else(corrected).or_else(|| one_of(&names_of(rejection)))
}

fn names_of(rejection: &Rejection) -> Vec<&str> {
    rejection.args.iter().map(|(name, _)| name.as_str()).collect()
}

/// Whether a field holds a value, as the rules name it.
fn says(slot: &FormField, value: &str, cx: &Cx<'_>) -> bool {
    let today = cx.desk.now().date_naive();
    let text = slot.edit.text();
    match slot.field.kind {
        Kind::Stamp => Stamp::parse_from_rfc3339(value)
            .is_ok_and(|wanted| stamp_from_typed("", text, cx.desk, today).is_ok_and(|held| held == wanted)),
        Kind::Date => value
            .parse()
            .is_ok_and(|wanted| date_from_typed("", text, today).is_ok_and(|held| held == wanted)),
        _ => slot.values().iter().any(|held| held == value),
    }
}
