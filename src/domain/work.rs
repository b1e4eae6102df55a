//! Work records, which are also the works' reports (J-2-2-3, J-PI-12).

use super::command::commands;
use super::device::targets;
use super::lookup::{
    Case, exists, invalid, missing, out_of_range, own_matter, repeated, required, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Code, Command, Date, Days, Edition, Ending, EntryMeta, Event, Filing, FormSoFar, Id, No, Notice, Noun,
    Offer, Outcome, Stamp, Visit, WorkState, key, offers,
};
use crate::text::find::Part;

row! {
    /// A work record and report.
    Work {
        /// During which visit.
        visit: Id,
        /// Under which permit.
        permit: Option<Id>,
        /// The day of the work.
        #[serde(with = "super::packed")]
        date: Date,
        /// Which server or machine, typed; may be empty where devices are named.
        server: String,
        /// What was done.
        work: String,
        /// Who did it.
        workers: Vec<Id>,
        /// With what result.
        result: String,
        /// Personal information was seen.
        pi_seen: bool,
        /// What was seen.
        pi_detail: String,
        /// Who recorded it.
        recorded_by: Id,
        /// When it was recorded last.
        #[serde(with = "super::packed")]
        recorded: Stamp,
        /// Where it stands.
        state: WorkState,
        /// Who approved or returned it.
        decided: Option<Ending>,
        /// The machines it is about, from the list of devices; none where one was typed.
        devices: Vec<Id>,
    }
}

commands! {
    /// Record the work done during a stay: server, work, workers, result (J-2-2-3, J-PI-12).
    RecordWork = "record_work" => "work_recorded" {
        /// During which visit.
        visit: Option<Id>,
        /// The returned report this one takes the place of.
        revises: Option<Id>,
        /// The day of the work; the day of the visit where absent.
        date: Option<Date>,
        /// Which server or machine, typed; may be empty where devices are named.
        server: String,
        /// What was done.
        work: String,
        /// Who did it; the visitor where empty.
        workers: Vec<Id>,
        /// With what result.
        result: String,
        /// Whether personal information was seen; from edition 3 on it has to be answered (J-PI-12-2).
        pi_seen: Option<bool>,
        /// What was seen, and why it could not be avoided.
        pi_detail: String,
        /// The machines it is about, from the list of devices.
        devices: Vec<Id>,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Desk)),
            late: true,
            sealed: &["server", "work", "result", "pi_detail"],
            offers: &[("workers", may_have_worked)],
        }
        decide decide_record, touches [Visit, Notice], on { Noun::Visit => may_record };

    /// Approve a work report (J-PI-12).
    ApproveWork = "approve_work" => "work_approved" {
        /// Which report.
        work: Option<Id>,
        /// Opinion.
        opinion: String,
    }
        rule {
            given: ByPeople,
            waits: super::Waits::Proved,
            group: Some(super::Group(super::Book::Entry, super::Task::Decisions)),
            authority: &["work"],
            sealed: &["opinion"],
        }
        decide decide_approve, touches [Visit], on { Noun::Work => may_judge };

    /// Send a work report back.
    ReturnWork = "return_work" => "work_returned" {
        /// Which report.
        work: Option<Id>,
        /// What is missing.
        reason: String,
    }
        rule {
            given: ByPeople,
            group: Some(super::Group(super::Book::Entry, super::Task::Decisions)),
            authority: &["work"],
            sealed: &["reason"],
        }
        decide decide_return, touches [Visit], on { Noun::Work => may_judge };
}

impl RecordWork {
    fn seen(&self) -> bool {
        self.pi_seen == Some(true)
    }
}

/// Who may have done the work of a visit: people of its company; after a visit of the own staff, anybody.
fn may_have_worked(case: &Case<'_>, form: &FormSoFar) -> Result<Offer, No> {
    let visit = match form.visit(case)? {
        None => form
            .record
            .or(form.id("revises"))
            .map(|work| case.row::<Work>(work))
            .transpose()?
            .map(|work| work.visit),
        Some(visit) => Some(visit.id),
    };
    let visit: Option<Visit> = case.named(visit)?;
    Ok(match visit {
        Some(Visit { company: None, .. }) => Offer::default(),
        visit => offers::workers_of(visit.and_then(|visit| visit.company)),
    })
}

/// A visit of which no report stands, or one that was sent back.
pub(super) fn may_record(case: &Case<'_>, visit: Option<Id>) -> Result<(), No> {
    let visit: Visit = case.given(visit, "visit")?;
    match case.one::<Work>(&key::of(Noun::Work, visit.id))? {
        Some(work) if work.state != WorkState::Returned => Err(exists(work.id).into()),
        _ => Ok(()),
    }
}

pub(super) fn decide_record(case: &Case<'_>, c: &RecordWork) -> Result<Outcome, No> {
    if c.devices.is_empty() {
        required(&c.server, "server")?;
    }
    targets(case, &c.devices)?;
    required(&c.work, "work")?;
    required(&c.result, "result")?;
    if c.pi_seen.is_none() && case.context.edition >= Edition::Three {
        return Err(missing("pi_seen").into());
    }
    if c.seen() {
        required(&c.pi_detail, "pi_detail")?;
    }
    if let Some(worker) = repeated(&c.workers) {
        return Err(invalid("workers", worker).into());
    }
    let revised: Option<Work> = case.named(c.revises)?;
    for worker in &c.workers {
        case.person(Some(*worker), "workers")?;
    }
    let visit: Visit = case.given(c.visit.or(revised.as_ref().map(|work| work.visit)), "visit")?;
    if let Some(work) = &revised {
        if work.visit != visit.id {
            return Err(invalid("revises", work.id).into());
        }
        if work.state != WorkState::Returned {
            return Err(wrong_state(work.id, work.state.name()).into());
        }
    }
    on_a_day_of(case, c, &visit)?;
    if case.context.edition >= Edition::Three {
        inside_during(case, c, &visit)?;
    }
    if revised.is_none()
        && let Some(work) = case.one::<Work>(&key::of(Noun::Work, visit.id))?
    {
        return Err(exists(work.id).into());
    }
    let id = match &revised {
        Some(work) => work.id,
        None => case.view.next(Noun::Work)?,
    };
    let notices: Vec<Notice> = case.all(&key::of(Noun::Notice, id))?;
    let told = notices.iter().any(|notice| notice.taken.is_none());
    let notice = if c.seen() && !told { Some(case.view.next(Noun::Notice)?) } else { None };
    Ok(Outcome {
        id: Some(id),
        person: Some(visit.person),
        outsider: visit.outsider,
        visit: Some(visit.id),
        permit: visit.permit,
        notice,
        day: Some(visit.came.date_naive()),
        clock_unconfirmed: case.context.clock_unconfirmed,
        ..Outcome::default()
    })
}

/// The day of a work is one of its visit, as far as times are trusted.
fn on_a_day_of(case: &Case<'_>, c: &RecordWork, visit: &Visit) -> Result<(), No> {
    let Some(date) = c.date.filter(|_| !case.context.clock_unconfirmed) else { return Ok(()) };
    let last = visit.left.unwrap_or(case.context.now);
    if visit.came.date_naive() <= date && date <= last.date_naive() {
        return Ok(());
    }
    let midnight =
        date.and_hms_opt(0, 0, 0).and_then(|time| time.and_local_timezone(visit.came.timezone()).single());
    let time: Stamp = midnight.ok_or_else(|| invalid("date", date))?;
    Err(out_of_range(time, visit.came, last).into())
}

/// Who did the work of a visit was inside meanwhile (J-2-2-3): the visitor, and whoever has a visit of their own that
/// meets it, on the day of the work where one is given. Times that nobody confirmed exclude nobody.
fn inside_during(case: &Case<'_>, c: &RecordWork, visit: &Visit) -> Result<(), No> {
    let unconfirmed = case.context.clock_unconfirmed || visit.clock_unconfirmed;
    let end = |visit: &Visit| visit.ended().unwrap_or(Stamp::MAX_UTC.fixed_offset());
    for worker in c.workers.iter().filter(|worker| **worker != visit.person) {
        let met = case.all_of::<Visit>(Noun::Visit, *worker)?.iter().any(|own| {
            let (from, to) = (own.came.max(visit.came), end(own).min(end(visit)));
            let on = |date: Date| from.date_naive() <= date && date <= to.date_naive();
            unconfirmed || own.clock_unconfirmed || (from <= to && c.date.is_none_or(on))
        });
        if !met {
            return Err(Code::NotInside.with("record", worker).into());
        }
    }
    Ok(())
}

impl Work {
    /// The people whose own matter it is: who did it, recorded it, or came for it (J-2-1-2).
    pub(super) fn whose_it_is(&self, visit: &Visit) -> Vec<Id> {
        let others = [self.recorded_by, visit.person].into_iter().chain(self.trace.made_for);
        self.workers.iter().copied().chain(others).collect()
    }
}

/// A report that the actor may approve or send back: not the own work (J-2-1-2).
pub(super) fn may_judge(case: &Case<'_>, work: Option<Id>) -> Result<Work, No> {
    let work: Work = case.given(work, "work")?;
    if work.state != WorkState::Recorded {
        return Err(wrong_state(work.id, work.state.name()).into());
    }
    let me = case.actor();
    let visit: Visit = case.row(work.visit)?;
    case.not_of(&work.whose_it_is(&visit), || own_matter(me))?;
    case.authority(me, &case.profile().authority.work)?;
    Ok(work)
}

fn about(work: &Work) -> Outcome {
    Outcome { id: Some(work.id), visit: Some(work.visit), ..Outcome::default() }
}

pub(super) fn decide_approve(case: &Case<'_>, c: &ApproveWork) -> Result<Outcome, No> {
    Ok(about(&may_judge(case, c.work)?))
}

pub(super) fn decide_return(case: &Case<'_>, c: &ReturnWork) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    Ok(about(&may_judge(case, c.work)?))
}

/// A contractor's work, and any under a permit, is a paper to be approved (J-PI-12); of the site's own staff a record
/// is all that is asked (J-2-2-3).
pub(super) fn state_on_record(outcome: &Outcome) -> WorkState {
    if outcome.outsider || outcome.permit.is_some() { WorkState::Recorded } else { WorkState::Kept }
}

/// What is asked of the row ([`super::Row`]).
impl Work {
    pub(super) const FILING: Filing = Filing {
        states: &[("recorded", "recorded"), ("returned", "returned")],
        days: Days::Kept,
        belongs_to: &[Noun::Visit],
        query: Some(super::Query {
            name: "works",
            group: super::Group(super::Book::Entry, super::Task::Reading),
            since: super::Edition::One,
        }),
        settled_by: &[("recorded", ApproveWork::RULE.name)],
        ..Filing::PLAIN
    };

    /// A new report, or nothing when the event names no visit.
    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RecordWork(c) = &event.command else { return None };
        let outcome = &event.outcome;
        Some(Work {
            id,
            trace: meta.trace(),
            visit: outcome.visit?,
            permit: outcome.permit,
            date: c.date.or(outcome.day)?,
            server: c.server.clone(),
            work: c.work.clone(),
            workers: if c.workers.is_empty() {
                outcome.person.into_iter().collect()
            } else {
                c.workers.clone()
            },
            result: c.result.clone(),
            pi_seen: c.seen(),
            pi_detail: c.pi_detail.clone(),
            recorded_by: meta.actor,
            recorded: event.happened(meta),
            state: state_on_record(outcome),
            decided: None,
            devices: c.devices.clone(),
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let (state, reason) = match &event.command {
            Command::RecordWork(_) => {
                // A revision takes the place of the whole report; the earlier one stands in the log.
                let Some(revision) = Work::make(self.id, event, meta) else { return false };
                *self = Work { trace: self.trace.clone(), decided: self.decided.clone(), ..revision };
                return true;
            }
            Command::ApproveWork(c) => (WorkState::Approved, &c.opinion),
            Command::ReturnWork(c) => (WorkState::Returned, &c.reason),
            _ => return false,
        };
        self.state = state;
        self.decided = Some(meta.ending(event.happened(meta), reason));
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::Work;
        let mut keys = vec![key::of(noun, self.visit), key::day(noun, self.date)];
        if matches!(self.state, WorkState::Recorded | WorkState::Returned) {
            keys.push(key::state(noun, self.state.name()));
        }
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.date)
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        std::iter::once(self.recorded_by).chain(self.workers.iter().copied()).collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        [self.visit, self.recorded_by]
            .iter()
            .chain(&self.workers)
            .chain(&self.permit)
            .chain(&self.devices)
            .copied()
            .collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.workers.contains(&id) || self.recorded_by == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let mut texts = vec![&mut self.server, &mut self.work, &mut self.result, &mut self.pi_detail];
        texts.extend(self.decided.as_mut().map(|end| &mut end.reason));
        Some(texts)
    }
}
