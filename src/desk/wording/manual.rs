//! The manual's page of each failure, in the binary: whoever meets one is at a terminal that reaches no other manual.

use crate::desk::Lang;
use crate::text::near::nearest;
use crate::text::scan::fold_code;

/// Shortest word by which a name is still looked for, in bytes: `not` and `in` stand in too many.
const SHORTEST_WORD: usize = 4;

/// One page in both languages.
#[derive(Debug, PartialEq, Eq)]
pub struct ManualPage {
    /// The failure's name in `data/wording/failures.toml`, which is the page's too.
    pub name: &'static str,
    ja: &'static str,
    en: &'static str,
}

impl ManualPage {
    /// The whole page, Markdown of at most 78 cells a line.
    pub fn text(&self, lang: Lang) -> &'static str {
        lang.pick(self.ja, self.en)
    }

    /// What happened, in the words of the page's first line, which ends with the name.
    pub fn title(&self, lang: Lang) -> &'static str {
        let line = self.text(lang).lines().next().unwrap_or_default();
        let words = line.trim_start_matches("# ");
        // Brackets as wide as the language's letters.
        let words = words.strip_suffix(['）', ')']).and_then(|words| words.strip_suffix(self.name));
        words.unwrap_or(line).trim_end_matches(['（', '(', ' '])
    }
}

/// The table, from the names alone: the files are called as the failures are.
macro_rules! pages {
    ($($name:ident)*) => {
        &[$(ManualPage {
            name: stringify!($name),
            ja: include_str!(concat!("../../../data/manual/ja/messages/", stringify!($name), ".md")),
            en: include_str!(concat!("../../../data/manual/en/messages/", stringify!($name), ".md")),
        }),*]
    };
}

/// In the order of `failures.toml`; a test holds that none of them is missing.
const PAGES: &[ManualPage] = pages! {
    malformed
    password_provisional
    not_done
    wrong_credentials
    wrong_credentials_uncounted
    password_replaced
    wrong_sheet
    wait
    in_use
    no_vault
    no_place
    not_readable
    never_finished
    inside_vault
    not_a_vault
    newer_format
    newer_rules
    not_copied
    read_only
    not_empty
    is_a_copy
    not_opened
    damaged
    device_written
    device_not_written
    exchanged
    device_unknown
    device_unread
    no_room
    comparing
    books_differ
    entry_does_not_hold
    backup_same_device
    backup_inside
    backup_missing
    backup_occupied
    backup_is_a_vault
    backup_other_key
    backup_damaged
    backup_newer
    backup_unreliable
    backup_full
    backup_read_only
    backup_device
    restore_damaged
    restore_cut_off
    recover_cut_off
    recover_not_damaged
    recover_keys_gone
};

/// Every page.
pub fn manual_pages() -> &'static [ManualPage] {
    PAGES
}

/// The page of a name, as somebody types it: capitals, full-width letters and dashes do.
pub fn manual_page(typed: &str) -> Option<&'static ManualPage> {
    let name = folded(typed);
    PAGES.iter().find(|page| page.name == name)
}

/// The pages that may be meant by a name that is none: nearly so spelled, with a word in common, or with what
/// was typed in their title.
pub fn manual_pages_near(typed: &str) -> Vec<&'static ManualPage> {
    let name = folded(typed);
    let spelled = nearest(&name, PAGES.iter().map(|page| page.name));
    let shares = |page: &ManualPage| {
        let mut words = name.split('_').filter(|word| word.len() >= SHORTEST_WORD);
        words.any(|word| page.name.split('_').any(|own| own == word))
    };
    let said = typed.trim();
    let titled = |page: &ManualPage| {
        !said.is_empty() && [Lang::Ja, Lang::En].iter().any(|lang| page.title(*lang).contains(said))
    };
    PAGES.iter().filter(|page| spelled == Some(page.name) || shares(page) || titled(page)).collect()
}

pub(super) fn folded(typed: &str) -> String {
    fold_code(typed).to_ascii_lowercase().replace('-', "_")
}
