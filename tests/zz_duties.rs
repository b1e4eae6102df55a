//! Prints, as the last lines of `cargo test`, which demands of the regulations a test shows.
//!
//! The list is `data/duties.txt`. A test claims demands in the doc comment above it, `Shows J-2-2-3 a; J-PI-12 b, c.`;
//! how, and what a claim means, stands at the head of the list.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A duty's id and a demand's letter.
type Key = (String, String);

/// A demand of the list.
struct Demand {
    book: String,
    wave: u32,
    shown: bool,
}

/// The demands of the list; the lines that are neither a duty's nor a demand's go to `wrong`.
fn demands(list: &str, wrong: &mut Vec<String>) -> BTreeMap<Key, Demand> {
    let mut demands = BTreeMap::new();
    let mut duty = "";
    for (n, line) in list.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
        let fields: Vec<&str> = line.split('\t').collect();
        match fields.as_slice() {
            [id, _, _, "due" | "later", _] => duty = id,
            [id, letter, book, wave, shown @ ("shown" | "open"), text]
                if *id == duty && letter.len() == 1 && !text.is_empty() =>
            {
                let wave = wave.parse().unwrap_or_default();
                let demand = Demand { book: (*book).to_owned(), wave, shown: *shown == "shown" };
                if demands.insert(((*id).to_owned(), (*letter).to_owned()), demand).is_some() {
                    wrong.push(format!("data/duties.txt:{}: {id} {letter} stands there twice", n + 1));
                }
            }
            _ => wrong.push(format!("data/duties.txt:{}: neither a duty nor a demand", n + 1)),
        }
    }
    demands
}

/// The claims of a doc comment: `Shows ID a, b; ID c.`, as often as it says so.
fn claims(comment: &str) -> Vec<Result<Key, String>> {
    let mut found = Vec::new();
    let mut rest = comment;
    while let Some((_, after)) = rest.split_once("Shows ") {
        let Some((said, behind)) = after.split_once('.') else { break };
        rest = behind;
        for claim in said.split(';') {
            let Some((id, letters)) = claim.trim().split_once(' ') else {
                found.push(Err(claim.trim().to_owned()));
                continue;
            };
            found.extend(letters.split(',').map(|letter| match letter.trim() {
                letter if letter.len() == 1 => Ok((id.to_owned(), letter.to_owned())),
                _ => Err(claim.trim().to_owned()),
            }));
        }
    }
    found
}

/// Every claim above a test of a folder, with the file it stands in.
fn claimed(folder: &Path, found: &mut Vec<(PathBuf, Result<Key, String>)>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            claimed(&path, found)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let mut comment = String::new();
            for line in fs::read_to_string(&path)?.lines().map(str::trim) {
                if let Some(said) = line.strip_prefix("///") {
                    comment.push(' ');
                    comment.push_str(said.trim());
                } else if line.starts_with("#[test]") {
                    found.extend(claims(&comment).into_iter().map(|claim| (path.clone(), claim)));
                } else if !line.starts_with("#[") {
                    comment.clear();
                }
            }
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    let read = ["src", "tests"].iter().try_for_each(|folder| claimed(&root.join(folder), &mut found));
    let (Ok(()), Ok(list)) = (read, fs::read_to_string(root.join("data/duties.txt"))) else {
        eprintln!("demands: the sources or data/duties.txt cannot be read");
        return ExitCode::FAILURE;
    };
    let mut wrong = Vec::new();
    let demands = demands(&list, &mut wrong);
    let mut shown: BTreeSet<Key> = BTreeSet::new();
    for (path, claim) in found {
        let path = path.strip_prefix(&root).unwrap_or(&path).display().to_string();
        match claim {
            Ok(key) if demands.contains_key(&key) => {
                shown.insert(key);
            }
            Ok((id, letter)) => wrong.push(format!("{path}: {id} {letter} is no demand of the list")),
            Err(claim) => wrong.push(format!("{path}: \"{claim}\" is no claim: an id, then letters")),
        }
    }
    let mut books: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for ((id, letter), demand) in &demands {
        let key = (id.clone(), letter.clone());
        match (demand.shown, shown.contains(&key)) {
            (true, false) => wrong.push(format!("{id} {letter} is said to be shown, and no test claims it")),
            (false, true) => {
                wrong.push(format!("{id} {letter} is claimed by a test, and is not marked as shown"))
            }
            _ => {}
        }
        if demand.wave == 1 {
            let count = books.entry(&demand.book).or_default();
            count.0 += usize::from(shown.contains(&key));
            count.1 += 1;
        }
    }
    println!("\ndemands of the first wave, by book (claimed by a test / due):");
    for (book, (claimed, due)) in &books {
        println!("  {book:<10}  {claimed}/{due}");
    }
    let (claimed, due) = books.values().fold((0, 0), |(a, b), (c, d)| (a + c, b + d));
    println!("  together    {claimed}/{due}, of {} in all waves", demands.len());
    for line in &wrong {
        println!("  wrong: {line}");
    }
    if wrong.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
