//! Emergency acts (緊急の措置): what somebody decided in a night on which nobody who may could be reached.

use super::{
    Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells, standing,
};
use crate::domain::{EmergencyAct, Noun, Row};

fn of(row: &Row, say: impl Fn(&EmergencyAct) -> String) -> String {
    match row {
        Row::EmergencyAct(row) => say(row),
        _ => String::new(),
    }
}

/// States of an emergency act.
const STATES: Choices =
    &[("open", Words::new("未確認", "not reviewed")), ("reviewed", Words::new("確認済", "reviewed"))];

/// The register of emergency acts.
pub const REGISTER: Register = Register {
    name: "emergency_acts",
    noun: Noun::EmergencyAct,
    title: Words::new("緊急の措置", "Emergency acts"),
    reading: "きんきゅうのそち",
    doc: Words::new(
        "許可できる人に連絡がつかず、規程が認める役割の人が代わりに行ったものです。確認されるまで一覧に出ます。",
        "Done by a role that the rules name, since nobody who may could be reached; listed until reviewed.",
    ),
    columns: &[
        Column::new("done", ("日時", "Done"), 16, |row, _, lang| {
            of(row, |row| cells::stamp(row.done, lang))
        })
        .always(),
        Column::new("by", ("行った人", "By"), 14, |row, at, lang| {
            of(row, |row| cells::name(row.by, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(matches!(at.row(row.record), Some(Row::Permit(_))), lang))
        }),
        Column::new("record", ("許可した申請", "Granted"), 0, |row, at, lang| {
            of(row, |row| match at.row(row.record) {
                Some(Row::Permit(permit)) => {
                    format!("{} {}", permit.id, cells::name_of(Some(permit.company), at, lang))
                }
                _ => row.record.to_string(),
            })
        })
        .always(),
        Column::new("state", ("状態", "State"), 8, |row, at, lang| {
            of(row, |_| standing::words(STATES, standing::of(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("reason", ("待てない理由", "Why at once"), |row, _, lang| {
            of(row, |row| cells::text(&row.reason, lang))
        }),
        Column::line("tried", ("連絡を試みた相手", "Who was tried"), |row, _, lang| {
            of(row, |row| cells::text(&row.tried, lang))
        }),
        Column::line("reviewed", ("事後の確認", "Review"), |row, at, lang| {
            of(row, |row| cells::ending(row.reviewed.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["by", "record", "reason", "tried"],
    states: STATES,
    stands: |row, _| match row {
        Row::EmergencyAct(row) if row.reviewed.is_none() => "open",
        Row::EmergencyAct(_) => "reviewed",
        _ => "",
    },
    whom: |row, at, lang| of(row, |row| cells::name(row.by, at, lang)),
    today: &[Open {
        urgent: Urgent::Always,
        ..Open::new(
            "emergency_acts",
            ("緊急の措置（未確認）", "Emergency acts to review"),
            Place::Emergency,
            "open",
        )
    }],
    ..Register::PLAIN
};

/// Who was tried before something was done in an emergency.
pub(super) const TRIED: Field = Field::new(
    "tried",
    Kind::Block(1000),
    ("連絡を試みた相手", "Who was tried"),
    ("だれに、いつ、どう連絡したかを入力します。", "Whom, when and how."),
)
.needed();

/// What whoever reviews it found.
pub(super) const FINDING: Field = Field::new(
    "finding",
    Kind::Block(1000),
    ("所見", "Finding"),
    ("確かめたことと、取った処置を入力します。", "What was found, and what follows."),
)
.needed();

/// What is done in an emergency, and afterwards.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "act_in_emergency",
        title: Words::new("緊急の措置", "Act in emergency"),
        past: Words::new("緊急の措置", "Acted in emergency"),
        reading: "きんきゅうのそち",
        doc: Words::new(
            "許可できる人のだれにも連絡がつかないとき、代わりに申請を許可します。後で確認を受けます。自分に関わるものはできません。",
            "Grants an application where nobody who may can be reached; it is reviewed later. Never one's own.",
        ),
        about: Some((Noun::Permit, "record")),
        register: "permits",
        fields: &[
            Field::new(
                "record",
                Kind::Ref(Noun::Permit),
                ("申請", "Application"),
                ("待てない申請を選びます。", "The application that cannot wait."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(1000),
                ("待てない理由", "Why at once"),
                ("翌日まで待てない理由を入力します。", "Why it cannot wait."),
            )
            .needed(),
            TRIED,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "review_emergency_act",
        title: Words::new("緊急の措置の確認", "Review emergency act"),
        past: Words::new("緊急の措置の確認", "Emergency act reviewed"),
        reading: "きんきゅうのそちのかくにん",
        doc: Words::new(
            "本来許可する人が、緊急の措置を事後に確かめます。行った人と、申請に関わる人はできません。",
            "Whoever might have decided looks at it afterwards; not who did it, nor whom it is about.",
        ),
        about: Some((Noun::EmergencyAct, "emergency")),
        register: "emergency_acts",
        fields: &[
            Field::new(
                "emergency",
                Kind::Ref(Noun::EmergencyAct),
                ("緊急の措置", "Emergency act"),
                ("どの措置かを選びます。", "Which one."),
            )
            .needed(),
            FINDING,
        ],
        opens: Opens::Form,
    },
];
