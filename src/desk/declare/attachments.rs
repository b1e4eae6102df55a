//! Attachments (添付書類): the documents that belong to applications and work records.

use super::{Choices, Column, Field, Kind, Opens, Operation, Register, Words, cells, standing};
use crate::desk::{Lang, Lookup};
use crate::domain::{Attachment, Id, Noun, Row};

fn of(row: &Row, say: impl Fn(&Attachment) -> String) -> String {
    match row {
        Row::Attachment(row) => say(row),
        _ => String::new(),
    }
}

/// Hexadecimal digits of a digest that are shown where all 64 have no room.
const SHORT: usize = 16;

fn short(digest: &str) -> &str {
    digest.get(..SHORT).unwrap_or(digest)
}

/// What is attached to a record, one a line: number, title, name, size, beginning of the digest.
pub(super) fn lines(record: Id, at: &dyn Lookup, lang: Lang) -> String {
    let attached = at.attached(record);
    let then = attached.iter().filter(|row| row.attached <= at.now());
    let lines = then.map(|row| {
        let (title, file) = (cells::text(&row.title, lang), cells::text(&row.file, lang));
        // Erased, both say so; and once is enough.
        let called = if title == file { title } else { format!("{title} {file}") };
        format!("{} {called} {} {}", row.id, cells::bytes(row.size), short(&row.digest))
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// States of an attachment.
const STATES: Choices = &[("kept", Words::new("保管中", "kept")), ("erased", Words::new("消去済", "erased"))];

/// The register of attachments.
pub const REGISTER: Register = Register {
    name: "attachments",
    noun: Noun::Attachment,
    title: Words::new("添付書類", "Attachments"),
    reading: "てんぷしょるい",
    doc: Words::new(
        "申請と作業記録に添付した書類です。中身は保管庫の中にあり、いつでも書き出せます。",
        "Documents attached to applications and work records. They are kept in the vault and can be written out.",
    ),
    columns: &[
        Column::new("id", ("番号", "Number"), 8, |row, _, _| row.id().to_string()).always(),
        Column::new("record", ("添付先", "Attached to"), 11, |row, _, _| {
            of(row, |row| row.record.to_string())
        })
        .always(),
        Column::new("title", ("題名", "Title"), 0, |row, _, lang| {
            of(row, |row| cells::text(&row.title, lang))
        })
        .always(),
        Column::new("file", ("ファイル名", "File"), 18, |row, _, lang| {
            of(row, |row| cells::text(&row.file, lang))
        }),
        Column::new("size", ("大きさ", "Size"), 9, |row, _, _| of(row, |row| cells::bytes(row.size))),
        Column::new("attached", ("添付日時", "Attached"), 16, |row, _, lang| {
            of(row, |row| cells::stamp(row.attached, lang))
        }),
    ],
    detail: &[
        Column::line("bytes", ("バイト数", "Bytes"), |row, _, _| of(row, |row| row.size.to_string())),
        Column::line("digest", ("SHA-256", "SHA-256"), |row, _, _| of(row, |row| row.digest.clone())),
        Column::line("blob", ("保管庫内の名前", "Name in the vault"), |row, _, _| {
            of(row, |row| row.blob.clone())
        }),
        Column::line("attached_by", ("添付した人", "Attached by"), |row, at, lang| {
            of(row, |row| cells::name(row.attached_by, at, lang))
        }),
        Column::line("state", ("状態", "State"), |row, at, lang| {
            of(row, |_| standing::words(STATES, standing::of(row, at), lang))
        }),
        Column::line("erased", ("消去", "Erased"), |row, _, lang| cells::trace(row, lang)),
    ],
    states: STATES,
    stands: |row, _| match row {
        Row::Attachment(row) if row.is_kept() => "kept",
        Row::Attachment(_) => "erased",
        _ => "",
    },
    whom: |row, _, lang| match row {
        Row::Attachment(row) => cells::text(&row.title, lang),
        _ => String::new(),
    },
    ..Register::PLAIN
};

/// What is done with attachments.
pub const OPERATIONS: &[Operation] = &[
    Operation {
        command: "attach",
        title: Words::new("書類の添付", "Attach"),
        past: Words::new("書類の添付", "Attached"),
        reading: "しょるいのてんぷ てんぷ",
        doc: Words::new(
            "申請・許可または作業記録に、書類のファイル（PDFや画像、1つ10 MBまで）を添付します。",
            "Attaches a document, such as a PDF or a scan of up to 10 MB, to an application or a work record.",
        ),
        about: None,
        register: "attachments",
        fields: &[
            Field::new(
                "record",
                Kind::RefOf(&[Noun::Permit, Noun::Work]),
                ("添付先", "Attach to"),
                (
                    "申請・許可（A-00003）または作業記録（W-00002）の番号です。",
                    "The number of an application or permit (A-00003), or of a work record (W-00002).",
                ),
            )
            .needed(),
            Field::new(
                "title",
                Kind::Line(80),
                ("題名", "Title"),
                (
                    "作業計画書、作業報告書など、何の書類かを入力します。",
                    "What it is: a work plan, a signed report.",
                ),
            )
            .needed(),
            Field::new(
                "file",
                Kind::File,
                ("ファイル", "File"),
                (
                    "ファイルの場所です。起動したフォルダーからの位置か、/media/usb/plan.pdf のように入力します。",
                    "Where the file is: as seen from the folder where this was started, or as /media/usb/plan.pdf.",
                ),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
    Operation {
        command: "write_attachment",
        title: Words::new("添付の書き出し", "Write out"),
        past: Words::new("添付の書き出し", "Attachment written out"),
        reading: "てんぷのかきだし",
        doc: Words::new(
            "添付した書類を保管庫の外のファイルに書き出します。書き出したことは証跡に残ります。",
            "Writes what was attached to a file outside the vault. That it was written out is an entry.",
        ),
        about: Some((Noun::Attachment, "attachment")),
        register: "attachments",
        fields: &[
            Field::new(
                "attachment",
                Kind::Ref(Noun::Attachment),
                ("添付書類", "Attachment"),
                ("どの添付書類かを選びます。", "Which attachment."),
            )
            .needed(),
            Field::new(
                "to",
                Kind::File,
                ("書き出し先", "Write to"),
                (
                    "新しいファイルの場所と名前です。あるファイルには上書きしません。",
                    "Folder and name of a new file. Nothing is written over.",
                ),
            )
            .needed(),
        ],
        opens: Opens::Form,
    },
];
