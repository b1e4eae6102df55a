//! Whether an operation on a record would be refused whatever is typed into its form: asked by the screens to
//! show it dim, with the reason. It asks the rules' own functions and never promises that the command succeeds.

use super::lookup::Case;
use super::{Command, Context, Id, No, View, decide, empowered, policy};

/// What a screen shows of an operation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Availability {
    /// Nothing speaks against opening it.
    Available,
    /// It would be refused.
    Unavailable(No),
}

/// Whether the actor could give a command (by its stable name) about a record, as far as role, clock, state and
/// own application tell.
pub fn availability(
    view: &dyn View,
    context: &Context<'_>,
    command: &str,
    record: Option<Id>,
) -> Availability {
    match look(view, context, command, record) {
        Ok(()) => Availability::Available,
        Err(no) => Availability::Unavailable(no),
    }
}

fn look(view: &dyn View, context: &Context<'_>, command: &str, record: Option<Id>) -> Result<(), No> {
    let context = empowered(view, context)?;
    let ways = policy::ways(&context, command)?;
    if let Some(rule) = Command::rule_of(command) {
        let waits = [decide::clock(&context, rule), decide::early(&context, rule)];
        if let Some(rejection) = waits.into_iter().flatten().next() {
            return Err(rejection.into());
        }
    }
    decide::first_enough(ways, |(_, way)| opened(&Case { view, context: &way }, command, record))
}

fn opened(case: &Case<'_>, command: &str, record: Option<Id>) -> Result<(), No> {
    if let Some(no) = Command::rule_of(command).and_then(|rule| case.is_for_whole(rule)) {
        return Err(no.into());
    }
    Command::may_be_opened(case, command, record)?;
    match record.map(|id| case.view.row(id)).transpose()?.flatten() {
        Some(row) => case.lies_outside(&row)?.map_or(Ok(()), |no| Err(no.into())),
        None => Ok(()),
    }
}

/// Whether the rules would let the actor give a command about a record, whatever is typed and whether or not a role
/// names it: whose matter it is.
///
/// # Errors
/// Why not.
pub fn may_open(view: &dyn View, context: &Context<'_>, command: &str, record: Id) -> Result<(), No> {
    let context = empowered(view, context)?;
    decide::first_enough(policy::all_ways(&context, command), |way| {
        opened(&Case { view, context: &way }, command, Some(record))
    })
}
