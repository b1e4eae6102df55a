//! daicho beside its peers: the same records, one fsync a commit, on the same disk, in one run. See README.md.
//!
//! `cargo run --release --manifest-path tests/peers/Cargo.toml -- --sizes 10000,100000`
//!
//! | argument | does |
//! |---|---|
//! | `--sizes 10000,100000` | books of so many records; 10,000 alone without it |
//! | `--seed 7` | other records |
//! | `--folder FOLDER` | the books there instead of `target/peers` |
//! | `--engines daicho,sqlcipher` | these only; no figure is written |

mod daicho_books;
mod engine;
mod limits;
mod measure;
mod plain_redb;
mod sqlcipher;
mod table;
mod whole_file;
mod world;

use engine::ENGINES;
use measure::{Numbers, quantile};
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Microseconds that are added to every sync: a disk that means it.
const ADDED_US: u32 = 2000;
/// One-record commits of a turn, and turns; the engines take turns, so that whatever else the machine does meets all.
const COMMITS: u64 = 150 * world::ROUND;
const TURNS: usize = 3;
/// With the added delay.
const SLOW_COMMITS: u64 = 20 * world::ROUND;
const SLOW_TURNS: usize = 2;
/// Where a commit writes everything anew.
const WHOLE_COMMITS: u64 = world::ROUND;
/// Commits between two checkpoints.
const BETWEEN_CHECKPOINTS: u64 = 500;

/// What was measured at one size: numbers by engine.
pub type Measured = BTreeMap<String, Numbers>;

struct Arguments {
    sizes: Vec<u64>,
    seed: u64,
    folder: PathBuf,
    engines: Vec<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn arguments() -> Arguments {
    let mut given = Arguments {
        sizes: vec![10_000],
        seed: 1,
        folder: root().join("target/peers"),
        engines: ENGINES.iter().map(|name| (*name).to_owned()).collect(),
    };
    let mut words = std::env::args().skip(1);
    while let Some(flag) = words.next() {
        let value = words.next().unwrap_or_else(|| panic!("{flag} needs a value"));
        let list = value.split(',').map(str::trim);
        match flag.as_str() {
            "--sizes" => given.sizes = list.map(|size| size.parse().expect("a size")).collect(),
            "--seed" => given.seed = value.parse().expect("a seed"),
            "--folder" => given.folder = PathBuf::from(value),
            "--engines" => given.engines = list.map(str::to_owned).collect(),
            _ => panic!("{flag}: no such argument"),
        }
    }
    given
}

/// Runs a phase in a process of its own; with `slow` every sync of it takes longer. Gives the syncs it made, then.
fn phase(slow: bool, folder: &Path, words: &[&str]) -> (Numbers, Option<usize>) {
    let this = std::env::current_exe().expect("this program");
    let trace = folder.with_extension("trace");
    let mut command = if slow {
        let mut strace = Command::new("strace");
        let inject = format!("inject=fsync,fdatasync:delay_exit={ADDED_US}");
        strace.args(["-f", "--seccomp-bpf", "-qq", "-e", "trace=fsync,fdatasync", "-e", &inject, "-o"]);
        strace.arg(&trace).arg(this);
        strace
    } else {
        Command::new(this)
    };
    let output = command.arg("--child").args(words).arg(folder).stderr(Stdio::inherit()).output();
    let output = output.expect("the phase runs");
    assert!(output.status.success(), "{words:?} broke off");
    let syncs = fs::read_to_string(&trace).ok().filter(|_| slow);
    let syncs = syncs.map(|text| text.lines().filter(|line| line.contains("sync(")).count());
    let _ = fs::remove_file(trace);
    (serde_json::from_slice(&output.stdout).expect("the phase's numbers"), syncs)
}

fn child(words: &[String]) -> Numbers {
    let [phase, engine, seed, first, second, folder] = words else { panic!("{words:?}: no such phase") };
    let number = |text: &String| text.parse::<u64>().expect("a number");
    let (folder, seed, first, second) = (Path::new(folder), number(seed), number(first), number(second));
    match phase.as_str() {
        "load" => measure::load(engine, folder, seed, first),
        "read" => measure::read(engine, folder, seed, first),
        "commit" => measure::commit(engine, folder, seed, first, second),
        "checkpoint" => measure::checkpoint(engine, folder, seed, first, second),
        "compact" => measure::compact(engine, folder),
        "append" => limits::appends(folder, first as usize, second),
        other => panic!("{other}: no such phase"),
    }
}

/// The middle of each number over several turns.
fn middle(turns: &[Numbers]) -> Numbers {
    let names: Vec<&String> = turns.iter().flat_map(Numbers::keys).collect();
    let of = |name: &String| {
        let mut all: Vec<f64> = turns.iter().filter_map(|turn| turn.get(name).copied()).collect();
        quantile(&mut all, 0.5)
    };
    names.into_iter().map(|name| (name.clone(), of(name))).collect()
}

struct Run<'a> {
    given: &'a Arguments,
    records: u64,
    folder: PathBuf,
    measured: Measured,
    /// How many records stand in each engine's books.
    written: BTreeMap<String, u64>,
}

impl Run<'_> {
    fn engines(&self) -> Vec<String> {
        let takes_part = |name: &&String| engine::takes_part(name, self.records);
        self.given.engines.iter().filter(takes_part).cloned().collect()
    }

    fn phase(
        &self,
        slow: bool,
        phase_name: &str,
        name: &str,
        first: u64,
        second: u64,
    ) -> (Numbers, Option<usize>) {
        let (seed, first, second) = (self.given.seed.to_string(), first.to_string(), second.to_string());
        phase(slow, &self.folder.join(name), &[phase_name, name, &seed, &first, &second])
    }

    fn note(&mut self, name: &str, numbers: Numbers) {
        self.measured.entry(name.to_owned()).or_default().extend(numbers);
    }

    /// Turns of one-record commits of every engine and of bare appends; the numbers get `prefix` before their name.
    fn commits(&mut self, slow: bool, prefix: &str, count: u64, turns: usize) {
        let mut all: BTreeMap<String, Vec<Numbers>> = BTreeMap::new();
        for _ in 0..turns {
            for name in self.engines() {
                let count = if name == "whole-file" { WHOLE_COMMITS } else { count };
                let from = self.written[&name];
                let (mut numbers, syncs) = self.phase(slow, "commit", &name, from, count);
                if let Some(syncs) = syncs {
                    numbers.insert("syncs_a_commit".to_owned(), syncs as f64 / count as f64);
                }
                if let Some(bytes) = numbers.remove("frame_bytes") {
                    self.note("daicho", Numbers::from([("frame_bytes".to_owned(), bytes)]));
                }
                self.written.insert(name.clone(), from + count);
                all.entry(name).or_default().push(numbers);
            }
            let frame = self.measured.get("daicho").and_then(|numbers| numbers.get("frame_bytes")).copied();
            let bytes = frame.map_or(4096, |bytes| (bytes as u64).next_multiple_of(512));
            fs::create_dir_all(self.folder.join("limit")).expect("a folder");
            all.entry("limit".to_owned())
                .or_default()
                .push(self.phase(slow, "append", "limit", bytes, count).0);
        }
        for (name, turns) in all {
            let numbers = middle(&turns);
            self.note(
                &name,
                numbers.into_iter().map(|(n, number)| (format!("{prefix}{n}"), number)).collect(),
            );
        }
    }

    fn run(&mut self) {
        for name in self.engines() {
            eprintln!("  {name}: loading");
            let numbers = self.phase(false, "load", &name, self.records, 0).0;
            let bytes = measure::disk_bytes(&self.folder.join(&name)) as f64 / self.records as f64;
            self.note(&name, numbers);
            self.note(&name, Numbers::from([("disk_bytes_a_record".to_owned(), bytes)]));
            self.written.insert(name, self.records);
        }
        for name in self.engines() {
            eprintln!("  {name}: reading");
            let numbers = self.phase(false, "read", &name, self.records, 0).0;
            self.note(&name, numbers);
        }
        self.compare_answers();
        eprintln!("  committing, in turns");
        self.commits(false, "", COMMITS, TURNS);
        if limits::is_here("strace") {
            eprintln!("  committing, in turns, with {ADDED_US} us added to every sync");
            self.commits(true, "slow_", SLOW_COMMITS, SLOW_TURNS);
        } else {
            println!("skipped: strace is not here, so no delay can be added to the syncs");
        }
        for name in self.engines() {
            if name == "whole-file" {
                continue;
            }
            let numbers = self.phase(false, "checkpoint", &name, self.written[&name], BETWEEN_CHECKPOINTS).0;
            *self.written.entry(name.clone()).or_default() += BETWEEN_CHECKPOINTS;
            self.note(&name, numbers);
            let numbers = self.phase(false, "compact", &name, 0, 0).0;
            if !numbers.is_empty() {
                let bytes = measure::disk_bytes(&self.folder.join(&name)) as f64 / self.written[&name] as f64;
                self.note(&name, Numbers::from([("compacted_bytes_a_record".to_owned(), bytes)]));
            }
            self.note(&name, numbers);
        }
        self.stock_age();
    }

    /// The same questions have the same answers, or nothing here is worth anything.
    fn compare_answers(&self) {
        for answer in ["answer_visits", "answer_month", "answer_search"] {
            let answers: Vec<(&String, f64)> =
                self.measured.iter().filter_map(|(name, n)| Some((name, *n.get(answer)?))).collect();
            let first = answers.first().map(|(_, answer)| *answer);
            assert!(answers.iter().all(|(_, answer)| Some(*answer) == first), "{answer}: {answers:?}");
        }
    }

    /// Stock age over the bytes of daicho's newest base.
    fn stock_age(&mut self) {
        let mut bases = measure::files(&self.folder);
        bases.retain(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("base.")));
        let Some(base) = bases.first() else { return };
        if !limits::is_here("age") {
            println!("skipped: age is not here, so its time over the same bytes is not known");
            return;
        }
        if let Some(s) = limits::stock_age(base) {
            self.note("limit", Numbers::from([("checkpoint_ms".to_owned(), s * 1000.0)]));
        }
    }
}

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, words @ ..] = words.as_slice()
        && flag == "--child"
    {
        println!("{}", serde_json::to_string(&child(words)).expect("numbers"));
        return;
    }
    let given = arguments();
    let cipher = limits::cipher();
    let mut measured: BTreeMap<u64, Measured> = BTreeMap::new();
    for &records in &given.sizes {
        eprintln!("{records} records");
        let folder = given.folder.join(records.to_string());
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).expect("a folder");
        let mut run =
            Run { given: &given, records, folder, measured: Measured::new(), written: BTreeMap::new() };
        run.run();
        let _ = fs::remove_dir_all(&run.folder);
        // A larger size may be broken off: what is known is said at once.
        table::print(records, &run.measured);
        measured.insert(records, run.measured);
        if given.engines.len() == ENGINES.len() {
            table::write(&root().join("target/figures"), given.seed, &measured, cipher);
        }
    }
    table::print_notes(cipher);
}
