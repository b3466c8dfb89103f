//! Codes that the server mails while somebody signs in: asked for a first time, or once more (protocol.md §1.5).

use portico_profile::Profile;
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::api_error::{ApiError, NotBitwarden};
use crate::aside::aside;
use crate::http::{ApiClient, Call, Change, Payload, Service, wiped_json};
use crate::sign_in::{SignInError, SignInRequest, hash_for, known_kdf, normal_email};

/// Which code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailedCode {
    /// The second step by e-mail. A server mails the first one by itself only where e-mail is the one way there is.
    TwoStep,
    /// The confirmation of a machine that the server does not know; the first one comes by itself.
    NewDevice,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TwoStepEmail<'a> {
    email: &'a str,
    device_identifier: &'a str,
    master_password_hash: &'a str,
}

#[derive(Serialize)]
struct NewDeviceEmail<'a> {
    email: &'a str,
    secret: &'a str,
}

/// Has the server mail the code that it asked for. Takes the same request as the sign-in, since the server wants to see
/// the password's hash before it mails anything.
///
/// # Errors
/// See [`SignInError`]; [`SignInError::Refused`] with what the server says where it does not mail.
pub async fn mail_code(
    client: &ApiClient,
    profile: &Profile,
    request: &SignInRequest,
    which: MailedCode,
    stop: &CancellationToken,
) -> Result<(), SignInError> {
    let email = normal_email(&request.email)?;
    let known = aside(|| known_kdf(profile, request, &email));
    let hash = hash_for(client, request, &email, known, stop).await?.to_base64();
    let identifier = client.device().identifier.to_string();
    let (path, json) = match which {
        MailedCode::TwoStep => {
            let body = TwoStepEmail {
                email: &email,
                device_identifier: &identifier,
                master_password_hash: hash.expose(),
            };
            ("/two-factor/send-email-login", wiped_json(&body))
        }
        MailedCode::NewDevice => {
            let body = NewDeviceEmail { email: &email, secret: hash.expose() };
            ("/accounts/resend-new-device-otp", wiped_json(&body))
        }
    };
    let call = Call::unsigned(Service::Api, path, Payload::Change(Change::Post, Some(&json)));
    let reply = client.send(&call, stop).await?;
    if reply.status == 400 && !reply.is_web_page() {
        return Err(match reply.refusal() {
            ApiError::Status { message, .. } => SignInError::Refused { message },
            error => error.into(),
        });
    }
    if reply.status == 404 {
        return Err(ApiError::NotBitwarden { host: reply.host, why: NotBitwarden::NoRoute }.into());
    }
    Ok(reply.success().map(drop)?)
}
