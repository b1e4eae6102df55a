//! Files of this machine that are attached: read once, whole, and only where they are what they seem.

use super::{Failure, FieldProblem};
use crate::domain::MOST_ATTACHED;
use rustix::fs::{Mode, OFlags};
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use zeroize::Zeroizing;

/// A file that was opened to be attached.
#[derive(Debug)]
pub struct Paper {
    file: File,
    before: Metadata,
}

impl Paper {
    /// Opens a file: a plain one, of 1 byte to [`MOST_ATTACHED`], and no link to one.
    ///
    /// # Errors
    /// [`Failure::Malformed`], on the field `file`.
    pub fn open(path: &Path) -> Result<Paper, Failure> {
        // Not blocking: a pipe that nobody writes to would keep the terminal for ever. No link: what it leads to may
        // be exchanged, and is not what was named.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC | OFlags::NOCTTY;
        let file = match rustix::fs::open(path, flags, Mode::empty()) {
            Ok(file) => File::from(file),
            Err(rustix::io::Errno::LOOP | rustix::io::Errno::NXIO) => return Err(not_plain()),
            Err(e) => return Err(unread(&e.into())),
        };
        let before = file.metadata().map_err(|e| unread(&e))?;
        if !before.is_file() {
            return Err(not_plain());
        }
        match before.len() {
            0 => Err(empty()),
            1..=MOST_ATTACHED => Ok(Paper { file, before }),
            _ => Err(too_large()),
        }
    }

    /// Reads all of it.
    ///
    /// # Errors
    /// [`Failure::Malformed`]: it was changed or deleted meanwhile, or the device does not read it.
    pub fn read(mut self) -> Result<Zeroizing<Vec<u8>>, Failure> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.before.len() as usize));
        let mut limited = Read::by_ref(&mut self.file).take(MOST_ATTACHED + 1);
        limited.read_to_end(&mut bytes).map_err(|e| unread(&e))?;
        let after = self.file.metadata().map_err(|e| unread(&e))?;
        let stamp = |found: &Metadata| (found.len(), found.mtime(), found.mtime_nsec(), found.ctime());
        let same = stamp(&self.before) == stamp(&after) && after.nlink() > 0;
        if same && bytes.len() as u64 == after.len() { Ok(bytes) } else { Err(changed()) }
    }
}

fn problem(name: &str, ja: impl Into<String>, en: impl Into<String>) -> Failure {
    let field = "file".to_owned();
    Failure::Malformed(vec![FieldProblem { field, name: name.to_owned(), ja: ja.into(), en: en.into() }])
}

fn unread(e: &io::Error) -> Failure {
    match e.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => problem(
            "file_missing",
            "その場所にファイルがありません。場所と名前を確かめてください。",
            "There is no file at this place. Check the folder and the name.",
        ),
        io::ErrorKind::PermissionDenied => problem(
            "file_not_readable",
            "このファイルを読む権限がありません。読める場所に置き直してください。",
            "This account may not read the file. Put it where it can be read.",
        ),
        _ => problem(
            "file_not_read",
            format!("ファイルを読み取れません（{e}）。媒体を確かめて、もう一度実行してください。"),
            format!("The file could not be read ({e}). Check the medium and try again."),
        ),
    }
}

fn not_plain() -> Failure {
    problem(
        "file_not_plain",
        "普通のファイルではありません（リンク、フォルダー、装置など）。ファイルそのものを指定してください。",
        "This is no plain file but a link, a folder or a device. Name the file itself.",
    )
}

fn empty() -> Failure {
    problem(
        "file_empty",
        "空のファイルです。中身のあるファイルを指定してください。",
        "The file is empty. Name one with contents.",
    )
}

fn too_large() -> Failure {
    problem(
        "file_too_large",
        "ファイルが大きすぎます。添付できるのは1つ10 MBまでです。分けるか、解像度を下げてください。",
        "The file is too large. An attachment has at most 10 MB; split it, or scan it more coarsely.",
    )
}

fn changed() -> Failure {
    problem(
        "file_changed",
        "読み取り中にファイルが変更または削除されました。書き込みが終わってから、もう一度実行してください。",
        "The file was changed or deleted while it was read. Try again when nobody writes to it.",
    )
}
