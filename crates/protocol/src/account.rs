//! The account: profile, keys, KDF parameters, unlock data (protocol.md §1.4, §1.8, §3.2, §3.6).

use crate::Date;
use crate::organization::ProfileOrganization;
use crate::provider::{ProfileProvider, ProfileProviderOrganization};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

open_number! {
    /// KdfType (protocol.md §2.1).
    pub struct KdfType {
        /// PBKDF2-SHA256.
        PBKDF2_SHA256 = 0,
        /// Argon2id, version 0x13.
        ARGON2ID = 1,
    }
}

/// The `kdf` object of unlock and registration data: `{kdfType, iterations, memory?, parallelism?}`.
///
/// Unchecked, as the server said it: `portico_crypto::Kdf` checks the costs before any work is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KdfParameters {
    /// Which function.
    pub kdf_type: KdfType,
    /// Rounds of PBKDF2, passes of Argon2id.
    pub iterations: u32,
    /// MiB; Argon2id only.
    #[serde(default)]
    pub memory: Option<u32>,
    /// Lanes; Argon2id only.
    #[serde(default)]
    pub parallelism: Option<u32>,
}

impl KdfParameters {
    /// Without what the function does not take: some clients send memory and parallelism for PBKDF2 too, and the same
    /// costs must be equal.
    pub fn normal(self) -> Self {
        match self.kdf_type {
            KdfType::PBKDF2_SHA256 => Self { memory: None, parallelism: None, ..self },
            _ => self,
        }
    }
}

wire! {
    /// What unlocks the account from a master password (protocol.md §1.4, §3.6). Requests name the wrapped key
    /// `masterKeyWrappedUserKey`, responses `masterKeyEncryptedUserKey`, and Vaultwarden sends both: see
    /// [`MasterPasswordUnlock::wrapped_user_key`].
    pub struct MasterPasswordUnlock {
        must {
            /// Unchecked costs.
            kdf: KdfParameters,
            /// Of the KDF; the normalised e-mail unless the server says otherwise.
            salt: String,
        }
        may {
            /// `enc`: the user key under the stretched master key (responses).
            #[serde(skip_serializing_if = "Option::is_none")]
            master_key_encrypted_user_key: Option<String>,
            /// The same under its name of requests.
            #[serde(skip_serializing_if = "Option::is_none")]
            master_key_wrapped_user_key: Option<String>,
            /// 32 hexadecimal digits; accounts of the newer encryption only.
            #[serde(skip_serializing_if = "Option::is_none")]
            contained_key_id: Option<String>,
        }
    }

    /// `UserDecryptionOptions` of the token response (protocol.md §1.4). The members other than the master password
    /// (trusted devices, key connector, passkeys) are carried in `extra`.
    pub struct UserDecryptionOptions {
        may {
            /// Whether the account has a master password at all.
            has_master_password: bool,
            /// Absent for accounts without one.
            master_password_unlock: Option<MasterPasswordUnlock>,
            /// `userDecryptionOptions`.
            object: String,
        }
    }

    /// `userDecryption` of a sync (protocol.md §3.6).
    pub struct UserDecryption {
        may {
            /// Kept consistent with KDF changes by the server: clients refresh their stored unlock data from it.
            master_password_unlock: Option<MasterPasswordUnlock>,
            /// 32 hexadecimal digits: which key the user key is, once a client has told the server.
            #[serde(skip_serializing_if = "Option::is_none")]
            user_key_id: Option<String>,
        }
    }

    /// `accountKeys` (protocol.md §1.4). Never rewritten by an account of the first encryption version (§2.9).
    pub struct AccountKeys {
        may {
            /// `privateKeys`; of the token endpoint `Object`, in `extra`.
            #[serde(skip_serializing_if = "String::is_empty")]
            object: String,
            /// The RSA pair.
            public_key_encryption_key_pair: Option<PublicKeyEncryptionKeyPair>,
            /// Non-null marks account encryption v2.
            signature_key_pair: Option<serde_json::Value>,
            /// Non-null marks account encryption v2.
            security_state: Option<serde_json::Value>,
        }
    }

    /// The RSA pair inside `accountKeys`.
    pub struct PublicKeyEncryptionKeyPair {
        may {
            /// `publicKeyEncryptionKeyPair`; of the token endpoint `Object`, in `extra`.
            #[serde(skip_serializing_if = "String::is_empty")]
            object: String,
            /// `enc`: PKCS#8 under the user key.
            wrapped_private_key: Option<String>,
            /// Base64 of SPKI DER.
            public_key: Option<String>,
            /// Account encryption v2 only.
            signed_public_key: Option<String>,
        }
    }

    /// `profile` (protocol.md §3.2), also `GET /accounts/profile`.
    pub struct ProfileResponse {
        must {
            /// User id.
            id: Uuid,
            /// As registered.
            email: String,
        }
        may {
            /// `profile`.
            object: String,
            /// Display name.
            name: Option<String>,
            /// Whether the e-mail address was confirmed.
            email_verified: bool,
            /// Own premium.
            premium: bool,
            /// Premium through an organization.
            premium_from_organization: bool,
            /// `en-US`.
            culture: Option<String>,
            /// Two-step login.
            two_factor_enabled: bool,
            /// `enc`: the user key under the stretched master key.
            key: Option<String>,
            /// `enc`: PKCS#8 under the user key.
            private_key: Option<String>,
            /// The same and more, in the newer form.
            account_keys: Option<AccountKeys>,
            /// A change means that every session of the account ended.
            security_stamp: Option<String>,
            /// The person has to choose a new master password.
            force_password_reset: bool,
            /// The account unlocks through a key connector.
            uses_key_connector: bool,
            /// `#rrggbb`.
            avatar_color: Option<String>,
            /// Of the account.
            creation_date: Option<Date>,
            /// New devices are verified by mail.
            verify_devices: bool,
            /// Confirmed memberships.
            organizations: Vec<ProfileOrganization>,
            /// Confirmed and accepted memberships; preferred where present (protocol.md §3.1).
            organizations_new: Option<Vec<ProfileOrganization>>,
            /// Confirmed memberships of providers that are set up.
            providers: Vec<ProfileProvider>,
            /// Client organizations of those providers.
            provider_organizations: Vec<ProfileProviderOrganization>,
        }
    }

    /// `GET /users/{id}/public-key` (protocol.md §1.8).
    pub struct UserKeyResponse {
        must {
            /// Whose key.
            user_id: Uuid,
        }
        may {
            /// `userKey`.
            object: String,
            /// Base64 of SPKI DER.
            public_key: Option<String>,
        }
    }

    /// `GET /accounts/keys` and its `POST` (protocol.md §1.8).
    pub struct KeysResponse {
        may {
            /// `keys`.
            object: String,
            /// `enc`: the user key under the stretched master key.
            key: Option<String>,
            /// Base64 of SPKI DER.
            public_key: Option<String>,
            /// `enc`: PKCS#8 under the user key.
            private_key: Option<String>,
            /// The newer form.
            account_keys: Option<AccountKeys>,
        }
    }
}

impl MasterPasswordUnlock {
    /// The wrapped user key under whichever of its two names it came.
    pub fn wrapped_user_key(&self) -> Option<&str> {
        self.master_key_encrypted_user_key.as_deref().or(self.master_key_wrapped_user_key.as_deref())
    }
}

impl AccountKeys {
    /// Whether the account is of the second version of account encryption (protocol.md §2.9).
    pub fn is_second_version(&self) -> bool {
        let is_signed = |pair: &PublicKeyEncryptionKeyPair| pair.signed_public_key.is_some();
        self.signature_key_pair.is_some()
            || self.security_state.is_some()
            || self.public_key_encryption_key_pair.as_ref().is_some_and(is_signed)
    }
}

impl ProfileResponse {
    /// The memberships that clients read: `organizationsNew` where the server sends it, else `organizations`.
    pub fn memberships(&self) -> &[ProfileOrganization] {
        self.organizations_new.as_deref().unwrap_or(&self.organizations)
    }

    /// The wrapped private key, from `privateKey` or from `accountKeys`.
    pub fn wrapped_private_key(&self) -> Option<&str> {
        self.private_key.as_deref().or_else(|| {
            self.account_keys
                .as_ref()
                .and_then(|keys| keys.public_key_encryption_key_pair.as_ref())
                .and_then(|pair| pair.wrapped_private_key.as_deref())
        })
    }
}
