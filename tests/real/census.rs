//! Which calls an operation makes on the vault and its copy: each is a place where harm can be done.

use super::operations::Operation;
use super::place::{How, Place};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Calls that change what is on the disk, make it last, or read it: by a path, or by a name in a folder that is held.
const CALLS: [&str; 13] = [
    "pwrite64",
    "fdatasync",
    "fsync",
    "rename",
    "renameat",
    "ftruncate",
    "unlink",
    "unlinkat",
    "mkdir",
    "mkdirat",
    "openat",
    "pread64",
    "read",
];

/// One call that an operation makes.
#[derive(Debug, Clone)]
pub struct Point {
    pub call: String,
    /// Which of them it is: among all of its thread, or where `on` is given among those on that path.
    pub nth: usize,
    /// The path below the folder that holds vault and copy.
    pub path: String,
    /// Counted by path, because another thread than the first makes it.
    pub of_another: bool,
    /// Reads a file, or opens it for that only.
    pub reads: bool,
}

/// The calls of an unharmed run on its vault and its copy, in order.
pub fn census(operation: &Operation) -> Vec<Point> {
    let place = Place::new();
    place.prepare(operation);
    let ended = place.trace(operation, &CALLS.join(","));
    assert_eq!(ended.how, How::Exit(operation.exit), "{}: {ended:?}", operation.name);
    let root = format!("{}/", place.root.to_str().unwrap());
    let log = std::fs::read_to_string(&place.log).unwrap();
    let first = log.split_whitespace().next().unwrap().to_owned();
    let mut counted: BTreeMap<(String, Option<String>), usize> = BTreeMap::new();
    let mut points = Vec::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, arguments)) = rest.trim_start().split_once('(') else { continue };
        if !CALLS.contains(&call) {
            continue;
        }
        let path = arguments.find(&root).map(|at| {
            let rest = &arguments[at + root.len()..];
            rest.split(['"', '>']).next().unwrap_or_default().to_owned()
        });
        let path = path.filter(|path| ["site", "copy"].iter().any(|name| path.starts_with(name)));
        let of_another = thread != first;
        let key = (call.to_owned(), of_another.then(|| path.clone().unwrap_or_default()));
        let nth = counted.entry(key).or_default();
        *nth += 1;
        let Some(path) = path else { continue };
        points.push(Point {
            call: call.to_owned(),
            nth: *nth,
            of_another,
            reads: match call {
                "openat" => !arguments.contains("O_RDWR") && !arguments.contains("O_CREAT"),
                call => ["pread64", "read"].contains(&call),
            },
            path,
        });
    }
    assert!(operation.makes.1 == 0 || !points.is_empty(), "{}: {log}", operation.name);
    points
}

impl Point {
    /// The path that calls are counted by in another place.
    pub fn on_in(&self, place: &Place) -> Option<PathBuf> {
        self.of_another.then(|| place.root.join(&self.path))
    }
}

impl std::fmt::Display for Point {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let of_another = if self.of_another { " of the path" } else { "" };
        write!(f, "{} {}{of_another} ({})", self.call, self.nth, self.path)
    }
}
