//! Points in time as the store keeps them and as the wire writes them.

use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Serialize, Serializer};
use time::OffsetDateTime;

/// Microseconds since 1970, UTC. On the wire an ISO-8601 date (protocol.md, "date").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Moment(pub i64);

impl Moment {
    pub(crate) fn now() -> Moment {
        Moment::from(OffsetDateTime::now_utc())
    }

    /// Whole seconds since 1970, as JWT claims want them.
    pub(crate) fn unix_seconds(self) -> i64 {
        self.0.div_euclid(1_000_000)
    }

    /// Milliseconds since 1970, as `/accounts/revision-date` wants them (protocol.md §3.7).
    pub(crate) fn unix_millis(self) -> i64 {
        self.0.div_euclid(1_000)
    }

    pub(crate) fn plus_seconds(self, seconds: i64) -> Moment {
        Moment(self.0.saturating_add(seconds.saturating_mul(1_000_000)))
    }
}

impl Moment {
    /// As a mail says it: "Thursday, 26 November 2026 at 10:15 UTC".
    pub(crate) fn in_words(self) -> String {
        let date = OffsetDateTime::from(self);
        let (day, month) = (date.weekday(), date.month());
        format!(
            "{day}, {} {month} {} at {:02}:{:02} UTC",
            date.day(),
            date.year(),
            date.hour(),
            date.minute()
        )
    }
}

impl From<OffsetDateTime> for Moment {
    fn from(date: OffsetDateTime) -> Moment {
        // Years −9999…9999 in microseconds fit i64 with room to spare.
        Moment((date.unix_timestamp_nanos() / 1_000) as i64)
    }
}

impl From<Moment> for OffsetDateTime {
    fn from(moment: Moment) -> OffsetDateTime {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(moment.0) * 1_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
    }
}

impl From<Moment> for portico_protocol::Date {
    fn from(moment: Moment) -> Self {
        portico_protocol::Date(moment.to_string())
    }
}

impl std::fmt::Display for Moment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let date = OffsetDateTime::from(*self);
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z",
            date.year(),
            u8::from(date.month()),
            date.day(),
            date.hour(),
            date.minute(),
            date.second(),
            date.microsecond()
        )
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl ToSql for Moment {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(self.0))
    }
}

impl FromSql for Moment {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn the_wire_form_is_iso_8601_utc() {
        let moment = Moment::from(datetime!(2026-08-20 16:16:19.123456 +02:00));
        assert_eq!(moment.to_string(), "2026-08-20T14:16:19.123456Z");
        assert_eq!(moment.unix_millis(), 1_787_235_379_123);
    }

    #[test]
    fn a_mail_says_it_as_people_do() {
        let moment = Moment::from(datetime!(2026-11-26 11:05:59.9 +01:00));
        assert_eq!(moment.in_words(), "Thursday, 26 November 2026 at 10:05 UTC");
    }
}
