//! Every refusal of the API, turned into the protocol's envelope in one place (protocol.md §0).

use std::borrow::Cow;
use std::collections::BTreeMap;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use portico_protocol::error::ErrorResponse;

use crate::files::FileError;
use crate::password::RandomSourceFailed;
use crate::store::StoreError;

/// Why a request is not served.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    /// No token, or one that is no longer good: the client refreshes and tries again.
    #[error("no valid access token")]
    Unauthenticated,
    /// The billing controllers' refusal.
    #[error("unauthorized")]
    Unauthorized,
    /// The same with a reason.
    #[error("unauthorized: {0}")]
    UnauthorizedBecause(&'static str),
    /// What is asked for has happened already.
    #[error("conflict: {0}")]
    Conflict(&'static str),
    /// The policy-attribute controllers' refusal: a bare 403.
    #[error("forbidden")]
    Forbidden,
    /// Not there, or not for this caller.
    #[error("not found")]
    NotFound,
    /// As the newer billing controllers say it.
    #[error("no such provider")]
    NoProvider,
    #[error("method not allowed")]
    MethodNotAllowed,
    /// The request was addressed to another host.
    #[error("misdirected")]
    Misdirected,
    /// A web page of elsewhere asks through its visitor's browser.
    #[error("a foreign web page")]
    ForeignPage,
    /// A business rule says no.
    #[error("{0}")]
    Refused(Cow<'static, str>),
    /// The body does not have the right shape: what is wrong, by field.
    #[error("model state")]
    Invalid { field: &'static str, problem: String },
    #[error("the body is too large")]
    TooLarge,
    /// Our own fault; the cause goes to the log only.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Random(#[from] RandomSourceFailed),
    /// A file that belongs to an item could not be stored or read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A token could not be signed.
    #[error("signing a token")]
    Signing(#[from] jsonwebtoken::errors::Error),
    /// A row holds JSON that is none.
    #[error("stored JSON")]
    Stored(#[from] serde_json::Error),
    /// A provider, a plan or a client is not in the state that consolidated billing takes for granted (protocol.md §5.8).
    #[error("billing: {0}")]
    Billing(&'static str),
    /// A handler asked for rights that no guard has looked up.
    #[error("the route has no guard for this")]
    Unguarded,
}

impl ApiError {
    pub(crate) fn invalid(field: &'static str, problem: impl Into<String>) -> ApiError {
        ApiError::Invalid { field, problem: problem.into() }
    }

    pub(crate) fn refused(message: impl Into<Cow<'static, str>>) -> ApiError {
        ApiError::Refused(message.into())
    }
}

impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        ApiError::Store(StoreError::Database(error))
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, message) = match &self {
            ApiError::Unauthenticated => {
                let challenge = [(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))];
                return (challenge, envelope(StatusCode::UNAUTHORIZED, "Unauthorized.")).into_response();
            }
            ApiError::Forbidden => return StatusCode::FORBIDDEN.into_response(),
            ApiError::Invalid { field, problem } => {
                let mut body = ErrorResponse::with_message("The model state is invalid.");
                body.validation_errors = Some(BTreeMap::from([((*field).to_owned(), vec![problem.clone()])]));
                return (StatusCode::BAD_REQUEST, Json(body)).into_response();
            }
            ApiError::Unauthorized => (StatusCode::UNAUTHORIZED, "Unauthorized."),
            ApiError::UnauthorizedBecause(message) => (StatusCode::UNAUTHORIZED, *message),
            ApiError::Conflict(message) => (StatusCode::CONFLICT, *message),
            ApiError::NoProvider => (StatusCode::NOT_FOUND, "Provider not found."),
            ApiError::NotFound => (StatusCode::NOT_FOUND, "Resource not found."),
            ApiError::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "Method not allowed."),
            ApiError::Misdirected => (StatusCode::MISDIRECTED_REQUEST, "This server is not addressed."),
            ApiError::ForeignPage => (StatusCode::FORBIDDEN, "Requests from other web pages are refused."),
            ApiError::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "The request is too large."),
            ApiError::Refused(message) => (StatusCode::BAD_REQUEST, message.as_ref()),
            ApiError::Store(StoreError::Overtaken) => {
                (StatusCode::CONFLICT, "Your access has changed meanwhile. Try again.")
            }
            ApiError::Store(_)
            | ApiError::File(_)
            | ApiError::Random(_)
            | ApiError::Signing(_)
            | ApiError::Stored(_)
            | ApiError::Billing(_)
            | ApiError::Unguarded => {
                tracing::error!(error = ?self, "a request failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "An unhandled server error has occurred.")
            }
        };
        envelope(status, message)
    }
}

fn envelope(status: StatusCode, message: &str) -> Response {
    (status, Json(ErrorResponse::with_message(message))).into_response()
}
