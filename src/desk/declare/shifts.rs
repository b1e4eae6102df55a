//! Shifts (引継ぎ): takeovers of the desk.

use super::{Column, Field, Kind, Opens, Operation, Register, Words, cells};
use crate::desk::Lang;
use crate::domain::{Noun, Row, Shift};

fn of(row: &Row, say: impl Fn(&Shift) -> String) -> String {
    match row {
        Row::Shift(row) => say(row),
        _ => String::new(),
    }
}

fn count(row: &Shift, nth: usize) -> String {
    row.counts.get(nth).map(u32::to_string).unwrap_or_default()
}

/// The counts of a takeover in words: people inside, badges out, things open.
pub(super) fn counts(counts: &[u32], lang: Lang) -> String {
    const NAMES: [(&str, &str, &str); 3] = [
        ("入室中", "人", "inside"),
        ("貸出中・未返却のバッジ", "個", "badges out"),
        ("未処理", "件", "open"),
    ];
    cells::joined(
        counts.iter().zip(NAMES).map(|(n, (ja, unit, en))| match lang {
            Lang::Ja => format!("{ja} {n}{unit}"),
            Lang::En => format!("{n} {en}"),
        }),
        lang,
    )
}

/// The register of takeovers.
pub const REGISTER: Register = Register {
    name: "shifts",
    noun: Noun::Shift,
    title: Words::new("引継ぎ", "Shifts"),
    reading: "ひきつぎ",
    doc: Words::new(
        "受付の当番が、いつ、だれからだれに引き継がれたかの記録です。",
        "When the desk was taken over, by whom and from whom.",
    ),
    columns: &[
        Column::new("at", ("日時", "When"), 16, |row, _, lang| of(row, |row| cells::stamp(row.at, lang)))
            .always(),
        Column::new("by", ("引き継いだ人", "Taken over by"), 14, |row, at, lang| {
            of(row, |row| cells::name(row.by, at, lang))
        })
        .always(),
        Column::new("from", ("前の当番", "From"), 12, |row, at, lang| {
            of(row, |row| cells::name_of(row.from, at, lang))
        }),
        Column::new("inside", ("入室中", "Inside"), 6, |row, _, _| of(row, |row| count(row, 0))),
        Column::new("badges_out", ("バッジ", "Badges"), 6, |row, _, _| of(row, |row| count(row, 1))),
        Column::new("open", ("未処理", "Open"), 6, |row, _, _| of(row, |row| count(row, 2))),
        Column::new("remarks", ("申し送り", "Remarks"), 0, |row, _, lang| {
            of(row, |row| cells::text(&row.remarks, lang))
        })
        .always(),
    ],
    detail: &[
        Column::line("id", ("番号", "Number"), |row, _, _| row.id().to_string()),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    ..Register::PLAIN
};

/// What is done at a change of shift.
pub const OPERATIONS: &[Operation] = &[Operation {
    command: "take_over_shift",
    title: Words::new("当番の引継ぎ", "Take over"),
    past: Words::new("当番の引継ぎ", "Shift taken over"),
    reading: "とうばんのひきつぎ こうたい",
    doc: Words::new(
        "入室中の人、貸出中のバッジ、未処理の件を確かめて、受付の当番を引き継ぎます。",
        "Takes over the desk: who is inside, which badges are out, what is open.",
    ),
    about: None,
    register: "shifts",
    fields: &[Field::new(
        "remarks",
        Kind::Block(1000),
        ("申し送り", "Remarks"),
        ("前の当番からの申し送りを入力します。", "What the one before left to say."),
    )],
    opens: Opens::Confirm,
}];
