use crate::kdf::Argon2Costs;
use crate::master_key::derive_argon2id;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// What a PIN of this machine turns into. A PIN is short: alone it protects nothing, so what is made of it opens a slot
/// only together with a secret that lies elsewhere. No part of the wire protocol.
pub struct PinKey(Box<[u8; 32]>);

impl PinKey {
    /// Runs Argon2id. The salt is random text of the slot, and taken as it is.
    pub fn derive(pin: &str, salt: &str, costs: &Argon2Costs) -> Self {
        let mut key = Box::new([0; 32]);
        derive_argon2id(pin, salt, costs, &mut key);
        Self(key)
    }

    /// For making the secret of a slot.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl Drop for PinKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl ZeroizeOnDrop for PinKey {}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::Kdf;

    /// The function is that of Argon2id accounts, whose known answers stand in the vectors.
    #[test]
    fn a_pin_is_derived_like_a_password_with_argon2id() {
        let vectors: serde_json::Value =
            serde_json::from_str(include_str!("../tests/protocol-vectors.json")).unwrap();
        let mut checked = 0;
        for vector in vectors["kdf"].as_array().unwrap() {
            let number = |member: &str| vector[member].as_u64().unwrap() as u32;
            if vector["kdfType"].as_i64() != Some(1) {
                continue;
            }
            let kdf = Kdf::argon2id(number("iterations"), number("memoryMiB"), number("parallelism"));
            let Ok(Kdf::Argon2id(costs)) = kdf else { panic!("Argon2id") };
            let salt = vector["salt_or_email_input"].as_str().unwrap().trim().to_lowercase();
            let key = PinKey::derive(vector["password"].as_str().unwrap(), &salt, &costs);
            let key: String = key.expose().iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(key, vector["masterKey_hex"].as_str().unwrap());
            checked += 1;
        }
        assert!(checked > 0);
    }
}
