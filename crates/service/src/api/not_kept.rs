//! Things that clients ask for when they start and of which this server has none (protocol.md §4.11): requests to
//! sign in with a device, emergency access, security tasks, notices. Empty lists, so that no client waits or complains.

use axum::Json;
use portico_protocol::ListResponse;
use serde_json::Value;

pub(crate) async fn none() -> Json<ListResponse<Value>> {
    Json(ListResponse::complete(Vec::new()))
}
