//! The authenticator step of a sign-in: RFC 6238 with SHA-1, six digits, thirty seconds.

use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

const PERIOD: i64 = 30;

/// The time step whose code `code` is, if it is the current one or a neighbour and later than `last`: a code
/// that was used or overtaken is not taken again.
pub(crate) fn matching_step(secret_base32: &str, code: &str, unix_seconds: i64, last: i64) -> Option<i64> {
    let secret = from_base32(secret_base32)?;
    let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let now = unix_seconds.div_euclid(PERIOD);
    [now - 1, now, now + 1].into_iter().find(|step| {
        let expected = code_at(&secret, *step);
        *step > last && bool::from(expected.as_bytes().ct_eq(code.as_bytes()))
    })
}

fn code_at(secret: &[u8], step: i64) -> String {
    // HMAC takes keys of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret) else { return String::new() };
    mac.update(&step.to_be_bytes());
    let tag = mac.finalize().into_bytes();
    let at = usize::from(tag[19] & 0x0f);
    let number = u32::from_be_bytes([tag[at], tag[at + 1], tag[at + 2], tag[at + 3]]) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

/// The bytes of a secret in base32, in either case and with blanks; `None` for anything else.
pub(crate) fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut bytes, mut buffer, mut bits) = (Vec::new(), 0u32, 0);
    for c in text.bytes().filter(|c| !c.is_ascii_whitespace() && *c != b'=' && *c != b'-') {
        let value = match c.to_ascii_uppercase() {
            letter @ b'A'..=b'Z' => letter - b'A',
            digit @ b'2'..=b'7' => digit - b'2' + 26,
            _ => return None,
        };
        buffer = (buffer << 5 | u32::from(value)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits) as u8);
        }
    }
    (!bytes.is_empty()).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// "12345678901234567890", the secret of RFC 6238, appendix B; its eight-digit codes cut to six.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    #[test]
    fn the_codes_of_the_rfc_match_at_their_times() {
        for (time, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(matching_step(SECRET, code, time, 0), Some(time / 30), "{time}");
        }
    }

    #[test]
    fn neighbours_match_and_further_steps_do_not() {
        assert_eq!(matching_step(SECRET, "287082", 59 + 30, 0), Some(1));
        assert_eq!(matching_step(SECRET, "287 082", 59 - 30, 0), Some(1));
        assert_eq!(matching_step(SECRET, "287082", 59 + 60, 0), None);
    }

    #[test]
    fn a_code_is_good_once() {
        assert_eq!(matching_step(SECRET, "287082", 59, 1), None);
        assert_eq!(matching_step(SECRET, "287082", 59, 2), None);
    }

    #[test]
    fn what_is_no_secret_or_no_code_matches_nothing() {
        for (secret, code) in
            [("", "287082"), ("1!", "287082"), (SECRET, ""), (SECRET, "87082"), (SECRET, "２８７０８２")]
        {
            assert_eq!(matching_step(secret, code, 59, 0), None, "{secret} {code}");
        }
    }
}
