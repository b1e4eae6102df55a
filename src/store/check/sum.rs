//! Two sets compared without holding either: count and sum of the digests of their members.

use crate::log::{Hash, leaf_hash};

/// A set so far, whatever the order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum {
    count: u64,
    sum: u128,
}

impl Sum {
    fn take(&mut self, digest: &Hash) {
        let (half, _) = digest.split_first_chunk::<16>().unwrap_or((&[0; 16], &[]));
        self.sum = self.sum.wrapping_add(u128::from_be_bytes(*half));
        self.count = self.count.saturating_add(1);
    }

    /// One member more.
    pub(super) fn add(&mut self, text: &str, number: u64) {
        let digest = leaf_hash(&[text.as_bytes(), &[0], &number.to_be_bytes()].concat());
        self.take(&digest);
    }

    /// One member more, of two numbers.
    pub(super) fn add_pair(&mut self, first: u64, second: u64) {
        let digest = leaf_hash(&[first.to_be_bytes(), second.to_be_bytes()].concat());
        self.take(&digest);
    }

    /// One member more, of two numbers and what stands under them.
    pub(super) fn add_value(&mut self, first: u64, second: u64, value: &[u8]) {
        let digest = leaf_hash(&[&first.to_be_bytes()[..], &second.to_be_bytes(), value].concat());
        self.take(&digest);
    }
}
