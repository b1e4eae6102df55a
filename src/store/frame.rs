//! A frame: what one command, or one group of commands, made durable. JSON lines, each ended by a line feed.
//!
//! ```text
//! {"frame":17}                                         its number, rising by one: what a base holds already is known by it
//! {"h":"...","s":"...","b":"...","t":"..."}            entries, exactly as the log writes them
//! {"draft":{"user":"tanaka","form":"check_in","bytes":"<base64>"}}     without "bytes": deleted
//! {"slot":{"name":"tanaka.age","bytes":"<base64>"}}                    without "bytes": deleted
//! ```

use super::StoreError;
use crate::fault::fault;
use crate::log::Entry;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

/// A line of a frame.
pub(super) enum Line {
    /// An entry of the log.
    Entry(Box<Entry>),
    /// Anything else.
    Note(Note),
}

/// A line that is no entry.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Note {
    /// The frame's number; the first line and no other.
    Frame(u64),
    /// A draft written or deleted.
    Draft {
        user: String,
        form: String,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "bytes")]
        bytes: Option<Vec<u8>>,
    },
    /// A key file's projection written or deleted.
    Slot {
        name: String,
        #[serde(default, skip_serializing_if = "Option::is_none", with = "bytes")]
        bytes: Option<Vec<u8>>,
    },
}

mod bytes {
    use super::*;
    use serde::{Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(
        bytes: &Option<Vec<u8>>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        bytes.as_ref().map(|bytes| STANDARD.encode(bytes)).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Vec<u8>>, D::Error> {
        let text = Option::<String>::deserialize(deserializer)?;
        text.map(|text| STANDARD.decode(text).map_err(serde::de::Error::custom)).transpose()
    }
}

impl Note {
    /// The line, with its line feed, at the end of `frame`.
    pub(super) fn write(&self, frame: &mut Vec<u8>) -> Result<(), StoreError> {
        serde_json::to_writer(&mut *frame, self)
            .map_err(|e| StoreError::Broken(fault!("json", why = e.to_string())))?;
        frame.push(b'\n');
        Ok(())
    }
}

/// The number and the lines of a frame.
///
/// # Errors
/// Damage, at the line that is none of the above.
pub(super) fn read(
    frame: &[u8],
) -> Result<(u64, impl Iterator<Item = Result<Line, StoreError>>), StoreError> {
    let text =
        std::str::from_utf8(frame).map_err(|_| StoreError::Damaged { what: fault!("frame_no_text") })?;
    let mut lines = text.split_terminator('\n').enumerate();
    let first = lines.next().map(|(_, line)| note(line, 1)).transpose()?;
    let Some(Note::Frame(number)) = first else {
        return Err(StoreError::Damaged { what: fault!("frame_no_number") });
    };
    let read = move |(at, line): (usize, &str)| {
        if line.starts_with("{\"h\":") {
            let entry = Entry::parse(line).map_err(|why| StoreError::Damaged {
                what: fault!("frame_entry", frame = number, line = at + 1, why = why.fault()),
            })?;
            Ok(Line::Entry(Box::new(entry)))
        } else {
            note(line, at + 1).map(Line::Note)
        }
    };
    Ok((number, lines.map(read)))
}

fn note(line: &str, at: usize) -> Result<Note, StoreError> {
    serde_json::from_str(line).map_err(|why| StoreError::Damaged {
        what: fault!("frame_line", line = at, why = fault!("json", why = why.to_string())),
    })
}
