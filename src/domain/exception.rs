//! Exceptions (例外措置): who is to be excused from which rule, why and until when; received by the clerk, decided by whom the rules
//! name, in force by the calendar alone (例外措置手順書 4 to 6).

use super::choice::choice;
use super::command::commands;
use super::device::targets;
use super::exception_rules::{ExceptionKind, ExceptionRules};
use super::lookup::{Case, in_order, invalid, missing, no_authority, required, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Book, Code, Command, Date, Days, ERASED, Edition, Ending, EntryMeta, Event, Filing, Group, Id, Leave,
    Moments, No, Noun, Outcome, Partly, Person, Query, Row, Stamp, Task, Waits, holders, key, policy,
    roles_of,
};
use crate::text::find::Part;
use crate::text::wareki::fiscal_year;
use chrono::Months;
use std::sync::LazyLock;

row! {
    /// An application for an exception, and the permit that it becomes.
    Exception {
        /// Its kind, by the profile's id.
        kind: String,
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

impl Moments for Wanted {
    fn each_moment(&mut self, _: &mut dyn FnMut(&mut Stamp)) {}
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

commands! {
    /// Apply for an exception (例外措置手順書 5).
    ApplyException = "apply_exception" => "exception_applied" {
        /// Its kind, by the profile's id.
        kind: String,
        /// Who applies, where the actor types for somebody else; the actor where absent.
        applicant: Option<Id>,
        /// The rule, by the profile's id.
        clause: String,
        /// The system it is for, as typed.
        system: String,
        /// The machines it is for, from the list of devices.
        devices: Vec<Id>,
        /// It concerns the network that has an authority of its own.
        network: bool,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// Why.
        reason: String,
        /// The extent and effect of damage that is foreseen.
        damage: String,
        /// Alternative measures, or that there are none.
        measures: String,
        /// How its end is to be reported.
        end_report: Option<EndReport>,
        /// Whether it touches other organisations.
        others: Option<Touches>,
        /// With whom it was settled before.
        consulted: String,
        /// When.
        consulted_on: Option<Date>,
        /// With what result.
        consultation: String,
        /// The account of events, where it begins before today.
        account: String,
        /// Why that could not be avoided.
        unavoidable: String,
        /// The form of use of what is connected (様式3).
        form_of_use: String,
        /// The design and implementation of data protection (様式3).
        protection: String,
        /// Where the applicant is reached.
        contact: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            auditors: true,
            group: Some(Group(Book::Exceptions, Task::Desk)),
            sealed: &["reason", "damage", "measures", "consulted", "consultation", "account", "unavoidable", "form_of_use", "protection", "contact"],
        }
        decide decide_apply, touches [], on {};

    /// Say that an application has come in, and that its form is in order (11).
    ReceiveException = "receive_exception" => "exception_received" {
        /// Which.
        exception: Option<Id>,
        /// A remark.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(Group(Book::Exceptions, Task::Upkeep)),
            sealed: &["remarks"],
        }
        decide decide_receive, touches [], on { Noun::Exception => may_receive };

    /// Give an application back to be put right (11).
    ReturnForCorrection = "return_for_correction" => "exception_returned" {
        /// Which.
        exception: Option<Id>,
        /// What is missing or wrong.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(Group(Book::Exceptions, Task::Upkeep)),
            sealed: &["reason"],
        }
        decide decide_return, touches [], on { Noun::Exception => may_return };

    /// Apply again with what was put right. Every version stays readable.
    ResubmitException = "resubmit_exception" => "exception_resubmitted" {
        /// Which.
        exception: Option<Id>,
        /// The rule, by the profile's id.
        clause: String,
        /// The system it is for, as typed.
        system: String,
        /// The machines it is for, from the list of devices.
        devices: Vec<Id>,
        /// It concerns the network that has an authority of its own.
        network: bool,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// Why.
        reason: String,
        /// The extent and effect of damage that is foreseen.
        damage: String,
        /// Alternative measures, or that there are none.
        measures: String,
        /// How its end is to be reported.
        end_report: Option<EndReport>,
        /// Whether it touches other organisations.
        others: Option<Touches>,
        /// With whom it was settled before.
        consulted: String,
        /// When.
        consulted_on: Option<Date>,
        /// With what result.
        consultation: String,
        /// The account of events, where it begins before today.
        account: String,
        /// Why that could not be avoided.
        unavoidable: String,
        /// The form of use of what is connected (様式3).
        form_of_use: String,
        /// The design and implementation of data protection (様式3).
        protection: String,
        /// Where the applicant is reached.
        contact: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["reason", "damage", "measures", "consulted", "consultation", "account", "unavoidable", "form_of_use", "protection", "contact"],
            with: &["apply_exception"],
        }
        decide decide_resubmit, touches [], on { Noun::Exception => may_resubmit };

    /// Pass an application on to those above (6.1): they alone decide it then.
    ForwardException = "forward_exception" => "exception_forwarded" {
        /// Which.
        exception: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["reason"],
            with: &["decide_exception"],
        }
        decide decide_forward, touches [], on { Noun::Exception => may_forward };

    /// Grant or refuse an application; never by whoever applied or typed it (2.1.2, 6.1 to 6.3).
    DecideException = "decide_exception" => "exception_decided" {
        /// Which.
        exception: Option<Id>,
        /// Granted, or refused.
        granted: bool,
        /// The analysis of risks; always.
        risk: String,
        /// An opinion.
        opinion: String,
        /// Whether there is a rational reason not to comply; asked of a grant.
        rational: Option<Finding>,
        /// What is held of the alternative; asked of a grant.
        alternative: Option<Alternative>,
        /// Whether what its kind asks besides is so: that nothing is affected; asked of a grant of such a kind.
        unaffected: Option<Finding>,
        /// Its damage, content and period, weighed; where an alternative is adopted.
        weighed: String,
        /// Why; always.
        reason: String,
        /// The rule as granted; as applied for where none is given.
        clause: String,
        /// The system as granted; as applied for where none is given.
        system: String,
        /// First day granted; as applied for where none is given.
        from: Option<Date>,
        /// Last day granted, inclusive; as applied for where none is given.
        to: Option<Date>,
        /// Alternative measures as granted; as applied for where an alternative is adopted and none are given.
        measures: String,
        /// Conditions.
        conditions: String,
        /// How its end is reported; as applied for where none is given.
        end_report: Option<EndReport>,
        /// It may be extended.
        extendable: bool,
        /// The account of events, where what is granted begins before the decision and the application has none.
        account: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            auditors: true,
            group: Some(Group(Book::Exceptions, Task::Decisions)),
            sealed: &["risk", "opinion", "weighed", "reason", "measures", "conditions", "account"],
        }
        decide decide_decide, touches [], on { Noun::Exception => may_decide };

    /// Take an application back before it is decided.
    WithdrawException = "withdraw_exception" => "exception_withdrawn" {
        /// Which.
        exception: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["reason"],
            with: &["apply_exception"],
        }
        decide decide_withdraw, touches [], on { Noun::Exception => may_withdraw };

    /// Say on which day a permit was begun (6.5).
    BeginException = "begin_exception" => "exception_begun" {
        /// Which.
        exception: Option<Id>,
        /// The day; today where none is given.
        day: Option<Date>,
        /// A remark.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["remarks"],
            with: &["apply_exception"],
        }
        decide decide_begin, touches [], on { Noun::Exception => may_begin };

    /// Say from which day on a permit is interrupted (6.5).
    InterruptException = "interrupt_exception" => "exception_interrupted" {
        /// Which.
        exception: Option<Id>,
        /// The day; today where none is given.
        day: Option<Date>,
        /// A remark.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["remarks"],
            with: &["apply_exception"],
        }
        decide decide_interrupt, touches [], on { Noun::Exception => may_interrupt };

    /// Say from which day on an interrupted permit goes on (6.5).
    ResumeException = "resume_exception" => "exception_resumed" {
        /// Which.
        exception: Option<Id>,
        /// The day; today where none is given.
        day: Option<Date>,
        /// A remark.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["remarks"],
            with: &["apply_exception"],
        }
        decide decide_resume, touches [], on { Noun::Exception => may_resume };

    /// Give the applicant the copy (副本) of a decision, or take one's own (6.4).
    HandOverCopy = "hand_over_copy" => "copy_handed_over" {
        /// Which.
        exception: Option<Id>,
        /// How it was given.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["remarks"],
            with: &["apply_exception"],
        }
        decide decide_hand_over, touches [], on { Noun::Exception => may_hand_over };

    /// Report that a permit is no longer used (9.1): before its last day it ends with the day that is told.
    ReportEnd = "report_end" => "end_reported" {
        /// Which.
        exception: Option<Id>,
        /// The last day on which it was used; its last day, or today before that, where none is given.
        last: Option<Date>,
        /// How it was reported; as the decision asks where none is given.
        how: Option<EndReport>,
        /// On which day the report came; today where none is given.
        came: Option<Date>,
        /// What is reported.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            needs_clock: true,
            sealed: &["remarks"],
            with: &["apply_exception"],
        }
        decide decide_report_end, touches [], on { Noun::Exception => may_report_end };

    /// Confirm the report of an end (9.1): by whoever decides such a permit, and never by whoever reports.
    ConfirmEnd = "confirm_end" => "end_confirmed" {
        /// Which.
        exception: Option<Id>,
        /// A remark.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["remarks"],
            with: &["decide_exception"],
        }
        decide decide_confirm_end, touches [], on { Noun::Exception => may_confirm_end };

    /// Note what came of a review of something lawful (N-11): by whom the rules name, and never by whoever did it.
    ReviewEmergency = "review_emergency" => "emergency_reviewed" {
        /// Which.
        exception: Option<Id>,
        /// What the review found.
        finding: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            auditors: true,
            group: Some(Group(Book::Exceptions, Task::Decisions)),
            sealed: &["finding"],
        }
        decide decide_review, touches [], on { Noun::Exception => may_review };

    /// Say that a decision was told to whom its kind names (N-14).
    TellCouncil = "tell_council" => "council_told" {
        /// Which.
        exception: Option<Id>,
        /// How it was told.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["remarks"],
            with: &["apply_exception"],
        }
        decide decide_tell, touches [], on { Noun::Exception => may_tell };

    /// Confirm, after the end of a permit to store something, that it is gone (S-13-4).
    ConfirmGone = "confirm_gone" => "gone_confirmed" {
        /// Which.
        exception: Option<Id>,
        /// How that was found.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["remarks"],
            with: &["decide_exception"],
        }
        decide decide_gone, touches [], on { Noun::Exception => may_confirm_gone };

    /// Note something about the risks of a permit in force (7.2).
    NoteRisk = "note_risk" => "risk_noted" {
        /// Which.
        exception: Option<Id>,
        /// What is noted.
        note: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["note"],
            with: &["apply_exception"],
        }
        decide decide_note, touches [], on { Noun::Exception => may_note };

    /// Take a permit away: it is void from the day of the entry on.
    RevokeException = "revoke_exception" => "exception_revoked" {
        /// Which.
        exception: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            waits: Waits::Proved,
            needs_clock: true,
            sealed: &["reason"],
            with: &["decide_exception"],
        }
        decide decide_revoke, touches [], on { Noun::Exception => may_revoke };
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
        matches!(self, InForce::ToCome | InForce::InForce | InForce::Interrupted)
    }
}

/// The state under which all that nobody has decided stand in the index.
const OPEN: &str = "open";

/// The state under which the permits stand that are in force, or whose end is to be reported or confirmed.
const STANDING: &str = "standing";

/// The state under which those stand of which something is owed by their kind.
const OWED: &str = "owed";

/// The state under which those stand whose applicant has no copy of the decision.
const COPY_DUE: &str = "copy_due";

/// How often an application goes further up than its rules name roles, at most.
const MOST_ABOVE: usize = 20;

/// What one of the two commands that apply asks for.
macro_rules! wanted {
    ($c:expr) => {
        Wanted {
            clause: $c.clause.clone(),
            system: $c.system.clone(),
            devices: $c.devices.clone(),
            network: $c.network,
            from: $c.from.unwrap_or_default(),
            to: $c.to.unwrap_or_default(),
            reason: $c.reason.clone(),
            damage: $c.damage.clone(),
            measures: $c.measures.clone(),
            end_report: $c.end_report,
            others: $c.others,
            consulted: $c.consulted.clone(),
            consulted_on: $c.consulted_on,
            consultation: $c.consultation.clone(),
            account: $c.account.clone(),
            unavoidable: $c.unavoidable.clone(),
            form_of_use: $c.form_of_use.clone(),
            protection: $c.protection.clone(),
            contact: $c.contact.clone(),
        }
    };
}

fn rules<'c>(case: &'c Case<'_>) -> Result<&'c ExceptionRules, No> {
    case.profile().exceptions.as_ref().ok_or_else(|| Code::NoExceptions.no().into())
}

/// A kind that can be applied for here.
fn kind_of<'c>(case: &'c Case<'_>, id: &str) -> Result<&'c ExceptionKind, No> {
    required(id, "kind")?;
    let kind = rules(case)?.kind(id).ok_or_else(|| invalid("kind", id))?;
    match &kind.elsewhere {
        Some(_) => Err(Code::AppliedElsewhere.with("kind", id).and("elsewhere", id).into()),
        None => Ok(kind),
    }
}

fn decide_apply(case: &Case<'_>, c: &ApplyException) -> Result<Outcome, No> {
    rules(case)?;
    let kind = kind_of(case, &c.kind)?;
    let applicant = case.person(Some(c.applicant.unwrap_or(case.actor())), "applicant")?;
    let wanted = wanted!(c);
    complete(case, (kind, &applicant), (c.from, c.to), &wanted, case.context.day())?;
    if !case.is_same(applicant.id, case.actor())? {
        is_clerk(case)?;
    }
    let belongs = applicant.company.is_some() || !applicant.organisation.trim().is_empty();
    if !belongs && kind.needs.iter().any(|need| need == "organisation") {
        return Err(Code::PersonIncomplete.with("person", applicant.id).and("field", "organisation").into());
    }
    if !kind.applied_by.is_empty() {
        case.authority(applicant.id, &kind.applied_by)?;
    }
    let owed = [
        (!kind.reviewed_by.is_empty(), Owed::Review),
        (kind.told.is_some(), Owed::Telling),
        (kind.gone, Owed::Gone),
    ];
    let owed = owed.into_iter().filter_map(|(is, what)| is.then_some(what)).collect();
    let id = Some(case.view.next(Noun::Exception)?);
    let outcome = Outcome { id, by: Some(applicant.id), owed, ..Outcome::default() };
    if !kind.reviewed_by.is_empty() {
        return Ok(Outcome { roles: kind.reviewed_by.clone(), ..outcome });
    }
    if kind.decision {
        // Nobody types it for whoever decides.
        if !case.is_same(applicant.id, case.actor())? {
            return Err(no_authority(case.actor(), &kind.applied_by.join(", ")).into());
        }
        let number = next_number(case)?;
        return Ok(Outcome { number, roles: kind.applied_by.clone(), ..outcome });
    }
    let (roles, raised) = decided_by(case, kind, applicant.id, &wanted)?;
    Ok(Outcome { roles, raised, ..outcome })
}

/// The number of the next permit: they run within the fiscal year, without holes.
fn next_number(case: &Case<'_>) -> Result<String, No> {
    let year = fiscal_year(case.context.day());
    let count = case.view.find(&numbered(year))?.len();
    let number = rules(case)?.number.replace("{year}", &year.to_string());
    Ok(number.replace("{n}", &(count + 1).to_string()))
}

/// Refuses what is applied for on a day and not complete (5.1 to 5.5).
fn complete(
    case: &Case<'_>,
    (kind, applicant): (&ExceptionKind, &Person),
    (from, to): (Option<Date>, Option<Date>),
    wanted: &Wanted,
    day: Date,
) -> Result<(), No> {
    required(&wanted.reason, "reason")?;
    from.ok_or_else(|| missing("from"))?;
    to.ok_or_else(|| missing("to"))?;
    in_order(wanted.from, wanted.to)?;
    if kind.clause {
        required(&wanted.clause, "clause")?;
    }
    clause_known(case, &wanted.clause)?;
    if wanted.system.trim().is_empty() && wanted.devices.is_empty() {
        return Err(missing("system").into());
    }
    targets(case, &wanted.devices)?;
    for need in &kind.needs {
        match need.as_str() {
            "damage" => required(&wanted.damage, need)?,
            "measures" => required(&wanted.measures, need)?,
            // Who is reached as their own record tells writes nothing more.
            "contact" if applicant.contact.trim().is_empty() => required(&wanted.contact, need)?,
            "form_of_use" => required(&wanted.form_of_use, need)?,
            "protection" => required(&wanted.protection, need)?,
            "account" => required(&wanted.account, need)?,
            "unavoidable" => required(&wanted.unavoidable, need)?,
            "system" => required(&wanted.system, need)?,
            "devices" if wanted.devices.is_empty() => return Err(missing(need).into()),
            "end_report" if wanted.end_report.is_none() => return Err(missing(need).into()),
            "others" if wanted.others.is_none() => return Err(missing(need).into()),
            _ => {}
        }
    }
    if wanted.end_report == Some(EndReport::Waived) {
        // Whoever decides waives it.
        return Err(invalid("end_report", EndReport::Waived.name()).into());
    }
    if wanted.others == Some(Touches::Others) {
        required(&wanted.consulted, "consulted")?;
        required(&wanted.consultation, "consultation")?;
        let on = wanted.consulted_on.ok_or_else(|| missing("consulted_on"))?;
        // 事前に: one that comes after the application is none.
        if on > day {
            return Err(invalid("consulted_on", on).into());
        }
    }
    if wanted.from < day {
        required(&wanted.account, "account")?;
        required(&wanted.unavoidable, "unavoidable")?;
    }
    Ok(())
}

/// A rule that the profile lists, where one is named.
fn clause_known(case: &Case<'_>, clause: &str) -> Result<(), No> {
    if clause.is_empty() || case.profile().clause(clause).is_some() {
        return Ok(());
    }
    Err(invalid("clause", clause).into())
}

/// The roles whose decision an application is (4.1), and whether it went to those above, since nobody decides their own (2.1.2).
fn decided_by(
    case: &Case<'_>,
    kind: &ExceptionKind,
    applicant: Id,
    wanted: &Wanted,
) -> Result<(Vec<String>, bool), No> {
    let rules = rules(case)?;
    let clause = rules.clause(&wanted.clause);
    let network = rules.network.as_ref().filter(|_| wanted.network);
    let named = clause.map(|clause| clause.decided_by.as_slice()).filter(|roles| !roles.is_empty());
    let of_kind = Some(kind.decided_by.as_slice()).filter(|roles| !roles.is_empty());
    let roles = match network.map(|network| network.decided_by.as_slice()).or(of_kind).or(named) {
        Some(roles) => roles,
        None => {
            let held = roles_of(case.view, case.context.edition, applicant, case.context.accounts_on)?;
            let part = clause.map(|clause| clause.part.as_str()).unwrap_or_default();
            match rules.by_row(&held, part) {
                Some(roles) => roles,
                None if rules.is_highest(&held) => return Err(nobody_above(&held).into()),
                None => return Err(Code::NobodyDecides.with("person", applicant).into()),
            }
        }
    };
    let (roles, raised) = not_own(case, rules, applicant, roles)?;
    Ok((roles.to_vec(), raised))
}

/// The first roles from some on upwards that the applicant does not hold, and whether they are others: nobody decides their own
/// (2.1.2), nor does whoever stands in for them.
fn not_own<'r>(
    case: &'r Case<'_>,
    rules: &'r ExceptionRules,
    applicant: Id,
    mut roles: &'r [String],
) -> Result<(&'r [String], bool), No> {
    for step in 0..MOST_ABOVE {
        let holders = holders(case.view, case.context.edition, roles, case.context.accounts_on)?;
        if !case.is_among(applicant, &holders)? {
            return Ok((roles, step > 0));
        }
        roles = above(case, rules, roles)?;
    }
    Err(nobody_above(roles).into())
}

/// The roles above some that decide (上位): those that decide where these apply, or that appoint to them.
fn above<'r>(case: &'r Case<'_>, rules: &'r ExceptionRules, roles: &'r [String]) -> Result<&'r [String], No> {
    let appoints = || {
        let mut offices = roles.iter().filter_map(|role| case.profile().office(role));
        offices.find(|office| !office.outside).map(|office| office.appointed_by.as_slice())
    };
    rules.above(roles).or_else(appoints).ok_or_else(|| nobody_above(roles).into())
}

fn nobody_above(roles: &[String]) -> super::Rejection {
    Code::NobodyStandsAbove.with("roles", roles.join(", "))
}

/// An application or permit in one of some states.
fn standing(
    case: &Case<'_>,
    exception: Option<Id>,
    is_so: impl Fn(ExceptionState) -> bool,
) -> Result<Exception, No> {
    let row: Exception = case.given(exception, "exception")?;
    if is_so(row.state) { Ok(row) } else { Err(wrong_state(row.id, row.state.name()).into()) }
}

/// A permit, whether or not it still holds.
fn permit(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    standing(case, exception, |state| state == ExceptionState::Granted)
}

/// Refuses what is neither the actor's own nor typed by them, nor a clerk's.
fn own(case: &Case<'_>, row: Exception) -> Result<Exception, No> {
    if !is_theirs(case, &row)? {
        is_clerk(case)?;
    }
    Ok(row)
}

/// Whether a record is the actor's own, or typed by them.
fn is_theirs(case: &Case<'_>, row: &Exception) -> Result<bool, No> {
    case.is_among(case.actor(), &row.whose())
}

/// Refuses what is the actor's own, or typed by them (2.1.2).
fn not_theirs(case: &Case<'_>, row: &Exception) -> Result<(), No> {
    case.not_of(&row.whose(), || Code::OwnApplication.with("record", row.id))
}

/// Refuses whoever does no clerical work: who receives applications types them for people without an account, too (11).
fn is_clerk(case: &Case<'_>) -> Result<(), No> {
    policy::role_for(case.profile(), &case.context.actor.roles, ReceiveException::RULE.name)
        .map(|_| ())
        .map_err(|denied| no_authority(case.actor(), &denied.needs.join(", ")).into())
}

/// One that has come in; its form is checked by whoever receives it, also their own.
fn may_receive(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    standing(case, exception, |state| state == ExceptionState::Applied)
}

/// One that nobody has decided.
fn may_return(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    standing(case, exception, |state| matches!(state, ExceptionState::Applied | ExceptionState::Received))
}

/// One that was given back.
fn may_resubmit(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    own(case, standing(case, exception, |state| state == ExceptionState::Returned)?)
}

/// One that nobody has decided, of whoever applied.
fn may_withdraw(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = standing(case, exception, ExceptionState::is_open)?;
    // Whoever decides it refuses it, and gives a reason.
    match is_theirs(case, &row)? {
        true => Ok(row),
        false => Err(no_authority(case.actor(), &row.applicant.to_string()).into()),
    }
}

/// One that waits for a decision: received, where the rules ask that.
fn may_forward(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = standing(case, exception, |state| {
        matches!(state, ExceptionState::Applied | ExceptionState::Received)
    })?;
    if row.state == ExceptionState::Applied && rules(case)?.received {
        return Err(wrong_state(row.id, row.state.name()).into());
    }
    case.authority(case.actor(), &row.decided_by)?;
    Ok(row)
}

/// The same; never by whoever applied, typed it, or is somebody whose own it is (2.1.2).
fn may_decide(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = may_forward(case, exception)?;
    not_theirs(case, &row)?;
    Ok(row)
}

fn decide_receive(case: &Case<'_>, c: &ReceiveException) -> Result<Outcome, No> {
    Ok(about(&may_receive(case, c.exception)?))
}

fn decide_return(case: &Case<'_>, c: &ReturnForCorrection) -> Result<Outcome, No> {
    let row = may_return(case, c.exception)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

fn decide_resubmit(case: &Case<'_>, c: &ResubmitException) -> Result<Outcome, No> {
    let row = may_resubmit(case, c.exception)?;
    let kind = kind_of(case, &row.kind)?;
    // After the fact is what begins before the day on which it was first applied for.
    let applicant = case.row(row.applicant)?;
    let wanted = wanted!(c);
    complete(case, (kind, &applicant), (c.from, c.to), &wanted, row.applied.date_naive())?;
    let (roles, raised) = decided_by(case, kind, row.applicant, &wanted)?;
    Ok(Outcome { roles, raised, ..about(&row) })
}

fn decide_forward(case: &Case<'_>, c: &ForwardException) -> Result<Outcome, No> {
    let row = may_forward(case, c.exception)?;
    required(&c.reason, "reason")?;
    let rules = rules(case)?;
    let (roles, _) = not_own(case, rules, row.applicant, above(case, rules, &row.decided_by)?)?;
    Ok(Outcome { roles: roles.to_vec(), ..about(&row) })
}

fn decide_withdraw(case: &Case<'_>, c: &WithdrawException) -> Result<Outcome, No> {
    let row = may_withdraw(case, c.exception)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

fn decide_decide(case: &Case<'_>, c: &DecideException) -> Result<Outcome, No> {
    let row = may_decide(case, c.exception)?;
    required(&c.risk, "risk")?;
    required(&c.reason, "reason")?;
    if !c.granted {
        return Ok(about(&row));
    }
    let wanted = row.wanted();
    findings(case, &row, c)?;
    clause_known(case, &c.clause)?;
    let (from, to) = (c.from.unwrap_or(wanted.from), c.to.unwrap_or(wanted.to));
    in_order(from, to)?;
    let today = case.context.day();
    if from < today && wanted.account.trim().is_empty() {
        required(&c.account, "account")?;
    }
    let rules = rules(case)?;
    let until = rules.void_months.and_then(|months| today.checked_add_months(Months::new(months)));
    // Void before it begins, it could never be used.
    if let Some(until) = until.filter(|until| from > *until) {
        return Err(Code::DayTooLate.with("day", from).and("to", until).into());
    }
    let number = next_number(case)?;
    Ok(Outcome { number, day: Some(today), until, ..about(&row) })
}

/// What a grant must find (6.3).
fn findings(case: &Case<'_>, row: &Exception, c: &DecideException) -> Result<(), No> {
    let against = |field: &str| Code::FindingAgainst.with("field", field);
    match c.rational {
        Some(Finding::Yes) => {}
        Some(Finding::No) => return Err(against("rational").into()),
        None => return Err(missing("rational").into()),
    }
    if case.profile().exception_kind(&row.kind).is_some_and(|kind| kind.finding.is_some()) {
        match c.unaffected {
            Some(Finding::Yes) => {}
            Some(Finding::No) => return Err(against("unaffected").into()),
            None => return Err(missing("unaffected").into()),
        }
    }
    match c.alternative {
        Some(Alternative::Reasonable) => required(&c.weighed, "weighed")?,
        Some(Alternative::Unreasonable) => return Err(against("alternative").into()),
        // Who adopts none grants none. What was erased was none, or the entry would not exist.
        Some(Alternative::None) if !c.measures.trim().is_empty() && c.measures != ERASED => {
            return Err(invalid("measures", &c.measures).into());
        }
        Some(Alternative::None) => {}
        None => return Err(missing("alternative").into()),
    }
    Ok(())
}

/// A permit of the actor's, or of somebody for whom they type, that still holds today and whose end nobody reported.
fn holding(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    still_holds(case, may_report_end(case, exception)?)
}

/// One that nobody has begun.
fn may_begin(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    after(holding(case, exception)?, None)
}

/// One that goes on.
fn may_interrupt(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = holding(case, exception)?;
    match row.phase() {
        Some(PhaseKind::Begun | PhaseKind::Resumed) => Ok(row),
        other => Err(wrong_state(row.id, other.map_or("granted", PhaseKind::name)).into()),
    }
}

/// One that is interrupted.
fn may_resume(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    after(holding(case, exception)?, Some(PhaseKind::Interrupted))
}

/// Refuses one whose last phase is another.
fn after(row: Exception, phase: Option<PhaseKind>) -> Result<Exception, No> {
    match row.phase() {
        last if last == phase => Ok(row),
        last => Err(wrong_state(row.id, last.map_or("granted", PhaseKind::name)).into()),
    }
}

/// The day of a phase: within the permit's period, not to come, and not before the phase before it.
fn phase_day(case: &Case<'_>, row: &Exception, day: Option<Date>) -> Result<Date, No> {
    let today = case.context.day();
    let day = day.unwrap_or(today);
    let decision = row.decision.as_ref().ok_or_else(|| wrong_state(row.id, row.state.name()))?;
    let before = row.phases.last().map_or(decision.from, |phase| phase.day);
    let latest = decision.to.min(today);
    if day < before {
        return Err(Code::DayTooEarly.with("day", day).and("from", before).into());
    }
    if day > latest {
        return Err(Code::DayTooLate.with("day", day).and("to", latest).into());
    }
    Ok(day)
}

fn decide_begin(case: &Case<'_>, c: &BeginException) -> Result<Outcome, No> {
    let row = may_begin(case, c.exception)?;
    let day = phase_day(case, &row, c.day)?;
    Ok(Outcome { day: Some(day), ..about(&row) })
}

fn decide_interrupt(case: &Case<'_>, c: &InterruptException) -> Result<Outcome, No> {
    let row = may_interrupt(case, c.exception)?;
    let day = phase_day(case, &row, c.day)?;
    let months = rules(case)?.void_months;
    let until = months.and_then(|months| day.checked_add_months(Months::new(months)));
    Ok(Outcome { day: Some(day), until, ..about(&row) })
}

fn decide_resume(case: &Case<'_>, c: &ResumeException) -> Result<Outcome, No> {
    let row = may_resume(case, c.exception)?;
    let day = phase_day(case, &row, c.day)?;
    Ok(Outcome { day: Some(day), ..about(&row) })
}

/// One that was decided, and whose applicant has no copy yet.
fn may_hand_over(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = own(case, standing(case, exception, ExceptionState::is_decided)?)?;
    if !row.is_copy_due() {
        return Err(wrong_state(row.id, "copy_given").into());
    }
    Ok(row)
}

/// A permit of which no end was reported.
fn may_report_end(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = own(case, permit(case, exception)?)?;
    let told = if row.confirmed.is_some() { "confirmed" } else { "unconfirmed" };
    if row.report.is_some() { Err(wrong_state(row.id, told).into()) } else { Ok(row) }
}

/// One whose end was reported; never by whoever reported it, nor by whoever has it.
fn may_confirm_end(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = granted_by(case, exception)?;
    let Some(report) = row.report.as_ref().filter(|_| row.confirmed.is_none()) else {
        let state = if row.confirmed.is_some() { "confirmed" } else { "unreported" };
        return Err(wrong_state(row.id, state).into());
    };
    let people: Vec<Id> =
        row.whose().into_iter().chain([report.done.by]).chain(report.done.on_behalf).collect();
    case.not_of(&people, || Code::OwnApplication.with("record", row.id))?;
    Ok(row)
}

/// One that still holds.
fn may_revoke(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    still_holds(case, granted_by(case, exception)?)
}

/// A permit that is the actor's to judge: of whoever holds now what it was decided by.
fn granted_by(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = permit(case, exception)?;
    case.authority(case.actor(), &row.decided_by)?;
    Ok(row)
}

/// Refuses a permit that is over or void today.
fn still_holds(case: &Case<'_>, row: Exception) -> Result<Exception, No> {
    match row.in_force(case.context.day()) {
        Some(stands) if stands.holds() => Ok(row),
        stands => Err(wrong_state(row.id, stands.map_or("", InForce::name)).into()),
    }
}

fn decide_hand_over(case: &Case<'_>, c: &HandOverCopy) -> Result<Outcome, No> {
    Ok(about(&may_hand_over(case, c.exception)?))
}

fn decide_report_end(case: &Case<'_>, c: &ReportEnd) -> Result<Outcome, No> {
    let row = may_report_end(case, c.exception)?;
    let permit = row.permit().ok_or_else(|| wrong_state(row.id, row.state.name()))?;
    let today = case.context.day();
    let latest = row.held_until(today).unwrap_or(permit.to).min(today);
    let last = c.last.unwrap_or(latest);
    let since = row.phases.last().map_or(permit.from, |phase| phase.day).min(latest);
    if last < since {
        return Err(Code::DayTooEarly.with("day", last).and("from", since).into());
    }
    if last > latest {
        return Err(Code::DayTooLate.with("day", last).and("to", latest).into());
    }
    if c.how == Some(EndReport::Waived) {
        return Err(invalid("how", EndReport::Waived.name()).into());
    }
    let came = c.came.unwrap_or(today);
    if came > today {
        return Err(Code::DayTooLate.with("day", came).and("to", today).into());
    }
    Ok(Outcome { day: Some(came), until: Some(last), ..about(&row) })
}

fn decide_confirm_end(case: &Case<'_>, c: &ConfirmEnd) -> Result<Outcome, No> {
    Ok(about(&may_confirm_end(case, c.exception)?))
}

/// One that was lawful without anybody's permission and that nobody has reviewed; never by whoever did it.
fn may_review(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = standing(case, exception, |state| state == ExceptionState::Recorded)?;
    case.authority(case.actor(), &row.decided_by)?;
    not_theirs(case, &row)?;
    Ok(row)
}

/// A decision that is still to be told.
fn may_tell(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    own(case, owing(case, exception, Owed::Telling)?)
}

/// A permit that is over, and of which nobody confirmed that what was stored is gone; never by whoever has it.
fn may_confirm_gone(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = owing(case, exception, Owed::Gone)?;
    case.authority(case.actor(), &row.decided_by)?;
    not_theirs(case, &row)?;
    match row.in_force(case.context.day()) {
        Some(stands) if stands.holds() => Err(wrong_state(row.id, stands.name()).into()),
        _ => Ok(row),
    }
}

/// A permit of which something is owed.
fn owing(case: &Case<'_>, exception: Option<Id>, what: Owed) -> Result<Exception, No> {
    let row = permit(case, exception)?;
    if row.owes(what) { Ok(row) } else { Err(wrong_state(row.id, "nothing_owed").into()) }
}

/// One in force, of whoever has it.
fn may_note(case: &Case<'_>, exception: Option<Id>) -> Result<Exception, No> {
    let row = still_holds(case, own(case, permit(case, exception)?)?)?;
    match row.in_force(case.context.day()) {
        Some(InForce::ToCome) => Err(wrong_state(row.id, InForce::ToCome.name()).into()),
        _ => Ok(row),
    }
}

fn decide_review(case: &Case<'_>, c: &ReviewEmergency) -> Result<Outcome, No> {
    let row = may_review(case, c.exception)?;
    required(&c.finding, "finding")?;
    Ok(about(&row))
}

fn decide_tell(case: &Case<'_>, c: &TellCouncil) -> Result<Outcome, No> {
    Ok(about(&may_tell(case, c.exception)?))
}

fn decide_gone(case: &Case<'_>, c: &ConfirmGone) -> Result<Outcome, No> {
    Ok(about(&may_confirm_gone(case, c.exception)?))
}

fn decide_note(case: &Case<'_>, c: &NoteRisk) -> Result<Outcome, No> {
    let row = may_note(case, c.exception)?;
    required(&c.note, "note")?;
    Ok(about(&row))
}

fn decide_revoke(case: &Case<'_>, c: &RevokeException) -> Result<Outcome, No> {
    let row = may_revoke(case, c.exception)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

fn about(row: &Exception) -> Outcome {
    Outcome { id: Some(row.id), ..Outcome::default() }
}

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

    /// The people whose own matter it is: who applied, who typed it, and for whom whoever applied acted. For whom a clerk typed
    /// it, it is not: that is whoever decides it (11).
    fn whose(&self) -> Vec<Id> {
        let made_for = self.trace.made_for.filter(|_| self.applicant == self.entered_by);
        [self.applicant, self.entered_by].into_iter().chain(made_for).collect()
    }

    /// Whether it begins before the day on which it was applied for (事後申請).
    pub fn is_after_the_fact(&self) -> bool {
        self.versions.iter().any(|version| version.from < self.applied.date_naive())
    }

    /// The decision of one that was granted.
    pub fn permit(&self) -> Option<&ExceptionDecision> {
        self.decision.as_deref().filter(|decision| decision.granted)
    }

    /// Whether it was decided and its applicant has no copy yet.
    pub fn is_copy_due(&self) -> bool {
        // Who decided it themselves needs no copy.
        let own = self.decision.as_ref().is_some_and(|decision| decision.done.by == self.applicant);
        self.state.is_decided() && self.handed_over.is_none() && !own
    }

    /// Whether the report of its end is missing on a day (9.1).
    pub fn is_report_due(&self, day: Date) -> bool {
        let waived = self.permit().is_some_and(|permit| permit.end_report == Some(EndReport::Waived));
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
        let before = |day: Date| day.pred_opt().unwrap_or(day);
        let last = self.phase_on(day);
        let ends = [
            Some((permit.to, InForce::Expired)),
            permit.begin_by.filter(|_| last.is_none()).map(|by| (by, InForce::NotBegun)),
            last.and_then(|phase| phase.void_on).map(|void| (before(void), InForce::InterruptedTooLong)),
            self.report.as_ref().map(|report| (report.last, InForce::Ended)),
            self.revoked.as_ref().map(|done| (before(done.on.date_naive()), InForce::Revoked)),
        ];
        ends.into_iter().flatten().min_by_key(|(last, _)| *last).unwrap_or((permit.to, InForce::Expired))
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
        self.permit().map_or(&self.wanted().clause, |permit| &permit.clause)
    }

    /// The system, as granted, or as applied for where nothing is.
    pub fn system(&self) -> &str {
        self.permit().map_or(&self.wanted().system, |permit| &permit.system)
    }

    /// First and last day, as granted, or as applied for where nothing is.
    pub fn period(&self) -> (Date, Date) {
        let wanted = (self.wanted().from, self.wanted().to);
        self.permit().map_or(wanted, |permit| (permit.from, permit.to))
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
            ("confirmed", "granted"),
            ("unreported", STANDING),
            ("unconfirmed", STANDING),
            ("confirm_mine", STANDING),
            ("unreviewed", OWED),
            ("review_mine", OWED),
            ("untold", OWED),
            ("not_gone", OWED),
            (COPY_DUE, COPY_DUE),
            ("copy_mine", COPY_DUE),
        ],
        offered: |row| matches!(row, Row::Exception(row) if row.waits()),
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
        let Command::ApplyException(c) = &event.command else { return None };
        let wanted = wanted!(c);
        // What is a decision in itself has its number at once.
        let decision = (!event.outcome.number.is_empty()).then(|| ExceptionDecision {
            end_report: Some(EndReport::Waived),
            ..ExceptionDecision::as_wanted(&wanted, event, meta.ending(event.happened(meta), &c.reason))
        });
        Some(Exception {
            id,
            trace: meta.trace(),
            kind: c.kind.clone(),
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
                let asked = self.permit().and_then(|permit| permit.end_report);
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
            Command::NoteRisk(c) => self.notes.push(ending(&c.note)),
            Command::RevokeException(c) => self.revoked = Some(ending(&c.reason)),
            _ => return false,
        }
        true
    }

    fn passes(&mut self, what: PassageKind, done: Ending) {
        self.path.push(Passage { what, done, decided_by: self.decided_by.clone() });
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
            account: c.account.clone(),
            ..ExceptionDecision::as_wanted(wanted, event, done)
        }
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::Exception;
        let mut keys = vec![key::state(noun, self.state.name()), key::day(noun, self.applied.date_naive())];
        keys.extend(self.state.is_open().then(|| key::state(noun, OPEN)));
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
        std::iter::once(self.applicant).chain(self.wanted().devices.iter().copied()).collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let devices = self.versions.iter().flat_map(|version| &version.devices).copied();
        let mut ids = Vec::new();
        for id in self.whose().into_iter().chain(devices) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.applicant == id || self.wanted().devices.contains(&id)
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
