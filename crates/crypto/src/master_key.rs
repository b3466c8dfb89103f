use crate::OpenError;
use crate::kdf::{Argon2Costs, Kdf};
use crate::symmetric::SymmetricKey;
use argon2::{Algorithm, Argon2, Block, Params, Version};
use aws_lc_rs::pbkdf2::PBKDF2_HMAC_SHA256;
use hkdf::Hkdf;
use portico_protocol::SecretText;
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What a master password turns into, and the root of everything that an account can open (protocol.md §2.1).
pub struct MasterKey(Box<[u8; 32]>);

/// What proves the master password to a server, or to a stored copy of itself (protocol.md §2.2). In a box as the key is:
/// moving it leaves no copy on a stack.
pub struct AuthorizationHash(Box<[u8; 32]>);

impl MasterKey {
    /// Runs the KDF: a tenth of a second to several seconds of one core, by the costs.
    ///
    /// The salt is the account salt, or the e-mail where the server names none; it is trimmed and lower-cased here. The
    /// password is taken as its UTF-8 bytes, not normalised.
    pub fn derive(password: &str, salt: &str, kdf: &Kdf) -> Self {
        let salt = salt.trim().to_lowercase();
        let mut key = Box::new([0; 32]);
        match kdf {
            Kdf::Pbkdf2(costs) => {
                derive_pbkdf2(password.as_bytes(), salt.as_bytes(), costs.iterations(), &mut key);
            }
            Kdf::Argon2id(costs) => derive_argon2id(password, &salt, costs, &mut key),
        }
        Self(key)
    }

    /// The hash that a server is sent as `password` or `masterPasswordHash`.
    pub fn authorization_hash(&self, password: &str) -> AuthorizationHash {
        self.hash(password, 1)
    }

    /// The hash that a client may keep to recognise the password; never sent.
    pub fn local_authorization_hash(&self, password: &str) -> AuthorizationHash {
        self.hash(password, 2)
    }

    /// The key that wraps the user key (protocol.md §2.3): HKDF-Expand alone, without an extract step.
    pub fn stretch(&self) -> SymmetricKey {
        let mut stretched = Zeroizing::new([0; 64]);
        let (encryption, mac) = stretched.split_at_mut(32);
        // 32 bytes are a valid PRK for SHA-256 and 32 a valid output length: neither step can fail.
        let hkdf = Hkdf::<Sha256>::from_prk(self.0.as_slice()).expect("a master key is 32 bytes");
        hkdf.expand(b"enc", encryption).expect("32 bytes can be expanded");
        hkdf.expand(b"mac", mac).expect("32 bytes can be expanded");
        SymmetricKey::from_array(&stretched)
    }

    /// Wraps a user key (type 2 under the stretched key).
    pub fn seal_user_key(&self, user_key: &SymmetricKey) -> String {
        self.stretch().seal_key(user_key)
    }

    /// Opens a user key. A wrong master password shows as [`OpenError::Mac`].
    pub fn open_user_key(&self, wrapped: &str) -> Result<SymmetricKey, OpenError> {
        self.stretch().open_key(wrapped)
    }

    /// Opens a user key of type 0: AES-256-CBC under the master key itself, without MAC, as accounts had it long ago. A
    /// wrong password mostly shows as [`OpenError::Padding`], and may show as a key that opens nothing.
    pub fn open_unauthenticated_user_key(&self, wrapped: &str) -> Result<SymmetricKey, OpenError> {
        crate::symmetric::open_unauthenticated_key(&self.0, wrapped)
    }

    /// The key material is the PBKDF2 *password* here and the password is the *salt*.
    fn hash(&self, password: &str, rounds: u32) -> AuthorizationHash {
        let mut hash = AuthorizationHash(Box::new([0; 32]));
        derive_pbkdf2(self.0.as_slice(), password.as_bytes(), rounds, &mut hash.0);
        hash
    }
}

/// PBKDF2-HMAC-SHA256; `rounds` is not zero.
pub(crate) fn derive_pbkdf2(password: &[u8], salt: &[u8], rounds: u32, key: &mut [u8; 32]) {
    let rounds = NonZeroU32::new(rounds).expect("checked costs and the rounds written here are not zero");
    aws_lc_rs::pbkdf2::derive(PBKDF2_HMAC_SHA256, rounds, salt, password, key);
}

pub(crate) fn derive_argon2id(password: &str, salt: &str, costs: &Argon2Costs, key: &mut [u8; 32]) {
    let salt = Sha256::digest(salt.as_bytes());
    // The bounds of `Kdf` lie inside those of Argon2, the salt has 32 bytes, the memory is as asked: nothing can fail.
    let params = Params::new(costs.memory_kib(), costs.iterations(), costs.parallelism(), Some(key.len()))
        .expect("checked costs are within those of Argon2");
    let mut memory = vec![Block::default(); params.block_count()];
    let outcome = Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into_with_memory(
        password.as_bytes(),
        &salt,
        key,
        &mut memory,
    );
    memory.iter_mut().for_each(Zeroize::zeroize);
    outcome.expect("checked costs, a salt of 32 bytes and an output of 32 bytes are accepted");
}

impl AuthorizationHash {
    /// Base64, as it travels.
    pub fn to_base64(&self) -> SecretText {
        SecretText::new(base64_simd::STANDARD.encode_to_string(self.0.as_slice()))
    }
}

impl Drop for MasterKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for MasterKey {}

impl Drop for AuthorizationHash {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for AuthorizationHash {}

impl PartialEq for AuthorizationHash {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_slice().ct_eq(other.0.as_slice()).into()
    }
}

impl Eq for AuthorizationHash {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// The raw key never leaves this module; what is made of it is checked from outside.
    #[test]
    fn master_keys_are_the_known_answers() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../tests/protocol-vectors.json")).unwrap();
        let vectors = vectors["kdf"].as_array().unwrap();
        assert_eq!(vectors.len(), 11);
        for vector in vectors {
            let number = |member: &str| vector[member].as_u64().unwrap() as u32;
            let kdf = match vector["kdfType"].as_i64() {
                Some(0) => Kdf::pbkdf2(number("iterations")),
                _ => Kdf::argon2id(number("iterations"), number("memoryMiB"), number("parallelism")),
            };
            let password = vector["password"].as_str().unwrap();
            let salt = vector["salt_or_email_input"].as_str().unwrap();
            let key = MasterKey::derive(password, salt, &kdf.unwrap());
            let key: String = key.0.iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(key, vector["masterKey_hex"].as_str().unwrap(), "{}", vector["name"]);
        }
    }
}
