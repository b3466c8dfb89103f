//! The caller's own account (protocol.md §1.8).

use axum::Json;
use axum::extract::State;
use portico_protocol::SecretText;
use portico_protocol::account::{KeysResponse, ProfileResponse};
use portico_protocol::identity::{KeyPairRequest, MasterPasswordPolicy};
use serde::Deserialize;

use super::profile;
use crate::app::App;
use crate::authorize::Caller;
use crate::body::Body;
use crate::error::ApiError;
use crate::identity::register::{check_encrypted, check_public_key};
use crate::identity::{Account, by_id, demanded_of};
use crate::moment::Moment;
use crate::password;

pub(crate) async fn profile(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ProfileResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let account = by_id(connection, caller.user)?.ok_or(ApiError::Unauthenticated)?;
            Ok(Json(profile::of(connection, &account)?))
        })
        .await
}

/// Epoch milliseconds, a bare number.
pub(crate) async fn revision_date(State(app): State<App>, caller: Caller) -> Result<Json<i64>, ApiError> {
    app.store
        .read(move |connection| {
            let account = by_id(connection, caller.user)?.ok_or(ApiError::Unauthenticated)?;
            Ok(Json(account.revised.unix_millis()))
        })
        .await
}

pub(crate) async fn keys(State(app): State<App>, caller: Caller) -> Result<Json<KeysResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let account = by_id(connection, caller.user)?.ok_or(ApiError::Unauthenticated)?;
            Ok(Json(keys_of(account)))
        })
        .await
}

/// An account of old without a key pair gets one; a pair that is there is never replaced.
pub(crate) async fn set_keys(
    State(app): State<App>,
    caller: Caller,
    Body(pair): Body<KeyPairRequest>,
) -> Result<Json<KeysResponse>, ApiError> {
    check_public_key(&pair.public_key)?;
    check_encrypted("EncryptedPrivateKey", &pair.encrypted_private_key)?;
    app.store
        .write(move |transaction| {
            let account = by_id(transaction, caller.user)?.ok_or(ApiError::Unauthenticated)?;
            if account.public_key.is_some() || account.private_key.is_some() {
                return Err(ApiError::refused("User has existing keypair"));
            }
            transaction.execute(
                "UPDATE users SET public_key = ?, private_key = ?, account_revised = ? WHERE id = ?",
                (&pair.public_key, &pair.encrypted_private_key, Moment::now(), caller.user),
            )?;
            let account = by_id(transaction, caller.user)?.ok_or(ApiError::Unauthenticated)?;
            Ok(Json(keys_of(account)))
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Verification {
    #[serde(default)]
    master_password_hash: Option<SecretText>,
}

pub(crate) async fn verify_password(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Verification>,
) -> Result<Json<MasterPasswordPolicy>, ApiError> {
    let verified = app
        .store
        .read(move |connection| {
            let account = by_id(connection, caller.user)?.ok_or(ApiError::Unauthenticated)?;
            let given = secret.master_password_hash.as_ref().map(SecretText::expose).unwrap_or_default();
            let right = account.password.as_deref().is_some_and(|kept| password::verify(given, kept));
            if right { Ok(Some(demanded_of(connection, caller.user)?)) } else { Ok::<_, ApiError>(None) }
        })
        .await?;
    match verified {
        Some(policy) => Ok(Json(policy)),
        None => {
            tokio::time::sleep(app.config.login_delay).await;
            Err(ApiError::refused("User verification failed."))
        }
    }
}

fn keys_of(account: Account) -> KeysResponse {
    KeysResponse {
        object: "keys".into(),
        account_keys: account.account_keys(),
        key: account.key,
        public_key: account.public_key,
        private_key: account.private_key,
        ..KeysResponse::default()
    }
}
