//! Work records (作業記録), which are also the work's reports (J-2-2-3, J-PI-12).

use super::{
    Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, attachments, cells,
    devices, standing,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{Id, Noun, Row, Visit, Work, WorkState};

fn of(row: &Row, say: impl Fn(&Work) -> String) -> String {
    match row {
        Row::Work(row) => say(row),
        _ => String::new(),
    }
}

pub(super) fn visit(id: Id, at: &dyn Lookup) -> Option<Visit> {
    at.row(id).and_then(|row| Visit::try_from(row).ok())
}

/// The machines from the list, then what was typed.
fn server(row: &Work, at: &dyn Lookup, lang: Lang) -> String {
    let typed = Some(cells::text(&row.server, lang)).filter(|text| !text.is_empty());
    let listed = row.devices.iter().map(|id| cells::name(*id, at, lang));
    cells::joined(listed.chain(typed), lang)
}

/// Whom the visit of a record is about.
pub(super) fn whom_of_visit(id: Id, at: &dyn Lookup, lang: Lang) -> String {
    visit(id, at).map(|visit| cells::whom(visit.person, visit.company, at, lang)).unwrap_or_default()
}

/// States of a work record.
const STATES: Choices = &[
    ("recorded", Words::new("承認待ち", "to be approved")),
    ("returned", Words::new("差戻し", "returned")),
    ("approved", Words::new("承認済", "approved")),
    ("kept", Words::new("記録済", "on record")),
];

/// The register of work records.
pub const REGISTER: Register = Register {
    name: "works",
    noun: Noun::Work,
    title: Words::new("作業記録", "Work records"),
    reading: "さぎょうきろく",
    doc: Words::new(
        "サーバなどに行った作業の記録です。承認されるまで作業報告として残ります。",
        "What was done on which server, by whom, with what result; open until it is approved.",
    ),
    columns: &[
        Column::new("date", ("作業日", "Date"), 10, |row, _, lang| {
            of(row, |row| cells::day(row.date, lang))
        })
        .always(),
        Column::new("server", ("サーバ・機器", "Server"), 16, |row, at, lang| {
            of(row, |row| server(row, at, lang))
        })
        .always(),
        Column::new("work", ("作業内容", "Work"), 0, |row, _, lang| {
            of(row, |row| cells::text(&row.work, lang))
        }),
        Column::new("workers", ("作業者", "Workers"), 14, |row, at, lang| {
            of(row, |row| cells::names(&row.workers, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| {
                let by_visit = visit(row.visit, at).is_some_and(|visit| visit.is_from_outside());
                let by_worker = row.workers.iter().any(|worker| cells::is_outsider(*worker, at));
                cells::outside(by_visit || by_worker, lang)
            })
        }),
        Column::new("state", ("状態", "State"), 14, |row, at, lang| {
            of(row, |row| {
                let state = standing::words(STATES, row.state.name(), lang);
                match row.state {
                    WorkState::Recorded => format!("{state} {}", cells::waiting(row.date, at, lang)),
                    WorkState::Returned | WorkState::Approved | WorkState::Kept => state,
                }
            })
        })
        .always(),
    ],
    detail: &[
        Column::line("result", ("結果", "Result"), |row, _, lang| {
            of(row, |row| cells::text(&row.result, lang))
        }),
        Column::line("attached", ("添付書類", "Attachments"), |row, at, lang| {
            of(row, |row| attachments::lines(row.id, at, lang))
        }),
        Column::line("pi_seen", ("個人情報の閲覧", "Personal data seen"), |row, _, lang| {
            of(row, |row| cells::yes_no(row.pi_seen, lang))
        }),
        Column::line("pi_detail", ("閲覧の内容", "What was seen"), |row, _, lang| {
            of(row, |row| cells::text(&row.pi_detail, lang))
        }),
        Column::line("visit", ("入退室", "Visit"), |row, _, _| of(row, |row| row.visit.to_string())),
        Column::line("company", ("会社", "Company"), |row, at, lang| {
            of(row, |row| cells::name_of(visit(row.visit, at).and_then(|visit| visit.company), at, lang))
        }),
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(visit(row.visit, at).and_then(|visit| visit.company), at, lang))
        }),
        Column::line("permit", ("許可", "Permit"), |row, _, _| {
            of(row, |row| row.permit.map(|permit| permit.to_string()).unwrap_or_default())
        }),
        Column::line("recorded_by", ("記録した人", "Recorded by"), |row, at, lang| {
            of(row, |row| cells::name(row.recorded_by, at, lang))
        }),
        Column::line("recorded", ("記録日時", "Recorded"), |row, _, lang| {
            of(row, |row| cells::stamp(row.recorded, lang))
        }),
        Column::line("decided", ("承認・差戻し", "Decision"), |row, at, lang| {
            of(row, |row| cells::ending(row.decided.as_ref(), at, lang))
        }),
        Column::line("devices", ("対象の機器", "Devices"), |row, at, lang| {
            of(row, |row| devices::targets(&row.devices, true, at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["date", "server", "work", "workers", "result", "pi_detail"],
    states: STATES,
    stands: |row, _| match row {
        Row::Work(row) => row.state.name(),
        _ => "",
    },
    whom: |row, at, lang| match row {
        Row::Work(row) => whom_of_visit(row.visit, at, lang),
        _ => String::new(),
    },
    today: &[
        Open {
            urgent: Urgent::Holders(|profile| &profile.authority.work),
            ..Open::new(
                "works_to_approve",
                ("承認を待つ作業報告", "Work reports to approve"),
                Place::Due,
                "recorded",
            )
        },
        Open::new(
            "works_returned",
            ("差し戻された作業報告", "Work reports sent back"),
            Place::Due,
            "returned",
        ),
    ],
    ..Register::PLAIN
};

const WORK: Field = Field::new(
    "work",
    Kind::Ref(Noun::Work),
    ("作業記録", "Work record"),
    ("どの作業記録かを選びます。", "Which work record."),
)
.needed();

const VISIT: Field = Field::new(
    "visit",
    Kind::Ref(Noun::Visit),
    ("入退室", "Visit"),
    ("どの入退室の記録かを選びます。", "Which visit."),
);

/// What is done with work records. Recording one begins at its visit.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "record_work",
        title: Words::new("作業記録", "Record work"),
        past: Words::new("作業記録", "Work recorded"),
        reading: "さぎょうきろく",
        doc: Words::new(
            "入室中に行った作業を、サーバ、内容、作業者、結果とともに記録します。これが作業報告になります。",
            "Records the work done during a stay: server, work, workers, result. It is the work's report too.",
        ),
        about: Some((Noun::Visit, "visit")),
        register: "visits",
        fields: &[
            VISIT,
            Field::new(
                "date",
                Kind::Date,
                ("作業日", "Date"),
                ("空欄なら入室の日になります。", "The day of the visit where empty."),
            ),
            Field::new(
                "server",
                Kind::Line(200),
                ("サーバ・機器", "Server"),
                (
                    "機器の台帳から選ばない場合に、作業したサーバや機器の名前を入力します。",
                    "Which server or machine, where it is not picked from the list of devices.",
                ),
            ),
            Field::new(
                "work",
                Kind::Block(2000),
                ("作業内容", "Work"),
                ("行った作業を入力します。", "What was done."),
            )
            .needed(),
            Field::new(
                "workers",
                Kind::Refs(Noun::Person),
                ("作業者", "Workers"),
                ("空欄なら入室した本人になります。", "The visitor where empty."),
            ),
            Field::new(
                "result",
                Kind::Block(2000),
                ("結果", "Result"),
                ("作業の結果を入力します。", "With what result."),
            )
            .needed(),
            Field::new(
                "pi_seen",
                Kind::Flag,
                ("個人情報の閲覧", "Personal data seen"),
                (
                    "作業中に個人情報が目に触れた場合に「はい」とします。責任者への届出ができます。",
                    "Yes where personal information was seen during the work; a notice goes to the officer.",
                ),
            )
            .needed(),
            Field::new(
                "pi_detail",
                Kind::Block(1000),
                ("閲覧の内容", "What was seen"),
                (
                    "見えた情報と、避けられなかった理由を入力します。",
                    "What was seen, and why it could not be avoided.",
                ),
            ),
            Field::new(
                "revises",
                Kind::Ref(Noun::Work),
                ("差戻しの記録", "Returned report"),
                (
                    "差し戻された作業記録を書き直す場合に選びます。",
                    "The returned report that this one takes the place of.",
                ),
            ),
            devices::TARGETS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "approve_work",
        title: Words::new("作業記録の承認", "Approve work"),
        past: Words::new("作業記録の承認", "Work approved"),
        reading: "さぎょうきろくのしょうにん",
        doc: Words::new(
            "作業記録を確認して承認します。自分の作業を承認することはできません。",
            "Approves a work record. Nobody approves their own work.",
        ),
        about: Some((Noun::Work, "work")),
        register: "works",
        fields: &[
            WORK,
            Field::new(
                "opinion",
                Kind::Block(500),
                ("意見", "Opinion"),
                ("意見があれば入力します。", "An opinion, if any."),
            ),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "return_work",
        title: Words::new("作業記録の差戻し", "Return work"),
        past: Words::new("作業記録の差戻し", "Work returned"),
        reading: "さぎょうきろくのさしもどし",
        doc: Words::new(
            "足りない点を書いて、作業記録を差し戻します。",
            "Sends a work record back, saying what is missing.",
        ),
        about: Some((Noun::Work, "work")),
        register: "works",
        fields: &[
            WORK,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("何が足りないかを入力します。", "What is missing."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
