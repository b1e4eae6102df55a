//! The books written anew: every row of every table, in the order of keys, into an image that holds nothing else. What
//! was overwritten or erased is not in it, and its pages are full.

use super::tables::{Readable, Writable};
use super::{Progress, Reading, Step, StoreError};
use crate::fault::fault;
use redb::{Builder, Database, Durability, ReadableDatabase, StorageBackend};

/// How many rows are copied between two words of progress.
const TOLD_EVERY: u64 = 4096;

impl Reading {
    /// Bytes of the keys and values that the books hold, without the room between them. Reads all of it.
    ///
    /// # Errors
    /// Damage, or storage. So below.
    pub fn stored_bytes(&self) -> Result<u64, StoreError> {
        self.tables.stored_bytes()
    }

    /// Writes the books as they stand in this reading into storage of length 0, and closes it. What has been written
    /// is opened again and its rows are counted before this returns; its bytes are the storage's to vouch for.
    ///
    /// Memory: `cache_bytes`, and about 16 bytes for each page of the image.
    ///
    /// # Errors
    /// What is in the storage then is worth nothing; the books stand as before.
    pub fn copy_into(
        &self,
        backend: impl StorageBackend + Clone,
        cache_bytes: usize,
        progress: Progress<'_>,
    ) -> Result<(), StoreError> {
        let rows = self.tables.count()?;
        let mut database = builder(cache_bytes).create_with_backend(backend.clone())?;
        // One transaction: pages that it leaves behind on the way are its own to use again.
        let mut txn = database.begin_write()?;
        txn.set_durability(Durability::Immediate)?;
        let mut done = 0;
        {
            let mut tables = Writable::open(&txn)?;
            self.tables.copy_into(&mut tables, &mut || {
                done += 1;
                if done % TOLD_EVERY == 0 {
                    progress(Step::Copy, done, rows);
                }
            })?;
        }
        txn.commit()?;
        // Moves what lies at the end into the holes that building branches left, so that the end can be cut off: a
        // sixth of the file at 1,000 rows.
        database.compact()?;
        // Makes the next opening one without repair.
        drop(database);
        progress(Step::Copy, rows, rows);
        // Dropping swallows errors: whether it closed well shows here. An image that needs repair is none.
        let again: Database =
            builder(cache_bytes).set_repair_callback(|repair| repair.abort()).create_with_backend(backend)?;
        let found = Readable::open(&again.begin_read()?)?.count()?;
        if found == rows {
            Ok(())
        } else {
            Err(StoreError::Damaged { what: fault!("rows_arrived", found = found, rows = rows) })
        }
    }
}

fn builder(cache_bytes: usize) -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(cache_bytes);
    builder
}
