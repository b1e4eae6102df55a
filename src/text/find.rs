//! Texts as they are kept for search, and how well one answers what was typed.
//!
//! A record has one text: a line for each of its names and numbers, folded by [`super::fold`], behind a mark that
//! says what it is. Words stay parted by a blank, so that a given name is known from the middle of a surname; what is
//! typed is found across it. Lines with another mark than a [`Part`]'s are passed over.
//!
//! ```
//! use daicho::text::find::{Part, Rank, Wanted, line, units};
//! let text = units(&[line(Part::Name, "佐藤 聡子"), line(Part::Name, "サトウ サトコ")].concat());
//! assert_eq!(Wanted::of_query("sato").rank(&text), Some(Rank::SurnameBegins));
//! assert_eq!(Wanted::of_query("satoko").rank(&text), Some(Rank::GivenName));
//! ```

use super::fold::{search_key, search_keys_of_query};

/// Behind each line of a kept text. No key holds one: control characters are left out of it.
const END: char = '\n';
/// Between words. No key holds one: blanks are left out of it.
const BLANK: char = ' ';

/// [`END`] and [`BLANK`] as units of UTF-16, in which texts are compared: the sign of a Japanese name is one of them.
const END_UNIT: u16 = END as u16;
const BLANK_UNIT: u16 = BLANK as u16;

/// Blanks of a text behind which a word is known to begin; no name has more.
const MOST_BLANKS: usize = 16;

/// What a line of a kept text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// A number or login ID, by which exactly one thing is called.
    Number,
    /// A name or its reading: the surname first, then the given name.
    Name,
    /// Where somebody belongs.
    Belongs,
}

impl Part {
    const ALL: [Part; 3] = [Part::Number, Part::Name, Part::Belongs];

    fn mark(self) -> char {
        match self {
            Part::Number => '#',
            Part::Name => '=',
            Part::Belongs => '+',
        }
    }

    fn of_mark(mark: u16) -> Option<Part> {
        Part::ALL.into_iter().find(|part| u32::from(mark) == u32::from(part.mark()))
    }
}

/// How well a text answers what was typed, the best first. What is shown first is what Enter takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rank {
    /// It is the number.
    Number,
    /// It is the whole name.
    WholeName,
    /// It is the surname.
    Surname,
    /// The surname begins with it.
    SurnameBegins,
    /// The number begins with it.
    NumberBegins,
    /// The given name begins with it.
    GivenName,
    /// It stands within a name.
    WithinName,
    /// It stands within a number.
    WithinNumber,
    /// It is where somebody belongs: their company or department.
    Company,
}

impl Rank {
    /// Every rank, the best first.
    pub const ALL: [Rank; 9] = [
        Rank::Number,
        Rank::WholeName,
        Rank::Surname,
        Rank::SurnameBegins,
        Rank::NumberBegins,
        Rank::GivenName,
        Rank::WithinName,
        Rank::WithinNumber,
        Rank::Company,
    ];
}

/// A line of a kept text; empty when nothing of it can be searched for.
pub fn line(part: Part, text: &str) -> String {
    let key = search_key(text);
    if key.is_empty() {
        return String::new();
    }
    let mut out = String::from(part.mark());
    let mut said = 0;
    let parts_words = |c: char| c.is_whitespace() || matches!(c, '・' | '·');
    for (at, _) in text.char_indices().filter(|(_, c)| parts_words(*c)).take(MOST_BLANKS) {
        // By the key of all that stands before: a mark of repetition reaches back over a blank.
        let before = text.get(..at).map(search_key).unwrap_or_default();
        if before.len() > said
            && before.len() < key.len()
            && key.starts_with(&before)
            && let Some(word) = key.get(said..before.len())
        {
            out.push_str(word);
            out.push(BLANK);
            said = before.len();
        }
    }
    out.push_str(key.get(said..).unwrap_or_default());
    out.push(END);
    out
}

/// A kept text as [`Wanted::rank`] reads it.
pub fn units(text: &str) -> Vec<u16> {
    text.encode_utf16().collect()
}

/// Which units stand in a text, as far as 128 bits tell: the letters of one script are told apart, others may share a
/// bit. Most texts are passed over by it without being read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Letters(u128);

impl Letters {
    /// Of a text's units, blanks aside.
    pub fn of(units: &[u16]) -> Letters {
        let bit = |unit: &u16| 1 << (unit & 127);
        Letters(units.iter().filter(|unit| **unit != BLANK_UNIT).fold(0, |letters, unit| letters | bit(unit)))
    }

    fn has(self, others: Letters) -> bool {
        self.0 & others.0 == others.0
    }
}

/// By what a kept text stands among those of the same rank: the reading, which is the last of its names, or its
/// number. Blanks stand before all else, so that はやし comes before はやしだ, whatever the given names are.
pub fn reading(text: &[u16]) -> &[u16] {
    let lines = || text.split(|unit| *unit == END_UNIT).filter_map(<[u16]>::split_first);
    let named =
        |part: Part| lines().rfind(|(mark, _)| Part::of_mark(**mark) == Some(part)).map(|(_, words)| words);
    named(Part::Name).or_else(|| named(Part::Number)).unwrap_or_default()
}

/// What was typed, to be held against many texts.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// The keys as a tree over their units; the first node is its root.
    nodes: Vec<Node>,
    /// Whether a key begins with a unit.
    begins: Vec<bool>,
    /// The units of each key.
    letters: Vec<Letters>,
}

#[derive(Clone, Debug, Default)]
struct Node {
    /// A key ends here.
    ends: bool,
    next: Vec<(u16, usize)>,
}

impl Wanted {
    /// Of what was typed, in any script.
    pub fn of_query(typed: &str) -> Wanted {
        Wanted::of_keys(&search_keys_of_query(typed))
    }

    /// Of keys that [`search_keys_of_query`] gave: any of them is wanted.
    pub fn of_keys(keys: &[String]) -> Wanted {
        let mut wanted = Wanted {
            nodes: vec![Node::default()],
            begins: vec![false; usize::from(u16::MAX) + 1],
            letters: Vec::new(),
        };
        for key in keys.iter().filter(|key| !key.is_empty()) {
            wanted.letters.push(Letters::of(&units(key)));
            let mut node = 0;
            for unit in key.encode_utf16() {
                if node == 0
                    && let Some(begins) = wanted.begins.get_mut(usize::from(unit))
                {
                    *begins = true;
                }
                node = wanted.step(node, unit).unwrap_or_else(|| wanted.grow(node, unit));
            }
            if let Some(node) = wanted.nodes.get_mut(node) {
                node.ends = true;
            }
        }
        wanted
    }

    /// Whether nothing that can be searched for was typed: then nothing is found.
    pub fn is_empty(&self) -> bool {
        self.nodes.len() < 2
    }

    /// Whether a text with these letters may answer; where not, it does not.
    pub fn may_be_in(&self, letters: Letters) -> bool {
        self.letters.iter().any(|key| letters.has(*key))
    }

    fn step(&self, node: usize, unit: u16) -> Option<usize> {
        self.nodes.get(node)?.next.iter().find(|(known, _)| *known == unit).map(|(_, next)| *next)
    }

    fn grow(&mut self, node: usize, unit: u16) -> usize {
        let new = self.nodes.len();
        self.nodes.push(Node::default());
        if let Some(node) = self.nodes.get_mut(node) {
            node.next.push((unit, new));
        }
        new
    }

    /// How well a kept text answers; none where it does not.
    pub fn rank(&self, text: &[u16]) -> Option<Rank> {
        let mut best: Option<Rank> = None;
        for line in text.split(|unit| *unit == END_UNIT) {
            let Some((mark, words)) = line.split_first() else { continue };
            let Some(part) = Part::of_mark(*mark) else { continue };
            let mut word_begins = true;
            for (at, unit) in words.iter().enumerate() {
                if *unit == BLANK_UNIT {
                    word_begins = true;
                    continue;
                }
                if self.begins.get(usize::from(*unit)).copied().unwrap_or(false) {
                    let rest = words.get(at..).unwrap_or_default();
                    self.walk(rest, &mut |behind| {
                        let rank = rank(part, at == 0, word_begins, behind);
                        best = Some(best.map_or(rank, |best| best.min(rank)));
                    });
                }
                word_begins = false;
            }
        }
        best
    }

    /// Tells what stands behind each key with which these units begin.
    fn walk(&self, units: &[u16], ends: &mut dyn FnMut(&[u16])) {
        let mut node = 0;
        for (at, unit) in units.iter().enumerate().filter(|(_, unit)| **unit != BLANK_UNIT) {
            let Some(next) = self.step(node, *unit) else { return };
            node = next;
            if self.nodes.get(node).is_some_and(|node| node.ends) {
                ends(units.get(at.saturating_add(1)..).unwrap_or_default());
            }
        }
    }
}

/// The rank of a key that stands in a line: at its beginning, at that of a word, and what is behind it.
fn rank(part: Part, first: bool, word_begins: bool, behind: &[u16]) -> Rank {
    match part {
        Part::Number if first && behind.is_empty() => Rank::Number,
        Part::Number if first => Rank::NumberBegins,
        Part::Number => Rank::WithinNumber,
        Part::Name if first && behind.is_empty() => Rank::WholeName,
        Part::Name if first && behind.first() == Some(&BLANK_UNIT) => Rank::Surname,
        Part::Name if first => Rank::SurnameBegins,
        Part::Name if word_begins => Rank::GivenName,
        Part::Name => Rank::WithinName,
        Part::Belongs => Rank::Company,
    }
}
