//! Dates of items, read fast.

use portico_protocol::Date;
use time::{Month, OffsetDateTime, PrimitiveDateTime, Time};

/// Reads a wire date; nothing if it is none.
///
/// Two dates of every item are read at sync. The form that servers write is read here without a copy (30 ns);
/// everything else goes the tolerant way of the protocol.
pub(crate) fn read_date(text: &str) -> Option<OffsetDateTime> {
    read_utc(text.as_bytes()).or_else(|| Date(text.to_owned()).parse().ok())
}

/// `2026-08-20T14:16:19.1234567Z` with 0 to 9 fraction digits.
fn read_utc(text: &[u8]) -> Option<OffsetDateTime> {
    let text = text.strip_suffix(b"Z")?;
    let (whole, fraction) = text.split_at_checked(19)?;
    let [b4, b7, t, b13, b16] = [4, 7, 10, 13, 16].map(|place| whole[place]);
    if [b4, b7, t, b13, b16] != *b"--T::" {
        return None;
    }
    let two = |place: usize| u8::try_from(number(&whole[place..place + 2])?).ok();
    let year = i32::try_from(number(&whole[..4])?).ok()?;
    let date = time::Date::from_calendar_date(year, Month::try_from(two(5)?).ok()?, two(8)?).ok()?;
    let nanoseconds = match fraction {
        [] => 0,
        [b'.', digits @ ..] if (1..=9).contains(&digits.len()) => {
            number(digits)? * 10u32.pow(9 - digits.len() as u32)
        }
        _ => return None,
    };
    let time = Time::from_hms_nano(two(11)?, two(14)?, two(17)?, nanoseconds).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

/// At most nine digits. Without a branch for each of them: two dates of every item are read.
fn number(digits: &[u8]) -> Option<u32> {
    let (mut sum, mut highest) = (0u32, 0);
    for digit in digits {
        let value = digit.wrapping_sub(b'0');
        highest = value.max(highest);
        // What is no digit may overflow; the sum is thrown away then.
        sum = sum.wrapping_mul(10).wrapping_add(u32::from(value));
    }
    (highest <= 9).then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::{read_date, read_utc};
    use portico_protocol::Date;

    #[test]
    fn the_fast_way_and_the_tolerant_way_agree() {
        for text in [
            "2026-08-20T14:16:19Z",
            "2026-08-20T14:16:19.1Z",
            "2026-08-20T14:16:19.1234567Z",
            "2026-08-20T14:16:19.123456789Z",
            "0001-01-01T00:00:00Z",
            "9999-12-31T23:59:59.9999999Z",
        ] {
            let fast = read_utc(text.as_bytes());
            assert!(fast.is_some(), "{text}");
            assert_eq!(fast, Date(text.to_owned()).parse().ok(), "{text}");
        }
    }

    #[test]
    fn other_forms_are_read_and_nonsense_is_not() {
        assert_eq!(read_date("2026-08-20T16:16:19+02:00"), read_date("2026-08-20T14:16:19Z"));
        assert!(read_date("2026-08-20T16:16:19").is_some());
        for text in [
            "",
            "Z",
            "2026-13-20T14:16:19Z",
            "2026-08-20T25:16:19Z",
            "2026-08-20T14:16:19.Z",
            "née 2026-08-20T14:16Z",
            "2026-08-20T14:16:19.\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}\u{7f}Z",
        ] {
            assert_eq!(read_date(text), None, "{text}");
        }
    }
}
