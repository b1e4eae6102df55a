//! Every past command decided again, as of its moment.

use super::signatures::keys_in;
use super::sum::Sum;
use super::{CheckFinding, Flaw, LoggedEvent};
use crate::domain::{
    Actor, Broken, Code, Command, Context, ERASED, Edition, Id, No, Registers, Row, Stamp, View, empowered,
    fold, judge, key, touches,
};
use crate::log::{Hash, TreeHead, key_from_hex, key_id};
use crate::profile::{Versions, read};
use crate::store::StoreError;
use crate::store::apply::{about, erased_records, is_erased_with, is_snapshot, stay_of};
use crate::store::codec::{RECOVERY_ACTOR, is_canonical};
use crate::store::replay::{advance, is_about_the_clock};
use crate::store::rights::{acceptable, heads, holds_key, role_in_head, standing};
use crate::store::tables::{Lookups, Readable, State, row_bytes};
use crate::store::texts::text_of;
use std::collections::{BTreeMap, BTreeSet};

/// Registers that an entry changes.
pub(super) trait Kept: View {
    fn put(&mut self, id: Id, row: Row);
}

impl Kept for Registers {
    fn put(&mut self, id: Id, row: Row) {
        Registers::put(self, id, row);
    }
}

/// The registers, and what the tables should hold.
pub(super) struct Replay<R = Registers> {
    pub(super) registers: R,
    pub(super) subjects: Sum,
    pub(super) kinds: Sum,
    pub(super) requests: Sum,
    pub(super) snapshots: Sum,
    pub(super) texts: Sum,
    /// Days of the longest stay so far.
    pub(super) longest_stay: u32,
    versions: Option<Versions>,
    keys: BTreeMap<String, String>,
    founding_key: Option<String>,
    /// The entry from which on the log goes on under an edition that this program does not know.
    newer: Option<u64>,
    /// Where the log stands by the entries so far.
    state: State,
    /// Entries whose text is gone.
    gone: BTreeSet<u64>,
    /// Entries whose text an erasure took.
    erased: BTreeSet<u64>,
    findings: Vec<CheckFinding>,
}

impl Replay {
    pub(super) fn new(founding_key: Option<&str>) -> Replay {
        let mut replay = Replay::behind(Registers::new(), State::default(), None);
        replay.founding_key = founding_key.map(str::to_owned);
        replay
    }
}

impl<R: Kept> Replay<R> {
    /// Behind the entries that made these registers, where the log stood so.
    pub(super) fn behind(registers: R, state: State, versions: Option<Versions>) -> Replay<R> {
        Replay {
            registers,
            subjects: Sum::default(),
            kinds: Sum::default(),
            requests: Sum::default(),
            snapshots: Sum::default(),
            texts: Sum::default(),
            longest_stay: 0,
            versions,
            keys: BTreeMap::new(),
            founding_key: None,
            newer: None,
            state,
            gone: BTreeSet::new(),
            erased: BTreeSet::new(),
            findings: Vec::new(),
        }
    }

    pub(super) fn seq(&self) -> u64 {
        self.state.seq()
    }

    pub(super) fn tree(&self) -> TreeHead {
        self.state.frontier.tree_head()
    }

    /// The entry from which on the log is to be judged by an edition that this program does not know.
    pub(super) fn newer(&self) -> Option<u64> {
        self.newer
    }

    /// What was found, once all entries have passed.
    pub(super) fn findings(&mut self) -> Vec<CheckFinding> {
        let missing: Vec<u64> = self.gone.difference(&self.erased).copied().collect();
        for seq in missing {
            self.found(seq, Flaw::TextMissing);
        }
        std::mem::take(&mut self.findings)
    }

    fn found(&mut self, seq: u64, flaw: Flaw) {
        self.findings.push(CheckFinding { seq, flaw });
    }

    /// The next entry, and the leaf that is stored for it.
    pub(super) fn next(
        &mut self,
        tables: &Readable,
        told: &LoggedEvent,
        stored: Option<Hash>,
    ) -> Result<(), StoreError> {
        let seq = told.meta.seq;
        let leaf = told.entry.leaf();
        if stored != Some(leaf) {
            self.found(seq, Flaw::Leaf);
        }
        self.expect(tables, told)?;
        if self.runs_back(told)? {
            self.found(seq, Flaw::Time);
        }
        advance(&mut self.state, leaf, told);
        match self.judge(told) {
            Ok(flaws) => flaws.into_iter().for_each(|flaw| self.found(seq, flaw)),
            Err(why) => return Err(why.into()),
        }
        self.take(told)
    }

    /// Whether the clock ran back further than the profile bears, and no entry said so before. What must stand first says
    /// it right behind: the keys and the epoch without which nobody could.
    fn runs_back(&self, told: &LoggedEvent) -> Result<bool, StoreError> {
        let Some(Row::Site(site)) = self.registers.row(Id::SITE)? else { return Ok(false) };
        let command = &told.event.command;
        let first = matches!(
            command,
            Command::EnrolKey(_) | Command::UseSheet(_) | Command::IssueBySheet(_) | Command::BeginEpoch(_)
        );
        if site.edition < Edition::Three || is_about_the_clock(command) || first {
            return Ok(false);
        }
        let Some(latest) = Stamp::parse_from_rfc3339(&self.state.latest).ok() else { return Ok(false) };
        let Some(versions) = &self.versions else { return Ok(false) };
        let rule = &versions.on(told.meta.time.date_naive()).clock;
        let borne = site.borne_back_s(rule, told.meta.time, matches!(command, Command::SetClock(_)));
        Ok((latest - told.meta.time).num_seconds() > i64::from(borne))
    }

    /// Whether these are where the log stands by its entries.
    pub(super) fn ends_at(&self, time: &str, latest: &str) -> bool {
        self.state.time == time && self.state.latest == latest
    }

    /// What the tables should say of the entry.
    fn expect(&mut self, tables: &Readable, told: &LoggedEvent) -> Result<(), StoreError> {
        let seq = told.meta.seq;
        let head = told.entry.head();
        self.kinds.add(&head.kind, seq);
        if let Some(request) = &head.request {
            self.requests.add(request, seq);
        }
        if told.entry.is_erased() {
            self.gone.insert(seq);
        }
        let mut subjects = about(&told.event);
        if let Command::Erase(erase) = &told.event.command {
            let mut targets = BTreeSet::new();
            let records = erased_records(&told.event, erase);
            for record in &records {
                // The table is compared as well, so that a target hidden here is found there.
                for found in tables.subjects.range((record.key(), 0)..(record.key(), seq))? {
                    targets.insert(found?.0.value().1);
                }
            }
            targets.extend(erase.entry.filter(|entry| *entry < seq));
            for target in targets {
                let Some(entry) = tables.get_entry(target)? else { continue };
                let target = LoggedEvent::of(entry)?;
                if erase.entry == Some(target.meta.seq)
                    || records.iter().any(|record| is_erased_with(&target.event, *record))
                {
                    subjects.extend(touches(&target.event));
                    self.erased.insert(target.meta.seq);
                    if target.entry.text_bytes().is_some() {
                        self.found(target.meta.seq, Flaw::TextRemains);
                    }
                }
            }
        }
        for id in subjects {
            self.subjects.add_pair(id.key(), seq);
        }
        Ok(())
    }

    /// Whether the actor could and might do this, and whether the rules make the same of it.
    fn judge(&mut self, told: &LoggedEvent) -> Result<Vec<Flaw>, Broken> {
        let LoggedEvent { entry, event, meta } = told;
        let head = entry.head();
        let mut flaws = Vec::new();
        if !is_canonical(entry, event) {
            flaws.push(Flaw::Spelling);
        }
        if head.subject != event.outcome.id.map(|id| id.to_string()) {
            flaws.push(Flaw::Head);
        }
        if meta.seq == 1
            && let Command::FoundSite(founding) = &event.command
        {
            let profile = read(&founding.profile);
            self.versions = profile.map(|profile| Versions::new(meta.time.date_naive(), profile));
            if self.founding_key.as_ref().is_some_and(|pinned| *pinned != founding.key) {
                flaws.push(Flaw::Key);
            }
            self.learn_from(&event.command);
        } else if (meta.seq == 1) != matches!(event.command, Command::FoundSite(_)) {
            flaws.push(Flaw::Founding);
        }
        let hex = self.keys.get(&head.key).cloned().unwrap_or_default();
        let (actor, flaw) = self.actor(told, &hex)?;
        flaws.extend(flaw);
        let holds = holds_key(&self.registers, &actor, &event.command, &hex)?;
        if !holds && flaws.is_empty() {
            flaws.push(Flaw::Key);
        }
        if !holds {
            // Whoever it was, it was not the actor: what the actor might do is not asked.
            return Ok(flaws);
        }
        let Some(versions) = &self.versions else {
            flaws.push(Flaw::Profile);
            return Ok(flaws);
        };
        let profile = versions.on(event.at.unwrap_or(meta.time).date_naive());
        let context = Context::new(&actor, meta.time, event.at, profile);
        let context = empowered(&self.registers, &standing(&self.registers, context, &event.command)?)?;
        let told = (head.role.clone(), meta.on_behalf);
        let may = heads(&self.registers, &context, &event.command)?;
        if may.is_empty() {
            flaws.push(Flaw::Right);
            return Ok(flaws);
        }
        if !may.contains(&told) {
            flaws.push(Flaw::Head);
        }
        let decided = judge(&self.registers, &context, &event.command);
        match decided
            .and_then(|again| acceptable(&self.registers, &context, &event.command, meta.seq).map(|()| again))
        {
            Ok(again) => {
                let head = (role_in_head(again.role), again.on_behalf);
                if head != told && may.contains(&told) {
                    flaws.push(Flaw::Head);
                }
                if again.event != *event {
                    flaws.push(Flaw::Differs);
                }
            }
            Err(No::Denied(_)) => flaws.push(Flaw::Right),
            // Whoever might give it gave it: the rules from here on are those of a release to come, or it is forged.
            Err(No::Rejected(rejection)) if rejection.code == Code::EditionUnknown => {
                self.newer = Some(meta.seq);
                flaws.push(Flaw::Newer);
            }
            Err(No::Rejected(rejection)) => flaws.push(Flaw::Forbidden(rejection.code)),
            Err(No::Broken(why)) => return Err(why),
        }
        Ok(flaws)
    }

    /// Who acted, by the records of that moment, and what is wrong with that.
    fn actor(&self, told: &LoggedEvent, hex: &str) -> Result<(Actor, Option<Flaw>), Broken> {
        let person = told.meta.actor;
        if let Command::FoundSite(founding) = &told.event.command {
            let user = told.event.outcome.user;
            return Ok((Actor { person, user, roles: founding.roles.clone() }, None));
        }
        if told.entry.head().actor == RECOVERY_ACTOR {
            return Ok((Actor::recovery(), None));
        }
        for id in self.registers.find(&key::key(hex))? {
            if let Some(Row::User(user)) = self.registers.row(id)?
                && user.person == person
            {
                let provisional = user.keys.last().is_some_and(|held| held.key == hex && held.provisional);
                let flaw = if user.state.is_barred() {
                    Some(Flaw::Suspended)
                } else if provisional && !matches!(told.event.command, Command::EnrolKey(_)) {
                    Some(Flaw::Provisional)
                } else {
                    None
                };
                return Ok((Actor { person, user: Some(id), roles: user.roles }, flaw));
            }
        }
        Ok((Actor { person, user: None, roles: Vec::new() }, Some(Flaw::Key)))
    }

    /// The registers after the entry.
    fn take(&mut self, told: &LoggedEvent) -> Result<(), StoreError> {
        let LoggedEvent { event, meta, .. } = told;
        for id in touches(event) {
            let old = self.registers.row(id)?;
            let was = text_of(old.as_ref());
            if let Some(row) = fold(id, old, event, meta) {
                let text = text_of(Some(&row));
                if text != was {
                    self.texts.add_value(id.key(), meta.seq, text.as_bytes());
                }
                self.longest_stay = self.longest_stay.max(stay_of(&row));
                if is_snapshot(meta.seq) {
                    self.snapshots.add_value(id.key(), meta.seq, &row_bytes(&row)?);
                }
                self.registers.put(id, row);
            }
        }
        self.learn_from(&event.command);
        // One that cannot be read was not acceptable either, which is said already.
        if event.command.changes_versions()
            && let Some(versions) = Versions::of(&self.registers)?
        {
            self.versions = Some(versions);
        }
        Ok(())
    }

    fn learn_from(&mut self, command: &Command) {
        for hex in keys_in(command) {
            self.learn(hex);
        }
    }

    /// A key that is known from here on.
    pub(super) fn learn(&mut self, hex: &str) {
        if let Some(key) = key_from_hex(hex).filter(|_| hex != ERASED) {
            self.keys.entry(key_id(&key)).or_insert_with(|| hex.to_owned());
        }
    }
}
