//! `daicho init`: a real site, by flags and by asking.

use super::run::{Site, run};

fn init<'a>(dir: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["--vault", dir, "--password-fd", "0", "init", "--work-factor", "10"];
    args.extend_from_slice(more);
    args
}

const WHO: [&str; 6] = ["--profile", "jcho", "--site", "f-chuo", "--admin", "tanaka"];

#[test]
fn flags_found_a_site_that_its_administrator_can_open() {
    let (site, sheet) = Site::founded();
    assert!(sheet.lines().count() >= 4, "{sheet}");
    site.run_with("tanaka", "Hiraku-2026!", &["query", "users"]).expect(0);
    site.run_with("tanaka", "Hiraku-2026!", &["check"]).expect(0);
    let log = site.run_with("tanaka", "Hiraku-2026!", &["query", "log", "--json"]).expect(0);
    let entries = log.json();
    let first = entries.as_array().unwrap().last().unwrap();
    assert_eq!(first["kind"], "site_founded");
    let digits = sheet.lines().last().unwrap().trim();
    assert!(!log.out.contains(digits), "the recovery sheet stands nowhere");
}

#[test]
fn a_weak_password_founds_nothing() {
    let site = Site::none();
    let ran = run(&init(site.dir(), &WHO), "mijikai\n").expect(1);
    assert!(!ran.err.is_empty() && ran.out.is_empty());
    assert!(!site.dir.exists() || std::fs::read_dir(&site.dir).unwrap().next().is_none());
}

#[test]
fn a_flag_that_is_missing_is_named_where_nobody_can_be_asked() {
    let site = Site::none();
    for (without, named) in [(0, "--profile"), (2, "--site"), (4, "--admin")] {
        let mut some = WHO.to_vec();
        some.drain(without..without + 2);
        let ran = run(&init(site.dir(), &some), "Hiraku-2026!\n").expect(2);
        assert!(ran.err.contains(named), "{}", ran.err);
    }
    assert!(!site.dir.exists());
}

#[test]
fn an_id_that_will_not_do_is_refused_and_a_folder_in_use_is_left_alone() {
    let site = Site::none();
    for (place, wrong) in [(3, "F CHUO"), (3, "あ"), (5, "Tanaka"), (5, "../x"), (1, "nowhere")] {
        let mut args = WHO.to_vec();
        args[place] = wrong;
        let ran = run(&init(site.dir(), &args), "Hiraku-2026!\n");
        assert!(matches!(ran.code, 1 | 2), "{wrong}: {} {}", ran.code, ran.err);
        assert!(!site.dir.exists() || std::fs::read_dir(&site.dir).unwrap().next().is_none(), "{wrong}");
    }
    let (site, _) = Site::founded();
    run(&init(site.dir(), &WHO), "Hiraku-2026!\n").expect(3);
    site.run_with("tanaka", "Hiraku-2026!", &["query", "users"]).expect(0);
}

#[test]
fn a_profile_from_a_file_will_do_and_a_broken_one_says_why() {
    let site = Site::none();
    let text = run(&["profiles", "ishikawa", "--text"], "").expect(0).out;
    let good = site.file("own.toml", &text);
    let bad = site.file("bad.toml", text.replace("[password]", "[pasword]"));
    let with = |profile: &str| {
        let mut args = WHO.to_vec();
        args[1] = profile;
        run(&init(site.dir(), &args), "Hiraku-2026-noto!\n")
    };
    let ran = with(&bad);
    assert_eq!(ran.code, 1, "{}", ran.err);
    assert!(ran.err.contains("password") || ran.err.contains("pasword"), "{}", ran.err);
    with(&good).expect(0);
}
