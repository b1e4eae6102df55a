//! Moments in the site's zone. A moment of another offset is the same instant, but another day begins elsewhere: what
//! people and lists see is told in one offset, the site's.

use super::{
    Correction, Ending, Hand, Id, LastBackup, Sealed, Sealing, Settled, SheetSeen, Stamp, StepTaken,
    Telephone, UserKey, WayIn,
};
use chrono::{FixedOffset, NaiveDate};

/// Seconds east of UTC where a profile names no offset: Japan.
const JAPAN_EAST_S: i32 = 9 * 3600;
/// Zones lie this far from UTC at most, in seconds.
const FARTHEST_S: i32 = 14 * 3600;

/// The offset of a site whose profile names none: `+09:00`.
pub fn usual_offset() -> FixedOffset {
    FixedOffset::east_opt(JAPAN_EAST_S).unwrap_or(chrono::Offset::fix(&chrono::Utc))
}

/// An offset as a profile writes it, `+09:00` or `-03:30`, at most 14 hours from UTC. No other spelling.
pub fn parse_offset(text: &str) -> Option<FixedOffset> {
    let (sign, rest) = match text.split_at_checked(1)? {
        ("+", rest) => (1, rest),
        ("-", rest) => (-1, rest),
        _ => return None,
    };
    let (hours, minutes) = rest.split_once(':')?;
    let two = |part: &str| {
        let digits = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
        digits.then(|| part.parse::<i32>().ok()).flatten()
    };
    let (hours, minutes) = (two(hours)?, two(minutes)?);
    let seconds = hours * 3600 + minutes * 60;
    let fits = minutes < 60 && seconds <= FARTHEST_S;
    fits.then(|| FixedOffset::east_opt(sign * seconds)).flatten()
}

/// What holds moments: a row, a command, or a part of one.
pub trait Moments {
    /// Gives each moment it holds to `each`, which may change it.
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp));

    /// Tells every moment in a zone. The instants stay.
    fn to_zone(&mut self, zone: FixedOffset) {
        self.each_moment(&mut |moment| *moment = moment.with_timezone(&zone));
    }
}

impl Moments for Stamp {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        each(self);
    }
}

impl<T: Moments> Moments for Option<T> {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.iter_mut().for_each(|held| held.each_moment(each));
    }
}

impl<T: Moments> Moments for Box<T> {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        (**self).each_moment(each);
    }
}

impl<T: Moments> Moments for Vec<T> {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.iter_mut().for_each(|held| held.each_moment(each));
    }
}

impl<A: Moments, B: Moments> Moments for (A, B) {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        self.0.each_moment(each);
        self.1.each_moment(each);
    }
}

macro_rules! without_moments {
    ($($type:ty),* $(,)?) => { $(impl Moments for $type {
        fn each_moment(&mut self, _each: &mut dyn FnMut(&mut Stamp)) {}
    })* };
}

without_moments!(
    String,
    bool,
    u32,
    u64,
    Id,
    NaiveDate,
    UserKey,
    Sealed,
    Sealing,
    WayIn,
    super::Edition,
    StepTaken
);

macro_rules! moments_of {
    ($($type:ident { $($field:ident),* })*) => { $(impl Moments for $type {
        fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) { $(self.$field.each_moment(each);)* }
    })* };
}

moments_of! {
    Ending { on }
    Hand { on }
    LastBackup { made }
    SheetSeen { on }
    Telephone { given }
    Settled { last_evidence, on }
}

impl Moments for Correction {
    fn each_moment(&mut self, each: &mut dyn FnMut(&mut Stamp)) {
        corrected(&self.field, &mut self.was, each);
    }
}

/// The value of a correctable field is text: a moment where the field holds one.
pub(super) fn corrected(field: &str, value: &mut String, each: &mut dyn FnMut(&mut Stamp)) {
    if !matches!(field, "came" | "left") {
        return;
    }
    if let Ok(was) = Stamp::parse_from_rfc3339(value) {
        let mut moment = was;
        each(&mut moment);
        // Two spellings of one moment are equal, so the offset is looked at too. What is left alone keeps its own.
        if moment != was || moment.offset() != was.offset() {
            *value = moment.to_rfc3339();
        }
    }
}
