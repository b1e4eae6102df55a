//! A vault that did not keep what it owed: kept as files, and looked at again by one command.

use super::figure::target;
use super::owed::{Owed, look};
use crate::vault::sim::SimDisk;
use std::path::{Path, PathBuf};

/// Keeps an image, what it owes, and in words how it came about.
pub fn keep(id: &str, image: &SimDisk, owed: &Owed, words: &str) -> PathBuf {
    let folder = target("traces").join(id);
    // Of the same seed: the newer one is the one to look at.
    let _ = std::fs::remove_dir_all(&folder);
    image.save(&folder.join("vault"));
    std::fs::write(folder.join("owed.json"), serde_json::to_string_pretty(owed).unwrap()).unwrap();
    std::fs::write(folder.join("steps.txt"), words).unwrap();
    folder
}

fn replay(folder: &Path) -> Result<(), String> {
    let image = SimDisk::load(&folder.join("vault"));
    let owed = std::fs::read_to_string(folder.join("owed.json")).map_err(|e| e.to_string())?;
    let owed: Owed = serde_json::from_str(&owed).map_err(|e| e.to_string())?;
    look(&image, &owed, true, false).map(drop)
}

#[test]
#[ignore = "looks again at what DAICHO_REPLAY names"]
fn replay_a_kept_image() {
    let Ok(folder) = std::env::var("DAICHO_REPLAY") else {
        println!("skipped: DAICHO_REPLAY names no folder of target/traces");
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    println!("{}", std::fs::read_to_string(folder.join("steps.txt")).unwrap_or_default());
    match replay(&folder) {
        Ok(()) => println!("{}: everything that is owed is there", folder.display()),
        Err(what) => panic!("{}: {what}", folder.display()),
    }
}

#[test]
fn a_kept_image_is_replayed_with_the_same_verdict() {
    let site = super::play::founded(7);
    let short = Owed { ends: vec![(site.owed.ends[0].0 + 1, None)], ..site.owed.clone() };
    for (id, owed) in [("kept-good", &site.owed), ("kept-short", &short)] {
        let folder = keep(id, &site.disk, owed, "an example");
        let seen = look(&site.disk, owed, true, false).map(drop);
        assert_eq!(replay(&folder), seen);
        assert_eq!(seen.is_ok(), id == "kept-good");
        std::fs::remove_dir_all(folder).unwrap();
    }
}
