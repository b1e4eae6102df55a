//! What is asked of the registers, answered from the books. Reading transactions are short: one a question.

use super::declare::standing;
use super::{AsOf, Desk, EntryLine, Failure, Lang, ListQuery, Lookup, Page, Presence, Scan};
use crate::domain::{
    Availability, Badge, BadgeKind, BadgeState, Broken, Command, Context, Date, Id, No, Noun, Row, Stamp,
    View, VisitState, availability, key, policy,
};
use crate::store::{Cursor, Filter, Order, Reading, Told};
use crate::text::scan::fold_code;
use crate::text::search_keys_of_query;
use chrono::{Days, NaiveDate};
use std::collections::BTreeSet;

/// The most rows that a search narrows a list to: more than anybody pages through.
const MOST_FOUND: usize = 500;
/// The most entries of a thread's timeline.
const MOST_ENTRIES: usize = 2000;

fn broken(why: Broken) -> Failure {
    Failure::Damaged(why.0)
}

/// The noun of a register, by its name on the command line.
pub fn noun_of(register: &str) -> Option<Noun> {
    super::declare::register(register).map(|register| register.noun)
}

/// The people and companies a row names.
fn names(row: &Row, id: Id) -> bool {
    row.id() == id
        || match row {
            Row::Person(person) => person.company == Some(id),
            Row::Company(company) => company.outsourced_by == Some(id),
            Row::Entrant(entrant) => entrant.person == id,
            Row::Badge(badge) => badge.holder == Some(id),
            Row::Visit(visit) => {
                visit.person == id
                    || visit.company == Some(id)
                    || visit.escorts.iter().any(|(_, escort)| *escort == id)
            }
            Row::Permit(permit) => {
                permit.company == id || permit.applicant == id || permit.workers.contains(&id)
            }
            Row::Work(work) => work.workers.contains(&id) || work.recorded_by == id,
            Row::User(user) => user.person == id,
            Row::Shift(shift) => shift.by == id,
            _ => false,
        }
}

fn is_in_zone(row: &Row, zone: &str) -> bool {
    match row {
        Row::Visit(visit) => visit.zone == zone,
        Row::Entrant(entrant) => entrant.zones.iter().any(|held| held == zone),
        Row::Permit(permit) => permit.zones.iter().any(|held| held == zone),
        Row::Badge(badge) => badge.zone.as_deref() == Some(zone),
        _ => false,
    }
}

fn day_of(row: &Row) -> Option<Date> {
    Some(match row {
        Row::Visit(visit) => visit.came.date_naive(),
        Row::Permit(permit) => permit.from,
        Row::Work(work) => work.date,
        Row::Shift(shift) => shift.at.date_naive(),
        Row::Notice(notice) => notice.opened.date_naive(),
        Row::Entrant(entrant) => entrant.from,
        _ => return None,
    })
}

/// Whether a row answers a question, whatever index it was found by.
fn answers(row: &Row, query: &ListQuery, at: &dyn Lookup) -> bool {
    query.state.as_deref().is_none_or(|state| standing::is_in(row, state, at))
        && query.person.is_none_or(|id| names(row, id))
        && query.company.is_none_or(|id| names(row, id))
        && query.zone.as_deref().is_none_or(|zone| is_in_zone(row, zone))
        && query.from.is_none_or(|from| day_of(row).is_none_or(|day| day >= from))
        && query.to.is_none_or(|to| day_of(row).is_none_or(|day| day <= to))
}

/// Visits of a page by the time they began, the latest first; other rows stay in their order.
fn by_time(rows: &mut [Row]) {
    let came = |row: &Row| match row {
        Row::Visit(visit) => Some(visit.came),
        _ => None,
    };
    if rows.iter().all(|row| came(row).is_some()) {
        rows.sort_by_key(|row| std::cmp::Reverse((came(row), row.id())));
    }
}

impl Desk {
    /// Whether an operation is open to this person on this record now, without doing it: the refusal if not.
    ///
    /// # Errors
    /// [`Failure::Rejected`] or [`Failure::Denied`] with the reason to show.
    pub fn available(&self, command: &str, record: Option<Id>) -> Result<(), Failure> {
        let reading = self.reading()?;
        let now = self.terminal().clock.now();
        let context = Context {
            actor: self.actor(),
            now,
            at: None,
            clock_unconfirmed: self.clock_is_unconfirmed()?,
            profile: self.versions().on(now.date_naive()),
        };
        let no = match availability(&reading, &context, command, record) {
            Availability::Available => return Ok(()),
            Availability::Unavailable(no) => no,
        };
        Err(match no {
            No::Rejected(rejection) => Failure::Rejected(rejection, None),
            No::Denied(denied) => Failure::Denied(denied, None),
            No::Broken(why) => broken(why),
        })
    }

    /// Whether the person's roles hold a query (`visits`, `log`).
    pub fn may_query(&self, register: &str) -> bool {
        self.query_right(register).is_ok()
    }

    /// Whether looking something up is itself an entry for this person (auditors).
    pub fn reading_counts(&self) -> bool {
        let profile = Lookup::profile(self);
        self.actor().roles.iter().any(|role| profile.role(role).is_some_and(|role| role.reading_counts))
    }

    pub(super) fn query_right(&self, register: &str) -> Result<(), Failure> {
        // Who took over when, and the site's own rules, are for everybody who works at the desk.
        let right = if matches!(register, "shifts" | "profiles") { "today" } else { register };
        let what = format!("query:{right}");
        policy::role_for(Lookup::profile(self), &self.actor().roles, &what)
            .map(|_| ())
            .map_err(|denied| Failure::Denied(denied, None))
    }

    /// Some rows of a register, newest first, from a cursor. A page may be short, even empty, while there is a
    /// next one: filters that keep few look only so far at a time.
    ///
    /// # Errors
    /// [`Failure::Denied`], [`Failure::Damaged`] or [`Failure::Device`].
    pub fn list(&self, query: &ListQuery, from: Option<&Cursor>, most: usize) -> Result<Page, Failure> {
        self.query_right(&query.register)?;
        let Some(noun) = noun_of(&query.register) else { return Ok(Page::default()) };
        let reading = self.reading()?;
        if let Some(as_of) = query.as_of {
            return self.list_as_of(&reading, noun, query, as_of);
        }
        if !query.search.trim().is_empty() {
            let rows = self.searched(&reading, noun, &query.search, MOST_FOUND)?;
            let rows = rows.into_iter().filter(|row| answers(row, query, self)).collect();
            return Ok(Page { rows, next: None });
        }
        let by_key = self.key_of(noun, query);
        let has_days = matches!(noun, Noun::Visit | Noun::Permit | Noun::Work | Noun::Shift);
        let days = match (query.from, query.to) {
            // Visits go by the day they began: what came late from paper stands where it happened.
            (None, None) if noun != Noun::Visit => None,
            _ if !has_days => None,
            (from, to) => {
                let first = NaiveDate::from_ymd_opt(1868, 1, 1).unwrap_or_default();
                let last = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or_default();
                Some((from.unwrap_or(first), to.unwrap_or(last)))
            }
        };
        let keep = |row: &Row| answers(row, query, self);
        let filter =
            Filter { key: by_key.as_deref(), days: days.filter(|_| by_key.is_none()), keep: Some(&keep) };
        let page = reading
            .list(noun, &filter, Order::NewestFirst, from, most)
            .map_err(|error| self.store_failure(error))?;
        let mut rows = page.rows;
        by_time(&mut rows);
        Ok(Page { rows, next: page.next })
    }

    /// The index key that leaves the fewest rows of a question.
    fn key_of(&self, noun: Noun, query: &ListQuery) -> Option<String> {
        let by_state = match (noun, query.state.as_deref()) {
            (Noun::Visit, Some(state @ ("inside" | "exit_unknown" | "report_due")))
            | (Noun::Permit, Some(state @ ("applied" | "telephone")))
            | (Noun::Work, Some(state @ ("recorded" | "returned")))
            | (Noun::Notice, Some(state @ "open"))
            | (Noun::Badge, Some(state @ ("in" | "out" | "not_returned" | "lost" | "broken" | "disposed")))
            | (Noun::User, Some(state @ ("provisional" | "active" | "suspended"))) => {
                Some(key::state(noun, state))
            }
            _ => None,
        };
        let of = |id: Option<Id>| {
            id.filter(|_| {
                matches!(noun, Noun::Visit | Noun::Entrant | Noun::Permit | Noun::User | Noun::Person)
            })
            .filter(|id| !(noun == Noun::Person && id.noun == Noun::Person))
            .filter(|id| noun != Noun::Entrant || id.noun == Noun::Person)
            .map(|id| key::of(noun, id))
        };
        by_state.or_else(|| of(query.person)).or_else(|| of(query.company))
    }

    /// Rows found by what was typed: by their own names and numbers, and those of the people and companies that
    /// they are about; of visits and permits the newest.
    fn searched(&self, reading: &Reading, noun: Noun, typed: &str, most: usize) -> Result<Vec<Row>, Failure> {
        let id = fold_code(typed).to_uppercase().parse::<Id>().ok().filter(|id| id.noun == noun);
        let ids = match id {
            Some(id) => vec![id],
            None => self.searched_ids(reading, noun, typed, most)?,
        };
        let mut rows = Vec::with_capacity(ids.len());
        for id in ids {
            rows.extend(reading.get(id).map_err(|error| self.store_failure(error))?);
        }
        Ok(rows)
    }

    fn searched_ids(
        &self,
        reading: &Reading,
        noun: Noun,
        typed: &str,
        most: usize,
    ) -> Result<Vec<Id>, Failure> {
        let keys = search_keys_of_query(typed);
        let found = |noun, most| {
            let found = reading.search_ids(noun, &keys, most).map_err(|error| self.store_failure(error))?;
            Ok::<Vec<Id>, Failure>(found.0)
        };
        let about: &[Noun] = match noun {
            Noun::Visit | Noun::Permit => &[Noun::Person, Noun::Company],
            Noun::Entrant | Noun::User => &[Noun::Person],
            Noun::Person => &[Noun::Company],
            Noun::Badge => &[],
            _ => &[],
        };
        let mut others = Vec::new();
        for other in about {
            others.extend(found(*other, MOST_FOUND)?);
        }
        // Places that lie together are read together.
        others.sort_unstable();
        let keys: Vec<String> = others.into_iter().map(|id| key::of(noun, id)).collect();
        let mut ids = found(noun, most)?;
        let own: BTreeSet<Id> = ids.iter().copied().collect();
        let of_others = reading.newest_under(&keys, most).map_err(|error| self.store_failure(error))?;
        ids.extend(of_others.into_iter().filter(|id| !own.contains(id)));
        ids.truncate(most);
        if matches!(noun, Noun::Visit | Noun::Permit) {
            ids.sort_unstable_by_key(|id| std::cmp::Reverse(*id));
        }
        Ok(ids)
    }

    fn list_as_of(
        &self,
        reading: &Reading,
        noun: Noun,
        query: &ListQuery,
        as_of: AsOf,
    ) -> Result<Page, Failure> {
        let seq = self.seq_of(reading, as_of)?;
        let mut rows = Vec::new();
        let mut keep = |row: Row| {
            if answers(&row, query, self) {
                rows.push(row);
            }
            true
        };
        reading
            .list_as_of(noun, seq, &mut keep, &mut |_, _, _| {})
            .map_err(|error| self.store_failure(error))?;
        if !query.search.trim().is_empty() {
            let found = self.searched(reading, noun, &query.search, MOST_FOUND)?;
            rows.retain(|row| found.iter().any(|held| held.id() == row.id()));
        }
        rows.sort_by_key(|row| std::cmp::Reverse(row.id()));
        by_time(&mut rows);
        Ok(Page { rows, next: None })
    }

    /// The entry up to which a past state reaches.
    pub(super) fn seq_of(&self, reading: &Reading, as_of: AsOf) -> Result<u64, Failure> {
        match as_of {
            AsOf::Entry(seq) => Ok(seq),
            AsOf::Day(day) => reading.seq_at(day).map_err(|error| self.store_failure(error)),
        }
    }

    /// One record as of a past state, or as it stands now.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn record(&self, id: Id, as_of: Option<AsOf>) -> Result<Option<Row>, Failure> {
        let reading = self.reading()?;
        match as_of {
            None => reading.get(id).map_err(|error| self.store_failure(error)),
            Some(as_of) => {
                let seq = self.seq_of(&reading, as_of)?;
                reading.get_as_of(id, seq).map_err(|error| self.store_failure(error))
            }
        }
    }

    /// Records of a noun whose names or numbers match what was typed.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn search(&self, noun: Noun, typed: &str, most: usize) -> Result<Vec<Id>, Failure> {
        let reading = self.reading()?;
        let rows = self.searched(&reading, noun, typed, most)?;
        Ok(rows.iter().map(Row::id).take(most).collect())
    }

    /// Everyone inside now, by the time they came.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn inside(&self) -> Result<Vec<Presence>, Failure> {
        self.query_right("inside")?;
        let mut visits = self.reading()?.inside().map_err(|error| self.store_failure(error))?;
        visits.sort_by_key(|visit| (visit.came, visit.id));
        Ok(visits.into_iter().map(|visit| Presence { visit, uncertain: false }).collect())
    }

    /// Everyone inside at a past moment, as the books know it now.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn inside_at(&self, moment: Stamp) -> Result<Vec<Presence>, Failure> {
        self.query_right("inside_at")?;
        let present = self.reading()?.inside_at(moment).map_err(|error| self.store_failure(error))?;
        let told =
            |found: crate::store::Presence| Presence { visit: found.visit, uncertain: found.exit_unknown };
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
        let Some(badge) = badge else { return Ok(Scan::Unknown) };
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

    /// The entries about a record, oldest first.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn history(&self, id: Id, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        let log =
            self.reading()?.history(id, u64::MAX, MOST_ENTRIES).map_err(|error| self.store_failure(error))?;
        Ok(log.entries.iter().rev().map(|told| self.line(told, lang)).collect())
    }

    /// Everything that belongs to one thread of outside work, as one timeline: application, decision, visits,
    /// escorts, work record, approval, notice (J-PI-12). For any record of the thread.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn timeline(&self, id: Id, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        let reading = self.reading()?;
        let row = |id: Id| reading.get(id).map_err(|error| self.store_failure(error));
        let ids = |key: String| reading.ids(&key).map_err(|error| self.store_failure(error));
        let visit_of = |row: &Row| match row {
            Row::Work(work) => Some(work.visit),
            Row::Notice(notice) => Some(notice.visit),
            _ => None,
        };
        let start = row(id)?;
        let visit = start.as_ref().and_then(visit_of).map_or(Ok(start.clone()), row)?;
        let permit = match (&visit, id.noun) {
            (Some(Row::Visit(visit)), _) => visit.permit,
            (_, Noun::Permit) => Some(id),
            _ => None,
        };
        let mut thread = vec![id];
        thread.extend(permit);
        thread.extend(visit.as_ref().map(Row::id).filter(|id| id.noun == Noun::Visit));
        if let Some(permit) = permit {
            thread.extend(ids(key::of(Noun::Visit, permit))?);
        }
        for visit in thread.clone().into_iter().filter(|id| id.noun == Noun::Visit) {
            for work in ids(key::of(Noun::Work, visit))? {
                thread.push(work);
                thread.extend(ids(key::of(Noun::Notice, work))?);
            }
        }
        thread.sort();
        thread.dedup();
        let mut told = Vec::new();
        for id in thread {
            let log =
                reading.history(id, u64::MAX, MOST_ENTRIES).map_err(|error| self.store_failure(error))?;
            told.extend(log.entries);
        }
        told.sort_by_key(|told| told.meta.seq);
        told.dedup_by_key(|told| told.meta.seq);
        Ok(told.iter().map(|told| self.line(told, lang)).collect())
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
        self.entries(before, kind, most, lang)
    }

    /// Refused attempts, newest first, before an entry.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn refused(&self, before: Option<u64>, most: usize, lang: Lang) -> Result<Vec<EntryLine>, Failure> {
        self.query_right("refused")?;
        let kind = Command::RecordRefusal(Default::default()).past();
        self.entries(before, Some(kind), most, lang)
    }

    fn entries(
        &self,
        before: Option<u64>,
        kind: Option<&str>,
        most: usize,
        lang: Lang,
    ) -> Result<Vec<EntryLine>, Failure> {
        let log = self
            .reading()?
            .log(before.unwrap_or(u64::MAX), kind, most)
            .map_err(|error| self.store_failure(error))?;
        Ok(log.entries.iter().map(|told| self.line(told, lang)).collect())
    }

    fn line(&self, told: &Told, lang: Lang) -> EntryLine {
        EntryLine {
            seq: told.meta.seq,
            time: told.meta.time,
            at: told.event.at,
            actor: told.meta.actor,
            role: told.meta.role.clone(),
            kind: told.event.command.past().to_owned(),
            subject: told.event.outcome.id,
            says: super::declare::entry_says(&told.event, self, lang),
        }
    }

    /// Visits still inside whose exit nobody recorded within the hours of the profile.
    pub(super) fn overdue_exits(&self, inside: &[Presence]) -> Vec<Id> {
        let now = self.terminal().clock.now();
        let hours = i64::from(Lookup::profile(self).periods.exit_hours);
        inside
            .iter()
            .filter(|present| present.visit.state == VisitState::Inside)
            .filter(|present| now - present.visit.came > chrono::TimeDelta::hours(hours))
            .map(|present| present.visit.id)
            .collect()
    }

    /// Ids of a noun whose period ends on one of the next days, today included.
    pub(super) fn ending_soon(&self, reading: &Reading, noun: Noun, days: u32) -> Result<Vec<Id>, Failure> {
        let today = self.terminal().clock.now().date_naive();
        let mut ids = Vec::new();
        for ahead in 0..=days {
            if let Some(day) = today.checked_add_days(Days::new(u64::from(ahead))) {
                ids.extend(reading.find(&key::until(noun, day)).map_err(broken)?);
            }
        }
        Ok(ids)
    }
}
