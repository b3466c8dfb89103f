//! Signing in with a personal API key (protocol.md §1.3, client credentials): the way in where two-step login takes more
//! than typing, or single sign-on is demanded. The master password still unlocks; it is used here only, for the server
//! does not ask for it.

use portico_crypto::{Kdf, OpenError};
use portico_profile::{AccountSummary, ApiKey, Profile};
use portico_protocol::SecretText;
use portico_protocol::account::KdfParameters;
use portico_protocol::casing::from_slice_any_case;
use portico_protocol::identity::{TokenAccount, TokenErrorResponse, TokenResponse};
use portico_protocol::server::ServerAddress;
use tokio_util::sync::CancellationToken;
use zeroize::Zeroizing;

use super::authenticate::{Granted, accepted, checked_salt, derive, normal_email, open_grant};
use super::refusal::{Refusal, read_refusal};
use super::token_answer::read_token;
use super::{SignInError, SignInOutcome, Who, keep, known};
use crate::api_error::{ApiError, NotBitwarden};
use crate::api_key::ask_for_token;
use crate::aside::aside;
use crate::claims::{ClaimsError, claims};
use crate::http::{ApiClient, ONE_TRY, Reply};

/// What a person gave to sign in with a key. No `Debug`: it holds secrets.
pub struct ApiKeySignIn {
    /// The server that the client asks; the account is kept under it.
    pub server: ServerAddress,
    /// From the web vault's account settings.
    pub key: ApiKey,
    /// The master password. It is not sent, and neither is a hash of it.
    pub password: SecretText,
    /// Goes on although the account's key derivation is cheaper than before: the answer to
    /// [`SignInError::KdfLowered`].
    pub accept_cheaper_kdf: bool,
}

/// Signs in with the key and unlocks with the master password. The key is kept, sealed, with the session: it brings the
/// next token when this one has run out. No code is asked for; the previous password may be, after a key rotation.
///
/// # Errors
/// See [`SignInError`]; then nothing on this machine has changed.
pub async fn sign_in_with_api_key(
    client: &ApiClient,
    profile: &Profile,
    request: &ApiKeySignIn,
    stop: &CancellationToken,
) -> Result<SignInOutcome, SignInError> {
    let is_this =
        |account: &AccountSummary| account.server == request.server && account.id == request.key.user;
    let known = aside(|| known(profile, request.password.expose(), is_this));
    let reply = ask_for_token(client, &request.key, ONE_TRY, stop).await?;
    if matches!(reply.status, 400 | 401) && !reply.is_web_page() {
        return Err(refused(reply));
    }
    if reply.is_web_page() {
        return Err(ApiError::NotBitwarden { host: reply.host, why: NotBitwarden::WebPage }.into());
    }
    let host = reply.host.clone();
    if reply.status == 404 {
        return Err(ApiError::NotBitwarden { host, why: NotBitwarden::NoRoute }.into());
    }
    let body = Zeroizing::new(reply.success()?);
    let token = read_token(&host, &body)?;
    let said = claims(&token.access_token)?;
    if said.sub != request.key.user {
        return Err(ApiError::NotBitwarden { host, why: NotBitwarden::Mismatch }.into());
    }
    let email = normal_email(&said.email.ok_or(ClaimsError)?)?;
    let granted = open(client, request, token, &email, known.kdf).await?;
    let key = ApiKey { user: request.key.user, secret: request.key.secret.copy() };
    let who = Who { id: key.user, server: request.server.clone(), email, api_key: Some(key) };
    aside(|| keep(profile, who, granted, known))
}

/// The server never saw the password: that it is the right one shows here.
async fn open(
    client: &ApiClient,
    request: &ApiKeySignIn,
    token: TokenResponse,
    email: &str,
    known: Option<Kdf>,
) -> Result<Granted, SignInError> {
    let Some((parameters, salt)) = token.sign_in.as_ref().and_then(unlock_data) else {
        return Err(SignInError::NoMasterPassword);
    };
    let kdf = accepted(Kdf::try_from(parameters)?, known, request.accept_cheaper_kdf)?;
    let salt = checked_salt(client, salt, email)?;
    let (master_key, _) = derive(&request.password, salt.clone(), kdf).await?;
    open_grant(token, &request.password, &master_key, kdf, salt).map_err(|error| match error {
        SignInError::UserKey(OpenError::Mac) => SignInError::WrongMasterPassword,
        error => error,
    })
}

/// How the master key is derived, from the newer form or from the older members; the salt where the server names one.
fn unlock_data(account: &TokenAccount) -> Option<(KdfParameters, Option<String>)> {
    let options = account.user_decryption_options.as_ref();
    if let Some(unlock) = options.and_then(|options| options.master_password_unlock.as_ref()) {
        return Some((unlock.kdf, Some(unlock.salt.clone())));
    }
    let parameters = KdfParameters {
        kdf_type: account.kdf?,
        iterations: account.kdf_iterations?,
        memory: account.kdf_memory,
        parallelism: account.kdf_parallelism,
    };
    Some((parameters, None))
}

/// `invalid_client` is the framework's word for an unknown id or a wrong secret; other servers say it in a sentence.
fn refused(reply: Reply) -> SignInError {
    let names_the_key = from_slice_any_case::<TokenErrorResponse>(&reply.body).is_ok_and(|error| {
        let words = error.message().unwrap_or_default().to_lowercase();
        matches!(error.error.as_str(), "invalid_client" | "unauthorized_client")
            || words.contains("client_secret")
            || words.contains("client_id")
    });
    if names_the_key {
        return SignInError::WrongApiKey;
    }
    match read_refusal(reply, false) {
        Refusal::Final(SignInError::WrongPassword) => SignInError::WrongApiKey,
        Refusal::Final(error) => error,
        // A key asks for neither; a server that does is refused as such.
        Refusal::TwoFactorRequired(challenge) => {
            SignInError::UnsupportedTwoFactor { providers: challenge.providers }
        }
        Refusal::NewDeviceCodeRequired => SignInError::Refused { message: None },
    }
}
