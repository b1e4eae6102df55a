//! What is drawn of a text that has not been cleaned yet: a paste in a field, before the form is judged.

use std::borrow::Cow;

/// The text with a `?` for every character that would not stand where it is drawn: controls, marks that turn the
/// direction of writing, characters without width.
pub fn visible(text: &str) -> Cow<'_, str> {
    if text.chars().any(is_unseen) {
        Cow::Owned(text.chars().map(|c| if is_unseen(c) { '?' } else { c }).collect())
    } else {
        Cow::Borrowed(text)
    }
}

fn is_unseen(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{AD}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF9}'..='\u{FFFB}' | '\u{E0000}'..='\u{E007F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_would_turn_or_hide_is_seen() {
        assert_eq!(visible("山田\u{202e}abc\u{200b}\u{1b}[2J"), "山田?abc??[2J");
        assert!(matches!(visible("髙橋 健"), Cow::Borrowed(_)));
    }
}
