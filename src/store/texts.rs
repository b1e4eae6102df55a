//! Searching by names and numbers. The texts stand in a table, one a row with the entry since which it holds, and
//! are read into memory when somebody searches: they are scanned there, since a scan ranks as it likes and finds what
//! was called otherwise at a past entry. 100,000 names take 20 MB and a few milliseconds.

use super::tables::{Readable, id_of};
use super::{Reading, StoreError};
use crate::domain::{Id, Noun, Row};
use crate::text::find::{Part, Rank, Wanted, line, reading, units};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, PoisonError};

/// The mark of a line that names another record by whose name this one is found. No [`Part`] has it.
const THROUGH: char = '&';

/// What a row is searched by: its own names and numbers, and who it is found through.
type SearchedBy<'r> = (Vec<(Part, &'r str)>, Vec<Id>);

/// What the text of a row is made of. Most entries leave it as it was, and nothing need be folded.
pub(super) fn searched_by(row: &Row) -> Option<SearchedBy<'_>> {
    is_named(row.noun()).then(|| (row.search_texts(), row.searched_through()))
}

/// The folded text of a row: a line for each name or number, then who it is found through. Empty for what is not
/// searched by anything of its own.
pub(super) fn text_of(row: Option<&Row>) -> String {
    let Some((texts, through)) = row.and_then(searched_by) else { return String::new() };
    let mut text: String = texts.into_iter().map(|(part, text)| line(part, text)).collect();
    for id in through {
        text.push_str(&format!("{THROUGH}{id}\n"));
    }
    text
}

/// Whether the records of a noun have names or numbers of their own by which they are searched; the others are found
/// through people and companies.
pub fn is_named(noun: Noun) -> bool {
    matches!(noun, Noun::Person | Noun::Company | Noun::Badge | Noun::User)
}

/// How the texts changed: what the tables were told, to be told to the memory once it is committed.
#[derive(Clone, Debug)]
pub(super) enum Retold {
    /// A record's text since an entry; `anew`: it had another before.
    Since { id: Id, seq: u64, text: String, anew: bool },
    /// Every text of a record is gone.
    Forgotten(Id),
}

/// Texts in memory, shared by all who read the books; none before somebody searches.
#[derive(Clone, Debug, Default)]
pub(super) struct Held(Arc<Mutex<Option<Arc<Texts>>>>);

impl Held {
    fn with<T>(&self, what: impl FnOnce(&mut Option<Arc<Texts>>) -> T) -> T {
        what(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets go of what is held: it is read again when somebody searches.
    pub(super) fn forget(&self) {
        self.with(|held| *held = None);
    }

    /// Takes over what was committed: after entry `before` came those up to `now`.
    pub(super) fn follow(&self, before: u64, now: u64, retold: Vec<Retold>) {
        self.with(|held| match held {
            Some(texts) if texts.upto == before => {
                let texts = Arc::make_mut(texts);
                retold.into_iter().for_each(|change| texts.take(change));
                texts.upto = now;
            }
            _ => *held = None,
        });
    }
}

/// The texts of every named record, each with the stretch of the log in which it holds.
#[derive(Clone, Debug, Default)]
struct Texts {
    /// The last entry that they know of.
    upto: u64,
    shelves: BTreeMap<Noun, Shelf>,
}

/// The texts of one noun.
#[derive(Clone, Debug, Default)]
struct Shelf {
    /// All of them, one behind the other.
    units: Vec<u16>,
    /// Where each stands, in the order of the readings.
    places: Vec<Place>,
}

#[derive(Clone, Debug)]
struct Place {
    id: Id,
    /// It holds from this entry on, and up to before that one.
    since: u64,
    until: u64,
    units: Range<usize>,
    through: Option<Id>,
}

impl Texts {
    /// Every text that the tables hold, which know `upto` entries.
    fn read(tables: &Readable, upto: u64) -> Result<Texts, StoreError> {
        let mut texts = Texts { upto, ..Texts::default() };
        let mut last: Option<(Noun, usize, Id)> = None;
        for found in tables.texts.range((0, 0)..)? {
            let (key, text) = found?;
            let (id, since) = key.value();
            let id = id_of(id)?;
            let shelf = texts.shelves.entry(id.noun).or_default();
            if let Some((noun, at, before)) = last
                && before == id
                && noun == id.noun
                && let Some(place) = shelf.places.get_mut(at)
            {
                place.until = since;
            }
            last = Some((id.noun, shelf.places.len(), id));
            let place = shelf.append(id, since, text.value());
            shelf.places.push(place);
        }
        texts.shelves.values_mut().for_each(Shelf::put_in_order);
        Ok(texts)
    }

    fn take(&mut self, change: Retold) {
        match change {
            Retold::Forgotten(id) => {
                let Some(shelf) = self.shelves.get_mut(&id.noun) else { return };
                let Shelf { units, places } = shelf;
                places.retain(|place| {
                    let stays = place.id != id;
                    if !stays && let Some(units) = units.get_mut(place.units.clone()) {
                        units.fill(0);
                    }
                    stays
                });
            }
            Retold::Since { id, seq, text, anew } => {
                let shelf = self.shelves.entry(id.noun).or_default();
                if anew {
                    let held = shelf.places.iter_mut().filter(|place| place.id == id && place.until > seq);
                    held.for_each(|place| place.until = seq);
                }
                let place = shelf.append(id, seq, &text);
                let mine = shelf.order_of(&place);
                let at = shelf.places.partition_point(|held| shelf.order_of(held) < mine);
                shelf.places.insert(at, place);
            }
        }
    }
}

impl Shelf {
    fn append(&mut self, id: Id, since: u64, text: &str) -> Place {
        let from = self.units.len();
        let through = text.lines().filter_map(|line| line.strip_prefix(THROUGH)).next_back();
        let through = through.and_then(|id| id.parse().ok());
        self.units.extend(units(text));
        Place { id, since, until: u64::MAX, units: from..self.units.len(), through }
    }

    fn text(&self, place: &Place) -> &[u16] {
        self.units.get(place.units.clone()).unwrap_or_default()
    }

    /// Its place among all: by reading, then by number.
    fn order_of(&self, place: &Place) -> (&[u16], Id, u64) {
        (reading(self.text(place)), place.id, place.since)
    }

    /// Puts them in the order of the readings, in memory too, so that a scan goes straight through it.
    fn put_in_order(&mut self) {
        let mut places = std::mem::take(&mut self.places);
        places.sort_by_cached_key(|place| {
            let (reading, id, since) = self.order_of(place);
            (reading.to_vec(), id, since)
        });
        let mut all = Vec::with_capacity(self.units.len());
        for place in &mut places {
            let from = all.len();
            all.extend_from_slice(self.text(place));
            place.units = from..all.len();
        }
        (self.units, self.places) = (all, places);
    }
}

/// A record that was found, and how well it answers.
pub type Hit = (Id, Rank);

impl Reading {
    /// Reads the texts into memory, unless they are there: what the first search does otherwise.
    ///
    /// # Errors
    /// Damage, or storage. So below.
    pub fn read_texts(&self) -> Result<(), StoreError> {
        self.texts().map(|_| ())
    }

    fn texts(&self) -> Result<Arc<Texts>, StoreError> {
        let mine = self.last_seq()?;
        self.held.with(|held| {
            if let Some(texts) = held.as_ref().filter(|texts| texts.upto >= mine) {
                return Ok(Arc::clone(texts));
            }
            let texts = Arc::new(Texts::read(&self.tables, mine)?);
            *held = Some(Arc::clone(&texts));
            Ok(texts)
        })
    }

    /// The records of a noun that are found by what was typed: by their own names and numbers as they were called
    /// after entry `seq`, or through one of `others` (by id), a company last. The best first; of the same rank in
    /// the order of their readings, then of their numbers. All of them: whoever wants fewer cuts what is left after
    /// every filter.
    pub fn search(
        &self,
        noun: Noun,
        wanted: &Wanted,
        others: &[Hit],
        seq: u64,
    ) -> Result<Vec<Hit>, StoreError> {
        let seq = seq.min(self.last_seq()?);
        let texts = self.texts()?;
        let mut found = Rank::ALL.map(|rank| (rank, Vec::new()));
        let Some(shelf) = texts.shelves.get(&noun) else { return Ok(Vec::new()) };
        for place in shelf.places.iter().filter(|place| place.since <= seq && seq < place.until) {
            let own = wanted.rank(shelf.text(place));
            let through = place.through.and_then(|id| rank_among(others, id));
            if let Some(rank) = own.into_iter().chain(through).min()
                && let Some((_, ids)) = found.iter_mut().find(|(known, _)| *known == rank)
            {
                ids.push(place.id);
            }
        }
        let hits = found.into_iter().flat_map(|(rank, ids)| ids.into_iter().map(move |id| (id, rank)));
        Ok(hits.collect())
    }
}

/// How well a record answers that was found through another one: as that does, or last for its company.
fn rank_among(others: &[Hit], id: Id) -> Option<Rank> {
    let at = others.binary_search_by_key(&id, |(other, _)| *other).ok()?;
    let (other, rank) = others.get(at)?;
    Some(if other.noun == Noun::Company { Rank::Company } else { *rank })
}
