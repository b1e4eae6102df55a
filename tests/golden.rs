//! Texts that a reviewer compares: what the program gives is kept beside the tests, a folder a family.
//! `UPDATE_GOLDEN=1 cargo test` writes them anew.

use daicho::domain::FAMILIES;
use std::path::PathBuf;

fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// The kept text; empty where there is none.
pub fn kept(name: &str) -> String {
    std::fs::read_to_string(path(name)).unwrap_or_default()
}

/// Compares a text with the kept one.
pub fn check(name: &str, text: &str, advice: &str) {
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(path(name), text).unwrap();
        return;
    }
    assert!(text == kept(name), "{name} differs: {advice}, then UPDATE_GOLDEN=1. It is now:\n{text}");
}

/// The kept text of each family, in order, with the family's name.
pub fn of_families(name: &str) -> impl Iterator<Item = (&'static str, String)> {
    FAMILIES.iter().map(move |family| (family.name, kept(&format!("family/{}/{name}", family.name))))
}
