//! Running many cases: a share of them, on as many workers as there are processors, with everything that went wrong
//! told at the end.

use serde_json::json;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

/// What the shares and moments come from, unless another seed is asked for.
const SEED: u64 = 9_112_026;

pub fn seed() -> u64 {
    std::env::var("DAICHO_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(SEED)
}

pub fn all_are_wanted() -> bool {
    std::env::var_os("DAICHO_CAMPAIGN").is_some_and(|campaign| campaign == "full")
}

/// Only cases whose name holds this.
pub fn only() -> Option<String> {
    std::env::var("DAICHO_REAL_ONLY").ok().filter(|only| !only.is_empty())
}

/// Whether any case of this operation can be one that is wanted.
pub fn any_of(operation: &str) -> bool {
    only().is_none_or(|only| only.contains(operation) || format!(" {operation}: ").contains(&only))
}

/// Numbers from a seed.
pub struct Random(pub u64);

impl Random {
    pub fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most.max(1)
    }
}

/// How one case ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// Harm was done, and everything holds.
    Held,
    /// The run went another way and never came to the harm.
    NotReached,
}

/// What came of a run over cases.
#[derive(Debug, Default)]
pub struct Tally {
    pub held: usize,
    pub not_reached: usize,
    pub of: usize,
    pub wrong: Vec<String>,
}

impl Tally {
    /// Fails if anything did not hold.
    pub fn holds(&self) {
        assert!(self.wrong.is_empty(), "{} cases do not hold: {:#?}", self.wrong.len(), self.wrong);
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.held += other.held;
        self.not_reached += other.not_reached;
        self.of += other.of;
        self.wrong.extend(other.wrong);
    }
}

/// About `most` of the cases of an operation, others with another seed; all of them where all are wanted.
pub fn share<T>(cases: Vec<(String, T)>, most: usize) -> Vec<(String, T)> {
    if let Some(only) = only() {
        return cases.into_iter().filter(|(name, _)| name.contains(&only)).collect();
    }
    if all_are_wanted() || cases.len() <= most {
        return cases;
    }
    let (mut random, of) = (Random(seed()), cases.len() as u64);
    cases.into_iter().filter(|_| random.below(of) < most as u64).collect()
}

/// Runs cases, and says aloud which of them do not hold, and why.
pub fn run<T: Sync>(
    cases: &[(String, T)],
    of: usize,
    case: impl Fn(&T) -> Result<Outcome, String> + Sync,
) -> Tally {
    let next = AtomicUsize::new(0);
    let tally = Mutex::new(Tally { of, ..Tally::default() });
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..workers {
            scope.spawn(|| {
                while let Some((name, this)) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let outcome = case(this);
                    let mut tally = tally.lock().unwrap();
                    match outcome {
                        Ok(Outcome::Held) => tally.held += 1,
                        Ok(Outcome::NotReached) => tally.not_reached += 1,
                        Err(why) => {
                            println!("WRONG {name}: {why}");
                            tally.wrong.push(name.clone());
                        }
                    }
                }
            });
        }
    });
    tally.into_inner().unwrap()
}

/// Writes the figure of a check; not of a part that was picked by name.
pub fn figure(id: &str, figure: usize, unit: &str, detail: &str) {
    println!("{id}: {figure} {unit} (seed {}); {detail}", seed());
    if only().is_some() {
        return;
    }
    let figures = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/figures");
    std::fs::create_dir_all(&figures).unwrap();
    let value = json!({"id": id, "figure": figure, "unit": unit, "seed": seed(), "detail": detail});
    std::fs::write(figures.join(format!("{id}.json")), format!("{value:#}\n")).unwrap();
}

/// How a share is said.
pub fn of_all(tally: &Tally) -> String {
    let share = if tally.held + tally.not_reached == tally.of {
        "all".to_owned()
    } else {
        format!("of {}", tally.of)
    };
    match tally.not_reached {
        0 => format!("{share} cases"),
        n => format!("{share} cases; {n} more runs went another way and were not harmed"),
    }
}
