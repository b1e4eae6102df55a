//! Takeovers of the desk.

use super::command::commands;
use super::lookup::Case;
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Code, Command, Date, Days, EntryMeta, Event, Filing, HandedOver, Id, No, Noun, Outcome, Site, Stamp, key,
};
use crate::text::find::Part;

row! {
    /// A takeover of the desk.
    Shift {
        /// Who took over.
        by: Id,
        /// When.
        #[serde(with = "super::packed")]
        at: Stamp,
        /// From whom.
        from: Option<Id>,
        /// People inside, badges out, things open.
        counts: Vec<u32>,
        /// What was said.
        remarks: String,
    }
}

commands! {
    /// Take over the desk.
    TakeOverShift = "take_over_shift" => "shift_taken_over" {
        /// What the one before left to say.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Entry, super::Task::Desk)), sealed: &["remarks"] }
        decide decide_take_over, touches [Site], on {};
}

fn may_take_over(case: &Case<'_>) -> Result<Site, No> {
    let site: Site = case.row(Id::SITE)?;
    let me = case.actor();
    if site.on_duty == Some(me) { Err(Code::AlreadyOnDuty.with("person", me).into()) } else { Ok(site) }
}

pub(super) fn decide_take_over(case: &Case<'_>, _: &TakeOverShift) -> Result<Outcome, No> {
    let site = may_take_over(case)?;
    let count = |wanted: HandedOver| -> Result<u32, No> {
        let mut sum = 0_usize;
        for noun in Noun::ALL {
            for (state, _) in noun.filing().handed_over.iter().filter(|(_, counts)| *counts == wanted) {
                sum += case.view.find(&key::state(noun, state))?.len();
            }
        }
        Ok(u32::try_from(sum).unwrap_or(u32::MAX))
    };
    let counts = [HandedOver::Inside, HandedOver::Lent, HandedOver::Open].into_iter().map(count);
    let counts = counts.collect::<Result<_, No>>()?;
    Ok(Outcome {
        id: Some(case.view.next(Noun::Shift)?),
        by: site.on_duty,
        counts,
        clock_unconfirmed: case.context.clock_unconfirmed,
        ..Outcome::default()
    })
}

/// What is asked of the row ([`super::Row`]).
impl Shift {
    pub(super) const FILING: Filing = Filing { days: Days::Kept, ..Filing::PLAIN };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::TakeOverShift(c) = &event.command else { return None };
        Some(Shift {
            id,
            trace: meta.trace(),
            by: meta.actor,
            at: event.happened(meta),
            from: event.outcome.by,
            counts: event.outcome.counts.clone(),
            remarks: c.remarks.clone(),
        })
    }

    /// Made once and never changed but by erasing.
    pub(super) fn change(&mut self, _: &Event, _: &EntryMeta) -> bool {
        false
    }

    pub(super) fn keys(&self) -> Vec<String> {
        vec![key::day(Noun::Shift, self.at.date_naive())]
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.at.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.by]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        std::iter::once(self.by).chain(self.from).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.by == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(vec![&mut self.remarks])
    }
}
