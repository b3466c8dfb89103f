//! Time as the store keeps it. The clock belongs to the caller, so that tests and imports can choose it.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

/// Whole seconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UnixSeconds(pub i64);

impl UnixSeconds {
    /// Seconds.
    pub const MINUTE: i64 = 60;
    /// Seconds.
    pub const DAY: i64 = 24 * 60 * 60;

    /// The machine's clock.
    pub fn now() -> Self {
        SystemTime::now().into()
    }

    /// Seconds from `earlier` to `self`; negative when the clock went back.
    pub fn since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// Later by this many seconds.
    pub fn plus(self, seconds: i64) -> Self {
        Self(self.0.saturating_add(seconds))
    }

    /// Day number (UTC) since 1970-01-01.
    pub fn day(self) -> i64 {
        self.0.div_euclid(Self::DAY)
    }
}

impl From<SystemTime> for UnixSeconds {
    fn from(time: SystemTime) -> Self {
        match time.duration_since(UNIX_EPOCH) {
            Ok(after) => Self(i64::try_from(after.as_secs()).unwrap_or(i64::MAX)),
            Err(before) => Self(-i64::try_from(before.duration().as_secs()).unwrap_or(i64::MAX)),
        }
    }
}

impl From<UnixSeconds> for SystemTime {
    fn from(time: UnixSeconds) -> Self {
        let distance = Duration::from_secs(time.0.unsigned_abs());
        if time.0 >= 0 { UNIX_EPOCH + distance } else { UNIX_EPOCH - distance }
    }
}
