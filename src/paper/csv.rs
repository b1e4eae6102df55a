//! CSV: registers written for a spreadsheet, and existing lists read back.
//!
//! Written as Excel in Japan opens it without a question: UTF-8 with a byte-order mark, CR LF, and no cell
//! that would run as a formula ([`crate::text::csv_guard`]). Read back, the guard is taken off again, so that
//! what was written comes in as it was.

use crate::desk::declare::{Column, Field, Words};
use crate::desk::{FieldProblem, Lang, Lookup};
use crate::domain::Row;
use crate::text::{clean_bytes, csv_guard, without_bom};

/// The byte-order mark by which a spreadsheet knows UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// The largest file that is read, in bytes.
pub const MOST_BYTES: usize = 16 << 20;

/// A table as CSV.
///
/// # Errors
/// What the writer said; in memory it has no reason to fail.
pub fn table(headings: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>, String> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).flexible(true).from_writer(BOM.to_vec());
    for row in std::iter::once(headings).chain(rows.iter().map(Vec::as_slice)) {
        writer
            .write_record(row.iter().map(|cell| csv_guard::defuse(cell)))
            .map_err(|error| error.to_string())?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}

/// Rows of a register as CSV: its columns in order, under their titles in the language.
///
/// # Errors
/// As [`table`].
pub fn rows<'a>(
    columns: impl Iterator<Item = &'a Column>,
    rows: &[Row],
    at: &dyn Lookup,
    lang: Lang,
) -> Result<Vec<u8>, String> {
    let columns: Vec<&Column> = columns.collect();
    let headings: Vec<String> = columns.iter().map(|column| lang.of(column.title).to_owned()).collect();
    let cells: Vec<Vec<String>> =
        rows.iter().map(|row| columns.iter().map(|column| (column.cell)(row, at, lang)).collect()).collect();
    table(&headings, &cells)
}

/// A line of a list that was read: the fields that were filled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The line of the file it begins on, from 1.
    pub number: u64,
    /// Field name and text, guard taken off; empty cells are left out.
    pub fields: Vec<(String, String)>,
}

/// A list that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// Its lines; a line that is no record stands here with its problem.
    pub lines: Vec<Result<Line, (u64, FieldProblem)>>,
    /// Headings of the register's own columns that the command does not take.
    pub unused: Vec<String>,
}

/// Reads a list of records for a command. A heading is a field's stable name or its label in either language,
/// or a column of the register under one of its names; a column that the command does not take is named in
/// [`List::unused`].
///
/// # Errors
/// The file as a whole will not do: not UTF-8, no headings, a heading that nobody knows or that stands twice,
/// a required field without a column.
pub fn read(bytes: &[u8], fields: &[Field], columns: &[Column]) -> Result<List, FieldProblem> {
    if bytes.len() > MOST_BYTES {
        return Err(problem(
            "",
            "file_too_long",
            "ファイルが大きすぎます。16 MiBまでに分けてください。",
            "The file is too large. Split it into files of at most 16 MiB.",
        ));
    }
    let text = clean_bytes(bytes).map_err(|wrong| problem("", wrong.name(), &wrong.ja(), &wrong.en()))?;
    let text = without_bom(text);
    if let Some(line) = open_quote(text) {
        return Err(problem(
            "",
            "quote_open",
            &format!("{line}行目で始まる引用符（\"）が閉じていません。閉じるか、取り除いてください。"),
            &format!(
                "The quotation mark that begins on line {line} is never closed. Close it, or take it out."
            ),
        ));
    }
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut records = reader.records();
    let headings = match records.next() {
        Some(Ok(record)) => record,
        _ => {
            return Err(problem(
                "",
                "no_headings",
                "見出しの行がありません。",
                "There is no line of headings.",
            ));
        }
    };
    let mut places: Vec<Option<&'static str>> = Vec::new();
    let mut list = List::default();
    for heading in &headings {
        let heading = csv_guard::undo(heading.trim());
        let place = place(&heading, fields, columns);
        match place {
            Some(Place::Field(name)) if places.contains(&Some(name)) => {
                return Err(heading_problem("heading_twice", &heading, "が2回あります", "stands twice"));
            }
            Some(Place::Field(name)) => places.push(Some(name)),
            Some(Place::Column) => {
                places.push(None);
                list.unused.push(heading);
            }
            None => {
                return Err(heading_problem(
                    "unknown_heading",
                    &heading,
                    "は知られていません",
                    "is not known",
                ));
            }
        }
    }
    if let Some(field) = fields.iter().find(|field| field.required && !places.contains(&Some(field.name))) {
        let Words { ja, en } = field.label;
        return Err(problem(
            field.name,
            "heading_missing",
            &format!("「{ja}」（{}）の列がありません。", field.name),
            &format!("There is no column \"{en}\" ({}).", field.name),
        ));
    }
    let mut lines = Lines { text: text.as_bytes(), read: 0, number: 1 };
    for record in records {
        list.lines.extend(line(record, &places, &mut lines));
    }
    Ok(list)
}

/// The line on which a cell in quotes begins that does not end: all behind it would be one cell.
fn open_quote(text: &str) -> Option<u64> {
    #[derive(Clone, Copy)]
    enum At {
        Begin,
        Bare,
        Quoted(u64),
        // A quote in quotes: the end, or the first of two that stand for one.
        Quote(u64),
    }
    let (mut at, mut line) = (At::Begin, 1);
    for byte in text.bytes() {
        at = match (at, byte) {
            (At::Begin, b'"') => At::Quoted(line),
            (At::Quoted(began), b'"') => At::Quote(began),
            (At::Quote(began), b'"') => At::Quoted(began),
            (At::Quoted(began), _) => At::Quoted(began),
            (_, b',' | b'\r' | b'\n') => At::Begin,
            _ => At::Bare,
        };
        if byte == b'\n' {
            line += 1;
        }
    }
    if let At::Quoted(began) = at { Some(began) } else { None }
}

/// Which line of the file a record begins on, as an editor counts: the reader's own count leaves out empty lines.
struct Lines<'t> {
    text: &'t [u8],
    read: usize,
    number: u64,
}

impl Lines<'_> {
    /// The line of a record, from where the reader says that it begins: at the line ends before it.
    fn of(&mut self, position: Option<&csv::Position>) -> u64 {
        let begins = position.and_then(|at| usize::try_from(at.byte()).ok()).unwrap_or(self.read);
        let rest = self.text.get(begins..).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let passed = self.text.get(self.read..begins.saturating_add(ends)).unwrap_or_default();
        let breaks = passed.iter().filter(|byte| **byte == b'\n').count();
        self.number = self.number.saturating_add(u64::try_from(breaks).unwrap_or(0));
        self.read = self.read.max(begins.saturating_add(ends));
        self.number
    }
}

/// One record of the file; nothing for a line of empty cells.
fn line(
    record: Result<csv::StringRecord, csv::Error>,
    places: &[Option<&'static str>],
    lines: &mut Lines<'_>,
) -> Option<Result<Line, (u64, FieldProblem)>> {
    let record = match record {
        Ok(record) => record,
        Err(error) => {
            let number = lines.of(error.position());
            let (ja, en) = ("CSVとして読めません。", "This cannot be read as CSV.");
            return Some(Err((number, problem("", "not_csv", ja, en))));
        }
    };
    let number = lines.of(record.position());
    if record.iter().all(|cell| cell.trim().is_empty()) {
        return None;
    }
    if record.len() != places.len() {
        let (has, wants) = (record.len(), places.len());
        return Some(Err((
            number,
            problem(
                "",
                "cells_wrong",
                &format!("セルが{has}個あります。見出しは{wants}個です。"),
                &format!("There are {has} cells for {wants} headings."),
            ),
        )));
    }
    let filled = record.iter().zip(places).filter_map(|(cell, place)| {
        let text = csv_guard::undo(cell);
        place.filter(|_| !text.trim().is_empty()).map(|name| (name.to_owned(), text))
    });
    Some(Ok(Line { number, fields: filled.collect() }))
}

/// How lists from elsewhere head a column, and the field it is.
const SYNONYMS: &[(&str, &str)] = &[
    ("フリガナ", "kana"),
    ("ふりがな", "kana"),
    ("ヨミ", "kana"),
    ("よみ", "kana"),
    ("読み", "kana"),
    ("名前", "name"),
    ("名称", "name"),
];

/// What a heading stands for.
enum Place {
    Field(&'static str),
    Column,
}

fn place(heading: &str, fields: &[Field], columns: &[Column]) -> Option<Place> {
    let known = SYNONYMS.iter().find(|(other, _)| *other == heading).map(|(_, name)| *name);
    let is = |name: &str, title: Words| {
        heading == name || heading == title.ja || heading == title.en || known == Some(name)
    };
    if let Some(field) = fields.iter().find(|field| is(field.name, field.label)) {
        return Some(Place::Field(field.name));
    }
    let column = columns.iter().find(|column| is(column.name, column.title))?;
    let field = fields.iter().find(|field| field.name == column.name);
    Some(field.map_or(Place::Column, |field| Place::Field(field.name)))
}

fn problem(field: &str, name: &str, ja: &str, en: &str) -> FieldProblem {
    FieldProblem { field: field.to_owned(), name: name.to_owned(), ja: ja.to_owned(), en: en.to_owned() }
}

fn heading_problem(name: &str, heading: &str, ja: &str, en: &str) -> FieldProblem {
    let shown: String = heading.chars().filter(|c| !c.is_control()).take(40).collect();
    problem("", name, &format!("見出し「{shown}」{ja}。"), &format!("The heading \"{shown}\" {en}."))
}
