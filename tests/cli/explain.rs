//! `daicho explain`, and the line that leads to it.

use super::run::{Site, run};
use daicho::desk::{Lang, manual_pages};

#[test]
fn every_page_is_printed_in_both_languages_without_a_vault() {
    for page in manual_pages() {
        for (lang, typed) in [(Lang::Ja, "ja"), (Lang::En, "en")] {
            let ran = run(&["--vault", "/nowhere", "explain", page.name, "--lang", typed], "").expect(0);
            assert_eq!(ran.out, page.text(lang), "{typed} {}", page.name);
            assert!(ran.err.is_empty(), "{}", ran.err);
        }
    }
}

#[test]
fn without_a_name_every_name_stands_beside_its_title() {
    for (lang, typed) in [(Lang::Ja, "ja"), (Lang::En, "en")] {
        let listed = run(&["explain", "--lang", typed], "").expect(0).out;
        let lines: Vec<&str> = listed.lines().collect();
        assert_eq!(lines.len(), manual_pages().len());
        for (line, page) in lines.iter().zip(manual_pages()) {
            let title = line.strip_prefix(page.name).unwrap();
            assert_eq!(title.trim_start(), page.title(lang));
        }
    }
}

#[test]
fn a_name_that_has_no_page_is_exit_2_with_the_names_that_may_be_meant() {
    for (typed, meant) in [
        ("damage", &["damaged"][..]),
        ("in_used", &["in_use"]),
        // What the message of a failing disk ends with stands for three pages.
        ("device_failed", &["device_written", "device_not_written", "device_unknown"]),
        ("回復用紙", &["wrong_sheet"]),
        ("使用中", &["in_use"]),
    ] {
        let ran = run(&["explain", typed], "").expect(2);
        assert!(ran.out.is_empty());
        for name in meant {
            assert!(ran.err.split_whitespace().any(|word| word == *name), "{typed}: {}", ran.err);
        }
    }
    let ran = run(&["explain", "qqqqqqqqqqqq", "--lang", "en"], "").expect(2);
    assert!(ran.err.contains("daicho explain --lang en"), "{}", ran.err);
}

#[test]
fn whatever_is_typed_as_a_name_nothing_is_opened_and_nothing_moves_the_cursor() {
    let huge = "damaged".repeat(15_000);
    for name in [
        "../../../../etc/passwd",
        "damaged.md",
        "../ja/messages/damaged",
        "/etc/hostname",
        "",
        " ",
        "\u{1b}[2J\u{1b}]0;x\u{7}",
        "a\nb\r\nc",
        "\u{202e}degamad",
        "%s%n{name}",
        "`damaged`",
        "（",
        &huge,
    ] {
        let ran = run(&["explain", "--", name], "").expect(2);
        assert!(ran.out.is_empty() && ran.err.len() < 1000, "{}", ran.err.len());
        let said = ran.err.trim_end_matches('\n');
        assert!(!said.chars().any(|c| c.is_control() || c == '\u{202e}'), "{said:?}");
    }
}

#[test]
fn a_failure_ends_with_the_command_that_prints_its_page() {
    let site = Site::sample();
    let last = |err: &str| err.lines().last().unwrap_or_default().to_owned();
    let ran = site.run_with("guard1", "Chigau-1-desu", &["query", "inside"]).expect(3);
    assert_eq!(last(&ran.err), "くわしい説明: daicho explain wrong_credentials");
    // A check counts nothing, and has a page that says so.
    let ran = site.run_with("guard1", "Chigau-1-desu", &["check", "--lang", "en"]).expect(3);
    assert_eq!(last(&ran.err), "More: daicho explain wrong_credentials_uncounted --lang en");
    // A rule's refusal says all there is to say.
    let ran = site.run("guard1", &["query", "log"]).expect(1);
    assert!(!ran.err.contains("daicho explain"), "{}", ran.err);

    let path = site.dir.join("keys/SHA256SUMS");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[3] ^= 1;
    std::fs::write(&path, bytes).unwrap();
    let ran = site.run("auditor", &["check"]).expect(4);
    assert_eq!(last(&ran.err), "くわしい説明: daicho explain damaged");
}

#[test]
fn an_answer_of_a_batch_names_its_page() {
    let site = Site::sample();
    let lines = "{\"command\":\"fly\"}\n{\"command\":\"check_out\",\"badge\":\"B-999\"}\n";
    let answers = site.batch("guard1", lines, &[]).answers();
    assert_eq!(answers[0]["page"], "malformed", "{}", answers[0]);
    assert_eq!(answers[1].get("page"), None, "{}", answers[1]);
    let answers = site.batch("guard1", lines, &["--all-or-nothing"]).answers();
    assert_eq!(answers[1]["page"], "not_done", "{}", answers[1]);
}
