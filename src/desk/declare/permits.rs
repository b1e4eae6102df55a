//! Applications and permits (申請・許可): planned work, failure work, visits, permissions by telephone
//! (I-3-2-2, J-PI-12).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, attachments,
    cells, devices, standing,
};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{
    Noun, Permit, PermitState, Row, Standing, ends_soon, permit_standing, telephone_overdue,
};

fn of(row: &Row, say: impl Fn(&Permit) -> String) -> String {
    match row {
        Row::Permit(row) => say(row),
        _ => String::new(),
    }
}

/// What an application is for.
pub const KINDS: Choices = &[
    ("planned", Words::new("計画作業", "planned work")),
    ("failure", Words::new("障害対応", "failure work")),
    ("visit", Words::new("見学など", "visit")),
];

/// Where a permit stands: its stored state; for what is granted `in_force`, `ending_soon`, `not_yet`, `lapsed`;
/// an application that nobody decided in time is `lapsed` too, and a permission by telephone that nobody signed
/// in time is `telephone_overdue`.
fn stands(row: &Permit, at: &dyn Lookup) -> &'static str {
    let today = at.now().date_naive();
    match (row.state, permit_standing(row, today)) {
        (PermitState::Applied, Standing::Lapsed) => Standing::Lapsed.name(),
        // A lapsed permission by telephone still waits for its signature.
        (PermitState::Telephone, _) if telephone_overdue(row, at.now(), at.profile()) => "telephone_overdue",
        (PermitState::Granted, Standing::InForce) if ends_soon(row.to, today, at.profile()) => "ending_soon",
        (PermitState::Granted, standing) => standing.name(),
        (state, _) => state.name(),
    }
}

/// Whether a permit belongs under a filter, for whoever looks.
fn is_in(row: &Permit, state: &str, viewer: &Viewer<'_>) -> bool {
    let gave = || row.telephone.as_ref().is_some_and(|call| call.giver == viewer.actor.person);
    match state {
        "to_decide" | "waiting" => {
            row.state == PermitState::Applied && viewer.may("decide_visit", row.id) == (state == "to_decide")
        }
        "telephone_mine" | "telephone_others" => {
            row.state == PermitState::Telephone && gave() == (state == "telephone_mine")
        }
        _ => row.state.name() == state || standing::takes_in(state, stands(row, viewer.at)),
    }
}

/// States of an application or permit, and for whom it waits: who asks decides which those are, and only the desk
/// knows who asks.
const STATES: Choices = &[
    ("applied", Words::new("申請中", "applied")),
    ("to_decide", Words::new("申請中・自分が決定", "applied, mine")),
    ("waiting", Words::new("申請中・他者が決定", "applied, others'")),
    ("in_force", Words::new("許可・有効", "in force")),
    ("ending_soon", Words::new("許可・期限間近", "ending soon")),
    ("not_yet", Words::new("許可・開始前", "not begun")),
    ("lapsed", Words::new("期限切れ", "lapsed")),
    ("telephone", Words::new("電話許可・未署名", "telephone, unsigned")),
    ("telephone_overdue", Words::new("電話許可・署名遅れ", "telephone, overdue")),
    ("telephone_mine", Words::new("電話許可・自分が署名", "telephone, mine")),
    ("telephone_others", Words::new("電話許可・他者が署名", "telephone, others'")),
    ("granted", Words::new("許可", "granted")),
    ("refused", Words::new("不許可", "refused")),
    ("withdrawn", Words::new("取下げ", "withdrawn")),
    ("disowned", Words::new("電話許可・否認", "telephone, disowned")),
];

/// The register of applications and permits.
pub const REGISTER: Register = Register {
    name: "permits",
    noun: Noun::Permit,
    title: Words::new("申請・許可", "Permits"),
    reading: "しんせい・きょか",
    doc: Words::new(
        "外部の人の入室と作業の申請、その許可、電話での許可です。",
        "Applications of outsiders to enter and work, the permits they become, and permissions by telephone.",
    ),
    columns: &[
        Column::new("id", ("番号", "Number"), 8, |row, _, _| row.id().to_string()).always(),
        Column::new("kind", ("種類", "Kind"), 10, |row, _, lang| {
            of(row, |row| standing::words(KINDS, row.kind.name(), lang))
        }),
        Column::new("company", ("会社", "Company"), 0, |row, at, lang| {
            of(row, |row| cells::name(row.company, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, _, lang| {
            of(row, |_| cells::outside(true, lang))
        }),
        Column::new("period", ("期間", "Period"), 21, |row, _, lang| {
            of(row, |row| cells::period(row.from, row.to, lang))
        }),
        Column::new("state", ("状態", "State"), 16, |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("secretariat", ("事務局の委託", "Secretariat's"), |row, at, lang| {
            of(row, |row| cells::secretariat(Some(row.company), at, lang))
        }),
        Column::line("workers", ("作業者", "Workers"), |row, at, lang| {
            of(row, |row| cells::names(&row.workers, at, lang))
        }),
        Column::line("zones", ("区画", "Zones"), |row, at, lang| {
            of(row, |row| cells::zones(&row.zones, at, lang))
        }),
        Column::line("racks", ("ラック", "Racks"), |row, _, lang| {
            of(row, |row| cells::text(&row.racks, lang))
        }),
        Column::line("devices", ("対象の機器", "Devices"), |row, at, lang| {
            of(row, |row| devices::targets(&row.devices, false, at, lang))
        }),
        Column::line("work", ("作業・用件", "Work"), |row, _, lang| {
            of(row, |row| cells::text(&row.work, lang))
        }),
        Column::line("attached", ("添付書類", "Attachments"), |row, at, lang| {
            of(row, |row| attachments::lines(row.id, at, lang))
        }),
        Column::line("escort", ("付添い予定者", "Proposed escort"), |row, at, lang| {
            of(row, |row| cells::name_of(row.escort, at, lang))
        }),
        Column::line("things", ("持込予定品", "Things to carry"), |row, _, lang| {
            of(row, |row| cells::text(&row.things, lang))
        }),
        Column::line("conditions", ("条件", "Conditions"), |row, _, lang| {
            of(row, |row| cells::text(&row.conditions, lang))
        }),
        Column::line("applicant", ("申請者", "Applicant"), |row, at, lang| {
            of(row, |row| cells::name(row.applicant, at, lang))
        }),
        Column::line("entered_by", ("申請の入力者", "Typed by"), |row, at, lang| {
            of(row, |row| cells::name(row.entered_by, at, lang))
        }),
        Column::line("applied", ("申請日時", "Applied"), |row, _, lang| {
            of(row, |row| cells::stamp(row.applied, lang))
        }),
        Column::line("permitted_by", ("許可者・決定者", "Decided by"), |row, at, lang| {
            of(row, |row| match (&row.decided, &row.telephone) {
                (Some(decided), _) => cells::name(decided.by, at, lang),
                (None, Some(telephone)) => cells::name(telephone.giver, at, lang),
                (None, None) => String::new(),
            })
        }),
        Column::line("emergency", ("緊急の措置", "In emergency"), |row, _, _| {
            of(row, |row| row.emergency.map(|act| act.to_string()).unwrap_or_default())
        }),
        Column::line("decided", ("決定", "Decision"), |row, at, lang| {
            of(row, |row| cells::ending(row.decided.as_ref(), at, lang))
        }),
        Column::line("withdrawn", ("取下げ", "Withdrawn"), |row, at, lang| {
            of(row, |row| cells::ending(row.withdrawn.as_ref(), at, lang))
        }),
        Column::line("telephone", ("電話許可", "By telephone"), |row, at, lang| {
            of(row, |row| {
                let Some(telephone) = &row.telephone else { return String::new() };
                let given = cells::stamp(telephone.given, lang);
                let giver = cells::name(telephone.giver, at, lang);
                let taken = cells::name(telephone.taken_by, at, lang);
                let how = cells::text(&telephone.how_identified, lang);
                match lang {
                    Lang::Ja => {
                        format!("{given} {giver}が許可、{taken}が受付、相手の確認：{how}")
                    }
                    Lang::En => {
                        format!("{given} given by {giver}, taken by {taken}, identified: {how}")
                    }
                }
            })
        }),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["kind", "applicant", "workers", "period", "zones", "work", "telephone"],
    states: STATES,
    stands: |row, at| match row {
        Row::Permit(row) => stands(row, at),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::Permit(row) if is_in(row, state, viewer)),
    whom: |row, at, lang| match row {
        Row::Permit(row) => cells::name(row.company, at, lang),
        _ => String::new(),
    },
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["telephone"]),
            ..Open::new(
                "telephone_mine",
                ("署名待ちの電話許可（あなたが与えたもの）", "Your permissions by telephone to sign"),
                Place::Mine,
                "telephone_mine",
            )
        },
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["applied"]),
            ..Open::new(
                "to_decide",
                ("あなたの決定を待つ申請", "Applications for you to decide"),
                Place::Mine,
                "to_decide",
            )
        },
        Open {
            among: Among::States(&["telephone"]),
            ..Open::new(
                "telephone",
                ("署名されていない電話許可", "Permissions by telephone not yet signed"),
                Place::Others,
                "telephone_others",
            )
        },
        Open {
            among: Among::States(&["applied"]),
            ..Open::new("waiting", ("決定を待つ申請", "Applications waiting"), Place::Others, "waiting")
        },
    ],
    ..Register::PLAIN
};

const PERMIT: Field = Field::new(
    "permit",
    Kind::Ref(Noun::Permit),
    ("申請・許可", "Permit"),
    ("どの申請・許可かを選びます。", "Which application or permit."),
)
.needed();
const COMPANY: Field = Field::new(
    "company",
    Kind::Ref(Noun::Company),
    ("会社", "Company"),
    ("作業者の会社を選びます。", "The workers' company."),
)
.needed();
const WORKERS: Field = Field::new(
    "workers",
    Kind::Refs(Noun::Person),
    ("作業者", "Workers"),
    ("来る人を全員選びます。", "Everyone who comes."),
)
.needed();
const ZONES: Field =
    Field::new("zones", Kind::Zones, ("区画", "Zones"), ("入る区画を選びます。", "The zones they need."))
        .needed();
const RACKS: Field = Field::new(
    "racks",
    Kind::Line(200),
    ("ラック", "Racks"),
    ("作業するラックを入力します。", "The racks they work on."),
);
const WORK: Field = Field::new(
    "work",
    Kind::Block(2000),
    ("作業・用件", "Work"),
    ("作業や用件の内容を入力します。", "What they will do."),
)
.needed();

/// What is done with applications and permits.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "apply_visit",
        title: Words::new("入室・作業の申請", "Apply for a visit"),
        past: Words::new("申請", "Applied"),
        reading: "にゅうしつ・さぎょうのしんせい さぎょうしんせい",
        doc: Words::new(
            "外部の人の入室と作業を申請します。許可されるまでは入れません。",
            "Applies for outsiders to enter and work. They cannot come in before it is granted.",
        ),
        about: None,
        register: "permits",
        fields: &[
            Field::new(
                "kind",
                Kind::Choice(KINDS),
                ("種類", "Kind"),
                (
                    "前もって決まった作業、障害への対応、作業のない訪問から選びます。",
                    "Planned work, work on a failure, or a visit without work.",
                ),
            )
            .needed(),
            COMPANY,
            WORKERS,
            Field::new("from", Kind::Date, ("開始日", "From"), ("入室する最初の日です。", "The first day."))
                .needed(),
            Field::new("to", Kind::Date, ("終了日", "Until"), ("入室する最後の日です。", "The last day."))
                .needed(),
            ZONES,
            RACKS,
            WORK,
            Field::new(
                "escort",
                Kind::Ref(Noun::Person),
                ("付添い予定者", "Proposed escort"),
                ("付き添う予定の職員を選びます。", "The member of staff who will escort them."),
            ),
            Field::new(
                "things",
                Kind::Block(1000),
                ("持込予定品", "Things to carry"),
                ("持ち込む機器や媒体を入力します。", "Equipment and media they will carry in."),
            ),
            Field::new(
                "conditions",
                Kind::Block(1000),
                ("条件", "Conditions"),
                ("希望する条件があれば入力します。", "Conditions that are asked for, if any."),
            ),
            Field::new(
                "applicant",
                Kind::Ref(Noun::Person),
                ("申請者", "Applicant"),
                (
                    "紙の申請を代わりに入力する場合に、申請した人を選びます。",
                    "Who applies, where a paper application is typed for somebody else.",
                ),
            ),
            devices::TARGETS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "decide_visit",
        title: Words::new("申請の決定", "Decide"),
        past: Words::new("申請の決定", "Decided"),
        reading: "しんせいのけってい きょか しょうにん",
        doc: Words::new(
            "申請を許可するか、理由を付けて不許可にします。自分の申請を決定することはできません。",
            "Grants an application, or refuses it with a reason. Nobody decides their own application.",
        ),
        about: Some((Noun::Permit, "permit")),
        register: "permits",
        fields: &[
            PERMIT,
            Field::new(
                "granted",
                Kind::Verdict(Words::new("許可", "granted"), Words::new("不許可", "refused")),
                ("決定", "Decision"),
                ("許可か不許可かを選びます。", "Granted or refused."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("不許可の場合は必ず入力します。", "Always needed for a refusal."),
            ),
            Field::new(
                "conditions",
                Kind::Block(1000),
                ("許可の条件", "Conditions"),
                ("許可に付ける条件があれば入力します。", "Conditions of the permit, if any."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "withdraw_visit",
        title: Words::new("申請・許可の取下げ", "Withdraw"),
        past: Words::new("申請・許可の取下げ", "Withdrawn"),
        reading: "しんせい・きょかのとりさげ",
        doc: Words::new(
            "申請や、まだ使っていない許可を取り下げます。",
            "Takes an application back, or a permit that is not used yet.",
        ),
        about: Some((Noun::Permit, "permit")),
        register: "permits",
        fields: &[
            PERMIT,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("取り下げる理由を入力します。", "Why it is withdrawn."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
    Operation {
        command: "permit_by_telephone",
        title: Words::new("電話許可の記録", "Telephone permission"),
        past: Words::new("電話許可", "Permitted by telephone"),
        reading: "でんわきょかのきろく でんわによるきょか",
        doc: Words::new(
            "権限者が電話で与えた許可を記録します。すぐに有効ですが、権限者が署名か否認をするまで一覧に残ります。",
            "Records a permission given by telephone. It holds at once, and stays listed until its giver signs or disowns it.",
        ),
        about: None,
        register: "permits",
        fields: &[
            Field::new(
                "giver",
                Kind::Ref(Noun::Person),
                ("許可した人", "Given by"),
                ("電話で許可した権限者を選びます。", "Who gave the permission on the telephone."),
            )
            .needed(),
            Field::new(
                "given_at",
                Kind::Stamp,
                ("許可の日時", "Given at"),
                ("電話で許可を受けた日時です。空欄なら今になります。", "When it was given; now where empty."),
            ),
            Field::new(
                "how_identified",
                Kind::Line(200),
                ("相手の確認", "Identified how"),
                (
                    "電話の相手をどう確かめたか（折り返し電話など）を入力します。",
                    "How the giver was identified, for example by calling back.",
                ),
            )
            .needed(),
            COMPANY,
            WORKERS,
            ZONES,
            RACKS,
            WORK,
            Field::new(
                "to",
                Kind::Date,
                ("終了日", "Until"),
                ("空欄なら許可を受けた日だけ有効です。", "The day it was given where empty."),
            ),
            devices::TARGETS,
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "confirm_telephone",
        title: Words::new("電話許可の署名・否認", "Sign or disown"),
        past: Words::new("電話許可の署名・否認", "Telephone permission settled"),
        reading: "でんわきょかのしょめい・ひにん かくにん",
        doc: Words::new(
            "自分が与えたとされる電話許可に署名するか、覚えがないとして否認します。",
            "The giver signs a permission by telephone, or says that they never gave it.",
        ),
        about: Some((Noun::Permit, "permit")),
        register: "permits",
        fields: &[
            PERMIT,
            Field::new(
                "signed",
                Kind::Verdict(Words::new("署名", "signed"), Words::new("否認", "disowned")),
                ("署名か否認", "Signed or not"),
                (
                    "許可したなら署名、していないなら否認を選びます。",
                    "Signed if you gave it, disowned if not.",
                ),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(500),
                ("否認の理由", "Reason"),
                ("否認する場合は必ず入力します。", "Always needed to disown it."),
            ),
        ],
        opens: Opens::Form,
    },
];
