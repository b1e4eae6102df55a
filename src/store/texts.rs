//! Searching by names and numbers. The texts stand in a table, one a row with the entry since which it holds, and
//! are read into memory when somebody searches: they are scanned there, since a scan ranks as it likes and finds what
//! was called otherwise at a past entry. 100,000 names take 20 MB and a few milliseconds.

use super::about::Roll;
use super::tables::{Lookups, Readable, id_of};
use super::{Reading, StoreError};
use crate::domain::{Date, Id, Noun, Row};
use crate::text::find::{Letters, Part, Rank, Wanted, line, reading, units};
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// The mark of a line that names another record by whose name this one is found. No [`Part`] has it.
const THROUGH: char = '&';

/// Rows that one branch page of their table leads to, at least: it has room for some hundred leaves of some ten rows.
const A_STRETCH: usize = 1000;

/// What a row is searched by: its own names and numbers, and who it is found through.
type SearchedBy<'r> = (Vec<(Part, &'r str)>, Vec<Id>);

/// What the text of a row is made of. Most entries leave it as it was, and nothing need be folded.
pub(super) fn searched_by(row: &Row) -> Option<SearchedBy<'_>> {
    row.noun().filing().named.then(|| (row.search_texts(), row.about()))
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

/// How the texts changed: what the tables were told, to be told to the memory once it is committed.
#[derive(Clone, Debug)]
pub(super) enum Retold {
    /// A record's text since an entry; `anew`: it had another before.
    Since { id: Id, seq: u64, text: String, anew: bool },
    /// Every text of a record is gone.
    Forgotten(Id),
    /// The day of a record and who it is found through, as it stands now.
    About { id: Id, day: Option<Date>, through: Vec<Id> },
}

/// Texts in memory, shared by all who read the books; none before somebody searches.
#[derive(Clone, Debug, Default)]
pub(super) struct Held(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Told when a thread beside has read them, or failed to.
    read: Condvar,
}

#[derive(Debug, Default)]
struct State {
    texts: Option<Arc<Texts>>,
    /// What was committed since a thread beside began to read them; none while no thread does.
    meanwhile: Option<Vec<Committed>>,
}

/// What came after entry `before`, up to `now`.
#[derive(Debug)]
struct Committed {
    before: u64,
    now: u64,
    retold: Vec<Retold>,
}

impl State {
    fn follow(&mut self, committed: Committed) {
        match &mut self.texts {
            Some(texts) if texts.upto == committed.before => {
                let texts = Arc::make_mut(texts);
                committed.retold.into_iter().for_each(|change| texts.take(change));
                texts.upto = committed.now;
            }
            texts => *texts = None,
        }
    }
}

impl Held {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets go of what is held, and of what is being read: it is read again when somebody searches.
    pub(super) fn forget(&self) {
        *self.lock() = State::default();
        self.0.read.notify_all();
    }

    /// Takes over what was committed: after entry `before` came those up to `now`.
    pub(super) fn follow(&self, before: u64, now: u64, retold: Vec<Retold>) {
        let mut state = self.lock();
        let committed = Committed { before, now, retold };
        match &mut state.meanwhile {
            Some(meanwhile) => meanwhile.push(committed),
            None => state.follow(committed),
        }
    }

    /// Whether they are to be read by the caller, who says with [`Held::put`] what came of it.
    fn begin(&self) -> bool {
        let mut state = self.lock();
        let begins = state.texts.is_none() && state.meanwhile.is_none();
        if begins {
            state.meanwhile = Some(Vec::new());
        }
        begins
    }

    /// Takes over what was read, with what was committed meanwhile. None: it could not be read, and whoever searches
    /// is told why.
    fn put(&self, read: Option<Texts>) {
        let mut state = self.lock();
        if let Some(meanwhile) = state.meanwhile.take() {
            state.texts = read.map(Arc::new);
            meanwhile.into_iter().for_each(|committed| state.follow(committed));
        }
        self.0.read.notify_all();
    }
}

/// The texts of every named record, each with the stretch of the log in which it holds.
#[derive(Clone, Debug, Default)]
struct Texts {
    /// The last entry that they know of.
    upto: u64,
    shelves: BTreeMap<Noun, Shelf>,
    /// Which records are about whom, now: of the nouns that somebody has asked about.
    rolls: BTreeMap<Noun, Arc<Roll>>,
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
    /// Which units stand in it.
    letters: Letters,
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
            Retold::About { id, day, through } => {
                if let Some(roll) = self.rolls.get_mut(&id.noun) {
                    Arc::make_mut(roll).take(id, day, through);
                }
            }
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
        let letters = Letters::of(self.units.get(from..).unwrap_or_default());
        Place { id, since, until: u64::MAX, units: from..self.units.len(), through, letters }
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
        let places = std::mem::take(&mut self.places);
        let read = |place: Place| (reading(self.text(&place)), place);
        let mut read: Vec<(&[u16], Place)> = places.into_iter().map(read).collect();
        read.sort_unstable_by(|(one, a), (other, b)| (one, a.id, a.since).cmp(&(other, b.id, b.since)));
        let mut all = Vec::with_capacity(self.units.len());
        let put = |(_, mut place): (&[u16], Place)| {
            let from = all.len();
            all.extend_from_slice(self.text(&place));
            place.units = from..all.len();
            place
        };
        let places = read.into_iter().map(put).collect();
        (self.units, self.places) = (all, places);
    }
}

/// A record that was found, and how well it answers.
pub type Hit = (Id, Rank);

impl Reading {
    /// Reads the texts into memory on a thread of its own, unless they are there: what the first search does otherwise.
    /// A search meanwhile waits for it. What cannot be read is said by the search.
    pub fn read_texts_beside(self: &Arc<Self>) {
        if !self.held.begin() {
            return;
        }
        let this = Arc::clone(self);
        let read = move || {
            // Whatever happens, nobody waits for ever.
            let mut put = Put { held: this.held.clone(), read: None };
            put.read = this.read_all().ok();
            // What breaks here is met again, and said, by whoever reads the row.
            let _ = this.read_branches();
        };
        if std::thread::Builder::new().name("texts".to_owned()).spawn(read).is_err() {
            self.held.put(None);
        }
    }

    fn read_all(&self) -> Result<Texts, StoreError> {
        let mut texts = Texts::read(&self.tables, self.last_seq()?)?;
        for noun in Noun::ALL.into_iter().filter(|noun| noun.filing().is_found_through_others()) {
            texts.rolls.insert(noun, Arc::new(Roll::read(&self.tables, noun)?));
        }
        Ok(texts)
    }

    /// Reads a row of each stretch of those that are found by a search, and with it the branch of the table that leads
    /// to all of the stretch: the first page found has half as much to decrypt then.
    fn read_branches(&self) -> Result<(), StoreError> {
        let searched = |noun: &Noun| noun.filing().named || noun.filing().is_found_through_others();
        for noun in Noun::ALL.into_iter().filter(searched) {
            for n in (1..=self.tables.last_of(noun)?).step_by(A_STRETCH) {
                self.tables.rows.get(Id::new(noun, n).key())?;
            }
        }
        Ok(())
    }

    fn texts(&self) -> Result<Arc<Texts>, StoreError> {
        let mine = self.last_seq()?;
        let reads = |state: &mut State| state.meanwhile.is_some();
        let state = self.held.lock();
        let mut state = self.held.0.read.wait_while(state, reads).unwrap_or_else(PoisonError::into_inner);
        if let Some(texts) = state.texts.as_ref().filter(|texts| texts.upto >= mine) {
            return Ok(Arc::clone(texts));
        }
        let texts = Arc::new(Texts::read(&self.tables, mine)?);
        state.texts = Some(Arc::clone(&texts));
        Ok(texts)
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
            let own = if wanted.may_be_in(place.letters) { wanted.rank(shelf.text(place)) } else { None };
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

    /// The roll of a noun; none of one whose records are not found through others.
    pub(super) fn roll(&self, noun: Noun) -> Result<Option<Arc<Roll>>, StoreError> {
        if !noun.filing().is_found_through_others() {
            return Ok(None);
        }
        let texts = self.texts()?;
        if let Some(roll) = texts.rolls.get(&noun) {
            return Ok(Some(Arc::clone(roll)));
        }
        let upto = texts.upto;
        // Held by nobody else, it is added to without a copy.
        drop(texts);
        let roll = Arc::new(Roll::read(&self.tables, noun)?);
        if upto == self.last_seq()?
            && let Some(texts) = self.held.lock().texts.as_mut().filter(|texts| texts.upto == upto)
        {
            Arc::make_mut(texts).rolls.insert(noun, Arc::clone(&roll));
        }
        Ok(Some(roll))
    }
}

/// Hands over what a thread read, however it ends.
struct Put {
    held: Held,
    read: Option<Texts>,
}

impl Drop for Put {
    fn drop(&mut self) {
        self.held.put(self.read.take());
    }
}

/// How well a record answers that was found through another one: as that does, or last for its company.
fn rank_among(others: &[Hit], id: Id) -> Option<Rank> {
    let at = others.binary_search_by_key(&id, |(other, _)| *other).ok()?;
    let (other, rank) = others.get(at)?;
    Some(if other.noun == Noun::Company { Rank::Company } else { *rank })
}
