//! Chance that follows from the seed, so that the same seed makes the same records.

use crate::desk::{Entropy, SeededEntropy};

/// Numbers drawn from a seed.
#[derive(Debug)]
pub struct Dice(SeededEntropy);

impl Dice {
    /// Dice that fall the same way for the same seed.
    pub fn new(seed: u64) -> Dice {
        Dice(SeededEntropy::new(seed ^ 0x0000_d1ce_0000_0000))
    }

    fn draw(&mut self) -> u64 {
        let mut bytes = [0; 8];
        // A seeded source has nothing that could fail; were it so, the sample would only be duller.
        match self.0.fill(&mut bytes) {
            Ok(()) => u64::from_le_bytes(bytes),
            Err(_) => 0,
        }
    }

    /// A number below `end`; 0 when there is none.
    pub fn below(&mut self, end: usize) -> usize {
        let end = u64::try_from(end.max(1)).unwrap_or(u64::MAX);
        usize::try_from(self.draw() % end).unwrap_or(0)
    }

    /// A number from `first` to `last`, both included.
    pub fn between(&mut self, first: i64, last: i64) -> i64 {
        let span = usize::try_from(last.saturating_sub(first).max(0)).unwrap_or(0);
        first.saturating_add(i64::try_from(self.below(span.saturating_add(1))).unwrap_or(0))
    }

    /// True in so many of a thousand cases.
    pub fn chance(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }

    /// One of a list.
    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len()))
    }

    /// One of a list of words; nothing from an empty list.
    pub fn word(&mut self, list: &[&'static str]) -> String {
        self.pick(list).copied().unwrap_or_default().to_owned()
    }
}
