//! What is attached: taken in, kept to what the books name, looked at, and written out again.

use super::door::{Desk, Instruction, Receipt};
use super::failure::{failure_of, written};
use super::papers::Paper;
use super::{Entropy, Failure, FieldProblem};
use crate::domain::{Attach, Attachment, Command, Id, MOST_ATTACHED};
use crate::fault::{Fault, fault};
use crate::log::encode_hex;
use crate::store::Reading;
use crate::vault::{Blob, Disk, MOST_BLOB, NewFile, RealDisk, VaultError, blob_file};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use zeroize::Zeroizing;

/// What the rules let be attached, the vault can hold.
const _: () = assert!(MOST_ATTACHED <= MOST_BLOB);

/// A document on its way into the vault: what is to lie under the name that its command gives.
pub(super) type Contents = Zeroizing<Vec<u8>>;

/// Whether a command brings a document, and goes in a group of its own: contents of a hundred would fill the memory.
pub(super) fn brings_contents(command: &Command) -> bool {
    matches!(command, Command::Attach(_))
}

/// Reads the file that a command names, and puts into the command what the entry is to say of its contents.
pub(super) fn take_in(attach: &mut Attach, entropy: &dyn Entropy) -> Result<Contents, Failure> {
    let contents = Paper::open(Path::new(&attach.file))?.read()?;
    // A name that says nothing: whoever has the document and not the key cannot find out that it is here.
    let mut name = [0; 32];
    super::fill(entropy, &mut name)?;
    attach.blob = encode_hex(&name);
    attach.size = contents.len() as u64;
    attach.digest = encode_hex(&Sha256::digest(&*contents));
    Ok(contents)
}

/// Leaves the name of the file: in which folder it lay is of no account, and may say more than it should.
pub(super) fn name_alone(attach: &mut Attach) {
    if let Some(own) = Path::new(&attach.file).file_name() {
        attach.file = own.to_string_lossy().into_owned();
    }
}

/// What is wrong with the contents of what the books name: missing, or not what was attached. `read`: all that is
/// whole. Those that are new since it was read are looked at again.
pub(super) fn compare(
    reading: &Reading,
    read: &BTreeMap<String, Blob>,
    again: &dyn Fn(&str) -> Result<Option<Blob>, VaultError>,
) -> Result<Compared, crate::store::StoreError> {
    let mut compared = Compared::default();
    let named = reading.attachments()?;
    for (name, id) in &named {
        let Some(row) = reading.get_as::<Attachment>(*id)? else { continue };
        let found = match read.get(name) {
            Some(found) => Ok(Some(found.clone())),
            None => again(name),
        };
        let wrong = match found {
            Ok(Some(found)) if is_what_was_attached(&row, &found) => continue,
            Ok(Some(_)) => exchanged(name),
            Ok(None) => missing(name),
            Err(error) => error,
        };
        compared.findings.push(fault!(
            "attachment",
            attachment = *id,
            record = row.record,
            what = wrong.fault()
        ));
        compared.lost.push(row);
    }
    compared.unlisted =
        read.keys().filter(|name| !named.contains_key(*name)).map(|name| blob_file(name)).collect();
    Ok(compared)
}

/// Whether contents are those of which the entry says what they are.
pub(super) fn is_what_was_attached(row: &Attachment, found: &Blob) -> bool {
    found.size == row.size && encode_hex(&found.digest) == row.digest
}

fn exchanged(name: &str) -> VaultError {
    VaultError::Damaged { file: blob_file(name), offset: 0, what: fault!("bytes_not_attached") }
}

fn missing(name: &str) -> VaultError {
    VaultError::Damaged { file: blob_file(name), offset: 0, what: fault!("bytes_file_missing") }
}

/// What [`compare`] found.
#[derive(Debug, Default)]
pub(super) struct Compared {
    /// What is wrong, with file and place.
    pub(super) findings: Vec<Fault>,
    /// The attachments whose contents are not there as they were.
    pub(super) lost: Vec<Attachment>,
    /// Files that no entry names: left by a power cut, or erased since. The next login removes them.
    pub(super) unlisted: Vec<String>,
}

/// A problem with the place where an attachment is to be written.
fn no_place(name: &str, ja: &str, en: &str) -> Failure {
    let (field, name) = ("to".to_owned(), name.to_owned());
    Failure::Malformed(vec![FieldProblem { field, name, ja: ja.to_owned(), en: en.to_owned() }])
}

impl Desk {
    /// Removes what lies beside the books and is named by none of them: of an attachment that a power cut kept from
    /// its entry, or of one that was erased.
    pub(super) fn sweep_attachments(&self) -> Result<(), Failure> {
        // Most sites have none, and no folder for them.
        if self.vault.blob_names().map_err(failure_of)?.is_empty() {
            return Ok(());
        }
        let named = self.reading()?.attachments().map_err(|error| self.store_failure(error))?;
        self.vault.keep_blobs(&|name| named.contains_key(name)).map(drop).map_err(failure_of)
    }

    /// The contents of an attachment, as they were attached.
    ///
    /// # Errors
    /// [`Failure::Damaged`] with the file, when they are not.
    fn contents_of(&self, row: &Attachment) -> Result<Contents, Failure> {
        let contents = self.vault.blob(&row.blob).map_err(failure_of)?;
        let contents = contents.ok_or_else(|| failure_of(missing(&row.blob)))?;
        if is_what_was_attached(row, &Blob::of(&contents)) {
            Ok(contents)
        } else {
            Err(failure_of(exchanged(&row.blob)))
        }
    }

    /// Writes what was attached to a file that is not there yet, and reads it back. The entry comes first: what left
    /// the vault is never without one.
    ///
    /// # Errors
    /// The refusal; [`Failure::Malformed`] for a place that will not do, and then there is no entry;
    /// [`Failure::Device`] with [`super::Last::Written`] when the entry stands and the file does not.
    pub(super) fn write_out(&mut self, order: Instruction) -> Result<Receipt, Failure> {
        let Command::WriteAttachment(asked) = &order.command else {
            return Err(super::NotOpened::Other(fault!("desk_writes_nothing_out")).into());
        };
        let (to, id) = (asked.to.clone(), asked.attachment);
        self.note_clock()?;
        if !self.would_be_new(&order)? {
            return self.write_alone(order);
        }
        let row = match id {
            Some(id) => {
                self.reading()?.get_as::<Attachment>(id).map_err(|error| self.store_failure(error))?
            }
            None => None,
        };
        let Some(row) = row else { return self.write_alone(order) };
        let contents = self.contents_of(&row)?;
        let file = new_file(Path::new(&to))?;
        let receipt = self.write_alone(order).inspect_err(|_| file.discard())?;
        file.fill(&contents).map_err(failure_of).map_err(written)?;
        Ok(receipt)
    }

    /// What is attached to a record, in the order in which it came.
    ///
    /// # Errors
    /// [`Failure::Damaged`] when the books cannot be read.
    pub fn attached_to(&self, record: Id) -> Result<Vec<Attachment>, Failure> {
        let key = crate::domain::key::of(crate::domain::Noun::Attachment, record);
        let rows = self.reading()?.rows_under(&key).map_err(|error| self.store_failure(error))?;
        Ok(rows.into_iter().filter_map(|row| Attachment::try_from(row).ok()).collect())
    }
}

/// Makes the file that is to be filled.
fn new_file(to: &Path) -> Result<NewFile, Failure> {
    let (Some(folder), Some(name)) = (to.parent(), to.file_name().and_then(|name| name.to_str())) else {
        return Err(no_place(
            "to_not_a_file",
            "書き出すファイルの名前まで指定してください。",
            "Name the file that is to be made, not only its folder.",
        ));
    };
    if to.symlink_metadata().is_ok() {
        return Err(no_place(
            "to_exists",
            "その名前のファイルやフォルダーがもうあります。上書きはしません。別の名前を指定してください。",
            "There is a file or folder of that name already. Nothing is written over; give another name.",
        ));
    }
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    super::restore::refuse_inside_vault(&RealDisk::new(to))?;
    let disk: Arc<dyn Disk> = Arc::new(RealDisk::new(folder));
    NewFile::create(&disk, name).map_err(|error| match error {
        VaultError::DiskFull => no_place(
            "to_full",
            "書き出し先に空きがありません。空きを作るか、別の場所を指定してください。",
            "The place has no room. Make room, or give another place.",
        ),
        _ => no_place(
            "to_not_written",
            "書き出し先に書き込めません。フォルダーがあるか、書き込める場所かを確かめてください。",
            "Nothing can be written there. Check that the folder is there and can be written to.",
        ),
    })
}
