//! Whoever looks at the registers, and at which moment: what a list or Today shows may hang on both.

use super::failure::broken;
use super::{Failure, Lookup};
use crate::domain::{Actor, Concern, Context, Id, Site, View, Visit, concerns, empowered, may_open, policy};

/// A context with what the registers say of the clock, the edition and the actor's rights.
///
/// # Errors
/// [`Failure::Damaged`] when they cannot be read.
pub(super) fn empowered_by<'a>(view: &dyn View, context: Context<'a>) -> Result<Context<'a>, Failure> {
    let site = view.row(Id::SITE).map_err(broken)?.and_then(|row| Site::try_from(row).ok());
    empowered(view, &context.under(site.as_ref())).map_err(broken)
}

/// Whoever looks, and at which moment.
#[derive(Clone, Copy)]
pub struct Viewer<'a> {
    /// The names, dates and rules of the moment that is looked at.
    pub at: &'a dyn Lookup,
    /// The registers of that moment, as the rules ask them.
    pub view: &'a dyn View,
    /// Who looks.
    pub actor: &'a Actor,
}

impl Viewer<'_> {
    /// Whether the rules would let whoever looks give a command about a record, whatever the form says. What cannot be
    /// read is said by the list itself.
    pub fn may(&self, command: &str, record: Id) -> bool {
        may_open(self.view, &self.context(), command, record).is_ok()
    }

    /// Whether a role lets whoever looks do something, in their own right or for another.
    pub fn holds(&self, what: &str) -> bool {
        empowered(self.view, &self.context()).is_ok_and(|context| policy::ways(&context, what).is_ok())
    }

    /// Whether whoever looks holds one of some roles, in their own right or for another.
    pub fn is_one_of(&self, roles: &[String]) -> bool {
        let held = empowered(self.view, &self.context());
        held.is_ok_and(|context| context.roles().any(|role| roles.contains(role)))
    }

    fn context(&self) -> Context<'_> {
        Context::new(self.actor, self.at.now(), None, self.at.profile()).under(self.site().as_ref())
    }

    /// What is wrong with somebody being inside.
    pub fn concerns(&self, visit: &Visit) -> Vec<Concern> {
        let unconfirmed = self.site().is_some_and(|site| site.clock_jump.is_some());
        concerns(self.view, visit, self.at.now(), unconfirmed).unwrap_or_default()
    }

    fn site(&self) -> Option<Site> {
        self.at.row(Id::SITE).and_then(|row| Site::try_from(row).ok())
    }
}
