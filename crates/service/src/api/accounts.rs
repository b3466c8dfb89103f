//! The caller's own account (protocol.md §1.8).

use axum::Json;
use axum::extract::State;
use portico_protocol::account::{KeysResponse, ProfileResponse};
use portico_protocol::events::EventType;
use portico_protocol::identity::{KeyPairRequest, MasterPasswordPolicy};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use uuid::Uuid;

use super::members::{CONFIRMED, leave_my_items};
use super::profile;
use crate::app::App;
use crate::authorize::Caller;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::codes::{self, Purpose};
use crate::identity::register::{check_hint, checked_pair, missing};
use crate::identity::verification::{Secret, check_password, refused, unchanged, verified, write_verified};
use crate::identity::{Account, account_of, by_email, demanded_of};
use crate::moment::Moment;

pub(crate) async fn profile(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ProfileResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let account = account_of(connection, caller.user)?;
            Ok(Json(profile::of(connection, &account)?))
        })
        .await
}

/// Epoch milliseconds, a bare number.
pub(crate) async fn revision_date(State(app): State<App>, caller: Caller) -> Result<Json<i64>, ApiError> {
    app.store
        .read(move |connection| {
            let account = account_of(connection, caller.user)?;
            Ok(Json(account.revised.unix_millis()))
        })
        .await
}

pub(crate) async fn keys(State(app): State<App>, caller: Caller) -> Result<Json<KeysResponse>, ApiError> {
    app.store
        .read(move |connection| {
            let account = account_of(connection, caller.user)?;
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
    let pair = checked_pair(pair)?;
    app.store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            if account.public_key.is_some() || account.private_key.is_some() {
                return Err(ApiError::refused("User has existing keypair"));
            }
            write_pair(transaction, caller.user, &pair)?;
            let account = account_of(transaction, caller.user)?;
            Ok(Json(keys_of(account)))
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct NewPair {
    user_public_key: String,
    user_key_encrypted_user_private_key: String,
}

/// Another key pair for who has one whose halves do not fit. Whoever is in an organization keeps theirs: its key is sealed
/// for it.
pub(crate) async fn replace_keys(
    State(app): State<App>,
    caller: Caller,
    Body(pair): Body<NewPair>,
) -> Result<(), ApiError> {
    let pair = checked_pair(KeyPairRequest {
        public_key: pair.user_public_key,
        encrypted_private_key: pair.user_key_encrypted_user_private_key,
    })?;
    app.store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            if account.public_key.is_none() || account.private_key.is_none() {
                return Err(ApiError::refused("The account has no key pair."));
            }
            let sealed_for = "SELECT 1 FROM members WHERE user_id = ?1 AND member_key IS NOT NULL
                              UNION ALL SELECT 1 FROM provider_users WHERE user_id = ?1 AND provider_key IS NOT NULL";
            if transaction.prepare_cached(sealed_for)?.exists([caller.user])? {
                return Err(ApiError::refused("Cannot regenerate keys when in an organization or a provider."));
            }
            Ok(write_pair(transaction, caller.user, &pair)?)
        })
        .await
}

fn write_pair(transaction: &Transaction<'_>, user: Uuid, pair: &KeyPairRequest) -> rusqlite::Result<()> {
    let written = "UPDATE users SET public_key = ?, private_key = ?, account_revised = ? WHERE id = ?";
    transaction.execute(written, (&pair.public_key, &pair.encrypted_private_key, Moment::now(), user))?;
    Ok(())
}

/// Right: what the organizations demand of a master password (protocol.md §1.8).
pub(crate) async fn verify_password(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<Json<MasterPasswordPolicy>, ApiError> {
    verified(&app, caller.user, secret).await?;
    app.store.read(move |connection| Ok(Json(demanded_of(connection, caller.user)?))).await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetProfile {
    #[serde(default)]
    name: Option<String>,
    #[serde(default)]
    master_password_hint: Option<String>,
}

pub(crate) async fn set_profile(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SetProfile>,
) -> Result<Json<ProfileResponse>, ApiError> {
    at_most("Name", request.name.as_deref().unwrap_or_default(), 50)?;
    check_hint(request.master_password_hint.as_deref())?;
    app.store
        .write(move |transaction| {
            transaction.execute(
                // A client is not told the hint, so most leave it out: that is no wish to lose it.
                "UPDATE users SET name = nullif(?, ''), password_hint = coalesce(?, password_hint),
                     account_revised = ? WHERE id = ?",
                (request.name, request.master_password_hint, Moment::now(), caller.user),
            )?;
            profile_now(transaction, caller.user)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetAvatar {
    #[serde(default)]
    avatar_color: Option<String>,
}

pub(crate) async fn set_avatar(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SetAvatar>,
) -> Result<Json<ProfileResponse>, ApiError> {
    if request.avatar_color.as_deref().is_some_and(|color| !is_color(color)) {
        let problem = "AvatarColor must be of the form #rrggbb.".into();
        return Err(ApiError::Invalid { field: "AvatarColor", problem });
    }
    app.store
        .write(move |transaction| {
            transaction.execute(
                "UPDATE users SET avatar_color = ?, account_revised = ? WHERE id = ?",
                (request.avatar_color, Moment::now(), caller.user),
            )?;
            profile_now(transaction, caller.user)
        })
        .await
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SetVerifyDevices {
    #[serde(default)]
    verify_devices: Option<bool>,
    #[serde(flatten)]
    secret: Secret,
}

/// Whether sign-ins from new devices take a mailed code (protocol.md §1.5).
pub(crate) async fn set_verify_devices(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SetVerifyDevices>,
) -> Result<(), ApiError> {
    let wanted = request.verify_devices.ok_or_else(|| missing("VerifyDevices"))?;
    let account = verified(&app, caller.user, request.secret).await?;
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            transaction.execute(
                "UPDATE users SET verify_devices = ?, account_revised = ? WHERE id = ?",
                (wanted, Moment::now(), account.id),
            )?;
            Ok(())
        })
        .await
}

#[derive(Deserialize)]
pub(crate) struct ResendCode {
    #[serde(default)]
    email: String,
    #[serde(flatten)]
    secret: Secret,
}

/// Mails the code for a new device again. Nobody is signed in yet.
pub(crate) async fn resend_new_device_code(
    State(app): State<App>,
    Body(request): Body<ResendCode>,
) -> Result<(), ApiError> {
    at_most("Email", &request.email, 256)?;
    let email = request.email;
    let account = app.store.read::<_, ApiError>(move |c| Ok(by_email(c, &email)?)).await?;
    let given = request.secret.master_password_hash.unwrap_or_default();
    let (Some(account), true) = check_password(&app, account, given).await? else {
        return Err(refused(&app).await);
    };
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            codes::mail(transaction, &account, Purpose::NewDevice, &account.email, Moment::now())
        })
        .await
}

/// Mails a code that stands for the master password where there is none.
pub(crate) async fn request_code(State(app): State<App>, caller: Caller) -> Result<(), ApiError> {
    app.store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            if account.password.is_some() {
                return Err(ApiError::refused("Your master password is asked for instead of a code."));
            }
            codes::mail(transaction, &account, Purpose::Verification, &account.email, Moment::now())
        })
        .await
}

/// Deletes the account and what is its own; organizations keep theirs.
pub(crate) async fn delete(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<(), ApiError> {
    write_verified(&app, caller.user, secret, move |transaction, account| {
        let alone = |sql: &str| transaction.prepare_cached(sql)?.exists([account.id]);
        if alone(
            "SELECT 1 FROM members mine WHERE mine.user_id = ? AND mine.type = 0 AND mine.status = 2
             AND NOT EXISTS (SELECT 1 FROM members other WHERE other.organization_id = mine.organization_id
                 AND other.type = 0 AND other.status = 2 AND other.id <> mine.id)
             AND NOT EXISTS (SELECT 1 FROM provider_organizations link
                 WHERE link.organization_id = mine.organization_id)",
        )? {
            return Err(ApiError::refused(
                "Cannot delete this user because it is the sole owner of at least one organization. Please \
                 delete these organizations or upgrade another user.",
            ));
        }
        if alone(
            "SELECT 1 FROM provider_users mine WHERE mine.user_id = ? AND mine.type = 0 AND mine.status = 2
             AND NOT EXISTS (SELECT 1 FROM provider_users other WHERE other.provider_id = mine.provider_id
                 AND other.type = 0 AND other.status = 2 AND other.id <> mine.id)",
        )? {
            return Err(ApiError::refused(
                "Cannot delete this user because it is the sole owner of at least one provider. Please delete \
                 these providers or upgrade another user.",
            ));
        }
        let memberships: Vec<(Uuid, Uuid, i32)> = transaction
            .prepare_cached("SELECT id, organization_id, status FROM members WHERE user_id = ?")?
            .query_map([account.id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
            .collect::<Result<_, _>>()?;
        for (member, organization, status) in memberships {
            leave_my_items(transaction, member, &account.email)?;
            if status == CONFIRMED {
                let kind = EventType::MEMBER_ACCOUNT_DELETED;
                let actor = Actor::from(&caller);
                events::record_of_member(transaction, kind, organization, member, account.id, None, &actor)?;
            }
        }
        transaction.execute("DELETE FROM users WHERE id = ?", [account.id])?;
        Ok::<_, ApiError>(())
    })
    .await?;
    app.store.files().remove_doomed(&app.store).await;
    Ok(())
}

fn profile_now(connection: &Connection, user: Uuid) -> Result<Json<ProfileResponse>, ApiError> {
    let account = account_of(connection, user)?;
    Ok(Json(profile::of(connection, &account)?))
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|digits| digits.len() == 6 && digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
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
