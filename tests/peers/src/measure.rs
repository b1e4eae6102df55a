//! What is measured, each phase of each engine in a process of its own.

use crate::engine;
use crate::world::{self, Dice, Record, World};
use chrono::Days;
use daicho::text::search_keys_of_query;
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::time::Instant;

/// Numbers by name: milliseconds, MB, a second, as the name says.
pub type Numbers = BTreeMap<String, f64>;

/// Records of one commit of the bulk load: what `daicho load` puts together.
const TOGETHER: usize = 256;
/// Visits that are read again and again.
const HOT: u32 = 1000;
const WARM_READS: u64 = 20_000;
const COLD_READS: u64 = 200;
/// How often a month is scanned, and each search made.
const TIMES: usize = 5;
/// How often every search is made again for its processor time.
const AGAIN: usize = 20;

/// What somebody types, key by key.
const TYPED: &[&str] = &[
    "や",
    "やま",
    "やまだ",
    "ヤマダ",
    "ﾔﾏﾀﾞ",
    "山",
    "山田",
    "山田 太",
    "さ",
    "さくら",
    "すずき",
    "すずき けん",
    "yama",
    "システム",
    "システム12",
    "システム123",
    "のと",
    "北陸システム0",
    "みさき",
    "ん",
    "zzz",
];

/// Milliseconds that something takes.
pub fn timed<T>(what: impl FnOnce() -> T) -> (f64, T) {
    let started = Instant::now();
    let result = what();
    (started.elapsed().as_secs_f64() * 1000.0, result)
}

/// Milliseconds that this thread has had a processor for: what stays the same when others want it too.
fn processor() -> f64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split_whitespace().next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or(0.0) / 1e6
}

/// The value below which this part of the numbers lies.
pub fn quantile(numbers: &mut [f64], part: f64) -> f64 {
    numbers.sort_by(f64::total_cmp);
    let at = ((numbers.len() as f64 - 1.0) * part).round() as usize;
    numbers.get(at).copied().unwrap_or(0.0)
}

/// A field of this process's status, in MB.
fn memory(field: &str) -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':')).unwrap_or("0");
    let kib: f64 = line.split_whitespace().next().and_then(|n| n.parse().ok()).unwrap_or(0.0);
    kib * 1024.0 / 1e6
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("the folder is read").flatten() {
        let path = entry.path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

/// Bytes that the books take on the disk.
pub fn disk_bytes(folder: &Path) -> u64 {
    files(folder).iter().filter_map(|path| path.metadata().ok()).map(|meta| meta.len()).sum()
}

/// Takes the books out of the kernel's memory: what is read next comes from the device.
fn forget(folder: &Path) {
    for path in files(folder) {
        let file = File::open(&path).expect("a file");
        file.sync_all().expect("synced");
        rustix::fs::fadvise(&file, 0, None, rustix::fs::Advice::DontNeed).expect("forgotten");
    }
}

/// Makes the books of so many records.
pub fn load(name: &str, folder: &Path, seed: u64, records: u64) -> Numbers {
    engine::create(name, folder);
    let mut books = engine::open(name, folder);
    let mut world = World::from(seed, 0).take(records as usize);
    let together = if name == "whole-file" { records as usize } else { TOGETHER };
    let (mut ms, mut cpu, mut done, mut told) = (0.0, 0.0, 0, 0);
    loop {
        let group: Vec<Record> = world.by_ref().take(together).collect();
        if group.is_empty() {
            break;
        }
        let before = processor();
        ms += timed(|| books.write(&group)).0;
        cpu += processor() - before;
        done += group.len() as u64;
        if done / 500_000 > told {
            told = done / 500_000;
            eprintln!("    {name}: {done} records, {:.0} s", ms / 1000.0);
        }
    }
    let mut numbers = Numbers::new();
    // All in one commit says nothing about many.
    if name != "whole-file" {
        numbers.insert("load_per_s".to_owned(), records as f64 / (ms / 1000.0));
        numbers.insert("load_cpu_us".to_owned(), cpu * 1000.0 / records as f64);
        numbers.insert("load_peak_mb".to_owned(), memory("VmHWM"));
    }
    books.checkpoint();
    books.close();
    numbers
}

fn fingerprint(of: &impl serde::Serialize) -> f64 {
    let mut hasher = DefaultHasher::new();
    serde_json::to_string(of).expect("a row").hash(&mut hasher);
    (hasher.finish() >> 12) as f64
}

/// Opens the books from the device and reads in them.
pub fn read(name: &str, folder: &Path, seed: u64, records: u64) -> Numbers {
    forget(folder);
    let mut numbers = Numbers::new();
    let mut put = |name: &str, number: f64| {
        numbers.insert(name.to_owned(), number);
    };
    let (ms, mut books) = timed(|| engine::open(name, folder));
    put("open_ms", ms);
    put("memory_open_mb", memory("VmRSS"));
    let all = world::visits(records);
    let mut dice = Dice::new(seed);
    let mut read = Vec::new();
    let mut cold = Vec::new();
    for _ in 0..COLD_READS {
        let id = 1 + dice.below(u64::from(all)) as u32;
        let (ms, visit) = timed(|| books.visit(id));
        cold.push(ms * 1000.0);
        read.push(visit.expect("the visit is there"));
    }
    put("read_cold_us", quantile(&mut cold, 0.5));
    put("answer_visits", fingerprint(&read));
    let hot = HOT.min(all);
    for id in all - hot + 1..=all {
        books.visit(id);
    }
    let mut warm = Vec::new();
    let before = processor();
    for _ in 0..TIMES {
        let (ms, ()) = timed(|| {
            for _ in 0..WARM_READS / TIMES as u64 {
                let id = all - dice.below(u64::from(hot)) as u32;
                std::hint::black_box(books.visit(id));
            }
        });
        warm.push(ms * 1000.0 / (WARM_READS / TIMES as u64) as f64);
    }
    put("read_warm_us", quantile(&mut warm, 0.5));
    put("read_warm_cpu_us", (processor() - before) * 1000.0 / WARM_READS as f64);
    let from = world::middle(records);
    let (ms, month) = timed(|| books.days(from, from + Days::new(29)));
    put("month_first_ms", ms);
    put("answer_month", fingerprint(&month));
    put("month_rows", month.len() as f64);
    drop(month);
    let before = processor();
    let mut months: Vec<f64> =
        (0..TIMES).map(|_| timed(|| books.days(from, from + Days::new(29)).len()).0).collect();
    put("month_ms", quantile(&mut months, 0.5));
    put("month_cpu_ms", (processor() - before) / TIMES as f64);
    let (mut searches, mut found) = (Vec::new(), Vec::new());
    for typed in TYPED {
        let keys = search_keys_of_query(typed);
        let mut times = Vec::new();
        for _ in 0..TIMES {
            let (ms, people) = timed(|| books.search(&keys));
            if times.is_empty() {
                found.push(people.len());
            }
            times.push(ms);
        }
        if std::env::var_os("DAICHO_PEERS_TELL").is_some() {
            eprintln!(
                "    {name} {typed}: {} found, {:.3} ms",
                found.last().unwrap_or(&0),
                quantile(&mut times, 0.5)
            );
        }
        searches.extend(times);
    }
    put("answer_search", fingerprint(&found));
    put("search_p50_ms", quantile(&mut searches, 0.5));
    put("search_mean_ms", searches.iter().sum::<f64>() / searches.len() as f64);
    // All together: the kernel counts a thread's time too coarsely for one.
    let keys: Vec<Vec<String>> = TYPED.iter().map(|typed| search_keys_of_query(typed)).collect();
    let before = processor();
    for keys in std::iter::repeat_n(&keys, AGAIN).flatten() {
        std::hint::black_box(books.search(keys));
    }
    put("search_cpu_ms", (processor() - before) / (keys.len() * AGAIN) as f64);
    put("search_max_ms", quantile(&mut searches, 1.0));
    put("memory_mb", memory("VmHWM"));
    books.close();
    numbers
}

/// Commits of one record each, from record number `from` on.
pub fn commit(name: &str, folder: &Path, seed: u64, from: u64, count: u64) -> Numbers {
    let mut books = engine::open(name, folder);
    let (mut check_ins, mut all) = (Vec::new(), 0.0);
    let before = books.journal();
    let began = processor();
    for record in World::from(seed, from).take(count as usize) {
        let enters = matches!(record, Record::Enter(_));
        let (ms, ()) = timed(|| books.write(std::slice::from_ref(&record)));
        all += ms;
        if enters {
            check_ins.push(ms);
        }
    }
    let cpu = processor() - began;
    let after = books.journal();
    let mut numbers = Numbers::from([
        ("commit_per_s".to_owned(), 1000.0 * count as f64 / all),
        ("commit_p50_ms".to_owned(), quantile(&mut check_ins, 0.5)),
        ("commit_p99_ms".to_owned(), quantile(&mut check_ins, 0.99)),
        ("commit_cpu_ms".to_owned(), cpu / count as f64),
        ("commit_peak_mb".to_owned(), memory("VmHWM")),
    ]);
    if let (Some((0, _)), Some((frames, bytes))) = (before, after)
        && frames > 0
    {
        numbers.insert("frame_bytes".to_owned(), bytes as f64 / frames as f64);
    }
    books.close();
    numbers
}

/// Brings what is in the journal into the main file.
pub fn checkpoint(name: &str, folder: &Path, seed: u64, from: u64, count: u64) -> Numbers {
    let mut books = engine::open(name, folder);
    let mut world = World::from(seed, from).take(count as usize);
    world.by_ref().for_each(|record| books.write(&[record]));
    let (ms, made) = timed(|| books.checkpoint());
    books.close();
    if made { Numbers::from([("checkpoint_ms".to_owned(), ms)]) } else { Numbers::new() }
}

/// Makes the file as small as the engine can.
pub fn compact(name: &str, folder: &Path) -> Numbers {
    let mut books = engine::open(name, folder);
    let live = books.live_bytes();
    let (ms, made) = timed(|| books.compact());
    books.close();
    if !made {
        return Numbers::new();
    }
    let mut numbers = Numbers::from([("compact_ms".to_owned(), ms)]);
    numbers
        .extend(live.map(|live| ("compacted_to_live".to_owned(), disk_bytes(folder) as f64 / live as f64)));
    numbers
}
