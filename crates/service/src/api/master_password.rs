//! Changing what unlocks the account: master password and key derivation (protocol.md §1.8). The user key stays the
//! same, newly wrapped; every session ends.

use axum::extract::State;
use portico_protocol::SecretText;
use portico_protocol::account::{KdfParameters, KdfType, MasterPasswordUnlock};
use portico_protocol::events::EventType;
use portico_protocol::identity::MasterPasswordAuthentication;
use rusqlite::Connection;
use serde::Deserialize;
use uuid::Uuid;

use crate::app::App;
use crate::authorize::Caller;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::register::{check_hash, check_hint, check_kdf, check_user_key, missing};
use crate::identity::verification::{Secret, hashed, unchanged, verified, write_verified};
use crate::identity::{Account, account_of, by_email};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, is_enough, post};

/// A change in either of its two forms: members side by side, or `authenticationData` and `unlockData`.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Change {
    #[serde(flatten)]
    secret: Secret,
    #[serde(default)]
    new_master_password_hash: Option<SecretText>,
    #[serde(default)]
    master_password_hint: Option<String>,
    #[serde(default)]
    key: Option<String>,
    #[serde(default)]
    kdf: Option<KdfType>,
    #[serde(default)]
    kdf_iterations: Option<u32>,
    #[serde(default)]
    kdf_memory: Option<u32>,
    #[serde(default)]
    kdf_parallelism: Option<u32>,
    #[serde(default)]
    authentication_data: Option<MasterPasswordAuthentication>,
    #[serde(default)]
    unlock_data: Option<MasterPasswordUnlock>,
}

/// What both forms say.
pub(super) struct NewUnlock {
    pub(super) hash: SecretText,
    pub(super) key: String,
    /// `None`: as before.
    pub(super) kdf: Option<KdfParameters>,
    pub(super) salt: Option<String>,
}

impl NewUnlock {
    fn of(change: Change) -> Result<NewUnlock, ApiError> {
        let new = match (change.authentication_data, change.unlock_data) {
            (Some(authentication), Some(unlock)) => NewUnlock::of_pair(authentication, unlock)?,
            (None, None) => NewUnlock {
                hash: change.new_master_password_hash.ok_or_else(|| missing("NewMasterPasswordHash"))?,
                key: change.key.ok_or_else(|| missing("Key"))?,
                kdf: match (change.kdf, change.kdf_iterations) {
                    (None, None) => None,
                    (kdf, iterations) => Some(KdfParameters {
                        kdf_type: kdf.ok_or_else(|| missing("Kdf"))?,
                        iterations: iterations.ok_or_else(|| missing("KdfIterations"))?,
                        memory: change.kdf_memory,
                        parallelism: change.kdf_parallelism,
                    }),
                },
                salt: None,
            },
            _ => {
                return Err(ApiError::Invalid {
                    field: "AuthenticationData",
                    problem: "AuthenticationData and UnlockData must be provided.".into(),
                });
            }
        };
        new.check()?;
        Ok(NewUnlock { kdf: new.kdf.map(KdfParameters::normal), ..new })
    }

    /// Of the newer form's two halves, which have to agree.
    fn of_pair(
        authentication: MasterPasswordAuthentication,
        unlock: MasterPasswordUnlock,
    ) -> Result<NewUnlock, ApiError> {
        if authentication.kdf.normal() != unlock.kdf.normal() || authentication.salt != unlock.salt {
            return Err(ApiError::refused(
                "Invalid KDF or salt: they must be the same for authentication and unlock.",
            ));
        }
        let key = unlock.wrapped_user_key().ok_or_else(|| missing("MasterKeyWrappedUserKey"))?.to_owned();
        Ok(NewUnlock {
            hash: authentication.master_password_authentication_hash,
            key,
            kdf: Some(unlock.kdf),
            salt: Some(unlock.salt),
        })
    }

    pub(super) fn check(&self) -> Result<(), ApiError> {
        check_hash("NewMasterPasswordHash", &self.hash)?;
        check_user_key("Key", &self.key)
    }

    /// The client's hash as it is kept. It is asked for once.
    pub(super) async fn hashed(&mut self, app: &App) -> Result<Vec<u8>, ApiError> {
        hashed(app, std::mem::take(&mut self.hash)).await
    }

    /// The salt is the account's for good: another one would lock the person out.
    pub(super) fn check_salt(&self, account: &Account) -> Result<(), ApiError> {
        match &self.salt {
            Some(salt) if *salt != account.salt => Err(ApiError::refused("Invalid master password salt.")),
            _ => Ok(()),
        }
    }
}

/// Another master password. The key derivation stays.
pub(crate) async fn change_password(
    State(app): State<App>,
    caller: Caller,
    Body(mut change): Body<Change>,
) -> Result<(), ApiError> {
    check_hint(change.master_password_hint.as_deref())?;
    let secret = std::mem::take(&mut change.secret);
    let hint = change.master_password_hint.take();
    let mut new = NewUnlock::of(change)?;
    let account = verified(&app, caller.user, secret).await?;
    let hash = new.hashed(&app).await?;
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            replace_password(transaction, &account, &new, &hash, hint.as_deref())?;
            let actor = Actor::from(&caller);
            Ok(events::record_of_user(transaction, EventType::USER_CHANGED_PASSWORD, account.id, &actor)?)
        })
        .await
}

/// A password of one's own in place of one that an administrator set (protocol.md §4.6, account recovery). Nobody asks
/// for that one: who has it has just signed in with it.
pub(crate) async fn replace_temporary(
    State(app): State<App>,
    caller: Caller,
    Body(mut change): Body<Change>,
) -> Result<(), ApiError> {
    check_hint(change.master_password_hint.as_deref())?;
    let hint = change.master_password_hint.take();
    let mut new = NewUnlock::of(change)?;
    let hash = new.hashed(&app).await?;
    app.store
        .write(move |transaction| {
            let account = account_of(transaction, caller.user)?;
            if !account.force_password_reset {
                return Err(ApiError::refused("User does not have a temporary password to update."));
            }
            replace_password(transaction, &account, &new, &hash, hint.as_deref())?;
            let kind = EventType::USER_UPDATED_TEMPORARY_PASSWORD;
            Ok(events::record_of_user(transaction, kind, account.id, &Actor::from(&caller))?)
        })
        .await
}

/// Puts a master password of the person's own choice in the place of the one before, and ends every session.
fn replace_password(
    connection: &Connection,
    account: &Account,
    new: &NewUnlock,
    hash: &[u8],
    hint: Option<&str>,
) -> Result<(), ApiError> {
    new.check_salt(account)?;
    if new.kdf.is_some_and(|kdf| kdf != account.kdf) {
        return Err(ApiError::refused("Invalid KDF settings: a new password keeps them."));
    }
    connection.execute(
        "UPDATE users SET password = ?, password_hint = ?, user_key = ?, force_password_reset = 0 WHERE id = ?",
        (hash, hint, &new.key, account.id),
    )?;
    Ok(end_sessions(connection, account.id, Moment::now())?)
}

/// Another key derivation, with the same master password.
pub(crate) async fn change_kdf(
    State(app): State<App>,
    caller: Caller,
    Body(mut change): Body<Change>,
) -> Result<(), ApiError> {
    let secret = std::mem::take(&mut change.secret);
    let mut new = NewUnlock::of(change)?;
    let kdf = new.kdf.ok_or_else(|| missing("Kdf"))?;
    check_kdf(kdf)?;
    let account = verified(&app, caller.user, secret).await?;
    let hash = new.hashed(&app).await?;
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            new.check_salt(&account)?;
            transaction.execute(
                "UPDATE users SET password = ?, user_key = ?, kdf = ?, kdf_iterations = ?, kdf_memory = ?,
                     kdf_parallelism = ? WHERE id = ?",
                (hash, &new.key, kdf.kdf_type.0, kdf.iterations, kdf.memory, kdf.parallelism, account.id),
            )?;
            Ok(end_sessions(transaction, account.id, Moment::now())?)
        })
        .await
}

/// Signs out everywhere.
pub(crate) async fn refresh_stamp(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<(), ApiError> {
    write_verified(&app, caller.user, secret, move |transaction, account| {
        Ok(end_sessions(transaction, account.id, Moment::now())?)
    })
    .await
}

/// A new security stamp: tokens of every kind were issued for the old one.
pub(super) fn end_sessions(connection: &Connection, user: Uuid, now: Moment) -> Result<(), rusqlite::Error> {
    connection.execute(
        "UPDATE users SET security_stamp = ?, account_revised = ? WHERE id = ?",
        (Uuid::new_v4().to_string(), now, user),
    )?;
    connection.execute("DELETE FROM refresh_tokens WHERE user_id = ?", [user])?;
    connection.execute("DELETE FROM remember_tokens WHERE user_id = ?", [user])?;
    Ok(())
}

#[derive(Deserialize)]
pub(crate) struct HintRequest {
    #[serde(default)]
    email: String,
}

/// Mails the hint, and does not tell whether there is anybody to mail it to.
pub(crate) async fn mail_hint(
    State(app): State<App>,
    Body(request): Body<HintRequest>,
) -> Result<(), ApiError> {
    at_most("Email", &request.email, 256)?;
    app.store
        .write(move |transaction| {
            let Some(account) = by_email(transaction, &request.email)? else { return Ok(()) };
            let now = Moment::now();
            if is_enough(transaction, MailKind::PasswordHint, &account.email, now)? {
                return Ok(());
            }
            let hint: Option<String> = transaction.query_row(
                "SELECT nullif(password_hint, '') FROM users WHERE id = ?",
                [account.id],
                |row| row.get(0),
            )?;
            let fields: Vec<_> = hint.iter().map(|hint| ("hint", hint.as_str())).collect();
            let body = match &hint {
                Some(hint) => format!("You asked for the hint of your master password: {hint}\n"),
                None => "You asked for the hint of your master password. There is none.\n".to_owned(),
            };
            let letter = Letter {
                kind: MailKind::PasswordHint,
                to: &account.email,
                subject: "Your master password hint",
                fields: &fields,
                body: &body,
            };
            Ok(post(transaction, &letter, now)?)
        })
        .await
}
