//! Notices to the officer: personal information was seen during a work (J-PI-12-2).

use super::command::commands;
use super::lookup::{Case, own_matter, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Command, Date, Edition, Ending, EntryMeta, Event, Filing, HandedOver, Id, No, Noun, Outcome, Stamp,
    Visit, Work, key,
};
use crate::text::find::Part;

row! {
    /// Something an officer must take note of.
    Notice {
        /// From which work record.
        work: Id,
        /// During which visit.
        visit: Id,
        /// Since when.
        #[serde(with = "super::packed")]
        opened: Stamp,
        /// Taken by whom, when.
        taken: Option<Ending>,
    }
}

commands! {
    /// The officer takes a notice (J-PI-12-2).
    AcknowledgeNotice = "acknowledge_notice" => "notice_acknowledged" {
        /// Which notice.
        notice: Option<Id>,
        /// Remarks.
        remarks: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Decisions)),
            authority: &["notice"],
            sealed: &["remarks"],
        }
        decide decide_acknowledge, touches [], on { Noun::Notice => may_acknowledge };
}

/// A notice that the actor may take: by the officer the profile names, not by who did the work, recorded it or came for it.
pub(super) fn may_acknowledge(case: &Case<'_>, notice: Option<Id>) -> Result<Notice, No> {
    let notice: Notice = case.given(notice, "notice")?;
    if notice.taken.is_some() {
        return Err(wrong_state(notice.id, "taken").into());
    }
    let work: Work = case.row(notice.work)?;
    let me = case.actor();
    let visit: Visit = case.row(work.visit)?;
    // Before edition 3 only the workers' own.
    let since = case.context.edition >= Edition::Three;
    let people = if since { work.whose_it_is(&visit) } else { work.workers };
    case.not_of(&people, || own_matter(me))?;
    case.authority(me, &case.profile().authority.notice)?;
    Ok(notice)
}

pub(super) fn decide_acknowledge(case: &Case<'_>, c: &AcknowledgeNotice) -> Result<Outcome, No> {
    let notice = may_acknowledge(case, c.notice)?;
    Ok(Outcome { id: Some(notice.id), visit: Some(notice.visit), ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Notice {
    pub(super) const FILING: Filing = Filing {
        states: &[("open", "open")],
        belongs_to: &[Noun::Work],
        handed_over: &[("open", HandedOver::Open)],
        settled_by: &[("open", AcknowledgeNotice::RULE.name)],
        query: Some(super::Query {
            name: "notices",
            group: super::Group(super::Book::Site, super::Task::Oversight),
            since: super::Edition::One,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RecordWork(_) = &event.command else { return None };
        Some(Notice {
            id,
            trace: meta.trace(),
            work: event.outcome.id?,
            visit: event.outcome.visit?,
            opened: event.happened(meta),
            taken: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let Command::AcknowledgeNotice(c) = &event.command else { return false };
        self.taken = Some(meta.ending(event.happened(meta), &c.remarks));
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let open = self.taken.is_none().then(|| key::state(Noun::Notice, "open"));
        std::iter::once(key::of(Noun::Notice, self.work)).chain(open).collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.opened.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.visit]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        vec![self.work, self.visit]
    }

    pub(super) fn names(&self, _: Id) -> bool {
        false
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(self.taken.as_mut().map(|end| &mut end.reason).into_iter().collect())
    }
}
