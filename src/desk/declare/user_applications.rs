//! Applications for accounts (利用申請): asked for, checked, granted or refused (J-1-1-1-c, J-1-1-2).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing, users,
};
use crate::desk::{Lang, Viewer};
use crate::domain::{ApplicationState, Noun, Row, UserApplication};

fn of(row: &Row, say: impl Fn(&UserApplication) -> String) -> String {
    match row {
        Row::UserApplication(row) => say(row),
        _ => String::new(),
    }
}

/// On whose word it is applied for.
const ASKED_BY: Choices = &[
    ("person", Words::new("本人", "the person")),
    ("department", Words::new("部門", "the department")),
    ("deemed", Words::new("みなし申請", "deemed applied")),
];

/// Where it stands: its state; `faulty` where the desk found that something is not in order.
fn stands(row: &UserApplication) -> &'static str {
    match row.state {
        // In order it would be checked.
        ApplicationState::Received if row.check.is_some() => "faulty",
        state => state.name(),
    }
}

fn is_in(row: &UserApplication, state: &str, viewer: &Viewer<'_>) -> bool {
    match state {
        "open" => row.state.is_open(),
        "mine" | "others" => row.state.is_open() && is_mine(row, viewer) == (state == "mine"),
        _ => row.state.name() == state || stands(row) == state,
    }
}

/// Whether it waits for whoever looks: to be received, checked or decided.
fn is_mine(row: &UserApplication, viewer: &Viewer<'_>) -> bool {
    let next: &[&str] = match row.state {
        ApplicationState::Applied => &["receive_application"],
        ApplicationState::Received => &["check_application"],
        _ => &[],
    };
    next.iter()
        .chain(&["issue_user", "change_user", "reopen_user"])
        .any(|command| viewer.holds(command) && viewer.may(command, row.id))
}

/// States of an application, and for whom it waits.
const STATES: Choices = &[
    ("open", Words::new("処理中", "open")),
    ("mine", Words::new("処理中・自分が担当", "open, mine")),
    ("others", Words::new("処理中・他者が担当", "open, others'")),
    ("applied", Words::new("申請", "applied")),
    ("received", Words::new("受付", "received")),
    ("faulty", Words::new("受付・不備あり", "received, faulty")),
    ("checked", Words::new("確認済", "checked")),
    ("granted", Words::new("許可・発行済", "granted")),
    ("refused", Words::new("不許可", "refused")),
    ("withdrawn", Words::new("取下げ", "withdrawn")),
];

fn checked(row: &UserApplication, lang: Lang) -> String {
    let Some(check) = &row.check else { return String::new() };
    let found = [
        (check.complete, lang.pick("記入", "complete")),
        (check.single, lang.pick("一人一ID", "one account")),
        (check.genuine, lang.pick("真正", "genuine")),
        (check.reachable, lang.pick("連絡先", "contact")),
    ];
    let said = found.iter().map(|(holds, what)| {
        format!("{what} {}", if *holds { lang.pick("よい", "yes") } else { lang.pick("不備", "no") })
    });
    cells::joined(said, lang)
}

/// The register of applications for accounts.
pub const REGISTER: Register = Register {
    name: "user_applications",
    noun: Noun::UserApplication,
    title: Words::new("利用申請", "Account applications"),
    reading: "りようしんせい",
    doc: Words::new(
        "利用者IDの申請です。だれが、だれのために、どの役割を、いつまで求め、だれが決めたかを残します。",
        "Applications for IDs: who asked for whom, for which roles, until when, and who decided.",
    ),
    columns: &[
        Column::new("id", ("番号", "Number"), 9, |row, _, _| row.id().to_string()).always(),
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
        Column::new("period", ("期間", "Period"), 21, |row, _, lang| {
            of(row, |row| cells::from_to(row.from, row.to, lang))
        }),
        Column::new("state", ("状態", "State"), 14, |row, _, lang| {
            of(row, |row| standing::words(STATES, stands(row), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("organisation", ("所属", "Affiliation"), |row, at, lang| {
            of(row, |row| cells::affiliation(row.person, at, lang))
        }),
        Column::line("jurisdiction", ("管轄", "Jurisdiction"), |row, at, lang| {
            of(row, |row| cells::jurisdiction(&row.jurisdiction, at.profile(), lang))
        }),
        Column::line("department", ("申請部門", "Department"), |row, _, lang| {
            of(row, |row| cells::text(&row.department, lang))
        }),
        Column::line("asked_by", ("申請の根拠", "Asked by"), |row, _, lang| {
            of(row, |row| standing::words(ASKED_BY, row.asked_by.name(), lang))
        }),
        Column::line("reason", ("理由", "Reason"), |row, _, lang| {
            of(row, |row| cells::text(&row.reason, lang))
        }),
        Column::line("scope", ("利用範囲", "Scope"), |row, _, lang| {
            of(row, |row| cells::text(&row.scope, lang))
        }),
        Column::line("duty", ("管理の職務", "Duty"), |row, _, lang| {
            of(row, |row| cells::text(&row.duty, lang))
        }),
        Column::line("existing", ("変更するID", "ID to change"), |row, at, lang| {
            of(row, |row| {
                let user = row.existing.and_then(|user| at.row(user));
                user.as_ref().and_then(Row::name).map(|name| cells::text(name, lang)).unwrap_or_default()
            })
        }),
        Column::line("applicant", ("申請者", "Applicant"), |row, at, lang| {
            of(row, |row| cells::name(row.applicant, at, lang))
        }),
        Column::line("entered_by", ("申請の入力者", "Typed by"), |row, at, lang| {
            of(row, |row| cells::name(row.entered_by, at, lang))
        }),
        Column::line("applied", ("申請日時", "Applied"), |row, _, lang| {
            of(row, |row| cells::stamp(row.applied, lang))
        }),
        Column::line("received", ("受付", "Received"), |row, at, lang| {
            of(row, |row| cells::ending(row.received.as_ref(), at, lang))
        }),
        Column::line("found", ("確認の結果", "Found"), |row, _, lang| of(row, |row| checked(row, lang))),
        Column::line("checked", ("確認", "Checked"), |row, at, lang| {
            of(row, |row| cells::ending(row.check.as_ref().map(|check| &check.done), at, lang))
        }),
        Column::line("decided", ("決定", "Decided"), |row, at, lang| {
            of(row, |row| cells::ending(row.decided.as_ref(), at, lang))
        }),
        Column::line("withdrawn", ("取下げ", "Withdrawn"), |row, at, lang| {
            of(row, |row| cells::ending(row.withdrawn.as_ref(), at, lang))
        }),
        Column::line("account", ("発行したID", "ID issued"), |row, at, _| {
            of(row, |row| match row.account.and_then(|id| at.row(id)) {
                Some(Row::User(user)) => user.user,
                _ => String::new(),
            })
        }),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &[
        "person",
        "organisation",
        "roles",
        "jurisdiction",
        "period",
        "department",
        "reason",
        "scope",
        "duty",
        "found",
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::UserApplication(row) => stands(row),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::UserApplication(row) if is_in(row, state, viewer)),
    whom: |row, at, lang| of(row, |row| cells::name(row.person, at, lang)),
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["open"]),
            ..Open::new(
                "user_applications_mine",
                ("自分が処理する利用申請", "Account applications for you"),
                Place::Mine,
                "mine",
            )
        },
        Open {
            among: Among::States(&["open"]),
            ..Open::new(
                "user_applications_others",
                ("他の人を待つ利用申請", "Account applications for others"),
                Place::Others,
                "others",
            )
        },
    ],
    ..Register::PLAIN
};

const APPLICATION: Field = Field::new(
    "application",
    Kind::Ref(Noun::UserApplication),
    ("利用申請", "Application"),
    ("どの申請かを選びます。", "Which application."),
)
.needed();

const YES: Words = Words::new("よい", "in order");
const NO: Words = Words::new("不備あり", "not in order");

/// What is done with applications for accounts.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "apply_user",
        title: Words::new("利用の申請", "Apply for account"),
        past: Words::new("利用の申請", "Account applied for"),
        reading: "りようのしんせい",
        doc: Words::new(
            "利用者IDを申請します。今あるIDの変更や、閉鎖したIDの再開設も申請できます。決めるのは別の人です。",
            "Applies for an ID, for a change of one, or to open a closed one again. Somebody else decides.",
        ),
        about: None,
        register: "user_applications",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                (
                    "IDを使う本人を選びます。今あるIDの申請では、空欄ならそのIDの本人です。",
                    "Who is to use it; whose ID it is, where it is there already.",
                ),
            ),
            Field::new(
                "roles",
                Kind::Roles,
                ("役割", "Roles"),
                (
                    "必要な役割を選びます。役職に任命されている人は空欄でもかまいません。",
                    "The roles that are needed; who holds an office may need none.",
                ),
            ),
            users::JURISDICTION,
            Field::new(
                "from",
                Kind::Date,
                ("開始日", "From"),
                ("使い始めたい日です。今日より前にはできません。", "The first day wanted; not before today."),
            )
            .needed(),
            Field::new(
                "to",
                Kind::Date,
                ("終了日", "Until"),
                ("使える最後の日です。この日で自動的に終わります。", "The last day; it ends by itself."),
            ),
            Field::new(
                "reason",
                Kind::Block(1000),
                ("理由", "Reason"),
                ("なぜ必要かを入力します。", "Why it is needed."),
            )
            .needed(),
            Field::new(
                "user",
                Kind::User,
                ("変更するID", "ID to change"),
                (
                    "今あるIDの変更や再開設のとき、そのIDを選びます。新しいIDなら空欄です。",
                    "Where an ID that is there is to be changed or opened again; empty for a new one.",
                ),
            ),
            Field::new(
                "department",
                Kind::Line(80),
                ("申請部門", "Department"),
                ("申請する部門です。", "The department that applies."),
            ),
            Field::new(
                "scope",
                Kind::Block(1000),
                ("利用範囲", "Scope"),
                ("何に使うかを入力します。", "What it is to be used for."),
            ),
            Field::new(
                "duty",
                Kind::Line(200),
                ("管理の職務", "Duty"),
                (
                    "管理者権限の役割では、それが必要な職務を入力します。",
                    "For administrator rights: the duty that needs them.",
                ),
            ),
            Field::new(
                "asked_by",
                Kind::Choice(ASKED_BY),
                ("申請の根拠", "Asked by"),
                (
                    "だれの申し出かを選びます。空欄なら部門です。",
                    "On whose word; the department where empty.",
                ),
            ),
            Field::new(
                "applicant",
                Kind::Ref(Noun::Person),
                ("申請者", "Applicant"),
                (
                    "紙の申請を代わりに入力するとき、申請した人を選びます。",
                    "Who applied, where you type a paper application for them.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "receive_application",
        title: Words::new("利用申請の受付", "Receive application"),
        past: Words::new("利用申請の受付", "Application received"),
        reading: "りようしんせいのうけつけ",
        doc: Words::new("申請を受け付けたことを記録します。", "Records that the application has come in."),
        about: Some((Noun::UserApplication, "application")),
        register: "user_applications",
        fields: &[
            APPLICATION,
            Field::new(
                "remarks",
                Kind::Block(500),
                ("備考", "Remarks"),
                ("届いた方法などを入力します。", "How it came."),
            ),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "check_application",
        title: Words::new("利用申請の確認", "Check application"),
        past: Words::new("利用申請の確認", "Application checked"),
        reading: "りようしんせいのかくにん",
        doc: Words::new(
            "申請の中身を確かめた結果を記録します。不備があれば、直ってからもう一度確認します。",
            "Records what was found. What is not in order is checked again once it is.",
        ),
        about: Some((Noun::UserApplication, "application")),
        register: "user_applications",
        fields: &[
            APPLICATION,
            Field::new(
                "complete",
                Kind::Verdict(YES, NO),
                ("記入内容", "Complete"),
                ("必要な項目がそろっているか。", "Whether everything needed is told."),
            )
            .needed(),
            Field::new(
                "single",
                Kind::Verdict(YES, NO),
                ("一人に一つのID", "One account"),
                ("本人が別のIDを持っていないか。", "Whether the person has no other ID."),
            )
            .needed(),
            Field::new(
                "genuine",
                Kind::Verdict(YES, NO),
                ("本物の申請か", "Genuine"),
                ("申請者からの申請に間違いないか。", "Whether it comes from whom it says."),
            )
            .needed(),
            Field::new(
                "reachable",
                Kind::Verdict(YES, NO),
                ("連絡先", "Contact"),
                ("本人に連絡できるか。", "Whether the person can be reached."),
            )
            .needed(),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("所見", "Remarks"),
                (
                    "不備があるときは、何が不足かを入力します。",
                    "What is missing, where something is not in order.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "refuse_application",
        title: Words::new("利用申請の不許可", "Refuse application"),
        past: Words::new("利用申請の不許可", "Application refused"),
        reading: "りようしんせいのふきょか きゃっか",
        doc: Words::new(
            "申請を許可しません。許可するときは「利用者IDの発行」をします。自分に関わる申請は決められません。",
            "Refuses it. To grant it, issue the ID. Nobody decides their own.",
        ),
        about: Some((Noun::UserApplication, "application")),
        register: "user_applications",
        fields: &[
            APPLICATION,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("許可しない理由を入力します。", "Why it is refused."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "withdraw_application",
        title: Words::new("利用申請の取下げ", "Withdraw application"),
        past: Words::new("利用申請の取下げ", "Application withdrawn"),
        reading: "りようしんせいのとりさげ",
        doc: Words::new("決まる前の申請を取り下げます。", "Takes an application back before it is decided."),
        about: Some((Noun::UserApplication, "application")),
        register: "user_applications",
        fields: &[
            APPLICATION,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("取り下げる理由を入力します。", "Why it is taken back."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
