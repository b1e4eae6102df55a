//! Entrants (入室者): persons registered and permitted beforehand (I-3-2-1).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Words, cells, standing,
};
use crate::desk::Lookup;
use crate::domain::{Entrant, Noun, Row, Standing, ends_soon, entrant_standing};

fn of(row: &Row, say: impl Fn(&Entrant) -> String) -> String {
    match row {
        Row::Entrant(row) => say(row),
        _ => String::new(),
    }
}

/// Where a registration stands: `in_force`, `ending_soon`, `not_yet`, `lapsed`, `revoked`.
fn stands(row: &Entrant, at: &dyn Lookup) -> &'static str {
    let today = at.now().date_naive();
    match entrant_standing(row, today) {
        Standing::InForce if ends_soon(row.to, today, at.profile()) => "ending_soon",
        Standing::Ended => "revoked",
        standing => standing.name(),
    }
}

/// States of a registration.
const STATES: Choices = &[
    ("in_force", Words::new("有効", "in force")),
    ("ending_soon", Words::new("期限間近", "ending soon")),
    ("not_yet", Words::new("開始前", "not begun")),
    ("lapsed", Words::new("期限切れ", "lapsed")),
    ("revoked", Words::new("取消", "revoked")),
];

/// The register of entrants.
pub const REGISTER: Register = Register {
    name: "entrants",
    noun: Noun::Entrant,
    title: Words::new("入室者登録", "Entrants"),
    reading: "にゅうしつしゃとうろく",
    doc: Words::new(
        "区画に入ることを、期間を決めてあらかじめ許可された人の登録です。",
        "Who is permitted beforehand to enter which zones, and for how long.",
    ),
    columns: &[
        Column::new("person", ("氏名", "Person"), 16, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.person, at), lang))
        })
        .always(),
        Column::new("zones", ("区画", "Zones"), 0, |row, at, lang| {
            of(row, |row| cells::zones(&row.zones, at, lang))
        }),
        Column::new("to", ("期限", "Until"), 10, |row, _, lang| of(row, |row| cells::day(row.to, lang)))
            .always(),
        Column::new("escort", ("付添い", "Escort"), 6, |row, _, lang| {
            of(row, |row| if row.escort { lang.pick("可", "may").to_owned() } else { String::new() })
        }),
        Column::new("state", ("状態", "State"), 12, |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("organisation", ("会社・所属", "Organisation"), |row, at, lang| {
            of(row, |row| cells::affiliation(row.person, at, lang))
        }),
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(cells::company_of(row.person, at), at, lang))
        }),
        Column::line("from", ("開始日", "From"), |row, _, lang| of(row, |row| cells::day(row.from, lang))),
        Column::line("permitted_by", ("許可者", "Permitted by"), |row, at, lang| {
            of(row, |row| cells::name(row.permitted_by, at, lang))
        }),
        Column::line("credential", ("確認の手段", "Credential"), |row, _, lang| {
            of(row, |row| cells::text(&row.credential, lang))
        }),
        Column::line("revoked", ("取消", "Revoked"), |row, at, lang| {
            of(row, |row| cells::ending(row.revoked.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::Entrant(row) => stands(row, at),
        _ => "",
    },
    whom: |row, at, lang| match row {
        Row::Entrant(row) => cells::whom(row.person, cells::company_of(row.person, at), at, lang),
        _ => String::new(),
    },
    today: &[Open {
        among: Among::Ending,
        ..Open::new(
            "entrants_ending",
            ("まもなく期限が切れる入室者登録", "Entrant registrations ending soon"),
            Place::Soon,
            "ending_soon",
        )
    }],
    loads: Some("register_entrant"),
    ..Register::PLAIN
};

/// What is done with entrants.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "register_entrant",
        title: Words::new("入室者の登録", "Register entrant"),
        past: Words::new("入室者の登録", "Entrant registered"),
        reading: "にゅうしつしゃのとうろく",
        doc: Words::new(
            "区画に入ってよい人を、期間を決めて登録します。自分自身の登録を許可することはできません。",
            "Permits a person to enter zones for a period. Nobody permits their own registration.",
        ),
        about: None,
        register: "entrants",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                ("登録する人を選びます。", "Who is registered."),
            )
            .needed(),
            Field::new(
                "zones",
                Kind::Zones,
                ("区画", "Zones"),
                ("入ってよい区画を選びます。", "The zones they may enter."),
            )
            .needed(),
            Field::new(
                "from",
                Kind::Date,
                ("開始日", "From"),
                ("有効になる最初の日です。", "The first day."),
            )
            .needed(),
            Field::new(
                "to",
                Kind::Date,
                ("終了日", "Until"),
                ("有効な最後の日です。この日まで入れます。", "The last day; they may still enter on it."),
            )
            .needed(),
            Field::new(
                "permitted_by",
                Kind::Ref(Noun::Person),
                ("許可者", "Permitted by"),
                (
                    "入室を許可した権限者です。空欄なら操作している本人になります。",
                    "Who permitted it; whoever types where empty.",
                ),
            ),
            Field::new(
                "escort",
                Kind::Flag,
                ("付添い可", "May escort"),
                ("外部の人に付き添ってよい場合に「はい」とします。", "Yes where they may escort outsiders."),
            ),
            Field::new(
                "credential",
                Kind::Line(200),
                ("確認の手段", "Credential"),
                (
                    "入口で本人と確かめる手段（職員カードなど）を入力します。",
                    "What they identify themselves with at the door, such as a staff card.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "revoke_entrant",
        title: Words::new("入室者登録の取消", "Revoke entrant"),
        past: Words::new("入室者登録の取消", "Entrant revoked"),
        reading: "にゅうしつしゃとうろくのとりけし しゅうりょう",
        doc: Words::new(
            "入室者の登録を期限の前に終わらせます。次の入室からは入れません。",
            "Ends a registration before its last day. The person cannot come in any more.",
        ),
        about: Some((Noun::Entrant, "entrant")),
        register: "entrants",
        fields: &[
            Field::new(
                "entrant",
                Kind::Ref(Noun::Entrant),
                ("入室者登録", "Registration"),
                ("取り消す登録です。", "Which registration."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("異動、退職などの理由を入力します。", "Why: a transfer, a retirement, and so on."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
