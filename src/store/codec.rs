//! Events as the facts and words of an entry, version 1 of the shape.
//!
//! ```text
//! facts   the command's JSON without its name (the head's kind says it) and without its sealed texts,
//!         "at" when it was entered late, "outcome" when the rules added something
//! words   the sealed texts that are not empty, by field; of a list, by list, place and field: `lines.0.remark`
//! ```
//!
//! One name differs: the log wants the key of an enrolment as `public_key`. Texts that were erased read as
//! [`ERASED`], for exactly the names that the body still lists.

use crate::domain::{Command, ERASED, EntryMeta, Event, Id, NotAnId, Outcome, Stamp};
use crate::fault::{Fault, fault};
use crate::log::{Entry, Head, KEY_ENROLLED, PUBLIC_KEY_FACT};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// The actor in the head of what was done with the recovery sheet; as an id it is the site itself.
pub const RECOVERY_ACTOR: &str = "-";

const KEY: &str = "key";
const AT: &str = "at";
const OUTCOME: &str = "outcome";
const TAG: &str = "command";

/// From the name of an event to the name of its command.
static COMMAND_OF: LazyLock<BTreeMap<&'static str, &'static str>> =
    LazyLock::new(|| Command::RULES.iter().map(|rule| (rule.past, rule.name)).collect());

/// The kinds of entry that this version writes.
pub fn kinds() -> impl Iterator<Item = &'static str> {
    COMMAND_OF.keys().copied()
}

/// An event taken apart: facts, and words by field.
pub type FactsAndWords = (Map<String, Value>, BTreeMap<String, String>);

/// What the reader or writer of JSON says.
fn json(error: serde_json::Error) -> Fault {
    fault!("json", why = error.to_string())
}

/// An event's facts and words.
///
/// # Errors
/// What the event holds that JSON cannot.
pub fn encode(event: &Event) -> Result<FactsAndWords, Fault> {
    let Value::Object(mut facts) = serde_json::to_value(&event.command).map_err(json)? else {
        return Err(fault!("event_no_object"));
    };
    facts.remove(TAG);
    let words = seal(&mut facts, event.command.rule().sealed)?;
    if event.command.past() == KEY_ENROLLED
        && let Some(key) = facts.remove(KEY)
    {
        facts.insert(PUBLIC_KEY_FACT.to_owned(), key);
    }
    if let Some(at) = event.at {
        facts.insert(AT.to_owned(), serde_json::to_value(at).map_err(json)?);
    }
    if event.outcome != Outcome::default() {
        facts.insert(OUTCOME.to_owned(), serde_json::to_value(&event.outcome).map_err(json)?);
    }
    Ok((facts, words))
}

/// Takes the texts at these paths out of facts: `reason`, or `lines.remark` for the remark of each object in the list
/// `lines`. Texts of a list are named by their place in it, from 0: `lines.0.remark`.
///
/// # Errors
/// What stands at such a path and is no text, or no list of objects.
pub fn seal(facts: &mut Map<String, Value>, paths: &[&str]) -> Result<BTreeMap<String, String>, Fault> {
    let mut words = BTreeMap::new();
    let mut take = |object: &mut Map<String, Value>, field: &str, name: String| match object.remove(field) {
        Some(Value::String(text)) => {
            words.insert(name, text);
            Ok(())
        }
        Some(_) => Err(fault!("sealed_no_text", field = name)),
        None => Ok(()),
    };
    for path in paths {
        let Some((list, field)) = path.split_once('.') else {
            take(facts, path, (*path).to_owned())?;
            continue;
        };
        let items = match facts.get_mut(list) {
            Some(Value::Array(items)) => items.iter_mut(),
            Some(_) => return Err(fault!("sealed_no_list", list = list, path = *path)),
            None => continue,
        };
        for (n, item) in items.enumerate() {
            let Value::Object(item) = item else {
                let item = format!("{list}.{n}");
                return Err(fault!("sealed_no_object", item = item, path = *path));
            };
            take(item, field, format!("{list}.{n}.{field}"))?;
        }
    }
    Ok(words)
}

/// Puts the texts back that [`seal`] took.
///
/// # Errors
/// A text whose place is not there, or is taken.
pub fn unseal<'w>(
    facts: &mut Map<String, Value>,
    words: impl Iterator<Item = (&'w str, &'w str)>,
) -> Result<(), Fault> {
    for (word, text) in words {
        let (object, field) = match in_a_list(word) {
            None => (&mut *facts, word),
            Some((list, n, field)) => {
                let item = facts.get_mut(list).and_then(|items| items.get_mut(n));
                let item = item.and_then(Value::as_object_mut);
                (item.ok_or_else(|| fault!("sealed_no_place", field = word))?, field)
            }
        };
        if object.insert(field.to_owned(), Value::String(text.to_owned())).is_some() {
            return Err(fault!("sealed_twice", field = word));
        }
    }
    Ok(())
}

/// List, place and field of the name of a text in a list.
fn in_a_list(word: &str) -> Option<(&str, usize, &str)> {
    let (list, rest) = word.split_once('.')?;
    let (n, field) = rest.split_once('.')?;
    Some((list, n.parse().ok()?, field))
}

fn is_sealed(word: &str, paths: &[&str]) -> bool {
    match in_a_list(word) {
        None => paths.contains(&word),
        Some((list, _, field)) => paths.contains(&format!("{list}.{field}").as_str()),
    }
}

/// The event of an entry.
///
/// # Errors
/// Why these facts and words are not an event of this version.
pub fn decode(entry: &Entry) -> Result<Event, Fault> {
    let kind = entry.head().kind.as_str();
    let name = *COMMAND_OF.get(kind).ok_or_else(|| fault!("event_kind", kind = kind))?;
    let mut facts = entry.facts().clone();
    let at = match facts.remove(AT) {
        Some(at) => Some(serde_json::from_value(at).map_err(json)?),
        None => None,
    };
    let outcome = match facts.remove(OUTCOME) {
        Some(outcome) => serde_json::from_value(outcome).map_err(json)?,
        None => Outcome::default(),
    };
    if kind == KEY_ENROLLED
        && let Some(key) = facts.remove(PUBLIC_KEY_FACT)
    {
        facts.insert(KEY.to_owned(), key);
    }
    let text = |word: &str| entry.words().and_then(|words| words.get(word)).map_or(ERASED, String::as_str);
    unseal(&mut facts, entry.word_names().iter().map(|word| (word.as_str(), text(word))))?;
    if facts.insert(TAG.to_owned(), Value::String(name.to_owned())).is_some() {
        return Err(fault!("event_names_command"));
    }
    let command: Command = serde_json::from_value(Value::Object(facts)).map_err(json)?;
    match entry.word_names().iter().find(|word| !is_sealed(word, command.rule().sealed)) {
        Some(word) => Err(fault!("event_not_sealed", field = word)),
        None => Ok(Event { command, at, outcome }),
    }
}

/// Whether an entry is spelled exactly as its event would be written: nothing sealed stands among the facts,
/// no empty field is spelled out.
pub fn is_canonical(entry: &Entry, event: &Event) -> bool {
    encode(event).is_ok_and(|(facts, words)| facts == *entry.facts() && words.keys().eq(entry.word_names()))
}

/// What the rules need of a head.
///
/// # Errors
/// Which field of the head is not one of the registers'.
pub fn meta_of(head: &Head) -> Result<EntryMeta, Fault> {
    let time =
        Stamp::parse_from_rfc3339(&head.time).map_err(|e| fault!("event_time", why = e.to_string()))?;
    let actor = match head.actor.as_str() {
        RECOVERY_ACTOR => Id::SITE,
        actor => actor.parse().map_err(|_: NotAnId| fault!("event_actor"))?,
    };
    let on_behalf = head.on_behalf.as_ref().map(|whom| whom.parse());
    let on_behalf = on_behalf.transpose().map_err(|_: NotAnId| fault!("event_actor"))?;
    Ok(EntryMeta { seq: head.seq, time, actor, role: head.role.clone(), on_behalf })
}
