//! The identity service: prelogin, registration and the token endpoint (protocol.md §1).

use crate::account::{AccountKeys, KdfParameters, KdfType, MasterPasswordUnlock, UserDecryptionOptions};
use crate::error::ErrorResponse;
use crate::{Extra, SecretText, casing};
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use uuid::Uuid;

open_number! {
    /// TwoFactorProviderType (protocol.md §1.5).
    pub struct TwoFactorProvider {
        AUTHENTICATOR = 0,
        EMAIL = 1,
        DUO = 2,
        YUBI_KEY = 3,
        U2F = 4,
        REMEMBER = 5,
        ORGANIZATION_DUO = 6,
        WEB_AUTHN = 7,
        RECOVERY_CODE = 8,
    }
}

/// `POST /identity/accounts/prelogin` (protocol.md §1.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PreloginRequest {
    /// At most 256 characters.
    pub email: String,
}

wire! {
    /// What the KDF of an account costs, before the password is asked (protocol.md §1.1). Unknown e-mails get a
    /// believable answer too. Costs are unchecked.
    pub struct PreloginResponse {
        must {
            /// Which function.
            kdf: KdfType,
            /// Rounds or passes.
            kdf_iterations: u32,
        }
        may {
            /// MiB.
            kdf_memory: Option<u32>,
            /// Lanes.
            kdf_parallelism: Option<u32>,
            /// The same in the newer form; preferred where present.
            kdf_settings: Option<KdfParameters>,
            /// Null means the trimmed, lower-cased e-mail.
            salt: Option<String>,
        }
    }

    /// `MasterPasswordPolicy` of the token response: demands on the master password, all optional.
    pub struct MasterPasswordPolicy {
        may {
            min_complexity: Option<i32>,
            min_length: Option<i32>,
            require_lower: Option<bool>,
            require_upper: Option<bool>,
            require_numbers: Option<bool>,
            require_special: Option<bool>,
            enforce_on_login: Option<bool>,
            /// `masterPasswordPolicy`.
            object: String,
        }
    }
}

impl PreloginResponse {
    /// The KDF of the account, from the newer form where the server sends it.
    pub fn kdf_parameters(&self) -> KdfParameters {
        self.kdf_settings.unwrap_or(KdfParameters {
            kdf_type: self.kdf,
            iterations: self.kdf_iterations,
            memory: self.kdf_memory,
            parallelism: self.kdf_parallelism,
        })
    }
}

/// `POST /identity/accounts/register/finish` (protocol.md §1.2), in both the legacy and the newer form.
#[derive(Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RegisterFinishRequest {
    pub email: String,
    pub master_password_hint: Option<String>,
    pub email_verification_token: Option<SecretText>,
    pub org_invite_token: Option<SecretText>,
    pub organization_user_id: Option<Uuid>,
    pub provider_invite_token: Option<SecretText>,
    pub provider_user_id: Option<Uuid>,
    /// Legacy form: the authorization hash, base64.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub master_password_hash: Option<SecretText>,
    /// Legacy form: `enc`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_symmetric_key: Option<String>,
    /// Both forms.
    pub user_asymmetric_keys: Option<KeyPairRequest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kdf: Option<KdfType>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kdf_iterations: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kdf_memory: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kdf_parallelism: Option<u32>,
    /// Newer form.
    pub master_password_authentication: Option<MasterPasswordAuthentication>,
    /// Newer form.
    pub master_password_unlock: Option<MasterPasswordUnlock>,
    /// Newer form.
    pub account_keys: Option<AccountKeys>,
}

/// `masterPasswordAuthentication` of a registration (protocol.md §1.2).
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MasterPasswordAuthentication {
    pub kdf: KdfParameters,
    /// The authorization hash, base64 (protocol.md §2.2).
    pub master_password_authentication_hash: SecretText,
    pub salt: String,
}

/// An RSA pair as requests carry it: `{publicKey, encryptedPrivateKey}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyPairRequest {
    /// Base64 of SPKI DER.
    pub public_key: String,
    /// `enc`: PKCS#8 under the key of its owner.
    pub encrypted_private_key: String,
}

/// A successful answer of the token endpoint (protocol.md §1.4).
///
/// Read with keys in either case of their first letter, written in the mixed case of the official server. The refresh
/// grant answers with the bearer members only. No `Debug`: it holds tokens.
#[derive(Serialize)]
pub struct TokenResponse {
    pub access_token: SecretText,
    /// Seconds.
    pub expires_in: i64,
    /// `Bearer`.
    pub token_type: String,
    /// Absent for client credentials.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<SecretText>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The members that only a sign-in carries.
    #[serde(flatten)]
    pub sign_in: Option<TokenAccount>,
}

/// The account members of a successful sign-in (protocol.md §1.4).
#[derive(Serialize, Deserialize)]
#[serde(rename_all(serialize = "PascalCase", deserialize = "camelCase"), default)]
#[derive(Default)]
pub struct TokenAccount {
    /// `enc`: the user key under the stretched master key.
    pub key: Option<String>,
    /// `enc`: PKCS#8 under the user key.
    pub private_key: Option<String>,
    /// camelCase inside.
    pub account_keys: Option<AccountKeys>,
    pub kdf: Option<KdfType>,
    pub kdf_iterations: Option<u32>,
    pub kdf_memory: Option<u32>,
    pub kdf_parallelism: Option<u32>,
    /// PascalCase inside.
    #[serde(serialize_with = "pascal_case")]
    pub master_password_policy: Option<MasterPasswordPolicy>,
    #[serde(deserialize_with = "crate::wire::or_default")]
    pub force_password_reset: bool,
    /// PascalCase inside.
    #[serde(serialize_with = "pascal_case")]
    pub user_decryption_options: Option<UserDecryptionOptions>,
    /// Present when the sign-in asked to remember the device.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub two_factor_token: Option<SecretText>,
}

impl TokenAccount {
    /// The wrapped user key, from `UserDecryptionOptions` or from the older `Key`.
    pub fn wrapped_user_key(&self) -> Option<&str> {
        self.user_decryption_options
            .as_ref()
            .and_then(|options| options.master_password_unlock.as_ref())
            .and_then(MasterPasswordUnlock::wrapped_user_key)
            .or(self.key.as_deref())
    }
}

impl<'de> Deserialize<'de> for TokenResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Bearer {
            access_token: SecretText,
            #[serde(default, deserialize_with = "crate::wire::or_default")]
            expires_in: i64,
            #[serde(default, deserialize_with = "crate::wire::or_default")]
            token_type: String,
            #[serde(default)]
            refresh_token: Option<SecretText>,
            #[serde(default)]
            scope: Option<String>,
        }
        use serde::de::Error;

        // Moved apart, not read twice: a copy of a token would be dropped without being overwritten.
        let Value::Object(mut members) = casing::camel_keys(Value::deserialize(deserializer)?) else {
            return Err(D::Error::custom("the answer of the token endpoint is an object"));
        };
        let bearer_names = ["access_token", "expires_in", "token_type", "refresh_token", "scope"];
        let bearer: Extra = bearer_names.iter().filter_map(|name| members.remove_entry(*name)).collect();
        let signs_in = ["key", "kdf", "userDecryptionOptions"]
            .iter()
            .any(|name| members.get(*name).is_some_and(|found| !found.is_null()));
        let bearer: Bearer = serde_json::from_value(bearer.into()).map_err(D::Error::custom)?;
        let sign_in = if signs_in {
            Some(serde_json::from_value(members.into()).map_err(D::Error::custom)?)
        } else {
            None
        };
        Ok(Self {
            access_token: bearer.access_token,
            expires_in: bearer.expires_in,
            token_type: bearer.token_type,
            refresh_token: bearer.refresh_token,
            scope: bearer.scope,
            sign_in,
        })
    }
}

/// Writes an object with capital first letters, as the token endpoint does.
fn pascal_case<T: Serialize, S: serde::Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    let value = serde_json::to_value(value).map_err(serde::ser::Error::custom)?;
    casing::upper_first(value).serialize(serializer)
}

/// A refusal of the token endpoint (protocol.md §1.5). Always status 400.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct TokenErrorResponse {
    /// `invalid_grant`, `device_error`, `invalid_client_version`, `version_header_missing`…
    pub error: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error_description: Option<String>,
    /// The words for a person. PascalCase inside.
    #[serde(rename = "ErrorModel", serialize_with = "pascal_case", skip_serializing_if = "Option::is_none")]
    pub error_model: Option<ErrorResponse>,
    /// Decimal strings of [`TwoFactorProvider`] numbers.
    #[serde(rename = "TwoFactorProviders", skip_serializing_if = "Option::is_none")]
    pub two_factor_providers: Option<Vec<String>>,
    /// What each provider needs, by decimal number; opaque but for its keys.
    #[serde(rename = "TwoFactorProviders2", skip_serializing_if = "Option::is_none")]
    pub two_factor_providers2: Option<BTreeMap<String, Value>>,
    /// With the e-mail provider only.
    #[serde(rename = "SsoEmail2faSessionToken", skip_serializing_if = "Option::is_none")]
    pub sso_email2fa_session_token: Option<String>,
    /// When single sign-on is demanded and known.
    #[serde(rename = "SsoOrganizationIdentifier", skip_serializing_if = "Option::is_none")]
    pub sso_organization_identifier: Option<String>,
    /// Members that this version does not know, with the first letter lowered.
    #[serde(flatten)]
    pub extra: Extra,
}

impl TokenErrorResponse {
    /// The words of the server for a person, wherever it put them.
    pub fn message(&self) -> Option<&str> {
        self.error_model
            .as_ref()
            .and_then(|model| model.message.as_deref())
            .or(self.error_description.as_deref())
    }

    /// The two-step providers that would be accepted; empty when two-step login is not what is missing.
    pub fn accepted_two_factor_providers(&self) -> Vec<TwoFactorProvider> {
        let listed = self.two_factor_providers.iter().flatten();
        let keyed = self.two_factor_providers2.iter().flat_map(BTreeMap::keys);
        let mut providers: Vec<_> =
            listed.chain(keyed).filter_map(|number| number.parse().ok().map(TwoFactorProvider)).collect();
        providers.sort_unstable();
        providers.dedup();
        providers
    }
}

impl<'de> Deserialize<'de> for TokenErrorResponse {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        /// Some servers send the provider numbers as numbers.
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum NumberOrText {
            Number(i64),
            Text(String),
        }
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Lowered {
            #[serde(default, deserialize_with = "crate::wire::or_default")]
            error: String,
            #[serde(rename = "error_description", default)]
            error_description: Option<String>,
            #[serde(default)]
            error_model: Option<ErrorResponse>,
            #[serde(default)]
            two_factor_providers: Option<Vec<NumberOrText>>,
            #[serde(default)]
            two_factor_providers2: Option<BTreeMap<String, Value>>,
            #[serde(default)]
            sso_email2fa_session_token: Option<String>,
            #[serde(default)]
            sso_organization_identifier: Option<String>,
            #[serde(flatten)]
            extra: Extra,
        }

        let value = casing::camel_keys(Value::deserialize(deserializer)?);
        let lowered: Lowered = serde_json::from_value(value).map_err(serde::de::Error::custom)?;
        let as_text = |entry| match entry {
            NumberOrText::Number(number) => number.to_string(),
            NumberOrText::Text(text) => text,
        };
        Ok(Self {
            error: lowered.error,
            error_description: lowered.error_description,
            error_model: lowered.error_model,
            two_factor_providers: lowered
                .two_factor_providers
                .map(|entries| entries.into_iter().map(as_text).collect()),
            two_factor_providers2: lowered.two_factor_providers2,
            sso_email2fa_session_token: lowered.sso_email2fa_session_token,
            sso_organization_identifier: lowered.sso_organization_identifier,
            extra: lowered.extra,
        })
    }
}
