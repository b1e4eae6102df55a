//! Batch lines and forms as nobody should write them: each refused by its stable name, and never a panic.

use super::sample::{Books, stamp};
use daicho::desk::declare::operations;
use daicho::desk::declare::read::{
    MOST_BYTES, check_typed, command_from_form, command_from_json, echo, stamp_from_typed,
};
use daicho::desk::{Instruction, Lang};
use daicho::domain::Command;
use proptest::prelude::*;

fn names(line: &[u8]) -> Vec<(String, String)> {
    match command_from_json(line) {
        Ok(order) => panic!("taken: {order:?}"),
        Err(problems) => {
            assert!(!problems.is_empty());
            for problem in &problems {
                assert!(problem.ja.ends_with('。') && problem.en.ends_with(['.', '?']), "{problem:?}");
                let shown = format!("{}{}{}", problem.field, problem.ja, problem.en);
                assert!(shown.chars().all(|c| !c.is_control() && c != '\u{202E}'), "{problem:?}");
            }
            problems.into_iter().map(|problem| (problem.field, problem.name)).collect()
        }
    }
}

/// A check-in with something in place of its remarks.
fn with_remarks(json: &str) -> String {
    format!(r#"{{"command":"check_in","person":"P-00001","zone":"z","purpose":"p","remarks":{json}}}"#)
}

fn check_in(members: &str) -> String {
    format!(r#"{{"command":"check_in","zone":"z","purpose":"p",{members}}}"#)
}

#[test]
fn hostile_batch_lines_are_refused_by_stable_names() {
    let long = "あ".repeat(600);
    let mega = "x".repeat(1_000_000);
    let deep = format!("{{\"a\":{}{}}}", "[".repeat(100_000), "]".repeat(100_000));
    let shallow_deep = format!("{{\"command\":{}1{}}}", "[".repeat(9), "]".repeat(9));
    let people = format!("[{}]", (1..=101).map(|n| format!("\"P-{n:05}\"")).collect::<Vec<_>>().join(","));
    let cases: Vec<(String, &str, &str)> = vec![
        // The line as a whole.
        (String::new(), "", "not_json"),
        ("   ".to_owned(), "", "not_json"),
        ("check_in".to_owned(), "", "not_json"),
        (r#"{"command":"check_in""#.to_owned(), "", "not_json"),
        (r#"{"command":"check_in"} {}"#.to_owned(), "", "not_json"),
        (r#"{'command':'check_in'}"#.to_owned(), "", "not_json"),
        (r#"{"command":"check_in",}"#.to_owned(), "", "not_json"),
        (format!("\u{FEFF}{}", r#"{"command":"check_in"}"#), "", "not_json"),
        ("{\"command\":\"check_in\",\"remarks\":\"\u{0}\"}".to_owned(), "", "not_json"),
        (r#"{"command":"check_in","remarks":"\ud800"}"#.to_owned(), "", "not_json"),
        (r#"{"command":"check_in","x":1e999}"#.to_owned(), "", "not_json"),
        (r#"{"command":"check_in","x":NaN}"#.to_owned(), "", "not_json"),
        ("[]".to_owned(), "", "not_an_object"),
        ("\"check_in\"".to_owned(), "", "not_an_object"),
        ("12".to_owned(), "", "not_an_object"),
        ("null".to_owned(), "", "not_an_object"),
        (deep, "", "too_deep"),
        (shallow_deep, "", "too_deep"),
        (with_remarks(&format!("\"{}\"", "y".repeat(MOST_BYTES))), "", "line_too_long"),
        // Command and envelope.
        ("{}".to_owned(), "command", "command_missing"),
        (r#"{"command":7}"#.to_owned(), "command", "wrong_kind"),
        (r#"{"command":"chek_in"}"#.to_owned(), "command", "unknown_command"),
        (r#"{"command":"drop\u202e\u0000 table"}"#.to_owned(), "command", "unknown_command"),
        (r#"{"command":"found_site"}"#.to_owned(), "command", "unknown_command"),
        (r#"{"command":"log_in","terminal":"x"}"#.to_owned(), "command", "unknown_command"),
        (r#"{"command":"check_in","command":"check_out"}"#.to_owned(), "command", "duplicate_field"),
        (check_in(r#""person":"P-00001","person":"P-00002""#), "person", "duplicate_field"),
        (check_in(r#""person":"P-00001","persn":1"#), "persn", "unknown_field"),
        (check_in(r#""person":"P-00001","a\u202eb":1"#), "a\\u{202e}b", "unknown_field"),
        (r#"{"command":"issue_user","user":"a","person":"P-00001","roles":["r"],"key":"00"}"#.to_owned(), "key", "unknown_field"),
        (check_in(r#""request":"""#), "request", "bad_request"),
        (check_in(r#""request":"a b""#), "request", "bad_request"),
        (check_in(r#""request":17"#), "request", "bad_request"),
        (check_in(&format!("\"request\":\"{}\"", "r".repeat(65))), "request", "bad_request"),
        (check_in(r#""at":"2026-11-20T09:00""#), "at", "not_a_stamp"),
        (check_in(r#""at":"2026-11-20""#), "at", "not_a_stamp"),
        (check_in(r#""at":"R8.11.20 09:00""#), "at", "not_a_stamp"),
        (check_in(r#""at":1795132800"#), "at", "wrong_kind"),
        (check_in(r#""at":"9999-12-31T23:59:59+09:00""#), "at", "year_out_of_range"),
        (r#"{"command":"issue_user","user":"a","person":"P-00001","roles":["r"],"at":"2026-11-20T09:00:00+09:00"}"#.to_owned(), "at", "late_not_allowed"),
        // Texts.
        (with_remarks(&format!("\"{long}\"")), "remarks", "too_long"),
        (with_remarks(&format!("\"{mega}\"")), "remarks", "too_many_bytes"),
        (with_remarks(r#""a\u0000b""#), "remarks", "control_character"),
        (with_remarks(r#""a\u001b[2Jb""#), "remarks", "control_character"),
        (with_remarks(r#""a\u202eb""#), "remarks", "bidi_control"),
        (with_remarks(r#""a\u2066b""#), "remarks", "bidi_control"),
        (with_remarks(r#""a\u200bb""#), "remarks", "invisible_character"),
        (with_remarks(r#""a\u2028b""#), "remarks", "line_separator"),
        (with_remarks(r#""\ue000""#), "remarks", "private_use"),
        (with_remarks(r#""\ufffd""#), "remarks", "replacement_character"),
        (with_remarks(r#""\ud83d\ude00\udb40\udc41""#), "remarks", "tag_character"),
        (with_remarks(r#""\u2421""#), "remarks", "control_character"),
        (with_remarks("7"), "remarks", "wrong_kind"),
        (with_remarks("[\"x\"]"), "remarks", "wrong_kind"),
        (with_remarks("{\"a\":\"x\"}"), "remarks", "wrong_kind"),
        (with_remarks("true"), "remarks", "wrong_kind"),
        (r#"{"command":"register_person","name":"a\nb","kana":"ア"}"#.to_owned(), "name", "line_break"),
        (r#"{"command":"register_person","name":" 　 ","kana":"ア"}"#.to_owned(), "name", "field_missing"),
        (r#"{"command":"register_person","name":"山田","kana":"山田"}"#.to_owned(), "kana", "not_kana"),
        (r#"{"command":"register_person","name":"山田","kana":"yamada"}"#.to_owned(), "kana", "not_kana"),
        (r#"{"command":"register_badge","number":"B 17","kind":"badge"}"#.to_owned(), "number", "not_a_code"),
        (r#"{"command":"register_badge","number":"名札","kind":"badge"}"#.to_owned(), "number", "not_a_code"),
        // What cannot be seen is part of a code, wherever it stands, and never silently dropped.
        (format!("{{\"command\":\"register_badge\",\"number\":\"B-1{}\",\"kind\":\"badge\"}}", '\u{9b}'), "number", "control_character"),
        (format!("{{\"command\":\"register_badge\",\"number\":\"{}B-1\",\"kind\":\"badge\"}}", '\u{85}'), "number", "control_character"),
        (format!("{{\"command\":\"register_badge\",\"number\":\"B-1{}\",\"kind\":\"badge\"}}", '\u{2029}'), "number", "line_separator"),
        (r#"{"command":"register_badge","number":"B-1","kind":"pass"}"#.to_owned(), "kind", "not_in_list"),
        (r#"{"command":"register_badge","number":"B-1","kind":0}"#.to_owned(), "kind", "wrong_kind"),
        // Numbers of records, lists, dates, flags.
        (check_in(r#""person":"P-1""#), "person", "not_an_id"),
        (check_in(r#""person":"p-00001""#), "person", "not_an_id"),
        (check_in(r#""person":"P-00000""#), "person", "not_an_id"),
        (check_in(r#""person":"P-000001""#), "person", "not_an_id"),
        (check_in(r#""person":"P-99999999999""#), "person", "not_an_id"),
        (check_in(r#""person":"V-00001""#), "person", "wrong_noun"),
        (check_in(r#""person":1"#), "person", "wrong_kind"),
        (r#"{"command":"check_in","person":"P-00001","purpose":"p"}"#.to_owned(), "zone", "field_missing"),
        (r#"{"command":"check_in","person":"P-00001","zone":null,"purpose":"p"}"#.to_owned(), "zone", "field_missing"),
        (r#"{"command":"apply_visit","workers":"P-00001"}"#.to_owned(), "workers", "wrong_kind"),
        (r#"{"command":"apply_visit","workers":[1]}"#.to_owned(), "workers", "wrong_kind"),
        (r#"{"command":"apply_visit","workers":[["P-00001"]]}"#.to_owned(), "workers", "wrong_kind"),
        (r#"{"command":"apply_visit","workers":[]}"#.to_owned(), "workers", "field_missing"),
        (r#"{"command":"apply_visit","workers":["P-00001","P-00001"]}"#.to_owned(), "workers", "listed_twice"),
        (format!(r#"{{"command":"apply_visit","workers":{people}}}"#), "workers", "too_many"),
        (r#"{"command":"apply_visit","workers":["C-00001"]}"#.to_owned(), "workers", "wrong_noun"),
        (r#"{"command":"apply_visit","zones":[""]}"#.to_owned(), "zones", "field_missing"),
        (r#"{"command":"apply_visit","from":"2026-02-29"}"#.to_owned(), "from", "no_such_day"),
        (r#"{"command":"apply_visit","from":"2026-13-01"}"#.to_owned(), "from", "no_such_day"),
        (r#"{"command":"apply_visit","from":"20/11/2026"}"#.to_owned(), "from", "not_a_date"),
        (r#"{"command":"apply_visit","from":"R8.11.20"}"#.to_owned(), "from", "not_a_date"),
        (r#"{"command":"apply_visit","from":"２０２６-11-20"}"#.to_owned(), "from", "not_a_date"),
        (r#"{"command":"apply_visit","from":"+026-11-20"}"#.to_owned(), "from", "not_a_date"),
        (r#"{"command":"apply_visit","from":"9999-12-31"}"#.to_owned(), "from", "year_out_of_range"),
        (r#"{"command":"apply_visit","from":"0000-01-01"}"#.to_owned(), "from", "year_out_of_range"),
        (r#"{"command":"apply_visit","from":20261120}"#.to_owned(), "from", "wrong_kind"),
        (r#"{"command":"decide_visit","permit":"A-00001"}"#.to_owned(), "granted", "field_missing"),
        (r#"{"command":"decide_visit","permit":"A-00001","granted":"true"}"#.to_owned(), "granted", "wrong_kind"),
        (r#"{"command":"decide_visit","permit":"A-00001","granted":1}"#.to_owned(), "granted", "wrong_kind"),
        (r#"{"command":"erase","entry":"12","reason":"r"}"#.to_owned(), "entry", "wrong_kind"),
        (r#"{"command":"erase","entry":12.5,"reason":"r"}"#.to_owned(), "entry", "wrong_kind"),
        (r#"{"command":"erase","entry":-1,"reason":"r"}"#.to_owned(), "entry", "wrong_kind"),
        (r#"{"command":"erase","entry":0,"reason":"r"}"#.to_owned(), "entry", "wrong_kind"),
        (r#"{"command":"erase","entry":18446744073709551616,"reason":"r"}"#.to_owned(), "entry", "wrong_kind"),
        (r#"{"command":"erase","record":"X-00001","reason":"r"}"#.to_owned(), "record", "not_an_id"),
        (r#"{"command":"issue_user","user":"Yamada","person":"P-00001","roles":["r"]}"#.to_owned(), "user", "not_a_user_id"),
        (r#"{"command":"issue_user","user":"../etc","person":"P-00001","roles":["r"]}"#.to_owned(), "user", "not_a_user_id"),
        (r#"{"command":"correct","record":"V-00001","field":"state","value":"left","reason":"r"}"#.to_owned(), "field", "not_in_list"),
        (r#"{"command":"correct","record":"V-00001","field":"came","value":"9:15","reason":"r"}"#.to_owned(), "value", "not_a_stamp"),
        (r#"{"command":"correct","record":"V-00001","field":"person","value":"V-00001","reason":"r"}"#.to_owned(), "value", "wrong_noun"),
    ];
    for (line, field, name) in cases {
        let got = names(line.as_bytes());
        let expected = (field.to_owned(), name.to_owned());
        let shown: String = line.chars().take(120).collect();
        assert!(got.contains(&expected), "{shown}: {got:?}, not {expected:?}");
    }
    assert_eq!(
        names(b"{\"command\":\"check_in\",\"remarks\":\"\xff\xfe\"}"),
        [(String::new(), "not_utf8".to_owned())]
    );
    assert_eq!(
        names(b"{\"command\":\"check_in\",\"x\":\"\xed\xa0\x80\"}"),
        [(String::new(), "not_utf8".to_owned())]
    );
}

#[test]
fn everything_wrong_with_a_line_is_said_at_once() {
    let got =
        names(br#"{"command":"decide_visit","permit":"P-00001","granted":"yes","reson":"x","request":" "}"#);
    let expected = [
        ("permit", "wrong_noun"),
        ("granted", "wrong_kind"),
        ("reson", "unknown_field"),
        ("request", "bad_request"),
    ];
    for (field, name) in expected {
        assert!(got.contains(&(field.to_owned(), name.to_owned())), "{got:?}");
    }
    assert_eq!(got.len(), expected.len());
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest_known_one() {
    let said = |line: &[u8]| command_from_json(line).unwrap_err().remove(0);
    assert!(said(br#"{"command":"chek_in"}"#).en.contains("Did you mean check_in?"));
    assert!(
        said(br#"{"command":"check_in","zone":"z","purpose":"p","bagde":"B-1"}"#)
            .ja
            .contains("badge ではありませんか")
    );
    assert!(!said(br#"{"command":"make_coffee_for_everyone"}"#).en.contains("Did you mean"));
}

#[test]
fn null_and_absent_are_the_same_and_blanks_are_folded() {
    let with = command_from_json(br#"{"command":"check_out","badge":"B-017","card":null,"person":null,"at":null,"request":null,"remarks":"  "}"#);
    let without = command_from_json(br#"{"command":"check_out","badge":"B-017"}"#);
    let command = |order: Result<Instruction, _>| order.map(|order| order.command);
    assert_eq!(command(with), command(without));
    let order = command_from_json(
        "{\"command\":\"register_person\",\"name\":\" 山田　　太郎 \",\"kana\":\"ﾔﾏﾀﾞ たろう\"}".as_bytes(),
    );
    let Ok(Instruction { command: Command::RegisterPerson(person), .. }) = order else { panic!("{order:?}") };
    assert_eq!((person.name.as_str(), person.kana.as_str()), ("山田　太郎", "ヤマダ タロウ"));
}

#[test]
fn a_line_of_the_longest_length_is_read_in_time_that_grows_with_it() {
    // A field name of half a MiB, and half a MiB of brackets in a string: nothing quadratic may lurk here.
    let name = "x".repeat(MOST_BYTES / 2 - 64);
    let line = format!(r#"{{"command":"check_in","{name}":"{}"}}"#, "[".repeat(MOST_BYTES / 2 - 64));
    assert!(line.len() <= MOST_BYTES);
    let got = names(line.as_bytes());
    assert!(got.iter().any(|(field, name)| name == "unknown_field" && field.chars().count() <= 40));
}

#[test]
fn forms_refuse_at_the_field() {
    let books = Books::new();
    let today = stamp("2026-11-20T14:00:00+09:00").date_naive();
    let cases = [
        ("check_in", "zone", "厨房", "not_in_list"),
        ("check_in", "person", "山田", "not_an_id"),
        ("check_in", "person", "V-00001", "wrong_noun"),
        ("check_in", "remarks", "a\u{202E}b", "bidi_control"),
        ("check_in", "badge", "B\u{200B}17", "invisible_character"),
        ("apply_visit", "from", "R6.2.30", "no_such_day"),
        ("apply_visit", "from", "9999-01-01", "year_out_of_range"),
        ("apply_visit", "from", "そのうち", "not_a_date"),
        ("settle_exit", "last_evidence", "昨日 25:00", "no_such_time"),
        ("settle_exit", "last_evidence", "11/20", "not_a_time"),
        ("settle_exit", "badge_missing", "たぶん", "not_in_list"),
        ("decide_visit", "granted", "はいはい", "not_in_list"),
        ("erase", "entry", "十二", "not_a_number"),
        ("erase", "entry", "-3", "not_a_number"),
        ("issue_user", "user", "山田", "not_a_user_id"),
        ("issue_user", "roles", "警備員、社長", "not_in_list"),
    ];
    for (command, name, text, wrong) in cases {
        let typed = [(name.to_owned(), text.to_owned())];
        let problems = command_from_form(command, &typed, &books, today).unwrap_err();
        let found = problems.iter().find(|problem| problem.field == name);
        assert_eq!(found.map(|problem| problem.name.as_str()), Some(wrong), "{command}.{name} {text}");
        let field = operations().iter().find(|it| it.command == command).unwrap().field(name).unwrap();
        let left = check_typed(field, text, &books, today);
        assert_eq!(left.map(|problem| problem.name), Some(wrong.to_owned()), "{command}.{name} {text}");
        assert_eq!(echo(field, text, &books, today, Lang::Ja), None);
    }
}

#[test]
fn what_was_understood_is_echoed() {
    let books = Books::new();
    let today = stamp("2026-11-20T14:00:00+09:00").date_naive();
    let field = |command: &str, name: &str| {
        operations().iter().find(|it| it.command == command).unwrap().field(name).unwrap()
    };
    let echoed =
        |command: &str, name: &str, text: &str| echo(field(command, name), text, &books, today, Lang::Ja);
    assert_eq!(echoed("apply_visit", "from", "+1d").as_deref(), Some("令和8年11月21日（土）"));
    assert_eq!(echoed("check_in", "person", "p-3").as_deref(), Some("P-00003 外山 次郎"));
    assert_eq!(echoed("settle_exit", "last_evidence", "18:40").as_deref(), Some("R8.11.20 18:40"));
    assert_eq!(echoed("check_in", "zone", "server_room").as_deref(), Some("サーバ室"));
    assert_eq!(echoed("check_in", "remarks", "そのまま"), None);
    let at = stamp_from_typed("at", "昨日 9時半", &books, today).unwrap();
    assert_eq!(at.to_rfc3339(), "2026-11-19T09:30:00+09:00");
    assert_eq!(stamp_from_typed("at", "今", &books, today).unwrap(), books.now);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn arbitrary_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = command_from_json(&bytes);
    }

    #[test]
    fn arbitrary_json_never_panics(text in r#"\{("command":"(check_in|check_out|correct|erase|apply_visit)",)?("(zone|field|value|at|workers|entry|card)":("[^"\\]{0,12}"|[0-9.eE+-]{1,9}|\[("[A-Z]-[0-9]{1,6}",?){0,3}\]|null|true),?){0,6}\}"#) {
        let _ = command_from_json(text.as_bytes());
    }

    #[test]
    fn arbitrary_typing_never_panics(i in 0..29usize, text in "\\PC{0,30}", other in any::<String>()) {
        let books = Books::new();
        let today = books.now.date_naive();
        let operation = &operations()[i];
        for field in operation.fields {
            let _ = check_typed(field, &text, &books, today);
            let _ = echo(field, &other, &books, today, Lang::En);
        }
        let typed: Vec<(String, String)> =
            operation.fields.iter().map(|field| (field.name.to_owned(), text.clone())).collect();
        let _ = command_from_form(operation.command, &typed, &books, today);
    }
}
