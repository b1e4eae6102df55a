//! Emergency IDs (緊急用ID): roles that lie sealed until a night on which nobody who has them can be reached. One has no password and no
//! key of its own, so nothing that is kept in an envelope can be copied: whoever the rules let opens it with their own ID and a
//! reason, acts with its roles under both names until the day after at most, gives with it nothing that lasts, and somebody else
//! reviews it before it is sealed again.

use super::account::{may_give, no_clash_with_others};
use super::appointment::may_fill;
use super::command::commands;
use super::jurisdiction::{HeldRole, LiesIn, unnamed};
use super::lookup::{Case, every, invalid, own_matter, required, rows_under, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::tenure::Tenure;
use super::user::{known_roles, login_id, unused_id};
use super::{
    AccountDays, AppointmentKind, Book, Broken, Code, Command, Date, Edition, Ending, EntryMeta, Event,
    Filing, Group, HandedOver, Id, IssueUser, Limit, Moments, No, Noun, Outcome, Query, Row, Stamp, StandIn,
    Task, View, Waits, key, policy,
};
use crate::text::find::Part;

row! {
    /// An emergency ID.
    EmergencyAccount {
        /// The ID, `[a-z0-9_-]{1,32}`; no login ID is the same.
        user: String,
        /// The role ids that it gives whoever opens it.
        roles: Vec<String>,
        /// The jurisdiction within which; none where everywhere.
        jurisdiction: String,
        /// Made by whom, when, why.
        made: Ending,
        /// Each time that it was opened, oldest first.
        openings: Vec<Opening>,
        /// Withdrawn by whom, when, why.
        withdrawn: Option<Ending>,
    }
}

commands! {
    /// Seal an emergency ID: roles for a night on which nobody who has them can be reached.
    MakeEmergencyAccount = "make_emergency_account" => "emergency_account_made" {
        /// The ID.
        user: String,
        /// The role ids that it gives whoever opens it.
        roles: Vec<String>,
        /// The jurisdiction within which; the actor's own where none is given.
        jurisdiction: String,
        /// Why it is there.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason"],
            with: &["issue_user", "appoint"],
        }
        decide decide_make, touches [], on {};

    /// Open a sealed one: whoever does has its roles besides their own, until it is closed, or the day after is over. No group of
    /// rights holds it: a site's rules name the roles that may, or nobody may. A clock in doubt does not hinder it: a dead battery
    /// is of such nights.
    OpenEmergencyAccount = "open_emergency_account" => "emergency_account_opened" {
        /// Which.
        account: Option<Id>,
        /// Why it cannot wait.
        reason: String,
        /// Who was tried before, and how.
        tried: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason", "tried"],
        }
        decide decide_open, touches [], on { Noun::EmergencyAccount => may_open };

    /// Close an opened one: its roles are nobody's again.
    CloseEmergencyAccount = "close_emergency_account" => "emergency_account_closed" {
        /// Which.
        account: Option<Id>,
        /// What was done with it.
        done: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            sealed: &["done"],
            with: &["open_emergency_account", "issue_user", "appoint"],
        }
        decide decide_close, touches [], on { Noun::EmergencyAccount => may_close };

    /// Look at what was done with it, and seal it again: somebody who may give its roles, and did not open it.
    ReviewEmergencyAccount = "review_emergency_account" => "emergency_account_reviewed" {
        /// Which.
        account: Option<Id>,
        /// What was found, and what follows.
        finding: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["finding"],
            with: &["issue_user", "appoint"],
        }
        decide decide_review, touches [], on { Noun::EmergencyAccount => may_review };

    /// Withdraw a sealed one: nobody opens it any more, and its record stays.
    WithdrawEmergencyAccount = "withdraw_emergency_account" => "emergency_account_withdrawn" {
        /// Which.
        account: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            sealed: &["reason"],
            with: &["issue_user", "appoint"],
        }
        decide decide_withdraw, touches [], on { Noun::EmergencyAccount => may_withdraw };
}

/// One time that it was opened.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Opening {
    /// By whom, when, why.
    pub opened: Ending,
    /// Who was tried before, and how.
    pub tried: String,
    /// The last day on which its roles are theirs, inclusive.
    #[serde(with = "super::packed")]
    pub last: Date,
    /// Closed by whom, when, after what was done.
    pub closed: Option<Ending>,
    /// Reviewed by whom, when, with what finding.
    pub reviewed: Option<Ending>,
}

impl Moments for Opening {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.opened.each_moment(each);
        self.closed.each_moment(each);
        self.reviewed.each_moment(each);
    }
}

impl Opening {
    /// The last day as the clock told the day of its opening.
    fn last_as_told(&self) -> Date {
        after_the_night(self.opened.on.date_naive())
    }

    /// Whether its roles are those of whoever opened it. While the clock is in doubt both days count: the one that is sure, on
    /// which its last day rests, and the one that the clock tells, or nobody would have to confirm it.
    fn is_in_force(&self, days: AccountDays) -> bool {
        self.closed.is_none() && days.known <= self.last && days.latest <= self.last_as_told().max(self.last)
    }

    /// Whether they were at a moment.
    fn was_in_force(&self, moment: Stamp) -> bool {
        // A clock that was set back in between makes nothing that was opened unopened.
        let broken_off = self.closed.as_ref().map(|closed| closed.on.max(self.opened.on));
        let to = Some(self.last_as_told());
        Tenure { from: None, to, entered: self.opened.on, broken_off }.was_in_force(moment)
    }
}

/// The day on which what was opened on a day ends.
fn after_the_night(day: Date) -> Date {
    day.checked_add_days(chrono::Days::new(DAYS_OPEN)).unwrap_or(day)
}

/// Where an emergency ID stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seal {
    /// Nobody has its roles.
    Sealed,
    /// Somebody has.
    Open,
    /// Somebody had, and nobody has looked at it yet.
    ToReview,
    /// It is opened no more.
    Withdrawn,
}

impl Seal {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Seal::Sealed => SEALED,
            Seal::Open => "open",
            Seal::ToReview => "to_review",
            Seal::Withdrawn => WITHDRAWN,
        }
    }
}

/// The states under which they stand in the index: the calendar ends an opening, and nothing is written then.
const SEALED: &str = "sealed";
const USED: &str = "used";
const WITHDRAWN: &str = "withdrawn";

/// Days after that of its opening on which one is open: a night is over then.
const DAYS_OPEN: u64 = 1;

fn decide_make(case: &Case<'_>, c: &MakeEmergencyAccount) -> Result<Outcome, No> {
    login_id(&c.user)?;
    required(&c.reason, "reason")?;
    // What nobody could open is no help in the night.
    if policy::is_nobodys(case.profile(), OpenEmergencyAccount::RULE.name) {
        return Err(Code::NobodyOpens.no().into());
    }
    fit_for_a_night(case, &c.roles)?;
    let place = case.place_of_record(&c.jurisdiction, None, &c.roles)?;
    may_give_each(case, &c.roles)?;
    unused_id(case, &c.user)?;
    let id = case.view.next(Noun::EmergencyAccount)?;
    Ok(Outcome { id: Some(id), jurisdiction: unnamed(&c.jurisdiction, place), ..Outcome::default() })
}

/// Refuses roles that are not for a night: what audits. Nobody does so in a hurry, nor their own work.
fn fit_for_a_night(case: &Case<'_>, roles: &[String]) -> Result<(), No> {
    known_roles(case, roles)?;
    match roles.iter().find(|role| case.profile().audits(role)) {
        Some(role) => Err(invalid("roles", role).into()),
        None => Ok(()),
    }
}

/// Refuses the actor who could not give each of some roles for good: an office as whoever appoints to it, another as whoever issues
/// IDs with it.
fn may_give_each(case: &Case<'_>, roles: &[String]) -> Result<(), No> {
    for role in roles {
        if let Some(office) = case.profile().office(role) {
            may_fill(case, office, AppointmentKind::Principal)?;
        } else {
            policy::role_for(case.profile(), &case.context.actor.roles, IssueUser::RULE.name)?;
            may_give(case, std::slice::from_ref(role))?;
        }
    }
    Ok(())
}

/// One that stands so, on the days by which rights are judged.
fn standing_so(case: &Case<'_>, account: Option<Id>, seal: Seal) -> Result<EmergencyAccount, No> {
    let row: EmergencyAccount = case.given(account, "account")?;
    let stands = row.stands(case.context.account_days());
    if stands == seal { Ok(row) } else { Err(wrong_state(row.id, stands.name()).into()) }
}

/// A sealed one, in the actor's own right, of roles that clash with none of theirs (J-2-1-2).
fn may_open(case: &Case<'_>, account: Option<Id>) -> Result<EmergencyAccount, No> {
    let row = standing_so(case, account, Seal::Sealed)?;
    if case.context.acts_as.is_some() {
        return Err(Code::NotOwnRight.with("person", case.actor()).into());
    }
    fit_for_a_night(case, &row.roles)?;
    no_clash_with_others(case, case.actor(), &row.roles, None)?;
    // Whoever has opened another is reviewed first: nights are not strung together.
    for other in case.all::<EmergencyAccount>(&key::state(Noun::EmergencyAccount, USED))? {
        if let Some(opening) = other.used()
            && case.is_same(opening.opened.by, case.actor())?
        {
            return Err(wrong_state(other.id, other.stands(case.context.account_days()).name()).into());
        }
    }
    Ok(row)
}

fn decide_open(case: &Case<'_>, c: &OpenEmergencyAccount) -> Result<Outcome, No> {
    let row = may_open(case, c.account)?;
    required(&c.reason, "reason")?;
    required(&c.tried, "tried")?;
    let last = after_the_night(case.context.accounts_on);
    Ok(Outcome { id: Some(row.id), person: Some(case.actor()), until: Some(last), ..Outcome::default() })
}

/// One that was opened and not closed, its days over or not: whoever opened it says what was done, or somebody who may give its
/// roles.
fn may_close(case: &Case<'_>, account: Option<Id>) -> Result<EmergencyAccount, No> {
    let row: EmergencyAccount = case.given(account, "account")?;
    let Some(opening) = row.used().filter(|opening| opening.closed.is_none()) else {
        return Err(wrong_state(row.id, row.stands(case.context.account_days()).name()).into());
    };
    if !case.is_same(opening.opened.by, case.actor())? {
        may_give_each(case, &row.roles)?;
    }
    Ok(row)
}

fn decide_close(case: &Case<'_>, c: &CloseEmergencyAccount) -> Result<Outcome, No> {
    let row = may_close(case, c.account)?;
    required(&c.done, "done")?;
    Ok(Outcome { id: Some(row.id), ..Outcome::default() })
}

/// One that was used, by somebody who may give its roles and did not open it.
fn may_review(case: &Case<'_>, account: Option<Id>) -> Result<EmergencyAccount, No> {
    let row = standing_so(case, account, Seal::ToReview)?;
    if let Some(opening) = row.used() {
        case.not_of(&[opening.opened.by], || own_matter(case.actor()))?;
    }
    may_give_each(case, &row.roles)?;
    Ok(row)
}

fn decide_review(case: &Case<'_>, c: &ReviewEmergencyAccount) -> Result<Outcome, No> {
    let row = may_review(case, c.account)?;
    required(&c.finding, "finding")?;
    Ok(Outcome { id: Some(row.id), ..Outcome::default() })
}

/// A sealed one whose roles the actor may give.
fn may_withdraw(case: &Case<'_>, account: Option<Id>) -> Result<EmergencyAccount, No> {
    let row = standing_so(case, account, Seal::Sealed)?;
    may_give_each(case, &row.roles)?;
    Ok(row)
}

fn decide_withdraw(case: &Case<'_>, c: &WithdrawEmergencyAccount) -> Result<Outcome, No> {
    let row = may_withdraw(case, c.account)?;
    required(&c.reason, "reason")?;
    Ok(Outcome { id: Some(row.id), ..Outcome::default() })
}

/// The emergency IDs that somebody opened and has open on the days by which rights are judged.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn opened_by(
    view: &dyn View,
    person: Id,
    days: AccountDays,
) -> Result<Vec<EmergencyAccount>, Broken> {
    let mut found: Vec<EmergencyAccount> = rows_under(view, &key::of(Noun::EmergencyAccount, person))?;
    found.retain(|row| row.opener(days) == Some(person));
    Ok(found)
}

/// The emergency IDs that somebody had open at a moment.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn opened_at(view: &dyn View, person: Id, moment: Stamp) -> Result<Vec<EmergencyAccount>, Broken> {
    let mut found: Vec<EmergencyAccount> = rows_under(view, &key::of(Noun::EmergencyAccount, person))?;
    found.retain(|row| row.opened_then(moment) == Some(person));
    Ok(found)
}

/// Every emergency ID with a role that somebody had open at a moment, and who.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn in_role_at(
    view: &dyn View,
    role: &str,
    moment: Stamp,
) -> Result<Vec<(EmergencyAccount, Id)>, Broken> {
    let mut found = Vec::new();
    for row in every::<EmergencyAccount>(view, Noun::EmergencyAccount)? {
        if let Some(person) = row.opened_then(moment).filter(|_| row.roles.iter().any(|held| held == role)) {
            found.push((row, person));
        }
    }
    Ok(found)
}

/// The roles that somebody has by an emergency ID that they opened, on the days by which rights are judged.
///
/// # Errors
/// [`Broken`] when the registers cannot be read.
pub(super) fn roles_open(view: &dyn View, person: Id, days: AccountDays) -> Result<Vec<HeldRole>, Broken> {
    Ok(opened_by(view, person, days)?.into_iter().map(StandIn::from).flat_map(StandIn::held).collect())
}

impl From<EmergencyAccount> for StandIn {
    fn from(row: EmergencyAccount) -> StandIn {
        let (whom, roles, within) = (Some(row.id), row.roles, row.jurisdiction);
        StandIn { whom, roles, within, what: None, limit: Limit::Lasting }
    }
}

impl EmergencyAccount {
    /// The opening that nobody has reviewed.
    fn used(&self) -> Option<&Opening> {
        self.openings.last().filter(|opening| opening.reviewed.is_none())
    }

    /// Whether somebody opened it, and nobody has reviewed that.
    pub(super) fn is_used(&self) -> bool {
        self.used().is_some()
    }

    /// Where it stands, by the days by which rights are judged.
    pub fn stands(&self, days: AccountDays) -> Seal {
        match self.used() {
            _ if self.withdrawn.is_some() => Seal::Withdrawn,
            Some(opening) if opening.is_in_force(days) => Seal::Open,
            Some(_) => Seal::ToReview,
            None => Seal::Sealed,
        }
    }

    /// Who has its roles.
    fn opener(&self, days: AccountDays) -> Option<Id> {
        self.used().filter(|opening| opening.is_in_force(days)).map(|opening| opening.opened.by)
    }

    /// Who had its roles at a moment.
    fn opened_then(&self, moment: Stamp) -> Option<Id> {
        let then = self.openings.iter().rev().find(|opening| opening.was_in_force(moment));
        then.map(|opening| opening.opened.by)
    }
}

/// What is asked of the row ([`super::Row`]).
impl EmergencyAccount {
    pub(super) const FILING: Filing = Filing {
        states: &[(SEALED, SEALED), ("open", USED), ("to_review", USED), (WITHDRAWN, WITHDRAWN)],
        named: true,
        offered: |row| matches!(row, Row::EmergencyAccount(row) if row.withdrawn.is_none()),
        // Whoever reviews it reads why.
        texts_needed: |row, _| match row {
            Row::EmergencyAccount(row) if row.is_used() => Some(Seal::ToReview.name()),
            _ => None,
        },
        in_use: |row, person, day| matches!(row, Row::EmergencyAccount(row) if row.opener(AccountDays::from(day, day)) == Some(person)),
        on_leaving: super::leaving::OnLeaving::EndsAnywhere,
        roles: Some(|row| match row {
            Row::EmergencyAccount(row) => &row.roles,
            _ => &[],
        }),
        lies: Some(|row| match row {
            Row::EmergencyAccount(row) => LiesIn::Common(&row.jurisdiction),
            _ => LiesIn::Nowhere,
        }),
        lists_by: &[Noun::Person],
        handed_over: &[(USED, HandedOver::Open)],
        settled_by: &[(USED, ReviewEmergencyAccount::RULE.name)],
        query: Some(Query {
            name: "emergency_accounts",
            group: Group(Book::Entry, Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::MakeEmergencyAccount(c) = &event.command else { return None };
        Some(EmergencyAccount {
            id,
            trace: meta.trace(),
            user: c.user.clone(),
            roles: c.roles.clone(),
            jurisdiction: event.placed(&c.jurisdiction),
            made: meta.ending(event.happened(meta), &c.reason),
            openings: Vec::new(),
            withdrawn: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let ending = |reason: &str| meta.ending(event.happened(meta), reason);
        let last = self.openings.last_mut();
        match (&event.command, last) {
            (Command::OpenEmergencyAccount(c), _) => {
                let Some(last) = event.outcome.until else { return false };
                let (opened, tried) = (ending(&c.reason), c.tried.clone());
                self.openings.push(Opening { opened, tried, last, closed: None, reviewed: None });
            }
            (Command::CloseEmergencyAccount(c), Some(opening)) => opening.closed = Some(ending(&c.done)),
            // What was done nobody has said: the review asks.
            (Command::Leave(_), Some(opening)) => opening.closed = Some(ending("")),
            (Command::ReviewEmergencyAccount(c), Some(opening)) => {
                opening.reviewed = Some(ending(&c.finding))
            }
            (Command::WithdrawEmergencyAccount(c), _) => self.withdrawn = Some(ending(&c.reason)),
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::EmergencyAccount;
        let state = match self.used() {
            _ if self.withdrawn.is_some() => WITHDRAWN,
            Some(_) => USED,
            None => SEALED,
        };
        vec![key::number(noun, &self.user), key::state(noun, state)]
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Number, &self.user)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        let mut people: Vec<Id> = self.openings.iter().map(|opening| opening.opened.by).collect();
        people.sort_unstable();
        people.dedup();
        people
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.about()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.openings.iter().any(|opening| opening.opened.by == id)
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let each = self.openings.iter_mut().flat_map(|opening| {
            let ends = [Some(&mut opening.opened), opening.closed.as_mut(), opening.reviewed.as_mut()];
            ends.into_iter().flatten().map(|end| &mut end.reason).chain([&mut opening.tried])
        });
        let ends = std::iter::once(&mut self.made).chain(self.withdrawn.as_mut());
        Some(each.chain(ends.map(|end| &mut end.reason)).collect())
    }
}
