//! Another client of the provider's admin, by plain requests: it changes what unlocks the account (protocol.md §1.8,
//! §2.7).

use std::ops::Deref;

use portico_crypto::{Kdf, MasterKey, PublicKey, SymmetricKey};
use portico_protocol::account::KdfParameters;
use portico_tests::person::Person;
use reqwest::Method;
use serde_json::{Value, json};

use crate::demo::{Demo, PROVIDER_ADMIN};

/// Signed in, with the keys that this gave. Whatever changes the account ends the session.
pub struct SecondClient(Person);

impl Deref for SecondClient {
    type Target = Person;

    fn deref(&self) -> &Person {
        &self.0
    }
}

impl SecondClient {
    pub async fn signed_in(demo: &Demo, password: &str) -> Self {
        Self(Person::signed_in(demo.base(), demo.account(PROVIDER_ADMIN).email, password).await)
    }

    /// The same user key under another password.
    pub async fn change_password(&self, new: &str) {
        let (hash, wrapped) = self.under(new, &self.kdf, &self.user_key);
        let body = json!({"masterPasswordHash": self.hash, "newMasterPasswordHash": hash, "key": wrapped});
        self.call(Method::POST, "api/accounts/password", body).await;
    }

    /// The same user key under the same password, derived by other costs.
    pub async fn change_kdf(&self, password: &str, kdf: &Kdf) {
        let (hash, wrapped) = self.under(password, kdf, &self.user_key);
        let KdfParameters { kdf_type, iterations, memory, parallelism } = kdf.parameters();
        let kdf = json!({"kdfType": kdf_type, "iterations": iterations, "memory": memory,
            "parallelism": parallelism});
        let body = json!({
            "masterPasswordHash": self.hash,
            "authenticationData":
                {"kdf": kdf, "masterPasswordAuthenticationHash": hash, "salt": self.email},
            "unlockData": {"kdf": kdf, "masterKeyWrappedUserKey": wrapped, "salt": self.email},
        });
        self.call(Method::POST, "api/accounts/kdf", body).await;
    }

    /// Another user key, under this password: all that hung on the old one is sealed anew.
    pub async fn rotate(&self, password: &str) {
        let new = SymmetricKey::generate();
        let (hash, wrapped) = self.under(password, &self.kdf, &new);
        let vault = self.call(Method::GET, "api/sync?excludeDomains=true", Value::Null).await;
        let own = |list: &Value| -> Vec<Value> {
            let mut own: Vec<Value> = list.as_array().unwrap().clone();
            own.retain(|entry| entry["organizationId"].is_null());
            own.iter_mut().for_each(|entry| self.seal_anew(entry, &new));
            own
        };
        let (ciphers, folders) = (own(&vault["ciphers"]), own(&vault["folders"]));
        assert!(ciphers.len() > 50 && !folders.is_empty(), "there is something to lose");
        let mut recovery = Vec::new();
        for organization in vault["profile"]["organizations"].as_array().unwrap() {
            if organization["resetPasswordEnrolled"] == true {
                let id = organization["id"].as_str().unwrap();
                let keys = self.call(Method::GET, &format!("api/organizations/{id}/keys"), Value::Null).await;
                let public = PublicKey::from_base64(keys["publicKey"].as_str().unwrap()).unwrap();
                recovery.push(json!({"organizationId": id, "resetPasswordKey": public.wrap_key(&new)}));
            }
        }
        let KdfParameters { kdf_type, iterations, memory, parallelism } = self.kdf.parameters();
        let body = json!({
            "oldMasterKeyAuthenticationHash": self.hash,
            "accountUnlockData": {
                "masterPasswordUnlockData": {
                    "kdfType": kdf_type, "kdfIterations": iterations, "kdfMemory": memory,
                    "kdfParallelism": parallelism, "email": self.email,
                    "masterKeyAuthenticationHash": hash, "masterKeyEncryptedUserKey": wrapped,
                },
                "organizationAccountRecoveryUnlockData": recovery,
            },
            "accountKeys": {
                "userKeyEncryptedAccountPrivateKey": new.seal_private_key(&self.private_key),
                "accountPublicKey": self.private_key.public_key().to_base64(),
            },
            "accountData": {"ciphers": ciphers, "folders": folders, "sends": []},
        });
        let path = "api/accounts/key-management/rotate-user-account-keys";
        self.call(Method::POST, path, body).await;
    }

    /// Ends every session, this one too.
    pub async fn sign_out_everywhere(&self) {
        let body = json!({"masterPasswordHash": self.hash});
        self.call(Method::POST, "api/accounts/security-stamp", body).await;
    }

    /// The secret of the personal API key.
    pub async fn api_key(&self) -> String {
        let body = json!({"masterPasswordHash": self.hash});
        let answer = self.call(Method::POST, "api/accounts/api-key", body).await;
        answer["apiKey"].as_str().unwrap().to_owned()
    }

    /// Something that shows in the structure of the organization that the person owns.
    pub async fn make_a_group(&self) {
        let profile = self.call(Method::GET, "api/accounts/profile", Value::Null).await;
        let own = &profile["organizations"].as_array().unwrap();
        let own = own.iter().find(|own| own["type"] == 0).unwrap()["id"].as_str().unwrap();
        let group = json!({"name": "Night shift", "collections": [], "users": []});
        self.call(Method::POST, &format!("api/organizations/{own}/groups"), group).await;
    }

    /// The hash and the wrapped user key.
    fn under(&self, password: &str, kdf: &Kdf, user_key: &SymmetricKey) -> (String, String) {
        let master = MasterKey::derive(password, &self.email, kdf);
        let hash = master.authorization_hash(password).to_base64().expose().to_owned();
        (hash, master.seal_user_key(user_key))
    }

    /// Whatever the old user key opens; what hangs on the item's own key stays.
    fn seal_anew(&self, value: &mut Value, new: &SymmetricKey) {
        match value {
            Value::String(text) => {
                if let Ok(opened) = self.user_key.open_bytes(text) {
                    *text = new.seal_bytes(&opened);
                }
            }
            Value::Array(values) => values.iter_mut().for_each(|value| self.seal_anew(value, new)),
            Value::Object(members) => members.values_mut().for_each(|value| self.seal_anew(value, new)),
            _ => {}
        }
    }
}
