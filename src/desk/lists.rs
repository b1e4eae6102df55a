//! Registers as lists: filtered, searched, as they stand or as of a past day.

use super::declare::register_of;
use super::failure::broken;
use super::in_part::Told;
use super::past::Then;
use super::search::Sought;
use super::{AsOf, Desk, Failure, FieldProblem, ListQuery, Lookup, Page, Viewer};
use crate::domain::{Days, Id, Noun, Query, Row, Sight, attached_to, ends_with, key, rests_on};
use crate::store::{Cursor, Filter, Order, Reading};
use chrono::NaiveDate;

/// The noun of a register, by its name on the command line.
pub fn noun_of(register: &str) -> Option<Noun> {
    super::declare::register(register).map(|register| register.noun)
}

/// Whether a row answers a question, whatever index it was found by.
fn answers(
    row: &Row,
    query: &ListQuery,
    desk: &Desk,
    (viewer, sight, told): (&Viewer<'_>, &Sight, &Told),
) -> bool {
    desk.may_see(row)
        && told.shows(row)
        && sight.shows(viewer.view, viewer.at.profile(), row).is_ok_and(|shown| shown)
        && query.state.as_deref().is_none_or(|state| is_in(row, state, viewer))
        && query.person.is_none_or(|id| row.names(id))
        && query.company.is_none_or(|id| row.names(id))
        && query.under.is_none_or(|id| row.names(id))
        && (query.roles.is_empty() || row.tells_role(&query.roles))
        && query.zone.as_deref().is_none_or(|zone| row.is_in_zone(zone))
        && query.from.is_none_or(|from| row.day().is_none_or(|day| day >= from))
        && query.to.is_none_or(|to| row.day().is_none_or(|day| day <= to))
}

/// Rows of a page that are listed by the time they began, the latest first; other rows stay in their order.
fn by_time(rows: &mut [Row]) {
    if rows.iter().all(|row| row.began().is_some()) {
        rows.sort_by_key(|row| std::cmp::Reverse((row.began(), row.id())));
    }
}

/// The rows of a page, as much of each as is told.
fn in_part(page: Page, told: &Told) -> Page {
    Page { rows: page.rows.into_iter().filter_map(|row| told.tell(row)).collect(), ..page }
}

/// Whether a record belongs under a filter of its register, for whoever looks.
pub(super) fn is_in(row: &Row, state: &str, viewer: &Viewer<'_>) -> bool {
    register_of(row.noun()).is_some_and(|register| (register.is_in)(row, state, viewer))
}

/// Records by number; those whose register whoever looks may read whole.
pub type AsFarAsRead = Vec<(Id, Option<Row>)>;

impl Desk {
    /// Whether a row may be shown to whoever sits here and may read its register: what is attached is read by those
    /// who may read what it is attached to.
    fn may_see(&self, row: &Row) -> bool {
        match row {
            Row::Attachment(row) => {
                attached_to(row.record.noun).is_none_or(|register| self.query_right(register).is_ok())
            }
            _ => true,
        }
    }

    /// Whether whoever sits here has one of these roles.
    pub(super) fn holds(&self, roles: &[String]) -> bool {
        self.context().is_ok_and(|context| context.roles().any(|role| roles.contains(role)))
    }

    /// Some rows of a register from a cursor on: newest first; of people, companies, badges and users that were
    /// searched for, the best first ([`Desk::matches`]). A page may be short, even empty, while there is a next one:
    /// filters that keep few look only so far at a time.
    ///
    /// # Errors
    /// [`Failure::Denied`], [`Failure::Damaged`] or [`Failure::Device`].
    pub fn list(&self, query: &ListQuery, from: Option<&Cursor>, most: usize) -> Result<Page, Failure> {
        self.list_telling(query, from, most, &mut |_, _| {})
    }

    /// [`Desk::list`], told how far it is (rows done, of how many) where it takes long: a past state.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn list_telling(
        &self,
        query: &ListQuery,
        from: Option<&Cursor>,
        most: usize,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Page, Failure> {
        self.query_right(&query.register)?;
        let Some(noun) = noun_of(&query.register) else { return Ok(Page::default()) };
        match query.as_of {
            Some(as_of) => self.list_as_of(noun, query, as_of, told),
            None => self.page(noun, query, &|_| true, from, most),
        }
    }

    /// A page of the registers as they stand now: what a question and `offered` keep.
    pub(super) fn page(
        &self,
        noun: Noun,
        query: &ListQuery,
        offered: &dyn Fn(&Row) -> bool,
        from: Option<&Cursor>,
        most: usize,
    ) -> Result<Page, Failure> {
        let reading = self.reading()?;
        let failed = |error| self.store_failure(error);
        let sought = self.sought(&reading, noun, &query.search, u64::MAX)?;
        let viewer = Viewer { at: self, view: &*reading, actor: self.actor() };
        let (sight, told) = (self.sight(noun)?, self.told(noun, self.now().date_naive()));
        let keep = |row: &Row| {
            answers(row, query, self, (&viewer, &sight, &told))
                && sought.as_ref().is_none_or(|sought| sought.takes(row, self))
                && offered(row)
        };
        let by_key = self.key_of(noun, query);
        let days = match (noun.filing().days, query.from, query.to) {
            (Days::None, ..) | (Days::Kept, None, None) => None,
            (_, from, to) => {
                let first = NaiveDate::from_ymd_opt(1868, 1, 1).unwrap_or_default();
                let last = NaiveDate::from_ymd_opt(2199, 12, 31).unwrap_or_default();
                Some((from.unwrap_or(first), to.unwrap_or(last)))
            }
        };
        match &sought {
            Some(Sought::Ranked(ids)) => {
                let page = reading.list_of(ids, &keep, from, most).map_err(failed)?;
                return Ok(in_part(page, &told));
            }
            Some(Sought::About(ids)) if by_key.is_none() => {
                let page = reading.list_about((noun, ids), days, &keep, from, most).map_err(failed)?;
                if let Some(mut page) = page {
                    by_time(&mut page.rows);
                    return Ok(in_part(page, &told));
                }
            }
            _ => {}
        }
        let filter =
            Filter { key: by_key.as_deref(), days: days.filter(|_| by_key.is_none()), keep: Some(&keep) };
        let page = reading.list(noun, &filter, Order::NewestFirst, from, most).map_err(failed)?;
        let mut rows = page.rows;
        by_time(&mut rows);
        Ok(in_part(Page { rows, ..page }, &told))
    }

    /// The index key that leaves the fewest rows of a question.
    fn key_of(&self, noun: Noun, query: &ListQuery) -> Option<String> {
        let by_state = query.state.as_deref().and_then(|state| Row::state_key(noun, state));
        let of = |id: Option<Id>| {
            id.filter(|id| noun.filing().lists_by.contains(&id.noun)).map(|id| key::of(noun, id))
        };
        by_state.or_else(|| of(query.person)).or_else(|| of(query.company)).or_else(|| of(query.under))
    }

    /// All rows of a register as they stood, searched by what they were called then.
    fn list_as_of(
        &self,
        noun: Noun,
        query: &ListQuery,
        as_of: AsOf,
        told: &mut dyn FnMut(u64, u64),
    ) -> Result<Page, Failure> {
        let reading = self.reading()?;
        let seq = self.seq_of(&reading, as_of)?;
        let sought = self.sought(&reading, noun, &query.search, seq)?;
        let places = sought.as_ref().and_then(Sought::places);
        let at = self.seen(Some(as_of))?;
        let viewer = Viewer { at: &*at, view: &Then { at: &*at, reading: &reading }, actor: self.actor() };
        let (sight, part) = (self.sight(noun)?, self.told(noun, at.now().date_naive()));
        let mut rows = Vec::new();
        let mut keep = |row: Row| {
            if places.as_ref().is_none_or(|places| places.contains_key(&row.id()))
                && sought.as_ref().is_none_or(|sought| sought.takes(&row, &*at))
                && answers(&row, query, self, (&viewer, &sight, &part))
            {
                rows.push(row);
            }
            true
        };
        reading
            .list_as_of(noun, seq, &mut keep, &mut |_, done, of| told(done, of))
            .map_err(|error| self.store_failure(error))?;
        rows.sort_by_key(|row| std::cmp::Reverse(row.id()));
        match &places {
            Some(places) => rows.sort_by_key(|row| places.get(&row.id()).copied()),
            None => by_time(&mut rows),
        }
        Ok(in_part(Page { rows, ..Page::default() }, &part))
    }

    /// The entry up to which a past state reaches.
    pub(super) fn seq_of(&self, reading: &Reading, as_of: AsOf) -> Result<u64, Failure> {
        match as_of {
            AsOf::Entry(seq) if seq > self.store.head().seq => Err(no_such_entry(self.store.head().seq)),
            AsOf::Entry(seq) => Ok(seq),
            AsOf::Day(day) if day > self.now().date_naive() => Err(still_to_come()),
            AsOf::Day(day) => reading.seq_at(day).map_err(|error| self.store_failure(error)),
        }
    }

    /// One record as of a past state, or as it stands now.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn record(&self, id: Id, as_of: Option<AsOf>) -> Result<Option<Row>, Failure> {
        let reading = self.reading()?;
        let row = match as_of {
            None => reading.get(id),
            Some(as_of) => reading.get_as_of(id, self.seq_of(&reading, as_of)?),
        };
        let row = row.map_err(|error| self.store_failure(error))?;
        let Some(row) = row else { return Ok(None) };
        self.in_sight(&reading, &row)?;
        if id.noun.filing().partly.is_none() {
            return Ok(Some(row));
        }
        let day = self.seen(as_of)?.now().date_naive();
        self.told(id.noun, day).tell(row).map(Some).ok_or_else(|| self.untold(id.noun))
    }

    /// Everything that rests on a record now, of what whoever sits here sees: what it has, and what about it waits; of the registers
    /// that they may not read the number alone.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn rests_on(&self, id: Id) -> Result<AsFarAsRead, Failure> {
        let rows = rests_on(&*self.reading()?, id, self.now().date_naive()).map_err(broken)?;
        Ok(self.as_far_as_read(&rows).0)
    }

    /// What ends when somebody leaves, in the same way; and how much of it lies outside what whoever sits here sees.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn ends_with(&self, person: Id) -> Result<(AsFarAsRead, usize), Failure> {
        let rows = ends_with(&*self.reading()?, person, self.now().date_naive()).map_err(broken)?;
        Ok(self.as_far_as_read(&rows))
    }

    /// Some rows as far as whoever sits here reads them, and how many lie outside what they see.
    fn as_far_as_read(&self, rows: &[Row]) -> (AsFarAsRead, usize) {
        let of = |noun: Noun| rows.iter().filter(|row| row.noun() == noun).cloned().collect();
        let seen: Vec<Row> = Noun::ALL.into_iter().flat_map(|noun| self.seen_rows(of(noun))).collect();
        let unseen = rows.len().saturating_sub(seen.len());
        let today = self.now().date_naive();
        let read = |row: Row| {
            let id = row.id();
            let reads = register_of(row.noun()).is_some_and(|register| self.may_query(register.name));
            (id, Some(row).filter(|_| reads).and_then(|row| self.told(id.noun, today).tell(row)))
        };
        (seen.into_iter().map(read).collect(), unseen)
    }

    /// What whoever sits here sees of a noun's records (S-2).
    pub(super) fn sight(&self, noun: Noun) -> Result<Sight, Failure> {
        if !noun.lies_somewhere() {
            return Ok(Sight::whole(self.actor().person));
        }
        let query = noun.filing().query.as_ref().map(Query::right).unwrap_or_default();
        Ok(Sight::of(&self.context()?, &query))
    }

    /// Those of some rows of one noun that whoever sits here sees; none where that cannot be told.
    pub(super) fn seen_rows(&self, mut rows: Vec<Row>) -> Vec<Row> {
        let noun = rows.first().map(Row::noun).filter(|noun| noun.lies_somewhere());
        let asked = noun.map(|noun| Ok((self.reading()?, self.sight(noun)?)));
        match asked {
            None => {}
            Some(Ok::<_, Failure>((reading, sight))) => {
                let profile = Lookup::profile(self);
                rows.retain(|row| sight.shows(&*reading, profile, row).is_ok_and(|shown| shown));
            }
            Some(Err(_)) => rows.clear(),
        }
        rows
    }

    /// Refuses a record that lies outside what whoever sits here sees.
    pub(super) fn in_sight(&self, reading: &Reading, row: &Row) -> Result<(), Failure> {
        match self.sight(row.noun())?.refuses(reading, Lookup::profile(self), row).map_err(broken)? {
            Some(rejection) => Err(Failure::Rejected(rejection, None)),
            None => Ok(()),
        }
    }
}

/// The log ends before.
fn no_such_entry(last: u64) -> Failure {
    Failure::Malformed(vec![FieldProblem {
        field: String::new(),
        name: "no_such_entry".to_owned(),
        ja: format!("その番号の証跡はまだありません。最後の証跡は #{last} です。"),
        en: format!("There is no entry of that number yet. The last one is #{last}."),
    }])
}

/// Nobody knows yet what the registers will hold then.
pub(super) fn still_to_come() -> Failure {
    Failure::Malformed(vec![FieldProblem {
        field: String::new(),
        name: "still_to_come".to_owned(),
        ja: "まだ来ていない日時です。今より前の日時を指定してください。".to_owned(),
        en: "That is still to come. Give a day or time before now.".to_owned(),
    }])
}
