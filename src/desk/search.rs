//! Searching by what people call things: names, readings, numbers.

use super::declare::register_of;
use super::{Desk, Failure, ListQuery, Lookup, noun_of};
use crate::domain::{Id, Noun, Offer, Row};
use crate::store::{Hit, Reading};
use crate::text::find::{Rank, Wanted};
use crate::text::scan::fold_code;
use crate::text::search_key;
use std::collections::BTreeMap;

/// The most records that a field offers at once; the search narrows them. Those with names are more, because they stand
/// in the order of their readings and not with the newest first.
const MOST_BY_NAME: usize = 500;
const MOST_NEWEST: usize = 50;

/// What a search found.
pub(super) enum Sought {
    /// The records themselves, the best first.
    Ranked(Vec<Id>),
    /// People and companies, by number: whatever is about them is wanted.
    About(Vec<Id>),
}

impl Sought {
    /// Whether a row is about those that were found. Records that were found themselves are known by their number:
    /// a list of them is made of no others.
    pub(super) fn takes(&self, row: &Row, at: &dyn Lookup) -> bool {
        match self {
            Sought::Ranked(_) => true,
            Sought::About(ids) => is_about(row, at, &|id| ids.binary_search(&id).is_ok()),
        }
    }

    /// The place of each record that was found itself; `None` where only those were found that records are about.
    pub(super) fn places(&self) -> Option<BTreeMap<Id, usize>> {
        match self {
            Sought::Ranked(ids) => Some(ids.iter().enumerate().map(|(at, id)| (*id, at)).collect()),
            Sought::About(_) => None,
        }
    }
}

/// Whether one of those whom a row is about is among some people and companies. What stands in no index under them
/// is about whom the record is that it names.
fn is_about(row: &Row, at: &dyn Lookup, among: &dyn Fn(Id) -> bool) -> bool {
    let through = |id: Id| {
        among(id)
            || !id.noun.filing().named
                && row.indexed_under().is_empty()
                && at.row(id).is_some_and(|record| record.about().into_iter().any(among))
    };
    row.about().into_iter().any(through)
}

/// Records that were looked for.
#[derive(Clone, Debug, Default)]
pub struct Matches {
    /// As many as were wanted.
    pub rows: Vec<Row>,
    /// There are more.
    pub more: bool,
}

impl Desk {
    /// Begins to read names and numbers into memory, so that the first key of a search is as quick as the next. A
    /// session at a screen begins with it; without it the first search does it. A search before it is done waits.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`], as far as nothing could be begun.
    pub fn ready_to_search(&self) -> Result<(), Failure> {
        self.reading()?.read_texts_beside();
        Ok(())
    }

    /// The first records, of those that a question and `offered` keep. Among those searched by name the best come
    /// first: who is called exactly so or has the number, then by the beginning of the surname, of the given name,
    /// then what holds it anywhere, and last whom only the company's name finds. Of the same rank they stand in the
    /// order of their readings. No right to the register is asked: whoever fills in a form may pick.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn matches(
        &self,
        query: &ListQuery,
        most: usize,
        offered: &dyn Fn(&Row) -> bool,
    ) -> Result<Matches, Failure> {
        let Some(noun) = noun_of(&query.register) else { return Ok(Matches::default()) };
        // One more shows that there are more.
        let enough = most.saturating_add(1);
        let (mut rows, mut from) = (Vec::new(), None);
        loop {
            let page = self.page(noun, query, offered, from.as_ref(), enough.saturating_sub(rows.len()))?;
            rows.extend(page.rows);
            from = page.next;
            if from.is_none() || rows.len() > most {
                break;
            }
        }
        let more = rows.len() > most;
        rows.truncate(most);
        Ok(Matches { rows, more })
    }

    /// The first records of a noun that a field offers ([`Desk::offers`]) and that match what was typed, the best first,
    /// since Enter takes it. Where nothing was typed: those that the field tells one by one, or the newest; those with
    /// names in the order of their readings.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn offered(&self, noun: Noun, offer: &Offer, typed: &str) -> Result<Matches, Failure> {
        let mut found = match offer.told().filter(|_| typed.trim().is_empty()) {
            Some(ids) => {
                let rows = ids.iter().filter_map(|id| self.row(*id)).collect();
                Matches { rows, more: false }
            }
            None => {
                let most = if noun.filing().named { MOST_BY_NAME } else { MOST_NEWEST };
                let query = ListQuery {
                    register: register_of(noun).map(|register| register.name.to_owned()).unwrap_or_default(),
                    search: typed.to_owned(),
                    under: offer.under,
                    ..ListQuery::default()
                };
                self.matches(&query, most, &|row| offer.takes(row))?
            }
        };
        if typed.trim().is_empty() && noun.filing().named {
            found.rows.sort_by_cached_key(|row| row.reading().map(search_key));
        }
        Ok(found)
    }

    /// The first records of a noun that are found by what was typed, the best first, as [`Desk::matches`] has them.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn search(&self, noun: Noun, typed: &str, most: usize) -> Result<Vec<Id>, Failure> {
        let register = register_of(noun).map(|register| register.name.to_owned()).unwrap_or_default();
        let query = ListQuery { register, search: typed.to_owned(), ..ListQuery::default() };
        Ok(self.matches(&query, most, &|_| true)?.rows.iter().map(Row::id).collect())
    }

    /// All records of a noun that are called exactly so: by name, reading or number, however it is written.
    ///
    /// # Errors
    /// [`Failure::Damaged`] or [`Failure::Device`].
    pub fn called(&self, noun: Noun, name: &str) -> Result<Vec<Id>, Failure> {
        let wanted = Wanted::of_keys(&[search_key(name)]);
        let hits = self.reading()?.search(noun, &wanted, &[], u64::MAX);
        let exactly = |(_, rank): &Hit| matches!(rank, Rank::Number | Rank::WholeName);
        let hits = hits.map_err(|error| self.store_failure(error))?;
        Ok(hits.into_iter().filter(exactly).map(|(id, _)| id).collect())
    }

    /// What is found by what was typed, as things were called after entry `seq`; `None` where nothing was typed.
    pub(super) fn sought(
        &self,
        reading: &Reading,
        noun: Noun,
        typed: &str,
        seq: u64,
    ) -> Result<Option<Sought>, Failure> {
        if typed.trim().is_empty() {
            return Ok(None);
        }
        if let Ok(id) = fold_code(typed).to_uppercase().parse::<Id>() {
            if id.noun == noun {
                return Ok(Some(Sought::Ranked(vec![id])));
            }
            if !noun.filing().named {
                return Ok(Some(Sought::About(vec![id])));
            }
        }
        let wanted = Wanted::of_query(typed);
        let find = |noun, others: &[Hit]| {
            reading.search(noun, &wanted, others, seq).map_err(|error| self.store_failure(error))
        };
        let by_id = |mut hits: Vec<Hit>| {
            hits.sort_unstable();
            hits
        };
        let others = match noun {
            Noun::Person => by_id(find(Noun::Company, &[])?),
            Noun::Badge | Noun::User => by_id(find(Noun::Person, &[])?),
            _ => Vec::new(),
        };
        if noun.filing().named {
            return Ok(Some(Sought::Ranked(find(noun, &others)?.into_iter().map(|(id, _)| id).collect())));
        }
        let mut about: Vec<Id> = find(Noun::Person, &[])?.into_iter().map(|(id, _)| id).collect();
        about.extend(find(Noun::Company, &[])?.into_iter().map(|(id, _)| id));
        about.sort_unstable();
        Ok(Some(Sought::About(about)))
    }
}
