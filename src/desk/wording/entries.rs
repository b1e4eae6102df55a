//! What kinds of entry are called in histories and the log.

use crate::desk::Lang;
use crate::desk::declare::{Words, operations};
use crate::domain::Command;

/// What the desk itself records, by the stable name of the entry. What people give is called as its operation says.
const OF_THE_DESK: &[(&str, Words)] = &[
    ("sheet_used", Words::new("回復用紙の使用", "Recovery sheet used")),
    ("issued_by_sheet", Words::new("回復用紙による管理者の発行", "Administrator issued by sheet")),
    ("profile_agreed_by_sheet", Words::new("規程の版への同意（回復用紙）", "Profile agreed to by sheet")),
    ("sheet_replaced", Words::new("回復用紙の差替え", "Recovery sheet replaced")),
    ("rekey_ended", Words::new("保管庫の鍵の更新の完了", "New vault key in force")),
    ("epoch_begun", Words::new("控えからの再開", "Begun again from a copy")),
    ("site_founded", Words::new("拠点の開設", "Site founded")),
    ("key_enrolled", Words::new("本人の鍵の登録", "Key enrolled")),
    ("logged_in", Words::new("ログイン", "Logged in")),
    ("failed_logins_reported", Words::new("ログイン失敗（未認証）", "Failed logins (unauthenticated)")),
    ("clock_jumped", Words::new("時計のずれ", "Clock jumped")),
    ("reading_recorded", Words::new("閲覧・出力", "Read out")),
    ("refused", Words::new("拒否された操作", "Refused")),
];

/// What a kind of entry is called; its stable name where it is not known.
pub fn label_of_kind(kind: &str, lang: Lang) -> String {
    words_of_kind(kind).map_or_else(|| kind.to_owned(), |words| lang.of(words).to_owned())
}

/// [`label_of_kind`] in both languages; `None` where it is not known.
pub fn words_of_kind(kind: &str) -> Option<Words> {
    let given = || {
        let rule = Command::RULES.iter().find(|rule| rule.past == kind)?;
        operations().iter().find(|operation| operation.command == rule.name).map(|operation| operation.past)
    };
    let own = OF_THE_DESK.iter().find(|(name, _)| *name == kind).map(|(_, words)| *words);
    own.or_else(given)
}
