//! Where the recovery sheet lies, and who last saw it there (J-1-1-4).
//!
//! Nothing in a vault tells whether a paper is still in its safe. So whoever looks says so, and where nobody has looked
//! for long, or at another sheet only, those who may are asked to.

use super::declare::{Words, cells};
use super::{Desk, Failure, Lang};
use crate::domain::SheetSeen;

/// The name of the warning that nobody has said where it lies.
const UNSEEN: &str = "sheet_unseen";
/// What begins the name of the warning that it was seen long ago; the days stand behind.
const SEEN_BEFORE: &str = "sheet_seen_before/";

const LAST_PLACE: Words = Words::new("前回の場所", "Last seen in");
const LAST_SEEN: Words = Words::new("前回見た人", "Last seen by");

/// Days after which the sheet is to be looked at again: a year. No regulation names a period; a year is the longest that
/// a registration goes without a second look, too.
const LOOK_DAYS: i64 = 365;

impl Desk {
    /// Where the sheet in force was last seen, by whom and when, for whoever may look at it; `None` where nobody has said.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when the books cannot be read.
    pub fn sheet_seen(&self) -> Result<Option<SheetSeen>, Failure> {
        if !self.may("see_sheet") {
            return Ok(None);
        }
        Ok(self.site_row()?.sheet_seen)
    }

    /// The same as labelled lines, for whoever looks again or is to destroy it; none where nobody has said, or for others.
    pub fn says_of_sheet(&self, lang: Lang) -> Vec<(String, String)> {
        let Ok(Some(seen)) = self.sheet_seen() else { return Vec::new() };
        let by = format!("{} {}", cells::stamp(seen.on, lang), cells::name(seen.by, self, lang));
        let lines = [(LAST_PLACE, cells::text(&seen.place, lang)), (LAST_SEEN, by)];
        lines.map(|(label, text)| (lang.of(label).to_owned(), text)).to_vec()
    }

    /// Whether a warning of the login still holds: this one is settled by whoever is logged in.
    pub fn still_warns(&self, name: &str) -> bool {
        let of_this = name == UNSEEN || name.starts_with(SEEN_BEFORE);
        !of_this || self.sheet_unseen().map_or(true, |now| now.as_deref() == Some(name))
    }

    /// That nobody has said where the sheet lies, or not for long, for whoever may look: a stable name. One that was used
    /// is to be replaced first.
    pub(super) fn sheet_unseen(&self) -> Result<Option<String>, Failure> {
        let site = self.site_row()?;
        if !self.may("see_sheet") || site.sheet_used.is_some() {
            return Ok(None);
        }
        let Some(seen) = site.sheet_seen else { return Ok(Some(UNSEEN.to_owned())) };
        let days = (self.terminal.clock.now() - seen.on).num_days();
        Ok((days >= LOOK_DAYS).then(|| format!("{SEEN_BEFORE}{days}")))
    }
}
