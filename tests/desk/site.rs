//! A founded site in a folder of its own, for tests.

use daicho::desk::{Checker, Desk, Founding, SeededEntropy, StandingClock, Terminal, check};
use daicho::domain::Stamp;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Everybody's password in these sites.
pub const PASSWORD: &str = "Sakura-2026-mon";

/// A founded site.
pub struct Site {
    folder: tempfile::TempDir,
    /// Its clock.
    pub clock: Arc<StandingClock>,
    entropy: Arc<SeededEntropy>,
    /// Its recovery sheet.
    pub sheet: String,
    /// scrypt log N of the key files made here.
    work_factor: u8,
}

/// A moment of the tests' day.
pub fn at(text: &str) -> Stamp {
    Stamp::parse_from_rfc3339(text).unwrap()
}

impl Site {
    /// Founds a site under profile `ishikawa` with the administrator `admin`.
    pub fn found() -> Site {
        Site::found_under("ishikawa")
    }

    /// Founds a site under a profile that is built in.
    pub fn found_under(profile: &str) -> Site {
        Site::found_with(profile, 2)
    }

    /// Founds a site whose key files ask for more work than those of the other tests.
    pub fn found_with(profile: &str, work_factor: u8) -> Site {
        Site::found_by(daicho::profile::builtin(profile).unwrap(), work_factor)
    }

    /// Founds a site under the text of a profile.
    pub fn found_by(profile: &str, work_factor: u8) -> Site {
        let mut site = Site::nowhere(work_factor);
        let founding = Founding {
            site: "test-site".to_owned(),
            site_name: "試験病院".to_owned(),
            profile: profile.to_owned(),
            admin: "admin".to_owned(),
            name: "管理 花子".to_owned(),
            kana: "カンリ ハナコ".to_owned(),
            password: PASSWORD.to_owned(),
        };
        let (desk, sheet) = Desk::found(&site.dir(), &founding, site.terminal()).unwrap();
        desk.close().unwrap();
        site.sheet = sheet.join(" ");
        site
    }

    fn nowhere(work_factor: u8) -> Site {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(StandingClock::new(at("2026-11-20T09:00:00+09:00")));
        Site { folder, clock, entropy: Arc::new(SeededEntropy::new(7)), sheet: String::new(), work_factor }
    }

    /// The same site with a copy of its folder as it is now; the clock is shared.
    pub fn copy(&self) -> Site {
        let entropy = Arc::new(SeededEntropy::new(8));
        let (clock, sheet) = (self.clock.clone(), self.sheet.clone());
        let copy = Site { clock, entropy, sheet, ..Site::nowhere(self.work_factor) };
        copy_folder(&self.dir(), &copy.dir());
        copy
    }

    /// A site whose folder is a copy of this one.
    pub fn copied_from(vault: &Path, sheet: &str) -> Site {
        let copy = Site { sheet: sheet.to_owned(), ..Site::nowhere(2) };
        copy_folder(vault, &copy.dir());
        copy
    }

    /// The vault's folder.
    pub fn dir(&self) -> PathBuf {
        self.folder.path().join("vault")
    }

    /// The terminal of the tests: a clock that stands, salts from a seed, cheap passwords.
    pub fn terminal(&self) -> Terminal {
        Terminal {
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            name: "test".to_owned(),
            work_factor: self.work_factor,
            hardening: "none".to_owned(),
            last_seen: None,
        }
    }

    /// The folder of the terminal's own notes.
    pub fn notes(&self) -> PathBuf {
        let notes = self.dir().with_file_name("state");
        if !notes.exists() {
            std::fs::create_dir(&notes).unwrap();
        }
        notes
    }

    /// The terminal of the tests, with a place for its notes.
    pub fn remembering(&self) -> Terminal {
        Terminal { last_seen: Some(Desk::place_of_notes(&self.notes())), ..self.terminal() }
    }

    /// Logs a user in with everybody's password.
    pub fn log_in(&self, user: &str) -> Desk {
        Desk::log_in(&self.dir(), user, PASSWORD, self.terminal()).unwrap().0
    }
}

/// Copies the files of a vault, `lock` included where there is one.
pub fn copy_folder(from: &Path, to: &Path) {
    for sub in ["", "keys", "blobs"].into_iter().filter(|sub| from.join(sub).is_dir()) {
        std::fs::create_dir_all(to.join(sub)).unwrap();
        for entry in std::fs::read_dir(from.join(sub)).unwrap() {
            let entry = entry.unwrap();
            if entry.file_type().unwrap().is_file() {
                std::fs::copy(entry.path(), to.join(sub).join(entry.file_name())).unwrap();
            }
        }
    }
}

/// The whole-world check: bytes, signatures, rights, tree, views, invariants.
pub fn everything_holds(site: &Site) {
    let checked = check(&site.dir(), &Checker::User("admin", PASSWORD), &mut |_, _, _| {}).unwrap();
    assert_eq!(checked.findings, []);
    let by_sheet = check(&site.dir(), &Checker::Recovery(&site.sheet), &mut |_, _, _| {}).unwrap();
    assert_eq!(by_sheet.root, checked.root);
}
