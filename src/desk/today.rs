//! Today (本日): what is open now, each line opening the place where it is settled.

use super::ListQuery;
use super::declare::Words;
use crate::domain::Id;

/// A line of Today.
#[derive(Clone, Debug)]
pub struct TodayLine {
    /// Stable name: `inside`, `badges_out`, `exit_overdue`, `telephone_mine` ...
    pub name: &'static str,
    /// What it counts.
    pub title: Words,
    /// How many.
    pub count: usize,
    /// It wants somebody's attention now.
    pub urgent: bool,
    /// The first few records, to show beside the count.
    pub records: Vec<Id>,
    /// The list that settles it.
    pub opens: ListQuery,
}
