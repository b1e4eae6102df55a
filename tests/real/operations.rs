//! What a user does, as a table: one row an operation. Another one costs its row, and where it needs another site to
//! begin with, a [`Start`].

use super::place::{Ended, Harm, How, Place};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::OnceLock;

/// The administrator's password in every site here.
pub const PASSWORD: &str = "Hiraku-2026!";
/// What an operation changes a password to.
pub const CHANGED: &str = "Kaeta-2026-go!";
pub const ADMIN: &str = "tanaka";
/// Cheap passwords: what is tried here is the disk.
pub const INIT: [&str; 16] = [
    "init",
    "--json",
    "--work-factor",
    "10",
    "--profile",
    "jcho",
    "--site",
    "f-chuo",
    "--site-name",
    "中央病院",
    "--admin",
    ADMIN,
    "--name",
    "田中 一郎",
    "--kana",
    "タナカ イチロウ",
];
/// Frames in the journal of [`Start::Long`]: a checkpoint begins at 1,000.
const LONG: u64 = 990;

/// The site an operation begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// No folder at all.
    Nothing,
    /// A few records; user `sato` has a temporary password.
    Small,
    /// The same, with a copy that a backup made.
    Copied,
    /// No folder at all, and a copy to restore from.
    CopyAlone,
    /// No folder at all, and a damaged vault to recover where a copy would be.
    Damaged,
    /// A journal so long that a checkpoint is about to begin.
    Long,
}

/// A site to be copied for each case, and what stands in its log.
#[derive(Debug)]
struct Made {
    place: Place,
    temporary: String,
    sheet: String,
    kinds: Vec<String>,
}

impl Start {
    fn made(self) -> Option<&'static Made> {
        static SMALL: OnceLock<Made> = OnceLock::new();
        static COPIED: OnceLock<Made> = OnceLock::new();
        static COPY_ALONE: OnceLock<Made> = OnceLock::new();
        static DAMAGED: OnceLock<Made> = OnceLock::new();
        static LONG: OnceLock<Made> = OnceLock::new();
        match self {
            Start::Nothing => None,
            Start::Small => Some(SMALL.get_or_init(small)),
            Start::Copied => Some(COPIED.get_or_init(copied)),
            Start::CopyAlone => Some(COPY_ALONE.get_or_init(copy_alone)),
            Start::Damaged => Some(DAMAGED.get_or_init(damaged)),
            Start::Long => Some(LONG.get_or_init(long)),
        }
    }

    /// Whether a site is there before it.
    pub fn has_site(self) -> bool {
        !matches!(self, Start::Nothing | Start::CopyAlone | Start::Damaged)
    }

    /// Where it is to be copied from.
    pub fn site(self) -> Option<&'static Path> {
        self.made().map(|made| made.place.root.as_path())
    }

    /// How many entries of a kind stand in its log.
    pub fn entries(self, kind: &str) -> usize {
        self.made().map_or(0, |made| made.kinds.iter().filter(|one| *one == kind).count())
    }
}

/// What is asked of the program, and what stands in the log when it was done.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub name: &'static str,
    pub start: Start,
    /// Behind `--vault` and `--password-fd`; `LINES` is the file with the lines, `SITE` the vault's folder, `COPY` the
    /// place of a copy.
    pub args: &'static [&'static str],
    pub lines: fn() -> String,
    /// One a line.
    pub passwords: fn() -> String,
    /// What it ends with when nothing harms it.
    pub exit: i32,
    /// The kind of entry it makes; how many; how many of them come together.
    pub makes: (&'static str, usize, usize),
    /// How many of them a run has acknowledged.
    pub acknowledged: fn(&Ended) -> usize,
    pub again: Again,
    /// Passwords of [`Operation::user`], of which exactly one opens at any time.
    pub opens: fn() -> Vec<String>,
    pub user: &'static str,
    /// Another recovery sheet is printed, and takes the place of the one before.
    pub new_sheet: bool,
    /// A copy is made: whole when it is said to be, and one that was there before is never less than it was.
    pub copies: bool,
}

/// What doing it again means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Again {
    /// The same request ids: the same entries, once.
    Same,
    /// It is simply done again.
    Anew,
    /// Only what was not done is to be done.
    Rest,
    /// It wrote nothing the first time, and writes nothing.
    Nothing,
}

fn none() -> String {
    String::new()
}

fn password() -> String {
    PASSWORD.to_owned()
}

fn one_password() -> Vec<String> {
    vec![PASSWORD.to_owned()]
}

fn persons(from: usize, count: usize) -> String {
    let line = |n| {
        json!({"command": "register_person", "request": format!("r-{n}"), "name": format!("来訪 {n}号"),
               "kana": "ライホウ", "organisation": "検証課"})
    };
    (from..from + count).map(|n| format!("{}\n", line(n))).collect()
}

/// Answers that name an entry: done, or refused by an entry.
fn with_entry(ended: &Ended) -> usize {
    ended.answers().iter().filter(|answer| answer["seq"].is_array()).count()
}

fn by_word(ended: &Ended) -> usize {
    usize::from(ended.err.contains("The password is changed"))
}

fn by_output(ended: &Ended) -> usize {
    usize::from(!ended.out.is_empty())
}

/// Every operation.
pub fn operations() -> Vec<Operation> {
    let batch: &[&str] = &["batch", "LINES", "--as", ADMIN];
    let usual = Operation {
        name: "batch of one",
        start: Start::Small,
        args: batch,
        lines: || persons(1, 1),
        passwords: password,
        exit: 0,
        makes: ("person_registered", 1, 1),
        acknowledged: with_entry,
        again: Again::Same,
        opens: one_password,
        user: ADMIN,
        new_sheet: false,
        copies: false,
    };
    let backup = Operation {
        name: "backup",
        args: &["backup", "COPY", "--as", ADMIN, "--same-device", "試験"],
        lines: none,
        makes: ("backed_up", 1, 1),
        acknowledged: by_output,
        again: Again::Anew,
        copies: true,
        ..usual
    };
    vec![
        Operation {
            name: "init",
            start: Start::Nothing,
            args: &INIT,
            lines: none,
            makes: ("site_founded", 1, 1),
            acknowledged: by_output,
            again: Again::Rest,
            ..usual
        },
        Operation { ..usual },
        Operation {
            name: "batch in groups",
            args: &["batch", "LINES", "--as", ADMIN, "--group", "4"],
            lines: || persons(1, 8),
            makes: ("person_registered", 8, 4),
            ..usual
        },
        Operation {
            name: "batch of all or nothing",
            args: &["batch", "LINES", "--as", ADMIN, "--all-or-nothing"],
            lines: || persons(1, 5),
            makes: ("person_registered", 5, 5),
            ..usual
        },
        Operation {
            name: "batch that makes the journal longer",
            lines: || persons(1, 90),
            makes: ("person_registered", 90, 1),
            ..usual
        },
        Operation {
            name: "attach",
            lines: || {
                // What lies where the program was started: its own passwords will do.
                let line = json!({"command": "attach", "request": "a-1", "record": "A-00001", "title": "計画書",
                                  "file": "passwords"});
                format!("{line}\n")
            },
            makes: ("attached", 1, 1),
            ..usual
        },
        Operation {
            name: "refused command",
            lines: || r#"{"command":"check_out","request":"x-1","badge":"B-999"}"#.to_owned(),
            exit: 1,
            makes: ("refused", 1, 1),
            again: Again::Anew,
            ..usual
        },
        Operation {
            name: "carry_over_user",
            lines: || {
                json!({"command": "carry_over_user", "request": "u-2", "user": "suzuki", "person": "P-00003",
                       "roles": ["guard"], "decided_by": "総務課", "decided_on": "2020-04-01"})
                .to_string()
            },
            makes: ("user_carried_over", 1, 1),
            ..usual
        },
        Operation {
            name: "reset_password",
            lines: || json!({"command": "reset_password", "request": "u-3", "user": "sato"}).to_string(),
            makes: ("password_reset", 1, 1),
            ..usual
        },
        Operation {
            name: "password",
            args: &["password", "--as", ADMIN],
            lines: none,
            passwords: || format!("{PASSWORD}\n{CHANGED}"),
            makes: ("key_enrolled", 1, 1),
            acknowledged: by_word,
            again: Again::Rest,
            opens: || vec![PASSWORD.to_owned(), CHANGED.to_owned()],
            ..usual
        },
        Operation {
            name: "first password",
            args: &["password", "--as", "sato"],
            lines: none,
            passwords: || format!("{}\n{CHANGED}", temporary()),
            makes: ("key_enrolled", 1, 1),
            acknowledged: by_word,
            again: Again::Rest,
            opens: || vec![temporary(), CHANGED.to_owned()],
            user: "sato",
            ..usual
        },
        Operation {
            name: "password by the sheet",
            args: &["password", "--as", ADMIN, "--recovery"],
            lines: none,
            passwords: || format!("{}\n{CHANGED}", sheet()),
            makes: ("sheet_used", 1, 1),
            acknowledged: |ended| usize::from(ended.err.contains("The new password of")),
            again: Again::Rest,
            opens: || vec![PASSWORD.to_owned(), CHANGED.to_owned()],
            new_sheet: true,
            ..usual
        },
        Operation {
            name: "sheet",
            args: &["sheet", "--as", ADMIN],
            lines: none,
            makes: ("sheet_replaced", 1, 1),
            acknowledged: |ended| usize::from(ended.err.contains("The recovery sheet is replaced")),
            again: Again::Anew,
            new_sheet: true,
            ..usual
        },
        Operation {
            name: "rekey",
            args: &["rekey", "--as", ADMIN, "--reason", "試験"],
            lines: none,
            makes: ("vault_rekeyed", 1, 1),
            acknowledged: |ended| usize::from(ended.err.contains("The vault has a new key")),
            again: Again::Anew,
            ..usual
        },
        Operation {
            name: "remove_user",
            lines: || {
                json!({"command": "remove_user", "request": "u-4", "user": "sato", "reason": "退職"})
                    .to_string()
            },
            makes: ("user_removed", 1, 1),
            ..usual
        },
        Operation {
            name: "compact",
            args: &["compact", "--as", ADMIN],
            lines: none,
            makes: ("vault_compacted", 1, 1),
            acknowledged: by_output,
            again: Again::Anew,
            ..usual
        },
        backup,
        Operation { name: "backup again", start: Start::Copied, ..backup },
        Operation {
            name: "restore",
            start: Start::CopyAlone,
            args: &["restore", "COPY", "--as", ADMIN],
            lines: none,
            makes: ("epoch_begun", 1, 1),
            acknowledged: by_output,
            again: Again::Rest,
            ..usual
        },
        Operation {
            name: "recover",
            start: Start::Damaged,
            args: &["recover", "COPY", "SITE", "--as", ADMIN],
            lines: none,
            makes: ("epoch_begun", 1, 1),
            acknowledged: by_output,
            again: Again::Rest,
            // An entry is lost, and what came after it is saved beside the vault.
            exit: 6,
            ..usual
        },
        Operation {
            name: "query",
            args: &["query", "persons", "--as", ADMIN],
            lines: none,
            makes: ("reading_recorded", 1, 1),
            acknowledged: by_output,
            again: Again::Anew,
            ..usual
        },
        Operation {
            name: "check",
            args: &["check", "--as", ADMIN],
            lines: none,
            makes: ("checked", 0, 0),
            acknowledged: |_| 0,
            again: Again::Nothing,
            ..usual
        },
        Operation {
            name: "load",
            args: &["load", "--json", "--kind", "persons", "LINES", "--as", ADMIN],
            lines: || {
                "name,kana\n見本 太郎,ミホン タロウ\n見本 次郎,ミホン ジロウ\n見本 三郎,ミホン サブロウ\n"
                    .to_owned()
            },
            makes: ("person_registered", 3, 1),
            again: Again::Anew,
            ..usual
        },
        Operation {
            name: "checkpoint",
            start: Start::Long,
            lines: || persons(2000, 48),
            makes: ("person_registered", 48, 1),
            ..usual
        },
    ]
}

/// Operations of a check, by name.
pub fn named(names: &[&str]) -> Vec<Operation> {
    let all: Vec<Operation> =
        operations().into_iter().filter(|operation| names.contains(&operation.name)).collect();
    assert_eq!(all.len(), names.len());
    all
}

/// The groups of the sheet that a site was founded with.
pub fn sheet() -> String {
    Start::Small.made().map(|made| made.sheet.clone()).unwrap_or_default()
}

fn temporary() -> String {
    Start::Small.made().map(|made| made.temporary.clone()).unwrap_or_default()
}

fn batch(place: &Place, lines: String) -> Vec<Value> {
    let lines_at = place.root.join("lines");
    std::fs::write(&lines_at, lines).unwrap();
    let ended = place.ask(&["batch", lines_at.to_str().unwrap(), "--as", ADMIN], PASSWORD);
    assert_eq!(ended.how, How::Exit(0), "{ended:?}");
    ended.answers()
}

fn small() -> Made {
    let place = Place::new();
    let founded = place.ask(&INIT, PASSWORD);
    assert_eq!(founded.how, How::Exit(0), "{founded:?}");
    let groups: Vec<String> = serde_json::from_value(founded.answers()[0]["recovery"].clone()).unwrap();
    let persons = [("佐藤 次郎", "サトウ ジロウ"), ("鈴木 三郎", "スズキ サブロウ")].map(|(name, kana)| {
        json!({"command": "register_person", "name": name, "kana": kana, "organisation": "情報課"})
            .to_string()
    });
    let issue = json!({"command": "carry_over_user", "user": "sato", "person": "P-00002", "roles": ["guard"],
                       "decided_by": "総務課", "decided_on": "2020-04-01"});
    let answers = batch(&place, format!("{}\n{issue}\n{}\n", persons.join("\n"), applied().join("\n")));
    let temporary = answers[2]["temporary_password"].as_str().unwrap().to_owned();
    made(place, temporary, groups.join("-"))
}

/// A contractor with a worker, and an application of today.
fn applied() -> [String; 3] {
    let now: chrono::DateTime<chrono::Local> = std::time::SystemTime::now().into();
    // Till tomorrow: it may be midnight before it is typed.
    let (from, to) = (now.date_naive(), now.date_naive() + chrono::Days::new(1));
    [
        json!({"command": "register_company", "name": "電機", "kana": "デンキ"}),
        json!({"command": "register_person", "name": "渡邊 修理", "kana": "ワタナベ", "company": "C-00001"}),
        json!({"command": "apply_visit", "kind": "visit", "company": "C-00001", "workers": ["P-00004"],
               "from": from, "to": to, "zones": ["server_room"], "work": "見学"}),
    ]
    .map(|line| line.to_string())
}

fn copied() -> Made {
    let place = Place::new();
    super::place::copy(&Start::Small.site().unwrap().join("site"), &place.vault());
    for backup in named(&["backup"]) {
        let ended = place.run(&backup, &Harm::None);
        assert_eq!(ended.how, How::Exit(0), "{ended:?}");
    }
    // More than the copy has.
    batch(&place, persons(500, 3));
    made(place, temporary(), sheet())
}

/// Where nothing stands but the copy, no entry is there yet.
fn copy_alone() -> Made {
    let place = Place::new();
    super::place::copy(&Start::Copied.site().unwrap().join("copy"), &place.copy());
    Made { place, temporary: temporary(), sheet: sheet(), kinds: Vec::new() }
}

/// A frame in the midst of the journal does not hold: entries before it are saved into a new vault, those behind it
/// beside it.
fn damaged() -> Made {
    let place = Place::new();
    super::place::copy(&Start::Small.site().unwrap().join("site"), &place.vault());
    batch(&place, persons(700, 6));
    std::fs::rename(place.vault(), place.copy()).unwrap();
    let files = std::fs::read_dir(place.copy()).unwrap().map(|entry| entry.unwrap().path());
    let segment = files.filter(|path| path.file_stem().is_some_and(|stem| stem == "journal")).max().unwrap();
    let whole = std::fs::read(&segment).unwrap();
    let end = whole.iter().rposition(|byte| *byte != 0).unwrap();
    // How much stands behind the last entry differs from run to run: where the midst of the entries is, is tried.
    let held = [8, 7, 6, 5, 4, 3, 2].into_iter().any(|sixteenths| {
        let mut bytes = whole.clone();
        bytes[end / 16 * sixteenths] ^= 1;
        std::fs::write(&segment, bytes).unwrap();
        let (from, tried) = (place.copy(), Place::new());
        let to = tried.vault();
        let args = ["recover", from.to_str().unwrap(), to.to_str().unwrap(), "--json", "--as", ADMIN];
        let saved = tried.ask(&args, PASSWORD).answers().remove(0);
        let behind = saved["behind"].as_array().map_or(0, Vec::len);
        saved["kept"].as_u64() > Some(1) && behind > 0 && saved["lost"] != ""
    });
    assert!(held, "no place is in the midst of the frames");
    Made { place, temporary: temporary(), sheet: sheet(), kinds: Vec::new() }
}

fn long() -> Made {
    let place = Place::new();
    super::place::copy(&Start::Small.site().unwrap().join("site"), &place.vault());
    let checked = place.ask(&["check", "--json", "--as", ADMIN], PASSWORD);
    let frames = checked.answers()[0]["frames"].as_u64().unwrap();
    // The login is one more.
    batch(&place, persons(1000, usize::try_from(LONG - frames - 1).unwrap()));
    made(place, String::new(), sheet())
}

/// What stands in its log is looked up in a copy: who looks is in the log.
fn made(place: Place, temporary: String, sheet: String) -> Made {
    let copy = Place::new();
    super::place::copy(&place.vault(), &copy.vault());
    let mut kinds = kinds(&copy, ADMIN, PASSWORD).unwrap();
    // The newest is that login.
    kinds.remove(0);
    Made { place, temporary, sheet, kinds }
}

/// The kinds of all entries, newest first, as somebody sees them who logs in.
pub fn kinds(place: &Place, user: &str, password: &str) -> Result<Vec<String>, String> {
    let ended = place.ask(&["query", "log", "--json", "--as", user], password);
    let entries: Vec<Value> = match (&ended.how, serde_json::from_str(&ended.out)) {
        (How::Exit(0), Ok(Value::Array(entries))) => entries,
        _ => return Err(format!("the log cannot be looked up: {ended:?}")),
    };
    Ok(entries.iter().filter_map(|entry| entry["kind"].as_str().map(str::to_owned)).collect())
}

/// Whether a run of an operation is what it is meant to be when nothing harms it.
pub fn unharmed(operation: &Operation) {
    let place = Place::new();
    place.prepare(operation);
    let ended = place.run(operation, &Harm::None);
    assert_eq!(ended.how, How::Exit(operation.exit), "{}: {ended:?}", operation.name);
    assert_eq!((operation.acknowledged)(&ended), operation.makes.1, "{}: {ended:?}", operation.name);
    if let Err(why) = super::judge::judge(operation, &place, &ended, false) {
        panic!("{} without harm: {why}", operation.name);
    }
}
