//! The data key and the four keys made of it.

use portico_crypto::leaving_no_stack;
use ring::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use ring::error::Unspecified;
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use ring::hmac::{self, HMAC_SHA256};
use ring::rand::{SecureRandom, SystemRandom};
use std::sync::Arc;
use uuid::Uuid;
use zeroize::Zeroizing;

use crate::address::{Address, Kind};

/// 32 bytes that may be moved without a copy of them staying behind on a stack. Filled where they lie.
pub(crate) type BoxedKey = Box<Zeroizing<[u8; 32]>>;

/// The random key from which everything in one cache file is sealed. Only key slots carry it, wrapped.
pub struct DataKey(BoxedKey);

impl DataKey {
    pub(crate) const LEN: usize = 32;

    /// Draws a new one. Fails only when the operating system gives no randomness.
    pub fn generate() -> Result<Self, RandomnessError> {
        random_key().map(Self)
    }

    /// `None` when it is not 32 bytes.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        boxed_key(bytes).map(Self)
    }

    pub(crate) fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The operating system gave no randomness.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct RandomnessError;

pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), RandomnessError> {
    SystemRandom::new().fill(bytes).map_err(|Unspecified| RandomnessError)
}

/// 32 random bytes.
pub(crate) fn random_key() -> Result<BoxedKey, RandomnessError> {
    let mut key = BoxedKey::default();
    fill_random(key.as_mut_slice())?;
    Ok(key)
}

/// `None` when it is not 32 bytes.
pub(crate) fn boxed_key(bytes: &[u8]) -> Option<BoxedKey> {
    let mut key = BoxedKey::default();
    (bytes.len() == key.len()).then(|| key.copy_from_slice(bytes))?;
    Some(key)
}

/// Sealed bytes did not open under the key and binding they were read with.
#[derive(Debug)]
pub(crate) struct DoesNotOpen;

/// Address, sealing, page and head keys, ready to use.
///
/// Lives behind an `Arc`: `ring` does not wipe its key states itself, so they must be on the heap, where the desktop
/// program's wiping allocator gets them when the last owner lets go. They are made once: each making leaves copies on the
/// stack, which are written over afterwards.
pub(crate) struct KeyRing {
    address: hmac::Key,
    seal: hmac::Key,
    page: hmac::Key,
    head: SealingCipher,
    file: [u8; 16],
    account: Uuid,
}

/// Part of each address, of each sealed object and of each slot. Raised when their meaning changes.
pub(crate) const FORMAT: u8 = 1;

impl KeyRing {
    pub(crate) fn new(data_key: &DataKey, account: Uuid) -> Arc<Self> {
        leaving_no_stack(|| {
            let root = root_of(data_key.expose(), account);
            let expand = |label| expand(&root, label);
            let hmac_key = |label| hmac::Key::new(HMAC_SHA256, expand(label).as_slice());
            Arc::new(Self {
                address: hmac_key(b"portico/cache/address/1"),
                seal: hmac_key(b"portico/cache/seal/1"),
                page: hmac_key(b"portico/cache/page/1"),
                head: SealingCipher::new(&expand(b"portico/cache/head/1")),
                file: expand(b"portico/cache/file/1").first_chunk().copied().unwrap_or_default(),
                account,
            })
        })
    }

    pub(crate) fn account(&self) -> Uuid {
        self.account
    }

    /// Names whatever is sealed under this data key.
    pub(crate) fn file_id(&self) -> [u8; 16] {
        self.file
    }

    pub(crate) fn address_of(&self, kind: Kind, canonical: &[u8]) -> Address {
        self.keyed_address(&[&[FORMAT], &kind.to_bytes(), canonical])
    }

    /// A keyed name for something that is not an object (a derived object's rule and owner, a cell).
    pub(crate) fn keyed_address(&self, parts: &[&[u8]]) -> Address {
        let mut context = hmac::Context::with_key(&self.address);
        parts.iter().for_each(|part| context.update(part));
        Address(tag_bytes(&context.sign()))
    }

    /// Decides page boundaries; keyed, so that page sizes say nothing about ids.
    pub(crate) fn page_hash(&self, id: &[u8; 16]) -> u64 {
        let tag = tag_bytes(&hmac::sign(&self.page, id));
        u64::from_le_bytes([tag[0], tag[1], tag[2], tag[3], tag[4], tag[5], tag[6], tag[7]])
    }

    /// A key of its own for each sealed thing: takes the question of repeated nonces away.
    pub(crate) fn sealing_key(&self, label: &[u8], binding: &[&[u8]]) -> SealingCipher {
        let mut context = hmac::Context::with_key(&self.seal);
        context.update(label);
        binding.iter().for_each(|part| context.update(part));
        SealingCipher::new(&Zeroizing::new(tag_bytes(&context.sign())))
    }

    /// The key of heads and of what lies beside them.
    pub(crate) fn head_key(&self) -> &SealingCipher {
        &self.head
    }
}

/// An AES-256-GCM key, ready to use; sealed form: nonce(12) ‖ ciphertext ‖ tag(16).
pub(crate) struct SealingCipher(LessSafeKey);

impl SealingCipher {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        match UnboundKey::new(&AES_256_GCM, key) {
            Ok(key) => Self(LessSafeKey::new(key)),
            Err(Unspecified) => unreachable!("the key has the 32 bytes that AES-256 takes"),
        }
    }

    /// Seals in place, with room for the nonce made at the front: `plain` begins with 12 spare bytes.
    pub(crate) fn seal_framed(&self, aad: &[u8], mut framed: Vec<u8>) -> Result<Vec<u8>, RandomnessError> {
        let mut nonce = [0; NONCE_LEN];
        fill_random(&mut nonce)?;
        let (front, body) = framed.split_at_mut(NONCE_LEN);
        front.copy_from_slice(&nonce);
        let tag = self
            .0
            .seal_in_place_separate_tag(Nonce::assume_unique_for_key(nonce), Aad::from(aad), body)
            .map_err(|Unspecified| RandomnessError)?;
        framed.extend_from_slice(tag.as_ref());
        Ok(framed)
    }

    /// Seals a copy of `plain`.
    pub(crate) fn seal(&self, aad: &[u8], plain: &[u8]) -> Result<Vec<u8>, RandomnessError> {
        let mut framed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        framed.resize(NONCE_LEN, 0);
        framed.extend_from_slice(plain);
        self.seal_framed(aad, framed)
    }

    /// Opens in place and returns the buffer, cut to the plain bytes.
    pub(crate) fn open(&self, aad: &[u8], mut sealed: Vec<u8>) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
        let Some((nonce, body)) = sealed.split_first_chunk_mut::<NONCE_LEN>() else {
            return Err(DoesNotOpen);
        };
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let len = match self.0.open_in_place(nonce, Aad::from(aad), body) {
            Ok(plain) => plain.len(),
            Err(Unspecified) => return Err(DoesNotOpen),
        };
        sealed.copy_within(NONCE_LEN..NONCE_LEN + len, 0);
        sealed.truncate(len);
        Ok(Zeroizing::new(sealed))
    }
}

fn tag_bytes(tag: &hmac::Tag) -> [u8; 32] {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(tag.as_ref());
    bytes
}

/// Where every key that belongs to an account begins.
pub(crate) fn root_of(secret: &[u8], account: Uuid) -> Prk {
    Salt::new(HKDF_SHA256, account.as_bytes()).extract(secret)
}

/// The key of that name.
pub(crate) fn expand(root: &Prk, label: &[u8]) -> BoxedKey {
    let mut key = BoxedKey::default();
    match root.expand(&[label], KeyLen).and_then(|okm| okm.fill(key.as_mut_slice())) {
        Ok(()) => key,
        Err(Unspecified) => unreachable!("32 bytes are within the 255 blocks that HKDF-SHA256 gives"),
    }
}

struct KeyLen;

impl KeyType for KeyLen {
    fn len(&self) -> usize {
        32
    }
}
