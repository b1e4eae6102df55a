//! Organisation IDs (組織ID): what several people do as one division of business, each of them named (J-1-1-1-e).

use super::{
    Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells, delegations, offices, standing,
    users,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{Member, Noun, OrganisationId, Row};

fn of(row: &Row, say: impl Fn(&OrganisationId) -> String) -> String {
    match row {
        Row::OrganisationId(row) => say(row),
        _ => String::new(),
    }
}

fn stands(row: &OrganisationId) -> &'static str {
    if row.closed.is_some() { "closed" } else { "open" }
}

/// States of an organisation ID.
const STATES: Choices =
    &[("open", Words::new("利用中", "in use")), ("closed", Words::new("閉鎖済", "closed"))];

/// Who belongs to it on the day that is looked at.
fn now<'r>(row: &'r OrganisationId, at: &dyn Lookup) -> impl Iterator<Item = &'r Member> + use<'r> {
    let today = at.now().date_naive();
    row.members.iter().filter(move |member| member.is_in_force(today))
}

/// Somebody with their days in it.
fn with_days(member: &Member, at: &dyn Lookup, lang: Lang) -> String {
    let outside = cells::outside(cells::is_outsider(member.person, at), lang);
    let days = cells::from_to(member.first_day(), member.last_day(), lang);
    format!("{} {outside} {days}", cells::name(member.person, at, lang)).replace("  ", " ")
}

/// The register of organisation IDs.
pub const REGISTER: Register = Register {
    name: "organisation_ids",
    noun: Noun::OrganisationId,
    title: Words::new("組織ID", "Organisation IDs"),
    reading: "そしきID そしきあいでぃー",
    doc: Words::new(
        "業務の区分ごとのIDと、それを使う人の記録です。使う人は自分のIDでログインし、したことは組織IDと氏名で残ります。",
        "IDs of divisions, and who uses each when. They log in as themselves; what they do stands under both.",
    ),
    columns: &[
        Column::new("user", ("組織ID", "ID"), 14, |row, _, _| of(row, |row| row.user.clone())).always(),
        Column::new("division", ("業務の区分", "Division"), 16, |row, _, _| {
            of(row, |row| row.division.clone())
        })
        .always(),
        Column::new("roles", ("役割", "Roles"), 0, |row, at, lang| {
            of(row, |row| cells::roles(&row.roles, at.profile(), lang))
        }),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| {
                cells::outside(now(row, at).any(|member| cells::is_outsider(member.person, at)), lang)
            })
        }),
        Column::new("count", ("人数", "People"), 6, |row, at, _| {
            of(row, |row| now(row, at).count().to_string())
        }),
        Column::new("state", ("状態", "State"), 6, |row, _, lang| {
            of(row, |row| standing::words(STATES, stands(row), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("jurisdiction", ("管轄", "Jurisdiction"), |row, at, lang| {
            of(row, |row| cells::jurisdiction(&row.jurisdiction, at.profile(), lang))
        }),
        Column::line("members", ("使う人", "Who uses it"), |row, at, lang| {
            of(row, |row| cells::joined(now(row, at).map(|member| with_days(member, at, lang)), lang))
        }),
        Column::line("all_members", ("使う人の記録", "Everybody, by days"), |row, at, lang| {
            of(row, |row| cells::joined(row.members.iter().map(|member| with_days(member, at, lang)), lang))
        }),
        Column::line("ended", ("終えた理由", "Ended"), |row, at, lang| {
            of(row, |row| {
                let ended = row.members.iter().filter_map(|member| Some((member, member.ended.as_ref()?)));
                let said = ended.map(|(member, ended)| {
                    let who = cells::name(member.person, at, lang);
                    format!("{who} {}", cells::ending(Some(ended), at, lang))
                });
                cells::joined(said, lang)
            })
        }),
        Column::line("made", ("作成", "Made"), |row, at, lang| {
            of(row, |row| cells::ending(Some(&row.made), at, lang))
        }),
        Column::line("closed", ("閉鎖", "Closed"), |row, at, lang| {
            of(row, |row| cells::ending(row.closed.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::OrganisationId(row) => stands(row),
        _ => "",
    },
    ..Register::PLAIN
};

const ORGANISATION: Field = Field::new(
    "organisation",
    Kind::Ref(Noun::OrganisationId),
    ("組織ID", "Organisation ID"),
    ("どの組織IDかを選びます。", "Which organisation ID."),
)
.needed();

/// What is done with organisation IDs.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "make_organisation_id",
        title: Words::new("組織IDの作成", "Make org. ID"),
        past: Words::new("組織IDの作成", "Organisation ID made"),
        reading: "そしきIDのさくせい",
        doc: Words::new(
            "業務の区分の組織IDを作ります。パスワードも鍵もありません。許可や承認には使えません。",
            "Makes an ID for a division. It has no password and no key, and decides nothing.",
        ),
        about: None,
        register: "organisation_ids",
        fields: &[
            Field::new(
                "user",
                Kind::NewUser,
                ("組織ID", "ID"),
                (
                    "半角の小文字、数字、_、- で32文字までです。利用者IDと同じものは使えません。",
                    "Small letters, digits, _ and -, at most 32; not that of a user.",
                ),
            )
            .needed(),
            Field::new(
                "division",
                Kind::Division,
                ("業務の区分", "Division"),
                ("規程が定める業務の区分から選びます。", "A division of the profile."),
            )
            .needed(),
            Field::new(
                "roles",
                Kind::Roles,
                ("役割", "Roles"),
                (
                    "この組織IDですることの役割です。役職と、管理・監査の役割は付けられません。",
                    "In which its people act: no office, no administration, no audit.",
                ),
            )
            .needed(),
            users::JURISDICTION,
            users::WHY,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "add_member",
        title: Words::new("組織IDを使う人の追加", "Add member"),
        past: Words::new("組織IDを使う人の追加", "Member added"),
        reading: "そしきIDをつかうひとのついか",
        doc: Words::new(
            "組織IDを使う人を加えます。その人は自分のIDでログインします（役割のないIDでかまいません）。",
            "Lets somebody act as it. They log in with an ID of their own, which needs no role.",
        ),
        about: Some((Noun::OrganisationId, "organisation")),
        register: "organisation_ids",
        fields: &[
            ORGANISATION,
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("使う人", "Who"),
                ("この組織IDを使う人を選びます。", "Who is to use it."),
            )
            .needed(),
            delegations::FROM,
            Field::new(
                "to",
                Kind::Date,
                ("終了日", "Until"),
                ("最後の日です。次の日から自動的に使えなくなります。", "The last day; it ends by itself."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "end_member",
        title: Words::new("組織IDを使う人の終了", "End member"),
        past: Words::new("組織IDを使う人の終了", "Member ended"),
        reading: "そしきIDをつかうひとのしゅうりょう",
        doc: Words::new(
            "組織IDを使えなくします。最後の日を空欄にすると、いますぐ終わります。",
            "Lets somebody use it no more, at once where no last day is given.",
        ),
        about: Some((Noun::OrganisationId, "organisation")),
        register: "organisation_ids",
        fields: &[
            ORGANISATION,
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("使う人", "Who"),
                ("終える人を選びます。", "Whose use ends."),
            )
            .needed(),
            offices::LAST,
            users::WHY,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "close_organisation_id",
        title: Words::new("組織IDの閉鎖", "Close org. ID"),
        past: Words::new("組織IDの閉鎖", "Organisation ID closed"),
        reading: "そしきIDのへいさ",
        doc: Words::new(
            "組織IDを閉鎖します。だれも使えなくなり、記録は残ります。",
            "Ends it: nobody acts as it any more, and its record stays.",
        ),
        about: Some((Noun::OrganisationId, "organisation")),
        register: "organisation_ids",
        fields: &[ORGANISATION, users::WHY],
        opens: Opens::Confirm,
    },
];
