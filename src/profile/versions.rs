//! Which version of the profile was in force on a day (N-13).

use super::read;
use crate::domain::{Broken, Date, Id, Noun, Profile, ProfileVersion, Role, Row, Stamp, View};

/// The versions of a site's profile, each in force from its day until the next one's. Never empty.
#[derive(Clone, Debug, PartialEq)]
pub struct Versions {
    first: (Date, Profile),
    /// By day, ascending; every day later than `first`'s.
    later: Vec<(Date, Profile)>,
}

impl Versions {
    /// The versions that a site adopted, in the order of adoption; none that still waits for a second person or was
    /// withdrawn before its day. A text that nobody can read was never in force:
    /// whoever put it into the log brought nothing about but a finding of `check`. `None` where none can be read.
    ///
    /// # Errors
    /// [`Broken`] when the registers cannot be read.
    pub fn of(view: &dyn View) -> Result<Option<Versions>, Broken> {
        let mut rows = Vec::new();
        for n in 1..=view.last(Noun::Profile)? {
            if let Some(Row::ProfileVersion(row)) = view.row(Id::new(Noun::Profile, n))? {
                rows.push(row);
            }
        }
        let mut versions = Versions::among(rows.iter());
        if let Some(versions) = &mut versions
            && let Some(Row::Site(site)) = view.row(Id::SITE)?
            && site.led_back.is_some()
            && let Some(founding) = rows.first().and_then(|row| read(&row.text))
        {
            versions.give_founding(&founding.founding_role());
        }
        Ok(versions)
    }

    /// Whoever the recovery sheet made an administrator has this role under every version.
    fn give_founding(&mut self, role: &Role) {
        let later = self.later.iter_mut().map(|(_, profile)| profile);
        for profile in std::iter::once(&mut self.first.1).chain(later) {
            profile.founding = Some(role.clone());
        }
    }

    /// Those of some versions that were adopted, given in the order of adoption.
    pub fn among<'r>(rows: impl Iterator<Item = &'r ProfileVersion>) -> Option<Versions> {
        let mut versions: Option<Versions> = None;
        for row in rows.filter(|row| row.is_adopted()) {
            let Some(profile) = read(&row.text) else { continue };
            match &mut versions {
                Some(versions) => versions.adopt(row.from, profile),
                None => versions = Some(Versions::new(row.from, profile)),
            }
        }
        versions
    }

    /// The site's first profile and the day it came into force.
    pub fn new(from: Date, profile: Profile) -> Versions {
        Versions { first: (from, profile), later: Vec::new() }
    }

    /// Brings a version into force from a day. Call in the order of adoption: of two versions for the same day
    /// the one adopted later holds.
    pub fn adopt(&mut self, from: Date, profile: Profile) {
        if from == self.first.0 {
            self.first.1 = profile;
        } else if from < self.first.0 {
            let first = std::mem::replace(&mut self.first, (from, profile));
            self.later.insert(0, first);
        } else {
            let at = self.later.partition_point(|(day, _)| *day < from);
            match self.later.get_mut(at) {
                Some(held) if held.0 == from => held.1 = profile,
                _ => self.later.insert(at, (from, profile)),
            }
        }
    }

    /// The version in force on a day. Before the first one's day the first one holds: no day is without rules.
    pub fn on(&self, day: Date) -> &Profile {
        let at = self.later.partition_point(|(from, _)| *from <= day);
        match at.checked_sub(1).and_then(|last| self.later.get(last)) {
            Some((_, profile)) => profile,
            None => &self.first.1,
        }
    }

    /// A moment in the site's zone: in the offset of the version in force then. A version comes into force at the
    /// beginning of its day in its own offset.
    pub fn in_zone(&self, moment: Stamp) -> Stamp {
        let mut here = moment.with_timezone(&self.first.1.offset());
        for (from, profile) in &self.later {
            let there = moment.with_timezone(&profile.offset());
            if there.date_naive() >= *from {
                here = there;
            }
        }
        here
    }

    /// Every version with its first day, ascending.
    pub fn all(&self) -> impl Iterator<Item = (Date, &Profile)> {
        std::iter::once(&self.first).chain(&self.later).map(|(from, profile)| (*from, profile))
    }
}
