//! A terminal's note of the last entry that it saw: written, read, and of any other content.

use daicho::vault::{RealDisk, Seen, read_seen, write_seen};

#[test]
fn a_note_is_read_as_it_was_written_and_nothing_else_is_a_note() {
    let folder = tempfile::tempdir().unwrap();
    let disk = RealDisk::new(folder.path());
    let founding = "0a".repeat(32);
    let seen = Seen {
        founding: founding.clone(),
        entry: 812,
        root: "3c".repeat(32),
        time: "2026-11-20T09:00:00+09:00".into(),
    };
    assert_eq!(read_seen(&disk, &founding).unwrap(), None);
    write_seen(&disk, &seen).unwrap();
    assert_eq!(read_seen(&disk, &founding).unwrap(), Some(seen.clone()));
    // Another log's note has another name.
    assert_eq!(read_seen(&disk, &"0b".repeat(32)).unwrap(), None);
    let path = folder.path().join(format!("{}.seen", &founding[..32]));
    let text = std::fs::read_to_string(&path).unwrap();
    for wrong in [
        String::new(),
        text.trim_end().to_owned(),
        text.replace(" 812 ", " -1 "),
        text.replace(" 812 ", " 99999999999999999999 "),
        text.replace("seen 1", "seen 2"),
        text.replace("3c", "3C"),
        text.replace('\n', " x\n"),
        text.repeat(2),
        text.replace(&founding, &"0b".repeat(32)),
        "\u{3042}".repeat(4000),
    ] {
        std::fs::write(&path, &wrong).unwrap();
        let read = read_seen(&disk, &founding);
        assert!(!matches!(read, Ok(Some(_))), "{wrong}: {read:?}");
    }
    write_seen(&disk, &seen).unwrap();
    assert_eq!(read_seen(&disk, &founding).unwrap(), Some(seen));
}
