//! Faults have names, and their sentences stand by name in one table: what the source makes and what the table says are
//! held against each other, and what is said is read in both languages.

use daicho::desk::{Lang, say_detail, say_io};
use daicho::domain::{Code, Id, Noun};
use daicho::fault::{Fault, Piece, of_kind, pieces};
use daicho::log::{Finding, Malformed, What};
use daicho::store::{CheckFinding, CommitError, Flaw, StoreError};
use daicho::vault::{AppendError, CheckpointError, CopyError, Doing, Holder, SlotError, VaultError, Where};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The shipped source: path and text, without comments.
fn sources() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let name = path.strip_prefix(root()).unwrap().to_string_lossy().into_owned();
                found.push((name, shipped(&path)));
            }
        }
    }
    found
}

fn shipped(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let shipped = text.split("#[cfg(test)]").next().unwrap_or_default();
    let lines = shipped.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// What stands between the brackets of a call, taken apart at its own commas.
fn arguments(behind: &str) -> Vec<String> {
    let (mut found, mut one) = (Vec::new(), String::new());
    let (mut depth, mut quoted) = (1, false);
    for c in behind.chars() {
        match c {
            '"' => quoted = !quoted,
            '(' | '[' | '{' if !quoted => depth += 1,
            ')' | ']' | '}' if !quoted => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            break;
        }
        if c == ',' && depth == 1 && !quoted {
            found.push(std::mem::take(&mut one));
        } else {
            one.push(c);
        }
    }
    found.push(one);
    found.into_iter().map(|one| one.trim().to_owned()).filter(|one| !one.is_empty()).collect()
}

/// Every fault that the source makes: where, its name, and the values that it gives.
fn made() -> Vec<(String, String, BTreeSet<String>)> {
    let mut found = Vec::new();
    for (place, text) in sources() {
        for (at, call) in text.match_indices("fault!(") {
            let mut given = arguments(&text[at + call.len()..]).into_iter();
            let name = given.next().unwrap_or_default();
            // The macro's own definition names no fault.
            let Some(name) = name.strip_prefix('"').and_then(|name| name.strip_suffix('"')) else { continue };
            let values = given.map(|one| one.split_once(" = ").expect(&one).0.to_owned()).collect();
            found.push((place.clone(), name.to_owned(), values));
        }
    }
    found
}

fn table() -> BTreeMap<String, BTreeMap<String, String>> {
    toml::from_str(&fs::read_to_string(root().join("data/wording/faults.toml")).unwrap()).unwrap()
}

fn placeholders(sentence: &str) -> BTreeSet<String> {
    let named = |piece| match piece {
        Piece::Value(name) => Some(name.to_owned()),
        Piece::Words(_) => None,
    };
    pieces(sentence).into_iter().filter_map(named).collect()
}

#[test]
fn every_fault_of_the_source_has_sentences_and_every_sentence_its_fault() {
    let made: BTreeSet<String> = made().into_iter().map(|(_, name, _)| name).collect();
    let told: BTreeSet<String> = table().into_keys().collect();
    assert!(made.len() > 200, "{}", made.len());
    let without: Vec<&String> = made.difference(&told).collect();
    let unused: Vec<&String> = told.difference(&made).collect();
    assert!(
        without.is_empty() && unused.is_empty(),
        "without sentences: {without:?}, never made: {unused:?}"
    );
}

#[test]
fn every_placeholder_is_filled_and_every_value_is_told() {
    let table = table();
    for (place, name, values) in made() {
        let said = &table[&name];
        let wanted = [placeholders(&said["ja"]), placeholders(&said["en"])];
        for (wanted, language) in wanted.iter().zip(["ja", "en"]) {
            assert!(
                wanted.is_subset(&values),
                "{place}: {name}.{language} wants {wanted:?}, gets {values:?}"
            );
        }
        let told: BTreeSet<String> = wanted.into_iter().flatten().collect();
        assert_eq!(told, values, "{place}: {name} is given what no sentence tells");
    }
}

#[test]
fn faults_are_made_where_the_scan_sees_them() {
    for (place, text) in sources().into_iter().filter(|(place, _)| place != "src/fault.rs") {
        for other in ["Fault::named(", "Fault::new(", "fault! ("] {
            assert!(!text.contains(other), "{place} makes a fault by {other}");
        }
        for (at, _) in text.match_indices("fault!(") {
            let behind = text[at + "fault!(".len()..].trim_start();
            assert!(behind.starts_with('"'), "{place}: a fault without a written name: {:.60}", behind);
        }
    }
}

/// Words of Latin letters that are neither a file's name nor the program's.
fn latin(text: &str) -> Vec<String> {
    let spared = ["daicho", "FORMAT", "MiB", "ID", "tanaka"];
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || "._-/".contains(c)));
    let plain = words.filter(|word| word.chars().any(|c| c.is_ascii_alphabetic()));
    plain
        .filter(|word| !word.contains(['.', '/', '-']) && !spared.contains(word))
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_sentence_is_in_its_language() {
    for (name, said) in table() {
        let words = |sentence: &str| -> String {
            let piece = |piece| match piece {
                Piece::Words(words) => words.to_owned(),
                Piece::Value(_) => "、".to_owned(),
            };
            pieces(sentence).into_iter().map(piece).collect()
        };
        assert_eq!(said.len(), 2, "{name}: two languages");
        let (ja, en) = (words(&said["ja"]), words(&said["en"]).replace('、', ""));
        assert!(!ja.is_empty() && latin(&ja).is_empty(), "{name}: {ja}");
        assert!(!said["en"].is_empty() && en.is_ascii(), "{name}: {en}");
        for sentence in said.values() {
            let sentence = sentence.trim();
            assert!(!sentence.ends_with(['.', '。']) && !sentence.contains("  "), "{name}: {sentence}");
        }
    }
}

fn every_kind() -> BTreeSet<ErrorKind> {
    let mut kinds: BTreeSet<ErrorKind> =
        (1..134).map(|n| std::io::Error::from_raw_os_error(n).kind()).collect();
    kinds.extend([ErrorKind::InvalidData, ErrorKind::UnexpectedEof, ErrorKind::Other, ErrorKind::WriteZero]);
    kinds
}

fn every_where() -> Vec<Where> {
    let named = ["journal.000007", "/srv/9"].map(Where::from);
    let others = [Where::Vault, Where::Folder, Where::FolderAbove, Where::File, Where::Copy, Where::Base];
    named.into_iter().chain(others).chain([Where::CopiesBeside { format: 1 }]).collect()
}

/// The faults of the source that begin so and need no value.
fn plain(begins: &str) -> Vec<Fault> {
    let names: BTreeSet<String> = made().into_iter().map(|(_, name, _)| name).collect();
    let found = names.into_iter().filter(|name| name.starts_with(begins));
    found.map(|name| Fault::named(name.leak())).collect()
}

fn every_vault_error() -> Vec<VaultError> {
    let mut by = Holder::this("tanaka", "2026-11-20T09:00:00+09:00");
    by.host = "terminal-1".to_owned();
    let file = || "keys/tanaka.age".to_owned();
    let mut found = vec![
        VaultError::NotAVault,
        VaultError::NewerFormat { found: 9 },
        VaultError::NotCopied { why: Box::new(VaultError::DiskFull) },
        VaultError::Foreign { name: file() },
        VaultError::ReadOnly,
        VaultError::IsACopy,
        VaultError::Held { by: Holder { user: String::new(), ..by.clone() } },
        VaultError::Held { by },
        VaultError::Held { by: Holder::default() },
        VaultError::Exchanged { what: Where::Vault },
        VaultError::Exchanged { what: file().into() },
        VaultError::WrongKey { file: file() },
        VaultError::DiskFull,
        VaultError::NoRoom { need: 9, free: 1 },
        VaultError::Poisoned,
        VaultError::Busy,
    ];
    for place in every_where() {
        found.extend([
            VaultError::Missing { place: place.clone() },
            VaultError::NoPlace { place: place.clone() },
            VaultError::NotReadable { file: place.clone() },
            VaultError::HalfThere { what: place.clone() },
            VaultError::Occupied { name: place.clone() },
            VaultError::NeverFinished { place: place.clone() },
        ]);
        for doing in Doing::ALL {
            for kind in every_kind() {
                found.push(VaultError::Device { doing, file: place.clone(), kind });
            }
        }
    }
    let (bytes, unfit) = (plain("bytes_"), plain("unfit_"));
    assert!(bytes.len() > 25 && unfit.len() > 10, "{bytes:?} {unfit:?}");
    found.extend(bytes.into_iter().map(|what| VaultError::Damaged { file: file(), offset: 512, what }));
    found.extend(unfit.into_iter().map(|what| VaultError::Unacceptable { what }));
    found
}

fn every_malformed() -> Vec<Malformed> {
    use Malformed::*;
    vec![
        TooLong,
        NotJson,
        TooDeep,
        DuplicateKey,
        Float,
        NotCanonical,
        Version,
        Missing("a.b"),
        UnknownField,
        WrongType("a.b"),
        BadValue("a.b"),
        BadBase64("a.b"),
        SecondSignatureMissing,
        SecondSignatureUnexpected,
        EnrolledKey,
        Words,
        SigningKey,
    ]
}

fn every_what() -> Vec<What> {
    use What::*;
    let unreadable = every_malformed().into_iter().map(Unreadable);
    let others = [
        OtherSite,
        Sequence { found: 9 },
        Epoch { expected: 1, found: 2 },
        Past,
        Body,
        Text,
        KeyUnknown,
        KeyOfAnother,
        Signature,
        Cut { expected_size: 9 },
        Fork,
        BeforeStart,
    ];
    unreadable.chain(others).collect()
}

fn every_flaw() -> Vec<Flaw> {
    use Flaw::*;
    let id = Id::new(Noun::Visit, 7);
    let others = [
        Unreadable(Fault::named("entry_missing")),
        Spelling,
        Head,
        Key,
        Provisional,
        Suspended,
        Right,
        Forbidden(Code::AlreadyInside),
        Founding,
        Differs,
        Time,
        Profile,
        Newer,
        TextRemains,
        TextMissing,
        Row(id),
        RowExtra(id),
        Index { table: "index", id, key: "a.b".to_owned() },
        Leaf,
        Table("index"),
        End,
        Invariant(Fault::new("registers_gap", vec![("record", "V-00007".into())])),
    ];
    every_what().into_iter().map(Log).chain(others).collect()
}

#[test]
fn faults_go_by_the_names_of_what_they_say() {
    for error in every_vault_error() {
        assert_eq!(error.fault().name(), error.name());
    }
    for malformed in every_malformed() {
        assert_eq!(malformed.fault().name(), format!("line_{}", malformed.name()));
    }
    for what in every_what() {
        assert_eq!(what.fault().name(), format!("log_{}", what.name()));
    }
    for flaw in every_flaw().into_iter().filter(|flaw| !matches!(flaw, Flaw::Log(_) | Flaw::Founding)) {
        let name = flaw.fault().name().strip_prefix("check_").unwrap_or_default();
        assert_eq!(name.replace("newer", "newer_edition"), flaw.name());
    }
    // The walks above are whole: nothing of these kinds is made that they do not reach.
    let reached: BTreeSet<&str> = every_vault_error()
        .iter()
        .map(|error| error.fault().name())
        .chain(every_flaw().iter().map(|flaw| flaw.fault().name()))
        .chain(every_malformed().iter().map(|malformed| malformed.fault().name()))
        .collect();
    for name in made().into_iter().map(|(_, name, _)| name) {
        let walked = ["vault_", "line_", "log_", "check_"].iter().any(|begins| name.starts_with(begins));
        assert!(!walked || reached.contains(name.as_str()), "{name}");
    }
}

#[test]
fn whatever_is_found_is_told_in_japanese_without_a_word_of_english() {
    let mut said: Vec<Fault> = every_vault_error().iter().map(VaultError::fault).collect();
    let full = || VaultError::DiskFull;
    said.extend([AppendError::NotWritten(full()), AppendError::Unknown(full())].map(|e| e.fault()));
    said.extend([AppendError::Poisoned.fault(), SlotError::WrongPassword.fault()]);
    said.push(SlotError::TooMuchWork { asked: 30, max: 24 }.fault());
    said.extend([CheckpointError::Stopped, CheckpointError::Failed(full())].map(|e| e.fault()));
    let copies = [CopyError::IsAVault, CopyError::OtherKey, CopyError::Newer, CopyError::Unreliable(full())];
    said.extend(copies.map(|e| e.fault()));
    said.push(CopyError::Occupied(Where::File).fault());
    said.extend([StoreError::NeedsReopen, StoreError::WrongKey].map(|e| e.fault()));
    said.push(StoreError::Newer { seq: 9 }.fault());
    said.push(StoreError::Broken(Fault::named("still_read")).fault());
    said.extend(every_malformed().into_iter().map(|why| StoreError::NotAnEntry(why).fault()));
    said.push(CommitError::NotWritten(full().fault()).fault());
    said.push(CommitError::Unknown(full().fault()).fault());
    for seq in [0, 12] {
        // The rule that forbade it goes by its stable name in every language.
        let flaws = every_flaw().into_iter().filter(|flaw| !matches!(flaw, Flaw::Forbidden(_)));
        said.extend(flaws.map(|flaw| CheckFinding { seq, flaw }.fault()));
    }
    for fault in said {
        let japanese = say_detail(&fault, Lang::Ja);
        assert!(latin(&japanese).is_empty() && !japanese.contains(['{', '}']), "{fault:?}: {japanese}");
        assert!(!japanese.contains("： ") && !japanese.contains(" （"), "{japanese}");
        let english = say_detail(&fault, Lang::En);
        assert!(english.is_ascii() && !english.contains(['{', '}']), "{fault:?}: {english}");
        assert!(!english.contains("  ") && !english.contains("()"), "{english}");
    }
}

#[test]
fn a_finding_of_the_log_is_said_alike_by_whoever_finds_it() {
    for what in every_what() {
        let own = Finding { seq: 12, what: what.clone() }.to_string();
        assert_eq!(CheckFinding { seq: 12, flaw: Flaw::Log(what) }.to_string(), own);
    }
}

#[test]
fn what_the_system_says_is_told_in_the_language() {
    for number in 1..134 {
        let error = std::io::Error::from_raw_os_error(number);
        let (ja, en) = (say_io(&error, Lang::Ja), say_io(&error, Lang::En));
        assert!(latin(&ja).is_empty() && ja.chars().count() > 1, "{number}: {ja}");
        assert!(en.is_ascii() && !en.contains("os error"), "{number}: {en}");
    }
    assert_eq!(of_kind(ErrorKind::Other).name(), "io_device");
}

#[test]
fn a_sentence_is_taken_apart_at_its_placeholders_and_a_value_never_is() {
    let [words, value] = [Piece::Words, Piece::Value];
    assert_eq!(pieces("{a}b{c}"), [words(""), value("a"), words("b"), value("c"), words("")]);
    assert_eq!(pieces("open { brace"), [words("open { brace")]);
    let hostile = Fault::new("vault_foreign_file", vec![("file", "{file} 台帳".into())]);
    assert!(hostile.to_string().starts_with("{file} 台帳 does not belong"), "{hostile}");
    // Behind a name that ends in Japanese no blank stands, as behind any word.
    assert_eq!(hostile.in_japanese(), "{file} 台帳は保管庫のファイルではありません");
}
