//! Companies (会社): contractors and other organisations from outside (N-5).

use super::{Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells};
use crate::domain::{Company, Noun, Row};

fn of(row: &Row, say: impl Fn(&Company) -> String) -> String {
    match row {
        Row::Company(row) => say(row),
        _ => String::new(),
    }
}

/// Whose contractors.
const STATES: Choices = &[
    ("secretariat", Words::new("事務局の委託先", "secretariat's")),
    ("other", Words::new("その他", "other")),
];

/// The register of companies.
pub const REGISTER: Register = Register {
    name: "companies",
    noun: Noun::Company,
    title: Words::new("会社", "Companies"),
    reading: "かいしゃ ぎょうしゃ",
    doc: Words::new(
        "委託先など外部の会社です。事務局の委託先と再委託先には印が付きます。",
        "Contractors and other companies; those of the secretariat are marked.",
    ),
    columns: &[
        Column::new("name", ("会社名", "Name"), 0, |row, _, lang| {
            of(row, |row| cells::text(&row.name, lang))
        })
        .always(),
        Column::new("kana", ("カナ", "Kana"), 20, |row, _, lang| {
            of(row, |row| cells::text(&row.kana, lang))
        }),
        Column::new("secretariat", ("事務局の委託", "Secretariat's"), 17, |row, at, lang| {
            of(row, |row| cells::secretariat(Some(row.id), at, lang))
        })
        .always(),
        Column::new("outsourced_by", ("再委託元", "Works for"), 18, |row, at, lang| {
            of(row, |row| cells::name_of(row.outsourced_by, at, lang))
        }),
    ],
    detail: &[
        Column::line("contact", ("連絡先", "Contact"), |row, _, lang| {
            of(row, |row| cells::text(&row.contact, lang))
        }),
        Column::line("address", ("住所", "Address"), |row, _, lang| {
            of(row, |row| cells::text(&row.address, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::Company(row) if row.secretariat => "secretariat",
        Row::Company(_) => "other",
        _ => "",
    },
    loads: Some("register_company"),
    ..Register::PLAIN
};

/// What is done with companies.
pub const OPERATIONS: &[Operation] = &[Operation {
    command: "register_company",
    title: Words::new("会社の登録", "Register company"),
    past: Words::new("会社の登録", "Company registered"),
    reading: "かいしゃのとうろく ぎょうしゃ",
    doc: Words::new(
        "委託先などの会社を登録します。作業者はこの会社の人として登録します。",
        "Enters a contractor. Its workers are registered as persons of this company.",
    ),
    about: None,
    register: "companies",
    fields: &[
        Field::new(
            "name",
            Kind::Line(80),
            ("会社名", "Name"),
            ("会社の正式な名称を入力します。", "The company's full name."),
        )
        .needed(),
        Field::new(
            "kana",
            Kind::Kana,
            ("カナ", "Kana"),
            ("会社名の読みをカナで入力します。", "The reading of the name in kana."),
        )
        .needed(),
        Field::new(
            "contact",
            Kind::Line(200),
            ("連絡先", "Contact"),
            ("電話番号かメールアドレスを入力します。", "Telephone or e-mail."),
        ),
        Field::new(
            "address",
            Kind::Line(200),
            ("住所", "Address"),
            ("郵便番号と住所を入力します。", "Postal address."),
        ),
        Field::new(
            "secretariat",
            Kind::Flag,
            ("事務局の委託先", "Secretariat's"),
            (
                "事務局が直接委託した会社の場合に「はい」とします。",
                "Yes where the secretariat itself contracted this company.",
            ),
        ),
        Field::new(
            "outsourced_by",
            Kind::Ref(Noun::Company),
            ("再委託元", "Works for"),
            (
                "別の委託先から再委託を受けた会社の場合に、その委託先を選びます。",
                "The contractor on whose behalf it works, where work was outsourced again.",
            ),
        ),
    ],
    opens: Opens::Form,
}];
