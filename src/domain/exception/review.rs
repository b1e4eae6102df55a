//! What an exception is in the review of a month (9.2).

use super::rules::judged_by;
use super::*;
use crate::domain::lookup::{Case, required};
use crate::domain::month::{closed_to, closes, end_of_month, last_to_review, month_behind, month_of};
use crate::domain::{Code, LineFact, MonthLine, No, Outcome, ReportOfEnd, Settlement, holders};

/// The state under which those stand of which a month is still to be closed.
pub(super) const TO_REVIEW: &str = "to_review";

/// What was said of an exception in the review of a month.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct SettledLine {
    /// The month, by its first day.
    #[serde(with = "crate::domain::packed")]
    pub month: Date,
    /// What.
    pub said: Settlement,
    /// By whom, when, with what remark.
    pub done: Ending,
}

impl Moments for SettledLine {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

/// One of which somebody has a say in a month that is open, and the month: the one given, or the oldest that is unsettled.
fn open_line(case: &Case<'_>, row: &Exception, month: Option<Date>) -> Result<MonthLine, No> {
    let lines = row.open_lines(closed_to(case)?, case.context.day());
    let asked = lines.into_iter().filter(|(_, line)| line.asks);
    let mut asked =
        asked.filter(|(of, line)| month.map_or(line.is_unsettled(), |month| month_of(month) == *of));
    match asked.next() {
        Some((_, line)) => Ok(line),
        None => Err(Code::NoLine.with("record", row.id).into()),
    }
}

/// A line of a month that is open, of whoever judges the exception; where nobody is left who does, of whoever closes the month.
fn judges_line(case: &Case<'_>, row: &Exception) -> Result<(), No> {
    let whose = row.whose();
    case.not_of(&whose, || Code::OwnApplication.with("record", row.id))?;
    let left = match judged_by(case, &whose, &row.decided_by) {
        Ok(roles)
            if !holders(case.view, case.context.edition, roles, case.context.accounts_on)?.is_empty() =>
        {
            roles
        }
        Ok(_) | Err(No::Rejected(_)) => return closes(case),
        Err(no) => return Err(no),
    };
    case.authority(case.actor(), left)
}

pub(super) fn may_settle(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row: Exception = case.given(exception, "exception")?;
    judges_line(case, &row)?;
    open_line(case, &row, None)?;
    Ok(row)
}

pub(super) fn decide_settle(case: &Case<'_>, c: &SettleLine) -> Result<Outcome, No> {
    let row: Exception = case.given(c.exception, "exception")?;
    judges_line(case, &row)?;
    let lines = row.open_lines(closed_to(case)?, case.context.day());
    let line = open_line(case, &row, c.month)?;
    let month = lines.into_iter().find(|(_, other)| *other == line).map(|(month, _)| month);
    if c.said == Some(Settlement::Other) {
        required(&c.remarks, "remarks")?;
    }
    Ok(Outcome { id: Some(row.id), day: month, ..Outcome::default() })
}

impl Exception {
    /// The key under which all stand of which a month is still to be closed.
    pub(in crate::domain) fn to_review() -> String {
        key::state(Noun::Exception, TO_REVIEW)
    }

    /// The month in which it was over, as it is known now, and how.
    fn over(&self) -> Option<(Date, InForce)> {
        let permit = self.permit()?;
        let (last, over) = self.last_day(permit, Date::MAX);
        Some((month_of(last), over))
    }

    /// The month in which it was granted after the fact; nothing where it was not.
    fn late_grant(&self) -> Option<Date> {
        let granted = self.granted()?;
        let day = granted.done.on.date_naive();
        (self.is_after_the_fact() || granted.from < day).then(|| month_of(day))
    }

    /// Whether the report of its end is still to come or to be confirmed, whenever that is.
    fn is_report_open(&self) -> bool {
        self.permit().is_some() && self.end_report() != Some(EndReport::Waived) && self.confirmed.is_none()
    }

    /// How the report of its end stands on a day.
    fn report_on(&self, day: Date) -> ReportOfEnd {
        let holds = self.in_force(day).is_some_and(InForce::holds);
        match (&self.report, &self.confirmed) {
            _ if self.permit().is_none() => ReportOfEnd::NotDue,
            _ if self.end_report() == Some(EndReport::Waived) => ReportOfEnd::Waived,
            (_, Some(_)) => ReportOfEnd::Confirmed,
            (Some(_), None) => ReportOfEnd::Unconfirmed,
            (None, None) if holds => ReportOfEnd::NotDue,
            (None, None) => ReportOfEnd::Missing,
        }
    }

    /// Whether a closing told what became of it in a month: that of the month, or of a later one.
    fn was_told(&self, month: Date) -> bool {
        self.closed.iter().any(|closed| *closed >= month)
    }

    /// Whether a month in which it is a line is still to be closed.
    pub(super) fn is_to_review(&self) -> bool {
        let open = |month: Date| !self.was_told(month);
        self.is_report_open()
            || self.over().is_some_and(|(month, _)| open(month))
            || self.late_grant().is_some_and(open)
    }

    /// What it is in the review of a month, where months are closed up to another; nothing where it is no line of it.
    pub fn line(&self, month: Date, closed_to: Option<Date>) -> Option<MonthLine> {
        let end = end_of_month(month);
        let of = |over: InForce| match over {
            InForce::Ended => LineFact::EndedEarly,
            InForce::NotBegun => LineFact::NotBegun,
            InForce::InterruptedTooLong => LineFact::InterruptedTooLong,
            InForce::Revoked => LineFact::Revoked,
            _ => LineFact::Ended,
        };
        // The first month that is open tells what belongs to a closed one and was not known when that was closed.
        let is_first_open = closed_to.map(month_behind) == Some(month);
        let unknown = |of: Date| closed_to.is_some_and(|closed| of <= closed) && !self.was_told(of);
        let late = self.late_grant().is_some_and(|of| of == month || is_first_open && unknown(of));
        let fact = match self.over() {
            Some((ended, over)) if ended == month => Some(of(over)),
            Some((ended, _)) if ended < month => match (unknown(ended), self.is_report_open()) {
                (true, _) if is_first_open => Some(LineFact::ToldLate),
                (_, true) => Some(LineFact::FromEarlier),
                (_, false) => None,
            },
            _ => None,
        };
        let fact = fact.or(late.then_some(LineFact::AfterTheFact))?;
        let report = self.report_on(end.succ_opt().unwrap_or(end));
        let own = self.granted().is_some_and(|granted| granted.done.by == self.applicant);
        let silent = matches!(report, ReportOfEnd::Confirmed | ReportOfEnd::Waived);
        let asks = !own && (late || fact == LineFact::ToldLate || !silent);
        let said = self.settled.iter().rfind(|settled| settled.month == month).map(|settled| settled.said);
        Some(MonthLine { exception: self.id, fact, report, after_the_fact: late, asks, said })
    }

    /// What it is in each month whose review is open on a day, oldest first.
    pub fn open_lines(&self, closed_to: Option<Date>, day: Date) -> Vec<(Date, MonthLine)> {
        let own = [self.over().map(|(month, _)| month), self.late_grant()];
        let own = own.into_iter().flatten().min();
        let Some(mut month) = own.map(|own| closed_to.map_or(own, |closed| month_behind(closed).max(own)))
        else {
            return Vec::new();
        };
        let last = last_to_review(day);
        let mut lines = Vec::new();
        while month <= last {
            lines.extend(self.line(month, closed_to).map(|line| (month, line)));
            month = month_behind(month);
        }
        lines
    }
}
