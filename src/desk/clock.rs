//! The clock. Nothing else in the program asks what time it is.

use crate::domain::{Stamp, usual_offset};
use crate::profile::Versions;
use chrono::DateTime;
use std::sync::{Arc, Mutex};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// The seconds before and after 1970 of the years 2 to 9998: whatever the offset, such a moment has four digits.
const EARLIEST: i64 = -62_104_060_800;
const LATEST: i64 = 253_370_764_799;

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

/// The terminal's clock, told in [`usual_offset`]: the zone of the terminal is not asked.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Stamp {
        stamp(SystemTime::now())
    }
}

/// A moment of the system as a stamp, to the second. By hand: chrono's own panics before 1970, which is where a
/// terminal with a dead battery may wake up.
fn stamp(at: SystemTime) -> Stamp {
    let seconds = match at.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
    };
    let utc = DateTime::from_timestamp(seconds.clamp(EARLIEST, LATEST), 0).unwrap_or_default();
    utc.with_timezone(&usual_offset())
}

/// A clock told in the zone of a site, by the profile in force at the moment, whatever offset the clock itself has.
pub(super) struct SiteClock {
    clock: Arc<dyn Clock>,
    versions: Versions,
}

impl SiteClock {
    /// A clock as a site with these versions of its profile sees it.
    pub(super) fn of(clock: &Arc<dyn Clock>, versions: &Versions) -> Arc<dyn Clock> {
        Arc::new(SiteClock { clock: Arc::clone(clock), versions: versions.clone() })
    }
}

impl Clock for SiteClock {
    fn now(&self) -> Stamp {
        self.versions.in_zone(self.clock.now())
    }

    fn entered(&self) -> Stamp {
        self.versions.in_zone(self.clock.entered())
    }

    fn instant(&self) -> Instant {
        self.clock.instant()
    }
}

/// A clock that stands where it was set.
#[derive(Debug)]
pub struct StandingClock(Mutex<Stamp>);

impl StandingClock {
    /// A clock standing at a moment.
    pub fn new(at: Stamp) -> StandingClock {
        StandingClock(Mutex::new(at))
    }

    /// Sets it, forward or back.
    pub fn set(&self, at: Stamp) {
        match self.0.lock() {
            Ok(mut now) => *now = at,
            Err(poisoned) => *poisoned.into_inner() = at,
        }
    }
}

impl Clock for StandingClock {
    fn now(&self) -> Stamp {
        match self.0.lock() {
            Ok(now) => *now,
            Err(poisoned) => *poisoned.into_inner(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_clock_before_1970_or_past_every_year_is_a_moment_like_any_other() {
        let seconds = |at: SystemTime| stamp(at).timestamp();
        let days = |days: u64| Duration::from_secs(days * 86_400);
        assert_eq!(seconds(UNIX_EPOCH), 0);
        assert_eq!(seconds(UNIX_EPOCH + Duration::from_millis(1_900)), 1);
        assert_eq!(seconds(UNIX_EPOCH - days(1)), -86_400);
        assert_eq!(seconds(UNIX_EPOCH - days(365 * 60)), -365 * 60 * 86_400);
        for at in [UNIX_EPOCH.checked_sub(days(5_000_000)), UNIX_EPOCH.checked_add(days(100_000_000))] {
            let stamp = stamp(at.unwrap());
            assert_eq!(stamp.to_rfc3339().len(), "2026-11-20T09:00:00+09:00".len(), "{stamp}");
        }
        let now = stamp(SystemTime::now());
        assert_eq!(Stamp::parse_from_rfc3339(&now.to_rfc3339()), Ok(now));
    }
}
