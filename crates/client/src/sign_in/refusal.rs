//! What the token endpoint means when it says no (protocol.md §1.5).

use portico_protocol::casing::from_slice_any_case;
use portico_protocol::identity::{TokenErrorResponse, TwoFactorProvider};

use super::{SignInError, TwoFactorChallenge};
use crate::api_error::ServerMessage;
use crate::http::Reply;

/// A refusal that asks for more, or one that ends the attempt.
pub(super) enum Refusal {
    TwoFactorRequired(TwoFactorChallenge),
    NewDeviceCodeRequired,
    Final(SignInError),
}

/// Reads a refusal. The protocol tells most of them apart by sentences only; they are compared without regard to case
/// and final dots, since servers differ there.
pub(super) fn read_refusal(reply: Reply, code_was_sent: bool) -> Refusal {
    let Ok(error) = from_slice_any_case::<TokenErrorResponse>(&reply.body) else {
        return Refusal::Final(SignInError::Api(reply.refusal()));
    };
    let providers = error.accepted_two_factor_providers();
    if !providers.is_empty() {
        let mailed_to = mailed_to(&error).and_then(|address| reply.words(&address));
        return ask_for_code(providers, mailed_to);
    }
    let words = error.message().unwrap_or_default().trim().to_lowercase();
    let says = |beginning: &str| words.starts_with(beginning);
    Refusal::Final(match error.error.as_str() {
        "device_error" if says("new device verification required") => return Refusal::NewDeviceCodeRequired,
        "device_error" if says("invalid new device otp") => SignInError::WrongCode,
        "invalid_client_version" | "version_header_missing" => SignInError::UpdateRequired,
        _ if says("two-step token is invalid") => SignInError::WrongCode,
        // Vaultwarden's own sentences, which go on with its clock and the caller's address.
        _ if code_was_sent && WRONG_CODES.iter().any(|beginning| says(beginning)) => SignInError::WrongCode,
        _ if says("sso authentication is required")
            || error.sso_organization_identifier.is_some()
            || words.contains("sso authentication is required") =>
        {
            SignInError::SsoRequired { recovered: says("two-factor recovery has been performed") }
        }
        _ if says("username or password is incorrect") => SignInError::WrongPassword,
        // Without a sentence, or with one in another language, the framework's own description is all there is; it is the
        // same for a wrong code.
        _ if error.error_description.as_deref() == Some("invalid_username_or_password")
            && (error.error_model.is_none() || !code_was_sent)
            && !OTHER_REASONS.iter().any(|part| words.contains(part)) =>
        {
            if code_was_sent {
                SignInError::WrongCode
            } else {
                SignInError::WrongPassword
            }
        }
        _ => SignInError::Refused { message: error.message().and_then(|words| reply.words(words)) },
    })
}

/// In sentences that come under the description of a wrong password and are about something else.
const OTHER_REASONS: [&str; 3] = ["two-step", "legacy", "disabled"];

/// How Vaultwarden begins to say that a code is wrong, by kind of second step.
const WRONG_CODES: [&str; 8] = [
    "invalid totp code",
    "totp code is not a number",
    "token is invalid",
    "token has expired",
    "recovery code is incorrect",
    "invalid yubikey otp",
    "given yubikey is not registered",
    "failed to verify yubikey",
];

/// The providers whose answer is a code that a person types.
const TYPED: [TwoFactorProvider; 3] =
    [TwoFactorProvider::AUTHENTICATOR, TwoFactorProvider::EMAIL, TwoFactorProvider::YUBI_KEY];

fn ask_for_code(offered: Vec<TwoFactorProvider>, mailed_to: Option<ServerMessage>) -> Refusal {
    let (providers, others): (Vec<_>, Vec<_>) =
        offered.into_iter().partition(|provider| TYPED.contains(provider));
    if providers.is_empty() {
        Refusal::Final(SignInError::UnsupportedTwoFactor { providers: others })
    } else {
        Refusal::TwoFactorRequired(TwoFactorChallenge { providers, others, mailed_to })
    }
}

/// `TwoFactorProviders2.1.Email`: the address with most of its letters starred.
fn mailed_to(error: &TokenErrorResponse) -> Option<String> {
    let email = error.two_factor_providers2.as_ref()?.get(&TwoFactorProvider::EMAIL.0.to_string())?;
    email.get("email").or_else(|| email.get("Email"))?.as_str().map(str::to_owned)
}
