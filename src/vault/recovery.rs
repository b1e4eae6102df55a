//! The secret on paper: from it come the recovery identity and the recovery signing seed.

use std::fmt;

use age::x25519;
use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;
use zeroize::{Zeroize, Zeroizing};

use super::slot::{UserIdentity, hkdf32};

/// Bits of the secret in one printed group of four digits (2^13 = 8192 values).
const GROUP_BITS: usize = 13;
/// At least so many bits behind the secret check the whole sheet, beside the check digit of each group.
const CHECK_BITS: usize = 9;

/// A secret of 20 or 32 bytes, kept on paper only.
pub struct RecoverySecret(Zeroizing<Vec<u8>>);

/// Why a typed sheet is not the sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SheetError {
    /// Not the number of groups of a sheet (13 or 21).
    Count { groups: usize },
    /// This group (from 1) is mistyped.
    Group { number: usize },
    /// Every group is well-formed, and together they are not a sheet: two groups changed places, perhaps.
    Whole,
}

impl fmt::Display for SheetError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Count { groups } => {
                write!(f, "a sheet has 13 or 21 groups of 5 digits; {groups} were typed")
            }
            Self::Group { number } => write!(f, "group {number} is mistyped; compare it with the sheet"),
            Self::Whole => write!(f, "the groups do not belong together; compare their order with the sheet"),
        }
    }
}

impl std::error::Error for SheetError {}

impl fmt::Debug for RecoverySecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoverySecret(secret)")
    }
}

impl RecoverySecret {
    /// From 20 or 32 random bytes of the caller; `None` for another length.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        matches!(bytes.len(), 20 | 32).then(|| Self(Zeroizing::new(bytes.to_vec())))
    }

    /// The same identity each time; stock age accepts its `AGE-SECRET-KEY-1…`.
    pub fn identity(&self) -> UserIdentity {
        let scalar = hkdf32(&self.0, "daicho recovery identity v1");
        let text = Zeroizing::new(secret_key_text(&scalar));
        // The text was made a line above; if it were not an identity, a fresh one opens nothing, loudly in tests.
        let identity = text.parse::<x25519::Identity>().unwrap_or_else(|_| x25519::Identity::generate());
        UserIdentity::from_age(identity)
    }

    /// Seed of the recovery signing key.
    pub fn signing_seed(&self) -> Zeroizing<[u8; 32]> {
        hkdf32(&self.0, "daicho recovery signature v1")
    }

    /// The sheet: groups of five digits, the fifth checks the four and their place. 13 groups for 20 bytes,
    /// 21 for 32.
    pub fn groups(&self) -> Vec<Zeroizing<String>> {
        let mut bits: Zeroizing<Vec<bool>> = Zeroizing::new(bits_of(&self.0));
        let total = group_count(self.0.len()) * GROUP_BITS;
        let missing = total.saturating_sub(bits.len());
        let mut check = check_bits(&self.0);
        check.truncate(missing);
        bits.append(&mut check);
        bits.chunks(GROUP_BITS)
            .enumerate()
            .map(|(at, chunk)| {
                let value = chunk.iter().fold(0u16, |v, b| v << 1 | u16::from(*b));
                let four = Zeroizing::new(format!("{value:04}"));
                Zeroizing::new(format!("{}{}", four.as_str(), damm(at, &four)))
            })
            .collect()
    }

    /// Reads a typed sheet: any spaces and hyphens, full-width digits welcome. Names the wrong group.
    pub fn parse(typed: &str) -> Result<Self, SheetError> {
        let folded = Zeroizing::new(typed.nfkc().collect::<String>());
        let is_gap =
            |c: char| c.is_whitespace() || matches!(c, '-' | '‐' | '‑' | '–' | '−' | 'ー' | ',' | '.');
        let mut groups: Vec<Zeroizing<String>> =
            folded.split(is_gap).filter(|g| !g.is_empty()).map(|g| Zeroizing::new(g.to_owned())).collect();
        if let [one] = groups.as_slice()
            && one.len() > 5
            && one.is_ascii()
        {
            // Typed without gaps.
            groups = one
                .as_bytes()
                .chunks(5)
                .map(|c| Zeroizing::new(String::from_utf8_lossy(c).into_owned()))
                .collect();
        }
        let len = match groups.len() {
            n if n == group_count(20) => 20,
            n if n == group_count(32) => 32,
            groups => return Err(SheetError::Count { groups }),
        };
        let mut bits = Zeroizing::new(Vec::with_capacity(groups.len() * GROUP_BITS));
        for (at, group) in groups.iter().enumerate() {
            let wrong = SheetError::Group { number: at + 1 };
            let well_formed = group.len() == 5 && group.bytes().all(|b| b.is_ascii_digit());
            let (four, check) = group.split_at_checked(4).filter(|_| well_formed).ok_or(wrong)?;
            let value: u16 = four.parse().map_err(|_| wrong)?;
            if value >= 1 << GROUP_BITS || check != damm(at, four).to_string() {
                return Err(wrong);
            }
            bits.extend((0..GROUP_BITS).rev().map(|i| value >> i & 1 == 1));
        }
        let (secret, check) = bits.split_at_checked(len * 8).ok_or(SheetError::Whole)?;
        let bytes: Zeroizing<Vec<u8>> = Zeroizing::new(
            secret.chunks(8).map(|c| c.iter().fold(0u8, |v, b| v << 1 | u8::from(*b))).collect(),
        );
        let mut expected = check_bits(&bytes);
        expected.truncate(check.len());
        if expected != check {
            return Err(SheetError::Whole);
        }
        Ok(Self(bytes))
    }
}

fn group_count(bytes: usize) -> usize {
    (bytes * 8 + CHECK_BITS).div_ceil(GROUP_BITS)
}

fn bits_of(bytes: &[u8]) -> Vec<bool> {
    bytes.iter().flat_map(|b| (0..8).rev().map(move |i| b >> i & 1 == 1)).collect()
}

fn check_bits(secret: &[u8]) -> Vec<bool> {
    bits_of(&Sha256::new().chain_update(b"daicho sheet v1").chain_update(secret).finalize())
}

/// Damm's check digit (2004): catches every wrong digit and every swap of neighbours. The group's place goes in
/// first, so that most swapped groups are caught where they are.
fn damm(place: usize, digits: &str) -> u8 {
    const TABLE: [[u8; 10]; 10] = [
        [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
        [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
        [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
        [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
        [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
        [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
        [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
        [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
        [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
        [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
    ];
    let place = [(place / 10 % 10) as u8, (place % 10) as u8];
    let digits = digits.bytes().map(|b| b.wrapping_sub(b'0'));
    place.into_iter().chain(digits).fold(0, |row, d| {
        TABLE.get(usize::from(row)).and_then(|r| r.get(usize::from(d))).copied().unwrap_or(0)
    })
}

/// Bech32 (BIP 173) as age writes a secret key. The encoder of the age crate is private to it.
fn secret_key_text(scalar: &[u8; 32]) -> String {
    const ALPHABET: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    const PREFIX: &str = "age-secret-key-";
    let mut words: Vec<u8> = Vec::with_capacity(52);
    let mut bits = bits_of(scalar);
    for chunk in bits.chunks(5) {
        let value = chunk.iter().fold(0u8, |v, b| v << 1 | u8::from(*b));
        words.push(value << (5 - chunk.len()));
    }
    bits.zeroize();
    let high = PREFIX.bytes().map(|b| b >> 5);
    let low = PREFIX.bytes().map(|b| b & 31);
    let input = high.chain([0]).chain(low).chain(words.iter().copied()).chain([0; 6]);
    let sum = input.fold(1u32, |sum, word| {
        const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
        let top = sum >> 25;
        let next = (sum & 0x1ff_ffff) << 5 ^ u32::from(word);
        GENERATOR.iter().enumerate().filter(|(i, _)| top >> i & 1 == 1).fold(next, |s, (_, g)| s ^ g)
    }) ^ 1;
    let check = (0..6).map(|i| (sum >> (5 * (5 - i)) & 31) as u8);
    let letter = |w: u8| ALPHABET.get(usize::from(w)).map_or('q', |b| char::from(*b));
    let mut text = format!("{PREFIX}1");
    text.extend(words.iter().copied().chain(check).map(letter));
    words.zeroize();
    text.make_ascii_uppercase();
    text
}
