//! What is kept beside the log's own commands: drafts of forms, and the entry that something was read out.

use super::door::Desk;
use super::execute::{InTheVault, password_first};
use super::failure::{commit_failure, store_failure};
use super::keyring::Slots;
use super::{Failure, NotOpened};
use crate::domain::{Command, RecordReading};

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
            return Err(password_first());
        }
        let rows = u32::try_from(rows).unwrap_or(u32::MAX);
        let filters = filters.chars().take(400).collect();
        let reading = RecordReading { register: register.to_owned(), how: how.to_owned(), rows, filters };
        self.note_clock()?;
        self.write_own(vec![Command::from(reading)], &Slots::new())
    }

    /// Keeps a draft, durable at once; never in the log. Replaces the one under the same form.
    ///
    /// # Errors
    /// As [`Desk::execute`].
    pub fn keep_draft(&mut self, form: &str, fields: &[(String, String)]) -> Result<(), Failure> {
        let bytes = serde_json::to_vec(fields).map_err(|error| NotOpened::Other(error.to_string()))?;
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
