//! `daicho password --recovery`, `daicho sheet` and `daicho rekey`: an administrator's way back in, and new keys.

use super::init::groups;
use super::run::{Site, run};

const PASSWORD: &str = "Hiraku-2026!";
const NEW: &str = "Modoru-2027!";

fn recover(site: &Site, user: &str, sheet: &str, password: &str) -> super::run::Ran {
    let args = ["--vault", site.dir(), "--password-fd", "0", "password", "--as", user, "--recovery"];
    run(&args, &format!("{sheet}\n{password}\n"))
}

fn check_by(site: &Site, sheet: &str) -> super::run::Ran {
    run(&["--vault", site.dir(), "--password-fd", "0", "check", "--recovery"], &format!("{sheet}\n"))
}

#[test]
fn the_sheet_opens_without_any_password_and_hands_over_the_next_sheet() {
    let (site, sheet) = Site::founded();
    let old = groups(&sheet).join("-");
    let ran = recover(&site, "tanaka", &old, NEW).expect(0);
    let new = groups(&ran.out).join("-");
    assert_eq!(groups(&ran.out).len(), 13, "{}", ran.out);
    assert_ne!(new, old);
    assert!(ran.err.contains("回復用紙を差し替え"), "{}", ran.err);
    site.run_with("tanaka", PASSWORD, &["query", "users"]).expect(3);
    site.run_with("tanaka", NEW, &["check"]).expect(0);
    check_by(&site, &new).expect(0);
    let ran = check_by(&site, &old).expect(3);
    assert!(ran.err.contains("wrong_sheet") && ran.err.contains("いちばん新しい用紙"), "{}", ran.err);
    let log = site.run_with("tanaka", NEW, &["query", "log", "--json"]).expect(0).json();
    let kinds: Vec<&str> =
        log.as_array().unwrap().iter().map(|entry| entry["kind"].as_str().unwrap()).collect();
    for kind in ["sheet_used", "sheet_replaced"] {
        assert_eq!(kinds.iter().filter(|said| **said == kind).count(), 1, "{kinds:?}");
    }
}

#[test]
fn a_mistyped_sheet_names_its_group_and_changes_nothing() {
    let (site, sheet) = Site::founded();
    let mut typed = groups(&sheet);
    let digit = if typed[4].starts_with('1') { "2" } else { "1" };
    typed[4].replace_range(0..1, digit);
    let ran = recover(&site, "tanaka", &typed.join(" "), NEW).expect(1);
    assert!(ran.err.contains("5番目") && ran.out.is_empty(), "{}", ran.err);
    for nonsense in ["", "x", "0", &"9".repeat(10_000), "１２３４５"] {
        let ran = recover(&site, "tanaka", nonsense, NEW).expect(1);
        assert!(ran.err.contains("13個") || ran.err.contains("番目"), "{}", ran.err);
    }
    recover(&site, "tanaka", &groups(&sheet).join(" "), "mijikai").expect(1);
    site.run_with("tanaka", PASSWORD, &["check"]).expect(0);
}

#[test]
fn a_sheet_is_replaced_on_request_and_a_key_renewed_with_a_reason() {
    let (site, sheet) = Site::founded();
    let ran = site.run_with("tanaka", PASSWORD, &["sheet"]).expect(0);
    let new = groups(&ran.out).join("");
    check_by(&site, &new).expect(0);
    check_by(&site, &groups(&sheet).join("")).expect(3);
    let ran = site.run_with("tanaka", PASSWORD, &["rekey", "--reason", "控えのUSBメモリを紛失"]).expect(0);
    assert!(ran.err.contains("以前の鍵で開ける"), "{}", ran.err);
    check_by(&site, &new).expect(0);
    site.run_with("tanaka", PASSWORD, &["rekey", "--reason", ""]).expect(1);
    site.run_with("tanaka", PASSWORD, &["rekey"]).expect(2);
    site.run_with("tanaka", "wrong", &["rekey", "--reason", "x"]).expect(3);
    site.run_with("tanaka", PASSWORD, &["check"]).expect(0);
}

#[test]
fn whoever_may_not_replace_the_sheet_sees_none() {
    let site = Site::sample();
    let before = site.last_entry();
    let ran = site.run("guard1", &["sheet"]).expect(1);
    assert!(ran.out.is_empty() && groups(&ran.err).is_empty(), "{}{}", ran.out, ran.err);
    assert!(ran.err.contains("「回復用紙の差替え」"), "{}", ran.err);
    assert_eq!(site.entries_since(before, "refused").len(), 1, "it stands in the log once");
}

#[test]
fn the_sheet_is_looked_at_before_a_new_password_is_asked() {
    let (site, sheet) = Site::founded();
    let (other, theirs) = Site::founded();
    let by = |sheet: &str| {
        let args = ["--vault", site.dir(), "--password-fd", "0", "password", "--as", "tanaka", "--recovery"];
        run(&args, &format!("{sheet}\n"))
    };
    let ran = by(&groups(&theirs).join("-")).expect(3);
    assert!(ran.err.contains("wrong_sheet"), "{}", ran.err);
    by("1 2 3").expect(1);
    // Of its own sheet the password is what is missing.
    by(&groups(&sheet).join("-")).expect(2);
    drop(other);
    let args = ["--vault", site.dir(), "--password-fd", "0", "password", "--as", "tanaka", "--recovery"];
    let more = ["--lang", "en"];
    let ran = run(&[&args[..], &more].concat(), "1 2 3\n").expect(1);
    assert!(ran.err.contains("has 13 groups of 5 digits. Groups typed: "), "{}", ran.err);
    assert!(ran.err.lines().next().unwrap().contains("with the sheet. "), "{}", ran.err);
}

fn profiles(site: &Site) -> Vec<serde_json::Value> {
    let found = site.run_with("tanaka", PASSWORD, &["query", "profiles", "--json"]).expect(0).json();
    found.as_array().unwrap().clone()
}

#[test]
fn the_only_administrators_version_is_agreed_to_by_the_sheet_once_its_changes_were_shown() {
    // Broken by: agreement at the first look; to whatever waits; nothing shown.
    let (site, sheet) = Site::founded();
    let by_sheet = |args: &[&str]| {
        let all: Vec<&str> = ["--vault", site.dir(), "--password-fd", "0", "agree", "--recovery"]
            .iter()
            .chain(args)
            .copied()
            .collect();
        run(&all, &format!("{}\n", groups(&sheet).join("-")))
    };
    by_sheet(&[]).expect(2);
    let name = "jcho";
    let text = run(&["profiles", name, "--text"], "").expect(0).out;
    let next = text.replacen("version = 2", "version = 3", 1).replacen("late_days = 31", "late_days = 7", 1);
    let file = site.file("next.toml", &next);
    let told = run(&["profiles", &file, "--against", name], "").expect(0).out;
    assert!(told.contains("後からの記録の限度（日）: 31 -> 7") && told.lines().count() == 2, "{told}");
    assert!(run(&["profiles", name, "--against", name], "").expect(0).out.contains("変わる点はありません"));
    let vote = serde_json::json!({"in_favour": 7, "of": 12});
    let steps = serde_json::json!([
        {"step": "opinion", "on": "2020-01-01"},
        {"step": "managers", "on": "2020-01-02", "vote": vote},
        {"step": "order", "on": "2020-01-02"},
    ]);
    let line = serde_json::json!({"command": "propose_profile", "profile": file, "from": "2099-01-01", "steps": steps});
    let lines = site.file("lines.jsonl", line.to_string());
    site.run_with("tanaka", PASSWORD, &["batch", &lines]).expect(0);
    let looked = by_sheet(&[]).expect(0);
    assert!(looked.out.contains("R-00002") && looked.out.contains("31 -> 7"), "{}", looked.out);
    assert!(looked.err.contains("まだ同意していません"), "{}", looked.err);
    by_sheet(&["R-00003"]).expect(2);
    by_sheet(&["x"]).expect(2);
    let agreed = by_sheet(&["r-00002"]).expect(0);
    assert!(agreed.err.contains("回復用紙で R-00002 に同意しました"), "{}", agreed.err);
    let row = profiles(&site).into_iter().find(|row| row["id"] == "R-00002").unwrap();
    assert!(row["shown"]["agreed"].as_str().unwrap().contains("回復用紙"), "{row}");
    check_by(&site, &groups(&sheet).join("-")).expect(0);
}

#[test]
fn the_place_where_the_sheet_was_seen_is_recorded_told_to_who_replaces_it_and_then_no_more() {
    // Broken by: a replacement that does not say where the paper lies that it ends; one that says it of the new one.
    let (site, _) = Site::founded();
    let ran = site.run_with("tanaka", PASSWORD, &["query", "today"]).expect(0);
    assert!(ran.err.contains("回復用紙の場所が未記録です"), "{}", ran.err);
    let seen = r#"{"command":"see_sheet","place":"事務局の金庫","remarks":"封筒は封をしたまま"}"#;
    let file = site.file("seen.jsonl", format!("{seen}\n"));
    site.run_with("tanaka", PASSWORD, &["batch", &file]).expect(0);
    let ran = site.run_with("tanaka", PASSWORD, &["query", "log"]).expect(0);
    assert!(ran.out.contains("用紙のある場所: 事務局の金庫"), "{}", ran.out);
    assert!(!ran.err.contains("未記録"), "{}", ran.err);
    let ran = site.run_with("tanaka", PASSWORD, &["sheet"]).expect(0);
    assert!(ran.err.contains("前回の場所: 事務局の金庫") && ran.err.contains("所在確認"), "{}", ran.err);
    let ran = site.run_with("tanaka", PASSWORD, &["sheet"]).expect(0);
    assert!(ran.err.contains("未記録") && !ran.err.contains("事務局の金庫"), "{}", ran.err);
}
