//! The three grants.

use portico_protocol::SecretText;
use portico_protocol::account::UserDecryptionOptions;
use portico_protocol::events::EventType;
use portico_protocol::identity::{TokenAccount, TokenResponse, TwoFactorProvider};
use portico_protocol::organization::PolicyType;
use ring::digest::{SHA256, digest};
use rusqlite::{Connection, OptionalExtension, Transaction};
use subtle::ConstantTimeEq;
use uuid::Uuid;

use super::Origin;
use super::device::Device;
use super::form::Form;
use super::refusal::Refused;
use super::roles::role_claims;
use super::{new_device, two_factor};
use crate::api::settings_binding;
use crate::app::App;
use crate::device_types;
use crate::error::ApiError;
use crate::events::{self, Actor};
use crate::identity::verification::{check_password, unchanged};
use crate::identity::{Account, by_email, by_id, demanded_of};
use crate::jwt::{self, Signer, Subject};
use crate::moment::Moment;
use crate::outbox::{self, Letter, MailKind};
use crate::secrets::random_token;

const CLIENTS: [&str; 7] = ["web", "browser", "desktop", "mobile", "cli", "connector", "sdk"];

/// Seconds for which nobody is told of a new device: the account itself is new.
const FRESH: i64 = 600;

/// A person signs in.
pub(super) async fn password(app: &App, form: Form, origin: Origin) -> Result<TokenResponse, Refused> {
    let client = known_client(&form)?;
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
    if form.text("authrequest").is_some() {
        return Err(auth_request(app, form, account, origin.actor.device_type).await?);
    }
    let given = SecretText::new(form.text("password").unwrap_or_default().to_owned());
    let account = match check_password(app, account, given).await? {
        (Some(account), true) => account,
        (Some(account), false) => {
            let record = move |transaction: &Transaction<'_>| {
                let kind = EventType::USER_FAILED_LOGIN;
                Ok::<_, ApiError>(events::record_of_user(transaction, kind, account.id, &origin.actor)?)
            };
            app.store.write(record).await?;
            return Err(Refused::wrong_password());
        }
        (None, _) => return Err(Refused::wrong_password()),
    };
    if !origin.version {
        return Err(Refused::no_version());
    }
    let (app, store) = (app.clone(), app.store.clone());
    store
        .write(move |transaction| {
            match finish(&app, transaction, &account, &client, &form, &origin) {
                // What led to a refusal is kept: the tries that are left, a mail, a line of the log.
                Err(Refused::Grant(refused)) => Ok(Err(Refused::Grant(refused))),
                outcome => outcome.map(Ok),
            }
        })
        .await?
}

/// The refusal of who would sign in by the leave of another device.
async fn auth_request(
    app: &App,
    form: Form,
    account: Option<Account>,
    header_type: Option<i32>,
) -> Result<Refused, Refused> {
    let device = Device::of(&form, header_type);
    let known = app
        .store
        .read::<_, Refused>(move |connection| match (account, device) {
            (Some(account), Some(device)) => Ok(device.is_known(connection, account.id)?),
            _ => Ok(false),
        })
        .await?;
    Ok(Refused::auth_request(known))
}

/// The steps that come after a right password (protocol.md §1.3).
fn finish(
    app: &App,
    transaction: &Transaction<'_>,
    verified: &Account,
    client: &str,
    form: &Form,
    origin: &Origin,
) -> Result<TokenResponse, Refused> {
    // Read again under the write lock: a code must not be taken twice by two requests at once.
    let account = match unchanged(transaction, verified) {
        Err(ApiError::Unauthenticated) => return Err(Refused::wrong_password()),
        account => account?,
    };
    let now = Moment::now();
    let device = Device::of(form, origin.actor.device_type);
    // Somebody who recovers does so before being sent to the single sign-on, which asks for no second step.
    let recovers = two_factor::provider_of(form) == Some(TwoFactorProvider::RECOVERY_CODE);
    if !recovers && demands_single_sign_on(transaction, account.id)? {
        return Err(Refused::single_sign_on(false));
    }
    let passed = two_factor::check(app, transaction, &account, form, device.as_ref(), &origin.actor, now)?;
    if recovers && demands_single_sign_on(transaction, account.id)? {
        return Err(Refused::single_sign_on(passed.was_on));
    }
    let device = device.ok_or_else(Refused::no_device)?;
    if !passed.was_on {
        new_device::check(transaction, &account, form, &device, now)?;
    }
    // The web vault alone can give such an account a key.
    if account.key.is_none() && client != "web" {
        return Err(Refused::no_user_key());
    }
    let signed_in = SignedIn { account: &account, client, device: &device, origin };
    signed_in.answer(transaction, &app.signer, true, passed.remember_token, now)
}

/// Whether an organization keeps `user` from signing in with the master password (policy 4, protocol.md §4.8).
fn demands_single_sign_on(connection: &Connection, user: Uuid) -> Result<bool, ApiError> {
    Ok(!settings_binding(connection, user, PolicyType::REQUIRE_SSO)?.is_empty())
}

/// A personal API key stands in for the password; there is no second step and no refresh token.
pub(super) async fn client_credentials(
    app: &App,
    form: Form,
    origin: Origin,
) -> Result<TokenResponse, Refused> {
    let (app, store) = (app.clone(), app.store.clone());
    store
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
            let device = Device::of(&form, origin.actor.device_type).ok_or_else(Refused::no_device)?;
            let client = format!("user.{}", account.id);
            let signed_in = SignedIn { account: &account, client: &client, device: &device, origin: &origin };
            signed_in.answer(transaction, &app.signer, false, None, Moment::now())
        })
        .await
}

/// A session goes on. The same token stays good and its time starts anew.
pub(super) async fn refresh(app: &App, form: Form) -> Result<TokenResponse, Refused> {
    let (app, store) = (app.clone(), app.store.clone());
    store
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
                access_token: sign(transaction, &app.signer, &subject, now)?,
                expires_in: jwt::lifetime(&client),
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
        let is_new = !self.device.is_known(connection, account.id)?;
        self.device.save(connection, account.id, now)?;
        if is_new && now > account.created.plus_seconds(FRESH) {
            self.tell_of_new_device(connection, now)?;
        }
        let actor = Actor { device_type: Some(self.device.kind), ip: self.origin.actor.ip.clone() };
        events::record_of_user(connection, EventType::USER_LOGGED_IN, account.id, &actor)?;
        let scope: &[&str] = if with_refresh { &["api", "offline_access"] } else { &["api"] };
        let subject = subject(account, self.client, &self.device.identifier, self.device.kind, scope);
        let access_token = sign(connection, signer, &subject, now)?;
        let refresh_token = if with_refresh { Some(self.refresh_token(connection, now)?) } else { None };
        let unlock = account.master_password_unlock();
        Ok(TokenResponse {
            access_token,
            expires_in: jwt::lifetime(self.client),
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
                force_password_reset: account.force_password_reset,
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

    fn tell_of_new_device(&self, connection: &Connection, now: Moment) -> Result<(), rusqlite::Error> {
        // The type's name, not the device's: that one is what the caller wrote.
        let kind = device_types::name(self.device.kind);
        let ip = self.origin.actor.ip.as_deref().unwrap_or_default();
        let from = if ip.is_empty() { String::new() } else { format!("IP address: {ip}\n") };
        let letter = Letter {
            kind: MailKind::NewDeviceSignIn,
            to: &self.account.email,
            subject: "A new device signed in",
            fields: &[("deviceType", kind), ("ipAddress", ip)],
            body: &format!(
                "A new device signed in to your account.\n\nDevice: {}\nDate: {}\n{from}\nIf this was not you, change \
                 your master password.\n",
                device_types::in_words(self.device.kind),
                now.in_words()
            ),
        };
        outbox::post(connection, &letter, now)
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
    Ok(signer.sign(subject, role_claims(connection, subject.id)?, now)?.into())
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
