//! The table, and the figures for those who keep them.

use super::measure::Numbers;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What is wanted of a number, at 1,000,000 entries.
#[derive(Clone, Copy)]
enum Target {
    Most(f64),
    Least(f64),
    None,
}

/// A figure: the number that stands for it, its unit, what is wanted.
struct Figure {
    id: &'static str,
    number: &'static str,
    unit: &'static str,
    target: Target,
}

const fn figure(id: &'static str, number: &'static str, unit: &'static str, target: Target) -> Figure {
    Figure { id, number, unit, target }
}

use Target::{Least, Most};

const FIGURES: &[Figure] = &[
    figure("P-open", "open_clean_ms", "ms", Most(100.0)),
    figure("P-open", "open_replay_ms", "ms", Most(600.0)),
    figure("P-open", "open_clean_cpu_ms", "ms", Target::None),
    figure("P-open", "open_replay_cpu_ms", "ms", Target::None),
    figure("P-memory", "memory_peak_mb", "MB", Most(150.0)),
    figure("P-memory", "memory_open_mb", "MB", Target::None),
    figure("P-memory", "checkpoint_peak_mb", "MB", Target::None),
    figure("P-compare", "compare_worst_ms", "ms", Most(50.0)),
    figure("P-compare", "compare_p99_ms", "ms", Target::None),
    figure("P-compare", "compare_beside_s", "s", Target::None),
    figure("P-compare", "compare_s", "s", Target::None),
    figure("P-compare", "compare_marked_s", "s", Target::None),
    figure("P-compare", "compare_marked_peak_mb", "MB", Target::None),
    figure("P-compare", "compare_peak_mb", "MB", Target::None),
    figure("P-search", "search_max_ms", "ms", Most(10.0)),
    figure("P-search", "search_ready_ms", "ms", Target::None),
    figure("P-search", "names_search_max_ms", "ms", Most(10.0)),
    figure("P-search", "names_search_max_cpu_ms", "ms", Target::None),
    figure("P-search", "names_search_ready_ms", "ms", Target::None),
    figure("P-memory", "names_memory_mb", "MB", Most(150.0)),
    figure("P-search", "search_max_cpu_ms", "ms", Target::None),
    figure("P-search", "search_p50_ms", "ms", Target::None),
    figure("P-search", "page_max_ms", "ms", Most(50.0)),
    figure("P-frame", "frame_p50_ms", "ms", Most(1.0)),
    figure("P-frame", "frame_p99_ms", "ms", Target::None),
    figure("P-frame", "key_p50_ms", "ms", Target::None),
    figure("P-frame", "key_p99_ms", "ms", Target::None),
    figure("P-checkin", "checkin_p50_ms", "ms", Most(1.0)),
    figure("P-checkin", "checkin_p99_ms", "ms", Most(3.0)),
    figure("P-checkin", "append_p50_ms", "ms", Target::None),
    figure("P-checkin", "append_p99_ms", "ms", Target::None),
    figure("P-checkin", "checkin_to_append", "x", Target::None),
    figure("P-checkin", "commit_cpu_ms", "ms", Target::None),
    figure("P-checkin", "person_cpu_ms", "ms", Target::None),
    figure("P-checkin", "person_to_commit", "x", Target::None),
    figure("P-batch", "batch_single_per_s", "/s", Least(1000.0)),
    figure("P-batch", "batch_group_per_s", "/s", Least(5000.0)),
    figure("P-batch", "batch_group_cpu_ms", "ms", Target::None),
    figure("P-asof", "asof_record_max_ms", "ms", Most(50.0)),
    figure("P-asof", "asof_list_middle_ms", "ms", Most(5000.0)),
    figure("P-asof", "asof_list_last_ms", "ms", Most(5000.0)),
    figure("P-asof", "asof_list_middle_cpu_ms", "ms", Target::None),
    figure("P-asof", "asof_peak_mb", "MB", Target::None),
    figure("P-check", "check_s", "s", Most(120.0)),
    figure("P-check", "check_cpu_s", "s", Target::None),
    figure("P-check", "check_bytes_s", "s", Target::None),
    figure("P-check", "check_entries_s", "s", Target::None),
    figure("P-check", "check_rows_s", "s", Target::None),
    figure("P-check", "check_peak_mb", "MB", Target::None),
    figure("P-checkpoint", "checkpoint_worst_ms", "ms", Most(50.0)),
    figure("P-checkpoint", "checkpoint_execute_p99_ms", "ms", Target::None),
    figure("P-checkpoint", "checkpoint_list_p99_ms", "ms", Target::None),
    figure("P-checkpoint", "checkpoint_s", "s", Target::None),
    figure("P-checkpoint", "close_ms", "ms", Target::None),
    figure("P-compact", "compact_ratio", "x", Most(1.3)),
    figure("P-compact", "compact_live_mb", "MB", Target::None),
    figure("P-compact", "compact_file_mb", "MB", Target::None),
    figure("P-compact", "compact_before_mb", "MB", Target::None),
    figure("P-compact", "compact_s", "s", Target::None),
    figure("P-compact", "compact_start_mb", "MB", Target::None),
    figure("P-compact", "compact_peak_mb", "MB", Target::None),
    figure("P-accounts", "accounts_page_max_ms", "ms", Most(50.0)),
    figure("P-accounts", "accounts_page_p50_ms", "ms", Target::None),
    figure("P-accounts", "accounts_grid_max_ms", "ms", Most(20.0)),
    figure("P-accounts", "accounts_grid_p50_ms", "ms", Target::None),
    figure("P-accounts", "accounts_could_max_ms", "ms", Most(20.0)),
    figure("P-accounts", "accounts_could_p50_ms", "ms", Target::None),
    figure("P-accounts", "accounts_could_most", "", Target::None),
    figure("P-accounts", "accounts_could_before_max_ms", "ms", Target::None),
    figure("P-accounts", "accounts_could_then_max_ms", "ms", Most(1000.0)),
    figure("P-accounts", "accounts_login_ms", "ms", Most(50.0)),
    figure("P-disk", "disk_bytes_an_entry", "B", Target::None),
    figure("P-disk", "disk_mb", "MB", Target::None),
    figure("P-generate", "generated_per_s", "/s", Target::None),
];

fn rounded(number: f64) -> String {
    match number.abs() {
        n if n >= 100.0 => format!("{number:.0}"),
        n if n >= 10.0 => format!("{number:.1}"),
        n if n >= 1.0 => format!("{number:.2}"),
        _ => format!("{number:.3}"),
    }
}

/// How the number stands to what is wanted: 1.00 and below is met.
fn ratio(number: f64, target: Target) -> Option<f64> {
    match target {
        Most(most) => Some(number / most),
        Least(least) => Some(least / number),
        Target::None => None,
    }
}

/// Prints every figure, the sizes side by side.
pub fn print(measured: &BTreeMap<u64, Numbers>) {
    let mut line = format!("{:<14}{:<28}{:>5}", "figure", "number", "unit");
    for numbers in measured.values() {
        line += &format!("{:>12}", numbers.get("entries").copied().unwrap_or(0.0));
    }
    println!("{line}{:>10}{:>9}", "target", "ratio");
    for figure in FIGURES {
        let found: Vec<Option<f64>> = measured.values().map(|n| n.get(figure.number).copied()).collect();
        if found.iter().all(Option::is_none) {
            continue;
        }
        let mut line = format!("{:<14}{:<28}{:>5}", figure.id, figure.number, figure.unit);
        for number in &found {
            line += &format!("{:>12}", number.map(rounded).unwrap_or_default());
        }
        let target = match figure.target {
            Most(most) => format!("<={most}"),
            Least(least) => format!(">={least}"),
            Target::None => String::new(),
        };
        let ratio = found.iter().rev().flatten().next().and_then(|number| ratio(*number, figure.target));
        println!("{line}{target:>10}{:>9}", ratio.map(|r| format!("{r:.2}")).unwrap_or_default());
    }
    println!(
        "Ratio: of the largest size to its target, 1.00 and below is met. Targets are for 1000000 entries."
    );
    let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = load.split_whitespace().next().unwrap_or("?").to_owned();
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    println!("cpu: the main thread's own time. This machine: {cores} cores, load average {load} at the end.");
}

/// Writes a file a figure: the number at the largest size, every number at every size beside it.
pub fn write(folder: &Path, seed: u64, measured: &BTreeMap<u64, Numbers>) {
    fs::create_dir_all(folder).expect("a folder for the figures");
    let mut written: BTreeMap<&str, Value> = BTreeMap::new();
    for figure in FIGURES {
        let at = |numbers: &Numbers| numbers.get(figure.number).copied();
        let Some(number) = measured.values().rev().find_map(at) else { continue };
        let sizes: BTreeMap<String, f64> =
            measured.iter().filter_map(|(size, numbers)| Some((size.to_string(), at(numbers)?))).collect();
        let value = written.entry(figure.id).or_insert_with(|| {
            let name = format!("{} at {} entries", figure.number, measured.keys().last().unwrap_or(&0));
            json!({"id": figure.id, "figure": number, "unit": figure.unit, "seed": seed, "detail": {"is": name}})
        });
        let target = match figure.target {
            Most(most) => json!({"most": most}),
            Least(least) => json!({"least": least}),
            Target::None => Value::Null,
        };
        value["detail"][figure.number] = json!({"unit": figure.unit, "target": target, "ratio": ratio(number, figure.target), "sizes": sizes});
    }
    for (id, value) in written {
        let text = serde_json::to_string_pretty(&value).expect("a figure");
        fs::write(folder.join(format!("{id}.json")), text + "\n").expect("the figure is written");
    }
}
