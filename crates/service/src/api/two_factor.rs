//! Two-step login, set up and turned off (protocol.md §1.5, §4.11).

use axum::Json;
use axum::extract::State;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use portico_protocol::ListResponse;
use portico_protocol::SecretText;
use portico_protocol::events::EventType;
use portico_protocol::identity::TwoFactorProvider;
use ring::hmac;
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::app::App;
use crate::authorize::Caller;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::codes::{self, Purpose};
use crate::identity::register::normalised;
use crate::identity::totp::{from_base32, matching_step};
use crate::identity::verification::{Secret, check_password, unchanged, verified, write_verified};
use crate::identity::{Account, account_of, by_email, email_session, two_step};
use crate::moment::Moment;

/// Seconds that a person may take between seeing an authenticator's secret and proving it.
const SET_UP: i64 = 1_800;
/// Bytes: 80 bits are the least that authenticator apps take for a secret.
const LEAST_SECRET: usize = 10;

/// `twoFactorProvider`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Provider {
    object: &'static str,
    enabled: bool,
    #[serde(rename = "type")]
    kind: TwoFactorProvider,
}

impl Provider {
    fn new(kind: TwoFactorProvider, enabled: bool) -> Provider {
        Provider { object: "twoFactorProvider", enabled, kind }
    }
}

/// What is on.
pub(crate) async fn list(
    State(app): State<App>,
    caller: Caller,
) -> Result<Json<ListResponse<Provider>>, ApiError> {
    app.store
        .read(move |connection| {
            let account = account_of(connection, caller.user)?;
            let on = two_step::providers(&account).into_iter().map(|kind| Provider::new(kind, true));
            Ok(Json(ListResponse::complete(on.collect())))
        })
        .await
}

/// `twoFactorAuthenticator`.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Authenticator {
    object: &'static str,
    enabled: bool,
    /// Base32: the secret that is on, or a new one to set up.
    key: SecretText,
    /// Both once more: clients of late 2026 read them here, those before there.
    authenticator: Details,
    /// Stands for the master password in the request that follows, for this key.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_verification_token: Option<String>,
}

#[derive(Serialize)]
struct Details {
    enabled: bool,
    key: SecretText,
}

impl Authenticator {
    fn new(enabled: bool, key: SecretText, user_verification_token: Option<String>) -> Authenticator {
        let authenticator = Details { enabled, key: key.copy() };
        Authenticator {
            object: "twoFactorAuthenticator",
            enabled,
            key,
            authenticator,
            user_verification_token,
        }
    }
}

pub(crate) async fn get_authenticator(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<Json<Authenticator>, ApiError> {
    let account = verified(&app, caller.user, secret).await?;
    let enabled = account.totp_secret.is_some();
    let key = match &account.totp_secret {
        Some(key) => key.clone(),
        None => two_step::authenticator_secret()?,
    };
    let token = set_up_token(&app.answers, &account, &key, Moment::now());
    Ok(Json(Authenticator::new(enabled, key.into(), Some(token))))
}

#[derive(Deserialize)]
pub(crate) struct SetAuthenticator {
    #[serde(default)]
    token: SecretText,
    #[serde(flatten)]
    leave: Leave,
}

/// What allows a change of the authenticator: the token of `get-authenticator` for this key, or the secret itself.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Leave {
    #[serde(default)]
    key: SecretText,
    #[serde(default)]
    user_verification_token: Option<String>,
    #[serde(flatten)]
    secret: Secret,
}

/// Turns the authenticator on once it has shown a right code.
pub(crate) async fn set_authenticator(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SetAuthenticator>,
) -> Result<Json<Authenticator>, ApiError> {
    at_most("Token", request.token.expose(), 50)?;
    at_most("Key", request.leave.key.expose(), 50)?;
    let (account, key) = allowed(&app, caller.user, request.leave).await?;
    if from_base32(key.expose()).is_none_or(|secret| secret.len() < LEAST_SECRET) {
        return Err(ApiError::Invalid { field: "Key", problem: "Key is not valid.".into() });
    }
    let now = Moment::now();
    let Some(step) = matching_step(key.expose(), request.token.expose(), now.unix_seconds(), 0) else {
        return Err(wrong_token(&app).await);
    };
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            two_step::set_authenticator(transaction, &account, key.expose(), step, now)?;
            updated(transaction, &account, &caller)?;
            Ok(Json(Authenticator::new(true, key, None)))
        })
        .await
}

/// `twoFactorEmail`.
#[derive(Serialize)]
pub(crate) struct Email {
    object: &'static str,
    email: Option<String>,
    enabled: bool,
}

impl Email {
    fn of(email: Option<String>) -> Email {
        Email { object: "twoFactorEmail", enabled: email.is_some(), email }
    }
}

pub(crate) async fn get_email(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<Json<Email>, ApiError> {
    Ok(Json(Email::of(verified(&app, caller.user, secret).await?.two_step_email)))
}

#[derive(Deserialize)]
pub(crate) struct SetEmail {
    #[serde(default)]
    email: String,
    #[serde(default)]
    token: SecretText,
    #[serde(flatten)]
    secret: Secret,
}

/// Mails a code to an address that is to become a second step.
pub(crate) async fn send_email(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SetEmail>,
) -> Result<(), ApiError> {
    let email = normalised(&request.email)?;
    write_verified(&app, caller.user, request.secret, move |transaction, account| {
        codes::mail(transaction, &account, Purpose::TwoStepSetUp, &email, Moment::now())
    })
    .await
}

/// Turns codes by mail on once one has arrived.
pub(crate) async fn set_email(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<SetEmail>,
) -> Result<Json<Email>, ApiError> {
    at_most("Token", request.token.expose(), 50)?;
    let email = normalised(&request.email)?;
    let token = request.token;
    let set = write_verified(&app, caller.user, request.secret, move |transaction, account| {
        let now = Moment::now();
        if !codes::take(transaction, &account, Purpose::TwoStepSetUp, Some(&email), token.expose(), now)? {
            // Kept, for the try that it cost.
            return Ok(None);
        }
        two_step::set_email(transaction, &account, &email, now)?;
        updated(transaction, &account, &caller)?;
        Ok(Some(Json(Email::of(Some(email)))))
    })
    .await?;
    match set {
        Some(set) => Ok(set),
        None => Err(wrong_token(&app).await),
    }
}

fn updated(connection: &Connection, account: &Account, caller: &Caller) -> Result<(), rusqlite::Error> {
    let kind = EventType::USER_UPDATED_TWO_FACTOR;
    events::record_of_user(connection, kind, account.id, &Actor::from(caller))
}

#[derive(Deserialize)]
pub(crate) struct TurnOff {
    #[serde(rename = "type", default)]
    kind: Option<TwoFactorProvider>,
    #[serde(flatten)]
    leave: Leave,
}

/// Turns the authenticator off, whatever the body says: newer clients leave the type out.
pub(crate) async fn disable_authenticator(
    state: State<App>,
    caller: Caller,
    Body(request): Body<TurnOff>,
) -> Result<Json<Provider>, ApiError> {
    let kind = Some(TwoFactorProvider::AUTHENTICATOR);
    disable(state, caller, Body(TurnOff { kind, ..request })).await
}

/// Turns one provider off; one that is not on stays so.
pub(crate) async fn disable(
    State(app): State<App>,
    caller: Caller,
    Body(request): Body<TurnOff>,
) -> Result<Json<Provider>, ApiError> {
    let kind = request
        .kind
        .ok_or_else(|| ApiError::Invalid { field: "Type", problem: "The Type field is required.".into() })?;
    if !(TwoFactorProvider::AUTHENTICATOR.0..=TwoFactorProvider::RECOVERY_CODE.0).contains(&kind.0) {
        return Err(ApiError::Invalid { field: "Type", problem: "The field Type is invalid.".into() });
    }
    let (account, _) = allowed(&app, caller.user, request.leave).await?;
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            two_step::turn_off(transaction, &account, kind, &Actor::from(&caller), Moment::now())?;
            Ok(Json(Provider::new(kind, false)))
        })
        .await
}

/// `twoFactorRecover`.
#[derive(Serialize)]
pub(crate) struct Recover {
    object: &'static str,
    /// Null until a second step was set up for the first time.
    code: Option<String>,
}

pub(crate) async fn get_recover(
    State(app): State<App>,
    caller: Caller,
    Body(secret): Body<Secret>,
) -> Result<Json<Recover>, ApiError> {
    let account = verified(&app, caller.user, secret).await?;
    Ok(Json(Recover { object: "twoFactorRecover", code: account.recovery_code }))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SendEmailLogin {
    #[serde(default)]
    email: String,
    /// `SsoEmail2FaSessionToken` of the official server's model, `ssoEmail2faSessionToken` of its answers.
    #[serde(default, alias = "ssoEmail2FaSessionToken")]
    sso_email2fa_session_token: Option<String>,
    #[serde(flatten)]
    secret: Secret,
}

/// Mails a code for a sign-in that is under way. Nobody is signed in yet.
pub(crate) async fn send_email_login(
    State(app): State<App>,
    Body(request): Body<SendEmailLogin>,
) -> Result<(), ApiError> {
    at_most("Email", &request.email, 256)?;
    let email = request.email;
    let account = app.store.read::<_, ApiError>(move |c| Ok(by_email(c, &email)?)).await?;
    // The windows of official clients fill in every member, those that they have nothing for with an empty text.
    let account = match request.sso_email2fa_session_token.filter(|token| !token.is_empty()) {
        Some(token) => {
            account.filter(|account| email_session::is_good(&app.answers, account, &token, Moment::now()))
        }
        None => {
            let given = request.secret.master_password_hash.unwrap_or_default();
            let (account, right) = check_password(&app, account, given).await?;
            account.filter(|_| right)
        }
    };
    let Some((account, address)) = account.and_then(|account| {
        let address = account.two_step_email.clone()?;
        Some((account, address))
    }) else {
        tokio::time::sleep(app.config.login_delay).await;
        return Err(ApiError::refused("Cannot send two-factor email."));
    };
    app.store
        .write(move |transaction| {
            let account = unchanged(transaction, &account)?;
            codes::mail(transaction, &account, Purpose::TwoStep, &address, Moment::now())
        })
        .await
}

/// The account, if the request may change its authenticator, and the key that it names.
async fn allowed(app: &App, user: Uuid, leave: Leave) -> Result<(Account, SecretText), ApiError> {
    let Leave { key, user_verification_token, secret } = leave;
    let Some(token) = user_verification_token.filter(|_| secret.master_password_hash.is_none()) else {
        return Ok((verified(app, user, secret).await?, key));
    };
    let account = app.store.read(move |connection| account_of(connection, user)).await?;
    if set_up_token_is_good(&app.answers, &account, key.expose(), &token, Moment::now()) {
        Ok((account, key))
    } else {
        Err(crate::identity::verification::refused(app).await)
    }
}

fn set_up_token(answers: &hmac::Key, account: &Account, key: &str, now: Moment) -> String {
    let expires = now.plus_seconds(SET_UP).unix_seconds();
    let tag = hmac::sign(answers, &signed_part(account, key, expires));
    format!("{expires}.{}", URL_SAFE_NO_PAD.encode(tag))
}

fn set_up_token_is_good(answers: &hmac::Key, account: &Account, key: &str, token: &str, now: Moment) -> bool {
    let Some((expires, tag)) = token.split_once('.') else { return false };
    let (Ok(expires), Ok(tag)) = (expires.parse(), URL_SAFE_NO_PAD.decode(tag)) else { return false };
    now.unix_seconds() < expires && hmac::verify(answers, &signed_part(account, key, expires), &tag).is_ok()
}

fn signed_part(account: &Account, key: &str, expires: i64) -> Vec<u8> {
    format!("authenticator\0{expires}\0{}\0{}\0{key}", account.id, account.security_stamp).into_bytes()
}

async fn wrong_token(app: &App) -> ApiError {
    tokio::time::sleep(app.config.login_delay).await;
    ApiError::Invalid { field: "Token", problem: "Invalid token.".into() }
}
