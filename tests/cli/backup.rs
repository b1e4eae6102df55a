//! `daicho backup` and `daicho restore`: exit codes, what is said, and the drill.

use super::run::{Ran, Site, copy, password, run};
use serde_json::{Value, json};
use std::path::Path;

fn to(site: &Site, name: &str) -> String {
    site.path(name).to_str().unwrap().to_owned()
}

fn backup(site: &Site, to: &str) -> Ran {
    site.run("admin", &["backup", to, "--medium", "USB-3", "--same-device", "試験のため", "--json"])
}

fn restore(from: &str, dir: &Path, user: &str) -> Ran {
    let args =
        ["--vault", dir.to_str().unwrap(), "--password-fd", "0", "restore", from, "--json", "--as", user];
    run(&args, &format!("{}\n", password(user)))
}

#[test]
fn a_backup_says_what_it_holds_and_what_was_written() {
    let site = Site::sample();
    let to = to(&site, "copy");
    let refused = site.run("admin", &["backup", &to]).expect(1);
    assert!(
        refused.err.contains("backup_same_device") && refused.err.contains("--same-device"),
        "{}",
        refused.err
    );
    let first = backup(&site, &to).expect(0).json();
    assert_eq!(first["ok"], true);
    assert!(
        first["fresh"].as_u64() > Some(0) && first["seq"].as_u64() == first["last"].as_u64().map(|n| n + 1)
    );
    let second = backup(&site, &to).expect(0).json();
    assert!(second["fresh"].as_u64() < first["fresh"].as_u64(), "{first} {second}");
    let report = site.run("admin", &["backup", &to, "--same-device", "試験のため"]).expect(0);
    assert!(report.out.contains("読み返して") && report.out.contains(&to), "{}", report.out);
    let entries = site.entries_since(0, "backed_up");
    assert_eq!(entries.len(), 3);
    assert!(
        site.run("guard1", &["backup", &to, "--same-device", "x"]).expect(1).err.contains("not_permitted")
    );
    site.run("admin", &["--lang", "en", "backup", "/nowhere/at/all", "--same-device", "x"]).expect(1);
    let checked = ["--vault", &to, "--password-fd", "0", "check", "--as", "auditor", "--json"];
    let checked = run(&checked, &format!("{}\n", password("auditor"))).expect(0).json();
    assert_eq!(checked["findings"], json!([]));
    let worked_in = ["--vault", &to, "--password-fd", "0", "query", "inside", "--as", "guard1"];
    let worked_in = run(&worked_in, &format!("{}\n", password("guard1"))).expect(3);
    assert!(worked_in.err.contains("is_a_copy"), "{}", worked_in.err);
}

#[test]
fn a_backup_beside_another_session_is_made_and_recorded_later() {
    let site = Site::sample();
    let to = to(&site, "copy");
    use daicho::desk::{Desk, SystemClock, SystemEntropy, Terminal};
    let terminal = Terminal {
        clock: std::sync::Arc::new(SystemClock),
        entropy: std::sync::Arc::new(SystemEntropy),
        name: "test".to_owned(),
        work_factor: 10,
        hardening: "none".to_owned(),
        last_seen: None,
    };
    let (desk, _) = Desk::log_in(&site.dir, "operator", password("operator"), terminal).unwrap();
    let made = backup(&site, &to).expect(0).json();
    assert_eq!(made["seq"], Value::Null);
    assert_eq!(made["last"].as_u64(), Some(desk.last_entry().0));
    desk.close().unwrap();
    assert_eq!(site.entries_since(0, "backed_up").len(), 0, "the auditor who looks is no keeper");
    site.run("admin", &["query", "users"]).expect(0);
    assert_eq!(site.entries_since(0, "backed_up").len(), 1);
}

/// What the registers show, in one text.
fn shown(site: &Site) -> String {
    let registers = ["visits", "persons", "entrants", "companies", "badges", "permits", "works", "notices"];
    let args = |register| ["query", register, "--json", "--most", "100000"];
    registers.map(|register| site.run("auditor", &args(register)).expect(0).out).join("\n")
}

/// Back up, wipe, restore, verify. Gives how many entries came back.
fn drill(site: &Site) -> u64 {
    let to = to(site, "copy");
    let before = shown(site);
    let made = backup(site, &to).expect(0).json();
    std::fs::remove_dir_all(&site.dir).unwrap();
    let back = restore(&to, &site.dir, "admin").expect(0).json();
    assert_eq!((&back["kept"], &back["root"]), (&made["last"], &made["root"]));
    let checked = site.run("auditor", &["check", "--json"]).expect(0).json();
    assert_eq!(checked["findings"], json!([]));
    assert_eq!(checked["entries"].as_u64(), back["kept"].as_u64().map(|kept| kept + 1));
    assert_eq!(shown(site), before, "the registers show what they showed");
    back["kept"].as_u64().unwrap()
}

#[test]
fn a_restore_drill_brings_back_every_entry_and_register() {
    let entries = drill(&Site::sample());
    assert!(entries > 500);
    println!("restore drill: {entries} entries back");
}

#[test]
#[ignore = "the full figure: a year of records"]
fn a_restore_drill_brings_back_every_entry_and_register_of_a_year() {
    let site = Site::none();
    run(&["demo", "--dir", site.dir(), "--headless"], "").expect(0);
    let entries = drill(&site);
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/figures");
    std::fs::create_dir_all(&figures).unwrap();
    let figure = json!({"id": "R16", "figure": entries, "unit": "entries of a generated year: backed up, wiped, restored, verified, all there",
                        "seed": 1, "detail": "every register shows what it showed; check finds nothing; a new epoch begins"});
    std::fs::write(figures.join("R16.json"), format!("{figure:#}\n")).unwrap();
}

#[test]
fn a_restore_goes_into_an_empty_folder_only_and_from_a_sound_copy_only() {
    let site = Site::sample();
    let to = to(&site, "copy");
    backup(&site, &to).expect(0);
    assert!(restore(&to, &site.dir, "admin").expect(3).err.contains("not_empty"));
    let dir = site.path("restored");
    assert!(restore(&to, &dir, "guard1").expect(1).err.contains("not_permitted"));
    let uncounted = run(
        &["--vault", dir.to_str().unwrap(), "--password-fd", "0", "restore", &to, "--as", "admin"],
        "wrong\n",
    )
    .expect(3);
    assert!(uncounted.err.contains("数えていません"), "{}", uncounted.err);
    assert!(!dir.exists());
    let rotten = site.path("rotten");
    copy(Path::new(&to), &rotten);
    let base = std::fs::read_dir(&rotten).unwrap().map(|entry| entry.unwrap().path());
    let base = base.into_iter().find(|path| path.to_string_lossy().contains("base.")).unwrap();
    let mut bytes = std::fs::read(&base).unwrap();
    bytes[5000] ^= 1;
    std::fs::write(&base, bytes).unwrap();
    let ran = restore(rotten.to_str().unwrap(), &dir, "admin").expect(4);
    assert!(ran.err.contains("restore_damaged") && ran.err.contains("daicho recover"), "{}", ran.err);
    assert!(!dir.exists());
    let report = [
        "--vault",
        dir.to_str().unwrap(),
        "--password-fd",
        "0",
        "--lang",
        "en",
        "restore",
        &to,
        "--as",
        "admin",
    ];
    let report = run(&report, &format!("{}\n", password("admin"))).expect(0);
    assert!(report.out.contains("epoch") && report.out.contains("paper"), "{}", report.out);
}

#[test]
fn a_recovery_names_what_is_lost_and_where_everything_is() {
    let site = Site::sample();
    let to = to(&site, "new");
    let wrong = site.run_with("admin", "wrong", &["recover", site.dir(), &to]).expect(3);
    assert!(wrong.err.contains("数えていません"), "{}", wrong.err);
    let journal = site.dir.join("journal.000002");
    let mut bytes = std::fs::read(&journal).unwrap();
    let at = (0..bytes.len()).step_by(512).filter(|at| bytes[*at..].starts_with(b"daichoF1")).nth(2).unwrap();
    bytes[at + 200] ^= 1;
    std::fs::write(&journal, bytes).unwrap();
    let damaged = super::check::contents(&site.dir);
    let done = site.run("admin", &["recover", site.dir(), &to, "--json"]).expect(6).json();
    assert_eq!(super::check::contents(&site.dir), damaged, "nothing was written where the damage is");
    assert!(done["findings"][0].as_str().unwrap().contains("journal.000002"), "{done}");
    assert!(!done["lost"].as_str().unwrap().is_empty() && done["kept"].as_u64() > Some(0), "{done}");
    // The entry that gave the auditor a key of their own is lost: who has one is named, and it opens.
    let users: Vec<&str> =
        done["users"].as_array().unwrap().iter().map(|user| user.as_str().unwrap()).collect();
    assert!(users.contains(&"admin") && !users.contains(&"auditor"), "{done}");
    let checked = ["--vault", &to, "--password-fd", "0", "check", "--as", "admin", "--json"];
    let checked = run(&checked, &format!("{}\n", password("admin"))).expect(0).json();
    assert_eq!(checked["findings"], json!([]));
    assert_eq!(checked["entries"], done["epoch_entry"]);
    let report = site.run("admin", &["--lang", "en", "recover", site.dir(), &format!("{to}-2")]).expect(6);
    for said in ["damaged-copy", "could not be saved", "The new vault", "late"] {
        assert!(report.out.contains(said), "{said}: {}", report.out);
    }
    assert!(site.run("admin", &["recover", site.dir(), &to]).expect(3).err.contains("not_empty"));
    // Cut short, nobody can say what stood behind.
    let bytes = std::fs::read(&journal).unwrap();
    std::fs::write(&journal, &bytes[..at + 512]).unwrap();
    let cut = site.run("admin", &["--lang", "en", "recover", site.dir(), &format!("{to}-4")]).expect(6);
    assert!(cut.out.contains("There may have been entries after"), "{}", cut.out);
    std::fs::write(&journal, bytes).unwrap();
    std::fs::remove_file(site.dir.join("base.000001.age")).unwrap();
    let none = site.run("admin", &["recover", site.dir(), &format!("{to}-3")]).expect(4);
    assert!(none.err.contains("控えから復元"), "{}", none.err);
}
