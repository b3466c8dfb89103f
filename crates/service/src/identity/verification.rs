//! Proving again that it is oneself, before what a stolen session must not do (protocol.md §1.8).

use portico_protocol::SecretText;
use rusqlite::{Connection, Transaction};
use serde::Deserialize;
use uuid::Uuid;

use super::codes::{self, Purpose};
use super::{Account, account_of, by_id};
use crate::app::App;
use crate::error::ApiError;
use crate::moment::Moment;
use crate::password;
use crate::store::StoreError;

/// The members by which a request proves it: the master password's hash, or a mailed code where there is none.
#[derive(Default, Deserialize)]
#[serde(from = "Given")]
pub(crate) struct Secret {
    pub(crate) master_password_hash: Option<SecretText>,
    pub(crate) otp: Option<SecretText>,
}

/// As it is sent.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Given {
    #[serde(default)]
    master_password_hash: Option<SecretText>,
    /// The hash in the words of some clients; others send it beside the other name, or one of the two empty.
    #[serde(default)]
    secret: Option<SecretText>,
    /// `OTP` in the official server's model.
    #[serde(default, alias = "oTP")]
    otp: Option<SecretText>,
}

impl From<Given> for Secret {
    fn from(Given { master_password_hash, secret, otp }: Given) -> Self {
        let said = |hash: &SecretText| !hash.expose().is_empty();
        Self { master_password_hash: master_password_hash.filter(said).or(secret), otp }
    }
}

/// The account of `user`, whose `secret` was right.
///
/// # Errors
/// 400 `User verification failed.` after the delay for wrong secrets.
pub(crate) async fn verified(app: &App, user: Uuid, secret: Secret) -> Result<Account, ApiError> {
    let account = app.store.read(move |connection| account_of(connection, user)).await?;
    let (account, right) = if account.password.is_some() {
        let (account, right) =
            check_password(app, Some(account), secret.master_password_hash.unwrap_or_default()).await?;
        (account.ok_or(ApiError::Unauthenticated)?, right)
    } else {
        let given = secret.otp.unwrap_or_default();
        let take = move |connection: &Transaction<'_>| {
            let right = codes::take(
                connection,
                &account,
                Purpose::Verification,
                None,
                given.expose(),
                Moment::now(),
            )?;
            Ok::<_, ApiError>((account, right))
        };
        app.store.write(take).await?
    };
    if right { Ok(account) } else { Err(refused(app).await) }
}

/// Runs `work` for the account of `user` in one transaction, once its `secret` was right.
///
/// # Errors
/// As [`verified`]; 401 where the account's secrets changed meanwhile; whatever `work` refuses.
pub(crate) async fn write_verified<T: Send + 'static>(
    app: &App,
    user: Uuid,
    secret: Secret,
    work: impl FnOnce(&Transaction<'_>, Account) -> Result<T, ApiError> + Send + 'static,
) -> Result<T, ApiError> {
    let account = verified(app, user, secret).await?;
    app.store.write(move |transaction| work(transaction, unchanged(transaction, &account)?)).await
}

/// The refusal of a wrong secret, after the time that it costs.
pub(crate) async fn refused(app: &App) -> ApiError {
    tokio::time::sleep(app.config.login_delay).await;
    ApiError::refused("User verification failed.")
}

/// Whether `given` is the master password's hash of `account`. Takes as long for nobody as for somebody: the time does
/// not tell who has an account. Slow on purpose, so neither on an async thread nor under the lock for writing.
pub(crate) async fn check_password(
    app: &App,
    account: Option<Account>,
    given: SecretText,
) -> Result<(Option<Account>, bool), StoreError> {
    let rounds = app.store.password_rounds();
    tokio::task::spawn_blocking(move || {
        let right = match account.as_ref().and_then(|account| account.password.as_deref()) {
            Some(kept) => password::verify(given.expose(), kept),
            None => {
                std::hint::black_box(password::verify(given.expose(), &password::decoy(rounds)));
                false
            }
        };
        (account, right)
    })
    .await
    .map_err(StoreError::Worker)
}

/// A password's hash as it is kept. As slow as checking one, and so made before the lock for writing is asked for: what
/// was true then has to be looked at again under it.
pub(crate) async fn hashed(app: &App, secret: SecretText) -> Result<Vec<u8>, ApiError> {
    let rounds = app.store.password_rounds();
    let hash = tokio::task::spawn_blocking(move || password::hash(secret.expose(), rounds)).await;
    Ok(hash.map_err(StoreError::Worker)??)
}

/// Whether `given` is what `kept` was made from.
pub(crate) async fn matches_kept(given: SecretText, kept: Vec<u8>) -> Result<bool, StoreError> {
    tokio::task::spawn_blocking(move || password::verify(given.expose(), &kept))
        .await
        .map_err(StoreError::Worker)
}

/// The account read again under the lock for writing, if nobody changed its secrets since it was verified.
pub(crate) fn unchanged(connection: &Connection, verified: &Account) -> Result<Account, ApiError> {
    by_id(connection, verified.id)?
        .filter(|now| now.security_stamp == verified.security_stamp && now.password == verified.password)
        .ok_or(ApiError::Unauthenticated)
}
