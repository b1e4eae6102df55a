//! Commands: requests to the rules, in the imperative. What a batch line, a form or a scan becomes.
//!
//! Their JSON is the batch interface's and, once accepted, part of the log's entries: fields are added with
//! a default, never renamed. Texts named in [`Rule::sealed`] go into an entry's sealed text, so that
//! they can be erased; everything else is a fact and stays.
//!
//! A command is told here once: its name, the event it becomes, its fields, its [`Rule`], the function that decides it,
//! which rows besides its subject an event of it changes, and on which records a screen opens it, with the function
//! that says what would refuse it whatever is typed.

use super::lookup::Ask;
use super::rule::Given::{ByDesk, ByPeople};
use super::rule::{self, Rule, Touched};
use super::{
    Date, Edition, Id, Moments, No, Noun, Outcome, Stamp, attachment, badge, company, correct, entrant,
    erase, notice, permit, person, shift, site, user, visit, work,
};
use serde::{Deserialize, Serialize};

macro_rules! commands {
    ($(
        $(#[$doc:meta])*
        $variant:ident = $name:literal => $past:literal { $($(#[$fdoc:meta])* $field:ident: $type:ty,)* }
        rule { $($key:ident: $value:expr),* $(,)? }
        decide $decide:path, touches [$($touched:ident),*], on { $($noun:pat => $may:path),* };
    )*) => {
        /// A request to the rules.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "command")]
        pub enum Command {
            $($(#[$doc])* #[serde(rename = $name)] $variant($variant),)*
        }

        impl Command {
            /// The rules of all commands, in order of declaration: those that people give come first.
            pub const RULES: &'static [Rule] = &[$(Rule {
                name: $name,
                past: $past,
                touches: &[$(Touched::$touched),*],
                $($key: $value,)*
                ..Rule::PLAIN
            }),*];

            /// The command's rule.
            pub fn rule(&self) -> &'static Rule {
                match self { $(Command::$variant(_) => const {
                    &Rule {
                        name: $name,
                        past: $past,
                        touches: &[$(Touched::$touched),*],
                        $($key: $value,)*
                        ..Rule::PLAIN
                    }
                },)* }
            }

            /// What becomes of it, its own rules alone.
            pub(super) fn decide(&self, ask: &Ask<'_>) -> Result<Outcome, No> {
                match self { $(Command::$variant(command) => $decide(ask, command),)* }
            }

            /// What would refuse the command of a name about a record, whatever is typed. Without a record it is about
            /// the site.
            pub(super) fn may_be_opened(ask: &Ask<'_>, name: &str, record: Option<Id>) -> Result<(), No> {
                let id = record.unwrap_or(Id::SITE);
                match name {
                    $($name => {
                        $(if matches!(id.noun, $noun) {
                            return $may(ask, record).map(drop);
                        })*
                        Ok(())
                    })*
                    _ => Ok(()),
                }
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

        $(
            $(#[$doc])*
            #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
            #[serde(deny_unknown_fields, default)]
            pub struct $variant {
                $($(#[$fdoc])* #[serde(skip_serializing_if = "super::is_default")] pub $field: $type,)*
            }

            impl Moments for $variant {
                fn each_moment(&mut self, _each: &mut dyn FnMut(&mut Stamp)) {
                    $(self.$field.each_moment(_each);)*
                }
            }

            impl From<$variant> for Command {
                fn from(command: $variant) -> Command { Command::$variant(command) }
            }
        )*
    };
}

commands! {
    /// Enter a human being into the books.
    RegisterPerson = "register_person" => "person_registered" {
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
        rule { given: ByPeople, sealed: &["name", "kana", "organisation", "contact", "identity"] }
        decide person::decide_register, touches [], on {};

    /// Change what is known of a person. A field that is absent stays as it is.
    ChangePerson = "change_person" => "person_changed" {
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
        rule { given: ByPeople, sealed: &["name", "kana", "organisation", "contact", "identity", "reason"] }
        decide person::decide_change, touches [], on {};

    /// Enter a contractor (N-5).
    RegisterCompany = "register_company" => "company_registered" {
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
        rule { given: ByPeople, sealed: &["name", "kana", "contact", "address"] }
        decide company::decide_register, touches [], on {};

    /// Permit a person to enter zones for a period (I-3-2-1, J-3-3-1).
    RegisterEntrant = "register_entrant" => "entrant_registered" {
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
        rule { given: ByPeople, needs_clock: true, sealed: &["credential"] }
        decide entrant::decide_register, touches [], on {};

    /// End an entrant's registration.
    RevokeEntrant = "revoke_entrant" => "entrant_revoked" {
        /// Which registration.
        entrant: Option<Id>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide entrant::decide_revoke, touches [], on { Noun::Entrant => entrant::may_revoke };

    /// Enter a badge that is lent, or a card that a person holds.
    RegisterBadge = "register_badge" => "badge_registered" {
        /// The number on it, as a scanner reads it.
        number: String,
        /// Lent or held.
        kind: BadgeKind,
        /// The zone it is for, where the site has badges a zone.
        zone: Option<String>,
        /// Who holds the card.
        holder: Option<Id>,
    }
        rule { given: ByPeople }
        decide badge::decide_register, touches [], on {};

    /// A badge is lost, broken, found, brought back or disposed of.
    ReportBadge = "report_badge" => "badge_reported" {
        /// The badge's number.
        badge: String,
        /// What happened.
        what: BadgeReport,
        /// In words.
        remarks: String,
    }
        rule { given: ByPeople, late: true, sealed: &["remarks"] }
        decide badge::decide_report, touches [Visit], on { Noun::Badge => badge::may_report };

    /// Apply for a visit by outsiders: planned work, or failure work (I-3-2-2, J-PI-12).
    ApplyVisit = "apply_visit" => "visit_applied" {
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
        rule { given: ByPeople, needs_clock: true, sealed: &["work", "racks", "things", "conditions"] }
        decide permit::decide_apply, touches [], on {};

    /// Grant or refuse an application; never by the applicant (J-2-1-2).
    DecideVisit = "decide_visit" => "visit_decided" {
        /// Which application.
        permit: Option<Id>,
        /// Granted or refused.
        granted: bool,
        /// Why; always for a refusal.
        reason: String,
        /// Conditions of the permit.
        conditions: String,
    }
        rule { given: ByPeople, needs_clock: true, sealed: &["reason", "conditions"] }
        decide permit::decide_decide, touches [], on { Noun::Permit => permit::may_decide };

    /// Take an application back before it is used.
    WithdrawVisit = "withdraw_visit" => "visit_withdrawn" {
        /// Which application or permit.
        permit: Option<Id>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide permit::decide_withdraw, touches [], on { Noun::Permit => permit::may_withdraw };

    /// Record a permission given by telephone; in force at once, listed until its giver signs or disowns it.
    PermitByTelephone = "permit_by_telephone" => "telephone_permitted" {
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
        rule { given: ByPeople, late: true, needs_clock: true, sealed: &["how_identified", "work", "racks"] }
        decide permit::decide_by_telephone, touches [], on {};

    /// The giver signs or disowns a permission by telephone.
    ConfirmTelephone = "confirm_telephone" => "telephone_confirmed" {
        /// Which permission.
        permit: Option<Id>,
        /// Signed, or disowned.
        signed: bool,
        /// Why it is disowned.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide permit::decide_confirm, touches [], on { Noun::Permit => permit::may_confirm };

    /// A person comes in (I-3-2-1 to I-3-2-3, J-3-3-1, J-3-3-2).
    CheckIn = "check_in" => "checked_in" {
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
        rule { given: ByPeople, late: true, sealed: &["visited", "carried_in", "remarks"] }
        decide visit::decide_check_in, touches [Badge], on { Noun::Person => visit::may_come_in, Noun::Badge => badge::may_be_worn };

    /// Another escort takes over a visitor.
    HandOverEscort = "hand_over_escort" => "escort_handed_over" {
        /// Which visit.
        visit: Option<Id>,
        /// Who takes over.
        escort: Option<Id>,
    }
        rule { given: ByPeople, late: true }
        decide visit::decide_hand_over, touches [], on { Noun::Visit => visit::may_hand_over };

    /// A person goes out. One of visit, badge, card, person says who.
    CheckOut = "check_out" => "checked_out" {
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
        rule { given: ByPeople, late: true, sealed: &["carried_out", "remarks"] }
        decide visit::decide_check_out, touches [Badge], on { Noun::Visit => visit::may_leave, Noun::Person => visit::may_leave_by_person, Noun::Badge => visit::may_leave_by_badge };

    /// Settle an exit that nobody recorded, without inventing a time.
    SettleExit = "settle_exit" => "exit_settled" {
        /// Which visit.
        visit: Option<Id>,
        /// The last moment at which something shows the person inside or gone.
        last_evidence: Option<Stamp>,
        /// What shows it, and who confirmed.
        evidence: String,
        /// The badge was not found either.
        badge_missing: bool,
    }
        rule { given: ByPeople, late: true, sealed: &["evidence"] }
        decide visit::decide_settle, touches [Badge], on { Noun::Visit => visit::going_on };

    /// Record the work done during a stay: server, work, workers, result (J-2-2-3, J-PI-12).
    RecordWork = "record_work" => "work_recorded" {
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
        rule { given: ByPeople, late: true, sealed: &["server", "work", "result", "pi_detail"] }
        decide work::decide_record, touches [Visit, Notice], on { Noun::Visit => work::may_record };

    /// Approve a work report (J-PI-12).
    ApproveWork = "approve_work" => "work_approved" {
        /// Which report.
        work: Option<Id>,
        /// Opinion.
        opinion: String,
    }
        rule { given: ByPeople, sealed: &["opinion"] }
        decide work::decide_approve, touches [Visit], on { Noun::Work => work::may_judge };

    /// Send a work report back.
    ReturnWork = "return_work" => "work_returned" {
        /// Which report.
        work: Option<Id>,
        /// What is missing.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide work::decide_return, touches [Visit], on { Noun::Work => work::may_judge };

    /// The officer takes a notice (J-PI-12-2).
    AcknowledgeNotice = "acknowledge_notice" => "notice_acknowledged" {
        /// Which notice.
        notice: Option<Id>,
        /// Remarks.
        remarks: String,
    }
        rule { given: ByPeople, sealed: &["remarks"] }
        decide notice::decide_acknowledge, touches [], on { Noun::Notice => notice::may_acknowledge };

    /// Correct a field of a visit by a new entry with a reason. What a field may be is in [`super::CORRECTABLE`].
    Correct = "correct" => "corrected" {
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
        rule { given: ByPeople, sealed: &["text", "reason"] }
        decide correct::decide_correct, touches [Badge], on {};

    /// Take over the desk.
    TakeOverShift = "take_over_shift" => "shift_taken_over" {
        /// What the one before left to say.
        remarks: String,
    }
        rule { given: ByPeople, sealed: &["remarks"] }
        decide shift::decide_take_over, touches [Site], on {};

    /// Give a person an ID for this system, with a provisional password.
    IssueUser = "issue_user" => "user_issued" {
        /// The ID they log in with, `[a-z0-9_-]{1,32}`.
        user: String,
        /// Whose.
        person: Option<Id>,
        /// Role ids of the profile.
        roles: Vec<String>,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
    }
        rule { given: ByPeople, filled: &["key"] }
        decide user::decide_issue, touches [], on {};

    /// Set a new provisional password.
    ResetPassword = "reset_password" => "password_reset" {
        /// Whose, by login ID.
        user: String,
        /// Verifying key of the provisional identity, hex; the desk's.
        key: String,
    }
        rule { given: ByPeople, filled: &["key"] }
        decide user::decide_reset, touches [], on { Noun::User => user::may_reset_of };

    /// Bar a user until resumed.
    SuspendUser = "suspend_user" => "user_suspended" {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide user::decide_suspend, touches [], on { Noun::User => user::may_suspend_of };

    /// Let a suspended user in again.
    ResumeUser = "resume_user" => "user_resumed" {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide user::decide_resume, touches [], on { Noun::User => user::may_resume_of };

    /// Remove the sealed texts of a record or of one entry; the facts stay. Either a record or an entry.
    Erase = "erase" => "erased" {
        /// All entries about this record.
        record: Option<Id>,
        /// One entry, by its sequence number.
        entry: Option<u64>,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, sealed: &["reason"] }
        decide erase::decide_erase, touches [], on { _ => erase::may_erase_of };

    /// A person says that the clock is right.
    ConfirmClock = "confirm_clock" => "clock_confirmed" {
        /// How the time was checked.
        remarks: String,
    }
        rule { given: ByPeople, sealed: &["remarks"] }
        decide site::decide_confirm_clock, touches [], on { Noun::Site => site::may_confirm_clock };

    /// Bring a version of the profile into force from a day (N-13).
    AdoptProfile = "adopt_profile" => "profile_adopted" {
        /// The profile itself, TOML.
        profile: String,
        /// First day in force.
        from: Option<Date>,
    }
        rule { given: ByPeople, needs_clock: true }
        decide site::decide_adopt, touches [], on {};

    /// Close a user for good: their slot goes, and the vault gets a new identity for the rest (J-1-1-4).
    RemoveUser = "remove_user" => "user_removed" {
        /// Whom, by login ID.
        user: String,
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, alone: true, sealed: &["reason"], with: &["issue_user"] }
        decide user::decide_remove, touches [], on { Noun::User => user::may_remove_of };

    /// Copy the vault to another device (I-3-9). What stands behind `reason` is the desk's, once the copy was read back.
    BackUp = "back_up" => "backed_up" {
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
        rule {
            given: ByPeople,
            alone: true,
            sealed: &["reason"],
            filled: &["bytes", "fresh", "last", "root", "claimed_by", "made"],
            with: &["issue_user"],
        }
        decide site::decide_back_up, touches [], on {};

    /// Give the vault a new identity: old key files then open old copies only.
    RekeyVault = "rekey_vault" => "vault_rekeyed" {
        /// Why.
        reason: String,
    }
        rule { given: ByPeople, alone: true, sealed: &["reason"], with: &["issue_user"] }
        decide site::decide_rekey, touches [], on {};

    /// Write the vault anew without what was erased or overwritten.
    CompactVault = "compact_vault" => "vault_compacted" {
    }
        rule { given: ByPeople, alone: true, with: &["issue_user"] }
        decide site::decide_about_site, touches [], on {};

    /// Bring an edition of the rules into force: from this entry on the log is decided by it.
    AdoptEdition = "adopt_edition" => "edition_adopted" {
        /// The edition's number: higher than the one in force.
        edition: u32,
    }
        rule { given: ByPeople, since: Edition::Two, alone: true, with: &["adopt_profile"] }
        decide site::decide_adopt_edition, touches [], on { Noun::Site => site::may_adopt_edition };

    /// Attach a document to an application or a work record: a scan or a PDF. What stands behind `file` is the desk's, once it has read the file.
    Attach = "attach" => "attached" {
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
        rule {
            given: ByPeople,
            since: Edition::Two,
            sealed: &["title", "file"],
            filled: &["size", "digest", "blob"],
            with: &["apply_visit", "record_work"],
        }
        decide attachment::decide_attach, touches [], on { Noun::Permit => attachment::may_attach, Noun::Work => attachment::may_attach };

    /// Write what was attached to a file outside the vault.
    WriteAttachment = "write_attachment" => "attachment_written" {
        /// Which one.
        attachment: Option<Id>,
        /// Where to, as a path.
        to: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Two,
            alone: true,
            sealed: &["to"],
            with: &["query:permits", "query:works", "query:*"],
        }
        decide attachment::decide_write, touches [], on { Noun::Attachment => attachment::may_write };

    /// An administrator gets a new key of their own by the recovery sheet (J-1-1-4).
    UseSheet = "use_sheet" => "sheet_used" {
        /// Whose password, by login ID.
        user: String,
        /// Their new verifying key, hex.
        key: String,
    }
        rule { given: ByDesk }
        decide user::decide_use_sheet, touches [Site], on {};

    /// A new recovery sheet takes the place of the one before.
    ReplaceSheet = "replace_sheet" => "sheet_replaced" {
        /// The new sheet's verifying key, hex.
        recovery_key: String,
    }
        rule { given: ByDesk, with: &["issue_user"] }
        decide site::decide_replace_sheet, touches [], on {};

    /// The log goes on from a copy, or from what was saved of a damaged vault: others may hold entries of the epoch
    /// before that are not here.
    BeginEpoch = "begin_epoch" => "epoch_begun" {
        /// What made it necessary.
        cause: EpochCause,
        /// The last entry that was taken over.
        kept: u64,
        /// Entries that are known to be missing, as ranges: `813-820, 824`.
        lost: String,
        /// In words.
        reason: String,
    }
        rule { given: ByDesk, sealed: &["reason"], with: &["issue_user"] }
        decide site::decide_begin_epoch, touches [], on {};

    /// The site begins: its first administrator, recovery key and profile. The first entry, and no other.
    FoundSite = "found_site" => "site_founded" {
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
        rule { given: ByDesk, sealed: &["name", "kana"] }
        decide site::decide_found, touches [Person, User], on {};

    /// A user's own key takes the place of a provisional or earlier one; signed with old and new.
    EnrolKey = "enrol_key" => "key_enrolled" {
        /// The new verifying key, hex.
        key: String,
    }
        rule { given: ByDesk }
        decide user::decide_enrol, touches [], on {};

    /// Somebody opened the vault and stands at the desk.
    LogIn = "log_in" => "logged_in" {
        /// Which terminal.
        terminal: String,
        /// The protection the process reached.
        hardening: String,
    }
        rule { given: ByDesk }
        decide user::decide_log_in, touches [], on {};

    /// Failed logins since the last good one; unauthenticated, and marked so.
    ReportFailedLogins = "report_failed_logins" => "failed_logins_reported" {
        /// How many.
        count: u32,
        /// The first of them, by the clock of then.
        first: Option<Stamp>,
        /// The last of them.
        last: Option<Stamp>,
        /// What was typed as ID, with counts.
        tried: String,
    }
        rule { given: ByDesk, sealed: &["tried"] }
        decide rule::decide_nothing, touches [], on {};

    /// The clock jumped; periods are not judged until somebody confirms the time.
    ReportClockJump = "report_clock_jump" => "clock_jumped" {
        /// The time of the last entry before.
        before: Option<Stamp>,
    }
        rule { given: ByDesk }
        decide site::decide_about_site, touches [], on {};

    /// Personal data was read out: a query, a print, a CSV, an auditor's look-up.
    RecordReading = "record_reading" => "reading_recorded" {
        /// The register or query.
        register: String,
        /// `screen`, `csv`, `print`, `json`.
        how: String,
        /// How many rows were given.
        rows: u32,
        /// Which filters were set.
        filters: String,
    }
        rule { given: ByDesk, sealed: &["filters"] }
        decide rule::decide_nothing, touches [], on {};

    /// A command was refused by the rules or the policy.
    RecordRefusal = "record_refusal" => "refused" {
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
        rule { given: ByDesk, sealed: &["input"] }
        decide rule::decide_nothing, touches [], on {};
}

impl Command {
    /// The stable names of the commands that a person may give, on the screen or in a batch, in order of declaration.
    pub fn given() -> impl Iterator<Item = &'static str> + Clone {
        Command::RULES.iter().filter(|rule| rule.is_given_by_people()).map(|rule| rule.name)
    }

    /// The stable names of the commands that only the desk gives, for whoever sits there.
    pub fn of_the_desk() -> impl Iterator<Item = &'static str> + Clone {
        Command::RULES.iter().filter(|rule| !rule.is_given_by_people()).map(|rule| rule.name)
    }

    /// The rule of the command of a name.
    pub fn rule_of(name: &str) -> Option<&'static Rule> {
        Command::RULES.iter().find(|rule| rule.name == name)
    }

    /// The command's stable name, as a batch line gives it.
    pub fn name(&self) -> &'static str {
        self.rule().name
    }

    /// The name of the event it becomes: the `kind` of the entry's head.
    pub fn past(&self) -> &'static str {
        self.rule().past
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
