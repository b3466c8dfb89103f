//! A new user key (protocol.md §1.8, §2.7): everything that was sealed with the old one is replaced at once, or nothing
//! is. The server cannot open any of it; it can only insist that nothing is left behind.

use std::collections::HashMap;

use axum::extract::State;
use portico_protocol::SecretText;
use portico_protocol::account::{KdfParameters, KdfType, PublicKeyEncryptionKeyPair};
use portico_protocol::enc_string::EncString;
use portico_protocol::events::EventType;
use rusqlite::Transaction;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::master_password::{NewUnlock, end_sessions};
use crate::app::App;
use crate::authorize::Caller;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::register::{check_hint, check_private_key, missing, second_version};
use crate::identity::verification::{Secret, unchanged, verified};
use crate::identity::{Account, normal_email};
use crate::moment::Moment;
use crate::sends::all_of;
use crate::vault::{Change, ItemRequest, check_name, check_text, update};

/// Bytes of a request: it carries the whole own vault.
pub(crate) const BODY: usize = 64 << 20;
/// Characters of a user key wrapped for an organization.
const RECOVERY_KEY: usize = 2_000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Rotation {
    /// `oldMasterkeyAuthenticationHash` in the words of older clients.
    #[serde(default, alias = "oldMasterkeyAuthenticationHash")]
    old_master_key_authentication_hash: SecretText,
    account_unlock_data: UnlockData,
    account_keys: Keys,
    account_data: Data,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct UnlockData {
    master_password_unlock_data: MasterPassword,
    #[serde(default)]
    organization_account_recovery_unlock_data: Option<Vec<RecoveryKey>>,
    #[serde(default)]
    v2_upgrade_token: Option<Value>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct MasterPassword {
    kdf_type: KdfType,
    kdf_iterations: u32,
    #[serde(default)]
    kdf_memory: Option<u32>,
    #[serde(default)]
    kdf_parallelism: Option<u32>,
    email: String,
    master_key_authentication_hash: SecretText,
    master_key_encrypted_user_key: String,
    #[serde(default)]
    master_password_hint: Option<String>,
    #[serde(default)]
    master_password_salt: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RecoveryKey {
    organization_id: Uuid,
    #[serde(default)]
    reset_password_key: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Keys {
    #[serde(default)]
    user_key_encrypted_account_private_key: Option<String>,
    #[serde(default)]
    account_public_key: Option<String>,
    #[serde(default)]
    public_key_encryption_key_pair: Option<PublicKeyEncryptionKeyPair>,
    #[serde(default)]
    signature_key_pair: Option<Value>,
    #[serde(default)]
    security_state: Option<Value>,
}

#[derive(Deserialize)]
struct Data {
    #[serde(default)]
    ciphers: Option<Vec<ItemRequest>>,
    #[serde(default)]
    folders: Option<Vec<NewFolderName>>,
    #[serde(default)]
    sends: Option<Vec<NewSendKey>>,
}

/// Of a Send only its key hangs on the user key.
#[derive(Deserialize)]
struct NewSendKey {
    id: Uuid,
    key: String,
}

#[derive(Deserialize)]
struct NewFolderName {
    id: Uuid,
    name: String,
}

/// Replaces the user key and all that hangs on it, the master password with it if the client wants so.
pub(crate) async fn rotate(
    State(app): State<App>,
    caller: Caller,
    Body(mut rotation): Body<Rotation>,
) -> Result<(), ApiError> {
    let old = std::mem::take(&mut rotation.old_master_key_authentication_hash);
    let changes_password = old.expose()
        != rotation.account_unlock_data.master_password_unlock_data.master_key_authentication_hash.expose();
    let secret = Secret { master_password_hash: Some(old), otp: None };
    let account = verified(&app, caller.user, secret).await?;
    let Rotation { account_unlock_data: unlock, account_keys: keys, account_data: data, .. } = rotation;
    let private_key = private_key(&account, keys, unlock.v2_upgrade_token)?;
    let (mut new, hint) = new_unlock(&account, unlock.master_password_unlock_data)?;
    let hash = new.hashed(&app).await?;
    app.store
        .write(move |transaction| {
            let now = unchanged(transaction, &account)?;
            if now.private_key != account.private_key {
                return Err(ApiError::refused("The account has got another key pair meanwhile."));
            }
            replace_recovery_keys(
                transaction,
                account.id,
                unlock.organization_account_recovery_unlock_data.unwrap_or_default(),
            )?;
            replace_items(transaction, account.id, data.ciphers.unwrap_or_default())?;
            replace_folder_names(transaction, account.id, data.folders.unwrap_or_default())?;
            replace_send_keys(transaction, account.id, data.sends.unwrap_or_default())?;
            let now = Moment::now();
            transaction.execute(
                "UPDATE users SET password = ?, password_hint = ?, user_key = ?, private_key = ?,
                     user_key_id = NULL WHERE id = ?",
                (hash, hint, &new.key, private_key, account.id),
            )?;
            end_sessions(transaction, account.id, now)?;
            if changes_password {
                let actor = Actor::from(&caller);
                events::record_of_user(transaction, EventType::USER_CHANGED_PASSWORD, account.id, &actor)?;
            }
            Ok(())
        })
        .await
}

/// The door of newer clients, whose rotations all end in the second version.
pub(crate) async fn rotate_to_second_version(_: Caller) -> ApiError {
    second_version()
}

/// The same key pair, its private half newly sealed. Others hold what was sealed for the public one.
fn private_key(account: &Account, keys: Keys, upgrade: Option<Value>) -> Result<Option<String>, ApiError> {
    if keys.signature_key_pair.is_some() || keys.security_state.is_some() || upgrade.is_some() {
        return Err(second_version());
    }
    let (public, private) = match keys.public_key_encryption_key_pair {
        Some(pair) => (pair.public_key, pair.wrapped_private_key),
        None => (keys.account_public_key, keys.user_key_encrypted_account_private_key),
    };
    if public != account.public_key {
        return Err(ApiError::refused(
            "Provided account public key does not match currently persisted public key.",
        ));
    }
    if account.private_key.is_none() {
        return Ok(None);
    }
    let private = private.ok_or_else(|| missing("UserKeyEncryptedAccountPrivateKey"))?;
    check_private_key("UserKeyEncryptedAccountPrivateKey", &private)?;
    Ok(Some(private))
}

/// The new key under the master password, whose derivation and salt stay.
fn new_unlock(account: &Account, given: MasterPassword) -> Result<(NewUnlock, Option<String>), ApiError> {
    check_hint(given.master_password_hint.as_deref())?;
    let kdf = KdfParameters {
        kdf_type: given.kdf_type,
        iterations: given.kdf_iterations,
        memory: given.kdf_memory,
        parallelism: given.kdf_parallelism,
    }
    .normal();
    if kdf != account.kdf || normal_email(&given.email) != account.email {
        return Err(ApiError::refused("Invalid KDF settings or e-mail: a new user key keeps them."));
    }
    let new = NewUnlock {
        hash: given.master_key_authentication_hash,
        key: given.master_key_encrypted_user_key,
        kdf: Some(kdf),
        salt: Some(given.master_password_salt.unwrap_or_else(|| account.salt.clone())),
    };
    new.check()?;
    new.check_salt(account)?;
    Ok((new, given.master_password_hint))
}

fn replace_items(transaction: &Transaction<'_>, user: Uuid, items: Vec<ItemRequest>) -> Result<(), ApiError> {
    let mut given: HashMap<Uuid, ItemRequest> =
        items.into_iter().filter_map(|item| Some((item.id?, item))).collect();
    let mut statement = transaction.prepare_cached("SELECT id, revised FROM ciphers WHERE user_id = ?")?;
    let existing: Vec<(Uuid, Moment)> =
        statement.query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (id, revised) in existing {
        let mut item = given
            .remove(&id)
            .ok_or_else(|| ApiError::refused("All existing ciphers must be included in the rotation."))?;
        item.check_seen(revised)?;
        let content = item.content(user)?;
        update(transaction, id, &item, content, Change::NewUserKey)?;
    }
    Ok(())
}

fn replace_folder_names(
    transaction: &Transaction<'_>,
    user: Uuid,
    folders: Vec<NewFolderName>,
) -> Result<(), ApiError> {
    let given: HashMap<Uuid, String> = folders.into_iter().map(|folder| (folder.id, folder.name)).collect();
    let mut statement = transaction.prepare_cached("SELECT id FROM folders WHERE user_id = ?")?;
    let existing: Vec<Uuid> = statement.query_map([user], |row| row.get(0))?.collect::<Result<_, _>>()?;
    for id in existing {
        let name = given
            .get(&id)
            .ok_or_else(|| ApiError::refused("All existing folders must be included in the rotation."))?;
        check_name(name)?;
        transaction.prepare_cached("UPDATE folders SET name = ?, revised = ? WHERE id = ?")?.execute((
            name,
            Moment::now(),
            id,
        ))?;
    }
    Ok(())
}

fn replace_send_keys(
    transaction: &Transaction<'_>,
    user: Uuid,
    sends: Vec<NewSendKey>,
) -> Result<(), ApiError> {
    let given: HashMap<Uuid, String> = sends.into_iter().map(|send| (send.id, send.key)).collect();
    let now = Moment::now();
    for send in all_of(transaction, user, now)? {
        let key = given
            .get(&send.id)
            .ok_or_else(|| ApiError::refused("All existing sends must be included in the rotation."))?;
        check_text("Key", 1000, key)?;
        transaction
            .prepare_cached("UPDATE sends SET send_key = ?, revised = ? WHERE id = ?")?
            .execute((key, now, send.id))?;
    }
    Ok(())
}

/// Organizations that may recover the account hold its user key, sealed for them.
fn replace_recovery_keys(
    transaction: &Transaction<'_>,
    user: Uuid,
    keys: Vec<RecoveryKey>,
) -> Result<(), ApiError> {
    let given: HashMap<Uuid, Option<String>> =
        keys.into_iter().map(|key| (key.organization_id, key.reset_password_key)).collect();
    // The sync does not list organizations that revoked the person, so no client can send a key for them. The old key
    // they hold opens nothing any more: it goes, and who comes back enrols again.
    transaction.execute(
        "UPDATE members SET reset_password_key = NULL, revised = ?
         WHERE user_id = ? AND status = -1 AND reset_password_key IS NOT NULL",
        (Moment::now(), user),
    )?;
    let mut statement = transaction.prepare_cached(
        "SELECT id, organization_id FROM members WHERE user_id = ? AND reset_password_key IS NOT NULL",
    )?;
    let existing: Vec<(Uuid, Uuid)> =
        statement.query_map([user], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (member, organization) in existing {
        let key = given.get(&organization).ok_or_else(|| {
            ApiError::refused("All existing reset password keys must be included in the rotation.")
        })?;
        let key = key
            .as_ref()
            .ok_or_else(|| ApiError::refused("Reset Password keys cannot be set to null during rotation."))?;
        at_most("ResetPasswordKey", key, RECOVERY_KEY)?;
        let is_wrapped = EncString::parse(key)
            .is_ok_and(|parts| matches!(parts, EncString::Asymmetric { .. }) && parts.check_base64().is_ok());
        if !is_wrapped {
            let problem = "ResetPasswordKey is not a valid encrypted string.".into();
            return Err(ApiError::Invalid { field: "ResetPasswordKey", problem });
        }
        transaction
            .prepare_cached("UPDATE members SET reset_password_key = ?, revised = ? WHERE id = ?")?
            .execute((key, Moment::now(), member))?;
    }
    Ok(())
}
