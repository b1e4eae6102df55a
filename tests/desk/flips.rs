//! Every file of a small vault, a byte of it changed: reported, and never wrong data.

use super::people::Cast;
use super::site::{PASSWORD, Site};
use daicho::desk::{Checker, Desk, Failure, ListQuery, NotOpened, check};
use std::path::PathBuf;

/// Seed of the places in large files; change it to look elsewhere.
const SEED: u64 = 20_261_120;
/// Places that are tried in a file that is longer than this.
const PLACES: usize = 80;

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

/// What people would be shown.
pub fn shown(desk: &Desk) -> Result<String, Failure> {
    let mut text = String::new();
    for register in ["visits", "persons", "entrants", "badges", "users", "attachments"] {
        let query = ListQuery { register: register.to_owned(), ..ListQuery::default() };
        let mut rows = desk.list(&query, None, 500)?.rows;
        // The login of just now is not the damage looked for.
        for row in &mut rows {
            if let daicho::domain::Row::User(user) = row {
                user.last_login = None;
                user.trace.changed = 0;
            }
        }
        text.push_str(&format!("{rows:?}"));
    }
    Ok(text)
}

fn files(site: &Site) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["", "keys", "blobs"].map(|sub| site.dir().join(sub)) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let entry = entry.unwrap();
            let exempt = ["lock", "attempts"].iter().any(|name| entry.file_name() == *name);
            if entry.file_type().unwrap().is_file() && !exempt {
                files.push(entry.path().strip_prefix(site.dir()).unwrap().to_owned());
            }
        }
    }
    files.sort();
    files
}

#[test]
fn any_changed_byte_is_reported_and_never_shown() {
    let site = Site::found();
    let mut cast = Cast::gather(&site);
    cast.sit("admin").checkpoint_now();
    cast.operator_in();
    cast.attach(&site);
    cast.close();
    let truth = {
        let desk = site.copy().log_in("admin");
        shown(&desk).unwrap()
    };
    let damaged = site.copy();
    let mut seed = SEED;
    let (mut flips, mut opened) = (0, 0);
    for file in files(&site) {
        let bytes = std::fs::read(site.dir().join(&file)).unwrap();
        // Of a small file every byte; of a large one some anywhere, and those next to its ends.
        let mut places: Vec<usize> = (0..bytes.len()).collect();
        if bytes.len() > PLACES {
            places = (0..PLACES).map(|_| next(&mut seed) as usize % bytes.len()).collect();
            places.extend([0, 1, 15, 16, 511, 512, bytes.len().saturating_sub(513), bytes.len() - 1]);
            places.retain(|at| *at < bytes.len());
        }
        for at in places {
            let mut wrong = bytes.clone();
            wrong[at] ^= 1 << (next(&mut seed) % 8);
            std::fs::write(damaged.dir().join(&file), &wrong).unwrap();
            let place = format!("{} byte {at}", file.display());
            flips += 1;
            match check(&damaged.dir(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {}) {
                Ok(checked) => assert_ne!(checked.findings, [], "{place}: not reported"),
                Err(Failure::NotOpened(NotOpened::Credentials)) => {
                    panic!("{place}: damage taken for a wrong password")
                }
                Err(Failure::Damaged(what)) => assert!(!what.to_string().is_empty(), "{place}"),
                Err(Failure::NotOpened(_)) => {}
                Err(other) => panic!("{place}: {other:?}"),
            }
            // Some of them are opened for work, too: refused, or right.
            if flips % 5 == 0 {
                let copy = damaged.copy();
                match Desk::log_in(&copy.dir(), "admin", PASSWORD, copy.terminal()) {
                    Ok((desk, _)) => {
                        opened += 1;
                        match shown(&desk) {
                            Ok(text) => assert_eq!(text, truth, "{place}: wrong data"),
                            Err(failure) => {
                                assert!(matches!(failure, Failure::Damaged(_)), "{place}: {failure:?}")
                            }
                        }
                    }
                    Err(Failure::Damaged(_) | Failure::NotOpened(_)) => {}
                    Err(other) => panic!("{place}: {other:?}"),
                }
            }
        }
        std::fs::write(damaged.dir().join(&file), &bytes).unwrap();
    }
    println!(
        "{flips} flips with seed {SEED}, all reported; {opened} of the {} opened showed nothing wrong",
        flips / 5
    );
    let clean = check(&damaged.dir(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
    assert_eq!(clean.findings, []);
}
