//! The syntax of encrypted strings, for every text.

#![allow(clippy::unwrap_used)]

use portico_protocol::enc_string::{EncString, OaepHash, SyntaxError};
use proptest::prelude::*;

const IV: &str = "ZBh7G44kEk+AgFxvJ4Lv1A==";
const CIPHERTEXT: &str = "Smk82kvcGitEWmyAaGC6Mg==";
const MAC: &str = "zv6tNOGJY4EPHpuOLYIsoebPAwideNa/VuaGhKc0EHM=";

#[test]
fn each_type_has_its_shape() {
    let symmetric = format!("2.{IV}|{CIPHERTEXT}|{MAC}");
    assert_eq!(
        EncString::parse(&symmetric),
        Ok(EncString::Symmetric { iv: IV, ciphertext: CIPHERTEXT, mac: MAC })
    );
    for text in [format!("0.{IV}|{CIPHERTEXT}"), format!("{IV}|{CIPHERTEXT}")] {
        assert_eq!(
            EncString::parse(&text),
            Ok(EncString::Unauthenticated { iv: IV, ciphertext: CIPHERTEXT })
        );
    }
    for (kind, hash) in [(3, OaepHash::Sha256), (4, OaepHash::Sha1)] {
        let text = format!("{kind}.{CIPHERTEXT}");
        assert_eq!(EncString::parse(&text), Ok(EncString::Asymmetric { hash, ciphertext: CIPHERTEXT }));
        let with_mac = format!("{}.{CIPHERTEXT}|{MAC}", kind + 2);
        assert_eq!(EncString::parse(&with_mac), Ok(EncString::Asymmetric { hash, ciphertext: CIPHERTEXT }));
    }
    let headerless = format!("{IV}|{CIPHERTEXT}|{MAC}");
    assert_eq!(EncString::parse(&headerless), Ok(EncString::Other { kind: 1, text: &headerless }));
    for kind in [1, 7, 8, 9, 9999] {
        let text = format!("{kind}.{IV}|{CIPHERTEXT}|{MAC}");
        assert_eq!(EncString::parse(&text), Ok(EncString::Other { kind, text: &text }));
    }
}

#[test]
fn base64_is_checked_for_who_never_decodes() {
    let good = format!("2.{IV}|{CIPHERTEXT}|{MAC}");
    assert_eq!(EncString::parse(&good).unwrap().check_base64(), Ok(()));
    for (name, text) in [
        ("another alphabet", format!("2.{IV}|{}|{MAC}", CIPHERTEXT.replace('S', "-"))),
        ("padding inside", format!("2.{IV}|{}|{MAC}", CIPHERTEXT.replace('S', "="))),
        ("bits that mean nothing", format!("2.{IV}|{}|{MAC}", CIPHERTEXT.replace("g==", "h=="))),
        ("too much padding", format!("2.{IV}|{}|{MAC}", "Smk82kvcGitEWmyAaGC6M===")),
        ("a bar inside", format!("2.{IV}|{}|{MAC}", CIPHERTEXT.replace('S', "|"))),
        ("type 7 that is not base64", "7.***".to_owned()),
    ] {
        let parsed = EncString::parse(&text).unwrap();
        assert_eq!(parsed.check_base64(), Err(SyntaxError::Base64), "{name}");
    }
}

proptest! {
    #[test]
    fn parsing_never_panics_and_keeps_every_character(text in "\\PC{0,200}") {
        if let Ok(EncString::Other { text: kept, .. }) = EncString::parse(&text) {
            prop_assert_eq!(kept, text.as_str());
        }
    }

    #[test]
    fn near_misses_never_panic(text in "[0-9]{0,5}[.]?[A-Za-z0-9+/=|.é]{0,200}") {
        if let Ok(parsed) = EncString::parse(&text) {
            let _ = parsed.check_base64();
            if let EncString::Symmetric { iv, ciphertext, mac } = parsed {
                prop_assert_eq!(text.as_str(), format!("2.{iv}|{ciphertext}|{mac}"));
            }
        }
    }

    #[test]
    fn what_has_the_shape_is_taken_apart(blocks in 1..20usize) {
        let ciphertext = format!("{}{}", "AAAA".repeat(blocks * 16 / 3), ["", "AA==", "AAA="][(blocks * 16) % 3]);
        let text = format!("2.{IV}|{ciphertext}|{MAC}");
        let parsed = EncString::parse(&text).unwrap();
        prop_assert_eq!(parsed, EncString::Symmetric { iv: IV, ciphertext: &ciphertext, mac: MAC });
        prop_assert_eq!(parsed.check_base64(), Ok(()));
    }
}
