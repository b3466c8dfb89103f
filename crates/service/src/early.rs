//! Answers that come before the request was read.
//!
//! A route that turns somebody away does not look at the body, and neither does one that needs none. What of it is still on
//! its way then ends the connection behind the answer, and a client that keeps its connections loses its next request: most
//! repeat no POST.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::Poll;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, TryStreamExt, stream};

use crate::connections::keeps_coming;
use crate::error::ApiError;

/// Bytes of a body that is read before anything else: nearly all are smaller.
const SMALL: usize = 64 * 1024;

/// Has small bodies read to their end before anybody is turned away; what is answered before a large one was read, or one
/// whose length is not told, ends its connection and says so. A small body has `patience` to come, a large one while it
/// [keeps coming](keeps_coming).
pub(crate) async fn after_the_request(
    State(patience): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let (parts, body) = request.into_parts();
    match body.size_hint().exact() {
        Some(0) => next.run(Request::from_parts(parts, body)).await,
        Some(length) if length <= SMALL as u64 => {
            match tokio::time::timeout(patience, to_bytes(body, SMALL)).await {
                Ok(Ok(bytes)) => next.run(Request::from_parts(parts, Body::from(bytes))).await,
                _ => last(ApiError::refused("The request could not be read.").into_response()),
            }
        }
        length => {
            let (body, read) = counted(keeps_coming(body, patience));
            let answer = next.run(Request::from_parts(parts, body)).await;
            let is_read = read.load(Ordering::Relaxed) >= length.unwrap_or(END);
            if is_read { answer } else { last(answer) }
        }
    }
}

/// What a body that was read to its end has come to, whose length was not told.
const END: u64 = u64::MAX;

/// The body, and how many bytes of it were read, or [`END`].
fn counted(body: Body) -> (Body, Arc<AtomicU64>) {
    let read = Arc::new(AtomicU64::new(0));
    let (counter, end) = (read.clone(), read.clone());
    let count = move |bytes: &Bytes| _ = counter.fetch_add(bytes.len() as u64, Ordering::Relaxed);
    let end = stream::poll_fn(move |_| {
        end.store(END, Ordering::Relaxed);
        Poll::Ready(None)
    });
    (Body::from_stream(body.into_data_stream().inspect_ok(count).chain(end)), read)
}

fn last(mut answer: Response) -> Response {
    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    answer
}
