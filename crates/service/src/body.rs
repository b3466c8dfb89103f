//! JSON request bodies.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use portico_protocol::casing;
use serde::de::DeserializeOwned;

use crate::error::ApiError;

/// The body as `T`, whose keys may come in camelCase or PascalCase (protocol.md §0).
pub(crate) struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        read(&bytes).map(Body)
    }
}

/// The same where no body at all is fine, too.
pub(crate) struct OptionalBody<T>(pub Option<T>);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for OptionalBody<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        if bytes.is_empty() {
            Ok(OptionalBody(None))
        } else {
            read(&bytes).map(|body| OptionalBody(Some(body)))
        }
    }
}

fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    // Not in serde's words: they can repeat a value, and values here are secrets.
    casing::from_slice_any_case(bytes)
        .map_err(|_| ApiError::Invalid { field: "", problem: "The request body is not valid.".into() })
}

pub(crate) fn unreadable(rejection: BytesRejection) -> ApiError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        ApiError::TooLarge
    } else {
        ApiError::refused("The request could not be read.")
    }
}

/// Refuses a text of more than `limit` characters, in the words of the official server.
pub(crate) fn at_most(field: &'static str, text: &str, limit: usize) -> Result<(), ApiError> {
    // Bytes first: counting the letters of a short text is all that ever happens.
    if text.len() <= limit || text.chars().count() <= limit {
        return Ok(());
    }
    let problem = format!("The field {field} must be a string with a maximum length of {limit}.");
    Err(ApiError::Invalid { field, problem })
}
