//! What went wrong, as a value: a stable name, and what its sentences are filled with. Every floor says in this form
//! what it met, so that nobody has to read a sentence to learn what it is about. The sentences stand by name in
//! `data/wording/faults.toml`, in both languages, and nowhere else. They may hold what came from outside: whoever shows
//! them cleans them.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::io::ErrorKind;
use std::sync::OnceLock;

const SENTENCES: &str = include_str!("../data/wording/faults.toml");

/// What went wrong: its stable name, and the values that its sentences are filled with. Made by [`fault!`]; shown in
/// English by `Display`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    name: &'static str,
    values: Vec<(&'static str, Value)>,
}

/// What a sentence is filled with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// What came from outside or is the same in every language: a path, an id, what a library says.
    Text(String),
    /// A number.
    Number(u64),
    /// What has sentences of its own.
    Fault(Box<Fault>),
}

/// A fault by its name, with its values: `fault!("line_missing", field = name)`. The name is written out at each use,
/// so that a test can hold every one of them against the sentences.
macro_rules! fault {
    ($name:literal) => { $crate::fault::Fault::named($name) };
    ($name:literal, $($key:ident = $value:expr),+ $(,)?) => {
        $crate::fault::Fault::new($name, vec![$((stringify!($key), $crate::fault::Value::from($value))),+])
    };
}
pub(crate) use fault;

impl Fault {
    /// A fault whose sentences need no values.
    pub const fn named(name: &'static str) -> Fault {
        Fault { name, values: Vec::new() }
    }

    /// A fault with its values, by the names of the placeholders.
    pub fn new(name: &'static str, values: Vec<(&'static str, Value)>) -> Fault {
        Fault { name, values }
    }

    /// The stable name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// The value for a placeholder.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether it is this fault, or says it of something.
    pub fn holds(&self, other: &Fault) -> bool {
        self == other
            || self.values.iter().any(|(_, value)| matches!(value, Value::Fault(inner) if inner.holds(other)))
    }

    /// The Japanese sentence.
    pub fn in_japanese(&self) -> String {
        self.said(Tongue::Japanese)
    }

    fn said(&self, tongue: Tongue) -> String {
        let Some(sentence) = sentences().get(self.name) else {
            // Without a sentence it still says its name and what it is about.
            let values = self.values.iter().map(|(name, value)| format!(" {name}={}", value.said(tongue)));
            return format!("{}{}", self.name, values.collect::<String>());
        };
        let mut out = String::new();
        for piece in pieces(tongue.of(sentence)) {
            match piece {
                Piece::Words(words) => {
                    // A blank sets a Latin name off from what follows; behind Japanese words there is none.
                    let ends_in_japanese = tongue == Tongue::Japanese
                        && !out.is_empty()
                        && !out.ends_with(|c: char| c.is_ascii());
                    let bare = words.strip_prefix(' ').filter(|_| ends_in_japanese);
                    out.push_str(bare.unwrap_or(words));
                }
                Piece::Value(name) => {
                    out.push_str(&self.value(name).map(|value| value.said(tongue)).unwrap_or_default());
                }
            }
        }
        out
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.said(Tongue::English))
    }
}

impl Value {
    fn said(&self, tongue: Tongue) -> String {
        match self {
            Value::Text(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Fault(fault) => fault.said(tongue),
        }
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Value {
        Value::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Value {
        Value::Text(text)
    }
}

impl From<&String> for Value {
    fn from(text: &String) -> Value {
        Value::Text(text.clone())
    }
}

impl From<Fault> for Value {
    fn from(fault: Fault) -> Value {
        Value::Fault(Box::new(fault))
    }
}

impl From<u64> for Value {
    fn from(number: u64) -> Value {
        Value::Number(number)
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Value {
        Value::Number(number.into())
    }
}

impl From<u8> for Value {
    fn from(number: u8) -> Value {
        Value::Number(number.into())
    }
}

impl From<usize> for Value {
    fn from(number: usize) -> Value {
        Value::Number(number as u64)
    }
}

/// What the system says of a file or a device, by its kind.
pub fn of_kind(kind: ErrorKind) -> Fault {
    match kind {
        ErrorKind::NotFound => fault!("io_not_found"),
        ErrorKind::PermissionDenied => fault!("io_permission_denied"),
        ErrorKind::AlreadyExists => fault!("io_already_exists"),
        ErrorKind::NotADirectory => fault!("io_not_a_folder"),
        ErrorKind::IsADirectory => fault!("io_is_a_folder"),
        ErrorKind::DirectoryNotEmpty => fault!("io_folder_not_empty"),
        ErrorKind::ReadOnlyFilesystem => fault!("io_read_only"),
        ErrorKind::StorageFull => fault!("io_full"),
        ErrorKind::QuotaExceeded => fault!("io_quota_exceeded"),
        ErrorKind::FileTooLarge => fault!("io_file_too_large"),
        ErrorKind::ResourceBusy | ErrorKind::ExecutableFileBusy => fault!("io_in_use"),
        ErrorKind::CrossesDevices => fault!("io_other_device"),
        ErrorKind::TooManyLinks => fault!("io_too_many_links"),
        ErrorKind::InvalidFilename => fault!("io_bad_name"),
        ErrorKind::StaleNetworkFileHandle => fault!("io_device_gone"),
        ErrorKind::TimedOut => fault!("io_timed_out"),
        ErrorKind::WriteZero => fault!("io_nothing_written"),
        ErrorKind::BrokenPipe => fault!("io_reader_gone"),
        ErrorKind::UnexpectedEof => fault!("io_ends_too_soon"),
        ErrorKind::InvalidData => fault!("io_not_as_written"),
        ErrorKind::InvalidInput => fault!("io_bad_request"),
        ErrorKind::NotSeekable => fault!("io_not_seekable"),
        ErrorKind::Unsupported => fault!("io_unsupported"),
        ErrorKind::Interrupted => fault!("io_interrupted"),
        ErrorKind::OutOfMemory => fault!("io_out_of_memory"),
        // The device itself, as a rule.
        _ => fault!("io_device"),
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Tongue {
    Japanese,
    English,
}

impl Tongue {
    fn of(self, sentence: &Sentence) -> &str {
        match self {
            Tongue::Japanese => &sentence.ja,
            Tongue::English => &sentence.en,
        }
    }
}

/// What is said of a fault, in both languages.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    ja: String,
    en: String,
}

/// All sentences by name. A test holds that they can be read, and that every name is there.
fn sentences() -> &'static BTreeMap<String, Sentence> {
    static ALL: OnceLock<BTreeMap<String, Sentence>> = OnceLock::new();
    ALL.get_or_init(|| toml::from_str(SENTENCES).unwrap_or_default())
}

/// A piece of a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'s> {
    /// Words as they stand.
    Words(&'s str),
    /// The name of the value that stands here.
    Value(&'s str),
}

/// A sentence taken apart at its placeholders, `{name}`. A brace that nothing closes is a word.
pub fn pieces(sentence: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = sentence;
    while let Some((words, behind)) = rest.split_once('{') {
        let Some((name, behind)) = behind.split_once('}') else { break };
        found.extend([Piece::Words(words), Piece::Value(name)]);
        rest = behind;
    }
    found.push(Piece::Words(rest));
    found
}
