//! The second step of a sign-in: an authenticator's code, or the token of a remembered device.

use portico_protocol::SecretText;
use ring::digest::{SHA256, digest};
use rusqlite::Connection;
use serde_json::json;

use super::device::Device;
use super::form::Form;
use super::refusal::Refused;
use crate::identity::totp::matching_step;
use crate::identity::{Account, demanded_of};
use crate::moment::Moment;
use crate::secrets::random_token;

const AUTHENTICATOR: &str = "0";
const REMEMBER: &str = "5";
/// How long a device is remembered, in seconds.
const REMEMBERED: i64 = 30 * 86_400;

/// The second step, taken.
pub(super) struct Passed {
    /// For the answer, if the device is to be remembered from now on.
    pub(super) remember_token: Option<SecretText>,
}

/// Checks the second step of `account`, which may have none.
pub(super) fn check(
    connection: &Connection,
    account: &Account,
    form: &Form,
    device: Option<&Device>,
    now: Moment,
) -> Result<Passed, Refused> {
    let Some(secret) = &account.totp_secret else { return Ok(Passed { remember_token: None }) };
    let (Some(token), Some(provider)) = (form.text("twofactortoken"), form.text("twofactorprovider")) else {
        return Err(asked_for(connection, account)?);
    };
    match provider {
        AUTHENTICATOR => {
            let step = matching_step(secret, token, now.unix_seconds(), account.totp_last_step)
                .ok_or_else(Refused::wrong_code)?;
            connection.execute("UPDATE users SET totp_last_step = ? WHERE id = ?", (step, account.id))?;
            let remember = matches!(form.text("twofactorremember"), Some("1" | "true" | "True"));
            let remember_token = match device {
                Some(device) if remember => Some(remembered(connection, account, device, now)?),
                _ => None,
            };
            Ok(Passed { remember_token })
        }
        // An expired one is no wrong code: the client is asked for a code (protocol.md §1.5).
        REMEMBER if is_remembered(connection, account, device, token, now)? => {
            Ok(Passed { remember_token: None })
        }
        REMEMBER => Err(asked_for(connection, account)?),
        _ => Err(Refused::wrong_code()),
    }
}

fn asked_for(connection: &Connection, account: &Account) -> Result<Refused, rusqlite::Error> {
    let policy = portico_protocol::casing::upper_first(json!(demanded_of(connection, account.id)?));
    Ok(Refused::two_factor_required(policy))
}

fn remembered(
    connection: &Connection,
    account: &Account,
    device: &Device,
    now: Moment,
) -> Result<SecretText, Refused> {
    let token = random_token::<32>()?;
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
