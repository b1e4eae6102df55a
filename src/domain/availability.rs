//! Whether an operation on a record would be refused whatever is typed into its form: asked by the screens to
//! show it dim, with the reason. It asks the rules' own functions and never promises that the command succeeds.

use super::lookup::Case;
use super::{Command, Context, Id, No, View, decide, policy};

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
    let case = Case { view, context };
    match look(&case, command, record) {
        Ok(()) => Availability::Available,
        Err(no) => Availability::Unavailable(no),
    }
}

fn look(case: &Case<'_>, command: &str, record: Option<Id>) -> Result<(), No> {
    policy::role_for(case.profile(), &case.context.actor.roles, command)?;
    if let Some(rule) = Command::rule_of(command) {
        let waits = [decide::clock(case.context, rule), decide::early(case.context, rule)];
        if let Some(rejection) = waits.into_iter().flatten().next() {
            return Err(rejection.into());
        }
    }
    Command::may_be_opened(case, command, record)
}

/// Whether the rules would let the actor give a command about a record, whatever is typed and whether or not a role
/// names it: whose matter it is.
///
/// # Errors
/// Why not.
pub fn may_open(view: &dyn View, context: &Context<'_>, command: &str, record: Id) -> Result<(), No> {
    Command::may_be_opened(&Case { view, context }, command, Some(record))
}
