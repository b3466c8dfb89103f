//! The binary form of attachments (protocol.md §2.5), piece by piece: a file may be larger than memory.
//!
//! Two passes, so that nothing is decrypted before all of it was found unchanged: [`SymmetricKey::check_binary`] reads the
//! sealed file once and gives a [`CheckedBinary`], which alone can begin a [`BinaryDecryption`]. The second pass computes
//! the MAC again: what lies on a disk between the two may have been changed meanwhile.

use crate::{OpenError, SymmetricKey};
use aes::Aes256Dec;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{Block, BlockModeDecrypt, InnerIvInit};
use hmac::{Hmac, Mac};
use portico_protocol::enc_string::SyntaxError;
use sha2::Sha256;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

const KIND_AUTHENTICATED: u8 = 2;
/// Of clients before 2018: without a MAC.
const KIND_UNAUTHENTICATED: u8 = 0;
const IV_LEN: usize = 16;
const MAC_LEN: usize = 32;
const BLOCK_LEN: usize = 16;

/// The first pass over a sealed file: what it is, and whether it is unchanged.
pub struct BinaryCheck {
    /// The bytes before the ciphertext, as far as they came.
    head: Vec<u8>,
    mac: Hmac<Sha256>,
    ciphertext: u64,
}

/// A sealed file that was read to its end and whose MAC, if it has one, fits.
#[derive(Clone, Copy)]
pub struct CheckedBinary {
    iv: [u8; IV_LEN],
    mac: Option<[u8; MAC_LEN]>,
    ciphertext: u64,
}

/// The second pass: sealed pieces in, opened pieces out.
pub struct BinaryDecryption<'k> {
    cipher: cbc::Decryptor<&'k Aes256Dec>,
    mac: Hmac<Sha256>,
    expected: CheckedBinary,
    /// Bytes of the head that still come before the ciphertext.
    head_left: usize,
    ciphertext: u64,
    /// Ciphertext that waits for its block to be complete, and always the last block, whose padding is cut off.
    held: Vec<u8>,
}

impl SymmetricKey {
    /// Begins the first pass over a file that was sealed with this key.
    pub fn check_binary(&self) -> BinaryCheck {
        BinaryCheck { head: Vec::with_capacity(1 + IV_LEN + MAC_LEN), mac: self.keyed_mac(), ciphertext: 0 }
    }
}

impl BinaryCheck {
    /// Takes the next bytes of the file, however many.
    ///
    /// # Errors
    /// [`OpenError::NeedsNewerFormat`] as soon as the first byte says so.
    pub fn update(&mut self, piece: &[u8]) -> Result<(), OpenError> {
        let mut piece = piece;
        if self.head.is_empty()
            && let Some(kind) = piece.first()
            && !matches!(*kind, KIND_AUTHENTICATED | KIND_UNAUTHENTICATED)
        {
            return Err(OpenError::NeedsNewerFormat { kind: (*kind).into() });
        }
        if let Some(missing) = self.head_len().checked_sub(self.head.len()).filter(|missing| *missing > 0) {
            let (head, rest) = piece.split_at(missing.min(piece.len()));
            self.head.extend_from_slice(head);
            piece = rest;
            // The length of the head is known only once its first byte is there.
            if self.head.len() < self.head_len() {
                return if piece.is_empty() { Ok(()) } else { self.update(piece) };
            }
            self.mac.update(&self.head[1..=IV_LEN]);
        }
        self.mac.update(piece);
        self.ciphertext += piece.len() as u64;
        Ok(())
    }

    /// Ends the first pass.
    ///
    /// # Errors
    /// [`OpenError::Mac`] when the file was changed or belongs to another key; [`OpenError::Syntax`] when it was cut off.
    pub fn finish(self) -> Result<CheckedBinary, OpenError> {
        let kind = *self.head.first().ok_or(SyntaxError::Header)?;
        if self.head.len() < self.head_len()
            || self.ciphertext == 0
            || !self.ciphertext.is_multiple_of(BLOCK_LEN as u64)
        {
            return Err(SyntaxError::PartLength.into());
        }
        let iv = self.head[1..=IV_LEN].try_into().map_err(|_| SyntaxError::PartLength)?;
        let mac = match kind {
            KIND_UNAUTHENTICATED => None,
            _ => {
                let told: [u8; MAC_LEN] =
                    self.head[1 + IV_LEN..].try_into().map_err(|_| SyntaxError::PartLength)?;
                let computed = self.mac.finalize().into_bytes();
                if !bool::from(computed.as_slice().ct_eq(&told)) {
                    return Err(OpenError::Mac);
                }
                Some(told)
            }
        };
        Ok(CheckedBinary { iv, mac, ciphertext: self.ciphertext })
    }

    fn head_len(&self) -> usize {
        match self.head.first() {
            None => 1,
            Some(kind) => head_len(*kind == KIND_AUTHENTICATED),
        }
    }
}

impl CheckedBinary {
    /// Whether the file carries a MAC. One without may have been changed by anybody: whether it is opened all the same is
    /// for a person to decide.
    pub fn is_authenticated(&self) -> bool {
        self.mac.is_some()
    }

    /// Begins the second pass, from the first byte of the same file and with the same key.
    pub fn decrypt<'k>(&self, key: &'k SymmetricKey) -> BinaryDecryption<'k> {
        let mut mac = key.keyed_mac();
        mac.update(&self.iv);
        BinaryDecryption {
            cipher: cbc::Decryptor::inner_iv_init(key.decryption(), &self.iv.into()),
            mac,
            expected: *self,
            head_left: head_len(self.mac.is_some()),
            ciphertext: 0,
            held: Vec::new(),
        }
    }
}

impl BinaryDecryption<'_> {
    /// Takes the next bytes of the file and appends what they open to.
    pub fn update(&mut self, piece: &[u8], opened: &mut Vec<u8>) {
        let (head, ciphertext) = piece.split_at(self.head_left.min(piece.len()));
        self.head_left -= head.len();
        self.mac.update(ciphertext);
        self.ciphertext += ciphertext.len() as u64;
        self.held.extend_from_slice(ciphertext);
        let ready = self.held.len().saturating_sub(1) / BLOCK_LEN * BLOCK_LEN;
        if opened.capacity() < opened.len() + ready {
            // Growing would leave a copy of what was opened before.
            let mut grown = Vec::with_capacity(opened.len() + ready);
            grown.extend_from_slice(opened);
            opened.zeroize();
            *opened = grown;
        }
        for block in self.held[..ready].chunks_exact(BLOCK_LEN) {
            let mut block: Block<Aes256Dec> = block.try_into().expect("a chunk is a block");
            self.cipher.decrypt_block(&mut block);
            opened.extend_from_slice(&block);
            block.as_mut_slice().zeroize();
        }
        self.held.drain(..ready);
    }

    /// Appends what is left and says whether the file was the one that was checked. What was opened before counts only
    /// when this succeeds.
    ///
    /// # Errors
    /// [`OpenError::Mac`] when the file changed between the two passes, [`OpenError::Padding`] when its writer was broken.
    pub fn finish(self, opened: &mut Vec<u8>) -> Result<(), OpenError> {
        if self.ciphertext != self.expected.ciphertext {
            return Err(SyntaxError::PartLength.into());
        }
        if let Some(told) = self.expected.mac
            && !bool::from(self.mac.finalize().into_bytes().as_slice().ct_eq(&told))
        {
            return Err(OpenError::Mac);
        }
        let mut last = Zeroizing::new(self.held);
        let last = self.cipher.decrypt_padded::<Pkcs7>(&mut last).map_err(|_| OpenError::Padding)?;
        opened.extend_from_slice(last);
        Ok(())
    }
}

fn head_len(is_authenticated: bool) -> usize {
    if is_authenticated { 1 + IV_LEN + MAC_LEN } else { 1 + IV_LEN }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn key() -> SymmetricKey {
        SymmetricKey::from_array(&std::array::from_fn(|place| place as u8))
    }

    fn check(key: &SymmetricKey, pieces: &[&[u8]]) -> Result<CheckedBinary, OpenError> {
        let mut check = key.check_binary();
        for piece in pieces {
            check.update(piece)?;
        }
        check.finish()
    }

    fn open(key: &SymmetricKey, checked: &CheckedBinary, pieces: &[&[u8]]) -> Result<Vec<u8>, OpenError> {
        let (mut opened, mut decryption) = (Vec::new(), checked.decrypt(key));
        for piece in pieces {
            decryption.update(piece, &mut opened);
        }
        decryption.finish(&mut opened)?;
        Ok(opened)
    }

    #[test]
    fn the_known_answers_open_in_any_pieces() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../tests/protocol-vectors.json")).unwrap();
        for vector in vectors["encString_type2"]["vectors"].as_array().unwrap() {
            let bytes = |member: &str| hex(vector[member].as_str().unwrap());
            let key = SymmetricKey::from_bytes(&bytes("key_hex")).unwrap();
            let (sealed, plain) = (bytes("binaryForm_hex"), vector["plaintext_utf8"].as_str().unwrap());
            for size in [1, 7, 16, 49, 1000] {
                let pieces: Vec<&[u8]> = sealed.chunks(size).collect();
                let checked = check(&key, &pieces).unwrap();
                assert!(checked.is_authenticated());
                assert_eq!(open(&key, &checked, &pieces).unwrap(), plain.as_bytes());
            }
        }
    }

    #[test]
    fn a_file_without_a_mac_says_so() {
        // The same ciphertext, its MAC taken out.
        let sealed = key().seal_binary(b"a contract of 2016");
        let old: Vec<u8> = [&[0], &sealed[1..17], &sealed[49..]].concat();
        let checked = check(&key(), &[&old]).unwrap();
        assert!(!checked.is_authenticated());
        assert_eq!(open(&key(), &checked, &[&old]).unwrap(), b"a contract of 2016");
    }

    #[test]
    fn what_was_changed_is_found_in_either_pass() {
        let sealed = key().seal_binary(&[7; 100]);
        for at in 1..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert_eq!(check(&key(), &[&changed]).err(), Some(OpenError::Mac), "byte {at}");
            if at >= 49 {
                let checked = check(&key(), &[&sealed]).unwrap();
                assert_eq!(open(&key(), &checked, &[&changed]).err(), Some(OpenError::Mac), "byte {at}");
            }
        }
        let other = SymmetricKey::generate();
        assert_eq!(check(&other, &[&sealed]).err(), Some(OpenError::Mac));
        let checked = check(&key(), &[&sealed]).unwrap();
        assert!(matches!(open(&key(), &checked, &[&sealed[..81]]).err(), Some(OpenError::Syntax(_))));
    }

    #[test]
    fn what_is_no_such_file_is_refused() {
        for length in [0, 1, 17, 49, 50, 64] {
            let sealed = key().seal_binary(b"x");
            assert!(
                matches!(check(&key(), &[&sealed[..length]]).err(), Some(OpenError::Syntax(_))),
                "{length}"
            );
        }
        assert_eq!(check(&key(), &[&[7, 1]]).err(), Some(OpenError::NeedsNewerFormat { kind: 7 }));
        assert!(matches!(check(&key(), &[&[], b"<html>"]).err(), Some(OpenError::NeedsNewerFormat { .. })));
    }

    proptest! {
        #[test]
        fn pieces_open_to_what_the_whole_opens_to(plain in prop::collection::vec(any::<u8>(), 0..200), size in 1usize..70) {
            let sealed = key().seal_binary(&plain);
            let pieces: Vec<&[u8]> = sealed.chunks(size).collect();
            let checked = check(&key(), &pieces).unwrap();
            prop_assert_eq!(&open(&key(), &checked, &pieces).unwrap(), &plain);
            prop_assert_eq!(&*key().open_binary(&sealed).unwrap(), &plain);
        }

        #[test]
        fn nonsense_never_opens(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            if let Ok(checked) = check(&key(), &[&bytes]) {
                prop_assert!(!checked.is_authenticated());
                let _ = open(&key(), &checked, &[&bytes]);
            }
        }
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len()).step_by(2).map(|at| u8::from_str_radix(&text[at..at + 2], 16).unwrap()).collect()
    }
}
