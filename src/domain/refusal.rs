//! Why not: three ways, never one type.

use crate::fault::Fault;
use serde::{Deserialize, Serialize};
use std::fmt;

/// The rules said no. The wording in both languages, with what to do, stands in `data/wording/refusals.toml`
/// under the code's name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejection {
    /// Which rule.
    pub code: Code,
    /// What the wording names: placeholder and value. A value that is an id, a zone id or a date is put into
    /// words by whoever shows it.
    pub args: Vec<(String, String)>,
}

/// The policy said no: the actor's roles do not hold this.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Denied {
    /// The command or query, by its stable name.
    pub what: String,
    /// The role ids that may.
    pub needs: Vec<String>,
}

/// Something broke while reading: the registers could not be asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken(pub Fault);

/// Everything but yes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// The rules said no.
    Rejected(Rejection),
    /// The policy said no.
    Denied(Denied),
    /// Something broke.
    Broken(Broken),
}

impl From<Broken> for No {
    fn from(broken: Broken) -> No {
        No::Broken(broken)
    }
}

impl From<Denied> for No {
    fn from(denied: Denied) -> No {
        No::Denied(denied)
    }
}

impl From<Rejection> for No {
    fn from(rejection: Rejection) -> No {
        No::Rejected(rejection)
    }
}

impl Denied {
    /// The stable name of every denial.
    pub const NAME: &'static str = "not_permitted";
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $variant:ident = $name:literal ($($arg:literal),*),)*) => {
        /// The rules' refusals, in order of precedence: when several apply, the first is given.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Code { $($(#[$doc])* #[serde(rename = $name)] $variant,)* }
        impl Code {
            /// Every code, in order of precedence.
            pub const ALL: &'static [Code] = &[$(Code::$variant),*];
            /// The stable name, as batch answers give it.
            pub fn name(self) -> &'static str { match self { $(Code::$variant => $name,)* } }
            /// The placeholders that a rejection with this code fills, in order.
            pub fn args(self) -> &'static [&'static str] { match self { $(Code::$variant => &[$($arg),*],)* } }
            /// A rejection without further detail.
            pub fn no(self) -> Rejection { Rejection { code: self, args: Vec::new() } }
            /// A rejection that names something.
            pub fn with(self, key: &str, value: impl fmt::Display) -> Rejection {
                self.no().and(key, value)
            }
        }
        impl Rejection {
            /// Names one thing more.
            pub fn and(mut self, key: &str, value: impl fmt::Display) -> Rejection {
                self.args.push((key.to_owned(), value.to_string()));
                self
            }
        }
    };
}

codes! {
    /// The actor's account has not begun (J-1-1-1-c).
    AccountNotBegun = "account_not_begun" ("user", "from"),
    /// The actor's account is over: its last day has passed (J-1-1-1-c).
    AccountOver = "account_over" ("user", "until"),
    /// A personnel change bars the actor's account (S-12-4).
    AccountStopped = "account_stopped" ("user", "from", "record"),
    /// A field that must be there is not.
    FieldMissing = "field_missing" ("field"),
    /// A field's value is none of those it may have.
    FieldInvalid = "field_invalid" ("field", "value"),
    /// The request id belongs to something else that was done under it.
    RequestReused = "request_reused" ("request", "entry"),
    /// The record that the command names does not exist.
    NoSuchRecord = "no_such_record" ("record"),
    /// The record is not in the state that the command needs.
    WrongState = "wrong_state" ("record", "state"),
    /// The period begins after it ends.
    PeriodReversed = "period_reversed" ("from", "to"),
    /// The period is longer than the profile allows.
    PeriodTooLong = "period_too_long" ("from", "to", "latest"),
    /// A late entry is older than the profile allows, or lies in the future.
    TimeOutOfRange = "time_out_of_range" ("time", "from", "to"),
    /// The clock jumped and nobody has confirmed the time.
    ClockUnconfirmed = "clock_unconfirmed" (),
    /// A moment has another offset than the entry's own, which is the site's.
    OtherOffset = "other_offset" ("time", "offset"),
    /// The command came with a later edition of the rules than the one in force.
    NeedsEdition = "needs_edition" ("edition", "in_force"),
    /// An edition that this program does not know.
    EditionUnknown = "edition_unknown" ("edition"),
    /// The edition is not higher than the one in force.
    EditionInForce = "edition_in_force" ("edition", "in_force"),
    /// Nobody adopts a profile alone any more: one proposes it, another agrees.
    ProposeInstead = "propose_instead" (),
    /// Another version waits for a second person already.
    ProposalWaits = "proposal_waits" ("record"),
    /// A step of the regulation's own procedure is not told.
    StepMissing = "step_missing" ("step"),
    /// A step is told of a day that is still to come.
    StepToCome = "step_to_come" ("step", "day"),
    /// A step lies before one that the regulation takes first.
    StepsReversed = "steps_reversed" ("step", "before"),
    /// A vote without a majority of all.
    NoMajority = "no_majority" ("step", "in_favour", "of"),
    /// The version's first day has passed before a second person agreed.
    DayPassed = "day_passed" ("record", "from"),
    /// Whoever proposed a version does not agree to it, under whatever ID.
    OwnProposal = "own_proposal" ("record"),
    /// The recovery sheet agrees only where nobody else could.
    OthersCould = "others_could" ("people"),
    /// The recovery sheet issues no ID while there are some whose password it can set.
    AdministratorsLeft = "administrators_left" ("users"),
    /// The actor's password is due: it opens nothing but its change (J-1-1-1-b).
    PasswordDue = "password_due" ("user", "day"),
    /// The actor reported that their password may be known to others: it opens nothing but its change (J-1-1-1-b).
    PasswordReported = "password_reported" ("user"),
    /// An account would be used from a day before the permission (J-1-1-1-c).
    BeforePermission = "before_permission" ("from", "day"),
    /// A day lies before the first that is taken.
    DayTooEarly = "day_too_early" ("day", "from"),
    /// A day lies behind the last that is taken.
    DayTooLate = "day_too_late" ("day", "to"),
    /// It would go on longer than what it rests on: the actor's own account or office (G-11).
    BeyondOwnTerm = "beyond_own_term" ("to", "latest"),
    /// The person is barred, and could not act.
    AccountSuspended = "account_suspended" ("person", "record"),
    /// There is no command and no query of that name that could be delegated.
    NoSuchRight = "no_such_right" ("what"),
    /// The same is named twice.
    NamedTwice = "named_twice" ("what"),
    /// Another personnel change of the same person is told for that day, or a leave for some of the days (S-12-4).
    ChangesContradict = "changes_contradict" ("person", "record"),
    /// Nobody applied for the account, and the profile asks that somebody does (J-1-1-2).
    ApplicationNeeded = "application_needed" ("person"),
    /// The desk has not checked the application yet, as the profile asks.
    ApplicationUnchecked = "application_unchecked" ("record"),
    /// More than what was applied for.
    BeyondApplication = "beyond_application" ("record", "field"),
    /// Somebody who leaves is inside, or still has something (J-1-1-2).
    StillHas = "still_has" ("person", "records"),
    /// The person will be away or gone in the period of the account (S-12-4).
    ChangeExpected = "change_expected" ("person", "record"),
    /// The person is on no leave from which they could come back on that day (S-12-4).
    NotOnLeave = "not_on_leave" ("person", "day"),
    /// The account is another person's: it is closed, and a new one issued (S-13-3).
    AccountOfAnother = "account_of_another" ("user", "person"),
    /// The person's record does not tell what the profile asks of an account (S-6).
    PersonIncomplete = "person_incomplete" ("person", "field"),
    /// Nobody holds the role above, without which nobody gets this one (S-6).
    NobodyAbove = "nobody_above" ("role", "above"),
    /// People are appointed to the office; it is not given with an account (I-2-1).
    OfficeAppointed = "office_appointed" ("role"),
    /// As many people as the office has hold it, or are deputies in it, already (I-2-1).
    OfficeFull = "office_full" ("role", "most", "record"),
    /// The rules know no organisation IDs: they name no division of business (J-1-1-1-e).
    NoDivisions = "no_divisions" (),
    /// Under an organisation ID nothing is decided, administered or audited (J-1-1-1-e).
    NotShared = "not_shared" ("role"),
    /// No role of the rules may open an emergency ID.
    NobodyOpens = "nobody_opens" (),
    /// The rules leave nothing to a clerk of the actor's roles (J-EX-11).
    NoClerk = "no_clerk" (),
    /// The person has no account under which they could act.
    NoAccount = "no_account" ("person"),
    /// The person delegates to the actor already, in the same days.
    DelegationCircle = "delegation_circle" ("record"),
    /// What somebody holds as a deputy or by a delegation is not theirs to delegate (G-11).
    NotOwnRight = "not_own_right" ("person"),
    /// The rules say nothing of exceptions.
    NoExceptions = "no_exceptions" (),
    /// It is applied for by another procedure (J-EX-5-4).
    AppliedElsewhere = "applied_elsewhere" ("kind", "elsewhere"),
    /// No row of the rules says whose decision the application of somebody like this is (J-EX-4).
    NobodyDecides = "nobody_decides" ("person"),
    /// Whoever would decide it is who applied, and the rules name nobody above (J-2-1-2).
    NobodyStandsAbove = "nobody_stands_above" ("roles"),
    /// The decision does not let it be extended, or it is a decision in itself (J-EX-8).
    NotExtendable = "not_extendable" ("record"),
    /// It was extended as often as the rules allow (J-EX-8).
    ExtendedOften = "extended_often" ("record", "most"),
    /// The month is not over: its review is not open yet (J-EX-9-2).
    MonthNotOver = "month_not_over" ("month", "from"),
    /// The month was closed (J-EX-9-2).
    MonthClosed = "month_closed" ("month"),
    /// A month before is still open (J-EX-9-2).
    MonthBeforeOpen = "month_before_open" ("month"),
    /// Lines of the month are not settled (J-EX-9-2).
    LinesOpen = "lines_open" ("month", "count", "records"),
    /// The exception has no line in an open month that somebody settles (J-EX-9-2).
    NoLine = "no_line" ("record"),
    /// A grant against one of its findings (J-EX-6-3).
    FindingAgainst = "finding_against" ("field"),
    /// The applicant, or who typed the application, decides it (J-2-1-2).
    OwnApplication = "own_application" ("record"),
    /// The person permits, issues or approves something for themselves (J-2-1-2).
    OwnMatter = "own_matter" ("person"),
    /// The person has the same name as somebody whom they may not be here, and nobody has said whether they are one
    /// (J-2-1-2).
    NamesakeUnsettled = "namesake_unsettled" ("person", "other"),
    /// The person named does not hold the authority that the profile asks for.
    NoAuthority = "no_authority" ("person", "needs"),
    /// It lies outside the jurisdiction within which the actor acts (S-2).
    OutsideJurisdiction = "outside_jurisdiction" ("jurisdiction", "within"),
    /// The role is held within jurisdictions of another kind (S-2).
    RoleHeldElsewhere = "role_held_elsewhere" ("role", "jurisdiction"),
    /// One person would audit and change: roles that nobody holds together, under whatever IDs (J-2-1-2).
    RolesClash = "roles_clash" ("person", "roles"),
    /// The person is not registered as an entrant (I-3-2-1).
    NotRegistered = "not_registered" ("person"),
    /// The registration is not in force on that day (I-3-2-1).
    OutOfPeriod = "out_of_period" ("person", "from", "to"),
    /// The registration or permit is for other zones (I-3-1).
    WrongZone = "wrong_zone" ("record", "zone"),
    /// The person is inside already.
    AlreadyInside = "already_inside" ("person", "visit"),
    /// The person is not inside.
    NotInside = "not_inside" ("record"),
    /// An outsider has no permit in force (I-3-2-2, J-PI-12).
    NoPermit = "no_permit" ("person", "day"),
    /// The permit does not name this person.
    NotOnPermit = "not_on_permit" ("person", "permit"),
    /// The permit does not cover this purpose (J-PI-12).
    PermitForOther = "permit_for_other" ("permit", "purpose"),
    /// Nobody escorts this person: they are not from outside.
    NotAnOutsider = "not_an_outsider" ("person"),
    /// An outsider has no escort (I-3-2-2).
    NoEscort = "no_escort" ("person"),
    /// The escort may not escort.
    EscortNotPermitted = "escort_not_permitted" ("escort", "zone"),
    /// The escort is not inside.
    EscortNotInside = "escort_not_inside" ("escort", "zone"),
    /// The escort would leave before the visitor (I-3-2-2).
    EscortStillNeeded = "escort_still_needed" ("escort", "visitors"),
    /// The identification was not checked (J-3-3-2).
    IdentificationMissing = "identification_missing" ("person"),
    /// An outsider gets a badge (I-3-2-3).
    BadgeMissing = "badge_missing" ("person"),
    /// The badge is not registered.
    BadgeUnknown = "badge_unknown" ("badge"),
    /// The badge is lent out (I-3-2-3).
    BadgeOut = "badge_out" ("badge", "visit"),
    /// The badge is lost, broken or disposed of.
    BadgeUnusable = "badge_unusable" ("badge", "state"),
    /// The record was joined to another, under which the person goes on.
    Joined = "joined" ("person", "other"),
    /// A record of a person is not given up while they have something in force under it.
    StillUsed = "still_used" ("person", "record"),
    /// The number, ID or registration exists already.
    AlreadyExists = "already_exists" ("record"),
    /// The person has the desk already.
    AlreadyOnDuty = "already_on_duty" ("person"),
    /// There is no jump of the clock to confirm.
    ClockGood = "clock_good" (),
    /// Nothing would change.
    NothingToChange = "nothing_to_change" ("record"),
    /// The log does not bind what the recovery sheet opens: a new sheet does.
    SheetNotBound = "sheet_not_bound" (),
    /// The profile wants each terminal to note the last entry that it saw, and this one keeps no note.
    LastSeenOff = "last_seen_off" ("terminal"),
    /// What is entered late would leave somebody inside by a right that has ended since.
    RightEnded = "right_ended" ("person"),
    /// The last administrator who can log in would be barred.
    LastAdministrator = "last_administrator" ("user"),
    /// Nobody active could give these commands any more, without which a site is not governed or what is open not closed.
    NobodyLeft = "nobody_left" ("commands"),
    /// The regulation has had a version of this number.
    VersionTaken = "version_taken" ("version", "record"),
    /// Something in use lies in a jurisdiction that the version has no more.
    JurisdictionUsed = "jurisdiction_used" ("jurisdiction", "record"),
    /// The text is not a profile.
    ProfileInvalid = "profile_invalid" ("reason"),
}
