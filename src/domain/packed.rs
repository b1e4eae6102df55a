//! Times and days in the stored form of a row: numbers, where JSON has texts. Reading a month's visits, their texts were
//! a third of the work.

use super::{Date, Stamp};
use chrono::{DateTime, Datelike, FixedOffset, NaiveDate};
use serde::de::{DeserializeOwned, Error};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// What has a shorter form where nobody reads along. Nothing is lost by it: a time keeps its offset.
pub trait Packed: Serialize + DeserializeOwned {
    /// The shorter form.
    type As: Serialize + DeserializeOwned;
    /// Makes it.
    fn pack(&self) -> Self::As;
    /// What it stands for, if anything.
    fn unpack(packed: Self::As) -> Option<Self>;
}

impl Packed for Stamp {
    /// Seconds since 1970 and the nanoseconds after them, and seconds east of UTC.
    type As = (i64, u32, i32);
    fn pack(&self) -> Self::As {
        (self.timestamp(), self.timestamp_subsec_nanos(), self.offset().local_minus_utc())
    }
    fn unpack((seconds, nanos, east): Self::As) -> Option<Stamp> {
        let offset = FixedOffset::east_opt(east)?;
        Some(DateTime::from_timestamp(seconds, nanos)?.with_timezone(&offset))
    }
}

impl Packed for Date {
    /// Days since the day before 0001-01-01.
    type As = i32;
    fn pack(&self) -> Self::As {
        self.num_days_from_ce()
    }
    fn unpack(days: Self::As) -> Option<Date> {
        NaiveDate::from_num_days_from_ce_opt(days)
    }
}

impl<T: Packed> Packed for Option<T> {
    type As = Option<T::As>;
    fn pack(&self) -> Self::As {
        self.as_ref().map(T::pack)
    }
    fn unpack(packed: Self::As) -> Option<Self> {
        match packed {
            Some(packed) => T::unpack(packed).map(Some),
            None => Some(None),
        }
    }
}

impl<T: Packed, K: Copy + Serialize + DeserializeOwned> Packed for Vec<(T, K)> {
    type As = Vec<(T::As, K)>;
    fn pack(&self) -> Self::As {
        self.iter().map(|(value, kept)| (value.pack(), *kept)).collect()
    }
    fn unpack(packed: Self::As) -> Option<Self> {
        packed.into_iter().map(|(packed, kept)| T::unpack(packed).map(|value| (value, kept))).collect()
    }
}

pub(super) fn serialize<T: Packed, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    if serializer.is_human_readable() {
        value.serialize(serializer)
    } else {
        value.pack().serialize(serializer)
    }
}

pub(super) fn deserialize<'de, T: Packed, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    if deserializer.is_human_readable() {
        return T::deserialize(deserializer);
    }
    T::unpack(T::As::deserialize(deserializer)?).ok_or_else(|| D::Error::custom("not a time or a day"))
}
