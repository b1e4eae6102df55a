//! Plain text and CSV: what leaves the screen as a file. No printer command is run from here.

use crate::text::csv_guard::defuse;
use crate::text::width::{cells, pad_right};

/// Where texts go that a person writes out: given by the command line, which knows the folder.
pub trait PrintSink {
    /// Writes a text under a name, and says where it went.
    ///
    /// # Errors
    /// Why it could not be written, in words.
    fn write(&self, name: &str, text: &str) -> Result<String, String>;
}

/// Writes into a folder, never over a file that is there.
#[derive(Clone, Debug)]
pub struct Folder(pub std::path::PathBuf);

impl PrintSink for Folder {
    fn write(&self, name: &str, text: &str) -> Result<String, String> {
        use std::io::Write;
        let stem = name.rsplit_once('.').map_or((name, "txt"), |(stem, ending)| (stem, ending));
        for n in 1..1_000 {
            let name = if n == 1 { name.to_owned() } else { format!("{}-{n}.{}", stem.0, stem.1) };
            let path = self.0.join(&name);
            match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    file.write_all(text.as_bytes()).map_err(|error| error.to_string())?;
                    return Ok(path.display().to_string());
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(format!("{}: {error}", path.display())),
            }
        }
        Err(format!("{name}: 999 files of this name"))
    }
}

/// A table in plain text: columns as wide as their widest cell, two blanks between them.
pub fn table(head: &[String], rows: &[Vec<String>]) -> String {
    let mut widths: Vec<usize> = head.iter().map(|cell| cells(cell)).collect();
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cells(cell));
        }
    }
    let line = |row: &[String]| {
        let text: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| pad_right(cell, *width)).collect();
        format!("{}\n", text.join("  ").trim_end())
    };
    let mut out = line(head);
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(*width)).collect();
    out.push_str(&line(&rule));
    out.extend(rows.iter().map(|row| line(row)));
    out
}

/// A sheet: title, remarks, a table.
pub fn sheet(title: &str, remarks: &[String], head: &[String], rows: &[Vec<String>]) -> String {
    let mut out = format!("{title}\n");
    for remark in remarks.iter().filter(|remark| !remark.is_empty()) {
        out.push_str(remark);
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&table(head, rows));
    out
}

/// A CSV as Japanese spreadsheets open it: UTF-8 with a mark in front, CR LF, formulas defused.
pub fn csv(head: &[String], rows: &[Vec<String>]) -> String {
    let mut out = String::from('\u{FEFF}');
    for row in std::iter::once(head).chain(rows.iter().map(Vec::as_slice)) {
        let fields: Vec<String> = row.iter().map(|cell| quoted(&defuse(cell))).collect();
        out.push_str(&fields.join(","));
        out.push_str("\r\n");
    }
    out
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_a_spreadsheet_would_run_is_defused_and_quoted() {
        let text = csv(&["氏名".into()], &[vec!["=1+1".into()], vec!["a\"b,c".into()]]);
        assert_eq!(text, "\u{FEFF}氏名\r\n'=1+1\r\n\"a\"\"b,c\"\r\n");
    }

    #[test]
    fn columns_of_kanji_stand_under_each_other() {
        let text = table(&["氏名".into(), "区画".into()], &[vec!["山田 太郎".into(), "x".into()]]);
        assert_eq!(text, "氏名       区画\n---------  ----\n山田 太郎  x\n");
    }

    #[test]
    fn a_file_that_is_there_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let sink = Folder(dir.path().to_owned());
        sink.write("a.txt", "one").unwrap();
        let second = sink.write("a.txt", "two").unwrap();
        assert!(second.ends_with("a-2.txt"));
        assert_eq!(std::fs::read_to_string(dir.path().join("a.txt")).unwrap(), "one");
    }
}
