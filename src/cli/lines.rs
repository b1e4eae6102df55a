//! Lines of a batch file, one at a time, none longer than a limit in memory.

use std::io::{self, BufRead};

/// The longest line that is read, in bytes: a profile's text fits many times over.
pub const LONGEST: usize = 1 << 20;

/// A line as it was read.
#[derive(Debug, PartialEq, Eq)]
pub enum Read {
    /// Its bytes, without the line end.
    Line(Vec<u8>),
    /// It was longer than [`LONGEST`] and was passed over.
    TooLong,
}

/// The next line; `None` at the end. LF and CR LF end a line, and so does the end of the file.
///
/// # Errors
/// The reader's.
pub fn next(reader: &mut dyn BufRead) -> io::Result<Option<Read>> {
    let mut line = Vec::new();
    let (mut any, mut long) = (false, false);
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        any = true;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        if long || line.len() + part.len() > LONGEST {
            long = true;
            line.clear();
        } else {
            line.extend_from_slice(part);
        }
        let used = end.map_or(chunk.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(match (any, long) {
        (false, _) => None,
        (true, true) => Some(Read::TooLong),
        (true, false) => Some(Read::Line(line)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Read> {
        let mut reader = io::BufReader::with_capacity(7, bytes);
        std::iter::from_fn(|| next(&mut reader).unwrap()).collect()
    }

    #[test]
    fn lines_end_with_lf_cr_lf_or_the_file() {
        let line = |text: &str| Read::Line(text.as_bytes().to_vec());
        assert_eq!(all(b"one\r\ntwo\n\nfour"), [line("one"), line("two"), line(""), line("four")]);
        assert_eq!(all(b""), []);
    }

    #[test]
    fn a_line_too_long_is_passed_over_and_the_next_one_read() {
        let mut bytes = vec![b'x'; LONGEST + 1];
        bytes.extend_from_slice(b"\nnext\n");
        assert_eq!(all(&bytes), [Read::TooLong, Read::Line(b"next".to_vec())]);
        let mut bytes = vec![b'x'; LONGEST];
        bytes.push(b'\n');
        assert_eq!(all(&bytes), [Read::Line(vec![b'x'; LONGEST])]);
    }
}
