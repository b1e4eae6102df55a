//! The table of exit codes, one by one, and that help helps.

use super::run::{Site, password, program, run};
use daicho::domain::Edition;
use daicho::profile::expand;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;
use std::process::Stdio;

#[test]
fn what_is_typed_wrong_is_exit_2_and_opens_nothing() {
    let site = Site::sample();
    for args in [
        &["query", "nothing"][..],
        &["query", "visits", "--state", "nowhere"],
        &["query", "inside_at"],
        &["query", "today", "--from", "2026-01-01"],
        &["query", "visits", "--json", "--csv"],
        &["query", "visits", "--password", "x"],
        &["batch", "/nowhere/lines.jsonl"],
        &["batch"],
        &["load", "--kind", "visits", "x.csv"],
        &["fly"],
    ] {
        let ran = site.run("guard1", args).expect(2);
        assert!(ran.out.is_empty() && !ran.err.is_empty(), "{args:?}");
    }
    assert!(
        run(&["--vault", site.dir(), "query", "inside", "--as", "guard1", "--password-fd", "99"], "").code
            == 2
    );
    let ran = run(&["--vault", site.dir(), "query", "inside", "--as", "guard1", "--password-fd", "0"], "");
    assert_eq!(ran.code, 2, "no password given: {}", ran.err);
}

#[test]
fn what_a_role_may_not_see_is_exit_1() {
    let site = Site::sample();
    let ran = site.run("guard1", &["query", "log"]).expect(1);
    assert!(ran.err.contains("not_permitted"), "{}", ran.err);
    assert!(ran.out.is_empty());
}

#[test]
fn what_cannot_be_opened_is_exit_3_with_its_reason() {
    let site = Site::sample();
    let wrong = site.run_with("guard1", "wrong", &["query", "inside"]).expect(3);
    let unknown = site.run_with("nobody", "wrong", &["query", "inside"]).expect(3);
    assert_eq!(wrong.err, unknown.err, "which of the two it was is not told");

    let none = Site::none();
    none.run("guard1", &["query", "inside"]).expect(3);
    assert!(!none.dir.exists());

    let empty = Site::none();
    std::fs::create_dir(&empty.dir).unwrap();
    empty.run("guard1", &["query", "inside"]).expect(3);

    let foreign = Site::none();
    std::fs::create_dir(&foreign.dir).unwrap();
    std::fs::write(foreign.dir.join("letter.txt"), "not ours").unwrap();
    foreign.run("guard1", &["query", "inside"]).expect(3);

    let newer = Site::sample();
    let format = std::fs::read_to_string(newer.dir.join("FORMAT")).unwrap();
    let raised: String = format.chars().map(|c| if c.is_ascii_digit() { '9' } else { c }).collect();
    assert_ne!(format, raised);
    std::fs::write(newer.dir.join("FORMAT"), raised).unwrap();
    let ran = newer.run("guard1", &["query", "inside"]).expect(3);
    assert!(ran.err.contains('9'), "{}", ran.err);
}

#[test]
fn a_vault_with_a_stray_file_or_with_half_of_it_gone_is_not_opened() {
    let stray = Site::sample();
    std::fs::write(stray.dir.join("letter.txt"), "not ours").unwrap();
    let ran = stray.run("guard1", &["query", "inside"]);
    assert!(matches!(ran.code, 3 | 4), "{} {}", ran.code, ran.err);
    assert!(ran.err.contains("letter.txt"), "{}", ran.err);

    for gone in ["base.000001.age", "journal.000002", "keys/vault.age", "FORMAT"] {
        let site = Site::sample();
        std::fs::remove_file(site.dir.join(gone)).unwrap();
        let ran = site.run("guard1", &["query", "inside"]);
        assert!(matches!(ran.code, 3 | 4), "without {gone}: {} {}", ran.code, ran.err);
        assert!(!ran.err.is_empty() && ran.out.is_empty(), "without {gone}");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_exit_3() {
    if rustix::process::geteuid().is_root() {
        eprintln!("skipped: root writes anywhere");
        return;
    }
    let site = Site::sample();
    std::fs::set_permissions(&site.dir, std::fs::Permissions::from_mode(0o500)).unwrap();
    let ran = site.run("guard1", &["query", "inside"]);
    std::fs::set_permissions(&site.dir, std::fs::Permissions::from_mode(0o700)).unwrap();
    ran.expect(3);
}

#[test]
fn a_full_disk_behind_the_output_is_exit_5() {
    let site = Site::sample();
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let args = ["--vault", site.dir(), "--password-fd", "0", "query", "visits", "--as", "guard1"];
    let mut child = program().args(args).stdin(Stdio::piped()).stdout(full).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", password("guard1")).unwrap();
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(5), "{}", String::from_utf8_lossy(&ended.stderr));
}

/// Runs with a full disk behind standard output.
fn into_a_full_disk(args: &[&str], input: &str) -> super::run::Ran {
    let full = std::fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let mut child = program().args(args).stdin(Stdio::piped()).stdout(full).spawn().unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    child.wait_with_output().unwrap().into()
}

#[test]
fn what_is_done_is_said_when_the_answer_could_not_be_written() {
    let site = Site::none();
    let own = ["--vault", site.dir(), "--password-fd", "0"];
    let with = |more: &[&'static str]| own.iter().copied().chain(more.iter().copied()).collect::<Vec<_>>();
    let key = "Hiraku-2026!\n";
    let init = ["init", "--profile", "jcho", "--site", "f-chuo", "--admin", "tanaka", "--work-factor", "10"];
    let ran = into_a_full_disk(&with(&init), key).expect(5);
    assert!(ran.err.contains("ディスクの空き") && ran.err.contains("f-chuo は開設済み"), "{}", ran.err);
    assert!(ran.err.contains("sheet --as tanaka") && !ran.err.contains("os error"), "{}", ran.err);
    // The sheet that nobody has seen stays in force until another one is seen.
    let ran = into_a_full_disk(&with(&["sheet", "--as", "tanaka"]), key).expect(5);
    assert!(ran.err.contains("差し替えていません"), "{}", ran.err);
    run(&with(&["sheet", "--as", "tanaka"]), key).expect(0);
    let ran = into_a_full_disk(&with(&["compact", "--as", "tanaka"]), key).expect(5);
    assert!(ran.err.contains("証跡 #"), "{}", ran.err);
    let copy = site.path("copy");
    let backup = ["backup", copy.to_str().unwrap(), "--as", "tanaka", "--same-device", "試験", "--json"];
    let backup: Vec<&str> = own.iter().copied().chain(backup).collect();
    let ran = into_a_full_disk(&backup, key).expect(5);
    assert!(ran.err.contains("控えを作り") && ran.err.contains("証跡 #"), "{}", ran.err);
    let onto = site.path("onto");
    let restore =
        ["--vault", onto.to_str().unwrap(), "--password-fd", "0", "restore", copy.to_str().unwrap()];
    let restore: Vec<&str> = restore.into_iter().chain(["--as", "tanaka", "--lang", "en"]).collect();
    let ran = into_a_full_disk(&restore, key).expect(5);
    assert!(ran.err.contains("the disk is full") && ran.err.contains("Restored"), "{}", ran.err);
    let lines =
        site.file("lines.jsonl", "{\"command\":\"register_person\",\"name\":\"甲\",\"kana\":\"コウ\"}\n");
    let batch: Vec<&str> = own.iter().copied().chain(["batch", &lines, "--as", "tanaka"]).collect();
    let ran = into_a_full_disk(&batch, key).expect(5);
    assert!(ran.err.contains("1行目") && ran.err.contains("処理済み"), "{}", ran.err);
    let list = site.file("list.csv", "name,kana\n乙,オツ\n丙,ヘイ\n");
    let load: Vec<&str> =
        own.iter().copied().chain(["load", &list, "--kind", "persons", "--as", "tanaka"]).collect();
    let ran = into_a_full_disk(&load, key).expect(5);
    assert!(ran.err.contains("2行目までを処理し、そのうち1行"), "{}", ran.err);
}

#[test]
fn a_line_that_is_typed_wrong_is_told_in_the_language_and_sends_to_the_help() {
    for (args, says, help) in [
        (&["fly"][..], "「fly」という命令はありません", "daicho --help"),
        (&["quary"], "query", "daicho --help"),
        (&["query"], "--as <USER>", "daicho query --help"),
        (&["query", "visits", "--as"], "値を指定してください", "daicho query --help"),
        (
            &["query", "visits", "--as", "a", "--frob"],
            "「--frob」という指定はありません",
            "daicho query --help",
        ),
        (&["query", "visits", "--as", "a", "--json", "--csv"], "同時に指定できません", "daicho query --help"),
        (&["check", "--as", "a", "--as", "b"], "1回だけ", "daicho check --help"),
        (&["init", "--work-factor", "99"], "「99」は使えません", "daicho init --help"),
        (&["load", "x", "--as", "a", "--kind", "x"], "使えるもの: entrants", "daicho load --help"),
        (&["--lang", "fr"], "使えるもの: ja、en", "daicho --help"),
        (&["--vault", "check", "query", "--x"], "という指定はありません", "daicho query --help"),
        (&["query", "--\u{1b}[2J"], "という指定はありません", "daicho query --help"),
    ] {
        let ran = run(args, "").expect(2);
        assert!(ran.out.is_empty() && ran.err.contains(says), "{args:?}: {}", ran.err);
        assert_eq!(ran.err.lines().last(), Some(&*format!("使い方: {help}")), "{args:?}");
        for english in ["error", "Usage", "tip:", "try", "\u{1b}"] {
            assert!(!ran.err.contains(english), "{args:?}: {}", ran.err);
        }
    }
    for lang in [&["--lang", "en"][..], &["--lang=en"]] {
        let ran = run(&[lang, &["query", "--frob"]].concat(), "").expect(2);
        assert!(ran.err.contains("Usage"), "{}", ran.err);
    }
}

#[test]
fn a_folder_whose_name_no_disk_takes_is_exit_2() {
    let site = Site::sample();
    let (name, path) = ("長".repeat(90), "a/".repeat(3000));
    for long in [&name, &path] {
        for args in [
            &["--vault", long, "check", "--as", "a"][..],
            &["--vault", site.dir(), "backup", long, "--as", "a"],
            &["--vault", site.dir(), "restore", long, "--as", "a"],
        ] {
            let ran = run(args, "").expect(2);
            assert!(ran.err.contains("名前が長すぎます"), "{}", ran.err);
        }
    }
}

#[test]
fn a_reader_that_goes_away_ends_the_run_quietly() {
    let site = Site::sample();
    let args = ["--vault", site.dir(), "--password-fd", "0", "query", "log", "--json", "--as", "auditor"];
    let mut child = program().args(args).stdin(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{}", password("auditor")).unwrap();
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut [0; 10]).unwrap();
    drop(out);
    let ended = child.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(0));
    assert!(ended.stderr.is_empty(), "{}", String::from_utf8_lossy(&ended.stderr));
}

#[test]
fn help_has_an_example_for_each_and_is_an_answer() {
    for args in [
        &["--help"][..],
        &["demo", "--help"],
        &["init", "--help"],
        &["batch", "--help"],
        &["load", "--help"],
        &["commands", "--help"],
        &["query", "--help"],
        &["check", "--help"],
        &["backup", "--help"],
        &["restore", "--help"],
        &["recover", "--help"],
        &["password", "--help"],
        &["profiles", "--help"],
        &["explain", "--help"],
    ] {
        let ran = run(args, "").expect(0);
        assert!(ran.out.contains("例 / Example") && ran.err.is_empty(), "{args:?}");
    }
    run(&["--version"], "").expect(0);
}

#[test]
fn what_is_not_there_yet_is_not_pretended() {
    for later in ["export", "import", "verify", "peers", "receipt", "paper"] {
        run(&[later], "").expect(2);
    }
}

#[test]
fn commands_lists_every_command_that_a_person_may_give() {
    use daicho::domain::Command;
    let list = run(&["commands", "--json"], "").expect(0).json();
    let mut names: Vec<&str> =
        list.as_array().unwrap().iter().map(|c| c["command"].as_str().unwrap()).collect();
    let mut all: Vec<&str> = Command::given().collect();
    names.sort_unstable();
    all.sort_unstable();
    assert_eq!(names, all);
    for command in list.as_array().unwrap() {
        assert!(command["roles"]["jcho"].is_array() && command["roles"]["ishikawa"].is_array(), "{command}");
        for field in command["fields"].as_array().unwrap() {
            assert!(field["name"].is_string() && field["kind"].is_string() && field["required"].is_boolean());
        }
    }
    assert!(run(&["commands"], "").expect(0).out.contains("check_in"));
}

/// Shows I-3-1 a.
#[test]
fn the_rules_built_in_mark_each_zone_where_machines_stand_as_locked_apart_and_watched() {
    // Broken by: a mark that rules need not name; rules built in that mark such a zone otherwise.
    for name in ["ishikawa", "jcho"] {
        let text = run(&["profiles", name, "--text"], "").expect(0).out;
        let profile = expand(&text, Edition::NEWEST).unwrap().profile;
        let mut with_machines = profile.zones.iter().filter(|zone| !zone.racks.is_empty()).peekable();
        assert!(with_machines.peek().is_some(), "{name}");
        for zone in with_machines {
            assert!(zone.locked && zone.apart && zone.camera, "{name} {}", zone.id);
        }
        for mark in ["locked = true\n", "camera = true\n", "apart = true\n"] {
            let without = text.replacen(mark, "", 1);
            assert!(without != text && expand(&without, Edition::NEWEST).is_err(), "{name} {mark}");
        }
    }
}

#[test]
fn profiles_show_their_duties_and_what_meets_them() {
    let list = run(&["profiles"], "").expect(0).out;
    assert!(list.contains("jcho") && list.contains("ishikawa"));
    let one = run(&["profiles", "jcho"], "").expect(0).out;
    assert!(one.contains("J-3-3-1") && one.contains("J-PI-12"));
    assert!(run(&["profiles", "jcho", "--text"], "").expect(0).out.contains("[[role]]"));
    run(&["profiles", "nowhere"], "").expect(2);
}
