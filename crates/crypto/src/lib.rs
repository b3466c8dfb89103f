//! Keys, and what is opened and sealed with them: the audit boundary of Portico.
//!
//! Everything of `protocol.md` §2 but the one-time codes (`portico-vault`), for accounts of the first encryption
//! version, as pure functions: no I/O, no clock, no state but the keys. Four invariants: costs that a server
//! dictates are checked before any work is done ([`Kdf`]); a MAC is compared in constant time before a single block
//! is decrypted; a value that does not open is an [`OpenError`] that says why and never an empty value; and no
//! secret type has `Debug`, `Display`, `Clone` or `Serialize`, and each is overwritten when dropped. Names follow
//! one rule: `derive_…` is deterministic, `make_…` and `generate` draw randomness, `open_…` and `seal_…` undo each
//! other.

mod binary;
pub mod ceremony;
mod fingerprint;
mod kdf;
mod master_key;
mod open_error;
mod pin_key;
mod random;
mod rsa;
mod send;
mod symmetric;

pub use binary::{BinaryCheck, BinaryDecryption, CheckedBinary};
pub use fingerprint::fingerprint_phrase;
pub use kdf::{Argon2Costs, Kdf, KdfError, Pbkdf2Costs};
pub use master_key::{AuthorizationHash, MasterKey};
pub use open_error::OpenError;
pub use pin_key::PinKey;
pub use rsa::{PrivateKey, PublicKey, PublicKeyError};
pub use send::{derive_send_key, derive_shareable_key, send_password_hash};
pub use symmetric::{KeyLengthError, SymmetricKey, leaving_no_stack, overwrite_stack};

use sha2::{Digest, Sha256};

/// base64(SHA-256(uri)): the plain text of `uriChecksum` (protocol.md §2.7).
pub fn uri_checksum(uri: &str) -> String {
    base64_simd::STANDARD.encode_to_string(Sha256::digest(uri.as_bytes()))
}
