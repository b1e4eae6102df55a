//! What kinds of entry are called in histories and the log, and the titles of Today's lines.

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
    ("notice_acknowledged", Words::new("連絡票の受領", "Notice taken")),
    ("corrected", Words::new("訂正", "Corrected")),
    ("shift_taken_over", Words::new("当番の引継ぎ", "Shift taken over")),
    ("user_issued", Words::new("利用者IDの発行", "ID issued")),
    ("password_reset", Words::new("パスワードの再発行", "Password reset")),
    ("user_suspended", Words::new("利用者の停止", "User suspended")),
    ("user_resumed", Words::new("利用者の再開", "User resumed")),
    ("erased", Words::new("文の消去", "Erased")),
    ("clock_confirmed", Words::new("時計の確認", "Clock confirmed")),
    ("profile_adopted", Words::new("規程の採用", "Profile adopted")),
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

/// Titles of the lines of Today, by stable name, in the order in which they stand.
pub const TODAY: &[(&str, Words)] = &[
    ("clock_unconfirmed", Words::new("時計の確認が必要", "Clock to be confirmed")),
    ("inside", Words::new("在室中", "Inside now")),
    ("outsiders_inside", Words::new("在室中の外部の人", "Outsiders inside")),
    ("exit_overdue", Words::new("退室の記録なし", "No exit recorded")),
    ("badges_out", Words::new("貸出中のバッジ", "Badges lent")),
    ("badges_not_returned", Words::new("未返却のバッジ", "Badges not returned")),
    ("badges_lost", Words::new("紛失中のバッジ", "Badges lost")),
    ("telephone_mine", Words::new("私の署名待ちの電話許可", "Telephone permissions for me to sign")),
    ("telephone_open", Words::new("未署名の電話許可", "Telephone permissions unsigned")),
    ("telephone_overdue", Words::new("署名が遅れている電話許可", "Telephone permissions overdue")),
    ("applications_mine", Words::new("私の決定待ちの申請", "Applications for me to decide")),
    ("applications_open", Words::new("決定待ちの申請", "Applications waiting")),
    ("reports_due", Words::new("作業記録がまだの入退室", "Visits without work record")),
    ("works_mine", Words::new("私の承認待ちの作業記録", "Work records for me to approve")),
    ("works_open", Words::new("承認待ちの作業記録", "Work records to approve")),
    ("works_returned", Words::new("差し戻された作業記録", "Work records returned")),
    ("notices_mine", Words::new("私の受領待ちの連絡票", "Notices for me to take")),
    ("notices_open", Words::new("未受領の連絡票", "Notices open")),
    ("entrants_ending", Words::new("期限が近い入室者登録", "Registrations ending soon")),
    ("entrants_expired", Words::new("期限が切れた入室者登録", "Registrations expired")),
    ("permits_ending", Words::new("期限が近い許可", "Permits ending soon")),
    ("permits_expired", Words::new("期限が切れた許可", "Permits expired")),
    ("permits_today", Words::new("本日入室予定の許可", "Permits for today")),
    ("users_provisional", Words::new("仮パスワードのままの利用者", "Users with provisional passwords")),
    ("refused_today", Words::new("本日拒否された操作", "Attempts refused today")),
];

/// The title of a line of Today.
pub fn title_of_today(name: &str) -> Words {
    let known = TODAY.iter().find(|(known, _)| *known == name);
    known.map_or(Words::new("そのほか", "Other"), |(_, words)| *words)
}
