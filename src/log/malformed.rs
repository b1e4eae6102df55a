//! Why bytes are not an entry of the log.

use crate::fault::{Fault, fault};
use std::fmt;

/// Why bytes were refused before anything was verified. `name` is stable: tests, reports and batch output use it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Malformed {
    /// The line is longer than `MAX_LINE`.
    TooLong,
    /// Not one JSON value in UTF-8, or something stands after it.
    NotJson,
    /// Arrays and objects are nested deeper than `MAX_DEPTH`.
    TooDeep,
    /// An object says the same name twice.
    DuplicateKey,
    /// A number with a fraction or exponent, a negative zero, or an integer outside 64 bits.
    Float,
    /// Valid JSON, yet not the one spelling: white space, order, escapes.
    NotCanonical,
    /// A version this program does not know.
    Version,
    /// A field that must be there is not.
    Missing(&'static str),
    /// A field that the version does not know.
    UnknownField,
    /// A field of another type than the version says, null included.
    WrongType(&'static str),
    /// A field whose value has not the form the version says.
    BadValue(&'static str),
    /// Not the standard base64 of 64 bytes.
    BadBase64(&'static str),
    /// An enrolment without the new key's own signature.
    SecondSignatureMissing,
    /// A second signature on an entry that enrols no key.
    SecondSignatureUnexpected,
    /// An enrolment whose facts hold no sound Ed25519 public key.
    EnrolledKey,
    /// The names of sealed fields, the sealed text and the digest in the head contradict each other.
    Words,
    /// The signing key is not the one the head would name.
    SigningKey,
}

impl Malformed {
    /// The stable name of the reason.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotJson => "not_json",
            Self::TooDeep => "too_deep",
            Self::DuplicateKey => "duplicate_key",
            Self::Float => "float",
            Self::NotCanonical => "not_canonical",
            Self::Version => "version",
            Self::Missing(_) => "missing",
            Self::UnknownField => "unknown_field",
            Self::WrongType(_) => "wrong_type",
            Self::BadValue(_) => "bad_value",
            Self::BadBase64(_) => "bad_base64",
            Self::SecondSignatureMissing => "second_signature_missing",
            Self::SecondSignatureUnexpected => "second_signature_unexpected",
            Self::EnrolledKey => "enrolled_key",
            Self::Words => "words",
            Self::SigningKey => "signing_key",
        }
    }
}

impl Malformed {
    /// The same as a value that has sentences.
    pub fn fault(self) -> Fault {
        match self {
            Self::TooLong => fault!("line_too_long"),
            Self::NotJson => fault!("line_not_json"),
            Self::TooDeep => fault!("line_too_deep"),
            Self::DuplicateKey => fault!("line_duplicate_key"),
            Self::Float => fault!("line_float"),
            Self::NotCanonical => fault!("line_not_canonical"),
            Self::Version => fault!("line_version"),
            Self::Missing(field) => fault!("line_missing", field = field),
            Self::UnknownField => fault!("line_unknown_field"),
            Self::WrongType(field) => fault!("line_wrong_type", field = field),
            Self::BadValue(field) => fault!("line_bad_value", field = field),
            Self::BadBase64(field) => fault!("line_bad_base64", field = field),
            Self::SecondSignatureMissing => fault!("line_second_signature_missing"),
            Self::SecondSignatureUnexpected => fault!("line_second_signature_unexpected"),
            Self::EnrolledKey => fault!("line_enrolled_key"),
            Self::Words => fault!("line_words"),
            Self::SigningKey => fault!("line_signing_key"),
        }
    }
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.fault().fmt(f)
    }
}

impl std::error::Error for Malformed {}
