//! The clock. Nothing else in the program asks what time it is.

use crate::domain::Stamp;
use chrono::{Local, Timelike};
use std::sync::Mutex;
use std::time::Instant;

/// Where the time comes from; a test or the sample site sets its own.
pub trait Clock: Send + Sync {
    /// The wall clock with its offset, to the second.
    fn now(&self) -> Stamp;

    /// The moment at which the next command of a group is entered. A clock that is set goes on here, so that a
    /// year can be entered in groups with each command at its own time.
    fn entered(&self) -> Stamp {
        self.now()
    }

    /// A monotonic moment, for idle times and waits.
    fn instant(&self) -> Instant {
        Instant::now()
    }
}

/// The terminal's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        let now = Local::now().fixed_offset();
        now.with_nanosecond(0).unwrap_or(now)
    }
}

/// A clock that stands where it was set.
#[derive(Debug)]
pub struct SetClock(Mutex<Stamp>);

impl SetClock {
    /// A clock standing at a moment.
    pub fn new(at: Stamp) -> SetClock {
        SetClock(Mutex::new(at))
    }

    /// Sets it, forward or back.
    pub fn set(&self, at: Stamp) {
        match self.0.lock() {
            Ok(mut now) => *now = at,
            Err(poisoned) => *poisoned.into_inner() = at,
        }
    }
}

impl Clock for SetClock {
    fn now(&self) -> Stamp {
        match self.0.lock() {
            Ok(now) => *now,
            Err(poisoned) => *poisoned.into_inner(),
        }
    }
}
