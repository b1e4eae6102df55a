//! `daicho compact`, and a vault of an older release as whoever logs in meets it.

use super::run::{Site, run};
use crate::desk::site::PASSWORD;
use crate::fixtures::of_format;

#[test]
fn a_vault_is_compacted_by_who_keeps_it_and_says_what_came_of_it() {
    let site = Site::sample();
    let refused = site.run("guard1", &["compact"]).expect(1);
    assert!(refused.err.contains("not_permitted"), "{}", refused.err);
    let ran = site.run("admin", &["compact", "--json"]).expect(0);
    let report = ran.json();
    let bytes = |name: &str| report[name].as_u64().unwrap();
    assert_eq!(report["ok"], true);
    assert!(bytes("after_bytes") < bytes("before_bytes"), "{report}");
    // A value of more than 16 KiB, as the founding entry with its profile is, takes the room of 32.
    assert!(bytes("after_bytes") * 10 <= bytes("live_bytes") * 13 + 10 * (16 << 10), "{report}");
    assert_eq!(site.entries_since(0, "vault_compacted").len(), 1);
    assert_eq!(site.run("auditor", &["check", "--json"]).expect(0).json()["ok"], true);
}

#[test]
fn a_vault_of_an_older_release_is_copied_and_taken_over_at_the_first_login_and_it_is_said() {
    let site = of_format(1);
    let dir = site.dir();
    let dir = dir.to_str().unwrap();
    let asked = |lang: &str| {
        run(
            &["--vault", dir, "--lang", lang, "--password-fd", "0", "query", "inside", "--as", "guard"],
            &format!("{PASSWORD}\n"),
        )
    };
    let copy = format!("{dir}.format-1");
    let first = asked("en").expect(0);
    assert!(first.err.contains("the format of this release") && first.err.contains(&copy), "{}", first.err);
    let mark = |folder: &str| std::fs::read_to_string(format!("{folder}/FORMAT")).unwrap();
    assert_eq!((mark(dir).as_str(), mark(&copy).as_str()), ("daicho-vault 2\n", "daicho-vault 1\n"));
    let second = asked("ja").expect(0);
    assert!(!second.err.contains("形式"), "once: {}", second.err);
}
