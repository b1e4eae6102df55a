//! What the plan is made of: visits, permits, and what happens at a moment.

use crate::domain::{Date, Id, PermitKind, Stamp};

/// How a visit ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Checked out, badge back.
    Out,
    /// Checked out, the badge not back until the next day.
    Kept,
    /// Checked out, the badge not back at all.
    KeptForGood,
    /// Nobody recorded the exit; settled the next morning.
    Forgotten,
    /// Nobody recorded the exit, and nobody has settled it.
    Open,
}

/// A visit that will take place.
#[derive(Clone, Debug)]
pub struct Visit {
    /// Who.
    pub person: Id,
    /// Who is picked at the desk first, by mistake.
    pub mistaken_for: Option<Id>,
    /// Card shown.
    pub card: Option<String>,
    /// Badge lent.
    pub badge: Option<String>,
    /// Zone id.
    pub zone: &'static str,
    /// Purpose id.
    pub purpose: &'static str,
    /// Comes in.
    pub came: Stamp,
    /// Goes out.
    pub left: Stamp,
    /// The permit they come under, by its place in the plan.
    pub permit: Option<usize>,
    /// Who escorts them.
    pub escort: Option<Id>,
    /// Things carried in.
    pub things: String,
    /// Remarks.
    pub remarks: String,
    /// How it ends.
    pub end: End,
    /// Entered from paper, from this moment on.
    pub from_paper: Option<Stamp>,
    /// A work report is due.
    pub due: bool,
    /// Its number, once it has one.
    pub id: Option<Id>,
}

/// What becomes of an application.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Granted.
    Granted,
    /// Refused.
    Refused,
    /// Granted, and taken back.
    Withdrawn,
    /// Not decided yet.
    Waiting,
}

/// An application, or a permission by telephone.
#[derive(Clone, Debug)]
pub struct Permit {
    /// What for.
    pub kind: PermitKind,
    /// Purpose of the visits.
    pub purpose: &'static str,
    /// The contractor.
    pub company: Id,
    /// Who comes.
    pub workers: Vec<Id>,
    /// On which day.
    pub day: Date,
    /// The work.
    pub work: String,
    /// What becomes of it.
    pub fate: Fate,
    /// Its number, once it has one.
    pub id: Option<Id>,
}

/// What happens at a moment.
#[derive(Clone, Debug)]
pub enum Scene {
    /// The desk changes hands.
    Shift,
    /// A visit begins.
    In(usize),
    /// The wrong person was picked; it is put right.
    PutRight(usize),
    /// A visit ends.
    Out(usize),
    /// Another escort takes over.
    HandOver(usize, Id),
    /// A forgotten exit is settled.
    Settle(usize),
    /// A badge that was not returned comes back.
    BadgeBack(usize),
    /// A work is recorded.
    Record(usize),
    /// A work report is judged.
    Judge(usize),
    /// A work report that was sent back is written again.
    Revise(usize),
    /// A visit is applied for.
    Apply(usize),
    /// An application is decided.
    Decide(usize),
    /// An application is taken back.
    Withdraw(usize),
    /// A permission by telephone is taken down.
    Telephone(usize),
    /// Its giver signs it.
    Sign(usize),
    /// A notice is taken.
    Acknowledge(Id),
    /// Somebody who is not registered tries to enter.
    Stranger,
    /// A worker comes on a day without a permit.
    WithoutPermit(Id),
    /// Somebody tries another zone than theirs.
    ElsewhereThan(Id),
    /// Somebody comes without anything to identify them.
    Unidentified(Id),
    /// The escort of a visit tries to leave first, or comes in twice.
    EscortLeaves(usize),
    /// The badge of a visit is scanned for somebody else.
    BadgeTwice(usize, Id),
    /// A badge is reported.
    Report(&'static str, crate::domain::BadgeReport, &'static str),
    /// A registration is renewed for the next fiscal year.
    Renew(usize),
    /// The approver applies, and cannot decide it.
    OwnApplication,
    /// An ID is applied for and issued to a deputy, or barred.
    Deputy(bool),
    /// Somebody sets a new password; so many times more until the end.
    Password(super::stage::Part, u32),
    /// An officer who is away delegates for some days.
    Delegation,
    /// Somebody says that they will be transferred.
    Transfer,
    /// An organisation ID for the night duty, and who uses it.
    Organisation,
    /// What becomes of the exception of a month.
    Exception(super::exceptions::Step),
    /// An exception is applied for, and nobody has decided.
    ExceptionWanted,
    /// An account is applied for, for somebody from outside.
    AccountWanted(Id),
}
