//! Whoever looks at the registers, and at which moment: what a list or Today shows may hang on both.

use super::Lookup;
use crate::domain::{Actor, Concern, Context, Id, Site, View, Visit, concerns, may_open};

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
        let site = self.site();
        let context = Context::new(self.actor, self.at.now(), None, self.at.profile()).under(site.as_ref());
        may_open(self.view, &context, command, record).is_ok()
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
