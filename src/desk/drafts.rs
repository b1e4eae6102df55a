//! What is kept beside the log's own commands: drafts of forms, and the entry that something was read out.

use super::door::Desk;
use super::execute::{InTheVault, password_first};
use super::failure::{commit_failure, store_failure};
use super::keyring::Slots;
use super::{Failure, NotOpened};
use crate::domain::{Command, Id, RecordReading};
use crate::fault::fault;

/// An unfinished form of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The name under which it is kept.
    pub form: String,
    /// The command that the form becomes.
    pub command: String,
    /// The record that the form is about.
    pub record: Option<Id>,
    /// What stands in it: fields and texts.
    pub fields: Vec<(String, String)>,
}

/// Before the number of the second and later drafts of one form.
const ANOTHER: char = '~';

/// The name under which the first draft of a form is kept: its command, and the record that it is about.
pub fn draft_name(command: &str, record: Option<Id>) -> String {
    match record {
        Some(record) => format!("{command}/{record}"),
        None => command.to_owned(),
    }
}

/// The command and the record of a name.
fn parts_of(form: &str) -> (String, Option<Id>) {
    let first = form.split_once(ANOTHER).map_or(form, |(first, _)| first);
    match first.split_once('/') {
        Some((command, record)) => (command.to_owned(), record.parse().ok()),
        None => (first.to_owned(), None),
    }
}

impl Desk {
    /// Records that personal data was read out: a CSV, a print, a query.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn record_reading(
        &mut self,
        register: &str,
        how: &str,
        rows: usize,
        filters: &str,
    ) -> Result<(), Failure> {
        if self.seat.provisional {
            return Err(password_first(&self.seat));
        }
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let filters = filters.chars().take(400).collect();
        let reading = RecordReading { register: register.to_owned(), how: how.to_owned(), rows, filters };
        self.note_clock()?;
        self.write_own(vec![Command::from(reading)], &Slots::new())
    }

    /// Keeps a draft, durable at once; never in the log. Replaces the one under the same name: what another form left
    /// has a name of its own, by [`Desk::free_draft_name`].
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn keep_draft(&mut self, form: &str, fields: &[(String, String)]) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(fields)
            .map_err(|error| NotOpened::Other(fault!("json", why = error.to_string())))?;
        self.put_draft(form, Some(&bytes))
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn drop_draft(&mut self, form: &str) -> Result<(), Failure> {
        self.put_draft(form, None)
    }

    pub(super) fn put_draft(&mut self, form: &str, bytes: Option<&[u8]>) -> Result<(), Failure> {
        let mut writing = self.store.begin().map_err(|error| store_failure(error, Some(&self.vault)))?;
        writing
            .put_draft(&self.seat.user, form, bytes)
            .map_err(|error| store_failure(error, Some(&self.vault)))?;
        writing.commit(&mut InTheVault(&self.vault)).map_err(|error| commit_failure(error, &self.vault))?;
        Ok(())
    }

    /// All drafts of the person at the desk.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn drafts(&self) -> Result<Vec<Draft>, Failure> {
        let forms = self.reading()?.drafts_of(&self.seat.user).map_err(|error| self.store_failure(error))?;
        let mut drafts = Vec::new();
        for form in forms {
            if let Some(fields) = self.draft(&form)?.filter(|fields| !fields.is_empty()) {
                let (command, record) = parts_of(&form);
                drafts.push(Draft { form, command, record, fields });
            }
        }
        Ok(drafts)
    }

    /// A name for a draft of this form under which nothing is kept yet.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn free_draft_name(&self, first: &str) -> Result<String, Failure> {
        let taken = self.reading()?.drafts_of(&self.seat.user).map_err(|error| self.store_failure(error))?;
        let names = (2u32..).map(|n| format!("{first}{ANOTHER}{n}"));
        let free = std::iter::once(first.to_owned()).chain(names).find(|name| !taken.contains(name));
        Ok(free.unwrap_or_else(|| first.to_owned()))
    }

    /// The draft of a form, if one was left.
    ///
    /// # Errors
    /// As [`Desk::list`].
    pub fn draft(&self, form: &str) -> Result<Option<Vec<(String, String)>>, Failure> {
        let bytes =
            self.reading()?.draft(&self.seat.user, form).map_err(|error| self.store_failure(error))?;
        // A draft of an older release that cannot be read is no draft; it is never shown half.
        Ok(bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()))
    }
}
