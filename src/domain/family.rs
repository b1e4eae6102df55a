//! The one list of what there is: every noun with its row and its commands, and the commands that are of no noun. All
//! else is told in the noun's own file, and whoever needs all of them iterates.

use super::lookup::Case;
use super::{Date, EntryMeta, Event, Filing, Id, Moments, No, Outcome, Rule, Stamp, Trace};
use crate::text::find::Part;
use chrono::FixedOffset;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A noun with its commands.
#[derive(Debug)]
pub struct Family {
    /// The noun's stable name, or that of a command that is of no noun.
    pub name: &'static str,
    /// The rules of its commands.
    pub rules: &'static [Rule],
}

macro_rules! families {
    (
        nouns { $(
            $(#[$doc:meta])*
            $noun:ident = $number:literal, $prefix:literal, $name:literal: $room:ident::$row:ident { $($command:ident),* };
        )* }
        of_no_noun { $($other:ident { $($free:ident),* };)* }
    ) => {
        super::id::nouns! { $($(#[$doc])* $noun = $number, $prefix, $name;)* }
        super::row::rows! { $($room { $noun: $row })* }
        super::command::all! { $($room { $($command),* })* $($other { $($free),* })* }
        // Rows, commands, choices and whatever else a family's file says to all.
        $(pub use super::$room::*;)* $(pub use super::$other::*;)*

        /// Every noun with its commands, and what is of no noun.
        pub const FAMILIES: &[Family] = &[
            $(Family { name: $name, rules: &[$($command::RULE),*] },)*
            $(Family { name: stringify!($other), rules: &[$($free::RULE),*] },)*
        ];
    };
}

// In the order of the numbers, which are stored: a number is never used for another noun, and a new one comes last. A
// prefix has two letters or more; the first twelve have one.
families! {
    nouns {
        /// A human being, whatever accounts, cards, roles or companies they have.
        Person = 1, "P", "person": person::Person { RegisterPerson, ChangePerson, MergePersons, KeepApart, Leave };
        /// A contractor or other organisation from outside.
        Company = 2, "C", "company": company::Company { RegisterCompany };
        /// A person's registration as one who may enter, for zones and a period (I-3-2-1).
        Entrant = 3, "E", "entrant": entrant::Entrant { RegisterEntrant, RevokeEntrant };
        /// A badge that is lent, or a card that a person holds (I-3-2-3, J-3-3-2).
        Badge = 4, "B", "badge": badge::Badge { RegisterBadge, ReportBadge };
        /// One presence in the server room, check-in to check-out.
        Visit = 5, "V", "visit": visit::Visit { CheckIn, HandOverEscort, CheckOut, SettleExit };
        /// An application to enter or work, and the permit it becomes (I-3-2-2, J-PI-12).
        Permit = 6, "A", "permit": permit::Permit { ApplyVisit, DecideVisit, WithdrawVisit, PermitByTelephone, ConfirmTelephone };
        /// A work record, which is also the work's report (J-2-2-3, J-PI-12).
        Work = 7, "W", "work": work::Work { RecordWork, ApproveWork, ReturnWork };
        /// Something an officer must take note of (J-PI-12-2).
        Notice = 8, "N", "notice": notice::Notice { AcknowledgeNotice };
        /// The record about a person who may use the system.
        User = 9, "U", "user": user::User { IssueUser, CarryOverUser, ResetPassword, ReportCompromise, RecordMeasures, SuspendUser, ResumeUser, ChangeUser, CloseUser, ReopenUser, RemoveUser, UseSheet, IssueBySheet, EnrolKey, LogIn };
        /// A takeover of the desk from one shift to the next.
        Shift = 10, "S", "shift": shift::Shift { TakeOverShift };
        /// The site itself: its name, its clock, its founding. One row, number 1.
        Site = 11, "Z", "site": site::Site { ConfirmClock, SetClock, AdoptProfile, BackUp, RekeyVault, BindWaysIn, CompactVault, AdoptEdition, SeeSheet, ReplaceSheet, EndRekey, BeginEpoch, FoundSite,
            ReportFailedLogins, ReportClockJump, RecordReading, RecordRefusal };
        /// A version of the profile and the day it comes into force (N-13).
        Profile = 12, "R", "profile": profile_version::ProfileVersion { ProposeProfile, AgreeProfile, WithdrawProfile, AgreeBySheet };
        /// A document that belongs to an application or a work record; its contents lie beside the books.
        Attachment = 13, "AT", "attachment": attachment::Attachment { Attach, WriteAttachment };
        /// A machine of the site, with its identification code (J-2-1-IT-a).
        Device = 14, "DV", "device": device::Device { RegisterDevice, ChangeDevice, RetireDevice };
        /// A key of a door, rack or cabinet, or a combination (NIST SP 800-53 PE-3).
        DoorKey = 15, "DK", "door_key": door_key::DoorKey { RegisterKey, LendKey, ReturnKey, ReportKey, CountKeys, ChangeLock };
        /// Visits of one person that cannot all be right.
        Contradiction = 16, "CN", "contradiction": contradiction::Contradiction { SettleContradiction };
        /// Something done in an emergency for whoever may decide it.
        EmergencyAct = 17, "EM", "emergency_act": emergency::EmergencyAct { ActInEmergency, ReviewEmergencyAct };
        /// An application for an account (J-1-1-1-c, J-1-1-2).
        UserApplication = 18, "UA", "user_application": user_application::UserApplication { ApplyUser, ReceiveApplication, CheckApplication, RefuseApplication, WithdrawApplication };
        /// Somebody's time in an office (I-2-1, J-2-1-1).
        Appointment = 19, "AP", "appointment": appointment::Appointment { Appoint, EndAppointment, TellAppointment };
        /// What somebody lets another do for them (G-11).
        Delegation = 20, "DG", "delegation": delegation::Delegation { Delegate, NameClerk, EndDelegation };
        /// A personnel change that was announced (S-12-4).
        PlannedChange = 21, "PC", "planned_change": planned_change::PlannedChange { PlanChange, PassOnChange, CancelChange };
        /// What several people do as one division of business (J-1-1-1-e).
        OrganisationId = 22, "OI", "organisation_id": organisation_id::OrganisationId { MakeOrganisationId, AddMember, EndMember, CloseOrganisationId };
        /// Roles that lie sealed for an emergency.
        EmergencyAccount = 23, "EA", "emergency_account": emergency_account::EmergencyAccount { MakeEmergencyAccount, OpenEmergencyAccount, CloseEmergencyAccount, ReviewEmergencyAccount, WithdrawEmergencyAccount };
        /// An application for an exception, and the permit that it becomes (例外措置手順書).
        Exception = 24, "EX", "exception": exception::Exception { ApplyException, ApplyExtension, ApplyAmendment, ReceiveException, ReturnForCorrection, ResubmitException, ForwardException, DecideException, WithdrawException, HandOverCopy, BeginException, InterruptException, ResumeException, ReportEnd, ConfirmEnd, ReviewEmergency, TellCouncil, ConfirmGone, ApplyMeasure, NoteRisk, RevokeException, SettleLine };
        /// A month that was closed (例外措置手順書 9.2).
        Month = 25, "MO", "month": month::Month { CloseMonth, ReopenMonth };
    }
    of_no_noun {
        correct { Correct };
        erase { Erase };
    }
}
