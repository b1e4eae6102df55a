//! Contradictions (矛盾): visits of one person that cannot all be right.

use super::{
    Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells, standing,
    works,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{Contradiction, Id, Noun, Row};

fn of(row: &Row, say: impl Fn(&Contradiction) -> String) -> String {
    match row {
        Row::Contradiction(row) => say(row),
        _ => String::new(),
    }
}

/// A visit with its times: what is to be compared with paper.
fn stay(visit: Id, at: &dyn Lookup, lang: Lang) -> String {
    let Some(visit) = works::visit(visit, at) else { return visit.to_string() };
    let until = visit.ended().map(|ended| cells::stamp(ended, lang)).unwrap_or_default();
    format!("{} {}～{until}", visit.id, cells::stamp(visit.came, lang))
}

/// States of a contradiction.
const STATES: Choices =
    &[("open", Words::new("未整理", "open")), ("settled", Words::new("整理済", "settled"))];

/// The register of contradictions.
pub const REGISTER: Register = Register {
    name: "contradictions",
    noun: Noun::Contradiction,
    title: Words::new("記録の矛盾", "Contradictions"),
    reading: "きろくのむじゅん にかしょ",
    doc: Words::new(
        "一人が同時に二か所にいたことになる入退室です。どちらも残り、わけを確かめて整理するまで一覧に出ます。",
        "Visits that put one person in two places at once. Both stay, listed until somebody has found out why.",
    ),
    columns: &[
        Column::new("found", ("判明", "Found"), 16, |row, _, lang| {
            of(row, |row| cells::stamp(row.found, lang))
        })
        .always(),
        Column::new("person", ("入室者", "Visitor"), 14, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| {
                cells::outside(works::visit(row.visit, at).is_some_and(|visit| visit.is_from_outside()), lang)
            })
        }),
        Column::new("visits", ("入退室", "Visits"), 0, |row, _, _| of(row, |row| Id::list(row.visits())))
            .always(),
        Column::new("state", ("状態", "State"), 8, |row, at, lang| {
            of(row, |_| standing::words(STATES, standing::of(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("stays", ("時間", "Times"), |row, at, lang| {
            of(row, |row| row.visits().map(|visit| stay(visit, at, lang)).collect::<Vec<_>>().join("、"))
        }),
        Column::line("by", ("入力した人", "Entered by"), |row, at, lang| {
            of(row, |row| cells::name(row.by, at, lang))
        }),
        Column::line("settled", ("整理", "Settled"), |row, at, lang| {
            of(row, |row| cells::ending(row.settled.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["person", "visits", "stays"],
    states: STATES,
    stands: |row, _| match row {
        Row::Contradiction(row) if row.settled.is_none() => "open",
        Row::Contradiction(_) => "settled",
        _ => "",
    },
    whom: |row, at, lang| of(row, |row| cells::name(row.person, at, lang)),
    today: &[Open {
        urgent: Urgent::Always,
        ..Open::new(
            "contradictions",
            ("同時に二か所の入退室（矛盾）", "Visits in two places at once"),
            Place::Wrong,
            "open",
        )
    }],
    ..Register::PLAIN
};

/// What is done with contradictions.
pub const OPERATIONS: &[Operation] = &[Operation {
    command: "settle_contradiction",
    title: Words::new("矛盾の整理", "Settle contradiction"),
    past: Words::new("矛盾の整理", "Contradiction settled"),
    reading: "むじゅんのせいり",
    doc: Words::new(
        "二か所になったわけを記録します。誤った時刻や人は、入退室の訂正で直します。本人はできません。",
        "Says how it came about. A wrong time or person is corrected at the visit. Not by the person themselves.",
    ),
    about: Some((Noun::Contradiction, "contradiction")),
    register: "contradictions",
    fields: &[
        Field::new(
            "contradiction",
            Kind::Ref(Noun::Contradiction),
            ("矛盾", "Contradiction"),
            ("どの矛盾かを選びます。", "Which one."),
        )
        .needed(),
        Field::new(
            "finding",
            Kind::Block(1000),
            ("わかったこと", "What was found"),
            ("何を見て、どちらが正しいと分かったかを入力します。", "What is right, and what shows it."),
        )
        .needed(),
    ],
    opens: Opens::Form,
}];
