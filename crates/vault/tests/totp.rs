//! Verification codes: known answers of protocol-vectors.json, RFC 6238, and what people paste.

#![allow(clippy::unwrap_used)]

use portico_vault::{ParseTotpError, totp};
use serde_json::Value;

#[test]
fn known_answers() {
    let vectors: Value =
        serde_json::from_str(include_str!("../../crypto/tests/protocol-vectors.json")).unwrap();
    let vectors = vectors["totp"]["vectors"].as_array().unwrap();
    assert_eq!(vectors.len(), 9);
    for vector in vectors {
        let (seed, now) = (vector["input"].as_str().unwrap(), vector["unixTime"].as_u64().unwrap());
        let code = totp(seed, now).unwrap();
        assert_eq!(code.code.expose(), vector["code"].as_str().unwrap(), "{seed} at {now}");
        if let Some(period) = vector["period"].as_u64() {
            assert_eq!(code.period, period, "{seed}");
        }
    }
}

/// RFC 6238, appendix B, SHA-256 and SHA-512 with the seeds of its erratum.
#[test]
fn rfc_6238() {
    let sha256 = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZA&digits=8&algorithm=SHA256";
    let sha512 = "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQGEZDGNA&digits=8&algorithm=SHA512";
    for (now, of_sha256, of_sha512) in [
        (59, "46119246", "90693936"),
        (1_111_111_109, "68084774", "25091201"),
        (1_234_567_890, "91819424", "93441116"),
        (20_000_000_000, "77737706", "47863826"),
    ] {
        assert_eq!(totp(sha256, now).unwrap().code.expose(), of_sha256);
        assert_eq!(totp(sha512, now).unwrap().code.expose(), of_sha512);
    }
}

#[test]
fn a_code_lives_until_its_period_ends() {
    let seed = "otpauth://totp/x?secret=WQIQ25BRKZYCJVYP&period=60";
    let remaining = [(0, 60), (1, 59), (59, 1), (60, 60), (1_672_531_200, 60)];
    for (now, left) in remaining {
        assert_eq!(totp(seed, now).unwrap().remaining, left, "at {now}");
    }
    let code = |now| totp(seed, now).unwrap().code.expose().to_owned();
    assert_eq!(code(60), code(119));
    assert_ne!(code(119), code(120));
}

#[test]
fn parameters_out_of_range_are_clamped_and_nonsense_is_ignored() {
    let length = |query: &str| {
        let seed = format!("otpauth://totp/x?secret=WQIQ25BRKZYCJVYP&{query}");
        totp(&seed, 1_672_531_200).unwrap().code.expose().len()
    };
    assert_eq!(length("digits=10"), 10);
    assert_eq!(length("digits=99"), 10);
    assert_eq!(length("digits=-1"), 6);
    assert_eq!(length("digits=six"), 6);
    let period = |query: &str| totp(&format!("otpauth://totp/x?secret=WQIQ&{query}"), 5).unwrap().period;
    assert_eq!(period("period=0"), 1);
    assert_eq!(period("period=-30"), 30);
    assert_eq!(period("period=18446744073709551615"), u64::MAX);
    let of = |algorithm: &str| {
        let seed = format!("otpauth://totp/x?secret=WQIQ25BRKZYCJVYP&algorithm={algorithm}");
        totp(&seed, 1_672_531_200).unwrap().code.expose().to_owned()
    };
    assert_eq!(of("md5"), "194506");
    assert_eq!(of("Sha512"), "052438");
}

#[test]
fn labels_may_hold_anything() {
    let seed = "otpauth://totp/Caf%C3%A9%3Aalice%40example.com?issuer=Caf%C3%A9&secret=WQIQ25BRKZYCJVYP#x";
    assert_eq!(totp(seed, 1_672_531_200).unwrap().code.expose(), "194506");
}

#[test]
fn what_is_no_seed_says_why() {
    let cases = [
        ("", ParseTotpError::EmptySecret),
        ("   ", ParseTotpError::EmptySecret),
        ("1", ParseTotpError::EmptySecret),
        ("a", ParseTotpError::EmptySecret),
        ("steam://", ParseTotpError::EmptySecret),
        ("otpauth://totp/x?secret=", ParseTotpError::EmptySecret),
        ("otpauth://totp/x", ParseTotpError::NoSecret),
        ("otpauth://", ParseTotpError::NoSecret),
        ("otpauth://totp/x?digits=6", ParseTotpError::NoSecret),
    ];
    for (seed, reason) in cases {
        assert_eq!(totp(seed, 0).err(), Some(reason), "{seed:?}");
    }
    assert_eq!(totp(&"A".repeat(1_000_000), 0).err(), Some(ParseTotpError::TooLong));
}

proptest::proptest! {
    #[test]
    fn no_text_and_no_time_panics(seed in ".{0,200}", now: u64) {
        if let Ok(code) = totp(&seed, now) {
            assert!((1..=code.period).contains(&code.remaining));
        }
    }

    #[test]
    fn no_query_panics(query in "[a-z0-9=&%#+?]{0,60}", now: u64) {
        let _ = totp(&format!("otpauth://totp/x?secret=WQIQ&{query}"), now);
    }

    #[test]
    fn spaces_dashes_and_case_do_not_matter(now: u64) {
        let codes = ["WQIQ25BRKZYCJVYP", "wqiq 25br kzyc jvyp", "WqIq-25bR-kZyC-jVyP=="]
            .map(|seed| totp(seed, now).unwrap().code.expose().to_owned());
        assert!(codes.iter().all(|code| *code == codes[0]));
    }
}
