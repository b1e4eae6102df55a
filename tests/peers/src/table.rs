//! The table of ratios, and the figure for those who keep it.

use crate::measure::Numbers;
use crate::{ADDED_US, Measured, sqlcipher};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is wanted.
#[derive(Clone, Copy)]
enum Aim {
    /// At least so many times as good as SQLCipher.
    Times(f64),
    /// At most this, at a million records.
    Most(f64),
    None,
}

struct Row {
    what: &'static str,
    number: &'static str,
    unit: &'static str,
    /// More is better.
    more: bool,
    aim: Aim,
}

const fn row(what: &'static str, number: &'static str, unit: &'static str, more: bool, aim: Aim) -> Row {
    Row { what, number, unit, more, aim }
}

const ROWS: &[Row] = &[
    row("one record a commit", "commit_per_s", "/s", true, Aim::Times(0.3)),
    row("check-in, p50", "commit_p50_ms", "ms", false, Aim::None),
    row("check-in, p99", "commit_p99_ms", "ms", false, Aim::None),
    row("one record, processor", "commit_cpu_ms", "ms", false, Aim::None),
    row("one record a commit, +2 ms", "slow_commit_per_s", "/s", true, Aim::Times(0.9)),
    row("check-in, p50, +2 ms", "slow_commit_p50_ms", "ms", false, Aim::None),
    row("check-in, p99, +2 ms", "slow_commit_p99_ms", "ms", false, Aim::None),
    row("bulk, 256 a commit", "load_per_s", "/s", true, Aim::Times(0.5)),
    row("bulk, a record, processor", "load_cpu_us", "us", false, Aim::None),
    row("open, cold", "open_ms", "ms", false, Aim::Most(100.0)),
    row("point read, warm", "read_warm_us", "us", false, Aim::Times(1.0)),
    row("point read, warm, processor", "read_warm_cpu_us", "us", false, Aim::None),
    row("point read, cold", "read_cold_us", "us", false, Aim::None),
    row("a month's visits", "month_ms", "ms", false, Aim::Times(1.0)),
    row("a month's visits, processor", "month_cpu_ms", "ms", false, Aim::None),
    row("a month's visits, first time", "month_first_ms", "ms", false, Aim::None),
    row("search as typed, p50", "search_p50_ms", "ms", false, Aim::Times(1.0)),
    row("search as typed, mean", "search_mean_ms", "ms", false, Aim::None),
    row("search, again, processor", "search_cpu_ms", "ms", false, Aim::None),
    row("search as typed, slowest", "search_max_ms", "ms", false, Aim::None),
    row("checkpoint", "checkpoint_ms", "ms", false, Aim::None),
    row("memory, opened", "memory_open_mb", "MB", false, Aim::None),
    row("memory, having read (peak)", "memory_mb", "MB", false, Aim::Most(150.0)),
    row("memory, committing (peak)", "commit_peak_mb", "MB", false, Aim::None),
    row("memory, bulk (peak)", "load_peak_mb", "MB", false, Aim::None),
    row("on disk, a record", "disk_bytes_a_record", "B", false, Aim::None),
    row("compaction", "compact_ms", "ms", false, Aim::None),
    row("on disk, a record, compacted", "compacted_bytes_a_record", "B", false, Aim::None),
    row("on disk, compacted, to live data", "compacted_to_live", "x", false, Aim::Most(1.3)),
];

const COLUMNS: [&str; 5] = ["daicho", "redb", "sqlcipher", "whole-file", "limit"];

fn rounded(number: f64) -> String {
    match number.abs() {
        n if n >= 100.0 => format!("{number:.0}"),
        n if n >= 10.0 => format!("{number:.1}"),
        n if n >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

impl Row {
    fn of(&self, measured: &Measured, engine: &str) -> Option<f64> {
        measured.get(engine).and_then(|numbers: &Numbers| numbers.get(self.number)).copied()
    }

    /// How many times as good daicho is.
    fn times(&self, measured: &Measured, peer: &str) -> Option<f64> {
        let (own, other) = (self.of(measured, "daicho")?, self.of(measured, peer)?);
        Some(if self.more { own / other } else { other / own })
    }

    /// What is wanted, and whether it is so; none where nothing is wanted or it is not wanted at this size.
    fn judged(&self, records: u64, measured: &Measured) -> (String, Option<bool>) {
        match self.aim {
            Aim::Times(least) => {
                let times = self.times(measured, "sqlcipher");
                (format!(">= {least}x"), times.map(|times| times >= least))
            }
            Aim::Most(most) => {
                let own = self.of(measured, "daicho").filter(|_| records >= 1_000_000);
                (format!("<= {most} {} at 1M", self.unit), own.map(|own| own <= most))
            }
            Aim::None => (String::new(), None),
        }
    }
}

/// Prints every row at a size.
pub fn print(records: u64, measured: &Measured) {
    println!("\n{records} records");
    let mut line = format!("{:<30}{:>4}", "", "");
    for column in COLUMNS {
        line += &format!("{column:>11}");
    }
    println!("{line}{:>9}{:>12}  aim", "/ redb", "/ sqlcipher");
    for row in ROWS {
        let mut line = format!("{:<30}{:>4}", row.what, row.unit);
        for column in COLUMNS {
            line += &format!("{:>11}", row.of(measured, column).map(rounded).unwrap_or_default());
        }
        for (peer, width) in [("redb", 9), ("sqlcipher", 12)] {
            let times = row.times(measured, peer).map(|times| format!("{}x", rounded(times)));
            line += &format!("{:>width$}", times.unwrap_or_default());
        }
        let (aim, met) = row.judged(records, measured);
        let met = met.map_or("", |met| if met { "met" } else { "NOT MET" });
        println!("{}", format!("{line}  {aim} {met}").trim_end());
    }
    for (engine, numbers) in measured {
        let added = numbers.get("slow_commit_p50_ms").zip(numbers.get("commit_p50_ms"));
        let Some((slow, quick)) = added else { continue };
        let syncs = numbers.get("slow_syncs_a_commit").map(|n| format!(", {n:.2} syncs a commit"));
        let syncs = syncs.unwrap_or_default();
        println!("{engine}: {:.2} ms more a commit with {ADDED_US} us added{syncs}", slow - quick);
    }
}

/// Prints what the numbers mean.
pub fn print_notes(cipher: f64) {
    println!("\nx: how many times as good as the peer daicho is; 1 is as good, above is better.");
    println!("processor: the time that the engine's main thread had one, whatever else this machine does.");
    println!("limit: an append of daicho's frame with its fdatasync; stock age over the bytes of the base.");
    println!(
        "ChaCha20-Poly1305 over 64 KiB chunks: {} MB/s. SQLCipher {}.",
        rounded(cipher),
        sqlcipher::version()
    );
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("This machine: {cores} cores, load average {load} at the end.");
}

/// Writes the figure: the ratio of one-record commits at the largest size, every number of every engine beside it.
pub fn write(folder: &Path, seed: u64, measured: &BTreeMap<u64, Measured>, cipher: f64) {
    let Some((largest, last)) = measured.last_key_value() else { return };
    let figure = ROWS.first().and_then(|row| row.times(last, "sqlcipher"));
    let mut rows = Vec::new();
    for (records, measured) in measured {
        for row in ROWS {
            let engines: BTreeMap<&str, Option<f64>> =
                COLUMNS.iter().map(|column| (*column, row.of(measured, column))).collect();
            let (aim, met) = row.judged(*records, measured);
            rows.push(json!({
                "records": records, "what": row.what, "number": row.number, "unit": row.unit, "engines": engines,
                "to_redb": row.times(measured, "redb"), "to_sqlcipher": row.times(measured, "sqlcipher"),
                "aim": if aim.is_empty() { Value::Null } else { Value::String(aim) }, "met": met,
            }));
        }
    }
    let value = json!({
        "id": "P-peers",
        "figure": figure,
        "unit": format!("times SQLCipher's one-record commits a second at {largest} records"),
        "seed": seed,
        "detail": format!("ChaCha20-Poly1305 {cipher:.0} MB/s; SQLCipher {}; {ADDED_US} us added to every fsync in \
                           the rows that say so", sqlcipher::version()),
        "rows": rows,
    });
    fs::create_dir_all(folder).expect("a folder for the figures");
    fs::write(folder.join("P-peers.json"), format!("{value:#}\n")).expect("the figure is written");
}
