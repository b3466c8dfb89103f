//! Things that clients ask for when they start and of which this server has none (protocol.md §4.11): requests to
//! sign in with a device, emergency access, security tasks, notices. Empty lists, so that no client waits or complains.

use axum::Json;
use portico_protocol::ListResponse;
use serde_json::Value;

use crate::error::ApiError;

pub(crate) async fn none() -> Json<ListResponse<Value>> {
    Json(ListResponse::complete(Vec::new()))
}

/// Whether an address is in a known breach (protocol.md §4.10). This server asks nobody on the internet and says so, as the
/// official one does without a key for that: a 404 would be read as "in none".
pub(crate) async fn breaches() -> ApiError {
    ApiError::refused("HaveIBeenPwned API key not set.")
}
