//! Plain text and CSV: what leaves the screen as a file. No printer command is run from here.

use crate::paper::plain;

/// Where texts go that a person writes out: given by the command line, which knows the folder.
pub trait PrintSink {
    /// Writes what was made under a name, and says where it went.
    ///
    /// # Errors
    /// Why it could not be written, in words.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<String, String>;
}

/// Writes into a folder, never over a file that is there.
#[derive(Clone, Debug)]
pub struct Folder(pub std::path::PathBuf);

impl PrintSink for Folder {
    fn write(&self, name: &str, bytes: &[u8]) -> Result<String, String> {
        use std::io::Write;
        let stem = name.rsplit_once('.').map_or((name, "txt"), |(stem, ending)| (stem, ending));
        for n in 1..1_000 {
            let name = if n == 1 { name.to_owned() } else { format!("{}-{n}.{}", stem.0, stem.1) };
            let path = self.0.join(&name);
            match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(mut file) => {
                    file.write_all(bytes).map_err(|error| error.to_string())?;
                    return Ok(path.display().to_string());
                }
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(format!("{}: {error}", path.display())),
            }
        }
        Err(format!("{name}: 999 files of this name"))
    }
}

/// A sheet: title, remarks, a table.
pub fn sheet(title: &str, remarks: &[String], head: &[String], rows: &[Vec<String>]) -> Vec<u8> {
    let mut out = format!("{title}\n");
    for remark in remarks.iter().filter(|remark| !remark.is_empty()) {
        out.push_str(remark);
        out.push('\n');
    }
    out.push('\n');
    out.push_str(&plain::table(head, rows, None));
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_there_is_never_written_over() {
        let dir = tempfile::tempdir().unwrap();
        let sink = Folder(dir.path().to_owned());
        sink.write("a.txt", b"one").unwrap();
        let second = sink.write("a.txt", b"two").unwrap();
        assert!(second.ends_with("a-2.txt"));
        assert_eq!(std::fs::read_to_string(dir.path().join("a.txt")).unwrap(), "one");
    }
}
