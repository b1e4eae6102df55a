//! Keys (鍵) of doors, racks and cabinets, and combinations (NIST SP 800-53 PE-3).

use super::{
    Among, Caution, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words,
    cells, standing,
};
use crate::desk::Viewer;
use crate::domain::{DoorKey, DoorKeyKind, DoorKeyState, Noun, Row, has_left};

fn of(row: &Row, say: impl Fn(&DoorKey) -> String) -> String {
    match row {
        Row::DoorKey(row) => say(row),
        _ => String::new(),
    }
}

/// What opens a lock.
const KINDS: Choices =
    &[("key", Words::new("鍵", "key")), ("combination", Words::new("番号錠", "combination"))];

/// What is reported of a key.
const REPORTS: Choices =
    &[("lost", Words::new("紛失した", "lost")), ("found", Words::new("見つかった", "found again"))];

/// Why a lock was changed.
const CHANGES: Choices = &[
    ("lost", Words::new("鍵の紛失", "its key was lost")),
    ("keeper_left", Words::new("保管者の退職・異動", "its keeper left")),
    ("disclosed", Words::new("番号が知られた", "combination known")),
    ("periodic", Words::new("定期の変更", "from time to time")),
    ("other", Words::new("その他", "other")),
];

/// States of a key, and what else keys are filtered by.
const STATES: Choices = &[
    ("in", Words::new("保管中", "in place")),
    ("out", Words::new("貸出中", "lent")),
    ("overdue", Words::new("返却遅れ", "overdue")),
    ("holder_left", Words::new("持ち主の登録終了", "holder left")),
    ("keeper_left", Words::new("保管者の登録終了", "keeper left")),
    ("missing", Words::new("点検で不在", "missing at the count")),
    ("lost", Words::new("紛失", "lost")),
    ("not_found", Words::new("点検で不在・紛失", "missing or lost")),
];

fn is_in(row: &DoorKey, state: &str, viewer: &Viewer<'_>) -> bool {
    let today = viewer.at.now().date_naive();
    // Who cannot be judged is not said to have left.
    let left = |person: Option<crate::domain::Id>| {
        person.is_some_and(|person| has_left(viewer.view, person, today).unwrap_or(false))
    };
    match state {
        "overdue" => row.due.is_some_and(|due| due < today),
        "holder_left" => row.state == DoorKeyState::Out && left(row.holder),
        "keeper_left" => left(row.keeper),
        "not_found" => matches!(row.state, DoorKeyState::Missing | DoorKeyState::Lost),
        _ => row.state.name() == state,
    }
}

/// The register of keys.
pub const REGISTER: Register = Register {
    name: "door_keys",
    noun: Noun::DoorKey,
    title: Words::new("鍵", "Keys"),
    reading: "かぎ かぎかんりぼ ばんごうじょう",
    doc: Words::new(
        "扉、ラック、キャビネットの鍵と番号錠です。誰が保管し、今どこにあるかが分かります。",
        "Keys of doors, racks and cabinets, and combinations: who keeps each, and where it is now.",
    ),
    columns: &[
        Column::new("number", ("番号", "Number"), 12, |row, _, _| of(row, |row| row.number.clone())).always(),
        Column::new("opens", ("開ける場所", "Opens"), 0, |row, _, _| of(row, |row| row.opens.clone()))
            .always(),
        Column::new("state", ("状態", "State"), 10, |row, at, lang| {
            of(row, |_| standing::said(row, at, lang))
        })
        .always(),
        Column::new("holder", ("今の持ち主", "With"), 14, |row, at, lang| {
            of(row, |row| cells::name_of(row.holder, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| {
                cells::outside(row.holder.is_some_and(|holder| cells::is_outsider(holder, at)), lang)
            })
        }),
        Column::new("due", ("返却期限", "Due"), 10, |row, _, lang| {
            of(row, |row| row.due.map(|due| cells::day(due, lang)).unwrap_or_default())
        }),
    ],
    detail: &[
        Column::line("kind", ("種類", "Kind"), |row, _, lang| {
            of(row, |row| standing::words(KINDS, row.kind.name(), lang))
        }),
        Column::line("zone", ("区画", "Zone"), |row, at, lang| {
            of(row, |row| row.zone.as_ref().map(|zone| cells::zone(zone, at, lang)).unwrap_or_default())
        }),
        Column::line("copies", ("本数", "Copies"), |row, _, _| of(row, |row| row.copies.to_string())),
        Column::line("keeper", ("保管者", "Keeper"), |row, at, lang| {
            of(row, |row| cells::name_of(row.keeper, at, lang))
        }),
        Column::line("since", ("いつから", "Since"), |row, _, lang| {
            of(row, |row| cells::stamp(row.since, lang))
        }),
        Column::line("reason", ("貸出の理由", "Lent for"), |row, _, lang| {
            of(row, |row| cells::text(&row.reason, lang))
        }),
        Column::line("counted", ("最後の点検", "Last counted"), |row, _, lang| {
            of(row, |row| row.counted.map(|at| cells::stamp(at, lang)).unwrap_or_default())
        }),
        Column::line("changed", ("錠の変更", "Lock changed"), |row, at, lang| {
            of(row, |row| {
                let why = row.changed_why.map(|why| standing::words(CHANGES, why.name(), lang));
                let when =
                    Some(cells::ending(row.changed.as_ref(), at, lang)).filter(|text| !text.is_empty());
                cells::joined(why.into_iter().chain(when), lang)
            })
        }),
        Column::line("carried_over", ("以前の台帳から", "Carried over"), |row, _, lang| {
            of(row, |row| cells::tick(row.carried_over, lang))
        }),
        Column::line("remarks", ("備考", "Remarks"), |row, _, lang| {
            of(row, |row| cells::text(&row.remarks, lang))
        }),
        Column::line("id", ("台帳の番号", "Record"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::DoorKey(row) if row.due.is_some_and(|due| due < at.now().date_naive()) => "overdue",
        Row::DoorKey(row) => row.state.name(),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::DoorKey(row) if is_in(row, state, viewer)),
    loads: Some("register_key"),
    scanned: Some(|row| match row {
        Row::DoorKey(row) if row.kind == DoorKeyKind::Combination => "change_lock",
        Row::DoorKey(row) if row.state == DoorKeyState::Out => "return_key",
        Row::DoorKey(row) if row.state == DoorKeyState::In => "lend_key",
        _ => "report_key",
    }),
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["out"]),
            ..Open::new(
                "keys_holder_left",
                ("登録が終わった人が持っている鍵", "Keys with somebody whose registration ended"),
                Place::Wrong,
                "holder_left",
            )
        },
        Open::new("keys_out", ("貸出中の鍵", "Keys out"), Place::Now, "out"),
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["out"]),
            ..Open::new("keys_overdue", ("返却が遅れている鍵", "Keys overdue"), Place::Now, "overdue")
        },
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["missing", "lost"]),
            ..Open::new("keys_not_found", ("不在・紛失の鍵", "Keys missing or lost"), Place::Now, "not_found")
        },
        Open {
            among: Among::States(&["in", "out", "missing", "lost"]),
            ..Open::new(
                "keys_keeper_left",
                ("保管者の登録が終わった鍵", "Keys whose keeper's registration ended"),
                Place::Due,
                "keeper_left",
            )
        },
    ],
    ..Register::PLAIN
};

const KEY: Field = Field::new(
    "key",
    Kind::Code,
    ("番号", "Number"),
    ("鍵の札を読み取るか、番号を入力します。", "Scan the key's tag, or type its number."),
)
.needed();
const ZONE: Field = Field::new(
    "zone",
    Kind::Zone,
    ("区画", "Zone"),
    ("錠のある区画を選びます。", "The zone in which the lock is."),
);
const KEEPER: Field = Field::new(
    "keeper",
    Kind::Ref(Noun::Person),
    ("保管者", "Keeper"),
    ("鍵を保管する人、番号を知る人です。", "Who keeps the key, or knows the combination."),
);
const COPIES: Field = Field::new(
    "copies",
    Kind::Number,
    ("本数", "Copies"),
    ("合鍵を含めて何本あるかです。", "How many there are, copies included."),
);
const REMARKS: Field = Field::new(
    "remarks",
    Kind::Block(500),
    ("備考", "Remarks"),
    ("番号錠の番号そのものは書きません。", "Never the combination itself."),
)
.beware(Caution::Combination);

/// What is done with keys.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "register_key",
        title: Words::new("鍵の登録", "Register key"),
        past: Words::new("鍵の登録", "Key registered"),
        reading: "かぎのとうろく ばんごうじょう",
        doc: Words::new(
            "扉、ラック、キャビネットの鍵か番号錠を登録します。",
            "Enters a key of a door, rack or cabinet, or a combination.",
        ),
        about: None,
        register: "door_keys",
        fields: &[
            Field::new(
                "number",
                Kind::Code,
                ("番号", "Number"),
                ("鍵の札を読み取るか、番号を入力します。", "Scan the key's tag, or type its number."),
            )
            .needed(),
            Field::new(
                "opens",
                Kind::Line(200),
                ("開ける場所", "Opens"),
                ("どの扉、ラック、キャビネットの鍵かを入力します。", "Which door, rack or cabinet it opens."),
            )
            .needed(),
            Field::new(
                "kind",
                Kind::Choice(KINDS),
                ("種類", "Kind"),
                ("貸し出す鍵か、番号錠かを選びます。", "A key that is lent, or a combination."),
            )
            .needed(),
            ZONE,
            COPIES,
            KEEPER,
            Field::new(
                "carried_over",
                Kind::Flag,
                ("以前の台帳から", "Carried over"),
                ("この台帳の前から管理していた鍵です。", "It stood in the ledger before these books began."),
            ),
            Field::new(
                "holder",
                Kind::Ref(Noun::Person),
                ("今の持ち主", "With"),
                (
                    "以前の台帳から引き継いだ鍵が貸出中の場合に、持っている人を選びます。",
                    "Who has it, where one that is carried over was lent then.",
                ),
            ),
            REMARKS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "lend_key",
        title: Words::new("鍵の貸出", "Lend key"),
        past: Words::new("鍵の貸出", "Key lent"),
        reading: "かぎのかしだし",
        doc: Words::new("鍵を貸し出します。", "Lends a key."),
        about: Some((Noun::DoorKey, "key")),
        register: "door_keys",
        fields: &[
            KEY,
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("借りる人", "To"),
                ("鍵を受け取る人を選びます。", "Who takes the key."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("何のために使うかを入力します。", "What it is used for."),
            )
            .beware(Caution::Combination)
            .needed(),
            Field::new(
                "due",
                Kind::Date,
                ("返却期限", "Due"),
                (
                    "いつまでに返すかが決まっていれば入力します。",
                    "The day by which it is to be back, if one is set.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "return_key",
        title: Words::new("鍵の返却", "Return key"),
        past: Words::new("鍵の返却", "Key returned"),
        reading: "かぎのへんきゃく",
        doc: Words::new("貸し出した鍵が返ってきました。", "A key that was lent comes back."),
        about: Some((Noun::DoorKey, "key")),
        register: "door_keys",
        fields: &[
            KEY,
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("返しに来た人", "Brought by"),
                ("借りた人と違う場合に選びます。", "Where it is not whoever had it."),
            ),
            REMARKS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "report_key",
        title: Words::new("鍵の紛失・発見", "Report key"),
        past: Words::new("鍵の紛失・発見", "Key reported"),
        reading: "かぎのふんしつ・はっけん",
        doc: Words::new(
            "鍵の紛失、または見つかったことを記録します。",
            "Records that a key is lost, or was found again.",
        ),
        about: Some((Noun::DoorKey, "key")),
        register: "door_keys",
        fields: &[
            KEY,
            Field::new(
                "what",
                Kind::Choice(REPORTS),
                ("できごと", "What happened"),
                ("何があったかを選びます。", "What happened to it."),
            )
            .needed(),
            REMARKS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "count_keys",
        title: Words::new("鍵の点検", "Count keys"),
        past: Words::new("鍵の点検", "Keys counted"),
        reading: "かぎのてんけん たなおろし ほんすう",
        doc: Words::new(
            "保管場所にある鍵を読み取ります。読み取らなかった保管中の鍵は、不在になります。",
            "Every key that is in its place is scanned. Those that should be there and are not become missing.",
        ),
        about: None,
        register: "door_keys",
        fields: &[
            Field::new(
                "zone",
                Kind::Zone,
                ("区画", "Zone"),
                ("区画を選ぶと、その区画の鍵だけを点検します。", "Counts the keys of this zone alone."),
            ),
            Field::new(
                "seen",
                Kind::Refs(Noun::DoorKey),
                ("あった鍵", "Seen"),
                ("保管場所にあった鍵を、すべて読み取るか選びます。", "Every key that is in its place."),
            ),
            REMARKS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "change_lock",
        title: Words::new("錠の変更", "Change lock"),
        past: Words::new("錠の変更", "Lock changed"),
        reading: "じょうのへんこう かぎのこうかん ばんごうのへんこう",
        doc: Words::new(
            "錠を交換したこと、番号錠の番号を変えたことを、理由とともに記録します。",
            "Records that a lock was exchanged or a combination changed, and why.",
        ),
        about: Some((Noun::DoorKey, "key")),
        register: "door_keys",
        fields: &[
            KEY,
            Field::new(
                "why",
                Kind::Choice(CHANGES),
                ("理由", "Reason"),
                ("なぜ変更したかを選びます。", "Why it was changed."),
            )
            .needed(),
            KEEPER,
            COPIES,
            REMARKS,
        ],
        opens: Opens::Form,
    },
];
