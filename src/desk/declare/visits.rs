//! Visits (入退室): who is and was in the server room.

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing,
};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{Noun, ReportState, Row, Settled, Visit, VisitState, visit_overdue};

fn of(row: &Row, say: impl Fn(&Visit) -> String) -> String {
    match row {
        Row::Visit(row) => say(row),
        _ => String::new(),
    }
}

/// 「退室不明（最終確認 18:40、確認者 山田）」: no time of exit is invented.
fn exit_unknown(row: &Visit, settled: Option<&Settled>, at: &dyn Lookup, lang: Lang) -> String {
    let unknown = standing::words(STATES, VisitState::ExitUnknown.name(), lang);
    let Some(settled) = settled else { return unknown };
    let seen = cells::stamp_after(settled.last_evidence, row.came, lang);
    let by = cells::name(settled.by, at, lang);
    match lang {
        Lang::Ja => format!("{unknown}（最終確認 {seen}、確認者 {by}）"),
        Lang::En => format!("{unknown} (last evidence {seen}, confirmed by {by})"),
    }
}

/// When they went out, or why no time stands there; and how long the report of a work is waited for (J-PI-12).
fn left(row: &Visit, at: &dyn Lookup, lang: Lang) -> String {
    let left = match (row.state, row.left) {
        (VisitState::ExitUnknown, _) => exit_unknown(row, row.settled.as_ref(), at, lang),
        (VisitState::Left, Some(left)) => cells::stamp_after(left, row.came, lang),
        _ => standing::words(STATES, stands(row, at), lang),
    };
    let due = matches!(row.report, ReportState::Due | ReportState::Returned);
    if !due || row.state == VisitState::Inside {
        return left;
    }
    let waiting = cells::waiting(row.came.date_naive(), at, lang);
    format!("{left} {} {waiting}", lang.pick("作業記録なし", "no work record"))
}

fn escorts(row: &Visit, at: &dyn Lookup, lang: Lang) -> String {
    let each = row.escorts.iter().map(|(since, escort)| {
        format!("{} {}", cells::stamp_after(*since, row.came, lang), cells::name(*escort, at, lang))
    });
    cells::joined(each, lang)
}

fn corrections(row: &Visit, at: &dyn Lookup, lang: Lang) -> String {
    let each = row.corrections.iter().map(|correction| {
        let label = super::label_of_field("check_in", &correction.field, lang);
        let by = cells::name(correction.by, at, lang);
        let reason = cells::text(&correction.reason, lang);
        let was = super::say_fact("check_in", &correction.field, &correction.was, at, lang);
        match (lang, was.is_empty()) {
            (Lang::Ja, true) => format!("{label}を訂正（{by}、{reason}、証跡 #{}）", correction.seq),
            (Lang::Ja, false) => {
                format!("{label}を訂正（訂正前 {was}、{by}、{reason}、証跡 #{}）", correction.seq)
            }
            (Lang::En, true) => format!("{label} corrected ({by}, {reason}, entry #{})", correction.seq),
            (Lang::En, false) => {
                format!("{label} corrected (was {was}, {by}, {reason}, entry #{})", correction.seq)
            }
        }
    });
    cells::joined(each, lang)
}

/// Where a visit stands: `inside`, `exit_overdue` (inside longer than the profile's hours), `left`, `exit_unknown`.
fn stands(row: &Visit, at: &dyn Lookup) -> &'static str {
    if visit_overdue(row, at.now(), at.profile()) { "exit_overdue" } else { row.state.name() }
}

/// Whether a visit belongs under a filter: `inside` has those whose exit is overdue as well.
fn is_in(row: &Visit, state: &str, viewer: &Viewer<'_>) -> bool {
    match state {
        "report_due" => matches!(row.report, ReportState::Due | ReportState::Returned),
        "outsider" => row.is_from_outside(),
        "badge_kept" => row.badge_kept,
        "to_check" => !viewer.concerns(row).is_empty(),
        _ => row.state.name() == state || stands(row, viewer.at) == state,
    }
}

/// States of a visit, and what else visits are filtered by.
const STATES: Choices = &[
    ("inside", Words::new("入室中", "inside")),
    ("exit_overdue", Words::new("退室の記録なし", "no exit recorded")),
    ("left", Words::new("退室済", "left")),
    ("exit_unknown", Words::new("退室不明", "exit unknown")),
    ("report_due", Words::new("作業記録待ち", "report due")),
    ("badge_kept", Words::new("バッジ未返却", "badge not returned")),
    ("outsider", Words::new("外部の人", "outsiders")),
    ("to_check", Words::new("入室中・要確認", "inside, to check")),
];

/// States of a visit's work report.
pub const REPORTS: Choices = &[
    ("not_due", Words::new("不要", "not due")),
    ("due", Words::new("未提出", "due")),
    ("recorded", Words::new("承認待ち", "to be approved")),
    ("returned", Words::new("差戻し", "returned")),
    ("approved", Words::new("承認済", "approved")),
    ("kept", Words::new("記録済", "on record")),
];

/// The register of visits.
pub const REGISTER: Register = Register {
    name: "visits",
    noun: Noun::Visit,
    title: Words::new("入退室", "Visits"),
    reading: "にゅうたいしつ",
    doc: Words::new(
        "サーバ室などの区画に、だれが、何のために、いつ入り、いつ出たかの記録です。",
        "Who was in the server room and other zones, what for, from when to when.",
    ),
    columns: &[
        Column::new("came", ("入室", "In"), 16, |row, _, lang| of(row, |row| cells::stamp(row.came, lang)))
            .always(),
        Column::new("person", ("氏名", "Person"), 14, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, _, lang| {
            of(row, |row| cells::outside(row.is_from_outside(), lang))
        })
        .always(),
        Column::new("zone", ("区画", "Zone"), 10, |row, at, lang| {
            of(row, |row| cells::zone(&row.zone, at, lang))
        }),
        Column::new("purpose", ("目的", "Purpose"), 10, |row, at, lang| {
            of(row, |row| cells::purpose(&row.purpose, at, lang))
        }),
        Column::new("badge", ("バッジ", "Badge"), 6, |row, at, lang| {
            of(row, |row| cells::name_of(row.badge, at, lang))
        }),
        Column::new("left", ("退室", "Out"), 0, |row, at, lang| of(row, |row| left(row, at, lang))).always(),
    ],
    detail: &[
        Column::line("state", ("状態", "State"), |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at), lang))
        }),
        Column::line("company", ("会社", "Company"), |row, at, lang| {
            of(row, |row| cells::name_of(row.company, at, lang))
        }),
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(row.company, at, lang))
        }),
        Column::line("card", ("カード", "Card"), |row, at, lang| {
            of(row, |row| cells::name_of(row.card, at, lang))
        }),
        Column::line("identification", ("本人確認", "Identified by"), |row, at, lang| {
            of(row, |row| cells::identification(&row.identification, at, lang))
        }),
        Column::line("rack", ("ラック", "Rack"), |row, _, _| {
            of(row, |row| row.rack.clone().unwrap_or_default())
        }),
        Column::line("escorts", ("付添者", "Escorts"), |row, at, lang| {
            of(row, |row| escorts(row, at, lang))
        }),
        Column::line("permit", ("許可", "Permit"), |row, _, _| {
            of(row, |row| row.permit.map(|permit| permit.to_string()).unwrap_or_default())
        }),
        Column::line("visited", ("訪問先", "Visits"), |row, _, lang| {
            of(row, |row| cells::text(&row.visited, lang))
        }),
        Column::line("carried_in", ("持込品", "Carried in"), |row, _, lang| {
            of(row, |row| cells::text(&row.carried_in, lang))
        }),
        Column::line("carried_out", ("持出品", "Carried out"), |row, _, lang| {
            of(row, |row| cells::text(&row.carried_out, lang))
        }),
        Column::line("admitted_by", ("入室の受付", "Let in by"), |row, at, lang| {
            of(row, |row| cells::name(row.admitted_by, at, lang))
        }),
        Column::line("released_by", ("退室の受付", "Let out by"), |row, at, lang| {
            of(row, |row| cells::name_of(row.released_by, at, lang))
        }),
        Column::line("badge_kept", ("バッジ未返却", "Badge not returned"), |row, _, lang| {
            of(row, |row| cells::tick(row.badge_kept, lang))
        }),
        Column::line("evidence", ("最終確認の根拠", "Evidence"), |row, _, lang| {
            of(row, |row| {
                let settled = row.settled.as_ref();
                settled.map(|settled| cells::text(&settled.evidence, lang)).unwrap_or_default()
            })
        }),
        Column::line("settled", ("退室不明の整理", "Settled"), |row, at, lang| {
            of(row, |row| {
                let settled = row.settled.as_ref();
                let said = settled.map(|settled| {
                    format!("{} {}", cells::stamp(settled.on, lang), cells::name(settled.by, at, lang))
                });
                said.unwrap_or_default()
            })
        }),
        Column::line("report", ("作業記録", "Work report"), |row, _, lang| {
            of(row, |row| standing::words(REPORTS, row.report.name(), lang))
        }),
        Column::line("entered_late", ("入室の後日入力", "Entry typed later"), |row, _, lang| {
            of(row, |row| row.entered_late.map(|late| cells::stamp(late, lang)).unwrap_or_default())
        }),
        Column::line("left_late", ("退室の後日入力", "Exit typed later"), |row, _, lang| {
            of(row, |row| row.left_late.map(|late| cells::stamp(late, lang)).unwrap_or_default())
        }),
        Column::line("clock_unconfirmed", ("時計の未確認", "Clock unconfirmed"), |row, _, lang| {
            of(row, |row| cells::tick(row.clock_unconfirmed, lang))
        }),
        Column::line("corrections", ("訂正", "Corrections"), |row, at, lang| {
            of(row, |row| corrections(row, at, lang))
        }),
        Column::line("remarks", ("備考", "Remarks"), |row, _, lang| {
            of(row, |row| cells::text(&row.remarks, lang))
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::Visit(row) => stands(row, at),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::Visit(row) if is_in(row, state, viewer)),
    whom: |row, at, lang| match row {
        Row::Visit(row) => cells::whom(row.person, row.company, at, lang),
        _ => String::new(),
    },
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["inside"]),
            ..Open::new(
                "to_check",
                ("付添・許可・登録を欠く在室者", "Inside without escort, permit or registration"),
                Place::Wrong,
                "to_check",
            )
        },
        Open { always: true, ..Open::new("inside", ("在室者", "Inside now"), Place::Now, "inside") },
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["inside"]),
            ..Open::new(
                "exit_overdue",
                ("退室の記録がない人", "Exits nobody recorded"),
                Place::Now,
                "exit_overdue",
            )
        },
        Open {
            urgent: Urgent::Always,
            ..Open::new(
                "reports_due",
                ("作業記録のない作業", "Works without a report"),
                Place::Due,
                "report_due",
            )
        },
    ],
    ..Register::PLAIN
};

const VISIT: Field = Field::new(
    "visit",
    Kind::Ref(Noun::Visit),
    ("入退室", "Visit"),
    ("どの入退室の記録かを選びます。", "Which visit."),
);
const REMARKS: Field = Field::new(
    "remarks",
    Kind::Block(500),
    ("備考", "Remarks"),
    ("ほかに書き残すことがあれば入力します。", "Anything else worth keeping."),
);

/// What is done with visits.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "check_in",
        title: Words::new("入室", "Check in"),
        past: Words::new("入室", "Checked in"),
        reading: "にゅうしつ",
        doc: Words::new(
            "人が区画に入るのを記録します。外部の人には、許可、バッジ、室内にいる付添者が必要です。",
            "Records that a person comes in. An outsider needs a permit, a badge, and an escort who is inside.",
        ),
        about: None,
        register: "visits",
        fields: &[
            Field::new(
                "card",
                Kind::Code,
                ("カード番号", "Card"),
                (
                    "本人のカードを読み取ります。氏名を選べば空欄でかまいません。",
                    "Scan the person's card; leave empty where the person is picked instead.",
                ),
            ),
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                (
                    "入る人を選びます。カードを読み取れば空欄でかまいません。",
                    "Who comes in; leave empty where a card was scanned.",
                ),
            ),
            Field::new(
                "purpose",
                Kind::Purpose,
                ("目的", "Purpose"),
                ("入室の目的を一覧から選びます。", "What for, picked from the list."),
            )
            .needed(),
            Field::new(
                "zone",
                Kind::Zone,
                ("区画", "Zone"),
                ("入る区画を選びます。", "Which zone they go into."),
            )
            .needed(),
            Field::new(
                "identification",
                Kind::Identification,
                ("本人確認", "Identified by"),
                (
                    "何で本人と確かめたかを選びます。確かめずに入れることはできません。",
                    "What their identity was checked by; nobody comes in unchecked.",
                ),
            ),
            Field::new(
                "badge",
                Kind::Code,
                ("貸出バッジ", "Badge lent"),
                (
                    "貸し出すバッジを読み取ります。外部の人には必ず貸します。",
                    "Scan the badge that is lent; an outsider always gets one.",
                ),
            ),
            Field::new(
                "permit",
                Kind::Ref(Noun::Permit),
                ("許可", "Permit"),
                ("外部の人が、どの許可で入るかを選びます。", "The permit under which an outsider comes in."),
            ),
            Field::new(
                "escort",
                Kind::Ref(Noun::Person),
                ("付添者", "Escort"),
                (
                    "外部の人に付き添う職員です。先に入室していることが必要です。",
                    "The member of staff who escorts an outsider; they must be inside already.",
                ),
            ),
            Field::new(
                "rack",
                Kind::Rack,
                ("ラック", "Rack"),
                ("扉を開けるラックがあれば選びます。", "The rack that is opened, if any."),
            ),
            Field::new(
                "visited",
                Kind::Line(200),
                ("訪問先", "Visits"),
                ("訪ねる相手がいれば入力します。", "Whom they visit, if anybody."),
            ),
            Field::new(
                "carried_in",
                Kind::Block(1000),
                ("持込品", "Carried in"),
                ("持ち込む機器や媒体を入力します。", "Equipment and media that they carry in."),
            ),
            Field::new(
                "left",
                Kind::Stamp,
                ("退室日時（退室済み）", "Left (from paper)"),
                (
                    "紙から後で記入する（F6）とき、その人がすでに退室していれば入力します。",
                    "Entered from paper (F6), of somebody who has left already.",
                ),
            ),
            REMARKS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "check_out",
        title: Words::new("退室", "Check out"),
        past: Words::new("退室", "Checked out"),
        reading: "たいしつ",
        doc: Words::new(
            "人が区画から出るのを記録します。バッジ、カード、氏名、入退室の記録のどれか1つで指定します。",
            "Records that a person goes out. A badge, a card, the person or the visit says who.",
        ),
        about: Some((Noun::Visit, "visit")),
        register: "visits",
        fields: &[
            VISIT,
            Field::new(
                "badge",
                Kind::Code,
                ("返却バッジ", "Badge back"),
                ("返ってきたバッジを読み取ります。", "Scan the badge that came back."),
            ),
            Field::new(
                "card",
                Kind::Code,
                ("カード番号", "Card"),
                ("本人のカードを読み取ります。", "Scan the person's card."),
            ),
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                ("出る人を選びます。", "Who goes out."),
            ),
            Field::new(
                "badge_kept",
                Kind::Flag,
                ("バッジ未返却", "Badge not returned"),
                (
                    "バッジを返さずに出る場合に「はい」とします。未返却の一覧に残ります。",
                    "Yes where they leave without giving the badge back; it stays on the list of missing badges.",
                ),
            ),
            Field::new(
                "carried_out",
                Kind::Block(1000),
                ("持出品", "Carried out"),
                ("持ち出す機器や媒体を入力します。", "Equipment and media that they carry out."),
            ),
            REMARKS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "hand_over_escort",
        title: Words::new("付添者の交代", "Hand over escort"),
        past: Words::new("付添者の交代", "Escort handed over"),
        reading: "つきそいしゃのこうたい たちあい",
        doc: Words::new(
            "室内の外部の人の付添いを、別の職員に引き継ぎます。引き継ぐ職員は室内にいることが必要です。",
            "Another member of staff takes over the escort of an outsider; they must be inside.",
        ),
        about: Some((Noun::Visit, "visit")),
        register: "visits",
        fields: &[
            VISIT.needed(),
            Field::new(
                "escort",
                Kind::Ref(Noun::Person),
                ("新しい付添者", "New escort"),
                ("付添いを引き継ぐ職員を選びます。", "Who takes over the escort."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "settle_exit",
        title: Words::new("退室不明の整理", "Settle an exit"),
        past: Words::new("退室不明の整理", "Exit settled"),
        reading: "たいしつふめいのせいり しょり かくてい",
        doc: Words::new(
            "退室の記録がない入退室を「退室不明」として整理します。退室時刻は作らず、最後に確認できた時刻を残します。",
            "Settles a visit whose exit nobody recorded. No time is invented: the last evidence is kept.",
        ),
        about: Some((Noun::Visit, "visit")),
        register: "visits",
        fields: &[
            VISIT.needed(),
            Field::new(
                "last_evidence",
                Kind::Stamp,
                ("最終確認の時刻", "Last evidence"),
                (
                    "その人がいた、または出たと最後に確認できる日時を入力します。",
                    "The last moment at which something shows the person inside or gone.",
                ),
            )
            .needed(),
            Field::new(
                "evidence",
                Kind::Block(1000),
                ("確認の根拠", "Evidence"),
                (
                    "何で確認したか（カメラの録画、本人への電話など）を入力します。",
                    "What shows it: the camera, a call to the person, and so on.",
                ),
            )
            .needed(),
            Field::new(
                "badge_missing",
                Kind::Flag,
                ("バッジ所在不明", "Badge missing"),
                (
                    "貸したバッジも見つからない場合に「はい」とします。",
                    "Yes where the badge was not found either.",
                ),
            ),
        ],
        opens: Opens::Form,
    },
];
