//! Companies: contractors and those who work on their behalf (N-5).

use super::lookup::{Ask, required};
use super::{Command, Company, EntryMeta, Event, Id, No, Noun, Outcome, RegisterCompany, Trace};

pub(super) fn decide_register(ask: &Ask<'_>, c: &RegisterCompany) -> Result<Outcome, No> {
    required(&c.name, "name")?;
    required(&c.kana, "kana")?;
    let _: Option<Company> = ask.named(c.outsourced_by)?;
    Ok(Outcome { id: Some(ask.view.next(Noun::Company)?), ..Outcome::default() })
}

pub(super) fn make(id: Id, event: &Event, meta: &EntryMeta) -> Option<Company> {
    let Command::RegisterCompany(c) = &event.command else { return None };
    Some(Company {
        id,
        trace: Trace { made: meta.seq, changed: meta.seq, erased: None },
        name: c.name.clone(),
        kana: c.kana.clone(),
        contact: c.contact.clone(),
        address: c.address.clone(),
        secretariat: c.secretariat,
        outsourced_by: c.outsourced_by,
    })
}
