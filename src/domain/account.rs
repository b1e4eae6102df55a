//! Accounts: what is asked of one before somebody gets it, on what it rests, from when to when it may be used, and when its
//! password is due. The record of it is the user's ([`super::User`]).

use super::choice::choice;
use super::emergency_account::roles_open;
use super::jurisdiction::unnamed;
use super::lookup::{
    Case, exists, hex64, in_order, last_of_months, missing, no_longer, own_matter, required,
};
use super::organisation_id::roles_to_be;
use super::rights::{holders_around, offices_to_be};
use super::user::{known_roles, login_id, no_clash, unused_id, unused_key};
use super::user_application::may_grant_new;
use super::way_in::bound;
use super::{
    CarryOverUser, Code, Date, Edition, Id, IssueUser, No, Noun, Outcome, Password, Person, PlannedChange,
    ProfileVersion, Rejection, Sealing, Stamp, User, UserState, WayIn, key,
};
use chrono::Days;

choice! {
    /// On what an account rests.
    Basis {
        /// An application.
        Application = "application",
        /// The issuer's decision alone.
        #[default]
        Unapplied = "unapplied",
        /// A decision of before the site was founded.
        CarriedOver = "carried_over",
        /// The founding of the site.
        Founding = "founding",
        /// The recovery sheet.
        Sheet = "sheet",
    }
}

/// What was decided before the site was founded, as the books of then say.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct DecidedBefore {
    /// Who decided it.
    pub by: String,
    /// When.
    #[serde(with = "super::packed")]
    pub on: Date,
    /// Its number; empty where it had none.
    pub number: String,
}

impl super::Moments for DecidedBefore {
    fn each_moment(&mut self, _: &mut dyn FnMut(&mut Stamp)) {}
}

/// Between which days the time is, by which periods of accounts are judged. The same day twice where the clock is not in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AccountDays {
    /// The last day that was sure: it is not earlier than that.
    pub known: Date,
    /// The day that the clock tells, where that is later.
    pub latest: Date,
}

impl AccountDays {
    /// From the last day that was sure, and the one that the clock tells.
    pub fn from(known: Date, told: Date) -> AccountDays {
        AccountDays { known, latest: known.max(told) }
    }
}

/// An account as it is applied for or issued: what is asked of both.
pub(super) struct Wanted<'a> {
    pub person: &'a Person,
    pub roles: &'a [String],
    /// The jurisdiction in which it lies.
    pub place: &'a str,
    pub from: Date,
    pub to: Option<Date>,
    pub duty: &'a str,
    /// The account that is there already, where it is about one.
    pub existing: Option<&'a User>,
}

impl Wanted<'_> {
    /// Refuses what is no account under the profile: its period, its duty, what the person's record tells.
    pub fn judge(&self, case: &Case<'_>) -> Result<(), No> {
        let accounts = case.profile().accounts();
        let today = case.context.day();
        if self.from < today {
            return Err(Code::BeforePermission.with("from", self.from).and("day", today).into());
        }
        if let Some(to) = self.to {
            in_order(self.from, to)?;
            no_longer(self.from, to, last_of_months(self.from, accounts.most_months, case.context.edition))?;
        }
        if self.roles.iter().any(|role| accounts.administrative.contains(role)) {
            required(self.duty, "duty")?;
        }
        for need in self.needs(case) {
            let (told, of_person) = match need {
                "organisation" => {
                    (!self.person.organisation.trim().is_empty() || self.person.company.is_some(), true)
                }
                "contact" => (!self.person.contact.trim().is_empty(), true),
                "to" => (self.to.is_some(), false),
                _ => continue,
            };
            if !told && of_person {
                return Err(Code::PersonIncomplete.with("person", self.person.id).and("field", need).into());
            }
            if !told {
                return Err(missing(need).into());
            }
        }
        self.not_gone(case)?;
        if accounts.one_each {
            let others: Vec<User> = case.all_of(Noun::User, self.person.id)?;
            let in_use = |user: &&User| {
                !user.state.has_ended() && Some(user.id) != self.existing.map(|existing| existing.id)
            };
            if let Some(other) = others.iter().find(in_use) {
                return Err(exists(other.id).into());
            }
        }
        Ok(())
    }

    /// Refuses days on which the person will be away or gone, by a personnel change that the account does not know: who is
    /// transferred may have another one from that day on (S-12-4).
    fn not_gone(&self, case: &Case<'_>) -> Result<(), No> {
        let known = |change: &PlannedChange| self.existing.is_some_and(|user| user.is_barred_by(change.id));
        let mut changes = Vec::new();
        for change in case.all_of::<PlannedChange>(Noun::PlannedChange, self.person.id)? {
            // What another part of the organisation announced of its own account bars none here.
            if case.concerns(&change, self.place)? {
                changes.push(change);
            }
        }
        let day = case.context.day();
        let bars = |change: &&PlannedChange| change.bars(self.from, self.to, day) && !known(change);
        match changes.iter().find(bars) {
            Some(change) => {
                Err(Code::ChangeExpected.with("person", self.person.id).and("record", change.id).into())
            }
            None => Ok(()),
        }
    }

    /// What the profile asks of it, by name.
    pub fn needs<'p>(&self, case: &'p Case<'_>) -> Vec<&'p str> {
        let accounts = case.profile().accounts();
        let outsider = if self.person.company.is_some() { accounts.outsider_needs.as_slice() } else { &[] };
        accounts.needs.iter().chain(outsider).map(String::as_str).collect()
    }

    /// The new ID, by an actor whose own matter it is not and who may give its roles.
    fn issued(
        &self,
        case: &Case<'_>,
        user: &str,
        key: &str,
        ways: (&Option<WayIn>, &Option<Sealing>),
    ) -> Result<Outcome, No> {
        no_clash_with_others(case, self.person.id, self.roles, None)?;
        case.not_of(&[self.person.id], || own_matter(self.person.id))?;
        self.may_be_issued(case)?;
        case.may_know_password_of(self.person.id)?;
        new_id(case, self.person.id, user, key, ways)
    }

    /// Refuses the actor who may not give these roles, and everybody while the level above is not there (S-6).
    pub fn may_be_issued(&self, case: &Case<'_>) -> Result<(), No> {
        may_give(case, self.roles)?;
        let accounts = case.profile().accounts();
        let (edition, day) = (case.context.edition, case.context.accounts_on);
        for role in self.roles {
            for above in accounts.above.get(role).into_iter().flatten() {
                let around = (case.profile(), self.place);
                if holders_around(case.view, edition, above, around, day)?.is_empty() {
                    return Err(Code::NobodyAbove.with("role", role).and("above", above).into());
                }
            }
        }
        Ok(())
    }
}

/// Refuses roles that the person may not have beside those they have, under whatever ID: a suspended one may be resumed. What
/// has ended does not count: opened again, it is judged by those there are then. Before edition 3 it counted for ever. Without
/// one account, which gets the roles.
pub(super) fn no_clash_with_others(
    case: &Case<'_>,
    person: Id,
    roles: &[String],
    without: Option<Id>,
) -> Result<(), No> {
    let mut roles = roles.to_vec();
    for other in case.all::<User>(&key::of(Noun::User, person))? {
        let counts = case.context.edition < Edition::Three || !other.state.has_ended();
        if counts && Some(other.id) != without {
            roles.extend(other.roles);
        }
    }
    roles.extend(offices_to_be(case.view, person, case.context.day())?);
    // As whose organisation they act counts as well, and what they have open for a night.
    roles.extend(roles_to_be(case.view, person, case.context.day())?.into_iter().map(|held| held.role));
    roles.extend(
        roles_open(case.view, person, case.context.account_days())?.into_iter().map(|held| held.role),
    );
    Ok(no_clash(case, person, &roles)?)
}

/// Roles that an account may have: known ones, none of which is an office, to which people are appointed. Who holds an office
/// or belongs to an organisation needs no other.
pub(super) fn no_office(case: &Case<'_>, person: Id, roles: &[String]) -> Result<(), No> {
    if let Some(role) = roles.iter().find(|role| case.profile().office(role).is_some()) {
        return Err(Code::OfficeAppointed.with("role", role).into());
    }
    let day = case.context.day();
    if roles.is_empty()
        && !(offices_to_be(case.view, person, day)?.is_empty()
            && roles_to_be(case.view, person, day)?.is_empty())
    {
        return Ok(());
    }
    Ok(known_roles(case, roles)?)
}

impl Case<'_> {
    /// The day on which the site was founded: the first of its first version.
    fn founded(&self) -> Result<Date, No> {
        let ProfileVersion { from: founded, .. } = self.row(Id::new(Noun::Profile, 1))?;
        Ok(founded)
    }

    /// Whether what was decided on a day before the founding may be carried over: who was there by then is known within the
    /// days in which paper may be late.
    pub fn is_carried_over(&self, decided: Date) -> Result<bool, No> {
        let founded = self.founded()?;
        let days = u64::from(self.profile().periods.late_days);
        let last = founded.checked_add_days(Days::new(days)).unwrap_or(Date::MAX);
        Ok(decided <= founded && self.context.day() <= last)
    }
}

/// A person's new login ID with its key and its way into the vault.
pub(super) fn new_id(
    case: &Case<'_>,
    person: Id,
    user: &str,
    key: &str,
    ways: (&Option<WayIn>, &Option<Sealing>),
) -> Result<Outcome, No> {
    unused_id(case, user)?;
    unused_key(case, key)?;
    bound(case, Some(ways.0.as_ref()), ways.1.as_ref())?;
    let id = case.view.next(Noun::User)?;
    Ok(Outcome { id: Some(id), user: Some(id), person: Some(person), ..Outcome::default() })
}

/// What is issued from edition 3 on: on an application, or without one where the profile lets it (J-1-1-2).
pub(super) fn decide_account(case: &Case<'_>, c: &IssueUser) -> Result<Outcome, No> {
    // Its first day is judged by today, and stays.
    if case.context.clock_unconfirmed {
        return Err(Code::ClockUnconfirmed.no().into());
    }
    let applied = c.application.map(|id| may_grant_new(case, Some(id))).transpose()?;
    let accounts = case.profile().accounts();
    let roles = match &applied {
        Some(row) if c.roles.is_empty() => row.roles.clone(),
        _ => c.roles.clone(),
    };
    let today = case.context.day();
    let from = c.from.or(applied.as_ref().map(|row| row.from.max(today)));
    let to = c.to.or(applied.as_ref().and_then(|row| row.to));
    let person = case.person(c.person.or(applied.as_ref().map(|row| row.person)), "person")?;
    no_office(case, person.id, &roles)?;
    let place = case.place_of_account(
        &c.jurisdiction,
        applied.as_ref().map(|row| row.jurisdiction.as_str()),
        &roles,
    )?;
    let wanted = Wanted {
        person: &person,
        roles: &roles,
        place: &place,
        from: from.unwrap_or(today),
        to,
        duty: match &applied {
            Some(row) if c.duty.is_empty() => &row.duty,
            _ => &c.duty,
        },
        existing: None,
    };
    wanted.judge(case)?;
    match &applied {
        Some(row) => row.covers(case, person.id, &roles, (from, to), &place)?,
        None if !accounts.without_application => {
            return Err(Code::ApplicationNeeded.with("person", person.id).into());
        }
        None => {}
    }
    let issued = wanted.issued(case, &c.user, &c.key, (&c.way_in, &c.sealing))?;
    Ok(Outcome {
        // What the command leaves to the application stands with the account: a row is made of its own entries alone.
        roles: if c.roles.is_empty() { roles } else { Vec::new() },
        from: if c.from.is_none() { from } else { None },
        until: if c.to.is_none() { to } else { None },
        jurisdiction: unnamed(&c.jurisdiction, place),
        also: c.application.into_iter().collect(),
        ..issued
    })
}

pub(super) fn decide_carry_over(case: &Case<'_>, c: &CarryOverUser) -> Result<Outcome, No> {
    login_id(&c.user)?;
    hex64(&c.key, "key")?;
    required(&c.decided_by, "decided_by")?;
    let decided = c.decided_on.ok_or_else(|| missing("decided_on"))?;
    let person = case.person(c.person, "person")?;
    no_office(case, person.id, &c.roles)?;
    let founded = case.founded()?;
    if decided > founded {
        return Err(Code::DayTooLate.with("day", decided).and("to", founded).into());
    }
    // It is no way around an application.
    if !case.profile().accounts().without_application && !case.is_carried_over(decided)? {
        return Err(Code::ApplicationNeeded.with("person", person.id).into());
    }
    let place = case.place_of_account(&c.jurisdiction, None, &c.roles)?;
    let wanted = Wanted {
        person: &person,
        roles: &c.roles,
        place: &place,
        from: case.context.day(),
        to: c.to,
        duty: &c.duty,
        existing: None,
    };
    wanted.judge(case)?;
    let issued = wanted.issued(case, &c.user, &c.key, (&c.way_in, &c.sealing))?;
    Ok(Outcome { jurisdiction: unnamed(&c.jurisdiction, place), ..issued })
}

/// Refuses the actor who may not give some roles.
pub(super) fn may_give(case: &Case<'_>, roles: &[String]) -> Result<(), No> {
    let issued_by = &case.profile().accounts().issued_by;
    for issuers in roles.iter().filter_map(|role| issued_by.get(role)) {
        case.authority(case.actor(), issuers)?;
    }
    Ok(())
}

/// Whether a day is between two, inclusive; where one is not told there is none.
pub(super) fn is_between((from, until): (Option<Date>, Option<Date>), day: Date) -> bool {
    from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
}

impl User {
    /// Why it may not be used on a day: its period has not begun, or is over (J-1-1-1-c), or a personnel change bars it (S-12-4).
    pub fn is_outside_period(&self, day: Date) -> Option<Rejection> {
        match (self.from, self.until) {
            (Some(from), _) if day < from => {
                Some(Code::AccountNotBegun.with("user", &self.user).and("from", from))
            }
            (_, Some(until)) if until < day => {
                Some(Code::AccountOver.with("user", &self.user).and("until", until))
            }
            _ => {
                let stop = self.stop_on(day)?;
                let no = Code::AccountStopped.with("user", &self.user).and("from", stop.from);
                Some(no.and("record", stop.change))
            }
        }
    }

    /// Why it may not be used, where the time is between two days: it is outside its period on one of them.
    pub(super) fn may_be_outside(&self, days: AccountDays) -> Option<Rejection> {
        self.is_outside_period(days.known).or_else(|| self.is_outside_period(days.latest))
    }

    /// Why it may not be used, whatever time it is between two days: it is outside its period on both.
    pub fn is_surely_outside(&self, days: AccountDays) -> Option<Rejection> {
        self.is_outside_period(days.known).and_then(|_| self.is_outside_period(days.latest))
    }

    /// Why whoever has it gives and asks nothing between two days: outside its period, or their password is due.
    pub fn is_barred(&self, rule: &Password, days: AccountDays) -> Option<Rejection> {
        self.may_be_outside(days).or_else(|| self.is_password_due(rule, days.known))
    }

    /// Whether nobody uses it any more on a day, but by opening it again or making its period longer: closed, or over, or
    /// its person's who is gone for good. Who was transferred may go on with it.
    pub fn is_done_with(&self, day: Date) -> bool {
        let over = self.until.is_some_and(|until| until < day) || self.is_retired(day);
        self.state == UserState::Closed || over && self.state != UserState::Removed
    }

    /// Whether a day is in its period.
    pub fn is_in_period(&self, day: Date) -> bool {
        self.is_outside_period(day).is_none()
    }

    /// Why the password opens nothing but its change on a day: its owner reported it, or it has been used as long as the
    /// profile lets it (J-1-1-1-b, S-PW-2). A provisional one is replaced before anything else anyway.
    pub fn is_password_due(&self, rule: &Password, day: Date) -> Option<Rejection> {
        let held = self.keys.last().filter(|held| !held.provisional)?;
        if self.reported.as_ref().is_some_and(|reported| held.since <= reported.entry) {
            return Some(Code::PasswordReported.with("user", &self.user));
        }
        let due = rule.due(self.password_set?.date_naive()).filter(|due| *due <= day)?;
        Some(Code::PasswordDue.with("user", &self.user).and("day", due))
    }
}
