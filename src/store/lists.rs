//! Registers as lists: a page at a time, filtered; and who is inside.

use super::tables::{Lookups, STAY_KEY, id_of, row_of};
use super::{Reading, StoreError};
use crate::domain::{Date, Id, Noun, Row, Stamp, Visit, VisitState, key};
use crate::fault::fault;
use chrono::Days;
use redb::StorageError;
use std::collections::BTreeSet;

/// The most rows that are looked at for one page: a filter that keeps few gives short pages, not long waits.
const MOST_LOOKED_AT: usize = 4096;

/// Which rows of a register.
#[derive(Clone, Copy, Default)]
pub struct Filter<'f> {
    /// Only rows under this index key of [`crate::domain::key`].
    pub key: Option<&'f str>,
    /// Only rows on these days (of nouns that have a day key), both included; ordered by day.
    pub days: Option<(Date, Date)>,
    /// Only rows that this keeps.
    pub keep: Option<&'f dyn Fn(&Row) -> bool>,
}

/// Which visits. What is absent is not asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VisitFilter {
    /// Of a person.
    pub person: Option<Id>,
    /// Of people of a company.
    pub company: Option<Id>,
    /// In a zone.
    pub zone: Option<String>,
    /// In a state.
    pub state: Option<VisitState>,
    /// For a purpose.
    pub purpose: Option<String>,
    /// Came on these days, both included.
    pub days: Option<(Date, Date)>,
}

impl VisitFilter {
    fn keeps(&self, visit: &Visit) -> bool {
        let came = visit.came.date_naive();
        self.person.is_none_or(|person| visit.person == person)
            && self.company.is_none_or(|company| visit.company == Some(company))
            && self.zone.as_ref().is_none_or(|zone| visit.zone == *zone)
            && self.state.is_none_or(|state| visit.state == state)
            && self.purpose.as_ref().is_none_or(|purpose| visit.purpose == *purpose)
            && self.days.is_none_or(|(from, to)| (from..=to).contains(&came))
    }

    /// The index key that leaves the fewest.
    fn key(&self) -> Option<String> {
        let state = self.state.filter(|state| *state != VisitState::Left);
        state
            .map(|state| key::state(Noun::Visit, state.name()))
            .or(self.person.map(|person| key::of(Noun::Visit, person)))
            .or(self.company.filter(|_| self.days.is_none()).map(|company| key::of(Noun::Visit, company)))
    }
}

/// In which order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The highest number, or the latest day, first.
    #[default]
    NewestFirst,
    /// The lowest number, or the earliest day, first.
    OldestFirst,
}

/// Where a list goes on. Good for the same noun, filter and order only.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub(super) key: String,
    pub(super) id: u64,
}

/// Key and id in the index, where they stand.
type Key<'t> = redb::AccessGuard<'t, (&'static str, u64)>;

/// One place of a list, as it stands in a table.
struct Place<'t> {
    /// Its index key; none in a list by number.
    key: Option<Key<'t>>,
    id: u64,
}

impl Cursor {
    /// Where a list of these ids goes on: behind the last one given, or, when that is found no more, at its place.
    fn behind(&self, ids: &[Id]) -> usize {
        let at = ids.iter().position(|id| id.key() == self.id);
        at.or_else(|| self.key.parse().ok()).map_or(0, |at: usize| at.saturating_add(1))
    }
}

impl From<Place<'_>> for Cursor {
    fn from(place: Place<'_>) -> Cursor {
        Cursor { key: place.key.map(|key| key.value().0.to_owned()).unwrap_or_default(), id: place.id }
    }
}

impl<'t> Place<'t> {
    fn under_a_key(
        found: Result<(Key<'t>, redb::AccessGuard<'t, ()>), StorageError>,
    ) -> Result<Place<'t>, StoreError> {
        let key = found?.0;
        let id = key.value().1;
        Ok(Place { key: Some(key), id })
    }
}

/// A page of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Page {
    /// The rows. Fewer than asked, even none, when the filter keeps few: go on while there is a `next`.
    pub rows: Vec<Row>,
    /// Where the list goes on; none at its end.
    pub next: Option<Cursor>,
    /// How many rows the noun has in all, where no filter is set.
    pub total: Option<u64>,
}

/// A visit that was, or may have been, inside at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Stay {
    /// The visit.
    pub visit: Visit,
    /// Its exit was never recorded, and was settled by evidence later than the moment: probably inside.
    pub exit_unknown: bool,
}

impl Reading {
    /// A page of a register.
    ///
    /// # Errors
    /// Damage, or storage. So below.
    pub fn list(
        &self,
        noun: Noun,
        filter: &Filter<'_>,
        order: Order,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let total = match filter {
            Filter { key: None, days: None, keep: None } => Some(u64::from(self.tables.last_of(noun)?)),
            _ => None,
        };
        let mut page = Page { rows: Vec::new(), next: None, total };
        let mut last = None;
        let mut rows = Consecutive::new(&self.tables.rows);
        for (seen, found) in self.places(noun, filter, order, cursor)?.enumerate() {
            if page.rows.len() >= limit || seen >= MOST_LOOKED_AT {
                page.next = last.map(Cursor::from);
                break;
            }
            let place = found?;
            let id = id_of(place.id)?;
            let row = rows
                .get(id)?
                .ok_or_else(|| StoreError::Damaged { what: fault!("row_missing", record = id) })?;
            let row = self.told_row(row);
            let on_these_days = |(from, to)| row.day().is_none_or(|day| (from..=to).contains(&day));
            if filter.days.is_none_or(on_these_days) && filter.keep.is_none_or(|keep| keep(&row)) {
                page.rows.push(row);
            }
            last = Some(place);
        }
        Ok(page)
    }

    /// A page of visits.
    pub fn visits(
        &self,
        filter: &VisitFilter,
        order: Order,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let keep = |row: &Row| matches!(row, Row::Visit(visit) if filter.keeps(visit));
        let found = filter.key();
        let all = *filter == VisitFilter::default();
        let days = filter.days.filter(|_| found.is_none());
        let keep: Option<&dyn Fn(&Row) -> bool> = if all { None } else { Some(&keep) };
        self.list(Noun::Visit, &Filter { key: found.as_deref(), days, keep }, order, cursor, limit)
    }

    /// The places of a list from a cursor on.
    fn places(
        &self,
        noun: Noun,
        filter: &Filter<'_>,
        order: Order,
        cursor: Option<&Cursor>,
    ) -> Result<Box<dyn Iterator<Item = Result<Place<'_>, StoreError>> + '_>, StoreError> {
        let newest = order == Order::NewestFirst;
        let (from, to) = match (filter.key, filter.days) {
            (Some(key), _) => (key.to_owned(), key.to_owned()),
            // A day more on each side: a row stands under the day of the offset that it was entered with.
            (None, Some((from, to))) => {
                (key::day(noun, from.pred_opt().unwrap_or(from)), key::day(noun, to.succ_opt().unwrap_or(to)))
            }
            (None, None) => {
                let (mut low, mut high) = (Id::new(noun, 0).key(), Id::new(noun, u32::MAX).key());
                match cursor {
                    Some(cursor) if newest => high = cursor.id.saturating_sub(1),
                    Some(cursor) => low = cursor.id.saturating_add(1),
                    None => {}
                }
                if low > high {
                    return Ok(Box::new(std::iter::empty()));
                }
                let range = self.tables.rows.range(low..=high)?;
                let place = |found: Result<(redb::AccessGuard<'_, u64>, _), StorageError>| {
                    Ok(Place { key: None, id: found?.0.value() })
                };
                return Ok(if newest {
                    Box::new(range.rev().map(place))
                } else {
                    Box::new(range.map(place))
                });
            }
        };
        let (mut low, mut high) = ((from, 0), (to, u64::MAX));
        match cursor {
            Some(cursor) if newest => high = (cursor.key.clone(), cursor.id.saturating_sub(1)),
            Some(cursor) => low = (cursor.key.clone(), cursor.id.saturating_add(1)),
            None => {}
        }
        if low > high {
            return Ok(Box::new(std::iter::empty()));
        }
        let range =
            self.tables.index.range::<(&str, u64)>((low.0.as_str(), low.1)..=(high.0.as_str(), high.1))?;
        let place = Place::under_a_key;
        Ok(if newest { Box::new(range.rev().map(place)) } else { Box::new(range.map(place)) })
    }

    /// A page of rows that were found already, in their order: those that `keep` keeps, from a cursor on.
    pub fn list_of(
        &self,
        ids: &[Id],
        keep: &dyn Fn(&Row) -> bool,
        cursor: Option<&Cursor>,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let first = cursor.map_or(0, |cursor| cursor.behind(ids));
        self.page_of(ids.iter().enumerate().skip(first).map(|(at, id)| (*id, at)), keep, limit)
    }

    /// A page of rows by their ids, each with the key under which a cursor finds its place again. What is not there,
    /// because it was committed since, is passed over.
    pub(super) fn page_of<K: ToString>(
        &self,
        found: impl Iterator<Item = (Id, K)>,
        keep: &dyn Fn(&Row) -> bool,
        limit: usize,
    ) -> Result<Page, StoreError> {
        let mut page = Page { rows: Vec::new(), next: None, total: None };
        let mut last = None;
        for (seen, (id, key)) in found.enumerate() {
            if page.rows.len() >= limit || seen >= MOST_LOOKED_AT {
                page.next = last.map(|(id, key): (Id, K)| Cursor { key: key.to_string(), id: id.key() });
                break;
            }
            page.rows.extend(self.get(id)?.filter(keep));
            last = Some((id, key));
        }
        Ok(page)
    }

    /// Who is inside now, by number of visit.
    pub fn inside(&self) -> Result<Vec<Visit>, StoreError> {
        let rows = self.rows_under(&key::state(Noun::Visit, VisitState::Inside.name()))?;
        Ok(rows.into_iter().filter_map(|row| Visit::try_from(row).ok()).collect())
    }

    /// Who was inside at a moment, as the books know it now (corrections and late entries included), by the time
    /// they came.
    ///
    /// An exit that nobody recorded counts while its evidence is later than the moment, and is marked. How far
    /// back to look is known: the longest stay so far is kept.
    pub fn inside_at(&self, moment: Stamp) -> Result<Vec<Stay>, StoreError> {
        let mut ids = BTreeSet::new();
        for state in [VisitState::Inside, VisitState::ExitUnknown] {
            ids.extend(self.ids(&key::state(Noun::Visit, state.name()))?);
        }
        let stay = u64::from(self.tables.meta_number::<u32>(STAY_KEY)?.unwrap_or(0));
        let day = moment.date_naive();
        // A day more on each side: times may have been entered with another offset than this moment's.
        let from = day.checked_sub_days(Days::new(stay.saturating_add(2))).unwrap_or(Date::MIN);
        let to = day.checked_add_days(Days::new(2)).unwrap_or(Date::MAX);
        let (from, to) = (key::day(Noun::Visit, from), key::day(Noun::Visit, to));
        for found in self.tables.index.range::<(&str, u64)>((from.as_str(), 0)..=(to.as_str(), u64::MAX))? {
            ids.insert(id_of(found?.0.value().1)?);
        }
        let mut present = Vec::new();
        for id in ids {
            if let Some(visit) = self.get_as::<Visit>(id)? {
                present.extend(presence(visit, moment));
            }
        }
        present.sort_by_key(|presence| (presence.visit.came, presence.visit.id));
        Ok(present)
    }
}

/// Rows by id, one after the other. Where an id follows the one before, up or down, the table is walked on from
/// there instead of searched again: the visits of a month are most often numbered as they are listed.
struct Consecutive<'t> {
    rows: &'t redb::ReadOnlyTable<u64, &'static [u8]>,
    last: Option<u64>,
    walk: Option<(bool, redb::Range<'t, u64, &'static [u8]>)>,
}

impl<'t> Consecutive<'t> {
    fn new(rows: &'t redb::ReadOnlyTable<u64, &'static [u8]>) -> Consecutive<'t> {
        Consecutive { rows, last: None, walk: None }
    }

    fn get(&mut self, id: Id) -> Result<Option<Row>, StoreError> {
        let key = id.key();
        let last = self.last.replace(key);
        let up = last.is_some_and(|last| last.checked_add(1) == Some(key));
        let down = last.is_some_and(|last| last.checked_sub(1) == Some(key));
        if !(up || down) {
            self.walk = None;
        } else if self.walk.as_ref().is_none_or(|(goes_up, _)| *goes_up != up) {
            let range = if up { self.rows.range(key..)? } else { self.rows.range(..=key)? };
            self.walk = Some((up, range));
        }
        if let Some((up, walk)) = &mut self.walk {
            let found = if *up { walk.next() } else { walk.next_back() }.transpose()?;
            if let Some((at, bytes)) = found.filter(|(at, _)| at.value() == key) {
                return row_of(at.value(), bytes.value()).map(Some);
            }
            // A number is missing, so the walk stands elsewhere.
            self.walk = None;
        }
        self.rows.get(key)?.map(|bytes| row_of(key, bytes.value())).transpose()
    }
}

fn presence(visit: Visit, moment: Stamp) -> Option<Stay> {
    let inside = visit.came <= moment
        && match visit.state {
            VisitState::Inside => true,
            VisitState::Left => visit.left.is_some_and(|left| left > moment),
            VisitState::ExitUnknown => visit.settled.as_ref().is_some_and(|s| s.last_evidence >= moment),
        };
    let exit_unknown = visit.state == VisitState::ExitUnknown;
    inside.then_some(Stay { visit, exit_unknown })
}
