//! Keys (鍵) of doors, racks and cabinets, and combinations: who keeps them, who has one now, when a lock was changed
//! and why (NIST SP 800-53 PE-3 e to g).

use super::choice::choice;
use super::command::commands;
use super::lookup::{
    Case, exists, in_order, invalid, no_such, nothing, plain_code, repeated, required, wrong_state,
};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Code, Command, Date, Edition, Ending, Entrant, EntryMeta, Event, Filing, HandedOver, Id, No, Noun,
    Outcome, Row, Stamp, Standing, View, entrant_standing, key,
};
use crate::text::find::Part;
use crate::text::scan::code_key;

row! {
    /// A key, or the combination of a lock.
    DoorKey {
        /// The number on its tag.
        number: String,
        /// The door, rack or cabinet that it opens.
        opens: String,
        /// A key or a combination.
        kind: DoorKeyKind,
        /// The zone in which the lock is.
        zone: Option<String>,
        /// How many copies of it there are, itself included.
        copies: u32,
        /// Who keeps it.
        keeper: Option<Id>,
        /// Where it is.
        state: DoorKeyState,
        /// Who has it, or had it last where it is lost.
        holder: Option<Id>,
        /// What it was lent for.
        reason: String,
        /// The day by which it is to be back.
        #[serde(with = "super::packed")]
        due: Option<Date>,
        /// Since when it is in this state.
        #[serde(with = "super::packed")]
        since: Stamp,
        /// When it was counted last.
        #[serde(with = "super::packed")]
        counted: Option<Stamp>,
        /// When the lock was changed last, by whom.
        changed: Option<Ending>,
        /// Why it was changed.
        changed_why: Option<LockChange>,
        /// It stood in the ledger before these books began.
        carried_over: bool,
        /// What was said of it last.
        remarks: String,
    }
}

commands! {
    /// Enter a key or a combination.
    RegisterKey = "register_key" => "key_registered" {
        /// The number on its tag: no other key has it, however it is written.
        number: String,
        /// The door, rack or cabinet that it opens.
        opens: String,
        /// A key or a combination.
        kind: DoorKeyKind,
        /// The zone in which the lock is.
        zone: Option<String>,
        /// How many copies of it there are, itself included; one where absent.
        copies: Option<u32>,
        /// Who keeps it.
        keeper: Option<Id>,
        /// It stood in the ledger before these books began.
        carried_over: bool,
        /// Who has it, where one that is carried over was lent then.
        holder: Option<Id>,
        /// Remarks; never the combination itself.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Keys, super::Task::Upkeep)), since: Edition::Three, sealed: &["remarks"] }
        decide decide_register, touches [], on {};

    /// Lend a key.
    LendKey = "lend_key" => "key_lent" {
        /// The number on its tag.
        key: String,
        /// To whom.
        person: Option<Id>,
        /// What for.
        reason: String,
        /// The day by which it is to be back.
        due: Option<Date>,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Keys, super::Task::Desk)), since: Edition::Three, late: true, sealed: &["reason"] }
        decide decide_lend, touches [], on { Noun::DoorKey => may_lend };

    /// A key that was lent comes back.
    ReturnKey = "return_key" => "key_returned" {
        /// The number on its tag.
        key: String,
        /// Who brings it; whoever had it where absent.
        person: Option<Id>,
        /// Remarks.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Keys, super::Task::Desk)), since: Edition::Three, late: true, sealed: &["remarks"] }
        decide decide_return, touches [], on { Noun::DoorKey => may_return };

    /// A key is lost, or was found again.
    ReportKey = "report_key" => "key_reported" {
        /// The number on its tag.
        key: String,
        /// What happened.
        what: KeyReport,
        /// In words.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Keys, super::Task::Desk)), since: Edition::Three, late: true, sealed: &["remarks"] }
        decide decide_report, touches [], on { Noun::DoorKey => may_report };

    /// Count the keys that are in their place: those that are not seen are missing from then on.
    CountKeys = "count_keys" => "keys_counted" {
        /// Of which zone; of all where absent.
        zone: Option<String>,
        /// Every key that was seen.
        seen: Vec<Id>,
        /// Remarks.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Keys, super::Task::Desk)), since: Edition::Three, sealed: &["remarks"] }
        decide decide_count, touches [], on {};

    /// A lock or combination was changed: the key is in its place anew.
    ChangeLock = "change_lock" => "lock_changed" {
        /// The number on the key's tag.
        key: String,
        /// Why.
        why: LockChange,
        /// Who keeps it from now on; whoever did where absent.
        keeper: Option<Id>,
        /// How many copies there are from now on; as many as before where absent.
        copies: Option<u32>,
        /// In words; never the combination itself.
        remarks: String,
    }
        rule { given: ByPeople, group: Some(super::Group(super::Book::Keys, super::Task::Upkeep)), since: Edition::Three, late: true, sealed: &["remarks"] }
        decide decide_change, touches [], on { Noun::DoorKey => may_change };
}

choice! {
    /// Where a key is.
    DoorKeyState {
        /// In its place; of a combination, known to its keeper.
        #[default]
        In = "in",
        /// Lent.
        Out = "out",
        /// Not there when the keys were counted.
        Missing = "missing",
        /// Lost.
        Lost = "lost",
    }
    /// What opens a lock.
    DoorKeyKind {
        /// A key that is lent.
        #[default]
        Key = "key",
        /// A combination that its keeper knows; it is changed, not lent.
        Combination = "combination",
    }
    /// What is reported of a key.
    KeyReport {
        /// It cannot be found.
        #[default]
        Lost = "lost",
        /// It was found again, and is in its place.
        Found = "found",
    }
    /// Why a lock is changed (NIST SP 800-53 PE-3 g).
    LockChange {
        /// Its key was lost.
        #[default]
        Lost = "lost",
        /// Its keeper left, or has other work.
        KeeperLeft = "keeper_left",
        /// The combination is known to somebody who should not know it.
        Disclosed = "disclosed",
        /// It is changed from time to time.
        Periodic = "periodic",
        /// Anything else, told in the remarks.
        Other = "other",
    }
}

/// The most copies of a key.
const COPIES_MOST: u32 = 999;

fn copies(count: Option<u32>) -> Result<(), No> {
    match count.filter(|count| !(1..=COPIES_MOST).contains(count)) {
        Some(count) => Err(invalid("copies", count).into()),
        None => Ok(()),
    }
}

fn in_zone(case: &Case<'_>, zone: Option<&str>) -> Result<(), No> {
    match zone.filter(|zone| case.profile().zone(zone).is_none()) {
        Some(zone) => Err(invalid("zone", zone).into()),
        None => Ok(()),
    }
}

/// Whether a person was registered as an entrant and is so no more: whoever never was is not judged by it.
///
/// # Errors
/// [`Broken`](super::Broken) when the registers cannot be read.
pub fn has_left(view: &dyn View, person: Id, day: Date) -> Result<bool, super::Broken> {
    let mut registered = false;
    for id in view.find(&key::of(Noun::Entrant, person))? {
        let Some(row) = view.row(id)? else { continue };
        let Ok(entrant) = Entrant::try_from(row) else { continue };
        if matches!(entrant_standing(&entrant, day), Standing::InForce | Standing::NotYet) {
            return Ok(false);
        }
        registered = true;
    }
    Ok(registered)
}

pub(super) fn decide_register(case: &Case<'_>, c: &RegisterKey) -> Result<Outcome, No> {
    plain_code(&c.number, "number")?;
    required(&c.opens, "opens")?;
    in_zone(case, c.zone.as_deref())?;
    copies(c.copies)?;
    case.person_named(c.keeper)?;
    case.person_named(c.holder)?;
    if let Some(holder) = c.holder.filter(|_| !c.carried_over || c.kind == DoorKeyKind::Combination) {
        return Err(invalid("holder", holder).into());
    }
    if let Some(other) = numbered(case, &c.number)? {
        return Err(exists(other.id).into());
    }
    Ok(Outcome { id: Some(case.view.next(Noun::DoorKey)?), person: c.holder, ..Outcome::default() })
}

fn numbered(case: &Case<'_>, number: &str) -> Result<Option<DoorKey>, No> {
    case.one(&key::number(Noun::DoorKey, &code_key(number)))
}

/// The key with a number, which must be registered.
fn known(case: &Case<'_>, number: &str) -> Result<Id, No> {
    required(number, "key")?;
    let found = numbered(case, number)?.ok_or_else(|| no_such(number))?;
    Ok(found.id)
}

fn in_state(found: DoorKey, fits: bool) -> Result<DoorKey, No> {
    if fits { Ok(found) } else { Err(wrong_state(found.id, found.state.name()).into()) }
}

/// A key that is in its place.
fn may_lend(case: &Case<'_>, id: Option<Id>) -> Result<DoorKey, No> {
    let found: DoorKey = case.given(id, "key")?;
    if found.kind == DoorKeyKind::Combination {
        return Err(invalid("key", &found.number).into());
    }
    let fits = found.state == DoorKeyState::In;
    in_state(found, fits)
}

fn may_return(case: &Case<'_>, id: Option<Id>) -> Result<DoorKey, No> {
    let found: DoorKey = case.given(id, "key")?;
    let fits = found.state == DoorKeyState::Out;
    in_state(found, fits)
}

/// A key: a combination is not lost, it becomes known, and is changed.
fn may_report(case: &Case<'_>, id: Option<Id>) -> Result<DoorKey, No> {
    let found: DoorKey = case.given(id, "key")?;
    if found.kind == DoorKeyKind::Combination { Err(invalid("key", &found.number).into()) } else { Ok(found) }
}

/// A key that nobody has: whoever had it would have one that opens nothing.
fn may_change(case: &Case<'_>, id: Option<Id>) -> Result<DoorKey, No> {
    let found: DoorKey = case.given(id, "key")?;
    let fits = found.state != DoorKeyState::Out;
    in_state(found, fits)
}

pub(super) fn decide_lend(case: &Case<'_>, c: &LendKey) -> Result<Outcome, No> {
    required(&c.reason, "reason")?;
    let found = may_lend(case, Some(known(case, &c.key)?))?;
    let person = case.person(c.person, "person")?;
    let day = case.context.happened().date_naive();
    if let Some(due) = c.due {
        in_order(day, due)?;
    }
    if !case.context.clock_unconfirmed && has_left(case.view, person.id, day)? {
        return Err(Code::NotRegistered.with("person", person.id).into());
    }
    Ok(Outcome { person: Some(person.id), ..about(case, &found) })
}

pub(super) fn decide_return(case: &Case<'_>, c: &ReturnKey) -> Result<Outcome, No> {
    let found = may_return(case, Some(known(case, &c.key)?))?;
    let person = case.person_named(c.person)?;
    Ok(Outcome { person: person.map(|person| person.id).or(found.holder), ..about(case, &found) })
}

pub(super) fn decide_report(case: &Case<'_>, c: &ReportKey) -> Result<Outcome, No> {
    let found = may_report(case, Some(known(case, &c.key)?))?;
    match (found.state, c.what) {
        (DoorKeyState::Lost, KeyReport::Lost) | (DoorKeyState::In, KeyReport::Found) => {
            Err(nothing(found.id).into())
        }
        // Whoever has it brings it back.
        (DoorKeyState::Out, KeyReport::Found) => Err(wrong_state(found.id, found.state.name()).into()),
        _ => Ok(Outcome { person: found.holder, ..about(case, &found) }),
    }
}

/// Everything that is counted and changes: keys seen, and keys that should have been there.
pub(super) fn decide_count(case: &Case<'_>, c: &CountKeys) -> Result<Outcome, No> {
    in_zone(case, c.zone.as_deref())?;
    if let Some(twice) = repeated(&c.seen) {
        return Err(invalid("seen", twice).into());
    }
    for id in &c.seen {
        let found: DoorKey = case.row(*id)?;
        if found.kind == DoorKeyKind::Combination || c.zone.is_some() && found.zone != c.zone {
            return Err(invalid("seen", id).into());
        }
        if found.state == DoorKeyState::Out {
            return Err(wrong_state(*id, found.state.name()).into());
        }
    }
    let in_place: Vec<DoorKey> = case.all(&key::state(Noun::DoorKey, DoorKeyState::In.name()))?;
    let counted = |found: &&DoorKey| {
        found.kind == DoorKeyKind::Key
            && (c.zone.is_none() || found.zone == c.zone)
            && !c.seen.contains(&found.id)
    };
    let missing: Vec<Id> = in_place.iter().filter(counted).map(|found| found.id).collect();
    let number = |ids: &[Id]| u32::try_from(ids.len()).unwrap_or(u32::MAX);
    let counts = vec![number(&c.seen), number(&missing)];
    if counts == [0, 0] {
        return Err(super::lookup::missing("seen").into());
    }
    let also = c.seen.iter().copied().chain(missing).collect();
    Ok(Outcome { also, counts, clock_unconfirmed: case.context.clock_unconfirmed, ..Outcome::default() })
}

pub(super) fn decide_change(case: &Case<'_>, c: &ChangeLock) -> Result<Outcome, No> {
    copies(c.copies)?;
    if c.why == LockChange::Other {
        required(&c.remarks, "remarks")?;
    }
    let found = may_change(case, Some(known(case, &c.key)?))?;
    case.person_named(c.keeper)?;
    Ok(about(case, &found))
}

fn about(case: &Case<'_>, found: &DoorKey) -> Outcome {
    Outcome { id: Some(found.id), clock_unconfirmed: case.context.clock_unconfirmed, ..Outcome::default() }
}

/// What is asked of the row ([`super::Row`]).
impl DoorKey {
    pub(super) const FILING: Filing = Filing {
        in_use: |row, id, _| matches!(row, Row::DoorKey(row) if row.holder == Some(id)),
        on_leaving: super::leaving::OnLeaving::Hinders,
        states: &[
            ("in", "in"),
            ("out", "out"),
            ("missing", "missing"),
            ("lost", "lost"),
            ("overdue", "out"),
            ("holder_left", "out"),
        ],
        named: true,
        tagged: true,
        lists_by: &[Noun::Person],
        handed_over: &[("out", HandedOver::Lent)],
        query: Some(super::Query {
            name: "door_keys",
            group: super::Group(super::Book::Keys, super::Task::Reading),
            since: super::Edition::Three,
        }),
        ..Filing::PLAIN
    };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::RegisterKey(c) = &event.command else { return None };
        Some(DoorKey {
            id,
            trace: meta.trace(),
            number: c.number.clone(),
            opens: c.opens.clone(),
            kind: c.kind,
            zone: c.zone.clone(),
            copies: c.copies.unwrap_or(1),
            keeper: c.keeper,
            state: if c.holder.is_some() { DoorKeyState::Out } else { DoorKeyState::In },
            holder: c.holder,
            reason: String::new(),
            due: None,
            since: event.happened(meta),
            counted: None,
            changed: None,
            changed_why: None,
            carried_over: c.carried_over,
            remarks: c.remarks.clone(),
        })
    }

    pub(super) fn change(&mut self, event: &Event, meta: &EntryMeta) -> bool {
        let at = event.happened(meta);
        match &event.command {
            Command::LendKey(c) => {
                self.moved(DoorKeyState::Out, event.outcome.person, at);
                self.reason.clone_from(&c.reason);
                self.due = c.due;
            }
            Command::ReturnKey(c) => {
                self.moved(DoorKeyState::In, None, at);
                self.remarks.clone_from(&c.remarks);
            }
            Command::ReportKey(c) => {
                let (state, holder) = match c.what {
                    KeyReport::Lost => (DoorKeyState::Lost, self.holder),
                    KeyReport::Found => (DoorKeyState::In, None),
                };
                self.moved(state, holder, at);
                self.remarks.clone_from(&c.remarks);
            }
            Command::CountKeys(c) => {
                let state = if c.seen.contains(&self.id) { DoorKeyState::In } else { DoorKeyState::Missing };
                if state != self.state {
                    self.moved(state, None, at);
                }
                self.counted = Some(at);
            }
            Command::ChangeLock(c) => {
                if self.state != DoorKeyState::In {
                    self.moved(DoorKeyState::In, None, at);
                }
                self.keeper = c.keeper.or(self.keeper);
                self.copies = c.copies.unwrap_or(self.copies);
                self.changed = Some(meta.ending(at, &c.remarks));
                self.changed_why = Some(c.why);
            }
            _ => return false,
        }
        true
    }

    fn moved(&mut self, state: DoorKeyState, holder: Option<Id>, at: Stamp) {
        (self.state, self.holder, self.since, self.due) = (state, holder, at, None);
        self.reason.clear();
    }

    pub(super) fn keys(&self) -> Vec<String> {
        let noun = Noun::DoorKey;
        vec![key::number(noun, &code_key(&self.number)), key::state(noun, self.state.name())]
    }

    pub(super) fn day(&self) -> Option<Date> {
        None
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        vec![(Part::Number, &self.number), (Part::Belongs, &self.opens)]
    }

    pub(super) fn about(&self) -> Vec<Id> {
        self.keeper.into_iter().chain(self.holder).collect()
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        self.about()
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.keeper == Some(id) || self.holder == Some(id)
    }

    pub(super) fn is_in_zone(&self, zone: &str) -> bool {
        self.zone.as_deref() == Some(zone)
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        let changed = self.changed.as_mut().map(|end| &mut end.reason);
        Some([&mut self.reason, &mut self.remarks].into_iter().chain(changed).collect())
    }
}
