//! An account's row, as signing in and the profile read it.

use portico_protocol::Extra;
use portico_protocol::account::{
    AccountKeys, KdfParameters, KdfType, MasterPasswordUnlock, PublicKeyEncryptionKeyPair,
};
use rusqlite::{Connection, OptionalExtension, Row};
use serde_json::json;
use uuid::Uuid;

use crate::error::ApiError;
use crate::moment::Moment;

pub(crate) struct Account {
    pub(crate) id: Uuid,
    pub(crate) email: String,
    pub(crate) name: Option<String>,
    pub(crate) email_verified: bool,
    pub(crate) premium: bool,
    pub(crate) culture: String,
    pub(crate) password: Option<Vec<u8>>,
    pub(crate) kdf: KdfParameters,
    pub(crate) salt: String,
    pub(crate) key: Option<String>,
    /// As clients have told it.
    pub(crate) user_key_id: Option<String>,
    pub(crate) public_key: Option<String>,
    pub(crate) private_key: Option<String>,
    pub(crate) security_stamp: String,
    pub(crate) api_key: String,
    pub(crate) totp_secret: Option<String>,
    pub(crate) totp_last_step: i64,
    /// Where codes of the second step are mailed to, if they are.
    pub(crate) two_step_email: Option<String>,
    pub(crate) recovery_code: Option<String>,
    pub(crate) verify_devices: bool,
    /// The master password is an administrator's and has to be replaced at the next sign-in.
    pub(crate) force_password_reset: bool,
    pub(crate) avatar_color: Option<String>,
    pub(crate) created: Moment,
    pub(crate) revised: Moment,
}

const COLUMNS: &str = "id, email, name, email_verified, premium, culture, password, kdf, kdf_iterations, kdf_memory,
    kdf_parallelism, salt, user_key, public_key, private_key, security_stamp, api_key, totp_secret, totp_last_step,
    avatar_color, created, account_revised, two_step_email, recovery_code, verify_devices,
    force_password_reset, user_key_id";

/// An e-mail address as it is kept and compared (protocol.md §1.1).
pub(crate) fn normal_email(typed: &str) -> String {
    typed.trim().to_lowercase()
}

/// The account with this e-mail, in whatever case it was typed.
pub(crate) fn by_email(connection: &Connection, email: &str) -> Result<Option<Account>, rusqlite::Error> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE email = ?"))?
        .query_row([normal_email(email)], Account::read)
        .optional()
}

pub(crate) fn by_id(connection: &Connection, id: Uuid) -> Result<Option<Account>, rusqlite::Error> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM users WHERE id = ?"))?
        .query_row([id], Account::read)
        .optional()
}

/// The account of whoever asks. A token outlives an account by minutes at most.
pub(crate) fn account_of(connection: &Connection, user: Uuid) -> Result<Account, ApiError> {
    by_id(connection, user)?.ok_or(ApiError::Unauthenticated)
}

impl Account {
    fn read(row: &Row<'_>) -> Result<Account, rusqlite::Error> {
        Ok(Account {
            id: row.get(0)?,
            email: row.get(1)?,
            name: row.get(2)?,
            email_verified: row.get(3)?,
            premium: row.get(4)?,
            culture: row.get(5)?,
            password: row.get(6)?,
            kdf: KdfParameters {
                kdf_type: KdfType(row.get(7)?),
                iterations: row.get(8)?,
                memory: row.get(9)?,
                parallelism: row.get(10)?,
            }
            .normal(),
            salt: row.get(11)?,
            key: row.get(12)?,
            public_key: row.get(13)?,
            private_key: row.get(14)?,
            security_stamp: row.get(15)?,
            api_key: row.get(16)?,
            totp_secret: row.get(17)?,
            totp_last_step: row.get(18)?,
            avatar_color: row.get(19)?,
            created: row.get(20)?,
            revised: row.get(21)?,
            two_step_email: row.get(22)?,
            recovery_code: row.get(23)?,
            verify_devices: row.get(24)?,
            force_password_reset: row.get(25)?,
            user_key_id: row.get(26)?,
        })
    }

    /// What unlocks the account; under both names of the wrapped key, as clients of either habit expect.
    pub(crate) fn master_password_unlock(&self) -> Option<MasterPasswordUnlock> {
        let wrapped = self.key.clone()?;
        Some(MasterPasswordUnlock {
            kdf: self.kdf,
            salt: self.salt.clone(),
            master_key_encrypted_user_key: Some(wrapped.clone()),
            master_key_wrapped_user_key: Some(wrapped),
            ..MasterPasswordUnlock::default()
        })
    }

    /// The key pair in the newer form. The token endpoint alone says `Object` with a capital (protocol.md §1.4).
    pub(crate) fn account_keys(&self) -> Option<AccountKeys> {
        let private = self.private_key.clone()?;
        Some(AccountKeys {
            object: "privateKeys".into(),
            public_key_encryption_key_pair: Some(PublicKeyEncryptionKeyPair {
                object: "publicKeyEncryptionKeyPair".into(),
                wrapped_private_key: Some(private),
                public_key: self.public_key.clone(),
                ..PublicKeyEncryptionKeyPair::default()
            }),
            ..AccountKeys::default()
        })
    }

    /// The same for the token endpoint.
    pub(crate) fn account_keys_for_token(&self) -> Option<AccountKeys> {
        let mut keys = self.account_keys()?;
        let raise = |object: &mut String, extra: &mut Extra| {
            extra.insert("Object".into(), json!(std::mem::take(object)));
        };
        if let Some(pair) = &mut keys.public_key_encryption_key_pair {
            raise(&mut pair.object, &mut pair.extra);
        }
        raise(&mut keys.object, &mut keys.extra);
        Some(keys)
    }
}
