//! Which heads are kept.

use std::collections::HashSet;

use time::OffsetDateTime;

use crate::head::{Head, HeadNumber};
use crate::time::UnixSeconds;

/// How long heads are kept: every one of the last days, then one a day, then one a month. The newest and pinned ones
/// are always kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Retention {
    /// Days of which every head is kept.
    pub every_for_days: u32,
    /// Days of which one head a day is kept.
    pub daily_for_days: u32,
    /// Months after which even the monthly ones go; `None` keeps them for good.
    pub monthly_for_months: Option<u32>,
}

impl Default for Retention {
    fn default() -> Self {
        Self { every_for_days: 1, daily_for_days: 90, monthly_for_months: None }
    }
}

/// A gap this long between two heads is an absence, or a clock that was set wrong. Nothing grows older by it: otherwise
/// one sync under a clock that is a year ahead would thin out everything that was kept of the last three months.
pub(crate) const ABSENCE: i64 = 31 * UnixSeconds::DAY;

/// The numbers of the heads (given oldest first) that stay. Of one day, of one month, its last head stays: the state
/// at the day's end.
pub(crate) fn kept(heads: &[Head], retention: Retention, now: UnixSeconds) -> HashSet<HeadNumber> {
    let mut days = HashSet::new();
    let mut months = HashSet::new();
    let mut kept = HashSet::new();
    let (mut age, mut later) = (0, now);
    for (at, head) in heads.iter().rev().enumerate() {
        let between = later.since(head.taken_at);
        later = head.taken_at;
        if (0..=ABSENCE).contains(&between) {
            age += between;
        }
        let age_days = age / UnixSeconds::DAY;
        let month = month(head.taken_at);
        let stays = if at == 0 || age_days < i64::from(retention.every_for_days) {
            true
        } else if age_days < i64::from(retention.daily_for_days) {
            days.insert(head.taken_at.day())
        } else {
            let in_time = retention.monthly_for_months.is_none_or(|most| age_days / 31 < i64::from(most));
            in_time && months.insert(month)
        };
        if stays {
            kept.insert(head.number);
        }
    }
    kept
}

/// Calendar month (UTC). Times outside the calendar (a clock set to the year 10,000) share one.
fn month(at: UnixSeconds) -> (i32, u8) {
    OffsetDateTime::from_unix_timestamp(at.0).map_or((i32::MAX, 0), |date| (date.year(), date.month().into()))
}
