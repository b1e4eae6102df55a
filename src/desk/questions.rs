//! What is asked of the registers, answered from the books. Reading transactions are short: one a question.

use super::declare::registers;
use super::execute::password_first;
use super::failure::{broken, refused};
use super::lists::{noun_of, still_to_come};
use super::past::Then;
use super::viewer::empowered_by;
use super::{AsOf, Desk, EntryLine, Failure, Lang, LogQuery, Lookup, Present, Scan};
use crate::domain::{
    AccountDays, Availability, Badge, BadgeKind, BadgeState, Command, Context, Could, Date, FormSoFar, Id,
    Noun, Offer, Profile, QUERY, Row, Sight, Stamp, View, Visit, availability, concerns, key, offers, policy,
    policy_of, touches, visit_at, who_could,
};
use crate::store::{LoggedEvent, Reading};
use crate::text::scan::{code_key, fold_code};
use chrono::Days;

impl Desk {
    /// Whether any role of the profile in force may give a command: what is nobody's is none of this site's matters.
    pub fn is_somebodys(&self, command: &str) -> bool {
        !policy::is_nobodys(Lookup::profile(self), command)
    }

    /// Whether an operation is open to this person on this record now, without doing it: the refusal if not.
    ///
    /// # Errors
    /// [`Failure::Rejected`] or [`Failure::Denied`] with the reason to show.
    pub fn available(&self, command: &str, record: Option<Id>) -> Result<(), Failure> {
        let no = match availability(&self.reading()?, &self.context()?, command, record) {
            Availability::Available => return Ok(()),
            Availability::Unavailable(no) => no,
        };
        Err(refused(no, None))
    }

    /// Which records a field of a command offers, by what its form says so far.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when the books cannot be read.
    pub fn offers(&self, command: &str, field: &str, form: &FormSoFar) -> Result<Offer, Failure> {
        offers(&self.reading()?, &self.context()?, (command, field), form).map_err(|no| refused(no, None))
    }

    /// Whoever sits here, now, under the rules in force.
    pub(super) fn context(&self) -> Result<Context<'_>, Failure> {
        let now = self.terminal.clock.now();
        let context = Context::new(self.actor(), now, None, self.versions.on(now.date_naive()));
        empowered_by(&*self.reading()?, context)
    }

    /// Whether whoever sits here may do something: a command's name or `query:REGISTER`, in their own right or for another.
    pub(super) fn may(&self, what: &str) -> bool {
        self.context().is_ok_and(|context| policy::ways(&context, what).is_ok())
    }

    /// Every role in which whoever sits here may act, their own first.
    pub fn roles(&self) -> Vec<String> {
        self.context().map(|context| context.roles().cloned().collect()).unwrap_or_default()
    }

    /// Everything that whoever sits here may do in their own right, by name: what they could delegate.
    pub fn own_rights(&self) -> Vec<String> {
        let Ok(context) = self.context() else { return Vec::new() };
        let may = |what: &String| policy::role_for(context.profile, &context.actor.roles, what).is_ok();
        policy::every_right().filter(may).collect()
    }

    /// Whether the person's roles hold a query (`visits`, `log`).
    pub fn may_query(&self, register: &str) -> bool {
        self.role_may_query(register).is_ok()
    }

    /// Whether looking something up is itself an entry for this person (auditors).
    pub fn reading_counts(&self) -> bool {
        let profile = Lookup::profile(self);
        let counts = |role: &String| profile.audits(role);
        self.context().is_ok_and(|context| context.roles().any(counts))
    }

    /// Refuses whoever sits here and may not ask: no role of theirs may, their account ended meanwhile, or a new password is
    /// to be set first.
    pub(super) fn query_right(&self, register: &str) -> Result<(), Failure> {
        if self.seat.provisional {
            return Err(password_first(&self.seat));
        }
        if let Some(user) = self.own_row()? {
            let days = AccountDays::from(self.accounts_on()?, self.terminal.clock.now().date_naive());
            if let Some(no) = user.is_barred(&Lookup::profile(self).password, days) {
                return Err(Failure::Rejected(no, None));
            }
        }
        self.role_may_query(register)
    }

    /// Refuses whoever has no role that may ask for a register.
    fn role_may_query(&self, register: &str) -> Result<(), Failure> {
        // Who took over when, and the site's own rules, are for everybody who works at the desk.
        let right = if matches!(register, "shifts" | "profiles") { "today" } else { register };
        let context = self.context()?;
        let asked = |right: &str| policy::ways(&context, &format!("{QUERY}{right}")).map(|_| ());
        // Whoever reads a register in part asks for it all the same.
        let partly = || noun_of(right).and_then(|noun| noun.filing().partly.as_ref());
        match asked(right) {
            Err(denied) if partly().is_none_or(|partly| asked(partly.query).is_err()) => {
                Err(Failure::Denied(denied, None))
            }
            _ => Ok(()),
        }
    }

    /// Everyone inside now, by the time they came.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn inside(&self) -> Result<Vec<Present>, Failure> {
        self.query_right("inside")?;
        let mut present = self.present(&*self.reading()?)?;
        present.sort_by_key(|presence| (presence.visit.came, presence.visit.id));
        Ok(present)
    }

    /// Whether whoever sits here is told of a part of the site alone by a query, which they hold within jurisdictions (S-2).
    pub fn sees_part(&self, query: &str) -> bool {
        let right = format!("{QUERY}{query}");
        self.context().is_ok_and(|context| !Sight::of(&context, &right).is_whole())
    }

    /// Everybody who could give a command or ask a query at a moment, and on what that rested, as the books know it now, or knew
    /// it then: by its name, under the profile of that day.
    ///
    /// # Errors
    /// As [`Desk::list`]; as [`Desk::seen`] where `known` is a day or an entry.
    pub fn who_could(&self, what: &str, moment: Stamp, known: Option<AsOf>) -> Result<Vec<Could>, Failure> {
        self.query_right("who_could")?;
        let profile = self.versions.on(moment.date_naive());
        let (reading, edition) = (self.reading()?, self.edition()?);
        let found = match known {
            None => who_could(&*reading, profile, edition, what, moment, self.store.head().latest),
            Some(_) => {
                let at = self.seen(known)?;
                who_could(&Then { at: &*at, reading: &reading }, profile, edition, what, moment, None)
            }
        };
        let found = found.map_err(broken)?;
        seen_grounds(&*reading, profile, &Sight::of(&self.context()?, "query:who_could"), found)
    }

    /// All that a person could do at a moment, and on what each rested, as the books know it now: under the profile of that day.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn policy_of(&self, person: Id, moment: Stamp) -> Result<Vec<(String, Vec<Could>)>, Failure> {
        self.query_right("policy")?;
        let profile = self.versions.on(moment.date_naive());
        let reading = self.reading()?;
        let sight = Sight::of(&self.context()?, "query:policy");
        let mut found = Vec::new();
        for (what, rests) in policy_of(&*reading, profile, self.edition()?, person, moment).map_err(broken)? {
            let rests = seen_grounds(&*reading, profile, &sight, rests)?;
            if !rests.is_empty() {
                found.push((what, rests));
            }
        }
        Ok(found)
    }

    /// Everyone inside now, by number of visit, with what is wrong with it.
    pub(super) fn present(&self, reading: &Reading) -> Result<Vec<Present>, Failure> {
        let unconfirmed = reading.clock_in_doubt().map_err(|error| self.store_failure(error))?;
        let visits = reading.inside().map_err(|error| self.store_failure(error))?;
        let presence = |visit: Visit| {
            let concerns = concerns(reading, &visit, self.now(), unconfirmed).map_err(broken)?;
            Ok(Present { visit, uncertain: false, concerns })
        };
        visits.into_iter().map(presence).collect()
    }

    /// Everyone inside at a past moment, as the books know it now: late entries and corrections included. Each visit
    /// stands as it stood then. For the words about them, see [`Desk::seen_at`].
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn inside_at(&self, moment: Stamp) -> Result<Vec<Present>, Failure> {
        self.query_right("inside_at")?;
        if moment > self.now() {
            return Err(still_to_come());
        }
        let present = self.reading()?.inside_at(moment).map_err(|error| self.store_failure(error))?;
        let told = |found: crate::store::Stay| Present {
            visit: visit_at(found.visit, moment),
            uncertain: found.exit_unknown,
            concerns: Vec::new(),
        };
        Ok(present.into_iter().map(told).collect())
    }

    /// What a scanned code means now.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn scan(&self, code: &str) -> Result<Scan, Failure> {
        let reading = self.reading()?;
        let code = fold_code(code);
        let mut ids = reading.find(&key::number(Noun::Badge, &code)).map_err(broken)?;
        if ids.is_empty() {
            ids = reading.find(&key::number(Noun::Badge, &code.to_uppercase())).map_err(broken)?;
        }
        let badge = match ids.first() {
            Some(id) => reading.get_as::<Badge>(*id).map_err(|error| self.store_failure(error))?,
            None => None,
        };
        let Some(badge) = badge else { return self.scanned_thing(&reading, &code) };
        Ok(match (badge.kind, badge.state, badge.visit, badge.holder) {
            (BadgeKind::Badge, BadgeState::In, _, _) => Scan::BadgeIn(badge.id),
            (BadgeKind::Badge, BadgeState::Out, Some(visit), _) => Scan::BadgeOut(badge.id, visit),
            (BadgeKind::Card, BadgeState::In, _, Some(holder)) => {
                match reading.find(&key::inside(holder)).map_err(broken)?.first() {
                    Some(visit) => Scan::CardInside(holder, *visit),
                    None => Scan::CardOutside(holder),
                }
            }
            _ => Scan::BadgeUnusable(badge.id),
        })
    }

    /// What another thing's number begins, by what its register says.
    fn scanned_thing(&self, reading: &Reading, code: &str) -> Result<Scan, Failure> {
        for register in registers() {
            let Some(begins) = register.scanned else { continue };
            let key = key::number(register.noun, &code_key(code));
            if let Some(id) = reading.find(&key).map_err(broken)?.first()
                && let Some(row) = reading.row(*id).map_err(broken)?
            {
                return Ok(Scan::Thing(*id, begins(&row)));
            }
        }
        Ok(Scan::Unknown)
    }

    /// The zones that a person's own registration opens on a day.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn zones_of(&self, person: Id, day: Date) -> Result<Vec<String>, Failure> {
        let rows =
            self.reading()?.rows_under(&key::of(Noun::Entrant, person)).map_err(|e| self.store_failure(e))?;
        let mut zones = Vec::new();
        for row in rows {
            if let Row::Entrant(entrant) = row
                && entrant.revoked.is_none()
                && (entrant.from..=entrant.to).contains(&day)
            {
                zones.extend(entrant.zones);
            }
        }
        zones.sort();
        zones.dedup();
        Ok(zones)
    }

    /// The entries about a record, oldest first: all of them.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn history(&self, id: Id, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        self.history_as_of(id, None, lang)
    }

    /// The entries about a record up to a past moment, in the names of then.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn history_as_of(&self, id: Id, as_of: Option<AsOf>, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        let reading = self.reading()?;
        self.known_to_sight(&reading, id)?;
        let told = self.about(&reading, &[id], as_of)?;
        let at = self.seen(as_of)?;
        Ok(told.iter().map(|told| line(told, &*at, lang)).collect())
    }

    /// Those of some entries that whoever sits here sees: who may not read the log at all, by what any of their roles lets them.
    fn seen_entries(&self, reading: &Reading, told: &mut Vec<LoggedEvent>) -> Result<(), Failure> {
        let sight = Sight::of(&self.context()?, "query:log");
        if sight.is_whole() {
            return Ok(());
        }
        let mut seen = Vec::new();
        for one in told.drain(..) {
            if self.is_entry_seen(reading, &sight, &one)? {
                seen.push(one);
            }
        }
        *told = seen;
        Ok(())
    }

    /// Refuses the entries about a record that whoever sits here does not see.
    fn known_to_sight(&self, reading: &Reading, id: Id) -> Result<(), Failure> {
        match reading.get(id).map_err(|error| self.store_failure(error))? {
            Some(row) if !self.told(id.noun, self.now().date_naive()).shows_whole(&row) => {
                Err(self.untold(id.noun))
            }
            Some(row) => self.in_sight(reading, &row),
            None => Ok(()),
        }
    }

    /// The entries about some records up to a past moment, oldest first, each once.
    fn about(&self, reading: &Reading, ids: &[Id], as_of: Option<AsOf>) -> Result<Vec<LoggedEvent>, Failure> {
        let before = match as_of {
            Some(as_of) => self.seq_of(reading, as_of)?.saturating_add(1),
            None => u64::MAX,
        };
        let mut told = Vec::new();
        for id in ids {
            let log = reading.history(*id, before, usize::MAX).map_err(|error| self.store_failure(error))?;
            told.extend(log.entries);
        }
        told.sort_by_key(|told| told.meta.seq);
        told.dedup_by_key(|told| told.meta.seq);
        self.seen_entries(reading, &mut told)?;
        Ok(told)
    }

    /// Everything that belongs to one thread of outside work, as one timeline: application, decision, visits,
    /// escorts, work record, approval, notice (J-PI-12). For any record of the thread.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn timeline(&self, id: Id, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        self.timeline_as_of(id, None, lang)
    }

    /// The same up to a past moment, in the names of then.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn timeline_as_of(&self, id: Id, as_of: Option<AsOf>, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        let reading = self.reading()?;
        self.known_to_sight(&reading, id)?;
        let mut root = id;
        while let Some(above) = self.above(&reading, root)? {
            root = above;
        }
        let mut thread = vec![id];
        let mut below = vec![root];
        while let Some(record) = below.pop() {
            thread.push(record);
            for noun in Noun::ALL.into_iter().filter(|noun| noun.filing().belongs_to.contains(&record.noun)) {
                below.extend(reading.ids(&key::of(noun, record)).map_err(|error| self.store_failure(error))?);
            }
        }
        thread.sort();
        thread.dedup();
        let told = self.about(&reading, &thread, as_of)?;
        let at = self.seen(as_of)?;
        Ok(told.iter().map(|told| line(told, &*at, lang)).collect())
    }

    /// The record to which one belongs. The nouns belong to each other in no circle.
    fn above(&self, reading: &Reading, id: Id) -> Result<Option<Id>, Failure> {
        let belongs_to = id.noun.filing().belongs_to;
        let row =
            if belongs_to.is_empty() { None } else { reading.get(id).map_err(|e| self.store_failure(e))? };
        let named = row.map(|row| row.names_records()).unwrap_or_default();
        Ok(named.into_iter().find(|other| belongs_to.contains(&other.noun)))
    }

    /// Entries of the log, newest first, before an entry; a right of its own (J-1-1-3-a).
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn log(
        &self,
        before: Option<u64>,
        kind: Option<&str>,
        most: usize,
        lang: Lang,
    ) -> Result<Vec<EntryLine>, Failure> {
        self.query_right("log")?;
        self.entries(before, kind, None, most, lang)
    }

    /// Refused attempts, newest first, before an entry.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn refused(&self, before: Option<u64>, most: usize, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        self.log_of(&LogQuery { refused: true, ..LogQuery::default() }, before, most, lang)
    }

    /// Entries of the log made on some days, newest first, before an entry, whatever order their times have. Fewer
    /// than `most`: there are no more.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn log_of(
        &self,
        query: &LogQuery,
        before: Option<u64>,
        most: usize,
        lang: Lang,
    ) -> Result<Vec<EntryLine>, Failure> {
        self.query_right(if query.refused { "refused" } else { "log" })?;
        let refused = Command::RecordRefusal(Default::default()).past();
        let when = |time: Stamp| {
            let day = time.date_naive();
            query.from.is_none_or(|from| from <= day) && query.to.is_none_or(|to| day <= to)
        };
        let all = query.from.is_none() && query.to.is_none();
        let when: Option<&dyn Fn(Stamp) -> bool> = if all { None } else { Some(&when) };
        self.entries(before, query.refused.then_some(refused), when, most, lang)
    }

    /// The root over the log up to and with an entry: its first 16 hex digits, as they are noted on paper.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn root_at(&self, seq: u64) -> Result<String, Failure> {
        let root = self.store.root_at(seq).map_err(|error| self.store_failure(error))?;
        Ok(root.unwrap_or_default().chars().take(16).collect())
    }

    fn entries(
        &self,
        before: Option<u64>,
        kind: Option<&str>,
        when: Option<&dyn Fn(Stamp) -> bool>,
        most: usize,
        lang: Lang,
    ) -> Result<Vec<EntryLine>, Failure> {
        let reading = self.reading()?;
        let refused = Command::RecordRefusal(Default::default()).past();
        let query = if kind == Some(refused) { "query:refused" } else { "query:log" };
        let sight = Sight::of(&self.context()?, query);
        let (mut lines, mut before) = (Vec::new(), before.unwrap_or(u64::MAX));
        loop {
            let log =
                reading.log_when(before, kind, when, most).map_err(|error| self.store_failure(error))?;
            for told in &log.entries {
                if self.is_entry_seen(&reading, &sight, told)? && lines.len() < most {
                    lines.push(line(told, self, lang));
                }
            }
            match log.next {
                Some(next) if lines.len() < most => before = next,
                _ => return Ok(lines),
            }
        }
    }

    /// Whether an entry is about nothing that lies outside what somebody sees. A refused attempt is about whoever made it.
    fn is_entry_seen(&self, reading: &Reading, sight: &Sight, told: &LoggedEvent) -> Result<bool, Failure> {
        if sight.is_whole() {
            return Ok(true);
        }
        let profile = Lookup::profile(self);
        let mut about = touches(&told.event);
        // So are the IDs that were typed at a login, and what was looked for.
        let of_actor = matches!(
            told.event.command,
            Command::RecordRefusal(_) | Command::ReportFailedLogins(_) | Command::RecordReading(_)
        );
        if of_actor {
            about.extend(reading.find(&key::of(Noun::User, told.meta.actor)).map_err(broken)?);
        }
        for id in about {
            if !shown(reading, profile, sight, id)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Ids of a noun whose period ends on one of the next days, today included.
    pub(super) fn ending_soon(&self, reading: &Reading, noun: Noun, days: u32) -> Result<Vec<Id>, Failure> {
        let today = self.terminal.clock.now().date_naive();
        let mut ids = Vec::new();
        for ahead in 0..=days {
            if let Some(day) = today.checked_add_days(Days::new(u64::from(ahead))) {
                ids.extend(reading.find(&key::until(noun, day)).map_err(broken)?);
            }
        }
        Ok(ids)
    }
}

/// Those of some who could do something that rest on what somebody sees.
fn seen_grounds(
    view: &dyn View,
    profile: &Profile,
    sight: &Sight,
    found: Vec<Could>,
) -> Result<Vec<Could>, Failure> {
    if sight.is_whole() {
        return Ok(found);
    }
    let mut seen = Vec::new();
    for could in found {
        if shown(view, profile, sight, could.ground)? {
            seen.push(could);
        }
    }
    Ok(seen)
}

/// Whether somebody sees a record.
pub(super) fn shown(view: &dyn View, profile: &Profile, sight: &Sight, id: Id) -> Result<bool, Failure> {
    let row = view.row(id).map_err(broken)?;
    Ok(row.map(|row| sight.shows(view, profile, &row)).transpose().map_err(broken)?.unwrap_or(true))
}

fn line(told: &LoggedEvent, at: &dyn Lookup, lang: Lang) -> EntryLine {
    EntryLine {
        seq: told.meta.seq,
        time: told.meta.time,
        at: told.event.at,
        actor: told.meta.actor,
        on_behalf: told.meta.on_behalf,
        role: told.meta.role.clone(),
        kind: told.event.command.past().to_owned(),
        subject: told.event.outcome.id,
        says: super::declare::entry_says(&told.event, at, lang),
    }
}
