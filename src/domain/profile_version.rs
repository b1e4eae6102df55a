//! Versions of the profile (規程, N-13): proposed by one person, who names the steps of the regulation's own procedure
//! (J-PI-28), and agreed to by another. Which text is agreed to, its digest says.

use super::command::commands;
use super::lookup::{Case, hex64, in_order, invalid, missing, no_authority, repeated, required, wrong_state};
use super::row::row;
use super::rule::Given::{ByDesk, ByPeople};
use super::{
    AdoptionStep, Book, Code, Command, Date, Edition, EntryMeta, Event, Filing, Group, Id, No, Noun, Outcome,
    Stamp, Task, able, key, policy,
};
use crate::text::find::Part;
use serde::{Deserialize, Serialize};

/// A step of the regulation's own procedure that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepTaken {
    /// Which, by the id that the profile in force gives it.
    pub step: String,
    /// On which day.
    pub on: Date,
    /// How it ended, where it is a vote.
    #[serde(default)]
    pub vote: Option<Vote>,
}

/// How a vote ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Vote {
    /// So many were in favour.
    pub in_favour: u32,
    /// Of so many who belong to it, present or not.
    pub of: u32,
}

impl Vote {
    /// Whether more than half of all were in favour, and no more than there are.
    pub fn carried(self) -> bool {
        self.in_favour <= self.of && u64::from(self.in_favour) * 2 > u64::from(self.of)
    }
}

/// Who agreed to a version or took it back, and when.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hand {
    /// Who; the site where the recovery sheet did.
    pub by: Id,
    /// When.
    #[serde(with = "super::packed")]
    pub on: Stamp,
    /// By the recovery sheet, since nobody else active could.
    pub sheet: bool,
}

row! {
    /// A version of the profile: proposed, agreed to, or taken back.
    ProfileVersion {
        /// The profile itself, TOML.
        text: String,
        /// First day in force.
        #[serde(with = "super::packed")]
        from: Date,
        /// Proposed by whom; adopted or founded with, where one person did that alone.
        by: Id,
        /// Proposed or adopted when.
        #[serde(with = "super::packed")]
        adopted: Stamp,
        /// Digest of the text where it was proposed, and needs a second person; none where one was enough.
        proposed: Option<String>,
        /// The steps of the regulation's own procedure.
        steps: Vec<StepTaken>,
        /// The second person.
        agreed: Option<Hand>,
        /// Who took it back.
        withdrawn: Option<Hand>,
    }
}

commands! {
    /// Propose a version of the profile, to be in force from a day once a second person agrees (N-13).
    ProposeProfile = "propose_profile" => "profile_proposed" {
        /// The profile itself, TOML.
        profile: String,
        /// First day in force.
        from: Option<Date>,
        /// The steps of the regulation's own procedure, as the profile in force lists them.
        steps: Vec<StepTaken>,
        /// Digest of the text, SHA-256 in hex.
        digest: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            needs_clock: true,
            of_whole: true,
            filled: &["digest"],
            with: &["adopt_profile"],
        }
        decide decide_propose, touches [], on { Noun::Site => may_propose };

    /// Agree to a version that another person proposed.
    AgreeProfile = "agree_profile" => "profile_agreed" {
        /// Which version.
        version: Option<Id>,
        /// Digest of its text, SHA-256 in hex.
        digest: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            needs_clock: true,
            waits: super::Waits::Proved,
            group: Some(Group(Book::Site, Task::Decisions)),
            filled: &["digest"],
            with: &["adopt_profile"],
        }
        decide decide_agree, touches [], on { Noun::Profile => may_agree };

    /// Take back a version that waits for a second person, or whose day has not come.
    WithdrawProfile = "withdraw_profile" => "profile_withdrawn" {
        /// Which version.
        version: Option<Id>,
        /// Why.
        reason: String,
    }
        rule {
            given: ByPeople,
            lasting: true,
            since: Edition::Three,
            needs_clock: true,
            waits: super::Waits::Proved,
            sealed: &["reason"],
            of_whole: true,
            with: &["adopt_profile", "propose_profile", "agree_profile"],
        }
        decide decide_withdraw, touches [], on { Noun::Profile => may_withdraw };

    /// The recovery sheet agrees to a version, where nobody active could but whoever proposed it.
    AgreeBySheet = "agree_by_sheet" => "profile_agreed_by_sheet" {
        /// Which version.
        version: Option<Id>,
        /// Digest of its text, SHA-256 in hex.
        digest: String,
    }
        rule { given: ByDesk, since: Edition::Three, needs_clock: true, waits: super::Waits::Proved }
        decide decide_by_sheet, touches [Site], on {};
}

/// The version that waits for a second person.
fn waiting(case: &Case<'_>) -> Result<Option<ProfileVersion>, No> {
    case.one(&key::state(Noun::Profile, "proposed"))
}

/// One version at a time: whoever agrees compares it with what is in force.
pub(super) fn may_propose(case: &Case<'_>, _: Option<Id>) -> Result<(), No> {
    match waiting(case)? {
        Some(version) => Err(Code::ProposalWaits.with("record", version.id).into()),
        None => Ok(()),
    }
}

/// A version never reaches back: what was judged stays judged (N-13).
pub(super) fn decide_propose(case: &Case<'_>, c: &ProposeProfile) -> Result<Outcome, No> {
    required(&c.profile, "profile")?;
    let from = c.from.ok_or_else(|| missing("from"))?;
    hex64(&c.digest, "digest")?;
    in_order(case.context.day(), from)?;
    may_propose(case, None)?;
    taken(case, &c.steps)?;
    Ok(Outcome { id: Some(case.view.next(Noun::Profile)?), ..Outcome::default() })
}

/// Refuses steps that are not those of the profile in force, each once, with its day, in the order of the regulation.
fn taken(case: &Case<'_>, steps: &[StepTaken]) -> Result<(), No> {
    let asked = &case.profile().adoption_steps;
    let names: Vec<&str> = steps.iter().map(|step| step.step.as_str()).collect();
    let unknown = names.iter().find(|name| asked.iter().all(|step| step.id != **name));
    if let Some(name) = unknown.or(repeated(&names)) {
        return Err(invalid("steps", name).into());
    }
    let mut latest: Option<(Date, &AdoptionStep)> = None;
    for step in asked {
        let Some(taken) = steps.iter().find(|taken| taken.step == step.id) else {
            return Err(Code::StepMissing.with("step", &step.id).into());
        };
        if taken.on > case.context.day() {
            return Err(Code::StepToCome.with("step", &step.id).and("day", taken.on).into());
        }
        if let Some((day, before)) = latest
            && taken.on < day
            && !step.any_order
        {
            return Err(Code::StepsReversed.with("step", &step.id).and("before", &before.id).into());
        }
        if latest.is_none_or(|(day, _)| day <= taken.on) {
            latest = Some((taken.on, step));
        }
        match taken.vote {
            None if step.vote => return Err(Code::StepMissing.with("step", &step.id).into()),
            Some(_) if !step.vote => return Err(invalid("steps", &step.id).into()),
            Some(vote) if !vote.carried() => {
                let no = Code::NoMajority.with("step", &step.id);
                return Err(no.and("in_favour", vote.in_favour).and("of", vote.of).into());
            }
            _ => {}
        }
    }
    Ok(())
}

/// A version that waits for a second person, and whose day has not passed meanwhile.
fn to_agree(case: &Case<'_>, version: Option<Id>) -> Result<ProfileVersion, No> {
    let version: ProfileVersion = case.given(version, "version")?;
    if !version.is_waiting() {
        return Err(wrong_state(version.id, version.state()).into());
    }
    if version.from < case.context.day() {
        return Err(Code::DayPassed.with("record", version.id).and("from", version.from).into());
    }
    Ok(version)
}

/// By another person than the one who proposed it, whatever IDs they have.
pub(super) fn may_agree(case: &Case<'_>, version: Option<Id>) -> Result<ProfileVersion, No> {
    let version = to_agree(case, version)?;
    let proposed: Vec<Id> = std::iter::once(version.by).chain(version.trace.made_for).collect();
    case.not_of(&proposed, || Code::OwnProposal.with("record", version.id))?;
    Ok(version)
}

/// To this text, and no other.
fn same_text(version: &ProfileVersion, digest: &str) -> Result<Outcome, No> {
    required(digest, "digest")?;
    if version.proposed.as_deref() != Some(digest) {
        return Err(invalid("digest", digest).into());
    }
    Ok(Outcome { id: Some(version.id), ..Outcome::default() })
}

pub(super) fn decide_agree(case: &Case<'_>, c: &AgreeProfile) -> Result<Outcome, No> {
    same_text(&may_agree(case, c.version)?, &c.digest)
}

/// Only whoever holds the sheet, and only where nobody else who could is active.
pub(super) fn decide_by_sheet(case: &Case<'_>, c: &AgreeBySheet) -> Result<Outcome, No> {
    if !case.context.actor.is_recovery() {
        return Err(no_authority(case.actor(), "").into());
    }
    let version = to_agree(case, c.version)?;
    let mut others = Vec::new();
    for person in able(case.view, case.profile(), "agree_profile", version.by, case.context.accounts_on)? {
        if !case.is_same(person, version.by)? {
            others.push(person);
        }
    }
    if !others.is_empty() {
        return Err(Code::OthersCould.with("people", Id::list(others)).into());
    }
    same_text(&version, &c.digest)
}

/// By whoever proposed it or may agree, before its day.
pub(super) fn may_withdraw(case: &Case<'_>, version: Option<Id>) -> Result<ProfileVersion, No> {
    let version: ProfileVersion = case.given(version, "version")?;
    if version.withdrawn.is_some() || (!version.is_waiting() && version.from <= case.context.day()) {
        let state = if version.withdrawn.is_some() { "withdrawn" } else { "in_force" };
        return Err(wrong_state(version.id, state).into());
    }
    if !case.is_same(version.by, case.actor())? {
        policy::role_for(case.profile(), &case.context.actor.roles, "agree_profile")?;
    }
    Ok(version)
}

pub(super) fn decide_withdraw(case: &Case<'_>, c: &WithdrawProfile) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let version = may_withdraw(case, c.version)?;
    Ok(Outcome { id: Some(version.id), ..Outcome::default() })
}

impl Command {
    /// Whether it brings a version of the profile into force from a day, or keeps one from it, or adds a role to each.
    pub fn changes_versions(&self) -> bool {
        matches!(
            self,
            Command::AdoptProfile(_)
                | Command::AgreeProfile(_)
                | Command::AgreeBySheet(_)
                | Command::WithdrawProfile(_)
                | Command::IssueBySheet(_)
        )
    }
}

impl ProfileVersion {
    /// It waits for a second person.
    pub fn is_waiting(&self) -> bool {
        self.proposed.is_some() && self.agreed.is_none() && self.withdrawn.is_none()
    }

    /// Everybody who must has brought it into force from its day.
    pub fn is_adopted(&self) -> bool {
        self.was_adopted() && self.withdrawn.is_none()
    }

    /// It was adopted once, and its number is taken, even where it was withdrawn before its day.
    pub fn was_adopted(&self) -> bool {
        self.proposed.is_none() || self.agreed.is_some()
    }

    /// Where it stands, whatever the day.
    fn state(&self) -> &'static str {
        match (&self.withdrawn, self.is_waiting()) {
            (Some(_), _) => "withdrawn",
            (None, true) => "proposed",
            (None, false) => "agreed",
        }
    }
}

/// What is asked of the row ([`super::Row`]).
impl ProfileVersion {
    pub(super) const FILING: Filing = Filing {
        states: &[
            ("proposed", "proposed"),
            ("to_agree", "proposed"),
            ("with_others", "proposed"),
            ("agreed", "agreed"),
            ("coming", "agreed"),
            ("by_sheet", "agreed"),
        ],
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let adopted = event.happened(meta);
        let (text, from, proposed, steps) = match &event.command {
            Command::ProposeProfile(c) => (&c.profile, c.from?, Some(c.digest.clone()), c.steps.clone()),
            Command::AdoptProfile(c) => (&c.profile, c.from?, None, Vec::new()),
            Command::FoundSite(c) => (&c.profile, adopted.date_naive(), None, Vec::new()),
            _ => return None,
        };
        Some(ProfileVersion {
            id,
            trace: meta.trace(),
            text: text.clone(),
            from,
            by: meta.actor,
            adopted,
            proposed,
            steps,
            agreed: None,
            withdrawn: None,
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let hand = |sheet| Some(Hand { by: meta.actor, on: event.happened(meta), sheet });
        match &event.command {
            Command::AgreeProfile(_) if self.is_waiting() => self.agreed = hand(false),
            Command::AgreeBySheet(_) if self.is_waiting() => self.agreed = hand(true),
            Command::WithdrawProfile(_) if self.withdrawn.is_none() => self.withdrawn = hand(false),
            _ => return false,
        }
        true
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let agreed = self.agreed.is_some() && self.withdrawn.is_none();
        let state = if self.is_waiting() { Some("proposed") } else { agreed.then_some("agreed") };
        state.map(|state| key::state(Noun::Profile, state)).into_iter().collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        Vec::new()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        let hands = [&self.agreed, &self.withdrawn].into_iter().flatten();
        std::iter::once(self.by).chain(hands.map(|hand| hand.by)).collect()
    }

    pub(super) fn names(&self, _: Id) -> bool {
        false
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        None
    }
}
