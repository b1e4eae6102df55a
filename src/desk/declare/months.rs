//! The month's end (月締め): each month with the lines with which it was closed (例外措置手順書 9.2).

use super::{Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells, standing};
use crate::desk::{Lang, Lookup};
use crate::domain::{Closing, Exception, LineFact, Month, MonthLine, Noun, ReportOfEnd, Row};

fn of(row: &Row, say: impl Fn(&Month) -> String) -> String {
    match row {
        Row::Month(row) => say(row),
        _ => String::new(),
    }
}

fn closing(row: &Row, say: impl Fn(&Closing) -> String) -> String {
    of(row, |row| row.closing().map(&say).unwrap_or_default())
}

/// States of a month.
const STATES: Choices = &[
    ("closed", Words::new("締め済", "closed")),
    ("reopened", Words::new("やり直し中", "opened again")),
    ("closed_before", Words::new("後の月が締め済", "a later one is closed")),
];

/// Why an exception is a line.
pub(super) const FACTS: Choices = &[
    ("ended", Words::new("期間終了", "ended")),
    ("ended_early", Words::new("期間前に終了", "ended early")),
    ("not_begun", Words::new("失効・未開始", "void, not begun")),
    ("interrupted_too_long", Words::new("失効・中断", "void, interrupted")),
    ("revoked", Words::new("取消", "revoked")),
    ("from_earlier", Words::new("前の月から残る", "from a month before")),
    ("after_the_fact", Words::new("事後の許可", "granted after the fact")),
    ("told_late", Words::new("締めた後に分かった", "told after closing")),
];

/// How the report of an end stands.
pub(super) const REPORTS_OF_END: Choices = &[
    ("missing", Words::new("報告なし", "no report")),
    ("unconfirmed", Words::new("報告あり・未確認", "report unconfirmed")),
    ("confirmed", Words::new("報告を確認済", "report confirmed")),
    ("waived", Words::new("報告不要", "report waived")),
    ("not_due", Words::new("報告はまだ", "no report due")),
];

/// What is said of a line.
pub(super) const SETTLEMENTS: Choices = &[
    ("asked", Words::new("報告を求めた", "asked for it")),
    ("found", Words::new("終了を別に確認した", "found otherwise")),
    ("in_order", Words::new("問題なし", "in order")),
    ("measures", Words::new("是正を求めた", "to be put right")),
    ("other", Words::new("その他", "other")),
];

/// What a line says, without whom it is of.
pub(super) fn line(line: &MonthLine, lang: Lang) -> String {
    let fact = standing::words(FACTS, line.fact.name(), lang);
    let late = line.after_the_fact && line.fact != LineFact::AfterTheFact;
    let late = late.then(|| standing::words(FACTS, LineFact::AfterTheFact.name(), lang));
    let report = (line.report != ReportOfEnd::NotDue)
        .then(|| standing::words(REPORTS_OF_END, line.report.name(), lang));
    let said = match (line.said, line.asks) {
        (Some(said), _) => format!("[{}]", standing::words(SETTLEMENTS, said.name(), lang)),
        (None, true) => lang.pick("[未確認]", "[not settled]").to_owned(),
        (None, false) => lang.pick("[確認不要]", "[nothing to settle]").to_owned(),
    };
    let parts =
        [Some(fact), late, report].into_iter().flatten().collect::<Vec<_>>().join(lang.pick("・", ", "));
    format!("{parts} {said}")
}

/// The lines of a closing, one below the other: number, who has it, what became of it, what was said of it by whom.
fn lines(closing: &Closing, month: &Month, at: &dyn Lookup, lang: Lang) -> String {
    let said = closing.lines.iter().map(|of| {
        let row = at.row(of.exception).and_then(|row| Exception::try_from(row).ok());
        let Some(row) = row else { return format!("{} {}", of.exception, line(of, lang)) };
        let number = row.permit().map_or_else(|| row.id.to_string(), |permit| permit.number.clone());
        let settled = row.settled.iter().rfind(|settled| settled.month == month.month);
        let by = settled.map(|settled| cells::ending(Some(&settled.done), at, lang)).unwrap_or_default();
        format!("{number} {} {} {by}", cells::name(row.applicant, at, lang), line(of, lang))
            .trim_end()
            .to_owned()
    });
    said.collect::<Vec<_>>().join("\n")
}

/// The register of months.
pub const REGISTER: Register = Register {
    name: "months",
    noun: Noun::Month,
    title: Words::new("月締め", "Months"),
    reading: "つきしめ げつまつ",
    doc: Words::new(
        "締めた月と、そのときの行です。行は許可から計算され、締めるときに確定します。",
        "Months that were closed, with their lines: computed from the permits, and fixed when a month is closed.",
    ),
    columns: &[
        Column::new("month", ("月", "Month"), 8, |row, _, lang| {
            of(row, |row| cells::month(row.month, lang))
        })
        .always(),
        Column::new("count", ("行数", "Lines"), 6, |row, _, _| {
            of(row, |row| row.lines().len().to_string())
        }),
        Column::new("settled", ("確認した行", "Settled"), 10, |row, _, _| {
            of(row, |row| row.lines().iter().filter(|line| line.said.is_some()).count().to_string())
        }),
        Column::new("closed", ("締めた日", "Closed"), 0, |row, _, lang| {
            closing(row, |closing| cells::stamp(closing.done.on, lang))
        }),
        Column::new("state", ("状態", "State"), 12, |row, at, lang| {
            of(row, |_| standing::said(row, at, lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("entry", ("証跡", "Entry"), |row, _, _| {
            closing(row, |closing| format!("#{}", closing.entry))
        }),
        Column::line("closed_by", ("締めた人", "Closed by"), |row, at, lang| {
            closing(row, |closing| cells::ending(Some(&closing.done), at, lang))
        }),
        Column::line("lines", ("行", "Lines"), |row, at, lang| {
            of(row, |row| row.closing().map(|closing| lines(closing, row, at, lang)).unwrap_or_default())
        }),
        Column::line("reopened", ("やり直し", "Opened again"), |row, at, lang| {
            of(row, |row| {
                cells::joined(row.reopened.iter().map(|end| cells::ending(Some(end), at, lang)), lang)
            })
        }),
        Column::line("earlier", ("前の締め", "Closed before"), |row, at, lang| {
            of(row, |row| {
                let (_, before) =
                    row.closings.split_last().map_or((None, &[][..]), |(last, before)| (Some(last), before));
                let said = before.iter().map(|closing| {
                    let done = cells::ending(Some(&closing.done), at, lang);
                    format!("#{} {done}\n{}", closing.entry, lines(closing, row, at, lang))
                });
                said.collect::<Vec<_>>().join("\n")
            })
        }),
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    judged: &["month", "count", "lines"],
    states: STATES,
    stands: |row, _| match row {
        Row::Month(row) if row.is_closed() => "closed",
        _ => "reopened",
    },
    whom: |row, _, lang| of(row, |row| cells::month(row.month, lang)),
    ..Register::PLAIN
};

/// What is done with months.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "close_month",
        title: Words::new("月締め", "Close month"),
        past: Words::new("月締め", "Month closed"),
        reading: "つきしめ",
        doc: Words::new(
            "月を締めます。すべての行が確認されてから、古い月から順に締めます。締めた行は変わりません。",
            "Closes a month once every line of it is settled, the oldest first. Its lines are fixed then.",
        ),
        about: None,
        register: "months",
        fields: &[
            Field::new(
                "month",
                Kind::Date,
                ("月", "Month"),
                (
                    "その月のどの日でもかまいません。空欄なら、まだ締めていない最も古い月です。",
                    "Any day of it; the oldest that is open where empty.",
                ),
            ),
            Field::new(
                "remarks",
                Kind::Block(1000),
                ("備考", "Remarks"),
                ("伝えることがあれば入力します。", "What else there is to say."),
            ),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "reopen_month",
        title: Words::new("月締めのやり直し", "Open month again"),
        past: Words::new("月締めのやり直し", "Month opened again"),
        reading: "つきしめのやりなおし",
        doc: Words::new(
            "最後に締めた月を、もう一度開きます。前の締めもそのまま読めます。",
            "Opens the month again that was closed last. What it was closed with stays readable.",
        ),
        about: Some((Noun::Month, "month")),
        register: "months",
        fields: &[
            Field::new(
                "month",
                Kind::Ref(Noun::Month),
                ("月", "Month"),
                ("どの月かを選びます。", "Which month."),
            )
            .needed(),
            Field::new(
                "reason",
                Kind::Block(1000),
                ("理由", "Reason"),
                ("やり直す理由を入力します。", "Why it is opened again."),
            )
            .needed(),
        ],
        opens: Opens::Confirm,
    },
];
