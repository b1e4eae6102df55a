//! What a vault, a store or a device says of a failure, in the language of the screen.

use super::sentences::shown;
use crate::desk::Lang;
use crate::desk::declare::cells;
use crate::domain::Stamp;
use crate::fault::{Fault, of_kind};
use crate::vault::{Holder, Where};

/// A fault in the language, cleaned so that it can be shown.
pub fn say_detail(detail: &Fault, lang: Lang) -> String {
    shown(&match lang {
        Lang::Ja => detail.in_japanese(),
        Lang::En => detail.to_string(),
    })
}

/// What the system said of a file or a device, in words.
pub fn say_io(error: &std::io::Error, lang: Lang) -> String {
    say_detail(&of_kind(error.kind()), lang)
}

/// A file or folder as a vault names it.
pub(super) fn say_where(place: &Where, lang: Lang) -> String {
    match place.fault() {
        Some(fault) => say_detail(&fault, lang),
        None => shown(place.name().unwrap_or_default()),
    }
}

/// Who has the vault open, as they said when opening it.
pub(super) fn say_holder(by: &Holder, lang: Lang) -> String {
    let since = match (lang, Stamp::parse_from_rfc3339(&by.since)) {
        (Lang::Ja, Ok(since)) => cells::stamp(since, lang),
        _ => by.since.clone(),
    };
    say_detail(&Holder { since, ..by.clone() }.fault(), lang)
}
