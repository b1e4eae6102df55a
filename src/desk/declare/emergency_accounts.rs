//! Emergency IDs (緊急用ID): roles that lie sealed until a night on which nobody who has them can be reached.

use super::emergency_acts::{FINDING, TRIED};
use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing, users,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{AccountDays, EmergencyAccount, Noun, Opening, Row};

fn of(row: &Row, say: impl Fn(&EmergencyAccount) -> String) -> String {
    match row {
        Row::EmergencyAccount(row) => say(row),
        _ => String::new(),
    }
}

/// What is said of the last opening.
fn of_last(row: &Row, say: impl Fn(&Opening) -> String) -> String {
    of(row, |row| row.openings.last().map(&say).unwrap_or_default())
}

fn stands(row: &Row, at: &dyn Lookup) -> &'static str {
    match row {
        Row::EmergencyAccount(row) => {
            row.stands(AccountDays::from(users::today(at), at.now().date_naive())).name()
        }
        _ => "",
    }
}

/// States of an emergency ID.
const STATES: Choices = &[
    ("sealed", Words::new("封緘中", "sealed")),
    ("open", Words::new("開封中", "open")),
    ("to_review", Words::new("未確認", "to review")),
    ("withdrawn", Words::new("廃止済", "withdrawn")),
];

/// An opening with all that was said of it.
fn told(opening: &Opening, at: &dyn Lookup, lang: Lang) -> String {
    let ended = [opening.closed.as_ref(), opening.reviewed.as_ref()];
    let ended = ended.into_iter().flatten().map(|said| cells::ending(Some(said), at, lang));
    let tried = format!("{}{}", lang.pick("連絡: ", "tried: "), cells::text(&opening.tried, lang));
    let said = [cells::ending(Some(&opening.opened), at, lang), tried].into_iter().chain(ended);
    said.collect::<Vec<_>>().join(" / ")
}

/// The register of emergency IDs.
pub const REGISTER: Register = Register {
    name: "emergency_accounts",
    noun: Noun::EmergencyAccount,
    title: Words::new("緊急用ID", "Emergency IDs"),
    reading: "きんきゅうようID きんきゅうようあいでぃー",
    doc: Words::new(
        "その役割の人に連絡がつかない夜のための役割です。規程が認める人が理由を書いて開封し、後で別の人が確認します。",
        "Roles that lie sealed for a night; whoever the rules let opens one with a reason, and another reviews it.",
    ),
    columns: &[
        Column::new("user", ("緊急用ID", "ID"), 14, |row, _, _| of(row, |row| row.user.clone())).always(),
        Column::new("roles", ("役割", "Roles"), 0, |row, at, lang| {
            of(row, |row| cells::roles(&row.roles, at.profile(), lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of_last(row, |opening| cells::outside(cells::is_outsider(opening.opened.by, at), lang))
        }),
        Column::new("opened", ("最後の開封", "Last opened"), 16, |row, _, lang| {
            of_last(row, |opening| cells::stamp(opening.opened.on, lang))
        }),
        Column::new("state", ("状態", "State"), 8, |row, at, lang| {
            of(row, |_| standing::words(STATES, standing::of(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("jurisdiction", ("管轄", "Jurisdiction"), |row, at, lang| {
            of(row, |row| cells::jurisdiction(&row.jurisdiction, at.profile(), lang))
        }),
        Column::line("by", ("開封した人", "Opened by"), |row, at, lang| {
            of_last(row, |opening| cells::name(opening.opened.by, at, lang))
        }),
        Column::line("reason", ("開封の理由", "Why opened"), |row, _, lang| {
            of_last(row, |opening| cells::text(&opening.opened.reason, lang))
        }),
        Column::line("tried", ("連絡を試みた相手", "Who was tried"), |row, _, lang| {
            of_last(row, |opening| cells::text(&opening.tried, lang))
        }),
        Column::line("last", ("使える最後の日", "Last day"), |row, _, lang| {
            of_last(row, |opening| cells::day(opening.last, lang))
        }),
        Column::line("done", ("したこと", "What was done"), |row, at, lang| {
            of_last(row, |opening| cells::ending(opening.closed.as_ref(), at, lang))
        }),
        Column::line("reviewed", ("事後の確認", "Review"), |row, at, lang| {
            of_last(row, |opening| cells::ending(opening.reviewed.as_ref(), at, lang))
        }),
        Column::line("openings", ("開封の記録", "Every opening"), |row, at, lang| {
            of(row, |row| cells::joined(row.openings.iter().map(|opening| told(opening, at, lang)), lang))
        }),
        Column::line("made", ("作成", "Made"), |row, at, lang| {
            of(row, |row| cells::ending(Some(&row.made), at, lang))
        }),
        Column::line("withdrawn", ("廃止", "Withdrawn"), |row, at, lang| {
            of(row, |row| cells::ending(row.withdrawn.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["by", "roles", "reason", "tried", "done"],
    states: STATES,
    stands,
    whom: |row, at, lang| of_last(row, |opening| cells::name(opening.opened.by, at, lang)),
    today: &[
        Open {
            urgent: Urgent::Always,
            among: USED,
            ..Open::new(
                "emergency_accounts_open",
                ("緊急用ID（開封中）", "Emergency IDs open"),
                Place::Emergency,
                "open",
            )
        },
        Open {
            urgent: Urgent::Always,
            among: USED,
            ..Open::new(
                "emergency_accounts",
                ("緊急用ID（使用後・未確認）", "Emergency IDs to review"),
                Place::Emergency,
                "to_review",
            )
        },
    ],
    ..Register::PLAIN
};

/// Those that were opened, and that nobody has reviewed.
const USED: Among = Among::States(&["used"]);

const ACCOUNT: Field = Field::new(
    "account",
    Kind::Ref(Noun::EmergencyAccount),
    ("緊急用ID", "Emergency ID"),
    ("どの緊急用IDかを選びます。", "Which emergency ID."),
)
.needed();

/// What is done with emergency IDs.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "make_emergency_account",
        title: Words::new("緊急用IDの用意", "Make emergency ID"),
        past: Words::new("緊急用IDの用意", "Emergency ID made"),
        reading: "きんきゅうようIDのようい",
        doc: Words::new(
            "緊急のときだけ開封する役割を用意します。パスワードはありません。開封できる役割は規程が決めます。",
            "Seals roles for an emergency. It has no password; the rules name the roles that may open it.",
        ),
        about: None,
        register: "emergency_accounts",
        fields: &[
            Field::new(
                "user",
                Kind::NewUser,
                ("緊急用ID", "ID"),
                (
                    "半角の小文字、数字、_、- で32文字までです。利用者IDと同じものは使えません。",
                    "Small letters, digits, _ and -, at most 32; not that of a user.",
                ),
            )
            .needed(),
            Field::new(
                "roles",
                Kind::Roles,
                ("役割", "Roles"),
                (
                    "開封した人が使える役割です。役職は任命できる人だけが付けます。監査の役割は付けられません。",
                    "What it gives whoever opens it; an office by whoever appoints to it, no audit.",
                ),
            )
            .needed(),
            users::JURISDICTION,
            users::WHY,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "open_emergency_account",
        title: Words::new("緊急用IDの開封", "Open emergency ID"),
        past: Words::new("緊急用IDの開封", "Emergency ID opened"),
        reading: "きんきゅうようIDのかいふう",
        doc: Words::new(
            "その役割の人のだれにも連絡がつかないときに開封します。翌日まで使え、あなたの名前も残ります。権限やパスワードを人に与えることはできません。",
            "Gives you its roles until the day after, for nothing that lasts, where nobody who has them can be reached.",
        ),
        about: Some((Noun::EmergencyAccount, "account")),
        register: "emergency_accounts",
        fields: &[
            ACCOUNT,
            Field::new(
                "reason",
                Kind::Block(1000),
                ("開封の理由", "Why at once"),
                ("何が起き、なぜ待てないかを入力します。", "What happened, and why it cannot wait."),
            )
            .needed(),
            TRIED,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "close_emergency_account",
        title: Words::new("緊急用IDの使用終了", "Close emergency ID"),
        past: Words::new("緊急用IDの使用終了", "Emergency ID closed"),
        reading: "きんきゅうようIDのしようしゅうりょう",
        doc: Words::new(
            "緊急用IDの使用を終えます。使えた役割はここで終わり、事後の確認を待ちます。",
            "Ends what was opened: its roles are yours no more, and it waits for its review.",
        ),
        about: Some((Noun::EmergencyAccount, "account")),
        register: "emergency_accounts",
        fields: &[
            ACCOUNT,
            Field::new(
                "done",
                Kind::Block(1000),
                ("したこと", "What was done"),
                ("緊急用IDで何をしたかを入力します。", "What you did with it."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "review_emergency_account",
        title: Words::new("緊急用IDの確認", "Review emergency ID"),
        past: Words::new("緊急用IDの確認", "Emergency ID reviewed"),
        reading: "きんきゅうようIDのかくにん",
        doc: Words::new(
            "使い終えた緊急用IDを確かめ、もう一度封緘します。開封した人はできません。",
            "Looks at what was done, and seals it again; not by whoever opened it.",
        ),
        about: Some((Noun::EmergencyAccount, "account")),
        register: "emergency_accounts",
        fields: &[
            ACCOUNT,
            FINDING,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "withdraw_emergency_account",
        title: Words::new("緊急用IDの廃止", "Withdraw emerg. ID"),
        past: Words::new("緊急用IDの廃止", "Emergency ID withdrawn"),
        reading: "きんきゅうようIDのはいし",
        doc: Words::new(
            "緊急用IDを廃止します。だれも開封できなくなり、記録は残ります。",
            "Withdraws it: nobody opens it any more, and its record stays.",
        ),
        about: Some((Noun::EmergencyAccount, "account")),
        register: "emergency_accounts",
        fields: &[ACCOUNT, users::WHY],
        opens: Opens::Confirm,
    },
];
