//! The month's end (例外措置手順書 9.2): the review of a month is open by itself from its last day on, and is closed once every line of
//! it is settled. The lines are computed from the exceptions, so that nobody leaves one out; closing freezes them.

use super::choice::choice;
use super::command::commands;
use super::lookup::{Case, required, rows_under, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Book, Code, Command, Date, Days, Edition, Ending, EntryMeta, Event, Exception, Filing, Group, Id,
    Moments, No, Noun, Outcome, Query, Site, Stamp, Task, Waits, key,
};
use crate::text::find::Part;
use chrono::{Datelike, Months};

row! {
    /// A month that was closed.
    Month {
        /// Its first day.
        #[serde(with = "super::packed")]
        month: Date,
        /// How it was closed, each time, oldest first.
        closings: Vec<Closing>,
        /// Opened again by whom, when, why.
        reopened: Vec<Ending>,
    }
}

/// A closing of a month.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Closing {
    /// By whom, when, with what remark.
    pub done: Ending,
    /// The entry that closed it, which is signed over the log before it.
    pub entry: u64,
    /// Its lines as they stood then, by number.
    pub lines: Vec<MonthLine>,
}

impl Moments for Closing {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

/// A line of a month: what became of an exception, and a question to whoever judges it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct MonthLine {
    /// Of which exception.
    pub exception: Id,
    /// Why it is a line of the month.
    pub fact: LineFact,
    /// How the report of its end stands.
    pub report: ReportOfEnd,
    /// It was granted after the fact.
    pub after_the_fact: bool,
    /// Somebody has a say: it is settled before the month is closed.
    pub asks: bool,
    /// What was said of it last in that month.
    pub said: Option<Settlement>,
}

impl MonthLine {
    /// Whether it keeps its month from being closed.
    pub fn is_unsettled(&self) -> bool {
        self.asks && self.said.is_none()
    }
}

choice! {
    /// Why an exception is a line of a month.
    LineFact {
        /// Its period ended.
        #[default]
        Ended = "ended",
        /// It was ended before its last day.
        EndedEarly = "ended_early",
        /// Void: nobody began it in time.
        NotBegun = "not_begun",
        /// Void: it was interrupted for too long.
        InterruptedTooLong = "interrupted_too_long",
        /// It was taken away.
        Revoked = "revoked",
        /// It ended in a month before, and its report is still missing or not confirmed.
        FromEarlier = "from_earlier",
        /// It was granted after the fact.
        AfterTheFact = "after_the_fact",
        /// It ended in a month that was closed before that was told.
        ToldLate = "told_late",
    }
    /// How the report of an end stands.
    ReportOfEnd {
        /// It is missing.
        #[default]
        Missing = "missing",
        /// It is in, and nobody has confirmed it.
        Unconfirmed = "unconfirmed",
        /// It is in and confirmed.
        Confirmed = "confirmed",
        /// The decision waives it.
        Waived = "waived",
        /// It is not due.
        NotDue = "not_due",
    }
    /// What is said of a line.
    Settlement {
        /// The report was asked for.
        #[default]
        Asked = "asked",
        /// The end was found by other means.
        Found = "found",
        /// It is in order.
        InOrder = "in_order",
        /// Something is done about it.
        Measures = "measures",
        /// Something else, in words.
        Other = "other",
    }
}

commands! {
    /// Close a month: the oldest that is open, once every line of it is settled (9.2).
    CloseMonth = "close_month" => "month_closed" {
        /// The month, by any of its days; the oldest that is open where none is given.
        month: Option<Date>,
        /// A remark.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            sealed: &["remarks"],
            with: &["decide_exception"],
        }
        decide decide_close, touches [Site], on { Noun::Site => may_close };

    /// Open the month again that was closed last. What it was closed with stays readable.
    ReopenMonth = "reopen_month" => "month_reopened" {
        /// Which.
        month: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason"],
            with: &["decide_exception"],
        }
        decide decide_reopen, touches [Site], on { Noun::Month => may_reopen };
}

/// The first day of a day's month.
pub fn month_of(day: Date) -> Date {
    day.with_day(1).unwrap_or(day)
}

/// The first day of the month behind a month's.
pub fn month_behind(month: Date) -> Date {
    month_of(month).checked_add_months(Months::new(1)).unwrap_or(Date::MAX)
}

/// The last day of a month.
pub fn end_of_month(month: Date) -> Date {
    month_behind(month).pred_opt().unwrap_or(month)
}

/// The last month whose review is open on a day: its last day has come.
pub fn last_to_review(day: Date) -> Date {
    let month = month_of(day);
    if end_of_month(month) <= day { month } else { month.checked_sub_months(Months::new(1)).unwrap_or(month) }
}

/// Refuses whoever does not close months: by the profile, or whoever decides exceptions where it names nobody.
pub(super) fn closes(case: &Case<'_>) -> Result<(), No> {
    match case.profile().exceptions.as_ref() {
        None => Err(Code::NoExceptions.no().into()),
        Some(rules) if rules.closed_by.is_empty() => Ok(()),
        Some(rules) => case.authority(case.actor(), &rules.closed_by),
    }
}

fn may_close(case: &Case<'_>, _: Option<Id>) -> Result<(), No> {
    closes(case)
}

/// The last month that was closed; nothing where none was.
pub(super) fn closed_to(case: &Case<'_>) -> Result<Option<Date>, No> {
    Ok(case.row::<Site>(Id::SITE)?.closed_to)
}

fn decide_close(case: &Case<'_>, c: &CloseMonth) -> Result<Outcome, No> {
    closes(case)?;
    let today = case.context.day();
    let closed = closed_to(case)?;
    let open: Vec<Exception> = rows_under(case.view, &Exception::to_review())?;
    let lines = |month: Date| open.iter().filter_map(move |row| row.line(month, closed)).collect::<Vec<_>>();
    let last = last_to_review(today);
    let first = open.iter().flat_map(|row| row.open_lines(closed, today)).map(|(month, _)| month).min();
    let next = closed.map(month_behind).or(first).unwrap_or(last);
    let month = c.month.map_or(next, month_of);
    if month > last {
        return Err(Code::MonthNotOver.with("month", month).and("from", end_of_month(month)).into());
    }
    if closed.is_some_and(|closed| month <= closed) {
        return Err(Code::MonthClosed.with("month", month).into());
    }
    // In order: the first closing begins with the oldest month that has a line.
    if closed.is_some() && month > next || first.is_some_and(|first| first < month) {
        return Err(Code::MonthBeforeOpen.with("month", next.min(first.unwrap_or(next))).into());
    }
    let lines = lines(month);
    let unsettled: Vec<String> =
        lines.iter().filter(|line| line.is_unsettled()).map(|line| line.exception.to_string()).collect();
    if !unsettled.is_empty() {
        let (count, records) = (unsettled.len(), unsettled.join(", "));
        return Err(Code::LinesOpen.with("month", month).and("count", count).and("records", records).into());
    }
    let known = case.view.find(&of_month(month))?.first().copied();
    let id = match known {
        Some(id) => id,
        None => case.view.next(Noun::Month)?,
    };
    let also = lines.iter().map(|line| line.exception).collect();
    Ok(Outcome { id: Some(id), day: Some(month), also, lines, ..Outcome::default() })
}

/// The one that was closed last.
fn may_reopen(case: &Case<'_>, month: Option<Id>) -> Result<Month, No> {
    let row: Month = case.given(month, "month")?;
    closes(case)?;
    if !row.is_closed() {
        return Err(wrong_state(row.id, "reopened").into());
    }
    match closed_to(case)? {
        Some(last) if last == row.month => Ok(row),
        _ => Err(wrong_state(row.id, "closed_before").into()),
    }
}

fn decide_reopen(case: &Case<'_>, c: &ReopenMonth) -> Result<Outcome, No> {
    let row = may_reopen(case, c.month)?;
    required(&c.reason, "reason")?;
    let before = row.month.pred_opt().map(month_of).unwrap_or(row.month);
    let known = case.view.find(&of_month(before))?;
    let also = row.lines().iter().map(|line| line.exception).collect();
    let until = (!known.is_empty()).then_some(before);
    Ok(Outcome { id: Some(row.id), day: Some(row.month), until, also, ..Outcome::default() })
}

fn of_month(month: Date) -> String {
    key::state(Noun::Month, &format!("of.{}", month.format("%Y-%m")))
}

impl Month {
    /// Whether it is closed now.
    pub fn is_closed(&self) -> bool {
        self.closings.len() > self.reopened.len()
    }

    /// How it was closed last.
    pub fn closing(&self) -> Option<&Closing> {
        self.closings.last()
    }

    /// Its lines, as it was closed last.
    pub fn lines(&self) -> &[MonthLine] {
        self.closing().map_or(&[], |closing| &closing.lines)
    }
}

/// What is asked of the row ([`super::Row`]).
impl Month {
    pub(super) const FILING: Filing = Filing {
        states: &[("closed", "closed"), ("reopened", "reopened")],
        days: Days::Kept,
        query: Some(Query {
            name: "months",
            group: Group(Book::Exceptions, Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::CloseMonth(_) = &event.command else { return None };
        let month = event.outcome.day?;
        let mut row = Month { id, trace: meta.trace(), month, closings: Vec::new(), reopened: Vec::new() };
        row.change(event, meta);
        Some(row)
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        match &event.command {
            Command::CloseMonth(c) => {
                let done = meta.ending(event.happened(meta), &c.remarks);
                self.closings.push(Closing { done, entry: meta.seq, lines: event.outcome.lines.clone() });
            }
            Command::ReopenMonth(c) => {
                self.reopened.push(meta.ending(event.happened(meta), &c.reason));
            }
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let state = if self.is_closed() { "closed" } else { "reopened" };
        vec![key::state(Noun::Month, state), of_month(self.month), key::day(Noun::Month, self.month)]
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.month)
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        Vec::new()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        Vec::new()
    }

    pub(super) fn names(&self, _: Id) -> bool {
        false
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let closings = self.closings.iter_mut().map(|closing| &mut closing.done.reason);
        Some(closings.chain(self.reopened.iter_mut().map(|end| &mut end.reason)).collect())
    }
}
