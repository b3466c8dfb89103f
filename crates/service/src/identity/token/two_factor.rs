//! The second step of a sign-in: a code of the authenticator, a mailed one, the recovery code, or the token of a
//! remembered device.

use std::collections::BTreeMap;

use portico_protocol::SecretText;
use portico_protocol::casing::upper_first;
use portico_protocol::events::EventType;
use portico_protocol::identity::TwoFactorProvider;
use ring::digest::{SHA256, digest};
use rusqlite::Connection;
use serde_json::{Value, json};

use super::device::Device;
use super::form::Form;
use super::refusal::{Asked, Refused};
use crate::app::App;
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::codes::{self, Purpose};
use crate::identity::totp::matching_step;
use crate::identity::{Account, demanded_of, email_session, two_step};
use crate::moment::Moment;
use crate::secrets::random_token;

/// How long a device is remembered, in seconds.
const REMEMBERED: i64 = 30 * 86_400;

/// The second step, taken, or not there to take.
#[derive(Default)]
pub(super) struct Passed {
    /// Whether the account had a second step.
    pub(super) was_on: bool,
    /// For the answer, if the device is to be remembered from now on.
    pub(super) remember_token: Option<SecretText>,
}

/// Checks the second step of `account`, which may have none. A refusal leaves something behind (a try, a mail, a line
/// of the log), so that the transaction has to be kept.
pub(super) fn check(
    app: &App,
    connection: &Connection,
    account: &Account,
    form: &Form,
    device: Option<&Device>,
    actor: &Actor,
    now: Moment,
) -> Result<Passed, Refused> {
    let providers = two_step::providers(account);
    if providers.is_empty() {
        return Ok(Passed::default());
    }
    let given = form.text("twofactortoken").zip(provider_of(form));
    let Some((token, provider)) = given else {
        return Err(asked_for(app, connection, account, &providers, now)?);
    };
    let right = match provider {
        // An expired one is no wrong code: the client is asked for a code (protocol.md §1.5).
        TwoFactorProvider::REMEMBER if is_remembered(connection, account, device, token, now)? => {
            return Ok(Passed { was_on: true, remember_token: None });
        }
        TwoFactorProvider::REMEMBER => return Err(asked_for(app, connection, account, &providers, now)?),
        TwoFactorProvider::RECOVERY_CODE => {
            if two_step::recover(connection, account, token, actor, now)? {
                return Ok(Passed { was_on: true, remember_token: None });
            }
            false
        }
        TwoFactorProvider::AUTHENTICATOR => is_authenticators(connection, account, token, now)?,
        TwoFactorProvider::EMAIL => match account.two_step_email.as_deref() {
            Some(address) => codes::take(connection, account, Purpose::TwoStep, Some(address), token, now)?,
            None => false,
        },
        _ => false,
    };
    if !right {
        events::record_of_user(connection, EventType::USER_FAILED_TWO_FACTOR, account.id, actor)?;
        return Err(Refused::wrong_code());
    }
    let remember = matches!(form.text("twofactorremember"), Some("1" | "true" | "True"));
    let remember_token = match device {
        Some(device) if remember => Some(remembered(connection, account, device, now)?),
        _ => None,
    };
    Ok(Passed { was_on: true, remember_token })
}

/// What the client says that its code is of; one that nobody knows is -1.
pub(super) fn provider_of(form: &Form) -> Option<TwoFactorProvider> {
    let given = form.text("twofactorprovider")?;
    Some(given.parse().map_or(TwoFactorProvider(-1), TwoFactorProvider))
}

fn is_authenticators(
    connection: &Connection,
    account: &Account,
    code: &str,
    now: Moment,
) -> Result<bool, rusqlite::Error> {
    let step = account
        .totp_secret
        .as_deref()
        .and_then(|secret| matching_step(secret, code, now.unix_seconds(), account.totp_last_step));
    let Some(step) = step else { return Ok(false) };
    connection.execute("UPDATE users SET totp_last_step = ? WHERE id = ?", (step, account.id))?;
    Ok(true)
}

/// What the client is asked for. Where mail is the only way, the code is already under way.
fn asked_for(
    app: &App,
    connection: &Connection,
    account: &Account,
    providers: &[TwoFactorProvider],
    now: Moment,
) -> Result<Refused, ApiError> {
    let mut details: BTreeMap<String, Value> = BTreeMap::new();
    for provider in providers {
        let detail = match &account.two_step_email {
            Some(address) if *provider == TwoFactorProvider::EMAIL => {
                json!({ "Email": two_step::redacted(address) })
            }
            _ => Value::Null,
        };
        details.insert(provider.0.to_string(), detail);
    }
    if let (Some(address), [TwoFactorProvider::EMAIL]) = (&account.two_step_email, providers) {
        codes::mailed(connection, account, Purpose::TwoStep, address, now)?;
    }
    let by_email = account.two_step_email.is_some();
    Ok(Refused::two_factor_required(Asked {
        providers: details,
        master_password_policy: upper_first(json!(demanded_of(connection, account.id)?)),
        email_session: by_email.then(|| email_session::issue(&app.answers, account, now)),
        email: by_email.then(|| account.email.clone()),
    }))
}

fn remembered(
    connection: &Connection,
    account: &Account,
    device: &Device,
    now: Moment,
) -> Result<SecretText, Refused> {
    let token = random_token::<32>()?;
    connection.execute("DELETE FROM remember_tokens WHERE expires <= ?", [now])?;
    connection.execute(
        "INSERT INTO remember_tokens (token_hash, user_id, device, security_stamp, expires) VALUES (?, ?, ?, ?, ?)",
        (
            digest(&SHA256, token.as_bytes()).as_ref(),
            account.id,
            &device.identifier,
            &account.security_stamp,
            now.plus_seconds(REMEMBERED),
        ),
    )?;
    Ok(token.into())
}

fn is_remembered(
    connection: &Connection,
    account: &Account,
    device: Option<&Device>,
    token: &str,
    now: Moment,
) -> Result<bool, rusqlite::Error> {
    let Some(device) = device else { return Ok(false) };
    connection
        .prepare_cached(
            "SELECT 1 FROM remember_tokens
             WHERE token_hash = ? AND user_id = ? AND device = ? AND security_stamp = ? AND expires > ?",
        )?
        .exists((
            digest(&SHA256, token.as_bytes()).as_ref(),
            account.id,
            &device.identifier,
            &account.security_stamp,
            now,
        ))
}
