//! Applications for accounts: who is to get which roles, why and until when, asked for by whom, checked by the desk, granted or
//! refused by somebody else (J-1-1-1-c, J-1-1-2, S-6).

use super::account::{Wanted, no_clash_with_others, no_office};
use super::choice::choice;
use super::command::commands;
use super::jurisdiction::{LiesIn, unnamed};
use super::lookup::{Case, exists, invalid, missing, no_authority, required, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::user::by_login;
use super::{
    Code, Command, Date, Days, Edition, Ending, EntryMeta, Event, Filing, Id, Leave, No, Noun, Outcome, Row,
    Stamp, User, UserState, Waits, key, policy,
};
use crate::text::find::Part;

row! {
    /// An application for an account.
    UserApplication {
        /// Who is to have it.
        person: Id,
        /// Role ids wanted.
        roles: Vec<String>,
        /// The jurisdiction in which the account is to lie.
        jurisdiction: String,
        /// What it is to be used for.
        scope: String,
        /// The duty that needs administrator rights (J-1-1-2).
        duty: String,
        /// Why.
        reason: String,
        /// On whose word.
        asked_by: AskedBy,
        /// The department that applies.
        department: String,
        /// Who applied.
        applicant: Id,
        /// Who typed the application.
        entered_by: Id,
        /// First day wanted.
        #[serde(with = "super::packed")]
        from: Date,
        /// Last day wanted, inclusive; none where it has no end.
        #[serde(with = "super::packed")]
        to: Option<Date>,
        /// Applied when.
        #[serde(with = "super::packed")]
        applied: Stamp,
        /// Where it stands.
        state: ApplicationState,
        /// Received by whom, when.
        received: Option<Ending>,
        /// What the desk found, last.
        check: Option<ApplicationCheck>,
        /// Granted or refused by whom, when, why.
        decided: Option<Ending>,
        /// Taken back by whom, when, why.
        withdrawn: Option<Ending>,
        /// The account that is to be changed or opened again; none where it is for a new one.
        existing: Option<Id>,
        /// The account that it became.
        account: Option<Id>,
    }
}

/// What the desk found of an application.
#[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct ApplicationCheck {
    /// By whom, when, and what else there is to say.
    pub done: Ending,
    /// Nothing that it must tell is missing.
    pub complete: bool,
    /// The person has no other account.
    pub single: bool,
    /// It comes from whom it says.
    pub genuine: bool,
    /// The person can be reached.
    pub reachable: bool,
}

impl CheckApplication {
    /// Whether all is in order.
    fn is_in_order(&self) -> bool {
        self.complete && self.single && self.genuine && self.reachable
    }
}

impl super::Moments for ApplicationCheck {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.done.each_moment(each);
    }
}

commands! {
    /// Apply for an account (J-1-1-1-c, J-1-1-2).
    ApplyUser = "apply_user" => "user_applied" {
        /// Who is to have it.
        person: Option<Id>,
        /// The account that is to be changed or opened again, by login ID; none for a new one.
        user: String,
        /// Role ids of the profile.
        roles: Vec<String>,
        /// The jurisdiction in which it is to lie; where none is given that of the account, or the actor's own.
        jurisdiction: String,
        /// First day.
        from: Option<Date>,
        /// Last day, inclusive.
        to: Option<Date>,
        /// What it is to be used for.
        scope: String,
        /// The duty that needs administrator rights.
        duty: String,
        /// Why.
        reason: String,
        /// On whose word.
        asked_by: AskedBy,
        /// The department that applies.
        department: String,
        /// Who applies, where the actor types a paper application; the actor where absent.
        applicant: Option<Id>,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(super::Group(super::Book::Users, super::Task::Desk)),
            needs_clock: true,
            sealed: &["scope", "duty", "reason"],
        }
        decide decide_apply, touches [], on {};

    /// Say that an application has come in.
    ReceiveApplication = "receive_application" => "application_received" {
        /// Which.
        application: Option<Id>,
        /// How it came, and what is missing.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(super::Group(super::Book::Users, super::Task::Upkeep)),
            sealed: &["remarks"],
        }
        decide decide_receive, touches [], on { Noun::UserApplication => may_receive };

    /// Say what the desk found of an application; one that is not in order can be checked again.
    CheckApplication = "check_application" => "application_checked" {
        /// Which.
        application: Option<Id>,
        /// Nothing that it must tell is missing.
        complete: bool,
        /// The person has no other account.
        single: bool,
        /// It comes from whom it says.
        genuine: bool,
        /// The person can be reached.
        reachable: bool,
        /// What was found; always where something is not in order.
        remarks: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(super::Group(super::Book::Users, super::Task::Upkeep)),
            sealed: &["remarks"],
        }
        decide decide_check, touches [], on { Noun::UserApplication => may_check };

    /// Refuse an application; never by whoever applied (J-2-1-2). It is granted by issuing the ID.
    RefuseApplication = "refuse_application" => "application_refused" {
        /// Which.
        application: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            waits: Waits::Proved,
            sealed: &["reason"],
            with: &["issue_user"],
        }
        decide decide_refuse, touches [], on { Noun::UserApplication => may_refuse };

    /// Take an application back before it is decided.
    WithdrawApplication = "withdraw_application" => "application_withdrawn" {
        /// Which.
        application: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Three,
            group: Some(super::Group(super::Book::Users, super::Task::Desk)),
            sealed: &["reason"],
        }
        decide decide_withdraw, touches [], on { Noun::UserApplication => may_withdraw };
}

choice! {
    /// On whose word an account is applied for.
    AskedBy {
        /// The person's department.
        #[default]
        Department = "department",
        /// The person themselves.
        Person = "person",
        /// Nobody: the regulation takes it as applied for (みなし申請).
        Deemed = "deemed",
    }
    /// Where an application stands.
    ApplicationState {
        /// Applied for.
        #[default]
        Applied = "applied",
        /// Received, and where it was checked not in order.
        Received = "received",
        /// Checked, and in order.
        Checked = "checked",
        /// Granted: the ID is issued.
        Granted = "granted",
        /// Refused.
        Refused = "refused",
        /// Taken back.
        Withdrawn = "withdrawn",
    }
}

impl ApplicationState {
    /// Whether nobody has decided it.
    pub fn is_open(self) -> bool {
        matches!(self, ApplicationState::Applied | ApplicationState::Received | ApplicationState::Checked)
    }
}

/// The state under which all that nobody has decided stand in the index.
const OPEN: &str = "open";

pub(super) fn decide_apply(case: &Case<'_>, c: &ApplyUser) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let from = c.from.ok_or_else(|| missing("from"))?;
    let (existing, person) = if c.user.is_empty() {
        (None, case.person(c.person, "person")?)
    } else {
        let existing = applied_for(case, &c.user)?;
        if existing.state == UserState::Removed {
            return Err(wrong_state(existing.id, existing.state.name()).into());
        }
        let person = case.person(c.person.or(Some(existing.person)), "person")?;
        of_the_same(case, &existing, person.id)?;
        (Some(existing), person)
    };
    no_office(case, person.id, &c.roles)?;
    let applicant = case.person(Some(c.applicant.unwrap_or(case.actor())), "applicant")?;
    let stands = existing.as_ref().map(|user| user.jurisdiction.as_str());
    let place = case.place_of_record(&c.jurisdiction, stands, &c.roles)?;
    let wanted = Wanted {
        person: &person,
        roles: &c.roles,
        place: &place,
        from,
        to: c.to,
        duty: &c.duty,
        existing: existing.as_ref(),
    };
    wanted.judge(case)?;
    for need in wanted.needs(case) {
        match need {
            "department" => required(&c.department, "department")?,
            "scope" => required(&c.scope, "scope")?,
            _ => {}
        }
    }
    let existing = existing.map(|user| user.id);
    no_clash_with_others(case, person.id, &c.roles, existing)?;
    // Applied for twice it would be issued twice.
    let others: Vec<UserApplication> = case.all_of(Noun::UserApplication, person.id)?;
    // Of another part of the organisation it is another account.
    let here = |other: &&UserApplication| other.jurisdiction == place || case.reaches(&other.jurisdiction);
    if let Some(other) = others.iter().filter(here).find(|other| other.state.is_open()) {
        return Err(exists(other.id).into());
    }
    let id = case.view.next(Noun::UserApplication)?;
    let (id, person, by) = (Some(id), Some(person.id), Some(applicant.id));
    let jurisdiction = unnamed(&c.jurisdiction, place);
    Ok(Outcome { id, person, user: existing, by, jurisdiction, ..Outcome::default() })
}

/// The account that is to be changed or opened again: one in the actor's jurisdiction, or their own.
fn applied_for(case: &Case<'_>, login: &str) -> Result<User, No> {
    let user = by_login(case, login)?;
    if user.person != case.actor() {
        case.reached(&user.jurisdiction)?;
    }
    Ok(user)
}

/// Refuses to put another person on an account: it is closed, and a new one issued (S-13-3).
fn of_the_same(case: &Case<'_>, existing: &User, person: Id) -> Result<(), No> {
    if case.is_same(existing.person, person)? {
        return Ok(());
    }
    Err(Code::AccountOfAnother.with("user", &existing.user).and("person", existing.person).into())
}

/// An application in one of some states.
fn standing(
    case: &Case<'_>,
    application: Option<Id>,
    is_so: impl Fn(ApplicationState) -> bool,
) -> Result<UserApplication, No> {
    let row: UserApplication = case.given(application, "application")?;
    if is_so(row.state) { Ok(row) } else { Err(wrong_state(row.id, row.state.name()).into()) }
}

/// Refuses the actor's own: neither applied for, nor typed by them, nor theirs to have (J-2-1-2).
fn not_own(case: &Case<'_>, row: UserApplication) -> Result<UserApplication, No> {
    case.not_of(&row.whose(), || Code::OwnApplication.with("record", row.id))?;
    Ok(row)
}

/// One that has not been received.
fn may_receive(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    standing(case, application, |state| state == ApplicationState::Applied)
}

/// One that was received; not checked by whoever applied or typed it, or for whom.
fn may_check(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    let row = standing(case, application, |state| {
        matches!(state, ApplicationState::Received | ApplicationState::Checked)
    })?;
    not_own(case, row)
}

/// One that nobody has decided, and that is not the actor's own: neither applied for nor typed by them (J-2-1-2).
fn may_refuse(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    let row = standing(case, application, ApplicationState::is_open)?;
    not_own(case, row)
}

/// The same, checked by the desk where the profile asks that.
pub(super) fn may_grant(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    let row = may_refuse(case, application)?;
    if case.profile().accounts().checked && row.state != ApplicationState::Checked {
        return Err(Code::ApplicationUnchecked.with("record", row.id).into());
    }
    Ok(row)
}

/// The same, for an account that is not there yet.
pub(super) fn may_grant_new(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    let row = may_grant(case, application)?;
    if row.existing.is_some() { Err(invalid("application", row.id).into()) } else { Ok(row) }
}

/// One that nobody has decided: the actor's own, or anybody's where the actor may decide it.
fn may_withdraw(case: &Case<'_>, application: Option<Id>) -> Result<UserApplication, No> {
    let row = standing(case, application, ApplicationState::is_open)?;
    let me = case.actor();
    if case.is_among(me, &row.whose())? {
        return Ok(row);
    }
    let decides = RefuseApplication::RULE.name;
    match policy::role_for(case.profile(), &case.context.actor.roles, decides) {
        Ok(_) => Ok(row),
        Err(denied) => Err(no_authority(me, &denied.needs.join(", ")).into()),
    }
}

fn decide_receive(case: &Case<'_>, c: &ReceiveApplication) -> Result<Outcome, No> {
    Ok(about(&may_receive(case, c.application)?))
}

fn decide_check(case: &Case<'_>, c: &CheckApplication) -> Result<Outcome, No> {
    let row = may_check(case, c.application)?;
    if !c.is_in_order() {
        required(&c.remarks, "remarks")?;
    }
    Ok(about(&row))
}

fn decide_refuse(case: &Case<'_>, c: &RefuseApplication) -> Result<Outcome, No> {
    let row = may_refuse(case, c.application)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

fn decide_withdraw(case: &Case<'_>, c: &WithdrawApplication) -> Result<Outcome, No> {
    let row = may_withdraw(case, c.application)?;
    required(&c.reason, "reason")?;
    Ok(about(&row))
}

fn about(row: &UserApplication) -> Outcome {
    Outcome { id: Some(row.id), person: Some(row.person), ..Outcome::default() }
}

impl UserApplication {
    /// The people whose own matter it is: who is to have the account, who applied, who typed it and for whom.
    fn whose(&self) -> Vec<Id> {
        [self.person, self.applicant, self.entered_by].into_iter().chain(self.trace.made_for).collect()
    }

    /// Refuses to issue more than was applied for: another person, another role, another
    /// jurisdiction, an earlier first day or a later last one.
    pub(super) fn covers(
        &self,
        case: &Case<'_>,
        person: Id,
        roles: &[String],
        (from, to): (Option<Date>, Option<Date>),
        place: &str,
    ) -> Result<(), No> {
        if !case.is_same(person, self.person)? {
            return Err(invalid("person", person).into());
        }
        let beyond = if roles.iter().any(|role| !self.roles.contains(role)) {
            "roles"
        } else if !case.profile().lies_in(place, &self.jurisdiction) {
            "jurisdiction"
        } else if from.is_some_and(|from| from < self.from) {
            "from"
        } else if self.to.is_some_and(|last| to.is_none_or(|to| to > last)) {
            "to"
        } else {
            return Ok(());
        };
        Err(Code::BeyondApplication.with("record", self.id).and("field", beyond).into())
    }
}

/// What is asked of the row ([`super::Row`]).
impl UserApplication {
    pub(super) const FILING: Filing = Filing {
        states: &[
            (OPEN, OPEN),
            ("mine", OPEN),
            ("applied", "applied"),
            ("received", "received"),
            ("faulty", "received"),
            ("checked", "checked"),
        ],
        offered: |row| matches!(row, Row::UserApplication(row) if row.state.is_open()),
        texts_needed: |row, _| match row {
            Row::UserApplication(row) if row.state.is_open() => Some(row.state.name()),
            _ => None,
        },
        in_use: |row, _, _| matches!(row, Row::UserApplication(row) if row.state.is_open()),
        on_leaving: super::leaving::OnLeaving::Ends,
        roles: Some(|row| match row {
            Row::UserApplication(row) => &row.roles,
            _ => &[],
        }),
        lies: Some(|row| match row {
            Row::UserApplication(row) => LiesIn::One(&row.jurisdiction),
            _ => LiesIn::Nowhere,
        }),
        lists_by: &[Noun::Person],
        days: Days::Kept,
        query: Some(super::Query {
            name: "user_applications",
            group: super::Group(super::Book::Users, super::Task::Reading),
            since: Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::ApplyUser(c) = &event.command else { return None };
        Some(UserApplication {
            id,
            trace: meta.trace(),
            person: event.outcome.person?,
            roles: c.roles.clone(),
            jurisdiction: event.placed(&c.jurisdiction),
            scope: c.scope.clone(),
            duty: c.duty.clone(),
            reason: c.reason.clone(),
            asked_by: c.asked_by,
            department: c.department.clone(),
            applicant: event.outcome.by?,
            entered_by: meta.actor,
            from: c.from?,
            to: c.to,
            applied: event.happened(meta),
            state: ApplicationState::Applied,
            received: None,
            check: None,
            decided: None,
            withdrawn: None,
            existing: event.outcome.user,
            account: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let ending = |reason: &str| meta.ending(event.happened(meta), reason);
        match &event.command {
            Command::ReceiveApplication(c) => {
                self.state = ApplicationState::Received;
                self.received = Some(ending(&c.remarks));
            }
            Command::CheckApplication(c) => {
                self.state =
                    if c.is_in_order() { ApplicationState::Checked } else { ApplicationState::Received };
                self.check = Some(ApplicationCheck {
                    done: ending(&c.remarks),
                    complete: c.complete,
                    single: c.single,
                    genuine: c.genuine,
                    reachable: c.reachable,
                });
            }
            Command::IssueUser(_) | Command::ChangeUser(_) | Command::ReopenUser(_) => {
                self.state = ApplicationState::Granted;
                self.decided = Some(ending(""));
                self.account = event.outcome.user;
            }
            Command::RefuseApplication(c) => {
                self.state = ApplicationState::Refused;
                self.decided = Some(ending(&c.reason));
            }
            Command::WithdrawApplication(WithdrawApplication { reason, .. })
            | Command::Leave(Leave { reason, .. }) => {
                self.state = ApplicationState::Withdrawn;
                self.withdrawn = Some(ending(reason));
            }
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::UserApplication;
        let mut keys = vec![key::state(noun, self.state.name()), key::day(noun, self.applied.date_naive())];
        keys.extend(self.state.is_open().then(|| key::state(noun, OPEN)));
        keys
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.applied.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.person]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.whose().into_iter().chain(self.existing).chain(self.account).collect()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.person == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let mut texts = vec![&mut self.scope, &mut self.duty, &mut self.reason];
        let check = self.check.as_mut().map(|check| &mut check.done);
        let ends = self.received.as_mut().into_iter().chain(check);
        let ends = ends.chain(self.decided.as_mut()).chain(self.withdrawn.as_mut());
        texts.extend(ends.map(|end| &mut end.reason));
        Some(texts)
    }
}
