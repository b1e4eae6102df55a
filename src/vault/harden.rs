//! What this process can do so that its memory and its rights are of little use to others.
//!
//! Left out because there is no safe call for it: locking all memory (`mlockall` keeps swap away but needs a limit
//! most terminals do not grant); so swap is warned about instead.

use std::fmt;
use std::fs;
use std::path::PathBuf;

use landlock::{
    ABI, AccessFs, CompatLevel, Compatible, PathBeneath, PathFd, Ruleset, RulesetAttr, RulesetCreatedAttr,
    RulesetStatus,
};
use rustix::process::{DumpableBehavior, Resource, Rlimit};

/// What was reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HardenReport {
    /// No core dumps (RLIMIT_CORE 0).
    pub core_off: bool,
    /// Not readable by other processes of the same user (PR_SET_DUMPABLE 0).
    pub not_dumpable: bool,
    /// Writing outside the given folders is impossible from this thread and those it starts.
    pub landlock: LandlockLevel,
    /// Folders that were asked for and are not there: nothing can be written in them, even if they come later.
    pub absent: Vec<PathBuf>,
    /// Memory may be written to a swap device: keys too.
    pub swap: bool,
}

/// How much of Landlock the kernel has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LandlockLevel {
    Full,
    Partial,
    None,
    /// Not asked for.
    Unasked,
}

impl fmt::Display for HardenReport {
    /// One stable line for the log, such as `core=off dump=off landlock=full swap=none`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let landlock = match self.landlock {
            LandlockLevel::Full => "full",
            LandlockLevel::Partial => "partial",
            LandlockLevel::None => "none",
            LandlockLevel::Unasked => "unasked",
        };
        write!(
            f,
            "core={} dump={} landlock={landlock} swap={}",
            if self.core_off { "off" } else { "on" },
            if self.not_dumpable { "off" } else { "on" },
            if self.swap { "present" } else { "none" },
        )
    }
}

/// Hardens the process. `writable`: the vault's folder and every place that will be written to later (exports,
/// the spool of the printer, `/dev`, the folder under which sticks are mounted: what is mounted there later is
/// included). Reading and starting programs stay as they are. An empty list leaves Landlock alone.
///
/// Call it on the first thread, before others are started: Landlock binds a thread and those it starts.
pub fn harden(writable: &[PathBuf]) -> HardenReport {
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let core_off = rustix::process::setrlimit(Resource::Core, none).is_ok();
    let not_dumpable = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable).is_ok();
    let (landlock, absent) =
        if writable.is_empty() { (LandlockLevel::Unasked, Vec::new()) } else { restrict(writable) };
    // The first line is a heading.
    let swap = fs::read_to_string("/proc/swaps").is_ok_and(|s| s.lines().count() > 1);
    HardenReport { core_off, not_dumpable, landlock, absent, swap }
}

fn restrict(writable: &[PathBuf]) -> (LandlockLevel, Vec<PathBuf>) {
    // V3 (Linux 6.2): write, create, remove, rename, truncate. Later ones restrict terminal devices and sockets.
    let rights = AccessFs::from_write(ABI::V3);
    let mut absent = Vec::new();
    let attempt = || -> Result<RulesetStatus, landlock::RulesetError> {
        let mut rules =
            Ruleset::default().set_compatibility(CompatLevel::BestEffort).handle_access(rights)?.create()?;
        for path in writable {
            let Ok(fd) = PathFd::new(path) else {
                absent.push(path.clone());
                continue;
            };
            let allowed = if path.is_dir() { rights } else { rights & AccessFs::from_file(ABI::V3) };
            rules = rules.add_rule(PathBeneath::new(fd, allowed))?;
        }
        Ok(rules.restrict_self()?.ruleset)
    };
    let level = match { attempt }() {
        Ok(RulesetStatus::FullyEnforced) => LandlockLevel::Full,
        Ok(RulesetStatus::PartiallyEnforced) => LandlockLevel::Partial,
        Ok(RulesetStatus::NotEnforced) | Err(_) => LandlockLevel::None,
    };
    (level, absent)
}
