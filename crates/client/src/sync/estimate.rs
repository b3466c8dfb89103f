//! How long the clients of a sync still take: what the pacer allows before anything was measured, then what was measured.

use std::time::Duration;

/// So many clients and fewer are told no time before some of them are read: the first figure would hardly be read itself.
const WORTH_A_GUESS: u32 = 100;
/// Of one client: the organization, its four lists, and a page of its log.
const REQUESTS: u32 = 6;
/// A longer time is no estimate.
const LONGEST: f64 = 86_400.0;

/// Seconds until `total` clients are read, of which `done` took `elapsed`. `per_second`: requests that are begun, where there
/// is such a limit.
///
/// What is measured counts from the tenth part on; earlier guesses jump about. Until then many clients go by the limit, which
/// gives way to what is measured step by step.
pub(super) fn seconds_left(done: u32, total: u32, elapsed: Duration, per_second: Option<u32>) -> Option<u32> {
    let left = total.checked_sub(done).filter(|left| *left > 0)?;
    let weight = (f64::from(done) * 10.0 / f64::from(total)).min(1.0);
    let measured = (done > 0).then(|| elapsed.as_secs_f64() / f64::from(done));
    let allowed =
        per_second.filter(|_| total > WORTH_A_GUESS).map(|rate| f64::from(REQUESTS) / f64::from(rate.max(1)));
    let each = match (measured, allowed) {
        (Some(measured), _) if weight >= 1.0 => measured,
        (measured, Some(allowed)) => {
            measured.map_or(allowed, |each| each * weight + allowed * (1.0 - weight))
        }
        (_, None) => return None,
    };
    let seconds = (each * f64::from(left)).round().max(1.0);
    (seconds < LONGEST).then_some(seconds as u32)
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLITE: Option<u32> = Some(20);

    fn left(done: u32, total: u32, millis: u64, per_second: Option<u32>) -> Option<u32> {
        seconds_left(done, total, Duration::from_millis(millis), per_second)
    }

    #[test]
    fn many_clients_are_estimated_before_the_first_is_read() {
        assert_eq!(left(0, 101, 0, POLITE), Some(30), "six requests each, twenty a second");
        assert_eq!(left(0, 1000, 0, POLITE), Some(300));
        assert_eq!(left(0, 1000, 0, Some(10)), Some(600), "after a server asked for less");
        assert_eq!(left(0, 100, 0, POLITE), None, "a few are soon read");
        assert_eq!(left(0, 1000, 0, None), None, "nothing limits it, and nothing was measured");
        assert_eq!(left(0, 0, 0, POLITE), None);
    }

    #[test]
    fn what_is_measured_takes_the_place_of_the_limit_step_by_step() {
        // Half a second each, where 0.3 s were expected.
        for (done, expected) in [(1, 302), (25, 341), (50, 380), (100, 450), (500, 250), (999, 1)] {
            assert_eq!(left(done, 1000, u64::from(done) * 500, POLITE), Some(expected), "{done}");
        }
        assert_eq!(left(1000, 1000, 500_000, POLITE), None, "nothing is left");
    }

    #[test]
    fn without_a_limit_a_tenth_is_read_first() {
        assert_eq!(left(9, 100, 900, POLITE), None);
        assert_eq!(left(10, 100, 1000, POLITE), Some(9));
        assert_eq!(left(99, 1000, 990, None), None);
        assert_eq!(left(100, 1000, 1000, None), Some(9));
    }

    #[test]
    fn a_day_is_no_estimate() {
        assert_eq!(left(10, 100, 86_400_000, POLITE), None);
        assert_eq!(left(0, u32::MAX, 0, Some(1)), None);
    }
}
