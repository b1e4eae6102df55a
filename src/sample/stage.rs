//! Who acts at the desk, and when. Commands of one person are given in groups, each at its own moment; every
//! entry is signed by the person who acts.

use super::Halt;
use crate::desk::{Clock, Desk, Failure, Instruction, Lang, Seat, Worded};
use crate::domain::{CarryOverUser, Command, Id, Noun, Stamp};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

/// Commands in one group at most: one frame of the journal.
const GROUP: usize = 200;

/// A clock that goes from command to command.
#[derive(Debug)]
pub struct StepClock(Mutex<(Stamp, VecDeque<Stamp>)>);

impl StepClock {
    /// A clock standing at a moment.
    pub fn new(at: Stamp) -> Arc<StepClock> {
        Arc::new(StepClock(Mutex::new((at, VecDeque::new()))))
    }

    fn with<T>(&self, change: impl FnOnce(&mut (Stamp, VecDeque<Stamp>)) -> T) -> T {
        match self.0.lock() {
            Ok(mut held) => change(&mut held),
            Err(poisoned) => change(&mut poisoned.into_inner()),
        }
    }

    fn set(&self, at: Stamp) {
        self.with(|(now, steps)| {
            *now = at;
            steps.clear();
        });
    }

    fn steps(&self, moments: impl Iterator<Item = Stamp>) {
        self.with(|(now, steps)| {
            steps.clear();
            steps.extend(moments);
            if let Some(first) = steps.front() {
                *now = *first;
            }
        });
    }
}

impl Clock for StepClock {
    fn now(&self) -> Stamp {
        self.with(|(now, _)| *now)
    }

    fn entered(&self) -> Stamp {
        self.with(|(now, steps)| {
            if let Some(next) = steps.pop_front() {
                *now = next;
            }
            *now
        })
    }
}

/// One of the people who act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// The guard of the first roster.
    GuardA,
    /// The guard of the second roster.
    GuardB,
    /// The guard of the third roster.
    GuardC,
    /// Staff on duty in the server room.
    Operator,
    /// The administrator, who founded the site.
    Admin,
    /// Who permits entrants, failure work and visits.
    Approver,
    /// Who decides planned work and takes reports and notices.
    Officer,
    /// Who only looks.
    Auditor,
}

/// The desk, and who may sit at it.
pub struct Stage {
    desk: Desk,
    clock: Arc<StepClock>,
    seats: BTreeMap<Part, Seat>,
    acting: Part,
    waiting: Vec<Waiting>,
    made: BTreeMap<Noun, u32>,
    last: Stamp,
    lang: Lang,
}

/// A command that waits for its group.
struct Waiting {
    moment: Stamp,
    order: Instruction,
    /// What it must make, or the refusal it must meet.
    expected: Expected,
}

#[derive(Clone, Debug)]
enum Expected {
    Done,
    Made(Id),
    Refused(&'static str),
}

impl Stage {
    /// The desk of a site just founded, with its administrator at it.
    pub fn new(desk: Desk, clock: Arc<StepClock>, admin: Seat, lang: Lang) -> Stage {
        let made = BTreeMap::from([(Noun::Person, 1), (Noun::User, 1), (Noun::Appointment, 1)]);
        let seats = BTreeMap::from([(Part::Admin, admin)]);
        let last = clock.now();
        Stage { desk, clock, seats, acting: Part::Admin, waiting: Vec::new(), made, last, lang }
    }

    /// Gives a person their seat: an ID is issued to them, and they set their own password.
    ///
    /// # Errors
    /// What the desk refused.
    pub fn seat(
        &mut self,
        part: Part,
        moment: Stamp,
        carried: CarryOverUser,
        password: &str,
    ) -> Result<(), Halt> {
        self.flush()?;
        self.take(Part::Admin);
        self.last = self.last.max(moment);
        self.clock.set(self.last);
        let user = carried.user.clone();
        let issued =
            self.desk.execute(Command::from(carried).into()).map_err(|failure| self.failed(&failure))?;
        self.count(Noun::User);
        let temporary = issued.temporary_password.unwrap_or_default();
        let provisional = self.desk.seat_of(&user, &temporary).map_err(|failure| self.failed(&failure))?;
        self.desk.sit(&provisional);
        self.desk.set_password(&temporary, password).map_err(|failure| self.failed(&failure))?;
        let seat = self.desk.seat_of(&user, password).map_err(|failure| self.failed(&failure))?;
        self.seats.insert(part, seat);
        self.take(Part::Admin);
        Ok(())
    }

    /// A person sets a new password.
    ///
    /// # Errors
    /// What the desk refused.
    pub fn renew(
        &mut self,
        part: Part,
        moment: Stamp,
        user: &str,
        (old, new): (&str, &str),
    ) -> Result<(), Halt> {
        self.flush()?;
        self.take(part);
        self.last = self.last.max(moment);
        self.clock.set(self.last);
        self.desk.set_password(old, new).map_err(|failure| self.failed(&failure))?;
        let seat = self.desk.seat_of(user, new).map_err(|failure| self.failed(&failure))?;
        self.seats.insert(part, seat);
        self.take(part);
        Ok(())
    }

    fn count(&mut self, noun: Noun) -> Id {
        let last = self.made.entry(noun).or_default();
        *last = last.saturating_add(1);
        Id::new(noun, *last)
    }

    fn take(&mut self, part: Part) {
        if let Some(seat) = self.seats.get(&part) {
            self.desk.sit(seat);
            self.acting = part;
        }
    }

    /// Gives a command at a moment.
    ///
    /// # Errors
    /// What the desk refused of a group before.
    pub fn act(&mut self, part: Part, moment: Stamp, command: impl Into<Command>) -> Result<(), Halt> {
        self.give(part, moment, command.into().into(), Expected::Done)
    }

    /// Gives a command at a moment for something that happened before, from paper.
    ///
    /// # Errors
    /// As [`Stage::act`].
    pub fn act_late(
        &mut self,
        part: Part,
        moment: Stamp,
        command: impl Into<Command>,
        at: Stamp,
    ) -> Result<(), Halt> {
        let order = Instruction { at: Some(at), ..Instruction::from(command.into()) };
        self.give(part, moment, order, Expected::Done)
    }

    /// Gives a command that makes a record, whose number is known before: this desk is the only writer.
    ///
    /// # Errors
    /// As [`Stage::act`].
    pub fn make(
        &mut self,
        part: Part,
        moment: Stamp,
        command: impl Into<Command>,
        noun: Noun,
    ) -> Result<Id, Halt> {
        self.make_at(part, moment, command, noun, None)
    }

    /// As [`Stage::make`], for something that happened before, from paper.
    ///
    /// # Errors
    /// As [`Stage::act`].
    pub fn make_at(
        &mut self,
        part: Part,
        moment: Stamp,
        command: impl Into<Command>,
        noun: Noun,
        at: Option<Stamp>,
    ) -> Result<Id, Halt> {
        let id = self.count(noun);
        let order = Instruction { at, ..Instruction::from(command.into()) };
        self.give(part, moment, order, Expected::Made(id))?;
        Ok(id)
    }

    /// The number of a record that a command makes beside its own.
    pub fn also_makes(&mut self, noun: Noun) -> Id {
        self.count(noun)
    }

    /// Tries something that the rules refuse.
    ///
    /// # Errors
    /// As [`Stage::act`].
    pub fn try_in_vain(
        &mut self,
        part: Part,
        moment: Stamp,
        command: impl Into<Command>,
        refusal: &'static str,
    ) -> Result<(), Halt> {
        self.give(part, moment, command.into().into(), Expected::Refused(refusal))
    }

    fn give(
        &mut self,
        part: Part,
        moment: Stamp,
        order: Instruction,
        expected: Expected,
    ) -> Result<(), Halt> {
        if part != self.acting || self.waiting.len() >= GROUP {
            self.flush()?;
            self.take(part);
        }
        // No entry is earlier than the one before it, or the desk would take it for a clock that was put back.
        self.last = self.last.max(moment);
        self.waiting.push(Waiting { moment: self.last, order, expected });
        Ok(())
    }

    /// Hands the group over.
    ///
    /// # Errors
    /// What was refused that should not have been, or the other way round.
    pub fn flush(&mut self) -> Result<(), Halt> {
        if self.waiting.is_empty() {
            return Ok(());
        }
        let waiting = std::mem::take(&mut self.waiting);
        self.clock.steps(waiting.iter().map(|waiting| waiting.moment));
        let orders = waiting.iter().map(|waiting| waiting.order.clone()).collect();
        let answers = self.desk.execute_group(orders);
        for (Waiting { order, expected, moment }, answer) in waiting.into_iter().zip(answers) {
            match (answer, expected) {
                (Ok(_), Expected::Done) => {}
                (Ok(receipt), Expected::Made(id)) if receipt.id == Some(id) => {}
                (Err(failure), Expected::Refused(name)) if self.said(&failure).name == name => {}
                (Err(failure), Expected::Done | Expected::Made(_)) => {
                    let said = self.said(&failure);
                    return Err(self.astray(&order, moment, &format!("{} ({})", said.name, said.message)));
                }
                (answer, expected) => {
                    return Err(self.astray(&order, moment, &format!("{answer:?}, not {expected:?}")));
                }
            }
        }
        Ok(())
    }

    fn said(&self, failure: &Failure) -> Worded {
        crate::desk::say_failure(failure, Some(&self.desk), self.lang)
    }

    fn failed(&self, failure: &Failure) -> Halt {
        Halt::failed(failure, Some(&self.desk), self.lang)
    }

    /// The rules did not do what the sample expects of them.
    fn astray(&self, order: &Instruction, moment: Stamp, what: &str) -> Halt {
        let message = format!("sample: {} at {moment}: {what}", order.command.name());
        let said = Worded { name: "sample_astray".to_owned(), message, advice: String::new(), page: None };
        Halt { failure: None, said: Box::new(said) }
    }

    /// Says how far it has come, and lets the desk do what it does when nothing is typed.
    pub fn pause(&mut self, tell: &mut dyn FnMut(&str), text: &str) {
        tell(text);
        self.desk.idle();
    }

    /// Ends: the last group, and the vault closed.
    ///
    /// # Errors
    /// As [`Stage::flush`], and the device's.
    pub fn close(mut self) -> Result<(), Halt> {
        self.flush()?;
        let lang = self.lang;
        self.desk.close().map_err(|failure| Halt::failed(&failure, None, lang))
    }
}
