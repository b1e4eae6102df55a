//! Offices (役職): who holds them, from when to when, appointed by whom (I-2-1, J-2-1-1, J-PI-3).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing, users,
};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{Appointment, AppointmentKind, AppointmentState, Date, Id, Noun, Row, ends_soon, vacant};

fn of(row: &Row, say: impl Fn(&Appointment) -> String) -> String {
    match row {
        Row::Appointment(row) => say(row),
        _ => String::new(),
    }
}

/// As what somebody is in an office.
const KINDS: Choices =
    &[("deputy", Words::new("副", "deputy")), ("principal", Words::new("正", "principal"))];

/// Where it stands on a day.
fn stands(row: &Appointment, today: Date) -> &'static str {
    standing::of_term(row.state == AppointmentState::Ended, (row.from, row.to), today)
}

/// The offices that a person holds, as they are called; a deputy's says so.
pub(super) fn held_by(person: Id, at: &dyn Lookup, lang: Lang) -> Vec<String> {
    let today = at.now().date_naive();
    let held = at.under(Noun::Appointment, person).into_iter();
    let held = held.filter_map(|row| Appointment::try_from(row).ok()).filter(|held| held.is_in_force(today));
    held.map(|held| called(&held, at, lang)).collect()
}

/// What somebody is in an office; a deputy is told as one.
fn called(held: &Appointment, at: &dyn Lookup, lang: Lang) -> String {
    let office = cells::role_within(&held.role, &held.jurisdiction, at.profile(), lang);
    match held.kind {
        AppointmentKind::Principal => office,
        AppointmentKind::Deputy => format!("{office}{}", lang.pick("（副）", " (deputy)")),
    }
}

fn is_in(row: &Appointment, state: &str, viewer: &Viewer<'_>) -> bool {
    let today = viewer.at.now().date_naive();
    match state {
        "untold" => row.is_untold(viewer.at.profile()),
        "told" => row.told.is_some(),
        "not_owed" => row.told.is_none() && !row.is_untold(viewer.at.profile()),
        "vacant" => vacant(viewer.view, viewer.at.profile(), today).is_ok_and(|ids| ids.contains(&row.id)),
        "ending_soon" => {
            row.is_in_force(today) && row.to.is_some_and(|to| ends_soon(to, today, viewer.at.profile()))
        }
        _ => stands(row, today) == state,
    }
}

/// States of an appointment.
const STATES: Choices = &[
    ("in_force", Words::new("在任", "in office")),
    ("to_come", Words::new("開始前", "to come")),
    ("ending_soon", Words::new("任期がまもなく終了", "ending soon")),
    ("untold", Words::new("報告が未了", "not reported")),
    ("told", Words::new("報告済", "reported")),
    ("not_owed", Words::new("報告は不要", "no report owed")),
    ("vacant", Words::new("後任なし", "vacant since")),
    ("over", Words::new("満了", "over")),
    ("ended", Words::new("退任", "ended")),
];

/// The register of appointments.
pub const REGISTER: Register = Register {
    name: "offices",
    noun: Noun::Appointment,
    title: Words::new("役職", "Offices"),
    reading: "やくしょく にんめい",
    doc: Words::new(
        "規程の役職に、だれが、いつからいつまで、だれの任命で就いているかの記録です。",
        "Who holds which office, from when to when, appointed by whom.",
    ),
    columns: &[
        Column::new("id", ("番号", "Number"), 9, |row, _, _| row.id().to_string()).always(),
        Column::new("role", ("役職", "Office"), 0, |row, at, lang| of(row, |row| called(row, at, lang)))
            .always(),
        Column::new("person", ("氏名", "Name"), 10, |row, at, lang| {
            of(row, |row| cells::name(row.person, at, lang))
        })
        .always(),
        Column::new("outsider", ("外部", "Ext."), 4, |row, at, lang| {
            of(row, |row| cells::outside(cells::is_outsider(row.person, at), lang))
        }),
        Column::new("period", ("任期", "Term"), 19, |row, _, lang| {
            of(row, |row| cells::from_to(row.first_day(), row.to, lang))
        }),
        Column::new("state", ("状態", "State"), 6, |row, at, lang| {
            of(row, |row| standing::words(STATES, stands(row, at.now().date_naive()), lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("kind", ("正副", "As"), |row, _, lang| {
            of(row, |row| standing::words(KINDS, row.kind.name(), lang))
        }),
        Column::line("jurisdiction", ("管轄", "Jurisdiction"), |row, at, lang| {
            of(row, |row| cells::jurisdiction(&row.jurisdiction, at.profile(), lang))
        }),
        Column::line("task", ("担当", "Task"), |row, _, lang| of(row, |row| cells::text(&row.task, lang))),
        Column::line("appointed", ("任命", "Appointed"), |row, at, lang| {
            of(row, |row| cells::ending(Some(&row.appointed), at, lang))
        }),
        Column::line("decided", ("外部の決定", "Decided outside"), |row, _, lang| {
            of(row, |row| cells::decided_before(row.decided.as_ref(), lang))
        }),
        Column::line("former", ("前任者", "Before"), |row, at, lang| {
            of(row, |row| cells::name_of(row.former, at, lang))
        }),
        Column::line("told", ("報告", "Reported"), |row, at, lang| {
            of(row, |row| match (&row.told, row.told_on) {
                (Some(told), Some(on)) => format!(
                    "{} {} / {}",
                    cells::day(on, lang),
                    cells::name_of(row.told_to, at, lang),
                    cells::ending(Some(told), at, lang)
                ),
                _ if row.is_untold(at.profile()) => lang.pick("まだ", "not yet").to_owned(),
                _ => String::new(),
            })
        }),
        Column::line("ended", ("終了の決定", "Ended"), |row, at, lang| {
            of(row, |row| cells::ending(row.ended.as_ref(), at, lang))
        }),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, at| match row {
        Row::Appointment(row) => stands(row, at.now().date_naive()),
        _ => "",
    },
    is_in: |row, state, viewer| matches!(row, Row::Appointment(row) if is_in(row, state, viewer)),
    whom: |row, at, lang| of(row, |row| cells::name(row.person, at, lang)),
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["untold"]),
            ..Open::new(
                "appointments_untold",
                ("報告していない任命", "Appointments not reported"),
                Place::Mine,
                "untold",
            )
        },
        Open {
            among: Among::Found(vacant),
            ..Open::new("offices_vacant", ("後任のいない役職", "Vacant offices"), Place::Others, "vacant")
        },
        Open {
            among: Among::Ending,
            ..Open::new(
                "offices_ending",
                ("任期がまもなく終わる役職", "Offices ending soon"),
                Place::Others,
                "ending_soon",
            )
        },
    ],
    ..Register::PLAIN
};

const APPOINTMENT: Field = Field::new(
    "appointment",
    Kind::Ref(Noun::Appointment),
    ("任命", "Appointment"),
    ("どの任命かを選びます。", "Which appointment."),
)
.needed();

/// The last day of what ends at once where none is told.
pub(super) const LAST: Field = Field::new(
    "last",
    Kind::Date,
    ("最後の日", "Last day"),
    ("空欄なら、いますぐ終わります。", "At once where empty."),
);

/// What is done with offices.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "appoint",
        title: Words::new("役職の任命", "Appoint to office"),
        past: Words::new("役職の任命", "Appointed to office"),
        reading: "やくしょくのにんめい",
        doc: Words::new(
            "役職に任命します。任命できるのは、規程がその上位と定める人だけです。任期の間だけ権限が加わります。",
            "Appoints to an office. Only who stands above it does. Its rights last for the term.",
        ),
        about: None,
        register: "offices",
        fields: &[
            Field::new(
                "role",
                Kind::Office,
                ("役職", "Office"),
                ("規程の役職から選びます。", "An office of the profile."),
            )
            .needed(),
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("氏名", "Person"),
                ("就く人を選びます。", "Who is appointed."),
            )
            .needed(),
            Field::new(
                "kind",
                Kind::Choice(KINDS),
                ("正副", "As"),
                (
                    "副（代行する人）のすることは、正の人の代わりと記録されます。空欄なら正です。",
                    "What a deputy does stands as done for the principal; principal where empty.",
                ),
            ),
            users::JURISDICTION,
            Field::new(
                "task",
                Kind::Line(200),
                ("担当", "Task"),
                ("何を担当するかを入力します。", "What the person is appointed for."),
            ),
            Field::new(
                "from",
                Kind::Date,
                ("就任日", "From"),
                ("最初の日です。空欄なら、いまからです。", "The first day; from now on where empty."),
            ),
            Field::new(
                "to",
                Kind::Date,
                ("任期の終わり", "Until"),
                (
                    "最後の日です。次の日から権限はなくなります。",
                    "The last day; from the next on the rights end.",
                ),
            ),
            Field::new(
                "former",
                Kind::Ref(Noun::Person),
                ("前任者", "Before"),
                ("報告する役職で交代のとき、前の人を選びます。", "Who held it before, where it is reported."),
            ),
            Field::new(
                "decided_by",
                Kind::Line(80),
                ("決定した人", "Decided by"),
                (
                    "人事発令など、ここの外で決まったときに入力します。",
                    "Where it was decided outside these books.",
                ),
            ),
            Field::new(
                "decided_on",
                Kind::Date,
                ("決定日", "Decided on"),
                ("その決定の日です。", "The day of that decision."),
            ),
            Field::new(
                "number",
                Kind::Line(40),
                ("決定の番号", "Decision no."),
                ("発令番号などです。なければ空欄にします。", "Its number, where it has one."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "end_appointment",
        title: Words::new("任命の終了", "End appointment"),
        past: Words::new("任命の終了", "Appointment ended"),
        reading: "にんめいのしゅうりょう たいにん",
        doc: Words::new(
            "役職を終えます。最後の日を空欄にすると、いますぐ終わります。",
            "Ends it, at once where no last day is given.",
        ),
        about: Some((Noun::Appointment, "appointment")),
        register: "offices",
        fields: &[
            APPOINTMENT,
            LAST,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("異動、退職などを入力します。", "Why it ends."),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "tell_appointment",
        title: Words::new("任命の報告", "Report appointment"),
        past: Words::new("任命の報告", "Appointment reported"),
        reading: "にんめいのほうこく",
        doc: Words::new(
            "任命や交代を、規程が定める人に報告したことを記録します。",
            "Records that it was reported to whom the profile names.",
        ),
        about: Some((Noun::Appointment, "appointment")),
        register: "offices",
        fields: &[
            APPOINTMENT,
            Field::new(
                "person",
                Kind::Ref(Noun::Person),
                ("報告した相手", "Reported to"),
                ("報告を受けた人を選びます。", "Who was told."),
            )
            .needed(),
            Field::new(
                "on",
                Kind::Date,
                ("報告日", "On"),
                ("報告した日です。空欄なら今日です。", "The day; today where empty."),
            ),
            Field::new(
                "remarks",
                Kind::Block(500),
                ("備考", "Remarks"),
                ("どう報告したかなどです。", "How it was reported."),
            ),
        ],
        opens: Opens::Form,
    },
];
