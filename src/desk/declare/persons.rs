//! Persons (人): the human beings that accounts, cards, registrations and visits point to.

use super::{Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells};
use crate::domain::{Noun, Person, Row};

fn of(row: &Row, say: impl Fn(&Person) -> String) -> String {
    match row {
        Row::Person(row) => say(row),
        _ => String::new(),
    }
}

/// Whose people.
const STATES: Choices =
    &[("own", Words::new("職員", "own staff")), ("outsider", Words::new("外部の人", "outsiders"))];

/// The register of persons.
pub const REGISTER: Register = Register {
    name: "persons",
    noun: Noun::Person,
    title: Words::new("人", "Persons"),
    reading: "ひと じんぶつ",
    doc: Words::new(
        "台帳に出てくる人です。利用者ID、カード、入室登録、入退室はこの人に結び付きます。",
        "The people in the books; IDs, cards, registrations and visits belong to them.",
    ),
    columns: &[
        Column::new("name", ("氏名", "Name"), 18, |row, _, lang| {
            of(row, |row| cells::text(&row.name, lang))
        })
        .always(),
        Column::new("kana", ("カナ", "Kana"), 18, |row, _, lang| {
            of(row, |row| cells::text(&row.kana, lang))
        }),
        Column::new("outsider", ("外部", "Ext."), 4, |row, _, lang| {
            of(row, |row| cells::outside(row.company.is_some(), lang))
        })
        .always(),
        Column::new("company", ("会社", "Company"), 0, |row, at, lang| {
            of(row, |row| cells::name_of(row.company, at, lang))
        })
        .always(),
        Column::new("organisation", ("所属", "Department"), 16, |row, _, lang| {
            of(row, |row| cells::text(&row.organisation, lang))
        }),
    ],
    detail: &[
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(row.company, at, lang))
        }),
        Column::line("contact", ("連絡先", "Contact"), |row, _, lang| {
            of(row, |row| cells::text(&row.contact, lang))
        }),
        Column::line("identity", ("身元の確認", "Identity"), |row, _, lang| {
            of(row, |row| cells::text(&row.identity, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::Person(row) if row.company.is_some() => "outsider",
        Row::Person(_) => "own",
        _ => "",
    },
    loads: Some("register_person"),
    ..Register::PLAIN
};

const NAME: Field = Field::new(
    "name",
    Kind::Line(80),
    ("氏名", "Name"),
    ("姓と名の間を空けて入力します。", "Family name and given name, with a blank between."),
);
const KANA: Field = Field::new(
    "kana",
    Kind::Kana,
    ("カナ", "Kana"),
    ("氏名の読みをカナで入力します。検索に使います。", "The reading of the name in kana; it is searched by."),
);
const COMPANY: Field = Field::new(
    "company",
    Kind::Ref(Noun::Company),
    ("会社", "Company"),
    ("外部の人の会社を選びます。職員は空欄にします。", "An outsider's company; empty for own staff."),
);
const ORGANISATION: Field = Field::new(
    "organisation",
    Kind::Line(200),
    ("所属", "Department"),
    ("部署や役職を入力します。", "Department or post."),
);
const CONTACT: Field = Field::new(
    "contact",
    Kind::Line(200),
    ("連絡先", "Contact"),
    ("電話番号かメールアドレスを入力します。", "Telephone or e-mail."),
);
const IDENTITY: Field = Field::new(
    "identity",
    Kind::Line(200),
    ("身元の確認", "Identity"),
    (
        "身元を何で確かめたかを入力します。証明書の番号は書きません。",
        "How their identity was established; no document numbers.",
    ),
);

/// What is done with persons.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "register_person",
        title: Words::new("人の登録", "Register person"),
        past: Words::new("人の登録", "Person registered"),
        reading: "ひとのとうろく じんぶつ",
        doc: Words::new(
            "人を台帳に登録します。区画に入るには、続けて入室者の登録か許可が必要です。",
            "Enters a person into the books. To come in they also need a registration or a permit.",
        ),
        about: None,
        register: "persons",
        fields: &[NAME.needed(), KANA.needed(), COMPANY, ORGANISATION, CONTACT, IDENTITY],
        opens: Opens::Form,
    },
    Operation {
        command: "change_person",
        title: Words::new("人の変更", "Change person"),
        past: Words::new("人の変更", "Person changed"),
        reading: "ひとのへんこう とうろくないよう",
        doc: Words::new(
            "氏名、所属などの変更を記録します。空欄の項目は変わりません。",
            "Changes what is known of a person. Fields left empty stay as they are.",
        ),
        about: Some((Noun::Person, "person")),
        register: "persons",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("人", "Person"),
                ("変更する人です。", "Who is changed."),
            )
            .needed(),
            NAME,
            KANA,
            COMPANY,
            Field::new(
                "leaves_company",
                Kind::Flag,
                ("会社を離れた", "Left the company"),
                (
                    "会社に属さなくなった場合に「はい」とします。",
                    "Yes where the person belongs to no company any more.",
                ),
            ),
            ORGANISATION,
            CONTACT,
            IDENTITY,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("変更の理由を入力します。", "Why it is changed."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
];
