//! From e-mail and master password to a session and the user key (protocol.md §1.1, §1.3–§1.5). Nothing is kept.

use portico_crypto::{AuthorizationHash, Kdf, MasterKey, SymmetricKey};
use portico_profile::PasswordNotice;
use portico_protocol::SecretText;
use portico_protocol::account::{AccountKeys, UserDecryptionOptions};
use portico_protocol::identity::{
    PreloginRequest, PreloginResponse, TokenAccount, TokenResponse, TwoFactorProvider,
};
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::password_policy;
use super::refusal::{Refusal, read_refusal};
use super::token_answer::read_token;
use super::{SignInError, SignInRequest, TwoFactorAnswer, TwoFactorChallenge};
use crate::api_error::{ApiError, NotBitwarden};
use crate::device::CLIENT_NAME;
use crate::http::{ApiClient, Call, ONE_TRY, Payload, Reply, Service, form, parse, wiped_json};

/// What is known of the account from an earlier sign-in on this machine.
#[derive(Default)]
pub(super) struct Known {
    pub kdf: Option<Kdf>,
    /// The user key that the password opens here.
    pub user_key: Option<SymmetricKey>,
    /// Stands in for the two-step code where the person had the machine remembered.
    pub remember_token: Option<SecretText>,
}

/// How far the server let us.
pub(super) enum Authentication {
    Granted(Box<Granted>),
    TwoFactorRequired(TwoFactorChallenge),
    NewDeviceCodeRequired,
}

/// Everything a successful sign-in brought.
pub(super) struct Granted {
    pub kdf: Kdf,
    pub salt: String,
    pub user_key: SymmetricKey,
    pub wrapped_user_key: String,
    pub access_token: SecretText,
    /// Seconds from now until the access token ends.
    pub expires_in: i64,
    pub refresh_token: Option<SecretText>,
    pub remember_token: Option<SecretText>,
    pub password_notice: Option<PasswordNotice>,
}

/// Asks for the KDF costs, derives, asks for the token, opens the user key.
pub(super) async fn authenticate(
    client: &ApiClient,
    request: &SignInRequest,
    known: &Known,
    stop: &CancellationToken,
) -> Result<Authentication, SignInError> {
    let email = normal_email(&request.email)?;
    let (kdf, salt) = costs(client, request, &email, known.kdf, stop).await?;
    let (master_key, hash) = derive(&request.password, salt.clone(), kdf).await?;
    let reply = ask_for_token(client, request, &email, &hash, known.remember_token.as_ref(), stop).await?;
    if matches!(reply.status, 400 | 401) && !reply.is_web_page() {
        return match read_refusal(reply, request.two_factor.is_some()) {
            Refusal::TwoFactorRequired(challenge) => Ok(Authentication::TwoFactorRequired(challenge)),
            Refusal::NewDeviceCodeRequired => Ok(Authentication::NewDeviceCodeRequired),
            Refusal::Final(error) => Err(error),
        };
    }
    let host = reply.host.clone();
    let body = Zeroizing::new(reply.success()?);
    let token = read_token(&host, &body)?;
    let granted = open_grant(token, &request.password, &master_key, kdf, salt)?;
    Ok(Authentication::Granted(Box::new(granted)))
}

/// The hash of the password that the server wants to see before it mails a code.
pub(crate) async fn hash_for(
    client: &ApiClient,
    request: &SignInRequest,
    email: &str,
    known: Option<Kdf>,
    stop: &CancellationToken,
) -> Result<AuthorizationHash, SignInError> {
    let (kdf, salt) = costs(client, request, email, known, stop).await?;
    derive(&request.password, salt, kdf).await.map(|(_, hash)| hash)
}

/// Asks for the account's key derivation, and refuses what is unsafe or unwanted before any work is done with it.
async fn costs(
    client: &ApiClient,
    request: &SignInRequest,
    email: &str,
    known: Option<Kdf>,
    stop: &CancellationToken,
) -> Result<(Kdf, String), SignInError> {
    let prelogin = prelogin(client, email, stop).await?;
    let kdf = accepted(Kdf::try_from(prelogin.kdf_parameters())?, known, request.accept_cheaper_kdf)?;
    Ok((kdf, checked_salt(client, prelogin.salt, email)?))
}

/// The costs, unless they are lower than those that are known and nobody said yes to that.
pub(super) fn accepted(now: Kdf, known: Option<Kdf>, accept_cheaper: bool) -> Result<Kdf, SignInError> {
    match known {
        Some(before) if now.is_cheaper_than(&before) && !accept_cheaper => {
            Err(SignInError::KdfLowered { before, now })
        }
        _ => Ok(now),
    }
}

/// Far longer than any e-mail address, which is what salts are.
const LONGEST_SALT: usize = 1024;

/// The account's salt: the e-mail address where the server names none.
pub(super) fn checked_salt(
    client: &ApiClient,
    salt: Option<String>,
    email: &str,
) -> Result<String, SignInError> {
    let salt = salt.filter(|salt| !salt.trim().is_empty()).unwrap_or_else(|| email.to_owned());
    if salt.len() > LONGEST_SALT {
        return Err(ApiError::NotBitwarden { host: client.host(), why: NotBitwarden::Mismatch }.into());
    }
    Ok(salt)
}

/// The e-mail as servers know it: trimmed and lower-case, at most 256 characters (protocol.md §1.1).
pub(crate) fn normal_email(typed: &str) -> Result<String, SignInError> {
    portico_protocol::email_address(typed).ok_or(SignInError::InvalidEmail)
}

pub(crate) async fn prelogin(
    client: &ApiClient,
    email: &str,
    stop: &CancellationToken,
) -> Result<PreloginResponse, ApiError> {
    let question = wiped_json(&PreloginRequest { email: email.to_owned() });
    // The older name is the one that every server knows; a server may drop it in favour of the newer one.
    for (service, path) in [
        (Service::Identity, "/accounts/prelogin"),
        (Service::Identity, "/accounts/prelogin/password"),
        // Where servers had it before there was an identity service for it.
        (Service::Api, "/accounts/prelogin"),
    ] {
        let call = Call::unsigned(service, path, Payload::Json(&question));
        let reply = client.send(&call, stop).await?;
        let host = reply.host.clone();
        match reply.status {
            404 | 405 => {}
            // Before the first answer in the protocol's own words, any web page means a wrong address.
            _ if reply.is_web_page() => {
                return Err(ApiError::NotBitwarden { host, why: NotBitwarden::WebPage });
            }
            _ => {
                let body = reply.success()?;
                return parse(&host, &portico_protocol::casing::camel_case(&body));
            }
        }
    }
    Err(ApiError::NotBitwarden { host: client.host(), why: NotBitwarden::NoRoute })
}

/// On a thread of its own: derivation occupies a core for a tenth of a second to several seconds.
pub(super) async fn derive(
    password: &SecretText,
    salt: String,
    kdf: Kdf,
) -> Result<(MasterKey, AuthorizationHash), SignInError> {
    let password = password.copy();
    tokio::task::spawn_blocking(move || {
        let key = MasterKey::derive(password.expose(), &salt, &kdf);
        let hash = key.authorization_hash(password.expose());
        (key, hash)
    })
    .await
    .map_err(|_| SignInError::Interrupted)
}

async fn ask_for_token(
    client: &ApiClient,
    request: &SignInRequest,
    email: &str,
    hash: &AuthorizationHash,
    remembered: Option<&SecretText>,
    stop: &CancellationToken,
) -> Result<Reply, ApiError> {
    let device = client.device();
    let (identifier, name, hash) = (device.identifier.to_string(), device.name(), hash.to_base64());
    let mut members = vec![
        ("grant_type", "password"),
        ("username", email),
        ("password", hash.expose()),
        ("scope", "api offline_access"),
        ("client_id", CLIENT_NAME),
        ("deviceType", device.kind()),
        ("deviceIdentifier", &identifier),
        ("deviceName", &name),
    ];
    let provider;
    let typed = Zeroizing::new(request.two_factor.as_ref().map(typed_code).unwrap_or_default());
    match (&request.two_factor, remembered) {
        (Some(TwoFactorAnswer { provider: by, remember, .. }), _) => {
            provider = by.0.to_string();
            members.push(("twoFactorToken", typed.as_str()));
            members.push(("twoFactorProvider", &provider));
            members.push(("twoFactorRemember", if *remember { "1" } else { "0" }));
        }
        (None, Some(token)) => {
            provider = TwoFactorProvider::REMEMBER.0.to_string();
            members.push(("twoFactorToken", token.expose()));
            members.push(("twoFactorProvider", &provider));
            members.push(("twoFactorRemember", "0"));
        }
        (None, None) => {}
    }
    if let Some(code) = &request.new_device_code {
        members.push(("newDeviceOtp", code.expose().trim()));
    }
    let form = form(members.iter().copied());
    client.send(&Call::for_token(&form, ONE_TRY), stop).await
}

/// A code without the spaces that people are shown for reading it: in the middle of six digits, between the groups of a
/// recovery code, which is in lower case.
fn typed_code(answer: &TwoFactorAnswer) -> String {
    let code = answer.code.expose();
    let mut typed = String::with_capacity(code.len());
    typed.extend(code.chars().filter(|character| !character.is_whitespace()));
    if answer.provider == TwoFactorProvider::RECOVERY_CODE {
        typed.make_ascii_lowercase();
    }
    typed
}

/// Opens the user key that came with the session: the server knowing the password is not yet a readable vault.
pub(super) fn open_grant(
    token: TokenResponse,
    password: &SecretText,
    master_key: &MasterKey,
    kdf: Kdf,
    salt: String,
) -> Result<Granted, SignInError> {
    let account = token.sign_in.unwrap_or_default();
    let password_notice = password_policy::notice(&account, password.expose());
    let wrapped_user_key = match account.wrapped_user_key() {
        Some(wrapped) => wrapped.to_owned(),
        None => return Err(why_no_key(&account)),
    };
    // A user key without MAC: the official clients send its owner to the web vault, which renews it.
    if wrapped_user_key.starts_with("0.") {
        return Err(SignInError::LegacyEncryption);
    }
    let user_key = master_key.open_user_key(&wrapped_user_key).map_err(|error| {
        if error.needs_newer_format() { SignInError::NewerEncryption } else { SignInError::UserKey(error) }
    })?;
    Ok(Granted {
        kdf,
        salt,
        user_key,
        wrapped_user_key,
        access_token: token.access_token,
        expires_in: token.expires_in,
        refresh_token: token.refresh_token,
        remember_token: account.two_factor_token,
        password_notice,
    })
}

/// What has a master password and no user key is sealed with the master key itself: the first kind of encryption
/// (protocol.md §1.4, §2.5).
fn why_no_key(account: &TokenAccount) -> SignInError {
    match &account.user_decryption_options {
        Some(UserDecryptionOptions { has_master_password: false, .. }) => SignInError::NoMasterPassword,
        _ if account.account_keys.as_ref().is_some_and(AccountKeys::is_second_version) => {
            SignInError::NewerEncryption
        }
        _ => SignInError::LegacyEncryption,
    }
}
