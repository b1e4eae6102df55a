//! The commands of the book of exceptions.

use super::review::{decide_settle, may_settle};
use super::rules::*;
use super::{Alternative, EndReport, Finding, Touches};
use crate::domain::command::commands;
use crate::domain::rule::Given::ByPeople;
use crate::domain::{Book, Date, Edition, Group, Id, Noun, Settlement, Task, Waits};

/// Declares the commands that apply for something, which all tell what is wanted in the same fields.
macro_rules! applications {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal => $past:literal { $($own:tt)* }
        rule { $($rule:tt)* }
        decide $decide:path, touches $touches:tt, on $on:tt;
    )*) => {
        commands! {
            $(
                $(#[$doc])*
                $variant = $name => $past {
                    $($own)*
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
                    sealed: &[
                        "reason", "damage", "measures", "consulted", "consultation", "account", "unavoidable", "form_of_use",
                        "protection", "contact",
                    ],
                    $($rule)*
                }
                decide $decide, touches $touches, on $on;
            )*
        }
    };
}

applications! {
    /// Apply for an exception (例外措置手順書 5).
    ApplyException = "apply_exception" => "exception_applied" {
        /// Its kind, by the profile's id.
        kind: String,
        /// Who applies, where the actor types for somebody else; the actor where absent.
        applicant: Option<Id>,
    }
        rule { group: Some(Group(Book::Exceptions, Task::Desk)) }
        decide decide_apply, touches [], on {};

    /// Apply again with what was put right. Every version stays readable.
    ResubmitException = "resubmit_exception" => "exception_resubmitted" {
        /// Which.
        exception: Option<Id>,
    }
        rule { with: &["apply_exception"] }
        decide decide_resubmit, touches [], on { Noun::Exception => may_resubmit };

    /// Apply for a permit to hold for longer (適用期間の延長, 8): on the same permit, decided anew.
    ApplyExtension = "apply_extension" => "extension_applied" {
        /// Which permit.
        exception: Option<Id>,
    }
        rule { with: &["apply_exception"] }
        decide decide_extension, touches [], on { Noun::Exception => may_extend };

    /// Apply for other terms of a permit (修正申請, 8): the old ones hold until it is granted.
    ApplyAmendment = "apply_amendment" => "amendment_applied" {
        /// Which permit.
        exception: Option<Id>,
    }
        rule { with: &["apply_exception"] }
        decide decide_amendment, touches [], on { Noun::Exception => may_amend };
}

commands! {
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

    /// Enter a further measure at once, where the damage that is foreseen has changed (8): in use, and not approved until an
    /// amendment is.
    ApplyMeasure = "apply_measure" => "measure_applied" {
        /// Which.
        exception: Option<Id>,
        /// The measure.
        measure: String,
        /// The damage that is foreseen now.
        damage: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["measure", "damage"],
            with: &["apply_exception"],
        }
        decide decide_measure, touches [], on { Noun::Exception => may_note };

    /// Settle a line of a month's review with a word (9.2): by whoever judges such a permit now, and never by whose own it is.
    SettleLine = "settle_line" => "line_settled" {
        /// Which.
        exception: Option<Id>,
        /// The month, by any of its days; the oldest in which it is unsettled where none is given.
        month: Option<Date>,
        /// What is said of it.
        said: Option<Settlement>,
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
        decide decide_settle, touches [], on { Noun::Exception => may_settle };

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

/// What one of the commands that apply asks for.
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
pub(super) use wanted;
