//! What is told of a command besides its fields: who gives it, when it waits, what it changes. Told once, where the
//! command is declared ([`super::Command`]); everything else asks the [`Rule`].

use super::lookup::Case;
use super::{Edition, Event, Group, Id, No, Outcome};

/// All that is told of a command.
#[derive(Debug)]
pub struct Rule {
    /// Its stable name, as a batch line gives it.
    pub name: &'static str,
    /// The name of the event it becomes: the `kind` of the entry's head.
    pub past: &'static str,
    /// Who gives it.
    pub given: Given,
    /// The edition with which it came: before that it is refused, and no profile can name it.
    pub since: Edition,
    /// It may be entered late from paper.
    pub late: bool,
    /// It judges or begins a period, and waits until somebody has confirmed the clock after a jump.
    pub needs_clock: bool,
    /// What of the books must be proved by the entries before the desk gives it.
    pub waits: Waits,
    /// It concerns the whole site: a role that is held within a part of it does not give it (S-2).
    pub of_whole: bool,
    /// What it gives outlasts a night: a right, a password, a rule of the site; or it ends an account, an office or somebody's time
    /// here. Nobody gives it with an emergency ID. What stops something and can be given again is done with one.
    pub lasting: bool,
    /// It does something with the vault's files beside its entry: it stands in no group and in no run of all or
    /// nothing.
    pub alone: bool,
    /// The group that holds it, of those that a profile may name without telling them. None for what nobody has to name,
    /// since it comes with another ([`Rule::with`]).
    pub group: Option<Group>,
    /// Which authorities of the profile ([`super::Authority`]) it acts on: whoever holds one must be able to give it.
    pub authority: &'static [&'static str],
    /// Whoever audits may give it: it changes nothing of what they audit (J-EX-4).
    pub auditors: bool,
    /// Which of its texts are sealed apart from the facts, and can be erased.
    pub sealed: &'static [&'static str],
    /// Which of its fields the desk fills, not the person who gives it.
    pub filled: &'static [&'static str],
    /// Whoever may give one of these commands, or ask one of these queries, may give it as well, whether or not a
    /// profile names it. To which record exactly, the rules ask. It holds from the edition with which the command came:
    /// so what stands here is never added to, since that would be a right that a release gives.
    pub with: &'static [&'static str],
    /// What its fields offer that offer less than their noun: the field's name, and the function that says which
    /// records the rules would take.
    pub(super) offers: &'static [(&'static str, super::offers::Offering)],
    /// Which rows of the outcome an event of it changes, besides its subject and [`Outcome::also`].
    pub touches: &'static [Touched],
}

/// What a command waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Waits {
    /// A visit, the desk's work, what only takes a right away.
    Nothing,
    /// Books that are what the entries make them, whatever these say: what must still end the ID of somebody who added
    /// an entry with a tool of their own, and copy all that is there.
    Compared,
    /// Books that are what entries make them which all hold: what gives rights, changes keys or rules, decides for
    /// others, or destroys.
    Proved,
}

/// Who gives a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Given {
    /// A person, on the screen or in a batch, in a role that the profile lets give it.
    ByPeople,
    /// The desk itself, for whoever sits there.
    ByDesk,
}

/// A row that an event changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Touched {
    /// [`Outcome::person`].
    Person,
    /// [`Outcome::user`].
    User,
    /// [`Outcome::badge`].
    Badge,
    /// [`Outcome::visit`].
    Visit,
    /// [`Outcome::notice`].
    Notice,
    /// The site itself.
    Site,
}

impl Touched {
    fn of(self, outcome: &Outcome) -> Option<Id> {
        match self {
            Touched::Person => outcome.person,
            Touched::User => outcome.user,
            Touched::Badge => outcome.badge,
            Touched::Visit => outcome.visit,
            Touched::Notice => outcome.notice,
            Touched::Site => Some(Id::SITE),
        }
    }
}

impl Rule {
    /// A command of the first edition of which nothing further is told.
    pub(super) const PLAIN: Rule = Rule {
        name: "",
        past: "",
        given: Given::ByDesk,
        since: Edition::One,
        late: false,
        needs_clock: false,
        waits: Waits::Nothing,
        of_whole: false,
        lasting: false,
        alone: false,
        auditors: false,
        group: None,
        authority: &[],
        sealed: &[],
        filled: &[],
        with: &[],
        offers: &[],
        touches: &[],
    };

    /// Whether a person may give it, on the screen or in a batch.
    pub fn is_given_by_people(&self) -> bool {
        self.given == Given::ByPeople
    }

    /// Whether a person may give it under an edition.
    pub fn is_given_under(&self, edition: Edition) -> bool {
        self.is_given_by_people() && self.since <= edition
    }

    /// Whether it is given in a role that may: also what the desk gives for somebody, where it needs a right.
    pub(super) fn needs_role(&self) -> bool {
        self.is_given_by_people() || !self.with.is_empty()
    }
}

/// Every row that an event makes or changes, without repeats; the subject first.
pub fn touches(event: &Event) -> Vec<Id> {
    let outcome = &event.outcome;
    let named = event.command.rule().touches.iter().map(|touched| touched.of(outcome));
    let mut ids: Vec<Id> = Vec::new();
    for id in std::iter::once(outcome.id).chain(named).flatten().chain(outcome.also.iter().copied()) {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    ids
}

/// The outcome of what is recorded as it was given, and changes no row.
pub(super) fn decide_nothing<T>(_case: &Case<'_>, _command: &T) -> Result<Outcome, No> {
    Ok(Outcome::default())
}
