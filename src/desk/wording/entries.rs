//! What kinds of entry are called in histories and the log.

use crate::desk::Lang;
use crate::desk::declare::Words;

/// Every kind of entry, by its stable name (the past of its command).
pub const KINDS: &[(&str, Words)] = &[
    ("person_registered", Words::new("人の登録", "Person registered")),
    ("person_changed", Words::new("人の変更", "Person changed")),
    ("company_registered", Words::new("会社の登録", "Company registered")),
    ("entrant_registered", Words::new("入室者の登録", "Entrant registered")),
    ("entrant_revoked", Words::new("入室者登録の取消", "Entrant revoked")),
    ("badge_registered", Words::new("バッジの登録", "Badge registered")),
    ("badge_reported", Words::new("バッジの異動", "Badge reported")),
    ("visit_applied", Words::new("申請", "Applied")),
    ("visit_decided", Words::new("申請の決定", "Decided")),
    ("visit_withdrawn", Words::new("申請・許可の取下げ", "Withdrawn")),
    ("telephone_permitted", Words::new("電話許可", "Permitted by telephone")),
    ("telephone_confirmed", Words::new("電話許可の署名・否認", "Telephone permission settled")),
    ("checked_in", Words::new("入室", "Checked in")),
    ("escort_handed_over", Words::new("付添者の交代", "Escort handed over")),
    ("checked_out", Words::new("退室", "Checked out")),
    ("exit_settled", Words::new("退室不明の整理", "Exit settled")),
    ("work_recorded", Words::new("作業記録", "Work recorded")),
    ("work_approved", Words::new("作業記録の承認", "Work approved")),
    ("work_returned", Words::new("作業記録の差戻し", "Work returned")),
    ("notice_acknowledged", Words::new("届出の受領", "Notice taken")),
    ("corrected", Words::new("訂正", "Corrected")),
    ("shift_taken_over", Words::new("当番の引継ぎ", "Shift taken over")),
    ("user_issued", Words::new("利用者IDの発行", "ID issued")),
    ("password_reset", Words::new("パスワードの再発行", "Password reset")),
    ("user_suspended", Words::new("利用者の停止", "User suspended")),
    ("user_resumed", Words::new("利用者の再開", "User resumed")),
    ("erased", Words::new("文の消去", "Erased")),
    ("clock_confirmed", Words::new("時計の確認", "Clock confirmed")),
    ("profile_adopted", Words::new("規程の採用", "Profile adopted")),
    ("user_removed", Words::new("利用者の抹消", "User removed")),
    ("backed_up", Words::new("控えの作成", "Backed up")),
    ("vault_rekeyed", Words::new("保管庫の鍵の更新", "Vault re-keyed")),
    ("edition_adopted", Words::new("規則の版の採用", "Edition adopted")),
    ("vault_compacted", Words::new("保管庫の詰め直し", "Vault compacted")),
    ("attached", Words::new("書類の添付", "Attached")),
    ("attachment_written", Words::new("添付の書き出し", "Attachment written out")),
    ("sheet_used", Words::new("回復用紙の使用", "Recovery sheet used")),
    ("sheet_replaced", Words::new("回復用紙の差替え", "Recovery sheet replaced")),
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
    let known = KINDS.iter().find(|(name, _)| *name == kind);
    known.map_or(kind, |(_, words)| lang.of(*words)).to_owned()
}
