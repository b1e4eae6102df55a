//! Whether what a profile says holds together.

use super::problem::{Problem, ProblemKind as Kind};
use super::shape::ShapeError;
use crate::domain::policy::{is_clerical, is_nobodys, role_for};
use crate::domain::{
    ACCOUNT_NEEDS, Accounts, Command, EVERY_QUERY, EXCEPTION_NEEDS, Edition, ExceptionKind, Label, Office,
    Password, Profile, QUERY, Query, Role, Rule, parse_offset,
};
use serde::Deserialize;
use serde::de::value::MapDeserializer;
use std::collections::BTreeSet;

/// What a profile says of passwords since the third edition.
pub(super) const PASSWORD_LATER: [&str; 4] = ["symbols", "digits", "months", "notice_days"];

/// What a profile says of a role since then.
pub(super) const ROLE_LATER: [&str; 2] = ["held_in", "clerk"];

/// The most steps that a regulation's procedure has.
const MOST_STEPS: usize = 20;

/// The longest text of what to do when the trail cannot be written, in characters: four lines of a screen of 80 columns,
/// so that Today shows all of it under the warning.
const MOST_POLICY: usize = 120;

/// Whether a character may not stand in a text that is shown: it controls, hides or reorders.
pub(super) fn is_unclean(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{e0000}'..='\u{e007f}')
}

/// Everything that is wrong with a profile of the right shape, part by part.
pub(super) fn check(profile: &Profile, edition: Edition) -> Vec<Problem> {
    let mut found = Found::new(edition);
    found.head(profile);
    found.roles(profile);
    found.zones(profile);
    found.purposes(profile);
    found.identifications(profile);
    found.authority(profile);
    found.limits(profile);
    found.unused_fields(profile);
    found.duties(profile);
    found.adoption(profile);
    found.trail(profile);
    found.accounts(profile);
    found.password(profile);
    found.offices(profile);
    found.jurisdictions(profile);
    found.exceptions(profile);
    found.problems
}

/// What was found wrong so far.
pub(super) struct Found {
    pub(super) problems: Vec<Problem>,
    /// What came later is as unknown as to a release that ends with this edition.
    edition: Edition,
}

impl Found {
    pub(super) fn new(edition: Edition) -> Found {
        Found { problems: Vec::new(), edition }
    }

    pub(super) fn say(&mut self, kind: Kind, place: impl Into<String>, about: impl AsRef<str>) {
        self.problems.push(Problem::new(kind, place, about));
    }

    /// `most` in characters. Only `lines` may have line ends.
    fn text(&mut self, place: &str, text: &str, most: usize, lines: bool) {
        if text.trim().is_empty() {
            self.say(Kind::EmptyText, place, "");
        }
        let length = text.chars().count();
        if length > most {
            self.say(Kind::TextTooLong, place, format!("{length} > {most}"));
        }
        if let Some(c) = text.chars().find(|c| is_unclean(*c) && !(lines && *c == '\n')) {
            self.say(Kind::UncleanText, place, format!("U+{:04X}", u32::from(c)));
        }
    }

    pub(super) fn label(&mut self, place: &str, label: &Label, most: usize) {
        self.text(&format!("{place}.ja"), &label.ja, most, false);
        self.text(&format!("{place}.en"), &label.en, most, false);
    }

    pub(super) fn id(&mut self, place: &str, id: &str) {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        if !(1..=32).contains(&id.len()) || !id.bytes().all(plain) {
            self.say(Kind::BadId, place, id);
        }
    }

    /// Ids and labels of one of the profile's lists.
    fn list<'a>(&mut self, name: &str, items: impl Iterator<Item = (&'a str, &'a Label)>) {
        let mut seen = BTreeSet::new();
        let mut count = 0_usize;
        for (id, label) in items {
            count += 1;
            self.id(&format!("{name}[{count}].id"), id);
            if !seen.insert(id) {
                self.say(Kind::Duplicate, format!("{name}[{count}].id"), id);
            }
            self.label(&format!("{name}.{id}.label"), label, 40);
        }
        self.count(name, count, 100);
    }

    pub(super) fn count(&mut self, name: &str, count: usize, most: usize) {
        if count == 0 {
            self.say(Kind::EmptyList, name, "");
        }
        if count > most {
            self.say(Kind::TooMany, name, format!("{count} > {most}"));
        }
    }

    pub(super) fn twice<'a>(&mut self, place: &str, values: impl Iterator<Item = &'a String>) {
        let mut seen = BTreeSet::new();
        for value in values {
            if !seen.insert(value) {
                self.say(Kind::Duplicate, place, value);
            }
        }
    }

    fn range(&mut self, place: &str, value: u32, least: u32, most: u32) {
        if !(least..=most).contains(&value) {
            self.say(Kind::OutOfRange, place, format!("{value}, {least}..{most}"));
        }
    }

    /// `small` may not be greater than `great`.
    fn order(&mut self, (small_name, small): (&str, u32), (great_name, great): (&str, u32)) {
        if small > great {
            self.say(Kind::LimitsReversed, great_name, format!("{small_name} = {small} > {great}"));
        }
    }

    fn head(&mut self, profile: &Profile) {
        self.id("name", &profile.name);
        self.range("version", profile.version, 1, 1_000_000);
        self.label("title", &profile.title, 100);
        self.text("source", &profile.source, 4000, true);
    }

    fn roles(&mut self, profile: &Profile) {
        self.list("role", profile.roles.iter().map(|role| (role.id.as_str(), &role.label)));
        for role in &profile.roles {
            let place = format!("role.{}.may", role.id);
            // Each known and none twice: no more than there are.
            self.twice(&place, role.may.iter());
            for may in &role.may {
                // Editions up to the second let a profile into the log with it.
                if may != EVERY_QUERY
                    && let Some(kind) = unknown(may, self.edition)
                {
                    self.say(kind, &place, may);
                }
            }
            self.clerk(profile, role);
            if role.reading_counts && role.changes() {
                self.say(Kind::AuditorMayChange, &place, "");
            }
        }
        if !profile.roles.iter().any(|role| role.founds && holds(role, "issue_user")) {
            self.say(Kind::NobodyFounds, "role", "");
        }
    }

    /// What a clerk does for whoever holds a role: of what they may themselves, nothing that decides. A release that ends with the
    /// second edition knows no clerks.
    fn clerk(&mut self, profile: &Profile, role: &Role) {
        let place = format!("role.{}.clerk", role.id);
        if self.edition < Edition::Three {
            if !role.clerk.is_empty() {
                self.say(Kind::UnknownField, place, "");
            }
            return;
        }
        self.twice(&place, role.clerk.iter());
        for what in &role.clerk {
            if let Some(kind) = unknown(what, self.edition) {
                self.say(kind, &place, what);
            } else if !is_clerical(what) {
                self.say(Kind::ClerkDecides, &place, what);
            } else if role_for(profile, std::slice::from_ref(&role.id), what).is_err() {
                self.say(Kind::AuthorityCannotAct, &place, what);
            }
        }
        if let Some(first) = role.clerk.first().filter(|_| !holds(role, "delegate")) {
            self.say(Kind::AuthorityCannotAct, &place, format!("{first}: name_clerk"));
        }
    }

    fn zones(&mut self, profile: &Profile) {
        self.list("zone", profile.zones.iter().map(|zone| (zone.id.as_str(), &zone.label)));
        for zone in &profile.zones {
            let place = format!("zone.{}.racks", zone.id);
            self.twice(&place, zone.racks.iter());
            for rack in &zone.racks {
                self.text(&place, rack, 20, false);
            }
            if zone.racks.len() > 1000 {
                self.say(Kind::TooMany, place, format!("{} > 1000", zone.racks.len()));
            }
        }
    }

    fn purposes(&mut self, profile: &Profile) {
        self.list("purpose", profile.purposes.iter().map(|purpose| (purpose.id.as_str(), &purpose.label)));
        for purpose in &profile.purposes {
            let place = format!("purpose.{}", purpose.id);
            if purpose.planned && purpose.failure {
                self.say(Kind::PurposeContradicts, &place, "");
            }
            if (purpose.planned || purpose.failure) && !purpose.work_record {
                self.say(Kind::ReportMissing, &place, "");
            }
        }
    }

    /// How the regulation is changed. A release that ends with the second edition knows no steps, and nobody who agrees.
    fn adoption(&mut self, profile: &Profile) {
        if self.edition < Edition::Three {
            if !profile.adoption_steps.is_empty() {
                self.say(Kind::UnknownField, "adoption_step", "");
            }
            if profile.login.needs_last_seen {
                self.say(Kind::UnknownField, "login.needs_last_seen", "");
            }
            return;
        }
        if !profile.adoption_steps.is_empty() {
            let steps = profile.adoption_steps.iter().map(|step| (step.id.as_str(), &step.label));
            self.list("adoption_step", steps);
            self.count("adoption_step", profile.adoption_steps.len(), MOST_STEPS);
        }
        if !is_nobodys(profile, "propose_profile") && is_nobodys(profile, "agree_profile") {
            self.say(Kind::NobodyAgrees, "role", "");
        }
    }

    /// What to do about the trail. A release that ends with the second edition knows no such table.
    fn trail(&mut self, profile: &Profile) {
        match &profile.trail {
            Some(_) if self.edition < Edition::Three => self.say(Kind::UnknownField, "trail", ""),
            Some(trail) => self.label("trail.on_failure", &trail.on_failure, MOST_POLICY),
            None => {}
        }
    }

    /// How accounts are given. A release that ends with the second edition knows none of it.
    fn accounts(&mut self, profile: &Profile) {
        if self.edition < Edition::Three {
            if profile.accounts.is_some() {
                self.say(Kind::UnknownField, "accounts", "");
            }
            return;
        }
        let Some(accounts) = &profile.accounts else { return };
        for (name, needs) in [("needs", &accounts.needs), ("outsider_needs", &accounts.outsider_needs)] {
            let place = format!("accounts.{name}");
            self.twice(&place, needs.iter());
            for need in needs.iter().filter(|need| !ACCOUNT_NEEDS.contains(&need.as_str())) {
                self.say(Kind::NoSuchField, &place, need);
            }
        }
        self.range("accounts.most_months", accounts.most_months, 1, 120);
        if let Some(days) = accounts.dormant_days {
            self.range("accounts.dormant_days", days, 1, 1000);
        }
        self.twice("accounts.divisions", accounts.divisions.iter());
        if accounts.divisions.len() > 100 {
            let count = accounts.divisions.len();
            self.say(Kind::TooMany, "accounts.divisions", format!("{count} > 100"));
        }
        for division in &accounts.divisions {
            self.text("accounts.divisions", division, 30, false);
        }
        self.known_roles(profile, "accounts.administrative", accounts.administrative.iter());
        for (name, table) in [("issued_by", &accounts.issued_by), ("above", &accounts.above)] {
            self.known_roles(profile, &format!("accounts.{name}"), table.keys());
            for (role, roles) in table {
                let place = format!("accounts.{name}.{role}");
                self.count(&place, roles.len(), 100);
                self.known_roles(profile, &place, roles.iter());
                let cannot = |id: &&String| profile.role(id).is_some_and(|role| !holds(role, "issue_user"));
                for id in roles.iter().filter(|id| name == "issued_by" && cannot(id)) {
                    self.say(Kind::AuthorityCannotAct, &place, format!("{id}: issue_user"));
                }
            }
        }
        for role in accounts.above.keys().filter(|role| is_above_itself(accounts, role)) {
            self.say(Kind::RoleAboveItself, format!("accounts.above.{role}"), role);
        }
    }

    /// The offices. A release that ends with the second edition knows none.
    fn offices(&mut self, profile: &Profile) {
        if self.edition < Edition::Three {
            if !profile.offices.is_empty() {
                self.say(Kind::UnknownField, "office", "");
            }
            return;
        }
        if profile.offices.len() > 100 {
            self.say(Kind::TooMany, "office", format!("{} > 100", profile.offices.len()));
        }
        self.known_roles(profile, "office", profile.offices.iter().map(|office| &office.role));
        for office in &profile.offices {
            let place = format!("office.{}", office.role);
            self.count(&format!("{place}.appointed_by"), office.appointed_by.len(), 100);
            for (name, roles) in [
                ("appointed_by", &office.appointed_by),
                ("deputies_by", &office.deputies_by),
                ("told", &office.told),
                ("apart", &office.apart),
            ] {
                self.known_roles(profile, &format!("{place}.{name}"), roles.iter());
            }
            let cannot = |id: &&String| profile.role(id).is_some_and(|role| !holds(role, "appoint"));
            for (name, roles) in
                [("appointed_by", &office.appointed_by), ("deputies_by", &office.deputies_by)]
            {
                for id in roles.iter().filter(cannot) {
                    self.say(Kind::AuthorityCannotAct, format!("{place}.{name}"), format!("{id}: appoint"));
                }
            }
            if office.apart.contains(&office.role) {
                self.say(Kind::Duplicate, format!("{place}.apart"), &office.role);
            }
            for (name, value) in [
                ("principals", office.principals.unwrap_or(1)),
                ("deputies", office.deputies.saturating_add(1)),
            ] {
                self.range(&format!("{place}.{name}"), value, 1, 1001);
            }
        }
        for office in profile
            .offices
            .iter()
            .filter(|office| !office.appointed_by.is_empty() && !is_ever_held(profile, office))
        {
            self.say(Kind::RoleAboveItself, format!("office.{}.appointed_by", office.role), &office.role);
        }
    }

    /// The jurisdictions. A release that ends with the second edition knows none.
    fn jurisdictions(&mut self, profile: &Profile) {
        let bound = || profile.roles.iter().filter(|role| !role.held_in.is_empty());
        if self.edition < Edition::Three {
            if !profile.jurisdictions.is_empty() {
                self.say(Kind::UnknownField, "jurisdiction", "");
            }
            for role in bound() {
                self.say(Kind::UnknownField, format!("role.{}.held_in", role.id), "");
            }
            return;
        }
        let all = &profile.jurisdictions;
        for role in bound() {
            let place = format!("role.{}.held_in", role.id);
            self.twice(&place, role.held_in.iter());
            for kind in role.held_in.iter().filter(|kind| !all.iter().any(|one| one.kind == **kind)) {
                self.say(Kind::UnknownJurisdiction, &place, kind);
            }
        }
        if all.is_empty() {
            return;
        }
        self.list("jurisdiction", all.iter().map(|one| (one.id.as_str(), &one.label)));
        for one in all {
            let place = |name: &str| format!("jurisdiction.{}.{name}", one.id);
            if !one.kind.is_empty() {
                self.id(&place("kind"), &one.kind);
            }
            for (name, other) in [("within", &one.within), ("users_by", &one.users_by)] {
                if let Some(other) = other.as_ref().filter(|other| profile.jurisdiction(other).is_none()) {
                    self.say(Kind::UnknownJurisdiction, place(name), other);
                }
            }
            let above = one.within.as_deref();
            if above.is_some_and(|above| profile.lies_in(above, &one.id)) {
                self.say(Kind::CircularJurisdiction, place("within"), &one.id);
            }
            if one.users_by.as_ref() == Some(&one.id) {
                self.say(Kind::Duplicate, place("users_by"), &one.id);
            }
        }
    }

    /// From which rules there may be exceptions, and whose decision each is. A release that ends with the second edition knows none.
    fn exceptions(&mut self, profile: &Profile) {
        let Some(rules) = &profile.exceptions else { return };
        if self.edition < Edition::Three {
            self.say(Kind::UnknownField, "exceptions", "");
            return;
        }
        self.text("exceptions.number", &rules.number, 20, false);
        if !rules.number.contains("{n}") {
            self.say(Kind::MissingField, "exceptions.number", "{n}");
        }
        if let Some(months) = rules.void_months {
            self.range("exceptions.void_months", months, 1, 120);
        }
        if let Some(most) = rules.most_extensions {
            self.range("exceptions.most_extensions", most, 1, 100);
        }
        let mut deciding: Vec<(String, &Vec<String>)> = Vec::new();
        if !rules.closed_by.is_empty() {
            deciding.push(("exceptions.closed_by".to_owned(), &rules.closed_by));
        }
        if let Some(network) = &rules.network {
            self.label("exceptions.network.label", &network.label, 40);
            deciding.push(("exceptions.network.decided_by".to_owned(), &network.decided_by));
        }
        self.list("exceptions.kind", rules.kinds.iter().map(|kind| (kind.id.as_str(), &kind.label)));
        for kind in &rules.kinds {
            let place = format!("exceptions.kind.{}", kind.id);
            self.twice(&format!("{place}.needs"), kind.needs.iter());
            for need in kind.needs.iter().filter(|need| !EXCEPTION_NEEDS.contains(&need.as_str())) {
                self.say(Kind::NoSuchField, format!("{place}.needs"), need);
            }
            self.known_roles(profile, &format!("{place}.applied_by"), kind.applied_by.iter());
            for (name, label) in
                [("finding", &kind.finding), ("told", &kind.told), ("elsewhere", &kind.elsewhere)]
            {
                if let Some(label) = label {
                    self.label(&format!("{place}.{name}"), label, 40);
                }
            }
            self.known_roles(profile, &format!("{place}.reviewed_by"), kind.reviewed_by.iter());
            let reviews =
                |id: &&String| profile.role(id).is_some_and(|role| !holds(role, "review_emergency"));
            for id in kind.reviewed_by.iter().filter(reviews) {
                self.say(
                    Kind::AuthorityCannotAct,
                    format!("{place}.reviewed_by"),
                    format!("{id}: review_emergency"),
                );
            }
            // Whose decision it is must be told of one that nobody else decides.
            if kind.decision && kind.applied_by.is_empty() {
                self.say(Kind::EmptyList, format!("{place}.applied_by"), "");
            }
            if kind.told.is_some() && !kind.decision {
                self.say(Kind::MissingField, format!("{place}.decision"), "");
            }
            if !kind.decided_by.is_empty() {
                deciding.push((format!("{place}.decided_by"), &kind.decided_by));
            }
        }
        if !rules.clauses.is_empty() {
            self.list("exceptions.clause", rules.clauses.iter().map(|one| (one.id.as_str(), &one.about)));
        }
        for clause in &rules.clauses {
            let place = format!("exceptions.clause.{}", clause.id);
            self.text(&format!("{place}.regulation"), &clause.regulation, 60, false);
            self.text(&format!("{place}.item"), &clause.item, 40, false);
            if !clause.decided_by.is_empty() {
                deciding.push((format!("{place}.decided_by"), &clause.decided_by));
            }
        }
        let by_rows = |kind: &ExceptionKind| {
            let by_themselves = kind.decision || kind.elsewhere.is_some() || !kind.reviewed_by.is_empty();
            kind.decided_by.is_empty() && !by_themselves
        };
        for part in rules.clauses.iter().map(|clause| clause.part.as_str()).chain([""]) {
            if rules.kinds.iter().any(by_rows) && rules.by_row(&[], part).is_none() {
                self.say(Kind::NobodyDecides, "exceptions.row", part);
            }
        }
        for (n, row) in rules.rows.iter().enumerate() {
            let place = format!("exceptions.row[{}]", n + 1);
            self.known_roles(profile, &format!("{place}.applicants"), row.applicants.iter());
            if row.decided_by.is_empty() {
                self.say(Kind::NobodyDecides, format!("{place}.decided_by"), "");
            }
            deciding.push((format!("{place}.decided_by"), &row.decided_by));
        }
        for (place, roles) in deciding {
            self.known_roles(profile, &place, roles.iter());
            let cannot = |id: &&String| profile.role(id).is_some_and(|role| !holds(role, "decide_exception"));
            for id in roles.iter().filter(cannot) {
                self.say(Kind::AuthorityCannotAct, &place, format!("{id}: decide_exception"));
            }
        }
    }

    /// What a password may hold and how long it serves. A release that ends with the second edition knows none of it.
    fn password(&mut self, profile: &Profile) {
        let Password { symbols, digits, months, notice_days, .. } = &profile.password;
        if self.edition < Edition::Three {
            let told = [symbols.is_some(), digits.is_some(), months.is_some(), notice_days.is_some()];
            for (name, _) in PASSWORD_LATER.iter().zip(told).filter(|(_, told)| *told) {
                self.say(Kind::UnknownField, format!("password.{name}"), "");
            }
            return;
        }
        let is_symbol = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !is_unclean(c);
        self.signs("password.symbols", symbols.as_deref(), is_symbol);
        self.signs("password.digits", digits.as_deref(), |c| c.is_ascii_digit());
        if digits.is_some() && symbols.is_none() {
            self.say(Kind::MissingField, "password.symbols", "");
        }
        for (name, value, most) in [("months", months, 120), ("notice_days", notice_days, 366)] {
            if let Some(value) = value {
                self.range(&format!("password.{name}"), *value, 1, most);
            }
        }
        if notice_days.is_some() && months.is_none() {
            self.say(Kind::MissingField, "password.months", "");
        }
    }

    /// Characters that a password may hold, each once.
    fn signs(&mut self, place: &str, given: Option<&str>, fits: impl Fn(char) -> bool) {
        let Some(given) = given else { return };
        self.text(place, given, 64, false);
        if let Some(c) = given.chars().find(|c| !fits(*c)) {
            self.say(Kind::OutOfRange, place, c.to_string());
        }
        self.twice(place, given.chars().map(String::from).collect::<Vec<_>>().iter());
    }

    /// Roles that the profile has, each once.
    fn known_roles<'a>(
        &mut self,
        profile: &Profile,
        place: &str,
        roles: impl Iterator<Item = &'a String> + Clone,
    ) {
        self.twice(place, roles.clone());
        for id in roles.filter(|id| profile.role(id).is_none()) {
            self.say(Kind::UnknownRole, place, id);
        }
    }

    fn identifications(&mut self, profile: &Profile) {
        let items = profile.identifications.iter().map(|item| (item.id.as_str(), &item.label));
        self.list("identification", items);
    }

    fn authority(&mut self, profile: &Profile) {
        for (name, roles) in profile.authority.each() {
            // Whoever holds one acts themselves; but who permits entrants may do so on paper, for another to type.
            // What comes with another command, whoever may give that may give too.
            let acts = |rule: &&Rule| {
                rule.is_given_under(self.edition) && rule.authority.contains(&name) && rule.with.is_empty()
            };
            let commands: Vec<&str> = Command::RULES.iter().filter(acts).map(|rule| rule.name).collect();
            let place = format!("authority.{name}");
            self.count(&place, roles.len(), 100);
            self.twice(&place, roles.iter());
            for id in roles {
                let Some(role) = profile.role(id) else {
                    self.say(Kind::UnknownRole, &place, id);
                    continue;
                };
                if role.reading_counts {
                    self.say(Kind::AuditorMayChange, &place, id);
                }
                for command in commands.iter().filter(|command| !holds(role, command)) {
                    self.say(Kind::AuthorityCannotAct, &place, format!("{id}: {command}"));
                }
            }
        }
    }

    fn limits(&mut self, profile: &Profile) {
        let Profile { periods, idle, login, password, clock, .. } = profile;
        for (place, value, least, most) in [
            ("periods.entrant_months", periods.entrant_months, 1, 120),
            ("periods.planned_days", periods.planned_days, 1, 366),
            ("periods.permit_days", periods.permit_days, 1, 366),
            ("periods.exit_hours", periods.exit_hours, 1, 168),
            ("periods.soon_days", periods.soon_days, 1, 366),
            ("periods.late_days", periods.late_days, 1, 366),
            ("periods.telephone_hours", periods.telephone_hours, 1, 744),
            ("idle.screen_lock_s", idle.screen_lock_s, 15, 86_400),
            ("idle.full_lock_s", idle.full_lock_s, 60, 86_400),
            ("login.slow_after", login.slow_after, 1, 100),
            ("login.slow_s", login.slow_s, 1, 3600),
            ("login.slow_most_s", login.slow_most_s, 1, 86_400),
            ("login.lock_after", login.lock_after, 2, 1000),
            // Six is the lowest that any of the source regulations names (J-1-1-1-b).
            ("password.least", password.least, 6, 128),
            ("password.most", password.most, 8, 256),
            ("password.kinds", password.kinds, 1, 4),
            ("password.run", password.run, 1, 256),
            ("clock.back_s", clock.back_s, 1, 86_400),
            ("clock.ahead_days", clock.ahead_days, 1, 366),
        ] {
            self.range(place, value, least, most);
        }
        let idle_screen = ("idle.screen_lock_s", idle.screen_lock_s);
        self.order(idle_screen, ("idle.full_lock_s", idle.full_lock_s));
        self.order(("login.slow_s", login.slow_s), ("login.slow_most_s", login.slow_most_s));
        self.order(("login.slow_after", login.slow_after), ("login.lock_after", login.lock_after));
        self.order(("password.least", password.least), ("password.most", password.most));
        match &profile.offset {
            // A release that ends with the first edition knows no such key.
            Some(_) if self.edition < Edition::Two => self.say(Kind::UnknownField, "offset", ""),
            Some(offset) if parse_offset(offset).is_none() => self.say(Kind::OutOfRange, "offset", offset),
            _ => {}
        }
        self.text("password.source", &password.source, 1000, true);
    }

    fn unused_fields(&mut self, profile: &Profile) {
        self.twice("unused_fields", profile.unused_fields.iter());
        for name in &profile.unused_fields {
            let exists =
                name.split_once('.').is_some_and(|(command, field)| has_field(command, field, self.edition));
            if !exists {
                self.say(Kind::NoSuchField, "unused_fields", name);
            }
        }
    }

    fn duties(&mut self, profile: &Profile) {
        for (id, function) in &profile.duties {
            let (system, rest) = id.split_once('-').unwrap_or((id, ""));
            let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-';
            if system.len() != 1
                || !system.bytes().all(|b| b.is_ascii_uppercase())
                || !(1..=32).contains(&rest.len())
                || !rest.bytes().all(plain)
            {
                self.say(Kind::BadDuty, "duties", id);
            }
            self.text(&format!("duties.{id}"), function, 400, false);
        }
    }
}

/// Whether a role waits for a holder of itself: nobody would ever get it.
fn is_above_itself(accounts: &Accounts, role: &str) -> bool {
    let above = |id: &str| accounts.above.get(id).into_iter().flatten();
    let (mut met, mut next) = (BTreeSet::new(), above(role).collect::<Vec<_>>());
    while let Some(id) = next.pop() {
        if id == role {
            return true;
        }
        if met.insert(id) {
            next.extend(above(id));
        }
    }
    false
}

/// Whether somebody could ever appoint to an office: who founds a site, who is given the role with an account, or who was
/// appointed by somebody of whom this holds.
fn is_ever_held(profile: &Profile, office: &Office) -> bool {
    let (mut met, mut next) = (BTreeSet::new(), vec![office]);
    while let Some(office) = next.pop() {
        for id in &office.appointed_by {
            match profile.office(id) {
                Some(above) if !profile.role(id).is_some_and(|role| role.founds) => {
                    if met.insert(id) {
                        next.push(above);
                    }
                }
                _ => return true,
            }
        }
    }
    false
}

/// Whether a person may give a command of this name under an edition.
fn given(name: &str, edition: Edition) -> bool {
    Command::rule_of(name).is_some_and(|rule| rule.is_given_under(edition))
}

/// What is wrong with the name of a right, a command's or a query's.
pub(super) fn unknown(name: &str, edition: Edition) -> Option<Kind> {
    match name.strip_prefix(QUERY) {
        Some(query) if Query::of(query).is_some_and(|query| query.since <= edition) => None,
        Some(_) => Some(Kind::UnknownQuery),
        None if given(name, edition) => None,
        None => Some(Kind::UnknownCommand),
    }
}

fn holds(role: &Role, command: &str) -> bool {
    role.may.iter().any(|may| may == command)
}

/// Whether a command has a field: reading one with only that field complains of something else than the field.
fn has_field(command: &str, field: &str, edition: Edition) -> bool {
    if !given(command, edition) || field.is_empty() || field == "command" {
        return false;
    }
    let pairs = [("command", command), (field, "")].into_iter();
    match Command::deserialize(MapDeserializer::<_, ShapeError>::new(pairs)) {
        Ok(_) => true,
        Err(error) => error.kind != Kind::UnknownField,
    }
}
