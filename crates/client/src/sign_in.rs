//! Signing in to a server and making, or renewing, the account on this machine.

mod authenticate;
mod refusal;
#[cfg(test)]
mod tests;

use portico_crypto::{Kdf, KdfError, OpenError};
use portico_protocol::SecretText;
use portico_protocol::identity::TwoFactorProvider;

use crate::api_error::{ApiError, ServerMessage};

/// What a person typed to sign in. No `Debug`: it holds the master password.
pub struct SignInRequest {
    pub email: String,
    pub password: SecretText,
    /// The answer to [`SignInOutcome::TwoFactorRequired`].
    pub two_factor: Option<TwoFactorAnswer>,
    /// The mailed code: the answer to [`SignInOutcome::NewDeviceCodeRequired`].
    pub new_device_code: Option<SecretText>,
    /// Goes on although the server asks for cheaper key derivation than before: the answer to
    /// [`SignInError::KdfLowered`].
    pub accept_cheaper_kdf: bool,
}

/// A two-step code.
pub struct TwoFactorAnswer {
    /// One of those that [`SignInOutcome::TwoFactorRequired`] named.
    pub provider: TwoFactorProvider,
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
    /// The two-step or mailed code was refused.
    #[error("the code is wrong or too old")]
    WrongCode,
    /// Two-step login is on, and only by ways that take more than typing a code.
    #[error("the account asks for a two-step login that is not supported")]
    UnsupportedTwoFactor { providers: Vec<TwoFactorProvider> },
    /// An organization demands single sign-on.
    #[error("an organization of this account demands single sign-on")]
    SsoRequired,
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
    KdfLowered { before: Kdf, now: Kdf },
    /// The server accepted the password and sent a key that it does not open.
    #[error("the account's key does not open with the master password")]
    UserKey(#[source] OpenError),
    /// The server refused for a reason of its own.
    #[error("the server refused the sign-in{}", .message.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused { message: Option<ServerMessage> },
    /// The derivation was interrupted by the end of the program.
    #[error("interrupted")]
    Interrupted,
    /// The server could not be asked.
    #[error(transparent)]
    Api(#[from] ApiError),
}
