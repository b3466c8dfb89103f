//! What the token endpoint says instead of a token: always 400 (protocol.md §1.5).

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use portico_protocol::error::ErrorResponse;
use portico_protocol::identity::TokenErrorResponse;
use serde_json::{Value, json};

use crate::error::ApiError;

/// Clients compare this text.
const WRONG_NEW_DEVICE_CODE: &str = "invalid new device otp";

/// How the OAuth framework describes a wrong password, and a wrong code too.
const WRONG_SECRET: &str = "invalid_username_or_password";

/// The member that says what is wrong with a request for a Send.
const SEND_ERROR: &str = "send_access_error_type";

/// What stands in the question for the second step.
pub(super) struct Asked {
    /// By decimal number, with what a client needs for each.
    pub(super) providers: BTreeMap<String, Value>,
    /// PascalCase inside.
    pub(super) master_password_policy: Value,
    /// With the e-mail provider only.
    pub(super) email_session: Option<String>,
    /// With the e-mail provider only.
    pub(super) email: Option<String>,
}

pub(crate) enum Refused {
    /// In the endpoint's own words. Boxed: it is many times the size of the other.
    Grant(Box<TokenErrorResponse>),
    /// As any other route.
    Api(ApiError),
}

impl Refused {
    /// `{"error": …}` and nothing else.
    pub(super) fn plain(error: &str) -> Refused {
        Refused::Grant(Box::new(TokenErrorResponse { error: error.into(), ..Default::default() }))
    }

    pub(super) fn wrong_password() -> Refused {
        let message = "Username or password is incorrect. Try again.";
        Refused::worded("invalid_grant", WRONG_SECRET, message)
    }

    pub(super) fn wrong_code() -> Refused {
        Refused::worded("invalid_grant", WRONG_SECRET, "Two-step token is invalid. Try again.")
    }

    /// An organization lets its members in by single sign-on only. This service knows no identifier of one.
    /// `recovered`: a recovery code was taken before.
    pub(super) fn single_sign_on(recovered: bool) -> Refused {
        let message = match recovered {
            false => "Sso authentication is required.",
            true => "Two-factor recovery has been performed. SSO authentication is required.",
        };
        Refused::worded("invalid_grant", message, message)
    }

    /// An account of old, whose items lie under the master key itself.
    pub(super) fn no_user_key() -> Refused {
        let message = "Legacy encryption without a userkey is no longer supported. To recover your account, please \
                       contact support";
        Refused::worded("invalid_grant", message, message)
    }

    pub(super) fn no_device() -> Refused {
        let message = "no device information provided";
        Refused::worded("device_error", message, message)
    }

    /// Signing in by the leave of another device: this service takes no such requests, so that it knows of none.
    pub(super) fn auth_request(known_device: bool) -> Refused {
        if known_device {
            return Refused::wrong_password();
        }
        let message = "auth request flow unsupported on unknown device";
        Refused::worded("device_error", message, message)
    }

    pub(super) fn no_version() -> Refused {
        let message = "No client version header was found, but it is required.";
        Refused::worded("version_header_missing", message, message)
    }

    /// The second step is asked for.
    pub(super) fn two_factor_required(asked: Asked) -> Refused {
        let mut body = TokenErrorResponse {
            error: "invalid_grant".into(),
            error_description: Some("Two factor required.".into()),
            two_factor_providers: Some(asked.providers.keys().cloned().collect()),
            two_factor_providers2: Some(asked.providers),
            sso_email2fa_session_token: asked.email_session,
            ..Default::default()
        };
        body.extra.insert("MasterPasswordPolicy".into(), asked.master_password_policy);
        if let Some(email) = asked.email {
            body.extra.insert("Email".into(), email.into());
        }
        Refused::Grant(Box::new(body))
    }

    /// The code that was mailed for the new device is asked for.
    pub(super) fn new_device() -> Refused {
        let description = "New device verification required";
        Refused::worded("device_error", description, "new device verification required")
    }

    pub(super) fn wrong_new_device_code() -> Refused {
        Refused::worded("device_error", "Invalid New Device OTP", WRONG_NEW_DEVICE_CODE)
    }

    /// What keeps somebody from a Send. Clients read `kind`.
    pub(super) fn send(error: &str, kind: &str, description: &str) -> Refused {
        let mut body = TokenErrorResponse {
            error: error.into(),
            error_description: Some(description.into()),
            ..Default::default()
        };
        body.extra.insert(SEND_ERROR.into(), kind.into());
        Refused::Grant(Box::new(body))
    }

    /// Whether somebody may be guessing. Asking for the second step is no failure: the password was right.
    pub(super) fn costs_the_delay(&self) -> bool {
        match self {
            Refused::Grant(body) => {
                let wrong_send_password =
                    body.extra.get(SEND_ERROR).is_some_and(|kind| kind == "password_hash_b64_invalid");
                let message = body.error_model.as_ref().and_then(|model| model.message.as_deref());
                wrong_send_password
                    || body.error_description.as_deref() == Some(WRONG_SECRET)
                    || message == Some(WRONG_NEW_DEVICE_CODE)
            }
            Refused::Api(_) => false,
        }
    }

    fn worded(error: &str, description: &str, message: &str) -> Refused {
        Refused::Grant(Box::new(TokenErrorResponse {
            error: error.into(),
            error_description: Some(description.into()),
            error_model: Some(ErrorResponse::with_message(message)),
            ..Default::default()
        }))
    }
}

impl<E: Into<ApiError>> From<E> for Refused {
    fn from(error: E) -> Self {
        Refused::Api(error.into())
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        match self {
            Refused::Grant(body) => (StatusCode::BAD_REQUEST, Json(json!(body))).into_response(),
            Refused::Api(error) => error.into_response(),
        }
    }
}
