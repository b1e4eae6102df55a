//! `daicho init`: a real site, by flags and by asking.

use super::run::{Site, run};

fn init<'a>(dir: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let mut args = vec!["--vault", dir, "--password-fd", "0", "init", "--work-factor", "10"];
    args.extend_from_slice(more);
    args
}

const WHO: [&str; 6] = ["--profile", "jcho", "--site", "f-chuo", "--admin", "tanaka"];

/// The groups of a recovery sheet: `1: 12345   2: 67890`.
pub fn groups(sheet: &str) -> Vec<String> {
    let words: Vec<&str> = sheet.split_whitespace().collect();
    let numbered = words.windows(2).filter(|pair| {
        pair[0].strip_suffix(':').is_some_and(|n| n.parse::<u32>().is_ok())
            && pair[1].bytes().all(|byte| byte.is_ascii_digit())
    });
    numbered.map(|pair| pair[1].to_owned()).collect()
}

#[test]
fn the_sheet_says_what_it_opens_and_a_program_gets_its_groups() {
    let (site, sheet) = Site::founded();
    let heading = sheet.lines().next().unwrap();
    assert!(heading.starts_with("回復用紙") && heading.contains("f-chuo  中央病院"), "{sheet}");
    let typed = groups(&sheet);
    assert_eq!(typed.len(), 13, "{sheet}");
    let args = ["--vault", site.dir(), "--password-fd", "0", "check", "--recovery"];
    let checked = run(&args, &format!("{}\n", typed.join("-"))).expect(0);
    // What the vault is known by stands on the sheet, and a check says the same.
    let known = |text: &str, behind: &str| {
        let line = text.lines().find(|line| line.starts_with(behind)).unwrap();
        line[behind.len()..].trim_start_matches([':', ' ']).chars().take(19).collect::<String>()
    };
    let fingerprint = known(&sheet, "保管庫の指紋");
    assert_eq!(fingerprint.split('-').count(), 4, "{sheet}");
    assert_eq!(known(&checked.out, "保管庫の指紋"), fingerprint);
    let other = Site::none();
    let mut args = init(other.dir(), &WHO);
    args.push("--json");
    let told = run(&args, "Hiraku-2026!\n").expect(0).json();
    assert_eq!(told["vault"], other.dir());
    assert_eq!(told["recovery"].as_array().unwrap().len(), 13);
}

#[test]
fn flags_found_a_site_that_its_administrator_can_open() {
    let (site, sheet) = Site::founded();
    site.run_with("tanaka", "Hiraku-2026!", &["query", "users"]).expect(0);
    site.run_with("tanaka", "Hiraku-2026!", &["check"]).expect(0);
    let log = site.run_with("tanaka", "Hiraku-2026!", &["query", "log", "--json"]).expect(0);
    let entries = log.json();
    let first = entries.as_array().unwrap().last().unwrap();
    assert_eq!(first["kind"], "site_founded");
    let all = groups(&sheet).join("");
    let digits: String = log.out.chars().filter(char::is_ascii_digit).collect();
    assert!(all.len() == 65 && !digits.contains(&all[..20]), "the recovery sheet stands nowhere");
}

#[test]
fn keys_made_later_cost_what_the_site_was_founded_with() {
    let (site, sheet) = Site::founded();
    let work = |user: &str| {
        let slot = std::fs::read(site.dir.join("keys").join(format!("{user}.age"))).unwrap();
        daicho::vault::slot_work(&slot)
    };
    site.run_with("tanaka", "Hiraku-2026!\nKaeta-2026-go!", &["password"]).expect(0);
    let person =
        r#"{"command":"register_person","name":"佐藤 次郎","kana":"サトウ ジロウ","organisation":"情報課"}"#;
    let issue = r#"{"command":"carry_over_user","user":"sato","person":"P-00002","roles":["guard"],"decided_by":"総務課","decided_on":"2020-04-01"}"#;
    let lines = site.file("lines.jsonl", format!("{person}\n{issue}\n"));
    site.run_with("tanaka", "Kaeta-2026-go!", &["batch", &lines]).expect(0);
    assert_eq!((work("tanaka"), work("sato")), (Some(10), Some(10)), "--work-factor 10");
    let args = ["--vault", site.dir(), "--password-fd", "0", "password", "--as", "tanaka", "--recovery"];
    run(&args, &format!("{}\nModoru-2027!\n", groups(&sheet).join("-"))).expect(0);
    assert_eq!(work("tanaka"), Some(10), "by the sheet, too");
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
