//! Persons (人): the human beings that accounts, cards, registrations and visits point to.

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing,
};
use crate::desk::{Lookup, Viewer};
use crate::domain::{Id, Noun, Person, Row, is_unsettled, unsettled};

fn of(row: &Row, say: impl Fn(&Person) -> String) -> String {
    match row {
        Row::Person(row) => say(row),
        _ => String::new(),
    }
}

/// Whose people, and what became of the record.
const STATES: Choices = &[
    ("own", Words::new("職員", "own staff")),
    ("outsider", Words::new("外部の人", "outsiders")),
    ("joined", Words::new("統合済み", "joined to another")),
    ("unsettled", Words::new("同じ氏名で未確認", "same name, not settled")),
];

fn is_in(row: &Row, state: &str, viewer: &Viewer<'_>) -> bool {
    match state {
        // What cannot be read is said by the list itself.
        "unsettled" => is_unsettled(viewer.view, viewer.at.profile(), row.id()).unwrap_or_default(),
        _ => standing::is_so(row, state, viewer),
    }
}

/// What is in force or in the hands of a person, by number: accounts, offices, delegations, registrations, permits, cards, keys.
fn in_use(person: Id, at: &dyn Lookup) -> Vec<Id> {
    let today = at.now().date_naive();
    // Of the visits there are many, and who is inside stands on a list of its own.
    let nouns = Noun::ALL
        .into_iter()
        .filter(|noun| noun.filing().is_ever_in_use() && !noun.filing().is_listed_by_days());
    let rows = nouns.flat_map(|noun| at.under(noun, person));
    rows.filter(|row| row.is_in_use(person, today)).map(|row| row.id()).collect()
}

/// The noun among whose records one is picked where it is asked what somebody may do.
pub const PEOPLE: Noun = Noun::Person;

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
        Column::line("joined_to", ("統合先", "Joined to"), |row, _, _| {
            of(row, |row| Id::list(row.joined_to))
        }),
        Column::line("joined", ("統合した記録", "Joined to it"), |row, _, _| {
            of(row, |row| Id::list(&row.joined))
        }),
        Column::line("apart", ("別人と確認", "Told apart"), |row, _, _| {
            of(row, |row| Id::list(&row.apart))
        }),
        Column::line("in_use", ("有効なもの", "In force"), |row, at, _| {
            of(row, |row| Id::list(in_use(row.id, at)))
        }),
        Column::line("left", ("離任", "Left"), |row, at, lang| {
            of(row, |row| cells::ending(row.left.as_ref(), at, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::Person(row) if row.joined_to.is_some() => "joined",
        Row::Person(row) if row.company.is_some() => "outsider",
        Row::Person(_) => "own",
        _ => "",
    },
    is_in,
    loads: Some("register_person"),
    today: &[Open {
        urgent: Urgent::Always,
        among: Among::Found(|view, profile, _| unsettled(view, profile)),
        ..Open::new(
            "namesakes",
            ("同じ氏名の人の記録（同じ人か未確認）", "People of the same name, not settled"),
            Place::Due,
            "unsettled",
        )
    }],
    rests: true,
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

const SHOWN_BY: Field = Field::new(
    "reason",
    Kind::Block(500),
    ("確かめた方法", "What shows it"),
    ("誰に何を確かめたかを入力します。", "What was asked of whom, or compared."),
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
    Operation {
        command: "merge_persons",
        title: Words::new("人の統合", "Merge persons"),
        past: Words::new("人の統合", "Persons merged"),
        reading: "ひとのとうごう じんぶつ おなじひと",
        doc: Words::new(
            "二つの記録が同じ人のものだと記録し、この記録を他方に統合します。統合で権限は移りません。",
            "Says that two records are one person's; this one is joined to the other. It moves no right.",
        ),
        about: Some((Noun::Person, "person")),
        register: "persons",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("使わなくする記録", "Record given up"),
                (
                    "有効な登録、許可、ID、カード、鍵が残っていない方の記録です。",
                    "The one with nothing in force.",
                ),
            )
            .needed(),
            Field::new(
                "into",
                Kind::Ref(Noun::Person),
                ("残す記録", "Record that stays"),
                ("同じ人の、これから使う記録を選びます。", "The same person's record that goes on."),
            )
            .needed(),
            SHOWN_BY.needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "leave",
        title: Words::new("離任", "Leaves"),
        past: Words::new("離任", "Left"),
        reading: "りにん たいしょく いどう",
        doc: Words::new(
            "ここを離れる人の有効なものを、まとめて終えます: 利用者ID、役職、委任、緊急用ID、登録、申請。カードや鍵は先に返してもらいます。",
            "Ends all that rests on somebody who leaves: IDs, offices, delegations, registrations. Cards and keys come back first.",
        ),
        about: Some((Noun::Person, "person")),
        register: "persons",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("人", "Person"),
                ("離れる人を選びます。", "Who leaves."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("退職、異動、契約の終了などを入力します。", "Why they leave."),
            )
            .needed(),
        ],
        opens: Opens::Ending,
    },
    Operation {
        command: "keep_apart",
        title: Words::new("別人の確認", "Tell persons apart"),
        past: Words::new("別人の確認", "Persons told apart"),
        reading: "べつじんのかくにん どうせいどうめい",
        doc: Words::new(
            "同じ氏名の二つの記録が別の人のものだと記録します。統合されていれば解きます。どちらの本人もできません。",
            "Says that two records are two people's, and undoes a merge. Neither of the two may do it.",
        ),
        about: Some((Noun::Person, "person")),
        register: "persons",
        fields: &[
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("人", "Person"),
                ("一方の記録です。", "One record."),
            )
            .needed(),
            Field::new(
                "other",
                Kind::Ref(Noun::Person),
                ("別の人", "The other"),
                ("別の人だと確かめた、もう一方の記録を選びます。", "The record found to be somebody else's."),
            )
            .needed(),
            SHOWN_BY.needed(),
        ],
        opens: Opens::Form,
    },
];
