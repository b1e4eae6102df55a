//! Labels for what only the desk writes: its own commands, and what the rules add to a command. No form and no
//! batch line has these fields; histories and the log show them.

use super::{Choices, Field, Kind, Words, reasons};
use crate::domain::Noun;

const HOW: Choices = &[
    ("screen", Words::new("画面", "screen")),
    ("text", Words::new("文字", "text")),
    ("csv", Words::new("CSV", "CSV")),
    ("print", Words::new("印刷", "print")),
    ("json", Words::new("JSON", "JSON")),
];

const LAST_SEEN: Choices = &[
    ("unsaid", Words::new("記録なし", "not said")),
    ("off", Words::new("覚えない設定", "notes nothing")),
    ("new", Words::new("この保管庫は初めて", "had noted nothing")),
    ("reached", Words::new("すべてある", "all there")),
    ("restored", Words::new("復元のため欠けている", "missing since a restoration")),
    ("behind", Words::new("欠けている", "missing")),
];

const CAUSES: Choices = &[
    ("restored", Words::new("控えから戻した", "restored from a copy")),
    ("recovered", Words::new("壊れた保管庫から救い出した", "saved from damage")),
];

const fn shown(name: &'static str, kind: Kind, label: (&'static str, &'static str)) -> Field {
    Field::new(name, kind, label, ("", ""))
}

const USER: Field = shown("user", Kind::User, ("利用者ID", "User ID"));
const RECOVERY_KEY: Field = shown("recovery_key", Kind::Line(64), ("回復用の検証鍵", "Recovery key"));
const WAY_IN: Field = shown("way_in", Kind::Line(64), ("鍵ファイルの照合値", "Key file digests"));
const SEALING: Field = shown("sealing", Kind::Line(64), ("保管庫の鍵の照合値", "Vault key digests"));
const SHEET_RECIPIENT: Field =
    shown("sheet_recipient", Kind::Line(64), ("回復用紙の照合値", "Recovery sheet digest"));
const LEFT_OUT: Field =
    shown("left_out", Kind::Line(64), ("新しいパスワードが必要なID", "IDs that need new passwords"));
const ENDED: Field = shown("left_out", Kind::Line(64), ("閉鎖・期間終了のID", "IDs closed or over"));
const TEXT_DIGEST: Field = shown("digest", Kind::Line(64), ("SHA-256", "SHA-256"));
const KEY: Field = shown("key", Kind::Line(64), ("検証鍵", "Verifying key"));

/// The fields of a command of the desk's own, and those that the desk adds to a person's.
pub(super) fn of_command(command: &str) -> &'static [Field] {
    match command {
        "found_site" => {
            const {
                &[
                    shown("site", Kind::Line(32), ("拠点ID", "Site ID")),
                    shown("site_name", Kind::Line(80), ("拠点名", "Site name")),
                    USER,
                    shown("name", Kind::Line(80), ("氏名", "Name")),
                    shown("kana", Kind::Line(80), ("カナ", "Kana")),
                    shown("roles", Kind::Roles, ("役割", "Roles")),
                    KEY,
                    RECOVERY_KEY,
                    shown("edition", Kind::Number, ("規則の版", "Edition")),
                    WAY_IN,
                    SHEET_RECIPIENT,
                    SEALING,
                    shown("profile", Kind::Profile, ("規程", "Profile")),
                ]
            }
        }
        "issue_user" | "carry_over_user" | "reset_password" | "reopen_user" | "enrol_key" => {
            const { &[KEY, WAY_IN, SEALING] }
        }
        "remove_user" | "end_rekey" => const { &[SEALING] },
        "rekey_vault" => const { &[ENDED, SEALING] },
        "use_sheet" => const { &[USER, KEY, WAY_IN, SEALING] },
        "issue_by_sheet" => {
            const { &[USER, shown("person", Kind::Ref(Noun::Person), ("氏名", "Person")), KEY, WAY_IN, SEALING] }
        }
        "replace_sheet" => const { &[RECOVERY_KEY, SHEET_RECIPIENT, SEALING] },
        "bind_ways_in" => const { &[LEFT_OUT, SEALING] },
        "propose_profile" | "agree_profile" => const { &[TEXT_DIGEST] },
        "agree_by_sheet" => {
            const { &[shown("version", Kind::Ref(Noun::Profile), ("規程の版", "Version")), TEXT_DIGEST] }
        }
        "back_up" => {
            const {
                &[
                    shown("bytes", Kind::Number, ("控えのバイト数", "Bytes")),
                    shown("fresh", Kind::Number, ("写したバイト数", "Bytes copied")),
                    shown("last", Kind::Entry, ("控えの最後の証跡", "Last entry in it")),
                    shown("root", Kind::Line(64), ("その時点の根", "Root at that entry")),
                    shown("claimed_by", Kind::Line(64), ("作成者（未認証）", "Claimed by")),
                    shown("made", Kind::Stamp, ("作成日時", "Made")),
                ]
            }
        }
        "attach" => {
            const {
                &[
                    shown("size", Kind::Entry, ("バイト数", "Bytes")),
                    shown("digest", Kind::Line(64), ("SHA-256", "SHA-256")),
                    shown("blob", Kind::Line(64), ("保管庫内の名前", "Name in the vault")),
                ]
            }
        }
        "begin_epoch" => {
            const {
                &[
                    shown("cause", Kind::Choice(CAUSES), ("再開の原因", "Cause")),
                    shown("kept", Kind::Entry, ("引き継いだ最後の証跡", "Last entry kept")),
                    shown("lost", Kind::Block(4000), ("失われた証跡", "Entries lost")),
                    shown("reason", Kind::Block(500), ("理由", "Reason")),
                    LEFT_OUT,
                    shown(
                        "sheet_lost",
                        Kind::Flag,
                        ("回復用紙の作り直しが必要", "Needs a new recovery sheet"),
                    ),
                    SEALING,
                ]
            }
        }
        "log_in" => {
            const {
                &[
                    shown("terminal", Kind::Line(200), ("端末", "Terminal")),
                    shown("hardening", Kind::Line(200), ("保護の状態", "Hardening")),
                    shown("last_seen", Kind::Choice(LAST_SEEN), ("端末が見た証跡", "What the terminal saw")),
                    shown("seen_entry", Kind::Entry, ("端末が見た最後の証跡", "Last entry seen")),
                    shown("seen_root", Kind::Line(64), ("その根", "Its root")),
                    WAY_IN,
                ]
            }
        }
        "report_failed_logins" => {
            const {
                &[
                    shown("count", Kind::Number, ("回数", "Count")),
                    shown("first", Kind::Stamp, ("最初", "First")),
                    shown("last", Kind::Stamp, ("最後", "Last")),
                    shown("tried", Kind::Block(4000), ("入力されたID", "IDs tried")),
                    shown("at_lock", Kind::Flag, ("画面ロックで", "At the locked screen")),
                ]
            }
        }
        "report_clock_jump" => const { &[shown("before", Kind::Stamp, ("直前の証跡", "Entry before"))] },
        "record_reading" => {
            const {
                &[
                    shown("register", Kind::Line(64), ("台帳", "Register")),
                    shown("how", Kind::Choice(HOW), ("方法", "How")),
                    shown("rows", Kind::Number, ("件数", "Rows")),
                    shown("filters", Kind::Block(4000), ("絞り込み", "Filters")),
                ]
            }
        }
        "record_refusal" => {
            const {
                &[
                    shown("refused", Kind::Line(64), ("拒否された操作", "Refused")),
                    shown("reason", Kind::Choice(reasons::REASONS), ("拒否の理由", "Reason")),
                    shown("record", Kind::Record, ("対象の記録", "Record")),
                    shown("about", Kind::Block(4000), ("関係するもの", "About")),
                    shown("input", Kind::Block(4000), ("入力の内容", "Input")),
                ]
            }
        }
        _ => &[],
    }
}

/// What the rules add to a command when they accept it.
pub(super) const OUTCOME: &[Field] = &[
    shown("person", Kind::Ref(Noun::Person), ("氏名", "Person")),
    shown("company", Kind::Ref(Noun::Company), ("会社", "Company")),
    shown("outsider", Kind::Flag, ("外部の人", "Outsider")),
    shown("badge", Kind::Ref(Noun::Badge), ("バッジ", "Badge")),
    shown("card", Kind::Ref(Noun::Badge), ("カード", "Card")),
    shown("visit", Kind::Ref(Noun::Visit), ("入退室", "Visit")),
    shown("permit", Kind::Ref(Noun::Permit), ("許可", "Permit")),
    shown("notice", Kind::Ref(Noun::Notice), ("届出", "Notice")),
    shown("by", Kind::Ref(Noun::Person), ("許可・決定した人", "Permitted by")),
    shown("contradicts", Kind::Refs(Noun::Visit), ("同時の入退室", "At the same time as")),
    shown("roles", Kind::Roles, ("役割", "Roles")),
    shown("from", Kind::Date, ("開始日", "From")),
    shown("until", Kind::Date, ("終了日", "Until")),
    shown("number", Kind::Line(64), ("許可番号", "Permit number")),
    shown("raised", Kind::Flag, ("上位が決定", "Decided above")),
    shown("report_due", Kind::Flag, ("作業記録が必要", "Work record due")),
    shown("clock_unconfirmed", Kind::Flag, ("時計の未確認", "Clock unconfirmed")),
];
