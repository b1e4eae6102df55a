//! The one door to the rules: policy first, then the noun's own file.

use super::{Command, Context, EntryMeta, Event, Id, No, Row, View};

/// Decides a command: an event, or why not. Pure: same view, context and command, same answer.
///
/// # Errors
/// [`No::Denied`] when none of the actor's roles holds the command, [`No::Rejected`] when a rule forbids it,
/// [`No::Broken`] when the registers cannot be read.
pub fn decide(view: &dyn View, context: &Context<'_>, command: &Command) -> Result<Event, No> {
    let _ = (view, context, command);
    Err(super::Broken("rules to come".to_owned()).into())
}

/// Every row that an event makes or changes, without repeats; the subject first.
pub fn touches(event: &Event) -> Vec<Id> {
    let _ = event;
    Vec::new()
}

/// One row after an event. Total: an event that does not fit the row leaves it as it is.
pub fn fold(id: Id, old: Option<Row>, event: &Event, meta: &EntryMeta) -> Option<Row> {
    let _ = (id, event, meta);
    old
}
