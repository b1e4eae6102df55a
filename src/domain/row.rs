//! Rows: the registers' records as they stand now. Derived from the log, and never the truth themselves.

use super::{BadgeKind, Date, ERASED, Edition, Id, Moments, Noun, PermitKind, Stamp, key, packed};
use crate::text::find::Part;
use chrono::FixedOffset;
use serde::{Deserialize, Serialize};

/// Where a row comes from in the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// The entry that made it.
    pub made: u64,
    /// The entry that changed it last.
    pub changed: u64,
    /// Its texts were erased: by the entry of this number.
    pub erased: Option<u64>,
}

macro_rules! row {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub struct $name {
            /// Its number.
            pub id: Id,
            /// Where it comes from.
            pub trace: Trace,
            $($(#[$fdoc])* pub $field: $type,)*
        })*

        /// A record of any register.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Row { $(#[doc = concat!("See [`", stringify!($name), "`].")] $name($name),)* }

        impl Row {
            /// Its number.
            pub fn id(&self) -> Id { match self { $(Row::$name(row) => row.id,)* } }
            /// Where it comes from.
            pub fn trace(&self) -> &Trace { match self { $(Row::$name(row) => &row.trace,)* } }
            /// The same record with its moments told in a zone.
            #[must_use]
            pub fn in_zone(mut self, zone: FixedOffset) -> Row {
                match &mut self { $(Row::$name(row) => { $(row.$field.to_zone(zone);)* })* }
                self
            }
            /// To note a change.
            pub fn trace_mut(&mut self) -> &mut Trace { match self { $(Row::$name(row) => &mut row.trace,)* } }
        }

        $(impl From<$name> for Row { fn from(row: $name) -> Row { Row::$name(row) } }
        impl TryFrom<Row> for $name {
            type Error = Row;
            fn try_from(row: Row) -> Result<$name, Row> {
                match row { Row::$name(row) => Ok(row), other => Err(other) }
            }
        })*
    };
}

row! {
    /// A human being.
    Person {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// The contractor they belong to; none for the site's own staff.
        company: Option<Id>,
        /// Department or post.
        organisation: String,
        /// Telephone or e-mail.
        contact: String,
        /// How their identity was established.
        identity: String,
    }
    /// A contractor.
    Company {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// Telephone or e-mail.
        contact: String,
        /// Postal address.
        address: String,
        /// Contracted by the secretariat (N-5).
        secretariat: bool,
        /// On whose behalf it works, when work was outsourced again (N-5).
        outsourced_by: Option<Id>,
    }
    /// A registration as one who may enter.
    Entrant {
        /// Whose.
        person: Id,
        /// For which zones.
        zones: Vec<String>,
        /// Who permitted it.
        permitted_by: Id,
        /// First day.
        #[serde(with = "packed")]
        from: Date,
        /// Last day, inclusive.
        #[serde(with = "packed")]
        to: Date,
        /// May escort outsiders.
        escort: bool,
        /// What they identify themselves with.
        credential: String,
        /// Ended before its last day.
        revoked: Option<Ending>,
    }
    /// A badge or card.
    Badge {
        /// The number on it.
        number: String,
        /// Lent or held.
        kind: BadgeKind,
        /// The zone it is for.
        zone: Option<String>,
        /// Who holds the card.
        holder: Option<Id>,
        /// Where it is.
        state: BadgeState,
        /// The visit it is lent to, or was lost in.
        visit: Option<Id>,
        /// Since when it is in this state.
        #[serde(with = "packed")]
        since: Stamp,
        /// What was said of it last.
        remarks: String,
    }
    /// One presence in the server room.
    Visit {
        /// Who.
        person: Id,
        /// Their company at that time.
        company: Option<Id>,
        /// From outside (J-3-3-1).
        outsider: bool,
        /// Zone id.
        zone: String,
        /// Rack.
        rack: Option<String>,
        /// Purpose id.
        purpose: String,
        /// The badge lent.
        badge: Option<Id>,
        /// The card shown.
        card: Option<Id>,
        /// What they identified themselves with.
        identification: String,
        /// Came in.
        #[serde(with = "packed")]
        came: Stamp,
        /// Went out.
        #[serde(with = "packed")]
        left: Option<Stamp>,
        /// Who let them in.
        admitted_by: Id,
        /// Who let them out.
        released_by: Option<Id>,
        /// Who escorts them, since when; the last one is on duty.
        #[serde(with = "packed")]
        escorts: Vec<(Stamp, Id)>,
        /// The permit they come under.
        permit: Option<Id>,
        /// Whom they visit.
        visited: String,
        /// Things carried in.
        carried_in: String,
        /// Things carried out.
        carried_out: String,
        /// Remarks.
        remarks: String,
        /// Where it stands.
        state: VisitState,
        /// The badge did not come back.
        badge_kept: bool,
        /// How an exit that nobody recorded was settled.
        settled: Option<Settled>,
        /// Entered from paper, at this time.
        #[serde(with = "packed")]
        entered_late: Option<Stamp>,
        /// The exit was entered from paper, at this time.
        #[serde(with = "packed")]
        left_late: Option<Stamp>,
        /// The clock was not confirmed at check-in or check-out.
        clock_unconfirmed: bool,
        /// Corrections made, oldest first.
        corrections: Vec<Correction>,
        /// Where its work report stands.
        report: ReportState,
    }
    /// An application to enter or work, and the permit it becomes.
    Permit {
        /// What for.
        kind: PermitKind,
        /// Who applied.
        applicant: Id,
        /// Who typed the application.
        entered_by: Id,
        /// The contractor.
        company: Id,
        /// Who comes.
        workers: Vec<Id>,
        /// First day.
        #[serde(with = "packed")]
        from: Date,
        /// Last day, inclusive.
        #[serde(with = "packed")]
        to: Date,
        /// Zone ids.
        zones: Vec<String>,
        /// Racks.
        racks: String,
        /// The work.
        work: String,
        /// Proposed escort.
        escort: Option<Id>,
        /// Things to carry in.
        things: String,
        /// Conditions.
        conditions: String,
        /// Applied when.
        #[serde(with = "packed")]
        applied: Stamp,
        /// Where it stands.
        state: PermitState,
        /// Who decided, when, why.
        decided: Option<Ending>,
        /// Given by telephone.
        telephone: Option<Telephone>,
        /// Taken back by whom, when, why.
        withdrawn: Option<Ending>,
    }
    /// A work record and report.
    Work {
        /// During which visit.
        visit: Id,
        /// Under which permit.
        permit: Option<Id>,
        /// The day of the work.
        #[serde(with = "packed")]
        date: Date,
        /// Which server or machine.
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
        #[serde(with = "packed")]
        recorded: Stamp,
        /// Where it stands.
        state: WorkState,
        /// Who approved or returned it.
        decided: Option<Ending>,
    }
    /// Something an officer must take note of.
    Notice {
        /// From which work record.
        work: Id,
        /// During which visit.
        visit: Id,
        /// Since when.
        #[serde(with = "packed")]
        opened: Stamp,
        /// Taken by whom, when.
        taken: Option<Ending>,
    }
    /// The record about a person who may use the system.
    User {
        /// Login ID.
        user: String,
        /// Whose.
        person: Id,
        /// Role ids.
        roles: Vec<String>,
        /// Where it stands.
        state: UserState,
        /// Verifying keys, hex, with the entry from which each holds; the last one is in force.
        keys: Vec<UserKey>,
        /// Issued by whom.
        issued_by: Id,
        /// Issued when.
        #[serde(with = "packed")]
        issued: Stamp,
        /// Last login.
        #[serde(with = "packed")]
        last_login: Option<Stamp>,
        /// The own password was set last.
        #[serde(with = "packed")]
        password_set: Option<Stamp>,
        /// Suspended by whom, when, why.
        suspended: Option<Ending>,
        /// Removed for good by whom, when, why.
        removed: Option<Ending>,
    }
    /// A takeover of the desk.
    Shift {
        /// Who took over.
        by: Id,
        /// When.
        #[serde(with = "packed")]
        at: Stamp,
        /// From whom.
        from: Option<Id>,
        /// People inside, badges out, things open.
        counts: Vec<u32>,
        /// What was said.
        remarks: String,
    }
    /// The site.
    Site {
        /// Its id.
        site: String,
        /// Its name.
        name: String,
        /// The recovery sheet's verifying key, hex.
        recovery_key: String,
        /// The clock jumped at this entry and is not confirmed.
        clock_jump: Option<u64>,
        /// The last takeover.
        shift: Option<Id>,
        /// Who took over last.
        on_duty: Option<Id>,
        /// The recovery sheet was used at this entry and is not replaced yet.
        sheet_used: Option<u64>,
        /// The entry with which the running epoch began; none in the first.
        epoch_begun: Option<u64>,
        /// The last copy of the vault.
        backup: Option<LastBackup>,
        /// The edition of the rules in force.
        edition: Edition,
    }
    /// A version of the profile.
    ProfileVersion {
        /// The profile itself, TOML.
        text: String,
        /// First day in force.
        #[serde(with = "packed")]
        from: Date,
        /// Adopted by whom.
        by: Id,
        /// Adopted when.
        #[serde(with = "packed")]
        adopted: Stamp,
    }
    /// A document that belongs to an application or a work record.
    Attachment {
        /// To which record.
        record: Id,
        /// What it is.
        title: String,
        /// The name of the file that was attached, without its folder.
        file: String,
        /// Bytes of it.
        size: u64,
        /// SHA-256 of it, hex.
        digest: String,
        /// Under which name it lies beside the books.
        blob: String,
        /// Who attached it.
        attached_by: Id,
        /// When.
        #[serde(with = "packed")]
        attached: Stamp,
    }
}

/// Who ended or decided something, when, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Ending {
    /// Who.
    pub by: Id,
    /// When.
    #[serde(with = "packed")]
    pub on: Stamp,
    /// Why, or with what remark.
    pub reason: String,
}

/// A copy of the vault on another device (I-3-9).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LastBackup {
    /// When it was made.
    #[serde(with = "packed")]
    pub made: Stamp,
    /// On which medium.
    pub medium: String,
    /// Where, as a path.
    pub to: String,
    /// The last entry that it holds.
    pub last: u64,
}

/// A permission by telephone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Telephone {
    /// Who gave it.
    pub giver: Id,
    /// When.
    #[serde(with = "packed")]
    pub given: Stamp,
    /// How they were identified.
    pub how_identified: String,
    /// Who took the call.
    pub taken_by: Id,
}

/// How an exit that nobody recorded was settled: "exit unknown, last evidence HH:MM, confirmed by ...".
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settled {
    /// The last moment something shows.
    #[serde(with = "packed")]
    pub last_evidence: Stamp,
    /// What shows it.
    pub evidence: String,
    /// Who confirmed.
    pub by: Id,
    /// When.
    #[serde(with = "packed")]
    pub on: Stamp,
}

/// A correction of one field.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Correction {
    /// The correcting entry.
    pub seq: u64,
    /// Which field.
    pub field: String,
    /// What stood there; empty where it was a text.
    pub was: String,
    /// Why.
    pub reason: String,
    /// Who.
    pub by: Id,
}

/// A verifying key and since when it holds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UserKey {
    /// Ed25519 public key, hex.
    pub key: String,
    /// It holds for entries after this one.
    pub since: u64,
    /// Set by an administrator: may sign nothing but its own replacement.
    pub provisional: bool,
}

macro_rules! states {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
        impl $name {
            /// Every state.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stable name.
            pub fn name(self) -> &'static str { match self { $($name::$variant => $text,)* } }
        })*
    };
}

states! {
    /// Where a badge is.
    BadgeState {
        /// In its place, or with its holder.
        In = "in",
        /// Lent out.
        Out = "out",
        /// Its visit ended without it.
        NotReturned = "not_returned",
        /// Lost.
        Lost = "lost",
        /// Broken.
        Broken = "broken",
        /// Destroyed.
        Disposed = "disposed",
    }
    /// Where a visit stands.
    VisitState {
        /// Inside now.
        Inside = "inside",
        /// Gone, at a recorded time.
        Left = "left",
        /// Gone; nobody recorded when.
        ExitUnknown = "exit_unknown",
    }
    /// Where a permit stands. Lapse is computed from its dates, never stored.
    PermitState {
        /// Waiting for a decision.
        Applied = "applied",
        /// Granted.
        Granted = "granted",
        /// Refused.
        Refused = "refused",
        /// Taken back.
        Withdrawn = "withdrawn",
        /// Given by telephone and in force, not yet signed.
        Telephone = "telephone",
        /// Its giver says they never gave it.
        Disowned = "disowned",
    }
    /// Where a visit's work report stands.
    ReportState {
        /// None is due.
        NotDue = "not_due",
        /// Due, not there.
        Due = "due",
        /// There, waiting for approval.
        Recorded = "recorded",
        /// Sent back.
        Returned = "returned",
        /// Approved.
        Approved = "approved",
        /// Kept on record: for the site's own staff no approval is asked (J-2-2-3).
        Kept = "kept",
    }
    /// Where a work record stands.
    WorkState {
        /// Waiting for approval.
        Recorded = "recorded",
        /// Sent back.
        Returned = "returned",
        /// Approved.
        Approved = "approved",
        /// Kept on record: for the site's own staff no approval is asked (J-2-2-3).
        Kept = "kept",
    }
    /// Where a user stands.
    UserState {
        /// Has a provisional password.
        Provisional = "provisional",
        /// In use.
        Active = "active",
        /// Barred.
        Suspended = "suspended",
        /// Closed for good.
        Removed = "removed",
    }
}

impl UserState {
    /// Whether the user may not log in: for now, or for good.
    pub fn is_barred(self) -> bool {
        matches!(self, UserState::Suspended | UserState::Removed)
    }
}

impl Row {
    /// The noun.
    pub fn noun(&self) -> Noun {
        self.id().noun
    }

    /// The texts under which it is found (see [`key`]).
    pub fn index_keys(&self) -> Vec<String> {
        let noun = self.noun();
        let mut keys: Vec<String> = self.searched_through().into_iter().map(|id| key::of(noun, id)).collect();
        match self {
            Row::Entrant(row) => {
                if row.revoked.is_none() {
                    keys.push(key::until(noun, row.to));
                }
            }
            Row::Badge(row) => {
                keys.push(key::number(noun, &row.number));
                keys.push(key::state(noun, row.state.name()));
            }
            Row::Visit(row) => {
                keys.push(key::day(noun, row.came.date_naive()));
                keys.extend(row.permit.map(|permit| key::of(noun, permit)));
                if row.state != VisitState::Left {
                    keys.push(key::state(noun, row.state.name()));
                }
                if row.state == VisitState::Inside {
                    keys.push(key::inside(row.person));
                    // A registered person may be accompanied, but nobody has to stay for them.
                    let escort = row.escorts.last().filter(|_| row.outsider);
                    keys.extend(escort.map(|(_, escort)| key::escort(*escort)));
                }
                if matches!(row.report, ReportState::Due | ReportState::Returned) {
                    keys.push(key::state(noun, "report_due"));
                }
            }
            Row::Permit(row) => {
                keys.push(key::day(noun, row.from));
                if matches!(row.state, PermitState::Granted | PermitState::Telephone) {
                    for month in key::months(row.from, row.to) {
                        keys.extend(row.workers.iter().map(|worker| key::in_month(noun, *worker, month)));
                    }
                }
                match row.state {
                    PermitState::Applied | PermitState::Telephone => {
                        keys.push(key::state(noun, row.state.name()));
                    }
                    PermitState::Granted => keys.push(key::until(noun, row.to)),
                    PermitState::Refused | PermitState::Withdrawn | PermitState::Disowned => {}
                }
            }
            Row::Work(row) => {
                keys.push(key::of(noun, row.visit));
                keys.push(key::day(noun, row.date));
                if matches!(row.state, WorkState::Recorded | WorkState::Returned) {
                    keys.push(key::state(noun, row.state.name()));
                }
            }
            Row::Notice(row) => {
                keys.push(key::of(noun, row.work));
                if row.taken.is_none() {
                    keys.push(key::state(noun, "open"));
                }
            }
            Row::User(row) => {
                keys.push(key::number(noun, &row.user));
                keys.push(key::state(noun, row.state.name()));
                keys.extend(row.keys.iter().map(|held| key::key(&held.key)));
            }
            Row::Shift(row) => keys.push(key::day(noun, row.at.date_naive())),
            Row::Attachment(row) => {
                keys.extend([row.record, row.attached_by].map(|of| key::of(noun, of)));
                // What is erased is not looked for any more, and its file goes.
                if row.is_kept() {
                    keys.push(key::blob(&row.blob));
                }
            }
            Row::Person(_) | Row::Company(_) | Row::Site(_) | Row::ProfileVersion(_) => {}
        }
        keys.sort();
        keys.dedup();
        keys
    }

    /// The day it is listed under, in the offset that its moments have; none where a register is not kept by days.
    pub fn day(&self) -> Option<Date> {
        Some(match self {
            Row::Visit(row) => row.came.date_naive(),
            Row::Permit(row) => row.from,
            Row::Work(row) => row.date,
            Row::Shift(row) => row.at.date_naive(),
            Row::Notice(row) => row.opened.date_naive(),
            Row::Entrant(row) => row.from,
            Row::Attachment(row) => row.attached.date_naive(),
            _ => return None,
        })
    }

    /// The names and numbers it is searched by, a name before its reading; an erased one is none.
    pub fn search_texts(&self) -> Vec<(Part, &str)> {
        let mut texts = match self {
            Row::Person(row) => vec![
                (Part::Name, row.name.as_str()),
                (Part::Name, row.kana.as_str()),
                (Part::Belongs, row.organisation.as_str()),
            ],
            Row::Company(row) => vec![(Part::Name, row.name.as_str()), (Part::Name, row.kana.as_str())],
            Row::Badge(row) => vec![(Part::Number, row.number.as_str())],
            Row::User(row) => vec![(Part::Number, row.user.as_str())],
            _ => Vec::new(),
        };
        texts.retain(|(_, text)| *text != ERASED);
        texts
    }

    /// The people and companies by whose names it is found as well. Each is one of its [`key::of`] keys.
    pub fn searched_through(&self) -> Vec<Id> {
        match self {
            Row::Person(row) => row.company.into_iter().collect(),
            Row::Company(row) => row.outsourced_by.into_iter().collect(),
            Row::Entrant(row) => vec![row.person],
            Row::Badge(row) => row.holder.into_iter().collect(),
            Row::Visit(row) => std::iter::once(row.person).chain(row.company).collect(),
            Row::Permit(row) => [row.company, row.applicant].iter().chain(&row.workers).copied().collect(),
            Row::User(row) => vec![row.person],
            Row::Attachment(row) => vec![row.record, row.attached_by],
            _ => Vec::new(),
        }
    }
}
