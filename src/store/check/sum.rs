//! Two sets compared without holding either: count and sum of the digests of their members. The digests are keyed anew in
//! each process: sums of digests that anybody can compute could be made to agree by choosing many members.

use crate::log::{Hash, leaf_hash};
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::sync::OnceLock;

/// The key of this process, unpredictable to whoever wrote the books. No result hangs on it.
fn key() -> &'static [u8; 16] {
    static KEY: OnceLock<[u8; 16]> = OnceLock::new();
    KEY.get_or_init(|| {
        let drawn = || RandomState::new().hash_one(0_u8);
        ((u128::from(drawn()) << 64) | u128::from(drawn())).to_be_bytes()
    })
}

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
        let digest = leaf_hash(&[&key()[..], text.as_bytes(), &[0], &number.to_be_bytes()].concat());
        self.take(&digest);
    }

    /// One member more, of two numbers.
    pub(super) fn add_pair(&mut self, first: u64, second: u64) {
        let digest = leaf_hash(&[&key()[..], &first.to_be_bytes(), &second.to_be_bytes()].concat());
        self.take(&digest);
    }

    /// One member more, of two numbers and what stands under them.
    pub(super) fn add_value(&mut self, first: u64, second: u64, value: &[u8]) {
        let digest = leaf_hash(&[&key()[..], &first.to_be_bytes(), &second.to_be_bytes(), value].concat());
        self.take(&digest);
    }
}
