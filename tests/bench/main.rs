//! The speed of the desk on books that grow: `cargo bench --bench speed`.
//!
//! Generates a site of each size once (kept in `target/bench-vaults`), measures each part in a process of its own on
//! a copy of it, prints one table, and writes `target/figures/P-*.json`. Real files, real syncs. It judges nothing:
//! it ends with 0 unless something breaks.
//!
//! | variable | does |
//! |---|---|
//! | `DAICHO_BENCH_FULL=1` | the books of 1,000,000 entries (200,000 visits) as well |
//! | `DAICHO_BENCH_SIZES=10000,50000` | these sizes instead |
//! | `DAICHO_BENCH_PARTS=commit,check` | these parts only; no figures are written |
//! | `DAICHO_BENCH_SEED=7` | another site |
//! | `DAICHO_BENCH_FOLDER=/dev/shm/bench` | the vaults there: without a real disk, to see what the processor takes |
//! | `DAICHO_BENCH_USERS=3000` | so many in the site of many accounts, to try it |
//! | `DAICHO_BENCH_TELL=1` | each search and its time |

mod accounts;
mod figures;
mod measure;
mod names;
mod world;

use measure::Numbers;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

fn target() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    target.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("target"))
}

fn sizes() -> Vec<u64> {
    if let Ok(text) = std::env::var("DAICHO_BENCH_SIZES") {
        return text.split(',').map(|size| size.trim().parse().expect("a size")).collect();
    }
    let mut sizes = vec![10_000, 100_000];
    if std::env::var_os("DAICHO_BENCH_FULL").is_some_and(|full| full != "0") {
        sizes.push(1_000_000);
    }
    sizes
}

/// A vault to measure on: the base, which is never changed in place, by another name; the rest copied.
fn copy(from: &Path, to: &Path) {
    let _ = fs::remove_dir_all(to);
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the vault is read").flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        if path.is_dir() {
            copy(&path, &to.join(&name));
        } else if name.to_string_lossy().starts_with("base.") {
            fs::hard_link(&path, to.join(&name)).expect("a second name");
        } else {
            fs::copy(&path, to.join(&name)).expect("a copy");
        }
    }
}

/// Whether a vault that was kept is one of this program: until the first release the format may change.
fn is_readable(folder: &Path, plan: &world::Plan) -> bool {
    let scratch = folder.with_extension("look");
    copy(&world::vault_of(folder), &world::vault_of(&scratch));
    let readable = measure::is_readable(&scratch, plan.clone());
    let _ = fs::remove_dir_all(&scratch);
    readable
}

fn measure_in_child(part: &str, folder: &Path) -> Numbers {
    let scratch = folder.with_file_name(format!(
        "scratch-{}-{part}",
        folder.file_name().unwrap_or_default().to_string_lossy()
    ));
    copy(&world::vault_of(folder), &world::vault_of(&scratch));
    fs::copy(folder.join("plan.json"), scratch.join("plan.json")).expect("a copy");
    let this = std::env::current_exe().expect("this program");
    let started = Instant::now();
    let run = |part: &str| {
        let output = Command::new(&this)
            .arg("--measure")
            .arg(part)
            .arg(&scratch)
            .stderr(std::process::Stdio::inherit())
            .output()
            .expect("the part runs");
        assert!(output.status.success(), "{part} broke off");
        output
    };
    measure::before(part).map(run);
    let output = run(part);
    let _ = fs::remove_dir_all(&scratch);
    eprintln!("  {part}: {:.1} s", started.elapsed().as_secs_f64());
    serde_json::from_slice(&output.stdout).expect("the part's numbers")
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, part, folder] = arguments.as_slice()
        && flag == "--measure"
    {
        let plan = world::read_plan(Path::new(folder)).expect("the plan");
        let numbers = measure::measure(part, Path::new(folder), plan);
        println!("{}", serde_json::to_string(&numbers).expect("numbers"));
        return;
    }
    let seed = std::env::var("DAICHO_BENCH_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(1);
    let only = std::env::var("DAICHO_BENCH_PARTS").ok();
    let vaults = std::env::var_os("DAICHO_BENCH_FOLDER").map(PathBuf::from);
    let vaults = vaults.unwrap_or_else(|| target().join("bench-vaults"));
    let mut measured: BTreeMap<u64, Numbers> = BTreeMap::new();
    for size in sizes() {
        let folder = vaults.join(format!("{size}-{seed}"));
        let kept = world::read_plan(&folder).filter(|plan| is_readable(&folder, plan));
        let plan = kept.unwrap_or_else(|| {
            eprintln!("generating a site of {size} entries");
            let mut told = 0;
            world::generate(&folder, size, seed, &mut |entries| {
                if entries / 50_000 > told {
                    told = entries / 50_000;
                    eprintln!("  {entries} entries");
                }
            })
        });
        eprintln!(
            "{} entries, {} visits, {} people; made in {:.1} s",
            plan.entries, plan.visits, plan.persons, plan.seconds
        );
        let bytes = measure::disk_bytes(&world::vault_of(&folder));
        let numbers = measured.entry(size).or_default();
        numbers.insert("entries".to_owned(), plan.entries as f64);
        numbers.insert("visits".to_owned(), f64::from(plan.visits));
        numbers.insert("disk_mb".to_owned(), bytes as f64 / 1e6);
        numbers.insert("disk_bytes_an_entry".to_owned(), bytes as f64 / plan.entries as f64);
        numbers.insert("generated_per_s".to_owned(), plan.entries as f64 / plan.seconds);
        for part in measure::PARTS {
            if only.as_ref().is_none_or(|only| only.split(',').any(|one| one == *part)) {
                numbers.extend(measure_in_child(part, &folder));
            }
        }
    }
    if only.as_ref().is_none_or(|only| only.split(',').any(|one| one == measure::ACCOUNTS)) {
        let folder = vaults.join(format!("accounts-{seed}"));
        let kept = world::read_plan(&folder).filter(|plan| is_readable(&folder, plan));
        let plan = kept.unwrap_or_else(|| {
            eprintln!("generating a site of many accounts");
            accounts::generate(&folder, seed)
        });
        eprintln!("{} entries, {} people; made in {:.1} s", plan.entries, plan.persons, plan.seconds);
        let numbers = measured.entry(plan.entries).or_default();
        numbers.insert("entries".to_owned(), plan.entries as f64);
        numbers.extend(measure_in_child(measure::ACCOUNTS, &folder));
    }
    figures::print(&measured);
    if only.is_none() {
        figures::write(&target().join("figures"), seed, &measured);
    }
}
