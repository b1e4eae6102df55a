//! Corrections (訂正): one field of a visit, by a new entry with a reason.

use super::{Choices, Field, Kind, Opens, Operation, Words};
use crate::domain::Noun;

/// How a visit is corrected.
pub const OPERATIONS: &[Operation] = &[Operation {
    command: "correct",
    title: Words::new("訂正", "Correct"),
    past: Words::new("訂正", "Corrected"),
    reading: "ていせい しゅうせい",
    doc: Words::new(
        "入退室の記録の1項目を、理由を付けて訂正します。元の記録も証跡に残ります。",
        "Corrects one field of a visit, with a reason. What stood there before stays in the log.",
    ),
    about: Some((Noun::Visit, "record")),
    register: "visits",
    fields: &[
        Field::new(
            "record",
            Kind::Ref(Noun::Visit),
            ("入退室", "Visit"),
            ("訂正する入退室の記録です。", "Which visit."),
        )
        .needed(),
        Field::new(
            "field",
            Kind::Choice(FIELDS),
            ("訂正する項目", "Field"),
            ("訂正する項目を選びます。", "Which field is wrong."),
        )
        .needed(),
        Field::new(
            "value",
            Kind::Corrected,
            ("正しい値", "Right value"),
            (
                "人、区画、番号、時刻などの正しい値を入力します。",
                "The right value, where the field holds a person, a zone, a number or a time.",
            ),
        ),
        Field::new(
            "text",
            Kind::Block(1000),
            ("正しい文", "Right text"),
            (
                "訪問先、持込品、備考など文章の項目の正しい内容を入力します。",
                "The right text, where the field holds words, such as the remarks.",
            ),
        ),
        Field::new(
            "reason",
            Kind::Block(500),
            ("理由", "Reason"),
            ("訂正の理由を入力します。", "Why it is corrected."),
        )
        .needed(),
    ],
    opens: Opens::Form,
}];

/// The kind of value that corrects a field; `None` for the fields that hold words.
pub fn corrected_as(field: &str) -> Option<Kind> {
    Some(match field {
        "person" => Kind::Ref(Noun::Person),
        "permit" => Kind::Ref(Noun::Permit),
        "zone" => Kind::Zone,
        "rack" => Kind::Rack,
        "purpose" => Kind::Purpose,
        "identification" => Kind::Identification,
        "badge" => Kind::Code,
        "came" | "left" => Kind::Stamp,
        _ => return None,
    })
}

/// The fields of a visit that can be corrected, by stable name.
const FIELDS: Choices = &[
    ("person", Words::new("氏名", "Person")),
    ("zone", Words::new("区画", "Zone")),
    ("rack", Words::new("ラック", "Rack")),
    ("purpose", Words::new("目的", "Purpose")),
    ("badge", Words::new("バッジ", "Badge")),
    ("identification", Words::new("本人確認", "Identified by")),
    ("came", Words::new("入室時刻", "In")),
    ("left", Words::new("退室時刻", "Out")),
    ("permit", Words::new("許可", "Permit")),
    ("visited", Words::new("訪問先", "Visits")),
    ("carried_in", Words::new("持込品", "Carried in")),
    ("carried_out", Words::new("持出品", "Carried out")),
    ("remarks", Words::new("備考", "Remarks")),
];
