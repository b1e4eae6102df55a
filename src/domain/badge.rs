//! Badges that are lent and cards that are held (I-3-2-3, J-3-3-2).

use super::choice::choice;
use super::command::commands;
use super::lookup::{Case, exists, invalid, missing, nothing, plain_code, required, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    BadgeState, Code, Command, Correct, Date, EntryMeta, Event, Filing, HandedOver, Id, No, Noun, Outcome,
    Rejection, Row, Stamp, key,
};
use crate::text::find::Part;

row! {
    /// A badge or card.
    Badge {
        /// The number on it.
        number: String,
        /// Lent or held.
        kind: BadgeKind,
        /// The zone it is for.
        zone: Option<String>,
        /// Who holds the card.
        holder: Option<Id>,
        /// Where it is.
        state: BadgeState,
        /// The visit it is lent to, or was lost in.
        visit: Option<Id>,
        /// Since when it is in this state.
        #[serde(with = "super::packed")]
        since: Stamp,
        /// What was said of it last.
        remarks: String,
    }
}

commands! {
    /// Enter a badge that is lent, or a card that a person holds.
    RegisterBadge = "register_badge" => "badge_registered" {
        /// The number on it, as a scanner reads it.
        number: String,
        /// Lent or held.
        kind: BadgeKind,
        /// The zone it is for, where the site has badges a zone.
        zone: Option<String>,
        /// Who holds the card.
        holder: Option<Id>,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Upkeep)) }
        decide decide_register, touches [], on {};

    /// A badge is lost, broken, found, brought back or disposed of.
    ReportBadge = "report_badge" => "badge_reported" {
        /// The badge's number.
        badge: String,
        /// What happened.
        what: BadgeReport,
        /// In words.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Desk)), late: true, sealed: &["remarks"] }
        decide decide_report, touches [Visit], on { Noun::Badge => may_report };
}

choice! {
    /// What a badge is for.
    BadgeKind {
        /// Lent at check-in, returned at check-out.
        #[default]
        Badge = "badge",
        /// Held by one person for good.
        Card = "card",
    }
    /// What is reported of a badge.
    BadgeReport {
        /// It cannot be found.
        #[default]
        Lost = "lost",
        /// It does not work.
        Broken = "broken",
        /// It was found again, or mended.
        Found = "found",
        /// It came back after its visit had ended without it.
        Returned = "returned",
        /// It was destroyed.
        Disposed = "disposed",
    }
}

pub(super) fn decide_register(case: &Case<'_>, c: &RegisterBadge) -> Result<Outcome, No> {
    required(&c.number, "number")?;
    if c.kind == BadgeKind::Card && c.holder.is_none() {
        return Err(missing("holder").into());
    }
    plain_code(&c.number, "number")?;
    if let Some(zone) = c.zone.as_ref().filter(|zone| case.profile().zone(zone).is_none()) {
        return Err(invalid("zone", zone).into());
    }
    if let Some(holder) = c.holder.filter(|_| c.kind == BadgeKind::Badge) {
        return Err(invalid("holder", holder).into());
    }
    case.person_named(c.holder)?;
    if let Some(other) = numbered(case, &c.number)? {
        return Err(exists(other.id).into());
    }
    let id = case.view.next(Noun::Badge)?;
    Ok(Outcome { id: Some(id), person: c.holder, ..Outcome::default() })
}

/// The badge or card with a number.
pub(super) fn numbered(case: &Case<'_>, number: &str) -> Result<Option<Badge>, No> {
    case.one(&key::number(Noun::Badge, number))
}

/// The badge or card with a number, which must be registered.
pub(super) fn known(case: &Case<'_>, number: &str) -> Result<Badge, No> {
    Ok(numbered(case, number)?.ok_or_else(|| Code::BadgeUnknown.with("badge", number))?)
}

/// Why a badge cannot be lent for a zone; all that applies.
pub(super) fn unlendable(badge: &Badge, zone: &str) -> Vec<Rejection> {
    let mut no = unfit(badge, zone);
    no.extend(unusable(badge));
    no
}

/// Why a badge is not one for a zone, wherever it is.
pub(super) fn unfit(badge: &Badge, zone: &str) -> Vec<Rejection> {
    let mut no = Vec::new();
    if badge.kind == BadgeKind::Card {
        no.push(invalid("badge", &badge.number));
    }
    if badge.zone.as_ref().is_some_and(|own| own != zone) {
        no.push(Code::WrongZone.with("record", badge.id).and("zone", zone));
    }
    no
}

/// Why a badge or card is not at hand.
pub(super) fn unusable(badge: &Badge) -> Option<Rejection> {
    match (badge.state, badge.visit) {
        (BadgeState::In, _) => None,
        (BadgeState::Out | BadgeState::NotReturned, Some(visit)) => {
            Some(Code::BadgeOut.with("badge", &badge.number).and("visit", visit))
        }
        _ => Some(Code::BadgeUnusable.with("badge", &badge.number).and("state", badge.state.name())),
    }
}

/// Where a badge is after a report; the table of all cases.
fn after(badge: &Badge, what: BadgeReport) -> Result<BadgeState, Rejection> {
    use BadgeReport as R;
    use BadgeState as S;
    match (badge.state, what) {
        (S::Disposed, _) => Err(wrong_state(badge.id, badge.state.name())),
        (S::Lost, R::Lost) | (S::Broken, R::Broken) | (S::In, R::Found | R::Returned) => {
            Err(nothing(badge.id))
        }
        (_, R::Lost) => Ok(S::Lost),
        (_, R::Broken) => Ok(S::Broken),
        // Somebody wears it: it comes back by a check-out, or is lost or broken.
        (S::Out, R::Found | R::Returned | R::Disposed) => Err(wrong_state(badge.id, badge.state.name())),
        (_, R::Found | R::Returned) => Ok(S::In),
        // What is not here cannot be destroyed; it is lost first.
        (S::NotReturned, R::Disposed) => Err(wrong_state(badge.id, badge.state.name())),
        (S::In | S::Lost | S::Broken, R::Disposed) => Ok(S::Disposed),
    }
}

/// A badge of which anything can still be reported.
pub(super) fn may_report(case: &Case<'_>, badge: Option<Id>) -> Result<Badge, No> {
    let badge: Badge = case.given(badge, "badge")?;
    if badge.state == BadgeState::Disposed {
        return Err(wrong_state(badge.id, badge.state.name()).into());
    }
    Ok(badge)
}

/// A badge with which somebody may come in.
pub(super) fn may_be_worn(case: &Case<'_>, badge: Option<Id>) -> Result<Badge, No> {
    let badge: Badge = case.given(badge, "badge")?;
    unusable(&badge).map_or(Ok(badge), |rejection| Err(rejection.into()))
}

pub(super) fn decide_report(case: &Case<'_>, c: &ReportBadge) -> Result<Outcome, No> {
    required(&c.badge, "badge")?;
    let badge = known(case, &c.badge)?;
    let state = after(&badge, c.what)?;
    Ok(Outcome {
        id: Some(badge.id),
        badge: Some(badge.id),
        badge_state: Some(state),
        visit: badge.visit.filter(|_| badge.state == BadgeState::Out),
        person: badge.holder,
        clock_unconfirmed: case.context.clock_unconfirmed,
        ..Outcome::default()
    })
}

/// What a correction of a visit's badge makes: the new badge, its state after, the badge set free in `also`.
pub(super) fn corrected(case: &Case<'_>, c: &Correct, visit: &super::Visit) -> Result<Outcome, No> {
    let old: Option<Badge> = case.named(visit.badge)?;
    let bound = |badge: &Badge| {
        badge.visit == Some(visit.id) && matches!(badge.state, BadgeState::Out | BadgeState::NotReturned)
    };
    let freed = old.as_ref().filter(|badge| bound(badge));
    let set_free: Vec<Id> = freed.iter().map(|badge| badge.id).collect();
    if c.value.is_empty() {
        if visit.badge.is_none() {
            return Err(nothing(visit.id).into());
        }
        if visit.outsider {
            return Err(Code::BadgeMissing.with("person", visit.person).into());
        }
        return Ok(Outcome { also: set_free, ..Outcome::default() });
    }
    let new = known(case, &c.value)?;
    if visit.badge == Some(new.id) {
        return Err(nothing(visit.id).into());
    }
    // A badge that has come back is only named otherwise; one that somebody wears must be at hand to be worn.
    let worn = match freed {
        Some(badge) => Some(badge.state),
        None => (visit.state == super::VisitState::Inside).then_some(BadgeState::Out),
    };
    let no = unlendable(&new, &visit.zone);
    let judged = no.into_iter().filter(|r| worn.is_some() || r.code < Code::BadgeOut).min_by_key(|r| r.code);
    match judged {
        Some(rejection) => Err(rejection.into()),
        None => Ok(Outcome { badge: Some(new.id), badge_state: worn, also: set_free, ..Outcome::default() }),
    }
}

/// What is asked of the row ([`super::Row`]).
impl Badge {
    pub(super) const FILING: Filing = Filing {
        in_use: |row, id, _| matches!(row, Row::Badge(row) if row.holder == Some(id) && row.state != BadgeState::Disposed),
        on_leaving: super::leaving::OnLeaving::Hinders,
        states: &[
            ("in", "in"),
            ("out", "out"),
            ("not_returned", "not_returned"),
            ("lost", "lost"),
            ("broken", "broken"),
            ("disposed", "disposed"),
        ],
        named: true,
        tagged: true,
        handed_over: &[("out", HandedOver::Lent), ("not_returned", HandedOver::Lent)],
        query: Some(super::Query {
            name: "badges",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RegisterBadge(c) = &event.command else { return None };
        Some(Badge {
            id,
            trace: meta.trace(),
            number: c.number.clone(),
            kind: c.kind,
            zone: c.zone.clone(),
            holder: c.holder,
            state: BadgeState::In,
            visit: None,
            since: event.happened(meta),
            remarks: String::new(),
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let outcome = &event.outcome;
        let (state, visit) = match &event.command {
            // A stay that had ended: it was lent and came back, and is where it is.
            Command::CheckIn(c) if c.left.is_some() => return true,
            Command::CheckIn(_) => (BadgeState::Out, outcome.id),
            Command::CheckOut(_) | Command::SettleExit(_) => {
                (outcome.badge_state.unwrap_or(BadgeState::In), self.visit)
            }
            Command::ReportBadge(c) => {
                self.remarks.clone_from(&c.remarks);
                (outcome.badge_state.unwrap_or(self.state), self.visit)
            }
            Command::Correct(_) if outcome.also.contains(&self.id) => (BadgeState::In, None),
            Command::Correct(_) => match outcome.badge_state {
                Some(state) => (state, outcome.id),
                None => return true,
            },
            _ => return false,
        };
        self.state = state;
        self.visit = if state == BadgeState::In { None } else { visit };
        self.since = event.happened(meta);
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        vec![key::number(Noun::Badge, &self.number), key::state(Noun::Badge, self.state.name())]
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Number, &self.number)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        self.holder.into_iter().collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        [self.holder, self.visit].into_iter().flatten().collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.holder == Some(id)
    }

    pub(super) fn is_in_zone(&self, zone: &str) -> bool {
        self.zone.as_deref() == Some(zone)
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        None
    }
}
