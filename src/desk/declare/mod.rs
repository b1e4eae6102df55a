//! The declarations: what can be done, with which fields, in which words. Data and function pointers only.
//!
//! - `field`, `operation`, `register`: the shapes, and where all of them are found.
//! - one file a register: its columns, detail lines, states, and the operations offered on it.
//! - `listing`: all of it as JSON.
//! - [`cells`], [`standing`]: what columns of several registers share.
//! - [`read`]: bytes of a batch line or texts of a form become a command, by the declared kinds.
//! - `says`, `desk_fields`: an event becomes labelled lines again.

mod attachments;
mod badges;
mod caution;
pub mod cells;
mod companies;
mod contradictions;
mod corrections;
mod delegations;
mod desk_fields;
mod devices;
mod door_keys;
mod emergency_accounts;
mod emergency_acts;
mod entrants;
mod exceptions;
mod field;
mod listing;
mod months;
mod notices;
mod offices;
mod operation;
mod organisation_ids;
mod permits;
mod persons;
mod planned_changes;
mod profile_versions;
pub mod read;
pub mod reasons;
mod register;
mod says;
mod shifts;
mod site;
pub mod standing;
mod user_applications;
mod users;
mod visits;
mod works;

/// Declares the registers, in the order of the menu, and what is done with records of several of them.
macro_rules! books {
    (registers { $($register:ident,)* } operations { $($several:ident,)* }) => {
        /// Every register, in the order of the menu.
        pub fn registers() -> &'static [Register] {
            static ALL: &[Register] = &[$($register::REGISTER),*];
            ALL
        }

        /// What is done, by file.
        const OPERATIONS: &[&[Operation]] = &[$($register::OPERATIONS,)* $($several::OPERATIONS),*];
    };
}

books! {
    registers {
        visits,
        permits,
        works,
        notices,
        entrants,
        persons,
        companies,
        badges,
        door_keys,
        devices,
        users,
        user_applications,
        offices,
        delegations,
        organisation_ids,
        planned_changes,
        shifts,
        profile_versions,
        attachments,
        contradictions,
        emergency_acts,
        emergency_accounts,
        exceptions,
        months,
    }
    operations {
        corrections,
        site,
    }
}

pub use caution::*;
pub use corrections::corrected_as;
pub use field::*;
pub use listing::*;
pub use operation::*;
pub use persons::PEOPLE;
pub use register::*;
pub use says::*;
pub use visits::REPORTS;
