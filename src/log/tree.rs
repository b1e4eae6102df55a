//! The Merkle tree of RFC 6962 section 2.1 over SHA-256, with the proof checks of RFC 9162 section 2.1.

use sha2::{Digest, Sha256};

/// A SHA-256 digest: a leaf, an inner node or a root.
pub type Hash = [u8; 32];

/// How many leaves a tree had, and its root then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TreeHead {
    pub size: u64,
    pub root: Hash,
}

/// The hash of a leaf that holds `data`: SHA-256(0x00, data).
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0x00]).chain_update(data).finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([0x01]).chain_update(left).chain_update(right).finalize().into()
}

/// The root of the tree without leaves: SHA-256 of nothing.
fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// A tree reduced to what appending needs: its size and the roots of its full subtrees along the right edge,
/// the largest first, one for each bit that is set in the size. At most 64 hashes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Frontier {
    size: u64,
    edge: Vec<Hash>,
}

impl Frontier {
    /// The empty tree.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many leaves were appended.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends the hash of a leaf.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.edge.pop() {
                hash = node_hash(&left, &hash);
            }
        }
        self.edge.push(hash);
        self.size += 1;
    }

    /// The root of the tree as it stands.
    pub fn root(&self) -> Hash {
        let joined = self.edge.iter().rev().copied().reduce(|right, left| node_hash(&left, &right));
        joined.unwrap_or_else(empty_root)
    }

    /// Size and root together.
    pub fn tree_head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// Size as 8 bytes, big-endian, then the hashes of the edge.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        self.edge.iter().for_each(|hash| bytes.extend_from_slice(hash));
        bytes
    }

    /// Reads what `to_bytes` wrote; `None` when the length is not the one the size demands.
    /// The hashes themselves are only as good as the place they were kept in.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let (size, rest) = bytes.split_first_chunk::<8>()?;
        let size = u64::from_be_bytes(*size);
        if u64::try_from(rest.len()).ok()? != u64::from(size.count_ones()) * 32 || size == u64::MAX {
            return None;
        }
        let edge = rest.chunks_exact(32).filter_map(|hash| hash.try_into().ok()).collect();
        Some(Self { size, edge })
    }
}

impl<'a> FromIterator<&'a Hash> for Frontier {
    fn from_iter<I: IntoIterator<Item = &'a Hash>>(leaves: I) -> Self {
        let mut frontier = Self::new();
        leaves.into_iter().for_each(|leaf| frontier.append(*leaf));
        frontier
    }
}

/// The root of the tree over these leaf hashes.
pub fn root_of(leaves: &[Hash]) -> Hash {
    leaves.iter().collect::<Frontier>().root()
}

/// Leaves split at the largest power of two below their number; `None` when there are fewer than two.
fn split(leaves: &[Hash]) -> Option<(&[Hash], &[Hash])> {
    if leaves.len() < 2 {
        return None;
    }
    leaves.split_at_checked(leaves.len().next_power_of_two() / 2)
}

/// The audit path of the leaf at `index`, nearest sibling first (RFC 6962 2.1.1); `None` when there is no such leaf.
/// Time and hashing are those of the whole tree.
pub fn inclusion_proof(leaves: &[Hash], index: u64) -> Option<Vec<Hash>> {
    let mut index = usize::try_from(index).ok().filter(|index| *index < leaves.len())?;
    let mut part = leaves;
    let mut path = Vec::new();
    while let Some((left, right)) = split(part) {
        if index < left.len() {
            path.push(root_of(right));
            part = left;
        } else {
            path.push(root_of(left));
            index -= left.len();
            part = right;
        }
    }
    path.reverse();
    Some(path)
}

/// Whether the leaf stands at `index` in the tree (RFC 9162 2.1.3.2).
#[must_use]
pub fn verify_inclusion(leaf: &Hash, index: u64, tree: &TreeHead, proof: &[Hash]) -> bool {
    if index >= tree.size {
        return false;
    }
    let (mut at, mut last) = (index, tree.size - 1);
    let mut hash = *leaf;
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node_hash(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node_hash(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == tree.root
}

/// Proves that the tree over these leaves grew from its first `old_size` ones (RFC 6962 2.1.2); `None` when there are
/// fewer. From nothing, and from itself, the proof is empty.
pub fn consistency_proof(leaves: &[Hash], old_size: u64) -> Option<Vec<Hash>> {
    let mut old = usize::try_from(old_size).ok().filter(|old| *old <= leaves.len())?;
    let mut proof = Vec::new();
    if old == 0 || old == leaves.len() {
        return Some(proof);
    }
    let mut part = leaves;
    let mut is_known = true;
    while old != part.len() {
        let (left, right) = split(part)?;
        if old <= left.len() {
            proof.push(root_of(right));
            part = left;
        } else {
            proof.push(root_of(left));
            old -= left.len();
            part = right;
            is_known = false;
        }
    }
    // The old tree's own root is left out: who checks the proof has it.
    if !is_known {
        proof.push(root_of(part));
    }
    proof.reverse();
    Some(proof)
}

/// Whether `new` grew from `old` by appending only (RFC 9162 2.1.4.2). An old tree without leaves must have the root
/// of nothing; it proves nothing about the new one.
#[must_use]
pub fn verify_consistency(old: &TreeHead, new: &TreeHead, proof: &[Hash]) -> bool {
    if old.size > new.size {
        return false;
    }
    if old.size == new.size {
        return proof.is_empty() && old.root == new.root && (old.size != 0 || old.root == empty_root());
    }
    if old.size == 0 {
        return proof.is_empty() && old.root == empty_root();
    }
    let (mut at, mut last) = (old.size - 1, new.size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let mut path = proof.iter();
    let start = if old.size.is_power_of_two() { Some(&old.root) } else { path.next() };
    let Some(start) = start else { return false };
    let (mut old_hash, mut new_hash) = (*start, *start);
    for sibling in path {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old_hash = node_hash(sibling, &old_hash);
            new_hash = node_hash(sibling, &new_hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new_hash = node_hash(&new_hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old_hash == old.root && new_hash == new.root
}
