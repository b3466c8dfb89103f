//! When things happen in offices: on weekdays, in working hours, never after now.

use time::{Duration, OffsetDateTime, Time, Weekday};

/// A moment of the working day that lies `days` before `now`; the Friday before where that is a weekend.
pub(crate) fn days_ago(dice: &mut fastrand::Rng, now: OffsetDateTime, days: i64) -> OffsetDateTime {
    on_day_of(dice, now - Duration::days(days), now)
}

/// A moment of the working day on which `moment` lies, or of the one before where that would be after `now`.
pub(crate) fn on_day_of(
    dice: &mut fastrand::Rng,
    moment: OffsetDateTime,
    now: OffsetDateTime,
) -> OffsetDateTime {
    // The sum of two is like a day in an office: few are there at eight, and few at six.
    let second = dice.i64(0..5 * 3_600) + dice.i64(0..5 * 3_600);
    let mut day = moment.replace_time(Time::MIDNIGHT);
    loop {
        let then = day + Duration::hours(8) + Duration::seconds(second);
        if then <= now && !is_weekend(then) {
            return then;
        }
        day -= Duration::days(1);
    }
}

/// Somewhere between two moments, in working hours where there are any in between.
pub(crate) fn between(dice: &mut fastrand::Rng, from: OffsetDateTime, to: OffsetDateTime) -> OffsetDateTime {
    let whole = (to - from).whole_seconds();
    if whole <= 0 {
        return from;
    }
    let there = from + Duration::seconds(dice.i64(0..whole));
    on_day_of(dice, there, to).max(from)
}

/// Hours to days later, as somebody gets to it; never after `now`.
pub(crate) fn soon_after(
    dice: &mut fastrand::Rng,
    moment: OffsetDateTime,
    now: OffsetDateTime,
) -> OffsetDateTime {
    match dice.u32(..3) {
        0 => (moment + Duration::seconds(dice.i64(240..5_400))).min(now),
        _ => {
            let days = dice.i64(1..5);
            let then = on_day_of(dice, moment + Duration::days(days), now);
            if then > moment { then } else { (moment + Duration::minutes(25)).min(now) }
        }
    }
}

fn is_weekend(moment: OffsetDateTime) -> bool {
    matches!(moment.weekday(), Weekday::Saturday | Weekday::Sunday)
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    #[test]
    fn nothing_happens_at_night_on_a_weekend_or_after_now() {
        // A Sunday, early on a Monday, and late on a Friday.
        for now in [
            datetime!(2026-11-22 15:00 UTC),
            datetime!(2026-11-23 05:30 UTC),
            datetime!(2026-11-27 23:59 UTC),
        ] {
            let mut dice = fastrand::Rng::with_seed(7);
            for days in 0..400 {
                let then = days_ago(&mut dice, now, days);
                assert!(then <= now && !is_weekend(then) && (8..18).contains(&then.hour()), "{then}");
                let (from, later) = (then, soon_after(&mut dice, then, now));
                assert!((from..=now).contains(&later) && (days < 7 || later > from), "{later}");
                assert!((from..=now).contains(&between(&mut dice, from, now)));
            }
        }
    }
}
