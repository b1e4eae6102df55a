//! The house's structure as a test: which floor may use which, banned calls, forgotten files, long doors.
//! The compiler does not check floors inside one crate.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Source without comments and string contents, so that a word in a sentence is not a call.
fn code(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect::<Vec<_>>()
        .join("\n")
}

fn relative(path: &Path) -> String {
    path.strip_prefix(root()).unwrap().to_string_lossy().into_owned()
}

fn may_use() -> BTreeMap<&'static str, &'static [&'static str]> {
    BTreeMap::from([
        ("fault", [].as_slice()),
        ("text", &["fault"]),
        ("domain", &["text", "fault"]),
        ("profile", &["domain", "fault"]),
        ("log", &["domain", "fault"]),
        ("vault", &["fault"]),
        ("store", &["domain", "profile", "log", "text", "fault"]),
        ("desk", &["text", "domain", "profile", "log", "vault", "store", "fault"]),
        ("paper", &["desk", "domain", "text", "fault"]),
        ("sample", &["desk", "domain", "text", "fault"]),
        ("tui", &["desk", "paper", "domain", "text", "fault"]),
        ("cli", &["desk", "paper", "domain", "text", "tui", "sample", "fault"]),
    ])
}

#[test]
fn no_room_uses_a_floor_above_it() {
    let allowed = may_use();
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = relative(&path);
        let room = name.split('/').nth(1).unwrap_or_default().trim_end_matches(".rs").to_owned();
        let Some(allowed) = allowed.get(room.as_str()) else { continue };
        let code = code(&path);
        for (at, _) in code.match_indices("crate::") {
            let used: String =
                code[at + 7..].chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if may_use().contains_key(used.as_str()) && used != room && !allowed.contains(&used.as_str()) {
                wrong.push(format!("{name} uses {used}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn clock_entropy_and_durable_writes_have_one_place_each() {
    let banned: [(&str, &[&str]); 5] = [
        ("Local::now", &[]),
        ("Utc::now", &[]),
        ("SystemTime::now", &["src/desk/clock.rs"]),
        ("getrandom::", &["src/desk/entropy.rs"]),
        (".sync_data()", &["src/vault/"]),
    ];
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = relative(&path);
        let code = code(&path);
        for (call, places) in banned {
            if code.contains(call) && !places.iter().any(|place| name.starts_with(place)) {
                wrong.push(format!("{name} calls {call}"));
            }
        }
        if name.starts_with("src/vault/") && name != "src/vault/durable.rs" {
            for call in ["std::fs::", "File::create", "OpenOptions"] {
                if code.contains(call) {
                    wrong.push(format!("{name} calls {call}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn ratatui_lives_in_tui_and_clap_in_cli() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = relative(&path);
        let code = code(&path);
        for (krate, place) in [
            ("ratatui::", "src/tui/"),
            ("crossterm::", "src/tui/"),
            ("clap::", "src/cli/"),
            ("redb::", "src/store/"),
        ] {
            let vault_seam = krate == "redb::" && name.starts_with("src/vault/");
            if code.contains(krate) && !name.starts_with(place) && !vault_seam {
                wrong.push(format!("{name} uses {krate}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_unsafe_unfinished_or_silenced_stands_in_the_source() {
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("src")) {
        let name = relative(&path);
        let text = fs::read_to_string(&path).unwrap();
        let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
        for word in [
            "unsafe ",
            "todo!",
            "unimplemented!",
            "FIXME",
            "XXX",
            "#[allow(",
            "#![allow(",
            "#[ignore",
            "dbg!(",
        ] {
            if shipped.contains(word) {
                wrong.push(format!("{name} has {word}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn main_is_under_forty_lines() {
    let lines = fs::read_to_string(root().join("src/main.rs")).unwrap().lines().count();
    assert!(lines < 40, "src/main.rs has {lines} lines");
}

#[test]
fn every_test_file_is_named_in_the_one_binary() {
    let named: BTreeSet<String> = fs::read_to_string(root().join("tests/main.rs"))
        .unwrap()
        .lines()
        .filter_map(|line| line.trim().strip_prefix("mod ")?.strip_suffix(';').map(str::to_owned))
        .collect();
    let other = ["main", "zz_duties"];
    for entry in fs::read_dir(root().join("tests")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|extension| extension == "rs") && !other.contains(&stem.as_str()) {
            assert!(named.contains(&stem), "tests/{stem}.rs is in nobody's hands");
        }
    }
}

/// Name and version of every package of a lock file.
fn locked(path: &str) -> BTreeSet<(String, String)> {
    let text = fs::read_to_string(root().join(path)).unwrap();
    let field = |block: &str, name: &str| {
        let line =
            block.lines().find_map(|line| line.strip_prefix(&format!("{name} = "))).unwrap_or_default();
        line.trim_matches('"').to_owned()
    };
    text.split("[[package]]").skip(1).map(|block| (field(block, "name"), field(block, "version"))).collect()
}

#[test]
fn the_peers_are_measured_with_the_crates_that_daicho_ships() {
    let (own, peers) = (locked("Cargo.lock"), locked("tests/peers/Cargo.lock"));
    let names: BTreeSet<&String> = own.iter().map(|(name, _)| name).collect();
    let other: Vec<_> = peers.iter().filter(|one| names.contains(&one.0) && !own.contains(one)).collect();
    assert!(other.is_empty(), "other versions in tests/peers/Cargo.lock: {other:?}");
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let needed = manifest.split("[dependencies]").nth(1).unwrap().split("\n[").next().unwrap();
    let missing: Vec<&str> = needed
        .lines()
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, _)| name)
        .filter(|name| !peers.iter().any(|(there, _)| there == name))
        .collect();
    assert!(missing.is_empty(), "run cargo metadata in tests/peers and commit its lock file: {missing:?}");
}

#[test]
fn no_network_code_is_in_the_dependency_tree() {
    let lock = fs::read_to_string(root().join("Cargo.lock")).unwrap();
    let found: Vec<&str> = [
        "reqwest",
        "hyper",
        "tokio",
        "socket2",
        "rustls",
        "native-tls",
        "ureq",
        "hickory-resolver",
        "trust-dns-resolver",
        "openssl",
    ]
    .into_iter()
    .filter(|name| lock.contains(&format!("name = \"{name}\"\n")))
    .collect();
    assert!(found.is_empty(), "{found:?}");
}

/// The nouns of the first book stand in more places than six: no more than these, and fewer is better.
const PLACES_MOST: usize = 6;

/// The screens that are one noun's own; every other names none.
const NAMES_A_NOUN: [&str; 2] = ["/screen/visits/", "/screen/shift.rs"];

/// Where a noun's variant is named besides its own files and the sample: the files, by noun.
#[test]
fn a_noun_is_named_in_its_family_and_in_few_places_besides() {
    let mut list = String::new();
    for noun in daicho::domain::Noun::ALL {
        let variant = format!("{noun:?}");
        let own = [
            format!("src/domain/{}.rs", noun.name()),
            format!("src/domain/{}/", noun.name()),
            "src/domain/family.rs".to_owned(),
            "src/sample/".to_owned(),
        ];
        let its_register = daicho::desk::declare::register_of(noun).map(|register| register.name);
        let register = format!("src/desk/declare/{}.rs", its_register.unwrap_or_default());
        let is_named = |code: &str| {
            ["Noun::", "Row::", "Command::"].iter().any(|of| {
                let word = format!("{of}{variant}");
                code.match_indices(&word).any(|(at, _)| {
                    !code[at + word.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '_')
                })
            })
        };
        let places: Vec<String> = rust_files(&root().join("src"))
            .iter()
            .filter(|path| {
                let name = relative(path);
                let shipped = code(path);
                let shipped = shipped.split("#[cfg(test)]").next().unwrap_or_default();
                !name.contains("/tests/")
                    && name != register
                    && !own.iter().any(|own| name.starts_with(own.as_str()))
                    && is_named(shipped)
            })
            .map(|path| relative(path))
            .collect();
        let screens: Vec<&String> = places
            .iter()
            .filter(|place| {
                place.starts_with("src/tui/") && !NAMES_A_NOUN.iter().any(|own| place.contains(own))
            })
            .collect();
        assert!(screens.is_empty(), "{} is named by a screen of all registers: {screens:?}", noun.name());
        list += &format!("{} {}\n", noun.name(), places.len());
        list.extend(places.iter().map(|place| format!("  {place}\n")));
        let first_book = noun.name() != "notice" && noun as u8 <= 13;
        assert!(first_book || places.len() <= PLACES_MOST, "{}: {places:#?}", noun.name());
    }
    crate::golden::check("nouns.txt", &list, "a noun is named in another place than before");
}
