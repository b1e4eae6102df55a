//! `daicho explain`, and the line that leads to it.

use super::run::{Site, run};
use daicho::desk::{INPUT_PROBLEMS, Lang, manual_pages};
use daicho::domain::{Code, Denied};
use daicho::text::width::cells;
use std::collections::BTreeSet;
use std::path::Path;

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
        let (pages, others) = listed.split_once("\n\n").unwrap();
        assert!(others.lines().all(|line| cells(line) <= 78), "{others}");
        for name in refusals() {
            assert!(others.split_whitespace().any(|word| word == name), "{name} is not listed");
        }
        let lines: Vec<&str> = pages.lines().collect();
        assert_eq!(lines.len(), manual_pages().len());
        for (line, page) in lines.iter().zip(manual_pages()) {
            let title = line.strip_prefix(page.name).unwrap();
            assert_eq!(title.trim_start(), page.title(lang));
        }
    }
}

fn refusals() -> impl Iterator<Item = &'static str> {
    Code::ALL.iter().map(|code| code.name()).chain([Denied::NAME])
}

#[test]
fn every_refusal_is_explained_in_the_words_it_is_told_in() {
    for (typed, says) in [("ja", "役割では「〇〇」の操作はできません"), ("en", "Your role does not permit")]
    {
        let said = run(&["explain", "not-permitted", "--lang", typed], "").expect(0).out;
        assert!(said.contains(says) && said.contains("not_permitted"), "{said}");
    }
    for lang in [Lang::Ja, Lang::En] {
        for name in refusals() {
            let said = daicho::desk::explained(name, lang).unwrap_or_else(|| panic!("{name}"));
            assert!(!said.contains(['{', '}']) && said.lines().all(|line| cells(line) <= 78), "{said}");
        }
    }
}

#[test]
fn what_the_message_of_a_failing_disk_ends_with_leads_to_its_pages() {
    let said = run(&["explain", "device_failed"], "").expect(0).out;
    for name in ["device_written", "device_not_written", "device_unknown"] {
        assert!(said.contains(name), "{said}");
    }
}

/// The stable names that a source gives to what is wrong with an input.
fn names_in(source: &str, found: &mut BTreeSet<String>) {
    let quoted = |text: &str| {
        let name = text.trim().strip_prefix('"')?.split_once('"')?.0.to_owned();
        let stable =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_' || b == b'8');
        stable.then_some(name)
    };
    for call in source.split("problem(").skip(1) {
        let first_two = call.splitn(3, ',').take(2);
        // A helper of headings has the name first; everywhere else the field is.
        found.extend(first_two.last().and_then(quoted));
    }
    found.extend(
        source.split(" name: ").skip(1).filter(|part| part.contains("to_owned()")).filter_map(quoted),
    );
}

#[test]
fn every_name_of_something_wrong_with_an_input_is_explained() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = BTreeSet::new();
    let folder = std::fs::read_dir(root.join("src/desk/declare/read")).unwrap();
    let files = folder.map(|file| file.unwrap().path());
    let others = [
        "paper/csv.rs",
        "cli/load.rs",
        "desk/password.rs",
        "desk/sheet.rs",
        "desk/execute.rs",
        "desk/keep.rs",
        "desk/lists.rs",
    ];
    for path in files.chain(others.map(|name| root.join("src").join(name))) {
        names_in(&std::fs::read_to_string(path).unwrap(), &mut found);
    }
    for file in ["clean.rs", "date.rs"] {
        let source = std::fs::read_to_string(root.join("src/text").join(file)).unwrap();
        let arms = source.lines().filter_map(|line| line.split_once("=> \"")?.1.split_once("\","));
        found.extend(arms.map(|(name, _)| name.to_owned()));
    }
    let source = std::fs::read_to_string(root.join("src/profile/problem.rs")).unwrap();
    let kinds = source.lines().filter_map(|line| line.split_once(" = \"")?.1.split_once("\","));
    found.extend(kinds.map(|(name, _)| name.to_owned()));
    assert!(
        found.len() > 60
            && found.contains("nobody_founds")
            && found.contains("sheet_mistyped")
            && found.contains("wrong_kind"),
        "{found:?}"
    );
    for name in found {
        assert!(daicho::desk::explained(&name, Lang::Ja).is_some(), "{name}");
    }
    run(&["explain", "password_short"], "").expect(0);
    let sorted = INPUT_PROBLEMS.windows(2).all(|pair| pair[0] < pair[1]);
    assert!(sorted, "each once, in order");
}

#[test]
fn a_name_that_has_no_page_is_exit_2_with_the_names_that_may_be_meant() {
    for (typed, meant) in [
        ("damage", &["damaged"][..]),
        ("in_used", &["in_use"]),
        ("not_permited", &["not_permitted"]),
        ("pasword_short", &["password_short"]),
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
