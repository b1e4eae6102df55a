//! Exceptions (例外措置): who is to be excused from which rule, why and until when; received by the clerk, decided by whom the rules
//! name, in force by the calendar alone (例外措置手順書 4 to 6). What can be asked of them stands in `commands`, what is refused in
//! `rules`, and here what an exception is and what it comes to.

mod commands;
mod review;
mod rules;

pub use commands::*;
pub use review::SettledLine;

use super::choice::choice;
use super::row::row;
use super::{
    Book, Command, Date, Days, ERASED, Edition, Ending, EntryMeta, Event, Filing, Group, Id, Leave, Moments,
    Noun, Partly, Query, Row, Stamp, Task, key,
};
use crate::text::find::Part;
use crate::text::wareki::fiscal_year;
use commands::wanted;
use std::sync::LazyLock;

row! {
    /// An application for an exception, and the permit that it becomes.
    Exception {
        /// Its kind, by the profile's id.
        kind: String,
        /// What it asks for: a permit, or something of one.
        applied_for: AppliedFor,
        /// The permit of which it asks something.
        of_permit: Option<Id>,
        /// Who applied.
        applicant: Id,
        /// Who typed the application.
        entered_by: Id,
        /// Applied when.
        #[serde(with = "super::packed")]
        applied: Stamp,
        /// What was applied for: each version, oldest first.
        versions: Vec<Wanted>,
        /// Where it stands, apart from what the calendar makes of it.
        state: ExceptionState,
        /// The role ids whose decision it is.
        decided_by: Vec<String>,
        /// It went to those above, since it is the own matter of whoever would decide.
        raised: bool,
        /// The path that it took since it was applied for.
        path: Vec<Passage>,
        /// Granted or refused by whom, how and why.
        decision: Option<Box<ExceptionDecision>>,
        /// Begun, interrupted, resumed.
        phases: Vec<Phase>,
        /// What was granted of it since: extensions and amendments, oldest first.
        terms: Vec<ChangedTerms>,
        /// The extension or amendment of it that nobody has decided.
        pending: Option<Pending>,
        /// Further measures that were entered at once, oldest first.
        further: Vec<Further>,
        /// What was said of it in the reviews of months.
        settled: Vec<SettledLine>,
        /// The months that were closed with it, by their first days.
        closed: Vec<Date>,
        /// Taken back by whom, when, why.
        withdrawn: Option<Ending>,
        /// The copy (副本) of the decision: given to the applicant by whom, when.
        handed_over: Option<Ending>,
        /// Taken away by whom, when, why: void from that day on.
        revoked: Option<Ending>,
        /// Its end, as it was reported.
        report: Option<EndTold>,
        /// The report confirmed by whom, when.
        confirmed: Option<Ending>,
        /// What is owed besides, by its kind.
        owed: Vec<Owed>,
        /// What of that was done: by whom, when, with what finding or remark.
        done: Vec<(Owed, Ending)>,
        /// Notes of whoever has it on its risks: when, by whom, what (7.2).
        notes: Vec<Ending>,
    }
}

/// What was applied for, in one of its versions.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Wanted {
    /// The rule, by the profile's id; empty where its kind names none.
    pub clause: String,
    /// The system it is for, as typed.
    pub system: String,
    /// The machines it is for, from the list of devices.
    pub devices: Vec<Id>,
    /// It concerns the network that has an authority of its own.
    pub network: bool,
    /// First day wanted.
    #[serde(with = "super::packed")]
    pub from: Date,
    /// Last day wanted, inclusive.
    #[serde(with = "super::packed")]
    pub to: Date,
    /// Why.
    pub reason: String,
    /// The extent and effect of damage that is foreseen.
    pub damage: String,
    /// Alternative measures; that there are none is told in words.
    pub measures: String,
    /// How its end is to be reported.
    pub end_report: Option<EndReport>,
    /// Whether it touches other organisations.
    pub others: Option<Touches>,
    /// With whom it was settled before.
    pub consulted: String,
    /// When.
    #[serde(with = "super::packed")]
    pub consulted_on: Option<Date>,
    /// With what result.
    pub consultation: String,
    /// The account of events (経緯書), where it begins before it was applied for.
    pub account: String,
    /// Why that could not be avoided.
    pub unavoidable: String,
    /// The form of use of what is connected (様式3).
    pub form_of_use: String,
    /// The design and implementation of data protection (様式3).
    pub protection: String,
    /// Where the applicant is reached.
    pub contact: String,
}

impl Wanted {
    /// Its texts that can be erased.
    fn texts(&mut self) -> [&mut String; 10] {
        [
            &mut self.reason,
            &mut self.damage,
            &mut self.measures,
            &mut self.consulted,
            &mut self.consultation,
            &mut self.account,
            &mut self.unavoidable,
            &mut self.form_of_use,
            &mut self.protection,
            &mut self.contact,
        ]
    }
}

/// A step on the way of an application.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Passage {
    /// What was done.
    pub what: PassageKind,
    /// By whom, when, with what remark.
    pub done: Ending,
    /// The role ids whose decision it is since.
    pub decided_by: Vec<String>,
}

impl Moments for Passage {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

/// A decision.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ExceptionDecision {
    /// By whom, when, why.
    pub done: Ending,
    /// Granted, or refused.
    pub granted: bool,
    /// The number of the permit; empty where it was refused.
    pub number: String,
    /// The analysis of risks.
    pub risk: String,
    /// An opinion (意見書).
    pub opinion: String,
    /// There is a rational reason not to comply (6.3(1)).
    pub rational: bool,
    /// What is held of the alternative (6.3(2)).
    pub alternative: Option<Alternative>,
    /// What its kind asks besides is so; nothing where it asks nothing.
    pub unaffected: Option<Finding>,
    /// Its damage, content and period, weighed against not adopting it.
    pub weighed: String,
    /// The rule as granted.
    pub clause: String,
    /// The system as granted.
    pub system: String,
    /// First day granted.
    #[serde(with = "super::packed")]
    pub from: Date,
    /// Last day granted, inclusive.
    #[serde(with = "super::packed")]
    pub to: Date,
    /// Alternative measures as granted: provisional, as long as the permit.
    pub measures: String,
    /// Conditions.
    pub conditions: String,
    /// How its end is reported.
    pub end_report: Option<EndReport>,
    /// It may be extended.
    pub extendable: bool,
    /// The account of events, where the application has none.
    pub account: String,
    /// The last day on which it can be begun; none where the rules set none.
    #[serde(with = "super::packed")]
    pub begin_by: Option<Date>,
}

impl ExceptionDecision {
    /// A grant of what was applied for, without a finding or a condition.
    fn as_wanted(wanted: &Wanted, event: &Event, done: Ending) -> ExceptionDecision {
        ExceptionDecision {
            done,
            granted: true,
            number: event.outcome.number.clone(),
            risk: String::new(),
            opinion: String::new(),
            rational: false,
            alternative: None,
            unaffected: None,
            weighed: String::new(),
            clause: wanted.clause.clone(),
            system: wanted.system.clone(),
            from: wanted.from,
            to: wanted.to,
            measures: wanted.measures.clone(),
            conditions: String::new(),
            end_report: wanted.end_report,
            extendable: false,
            account: String::new(),
            begin_by: event.outcome.until,
        }
    }
}

impl Moments for ExceptionDecision {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

/// A permit begun, interrupted or resumed.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Phase {
    /// Which.
    pub what: PhaseKind,
    /// On which day.
    #[serde(with = "super::packed")]
    pub day: Date,
    /// Entered by whom, when, with what remark.
    pub done: Ending,
    /// Of an interruption: the day from which on it is void, unless it was resumed before.
    #[serde(with = "super::packed")]
    pub void_on: Option<Date>,
}

impl Moments for Phase {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

/// An extension or amendment of a permit, as it was granted.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ChangedTerms {
    /// The application, which says the rest.
    pub application: Id,
    /// Which of the two.
    pub applied_for: AppliedFor,
    /// First day.
    #[serde(with = "super::packed")]
    pub from: Date,
    /// Last day, inclusive.
    #[serde(with = "super::packed")]
    pub to: Date,
    /// How the end is reported since; as before where nothing is told.
    pub end_report: Option<EndReport>,
}

/// An extension or amendment that was applied for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Pending {
    /// The application.
    pub application: Id,
    /// Which of the two.
    pub applied_for: AppliedFor,
}

/// A further measure, used before anybody approved it (8).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Further {
    /// By whom, when, which.
    pub done: Ending,
    /// The damage that was foreseen then.
    pub damage: String,
    /// The amendment that was filed for it.
    pub amendment: Option<Id>,
}

macro_rules! without_moments {
    ($($name:ident),*) => {
        $(impl Moments for $name {
            fn each_moment(&mut self, _: &mut dyn FnMut(&mut Stamp)) {}
        })*
    };
}
without_moments!(Wanted, ChangedTerms, Pending);

impl Moments for Further {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

/// The end of a permit, as it was reported (9.1).
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct EndTold {
    /// Entered by whom, when, with what remark.
    pub done: Ending,
    /// The last day on which it was used.
    #[serde(with = "super::packed")]
    pub last: Date,
    /// How it was reported.
    pub how: EndReport,
    /// On which day the report came.
    #[serde(with = "super::packed")]
    pub came: Date,
}

impl Moments for EndTold {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}
choice! {
    /// Where an application or permit stands, apart from what the calendar makes of it.
    ExceptionState {
        /// Applied for.
        #[default]
        Applied = "applied",
        /// Received by the clerk, its form in order.
        Received = "received",
        /// Given back to be put right.
        Returned = "returned",
        /// Granted.
        Granted = "granted",
        /// Refused.
        Refused = "refused",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Recorded, of what was lawful without anybody's permission; a review follows.
        Recorded = "recorded",
        /// Reviewed.
        Reviewed = "reviewed",
    }
    /// What an application asks for.
    AppliedFor {
        /// A permit.
        #[default]
        New = "new",
        /// That a permit holds for longer.
        Extension = "extension",
        /// Other terms of a permit.
        Amendment = "amendment",
    }
    /// What is owed of an exception of some kinds.
    Owed {
        /// That somebody else reviews it.
        #[default]
        Review = "review",
        /// That it is told to whom the kind says.
        Telling = "telling",
        /// That what was stored is confirmed to be gone, after its end.
        Gone = "gone",
    }
    /// How the end of an exception is reported.
    EndReport {
        /// By a report on paper.
        #[default]
        Form = "form",
        /// By mail.
        Mail = "mail",
        /// Otherwise.
        Other = "other",
        /// Not at all: the decision waives it.
        Waived = "waived",
    }
    /// Whether an exception touches other organisations.
    Touches {
        /// It does not.
        #[default]
        Nobody = "nobody",
        /// It does: it is settled with them first.
        Others = "others",
    }
    /// A finding.
    Finding {
        /// It is so.
        #[default]
        Yes = "yes",
        /// It is not.
        No = "no",
    }
    /// What is held of an alternative to the rule.
    Alternative {
        /// One is adopted, and reasonable in content and period.
        #[default]
        Reasonable = "reasonable",
        /// One is adopted, and not reasonable.
        Unreasonable = "unreasonable",
        /// None is adopted.
        None = "none",
    }
    /// A step on the way of an application.
    PassageKind {
        /// Received by the clerk.
        #[default]
        Received = "received",
        /// Given back.
        Returned = "returned",
        /// Applied for again.
        Resubmitted = "resubmitted",
        /// Passed on to those above.
        Forwarded = "forwarded",
    }
    /// What a permit came to.
    PhaseKind {
        /// Begun.
        #[default]
        Begun = "begun",
        /// Interrupted.
        Interrupted = "interrupted",
        /// Resumed.
        Resumed = "resumed",
    }
}

impl ExceptionState {
    /// Whether nobody has decided it.
    pub fn is_open(self) -> bool {
        matches!(self, ExceptionState::Applied | ExceptionState::Received | ExceptionState::Returned)
    }

    /// Whether somebody granted or refused it.
    fn is_decided(self) -> bool {
        matches!(self, ExceptionState::Granted | ExceptionState::Refused)
    }
}

/// Where a permit stands on a day, by its dates and by what was entered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum InForce {
    /// Its first day is still to come.
    ToCome,
    /// Its last day is over, and an extension that was granted holds from a later day on.
    Uncovered,
    /// In force, begun or not.
    InForce,
    /// Interrupted.
    Interrupted,
    /// Its last day is over.
    Expired,
    /// Void: nobody began it in time.
    NotBegun,
    /// Void: it was interrupted for too long.
    InterruptedTooLong,
    /// It was ended before its last day.
    Ended,
    /// It was taken away.
    Revoked,
}

impl InForce {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            InForce::ToCome => "to_come",
            InForce::Uncovered => "uncovered",
            InForce::InForce => "in_force",
            InForce::Interrupted => "interrupted",
            InForce::Expired => "expired",
            InForce::NotBegun => "not_begun",
            InForce::InterruptedTooLong => "interrupted_too_long",
            InForce::Ended => "ended",
            InForce::Revoked => "revoked",
        }
    }

    /// Whether it may still be used, now or later.
    pub fn holds(self) -> bool {
        matches!(self, InForce::ToCome | InForce::Uncovered | InForce::InForce | InForce::Interrupted)
    }
}

/// The state under which all that nobody has decided stand in the index.
const OPEN: &str = "open";

/// The state under which the permits stand that are in force, or whose end is to be reported or confirmed.
const STANDING: &str = "standing";

/// The state under which what was decided stands: the originals (正本).
const DECIDED: &str = "decided";

/// The state under which those stand of which something is owed by their kind.
const OWED: &str = "owed";

/// The state under which permits stand with a further measure for which no amendment was applied for.
const UNAMENDED: &str = "unamended";

/// The state under which those stand whose applicant has no copy of the decision.
const COPY_DUE: &str = "copy_due";

/// The key of the permits that got a number in a fiscal year.
fn numbered(year: i32) -> String {
    key::state(Noun::Exception, &format!("numbered.{year}"))
}

impl Exception {
    /// What is applied for now.
    pub fn wanted(&self) -> &Wanted {
        static NOTHING: LazyLock<Wanted> = LazyLock::new(Wanted::default);
        self.versions.last().unwrap_or(&NOTHING)
    }

    /// The people whose own matter it is: who applied, who typed any of its versions, and for whom whoever applied acted. For whom
    /// a clerk typed it, it is not: that is whoever decides it (11).
    fn whose(&self) -> Vec<Id> {
        let again = self.path.iter().filter(|passage| passage.what == PassageKind::Resubmitted);
        let again = again.map(|passage| (passage.done.by, passage.done.on_behalf));
        let mut people = vec![self.applicant];
        for (by, whom) in std::iter::once((self.entered_by, self.trace.made_for)).chain(again) {
            let whom = whom.filter(|_| by == self.applicant);
            people.extend(std::iter::once(by).chain(whom).filter(|id| *id != self.applicant));
        }
        people
    }

    /// Whether it begins before the day on which it was applied for (事後申請).
    pub fn is_after_the_fact(&self) -> bool {
        self.versions.iter().any(|version| version.from < self.applied.date_naive())
    }

    /// The decision of what was granted: a permit, or something of one.
    pub fn granted(&self) -> Option<&ExceptionDecision> {
        self.decision.as_deref().filter(|decision| decision.granted)
    }

    /// The decision by which it is a permit.
    pub fn permit(&self) -> Option<&ExceptionDecision> {
        self.granted().filter(|_| self.applied_for == AppliedFor::New)
    }

    /// How its end is reported, as it was granted last.
    pub fn end_report(&self) -> Option<EndReport> {
        let since = self.terms.iter().rev().find_map(|term| term.end_report);
        since.or(self.permit().and_then(|permit| permit.end_report))
    }

    /// How often it was extended.
    pub fn extensions(&self) -> usize {
        self.terms.iter().filter(|term| term.applied_for == AppliedFor::Extension).count()
    }

    /// The terms that were granted last of those that hold on a day; nothing where the decision itself says them.
    pub fn term_on(&self, day: Date) -> Option<&ChangedTerms> {
        self.terms.iter().rfind(|term| term.from <= day && day <= term.to)
    }

    /// Whether a further measure is in use for which no amendment was applied for (8).
    pub fn is_unamended(&self) -> bool {
        self.further.iter().any(|further| further.amendment.is_none())
    }

    /// The last day of all that was granted.
    fn covered_to(&self, permit: &ExceptionDecision) -> Date {
        self.terms.iter().map(|term| term.to).fold(permit.to, Date::max)
    }

    /// Whether what was granted covers a day.
    fn covers(&self, permit: &ExceptionDecision, day: Date) -> bool {
        (permit.from <= day && day <= permit.to) || self.term_on(day).is_some()
    }

    /// The last of the days from one on that it holds in one piece, as far as a day knows.
    pub fn runs_until(&self, day: Date) -> Option<Date> {
        let permit = self.permit()?;
        let mut last = day;
        for _ in 0..=self.terms.len() {
            let next = last.succ_opt().unwrap_or(last);
            let periods = std::iter::once((permit.from, permit.to));
            let periods = periods.chain(self.terms.iter().map(|term| (term.from, term.to)));
            let reached = periods.filter(|(from, to)| *from <= next && *to > last);
            last = reached.map(|(_, to)| to).max().unwrap_or(last);
        }
        Some(last.min(self.last_day(permit, day).0))
    }

    /// Whether it was decided and its applicant has no copy yet.
    pub fn is_copy_due(&self) -> bool {
        // Who decided it themselves needs no copy.
        let own = self.decision.as_ref().is_some_and(|decision| decision.done.by == self.applicant);
        self.state.is_decided() && self.handed_over.is_none() && !own
    }

    /// Whether the report of its end is missing on a day (9.1).
    pub fn is_report_due(&self, day: Date) -> bool {
        let waived = self.end_report() == Some(EndReport::Waived);
        !waived && self.report.is_none() && self.in_force(day).is_some_and(|stands| !stands.holds())
    }

    /// Whether the report of its end waits for whoever confirms it.
    pub fn is_confirmation_due(&self) -> bool {
        self.report.is_some() && self.confirmed.is_none()
    }

    /// Whether something is still to be done about it: decided, given, reported or confirmed.
    fn waits(&self) -> bool {
        self.owes_anything()
            || self.state.is_open()
            || self.is_copy_due()
            || self.permit().is_some() && self.confirmed.is_none()
    }

    /// What still keeps it from being over on a day, by the name of its state: undecided, in force, or something to be given,
    /// reported, confirmed or reviewed.
    fn waits_on(&self, day: Date) -> Option<&'static str> {
        let holds = self.in_force(day).filter(|stands| stands.holds()).map(InForce::name);
        let owed = self.owed.iter().find(|what| self.owes(**what)).map(|what| match what {
            Owed::Review => "unreviewed",
            Owed::Telling => "untold",
            Owed::Gone => "not_gone",
        });
        self.state
            .is_open()
            .then_some(self.state.name())
            .or(holds)
            .or(self.is_report_due(day).then_some("unreported"))
            .or(self.is_confirmation_due().then_some("unconfirmed"))
            .or(owed)
            .or(self.is_copy_due().then_some(COPY_DUE))
    }

    /// What everybody is told of one that is in force on a day (7.1): number, rule, system and machines, who has it, period,
    /// measures and conditions; nothing of any other.
    fn told(mut self, day: Date) -> Option<Exception> {
        if self.in_force(day) != Some(InForce::InForce) {
            return None;
        }
        let granted =
            self.decision.as_ref().map(|permit| (permit.measures.clone(), permit.conditions.clone()));
        self.versions = self.versions.pop().into_iter().collect();
        self.path.clear();
        self.notes.clear();
        self.settled.clear();
        self.closed.clear();
        self.further.clear();
        self.pending = None;
        self.done.clear();
        self.owed.clear();
        self.sealed().into_iter().flatten().for_each(String::clear);
        if let (Some(permit), Some((measures, conditions))) = (&mut self.decision, granted) {
            (permit.measures, permit.conditions) = (measures, conditions);
        }
        Some(self)
    }

    /// Whether it is told in brief: every application tells a reason.
    pub fn is_brief(&self) -> bool {
        self.wanted().reason.is_empty()
    }

    /// Whether somebody is who applied, or typed the application.
    pub fn is_of(&self, person: Id) -> bool {
        self.applicant == person || self.entered_by == person
    }

    /// The last day on which it held or holds, as far as a day knows.
    pub fn held_until(&self, day: Date) -> Option<Date> {
        self.permit().map(|permit| self.last_day(permit, day).0)
    }

    /// The last day of a permit, as far as a day knows, and where it stands after that: of several ends the first.
    fn last_day(&self, permit: &ExceptionDecision, day: Date) -> (Date, InForce) {
        let end = self.end_unreported(permit, day);
        // What was over before anybody reported it stays what it was.
        let report = self.report.as_ref().filter(|report| {
            let entered = report.done.on.date_naive();
            entered <= self.end_unreported(permit, entered).0
        });
        let report = report.filter(|report| report.last < end.0);
        report.map_or(end, |report| (report.last, InForce::Ended))
    }

    /// The same, whatever was reported.
    fn end_unreported(&self, permit: &ExceptionDecision, day: Date) -> (Date, InForce) {
        let before = |day: Date| day.pred_opt().unwrap_or(day);
        let last = self.phase_on(day);
        let ends = [
            Some((self.covered_to(permit), InForce::Expired)),
            permit.begin_by.filter(|_| last.is_none()).map(|by| (by, InForce::NotBegun)),
            last.and_then(|phase| phase.void_on).map(|void| (before(void), InForce::InterruptedTooLong)),
            self.revoked.as_ref().map(|done| (before(done.on.date_naive()), InForce::Revoked)),
        ];
        let end = ends.into_iter().flatten().min_by_key(|(last, _)| *last);
        end.unwrap_or((self.covered_to(permit), InForce::Expired))
    }

    /// The first and the last day that a report of its end, entered on a day, may name as the last of its use.
    fn last_use(&self, permit: &ExceptionDecision, day: Date) -> (Date, Date) {
        let of = |phase: Option<&Phase>| phase.map_or(permit.from, |phase| phase.day);
        let held = self.last_day(permit, day).0.min(day);
        let (since, latest) = match self.phases.as_slice() {
            [before @ .., last] if last.what == PhaseKind::Interrupted => {
                (of(before.last()), last.day.pred_opt().unwrap_or(last.day).min(held))
            }
            phases => (of(phases.last()), held),
        };
        (since.min(held), latest.max(since.min(held)))
    }

    /// What it had come to on a day.
    fn phase_on(&self, day: Date) -> Option<&Phase> {
        self.phases.iter().rfind(|phase| phase.day <= day)
    }

    /// Whether something is still owed.
    pub fn owes(&self, what: Owed) -> bool {
        self.owed.contains(&what) && !self.done.iter().any(|(done, _)| *done == what)
    }

    fn owes_anything(&self) -> bool {
        self.owed.iter().any(|what| self.owes(*what))
    }

    /// Whether it is over and nobody confirmed that what was stored is gone.
    pub fn is_gone_due(&self, day: Date) -> bool {
        self.owes(Owed::Gone) && self.in_force(day).is_some_and(|stands| !stands.holds())
    }

    /// The rule, as granted, or as applied for where nothing is.
    pub fn clause(&self) -> &str {
        self.granted().map_or(&self.wanted().clause, |permit| &permit.clause)
    }

    /// The system, as granted, or as applied for where nothing is.
    pub fn system(&self) -> &str {
        self.granted().map_or(&self.wanted().system, |permit| &permit.system)
    }

    /// First and last day, as granted, or as applied for where nothing is.
    pub fn period(&self) -> (Date, Date) {
        let wanted = (self.wanted().from, self.wanted().to);
        let granted = self.granted().map_or(wanted, |granted| (granted.from, granted.to));
        self.permit().map_or(granted, |permit| (permit.from, self.covered_to(permit)))
    }

    fn phase(&self) -> Option<PhaseKind> {
        self.phases.last().map(|phase| phase.what)
    }

    /// Where a permit stands on a day, by its dates alone; nothing where it is none.
    pub fn in_force(&self, day: Date) -> Option<InForce> {
        let permit = self.permit()?;
        let (last, over) = self.last_day(permit, day);
        Some(if day > last {
            over
        } else if day < permit.from {
            InForce::ToCome
        } else if !self.covers(permit, day) {
            InForce::Uncovered
        } else if self.phase_on(day).is_some_and(|phase| phase.what == PhaseKind::Interrupted) {
            InForce::Interrupted
        } else {
            InForce::InForce
        })
    }
}

/// What is asked of the row ([`super::Row`]).
impl Exception {
    pub(super) const FILING: Filing = Filing {
        states: &[
            (OPEN, OPEN),
            ("mine", OPEN),
            ("others", OPEN),
            ("applied", "applied"),
            ("received", "received"),
            ("returned", "returned"),
            ("to_come", STANDING),
            ("uncovered", STANDING),
            ("in_force", STANDING),
            ("interrupted", STANDING),
            ("expired", "granted"),
            ("not_begun", "granted"),
            ("interrupted_too_long", "granted"),
            ("ended", "granted"),
            ("revoked", "granted"),
            ("refused", "refused"),
            ("withdrawn", "withdrawn"),
            ("recorded", "recorded"),
            ("reviewed", "reviewed"),
            ("granted", "granted"),
            ("confirmed", "granted"),
            ("unreported", STANDING),
            ("unconfirmed", STANDING),
            ("confirm_mine", STANDING),
            ("unreviewed", OWED),
            ("review_mine", OWED),
            ("untold", OWED),
            ("not_gone", OWED),
            ("originals", DECIDED),
            (UNAMENDED, UNAMENDED),
            ("to_settle", review::TO_REVIEW),
            ("settle_mine", review::TO_REVIEW),
            ("to_close", review::TO_REVIEW),
            (COPY_DUE, COPY_DUE),
            ("copy_mine", COPY_DUE),
        ],
        offered: |row| matches!(row, Row::Exception(row) if row.waits()),
        texts_needed: |row, day| match row {
            Row::Exception(row) => row.waits_on(day),
            _ => None,
        },
        in_use: |row, person, day| {
            let holds = |row: &Exception| row.in_force(day).is_some_and(InForce::holds);
            matches!(row, Row::Exception(row) if row.applicant == person && (row.state.is_open() || holds(row)))
        },
        on_leaving: super::leaving::OnLeaving::Ends,
        partly: Some(Partly {
            query: "in_force",
            is_own: |row, person| matches!(row, Row::Exception(row) if row.is_of(person)),
            told: |row, day| match row {
                Row::Exception(row) => row.told(day).map(Row::Exception),
                _ => None,
            },
        }),
        lists_by: &[Noun::Person, Noun::Device],
        belongs_to: &[Noun::Exception],
        days: Days::Kept,
        query: Some(Query {
            name: "exceptions",
            group: Group(Book::Exceptions, Task::Reading),
            since: Edition::Three,
        }),
        settled_by: &[(OPEN, DecideException::RULE.name)],
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let (applied_for, of_permit, kind, wanted) = match &event.command {
            Command::ApplyException(c) => (AppliedFor::New, None, c.kind.clone(), wanted!(c)),
            Command::ApplyExtension(c) => {
                (AppliedFor::Extension, c.exception, event.outcome.kind.clone(), wanted!(c))
            }
            Command::ApplyAmendment(c) => {
                (AppliedFor::Amendment, c.exception, event.outcome.kind.clone(), wanted!(c))
            }
            _ => return None,
        };
        // What is a decision in itself has its number at once.
        let decision = (!event.outcome.number.is_empty()).then(|| ExceptionDecision {
            end_report: Some(EndReport::Waived),
            ..ExceptionDecision::as_wanted(&wanted, event, meta.ending(event.happened(meta), &wanted.reason))
        });
        Some(Exception {
            id,
            trace: meta.trace(),
            kind,
            applied_for,
            of_permit,
            applicant: event.outcome.by?,
            entered_by: meta.actor,
            applied: event.happened(meta),
            versions: vec![wanted],
            state: match (decision.is_some(), event.outcome.owed.contains(&Owed::Review)) {
                (true, _) => ExceptionState::Granted,
                (false, true) => ExceptionState::Recorded,
                (false, false) => ExceptionState::Applied,
            },
            decided_by: event.outcome.roles.clone(),
            raised: event.outcome.raised,
            path: Vec::new(),
            decision: decision.map(Box::new),
            phases: Vec::new(),
            terms: Vec::new(),
            pending: None,
            further: Vec::new(),
            settled: Vec::new(),
            closed: Vec::new(),
            withdrawn: None,
            handed_over: None,
            revoked: None,
            report: None,
            confirmed: None,
            owed: event.outcome.owed.clone(),
            done: Vec::new(),
            notes: Vec::new(),
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let ending = |reason: &str| meta.ending(event.happened(meta), reason);
        match &event.command {
            Command::ApplyExtension(_) => self.awaits(AppliedFor::Extension, event),
            Command::ApplyAmendment(_) => self.awaits(AppliedFor::Amendment, event),
            Command::DecideException(c) if event.outcome.id != Some(self.id) => {
                self.is_granted(c, event);
            }
            Command::WithdrawException(_) if event.outcome.id != Some(self.id) => self.is_as_before(),
            Command::ReceiveException(c) => {
                self.state = ExceptionState::Received;
                self.passes(PassageKind::Received, ending(&c.remarks));
            }
            Command::ReturnForCorrection(c) => {
                self.state = ExceptionState::Returned;
                self.passes(PassageKind::Returned, ending(&c.reason));
            }
            Command::ResubmitException(c) => {
                self.state = ExceptionState::Applied;
                self.versions.push(wanted!(c));
                self.decided_by.clone_from(&event.outcome.roles);
                self.raised = event.outcome.raised;
                self.passes(PassageKind::Resubmitted, ending(""));
            }
            Command::ForwardException(c) => {
                self.decided_by.clone_from(&event.outcome.roles);
                self.passes(PassageKind::Forwarded, ending(&c.reason));
            }
            Command::DecideException(c) => {
                self.state = if c.granted { ExceptionState::Granted } else { ExceptionState::Refused };
                self.decision = Some(Box::new(self.decided(c, event, ending(&c.reason))));
            }
            // Whoever leaves has no permit any more.
            Command::Leave(Leave { reason, .. }) if self.state == ExceptionState::Granted => {
                self.revoked = Some(ending(reason));
            }
            Command::WithdrawException(WithdrawException { reason, .. })
            | Command::Leave(Leave { reason, .. }) => {
                self.state = ExceptionState::Withdrawn;
                self.withdrawn = Some(ending(reason));
            }
            Command::BeginException(BeginException { remarks, .. }) => {
                self.comes_to(PhaseKind::Begun, event, ending(remarks));
            }
            Command::InterruptException(InterruptException { remarks, .. }) => {
                self.comes_to(PhaseKind::Interrupted, event, ending(remarks));
            }
            Command::ResumeException(ResumeException { remarks, .. }) => {
                self.comes_to(PhaseKind::Resumed, event, ending(remarks));
            }
            Command::HandOverCopy(c) => self.handed_over = Some(ending(&c.remarks)),
            Command::ReportEnd(c) => {
                let done = ending(&c.remarks);
                let today = done.on.date_naive();
                let (last, came) = (event.outcome.until.unwrap_or(today), event.outcome.day.unwrap_or(today));
                let asked = self.end_report();
                let how = c.how.or(asked.filter(|how| *how != EndReport::Waived)).unwrap_or_default();
                self.report = Some(EndTold { done, last, how, came });
            }
            Command::ConfirmEnd(c) => self.confirmed = Some(ending(&c.remarks)),
            Command::ReviewEmergency(c) => {
                self.state = ExceptionState::Reviewed;
                self.done.push((Owed::Review, ending(&c.finding)));
            }
            Command::TellCouncil(c) => self.done.push((Owed::Telling, ending(&c.remarks))),
            Command::ConfirmGone(c) => self.done.push((Owed::Gone, ending(&c.remarks))),
            Command::SettleLine(c) => {
                let done = ending(&c.remarks);
                let month = event.outcome.day.unwrap_or_else(|| done.on.date_naive());
                self.settled.push(SettledLine { month, said: c.said.unwrap_or_default(), done });
            }
            Command::CloseMonth(_) => self.closed.extend(event.outcome.day),
            Command::ReopenMonth(_) => self.closed.retain(|month| Some(*month) != event.outcome.day),
            Command::ApplyMeasure(c) => self.further.push(Further {
                done: ending(&c.measure),
                damage: c.damage.clone(),
                amendment: None,
            }),
            Command::NoteRisk(c) => self.notes.push(ending(&c.note)),
            Command::RevokeException(c) => self.revoked = Some(ending(&c.reason)),
            _ => return false,
        }
        true
    }

    fn passes(&mut self, what: PassageKind, done: Ending) {
        self.path.push(Passage { what, done, decided_by: self.decided_by.clone() });
    }

    /// Something of it was applied for.
    fn awaits(&mut self, applied_for: AppliedFor, event: &Event) {
        let Some(application) = event.outcome.id else { return };
        self.pending = Some(Pending { application, applied_for });
        if applied_for == AppliedFor::Amendment {
            for further in self.further.iter_mut().filter(|further| further.amendment.is_none()) {
                further.amendment = Some(application);
            }
        }
    }

    /// What was applied for of it was decided.
    fn is_granted(&mut self, c: &DecideException, event: &Event) {
        let terms = (self.pending, event.outcome.day, event.outcome.until);
        let (Some(Pending { application, applied_for }), Some(from), Some(to)) = terms else {
            return self.is_as_before();
        };
        self.terms.push(ChangedTerms { application, applied_for, from, to, end_report: c.end_report });
        self.pending = None;
    }

    /// What was applied for of it came to nothing: what was to be approved with it waits for another application.
    fn is_as_before(&mut self) {
        let refused = self.pending.take().map(|pending| pending.application);
        for further in self.further.iter_mut().filter(|further| further.amendment == refused) {
            further.amendment = None;
        }
    }

    fn comes_to(&mut self, what: PhaseKind, event: &Event, done: Ending) {
        let day = event.outcome.day.unwrap_or_else(|| done.on.date_naive());
        self.phases.push(Phase { what, day, done, void_on: event.outcome.until });
    }

    fn decided(&self, c: &DecideException, event: &Event, done: Ending) -> ExceptionDecision {
        let wanted = self.wanted();
        let or = |given: &String, wanted: &String| if given.is_empty() { wanted } else { given }.clone();
        let adopted = c.alternative != Some(Alternative::None);
        ExceptionDecision {
            granted: c.granted,
            risk: c.risk.clone(),
            opinion: c.opinion.clone(),
            rational: c.rational == Some(Finding::Yes),
            alternative: c.alternative,
            unaffected: c.unaffected,
            weighed: c.weighed.clone(),
            clause: or(&c.clause, &wanted.clause),
            system: or(&c.system, &wanted.system),
            from: c.from.unwrap_or(wanted.from),
            to: c.to.unwrap_or(wanted.to),
            measures: if adopted { or(&c.measures, &wanted.measures) } else { String::new() },
            conditions: c.conditions.clone(),
            end_report: c.end_report.or(wanted.end_report),
            extendable: c.extendable,
            begin_by: event.outcome.until.filter(|_| self.applied_for == AppliedFor::New),
            account: c.account.clone(),
            ..ExceptionDecision::as_wanted(wanted, event, done)
        }
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::Exception;
        let mut keys = vec![key::state(noun, self.state.name()), key::day(noun, self.applied.date_naive())];
        keys.extend(self.state.is_open().then(|| key::state(noun, OPEN)));
        keys.extend(self.decision.as_ref().map(|_| key::state(noun, DECIDED)));
        keys.extend(self.is_to_review().then(Exception::to_review));
        keys.extend(self.is_unamended().then(|| key::state(noun, UNAMENDED)));
        keys.extend(self.is_copy_due().then(|| key::state(noun, COPY_DUE)));
        keys.extend(self.owes_anything().then(|| key::state(noun, OWED)));
        if let Some(permit) = self.permit() {
            keys.push(numbered(fiscal_year(permit.done.on.date_naive())));
            keys.extend(self.confirmed.is_none().then(|| key::state(noun, STANDING)));
        }
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.applied.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        self.permit().map(|permit| (Part::Number, permit.number.as_str())).into_iter().collect()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        let devices = self.wanted().devices.iter().copied();
        std::iter::once(self.applicant).chain(self.of_permit).chain(devices).collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let devices = self.versions.iter().flat_map(|version| &version.devices).copied();
        let mut ids = Vec::new();
        for id in self.whose().into_iter().chain(self.of_permit).chain(devices) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.applicant == id || self.of_permit == Some(id) || self.wanted().devices.contains(&id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let mut texts: Vec<&mut String> = self.versions.iter_mut().flat_map(Wanted::texts).collect();
        texts.extend(self.path.iter_mut().map(|passage| &mut passage.done.reason));
        texts.extend(self.phases.iter_mut().map(|phase| &mut phase.done.reason));
        texts.extend(self.done.iter_mut().map(|(_, done)| &mut done.reason));
        texts.extend(self.notes.iter_mut().map(|note| &mut note.reason));
        texts.extend(self.settled.iter_mut().map(|settled| &mut settled.done.reason));
        for further in &mut self.further {
            texts.extend([&mut further.done.reason, &mut further.damage]);
        }
        let ends = [&mut self.withdrawn, &mut self.handed_over, &mut self.revoked, &mut self.confirmed];
        texts.extend(ends.into_iter().flatten().map(|end| &mut end.reason));
        texts.extend(self.report.as_mut().map(|report| &mut report.done.reason));
        if let Some(decision) = &mut self.decision {
            texts.extend([
                &mut decision.done.reason,
                &mut decision.risk,
                &mut decision.opinion,
                &mut decision.weighed,
                &mut decision.measures,
                &mut decision.conditions,
                &mut decision.account,
            ]);
        }
        Some(texts)
    }
}
