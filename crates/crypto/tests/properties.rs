//! What holds for every input.

#![allow(clippy::unwrap_used)]

use portico_crypto::{OpenError, PrivateKey, SymmetricKey};
use portico_protocol::enc_string::EncString;
use proptest::prelude::*;
use std::sync::LazyLock;

static PAIR: LazyLock<PrivateKey> = LazyLock::new(PrivateKey::generate);

/// `SymmetricKey` has no `Debug`, so keys are made inside the tests from these bytes.
fn key_of(first: [u8; 32], second: [u8; 32]) -> SymmetricKey {
    SymmetricKey::from_bytes(&[first, second].concat()).unwrap()
}

proptest! {
    #[test]
    fn what_is_sealed_opens_again(
        first in any::<[u8; 32]>(), second in any::<[u8; 32]>(),
        bytes in proptest::collection::vec(any::<u8>(), 0..300), text in ".{0,100}",
    ) {
        let key = key_of(first, second);
        let sealed = key.seal_bytes(&bytes);
        prop_assert_eq!(EncString::parse(&sealed).and_then(|parsed| parsed.check_base64()), Ok(()));
        let opened = key.open_bytes(&sealed).unwrap();
        prop_assert_eq!(opened.as_slice(), bytes.as_slice());
        let opened = key.open_binary(&key.seal_binary(&bytes)).unwrap();
        prop_assert_eq!(opened.as_slice(), bytes.as_slice());
        let opened = key.open_text(&key.seal_text(&text)).unwrap();
        prop_assert_eq!(opened.as_str(), text.as_str());
    }

    #[test]
    fn a_reused_buffer_shows_nothing_of_what_was_in_it(
        texts in proptest::collection::vec(".{0,200}", 1..8),
    ) {
        let key = SymmetricKey::generate();
        let mut buffer = Vec::new();
        for text in &texts {
            prop_assert_eq!(key.open_text_into(&key.seal_text(text), &mut buffer).unwrap(), text.as_str());
        }
    }

    #[test]
    fn a_changed_character_is_always_noticed(
        bytes in proptest::collection::vec(any::<u8>(), 0..100),
        at in any::<proptest::sample::Index>(), replacement in 0x20..0x7fu8,
    ) {
        let key = SymmetricKey::generate();
        let mut sealed = key.seal_bytes(&bytes).into_bytes();
        let at = at.index(sealed.len());
        prop_assume!(sealed[at] != replacement);
        sealed[at] = replacement;
        let sealed = String::from_utf8(sealed).unwrap();
        let mut buffer = b"what was there before".to_vec();
        prop_assert!(key.open_into(&sealed, &mut buffer).is_err());
        prop_assert!(buffer.is_empty());
    }

    #[test]
    fn a_flipped_bit_of_the_binary_form_is_always_noticed(
        bytes in proptest::collection::vec(any::<u8>(), 0..100),
        at in any::<proptest::sample::Index>(), bit in 0..8u8,
    ) {
        let key = SymmetricKey::generate();
        let mut sealed = key.seal_binary(&bytes);
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(key.open_binary(&sealed).is_err());
    }

    #[test]
    fn a_shortened_text_never_opens(bytes in proptest::collection::vec(any::<u8>(), 0..60), at in any::<proptest::sample::Index>()) {
        let key = SymmetricKey::generate();
        let sealed = key.seal_bytes(&bytes);
        prop_assert!(key.open_bytes(&sealed[..at.index(sealed.len())]).is_err());
        let sealed = key.seal_binary(&bytes);
        prop_assert!(key.open_binary(&sealed[..at.index(sealed.len())]).is_err());
    }

    #[test]
    fn another_key_opens_nothing(text in ".{0,60}") {
        let sealed = SymmetricKey::generate().seal_text(&text);
        prop_assert_eq!(SymmetricKey::generate().open_text(&sealed).err(), Some(OpenError::Mac));
    }

    #[test]
    fn no_text_makes_opening_panic(text in "[0-9]{0,3}[.]?[A-Za-z0-9+/=|.é]{0,200}", bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
        let key = SymmetricKey::generate();
        prop_assert!(key.open_bytes(&text).is_err());
        prop_assert!(key.open_binary(&bytes).is_err());
        prop_assert!(key.open_private_key(&text).is_err());
        prop_assert!(PAIR.open_key(&text).is_err());
    }
}

proptest! {
    // RSA costs a millisecond a case.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn wrapped_keys_open_again_and_changed_ones_do_not(
        first in any::<[u8; 32]>(), second in any::<[u8; 32]>(), at in any::<proptest::sample::Index>()) {
        let key = key_of(first, second);
        let wrapped = PAIR.public_key().wrap_key(&key);
        prop_assert!(PAIR.open_key(&wrapped).unwrap() == key);
        let mut changed = wrapped.into_bytes();
        let at = 2 + at.index(changed.len() - 4);
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        prop_assert!(PAIR.open_key(&String::from_utf8(changed).unwrap()).is_err());
    }
}
