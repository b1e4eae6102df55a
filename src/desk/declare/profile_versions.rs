//! Versions of the profile (規程): proposed, agreed to, in force from their day (N-13, J-PI-28).

use super::{
    Among, Choices, Column, Field, Kind, Open, Opens, Operation, Place, Register, Urgent, Words, cells,
    standing,
};
use crate::desk::difference::{Part, difference};
use crate::desk::{Lang, Lookup, Viewer};
use crate::domain::{Date, Hand, Id, Noun, ProfileVersion, Row};
use crate::profile::{Versions, read};

fn of(row: &Row, say: impl Fn(&ProfileVersion) -> String) -> String {
    match row {
        Row::ProfileVersion(row) => say(row),
        _ => String::new(),
    }
}

/// The first line of a profile's text that gives a key, without its quotes: enough for a list.
fn line_of(text: &str, key: &str) -> String {
    let found = text.lines().find_map(|line| {
        let rest = line.trim_start().strip_prefix(key)?.trim_start().strip_prefix('=')?;
        Some(rest.trim().trim_matches('"').to_owned())
    });
    found.unwrap_or_default()
}

/// The versions that there are, by number.
fn versions(at: &dyn Lookup, most: u32) -> Vec<ProfileVersion> {
    let row = |n| match at.row(Id::new(Noun::Profile, n)) {
        Some(Row::ProfileVersion(row)) => Some(row),
        _ => None,
    };
    (1..=most).map_while(row).collect()
}

/// Which version held on a day, in words, where there is more than one: `jcho 2 (R8.11.22)`, by the first day of it. A
/// day before the first version's is judged by that.
pub(super) fn held_on(day: Date, at: &dyn Lookup, lang: Lang) -> Option<String> {
    let adopted: Vec<ProfileVersion> =
        versions(at, u32::MAX).into_iter().filter(ProfileVersion::is_adopted).collect();
    if adopted.len() < 2 {
        return None;
    }
    let held = adopted.iter().filter(|row| row.from <= day).max_by_key(|row| (row.from, row.id));
    let held = held.or(adopted.iter().min_by_key(|row| row.from))?;
    let (name, version) = (line_of(&held.text, "name"), line_of(&held.text, "version"));
    Some(format!("{name} {version} ({})", cells::day(held.from, lang)))
}

/// What a version changes: against what holds on its day without it, by the versions that came before it.
fn changes(row: &Row, part: Part, at: &dyn Lookup, lang: Lang) -> String {
    of(row, |row| {
        let before = versions(at, row.id.n.saturating_sub(1));
        let (Some(versions), Some(new)) = (Versions::among(before.iter()), read(&row.text)) else {
            return String::new();
        };
        difference(versions.on(row.from), &new, part, lang).join("\n")
    })
}

/// Who did something and when; by the recovery sheet, that says so.
fn hand(hand: Option<&Hand>, at: &dyn Lookup, lang: Lang) -> String {
    let Some(hand) = hand else { return String::new() };
    let who = if hand.sheet {
        lang.pick(
            "回復用紙による（ほかに同意できる人がいないため）",
            "by the recovery sheet: nobody else could",
        )
        .to_owned()
    } else {
        cells::name(hand.by, at, lang)
    };
    format!("{} {who}", cells::stamp(hand.on, lang))
}

/// Whether a version is still to come or new: from the agreement until the day after its first.
fn is_coming(row: &ProfileVersion, today: Date) -> bool {
    row.agreed.is_some() && row.withdrawn.is_none() && row.from.succ_opt().is_none_or(|last| today <= last)
}

/// Whether whoever looks may agree to a version that waits.
fn is_mine(row: &ProfileVersion, viewer: &Viewer<'_>) -> bool {
    viewer.holds("agree_profile") && viewer.may("agree_profile", row.id)
}

fn is_in(row: &Row, state: &str, viewer: &Viewer<'_>) -> bool {
    let Row::ProfileVersion(version) = row else { return false };
    let today = viewer.at.now().date_naive();
    let by_sheet = version.agreed.as_ref().is_some_and(|hand| hand.sheet);
    match state {
        "to_agree" => version.is_waiting() && is_mine(version, viewer),
        "with_others" => version.is_waiting() && !is_mine(version, viewer),
        "agreed" => version.agreed.is_some() && version.withdrawn.is_none(),
        "coming" => is_coming(version, today) && !by_sheet,
        "by_sheet" => is_coming(version, today) && by_sheet,
        _ => standing::is_so(row, state, viewer),
    }
}

/// States of a version of the profile.
const STATES: Choices = &[
    ("in_force", Words::new("施行済", "in force")),
    ("not_yet", Words::new("施行前", "not begun")),
    ("proposed", Words::new("同意待ち", "proposed")),
    ("to_agree", Words::new("あなたの同意待ち", "for you to agree")),
    ("with_others", Words::new("ほかの人の同意待ち", "for others to agree")),
    ("coming", Words::new("施行の前後", "about to begin")),
    ("by_sheet", Words::new("回復用紙で同意", "agreed by the sheet")),
    ("agreed", Words::new("同意済", "agreed")),
    ("withdrawn", Words::new("取下げ", "withdrawn")),
];

/// The register of versions of the profile.
pub const REGISTER: Register = Register {
    name: "profiles",
    noun: Noun::Profile,
    title: Words::new("規程の版", "Profile versions"),
    reading: "きていのはん",
    doc: Words::new(
        "どの版の規程が、いつから施行されているかです。記録はその日の版で判断されます。",
        "Which version of the rules holds from when; a record is judged by the version of its day.",
    ),
    columns: &[
        Column::new("from", ("施行日", "From"), 10, |row, _, lang| {
            of(row, |row| cells::day(row.from, lang))
        })
        .always(),
        Column::new("name", ("規程", "Profile"), 12, |row, _, _| of(row, |row| line_of(&row.text, "name")))
            .always(),
        Column::new("version", ("版", "Version"), 7, |row, _, _| {
            of(row, |row| line_of(&row.text, "version"))
        }),
        Column::new("by", ("提案・採用した人", "Proposed by"), 16, |row, at, lang| {
            of(row, |row| cells::name(row.by, at, lang))
        }),
        Column::new("adopted", ("その日時", "Proposed"), 16, |row, _, lang| {
            of(row, |row| cells::stamp(row.adopted, lang))
        }),
        Column::new("state", ("状態", "State"), 0, |row, at, lang| {
            of(row, |_| standing::words(STATES, standing::of(row, at), lang))
        }),
    ],
    detail: &[
        Column::line("agreed", ("同意", "Agreed"), |row, at, lang| {
            of(row, |row| hand(row.agreed.as_ref(), at, lang))
        }),
        Column::line("withdrawn", ("取下げ", "Withdrawn"), |row, at, lang| {
            of(row, |row| hand(row.withdrawn.as_ref(), at, lang))
        }),
        Column::line("steps", ("改正の手続", "Procedure"), |row, at, lang| {
            of(row, |row| cells::joined(row.steps.iter().map(|step| cells::step_taken(step, at, lang)), lang))
        }),
        Column::line("rights", ("変わる権限", "Rights changed"), |row, at, lang| {
            changes(row, Part::Rights, at, lang)
        }),
        Column::line("lists", ("変わる一覧", "Lists changed"), |row, at, lang| {
            changes(row, Part::Lists, at, lang)
        }),
        Column::line("texts", ("変わる文と数値", "Texts and limits"), |row, at, lang| {
            changes(row, Part::Texts, at, lang)
        }),
        Column::line("digest", ("本文のSHA-256", "SHA-256"), |row, _, _| {
            of(row, |row| row.proposed.clone().unwrap_or_default())
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
    ],
    judged: &["from", "version", "by", "steps", "rights", "lists", "texts"],
    states: STATES,
    stands: |row, at| match row {
        Row::ProfileVersion(row) if row.withdrawn.is_some() => "withdrawn",
        Row::ProfileVersion(row) if row.is_waiting() => "proposed",
        Row::ProfileVersion(row) if row.from > at.now().date_naive() => "not_yet",
        Row::ProfileVersion(_) => "in_force",
        _ => "",
    },
    is_in,
    today: &[
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["proposed"]),
            ..Open::new(
                "profile_to_agree",
                ("あなたの同意を待つ規程の版", "Profile versions for you to agree to"),
                Place::Mine,
                "to_agree",
            )
        },
        Open {
            among: Among::States(&["proposed"]),
            ..Open::new(
                "profile_proposed",
                ("ほかの人の同意を待つ規程の版", "Profile versions that wait for somebody to agree"),
                Place::Others,
                "with_others",
            )
        },
        Open {
            urgent: Urgent::Always,
            among: Among::States(&["agreed"]),
            ..Open::new(
                "profile_by_sheet",
                ("回復用紙で同意された規程の版", "Profile versions agreed to by the recovery sheet"),
                Place::Wrong,
                "by_sheet",
            )
        },
        Open {
            among: Among::States(&["agreed"]),
            ..Open::new(
                "profile_coming",
                ("まもなく変わる、または変わった規程", "Rules that are about to change, or just did"),
                Place::Soon,
                "coming",
            )
        },
    ],
    ..Register::PLAIN
};

/// What names the version that an operation is about.
const VERSION: Field = Field::new(
    "version",
    Kind::Ref(Noun::Profile),
    ("規程の版", "Version"),
    ("どの版かを選びます。", "Which version."),
)
.needed();

/// What is done with versions of the profile.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "propose_profile",
        title: Words::new("規程の提案", "Propose profile"),
        past: Words::new("規程の提案", "Profile proposed"),
        reading: "きていのていあん かいせい さいよう",
        doc: Words::new(
            "規程の新しい版を、施行日と改正の手続の日付を添えて提案します。別の人が同意すると、施行日から有効になります。",
            "Proposes a version of the profile with its first day and the steps of the regulation's own procedure. Once another person agrees, it is in force from that day.",
        ),
        about: None,
        register: "profiles",
        fields: &[
            Field::new(
                "profile",
                Kind::Profile,
                ("規程のファイル", "Profile"),
                (
                    "規程ファイル（TOML）の場所です（例: /media/usb/kitei.toml）。内蔵の規程の名前でも構いません。",
                    "Where the file is (TOML), such as /media/usb/rules.toml, or the name of a profile built in.",
                ),
            )
            .needed(),
            Field::new(
                "from",
                Kind::Date,
                ("施行日", "From"),
                ("この版が有効になる最初の日です。", "The first day in force."),
            )
            .needed(),
            Field::new(
                "steps",
                Kind::Steps,
                ("改正の手続", "Procedure"),
                (
                    "今の規程にある手続を1行に1つ、名称と日付で入力します。採決は日付の後に 7/12（賛成/全員）と続けます。",
                    "The steps that the profile in force lists, one a line: name and day. For a vote add 7/12 (in favour/of all).",
                ),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "agree_profile",
        title: Words::new("規程への同意", "Agree to profile"),
        past: Words::new("規程への同意", "Profile agreed to"),
        reading: "きていへのどうい さんせい しょうにん",
        doc: Words::new(
            "別の人が提案した規程の版に同意します。施行日から有効になります。変わる点は、規程の版の詳細で全部読めます。",
            "Agrees to a version that another person proposed: it is in force from its day. The version's page shows all that it changes.",
        ),
        about: Some((Noun::Profile, "version")),
        register: "profiles",
        fields: &[VERSION],
        opens: Opens::Confirm,
    },
    Operation {
        command: "withdraw_profile",
        title: Words::new("規程の取下げ", "Withdraw profile"),
        past: Words::new("規程の取下げ", "Profile withdrawn"),
        reading: "きていのとりさげ",
        doc: Words::new(
            "同意を待つ版、または施行日前の版を、理由を付けて取り下げます。今の規程がそのまま続きます。",
            "Takes back a version that waits for a second person or whose day has not come. The rules stay as they are.",
        ),
        about: Some((Noun::Profile, "version")),
        register: "profiles",
        fields: &[
            VERSION,
            Field::new(
                "reason",
                Kind::Block(500),
                ("理由", "Reason"),
                ("取り下げる理由を入力します。", "Why it is taken back."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
