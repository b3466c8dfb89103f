use crate::OpenError;
use crate::symmetric::{SymmetricKey, key_from_opened};
use aws_lc_rs::encoding::AsDer;
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA1_MGF1SHA1, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, OaepPublicEncryptingKey,
    PrivateDecryptingKey, PublicEncryptingKey,
};
use base64_simd::STANDARD;
use portico_protocol::enc_string::{EncString, OaepHash, SyntaxError};
use thiserror::Error;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// An RSA-2048 private key: of a user, or of an organization (protocol.md §2.6).
///
/// From AWS-LC, which is constant in time and opens a wrapped key in 0.7 ms where other libraries take two or three; it
/// overwrites its own memory on drop.
pub struct PrivateKey {
    opening: OaepPrivateDecryptingKey,
    pkcs8: Zeroizing<Vec<u8>>,
    public: PublicKey,
}

/// An RSA-2048 public key as it travels: SPKI DER.
pub struct PublicKey {
    wrapping: OaepPublicEncryptingKey,
    spki: Vec<u8>,
}

/// A text or some bytes are not an RSA-2048 public key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not an RSA-2048 public key")]
pub struct PublicKeyError;

/// Bits and bytes of the only modulus that the protocol knows. Larger ones would be a way to occupy the machine.
const MODULUS_BITS: usize = 2048;
const MODULUS_BYTES: usize = MODULUS_BITS / 8;
/// An SPKI of RSA-2048 has 294 bytes, a PKCS#8 about 1,220.
const MAX_DER_LEN: usize = 4096;

impl PrivateKey {
    /// A fresh key pair, exponent 65537. Takes about a tenth of a second.
    pub fn generate() -> Self {
        // Fails only when memory or entropy run out; AWS-LC offers no way to go on from there.
        let key = PrivateDecryptingKey::generate(KeySize::Rsa2048).expect("an RSA key can be generated");
        Self::new(key).expect("a generated key can be encoded")
    }

    /// Reads PKCS#8 DER; `None` when it is not an RSA-2048 key.
    pub fn from_pkcs8(der: &[u8]) -> Option<Self> {
        if der.len() > MAX_DER_LEN {
            return None;
        }
        Self::new(PrivateDecryptingKey::from_pkcs8(der).ok()?)
    }

    /// Opens a wrapped key (types 3 to 6; the MAC of 5 and 6 is legacy and ignored).
    pub fn open_key(&self, text: &str) -> Result<SymmetricKey, OpenError> {
        let (hash, ciphertext) = match EncString::parse(text)? {
            EncString::Asymmetric { hash, ciphertext } => (hash, ciphertext),
            EncString::Other { kind, .. } => return Err(OpenError::NeedsNewerFormat { kind }),
            EncString::Symmetric { .. } | EncString::Unauthenticated { .. } => {
                return Err(OpenError::WrongKindOfKey);
            }
        };
        let ciphertext = STANDARD.decode_to_vec(ciphertext).map_err(|_| SyntaxError::Base64)?;
        if ciphertext.len() != MODULUS_BYTES {
            return Err(SyntaxError::PartLength.into());
        }
        let algorithm = match hash {
            OaepHash::Sha1 => &OAEP_SHA1_MGF1SHA1,
            OaepHash::Sha256 => &OAEP_SHA256_MGF1SHA256,
        };
        let mut buffer = Zeroizing::new([0; MODULUS_BYTES]);
        let opened = self
            .opening
            .decrypt(algorithm, &ciphertext, buffer.as_mut_slice(), None)
            .map_err(|_| OpenError::Rsa)?;
        key_from_opened(opened)
    }

    /// The public half.
    pub fn public_key(&self) -> &PublicKey {
        &self.public
    }

    /// PKCS#8 DER, for sealing.
    pub(crate) fn pkcs8(&self) -> &[u8] {
        &self.pkcs8
    }

    fn new(key: PrivateDecryptingKey) -> Option<Self> {
        if key.key_size_bits() != MODULUS_BITS {
            return None;
        }
        Some(Self {
            pkcs8: Zeroizing::new(key.as_der().ok()?.as_ref().to_vec()),
            public: PublicKey::new(key.public_key()).ok()?,
            opening: OaepPrivateDecryptingKey::new(key).ok()?,
        })
    }
}

impl ZeroizeOnDrop for PrivateKey {}

impl PublicKey {
    /// Reads base64 of SPKI DER, as servers send it.
    pub fn from_base64(text: &str) -> Result<Self, PublicKeyError> {
        if text.len() > MAX_DER_LEN * 2 {
            return Err(PublicKeyError);
        }
        Self::from_spki(&STANDARD.decode_to_vec(text).map_err(|_| PublicKeyError)?)
    }

    /// Reads SPKI DER.
    pub fn from_spki(der: &[u8]) -> Result<Self, PublicKeyError> {
        if der.len() > MAX_DER_LEN {
            return Err(PublicKeyError);
        }
        let key = Self::new(PublicEncryptingKey::from_der(der).map_err(|_| PublicKeyError)?)?;
        // AWS-LC overlooks what follows the key. A fingerprint phrase is made of every byte, so there is one encoding.
        if key.spki == der { Ok(key) } else { Err(PublicKeyError) }
    }

    /// Wraps a key for the owner of this one: type 4, the only one written (protocol.md §2.6).
    pub fn wrap_key(&self, key: &SymmetricKey) -> String {
        // 64 bytes fit into OAEP-SHA1 under 2048 bits (214), and this key has wrapped before: see `new`.
        let wrapped = self.wrap(key.expose()).expect("64 bytes can be wrapped by a key that wrapped before");
        let mut text = "4.".to_owned();
        STANDARD.encode_append(wrapped, &mut text);
        text
    }

    /// SPKI DER: what a fingerprint phrase is made of.
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Base64 of SPKI DER, as it travels.
    pub fn to_base64(&self) -> String {
        STANDARD.encode_to_string(&self.spki)
    }

    fn new(key: PublicEncryptingKey) -> Result<Self, PublicKeyError> {
        if key.key_size_bits() != MODULUS_BITS {
            return Err(PublicKeyError);
        }
        let spki = key.as_der().map_err(|_| PublicKeyError)?.as_ref().to_vec();
        let wrapping = OaepPublicEncryptingKey::new(key).map_err(|_| PublicKeyError)?;
        let key = Self { wrapping, spki };
        // The numbers of a public key come from a server. Whether they make a key shows in using it once, which takes
        // some twenty microseconds; later it cannot fail.
        key.wrap(&[0; 64]).ok_or(PublicKeyError)?;
        Ok(key)
    }

    fn wrap(&self, bytes: &[u8; 64]) -> Option<[u8; MODULUS_BYTES]> {
        let mut ciphertext = [0; MODULUS_BYTES];
        self.wrapping.encrypt(&OAEP_SHA1_MGF1SHA1, bytes, &mut ciphertext, None).ok()?;
        Some(ciphertext)
    }
}
