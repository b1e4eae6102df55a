//! Where a record stands today. Lapse, expiry and overdue are computed from dates when looked at, so that they
//! are right on a terminal that was off for a month; nothing is stored.

use super::{Choices, Words, register_of};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{Concern, Date, Row};

/// Where a record stands, by the stable names that its register's `states` lists.
pub fn of(row: &Row, at: &dyn Lookup) -> &'static str {
    register_of(row.noun()).map_or("", |register| (register.stands)(row, at))
}

/// Whether a record stands so.
pub fn is_so(row: &Row, state: &str, viewer: &Viewer<'_>) -> bool {
    takes_in(state, of(row, viewer.at))
}

/// Whether a state has those that stand so. Wider names take in narrower ones: `in_force` has those that end soon.
pub fn takes_in(state: &str, stands: &str) -> bool {
    stands == state || state == "in_force" && stands == "ending_soon"
}

/// Where a record stands, in words.
pub fn said(row: &Row, at: &dyn Lookup, lang: Lang) -> String {
    let states = register_of(row.noun()).map(|register| register.states).unwrap_or_default();
    words(states, of(row, at), lang)
}

/// Where something stands on a day that holds from a day to another, both inclusive, unless it was ended before.
pub(super) fn of_term(ended: bool, (from, to): (Option<Date>, Option<Date>), today: Date) -> &'static str {
    if ended {
        "ended"
    } else if from.is_some_and(|from| today < from) {
        "to_come"
    } else if to.is_some_and(|to| to < today) {
        "over"
    } else {
        "in_force"
    }
}

/// A stable name of a standing in words.
pub fn words(states: Choices, name: &str, lang: Lang) -> String {
    match states.iter().find(|(known, _)| *known == name) {
        Some((_, words)) => lang.of(*words).to_owned(),
        None => name.to_owned(),
    }
}

/// What is wrong with somebody being inside now.
pub const CONCERN: Choices = &[
    ("escort_not_inside", Words::new("付添者不在", "escort gone")),
    ("escort_not_permitted", Words::new("付添者登録なし", "escort not registered")),
    ("permit_disowned", Words::new("電話許可否認", "permission disowned")),
    ("permit_withdrawn", Words::new("許可取下げ", "permit withdrawn")),
    ("permit_lapsed", Words::new("許可期限切れ", "permit lapsed")),
    ("registration_revoked", Words::new("登録取消", "registration revoked")),
    ("registration_lapsed", Words::new("登録期限切れ", "registration lapsed")),
];

/// What is wrong with somebody being inside, in words; nothing where nothing is.
pub fn say_concerns(concerns: &[Concern], lang: Lang) -> Vec<String> {
    concerns.iter().map(|concern| words(CONCERN, concern.name(), lang)).collect()
}
