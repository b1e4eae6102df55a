//! Prints, as the last lines of `cargo test`, which duties of the regulations a test shows.
//!
//! The list of duties is `data/duties.txt`: id, area, wave, and whether it is due in this release. A duty is shown
//! by a test named after its id: `I-3-2-1` by one whose name starts with `i_3_2_1_`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

fn test_names(folder: &Path, names: &mut Vec<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            test_names(&path, names)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let text = fs::read_to_string(&path)?;
            let mut is_test = false;
            for line in text.lines() {
                let line = line.trim_start();
                if line.starts_with("#[test]") {
                    is_test = true;
                } else if let Some(rest) = line.strip_prefix("fn ") {
                    if is_test {
                        names.extend(rest.split('(').next().map(str::to_owned));
                    }
                    is_test = false;
                }
            }
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let mut names = Vec::new();
    let read = ["src", "tests"].iter().try_for_each(|folder| test_names(&root.join(folder), &mut names));
    let (Ok(()), Ok(list)) = (read, fs::read_to_string(root.join("data/duties.txt"))) else {
        eprintln!("duty coverage: the sources or data/duties.txt cannot be read");
        return ExitCode::FAILURE;
    };
    let mut areas: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    let mut missing = Vec::new();
    let (mut shown, mut due) = (0, 0);
    for line in list.lines().filter(|line| !line.starts_with('#')) {
        let mut fields = line.split('\t');
        let (Some(id), Some(area), Some(wave), Some(is_due)) =
            (fields.next(), fields.next(), fields.next(), fields.next())
        else {
            continue;
        };
        let prefix = format!("{}_", id.to_lowercase().replace('-', "_"));
        // `i_3_1_` is not a prefix of `i_3_12_`, and a longer id with the same beginning is its own duty.
        let longer: Vec<String> = list
            .lines()
            .filter_map(|other| other.split('\t').next())
            .map(|other| format!("{}_", other.to_lowercase().replace('-', "_")))
            .filter(|other| other.len() > prefix.len() && other.starts_with(&prefix))
            .collect();
        let is_shown = names
            .iter()
            .any(|name| name.starts_with(&prefix) && !longer.iter().any(|other| name.starts_with(other)));
        let count = areas.entry(area).or_default();
        if wave == "1" {
            count.1 += 1;
            count.0 += usize::from(is_shown);
        }
        if is_due == "due" {
            due += 1;
            shown += usize::from(is_shown);
            if !is_shown {
                missing.push(id);
            }
        }
    }
    println!("\nduty coverage, first wave, by area (shown by a test named after the duty / all):");
    for (area, (shown, all)) in &areas {
        println!("  {area}  {shown}/{all}");
    }
    println!("duties due in this release: {shown}/{due} shown");
    if missing.is_empty() {
        return ExitCode::SUCCESS;
    }
    println!("  without a test: {}", missing.join(" "));
    ExitCode::FAILURE
}
