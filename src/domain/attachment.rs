//! Attachments: documents that belong to an application or a work record. The books hold what they are; their contents
//! lie beside the books, under a name that says nothing.

use super::command::commands;
use super::lookup::{Case, exists, hex64, invalid, missing, required, wrong_state};
use super::row::row;
use super::rule::Given::ByPeople;
use super::{
    Command, Date, ERASED, Edition, EntryMeta, Event, Filing, Id, No, Noun, Outcome, Permit, PermitState,
    Row, Stamp, key, policy,
};
use crate::text::find::Part;

row! {
    /// A document that belongs to an application or a work record.
    Attachment {
        /// To which record.
        record: Id,
        /// What it is.
        title: String,
        /// The name of the file that was attached, without its folder.
        file: String,
        /// Bytes of it.
        size: u64,
        /// SHA-256 of it, hex.
        digest: String,
        /// Under which name it lies beside the books.
        blob: String,
        /// Who attached it.
        attached_by: Id,
        /// When.
        #[serde(with = "super::packed")]
        attached: Stamp,
    }
}

commands! {
    /// Attach a document to an application or a work record: a scan or a PDF. What stands behind `file` is the desk's, once it has read the file.
    Attach = "attach" => "attached" {
        /// To which application, permit or work record.
        record: Option<Id>,
        /// What it is.
        title: String,
        /// The file: where it is for the desk that reads it, and its name alone in the entry.
        file: String,
        /// Bytes of it.
        size: u64,
        /// SHA-256 of it, hex.
        digest: String,
        /// Under which name it lies beside the books: 64 random hexadecimal digits.
        blob: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Two,
            sealed: &["title", "file"],
            filled: &["size", "digest", "blob"],
            with: &["apply_visit", "record_work"],
        }
        decide decide_attach, touches [], on { Noun::Permit => may_attach, Noun::Work => may_attach };

    /// Write what was attached to a file outside the vault.
    WriteAttachment = "write_attachment" => "attachment_written" {
        /// Which one.
        attachment: Option<Id>,
        /// Where to, as a path.
        to: String,
    }
        rule {
            given: ByPeople,
            since: Edition::Two,
            alone: true,
            sealed: &["to"],
            with: &["query:permits", "query:works", "query:*"],
        }
        decide decide_write, touches [], on { Noun::Attachment => may_write };
}

/// Bytes of one attachment, at most.
pub const MOST_ATTACHED: u64 = 10 << 20;

impl Attachment {
    /// Whether its contents are to be there: neither it nor its texts were erased.
    pub fn is_kept(&self) -> bool {
        self.trace.erased.is_none() && self.file != ERASED
    }
}

/// The name of the register whose readers may read what is attached to a record of a noun. `None`: nothing is.
pub fn attached_to(noun: Noun) -> Option<&'static str> {
    match noun {
        Noun::Permit => Some("permits"),
        Noun::Work => Some("works"),
        _ => None,
    }
}

/// A record to which a document may still be attached: it was neither refused nor taken back, and says what it is.
pub(super) fn may_attach(case: &Case<'_>, record: Option<Id>) -> Result<Id, No> {
    let id = record.ok_or_else(|| missing("record"))?;
    if attached_to(id.noun).is_none() {
        return Err(invalid("record", id).into());
    }
    let row: Row = case.row(id)?;
    if let Row::Permit(Permit { state, .. }) = &row
        && matches!(state, PermitState::Refused | PermitState::Withdrawn | PermitState::Disowned)
    {
        return Err(wrong_state(id, state.name()).into());
    }
    not_erased(&row)?;
    // The rights of those who apply, and of those who record work, are not each other's.
    let right = if id.noun == Noun::Permit { "apply_visit" } else { "record_work" };
    policy::role_for(case.profile(), &case.context.actor.roles, right)
        .or_else(|denied| policy::named(case.context, "attach").ok_or(denied))?;
    Ok(id)
}

fn not_erased(row: &Row) -> Result<(), No> {
    match row.trace().erased {
        Some(_) => Err(wrong_state(row.id(), "erased").into()),
        None => Ok(()),
    }
}

pub(super) fn decide_attach(case: &Case<'_>, c: &Attach) -> Result<Outcome, No> {
    required(&c.title, "title")?;
    required(&c.file, "file")?;
    if !(1..=MOST_ATTACHED).contains(&c.size) {
        return Err(invalid("size", c.size).into());
    }
    hex64(&c.digest, "digest")?;
    hex64(&c.blob, "blob")?;
    let record = may_attach(case, c.record)?;
    let before: Vec<Attachment> = case.all(&key::of(Noun::Attachment, record))?;
    if let Some(same) = before.iter().find(|one| one.is_kept() && one.digest == c.digest) {
        return Err(exists(same.id).into());
    }
    if !case.view.find(&key::blob(&c.blob))?.is_empty() {
        return Err(invalid("blob", &c.blob).into());
    }
    Ok(Outcome { id: Some(case.view.next(Noun::Attachment)?), ..Outcome::default() })
}

/// An attachment that is still there, of a record that the actor may read.
pub(super) fn may_write(case: &Case<'_>, attachment: Option<Id>) -> Result<Attachment, No> {
    let attachment: Attachment = case.given(attachment, "attachment")?;
    if let Some(register) = attached_to(attachment.record.noun) {
        policy::role_for(case.profile(), &case.context.actor.roles, &format!("query:{register}"))
            .or_else(|denied| policy::named(case.context, "write_attachment").ok_or(denied))?;
    }
    // By the erasure alone: texts that are gone by now were there when `check` decides this again.
    not_erased(&Row::from(attachment.clone()))?;
    Ok(attachment)
}

pub(super) fn decide_write(case: &Case<'_>, c: &WriteAttachment) -> Result<Outcome, No> {
    required(&c.to, "to")?;
    let id = may_write(case, c.attachment)?.id;
    Ok(Outcome { id: Some(id), ..Outcome::default() })
}

/// What is asked of the row ([`super::Row`]).
impl Attachment {
    pub(super) const FILING: Filing = Filing { lists_by: &[Noun::Person], ..Filing::PLAIN };

    pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Self> {
        let Command::Attach(c) = &event.command else { return None };
        Some(Attachment {
            id,
            trace: meta.trace(),
            record: c.record?,
            title: c.title.clone(),
            file: c.file.clone(),
            size: c.size,
            digest: c.digest.clone(),
            blob: c.blob.clone(),
            attached_by: meta.actor,
            attached: event.happened(meta),
        })
    }

    /// Made once and never changed but by erasing.
    pub(super) fn change(&mut self, _: &Event, _: &EntryMeta) -> bool {
        false
    }

    pub(super) fn keys(&self) -> Vec<String> {
        // What is erased is not looked for any more, and its file goes.
        self.is_kept().then(|| key::blob(&self.blob)).into_iter().collect()
    }

    pub(super) fn day(&self) -> Option<Date> {
        Some(self.attached.date_naive())
    }

    pub(super) fn search(&self) -> Vec<(Part, &str)> {
        Vec::new()
    }

    pub(super) fn about(&self) -> Vec<Id> {
        vec![self.record, self.attached_by]
    }

    pub(super) fn refers(&self) -> Vec<Id> {
        vec![self.record, self.attached_by]
    }

    pub(super) fn names(&self, id: Id) -> bool {
        self.attached_by == id
    }

    pub(super) fn is_in_zone(&self, _: &str) -> bool {
        false
    }

    pub(super) fn sealed(&mut self) -> Option<Vec<&mut String>> {
        Some(vec![&mut self.title, &mut self.file])
    }
}
