//! Why bytes are not an entry of the log.

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

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooLong => f.write_str("the line is longer than 1 MiB"),
            Self::NotJson => f.write_str("it is not one JSON value"),
            Self::TooDeep => f.write_str("it is nested too deeply"),
            Self::DuplicateKey => f.write_str("an object says the same name twice"),
            Self::Float => f.write_str("a number is not an integer of 64 bits"),
            Self::NotCanonical => f.write_str("it is not spelled in the one permitted way"),
            Self::Version => f.write_str("its version is unknown to this program"),
            Self::Missing(field) => write!(f, "the field {field} is missing"),
            Self::UnknownField => f.write_str("a field is unknown to its version"),
            Self::WrongType(field) => write!(f, "the field {field} has the wrong type"),
            Self::BadValue(field) => write!(f, "the field {field} has a value of the wrong form"),
            Self::BadBase64(field) => write!(f, "the field {field} is not the base64 of 64 bytes"),
            Self::SecondSignatureMissing => f.write_str("the new key did not sign its enrolment"),
            Self::SecondSignatureUnexpected => {
                f.write_str("a second signature stands on an entry that enrols no key")
            }
            Self::EnrolledKey => f.write_str("the enrolled key is not a sound Ed25519 key"),
            Self::Words => f.write_str("the sealed text does not fit what the facts say of it"),
            Self::SigningKey => f.write_str("only an enrolment may be sealed with a second key"),
        }
    }
}

impl std::error::Error for Malformed {}
