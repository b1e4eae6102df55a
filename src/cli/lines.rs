//! Lines of a batch file, one at a time, none longer than a limit in memory.

use crate::desk::declare::read::MOST_BYTES;
use std::io::{self, BufRead};

/// The next line without its end; `None` at the end of the file. LF and CR LF end a line, and so does the end of
/// the file. Of a line longer than [`MOST_BYTES`] one byte more than that is kept, so that it is refused as that.
///
/// # Errors
/// The reader's.
pub fn next(reader: &mut dyn BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    let mut any = false;
    loop {
        let chunk = reader.fill_buf()?;
        if chunk.is_empty() {
            break;
        }
        any = true;
        let end = chunk.iter().position(|byte| *byte == b'\n');
        let part = chunk.get(..end.unwrap_or(chunk.len())).unwrap_or_default();
        let room = (MOST_BYTES + 1).saturating_sub(line.len());
        line.extend(part.iter().take(room));
        let used = end.map_or(chunk.len(), |end| end + 1);
        reader.consume(used);
        if end.is_some() {
            break;
        }
    }
    if line.last() == Some(&b'\r') {
        line.pop();
    }
    Ok(any.then_some(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(bytes: &[u8]) -> Vec<Vec<u8>> {
        let mut reader = io::BufReader::with_capacity(7, bytes);
        std::iter::from_fn(|| next(&mut reader).unwrap()).collect()
    }

    #[test]
    fn lines_end_with_lf_cr_lf_or_the_file() {
        assert_eq!(all(b"one\r\ntwo\n\nfour"), [&b"one"[..], b"two", b"", b"four"]);
        assert!(all(b"").is_empty());
    }

    #[test]
    fn of_a_line_too_long_only_so_much_is_kept_and_the_next_one_is_read() {
        let mut bytes = vec![b'x'; 3 * MOST_BYTES];
        bytes.extend_from_slice(b"\nnext\n");
        let lines = all(&bytes);
        assert_eq!((lines[0].len(), lines[1].as_slice()), (MOST_BYTES + 1, &b"next"[..]));
    }
}
