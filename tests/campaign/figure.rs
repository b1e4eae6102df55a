//! Seeds, sizes, threads and the files that figures stand in.

use serde_json::json;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

/// Whether the full campaign is asked for; otherwise what fits the time of `.ci/run`.
pub fn full() -> bool {
    std::env::var("DAICHO_CAMPAIGN").is_ok_and(|asked| asked == "full")
}

/// The seed that was asked for, or this one.
pub fn seed(usual: u64) -> u64 {
    std::env::var("DAICHO_SEED").ok().and_then(|asked| asked.parse().ok()).unwrap_or(usual)
}

/// A folder under `target/`.
pub fn target(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Writes a figure and says it.
pub fn write(id: &str, figure: u64, unit: &str, seed: u64, detail: &str) {
    let written = json!({"id": id, "figure": figure, "unit": unit, "seed": seed, "detail": detail});
    std::fs::write(target("figures").join(format!("{id}.json")), format!("{written:#}\n")).unwrap();
    println!("{id}: {figure} {unit}; {detail} (seed {seed})");
}

/// Does each of some work, on all cores; answers in any order.
pub fn on_all_cores<W: Send, A: Send>(work: Vec<W>, does: impl Fn(W) -> A + Sync) -> Vec<A> {
    let threads = std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let left = Mutex::new(work.into_iter());
    let answers = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let Some(one) = left.lock().unwrap().next() else { break };
                    let answer = does(one);
                    answers.lock().unwrap().push(answer);
                }
            });
        }
    });
    answers.into_inner().unwrap()
}
