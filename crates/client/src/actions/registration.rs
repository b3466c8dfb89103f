//! An account for somebody who was invited and has none (protocol.md §1.2): the mailed token proves the address.

use portico_crypto::ceremony::make_account;
use portico_crypto::{Kdf, KdfError};
use portico_profile::Profile;
use portico_protocol::SecretText;
use portico_protocol::identity::{KeyPairRequest, RegisterFinishRequest};
use portico_protocol::server::ServerAddress;
use serde::Serialize;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::fate::{Fate, leaves_doubt};
use crate::api_error::{ApiError, ServerMessage};
use crate::http::{ApiClient, Call, Change, Payload, Service, wiped_json};
use crate::sign_in::{SignInError, SignInOutcome, SignInRequest, normal_email, prelogin, sign_in};

/// Who registers. No `Debug`: it holds the master password.
pub struct Registration {
    /// The server that the client asks; the account is kept under it.
    pub server: ServerAddress,
    /// The invited address; trimmed and lower-cased here.
    pub email: String,
    /// The master password. It is not sent.
    pub password: SecretText,
    /// Is mailed to whoever asks for it with this address: it must not give the password away.
    pub hint: Option<String>,
    /// What proves the address.
    pub invitation: RegistrationInvitation,
}

/// The invitation that lets somebody register.
pub enum RegistrationInvitation {
    /// Into a provider's team.
    Provider {
        /// providerUserId.
        member: Uuid,
        /// Of the link.
        token: SecretText,
    },
    /// None of those: the server knows that the address is the person's ([`verify_address`]). Who sets up a provider
    /// registers so.
    Address {
        /// What the server gave out.
        token: SecretText,
    },
    /// Into an organization.
    Organization {
        /// organizationUserId.
        member: Uuid,
        /// Of the link.
        token: SecretText,
    },
}

/// Why nobody was registered.
#[derive(Debug, thiserror::Error)]
pub enum RegisterError {
    /// Not an e-mail address.
    #[error("this is not an e-mail address")]
    InvalidEmail,
    /// Shorter than [`SHORTEST_MASTER_PASSWORD`].
    #[error("a master password has at least {SHORTEST_MASTER_PASSWORD} characters")]
    PasswordTooShort,
    /// The hint holds the password.
    #[error("the hint must not hold the master password")]
    HintTellsPassword,
    /// There is an account for this address, with another master password.
    #[error("there is an account for this address")]
    Taken,
    /// The server refused: the invitation is too old, or registration is closed.
    #[error("the server refused the registration{}", .message.as_ref().map(|text| format!(": {text}")).unwrap_or_default())]
    Refused {
        /// What it said to people.
        message: Option<ServerMessage>,
    },
    /// The account is made; the sign-in after it failed.
    #[error(transparent)]
    SignIn(SignInError),
    /// The derivation was interrupted by the end of the program.
    #[error("interrupted")]
    Interrupted,
    /// The server could not be asked.
    #[error(transparent)]
    Api(#[from] ApiError),
}

/// Characters, as the official clients ask for.
pub const SHORTEST_MASTER_PASSWORD: usize = 12;

/// Makes an account, with keys that are made here, and signs in. Where that was done before with this password (or its
/// answer was lost) it signs in.
///
/// # Errors
/// See [`RegisterError`].
pub async fn register(
    client: &ApiClient,
    profile: &Profile,
    registration: &Registration,
    stop: &CancellationToken,
) -> Result<SignInOutcome, RegisterError> {
    let email = normal_email(&registration.email).map_err(|_| RegisterError::InvalidEmail)?;
    let password = registration.password.expose();
    if password.chars().count() < SHORTEST_MASTER_PASSWORD {
        return Err(RegisterError::PasswordTooShort);
    }
    let hint = registration.hint.as_deref().map(str::trim).filter(|hint| !hint.is_empty());
    if hint.is_some_and(|hint| hint.to_lowercase().contains(&password.to_lowercase())) {
        return Err(RegisterError::HintTellsPassword);
    }
    let kdf = kdf_of_new_accounts(client, &email, stop).await?;
    let request = finish_request(registration, email.clone(), hint, kdf).await?;
    let json = wiped_json(&request);
    let call = Call::unsigned(
        Service::Identity,
        "/accounts/register/finish",
        Payload::Change(Change::Post, Some(&json)),
    );
    let refusal = match Fate::of(client.send(&call, stop).await) {
        Fate::Done(_) => None,
        Fate::Refused(error) | Fate::Unknown(error) => Some(error),
    };
    let refusal = match refusal {
        Some(error) if !may_be_there(&error) => return Err(told(error)),
        refusal => refusal,
    };
    let request =
        SignInRequest::new(registration.server.clone(), email, SecretText::new(password.to_owned()));
    match (sign_in(client, profile, &request, stop).await, refusal) {
        (Ok(outcome), _) => Ok(outcome),
        (Err(error), None) => Err(RegisterError::SignIn(error)),
        // What the registration met says more than a sign-in of an account that is not there.
        (Err(SignInError::WrongPassword), Some(ApiError::Status { code: 400, .. })) => {
            Err(RegisterError::Taken)
        }
        (Err(_), Some(error)) => Err(told(error)),
    }
}

/// Has the server check an address before somebody registers with it (protocol.md §1.2). `Some`: it trusts whoever asks and
/// gives the token at once. `None`: it has mailed it.
///
/// # Errors
/// See [`RegisterError`].
pub async fn verify_address(
    client: &ApiClient,
    email: &str,
    stop: &CancellationToken,
) -> Result<Option<SecretText>, RegisterError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Question<'a> {
        email: &'a str,
        name: Option<&'a str>,
        receive_marketing_emails: bool,
    }
    let email = normal_email(email).map_err(|_| RegisterError::InvalidEmail)?;
    let json = wiped_json(&Question { email: &email, name: None, receive_marketing_emails: false });
    let call = Call::unsigned(
        Service::Identity,
        "/accounts/register/send-verification-email",
        Payload::Change(Change::Post, Some(&json)),
    );
    match Fate::of(client.send(&call, stop).await) {
        Fate::Done(reply) if reply.status == 204 || reply.body.is_empty() => Ok(None),
        Fate::Done(reply) => Ok(Some(reply.json()?)),
        Fate::Refused(error) | Fate::Unknown(error) => Err(told(error)),
    }
}

/// The server's default where it is not weaker than ours. For an address that it does not know, the prelogin answers with
/// one of its defaults (protocol.md §1.1).
async fn kdf_of_new_accounts(
    client: &ApiClient,
    email: &str,
    stop: &CancellationToken,
) -> Result<Kdf, ApiError> {
    let told: Result<Kdf, KdfError> = prelogin(client, email, stop).await?.kdf_parameters().try_into();
    Ok(told.ok().filter(is_strong).unwrap_or(Kdf::DEFAULT))
}

/// Passes times MiB of both defaults of Argon2id (protocol.md §2.1).
const STRONG_ARGON2: u64 = 192;

fn is_strong(kdf: &Kdf) -> bool {
    match kdf {
        Kdf::Pbkdf2(_) => !kdf.is_cheaper_than(&Kdf::DEFAULT),
        Kdf::Argon2id(costs) => {
            u64::from(costs.iterations()) * u64::from(costs.memory_kib() / 1024) >= STRONG_ARGON2
        }
    }
}

/// Derives on a thread of its own: it occupies a core for up to seconds.
async fn finish_request(
    registration: &Registration,
    email: String,
    hint: Option<&str>,
    kdf: Kdf,
) -> Result<RegisterFinishRequest, RegisterError> {
    let password = registration.password.copy();
    let salt = email.clone();
    let made = tokio::task::spawn_blocking(move || make_account(password.expose(), &salt, &kdf))
        .await
        .map_err(|_| RegisterError::Interrupted)?;
    let costs = kdf.parameters();
    let mut request = RegisterFinishRequest {
        email,
        master_password_hint: hint.map(str::to_owned),
        master_password_hash: Some(made.authorization_hash.to_base64()),
        user_symmetric_key: Some(made.wrapped_user_key),
        user_asymmetric_keys: Some(KeyPairRequest {
            public_key: made.public_key,
            encrypted_private_key: made.wrapped_private_key,
        }),
        kdf: Some(costs.kdf_type),
        kdf_iterations: Some(costs.iterations),
        kdf_memory: costs.memory,
        kdf_parallelism: costs.parallelism,
        ..RegisterFinishRequest::default()
    };
    match &registration.invitation {
        RegistrationInvitation::Provider { member, token } => {
            request.provider_invite_token = Some(token.copy());
            request.provider_user_id = Some(*member);
        }
        RegistrationInvitation::Address { token } => {
            request.email_verification_token = Some(token.copy());
        }
        RegistrationInvitation::Organization { member, token } => {
            request.org_invite_token = Some(token.copy());
            request.organization_user_id = Some(*member);
        }
    }
    Ok(request)
}

/// Whether an account with this address may be there although this came back: the answer was lost, or it is taken (by a
/// registration before, perhaps).
fn may_be_there(error: &ApiError) -> bool {
    match error {
        ApiError::Cancelled => false,
        ApiError::Status { code: 400, message, .. } => {
            message.as_ref().is_some_and(|words| words.as_str().to_lowercase().contains("already taken"))
        }
        error => leaves_doubt(error),
    }
}

fn told(error: ApiError) -> RegisterError {
    match error {
        ApiError::Status { message, .. } => RegisterError::Refused { message },
        error => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_makes_new_accounts_stronger_and_not_weaker() {
        for (kdf, expected) in [
            (Kdf::pbkdf2(600_000), true),
            (Kdf::pbkdf2(599_999), false),
            (Kdf::argon2id(3, 64, 4), true),
            (Kdf::argon2id(6, 32, 4), true),
            (Kdf::argon2id(2, 16, 1), false),
        ] {
            let kdf = kdf.unwrap();
            assert_eq!(is_strong(&kdf), expected, "{kdf:?}");
        }
    }

    #[test]
    fn only_a_lost_answer_or_a_taken_address_is_followed_by_a_sign_in() {
        let refused = |words: &str| ApiError::Status {
            host: "vault.example".to_owned(),
            code: 400,
            message: ServerMessage::new(words),
        };
        assert!(may_be_there(&refused("Email 'a@b.example' is already taken.")));
        assert!(!may_be_there(&refused("Invalid provider invite token.")));
        assert!(may_be_there(&ApiError::TimedOut { host: String::new() }));
        assert!(!may_be_there(&ApiError::Cancelled) && !may_be_there(&ApiError::SignedOut));
    }
}
