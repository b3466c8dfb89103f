//! The three grants.

use portico_protocol::SecretText;
use portico_protocol::account::UserDecryptionOptions;
use portico_protocol::events::EventType;
use portico_protocol::identity::{TokenAccount, TokenResponse};
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::Origin;
use super::device::Device;
use super::form::Form;
use super::refusal::Refused;
use super::two_factor;
use crate::app::App;
use crate::bulk::BulkEvent;
use crate::error::ApiError;
use crate::events;
use crate::identity::{Account, by_email, by_id, demanded_of};
use crate::jwt::{self, Signer, Subject};
use crate::moment::Moment;
use crate::password;
use crate::secrets::random_token;

const CLIENTS: [&str; 7] = ["web", "browser", "desktop", "mobile", "cli", "connector", "sdk"];

/// A person signs in.
pub(super) async fn password(app: &App, form: Form, origin: Origin) -> Result<TokenResponse, Refused> {
    let client = known_client(&form)?;
    let app_ = app.clone();
    let rounds = app.store.password_rounds();
    // Checking the password is slow on purpose: it happens before the write lock is asked for.
    let (form, account) = app
        .store
        .read::<_, Refused>(move |connection| {
            let account = match form.text("username") {
                Some(email) if email.len() <= 1024 => by_email(connection, email)?,
                _ => None,
            };
            Ok((form, account))
        })
        .await?;
    let (form, account, right) = tokio::task::spawn_blocking(move || {
        let given = form.text("password").unwrap_or_default();
        let right = match account.as_ref().and_then(|account| account.password.as_deref()) {
            Some(kept) => password::verify(given, kept),
            // As slow as a real account: the time taken does not tell who has one.
            None => {
                std::hint::black_box(password::verify(given, &password::decoy(rounds)));
                false
            }
        };
        (form, account, right)
    })
    .await
    .map_err(crate::store::StoreError::Worker)?;

    let failed = |kind, account: &Account| BulkEvent {
        kind,
        user_id: Some(account.id),
        acting_user_id: Some(account.id),
        device_type: origin.device_type,
        ip_address: Some(origin.ip.clone()),
        ..BulkEvent::default()
    };
    let account = match account {
        Some(account) if right => account,
        Some(account) => {
            record(app, failed(EventType::USER_FAILED_LOGIN.0, &account)).await?;
            return Err(Refused::wrong_password());
        }
        None => return Err(Refused::wrong_password()),
    };
    if !origin.version {
        return Err(Refused::no_version());
    }
    let device = Device::of(&form, origin.device_type);
    let wrong_code = failed(EventType::USER_FAILED_TWO_FACTOR.0, &account);
    let outcome = app
        .store
        .write(move |transaction| {
            // Read again under the write lock: a two-step code must not be taken twice by two requests at once.
            let account = by_id(transaction, account.id)?.ok_or_else(Refused::wrong_password)?;
            let now = Moment::now();
            let passed = two_factor::check(transaction, &account, &form, device.as_ref(), now)?;
            let device = device.ok_or_else(Refused::no_device)?;
            let signed_in = SignedIn { account: &account, client: &client, device: &device, origin: &origin };
            signed_in.answer(transaction, &app_.signer, true, passed.remember_token, now)
        })
        .await;
    if outcome.as_ref().is_err_and(Refused::costs_the_delay) {
        record(app, wrong_code).await?;
    }
    outcome
}

/// A personal API key stands in for the password; there is no second step and no refresh token.
pub(super) async fn client_credentials(
    app: &App,
    form: Form,
    origin: Origin,
) -> Result<TokenResponse, Refused> {
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            let id = form.text("client_id").and_then(|client| client.strip_prefix("user."));
            let account = match id.and_then(|id| id.parse::<Uuid>().ok()) {
                Some(id) => by_id(transaction, id)?,
                None => None,
            };
            let given = form.text("client_secret").unwrap_or_default();
            let same = |account: &Account| bool::from(account.api_key.as_bytes().ct_eq(given.as_bytes()));
            let account = account.filter(same).ok_or_else(|| Refused::plain("invalid_client"))?;
            if form.text("scope") != Some("api") {
                return Err(Refused::plain("invalid_scope"));
            }
            if !origin.version {
                return Err(Refused::no_version());
            }
            let device = Device::of(&form, origin.device_type).ok_or_else(Refused::no_device)?;
            let client = format!("user.{}", account.id);
            let signed_in = SignedIn { account: &account, client: &client, device: &device, origin: &origin };
            signed_in.answer(transaction, &app_.signer, false, None, Moment::now())
        })
        .await
}

/// A session goes on. The same token stays good and its time starts anew.
pub(super) async fn refresh(app: &App, form: Form) -> Result<TokenResponse, Refused> {
    let app_ = app.clone();
    app.store
        .write(move |transaction| {
            let token = form.text("refresh_token").ok_or_else(|| Refused::plain("invalid_grant"))?;
            let hash = digest(&SHA256, token.as_bytes());
            let now = Moment::now();
            let session = transaction
                .prepare_cached(
                    "SELECT t.user_id, t.client_id, t.device, t.device_type FROM refresh_tokens t
                     JOIN users u ON u.id = t.user_id AND u.security_stamp = t.security_stamp
                     WHERE t.token_hash = ? AND t.expires > ?",
                )?
                .query_row((hash.as_ref(), now), |row| {
                    Ok((
                        row.get::<_, Uuid>(0)?,
                        row.get::<_, String>(1)?,
                        row.get::<_, String>(2)?,
                        row.get(3)?,
                    ))
                })
                .optional()?;
            let (user, client, device, device_type) =
                session.ok_or_else(|| Refused::plain("invalid_grant"))?;
            if form.text("client_id").is_some_and(|given| given != client) {
                return Err(Refused::plain("invalid_grant"));
            }
            let account = by_id(transaction, user)?.ok_or_else(|| Refused::plain("invalid_grant"))?;
            transaction.execute(
                "UPDATE refresh_tokens SET expires = ? WHERE token_hash = ?",
                (now.plus_seconds(refresh_lifetime(&client)), hash.as_ref()),
            )?;
            let subject = subject(&account, &client, &device, device_type, &["api", "offline_access"]);
            Ok(TokenResponse {
                access_token: sign(transaction, &app_.signer, &subject, now)?,
                expires_in: jwt::LIFETIME,
                token_type: "Bearer".into(),
                refresh_token: Some(SecretText::new(token.to_owned())),
                scope: Some("api offline_access".into()),
                sign_in: None,
            })
        })
        .await
}

/// Somebody whose proofs were all checked.
struct SignedIn<'a> {
    account: &'a Account,
    client: &'a str,
    device: &'a Device,
    origin: &'a Origin,
}

impl SignedIn<'_> {
    fn answer(
        &self,
        connection: &Connection,
        signer: &Signer,
        with_refresh: bool,
        remember_token: Option<SecretText>,
        now: Moment,
    ) -> Result<TokenResponse, Refused> {
        let account = self.account;
        self.device.save(connection, account.id, now)?;
        events::record(
            connection,
            &BulkEvent {
                kind: EventType::USER_LOGGED_IN.0,
                user_id: Some(account.id),
                acting_user_id: Some(account.id),
                device_type: Some(self.device.kind),
                ip_address: Some(self.origin.ip.clone()),
                ..BulkEvent::default()
            },
        )?;
        let scope: &[&str] = if with_refresh { &["api", "offline_access"] } else { &["api"] };
        let subject = subject(account, self.client, &self.device.identifier, self.device.kind, scope);
        let access_token = sign(connection, signer, &subject, now)?;
        let refresh_token = if with_refresh { Some(self.refresh_token(connection, now)?) } else { None };
        let unlock = account.master_password_unlock();
        Ok(TokenResponse {
            access_token,
            expires_in: jwt::LIFETIME,
            token_type: "Bearer".into(),
            refresh_token,
            scope: Some(scope.join(" ")),
            sign_in: Some(TokenAccount {
                key: account.key.clone(),
                private_key: account.private_key.clone(),
                account_keys: account.account_keys_for_token(),
                kdf: Some(account.kdf.kdf_type),
                kdf_iterations: Some(account.kdf.iterations),
                kdf_memory: account.kdf.memory,
                kdf_parallelism: account.kdf.parallelism,
                master_password_policy: Some(demanded_of(connection, account.id)?),
                force_password_reset: false,
                user_decryption_options: Some(UserDecryptionOptions {
                    has_master_password: unlock.is_some(),
                    master_password_unlock: unlock,
                    object: "userDecryptionOptions".into(),
                    ..UserDecryptionOptions::default()
                }),
                two_factor_token: remember_token,
            }),
        })
    }

    fn refresh_token(&self, connection: &Connection, now: Moment) -> Result<SecretText, Refused> {
        let token = random_token::<32>()?;
        connection.execute("DELETE FROM refresh_tokens WHERE expires <= ?", [now])?;
        connection.execute(
            "INSERT INTO refresh_tokens (token_hash, user_id, client_id, device, device_type, security_stamp, expires)
             VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                digest(&SHA256, token.as_bytes()).as_ref(),
                self.account.id,
                self.client,
                &self.device.identifier,
                self.device.kind,
                &self.account.security_stamp,
                now.plus_seconds(refresh_lifetime(self.client)),
            ),
        )?;
        Ok(token.into())
    }
}

fn subject<'a>(
    account: &'a Account,
    client_id: &'a str,
    device: &'a str,
    device_type: i32,
    scope: &'a [&'a str],
) -> Subject<'a> {
    Subject {
        id: account.id,
        email: &account.email,
        email_verified: account.email_verified,
        name: account.name.as_deref(),
        premium: account.premium,
        security_stamp: &account.security_stamp,
        client_id,
        device,
        device_type,
        scope,
    }
}

fn sign(
    connection: &Connection,
    signer: &Signer,
    subject: &Subject<'_>,
    now: Moment,
) -> Result<SecretText, Refused> {
    Ok(signer.sign(subject, jwt::role_claims(connection, subject.id)?, now)?.into())
}

fn known_client(form: &Form) -> Result<String, Refused> {
    match form.text("client_id") {
        Some(client) if CLIENTS.contains(&client) => Ok(client.to_owned()),
        _ => Err(Refused::plain("invalid_client")),
    }
}

/// Seconds (protocol.md §1.3).
fn refresh_lifetime(client: &str) -> i64 {
    let days = match client {
        "web" => 7,
        "mobile" => 60,
        _ => 30,
    };
    days * 86_400
}

async fn record(app: &App, event: BulkEvent) -> Result<(), Refused> {
    Ok(app.store.write::<_, ApiError>(move |transaction| Ok(events::record(transaction, &event)?)).await?)
}
