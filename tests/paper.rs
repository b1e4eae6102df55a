//! Sheets of plain text and CSV.

use daicho::desk::declare::{Field, Kind, operation, register};
use daicho::paper::{csv, plain};
use daicho::text::width;

fn texts(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn columns_stand_under_each_other_whatever_the_width_of_the_letters() {
    let headings = texts(&["氏名", "id", "note"]);
    let rows = vec![texts(&["山田 太郎", "P-00001", "x"]), texts(&["Smith", "P-2", "日本語"])];
    let table = plain::table(&headings, &rows, None);
    let place = |line: &str, mark: &str| width::cells(&line[..line.find(mark).unwrap()]);
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(place(lines[0], "id"), place(lines[2], "P-00001"));
    assert_eq!(place(lines[2], "P-00001"), place(lines[3], "P-2"));
    assert_eq!(place(lines[0], "note"), place(lines[3], "日本語"));
    assert!(lines.iter().all(|line| !line.ends_with(' ')));
}

#[test]
fn a_table_fits_the_room_it_is_given_and_nothing_breaks_its_lines() {
    let headings = texts(&["a", "b"]);
    let rows = vec![texts(&["長い文章".repeat(30).as_str(), "one\ntwo\r\n\u{1b}[2Jthree"])];
    let table = plain::table(&headings, &rows, Some(60));
    assert_eq!(table.lines().count(), 3);
    assert!(table.lines().all(|line| width::cells(line) <= 60), "{table}");
    assert!(!table.chars().any(|c| c.is_control() && c != '\n'), "{table:?}");
    assert!(plain::table(&headings, &rows, None).contains("one / two / "));
    // No room at all is no panic.
    for room in 0..12 {
        plain::table(&headings, &rows, Some(room));
    }
}

#[test]
fn a_table_written_as_csv_has_a_mark_line_ends_and_no_formula() {
    let written = csv::table(&texts(&["a", "b"]), &[texts(&["=1+1", "x,\"y\"\nz"])]).unwrap();
    let text = String::from_utf8(written).unwrap();
    assert_eq!(text, "\u{feff}a,b\r\n'=1+1,\"x,\"\"y\"\"\nz\"\r\n");
}

fn persons() -> (&'static [Field], Vec<daicho::desk::declare::Column>) {
    let columns = register("persons").unwrap().all_columns().copied().collect();
    (operation("register_person").unwrap().fields, columns)
}

#[test]
fn what_was_written_is_read_back_as_it_was() {
    let (fields, columns) = persons();
    let cells = ["=1", "'=1", "'", "a\nb", "\"", ",", "　", "-x", "普通"];
    for cell in cells {
        let written = csv::table(&texts(&["name", "kana"]), &[texts(&[cell, "ア"])]).unwrap();
        let list = csv::read(&written, fields, &columns).unwrap();
        let line = list.lines[0].as_ref().unwrap();
        let name = line.fields.iter().find(|(name, _)| name == "name").map(|(_, text)| text.as_str());
        // A cell of blanks is an empty one.
        assert_eq!(name, Some(cell).filter(|cell| !cell.trim().is_empty()), "{cell:?}");
    }
}

#[test]
fn lines_are_numbered_as_an_editor_numbers_them_and_empty_ones_are_passed_over() {
    let (fields, columns) = persons();
    let text = "name,kana\n\"two\nlines\",ア\n,\n\nb,イ\n";
    let list = csv::read(text.as_bytes(), fields, &columns).unwrap();
    let numbers: Vec<u64> = list.lines.iter().map(|line| line.as_ref().unwrap().number).collect();
    assert_eq!(numbers, [2, 6]);
}

#[test]
fn headings_are_known_by_name_and_by_label_in_either_language() {
    let (fields, columns) = persons();
    for field in fields {
        for heading in [field.name, field.label.ja, field.label.en] {
            let others = fields.iter().filter(|other| other.required && other.name != field.name);
            let headings: Vec<&str> =
                std::iter::once(heading).chain(others.map(|other| other.name)).collect();
            let row = vec!["x"; headings.len()];
            let text = format!("{}\n{}\n", headings.join(","), row.join(","));
            let list = csv::read(text.as_bytes(), fields, &columns).unwrap();
            let line = list.lines[0].as_ref().unwrap();
            assert!(line.fields.iter().any(|(name, _)| name == field.name), "{heading}");
        }
    }
}

#[test]
fn a_columns_own_heading_that_the_command_does_not_take_is_named_and_left_out() {
    let (fields, columns) = persons();
    let list = csv::read("番号,name,kana\nP-00007,a,ア\n".as_bytes(), fields, &columns).unwrap();
    assert_eq!(list.unused, ["番号"]);
    assert_eq!(list.lines[0].as_ref().unwrap().fields.len(), 2);
}

#[test]
fn a_file_that_is_no_list_says_why_under_a_stable_name() {
    let (fields, columns) = persons();
    let name = |bytes: &[u8]| csv::read(bytes, fields, &columns).unwrap_err().name;
    assert_eq!(name(b""), "no_headings");
    assert_eq!(name(b"\xff"), "not_utf8");
    assert_eq!(name(b"name,kana,shoes\n"), "unknown_heading");
    assert_eq!(name(b"name,kana,name\n"), "heading_twice");
    assert_eq!(name(b"kana\n"), "heading_missing");
    for (text, line) in [
        ("name,kana\na,ア\n\"b,イ\nc,ウ\n", "3行目"),
        ("\u{feff}\"name,kana\r\n", "1行目"),
        ("name,kana\n\"a\nb\",ア\nx,\"イ\"\"\n", "4行目"),
    ] {
        let wrong = csv::read(text.as_bytes(), fields, &columns).unwrap_err();
        assert_eq!(wrong.name, "quote_open", "{text:?}");
        assert!(wrong.ja.starts_with(line), "{}", wrong.ja);
    }
    for closed in ["name,kana\n\"a\",ア\n", "name,kana\na\"b,ア\n", "name,kana\n\"\"\"\",ア\n"] {
        assert!(csv::read(closed.as_bytes(), fields, &columns).is_ok(), "{closed:?}");
    }
    assert!(fields.iter().any(|field| field.kind == Kind::Kana));
}
