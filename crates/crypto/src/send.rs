//! Keys of Sends (protocol.md §2.10).

use crate::master_key::derive_pbkdf2;
use crate::symmetric::SymmetricKey;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use portico_protocol::SecretText;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The key of a Send's content, from the 16 bytes that its link carries.
pub fn derive_send_key(secret: &[u8; 16]) -> SymmetricKey {
    derive_shareable_key(secret, "send", Some("send"))
}

/// A key of 64 bytes from a shared secret of 16: HKDF-Expand of HMAC-SHA256(`bitwarden-NAME`, secret).
pub fn derive_shareable_key(secret: &[u8; 16], name: &str, info: Option<&str>) -> SymmetricKey {
    let mut mac = Hmac::<Sha256>::new_from_slice(format!("bitwarden-{name}").as_bytes())
        .expect("HMAC takes keys of any length");
    mac.update(secret);
    let prk = Zeroizing::new(<[u8; 32]>::from(mac.finalize().into_bytes()));
    let mut key = Zeroizing::new([0; 64]);
    // A MAC is a valid PRK and 64 a valid output length: neither step can fail.
    Hkdf::<Sha256>::from_prk(prk.as_slice())
        .expect("a MAC is 32 bytes")
        .expand(info.unwrap_or_default().as_bytes(), key.as_mut_slice())
        .expect("64 bytes can be expanded");
    SymmetricKey::from_array(&key)
}

/// What a server is sent to open a Send that has a password: base64 of 100,000 rounds of PBKDF2.
pub fn send_password_hash(password: &str, secret: &[u8; 16]) -> SecretText {
    let mut hash = Zeroizing::new([0; 32]);
    derive_pbkdf2(password.as_bytes(), secret, 100_000, &mut hash);
    SecretText::new(base64_simd::STANDARD.encode_to_string(hash.as_slice()))
}
