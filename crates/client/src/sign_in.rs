//! Signing in to a server and making, or renewing, the account on this machine.

mod authenticate;
mod by_api_key;
#[cfg(test)]
mod documented_tests;
mod password_policy;
mod refusal;
mod rotation;
#[cfg(test)]
mod tests;
mod token_answer;
#[cfg(test)]
mod ways_tests;

use portico_crypto::{Kdf, KdfError, OpenError, SymmetricKey};
use portico_profile::{
    AccountSummary, ApiKey, CreateAccountError, NewAccount, Profile, SessionTokens, Unlocked,
};
use portico_protocol::SecretText;
use portico_protocol::identity::TwoFactorProvider;
use portico_protocol::server::ServerAddress;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::api_error::{ApiError, ServerMessage};
use crate::aside::aside;
use crate::claims::{ClaimsError, claims};
use crate::http::ApiClient;
use crate::session::expiry;
use authenticate::{Authentication, Granted, Known, authenticate};

pub(crate) use authenticate::{hash_for, normal_email, prelogin};
pub use by_api_key::{ApiKeySignIn, sign_in_with_api_key};
pub use rotation::{PreviousKey, RotatedKey};

/// Signs in and unlocks: makes the account on this machine, or brings the one that is here up to date. Where the server
/// wants a code, ask for it and sign in again with the answer in the request.
///
/// # Errors
/// See [`SignInError`]; then nothing on this machine has changed.
pub async fn sign_in(
    client: &ApiClient,
    profile: &Profile,
    request: &SignInRequest,
    stop: &CancellationToken,
) -> Result<SignInOutcome, SignInError> {
    let email = normal_email(&request.email)?;
    let is_this = |account: &AccountSummary| account.server == request.server && account.email == email;
    let mut known = aside(|| known(profile, request.password.expose(), is_this));
    let granted = match authenticate(client, request, &known, stop).await? {
        Authentication::Granted(granted) => granted,
        Authentication::TwoFactorRequired(challenge) => {
            return Ok(SignInOutcome::TwoFactorRequired(challenge));
        }
        Authentication::NewDeviceCodeRequired => return Ok(SignInOutcome::NewDeviceCodeRequired),
    };
    // A remembered token that was not used is no longer worth keeping: the server gave out another, or none.
    known.remember_token.take_if(|_| request.two_factor.is_some());
    let id = claims(&granted.access_token)?.sub;
    let who = Who { id, server: request.server.clone(), email, api_key: None };
    aside(|| keep(profile, who, *granted, known))
}

/// How a sign-in went on.
pub enum SignInOutcome {
    /// Signed in, and unlocked.
    SignedIn(Box<Unlocked>),
    /// Two-step login is on.
    TwoFactorRequired(TwoFactorChallenge),
    /// The server does not know this machine and has mailed a code.
    NewDeviceCodeRequired,
    /// Signed in; what is kept here is of the user key from before a rotation elsewhere. Nobody may have the account open
    /// while it is brought along, so the host says when.
    KeyRotated(Box<RotatedKey>),
}

/// How a second step can be taken. The recovery code can always be, and turns two-step login off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoFactorChallenge {
    /// Those that are answered with a typed code: authenticator, e-mail, YubiKey. At least one.
    pub providers: Vec<TwoFactorProvider>,
    /// What the account offers besides, and takes more than typing.
    pub others: Vec<TwoFactorProvider>,
    /// The address that the server mails codes to, as far as it shows it.
    pub mailed_to: Option<ServerMessage>,
}

/// What a person typed to sign in. No `Debug`: it holds the master password.
pub struct SignInRequest {
    /// The server that the client asks; the account is kept under it.
    pub server: ServerAddress,
    /// As typed; trimmed and lower-cased here.
    pub email: String,
    /// The master password. It is not sent.
    pub password: SecretText,
    /// The answer to [`SignInOutcome::TwoFactorRequired`].
    pub two_factor: Option<TwoFactorAnswer>,
    /// The mailed code: the answer to [`SignInOutcome::NewDeviceCodeRequired`].
    pub new_device_code: Option<SecretText>,
    /// Goes on although the server asks for cheaper key derivation than before: the answer to
    /// [`SignInError::KdfLowered`].
    pub accept_cheaper_kdf: bool,
}

impl SignInRequest {
    /// The first attempt: nothing was asked back yet.
    pub fn new(server: ServerAddress, email: String, password: SecretText) -> Self {
        Self { server, email, password, two_factor: None, new_device_code: None, accept_cheaper_kdf: false }
    }
}

/// A two-step code.
pub struct TwoFactorAnswer {
    /// One of those that [`SignInOutcome::TwoFactorRequired`] named, or the recovery code.
    pub provider: TwoFactorProvider,
    /// As typed; trimmed here.
    pub code: SecretText,
    /// Asks the server not to want a code from this machine again.
    pub remember: bool,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// Not an e-mail address.
    #[error("this is not an e-mail address")]
    InvalidEmail,
    /// The server does not know this e-mail with this password.
    #[error("the e-mail address or the master password is wrong")]
    WrongPassword,
    /// The API key was right, and what it brought does not open with this master password.
    #[error("the master password is wrong")]
    WrongMasterPassword,
    /// The server does not know this API key: mistyped, or replaced by a newer one.
    #[error("the personal API key is wrong, or was replaced")]
    WrongApiKey,
    /// The two-step or mailed code was refused.
    #[error("the code is wrong or too old")]
    WrongCode,
    /// Two-step login is on, and only by ways that take more than typing a code.
    #[error("the account asks for a two-step login that is not supported")]
    UnsupportedTwoFactor {
        /// What the account offers.
        providers: Vec<TwoFactorProvider>,
    },
    /// An organization demands single sign-on. An API key signs in all the same.
    #[error("an organization of this account demands single sign-on")]
    SsoRequired {
        /// The recovery code was taken before that: two-step login is off now.
        recovered: bool,
    },
    /// The account unlocks with a trusted device or a key connector.
    #[error("the account has no master password")]
    NoMasterPassword,
    /// The account uses encryption that this version does not know.
    #[error("the account uses encryption that needs a newer version of this program")]
    NewerEncryption,
    /// The account was never moved from the first way of wrapping its key. Signing in to the web vault once moves it.
    #[error("the account uses an old encryption; sign in to the web vault once to renew it")]
    LegacyEncryption,
    /// The server wants newer clients.
    #[error("the server asks for a newer version of this program")]
    UpdateRequired,
    /// The costs that the server names are not safe, or not sane.
    #[error(transparent)]
    Kdf(#[from] KdfError),
    /// The costs are lower than at the last sign-in: either the person lowered them, or someone wants to guess the
    /// password faster.
    #[error("the server asks for cheaper key derivation than before")]
    KdfLowered {
        /// At the last sign-in on this machine.
        before: Kdf,
        /// What the server asks for.
        now: Kdf,
    },
    /// The server accepted the password and sent a key that it does not open.
    #[error("the account's key does not open with the master password")]
    UserKey(#[source] OpenError),
    /// The server refused for a reason of its own.
    #[error("the server refused the sign-in{}", .message.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused {
        /// What it said to people.
        message: Option<ServerMessage>,
    },
    /// The token does not say whose it is.
    #[error(transparent)]
    Claims(#[from] ClaimsError),
    /// The account could not be kept on this machine.
    #[error("the account cannot be kept on this machine")]
    Keep(#[from] CreateAccountError),
    /// The derivation was interrupted by the end of the program.
    #[error("interrupted")]
    Interrupted,
    /// The server could not be asked.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// What an earlier sign-in left on this machine: the costs of its key derivation and, where the password still opens the
/// account, its key and the token of a remembered second step. That there is nothing to start from is no error.
fn known(profile: &Profile, password: &str, is_this: impl Fn(&AccountSummary) -> bool) -> Known {
    let Some(account) = account(profile, is_this) else { return Known::default() };
    let mut known = Known { kdf: profile.kdf(account.id).ok(), ..Known::default() };
    if let Ok(unlocked) = profile.unlock(account.id, password) {
        known.user_key = Some(SymmetricKey::from_array(unlocked.user_key().expose()));
        known.remember_token = unlocked
            .session()
            .and_then(|session| session.remember_token.as_ref().map(|token| token.expose().to_owned()))
            .map(SecretText::new);
    }
    known
}

/// Only the costs of the key derivation, for a request that is no sign-in.
pub(crate) fn known_kdf(profile: &Profile, request: &SignInRequest, email: &str) -> Option<Kdf> {
    let is_this = |account: &AccountSummary| account.server == request.server && account.email == email;
    profile.kdf(account(profile, is_this)?.id).ok()
}

fn account(profile: &Profile, is_this: impl Fn(&AccountSummary) -> bool) -> Option<AccountSummary> {
    profile.accounts().ok()?.into_iter().find(is_this)
}

/// Whose account is kept.
struct Who {
    id: Uuid,
    server: ServerAddress,
    email: String,
    /// Of a sign-in that was made with one.
    api_key: Option<ApiKey>,
}

/// Makes the account, or brings it up to date, unless its key was rotated elsewhere.
fn keep(profile: &Profile, who: Who, granted: Granted, known: Known) -> Result<SignInOutcome, SignInError> {
    let account = NewAccount {
        id: who.id,
        server: who.server,
        email: who.email,
        kdf: granted.kdf,
        salt: granted.salt,
        wrapped_user_key: granted.wrapped_user_key,
        session: SessionTokens {
            access_token: granted.access_token,
            refresh_token: granted.refresh_token,
            expires_at: expiry(granted.expires_in),
            remember_token: granted.remember_token.or(known.remember_token),
            api_key: who.api_key,
        },
        password_notice: granted.password_notice,
    };
    let previous = known.user_key.filter(|key| *key != granted.user_key);
    // A file that cannot be asked now is dealt with, or told, by what follows.
    if previous.is_some() || profile.is_of_another_user_key(account.id, &granted.user_key).unwrap_or(false) {
        let rotated = RotatedKey::new(account, granted.user_key, previous);
        return Ok(SignInOutcome::KeyRotated(Box::new(rotated)));
    }
    let unlocked = profile.create_account(account, granted.user_key)?;
    Ok(SignInOutcome::SignedIn(Box::new(unlocked)))
}
