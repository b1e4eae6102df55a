//! Devices (機器): the machines that are kept in a list by hand (J-2-1-IT-a).

use super::{Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells, standing};
use crate::domain::{Device, Noun, Row};

fn of(row: &Row, say: impl Fn(&Device) -> String) -> String {
    match row {
        Row::Device(row) => say(row),
        _ => String::new(),
    }
}

/// What a machine is.
const KINDS: Choices = &[
    ("server", Words::new("サーバ", "server")),
    ("terminal", Words::new("端末", "terminal")),
    ("network", Words::new("通信機器", "network device")),
    ("storage", Words::new("記憶装置", "storage")),
    ("appliance", Words::new("医療・計測機器", "medical device")),
    ("other", Words::new("その他", "other")),
];

/// Why a machine is kept by hand.
const BY_HAND: Choices = &[
    ("not_covered", Words::new("資産管理の対象外", "not covered")),
    ("stand_alone", Words::new("スタンドアローン", "stands alone")),
    ("test_system", Words::new("検証用の単独システム", "single test system")),
    ("network", Words::new("通信機器", "network device")),
];

/// States of a device.
const STATES: Choices =
    &[("in_use", Words::new("使用中", "in use")), ("retired", Words::new("使用終了", "retired"))];

/// The register of devices.
pub const REGISTER: Register = Register {
    name: "devices",
    noun: Noun::Device,
    title: Words::new("機器", "Devices"),
    reading: "きき しきべつこーど しさん",
    doc: Words::new(
        "手作業で管理する機器の一覧です。申請・許可と作業記録の対象をここから選びます。",
        "The machines that are kept by hand. Applications, permits and work records name them as their target.",
    ),
    columns: &[
        Column::new("code", ("識別コード", "Code"), 14, |row, _, _| of(row, |row| row.code.clone())).always(),
        Column::new("kind", ("種類", "Kind"), 12, |row, _, lang| {
            of(row, |row| standing::words(KINDS, row.kind.name(), lang))
        }),
        Column::new("place", ("場所", "Place"), 0, |row, at, lang| {
            of(row, |row| {
                let zone = row.zone.as_ref().map(|zone| cells::zone(zone, at, lang));
                let place = Some(row.place.clone()).filter(|place| !place.is_empty());
                [zone, row.rack.clone(), place].into_iter().flatten().collect::<Vec<_>>().join(" ")
            })
        })
        .always(),
        Column::new("used_by", ("利用者", "Used by"), 12, |row, at, lang| {
            of(row, |row| cells::name_of(row.used_by, at, lang))
        }),
        Column::new("personal_information", ("個人情報", "Pers. info."), 8, |row, _, lang| {
            of(row, |row| cells::tick(row.personal_information, lang))
        }),
        Column::new("state", ("状態", "State"), 8, |row, at, lang| {
            of(row, |_| standing::said(row, at, lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("zone", ("区画", "Zone"), |row, at, lang| {
            of(row, |row| row.zone.as_ref().map(|zone| cells::zone(zone, at, lang)).unwrap_or_default())
        }),
        Column::line("rack", ("ラック", "Rack"), |row, _, _| {
            of(row, |row| row.rack.clone().unwrap_or_default())
        }),
        Column::line("stand_alone", ("スタンドアローン", "Stands alone"), |row, _, lang| {
            of(row, |row| cells::yes_no(row.stand_alone, lang))
        }),
        Column::line(
            "by_hand",
            ("手作業で管理する理由", "Kept by hand because"),
            |row, _, lang| of(row, |row| standing::words(BY_HAND, row.by_hand.name(), lang)),
        ),
        Column::line("user_id", ("利用者のID", "User's ID"), |row, _, lang| {
            of(row, |row| cells::text(&row.user_id, lang))
        }),
        Column::line("department", ("所管部署", "Department"), |row, _, _| {
            of(row, |row| row.department.clone())
        }),
        Column::line("software", ("ソフトウェア", "Software"), |row, _, _| {
            of(row, |row| row.software.clone())
        }),
        Column::line("carried_over", ("以前の台帳から", "Carried over"), |row, _, lang| {
            of(row, |row| cells::tick(row.carried_over, lang))
        }),
        Column::line("retired", ("使用終了", "Retired"), |row, at, lang| {
            of(row, |row| cells::ending(row.retired.as_ref(), at, lang))
        }),
        Column::line("remarks", ("備考", "Remarks"), |row, _, lang| {
            of(row, |row| cells::text(&row.remarks, lang))
        }),
        Column::line("id", ("台帳の番号", "Record"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::Device(row) if row.retired.is_some() => "retired",
        Row::Device(_) => "in_use",
        _ => "",
    },
    loads: Some("register_device"),
    ..Register::PLAIN
};

const DEVICE: Field = Field::new(
    "device",
    Kind::Ref(Noun::Device),
    ("機器", "Device"),
    ("どの機器かを選びます。", "Which device."),
)
.needed();
const KIND: Field = Field::new(
    "kind",
    Kind::Choice(KINDS),
    ("種類", "Kind"),
    ("機器の種類を選びます。", "What the machine is."),
);
const ZONE: Field = Field::new(
    "zone",
    Kind::Zone,
    ("区画", "Zone"),
    ("区画の中にある機器は、その区画を選びます。", "The zone in which it stands, if it stands in one."),
);
const RACK: Field = Field::new(
    "rack",
    Kind::Rack,
    ("ラック", "Rack"),
    ("区画のラックを選びます。", "One of the zone's racks."),
);
const PLACE: Field = Field::new(
    "place",
    Kind::Line(200),
    ("設置場所", "Place"),
    ("建物や部屋など、置いてある場所を入力します。", "Building, room and so on, in words."),
);
const STAND_ALONE: (&str, (&str, &str), (&str, &str)) = (
    "stand_alone",
    ("スタンドアローン", "Stands alone"),
    ("どのネットワークにもつながっていない機器です。", "Connected to no network."),
);
const PERSONAL: (&str, (&str, &str), (&str, &str)) = (
    "personal_information",
    ("個人情報", "Personal information"),
    ("個人情報を保存している機器です。", "It holds personal information."),
);
const BY_HAND_FIELD: Field = Field::new(
    "by_hand",
    Kind::Choice(BY_HAND),
    ("手作業で管理する理由", "Kept by hand because"),
    ("資産管理システムで管理できない理由を選びます。", "Why the asset system does not keep it."),
);
const USED_BY: Field = Field::new(
    "used_by",
    Kind::Ref(Noun::Person),
    ("利用者", "Used by"),
    ("決まった利用者がいれば選びます。", "Who uses it, where somebody in particular does."),
);
const USER_ID: Field = Field::new(
    "user_id",
    Kind::Line(64),
    ("利用者のID", "User's ID"),
    ("その人が機器を使うときのIDです。", "The ID by which that person uses it."),
);
const DEPARTMENT: Field = Field::new(
    "department",
    Kind::Line(200),
    ("所管部署", "Department"),
    ("機器を管理する部署です。", "The department that it belongs to."),
);
const SOFTWARE: Field = Field::new(
    "software",
    Kind::Block(2000),
    ("ソフトウェア", "Software"),
    ("入っているソフトウェアと版です。", "The software on it, with versions."),
);

/// What is done with devices.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "register_device",
        title: Words::new("機器の登録", "Register device"),
        past: Words::new("機器の登録", "Device registered"),
        reading: "ききのとうろく しきべつこーど",
        doc: Words::new(
            "手作業で管理する機器を識別コードで登録します。同じコードは二度登録できません。",
            "Enters a machine with its identification code. No two have the same code.",
        ),
        about: None,
        register: "devices",
        fields: &[
            Field::new(
                "code",
                Kind::Code,
                ("識別コード", "Code"),
                ("機器のラベルを読み取るか、入力します。", "Scan the label on the machine, or type it."),
            )
            .needed(),
            KIND.needed(),
            ZONE,
            RACK,
            PLACE,
            Field::new(STAND_ALONE.0, Kind::Flag, STAND_ALONE.1, STAND_ALONE.2),
            Field::new(PERSONAL.0, Kind::Flag, PERSONAL.1, PERSONAL.2),
            BY_HAND_FIELD.needed(),
            USED_BY,
            USER_ID,
            DEPARTMENT,
            SOFTWARE,
            Field::new(
                "carried_over",
                Kind::Flag,
                ("以前の台帳から", "Carried over"),
                ("この台帳の前から一覧にあった機器です。", "It stood in the list before these books began."),
            ),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("備考", "Remarks"),
                ("ほかに必要なことを入力します。", "Anything else."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "change_device",
        title: Words::new("機器の変更", "Change device"),
        past: Words::new("機器の変更", "Device changed"),
        reading: "ききのへんこう いどう",
        doc: Words::new(
            "場所、利用者、ソフトウェアなどの変更を記録します。空欄の項目は変わりません。",
            "Changes what is known of a machine. Fields left empty stay as they are.",
        ),
        about: Some((Noun::Device, "device")),
        register: "devices",
        fields: &[
            DEVICE,
            KIND,
            ZONE,
            RACK,
            PLACE,
            Field::new(
                STAND_ALONE.0,
                Kind::Verdict(Words::new("はい", "yes"), Words::new("いいえ", "no")),
                STAND_ALONE.1,
                STAND_ALONE.2,
            ),
            Field::new(
                PERSONAL.0,
                Kind::Verdict(Words::new("はい", "yes"), Words::new("いいえ", "no")),
                PERSONAL.1,
                PERSONAL.2,
            ),
            BY_HAND_FIELD,
            USED_BY,
            Field::new(
                "used_by_nobody",
                Kind::Flag,
                ("利用者なし", "Used by nobody"),
                (
                    "決まった利用者がいなくなった場合に「はい」とします。",
                    "Yes where nobody in particular uses it any more.",
                ),
            ),
            USER_ID,
            DEPARTMENT,
            SOFTWARE,
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
        command: "retire_device",
        title: Words::new("機器の使用終了", "Retire device"),
        past: Words::new("機器の使用終了", "Device retired"),
        reading: "ききのしようしゅうりょう はいき",
        doc: Words::new(
            "機器を使わなくなったことを記録します。これからの記録では選べなくなり、これまでの記録には残ります。",
            "Takes a machine out of use: it is not offered any more, and earlier records still name it.",
        ),
        about: Some((Noun::Device, "device")),
        register: "devices",
        fields: &[
            DEVICE,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由・行き先", "Reason"),
                ("使用をやめた理由と、機器の行き先を入力します。", "Why, and where it went."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];

/// The field by which a record names machines of the list as its target.
pub(super) const TARGETS: Field = Field::new(
    "devices",
    Kind::Refs(Noun::Device),
    ("対象の機器", "Devices"),
    (
        "機器の台帳から選びます。台帳にない機器は名前を入力します。",
        "From the list of devices; one that is not there is typed.",
    ),
);

/// The machines that a record names, and where it typed one instead that it is not from the list (J-2-1-IT-a).
pub(super) fn targets(
    devices: &[crate::domain::Id],
    typed: bool,
    at: &dyn crate::desk::Lookup,
    lang: crate::desk::Lang,
) -> String {
    match (devices, typed) {
        ([], true) => lang
            .pick("手入力（機器の台帳から選んでいない）", "typed, not from the list of devices")
            .to_owned(),
        _ => cells::names(devices, at, lang),
    }
}
