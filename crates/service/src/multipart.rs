//! A file in a multipart form, straight to the disk.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::body::Body;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::StatusCode;
use futures_util::StreamExt;

use crate::error::ApiError;
use crate::files::{Files, Incoming};

/// Bytes that a form may hold besides the file, and that may wait in memory for the end of a header or a part: the
/// parser itself would gather a request without any boundary whole.
const SLACK: u64 = 8 * 1024 * 1024;
/// Bytes of the part `key`.
const KEY_LIMIT: usize = 2000;

/// What a form held.
pub(crate) struct Received {
    pub(crate) file: Incoming,
    /// The encrypted name that the file was sent under.
    pub(crate) name: Option<String>,
    pub(crate) key: Option<String>,
}

/// Reads a form with the parts `data`, of at most `limit` bytes, and `key`, which may be missing.
pub(crate) async fn receive(files: &Files, request: Request, limit: u64) -> Result<Received, ApiError> {
    let taken = Arc::new(AtomicU64::new(0));
    let request = bounded(request, Arc::clone(&taken));
    let mut form = Multipart::from_request(request, &()).await.map_err(|_| unreadable())?;
    let (mut received, mut key) = (None, None);
    while let Some(mut part) = form.next_field().await.map_err(refused)? {
        match part.name() {
            Some("data") if received.is_none() => {
                let name = part.file_name().map(str::to_owned);
                let mut file = files.receive().await?;
                while let Some(piece) = part.chunk().await.map_err(refused)? {
                    taken.fetch_add(piece.len() as u64, Ordering::Relaxed);
                    if file.length() + piece.len() as u64 > limit {
                        return Err(ApiError::TooLarge);
                    }
                    file = file.write(&piece).await?;
                }
                received = Some((file, name));
            }
            Some("key") if key.is_none() => key = Some(text(&mut part).await?),
            _ => while part.chunk().await.map_err(refused)?.is_some() {},
        }
    }
    match received {
        Some((file, name)) => Ok(Received { file, name, key }),
        None => Err(ApiError::refused("Invalid content.")),
    }
}

/// Ends a body that runs ahead of what was `taken` from it.
fn bounded(request: Request, taken: Arc<AtomicU64>) -> Request {
    let (parts, body) = request.into_parts();
    let mut arrived = 0;
    let pieces = body.into_data_stream().map(move |piece| {
        let piece = piece.map_err(io::Error::other)?;
        arrived += piece.len() as u64;
        if arrived - taken.load(Ordering::Relaxed) > SLACK {
            return Err(io::Error::other("a form without a file"));
        }
        Ok(piece)
    });
    Request::from_parts(parts, Body::from_stream(pieces))
}

async fn text(part: &mut Field<'_>) -> Result<String, ApiError> {
    let mut bytes = Vec::new();
    while let Some(piece) = part.chunk().await.map_err(refused)? {
        if bytes.len() + piece.len() > KEY_LIMIT {
            return Err(ApiError::TooLarge);
        }
        bytes.extend_from_slice(&piece);
    }
    String::from_utf8(bytes).map_err(|_| unreadable())
}

fn refused(error: MultipartError) -> ApiError {
    if error.status() == StatusCode::PAYLOAD_TOO_LARGE { ApiError::TooLarge } else { unreadable() }
}

fn unreadable() -> ApiError {
    ApiError::refused("The form could not be read.")
}
