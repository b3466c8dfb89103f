//! Registration (protocol.md §1.2): a token for an e-mail address, then the account.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use portico_protocol::SecretText;
use portico_protocol::account::{AccountKeys, KdfParameters, KdfType};
use portico_protocol::enc_string::{COSE_TYPE, EncString};
use portico_protocol::identity::{KeyPairRequest, RegisterFinishRequest};
use rusqlite::Connection;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::by_email;
use super::verification::hashed;
use crate::api::user_key_id::is_key_id;
use crate::app::App;
use crate::body::{Body, at_most};
use crate::error::ApiError;
use crate::invitation::{self, Purpose};
use crate::moment::Moment;
use crate::outbox::{Letter, MailKind, is_enough, link, post};
use crate::secrets::random_token;
use crate::staff;

/// Seconds that a verification token is good for.
const TOKEN_LIFETIME: i64 = 86_400;
/// Characters of a client's hash of the master password and of a user key sealed with it: both come to less than 200.
const HASH: usize = 300;
const USER_KEY: usize = 1_000;
/// Characters of a sealed private key: RSA-4096 comes to 3,300.
const PRIVATE_KEY: usize = 10_000;

#[derive(Deserialize)]
pub(crate) struct SendToken {
    email: String,
    /// What the account shall be called.
    #[serde(default)]
    name: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CheckToken {
    email: String,
    email_verification_token: String,
}

/// With a mail account, the token goes to the address, which it proves to be the person's; without one it is the answer.
/// Neither way tells whether the address is taken. The token carries the name.
pub(crate) async fn send_token(
    State(app): State<App>,
    Body(request): Body<SendToken>,
) -> Result<Response, ApiError> {
    if !app.config.registration {
        return Err(ApiError::refused("Registration is disabled on this server."));
    }
    let email = normalised(&request.email)?;
    let name = request.name.unwrap_or_default();
    let name = name.trim();
    at_most("Name", name, 50)?;
    let now = Moment::now();
    let expires = now.plus_seconds(TOKEN_LIFETIME).unix_seconds();
    let name = URL_SAFE_NO_PAD.encode(name);
    let tag = ring::hmac::sign(&app.answers, &signed_part(&email, expires, &name));
    let token = format!("{expires}.{name}.{}", URL_SAFE_NO_PAD.encode(tag));
    if app.config.smtp.is_none() {
        return Ok(Json(token).into_response());
    }
    let base = app.base.clone();
    app.store
        .write::<_, ApiError>(move |transaction| Ok(mail_token(transaction, &base, &email, &token, now)?))
        .await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// Nothing goes to who has an account, and to nobody goes more than anybody needs.
fn mail_token(
    connection: &Connection,
    base: &str,
    email: &str,
    token: &str,
    now: Moment,
) -> Result<(), rusqlite::Error> {
    let kind = MailKind::AddressVerification;
    if by_email(connection, email)?.is_some() || is_enough(connection, kind, email, now)? {
        return Ok(());
    }
    let query = [("token", token), ("email", email), ("fromEmail", "true")];
    let link = link(base, "finish-signup", &query);
    let letter = Letter {
        kind,
        to: email,
        subject: "Create your account",
        fields: &[("token", token), ("link", &link)],
        body: &format!(
            "To create an account with this address within a day, open\n\n{link}\n\nIf you did not ask for it, you need \
             not do anything about it.\n"
        ),
    };
    post(connection, &letter, now)
}

pub(crate) async fn check_token(
    State(app): State<App>,
    Body(request): Body<CheckToken>,
) -> Result<(), ApiError> {
    verify_token(&app.answers, &normalised(&request.email)?, &request.email_verification_token)?;
    Ok(())
}

pub(crate) async fn finish(
    State(app): State<App>,
    Body(request): Body<RegisterFinishRequest>,
) -> Result<Json<Value>, ApiError> {
    let email = normalised(&request.email)?;
    let invited = invited_by(&request).map(|invited| (invited.purpose, invited.row, invited.problem));
    let name = match invited_by(&request) {
        // Who was invited may come in where nobody else may: the mail proves the address.
        Some(Invited { purpose, row, token, problem }) => {
            if !invitation::is_valid(&app.answers, purpose, row, &email, token.expose(), Moment::now()) {
                return Err(ApiError::refused(problem));
            }
            None
        }
        None => {
            if !app.config.registration {
                return Err(ApiError::refused("Registration is disabled on this server."));
            }
            let token = request.email_verification_token.as_ref().ok_or_else(invalid_token)?;
            verify_token(&app.answers, &email, token.expose())?
        }
    };
    let account = NewAccount::of(request, email)?;
    let password = hashed(&app, account.password).await?;
    app.store
        .write::<_, ApiError>({
            move |transaction| {
                if by_email(transaction, &account.email)?.is_some() {
                    return Err(ApiError::refused(format!("Email '{}' is already taken.", account.email)));
                }
                if let Some((purpose, row, problem)) = invited
                    && !is_waiting(transaction, purpose, row)?
                {
                    return Err(ApiError::refused(problem));
                }
                let (id, now) = (Uuid::new_v4(), Moment::now());
                // Premium for everybody: there is nobody here from whom it could be bought.
                transaction.execute(
                    "INSERT INTO users (id, email, name, email_verified, premium, culture, password, password_hint, kdf,
                         kdf_iterations, kdf_memory, kdf_parallelism, salt, user_key, public_key, private_key,
                         security_stamp, api_key, created, account_revised, user_key_id, verify_devices)
                     VALUES (?, ?, ?, 1, 1, 'en-US', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)",
                    rusqlite::params![
                        id,
                        account.email,
                        name,
                        password,
                        account.hint,
                        account.kdf.kdf_type.0,
                        account.kdf.iterations,
                        account.kdf.memory,
                        account.kdf.parallelism,
                        account.salt,
                        account.key,
                        account.keys.public_key,
                        account.keys.encrypted_private_key,
                        Uuid::new_v4().to_string(),
                        random_token::<22>()?,
                        now,
                        now,
                        account.key_id,
                    ],
                )?;
                staff::first_admin_registered(transaction, id, &account.email)?;
                Ok(())
            }
        })
        .await?;
    Ok(Json(json!({ "object": "registerFinish", "captchaBypassToken": "" })))
}

/// What a registration that follows an invitation shows instead of a verified address.
struct Invited<'a> {
    purpose: Purpose,
    row: Uuid,
    token: &'a SecretText,
    /// What an invalid token is answered with.
    problem: &'static str,
}

fn invited_by(request: &RegisterFinishRequest) -> Option<Invited<'_>> {
    if let (Some(token), Some(row)) = (&request.org_invite_token, request.organization_user_id) {
        let (purpose, problem) = (Purpose::JoinOrganization, "Organization invite token is invalid.");
        return Some(Invited { purpose, row, token, problem });
    }
    let (token, row) = (request.provider_invite_token.as_ref()?, request.provider_user_id?);
    let (purpose, problem) = (Purpose::JoinProvider, "Invalid provider invite token.");
    Some(Invited { purpose, row, token, problem })
}

/// Whether the invitation was neither withdrawn nor taken up: its token outlives both.
fn is_waiting(connection: &Connection, purpose: Purpose, row: Uuid) -> Result<bool, rusqlite::Error> {
    let sql = match purpose {
        Purpose::JoinOrganization => "SELECT 1 FROM members WHERE id = ? AND status = 0",
        Purpose::JoinProvider => "SELECT 1 FROM provider_users WHERE id = ? AND status = 0",
        Purpose::SetUpProvider | Purpose::DeleteProvider => return Ok(false),
    };
    connection.prepare_cached(sql)?.exists([row])
}

/// A registration in either of its two shapes, checked.
struct NewAccount {
    email: String,
    password: SecretText,
    hint: Option<String>,
    kdf: KdfParameters,
    salt: String,
    key: String,
    key_id: Option<String>,
    keys: KeyPairRequest,
}

impl NewAccount {
    fn of(request: RegisterFinishRequest, email: String) -> Result<NewAccount, ApiError> {
        if request.account_keys.as_ref().is_some_and(AccountKeys::is_second_version) {
            return Err(second_version());
        }
        let keys = match (request.user_asymmetric_keys, request.account_keys) {
            (Some(pair), _) => Some(pair),
            (None, Some(keys)) => keys.public_key_encryption_key_pair.and_then(|pair| {
                Some(KeyPairRequest {
                    public_key: pair.public_key?,
                    encrypted_private_key: pair.wrapped_private_key?,
                })
            }),
            (None, None) => None,
        };
        let keys = checked_pair(keys.ok_or_else(|| missing("UserAsymmetricKeys"))?)?;
        let key_id =
            request.master_password_unlock.as_ref().and_then(|unlock| unlock.contained_key_id.clone());
        let (password, kdf, salt, key) =
            match (request.master_password_authentication, request.master_password_unlock) {
                (Some(authentication), Some(unlock)) => {
                    if authentication.kdf != unlock.kdf || authentication.salt != unlock.salt {
                        let problem =
                            "Invalid KDF or salt: they must be the same for authentication and unlock.";
                        return Err(ApiError::refused(problem));
                    }
                    let key = unlock.wrapped_user_key().ok_or_else(|| missing("MasterKeyWrappedUserKey"))?;
                    (
                        authentication.master_password_authentication_hash,
                        unlock.kdf,
                        unlock.salt.clone(),
                        key.to_owned(),
                    )
                }
                _ => {
                    let kdf = KdfParameters {
                        kdf_type: request.kdf.ok_or_else(|| missing("Kdf"))?,
                        iterations: request.kdf_iterations.ok_or_else(|| missing("KdfIterations"))?,
                        memory: request.kdf_memory,
                        parallelism: request.kdf_parallelism,
                    };
                    let password =
                        request.master_password_hash.ok_or_else(|| missing("MasterPasswordHash"))?;
                    let key = request.user_symmetric_key.ok_or_else(|| missing("UserSymmetricKey"))?;
                    (password, kdf, email.clone(), key)
                }
            };
        check_kdf(kdf)?;
        if salt != email {
            return Err(ApiError::refused("Invalid master password salt."));
        }
        check_hint(request.master_password_hint.as_deref())?;
        check_hash("MasterPasswordHash", &password)?;
        check_user_key("UserSymmetricKey", &key)?;
        Ok(NewAccount {
            email,
            password,
            hint: request.master_password_hint,
            kdf: kdf.normal(),
            salt,
            key,
            key_id: key_id.filter(|id| is_key_id(id)),
            keys,
        })
    }
}

/// The length of a master password's hint.
pub(crate) fn check_hint(hint: Option<&str>) -> Result<(), ApiError> {
    at_most("MasterPasswordHint", hint.unwrap_or_default(), 50)
}

/// The bounds of the official server for new accounts and for changes.
pub(crate) fn check_kdf(kdf: KdfParameters) -> Result<(), ApiError> {
    let within = |value: Option<u32>, low, high| value.is_some_and(|value| (low..=high).contains(&value));
    let problem = match kdf.kdf_type {
        KdfType::PBKDF2_SHA256 if !within(Some(kdf.iterations), 600_000, 2_000_000) => {
            "KDF iterations must be between 600000 and 2000000."
        }
        KdfType::PBKDF2_SHA256 => return Ok(()),
        KdfType::ARGON2ID if !within(Some(kdf.iterations), 2, 10) => {
            "Argon2 iterations must be between 2 and 10."
        }
        KdfType::ARGON2ID if !within(kdf.memory, 15, 1024) => {
            "Argon2 memory must be between 15mb and 1024mb."
        }
        KdfType::ARGON2ID if !within(kdf.parallelism, 1, 16) => {
            "Argon2 parallelism must be between 1 and 16."
        }
        KdfType::ARGON2ID => return Ok(()),
        _ => "Unsupported KDF.",
    };
    Err(ApiError::refused(problem))
}

/// A client's hash of a master password. An empty one would be a password that everybody knows.
pub(crate) fn check_hash(field: &'static str, hash: &SecretText) -> Result<(), ApiError> {
    if hash.expose().is_empty() {
        return Err(missing(field));
    }
    at_most(field, hash.expose(), HASH)
}

/// A user key under the master key.
pub(crate) fn check_user_key(field: &'static str, key: &str) -> Result<(), ApiError> {
    at_most(field, key, USER_KEY)?;
    match EncString::parse(key) {
        // A master key opens none of these.
        Ok(EncString::Asymmetric { .. }) => Err(unreadable(field)),
        _ => check_encrypted(field, key),
    }
}

/// The private half of a key pair under the key of its owner.
pub(crate) fn check_private_key(field: &'static str, key: &str) -> Result<(), ApiError> {
    at_most(field, key, PRIVATE_KEY)?;
    if matches!(EncString::parse(key), Ok(EncString::Other { kind: COSE_TYPE, .. })) {
        return Err(second_version());
    }
    check_encrypted(field, key)
}

/// Of the second version (protocol.md §2.9) this server keeps neither the signing key nor the security state, without
/// which nobody opens the account again.
pub(crate) fn second_version() -> ApiError {
    ApiError::refused("This server does not take the second version of account encryption.")
}

/// A key pair whose private half is sealed with the key of its owner, a person or an organization.
pub(crate) fn checked_pair(keys: KeyPairRequest) -> Result<KeyPairRequest, ApiError> {
    check_public_key(&keys.public_key)?;
    check_private_key("EncryptedPrivateKey", &keys.encrypted_private_key)?;
    Ok(keys)
}

/// Whether `text` looks like an encrypted string; this crate could not open it.
pub(crate) fn check_encrypted(field: &'static str, text: &str) -> Result<(), ApiError> {
    match EncString::parse(text).and_then(|parts| parts.check_base64()) {
        Ok(()) => Ok(()),
        Err(_) => Err(unreadable(field)),
    }
}

fn unreadable(field: &'static str) -> ApiError {
    ApiError::Invalid { field, problem: format!("{field} is not a valid encrypted string.") }
}

/// Base64 of what could be an RSA public key: 2048 bits come to 294 bytes, 4096 to 550.
fn check_public_key(text: &str) -> Result<(), ApiError> {
    match STANDARD.decode(text) {
        Ok(der) if (200..=1024).contains(&der.len()) => Ok(()),
        _ => Err(ApiError::Invalid { field: "PublicKey", problem: "PublicKey is not valid.".into() }),
    }
}

/// An e-mail address, trimmed and in lower case, if it could be one.
pub(crate) fn normalised(email: &str) -> Result<String, ApiError> {
    portico_protocol::email_address(email).ok_or_else(|| {
        let problem = "The Email field is not a supported e-mail address format.".into();
        ApiError::Invalid { field: "Email", problem }
    })
}

/// `name` in base64url: what stands before the address has no zero in it.
fn signed_part(email: &str, expires: i64, name: &str) -> Vec<u8> {
    format!("register\0{expires}\0{name}\0{email}").into_bytes()
}

/// The name that came with the address for which `token` was given out.
fn verify_token(key: &ring::hmac::Key, email: &str, token: &str) -> Result<Option<String>, ApiError> {
    let mut parts = token.splitn(3, '.');
    let mut part = || parts.next().ok_or_else(invalid_token);
    let expires: i64 = part()?.parse().map_err(|_| invalid_token())?;
    let name = part()?;
    let tag = URL_SAFE_NO_PAD.decode(part()?).map_err(|_| invalid_token())?;
    if expires < Moment::now().unix_seconds() {
        return Err(invalid_token());
    }
    ring::hmac::verify(key, &signed_part(email, expires, name), &tag).map_err(|_| invalid_token())?;
    let name = URL_SAFE_NO_PAD.decode(name).map_err(|_| invalid_token())?;
    let name = String::from_utf8(name).map_err(|_| invalid_token())?;
    Ok(Some(name).filter(|name| !name.is_empty()))
}

fn invalid_token() -> ApiError {
    ApiError::refused("Invalid email verification token.")
}

pub(crate) fn missing(field: &'static str) -> ApiError {
    ApiError::Invalid { field, problem: format!("The {field} field is required.") }
}
