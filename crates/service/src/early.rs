//! Answers that come before the request was read.
//!
//! A route that turns somebody away does not look at the body. What of it is still on its way then ends the connection behind
//! the answer, and a client that keeps its connections loses its next request: most repeat no POST.

use std::time::Duration;

use axum::body::{Body, HttpBody, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

/// Bytes of a body that is read before anything else: nearly all are smaller.
const SMALL: usize = 64 * 1024;
/// For a body of that size, over the slowest line.
const PATIENCE: Duration = Duration::from_secs(30);

/// Has small bodies read to their end before anybody is turned away; what is turned away before a large one was read ends
/// its connection, and says so.
pub(crate) async fn after_the_request(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    match body.size_hint().exact() {
        Some(0) => next.run(Request::from_parts(parts, body)).await,
        Some(length) if length <= SMALL as u64 => {
            match tokio::time::timeout(PATIENCE, to_bytes(body, SMALL)).await {
                Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
                _ => last(ApiError::refused("The request could not be read.").into_response()),
            }
        }
        _ => {
            let answer = next.run(Request::from_parts(parts, body)).await;
            if answer.status().is_success() { answer } else { last(answer) }
        }
    }
}

fn last(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}
