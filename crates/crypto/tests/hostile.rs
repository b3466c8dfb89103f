//! What a hostile or broken server might send, by name. None of it may open, cost much, or look like something else.

#![allow(clippy::unwrap_used)]

use portico_crypto::{
    Kdf, KdfError, MasterKey, OpenError, PrivateKey, PublicKey, PublicKeyError, SymmetricKey,
};
use portico_protocol::account::{KdfParameters, KdfType};
use portico_protocol::enc_string::{MAX_LEN, SyntaxError};

#[test]
fn encrypted_strings() {
    let key = SymmetricKey::generate();
    let good = key.seal_text("0123456789abcdef");
    let parts: Vec<&str> = good[2..].split('|').collect();
    let [iv, ciphertext, mac] = parts[..] else { panic!("three parts") };
    let syntax = OpenError::Syntax;

    let cases: Vec<(&str, String, OpenError)> = vec![
        ("empty", String::new(), syntax(SyntaxError::Header)),
        ("a word", "password".into(), syntax(SyntaxError::Header)),
        ("a type alone", "2.".into(), syntax(SyntaxError::Parts)),
        ("bars alone", "2.||".into(), syntax(SyntaxError::PartLength)),
        ("no type", format!(".{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::Header)),
        ("a negative type", format!("-2.{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::Header)),
        ("a signed type", format!("+2.{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::Header)),
        ("a type with a zero in front", format!("02.{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::Header)),
        ("a type that overflows", format!("99999.{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::Header)),
        ("a type in other digits", format!("２.{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::Header)),
        ("type 0 of an item", format!("0.{iv}|{ciphertext}"), OpenError::Unauthenticated),
        ("headerless type 0", format!("{iv}|{ciphertext}"), OpenError::Unauthenticated),
        ("the MAC cut off and called type 0", good.replacen("2.", "0.", 1), syntax(SyntaxError::Parts)),
        ("type 7", "7.g1hGowE6AAERbwA=".into(), OpenError::NeedsNewerFormat { kind: 7 }),
        ("type 9999", "9999.AAAA".into(), OpenError::NeedsNewerFormat { kind: 9999 }),
        ("an asymmetric text", "4.AAAA".into(), OpenError::WrongKindOfKey),
        ("two parts", format!("2.{iv}|{ciphertext}"), syntax(SyntaxError::Parts)),
        ("four parts", format!("{good}|{mac}"), syntax(SyntaxError::Parts)),
        ("an empty ciphertext", format!("2.{iv}||{mac}"), syntax(SyntaxError::PartLength)),
        ("half a block", format!("2.{iv}|{}|{mac}", &ciphertext[..16]), syntax(SyntaxError::PartLength)),
        (
            "a block and a half",
            format!("2.{iv}|{}|{mac}", base64_simd::STANDARD.encode_to_string([0; 24])),
            syntax(SyntaxError::PartLength),
        ),
        ("a MAC cut short", format!("2.{iv}|{ciphertext}|{}", &mac[..24]), syntax(SyntaxError::PartLength)),
        ("an empty MAC", format!("2.{iv}|{ciphertext}|"), syntax(SyntaxError::PartLength)),
        ("a long IV", format!("2.{iv}{iv}|{ciphertext}|{mac}"), syntax(SyntaxError::PartLength)),
        (
            "an IV of 17 bytes",
            format!("2.{}A=|{ciphertext}|{mac}", &iv[..22]),
            syntax(SyntaxError::PartLength),
        ),
        (
            "an IV of 18 bytes",
            format!("2.{}AA|{ciphertext}|{mac}", &iv[..22]),
            syntax(SyntaxError::PartLength),
        ),
        ("url-safe base64", format!("2.{iv}|-{}|{mac}", &ciphertext[1..]), syntax(SyntaxError::Base64)),
        ("a line break", format!("2.{iv}|\n{}|{mac}", &ciphertext[1..]), syntax(SyntaxError::Base64)),
        ("a null byte", format!("2.{iv}|\0{}|{mac}", &ciphertext[1..]), syntax(SyntaxError::Base64)),
        ("a space in front", format!(" {good}"), syntax(SyntaxError::Header)),
        (
            "IV and MAC of another text",
            {
                let other = key.seal_text("0123456789abcdef");
                let parts: Vec<&str> = other[2..].split('|').collect();
                format!("2.{}|{ciphertext}|{}", parts[0], parts[2])
            },
            OpenError::Mac,
        ),
        ("a MAC of zeros", format!("2.{iv}|{ciphertext}|{}=", "A".repeat(43)), OpenError::Mac),
        ("longer than any field", "2.".repeat(MAX_LEN), syntax(SyntaxError::TooLong)),
    ];
    for (name, text, expected) in cases {
        assert_eq!(key.open_bytes(&text).err(), Some(expected), "{name}");
        assert_eq!(key.open_key(&text).err(), Some(expected), "{name}");
        let mut buffer = vec![1; 40];
        assert_eq!(key.open_text_into(&text, &mut buffer).err(), Some(expected), "{name}");
        assert!(buffer.is_empty(), "{name}");
    }
}

#[test]
fn a_truncated_ciphertext_with_a_fitting_mac_is_broken_padding_and_not_a_panic() {
    // The one who writes the MAC can also write nonsense inside.
    let key = SymmetricKey::generate();
    let other_half = SymmetricKey::from_bytes(&[&[7; 32], &key.expose()[32..]].concat()).unwrap();
    let mut refusals = 0;
    for _ in 0..64 {
        match key.open_bytes(&other_half.seal_bytes(&[0; 64])) {
            Err(OpenError::Padding) => refusals += 1,
            Ok(_) => {} // One in 256 ends in a byte that looks like padding.
            Err(other) => panic!("{other:?}"),
        }
    }
    assert!(refusals > 50, "{refusals} of 64");
}

#[test]
fn opened_bytes_that_are_not_what_they_should_be() {
    let key = SymmetricKey::generate();
    assert_eq!(key.open_text(&key.seal_bytes(&[0xff, 0xfe])).err(), Some(OpenError::NotUtf8));
    assert_eq!(key.open_key(&key.seal_bytes(&[])).err(), Some(OpenError::KeyLength { length: 0 }));
    assert_eq!(key.open_key(&key.seal_bytes(&[1; 32])).err(), Some(OpenError::KeyLength { length: 32 }));
    for length in [65, 80, 128] {
        let refused = key.open_key(&key.seal_bytes(&vec![1; length])).err().unwrap();
        assert_eq!(refused, OpenError::NewerKey);
        assert!(refused.needs_newer_format());
    }
    assert_eq!(key.open_private_key(&key.seal_bytes(&[1; 64])).err(), Some(OpenError::NotAPrivateKey));
    assert_eq!(key.open_private_key(&key.seal_bytes(&[0x30; 9000])).err(), Some(OpenError::NotAPrivateKey));
}

#[test]
fn an_account_of_the_newer_encryption_is_told_as_such() {
    let master_key = MasterKey::derive("password", "a@b.example", &Kdf::pbkdf2(5_000).unwrap());
    let padded_cose_key = master_key.stretch().seal_bytes(&[9; 90]);
    assert_eq!(master_key.open_user_key(&padded_cose_key).err(), Some(OpenError::NewerKey));
    let cose = master_key.open_user_key("7.g1hGowE6AAERbwA=").err();
    assert_eq!(cose, Some(OpenError::NeedsNewerFormat { kind: 7 }));
}

#[test]
fn wrapped_keys() {
    let private = PrivateKey::generate();
    let good = private.public_key().wrap_key(&SymmetricKey::generate());
    let other = PrivateKey::generate().public_key().wrap_key(&SymmetricKey::generate());
    let cases: Vec<(&str, String, OpenError)> = vec![
        ("empty", String::new(), OpenError::Syntax(SyntaxError::Header)),
        ("wrapped for another", other, OpenError::Rsa),
        ("SHA-1 called SHA-256", good.replacen("4.", "3.", 1), OpenError::Rsa),
        ("a MAC where none belongs", format!("{good}|AAAA"), OpenError::Syntax(SyntaxError::Parts)),
        ("no MAC where one belongs", good.replacen("4.", "6.", 1), OpenError::Syntax(SyntaxError::Parts)),
        ("too short", "4.AAAA".into(), OpenError::Syntax(SyntaxError::PartLength)),
        ("twice as long", format!("4.{}", "AAAA".repeat(171)), OpenError::Syntax(SyntaxError::PartLength)),
        ("larger than the modulus", format!("4.{}/w==", "//".repeat(170)), OpenError::Rsa),
        ("zero", format!("4.{}==", "A".repeat(342)), OpenError::Rsa),
        ("a symmetric text", SymmetricKey::generate().seal_bytes(&[1; 64]), OpenError::WrongKindOfKey),
        ("type 7", "7.AAAA".into(), OpenError::NeedsNewerFormat { kind: 7 }),
    ];
    for (name, text, expected) in cases {
        assert_eq!(private.open_key(&text).err(), Some(expected), "{name}");
    }
}

#[test]
fn public_keys() {
    use aws_lc_rs::encoding::AsDer;
    use aws_lc_rs::rsa::{KeySize, PrivateDecryptingKey};

    let larger = PrivateDecryptingKey::generate(KeySize::Rsa3072).unwrap();
    assert_eq!(
        PublicKey::from_spki(larger.public_key().as_der().unwrap().as_ref()).err(),
        Some(PublicKeyError)
    );
    let good = PrivateKey::generate().public_key().to_base64();
    for text in
        ["", "AAAA", "not base64", &good[..good.len() - 8], &good.replace('+', "-"), &"A".repeat(1 << 20)]
    {
        if text != good {
            assert_eq!(PublicKey::from_base64(text).err(), Some(PublicKeyError), "{text:.20}");
        }
    }
    // The last byte of the modulus and the exponent 01 00 01 of an SPKI of 294 bytes.
    let spki = PublicKey::from_base64(&good).unwrap().spki().to_vec();
    assert_eq!((spki.len(), &spki[291..]), (294, &[1, 0, 1][..]));
    let mut broken = [(); 4].map(|()| spki.clone());
    broken[0][288] &= 0xfe;
    broken[1][293] = 0;
    broken[2][33..289].fill(0xff);
    broken[3][33..289].fill(0);
    let names = ["an even modulus", "an even exponent", "a modulus of ones", "a modulus of zeros"];
    for (name, spki) in names.iter().zip(&broken) {
        match PublicKey::from_spki(spki) {
            Err(PublicKeyError) => {}
            // Numbers that no honest owner has may still make a key; then it has to wrap without failing.
            Ok(key) => assert!(key.wrap_key(&SymmetricKey::generate()).starts_with("4."), "{name}"),
        }
    }
    assert_eq!(PublicKey::from_spki(&broken[0]).err(), Some(PublicKeyError));
    let trailing = [PublicKey::from_base64(&good).unwrap().spki(), &[0; 4]].concat();
    assert_eq!(PublicKey::from_spki(&trailing).err(), Some(PublicKeyError));
    // A private key of another size does not enter either.
    let key = SymmetricKey::generate();
    let sealed = key.seal_bytes(larger.as_der().unwrap().as_ref());
    assert_eq!(key.open_private_key(&sealed).err(), Some(OpenError::NotAPrivateKey));
}

#[test]
fn key_derivation_costs_are_refused_before_any_work() {
    use KdfError::{Missing, TooCheap, TooCostly, Unknown};
    let pbkdf2 =
        |iterations| KdfParameters { kdf_type: KdfType(0), iterations, memory: None, parallelism: None };
    let argon2 = |iterations, memory, parallelism| KdfParameters {
        kdf_type: KdfType(1),
        iterations,
        memory,
        parallelism,
    };
    let cases = [
        (pbkdf2(0), TooCheap { what: "iterations", value: 0, least: 5_000 }),
        (pbkdf2(4_999), TooCheap { what: "iterations", value: 4_999, least: 5_000 }),
        (pbkdf2(u32::MAX), TooCostly { what: "iterations", value: u32::MAX, most: 10_000_000 }),
        (argon2(1, Some(64), Some(4)), TooCheap { what: "iterations", value: 1, least: 2 }),
        (argon2(11, Some(64), Some(4)), TooCostly { what: "iterations", value: 11, most: 10 }),
        (argon2(3, Some(15), Some(4)), TooCheap { what: "memory", value: 15, least: 16 }),
        (argon2(3, Some(u32::MAX), Some(4)), TooCostly { what: "memory", value: u32::MAX, most: 1024 }),
        (argon2(3, Some(64), Some(0)), TooCheap { what: "parallelism", value: 0, least: 1 }),
        (argon2(3, Some(64), Some(17)), TooCostly { what: "parallelism", value: 17, most: 16 }),
        (argon2(3, None, Some(4)), Missing { what: "memory" }),
        (argon2(3, Some(64), None), Missing { what: "parallelism" }),
        (KdfParameters { kdf_type: KdfType(2), ..pbkdf2(600_000) }, Unknown(2)),
    ];
    for (parameters, expected) in cases {
        assert_eq!(Kdf::try_from(parameters), Err(expected));
    }
    for parameters in
        [pbkdf2(5_000), pbkdf2(10_000_000), argon2(2, Some(16), Some(1)), argon2(10, Some(1024), Some(16))]
    {
        assert_eq!(Kdf::try_from(parameters).unwrap().parameters(), parameters);
    }
}

#[test]
fn a_cheaper_derivation_is_noticed() {
    let before = Kdf::pbkdf2(600_000).unwrap();
    assert!(Kdf::pbkdf2(100_000).unwrap().is_cheaper_than(&before));
    assert!(!Kdf::pbkdf2(600_000).unwrap().is_cheaper_than(&before));
    let argon2 = Kdf::argon2id(3, 64, 4).unwrap();
    assert!(Kdf::argon2id(2, 64, 4).unwrap().is_cheaper_than(&argon2));
    assert!(before.is_cheaper_than(&argon2));
    assert!(!argon2.is_cheaper_than(&before));
    for (iterations, memory, is_cheaper) in [(3, 64, false), (6, 32, false), (2, 16, true), (3, 63, true)] {
        let now = Kdf::argon2id(iterations, memory, 4).unwrap();
        for rounds in [600_000, 10_000_000] {
            let before = Kdf::pbkdf2(rounds).unwrap();
            assert_eq!(now.is_cheaper_than(&before), is_cheaper, "{iterations} passes over {memory} MiB");
        }
    }
}
