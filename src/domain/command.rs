//! Commands: requests to the rules, in the imperative. What a batch line, a form or a scan becomes.
//!
//! Their JSON is the batch interface's and, once accepted, part of the log's entries: fields are added with
//! a default, never renamed. Texts named in [`Command::sealed_fields`] go into an entry's sealed text, so that
//! they can be erased; everything else is a fact and stays.

use super::{Date, Edition, Id, Moments, Stamp};
use serde::{Deserialize, Serialize};

macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal => $past:literal, sealed [$($sealed:literal),*]
            $(, desk [$($filled:literal),*])? $(, since $since:ident)?;
    )*) => {
        /// A request to the rules.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command")]
        pub enum Command {
            $($(#[$doc])* #[serde(rename = $name)] $variant($variant),)*
        }

        impl Command {
            /// The stable names of all commands, in order of declaration.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The command's stable name, as a batch line gives it.
            pub fn name(&self) -> &'static str {
                match self { $(Command::$variant(_) => $name,)* }
            }

            /// The name of the event it becomes: the `kind` of the entry's head.
            pub fn past(&self) -> &'static str {
                match self { $(Command::$variant(_) => $past,)* }
            }

            /// The name of the event that the command of a name becomes.
            pub fn past_of(name: &str) -> Option<&'static str> {
                match name { $($name => Some($past),)* _ => None }
            }

            /// Which of its fields the desk fills, not the person who gives it.
            pub fn desk_fields(&self) -> &'static [&'static str] {
                match self { $(Command::$variant(_) => &[$($($filled),*)?],)* }
            }

            /// The edition with which the command of a name came; a profile of an edition before cannot name it.
            pub fn since(name: &str) -> Option<Edition> {
                match name { $($name => Some([$(Edition::$since,)? Edition::One][0]),)* _ => None }
            }

            /// Which of its texts are sealed apart from the facts, and can be erased.
            pub fn sealed_fields(&self) -> &'static [&'static str] {
                match self { $(Command::$variant(_) => &[$($sealed),*],)* }
            }
        }

        impl Moments for Command {
            fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
                match self { $(Command::$variant(command) => command.each_moment(each),)* }
                if let Command::Correct(Correct { field, value, .. }) = self {
                    super::zone::corrected(field, value, each);
                }
            }
        }

        $(impl From<$variant> for Command {
            fn from(command: $variant) -> Command { Command::$variant(command) }
        })*
    };
}

commands! {
    /// Enter a human being into the books.
    RegisterPerson = "register_person" => "person_registered", sealed ["name", "kana", "organisation", "contact", "identity"];
    /// Change what is known of a person.
    ChangePerson = "change_person" => "person_changed", sealed ["name", "kana", "organisation", "contact", "identity", "reason"];
    /// Enter a contractor (N-5).
    RegisterCompany = "register_company" => "company_registered", sealed ["name", "kana", "contact", "address"];
    /// Permit a person to enter zones for a period (I-3-2-1, J-3-3-1).
    RegisterEntrant = "register_entrant" => "entrant_registered", sealed ["credential"];
    /// End an entrant's registration.
    RevokeEntrant = "revoke_entrant" => "entrant_revoked", sealed ["reason"];
    /// Enter a badge that is lent, or a card that a person holds.
    RegisterBadge = "register_badge" => "badge_registered", sealed [];
    /// A badge is lost, broken, found, brought back or disposed of.
    ReportBadge = "report_badge" => "badge_reported", sealed ["remarks"];
    /// Apply for a visit by outsiders: planned work, or failure work (I-3-2-2, J-PI-12).
    ApplyVisit = "apply_visit" => "visit_applied", sealed ["work", "racks", "things", "conditions"];
    /// Grant or refuse an application; never by the applicant (J-2-1-2).
    DecideVisit = "decide_visit" => "visit_decided", sealed ["reason", "conditions"];
    /// Take an application back before it is used.
    WithdrawVisit = "withdraw_visit" => "visit_withdrawn", sealed ["reason"];
    /// Record a permission given by telephone; in force at once, listed until its giver signs or disowns it.
    PermitByTelephone = "permit_by_telephone" => "telephone_permitted", sealed ["how_identified", "work", "racks"];
    /// The giver signs or disowns a permission by telephone.
    ConfirmTelephone = "confirm_telephone" => "telephone_confirmed", sealed ["reason"];
    /// A person comes in (I-3-2-1 to I-3-2-3, J-3-3-1, J-3-3-2).
    CheckIn = "check_in" => "checked_in", sealed ["visited", "carried_in", "remarks"];
    /// Another escort takes over a visitor.
    HandOverEscort = "hand_over_escort" => "escort_handed_over", sealed [];
    /// A person goes out.
    CheckOut = "check_out" => "checked_out", sealed ["carried_out", "remarks"];
    /// Settle an exit that nobody recorded, without inventing a time.
    SettleExit = "settle_exit" => "exit_settled", sealed ["evidence"];
    /// Record the work done during a stay: server, work, workers, result (J-2-2-3, J-PI-12).
    RecordWork = "record_work" => "work_recorded", sealed ["server", "work", "result", "pi_detail"];
    /// Approve a work report (J-PI-12).
    ApproveWork = "approve_work" => "work_approved", sealed ["opinion"];
    /// Send a work report back.
    ReturnWork = "return_work" => "work_returned", sealed ["reason"];
    /// The officer takes a notice (J-PI-12-2).
    AcknowledgeNotice = "acknowledge_notice" => "notice_acknowledged", sealed ["remarks"];
    /// Correct a field of a visit by a new entry with a reason.
    Correct = "correct" => "corrected", sealed ["text", "reason"];
    /// Take over the desk.
    TakeOverShift = "take_over_shift" => "shift_taken_over", sealed ["remarks"];
    /// Give a person an ID for this system, with a provisional password.
    IssueUser = "issue_user" => "user_issued", sealed [], desk ["key"];
    /// Set a new provisional password.
    ResetPassword = "reset_password" => "password_reset", sealed [], desk ["key"];
    /// Bar a user until resumed.
    SuspendUser = "suspend_user" => "user_suspended", sealed ["reason"];
    /// Let a suspended user in again.
    ResumeUser = "resume_user" => "user_resumed", sealed ["reason"];
    /// Remove the sealed texts of a record or of one entry; the facts stay.
    Erase = "erase" => "erased", sealed ["reason"];
    /// A person says that the clock is right.
    ConfirmClock = "confirm_clock" => "clock_confirmed", sealed ["remarks"];
    /// Bring a version of the profile into force from a day (N-13).
    AdoptProfile = "adopt_profile" => "profile_adopted", sealed [];
    /// Close a user for good: their slot goes, and the vault gets a new identity for the rest (J-1-1-4).
    RemoveUser = "remove_user" => "user_removed", sealed ["reason"];
    /// Copy the vault to another device (I-3-9).
    BackUp = "back_up" => "backed_up", sealed ["reason"],
        desk ["bytes", "fresh", "last", "root", "claimed_by", "made"];
    /// Give the vault a new identity: old key files then open old copies only.
    RekeyVault = "rekey_vault" => "vault_rekeyed", sealed ["reason"];
    /// Write the vault anew without what was erased or overwritten.
    CompactVault = "compact_vault" => "vault_compacted", sealed [];
    /// Bring an edition of the rules into force: from this entry on the log is decided by it.
    AdoptEdition = "adopt_edition" => "edition_adopted", sealed [], since Two;
    /// Attach a document to an application or a work record: a scan or a PDF.
    Attach = "attach" => "attached", sealed ["title", "file"],
        desk ["size", "digest", "blob"], since Two;
    /// Write what was attached to a file outside the vault.
    WriteAttachment = "write_attachment" => "attachment_written", sealed ["to"], since Two;

    /// An administrator gets a new key of their own by the recovery sheet (J-1-1-4).
    UseSheet = "use_sheet" => "sheet_used", sealed [];
    /// A new recovery sheet takes the place of the one before.
    ReplaceSheet = "replace_sheet" => "sheet_replaced", sealed [];
    /// The log goes on from a copy, or from what was saved of a damaged vault: others may hold entries of the epoch
    /// before that are not here.
    BeginEpoch = "begin_epoch" => "epoch_begun", sealed ["reason"];
    /// The site begins: its first administrator, recovery key and profile. The first entry, and no other.
    FoundSite = "found_site" => "site_founded", sealed ["name", "kana"];
    /// A user's own key takes the place of a provisional or earlier one; signed with old and new.
    EnrolKey = "enrol_key" => "key_enrolled", sealed [];
    /// Somebody opened the vault and stands at the desk.
    LogIn = "log_in" => "logged_in", sealed [];
    /// Failed logins since the last good one; unauthenticated, and marked so.
    ReportFailedLogins = "report_failed_logins" => "failed_logins_reported", sealed ["tried"];
    /// The clock jumped; periods are not judged until somebody confirms the time.
    ReportClockJump = "report_clock_jump" => "clock_jumped", sealed [];
    /// Personal data was read out: a query, a print, a CSV, an auditor's look-up.
    RecordReading = "record_reading" => "reading_recorded", sealed ["filters"];
    /// A command was refused by the rules or the policy.
    RecordRefusal = "record_refusal" => "refused", sealed ["input"];
}

impl Command {
    /// How many of [`Command::NAMES`], from the front, a person may give; the rest is the desk's own.
    pub const GIVEN: usize = 36;

    /// Whether a person may give this command, on the screen or in a batch.
    pub fn is_given_by_people(&self) -> bool {
        Command::NAMES[..Command::GIVEN].contains(&self.name())
    }
}

macro_rules! record {
    ($($(#[$doc:meta])* $name:ident { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub struct $name { $($(#[$fdoc])* #[serde(skip_serializing_if = "super::is_default")] pub $field: $type,)* }

        impl Moments for $name {
            fn each_moment(&mut self, _each: &mut dyn FnMut(&mut Stamp)) { $(self.$field.each_moment(_each);)* }
        })*
    };
}

record! {
    /// See [`Command::RegisterPerson`].
    RegisterPerson {
        /// Name as written.
        name: String,
        /// Its reading.
        kana: String,
        /// The contractor the person belongs to; none for the site's own staff.
        company: Option<Id>,
        /// Department or post.
        organisation: String,
        /// Telephone or e-mail.
        contact: String,
        /// How their identity was established.
        identity: String,
    }
    /// See [`Command::ChangePerson`]. A field that is absent stays as it is.
    ChangePerson {
        /// Whom.
        person: Option<Id>,
        /// New name.
        name: Option<String>,
        /// New reading.
        kana: Option<String>,
        /// New company.
        company: Option<Id>,
        /// The person belongs to no company any more.
        leaves_company: bool,
        /// New department or post.
        organisation: Option<String>,
        /// New contact.
        contact: Option<String>,
        /// New note of identity.
        identity: Option<String>,
        /// Why.
        reason: String,
    }
    /// See [`Command::RegisterCompany`].
    RegisterCompany {
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
        /// The contractor on whose behalf this one works, when work was outsourced again (N-5).
        outsourced_by: Option<Id>,
    }
    /// See [`Command::RegisterEntrant`].
    RegisterEntrant {
        /// Whom.
        person: Option<Id>,
        /// Zone ids of the profile.
        zones: Vec<String>,
        /// Who permitted it; the actor where absent.
        permitted_by: Option<Id>,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// May escort outsiders.
        escort: bool,
        /// What they identify themselves with.
        credential: String,
    }
    /// See [`Command::RevokeEntrant`].
    RevokeEntrant {
        /// Which registration.
        entrant: Option<Id>,
        /// Why.
        reason: String,
    }
    /// See [`Command::RegisterBadge`].
    RegisterBadge {
        /// The number on it, as a scanner reads it.
        number: String,
        /// Lent or held.
        kind: BadgeKind,
        /// The zone it is for, where the site has badges a zone.
        zone: Option<String>,
        /// Who holds the card.
        holder: Option<Id>,
    }
    /// See [`Command::ReportBadge`].
    ReportBadge {
        /// The badge's number.
        badge: String,
        /// What happened.
        what: BadgeReport,
        /// In words.
        remarks: String,
    }
    /// See [`Command::ApplyVisit`].
    ApplyVisit {
        /// Planned or failure work.
        kind: PermitKind,
        /// Who applies, when the actor types a paper application; the actor where absent.
        applicant: Option<Id>,
        /// The contractor.
        company: Option<Id>,
        /// Who comes.
        workers: Vec<Id>,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// Zone ids of the profile.
        zones: Vec<String>,
        /// Racks.
        racks: String,
        /// The work.
        work: String,
        /// Proposed escort.
        escort: Option<Id>,
        /// Things to carry in.
        things: String,
        /// Conditions asked for.
        conditions: String,
    }
    /// See [`Command::DecideVisit`].
    DecideVisit {
        /// Which application.
        permit: Option<Id>,
        /// Granted or refused.
        granted: bool,
        /// Why; always for a refusal.
        reason: String,
        /// Conditions of the permit.
        conditions: String,
    }
    /// See [`Command::WithdrawVisit`].
    WithdrawVisit {
        /// Which application or permit.
        permit: Option<Id>,
        /// Why.
        reason: String,
    }
    /// See [`Command::PermitByTelephone`].
    PermitByTelephone {
        /// Who gave it.
        giver: Option<Id>,
        /// When it was given.
        given_at: Option<Stamp>,
        /// How the giver was identified on the telephone.
        how_identified: String,
        /// The contractor.
        company: Option<Id>,
        /// Who comes.
        workers: Vec<Id>,
        /// Zone ids of the profile.
        zones: Vec<String>,
        /// Racks.
        racks: String,
        /// The work.
        work: String,
        /// Last day, inclusive; the day it was given where absent.
        to: Option<Date>,
    }
    /// See [`Command::ConfirmTelephone`].
    ConfirmTelephone {
        /// Which permission.
        permit: Option<Id>,
        /// Signed, or disowned.
        signed: bool,
        /// Why it is disowned.
        reason: String,
    }
    /// See [`Command::CheckIn`].
    CheckIn {
        /// Who; or the card they hold.
        person: Option<Id>,
        /// Number of the card they hold, as scanned.
        card: Option<String>,
        /// Number of the badge lent to them.
        badge: Option<String>,
        /// Zone id of the profile.
        zone: String,
        /// Purpose id of the profile.
        purpose: String,
        /// Rack of the zone.
        rack: Option<String>,
        /// The permit they come under (outsiders).
        permit: Option<Id>,
        /// Who escorts them (outsiders).
        escort: Option<Id>,
        /// What they identified themselves with: id of the profile's list; empty is "not checked".
        identification: String,
        /// Whom they visit.
        visited: String,
        /// Things carried in.
        carried_in: String,
        /// Remarks.
        remarks: String,
    }
    /// See [`Command::HandOverEscort`].
    HandOverEscort {
        /// Which visit.
        visit: Option<Id>,
        /// Who takes over.
        escort: Option<Id>,
    }
    /// See [`Command::CheckOut`]. One of visit, badge, card, person says who.
    CheckOut {
        /// Which visit.
        visit: Option<Id>,
        /// Number of the badge that came back.
        badge: Option<String>,
        /// Number of the card they hold.
        card: Option<String>,
        /// Who.
        person: Option<Id>,
        /// They leave without giving the badge back.
        badge_kept: bool,
        /// Things carried out.
        carried_out: String,
        /// Remarks.
        remarks: String,
    }
    /// See [`Command::SettleExit`].
    SettleExit {
        /// Which visit.
        visit: Option<Id>,
        /// The last moment at which something shows the person inside or gone.
        last_evidence: Option<Stamp>,
        /// What shows it, and who confirmed.
        evidence: String,
        /// The badge was not found either.
        badge_missing: bool,
    }
    /// See [`Command::RecordWork`].
    RecordWork {
        /// During which visit.
        visit: Option<Id>,
        /// The returned report this one takes the place of.
        revises: Option<Id>,
        /// The day of the work; the day of the visit where absent.
        date: Option<Date>,
        /// Which server or machine.
        server: String,
        /// What was done.
        work: String,
        /// Who did it; the visitor where empty.
        workers: Vec<Id>,
        /// With what result.
        result: String,
        /// Personal information was seen (J-PI-12-2).
        pi_seen: bool,
        /// What was seen, and why it could not be avoided.
        pi_detail: String,
    }
    /// See [`Command::ApproveWork`].
    ApproveWork {
        /// Which report.
        work: Option<Id>,
        /// Opinion.
        opinion: String,
    }
    /// See [`Command::ReturnWork`].
    ReturnWork {
        /// Which report.
        work: Option<Id>,
        /// What is missing.
        reason: String,
    }
    /// See [`Command::AcknowledgeNotice`].
    AcknowledgeNotice {
        /// Which notice.
        notice: Option<Id>,
        /// Remarks.
        remarks: String,
    }
    /// See [`Command::Correct`]. What a field may be is in [`super::CORRECTABLE`].
    Correct {
        /// Which visit.
        record: Option<Id>,
        /// Which field.
        field: String,
        /// The right value, where the field holds a fact (an id, a number, a time).
        value: String,
        /// The right value, where the field holds a text.
        text: String,
        /// Why.
        reason: String,
    }
    /// See [`Command::TakeOverShift`].
    TakeOverShift {
        /// What the one before left to say.
        remarks: String,
    }
    /// See [`Command::IssueUser`].
    IssueUser {
        /// The ID they log in with, `[a-z0-9_-]{1,32}`.
        user: String,
        /// Whose.
        person: Option<Id>,
        /// Role ids of the profile.
        roles: Vec<String>,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
    }
    /// See [`Command::ResetPassword`].
    ResetPassword {
        /// Whose, by login ID.
        user: String,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
    }
    /// See [`Command::SuspendUser`].
    SuspendUser {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
    /// See [`Command::ResumeUser`].
    ResumeUser {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
    /// See [`Command::Erase`]. Either a record or an entry.
    Erase {
        /// All entries about this record.
        record: Option<Id>,
        /// One entry, by its sequence number.
        entry: Option<u64>,
        /// Why.
        reason: String,
    }
    /// See [`Command::ConfirmClock`].
    ConfirmClock {
        /// How the time was checked.
        remarks: String,
    }
    /// See [`Command::AdoptProfile`].
    AdoptProfile {
        /// The profile itself, TOML.
        profile: String,
        /// First day in force.
        from: Option<Date>,
    }
    /// See [`Command::RemoveUser`].
    RemoveUser {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
    /// See [`Command::BackUp`]. What stands behind `reason` is the desk's, once the copy was read back.
    BackUp {
        /// Where to, as a path.
        to: String,
        /// Which medium, by its number or label.
        medium: String,
        /// Why on the device of the vault itself; empty on another.
        reason: String,
        /// Bytes of the copy.
        bytes: u64,
        /// Bytes of these that were not there yet.
        fresh: u64,
        /// The last entry that the copy holds.
        last: u64,
        /// The short root at that entry.
        root: String,
        /// The copy was made beside a running session, and this says so later on the word of a file that anybody
        /// could write: by which login ID.
        claimed_by: String,
        /// When it was made, where that is not now.
        made: Option<Stamp>,
    }
    /// See [`Command::RekeyVault`].
    RekeyVault {
        /// Why.
        reason: String,
    }
    /// See [`Command::CompactVault`].
    CompactVault {
    }
    /// See [`Command::AdoptEdition`].
    AdoptEdition {
        /// The edition's number: higher than the one in force.
        edition: u32,
    }
    /// See [`Command::Attach`]. What stands behind `file` is the desk's, once it has read the file.
    Attach {
        /// To which application, permit or work record.
        record: Option<Id>,
        /// What it is.
        title: String,
        /// The file: where it is for the desk that reads it, and its name alone in the entry.
        file: String,
        /// Bytes of it.
        size: u64,
        /// SHA-256 of it, hex.
        digest: String,
        /// Under which name it lies beside the books: 64 random hexadecimal digits.
        blob: String,
    }
    /// See [`Command::WriteAttachment`].
    WriteAttachment {
        /// Which one.
        attachment: Option<Id>,
        /// Where to, as a path.
        to: String,
    }
    /// See [`Command::UseSheet`].
    UseSheet {
        /// Whose password, by login ID.
        user: String,
        /// Their new verifying key, hex.
        key: String,
    }
    /// See [`Command::ReplaceSheet`].
    ReplaceSheet {
        /// The new sheet's verifying key, hex.
        recovery_key: String,
    }
    /// See [`Command::BeginEpoch`].
    BeginEpoch {
        /// What made it necessary.
        cause: EpochCause,
        /// The last entry that was taken over.
        kept: u64,
        /// Entries that are known to be missing, as ranges: `813-820, 824`.
        lost: String,
        /// In words.
        reason: String,
    }
    /// See [`Command::FoundSite`].
    FoundSite {
        /// The site's id.
        site: String,
        /// The site's name.
        site_name: String,
        /// The profile itself, TOML.
        profile: String,
        /// The first administrator's login ID.
        user: String,
        /// Their name.
        name: String,
        /// Its reading.
        kana: String,
        /// Their role ids.
        roles: Vec<String>,
        /// Their verifying key, hex.
        key: String,
        /// The recovery sheet's verifying key, hex.
        recovery_key: String,
        /// The edition of the rules that the site begins with; 0 is the first.
        edition: u32,
    }
    /// See [`Command::EnrolKey`].
    EnrolKey {
        /// The new verifying key, hex.
        key: String,
    }
    /// See [`Command::LogIn`].
    LogIn {
        /// Which terminal.
        terminal: String,
        /// The protection the process reached.
        hardening: String,
    }
    /// See [`Command::ReportFailedLogins`].
    ReportFailedLogins {
        /// How many.
        count: u32,
        /// The first of them, by the clock of then.
        first: Option<Stamp>,
        /// The last of them.
        last: Option<Stamp>,
        /// What was typed as ID, with counts.
        tried: String,
    }
    /// See [`Command::ReportClockJump`].
    ReportClockJump {
        /// The time of the last entry before.
        before: Option<Stamp>,
    }
    /// See [`Command::RecordReading`].
    RecordReading {
        /// The register or query.
        register: String,
        /// `screen`, `csv`, `print`, `json`.
        how: String,
        /// How many rows were given.
        rows: u32,
        /// Which filters were set.
        filters: String,
    }
    /// See [`Command::RecordRefusal`].
    RecordRefusal {
        /// The name of the refused command.
        refused: String,
        /// The name of the refusal.
        reason: String,
        /// The record it was about, where it named one.
        record: Option<Id>,
        /// What else the refusal says: person, visit, badge ...
        about: Vec<String>,
        /// What had been typed.
        input: String,
    }
}

macro_rules! choice {
    ($($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $text:literal,)* })*) => {
        $($(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$vdoc])* #[serde(rename = $text)] $variant,)* }
        impl $name {
            /// Every value, in order.
            pub const ALL: &'static [$name] = &[$($name::$variant),*];
            /// The stable name.
            pub fn name(self) -> &'static str { match self { $($name::$variant => $text,)* } }
        })*
    };
}

choice! {
    /// What a badge is for.
    BadgeKind {
        /// Lent at check-in, returned at check-out.
        #[default]
        Badge = "badge",
        /// Held by one person for good.
        Card = "card",
    }
    /// What is reported of a badge.
    BadgeReport {
        /// It cannot be found.
        #[default]
        Lost = "lost",
        /// It does not work.
        Broken = "broken",
        /// It was found again, or mended.
        Found = "found",
        /// It came back after its visit had ended without it.
        Returned = "returned",
        /// It was destroyed.
        Disposed = "disposed",
    }
    /// Why a log goes on in a new epoch.
    EpochCause {
        /// The vault was restored from a copy.
        #[default]
        Restored = "restored",
        /// The vault was damaged, and this is what could be saved.
        Recovered = "recovered",
    }
    /// What an application is for.
    PermitKind {
        /// Improvement, repair or inspection, applied for beforehand, day by day (J-PI-12).
        #[default]
        Planned = "planned",
        /// A failure that cannot wait (J-PI-12-2).
        Failure = "failure",
        /// A visit without work: inspection, tour, delivery.
        Visit = "visit",
    }
}
