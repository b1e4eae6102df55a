//! Notices (届出): what an officer must take note of (J-PI-12-2).

use super::{
    Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells, standing,
    works,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{Notice, Noun, Row};

fn of(row: &Row, say: impl Fn(&Notice) -> String) -> String {
    match row {
        Row::Notice(row) => say(row),
        _ => String::new(),
    }
}

fn seen(row: &Notice, at: &dyn Lookup, lang: Lang) -> String {
    match at.row(row.work) {
        Some(Row::Work(work)) => cells::text(&work.pi_detail, lang),
        _ => String::new(),
    }
}

/// States of a notice.
const STATES: Choices = &[("open", Words::new("未受領", "open")), ("taken", Words::new("受領済", "taken"))];

/// The register of notices.
pub const REGISTER: Register = Register {
    name: "notices",
    noun: Noun::Notice,
    title: Words::new("届出", "Notices"),
    reading: "とどけで れんらく",
    doc: Words::new(
        "作業中に個人情報が目に触れたことを、責任者に知らせる票です。受領されるまで残ります。",
        "Tells the officer that personal information was seen during work; listed until the officer takes it.",
    ),
    columns: &[
        Column::new("opened", ("発生", "Opened"), 16, |row, _, lang| {
            of(row, |row| cells::stamp(row.opened, lang))
        })
        .always(),
        Column::new("person", ("入室者", "Visitor"), 14, |row, at, lang| {
            of(row, |row| {
                works::visit(row.visit, at).map(|v| cells::name(v.person, at, lang)).unwrap_or_default()
            })
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| {
                cells::outside(works::visit(row.visit, at).is_some_and(|v| v.is_from_outside()), lang)
            })
        }),
        Column::new("seen", ("閲覧の内容", "What was seen"), 0, |row, at, lang| {
            of(row, |row| seen(row, at, lang))
        }),
        Column::new("state", ("状態", "State"), 8, |row, at, lang| {
            of(row, |_| standing::words(STATES, standing::of(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("company", ("会社", "Company"), |row, at, lang| {
            of(row, |row| cells::name_of(works::visit(row.visit, at).and_then(|v| v.company), at, lang))
        }),
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(works::visit(row.visit, at).and_then(|v| v.company), at, lang))
        }),
        Column::line("work", ("作業記録", "Work record"), |row, _, _| {
            of(row, |row| row.work.to_string())
        }),
        Column::line("visit", ("入退室", "Visit"), |row, _, _| of(row, |row| row.visit.to_string())),
        Column::line("taken", ("受領", "Taken"), |row, at, lang| {
            of(row, |row| cells::ending(row.taken.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["opened", "seen"],
    states: STATES,
    stands: |row, _| match row {
        Row::Notice(row) if row.taken.is_none() => "open",
        Row::Notice(_) => "taken",
        _ => "",
    },
    whom: |row, at, lang| match row {
        Row::Notice(row) => works::whom_of_visit(row.visit, at, lang),
        _ => String::new(),
    },
    today: &[Open {
        urgent: Urgent::Holders(|profile| &profile.authority.notice),
        ..Open::new(
            "notices",
            ("個人情報の閲覧の届出", "Notices of personal information seen"),
            Place::Due,
            "open",
        )
    }],
    ..Register::PLAIN
};

/// What is done with notices.
pub const OPERATIONS: &[Operation] = &[Operation {
    command: "acknowledge_notice",
    title: Words::new("届出の受領", "Take notice"),
    past: Words::new("届出の受領", "Notice taken"),
    reading: "とどけでのじゅりょう",
    doc: Words::new(
        "責任者が届出を読み、受け取ったことを記録します。",
        "The officer has read the notice and takes it.",
    ),
    about: Some((Noun::Notice, "notice")),
    register: "notices",
    fields: &[
        Field::new(
            "notice",
            Kind::Ref(Noun::Notice),
            ("届出", "Notice"),
            ("どの届出かを選びます。", "Which notice."),
        )
        .needed(),
        Field::new(
            "remarks",
            Kind::Block(1000),
            ("処置・所見", "Remarks"),
            ("取った処置や所見があれば入力します。", "What was done about it, if anything."),
        ),
    ],
    opens: Opens::Confirm,
}];
