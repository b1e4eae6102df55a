//! Badges (バッジ) that are lent, and cards (カード) that a person holds (I-3-2-3, J-3-3-2).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing,
};
use crate::domain::{Badge, BadgeState, Noun, Row};

fn of(row: &Row, say: impl Fn(&Badge) -> String) -> String {
    match row {
        Row::Badge(row) => say(row),
        _ => String::new(),
    }
}

/// What a badge is for.
pub const KINDS: Choices =
    &[("badge", Words::new("貸出バッジ", "badge")), ("card", Words::new("個人カード", "card"))];

/// What is reported of a badge.
pub const REPORTS: Choices = &[
    ("lost", Words::new("紛失した", "lost")),
    ("broken", Words::new("壊れた", "broken")),
    ("found", Words::new("見つかった・直った", "found or mended")),
    ("returned", Words::new("後から返ってきた", "brought back")),
    ("disposed", Words::new("廃棄した", "disposed of")),
];

/// States of a badge or card.
const STATES: Choices = &[
    ("in", Words::new("保管中", "in place")),
    ("out", Words::new("貸出中", "lent")),
    ("not_returned", Words::new("未返却", "not returned")),
    ("lost", Words::new("紛失", "lost")),
    ("missing", Words::new("未返却・紛失", "not returned or lost")),
    ("broken", Words::new("破損", "broken")),
    ("disposed", Words::new("廃棄済", "disposed")),
];

/// The register of badges and cards.
pub const REGISTER: Register = Register {
    name: "badges",
    noun: Noun::Badge,
    title: Words::new("バッジ・カード", "Badges and cards"),
    reading: "ばっじ・かーど",
    doc: Words::new(
        "貸し出す入室バッジと、個人が持つカードです。貸出中と未返却が分かります。",
        "The badges that are lent and the cards that people hold, and where each is.",
    ),
    columns: &[
        Column::new("number", ("番号", "Number"), 14, |row, _, _| of(row, |row| row.number.clone())).always(),
        Column::new("kind", ("種類", "Kind"), 10, |row, _, lang| {
            of(row, |row| standing::words(KINDS, row.kind.name(), lang))
        }),
        Column::new("state", ("状態", "State"), 12, |row, _, lang| {
            of(row, |row| standing::words(STATES, row.state.name(), lang))
        })
        .always(),
        Column::new("with", ("今の持ち主", "With"), 0, |row, at, lang| {
            of(row, |row| match (row.visit.and_then(|visit| at.row(visit)), row.holder) {
                (Some(Row::Visit(visit)), _) => cells::name(visit.person, at, lang),
                (_, holder) => cells::name_of(holder, at, lang),
            })
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| match (row.visit.and_then(|visit| at.row(visit)), row.holder) {
                (Some(Row::Visit(visit)), _) => cells::outside(visit.is_from_outside(), lang),
                (_, Some(holder)) => cells::outside(cells::is_outsider(holder, at), lang),
                _ => String::new(),
            })
        }),
        Column::new("since", ("いつから", "Since"), 16, |row, _, lang| {
            of(row, |row| cells::stamp(row.since, lang))
        }),
    ],
    detail: &[
        Column::line("zone", ("区画", "Zone"), |row, at, lang| {
            of(row, |row| row.zone.as_ref().map(|zone| cells::zone(zone, at, lang)).unwrap_or_default())
        }),
        Column::line("holder", ("カードの本人", "Card's holder"), |row, at, lang| {
            of(row, |row| cells::name_of(row.holder, at, lang))
        }),
        Column::line("visit", ("貸出先の入退室", "Lent for visit"), |row, _, _| {
            of(row, |row| row.visit.map(|visit| visit.to_string()).unwrap_or_default())
        }),
        Column::line("remarks", ("備考", "Remarks"), |row, _, lang| {
            of(row, |row| cells::text(&row.remarks, lang))
        }),
        Column::line("id", ("台帳の番号", "Record"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::Badge(row) => row.state.name(),
        _ => "",
    },
    is_in: |row, state, viewer| match (row, state) {
        (Row::Badge(row), "missing") => matches!(row.state, BadgeState::NotReturned | BadgeState::Lost),
        _ => standing::is_so(row, state, viewer),
    },
    today: &[
        Open::new("badges_out", ("貸出中のバッジ", "Badges out"), Place::Now, "out"),
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["not_returned", "lost"]),
            ..Open::new(
                "badges_missing",
                ("返却されていない・紛失したバッジ", "Badges not returned or lost"),
                Place::Now,
                "missing",
            )
        },
    ],
    loads: Some("register_badge"),
    ..Register::PLAIN
};

/// What is done with badges.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "register_badge",
        title: Words::new("バッジの登録", "Register badge"),
        past: Words::new("バッジの登録", "Badge registered"),
        reading: "ばっじのとうろく かーど",
        doc: Words::new(
            "貸し出すバッジか、個人が持つカードを登録します。",
            "Enters a badge that is lent, or a card that a person holds.",
        ),
        about: None,
        register: "badges",
        fields: &[
            Field::new(
                "number",
                Kind::Code,
                ("番号", "Number"),
                ("バッジを読み取るか、番号を入力します。", "Scan the badge, or type the number on it."),
            )
            .needed(),
            Field::new(
                "kind",
                Kind::Choice(KINDS),
                ("種類", "Kind"),
                ("貸出バッジか個人カードかを選びます。", "A badge that is lent, or a person's card."),
            )
            .needed(),
            Field::new(
                "zone",
                Kind::Zone,
                ("区画", "Zone"),
                ("区画ごとのバッジの場合に選びます。", "The zone it is for, where badges differ by zone."),
            ),
            Field::new(
                "holder",
                Kind::Ref(Noun::Person),
                ("カードの本人", "Card's holder"),
                ("個人カードの場合に、持つ人を選びます。", "Who holds it, where it is a card."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "report_badge",
        title: Words::new("バッジの異動", "Report badge"),
        past: Words::new("バッジの異動", "Badge reported"),
        reading: "ばっじのいどう ほうこく ふんしつ はそん",
        doc: Words::new(
            "バッジやカードの紛失、破損、発見、返却、廃棄を記録します。",
            "Records that a badge or card is lost, broken, found, brought back or disposed of.",
        ),
        about: Some((Noun::Badge, "badge")),
        register: "badges",
        fields: &[
            Field::new(
                "badge",
                Kind::Code,
                ("番号", "Number"),
                ("バッジの番号を読み取るか入力します。", "Scan or type the badge's number."),
            )
            .needed(),
            Field::new(
                "what",
                Kind::Choice(REPORTS),
                ("できごと", "What happened"),
                ("何があったかを選びます。", "What happened to it."),
            )
            .needed(),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("状況", "Remarks"),
                ("いつ、どこでなど、分かることを入力します。", "When, where, and what else is known."),
            ),
        ],
        opens: Opens::Form,
    },
];
