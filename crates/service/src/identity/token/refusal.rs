//! What the token endpoint says instead of a token: always 400 (protocol.md §1.5).

use std::collections::BTreeMap;

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use portico_protocol::error::ErrorResponse;
use portico_protocol::identity::TokenErrorResponse;
use serde_json::{Value, json};

use crate::error::ApiError;

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
        Refused::worded("invalid_grant", "invalid_username_or_password", message)
    }

    pub(super) fn wrong_code() -> Refused {
        Refused::worded(
            "invalid_grant",
            "invalid_username_or_password",
            "Two-step token is invalid. Try again.",
        )
    }

    pub(super) fn no_device() -> Refused {
        let message = "no device information provided";
        Refused::worded("device_error", message, message)
    }

    pub(super) fn no_version() -> Refused {
        let message = "No client version header was found, but it is required.";
        Refused::worded("version_header_missing", message, message)
    }

    /// The authenticator is asked for: the only two-step provider of this server so far.
    pub(super) fn two_factor_required(master_password_policy: Value) -> Refused {
        let mut body = TokenErrorResponse {
            error: "invalid_grant".into(),
            error_description: Some("Two factor required.".into()),
            two_factor_providers: Some(vec!["0".into()]),
            two_factor_providers2: Some(BTreeMap::from([("0".into(), Value::Null)])),
            ..Default::default()
        };
        body.extra.insert("MasterPasswordPolicy".into(), master_password_policy);
        Refused::Grant(Box::new(body))
    }

    /// Whether somebody may be guessing. Asking for the second step is no failure: the password was right.
    pub(super) fn costs_the_delay(&self) -> bool {
        match self {
            Refused::Grant(body) => body.error == "invalid_grant" && body.error_model.is_some(),
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
