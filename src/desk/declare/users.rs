//! Users (利用者): who may log in here, in which roles.

use super::{Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Words, cells, standing};
use crate::domain::{Noun, Row, User};

fn of(row: &Row, say: impl Fn(&User) -> String) -> String {
    match row {
        Row::User(row) => say(row),
        _ => String::new(),
    }
}

/// States of a user.
const STATES: Choices = &[
    ("provisional", Words::new("仮パスワード", "provisional")),
    ("active", Words::new("利用中", "active")),
    ("suspended", Words::new("停止中", "suspended")),
    ("removed", Words::new("抹消済", "removed")),
];

/// The register of users.
pub const REGISTER: Register = Register {
    name: "users",
    noun: Noun::User,
    title: Words::new("利用者", "Users"),
    reading: "りようしゃ",
    doc: Words::new(
        "このシステムにログインできる人と、その役割です。",
        "Who may log in to this system, and in which roles.",
    ),
    columns: &[
        Column::new("user", ("利用者ID", "ID"), 12, |row, _, _| of(row, |row| row.user.clone())).always(),
        Column::new("person", ("氏名", "Name"), 14, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.person, at), lang))
        }),
        Column::new("roles", ("役割", "Roles"), 0, |row, at, lang| {
            of(row, |row| cells::roles(&row.roles, at.profile(), lang))
        }),
        Column::new("state", ("状態", "State"), 14, |row, _, lang| {
            of(row, |row| standing::words(STATES, row.state.name(), lang))
        })
        .always(),
        Column::new("last_login", ("最終ログイン", "Last login"), 16, |row, _, lang| {
            of(row, |row| row.last_login.map(|last| cells::stamp(last, lang)).unwrap_or_default())
        }),
    ],
    detail: &[
        Column::line("kana", ("カナ", "Kana"), |row, at, lang| {
            of(row, |row| match at.row(row.person) {
                Some(Row::Person(person)) => cells::text(&person.kana, lang),
                _ => String::new(),
            })
        }),
        Column::line("organisation", ("所属", "Department"), |row, at, lang| {
            of(row, |row| match at.row(row.person) {
                Some(Row::Person(person)) => cells::text(&person.organisation, lang),
                _ => String::new(),
            })
        }),
        Column::line("contact", ("連絡先", "Contact"), |row, at, lang| {
            of(row, |row| match at.row(row.person) {
                Some(Row::Person(person)) => cells::text(&person.contact, lang),
                _ => String::new(),
            })
        }),
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(cells::company_of(row.person, at), at, lang))
        }),
        Column::line("issued", ("発行日時", "Issued"), |row, _, lang| {
            of(row, |row| cells::stamp(row.issued, lang))
        }),
        Column::line("issued_by", ("発行者", "Issued by"), |row, at, lang| {
            of(row, |row| cells::name(row.issued_by, at, lang))
        }),
        Column::line("provisional", ("仮パスワード", "Provisional"), |row, _, lang| {
            of(row, |row| cells::tick(row.keys.last().is_some_and(|key| key.provisional), lang))
        }),
        Column::line("password_set", ("パスワード変更", "Password set"), |row, _, lang| {
            of(row, |row| row.password_set.map(|set| cells::stamp(set, lang)).unwrap_or_default())
        }),
        Column::line("suspended", ("停止", "Suspended"), |row, at, lang| {
            of(row, |row| cells::ending(row.suspended.as_ref(), at, lang))
        }),
        Column::line("removed", ("抹消", "Removed"), |row, at, lang| {
            of(row, |row| cells::ending(row.removed.as_ref(), at, lang))
        }),
        Column::line("key", ("検証鍵", "Verifying key"), |row, _, _| {
            of(row, |row| row.keys.last().map(|held| held.key.clone()).unwrap_or_default())
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::User(row) => row.state.name(),
        _ => "",
    },
    today: &[Open::new(
        "users_provisional",
        ("仮パスワードのままの利用者", "Users with a temporary password"),
        Place::Soon,
        "provisional",
    )],
    ..Register::PLAIN
};

const USER: Field =
    Field::new("user", Kind::User, ("利用者ID", "User ID"), ("どの利用者かを選びます。", "Whose ID."))
        .needed();

/// What is done with users.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "issue_user",
        title: Words::new("利用者IDの発行", "Issue ID"),
        past: Words::new("利用者IDの発行", "ID issued"),
        reading: "りようしゃIDのはっこう あいでぃー",
        doc: Words::new(
            "利用者IDと仮パスワードを発行します。仮パスワードは1回だけ表示され、本人が最初のログインで変えます。",
            "Issues an ID with a provisional password, shown once; its owner replaces it at the first login.",
        ),
        about: None,
        register: "users",
        fields: &[
            Field::new(
                "user",
                Kind::NewUser,
                ("利用者ID", "User ID"),
                (
                    "ログインに使うIDです。半角の小文字、数字、_、- で32文字までです。",
                    "The ID to log in with: small letters, digits, _ and -, at most 32.",
                ),
            )
            .needed(),
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                ("IDを使う本人を選びます。", "Whose ID it is."),
            )
            .needed(),
            Field::new(
                "roles",
                Kind::Roles,
                ("役割", "Roles"),
                ("規程の役割から選びます。", "Roles of the profile."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "reset_password",
        title: Words::new("パスワードの再発行", "Reset password"),
        past: Words::new("パスワードの再発行", "Password reset"),
        reading: "ぱすわーどのさいはっこう かりぱすわーど",
        doc: Words::new(
            "新しい仮パスワードを発行します。それまでのパスワードは使えなくなります。",
            "Sets a new provisional password; the one before does not open any more.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[USER],
        opens: Opens::Confirm,
    },
    Operation {
        command: "suspend_user",
        title: Words::new("利用者の停止", "Suspend user"),
        past: Words::new("利用者の停止", "User suspended"),
        reading: "りようしゃのていし",
        doc: Words::new(
            "利用者がログインできないようにします。再開するまで続きます。",
            "Bars a user from logging in, until resumed.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("停止する理由を入力します。", "Why the user is barred."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "remove_user",
        title: Words::new("利用者の抹消", "Remove user"),
        past: Words::new("利用者の抹消", "User removed"),
        reading: "りようしゃのまっしょう さくじょ",
        doc: Words::new(
            "利用者を抹消し、保管庫の鍵を新しくします。元には戻せません。以前の保管庫の写しは、その人のパスワードで開けるままです。",
            "Closes a user for good and gives the vault a new key. Copies made before still open with their password.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("抹消する理由を入力します。", "Why the user is removed."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "resume_user",
        title: Words::new("利用者の再開", "Resume user"),
        past: Words::new("利用者の再開", "User resumed"),
        reading: "りようしゃのさいかい",
        doc: Words::new(
            "停止中の利用者が、またログインできるようにします。",
            "Lets a suspended user log in again.",
        ),
        about: Some((Noun::User, "user")),
        register: "users",
        fields: &[
            USER,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("再開する理由を入力します。", "Why the user is let in again."),
            ),
        ],
        opens: Opens::Confirm,
    },
];
