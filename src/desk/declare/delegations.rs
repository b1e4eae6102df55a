//! Delegations (委任): what somebody lets another do for them, from when to when (G-11).

use super::{
    Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells, standing, title_of_command, users,
};
use crate::desk::Lang;
use crate::domain::{Date, Delegation, Noun, Row};

fn of(row: &Row, say: impl Fn(&Delegation) -> String) -> String {
    match row {
        Row::Delegation(row) => say(row),
        _ => String::new(),
    }
}

/// Where it stands on a day.
fn stands(row: &Delegation, today: Date) -> &'static str {
    standing::of_term(row.ended.is_some(), (row.from, Some(row.to)), today)
}

/// States of a delegation.
const STATES: Choices = &[
    ("in_force", Words::new("有効", "in force")),
    ("to_come", Words::new("開始前", "to come")),
    ("over", Words::new("満了", "over")),
    ("ended", Words::new("終了", "ended")),
];

fn what(row: &Delegation, lang: Lang) -> String {
    if row.clerk {
        return lang.pick("担当者の事務", "a clerk's work").to_owned();
    }
    if row.what.is_empty() {
        return lang.pick("すべて", "everything").to_owned();
    }
    cells::joined(row.what.iter().map(|what| title_of_command(what, lang)), lang)
}

/// The register of delegations.
pub const REGISTER: Register = Register {
    name: "delegations",
    noun: Noun::Delegation,
    title: Words::new("委任", "Delegations"),
    reading: "いにん",
    doc: Words::new(
        "だれが、だれに、何を、いつからいつまで委任したかの記録です。委任の期間だけ、委任した人の代わりに操作できます。",
        "Who lets whom do what for them, from when to when.",
    ),
    columns: &[
        Column::new("id", ("番号", "Number"), 9, |row, _, _| row.id().to_string()).always(),
        Column::new("from_whom", ("委任した人", "From"), 10, |row, at, lang| {
            of(row, |row| cells::name(row.from_whom, at, lang))
        })
        .always(),
        Column::new("to_whom", ("委任された人", "To"), 11, |row, at, lang| {
            of(row, |row| cells::name(row.to_whom, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.to_whom, at), lang))
        }),
        Column::new("what", ("内容", "What"), 0, |row, _, lang| of(row, |row| what(row, lang))),
        Column::new("period", ("期間", "Period"), 21, |row, _, lang| {
            of(row, |row| cells::period(row.first_day(), row.to, lang))
        }),
        Column::new("state", ("状態", "State"), 6, |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at.now().date_naive()), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("made", ("委任の記録", "Made"), |row, at, lang| {
            of(row, |row| cells::ending(Some(&row.made), at, lang))
        }),
        Column::line("ended", ("終了の記録", "Ended"), |row, at, lang| {
            of(row, |row| cells::ending(row.ended.as_ref(), at, lang))
        }),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::Delegation(row) => stands(row, at.now().date_naive()),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::Delegation(row) if stands(row, viewer.at.now().date_naive()) == state),
    whom: |row, at, lang| of(row, |row| cells::name(row.to_whom, at, lang)),
    ..Register::PLAIN
};

/// The first day of what begins at once where none is told.
pub(super) const FROM: Field = Field::new(
    "from",
    Kind::Date,
    ("開始日", "From"),
    ("最初の日です。空欄なら、いまからです。", "The first day; from now on where empty."),
);

const UNTIL: Field = Field::new(
    "to",
    Kind::Date,
    ("終了日", "Until"),
    ("最後の日です。次の日から自動的に終わります。", "The last day; it ends by itself."),
)
.needed();

/// What is done with delegations.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "delegate",
        title: Words::new("権限の委任", "Delegate"),
        past: Words::new("権限の委任", "Delegated"),
        reading: "けんげんのいにん",
        doc: Words::new(
            "自分の権限を、期間を決めてほかの人に委任します。その人の操作は、あなたの代わりと記録されます。",
            "Lets somebody act for you for a period. What they do stands as done for you.",
        ),
        about: None,
        register: "delegations",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("委任する相手", "To whom"),
                ("代わりに操作する人を選びます。", "Who is to act."),
            )
            .needed(),
            Field::new(
                "what",
                Kind::Rights,
                ("委任する操作", "What"),
                (
                    "委任する操作や閲覧を選びます。空欄なら、あなたにできることすべてです。",
                    "Commands and queries; everything you may do where empty.",
                ),
            ),
            FROM,
            UNTIL,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("出張、休暇などを入力します。", "Why you delegate."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "name_clerk",
        title: Words::new("担当者の指定", "Name clerk"),
        past: Words::new("担当者の指定", "Clerk named"),
        reading: "たんとうしゃのしてい",
        doc: Words::new(
            "書類の受付、確認、回付などの事務を、期間を決めて担当者に任せます。担当者は決裁できません。",
            "Leaves clerical work to somebody for a period: they receive, check and pass on, and decide nothing.",
        ),
        about: None,
        register: "delegations",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("担当者", "Clerk"),
                ("事務を任せる人を選びます。", "Who is to do the clerical work."),
            )
            .needed(),
            FROM,
            UNTIL,
            users::WHY,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "end_delegation",
        title: Words::new("委任の終了", "End delegation"),
        past: Words::new("委任の終了", "Delegation ended"),
        reading: "いにんのしゅうりょう",
        doc: Words::new("委任を期間の前に終えます。", "Ends a delegation before its time."),
        about: Some((Noun::Delegation, "delegation")),
        register: "delegations",
        fields: &[
            Field::new(
                "delegation",
                Kind::Ref(Noun::Delegation),
                ("委任", "Delegation"),
                ("どの委任かを選びます。", "Which delegation."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("終える理由を入力します。", "Why it ends."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
