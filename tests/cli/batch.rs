//! `daicho batch`: answers one a line, refusals with stable names, retries, all or nothing.

use super::run::{Site, password, program};
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};

fn person(n: usize) -> String {
    json!({"command": "register_person", "name": format!("試験 {n}郎"), "kana": "シケン", "request": format!("p-{n}")})
        .to_string()
}

#[test]
fn answers_stand_one_a_line_in_order_as_the_contract_says() {
    let site = Site::sample();
    let lines = format!("{}\n{}\r\n\n{}", person(1), person(2), person(3));
    let ran = site.batch("admin", lines, &[]).expect(0);
    let answers = ran.answers();
    assert_eq!(answers.len(), 3);
    let first = answers[0]["seq"][0].as_u64().unwrap();
    let id = |answer: &Value| answer["id"].as_str().unwrap()[2..].parse::<u64>().unwrap();
    for (n, answer) in answers.iter().enumerate() {
        let keys: Vec<&String> = answer.as_object().unwrap().keys().collect();
        assert_eq!(keys, ["id", "ok", "seq"]);
        assert_eq!(answer["ok"], true);
        assert_eq!(answer["seq"], json!([first + n as u64]));
        assert_eq!(id(answer), id(&answers[0]) + n as u64);
    }
}

#[test]
fn a_file_that_begins_with_the_mark_of_a_windows_editor_is_taken_as_it_is() {
    let site = Site::sample();
    let ran = site.batch("admin", format!("\u{feff}{}\r\n{}\r\n", person(1), person(2)), &[]).expect(0);
    assert!(ran.answers().iter().all(|answer| answer["ok"] == true), "{}", ran.out);
    // Anywhere else it is a character like others that nobody sees.
    let ran = site.batch("admin", format!("{}\n\u{feff}{}\n", person(3), person(4)), &[]).expect(6);
    assert_eq!(ran.answers()[1]["ok"], false, "{}", ran.out);
}

/// Lines that are no command, with the refusal of each. What is refused here leaves no trace at all.
fn hostile() -> Vec<(Vec<u8>, &'static str)> {
    let line = |text: &str| text.as_bytes().to_vec();
    let mut cases = vec![
        (line("register_person"), "not_json"),
        (line("{\"command\":\"register_person\""), "not_json"),
        (line("[1,2]"), "not_an_object"),
        (line("null"), "not_an_object"),
        (line("{}"), "command_missing"),
        (line("{\"command\":\"drop_table\"}"), "unknown_command"),
        (line("{\"command\":\"log_in\",\"terminal\":\"x\"}"), "unknown_command"),
        (line("{\"command\":\"found_site\"}"), "unknown_command"),
        (
            line("{\"command\":\"register_person\",\"name\":\"a\",\"kana\":\"ア\",\"id\":\"P-1\"}"),
            "unknown_field",
        ),
        (line("{\"command\":\"register_person\",\"name\":1,\"kana\":\"ア\"}"), "wrong_kind"),
        (
            line("{\"command\":\"register_person\",\"name\":\"a\",\"name\":\"b\",\"kana\":\"ア\"}"),
            "duplicate_field",
        ),
        (line("{\"command\":\"register_person\",\"kana\":\"ア\"}"), "field_missing"),
        (
            line(
                "{\"command\":\"check_in\",\"at\":\"20:00\",\"zone\":\"server_room\",\"purpose\":\"patrol\"}",
            ),
            "",
        ),
        (line("{\"command\":\"register_person\",\"name\":\"a\\u202eb\",\"kana\":\"ア\"}"), ""),
        (line("{\"command\":\"register_person\",\"name\":\"a\\u0000b\",\"kana\":\"ア\"}"), ""),
        (line("{\"command\":\"register_person\",\"name\":\"a\\u001b[2Jb\",\"kana\":\"ア\"}"), ""),
        (line("{\"command\":\"register_person\",\"name\":\"a\\ud800\",\"kana\":\"ア\"}"), "not_json"),
        (line("{\"command\":\"register_entrant\",\"person\":\"P-00002\",\"from\":\"2026-02-30\"}"), ""),
        (line("{\"command\":\"register_entrant\",\"person\":\"P-00002\",\"from\":\"9999-01-01\"}"), ""),
        (line("{\"command\":\"register_entrant\",\"person\":\"tanaka\"}"), ""),
        (line(&format!("{}{}", "[".repeat(5000), "]".repeat(5000))), "too_deep"),
        (vec![b'{', 0xff, 0xfe, b'}'], "not_utf8"),
        (b"\x00\x00\x00".to_vec(), ""),
    ];
    let long =
        format!("{{\"command\":\"register_person\",\"kana\":\"ア\",\"name\":\"{}\"}}", "あ".repeat(350_000));
    cases.push((long.into_bytes(), ""));
    cases.push((vec![b'x'; 3 << 20], "line_too_long"));
    cases
}

#[test]
fn every_hostile_line_is_named_by_number_and_stable_name_and_changes_nothing() {
    let site = Site::sample();
    let before = site.last_entry();
    let cases = hostile();
    let mut lines = Vec::new();
    for (line, _) in &cases {
        lines.extend_from_slice(line);
        lines.push(b'\n');
    }
    let answers = site.batch("admin", lines, &[]).expect(1).answers();
    assert_eq!(answers.len(), cases.len());
    for (n, (answer, (line, name))) in answers.iter().zip(&cases).enumerate() {
        let shown = String::from_utf8_lossy(&line[..line.len().min(120)]).into_owned();
        assert_eq!(answer["ok"], false, "{shown}");
        assert_eq!(answer["line"], n + 1, "{shown}");
        let refused = answer["refused"].as_str().unwrap();
        let stable = !refused.is_empty()
            && refused.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        assert!(stable, "{shown}: {refused}");
        assert!(!answer["message"].as_str().unwrap().is_empty(), "{shown}");
        if !name.is_empty() {
            let problems: Vec<&str> = answer["problems"]
                .as_array()
                .unwrap()
                .iter()
                .map(|p| p["refused"].as_str().unwrap())
                .collect();
            assert!(
                refused == *name || problems.contains(name),
                "{shown}: {refused} {problems:?}, not {name}"
            );
        }
        assert!(!answer.to_string().chars().any(|c| c.is_control() || c == '\u{202e}'), "{shown}");
    }
    // Only the sessions themselves stand in the log.
    let kinds: Vec<String> = site
        .rows("auditor", "log")
        .iter()
        .filter(|entry| entry["seq"].as_u64() > Some(before))
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect();
    assert!(kinds.iter().all(|kind| kind == "logged_in" || kind == "reading_recorded"), "{kinds:?}");
}

#[test]
fn good_lines_between_bad_ones_are_done_and_the_exit_code_says_partly() {
    let site = Site::sample();
    let lines = format!("{}\nnonsense\n{}\n", person(1), person(2));
    let answers = site.batch("admin", lines, &[]).expect(6).answers();
    let ok: Vec<bool> = answers.iter().map(|answer| answer["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, false, true]);
    assert_eq!(answers[1]["line"], 2);
}

#[test]
fn all_or_nothing_does_nothing_when_one_line_is_refused() {
    let site = Site::sample();
    let people = site.rows("admin", "persons").len();
    // Wrong in shape, and refused by the rules.
    for bad in ["nonsense".to_owned(), json!({"command": "report_badge", "badge": "B-999"}).to_string()] {
        let lines = format!("{}\n{}\n{bad}\n{}\n", person(1), person(2), person(3));
        let answers = site.batch("admin", lines, &["--all-or-nothing"]).expect(1).answers();
        assert_eq!(answers.len(), 4);
        assert!(answers.iter().all(|answer| answer["ok"] == false), "{answers:?}");
        assert_ne!(answers[2]["refused"], "not_done");
        for n in [0, 1, 3] {
            assert_eq!(answers[n]["refused"], "not_done");
            let said = answers[n]["message"].as_str().unwrap();
            assert!(said.starts_with("3行目") && !said.contains("直すところ"), "{said}");
        }
        assert_eq!(site.rows("admin", "persons").len(), people);
    }
    let lines = format!("{}\n{}\n", person(1), person(2));
    let answers = site.batch("admin", lines, &["--all-or-nothing"]).expect(0).answers();
    assert!(answers.iter().all(|answer| answer["ok"] == true));
    assert_eq!(site.rows("admin", "persons").len(), people + 2);
}

#[test]
fn what_the_rules_refuse_is_one_entry_and_its_number_is_answered() {
    let site = Site::sample();
    let before = site.last_entry();
    let line = json!({"command": "check_out", "badge": "B-999"}).to_string();
    let ran = site.batch("guard1", line, &[]).expect(1);
    let answer = &ran.answers()[0];
    assert_eq!(answer["refused"], "badge_unknown");
    assert!(!answer["advice"].as_str().unwrap().is_empty());
    let refused = site.entries_since(before, "refused");
    assert_eq!(refused.len(), 1);
    assert_eq!(answer["seq"], json!([refused[0]["seq"]]));
}

#[test]
fn what_the_policy_refuses_is_an_entry_too() {
    let site = Site::sample();
    let before = site.last_entry();
    let line = json!({"command": "suspend_user", "user": "admin", "reason": "x"}).to_string();
    let ran = site.batch("guard1", line, &[]).expect(1);
    assert_eq!(ran.answers()[0]["refused"], "not_permitted");
    assert_eq!(site.entries_since(before, "refused").len(), 1);
}

#[test]
fn a_late_line_that_is_refused_is_recorded_and_the_rest_goes_on() {
    let site = Site::sample();
    let at = site.rows("admin", "log")[0]["time"].as_str().unwrap().to_owned();
    let late = json!({"command": "check_out", "badge": "B-999", "at": at}).to_string();
    let answers =
        site.batch("admin", format!("{late}\n{}\n", person(1)), &["--group", "2"]).expect(6).answers();
    assert_eq!(answers[0]["refused"], "badge_unknown");
    assert_eq!(answers[1]["ok"], true);
}

#[test]
fn a_retry_with_the_same_request_gets_the_first_receipt() {
    let site = Site::sample();
    let first = site.batch("admin", person(1), &[]).expect(0).answers();
    let people = site.rows("admin", "persons").len();
    let again = site.batch("admin", person(1), &[]).expect(0).answers();
    let seq = |answers: &[serde_json::Value]| answers[0]["seq"].clone();
    assert_eq!((seq(&first), &again[0]["repeated"]), (seq(&again), &json!(true)));
    assert_eq!(site.rows("admin", "persons").len(), people);
    let other = site.batch("admin", person(2).replace("p-2", "p-1"), &[]).expect(1).answers();
    assert_eq!(other[0]["refused"], "request_reused");
    assert_eq!(site.rows("admin", "persons").len(), people);
}

#[test]
fn groups_answer_every_line_in_order() {
    let site = Site::sample();
    let mut lines: Vec<String> = (0..25).map(person).collect();
    lines.insert(7, "nonsense".to_owned());
    let answers = site.batch("admin", lines.join("\n"), &["--group", "10"]).expect(6).answers();
    assert_eq!(answers.len(), 26);
    assert_eq!(answers[7]["line"], 8);
    let seqs: Vec<u64> = answers.iter().filter_map(|answer| answer["seq"][0].as_u64()).collect();
    assert!(seqs.windows(2).all(|pair| pair[0] + 1 == pair[1]), "{seqs:?}");
}

#[test]
fn a_temporary_password_is_answered_once_and_serves_only_to_set_an_own_one() {
    let site = Site::sample();
    let line = json!({
        "command": "carry_over_user", "user": "shinjin", "person": "P-00012", "roles": ["guard"], "request": "u-1",
        "decided_by": "総務課", "decided_on": "2020-04-01",
    })
    .to_string();
    let answers = site.batch("admin", &line, &[]).expect(0).answers();
    let temporary = answers[0]["temporary_password"].as_str().unwrap().to_owned();
    let again = site.batch("admin", &line, &[]).expect(0).answers();
    assert!(again[0].get("temporary_password").is_none(), "{again:?}");
    assert_ne!(site.run_with("shinjin", &temporary, &["query", "inside"]).code, 0);
    site.run_with("shinjin", &format!("{temporary}\nmijikai"), &["password"]).expect(1);
    site.run_with("shinjin", &format!("{temporary}\nJibun-no-9"), &["password"]).expect(0);
    site.run_with("shinjin", "Jibun-no-9", &["query", "inside"]).expect(0);
    site.run_with("shinjin", &temporary, &["query", "inside"]).expect(3);
    let log = site.run("auditor", &["query", "log", "--json"]).expect(0).out;
    assert!(!log.contains(&temporary) && !log.contains("Jibun-no-9"));
}

#[test]
fn a_second_writer_gets_exit_3_and_is_told_who_holds_the_vault() {
    let site = Site::sample();
    // The first writer waits for its next line; that it answered shows that it holds the lock.
    let pipe = site.path("lines");
    let made = Command::new("mkfifo").arg(&pipe).status().unwrap();
    assert!(made.success());
    let args =
        ["--vault", site.dir(), "--password-fd", "0", "batch", pipe.to_str().unwrap(), "--as", "admin"];
    let mut first = program().args(args).stdin(Stdio::piped()).spawn().unwrap();
    writeln!(first.stdin.take().unwrap(), "{}", password("admin")).unwrap();
    let mut lines = std::fs::OpenOptions::new().write(true).open(&pipe).unwrap();
    writeln!(lines, "{}", person(1)).unwrap();
    let mut answers = BufReader::new(first.stdout.take().unwrap());
    let mut answer = String::new();
    answers.read_line(&mut answer).unwrap();
    assert!(answer.contains("\"ok\":true"), "{answer}");

    let second = site.run("guard1", &["query", "inside"]).expect(3);
    assert!(second.err.contains("admin"), "{}", second.err);
    // Looking at it as a whole needs no lock.
    site.run("auditor", &["check"]).expect(0);

    drop(lines);
    assert!(first.wait().unwrap().success());
    site.run("guard1", &["query", "inside"]).expect(0);
}

#[test]
fn a_reader_of_answers_that_goes_away_is_told_of_and_is_no_panic() {
    let site = Site::sample();
    let lines: Vec<String> = (0..3000).map(|_| "nonsense".to_owned()).collect();
    let file = site.file("lines.jsonl", lines.join("\n"));
    let args = ["--vault", site.dir(), "--password-fd", "0", "batch", &file, "--as", "admin"];
    let mut child = program().args(args).stdin(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", password("admin")).unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap());
    answers.read_line(&mut String::new()).unwrap();
    drop(answers);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{ended:?}");
    assert!(!String::from_utf8_lossy(&ended.stderr).contains("panicked"), "{ended:?}");
}
