//! Where a record stands today. Lapse, expiry and overdue are computed from dates when looked at, so that they
//! are right on a terminal that was off for a month; nothing is stored.

use super::{Choices, Words};
use crate::desk::{Lang, Lookup};
use crate::domain::{
    BadgeState, Concern, Entrant, Permit, PermitState, ReportState, Row, Standing, Visit, ends_soon,
    entrant_standing, permit_standing, telephone_overdue, visit_overdue,
};

/// Where a registration stands: `in_force`, `ending_soon`, `not_yet`, `lapsed`, `revoked`.
pub fn of_entrant(row: &Entrant, at: &dyn Lookup) -> &'static str {
    let today = at.now().date_naive();
    match entrant_standing(row, today) {
        Standing::InForce if ends_soon(row.to, today, at.profile()) => "ending_soon",
        Standing::Ended => "revoked",
        standing => standing.name(),
    }
}

/// Where a permit stands: its stored state; for what is granted `in_force`, `ending_soon`, `not_yet`, `lapsed`;
/// an application that nobody decided in time is `lapsed` too, and a permission by telephone that nobody signed
/// in time is `telephone_overdue`.
pub fn of_permit(row: &Permit, at: &dyn Lookup) -> &'static str {
    let today = at.now().date_naive();
    match (row.state, permit_standing(row, today)) {
        (PermitState::Applied, Standing::Lapsed) => Standing::Lapsed.name(),
        // A lapsed permission by telephone still waits for its signature.
        (PermitState::Telephone, _) if telephone_overdue(row, at.now(), at.profile()) => "telephone_overdue",
        (PermitState::Granted, Standing::InForce) if ends_soon(row.to, today, at.profile()) => "ending_soon",
        (PermitState::Granted, standing) => standing.name(),
        (state, _) => state.name(),
    }
}

/// Where a visit stands: `inside`, `exit_overdue` (inside longer than the profile's hours), `left`, `exit_unknown`.
pub fn of_visit(row: &Visit, at: &dyn Lookup) -> &'static str {
    if visit_overdue(row, at.now(), at.profile()) { "exit_overdue" } else { row.state.name() }
}

/// Where a record stands, by the stable names that its register's `states` lists.
pub fn of(row: &Row, at: &dyn Lookup) -> &'static str {
    match row {
        Row::Entrant(row) => of_entrant(row, at),
        Row::Permit(row) => of_permit(row, at),
        Row::Visit(row) => of_visit(row, at),
        Row::Badge(row) => row.state.name(),
        Row::Work(row) => row.state.name(),
        Row::User(row) => row.state.name(),
        Row::Notice(row) => {
            if row.taken.is_some() {
                "taken"
            } else {
                "open"
            }
        }
        Row::Person(row) => side(row.company.is_some()),
        Row::Company(row) => {
            if row.secretariat {
                "secretariat"
            } else {
                "other"
            }
        }
        Row::ProfileVersion(row) => {
            if row.from > at.now().date_naive() {
                "not_yet"
            } else {
                "in_force"
            }
        }
        Row::Attachment(row) => {
            if row.is_kept() {
                "kept"
            } else {
                "erased"
            }
        }
        Row::Shift(_) | Row::Site(_) => "",
    }
}

fn side(outsider: bool) -> &'static str {
    if outsider { "outsider" } else { "own" }
}

/// Whether a record belongs under a filter of its register's `states`. Wider names take in narrower ones:
/// `inside` has those whose exit is overdue, `in_force` those that end soon.
pub fn is_in(row: &Row, state: &str, at: &dyn Lookup) -> bool {
    let stands = of(row, at);
    match (row, state) {
        (Row::Visit(row), "report_due") => matches!(row.report, ReportState::Due | ReportState::Returned),
        (Row::Visit(row), "outsider") => row.outsider,
        (Row::Visit(row), "badge_kept") => row.badge_kept,
        (Row::Visit(row), _) if row.state.name() == state => true,
        (Row::Permit(row), _) if row.state.name() == state => true,
        (Row::Badge(row), "missing") => matches!(row.state, BadgeState::NotReturned | BadgeState::Lost),
        (_, "in_force") => matches!(stands, "in_force" | "ending_soon"),
        _ => stands == state,
    }
}

/// A stable name of a standing in words.
pub fn words(states: Choices, name: &str, lang: Lang) -> String {
    match states.iter().find(|(known, _)| *known == name) {
        Some((_, words)) => lang.of(*words).to_owned(),
        None => name.to_owned(),
    }
}

/// States of a registration.
pub const ENTRANT: Choices = &[
    ("in_force", Words::new("有効", "in force")),
    ("ending_soon", Words::new("期限間近", "ending soon")),
    ("not_yet", Words::new("開始前", "not begun")),
    ("lapsed", Words::new("期限切れ", "lapsed")),
    ("revoked", Words::new("取消", "revoked")),
];

/// States of an application or permit, and for whom it waits: who asks decides which those are, and only the desk
/// knows who asks.
pub const PERMIT: Choices = &[
    ("applied", Words::new("申請中", "applied")),
    ("to_decide", Words::new("申請中・自分が決定", "applied, mine")),
    ("waiting", Words::new("申請中・他者が決定", "applied, others'")),
    ("in_force", Words::new("許可・有効", "in force")),
    ("ending_soon", Words::new("許可・期限間近", "ending soon")),
    ("not_yet", Words::new("許可・開始前", "not begun")),
    ("lapsed", Words::new("期限切れ", "lapsed")),
    ("telephone", Words::new("電話許可・未署名", "telephone, unsigned")),
    ("telephone_overdue", Words::new("電話許可・署名遅れ", "telephone, overdue")),
    ("telephone_mine", Words::new("電話許可・自分が署名", "telephone, mine")),
    ("telephone_others", Words::new("電話許可・他者が署名", "telephone, others'")),
    ("granted", Words::new("許可", "granted")),
    ("refused", Words::new("不許可", "refused")),
    ("withdrawn", Words::new("取下げ", "withdrawn")),
    ("disowned", Words::new("電話許可・否認", "telephone, disowned")),
];

/// States of a visit, and what else visits are filtered by.
pub const VISIT: Choices = &[
    ("inside", Words::new("入室中", "inside")),
    ("exit_overdue", Words::new("退室の記録なし", "no exit recorded")),
    ("left", Words::new("退室済", "left")),
    ("exit_unknown", Words::new("退室不明", "exit unknown")),
    ("report_due", Words::new("作業記録待ち", "report due")),
    ("badge_kept", Words::new("バッジ未返却", "badge not returned")),
    ("outsider", Words::new("外部の人", "outsiders")),
    ("to_check", Words::new("入室中・要確認", "inside, to check")),
];

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

/// States of a badge or card.
pub const BADGE: Choices = &[
    ("in", Words::new("保管中", "in place")),
    ("out", Words::new("貸出中", "lent")),
    ("not_returned", Words::new("未返却", "not returned")),
    ("lost", Words::new("紛失", "lost")),
    ("missing", Words::new("未返却・紛失", "not returned or lost")),
    ("broken", Words::new("破損", "broken")),
    ("disposed", Words::new("廃棄済", "disposed")),
];

/// States of a visit's work report.
pub const REPORT: Choices = &[
    ("not_due", Words::new("不要", "not due")),
    ("due", Words::new("未提出", "due")),
    ("recorded", Words::new("承認待ち", "to be approved")),
    ("returned", Words::new("差戻し", "returned")),
    ("approved", Words::new("承認済", "approved")),
    ("kept", Words::new("記録済", "on record")),
];

/// States of a work record.
pub const WORK: Choices = &[
    ("recorded", Words::new("承認待ち", "to be approved")),
    ("returned", Words::new("差戻し", "returned")),
    ("approved", Words::new("承認済", "approved")),
    ("kept", Words::new("記録済", "on record")),
];

/// States of a notice.
pub const NOTICE: Choices =
    &[("open", Words::new("未受領", "open")), ("taken", Words::new("受領済", "taken"))];

/// States of a user.
pub const USER: Choices = &[
    ("provisional", Words::new("仮パスワード", "provisional")),
    ("active", Words::new("利用中", "active")),
    ("suspended", Words::new("停止中", "suspended")),
    ("removed", Words::new("抹消済", "removed")),
];

/// Whose people.
pub const PERSON: Choices =
    &[("own", Words::new("職員", "own staff")), ("outsider", Words::new("外部の人", "outsiders"))];

/// Whose contractors.
pub const COMPANY: Choices = &[
    ("secretariat", Words::new("事務局の委託先", "secretariat's")),
    ("other", Words::new("その他", "other")),
];

/// States of an attachment.
pub const ATTACHMENT: Choices =
    &[("kept", Words::new("保管中", "kept")), ("erased", Words::new("消去済", "erased"))];

/// States of a version of the profile.
pub const PROFILE: Choices =
    &[("in_force", Words::new("施行済", "in force")), ("not_yet", Words::new("施行前", "not begun"))];
