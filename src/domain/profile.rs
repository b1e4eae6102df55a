//! The profile (規程): what the site's rules say. Read from TOML by the `profile` module; here only its shape.

use super::Date;
use chrono::{FixedOffset, Months};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A text in both languages of the screen.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// Japanese.
    pub ja: String,
    /// English.
    pub en: String,
}

/// A site's rules: roles, zones, lists, authorities, periods.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Stable name: `jcho`.
    pub name: String,
    /// Version of the profile, counting from 1.
    pub version: u32,
    /// Title of the regulation.
    pub title: Label,
    /// Which regulation it follows, and where the choices of our own are.
    pub source: String,
    /// The roles and what each may do.
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    /// The zones of the server room (I-3-1).
    #[serde(rename = "zone")]
    pub zones: Vec<Zone>,
    /// The purposes a visit may have (J-3-3-1).
    #[serde(rename = "purpose")]
    pub purposes: Vec<Purpose>,
    /// What a person may identify themselves with (J-3-3-2).
    #[serde(rename = "identification")]
    pub identifications: Vec<Item>,
    /// Whose decision each thing is.
    pub authority: Authority,
    /// Periods and limits.
    pub periods: Periods,
    /// Idle times and locks.
    pub idle: Idle,
    /// Failed logins.
    pub login: Login,
    /// The password rule.
    pub password: Password,
    /// How far the clock may go before somebody must look.
    pub clock: ClockRule,
    /// How accounts are applied for and given; none where the rules say nothing of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accounts: Option<Accounts>,
    /// The offices that people hold by appointment; none where the rules know of none.
    #[serde(default, rename = "office")]
    pub offices: Vec<Office>,
    /// The parts of the organisation within which people hold their roles (管轄); none where everybody's hold everywhere.
    #[serde(default, rename = "jurisdiction")]
    pub jurisdictions: Vec<Jurisdiction>,
    /// Which rules there may be exceptions from, and whose decision that is; none where the rules know no exceptions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exceptions: Option<super::ExceptionRules>,
    /// What the regulation says of the trail (証跡); none where it says nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trail: Option<Trail>,
    /// The site's offset from UTC, `+09:00`; [`super::usual_offset`] where none is named. Lists, days and new entries are in it,
    /// whatever the terminal says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offset: Option<String>,
    /// Fields that this site does not use, as `command.field`.
    #[serde(default)]
    pub unused_fields: Vec<String>,
    /// The steps by which the regulation itself is changed, in its order; none where it has no procedure of its own. A
    /// new version names each (N-13, J-PI-28).
    #[serde(default, rename = "adoption_step")]
    pub adoption_steps: Vec<AdoptionStep>,
    /// Which function of the product meets which duty, by duty id.
    #[serde(default)]
    pub duties: BTreeMap<String, String>,
    /// The role of whoever the recovery sheet made an administrator ([`FOUNDING_ROLE`]): no text names it, and nobody but the
    /// sheet gives it. `None` while it made none.
    #[serde(skip)]
    pub founding: Option<Role>,
}

/// The id of the role that holds what the site was founded with. No text can name one of the same id: it has a dot.
pub const FOUNDING_ROLE: &str = "founding.administrator";

/// A role of the regulation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Stable id: `guard`.
    pub id: String,
    /// As the regulation calls it.
    pub label: Label,
    /// Names of commands, and of queries as `query:NAME`. Groups are written out before a profile is adopted.
    pub may: Vec<String>,
    /// Holders of this role may be the first administrator of a site.
    #[serde(default)]
    pub founds: bool,
    /// Looking something up is itself an entry for this role (auditors).
    #[serde(default)]
    pub reading_counts: bool,
    /// The kinds of jurisdiction within one of which it is held (S-2); within any, or everywhere, where none are named.
    #[serde(default)]
    pub held_in: Vec<String>,
    /// The commands and queries that a clerk (担当者) whom its holder names does for them (J-EX-11); none has one where none are
    /// told.
    #[serde(default)]
    pub clerk: Vec<String>,
}

/// A security zone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zone {
    /// Stable id: `server_room`.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// Always locked (I-3-1).
    pub locked: bool,
    /// Watched by a recorded camera (I-3-1).
    pub camera: bool,
    /// Apart from offices (I-3-1).
    pub apart: bool,
    /// Its racks; a rack is locked against all but permitted persons (I-3-1).
    #[serde(default)]
    pub racks: Vec<String>,
}

/// A purpose of a visit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// Stable id: `backup`.
    pub id: String,
    /// Its name.
    pub label: Label,
    /// A work record is due after the visit (J-2-2-3).
    #[serde(default)]
    pub work_record: bool,
    /// Planned maintenance: a contractor needs an approved application of kind `planned` (J-PI-12).
    #[serde(default)]
    pub planned: bool,
    /// Failure work: an outsider enters on a permit of kind `failure`, granted or given by telephone (J-PI-12-2).
    #[serde(default)]
    pub failure: bool,
}

/// A step by which the regulation itself is changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AdoptionStep {
    /// Stable id: `council`.
    pub id: String,
    /// As the regulation calls it: 協議会の決定.
    pub label: Label,
    /// A vote, which takes more than half of all who belong to it (過半数).
    #[serde(default)]
    pub vote: bool,
    /// The regulation does not say when: it may lie before the steps above it.
    #[serde(default)]
    pub any_order: bool,
}

/// An entry of a plain list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Item {
    /// Stable id.
    pub id: String,
    /// Its name.
    pub label: Label,
}

macro_rules! authorities {
    ($($(#[$doc:meta])* $name:ident,)*) => {
        /// Role ids that hold each authority.
        #[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct Authority { $($(#[$doc])* pub $name: Vec<String>,)* }

        impl Authority {
            /// Each authority by its name, with the roles that hold it.
            pub fn each(&self) -> impl Iterator<Item = (&'static str, &[String])> {
                [$((stringify!($name), self.$name.as_slice())),*].into_iter()
            }
        }
    };
}

authorities! {
    /// Permits entrants (I-3-2-1, J-3-3-1).
    entrant,
    /// Decides planned work (J-PI-12).
    planned,
    /// Decides failure work and visits (I-3-2-2).
    failure,
    /// May give a permission by telephone.
    telephone,
    /// Approves work reports (J-PI-12).
    work,
    /// Takes notices of personal information seen (J-PI-12-2).
    notice,
}

impl Authority {
    /// Every role that holds one of them, without repeats.
    pub fn roles(&self) -> Vec<String> {
        let mut roles: Vec<String> = self.each().flat_map(|(_, roles)| roles).cloned().collect();
        roles.sort();
        roles.dedup();
        roles
    }
}

/// Periods and limits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Periods {
    /// The longest entrant registration, in months.
    pub entrant_months: u32,
    /// The longest permit for planned work, in days (J-PI-12: day by day = 1).
    pub planned_days: u32,
    /// The longest other permit, in days.
    pub permit_days: u32,
    /// Hours after which a presence is listed as an exit that nobody recorded.
    pub exit_hours: u32,
    /// Days before its end in which a registration or permit is listed as ending soon.
    pub soon_days: u32,
    /// The oldest late entry from paper, in days.
    pub late_days: u32,
    /// Hours within which a permission by telephone is to be signed, before it is shown as overdue.
    pub telephone_hours: u32,
}

/// Idle times.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Idle {
    /// Seconds until the screen lock.
    pub screen_lock_s: u32,
    /// Seconds until the full lock.
    pub full_lock_s: u32,
}

/// What follows failed logins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Login {
    /// Failures after which each further try waits.
    pub slow_after: u32,
    /// Seconds of the first wait; it doubles with each further failure.
    pub slow_s: u32,
    /// The longest wait, in seconds.
    pub slow_most_s: u32,
    /// Failures after which the user is locked until reset; the last administrator is only slowed.
    pub lock_after: u32,
    /// A terminal that keeps no note of the last entry it saw lets nobody in.
    #[serde(default)]
    pub needs_last_seen: bool,
}

/// The password rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Password {
    /// Fewest characters.
    pub least: u32,
    /// Most characters.
    pub most: u32,
    /// Of lower case, upper case, digits and symbols: at least this many kinds.
    pub kinds: u32,
    /// Longest run of one character.
    pub run: u32,
    /// The only symbols that it may hold, besides unaccented letters and digits; any character where none are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub symbols: Option<String>,
    /// The only digits; all ten where none are named. Asked where [`Password::symbols`] are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub digits: Option<String>,
    /// Calendar months after which it is replaced; never by itself where none are named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub months: Option<u32>,
    /// Days before that from which its owner is told at each login.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notice_days: Option<u32>,
    /// Where the rule comes from.
    pub source: String,
}

/// What counts as a jump of the clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockRule {
    /// Seconds it may go back.
    pub back_s: u32,
    /// Days it may be ahead of the last entry.
    pub ahead_days: u32,
}

/// How accounts are applied for and given (J-1-1-1-c, J-1-1-2, S-6).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accounts {
    /// An ID may be issued that nobody applied for; its record says so.
    pub without_application: bool,
    /// The desk receives and checks an application before anybody decides it.
    pub checked: bool,
    /// A person has one ID at a time.
    pub one_each: bool,
    /// What an application tells besides person, roles, reason and first day: names of [`ACCOUNT_NEEDS`].
    pub needs: Vec<String>,
    /// What one for somebody from outside tells besides that.
    pub outsider_needs: Vec<String>,
    /// The longest period of an account that has an end, in months.
    pub most_months: u32,
    /// Within how many days an account is used, or is listed as dormant (J-1-1-2); none is where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dormant_days: Option<u32>,
    /// The divisions of business (業務の区分) for which there are organisation IDs (組織ID), as they are called; none where the
    /// rules know no such IDs (J-1-1-1-e).
    #[serde(default)]
    pub divisions: Vec<String>,
    /// Role ids with administrator rights (管理者権限): nobody gets one without a stated duty that needs them (J-1-1-2).
    #[serde(default)]
    pub administrative: Vec<String>,
    /// By role id, the role ids whose holders may give it to somebody with an account, and close or set a new password for the
    /// account of whoever has it, by appointment too; whoever may issue IDs where none are named (S-6).
    #[serde(default)]
    pub issued_by: BTreeMap<String, Vec<String>>,
    /// By role id, the role ids each of which somebody must hold before anybody gets it: the levels above (S-6).
    #[serde(default)]
    pub above: BTreeMap<String, Vec<String>>,
}

/// What an application for an account may have to tell, by name: fields of the application, and of the person's record
/// `organisation` (department or post; a company will do) and `contact` (telephone or e-mail).
pub const ACCOUNT_NEEDS: &[&str] = &["department", "scope", "to", "organisation", "contact"];

/// What holds where the rules say nothing of accounts.
static UNTOLD: Accounts = Accounts {
    without_application: true,
    checked: false,
    one_each: false,
    needs: Vec::new(),
    outsider_needs: Vec::new(),
    most_months: 120,
    dormant_days: None,
    divisions: Vec::new(),
    administrative: Vec::new(),
    issued_by: BTreeMap::new(),
    above: BTreeMap::new(),
};

impl Default for Accounts {
    fn default() -> Accounts {
        UNTOLD.clone()
    }
}

/// An office (役職): a role that people hold by appointment and never with an account (I-2-1, J-2-1-1, J-PI-3).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Office {
    /// The id of the role that it gives.
    pub role: String,
    /// Role ids whose holders appoint to it, or enter what was decided outside.
    pub appointed_by: Vec<String>,
    /// It is decided outside these books (人事発令): an appointment names who decided it, and when.
    #[serde(default)]
    pub outside: bool,
    /// How many hold it at a time; any number where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub principals: Option<u32>,
    /// How many deputies it has at a time.
    #[serde(default)]
    pub deputies: u32,
    /// Role ids whose holders appoint the deputies; those who appoint to the office where none are named.
    #[serde(default)]
    pub deputies_by: Vec<String>,
    /// Each appointment states its task.
    #[serde(default)]
    pub task: bool,
    /// Role ids to whose holders each appointment is reported; it is listed until it was, and names who held the office
    /// before.
    #[serde(default)]
    pub told: Vec<String>,
    /// Role ids that nobody has besides this office.
    #[serde(default)]
    pub apart: Vec<String>,
}

impl Office {
    /// The role ids whose holders appoint to it, or deputies in it.
    pub fn appointers(&self, kind: super::AppointmentKind) -> &[String] {
        match kind {
            super::AppointmentKind::Deputy if !self.deputies_by.is_empty() => &self.deputies_by,
            _ => &self.appointed_by,
        }
    }
}

/// A jurisdiction (管轄): a region, an organisation, an institution (I-2-1, S-2, J-1-1-2-e). Together they are a tree.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Jurisdiction {
    /// Stable id: `noto_north`.
    pub id: String,
    /// As it is called.
    pub label: Label,
    /// What it is, as [`Role::held_in`] names it: `region`; nothing where no role asks.
    #[serde(default)]
    pub kind: String,
    /// The id of the one that it lies in; none where it lies in no other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
    /// The id of the one whose people give and change its accounts instead of its own (J-1-1-2-e).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub users_by: Option<String>,
}

/// What is to be done about the trail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// What whoever works does when it cannot be written, or soon cannot (対処方針, J-1-1-3-a).
    pub on_failure: Label,
}

impl Profile {
    /// What is to be done when the trail cannot be written, or soon cannot; `None` where the rules do not say it.
    pub fn on_failure(&self) -> Option<&Label> {
        self.trail.as_ref().map(|trail| &trail.on_failure).filter(|label| **label != Label::default())
    }

    /// The site's offset from UTC: every day of the site begins and ends in it.
    pub fn offset(&self) -> FixedOffset {
        self.offset.as_deref().and_then(super::parse_offset).unwrap_or_else(super::usual_offset)
    }

    /// The role of an id.
    pub fn role(&self, id: &str) -> Option<&Role> {
        self.roles.iter().chain(&self.founding).find(|role| role.id == id)
    }

    /// The role that holds what this profile let whoever founded a site with it.
    pub fn founding_role(&self) -> Role {
        let mut may: Vec<String> = Vec::new();
        for right in self.roles.iter().filter(|role| role.founds).flat_map(|role| &role.may) {
            if !may.contains(right) {
                may.push(right.clone());
            }
        }
        Role {
            id: FOUNDING_ROLE.to_owned(),
            label: Label {
                ja: "開設時の権限を持つ管理者".to_owned(),
                en: "Administrator with the founding powers".to_owned(),
            },
            may,
            founds: false,
            reading_counts: false,
            held_in: Vec::new(),
            clerk: Vec::new(),
        }
    }

    /// The jurisdiction of an id.
    pub fn jurisdiction(&self, id: &str) -> Option<&Jurisdiction> {
        self.jurisdictions.iter().find(|jurisdiction| jurisdiction.id == id)
    }

    /// Whether a jurisdiction is another or lies in it. Everything lies in the whole site, which has no id; one that the
    /// profile does not know lies in nothing else.
    pub fn lies_in(&self, id: &str, outer: &str) -> bool {
        let mut here = Some(id);
        // No way up is longer than there are jurisdictions.
        for _ in 0..=self.jurisdictions.len() {
            match here {
                _ if outer.is_empty() => return true,
                Some(id) if id == outer => return true,
                Some(id) => here = self.jurisdiction(id).and_then(|one| one.within.as_deref()),
                None => return false,
            }
        }
        false
    }

    /// Whether a jurisdiction is the whole site, or all others lie in it: whoever acts there reaches everything.
    pub fn is_whole(&self, id: &str) -> bool {
        id.is_empty()
            || !self.jurisdictions.is_empty()
                && self.jurisdictions.iter().all(|one| self.lies_in(&one.id, id))
    }

    /// How accounts are applied for and given.
    pub fn accounts(&self) -> &Accounts {
        self.accounts.as_ref().unwrap_or(&UNTOLD)
    }

    /// The zone of an id.
    pub fn zone(&self, id: &str) -> Option<&Zone> {
        self.zones.iter().find(|zone| zone.id == id)
    }

    /// The purpose of an id.
    pub fn purpose(&self, id: &str) -> Option<&Purpose> {
        self.purposes.iter().find(|purpose| purpose.id == id)
    }

    /// Whether a role may do something: a command by its name.
    pub fn may(&self, role: &str, what: &str) -> bool {
        self.role(role).is_some_and(|role| role.may.iter().any(|may| may == what))
    }

    /// The office that a role is.
    pub fn office(&self, role: &str) -> Option<&Office> {
        self.offices.iter().find(|office| office.role == role)
    }

    /// The roles that are offices.
    pub fn office_roles(&self) -> impl Iterator<Item = &Role> {
        self.roles.iter().filter(|role| self.office(&role.id).is_some())
    }

    /// Whether a role audits: what it reads is in the trail (J-2-1-2).
    pub fn audits(&self, id: &str) -> bool {
        self.role(id).is_some_and(|role| role.reading_counts)
    }

    /// Two of these roles that one person must not hold together: one that audits, and one that may change
    /// something, so that nobody audits their own work (J-2-1-2); or two of which one is an office that is kept apart from
    /// the other (J-PI-3).
    pub fn clash(&self, roles: &[String]) -> Option<(&Role, &Role)> {
        let held = || roles.iter().filter_map(|id| self.role(id));
        if let Some(auditor) = held().find(|role| role.reading_counts)
            && let Some(changer) = held().find(|role| role.changes())
        {
            return Some((auditor, changer));
        }
        let apart = |one: &&Role| {
            let apart = &self.office(&one.id)?.apart;
            held().find(|other| apart.contains(&other.id))
        };
        held().find_map(|one| apart(&one).map(|other| (one, other)))
    }
}

impl Password {
    /// The day from which a password that was set on a day opens nothing but its change: the one on which so many calendar
    /// months are complete (J-1-1-1-b, S-PW-2).
    pub fn due(&self, set: Date) -> Option<Date> {
        self.months.map(|months| set.checked_add_months(Months::new(months)).unwrap_or(Date::MAX))
    }

    /// Whether a character may stand in it.
    pub fn takes(&self, c: char) -> bool {
        match &self.symbols {
            None => true,
            Some(_) if c.is_ascii_alphabetic() => true,
            Some(_) if c.is_ascii_digit() => self.digits.as_ref().is_none_or(|digits| digits.contains(c)),
            Some(symbols) => symbols.contains(c),
        }
    }
}

impl Role {
    /// Whether the role may change anything of what it could audit: do anything but look, and its own matters (J-EX-4).
    pub fn changes(&self) -> bool {
        let audited = |may: &&String| super::Command::rule_of(may).is_none_or(|rule| !rule.auditors);
        self.may.iter().filter(audited).any(|may| !may.starts_with(super::QUERY))
    }
}
