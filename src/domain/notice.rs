//! Notices to the officer: personal information was seen during a work (J-PI-12-2).

use super::lookup::{Ask, own_matter, wrong_state};
use super::{AcknowledgeNotice, Command, Ending, EntryMeta, Event, Id, No, Notice, Outcome, Trace, Work};

/// A notice that the actor may take: by the officer the profile names, not by who did the work.
pub(super) fn may_acknowledge(ask: &Ask<'_>, notice: Option<Id>) -> Result<Notice, No> {
    let notice: Notice = ask.given(notice, "notice")?;
    if notice.taken.is_some() {
        return Err(wrong_state(notice.id, "taken").into());
    }
    let work: Work = ask.row(notice.work)?;
    if work.workers.contains(&ask.actor()) {
        return Err(own_matter(ask.actor()).into());
    }
    ask.authority(ask.actor(), &ask.profile().authority.notice)?;
    Ok(notice)
}

pub(super) fn decide_acknowledge(ask: &Ask<'_>, c: &AcknowledgeNotice) -> Result<Outcome, No> {
    let notice = may_acknowledge(ask, c.notice)?;
    Ok(Outcome { id: Some(notice.id), visit: Some(notice.visit), ..Outcome::default() })
}

pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Notice> {
    let Command::RecordWork(_) = &event.command else { return None };
    Some(Notice {
        id,
        trace: Trace { made: meta.seq, changed: meta.seq, erased: None },
        work: event.outcome.id?,
        visit: event.outcome.visit?,
        opened: event.happened(meta),
        taken: None,
    })
}

pub(super) fn change(row: &mut Notice, event: &Event, meta: &EntryMeta) -> bool {
    let Command::AcknowledgeNotice(c) = &event.command else { return false };
    row.taken = Some(Ending { by: meta.actor, on: event.happened(meta), reason: c.remarks.clone() });
    true
}
