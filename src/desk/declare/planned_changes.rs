//! Personnel changes (人事異動等): announced, passed on, in effect on their day (S-12-4).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing,
};
use crate::desk::{Lang, Lookup};
use crate::domain::{Noun, PlannedChange, PlannedState, Row, Stop};

fn of(row: &Row, say: impl Fn(&PlannedChange) -> String) -> String {
    match row {
        Row::PlannedChange(row) => say(row),
        _ => String::new(),
    }
}

/// What changes.
const KINDS: Choices = &[
    ("transfer", Words::new("異動", "transfer")),
    ("leave", Words::new("休職", "leave")),
    ("retirement", Words::new("退職", "retirement")),
    ("return", Words::new("復職", "return")),
];

/// Where it stands: its state, and of what was passed on whether its day has come.
fn stands(row: &PlannedChange, at: &dyn Lookup) -> &'static str {
    match row.state {
        PlannedState::PassedOn if row.day <= at.now().date_naive() => {
            if row.kind.is_carried_out() {
                "due"
            } else {
                "in_effect"
            }
        }
        state => state.name(),
    }
}

/// States of a personnel change.
const STATES: Choices = &[
    ("open", Words::new("処理中", "open")),
    ("announced", Words::new("未連絡", "not passed on")),
    ("passed_on", Words::new("連絡済", "passed on")),
    ("due", Words::new("予定日到来・未処理", "due, not seen to")),
    ("in_effect", Words::new("実施済", "in effect")),
    ("carried_out", Words::new("処理済", "carried out")),
    ("cancelled", Words::new("取消し", "cancelled")),
];

fn day(row: &PlannedChange, lang: Lang) -> String {
    match row.until {
        Some(until) => cells::period(row.day, until, lang),
        None => cells::day(row.day, lang),
    }
}

/// What bars an account, and from when to when.
pub(super) fn stop(stop: &Stop, lang: Lang) -> String {
    let kind = standing::words(KINDS, stop.kind.name(), lang);
    let ended = if stop.ended.is_some() { lang.pick("（終了）", " (ended)") } else { "" };
    format!("{} {kind} {}{ended}", stop.change, cells::from_to(stop.from, stop.until, lang))
}

/// The register of personnel changes.
pub const REGISTER: Register = Register {
    name: "planned_changes",
    noun: Noun::PlannedChange,
    title: Words::new("人事異動等", "Personnel changes"),
    reading: "じんじいどうとう たいしょく きゅうしょく ふくしょく",
    doc: Words::new(
        "異動、休職、退職、復職の届出です。その日から、その人のIDは自動的に使えなくなり、または使えるようになります。",
        "Transfers, leaves, retirements and returns. On its day each takes effect on the person's ID by itself.",
    ),
    columns: &[
        Column::new("id", ("番号", "Number"), 9, |row, _, _| row.id().to_string()).always(),
        Column::new("person", ("氏名", "Name"), 0, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.person, at), lang))
        }),
        Column::new("kind", ("種別", "Kind"), 5, |row, _, lang| {
            of(row, |row| standing::words(KINDS, row.kind.name(), lang))
        })
        .always(),
        Column::new("day", ("予定日", "Day"), 19, |row, _, lang| of(row, |row| day(row, lang))),
        Column::new("state", ("状態", "State"), 18, |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("announced_by", ("届け出た人", "Announced by"), |row, at, lang| {
            of(row, |row| cells::name(row.announced_by, at, lang))
        }),
        Column::line("announced", ("届出の入力", "Entered"), |row, at, lang| {
            of(row, |row| cells::ending(Some(&row.announced), at, lang))
        }),
        Column::line("late", ("届出の遅れ", "Late"), |row, _, lang| {
            of(row, |row| {
                if row.late {
                    lang.pick("予定日の前に届け出られていない", "not before its day").to_owned()
                } else {
                    String::new()
                }
            })
        }),
        Column::line("to_whom", ("連絡した相手", "Passed on to"), |row, at, lang| {
            of(row, |row| row.to_whom.map(|whom| cells::name(whom, at, lang)).unwrap_or_default())
        }),
        Column::line("passed_on", ("連絡の記録", "Passed on"), |row, at, lang| {
            of(row, |row| cells::ending(row.passed_on.as_ref(), at, lang))
        }),
        Column::line("carried_out", ("処理の記録", "Carried out"), |row, at, lang| {
            of(row, |row| cells::ending(row.carried_out.as_ref(), at, lang))
        }),
        Column::line("cancelled", ("取消しの記録", "Cancelled"), |row, at, lang| {
            of(row, |row| cells::ending(row.cancelled.as_ref(), at, lang))
        }),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::PlannedChange(row) => stands(row, at),
        _ => "",
    },
    is_in: |row, state, viewer| match row {
        Row::PlannedChange(row) if state == "open" => row.is_open(),
        Row::PlannedChange(row) => row.state.name() == state || stands(row, viewer.at) == state,
        _ => false,
    },
    whom: |row, at, lang| of(row, |row| cells::name(row.person, at, lang)),
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["open"]),
            ..Open::new(
                "planned_changes_due",
                ("予定日が来て、IDが処理されていない異動等", "Personnel changes due, IDs not seen to"),
                Place::Wrong,
                "due",
            )
        },
        Open::new(
            "planned_changes_announced",
            ("連絡されていない異動等の届出", "Personnel changes not passed on"),
            Place::Soon,
            "announced",
        ),
    ],
    ..Register::PLAIN
};

const CHANGE: Field = Field::new(
    "change",
    Kind::Ref(Noun::PlannedChange),
    ("異動等", "Change"),
    ("どの届出かを選びます。", "Which personnel change."),
)
.needed();

/// What is done with personnel changes.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "plan_change",
        title: Words::new("人事異動等の届出", "Announce staff change"),
        past: Words::new("人事異動等の届出", "Personnel change announced"),
        reading: "じんじいどうとうのとどけで たいしょく きゅうしょく ふくしょく",
        doc: Words::new(
            "異動、休職、退職、復職を、その日より前に届け出ます。その日から、その人のIDは自動的に使えなくなります。",
            "Announces a transfer, leave, retirement or return. From its day on the person's ID is barred by itself.",
        ),
        about: None,
        register: "planned_changes",
        fields: &[
            Field::new(
                "kind",
                Kind::Choice(KINDS),
                ("種別", "Kind"),
                ("何が変わるかを選びます。", "What changes."),
            )
            .needed(),
            Field::new(
                "day",
                Kind::Date,
                ("予定日", "Day"),
                (
                    "新しい状態になる最初の日です。退職なら、最後に勤務する日の次の日です。",
                    "The first day on which it holds: of a retirement the day after the last at work.",
                ),
            )
            .needed(),
            Field::new(
                "until",
                Kind::Date,
                ("休職の終わり", "Leave until"),
                (
                    "休職の最後の日です。わからなければ空欄にします。",
                    "The last day of a leave; empty where it is not known.",
                ),
            ),
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                ("だれの異動等かを選びます。空欄なら自分です。", "Whose; your own where empty."),
            ),
            Field::new(
                "announced_by",
                Kind::Ref(Noun::Person),
                ("届け出た人", "Announced by"),
                (
                    "聞いた届出を代わりに入力するとき、届け出た人を選びます。",
                    "Who told you, where you type it for them.",
                ),
            ),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("備考", "Remarks"),
                ("異動先などを入力します。", "Where to, and what else there is to say."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "pass_on_change",
        title: Words::new("人事異動等の連絡", "Pass on staff change"),
        past: Words::new("人事異動等の連絡", "Personnel change passed on"),
        reading: "じんじいどうとうのれんらく",
        doc: Words::new(
            "届出を、IDを発行し変更する人に連絡したことを記録します。復職は、連絡すると予定日から使えるようになります。",
            "Records to whom it was passed on. A return lets the person in again from its day on.",
        ),
        about: Some((Noun::PlannedChange, "change")),
        register: "planned_changes",
        fields: &[
            CHANGE,
            Field::new(
                "to_whom",
                Kind::Ref(Noun::Person),
                ("連絡した相手", "Passed on to"),
                ("IDを発行し変更する人を選びます。", "Whoever issues and changes IDs."),
            )
            .needed(),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("備考", "Remarks"),
                ("連絡の方法などを入力します。", "How it was passed on."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "cancel_change",
        title: Words::new("人事異動等の取消", "Cancel staff change"),
        past: Words::new("人事異動等の取消", "Personnel change cancelled"),
        reading: "じんじいどうとうのとりけし",
        doc: Words::new(
            "届出を取り消します。予定日の前なら、なかったことになります。",
            "Takes it back. Before its day it does nothing then.",
        ),
        about: Some((Noun::PlannedChange, "change")),
        register: "planned_changes",
        fields: &[
            CHANGE,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("取り消す理由を入力します。", "Why it is taken back."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
